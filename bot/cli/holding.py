"""`hashchat run`: holding a chat, in the browser or in the terminal."""

import asyncio
import os
import stat
from datetime import UTC, datetime
from pathlib import Path

from bot.cli.checking import Checked, print_problems, read_script
from bot.cli.failing import complain
from bot.cli.place import Place
from bot.cli.saving import save_transcript, transcript_path
from bot.live import LiveChat, SystemClock
from bot.rooms.terminal.room import Terminal
from bot.rooms.terminal.screen import Paper, Tone
from bot.rooms.terminal.sitting import Sitting
from bot.script.posts import Kind
from bot.session import Late, Over, Ready
from bot.store import Chat, Store


def reads_lines() -> bool:
    """Tell whether lines come from standard input: from a pipe or a file, not from somebody who types or from nowhere."""
    try:
        mode = os.fstat(0).st_mode
    except OSError:
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISREG(mode) or stat.S_ISSOCK(mode)


def hold(file: Path, *, speed: float, new: bool, db: Path, place: Place | None) -> int:
    """Hold a chat of that script, in the browser or (`place` None) in the terminal; give the exit status."""
    if place and (trouble := place.trouble()):
        return complain(trouble, status=2)
    script = read_script(file)
    if script.text is None and (new or not db.exists()):
        print_problems(script)
        return 1
    return asyncio.run(_hold(script, speed=speed, new=new, db=db, place=place))


async def _hold(script: Checked, *, speed: float, new: bool, db: Path, place: Place | None) -> int:
    async with Store.open(db, _now) as store:
        paper = Paper()
        kind = "web" if place else "terminal"
        before = {each.id for each in await store.of_script(str(script.path.resolve()))}
        chat = await _choose(store, paper, script, kind, rehearsal=speed != 1, new=new)
        if chat is None:
            return 1
        clock = SystemClock(speed=speed, start=await _goes_on_at(store, chat))
        live: LiveChat | None
        if place:
            from bot.cli.serving import hold_in_browser  # the web server, which the terminal has no use for

            live = await hold_in_browser(store, chat, clock, paper, place, speed=speed)
            if live is None:
                if chat.id not in before:  # a chat to which nobody can come is not kept
                    await store.delete([chat])
                return 1
        else:
            live = await _hold_in_terminal(store, chat, clock, paper, db)
        _farewell(paper, live)
    return 0


async def _hold_in_terminal(store: Store, chat: Chat, clock: SystemClock, paper: Paper, db: Path) -> LiveChat:
    room = Terminal(chat.script, clock, paper, width=paper.width)
    async with store.reading(chat) as record:
        async for entry in record.entries():
            room.remember(entry)
        recapped = any(shown.kind is Kind.RECAP for shown in await record.posts_shown())
    live = LiveChat(chat, store, room, clock)
    saved = _Saved(paper, db, chat.name)
    await Sitting(live, room, paper, clock, recapped=recapped, save=saved.write).sit()
    return live


def _now() -> datetime:
    return datetime.now(UTC)


async def _goes_on_at(store: Store, chat: Chat) -> datetime:
    """Give the time at which a chat goes on: now, but a rehearsal's own time runs ahead of the day's."""
    if not chat.rehearsal:
        return _now()
    latest = await store.record(chat).latest()
    return max(_now(), chat.state.at, latest or chat.state.at)


async def _choose(
    store: Store, paper: Paper, script: Checked, kind: str, *, rehearsal: bool, new: bool
) -> Chat | None:
    """Go on with the unfinished chat of that script, or make a new one; None where neither can be done."""
    source = str(script.path.resolve())
    held = await store.of_script(source)
    earlier = [chat for chat in held if chat.rehearsal == rehearsal and chat.room.startswith(f"{kind}:")]
    if earlier and not new:
        unfinished = next((chat for chat in reversed(earlier) if not chat.over), earlier[-1])
        return await _go_on(store, paper, script, unfinished)
    if script.text is None:
        print_problems(script)
        return None
    room = f"{kind}:{{id}}:{{name}}"
    chat = await store.create(source=source, text=script.text, room=room, rehearsal=rehearsal)
    paper.show(f"{_title(chat)}\nThis is {chat.name}.", Tone.NOTE)
    return chat


async def _go_on(store: Store, paper: Paper, script: Checked, chat: Chat) -> Chat | None:
    """Go on with a chat as its script was, unless it is over, it may be only since it was looked for."""
    if not chat.over:
        chat = await store.hold(chat.id)
    if chat.over:
        text = f"{chat.name} is over. Hold a new chat of this script with --new, or read it: hashchat recap {chat.name}"
        paper.show(text, Tone.TROUBLE)
        return None
    paper.show(
        f"{_title(chat)}\nGoing on with {chat.name}. For a new chat of this script, add --new.", Tone.NOTE
    )
    if script.text is None:
        text = f"The script cannot be used as it is now (see: hashchat check {script.path}); this chat goes on with it as it was."
        paper.show(text, Tone.NOTE)
    elif chat.text != script.text:
        paper.show("The script has been changed since; this chat goes on with it as it was.", Tone.NOTE)
    return chat


def _title(chat: Chat) -> str:
    rehearsal = " (a rehearsal: kept out of counts over several chats)" if chat.rehearsal else ""
    return f"{chat.script.heading}{rehearsal}"


class _Saved:
    """The transcript of the chat that is being held; its place is said once."""

    def __init__(self, paper: Paper, db: Path, chat: str) -> None:
        self._paper = paper
        self._db = db
        self._chat = chat
        self._said = False

    async def write(self) -> None:
        """Write it, or say why that cannot be done and how it can."""
        trouble = await save_transcript(self._db, self._chat)
        if trouble:
            text = f"The transcript has not been written: {trouble} The chat is kept all the same; to write it elsewhere: hashchat transcript {self._chat} --format html --output FILE"
            self._paper.show(text, Tone.TROUBLE)
        elif not self._said:
            self._paper.show(f"Transcript: {transcript_path(self._db, self._chat)}", Tone.NOTE)
            self._said = True


def _farewell(paper: Paper, live: LiveChat) -> None:
    match live.state.phase:
        case Over(cancelled=True):
            return
        case Over():
            text = live.describe()
        case Late():
            text = f"{live.describe()} Run the same command again to take them."
        case Ready():
            text = f"Left. {live.describe()} Run the same command again to begin."
        case _:
            text = f"Stopped. {live.describe()} Run the same command again to go on."
    paper.show(text, Tone.NOTE)
