"""What an import brings lies beside the database until it is kept."""

import sqlite3
from pathlib import Path

import pytest

from bot.answers import Purpose, Reading
from bot.session import Asked, Over, State
from bot.store import Media, Store, StoreError
from bot.store.spool import WAITING, Kept, Spool
from tests.chats import ANA, BO, CY, HOST, SCRIPT, START, after, entries, message
from tests.stores import A1, raw

OVER = State(Over(), after(20), after(0), after(20), (Asked("1", after(1)),))


async def _keep(spool: Spool) -> Kept | None:
    return await spool.keep(source="import:1", script=SCRIPT, room="import:x", rehearsal=False, state=OVER)


async def test_order_and_what_is_known(tmp_path: Path) -> None:
    """Messages come back in the order of their times; only of those that have been read is it known where they are filed."""
    async with Store.open(tmp_path / "h.db", lambda: START) as store, store.spool() as spool:
        for number in (3, 1, 2):
            await spool.add(message(str(number), ANA, "x", number))
        await spool.flush()
        some = [each async for chunk in spool.in_order() for each in chunk]
        assert [each.message.id for each in some] == ["1", "2", "3"]
        assert await spool.filed(["1"]) == {}
        some[0].reading = A1
        some[1].kind, some[1].key, some[1].under = "question", "Q1", "1"
        await spool.read_as(some)
        assert await spool.filed(["1", "2", "3", "4"]) == {"1": (None, "1"), "2": ("question", "1")}


async def test_kept(tmp_path: Path) -> None:
    """What is kept is a chat with its messages, posts and reactions, held by nobody; the spool is empty for the next."""
    async with Store.open(tmp_path / "h.db", lambda: START) as store:
        async with store.spool() as spool:
            await spool.add(
                message("1", ANA, "A1 x"), [("👍", "b"), ("👍", "b")], reading=A1, highlighted=True
            )
            await spool.add(message("2", BO, "y", 3), reading=Reading(Purpose.CONVERSATION, (), "1"))
            await spool.flush()
            kept = await _keep(spool)
            assert await _keep(spool) is None
        assert kept
        assert (kept.messages, kept.answers, kept.people) == (2, 1, 2)
        chat = await store.chat(kept.chat)
        assert (chat.name, chat.state) == ("macrosw-2015-04-23", OVER)
        assert await store.held(chat) is None
        first, second = await entries(store, chat)
        assert (first.answers, first.reactions, first.highlighted) == (("1",), {"👍": 1}, True)
        assert (second.answers, second.under) == ((), "1")
        async with store.spool() as spool:
            assert await spool.count() == 0


async def test_all_or_nothing(tmp_path: Path) -> None:
    """Where the last statement fails, nothing of the chat is there."""
    async with Store.open(tmp_path / "h.db", lambda: START) as store:
        async with store.spool() as spool:
            await spool.add(message("1", ANA, "secret"))
            await spool.flush()  # it has not been read as anything, which no table takes
            with pytest.raises(StoreError):
                await _keep(spool)
        assert await store.chats() == []
    assert b"secret" not in raw(tmp_path / "h.db")


async def test_others_write_meanwhile(tmp_path: Path) -> None:
    """While something is laid out and read, any other process can write."""
    async with Store.open(tmp_path / "h.db", lambda: START) as store, store.spool() as spool:
        await spool.add(message("1", ANA, "x"))
        await spool.flush()
        other = sqlite3.connect(tmp_path / "h.db", timeout=0)
        other.execute("INSERT INTO settings VALUES ('x', 'y')")
        other.commit()
        other.close()
        assert await spool.count() == 1


async def test_reactions_do_not_wait_in_memory(tmp_path: Path) -> None:
    """Many reactions on few messages are laid out as they come."""
    async with Store.open(tmp_path / "h.db", lambda: START) as store, store.spool() as spool:
        for number in range(3):
            await spool.add(message(str(number), ANA, "x"), (("👍", f"{n}") for n in range(WAITING)))
            assert not spool._reactions


async def test_the_forgotten_stay_so(tmp_path: Path) -> None:
    """Of people who asked to be forgotten in that room neither words nor signs nor files come back; questions stay."""
    async with Store.open(tmp_path / "h.db", lambda: START) as store:
        for author in (BO.id, HOST.id):
            await store._execute("INSERT INTO forgotten VALUES (?)", store.digest("import:x", author))
        async with store.spool() as spool:
            await spool.add(message("1", ANA, "A1 x"), [("👍", BO.id), ("👍", CY.id)], reading=A1)
            await spool.add(message("2", BO, "secret", 3), [("👍", ANA.id)], reading=A1)
            await spool.add_media(Media("/a.png", BO.id, "a.png", None, data=b"secret"))
            await spool.add(message("3", ANA, "indeed", 4, reply_to="2"), reading=A1)
            await spool.add(message("4", HOST, "Q1: Why?", 1), kind="question")
            await spool.flush()
            some = [each async for chunk in spool.in_order() for each in chunk]
            some[-1].key = "Q1" if some[-1].kind else ""
            await spool.read_as(some)
            kept = await _keep(spool)
        assert kept
        assert (kept.messages, kept.people) == (2, 1)
        chat = await store.chat(kept.chat)
        found = {entry.id: entry for entry in await entries(store, chat)}
        assert sorted(found) == ["1", "3", "4"]
        assert (found["1"].reactions, found["3"].reply_to) == ({"👍": 1}, None)
    assert b"secret" not in raw(tmp_path / "h.db")
