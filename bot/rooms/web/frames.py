"""What browser and server say to each other: each frame from the browser is one request, checked before anything is done."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails, from_json

LONGEST_TEXT = 2000
LONGEST_PROPOSAL = 500
LONGEST_ALT = 500
#: The largest frame, in bytes: the longest text, all of it escaped, and a picture's alt text, with room to spare.
LARGEST_FRAME = 64 * 1024
#: The largest `n`: what JavaScript counts to without error.
LARGEST_NUMBER = 2**53

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def _plain(text: str) -> str:
    """Take out of a text what cannot be seen and does not belong there."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _something(text: str) -> str:
    if not text.strip():
        raise ValueError("There is nothing in it yet.")
    return text


Id = Annotated[str, Field(pattern=r"^[\w:.-]{1,160}$")]
Fresh = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,40}$")]
Label = Annotated[str, Field(pattern=r"^\w{1,20}$")]
Sign = Annotated[str, Field(min_length=1, max_length=16)]
MaybeText = Annotated[str, Field(max_length=LONGEST_TEXT), AfterValidator(_plain)]
Text = Annotated[MaybeText, AfterValidator(_something)]
Proposal = Annotated[
    str, Field(max_length=LONGEST_PROPOSAL), AfterValidator(_plain), AfterValidator(_something)
]
Alt = Annotated[str, Field(max_length=LONGEST_ALT), AfterValidator(_plain)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Frame(_Strict):
    n: Annotated[int, Field(ge=0, le=LARGEST_NUMBER)]


class PictureOf(_Strict):
    """A picture that was uploaded before, and what it shows."""

    id: Fresh
    alt: Alt = ""


class Say(_Frame):
    """Say something, perhaps in reply to a message, or to a question that was picked."""

    do: Literal["say"]
    id: Fresh
    text: MaybeText
    reply: Id | None = None
    question: Label | None = None
    picture: PictureOf | None = None


class Edit(_Frame):
    """Change what one said."""

    do: Literal["edit"]
    id: Id
    text: Text


class Delete(_Frame):
    """Remove what one said."""

    do: Literal["delete"]
    id: Id


class React(_Frame):
    """Put a sign on a message, or take it off."""

    do: Literal["react"]
    id: Id
    sign: Sign
    on: bool


class Place(_Frame):
    """Say which questions a message answers."""

    do: Literal["place"]
    id: Id
    answers: Annotated[list[Label], Field(max_length=51)]


class Older(_Frame):
    """Ask for what was said before an entry: a page of it, or all from the entry `to` on."""

    do: Literal["older"]
    before: Id
    to: Id | None = None


class Propose(_Frame):
    """Put a question of one's own to the hosts."""

    do: Literal["propose"]
    id: Fresh
    text: Proposal


class Forget(_Frame):
    """Ask to be forgotten."""

    do: Literal["forget"]


class Ping(_Frame):
    """Ask whether the server is still there."""

    do: Literal["ping"]


class People(_Frame):
    """A host asks who has joined."""

    do: Literal["people"]


class Steer(_Frame):
    """A host's wish about the course of the chat."""

    do: Literal["steer"]
    id: Fresh
    want: Literal["start", "pause", "resume", "next", "more", "repeat", "say", "end", "cancel"]
    minutes: Annotated[float, Field(gt=0, le=1440)] | None = None
    text: Text | None = None
    about: Annotated[str, Field(max_length=160)] | None = None


class Highlight(_Frame):
    """Lift a message out, or no longer."""

    do: Literal["highlight"]
    id: Id
    on: bool


class Hide(_Frame):
    """Keep a message out of all that is published, or let it in again."""

    do: Literal["hide"]
    id: Id
    on: bool


class HidePerson(_Frame):
    """The same for everything that a person says."""

    do: Literal["hide-person"]
    person: Id
    on: bool


class Appoint(_Frame):
    """Let a person steer the chat too, or no longer."""

    do: Literal["appoint"]
    person: Id
    on: bool


class Take(_Frame):
    """Take a participant's question into the chat as the next one."""

    do: Literal["take"]
    proposal: Id


class Dismiss(_Frame):
    """Put a participant's question aside."""

    do: Literal["dismiss"]
    proposal: Id


Request = (
    Say
    | Edit
    | Delete
    | React
    | Place
    | Older
    | Propose
    | Forget
    | Ping
    | People
    | Steer
    | Highlight
    | Hide
    | HidePerson
    | Appoint
    | Take
    | Dismiss
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a request: whether it was granted, the words for the one who asked, and what else goes with it."""

    ok: bool
    text: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)

    def frame(self, n: int) -> dict[str, Any]:
        """Write it as the answer to request number `n`."""
        return {"is": "answer", "n": n, "ok": self.ok, "text": self.text, **self.more}


class NotUnderstood(ValueError):
    """The page would never send such a frame. The text says what is wrong; `n` is its number, None if it has none."""

    def __init__(self, text: str, n: int | None = None) -> None:
        super().__init__(text)
        self.n = n


def understand(text: str) -> Request:
    """Read a frame. Raises NotUnderstood."""
    try:
        written = from_json(text)
    except ValueError as error:
        raise NotUnderstood("That is not JSON.") from error
    try:
        return _adapter().validate_python(written)
    except ValidationError as error:
        raise NotUnderstood(_in_words(error.errors(include_url=False)[0]), _number(written)) from error


def _number(written: object) -> int | None:
    n = written.get("n") if isinstance(written, dict) else None
    return n if type(n) is int and 0 <= n <= LARGEST_NUMBER else None


def _in_words(error: ErrorDetails) -> str:
    """Say it to a person where a person can have caused it."""
    where = error["loc"][-1] if error["loc"] else ""
    match error["type"]:
        case "string_too_long" if where in ("text", "alt"):
            most, length = error["ctx"]["max_length"], len(error["input"])
            return f"That has {length:,} characters; {most:,} are the most."
        case "value_error" if where == "text":
            return "There is nothing in it yet."
        case _ if where == "minutes":
            return "Please write a number of minutes, up to 1,440."
    return "The room does not understand what this page sent. Please reload the page."


@cache
def _adapter() -> TypeAdapter[Request]:
    return TypeAdapter(Annotated[Request, Field(discriminator="do")])
