"""The choice of a host: written, changed by hand, read again, and told from what the chat still has."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.messages import Attachment, Author, Entry
from bot.recap import About, Recap, build
from bot.render.links import anchor
from bot.script.model import Question, Script
from bot.story import (
    Elsewhere,
    OwnWords,
    Reference,
    Selected,
    automatic,
    messages,
    parse,
    parse_bytes,
    tell,
    written,
)

START = datetime(2015, 4, 24, 1, tzinfo=UTC)
SCRIPT = Script(
    "MacroSW", "Common ground", (Question("1", "Why?"), Question("2", "How?"), Question("3", "Never asked"))
)
ABOUT = About(SCRIPT, "macrosw-2015-04-23", START, START + timedelta(hours=1))
BEE = Attachment("bee.png", "/media/bee", "image/png", alt="A bee")


def said(id: str, who: str, text: str, label: str = "1", **more: object) -> Entry:
    return replace(
        Entry(id, START + timedelta(minutes=1), Author(who, who), text, answers=(label,), under=label), **more
    )  # type: ignore[arg-type]  # the fields of an entry


POSTS = [Entry(f"p{label}", START, None, "?", "question", under=label) for label in "12"]
SAID = [
    said("11", "Ana", "my phone https://x.org/a?utm_source=b", attachments=(BEE,)),
    said("12", "Bo", "your phone"),
    said("13", "Cy", "a phone box", reactions={"❤": 1}),
    said("14", "Dee", "hm"),
    said("15", "Eve", "hm hm"),
    said("16", "Flo", "sixth"),
    said("21", "Ana", "how indeed", "2"),
]


def recap_of(entries: Iterable[Entry] = SAID, about: About = ABOUT) -> Recap:
    return build(about, [*POSTS, *entries], best=20)


RECAP = recap_of()
HEAD = "chat: macrosw-2015-04-23\n"


def problems(text: str) -> list[str]:
    read = parse(text, RECAP)
    assert (read.selection is None) == bool(read.problems)
    return [problem.at("s") for problem in read.problems]


def told(text: str, entries: Iterable[Entry] = SAID) -> tuple[list[object], list[str]]:
    """Build a story from that text; give what is told under all questions, and what is gone with its place."""
    entries = list(entries)
    selection = parse(text, recap := recap_of(entries)).selection
    assert selection is not None
    story, gone = tell(recap, selection, entries)
    passages = [
        passage.id if isinstance(passage, Entry) else passage.text
        for part in story.parts
        for passage in part.passages
    ]
    return [*passages], [f"{each.line}:{each.column} {each.key}" for each in gone]


def test_all_that_hosts_chose_live_is_told() -> None:
    """However many of the highlights there are, all are in the story; else only some of the best."""
    chosen = [replace(entry, highlighted=True) for entry in SAID[:6]]
    assert [len(each.passages) for each in automatic(recap_of(chosen)).questions] == [6, 0]
    assert [len(each.passages) for each in automatic(recap_of(SAID[:6])).questions] == [5, 0]


@settings(max_examples=50)
@given(st.text(st.sampled_from("a1._-2e é🦊"), min_size=1, max_size=8))
@example("irc.1_2")
def test_a_message_is_known_by_its_link(id: str) -> None:
    """What stands behind the # in the transcript's links names the message as its id does, whatever is in that."""
    entry = said(id, "Ana", "phone")
    for written_as in (id, anchor(id), anchor(id).removeprefix("m-"), f"#{anchor(id)}"):
        selection = replace(
            automatic(RECAP), questions=(Selected("1", (Reference(written_as),)),), pictures=()
        )
        assert id in messages(selection)
        story, _ = tell(RECAP, selection, [entry])
        assert story.parts[0].passages == (entry,)


def test_nobody_has_chosen() -> None:
    """Of itself a story has the five best of each question that was asked, all themes, pictures and links."""
    selection = automatic(RECAP)
    assert selection.questions[0] == Selected("1", tuple(map(Reference, ("13", "11", "12", "14", "15"))))
    assert [each.label for each in selection.questions] == ["1", "2"]
    assert selection.pictures == (Reference("11"),)
    assert selection.links == (Reference("https://x.org/a"),)
    assert Reference("phone") in selection.themes


