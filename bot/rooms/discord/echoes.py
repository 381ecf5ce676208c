"""What people answered in a form, shown by the bot in their name: posted once, and kept to what is kept.

A note for each says where it stands, written before anything is sent: nothing yet, sent to a place with what came of it
unknown, or there with a digest of its text. All else follows from comparing the note with what is kept of the message,
which is done again after a restart: so neither an answer nor its echo is lost, and none stands twice.
"""

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import discord

from bot.messages import Author, Deed, Entry, Message, Placed, Retracted, Said
from bot.rooms.discord import written
from bot.rooms.discord.line import Line
from bot.rooms.discord.posting import (
    GONE,
    LONGEST_RETRY,
    NO_PINGS,
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
from bot.script.posts import LONGEST_POST, Kind
from bot.session import Refusal
from bot.store import Chat, Record, Store, in_words

log = logging.getLogger(__name__)

#: What notes of echoes are called by; the id of the kept message follows.
NOTE = "echo:"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Echo:
    """Where an echo stands: in which channel or thread (if it has been sent), its id and the digest of its text (if it is there)."""

    place: int | None = None
    id: int | None = None
    digest: str = ""

    @classmethod
    def read(cls, note: str) -> "Echo":
        """Read it as it is noted: nothing, `<place>/`, or `<place>/<id>/<digest>`."""
        place, _, rest = note.partition("/")
        id_, _, digest = rest.partition("/")
        return cls(int(place) if place else None, int(id_) if id_ else None, digest)

    @property
    def note(self) -> str:
        """Give it as it is noted."""
        if self.place is None:
            return ""
        return f"{self.place}/" if self.id is None else f"{self.place}/{self.id}/{self.digest}"


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
        self._due: set[str] = set()
        self._wake = asyncio.Event()
        self._settled = asyncio.Event()
        self._settled.set()

    async def load(self) -> None:
        """Know what is noted, and look again at what may not be as it should be. Raises StoreError."""
        with in_words(self._store.path):
            notes = await self._record.notes(NOTE)
            self._echoes = {key.removeprefix(NOTE): Echo.read(note) for key, note in notes.items()}
            entries = {entry.id: entry for entry in await self._record.some(self._echoes)}
        self._messages = {echo.id: id_ for id_, echo in self._echoes.items() if echo.id is not None}
        for id_, echo in self._echoes.items():
            entry = entries.get(id_)
            if entry is None or echo.id is None or echo.digest != _digest(self._text(entry)):
                self._look_at(id_)

    # Finding -----------------------------------------------------------------------------------------------------

    def message_of(self, shown: str) -> str:
        """Give the id of the kept message that a message in Discord stands for: another only where it is an echo."""
        return self._messages.get(int(shown), shown) if shown.isdecimal() else shown

    def see(self, message: discord.Message) -> None:
        """Know an echo in the channel by its button: what people do about it may be told before Discord says that it is posted."""
        own = f"own:{self._ticket}:"
        if message.author.id == self._line.me:
            for custom_id in custom_ids(message):
                if custom_id.startswith(own):
                    self._messages[message.id] = custom_id.removeprefix(own)

    def shown_as(self, message: str) -> tuple[int, int] | None:
        """Give the channel or thread, and the id there, of the echo of a kept message; None where it has none (yet)."""
        echo = self._echoes.get(message)
        return (echo.place, echo.id) if echo and echo.place is not None and echo.id is not None else None

    @property
    def places(self) -> set[int]:
        """The channels and threads in which echoes are."""
        return {shown[0] for id_ in self._echoes if (shown := self.shown_as(id_))}

    def in_place(self, place: int) -> dict[str, int]:
        """Give the ids of the echoes that are in a channel or thread by now, by the id of the kept message."""
        shown = {id_: self.shown_as(id_) for id_ in self._echoes}
        return {id_: there[1] for id_, there in shown.items() if there and there[0] == place}

    def __contains__(self, message: str) -> bool:
        """Tell whether a kept message is one that was written in a form."""
        return message in self._echoes

    # What people do ----------------------------------------------------------------------------------------------

    async def answer(self, by: Author, label: str, text: str, id: str, at: datetime) -> str:
        """Keep an answer to the question of that label, and have it posted; give words for its author.

        `id` and `at` are those of the interaction that brought it; the same once more changes nothing.
        Raises Refusal and StoreError.
        """
        with in_words(self._store.path):
            posts = await self._record.posts_shown()
        asked = [post.id for post in posts if post.kind is Kind.QUESTION and post.question == label]
        if not asked:
            raise Refusal("That question has not been asked in this chat.")
        if not text.strip():
            raise Refusal("There is nothing in that answer. Press Answer again and write it.")
        message = Message(id, by, text, at, reply_to=asked[-1])
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
        now = discord.utils.utcnow()
        version = (now - _EPOCH) // timedelta(microseconds=1)
        message = Message(
            entry.id, by, text, entry.at, version=version, edited_at=now, reply_to=entry.reply_to
        )
        await self._ask(Said(message), by)
        self._look_at(message_id)
        return "Changed."

    async def withdraw(self, by: Author, message_id: str) -> str:
        """Take one's own answer back; gives words for its author. Raises Refusal and StoreError."""
        await self._own(by, message_id)
        await self._ask(Retracted(message_id), by)
        self._look_at(message_id)
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
        """Do all that is to be done now."""
        while self._due:
            id_ = min(self._due, key=int)
            self._due.discard(id_)
            try:
                await at_last(poster.clock, partial(self._show, id_, poster))
            except Denied as error:
                log.warning("%s: an answer cannot be shown as it is kept: %s", self._chat.name, error)
                if self.shown_as(id_) is None:
                    poster.clock.call_at(poster.clock.now() + LONGEST_RETRY, partial(self._look_at, id_))
        self._settled.set()

    async def settled(self) -> None:
        """Wait until nothing is to be done."""
        await self._settled.wait()

    async def _show(self, id_: str, poster: Poster) -> None:
        """Bring one echo in line with what is kept. Raises RoomError and StoreError."""
        while (echo := self._echoes.get(id_)) is not None:
            with in_words(self._store.path):
                entries = [] if id_ in self._going else await self._record.some({id_})
            if not entries:
                await self._remove(id_, echo, poster)
                return
            text = self._text(entries[0])
            if echo.id is None:
                await self._post(id_, echo, text, poster)
            elif echo.digest != _digest(text):
                await self._change(id_, echo, echo.id, text, poster)
            else:
                return

    async def _post(self, id_: str, echo: Echo, text: str, poster: Poster) -> None:
        sent_before = echo.place is not None
        if echo.place is None:
            echo = Echo(await self._where(id_))
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
            message = await poster.post(
                place,
                Draft(text, view),
                nonce=self._store.digest(self._chat.room, f"{self._ticket} echo {id_} in {place}").hex()[:25],
                since=discord.utils.snowflake_time(int(id_)),
                mine=lambda message: self._mark(id_) in custom_ids(message),
                doubtful=sent_before,
            )
        except Unreadable:
            raise  # it may stand there
        except Denied:
            channel = int(self._chat.place)
            if place == channel:
                raise
            await self._note(id_, Echo(channel))  # a thread that is locked or gone
            return
        await self._note(id_, Echo(place, message.id, _digest(text)))

    async def _change(self, id_: str, echo: Echo, post: int, text: str, poster: Poster) -> None:
        place = echo.place or int(self._chat.place)
        async with asking(self._line, place) as client:
            await poster.message(client, place, post).edit(content=text, allowed_mentions=NO_PINGS)
        await self._note(id_, Echo(place, post, _digest(text)))

    async def _remove(self, id_: str, echo: Echo, poster: Poster) -> None:
        """Delete an echo, found first if it is not known whether it is there, and then the note of it."""
        post, place = echo.id, echo.place or int(self._chat.place)
        try:
            if post is None and echo.place is not None:
                since = discord.utils.snowflake_time(int(id_))
                found = await poster.find(place, since=since, mine=lambda m: self._mark(id_) in custom_ids(m))
                post = found.id if found else None
            if post is not None:
                async with asking(self._line, place) as client:
                    await poster.message(client, place, post).delete()
        except Denied as error:
            if error.status != GONE:
                raise
        await self._forget(id_)

    async def _where(self, id_: str) -> int:
        """Give the thread of the question that a message answers, if one is open on it, or else the channel."""
        with in_words(self._store.path):
            entries = await self._record.some({id_})
        question = entries[0].reply_to if entries else None
        thread = self._line.client.get_channel(int(question)) if question else None
        if isinstance(thread, discord.Thread) and not thread.locked:
            return thread.id
        return int(self._chat.place)

    def _text(self, entry: Entry) -> str:
        script = self._chat.script
        names = {question.label: question.name for question in script.everything_asked}
        answered = ", ".join(names.get(label, f"Q{label}") for label in entry.answers)
        who = f"**{written.name(entry.author.name) if entry.author else ''}**"
        head = (self._words.answers if answered else self._words.says).format(
            name=who, questions=written.inert(answered)
        )
        said = written.cut(written.unmasked(entry.text), LONGEST_POST - len(head) - 10)
        return f"{head}\n>>> {said}"

    def _mark(self, id_: str) -> str:
        return f"own:{self._ticket}:{id_}"

    # Notes -------------------------------------------------------------------------------------------------------

    def _look_at(self, id_: str) -> None:
        self._due.add(id_)
        self._settled.clear()
        self._wake.set()

    async def _note(self, id_: str, echo: Echo) -> None:
        await self._store.note(self._chat, {f"{NOTE}{id_}": echo.note})
        self._echoes[id_] = echo
        if echo.id is not None:
            self._messages[echo.id] = id_

    async def _forget(self, id_: str) -> None:
        """Know nothing of an echo any more."""
        await self._store.note(self._chat, {f"{NOTE}{id_}": None})
        self._echoes.pop(id_, None)
        self._messages = {echo: message for echo, message in self._messages.items() if message != id_}
        self._going.discard(id_)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:12]
