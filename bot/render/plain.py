"""Making hostile text harmless where it is shown: in a terminal, in a text file, on a page."""

import re
import unicodedata
from typing import Literal

from rich.cells import cell_len, chop_cells

_NEWLINES = re.compile(r"\r\n?|[\x85\u2028\u2029]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_ODD = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
# Embeddings, overrides and isolates reach beyond the text that holds them; the marks (U+200E, U+200F, U+061C) do not.
_BIDI = re.compile(r"[\u202a-\u202e\u2066-\u206f]")
Direction = Literal["ltr", "rtl", "auto"]
_STRONG: dict[str, Direction] = {"L": "ltr", "R": "rtl", "AL": "rtl"}
_WORDS = re.compile(r"\s*\S+")
_LEAST_WIDTH = 20


def visible(text: str) -> str:
    r"""Make control characters visible, so that none acts: U+0000–U+001F and U+007F as their pictures (␀ … ␟, ␡).

    C1 controls and lone surrogates become U+FFFD, every kind of line end becomes `\n`; `\n` and tab stay.
    """
    if not _ODD.search(text):  # as nearly always
        return str(text)  # not as markup, which escapes what is added to it
    return _CONTROLS.sub(_picture, _NEWLINES.sub("\n", text))


def plain(text: str) -> str:
    """Make a text safe to print: `visible`, and without the bidi controls that could turn what stands around it."""
    return _BIDI.sub("", visible(text))


def one_line(text: str) -> str:
    """Make a text safe to print within a line, as a name: `plain`, with every run of white space as one space."""
    return " ".join(plain(text).split())


def wrap(text: str, width: int, head: str = "") -> str:
    """Fold a plain text into lines of `width` columns (a wide character takes two), beside a head on the first of them.

    Lines break at white space; a word longer than a line is cut, unless it holds an address, which has to stay whole.
    """
    indent = cell_len(head)
    room = max(width - indent, _LEAST_WIDTH)
    lines = [part for line in text.expandtabs(4).split("\n") for part in _folded(line, room)]
    margins = [head, *[" " * indent] * (len(lines) - 1)]
    return "\n".join(f"{margin}{line}".rstrip() for margin, line in zip(margins, lines, strict=True))


def direction(text: str) -> Direction:
    """Tell how a text runs, by its first strong letter (https://www.unicode.org/reports/tr9/#P2); `auto` where it has none."""
    classes = map(unicodedata.bidirectional, text)
    return next((_STRONG[each] for each in classes if each in _STRONG), "auto")


def _folded(line: str, room: int) -> list[str]:
    folded = [""]
    for word in _WORDS.findall(line.rstrip()):
        fits = _columns(folded[-1]) + _columns(word) <= room
        if folded[-1] and not fits:
            folded.append("")
        folded[-1] += word if fits else word.lstrip()
        if _columns(folded[-1]) > room and "://" not in folded[-1]:
            folded[-1:] = chop_cells(folded[-1], room)
    return folded


def _columns(plain: str) -> int:
    return len(plain) if plain.isascii() else cell_len(plain)


def _picture(control: re.Match[str]) -> str:
    code = ord(control[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else "\ufffd"
