"""The file that is imported: its bytes, its text whatever the encoding, and how far it has been read."""

import codecs
import hashlib
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from io import BufferedReader
from pathlib import Path
from typing import TextIO

#: So much of the beginning says what a file is.
SAMPLE = 65_536
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_.]?(\d\d)[-_.]?(\d\d)(?!\d)")


@dataclass(frozen=True, slots=True)
class Source:
    """An open file, and its number among those that are imported together, from 1."""

    path: Path
    file: BufferedReader
    number: int = 1

    def __str__(self) -> str:
        return str(self.path)

    @property
    def name(self) -> str:
        """What the file is called, without its day and what it ends in: `#macrosw` of `#macrosw_20150423.log`."""
        return _DAY.sub(" ", self.path.stem).strip(" -_.,")

    @property
    def day(self) -> date | None:
        """The day that the file's name has."""
        found = _DAY.search(self.path.stem)
        try:
            return date.fromisoformat("-".join(found.groups())) if found else None
        except ValueError:
            return None

    @property
    def position(self) -> int:
        """How many bytes have been read."""
        return self.file.tell()

    @property
    def sample(self) -> str:
        """The beginning of the text."""
        return self.text().read(SAMPLE)

    def text(self) -> TextIO:
        """Give the text from its beginning, with its line ends as they are. What is not in the encoding becomes U+FFFD."""
        self.file.seek(0)
        start = self.file.read(SAMPLE)
        self.file.seek(0)
        return _Text(self.file, encoding=_encoding(start), errors="replace", newline="")

    def digest(self) -> bytes:
        """Give what tells this file from any other."""
        self.file.seek(0)
        return hashlib.file_digest(self.file, "sha256").digest()

    def id(self, line: int) -> str:
        """Give an id for what stands on that line and has none of its own."""
        return f"line-{self.number}.{line}"


@contextmanager
def opened(path: Path, number: int = 1) -> Iterator[Source]:
    """Open a file. Raises OSError."""
    with path.open("rb") as file:
        yield Source(path, file, number)


class _Text(io.TextIOWrapper):
    """A view of the text that leaves the file open for the next one."""

    def __del__(self) -> None:
        if not self.closed:
            self.detach()


def _encoding(start: bytes) -> str:
    """Tell the encoding by its mark; without one it is UTF-16, UTF-8 or, for old logs, Windows' Latin letters."""
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return encoding
    # Every digit, comma and Latin letter has one byte 0 in UTF-16, and always on the same side.
    left, right = (start[side::2].count(0) for side in (0, 1))
    if left + right > len(start) // 8 and min(left, right) <= max(left, right) // 8:
        return "utf-16-le" if right > left else "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"
