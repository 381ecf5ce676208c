"""What a file of a chat brings: its messages, and what could not be read of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from bot.answers import Reading
from bot.imports.source import Source
from bot.imports.times import Times
from bot.messages import Author, Message
from bot.script.model import Host

#: Who speaks where a file of hashchat's own has something that hashchat posted.
ITSELF = Author("hashchat", "hashchat", host=True)
#: As many people as one sign on one message can be from, where a file only counts them.
MOST_REACTIONS = 10_000


class Unreadable(Exception):
    """A file cannot be taken in as a chat; the text says which, where, why, and what to do."""


@dataclass(frozen=True, slots=True)
class Head:
    """What a file says of the chat as a whole; empty where it says nothing. `zone` is an IANA name, the times are aware."""

    title: str = ""
    hashtag: str = ""
    summary: str | None = None
    language: str = "en"
    zone: str = ""
    hosts: tuple[Host, ...] = ()
    started: datetime | None = None
    ended: datetime | None = None
    rehearsal: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """A message, with who put which sign on it.

    Only hashchat's own files have the rest: how the message was read, whether a host highlighted it and, for a post of
    the bot's, its kind.
    """

    message: Message
    reactions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    reading: Reading | None = None
    highlighted: bool = False
    post: str | None = None


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that could not be read: on which line, and why."""

    line: int
    why: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that is no part of what people said, such as notes of who came and went."""

    what: str


Piece = Head | Heard | Unread | LeftOut


@dataclass(frozen=True, slots=True)
class Settings:
    """What the one who imports says of a file.

    `times` reads times; `day` is that on which a log without dates begins; `columns` says in which column of a table
    something stands: a name, or a number from 1.
    """

    times: Times
    day: date | None = None
    columns: Mapping[str, str] = field(default_factory=dict)


class Reader(Protocol):
    """Reads one format; raises Unreadable for what is wrong with the whole file. Its memory does not grow with the file."""

    def __call__(self, source: Source, settings: Settings) -> Iterator[Piece]:
        """Give what is in the file, in the file's order."""


def anonymous(count: int) -> tuple[str, ...]:
    """Give ids for people of whom only the number is known; no room gives such ids."""
    return tuple(f"?{number}" for number in range(1, min(count, MOST_REACTIONS) + 1))
