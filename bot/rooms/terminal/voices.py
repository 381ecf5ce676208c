"""Who has said what in the terminal room, so that a line such as `ana edit: …` finds the message that it means."""

import secrets
from collections import defaultdict
from datetime import datetime, timedelta

from bot.messages import (
    Author,
    Deed,
    Entry,
    Forgotten,
    Hidden,
    Highlighted,
    Message,
    Placed,
    Reacted,
    Retracted,
    Said,
)
from bot.render.plain import one_line
from bot.rooms.terminal.lines import About, Counts, Delete, Edit, Lift, NotUnderstood, React
from bot.script.model import Question, Script

#: Who sits at the keyboard.
KEYBOARD = Author("keyboard", "host", host=True)

_SHORT = 40


class Voices:
    """Knows what is kept of everybody in the room. People are known by their names, in whatever case they are written."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._hosts = {
            person_of(name) for host in script.hosts if host.hosts for name in (host.name, host.handle or "")
        }
        self._said: dict[str, list[Message]] = defaultdict(list)
        self._names: dict[str, str] = {}
        self._answers: dict[str, tuple[str, ...]] = {}

    @property
    def names(self) -> list[str]:
        """The names of all who said something, each as it was first written."""
        return [name for person, name in self._names.items() if self._said.get(person)]

    @property
    def answers(self) -> int:
        """How many messages answer a question."""
        return sum(
            bool(self._answers.get(said.id)) for everything in self._said.values() for said in everything
        )

    def know(self, message: Message, answers: tuple[str, ...]) -> None:
        """Know a message, or its new version, and the questions that it answers."""
        self._names.setdefault(message.author.id, message.author.name)
        self._answers[message.id] = answers
        said = self._said[message.author.id]
        for number, known in enumerate(said):
            if known.id == message.id:
                said[number] = message
                return
        said.append(message)

    def remember(self, entry: Entry) -> None:
        """Know a message that was kept before."""
        if entry.author:
            message = Message(
                entry.id,
                entry.author,
                entry.text,
                entry.at,
                edited_at=entry.edited_at,
                reply_to=entry.reply_to,
            )
            self.know(message, entry.answers)

    def done(self, deed: Deed) -> None:
        """Know what a deed changed that the room does not hear of as a message."""
        match deed:
            case Placed(id=id_, answers=answers):
                self._answers[id_] = answers
            case Retracted(id=id_):
                for said in self._said.values():
                    said[:] = [message for message in said if message.id != id_]
            case Forgotten(person=person):
                self._said.pop(person, None)
                self._names.pop(person, None)
            case _:
                pass

    def author(self, name: str) -> Author:
        """Give the person of that name."""
        person = person_of(name)
        return Author(person, self._names.get(person, name), host=person in self._hosts)

    def last(self, name: str) -> Message:
        """Give what somebody said last. Raises NotUnderstood."""
        said = self._said.get(person_of(name))
        if not said:
            heard = f" Heard so far: {', '.join(map(one_line, self.names[-20:]))}." if self.names else ""
            raise NotUnderstood(f"{name} has not said anything that is kept.{heard}")
        return said[-1]

    def says(self, name: str, text: str, reply_to: str | None, at: datetime) -> Said:
        """Make what somebody says now."""
        return Said(Message(secrets.token_hex(8), self.author(name), text, at, reply_to=reply_to))

    def deed(self, line: About, at: datetime) -> tuple[Deed, Author, Message]:
        """Give what a line does, who does it, and the message that it does it to. Raises NotUnderstood."""
        match line:
            case Edit(name, text):
                old = self.last(name)
                # A rehearsal that was cut off may go on at a time before its last edit.
                at = max(at, (old.edited_at or old.at) + timedelta(microseconds=1))
                version = round(at.timestamp() * 1_000_000)
                new = Message(old.id, old.author, text, old.at, version, at, old.reply_to)
                return Said(new), old.author, old
            case Delete(name):
                return Retracted(self.last(name).id), self.author(name), self.last(name)
            case React(name, target, sign):
                by, liked = self.author(name), self.last(target)
                return Reacted(liked.id, by, sign), by, liked
            case Counts(name, questions):
                by, said = self.author(name), self.last(name)
                labels = tuple(dict.fromkeys(self._label(question) for question in questions))
                return Placed(said.id, by, labels), by, said
            case Lift("highlight", name):
                return Highlighted(self.last(name).id, KEYBOARD), KEYBOARD, self.last(name)
            case Lift(what, name):
                return Hidden(self.last(name).id, KEYBOARD, on=what == "hide"), KEYBOARD, self.last(name)

    def question(self, name: str) -> Question | None:
        """Give the question of that name or label, in whatever case."""
        wanted = name.casefold()
        asked = self._script.everything_asked
        return next((q for q in asked if wanted in (q.name.casefold(), q.label.casefold())), None)

    def _label(self, name: str) -> str:
        question = self.question(name)
        if question is None:
            names = ", ".join(question.name for question in self._script.everything_asked[:12])
            raise NotUnderstood(f"There is no question {name}. There are {names}; or write none.")
        return question.label


def person_of(name: str) -> str:
    """Give what a person is known by here."""
    return " ".join(name.casefold().split())


def in_short(message: Message) -> str:
    """Name a message by who said it and how it begins."""
    text = one_line(message.text)
    return f"{message.author.name}: {text if len(text) <= _SHORT else f'{text[: _SHORT - 1]}…'}"
