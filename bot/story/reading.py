"""The file in which a host has chosen, read and checked: the selection, or every problem with its line and column."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from bot.recap import Recap
from bot.script.source import Mapping, Node, Problem, Scalar, Sequence, decode, read
from bot.script.values import line_of, link, text_of
from bot.script.wrong import Wrong, nearest
from bot.story.model import OMISSIBLE, Elsewhere, OwnWords, Reference, Selected, Selection
from bot.story.telling import automatic

_Value = TypeVar("_Value")

_TITLE, _WORDS, _SENTENCE = line_of(300), text_of(10_000), text_of(1000)
_ANEW = "write the file anew with `hashchat story CHAT --edit FILE`"
_NOT_SINGLE = Wrong("is not a single value", 'put a text that has : { or [ in quotes: "…"')
_ITEM = Wrong(
    "is neither a message nor words of your own", "write a message's number, or `say:` and your words"
)


@dataclass(frozen=True, slots=True)
class Read:
    """What a file gave: the selection, or None where there are problems; these in the order of the file."""

    selection: Selection | None
    problems: tuple[Problem, ...] = ()


def parse_bytes(data: bytes, recap: Recap) -> Read:
    """Read a selection from the bytes of its file. See `parse`."""
    if not data.strip():
        return Read(None, (Problem(1, 1, "the file is empty", _ANEW),))
    words = decode(data)
    return Read(None, (words,)) if isinstance(words, Problem) else parse(words, recap)


def parse(yaml: str, recap: Recap) -> Read:
    """Read a selection from its YAML text, for the chat of that recap. Never raises.

    A key that is not there is as nobody had chosen; one that has nothing in it stands for nothing.
    """
    source = read(yaml)
    if not isinstance(source.tree, Mapping):
        line, column = (source.tree.line, source.tree.column) if source.tree else (1, 1)
        nothing = Problem(line, column, "there is no key in the file", f"begin with `questions:`, or {_ANEW}")
        return Read(None, source.problems or (nothing,))
    reader = _Reader(recap)
    selection = reader.selection(source.tree)
    problems = tuple(sorted({*source.problems, *reader.problems}))
    return Read(None, problems) if problems else Read(selection)


class _Reader:
    """Reads the tree of one file, and notes what is wrong in it."""

    def __init__(self, recap: Recap) -> None:
        self.problems: list[Problem] = []
        self._recap = recap
        self._names = {each.question.name: each.question.label for each in recap.asked}

    def selection(self, tree: Mapping) -> Selection:
        readers: dict[str, Callable[[Node], object]] = {
            "themes": lambda value: tuple(self._references(value, "themes")),
            "questions": lambda value: tuple(self._questions(value)),
            "pictures": lambda value: tuple(self._references(value, "pictures")),
            "links": lambda value: tuple(self._references(value, "links")),
            "title": lambda value: self._read(value, "`title`", _TITLE),
            "opening": lambda value: self._read(value, "`opening`", _WORDS),
            "closing": lambda value: self._read(value, "`closing`", _WORDS),
            "afterwards": lambda value: tuple(self._afterwards(value)),
            "leave_out": lambda value: frozenset(self._left_out(value)),
        }
        given = {}
        for key, value in tree.entries:
            if key.text == "chat":
                self._check_chat(value)
            elif self._known(key, ("chat", *readers)):
                given[key.text] = readers[key.text](value)
        return replace(automatic(self._recap), **given)  # type: ignore[arg-type]  # each reader gives what its key holds

    # Keys --------------------------------------------------------------------------------------------------------

    def _check_chat(self, value: Node) -> None:
        name = self._recap.about.name
        if not isinstance(value, Scalar) or value.text != name:
            what = f"this file is not of the chat {name}"
            self._note(
                value,
                what,
                f"name the chat that it is of, or write one for this chat: `hashchat story {name} --edit FILE`",
            )

    def _questions(self, value: Node) -> Iterator[Selected]:
        if not isinstance(value, Mapping):
            if not _empty(value):
                self._note(
                    value,
                    "`questions` is not questions with messages below them",
                    "write `Q1:` and below it a line for each message, as `- 4711`",
                )
            return
        for key, items in value.entries:
            if self._asked(key):
                yield Selected(self._names[key.text], tuple(self._passages(items, key.text)))

    def _asked(self, key: Scalar) -> bool:
        if key.text in self._names:
            return True
        likely = nearest(key.text, self._names)
        known = (
            f"write {likely}"
            if likely
            else "write one of " + ", ".join(self._names)
            if self._names
            else "delete it"
        )
        self._note(key, f"`{_short(key.text)}` is no question that was asked in this chat", known)
        return False

    def _passages(self, value: Node, of: str) -> Iterator[Reference | OwnWords]:
        seen: dict[str, int] = {}
        for number, item in enumerate(self._items(value, f"`{of}`"), 1):
            match item:
                case Scalar():
                    if reference := self._reference(item, f"message {number} of {of}", seen):
                        yield reference
                case Mapping():
                    words = self._only(item, ("say",), f"item {number} of {of}")
                    said = (
                        self._read(words["say"], f"`say` of item {number} of {of}", _WORDS) if words else None
                    )
                    if said:
                        yield OwnWords(said)
                case _:
                    self._wrong(item, f"item {number} of {of}", _ITEM)

    def _references(self, value: Node, key: str) -> Iterator[Reference]:
        seen: dict[str, int] = {}
        for number, item in enumerate(self._items(value, f"`{key}`"), 1):
            name = f"item {number} of `{key}`"
            if not isinstance(item, Scalar):
                self._wrong(item, name, _NOT_SINGLE)
            elif reference := self._reference(item, name, seen):
                yield reference

    def _reference(self, item: Scalar, name: str, seen: dict[str, int]) -> Reference | None:
        """Read what is taken as it is written: whether it is there is known only when the story is told."""
        if not item.text:
            self._wrong(item, name, Wrong("is empty", "delete the line"))
        elif item.text in seen:
            what = f"`{_short(item.text)}` stands here for the second time, first in line {seen[item.text]}"
            self._note(item, what, "keep one of the two")
        else:
            seen[item.text] = item.line
            return Reference(item.text, item.line, item.column)
        return None

    def _afterwards(self, value: Node) -> Iterator[Elsewhere]:
        for number, item in enumerate(self._items(value, "`afterwards`"), 1):
            name = f"item {number} of `afterwards`"
            if not isinstance(item, Mapping):
                self._wrong(
                    item,
                    name,
                    Wrong(
                        "is not an address and a sentence", "write `- url: https://…` and below it `say: …`"
                    ),
                )
            elif words := self._only(item, ("url", "say"), name):
                url = self._read(words["url"], f"`url` of {name}", link)
                said = self._read(words["say"], f"`say` of {name}", _SENTENCE)
                if url and said:
                    yield Elsewhere(url, said)

    def _left_out(self, value: Node) -> Iterator[str]:
        for item in (
            [value] if isinstance(value, Scalar) and not _empty(value) else self._items(value, "`leave_out`")
        ):
            written = item.text.strip().casefold() if isinstance(item, Scalar) else ""
            if written in OMISSIBLE:
                yield written
            else:
                self._note(item, f"`{_short(written)}` cannot be left out", f"write {', '.join(OMISSIBLE)}")

    # Values ------------------------------------------------------------------------------------------------------

    def _items(self, value: Node, name: str) -> tuple[Node, ...]:
        match value:
            case Sequence(items=items):
                return items
            case _ if _empty(value):
                return ()
            case _:
                self._wrong(
                    value,
                    name,
                    Wrong("is not a list", "write each item in a line of its own that begins with `- `"),
                )
                return ()

    def _only(self, mapping: Mapping, keys: tuple[str, ...], name: str) -> dict[str, Node] | None:
        """Give the values of a mapping that has exactly these keys."""
        there = {key.text: value for key, value in mapping.entries if self._known(key, keys)}
        for missing in keys:
            if missing not in there and len(there) == len(mapping.entries):
                self._wrong(mapping, f"`{missing}` of {name}", Wrong("is missing", f"write `{missing}: …`"))
        return there if there.keys() == set(keys) else None

    def _known(self, key: Scalar, keys: tuple[str, ...]) -> bool:
        if key.text in keys:
            return True
        likely = nearest(key.text, keys)
        meant = f"write `{likely}`" if likely else "the keys here are " + ", ".join(keys)
        self._note(key, f"`{_short(key.text)}` is not a key here", meant)
        return False

    def _read(self, value: Node, name: str, how: Callable[[Scalar], _Value]) -> _Value | None:
        if not isinstance(value, Scalar):
            self._wrong(value, name, _NOT_SINGLE)
            return None
        try:
            return how(value)
        except Wrong as wrong:
            self._wrong(value, name, wrong)
            return None

    def _wrong(self, at: Node, name: str, wrong: Wrong) -> None:
        self._note(at, f"{name} {wrong.what}", wrong.instead)

    def _note(self, at: Node, what: str, instead: str) -> None:
        self.problems.append(Problem(at.line, at.column, what, instead))


def _empty(value: Node) -> bool:
    return isinstance(value, Scalar) and value.plain and not value.text and not value.lost


def _short(written: str) -> str:
    return written if len(written) <= 40 else f"{written[:39]}…"
