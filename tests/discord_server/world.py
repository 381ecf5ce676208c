"""What there is: guilds, roles, people, channels, threads, messages. Plain data, changed by `deeds` alone."""

import mimetypes
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from PIL import Image

if TYPE_CHECKING:
    from .interactions import Interaction

#: The first millisecond of Discord's ids (https://discord.com/developers/docs/reference#snowflakes).
EPOCH = 1420070400000

TEXT, DM, PUBLIC_THREAD, PRIVATE_THREAD = 0, 1, 11, 12
THREADS = (10, PUBLIC_THREAD, PRIVATE_THREAD)

#: Message types (https://discord.com/developers/docs/resources/message#message-object-message-types).
DEFAULT, PINNED, THREAD_CREATED, REPLY, COMMAND, STARTER = 0, 6, 18, 19, 20, 21

#: Message flags.
HAS_THREAD, EPHEMERAL, LOADING, SUPPRESS_EMBEDS, V2 = 1 << 5, 1 << 6, 1 << 7, 1 << 2, 1 << 15


class Snowflakes:
    """Ids made of the clock's milliseconds, each greater than all before it."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.now = now
        self.last = 0

    def __call__(self) -> int:
        self.last = max(self.last + 1, (int(self.now() * 1000) - EPOCH) << 22)
        return self.last

    def time(self) -> datetime:
        return datetime.fromtimestamp(self.now(), UTC)


def time_of(id: int) -> datetime:
    """Give the time at which an id was made, to the millisecond."""
    return datetime.fromtimestamp(((id >> 22) + EPOCH) / 1000, UTC)


@dataclass(slots=True, eq=False)
class User:
    id: int
    name: str
    shown_name: str | None = None
    bot: bool = False
    refuses_dms: bool = False


@dataclass(slots=True, eq=False)
class Role:
    id: int
    name: str
    permissions: int = 0
    position: int = 0
    mentionable: bool = False


@dataclass(slots=True, eq=False)
class Member:
    user: User
    joined: datetime
    roles: set[int] = field(default_factory=set)
    nick: str | None = None

    @property
    def name(self) -> str:
        """The name that the guild sees."""
        return self.nick or self.user.shown_name or self.user.name


@dataclass(slots=True, eq=False)
class Overwrite:
    """What a channel allows or denies to a role (kind 0) or a member (kind 1)."""

    kind: int
    allow: int = 0
    deny: int = 0


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as a person or the bot sends it."""

    name: str
    data: bytes
    description: str | None = None
    type: str | None = None


@dataclass(slots=True, eq=False)
class Attachment:
    id: int
    channel: int
    name: str
    data: bytes
    type: str | None
    description: str | None = None
    size: tuple[int, int] | None = None
    ephemeral: bool = False

    @classmethod
    def of(cls, upload: Upload, id: int, channel: int, *, ephemeral: bool = False) -> "Attachment":
        """Take in a file: its type from its name as Discord does, its size in pixels where it is a picture."""
        kind = upload.type or mimetypes.guess_type(upload.name)[0]
        size = _pixels(upload.data) if (kind or "").startswith("image/") else None
        return cls(id, channel, upload.name, upload.data, kind, upload.description, size, ephemeral)


def _pixels(data: bytes) -> tuple[int, int] | None:
    try:
        with Image.open(BytesIO(data)) as picture:
            return picture.size
    except OSError:  # named like a picture, and none
        return None


@dataclass(slots=True, eq=False, repr=False)
class Message:
    id: int
    channel: "Channel"
    author: User
    content: str = ""
    type: int = DEFAULT
    flags: int = 0
    embeds: list[dict[str, Any]] = field(default_factory=list)
    components: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    reactions: dict[str, dict[int, User]] = field(default_factory=dict)  # sign -> who, by id
    reply_to: "Message | None" = None
    refers: tuple[int, int] | None = None  # channel and id of what it points at, there or not
    forwarded: "Message | None" = None
    mentions: list[User] = field(default_factory=list)
    mention_roles: list[int] = field(default_factory=list)
    mention_everyone: bool = False
    allowed_mentions: dict[str, Any] | None = None
    edited: datetime | None = None
    pinned: datetime | None = None
    nonce: str | int | None = None
    thread: "Channel | None" = None
    interaction: "Interaction | None" = None
    ephemeral_for: int | None = None
    stickers: list[dict[str, Any]] = field(default_factory=list)
    webhook: int | None = None
    deleted: bool = False

    def __repr__(self) -> str:
        return f"<Message {self.id} of {self.author.name}: {self.text!r:.80}>"

    @property
    def text(self) -> str:
        """All that can be read in it: the content, or the texts of its components."""
        return self.content or "\n".join(each["content"] for each in self.parts() if each["type"] == 10)

    @property
    def time(self) -> datetime:
        return time_of(self.id)

    def parts(self) -> Iterator[dict[str, Any]]:
        """Give all components, however deep."""
        yield from walk(self.components)

    def buttons(self) -> dict[str, str]:
        """Give the buttons that can be pressed: custom id -> label."""
        return {each["custom_id"]: each.get("label") or "" for each in self.parts() if each.get("custom_id")}


