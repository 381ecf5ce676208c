"""Transcripts and recaps, each form read back by a reader that knows nothing of the writer."""

import base64
import csv
import hashlib
import io
import json
import re
import subprocess
import sys
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import jsonschema
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from rich.cells import cell_len

from bot import render
from bot.messages import Attachment, Author, Entry
from bot.recap import About, build, links
from bot.render.copies import Copy, picture_type
from bot.render.csv import said as csv_said
from bot.render.links import anchor, direction, question_anchor
from bot.render.plain import one_line, plain, visible, wrap
from bot.render.shown import Showing
from bot.script.model import Host, Question, Resource, Role, Script
from tests.hostile import HOSTILE
from tests.readers import without_guard

START = datetime(2015, 4, 24, 1, tzinfo=UTC)
SCRIPT = Script(
    hashtag="MacroSW",
    title="Micro & macro: <common> *ground*",
    summary="An hour. See https://example.org/summary",
    questions=(
        Question("1", "Why?"),
        Question("2", "How do <they> *meet* ##"),
        Question("Bonus", "A secret?"),
    ),
    hosts=(Host("Ana", "ana"), Host("Bo", link="https://example.org/bo", role=Role.GUEST)),
    zone="America/New_York",
    resources=(Resource("A site", "https://example.org/site"),),
    next=datetime(2015, 5, 14, 1, tzinfo=UTC),
)
ABOUT = About(SCRIPT, "macrosw-2015-04-23", START, START + timedelta(hours=1), rehearsal=True)


def texts() -> st.SearchStrategy[str]:
    alphabet = st.characters(exclude_categories=())
    markup = st.sampled_from("\n \t*_`#+-=.)>(<[]!&;:|~\\1a\xa0é@'\"/")
    piece = st.sampled_from(HOSTILE) | st.text(alphabet, max_size=20) | st.text(markup, max_size=12)
    return st.lists(piece, max_size=3).map("".join) | piece


def entries() -> st.SearchStrategy[list[Entry]]:
    labels = st.sampled_from([question.label for question in SCRIPT.questions])
    attachment = st.builds(
        Attachment,
        texts(),
        st.sampled_from(["https://cdn.example/a.png?x=1&y=2", "javascript:alert(1)"]) | texts(),
        st.none() | st.just("image/png"),
        st.none() | st.integers(0, 9_999),
        st.none() | texts(),
    )
    entry = st.builds(
        Entry,
        texts(),
        st.timedeltas(timedelta(0), timedelta(days=2)).map(lambda later: START + later),
        st.none() | st.builds(Author, texts(), texts(), st.booleans()),
        texts(),
        answers=st.lists(labels, max_size=2, unique=True).map(tuple),
        under=st.none() | labels,
        reply_to=st.none() | texts().filter(bool),
        edited_at=st.none() | st.just(START + timedelta(hours=1)),
        highlighted=st.booleans(),
        reactions=st.dictionaries(texts(), st.integers(1, 9), max_size=2),
        attachments=st.lists(attachment, max_size=2).map(tuple),
    )
    return st.lists(entry.map(as_the_bot_would), max_size=4)


def as_the_bot_would(entry: Entry) -> Entry:
    """Make what nobody said a post: a question's if it stands under one."""
    if entry.author:
        return entry
    kind = "question" if entry.under else "welcome"
    return replace(entry, kind=kind, answers=(), edited_at=None, highlighted=False)


#: Every hostile text in every place where a participant can put it.
ALL_HOSTILE = [
    Entry(
        text,
        START + timedelta(minutes=number),
        Author(text, text),
        text,
        reply_to=text or None,
        reactions={text: 1},
        attachments=(Attachment(text, text, alt=text),),
        under="1",
        answers=("1", "2"),
        highlighted=True,
        edited_at=START + timedelta(hours=1),
    )
    for number, text in enumerate(HOSTILE)
]


def every_entry(test: Any) -> Any:
    """Run a test with entries of all kinds, and with every hostile text."""
    return settings(max_examples=60)(given(entries())(example(ALL_HOSTILE)(test)))


def written(form: str, said: list[Entry]) -> str:
    writer = render.transcript(form, ABOUT)
    return writer.preamble() + "".join(map(writer.entry, said)) + writer.postamble()


def seen(text: str) -> str:
    """Tell again, in another way, what is left of a text where control characters must not act."""
    text = "\n".join(re.split("\r\n|[\r\x85\u2028\u2029]", text))
    shown = []
    for character in text:
        match unicodedata.category(character):
            case "Cc" if character in "\n\t":
                shown.append(character)
            case "Cc" if character < " ":
                shown.append(
                    unicodedata.lookup("SYMBOL FOR NULL")
                    if character == "\0"
                    else chr(ord(character) | 0x2400)
                )
            case "Cc" | "Cs":
                shown.append("␡" if character == "\x7f" else "\N{REPLACEMENT CHARACTER}")
            case _:
                shown.append(character)
    return "".join(shown)


def printed(text: str) -> str:
    """Tell the same for where nothing isolates a text: without the controls that turn what is around them."""
    return re.sub("[\u202a-\u202e\u2066-\u206f]", "", seen(text))


def called(entry: Entry) -> str:
    return " ".join(printed(entry.author.name).split()) or "(no name)" if entry.author else "hashchat"


def is_question(entry: Entry) -> bool:
    return entry.author is None and entry.kind == "question"


# --- JSON ---


def intact(value: Any) -> Any:
    """Replace lone surrogates in a value, all the way down."""
    match value:
        case str():
            return re.sub("[\ud800-\udfff]", "\ufffd", value)
        case Mapping():
            return {intact(key): content for key, content in value.items()}
        case tuple():
            return tuple(map(intact, value))
        case Author():
            return Author(intact(value.id), intact(value.name), value.host)
        case Attachment():
            return Attachment(
                intact(value.name), intact(value.url), value.type, value.size, intact(value.alt)
            )
        case Entry():
            return Entry(**{name: intact(getattr(value, name)) for name in Entry.__slots__})
        case _:
            return value


