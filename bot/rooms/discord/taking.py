"""Taking in what was said in a chat's channel: whether it belongs to the chat, who has said it, and having it kept."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

import discord

from bot.answers import Context, read
from bot.live import LiveChat
from bot.messages import Author, Deed, Message, Reacted
from bot.rooms.discord.echoes import Echoes
from bot.rooms.discord.hearing import author_of, message_of
from bot.rooms.discord.line import Line
from bot.rooms.discord.reading import Gone, Reader
from bot.session import Over, hosting
from bot.store import Store, StoreError, in_words

T = TypeVar("T")

#: How long after its end everything in the channel still belongs to the chat; later only what has to do with it.
AFTERWARDS = timedelta(minutes=15)


class NotYet(Exception):
    """The chat has begun, and its first post is not known to be in the channel."""


class Taking:
    """What one chat takes in. `failed` is called when something that was heard could not be kept."""

    def __init__(
        self,
        live: LiveChat,
        store: Store,
        line: Line,
        echoes: Echoes,
        reader: Reader,
        *,
        channel: int,
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
        self._failed = failed
        self._failure: StoreError | None = None
        self._being_kept: set[asyncio.Future[None]] = set()
        self._next: datetime | None = None
        self._people: dict[int, Author] = {}

    async def begun(self) -> bool:
        """Tell whether the chat's first post is in the channel: what is said from there on is heard.

        Raises NotYet where it will be in a moment, and StoreError.
        """
        if self.first is None:
            posts = await self.kept(self.record.posts_shown())
            if not posts:
                if self._live.state.started and not isinstance(self._live.state.phase, Over):
                    raise NotYet
                return False
            self.first = int(posts[0].id)
        return True

    async def anew(self) -> None:
        """Know nothing by heart: people may have other names and roles by now, and the next chat may have begun here.

        What is said since then belongs to that one. Raises StoreError.
        """
        self._people.clear()
        chat = self._live.chat
        later = [each for each in await self.kept(self._store.chats(chat.room)) if each.id > chat.id]
        begun = [each.state.started for each in later if each.place == chat.place]
        self._next = min(filter(None, begun), default=None)

    # What is heard -----------------------------------------------------------------------------------------------

    async def message(self, shown: discord.Message) -> Message | None:
        """Give what is to be kept of what a person has written, or None if it is none of this chat's.

        Raises Away and StoreError.
        """
        if shown.id <= (self.first or 0):
            return None
        author = await self._author(shown.author)
        message = message_of(shown, author, me=self._line.me, thread=shown.channel.id != self._channel)
        if message and message.reply_to:
            message = replace(message, reply_to=self.echoes.message_of(message.reply_to))
        return message if message and await self._belongs(message) else None

    async def _author(self, user: discord.User | discord.Member) -> Author:
        """Give who has written a message. What is read from history does not say what they are in the guild."""
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
        if self._next and message.at >= self._next:
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
