"""The picture with which a story is shared: its size, its letters, and what it does where letters are missing."""

import io
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image

from bot.messages import Author, Entry
from bot.recap import About, Recap, build
from bot.render.card import HEIGHT, ROOM, WIDTH, draw
from bot.script.model import Question, Script

START = datetime(2015, 4, 24, 1, tzinfo=UTC)
SCRIPT = Script("MacroSW", "Common ground", (Question("1", "Why?"),))
ABOUT = About(SCRIPT, "x", START, START + timedelta(hours=1))
#: A letter of Khitan, dead for eight hundred years, and of which no common font knows.
KHITAN = "\U00018b12"
TITLE = (72, 180, WIDTH, 470)
TAG = (72, 60, WIDTH, 140)


def recap(hashtag: str = "MacroSW") -> Recap:
    said = [
        Entry(f"{n}", START + timedelta(minutes=n), Author(f"{n}", "x"), "A1 x", answers=("1",))
        for n in range(30)
    ]
    return build(replace(ABOUT, script=replace(SCRIPT, hashtag=hashtag)), said, themes=False)


def ink(png: bytes, box: tuple[int, int, int, int]) -> tuple[int, int, int, int] | None:
    """Give where the letters are in a part of the picture: what is much brighter than its ground."""
    light = Image.open(io.BytesIO(png)).convert("L").crop(box)
    found = light.point(lambda value: 255 if value > 190 else 0).getbbox()
    return found and (found[0] + box[0], found[1] + box[1], found[2] + box[0], found[3] + box[1])


def test_it_has_the_size_that_sites_show() -> None:
    """A PNG of 1200 × 630, in which hashtag, title and figures stand."""
    card = draw(recap(), "Common ground")
    image = Image.open(io.BytesIO(card.png))
    assert (image.format, image.size, card.undrawn) == ("PNG", (WIDTH, HEIGHT), "")
    assert ink(card.png, TAG)
    assert ink(card.png, TITLE)
    assert ink(card.png, (72, 480, WIDTH, 590))
    assert draw(recap(), "Common ground").png == card.png
    assert draw(recap("Other"), "Common ground").png != card.png


@pytest.mark.parametrize(
    "title",
    [
        "x", "long words " * 27, "W" * 300, "https://x.org/" + "w" * 280, "Ελληνικά, Кириллица, Tiếng Việt, žluťoučký",
        "<svg onload='x'>&\"</text><image href='file:///etc/passwd'/>", "Z" + "\u0351" * 200, "a\u202eb\x00\x1b\ufffe\uffff\ud800", "🎉",
    ],
)  # fmt: skip
def test_every_title_fits(title: str) -> None:
    """Whatever a title is like, it stays in its room, and what it says is letters, no markup."""
    card = draw(recap("X" * 100), title)
    assert card.undrawn == ""
    if title != "🎉":
        left, top, right, bottom = ink(card.png, (0, 140, WIDTH, 480)) or (0, 0, 0, 0)
        assert 60 <= left < right <= 72 + ROOM + 20
        assert 150 <= top < bottom <= 475
    tag = ink(card.png, TAG)
    assert tag
    assert tag[2] <= 72 + ROOM + 8


def test_all_lines_of_a_title_have_its_direction() -> None:
    """A title from the right stays so in lines of Latin letters alone: they begin at the right, and their marks come last."""
    words = f"{'Wide ' * 12}W........"
    from_right = f"\u200f{words}"  # begins with the mark for that, so that it needs no font
    usual, mirrored = (ink(draw(recap(), title).png, (0, 150, WIDTH, 475)) for title in (words, from_right))
    assert usual
    assert mirrored
    assert usual[0] < 90
    assert mirrored[2] > 1110
    first = ink(draw(recap(), from_right).png, (1080, mirrored[3] - 30, WIDTH, mirrored[3]))
    assert first
    assert first[3] - first[1] > 25  # as high as the letter, not as a full stop


def test_what_no_font_has_is_left_out_and_named() -> None:
    """A line that misses letters is not drawn as boxes; pictographs alone go missing, with the line intact."""
    card = draw(recap(), f"Hello {KHITAN}{KHITAN}")
    assert card.undrawn == KHITAN
    assert ink(card.png, TITLE) is None
    assert ink(card.png, TAG)
    assert draw(recap(KHITAN), "Hello").undrawn == KHITAN
    assert draw(recap(), "Hello \U0001faff").undrawn == ""


def test_it_needs_no_fonts_of_the_machine(tmp_path: Path) -> None:
    """Where the system has no font at all, all letters of Europe are drawn, and the same."""
    program = f"""
import sys
sys.path[:] = {sys.path!r}
import resvg_py
from functools import partial
resvg_py.svg_to_bytes = partial(resvg_py.svg_to_bytes, skip_system_fonts=True)
from tests.test_story_card import draw, recap
card = draw(recap(), "Café žluť Ελλ Кир")
assert not card.undrawn, card.undrawn
sys.stdout.buffer.write(card.png)
"""
    bare = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, timeout=60, cwd=tmp_path
    )
    assert bare.stdout == draw(recap(), "Café žluť Ελλ Кир").png
