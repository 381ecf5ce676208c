"""What the bot tells one person about a chat: where it stands, when things are, what a script will ask."""

from datetime import datetime
from itertools import groupby

from discord.utils import format_dt

from bot.rooms.discord.written import inert, name
from bot.script.model import Question, Script
from bot.script.posts import Post
from bot.session import Late, Over, Paused, Ready, Running, State, countdown, on_floor, timetable

#: The most that Discord takes as the label of an option, in characters.
LONGEST_OPTION = 100
#: What a code block adds to its text.
_FENCE = "```\n{}\n```"


def short(text: str, most: int) -> str:
    """Give a text on one line, cut with … where it is longer than that."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def said(text: str, most: int) -> str:
    """Give what somebody said on one line, cut, and without any markup of theirs."""
    return inert(short(text, most)) or "(no words)"


def block(text: str) -> str:
    """Set a text in a code block that nothing in it can close."""
    return _FENCE.format(text.replace("```", "`\u200b`\u200b`"))


def when(moment: datetime) -> str:
    """Write a moment with its date, and how far it is from now: everyone reads their own zone."""
    return f"{format_dt(moment, 'F')} ({format_dt(moment, 'R')})"


def link(guild: int, channel: int | str, message: int | str) -> str:
    """Give the address of a message in a channel or thread."""
    return f"https://discord.com/channels/{guild}/{channel}/{message}"


def heading(script: Script) -> str:
    """Name a chat by its hashtag and title."""
    return f"**#{name(script.heading.removeprefix('#'))}**"


def stands(script: Script, state: State) -> str:
    """Say where a chat stands; its times are Discord's, which count by themselves."""
    match state.phase:
        case Ready(starts=starts):
            return f"It begins by itself {when(starts)}." if starts else "It has not begun."
        case Running(waiting=str()):
            return f"{on_floor(script, state)} is on its way into the channel."
        case Running(until=until):
            return f"{on_floor(script, state)}, time is up {format_dt(until, 'R')}."
        case Paused(running=running, since=since):
            return f"Paused at {on_floor(script, state)} with {countdown(running.until - since)} left."
        case Late(until=until):
            return f"It has ended; late answers count until {when(until)}."
        case Over(cancelled=cancelled):
            return "It has been cancelled." if cancelled else "It is over."


def names(questions: list[Question]) -> str:
    """Name questions: `Q1 and Q3`, or `no question`."""
    return " and ".join(question.name for question in questions) or "no question"


def course(script: Script, start: datetime) -> str:
    """Give the timetable of a script that nobody touches, a line for each moment, counted from its start."""
    lines = []
    for moment, posts in groupby(timetable(script, start), key=lambda post: post.at):
        what = ", ".join(_called(script, post) for post in posts)
        lines.append(f"{countdown(moment - start):>8}  {what}")
    return "\n".join(lines)


def _called(script: Script, post: Post) -> str:
    if post.question is None:
        return post.kind.value
    question = script.question(post.question)
    if post.key == question.name:
        return f"{question.name} {short(question.ask, 60)}"
    return f"{post.kind.value} for {question.name}"
