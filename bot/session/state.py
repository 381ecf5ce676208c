"""What a chat can be in the middle of, and what of it is kept."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Literal

from bot.messages import Author
from bot.script.model import Question, Script
from bot.script.posts import Kind

if TYPE_CHECKING:
    from pydantic import TypeAdapter


#: A planned start that was missed by more than this waits for its host.
LATEST_START = timedelta(hours=1)
#: A paused chat that nobody touches for so long ends by itself.
PATIENCE = timedelta(hours=2)
#: What a question that has been asked reads as since the one whose words it was in asked to be forgotten.
TAKEN_BACK = "(a question that was taken back)"


@dataclass(frozen=True, slots=True)
class Ready:
    """Not yet begun; `starts` is when it begins by itself."""

    starts: datetime | None = None
    phase: Literal["ready"] = "ready"


@dataclass(frozen=True, slots=True)
class Reminder:
    """A follow-up or last call that is still to come."""

    at: datetime
    kind: Kind


@dataclass(frozen=True, slots=True)
class Running:
    """Question number `floor` (from 0) is on the floor, or the welcome (-1), since `since` and until `until`.

    `waiting` is the key of the post that the room has not yet reported.
    """

    floor: int
    since: datetime
    until: datetime
    reminders: tuple[Reminder, ...] = ()
    waiting: str | None = None
    phase: Literal["running"] = "running"


@dataclass(frozen=True, slots=True)
class Paused:
    """Stopped at `since`, with all that `running` has left; `touched` is when a host last did anything."""

    running: Running
    since: datetime
    touched: datetime
    phase: Literal["paused"] = "paused"


@dataclass(frozen=True, slots=True)
class Late:
    """Closed; answers still count until `until`."""

    until: datetime
    phase: Literal["late"] = "late"


@dataclass(frozen=True, slots=True)
class Over:
    """Nothing more will happen."""

    cancelled: bool = False
    phase: Literal["over"] = "over"


Phase = Ready | Running | Paused | Late | Over


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that has been asked, and when: by the room's own time as soon as that is known."""

    label: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Taken:
    """A question that a host took into the chat: before which of the questions (from 0), its label, and what it asks.

    `by` is the id of the participant whose words it is in.
    """

    place: int
    label: str
    ask: str
    by: str | None = None


@dataclass(frozen=True, slots=True)
class State:
    """All that must outlive the process, apart from what was said. `at` is the latest moment the chat knows of."""

    phase: Phase
    at: datetime
    started: datetime | None = None
    ended: datetime | None = None
    asked: tuple[Asked, ...] = ()
    wishes: tuple[str, ...] = ()
    co_hosts: tuple[str, ...] = ()
    taken: tuple[Taken, ...] = ()
    posts: int = 0
    version: Literal[1] = 1


def begin(script: Script, at: datetime) -> State:
    """Give the first state of a chat that is made at that moment."""
    planned = script.starts if script.starts and not missed(script.starts, at) else None
    return State(phase=Ready(starts=planned), at=at)


def missed(starts: datetime, now: datetime) -> bool:
    """Tell whether a planned start is so long past that the chat waits for its host."""
    return now - starts > LATEST_START


def whole(script: Script, state: State) -> Script:
    """Give the script with the questions that were taken into the chat; one that has them comes back as it is."""
    questions = list(script.questions)
    for taken in state.taken:
        if all(question.label != taken.label for question in questions):
            questions.insert(taken.place, Question(taken.label, taken.ask, script.questions[0].time))
    return script if len(questions) == len(script.questions) else replace(script, questions=tuple(questions))


def forget(state: State, person: str) -> State:
    """Give the state without a person, who hosts no longer and whose wishes are no longer known again.

    A question of theirs that has not been asked is not in it any more. One that has been asked keeps its place and its
    label, which others have answered, but not its words. A state without them comes back as it is.
    """
    asked = {each.label for each in state.asked}
    rest = replace(
        state,
        co_hosts=tuple(each for each in state.co_hosts if each != person),
        wishes=tuple(wish for wish in state.wishes if person not in wish),
        taken=tuple(
            replace(each, ask=TAKEN_BACK, by=None) if each.by == person else each
            for each in state.taken
            if each.by != person or each.label in asked
        ),
    )
    return state if rest == state else rest


def due(state: State) -> datetime | None:
    """Give the moment at which the next tick is wanted, or None where nothing will happen by itself."""
    match state.phase:
        case Ready(starts=starts):
            return starts
        case Running(waiting=str()):
            return None
        case Running(until=until, reminders=reminders):
            return min([until, *(r.at for r in reminders)])
        case Paused(touched=touched):
            return touched + PATIENCE
        case Late(until=until):
            return until
        case Over():
            return None


def floor(script: Script, state: State) -> Question | None:
    """Give the question on the floor, or None before the first and after the closing."""
    running = running_in(state)
    return script.questions[running.floor] if running and running.floor >= 0 else None


def point(script: Script, state: State) -> str:
    """Name where the chat stands (`ready`, `welcome`, `Q2`, `late`, `over`): what a wish can be about."""
    if running_in(state) is None:
        return state.phase.phase
    question = floor(script, state)
    return question.name if question else "welcome"


def point_at(script: Script, state: State, moment: datetime) -> str:
    """Name where a running chat stood for those in its room at a moment, as `point` does.

    A question counts from when the room shows it: whoever wrote something before that had the one before it in mind.
    """
    running = running_in(state)
    if running is None:
        return point(script, state)
    names = {question.label: question.name for question in script.questions}
    seen = [names[each.label] for each in state.asked if each.label in names and each.at <= moment]
    return next((name for name in reversed(seen) if name != running.waiting), "welcome")


def hosting(state: State, author: Author) -> bool:
    """Tell whether that person may steer the chat."""
    return author.host or author.id in state.co_hosts


def running_in(state: State) -> Running | None:
    """Give the course of the questions, running or paused."""
    match state.phase:
        case Running() as running:
            return running
        case Paused(running=running):
            return running
        case _:
            return None


def dump(state: State) -> str:
    """Write a state as the JSON text that `load` reads."""
    return _adapter().dump_json(state).decode()


def load(text: str) -> State:
    """Read a state that `dump` wrote; raises ValueError for anything else."""
    return _adapter().validate_json(text)


@cache
def _adapter() -> "TypeAdapter[State]":
    from pydantic import TypeAdapter  # noqa: PLC0415  (83 ms that only keeping a state needs)

    return TypeAdapter(State)
