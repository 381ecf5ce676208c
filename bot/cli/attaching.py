"""The files that people shared, put beside a transcript or into it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from bot.cli.attending import file_name
from bot.cli.output import new_folder
from bot.messages import Attachment, Entry
from bot.render.copies import HARMLESS, NO_COPIES, Copies, Copy, Media, picture_type
from bot.rooms.web.embedding import embed
from bot.store import Media as Kept
from bot.store import Record, StoreError

_ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}


class Attaching:
    """Gives the copies of the files on each entry, and counts those that could not be had."""

    def __init__(self, record: Record, folder: Path | None, address: str) -> None:
        self._record = record
        self._folder = folder
        self._address = address
        self.written = 0
        self.missing = 0

    async def copies(self, entry: Entry) -> Copies:
        """Copy what is attached to an entry, into the folder or into addresses."""
        return {attached.url: await self._copy(attached) for attached in entry.attachments} or NO_COPIES

    async def _copy(self, attached: Attachment) -> Copy:
        kept = await self._record.media(attached.url)
        folder = self._folder
        copy = self._put(folder, kept, attached) if folder and kept and kept.data else embed(kept)
        self.missing += copy.address is None
        return copy

    def _put(self, folder: Path, kept: Kept, attached: Attachment) -> Copy:
        data = kept.data or b""
        picture = picture_type(data)
        self.written += 1
        name = f"{self.written:04}-{safe_name(attached.name, picture)}"
        (folder / name).write_bytes(data)
        return Copy(quote(f"{self._address}/{name}"), None, picture is not None, kept.width, kept.height)


@contextmanager
def attaching(record: Record, media: Media, page: Path | None) -> Iterator[Attaching | None]:
    """Give what copies files; a folder of them takes its place beside the page at the end, or not at all. Raises StoreError."""
    if media is Media.NONE:
        yield None
    elif media is Media.EMBED:
        yield Attaching(record, None, "")
    elif page is None:
        raise StoreError(
            "There is no folder beside what is printed. Name a file with --output, or choose --media none."
        )
    else:
        target = page.resolve().parent / f"{page.stem}-files"
        with new_folder(target, "name another file with --output, or choose --media none") as folder:
            yield Attaching(record, folder, target.name)


def safe_name(name: str, picture: str | None) -> str:
    """Give a file's name as any system takes it: letters, digits and hyphens, and an ending that runs nothing."""
    stem, _, ending = name.rpartition(".") if "." in name else (name, "", "")
    ending = ending.lower()
    if picture:
        return f"{file_name(stem)}.{_ENDINGS[picture]}"
    known = ending if ending in HARMLESS else "bin"
    return f"{file_name(stem if known == ending else name)}.{known}"
