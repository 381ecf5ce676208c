"""The recap of one chat in its channel: posted once, and changed in place when what it shows has changed."""

import asyncio
import hashlib
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from bot.live import News
from bot.messages import Entry
from bot.recap import Recap
from bot.render import transcript as transcript_in
from bot.rooms.discord.echoes import Echoes
from bot.rooms.discord.posting import (
    GONE,
    NO_PINGS,
    Denied,
    Draft,
    Poster,
    Upload,
    asking,
    at_last,
    component_ids,
)
from bot.rooms.discord.recap import Part, draft, parts, plain_draft
from bot.store import Chat, Store, in_words

log = logging.getLogger(__name__)

#: What notes of the recap's messages are called by; the number of the message follows.
NOTE = "recap:"
#: The notes that all of it has been posted; that it has been brought up to date after late answers; and that this server
#: knows no components of the kind that a recap is made of.
SHOWN, UPDATED, PLAIN = "recap-shown", "recap-updated", "recap-plain"
#: As large a file as any server takes, in bytes, where it is not known what this one takes.
MOST_BYTES = 10 * 1024 * 1024
#: How many entries of a transcript are written at a time, so that nothing else waits for it.
CHUNK = 200

_NOT_UNDERSTOOD = 400
_ELSEWHERE = "Hosts get it with `/chat transcript`, or from `hashchat transcript`."


