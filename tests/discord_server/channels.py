"""The bot's doings with channels, threads and direct lines."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from .access import channel_of, granted, guild_of, message_in, require
from .checks import Wrong
from .forms import LINE, THREAD, THREAD_EDIT, THREAD_ON_MESSAGE
from .permissions import Permission
from .world import PUBLIC_THREAD, TEXT, Channel

if TYPE_CHECKING:
    from .rest import Asked


def show(asked: "Asked", channel: int) -> Any:
    return asked.server.shown.channel(channel_of(asked, channel))


def change(asked: "Asked", channel: int) -> Any:
    """Change a thread; channels are changed by people."""
    there = channel_of(asked, channel)
    if not there.is_thread:
        require(asked, there, Permission.MANAGE_CHANNELS)
        asked.odd("this server lets bots change threads only")
        raise Wrong(400, 50024, "Cannot execute action on this channel type")
    if there.owner != asked.server.world.bot.id:
        require(asked, there, Permission.MANAGE_THREADS)
    asked.check(THREAD_EDIT)
    names = {"auto_archive_duration": "archive_after"}
    kept = ("name", "archived", "locked", "auto_archive_duration")
    asked.server.deeds.change_thread(
        there, **{names.get(key, key): asked.body[key] for key in kept if key in asked.body}
    )
    return asked.server.shown.thread(there)


def delete(asked: "Asked", channel: int) -> Any:
    there = channel_of(asked, channel)
    require(asked, there, Permission.MANAGE_THREADS if there.is_thread else Permission.MANAGE_CHANNELS)
    shown = asked.server.shown.channel(there)
    asked.server.deeds.delete_channel(there)
    return shown


def open_on_message(asked: "Asked", channel: int, message: int) -> Any:
    there = channel_of(asked, channel, Permission.CREATE_PUBLIC_THREADS, Permission.READ_MESSAGE_HISTORY)
    found = message_in(there, message)
    asked.check(THREAD_ON_MESSAGE)
    if there.type != TEXT:
        raise Wrong(400, 50024, "Cannot execute action on this channel type")
    if found.thread or found.id in asked.server.world.channels:
        raise Wrong(400, 160004, "A thread has already been created for this message")
    after = asked.body.get("auto_archive_duration") or 1440
    bot = asked.server.world.bot
    return asked.server.shown.thread(
        asked.server.deeds.open_thread(there, asked.body["name"], bot, on=found, after=after)
    )


def open_alone(asked: "Asked", channel: int) -> Any:
    there = channel_of(asked, channel)
    asked.check(THREAD)
    private = asked.body.get("type", 12) == 12
    require(asked, there, Permission.CREATE_PRIVATE_THREADS if private else Permission.CREATE_PUBLIC_THREADS)
    after = asked.body.get("auto_archive_duration") or 1440
    bot = asked.server.world.bot
    return asked.server.shown.thread(
        asked.server.deeds.open_thread(there, asked.body["name"], bot, after=after, private=private)
    )


def active(asked: "Asked", guild: int) -> Any:
    there = guild_of(asked, guild)
    found = [
        each
        for each in there.threads()
        if not each.archived and granted(asked, each) & Permission.VIEW_CHANNEL
    ]
    found.sort(key=lambda each: each.id, reverse=True)
    return _listed(asked, found)


def archived(asked: "Asked", channel: int) -> Any:
    """Give archived public threads, the latest first."""
    there = channel_of(asked, channel, Permission.READ_MESSAGE_HISTORY)
    before = datetime.fromisoformat(asked.query["before"]) if "before" in asked.query else None
    limit = asked.limit(50, 100)
    found = [
        (each.archived_at, each)
        for each in (there.guild.threads() if there.guild else [])
        if each.parent is there and each.archived and each.type == PUBLIC_THREAD and each.archived_at
    ]
    chosen = sorted(
        ((when, each) for when, each in found if before is None or when < before),
        key=lambda one: one[0],
        reverse=True,
    )
    return _listed(asked, [each for _, each in chosen[:limit]]) | {"has_more": len(chosen) > limit}


def _listed(asked: "Asked", threads: list[Channel]) -> dict[str, Any]:
    bot, shown = asked.server.world.bot.id, asked.server.shown
    return {
        "threads": [shown.thread(each) for each in threads],
        "members": [shown.thread_member(each, bot) for each in threads if bot in each.members],
    }


def join(asked: "Asked", channel: int) -> None:
    channel_of(asked, channel).members.add(asked.server.world.bot.id)


def leave(asked: "Asked", channel: int) -> None:
    channel_of(asked, channel).members.discard(asked.server.world.bot.id)


def line(asked: "Asked") -> Any:
    """Open a direct line to a person."""
    asked.check(LINE)
    person = asked.server.world.users.get(int(asked.body["recipient_id"]))
    if person is None or person.bot:
        asked.found.add(("recipient_id",), "INVALID_RECIPIENT", "Invalid Recipient(s)")
        asked.found.refuse()
    assert person is not None
    return asked.server.shown.channel(asked.server.deeds.line_to(person))


ROUTES: list[tuple[str, str, Callable[..., Any]]] = [
    ("GET", "/channels/{channel}", show),
    ("PATCH", "/channels/{channel}", change),
    ("DELETE", "/channels/{channel}", delete),
    ("POST", "/channels/{channel}/messages/{message}/threads", open_on_message),
    ("POST", "/channels/{channel}/threads", open_alone),
    ("GET", "/guilds/{guild}/threads/active", active),
    ("GET", "/channels/{channel}/threads/archived/public", archived),
    ("PUT", "/channels/{channel}/thread-members/@me", join),
    ("DELETE", "/channels/{channel}/thread-members/@me", leave),
    ("POST", "/users/@me/channels", line),
]
