"""A room on loopback with a small chat behind it, and visitors who come as browsers do."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from yarl import URL

from bot.rooms.web.frames import Answer, Appoint, Request, Say
from bot.rooms.web.guard import Site
from bot.rooms.web.hub import RESTART, Hub
from bot.rooms.web.identity import Person, Signer
from bot.rooms.web.pictures import Picture
from bot.rooms.web.server import Serving, application, serve

KEY = b"a key that is kept with the database"
CHAT = "macrosw-1"


@dataclass
class Wall:
    """A clock on the wall that is set by hand."""

    time: datetime = datetime(2015, 4, 23, 21, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def move(self, **by: float) -> None:
        self.time += timedelta(**by)


@dataclass
class SmallChat:
    """A desk that keeps in memory what is said, and sends it to everybody."""

    hub: Hub
    over: bool = False
    asked: list[tuple[Person, Request]] = field(default_factory=list)
    pictures: dict[str, Picture] = field(default_factory=dict)
    spoken: dict[str, str] = field(default_factory=dict)
    forgotten: set[str] = field(default_factory=set)
    co_hosts: set[str] = field(default_factory=set)
    greeting: asyncio.Event | None = None  # hellos wait for it
    pieces: tuple[bytes | Exception, ...] = (b"one ", b"two")

    def reserved(self) -> list[str]:
        return ["Ana Ruiz", "@anaruiz"]

    async def names(self) -> dict[str, str]:
        return self.spoken

    async def about(self) -> dict[str, Any]:
        return {"name": CHAT, "hashtag": "MacroSW"}

    async def knows(self, person: Person) -> bool:
        return person.id not in self.forgotten

    def hosts(self, person: Person) -> bool:
        return person.host or person.id in self.co_hosts

    async def hello(self, person: Person) -> dict[str, Any]:
        if self.greeting:
            await self.greeting.wait()
        return {"is": "hello", "you": {"id": person.id, "name": person.name, "host": self.hosts(person)}}

    async def recap(self) -> dict[str, Any] | None:
        return {"is": "recap"} if self.over else None

    async def ask(self, person: Person, request: Request) -> Answer:
        self.asked.append((person, request))
        match request:
            case Say(text="break"):
                raise OSError("the disk is gone")
            case Say(text=text):
                entry = {"id": f"{person.id}.{request.id}", "text": text}
                self.hub.send({"is": "entries", "entries": [entry]})
            case Appoint(person=other):
                self.co_hosts.add(other)
                self.hub.dismiss(other, RESTART, "You may steer now.")
            case _ if request.do == "forget":
                self.forgotten.add(person.id)
        return Answer(ok=True, text="kept")

    async def keep_picture(self, person: Person, picture: Picture) -> str:
        id_ = f"picture-{len(self.pictures)}"
        self.pictures[id_] = picture
        return id_

    async def picture(self, id: str) -> Picture | None:
        return self.pictures.get(id)

    async def script_picture(self, label: str) -> Picture | None:
        return next(iter(self.pictures.values()), None) if label == "1" else None

    def files(self, person: Person, what: str, form: str) -> AsyncGenerator[bytes, None] | None:
        return self._written() if self.over or self.hosts(person) else None

    async def _written(self) -> AsyncGenerator[bytes, None]:
        for piece in self.pieces:
            if isinstance(piece, Exception):
                raise piece
            yield piece


@dataclass
class Room:
    """A room that can be visited."""

    chat: SmallChat
    hub: Hub
    serving: Serving
    signer: Signer
    wall: Wall

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.serving.port}"

    @asynccontextmanager
    async def visitor(self, name: str | None = None, **joining: Any) -> AsyncIterator["Visitor"]:
        """Come with a browser of one's own, and join where a name is given."""
        jar = aiohttp.CookieJar(unsafe=True)  # it keeps cookies of addresses without a name too
        headers = {"Origin": self.origin}
        async with aiohttp.ClientSession(self.origin, cookie_jar=jar, headers=headers) as session:
            visitor = Visitor(self, session)
            if name is not None:
                told = await visitor.join(name, **joining)
                assert told == {"ok": True}, told
            yield visitor

    @asynccontextmanager
    async def page(self, name: str, **joining: Any) -> AsyncIterator["Page"]:
        """Join with a browser of one's own and open the page, up to its greeting."""
        async with self.visitor(name, **joining) as visitor, visitor.page() as page:
            yield page


