"""What an import brings, laid out beside the database until all of it is in and read.

It lies in SQLite's temporary tables, which only this connection sees and which are on the disk where they grow: nobody is
held up by them, and a crash at any instant leaves nothing. At the end everything goes over in one transaction.
"""

import json
import sqlite3
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from bot.answers import Reading
from bot.messages import Author, Message
from bot.session import State, dump
from bot.store.changes import UNLESS_FORGOTTEN, attachments, dump_attachments, micros, moment, reading, whole
from bot.store.chat import script_of
from bot.store.media import Media
from bot.store.naming import free_name, short_name
from bot.store.opening import StoreError, in_words
from bot.store.writer import T, Work, Writer

#: How many messages are read at a time, and how many rows of any kind wait in memory before they are laid out.
CHUNK = 1000
WAITING = 20 * CHUNK

_TABLES = (
    """CREATE TEMP TABLE spool (
        number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, version INTEGER, place TEXT, author TEXT, name TEXT,
        hosting INTEGER, at INTEGER, edited_at INTEGER, text TEXT, reply_to TEXT, attachments TEXT, repeats INTEGER,
        highlighted INTEGER, purpose TEXT, answers TEXT, under TEXT, kind TEXT, key TEXT, shared INTEGER DEFAULT 0)""",
    "CREATE INDEX temp.spool_at ON spool (at, number)",
    "CREATE TEMP TABLE spool_reactions (message TEXT, sign TEXT, author TEXT)",
    "CREATE TEMP TABLE spool_media (url TEXT, author TEXT, name TEXT, type TEXT, data BLOB, why TEXT)",
    "CREATE TEMP TABLE spool_hosts (author TEXT, name TEXT)",
    "CREATE TEMP TABLE spool_names (author TEXT, name TEXT)",
    "CREATE TEMP TABLE spool_gone (author TEXT PRIMARY KEY)",
)
_GONE = tuple(
    f"DROP TABLE temp.{table}"
    for table in ("spool", "spool_reactions", "spool_media", "spool_hosts", "spool_names", "spool_gone")
)
#: Of two texts, whether one begins as the other: an archive may cut it, and who edits a post mostly leaves its beginning.
_ALIKE = """(instr(excluded.text, rtrim(substr(text, 1, 12), ' .…')) = 1
        OR instr(text, rtrim(substr(excluded.text, 1, 12), ' .…')) = 1)"""
#: An archive may cut the seconds off a time (in microseconds).
_MINUTE = 60_000_000
#: How what stands under an id that is taken differs as the same version: by its words alone, or so that it is another post.
_REWORDED, _ANOTHER = 1, 2
_SAYS_MORE = "(excluded.version, length(excluded.text)) > (version, length(text))"
#: What stands twice counts once, in its newest version or else in the longest; how far others under its id differ is noted.
_ADD = f"""INSERT INTO temp.spool (id, version, place, author, name, hosting, at, edited_at, text, reply_to, attachments,
        repeats, highlighted, purpose, answers, under, kind)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET version = max(version, excluded.version),
        text = iif({_SAYS_MORE}, excluded.text, text),
        edited_at = iif({_SAYS_MORE}, excluded.edited_at, edited_at),
        attachments = iif({_SAYS_MORE}, excluded.attachments, attachments),
        shared = max(shared, CASE WHEN excluded.version <> version THEN 0 WHEN excluded.author <> author THEN {_ANOTHER}
            WHEN {_ALIKE} THEN 0 WHEN abs(excluded.at - at) < {_MINUTE} THEN {_REWORDED} ELSE {_ANOTHER} END)
    WHERE excluded.version > version OR excluded.author <> author OR excluded.text <> text"""  # noqa: S608  (constants of this module)
#: Few posts are reworded while they are archived: where more are than one in twenty, and than two, they are none of one id.
_SHARED = f"""SELECT id FROM temp.spool WHERE shared = {_ANOTHER}
        OR (shared AND (SELECT count(*) > 2 AND count(*) * 20 > (SELECT count(*) FROM temp.spool) FROM temp.spool WHERE shared))
    ORDER BY number LIMIT 1"""  # noqa: S608  (a constant of this module)
#: Other chats that have any of it: only what was said in the same time is looked at. In other rooms the same ids may be those
#: of other messages; not so if these are from the same people, and as old and worded to the letter.
_TWIN = """SELECT c.name FROM chats c, (SELECT min(at) AS first, max(at) AS last FROM temp.spool)
    WHERE EXISTS (SELECT 1 FROM messages m JOIN temp.spool s ON s.id = m.id
            WHERE m.chat = c.id AND m.at BETWEEN first AND last
            AND (c.room = ?1 OR (m.at, m.author, m.text) = (s.at, s.author, s.text)))
        OR EXISTS (SELECT 1 FROM posts p JOIN temp.spool s ON s.id = p.id
            WHERE p.chat = c.id AND (c.room = ?1 OR (p.sent, p.wording) = (s.at, s.text)))
    ORDER BY c.id LIMIT 1"""
