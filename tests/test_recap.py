"""The recap: counted in one pass as a naive recount would, the best answers first, every link once."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.messages import Attachment, Author, Entry
from bot.recap import About, Tally, build, is_link, links, page, pieces, without_tracking
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


@settings(max_examples=150)
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
        chosen = sum(entry.highlighted for entry in candidates)
        assert list(question.best) == ranked(candidates)[: max(most, min(chosen, 20))]
        talk = [entry for entry in people if entry.under == label and not known & set(entry.answers)]
        assert (question.talk, question.talkers) == (len(talk), len({entry.author for entry in talk}))
    assert sum(minute.messages for minute in recap.minutes) == recap.messages
    assert sum(minute.answers for minute in recap.minutes) == recap.answers


def ranked(candidates: list[Entry]) -> list[Entry]:
    """Order by the host's choice, then by how many of the same person are before it, then by people, then by time."""
    in_order = sorted(candidates, key=lambda entry: (not entry.highlighted, -entry.liked_by))
    before: Counter[Author | None] = Counter()
    keyed = []
    for entry in in_order:
        keyed.append((0 if entry.highlighted else 1 + before[entry.author], entry))
        before[entry.author] += 1
    return [entry for _, entry in sorted(keyed, key=lambda each: each[0])]


def test_highlights_come_first_then_reactions_then_who_came_first() -> None:
    """One highlighted answer beats any number of reactions, and equals stay in the order in which they came."""
    entries = [
        said(1, "first", PEOPLE[0], answers=("1",)),
        said(2, "second", PEOPLE[1], answers=("1",)),
        said(3, "loved", PEOPLE[2], answers=("1",), reactions={"❤": 2, "👍": 1}),
        said(4, "chosen", PEOPLE[3], answers=("1",), highlighted=True),
        said(5, "liked", Author("u9", "Person 9"), answers=("1",), reactions={"❤": 2}),
    ]
    best = build(ABOUT, entries, best=4).questions[1].best
    assert [entry.text for entry in best] == ["chosen", "loved", "liked", "first"]


def test_reactions_count_by_the_people_behind_them() -> None:
    """Two people are more than one with three signs, where it is known how many they are."""
    entries = [
        said(1, "one fan", PEOPLE[0], answers=("1",), reactions={"❤": 1, "👍": 1, "🎉": 1}, admirers=1),
        said(2, "two fans", PEOPLE[1], answers=("1",), reactions={"❤": 2}, admirers=2),
    ]
    assert [entry.text for entry in build(ABOUT, entries).questions[1].best] == ["two fans", "one fan"]


def test_nobody_has_two_of_the_best_while_others_have_none() -> None:
    """Somebody's second answer waits for everybody's first, unless a host chose it."""
    entries = [
        said(1, "Ana's best", PEOPLE[0], answers=("1",), reactions={"❤": 9}),
        said(2, "Ana's second", PEOPLE[0], answers=("1",), reactions={"❤": 8}),
        said(3, "Bo's", PEOPLE[1], answers=("1",)),
        said(4, "Cy's", PEOPLE[2], answers=("1",), reactions={"❤": 1}),
    ]
    best = [entry.text for entry in build(ABOUT, entries, best=4).questions[1].best]
    assert best == ["Ana's best", "Cy's", "Bo's", "Ana's second"]
    chosen = [entries[0], replace(entries[1], highlighted=True), *entries[2:]]
    best = [entry.text for entry in build(ABOUT, chosen, best=4).questions[1].best]
    assert best == ["Ana's second", "Cy's", "Bo's", "Ana's best"]


def test_all_that_hosts_chose_is_shown() -> None:
    """However few are wanted, every choice is there, up to twenty; nothing else is put beside more than were wanted."""
    answers = [said(n, f"answer {n}", PEOPLE[n % 4], answers=("1",), reactions={"❤": n}) for n in range(30)]
    for chosen, shown in ((1, 3), (3, 3), (7, 7), (20, 20), (30, 20)):
        entries = [replace(entry, highlighted=n < chosen) for n, entry in enumerate(answers)]
        best = build(ABOUT, entries).questions[1].best
        assert len(best) == shown
        assert sum(entry.highlighted for entry in best) == min(chosen, 20)


