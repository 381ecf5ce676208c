"""Charts of a recap as measures for inline SVG, which fits itself to the page: what lies across is in percent, what stands up in pixels."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.recap import Recap
from bot.recap.model import MINUTE

#: How high the bars of the course are, in pixels, and how many there are at most.
HEIGHT = 120
MOST_BARS = 72
#: What one bar may stand for, in minutes.
_STEPS = (1, 2, 5, 10, 15, 30, 60)
#: How wide the longest bar of a question is, in percent: the numbers stand behind it.
_WIDEST = 76


@dataclass(frozen=True, slots=True)
class Column:
    """A stretch of the chat: when it began, how much was said in it, and how much of that were answers.

    `x` and `width` are in percent, the heights of all messages and of the answers among them in pixels.
    """

    at: datetime
    messages: int
    answers: int
    x: float
    width: float
    height: float
    answers_height: float


@dataclass(frozen=True, slots=True)
class Mark:
    """A question where it was asked, `x` in percent. Of names that would touch each other, every second is lower."""

    name: str
    x: float
    lower: bool


@dataclass(frozen=True, slots=True)
class Course:
    """How much was said over the time of a chat, each column so many `minutes`; `most` is that of the highest."""

    minutes: int
    columns: tuple[Column, ...]
    marks: tuple[Mark, ...]
    most: int


@dataclass(frozen=True, slots=True)
class Bar:
    """A question's answers, people and other messages, with the widths of the first two in percent."""

    name: str
    answers: int
    people: int
    talk: int
    answers_width: float
    people_width: float


def course(recap: Recap) -> Course | None:
    """Measure the course of a chat; None where it was too short, or too little was said, to have one."""
    minutes = recap.course
    if len(minutes) < 3 or recap.messages < 3:
        return None
    step = next((step for step in _STEPS if len(minutes) <= step * MOST_BARS), _STEPS[-1])
    groups = [minutes[first : first + step] for first in range(0, len(minutes), step)]
    said = [(group[0].at, sum(m.messages for m in group), sum(m.answers for m in group)) for group in groups]
    most = max(messages for _, messages, _ in said)
    slot = 100 / len(said)
    columns = (
        Column(
            at, messages, answers, n * slot + slot * 0.1, slot * 0.8,
            HEIGHT * messages / most, HEIGHT * answers / most,
        )
        for n, (at, messages, answers) in enumerate(said)
    )  # fmt: skip
    return Course(step, tuple(columns), tuple(_marks(recap, minutes[0].at, step * len(said))), most)


def _marks(recap: Recap, first: datetime, minutes: float) -> Iterator[Mark]:
    lower, last = False, -100.0
    for question in recap.asked:
        if question.asked_at:
            x = (question.asked_at - first) / (minutes * MINUTE) * 100
            if 0 <= x <= 100:
                lower = not lower and x - last < 9
                last = x
                yield Mark(question.question.name, x, lower)


def bars(recap: Recap) -> tuple[Bar, ...]:
    """Measure what came of each question that was asked."""
    most = max((each.answers for each in recap.asked), default=0)
    if not most:
        return ()
    return tuple(
        Bar(
            each.question.name, each.answers, each.people, each.talk,
            _WIDEST * each.answers / most, _WIDEST * each.people / most,
        )
        for each in recap.asked
    )  # fmt: skip
