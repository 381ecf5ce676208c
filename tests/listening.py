"""What tests of listening on Discord share: a chat in a channel of the loopback server, heard by real ears over a real line."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import discord

from bot.answers import Reading
from bot.live import Delivered, Delivery, LiveChat, News, SystemClock
from bot.messages import Author, Deed, Entry, Message
from bot.rooms.discord.ears import Ears, Patience
from bot.rooms.discord.echoes import Echoes
from bot.rooms.discord.line import Line
from bot.rooms.discord.line import Patience as LinePatience
from bot.rooms.discord.settings import Settings
from bot.script.posts import WRITING
from bot.session import Start
from bot.store import Chat, Store
from tests.chats import HOST, SCRIPT, ManualClock
from tests.discord_server import Server
from tests.discord_server.deeds import Draft
from tests.discord_server.people import Person
from tests.discord_server.places import Place
from tests.discord_server.world import Channel, time_of

T = TypeVar("T")

PATIENCE = 30.0
SHORT = timedelta(milliseconds=20)
IMPATIENT = Patience(welcome=SHORT, store=SHORT, first=SHORT, most=SHORT)
HASTY = LinePatience(first=0.02, most=0.1, guilds=0.05)


class ChannelRoom:
    """A room that posts in a channel of the server, and says when anything has been kept."""

    moment = None
    ways = WRITING

    def __init__(self, server: Server, channel: Channel) -> None:
        self._server = server
        self._channel = channel
        self.posts: dict[str, Delivered] = {}
        self.reports: list[str] = []
        self.told = asyncio.Event()

    async def catch_up(self) -> None:
        pass

    async def deliver(self, delivery: Delivery) -> Delivered:
        key = delivery.post.key
        if key not in self.posts:
            shown = self._server.deeds.post(
                self._channel, self._server.world.bot, Draft(delivery.text[:2000])
            )
            self.posts[key] = Delivered(str(shown.id), time_of(shown.id))
        return self.posts[key]

    def acknowledge(self, message: Message, reading: Reading) -> None:
        """Nothing is to be seen."""

    def changed(self, news: News) -> None:
        self.told.set()

    def report(self, text: str) -> None:
        self.reports.append(text)
        self.told.set()


class Crew:
    """Hands everything that the line hears to the ears of the one chat, if it is live."""

    def __init__(self) -> None:
        self.ears: Ears | None = None
        self.channel = 0
        self.newest = 0
        self.heard = asyncio.Event()
        self.readied = asyncio.Event()

    async def ready(self) -> None:
        self.readied.set()
        if self.ears:
            self.ears.behind()

    async def gone(self, guild: int, channel: int | None = None) -> None:
        pass

    def allowed(self, guild: int, channel: int | None = None) -> None:
        if self.ears and channel in (None, self.channel):
            self.ears.allowed()

    def message(self, message: discord.Message) -> None:
        self.newest = max(self.newest, message.id)
        self.heard.set()
        if self.ears and self._here(message):
            self.ears.message(message)

    def edited(self, message: discord.Message) -> None:
        if self.ears and self._here(message):
            self.ears.edited(message)

    def _here(self, message: discord.Message) -> bool:
        return self.channel in (message.channel.id, getattr(message.channel, "parent_id", None))

    def deleted(self, guild: int | None, channel: int, ids: set[int]) -> None:
        if self.ears:
            self.ears.deleted(ids)

    def thread_deleted(self, guild: int, channel: int, thread: int) -> None:
        if self.ears and channel == self.channel:
            self.ears.thread_deleted(thread)

    def reacted(self, payload: discord.RawReactionActionEvent, *, on: bool) -> None:
        if self.ears:
            self.ears.reacted(payload, on=on)

    def cleared(self, guild: int | None, channel: int, message: int, sign: str | None) -> None:
        if self.ears:
            self.ears.cleared(message, sign)

    async def interaction(self, interaction: discord.Interaction) -> None:
        """Nobody presses anything here."""


class Hall:
    """One chat, live or not, in a channel of the server."""

    def __init__(
        self, place: Place, store: Store, chat: Chat, *, line: Line, crew: Crew, clock: ManualClock
    ) -> None:
        self.server = server = place.server
        self.store = store
        self.chat = chat
        self.line = line
        self.crew = crew
        self.place = place
        self.clock = clock
        self.channel: Channel = server.world.channels[int(chat.place)]
        self.room = ChannelRoom(server, self.channel)
        self.live: LiveChat
        self.echoes: Echoes
        self._tasks: list[asyncio.Task[None]] = []

    # The bot's side ----------------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Let the chat be live, as a process does that has just been started."""
        self.chat = await self.store.hold(self.chat.id)
        self.echoes = Echoes(self.chat, self.store, self.line, ticket="t", ask=self._ask)
        await self.echoes.load()
        self.live = LiveChat(self.chat, self.store, self.room, self.clock)
        ears = Ears(
            self.live, self.store, self.line, self.echoes,
            guild=self.place.guild.id, channel=self.channel.id, clock=SystemClock(), patience=IMPATIENT,
        )  # fmt: skip
        self.crew.ears, self.crew.channel = ears, self.channel.id
        self._tasks = [asyncio.create_task(self.live.run()), asyncio.create_task(ears.run())]

    async def _ask(self, deed: Deed, by: Author) -> str:
        return await self.live.ask(deed, by=by)

    async def close(self) -> None:
        """Let the chat be cut off: what waits to be heard is lost."""
        self.crew.ears = None
        self.live.stop()
        running, listening = self._tasks
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening
        await running

    async def begin(self) -> None:
        """Start the chat, and wait until its welcome is in the channel and kept."""
        await self.live.ask(Start(), by=HOST)
        await self.until(self._begun)

    async def _begun(self) -> bool:
        return bool(await self.store.record(self.chat).posts_shown())

    def people(self, *names: str) -> list[Person]:
        """Give people of the guild, who join it if they are not there yet."""
        return [self.place.person(name) for name in names]

    # What is kept ------------------------------------------------------------------------------------------------

    async def kept(self) -> dict[int, Entry]:
        """Give what people have said, by id, as it is kept."""
        async with self.store.reading(self.chat) as record:
            return {int(entry.id): entry async for entry in record.entries() if entry.author}

    async def texts(self) -> list[str]:
        return [entry.text for entry in (await self.kept()).values()]

    async def until(self, holds: Callable[[], Awaitable[T]]) -> T:
        """Wait until something holds, looking again whenever something has been kept."""
        async with asyncio.timeout(PATIENCE):
            while True:
                self.room.told.clear()
                if found := await holds():
                    return found
                await self.room.told.wait()

    async def all_told(self) -> None:
        """Wait until the gateway has told all that it will ever tell of what has happened so far."""
        await self.server.ready()
        last = self.place.person("Zoe").says(self.channel, "So far")
        async with asyncio.timeout(PATIENCE):
            while self.crew.newest < last.id:
                self.crew.heard.clear()
                await self.crew.heard.wait()

    async def until_texts(self, *texts: str) -> None:
        """Wait until just these texts are kept, in this order."""

        async def they_are() -> bool:
            return await self.texts() == list(texts)

        try:
            await self.until(they_are)
        except TimeoutError:
            assert await self.texts() == list(texts)


@asynccontextmanager
async def listening(
    path: Path, *, begun: bool = True, content: bool = True, kind: type[Store] = Store
) -> AsyncIterator[Hall]:
    """Give a chat that is live, and has begun if that is asked for, in the first channel of a guild.

    `content` says whether the bot may read what people write without a mention of it.
    """
    clock = ManualClock()
    async with Server(now=lambda: clock.now().timestamp()) as server, kind.open(path, clock.now) as store:
        server.content_allowed = content
        place = server.guild()
        line = Line(Settings(server.token, api_url=server.api_url, gateway_url=server.gateway_url), SystemClock(), patience=HASTY)  # fmt: skip
        crew = Crew()
        running = asyncio.create_task(line.run(crew))
        try:
            async with asyncio.timeout(PATIENCE):
                await crew.readied.wait()
            chat = await store.create(
                source="chat.yaml", text=SCRIPT, room=f"discord:{place.guild.id}", rehearsal=False,
                place=str(place.channel.id),
            )  # fmt: skip
            hall = Hall(place, store, chat, line=line, crew=crew, clock=clock)
            await hall.open()
            try:
                if begun:
                    await hall.begin()
                yield hall
            finally:
                await hall.close()
            assert not server.unexpected()
        finally:
            await line.close()
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
