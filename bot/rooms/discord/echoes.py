"""What people answered in a form, shown by the bot in their name: posted once, and kept to what is kept.

A note for each says where it stands, written before anything is sent: nothing yet, sent to a place with what came of it
unknown, there with a digest of its text, or there and to be deleted, because Discord lets nobody change it any more and
another edition is to be posted. All else follows from comparing the note with what is kept of the message, which is done
again after a restart, and after a while where Discord refuses it: so neither an answer nor its echo is lost, none stands
twice, and what somebody has taken back goes in the end.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from datetime import datetime
from functools import partial

import discord

from bot.live.clock import Call
from bot.messages import Author, Deed, Entry, Message, Placed, Retracted, Said
from bot.rooms.discord import written
from bot.rooms.discord.echo import NOTE, UNKNOWN, Echo, digest, edited, version_at, words_of
from bot.rooms.discord.line import Line
from bot.rooms.discord.posting import (
    FIXED,
    GONE,
    LONGEST_RETRY,
    NO_PINGS,
    Barred,
    Denied,
    Draft,
    Poster,
    Unreadable,
    asking,
    at_last,
    buttons,
    custom_ids,
)
from bot.script.phrases import phrases
from bot.script.posts import Kind
from bot.session import Refusal
from bot.store import Chat, Record, Store, in_words

log = logging.getLogger(__name__)


class Echoes:
    """The echoes of one chat. `load` once; then `run` brings them in line with what is kept, for ever."""

    def __init__(
        self,
        chat: Chat,
        store: Store,
        line: Line,
        *,
        ticket: str,
        ask: Callable[[Deed, Author], Awaitable[str]],
    ) -> None:
        self._chat = chat
        self._store = store
        self._record: Record = store.record(chat)
        self._line = line
        self._ticket = ticket
        self._words = phrases(chat.script.language)
        self._ask = ask
        self._echoes: dict[str, Echo] = {}
        self._messages: dict[int, str] = {}
        self._going: set[str] = set()
        self._coming: set[str] = set()
        self._replaced: set[int] = set()
        self._due: dict[str, None] = {}
        self._refused: dict[str, str] = {}
        self._unlike: set[str] = set()
        self._barred = Barred()
        self._again: Call | None = None
        self._wake = asyncio.Event()
        self._settled = asyncio.Event()
        self._settled.set()

    async def load(self) -> None:
        """Know what is noted, and look again at what may not be as it should be. Raises StoreError."""
        with in_words(self._store.path):
            notes = await self._record.notes(NOTE)
            self._echoes = {key.removeprefix(NOTE): Echo.read(note) for key, note in notes.items()}
            entries = {entry.id: entry for entry in await self._record.some(self._echoes)}
        self._messages = {echo.shown[1]: id_ for id_, echo in self._echoes.items() if echo.shown}
        self._replaced = {echo.id for echo in self._echoes.values() if echo.id and not echo.shown}
        for id_ in dict.fromkeys((*entries, *self._echoes)):  # in the order in which they were said
            entry = entries.get(id_)
            if entry is None or self._echoes[id_].digest != digest(words_of(self._chat.script, entry)):
                self._look_at(id_)

    # Finding -----------------------------------------------------------------------------------------------------

    def message_of(self, shown: str) -> str:
        """Give the id of the kept message that a message in Discord stands for: another only where it is an echo."""
        return self._messages.get(int(shown), shown) if shown.isdecimal() else shown

    def see(self, message: discord.Message) -> None:
        """Know an echo in the channel by its button: what people do about it may be told before Discord says that it is posted."""
        own = f"own:{self._ticket}:"
        if message.author.id == self._line.me and message.id not in self._replaced:
            for custom_id in custom_ids(message):
                if custom_id.startswith(own):
                    self._messages[message.id] = custom_id.removeprefix(own)

    def shown_as(self, message: str) -> tuple[int, int] | None:
        """Give the channel or thread, and the id there, of the echo of a kept message; None where it has none (yet)."""
        echo = self._echoes.get(message)
        return echo.shown if echo else None

    @property
    def places(self) -> set[int]:
        """The channels and threads in which echoes are."""
        return {shown[0] for id_ in self._echoes if (shown := self.shown_as(id_))}

    def in_place(self, place: int) -> dict[str, int]:
        """Give the ids of the echoes that are in a channel or thread by now, by the id of the kept message."""
        there = {id_: echo.shown for id_, echo in self._echoes.items()}
        return {id_: shown[1] for id_, shown in there.items() if shown and shown[0] == place}

    def __contains__(self, message: str) -> bool:
        """Tell whether a kept message is one that was written in a form."""
        return message in self._echoes

    # What people do ----------------------------------------------------------------------------------------------

    async def answer(
        self, by: Author, label: str, text: str, id: str, at: datetime, *, pressed_on: str | None = None
    ) -> str:
        """Keep an answer to the question of that label, which has been asked, and have it posted; give words for its author.

        `id` is that of what the form brings, and nobody else's; `at` is when it was sent. The same once more changes
        nothing, and other words change it. `pressed_on` is the post whose button was pressed, of which it may not be known
        yet that it is there. Raises Refusal and StoreError.
        """
        if not text.strip():
            raise Refusal("There is nothing in that answer. Press Answer again and write it.")
        with in_words(self._store.path):
            posts = await self._record.posts_shown()
            kept = await self._record.some({id})
        asking = [post.id for post in posts if post.kind is Kind.QUESTION and post.question == label]
        if kept and kept[0].text != text:
            message = edited(kept[0], by, text, at)
        else:
            message = Message(id, by, text, at, reply_to=asking[-1] if asking else pressed_on)
            if not kept and id in self._echoes:  # it has come once and is not kept yet: what came last stands
                message = replace(message, version=version_at(at))
        self._coming.add(id)
        try:
            if id not in self._echoes:
                await self._note(id, Echo())
            # Which question was meant is sure, whatever the words look like.
            _, counts = await asyncio.gather(
                self._ask(Said(message), by), self._ask(Placed(id, by, (label,)), by)
            )
        finally:
            self._coming.discard(id)
            self.changed({id})
        return f"Kept. {counts} It appears here under your name in a moment."

    async def edit(self, by: Author, message_id: str, text: str) -> str:
        """Change the words of one's own answer; gives words for its author. Raises Refusal and StoreError."""
        entry = await self._own(by, message_id)
        if not text.strip():
            raise Refusal("There is nothing left of that answer. To take it back, press Withdraw.")
        await self._ask(Said(edited(entry, by, text, discord.utils.utcnow())), by)
        return "Changed."

    async def withdraw(self, by: Author, message_id: str) -> str:
        """Take one's own answer back; gives words for its author. Raises Refusal and StoreError."""
        await self._own(by, message_id)
        await self._ask(Retracted(message_id), by)
        return "Withdrawn: your answer counts no longer, and what the bot posted of it goes."

    async def _own(self, by: Author, message_id: str) -> Entry:
        with in_words(self._store.path):
            entries = await self._record.some({message_id})
        if not entries or message_id not in self._echoes:
            raise Refusal("That answer is no longer there.")
        entry = entries[0]
        if entry.author is None or entry.author.id != by.id:
            whose = written.name(entry.author.name) if entry.author else "the bot"
            raise Refusal(f"That is the answer of {whose}: only they can change or withdraw it.")
        return entry

    async def erase_of(self, person: str) -> None:
        """Have all echoes of a person deleted, whatever is kept: called just before they are forgotten. Raises StoreError."""
        with in_words(self._store.path):
            said = await self._record.said_by(person)
        self._going |= said & self._echoes.keys()
        self.changed(self._going)

    def changed(self, messages: Iterable[str]) -> None:
        """Look again at the echoes of those messages: what is kept of them has changed."""
        for id_ in (self._echoes.keys() & set(messages)) - self._coming:
            self._look_at(id_)

    def all_changed(self) -> None:
        """Look again at all echoes: a person's messages are gone, or shown anew."""
        self.changed(self._echoes)

    # Showing it --------------------------------------------------------------------------------------------------

    async def run(self, poster: Poster) -> None:
        """Post, change and delete echoes as what is kept demands, for ever."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            await self.settle(poster)

    async def settle(self, poster: Poster) -> None:
        """Do all that is to be done now; what Discord refuses is tried again after a while."""
        while self._due:
            id_ = next(iter(self._due))
            del self._due[id_]
            try:
                await at_last(poster.clock, partial(self._show, id_, poster))
                self._refused.pop(id_, None)
            except Denied as error:
                if not self._chat.over and str(error) not in self._refused.values():
                    log.warning("%s: an answer cannot be shown as it is kept: %s", self._chat.name, error)
                self._refused[id_] = str(error)
            if self._again is None and (self._refused or self._barred):
                self._again = poster.clock.call_at(poster.clock.now() + LONGEST_RETRY, self._try_again)
        self._settled.set()

    def _try_again(self) -> None:
        self._again = None
        self._barred.lift()
        self.changed(self._refused)

    @property
    def owing(self) -> str:
        """Why something stands, or may stand, that is no longer kept, or not so; nothing where none does."""
        return next((self._refused.get(id_, "Discord has not done it so far.") for id_ in self._unlike), "")

    @property
    def unshown(self) -> str:
        """Why an answer is not shown at all, where Discord refuses it, and is tried again; nothing where none is."""
        return next((why for id_, why in self._refused.items() if id_ not in self._unlike), "")

    def give_up(self) -> None:
        """Try no more to show what Discord refuses."""
        count = len(self._refused)
        log.warning("%s: answers that are kept, but not shown: %d. %s", self._chat.name, count, self.unshown)
        self._refused.clear()

    async def settled(self) -> None:
        """Wait until nothing is to be done."""
        await self._settled.wait()

    async def _show(self, id_: str, poster: Poster) -> None:
        """Bring one echo in line with what is kept; not while that is on its way. Raises RoomError and StoreError."""
        while id_ not in self._coming and (echo := self._echoes.get(id_)) is not None:
            with in_words(self._store.path):
                entries = [] if id_ in self._going else await self._record.some({id_})
            text = words_of(self._chat.script, entries[0]) if entries else None
            if text and echo.digest == digest(text):
                break
            if text and echo.id is None:
                self._unlike.discard(id_)
            else:
                self._unlike.add(id_)
            if not text:
                await self._delete(id_, echo, poster)
                await self._forget(id_)
            elif echo.id is None:
                await self._post(id_, echo, text, poster)
            elif echo.shown:
                await self._change(id_, echo, echo.id, text, poster)
            else:
                await self._delete(id_, echo, poster)
                await self._note(id_, Echo(echo.place, edition=echo.edition))
        self._unlike.discard(id_)

    async def _post(self, id_: str, echo: Echo, text: str, poster: Poster) -> None:
        sent_before = echo.place is not None
        if echo.place is None:
            echo = replace(echo, place=await self._where(id_))
            await self._note(id_, echo)
        place = echo.place or int(self._chat.place)
        view = buttons(
            discord.ui.Button(
                label=self._words.own_answer,
                custom_id=self._mark(id_),
                style=discord.ButtonStyle.secondary,
            )
        )
        try:
            async with self._barred.doing("post", place):
                message = await poster.post(
                    place,
                    Draft(text, view),
                    nonce=self._nonce(id_, echo),
                    since=discord.utils.snowflake_time(int(id_)),
                    mine=self._known(id_),
                    doubtful=sent_before,
                )
        except Unreadable:
            raise  # it may stand there
        except Denied:
            channel = int(self._chat.place)
            if place == channel:
                raise
            # A thread that is locked or gone: an attempt before this one may have come through.
            there = await self._found(id_, place, poster)
            found = Echo(place, there, UNKNOWN, echo.edition) if there else replace(echo, place=channel)
            await self._note(id_, found)
            return
        # What was sent before may have had other words.
        as_sent = message.content.strip() == text.strip()
        await self._note(id_, Echo(place, message.id, digest(text) if as_sent else UNKNOWN, echo.edition))

    async def _found(self, id_: str, place: int, poster: Poster) -> int | None:
        """Look for an echo of which it is not known whether it is there; None where it is not, or the place is gone."""
        since = discord.utils.snowflake_time(int(id_))
        try:
            async with self._barred.doing("find", place):
                found = await poster.find(place, since=since, mine=self._known(id_))
        except Denied as error:
            if error.status != GONE:
                raise
            return None
        return found.id if found else None

    async def _change(self, id_: str, echo: Echo, post: int, text: str, poster: Poster) -> None:
        """Change an echo, or note that it is to go where that cannot be done any more; none is left to change where it is gone."""
        place = echo.place or int(self._chat.place)
        try:
            async with self._barred.doing("change", place), asking(self._line, place) as client:
                await poster.message(client, place, post).edit(content=text, allowed_mentions=NO_PINGS)
        except Denied as error:
            if error.code in FIXED:
                await self._note(id_, Echo(place, post, edition=echo.edition + 1))
                return
            if error.status != GONE:
                raise
        await self._note(id_, Echo(place, post, digest(text), echo.edition))

    async def _delete(self, id_: str, echo: Echo, poster: Poster) -> None:
        """Delete an echo, found first if it is not known whether it is there. Raises Denied where it may stand after that."""
        place = echo.place or int(self._chat.place)
        post = echo.id or (await self._found(id_, place, poster) if echo.place else None)
        try:
            if post is not None:
                async with self._barred.doing("delete", place), asking(self._line, place) as client:
                    await poster.message(client, place, post).delete()
        except Denied as error:
            if error.status != GONE:
                raise

    async def _where(self, id_: str) -> int:
        """Give the thread of the question that a message answers, if one is open on it, or else the channel."""
        with in_words(self._store.path):
            entries = await self._record.some({id_})
        question = entries[0].reply_to if entries else None
        thread = self._line.client.get_channel(int(question)) if question else None
        if isinstance(thread, discord.Thread) and not thread.locked:
            return thread.id
        return int(self._chat.place)

    def _mark(self, id_: str) -> str:
        return f"own:{self._ticket}:{id_}"

    def _known(self, id_: str) -> Callable[[discord.Message], bool]:
        return lambda message: self._mark(id_) in custom_ids(message)

    def _nonce(self, id_: str, echo: Echo) -> str:
        what = f"{self._ticket} echo {id_} in {echo.place} {echo.edition or ''}".rstrip()
        return self._store.digest(self._chat.room, what).hex()[:25]

    # Notes -------------------------------------------------------------------------------------------------------

    def _look_at(self, id_: str) -> None:
        self._due[id_] = None
        self._settled.clear()
        self._wake.set()

    async def _note(self, id_: str, echo: Echo) -> None:
        await self._store.note(self._chat, {f"{NOTE}{id_}": echo.note})
        self._echoes[id_] = echo
        if echo.shown:
            self._messages[echo.shown[1]] = id_
        elif echo.id is not None:
            # That it goes is nobody's taking back the answer, so it stands for it no longer.
            self._replaced.add(echo.id)
            self._messages.pop(echo.id, None)

    async def _forget(self, id_: str) -> None:
        """Know nothing of an echo any more, unless its form has been sent again meanwhile."""
        if id_ in self._coming:
            return
        self._echoes.pop(id_, None)
        self._messages = {echo: message for echo, message in self._messages.items() if message != id_}
        self._going.discard(id_)
        await self._store.note(self._chat, {f"{NOTE}{id_}": None})