def entry_from(value: Mapping[str, Any]) -> Entry:
    edited = value["edited_at"]
    return Entry(
        **{
            **{key: each for key, each in value.items() if key != "ask"},
            "at": datetime.fromisoformat(value["at"]),
            "edited_at": datetime.fromisoformat(edited) if edited else None,
            "author": Author(**value["author"]) if value["author"] else None,
            "answers": tuple(value["answers"]),
            "attachments": tuple(Attachment(**attached) for attached in value["attachments"]),
        }
    )


@every_entry
def test_json_gives_back_every_entry(said: list[Entry]) -> None:
    """Every entry comes back equal, but for lone surrogates, and the text can be written as UTF-8."""
    value = json.loads(written("json", said).encode())
    assert (value["format"], value["version"]) == ("hashchat-transcript", 1)
    assert [entry_from(entry) for entry in value["entries"]] == [intact(entry) for entry in said]


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_json_tells_what_a_question_asks(form: str) -> None:
    """The entry of a question says what it asks, apart from what else its post has; no other entry does."""
    posts = [
        Entry("1", START, None, "Q1) first, #macro: what? RT!", kind, under=under)
        for kind, under in (("question", "1"), ("repeat", "1"), ("question", "none such"))
    ]
    entries = [json.loads(line.rstrip(",")) for line in written(form, posts).splitlines() if '"kind"' in line]
    assert [entry.get("ask") for entry in entries] == [SCRIPT.question("1").ask, None, None]


def test_json_tells_of_the_chat() -> None:
    """The head has what is known of the chat, with times in UTC."""
    chat = json.loads(written("json", []))["chat"]
    assert (chat["hashtag"], chat["timezone"], chat["rehearsal"]) == ("MacroSW", "America/New_York", True)
    assert (chat["started"], chat["ended"]) == ("2015-04-24T01:00:00Z", "2015-04-24T02:00:00Z")
    assert chat["hosts"][1] == {
        "name": "Bo",
        "handle": None,
        "link": "https://example.org/bo",
        "role": "guest",
    }


SCHEMA = json.loads(files("bot.render").joinpath("transcript.schema.json").read_text(encoding="utf-8"))


def strict(schema: Any) -> Any:
    """Make the schema refuse every key that it does not know."""
    match schema:
        case dict():
            closed = {key: strict(value) for key, value in schema.items()}
            return closed | (
                {"unevaluatedProperties": False} if "allOf" in schema or "required" in schema else {}
            )
        case list():
            return [strict(each) for each in schema]
        case _:
            return schema


def valid(part: str, value: Any) -> None:
    schema = strict(SCHEMA)
    schema["$defs"]["head"].pop("unevaluatedProperties")  # a document is a head with more
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(value, {**schema, "anyOf": [{"$ref": f"#/$defs/{part}"}]})


@settings(max_examples=15)
@given(entries())
@example(ALL_HOSTILE)
def test_json_keeps_to_its_schema(said: list[Entry]) -> None:
    """A whole file and each line of JSON Lines is as the published schema says, with no key that it does not know."""
    valid("document", json.loads(written("json", said)))
    head, *lines = map(json.loads, written("jsonl", said).splitlines())
    valid("head", head)
    for line in lines:
        valid("entry", line)
    jsonschema.validate(head, SCHEMA)


def test_the_schema_refuses_what_is_none() -> None:
    """It is no schema that takes anything."""
    [line] = written("jsonl", ALL_HOSTILE[:1]).splitlines()[1:]
    for wrong in (
        {"at": "yesterday"},
        {"answers": "1"},
        {"author": {"name": "Ana"}},
        {"reactions": {"❤": 0}},
    ):
        with pytest.raises(jsonschema.ValidationError):
            valid("entry", json.loads(line) | wrong)


@every_entry
def test_json_lines_have_what_json_has(said: list[Entry]) -> None:
    """A head and a line for each entry, however lines are told apart, equal to the one object."""
    head, *lines = map(json.loads, written("jsonl", said).splitlines())
    assert {**head, "entries": lines} == json.loads(written("json", said))


# --- CSV ---


def rows_of(page: str) -> list[dict[str, str]]:
    assert page.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(page[1:], newline=""), strict=True))


@every_entry
def test_csv_gives_back_every_entry(said: list[Entry]) -> None:
    """With the guarding apostrophes taken away every cell is what was said, NUL and lone surrogates replaced."""
    rows = rows_of(written("csv", said).encode().decode())
    assert len(rows) == len(said)
    for row, entry in zip(rows, map(intact, said), strict=True):
        cells = {column: without_guard(cell) for column, cell in row.items()}
        assert cells == {column: csv_said(cell) for column, cell in row.items()}
        author = entry.author or Author("", "")
        expected = {
            "id": entry.id,
            "at": entry.at.isoformat().replace("+00:00", "Z"),
            "kind": entry.kind,
            "author": author.name,
            "author_id": author.id,
            "host": "true" if author.host else "false",
            "text": entry.text,
            "answers": ", ".join(entry.answers),
            "under": entry.under or "",
            "reply_to": entry.reply_to or "",
            "edited_at": "2015-04-24T02:00:00Z" if entry.edited_at else "",
            "highlighted": "true" if entry.highlighted else "false",
        }
        assert {column: cells[column] for column in expected} == {
            column: cell.replace("\0", "␀") for column, cell in expected.items()
        }
        assert json.loads(cells["reactions"] or "{}") == entry.reactions
        assert (
            tuple(Attachment(**file) for file in json.loads(cells["attachments"] or "[]"))
            == entry.attachments
        )


@every_entry
def test_csv_holds_no_formula(said: list[Entry]) -> None:
    """No cell begins with what a spreadsheet would run, whatever invisible things stand before it and whatever parts cells."""
    page = written("csv", said)
    for separator in ",;\t":
        cells = [
            cell for row in csv.reader(io.StringIO(page[1:], newline=""), delimiter=separator) for cell in row
        ]
        for cell in cells:
            bare = cell.lstrip(
                "".join(c for c in cell if c.isspace() or unicodedata.category(c) in {"Cc", "Cf"}) or " "
            )
            assert bare[:1] not in tuple("=+-@＝＋－＠")
            assert separator != "," or cell[:1] not in tuple("\t\r")


def test_csv_is_rfc_4180() -> None:
    """A header, CRLF at the end of rows, quotation marks doubled."""
    page = written("csv", [Entry("1", START, Author("u", 'A "B"'), "a,b\nc")])
    assert page.endswith('1,2015-04-24T01:00:00Z,message,"A ""B""",u,false,"a,b\nc",,,,,false,,\r\n')


