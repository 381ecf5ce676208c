"""What the bot asks about itself, guilds, members and users."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .access import granted, guild_of
from .checks import Wrong
from .permissions import Permission

if TYPE_CHECKING:
    from .rest import Asked


def me(asked: "Asked") -> Any:
    return asked.server.shown.user(asked.server.world.bot)


def user(asked: "Asked", user: int) -> Any:
    found = asked.server.world.users.get(user)
    if found is None:
        raise Wrong(404, 10013, "Unknown User")
    return asked.server.shown.user(found)


def application(asked: "Asked") -> Any:
    return asked.server.shown.application(content=asked.server.content_allowed)


def gateway(asked: "Asked") -> Any:
    limits = {
        "total": 1000,
        "remaining": 1000 - asked.server.gateway.identified,
        "reset_after": 0,
        "max_concurrency": 1,
    }
    return {"url": asked.server.gateway_url, "shards": 1, "session_start_limit": limits}


def mine(asked: "Asked") -> Any:
    bot = asked.server.world.bot.id
    return [
        {
            "id": str(each.id),
            "name": each.name,
            "icon": None,
            "owner": False,
            "permissions": "0",
            "features": [],
        }
        for each in asked.server.world.guilds.values()
        if bot in each.members
    ]


def show(asked: "Asked", guild: int) -> Any:
    return asked.server.shown.guild(guild_of(asked, guild))


def channels(asked: "Asked", guild: int) -> Any:
    """Give the channels that the bot sees, threads excepted."""
    found = [each for each in guild_of(asked, guild).channels.values() if not each.is_thread]
    return [
        asked.server.shown.channel(each) for each in found if granted(asked, each) & Permission.VIEW_CHANNEL
    ]


def roles(asked: "Asked", guild: int) -> Any:
    return [asked.server.shown.role(each) for each in guild_of(asked, guild).roles.values()]


def member(asked: "Asked", guild: int, user: int) -> Any:
    there = guild_of(asked, guild)
    if user not in there.members:
        raise Wrong(404, 10007, "Unknown Member")
    return asked.server.shown.member(there.members[user], there)


def members(asked: "Asked", guild: int) -> Any:
    there = guild_of(asked, guild)
    if not asked.server.members_allowed:
        raise Wrong(403, 50001, "Missing Access")
    after, limit = asked.number("after") or 0, asked.limit(1, 1000)
    return [
        asked.server.shown.member(there.members[each], there)
        for each in sorted(there.members)
        if each > after
    ][:limit]


ROUTES: list[tuple[str, str, Callable[..., Any]]] = [
    ("GET", "/users/@me", me),
    ("GET", "/users/@me/guilds", mine),
    ("GET", "/users/{user}", user),
    ("GET", "/oauth2/applications/@me", application),
    ("GET", "/applications/@me", application),
    ("GET", "/gateway", gateway),
    ("GET", "/gateway/bot", gateway),
    ("GET", "/guilds/{guild}", show),
    ("GET", "/guilds/{guild}/channels", channels),
    ("GET", "/guilds/{guild}/roles", roles),
    ("GET", "/guilds/{guild}/members", members),
    ("GET", "/guilds/{guild}/members/{user}", member),
]
