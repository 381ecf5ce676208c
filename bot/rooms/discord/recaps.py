"""The recap of one chat in its channel: posted once, and changed in place when what it shows has changed.

Discord allows few changes of a message that is older than an hour. What may not be changed any more is deleted and posted
anew, as another edition: what somebody has taken back must not stand there. What Discord refuses is tried again after a while.
What is shown is always read just before, and read again where something of it has changed while it was on its way.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.live import News, RoomError
from bot.live.clock import Call
from bot.messages import Entry
from bot.recap import Recap
from bot.render import transcript as transcript_in
from bot.rooms.discord.echo import UNKNOWN
from bot.rooms.discord.echoes import Echoes
from bot.rooms.discord.posting import (
    FIXED,
    GONE,
    LONGEST_RETRY,
    LONGEST_WAIT,
    NO_PINGS,
    Denied,
    Draft,
    Poster,
    Upload,
    asking,
    at_last,
    component_ids,
)
from bot.rooms.discord.recap import Sheet, draft, parts, plain_draft
from bot.store import Chat, Store, StoreError, in_words

log = logging.getLogger(__name__)

#: What notes of the recap's messages are called by; the number of the message follows. And of those of which it is not known
#: whether they are there, with the digest of what was sent. And of those that are to be deleted, whose id follows.
NOTE, SENT, GOING = "recap:", "recap-sent:", "recap-going:"
#: The notes that all of it has been posted; that it cannot be shown in components; and how often it has been posted anew.
SHOWN, PLAIN, EDITION = "recap-shown", "recap-plain", "recap-edition"
#: As large a file as any server takes, in bytes, where it is not known what this one takes.
MOST_BYTES = 10 * 1024 * 1024
#: How many entries of a transcript are written at a time, so that nothing else waits for it.
CHUNK = 200

_NOTHING: Mapping[str, str] = {}

_NOT_UNDERSTOOD = 400


@dataclass(frozen=True, slots=True)
class Shown:
    """One of its messages: the id, and the digest of what it shows, or UNKNOWN."""

    id: int
    digest: str

    @classmethod
    def read(cls, note: str) -> "Shown":
        """Read it as it is noted."""
        id_, _, digest = note.partition("/")
        return cls(int(id_), digest)

    @property
    def note(self) -> str:
        """Give it as it is noted."""
        return f"{self.id}/{self.digest}"


class Recaps:
    """The recap of one chat. Keep `run` going. `draw` puts a part of it into components.

    `owing` says why it shows what is not kept any more, or not so, where Discord does not let it be changed; else nothing.
    """

    def __init__(
        self,
        chat: Chat,
        store: Store,
        poster: Poster,
        echoes: Echoes,
        *,
        ticket: str,
        guild: int,
        draw: Callable[..., Draft] = draft,
    ) -> None:
        self._draw = draw
        self._chat = chat
        self._store = store
        self._record = store.record(chat)
        self._poster = poster
        self._echoes = echoes
        self._ticket = ticket
        self._guild = guild
        self._channel = int(chat.place)
        self._quoted: frozenset[str] | None = frozenset()  # None while that is being read
        self._touched: set[str] = set()
        self._one_at_a_time = asyncio.Lock()
        self._wake = asyncio.Event()
        self._settled = asyncio.Event()
        self._settled.set()
        self._delivered = asyncio.Event()
        self._delivered.set()
        self._again: Call | None = None
        self._wait = LONGEST_RETRY
        self.owing = ""

    # When --------------------------------------------------------------------------------------------------------

    async def deliver(self) -> int:
        """Post the recap, unless it is there; gives the id of its first message. Raises RoomError and StoreError."""
        async with self._one_at_a_time:
            self._delivered.clear()  # and stays so where it may work later: what has come through may stand there
            try:
                id_ = await self._deliver()
            except Denied as error:
                self.owing = str(error) if _stands(await self._notes()) else ""
                self._delivered.set()
                raise
            self._delivered.set()
            return id_

    async def _deliver(self) -> int:
        notes = await self._notes()
        if SHOWN not in notes or f"{NOTE}0" not in notes:
            await self._write()
            await self._store.note(self._chat, {SHOWN: ""})
            notes = await self._notes()
        return Shown.read(notes[f"{NOTE}0"]).id

    async def update(self) -> None:
        """Have a recap that is there brought up to date. Raises StoreError."""
        if SHOWN in await self._notes():
            self._look_at()

    async def rewrite(self) -> None:
        """Show what is kept now in a recap that is there. Raises RoomError and StoreError."""
        async with self._one_at_a_time:
            notes = await self._notes()
            if SHOWN in notes or _stands(notes):
                await self._write()

    async def _write(self) -> None:
        """Read what is kept, and show it."""
        self._quoted, self._touched = None, set()
        recap = await self._store.recap(await self._store.chat(self._chat.id))
        self._quoted = _quoted(recap)
        if self._touched & self._quoted:
            self._look_at()
        await self._show(recap)
        self.owing, self._wait = "", LONGEST_RETRY

    def changed(self, news: News) -> None:
        """Have it written anew if it, or one that is on its way, may show a person, or an answer, that is hidden or gone."""
        if self._quoted is None:
            self._touched |= news.entries
        elif news.entries & self._quoted:
            self._look_at()
        if news.people:
            self._look_at()

    async def run(self) -> None:
        """Write the recap anew whenever that is called for, also what was not done before a restart; for ever.

        Of a chat that is over it waits to be told: it is brought up to date at the end of that.
        """
        if not self._chat.over:
            await self.update()
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await at_last(self._poster.clock, self.rewrite)
            except Denied as error:
                self._refused(error)
            if not self._wake.is_set():
                self._settled.set()

    def _refused(self, error: Denied) -> None:
        """Have it tried again after a while, which is longer each time; say so while the same has not been said."""
        quiet = str(error) == self.owing or self._chat.over
        level = logging.DEBUG if quiet else logging.WARNING
        log.log(level, "%s: the recap stays as it was for now: %s", self._chat.name, error)
        self.owing = str(error)
        if self._again:
            self._again.cancel()
        self._again = self._poster.clock.call_at(self._poster.clock.now() + self._wait, self._look_at)
        self._wait = min(2 * self._wait, LONGEST_WAIT)

    async def settled(self) -> None:
        """Wait until the recap that is there, or on its way, shows what is kept, but for what Discord refuses."""
        await self._delivered.wait()
        await self._settled.wait()

    def _look_at(self) -> None:
        self._settled.clear()
        self._wake.set()

    async def _notes(self) -> dict[str, str]:
        with in_words(self._store.path):
            return await self._record.notes("recap")

    # What --------------------------------------------------------------------------------------------------------

    async def _show(self, recap: Recap) -> None:
        """Post the messages that are not there, change those that show something else, and delete those too many."""
        await self._clear_away()
        notes = await self._notes()
        plain = PLAIN in notes
        there = _there(notes)
        sheets = await self._sheets(recap, plain=plain)
        for number, sheet in enumerate(sheets):
            shown = there.get(number)
            if shown and shown.digest == sheet.digest:
                continue
            try:
                message = self._draft(sheet, number, notes)
                if shown is None:
                    # It may have been posted by an earlier process at any time since the chat has ended.
                    since = recap.about.ended or self._poster.clock.now()
                    shown = await self._post(number, sheet, message, notes, since)
                if shown.digest != sheet.digest:
                    await self._change(number, shown, sheet, message)
                continue
            except Denied as error:
                if shown and error.code in FIXED:
                    log.info("%s: the recap is posted anew: %s", self._chat.name, error)
                    await self._take_back(number)
                elif plain or shown or error.status != _NOT_UNDERSTOOD:
                    raise
                else:
                    log.info("%s: the recap goes out as plain text: %s", self._chat.name, error)
                    await self._take_back(0, {PLAIN: ""})
            except (RoomError, StoreError):
                raise
            except Exception:
                if plain:
                    raise
                log.exception("%s: the recap cannot be drawn, so it goes out as plain text.", self._chat.name)
                await self._take_back(0, {PLAIN: ""})
            return await self._show(recap)
        await self._take_back(len(sheets))
        return await self._clear_away()

    async def _sheets(self, recap: Recap, *, plain: bool) -> list[Sheet]:
        transcript = await self._transcript(recap)
        found = parts(recap, await self._links(recap), plain=plain)
        return [Sheet(part, transcript if part.last else None) for part in found]

    def _draft(self, sheet: Sheet, number: int, notes: Mapping[str, str]) -> Draft:
        if PLAIN in notes:
            return plain_draft(sheet.part, ticket=self._ticket, transcript=sheet.transcript)
        marker = self._marker(number, notes)
        return self._draw(sheet.part, marker=marker, ticket=self._ticket, transcript=sheet.transcript)

    async def _links(self, recap: Recap) -> Callable[[str], str | None]:
        """Give what tells where in Discord a message that the recap shows stands."""
        ids = _quoted(recap)
        with in_words(self._store.path):
            places = await self._record.places(ids)

        def link(id_: str) -> str | None:
            place, shown = self._echoes.shown_as(id_) or (places.get(id_), id_)
            return f"https://discord.com/channels/{self._guild}/{place}/{shown}" if place else None

        return link

    async def _transcript(self, recap: Recap) -> Upload | None:
        """Write the transcript as a page; None where it is too large a file for the server."""
        guild = self._poster.line.client.get_guild(self._guild)
        most = min(guild.filesize_limit, MOST_BYTES) if guild else MOST_BYTES
        writer = transcript_in("html", recap.about)
        page = bytearray(writer.preamble().encode())
        some: list[Entry] = []

        def written() -> bytes:
            return "".join(map(writer.entry, some)).encode()

        async with self._store.reading(self._chat) as record:
            async for entry in record.entries():
                some.append(entry)
                if len(some) == CHUNK:
                    page += await asyncio.to_thread(written)
                    some.clear()
                    if len(page) > most:
                        return None
        page += written() + writer.postamble().encode()
        return Upload("transcript.html", bytes(page)) if len(page) <= most else None

    # How ---------------------------------------------------------------------------------------------------------

    async def _post(
        self, number: int, sheet: Sheet, message: Draft, notes: Mapping[str, str], since: datetime
    ) -> Shown:
        """Post one of its messages, or find it; where something else was sent before, either may stand there."""
        marker, before = self._marker(number, notes), notes.get(f"{SENT}{number}", sheet.digest)
        shows = sheet.digest if before == sheet.digest else UNKNOWN
        await self._store.note(self._chat, {f"{SENT}{number}": shows})
        posted = await self._poster.post(
            self._channel,
            message,
            nonce=self._digest(number, notes)[:25],
            since=since,
            mine=lambda found: (
                marker in component_ids(found) or (message.text is not None and found.content == message.text)
            ),
        )
        shown = Shown(posted.id, shows)
        await self._store.note(self._chat, {f"{NOTE}{number}": shown.note, f"{SENT}{number}": None})
        return shown

    async def _change(self, number: int, shown: Shown, sheet: Sheet, message: Draft) -> None:
        """Change one of its messages; where it is gone none is left to change. Raises RoomError."""
        # Until it is known what came of it, it may show what it showed before, or this.
        await self._store.note(self._chat, {f"{NOTE}{number}": Shown(shown.id, UNKNOWN).note})
        content: dict[str, Any] = {} if message.text is None else {"content": message.text}
        try:
            async with asking(self._poster.line, self._channel) as client:
                await self._poster.message(client, self._channel, shown.id).edit(
                    view=message.view,
                    attachments=[upload.file() for upload in message.files],
                    allowed_mentions=NO_PINGS,
                    **content,
                )
        except Denied as error:
            if error.status != GONE:
                raise
            log.info("%s: a message of the recap is gone: %s", self._chat.name, error)
        await self._store.note(self._chat, {f"{NOTE}{number}": Shown(shown.id, sheet.digest).note})

    async def _take_back(self, first: int, more: Mapping[str, str] = _NOTHING) -> None:
        """Let the messages from that one on be deleted, and what is posted in their place be another edition."""
        notes = await self._notes()
        going = {number: shown for number, shown in _there(notes).items() if number >= first}
        if going or more:
            await self._store.note(
                self._chat,
                {
                    **{key: None for key in notes if key.startswith((NOTE, SENT)) and _number(key) >= first},
                    **{f"{GOING}{shown.id}": "" for shown in going.values()},
                    EDITION: str(int(notes.get(EDITION, "0")) + 1),
                    **more,
                },
            )

    async def _clear_away(self) -> None:
        """Delete what has been taken back. Raises RoomError where it may still stand."""
        for key in await self._notes():
            if key.startswith(GOING):
                await self._delete(_number(key))
                await self._store.note(self._chat, {key: None})

    async def _delete(self, id_: int) -> None:
        try:
            async with asking(self._poster.line, self._channel) as client:
                await self._poster.message(client, self._channel, id_).delete()
        except Denied as error:
            if error.status != GONE:
                raise

    def _marker(self, number: int, notes: Mapping[str, str]) -> int:
        """Give the id of a component that only this message of this edition has: Discord takes 31 bits."""
        return int(self._digest(number, notes)[-7:], 16) + 1_000

    def _digest(self, number: int, notes: Mapping[str, str]) -> str:
        edition = notes.get(EDITION, "0")
        return self._store.digest(self._chat.room, f"{self._ticket} recap {edition}.{number}").hex()


def _there(notes: Mapping[str, str]) -> dict[int, Shown]:
    """Give the messages of the recap that are in the channel, by their numbers."""
    return {_number(key): Shown.read(note) for key, note in notes.items() if key.startswith(NOTE)}


def _number(key: str) -> int:
    """Give the number, or the id, at the end of what a note is called by."""
    return int(key.rpartition(":")[2])


def _stands(notes: Mapping[str, str]) -> bool:
    """Tell whether anything of the recap is in the channel."""
    return any(key.startswith((NOTE, GOING)) for key in notes)


def _quoted(recap: Recap) -> frozenset[str]:
    """Give the ids of the messages of which a recap shows something in itself."""
    return frozenset(
        (
            *(entry.id for question in recap.questions for entry in question.best),
            *(theme.example.id for theme in recap.themes),
            *(picture.message for picture in recap.pictures),
        )
    )
