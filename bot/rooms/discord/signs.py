"""The script's sign on messages that count: put there when there is time, and dropped when there is not."""

import asyncio
import logging
from collections import OrderedDict

import discord

from bot.live import RoomError
from bot.rooms.discord.line import Line
from bot.rooms.discord.posting import GONE, Denied, asking

log = logging.getLogger(__name__)

#: How many messages may wait for their sign; those that have waited longest are dropped.
MOST_WAITING = 100
#: How many messages are remembered with their sign, so that nothing is asked for twice.
REMEMBERED = 5_000

#: Discord's codes for what is wrong with one message only: it is gone, its author has blocked the bot, it has 20 signs.
_THIS_ONE = frozenset({10008, 90001, 30010})
_UNKNOWN_SIGN = 10014


class Signs:
    """Puts a sign on messages and takes it off again. Keep `run` going."""

    def __init__(self, line: Line, sign: str | None, guild: int) -> None:
        self._line = line
        self._sign = sign
        self._guild = guild
        self._waiting: OrderedDict[tuple[int, int], bool] = OrderedDict()
        self._put: OrderedDict[int, bool] = OrderedDict()
        self._wake = asyncio.Event()

    def want(self, place: int, message: int, *, on: bool, edited: bool) -> None:
        """Have the sign on a message, or not. One that was never edited needs none taken off."""
        if self._sign is None or self._put.get(message, not edited and not on) == on:
            return
        self._waiting.pop((place, message), None)
        self._waiting[place, message] = on
        if len(self._waiting) > MOST_WAITING:
            self._waiting.popitem(last=False)
        self._wake.set()

    async def run(self) -> None:
        """Put signs on and take them off, for ever, or until it turns out that the bot may not."""
        while self._sign is not None:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting and self._sign is not None:
                (place, message), on = self._waiting.popitem(last=False)
                await self._set(self._sign, place, message, on=on)
        self._waiting.clear()

    async def _set(self, sign: str, place: int, message: int, *, on: bool) -> None:
        try:
            async with asking(self._line, place) as client:
                channel = client.get_partial_messageable(place, guild_id=self._guild)
                target = channel.get_partial_message(message)
                if on:
                    await target.add_reaction(sign)
                else:
                    await target.remove_reaction(sign, discord.Object(self._line.me))
        except Denied as error:
            if error.code == _UNKNOWN_SIGN or (error.status != GONE and error.code not in _THIS_ONE):
                self._sign = None
                log.warning("Answers get no sign from now on: %s", error)
        except RoomError as error:
            log.debug("No sign on %d: %s", message, error)
        else:
            self._put[message] = on
            if len(self._put) > REMEMBERED:
                self._put.popitem(last=False)
