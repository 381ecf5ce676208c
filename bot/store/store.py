"""Everything that is kept: one SQLite file, one writer that groups what comes in, and readers that hold nobody up."""

import asyncio
import contextlib
import hashlib
import hmac
import sqlite3
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

import aiosqlite

from bot.session import begin, dump, load
from bot.store.changes import STATE, STATEMENTS, Changes, micros, moment
from bot.store.chat import Chat, script_of, short_name
from bot.store.lease import LEASE, RENEWAL, Holder
from bot.store.opening import StoreError, connect, in_words, make_file, migrate, one
from bot.store.record import Record


class LeaseLost(StoreError):
    """Another process has taken the chat over."""


class Held(StoreError):
    """Another process holds the chat."""


class NoSuchChat(StoreError):
    """No chat, or more than one, goes by that name."""


@dataclass(slots=True)
class _Pending:
    changes: Changes
    kept: asyncio.Future[None]


class Store:
    """An open database. Make one with `Store.open`, and `close` it.

    Writing goes through `commit`: whatever has queued up while one transaction was being made durable shares the next.
    """

    def __init__(
        self,
        path: Path,
        writer: aiosqlite.Connection,
        reader: aiosqlite.Connection,
        key: bytes,
        now: Callable[[], datetime],
    ) -> None:
        self.path = path
        self.holder = Holder.this_process()
        self.last_write: datetime | None = None
        self._writer = writer
        self.reader = reader
        self._key = key
        self._now = now
        self._queue: deque[_Pending] = deque()
        self._wake = asyncio.Event()
        self._closing = False
        self._turn = asyncio.Lock()
        self._writing = asyncio.create_task(self._write(), name="store: writer")
        self._renewing: asyncio.Task[None] | None = None

    @classmethod
    @asynccontextmanager
    async def open(cls, path: Path, now: Callable[[], datetime]) -> AsyncIterator[Self]:
        """Open the database, made or brought up to date where needed, for as long as the context lasts.

        `now` gives the time of day, for leases. Raises StoreError.
        """
        with in_words(path):
            make_file(path)
            writer = await connect(path)
            try:
                await migrate(writer, path)
                key = await one(writer, "SELECT value FROM settings WHERE key = 'key'")
                reader = await connect(path)
            except BaseException:
                await writer.close()
                raise
        store = cls(path, writer, reader, key[0], now)
        try:
            yield store
        finally:
            await store._close()

    async def _close(self) -> None:
        self._closing = True
        self._wake.set()
        await self._writing
        if self._renewing:
            self._renewing.cancel()
        with contextlib.suppress(sqlite3.Error):
            await self._writer.execute(
                "UPDATE chats SET holder = NULL, held_until = NULL WHERE holder = ?", (self.holder.dump(),)
            )
        await self.reader.close()
        await self._writer.close()

    # Writing -----------------------------------------------------------------------------------------------------

    def commit(self, changes: Changes) -> asyncio.Future[None]:
        """Keep the changes, whole or not at all: the future is done once they are on the disk, or has the StoreError."""
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append(_Pending(changes, kept))
        self._wake.set()
        return kept

    async def _write(self) -> None:
        while self._queue or not self._closing:
            await self._wake.wait()
            self._wake.clear()
            group, self._queue = self._queue, deque()
            if group:
                await self._keep(group)

    async def _keep(self, group: Sequence[_Pending]) -> None:
        """Keep a group in one transaction; where that fails, each by itself, so that one cannot spoil the others."""
        try:
            with in_words(self.path):
                await self._apply([pending.changes for pending in group])
        except StoreError as error:
            if len(group) > 1:
                for pending in group:
                    await self._keep([pending])
            else:
                _fail(group[0].kept, error)
        else:
            for pending in group:
                if not pending.kept.done():
                    pending.kept.set_result(None)

    async def _apply(self, group: Sequence[Changes]) -> None:
        until = micros(self._now() + LEASE)
        me = self.holder.dump()
        async with self._transaction() as db:
            held = await db.executemany(
                STATE, [(until, changes.state, changes.chat, me) for changes in group]
            )
            if held.rowcount != len(group):
                raise LeaseLost("Another process has taken this chat over; here it has been stopped.")
            for statement in STATEMENTS:
                rows = [
                    row for changes in group if statement in changes.rows for row in changes.rows[statement]
                ]
                if rows:
                    await db.executemany(statement, rows)
        if any(changes.forgets for changes in group):
            await self._scrub()

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[aiosqlite.Connection]:
        async with self._turn:
            await self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                await self._writer.commit()
            except BaseException:
                await self._writer.rollback()
                raise
        self.last_write = self._now()

    async def _scrub(self) -> None:
        """Take what was removed out of the write-ahead log as well."""
        with contextlib.suppress(sqlite3.OperationalError):  # a reader in the middle of something: next time
            await self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    # Chats -------------------------------------------------------------------------------------------------------

    async def create(self, *, source: str, text: str, room: str, rehearsal: bool) -> Chat:
        """Make a chat of a script's text, and hold it. Its short name is the first that is free.

        In `room`, `{name}` stands for that short name. Raises StoreError.
        """
        now = self._now()
        with in_words(self.path):
            async with self._transaction() as db:
                script = script_of(text)
                state = begin(script, now)
                base = short_name(script, now)
                taken = {
                    row[0]
                    for row in await db.execute_fetchall(
                        "SELECT name FROM chats WHERE name LIKE ? || '%'", (base,)
                    )
                }
                names = (base if n == 1 else f"{base}-{n}" for n in range(1, len(taken) + 2))
                name = next(name for name in names if name not in taken)
                cursor = await db.execute(
                    """INSERT INTO chats (name, source, script, room, rehearsal, created, state, holder, held_until)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                    (
                        name,
                        source,
                        text,
                        room.format(name=name),
                        rehearsal,
                        micros(now),
                        dump(state),
                        self.holder.dump(),
                        micros(now + LEASE),
                    ),
                )
        self._renew_from_now_on()
        return await self.chat(cursor.lastrowid or 0)

    async def hold(self, chat: int) -> None:
        """Become the one process that runs the chat. Raises Held where another does, and StoreError."""
        now = self._now()
        with in_words(self.path):
            async with self._transaction() as db:
                holder, until = await one(db, "SELECT holder, held_until FROM chats WHERE id = ?", (chat,))
                if holder and holder != self.holder.dump() and moment(until) > now:
                    other = Holder.load(holder)
                    if not other.dead:
                        raise Held(
                            f"This chat is being held by {other}. Use it there, or stop it there first; if it was cut off, it can be taken over in {_seconds(moment(until) - now)}."
                        )
                await db.execute(
                    "UPDATE chats SET holder = ?, held_until = ? WHERE id = ?",
                    (self.holder.dump(), micros(now + LEASE), chat),
                )
        self._renew_from_now_on()

    async def release(self, chat: int) -> None:
        """Let others run the chat."""
        with in_words(self.path):
            async with self._transaction() as db:
                await db.execute(
                    "UPDATE chats SET holder = NULL, held_until = NULL WHERE id = ? AND holder = ?",
                    (chat, self.holder.dump()),
                )

    def _renew_from_now_on(self) -> None:
        if self._renewing is None:
            self._renewing = asyncio.create_task(self._renew(), name="store: lease")

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(RENEWAL.total_seconds())
            with contextlib.suppress(sqlite3.Error):  # a full disk shows itself at the next commit, in words
                async with self._transaction() as db:
                    await db.execute(
                        "UPDATE chats SET held_until = ? WHERE holder = ?",
                        (micros(self._now() + LEASE), self.holder.dump()),
                    )

    def record(self, chat: Chat) -> Record:
        """Give what is kept of a chat, as its live course needs it."""
        return Record(self.reader, chat)

    @asynccontextmanager
    async def reading(self, chat: Chat) -> AsyncIterator[Record]:
        """Give what is kept of a chat on a connection of its own, for reading much of it while others write."""
        with in_words(self.path):
            db = await connect(self.path)
        try:
            yield Record(db, chat)
        finally:
            await db.close()

    async def chat(self, id: int) -> Chat:
        """Give one chat by its number. Raises NoSuchChat."""
        found = await self._chats("WHERE id = ?", (id,))
        if not found:
            raise NoSuchChat("That chat is no longer there.")
        return found[0]

    async def chats(self) -> list[Chat]:
        """Give all chats, oldest first."""
        return await self._chats("ORDER BY id")

    async def of_script(self, source: str) -> list[Chat]:
        """Give the chats made of that script, oldest first."""
        return await self._chats("WHERE source = ? ORDER BY id", (source,))

    async def find(self, name: str) -> Chat:
        """Give the chat of that short name, of an unambiguous part of it, or the `last`. Raises NoSuchChat."""
        chats = await self.chats()
        if not chats:
            raise NoSuchChat("There is no chat yet. Hold one with: hashchat run FILE")
        if name == "last":
            return chats[-1]
        matches = [c for c in chats if c.name == name] or [c for c in chats if name.lower() in c.name]
        if len(matches) == 1:
            return matches[0]
        known = ", ".join(c.name for c in (matches or chats)[-8:])
        what = "More than one chat goes" if matches else "No chat goes"
        raise NoSuchChat(f"{what} by {name!r}. Say which: {known}, or last.")

    async def _chats(self, where: str, values: Iterable[object] = ()) -> list[Chat]:
        columns = "id, name, source, script, room, rehearsal, created, state"
        with in_words(self.path):
            rows = await self.reader.execute_fetchall(f"SELECT {columns} FROM chats {where}", values)  # noqa: S608  (from here only)
        return [
            Chat(i, name, source, text, room, bool(rehearsal), moment(created), load(state))
            for i, name, source, text, room, rehearsal, created, state in rows
        ]

    async def held(self, chat: Chat) -> str | None:
        """Say who runs the chat now, or None."""
        holder, until = await one(
            self.reader, "SELECT holder, held_until FROM chats WHERE id = ?", (chat.id,)
        )
        if not holder or moment(until) <= self._now() or Holder.load(holder).dead:
            return None
        return str(Holder.load(holder))

    async def delete(self, chats: Iterable[Chat]) -> None:
        """Remove chats for good, with all that was said in them. Raises Held and StoreError."""
        chosen = list(chats)
        for chat in chosen:
            await self.hold(chat.id)
        with in_words(self.path):
            async with self._transaction() as db:
                await db.executemany("DELETE FROM chats WHERE id = ?", [(chat.id,) for chat in chosen])
            await self._scrub()

    # People ------------------------------------------------------------------------------------------------------

    def digest(self, room: str, author: str) -> bytes:
        """Give what is remembered of a person who asked to be forgotten: nothing that leads back without the key."""
        return hmac.digest(self._key, f"{room}\0{author}".encode(), hashlib.sha256)

    async def is_forgotten(self, room: str, author: str) -> bool:
        """Tell whether that person asked to be forgotten in that room."""
        return bool(
            await self.reader.execute_fetchall(
                "SELECT 1 FROM forgotten WHERE digest = ?", (self.digest(room, author),)
            )
        )


def _seconds(time: timedelta) -> str:
    return f"{max(1, round(time.total_seconds()))} s"


def _fail(kept: asyncio.Future[None], error: StoreError) -> None:
    if not kept.done():
        kept.set_exception(error)
