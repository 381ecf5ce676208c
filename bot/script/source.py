"""YAML text as a tree in which every value keeps its written form and its position.

The tree is built from the parser's events: nothing is constructed, anchors and tags are seen and refused, and depth and
size are bounded while reading. Lines and columns count from 1, columns in characters.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import yaml
from yaml.error import Mark
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from bot.script.syntax import explain

MOST_BYTES = 1024 * 1024
MOST_VALUES = 10_000
DEEPEST = 16
MOST_UNPRINTABLE = 100

_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_LOST = re.compile(r"[ \t]+(#[^\s#].*)")
_SWALLOWED_ITEM = re.compile(r"\n[ \t]*(?=-[ \t])")
_KINDS = {"bool": "yes or no", "int": "number", "float": "number", "null": "nothing", "timestamp": "date"}
_RESOLVER = yaml.resolver.Resolver()
#: libyaml is ten times as fast, and not everywhere.
LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something wrong at a place of the file: `what` is wrong there, and what to write `instead`."""

    line: int
    column: int
    what: str
    instead: str

    def at(self, file: str) -> str:
        """Write it on one line as `file:line:column: what; instead`, with nothing in it that steers a terminal."""
        return _STEERING.sub("\ufffd", f"{file}:{self.line}:{self.column}: {self.what}; {self.instead}")


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value as written. `plain`: without quotes. `lost`: what follows it and YAML takes for a comment."""

    line: int
    column: int
    text: str
    plain: bool = False
    lost: str | None = None

    @property
    def kind(self) -> str:
        """What YAML programs take it for: `text`, `number`, `yes or no`, `date` or `nothing`."""
        if not self.plain:
            return "text"
        tag = str(_RESOLVER.resolve(yaml.ScalarNode, self.text, (True, False)))  # type: ignore[no-untyped-call]  # the stubs leave it untyped
        return _KINDS.get(tag.rpartition(":")[2], "text")


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    line: int
    column: int
    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and their values, in the order written, each key once."""

    line: int
    column: int
    entries: tuple[tuple[Scalar, "Node"], ...]

    def key(self, name: str) -> Scalar | None:
        """Give the key of that name as it stands in the file."""
        return next((key for key, _ in self.entries if key.text == name), None)

    def value(self, name: str) -> "Node | None":
        """Give the value of the key of that name."""
        return next((value for key, value in self.entries if key.text == name), None)


Node = Scalar | Sequence | Mapping


@dataclass(frozen=True, slots=True)
class Source:
    """What was read: the tree, None where there is none, and the problems found on the way, in their order."""

    tree: Node | None
    problems: tuple[Problem, ...] = ()


def decode(data: bytes) -> str | Problem:
    """Give the text of a script file's bytes, or why it has none: too large, not UTF-8, empty."""
    if len(data) > MOST_BYTES:
        return Problem(
            1, 1, "the file is larger than 1 MiB", "a chat script is a short text: is it the right file?"
        )
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in data[:4]:
        return Problem(
            1, 1, "the file is UTF-16 (or UTF-32), not UTF-8", "save it again with the encoding UTF-8"
        )
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start].decode().replace("\r\n", "\n")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        what = f"the byte 0x{data[error.start]:02X} is not UTF-8"
        return Problem(line, column, what, "save the file again with the encoding UTF-8")
    if not text.strip():
        return Problem(1, 1, "the file is empty", "`hashchat new` writes a script to begin with")
    return text


def read(text: str, *, loader: type = LOADER) -> Source:
    """Read YAML text into its tree. Never raises; after an error of syntax there is no tree."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if unprintable := tuple(islice(_unprintable(text), MOST_UNPRINTABLE)):
        return Source(None, unprintable)
    builder = _Builder(text)
    try:
        tree = builder.document(yaml.parse(text, Loader=loader))
    except yaml.MarkedYAMLError as error:
        line, column, what, instead = explain(error, text)
        return Source(None, (*builder.problems, Problem(line, column, what, instead)))
    except _GivenUpError as error:
        return Source(None, (*builder.problems, error.problem))
    return Source(tree, tuple(sorted(builder.problems)))


def _unprintable(text: str) -> Iterator[Problem]:
    for number, line in enumerate(text.split("\n"), 1):
        if found := _UNPRINTABLE.search(line):
            what = f"the control character U+{ord(found[0]):04X} is in the text"
            yield Problem(number, found.start() + 1, what, "delete it")


class _GivenUpError(Exception):
    """The rest of the file is not worth reading."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.what)
        self.problem = problem


