"""What tells that a chat has changed, and who came back to each of many chats: both for all of them at once."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.messages import Attachment, Author
from bot.script.posts import Kind, Post
from bot.store import Changes, Media, Store
from tests.archives import NOW, held
from tests.chats import ANA, BO, CY, DEE
from tests.stores import keep

FILE = Attachment("x.png", "https://x.org/x.png")


@pytest.mark.parametrize(
    "deed",
    [
        lambda c: c.retracted("m3"),
        lambda c: c.hidden("m3", on=True),
        lambda c: c.highlighted("m3", on=True),
        lambda c: c.reacted("m1", "❤", "ana", on=True),
        lambda c: c.person_hidden("bo", on=True),
        lambda c: c.post(Post("q9", Kind.REPEAT, NOW, "1")),
    ],
)
async def test_every_change_tells(tmp_path: Path, deed: Callable[[Changes], object]) -> None:
    """Whatever is done to a chat changes its digest and no other's; a file that is kept does, too, and nothing else."""
    async with Store.open(tmp_path / "x.db", lambda: NOW) as store:
        chat = await held(store, files={0: (FILE, b"data")})
        other = await held(store, day=1)
        before = await store.digests()
        assert before == await store.digests()
        await keep(store, chat, deed)
        after = await store.digests()
        assert after[other.id] == before[other.id]
        assert after[chat.id] != before[chat.id]
        await store.keep_media(chat, Media(FILE.url, "ana", "x.png", None, why="Lost."))
        assert (await store.digests())[chat.id] != after[chat.id]


async def test_who_came_back_to_many_chats(tmp_path: Path) -> None:
    """For many chats at once the answer is that for each of them alone: whoever said something earlier under the hashtag."""

    def said(*people: Author) -> tuple[tuple[Author, str, tuple[str, ...]], ...]:
        return tuple((person, "A1 yes", ("1",)) for person in people)

    async with Store.open(tmp_path / "x.db", lambda: NOW) as store:
        chats = [
            await held(store, *said(ANA, BO), day=0),
            await held(store, *said(ANA, CY), day=7),
            await held(store, *said(DEE), day=7, hashtag="Other"),
            await held(store, *said(CY, BO, DEE), day=14),
        ]
        found = await store.returning(chats)
        assert [found[chat.id] for chat in chats] == [set(), {"ana"}, set(), {"bo", "cy"}]
        for chat in chats:
            assert await store.record(chat).returning() == found[chat.id]
