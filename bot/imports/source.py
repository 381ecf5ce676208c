"""The file that is imported: its bytes, its text whatever the encoding, and how far it has been read."""

import codecs
import hashlib
import io
import itertools
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, TextIO

#: So much of the beginning says what a file is.
SAMPLE = 65_536
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

#: The name of what is done with bytes that are not in the encoding.
_LATIN = "hashchat-latin"
#: What Python puts for such a byte where it is only looked for.
_ODD = re.compile(r"[\udc80-\udcff]")
#: A file with so many times as many of them as letters of UTF-8 has those by chance only.
_MOSTLY = 20

_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_.]?(\d\d)[-_.]?(\d\d)(?!\d)")


@dataclass(frozen=True, slots=True)
class Source:
    """An open file, its encoding, and its number among those that are imported together, from 1.

    `odd_lines` is how many lines are not in UTF-8 but were taken for Windows' Latin letters; of UTF-16 none is.
    """

    path: Path
    file: BufferedReader
    encoding: str
    odd_lines: int
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
        """Give the text from its beginning, with its line ends as they are.

        What in UTF-8 is none is read as Windows' Latin letters (cp1252), and what is nothing there either becomes U+FFFD.
        """
        self.file.seek(0)
        return _Text(self.file, encoding=self.encoding, errors=_LATIN, newline="")

    def id(self, line: int) -> str:
        """Give an id for what stands on that line and has none of its own."""
        return f"line-{self.number}.{line}"


@contextmanager
def opened(path: Path, number: int = 1) -> Iterator[Source]:
    """Open a file. Raises OSError."""
    with path.open("rb") as file:
        yield Source(path, file, *_encoding(file), number)


def digest(path: Path) -> bytes:
    """Give what tells a file from any other. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


class _Text(io.TextIOWrapper):
    """A view of the text that leaves the file open for the next one."""

    def __del__(self) -> None:
        if not self.closed:
            self.detach()


def _encoding(file: BinaryIO) -> tuple[str, int]:
    """Tell the encoding by its mark or else by all of the file, and how many lines are not in UTF-8."""
    start = file.read(SAMPLE)
    marked = next((encoding for mark, encoding in _MARKS if start.startswith(mark)), "")
    # Every digit, comma and Latin letter has one byte 0 in UTF-16, and always on the same side.
    left, right = (start[side::2].count(0) for side in (0, 1))
    if not marked and left + right > len(start) // 8 and min(left, right) <= max(left, right) // 8:
        marked = "utf-16-le" if right > left else "utf-16-be"
    if marked.startswith("utf-16"):
        return marked, 0
    file.seek(0)
    letters, odd, lines = _counted(file)
    return marked or ("cp1252" if odd > _MOSTLY * letters else "utf-8"), lines


def _counted(file: BinaryIO) -> tuple[int, int, int]:
    """Count the letters of UTF-8 besides those of ASCII, the bytes that are none, and the lines that have such."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    letters = odd = lines = 0
    is_odd = False  # the line that a stretch ends in
    for stretch in itertools.chain(iter(lambda: file.read(SAMPLE), b""), [b""]):
        text = decoder.decode(stretch, final=not stretch)
        ends = [is_odd] + [False] * ("\n" in text)
        if not text.isascii() and (found := len(_ODD.findall(text))):
            odd += found
            ends = [_ODD.search(line) is not None for line in text.split("\n")]
            ends[0] |= is_odd
        letters += len(text) - len(text.encode("ascii", "ignore"))
        *whole, is_odd = ends
        lines += sum(whole)
    return letters - odd, odd, lines + is_odd


def _as_latin(error: UnicodeError) -> tuple[str, int]:
    """Read bytes that are no UTF-8 as Windows' Latin letters: of some logs each line is in its writer's own encoding."""
    if isinstance(error, UnicodeDecodeError) and error.encoding.startswith("utf-8"):
        return error.object[error.start : error.end].decode("cp1252", "replace"), error.end
    return codecs.replace_errors(error)  # type: ignore[return-value]  # which is typed for encoding, too


codecs.register_error(_LATIN, _as_latin)
