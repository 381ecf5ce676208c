"""What is checked once the single values are right: whatever concerns several of them at once."""

import re
from collections.abc import Iterator

from bot.script.model import ALWAYS, TEMPLATES, Question, Script, plain
from bot.script.phrases import speaks
from bot.script.places import Path, key, node, problem
from bot.script.posts import LONGEST_POST, Kind, Post, again, compose, length, placeholders
from bot.script.source import Mapping, Node, Problem, Scalar
from bot.script.wrong import Wrong


def check(tree: Mapping, script: Script, *, local: bool) -> Iterator[Problem]:
    """Give the problems of a script whose single values are right."""
    yield from _asked_twice(tree, len(script.questions))
    yield from _images(tree, script, local=local)
    yield from _placeholders_for_nothing(tree, script)
    yield from _too_long(tree, script)


def remarks(tree: Mapping, script: Script) -> Iterator[Problem]:
    """Give what is unusual but may well be meant."""
    if script.starts and not tree.value("timezone") and not _has_offset(tree.value("starts")):
        yield problem(
            tree,
            ("starts",),
            Wrong("is read as UTC", "write `timezone: America/New_York` or the like for another"),
        )
    if not speaks(script.language):
        what = f"`{script.language}` is a language in which the bot has no words of its own: the fixed ones are in English"
        missing = [f"`{name}`" for name in TEMPLATES if not _filled(tree.value(name))]
        instead = f"write at least {' and '.join(missing)}" if missing else "leave it so if that is all right"
        yield problem(tree, ("language",), Wrong(what, instead))


def _has_offset(starts: Node | None) -> bool:
    return (
        isinstance(starts, Scalar)
        and re.search(r"(Z|UTC|GMT|[+-]\d\d:?\d\d)\s*$", starts.text, re.IGNORECASE) is not None
    )


def labels_twice(tree: Mapping, script: Script) -> Iterator[Problem]:
    """Give the labels that name two questions."""
    first: dict[str, int] = {}
    for index, question in enumerate(script.questions):
        same = first.setdefault(question.label.casefold(), index)
        if same != index:
            what = (
                f"`{question.label}` is already the label of question {same + 1} in line {_line(tree, same)}"
            )
            yield problem(
                tree, ("questions", index, "label"), Wrong(what, "give each question a label of its own")
            )


def _asked_twice(tree: Mapping, count: int) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for index in range(count):
        asked = node(tree, ("questions", index, "ask"))
        if not isinstance(asked, Scalar) or not asked.text.strip():
            continue
        same = first.setdefault(plain(asked.text), index)
        if same != index:
            what = f"asks the same as question {same + 1} in line {_line(tree, same)}"
            yield problem(
                tree, ("questions", index), Wrong(what, "delete one of the two, or ask something else")
            )


def _line(tree: Mapping, index: int) -> int:
    place = node(tree, ("questions", index))
    return place.line if place else tree.line


def _images(tree: Mapping, script: Script, *, local: bool) -> Iterator[Problem]:
    paths: list[Path] = [("intro",), *(("questions", index) for index in range(len(script.questions)))]
    for path in paths:
        holder = node(tree, path)
        if not isinstance(holder, Mapping):
            continue
        source, alt = holder.value("image"), holder.value("alt")
        if _filled(source) and not _filled(alt):
            wrong = Wrong("has no `alt`", "write `alt:` and what the image shows")
            yield problem(tree, (*path, "image"), wrong, of_key=True)
        if _filled(alt) and not _filled(source):
            wrong = Wrong("has no `image`", "write `image:` too, or leave both out")
            yield problem(tree, (*path, "alt"), wrong, of_key=True)
        if not local and isinstance(source, Scalar) and is_file(source.text):
            wrong = Wrong(
                "is a file, and there is no folder to take it from", "write the image's https address"
            )
            yield problem(tree, (*path, "image"), wrong)


def is_file(source: str) -> bool:
    """Tell whether an image's source is a file beside the script."""
    return bool(source.strip()) and not source.strip().casefold().startswith("https:")


def _filled(value: Node | None) -> bool:
    return value is not None and not (isinstance(value, Scalar) and not value.text.strip())


def _placeholders_for_nothing(tree: Mapping, script: Script) -> Iterator[Problem]:
    texts = zip(TEMPLATES, (script.welcome, script.housekeeping, script.closing), strict=True)
    for name, text in texts:
        used = {found for _, found in placeholders(text or "")}
        for wanted in ("hosts", "next"):
            if wanted in used and not _filled(tree.value(wanted)):
                wrong = Wrong(
                    f"has `{{{wanted}}}`, but the script has no `{wanted}`",
                    f"write `{wanted}:` too, or leave it out",
                )
                yield problem(tree, (name,), wrong)


def _too_long(tree: Mapping, script: Script) -> Iterator[Problem]:
    for kind, keys in (
        (Kind.WELCOME, ("welcome", "hosts", "title")),
        (Kind.HOUSEKEEPING, ("housekeeping", "title")),
        (Kind.CLOSING, ("closing", "resources", "next", "title")),
    ):
        blamed = next((name for name in keys if key(tree, (name,))), keys[-1])
        yield from _measured(tree, script, (blamed,), Post(kind, kind, ALWAYS))
    if script.intro:
        yield from _measured(tree, script, ("intro", _longest(script.intro)), again(script.intro, ALWAYS))
    for index, question in enumerate(script.questions):
        path = ("questions", index)
        yield from _measured(tree, script, (*path, _longest(question)), again(question, ALWAYS))
        if question.follow_up:
            post = Post("", Kind.FOLLOW_UP, ALWAYS, question.label)
            yield from _measured(tree, script, (*path, "follow_up"), post)


def _longest(question: Question) -> str:
    lengths = {
        "ask": len(question.ask),
        "translations": sum(len(text) for _, text in question.translations),
        "resources": sum(len(each.title) + len(each.url) for each in question.resources),
    }
    return max(lengths, key=lambda name: lengths[name])


def _measured(tree: Mapping, script: Script, path: Path, post: Post) -> Iterator[Problem]:
    """Give the post that is too long as a problem of what stands at the path."""
    units = length(compose(script, post))
    excess = units - LONGEST_POST
    if excess <= 0:
        return
    when = " when the bot asks it once more" if post.kind is Kind.REPEAT else ""
    what = f"makes a post of {units:,} characters{when}, and Discord takes {LONGEST_POST:,}"
    written = node(tree, path)
    room = length(written.text.strip()) - excess if isinstance(written, Scalar) else 0
    instead = f"shorten it by {excess:,} to {room:,}" if room > 0 else f"shorten the whole by {excess:,}"
    yield problem(tree, path, Wrong(what, instead))
