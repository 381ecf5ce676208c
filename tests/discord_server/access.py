"""Finding what a request names, and seeing whether the bot may do there what it asks."""

from typing import TYPE_CHECKING

from .checks import Wrong
from .permissions import Permission, of
from .world import DM, Channel, Guild, Message

if TYPE_CHECKING:
    from .rest import Asked


def guild_of(asked: "Asked", guild: int) -> Guild:
    """Find a guild that the bot is in. Raises Wrong (10004, 50001)."""
    found = asked.server.world.guilds.get(guild)
    if found is None:
        raise Wrong(404, 10004, "Unknown Guild")
    if asked.server.world.bot.id not in found.members:
        raise Wrong(403, 50001, "Missing Access")
    return found


def channel_of(asked: "Asked", channel: int, *needed: Permission) -> Channel:
    """Find a channel that the bot sees and where it has these permissions. Raises Wrong (10003, 50001, 50013)."""
    found = asked.server.world.channels.get(channel)
    if found is None:
        raise Wrong(404, 10003, "Unknown Channel")
    if found.type != DM and not granted(asked, found) & Permission.VIEW_CHANNEL:
        raise Wrong(403, 50001, "Missing Access")
    require(asked, found, *needed)
    return found


def granted(asked: "Asked", channel: Channel) -> int:
    """Give the bot's permissions in a channel, as bits."""
    member = channel.guild.members.get(asked.server.world.bot.id) if channel.guild else None
    return of(member, channel)


def require(asked: "Asked", channel: Channel, *needed: Permission) -> None:
    """Raise Wrong (50013) where the bot lacks a permission."""
    missing = [str(each.name) for each in needed if not granted(asked, channel) & each]
    if missing:
        raise Wrong(403, 50013, f"Missing Permissions: {', '.join(missing)}")


def message_in(channel: Channel, message: int) -> Message:
    """Find a message of a channel. Raises Wrong (10008)."""
    found = channel.messages.get(message)
    if found is None:
        raise Wrong(404, 10008, "Unknown Message")
    return found
