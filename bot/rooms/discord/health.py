"""Whether all is well, for what watches over the bot: asked by HTTP, from the same machine only."""

import errno
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from bot.store import StoreError

ADDRESS = "127.0.0.1"


class CannotAnswer(Exception):
    """Nothing can be answered on that port; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Facts:
    """How the bot is: connected or not, since when, how late the post is that is overdue longest, when it last wrote, how many chats it holds."""

    connected: bool
    since: datetime
    late_seconds: float
    last_written: datetime | None
    chats: int


@asynccontextmanager
async def answering(port: int, facts: Callable[[], Awaitable[Facts]]) -> AsyncIterator[int]:
    """Answer `GET /health` on that port (0: on any), which is given: 200 with the facts while connected, else 503.

    Raises CannotAnswer.
    """
    from aiohttp import web  # noqa: PLC0415  (2 MiB that only those who ask for it need)

    async def health(_: web.Request) -> web.Response:
        try:
            now = await facts()
        except StoreError as error:
            return web.json_response({"trouble": str(error)}, status=503)
        return web.json_response(_shown(now), status=200 if now.connected else 503)

    app = web.Application()
    app.router.add_get("/health", health)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, ADDRESS, port).start()
        except OSError as error:
            raise CannotAnswer(_why(error, port)) from error
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


def _shown(facts: Facts) -> dict[str, object]:
    written = facts.last_written
    return {
        "connected": facts.connected,
        "since": facts.since.isoformat(),
        "late_seconds": round(facts.late_seconds, 3),
        "last_written": written and written.isoformat(),
        "chats": facts.chats,
    }


def _why(error: OSError, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is taken: choose another with --health."
    if error.errno in {errno.EACCES, errno.EPERM}:
        return f"Port {port} may not be used here: choose one above 1023 with --health."
    return f"Cannot listen on port {port}: {error.strerror or error}. Choose another with --health."
