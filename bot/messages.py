"""What people say, as every room reports it and as it is kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Author:
    """Who says something. `id` is the room's own and never changes; `name` is what people see.

    `host` says that the room itself knows this person to be a host (by a role, a key, the keyboard);
    co-hosts appointed during the chat are known to the session.
    """

    id: str
    name: str
    host: bool = False


def one_word(name: str) -> str:
    """Write a name as one word, so that `@Ana Lee A1 …` is read as what answers behind a name."""
    return "_".join(name.split())


#: Who says and does what the program itself has to.
ITSELF = Author("hashchat", "hashchat", host=True)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that hangs on a message. `url` begins with `/` where hashchat itself keeps it with the chat. `size` in bytes, `type` a MIME type, `alt` what it shows, a picture's sides in pixels."""

    name: str
    url: str
    type: str | None = None
    size: int | None = None
    alt: str | None = None
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One thing said, with all of its present content: an edit is the same message with a higher `version`.

    `at` is when it was written (aware, UTC), by the room's own clock, and stays the same when it is edited.
    `version` orders what is known of one message: 0 as first written, and higher for each edit.
    `reply_to` is the id of the message or post, in the same room, that it replies to.
    `place` is the channel or thread. `repeat` says that the platform itself marks it as somebody else's words.
    """

    id: str
    author: Author
    text: str
    at: datetime
    version: int = 0
    edited_at: datetime | None = None
    reply_to: str | None = None
    place: str = ""
    attachments: tuple[Attachment, ...] = ()
    repeat: bool = False


# What people do, besides what `bot.session` knows of: it changes what is kept, never the course of the chat --------


@dataclass(frozen=True, slots=True)
class Said:
    """Something was written, or written anew (the message's version tells)."""

    message: Message


@dataclass(frozen=True, slots=True)
class Retracted:
    """A message was deleted by its author or in the room.

    With a `version` it still stands there, but what it says since then cannot be read: a higher one brings it back.
    """

    id: str
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Reacted:
    """Somebody put a sign on a message, or (`on` False) took it off."""

    id: str
    author: Author
    sign: str
    on: bool = True


@dataclass(frozen=True, slots=True)
class Placed:
    """Its author or a host says which questions a message answers: their labels, or none."""

    id: str
    by: Author
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Highlighted:
    """A host lifts a message out, or (`on` False) no longer."""

    id: str
    by: Author
    on: bool = True


@dataclass(frozen=True, slots=True)
class Hidden:
    """A host keeps a message out of all that is published, or (`on` False) lets it in again."""

    id: str
    by: Author
    on: bool = True


@dataclass(frozen=True, slots=True)
class PersonHidden:
    """A host keeps all of a person's messages out of what is published, or (`on` False) lets them in again."""

    person: str
    by: Author
    on: bool = True


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A person asks that nothing of theirs be kept in this room: neither what was said nor what comes."""

    person: str


@dataclass(frozen=True, slots=True)
class Proposed:
    """Somebody puts a question of their own to the hosts. `id` is the proposal's own; `at` when it was written."""

    id: str
    by: Author
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Settled:
    """A host has taken a proposed question, or put it aside."""

    id: str
    by: Author


#: Anything that people do in a room.
Deed = (
    Said | Retracted | Reacted | Placed | Highlighted | Hidden | PersonHidden | Forgotten | Proposed | Settled
)


# What is read back -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a transcript: something said by a person, or (`author` None) a post of the bot.

    `kind` is `message` for what people say, or the kind of post. `answers` are the labels of the questions that a
    message answers; `under` is the question that it is filed under (the answered one, the one talked about, or the one
    on the floor; None before the first). A question's post has its label in `under`. `reactions` counts different
    people for each sign, without those of the message's own author, and `admirers` different people in all, where that is
    known. What is `hidden` is shown to hosts only.
    """

    id: str
    at: datetime
    author: Author | None
    text: str
    kind: str = "message"
    answers: tuple[str, ...] = ()
    under: str | None = None
    reply_to: str | None = None
    edited_at: datetime | None = None
    highlighted: bool = False
    hidden: bool = False
    reactions: Mapping[str, int] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()
    admirers: int | None = None

    @property
    def liked(self) -> int:
        """How many reactions it got in all."""
        return sum(self.reactions.values())

    @property
    def liked_by(self) -> int:
        """How many people reacted to it; where that is not known, how many reactions it got."""
        return self.liked if self.admirers is None else self.admirers
