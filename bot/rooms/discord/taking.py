"""Taking in what was said in a chat's channel: whether it belongs to the chat, who has said it, and having it kept."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import discord

from bot.answers import Context, read
from bot.live import LiveChat
from bot.messages import Author, Deed, Message, Reacted, Retracted, Said
from bot.rooms.discord.echoes import Echoes
from bot.rooms.discord.hearing import author_of, message_of, version_of
from bot.rooms.discord.line import Line
from bot.rooms.discord.reading import Gone, Reader
from bot.script.posts import Kind
from bot.session import Late, Over, hosting
from bot.store import Chat, Shown, Store, StoreError, in_words

T = TypeVar("T")

#: The largest id that there can be.
_LAST = 2**63 - 1
_NEVER = datetime.max.replace(tzinfo=UTC)
#: How long after its end everything in the channel still belongs to the chat; later only what has to do with it.
AFTERWARDS = timedelta(minutes=15)


def written_at(id: str) -> datetime:
    """Give when a message was written, by its id."""
    return discord.utils.snowflake_time(int(id))


class NotYet(Exception):
    """The chat has begun, and its welcome is not known to be in the channel."""


@dataclass(frozen=True, slots=True)
class _Span:
    """When another chat in the same channel began, and until when it listens."""

    since: datetime
    until: datetime


def _welcome(posts: Iterable[Shown]) -> int | None:
    """Give the id of the post with which a chat begins: what its hosts had the bot say before is of no chat's time."""
    return next((int(post.id) for post in posts if post.kind is Kind.WELCOME), None)


