"""The script's sign on messages that count: put there when there is time, and dropped when there is not."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Mapping

import discord

from bot.live import RoomError
from bot.rooms.discord.line import Line
from bot.rooms.discord.posting import GONE, Denied, asking
from bot.store import Chat, Store, StoreError, in_words

log = logging.getLogger(__name__)

_KEPT: Mapping[str, str] = {}

#: How many messages may wait for their sign; those that have waited longest are dropped.
MOST_WAITING = 100

#: Discord's codes for what is wrong with one message only: it is gone, its author has blocked the bot, it has 20 signs, its
#: thread is archived.
_THIS_ONE = frozenset({10008, 90001, 30010, 50083})
_UNKNOWN_SIGN = 10014


class Signs:
    """Puts a sign on messages and takes it off again. Keep `run` going."""

    def __init__(self, chat: Chat, store: Store, line: Line, guild: int) -> None:
        self._line = line
        self._store = store
        self._record = store.record(chat)
        self._sign = chat.script.acknowledge
        self._may = True
        self._refused = ""
        self._guild = guild
        self._waiting: OrderedDict[str, tuple[bool, str | None]] = OrderedDict()
        self._wake = asyncio.Event()

    def allowed(self) -> None:
        """Know that what Discord has refused it may allow by now: what waits is tried again."""
        self._may = True
        self._wake.set()

    def want(self, counting: Mapping[str, bool], places: Mapping[str, str] = _KEPT) -> None:
        """Have the sign put on messages (True) or taken off them (False), by their ids.

        `places` are the channels and threads of those of which nothing may be kept by then.
        """
        if self._sign is None:
            return
        for message, on in counting.items():
            self._waiting.pop(message, None)
            self._waiting[message] = on, places.get(message)
        while len(self._waiting) > MOST_WAITING:
            self._waiting.popitem(last=False)
        self._wake.set()

    async def erase_of(self, person: str) -> None:
        """Have it taken off all answers of a person: called just before they are forgotten. Raises StoreError."""
        with in_words(self._store.path):
            ids = [entry.id for entry in await self._record.answers_of(person)]
            self.want(dict.fromkeys(ids, False), await self._record.places(ids))

    async def run(self) -> None:
        """Put signs on and take them off, for ever; once one is refused, no more until that may be allowed."""
        while self._sign is not None:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting and self._may:
                message, (on, place) = self._waiting.popitem(last=False)
                await self._set(self._sign, message, place, on=on)

    async def _set(self, sign: str, message: str, place: str | None, *, on: bool) -> None:
        try:
            if place is None:
                with in_words(self._store.path):
                    place = (await self._record.places([message])).get(message, "")
            if not place.isdecimal():  # answers from a form are kept without a place
                return
            async with asking(self._line, int(place)) as client:
                channel = client.get_partial_messageable(int(place), guild_id=self._guild)
                target = channel.get_partial_message(int(message))
                if on:
                    await target.add_reaction(sign)
                else:
                    await target.remove_reaction(sign, discord.Object(self._line.me))
        except Denied as error:
            if on and (error.code == _UNKNOWN_SIGN or (error.status != GONE and error.code not in _THIS_ONE)):
                self._may = False
                self._waiting.setdefault(message, (on, place))
                self._waiting.move_to_end(message, last=False)
                level = logging.DEBUG if str(error) == self._refused else logging.WARNING
                log.log(level, "Answers get no sign for now: %s", error)
                self._refused = str(error)
        except (RoomError, StoreError) as error:
            log.debug("No sign on %s: %s", message, error)
