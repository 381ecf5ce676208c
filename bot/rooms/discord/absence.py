"""What is not there: a chat's channel, or the bot in its server.

A chat of a server that the bot is not in stands still until the bot is invited again, and is given up after long.
"""

import logging
from datetime import datetime, timedelta

import aiohttp
import discord

from bot.live import RoomError
from bot.messages import ITSELF
from bot.rooms.discord.line import Line
from bot.session import Cancel, Late, Over, Ready, Tick, Wish, advance, dump
from bot.store import OPEN, Changes, Chat, Store, in_words

log = logging.getLogger(__name__)

#: The note that the bot is not in a chat's server; its value is since when that is known, in ISO 8601.
LEFT = "left"
#: How long a chat waits for the bot to be invited again; one that is planned from its start on, late answers from their end.
LONGEST = timedelta(days=1)
#: Discord's own code for a channel that is not there.
_NO_CHANNEL = 10003


async def has_no_channel(line: Line, guild: int, channel: int) -> bool:
    """Ask Discord whether a channel is gone from a server that the bot is in: as long as that is not sure, it is not."""
    try:
        client = line.client
        if not client.is_ready():  # what is there is not told yet, and looked at then
            return False
        there = client.get_guild(guild)
        if there and not there.unavailable and there.get_channel(channel) is None:
            await client.fetch_channel(channel)
    except discord.HTTPException as error:
        return error.code == _NO_CHANNEL
    except (RoomError, discord.DiscordException, aiohttp.ClientError, OSError, RuntimeError):
        return False
    return False


async def stand_still(store: Store, chat: Chat, now: datetime) -> str | None:
    """Let a chat be that runs here no longer; gives what to say of it, or None where it has waited for long and is given up.

    Raises Held where another process runs it, whose bot may well be in the server; and StoreError.
    """
    since = await _left(store, chat)
    if since is None:
        since = now
        await store.hold(chat.id)
        await store.note(chat, {LEFT: now.isoformat()})
        await store.release(chat.id)
    match chat.state.phase:
        case Ready(starts=datetime() as later) | Late(until=later):
            until = max(since, later) + LONGEST
        case _:
            until = since + LONGEST
    if now >= until:
        await _give_up(store, chat.id, now)
        return None
    return f"the bot is not in its server, so it stands still. It goes on when the bot is invited again, and is given up at {until:%Y-%m-%d %H:%M} UTC."


async def go_on(store: Store, chat: Chat) -> None:
    """Know that the bot is in a chat's server. Raises StoreError."""
    if await _left(store, chat):
        await store.note(chat, {LEFT: None})


async def _left(store: Store, chat: Chat) -> datetime | None:
    with in_words(store.path):
        since = (await store.record(chat).notes(LEFT)).get(LEFT)
    return datetime.fromisoformat(since) if since else None


async def _give_up(store: Store, id: int, now: datetime) -> None:
    """Cancel a chat, or let its time for late answers end, without a word in its channel."""
    chat = await store.hold(id)
    ending = isinstance(chat.state.phase, Late | Over)
    state, _ = advance(chat.script, chat.state, Tick(now) if ending else Wish(now, LEFT, ITSELF, Cancel()))
    changes = Changes(chat.id, chat.room)
    changes.state = dump(state)
    await store.commit(changes)
    log.warning("%s: the bot has not been in its server for long, so the chat is given up.", chat.name)
    await store.note(chat, {OPEN: None, LEFT: None})
    await store.release(id)
