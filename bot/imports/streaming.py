"""JSON item by item, with the line of each: memory grows with the largest item, not with the file.

The standard library's scanner reads one value from a stretch of text that is filled up as it goes, which is as quick as a
streaming parser in C (ijson with YAJL: 0.7 s for 120 MB, this 0.7 s) and knows where it is.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TextIO

#: How much is read at a time, and how long one item may be, in characters.
STEP = 1 << 18
LONGEST = 1 << 25
#: So little at the edge of what has been read may be half of something: of `false`, of `\\ud83d\\ude00`.
_SHORT = 12
_BLANK = re.compile(r"[ \t\r\n]*")
_SCANNER = json.JSONDecoder()


class BadJson(ValueError):
    """What is not JSON, or ends too early; `line` is where, and the text says what is wrong."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line = line


def not_json(error: json.JSONDecodeError) -> str:
    """Say why something is not JSON; where it is stands beside."""
    return f"this is not JSON ({error.msg.removesuffix(' at')})"


@dataclass(frozen=True, slots=True)
class Member:
    """A member of the outermost object: its key, its value and the line on which that begins."""

    key: str
    value: Any
    line: int


def members(file: TextIO, listed: str) -> Iterator[Member]:
    """Give the members of the object that a file holds; of the list that is called `listed`, item by item.

    Raises BadJson.
    """
    text = _Stretch(file)
    text.expect("{")
    if text.take("}"):
        return
    while True:
        key = text.value()
        if not isinstance(key, str):
            raise BadJson(text.line, "a key in quotes is expected here")
        text.expect(":")
        if key == listed and text.take("["):
            yield from _items(text, key)
        else:
            line = text.line
            yield Member(key, text.value(), line)
        if text.take("}"):
            return
        text.expect(",")


def _items(text: "_Stretch", key: str) -> Iterator[Member]:
    if text.take("]"):
        return
    while True:
        text.blanks()
        line = text.line
        yield Member(key, text.value(), line)
        if text.take("]"):
            return
        text.expect(",")


class _Stretch:
    """The stretch of a text that is being read, and on which line that is."""

    _early = "the file ends in the middle: the export was cut off"

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._text = ""
        self._at = 0
        self._ended = False
        self.line = 1

    def blanks(self) -> None:
        """Go to what comes next."""
        while True:
            self._go_to(_BLANK.match(self._text, self._at).end())  # type: ignore[union-attr]  # it matches nothing at least
            if self._at < len(self._text) or not self._more():
                return

    def take(self, sign: str) -> bool:
        """Take that sign if it comes next."""
        self.blanks()
        found = self._text.startswith(sign, self._at)
        self._at += found
        return found

    def expect(self, sign: str) -> None:
        """Take that sign, which has to come next."""
        if not self.take(sign):
            raise BadJson(self.line, self._early if self._ended_here else f"`{sign}` is expected here")

    def value(self) -> Any:
        """Take the value that comes next."""
        self.blanks()
        while True:
            try:
                value, end = _SCANNER.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                self._fill_up(error)
            except RecursionError:
                raise BadJson(self.line, "this is nested too deeply") from None
            except ValueError:  # what is JSON, but more digits than Python reads
                raise BadJson(self.line, "a number in this is too long") from None
            else:
                if end < len(self._text) or not self._more():  # a number at the edge may go on
                    self._go_to(end)
                    return value

    @property
    def _ended_here(self) -> bool:
        return self._ended and self._at >= len(self._text)

    def _fill_up(self, error: json.JSONDecodeError) -> None:
        """Read on where a value is not complete; raises BadJson where more text could not mend it."""
        open_ended = error.pos >= len(self._text) or error.msg.startswith("Unterminated string")
        if open_ended or error.pos >= len(self._text) - _SHORT:
            if len(self._text) - self._at > LONGEST:
                raise BadJson(self.line, f"this is longer than {LONGEST:,} characters")
            if self._more():
                return
        line = self.line + self._text.count("\n", self._at, error.pos)
        raise BadJson(line, self._early if open_ended else not_json(error))

    def _more(self) -> bool:
        """Read on, and forget what has been taken; a long value makes longer steps."""
        more = self._file.read(max(STEP, len(self._text) - self._at))
        if not more:
            self._ended = True
            return False
        self._text = self._text[self._at :] + more
        self._at = 0
        return True

    def _go_to(self, end: int) -> None:
        self.line += self._text.count("\n", self._at, end)
        self._at = end
