"""The picture with which a story is shared: 1200 × 630 pixels, as sites show it beside a link (https://ogp.me).

It is drawn as SVG, in letters of a font that comes with hashchat's own requirements, so that it is there on a bare machine and
the same on all. Scripts that this font does not have are drawn with the machine's own fonts, or not at all: a row of empty
boxes tells nobody anything.
"""

import io
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import resvg_py
from PIL import Image
from rich.cells import chop_cells

from bot.recap import Recap
from bot.render import charts, shown
from bot.render.html import macros
from bot.render.plain import direction, one_line, wrap
from bot.render.story import when

WIDTH, HEIGHT = 1200, 630
#: How wide and high the title may be, in pixels, and the sizes of its letters that are tried, largest first.
ROOM, TALL = 1056, 290
SIZES = (92, 80, 68, 58, 50, 44)
#: The size of the hashtag, where it is not so long that it has to be smaller.
TAG = 46
_LEADING = 1.14
#: How wide a column of text is on average, to the size of its letters; what is wider in truth is tried smaller.
_COLUMN = 0.5
#: An isolate (U+2067 … U+2069): resvg takes each line for one from the left, whatever its `direction` says.
_FROM_THE_RIGHT = "\u2067{}\u2069"
#: A character that no font has: what is drawn for it is drawn for every other one that is missing.
_MISSING = "\U0010fffd"
_CELL = 48


@dataclass(frozen=True, slots=True)
class Card:
    """The picture (PNG), whether its title is on it, and the characters for want of which a line was left out, if any."""

    png: bytes
    titled: bool
    undrawn: str


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    x: int
    y: float
    anchor: str


def draw(recap: Recap, title: str) -> Card:
    """Draw the picture of a chat under that title."""
    script = recap.about.script
    undrawn: list[str] = []
    hashtag = _drawable(f"#{script.hashtag}", undrawn)
    words = _drawable(title, undrawn)
    size, lines = _set(words)
    svg = macros("card.svg").card(
        hashtag=hashtag,
        tag_size=min(TAG, TAG * ROOM // (_widest([hashtag], TAG) or ROOM)),
        size=size,
        lines=tuple(_placed(lines, size, from_right=direction(words) == "rtl")),
        figures=tuple(tuple(each.split(" ", 1)) for each in shown.counts(recap)),
        when=_drawable(when(recap.about).split(",")[0], undrawn),
        course=charts.course(recap),
    )
    return Card(_rendered(str(svg)), bool(words), "".join(dict.fromkeys("".join(undrawn)))[:20])


def _drawable(text: str, undrawn: list[str]) -> str:
    """Give what can be drawn of a text: without pictographs that no font has, and nothing where letters are missing."""
    line = "".join(each for each in one_line(text) if unicodedata.category(each) not in ("Cn", "Co"))
    without = missing(line)
    letters = [each for each in without if unicodedata.category(each)[0] in "LN"]
    undrawn += letters
    return "" if letters else one_line("".join(each for each in line if each not in without))


def missing(text: str) -> frozenset[str]:
    """Give the characters that no font here has: those that look like one that none can have."""
    seen = sorted({each for each in text if unicodedata.category(each)[0] in "LNPS"})
    if not seen:
        return frozenset()
    cells = "".join(
        f'<text x="{8 + n * _CELL}" y="36">&#{ord(each)};</text>' for n, each in enumerate((_MISSING, *seen))
    )
    picture = _picture(f'<g font-size="24">{cells}</g>', (len(seen) + 1) * _CELL, _CELL)
    drawn = [picture.crop((n * _CELL, 0, (n + 1) * _CELL, _CELL)).tobytes() for n in range(len(seen) + 1)]
    return frozenset(each for each, cell in zip(seen, drawn[1:], strict=True) if cell == drawn[0])


def _set(title: str) -> tuple[int, list[str]]:
    """Give the largest size at which a title fits, and its lines; what fits at none is cut."""
    for size in SIZES:
        lines = wrap(title, int(ROOM / (size * _COLUMN))).split("\n")
        if len(lines) * size * _LEADING <= TALL and _widest(lines, size) <= ROOM:
            return size, lines
    least = SIZES[-1]
    columns, most = ROOM // least, int(TALL / (least * _LEADING))  # room for the widest letters
    lines = [part for line in wrap(title, columns).split("\n") for part in chop_cells(line, columns)]
    return least, lines if len(lines) <= most else [*lines[: most - 1], f"{lines[most - 1][:-1].rstrip()}…"]


def _widest(lines: list[str], size: int) -> int:
    template = macros("card.svg").words(lines, size)
    box = _picture(str(template), 4 * WIDTH, size * 2).getbbox()
    return box[2] - box[0] if box else 0


def _placed(lines: list[str], size: int, *, from_right: bool) -> list[_Line]:
    """Put lines where the title begins in its direction, as far down as leaves them in the middle of their room."""
    top = 330 - len(lines) * size * _LEADING / 2
    x, anchor, around = (WIDTH - 72, "end", _FROM_THE_RIGHT) if from_right else (72, "start", "{}")
    return [
        _Line(around.format(line), x, top + (n + 0.8) * size * _LEADING, anchor)
        for n, line in enumerate(lines)
    ]


def _picture(inner: str, width: int, height: int) -> Image.Image:
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'font-family="Source Sans Pro" font-weight="700">{inner}</svg>'
    )
    return Image.open(io.BytesIO(_rendered(svg)))


def _rendered(svg: str) -> bytes:
    return bytes(
        resvg_py.svg_to_bytes(svg_string=svg, font_files=list(_fonts()), font_family="Source Sans Pro")
    )


@cache
def _fonts() -> tuple[str, ...]:
    """Give the files of the font that is always there: Source Sans Pro, for Latin, Greek and Cyrillic script."""
    folder = files("font_source_sans_pro") / "files"
    return tuple(str(folder / f"SourceSansPro-{weight}.ttf") for weight in ("Regular", "Bold"))
