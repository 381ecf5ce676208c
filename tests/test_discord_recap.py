"""The recap as messages of Discord: all of it is there, within Discord's limits, and nothing that people wrote breaks it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import discord
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.messages import Attachment, Author, Entry
from bot.recap import About, People, Recap, build
from bot.rooms.discord.posting import Draft, Upload
from bot.rooms.discord.recap import MOST_COMPONENTS, Block, Part, draft, parts, plain_draft
from bot.script.model import Host, Question, Resource, Script
from bot.script.phrases import phrases
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
        draft(part, marker=7 + number, ticket="0123456789ab", transcript=transcript)
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
    assert "too large a file for this server. Hosts get it with `/chat transcript`" in texts(sent)
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
@settings(max_examples=40)
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
        assert not re.search(r"@(everyone|here)|(?<!\\)<@|\]\(", texts(sent))
    for part in parts(recap, link, plain=True):
        sent = plain_draft(part, ticket="0123456789ab", transcript=None)
        assert sent.text
        assert 0 < length(sent.text) <= 2_000
        assert not re.search(r"@(everyone|here)|(?<!\\)<@", sent.text)


@pytest.mark.parametrize("resources", [True, False])
@pytest.mark.parametrize("linked", [True, False])
@pytest.mark.parametrize("next", [None, START])
@pytest.mark.parametrize("answers", [2, 3])
def test_a_recap_just_about_full(answers: int, linked: bool, next: datetime | None, resources: bool) -> None:
    """With 25 to 39 components, three questions with three quotations each among them, no message has too many."""
    script = replace(
        SCRIPT,
        questions=tuple(Question(f"{n}", f"Ask {n}?") for n in range(1, 4)),
        next=next,
        resources=SCRIPT.resources if resources else (),
    )
    said = [
        Entry(f"{n}{m}", after(n + m), Author(f"{m}", f"P{m}"), "Yes", answers=(f"{n}",), under=f"{n}")
        for n in range(1, 4)
        for m in range(answers)
    ]
    links = [answer("99", "P0", "https://example.org/1")] if linked else []
    recap = recap_of(*said, *links, about=replace(ABOUT, script=script))
    assert all(len(list(components(sent))) <= 40 for sent in drafts(recap))


@pytest.mark.parametrize("count", range(MOST_COMPONENTS - 2, MOST_COMPONENTS + 1))
def test_the_fullest_message(count: int) -> None:
    """A last message with as many components as are put into one, and all that it has besides, is one that Discord takes."""
    part = Part(tuple(Block(f"{n}") for n in range(count)), phrases("en"), last=True)
    assert len(list(components(draft(part, marker=7, ticket="0123456789ab", transcript=PAGE)))) == count + 6


@pytest.mark.parametrize("language", ["es", "fr", "de", "pt"])
def test_a_recap_in_the_language_of_the_chat(language: str) -> None:
    """Where the chat is not in English, nothing of its recap is but what people wrote."""
    words = phrases(language)
    about = replace(ABOUT, script=replace(SCRIPT, language=language))
    recap = replace(
        recap_of(
            answer("11", "Ana", "Pan https://example.org/pan", reactions={"👍": 2}),
            Entry("12", after(3), Author("bo", "Bo"), "Hola", under="1"),
            about=about,
        ),
        attendance=People(("Ana",), ("Bo",)),
    )
    sent = drafts(recap)[-1]
    said = texts(sent)
    assert f"**2 {words.recap.person[1]} · 2 {words.recap.message[1]} · 1 {words.recap.answer[0]}**" in said
    for heading in (words.recap.links, words.recap.resources, words.recap.thanks, words.recap.next):
        assert f"### {heading}\n" in said
    assert words.recap.transcript in said
    assert [each["label"] for each in components(sent) if "custom_id" in each] == [words.own_answers]
    english = (
        r"\b(people|answers?|reactions?|first time|again|busiest|with|shared|thanks|next|whole|other|from)\b"
    )
    assert not re.search(english, said, re.IGNORECASE)


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
