"""What can be typed into the terminal room: one line, one command."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.session import Cancel, End, MoreTime, Next, Pause, Repeat, Resume, Say, Start, Want

_UNITS = {"s": 1, "m": 60, "h": 3600}
_TIME = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)\s*([smh]?)", re.IGNORECASE)


class NotUnderstood(ValueError):
    """The line is none that the room knows; the text says what to write instead."""


@dataclass(frozen=True, slots=True)
class Steer:
    """The host asks for something."""

    want: Want


@dataclass(frozen=True, slots=True)
class Ask:
    """The host wants to see something: `status`, `help` or `questions`."""

    what: str


@dataclass(frozen=True, slots=True)
class Lift:
    """The host lifts out (`highlight`), hides or shows again (`hide`, `show`) somebody's last message."""

    what: str
    name: str


@dataclass(frozen=True, slots=True)
class CoHost:
    """The host lets somebody steer the chat too."""

    name: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing more is read for that long, in the chat's own time."""

    time: timedelta


@dataclass(frozen=True, slots=True)
class Leave:
    """The host leaves the room."""


@dataclass(frozen=True, slots=True)
class Speak:
    """Somebody says something, perhaps in reply to a question (`Q1`) or to a person's last message."""

    name: str
    text: str
    reply_to: str | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """Somebody changes their last message."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Delete:
    """Somebody removes their last message."""

    name: str


@dataclass(frozen=True, slots=True)
class React:
    """Somebody puts a sign on a person's last message."""

    name: str
    target: str
    sign: str


@dataclass(frozen=True, slots=True)
class Counts:
    """Somebody says which questions their last message answers, none if there are no labels."""

    name: str
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ForgetMe:
    """Somebody asks to be forgotten."""

    name: str


Line = Steer | Ask | Lift | CoHost | Wait | Leave | Speak | Edit | Delete | React | Counts | ForgetMe

#: The host's commands: how each is written, what it does, and what it is read as, given what stands after it.
COMMANDS: dict[str, tuple[str, str, Callable[[str], Line]]] = {
    "start": ("/start", "begin now", lambda _: Steer(Start())),
    "pause": ("/pause", "stop the clock", lambda _: Steer(Pause())),
    "resume": ("/resume", "let the clock go on", lambda _: Steer(Resume())),
    "next": ("/next", "ask the next question now", lambda _: Steer(Next())),
    "more": (
        "/more 3",
        "give the question three more minutes (or 90s)",
        lambda rest: Steer(MoreTime(time(rest, "m"))),
    ),
    "repeat": ("/repeat", "post the question once more", lambda _: Steer(Repeat())),
    "say": ("/say Welcome back!", "say something as the bot", lambda rest: Steer(Say(rest))),
    "highlight": (
        "/highlight ana",
        "lift ana's last message out for the recap",
        lambda rest: Lift("highlight", rest),
    ),
    "hide": (
        "/hide ana",
        "keep ana's last message out of what is published",
        lambda rest: Lift("hide", rest),
    ),
    "show": ("/show ana", "let it in again", lambda rest: Lift("show", rest)),
    "co-host": ("/co-host bo", "let bo host too, so that his Q2 is a question", CoHost),
    "status": ("/status", "see where the chat stands", lambda _: Ask("status")),
    "questions": ("/questions", "see all questions so far", lambda _: Ask("questions")),
    "end": ("/end", "end with closing and recap", lambda _: Steer(End())),
    "cancel": ("/cancel", "stop for good, without them", lambda _: Steer(Cancel())),
    "wait": (
        "/wait 90s",
        "read nothing for that long, in the chat's time",
        lambda rest: Wait(time(rest, "s")),
    ),
    "leave": ("/leave", "leave; the chat can be gone on with later", lambda _: Leave()),
    "help": ("/help", "see this list", lambda _: Ask("help")),
}
_NAMED = {"highlight", "hide", "show", "co-host"}

#: What participants' lines look like, and what they do.
SAYINGS = (
    ("ana: A1 I think…", "ana says something"),
    ("ana >Q1: I think…", "ana replies to question 1"),
    ("ana >bo: well said", "ana replies to bo's last message"),
    ("ana edit: A1 I thought…", "ana changes her last message"),
    ("ana delete:", "ana removes her last message"),
    ("ana react bo: ❤", "ana puts a sign on bo's last message"),
    ("ana counts Q2:", "ana's last message answers question 2 (none: no question)"),
    ("ana forget-me:", "ana's words are removed, and no more are kept"),
)


def understand(line: str) -> Line | None:
    """Read one line; None for an empty one or a comment (`# …`). Raises NotUnderstood."""
    line = line.strip()
    if not line or line.startswith("#"):
        return None
    return _command(line) if line.startswith("/") else _saying(line)


def time(text: str, unit: str) -> timedelta:
    """Read a time such as `90s`, `3` or `1.5m`; a bare number counts in that unit. Raises NotUnderstood."""
    match = _TIME.fullmatch(text.strip())
    if not match:
        raise NotUnderstood(f"{text.strip()!r} is not a time. Write it as 90s, 3m or 1h.")
    return timedelta(seconds=float(match[1]) * _UNITS[match[2].lower() or unit])


def _command(line: str) -> Line:
    word, _, rest = line[1:].partition(" ")
    name = word.lower()
    if name not in COMMANDS:
        raise NotUnderstood(f"There is no command /{word}. Type /help to see them all.")
    if name in _NAMED and not rest.strip():
        raise NotUnderstood(f"Say whose message is meant: {COMMANDS[name][0]}")
    return COMMANDS[name][2](rest.strip())


def _saying(line: str) -> Line:
    head, colon, text = (part.strip() for part in line.partition(":"))
    if not colon or not head:
        raise NotUnderstood("Write who says it first, as in `ana: A1 I think…`, or a command such as /next.")
    name, reply, target = (part.strip() for part in head.partition(">"))
    if reply:
        return Speak(_filled(name, line), _filled(text, line), _filled(target, line))
    match head.split():
        case [*words, "edit"] if words:
            return Edit(" ".join(words), _filled(text, line))
        case [*words, "delete"] if words:
            return Delete(" ".join(words))
        case [*words, "forget-me"] if words:
            return ForgetMe(" ".join(words))
        case [*words, "react", target] if words:
            return React(" ".join(words), target, _filled(text, line))
        case [*words, "counts", labels] if words:
            return Counts(" ".join(words), _questions(labels))
        case words:
            return Speak(" ".join(words), _filled(text, line))


def _filled(part: str, line: str) -> str:
    if not part:
        raise NotUnderstood(f"Something is missing in {line!r}. Type /help to see how lines are written.")
    return part


def _questions(labels: str) -> tuple[str, ...]:
    return () if labels.lower() == "none" else tuple(labels.replace("+", ",").split(","))
