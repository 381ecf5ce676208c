"""What the bot answers to those who ask how it is."""

import socket
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest

from bot.rooms.discord.health import CannotAnswer, Facts, answering
from bot.store import StoreError

SINCE = datetime(2026, 11, 22, 14, 2, 3, tzinfo=UTC)


async def ask(port: int, path: str = "/health") -> tuple[int, Any]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}{path}") as answer,
    ):
        return answer.status, await answer.json() if answer.content_type == "application/json" else None


@pytest.mark.parametrize(("connected", "status"), [(True, 200), (False, 503)])
async def test_facts_as_json(status: int, *, connected: bool) -> None:
    """All facts are in the answer, and its status says whether the bot is connected."""

    async def facts() -> Facts:
        return Facts(connected, SINCE, late_seconds=1.23456, last_written=None, chats=3)

    async with answering(0, facts) as port:
        assert await ask(port) == (
            status,
            {
                "connected": connected,
                "since": "2026-11-22T14:02:03+00:00",
                "late_seconds": 1.235,
                "last_written": None,
                "chats": 3,
            },
        )
        assert (await ask(port, "/"))[0] == 404


async def test_a_database_that_fails_is_no_health() -> None:
    """Where the facts cannot be read, the answer is 503 with the reason."""

    async def facts() -> Facts:
        raise StoreError("The disk is full.")

    async with answering(0, facts) as port:
        assert await ask(port) == (503, {"trouble": "The disk is full."})


async def test_a_taken_port_is_explained() -> None:
    """A port that another program has is named, with what to do; nobody outside can ask."""

    async def facts() -> Facts:
        return Facts(connected=True, since=SINCE, late_seconds=0, last_written=SINCE, chats=0)

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotAnswer, match=f"Port {port} is taken: choose another with --health"):
            async with answering(port, facts):
                pass