WORDS = st.text(max_size=30) | st.sampled_from(
    ["- x", "yes", "0x1", '"', "#a # b", "a: b", "\x85\u2028\ufeff\ufffe", "\ud7ff"]
)


@settings(max_examples=80)
@example("1", "\n- 99\n", "questions: {}", "a: &b")
@given(st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12), WORDS, WORDS, WORDS)
def test_what_is_written_is_read_as_it_was_chosen(id: str, name: str, text: str, alt: str) -> None:
    """Whatever ids, names and words are like, the file is YAML for any reader and gives back the choice."""
    file = Attachment(name, "/x", "image/png", alt=alt)
    entries = [said(id, name, text, attachments=(file,)), *(each for each in SAID if each.id != id)]
    recap = recap_of(entries, replace(ABOUT, script=replace(SCRIPT, title=text or "x")))
    file_text = written(recap)
    assert parse_bytes(file_text.encode(), recap).selection == automatic(recap)
    assert list(yaml.safe_load(file_text)) == ["chat", "themes", "questions", "pictures", "links"]


def test_what_is_offered_can_be_had() -> None:
    """What is behind # in the file is chosen when the # is taken away, with the hash of its words."""
    text = written(RECAP)
    assert "    # - 16  # Flo: sixth\n" in text
    chosen = parse(text.replace("    # - 16", "    - 16"), RECAP).selection
    assert chosen is not None
    assert Reference("16") in chosen.questions[0].passages


def test_words_in_the_file_are_never_told() -> None:
    """Only ids count: other words behind a # change nothing, and a message's words come from the chat."""
    text = written(RECAP)
    assert parse(text.replace("sixth", "something else").replace("hm hm", "x"), RECAP) == parse(text, RECAP)


def test_a_host_reorders_cuts_and_adds() -> None:
    """Questions and messages come in the order of the file, own words where they stand, and nothing else."""
    text = f"{HEAD}questions:\n  Q2: [21]\n  Q1:\n    - 12\n    - say: And then\n    - 11\n"
    assert told(text) == (["21", "12", "And then", "11"], [])
    assert told("questions:\n  Q1:\n    # - 12\n") == ([], [])
    assert told("links:\n") == (["13", "11", "12", "14", "15", "21"], [])


def test_the_rest_of_a_file() -> None:
    """Title, own texts, what was written elsewhere and what is left out are taken; a key with nothing is nothing."""
    text = (
        "title: Our hour\nopening: |\n  One.\n\n  Two.\nclosing: Bye.\nafterwards:\n  - url: https://x.org/b\n    say: Ana's blog.\n"
        "leave_out: [thanks, Figures]\nthemes: []\npictures:\n"
    )
    chosen = parse(text, RECAP).selection
    assert chosen is not None
    assert (chosen.title, chosen.opening, chosen.closing) == ("Our hour", "One.\n\nTwo.", "Bye.")
    assert chosen.afterwards == (Elsewhere("https://x.org/b", "Ana's blog."),)
    assert chosen.leave_out == {"thanks", "figures"}
    assert (chosen.themes, chosen.pictures) == ((), ())
    assert chosen.links == automatic(RECAP).links


@pytest.mark.parametrize(
    "left", [[each for each in SAID if each.id != "11"], [replace(SAID[0], hidden=True), *SAID[1:]]]
)
def test_what_is_gone_never_comes_back(left: list[Entry]) -> None:
    """A message that was deleted, forgotten or hidden since is not told, nor its picture; its place in the file is named."""
    text = written(RECAP)
    recap = recap_of(each for each in left if not each.hidden)
    selection = parse(text, recap).selection
    assert selection is not None
    story, gone = tell(recap, selection, left)
    assert "11" not in {each.id for part in story.parts for each in part.passages if isinstance(each, Entry)}
    assert not any(part.pictures or part.links for part in story.parts)
    assert [each.key for each in gone] == ["https://x.org/a", "11", "11"]
    assert text.splitlines()[gone[-1].line - 1][gone[-1].column - 1 :].startswith("11  # Ana")


def test_posts_are_no_passages() -> None:
    """What the bot has posted is nobody's words."""
    assert told("questions: {Q1: [p1, 12]}", [*SAID]) == (["12"], ["1:18 p1"])


