"""Files that people share: kept with their chat as long as something shows them, and gone to the last byte after that."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.messages import Attachment, Author, Message
from bot.store import Changes, Chat, Media, Store, StoreError, Unkept
from tests.chats import ANA, BO, message
from tests.stores import A1, TALK, Now, create, forget, keep, raw, say


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "chats.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[Store]:
    async with Store.open(path, Now()) as opened:
        yield opened


SECRET = b"the face of Ana's cat"
CAT, DOG, OWN = "https://cdn.example/cat.png", "https://cdn.example/dog.png?ex=1", "/pictures/abcdefgh"


def shown(*urls: str, author: Author = ANA, id: str = "1", version: int = 0) -> Message:
    """Give a message that shows these files."""
    files = tuple(Attachment("file", url) for url in urls)
    return message(id, author, f"A1 look {version}", version=version, attachments=files)


def file(url: str, by: str = "ana") -> Media:
    return Media(url, by, "cat.png", "image/png", 3, 2, SECRET * 1000)


async def kept(store: Store, chat: Chat, *urls: str) -> list[str]:
    """Give which of these files are kept, to the last field."""
    record = store.record(chat)
    return [url for url in urls if await record.media(url)]


async def test_a_file_comes_back_whole(store: Store) -> None:
    """Everything about a file is kept, or why it could not be; what is kept anew replaces it; both are counted in bytes."""
    chat, other = await create(store), await create(store)
    await say(store, chat, (shown(CAT, DOG), A1))
    record = store.record(chat)
    why = Media(DOG, "ana", "../dog\0.exe", None, why="It is larger than 10 MiB.")
    for each in (file(CAT), file(OWN), why):
        await store.keep_media(chat, each)
        assert await record.media(each.url) == each
    assert await record.media_size() == 2 * len(SECRET * 1000)
    await store.keep_media(chat, file(DOG))
    assert await record.media(DOG) == file(DOG)
    assert await record.media_size() == 3 * len(SECRET * 1000)
    assert await record.media("https://cdn.example/never") is None
    assert (await store.record(other).media(CAT), await store.record(other).media_size()) == (None, 0)


async def test_a_name_with_half_a_character(store: Store) -> None:
    """Half a surrogate pair in a file's name becomes a question mark, as in all else that people write."""
    chat = await create(store)
    await store.keep_media(chat, Media(OWN, "ana", "cat\ud83d.png", "image/png", data=SECRET))
    assert await store.record(chat).media(OWN) == Media(OWN, "ana", "cat?.png", "image/png", data=SECRET)


async def test_what_is_still_to_be_kept(store: Store) -> None:
    """Files from elsewhere are to be kept, in order, until they are, or it is known why they can not be."""
    chat = await create(store)
    late = message(
        "2", BO, "hm", 3, attachments=(Attachment("x", "https://cdn.example/x", "text/plain", 5, "y", 1, 2),)
    )
    early = shown(CAT, OWN, DOG)
    await say(store, chat, (late, TALK), (early, A1), (message("3", BO, "no file"), TALK))
    await say(store, chat, (shown("https://cdn.example/gone", id="4"), A1))
    await keep(store, chat, lambda c: c.retracted("4"))
    record = store.record(chat)
    cat, _, dog = early.attachments
    assert await record.unkept() == [
        Unkept("1", "ana", cat),
        Unkept("1", "ana", dog),
        Unkept("2", "bo", late.attachments[0]),
    ]
    await store.keep_media(chat, file(CAT))
    await store.keep_media(chat, Media(DOG, "ana", "dog", None, why="It is no longer there."))
    assert [each.message for each in await record.unkept()] == ["2"]


@pytest.mark.parametrize("url", [CAT, OWN])
@pytest.mark.parametrize(
    ("what", "forgets"),
    [
        (lambda store: lambda c: c.retracted("1"), False),
        (lambda store: lambda c: c.said(shown(DOG, version=1), A1, hosting=False), False),
        (lambda store: lambda c: c.said(shown(version=1), A1, hosting=False), False),
        (lambda store: forget(store, "ana"), True),
    ],
    ids=["retracted", "another file", "no file", "forgotten"],
)
async def test_a_file_goes_with_what_shows_it(
    path: Path, url: str, what: Callable[[Store], Callable[[Changes], object]], *, forgets: bool
) -> None:
    """With a message, an edit that takes it off, or its author, a file goes, and no byte of it is left on the disk."""
    async with Store.open(path, Now()) as store:
        chat = await create(store)
        await say(store, chat, (shown(url), A1))
        await store.keep_media(chat, file(url))
        assert await kept(store, chat, url) == [url]
        await keep(store, chat, what(store))
        assert await kept(store, chat, url) == []
        if forgets:
            assert SECRET not in raw(path)
    assert SECRET not in raw(path)


async def test_said_and_edited_at_once(store: Store) -> None:
    """Where a message and the edit that takes its file off are kept together, the file goes all the same."""
    chat = await create(store)
    await store.keep_media(chat, file(OWN))
    await say(store, chat, (shown(OWN), A1), (shown(version=1), A1))
    assert await kept(store, chat, OWN) == []


async def test_a_file_stays_with_its_message(store: Store) -> None:
    """An edit that leaves a file, an older edit, a reading, a reaction, or another's deletion leave it where it is."""
    chat = await create(store)
    await say(store, chat, (shown(CAT), A1), (shown(CAT, author=BO, id="2"), A1))
    await store.keep_media(chat, file(CAT))
    await keep(
        store, chat,
        lambda c: c.said(shown(DOG, CAT, version=2), A1, hosting=False),
        lambda c: c.said(shown(version=1), A1, hosting=False),
        lambda c: c.read("1", 2, TALK),
        lambda c: c.reacted("1", "❤", "bo", on=True),
        lambda c: c.retracted("2"),
    )  # fmt: skip
    assert await kept(store, chat, CAT) == [CAT]


async def test_a_file_that_comes_too_late(store: Store, path: Path) -> None:
    """What was fetched of a message that was retracted, or of a person who was forgotten, meanwhile is not kept."""
    chat = await create(store)
    await say(store, chat, (shown(CAT), A1), (shown(DOG, author=BO, id="2"), A1), (shown(DOG, id="3"), A1))
    await keep(store, chat, lambda c: c.retracted("1"), forget(store, "bo"))
    for each in (file(CAT), file(DOG, "bo"), file(OWN, "bo")):
        await store.keep_media(chat, each)
    assert await kept(store, chat, CAT, DOG, OWN) == []
    assert SECRET not in raw(path)


async def test_a_file_for_a_chat_that_is_gone(store: Store) -> None:
    """Nothing can be kept of a chat that was deleted; the words say so."""
    chat = await create(store)
    await store.keep_media(chat, file(OWN))
    await store.delete([chat])
    assert await store.reader.execute_fetchall("SELECT 1 FROM media") == []
    with pytest.raises(StoreError, match="no longer there"):
        await store.keep_media(chat, file(OWN))
