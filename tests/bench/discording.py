"""The bot on Discord against bare clients of discord.py, as processes before the same loopback server."""

import asyncio
import json
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from datetime import timedelta
from pathlib import Path

from bot.store import Store
from tests.bench.answers import texts
from tests.bench.figures import Bench, Ratio, Scale, percentile
from tests.bench.stage import now
from tests.discord_server import Message, Place, Server

GUILDS = 200
MESSAGES = 5_000
#: How many questions are due, one after the other, how far apart, and how long after their chats begin; in seconds.
QUESTIONS, GAP, LEAD = 100, 0.15, 20
#: Messages a second that come in meanwhile.
RATE = 50
PEOPLE = 60
_ROOT = Path(__file__).parents[2]
_SCRIPT = f"""\
hashtag: Bench
title: A chat to measure
questions: [What about this?]
minutes_per_question: 60
first_question_after: {LEAD}s
last_call: 0
acknowledge: none
"""
#: What a bare client has in common with hashchat's: its intents. What it does stands behind it.
_PEER = """\
import asyncio, os, sys, time, warnings
warnings.simplefilter("ignore")
import discord, yarl
discord.http.Route.BASE = os.environ["DISCORD_API_URL"]
discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["DISCORD_GATEWAY_URL"])
client = discord.Client(intents=discord.Intents(guilds=True, guild_messages=True, message_content=True, guild_reactions=True))

def say(text):
    print(text, flush=True)

@client.event
async def on_ready():
    say("ready")
"""
_COUNTS = """
heard = 0

@client.event
async def on_message(message):
    global heard
    heard += not message.author.bot
    if heard == {count}:
        say("all")
"""
_POSTS = """
@client.event
async def on_connect():
    asyncio.create_task(post())

async def post():
    await client.wait_until_ready()
    loop, start = asyncio.get_running_loop(), time.time() + 1
    channels = [channel for channel in client.guilds[0].channels]
    def send(channel, due):
        asyncio.create_task(channel.send(f"due {{due!r}}"))
    for number in range({count}):
        due = start + {gap} * number
        loop.call_later(due - time.time(), send, channels[number], due)
"""
_RUN = '\nclient.run(os.environ["DISCORD_TOKEN"], log_handler=None)\n'


async def measure(folder: Path, scale: Scale) -> Sequence[Ratio]:
    """Measure hashchat and bare clients in turns."""
    memory, rates, late = [], [], []
    for _ in range(scale.rounds):
        memory.append((await _memory(folder, ours=True), await _memory(folder, ours=False)))
        count = scale.of(MESSAGES)
        rates.append((await _rate(folder, count), await _bare_rate(folder, count)))
        count = scale.of(QUESTIONS)
        late.append((await _late(folder, count), await _bare_late(folder, count)))
    return (
        _ratio(f"memory, {GUILDS} guilds", memory, "MiB", 1.4),
        _ratio("heard to kept", rates, "messages/s", 0.5, at_most=False),
        _ratio("99th, due to POST", late, "ms late", 2),
    )


def _ratio(
    what: str, rounds: Sequence[tuple[float, float]], unit: str, limit: float, *, at_most: bool = True
) -> Ratio:
    ours, peer = zip(*rounds, strict=True)
    return Ratio(what, ours, peer, unit, limit, at_most=at_most)


def _now() -> float:
    return asyncio.get_running_loop().time()


# Processes ---------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def _started(server: Server, *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a process with what it has to know of the server; at its end it is killed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, cwd=_ROOT,
        env=os.environ | {"DISCORD_TOKEN": server.token, "DISCORD_API_URL": server.api_url,
                          "DISCORD_GATEWAY_URL": server.gateway_url},
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        await process.communicate()


async def _until_says(process: asyncio.subprocess.Process, word: str) -> None:
    assert process.stdout
    while word.encode() not in (line := await process.stdout.readline()):
        assert line, f"the process ended without a word of {word!r}"


@asynccontextmanager
async def _bot(server: Server, folder: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, Path]]:
    """Run hashchat with a script and a database of its own; gives the process and the database."""
    own = Path(tempfile.mkdtemp(dir=folder))
    (own / "bench.yaml").write_text(_SCRIPT, encoding="utf-8")
    db = own / "discord.db"
    arguments = ("-m", "bot", "discord", "--db", str(db), "--questions", str(own))
    async with _started(server, *arguments) as process:
        await _until_says(process, "Connected as")
        await server.until(lambda: server.world.commands.get(None), "the commands")
        yield process, db