# --- HTML ---

TAGS = {
    *("html", "head", "meta", "title", "style", "body", "article", "header", "section", "footer", "h1", "h2"),
    *(
        "p",
        "dl",
        "dt",
        "dd",
        "bdi",
        "ol",
        "ul",
        "li",
        "div",
        "a",
        "time",
        "span",
        "q",
        "b",
        "img",
        "main",
        "nav",
    ),
    *("form", "input", "select", "option", "label", "kbd", "script"),
}
VOID = {"meta", "input", "img"}
ATTRIBUTES = {
    *("lang", "charset", "http-equiv", "content", "name", "class", "dir", "href", "rel", "id", "datetime"),
    *("data-kind", "data-answers", "data-under", "data-name", "data-zone", "data-initial"),
    *("src", "alt", "loading", "width", "height", "download", "type", "value", "placeholder", "autocomplete"),
    *("spellcheck", "checked", "hidden", "role", "aria-label"),
}


@dataclass
class Said:
    """An entry as a page shows it."""

    attributes: dict[str, str | None]
    who: str = ""
    text: str = ""
    time: str | None = None
    day: str = ""
    heading: str = ""
    marks: list[str] = field(default_factory=list)
    links: list[str | None] = field(default_factory=list)
    pictures: list[str | None] = field(default_factory=list)
    reply: str = ""
    items: list[str] = field(default_factory=list)


class Page(HTMLParser):
    """Reads a page strictly: known tags and attributes only, everything closed in order."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, str]] = []
        self.said: list[Said] = []
        self.metas: list[dict[str, str | None]] = []
        self.texts: dict[str, str] = {}
        self.ids: list[str | None] = []
        self.after = False
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        assert tag in TAGS
        assert attributes.keys() <= ATTRIBUTES
        assert len(attributes) == len(attrs)
        names = (attributes.get("class") or "").split()
        if tag == "img":
            self.said[-1].pictures.append(attributes["src"])
        if tag in VOID:
            self.metas += [attributes] if tag == "meta" else []
            return
        self.open.append((tag, "said" if "said" in names else names[0] if names else ""))
        self.ids += [attributes["id"]] if "id" in attributes else []
        if "entry" in names:
            self.said.append(Said(attributes))
        if tag in ("nav", "footer"):
            self.after = True
        if not self.said or self.after:
            return
        if tag == "time":
            self.said[-1].time = attributes["datetime"]
        if tag == "a" and attributes.get("rel"):
            assert attributes["rel"] == "noopener noreferrer nofollow"
            self.said[-1].links.append(attributes["href"])
        elif tag == "a":
            assert (
                re.fullmatch(r"#m-[A-Za-z0-9_-]*", attributes["href"] or "")
                or ("ul", "attached") in self.open
            )
        if tag == "p" and "said" in names and "question" in (self.said[-1].attributes["class"] or ""):
            self.said[-1].text += "\n"
        if "mark" in names:
            self.said[-1].marks.append("")
        if tag == "li" and ("ul", "attached") in self.open:
            self.said[-1].items.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        if not self.open:
            assert data.strip() == ""
            return
        tag, name = self.open[-1]
        self.texts[tag] = self.texts.get(tag, "") + data
        if not self.said or self.after:
            return
        said = self.said[-1]
        if any(opened == "said" for _, opened in self.open):
            said.text += data
        elif name == "who":
            said.who += data
        elif name == "mark":
            said.marks[-1] += data
        elif ("a", "reply") in self.open or ("span", "reply") in self.open:
            said.reply += data
        elif ("ul", "attached") in self.open and "li" in [opened for opened, _ in self.open]:
            said.items[-1:] = [said.items[-1] + data] if said.items else []

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(data)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)


@every_entry
def test_html_shows_every_entry(said: list[Entry]) -> None:
    """A strict reader finds each entry once, in order, with its words, and no markup but the page's own."""
    page = Page(written("html", said).encode().decode())
    assert len(page.said) == len(said)
    for shown, entry in zip(page.said, said, strict=True):
        assert shown.text == seen(entry.text)
        assert shown.who == ("" if is_question(entry) else called(entry))
        assert datetime.fromisoformat(shown.time or "") == entry.at
        assert shown.attributes["id"] == anchor(entry.id)
        assert shown.attributes["data-kind"] == entry.kind
        assert shown.attributes.get("data-under") == entry.under
        assert shown.attributes.get("data-answers", "") == ", ".join(entry.answers)
        assert ("highlighted" in shown.marks) == entry.highlighted
        assert any(mark.startswith("edited ") for mark in shown.marks) == bool(entry.edited_at)
        assert bool(shown.reply) == bool(entry.reply_to)
        assert shown.attributes.get("data-name", "") == (
            SCRIPT.question(entry.under).name if is_question(entry) and entry.under else ""
        )
        assert len(shown.items) == len(entry.attachments)
        for item, attachment in zip(shown.items, entry.attachments, strict=True):
            assert seen(attachment.name) in item
            assert seen(attachment.alt or "") in item
        assert all(re.match("https?://", link or "", re.IGNORECASE) for link in shown.links)
        in_text = list(links(entry.text))
        assert shown.links[: len(in_text)] == in_text


@pytest.mark.parametrize(
    ("media", "images"),
    [("none", ""), ("folder", " img-src 'self' file:;"), ("embed", " img-src data:;")],
)
def test_html_asks_for_nothing_and_runs_only_its_own(media: str, images: str) -> None:
    """The policy allows one style sheet and one script, the page's own by their hashes, and the pictures that it has."""
    writer = render.transcript("html", ABOUT, media=render.Media(media))
    page = writer.preamble() + "".join(map(writer.entry, ALL_HOSTILE)) + writer.postamble()
    [style] = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    [script] = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    hashes = [
        "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        for text in (style, script)
    ]
    policies = [meta["content"] for meta in Page(page).metas if "http-equiv" in meta]
    assert policies == [
        f"default-src 'none'; style-src '{hashes[0]}'; script-src '{hashes[1]}';{images} base-uri 'none'; form-action 'none'"
    ]
    assert not re.search(r"url\(|@import", style)
    assert not re.search(r"innerHTML|insertAdjacent|document\.write|eval|fetch\(|XMLHttp", script)


