"""The recap: counted in one pass as a naive recount would, the best answers first, every link once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.messages import Author, Entry
from bot.recap import About, Tally, build, is_link, links, pieces
from bot.script.model import Question, Resource, Script

START = datetime(2015, 4, 24, 1, tzinfo=UTC)
SCRIPT = Script(
    hashtag="MacroSW",
    title="Common ground",
    intro=Question("0", "Who are you?"),
    questions=(
        Question("1", "Why?", resources=(Resource("A book", "https://example.org/book"),)),
        Question("2", "How?"),
        Question("Bonus", "And?", resources=(Resource("A secret", "https://example.org/secret"),)),
    ),
    resources=(Resource("A site", "https://example.org/site"),),
    next="in two weeks",
)
ABOUT = About(SCRIPT, "macrosw-2015-04-23", START)
PEOPLE = [Author(f"u{n}", f"Person {n}") for n in range(4)]


def said(number: int, text: str = "", author: Author | None = PEOPLE[0], **more: Any) -> Entry:
    return Entry(str(number), START + timedelta(seconds=number), author, text, **more)


def chats() -> st.SearchStrategy[list[Entry]]:
    labels = st.sampled_from(["0", "1", "2", "Bonus", "9"])
    entry = st.builds(
        said,
        st.just(0),
        st.sampled_from(["", "hello", "see https://x.org", "https://y.org/b and HTTPS://X.org/"]),
        st.sampled_from([*PEOPLE, None]),
        kind=st.sampled_from(["message", "message", "question", "said"]),
        answers=st.lists(labels, max_size=3).map(tuple),
        under=st.one_of(st.none(), labels),
        highlighted=st.booleans(),
        reactions=st.dictionaries(st.sampled_from("❤👍"), st.integers(1, 3)),
    )
    return st.lists(entry, max_size=40)


@settings(max_examples=150, deadline=None)
@given(chats(), st.integers(1, 4))
def test_a_naive_recount_gives_the_same(entries: list[Entry], most: int) -> None:
    """Counts and best lists agree with a recount that holds the whole chat and sorts it."""
    recap = build(ABOUT, entries, best=most)
    people = [entry for entry in entries if entry.author]
    known = {question.label for question in SCRIPT.everything_asked}
    assert recap.messages == len(people)
    assert recap.people == len({entry.author for entry in people}) == len(recap.thanks)
    assert recap.answers == sum(bool(known & set(entry.answers)) for entry in people)
    for question in recap.questions:
        label = question.question.label
        answers = [entry for entry in people if label in entry.answers]
        praised = [e for e in people if e.highlighted and not known & set(e.answers) and e.under == label]
        candidates = [entry for entry in people if entry in answers or entry in praised]
        posted = any(e.author is None and e.kind == "question" and e.under == label for e in entries)
        assert question.answers == len(answers)
        assert question.people == len({entry.author for entry in answers})
        assert question.asked == (posted or bool(answers))
        ranked = sorted(candidates, key=lambda entry: (not entry.highlighted, -entry.liked))
        assert list(question.best) == ranked[:most]


def test_highlights_come_first_then_reactions_then_who_came_first() -> None:
    """One highlighted answer beats any number of reactions, and equals stay in the order in which they came."""
    entries = [
        said(1, "first", answers=("1",)),
        said(2, "second", answers=("1",)),
        said(3, "loved", answers=("1",), reactions={"❤": 2, "👍": 1}),
        said(4, "chosen", answers=("1",), highlighted=True),
        said(5, "liked", answers=("1",), reactions={"❤": 2}),
    ]
    best = build(ABOUT, entries, best=4).questions[1].best
    assert [entry.text for entry in best] == ["chosen", "loved", "liked", "first"]


def test_an_answer_to_two_questions_counts_for_both_and_once() -> None:
    """The whole counts people's answers, each question its own."""
    recap = build(ABOUT, [said(1, "A1 & A2", answers=("1", "2"))])
    assert recap.answers == 1
    assert [question.answers for question in recap.questions] == [0, 1, 1, 0]


def test_what_the_bot_posts_does_not_count() -> None:
    """A post of the bot makes a question asked, and adds neither a person nor a message nor a link."""
    recap = build(ABOUT, [said(1, "Q1: https://x.org", None, kind="question", under="1")])
    assert (recap.people, recap.messages, recap.answers, recap.links, recap.thanks) == (0, 0, 0, (), ())
    assert [question.question.label for question in recap.asked] == ["1"]


