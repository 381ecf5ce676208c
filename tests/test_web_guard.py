"""Who may ask the room under which name, and what browsers may do with its answers."""

import logging
from pathlib import Path

import aiohttp
import pytest

from bot.rooms.web.guard import NoSuchSite, Site
from tests.visitors import Room, open_room, raw

PUBLIC = "https://chat.example.org"


@pytest.mark.parametrize(
    "path", ["/", "/static/main.js", "/static/none.js", "/me", "/nothing", "/pictures/picture-0", "/host/wrong", "/files/recap.html", "/ws"]
)  # fmt: skip
async def test_every_answer_is_guarded(tmp_path: Path, path: str) -> None:
    """Answers and errors alike say what browsers may do with them, and nothing of what serves them."""
    async with open_room(tmp_path) as room, room.visitor() as visitor, visitor.session.get(path) as response:
        policy = response.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none';")
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["X-Frame-Options"] == "DENY"
        assert response.headers["Referrer-Policy"] == "same-origin"
        assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert response.headers["Server"] == "hashchat"
        assert "Access-Control-Allow-Origin" not in response.headers
        assert response.headers["Cache-Control"] == (
            "no-cache" if path in ("/", "/static/main.js") else "no-store"
        )


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:{port}",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "10.0.0.1",
        "",
        "[",
        "chat.example.org",
    ],
)
@pytest.mark.parametrize("path", ["/", "/me", "/ws", "/static/main.js"])
async def test_other_names_are_refused(tmp_path: Path, path: str, host: str) -> None:
    """A name made to lead here (DNS rebinding) gets nothing but words, on every address."""
    async with open_room(tmp_path) as room, room.visitor() as visitor:
        headers = {"Host": host.format(port=room.serving.port)}
        async with visitor.session.get(path, headers=headers) as response:
            assert response.status == 421
            assert "--public-url" in await response.text()


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:{port}", "127.0.0.1:{port}", "[::1]:{port}"])
async def test_its_own_names_are_answered(tmp_path: Path, host: str) -> None:
    """The names of the machine itself are answered, with whatever port somebody leads here."""
    async with (
        open_room(tmp_path) as room,
        room.visitor() as visitor,
        visitor.session.get("/", headers={"Host": host.format(port=room.serving.port)}) as response,
    ):
        assert response.status == 200


async def test_the_address_that_was_asked_is_answered(tmp_path: Path) -> None:
    """On all addresses of the machine, each is answered under its own number, and no other."""
    async with open_room(tmp_path, site=Site.at("0.0.0.0")) as room, aiohttp.ClientSession() as session:
        at = f"127.0.0.2:{room.serving.port}"
        async with session.get(f"http://{at}/") as response:
            assert response.status == 200
        async with session.get(f"http://{at}/", headers={"Host": "127.0.0.3"}) as response:
            assert response.status == 421


FOREIGN = [
    "https://evil.example",
    "http://localhost:1",
    "http://127.0.0.1",
    "null",
    "",
    "https://127.0.0.1:{port}",
    "http://127.0.0.1:{port}.evil.example",
]


@pytest.mark.parametrize("origin", FOREIGN)
async def test_foreign_pages_can_do_nothing(tmp_path: Path, origin: str) -> None:
    """A page from elsewhere can neither open the WebSocket nor post anything, even with a good cookie."""
    async with open_room(tmp_path) as room, room.visitor("Bo") as bo:
        headers = {"Origin": origin.format(port=room.serving.port)}
        with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
            await bo.session.ws_connect("/ws", headers=headers)
        for path, body in (("/join", b'{"name":"Cy"}'), ("/pictures", b"GIF89a")):
            async with bo.session.post(path, data=body, headers=headers) as response:
                assert response.status == 403
                assert "own page" in (await response.json())["text"]
        assert (await bo.me())["you"]["name"] == "Bo"


async def test_who_names_no_origin_can_do_nothing(tmp_path: Path) -> None:
    """What does not say where it comes from, as every browser does, is refused."""
    async with open_room(tmp_path) as room, aiohttp.ClientSession(room.origin) as session:
        async with session.post("/join", json={"name": "Bo"}) as response:
            assert response.status == 403
        with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
            await session.ws_connect("/ws")


async def test_the_public_name_is_answered(tmp_path: Path) -> None:
    """Behind a proxy the room answers to its public name and from its public page, and makes cookies for https only."""
    async with open_room(tmp_path, site=Site.at("127.0.0.1", PUBLIC + "/")) as room:
        async with aiohttp.ClientSession(room.origin) as session:
            for host in ("chat.example.org", f"127.0.0.1:{room.serving.port}"):
                headers = {"Host": host, "Origin": PUBLIC}
                async with session.post("/join", json={"name": "Bo"}, headers=headers) as response:
                    assert response.status == 200
                    cookie = response.headers["Set-Cookie"]
                    assert cookie.startswith("__Host-hashchat-")
                    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
                    assert "Domain" not in cookie
            for origin in ("http://evil.example", "http://chat.example.org"):
                headers = {"Host": "chat.example.org", "Origin": origin}
                async with session.post("/join", json={"name": "Bo"}, headers=headers) as response:
                    assert response.status == 403
        assert room.serving.link == PUBLIC + "/"
        assert room.serving.host_link.startswith(PUBLIC + "/host/")


