"""What an import brings lies beside the database until it is kept."""

import sqlite3
from pathlib import Path

import pytest

from bot.answers import Purpose, Reading
from bot.session import Asked, Over, State
from bot.store import Store, StoreError
from tests.chats import ANA, BO, SCRIPT, START, after, entries, message
from tests.stores import A1, raw

OVER = State(Over(), after(20), after(0), after(20), (Asked("1", after(1)),))


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
            number = await spool.keep(source="import:1", script=SCRIPT, rehearsal=False, state=OVER)
            assert await spool.keep(source="import:1", script=SCRIPT, rehearsal=False, state=OVER) is None
        assert number
        chat = await store.chat(number)
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
                await spool.keep(source="import:1", script=SCRIPT, rehearsal=False, state=OVER)
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
