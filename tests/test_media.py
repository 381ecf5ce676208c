"""Fetching from the net: only from the public one, only so much, and errors in words."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiohttp import web

from bot.media.fetching import MOST_REDIRECTS, Address, Fetched, FetchError, fetch, public

PNG = "image/png"


@pytest.mark.parametrize(
    "number",
    [
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:0:127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:db8::1",
        "2001:20::1",
        "2002:7f00:1::1",
        "2002:c0a8:101::",
        "3fff::1",
        "4000::1",
        "5f00::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
    ],
)
def test_what_is_not_public_is_not_connected_to(number: str) -> None:
    """Addresses of this machine, of networks like the one that it is in, and those that stand for such, are not public."""
    assert not public(ip_address(number))


@pytest.mark.parametrize(
    "number",
    [
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.167.255.255",
        "198.17.255.255",
        "223.255.255.255",
        "2001:4860:4860::8888",
        "2606:4700::1111",
        "2a00:1450::1",
        "::ffff:1.1.1.1",
        "64:ff9b::101:101",
        "2002:101:101::1",
    ],
)
def test_the_public_net_is_connected_to(number: str) -> None:
    """Addresses next to those, and those that stand for public ones, are public."""
    assert public(ip_address(number))


def loopback(address: Address) -> bool:
    """Allow just the first address of this machine, in place of the public net."""
    return str(address) == "127.0.0.1"


Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def served(answer: Answer) -> AsyncIterator[str]:
    """Serve an answer to everything on loopback; give the address."""
    app = web.Application()
    app.router.add_get("/{rest:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def picture(_: web.Request) -> web.Response:
    return web.Response(body=b"a picture", content_type=PNG)


async def test_a_picture_is_fetched() -> None:
    """What is there comes with its type, by number and by name."""
    async with served(picture) as url:
        assert await fetch(f"{url}/a.png", types={PNG}, allowed=loopback) == Fetched(PNG, b"a picture")
        named = url.replace("127.0.0.1", "localhost")
        assert await fetch(f"{named}/ä b.png?x=1#part", types={PNG}, allowed=loopback) == Fetched(
            PNG, b"a picture"
        )


async def test_nothing_is_sent_that_tells_on_anybody() -> None:
    """A request has no cookies, no password and no address where it came from."""
    seen: list[dict[str, str]] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append({name.lower(): value for name, value in request.headers.items()})
        response = (
            web.Response(status=302, headers={"Location": "/next"})
            if len(seen) == 1
            else await picture(request)
        )
        response.set_cookie("who", "you")
        return response

    async with served(answer) as url:
        named = url.replace("127.0.0.1", "localhost")  # browsers and their like keep cookies for names only
        await fetch(f"{named}/first", types={PNG}, allowed=loopback)
    assert len(seen) == 2
    for headers in seen:
        assert set(headers) <= {"host", "user-agent", "accept", "accept-encoding", "connection"}
        assert headers["user-agent"].startswith("hashchat/")


async def test_proxies_are_not_asked() -> None:
    """A proxy would connect to what is not looked at here, so none is used: what is refused stays so."""
    async with served(picture) as url:
        with pytest.raises(FetchError, match="not an address of the public net"):
            await fetch(url, types={PNG})


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("file:///etc/passwd", "https:// or http://"),
        ("ftp://example.org/a.png", "https:// or http://"),
        ("gopher://example.org", "https:// or http://"),
        ("javascript:alert(1)", "https:// or http://"),
        ("data:image/png;base64,AAAA", "https:// or http://"),
        ("example.org/a.png", "https:// or http://"),
        ("", "https:// or http://"),
        ("http://", "https:// or http://"),
        ("http://[::1", "https:// or http://"),
        ("http://x:99999/", "https:// or http://"),
        ("https://me:secret@example.org/", "user name or password"),
        ("http://127.0.0.1/", "127.0.0.1 is not an address of the public net"),
        ("http://[::1]/", "not an address of the public net"),
        ("http://[::ffff:127.0.0.1]/", "not an address of the public net"),
        ("http://[fe80::1%25eth0]/", "not an address of the public net"),
        ("http://169.254.169.254/latest/meta-data/", "not an address of the public net"),
        ("http://2130706433/", "public net"),
        ("http://127.1/", "public net"),
        ("http://0x7f.1/", "public net"),
        ("http://0177.0.0.1/", "public net"),
        ("http://127.0.0.1./", "public net"),
        ("http://１２７.0.0.1/", "public net"),
        ("http://localhost/", "localhost does not lead to an address of the public net"),
        ("http://LOCALHOST./", "public net|no localhost"),
        ("http://no-such-name.invalid/", "There is no no-such-name.invalid"),
        (f"http://{'x' * 64}.org/", "https:// or http://|There is no"),
    ],
)
async def test_what_is_not_on_the_public_net_is_refused(url: str, words: str) -> None:
    """Other schemes, private addresses in every disguise, and names that lead to them are refused in words."""
    with pytest.raises(FetchError, match=words):
        await fetch(url, types={PNG})


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("http://127.0.0.2:{port}/", "127.0.0.2 is not an address of the public net"),
        ("//127.0.0.2:{port}/", "127.0.0.2 is not an address of the public net"),
        ("http://[::1]:{port}/", "not an address of the public net"),
        ("http://2130706434:{port}/", "public net"),
        ("file:///etc/passwd", "https:// or http://"),
        ("http://me:secret@127.0.0.1:{port}/", "user name or password"),
        ("http://[::1", "not a web address"),
    ],
)
async def test_redirects_are_looked_at_too(where: str, words: str) -> None:
    """A public server cannot send us to a private one."""
    port = ""

    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": where.format(port=port)})

    async with served(answer) as url:
        port = url.rpartition(":")[2]
        with pytest.raises(FetchError, match=words):
            await fetch(url, types={PNG}, allowed=loopback)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_followed(status: int) -> None:
    """A few redirects, also to a place beside, lead to what was wanted."""

    async def answer(request: web.Request) -> web.StreamResponse:
        hops = int(request.path.rpartition("/")[2])
        return (
            web.Response(status=status, headers={"Location": str(hops - 1)})
            if hops
            else await picture(request)
        )

    async with served(answer) as url:
        assert (await fetch(f"{url}/a/{MOST_REDIRECTS}", types={PNG}, allowed=loopback)).data == b"a picture"
        with pytest.raises(FetchError, match="leads on and on"):
            await fetch(f"{url}/a/{MOST_REDIRECTS + 1}", types={PNG}, allowed=loopback)


async def test_a_redirect_to_nowhere_ends() -> None:
    """A redirect that leads to itself is not followed for ever."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=302)

    async with served(answer) as url:
        with pytest.raises(FetchError, match="leads on and on"):
            await fetch(url, types={PNG}, allowed=loopback)


