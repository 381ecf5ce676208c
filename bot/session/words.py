"""Where a chat stands, in words for its hosts."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from bot.script.model import Script
from bot.session.state import Late, Over, Paused, Phase, Ready, Running, State, floor


def describe(
    script: Script, state: State, now: datetime, *, moment: Callable[[datetime], str] | None = None
) -> str:
    """Say where the chat stands, in a sentence for a host.

    `moment` writes an aware date and time in a room's own way; without it, in words in the chat's zone.
    """
    clock = moment or partial(_clock, script)
    match state.phase:
        case Ready(starts=starts):
            return f"The chat begins {clock(starts)}." if starts else "The chat has not begun."
        case Running(until=until):
            return f"{on_floor(script, state)}, {countdown(until - now)} left."
        case Paused(running=running, since=since):
            return f"Paused at {on_floor(script, state)} with {countdown(running.until - since)} left."
        case Late(until=until):
            return f"The chat has ended; late answers count until {clock(until)}."
        case Over(cancelled=cancelled):
            return "The chat has been cancelled." if cancelled else "The chat is over."


def countdown(left: timedelta) -> str:
    """Write a time that is left: `0:42`, `9:05`, `1:12:00`; nothing is less than 0:00."""
    minutes, seconds = divmod(max(0, round(left.total_seconds())), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def on_floor(script: Script, state: State) -> str:
    """Name the question on the floor, and which of how many it is."""
    question = floor(script, state)
    if question is None:
        return "Welcome"
    return f"{question.name} ({script.questions.index(question) + 1} of {len(script.questions)})"


def _clock(script: Script, moment: datetime) -> str:
    return f"{script.local(moment):%A %d %B %Y, %H:%M %Z}"


def possible(phase: Phase) -> str:
    """Say what a host can do now."""
    match phase:
        case Ready():
            return "You can start it, say something, or cancel it."
        case Running():
            return "You can pause, go to the next question, give more time, repeat, say something, end or cancel."
        case Paused():
            return "You can resume, go to the next question, give more time, repeat, say something, end or cancel."
        case Late():
            return "You can still say something; the rest is done."
        case Over():
            return "Nothing more can be done in it; a new chat can be started."
