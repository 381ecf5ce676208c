"""Talking with pages: requests and answers, floods and nonsense."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest

from bot.rooms.web.frames import LARGEST_FRAME, Say
from bot.rooms.web.hub import BROKEN, FORGOTTEN, JOIN_FIRST, RESTART, TOO_MUCH, UNSUPPORTED
from bot.rooms.web.talk import MOST_PAGES, MOST_TOO_FAST
from tests.visitors import dumped, open_room, raw, upgrade


async def test_what_is_said_reaches_everybody(tmp_path: Path) -> None:
    """What one says is answered once it is kept, and comes to all."""
    async with open_room(tmp_path) as room, room.page("Bo") as bo, room.page("Cy") as cy:
        answer = await bo.say("A1 Hello", question="1")
        assert answer == {"is": "answer", "n": 1, "ok": True, "text": "kept"}
        assert await cy.texts(1) == ["A1 Hello"]
        (person, request), *_ = room.chat.asked
        assert (person.id, person.name) == (bo.id, "Bo")
        assert request == Say(do="say", n=1, id="message-0", text="A1 Hello", question="1")


async def test_a_ping_is_answered_by_the_server_itself(tmp_path: Path) -> None:
    """Whether the server is there is answered without asking the chat."""
    async with open_room(tmp_path) as room, room.page("Bo") as bo:
        assert (await bo.ask("ping"))["ok"]
        assert room.chat.asked == []


async def test_hello_comes_first_and_misses_nothing(tmp_path: Path) -> None:
    """What happens while a greeting is being written comes after it."""
    async with open_room(tmp_path) as room, room.visitor("Bo") as bo, room.page("Cy") as cy:
        room.chat.greeting = asyncio.Event()
        async with bo.session.ws_connect("/ws") as socket:
            while (await cy.next("people"))["people"] != 2:
                pass
            await cy.say("first")
            await cy.say("second")
            room.chat.greeting.set()
            frames = [await socket.receive_json() for _ in range(4)]
        assert [frame["is"] for frame in frames if frame["is"] != "people"][:3] == [
            "hello",
            "entries",
            "entries",
        ]
        assert frames[0]["people"] == 2


async def test_the_recap_follows_the_greeting(tmp_path: Path) -> None:
    """Who comes after the end gets the recap right after the greeting."""
    async with open_room(tmp_path) as room, room.visitor("Bo") as bo:
        room.chat.over = True
        async with bo.session.ws_connect("/ws") as socket:
            assert [(await socket.receive_json())["is"] for _ in range(2)] == ["hello", "recap"]


async def test_without_joining_nothing_is_heard(tmp_path: Path) -> None:
    """A page that nobody has joined from is closed with a word, and hears nothing."""
    async with open_room(tmp_path) as room, room.visitor() as visitor:
        assert await visitor.turned_away() == (JOIN_FIRST, "Please join the chat first.")
        assert room.hub.people == 0


async def test_a_person_counts_once(tmp_path: Path) -> None:
    """How many people are here is told when it changes; two pages are one person."""
    async with open_room(tmp_path) as room, room.page("Bo") as bo:
        async with room.visitor("Cy") as cy, cy.page() as page, cy.page():
            assert page.hello["people"] == 2
            assert room.hub.people == 2
            assert {person.name for person in room.hub.here()} == {"Bo", "Cy"}
            while (await bo.next("people"))["people"] != 2:
                pass
        assert (await bo.next("people"))["people"] == 1


@pytest.mark.parametrize("text", ["hello", "[]", '{"do":"ping"}', '{"do":"say","n":"1"}', ""])
async def test_what_is_no_frame_ends_the_talk(tmp_path: Path, text: str) -> None:
    """What cannot be answered closes the page with a code, and the others feel nothing."""
    async with open_room(tmp_path) as room, room.page("Bo") as bo, room.page("Cy") as cy:
        await bo.socket.send_str(text)
        assert (await bo.closed())[0] == UNSUPPORTED
        assert (await cy.say("still here"))["ok"]
        assert len(room.chat.asked) == 1


async def test_bytes_end_the_talk(tmp_path: Path) -> None:
    """Only text is understood."""
    async with open_room(tmp_path) as room, room.page("Bo") as bo:
        await bo.socket.send_bytes(b'{"do":"ping","n":1}')
        assert (await bo.closed())[0] == UNSUPPORTED
        assert room.chat.asked == []


async def test_too_large_a_frame_ends_the_talk(tmp_path: Path) -> None:
    """A frame over the limit is not read."""
    async with open_room(tmp_path) as room, room.page("Bo") as bo:
        await bo.socket.send_str("x" * (LARGEST_FRAME + 1))
        assert (await bo.closed())[0] == aiohttp.WSCloseCode.MESSAGE_TOO_BIG
        assert room.chat.asked == []


async def test_broken_frames_end_the_talk(tmp_path: Path) -> None:
    """What is not a WebSocket's frame at all ends that connection, and no other."""
    async with open_room(tmp_path) as room, room.visitor("Bo") as bo, room.page("Cy") as cy:
        reader, writer = await raw(room, upgrade(room, f"{room.signer.cookie}={bo.cookie().value}"))
        assert b"101" in await reader.readuntil(b"\r\n\r\n")
        writer.write(b"\xf7\xff" + b"\xff" * 100)
        async with asyncio.timeout(30):
            await reader.read()
        writer.close()
        assert (await cy.say("still here"))["ok"]
        while (await cy.next("people"))["people"] != 1:
            pass


