"""What can happen to a chat, and what is to be done about it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.messages import Author
from bot.script.posts import Post


@dataclass(frozen=True, slots=True)
class Tick:
    """The clock shows `at`."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Posted:
    """A room shows the post of that key, since `sent` by the room's own clock."""

    at: datetime
    key: str
    sent: datetime


@dataclass(frozen=True, slots=True)
class Start:
    """Begin now."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Stop the clock."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Let the clock go on."""


@dataclass(frozen=True, slots=True)
class Next:
    """Ask the next question now."""


@dataclass(frozen=True, slots=True)
class MoreTime:
    """Give the question on the floor more time."""

    time: timedelta


@dataclass(frozen=True, slots=True)
class Repeat:
    """Post the question on the floor once more."""


@dataclass(frozen=True, slots=True)
class Say:
    """Say something as the bot."""

    text: str


@dataclass(frozen=True, slots=True)
class End:
    """End with closing and recap."""


@dataclass(frozen=True, slots=True)
class Cancel:
    """Stop for good, without closing and recap."""


@dataclass(frozen=True, slots=True)
class AskNext:
    """Take this question into the chat as the next one. `by` is the id of the participant whose words it is in."""

    ask: str
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Appoint:
    """Let this person steer the chat too, or (`hosts` False) no longer."""

    person: str
    name: str
    hosts: bool = True


Want = Start | Pause | Resume | Next | MoreTime | Repeat | Say | End | Cancel | AskNext | Appoint


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for. `id` is the wish's own; `about` the `point` of the chat at which it was made."""

    at: datetime
    id: str
    by: Author
    want: Want
    about: str | None = None


Event = Tick | Posted | Wish


@dataclass(frozen=True, slots=True)
class Told:
    """An answer to the one who asked, in words."""

    text: str


Effect = Post | Told


class Refusal(Exception):
    """A host asks for what cannot be done now. The text is for the host."""
