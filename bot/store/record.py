"""What is kept of one chat: read for its course while it is live, and for recap and transcript at any time."""

import heapq
import json
from collections import Counter, deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Collection, Iterable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.answers import Previous, Reading
from bot.messages import Author, Entry, Message, Proposed
from bot.script.posts import Kind, Post
from bot.store.changes import attachments, micros, moment, reading
from bot.store.history import History
from bot.store.returning import returning

#: How many rows are taken from SQLite's thread at a time.
CHUNK = 1000

_MESSAGE = "m.id, m.version, m.place, m.author, m.name, m.hosting, m.at, m.edited_at, m.text, m.reply_to, m.attachments, m.repeats"

#: The reactions are every sign on the message as often as it is there, and the number of people; NULL where there are none.
_ENTRIES = """SELECT m.at, m.id, m.author, m.name, m.hosting, m.text, m.answers, m.under, m.reply_to, m.edited_at,
        m.highlighted, m.attachments,
        (SELECT json_array(json_group_array(r.sign), count(DISTINCT r.author)) FROM reactions r
            WHERE r.chat = m.chat AND r.room = m.room AND r.message = m.id AND r.shown AND r.author <> m.author
            GROUP BY r.message),
        {hidden} AS is_hidden
    FROM messages m WHERE m.chat = ?1 AND NOT m.deleted"""
_HIDDEN = """(m.hidden OR EXISTS
        (SELECT 1 FROM hidden_people h WHERE h.chat = m.chat AND h.room = m.room AND h.author = m.author AND h.hidden))"""
_EVERYTHING = _ENTRIES.format(hidden=_HIDDEN)
_SHOWN = f"{_ENTRIES.format(hidden='0')} AND NOT {_HIDDEN}"


@dataclass(frozen=True, slots=True)
class Known:
    """What is kept of one message besides its text. `placed` says that somebody said where it belongs.

    A deleted one has the version DELETED and no reading; one of which nothing can be read has no reading.
    """

    id: str
    author: str
    at: datetime
    version: int
    reading: Reading | None
    placed: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """A post that is in the room: its key, the room's id for it, what kind it is and the question that it is about."""

    key: str
    id: str
    kind: Kind
    question: str | None


