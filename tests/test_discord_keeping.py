"""The files that people attach on Discord: kept while they can be had, and said why where not."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from bot.live.clock import Call
from bot.rooms.discord.keeping import LOOK, TRIES, Keeper, picture_type
from bot.rooms.discord.reading import Away
from bot.store import Chat, Media, Store
from tests.chats import ManualClock
from tests.discord_server.faults import broken
from tests.discord_server.world import Message, Upload
from tests.listening import PATIENCE, Hall, listening


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "chats.db"


def picture(form: str) -> bytes:
    out = BytesIO()
    Image.new("RGB", (3, 2), "teal").save(out, form)
    return out.getvalue()


PNG = Upload("doors.png", picture("PNG"), "Two doors")


async def shared(hall: Hall, *files: Upload) -> Message:
    """Let Ana share files, and wait until her message is kept."""
    said = hall.place.person("Ana").says(hall.channel, "Look", files=files)

    async def heard() -> bool:
        return said.id in await hall.kept()

    await hall.until(heard)
    return said


async def media(hall: Hall) -> list[Media]:
    """Give what is kept of all attachments, in order."""
    record = hall.store.record(hall.chat)
    urls = [file.url for entry in (await hall.kept()).values() for file in entry.attachments]
    return [kept for url in urls if (kept := await record.media(url))]


def keeper(hall: Hall, **limits: int) -> Keeper:
    return Keeper(hall.chat, hall.store, hall.line, clock=hall.clock, **limits)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP"])
def test_pictures_are_known_by_their_bytes(form: str) -> None:
    """The four forms that are shown are told by how they begin."""
    assert picture_type(picture(form)) == f"image/{form.lower()}"


@pytest.mark.parametrize(
    "data",
    [b"", b"<svg/>", b"RIFF1234WAVE", b"BM123", b"<html>\x89PNG\r\n\x1a\n", b"RIFF", b"\xff\xd8"],
)
def test_anything_else_is_just_bytes(data: bytes) -> None:
    """What does not begin like one of them is no picture, whatever it is called."""
    assert picture_type(data) is None


async def test_files_are_kept(path: Path) -> None:
    """A file is kept as it is, with what Discord tells of it; only what truly is a picture has a picture's type."""
    async with listening(path) as hall:
        page = Upload("page.png", b"<script>alert(1)</script>", type="image/png")
        await shared(hall, PNG, page, Upload("notes.txt", b"Hello"))
        await keeper(hall).keep_all()
        ana = str(hall.place.person("Ana").id)
        doors, fake, notes = await media(hall)
        assert doors == Media(doors.url, ana, "doors.png", "image/png", 3, 2, PNG.data)
        assert (fake.type, fake.width, fake.data) == ("application/octet-stream", None, page.data)
        assert (notes.type, notes.data, notes.why) == ("application/octet-stream", b"Hello", None)
        assert await hall.store.record(hall.chat).unkept() == []


async def test_links_may_expire(path: Path) -> None:
    """A link that has expired is asked for anew, and an edit of the message does not make its file another."""
    async with listening(path) as hall:
        said = await shared(hall, PNG)
        hall.server.expire_links()
        await keeper(hall).keep_all()
        (kept,) = await media(hall)
        assert kept.data == PNG.data
        assert "?" not in kept.url
        hall.server.expire_links()
        hall.place.person("Ana").edits(said, "Look here")
        await hall.until_texts("Look here")
        assert await media(hall) == [kept]
        assert await hall.store.record(hall.chat).unkept() == []