def test_a_resource_stands_once() -> None:
    """The same page under the chat and under a question is told with the chat, however its address is written."""
    book = Resource("The book", "http://www.example.org/book/?utm_source=x")
    about = replace(ABOUT, script=replace(SCRIPT, resources=(book, *SCRIPT.resources)))
    told = build(about, [said(1, "A1", answers=("1",))]).resources
    assert [(question, resource.title) for question, resource in told] == [
        (None, "The book"),
        (None, "A site"),
    ]


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


def test_links_say_how_many_shared_them_and_those_of_the_script_come_first() -> None:
    """A resource that people share again is known as that; each question has the links that were first shared under it."""
    entries = [
        said(0, "Q1", None, kind="question", under="1"),
        said(1, "https://x.org/a?utm_source=mail&id=3#part", PEOPLE[0], under="1"),
        said(2, "http://www.x.org/a/?id=3 https://example.org/book/", PEOPLE[1], under="2"),
        said(3, "https://x.org/a?id=3", PEOPLE[1], under="2"),
        said(4, "https://example.org/site https://example.org/secret", PEOPLE[2], under="2"),
    ]
    recap = build(ABOUT, entries)
    assert [(link.url, link.people, link.resource and link.resource.title) for link in recap.links] == [
        ("https://example.org/site", 1, "A site"),
        ("https://example.org/book/", 1, "A book"),
        ("https://x.org/a?id=3#part", 2, None),
        ("https://example.org/secret", 1, None),
    ]
    assert [link.url for link in recap.questions[1].links] == ["https://x.org/a?id=3#part"]
    assert len(recap.questions[2].links) == 3


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://x.org", "http://www.X.org:80/"),
        ("https://x.org:443/a/", "https://x.org/a"),
        ("https://x.org/a?fbclid=1&utm_campaign=b&gclid=c", "https://x.org/a?"),
        ("https://x.org/?b=2&a=1", "https://x.org?a=1&b=2"),
        ("https://x.org/a#section", "https://x.org/a#:~:text=words"),
        ("https://x.org/%7eana/%c3%a9", "https://x.org/~ana/é"),
        ("https://www.youtube.com/watch?v=abc&si=123", "https://youtube.com/watch?v=abc"),
        ("https://app.example/#/room/7/", "https://app.example/#/room/7"),
    ],
)
def test_one_page_is_one_however_its_address_is_written(one: str, other: str) -> None:
    """What only follows people, says how to get there or where on the page to look makes no other page."""
    assert page(one) == page(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://x.org/a", "https://x.org/A"),
        ("https://x.org/a?id=1", "https://x.org/a?id=2"),
        ("https://x.org/a?id=1", "https://x.org/a?ID=1"),
        ("https://x.org/a%2Fb", "https://x.org/a/b"),
        ("https://x.org/?q=a%26b", "https://x.org/?q=a&b"),
        ("https://app.example/#/room/7", "https://app.example/#/room/8"),
        ("https://x.org:8080/", "https://x.org/"),
        ("https://x.org/watch?si=1", "https://x.org/watch?si=2"),
        ("https://a.x.org/", "https://x.org/"),
    ],
)
def test_different_pages_stay_two(one: str, other: str) -> None:
    """Whatever may lead somewhere else is kept."""
    assert page(one) != page(other)


def test_what_follows_people_is_not_published() -> None:
    """An address loses what tells who clicked and nothing else."""
    assert without_tracking("https://x.org/a/?b=1&fbclid=z&c=&utm_x=y#d") == "https://x.org/a/?b=1&c=#d"
    assert without_tracking("https://x.org/?utm_source=a") == "https://x.org/"
    assert without_tracking("https://x.org/#a?utm_source=b") == "https://x.org/#a?utm_source=b"


@settings(max_examples=150)
@given(st.text(st.sampled_from("https:/x.@?&=#%2f7eutm_a\u00e9") | st.characters(codec="utf-8"), max_size=60))
def test_any_address_has_a_page(text: str) -> None:
    """Whatever is found as an address leads to the same page, and stays an address, without what follows people."""
    for url in links(f"https://x.org/{text}"):
        bare = without_tracking(url)
        assert page(bare) == page(url)
        assert is_link(bare)