async def test_a_wrong_request_is_answered(tmp_path: Path) -> None:
    """A frame with a number that cannot be granted gets words, and the talk goes on."""
    async with open_room(tmp_path) as room, room.page("Bo") as bo:
        answer = await bo.say("x" * 2001)
        assert (answer["ok"], answer["text"]) == (False, "That has 2,001 characters; 2,000 are the most.")
        assert "reload" in (await bo.ask("fly"))["text"]
        assert room.chat.asked == []
        assert (await bo.say("x" * 2000))["ok"]


async def test_what_breaks_is_answered(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Where the chat fails, who asked gets words, it is logged, and the talk goes on."""
    async with open_room(tmp_path) as room, room.page("Bo") as bo:
        answer = await bo.say("break")
        assert (answer["ok"], answer["text"]) == (
            False,
            "Something went wrong here. Please try again in a moment.",
        )
        assert "the disk is gone" in caplog.text
        assert (await bo.say("go on"))["ok"]


async def test_a_greeting_that_breaks_lets_the_page_come_back(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Where a greeting cannot be written the page is closed with a code, so that it tries again."""
    async with open_room(tmp_path) as room, room.visitor("Bo") as bo:
        room.chat.co_hosts = None  # type: ignore[assignment]
        assert (await bo.turned_away())[0] == BROKEN
        room.chat.co_hosts = set()
        assert "broke off" in caplog.text
        async with bo.page() as page:
            assert page.hello["people"] == 1


async def test_a_flood_is_refused_kindly_and_passes(tmp_path: Path) -> None:
    """Who sends too fast is told, and how long to wait; after that it is taken, and another person is not slowed."""
    async with open_room(tmp_path) as room, room.page("Bo") as bo, room.page("Cy") as cy:
        answers = [await bo.say(f"spam {n}") for n in range(13)]
        assert [answer["ok"] for answer in answers] == [True] * 10 + [False] * 3
        assert answers[-1]["text"] == "You are sending faster than people can read. Please wait a moment."
        assert answers[-1]["wait"] == 1
        assert (await cy.say("calm"))["ok"]
        assert await cy.texts(11) == [*(f"spam {n}" for n in range(10)), "calm"]
        assert (await bo.ask("react", id="cy.1234567", sign="👍", on=True))["ok"]
        room.wall.move(seconds=1)
        assert (await bo.say("slower"))["ok"]


async def test_a_wild_flood_is_cut_off_and_others_do_not_feel_it(tmp_path: Path) -> None:
    """Who sends without end is closed with a word after a while; what others say is taken and heard meanwhile."""
    async with (
        open_room(tmp_path) as room,
        room.page("Bo") as bo,
        room.page("Cy") as cy,
        room.page("Di") as di,
    ):
        for number in range(2000):
            await bo.socket.send_str(
                dumped({"do": "say", "n": number, "id": f"flood-{number}", "text": "spam"})
            )
        assert (await cy.say("calm"))["ok"]
        assert (await bo.closed()) == (TOO_MUCH, "This page sends far too fast.")
        assert sum(person.id == bo.id for person, _ in room.chat.asked) == 10
        assert sorted(await di.texts(11)) == sorted(["calm", *["spam"] * 10])


async def test_nonsense_is_limited_too(tmp_path: Path) -> None:
    """Wrong requests count as well, so that they are no way around the limit."""
    async with open_room(tmp_path) as room, room.page("Bo") as bo:
        for number in range(60 + MOST_TOO_FAST + 2):
            await bo.socket.send_str(dumped({"do": "fly", "n": number}))
        assert (await bo.closed())[0] == TOO_MUCH


async def test_each_person_may_have_some_pages(tmp_path: Path) -> None:
    """One person can have several pages open, but not without end; others can come still."""
    async with open_room(tmp_path) as room, room.visitor("Bo") as bo, AsyncExitStack() as pages:
        for _ in range(MOST_PAGES):
            await pages.enter_async_context(bo.page())
        code, words = await bo.turned_away()
        assert code == TOO_MUCH
        assert "too many of your pages" in words
        async with room.page("Cy") as cy:
            assert cy.hello["people"] == 2


async def test_who_comes_again_and_again_has_to_wait(tmp_path: Path) -> None:
    """A page that reconnects without end is told to wait."""
    async with open_room(tmp_path) as room, room.visitor("Bo") as bo:
        for _ in range(20):
            async with bo.page():
                pass
        assert (await bo.turned_away())[0] == TOO_MUCH
        room.wall.move(seconds=2)
        async with bo.page() as page:
            assert page.hello["people"] == 1


async def test_forgetting_closes_all_of_a_persons_pages(tmp_path: Path) -> None:
    """Who asks to be forgotten is answered, and all their pages close; the name is free again."""
    async with open_room(tmp_path) as room, room.visitor("Bo") as bo, bo.page() as one, bo.page() as two:
        await one.say("A1 hello")
        assert (await one.ask("forget"))["ok"]
        for page in (one, two):
            assert await page.closed() == (FORGOTTEN, "You have been forgotten here.")
        async with room.page("Bo") as other:
            assert other.id != one.id


async def test_an_appointed_person_comes_back_as_a_host(tmp_path: Path) -> None:
    """Whose part changes is told to come back, and hears then what hosts hear."""
    async with open_room(tmp_path) as room, room.visitor("Bo") as bo:
        async with bo.page() as page, room.page("Cy") as cy:
            room.hub.send({"is": "trouble", "text": "hosts only"}, hosts=True)
            await cy.ask("appoint", person=page.id, on=True)
            assert (await page.closed())[0] == RESTART
        async with bo.page() as page:
            assert page.hello["you"]["host"] is True
            room.hub.send({"is": "trouble", "text": "hosts only"}, hosts=True)
            assert (await page.next("trouble"))["text"] == "hosts only"
