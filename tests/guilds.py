"""Guilds on the loopback Discord for tests: a server that fails its test on violations, and clients that reach it."""

import asyncio
import warnings
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager, contextmanager

from yarl import URL

with warnings.catch_warnings():
    # discord.py imports audioop for voice, which Python 3.11 and 3.12 warn of; whoever imports it later gets it from here
    warnings.simplefilter("ignore", DeprecationWarning)
    import discord
    from discord.gateway import DiscordWebSocket
    from discord.http import Route

from tests.discord_server import Server

__all__ = ["discord", "on_line", "reaching", "served"]


@asynccontextmanager
async def served(*expected: int) -> AsyncGenerator[Server, None]:
    """Run a server; at the end the test fails on every violation whose code is not among the expected."""
    async with Server() as server:
        server.expect(*expected)
        yield server
        wrong = server.unexpected()
    assert not wrong, "What the bot did wrong:\n" + "\n".join(map(str, wrong))


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
            await client.close()