_NEXT = """SELECT number, id, version, place, author, name, hosting, at, edited_at, text, reply_to, attachments, repeats,
        purpose, answers, under, kind FROM temp.spool WHERE (at, number) > (?, ?) ORDER BY at, number LIMIT ?"""
_FILED = """SELECT id, kind, under FROM temp.spool
    WHERE purpose IS NOT NULL AND id IN (SELECT value FROM json_each(?))"""
_READ = "UPDATE temp.spool SET purpose = ?, answers = ?, under = ? WHERE number = ?"
_POSTED = "UPDATE temp.spool SET kind = ?, key = ?, under = ?, text = ?, purpose = '' WHERE number = ?"
_MESSAGES = """INSERT INTO messages (chat, room, id, version, place, author, name, hosting, at, edited_at, text, reply_to,
        attachments, repeats, highlighted, purpose, answers, under)
    SELECT ?1, ?2, id, version, place, author, name, hosting, at, edited_at, text, reply_to, attachments, repeats,
        highlighted, purpose, answers, under FROM temp.spool WHERE kind IS NULL ORDER BY at, number"""
#: What goes of people who are left out or asked to be forgotten in that room before this was imported (again). Questions are
#: the chat's own.
_WITHOUT_GONE = (
    f"""INSERT OR IGNORE INTO temp.spool_gone
        SELECT author FROM (SELECT author FROM temp.spool UNION SELECT author FROM temp.spool_reactions
            UNION SELECT author FROM temp.spool_hosts)
        WHERE NOT ({UNLESS_FORGOTTEN.format(room=":room", author="author")})""",  # noqa: S608  (a constant of this package)
    """UPDATE temp.spool SET reply_to = NULL WHERE reply_to IN (SELECT id FROM temp.spool
        WHERE kind IS NULL AND author IN (SELECT author FROM temp.spool_gone))""",
    "DELETE FROM temp.spool WHERE kind IS NULL AND author IN (SELECT author FROM temp.spool_gone)",
    "DELETE FROM temp.spool_reactions WHERE author IN (SELECT author FROM temp.spool_gone)",
    "DELETE FROM temp.spool_media WHERE author IN (SELECT author FROM temp.spool_gone)",
)
_CHAT = """INSERT INTO chats (name, source, script, room, rehearsal, created, state)
    SELECT ?1, ?2, without_hosts(?3, (SELECT json_group_array(name) FROM temp.spool_hosts
        WHERE author IN (SELECT author FROM temp.spool_gone))), ?4, ?5, ?6, ?7"""
_HOSTS = """INSERT OR IGNORE INTO hosts SELECT ?1, ?2, author, name FROM temp.spool_hosts
    WHERE author NOT IN (SELECT author FROM temp.spool_gone)"""
_NAMES = """INSERT OR IGNORE INTO other_names SELECT ?1, ?2, author, name FROM temp.spool_names
    WHERE author NOT IN (SELECT author FROM temp.spool_gone)"""
_LEFT_OUT = """SELECT count(*) FROM temp.spool
    WHERE kind IS NULL AND author IN (SELECT author FROM temp.spool_gone)"""
_COUNT = (
    """SELECT count(*), count(nullif(answers, '')), count(DISTINCT author) FROM messages WHERE chat = ?"""
)
_POSTS = """INSERT INTO posts (chat, room, key, kind, due, question, id, sent, wording)
    SELECT ?1, ?2, key, kind, at, under, id, at, text FROM temp.spool WHERE kind IS NOT NULL ORDER BY at, number"""
_REACTIONS = """INSERT OR IGNORE INTO reactions (chat, room, message, sign, author, shown)
    SELECT ?1, ?2, r.message, r.sign, r.author, 1 FROM temp.spool_reactions r JOIN temp.spool s ON s.id = r.message
    WHERE s.kind IS NULL"""
_MEDIA = """INSERT OR IGNORE INTO media (chat, room, url, author, name, type, size, why, data)
    SELECT ?1, ?2, url, author, name, type, length(coalesce(data, x'')), why, data FROM temp.spool_media"""


