"""`hashchat check`: what is wrong with chat scripts, or their timetables."""

import errno
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from itertools import groupby
from pathlib import Path
from typing import IO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.media.images import missing_images
from bot.script.model import Script
from bot.script.parse import parse_bytes
from bot.script.posts import Kind, Post
from bot.script.source import MOST_BYTES, Problem, decode
from bot.session import countdown, timetable
from bot.session.state import missed

_LONGEST_CALL = 60


@dataclass(frozen=True, slots=True)
class Checked:
    """A script file that has been read: its text and script, both None where there are problems."""

    path: Path
    text: str | None = None
    script: Script | None = None
    problems: tuple[Problem, ...] = ()
    remarks: tuple[Problem, ...] = ()


def check(paths: Iterable[Path]) -> int:
    """Say what is wrong with each script, or show its timetable, on standard output; give the exit status."""
    good = True
    for number, path in enumerate(paths):
        checked = read_script(path)
        if checked.script is None:
            print_problems(checked, sys.stdout)
            good = False
        else:
            _print_timetable(checked, checked.script, first=number == 0)
    return 0 if good else 1


def read_script(path: Path) -> Checked:
    """Read a script file, and whether the images beside it are there. Never raises."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        return Checked(path, problems=(_unreadable(path, error),))
    parsed = parse_bytes(data)
    problems = tuple(sorted((*parsed.problems, *missing_images(parsed.pictures, path.parent))))
    text = decode(data)
    if problems or parsed.script is None or isinstance(text, Problem):
        return Checked(path, problems=problems)
    return Checked(path, text, parsed.script, remarks=parsed.remarks)


def print_problems(checked: Checked, file: IO[str] | None = None) -> None:
    """Print each problem as `file:line:column: what is wrong; what to write instead`, on standard error by default."""
    for problem in checked.problems:
        print(problem.at(str(checked.path)), file=file or sys.stderr)


def _unreadable(path: Path, error: OSError | ValueError) -> Problem:
    match getattr(error, "errno", None):
        case errno.ENOENT:
            what, instead = (
                "there is no such file",
                "correct its name, or write one to begin with: hashchat new FILE",
            )
        case errno.EISDIR:
            what, instead = "this is a folder", f"name the scripts in it: {path / '*.yaml'}"
        case errno.EACCES:
            what, instead = "you have no right to read the file", "ask its owner for it"
        case _:
            reason = getattr(error, "strerror", None) or str(error)
            what, instead = f"the file cannot be read ({reason})", "name a chat script"
    return Problem(1, 1, what, instead)


# The timetable ---------------------------------------------------------------------------------------------------


def _print_timetable(checked: Checked, script: Script, *, first: bool) -> None:
    console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
    if not console.is_terminal:
        console.width = 1000  # what is piped is cut by nobody
    if not first:
        console.print()
    console.print(f"{checked.path}: nothing is wrong.")
    for remark in checked.remarks:
        console.print(f"Note: {remark.at(str(checked.path))}")
    now = datetime.now(UTC)
    if script.starts and script.starts < now:
        begins = "when its host starts it" if missed(script.starts, now) else "as soon as it is run"
        console.print(f"Note: its start is past, so the chat will begin {begins}.")
    console.print()
    console.print(_timetable(script), soft_wrap=False)


def _timetable(script: Script) -> Table:
    """Lay the timetable out: in the chat's zone and the reader's, or from 0:00 where no start is set."""
    start = script.starts or datetime(2000, 1, 1, tzinfo=UTC)
    here = datetime.now().astimezone().tzinfo
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    if script.starts:
        table.add_column(f"in {script.zone}", no_wrap=True)
        table.add_column(f"for you ({start.astimezone(here):%Z})", no_wrap=True)
    else:
        table.add_column("after the start", no_wrap=True, justify="right")
    table.add_column("", no_wrap=True, overflow="ellipsis")
    last: datetime | None = None
    for moment, posts in groupby(timetable(script, start), key=lambda post: post.at):
        what = Text(", ").join(_called(script, post) for post in posts)
        if script.starts:
            table.add_row(_day(moment, last, script.timezone), _day(moment, last, here), what)
        else:
            table.add_row(countdown(moment - start), what)
        last = moment
    return table


def _day(moment: datetime, last: datetime | None, zone: tzinfo | None) -> str:
    """Write a moment, with its day where the one before was on another."""
    local = moment.astimezone(zone)
    day = f"{local:%a %d %b %Y}"
    same = last is not None and last.astimezone(zone).date() == local.date()
    return f"{' ' * len(day) if same else day}  {local:%H:%M:%S}".removesuffix(":00")


def _called(script: Script, post: Post) -> Text:
    question = script.question(post.question) if post.question else None
    match post.kind:
        case Kind.QUESTION if question:
            return Text.assemble((question.name, "bold"), f" {_short(question.ask)}")
        case Kind.RECAP if post.key != "recap":
            return Text("late answers end, recap brought up to date")
        case Kind.LAST_CALL if question:
            return Text(f"last call for {question.name}")
        case Kind.FOLLOW_UP if question:
            return Text(f"follow-up to {question.name}")
        case kind:
            return Text(kind.value)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_CALL else f"{line[: _LONGEST_CALL - 1]}…"
