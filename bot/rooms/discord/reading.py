"""Reading in Discord what was said in one guild, by whom, and who reacted to it.

Whatever goes wrong is one of two things: what was asked for is not to be had, or Discord cannot be asked just now.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import aiohttp
import discord

from bot.live import RoomError
from bot.rooms.discord.hearing import parent_of
from bot.rooms.discord.line import Line

log = logging.getLogger(__name__)

#: The most messages, and the most people behind a reaction, that Discord gives at once.
PAGE = 100
#: How long an answer may take, in seconds, before it counts as lost: discord.py would wait for five minutes.
PATIENCE = 60.0
#: Answers that will be the same next time: Discord's, and what servers of one's own say instead.
_FOR_GOOD = frozenset({400, 403, 404})
#: Discord's own code for a channel or thread that is not there, which no proxy in between makes up.
_NO_SUCH_PLACE = 10003
#: What discord.py fails with where Discord tells of something in another form than it expects.
_MALFORMED = (LookupError, TypeError, ValueError, AttributeError)


class Gone(Exception):
    """It is not there, or the bot may not read it; `deleted` says that the whole channel or thread is no more."""

    def __init__(self, text: str, *, deleted: bool = False) -> None:
        super().__init__(text)
        self.deleted = deleted


class Away(Exception):
    """Discord cannot be asked just now."""


@asynccontextmanager
async def _asked() -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(PATIENCE):
            yield
    except discord.HTTPException as error:
        if error.status in _FOR_GOOD:
            raise Gone(str(error), deleted=error.code == _NO_SUCH_PLACE) from error
        raise Away(str(error)) from error
    except (RoomError, discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError) as error:
        raise Away(str(error) or type(error).__name__) from error
    except RuntimeError as error:  # so aiohttp says that a client was replaced in the middle of it
        raise Away(str(error)) from error


@dataclass(frozen=True, slots=True)
class Page:
    """Messages of a channel or thread, oldest first, and whether they are the last there.

    `ids` are those of all that stand in this part, also of what could not be read.
    """

    messages: list[discord.Message]
    ids: frozenset[int]
    last: bool


class Reader:
    """Reads in a channel of a guild and its threads by whatever client there is at the moment. All raises Gone and Away."""

    def __init__(self, line: Line, guild: int, channel: int) -> None:
        self._line = line
        self._guild = guild
        self._channel = channel
        self._unreadable: set[str] = set()

    async def page(self, place: int, after: int) -> Page:
        """Give the next messages of a channel or thread after an id: PAGE of them, or all that there are.

        One that discord.py cannot read is left out, which is logged once.
        """
        await self._may_read()
        client = self._line.client
        there = client.get_partial_messageable(place, guild_id=self._guild)
        async with _asked():
            told = await client.http.logs_from(place, PAGE, after=after)
        messages, ids = [], set()
        for each in told:
            try:
                ids.add(int(each["id"]))
                messages.append(client.read(there, each))
            except _MALFORMED as error:
                self._cannot_read(place, str(each.get("id", "one without an id")), error)
        messages.sort(key=lambda message: message.id)
        return Page(messages, frozenset(ids), last=len(told) < PAGE or not ids)

    def _cannot_read(self, place: int, what: str, error: Exception) -> None:
        if what not in self._unreadable:
            self._unreadable.add(what)
            log.warning(
                "A message in channel or thread %s cannot be read, and is left out: %s (%r).",
                place,
                what,
                error,
            )

    async def message(self, place: int, id: int) -> discord.Message:
        """Give one message."""
        async with _asked():
            there = self._line.client.get_partial_messageable(place, guild_id=self._guild)
            return await there.fetch_message(id)

    async def threads(self, since: datetime) -> set[int]:
        """Give the threads of the channel, but for private ones, in which something may have been said since then."""
        await self._may_read()
        threads = set()
        async with _asked():
            active = await self._here().active_threads()
            threads |= {each.id for each in active if parent_of(each) == self._channel}
        parent = self._here().get_channel(self._channel)
        if isinstance(parent, discord.TextChannel):
            async with _asked():
                async for each in parent.archived_threads(limit=None):
                    if each.archive_timestamp < since:
                        break
                    threads.add(each.id)
        return threads

    async def member(self, id: int) -> discord.Member:
        """Give a member of the guild."""
        async with _asked():
            return await self._here().fetch_member(id)

    async def people_behind(self, place: int, message: int, emoji: str, *, burst: bool) -> set[str]:
        """Give the ids of the people who reacted to a message with an emoji: the character, or `name:id`.

        `burst` says that some did so in the large way, whom Discord lists apart.
        """
        kinds: tuple[Literal[0, 1], ...] = (0, 1) if burst else (0,)
        people: set[str] = set()
        for kind in kinds:
            after: int | None = None
            while True:
                async with _asked():
                    http = self._line.client.http
                    users = await http.get_reaction_users(place, message, emoji, PAGE, after=after, type=kind)
                people |= {str(user["id"]) for user in users if not user.get("bot")}
                last = max((int(user["id"]) for user in users), default=0)
                if len(users) < PAGE or last <= (after or 0):
                    break
                after = last
        return people

    @property
    def readable(self) -> bool:
        """Whether the channel's history may be read, as far as it is known without asking."""
        try:
            here = self._here()
        except (Away, RoomError):
            return False
        return here.me is None or _may_read(here.get_channel(self._channel), here.me)

    async def _may_read(self) -> None:
        """Raise Gone where the channel's history is not to be read: Discord would show it as if nothing were there."""
        async with _asked():
            here, client = self._here(), self._line.client
            channel = here.get_channel(self._channel)
            me = here.me or await here.fetch_member(client.user.id if client.user else 0)
        if not _may_read(channel, me):
            raise Gone("the bot may not read its history")

    def _here(self) -> discord.Guild:
        """Give the guild as the client knows it. Raises Away while Discord has not told of it."""
        guild = self._line.client.get_guild(self._guild)
        if guild is None or guild.unavailable:
            raise Away("Discord has not told of the server yet.")
        return guild


def _may_read(channel: discord.abc.GuildChannel | None, me: discord.Member) -> bool:
    return channel is not None and channel.permissions_for(me).read_message_history
