"""Texts as Discord shows them: cut where it takes no more, without pings, and people's words without markup."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rooms.discord import written
from bot.script.posts import length

MARKS = (
    *"aB1 \n\\*_~`|[]()<>@#&!:-.>/😀\u202e\x00",
    "everyone",
    "<@123456789012345678>",
    "https://x.org/a_b",
)
HOSTILE = st.lists(st.sampled_from(MARKS), max_size=60).map("".join)


def shown(text: str) -> str:
    """Give what Discord shows of a text in which every mark is escaped or part of an address, or fail."""
    text = re.sub(r"<(https?://[^ <>]+)>", lambda m: re.sub(r"[\\*_~`|\[\]<>]", "x", m[1]), text)
    return re.sub(r"\\([\\*_~`|\[\]<>:#\-+\d])", "x", text)


@given(HOSTILE)
@settings(max_examples=150)
def test_inert_text_has_no_markup(text: str) -> None:
    """Nothing that people write comes out as emphasis, code, a link of other words, a mention or a heading."""
    left = shown(written.inert(text))
    assert not re.search(r"[\\*_~`|\[\]<>]", left)
    assert not re.search(r"^[ \t]*(#{1,3}|-|-#)[ \t]", left, re.MULTILINE)


@given(HOSTILE)
@settings(max_examples=150)
def test_nothing_pings(text: str) -> None:
    """No text has a mention in it that Discord would read as one."""
    for made in (written.defused(text), written.inert(text), written.unmasked(text)):
        assert not re.search(r"@(everyone|here)|<@[&!]?\d", made)


def test_ordinary_words_stay() -> None:
    """A text without markup is not touched, and an address is one link to its very end."""
    plain = "I share #A1 with 3 of them (2015), snowman's e.g. C-3: fine!"
    assert written.inert(plain) == plain
    assert written.inert("see https://x.org/a_b*.") == "see <https://x.org/a_b>\\*."


def test_no_address_hides_behind_words() -> None:
    """What reads as one address and leads to another is shown with both, while other markup stays."""
    assert written.unmasked("**so** [https://bank.org](https://evil.org)") == (
        "**so** [https://bank.org]\u200b(https://evil.org)"
    )


LINKS = st.lists(
    st.sampled_from(
        (
            "[",
            "]",
            "(",
            ")",
            "\\",
            "](",
            "\\](",
            "\\\\](",
            "]\\(",
            "] (",
            "x",
            "https://evil.org",
            "<",
            ">",
            "\n",
        )
    ),
    max_size=30,
).map("".join)


@given(LINKS)
@settings(max_examples=300)
def test_no_bracket_meets_a_parenthesis(text: str) -> None:
    """However brackets, backslashes and addresses follow each other, no `](` is left that could hide an address."""
    for made in (written.unmasked(text), written.inert(text)):
        assert not re.search(r"\][\s\\]*\(", made)


@given(st.text(st.sampled_from(list("ab .,;\n😀")), max_size=400), st.integers(3, 40))
@settings(max_examples=150)
def test_split_loses_nothing(text: str, most: int) -> None:
    """All words are in the pieces, in order, and no piece is longer than allowed or empty."""
    pieces = written.split(text, most)
    assert re.sub(r"\s", "", "".join(pieces)) == re.sub(r"\s", "", text)
    assert all(length(piece) <= most for piece in pieces)
    assert all(piece.strip() for piece in pieces) or len(pieces) == 1


def test_split_between_paragraphs() -> None:
    """A long text is cut between paragraphs, then sentences, then words."""
    assert written.split("One is here.\n\nTwo is there.", 20) == ["One is here.", "Two is there."]
    assert written.split("One is here. Two is there.", 20) == ["One is here.", "Two is there."]
    assert written.split("One is here Two is there", 20) == ["One is here Two is", "there"]


def test_cut_says_that_more_would_follow() -> None:
    """A text that is cut ends with a sign of it and is no longer than allowed; a short one is left alone."""
    assert written.cut("short", 5) == "short"
    assert written.cut("a long text", 8) == "a long…"
