"""A chat in the terminal: the keyboard is the host and, for trying things, any participant."""

import secrets
from collections import defaultdict
from collections.abc import Callable

from bot.answers import Reading
from bot.live import Clock, Delivered, Delivery, LiveChat
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
from bot.recap import Recap
from bot.render import recap as render_recap
from bot.rooms.terminal.lines import (
    COMMANDS,
    SAYINGS,
    Ask,
    CoHost,
    Counts,
    Delete,
    Edit,
    ForgetMe,
    Lift,
    Line,
    NotUnderstood,
    React,
    Speak,
    Steer,
)
from bot.rooms.terminal.screen import Screen, Tone
from bot.script.model import Question, Script
from bot.script.posts import Kind
from bot.session import Appoint, Next, Repeat, point

#: Who sits at the keyboard.
KEYBOARD = Author("keyboard", "host", host=True)
_ASKING = {Kind.QUESTION, Kind.REPEAT, Kind.FOLLOW_UP}


class Terminal:
    """The room. What is shown here is a view of what is kept, so posts and messages have ids of hashchat's own."""

    moment = None

    def __init__(self, script: Script, clock: Clock, screen: Screen, *, width: int = 100) -> None:
        self._script = script
        self._clock = clock
        self._screen = screen
        self._width = width
        self._hosts = {
            name.casefold() for host in script.hosts if host.hosts for name in (host.name, host.handle or "")
        }
        self._last: dict[str, list[Message]] = defaultdict(list)
        self._names: dict[str, str] = {}
        self.recapped: Callable[[], None] = lambda: None

    def remember(self, entry: Entry) -> None:
        """Know a message that was kept before, so that it can be replied to or changed."""
        if entry.author:
            version = 1 if entry.edited_at else 0
            self._know(
                Message(
                    entry.id, entry.author, entry.text, entry.at, version, entry.edited_at, entry.reply_to
                )
            )

    # The room, for the live chat ---------------------------------------------------------------------------------

    async def deliver(self, delivery: Delivery) -> Delivered:
        """Show a post. It is in the room as soon as it is kept, so nothing can fail."""
        post = delivery.post
        if delivery.recap:
            self.show_recap(delivery.recap)
        else:
            self._screen.show(delivery.text, Tone.QUESTION if post.kind in _ASKING else Tone.BOT)
        return Delivered(f"post:{post.key}", self._clock.now())

    def show_recap(self, recap: Recap) -> None:
        """Show the recap."""
        self._screen.show(render_recap("txt", recap, width=self._width), Tone.RECAP)
        self.recapped()

    def acknowledge(self, message: Message, reading: Reading) -> None:
        """Show a message that is kept, with the script's sign if it counts."""
        names = " ".join(self._script.question(label).name for label in reading.answers)
        sign = f" {self._script.acknowledge} {names}" if names and self._script.acknowledge else ""
        edited = " (edited)" if message.version else ""
        head = f"{message.author.name}{edited}{sign}:"
        self._screen.show(message.text, Tone.COUNTED if names else Tone.SAID, head=head)
        self._know(message)

    def report(self, text: str) -> None:
        """Tell the host what is wrong."""
        self._screen.show(text, Tone.TROUBLE)

    # What is typed -----------------------------------------------------------------------------------------------

    async def handle(self, line: Line, chat: LiveChat) -> None:
        """Do what a line asks for, and show what came of it. Raises Refusal, NotUnderstood and StoreError."""
        match line:
            case Steer(want):
                about = point(self._script, chat.state) if isinstance(want, Next | Repeat) else None
                self._note(await chat.ask(want, by=KEYBOARD, about=about))
            case CoHost(name):
                self._note(await chat.ask(Appoint(_person(name), name), by=KEYBOARD))
            case Ask(what):
                self._answer(what, chat)
            case _:
                deed, by = self._deed(line, chat)
                if answer := await chat.ask(deed, by=by):
                    self._note(answer)
                self._forget(deed)

    def _answer(self, what: str, chat: LiveChat) -> None:
        match what:
            case "help":
                rows = [*((how, does) for how, does, _ in COMMANDS.values()), *SAYINGS]
                self._note("\n".join(f"  {how:<24} {does}" for how, does in rows))
            case "questions":
                asked = [self._script.question(a.label) for a in chat.state.asked]
                self._note(
                    "\n".join(f"{q.name}: {q.ask}" for q in asked) or "No question has been asked yet."
                )
            case _:
                self._note(chat.describe())

    def _deed(self, line: Line, chat: LiveChat) -> tuple[Deed, Author]:
        match line:
            case Speak(name, text, reply_to):
                author = self._author(name)
                target = self._target(reply_to, chat) if reply_to else None
                return Said(
                    Message(secrets.token_hex(8), author, text, self._clock.now(), reply_to=target)
                ), author
            case Edit(name, text):
                old = self._last_of(name)
                now = self._clock.now()
                version = round(now.timestamp() * 1_000_000)
                new = Message(old.id, old.author, text, old.at, version, now, old.reply_to)
                return Said(new), old.author
            case Delete(name):
                return Retracted(self._last_of(name).id), self._author(name)
            case React(name, target, sign):
                return Reacted(self._last_of(target).id, self._author(name), sign), self._author(name)
            case Counts(name, questions):
                author = self._author(name)
                return Placed(
                    self._last_of(name).id, author, tuple(self._label(q) for q in questions)
                ), author
            case ForgetMe(name):
                return Forgotten(_person(name)), self._author(name)
            case Lift("highlight", name):
                return Highlighted(self._last_of(name).id, KEYBOARD), KEYBOARD
            case Lift(what, name):
                return Hidden(self._last_of(name).id, KEYBOARD, on=what == "hide"), KEYBOARD
            case _:
                raise NotUnderstood("That cannot be done here.")

    def _author(self, name: str) -> Author:
        person = _person(name)
        return Author(person, self._names.get(person, name), host=person in self._hosts)

    def _target(self, target: str, chat: LiveChat) -> str:
        """Give the id of what is replied to: a question by its name, or somebody's last message."""
        question = self._question(target)
        if question is None:
            return self._last_of(target).id
        if question.label not in {asked.label for asked in chat.state.asked}:
            raise NotUnderstood(f"{question.name} has not been asked yet.")
        return f"post:{question.name}"

    def _question(self, name: str) -> Question | None:
        wanted = name.casefold()
        return next(
            (q for q in self._script.everything_asked if wanted in (q.name.casefold(), q.label.casefold())),
            None,
        )

    def _label(self, name: str) -> str:
        question = self._question(name)
        if question is None:
            raise NotUnderstood(f"There is no question {name}. Write Q1, Q2, … or none.")
        return question.label

    def _last_of(self, name: str) -> Message:
        said = self._last.get(_person(name))
        if not said:
            raise NotUnderstood(f"{name} has not said anything that is kept.")
        return said[-1]

    def _know(self, message: Message) -> None:
        said = self._last[message.author.id]
        self._names.setdefault(message.author.id, message.author.name)
        if said and said[-1].id == message.id:
            said[-1] = message
        else:
            said.append(message)

    def _forget(self, deed: Deed) -> None:
        """No longer know what is no longer kept."""
        match deed:
            case Retracted(id=id_):
                for said in self._last.values():
                    said[:] = [message for message in said if message.id != id_]
            case Forgotten(person=person):
                self._last.pop(person, None)
            case _:
                pass

    def _note(self, text: str) -> None:
        self._screen.show(text, Tone.NOTE)


def _person(name: str) -> str:
    return " ".join(name.casefold().split())