def test_html_says_what_it_is() -> None:
    """Language, encoding and title are set, and the title is text."""
    page = written("html", [])
    assert page.startswith('<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">')
    assert Page(page).texts["title"] == "#MacroSW: Micro & macro: <common> *ground* (transcript)"


@settings(max_examples=100)
@given(texts(), texts())
@example("a/b", "a?b")
@example("/", "_2f_")
def test_ids_are_safe_and_different(one: str, other: str) -> None:
    """Different messages have different ids, made of letters, digits, - and _."""
    assert re.fullmatch(r"m-[A-Za-z0-9_-]*", anchor(one))
    assert (anchor(one) == anchor(other)) == (one == other)


def test_an_attachment_links_only_to_the_web() -> None:
    """A script in the place of an address is shown, not linked; a file kept with the chat has no address to show."""
    files = (
        Attachment("a.png", "javascript:alert(1)"),
        Attachment("b.png", "https://x.org/b.png", alt="a bee"),
        Attachment("Picture", "/pictures/abc", alt="a cat"),
    )
    [shown] = Page(written("html", [Entry("1", START, Author("u", "Ana"), "", attachments=files)])).said
    assert shown.links == ["https://x.org/b.png"]
    assert [" ".join(item.split()) for item in shown.items] == [
        "a.png: javascript:alert(1)",
        "b.png a bee",
        "Picture a cat",
    ]


COPIES = {
    "/pictures/abc": Copy("files/0001-a%20cat.png", picture=True, width=3, height=2),
    "https://x.org/b.pdf": Copy("files/0002-b.pdf"),
    "https://x.org/c.mp4": Copy(why="It is larger than 10 MiB."),
}
SHARED = Entry(
    "1",
    START,
    Author("u", "Ana"),
    "look",
    attachments=(
        Attachment("a cat", "/pictures/abc", alt="<a cat>"),
        Attachment("b.pdf", "https://x.org/b.pdf"),
        Attachment("c.mp4", "https://x.org/c.mp4"),
    ),
)


def shared(form: str) -> str:
    writer = render.transcript(form, ABOUT, media=render.Media.FOLDER)
    return writer.preamble() + writer.entry(SHARED, COPIES) + writer.postamble()


def test_a_question_is_told_once_and_has_an_address() -> None:
    """The name stands apart, so that nobody reads `Q1 Q1:`; `#q1` leads there, and asked again it has no second address."""
    said = [
        Entry("1", START, None, "Q1: Why?\nThink.", "question", under="1"),
        Entry("2", START, Author("b", "Bo"), "A1", answers=("1",), under="1"),
        Entry("3", START, None, "Tell us a secret", "question", under="Bonus"),
        Entry("4", START, None, "Q1: Why?", "question", under="1"),
    ]
    page = written("html", said)
    heading = (
        '<span class="name said">Q1</span><span class="sign said">: </span><span class="ask said">Why?</span>'
    )
    assert page.count(heading) == 2
    assert (
        re.findall(r'<section id="(\w+)"', page)
        == ["q1", "qbonus"]
        == [question_anchor("1"), question_anchor("Bonus")]
    )
    [listed] = re.findall(r"<nav.*</nav>", page, re.DOTALL)
    assert re.findall(
        r'href="#(\w+)"><b>(\w+)</b> <bdi>(.*?)</bdi></a> <span class="count">(\d)', listed
    ) == [
        ("q1", "Q1", "Why?", "1"),
        ("qbonus", "Bonus", "Tell us a secret", "0"),
    ]


def test_a_long_page_is_laid_out_in_parts() -> None:
    """No list is longer than a browser lays out at once, and nothing is lost where one ends."""
    said = [Entry(str(number), START, Author("a", "Ana"), "x") for number in range(203)]
    lists = re.findall(r"<ol>(.*?)</ol>", written("html", said), re.DOTALL)
    assert [part.count('class="entry') for part in lists] == [50, 50, 50, 50, 3]


def test_html_shows_pictures_and_says_what_is_missing() -> None:
    """A picture stands where it was shared with what it shows, another file is linked, one that is lost is said to be."""
    page = shared("html")
    [said] = Page(page).said
    assert said.pictures == ["files/0001-a%20cat.png"]
    assert 'alt="&lt;a cat&gt;" loading="lazy" width="3" height="2"' in page
    assert [" ".join(item.split()) for item in said.items][:3] == [
        "<a cat>",
        "b.pdf",
        "c.mp4 not kept: It is larger than 10 MiB.",
    ]
    assert '<a href="files/0002-b.pdf" download>' in page
    assert "Files that could not be kept" in page


def test_other_forms_say_where_files_are() -> None:
    """Markdown shows pictures and links files, text and CSV have their addresses, JSON both address and loss."""
    assert "- ![\\<a cat\\>](<files/0001-a%20cat.png>)\n- [b.pdf](<files/0002-b.pdf>)\n- c.mp4" in shared(
        "md"
    )
    text = " ".join(shared("txt").split())
    assert "+ a cat (<a cat>): files/0001-a%20cat.png" in text
    assert (
        "---- Files that could not be kept ---- 21:00 Ana: c.mp4: https://x.org/c.mp4 [not kept: It is"
        in text
    )
    files = json.loads(shared("json"))["entries"][0]["attachments"]
    assert [file["file"] for file in files] == ["files/0001-a%20cat.png", "files/0002-b.pdf", None]
    assert json.loads(rows_of(shared("csv"))[0]["attachments"]) == files
    assert files[2]["missing"] == "It is larger than 10 MiB."


def test_of_very_many_missing_files_only_some_are_named_at_the_end() -> None:
    """What is remembered does not grow with the chat."""
    writer = render.transcript("txt", ABOUT)
    for _ in range(600):
        writer.entry(SHARED, COPIES)
    end = writer.postamble()
    assert (end.count("c.mp4: "), "and 100 more" in end) == (500, True)


@pytest.mark.parametrize(
    ("data", "type"),
    [
        (b"\x89PNG\r\n\x1a\n...", "image/png"), (b"\xff\xd8\xff\xe0", "image/jpeg"), (b"GIF89a...", "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"), (b"<svg onload=alert(1)>", None), (b"GIF8", None), (b"", None),
    ],
)  # fmt: skip
def test_a_picture_is_known_by_what_is_in_it(data: bytes, type: str | None) -> None:
    """Whatever a file is called or said to be, only what begins as a picture is shown as one."""
    assert picture_type(data) == type


