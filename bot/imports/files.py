"""Files that hang on the messages of an export: read from the folder that was written with it, within limits."""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import unquote

from bot.messages import Attachment
from bot.store import Media

#: The most that is kept of one file, and of all together, in bytes: as much as of chats on Discord.
LARGEST = 10 << 20
MOST = 200 << 20
_INSIDE = re.compile(r"data:([\w.+/-]{0,100})(?:;[\w=.+-]{1,100}){0,4}?;base64,", re.IGNORECASE)
#: Which part of an export a file is; all of them have one folder.
_PART = re.compile(r" \[part \d{1,6}\]$")


class _Unkept(Exception):
    """A file cannot be kept; the text says why."""


class Beside:
    """Takes in the files of one import. `folders` are those in which they lie besides the exports' own."""

    def __init__(self, folders: Sequence[Path] = ()) -> None:
        self._folders = tuple(folder.resolve() for folder in folders)
        self._taken = 0

    def take(self, export: Path, attachment: Attachment, by: str) -> Media | None:
        """Give a file as it is to be kept, under the url that its attachment is to have, or why it cannot be.

        None for one that is on the web.
        """
        url, kind = attachment.url, attachment.type
        if url.lower().startswith(("http://", "https://")):
            return None
        inside = _INSIDE.match(url)
        if inside:
            kind = kind or inside[1] or None
            digest = hashlib.sha256(f"{by} {url}".encode(errors="replace")).hexdigest()
            kept = f"/embedded/{digest[:32]}"
        else:
            kept = "/" + url.replace("\\", "/").lstrip("/")
        try:
            data = self._decoded(url[inside.end() :]) if inside else self._read(export, url)
        except _Unkept as why:
            return Media(kept, by, attachment.name, kind, why=str(why))
        self._taken += len(data)
        return Media(kept, by, attachment.name, kind, data=data)

    def _decoded(self, text: str) -> bytes:
        self._allow(len(text) * 3 // 4 - 2)
        try:
            return base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError) as error:
            raise _Unkept("what is inside the file that was imported is not base64") from error

    def _read(self, export: Path, written: str) -> bytes:
        path = next(self._found(export, written), None)
        if path is None:
            raise _Unkept("it is not in the folder of the file that was imported")
        try:
            self._allow(path.stat().st_size)
            return path.read_bytes()
        except OSError as error:
            raise _Unkept(f"it cannot be read ({error.strerror})") from error

    def _allow(self, size: int) -> None:
        if size > LARGEST:
            raise _Unkept(f"it is larger than {LARGEST >> 20} MiB")
        if self._taken + size > MOST:
            raise _Unkept(f"the files of the chat are larger than {MOST >> 20} MiB")

    def _found(self, export: Path, written: str) -> Iterator[Path]:
        """Give the files that may be meant; whatever an export says, none outside of its folders, and none that is hidden."""
        roots = (*_own(export), *self._folders)
        for name in dict.fromkeys((written, unquote(written))):
            plain = name.replace("\\", "/")
            beside = (folder / plain for folder in (export.parent, *self._folders))
            below = (folder / plain.rpartition("/")[2] for folder in self._folders)
            for path in (*beside, *below):
                try:
                    if (real := path.resolve()).is_file() and any(_lies_in(root, real) for root in roots):
                        yield real
                except (OSError, ValueError):
                    continue


def _own(export: Path) -> Iterator[Path]:
    """Give the folders that are written with an export: DiscordChatExporter's and hashchat's own.

    Real paths are looked for in them, so that nothing is found in one that is a link.
    """
    whole = f"{_PART.sub('', export.stem)}{export.suffix}"
    for name in (f"{whole}_Files", f"{export.stem}-files"):
        yield export.parent.resolve() / name


def _lies_in(folder: Path, path: Path) -> bool:
    return path.is_relative_to(folder) and not any(
        part.startswith(".") for part in path.relative_to(folder).parts
    )
