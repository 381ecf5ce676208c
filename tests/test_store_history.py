"""What a room has to know of a chat to go on where it was: its notes, what it heard where, and who put which sign."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.messages import Author
from bot.store import Chat, Store, StoreError
from tests.chats import ANA, BO, message
from tests.stores import A1, Now, create, forget, keep, say


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "chats.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[Store]:
    async with Store.open(path, Now()) as opened:
        yield opened


async def test_notes(store: Store, path: Path) -> None:
    """Notes are on the disk at once, replaced, removed, found by how they begin, and each chat's own."""
    chat, other = await create(store), await create(store)
    record = store.record(chat)
    await store.note(chat, {"echo:1": "", "echo:2": "7/8", "host": "ana", "echo": "x"})
    await store.note(other, {"echo:1": "other"})
    async with Store.open(path, Now()) as reader:
        assert await reader.record(chat).notes("echo:") == {"echo:1": "", "echo:2": "7/8"}
    await store.note(chat, {"echo:1": "5/6", "echo:2": None, "never": None})
    assert await record.notes() == {"echo": "x", "echo:1": "5/6", "host": "ana"}
    assert await store.record(other).notes() == {"echo:1": "other"}
    await store.note(chat, {})


async def test_notes_are_kept_together_or_not_at_all(store: Store) -> None:
    """Of notes one of which cannot be kept none is."""
    chat = await create(store)
    with pytest.raises(StoreError, match="That cannot be kept"):
        await store.note(chat, {"a": "b", "c": "\ud83d"})
    assert await store.record(chat).notes() == {}


async def test_notes_go_with_their_chat_and_with_nobody_else(store: Store) -> None:
    """Forgetting a person leaves notes as they are, deleting the chat removes them, and none is kept of one that is gone."""
    chat = await create(store)
    await store.note(chat, {"echo:1": "ana"})
    await keep(store, chat, forget(store, "ana"))
    assert await store.record(chat).notes() == {"echo:1": "ana"}
    await store.delete([chat])
    assert await store.reader.execute_fetchall("SELECT 1 FROM notes") == []
    with pytest.raises(StoreError, match="no longer there"):
        await store.note(chat, {"host": "ana"})


async def heard(store: Store) -> Chat:
    """Give a chat in which things were said in two places, some of which are gone, and deleted before they were heard."""
    chat = await create(store, room="discord:1")
    other = await create(store, room="discord:1")
    for where, ids in (("70", ("999", "1000", "1002", "1003")), ("71", ("1001", "98"))):
        for id_ in ids:
            await say(store, chat, (message(id_, ANA, "A1", 2, place=where, version=int(id_) % 3), A1))
    await say(store, chat, (message("post:no-number", BO, "A1", 2, place="72"), A1))
    await say(store, other, (message("5000", ANA, "A1", 2, place="70"), A1))
    await keep(store, chat, lambda c: c.retracted("1003"), lambda c: c.retracted("4000"))
    return chat


async def test_the_newest_heard_in_each_place(store: Store) -> None:
    """The newest id is the largest number, also of what was deleted since, but not of what was never heard."""
    chat = await heard(store)
    assert await store.record(chat).newest() == {"70": "1003", "71": "1001"}


async def test_what_is_kept_between(store: Store) -> None:
    """What is kept of a place from one number to another comes with its versions, without what was deleted."""
    record = store.record(await heard(store))
    assert await record.kept_between("70", 999, 2000) == {"999": 0, "1000": 1, "1002": 0}
    assert await record.kept_between("70", 1000, 1001) == {"1000": 1}
    assert await record.kept_between("71", 0, 2**63 - 1) == {"1001": 2, "98": 2}
    assert await record.kept_between("72", 0, 2**63 - 1) == {}


async def test_where_things_were_said(store: Store) -> None:
    """Places are known of all that was heard, and of nothing else."""
    record = store.record(await heard(store))
    assert await record.places(["999", "98", "4000", "5000", "x"]) == {"999": "70", "98": "71"}


async def test_who_put_which_sign(store: Store) -> None:
    """People are told by sign and message; signs that were taken off, and messages not asked about, are left out."""
    chat = await create(store)
    await keep(
        store, chat,
        *((lambda c, m=m, s=s, p=p: c.reacted(m, s, p, on=True)) for m, s, p in (
            ("1", "❤", "ana"), ("1", "❤", "bo"), ("1", ":wave:", "ana"), ("2", "❤", "ana"), ("3", "❤", "bo"),
        )),
        lambda c: c.reacted("2", "❤", "ana", on=False),
    )  # fmt: skip
    assert await store.record(chat).signs_on(["1", "2", "x"]) == {
        "1": {"❤": frozenset({"ana", "bo"}), ":wave:": frozenset({"ana"})}
    }


async def test_a_forgotten_person_was_nowhere(store: Store) -> None:
    """What a forgotten person said counts no longer for what was heard."""
    chat = await heard(store)
    await say(store, chat, (message("2000", Author("zoe", "Zoe"), "A1", place="70"), A1))
    await keep(store, chat, forget(store, "zoe"))
    record = store.record(chat)
    assert (await record.newest())["70"] == "1003"
    assert await record.places(["2000"]) == {}
