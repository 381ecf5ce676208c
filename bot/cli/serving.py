"""`hashchat run`: holding a chat in the browser."""

import asyncio
import contextlib
import gc
import webbrowser
from pathlib import Path

from bot.cli.place import Place
from bot.live import LiveChat, SystemClock
from bot.rooms.stopping import stopping
from bot.rooms.terminal.screen import Paper, Tone
from bot.rooms.web.desk import Desk
from bot.rooms.web.gallery import Gallery
from bot.rooms.web.guard import Site
from bot.rooms.web.hub import Hub
from bot.rooms.web.identity import Signer
from bot.rooms.web.room import WebRoom
from bot.rooms.web.server import CannotServe, Serving, application, serve
from bot.session import point
from bot.store import Chat, Store

#: How often it is looked whether there is news for the terminal, in seconds.
LOOK = 1.0


async def hold_in_browser(
    store: Store, chat: Chat, clock: SystemClock, paper: Paper, place: Place, *, speed: float
) -> LiveChat | None:
    """Serve the chat until it is stopped, also after its end; None where it cannot be served. Raises StoreError."""
    try:
        return await _hold(store, chat, clock, paper, place, speed=speed)
    except CannotServe as error:
        paper.show(str(error), Tone.TROUBLE)
        return None


async def _hold(
    store: Store, chat: Chat, clock: SystemClock, paper: Paper, place: Place, *, speed: float
) -> LiveChat:
    site = Site.at(place.bind, place.public_url)
    hub = Hub()
    room = WebRoom(hub, clock, lambda text: paper.show(text, Tone.TROUBLE))
    live = LiveChat(chat, store, room, clock)
    record = store.record(chat)
    desk = Desk(live, store, hub, clock, Gallery(Path(chat.source).parent), speed=speed)
    signer = Signer(store.secret("web"), chat.name)
    app = await application(desk, hub, signer=signer, site=site, passphrase=place.passphrase)
    running = asyncio.create_task(live.run())
    try:
        async with serve(app, hub, signer=signer, site=site, port=place.port) as serving:
            _say_where(paper, serving, place)
            gc.freeze()  # the collector need not look at what is loaded for good: its pauses are half as long
            others = (room.show(desk, record), _follow(live, hub, paper))
            await _until_stopped(running, [asyncio.create_task(each) for each in others])
            live.stop()
            await running
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
    return live


async def _until_stopped(running: asyncio.Task[None], others: list[asyncio.Task[None]]) -> None:
    """Wait until somebody stops the room; raises what ends it otherwise. The end of the chat does not."""
    stop = asyncio.Event()
    stopped = asyncio.create_task(stop.wait())
    running.add_done_callback(lambda task: stop.set() if task.cancelled() or task.exception() else None)
    try:
        with stopping(stop.set):
            done, _ = await asyncio.wait({stopped, *others}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
    finally:
        for task in (stopped, *others):
            task.cancel()
        await asyncio.gather(stopped, *others, return_exceptions=True)


def _say_where(paper: Paper, serving: Serving, place: Place) -> None:
    if place.port not in (0, serving.port):
        paper.show(f"Port {place.port} is taken: the room is on port {serving.port} this time.", Tone.TROUBLE)
    paper.show(f"For participants:  {serving.link}", Tone.BOT)
    paper.show(f"For you, the host: {serving.host_link}", Tone.QUESTION)
    if place.passphrase:
        paper.show(f"They have to know the passphrase: {place.passphrase}", Tone.NOTE)
    paper.show("Keep the host's link to yourself. Ctrl-C stops the room; run again, it goes on.", Tone.NOTE)
    if place.browser:
        webbrowser.open(serving.host_link)


async def _follow(live: LiveChat, hub: Hub, paper: Paper) -> None:
    """Show in the terminal where the chat stands, whenever that has changed."""
    last = None
    while True:
        now = (point(live.script, live.state), live.state.phase.phase)
        if now != last:
            here = "1 person" if hub.people == 1 else f"{hub.people} people"
            paper.show(f"{live.describe()} {here} here.", Tone.NOTE)
            last = now
        await asyncio.sleep(LOOK)
