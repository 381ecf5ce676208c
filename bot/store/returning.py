"""Who has been there before: for any number of chats at once, in time linear in all that was ever said under their hashtags.

Within a room, as a guild, people are known by their ids. Where rooms do not outlast a chat (their names end with the chat's) or
are only what was imported from somewhere, they are also known by their names from other rooms of the same kind.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

import aiosqlite

_CHATS = "SELECT id, name, room, rehearsal, json_extract(state, '$.started') FROM chats"
_PEOPLE = """SELECT DISTINCT m.chat, m.author, m.name FROM messages m JOIN chats c ON c.id = m.chat AND c.room = m.room
    WHERE m.chat IN (SELECT value FROM json_each(?)) AND NOT m.deleted"""
#: When a chat began that has not: after all others.
_NEVER = datetime.max.replace(tzinfo=UTC)
#: Stands for more than one room.
_SEVERAL = ""


@dataclass(frozen=True, slots=True)
class _Held:
    """A chat under a hashtag, which its name begins with. `kind` is that of rooms between which names tell people; or empty."""

    id: int
    hashtag: str
    room: str
    kind: str
    started: datetime
    counts: bool


async def returning(db: aiosqlite.Connection, chats: Collection[int]) -> dict[int, frozenset[str]]:
    """Give, for each of those chats, the ids of those who have also said something in an earlier real chat under its hashtag."""
    held = [_held(*row) for row in await db.execute_fetchall(_CHATS)]
    found = dict.fromkeys(chats, frozenset[str]())
    for hashtag in {chat.hashtag for chat in held if chat.id in found}:
        last = max(chat.started for chat in held if chat.id in found and chat.hashtag == hashtag)
        before = [chat for chat in held if chat.hashtag == hashtag and chat.started <= last]
        before = [chat for chat in before if chat.counts or chat.id in found]
        people: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
        for chat, *person in await db.execute_fetchall(_PEOPLE, (json.dumps([chat.id for chat in before]),)):
            people[chat].append((person[0], person[1]))
        found |= _walk(sorted(before, key=lambda chat: chat.started), people, found.keys())
    return found


def _walk(
    chats: Iterable[_Held], people: Mapping[int, list[tuple[str, str]]], wanted: Collection[int]
) -> dict[int, frozenset[str]]:
    """Go through the chats of one hashtag in order; of those that began at the same moment none is before the other."""
    ids: set[tuple[str, str]] = set()
    names: dict[tuple[str, str], str] = {}
    found = {}
    for _, together in groupby(chats, key=lambda chat: chat.started):
        at_once = list(together)
        for chat in at_once:
            if chat.id in wanted:
                found[chat.id] = frozenset(
                    author
                    for author, name in people[chat.id]
                    if (chat.room, author) in ids
                    or names.get((chat.kind, name.casefold()), chat.room) != chat.room
                )
        for chat in at_once:
            if chat.counts:
                ids |= {(chat.room, author) for author, _ in people[chat.id]}
                for key in ((chat.kind, name.casefold()) for _, name in people[chat.id] if chat.kind):
                    names[key] = chat.room if names.get(key, chat.room) == chat.room else _SEVERAL
    return found


def _held(id: int, name: str, room: str, rehearsal: int, started: str | None) -> _Held:
    kind = room.partition(":")[0]
    return _Held(
        id=id,
        hashtag=name.partition("-")[0],
        room=room,
        kind=kind if kind == "import" or room.endswith(f":{name}") else "",
        started=datetime.fromisoformat(started) if started else _NEVER,
        counts=not rehearsal and started is not None,
    )
