"""Transcripts and recaps read back, each form by a reader that knows nothing of what wrote it, into the same plain data."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

GONE = "an earlier message"
_NAME = r"Q\d\w*|Bonus"
_QUESTION = re.compile(rf"({_NAME}): ")


@dataclass(frozen=True, slots=True)
class Said:
    """A message as a transcript shows it. `answers` and `under` are questions' names, `reply` whom it replies to.

    No transcript tells how many people are behind the reactions (`admirers`).
    """

    who: str
    text: str
    answers: tuple[str, ...] = ()
    under: str = ""
    reply: str = ""
    host: bool = False
    edited: bool = False
    highlighted: bool = False
    reactions: tuple[tuple[str, int], ...] = ()
    admirers: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Posted:
    """A post of the bot: its kind, and for a question its name."""

    kind: str
    question: str = ""


Transcript = list[Said | Posted]


@dataclass(frozen=True, slots=True)
class Best:
    """One of the best answers to a question."""

    who: str
    text: str
    highlighted: bool
    reactions: int


@dataclass(slots=True)
class Recap:
    """A recap: people, messages and answers; for each question its answers, people and best; links with by whom and where.

    What hangs on which question was on the floor, a matter of pace, does not make two recaps differ: for each question the
    other messages and their people (`talk`), and of links and themes how many people are behind each (`sharers`, `themes`).
    """

    counts: tuple[int, ...] = ()
    questions: dict[str, tuple[int, int, list[Best]]] = field(default_factory=dict)
    links: list[tuple[str, str, str]] = field(default_factory=list)
    thanks: list[str] = field(default_factory=list)
    sharers: list[int] = field(default_factory=list)
    talk: dict[str, tuple[int, ...]] = field(default_factory=dict, compare=False)
    themes: dict[str, int] = field(default_factory=dict, compare=False)


def question_name(label: str) -> str:
    """Give what a question is called."""
    return f"Q{label}" if label[:1].isdigit() else label


# JSON and CSV ------------------------------------------------------------------------------------------------------


def json_transcript(page: bytes) -> Transcript:
    return _entries(json.loads(page)["entries"])


def jsonl_transcript(page: bytes) -> Transcript:
    head, *lines = map(json.loads, page.decode().splitlines())
    assert head["format"] == "hashchat-transcript"
    return _entries(lines)


def csv_transcript(page: bytes) -> Transcript:
    rows = csv.DictReader(io.StringIO(page.decode("utf-8-sig"), newline=""), strict=True)
    return _entries([_from_cells({key: without_guard(cell) for key, cell in row.items()}) for row in rows])


def without_guard(cell: str) -> str:
    """Take away the apostrophes that keep spreadsheets from running a cell: at its start, and behind each `;`, tab and line end."""
    return "".join(piece.removeprefix("'") for piece in re.split(r"(?<=[;\t\r\n])", cell))


def _from_cells(row: dict[str, str]) -> dict[str, Any]:
    author = (
        {"name": row["author"], "id": row["author_id"], "host": row["host"] == "true"}
        if row["author_id"]
        else None
    )
    return row | {
        "author": author,
        "answers": row["answers"].split(", ") if row["answers"] else [],
        "highlighted": row["highlighted"] == "true",
        "reactions": json.loads(row["reactions"] or "{}"),
        "edited_at": row["edited_at"] or None,
    }


def _entries(entries: list[dict[str, Any]]) -> Transcript:
    """Make the transcript of entries; every id is there once."""
    whose = {entry["id"]: _whose(entry) for entry in entries}
    assert len(whose) == len(entries)
    return [_entry(entry, whose) for entry in entries]


def _whose(entry: dict[str, Any]) -> str:
    return str(entry["author"]["name"]) if entry["author"] else question_name(entry["under"] or "")


def _entry(entry: dict[str, Any], whose: dict[str, str]) -> Said | Posted:
    if entry["author"] is None:
        return Posted(entry["kind"], question_name(entry["under"]) if entry["kind"] == "question" else "")
    return Said(
        entry["author"]["name"],
        entry["text"],
        tuple(map(question_name, entry["answers"])),
        question_name(entry["under"] or ""),
        whose.get(entry["reply_to"], GONE) if entry["reply_to"] else "",
        host=entry["author"]["host"],
        edited=entry["edited_at"] is not None,
        highlighted=entry["highlighted"],
        reactions=tuple(sorted(entry["reactions"].items())),
    )


def json_recap(page: bytes) -> Recap:
    read = json.loads(page)
    recap = Recap((read["people"], read["messages"], read["answers"]))
    for question in read["questions"]:
        best = [
            Best(
                entry["author"]["name"], entry["text"], entry["highlighted"], sum(entry["reactions"].values())
            )
            for entry in question["best"]
        ]
        recap.questions[question["name"]] = (question["answers"], question["people"], best)
    recap.links = [(link["url"], link["by"]["name"], question_name(link["under"])) for link in read["links"]]
    recap.sharers = [link["people"] for link in read["links"]]
    recap.talk = {q["name"]: (q["talk"], q["talkers"]) for q in read["questions"]}
    recap.themes = {theme["phrase"]: theme["people"] for theme in read["themes"]}
    recap.thanks = read["thanks"]
    return recap


# What the forms for people have in common --------------------------------------------------------------------------


class _Marks:
    """What stands beside a name: `host`, `answers Q1, Q2`, `about Q1`, `highlighted`, `edited 21:05`, `2 reactions`."""

    def __init__(self, marks: Iterable[str]) -> None:
        self.all = [mark.strip() for mark in marks]

    def after(self, word: str) -> str:
        return next((mark.removeprefix(word).strip() for mark in self.all if mark.startswith(word)), "")

    def said(self, who: str, text: str, floor: str, reply: str, reactions: Iterable[str]) -> Said:
        answers = tuple(filter(None, self.after("answers").split(", ")))
        return Said(
            who,
            text,
            answers,
            answers[0] if answers else self.after("about") or floor,
            re.sub(r", \d\d:\d\d$", "", reply),
            host="host" in self.all,
            edited=bool(self.after("edited")),
            highlighted="highlighted" in self.all,
            reactions=tuple(
                sorted((sign, int(number)) for sign, number in (r.rsplit(" ", 1) for r in reactions))
            ),
        )

    def best(self, who: str, text: str) -> Best:
        number = next(
            (int(mark.split()[0]) for mark in self.all if mark.endswith(("reaction", "reactions"))), 0
        )
        return Best(who, text, "highlighted" in self.all, number)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", text)))


def _links(recap: Recap, lines: Iterable[str]) -> None:
    for text in lines:
        found = re.fullmatch(rf"(\S+) \((.+?)(?: and (\d+) others?)?, ({_NAME})\)", text)
        assert found, text
        recap.links.append((found[1], found[2], found[4]))
        recap.sharers.append(int(found[3] or 0) + 1)


def _themes(recap: Recap, text: str) -> None:
    found = re.findall(r"([^“”()]+) \((\d+) people\): “", text)
    recap.themes |= {phrase.strip(): int(people) for phrase, people in found}


_TALK = re.compile(r"(\d+) other messages? from (\d+) (?:person|people)")


def _talk(lines: Iterable[str]) -> tuple[int, ...]:
    found = next(filter(None, map(_TALK.fullmatch, lines)), None)
    return tuple(map(int, found.groups())) if found else (0, 0)


# HTML --------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Element:
    tag: str
    attributes: dict[str, str | None]
    children: list["_Element | str"] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    def all(self, selector: str) -> Iterator["_Element"]:
        """Give the elements of that tag or `.class` in it, in order."""
        for child in self.children:
            if isinstance(child, _Element):
                classes = (child.attributes.get("class") or "").split()
                if (
                    selector.removeprefix(".") in classes
                    if selector.startswith(".")
                    else child.tag == selector
                ):
                    yield child
                yield from child.all(selector)

    def texts(self, selector: str) -> list[str]:
        return [element.text for element in self.all(selector)]


class _Page(HTMLParser):
    """The elements of a page; whatever is not closed as it was opened is refused."""

    def __init__(self, page: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.root = _Element("", {})
        self._open = [self.root]
        self.feed(page.decode())
        self.close()
        assert self._open == [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = _Element(tag, dict(attrs))
        self._open[-1].children.append(element)
        if tag not in {"meta", "input", "img"}:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


def html_transcript(page: bytes) -> Transcript:
    read: Transcript = []
    floor = ""
    root = _Page(page).root
    ids = [entry.attributes["id"] for entry in root.all(".entry")]
    assert len(set(ids)) == len(ids)
    for entry in root.all(".entry"):
        kind, under = entry.attributes["data-kind"] or "", entry.attributes.get("data-under")
        if kind != "message":
            floor = entry.attributes["data-name"] or "" if kind == "question" else floor
            read.append(Posted(kind, floor if kind == "question" else ""))
            continue
        marks = _Marks(entry.texts(".mark"))
        reply = "".join(entry.texts(".reply")).removeprefix("reply to ")
        reactions = [each.text for signs in entry.all(".reactions") for each in signs.all("li")]
        said = marks.said(
            "".join(entry.texts(".who")), "".join(entry.texts(".text")), floor, reply, reactions
        )
        assert (said.under, said.highlighted) == (
            question_name(under or ""),
            "highlighted" in str(entry.attributes["class"]),
        )
        assert said.answers == tuple(
            map(question_name, filter(None, (entry.attributes.get("data-answers") or "").split(", ")))
        )
        read.append(said)
    return read


def html_recap(page: bytes) -> Recap:
    root = _Page(page).root
    recap = Recap(_numbers(*root.texts(".counts")))
    for section in root.all("section"):
        heading = section.texts("h2")[0]
        if name := section.texts(".name"):
            answers, people = _numbers(next(section.all(".question")).texts(".by")[0])
            items = [item for best in section.all(".best") for item in best.all("li")]
            best = [
                _Marks(item.texts(".mark")).best(item.texts(".who")[0], item.texts(".text")[0])
                for item in items
            ]
            recap.questions[name[0]] = (answers, people, best)
            recap.talk[name[0]] = _talk(next(section.all(".question")).texts(".by")[1:])
        elif heading == "What it was about":
            _themes(recap, ")".join(section.texts("li")))
        elif heading == "Links shared":
            _links(recap, section.texts("li"))
        elif heading == "Thanks to":
            recap.thanks = section.texts("li")[0].split(", ")
    return recap


# Markdown ----------------------------------------------------------------------------------------------------------


def _blocks(page: bytes) -> Iterator[tuple[str, str, str]]:
    """Give the blocks of a page: what each is (`h2`, `p`, `quote`, `li`), its text, and what of that is strong."""
    inside: list[str] = []
    for token in MarkdownIt("commonmark").parse(page.decode()):
        if token.nesting > 0:
            inside.append(token.tag)
        elif token.nesting < 0:
            inside.pop()
        else:
            assert token.type == "inline", token
            kind = "quote" if "blockquote" in inside else "li" if "li" in inside else inside[-1]
            yield kind, _inline(token), _inline(token, within="strong")


def _inline(token: Token, within: str = "") -> str:
    text, depth = "", 0 if within else 1
    for child in token.children or ():
        depth += child.nesting if child.tag == within else 0
        text += ("\n" if child.type in ("hardbreak", "softbreak") else child.content) if depth else ""
        assert child.type in {"text", "hardbreak", "softbreak", "link_open", "link_close", "strong_open", "strong_close",
                              "em_open", "em_close"}, child  # fmt: skip
    return text


def md_transcript(page: bytes) -> Transcript:
    read: Transcript = []
    floor, who, reply, text = "", "", "", ""
    marks = _Marks(())

    def finish(reactions: Iterable[str] = ()) -> None:
        nonlocal who
        if who:
            read.append(marks.said(who, text, floor, reply, reactions))
        who = ""

    quoted = True
    for kind, line, strong in _blocks(page):
        if kind in ("h2", "h3"):
            finish()
            floor = line.split(" · ")[0] if kind == "h3" else floor
            read += [Posted("question", floor)] if kind == "h3" else []
        elif kind == "quote":
            text, quoted = line, True
        elif kind == "p" and strong and quoted:
            finish()
            who, reply, text, quoted = strong, "", "", False
            marks = _Marks(line.removeprefix(strong).split(" · ")[2:])
        elif kind == "p" and line.startswith("↪ "):
            reply = line.removeprefix("↪ ")
        elif kind == "p" and who and quoted and re.fullmatch(r"\S+ \d+( · \S+ \d+)*", line):
            finish(line.split(" · "))
        elif kind == "p" and line.startswith("hashchat · "):
            finish()
            read.append(Posted(line.split(" · ")[2].replace(" ", "-")))
    finish()
    return read


def md_recap(page: bytes) -> Recap:
    recap = Recap()
    heading, who, marks = "", "", _Marks(())
    for kind, line, strong in _blocks(page):
        if kind == "h2":
            heading = found[1] if (found := _QUESTION.match(line)) else line
        elif kind == "p" and not heading and " messages · " in line:
            recap.counts = _numbers(line)
        elif kind == "p" and strong:
            who, marks = strong, _Marks(line.removeprefix(strong).split(" · ")[1:])
        elif kind == "p" and heading:
            answers, people = _numbers(line)
            recap.questions[heading] = (answers, people, [])
            recap.talk[heading] = (0, 0)
        elif kind == "quote":
            recap.questions[heading][2].append(marks.best(who, line))
        elif kind == "li" and _TALK.fullmatch(line):
            recap.talk[heading] = _talk([line])
        elif kind == "li" and heading == "What it was about":
            _themes(recap, line)
        elif kind == "li" and heading == "Links shared":
            _links(recap, [line])
        elif kind == "li" and heading == "Thanks to":
            recap.thanks = line.split(", ")
    return recap


# Text --------------------------------------------------------------------------------------------------------------
# Its lines are folded, so what people write is read without its white space.


def txt_transcript(page: bytes) -> Transcript:
    read: Transcript = []
    floor = ""
    for block in re.split(r"\n\n(?=\d\d:\d\d  |\d\d:\d\d \* |---- )", page.decode().rstrip("\n"))[1:]:
        head, *lines = block.split("\n")
        if found := re.fullmatch(rf"\d\d:\d\d \* ({_NAME}) =+", head):
            floor = found[1]
            read.append(Posted("question", floor))
        elif head.startswith("----"):
            continue
        elif head[6:] == "* hashchat":
            read.append(Posted(_after(lines, ">").replace(" ", "-")))
        else:
            text = "".join("".join(line for line in lines if line.startswith(" " * 7)).split())
            reactions = filter(None, _after(lines, "~").split(" · "))
            marks = _Marks(_after(lines, ">").split(" · "))
            read.append(
                marks.said(head[7:], text, floor, _after(lines, "<").removeprefix("reply to "), reactions)
            )
    return read


def _after(lines: Iterable[str], sign: str) -> str:
    return next(
        (line.removeprefix(f"     {sign} ") for line in lines if line.startswith(f"     {sign} ")), ""
    )


def txt_recap(page: bytes) -> Recap:
    recap = Recap()
    for block in page.decode().split("\n\n"):
        head, *lines = block.strip("\n").split("\n")
        folded = " ".join(line.strip() for line in lines)
        if " messages · " in head:
            recap.counts = _numbers(head)
        elif found := re.match(rf"({_NAME})  ", head):
            number = next(n for n, line in enumerate(lines) if re.match(r"  \d+ answers? from", line))
            answers, people = _numbers(lines[number])
            recap.questions[found[1]] = (answers, people, list(_txt_best(lines[number + 1 :])))
            recap.talk[found[1]] = _talk([lines[number + 1].strip()] if lines[number + 1 :] else [])
        elif head == "What it was about":
            _themes(recap, folded)
        elif head == "Links shared":
            _links(recap, re.split(r"(?<=\)) (?=https?://\S+ \()", folded))
        elif head == "Thanks to":
            recap.thanks = folded.split(", ")
    return recap


def _txt_best(lines: Iterable[str]) -> Iterator[Best]:
    for block in re.split(r"^  \* ", "\n".join(lines), flags=re.MULTILINE)[1:]:
        who, *rest = block.rstrip("\n").split("\n")
        praise = next((line.removeprefix("    > ") for line in rest if line.startswith("    > ")), "")
        text = "".join("".join(line for line in rest if line.startswith(" " * 6)).split())
        yield _Marks(praise.split(" · ")).best(who, text)


Reader = Callable[[bytes], Transcript]
TRANSCRIPTS: dict[str, Reader] = {
    "json": json_transcript, "jsonl": jsonl_transcript, "csv": csv_transcript, "html": html_transcript, "md": md_transcript, "txt": txt_transcript,
}  # fmt: skip
RECAPS: dict[str, Callable[[bytes], Recap]] = {
    "json": json_recap, "html": html_recap, "md": md_recap, "txt": txt_recap,
}  # fmt: skip