# --- Markdown ---


def flat(token: Token) -> str:
    """Give the text of a line of Markdown; nothing may be in it but text, hard line breaks and links to the web."""
    text = ""
    for child in token.children or []:
        match child.type:
            case "text" | "text_special":
                text += child.content
            case "hardbreak":
                text += "\n"
            case "link_open":
                assert re.match("https?://", str(child.attrGet("href")), re.IGNORECASE)
            case "link_close" | "strong_open" | "strong_close" | "em_open" | "em_close":
                pass
            case _:
                raise AssertionError(child)
    return text


@dataclass
class Block:
    """A heading, paragraph, quote or list item of a Markdown page."""

    kind: str
    text: str
    bold: str


def blocks_of(page: str) -> list[Block]:
    blocks, open_ = [], []
    for token in MarkdownIt("commonmark", {"html": True}).parse(page):
        assert token.type not in {"html_block", "code_block", "fence", "hr"}
        if token.type == "inline":
            bold = [n for n, child in enumerate(token.children or []) if child.type.startswith("strong_")]
            strong = Token("inline", "", 0, children=(token.children or [])[slice(*bold)]) if bold else None
            kind = "quote" if "blockquote" in open_ else "item" if "list_item" in open_ else open_[-1]
            assert "blockquote" not in open_ or open_ == ["blockquote", "paragraph"]
            blocks.append(Block(kind, flat(token), flat(strong) if strong else ""))
        elif token.nesting == 1:
            open_.append(token.type.removesuffix("_open"))
        elif token.nesting == -1:
            open_.pop()
    return blocks


@every_entry
def test_markdown_shows_every_entry(said: list[Entry]) -> None:
    """A CommonMark reader finds every text exactly, in order, and no markup made by a participant."""
    blocks = blocks_of(written("md", said).encode().decode())
    assert [block.text for block in blocks if block.kind == "quote"] == [
        printed(entry.text) for entry in said if entry.text
    ]
    assert [block.bold for block in blocks if block.bold] == [called(entry) for entry in said if entry.author]
    questions = [entry for entry in said if is_question(entry)]
    headings = [block.text for block in blocks if block.kind == "heading" and re.match("Q|Bonus", block.text)]
    assert [heading.partition(" · ")[0] for heading in headings] == [
        SCRIPT.question(entry.under or "").name for entry in questions
    ]
    items = [block.text for block in blocks if block.kind == "item"]
    files = [attached for entry in said for attached in entry.attachments]
    assert len(items) == len(files) + 6
    for item, attached in zip(items[6:], files, strict=True):
        for part in (attached.name, attached.alt or "", "" if attached.url.startswith("/") else attached.url):
            assert " ".join(printed(part).split()) in item


def test_markdown_links_what_people_link() -> None:
    """A plain address is an autolink, one that a renderer would show in another way a link that says what it is."""
    page = written(
        "md", [Entry("1", START, Author("u", "A"), "https://x.org/a_(b)?c=1&d=2, https://x.org/%41")]
    )
    assert "> <https://x.org/a_(b)?c=1&d=2>, [https://x.org/%41](<https://x.org/%41>)\n" in page


def test_markdown_stays_readable() -> None:
    """What means nothing to Markdown is left as it was written."""
    text = 'A1: I\'d say (well) R&D, snake_case & #MacroSW - 3.5! "Yes"; @bo?'
    assert f"> {text}\n" in written("md", [Entry("1", START, Author("u", "Ana"), text)])


# --- text ---

HEADER = re.compile(r"(\d\d:\d\d)( \* |  )(.*)")


@dataclass
class Lines:
    """An entry as the text shows it: where each thing stands tells what it is."""

    time: str
    bot: bool
    who: str
    notes: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)


def entries_in(page: str) -> list[Lines]:
    found: list[Lines] = []
    _, _, body = page.partition("Chat: macrosw-2015-04-23\n")
    for line in body.split("\n"):
        header = HEADER.fullmatch(line)
        if header:
            found.append(Lines(header[1], header[2] == " * ", header[3]))
        elif re.match(r" {5}[>+~<] ", line):
            found[-1].notes.append(line[5:])
        elif line and not re.fullmatch(r"---- \w+ \d+ \w+ 2015, EDT ----", line):
            assert line.startswith(" " * 7), line
            (
                found[-1].text if not found[-1].notes or found[-1].notes[-1][0] in "><" else found[-1].notes
            ).append(line)
    return found


def letters(text: str) -> str:
    return "".join(text.split())


@every_entry
def test_text_shows_every_entry(said: list[Entry]) -> None:
    """Each entry has a header that nobody can forge, and its words follow, folded, in a column of their own."""
    page = written("txt", said).encode().decode()
    found = entries_in(page)
    assert len(found) == len(said)
    for shown, entry in zip(found, said, strict=True):
        assert shown.time == entry.at.astimezone(SCRIPT.timezone).strftime("%H:%M")
        assert shown.bot == (entry.author is None)
        everything = letters(shown.who + "".join(shown.notes) + "".join(shown.text))
        assert letters(printed(entry.text)) in everything
        if is_question(entry):
            assert shown.who.rstrip("=").strip() == SCRIPT.question(entry.under or "").name
        else:
            assert letters(called(entry)).startswith(letters(shown.who))
        for attached in entry.attachments:
            assert letters(printed(attached.name)) in everything
        if entry.answers:
            assert "answers" + ",".join(SCRIPT.question(label).name for label in entry.answers) in everything


@every_entry
def test_text_drives_no_terminal(said: list[Entry]) -> None:
    """No control character but the line's end, no bidi control, and no line wider than asked but for an address."""
    page = written("txt", said)
    assert not any(unicodedata.category(character) in {"Cc", "Cs"} for character in page.replace("\n", ""))
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u2028\u2029]", page)
    assert all(cell_len(line) <= 80 or "://" in line for line in page.split("\n"))