async def test_a_file_shared_in_a_thread_or_forwarded(path: Path) -> None:
    """A file is found where it was shared: in a thread, or in what somebody forwarded."""
    async with listening(path) as hall:
        ana = hall.place.person("Ana")
        first = await shared(hall)
        thread = ana.opens_thread(first, "Aside")
        ana.says(thread, "Here", files=[PNG])
        elsewhere = ana.says(
            hall.place.text_channel("elsewhere"), "There", files=[Upload("b.gif", picture("GIF"))]
        )
        ana.forwards(elsewhere, hall.channel)
        await hall.until_texts("Look", "Here", "There")
        await keeper(hall).keep_all()
        assert [kept.type for kept in await media(hall)] == ["image/png", "image/gif"]


async def test_limits(path: Path) -> None:
    """What is too large, or too much for one chat, is not fetched, and it is said why."""
    async with listening(path) as hall:
        await shared(hall, Upload("a", b"a" * 11), Upload("b", b"b" * 10), Upload("c", b"c" * 8), Upload("d", b"d" * 2))  # fmt: skip
        await keeper(hall, each=10, in_all=12).keep_all()
        kept = await media(hall)
        assert [len(each.data or b"") for each in kept] == [0, 10, 0, 2]
        assert "larger than" in (kept[0].why or "")
        assert "the files of this chat would take more than" in (kept[2].why or "")


async def test_what_is_gone_is_said(path: Path) -> None:
    """A file that is gone with its message, or from it, and one that cannot be had, are kept as words; each is tried a few times."""
    async with listening(path) as hall:
        deleted, cut, broken_one = await shared(hall, PNG), await shared(hall, PNG), await shared(hall, PNG)
        hall.server.gateway.mute()
        hall.server.deeds.delete(deleted)
        hall.server.deeds.edit(cut, attachments=[])
        del hall.server.world.attachments[broken_one.attachments[0].id]
        keeping = keeper(hall)
        await keeping.keep_all()
        assert len(await media(hall)) == 2  # what cannot be fetched now may be there the next time
        for _ in range(TRIES - 1):
            await keeping.keep_all()
        hall.server.gateway.unmute()
        whys = [kept.why or "" for kept in await media(hall)]
        assert len(whys) == 3
        assert all(why.startswith("It could not be fetched: ") for why in whys)
        assert "no longer on its message" in whys[1]
        assert "404" in whys[2]


async def test_while_discord_is_away_nothing_is_lost(path: Path) -> None:
    """What cannot be asked for now is still to be had later, also by the next process."""
    async with listening(path) as hall:
        said = await shared(hall, PNG)
        hall.server.faults.on("GET", f"*/messages/{said.id}", broken(503), times=TRIES + 2)
        for _ in range(TRIES + 2):
            with pytest.raises(Away):
                await keeper(hall).keep_all()
        assert await media(hall) == []
        await keeper(hall).keep_all()
        assert [kept.data for kept in await media(hall)] == [PNG.data]


class Telling(Store):
    """A store that tells when a file has been kept."""

    kept: asyncio.Event

    async def keep_media(self, chat: Chat, media: Media) -> None:
        await super().keep_media(chat, media)
        self.kept.set()


class Resting(ManualClock):
    """A clock that tells when somebody waits for a later time."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = asyncio.Event()

    def call_at(self, moment: datetime, wake: Callable[[], None]) -> Call:
        self.asked.set()
        return super().call_at(moment, wake)


async def test_it_goes_on_for_ever(path: Path) -> None:
    """What is shared is kept in the background, and after Discord was away too."""
    async with listening(path, kind=Telling) as hall:
        assert isinstance(hall.store, Telling)
        hall.store.kept = asyncio.Event()
        said = await shared(hall, PNG)
        hall.server.faults.on("GET", f"*/messages/{said.id}", broken(503))
        clock = Resting()
        running = asyncio.create_task(Keeper(hall.chat, hall.store, hall.line, clock=clock).run())
        try:
            async with asyncio.timeout(PATIENCE):
                await clock.asked.wait()
                assert await media(hall) == []
                clock.advance(clock.now() + LOOK)
                await hall.store.kept.wait()
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
        assert [kept.data for kept in await media(hall)] == [PNG.data]
