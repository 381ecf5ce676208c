"""`hashchat transcript`: all that was said, at any time, also while a chat is live."""

import sys
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from bot import render
from bot.cli.attaching import Attaching, attaching
from bot.cli.failing import complain
from bot.cli.output import named, output, say_written
from bot.cli.reading import with_store
from bot.messages import Author, Entry
from bot.render import NO_COPIES
from bot.render.anonymous import NOTE, Anonymous
from bot.render.copies import EMBEDDING
from bot.store import Chat, Record, Store, StoreError

#: How many entries are written between two steps of the progress shown.
STEP = 1000


def write_transcript(
    db: Path,
    name: str,
    form: str,
    path: Path | None,
    *,
    media: render.Media | None = None,
    anonymous: bool = False,
) -> int:
    """Write a chat's transcript, with files in a folder beside it unless something else is asked for; give the exit status."""
    path = named(path)
    where = _media(media, form, path, anonymous=anonymous)

    async def work(store: Store) -> int:
        chat = await store.find(name)
        async with store.reading(chat) as record:
            nameless = await _anonymous(record, chat) if anonymous else None
            with output(path) as file, attaching(record, where, path) as files:
                writing = Writing(record, chat, form, where, files, nameless)
                async with aclosing(writing.pieces(shown=path is not None)) as pieces:
                    async for piece in pieces:
                        file.write(piece.encode(errors="replace"))
        if files and files.missing:
            complain(f"{files.missing:,} of the files shared could not be kept; the transcript says which.")
        return say_written(path)

    return with_store(db, work)


def _media(media: render.Media | None, form: str, path: Path | None, *, anonymous: bool) -> render.Media:
    """Say where files go. Raises StoreError for what cannot be."""
    if anonymous and media not in (None, render.Media.NONE):
        raise StoreError(
            "An anonymous transcript has no files: they show who shared them. Leave out --media."
        )
    if media is render.Media.EMBED and form not in EMBEDDING:
        raise StoreError(
            f"Pictures can be inside {', '.join(EMBEDDING)}, not inside {form}. Choose another --format, or --media folder."
        )
    if media is not None:
        return media
    beside = path is not None and not anonymous and (path.is_file() or not path.exists())
    return render.Media.FOLDER if beside else render.Media.NONE


async def _anonymous(record: Record, chat: Chat) -> Anonymous:
    """Draw pseudonyms for all who wrote, under every name that they had."""
    called = (*(await record.names()).items(), *await record.other_names())
    people = {Author(key, name) for key, name in called}
    async with aclosing(record.chunks()) as chunks:
        async for some in chunks:
            people.update(entry.author for entry in some if entry.author)
    return Anonymous(chat.script, people)


@dataclass(frozen=True, slots=True)
class Writing:
    """A transcript as it is written: of which chat, in which form, with which files, and whether without names."""

    record: Record
    chat: Chat
    form: str
    media: render.Media
    files: Attaching | None
    anonymous: Anonymous | None

    async def pieces(self, *, shown: bool) -> AsyncGenerator[str, None]:
        """Give it piece by piece; its progress can be shown where somebody watches."""
        about = self.anonymous.about(self.chat.about) if self.anonymous else self.chat.about
        note = NOTE if self.anonymous else None
        writer = render.transcript(self.form, about, note=note, media=self.media)
        yield writer.preamble()
        async with _progress(await self.record.count(), shown=shown and sys.stderr.isatty()) as step:
            number = 0
            async with aclosing(self._entries()) as entries:
                async for entry in entries:
                    copies = await self.files.copies(entry) if self.files and entry.attachments else NO_COPIES
                    yield writer.entry(entry, copies)
                    number += 1
                    if number % STEP == 0:
                        step()
        yield writer.postamble()

    async def _entries(self) -> AsyncGenerator[Entry, None]:
        async with aclosing(self.record.chunks()) as chunks:
            async for some in chunks:
                for entry in some:
                    told = self.anonymous.entry(entry) if self.anonymous else entry
                    if told is not None:
                        yield told


@asynccontextmanager
async def _progress(total: int, *, shown: bool) -> AsyncIterator[Callable[[], None]]:
    with Progress(console=Console(stderr=True), transient=True, disable=not shown) as progress:
        task = progress.add_task("Transcript", total=total)
        yield lambda: progress.advance(task, STEP)
