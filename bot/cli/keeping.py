"""`hashchat chats`, `recap`, `transcript`, `forget`, `delete` and `purge`: what is kept."""

import asyncio
import re
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from bot import render
from bot.recap import Tally
from bot.session import Over, Paused, Ready, Running
from bot.store import Changes, Chat, Store

_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}


def list_chats(db: Path) -> int:
    """List all chats; give the exit status."""

    async def work(store: Store) -> int:
        chats = await store.chats()
        if not chats:
            print("There is no chat yet. Hold one with: hashchat run FILE")
            return 0
        table = Table(box=None, padding=(0, 2, 0, 0))
        for column in ("chat", "when", "where it stands", "title"):
            table.add_column(column, no_wrap=column != "title")
        for chat in chats:
            when = chat.state.started or chat.script.starts or chat.created
            stands = _stands(chat) + (" (being held)" if await store.held(chat) else "")
            table.add_row(
                chat.name, f"{chat.script.local(when):%d %b %Y %H:%M %Z}", stands, chat.script.title
            )
        Console(highlight=False, markup=False).print(table)
        return 0

    return _with_store(db, work)


def write_recap(db: Path, name: str, form: str, output: Path | None) -> int:
    """Write a chat's recap; give the exit status."""

    async def work(store: Store) -> int:
        chat = await store.find(name)
        tally = Tally(chat.about)
        async with store.reading(chat) as record:
            async for entry in record.entries():
                tally.add(entry)
        width = min(Console().width, 100)
        with _output(output) as file:
            file.write(f"{render.recap(form, tally.recap(), width=width).rstrip()}\n".encode())
        return 0

    return _with_store(db, work)


def write_transcript(db: Path, name: str, form: str, output: Path | None) -> int:
    """Write a chat's transcript; give the exit status."""

    async def work(store: Store) -> int:
        chat = await store.find(name)
        with _output(output) as file:
            async for piece in _transcript(store, chat, form, shown=output is not None):
                file.write(piece.encode())
        return 0

    return _with_store(db, work)


async def _transcript(store: Store, chat: Chat, form: str, *, shown: bool) -> AsyncIterator[str]:
    """Give a transcript piece by piece; its progress can be shown where somebody watches."""
    writer = render.transcript(form, chat.about)
    console = Console(stderr=True)
    async with store.reading(chat) as record:
        total = await record.count()
        with Progress(
            console=console, transient=True, disable=not (shown and console.is_terminal)
        ) as progress:
            task = progress.add_task("Transcript", total=total)
            yield writer.preamble()
            number = 0
            async for entry in record.entries():
                yield writer.entry(entry)
                number += 1
                if number % 1000 == 0:
                    progress.update(task, completed=number)
            yield writer.postamble()


def forget_person(db: Path, name: str, person: str, *, yes: bool) -> int:
    """Remove a person's words for good; give the exit status."""

    async def work(store: Store) -> int:
        chat = await store.find(name)
        async with store.reading(chat) as record:
            people = await record.people(person)
        if not people:
            print(f"Nobody in {chat.name} wrote as {person}.", file=sys.stderr)
            return 1
        if not _sure(f"Remove all that {person} wrote in {chat.name}?", yes=yes):
            return 1
        await store.hold(chat.id)
        changes = Changes(chat.id, chat.room)
        for author in people:
            changes.forgotten(author, store.digest(chat.room, author))
        await store.commit(changes)
        print(
            f"Removed from {chat.name}, and nothing more of {person} will be kept. Files written before cannot be reached."
        )
        return 0

    return _with_store(db, work)


def delete_chat(db: Path, name: str, *, yes: bool) -> int:
    """Remove a chat for good; give the exit status."""

    async def work(store: Store) -> int:
        return await _delete(store, [await store.find(name)], yes=yes)

    return _with_store(db, work)


def purge_chats(db: Path, older_than: str, *, yes: bool) -> int:
    """Remove the chats held longer ago than that; give the exit status."""
    match = re.fullmatch(r"(\d{1,5})\s*([dwmy])", older_than.strip().lower())
    if not match:
        print(
            f"hashchat: {older_than!r} is not a time. Write days, weeks, months or years: 90d, 12w, 6m, 2y.",
            file=sys.stderr,
        )
        return 1
    limit = datetime.now(UTC) - timedelta(days=int(match[1]) * _DAYS[match[2]])

    async def work(store: Store) -> int:
        old = [chat for chat in await store.chats() if (chat.state.ended or chat.created) < limit]
        if not old:
            print(f"No chat is older than {older_than}.")
            return 0
        return await _delete(store, old, yes=yes)

    return _with_store(db, work)


async def _delete(store: Store, chats: list[Chat], *, yes: bool) -> int:
    names = ", ".join(chat.name for chat in chats)
    if not _sure(f"Delete {names} for good, with all that was said?", yes=yes):
        return 1
    await store.delete(chats)
    print(f"Deleted: {names}. Files written before are still where they were written.")
    return 0


def _stands(chat: Chat) -> str:
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
            words = "over, late answers count"
    return f"{words}, a rehearsal" if chat.rehearsal else words


def _sure(question: str, *, yes: bool) -> bool:
    if yes:
        return True
    if not sys.stdin.isatty():
        print("hashchat: nothing was done. To do it without being asked, add --yes.", file=sys.stderr)
        return False
    return typer.confirm(question)


def _with_store(db: Path, work: Callable[[Store], Coroutine[None, None, int]]) -> int:
    async def run() -> int:
        async with Store.open(db, lambda: datetime.now(UTC)) as store:
            return await work(store)

    return asyncio.run(run())


@contextmanager
def _output(path: Path | None) -> Iterator[IO[bytes]]:
    """Give standard output, or a file that is there only once all of it is written."""
    if path is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        try:
            yield file
        except BaseException:
            Path(file.name).unlink()
            raise
    Path(file.name).replace(path)
