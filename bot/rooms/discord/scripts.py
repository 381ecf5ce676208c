"""The scripts that a guild is offered: those in the folder, those in its own folder, and those that were attached in it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from bot.media.images import missing_images
from bot.rooms.discord.wording import short
from bot.script.model import Script
from bot.script.rewriting import written
from bot.script.source import MOST_BYTES, Mapping, Node, Problem, Scalar, Sequence, decode, read
from bot.script.times import moment
from bot.script.wrong import Wrong
from bot.session import Refusal
from bot.store import Chat

if TYPE_CHECKING:
    from bot.script.parse import Parsed, Picture

#: How the source of a chat begins whose script was attached; behind it is the file's name.
ATTACHED = "attached:"
#: The note of a chat with the text of its script as it was attached, where this chat follows another.
ORIGINAL = "script"
#: The longest name of a script that is shown; Discord's options take no more than 100 characters.
LONGEST_NAME = 60
#: What a host writes for a chat that is to begin at once, whatever its script says.
NOW = "now"

_ENDINGS = (".yaml", ".yml")
_TIME_ONLY = re.compile(r"\d{1,2}([:.]\d{2})?\s*([ap]\.?m\.?)?", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Offered:
    """A script that can be chosen. `text` and `script` are None where `problems`, a line each, say what is wrong.

    `pictures` are the files that it wants beside it.
    """

    name: str
    source: str
    text: str | None = None
    script: Script | None = None
    problems: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    pictures: "tuple[Picture, ...]" = ()


def offered(folder: Path, guild: int, attached: Iterable[tuple[str, str]]) -> list[Offered]:
    """Give all that a guild is offered: its own before the ones for every guild, then what was attached in it.

    `attached` are the sources and texts of what hosts attached there, newest first. Of two with one name the first is
    meant. Reads the disk.
    """
    found: dict[str, Offered] = {}
    for script in (*_in(folder / str(guild)), *_in(folder), *_attached(attached)):
        found.setdefault(script.name, script)
    return list(found.values())


def choose(among: Iterable[Offered], name: str) -> Offered:
    """Give the script of that name, or the only one with a name like it; it is never taken for a path. Raises Refusal."""
    scripts = list(among)
    wanted = name.strip().casefold()
    same = [script for script in scripts if script.name.casefold() == wanted]
    found = same or matching(scripts, name)
    if len(found) == 1:
        return found[0]
    known = ", ".join(f"`{script.name}`" for script in (found or scripts)[:20])
    if not known:
        raise Refusal(
            "There is no script on this server yet. Attach one as `file`, such as a YAML file of your own."
        )
    what = "More than one script goes" if found else "No script goes"
    raise Refusal(f"{what} by that name. Choose one of these, or attach one as `file`: {known}.")


def matching(scripts: Iterable[Offered], typed: str) -> list[Offered]:
    """Give the scripts in whose name or title that stands, in capitals or not."""
    wanted = typed.strip().casefold()
    return [
        script
        for script in scripts
        if wanted in script.name.casefold() or (script.script and wanted in script.script.title.casefold())
    ]


def usable(script: Offered) -> tuple[str, Script]:
    """Give the text of a script and what it says. Raises Unusable with what is wrong in it."""
    if script.text is None or script.script is None:
        raise Unusable(script)
    return script.text, script.script


class Unusable(Refusal):
    """A script cannot be used; its problems say why."""

    def __init__(self, script: Offered) -> None:
        count = len(script.problems)
        what = "Something is" if count == 1 else f"{count} things are"
        super().__init__(f"{what} wrong in the script `{script.name}`, so it cannot be used.")
        self.script = script


def attachment(name: str, data: bytes) -> Offered:
    """Read a script that was attached; images beside it are not there, so it may name none."""
    return _read(name, f"{ATTACHED}{name}", data, local=False)


def newest_attached(kept: Iterable[Chat]) -> list[Chat]:
    """Give the chats whose scripts were attached, newest first, of each file the last; `kept` are oldest first."""
    last = {chat.source: chat for chat in kept if chat.source.startswith(ATTACHED)}
    return sorted(last.values(), key=lambda chat: chat.id, reverse=True)


def _attached(attached: Iterable[tuple[str, str]]) -> Iterator[Offered]:
    for source, text in attached:
        parsed = _parsed(text, local=False)
        if parsed.script:
            yield Offered(f"{_name(source.removeprefix(ATTACHED))} (attached)", source, text, parsed.script)


@lru_cache(maxsize=256)
def _parsed(text: str, *, local: bool = True) -> "Parsed":
    from bot.script.parse import parse  # noqa: PLC0415  (11 MiB that a bot without chats does not need)

    return parse(text, local=local)


def _in(folder: Path) -> Iterator[Offered]:
    """Give the scripts that are files of a folder itself, by name."""
    try:
        files = sorted(file for file in folder.iterdir() if file.suffix.lower() in _ENDINGS)
    except OSError:
        return
    for file in files:
        if file.is_file():
            yield _file(file)


def _file(path: Path) -> Offered:
    try:
        state = path.stat()
        known = _known(path, state.st_mtime_ns, state.st_size)
    except OSError as error:
        line = f"{path.name}:1:1: the file cannot be read ({error.strerror}); ask whoever runs the bot"
        return Offered(_name(path.name), str(path.resolve()), problems=(line,))
    absent = missing_images(known.pictures, path.parent)
    if known.script and absent:
        problems = tuple(each.at(path.name) for each in absent)
        return Offered(known.name, known.source, problems=problems)
    return known


@lru_cache(maxsize=256)
def _known(path: Path, changed: int, size: int) -> Offered:  # noqa: ARG001  (a file that has changed is read again)
    with path.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    return _read(path.name, str(path.resolve()), data, local=True)


def _read(name: str, source: str, data: bytes, *, local: bool) -> Offered:
    text = decode(data)
    if isinstance(text, Problem):
        return Offered(_name(name), source, problems=(text.at(name),))
    parsed = _parsed(text, local=local)
    if parsed.script is None:
        return Offered(_name(name), source, problems=tuple(each.at(name) for each in parsed.problems))
    remarks = tuple(each.at(name) for each in parsed.remarks)
    return Offered(_name(name), source, text, parsed.script, remarks=remarks, pictures=parsed.pictures)


def _name(file: str) -> str:
    """Give what a script is called: its file without the ending, and nothing that could pass for markup."""
    stem = next((file[: -len(ending)] for ending in _ENDINGS if file.lower().endswith(ending)), file)
    return short(stem.replace("`", "'"), LONGEST_NAME)


# A script as a host wants it this time ----------------------------------------------------------------------------


def adapted(text: str, *, minutes: float | None, at: str | None, now: datetime) -> str:
    """Give the text of a good script with other minutes for every question, and another time to begin.

    `at` is `now`, a time of day in the script's zone (the next one), or a date and time. Raises Refusal in the words of the
    script's own check.
    """
    if minutes is None and at is None:
        return text
    script = _parsed(text).script
    tree = read(text).tree
    if script is None or not isinstance(tree, Mapping):
        raise Refusal("That script cannot be used. See what is wrong with: /chat check")
    entries = tree.entries
    if minutes is not None:
        entries = _timed(entries, f"{minutes:g}")
    if at is not None:
        entries = tuple(each for each in entries if each[0].text != "starts")
        if at.strip().casefold() != NOW:
            entries = _starting(entries, at.strip(), script, now)
    return _checked(entries)


Entries = tuple[tuple[Scalar, Node], ...]


def _timed(entries: Entries, minutes: str) -> Entries:
    """Give every question that many minutes."""
    rest = tuple(
        (key, _untimed(value) if key.text == "questions" else value)
        for key, value in entries
        if key.text != "minutes_per_question"
    )
    return (_entry("minutes_per_question", minutes), *rest)


def _untimed(questions: Node) -> Node:
    match questions:
        case Sequence(line=line, column=column, items=items):
            return Sequence(line, column, tuple(_untimed(item) for item in items))
        case Mapping(line=line, column=column, entries=entries):
            return Mapping(line, column, tuple(each for each in entries if each[0].text != "minutes"))
        case Scalar():
            return questions


def _starting(entries: Entries, at: str, script: Script, now: datetime) -> Entries:
    """Begin at that time: today or else tomorrow in the script's zone where it has no date."""
    if not _TIME_ONLY.fullmatch(at):
        return _to_come((_entry("starts", at), *entries), now)
    local = script.local(now)
    today, tomorrow = (
        _entry("starts", f"{day:%Y-%m-%d} {at}") for day in (local.date(), local.date() + timedelta(days=1))
    )
    return _to_come((tomorrow if _passed(today[1], local) else today, *entries), now)


