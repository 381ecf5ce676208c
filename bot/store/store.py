"""Everything that is kept: one SQLite file, one writer that groups what comes in, and readers that hold nobody up."""

import asyncio
import contextlib
import hashlib
import hmac
import json
import sqlite3
from collections import deque
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Self

import aiosqlite

from bot.recap import Recap, Tally
from bot.session import begin, dump, load
from bot.store.changes import STATE, STATEMENTS, Changes, micros, moment
from bot.store.chat import Chat, script_of, short_name
from bot.store.lease import LEASE, RENEWAL, Holder
from bot.store.opening import GONE, PATIENCE, StoreError, connect, in_words, make_file, migrate, one, words
from bot.store.record import Picture, Record
from bot.store.writer import Writer, transact


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


#: Who waits, and what went wrong, if anything.
Kept = tuple[asyncio.Future[None], Exception | None]


class Store:
    """An open database. Make one with `Store.open`, and `close` it.

    Writing goes through `commit`: whatever has queued up while one transaction was being made durable shares the next.
    """

    def __init__(
        self,
        path: Path,
        writer: Writer,
        reader: aiosqlite.Connection,
        digest: Callable[[str, str], bytes],
        now: Callable[[], datetime],
    ) -> None:
        self.path = path
        self.holder = Holder.this_process()
        self._me = self.holder.dump()
        self._writer = writer
        self.reader = reader
        self.digest = digest
        self._now = now
        self._queue: deque[_Pending] = deque()
        self._loop = asyncio.get_running_loop()
        self._renewing: asyncio.Task[None] | None = None
        self._to_scrub = False

    @classmethod
    @asynccontextmanager
    async def open(cls, path: Path, now: Callable[[], datetime]) -> AsyncIterator[Self]:
        """Open the database, made or brought up to date where needed, for as long as the context lasts.

        `now` gives the time of day, for leases. Raises StoreError.
        """
        with in_words(path):
            make_file(path)
            reader = await connect(path)
            try:
                await migrate(reader, path)
                key = await one(reader, "SELECT value FROM settings WHERE key = 'key'")
                digest = partial(_digest, key[0])
                writer = await Writer.open(path, digest_of=digest)
            except BaseException:
                await reader.close()
                raise
        store = cls(path, writer, reader, digest, now)
        try:
            yield store
        finally:
            await store._close()

    async def _close(self) -> None:
        if self._renewing:
            self._renewing.cancel()
            await asyncio.wait({self._renewing})
            with contextlib.suppress(sqlite3.Error):
                await self._execute(
                    "UPDATE chats SET holder = NULL, held_until = NULL WHERE holder = ?", self._me
                )
        await self.reader.close()
        if self._to_scrub:
            await self._writer.run(self._scrub)
        await self._writer.close()

    # Writing -----------------------------------------------------------------------------------------------------

    def commit(self, changes: Changes) -> asyncio.Future[None]:
        """Keep the changes, whole or not at all: the future is done once they are on the disk, or has the StoreError."""
        kept: asyncio.Future[None] = self._loop.create_future()
        self._queue.append(_Pending(changes, kept))
        self._writer.soon(self._keep_all)
        return kept

    def _keep_all(self, db: sqlite3.Connection) -> None:
        """In the writer's thread: keep all that has queued up, and tell those who wait."""
        group = [self._queue.popleft() for _ in range(len(self._queue))]
        if group:
            self._loop.call_soon_threadsafe(_settle, self._keep(db, group))

    def _keep(self, db: sqlite3.Connection, group: Sequence[_Pending]) -> list[Kept]:
        """Keep a group in one transaction; where that fails, each by itself, so that one cannot spoil the others."""
        until = micros(self._now() + LEASE)
        changes = [pending.changes for pending in group]
        try:
            with in_words(self.path):
                transact(db, lambda db: _write(db, changes, until, self._me))
        except Exception as error:  # noqa: BLE001  (those who wait are told, whatever it is)
            if len(group) > 1:
                return [kept for pending in group for kept in self._keep(db, [pending])]
            return [(group[0].kept, error)]
        if any(each.forgets for each in changes):
            self._scrub(db)
        return [(pending.kept, None) for pending in group]

    def _scrub(self, db: sqlite3.Connection) -> None:
        """Take what was removed out of the file and its write-ahead log, now or, while others read, a little later."""
        self._to_scrub = not _scrubbed(db)

    async def _execute(self, statement: str, *values: object) -> None:
        await self._writer.transaction(lambda db: db.execute(statement, values))

    # Chats -------------------------------------------------------------------------------------------------------

    async def create(self, *, source: str, text: str, room: str, rehearsal: bool) -> Chat:
        """Make a chat of a script's text, and hold it. Its short name is the first that is free.

        In `room`, `{name}` stands for that short name and `{id}` for the chat's number, which is never given again: what
        is remembered of a room, such as who asked to be forgotten in it, is none of the next chat of that name's business.
        Raises StoreError.
        """
        now = self._now()

        def insert(db: sqlite3.Connection) -> int:
            script = script_of(text)
            name = _free_name(db, short_name(script, now))
            cursor = db.execute(
                """INSERT INTO chats (name, source, script, room, rehearsal, created, state, holder, held_until)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                (name, source, text, room, rehearsal, micros(now), dump(begin(script, now)), self._me, micros(now + LEASE)),
            )  # fmt: skip
            number = cursor.lastrowid or 0
            db.execute("UPDATE chats SET room = ? WHERE id = ?", (room.format(id=number, name=name), number))
            return number

        with in_words(self.path):
            number = await self._writer.transaction(insert)
        self._renew_from_now_on()
        return await self.chat(number)

    async def hold(self, chat: int) -> Chat:
        """Become the one process that runs the chat, and give it as whoever held it last has left it.

        Raises Held where another process runs it, and StoreError.
        """
        now = self._now()

        def take(db: sqlite3.Connection) -> None:
            row = db.execute("SELECT holder, held_until FROM chats WHERE id = ?", (chat,)).fetchone()
            if row is None:
                raise NoSuchChat(GONE)
            holder, until = row
            if holder and holder != self._me and moment(until) > now:
                other = Holder.load(holder)
                if not other.dead:
                    raise Held(
                        f"This chat is being held by {other}. Use it there, or stop it there first; if it was cut off, it can be taken over in {_seconds(moment(until) - now)}."
                    )
            db.execute(
                "UPDATE chats SET holder = ?, held_until = ? WHERE id = ?",
                (self._me, micros(now + LEASE), chat),
            )

        with in_words(self.path):
            await self._writer.transaction(take)
        self._renew_from_now_on()
        return await self.chat(chat)

    async def release(self, chat: int) -> None:
        """Let others run the chat."""
        with in_words(self.path):
            await self._execute(
                "UPDATE chats SET holder = NULL, held_until = NULL WHERE id = ? AND holder = ?",
                chat, self._me,
            )  # fmt: skip

    def _renew_from_now_on(self) -> None:
        if self._renewing is None:
            self._renewing = asyncio.create_task(self._renew(), name="store: lease")

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(RENEWAL.total_seconds())
            with contextlib.suppress(sqlite3.Error):  # a full disk shows itself at the next commit, in words
                await self._execute(
                    "UPDATE chats SET held_until = ? WHERE holder = ?",
                    micros(self._now() + LEASE), self._me,
                )  # fmt: skip
            if self._to_scrub:
                await self._writer.run(self._scrub)

    def record(self, chat: Chat) -> Record:
        """Give what is kept of a chat, as its live course needs it."""
        return Record(self.reader, chat)

    @asynccontextmanager
    async def reading(self, chat: Chat) -> AsyncIterator[Record]:
        """Give what is kept of a chat on a connection of its own, for reading much of it while others write.

        Raises StoreError, also for what cannot be read of it later.
        """
        with in_words(self.path):
            db = await connect(self.path)
        try:
            yield Record(db, chat)
        except sqlite3.Error as error:
            raise StoreError(words(self.path, str(error))) from error
        finally:
            await db.close()

    async def recap(self, chat: Chat) -> Recap:
        """Count a chat as it is kept now. Raises StoreError."""
        tally = Tally(chat.about)
        async with self.reading(chat) as record:
            async for entry in record.entries():
                tally.add(entry)
        return tally.recap()

    async def chat(self, id: int) -> Chat:
        """Give one chat by its number. Raises NoSuchChat."""
        found = await self._chats("WHERE id = ?", (id,))
        if not found:
            raise NoSuchChat(GONE)
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
            ids = [(chat.id,) for chat in chosen]
            await self._writer.transaction(lambda db: db.executemany("DELETE FROM chats WHERE id = ?", ids))
            await self._writer.run(self._scrub)

    # Pictures and keys -------------------------------------------------------------------------------------------

    def secret(self, purpose: str) -> bytes:
        """Give a key of this database's own, another for each purpose."""
        return self.digest("", purpose)

    async def keep_picture(self, chat: Chat, id: str, picture: Picture) -> None:
        """Keep a picture that somebody has uploaded. Raises StoreError."""
        with in_words(self.path):
            await self._execute(
                "INSERT INTO pictures (id, chat, room, author, type, width, height, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                id, chat.id, chat.room, picture.by, picture.type, picture.width, picture.height, picture.data,
            )  # fmt: skip

    # People ------------------------------------------------------------------------------------------------------

    async def are_forgotten(self, room: str, authors: Collection[str]) -> dict[str, bool]:
        """Tell who of them asked to be forgotten in that room."""
        if not authors:
            return {}
        digests = {author: self.digest(room, author).hex().upper() for author in authors}
        rows = await self.reader.execute_fetchall(
            "SELECT hex(digest) FROM forgotten WHERE hex(digest) IN (SELECT value FROM json_each(?))",
            (json.dumps(list(digests.values())),),
        )
        forgotten = {row[0] for row in rows}
        return {author: digest in forgotten for author, digest in digests.items()}


def _write(db: sqlite3.Connection, group: Sequence[Changes], until: int, me: str) -> None:
    """Write the changes of a group, and that its chats are still held. Raises LeaseLost where one is not."""
    held = db.executemany(STATE, [(until, changes.state, changes.chat, me) for changes in group])
    if held.rowcount != len(group):
        raise LeaseLost("Another process has taken this chat over; here it has been stopped.")
    for statement in STATEMENTS:
        rows = [row for changes in group if statement in changes.rows for row in changes.rows[statement]]
        if rows:
            db.executemany(statement, rows)


def _scrubbed(db: sqlite3.Connection) -> bool:
    """Write the file anew and empty its write-ahead log; tell whether nobody was in the way.

    `secure_delete` is not enough: SQLite leaves copies behind when it moves rows between pages.
    """
    db.execute("PRAGMA busy_timeout = 0")
    try:
        db.execute("VACUUM")
        busy, *_ = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.Error:
        return False
    finally:
        db.execute(f"PRAGMA busy_timeout = {PATIENCE * 1000}")
    return not busy


def _free_name(db: sqlite3.Connection, base: str) -> str:
    """Give a chat's short name, with a number behind it where others have it already."""
    taken = {row[0] for row in db.execute("SELECT name FROM chats WHERE name LIKE ? || '%'", (base,))}
    names = (base if n == 1 else f"{base}-{n}" for n in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


def _digest(key: bytes, room: str, author: str) -> bytes:
    """Give what is remembered of a person who asked to be forgotten: nothing that leads back without the key."""
    return hmac.digest(key, f"{room}\0{author}".encode(errors="replace"), hashlib.sha256)


def _seconds(time: timedelta) -> str:
    return f"{max(1, round(time.total_seconds()))} s"


def _settle(outcomes: Iterable[Kept]) -> None:
    for kept, error in outcomes:
        if kept.done():
            continue
        if error:
            kept.set_exception(error)
        else:
            kept.set_result(None)
