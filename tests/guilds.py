"""Guilds on the loopback Discord for tests: a server that fails its test on violations, and clients that reach it."""

import asyncio
import itertools
import time
import warnings
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

from yarl import URL

with warnings.catch_warnings():
    # discord.py imports audioop for voice, which Python 3.11 and 3.12 warn of; whoever imports it later gets it from here
    warnings.simplefilter("ignore", DeprecationWarning)
    import discord
    from discord.gateway import DiscordWebSocket
    from discord.http import Route

from bot.rooms.discord.client import stop_beating
from tests.discord_server import Server

__all__ = ["discord", "on_line", "reaching", "served", "until"]


@asynccontextmanager
async def served(*expected: int, now: Callable[[], float] = time.time) -> AsyncGenerator[Server, None]:
    """Run a server; at the end the test fails on every violation whose code is not among the expected."""
    async with Server(now=now) as server:
        server.expect(*expected)
        yield server
        wrong = server.unexpected()
    assert not wrong, "What the bot did wrong:\n" + "\n".join(map(str, wrong))


async def until(true: Callable[[], object]) -> None:
    """Wait until something holds in the bot, of which the server does not tell."""
    async with asyncio.timeout(30):
        for _ in itertools.takewhile(lambda _: not true(), itertools.count()):
            await asyncio.sleep(0)


@contextmanager
def reaching(server: Server) -> Iterator[None]:
    """Let discord.py clients of this process reach the server instead of Discord."""
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = server.api_url, URL(server.gateway_url)
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before


@asynccontextmanager
async def on_line(
    server: Server, client: discord.Client, *, token: str | None = None
) -> AsyncGenerator[discord.Client, None]:
    """Keep a client connected to the server; it is ready when it is given. Raises what its start raises."""
    with reaching(server):
        running = asyncio.create_task(client.start(token or server.token))
        ready = asyncio.create_task(client.wait_until_ready())
        try:
            await asyncio.wait({running, ready}, return_when=asyncio.FIRST_COMPLETED)
            if running.done():
                running.result()
            yield client
        finally:
            ready.cancel()
            running.cancel()
            await asyncio.gather(running, ready, return_exceptions=True)
            stop_beating()
            await client.close()
