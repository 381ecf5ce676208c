"""Keys that are not spelt right: what to say of them, and the script as it reads with the right ones in their place."""

from dataclasses import replace

from pydantic import BaseModel

from bot.script.form import ChatForm, HostForm, IntroForm, QuestionForm, ResourceForm
from bot.script.places import Path
from bot.script.source import Mapping, Node, Scalar, Sequence
from bot.script.wrong import Wrong, nearest

_KEYS: dict[str, type[BaseModel]] = {
    "": ChatForm,
    "questions": QuestionForm,
    "hosts": HostForm,
    "intro": IntroForm,
    "resources": ResourceForm,
}


def holder(path: Path) -> str:
    """Give the last key of a path."""
    return next((part for part in reversed(path) if isinstance(part, str)), "")


def unknown(path: Path) -> Wrong:
    """Say of a key that there is none of that name, and which one is probably meant."""
    name, inside = str(path[-1]), holder(path[:-1])
    keys = _KEYS[inside].model_fields
    if likely := nearest(name, keys):
        return Wrong("is not a key", f"write `{likely}`")
    if inside and (elsewhere := nearest(name, ChatForm.model_fields)):
        return Wrong(
            "is not a key here", f"write `{elsewhere}` at the beginning of a line, if the whole chat is meant"
        )
    return Wrong("is not a key", "the keys here are " + ", ".join(keys))


def respelt(tree: Mapping) -> Mapping:
    """Give the tree with each misspelt key spelt right, unless the right one is there too.

    What is checked then misses nothing that has only been misspelt: one mistake is told once.
    """
    return _respelt_keys(tree, "")


def _respelt(here: Node, inside: str) -> Node:
    match here:
        case Sequence(items=items):
            return replace(here, items=tuple(_respelt(item, inside) for item in items))
        case Mapping() if inside in _KEYS:
            return _respelt_keys(here, inside)
        case _:
            return here


def _respelt_keys(mapping: Mapping, inside: str) -> Mapping:
    keys = _KEYS[inside].model_fields
    there = {key.text for key, _ in mapping.entries}
    entries: list[tuple[Scalar, Node]] = []
    for key, value in mapping.entries:
        likely = None if key.text in keys else nearest(key.text, keys)
        name = likely if likely and likely not in there else key.text
        there.add(name)
        entries.append((replace(key, text=name), _respelt(value, name)))
    return replace(mapping, entries=tuple(entries))
