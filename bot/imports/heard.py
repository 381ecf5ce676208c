"""What a file of a chat brings: its messages, and what could not be read of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from bot.answers import Reading
from bot.imports.source import Source
from bot.imports.times import Times
from bot.messages import Message
from bot.script.model import Host


class Unreadable(Exception):
    """A file cannot be taken in as a chat; the text says which, where, why, and what to do."""


@dataclass(frozen=True, slots=True)
class Head:
    """What a file says of the chat as a whole; empty where it says nothing. `zone` is an IANA name, the times are aware.

    `name` is what the file or the channel is called, for a chat that does not say its hashtag; `room` tells where it was
    held for as long as that lasts, as `discord:` and a guild's id.
    """

    title: str = ""
    hashtag: str = ""
    name: str = ""
    room: str = ""
    summary: str | None = None
    language: str = "en"
    zone: str = ""
    hosts: tuple[Host, ...] = ()
    started: datetime | None = None
    ended: datetime | None = None
    rehearsal: bool = False


@dataclass(frozen=True, slots=True)
class Signed:
    """Who put a sign on a message: their ids, and how many `others` of whom only the number is known."""

    people: tuple[str, ...] = ()
    others: int = 0


@dataclass(frozen=True, slots=True)
class Heard:
    """A message, with who put which sign on it, and whether a program wrote it.

    `handle` is what its author is called there besides the name, if anything.

    Only hashchat's own files have the rest: how the message was read, whether a host highlighted it and, for a post of
    the bot's, its kind and what it asks.
    """

    message: Message
    reactions: Mapping[str, Signed] = field(default_factory=dict)
    reading: Reading | None = None
    highlighted: bool = False
    post: str | None = None
    ask: str = ""
    by_bot: bool = False
    handle: str = ""


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that could not be read: on which line, why and, where all may stand on one line, which message."""

    line: int
    why: str
    which: str = ""

    def __str__(self) -> str:
        return f"{self.line}: {self.which}{': ' if self.which else ''}{self.why}"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that is no part of what people said, such as notes of who came and went."""

    what: str


Piece = Head | Heard | Unread | LeftOut


@dataclass(frozen=True, slots=True)
class Settings:
    """What the one who imports says of a file.

    `times` reads times; `day` is that on which a log without dates begins; `columns` says in which column of a table
    something stands: a name, a number from 1, or "" for none.
    """

    times: Times
    day: date | None = None
    columns: Mapping[str, str] = field(default_factory=dict)


class Reader(Protocol):
    """Reads one format; raises Unreadable for what is wrong with the whole file. Its memory does not grow with the file."""

    def __call__(self, source: Source, settings: Settings) -> Iterator[Piece]:
        """Give what is in the file, in the file's order."""


def which(value: Any, number: int) -> str:
    """Name a message that may be nothing of the kind: by its id or else its number in the file, from 1."""
    id_ = value.get("id") if isinstance(value, dict) else None
    return f"message {id_}" if isinstance(id_, str) and 0 < len(id_) <= 64 else f"message no. {number}"
