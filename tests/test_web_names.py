"""Names that people may take, and those that look like somebody else's."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rooms.web.names import LONGEST, NameRefused, Names, skeleton, tidy

RESERVED = ("Ana Ruiz", "@anaruiz", "Bo", "hashchat")


@pytest.mark.parametrize(
    "name",
    [
        "Ana Ruiz",
        "ana ruiz",
        "ANA-RUIZ!",
        "AnaRuiz",
        "A n a R u i z",
        "Ana\u200bRuiz",
        "Аnа Ruiz",  # Cyrillic
        "Ana Ruíz",
        "Αna Ruiz",  # Greek
        "Ana Ru1z",
        "@na Ruiz",
        "𝐀𝐧𝐚 𝐑𝐮𝐢𝐳",
        "Ａｎａ　Ｒｕｉｚ",
        "ᴀɴᴀ ʀᴜɪᴢ",
        "🅐🅝🅐 🅡🅤🅘🅩",
        "ᎪNᎪ RUIZ",
        "Ana Ruiz (host)",
        "Dr. Ana Ruiz",
        "Ana Ruiz ✓ Official",
        "host Ana Ruiz, co-host",
        "\u202eAna Ruiz",
        "@anaruiz",
        "Bo 🎉",
        "Host",
        "the Moderator",
        "hаsһchat",  # Cyrillic
    ],
)
def test_hosts_names_and_their_lookalikes_are_reserved(name: str) -> None:
    """Nobody can be called like a host, however it is written; a host can."""
    with pytest.raises(NameRefused, match="host's"):
        Names(RESERVED).check(name)
    assert Names(RESERVED).check(name, host=True)


@pytest.mark.parametrize(
    "name",
    [
        "Ana",
        "Ana Ruiz 2",
        "Anabel Ruiz",
        "Bob",
        "कुमार",
        "สมชาย",
        "فاطمه\u200cزهرا",
        "佐藤",
        "José María",
        "Żółć 7",
        "O'Neil",
        "Cy 👩\u200d💻",
    ],
)
def test_other_names_are_shown_as_they_are(name: str) -> None:
    """Names of all scripts stay as they are written."""
    assert Names(RESERVED).check(name) == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("  Cy \n\t Lee ", "Cy Lee"),
        ("C\x00y\u202e\u2066\ufeff", "Cy"),
        ("Cy\u3164\u2800Lee", "Cy Lee"),
        ("Z" + "\u0301\u0302\u0303\u0304\u0305" * 9, "Ź\u0302\u0303\u0304"),
        ("\u200dCy\u200d", "Cy"),
        ("Jose\u0301", "José"),
    ],
)
def test_what_disturbs_is_taken_out(name: str, shown: str) -> None:
    """Spaces, controls, blanks and heaps of marks do not come into the stream."""
    assert Names(()).check(name) == shown


@pytest.mark.parametrize("name", ["", "  ", "\u200d", "\u3164", "!!!", "🎉", "\u0301\u0301", "_"])
def test_a_name_has_a_letter_or_digit(name: str) -> None:
    """What nobody could call out is not a name."""
    with pytest.raises(NameRefused, match="at least one letter"):
        Names(()).check(name)


def test_a_name_is_so_long_at_most() -> None:
    """The longest name is taken, a longer one refused with the number."""
    assert Names(()).check("x" * LONGEST)
    with pytest.raises(NameRefused, match="40 characters"):
        Names(()).check("x" * (LONGEST + 1))


def test_a_held_name_is_somebodys() -> None:
    """A name that somebody has is refused to others, in all its looks, and free again when they let it go."""
    names = Names(())
    assert names.hold("Cy Lee", "cy")
    assert names.check("Cy Lee", "cy") == "Cy Lee"
    with pytest.raises(NameRefused, match="already"):
        names.check("Су Lее", "other")
    assert not names.hold("cy-lee", "other")
    names.release("Cy Lee", "other")
    assert names.hold("Cy Lee", "cy")
    names.release("Cy Lee", "cy")
    assert names.hold("CyLee", "other")


@given(st.text(max_size=100))
def test_any_text_is_refused_or_clean(text: str) -> None:
    """Whatever is written is refused, or a name that stays the same when it is given again."""
    try:
        shown = Names(()).check(text)
    except NameRefused:
        return
    assert len(shown) <= LONGEST
    assert not any(unicodedata.category(sign) in ("Cc", "Co", "Cs", "Zl", "Zp") for sign in shown)
    assert tidy(shown) == shown


@given(st.text(max_size=30))
def test_case_and_spaces_make_no_other_name(text: str) -> None:
    """Upper case, wide letters and spaces around do not make another name of one."""
    assert skeleton(f"  {text} ") == skeleton(text)
    assert skeleton(unicodedata.normalize("NFD", text)) == skeleton(text)
