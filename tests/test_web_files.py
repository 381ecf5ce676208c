"""Pictures and files: who may have them, and that they are never anything else."""

import asyncio
import base64
import io
import re
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from PIL import Image

from bot.live import LiveChat
from bot.rooms.web.desk import Desk
from bot.rooms.web.gallery import Gallery
from bot.rooms.web.hub import Hub
from bot.rooms.web.identity import new_person
from bot.rooms.web.pictures import MOST_BYTES, Picture
from tests.chats import ManualClock, RecordingRoom
from tests.evening import MEDIA, evening
from tests.visitors import CHAT, Room, Visitor, open_room, raw


def drawn(form: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (6, 4), "orange").save(out, form)
    return out.getvalue()


async def share(
    visitor: Visitor, data: bytes | AsyncIterator[bytes], type: str = "image/png", **headers: str
) -> tuple[int, dict[str, object]]:
    """Upload a picture; give the status and the answer."""
    async with visitor.session.post(
        "/pictures",
        data=io.BytesIO(data) if isinstance(data, bytes) else data,
        headers={"Content-Type": type, **headers},
    ) as response:
        return response.status, await response.json()


async def test_a_shared_picture_is_shown_as_one(tmp_path: Path) -> None:
    """What is uploaded comes back to everybody who has joined: as a picture, and as nothing else."""
    async with open_room(tmp_path) as room, room.visitor("Bo") as bo, room.visitor("Cy") as cy:
        status, told = await share(bo, drawn("JPEG"), "image/jpeg")
        assert (status, told) == (200, {"ok": True, "id": "picture-0", "width": 6, "height": 4})
        async with cy.session.get("/pictures/picture-0") as response:
            assert Image.open(io.BytesIO(await response.read())).size == (6, 4)
            assert response.headers["Content-Type"] == "image/jpeg"
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert response.headers["Content-Disposition"] == 'inline; filename="picture.jpeg"'
            assert "sandbox" in response.headers["Content-Security-Policy"]
            assert response.headers["Cache-Control"] == "private, no-cache"
            tag = response.headers["ETag"]
        async with cy.session.get("/pictures/picture-0", headers={"If-None-Match": tag}) as response:
            assert (response.status, await response.read()) == (304, b"")
        room.chat.pictures.clear()
        async with cy.session.get("/pictures/picture-0", headers={"If-None-Match": tag}) as response:
            assert response.status == 404


async def test_the_name_that_a_file_is_given_does_not_matter(tmp_path: Path) -> None:
    """What is served is what the bytes are, not what the uploader says."""
    async with open_room(tmp_path) as room, room.visitor("Bo") as bo:
        assert (await share(bo, drawn("GIF"), "image/png"))[0] == 200
        assert room.chat.pictures["picture-0"].type == "image/gif"


@pytest.mark.parametrize(
    ("data", "type_", "status", "words"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml", 422, "not a picture"),
        (b"<script>alert(1)</script>", "image/png", 422, "not a picture"),
        (b"<script>alert(1)</script>", "text/html", 415, "Only pictures"),
        (drawn(), "application/octet-stream", 415, "Only pictures"),
        (b"", "image/png", 422, "not a picture"),
    ],
)
async def test_what_is_no_picture_is_not_kept(
    tmp_path: Path, data: bytes, type_: str, status: int, words: str
) -> None:
    """What cannot be shown is refused with why, and nothing is kept."""
    async with open_room(tmp_path) as room, room.visitor("Bo") as bo:
        got, told = await share(bo, data, type_)
        assert (got, told["ok"]) == (status, False)
        assert words in str(told["text"])
        assert room.chat.pictures == {}


async def test_too_large_an_upload_is_refused_before_it_comes(tmp_path: Path) -> None:
    """Who says that more is coming than may is refused at once, in words."""
    async with open_room(tmp_path) as room, room.visitor("Bo") as bo:
        reader, writer = await raw(
            room,
            f"POST /pictures HTTP/1.1\nHost: 127.0.0.1\nOrigin: http://127.0.0.1\n"
            f"Cookie: {room.signer.cookie}={bo.cookie().value}\n"
            f"Content-Type: image/png\nContent-Length: {MOST_BYTES + 1}\nConnection: close\n\n",
        )
        async with asyncio.timeout(30):
            assert b"413" in await reader.readline()
            assert b"larger than 10 MiB" in await reader.readuntil(b"}")
        writer.close()


