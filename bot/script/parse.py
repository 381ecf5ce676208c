"""The text of a chat script, read and checked: the script, or every problem with its line and column."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.script import zones
from bot.script.checks import check, is_file, labels_twice, remarks
from bot.script.form import ChatForm, IntroForm, ResourceForm
from bot.script.model import Host, Image, Question, Resource, Script
from bot.script.places import Path, key, node, problem
from bot.script.source import Mapping, Node, Problem, Scalar, Sequence, decode, read
from bot.script.spelling import holder, respelt, unknown
from bot.script.wrong import Wrong


@dataclass(frozen=True, slots=True)
class Picture:
    """An image beside the script: its path from the script's folder, and where the script names it."""

    line: int
    column: int
    path: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a script's text gave: the script, or None where there are problems; these in the order of the file.

    `remarks` are no errors: unusual, but possibly meant. `pictures` are the files that the script wants beside it.
    """

    script: Script | None
    problems: tuple[Problem, ...] = ()
    remarks: tuple[Problem, ...] = ()
    pictures: tuple[Picture, ...] = ()


def parse_bytes(data: bytes, *, local: bool = True) -> Parsed:
    """Read a script from the bytes of its file. See `parse`."""
    text = decode(data)
    return Parsed(None, (text,)) if isinstance(text, Problem) else parse(text, local=local)


def parse(text: str, *, local: bool = True) -> Parsed:
    """Read a script from its YAML text. Never raises. `local` says that images may be files beside it."""
    source = read(text)
    if not isinstance(source.tree, Mapping):
        return Parsed(None, source.problems or (_no_keys(source.tree),))
    tree = respelt(source.tree)
    form, errors = _validated(tree)
    problems = {*source.problems, *_unknown_keys(source.tree), *(_in_words(tree, error) for error in errors)}
    if form is None:
        return Parsed(None, tuple(sorted(problems)))
    script, untimely = _script(tree, form)
    problems |= {*untimely, *check(tree, script, local=local)}
    if not any("label" in error["loc"] for error in errors):
        problems |= {*labels_twice(tree, script)}
    if problems:
        return Parsed(None, tuple(sorted(problems)))
    return Parsed(script, (), tuple(remarks(tree, script)), tuple(_pictures(tree, script)))


def _no_keys(tree: Node | None) -> Problem:
    if tree is None:
        return Problem(1, 1, "there is nothing in the file but comments", "begin with `hashtag: MacroSW`")
    return Problem(
        tree.line, tree.column, "the file does not begin with a key", "begin with `hashtag: MacroSW`"
    )


def _unknown_keys(tree: Mapping) -> Iterator[Problem]:
    """Give the keys, as they are written, that no script has."""
    _, errors = _validated(tree)
    for error in errors:
        if error["type"] == "extra_forbidden":
            yield _in_words(tree, error)


def _validated(tree: Mapping) -> tuple[ChatForm | None, list[ErrorDetails]]:
    """Read the form of a tree, and its errors; with errors, the form has stand-ins, so that the rest can be checked."""
    try:
        return ChatForm.model_validate(_data(tree)), []
    except ValidationError as error:
        errors = error.errors(include_url=False)
    try:
        return ChatForm.model_validate(_mended(_data(tree), errors)), errors
    except ValidationError:
        return None, errors


def _data(tree: Node) -> Any:
    """Give the tree as dicts and lists, for pydantic; keys without a value are left out."""
    match tree:
        case Mapping():
            return {name.text: _data(value) for name, value in tree.entries if not _empty(value)}
        case Sequence():
            return [_data(item) for item in tree.items]
        case Scalar():
            return tree


def _empty(value: Node) -> bool:
    return isinstance(value, Scalar) and value.plain and not value.text and not value.lost


def _mended(data: dict[str, Any], errors: list[ErrorDetails]) -> dict[str, Any]:
    """Take out what has errors, and put stand-ins where something has to be."""
    required = {"hashtag": Scalar(1, 1, "x"), "title": Scalar(1, 1, "…"), "questions": [Scalar(1, 1, "…")]}
    for error in errors:
        top, *rest = error["loc"]
        questions = data.get("questions")
        if top == "questions" and rest and isinstance(rest[0], int) and isinstance(questions, list):
            question = questions[rest[0]]
            if not rest[1:] or rest[1] == "ask":
                questions[rest[0]] = Scalar(1, 1, "…")
            elif isinstance(question, dict):
                question.pop(rest[1], None)
        elif top in required:
            data[str(top)] = required[str(top)]
        else:
            data.pop(str(top), None)
    return data


def _in_words(tree: Mapping, error: ErrorDetails) -> Problem:
    """Say one of pydantic's errors in the words of those who write scripts."""
    path, of_key = error["loc"], error["loc"][-1] == "[key]"
    path = path[:-1] if of_key else path
    match error["type"]:
        case "extra_forbidden":
            return problem(tree, path, unknown(path), of_key=True)
        case "missing" if key(tree, path):
            return problem(tree, path, Wrong("is empty", f"write {_EXAMPLES[str(path[-1])]}"), of_key=True)
        case "missing":
            return problem(tree, path, Wrong("is missing", f"write {_EXAMPLES[str(path[-1])]}"))
        case "value_error" if of_key:
            return problem(tree, path, error["ctx"]["error"], of_key=True)
        case "value_error":
            return problem(tree, path, error["ctx"]["error"])
        case _:
            shape = _SHAPES.get("question" if path[:-1] == ("questions",) else holder(path), _NO_SHAPE)
            return problem(tree, path, shape)