@settings(max_examples=150)
@given(texts())
@example("".join(HOSTILE))
def test_plain_text_is_plain(text: str) -> None:
    """What is made plain stays so, agrees with an account of its own, and a name stays on its line."""
    assert visible(text) == seen(text)
    assert plain(text) == printed(text)
    assert plain(plain(text)) == plain(text)
    assert one_line(text) == " ".join(printed(text).split())


@settings(max_examples=150)
@given(texts().map(plain), st.integers(1, 60))
def test_folding_loses_nothing(text: str, width: int) -> None:
    """All but white space is kept, in order, and begins where it should."""
    folded = wrap(text, width, "12:00  ")
    assert letters(folded.removeprefix("12:00")) == letters(text)
    assert all(not line or line.startswith("       ") for line in folded.split("\n")[1:])


def test_folding_reads_well() -> None:
    """Lines break between words, keep their own breaks and indents, and leave an address whole."""
    text = "one two three four five six\n  indented\n\nhttps://example.org/a/very/long/address end 日本語日本語日本語日本語"
    assert wrap(text, 24, "    ").split("\n") == [
        "    one two three four",
        "    five six",
        "      indented",
        "",
        "    https://example.org/a/very/long/address",
        "    end",
        "    日本語日本語日本語日",
        "    本語",
    ]


# --- what people read, in every form for them ---


def test_a_reply_says_to_whom() -> None:
    """The one replied to is named with the time, the question by its name, and what is not there as such."""
    said = [
        Entry("1", START, None, "Why?", "question", under="1"),
        Entry("2", START, Author("b", "Bo"), "A1", reply_to="1", under="1"),
        Entry("3", START, Author("a", "Ana"), "yes", reply_to="2", under="1"),
        Entry("4", START, Author("a", "Ana"), "what?", reply_to="gone", under="1"),
    ]
    page = written("html", said)
    assert '<q dir="auto">A1</q>' in page
    replies = [re.sub(r"\s+", " ", shown.reply) for shown in Page(page).said]
    assert replies == ["", "reply to Q1, 21:00", "reply to Bo, 21:00", "reply to an earlier message"]


def test_what_is_remembered_for_replies_is_bounded() -> None:
    """After thousands of entries the first is forgotten, and the memory of a long transcript stays small."""
    writer = render.transcript("txt", ABOUT)
    for number in range(5_001):
        writer.entry(Entry(str(number), START, Author("a", "Ana"), ""))
    assert "reply to an earlier message" in writer.entry(Entry("x", START, None, "", "said", reply_to="0"))
    assert "reply to Ana, 21:00" in writer.entry(Entry("y", START, None, "", "said", reply_to="5000"))


def test_conversation_says_what_it_is_about_where_it_does_not_stand_there() -> None:
    """Under the question on the floor nothing is said; what is filed under another names it."""
    said = [
        Entry("1", START, None, "Why?", "question", under="1"),
        Entry("2", START, None, "How?", "question", under="2"),
        Entry("3", START, Author("a", "Ana"), "here", under="2"),
        Entry("4", START, Author("a", "Ana"), "there", under="1"),
    ]
    assert [shown.marks for shown in Page(written("html", said)).said] == [[], [], [], ["about Q1"]]


def test_a_new_day_is_said_in_the_chats_own_zone() -> None:
    """Midnight is that of the chat's zone, whose name stands beside the day."""
    said = [Entry(str(n), START + timedelta(hours=3 * n), Author("a", "Ana"), "x") for n in range(3)]
    days = [line for line in written("txt", said).split("\n") if line.startswith("----")]
    assert days == ["---- Thursday 23 April 2015, EDT ----", "---- Friday 24 April 2015, EDT ----"]


@settings(max_examples=60)
@given(
    zone=st.sampled_from(["America/New_York", "Asia/Kathmandu", "Europe/Amsterdam"]),
    start=st.sampled_from(
        [datetime(2015, 3, 8, 6, 58, 30, tzinfo=UTC), datetime(1930, 1, 1, 23, 39, 40, tzinfo=UTC)]
    ),
    steps=st.lists(st.sampled_from([0.0, 0.5, 1.0, 27.0, 59.0, 3600.0, -31.0]), max_size=12),
)
def test_every_time_is_that_of_the_zone(zone: str, start: datetime, steps: list[float]) -> None:
    """To the minute, also where clocks change or were apart by seconds, and with each new day named."""
    showing = Showing(About(Script("Chat", "A chat", (Question("1", "Why?"),), zone=zone), "chat"))
    moments = [start + timedelta(seconds=sum(steps[:n])) for n in range(len(steps) + 1)]
    local = [at.astimezone(ZoneInfo(zone)) for at in moments]
    told = [showing.show(Entry(str(n), at, None, "x", kind="opening")) for n, at in enumerate(moments)]
    assert [each.time for each in told] == [f"{at:%H:%M}" for at in local]
    new = [n == 0 or at.date() != local[n - 1].date() for n, at in enumerate(local)]
    assert [each.day is not None for each in told] == new


# --- recaps ---


def hostile_recap() -> Any:
    posts = [Entry(label, START, None, "", "question", under=label) for label in ("1", "2")]
    liked = [replace(entry, reactions={"❤": 2}) for entry in ALL_HOSTILE]
    return build(ABOUT, [*posts, *liked], best=len(ALL_HOSTILE))


def test_a_recap_in_markdown_shows_texts_as_they_are() -> None:
    """Every best answer stands under each of its questions exactly, and what is secret is not there."""
    page = render.recap("md", hostile_recap())
    blocks = blocks_of(page)
    words = [printed(text) for text in HOSTILE if text]
    assert [block.text for block in blocks if block.kind == "quote"] == words * 2
    assert [block.bold for block in blocks if block.bold] == [called(entry) for entry in ALL_HOSTILE] * 2
    headings = [block.text for block in blocks if block.kind == "heading"]
    assert headings == [
        "#MacroSW: Micro & macro: <common> *ground*",
        "What it was about",
        "Q1: Why?",
        "Q2: How do <they> *meet* ##",
        "Bonus: not asked",
        "Links shared",
        "Resources",
        "Thanks to",
        "Next chat",
    ]


def test_a_recap_in_html_is_strict_too() -> None:
    """No markup but the page's own, and the texts are there."""
    page = Page(render.recap("html", hostile_recap()).encode().decode())
    words = page.texts["p"]
    for text in HOSTILE:
        if not any(links(text)):
            assert seen(text) in words
    assert "A secret?" not in "".join(page.texts.values())


