"""The two servers that carry what one says to all: the web room, and a bare broadcast with the same library.

    python -m tests.bench.halls room|bare DATABASE PEOPLE

Each listens on a port of its own, and writes to its standard output, as one line of JSON, the port and a cookie for each who
may come. It serves until it is killed.
"""

import asyncio
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web

from bot.live import LiveChat, SystemClock
from bot.messages import Author, Entry
from bot.rooms.web import shown
from bot.rooms.web.desk import Desk
from bot.rooms.web.gallery import Gallery
from bot.rooms.web.guard import Site
from bot.rooms.web.hub import Hub
from bot.rooms.web.identity import Signer, new_person
from bot.rooms.web.room import WebRoom
from bot.rooms.web.server import application, serve
from bot.rooms.web.talk import HEARTBEAT
from tests.bench.stage import changes, made, opened, said

#: How many messages the room has from before.
KEPT = 5_000
_HERE = "127.0.0.1"


async def room(path: Path, people: int) -> None:
    """Serve the room with a chat under way, put together as `hashchat run` does, with the database at that path."""
    async with opened(path) as store:
        chat, clock, site, hub = await made(store), SystemClock(), Site.at(_HERE), Hub()
        await store.commit(changes(said(KEPT), chat))
        showing = WebRoom(hub, clock, _wrong)
        live = LiveChat(chat, store, showing, clock)
        desk = Desk(live, store, hub, clock, Gallery(path.parent))
        signer = Signer(store.secret("web"), chat.name)
        app = await application(desk, hub, signer=signer, site=site)
        cookies = [
            f"{signer.cookie}={signer.write(new_person(_name(number)), datetime.now(UTC))}"
            for number in range(people)
        ]
        async with serve(app, hub, signer=signer, site=site, port=0) as serving:
            _open(serving.port, cookies)
            await asyncio.gather(live.run(), showing.show(desk, store.record(chat)))


async def bare(_path: Path, people: int) -> None:
    """Serve a broadcast: whatever comes is written down once, the same bytes as the room's, and sent to one after the other."""
    sockets: set[web.WebSocketResponse] = set()

    async def listen(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT, compress=False)
        await socket.prepare(request)
        await socket.send_str('{"is":"hello"}')
        sockets.add(socket)
        async for message in socket:
            text = _as_the_room(json.loads(message.data))
            for each in sockets:
                await each.send_str(text)
        return socket

    app = web.Application()
    app.router.add_get("/ws", listen)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, _HERE, 0).start()
    _open(runner.addresses[0][1], [f"person={number}" for number in range(people)])
    await asyncio.Event().wait()


def _as_the_room(frame: dict[str, str]) -> str:
    """Write what a frame says in as many bytes as the room does."""
    author = Author("p" * len(new_person("").id), _name(1))
    text = frame["text"]
    entry = Entry(
        f"{author.id}.{frame['id']}", datetime.now(UTC), author, text, answers=(text[1],), under=text[1]
    )
    told = {"is": "entries", "entries": [shown.entry(entry)]}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def _name(number: int) -> str:
    return f"Person {number:04}"


def _open(port: int, cookies: list[str]) -> None:
    print(json.dumps({"port": port, "cookies": cookies}), flush=True)


def _wrong(text: str) -> None:
    raise AssertionError(text)


if __name__ == "__main__":
    hall = {"room": room, "bare": bare}[sys.argv[1]]
    asyncio.run(hall(Path(sys.argv[2]), int(sys.argv[3])))
