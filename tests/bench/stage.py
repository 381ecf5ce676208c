"""A stage for the benches: a chat that is under way, people who talk in it, and the bare database beside it."""

import asyncio
import random
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.answers import Purpose, Reading
from bot.live import Clock, Delivered, Delivery, LiveChat, News
from bot.messages import Author, Message
from bot.script.posts import WRITING
from bot.session import Asked, Running
from bot.store import Changes, Chat, Store
from tests.bench.answers import texts

QUESTIONS = 6
_SCRIPT = "hashtag: Bench\ntitle: A chat to measure\nquestions: [{}]\n".format(
    ", ".join(f"What about {n}?" for n in range(1, QUESTIONS + 1))
)
_PEOPLE = 60
_HOUR = timedelta(hours=1)
#: The columns that a message is written with, in the order of the rows that `Changes` makes.
_COLUMNS = "chat, room, id, version, place, author, name, hosting, at, edited_at, text, reply_to, attachments, repeats, purpose, answers, under"
_INSERT = f"INSERT INTO messages ({_COLUMNS}) VALUES ({', '.join('?' * 17)})"

Row = tuple[Any, ...]


def now() -> datetime:
    """Give the time of day."""
    return datetime.now(UTC)


@asynccontextmanager
async def opened(path: Path) -> AsyncIterator[Store]:
    """Open a database for as long as the context lasts."""
    async with Store.open(path, now) as store:
        yield store


async def made(store: Store) -> Chat:
    """Make a chat in which all questions have been asked and nothing will happen by itself for an hour."""
    chat = await store.create(source="bench", text=_SCRIPT, room="bench:{name}", rehearsal=True)
    asked = tuple(Asked(question.label, chat.created) for question in chat.script.questions)
    phase = Running(QUESTIONS - 1, since=chat.created, until=chat.created + _HOUR)
    return replace(chat, state=replace(chat.state, phase=phase, started=chat.created, asked=asked))


class Stage:
    """A room that shows nothing and calls what is to be measured."""

    moment = None
    ways = WRITING

    def __init__(
        self,
        *,
        acknowledged: Callable[[Message], None] = lambda _: None,
        delivered: Callable[[Delivery], None] = lambda _: None,
    ) -> None:
        self._acknowledged = acknowledged
        self._delivered = delivered

    async def catch_up(self) -> None:
        pass

    async def deliver(self, delivery: Delivery) -> Delivered:
        """Take a post."""
        self._delivered(delivery)
        return Delivered(f"post:{delivery.post.key}", now())

    def acknowledge(self, message: Message, reading: Reading) -> None:
        """Take an acknowledgement."""
        self._acknowledged(message)

    def changed(self, news: News) -> None:
        """Show nothing."""

    def report(self, text: str) -> None:
        """Stop: nothing may go wrong in a bench."""
        raise AssertionError(text)


@asynccontextmanager
async def running(
    chats: Iterable[Chat], store: Store, room: Stage, clock: Clock
) -> AsyncIterator[list[LiveChat]]:
    """Run chats for as long as the context lasts."""
    live = [LiveChat(chat, store, room, clock) for chat in chats]
    tasks = [asyncio.create_task(each.run()) for each in live]
    try:
        yield live
    finally:
        for each in live:
            each.stop()
        await asyncio.gather(*tasks)


def said(count: int) -> list[Message]:
    """Draw up what people say: labels as in `tests.bench.answers`, a fifth replies, one in fifty a second part."""
    rng = random.Random(2)
    people = [Author(f"person-{n}", f"Person {n}") for n in range(_PEOPLE)]
    start = now()
    return [
        Message(
            str(n),
            rng.choice(people),
            text if rng.random() > 0.02 else f"2/2 {text}",
            start + timedelta(milliseconds=n),
            reply_to=str(rng.randrange(max(0, n - 100), n)) if n and rng.random() < 0.2 else None,
            place="#bench",
        )
        for n, text in enumerate(texts(count))
    ]


def changes(messages: Iterable[Message], chat: Chat) -> Changes:
    """Give what is to be kept of messages that are all read as the same."""
    keeping = Changes(chat.id, chat.room)
    for message in messages:
        keeping.said(message, Reading(Purpose.ANSWER, ("1",), "1"), hosting=False)
    return keeping


def rows(messages: Iterable[Message], chat: Chat) -> list[Row]:
    """Give the rows that the messages become, ready made, for the peers."""
    (ready,) = changes(messages, chat).rows.values()
    return ready


@contextmanager
def bare(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a database of hashchat's with nothing but SQLite, as safe as hashchat opens it."""
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as db:
        for pragma in ("foreign_keys = ON", "secure_delete = ON", "synchronous = FULL"):
            db.execute(f"PRAGMA {pragma}")
        yield db


def insert(db: sqlite3.Connection, some: Sequence[Row]) -> None:
    """Put rows into the table of messages, in one transaction."""
    db.execute("BEGIN IMMEDIATE")
    db.executemany(_INSERT, some)
    db.execute("COMMIT")
