"""Sending to everybody whose page is open: written once, and slow readers do not hold up the others."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rooms.web.hub import MOST_EARLY, RESTART, TOO_SLOW, written
from tests.visitors import Page, Room, Visitor, open_room, raw, upgrade

#: A frame that fills the buffers between two processes soon.
LONG = {"is": "entries", "entries": [{"text": "x" * 200_000}]}
CLOSING = TOO_SLOW.to_bytes(2, "big") + b"This connection is too slow."


#: What a frame is long without its text, in bytes.
BARE = len(json.dumps({"is": "x", "text": ""}, separators=(",", ":")))


@pytest.mark.parametrize(
    "length", [BARE, 124, 125, 126, 127, 60_000, 65_534, 65_535, 65_536, 65_537, 300_000]
)
async def test_frames_of_every_length_arrive(tmp_path: Path, length: int) -> None:
    """A frame is what a browser reads, and tells its length in the shortest of the three ways."""
    async with open_room(tmp_path) as room, room.page("Bo") as bo:
        frame = {"is": "x", "text": "é" * ((length - BARE) // 2) + "x" * ((length - BARE) % 2)}
        assert len(written(frame)) == length + (2 if length < 126 else 4 if length < 2**16 else 10)
        room.hub.send(frame)
        assert await bo.next("x") == frame


@given(
    st.dictionaries(
        st.text(alphabet=st.characters(exclude_categories=["Cs"])),
        st.integers() | st.none() | st.text(alphabet=st.characters(exclude_categories=["Cs"])),
    )
)
def test_the_head_tells_the_length(frame: dict[str, Any]) -> None:
    """The head is that of a last, unmasked text frame of just the JSON that follows."""
    data = written(frame)
    assert data[0] == 0x81
    head = {126: 4, 127: 10}.get(data[1], 2)
    length = data[1] if head == 2 else int.from_bytes(data[2:head], "big")
    assert len(data) == head + length
    assert json.loads(data[head:]) == frame


async def test_hosts_hear_more(tmp_path: Path) -> None:
    """What is for hosts comes to hosts only, what is for others to others only, the rest to everybody."""
    async with open_room(tmp_path) as room, room.page("Bo") as bo, room.visitor() as visitor:
        await visitor.session.get(f"/host/{room.signer.host_key}")
        await visitor.join("Ana Ruiz")
        async with visitor.page() as ana:
            for n, hosts in enumerate((True, False, None, True, False, None)):
                room.hub.send({"is": "x", "n": n}, hosts=hosts)
            assert [(await ana.next("x"))["n"] for _ in range(4)] == [0, 2, 3, 5]
            assert [(await bo.next("x"))["n"] for _ in range(4)] == [1, 2, 4, 5]


async def test_one_person_is_told(tmp_path: Path) -> None:
    """What is for one person comes to all of that person's pages, and to nobody else's."""
    async with AsyncExitStack() as stack:
        room = await stack.enter_async_context(open_room(tmp_path))
        bo = await stack.enter_async_context(room.visitor("Bo"))
        pages = [await stack.enter_async_context(page) for page in (bo.page(), bo.page(), room.page("Cy"))]
        room.hub.tell(pages[0].id, {"is": "note", "text": "for Bo"})
        room.hub.tell("nobody", {"is": "note", "text": "for nobody"})
        room.hub.send({"is": "note", "text": "for all"})
        assert [(await page.next("note"))["text"] for page in pages] == ["for Bo", "for Bo", "for all"]


@asynccontextmanager
async def slow_page(room: Room, visitor: Visitor) -> AsyncIterator[asyncio.StreamReader]:
    """Open a page that is not read once it is open."""
    reader, writer = await raw(room, upgrade(room, f"{room.signer.cookie}={visitor.cookie().value}"))
    assert b"101" in await reader.readuntil(b"\r\n\r\n")
    try:
        yield reader
    finally:
        writer.transport.abort()


async def until_one_is_dropped(room: Room, page: Page) -> int:
    """Send until a page other than that one is dropped, which gets everything; give how many frames that took."""
    sent = 0
    while room.hub.people == 2:
        room.hub.send(LONG)
        sent += 1
        assert await page.next("entries") == LONG
    return sent


async def test_a_slow_reader_is_closed_and_others_do_not_feel_it(tmp_path: Path) -> None:
    """Who reads more slowly than is sent is closed with a code that lets it come back; others get everything."""
    async with (
        open_room(tmp_path) as room,
        room.visitor("Bo") as bo,
        room.page("Cy") as cy,
        slow_page(room, bo) as slow,
    ):
        sent = await until_one_is_dropped(room, cy)
        async with asyncio.timeout(30):
            everything = await slow.read()
        assert everything.endswith(CLOSING)
        assert 0 < everything.count(b'"entries":') < sent


async def test_a_page_that_never_reads_again_is_dropped(tmp_path: Path) -> None:
    """Who does not even read that it is closed is let go after a while, with all that waits for it."""
    async with (
        open_room(tmp_path, grace=0) as room,
        room.visitor("Bo") as bo,
        room.page("Cy") as cy,
        slow_page(room, bo) as slow,
    ):
        sent = await until_one_is_dropped(room, cy)
        assert (await cy.say("still here"))["ok"]
        async with asyncio.timeout(30):
            everything = await slow.read()
        assert not everything.endswith(CLOSING)
        assert everything.count(b'"entries":') < sent


async def test_a_page_too_long_in_coming_is_closed(tmp_path: Path) -> None:
    """Where a greeting takes so long that very much waits behind it, the page is closed, to come again."""
    async with open_room(tmp_path) as room, room.visitor("Bo") as bo, room.page("Cy") as cy:
        room.chat.greeting = asyncio.Event()
        async with bo.session.ws_connect("/ws") as socket:
            while (await cy.next("people"))["people"] != 2:
                pass
            for _ in range(MOST_EARLY + 1):
                room.hub.send({"is": "x"})
            assert await Page(socket).closed() == (TOO_SLOW, "Too much happened meanwhile.")
            room.chat.greeting.set()


async def test_closing_tells_everybody_to_come_back(tmp_path: Path) -> None:
    """When the server stops, pages are closed with the code of a restart, and none is left."""
    async with aiohttp.ClientSession() as session:
        async with open_room(tmp_path) as room, room.visitor("Bo") as bo:
            headers = {"Origin": room.origin, "Cookie": f"{room.signer.cookie}={bo.cookie().value}"}
            pages = [Page(await session.ws_connect(f"{room.origin}/ws", headers=headers)) for _ in range(5)]
            for page in pages:
                await page.next("hello")
            closed = [asyncio.create_task(page.closed()) for page in pages]
        assert room.hub.people == 0
        assert await asyncio.gather(*closed) == [(RESTART, "service restart")] * 5
