"""Which posts are the questions of which chat."""

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.imports.hours import Posted, asked_apart, asking, chats_in, in_order, in_time, spans

START = datetime(2015, 4, 23, 21, tzinfo=UTC)


def post(label: str, ask: str, hours: float, author: str = "hana") -> tuple[str, Posted]:
    return label, Posted(f"{label}@{hours}", START + timedelta(hours=hours), author, author, ask)


Q1, Q2 = post("1", "What brought you here?", 0), post("2", "What do we share?", 0.2)
DAY, WEEK = 24, 168


@pytest.mark.parametrize(
    "later",
    [
        [post("1", "Again: what brought you here?", 0.5)],
        [post("1", "What moved you to come?", 0.9), post("2", "What is ours?", 0.95)],
        [post("1", "What moved you to come?", 1.5)],
        [post("3", "What next?", 6), post("4", "And then?", 6.2)],
        [post("1", "What brought you here?", 6), post("2", "What do we share?", 6.2)],
        [post("1", "What brought you here?", DAY), post("3", "And on day two?", DAY + 1)],
        [post("1", "I loved your answers", DAY)],
        [post("1", "Thanks for these", 5), post("2", "and these", 5)],
    ],
    ids=["reminder", "in other words", "once, late", "two halves", "repeated", "slow chat", "no question", "thanks"],
)  # fmt: skip
def test_one_chat(later: list[tuple[str, Posted]]) -> None:
    """Reminders, questions in other words, an hour in two halves and chats that go on for days are one chat."""
    (chat,) = chats_in([Q1, Q2, *later])
    assert (chat["1"], chat["2"]) == (Q1[1], Q2[1])


@pytest.mark.parametrize(
    "later",
    [
        [post("1", "How do you rest?", 1.1), post("2", "What drains you?", 1.3)],
        [post("1", "How do you rest?", 5), post("2", "What drains you.", 5.2)],
        [post("1", "How do you rest?", DAY)],
        [post("1", "Introduce yourself.", WEEK), post("2", "Tell us more.", WEEK + 0.2)],
        [post("1", "What brought you here?", WEEK), post("2", "What drains you?", WEEK + 0.2)],
        [post("1", "What brought you here?", WEEK)],
        [post("3", "What next?", 2 * WEEK)],
    ],
    ids=["next hour", "same day", "next day", "no marks", "same first question", "same only question", "labels go on"],
)  # fmt: skip
def test_two_chats(later: list[tuple[str, Posted]]) -> None:
    """Where the labels begin anew with other questions, or after a week in any case, it is another chat."""
    assert chats_in([Q1, Q2, *later]) == [dict([Q1, Q2]), dict(later)]


def test_who_asks() -> None:
    """Who asks is who posts the labels first; one statement is none."""
    answer = post("1", "toast", 0.1, "bo")
    assert asking([Q1, answer, Q2]) == {"hana"}
    assert asking([answer]) == asking([]) == set()
    assert asking([Q1]) == {"hana"}


BO = [("1", "Which book changed you?"), ("2", "Who told you of it?"), ("3", "What next? Tell us.")]


def by_bo(hours: float, asks: list[tuple[str, str]]) -> list[tuple[str, Posted]]:
    return [post(label, ask, hours + number / 10, "bo") for number, (label, ask) in enumerate(asks)]


@pytest.mark.parametrize("hours", [-4, 1.2, 1.7, 2, 3, DAY, WEEK])
@pytest.mark.parametrize(
    "asks", [BO[:2], [(label, f"{ask} Say more") for label, ask in BO]], ids=["two", "three"]
)
def test_another_who_asks(hours: float, asks: list[tuple[str, str]]) -> None:
    """Who asks other questions than the host's an hour or more away has a chat, however soon it comes after the other."""
    posts = sorted([Q1, Q2, *by_bo(hours, asks)], key=in_time)
    found = asked_apart(posts, {"hana"})
    assert found == by_bo(hours, asks)
    assert len(chats_in(sorted([Q1, Q2, *found], key=in_time))) == 2


@pytest.mark.parametrize(
    "answers",
    [
        by_bo(0.5, BO),
        by_bo(15, [("1", "Coffee, what else?"), ("2", "Who is quiet? Nobody.")]),
        by_bo(15, [("1", "What brought you here? Tea"), ("2", "What do we share?"), ("3", "What now?")]),
        [*by_bo(2, [("1", "Tea?")]), *by_bo(2.9, [("1", "Or tea?")]), *by_bo(9, [("2", "Nothing?")])],
    ],
    ids=["in the hour", "by the way", "repeated", "one by one"],
)  # fmt: skip
def test_answers_that_ask(answers: list[tuple[str, Posted]]) -> None:
    """What answers ask, by the way, soon after the question, in its own words or one at a time, is no other chat."""
    assert asked_apart(sorted([Q1, Q2, *answers], key=in_time), {"hana"}) == []