def test_a_picture_is_shown_once() -> None:
    """A picture whose message is quoted stands there, and not in the row of pictures too."""
    selection = automatic(RECAP)
    assert not tell(RECAP, selection, SAID)[0].parts[0].pictures
    without = replace(selection, questions=(Selected("1", (OwnWords("x"),)),))
    assert [each.file for each in tell(RECAP, without, SAID)[0].parts[0].pictures] == [BEE]
    assert [each.message for each in tell(RECAP, replace(without, questions=()), SAID)[0].pictures] == ["11"]
    assert messages(without) == ["11"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "s:1:1: there is no key in the file; begin with `questions:`"),
        ("- 1", "s:1:1: there is no key in the file; begin with `questions:`"),
        (
            "chat: other",
            "s:1:7: this file is not of the chat macrosw-2015-04-23; name the chat that it is of",
        ),
        ("question: {}", "s:1:1: `question` is not a key here; write `questions`"),
        ("xyz: 1", "s:1:1: `xyz` is not a key here; the keys here are chat, themes"),
        ("questions: [Q1]", "s:1:12: `questions` is not questions with messages below them; write `Q1:`"),
        (
            "questions:\n  Q3: [1]",
            "s:2:3: `Q3` is no question that was asked in this chat; write one of Q1, Q2",
        ),
        ("questions:\n  Q1: 12", "s:2:7: `Q1` is not a list; write each item in a line of its own"),
        (
            "questions:\n  Q1:\n    - 12\n    - 12",
            "s:4:7: `12` stands here for the second time, first in line 3; keep one",
        ),
        ("questions:\n  Q1:\n    - ''", "s:3:7: message 1 of Q1 is empty; delete the line"),
        (
            "questions:\n  Q1:\n    - [1]",
            "s:3:7: item 1 of Q1 is neither a message nor words of your own; write a",
        ),
        ("questions:\n  Q1:\n    - sya: x", "s:3:7: `sya` is not a key here; write `say`"),
        ("questions:\n  Q1:\n    - say:", "s:3:11: `say` of item 1 of Q1 is empty; write a text"),
        (
            "questions:\n  Q1:\n    - say: a #b",
            "s:3:12: `say` of item 1 of Q1 ends at `a`, because YAML takes",
        ),
        ("afterwards: https://x.org", "s:1:13: `afterwards` is not a list; write each"),
        ("afterwards: [x]", "s:1:14: item 1 of `afterwards` is not an address and a sentence; write"),
        (
            "afterwards:\n  - url: https://x.org",
            "s:2:5: `say` of item 1 of `afterwards` is missing; write `say: …`",
        ),
        (
            "afterwards:\n  - url: x\n    say: y",
            "s:2:10: `url` of item 1 of `afterwards` is not a web address: `x`",
        ),
        (
            "leave_out: [charts]",
            "s:1:13: `charts` cannot be left out; write figures, resources, thanks, next",
        ),
        ("links: [{a: b}]", "s:1:9: item 1 of `links` is not a single value; put a text that has"),
        ("title: [x]", "s:1:8: `title` is not a single value; put a text"),
        ("opening: &a x", "s:1:10: `&a` is a YAML anchor; leave it out"),
        ("questions:\n\t- 1", "s:2:1: a tab is used to indent; YAML wants spaces"),
    ],
)
def test_a_mistake_is_named_with_its_place(text: str, expected: str) -> None:
    """Each mistake is told once, with line, column, what is wrong and what to write instead."""
    (problem,) = problems(text)
    assert problem.startswith(expected)


def test_an_empty_file_and_bytes_that_are_no_text() -> None:
    """Neither is a selection, and both are told in words."""
    assert "hashchat story" in parse_bytes(b" \n", RECAP).problems[0].instead
    assert "not UTF-8" in parse_bytes(b"title: \xff", RECAP).problems[0].what


@settings(max_examples=150)
@given(st.text(st.sampled_from("questions:Q1leav_o\n -[]{}&*!#'\"0\t"), max_size=60))
def test_no_file_breaks_it(text: str) -> None:
    """Whatever is in a file, there is a selection or a problem."""
    read = parse(text, RECAP)
    assert bool(read.problems) == (read.selection is None)
