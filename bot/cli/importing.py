"""`hashchat import`: a chat that was held elsewhere comes into the database."""

import asyncio
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from bot.cli.checking import Checked, print_problems, read_script
from bot.cli.failing import complain
from bot.imports import Imported, Unreadable, Wanted, take_in
from bot.imports.hours import Several, Span
from bot.imports.questions import tag_of, title_of
from bot.imports.taking import Report
from bot.render.plain import one_line
from bot.script.wrong import Wrong
from bot.script.zones import zone as known_zone
from bot.store import Store


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for, as it is written on the command line; see `hashchat import --help`.

    `hashtag` and `title` are for a chat without a script; attached files may also lie in `folders`. Only posts from `since`
    on and before `until` are taken: days (that of `until` with it), or moments. With `one_chat` they are of one chat, even
    where they seem to be of several.
    """

    script: Path | None = None
    hosts: Sequence[str] = ()
    timezone: str | None = None
    day: str | None = None
    dates: str | None = None
    columns: str | None = None
    hashtag: str | None = None
    title: str | None = None
    folders: Sequence[Path] = ()
    since: str | None = None
    until: str | None = None
    one_chat: bool = False


def import_files(db: Path, files: Sequence[Path], asked: Asked = Asked()) -> int:
    """Import files as one chat, and say what came of it; give the exit status."""
    if asked.script and (asked.hashtag is not None or asked.title is not None):
        return complain("--hashtag and --title are in the script. Write them there, or leave --script out.")
    checked = read_script(asked.script) if asked.script else None
    if checked and checked.script is None:
        print_problems(checked)
        return 1
    try:
        wanted = _wanted(asked, checked)
    except Wrong as wrong:
        return complain(f"--timezone {wrong.what}. {wrong.instead[:1].upper()}{wrong.instead[1:]}.")
    except ValueError as error:
        return complain(str(error))
    try:
        imported = asyncio.run(_import(db, files, wanted))
    except Several as error:
        return complain(_several(error))
    except Unreadable as error:
        return complain(f"{error} Nothing was changed.")
    except OSError as error:
        return complain(f"{_reason(error)} Nothing was changed.")
    _tell(imported, asked.script)
    return 0


def _wanted(asked: Asked, checked: Checked | None) -> Wanted:
    """Read what is asked for. Raises Wrong for the time zone, and ValueError."""
    return Wanted(
        text=checked.text if checked else None,
        script=checked.script if checked else None,
        hosts=tuple(asked.hosts),
        zone=known_zone(asked.timezone) if asked.timezone else None,
        day=_day(asked.day) if asked.day else None,
        columns=_columns(asked.columns) if asked.columns else {},
        hashtag=_hashtag(asked.hashtag) if asked.hashtag is not None else "",
        title=_title(asked.title) if asked.title is not None else "",
        dates=asked.dates,
        folders=tuple(map(_folder, asked.folders)),
        since=_moment("--since", asked.since) if asked.since else None,
        until=_moment("--until", asked.until, days=1) if asked.until else None,
        one_chat=asked.one_chat,
    )


async def _import(db: Path, files: Sequence[Path], wanted: Wanted) -> Imported:
    for file in files:
        file.open("rb").close()  # what is not there makes no database
    async with Store.open(db, lambda: datetime.now(UTC)) as store:
        with _progress(sum(file.stat().st_size for file in files)) as step:
            return await take_in(store, files, wanted, step)


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("Reading", total=total)

        def step(read: int) -> None:
            progress.update(
                task, completed=read, description="Sorting and keeping" if read >= total else "Reading"
            )

        yield step


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is not a day. Write --date 2015-04-23.") from error


def _moment(option: str, text: str, *, days: int = 0) -> datetime:
    """Read a moment, or a day: its beginning, or that of so many days later."""
    text = text.strip()
    try:
        moment = datetime.fromisoformat(text)
        return moment + timedelta(days=days) if len(text) <= len("2015-04-23") else moment
    except (ValueError, OverflowError) as error:
        raise ValueError(
            f'{option} {text!r} is no time. Write {option} 2015-04-23 or {option} "2015-04-23 20:45".'
        ) from error


def _columns(text: str) -> dict[str, str]:
    """Read `time=Posted on,author=3,id=`: nothing behind the sign is no column."""
    columns = {}
    for each in text.split(","):
        what, sign, column = each.partition("=")
        if not (sign and what.strip()):
            raise ValueError(
                f"{each!r} does not say which column is which. Write --columns time=…,author=…,text=…"
            )
        columns[what.strip().casefold()] = column.strip()
    return columns


def _hashtag(text: str) -> str:
    if not (tag := tag_of(text)):
        raise ValueError(f"--hashtag {text!r} has no letter. Write one, as --hashtag MacroSW")
    return tag


def _title(text: str) -> str:
    if not (title := title_of(text)):
        raise ValueError('--title says nothing. Write one, as --title "Common ground"')
    return title


def _folder(path: Path) -> Path:
    if not path.is_dir():
        raise ValueError(f"--files {path} is no folder. Name the one in which the attached files lie.")
    return path


def _reason(error: OSError) -> str:
    match error:
        case FileNotFoundError():
            return f"There is no file {error.filename}."
        case IsADirectoryError():
            return f"{error.filename} is a folder. Name the files in it."
        case _:
            return f"{error.filename} cannot be read: {error.strerror}."


def _several(several: Several) -> str:
    """Say how each of several chats is taken by itself, or all of it as one."""
    return "\n".join(
        (
            f"{several} Nothing was changed. Take each by itself, by the same command with",
            *map(_span, several.spans),
            "or, if it is one chat, all of it with --one-chat",
        )
    )


def _span(span: Span) -> str:
    options = " ".join(
        f'{option} "{_time(at)}"' for option, at in (("--since", span.since), ("--until", span.until)) if at
    )
    asked = f"{_counted(span.questions, 'question')} by {one_line(', '.join(span.by[:3]))}"
    script = ", as in the script" if span.fits else ""
    return f"  {options}   {asked}, the first at {_time(span.asked)}{script}"


def _time(at: datetime) -> str:
    """Write a time as --since and --until take it; of an hour that comes twice the second needs its zone."""
    return f"{at:%Y-%m-%d %H:%M:%S}".removesuffix(":00") + (f"{at:%z}" if at.fold else "")


# What came of it -------------------------------------------------------------------------------------------------


def _tell(imported: Imported, script: Path | None) -> None:
    chat = imported.chat
    if imported.already:
        print(f"{chat.name} was imported from this before; nothing was changed.")
        print(f"To import it anew, delete it first: hashchat delete {chat.name}")
        return
    print(f"{chat.name}: {_counted(imported.messages, 'message')} from {_counted(imported.people, 'person', 'people')}, {_counted(imported.answers, 'answer')}.")  # fmt: skip
    _tell_course(imported, script)
    _tell_trouble(imported.report)
    if imported.far:
        print(
            f"{_counted(imported.far, 'message')} of it came more than a day before its questions or after them. To leave them"
            f" out: hashchat delete {chat.name}, and import again with --since and --until."
        )
    print(f"Read it: hashchat recap {chat.name}")


def _tell_course(imported: Imported, script: Path | None) -> None:
    chat = imported.chat
    if imported.hosts:
        print(f"Hosts: {', '.join(map(one_line, imported.hosts))}")
    for asked in chat.state.asked:
        question = chat.script.question(asked.label)
        print(
            f"  {chat.script.local(asked.at):%Y-%m-%d %H:%M}  {question.name}: {one_line(question.ask)[:70]}"
        )
    if imported.unasked:
        names = ", ".join(question.name for question in imported.unasked)
        print(
            f"Not found in the file: {names} of {script}. If they were asked, say by whom with --host NAME"
            f" (after: hashchat delete {chat.name})."
        )
    if imported.untitled:
        print(
            f"Its title was made of a question: “{one_line(chat.script.title)}”. For another, delete the chat and import it"
            " again with --title."
        )
    if imported.assumed:
        print(
            f"Times without a zone were taken as {imported.assumed}. If they are another's, delete the chat and import"
            " it again with --timezone."
        )


def _tell_trouble(report: Report) -> None:
    for what, number in report.left_out.items():
        print(f"Left out: {number:,} × {what}.")
    if report.repeated:
        print(f"{_counted(report.repeated, 'message')} stood there more than once.")
    if report.odd_lines:
        print(
            f"Not in UTF-8: {_counted(report.odd_lines, 'line')}. What there is not was read as Windows' Latin letters (cp1252)."
            " If that is wrong, save the file as UTF-8, delete the chat and import it again."
        )
    if report.unkept:
        print(
            f"{_counted(report.unkept, 'attached file')} could not be kept: not in the export's own folder, or too large."
            " Where they lie in another: hashchat delete, and import again with --files FOLDER."
        )
    if not report.unread:
        return
    print(f"{_counted(len(report.unread), 'thing')} could not be read:", file=sys.stderr)
    for path, unread in report.unread:
        print(f"  {path}:{one_line(str(unread))}", file=sys.stderr)


def _counted(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"
