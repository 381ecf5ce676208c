"""What chats are called, and which is meant by a name; and that one place of a room has one chat at a time."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from bot.script.model import Script
from bot.store.chat import Chat
from bot.store.opening import StoreError


class Occupied(StoreError):
    """A chat is still going on at that place."""


class NoSuchChat(StoreError):
    """No chat, or more than one, goes by that name."""


def short_name(script: Script, at: datetime) -> str:
    """Give what a chat is called where nothing else is: `macrosw-2015-04-23`, by the day in the chat's zone."""
    day = script.local(script.starts or at)
    return f"{script.hashtag.lower()}-{day:%Y-%m-%d}"


def called(name: str, chats: Sequence[Chat], *, in_room: bool) -> Chat:
    """Give the one that goes by a name, an unambiguous part of it, or as the `last`; in a room, by its short name.

    Raises NoSuchChat.
    """
    if not chats:
        raise NoSuchChat(
            "There is no chat here yet."
            if in_room
            else "There is no chat yet. Hold one with: hashchat run FILE"
        )
    if name == "last":
        return chats[-1]
    names = [(chat.short if in_room else chat.name, chat) for chat in chats]
    matches = [each for each in names if each[0] == name] or [
        each for each in names if name.lower() in each[0]
    ]
    if len(matches) == 1:
        return matches[0][1]
    known = ", ".join(each for each, _ in (matches or names)[-8:])
    what = "More than one chat goes" if matches else "No chat goes"
    raise NoSuchChat(f"{what} by {name!r}. Say which: {known}, or last.")


def free_name(db: sqlite3.Connection, base: str, apart: str) -> str:
    """Give a chat's name, with a number in it where others have it already."""
    taken = {row[0] for row in db.execute("SELECT name FROM chats WHERE name LIKE ? || '%'", (base,))}
    names = (f"{base}{apart}" if n == 1 else f"{base}-{n}{apart}" for n in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


def only_one_there(db: sqlite3.Connection, chat: int) -> None:
    """Raise Occupied where another chat is going on at the chat's place; one that waits for late answers is not."""
    row = db.execute(
        """SELECT other.name FROM chats new JOIN chats other ON other.room = new.room AND other.place = new.place
        AND other.id <> new.id WHERE new.id = ? AND new.place <> ''
        AND json_extract(other.state, '$.phase.phase') NOT IN ('late', 'over')""",
        (chat,),
    ).fetchone()
    if row:
        name = row[0].partition("@")[0]
        raise Occupied(
            f"{name} has not ended here yet. End or cancel it first, or hold this chat somewhere else."
        )
