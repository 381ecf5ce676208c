"""The page's own files, and listening."""

import asyncio
import gzip
import socket
from pathlib import Path

import pytest

from bot.rooms.web.assets import FOLDER
from bot.rooms.web.guard import Site
from bot.rooms.web.server import CannotServe
from tests.visitors import open_room, raw


async def test_the_page_is_sent_once(tmp_path: Path) -> None:
    """The page comes packed, and is not sent again to a browser that has it; once it has changed, it is."""
    async with open_room(tmp_path) as room, room.visitor() as visitor:
        async with visitor.session.get("/") as response:
            assert (await response.text()).startswith("<!doctype html>")
            assert response.headers["Content-Type"] == "text/html; charset=utf-8"
            assert response.headers["Content-Encoding"] == "gzip"
            assert response.headers["Vary"] == "Accept-Encoding"
            tag = response.headers["ETag"]
        for given in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            async with visitor.session.get("/", headers={"If-None-Match": given}) as response:
                assert (response.status, await response.read()) == (304, b"")
        async with visitor.session.get(
            "/", headers={"If-None-Match": '"other"', "Accept-Encoding": "identity"}
        ) as response:
            assert response.status == 200
            assert "Content-Encoding" not in response.headers


@pytest.mark.parametrize(
    "name", ["none.js", "", "..%2findex.html", "%2e%2e/visitors.py", "main.js/", "secret.txt"]
)
async def test_only_the_pages_files_are_sent(tmp_path: Path, name: str) -> None:
    """There is no way from the page's files to others."""
    (tmp_path / "secret.txt").write_text("secret")
    async with (
        open_room(tmp_path) as room,
        room.visitor() as visitor,
        visitor.session.get(f"/static/{name}") as response,
    ):
        assert response.status == 404


async def test_scripts_have_their_type(tmp_path: Path) -> None:
    """Browsers run a module only under its own type."""
    async with (
        open_room(tmp_path) as room,
        room.visitor() as visitor,
        visitor.session.get("/static/main.js") as response,
    ):
        assert response.headers["Content-Type"] == "text/javascript; charset=utf-8"
        assert await response.text() == "export {};\n"


async def test_the_real_page_is_there() -> None:
    """The page that is served asks for nothing that is not served with it, and for nothing from elsewhere."""
    page = (FOLDER / "index.html").read_text(encoding="utf-8")
    assert "<script>" not in page
    assert "style=" not in page
    assert "http://" not in page.replace("http://www.w3.org/", "")


async def test_a_taken_port_is_passed_over(tmp_path: Path) -> None:
    """Where a port is taken the next free one is used, and the links say so."""
    async with open_room(tmp_path) as first, open_room(tmp_path, port=first.serving.port) as second:
        assert first.serving.port < second.serving.port < first.serving.port + 50
        assert second.serving.link == f"http://127.0.0.1:{second.serving.port}/"
        assert second.serving.host_link == f"{second.serving.link}host/{second.signer.host_key}"
        async with second.visitor() as visitor, visitor.session.get("/") as response:
            assert response.status == 200


async def test_a_port_is_free_again_at_once(tmp_path: Path) -> None:
    """Started again, the room is where it was, also while pages were open."""
    async with open_room(tmp_path) as room, room.page("Bo"):
        port = room.serving.port
    async with open_room(tmp_path, port=port) as room:
        assert room.serving.port == port


@pytest.mark.parametrize(
    ("bind", "words"),
    [
        ("192.0.2.1", "is not an address of this machine"),
        ("no.such.name.invalid", "no address called|Cannot listen"),
    ],
)
async def test_an_address_that_cannot_be_had_is_said(tmp_path: Path, bind: str, words: str) -> None:
    """Where nothing can be served the host is told why and what to write."""
    with pytest.raises(CannotServe, match=words):
        async with open_room(tmp_path, site=Site.at(bind)):
            pass


async def test_when_all_ports_are_taken_it_is_said(tmp_path: Path) -> None:
    """Where no port is left the host is told to choose another."""
    with (
        socket.create_server(("127.0.0.1", 65535)),
        pytest.raises(CannotServe, match="65535 to 65535 are taken"),
    ):
        async with open_room(tmp_path, port=65535):
            pass


async def test_for_all_addresses_one_that_others_can_write_is_shown(tmp_path: Path) -> None:
    """On all addresses the links have one of this machine's own, which answers."""
    async with open_room(tmp_path, site=Site.at("0.0.0.0")) as room:
        host = room.serving.link.removeprefix("http://").partition(":")[0]
        assert host != "0.0.0.0"
        reader, writer = await asyncio.open_connection(host, room.serving.port)
        writer.write(
            f"GET / HTTP/1.1\r\nHost: {host}:{room.serving.port}\r\nConnection: close\r\n\r\n".encode()
        )
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        writer.close()


async def test_a_request_in_many_small_pieces_is_understood(tmp_path: Path) -> None:
    """A slow line is no reason to refuse anybody."""
    async with open_room(tmp_path) as room:
        reader, writer = await raw(room, "")
        for piece in (
            f"GET / HT|TP/1.1\r\nHo|st: 127.0.0.1:{room.serving.port}\r\nAccept-Encoding: gzip\r\n|Connection: close\r\n|\r\n"
        ).split("|"):
            writer.write(piece.encode())
            await writer.drain()
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200")
        assert gzip.decompress(body).startswith(b"<!doctype html>")
        writer.close()