async def refused(room: Room, seen_from: list[str], local: str = "127.0.0.1") -> int:
    """Try wrong passphrases, each time said to come from the next address; give how many were no longer looked at."""
    connector = aiohttp.TCPConnector(local_addr=(local, 0))
    texts = []
    async with aiohttp.ClientSession(
        room.origin, connector=connector, headers={"Origin": room.origin}
    ) as session:
        for address in seen_from:
            headers = {"X-Forwarded-For": address} if address else {}
            body = {"name": "Bo", "passphrase": "wrong"}
            async with session.post("/join", json=body, headers=headers) as response:
                texts.append((await response.json())["text"])
    return sum("too many" in text for text in texts)


async def test_ones_own_proxy_tells_who_comes(tmp_path: Path) -> None:
    """Behind a proxy on this machine each address counts for itself: the one that the proxy added last."""
    async with open_room(tmp_path, site=Site.at("127.0.0.1", PUBLIC), passphrase="blue") as room:
        assert await refused(room, [f"198.51.100.{n}" for n in range(25)]) == 0
        assert await refused(room, [f"198.51.100.{n}, 203.0.113.5" for n in range(25)]) == 5
        assert await refused(room, [f"2001:db8::{n}" for n in range(25)]) == 5
        assert await refused(room, [""] * 25) == 5


async def test_nobody_else_is_believed_about_that(tmp_path: Path) -> None:
    """Without a proxy, or from elsewhere, a forwarded address is one that somebody made up."""
    made_up = [f"198.51.100.{n}" for n in range(25)]
    async with open_room(tmp_path, passphrase="blue") as room:
        assert await refused(room, made_up) == 5
    async with open_room(tmp_path, site=Site.at("127.0.0.1", PUBLIC), passphrase="blue") as room:
        assert await refused(room, made_up, local="127.0.0.2") == 5


@pytest.mark.parametrize(
    ("url", "public", "https"),
    [
        ("https://chat.example.org", "https://chat.example.org", True),
        ("https://Chat.Example.org:443/", "https://chat.example.org", True),
        ("http://chat.example.org:8080", "http://chat.example.org:8080", False),
        ("https://bücher.example", "https://xn--bcher-kva.example", True),
        ("http://[2001:db8::1]:80", "http://[2001:db8::1]", False),
    ],
)
def test_a_public_address_is_understood(url: str, public: str, https: bool) -> None:
    """The public address is taken as browsers write it."""
    site = Site.at("127.0.0.1", url)
    assert (site.public, site.https) == (public, https)


@pytest.mark.parametrize(
    "url", ["chat.example.org", "ftp://chat.example.org", "https://", "https://a b", "https://[::1", "https://x:99999", "https://u:p@x.org", "https://x.org/chat", "https://x.org/?a", ""]
)  # fmt: skip
def test_a_wrong_public_address_is_refused(url: str) -> None:
    """An address that cannot be the room's is refused with what to write."""
    with pytest.raises(NoSuchSite, match=r"Write one like|name of its own"):
        Site.at("127.0.0.1", url)


async def test_what_breaks_is_said_and_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """What goes wrong here is logged, and told to the one who asked in words that give nothing away."""
    async with open_room(tmp_path) as room, room.visitor() as visitor:
        del room.chat.forgotten  # so that nobody can be looked up
        await visitor.session.get(f"/host/{room.signer.host_key}")
        caplog.clear()
        async with visitor.session.get("/me") as response:
            assert response.status == 500
            assert await response.text() == "Something went wrong here. Please try again in a moment."
    assert "AttributeError" in caplog.text
    assert "a request to /me" in caplog.text


async def test_nothing_logs_the_hosts_key(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Neither a good link nor one that breaks something leaves the host's key in any log."""
    caplog.set_level(logging.DEBUG)
    async with open_room(tmp_path) as room, room.visitor("Bo") as bo:
        for broken in (False, True):
            if broken:
                del room.chat.forgotten
            async with bo.session.get(f"/host/{room.signer.host_key}", allow_redirects=False) as response:
                assert response.status == (500 if broken else 303)
        reader, writer = await raw(room, f"BREW /host/{room.signer.host_key} HTCPCP/1.0\n\n")
        assert b"400" in await reader.readline()
        writer.close()
    assert "/host/{key}" in caplog.text
    assert room.signer.host_key not in caplog.text


async def test_wrong_ways_are_answered_in_words(tmp_path: Path) -> None:
    """What is not there and what cannot be done gets words, as JSON where the page waits for that."""
    async with open_room(tmp_path) as room, room.visitor() as visitor:
        for method, path, status in (
            ("GET", "/nothing", 404),
            ("PUT", "/join", 405),
            ("GET", "/ws", 400),
            ("GET", "/static/../guard.py", 404),
        ):
            async with visitor.session.request(method, path) as response:
                assert response.status == status
                assert response.content_type == "text/plain"
                assert (await response.text()).endswith(".")
        async with visitor.session.post("/nothing") as response:
            assert await response.json() == {
                "ok": False,
                "text": "There is nothing here. The room itself is at /.",
            }
