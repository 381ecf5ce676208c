"""A script's text made of its tree again: for one that goes on with something changed, or without somebody."""

from collections.abc import Collection, Iterator
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


def without_hosts(text: str, names: Collection[str]) -> str:
    """Give the text of a good script without the hosts and guests of those names; one without them as it is."""
    tree, gone = read(text).tree, {_one_line(name) for name in names}
    if not isinstance(tree, Mapping):
        return text
    entries = tuple(
        (key, _left(value, gone) if key.text == "hosts" else value) for key, value in tree.entries
    )
    if entries == tree.entries:
        return text
    if any(key.text == "hosts" and value == _NOBODY for key, value in entries):
        entries = tuple(
            (key, value) for key, value in entries if key.text != "hosts" and not _names_them(key, value)
        )
    return written(Mapping(1, 1, entries))


#: The texts that may name the hosts by `{hosts}`.
TEMPLATES = ("welcome", "housekeeping", "closing")
_NOBODY = Sequence(0, 0, ())


def _names_them(key: Scalar, value: Node) -> bool:
    """Tell whether a text has a place for the hosts, which a script without hosts cannot have: the default one is used then."""
    if key.text not in TEMPLATES or not isinstance(value, Scalar):
        return False
    return any(name == "hosts" for _, name in placeholders(value.text))


def _left(hosts: Node, gone: Collection[str]) -> Node:
    """Give the hosts without those of them; one alone stands there without a list."""
    if isinstance(hosts, Sequence):
        items = tuple(item for item in hosts.items if _name(item) not in gone)
        return replace(hosts, items=items) if items else _NOBODY
    return _NOBODY if _name(hosts) in gone else hosts


def _name(host: Node) -> str:
    named = host.value("name") if isinstance(host, Mapping) else host
    return _one_line(named.text) if isinstance(named, Scalar) else ""


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
