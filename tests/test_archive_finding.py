"""What the search reads: words, the units of a chat, and the pieces in which the words of all chats are kept."""

import json
import re

from hypothesis import given
from hypothesis import strategies as st

from bot.archive import finding
from bot.archive.finding import Units, digits, pieces
from bot.archive.words import LONGEST, plain, words
from bot.messages import Author, Entry
from bot.script.model import plain_script
from tests.archives import published
from tests.chats import START, after
from tests.hostile import HOSTILE

WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=4)
CHATS = st.lists(
    st.dictionaries(WORDS, st.lists(st.integers(0, 99), min_size=1, max_size=3, unique=True), max_size=9),
    max_size=5,
)


def called(text: str) -> list[object]:
    """Give the values with which a file calls its function."""
    match = re.fullmatch(r"found\.\w+\((.*)\)\n", text, re.DOTALL)
    assert match
    values: list[object] = json.loads(f"[{match[1]}]")
    return values


def test_one_word_however_it_is_written() -> None:
    """Accents, capitals, ligatures and full width make no other word; letters of other scripts keep their vowels."""
    assert words("Café CAFÉ cafe\u0301 ｃａｆｅ") == {"cafe"}
    assert words("Straße STRASSE ŒUVRE œuvre Łódź") == {"strasse", "oeuvre", "lodz"}
    assert words("don't #MacroSW A1: well-being 50%") == {"don", "t", "macrosw", "a1", "well", "being", "50"}
    assert words("हिन्दी") == {"हिन्दी"}
    assert words("مُحَمَّد שָׁלוֹם") == {"محمد", "שלום"}


def test_where_there_are_no_spaces() -> None:
    """Of Chinese, Japanese and Thai, every two characters in a row are a word; what stands beside them is one too."""
    assert words("東京へ行くAI") == {"東京", "京へ", "へ行", "行く", "ai"}
    assert words("水") == {"水"}
    assert "ภา" in words("ภาษา")


@given(st.text())
def test_words_are_plain_and_short(text: str) -> None:
    """No text gives a word that is empty, too long, or would be written otherwise when looked for."""
    for word in words(text):
        assert 0 < len(word) <= LONGEST
        assert plain(word) == word or words(word)


@given(CHATS)
def test_every_word_is_in_one_piece(chats: list[dict[str, list[int]]]) -> None:
    """Each word stands once, with every chat and unit that has it, in the piece that begins at or before it."""
    firsts, texts = pieces(
        (number, {word: ",".join(map(digits, units)) for word, units in chat.items()})
        for number, chat in enumerate(chats)
    )
    found: dict[str, str] = {}
    for number, text in enumerate(texts):
        values = called(text)
        assert values[0] == number
        assert isinstance(values[1], dict)
        assert not values[1].keys() & found.keys()
        assert next(iter(values[1])) == firsts[number]
        found |= values[1]
    expected = {
        word: {(number, unit) for number, chat in enumerate(chats) for unit in chat.get(word, ())}
        for chat in chats
        for word in chat
    }
    for word, where in expected.items():
        assert where == {
            (int(chat, 36), int(unit, 36))
            for place in found[word].split(";")
            for chat, _, units in [place.partition(":")]
            for unit in units.split(",")
        }


def test_pieces_are_small() -> None:
    """However many words there are, none of the files that have them grows far beyond what is fetched at once."""
    firsts, texts = pieces((n, {f"word{n * k}": "0,1,2,3" for k in range(300)}) for n in range(60))
    assert len(firsts) == len(texts) > 2
    assert max(map(len, texts)) < 1.5 * finding.LARGEST
    assert firsts == sorted(firsts)


def test_a_chat_is_cut_by_question() -> None:
    """A unit has what was said under one question and no more than fits, or what the chat is called; everything is in one."""
    units = Units(plain_script(2), "macrosw/2015-04-23")
    said = [
        Entry("q", START, None, "Q1: Why?", "question", under="1"),
        Entry("w", START, None, "Welcome", "welcome"),
    ]
    said += [
        Entry(f"{n}", after(n / 10), Author("a", "Ana"), f"word{n}", under=str(1 + n % 2)) for n in range(250)
    ]
    files = [each for entry in said for each in units.add(entry)] + list(units.end())
    assert [number for number, _ in files] == [1, 2, 3, 4]
    assert units.names == ["About the chat", "Q1", "Q2", "Q1", "Q2"]
    texts = []
    files.append(
        units.about(
            published(title="Common ground", hosts=("Hana",), summary="Where micro and macro practice meet.")
        )
    )
    *others, (last, about) = files
    assert (last, called(about)[1:]) == (
        0,
        [0, [["", "Hana", "", "#Ärzte: Common ground\nWhere micro and macro practice meet."]]],
    )
    for number, file in others:
        path, here, messages = called(file)
        assert (path, here) == ("macrosw/2015-04-23", number)
        assert isinstance(messages, list)
        assert len(messages) <= finding.MOST_MESSAGES
        texts += [message[3] for message in messages]
    assert sorted(texts) == sorted(entry.text for entry in said if entry.kind != "welcome")
    assert units.words["word249"] == digits(4)
    assert units.words["ana"] == "1,2,3,4"
    assert [units.words[word] for word in ("arzte", "ground", "practice", "hana")] == ["0"] * 4
    assert "welcome" not in units.words


def test_hostile_texts_are_data() -> None:
    """Whatever people write, a file is one call with JSON, in good UTF-8."""
    units = Units(plain_script(1), "x")
    for number, text in enumerate(HOSTILE):
        about = units.about(published(hashtag=text, title=text, hosts=(text,), summary=text))[1]
        about.encode()
        assert len(called(about)) == 3
        list(units.add(Entry(f"{number}{text}", START, Author("a", text), text, under=text)))
    for _, file in units.end():
        file.encode()
        assert len(called(file)) == 3
    _, texts = pieces([(0, units.words)])
    for text in texts:
        text.encode()
        assert len(called(text)) == 2