@pytest.mark.parametrize(
    ("response", "words"),
    [
        (lambda: web.Response(status=404), "answers 404 Not Found"),
        (lambda: web.Response(status=500, content_type=PNG), "answers 500"),
        (lambda: web.Response(status=206, body=b"part", content_type=PNG), "answers 206"),
        (
            lambda: web.Response(text="<h1>hello</h1>", content_type="text/html"),
            "is text/html, not one of image/png",
        ),
        (lambda: web.Response(body=b"x" * 101, content_type=PNG), "is larger than"),
        (lambda: web.Response(body=b"x", content_type=PNG, headers={"Content-Encoding": "gzip"}), "packed"),
    ],
)
async def test_what_was_not_wanted_is_refused(response: Callable[[], web.Response], words: str) -> None:
    """Errors, other types, too much and packed things are refused with what they are."""

    async def answer(_: web.Request) -> web.Response:
        return response()

    async with served(answer) as url:
        with pytest.raises(FetchError, match=words):
            await fetch(url, types={PNG}, most=100, allowed=loopback)


async def test_more_than_was_said_is_cut_off() -> None:
    """A server that sends without end, and does not say how much, is stopped at the limit."""
    sent = 0

    async def answer(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse(headers={"Content-Type": PNG})
        await response.prepare(request)
        while True:
            await response.write(bytes(10_000))
            sent += 10_000

    async with served(answer) as url:
        with pytest.raises(FetchError, match=r"larger than 0\.954 MiB"):
            await fetch(url, types={PNG}, most=1_000_000, allowed=loopback)
    assert sent < 100_000_000


@pytest.mark.parametrize("begun", [False, True])
async def test_a_server_that_says_nothing_is_not_waited_for(begun: bool) -> None:
    """A server that never answers, or never comes to an end, is given up after the time."""
    waiting = asyncio.Event()

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": PNG})
        if begun:
            await response.prepare(request)
            await response.write(b"a")
        await waiting.wait()
        return response

    async with served(answer) as url:
        with pytest.raises(FetchError, match="took longer than 0 seconds"):
            await fetch(url, types={PNG}, patience=0.2, allowed=loopback)
        waiting.set()


async def test_a_broken_answer_is_refused() -> None:
    """What is not HTTP, and what breaks off, is told from what was wanted."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        head = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 9\r\n\r\na pic"
        writer.write(head if b"/half" in request else b"SSH-2.0-OpenSSH_9.2\r\n")
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        for path in ("/half", "/other"):
            with pytest.raises(FetchError, match="could not be read to its end"):
                await fetch(url + path, types={PNG}, allowed=loopback)


async def test_a_server_that_is_not_there_is_said() -> None:
    """Where nobody listens, it is said."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(FetchError, match=r"127\.0\.0\.1 cannot be reached"):
        await fetch(f"http://127.0.0.1:{port}/", types={PNG}, allowed=loopback)


async def test_a_name_is_looked_up_once_and_that_address_is_asked() -> None:
    """Of a name's addresses only allowed ones are connected to, and they are looked at for each connection anew."""
    seen: list[str] = []

    def never_again(address: Address) -> bool:
        seen.append(str(address))
        return str(address) == "127.0.0.1" and seen.count("127.0.0.1") == 1

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path == "/first":
            return web.Response(status=302, headers={"Location": "/second"})
        return await picture(request)

    async with served(answer) as url:
        with pytest.raises(FetchError, match="localhost does not lead to an address of the public net"):
            await fetch(url.replace("127.0.0.1", "localhost") + "/first", types={PNG}, allowed=never_again)
    assert seen.count("127.0.0.1") == 2


#: A certificate that nobody vouches for, made for this test alone, with its key.
NOBODYS = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgKDios5hBO4SupuSY
8P/kYzCPSrFfj36XtUkfQcjN7GKhRANCAAQ3WxJSTUKp0nqLEUaT/yBRM7uyq3GR
suD89vkCrGnVJY5GeWMHfgkXCgN1MBIECC+siBbRJ08t/Ulg1EXWPs2x
-----END PRIVATE KEY-----
-----BEGIN CERTIFICATE-----
MIIBeTCCAR+gAwIBAgIUKR3R3dAA+kpzyjwqCUj/U1p8Ej4wCgYIKoZIzj0EAwIw
ETEPMA0GA1UEAwwGbm9ib2R5MCAXDTI2MTEyMjA0MTQ0MVoYDzIxMjYxMDI5MDQx
NDQxWjARMQ8wDQYDVQQDDAZub2JvZHkwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
AAQ3WxJSTUKp0nqLEUaT/yBRM7uyq3GRsuD89vkCrGnVJY5GeWMHfgkXCgN1MBIE
CC+siBbRJ08t/Ulg1EXWPs2xo1MwUTAdBgNVHQ4EFgQU2+3G7+CDbWgJq6qDwdsU
hpHfwiQwHwYDVR0jBBgwFoAU2+3G7+CDbWgJq6qDwdsUhpHfwiQwDwYDVR0TAQH/
BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEAwXjSfjFRaAzDQrGDikmlx7ckqVI/
QpNfYhi4OiAKrooCIF7LwOkFISZafVhJB9bX39U7G+aL0wI7nH8SRRnuGJPo
-----END CERTIFICATE-----
"""


async def test_a_bad_certificate_is_said(tmp_path: Path) -> None:
    """A server that cannot prove who it is is not believed."""
    (tmp_path / "nobody.pem").write_text(NOBODYS)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "nobody.pem")

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context) as server:
        url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        with pytest.raises(FetchError, match="does not prove who it is"):
            await fetch(url, types={PNG}, allowed=loopback)


async def test_any_type_is_fetched_where_none_is_asked_for() -> None:
    """Without types, whatever lies there comes, with the type that the server tells."""

    async def answer(request: web.Request) -> web.Response:
        return web.Response(body=request.headers["Accept"].encode(), content_type="application/x-strange")

    async with served(answer) as url:
        assert await fetch(url, types=None, allowed=loopback) == Fetched("application/x-strange", b"*/*")