def test_pictures_are_collected_and_other_files_are_not() -> None:
    """What its type, or without one its name, says is a picture is one: with by whom and under which question."""
    files = (
        Attachment("a.bin", "/media/a", "image/png", alt="A bee"),
        Attachment("B.JPG", "https://x.org/b"),
        Attachment("c.png", "https://x.org/c", "text/html"),
        Attachment("d.pdf", "https://x.org/d"),
    )
    recap = build(ABOUT, [said(1, "look", PEOPLE[1], under="2", attachments=files)])
    assert [(p.file.name, p.message, p.by.name, p.under) for p in recap.pictures] == [
        ("a.bin", "1", "Person 1", "2"),
        ("B.JPG", "1", "Person 1", "2"),
    ]
    assert recap.questions[2].pictures == recap.pictures
    assert recap.questions[1].pictures == ()


def test_the_course_has_every_minute_and_the_busiest_is_the_first_of_equals() -> None:
    """From the start to the end, silence included; questions say when they were first asked."""
    entries = [
        said(60, "Q1", None, kind="question", under="1"),
        said(65, "a", answers=("1",)),
        said(66, "b"),
        said(190, "c"),
        said(200, "d"),
        said(240, "Q1 again", None, kind="question", under="1"),
    ]
    recap = build(About(SCRIPT, "x", START, START + timedelta(minutes=5)), entries)
    assert [(minute.messages, minute.answers) for minute in recap.course] == [
        (0, 0), (2, 1), (0, 0), (2, 0), (0, 0), (0, 0),
    ]  # fmt: skip
    assert recap.busiest == recap.course[1]
    assert recap.questions[1].asked_at == START + timedelta(minutes=1)
    assert build(ABOUT, []).course == ()
    assert build(ABOUT, []).busiest is None


def test_a_course_of_weeks_is_cut_at_a_day() -> None:
    """Late answers do not make the course of an hour endless."""
    recap = build(ABOUT, [said(0), said(60 * 60 * 24 * 30)])
    assert len(recap.course) == 24 * 60 + 1


def test_who_is_new_and_who_returned() -> None:
    """By their latest names, in the order in which they came; nothing is said where it is not known."""
    entries = [said(n, "hello", PEOPLE[n % 3]) for n in range(5)]
    people = build(ABOUT, entries, before={"u1", "u3"}).attendance
    assert people is not None
    assert (people.new, people.returned) == (("Person 0", "Person 2"), ("Person 1",))
    assert build(ABOUT, entries).attendance is None


def test_themes_can_be_left_out() -> None:
    """They take most of the time; the rest is the same without them."""
    entries = [said(n, "A1 porridge", PEOPLE[n], answers=("1",)) for n in range(3)]
    recap = build(ABOUT, entries)
    assert [theme.phrase for theme in recap.themes] == ["porridge"]
    bare = build(ABOUT, entries, themes=False)
    assert (bare.themes, bare.questions[1].themes) == ((), ())
    assert bare == replace(
        recap, themes=(), questions=tuple(replace(question, themes=()) for question in recap.questions)
    )


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


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.booleans(), st.integers(0, 3)), max_size=40), st.integers(1, 3)
)
def test_the_best_of_many_people_are_those_of_a_recount(
    given: list[tuple[int, bool, int]], most: int
) -> None:
    """Forgetting whom others outdo loses none of the best, also where a host's choice comes in between."""
    entries = [
        said(n, str(n), Author(f"u{who}", "x"), answers=("1",), highlighted=chosen, admirers=admirers)
        for n, (who, chosen, admirers) in enumerate(given)
    ]
    shown = max(most, min(20, sum(entry.highlighted for entry in entries)))
    assert list(build(ABOUT, entries, best=most, themes=False).questions[1].best) == ranked(entries)[:shown]


def test_what_was_said_is_not_kept() -> None:
    """Of ten thousand answers by few people no more than the best are held."""
    tally = Tally(ABOUT)
    for number in range(10_000):
        tally.add(said(number, "A1", PEOPLE[number % 4], answers=("1",), reactions={"❤": number}))
    podium = tally._heard["1"].podium
    kept = [ranked[-1] for own in (*podium._chosen.values(), *podium._others.values()) for ranked in own]
    assert len(kept) <= 3 * 4
    assert [int(entry.id) for entry in podium.best()] == [9999, 9998, 9997]


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


@settings(max_examples=200)
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