def test_who_takes_part_in_anothers_chat() -> None:
    """Who answers with questions in a chat of another's than the host has none of their own."""
    answers = [post("1", "A book, why?", WEEK + 0.1, "cy"), post("2", "Who told? You?", WEEK + 0.2, "cy")]
    posts = sorted([Q1, Q2, *by_bo(WEEK, BO), *answers], key=in_time)
    assert {each.author for _, each in asked_apart(posts, {"hana"})} == {"bo"}


Q3, Q4 = post("3", "What is a good tool?", 0.4), post("4", "What will you try?", 0.6)


@pytest.mark.parametrize(
    ("later", "chats"),
    [
        ([post("3", "Last words on tools?", 1.5), post("4", "Last words on trying?", 1.6)], 1),
        ([post("1", "Recap: coffee won", 15), post("2", "Recap: small groups", 15)], 1),
        ([post("1", "And you?", DAY)], 1),
        ([post(str(n), "How do you rest?", 1.5 + n / 10) for n in (1, 2, 3)], 2),
        ([post(str(n), ask.ask, 4 * WEEK + n / 10) for n, (_, ask) in enumerate((Q1, Q2, Q3, Q4), 1)], 2),
    ],
    ids=["last call", "recap", "one", "three", "held again"],
)  # fmt: skip
def test_with_a_script(later: list[tuple[str, Posted]], chats: int) -> None:
    """Where a script says what the questions are, two in other words are no chat; three are, or all of fewer."""
    assert len(chats_in([Q1, Q2, Q3, Q4, *later], 4)) == chats
    assert len(chats_in([Q1, Q2, post("1", "How do you rest?", WEEK), post("2", "Why?", WEEK)], 2)) == 2
    weeks = [post(str(n), f"What of part {n}?", n * WEEK) for n in (1, 2, 3)]
    assert (len(chats_in(weeks)), len(chats_in(weeks, 3))) == (3, 1)


def test_when_each_is() -> None:
    """The chats part the time: each begins an hour before its first question, or nearer to it than to the one before it."""
    chats = [dict([Q1, Q2]), dict([post("1", "How?", 2, "bo"), post("2", "Who?", 2.4)]), dict([post("1", "Why?", WEEK)])]  # fmt: skip
    found = spans([in_order(chat, 50) for chat in chats], UTC)
    assert [f"{each.since:%d %H:%M}" for each in found[1:]] == ["23 22:06", "30 20:00"]
    assert [each.until for each in found] == [each.since for each in found[1:]] + [None]
    assert found[0].since is None
    assert [(each.questions, f"{each.asked:%H:%M}", each.by) for each in found] == [
        (2, "21:00", ("hana",)),
        (2, "23:00", ("bo", "hana")),
        (1, "21:00", ("hana",)),
    ]


def test_chats_in_one_minute() -> None:
    """A chat begins on the minute, unless the one before it has its last question in that."""
    chats = [{"1": post("1", "Why?", seconds / 3600)[1]} for seconds in (10, 50)]
    assert [f"{each.until:%H:%M:%S}" for each in spans(chats, UTC) if each.until] == ["21:00:30"]


def test_a_chat_in_the_hour_that_comes_twice() -> None:
    """Where two chats are parted is a moment, which the zone's clock alone does not tell."""
    start = datetime(2015, 10, 25, 0, 40, tzinfo=UTC)
    chats = [{"1": Posted(ask, start + timedelta(hours=n), "hana", "hana", ask)} for n, ask in enumerate(("A?", "B?"))]  # fmt: skip
    first, second = spans(chats, ZoneInfo("Europe/Berlin"))
    assert first.until == second.since
    assert second.since
    assert (second.since.astimezone(UTC), second.since.fold) == (start + timedelta(minutes=30), 1)


@given(
    st.lists(
        st.tuples(st.sampled_from("123"), st.sampled_from(["Why?", "How?", "so"]), st.integers(0, 9999)),
        min_size=1,
    )
)
def test_every_chat_has_a_time_of_its_own(drawn: list[tuple[str, str, int]]) -> None:
    """Whatever was posted when, each chat begins where the one before it is over, and has its questions inside."""
    drawn.sort(key=lambda each: each[2])
    chats = chats_in([post(label, ask, tenths / 10) for label, ask, tenths in drawn])
    found = spans(chats, UTC)
    for span, chat in zip(found, chats, strict=True):
        assert all(span.since is None or span.since <= each.at for each in chat.values())
    for span, chat, after in zip(found, chats, chats[1:], strict=False):
        apart = max(each.at for each in chat.values()) < min(each.at for each in after.values())
        assert not apart or all(span.until and each.at < span.until for each in chat.values())
    assert all(one.until == other.since for one, other in itertools.pairwise(found))
