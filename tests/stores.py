"""What tests of the store share: the time of day, chats and what is said in them, and every byte of the file."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from bot.answers import Purpose, Reading
from bot.messages import Message
from bot.session import Ready, State
from bot.store import Changes, Chat, Store
from tests.chats import SCRIPT, START

A1 = Reading(Purpose.ANSWER, ("1",), "1")
A2 = Reading(Purpose.ANSWER, ("2",), "2")
TALK = Reading(Purpose.CONVERSATION, (), "1")


class Now:
    """The time of day, as a test wants it."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at


async def create(
    store: Store, script: str = SCRIPT, room: str = "test:{name}", source: str = "a.yaml"
) -> Chat:
    return await store.create(source=source, text=script, room=room, rehearsal=False)


def changes(chat: Chat) -> Changes:
    return Changes(chat.id, chat.room)


async def say(store: Store, chat: Chat, *said: tuple[Message, Reading]) -> None:
    kept = changes(chat)
    for each, reading in said:
        kept.said(each, reading, hosting=each.author.host)
    await store.commit(kept)


async def keep(store: Store, chat: Chat, *what: Callable[[Changes], object]) -> None:
    """Keep several things in one commit."""
    kept = changes(chat)
    for each in what:
        each(kept)
    await store.commit(kept)


async def written(store: Store, statement: str, *values: object) -> list[object]:
    """Run a statement on the store's own connection for writing."""
    return await store._writer.run(lambda db: db.execute(statement, values).fetchall())


def raw(path: Path) -> bytes:
    """Give every byte that is on the disk: the database, its write-ahead log and its index."""
    return b"".join(file.read_bytes() for file in sorted(path.parent.glob(f"{path.name}*")))


def forget(store: Store, person: str, state: State | None = None) -> Callable[[Changes], object]:
    """Forget a person, in the chat's state too where it is given."""
    return lambda c: c.forgotten(person, store.digest(c.room, person), state or State(Ready(), START))
