"""Coming in: by a name, a passphrase, the host's link; and being known again."""

from pathlib import Path
from typing import Any

import pytest

from bot.rooms.web.hub import JOIN_FIRST
from bot.rooms.web.identity import LIFE, Person, Signer
from tests.visitors import CHAT, Room, Visitor, open_room

ABOUT = {"name": CHAT, "hashtag": "MacroSW"}


async def by_the_hosts_link(visitor: Visitor) -> str:
    """Come by the host's link; give where it leads."""
    async with visitor.session.get(
        f"/host/{visitor.room.signer.host_key}", allow_redirects=False
    ) as response:
        assert response.status == 303
        return response.headers["Location"]


async def test_who_joins_is_known_again(tmp_path: Path) -> None:
    """A name lets somebody in, the cookie is for this chat's server only, and it is renewed when the page opens."""
    async with open_room(tmp_path) as room, room.visitor() as visitor:
        assert await visitor.me() == {"chat": ABOUT, "you": None, "host": False, "passphrase": False}
        assert await visitor.join("  Bo ") == {"ok": True}
        cookie = visitor.cookie()
        assert cookie.key == room.signer.cookie
        assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
        assert not cookie["secure"]
        room.wall.move(days=59)
        you = (await visitor.me())["you"]
        assert (you["name"], you["host"]) == ("Bo", False)
        room.wall.move(days=59)
        assert (await visitor.me())["you"] == you


async def test_a_cookie_grows_old(tmp_path: Path) -> None:
    """Who has not come for long has to join again, and the old cookie goes."""
    async with open_room(tmp_path) as room, room.visitor("Bo") as bo:
        room.wall.move(seconds=LIFE.total_seconds())
        assert await bo.turned_away() == (JOIN_FIRST, "Please join the chat first.")
        assert (await bo.me())["you"] is None
        assert len(bo.session.cookie_jar) == 0


@pytest.mark.parametrize("forged", ["", "x", "x.y", "eyJpZCI6ICJhIn0.00", '"', "é"])
async def test_forged_cookies_are_nobodys(tmp_path: Path, forged: str) -> None:
    """A made-up cookie opens nothing, and is taken away."""
    async with open_room(tmp_path) as room, room.visitor() as visitor:
        visitor.bring(forged)
        assert (await visitor.turned_away())[0] == JOIN_FIRST
        for path in ("/pictures/picture-0", "/script-pictures/1", "/files/recap.html"):
            async with visitor.session.get(path) as response:
                assert response.status == 401
        assert (await visitor.me())["you"] is None
        assert len(visitor.session.cookie_jar) == 0


async def test_a_cookie_of_another_chat_is_nobodys(tmp_path: Path) -> None:
    """A cookie of a chat that the same program held before does not open this one, not even for its host."""
    async with open_room(tmp_path) as room, room.visitor() as visitor:
        other = Signer(b"a key that is kept with the database", "macrosw-0")
        value = other.write(Person("id", "Bo", host=True), room.wall())
        assert other.cookie != room.signer.cookie
        visitor.bring(value)
        me = await visitor.me()
        assert (me["you"], me["host"]) == (None, False)


async def test_who_asked_to_be_forgotten_is_not_known_again(tmp_path: Path) -> None:
    """A cookie, also a copied one, is good for nothing once its person has been forgotten."""
    async with open_room(tmp_path) as room, room.visitor("Bo") as bo, room.visitor() as thief:
        thief.bring(bo.cookie().value)
        async with bo.page() as page:
            assert (await page.ask("forget"))["ok"]
        for visitor in (bo, thief):
            assert (await visitor.turned_away())[0] == JOIN_FIRST
            assert (await visitor.me())["you"] is None
            assert len(visitor.session.cookie_jar) == 0


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"name": "Ana Ruiz"}, 409, "host's"),
        ({"name": "Аna Ruiz (host)"}, 409, "host's"),
        ({"name": "  "}, 409, "at least one letter"),
        ({"name": "x" * 41}, 409, "at most 40"),
        ({"name": "x" * 201}, 400, "write your name"),
        ({"name": 7}, 400, "write your name"),
        ({}, 400, "write your name"),
        ([], 400, "write your name"),
        ({"name": "Bo", "host": True}, 400, "write your name"),
        ({"name": "x" * 9000}, 413, "larger than 8 KiB"),
    ],
)
async def test_what_is_no_name_is_refused(tmp_path: Path, body: Any, status: int, words: str) -> None:
    """Who cannot join like that is told why, and is nobody still."""
    async with open_room(tmp_path) as room, room.visitor() as visitor:
        async with visitor.session.post("/join", json=body) as response:
            assert response.status == status
            told = await response.json()
            assert told["ok"] is False
            assert words in told["text"]
        assert (await visitor.me())["you"] is None


async def test_a_name_that_is_here_is_taken(tmp_path: Path) -> None:
    """Nobody joins as somebody who is here, or who has said something; who only looked in leaves no name behind."""
    async with open_room(tmp_path) as room, room.visitor() as other:
        async with room.page("Bo"), room.page("Cy") as cy:
            assert "already" in (await other.join("bо"))["text"]
            await cy.say("A1 hello")
        assert "already" in (await other.join("Cy"))["text"]
        assert await other.join("Bo") == {"ok": True}


async def test_those_who_spoke_before_a_restart_keep_their_names(tmp_path: Path) -> None:
    """Who said something before the server was started again has the name still; nobody else can take it."""
    async with (
        open_room(tmp_path, spoken={"cy-id": "Cy"}) as room,
        room.visitor() as other,
        room.visitor() as cy,
    ):
        assert "already" in (await other.join("Cy"))["text"]
        cy.bring(room.signer.write(Person("cy-id", "Cy"), room.wall()))
        async with cy.page() as page:
            assert page.hello["you"]["name"] == "Cy"