class _Builder:
    """Builds one document's tree from its events, and notes what is refused."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.problems: list[Problem] = []
        self.values = 0

    def document(self, events: Iterator[Event]) -> Node | None:
        tree: Node | None = None
        for event in events:
            if isinstance(event, DocumentStartEvent) and tree is not None:
                self._note(event, "a second document begins here", "one file is one chat: delete the `---`")
                break
            if isinstance(event, ScalarEvent | SequenceStartEvent | MappingStartEvent | AliasEvent):
                tree = self._node(event, events, 1)
        return tree

    def _node(self, event: Event, events: Iterator[Event], depth: int) -> Node:
        line, column = _position(event)
        self.values += 1
        if depth > DEEPEST or self.values > MOST_VALUES:
            what = "lists and keys are nested too deeply" if depth > DEEPEST else "there are too many values"
            raise _GivenUpError(Problem(line, column, what, "a chat script needs far less"))
        self._refuse_marks(event)
        if isinstance(event, SequenceStartEvent):
            return Sequence(line, column, tuple(self._items(events, depth + 1)))
        if isinstance(event, MappingStartEvent):
            return Mapping(line, column, tuple(self._entries(events, depth + 1)))
        return self._scalar(event)

    def _scalar(self, event: Event) -> Scalar:
        line, column = _position(event)
        if not isinstance(event, ScalarEvent):  # an alias, already refused
            return Scalar(line, column, "…")
        plain, end = event.style in (None, ""), _index(event.end_mark)
        if plain and (item := _SWALLOWED_ITEM.search(self.text, _index(event.start_mark), end)):
            self._note_swallowed(item.end())
        lost = _LOST.match(self.text, end) if plain else None
        return Scalar(line, column, event.value, plain, lost[1].rstrip() if lost else None)

    def _items(self, events: Iterator[Event], depth: int) -> Iterator[Node]:
        for event in events:
            if isinstance(event, SequenceEndEvent):
                return
            yield self._node(event, events, depth)

    def _entries(self, events: Iterator[Event], depth: int) -> Iterator[tuple[Scalar, Node]]:
        seen: dict[str, int] = {}
        for event in events:
            if isinstance(event, MappingEndEvent):
                return
            key = self._node(event, events, depth)
            value = self._node(next(events), events, depth)
            if not isinstance(key, Scalar):
                self._note(event, "a list or mapping stands where a key belongs", "write `key: value`")
            elif key.text in seen:
                what = f"`{_short(key.text)}` stands here for the second time, first in line {seen[key.text]}"
                self._note(event, what, "keep one of the two")
            else:
                seen[key.text] = key.line
                yield key, value

    def _refuse_marks(self, event: Event) -> None:
        if isinstance(event, AliasEvent):
            self._note(
                event,
                f"`*{_short(event.anchor)}` is a YAML alias",
                'write the text itself, or "*…" in quotes',
            )
        elif isinstance(event, ScalarEvent | SequenceStartEvent | MappingStartEvent):
            if event.anchor:
                what = f"`&{_short(event.anchor)}` is a YAML anchor"
                self._note(event, what, 'leave it out, or put a text that begins with & in quotes: "&…"')
            if event.tag:
                what = f"`{_short(event.tag)}` is a YAML tag"
                self._note(event, what, 'leave it out, or put a text that begins with ! in quotes: "!…"')

    def _note(self, event: Event, what: str, instead: str) -> None:
        self.problems.append(Problem(*_position(event), what, instead))

    def _note_swallowed(self, index: int) -> None:
        before = self.text[:index]
        what = "this line counts as part of the text above, because it is indented more"
        instead = "begin every `-` of a list in the same column, or put the text in quotes"
        self.problems.append(Problem(before.count("\n") + 1, len(before) - before.rfind("\n"), what, instead))


def _position(event: Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _index(mark: "Mark | yaml._yaml.Mark | None") -> int:
    return mark.index if mark else 0


def _short(text: str | None) -> str:
    text = text or ""
    return text if len(text) <= 40 else text[:39] + "…"
