"""What the tests of the Discord room share: a line to the loopback server, and a live chat in one of its channels."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import discord

from bot.live import Clock, LiveChat, SystemClock
from bot.messages import Author, Deed, Message, Reacted, Said
from bot.rooms.discord.echoes import Echoes
from bot.rooms.discord.line import Line, Patience
from bot.rooms.discord.room import DiscordRoom
from bot.rooms.discord.settings import Settings
from bot.rooms.discord.sitting import ticket_of
from bot.session import End, Next, Start
from bot.store import Chat, Store
from tests.discord_server import Channel, Place, Server
from tests.discord_server.world import Message as Shown

QUICK = Patience(first=0.02, most=0.05, hangs=5, words=60, hopes=60, guilds=0.05)

HOST = Author("1", "Hana", host=True)
ANA, BO = Author("2", "Ana"), Author("3", "Bo")

SCRIPT = """\
hashtag: MacroSW
title: Common ground
hosts: [Hana]
questions:
  - What brought you here?
  - What do we share?
late_answers: 1h
"""


async def nothing_missed() -> None: ...


class Deaf:
    """A crew that does nothing with what it hears."""

    async def ready(self) -> None: ...

    async def gone(self, guild: int, channel: int | None = None) -> None: ...

    def allowed(self, guild: int, channel: int | None = None) -> None: ...

    def message(self, message: discord.Message) -> None: ...

    def edited(self, message: discord.Message) -> None: ...

    def deleted(self, guild: int | None, channel: int, ids: set[int]) -> None: ...

    def thread_deleted(self, guild: int, channel: int, thread: int) -> None: ...

    def reacted(self, payload: discord.RawReactionActionEvent, *, on: bool) -> None: ...

    def cleared(self, guild: int | None, channel: int, message: int, sign: str | None) -> None: ...

    async def interaction(self, interaction: discord.Interaction) -> None: ...


@asynccontextmanager
async def line_to(server: Server) -> AsyncIterator[Line]:
    """Keep a line to the server."""
    settings = Settings(server.token, Path(), server.api_url, server.gateway_url)
    line = Line(settings, SystemClock(), patience=QUICK)
    ready = asyncio.Event()

    class Crew(Deaf):
        async def ready(self) -> None:
            ready.set()

    running = asyncio.create_task(line.run(Crew()))
    try:
        async with asyncio.timeout(30):
            await ready.wait()
        yield line
    finally:
        await line.close()
        await asyncio.gather(running, return_exceptions=True)


@dataclass
class Held:
    """A live chat in a channel, with all that it is made of but the ears."""

    server: Server
    place: Place
    channel: Channel
    store: Store
    line: Line
    chat: Chat
    room: DiscordRoom
    echoes: Echoes
    live: LiveChat

    @property
    def posts(self) -> list[Shown]:
        """All that the bot has posted in the channel, but for notices of pinning."""
        return [m for m in self.channel.messages.values() if m.author.bot and m.type == 0]

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.posts]

    async def post(self, has: str) -> Shown:
        """Wait until the bot has posted a message with that text in it."""
        return await self.place.message(self.channel, has)

    async def ask(self, want: Any, by: Author = HOST) -> str:
        return await self.live.ask(want, by=by)

    async def asked(self, name: str) -> Shown:
        """Go on to the question of that name; gives its post, which is kept."""
        await self.ask(Next())
        post = await self.post(f"{name}: ")
        await self.kept(post)
        return post

    async def end(self) -> Shown:
        """End the chat; gives the first message of its recap, which is kept."""
        await self.ask(End())
        recap = await self.post("# #MacroSW")
        await self.kept(recap)
        return recap

    async def kept(self, post: Shown) -> None:
        """Wait until the chat knows that a post is there."""
        record = self.store.record(self.chat)

        async def known() -> bool:
            return str(post.id) in {each.id for each in await record.posts_shown()}

        async with asyncio.timeout(30):
            while not await known():
                await self.live.hear(Reacted("0", ANA, "👍"))  # done once all that came before it is kept

    async def says(self, author: Author, text: str, **more: Any) -> str:
        """Have somebody's message in the channel kept; gives its id."""
        person = self.place.person(author.name)
        shown = person.says(self.channel, text)
        message = Message(
            str(shown.id),
            author,
            text,
            discord.utils.snowflake_time(shown.id),
            place=str(self.channel.id),
            **more,
        )
        await self.live.hear(Said(message))
        return message.id

    async def answers(self, author: Author, label: str, text: str) -> tuple[str, str]:
        """Have somebody answer in a form; gives the message's id, and what they are told."""
        id_ = self.server.world.ids()
        told = await self.echoes.answer(author, label, text, str(id_), discord.utils.snowflake_time(id_))
        return str(id_), told


@asynccontextmanager
async def sitting(
    place: Place, store: Store, line: Line, chat: Chat, clock: Clock | None = None
) -> AsyncIterator[Held]:
    """Run a chat that is there, as long as the context lasts."""
    clock = clock or SystemClock()
    ticket = ticket_of(store, chat)
    live: list[LiveChat] = []

    async def ask(deed: Deed, by: Author) -> str:
        return await live[0].ask(deed, by=by)

    echoes = Echoes(chat, store, line, ticket=ticket, ask=ask)
    room = DiscordRoom(chat, store, line, echoes, clock, ticket=ticket, catch_up=nothing_missed)
    live.append(LiveChat(chat, store, room, clock))
    await echoes.load()
    tasks = [asyncio.create_task(room.run()), asyncio.create_task(live[0].run())]
    channel = place.guild.channels[int(chat.place)]
    try:
        yield Held(place.server, place, channel, store, line, chat, room, echoes, live[0])
    finally:
        live[0].stop()
        await asyncio.wait({tasks[1]}, timeout=0.5)
        # As a process that ends: nothing that is still under way goes on.
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    for problem in ended:
        if isinstance(problem, Exception):
            raise problem


async def a_chat(store: Store, place: Place, script: str = SCRIPT, source: str = "macrosw.yaml") -> Chat:
    """Make a chat in the first channel of a guild, started by Hana."""
    chat = await store.create(
        source=source, text=script, room=f"discord:{place.id}", rehearsal=False,
        place=str(place.channel.id), apart=f"@{place.id}",
    )  # fmt: skip
    await store.note(chat, {"host": str(place.person("Hana").id)})
    return chat


@asynccontextmanager
async def held(
    tmp_path: Path,
    server: Server,
    script: str = SCRIPT,
    source: str = "macrosw.yaml",
    clock: Clock | None = None,
) -> AsyncIterator[Held]:
    """Hold a chat in a guild of its own, begun, with its welcome there."""
    place = server.guild("Macro", channels=("macro",))
    clock = clock or SystemClock()
    async with Store.open(tmp_path / "chats.db", clock.now) as store, line_to(server) as line:
        chat = await a_chat(store, place, script, source)
        async with sitting(place, store, line, chat, clock) as chat_held:
            await chat_held.ask(Start())
            await chat_held.post("Welcome")
            yield chat_held


def now() -> datetime:
    """Give the time of day."""
    return discord.utils.utcnow()