def test_questions_not_asked_keep_their_resources_to_themselves() -> None:
    """Resources are the chat's and those of the questions that were asked, each with its question."""
    recap = build(ABOUT, [said(1, "Q1", None, kind="question", under="1")])
    assert [(q.label if q else None, resource.title) for q, resource in recap.resources] == [
        (None, "A site"),
        ("1", "A book"),
    ]
    assert recap.next == "in two weeks"


def test_each_link_once_with_who_shared_it_first() -> None:
    """The same address in another spelling is the same link, as it was first written and by whom."""
    entries = [
        said(1, "see https://X.org/a", PEOPLE[0], under="1"),
        said(2, "http://x.org/a/ again, https://x.org/A not", PEOPLE[1], under="2"),
    ]
    shared = [(link.url, link.by.name, link.under) for link in build(ABOUT, entries).links]
    assert shared == [("https://X.org/a", "Person 0", "1"), ("https://x.org/A", "Person 1", "2")]


def test_people_are_thanked_once_by_their_last_name_in_the_order_they_came() -> None:
    """Who changes the name is the same person."""
    entries = [said(1, "a", PEOPLE[1]), said(2, "b", PEOPLE[0]), said(3, "c", Author("u1", "Renamed"))]
    assert build(ABOUT, entries).thanks == ("Renamed", "Person 0")


def test_a_tally_can_be_read_in_the_middle() -> None:
    """A recap made on the way does not disturb the counting, and is not changed by it."""
    tally = Tally(ABOUT)
    tally.add(said(1, "A1", answers=("1",)))
    first = tally.recap()
    tally.add(said(2, "A1", PEOPLE[1], answers=("1",)))
    assert (first.messages, tally.recap().messages) == (1, 2)
    assert tally.recap() == build(
        ABOUT, [said(1, "A1", answers=("1",)), said(2, "A1", PEOPLE[1], answers=("1",))]
    )


def test_what_was_said_is_not_kept() -> None:
    """Of ten thousand answers by few people no more than the best are held."""
    tally = Tally(ABOUT)
    for number in range(10_000):
        tally.add(said(number, "A1", PEOPLE[number % 4], answers=("1",), reactions={"❤": number}))
    kept = [ranked[-1] for heard in tally._heard.values() for ranked in heard.best]
    assert sorted(int(entry.id) for entry in kept) == [9997, 9998, 9999]


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        ("see https://x.org/a.", ["https://x.org/a"]),
        ("(https://en.example.org/wiki/Macro_(social))!", ["https://en.example.org/wiki/Macro_(social)"]),
        ("[here](https://x.org/a)", ["https://x.org/a"]),
        ("<https://x.org/a?b=1&c=2#d>", ["https://x.org/a?b=1&c=2#d"]),
        ('"https://x.org", she said', ["https://x.org"]),
        ("**https://x.org/a**", ["https://x.org/a"]),
        ("見てhttps://x.org/é、はい", ["https://x.org/é"]),
        ("HTTP://X.ORG:8080/ and http://[::1]:80/x", ["HTTP://X.ORG:8080/", "http://[::1]:80/x"]),
        ("https://bank.example@evil.example/ https://a:b@c.example", []),
        ("javascript:alert(1) ftp://x.org data:text/html,x //x.org www.x.org", []),
        ("http:// https://. https://?x http://-", []),
        ("https://x.org/a\u202etxt\x1b[31m", ["https://x.org/a"]),
        ("https://x.org\\@evil.example https://x.org/a`b", ["https://x.org/a"]),
        ("https://x.org/" + ")" * 50_000, ["https://x.org/"]),
    ],
)
def test_addresses_are_found_and_trimmed(text: str, urls: list[str]) -> None:
    """Only http and https, without the punctuation of the sentence and without disguises."""
    assert list(links(text)) == urls


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("https:/x.@)(]é!?# \n\u202e")) | st.text())
def test_what_is_found_is_an_address(text: str) -> None:
    """A text is cut without loss, and what is called an address is one by itself, http(s) and without white space."""
    assert "".join(piece for piece, _ in pieces(text)) == text
    for url in links(text):
        assert url.lower().startswith(("http://", "https://"))
        assert not any(character.isspace() or character in '<>"' for character in url)
        assert is_link(url)


def test_a_link_is_a_whole_address() -> None:
    """An address with anything before or after it is none."""
    assert is_link("https://x.org/a")
    assert not any(
        map(is_link, ("https://x.org/a b", " https://x.org", "javascript:https://x.org", "https://x.org."))
    )
