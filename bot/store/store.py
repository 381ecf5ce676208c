"""Everything that is kept: one SQLite file, one writer that groups what comes in, and readers that hold nobody up."""

import asyncio
import contextlib
import hashlib
import hmac
import json
import sqlite3
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Self

import aiosqlite

from bot.recap import Recap, Tally
from bot.session import begin, dump, load
from bot.store.changes import Changes, micros, moment, whole
from bot.store.chat import Chat, hosts_among, script_of, without_hosts
from bot.store.commits import Commits, write_rows
from bot.store.digests import digests
from bot.store.lease import LEASE, RENEWAL, Holder
from bot.store.media import KEEP_MEDIA, Media
from bot.store.naming import NoSuchChat, called, free_name, only_one_there, short_name
from bot.store.opening import GONE, StoreError, connect, in_words, make_file, migrate, one, words
from bot.store.record import Record
from bot.store.returning import returning
from bot.store.schema import PEOPLE, UNFINISHED
from bot.store.spool import Spool, spooling
from bot.store.writer import Writer

#: The note that a chat still has something to do in its room, also when it is over.
OPEN = "open"


class Held(StoreError):
    """Another process holds the chat."""


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
        self._commits = Commits(path, writer, self._me, now)
        self.reader = reader
        self.digest = digest
        self._now = now
        self._renewing: asyncio.Task[None] | None = None

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
                await reader.create_function("hosts_among", 2, hosts_among)
                await migrate(reader, path)
                key = await one(reader, "SELECT value FROM settings WHERE key = 'key'")
                digest = partial(_digest, key[0])
                writer = await Writer.open(path, now, digest_of=digest, without_hosts=without_hosts)
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
        await self._writer.close()

    # Writing -----------------------------------------------------------------------------------------------------

    def commit(self, changes: Changes) -> asyncio.Future[None]:
        """Keep the changes, whole or not at all: the future is done once they are on the disk, or has the StoreError."""
        return self._commits.add(changes)

    @property
    def last_written(self) -> datetime | None:
        """When something was last brought to the disk here, be it only that the chats are still held."""
        return self._writer.last_written

    async def _execute(self, statement: str, *values: object) -> None:
        await self._writer.transaction(lambda db: db.execute(statement, values))

    # Chats -------------------------------------------------------------------------------------------------------

    async def create(
        self, *, source: str, text: str, room: str, rehearsal: bool, place: str = "", apart: str = ""
    ) -> Chat:
        """Make a chat of a script's text, and hold it. Its name is the first short one that is free, with `apart` behind it.

        `apart` (`@` and something of the room's own) keeps names apart: no room learns of another's chats by a number
        behind its own. In `room`, `{name}` stands for the name and `{id}` for the chat's number, which is never given
        again: what is remembered of a room, such as who asked to be forgotten in it, is none of the next chat of that
        name's business. Raises Occupied where a chat is still going on at that place of the room, and StoreError.
        """
        now = self._now()

        def insert(db: sqlite3.Connection) -> int:
            script = script_of(text)
            name = free_name(db, short_name(script, now), apart)
            cursor = db.execute(
                """INSERT INTO chats (name, source, script, room, place, rehearsal, created, state, holder, held_until)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                (
                    name, source, text, room, place, rehearsal, micros(now), dump(begin(script, now)), self._me,
                    micros(now + LEASE),
                ),
            )  # fmt: skip
            number = cursor.lastrowid or 0
            db.execute("UPDATE chats SET room = ? WHERE id = ?", (room.format(id=number, name=name), number))
            only_one_there(db, number)
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
            if self._writer.to_scrub:
                await self._writer.run(self._writer.scrub)

    def spool(self) -> AbstractAsyncContextManager[Spool]:
        """Give a place where a chat held elsewhere is laid out until all of it is in. Raises StoreError."""
        return spooling(self.path, self._writer, self._now)

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

    async def returning(self, chats: Iterable[Chat]) -> dict[int, frozenset[str]]:
        """Give, for each of those chats by its number, the ids of those who were in an earlier one under its hashtag.

        All at once takes hardly longer than one of them. Raises StoreError.
        """
        with in_words(self.path):
            return await returning(self.reader, [chat.id for chat in chats])

    async def digests(self) -> dict[int, str]:
        """Give, by the numbers of all chats, what changes whenever anything does that they are shown from.

        Script and state are apart; a chat in which nothing was said has none. Raises StoreError.
        """
        with in_words(self.path):
            return await digests(self.reader)

    async def recap(self, chat: Chat, *, best: int = 3, themes: bool = True) -> Recap:
        """Count a chat as it is kept now, `best` answers for each question, with its themes or (quicker) without.

        The counting is done beside the event loop, which others need meanwhile. Raises StoreError.
        """
        async with self.reading(chat) as record:
            before = None if chat.rehearsal else await record.returning()
            tally = Tally(chat.about, best=best, before=before, themes=themes)
            await record.each(tally.add)
        return await asyncio.to_thread(tally.recap)

    async def chat(self, id: int) -> Chat:
        """Give one chat by its number. Raises NoSuchChat."""
        found = await self._chats("WHERE id = ?", (id,))
        if not found:
            raise NoSuchChat(GONE)
        return found[0]

    async def chats(self, room: str | None = None) -> list[Chat]:
        """Give all chats, or those of a room, oldest first."""
        return (
            await self._chats("WHERE room = ? ORDER BY id", (room,))
            if room
            else await self._chats("ORDER BY id")
        )

    async def unfinished(self, kind: str) -> list[Chat]:
        """Give the chats in the rooms of a kind (`discord` for `discord:…`) that are not over, or have the note OPEN."""
        return await self._chats(
            f"""WHERE ({UNFINISHED} OR EXISTS (SELECT 1 FROM notes n WHERE n.chat = chats.id AND n.key = '{OPEN}'))
            AND substr(room, 1, length(?1) + 1) = ?1 || ':' ORDER BY id""",  # noqa: S608  (constants of the store)
            (kind,),
        )

    async def of_script(self, source: str) -> list[Chat]:
        """Give the chats made of that script, oldest first."""
        return await self._chats("WHERE source = ? ORDER BY id", (source,))

    async def with_any_of(self, people: Collection[str], room: str) -> list[Chat]:
        """Give the chats of a room that know any of those people, oldest first: by what they said, did or hosted."""
        theirs = "WHERE room = ?1 AND author IN (SELECT value FROM json_each(?2))"
        known = " UNION ".join(f"SELECT chat FROM {table} {theirs}" for table in PEOPLE)  # noqa: S608  (constants of the store)
        return await self._chats(f"WHERE id IN ({known}) ORDER BY id", (room, json.dumps(list(people))))

    async def find(self, name: str, room: str | None = None) -> Chat:
        """Give the chat of that name, of an unambiguous part of it, or the `last`. Raises NoSuchChat.

        In a room, only its own chats are looked at, by what they are called there.
        """
        return called(name, await self.chats(room), in_room=room is not None)

    async def _chats(self, where: str, values: Iterable[object] = ()) -> list[Chat]:
        columns = "id, name, source, script, room, place, rehearsal, created, state"
        with in_words(self.path):
            rows = await self.reader.execute_fetchall(f"SELECT {columns} FROM chats {where}", values)  # noqa: S608  (from here only)
        return [
            Chat(i, name, source, text, room, place, bool(rehearsal), moment(created), load(state))
            for i, name, source, text, room, place, rehearsal, created, state in rows
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
            await self._erase(lambda db: db.executemany("DELETE FROM chats WHERE id = ?", ids))

    async def _erase(self, work: Callable[[sqlite3.Connection], object]) -> None:
        """Do something in one transaction that removes what is to be in no byte of the file any more."""
        await self._writer.transaction(work)
        await self._writer.run(self._writer.scrub)

    # What rooms keep besides what is said -------------------------------------------------------------------------

    async def note(self, chat: Chat, notes: Mapping[str, str | None]) -> None:
        """Keep what a room has to know of a chat after a crash, by names of its own; None removes one.

        All of it or nothing is on the disk once this returns. Forgetting a person leaves notes alone but HOST, so that
        they may hold ids but nobody's words. Raises StoreError.
        """
        rows = [(chat.id, chat.room, key, value) for key, value in notes.items()]

        def work(db: sqlite3.Connection) -> None:
            db.executemany(
                "INSERT INTO notes (chat, room, key, value) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
                [row for row in rows if row[-1] is not None],
            )
            db.executemany(
                "DELETE FROM notes WHERE chat = ? AND room = ? AND key = ?",
                [row[:-1] for row in rows if row[-1] is None],
            )

        with in_words(self.path):
            await self._writer.transaction(work)

    async def keep_media(self, chat: Chat, media: Media) -> None:
        """Keep a file that somebody has shared, or why it could not be kept.

        One from elsewhere is kept as long as a message shows it: nothing happens where that was retracted meanwhile, nor
        where its author asked to be forgotten. Raises StoreError.
        """
        data = media.data
        with in_words(self.path):
            await self._execute(
                KEEP_MEDIA, chat.id, chat.room, media.url, media.by, whole(media.name), media.type, len(data or b""),
                media.width, media.height, media.why, data,
            )  # fmt: skip

    async def setting(self, key: str) -> str | None:
        """Give what was set under that name for the whole database."""
        rows = await self.reader.execute_fetchall("SELECT value FROM settings WHERE key = ?", (_free(key),))
        return next((str(row[0]) for row in rows), None)

    async def set_setting(self, key: str, value: str) -> None:
        """Set something for the whole database. Raises StoreError."""
        with in_words(self.path):
            await self._execute(
                "INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
                _free(key), value,
            )  # fmt: skip

    def secret(self, purpose: str) -> bytes:
        """Give a key of this database's own, another for each purpose."""
        return self.digest("", purpose)

    # People ------------------------------------------------------------------------------------------------------

    async def forget(self, room: str, person: str) -> None:
        """Remove everything of a person's in all chats of a room, and remember to keep nothing more.

        Nobody needs to hold these chats. One that is live, here or in another process, still has the person in its course
        and has to learn of it by a deed of its own (`bot.messages.Forgotten`), or it writes that course down again.
        Raises StoreError.
        """
        gone = Changes(0, room)
        gone.gone(person, self.digest(room, person))

        def work(db: sqlite3.Connection) -> None:
            chats = [
                Changes(chat, room) for (chat,) in db.execute("SELECT id FROM chats WHERE room = ?", (room,))
            ]
            for changes in chats:
                (state,) = db.execute("SELECT state FROM chats WHERE id = ?", (changes.chat,)).fetchone()
                changes.course_without(person, load(state))
            write_rows(db, [*chats, gone])
            changed = [(changes.state, changes.chat) for changes in chats if changes.state]
            db.executemany("UPDATE chats SET state = ? WHERE id = ?", changed)

        with in_words(self.path):
            await self._erase(work)

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


def _free(key: str) -> str:
    """Give the name of a setting, which is not that of the database's own key. Raises ValueError."""
    if key == "key":
        raise ValueError("The key of the database is no setting.")
    return key


def _digest(key: bytes, room: str, author: str) -> bytes:
    """Give what is remembered of a person who asked to be forgotten: nothing that leads back without the key."""
    return hmac.digest(key, f"{room}\0{author}".encode(errors="replace"), hashlib.sha256)


def _seconds(time: timedelta) -> str:
    return f"{max(1, round(time.total_seconds()))} s"
