"""Listening to one chat's channel and its threads, so that what is kept is what stands there.

What happens comes in as live events. Some never come: while the bot was not there, or its connection was cut. So whenever
something may have been missed, the channel is read. Meanwhile live events wait; what had happened before is seen by
reading, so those that wait when something is missed once more are dropped.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import discord

from bot.live import Clock, LiveChat, SystemClock
from bot.live.chat import RETRY
from bot.messages import Author, Deed, Message, Reacted, Retracted
from bot.rooms.discord.echoes import Echoes
from bot.rooms.discord.hearing import sign_of, spoken
from bot.rooms.discord.line import Line
from bot.rooms.discord.missed import Missed
from bot.rooms.discord.reading import Away, Reader
from bot.rooms.discord.taking import NotYet, Taking
from bot.session import Over
from bot.store import Store, StoreError

log = logging.getLogger(__name__)

#: So many events may wait; if there are more, the channel is read once more instead.
MOST_WAITING = 20_000


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait: at first for the first post to be kept, after a failure of the store, and of Discord at first and at most."""

    welcome: timedelta = timedelta(milliseconds=50)
    store: timedelta = RETRY
    first: timedelta = timedelta(seconds=1)
    most: timedelta = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class _Cleared:
    """All signs are gone from a message, or all of one kind."""

    id: str
    sign: str | None


@dataclass(frozen=True, slots=True)
class _ThreadGone:
    """A thread is gone, with all that was in it."""

    id: str


_Happening = discord.Message | Retracted | Reacted | _Cleared | _ThreadGone


