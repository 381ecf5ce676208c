"""A script's text made of its tree again: for one that goes on with something changed, or without somebody."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

import yaml
from yaml.events import (
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from bot.script.model import TEMPLATES, Host
from bot.script.posts import placeholders
from bot.script.source import Mapping, Node, Scalar, Sequence, read


def written(tree: Node) -> str:
    """Write a tree as YAML, without the comments that its text had."""
    document = (
        StreamStartEvent(),
        DocumentStartEvent(),
        *_events(tree),
        DocumentEndEvent(),
        StreamEndEvent(),
    )
    text: str = yaml.emit(document, allow_unicode=True, width=2**20)
    return text


#: The texts that a script can do without, wherever they stand in it.
_OPTIONAL = (*TEMPLATES, "summary", "next", "follow_up")


def without_hosts(text: str, names: Collection[str]) -> str:
    """Give the text of a good script without the hosts and guests of those names; one without them as it is.

    With them go the lines and resources that name them, where a script can do without: of its title and its questions
    nothing is changed (see `mentions`).
    """
    tree, gone = read(text).tree, {_one_line(name) for name in names}
    hosts = tree.value("hosts") if isinstance(tree, Mapping) else None
    if not isinstance(tree, Mapping) or hosts is None:
        return text
    items = _items(hosts)
    kept = tuple(item for item in items if _host(item).name not in gone)
    if len(kept) == len(items):
        return text
    naming = _naming(_host(item) for item in items if item not in kept)
    left = (
        (key, Sequence(1, 1, kept) if value is hosts else _cut(key.text, value, naming))
        for key, value in tree.entries
        if kept or not (value is hosts or _has_place(key, value))
    )
    return written(Mapping(1, 1, tuple((key, value) for key, value in left if value is not None)))


def mentions(text: str, hosts: Iterable[Host]) -> list[str]:
    """Give where the text of a good script names one of them, as `title` or `questions.2.ask`."""
    tree, naming = read(text).tree, _naming(hosts)
    return [path for path, value in _scalars(tree) if naming.search(value.text)] if tree else []


def _naming(hosts: Iterable[Host]) -> re.Pattern[str]:
    """Find what names one of them: the name, also with capitals, or the handle behind `@` or in an address."""
    return re.compile("|".join(each for host in hosts for each in _marks(host)) or r"(?!)")


def _marks(host: Host) -> Iterator[str]:
    for name in dict.fromkeys((host.name, host.name.title())):
        words = r"\s+".join(map(re.escape, name.split()))
        # Where there are no capitals, there may be no spaces around a name either.
        yield words if name.lower() == name.upper() else rf"(?<![\w#]){words}(?!\w)"
    if host.handle:
        yield rf"(?i:[@/]{re.escape(host.handle)}(?!\.?\w))"


def _cut(key: str, value: Node, naming: re.Pattern[str]) -> Node | None:
    """Give the value of a key without what names somebody and can be done without; None if nothing is left."""
    match value:
        case Scalar(text=text) if key in _OPTIONAL and naming.search(text):
            left = "\n".join(line for line in text.split("\n") if not naming.search(line))
            return replace(value, text=left, plain=False) if left.strip() else None
        case Mapping() | Sequence() if key == "resources":
            items = tuple(item for item in _items(value) if not _names(item, naming))
            return Sequence(value.line, value.column, items) if items else None
        case Sequence(items=items):
            return replace(value, items=tuple(_cut("", item, naming) or item for item in items))
        case Mapping(entries=entries):
            cut = ((each, _cut(each.text, old, naming)) for each, old in entries)
            return replace(value, entries=tuple((each, new) for each, new in cut if new is not None))
        case _:
            return value


def _names(value: Node, naming: re.Pattern[str]) -> bool:
    return any(naming.search(each.text) for _, each in _scalars(value))


def _scalars(value: Node, path: str = "") -> Iterator[tuple[str, Scalar]]:
    """Give all single values, each with the keys that lead to it; what is in a list counts from 1."""
    match value:
        case Scalar():
            yield path, value
        case Sequence(items=items):
            for number, item in enumerate(items, 1):
                yield from _scalars(item, f"{path}.{number}")
        case Mapping(entries=entries):
            for key, each in entries:
                yield from _scalars(each, f"{path}.{key.text}" if path else key.text)


def _has_place(key: Scalar, value: Node) -> bool:
    """Tell whether a text has a place for the hosts, which a script without hosts cannot have: the default one is used then."""
    if key.text not in TEMPLATES or not isinstance(value, Scalar):
        return False
    return any(name == "hosts" for _, name in placeholders(value.text))


def _items(value: Node) -> tuple[Node, ...]:
    """Give what is in a list; one alone stands there without."""
    return value.items if isinstance(value, Sequence) else (value,)


def _host(item: Node) -> Host:
    def text(key: str) -> str:
        found = item.value(key) if isinstance(item, Mapping) else item if key == "name" else None
        return _one_line(found.text) if isinstance(found, Scalar) else ""

    return Host(text("name"), text("handle").removeprefix("@") or None)


def _one_line(name: str) -> str:
    return " ".join(name.split())


def _events(value: Node) -> Iterator[Event]:
    """Give a part of a script as YAML writes it: what stood there without quotes does so again where it can."""
    match value:
        case Mapping(entries=entries):
            yield MappingStartEvent(None, None, implicit=True, flow_style=False)
            yield from (event for pair in entries for each in pair for event in _events(each))
            yield MappingEndEvent()
        case Sequence(items=items):
            yield SequenceStartEvent(None, None, implicit=True, flow_style=False)
            yield from (event for item in items for event in _events(item))
            yield SequenceEndEvent()
        case Scalar(text=text, plain=plain):
            yield ScalarEvent(None, None, (plain, True), text, style=None if plain else '"')
