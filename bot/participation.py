"""Who took part in a chat: how much, and when."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.messages import Author, Entry
from bot.script.model import Question, Script


@dataclass(frozen=True, slots=True)
class Part:
    """What one person did in a chat: how many messages and answers, which questions they answered, first and last when."""

    person: Author
    messages: int
    answers: int
    questions: tuple[Question, ...]
    first: datetime
    last: datetime


@dataclass(slots=True)
class _Taken:
    person: Author
    first: datetime
    last: datetime
    messages: int = 0
    answers: int = 0
    labels: set[str] = field(default_factory=set)


class Roll:
    """Counts who took part while a chat's entries stream by; it grows with the people."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._people: dict[str, _Taken] = {}

    def add(self, entry: Entry) -> None:
        """Count the next entry of the chat, in the order of the transcript; the bot's posts are nobody's."""
        if entry.author is None:
            return
        taken = self._people.setdefault(entry.author.id, _Taken(entry.author, entry.at, entry.at))
        taken.person = entry.author
        taken.last = entry.at
        taken.messages += 1
        taken.answers += bool(entry.answers)
        taken.labels.update(entry.answers)

    def parts(self) -> tuple[Part, ...]:
        """Give what each person did, in the order in which they first said something."""
        return tuple(
            Part(
                taken.person,
                taken.messages,
                taken.answers,
                tuple(q for q in self._script.everything_asked if q.label in taken.labels),
                taken.first,
                taken.last,
            )
            for taken in self._people.values()
        )