class Twin(StoreError):
    """A chat has some of the messages already; the text says which, and what to do."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Messages of this are in the chat {name} already; nothing was changed. To take this in its place, delete that first:"
            f" hashchat delete {name}. To take other messages only, say from when to when, with --since and --until."
        )


@dataclass(slots=True)
class Spooled:
    """One message: as it was added, and what it was read as, or (`kind`) the bot's post that it is.

    `key` names such a post once in its chat, and `under` is the label of its question.
    """

    number: int
    message: Message
    reading: Reading | None = None
    kind: str | None = None
    key: str = ""
    under: str | None = None

    @property
    def filed(self) -> str | None:
        """The question that it belongs to."""
        return self.reading.under if self.kind is None and self.reading else self.under


@dataclass(frozen=True, slots=True)
class Kept:
    """What has been kept: the chat's number, how many messages and answers it has, and from how many people."""

    chat: int
    messages: int
    answers: int
    people: int


@dataclass(slots=True)
class Spool:
    """Takes messages in any order, gives them in that of their times, and keeps them as a chat that is over."""

    path: Path
    writer: Writer
    now: Callable[[], datetime]
    _rows: list[tuple[Any, ...]] = field(default_factory=list)
    _reactions: list[tuple[str, str, str]] = field(default_factory=list)

    # Laying out --------------------------------------------------------------------------------------------------

    async def add(
        self,
        message: Message,
        reactions: Iterable[tuple[str, str]] = (),
        *,
        reading: Reading | None = None,
        highlighted: bool = False,
        kind: str | None = None,
    ) -> None:
        """Add a message, with each sign on it and whose it is; what is known of its reading, or which post it is."""
        author, read = message.author, reading or None
        self._rows.append(
            (
                whole(message.id), message.version, message.place, whole(author.id), whole(author.name), author.host,
                micros(message.at), micros(message.edited_at) if message.edited_at else None, whole(message.text),
                whole(message.reply_to) if message.reply_to else None, dump_attachments(message.attachments),
                message.repeat, highlighted, read.purpose if read else None,
                whole(",".join(read.answers)) if read else None, whole(read.under) if read and read.under else None, kind,
            )
        )  # fmt: skip
        self._reactions += ((whole(message.id), whole(sign), whole(person)) for sign, person in reactions)
        if len(self._rows) >= CHUNK or len(self._reactions) >= WAITING:
            await self.flush()

    async def flush(self) -> None:
        """Have everything that was added laid out. Raises StoreError."""
        rows, self._rows = self._rows, []
        reactions, self._reactions = self._reactions, []

        def work(db: sqlite3.Connection) -> None:
            db.executemany(_ADD, rows)
            db.executemany("INSERT INTO temp.spool_reactions VALUES (?, ?, ?)", reactions)

        await self._do(work)

    async def add_media(self, media: Media) -> None:
        """Add a file that hangs on a message, or why it could not be had. Raises StoreError."""
        row = (whole(media.url), whole(media.by), whole(media.name), media.type, media.data, media.why)
        await self._do(lambda db: db.execute("INSERT INTO temp.spool_media VALUES (?, ?, ?, ?, ?, ?)", row))

    async def add_names(self, people: Iterable[tuple[str, str]]) -> None:
        """Add what people are called besides the names under which they wrote: ids with names. Raises StoreError."""
        rows = [(whole(id_), whole(name)) for id_, name in people]
        await self._do(lambda db: db.executemany("INSERT INTO temp.spool_names VALUES (?, ?)", rows))

    # Reading -----------------------------------------------------------------------------------------------------

    async def count(self) -> int:
        """Give how many different messages have been added."""
        ((count,),) = await self._do(partial(_fetch, "SELECT count(*) FROM temp.spool", ()))
        return int(count)

    async def count_outside(self, since: datetime, until: datetime) -> int:
        """Give how many of them were written before that time or after it."""
        outside = "SELECT count(*) FROM temp.spool WHERE at < ? OR at > ?"
        ((count,),) = await self._do(partial(_fetch, outside, (micros(since), micros(until))))
        return int(count)

    async def shared(self) -> str | None:
        """Give an id under which several things were added that are no versions of one post, or None."""
        rows = await self._do(partial(_fetch, _SHARED, ()))
        return str(rows[0][0]) if rows else None

    async def host(self, people: Collection[str]) -> None:
        """Have those people be hosts."""
        await self._do(
            lambda db: db.execute(
                "UPDATE temp.spool SET hosting = 1 WHERE author IN (SELECT value FROM json_each(?))",
                (json.dumps(list(people)),),
            )
        )

    async def leave_out(self, people: Collection[str]) -> int:
        """Have nothing of those people kept but the posts of the chat; give how many messages that leaves out."""

        def work(db: sqlite3.Connection) -> int:
            db.execute(
                "INSERT OR IGNORE INTO temp.spool_gone SELECT value FROM json_each(?)",
                (json.dumps(list(people)),),
            )
            ((count,),) = db.execute(_LEFT_OUT)
            return int(count)

        return await self._do(work)

    async def in_order(self) -> AsyncIterator[list[Spooled]]:
        """Give everything in the order of time, some at a time."""
        at, number = -(2**62), 0
        while True:
            values = (at, number, CHUNK)
            rows = await self._do(partial(_fetch, _NEXT, values))
            if not rows:
                return
            number, at = rows[-1][0], rows[-1][7]
            yield [_spooled(row) for row in rows]

    async def read_as(self, some: Sequence[Spooled]) -> None:
        """Keep in mind what those messages were read as."""
        said = [
            (each.reading.purpose, ",".join(each.reading.answers), each.reading.under, each.number)
            for each in some
            if each.reading and each.kind is None
        ]
        posts = [
            (each.kind, each.key, each.under, each.message.text, each.number)
            for each in some
            if each.kind is not None
        ]

        def work(db: sqlite3.Connection) -> None:
            db.executemany(_READ, said)
            db.executemany(_POSTED, posts)

        await self._do(work)

    async def filed(self, ids: Collection[str]) -> dict[str, tuple[str | None, str | None]]:
        """Give the kind of post (None for a message) and the question of those of them that have been read, by id."""
        if not ids:
            return {}
        rows = await self._do(partial(_fetch, _FILED, (json.dumps(list(ids)),)))
        return {id_: (kind, under) for id_, kind, under in rows}

    # Keeping -----------------------------------------------------------------------------------------------------

    async def keep(
        self,
        *,
        source: str,
        script: str,
        room: str,
        rehearsal: bool,
        state: State,
        hosts: Iterable[tuple[str, str]] = (),
    ) -> Kept | None:
        """Make a chat of it all, in one transaction; None if one of that source is there already.

        `hosts` are the ids of those whom the script names, each with the name. Of people who asked to be forgotten in that
        room nothing is kept, nor is their name in the script. Raises Twin and StoreError.
        """
        now = self.now()

        def work(db: sqlite3.Connection) -> Kept | None:
            if db.execute("SELECT 1 FROM chats WHERE source = ?", (source,)).fetchone():
                return None
            if twin := db.execute(_TWIN, (room,)).fetchone():
                raise Twin(twin[0])
            name = free_name(db, short_name(script_of(script), state.started or now), "")
            db.executemany(
                "INSERT INTO temp.spool_hosts VALUES (?, ?)",
                [(whole(id_), whole(name)) for id_, name in hosts],
            )
            for statement in _WITHOUT_GONE:
                db.execute(statement, {"room": room} if ":room" in statement else ())
            values = (name, source, script, room, rehearsal, micros(now), dump(state))
            chat = db.execute(_CHAT, values).lastrowid
            for statement in (_MESSAGES, _POSTS, _REACTIONS, _MEDIA, _HOSTS, _NAMES):
                db.execute(statement, (chat, room))
            return Kept(chat or 0, *db.execute(_COUNT, (chat,)).fetchone())

        with in_words(self.path):
            return await self.writer.transaction(work)

    async def _do(self, work: Work[T]) -> T:
        """Do something in a transaction of the temporary tables alone, which holds nobody up."""

        def transaction(db: sqlite3.Connection) -> T:
            db.execute("BEGIN")
            try:
                result = work(db)
                db.execute("COMMIT")
            except BaseException:
                db.rollback()
                raise
            return result

        with in_words(self.path):
            return await self.writer.run(transaction)


@asynccontextmanager
async def spooling(path: Path, writer: Writer, now: Callable[[], datetime]) -> AsyncIterator[Spool]:
    """Give an empty spool for as long as the context lasts. Raises StoreError."""

    def each(statements: Iterable[str]) -> Work[None]:
        def work(db: sqlite3.Connection) -> None:
            for statement in statements:
                db.execute(statement)

        return work

    with in_words(path):
        await writer.run(each(_TABLES))
    try:
        yield Spool(path, writer, now)
    finally:
        await writer.run(each(_GONE))


def _fetch(statement: str, values: Sequence[object], db: sqlite3.Connection) -> list[Any]:
    return db.execute(statement, values).fetchall()


def _spooled(row: Sequence[Any]) -> Spooled:
    number, id_, version, place, author, name, hosting, at, edited, text, reply_to, files, repeats, *read, kind = row  # fmt: skip
    message = Message(
        id_, Author(author, name, bool(hosting)), text, moment(at), version, moment(edited) if edited else None, reply_to,
        place, attachments(files), bool(repeats),
    )  # fmt: skip
    purpose, answers, under = read
    known = reading(purpose, answers, under) if purpose else None
    return Spooled(number, message, known, kind, under=under)