class Recaps:
    """The recap of one chat. Keep `run` going."""

    def __init__(
        self, chat: Chat, store: Store, poster: Poster, echoes: Echoes, *, ticket: str, guild: int
    ) -> None:
        self._chat = chat
        self._store = store
        self._record = store.record(chat)
        self._poster = poster
        self._echoes = echoes
        self._ticket = ticket
        self._guild = guild
        self._channel = int(chat.place)
        self._shown: list[Part] = []
        self._file: str = ""
        self._quoted: frozenset[str] = frozenset()
        self._one_at_a_time = asyncio.Lock()
        self._wake = asyncio.Event()
        self._settled = asyncio.Event()
        self._settled.set()

    # When --------------------------------------------------------------------------------------------------------

    async def deliver(self, recap: Recap, *, since: datetime) -> int:
        """Post the recap or, where it is there, bring it up to date; gives the id of its first message. Raises RoomError."""
        async with self._one_at_a_time:
            notes = await self._notes()
            if SHOWN in notes:
                await self._update(recap, notes)
            else:
                await self._show(recap, since=since, anew=False)
                await self._store.note(self._chat, {SHOWN: ""})
        return int((await self._notes())[f"{NOTE}0"])

    async def update(self, recap: Recap) -> None:
        """Bring a recap that is there up to date after late answers, once. Raises RoomError."""
        async with self._one_at_a_time:
            await self._update(recap, await self._notes())

    async def rewrite(self) -> None:
        """Show what is kept now in a recap that is there: somebody is gone from it. Raises RoomError and StoreError."""
        async with self._one_at_a_time:
            if SHOWN in await self._notes():
                chat = await self._store.chat(self._chat.id)
                await self._show(await self._store.recap(chat), since=self._poster.clock.now(), anew=True)

    def changed(self, news: News) -> None:
        """Have it written anew if it may show a person, or an answer, that is hidden or gone."""
        if self._shown and (news.people or news.entries & self._quoted):
            self._look_at()

    async def run(self) -> None:
        """Write the recap anew whenever that is called for, also what was not done before a restart; for ever."""
        if SHOWN in await self._notes():
            self._look_at()
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await at_last(self._poster.clock, self.rewrite)
            except Denied as error:
                log.warning("%s: the recap stays as it was: %s", self._chat.name, error)
            if not self._wake.is_set():
                self._settled.set()

    async def settled(self) -> None:
        """Wait until the recap that is there shows what is kept."""
        await self._settled.wait()

    def _look_at(self) -> None:
        self._settled.clear()
        self._wake.set()

    async def _update(self, recap: Recap, notes: dict[str, str]) -> None:
        if SHOWN in notes and UPDATED not in notes:
            await self._show(recap, since=self._poster.clock.now(), anew=True)
            await self._store.note(self._chat, {UPDATED: ""})

    async def _notes(self) -> dict[str, str]:
        with in_words(self._store.path):
            return await self._record.notes("recap")

    # What --------------------------------------------------------------------------------------------------------

    async def _show(self, recap: Recap, *, since: datetime, anew: bool) -> None:
        """Post the messages that are not there, and (`anew`) change those that are and delete those too many."""
        notes = await self._notes()
        there = {int(key.removeprefix(NOTE)): int(id_) for key, id_ in notes.items() if key.startswith(NOTE)}
        plain = PLAIN in notes
        link = await self._links(recap)
        transcript = await self._transcript(recap)
        file = hashlib.sha256(transcript.data).hexdigest() if transcript else ""
        wanted = parts(recap, link, plain=plain)
        for number, part in enumerate(wanted):
            sheet = self._draft(part, number, transcript, plain=plain)
            if number not in there:
                try:
                    await self._post(number, sheet, since)
                except Denied as error:
                    if plain or error.status != _NOT_UNDERSTOOD:
                        raise
                    log.info("%s: the recap goes out as plain text: %s", self._chat.name, error)
                    await self._store.note(self._chat, {PLAIN: ""})
                    return await self._show(recap, since=since, anew=anew)
            elif anew and not (
                self._shown[number : number + 1] == [part] and (not part.last or file == self._file)
            ):
                await self._change(there[number], sheet)
        for number in sorted(there.keys() - set(range(len(wanted)))):
            await self._delete(there[number])
            await self._store.note(self._chat, {f"{NOTE}{number}": None})
        self._shown, self._file = wanted, file
        self._quoted = frozenset(entry.id for question in recap.questions for entry in question.best)
        self._quoted |= {theme.example.id for theme in recap.themes} | {
            each.message for each in recap.pictures
        }
        return None

    def _draft(self, part: Part, number: int, transcript: Upload | None, *, plain: bool) -> Draft:
        if plain:
            return plain_draft(part, ticket=self._ticket, transcript=transcript, where=_ELSEWHERE)
        return draft(
            part, marker=self._marker(number), ticket=self._ticket, transcript=transcript, where=_ELSEWHERE
        )

    async def _links(self, recap: Recap) -> Callable[[str], str | None]:
        """Give what tells where in Discord a message that the recap shows stands."""
        ids = {entry.id for question in recap.questions for entry in question.best}
        ids |= {picture.message for picture in recap.pictures}
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

    async def _post(self, number: int, sheet: Draft, since: datetime) -> None:
        marker = self._marker(number)
        message = await self._poster.post(
            self._channel,
            sheet,
            nonce=self._digest(number)[:25],
            since=since,
            mine=lambda message: (
                marker in component_ids(message) or (sheet.text is not None and message.content == sheet.text)
            ),
        )
        await self._store.note(self._chat, {f"{NOTE}{number}": str(message.id)})

    async def _change(self, id_: int, sheet: Draft) -> None:
        """Change one of its messages; where that is refused (Discord allows few changes after an hour) it stays as it is."""
        content: dict[str, Any] = {} if sheet.text is None else {"content": sheet.text}
        try:
            async with asking(self._poster.line, self._channel) as client:
                await self._poster.message(client, self._channel, id_).edit(
                    view=sheet.view,
                    attachments=[upload.file() for upload in sheet.files],
                    allowed_mentions=NO_PINGS,
                    **content,
                )
        except Denied as error:
            log.info("%s: a message of the recap stays as it is: %s", self._chat.name, error)

    async def _delete(self, id_: int) -> None:
        try:
            async with asking(self._poster.line, self._channel) as client:
                await self._poster.message(client, self._channel, id_).delete()
        except Denied as error:
            if error.status != GONE:
                log.info("%s: a message of the recap is left over: %s", self._chat.name, error)

    def _marker(self, number: int) -> int:
        """Give the id of a component that only this message of this recap has: Discord takes 31 bits."""
        return int(self._digest(number)[-7:], 16) + 1_000

    def _digest(self, number: int) -> str:
        return self._store.digest(self._chat.room, f"{self._ticket} recap {number}").hex()
