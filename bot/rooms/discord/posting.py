"""Posting exactly once, and asking Discord for anything else until it is done.

Discord gives the first message back when the same nonce comes again within a few minutes. So what may or may not have
arrived is sent again with its nonce while that holds; after that, and after a restart, it is looked for in the channel first.
"""

import asyncio
import io
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

import aiohttp
import discord

from bot.live import Clock, RoomError
from bot.live.clock import sleep
from bot.rooms.discord.line import Line
from bot.rooms.discord.permissions import missing
from bot.store import StoreError

log = logging.getLogger(__name__)

T = TypeVar("T")

#: How long one request may take in all, in seconds. One that is cut off just when its answer is there leaves its route
#: blocked in discord.py (seen with 2.7.1, on servers that tell no rate limits) until another has waited there for 30 s.
PATIENCE = 40.0
#: How long the same nonce is sure to be known again: Discord says "the past few minutes".
NONCE = timedelta(minutes=2)
#: How far this machine's clock may be ahead of Discord's.
SKEW = timedelta(minutes=1)
#: How long to wait before something is asked for again: at first, and at most.
RETRY = timedelta(milliseconds=250)
LONGEST_RETRY = timedelta(minutes=1)
#: How long at most where Discord has refused it; twice as long each time until then, from LONGEST_RETRY on.
LONGEST_WAIT = timedelta(hours=1)

NO_PINGS = discord.AllowedMentions.none()

#: What may be done about a message that is no longer there: nothing.
GONE = 404
#: Discord's own codes for what cannot be changed any more, but deleted: too many changes of an old message, an archived thread.
FIXED = frozenset({30046, 50083})

_MISSING_PERMISSIONS = 403, 50013
#: Discord's own codes for what the bot may not do at a place, whichever message it is about: see it, or do that there.
_BARRED = frozenset({50001, 50013})


class Denied(RoomError):
    """Discord will not do it, as things are; `status` is HTTP's, `code` Discord's own."""

    def __init__(self, text: str, status: int, code: int) -> None:
        super().__init__(text)
        self.status = status
        self.code = code


class Unreadable(Denied):
    """The history of a place is not to be read, so that nobody knows what stands there."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to hang on a message: its name, its bytes, and what it shows."""

    name: str
    data: bytes
    alt: str | None = None

    def file(self) -> discord.File:
        """Give it as discord.py sends it, which is only once."""
        return discord.File(io.BytesIO(self.data), filename=self.name, description=self.alt)


@dataclass(frozen=True, slots=True)
class Draft:
    """A message to send: its text, or a layout in its place, with buttons and files."""

    text: str | None = None
    view: discord.ui.View | discord.ui.LayoutView | None = None
    files: tuple[Upload, ...] = ()


@asynccontextmanager
async def asking(line: Line, channel: int) -> AsyncIterator[discord.Client]:
    """Ask Discord for something about a channel.

    Raises Denied, in words, where it will not; a plain RoomError where it is not known what came of it.
    """
    client = line.client
    try:
        async with asyncio.timeout(PATIENCE):
            yield client
    except discord.DiscordServerError as error:
        raise RoomError(f"Discord has trouble of its own (it answers {error.status}).") from error
    except discord.HTTPException as error:
        if error.status == 429:
            raise RoomError("Discord asks for a pause.") from error
        raise Denied(_refusal(error, client, channel), error.status, error.code) from error
    except discord.RateLimited as error:
        raise RoomError("Discord asks for a pause.") from error
    except TimeoutError as error:
        raise RoomError(f"Discord has not answered within {PATIENCE:.0f} s.") from error
    except (aiohttp.ClientError, OSError) as error:
        raise RoomError(f"The connection to Discord was lost ({type(error).__name__}).") from error
    except RuntimeError as error:
        if not client.is_closed():
            raise
        raise RoomError("The connection to Discord is being made anew.") from error


class Barred:
    """What Discord lets the bot do at no message of a place, until `lift`: one request tells whether it still does not.

    Discord bans who sends too many requests that it has to refuse.
    """

    def __init__(self) -> None:
        self._barred: dict[tuple[str, int], Denied] = {}

    @asynccontextmanager
    async def doing(self, what: str, place: int) -> AsyncIterator[None]:
        """Do something of that kind at a place. Raises Denied, also without doing it where it is barred."""
        if barred := self._barred.get((what, place)):
            raise barred.with_traceback(None)
        try:
            yield
        except Unreadable:
            raise  # nothing was asked for
        except Denied as error:
            if error.code in _BARRED:
                self._barred[what, place] = error
            raise

    def __bool__(self) -> bool:
        return bool(self._barred)

    def lift(self) -> None:
        """Let everything be asked for again."""
        self._barred.clear()


def _refusal(error: discord.HTTPException, client: discord.Client, channel: int) -> str:
    """Say why Discord will not, and what to do."""
    found = client.get_channel(channel)
    where = f"#{found}" if isinstance(found, discord.abc.GuildChannel | discord.Thread) else "the channel"
    if error.status == 403:
        lacks = ", ".join(_missing(found))
        if lacks:
            return f"In {where} the bot has not the permission it needs: {lacks}. Give it in the channel's settings, under Permissions."
        return f"The bot may not do that in {where}: {error.text or 'Discord refuses it'}. Look at its permissions in the channel's settings."
    if error.status == GONE:
        return f"What the bot looks for in {where} is gone, or hidden from it: {error.text or 'not found'}."
    return f"Discord does not take it: {error.text or error.status}."