async def test_of_two_with_one_name_the_first_page_has_it(tmp_path: Path) -> None:
    """Where two join under one name before either page is open, the second is asked for another."""
    async with open_room(tmp_path) as room, room.visitor("Bo") as first, room.visitor("Bo") as second:
        async with first.page():
            words = "Somebody here has that name now. Please choose another."
            assert await second.turned_away() == (JOIN_FIRST, words)
        assert await second.join("Bo Lee") == {"ok": True}


async def test_joining_again_changes_the_name_only(tmp_path: Path) -> None:
    """Who joins a second time is the same person under another name."""
    async with open_room(tmp_path) as room, room.visitor("Bo") as bo:
        before = (await bo.me())["you"]
        await bo.join("Bo Lee")
        assert (await bo.me())["you"] == {**before, "name": "Bo Lee"}


async def test_the_hosts_link_makes_a_host(tmp_path: Path) -> None:
    """The host's link leads on to the page at once, without the key; and then the host says what to be called."""
    async with open_room(tmp_path) as room, room.visitor() as host:
        assert await by_the_hosts_link(host) == "/"
        assert room.signer.host_key not in host.cookie().value
        assert await host.me() == {"chat": ABOUT, "you": None, "host": True, "passphrase": False}
        assert (await host.turned_away())[0] == JOIN_FIRST
        assert await host.join("Ana Ruiz") == {"ok": True}
        async with host.page() as page:
            assert page.hello["you"]["host"] is True


async def test_a_participant_becomes_a_host_by_the_link(tmp_path: Path) -> None:
    """Who has joined already stays who they are, and hosts."""
    async with open_room(tmp_path) as room, room.visitor("Bo") as bo:
        before = (await bo.me())["you"]
        await by_the_hosts_link(bo)
        assert (await bo.me())["you"] == {**before, "host": True}


@pytest.mark.parametrize("key", ["x", "host_key", "", "%00", "é" * 50])
async def test_a_wrong_host_link_makes_nobody_a_host(tmp_path: Path, key: str) -> None:
    """A key that is not the host's gives nothing."""
    async with open_room(tmp_path) as room, room.visitor() as visitor:
        async with visitor.session.get(f"/host/{key}", allow_redirects=False) as response:
            assert "Set-Cookie" not in response.headers
        assert (await visitor.me())["host"] is False


async def closed_to(visitor: Visitor) -> None:
    """See that nothing of the chat can be read."""
    assert await visitor.me() == {"chat": None, "you": None, "host": False, "passphrase": True}
    assert await visitor.turned_away() == (JOIN_FIRST, "Please join the chat first.")
    for path in ("/pictures/picture-0", "/script-pictures/1", "/files/recap.html", "/files/transcript.json"):
        async with visitor.session.get(path) as response:
            assert response.status == 401
            assert "MacroSW" not in await response.text()


async def test_a_passphrase_keeps_the_chat_closed(tmp_path: Path) -> None:
    """Without the passphrase nothing of the chat can be read; with it one joins; a host needs none."""
    async with open_room(tmp_path, passphrase=" blue Café ") as room:
        room.chat.over = True
        async with room.visitor() as visitor, room.visitor() as host:
            await closed_to(visitor)
            assert "has a passphrase" in (await visitor.join("Bo"))["text"]
            assert "not the passphrase" in (await visitor.join("Bo", passphrase="blue"))["text"]
            assert "not the passphrase" in (await visitor.join("Ana Ruiz", passphrase="blue"))["text"]
            await closed_to(visitor)
            assert await visitor.join("Bo", passphrase="blue Cafe\u0301") == {"ok": True}
            assert (await visitor.me())["chat"] == ABOUT
            assert (await visitor.me())["passphrase"] is False
            await by_the_hosts_link(host)
            assert (await host.me())["passphrase"] is False
            assert await host.join("Ana Ruiz") == {"ok": True}


async def guess(room: Room, visitor: Visitor, number: int) -> list[str]:
    return [(await visitor.join("Bo", passphrase=f"guess {n}"))["text"] for n in range(number)]


async def test_a_passphrase_cannot_be_tried_out(tmp_path: Path) -> None:
    """After some wrong ones an address has to wait, also with the right one; who knows it has as many tries as they like."""
    async with open_room(tmp_path, passphrase="blue") as room, room.visitor() as visitor:
        for _ in range(30):
            assert await visitor.join("Bo", passphrase="blue") == {"ok": True}
            visitor.session.cookie_jar.clear()
        texts = await guess(room, visitor, 25)
        assert [text.startswith("There were too many") for text in texts] == [False] * 20 + [True] * 5
        assert "too many" in (await visitor.join("Bo", passphrase="blue"))["text"]
        room.wall.move(seconds=20)
        assert await visitor.join("Bo", passphrase="blue") == {"ok": True}


async def test_a_whole_class_can_join_at_once(tmp_path: Path) -> None:
    """From one address a great many people can join at once, but not without end."""
    async with open_room(tmp_path) as room, room.visitor() as visitor:
        joined = []
        for number in range(201):
            visitor.session.cookie_jar.clear()
            joined.append((await visitor.join(f"Bo {number}"))["ok"])
        assert joined == [True] * 200 + [False]
        assert "Many people are joining" in (await visitor.join("Bo"))["text"]
        room.wall.move(seconds=1)
        assert await visitor.join("Bo") == {"ok": True}
