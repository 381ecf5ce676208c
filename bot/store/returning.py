"""Who has been there before: for any number of chats at once, in time linear in all that was ever said under their hashtags.

In a room that outlasts a chat, as a guild, people are known by their ids. Where each chat has a room of its own, whose name ends
with the chat's, they are known by their names, in rooms of the same kind; no other room counts.
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


@dataclass(frozen=True, slots=True)
class _Held:
    """A chat under a hashtag, which its name begins with. `own` says whether its room is its own."""

    id: int
    hashtag: str
    room: str
    own: bool
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
    seen: set[tuple[str, str]] = set()
    found = {}
    for _, together in groupby(chats, key=lambda chat: chat.started):
        new: set[tuple[str, str]] = set()
        for chat in together:
            known = [(author, _known_as(chat, author, name)) for author, name in people[chat.id]]
            if chat.id in wanted:
                found[chat.id] = frozenset(author for author, each in known if each in seen)
            if chat.counts:
                new.update(each for _, each in known)
        seen |= new
    return found


def _known_as(chat: _Held, author: str, name: str) -> tuple[str, str]:
    """Give what makes two people of different chats the same: a name in rooms of a kind, or an id in one room."""
    return (f"{chat.room.partition(':')[0]}:", name.casefold()) if chat.own else (chat.room, author)


def _held(id: int, name: str, room: str, rehearsal: int, started: str | None) -> _Held:
    return _Held(
        id=id,
        hashtag=name.partition("-")[0],
        room=room,
        own=room.endswith(f":{name}"),
        started=datetime.fromisoformat(started) if started else _NEVER,
        counts=not rehearsal and started is not None,
    )