class Pasted(HTMLParser):
    """The elements of a piece of HTML, their attributes, and its text."""

    def __init__(self, piece: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(piece)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_recap_for_a_blog_can_be_pasted() -> None:
    """It is one article without a page, a style or a script, with everything said as it was said."""
    piece = Pasted(render.recap("blog", hostile_recap()).encode().decode())
    assert piece.tags[0] == "article"
    assert set(piece.tags) <= {
        *("article", "h2", "h3", "p", "ul", "li", "bdi", "br", "strong", "blockquote", "cite", "a")
    }
    assert {name for name, _ in piece.attributes} <= {"lang", "dir", "href", "rel"}
    for name, value in piece.attributes:
        assert name != "href" or (value or "").lower().startswith(("http://", "https://"))
    for text in HOSTILE:
        assert letters(seen(text)) in letters(piece.text)
    assert "A secret?" not in piece.text


@pytest.mark.parametrize("width", [30, 80])
def test_a_recap_as_text_fits_the_terminal(width: int) -> None:
    """Lines are as wide as asked, and hold nothing that drives a terminal."""
    page = render.recap("txt", hostile_recap(), width=width)
    assert all(cell_len(line) <= width or "://" in line for line in page.split("\n"))
    assert not any(unicodedata.category(character) in {"Cc", "Cs"} for character in page.replace("\n", ""))
    for text in HOSTILE:
        assert letters(printed(text)) in letters(page)


def test_a_recap_as_text_reads_well() -> None:
    """The whole of a small recap, as the terminal shows it."""
    said = [
        Entry("1", START, None, "Why?", "question", under="1"),
        Entry("2", START, Author("b", "Bo"), "A1 because https://x.org", answers=("1",), under="1"),
        Entry(
            "3",
            START,
            Author("a", "Ana"),
            "A1 love",
            answers=("1",),
            under="1",
            reactions={"❤": 2},
            highlighted=True,
        ),
    ]
    page = render.recap("txt", build(ABOUT, said))
    assert (
        page
        == """\
#MacroSW: Micro & macro: <common> *ground*
==========================================
An hour. See https://example.org/summary

Rehearsal: a chat for trying things out
With: Ana (@ana), Bo (guest, https://example.org/bo)
Began: Thursday 23 April 2015, 21:00 EDT
Ended: Thursday 23 April 2015, 22:00 EDT
Time zone: America/New_York
Chat: macrosw-2015-04-23

2 people · 2 messages · 2 answers
busiest minute 21:00: 2 messages

Q1  Why?
  2 answers from 2 people
  * Ana
    > highlighted · 2 reactions
      A1 love
  * Bo
      A1 because https://x.org

Q2  not asked

Bonus  not asked

Links shared
  https://x.org (Bo, Q1)

Resources
  A site: https://example.org/site

Thanks to
  Bo, Ana

Next chat
  Wednesday 13 May 2015, 21:00 EDT (America/New_York)
"""
    )


def test_a_recap_as_json_has_everything() -> None:
    """Counts, the best answers whole, links with their first author, and no question before its time."""
    recap = hostile_recap()
    value = json.loads(render.recap("json", recap).encode())
    assert (value["format"], value["version"]) == ("hashchat-recap", 1)
    assert (value["people"], value["messages"], value["answers"]) == (
        recap.people,
        recap.messages,
        recap.answers,
    )
    best = [[entry_from(entry) for entry in question["best"]] for question in value["questions"]]
    assert best == [[intact(entry) for entry in question.best] for question in recap.questions]
    assert [question["ask"] for question in value["questions"]] == ["Why?", "How do <they> *meet* ##", None]
    assert [link["url"] for link in value["links"]] == [link.url for link in recap.links]
    assert value["thanks"] == [intact(name) for name in recap.thanks]
    assert value["next"] == "2015-05-14T01:00:00Z"


def shared_recap() -> Any:
    """Make the recap of a small chat in which something of everything was shared."""
    phone = "my phone & <the> *news* https://x.org/a?utm_source=b"
    bee = Attachment("bee.png", "https://cdn.example/bee.png", "image/png", alt="A bee")
    said = [
        Entry("0", START, None, "Why?", "question", under="1"),
        Entry("1", START, Author("a", "Ana"), f"A1 {phone}", answers=("1",), under="1", attachments=(bee,)),
        Entry("2", START + timedelta(minutes=1), Author("b", "Bo"), f"A1 {phone}", answers=("1",), under="1"),
        Entry("3", START + timedelta(minutes=1), Author("b", "Bo"), "hm", under="1"),
    ]
    return build(ABOUT, said, before={"b"})


@pytest.mark.parametrize("form", ["html", "blog", "md", "txt"])
def test_a_recap_tells_of_people_themes_links_and_pictures(form: str) -> None:
    """Each form for people says who was there, what it was about, and what was shared by whom and where."""
    page = render.recap(form, shared_recap())
    match form:
        case "html":
            read = " ".join(" ".join(Page(page).texts.values()).split())
        case "blog":
            read = " ".join(Pasted(page).text.split())
        case "md":
            read = "\n".join(block.text for block in blocks_of(page))
        case _:
            read = " ".join(page.split())
    for words in (
        "1 for the first time, 1 again",
        "busiest minute 21:01: 2 messages",
        "phone (2 people): “A1 my phone & <the> *news*",
        "1 other message from 1 person",
        "Talked about: ",
        "https://x.org/a",
        "Ana and 1 other, Q1)",
        "bee.png (A bee): ",
        "https://cdn.example/bee.png",
    ):
        assert words in read


def test_a_recap_as_json_tells_of_people_themes_links_and_pictures() -> None:
    """All of it with the ids and labels that a program needs, and the course minute by minute."""
    value = json.loads(render.recap("json", shared_recap()))
    assert value["attendance"] == {"new": ["Ana"], "returned": ["Bo"]}
    assert value["busiest"] == {"at": "2015-04-24T01:01:00Z", "messages": 2, "answers": 1}
    assert (len(value["minutes"]), sum(minute["messages"] for minute in value["minutes"])) == (61, 3)
    assert {theme["phrase"]: theme["people"] for theme in value["themes"]} == {"phone": 2, "news": 2}
    assert entry_from(value["themes"][0]["example"]).id == "1"
    ana = {"id": "a", "name": "Ana", "host": False}
    assert value["links"] == [
        {"url": "https://x.org/a", "by": ana, "under": "1", "people": 2, "resource": None}
    ]
    (picture,) = value["pictures"]
    assert (picture["alt"], picture["by"], picture["under"], picture["message"]) == ("A bee", ana, "1", "1")
    question = value["questions"][0]
    assert (question["talk"], question["talkers"], question["asked_at"]) == (1, 1, "2015-04-24T01:00:00Z")
    assert [theme["people"] for theme in question["themes"]] == [2, 2]


def test_an_example_is_cut_between_words_and_never_in_an_address() -> None:
    """A long text is shown as far as it fits; half an address would lead somewhere else."""
    address = f"https://x.org/{'a' * 200}"
    for text in (f"porridge {'toast ' * 50}", f"porridge {address} end", f"porridge{'。粥很好吃' * 80}"):
        said = [Entry(who, START, Author(who, who), f"A1 {text}", answers=("1",)) for who in "ab"]
        lines = [
            line for line in render.recap("md", build(ABOUT, said)).split("\n") if "2 people): “" in line
        ]
        assert lines
        for line in lines:
            assert len(line) < 250
            assert re.search(r" …” \([ab]\)$", line)
            assert all(url == address for url in links(line.replace("<", " ").replace(">", " ")))


# --- choosing ---


def test_an_unknown_form_is_refused_with_those_that_there_are() -> None:
    """The error names the forms; a recap has no table."""
    with pytest.raises(
        ValueError, match=r"no transcript in the form 'pdf'; choose one of html, md, txt, csv, json, jsonl"
    ):
        render.transcript("pdf", ABOUT)
    with pytest.raises(
        ValueError, match=r"no recap in the form 'csv'; choose one of html, blog, md, txt, json"
    ):
        render.recap("csv", build(ABOUT, []))


@pytest.mark.parametrize("form", render.TRANSCRIPTS)
def test_a_chat_in_which_nothing_was_said_has_a_transcript(form: str) -> None:
    """No entries, no dates, no hosts: still a page of every form."""
    writer = render.transcript(form, About(Script("x", "X", (Question("1", "Why?"),)), "x"))
    assert writer.preamble() + writer.postamble()


def test_text_needs_no_template_engine() -> None:
    """The terminal starts without waiting for what only HTML needs."""
    code = "import bot.render.txt, sys; sys.exit('jinja2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


class Languages(HTMLParser):
    """The texts of a page or of a piece of one, each with the languages that they are said to be in."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: dict[str, set[str]] = {}
        self._open = [""]
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID | {"br"}:
            self._open.append(dict(attrs).get("lang") or self._open[-1])

    def handle_endtag(self, tag: str) -> None:
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self.said.setdefault(data.strip(), set()).add(self._open[-1])


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize(("form", "own"), [("html", "Began"), ("blog", "1 answer from 1 person")])
def test_whose_words_are_in_the_chats_language(form: str, own: str, language: str) -> None:
    """Everything of the script's and of what people wrote is in the chat's language; the page's own words are English."""
    questions = (Question("1", "¿Por qué?"),)
    script = replace(SCRIPT, summary="Una hora.", questions=questions, resources=(), language=language)
    about = replace(ABOUT, script=script)
    said = [
        Entry("0", START, None, "Bienvenidos", "welcome"),
        Entry("1", START, None, "Q1: ¿Por qué?\nPiensen.", "question", under="1"),
        Entry("2", START, Author("b", "Bo"), "A1 Porque sí", answers=("1",), under="1"),
        Entry("3", START, Author("a", "Ana"), "Claro", under="1", reply_to="2"),
    ]
    theirs = [f"#MacroSW: {SCRIPT.title}", "Una hora.", "¿Por qué?", "A1 Porque sí"]
    if form == "html":
        writer = render.transcript(form, about)
        page = writer.preamble() + "".join(map(writer.entry, said)) + writer.postamble()
        theirs += ["Bienvenidos", "Piensen.", "Claro"]
    else:
        page = render.recap(form, build(about, said))
    languages = Languages(page).said
    assert [(text, languages[text]) for text in theirs] == [(text, {language}) for text in theirs]
    assert languages[own] == {"en"}


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("A1 الناس أولا!", "rtl"), ("@ana #Tag A2b: שלום (NASW)", "rtl"), ("A1/A2 سلام", "rtl"), ("Bonus: الناس", "rtl"),
        ("✨ **A1** — الناس", "rtl"), ("الناس A1", "rtl"), ("A1 NASW قال", "ltr"), ("A1 Hello", "auto"), ("A1 😀", "auto"),
        ("A1bc الناس", "ltr"), ("A1", "auto"), ("é", "ltr"), ("", "auto"), ("@" * 100_000 + "א", "auto"), ("a" * 100_000 + "א", "ltr"),
        ("@דנה I agree with you", "ltr"), ("#שלום is a great tag", "ltr"), ("#שלום", "auto"), ("تشاو: 你好", "ltr"),
    ],
)  # fmt: skip
def test_a_label_says_nothing_of_the_direction(text: str, how: str) -> None:
    """A text runs as what stands behind its label, or names, does; without letters there, as the browser finds."""
    assert direction(text) == f' dir="{how}"'


@pytest.mark.parametrize("form", ["html", "blog", "transcript"])
def test_answers_run_as_their_words_do(form: str) -> None:
    """In recap and transcript an Arabic answer behind its label stands from right to left."""
    said = [
        Entry("q", START, None, "Q1: لماذا؟", "question", under="1"),
        Entry("1", START, Author("a", "Ana"), "A1 الناس أولا!", answers=("1",), under="1"),
    ]
    page = written("html", said) if form == "transcript" else render.recap(form, build(ABOUT, said))
    assert re.search(r'<p[^>]* dir="rtl">A1 الناس أولا!</p>', page)


def test_the_page_of_a_recap_has_a_main_part() -> None:
    """What a page is about stands in its main part, by which readers skip to it."""
    page = render.recap("html", build(ABOUT, []))
    assert (page.count("<main>"), page.count("</main>")) == (1, 1)
    assert page.index("<main>") < page.index("<h1") < page.index("</main>")
