"""The bot's commands, as it registers them globally or for one guild."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .access import guild_of
from .checks import Wrong
from .forms import COMMAND, check_commands

if TYPE_CHECKING:
    from .rest import Asked


def put(asked: "Asked", application: int, guild: int | None = None) -> Any:
    """Replace all commands; those of the same name keep their ids."""
    _place(asked, application, guild)
    check_commands(asked.body, asked.found)
    before = {(each["type"], each["name"]): each["id"] for each in asked.server.world.commands.get(guild, [])}
    kept = [
        _registered(asked, each, guild, before.get((each.get("type", 1), each["name"])))
        for each in asked.body
    ]
    asked.server.world.commands[guild] = kept
    return kept


def show(asked: "Asked", application: int, guild: int | None = None) -> Any:
    _place(asked, application, guild)
    return asked.server.world.commands.get(guild, [])


def add(asked: "Asked", application: int, guild: int | None = None) -> Any:
    _place(asked, application, guild)
    asked.check(COMMAND)
    kept = [each for each in asked.server.world.commands.get(guild, []) if each["name"] != asked.body["name"]]
    made = _registered(asked, asked.body, guild, None)
    asked.server.world.commands[guild] = [*kept, made]
    return made


def delete(asked: "Asked", application: int, command: int, guild: int | None = None) -> None:
    _place(asked, application, guild)
    kept = asked.server.world.commands.get(guild, [])
    if str(command) not in [each["id"] for each in kept]:
        raise Wrong(404, 10063, "Unknown application command")
    asked.server.world.commands[guild] = [each for each in kept if each["id"] != str(command)]


def _place(asked: "Asked", application: int, guild: int | None) -> None:
    if application != asked.server.world.application:
        raise Wrong(403, 20012, "You are not authorized to perform this action on this application")
    if guild is not None:
        guild_of(asked, guild)


def _registered(asked: "Asked", command: dict[str, Any], guild: int | None, id: str | None) -> dict[str, Any]:
    shown = {"type": 1, "description": "", "default_member_permissions": None, "nsfw": False, **command}
    ids = asked.server.world.ids
    shown |= {
        "id": id or str(ids()),
        "application_id": str(asked.server.world.application),
        "version": str(ids()),
    }
    if shown["default_member_permissions"] is not None:
        shown["default_member_permissions"] = str(shown["default_member_permissions"])
    return shown | ({"guild_id": str(guild)} if guild else {})


_GLOBAL = "/applications/{application}/commands"
_GUILD = "/applications/{application}/guilds/{guild}/commands"
ROUTES: list[tuple[str, str, Callable[..., Any]]] = [
    ("PUT", _GLOBAL, put),
    ("GET", _GLOBAL, show),
    ("POST", _GLOBAL, add),
    ("DELETE", _GLOBAL + "/{command}", delete),
    ("PUT", _GUILD, put),
    ("GET", _GUILD, show),
    ("POST", _GUILD, add),
    ("DELETE", _GUILD + "/{command}", delete),
]
