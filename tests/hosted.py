"""The bot's whole Discord room in the test's own loop, on a loopback Discord: what tests of commands and buttons share."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.live import Clock, SystemClock
from bot.messages import Entry
from bot.rooms.discord import commands
from bot.rooms.discord.chats import Chats
from bot.rooms.discord.client import Commands
from bot.rooms.discord.line import Line, Patience
from bot.rooms.discord.settings import Settings
from bot.rooms.discord.sitting import Sitting
from bot.store import Store
from tests.chats import Leaping
from tests.discord_server import Answer, Channel, Message, Person, Place, Server
from tests.guilds import served, until

#: Q1 is asked at once, and nothing more happens by itself for an hour.
SCRIPT = """\
hashtag: MacroSW
title: Common ground
questions:
  - What brought you here?
  - What do we share?
minutes_per_question: 60
last_call: 0
first_question_after: 0
"""


@dataclass(frozen=True, slots=True)
class Hall:
    """The server, the bot's chats, and the folder of its scripts."""

    server: Server
    chats: Chats
    scripts: Path

    async def heard(self, sitting: Sitting, message: Message) -> Entry:
        """Wait until a message, or the one that an echo shows, is kept, and give it."""
        record = self.chats.store.record(sitting.chat)
        async with asyncio.timeout(30):
            while not (kept := await record.some([sitting.echoes.message_of(str(message.id))])):
                pass
        return kept[0]

    async def looked(self) -> None:
        """Let all unfinished chats be looked at: once may be a look that was under way."""
        for _ in range(2):
            self.chats._look.set()
            await until(lambda: not self.chats._look.is_set())

    async def over(self, sitting: Sitting) -> None:
        """Wait until nothing more happens in a chat that has been cancelled, and it runs no longer."""
        running = self.chats._tasks.get(sitting.chat.id)
        if running:
            await asyncio.wait({running}, timeout=20)
        assert sitting not in self.chats.in_guild(sitting.guild)

    async def begun(self, host: Person, channel: Channel | None = None, **options: Any) -> Sitting:
        """Start a chat as that host, and wait until its first question stands in the channel."""
        there = channel or host.place.channel
        answer = await host.runs("chat start", there, **({"script": "macrosw"} | options)).answered()
        sitting = next(iter(self.chats.at(host.place.id, there.id)), None)
        assert sitting, answer.text
        await host.place.message(there, "Q1: ")
        await until(lambda: sitting.live.state.phase.waiting is None)  # type: ignore[union-attr]  # it runs
        return sitting


@asynccontextmanager
async def hall(path: Path, *, content: bool = True) -> AsyncIterator[Hall]:
    """Run the bot with its database and one script in that folder; `content` says whether it may read what people write."""
    async with served() as server:
        server.content_allowed = content
        async with life(server, path) as room:
            yield room


@asynccontextmanager
async def life(
    server: Server, path: Path, *, clock: Clock | None = None, kind: type[Store] = Store
) -> AsyncIterator[Hall]:
    """Run the bot on a server for a while; another life in the same folder goes on with its chats."""
    scripts = path / "questions"
    scripts.mkdir(exist_ok=True)
    (scripts / "macrosw.yaml").write_text(SCRIPT, encoding="utf-8")
    clock = clock or SystemClock()
    async with kind.open(path / "chats.db", clock.now) as store:
        settings = Settings(server.token, scripts, server.api_url, server.gateway_url)
        line = Line(settings, clock, patience=Patience(first=0.05, guilds=0.02))
        chats = Chats(store, line, clock, settings, commands.handle)
        knowing = Commands(store, lambda tree: commands.register(tree, chats))
        running = [asyncio.create_task(each) for each in (line.run(chats, knowing), chats.run())]
        try:
            await server.ready()
            await line.client.wait_until_ready()
            await server.until(lambda: server.world.commands.get(None), "the commands")
            yield Hall(server, chats, scripts)
        finally:
            await chats.stop()
            await line.close()
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)


@asynccontextmanager
async def leaping(path: Path) -> AsyncIterator[tuple[Leaping, Hall, Person]]:
    """Run the bot on a clock that can leap, in one guild, and give its host."""
    clock = Leaping()
    async with served(now=clock.seconds) as server, life(server, path, clock=clock) as room:
        yield clock, room, host_of(server.guild())


async def told(person: Person, command: str, channel: Channel | None = None, /, **options: Any) -> str:
    """Run a command, and give the text of its answer, which nobody else may see."""
    answer = await person.runs(f"chat {command}", channel, **options).answered()
    assert answer.private
    return answer.text


async def pressed(person: Person, message: Message, button: str) -> Answer:
    """Press a button, and give what came of it."""
    return await person.presses(message, button).answered()


async def answered(person: Person, question: Message, text: str) -> Message:
    """Answer a question by its button and form; give the post that shows it."""
    form = await pressed(person, question, "Answer")
    assert form.modal
    answer = await person.submits(form.modal, {"text": text}).answered()
    assert answer.text.startswith("Kept")
    return await person.place.message(question.channel, text, after=question)


async def cancelled(host: Person, channel: Channel | None = None) -> str:
    """Cancel a chat, and give the text of the answer."""
    asked = (await host.runs("chat cancel", channel).answered()).message
    assert asked
    return (await pressed(host, asked, "Really cancel it")).text


def host_of(place: Place) -> Person:
    """Give the guild's host, who may manage events."""
    return place.person("Hana", host=True)
