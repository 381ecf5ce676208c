"""`hashchat chats` and `recap`: what is kept, at any time, also while a chat is live."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot import render
from bot.cli.output import named, output, say_written
from bot.render.plain import one_line
from bot.session import Over, Paused, Ready, Running
from bot.store import Chat, Store, StoreError

#: The widest that a recap is set where it is shown, and how wide in a file, for mails.
WIDEST, WRITTEN = 100, 72


def with_store(db: Path, work: Callable[[Store], Coroutine[None, None, int]]) -> int:
    """Do something with what is kept, and give its exit status; reading makes no database. Raises StoreError."""
    if not db.exists():
        raise StoreError(f"There is no chat yet: {db} is not there. Hold one with: hashchat run FILE")

    async def run() -> int:
        async with Store.open(db, lambda: datetime.now(UTC)) as store:
            return await work(store)

    return asyncio.run(run())


def list_chats(db: Path) -> int:
    """List all chats; give the exit status."""

    async def work(store: Store) -> int:
        chats = await store.chats()
        if not chats:
            print("There is no chat yet. Hold one with: hashchat run FILE")
            return 0
        table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
        for column in ("chat", "when", "where it stands", "about"):
            table.add_column(column, no_wrap=column != "about", overflow="fold")
        for chat in chats:
            table.add_row(chat.name, _when(chat), await _stands(store, chat), one_line(chat.script.title))
        console = Console(highlight=False, markup=False, emoji=False)
        if not console.is_terminal:
            console.width = 1000  # what is piped is cut by nobody
        console.print(table)
        return 0

    return with_store(db, work)


def write_recap(db: Path, name: str, form: str, path: Path | None) -> int:
    """Write a chat's recap; give the exit status."""

    async def work(store: Store) -> int:
        chat = await store.find(name)
        width = WRITTEN if named(path) else min(Console().width, WIDEST)
        text = render.recap(form, await store.recap(chat), width=width)
        with output(path) as file:
            file.write(f"{text.rstrip()}\n".encode())
        return say_written(path)

    return with_store(db, work)


def _when(chat: Chat) -> str:
    """Say when a chat was held, or else will be, or else was made."""
    moment = chat.state.started or chat.script.starts or chat.created
    return f"{chat.script.local(moment):%d %b %Y %H:%M %Z}"


async def _stands(store: Store, chat: Chat) -> str:
    match chat.state.phase:
        case Ready(starts=starts):
            words = "planned" if starts else "not begun"
        case Running():
            words = "running"
        case Paused():
            words = "paused"
        case Over(cancelled=True):
            words = "cancelled"
        case Over():
            words = "over"
        case _:
            words = "ended, late answers count"
    held = await store.held(chat)
    return ", ".join(
        filter(None, (words, "a rehearsal" if chat.rehearsal else "", f"held by {held}" if held else ""))
    )
