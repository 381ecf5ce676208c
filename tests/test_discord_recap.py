"""The recap as messages of Discord: all of it is there, within Discord's limits, and nothing that people wrote breaks it."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import discord
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.messages import Attachment, Author, Entry
from bot.recap import About, Recap, build
from bot.rooms.discord.posting import Draft, Upload
from bot.rooms.discord.recap import Part, draft, parts, plain_draft
from bot.script.model import Host, Question, Resource, Script
from bot.script.posts import length
from tests.chats import START, after

SCRIPT = Script(
    hashtag="MacroSW",
    title="Common *ground*",
    summary="What we share.",
    hosts=(Host("Hana"),),
    questions=(Question("1", "What brought you here?"), Question("2", "What do we share?")),
    resources=(Resource("A paper", "https://example.org/paper"),),
    next=START + timedelta(days=14),
)
ABOUT = About(SCRIPT, "macrosw-2015-04-23", started=START, ended=after(60))
PAGE = Upload("transcript.html", b"<!doctype html>")


def link(message: str) -> str:
    return f"https://discord.com/channels/1/2/{message}"


def recap_of(*entries: Entry, about: About = ABOUT) -> Recap:
    asked = [
        Entry(f"q{q.label}", after(1), None, q.ask, kind="question", under=q.label)
        for q in about.script.questions
    ]
    return build(about, [*asked, *entries])


def answer(id: str, name: str, text: str, **more: Any) -> Entry:
    return Entry(id, after(2), Author(name.lower(), name), text, answers=("1",), under="1", **more)


def components(sent: Draft) -> Iterator[dict[str, Any]]:
    """Give all components of a message, however deep."""
    assert sent.view

    def walk(some: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for each in some:
            yield each
            yield from walk(each.get("components", []))
            yield from walk([each["accessory"]] if "accessory" in each else [])

    yield from walk(sent.view.to_components())


def texts(sent: Draft) -> str:
    return "\n".join(each["content"] for each in components(sent) if each["type"] == 10)


def drafts(recap: Recap, transcript: Upload | None = PAGE) -> list[Draft]:
    return [
        draft(part, marker=7 + number, ticket="0123456789ab", transcript=transcript, where="Ask a host.")
        for number, part in enumerate(parts(recap, link))
    ]


def test_what_is_in_it() -> None:
    """Title, figures, each question with its best answers and where they are, links, resources, thanks, the next chat."""
    recap = recap_of(
        answer("11", "Ana", "Bread, see https://example.org/bread", highlighted=True),
        answer("12", "Bo", "Salt", reactions={"👍": 2}),
    )
    (sent,) = drafts(recap)
    text = texts(sent)
    assert text.startswith(
        "# #MacroSW: Common \\*ground\\*\nWhat we share.\n**2 people · 2 messages · 2 answers**"
    )
    assert (
        f"-# <t:{START.timestamp():.0f}:F> – <t:{after(60).timestamp():.0f}:t>\n-# With Hana\n-# busiest minute"
        in text
    )
    assert "### Q1: What brought you here?\n-# 2 answers from 2 people" in text
    assert "> Bread, see <https://example.org/bread>\n⭐ **Ana**" in text
    assert "> Salt\n**Bo** · 2 reactions" in text
    assert "### Links shared\n- <https://example.org/bread> (Ana, Q1)" in text
    assert "### Resources\n- A paper: <https://example.org/paper>" in text
    assert "### Thanks to\nAna, Bo" in text
    assert "### Next chat\n<t:" in text
    assert [each["url"] for each in components(sent) if "url" in each] == [
        "https://discord.com/channels/1/2/11",
        "https://discord.com/channels/1/2/12",
    ]


def test_the_last_message_has_transcript_and_button() -> None:
    """The transcript hangs on the last message alone, and there everybody finds their own answers."""
    many = [answer(str(n), f"P{n}", f"https://example.org/{n} {'x' * 90}") for n in range(200)]
    first, *_, last = drafts(recap_of(*many))
    assert not first.files
    assert last.files == (PAGE,)
    shown = list(components(last))
    assert [each["file"]["url"] for each in shown if each["type"] == 13] == ["attachment://transcript.html"]
    assert [each["custom_id"] for each in shown if "custom_id" in each] == ["mine:0123456789ab"]


def test_a_transcript_too_large_is_said() -> None:
    """Where the file is too large for the server it says where a host gets it."""
    (sent,) = drafts(recap_of(answer("11", "Ana", "Bread")), transcript=None)
    assert "too large a file for this server. Ask a host." in texts(sent)
    assert not sent.files


def test_what_was_not_asked_is_not_given_away() -> None:
    """A question that the chat did not reach is not in its recap."""
    recap = build(ABOUT, [Entry("q1", after(1), None, "", kind="question", under="1")])
    (sent,) = drafts(recap)
    assert "What do we share?" not in texts(sent)


def test_an_answer_without_words() -> None:
    """An answer that is a picture alone is shown as what the picture shows."""
    picture = Attachment("cat.png", "https://cdn/cat.png", alt="A cat")
    (sent,) = drafts(recap_of(answer("11", "Ana", "", attachments=(picture,))))
    assert "> (cat.png (A cat): <https://cdn/cat.png>)" in texts(sent)


HOSTILE = st.lists(
    st.sampled_from(
        (
            *"ab 1\n*_~`|[]()<>#-.:\\😀",
            "@everyone ",
            "<@123456789012345678>",
            "[a](https://evil.org)",
            "```",
            "\n# ",
            "x" * 300,
        )
    ),
    max_size=40,
).map("".join)


@given(st.lists(st.tuples(HOSTILE, HOSTILE), max_size=40))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
async def test_within_the_limits(said: list[tuple[str, str]]) -> None:
    """Whatever people write, no message has more than 40 components or 4,000 characters, or as plain text 2,000."""
    entries = [
        Entry(str(n), after(2 + n), Author(f"p{n}", name), text, answers=("12"[n % 2],), under="12"[n % 2])
        for n, (name, text) in enumerate(said)
    ]
    recap = recap_of(*entries)
    for sent in drafts(recap):
        shown = list(components(sent))
        assert len(shown) <= 40
        assert sum(length(each.get("content", "")) for each in shown) <= 4_000
        assert all(each["content"] for each in shown if each["type"] == 10)
        assert not re.search(r"@(everyone|here)|(?<!\\)<@|(?<!\\)\]\(", texts(sent))
    for part in parts(recap, link, plain=True):
        sent = plain_draft(part, ticket="0123456789ab", transcript=None, where="Ask a host.")
        assert sent.text
        assert 0 < length(sent.text) <= 2_000
        assert not re.search(r"@(everyone|here)|(?<!\\)<@", sent.text)


def test_a_quote_stays_a_quote() -> None:
    """A text with line ends, headings and quotes of its own stays within its quotation."""
    (sent,) = drafts(recap_of(answer("11", "Ana", "one\n# two\n> three\n\n**Bo** said")))
    assert "> one\n> \\# two\n> \\> three\n> \\*\\*Bo\\*\\* said\n**Ana**" in texts(sent)


def test_messages_are_known_again_by_their_container() -> None:
    """The id of the container is the one given, so that a message of doubtful fate can be told from all others."""
    sent = drafts(recap_of(answer("11", "Ana", "Bread")))
    assert [
        each["id"] for each in components(sent[0]) if each["type"] == discord.ComponentType.container.value
    ] == [7]


@pytest.mark.parametrize("plain", [True, False])
def test_no_message_is_empty(plain: bool) -> None:
    """A chat in which nobody said anything has a recap in one message, whose part is the last."""
    assert [part.last for part in parts(recap_of(), link, plain=plain)] == [True]
    assert all(isinstance(part, Part) and part.blocks for part in parts(recap_of(), link, plain=plain))