class Taking:
    """What one chat takes in.

    `followed` tells when the next chat began in the channel, if one has; `failed` is called when something that was heard
    could not be kept.
    """

    def __init__(
        self,
        live: LiveChat,
        store: Store,
        line: Line,
        echoes: Echoes,
        reader: Reader,
        *,
        channel: int,
        followed: Callable[[], datetime | None],
        failed: Callable[[], None],
    ) -> None:
        self.first: int | None = None
        self.record = store.record(live.chat)
        self.echoes = echoes
        self._live = live
        self._store = store
        self._line = line
        self._reader = reader
        self._channel = channel
        self._followed = followed
        self._failed = failed
        self._failure: StoreError | None = None
        self._being_kept: set[asyncio.Future[None]] = set()
        self._formers: list[_Span] = []
        self._next: datetime | None = None
        self._people: dict[int, Author] = {}

    async def begun(self) -> bool:
        """Tell whether the chat's welcome is in the channel: what is said from there on is heard.

        Raises NotYet where it will be in a moment, and StoreError.
        """
        if self.first is None:
            self.first = _welcome(await self.kept(self.record.posts_shown()))
        if self.first is None and self._live.state.started and not isinstance(self._live.state.phase, Over):
            raise NotYet
        return self.first is not None

    async def anew(self) -> None:
        """Know nothing by heart: people may have other names and roles by now, and other chats may have been here.

        Raises StoreError.
        """
        self._people.clear()
        chat = self._live.chat
        here = [each for each in await self.kept(self._store.chats(chat.room)) if each.place == chat.place]
        spans = [(each.id, await self._span(each)) for each in here if each.state.started]
        self._formers = [span for id_, span in spans if id_ < chat.id]
        self._next = min((span.since for id_, span in spans if id_ > chat.id), default=None)

    async def _span(self, chat: Chat) -> _Span:
        state = chat.state
        first = _welcome(await self.kept(self._store.record(chat).posts_shown()))
        since = discord.utils.snowflake_time(first) if first else state.started or state.at
        match state.phase:
            case Late(until=until):
                return _Span(since, until)
            case Over():
                return _Span(since, state.at)
            case _:
                return _Span(since, _NEVER)

    # What is heard -----------------------------------------------------------------------------------------------

    async def message(self, shown: discord.Message) -> Message | None:
        """Give what is to be kept of what a person has written, or None if it is none of this chat's, or cannot be read.

        Raises Away and StoreError.
        """
        message = await self._read(shown)
        return message if message and await self._belongs(message) else None

    async def deeds(self, shown: discord.Message) -> list[Deed]:
        """Give what is to be heard of a message as it stands now.

        Where it was changed into what cannot be read, that is told as just older than the change: by a command, the same
        may yet be read. Raises Away and StoreError.
        """
        message = await self._read(shown)
        if message is None:
            return [Retracted(str(shown.id), version_of(shown) - 1)] if shown.edited_at else []
        return [Said(message)] if await self._belongs(message) else []

    async def _read(self, shown: discord.Message) -> Message | None:
        if shown.id <= (self.first or 0):
            return None
        author = await self._author(shown.author)
        named = {
            user.id: (await self._author(user)).name
            for user in shown.mentions
            if user.id in shown.raw_mentions
        }
        message = message_of(shown, author, named, me=self._line.me, thread=shown.channel.id != self._channel)
        if message and message.reply_to:
            message = replace(message, reply_to=self.echoes.message_of(message.reply_to))
        return message

    def _is_ours(self, message: Message) -> bool:
        """Tell whether a message is this chat's, and not another's in the same channel.

        While late answers to one still come, the next may have begun. A message belongs to the chat in whose time that was
        written which it hangs on: what its thread hangs on, or what it replies to. Where it hangs on nothing, or that chat
        no longer listened, it belongs to the chat in whose time it was written itself.
        """
        in_thread = message.place != str(self._channel)
        hangs_on = message.place if in_thread else message.reply_to
        at = written_at(hangs_on) if hangs_on and hangs_on.isdecimal() else message.at
        followed = min(filter(None, (self._next, self._followed())), default=_NEVER)
        if at < discord.utils.snowflake_time(self.first or 0):
            former = next((each for each in reversed(self._formers) if each.since <= at), None)
            return message.at < followed and (former is None or message.at >= former.until)
        return at < followed

    async def _author(self, user: discord.User | discord.Member) -> Author:
        """Give who somebody is that a message tells of. What is read from history does not say what they are in the guild."""
        if isinstance(user, discord.Member):
            self._people[user.id] = author_of(user)
        elif user.id not in self._people:
            try:
                self._people[user.id] = author_of(await self._reader.member(user.id))
            except Gone:
                self._people[user.id] = author_of(user)
        return self._people[user.id]

    async def _belongs(self, message: Message) -> bool:
        """Tell whether a message is one of this chat: long after its end, only what has to do with it."""
        state = self._live.state
        if not self._is_ours(message):
            return False
        if isinstance(state.phase, Late) and message.at >= state.phase.until:
            return False
        if state.ended is None or message.at <= state.ended + AFTERWARDS:
            return True
        asked = {each.label: each.at for each in state.asked}
        context = Context(hosting=hosting(state, message.author))
        if read(self._live.script, asked, message, context).answers:
            return True
        await self.all_kept()
        about = {message.id, message.reply_to or "", self.echoes.message_of(message.place)}
        known = await self.kept(self.record.known(about))
        return bool(about & {*known, *await self.posts()})

    async def posts(self) -> set[str]:
        """Give the ids of the chat's own posts in the channel. Raises StoreError."""
        return {post.id for post in await self.kept(self.record.posts_shown())}

    async def standing_in(self, place: int) -> list[str]:
        """Give what is kept of a channel or thread, answers that the bot shows there included. Raises StoreError."""
        await self.all_kept()
        said = await self.kept(self.record.kept_between(str(place), self.first or 0, _LAST))
        return sorted(said.keys() | self.echoes.in_place(place).keys())

    async def counts_for(self, id_: str, sign: str | None, people: set[str]) -> list[Reacted]:
        """Give what is to be heard so that just these people have put a sign (None: each) on a message. Raises StoreError."""
        await self.all_kept()
        signs = (await self.kept(self.record.signs_on([id_]))).get(id_, {})
        return [
            Reacted(id_, Author(person, ""), each, on=person in people)
            for each in (signs if sign is None else [sign])
            for person in sorted(people ^ signs.get(each, frozenset()))
        ]

    # Keeping it --------------------------------------------------------------------------------------------------

    def hear(self, deed: Deed) -> None:
        """Have it kept. Where that fails, the next to wait for what was heard is told."""
        kept = self._live.hear(deed)
        if kept not in self._being_kept:
            self._being_kept.add(kept)
            kept.add_done_callback(self._is_kept)

    def _is_kept(self, kept: asyncio.Future[None]) -> None:
        self._being_kept.discard(kept)
        error = None if kept.cancelled() else kept.exception()
        if isinstance(error, StoreError):
            self._failure = error
            self._failed()

    async def all_kept(self) -> None:
        """Wait until all that was heard is kept. Raises StoreError where something could not be."""
        if self._being_kept:
            await asyncio.wait(self._being_kept)
        self.raise_failure()

    def raise_failure(self) -> None:
        """Raise the StoreError with which something that was heard could not be kept, once."""
        failure, self._failure = self._failure, None
        if failure:
            raise failure

    async def kept(self, looked_up: Awaitable[T]) -> T:
        """Give what the store says. Raises StoreError."""
        with in_words(self._store.path):
            return await looked_up