class Ears:
    """The ears of one live chat. `followed` tells when the next one began in the same channel. `run` has to be kept going; what happens in the channel is told by the other methods."""

    def __init__(
        self,
        live: LiveChat,
        store: Store,
        line: Line,
        echoes: Echoes,
        *,
        guild: int,
        channel: int,
        followed: Callable[[], datetime | None] = lambda: None,
        clock: Clock | None = None,
        patience: Patience | None = None,
    ) -> None:
        self._live = live
        self._line = line
        self._clock = clock or SystemClock()
        self._patience = patience or Patience()
        self._reader = reader = Reader(line, guild, channel)
        self._taking = Taking(
            live, store, line, echoes, reader, channel=channel, followed=followed, failed=self._look_again
        )
        self._missed = Missed(live, reader, self._taking, channel)
        self._waiting: deque[_Happening] = deque()
        self._wake = asyncio.Event()
        self._again = asyncio.Event()
        self._is_behind = True
        self._caught_up = asyncio.Event()
        self._wake.set()

    # What happens in the channel ---------------------------------------------------------------------------------

    def message(self, message: discord.Message) -> None:
        """Somebody has written something."""
        if self._listening():
            if spoken(message):
                self._put(message)
            else:
                self._taking.echoes.see(message)

    def edited(self, message: discord.Message) -> None:
        """Somebody has changed what they wrote."""
        self.message(message)

    def deleted(self, ids: Collection[int]) -> None:
        """Messages are gone."""
        if self._listening():
            for id_ in sorted(ids):
                self._put(Retracted(str(id_)))

    def thread_deleted(self, thread: int) -> None:
        """Somebody has deleted a thread, with all that was in it."""
        if self._listening():
            self._put(_ThreadGone(str(thread)))

    def reacted(self, payload: discord.RawReactionActionEvent, *, on: bool) -> None:
        """Somebody has put a sign on a message, or taken it off."""
        bot = payload.member is not None and payload.member.bot
        if self._listening() and not bot:
            person = Author(str(payload.user_id), "")
            self._put(Reacted(str(payload.message_id), person, sign_of(payload.emoji), on))

    def cleared(self, message: int, sign: str | None) -> None:
        """All signs, or all of one kind, are gone from a message."""
        if self._listening():
            self._put(_Cleared(str(message), sign))

    @property
    def first(self) -> int | None:
        """The id of the chat's welcome, from which on it listens; None while that is not known to be there."""
        return self._taking.first

    async def read(self, message: discord.Message) -> Message | None:
        """Give what is to be kept of a message that somebody points at, or None if it is none of this chat's.

        Raises Away and StoreError.
        """
        try:
            heard = spoken(message) and await self._taking.begun()
        except NotYet:
            return None
        return await self._taking.message(message) if heard else None

    def behind(self) -> None:
        """Something may have been missed: read the channel before anything else is heard."""
        self._caught_up.clear()
        self._look_again()
        self._again.set()

    def allowed(self) -> None:
        """Read the channel if it may be read, perhaps only now: what was said while it was hidden was never told."""
        if self._reader.readable:
            self.behind()

    def _listening(self) -> bool:
        """Tell whether anything is to be heard: nothing before the chat has begun, nothing once it is over."""
        state = self._live.state
        if state.started is None or isinstance(state.phase, Over):
            return False
        if self._taking.first is None and not self._is_behind:
            self._look_again()
        return True

    def _put(self, happening: _Happening) -> None:
        if len(self._waiting) >= MOST_WAITING:
            self._look_again()
        self._waiting.append(happening)
        if not self._is_behind:
            self._wake.set()

    def _look_again(self) -> None:
        self._is_behind = True
        self._waiting.clear()
        self._wake.set()

    # The one task ------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Listen, for ever."""
        tries = 0
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self._listen()
                tries = 0
            except NotYet:
                self._caught_up.set()
                await self._rest(min(self._patience.first, self._patience.welcome * 2 ** min(tries, 30)))
                tries += 1
            except StoreError as error:
                log.warning("%s: %s", self._live.chat.name, error)
                await self._rest(self._patience.store)
            except Away as away:
                log.log(
                    self._line.level(logging.INFO),
                    "%s: the channel cannot be read (%s). Trying again.",
                    self._live.chat.name,
                    away,
                )
                await self._rest(min(self._patience.most, self._patience.first * 2 ** min(tries, 30)))
                tries += 1

    async def _rest(self, time: timedelta) -> None:
        """Wait, at most until there is a reason to look again; what comes meanwhile waits too."""
        self._look_again()
        self._again.clear()
        call = self._clock.call_at(self._clock.now() + time, self._again.set)
        try:
            await self._again.wait()
        finally:
            call.cancel()

    async def _listen(self) -> None:
        """Hear what waits, after what was missed. Raises Away, StoreError and NotYet."""
        self._taking.raise_failure()
        if self._is_behind:
            self._is_behind = False
            if not await self._taking.begun():
                self._waiting.clear()
                self._caught_up.set()
                return
            for count in await self._missed.catch_up():
                await self._let_through()
                if self._is_behind:
                    return
                await self._missed.recount(count)
        await self._let_through()
        if not self._is_behind:
            self._caught_up.set()

    async def caught_up(self) -> None:
        """Return once all that was missed so far has been heard, as far as it can be read: what could not is tried again."""
        if self._missed.skipped:
            self.allowed()
        await self._caught_up.wait()

    async def _let_through(self) -> None:
        while self._waiting and not self._is_behind:
            for deed in await self._deeds(self._waiting.popleft()):
                self._taking.hear(deed)

    async def _deeds(self, happening: _Happening) -> Iterable[Deed]:
        """Give what is to be heard of what happened."""
        taking, shown_as = self._taking, self._taking.echoes.message_of
        match happening:
            case discord.Message():
                return await taking.deeds(happening)
            case _ThreadGone(id_):
                return [Retracted(each) for each in await taking.standing_in(int(id_))]
            case _ if int(happening.id) <= (taking.first or 0):
                return []
            case Retracted(id_):
                return [] if id_ in await taking.posts() else [Retracted(shown_as(id_))]
            case Reacted(id_, author):
                return [] if author.id == str(self._line.me) else [replace(happening, id=shown_as(id_))]
            case _Cleared(id_, sign):
                return await taking.counts_for(shown_as(id_), sign, set())