class Record(History):
    """Reads one chat in one room from a connection that sees all that has been committed."""

    # For the live chat -------------------------------------------------------------------------------------------

    async def known(self, ids: Collection[str]) -> Mapping[str, Known]:
        """Give what is known of those messages; ids that were never heard of are not in the answer."""
        if not ids:
            return {}
        rows = await self._db.execute_fetchall(
            """SELECT id, author, at, version, purpose, answers, under, placed, deleted FROM messages
            WHERE chat = ? AND room = ? AND id IN (SELECT value FROM json_each(?))""",
            (self._chat, self._room, json.dumps(list(ids))),
        )
        return {
            id_: Known(
                id_, author, moment(at), version,
                reading=None if deleted else reading(purpose, answers, under),
                placed=placed is not None,
            )
            for id_, author, at, version, purpose, answers, under, placed, deleted in rows
        }  # fmt: skip

    async def previous(self, author: str, before: datetime) -> Previous | None:
        """Give the last answer that the author had written before that moment."""
        rows = await self._db.execute_fetchall(
            """SELECT answers, at, text FROM messages INDEXED BY messages_author
            WHERE room = ? AND author = ? AND chat = ? AND at < ? AND answers <> '' ORDER BY at DESC LIMIT 1""",
            (self._room, author, self._chat, micros(before)),
        )
        return next(
            (Previous(tuple(answers.split(",")), moment(at), text) for answers, at, text in rows), None
        )

    async def depending(self, ids: Collection[str], *, within: timedelta) -> list[tuple[Message, Reading]]:
        """Give the messages whose reading may hang on that of these, with their reading.

        Those are later replies, and what the same author said soon after.
        """
        rows = await self._db.execute_fetchall(
            f"""SELECT DISTINCT {_MESSAGE}, m.purpose, m.answers, m.under FROM messages m JOIN messages first ON first.chat = m.chat AND first.room = m.room
                AND m.at > first.at AND NOT m.deleted AND m.placed IS NULL
                AND (m.reply_to = first.id OR (m.author = first.author AND m.at <= first.at + ?))
            WHERE first.chat = ? AND first.room = ? AND first.id IN (SELECT value FROM json_each(?))
            ORDER BY m.at, m.rowid""",  # noqa: S608  (a constant of this module)
            (within // timedelta(microseconds=1), self._chat, self._room, json.dumps(list(ids))),
        )
        return [(_message(row[:-3]), reading(*row[-3:])) for row in rows]

    async def moved(self) -> set[str]:
        """Give the messages on which others hang that are still to be read again."""
        rows = await self._db.execute_fetchall(
            "SELECT id FROM messages WHERE moved AND chat = ? AND room = ?", (self._chat, self._room)
        )
        return {row[0] for row in rows}

    async def unheard(self) -> set[str]:
        """Give the messages that were deleted before they were heard: they have no time."""
        rows = await self._db.execute_fetchall(
            "SELECT id FROM messages WHERE chat = ? AND room = ? AND at = 0 AND deleted",
            (self._chat, self._room),
        )
        return {row[0] for row in rows}

    async def posts_to_come(self) -> list[Post]:
        """Give the posts that are written down and not known to be in the room, in order."""
        rows = await self._db.execute_fetchall(
            """SELECT key, kind, due, question, text, remaining FROM posts
            WHERE chat = ? AND room = ? AND id IS NULL ORDER BY number""",
            (self._chat, self._room),
        )
        return [
            Post(
                key,
                Kind(kind),
                moment(due),
                question,
                text,
                None if left is None else timedelta(microseconds=left),
            )
            for key, kind, due, question, text, left in rows
        ]

    async def posts_shown(self) -> list[Shown]:
        """Give the posts that are in the room, in order."""
        rows = await self._db.execute_fetchall(
            "SELECT key, id, kind, question FROM posts WHERE chat = ? AND room = ? AND id IS NOT NULL ORDER BY number",
            (self._chat, self._room),
        )
        return [Shown(key, id_, Kind(kind), question) for key, id_, kind, question in rows]

    async def latest(self) -> datetime | None:
        """Give the time of the latest message."""
        rows = await self._db.execute_fetchall(
            "SELECT at FROM messages WHERE chat = ? AND NOT deleted ORDER BY at DESC LIMIT 1", (self._chat,)
        )
        return next((moment(row[0]) for row in rows), None)

    # For recap and transcript ------------------------------------------------------------------------------------

    async def entries(self) -> AsyncIterator[Entry]:
        """Give everything that may be shown, posts and messages, in the order of their times."""
        async with aclosing(self.chunks()) as chunks:
            async for some in chunks:
                for entry in some:
                    yield entry

    async def chunks(self, size: int = CHUNK) -> AsyncGenerator[Iterable[Entry], None]:
        """Give the same, about `size` at a time. An entry is only made when it is taken, in whatever thread."""
        posts = await self._posts()
        made = _Entries().of
        async with self._db.execute(f"{_SHOWN} ORDER BY m.at, m.rowid", (self._chat,)) as cursor:
            while rows := list(await cursor.fetchmany(size)):
                last = made(rows[-1]).at
                before = [post for post in posts if post.at <= last]
                posts = posts[len(before) :]
                yield _merged(before, map(made, rows)) if before else map(made, rows)
        yield posts

    async def each(self, do: Callable[[Entry], object]) -> None:
        """Do that with each of them, in the thread in which they are read: the event loop is free meanwhile."""
        posts = deque(await self._posts())
        made = _Entries().of

        def take(_: object, row: Any) -> None:
            entry = made(row)
            while posts and posts[0].at <= entry.at:
                do(posts.popleft())
            do(entry)

        async with self._db.execute(f"{_SHOWN} ORDER BY m.at, m.rowid", (self._chat,)) as cursor:
            cursor.row_factory = take  # type: ignore[assignment]  # SQLite takes any function, whatever aiosqlite says
            while await cursor.fetchmany(10 * CHUNK):
                pass
        for post in posts:
            do(post)

    # For a room that shows what is kept ---------------------------------------------------------------------------

    async def page(
        self,
        most: int,
        *,
        before: str | None = None,
        since: str | None = None,
        hidden: bool = False,
        own: str = "",
    ) -> tuple[list[Entry], bool]:
        """Give the last entries, or those before one and from another on, in order, and whether there are more.

        What is `hidden` is among them on request, and what the person `own` has said in any case.
        """
        limit = await self._time_of(before) if before else None
        first = await self._time_of(since) if since else None
        posts = [
            post
            for post in await self._posts()
            if (limit is None or post.at < limit) and (first is None or post.at >= first)
        ]
        rows = await self._db.execute_fetchall(
            f"{_EVERYTHING} AND (NOT is_hidden OR ?5 OR m.author = ?6) AND m.at < ?2 AND m.at >= ?4"
            " ORDER BY m.at DESC, m.rowid DESC LIMIT ?3",
            (
                self._chat,
                2**62 if limit is None else micros(limit),
                most + 1,
                0 if first is None else micros(first),
                hidden,
                own,
            ),
        )
        merged = list(_merged(posts, _entries(rows)[::-1]))
        return merged[-most:], len(merged) > most or first is not None

    async def some(self, ids: Collection[str]) -> list[Entry]:
        """Give those entries, in order, also what is hidden; ids of nothing that is kept are left out."""
        rows = await self._db.execute_fetchall(
            # The + keeps SQLite from going through the whole chat in order of time for the few that are asked for.
            f"{_EVERYTHING} AND m.room = ?2 AND m.id IN (SELECT value FROM json_each(?3)) ORDER BY +m.at, m.rowid",  # noqa: S608  (a constant of this module)
            (self._chat, self._room, json.dumps(list(ids))),
        )
        posts = [post for post in await self._posts() if post.id in ids]
        return list(_merged(posts, _entries(rows)))

    async def answers_of(self, person: str) -> list[Entry]:
        """Give what a person has answered, in order."""
        rows = await self._db.execute_fetchall(
            f"{_EVERYTHING} AND m.room = ?2 AND m.author = ?3 AND m.answers <> '' ORDER BY m.at, m.rowid",
            (self._chat, self._room, person),
        )
        return _entries(rows)

    async def names(self) -> dict[str, str]:
        """Give the name of everybody who has said something, by the person's id."""
        rows = await self._db.execute_fetchall(
            "SELECT author, max(name) FROM messages WHERE chat = ? AND room = ? AND NOT deleted GROUP BY author",
            (self._chat, self._room),
        )
        return {author: name for author, name in rows}  # noqa: C416  (rows are not pairs to mypy)

    async def returning(self) -> frozenset[str]:
        """Give the ids of those who have also said something in an earlier real chat under this hashtag."""
        return (await returning(self._db, [self._chat]))[self._chat]

    async def said_by(self, person: str) -> set[str]:
        """Give the ids of all that a person has said."""
        rows = await self._db.execute_fetchall(
            "SELECT id FROM messages WHERE chat = ? AND room = ? AND author = ?",
            (self._chat, self._room, person),
        )
        return {row[0] for row in rows}

    async def reactions_of(self, person: str) -> dict[str, list[str]]:
        """Give the signs that a person has put on messages, by message."""
        rows = await self._db.execute_fetchall(
            "SELECT message, json_group_array(sign) FROM reactions WHERE chat = ? AND room = ? AND author = ? AND shown GROUP BY message",
            (self._chat, self._room, person),
        )
        return {message: json.loads(signs) for message, signs in rows}

    async def hidden_people(self) -> list[str]:
        """Give the people who are kept out of what is published."""
        rows = await self._db.execute_fetchall(
            "SELECT author FROM hidden_people WHERE chat = ? AND room = ? AND hidden",
            (self._chat, self._room),
        )
        return [row[0] for row in rows]

    async def proposals(self) -> list[Proposed]:
        """Give the questions put to the hosts that they have neither taken nor put aside, in order."""
        rows = await self._db.execute_fetchall(
            "SELECT id, author, name, text, at FROM proposals WHERE chat = ? AND room = ? AND NOT settled ORDER BY at",
            (self._chat, self._room),
        )
        return [Proposed(id_, Author(author, name), text, moment(at)) for id_, author, name, text, at in rows]

    async def _time_of(self, id_: str) -> datetime | None:
        rows = await self._db.execute_fetchall(
            "SELECT at FROM messages WHERE chat = ?1 AND id = ?2 UNION ALL SELECT sent FROM posts WHERE chat = ?1 AND id = ?2",
            (self._chat, id_),
        )
        return next((moment(row[0]) for row in rows), None)

    async def other_names(self) -> list[tuple[str, str]]:
        """Give the ids of people with what each is called besides the names under which they wrote."""
        rows = await self._db.execute_fetchall(
            "SELECT author, name FROM other_names WHERE chat = ?", (self._chat,)
        )
        return [(author, name) for author, name in rows]

    async def count(self) -> int:
        """Give about how many entries there are."""
        rows = await self._db.execute_fetchall("SELECT count(*) FROM messages WHERE chat = ?", (self._chat,))
        return next(int(row[0]) for row in rows)

    async def people(self, name: str) -> list[str]:
        """Give the ids of those who wrote or hosted under that name, whatever its letters' case.

        Where nobody did, those of whom it is another name, which no transcript shows.
        """
        shown = """SELECT author, name FROM messages WHERE chat = ?1 AND NOT deleted
            UNION SELECT author, name FROM hosts WHERE chat = ?1"""
        for names in (shown, "SELECT author, name FROM other_names WHERE chat = ?1"):
            rows = await self._db.execute_fetchall(names, (self._chat,))
            if found := {author for author, written in rows if written.casefold() == name.casefold()}:
                return sorted(found)
        return []

    async def _posts(self) -> list[Entry]:
        rows = await self._db.execute_fetchall(
            """SELECT id, min(sent), wording, kind, question FROM posts
            WHERE chat = ? AND wording <> '' GROUP BY key ORDER BY min(sent), number""",
            (self._chat,),
        )
        return [
            Entry(id_, moment(sent), None, text, kind=kind, under=question)
            for id_, sent, text, kind, question in rows
        ]


def _message(row: Any) -> Message:
    id_, version, place, author, name, hosting, at, edited_at, text, reply_to, files, repeats = row
    return Message(
        id=id_,
        author=Author(author, name, bool(hosting)),
        text=text,
        at=moment(at),
        version=version,
        edited_at=moment(edited_at) if edited_at else None,
        reply_to=reply_to,
        place=place,
        attachments=attachments(files),
        repeat=bool(repeats),
    )


class _Entries:
    """Makes entries of rows. Who says something, and what is answered, comes again and again: it is made once."""

    def __init__(self) -> None:
        self._authors: dict[tuple[str, str, int], Author] = {}
        self._answers: dict[str, tuple[str, ...]] = {"": ()}

    def of(self, row: Any) -> Entry:
        """Give the entry of a row of `_ENTRIES`."""
        (
            at, id_, author, name, hosting, text, answers, under, reply_to, edited_at, highlighted, files, reactions, hidden,
        ) = row  # fmt: skip
        by = self._authors.get((author, name, hosting))
        if by is None:
            by = self._authors[author, name, hosting] = Author(author, name, bool(hosting))
        labels = self._answers.get(answers)
        if labels is None:
            labels = self._answers[answers] = tuple(answers.split(","))
        signs, admirers = json.loads(reactions) if reactions else ((), 0)
        # In their order, which takes half the time that their names would.
        return Entry(
            id_, moment(at), by, text, "message", labels, under, reply_to,
            moment(edited_at) if edited_at else None,
            bool(highlighted),
            bool(hidden),
            Counter(signs) if signs else {},
            attachments(files) if files else (),
            admirers,
        )  # fmt: skip


def _entries(rows: Iterable[Any]) -> list[Entry]:
    return list(map(_Entries().of, rows))


def _merged(posts: Iterable[Entry], messages: Iterable[Entry]) -> Iterable[Entry]:
    return heapq.merge(posts, messages, key=lambda entry: entry.at)
