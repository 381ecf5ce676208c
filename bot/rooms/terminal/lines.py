"""What can be typed into the terminal room: one line, one command."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches

from bot.session import Cancel, End, MoreTime, Next, Pause, Repeat, Resume, Say, Start, Want

#: The longest line that is read, in characters, and the longest name.
LONGEST = 10_000
LONGEST_NAME = 60

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


#: What is about one message that somebody said last.
About = Lift | Edit | Delete | React | Counts
Line = Steer | Ask | CoHost | Wait | Leave | Speak | ForgetMe | About


@dataclass(frozen=True, slots=True)
class Command:
    """A command of the host's: an example, what it does, and how it is read from what stands after its name.

    Where the example has nothing after the name, nothing may stand there.
    """

    example: str
    does: str
    read: Callable[[str], Line]


def _steer(want: Want) -> Callable[[str], Line]:
    return lambda _: Steer(want)


def _ask(what: str) -> Callable[[str], Line]:
    return lambda _: Ask(what)


def _lift(what: str) -> Callable[[str], Line]:
    return lambda name: Lift(what, name)


#: The host's commands by name, in the order in which they are explained.
COMMANDS = {
    "start": Command("/start", "begin now", _steer(Start())),
    "next": Command("/next", "ask the next question now", _steer(Next())),
    "more": Command(
        "/more 3", "three more minutes for the question (or 90s)", lambda rest: Steer(MoreTime(time(rest, "m")))
    ),
    "repeat": Command("/repeat", "post the question once more", _steer(Repeat())),
    "say": Command("/say Welcome back!", "say something as the bot", lambda rest: Steer(Say(rest))),
    "pause": Command("/pause", "stop the clock", _steer(Pause())),
    "resume": Command("/resume", "let it go on", _steer(Resume())),
    "end": Command("/end", "end with closing and recap", _steer(End())),
    "cancel": Command("/cancel", "stop for good, without them", _steer(Cancel())),
    "highlight": Command("/highlight ana", "lift ana's last message out for the recap", _lift("highlight")),
    "hide": Command("/hide ana", "keep ana's last message out of what is published", _lift("hide")),
    "show": Command("/show ana", "let it in again", _lift("show")),
    "co-host": Command("/co-host bo", "let bo host too, so that a Q2 of his is a question", CoHost),
    "status": Command("/status", "where the chat stands", _ask("status")),
    "questions": Command("/questions", "all questions so far", _ask("questions")),
    "wait": Command("/wait 90s", "read nothing for that long, in the chat's time", lambda rest: Wait(time(rest, "s"))),
    "leave": Command("/leave", "leave; the chat can be gone on with later", lambda _: Leave()),
    "help": Command("/help", "this list", _ask("help")),
}  # fmt: skip

#: What participants' lines look like, and what they do.
SAYINGS = (
    ("ana: A1 I think…", "ana says something"),
    ("ana >Q1: I think…", "ana replies to question 1"),
    ("ana >bo: well said", "ana replies to bo's last message"),
    ("ana edit: A1 I thought…", "ana changes her last message"),
    ("ana delete:", "ana removes it"),
    ("ana react bo: ❤", "ana puts a sign on bo's last message"),
    ("ana counts Q2:", "ana's last message answers question 2 (none: no question)"),
    ("ana forget-me:", "all that ana wrote is removed, and no more is kept"),
)


def understand(line: str) -> Line | None:
    """Read one line; None for an empty one or a comment (`# …`). Raises NotUnderstood."""
    line = line.strip()
    if not line or line.startswith("#"):
        return None
    if len(line) > LONGEST:
        raise NotUnderstood(
            f"That has {len(line):,} characters; a line has room for {LONGEST:,}. Write it in parts."
        )
    return _command(line) if line.startswith("/") else _saying(line)


def time(text: str, unit: str) -> timedelta:
    """Read a time such as `90s`, `3` or `1.5m`; a bare number counts in that unit. Raises NotUnderstood."""
    match = _TIME.fullmatch(text.strip())
    if not match:
        raise NotUnderstood(f"{_short(text)!r} is not a time. Write it as 90s, 3m or 1h.")
    return timedelta(seconds=float(match[1]) * _UNITS[match[2].lower() or unit])


def _command(line: str) -> Line:
    word, *rest = line[1:].split(maxsplit=1) or [""]
    name = word.lower()
    if name not in COMMANDS:
        near = get_close_matches(name[:20], COMMANDS, n=1)
        meant = f"Do you mean /{near[0]}? " if near else ""
        raise NotUnderstood(f"There is no command /{_short(word)}. {meant}Type /help to see them all.")
    command = COMMANDS[name]
    if rest and " " not in command.example:
        raise NotUnderstood(f"Nothing stands after /{name}. Write just {command.example}")
    if not rest and " " in command.example:
        raise NotUnderstood(f"Something is missing after /{name}. Write it as in: {command.example}")
    return command.read(" ".join(rest))


def _saying(line: str) -> Line:
    head, colon, text = (part.strip() for part in line.partition(":"))
    if not colon or not head or text.startswith("//"):
        raise NotUnderstood("Write who says it first, as in `ana: A1 I think…`, or a command such as /next.")
    name, reply, target = (part.strip() for part in head.partition(">"))
    if reply:
        return Speak(_name(name, line), _filled(text, line), _filled(target, line))
    match head.split():
        case [*words, "edit"] if words:
            return Edit(_name(" ".join(words), line), _filled(text, line))
        case [*words, "delete"] if words:
            return Delete(_alone(words, text, "delete:"))
        case [*words, "forget-me"] if words:
            return ForgetMe(_alone(words, text, "forget-me:"))
        case [first, *words, "react", target]:
            return React(_name(" ".join((first, *words)), line), target, _filled(text, line))
        case [first, *words, "counts", labels]:
            return Counts(_alone([first, *words], text, f"counts {labels}:"), _questions(labels))
        case words:
            return Speak(_name(" ".join(words), line), _filled(text, line))


def _alone(words: list[str], text: str, rest: str) -> str:
    """Give the name in a line that has nothing after its colon."""
    name = " ".join(words)
    if text:
        raise NotUnderstood(
            f"Nothing stands after the colon here. Write just `{_short(name)} {_short(rest)}`"
        )
    return _name(name, name)


def _name(name: str, line: str) -> str:
    if len(name) > LONGEST_NAME:
        raise NotUnderstood(
            f"What stands before the colon is no name: it has {len(name)} characters, and a name at most {LONGEST_NAME}."
        )
    return _filled(name, line)


def _filled(part: str, line: str) -> str:
    if not part:
        raise NotUnderstood(
            f"Something is missing in `{_short(line)}`. Type /help to see how lines are written."
        )
    return part


def _questions(labels: str) -> tuple[str, ...]:
    if labels.lower() == "none":
        return ()
    return tuple(label for label in re.split("[+,&/]", labels) if label)


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"
