"""Reading again what stands in a chat's channel and its threads, and hearing what of it is not kept.

First what is newer than the newest that is kept, in order; then the chat's whole time, for what was edited, deleted, or never
heard of. Nothing newer than what was missed is kept before it, so that this may be cut off anywhere and done again.
"""

import logging
from dataclasses import dataclass

import discord

from bot.live import LiveChat
from bot.messages import Retracted
from bot.rooms.discord.hearing import counted, sign_of, spoken, version_of
from bot.rooms.discord.reading import Gone, Page, Reader
from bot.rooms.discord.taking import Taking
from bot.store import DELETED

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Count:
    """A sign that other people have put on a message than is kept: where, the message there and as it is kept, the emojis."""

    place: int
    shown: int
    id: str
    sign: str
    emojis: tuple[str, ...]
    burst: bool


class Missed:
    """What one chat may have missed. All raises Away and StoreError."""

    def __init__(self, live: LiveChat, reader: Reader, taking: Taking, channel: int) -> None:
        self._live = live
        self._reader = reader
        self._taking = taking
        self._channel = channel
        self._skipped: set[int] = set()
        self._deleted: set[int] = set()

    @property
    def skipped(self) -> bool:
        """Whether something could not be read when that was tried last."""
        return bool(self._skipped)

    async def catch_up(self) -> list[Count]:
        """Hear the messages that were missed; give the signs that are still to be counted."""
        taking, first = self._taking, self._taking.first or 0
        await taking.anew()
        newest = await taking.kept(taking.record.newest())
        marks = {int(place): int(id_) for place, id_ in newest.items() if place.isdecimal()}
        threads = await self._threads(first) | marks.keys() | taking.echoes.places
        places = [self._channel, *sorted(threads - self._deleted - {self._channel})]
        counts = []
        for place in places:
            counts += await self._read(place, marks.get(place, first))
        for place in places:
            if place in marks and place not in self._skipped:
                counts += await self._read(place, first, marks[place])
        return counts

    async def recount(self, count: Count) -> None:
        """Hear who has put a sign on a message, or taken it off."""
        people: set[str] = set()
        try:
            for emoji in count.emojis:
                people |= await self._reader.people_behind(count.place, count.shown, emoji, burst=count.burst)
        except Gone:
            return  # the message itself is gone, and that will be told, or everybody's sign is, just now
        for deed in await self._taking.counts_for(count.id, count.sign, people):
            self._taking.hear(deed)

    async def _threads(self, first: int) -> set[int]:
        try:
            return await self._reader.threads(discord.utils.snowflake_time(first))
        except Gone as gone:
            self._skip(self._channel, gone)
            return set()

    async def _read(self, place: int, after: int, until: int | None = None) -> list[Count]:
        """Read a channel or thread from after an id on, until that id if there is one; give the signs that differ."""
        counts: list[Count] = []
        while True:
            echoes = self._taking.echoes.in_place(place)
            try:
                page = await self._reader.page(place, after)
            except Gone as gone:
                await self._not_there(place, gone)
                return counts
            self._skipped.discard(place)
            read_to = max(page.ids, default=after)
            if page.last and until:  # what is kept of a time behind the last message is gone, too
                read_to = max(read_to, until)
            await self._compare(place, page, after + 1, read_to)
            # What has been posted anew meanwhile is not gone.
            standing = self._taking.echoes.in_place(place).items() & echoes.items()
            await self._miss(page, {id_ for id_, echo in standing if after < echo <= read_to})
            counts += await self._differing(place, page.messages)
            if page.last or (until and read_to >= until):
                return counts
            after = read_to

    async def _not_there(self, place: int, why: Gone) -> None:
        """Hear that all is gone from a thread that is gone; of what else cannot be read nothing is known."""
        if place == self._channel or not why.deleted:
            self._skip(place, why)
            return
        self._deleted.add(place)
        for id_ in await self._taking.standing_in(place):
            self._taking.hear(Retracted(id_))
        await self._taking.all_kept()

    def _skip(self, place: int, why: Gone) -> None:
        if place not in self._skipped:
            self._skipped.add(place)
            log.warning(
                "%s: channel or thread %s cannot be read (%s), so what was missed there is missing. Let the bot view it and read its history.",
                self._live.chat.name, place, why,
            )  # fmt: skip

    async def _compare(self, place: int, page: Page, first: int, last: int) -> None:
        """Hear what is new in a part of a place, or edited, or gone from it."""
        taking = self._taking
        kept = await taking.kept(taking.record.kept_between(str(place), first, last))
        for shown in page.messages:
            taking.echoes.see(shown)
            if spoken(shown) and version_of(shown) > kept.get(str(shown.id), -1):
                for deed in await taking.deeds(shown):
                    taking.hear(deed)
        # answers from a form are kept without a place, so they are none of these
        for id_ in kept.keys() - set(map(str, page.ids)):
            taking.hear(Retracted(id_))
        await taking.all_kept()

    async def _miss(self, page: Page, messages: set[str]) -> None:
        """Hear which of these messages are gone since nothing shows them any more."""
        there = {self._taking.echoes.message_of(str(id_)) for id_ in page.ids}
        known = await self._taking.kept(self._taking.record.known(messages - there))
        for id_, each in known.items():
            if each.version != DELETED:
                self._taking.hear(Retracted(id_))
        await self._taking.all_kept()

    async def _differing(self, place: int, messages: list[discord.Message]) -> list[Count]:
        """Give the signs on messages that are kept with another number of people."""
        taking = self._taking
        by_id = {taking.echoes.message_of(str(shown.id)): shown for shown in messages}
        known = await taking.kept(taking.record.known(by_id.keys()))
        kept = {id_: by_id[id_] for id_, each in known.items() if each.version != DELETED}
        signs = await taking.kept(taking.record.signs_on(kept.keys()))
        return [
            _count(place, shown, id_, sign)
            for id_, shown in kept.items()
            for sign in _unlike(counted(shown.reactions), {s: len(p) for s, p in signs.get(id_, {}).items()})
        ]


def _unlike(one: dict[str, int], other: dict[str, int]) -> list[str]:
    return [sign for sign in sorted(one.keys() | other.keys()) if one.get(sign, 0) != other.get(sign, 0)]


def _count(place: int, shown: discord.Message, id_: str, sign: str) -> Count:
    reactions = [each for each in shown.reactions if sign_of(each.emoji) == sign]
    emojis = tuple(
        each.emoji if isinstance(each.emoji, str) else f"{each.emoji.name}:{each.emoji.id}"
        for each in reactions
    )
    return Count(place, shown.id, id_, sign, emojis, burst=any(each.burst_count for each in reactions))
