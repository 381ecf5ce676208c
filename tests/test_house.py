"""The house rules that a machine can hold: who imports whom, who reads the clock, and that every command is explained."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from bot.cli import app

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "bot").rglob("*.py"))

#: The rooms of the house, and into which others each may go.
MAY_IMPORT = {
    "script": "",
    "messages": "",
    "labels": "script",
    "answers": "script messages labels",
    "session": "script messages",
    "themes": "script messages",
    "recap": "script messages themes",
    "participation": "script messages",
    "story": "script messages themes recap",
    "render": "script messages themes recap story participation",
    "media": "script messages recap",
    "store": "script messages answers session recap",
    "live": "script messages answers session recap store",
    "rooms": "script messages answers session themes recap render media store live",
    "imports": "script messages labels answers session store",
    "archive": "script messages session themes recap story render store",
    "cli": "archive story imports participation script messages answers session themes recap render media store live rooms",
    "__main__": "cli",
}
#: What one room does alone; whatever else the others may import, they may not import these.
ONLY_IN = {
    "aiohttp": {"rooms", "media"},
    "discord": {"rooms"},
    "prompt_toolkit": {"rooms"},
    "aiosqlite": {"store"},
    "sqlite3": {"store"},
    "jinja2": {"render", "archive"},
    "resvg_py": {"render"},
    "typer": {"cli"},
}
PURE = {"script", "messages", "labels", "answers", "session", "themes", "recap", "participation", "story"}
#: What can wait, send, store or ask the system for something.
IMPURE = {
    "asyncio", "os", "pathlib", "random", "secrets", "socket", "subprocess", "tempfile", "threading", "time", "urllib.request",
}  # fmt: skip

#: What reads the clock, besides what the module `time` has.
CLOCK = re.compile(r"(datetime|date)\.(now|today|utcnow)|\w*loop\w*(\(\))?\.time")
READ_THE_CLOCK = {"live", "rooms", "cli"}


def _name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def _room(file: Path) -> str:
    """Name the room that a file is in: its folder or, for one that stands alone, the file itself."""
    return file.relative_to(ROOT / "bot").with_suffix("").parts[0]


def _imports(file: Path) -> Iterator[str]:
    """Give the full names of the modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names=names):
                yield from (each.name for each in names)
            case ast.ImportFrom(module=str(module), names=names):
                yield from ([f"bot.{each.name}" for each in names] if module == "bot" else [module])


def _calls(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def test_rooms_import_downwards_only() -> None:
    """A room imports no room above or beside it, and every room is in the table."""
    assert {_room(file) for file in FILES} <= {"__init__", *MAY_IMPORT}
    wrong = [
        f"{_name(file)} imports {module}"
        for file in FILES
        if (room := _room(file)) != "__init__"
        for module in _imports(file)
        if module.startswith("bot.") and module != "bot.__version__"
        if module.split(".")[1] not in (room, *MAY_IMPORT[room].split())
    ]
    assert not wrong


@pytest.mark.parametrize("module", ONLY_IN)
def test_libraries_stay_in_their_rooms(module: str) -> None:
    """What talks to the network, the terminal, the disk or a template is known to one room only."""
    strangers = [
        _name(file)
        for file in FILES
        if any(each.split(".")[0] == module for each in _imports(file)) and _room(file) not in ONLY_IN[module]
    ]
    assert not strangers


def test_only_some_read_the_clock() -> None:
    """What time it is comes in as an argument everywhere but in the rooms at the edge."""
    reading = {
        _name(file)
        for file in FILES
        if "time" in _imports(file) or any(CLOCK.fullmatch(call) for call in _calls(file))
    }
    assert {name.split("/")[1] for name in reading} <= READ_THE_CLOCK
    assert "bot/live/clock.py" in reading  # it is found where it is read


def test_pure_rooms_do_nothing_but_think() -> None:
    """The heart imports nothing that waits, sends or stores, opens no file and prints nothing."""
    pure = [file for file in FILES if _room(file) in PURE]
    wrong = [
        f"{_name(file)}: {what}"
        for file in pure
        for what in (*(IMPURE & set(_imports(file))), *({"open", "print", "input"} & set(_calls(file))))
    ]
    assert pure
    assert not wrong


def _commands() -> dict[str, TyperCommand]:
    group = get_command(app)
    assert isinstance(group, TyperGroup)
    return {name: command for name, command in group.commands.items() if isinstance(command, TyperCommand)}


COMMANDS = _commands()


@pytest.mark.parametrize("name", COMMANDS)
def test_command_is_explained(name: str) -> None:
    """Every command says what it does, what each option is for, and shows a line that can be typed."""
    command = COMMANDS[name]
    assert command.help
    assert re.match(rf"Example: hashchat {name}\b", command.epilog or "")
    assert [parameter.name for parameter in command.params if not getattr(parameter, "help", None)] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_command_is_in_the_readme(name: str) -> None:
    """The README names every command as it is typed."""
    assert re.search(rf"\bhashchat {name}\b", (ROOT / "README.md").read_text(encoding="utf-8"))
