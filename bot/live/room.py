"""Where a chat takes place: what a room has to offer the live chat."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.answers import Reading
from bot.messages import Message
from bot.recap import Recap
from bot.script.posts import Post, Ways


@dataclass(frozen=True, slots=True)
class Delivery:
    """One post on its way into a room: the post, its text, and for a recap what reads it as it is when it is called.

    Not every room shows a recap by its text, or at once, and reading one takes long where much was said.
    """

    post: Post
    text: str
    recap: Callable[[], Awaitable[Recap]] | None = None


@dataclass(frozen=True, slots=True)
class Delivered:
    """A post that is in the room: the room's own id for it, and its own time (aware)."""

    id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class News:
    """What is different now that a batch has been kept, for rooms that show what is kept.

    `entries` are the ids of messages and posts, `people` those all of whose messages are shown or hidden anew, or gone;
    `counting` says of messages that count for a question and did not before (True), or no longer do (False); `course` says
    that the chat has moved, `proposals` that questions have been put to the hosts or settled.
    """

    entries: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    counting: Mapping[str, bool] = field(default_factory=dict)
    course: bool = False
    proposals: bool = False


class RoomError(Exception):
    """The room cannot take a post now; it is tried again. The text says why."""


class Room(Protocol):
    """A place for chats. What its platform cannot do it leaves out; the core does not mind."""

    @property
    def moment(self) -> Callable[[datetime], str] | None:
        """How the platform writes a date and time for everyone's own zone; None for words in the chat's zone."""

    @property
    def ways(self) -> Ways:
        """What people can do in the room besides writing, for the housekeeping to tell them."""

    async def catch_up(self) -> None:
        """Return once all that happened in the room while nobody listened has been heard by the live chat."""

    async def deliver(self, delivery: Delivery) -> Delivered:
        """Post something. A post's key never acts twice: what is there already is only reported again.

        Raises RoomError where it may work later.
        """

    def acknowledge(self, message: Message, reading: Reading) -> None:
        """Show that a message is kept and what it counts for; this may be dropped."""

    def changed(self, news: News) -> None:
        """Show anew what is different, where the room shows what is kept; others need not do anything."""

    def report(self, text: str) -> None:
        """Tell the hosts that something is wrong, or right again."""
