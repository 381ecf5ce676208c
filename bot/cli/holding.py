"""`hashchat run`: holding a chat in the terminal."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

from bot.cli.scripts import load
from bot.live import LiveChat, SystemClock, sleep
from bot.rooms.terminal.keyboard import piped, typed
from bot.rooms.terminal.lines import Leave, NotUnderstood, Wait, understand
from bot.rooms.terminal.room import KEYBOARD, Terminal
from bot.rooms.terminal.screen import Paper, Tone
from bot.session import Late, Over, Paused, Ready, Refusal, Resume, Start
from bot.store import Chat, Store, StoreError

#: Where the transcripts of chats held in the terminal go, beside the database.
TRANSCRIPTS = "transcripts"
#: The widest that text is set.
WIDTH = 100


def hold(file: Path, *, speed: float, new: bool, db: Path) -> int:
    """Hold a chat of that script; give the exit status."""
    text = load(file)
    if text is None:
        return 1
    return asyncio.run(_hold(str(file.resolve()), text, speed=speed, new=new, db=db))


async def _hold(source: str, text: str, *, speed: float, new: bool, db: Path) -> int:
    async with Store.open(db, _now) as store:
        paper = Paper()
        chat = await _choose(store, paper, source, text, rehearsal=speed != 1, new=new)
        if chat is None:
            return 1
        clock = SystemClock(speed=speed, start=await _goes_on_at(store, chat))
        room = Terminal(chat.script, clock, paper, width=min(paper.width, WIDTH))
        async with store.reading(chat) as record:
            async for entry in record.entries():
                room.remember(entry)
        await _Sitting(LiveChat(chat, store, room, clock), room, paper, clock, db).hold()
    return 0


def _now() -> datetime:
    return datetime.now(UTC)


async def _goes_on_at(store: Store, chat: Chat) -> datetime:
    """Give the time at which a chat goes on: now, but a rehearsal's own time runs ahead of the day's."""
    if not chat.rehearsal:
        return _now()
    latest = await store.record(chat).latest()
    return max(_now(), chat.state.at, latest or chat.state.at)


async def _choose(
    store: Store, paper: Paper, source: str, text: str, *, rehearsal: bool, new: bool
) -> Chat | None:
    """Go on with the unfinished chat of that script, or make a new one."""
    earlier = [chat for chat in await store.of_script(source) if chat.rehearsal == rehearsal]
    if not earlier or new:
        chat = await store.create(source=source, text=text, room="terminal:{name}", rehearsal=rehearsal)
        paper.show(f"{chat.name}: {chat.script.title}", Tone.NOTE)
        return chat
    chat = earlier[-1]
    if chat.over:
        paper.show(
            f"{chat.name} is over. Hold a new chat of this script with --new, or read it: hashchat recap {chat.name}",
            Tone.TROUBLE,
        )
        return None
    await store.hold(chat.id)
    paper.show(f"Going on with {chat.name}. For a new chat of this script, add --new.", Tone.NOTE)
    if chat.text != text:
        paper.show("The script has been changed since; this chat goes on with it as it was.", Tone.NOTE)
    return chat


class _Sitting:
    """One sitting in the terminal: the chat runs, and lines come in, until either ends."""

    def __init__(self, live: LiveChat, room: Terminal, paper: Paper, clock: SystemClock, db: Path) -> None:
        self._live = live
        self._room = room
        self._paper = paper
        self._clock = clock
        self._db = db
        self._typing = sys.stdin.isatty()
        self._recapped = asyncio.Event()
        room.recapped = self._recapped.set

    async def hold(self) -> None:
        """Hold the chat; raises StoreError if another process takes it over."""
        self._greet()
        with _stopping(self._live):
            running = asyncio.create_task(self._live.run())
            listening = asyncio.create_task(self._listen(self._lines()))
            saving = asyncio.create_task(self._save_for_those_who_stay())
            await asyncio.wait({running, listening}, return_when=asyncio.FIRST_COMPLETED)
            if listening.done():
                listening.result()
                if not self._typing:
                    await asyncio.wait(
                        {running, asyncio.create_task(self._to_the_recap())},
                        return_when=asyncio.FIRST_COMPLETED,
                    )
                self._live.stop()
            await _ended(listening)
            await running
            await _ended(saving)
        if self._live.state.ended and self._live.state.phase != Over(cancelled=True):
            await self._save()
        self._farewell()

    def _greet(self) -> None:
        if self._live.chat.rehearsal:
            self._paper.show("A rehearsal: it is kept out of all counts over several chats.", Tone.NOTE)
        hint = " Type /start to begin, /help to see what else you can type." if self._typing else ""
        self._paper.show(f"{self._live.describe()}{hint}", Tone.NOTE)

    def _lines(self) -> AsyncIterator[str]:
        if self._typing:
            return typed(lambda: f" {self._live.describe()}  /help ")
        return piped(sys.stdin)

    async def _listen(self, lines: AsyncIterator[str]) -> None:
        if not self._typing and isinstance(self._live.state.phase, Ready):
            await self._live.ask(Start(), by=KEYBOARD)
        async for text in lines:
            try:
                match understand(text):
                    case None:
                        continue
                    case Leave():
                        return
                    case Wait(time):
                        await sleep(self._clock, time)
                    case line:
                        await self._room.handle(line, self._live)
            except (NotUnderstood, Refusal, StoreError) as error:
                self._paper.show(str(error), Tone.TROUBLE)

    async def _to_the_recap(self) -> None:
        """Go on until the recap is shown, now that nobody will type any more."""
        match self._live.state.phase:
            case Paused():
                await self._live.ask(Resume(), by=KEYBOARD)
            case Late() if not self._recapped.is_set():
                self._room.show_recap(await self._live.recap())
            case _:
                pass
        await self._recapped.wait()

    async def _save_for_those_who_stay(self) -> None:
        await self._recapped.wait()
        if self._typing:
            await self._save()

    async def _save(self) -> None:
        """Write the transcript, in a process of its own, so that the chat is not held up."""
        name = self._live.chat.name
        path = self._db.resolve().parent / TRANSCRIPTS / f"{name}.html"
        path.parent.mkdir(mode=0o700, exist_ok=True)
        command = (
            sys.executable,
            "-m",
            "bot",
            "transcript",
            name,
            "--format",
            "html",
            "-o",
            str(path),
            "--db",
            str(self._db),
        )
        process = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.DEVNULL, start_new_session=True
        )
        if await process.wait() == 0:
            self._paper.show(f"Transcript: {path}", Tone.NOTE)

    def _farewell(self) -> None:
        live = self._live
        match live.state.phase:
            case Late():
                self._paper.show(f"{live.describe()} Run the same command again to take them.", Tone.NOTE)
            case Over():
                self._paper.show(live.describe(), Tone.NOTE)
            case _:
                self._paper.show(
                    f"Stopped. {live.describe()} Run the same command again to go on.", Tone.NOTE
                )


@contextlib.contextmanager
def _stopping(live: LiveChat) -> Iterator[None]:
    """Let Ctrl-C and SIGTERM stop the chat cleanly, where the system has such signals for loops."""
    loop = asyncio.get_running_loop()
    signals: tuple[signal.Signals, ...] = (signal.SIGINT, signal.SIGTERM)
    try:
        for each in signals:
            loop.add_signal_handler(each, live.stop)
    except NotImplementedError:
        signals = ()
    try:
        yield
    finally:
        for each in signals:
            loop.remove_signal_handler(each)


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
