"""Which posts are the questions of which chat."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.imports.hours import Posted, asking, chats_in, in_order, spans

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
    """Who asks is who posts the labels first; one statement is none, and where it has to be sure, neither is one question."""
    answer = post("1", "toast", 0.1, "bo")
    assert asking([Q1, answer, Q2]) == {"hana"}
    assert asking([answer]) == asking([Q1], surely=True) == asking([]) == set()
    assert asking([Q1]) == {"hana"}


def test_when_each_is() -> None:
    """A chat is from an hour before its first question to a day after its last, but never into the next one."""
    chats = [dict([Q1, Q2]), dict([post("1", "How?", 2), post("2", "Who?", 2.4)]), dict([post("1", "Why?", WEEK)])]  # fmt: skip
    found = spans([in_order(chat, 50) for chat in chats], UTC)
    assert [f"{each.since:%d %H:%M}–{each.until:%d %H:%M}" for each in found] == [
        "23 20:00–23 22:06",
        "23 22:06–24 23:24",
        "30 20:00–01 21:00",
    ]
    assert [(each.questions, f"{each.asked:%H:%M}") for each in found] == [
        (2, "21:00"),
        (2, "23:00"),
        (1, "21:00"),
    ]


@given(
    st.lists(st.tuples(st.sampled_from("123"), st.sampled_from(["Why?", "How?", "so"]), st.integers(0, 999)))
)
def test_every_chat_has_a_time_of_its_own(drawn: list[tuple[str, str, int]]) -> None:
    """Whatever was posted when, each chat begins where the one before it is over or later, and has its questions inside."""
    posts = [post(label, ask, hours) for label, ask, hours in sorted(drawn, key=lambda each: each[2])]
    chats = chats_in(posts)
    found = spans(chats, UTC)
    for span, chat in zip(found, chats, strict=True):
        assert all(span.since <= each.at.replace(tzinfo=None) < span.until for each in chat.values())
    assert all(one.until <= other.since for one, other in itertools.pairwise(found))