@dataclass
class Visitor:
    """Somebody's browser."""

    room: Room
    session: aiohttp.ClientSession

    async def join(self, name: Any, **more: Any) -> dict[str, Any]:
        """Join; give what is answered."""
        async with self.session.post("/join", json={"name": name, **more}) as response:
            told: dict[str, Any] = await response.json()
            assert told["ok"] == (response.status == 200)
            return told

    async def me(self) -> dict[str, Any]:
        async with self.session.get("/me") as response:
            return dict(await response.json())

    def bring(self, cookie: str) -> None:
        """Come with a cookie that the browser has got elsewhere."""
        self.session.cookie_jar.update_cookies({self.room.signer.cookie: cookie}, URL(self.room.origin))

    def cookie(self) -> Any:
        """Give the cookie, with all that came with it."""
        (morsel,) = self.session.cookie_jar
        return morsel

    @asynccontextmanager
    async def page(self) -> AsyncIterator["Page"]:
        """Open the page, up to its greeting."""
        async with self.session.ws_connect("/ws") as socket:
            page = Page(socket)
            page.hello = await page.next("hello")
            yield page

    async def turned_away(self) -> tuple[int | None, str]:
        """Open the page; give the code and the words with which it is closed."""
        async with self.session.ws_connect("/ws") as socket:
            return await Page(socket).closed()


class Page:
    """An open page."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.hello: dict[str, Any] = {}
        self._n = 0
        self._passed_over: list[dict[str, Any]] = []

    @property
    def id(self) -> str:
        return str(self.hello["you"]["id"])

    async def next(self, kind: str) -> dict[str, Any]:
        """Give the next frame of a kind; those of other kinds are there still when they are asked for."""
        for number, frame in enumerate(self._passed_over):
            if frame["is"] == kind:
                return self._passed_over.pop(number)
        async with asyncio.timeout(30):
            while (frame := await self.socket.receive_json())["is"] != kind:
                self._passed_over.append(frame)
        return dict(frame)

    async def ask(self, do: str, **more: Any) -> dict[str, Any]:
        """Ask for something; give the answer."""
        self._n += 1
        await self.socket.send_json({"do": do, "n": self._n, **more})
        answer = await self.next("answer")
        assert answer["n"] == self._n
        return answer

    async def say(self, text: str, **more: Any) -> dict[str, Any]:
        return await self.ask("say", id=f"message-{self._n}", text=text, **more)

    async def texts(self, number: int) -> list[str]:
        """Give the next so many things said."""
        return [(await self.next("entries"))["entries"][0]["text"] for _ in range(number)]

    async def closed(self) -> tuple[int | None, str]:
        """Wait until the server closes it; give the code and the words."""
        async with asyncio.timeout(30):
            while True:
                message = await self.socket.receive()
                if message.type is not aiohttp.WSMsgType.TEXT:
                    return self.socket.close_code, str(message.extra or "")


@asynccontextmanager
async def open_room(
    folder: Path,
    *,
    site: Site | None = None,
    port: int = 0,
    grace: float = 5,
    spoken: dict[str, str] | None = None,
    **more: Any,
) -> AsyncIterator[Room]:
    """Serve a room on any free port; `folder` gets a small page."""
    (folder / "index.html").write_text("<!doctype html><title>Chat</title>" + "<p>Hello.</p>" * 20)
    (folder / "main.js").write_text("export {};\n")
    site, signer, wall = site or Site.at("127.0.0.1"), Signer(KEY, CHAT), Wall()
    hub = Hub(people_after=0, grace=grace)
    chat = SmallChat(hub, spoken=spoken or {})
    app = await application(chat, hub, signer=signer, site=site, now=wall, page=folder, **more)
    async with serve(app, hub, signer=signer, site=site, port=port) as serving:
        yield Room(chat, hub, serving, signer, wall)


async def raw(room: Room, request: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Send the bytes of a request as no browser would; lines may be ended as they are here."""
    reader, writer = await asyncio.open_connection("127.0.0.1", room.serving.port, limit=2**12)
    writer.write(request.replace("\n", "\r\n").encode())
    return reader, writer


def upgrade(room: Room, cookie: str) -> str:
    """Write the request that opens the page's WebSocket."""
    return (
        f"GET /ws HTTP/1.1\nHost: 127.0.0.1:{room.serving.port}\nOrigin: {room.origin}\nCookie: {cookie}\n"
        "Connection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Version: 13\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n\n"
    )


def dumped(frame: dict[str, Any]) -> str:
    return json.dumps(frame)
