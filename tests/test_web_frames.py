"""What the page sends, and what it would never send."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rooms.web.frames import (
    LARGEST_FRAME,
    LONGEST_ALT,
    LONGEST_TEXT,
    Answer,
    Appoint,
    Delete,
    Dismiss,
    Edit,
    Forget,
    Hide,
    HidePerson,
    Highlight,
    NotUnderstood,
    Older,
    People,
    PictureOf,
    Ping,
    Place,
    Propose,
    React,
    Request,
    Say,
    Steer,
    Take,
    understand,
)


def say(**more: Any) -> dict[str, Any]:
    return {"do": "say", "n": 1, "id": "abcd-1234", "text": "A1 Hello", **more}


@pytest.mark.parametrize(
    ("frame", "request_"),
    [
        (say(), Say(do="say", n=1, id="abcd-1234", text="A1 Hello")),
        (
            say(reply="bo.x", question="3a", picture={"id": "picture1", "alt": "A cat"}, text=""),
            Say(do="say", n=1, id="abcd-1234", text="", reply="bo.x", question="3a", picture=PictureOf(id="picture1", alt="A cat")),
        ),
        ({"do": "edit", "n": 2, "id": "bo.x", "text": "A1"}, Edit(do="edit", n=2, id="bo.x", text="A1")),
        ({"do": "delete", "n": 3, "id": "bo.x"}, Delete(do="delete", n=3, id="bo.x")),
        ({"do": "react", "n": 4, "id": "bo.x", "sign": "👍", "on": True}, React(do="react", n=4, id="bo.x", sign="👍", on=True)),
        ({"do": "place", "n": 5, "id": "bo.x", "answers": ["1", "Bonus"]}, Place(do="place", n=5, id="bo.x", answers=["1", "Bonus"])),
        ({"do": "older", "n": 6, "before": "post:Q1", "to": None}, Older(do="older", n=6, before="post:Q1")),
        ({"do": "propose", "n": 7, "id": "abcd-1234", "text": "Why?"}, Propose(do="propose", n=7, id="abcd-1234", text="Why?")),
        ({"do": "forget", "n": 8}, Forget(do="forget", n=8)),
        ({"do": "ping", "n": 9}, Ping(do="ping", n=9)),
        ({"do": "people", "n": 10}, People(do="people", n=10)),
        ({"do": "steer", "n": 11, "id": "abcd-1234", "want": "more", "minutes": 2.5, "about": "Q2"},
         Steer(do="steer", n=11, id="abcd-1234", want="more", minutes=2.5, about="Q2")),
        ({"do": "steer", "n": 11, "id": "abcd-1234", "want": "more", "minutes": 3}, Steer(do="steer", n=11, id="abcd-1234", want="more", minutes=3)),
        ({"do": "highlight", "n": 12, "id": "bo.x", "on": False}, Highlight(do="highlight", n=12, id="bo.x", on=False)),
        ({"do": "hide", "n": 13, "id": "bo.x", "on": True}, Hide(do="hide", n=13, id="bo.x", on=True)),
        ({"do": "hide-person", "n": 14, "person": "bo", "on": True}, HidePerson(do="hide-person", n=14, person="bo", on=True)),
        ({"do": "appoint", "n": 15, "person": "bo", "on": True}, Appoint(do="appoint", n=15, person="bo", on=True)),
        ({"do": "take", "n": 16, "proposal": "bo.x"}, Take(do="take", n=16, proposal="bo.x")),
        ({"do": "dismiss", "n": 17, "proposal": "bo.x"}, Dismiss(do="dismiss", n=17, proposal="bo.x")),
    ],
    ids=lambda value: value["do"] if isinstance(value, dict) else "",
)  # fmt: skip
def test_what_the_page_sends_is_understood(frame: dict[str, Any], request_: Request) -> None:
    """Every kind of frame becomes the request that it is."""
    assert understand(json.dumps(frame)) == request_


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (say(text="x" * 2001), "2,001 characters; 2,000 are"),
        (say(picture={"id": "picture1", "alt": "x" * 501}), "501 characters; 500 are"),
        ({"do": "edit", "n": 1, "id": "bo.x", "text": " \n"}, "nothing in it"),
        ({"do": "propose", "n": 1, "id": "abcd-1234", "text": "x" * 501}, "501 characters; 500 are"),
        ({"do": "steer", "n": 1, "id": "abcd-1234", "want": "more", "minutes": -1}, "number of minutes"),
        (
            {"do": "steer", "n": 1, "id": "abcd-1234", "want": "more", "minutes": float("nan")},
            "number of minutes",
        ),
        ({"do": "steer", "n": 1, "id": "abcd-1234", "want": "burn"}, "reload"),
        ({"do": "fly", "n": 1}, "reload"),
        ({"n": 1}, "reload"),
        (say(more="x"), "reload"),
        (say(id="short"), "reload"),
        (say(id="abcd-1234\n"), "reload"),
        (say(reply="<script>"), "reload"),
        (say(text=7), "reload"),
        ({"do": "react", "n": 1, "id": "bo.x", "sign": "👍", "on": 1}, "reload"),
        ({"do": "place", "n": 1, "id": "bo.x", "answers": ["1"] * 52}, "reload"),
    ],
)
def test_what_is_wrong_is_said(frame: dict[str, Any], words: str) -> None:
    """A frame with a number that cannot be granted is answered under it, in words."""
    with pytest.raises(NotUnderstood, match=words) as wrong:
        understand(json.dumps(frame))
    assert wrong.value.n == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "[]",
        "null",
        '{"do":"ping"}',
        '{"do":"ping","n":true}',
        '{"do":"ping","n":-1}',
        '{"do":"ping","n":1.5}',
        '{"do":"ping","n":99999999999999999999}',
        '{"do":"ping","n":"1"}',
        '{"do":"ping","n":1}{}',
        '{"do":"say","n":1,"id":"abcd-1234","text":"\\ud800"}',
        "[" * 20_000,
    ],
)
def test_what_cannot_be_answered_has_no_number(text: str) -> None:
    """What is no object with a number, or no JSON at all, cannot be answered under a number."""
    with pytest.raises(NotUnderstood) as wrong:
        understand(text)
    assert wrong.value.n is None


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=50))
def test_a_text_keeps_all_but_controls(text: str) -> None:
    """A text comes as it was written, without control signs and with one kind of line end."""
    request = understand(json.dumps(say(text=text)))
    assert isinstance(request, Say)
    kept = text.replace("\r\n", "\n").replace("\r", "\n")
    assert request.text == "".join(s for s in kept if s in "\n\t" or not (s < " " or "\x7f" <= s <= "\x9f"))


def test_the_longest_message_fits_a_frame() -> None:
    """The longest text and alt text, every sign of them escaped, are no larger than a frame may be."""
    frame = say(
        text="😀" * LONGEST_TEXT, picture={"id": "x" * 40, "alt": "😀" * LONGEST_ALT}, reply="x" * 160
    )
    assert len(json.dumps(frame).encode()) < LARGEST_FRAME
    assert understand(json.dumps(frame))


def test_an_answer_says_what_became_of_which_request() -> None:
    """An answer's frame has the request's number, and what goes with the answer."""
    assert Answer(ok=False, text="No.", more={"wait": 3}).frame(7) == {
        "is": "answer",
        "n": 7,
        "ok": False,
        "text": "No.",
        "wait": 3,
    }
