"""What an archive knows of its chats: plain frozen data, as it is kept from one time to the next."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from pydantic import TypeAdapter


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the archive is to be. `url` is where it will be found (http(s), no slash at the end), None where that is unknown.

    Only chats of these rooms and hashtags (without sign, in small letters) are in it; empty sets stand for all.
    """

    title: str | None = None
    url: str | None = None
    rooms: frozenset[str] = frozenset()
    hashtags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was asked: its name, what it asks, where it is in the transcript, and what came of it."""

    name: str
    ask: str
    anchor: str
    answers: int
    people: int
    themes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Published:
    """What the pages around a chat say of it. `number` is its own in the archive, `event` its name in calendars.

    `path` is where its pages are, `id` names it for programs. `next` or, in words, `says` is when its script says that the
    next chat is. `units` are its stretches for the search, each with the name of its question. `sizes` are those of its
    transcripts, in bytes. `card` says whether it has a picture with which it is shared, and `undrawn` has the characters
    for want of which a line of that was left out.
    """

    id: str
    event: str
    number: int
    path: str
    hashtag: str
    title: str
    summary: str | None
    language: str
    zone: str
    hosts: tuple[str, ...]
    started: datetime
    ended: datetime
    people: int
    messages: int
    answers: int
    newcomers: int | None
    questions: tuple[Asked, ...]
    themes: tuple[tuple[str, int], ...]
    minutes: tuple[int, ...]
    links: int
    pictures: int
    sizes: tuple[tuple[str, int], ...]
    next: datetime | None
    says: str | None
    units: tuple[str, ...]
    card: bool = False
    undrawn: str = ""

    @property
    def href(self) -> str:
        """Its path as it stands in an address."""
        return quote(self.path)

    @property
    def tag(self) -> str:
        """The hashtag as hashtags are compared."""
        return self.hashtag.lower()

    @property
    def local(self) -> datetime:
        """When it began, in its own zone."""
        return self.started.astimezone(ZoneInfo(self.zone))

    def dump(self) -> dict[str, Any]:
        """Give it as JSON has it."""
        value: dict[str, Any] = _adapter().dump_python(self, mode="json")
        return value

    @staticmethod
    def load(value: object) -> "Published":
        """Read what `dump` gave. Raises ValueError."""
        return _adapter().validate_python(value)


@dataclass(frozen=True, slots=True)
class Coming:
    """A chat to come. Of one that only a script's `next` tells of, nothing but the time is known."""

    id: str
    hashtag: str
    starts: datetime
    ends: datetime
    zone: str
    title: str | None = None
    summary: str | None = None
    hosts: tuple[str, ...] = ()

    @property
    def tag(self) -> str:
        """The hashtag as hashtags are compared."""
        return self.hashtag.lower()

    @property
    def local(self) -> datetime:
        """When it begins, in its own zone."""
        return self.starts.astimezone(ZoneInfo(self.zone))


@cache
def _adapter() -> "TypeAdapter[Published]":
    from pydantic import TypeAdapter  # noqa: PLC0415  (only what is kept needs it)

    return TypeAdapter(Published)
