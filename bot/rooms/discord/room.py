"""A channel of Discord as the live chat sees it: each post goes out once, and all that is not urgent is done behind it."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import discord

from bot.answers import Reading
from bot.live import Clock, Delivered, Delivery, News, RoomError
from bot.messages import Message
from bot.rooms.discord import written
from bot.rooms.discord.echoes import Echoes
from bot.rooms.discord.floor import Floor, Question
from bot.rooms.discord.line import NO_CONTENT, Line
from bot.rooms.discord.pictures import Pictures
from bot.rooms.discord.posting import NO_PINGS, Denied, Draft, Poster, asking, buttons, custom_ids
from bot.rooms.discord.recaps import Recaps
from bot.rooms.discord.signs import Signs
from bot.script.phrases import phrases
from bot.script.posts import ASKING, Kind, Post, Ways
from bot.store import HOST, Chat, Store, StoreError, in_words

log = logging.getLogger(__name__)

#: What notes of the further messages of a post that takes more than one are called by.
PART = "part:"
#: How often a post fails in a row before its host is written to, where it may come through by itself.
ALARMING = 4
#: How long the recap waits for what was missed, and what is done behind the posts may take when the chat is over, in seconds.
LAST_MOMENTS = 20.0
#: How long after a chat's end it is tried to post, and to show, what Discord refuses: its channel may be closed for good.
LAST_HOPE = timedelta(hours=1)

#: What stands before the name of a script that a host attached: it has no folder.
ATTACHED = "attached:"


class DiscordRoom:
    """The room. Keep `run` going while the chat runs.

    `catch_up` waits until what was missed has been heard. `troubles` are what is wrong, in words for the hosts, until it is right again.
    """

    def __init__(
        self,
        chat: Chat,
        store: Store,
        line: Line,
        echoes: Echoes,
        clock: Clock,
        *,
        ticket: str,
        catch_up: Callable[[], Awaitable[None]],
    ) -> None:
        self._catch_up = catch_up
        self._chat = chat
        self._script = chat.script
        self._store = store
        self._record = store.record(chat)
        self._line = line
        self._echoes = echoes
        self._words = phrases(chat.script.language)
        self._ticket = ticket
        self._channel = int(chat.place)
        guild = int(chat.room.partition(":")[2])
        self._poster = Poster(line, clock, guild)
        self._floor = Floor(chat, store, self._poster, self._channel)
        self._signs = Signs(chat, store, line, guild)
        self._recaps = Recaps(chat, store, self._poster, echoes, ticket=ticket, guild=guild)
        self._pictures = Pictures(self._script, _folder(chat.source))
        self._delivered: set[int] = set()
        self._refused: RoomError | None = None
        self._failed = 0
        self._trouble: dict[str, str] = {}
        self._letter: asyncio.Queue[str] = asyncio.Queue(1)

    @property
    def troubles(self) -> tuple[str, ...]:
        """All that is wrong."""
        return (*self._trouble.values(), *(() if self._line.content else (NO_CONTENT,)))

    @property
    def moment(self) -> Callable[[datetime], str]:
        """How Discord shows a date and time in everyone's own zone."""
        return _moment

    @property
    def ways(self) -> Ways:
        """What people can do in Discord besides writing in the channel, which Discord may not let the bot read."""
        reads = self._line.content
        return Ways(forget="`/chat forget-me`", button=True, thread=reads, addressed=not reads)

    def allowed(self) -> None:
        """Try again what is left out where Discord refuses it: the bot may be allowed more by now."""
        self._signs.allowed()
        self._floor.allowed()

    async def catch_up(self) -> None:
        """Return once all that was missed has been heard."""
        await self._catch_up()

    # Posts -------------------------------------------------------------------------------------------------------

    async def deliver(self, delivery: Delivery) -> Delivered:
        """Post something, or find it where it was posted before. Raises RoomError."""
        try:
            delivered = await self._deliver(delivery)
        except RoomError as error:
            self._refused = error
            self._failed += 1
            raise
        self._refused, self._failed = None, 0
        self._trouble.pop("posting", None)
        self._delivered.add(int(delivered.id))
        return delivered

    async def _deliver(self, delivery: Delivery) -> Delivered:
        post = delivery.post
        if post.kind is Kind.RECAP:
            # what is heard later comes in when it is brought up to date, where late answers count
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LAST_MOMENTS):
                    await self.catch_up()
            return _as_delivered(await self._recaps.deliver())
        id_ = await self._post(post, delivery.text)
        if post.kind is Kind.QUESTION:
            self._pictures.posted(post.question)
            self._pictures.ahead(post.question)
            self._floor.asked(Question(id_, delivery.text))
        elif post.kind is Kind.CLOSING:
            self._floor.asked(None)
        return _as_delivered(id_)

    async def _post(self, post: Post, text: str) -> int:
        """Post a text in as many messages as it takes; gives the id of the first."""
        parts = written.split(written.defused(text))
        prefix = f"{PART}{post.key}:"
        with in_words(self._store.path):
            noted = await self._record.notes(prefix) if len(parts) > 1 else {}
            shown = {int(shown.id) for shown in await self._record.posts_shown()}
        others = shown | self._delivered | set(map(int, noted.values()))
        ids = []
        for number, part in enumerate(parts):
            if id_ := noted.get(f"{prefix}{number}"):
                ids.append(int(id_))
                continue
            message = await self._send(
                post,
                await self._draft(post, part) if number == 0 else Draft(part),
                number,
                others | set(ids),
            )
            ids.append(message.id)
            if len(parts) > 1:
                await self._store.note(self._chat, {f"{prefix}{number}": str(message.id)})
        return ids[0]

    async def _send(self, post: Post, draft: Draft, number: int, others: set[int]) -> discord.Message:
        """Send one message of a post, if need be without its picture."""
        try:
            return await self._poster.post(
                self._channel,
                draft,
                nonce=self._nonce(f"{post.key}/{number}"),
                since=post.at,
                mine=self._known(post, draft.text or "", first=number == 0, others=others),
            )
        except Denied as error:
            if not draft.files:
                raise
            log.warning("%s: a question goes out without its picture: %s", self._chat.name, error)
            return await self._send(post, replace(draft, files=()), number, others)

    async def _draft(self, post: Post, text: str) -> Draft:
        if post.kind not in ASKING or post.question is None:
            return Draft(text)
        picture = await self._pictures.of(post.question) if post.kind is Kind.QUESTION else None
        button = discord.ui.Button[discord.ui.View](
            label=self._words.answer, custom_id=self._mark(post), style=discord.ButtonStyle.primary
        )
        return Draft(text, buttons(button), (picture,) if picture else ())

    def _known(
        self, post: Post, text: str, *, first: bool, others: set[int]
    ) -> Callable[[discord.Message], bool]:
        """Tell a post of doubtful fate among the bot's messages that are no `others`: by its button, or else by its text."""

        def mine(message: discord.Message) -> bool:
            if message.id in others:
                return False
            if first and post.kind in ASKING:
                return self._mark(post) in custom_ids(message)
            return message.content == text

        return mine

    def _mark(self, post: Post) -> str:
        return f"ans:{self._ticket}:{post.question}"

    def _nonce(self, what: str) -> str:
        return self._store.digest(self._chat.room, f"{self._ticket} post {what}").hex()[:25]

    # What is done behind the posts -------------------------------------------------------------------------------

    def acknowledge(self, message: Message, reading: Reading) -> None:
        """Do nothing: the sign follows what is kept."""

    def changed(self, news: News) -> None:
        """Bring in line what the bot shows of what is kept: signs, echoes, and a recap that shows somebody who is gone or hidden."""
        self._trouble.pop("keeping", None)
        if news.people:
            self._echoes.all_changed()
        else:
            self._echoes.changed(news.entries)
        self._recaps.changed(news)
        self._signs.want(news.counting)

    def report(self, text: str) -> None:
        """Say in the log and, once for each trouble that does not pass by itself, in a letter to the host what is wrong."""
        kind = "posting" if self._refused and text.startswith(str(self._refused)) else "keeping"
        level = self._line.level(logging.WARNING) if kind == "posting" else logging.WARNING
        log.log(level, "%s: %s", self._chat.name, text)
        known = kind in self._trouble and self._failed != ALARMING
        self._trouble[kind] = text
        passing = kind == "posting" and not isinstance(self._refused, Denied) and self._failed < ALARMING
        if not known and not passing and not self._letter.full():
            self._letter.put_nowait(text)

    async def run(self) -> None:
        """Do all that is done behind the posts, for ever."""
        await self._resume()
        await asyncio.gather(
            self._floor.run(),
            self._signs.run(),
            self._echoes.run(self._poster),
            self._recaps.run(),
            self._write_letters(),
        )

    async def _resume(self) -> None:
        """Know which question is on the floor, and get the picture of the next."""
        with in_words(self._store.path):
            shown = await self._record.posts_shown()
            texts = {entry.id: entry.text for entry in await self._record.some({each.id for each in shown})}
        questions = [each for each in shown if each.kind is Kind.QUESTION]
        closed = any(each.kind is Kind.CLOSING for each in shown)
        if not self._delivered and shown:
            last = None if closed or not questions else questions[-1]
            self._floor.asked(Question(int(last.id), texts.get(last.id, "")) if last else None)
        if not closed:
            self._pictures.ahead(questions[-1].question if questions else None)

    async def finish(self) -> bool:
        """Let what is done behind the posts come to its end when the chat is over: unpin, and show what is still to be shown.

        Tells whether all is done, or as good as that. Raises StoreError.
        """
        self._floor.asked(None)
        try:
            async with asyncio.timeout(LAST_MOMENTS):
                await asyncio.gather(self._floor.settled(), self.settled())
        except TimeoutError:
            log.debug("%s: not all could be tidied up at its end within %d s.", self._chat.name, LAST_MOMENTS)
            return False
        if self._echoes.unshown and not self.owing and await self._over_since() > LAST_HOPE:
            self._echoes.give_up()
        return not self.waiting

    async def shut(self) -> bool:
        """Tell whether Discord has refused for long what was to be posted when the chat was over. Raises StoreError."""
        return isinstance(self._refused, Denied) and await self._over_since() > LAST_HOPE

    async def _over_since(self) -> timedelta:
        """Tell how long nothing has happened in the chat. Raises StoreError."""
        return self._poster.clock.now() - (await self._store.chat(self._chat.id)).state.at

    async def erase_of(self, person: str) -> None:
        """Have all go that shows what a person said: called just before they are forgotten. Raises StoreError."""
        await self._echoes.erase_of(person)
        await self._signs.erase_of(person)

    async def settled(self) -> None:
        """Wait until all that shows what is kept does so, but for what Discord refuses."""
        await asyncio.gather(self._echoes.settled(), self._recaps.settled())

    @property
    def owing(self) -> str:
        """Why something stands in the channel that is not kept any more, or not so; nothing where none does.

        It goes as soon as Discord lets it.
        """
        return self._recaps.owing or self._echoes.owing

    @property
    def waiting(self) -> str:
        """Why Discord refuses what is still to be shown or removed, to be tried again after a while; nothing where it does not."""
        return self.owing or self._echoes.unshown

    async def update_recap(self) -> None:
        """Have the recap brought up to date, after late answers. Raises StoreError."""
        await self._recaps.update()

    async def written(self) -> None:
        """Wait for a while until the host has been written to, if there is anything to write."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LAST_MOMENTS):
                await self._letter.join()

    async def _write_letters(self) -> None:
        while True:
            text = await self._letter.get()
            try:
                with in_words(self._store.path):
                    host = (await self._record.notes(HOST)).get(HOST, "")
                if host.isdecimal():
                    await self._write(int(host), f"#{self._script.hashtag} in <#{self._channel}>: {text}")
            except (RoomError, StoreError) as error:
                log.info("%s: its host could not be written to: %s", self._chat.name, error)
            self._letter.task_done()

    async def _write(self, person: int, text: str) -> None:
        async with asking(self._line, self._channel) as client:
            letter = await client.create_dm(discord.Object(person))
            await letter.send(written.cut(written.defused(text), 2_000), allowed_mentions=NO_PINGS)


def _moment(at: datetime) -> str:
    return discord.utils.format_dt(at, "F")


def _as_delivered(id_: int) -> Delivered:
    return Delivered(str(id_), discord.utils.snowflake_time(id_))


def _folder(source: str) -> Path | None:
    """Give the folder in which a script's own files are; None for one that was attached."""
    return None if source.startswith(ATTACHED) else Path(source).parent
