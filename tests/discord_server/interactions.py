"""Interactions: what a person asks of the bot by a command, a button, a modal, and how far it has been answered."""

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .deeds import Event
from .shown import Json
from .world import DM, Channel, Message, User

if TYPE_CHECKING:
    from .server import Server

#: Interaction types and callback types
#: (https://discord.com/developers/docs/interactions/receiving-and-responding).
COMMAND, COMPONENT, AUTOCOMPLETE, SUBMIT = 2, 3, 4, 5
MESSAGE, DEFER, DEFER_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9

LIFE = 900.0  # seconds that its token is good for
FILE_LIMIT = 10 << 20


@dataclass(slots=True, eq=False)
class Interaction:
    """One interaction. Times are the loop's, in seconds."""

    id: int
    token: str
    type: int
    user: User
    channel: Channel
    data: Json
    made: float
    message: Message | None = None  # that its button stands on
    delivered: float | None = None
    response: int | None = None  # the callback's type
    original: Message | None = None
    thinking: bool = False  # deferred, and not yet answered
    private: bool = False  # deferred to be answered privately
    shown: list[Message] = field(default_factory=list)  # all messages that answer it, oldest first
    updates: int = 0  # how often a message was edited by it
    modal: Json | None = None
    choices: list[Json] | None = None


def begin(
    server: "Server",
    type: int,
    user: User,
    channel: Channel,
    data: Json,
    *,
    now: float,
    message: Message | None = None,
) -> Interaction:
    """Make an interaction and send it to the bot; see that it is acknowledged in time."""
    asking = Interaction(
        server.world.ids(), secrets.token_urlsafe(24), type, user, channel, data, now, message
    )
    server.world.interactions[asking.id] = asking

    def sent() -> None:
        if asking.delivered is None:
            server.watch(asking)

    shown = _shown(server, asking)
    server.gateway.tell(Event("INTERACTION_CREATE", 0, channel.guild, None, lambda _: shown), sent)
    return asking


def _shown(server: "Server", asking: Interaction) -> Json:
    world, shown, channel = server.world, server.shown, asking.channel
    bot_member = channel.guild.members.get(world.bot.id) if channel.guild else None
    about: Json = {
        "id": str(asking.id),
        "application_id": str(world.application),
        "type": asking.type,
        "token": asking.token,
        "version": 1,
        "data": asking.data,
        "channel_id": str(channel.id),
        "channel": _partial(server, asking),
        "app_permissions": shown.permissions(bot_member, channel),
        "locale": "en-US",
        "entitlements": [],
        "authorizing_integration_owners": {},
        "attachment_size_limit": FILE_LIMIT,
        "context": 1 if channel.type == DM else 0,
    }
    if asking.message is not None:
        about["message"] = shown.message(asking.message)  # its own message, or one that a command was used on
    if channel.guild is None:
        return about | {"user": shown.user(asking.user)}
    guild, member = channel.guild, channel.guild.members[asking.user.id]
    about["member"] = shown.member(member, guild) | {"permissions": shown.permissions(member, channel)}
    about["guild_id"], about["guild_locale"] = str(guild.id), guild.locale
    about["guild"] = {"id": str(guild.id), "locale": guild.locale, "features": []}
    about["authorizing_integration_owners"] = {"0": str(guild.id)}
    return about


def _partial(server: "Server", asking: Interaction) -> Json:
    channel = asking.channel
    shown = server.shown.channel(channel)
    if channel.guild:
        shown["permissions"] = server.shown.permissions(channel.guild.members.get(asking.user.id), channel)
    return shown