def walk(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Give components and all within them."""
    for each in components:
        yield each
        yield from walk(each.get("components") or [])
        yield from walk([each[key] for key in ("accessory", "component") if each.get(key)])


@dataclass(slots=True, eq=False, repr=False)
class Channel:
    """A text channel, a thread (whose parent is a channel) or a direct line to one person."""

    id: int
    name: str
    guild: "Guild | None"
    type: int = TEXT
    parent: "Channel | None" = None
    position: int = 0
    topic: str | None = None
    overwrites: dict[int, Overwrite] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    order: list[int] = field(default_factory=list)  # their ids, ascending
    recipient: User | None = None
    owner: int = 0
    archived: bool = False
    archived_at: datetime | None = None
    locked: bool = False
    archive_after: int = 1440
    members: set[int] = field(default_factory=set)  # of a thread

    def __repr__(self) -> str:
        return f"<Channel {self.id} #{self.name}>"

    @property
    def is_thread(self) -> bool:
        return self.type in THREADS

    @property
    def mention(self) -> str:
        return f"<#{self.id}>"

    def add(self, message: Message) -> None:
        self.messages[message.id] = message
        self.order.append(message.id)

    def remove(self, message: Message) -> None:
        del self.messages[message.id]
        del self.order[bisect_left(self.order, message.id)]

    def page(
        self, limit: int, *, before: int | None = None, after: int | None = None, around: int | None = None
    ) -> list[Message]:
        """Give a page, newest first; `after` gives the oldest ones behind it, as Discord does."""
        if around is not None:
            middle = bisect_left(self.order, around)
            ids = self.order[max(0, middle - limit // 2) : middle + limit // 2 + 1][:limit]
        elif after is not None:
            start = bisect_right(self.order, after)
            ids = self.order[start : start + limit]
        else:
            end = len(self.order) if before is None else bisect_left(self.order, before)
            ids = self.order[max(0, end - limit) : end]
        return [self.messages[each] for each in reversed(ids)]

    def all(self) -> list[Message]:
        """Give every message, oldest first."""
        return list(self.messages.values())

    def pins(self) -> list[Message]:
        """Give what is pinned, the latest pin first."""
        found = [each for each in self.messages.values() if each.pinned]
        return sorted(found, key=lambda each: each.pinned or each.time, reverse=True)


@dataclass(slots=True, eq=False, repr=False)
class Guild:
    id: int
    name: str
    owner: int
    locale: str = "en-US"
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)  # threads too
    emojis: dict[int, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<Guild {self.id} {self.name}>"

    def threads(self) -> list[Channel]:
        return [each for each in self.channels.values() if each.is_thread]


@dataclass(slots=True, eq=False)
class World:
    """All of it, with the bot in its middle."""

    ids: Snowflakes
    bot: User
    application: int
    guilds: dict[int, Guild] = field(default_factory=dict)
    users: dict[int, User] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    private: dict[int, Message] = field(default_factory=dict)  # ephemeral messages, which are in no channel
    attachments: dict[int, Attachment] = field(default_factory=dict)
    commands: dict[int | None, list[dict[str, Any]]] = field(
        default_factory=dict
    )  # by guild; None is everywhere
    nonces: dict[str, tuple[float, Message]] = field(default_factory=dict)
    interactions: "dict[int, Interaction]" = field(default_factory=dict)

    def commands_of(self, guild: int) -> list[dict[str, Any]]:
        """Give the commands that people of a guild see."""
        return self.commands.get(None, []) + self.commands.get(guild, [])