def _missing(found: object) -> list[str]:
    """Give the names of the permissions that the bot lacks in a channel, as far as it knows."""
    place = found.parent if isinstance(found, discord.Thread) else found
    if not isinstance(place, discord.abc.GuildChannel) or place.guild.me is None:
        return []
    return missing(place.permissions_for(place.guild.me))


async def at_last(clock: Clock, attempt: Callable[[], Awaitable[T]]) -> T:
    """Do something that may be done again, until it works. Raises Denied where Discord will not."""
    wait = RETRY
    while True:
        try:
            return await attempt()
        except Denied:
            raise
        except (RoomError, StoreError) as error:
            log.debug("%s Trying again in %d s.", error, wait.total_seconds())
        await sleep(clock, wait)
        wait = min(2 * wait, LONGEST_RETRY)


class Poster:
    """Sends each message once, however often it is asked to. What was on its way before a restart is told by its time."""

    def __init__(self, line: Line, clock: Clock, guild: int) -> None:
        self.line = line
        self.clock = clock
        self.guild = guild
        self._began = clock.now()
        self._sure: dict[str, datetime] = {}

    async def post(
        self,
        channel: int,
        draft: Draft,
        *,
        nonce: str,
        since: datetime,
        mine: Callable[[discord.Message], bool],
        doubtful: bool | None = None,
    ) -> discord.Message:
        """Send a message to a channel or thread, unless it is there; give the one that is there.

        `nonce` (at most 25 characters) is the message's own everywhere, `since` when it was meant to go out first, by the
        clock of the chat. `mine` knows it among the bot's messages. `doubtful` says that an earlier process may have sent
        it; by default that is so for what was meant to go out before this one began.
        Raises Denied, and RoomError where the same is to be asked again.
        """
        if doubtful is None:
            doubtful = since < self._began
        sure = self._sure.get(nonce)
        if doubtful if sure is None else self.clock.now() - sure > NONCE:
            if found := await self.find(channel, since=since, mine=mine):
                self._sure.pop(nonce, None)
                return found
            sure = None
        if sure is None:
            self._sure[nonce] = self.clock.now()
        # A text: discord.py passes it on as it is, but asks for a number.
        more: dict[str, Any] = {"nonce": nonce, "view": draft.view} if draft.view else {"nonce": nonce}
        async with asking(self.line, channel) as client:
            message = await self._place(client, channel).send(
                draft.text,
                files=[upload.file() for upload in draft.files],
                allowed_mentions=NO_PINGS,
                **more,
            )
        self._sure.pop(nonce, None)
        return message

    async def find(
        self, channel: int, *, since: datetime, mine: Callable[[discord.Message], bool]
    ) -> discord.Message | None:
        """Look for a message of the bot's own in a channel, oldest first.

        Raises Unreadable where its history is not to be read, and RoomError.
        """
        await self._may_read(channel)
        me = self.line.me
        after = discord.Object(discord.utils.time_snowflake(since - SKEW))
        last: discord.abc.Snowflake = after
        while True:
            async with asking(self.line, channel) as client:
                page = [m async for m in self._place(client, channel).history(after=last, limit=100)]
            for message in page:
                if message.author.id == me and mine(message):
                    return message
            if len(page) < 100:
                return None
            last = page[-1]

    async def _may_read(self, channel: int) -> None:
        """Raise Unreadable where Discord would show a channel or thread as if nothing stood there, and RoomError."""
        async with asking(self.line, channel) as client:
            guild = client.get_guild(self.guild)
            if guild is None or guild.unavailable:
                raise RoomError("Discord has not told of the server yet.")
            place = guild.get_channel_or_thread(channel) or await client.fetch_channel(channel)
            parent = place.parent if isinstance(place, discord.Thread) else place
            me = guild.me or await guild.fetch_member(self.line.me)
        if (
            not isinstance(parent, discord.abc.GuildChannel)
            or not parent.permissions_for(me).read_message_history
        ):
            raise Unreadable(
                f"The bot may not read what stands in #{place}, so it cannot tell whether it has posted this there. "
                "Allow it Read Message History in the channel's settings, under Permissions.",
                *_MISSING_PERMISSIONS,
            )

    def message(self, client: discord.Client, channel: int, id: int) -> discord.PartialMessage:
        """Give a message that is there, to be changed."""
        return self._place(client, channel).get_partial_message(id)

    def _place(self, client: discord.Client, channel: int) -> discord.PartialMessageable:
        return client.get_partial_messageable(channel, guild_id=self.guild)


def custom_ids(message: discord.Message) -> Iterator[str]:
    """Give the custom ids of the buttons on a message."""
    for component in _components(message):
        yield from _custom_ids(component)


def _custom_ids(component: object) -> Iterator[str]:
    if custom_id := getattr(component, "custom_id", None):
        yield custom_id
    for child in getattr(component, "children", ()):
        yield from _custom_ids(child)


def component_ids(message: discord.Message) -> set[int]:
    """Give the ids of the components of a message, those in others left out."""
    return {id_ for component in _components(message) if (id_ := getattr(component, "id", None)) is not None}


def _components(message: discord.Message) -> Iterable[object]:
    """Give the components of a message; discord.py knows of none where a server does not mention them."""
    return getattr(message, "components", ())


def buttons(*items: discord.ui.Button[discord.ui.View]) -> discord.ui.View:
    """Give a row of buttons that discord.py keeps nothing of: who presses them is heard elsewhere."""
    view = discord.ui.View(timeout=None)
    for item in items:
        view.add_item(item)
    view.stop()
    return view
