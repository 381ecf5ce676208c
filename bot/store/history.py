"""What a room has to know of a chat to go on where it was: its own notes, what it has heard, and the files still to be had."""

import json
from collections import defaultdict
from collections.abc import Collection

import aiosqlite

from bot.messages import Attachment
from bot.store.chat import Chat
from bot.store.media import Media, Unkept

#: Message ids that are numbers, as of platforms that number what is said in order of time.
_NUMBERED = "id NOT GLOB '*[^0-9]*'"


class History:
    """Reads one chat in one room from a connection that sees all that has been committed."""

    def __init__(self, db: aiosqlite.Connection, chat: Chat) -> None:
        self._db = db
        self._chat = chat.id
        self._room = chat.room

    async def notes(self, prefix: str = "") -> dict[str, str]:
        """Give what the room has noted, by name; only names that begin with the prefix."""
        rows = await self._db.execute_fetchall(
            "SELECT key, value FROM notes WHERE chat = ? AND room = ? AND key >= ?3 AND key < ?3 || char(1114111) ORDER BY key",
            (self._chat, self._room, prefix),
        )
        return {key: value for key, value in rows}  # noqa: C416  (rows are not pairs to mypy)

    # What has been heard -----------------------------------------------------------------------------------------

    async def newest(self) -> dict[str, str]:
        """Give the id of the newest message heard in each place, by place; for ids that are numbers in order of time."""
        rows = await self._db.execute_fetchall(
            f"""SELECT place, max(CAST(id AS INTEGER)) FROM messages
            WHERE chat = ? AND room = ? AND at > 0 AND {_NUMBERED} GROUP BY place""",  # noqa: S608  (a constant of this module)
            (self._chat, self._room),
        )
        return {place: str(newest) for place, newest in rows}

    async def kept_between(self, place: str, first: int, last: int) -> dict[str, int]:
        """Give the version of each undeleted message of a place whose id is a number from `first` to `last`, by id."""
        rows = await self._db.execute_fetchall(
            f"""SELECT id, version FROM messages WHERE chat = ? AND room = ? AND CAST(id AS INTEGER) BETWEEN ? AND ?
            AND {_NUMBERED} AND place = ? AND NOT deleted""",  # noqa: S608  (a constant of this module)
            (self._chat, self._room, first, last, place),
        )
        return {id_: version for id_, version in rows}  # noqa: C416  (rows are not pairs to mypy)

    async def places(self, ids: Collection[str]) -> dict[str, str]:
        """Give where those messages were said, by id; ids of nothing that was heard are not in the answer."""
        rows = await self._db.execute_fetchall(
            """SELECT id, place FROM messages
            WHERE chat = ? AND room = ? AND at <> 0 AND id IN (SELECT value FROM json_each(?))""",
            (self._chat, self._room, json.dumps(list(ids))),
        )
        return {id_: place for id_, place in rows}  # noqa: C416  (rows are not pairs to mypy)

    async def signs_on(self, ids: Collection[str]) -> dict[str, dict[str, frozenset[str]]]:
        """Give who has put which sign on those messages: people by sign by message; those without are not in the answer."""
        rows = await self._db.execute_fetchall(
            """SELECT message, sign, json_group_array(author) FROM reactions
            WHERE chat = ? AND room = ? AND message IN (SELECT value FROM json_each(?)) AND shown GROUP BY message, sign""",
            (self._chat, self._room, json.dumps(list(ids))),
        )
        signs: defaultdict[str, dict[str, frozenset[str]]] = defaultdict(dict)
        for message, sign, people in rows:
            signs[message][sign] = frozenset(json.loads(people))
        return dict(signs)

    # Files -------------------------------------------------------------------------------------------------------

    async def media(self, url: str) -> Media | None:
        """Give a file that somebody has shared, by its url in the message's attachments."""
        rows = await self._db.execute_fetchall(
            "SELECT url, author, name, type, width, height, data, why FROM media WHERE chat = ? AND url = ?",
            (self._chat, url),
        )
        return next((Media(*row) for row in rows), None)

    async def media_size(self) -> int:
        """Give how many bytes of files are kept."""
        rows = await self._db.execute_fetchall(
            "SELECT coalesce(sum(size), 0) FROM media WHERE chat = ?", (self._chat,)
        )
        return next(int(row[0]) for row in rows)

    async def unkept(self) -> list[Unkept]:
        """Give the attachments from elsewhere that are neither kept nor known not to be, in order."""
        rows = await self._db.execute_fetchall(
            """SELECT m.id, m.author, a.value FROM messages m INDEXED BY messages_attaching, json_each(m.attachments) a
            WHERE m.chat = ?1 AND m.room = ?2 AND m.attachments IS NOT NULL
            AND json_extract(a.value, '$.url') LIKE 'http%' AND NOT EXISTS
                (SELECT 1 FROM media WHERE chat = ?1 AND url = json_extract(a.value, '$.url'))
            ORDER BY m.at, m.rowid, a.key""",
            (self._chat, self._room),
        )
        return [Unkept(id_, author, Attachment(**json.loads(attachment))) for id_, author, attachment in rows]
