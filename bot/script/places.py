"""Where in the file something stands, and what it is called in words. A path is of keys and of indices from 0."""

from bot.script.source import Mapping, Node, Problem, Scalar, Sequence
from bot.script.wrong import Wrong

Path = tuple[str | int, ...]

_SINGULAR = {"questions": "question", "hosts": "host", "resources": "resource"}


def node(tree: Node, path: Path) -> Node | None:
    """Give what stands at a path, None if nothing does; a value that stands alone is the whole of its list."""
    here: Node | None = tree
    for part in path:
        match here:
            case Mapping() if isinstance(part, str):
                here = here.value(part)
            case Sequence() if isinstance(part, int):
                here = here.items[part] if part < len(here.items) else None
            case Mapping() | Scalar() if part in (0, "ask", "name"):
                continue
            case _:
                return None
    return here


def key(tree: Node, path: Path) -> Scalar | None:
    """Give the key at the end of a path."""
    parent = node(tree, path[:-1])
    return parent.key(str(path[-1])) if path and isinstance(parent, Mapping) else None


def subject(path: Path) -> str:
    """Say what stands at a path: `ask` of question 3."""
    words: list[str] = []
    for before, part in zip((None, *path), path, strict=False):
        if isinstance(part, int):
            words[-1] = f"{_SINGULAR.get(str(before), str(before))} {part + 1}"
        else:
            words.append(f"`{part}`" if len(part) <= 40 else f"`{part[:39]}…`")
    return " of ".join(reversed(words))


def problem(tree: Node, path: Path, wrong: Wrong, *, of_key: bool = False) -> Problem:
    """Say what is wrong with a value, or with its key; where it is not there, its place is that of what should hold it."""
    place: Node | None = key(tree, path) if of_key else None
    upper = path
    while place is None:
        place, upper = node(tree, upper), upper[:-1]
    return Problem(place.line, place.column, f"{subject(path)} {wrong.what}", wrong.instead)