_EXAMPLES = {
    "hashtag": "`hashtag: MacroSW`",
    "title": "`title:` and a title",
    "questions": "`questions:` and below it each question in a line of its own that begins with `- `",
    "ask": "`ask:` and the question",
    "name": "`name:` and a name",
    "url": "`url:` and a web address",
}
_SHAPES = {
    "questions": Wrong("is not a list", f"write {_EXAMPLES['questions']}"),
    "question": Wrong("is a list inside the list", "begin each question with one `- ` only"),
    "hosts": Wrong(
        "is neither a name nor keys with values", "write a name, or `name: …` and below it `role: …`"
    ),
    "resources": Wrong("is not a title and an address", "write `- title: …` and below it `url: https://…`"),
    "translations": Wrong(
        "is not keys with values", "write each language in a line of its own below it, as `es: …`"
    ),
    "intro": Wrong("is neither a text nor keys with values", "write the question after it"),
}
_NO_SHAPE = Wrong("is not as it should be", "compare it with a sample script")


def _script(tree: Mapping, form: ChatForm) -> tuple[Script, list[Problem]]:
    """Make the script of a form; times that the chat's zone does not have come as problems."""
    problems: list[Problem] = []

    def timely(name: str, local: datetime) -> datetime | None:
        try:
            return zones.at(local, form.timezone)
        except Wrong as wrong:
            problems.append(problem(tree, (name,), wrong))
            return None

    script = Script(
        hashtag=form.hashtag,
        title=form.title,
        questions=tuple(_questions(form)),
        summary=form.summary,
        language=form.language,
        hosts=tuple(Host(host.name, host.handle, host.link, host.role) for host in form.hosts),
        starts=timely("starts", form.starts) if form.starts else None,
        zone=form.timezone,
        first_question_after=form.first_question_after,
        last_call=form.last_call,
        welcome=form.welcome,
        housekeeping=form.housekeeping,
        closing=form.closing,
        intro=replace(_question(form.intro, "0"), time=form.first_question_after) if form.intro else None,
        late_answers=form.late_answers,
        acknowledge=form.acknowledge or None,
        question_threads=form.question_threads,
        resources=_resources(form.resources),
        next=timely("next", form.next) if isinstance(form.next, datetime) else form.next,
    )
    return script, problems


def _questions(form: ChatForm) -> Iterator[Question]:
    """Give the questions with their labels: a running number is one more than the highest so far."""
    highest = 0
    for each in form.questions:
        label = each.label or str(highest + 1)
        number = re.match("[0-9]+", label)
        highest = max(highest, int(number[0])) if number else highest
        yield replace(
            _question(each, label),
            time=each.minutes or form.minutes_per_question,
            follow_up=each.follow_up,
        )


def _question(form: IntroForm, label: str) -> Question:
    return Question(
        label=label,
        ask=form.ask,
        image=Image(form.image, form.alt) if form.image and form.alt else None,
        resources=_resources(form.resources),
        translations=tuple(form.translations.items()),
    )


def _resources(forms: tuple[ResourceForm, ...]) -> tuple[Resource, ...]:
    return tuple(Resource(form.title, form.url) for form in forms)


def _pictures(tree: Mapping, script: Script) -> Iterator[Picture]:
    paths: list[tuple[Path, Question]] = [(("questions", n), each) for n, each in enumerate(script.questions)]
    if script.intro:
        paths.insert(0, (("intro",), script.intro))
    for path, question in paths:
        place = node(tree, (*path, "image"))
        if question.image and place and is_file(question.image.source):
            yield Picture(place.line, place.column, question.image.source)
