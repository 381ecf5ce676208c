"""`hashchat check`, `new` and `schema`: chat scripts before there is a chat."""

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import groupby
from pathlib import Path

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.script.form import schema
from bot.script.images import missing_images
from bot.script.model import Script
from bot.script.parse import Parsed, parse_bytes
from bot.script.posts import Kind, Post
from bot.script.source import Problem, decode
from bot.script.starter import starter
from bot.session import countdown, timetable

SCHEMA = "chat.schema.json"


def load(file: Path) -> str | None:
    """Give the text of a script that is right, or say what is wrong with it and give None."""
    data, parsed = _read(file)
    if parsed.problems:
        _print_problems(file, parsed.problems)
        return None
    text = decode(data)
    return text if isinstance(text, str) else None


def check(paths: Iterable[Path]) -> int:
    """Say what is wrong with each script, or show its timetable; give the exit status."""
    good = True
    for path in paths:
        _, parsed = _read(path)
        _print_problems(path, parsed.problems)
        if parsed.problems or parsed.script is None:
            good = False
        else:
            _print_timetable(path, parsed.script, parsed.remarks)
    return 0 if good else 1


def new(file: Path | None, sample: str | None) -> int:
    """Write a starting script or a copy of a sample; give the exit status."""
    if sample is not None:
        return _copy(sample, file)
    if file is None:
        return _complain("Say which file to write, as in: hashchat new my-chat.yaml")
    if file.exists():
        return _exists(file)
    hashtag = _ask("Hashtag", "MyChat")
    title = _ask("What the chat is about", "What we talk about")
    questions = list(_ask_questions())
    return _write(file, starter(hashtag, title, questions))


def schema_text() -> str:
    """Give the JSON schema of chat scripts, as it is shipped."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def samples() -> dict[str, Traversable]:
    """Give the samples that travel with hashchat, by name."""
    return {
        entry.name.removesuffix(".yaml"): entry
        for entry in _questions().iterdir()
        if entry.name.endswith(".yaml")
    }


def _questions() -> Traversable:
    """Give the folder `questions`: in the package as it is installed, beside it in a checkout."""
    installed = files("bot") / "questions"
    return installed if installed.is_dir() else Path(__file__).parents[2] / "questions"


# Checking --------------------------------------------------------------------------------------------------------


def _read(path: Path) -> tuple[bytes, Parsed]:
    try:
        data = path.read_bytes()
    except OSError as error:
        problem = Problem(
            1,
            1,
            f"the file cannot be read ({error.strerror})",
            "name a chat script, such as one of questions/",
        )
        return b"", Parsed(None, (problem,))
    parsed = parse_bytes(data)
    missing = missing_images(parsed, path.parent)
    return data, replace(parsed, problems=(*parsed.problems, *missing))


def _print_problems(path: Path, problems: Iterable[Problem]) -> None:
    for problem in problems:
        print(problem.at(str(path)), file=sys.stderr)


def _print_timetable(path: Path, script: Script, remarks: Iterable[Problem]) -> None:
    console = Console(highlight=False)
    console.print(f"{path}: nothing is wrong.", markup=False)
    for remark in remarks:
        console.print(f"Note: {remark.at(str(path))}", markup=False)
    if script.starts and script.starts < datetime.now(UTC):
        console.print("Note: its start is past, so the chat will begin when its host starts it.")
    console.print(_timetable(script))


def _timetable(script: Script) -> Table:
    """Lay the timetable out: in the chat's zone and the reader's, or from 0:00 where no start is set."""
    start = script.starts or datetime(2000, 1, 1, tzinfo=UTC)
    here = datetime.now().astimezone().tzinfo
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in (f"in {script.zone}", "for you") if script.starts else ("after the start",):
        table.add_column(column, no_wrap=True)
    table.add_column("")
    last: datetime | None = None
    for moment, posts in groupby(timetable(script, start), key=lambda post: post.at):
        what = ", ".join(_called(script, post) for post in posts)
        if script.starts:
            table.add_row(
                _day(script.local(moment), last and script.local(last)),
                _day(moment.astimezone(here), last and last.astimezone(here)),
                what,
            )
        else:
            table.add_row(countdown(moment - start), what)
        last = moment
    return table


def _day(moment: datetime, last: datetime | None) -> str:
    """Write a moment, with its day where the one before was on another."""
    new_day = last is None or last.date() != moment.date()
    return (
        f"{moment:%a %d %b %Y  %H:%M}" if new_day else f"{moment:%H:%M}".rjust(len("Thu 01 Jan 2026  21:00"))
    )


def _called(script: Script, post: Post) -> str:
    question = script.question(post.question) if post.question else None
    match post.kind:
        case Kind.QUESTION if question:
            return f"[bold]{question.name}[/bold] {_short(question.ask)}"
        case Kind.RECAP if post.key != "recap":
            return "late answers end, recap brought up to date"
        case Kind.LAST_CALL if question:
            return f"last call for {question.name}"
        case Kind.FOLLOW_UP if question:
            return f"follow-up to {question.name}"
        case kind:
            return kind.value


def _short(text: str) -> str:
    line = " ".join(text.split())
    return escape(line if len(line) <= 60 else f"{line[:59]}…")


# Making ----------------------------------------------------------------------------------------------------------


def _copy(sample: str, file: Path | None) -> int:
    known = samples()
    if sample not in known:
        return _complain(f"There is no sample {sample!r}. There are: {', '.join(sorted(known))}.")
    target = file or Path(f"{sample}.yaml")
    return _exists(target) if target.exists() else _write(target, known[sample].read_text(encoding="utf-8"))


def _write(file: Path, text: str) -> int:
    file.write_text(text, encoding="utf-8")
    schema_file = file.parent / SCHEMA
    if not schema_file.exists():
        schema_file.write_text(schema_text(), encoding="utf-8")
    print(f"Written: {file}, with {SCHEMA} beside it for your editor.")
    print(f"Next: change it, then run: hashchat check {file}")
    return 0


def _ask(what: str, otherwise: str) -> str:
    """Ask for something in a terminal; elsewhere take the other."""
    return str(typer.prompt(what, default=otherwise)) if sys.stdin.isatty() else otherwise


def _ask_questions() -> Iterator[str]:
    if not sys.stdin.isatty():
        return
    print("The questions, one after the other; an empty line ends them.")
    number = 1
    while question := typer.prompt(f"Q{number}", default="", show_default=False).strip():
        yield question
        number += 1


def _exists(file: Path) -> int:
    return _complain(f"{file} is there already, and has not been touched. Name another file.")


def _complain(text: str) -> int:
    print(f"hashchat: {text}", file=sys.stderr)
    return 1