async def in_pieces() -> AsyncIterator[bytes]:
    for _ in range(MOST_BYTES // 2**20 + 1):
        yield bytes(2**20)


async def test_an_upload_without_a_length_is_cut_off(tmp_path: Path) -> None:
    """Who does not say how much is coming is stopped at the limit."""
    async with open_room(tmp_path) as room, room.visitor("Bo") as bo:
        assert (await share(bo, in_pieces()))[0] == 413
        assert room.chat.pictures == {}


async def test_packed_uploads_are_not_unpacked(tmp_path: Path) -> None:
    """Little that would unpack to much is taken as it is, which is no picture."""
    async with open_room(tmp_path) as room, room.visitor("Bo") as bo:
        headers = {"Content-Encoding": "gzip"}
        assert (await share(bo, drawn(), **headers))[0] in (200, 422)
        assert (await share(bo, b"\x1f\x8b" + bytes(100), **headers))[0] == 422


async def test_uploads_are_limited(tmp_path: Path) -> None:
    """Who shares picture after picture is asked to wait; others share still."""
    async with open_room(tmp_path) as room, room.visitor("Bo") as bo, room.visitor("Cy") as cy:
        assert [(await share(bo, b"", "text/html"))[0] for _ in range(6)] == [415] * 5 + [429]
        assert (await share(cy, drawn()))[0] == 200
        room.wall.move(seconds=10)
        assert (await share(bo, drawn()))[0] == 200


@pytest.mark.parametrize(
    "path",
    [
        "/pictures/none-such",
        "/pictures/x",
        "/pictures/..%2f..%2fetc",
        "/script-pictures/2",
        "/script-pictures/x%2fy",
    ],
)
async def test_there_is_nothing_else(tmp_path: Path, path: str) -> None:
    """A picture that is not there is not found."""
    async with open_room(tmp_path) as room, room.visitor("Bo") as bo, bo.session.get(path) as response:
        assert response.status == 404


async def test_what_is_no_picture_is_never_served(tmp_path: Path) -> None:
    """Even where something else got among the pictures, it is not served."""
    async with open_room(tmp_path) as room, room.visitor("Bo") as bo:
        room.chat.pictures["picture-0"] = Picture("text/html", b"<script>alert(1)</script>", 1, 1)
        async with bo.session.get("/pictures/picture-0") as response:
            assert response.status == 404


async def test_a_questions_picture_is_shown(tmp_path: Path) -> None:
    """The picture of a question is served from here."""
    async with open_room(tmp_path) as room, room.visitor("Bo") as bo:
        await share(bo, drawn())
        async with bo.session.get("/script-pictures/1") as response:
            assert (response.status, response.content_type) == (200, "image/png")


async def download(visitor: Visitor, name: str) -> tuple[int, str, aiohttp.ClientResponse]:
    async with visitor.session.get(f"/files/{name}") as response:
        return response.status, await response.text(), response


async def host(room: Room, visitor: Visitor) -> None:
    await visitor.session.get(f"/host/{room.signer.host_key}")


@pytest.mark.parametrize(
    ("name", "type_"),
    [
        ("transcript.html", "text/html"),
        ("transcript.md", "text/markdown"),
        ("transcript.txt", "text/plain"),
        ("transcript.csv", "text/csv"),
        ("transcript.json", "application/json"),
        ("transcript.jsonl", "application/jsonl"),
        ("recap.html", "text/html"),
        ("recap.blog", "text/html"),
        ("story.html", "text/html"),
    ],
)
async def test_files_are_downloaded(tmp_path: Path, name: str, type_: str) -> None:
    """After the end everybody can have the files; they are saved under the chat's name and nothing in them runs."""
    async with open_room(tmp_path) as room, room.visitor("Bo") as bo:
        room.chat.over = True
        status, text, response = await download(bo, name)
        saved = name.replace(".blog", ".blog.html")  # which every system opens
        assert (status, text, response.content_type) == (200, "one two", type_)
        assert response.headers["Content-Disposition"] == f'attachment; filename="{CHAT}-{saved}"'
        assert "sandbox" in response.headers["Content-Security-Policy"]


def pictures_in(page: str) -> list[bytes]:
    """Give the pictures that a page shows, all of which have to be inside of it."""
    sources = re.findall(r'<img src="([^"]*)"', page)
    return [
        base64.b64decode(re.sub(r"^data:image/\w+;base64,", "", source), validate=True) for source in sources
    ]


async def test_downloads_have_the_pictures_inside(tmp_path: Path) -> None:
    """Transcript and story hold what was kept; of what was not the transcript says why, and the story where it was."""
    async with evening(tmp_path / "chat.db") as (store, chat, _):
        clock = ManualClock()
        live = LiveChat(chat, store, RecordingRoom(clock), clock)
        desk = Desk(live, store, Hub(), clock, Gallery(tmp_path))
        pages = []
        for what in ("transcript", "story"):
            pieces = desk.files(new_person("Bo"), what, "html")
            assert pieces
            pages.append(b"".join([piece async for piece in pieces]).decode())
    transcript, story = pages
    assert pictures_in(transcript) == [MEDIA[0].data, MEDIA[1].data]
    made_anew = [Image.open(io.BytesIO(data)) for data in pictures_in(story)]
    assert [(each.format, each.size) for each in made_anew] == [("PNG", (600, 240)), ("GIF", (300, 120))]
    for page in pages:
        assert " img-src data:;" in page  # which lets a browser show them
    for name, why in (
        ("huge.mp4", "It is larger than 10 MiB."),
        ("lost.png", "it was never fetched"),
        ("CON.html", "only PNG, JPEG, GIF and WebP pictures are put inside"),
    ):
        assert f'{name}</a></bdi> <bdi class="why">not kept: {why}</bdi>' in transcript
    assert '<a href="https://cdn.example/lost.png" rel="noopener noreferrer nofollow">lost.png</a>' in story


async def test_before_the_end_files_are_for_hosts(tmp_path: Path) -> None:
    """While the chat goes on its files are for hosts; participants are told when they get them."""
    async with open_room(tmp_path) as room, room.visitor("Bo") as bo:
        status, text, _ = await download(bo, "transcript.html")
        assert status == 403
        assert "once the chat is over" in text
        await host(room, bo)
        assert (await download(bo, "transcript.html"))[:2] == (200, "one two")


@pytest.mark.parametrize("name", ["transcript.exe", "transcript", "everything.html", "transcript.html.html"])
async def test_there_are_no_other_files(tmp_path: Path, name: str) -> None:
    """What is not among the files is not found."""
    async with open_room(tmp_path) as room, room.visitor("Bo") as bo:
        room.chat.over = True
        assert (await download(bo, name))[0] == 404


async def test_half_a_file_is_not_taken_for_a_whole(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Where writing a file breaks off in the middle, the browser sees that it did; before it, there are words."""
    async with open_room(tmp_path) as room, room.visitor("Bo") as bo:
        room.chat.over = True
        room.chat.pieces = (b"one ", OSError("the disk is gone"))
        with pytest.raises(aiohttp.ClientPayloadError):
            await download(bo, "transcript.html")
        assert "the disk is gone" in caplog.text
        room.chat.pieces = (OSError("the disk is gone"),)
        assert (await download(bo, "transcript.html"))[:2] == (
            500,
            "Something went wrong here. Please try again in a moment.",
        )


async def test_downloads_are_limited(tmp_path: Path) -> None:
    """Who downloads again and again is asked to wait."""
    async with open_room(tmp_path) as room, room.visitor("Bo") as bo:
        room.chat.over = True
        assert [(await download(bo, "recap.txt"))[0] for _ in range(21)] == [200] * 20 + [429]