@asynccontextmanager
async def _peer(server: Server, does: str = "") -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a bare client."""
    async with _started(server, "-c", _PEER + does + _RUN) as process:
        await _until_says(process, "ready")
        yield process


# What is measured --------------------------------------------------------------------------------------------------


async def _memory(folder: Path, *, ours: bool) -> float:
    """Give the resident memory of a process that is ready, in MiB."""
    async with Server() as server, AsyncExitStack() as stack:
        for number in range(GUILDS):
            server.guild(f"Guild {number}", channels=tuple(f"channel-{n}" for n in range(10)))
        if ours:
            process, _ = await stack.enter_async_context(_bot(server, folder))
        else:
            process = await stack.enter_async_context(_peer(server))
        status = await asyncio.to_thread(Path(f"/proc/{process.pid}/status").read_text)
        return int(status.split("VmRSS:")[1].split()[0]) / 1024


async def _rate(folder: Path, count: int) -> float:
    """Give how many messages a second hashchat keeps."""
    async with Server() as server:
        place = server.guild()
        async with _bot(server, folder) as (_, db):
            await _begun(place, 1)
            place.person("Person 0").says(place.channel, "Hello!")
            await asyncio.to_thread(_until_kept, db, 1)  # the bot is all ears
            send = _ready_to_send(place, count)
            start = _now()
            send()
            await asyncio.to_thread(_until_kept, db, count + 1)
            return count / (_now() - start)


def _until_kept(db: Path, messages: int) -> None:
    """Wait until so many messages are committed."""
    with closing(sqlite3.connect(f"file:{db}?mode=ro", uri=True)) as connection:
        while connection.execute("SELECT count(*) FROM messages").fetchone()[0] < messages:
            time.sleep(0.005)


async def _bare_rate(_: Path, count: int) -> float:
    """Give how many messages a second a bare client dispatches to a handler that only counts."""
    async with Server() as server:
        place = server.guild()
        async with _peer(server, _COUNTS.format(count=count)) as process:
            send = _ready_to_send(place, count)
            start = _now()
            send()
            await _until_says(process, "all")
            return count / (_now() - start)


def _ready_to_send(place: Place, count: int) -> Callable[[], None]:
    """Draw up what people say, and give what tells the gateway of it as fast as it goes."""
    server = place.server
    server.gateway.mute()
    people = [place.person(f"Person {n}") for n in range(PEOPLE)]
    said = [people[n % PEOPLE].says(place.channel, text) for n, text in enumerate(texts(count))]
    server.gateway.unmute()
    events = [json.dumps(server.shown.in_event(message, content=True)) for message in said]

    def send() -> None:
        for session in server.gateway.sessions.values():
            for event in events:
                session.dispatch("MESSAGE_CREATE", event)

    return send


async def _late(folder: Path, count: int) -> float:
    """Give how late hashchat's questions reach the server at the 99th percentile, in milliseconds, while people talk."""
    async with Server() as server:
        place = server.guild(channels=tuple(f"chat-{n}" for n in range(count)))
        async with _bot(server, folder) as (_, db), _talking(place):
            await _begun(place, count)
            asked = [await _question(place, n) for n in range(count)]
            async with Store.open(db, now) as store:
                begun = {int(chat.place): chat.state.started for chat in await store.chats()}
        late = []
        for message in asked:
            started = begun[message.channel.id]
            assert started
            late.append((message.time - started - timedelta(seconds=LEAD)) / timedelta(milliseconds=1))
        return percentile(late, 99)


async def _begun(place: Place, count: int) -> None:
    """Begin a chat in each of so many channels, evenly."""
    host = place.person("Hana", host=True)
    start = _now()
    for number, channel in enumerate([*place.guild.channels.values()][:count]):
        await asyncio.sleep(max(0.0, start + GAP * number - _now()))
        answer = await host.runs("chat start", channel, script="bench").answered()
        assert "begins now" in answer.text, answer.text
        await place.message(channel, "Welcome")


async def _question(place: Place, number: int) -> Message:
    return await place.message([*place.guild.channels.values()][number], "Q1: ", patience=2 * LEAD)


async def _bare_late(_: Path, count: int) -> float:
    """Give the same of a bare client that sends by `call_later`; what it sends says when it was due."""
    async with Server() as server:
        place = server.guild(channels=tuple(f"chat-{n}" for n in range(count)))
        async with _peer(server, _POSTS.format(count=count, gap=GAP)), _talking(place):
            channels = [*place.guild.channels.values()][:count]
            sent = [await place.message(channel, "due ", patience=GAP * count + LEAD) for channel in channels]
        late = [1_000 * (m.time.timestamp() - float(m.text.removeprefix("due "))) for m in sent]
        return percentile(late, 99)


@asynccontextmanager
async def _talking(place: Place) -> AsyncIterator[None]:
    """Let people talk in all channels, so many messages a second, while the context lasts."""

    async def talk() -> None:
        people = [place.person(f"Person {n}") for n in range(PEOPLE)]
        channels = [*place.guild.channels.values()]
        start = _now()
        for number, text in enumerate(texts(RATE * 600)):
            await asyncio.sleep(max(0.0, start + number / RATE - _now()))
            people[number % PEOPLE].says(channels[number % len(channels)], text)

    talking = asyncio.create_task(talk())
    try:
        yield
    finally:
        talking.cancel()
        await asyncio.wait({talking})


BENCH = Bench(
    "discord",
    f"""`hashchat discord` as a process before a loopback server, against bare clients of discord.py with the same intents, each a
process before the same server. Memory: resident, when ready, in {GUILDS} guilds of 10 channels. Heard to kept: {MESSAGES:,} messages told at
once by the gateway until all are committed to the disk; the peer's handler only counts them. Due to POST: {QUESTIONS} questions in as
many channels, {GAP} s apart, from when each is due until the server has it, with {RATE} messages a second coming in; the peer sends as many
by `call_later`.""",
    measure,
)
