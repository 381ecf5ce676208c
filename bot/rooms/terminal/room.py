"""A chat in the terminal: the keyboard is the host and, for trying things, any participant."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable

from bot.answers import Reading
from bot.live import Clock, Delivered, Delivery, LiveChat, News
from bot.messages import Author, Deed, Entry, Forgotten, Message
from bot.recap import Recap
from bot.render import recap as render_recap
from bot.render.plain import wrap
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
from bot.rooms.terminal.voices import KEYBOARD, Voices, in_short, person_of
from bot.script.model import Script
from bot.script.posts import ASKING, WRITING, Kind, Post
from bot.session import Appoint, Late, Next, Over, Paused, Phase, Ready, Repeat, Running, point


class Terminal:
    """The room. What is shown here is a view of what is kept, so posts and messages have ids of hashchat's own.

    `recapped` is set once a recap has been shown. `width` is that of recaps, in columns.
    """

    moment = None
    ways = WRITING

    def __init__(self, script: Script, clock: Clock, screen: Screen, *, width: int = 100) -> None:
        self.recapped = asyncio.Event()
        self.voices = Voices(script)
        self._script = script
        self._clock = clock
        self._screen = screen
        self._width = width
        self._shown: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    def remember(self, entry: Entry) -> None:
        """Know what was kept before, so that it can be replied to or changed."""
        self.voices.remember(entry)
        if entry.author is None:
            self._shown[entry.id].set()

    # The room, for the live chat ---------------------------------------------------------------------------------

    async def catch_up(self) -> None:
        """Do nothing: without the terminal nobody can say anything."""

    async def deliver(self, delivery: Delivery) -> Delivered:
        """Show a post. It is in the room as soon as it is kept, so nothing can fail but reading a recap. Raises StoreError."""
        post = delivery.post
        if delivery.recap:
            self.show_recap(await delivery.recap())
        else:
            text = f"{delivery.text}{self._pictured(post)}"
            self._screen.show(text, Tone.QUESTION if post.kind in ASKING else Tone.BOT)
        self._shown[f"post:{post.key}"].set()
        return Delivered(f"post:{post.key}", self._clock.now())

    def _pictured(self, post: Post) -> str:
        """Say in words what the picture of a question shows, and where it is."""
        image = (
            self._script.question(post.question).image
            if post.kind is Kind.QUESTION and post.question
            else None
        )
        return f"\n[{image.alt}: {image.source}]" if image else ""

    def show_recap(self, recap: Recap) -> None:
        """Show the recap."""
        self._screen.show(render_recap("txt", recap, width=self._width).rstrip(), Tone.RECAP)
        self.recapped.set()

    def acknowledge(self, message: Message, reading: Reading) -> None:
        """Show a message that is kept, with the script's sign if it counts."""
        names = " ".join(self._script.question(label).name for label in reading.answers)
        sign = f" {self._script.acknowledge} {names}" if names and self._script.acknowledge else ""
        edited = " (edited)" if message.version else ""
        head = f"{message.author.name}{edited}{sign}:"
        self._screen.show(message.text, Tone.COUNTED if names else Tone.SAID, head=head)
        self.voices.know(message, reading.answers)

    def changed(self, news: News) -> None:
        """Do nothing: what is on the screen stays as it was."""

    def report(self, text: str) -> None:
        """Tell the host what is wrong."""
        self._screen.show(text, Tone.TROUBLE)

    # What is typed -----------------------------------------------------------------------------------------------

    async def handle(self, line: Line, chat: LiveChat) -> None:
        """Do what a line asks for, and show what came of it. Raises Refusal, NotUnderstood and StoreError."""
        now = self._clock.now()
        match line:
            case Steer(want):
                about = point(self._script, chat.state) if isinstance(want, Next | Repeat) else None
                self._note(await chat.ask(want, by=KEYBOARD, about=about))
            case CoHost(name):
                await chat.ask(Appoint(person_of(name), name), by=KEYBOARD)
                self._note(f"{name} hosts this chat too.")
            case Ask(what):
                self._answer(what, chat)
            case Speak(name, text, reply_to):
                await self._caught_up(chat)
                target = self._target(reply_to, chat) if reply_to else None
                said = self.voices.says(name, text, target, self._clock.now())
                await chat.ask(said, by=said.message.author)
            case ForgetMe(name):
                self._note(await self._do(Forgotten(person_of(name)), self.voices.author(name), chat))
            case Lift() | Edit() | Delete() | React() | Counts():
                deed, by, message = self.voices.deed(line, now)
                if answer := await self._do(deed, by, chat):
                    self._note(f"{answer} ({in_short(message)})")
            case _:
                raise NotUnderstood("That cannot be done here.")

    async def _do(self, deed: Deed, by: Author, chat: LiveChat) -> str:
        answer = await chat.ask(deed, by=by)
        self.voices.done(deed)
        return answer

    async def _caught_up(self, chat: LiveChat) -> None:
        """Wait until the question that was asked last is on the screen: nobody answers what they have not seen."""
        for asked in chat.state.asked[-1:]:
            await self._shown[f"post:{chat.script.question(asked.label).name}"].wait()

    def _target(self, target: str, chat: LiveChat) -> str:
        """Give the id of what is replied to: a question by its name, or somebody's last message."""
        question = self.voices.question(target)
        if question is None:
            return self.voices.last(target).id
        if question.label not in {asked.label for asked in chat.state.asked}:
            raise NotUnderstood(f"{question.name} has not been asked yet.")
        return f"post:{question.name}"

    def _answer(self, what: str, chat: LiveChat) -> None:
        match what:
            case "help":
                self._note(f"As the host:\n{self._table((c.example, c.does) for c in COMMANDS.values())}")
                self._note(f"As anyone, by any name:\n{self._table(SAYINGS)}")
            case "questions":
                asked = [self._script.question(a.label) for a in chat.state.asked]
                questions = "\n".join(f"{q.name}: {q.ask}" for q in asked)
                self._note(questions or "No question has been asked yet.")
            case _:
                self._note(f"{chat.describe()} {self.so_far} so far.")

    # What is said about it ---------------------------------------------------------------------------------------

    @property
    def so_far(self) -> str:
        """Say how many have spoken, and how many answers there are."""
        people, answers = len(self.voices.names), self.voices.answers
        return f"{people} {'person' if people == 1 else 'people'} · {answers} answer{'' if answers == 1 else 's'}"

    def toolbar(self, chat: LiveChat, width: int) -> str:
        """Give one line of that many columns: where the chat stands, what has come so far, what can be typed now."""
        stands, keys = f" {chat.describe().rstrip('.')}", _KEYS[type(chat.state.phase)]
        left = next(
            (f"{stands}{more}" for more in (f"   {self.so_far}", "") if len(stands) + len(more) < width),
            stands,
        )
        right = f"   {keys} "
        return f"{left}{right:>{width - len(left)}}" if len(left) + len(right) <= width else left[:width]

    def welcome(self, chat: LiveChat) -> None:
        """Tell the one at the keyboard what to type."""
        first = [] if not isinstance(chat.state.phase, Ready) else [("/start", "begin")]
        rows = [
            *first,
            SAYINGS[0],
            ("/next  /pause  /end", "steer the chat, once it runs"),
            ("/help", "all that can be typed; Ctrl-C leaves, and the same command goes on"),
        ]
        self._note(f"You are the host and, for trying things, anyone else. Type\n{self._table(rows)}")

    def _table(self, rows: Iterable[tuple[str, str]]) -> str:
        return "\n".join(wrap(does, self._width, f"  {how:<25} ") for how, does in rows)

    def _note(self, text: str) -> None:
        self._screen.show(text, Tone.NOTE)


_KEYS: dict[type[Phase], str] = {
    Ready: "/start  /help",
    Running: "/next  /pause  /help",
    Paused: "/resume  /help",
    Late: "/leave  /help",
    Over: "/help",
}