def _passed(time: Scalar, local: datetime) -> bool:
    """Tell whether the clock has gone over a time for good, be it one that it leaves out; not for what is no time."""
    try:
        named = moment(time).replace(tzinfo=local.tzinfo)
    except Wrong:
        return False
    return all(named.replace(fold=fold).astimezone(UTC) <= local for fold in (0, 1))


def _to_come(entries: Entries, now: datetime) -> Entries:
    starts = _script_of(entries).starts
    if starts and starts <= now:
        raise Refusal(f"`at` is past. Write a time that is to come, or `at: {NOW}` to begin at once.")
    return entries


def _script_of(entries: Entries) -> Script:
    text = _checked(entries)
    script = _parsed(text).script
    assert script is not None  # noqa: S101  (_checked has refused anything else)
    return script


def _checked(entries: Entries) -> str:
    """Write a script, and see that it still is one. Raises Refusal."""
    text = written(Mapping(1, 1, entries))
    parsed = _parsed(text)
    if parsed.script is None:
        wrong = "\n".join(f"{each.what}; {each.instead}" for each in parsed.problems)
        option = wrong.replace("`starts`", "`at`").replace("`minutes_per_question`", "`minutes`")
        raise Refusal(option)
    return text


def _entry(key: str, value: str) -> tuple[Scalar, Scalar]:
    return Scalar(1, 1, key, plain=True), Scalar(1, 1, value, plain=True)
