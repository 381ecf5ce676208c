"""One live chat in one channel: what listens, what posts, and the live chat between them."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from discord.utils import format_dt, snowflake_time

from bot.live import Clock, LiveChat
from bot.live.clock import sleep
from bot.messages import ITSELF, Author, Deed
from bot.rooms.discord.ears import Ears
from bot.rooms.discord.echoes import Echoes
from bot.rooms.discord.keeping import Keeper
from bot.rooms.discord.line import Line
from bot.rooms.discord.room import DiscordRoom
from bot.session import Cancel, Over, Ready, Refusal, missed
from bot.store import OPEN, Chat, Store, StoreError, in_words

log = logging.getLogger(__name__)

#: Rooms of Discord are guilds, so that what is remembered of people holds for all chats of a guild.
KIND = "discord"
#: What keeps a chat from being tidied up where Discord refuses nothing.
SLOW = "Discord has not done it so far."
#: How often it is looked whether a chat is over that has no channel, or none to post in.
LOOK = timedelta(seconds=5)


def room_of(guild: int) -> str:
    """Give the room that a guild is."""
    return f"{KIND}:{guild}"


def guild_of(chat: Chat) -> int:
    """Give the guild that a chat is in."""
    return int(chat.room.partition(":")[2])


def ticket_of(store: Store, chat: Chat) -> str:
    """Give what stands for a chat in buttons: nothing that tells how many chats there are elsewhere."""
    return store.digest(chat.room, f"chat {chat.id}").hex()[:12]


class Sitting:
    """A chat that this process holds, at its channel; `followed` tells when the next began there. Keep `run` going.

    When that has returned, `waiting` says why Discord does not let all be tidied up after a chat that is over; else nothing.
    """

    def __init__(
        self,
        chat: Chat,
        store: Store,
        line: Line,
        clock: Clock,
        *,
        followed: Callable[[], datetime | None] = lambda: None,
    ) -> None:
        self.guild = guild_of(chat)
        self.channel = int(chat.place)
        self.ticket = ticket_of(store, chat)
        self.echoes = Echoes(chat, store, line, ticket=self.ticket, ask=self._ask)
        self.room = DiscordRoom(
            chat, store, line, self.echoes, clock, ticket=self.ticket, catch_up=self._catch_up
        )
        self.live = LiveChat(chat, store, self.room, clock)
        self.ears = Ears(
            self.live,
            store,
            line,
            self.echoes,
            guild=self.guild,
            channel=self.channel,
            followed=followed,
            clock=clock,
        )
        self._keeper = Keeper(chat, store, line, clock=clock)
        self._store = store
        self._clock = clock
        self._left = asyncio.Event()
        self._listens = False
        self._stopped = False
        self._reopened = False
        self.waiting = ""

    @property
    def chat(self) -> Chat:
        """The chat as it is now."""
        return self.live.chat

    @property
    def troubles(self) -> tuple[str, ...]:
        """All that is wrong, until it is right again."""
        return self.room.troubles

    @property
    def hears(self) -> bool:
        """Whether what is said in the channel still belongs to this chat."""
        return not isinstance(self.live.state.phase, Over)

    @property
    def began(self) -> datetime | None:
        """When its welcome appeared in the channel, or at least when it was started; None before that."""
        first = self.ears.first
        return self.live.state.started if first is None else snowflake_time(first)

    async def _catch_up(self) -> None:
        """Wait until all that was missed has been heard; nothing will be where the channel is no more."""
        if self._listens:
            waiting = {asyncio.ensure_future(each) for each in (self.ears.caught_up(), self._left.wait())}
            try:
                await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for each in waiting:
                    each.cancel()

    async def _ask(self, deed: Deed, by: Author) -> str:
        return await self.live.ask(deed, by=by)

    async def run(self) -> None:
        """Run the chat until it is over and all is tidied up, or until `stop`. Raises StoreError."""
        await self.echoes.load()
        self._say_if_missed()
        with in_words(self._store.path):  # what was missed before the end belongs into the recap
            self._listens = self.hears or bool(await self._store.record(self.chat).posts_to_come())
        parts = [self.room.run(), self._keeper.run(), self._over_without_channel()]
        if self._listens:
            parts.append(self.ears.run())
        others = [asyncio.create_task(each, name=self.chat.name) for each in parts]
        running = asyncio.create_task(self.live.run(), name=self.chat.name)
        try:
            done, _ = await asyncio.wait({running, *others}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
            if isinstance(self.live.state.phase, Over) and not self._stopped:
                await self._tidy_up(self.live.state.phase)
        finally:
            self.live.stop()
            for task in others:
                task.cancel()
            await asyncio.gather(running, *others, return_exceptions=True)

    async def leave(self) -> None:
        """Come to an end: the channel is no more. What has not ended is cancelled; late answers end by themselves."""
        with contextlib.suppress(Refusal, StoreError):
            await self.live.ask(Cancel(), by=ITSELF)
            self.room.report(
                f"Its channel is gone, so the chat has been cancelled. What is kept of it: `/chat transcript chat:{self.chat.short}`"
            )
        self._left.set()

    async def _over_without_channel(self) -> None:
        """Return once the chat is over where its channel is no more, or closed for long: what is still to be posted never will be."""
        while self.hears or not (self._left.is_set() or await self.room.shut()):
            await sleep(self._clock, LOOK)
        if not self._left.is_set():
            log.warning("%s: it is over, and what Discord refuses to take is given up.", self.chat.name)

    def reopen(self) -> None:
        """Leave the chat open when this run of it ends: there is more to do than was known when it began."""
        self._reopened = True

    def _say_if_missed(self) -> None:
        """Write to the host where a planned start is so long past that the chat does not begin by itself any more."""
        match self.live.state.phase:
            case Ready(starts=datetime() as starts) if missed(starts, self._clock.now()):
                began = format_dt(starts, "F")
                self.room.report(
                    f"This chat was to begin at {began}, and the bot was not there. Begin it with `/chat panel`, or `/chat cancel` it."
                )
            case _:
                pass

    async def _tidy_up(self, over: Over) -> None:
        """Show what late answers have changed, and finish what is done behind the posts."""
        if self._left.is_set():
            await self.room.written()
        else:
            if not over.cancelled:
                await self.room.update_recap()
            if not await self.room.finish():
                self.waiting = self.room.waiting or SLOW
                return
        if not self._reopened:
            await self._store.note(self.chat, {OPEN: None})

    def stop(self) -> None:
        """Finish what is in hand, and let `run` return: a chat that is over stays open, as there may be more to post."""
        self._stopped = True
        self.live.stop()
