"""The hour of tests/hour.py on Discord: its people in several guilds of the loopback server, before the real bot's process.

What the hour leaves open is drawn here: who answers in a question's thread and who by its button. Each person does one thing
after the other; what a command, a form or a thread has to be waited for holds up nobody else. A press that the bot does not
acknowledge is repeated, as people do who are told that the interaction failed.
"""

import asyncio
import json
import os
import random
import re
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import Any, Literal

from discord.utils import snowflake_time
from hour import HANDLE, HOSTS, Deletes, Edits, Highlights, Moves, Reacts, Ref, Says, Step, kept, sections
from piped import FILE, ROOT, script, written
from readers import (
    RECAPS,
    TRANSCRIPTS,
    Posted,
    Recap,
    Said,
    Transcript,
    html_transcript,
    json_transcript,
)
from test_hour import KINDS, SHOWN, expected_transcript, recounted

from bot.store import OPEN, Chat, Record, Store
from tests.discord_server import Answer, Asking, Channel, Message, Person, Place, Server
from tests.discord_server.world import DEFAULT, V2

#: How people answer who do not write in the channel: in the question's thread, or by the form behind its button.
Way = Literal["thread", "form"]
#: How many of the answers that could be given to the question itself are.
THREADS, FORMS = 0.15, 0.25
#: What is no emoji is one of the guild's own.
OWN_SIGNS = {"<b>": "b", "=1": "one"}
#: How long a person waits before an interaction counts as failed, and before the next try, in seconds.
FAILS, PAUSE = 3.2, 0.2
#: Nobody does anything sooner after somebody else, in seconds: Discord's times are in milliseconds.
APART = 0.002
#: Where the hour is never so far behind, something is stuck; in seconds.
STUCK = 120.0


# What is done on Discord -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps of an hour as they are done on Discord, and how what is not simply written in the channel is said."""

    steps: list[Step]
    ways: Mapping[str, Way]


def plan(steps: Iterable[Step], seed: int, *, hears_all: bool) -> Plan:
    """Draw who answers in threads and by forms, and give every sign a form that Discord knows.

    Unless the bot `hears_all`, nobody replies to what is deleted later: a message that was written and deleted while the
    bot was away was never heard, so it would be open under which question talk about it belongs.
    """
    rng = random.Random(seed)
    steps = list(steps)
    gone = set() if hears_all else {step.deed.id for step in steps if isinstance(step.deed, Deletes)}
    ways: dict[str, Way] = {}
    fixed: dict[str, tuple[str, ...]] = {}
    planned = []
    for step in steps:
        deed = step.deed
        match deed:
            case Says(reply_to=Ref(id=target)) if target in gone:
                deed = replace(deed, reply_to=None)
            case Says(id=id_) if label := _may_be_given_to_its_question(deed):
                draw = rng.random() * (1 if deed.reply_to is None else THREADS + FORMS + 0.1)
                if draw < THREADS + FORMS:
                    ways[id_] = "thread" if draw < THREADS else "form"
                    fixed[id_] = (label,)
                    deed = replace(deed, reply_to=label)
            case Edits(id=id_, answers=answers) if id_ in fixed:
                # What was answered by a form stays so; what stands in a thread answers its question unless it says another.
                deed = replace(deed, answers=answers if answers and ways[id_] == "thread" else fixed[id_])
            case Reacts(sign=sign) if sign in OWN_SIGNS:
                deed = replace(deed, sign=f":{OWN_SIGNS[sign]}:")
        planned.append(replace(step, deed=deed))
    return Plan(planned, ways)


def _may_be_given_to_its_question(deed: Says) -> str | None:
    """Give the question to which a message could be given by its thread or its button and be read as the same."""
    if isinstance(deed.reply_to, str):
        return deed.reply_to
    if deed.reply_to or len(deed.answers) != 1 or deed.text.endswith("1/2"):
        return None
    (label,) = deed.answers
    return label if re.match(rf"A{label}[ :.)]", deed.text) else None


def on_discord(*, minutes: str, welcome: str, last_call: str, late: str) -> str:
    """Give the script of the hour with these times instead of its own, with threads, and begun as soon as it is started."""
    text = FILE.read_text(encoding="utf-8")
    for key, value in (
        ("minutes_per_question", minutes),
        ("minutes", minutes),
        ("first_question_after", welcome),
        ("last_call", last_call),
        ("late_answers", late),
    ):
        text, changed = re.subn(rf"^(\s*{key}:) .*$", rf"\1 {value}", text, flags=re.MULTILINE)
        assert changed == 1, key
    return (
        re.sub(r"^(starts|timezone|next): .*$", "", text, flags=re.MULTILINE) + "\nquestion_threads: true\n"
    )


# The bot -----------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Bot:
    """The bot's process, started as the README says, with its database, its script and its log in a new folder."""

    server: Server
    folder: Path
    script: str
    lives: int = 0
    died: asyncio.Event = field(default_factory=asyncio.Event)
    _process: asyncio.subprocess.Process | None = None

    def __post_init__(self) -> None:
        self.folder.mkdir()
        (self.folder / "macrosw.yaml").write_text(self.script, encoding="utf-8")

    @property
    def db(self) -> Path:
        return self.folder / "hashchat.db"

    @property
    def log(self) -> str:
        """All that its processes have said."""
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    async def start(self) -> None:
        self.died = asyncio.Event()
        self.lives += 1
        with (self.folder / "log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "discord", "--db", str(self.db), "--questions", str(self.folder), cwd=ROOT,
                env=os.environ | {"DISCORD_TOKEN": self.server.token, "DISCORD_API_URL": self.server.api_url,
                                  "DISCORD_GATEWAY_URL": self.server.gateway_url},
                stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip

    async def kill(self) -> None:
        """End it with SIGKILL. It must not have ended before."""
        assert self._process
        assert self._process.returncode is None, f"The bot has ended by itself:\n{self.log[-4000:]}"
        self._process.kill()
        await self._process.wait()
        self.died.set()

    async def stop(self) -> int:
        """End it as a service is ended, and give its exit status."""
        assert self._process
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
        return await self._process.wait()

    async def leave(self) -> None:
        """Let nothing of it be left."""
        if self._process and self._process.returncode is None:
            await self.kill()


# One guild ---------------------------------------------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class Hour:
    """The hour of one guild. `done` has each step with the moment (an id) at which it was done, `ids` what is kept as what.

    `span` is how long the steps about one question take from when it is asked, in seconds.
    """

    place: Place
    bot: Bot
    plan: Plan
    span: float
    done: list[tuple[int, Step]] = field(default_factory=list)
    ids: dict[str, int] = field(default_factory=dict)
    asked: dict[str, float] = field(default_factory=dict)
    failed: int = 0
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)
    _posts: dict[str, Message] = field(default_factory=dict)
    _shown: dict[str, Message] = field(default_factory=dict)
    _signs: dict[str, str] = field(default_factory=dict)
    _sent: dict[int, list[int]] = field(default_factory=dict)
    _last: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for name in HOSTS:
            self.place.person(name, host=True)
        self._signs = {f":{name}:": self.place.emoji(name) for name in OWN_SIGNS.values()}

    @property
    def server(self) -> Server:
        return self.place.server

    @property
    def channel(self) -> Channel:
        return self.place.channel

    @property
    def host(self) -> Person:
        return self.place.person(HANDLE)

    @property
    def steps(self) -> list[Step]:
        """The steps in the order in which they were done."""
        return [step for _, step in sorted(self.done, key=lambda each: each[0])]

    async def begin(self) -> None:
        """Start the chat."""
        await self.server.until(lambda: self.server.world.commands.get(None), "the commands")
        await self.command("chat start", "begins now", script="macrosw")

    async def command(self, name: str, well: str, **options: Any) -> None:
        """Have the host use a command until it is answered with these words."""
        await self._told(lambda: self.host.runs(name, **options), lambda answer: well in answer.text)

    async def hold(self, after: Callable[["Hour", str], Awaitable[None]] | None = None) -> None:
        """Do all steps, each at its time; after those of each question, something else."""
        times = {label: (start, end) for label, start, end in sections(script())}
        for label, steps in groupby(self.plan.steps, key=lambda step: step.floor):
            await self._question(label)
            start, end = times[label]
            for step in steps:
                await moment(self.asked[label] + self.span * ((step.at - start) / (end - start)))
                self._do(step)
            if after:
                await self.all_done()
                await after(self, label)
        await self.all_done()

    async def all_done(self) -> None:
        """Wait until all that was begun is done."""
        tasks, self._tasks = self._tasks, []
        async with asyncio.timeout(STUCK):
            await asyncio.gather(*tasks)

    async def has_asked(self, number: int) -> float:
        """Give when so many questions had been asked, by the loop's clock, or the closing said after the last."""
        labels = [question.label for question in script().everything_asked]
        if number <= len(labels):
            await self._question(labels[number - 1])
            return self.asked[labels[number - 1]]
        await self.place.message(self.channel, "That was #MacroSW", patience=STUCK)
        return asyncio.get_running_loop().time()

    async def _question(self, label: str) -> Message:
        """Wait until a question is asked."""
        if label not in self._posts:
            name = next(q.name for q in script().everything_asked if q.label == label)
            self._posts[label] = await self.place.message(self.channel, f"{name}: ", patience=STUCK)
            self.asked[label] = asyncio.get_running_loop().time()
        return self._posts[label]

    # Steps -----------------------------------------------------------------------------------------------------------

    def _do(self, step: Step) -> None:
        """Begin a step: after what the same person does, and what is done about the same messages."""
        about = tuple(_about(step))
        before = [self._last[key] for key in about if key in self._last]
        task = asyncio.create_task(self._after(before, step))
        self._last.update(dict.fromkeys(about, task))
        self._tasks.append(task)

    async def _after(self, before: list[asyncio.Task[None]], step: Step) -> None:
        await asyncio.gather(*before)
        who = self.place.person(step.who)
        match step.deed:
            case Says() as said:
                self.ids[said.id] = await self._say(who, said)
                self.done.append((self._sent.get(self.ids[said.id], [self.ids[said.id]])[0], step))
                return
            case Edits(id=id_, text=text):
                await self._edit(who, id_, text)
            case Deletes(id=id_):
                await self._delete(who, id_)
            case Reacts(to=ref, sign=sign):
                who.reacts(await self._message(ref.id), self._signs.get(sign, sign))
            case Moves(id=id_, answers=answers):
                await self._move(who, await self._message(id_), answers)
            case Highlights(message=ref):
                message = await self._message(ref.id)
                # Once more takes it back, so who does not know whether it was done looks at what is said.
                await self._told(
                    lambda: who.applies("Highlight", message), lambda a: a.text.startswith("Highlighted.")
                )
        self.done.append((self.server.world.ids(), step))

    async def _turn(self) -> None:
        """Wait until some time has passed since anybody did anything."""
        async with self._one_at_a_time:
            await moment(asyncio.get_running_loop().time() + APART)

    async def _say(self, who: Person, said: Says) -> int:
        way, label = self.plan.ways.get(said.id), said.reply_to
        target: Message | None = None
        channel = self.channel
        if isinstance(label, Ref):
            target = await self._message(label.id)
            channel = target.channel
        elif label is not None:
            question = await self._question(label)
            if way == "form":
                return await self._fill_in(who, question, said.text)
            target = question if way is None else None
            channel = await self.server.until(lambda: question.thread, "a thread", STUCK) if way else channel
        await self._turn()
        message = who.says(channel, said.text, reply_to=target)
        self._shown[said.id] = message
        return message.id

    async def _edit(self, who: Person, id: str, text: str) -> None:
        message = await self._message(id)
        if message.author is who.user:
            who.edits(message, text)
            return

        async def form() -> Answer | None:
            menu = await self._answer(who.presses(message, "Edit or withdraw"))
            return await self._answer(who.presses(_of(menu), "Edit")) if menu and menu.buttons else None

        while True:
            shown = await form()
            if shown and shown.modal:
                filled = {"Your answer": text}
                answer = await self._answer(who.submits(shown.modal, filled))
                if answer and answer.text == "Changed.":
                    return
            await self._again()

    async def _delete(self, who: Person, id: str) -> None:
        message = await self._message(id)
        if message.author is who.user:
            who.deletes(message)
            return
        while not message.deleted:
            with suppress(ValueError):  # it is gone by now
                menu = await self._answer(who.presses(message, "Edit or withdraw"))
                if menu and "not part of this chat" in menu.text:
                    return
                answer = menu and menu.buttons and await self._answer(who.presses(_of(menu), "Withdraw"))
                if answer and answer.text.startswith("Withdrawn"):
                    return
            await self._again()

    async def _move(self, who: Person, message: Message, answers: tuple[str, ...]) -> None:
        names = " and ".join(script().question(label).name for label in answers) or "no question"
        while True:
            menu = await self._answer(who.applies("Answers question…", message))
            if menu and menu.buttons:
                select = "Which question does it answer?"
                answer = await self._answer(who.chooses(_of(menu), select, *answers))
                if answer and f"Counts for {names}." in answer.text:
                    return
            await self._again()

    async def _fill_in(self, who: Person, question: Message, text: str) -> int:
        """Answer by the form; give the id under which that is kept. Who is not told that it is kept sends the form again."""
        form = await self._shown_form(who, question)
        kept_as = int(form["custom_id"].split(":")[3].partition(".")[0])
        while True:
            await self._turn()
            asking = who.submits(form, {"Your answer": text})
            self._sent.setdefault(kept_as, []).append(asking.interaction.id)
            answer = await self._answer(asking)
            if answer and answer.text.startswith("Kept."):
                return kept_as
            await self._again()

    async def _shown_form(self, who: Person, question: Message) -> dict[str, Any]:
        answer = await self._told(
            lambda: who.presses(question, "Answer"), lambda told: told.modal is not None
        )
        assert answer.modal
        return answer.modal

    async def _message(self, id: str) -> Message:
        """Give what shows a message in Discord: the message itself, or the bot's post of an answer given by a form."""
        if id not in self._shown:
            kept_as = self.ids[id]
            self._shown[id] = await self.server.until(
                lambda: next(iter(self.echoes().get(kept_as, ())), None), f"the post of {id}", STUCK
            )
        return self._shown[id]

    def echoes(self) -> dict[int, list[Message]]:
        """Give the bot's posts of what was answered by forms, by the id under which that is kept."""
        found: dict[int, list[Message]] = {}
        for channel in self.place.guild.channels.values():
            for message in channel.messages.values():
                for custom_id in message.buttons() if message.author.bot else ():
                    if custom_id.startswith("own:"):
                        found.setdefault(int(custom_id.split(":")[2]), []).append(message)
        return found

    # Interactions ----------------------------------------------------------------------------------------------------

    async def _told(self, ask: Callable[[], Asking], well: Callable[[Answer], bool]) -> Answer:
        """Ask for something again and again, until the answer is as it should be."""
        while True:
            answer = await self._answer(ask())
            if answer and well(answer):
                return answer
            await self._again()

    async def _answer(self, asking: Asking) -> Answer | None:
        """Give the answer to an interaction, or None where it fails: it never does well while the bot is away."""
        died = asyncio.create_task(self.bot.died.wait())
        answered = asyncio.create_task(asking.answered(FAILS))
        await asyncio.wait({died, answered}, return_when=asyncio.FIRST_COMPLETED)
        for task in (died, answered):
            task.cancel()
        await asyncio.wait({died, answered})
        if answered.cancelled() or isinstance(answered.exception(), TimeoutError):
            self.failed += 1
            return None
        return answered.result()

    async def _again(self) -> None:
        await moment(asyncio.get_running_loop().time() + PAUSE)
        await self.server.until(lambda: self.server.gateway.connected, "the bot", STUCK)

    # What is there -----------------------------------------------------------------------------------------------------

    async def settled(self, store: Store) -> Chat:
        """Wait until all that is to be left of the hour is kept, and shown; give the chat."""
        (chat,) = await store.chats(f"discord:{self.place.id}")
        record = store.record(chat)
        expected = {
            str(self.ids[each.id]): (
                each.text,
                each.answers,
                each.edited,
                each.highlighted,
                dict(each.reactions),
            )
            for each in kept(self.steps)
        }
        forms = {self.ids[id_] for id_, way in self.plan.ways.items() if way == "form"}
        shown = {id_ for id_ in forms if str(id_) in expected}
        deadline = asyncio.get_running_loop().time() + STUCK
        while True:
            found = {
                each.id: (
                    each.text,
                    each.answers,
                    each.edited_at is not None,
                    each.highlighted,
                    dict(each.reactions),
                )
                async for each in record.entries()
                if each.author
            }
            if found == expected and self.echoes().keys() == shown:
                await self._know_which_was_kept(record)
                return chat
            if asyncio.get_running_loop().time() > deadline:
                wrong = [(id_, found.get(id_), expected.get(id_)) for id_ in found.keys() | expected.keys()]
                raise TimeoutError(
                    f"Of guild {self.place.guild.name} is kept, and ought to be: {[w for w in wrong if w[1] != w[2]]}; "
                    f"posts of answers: {self.echoes().keys() ^ shown}. The bot says:\n{self.bot.log[-4000:]}"
                )
            await moment(asyncio.get_running_loop().time() + PAUSE)

    async def _know_which_was_kept(self, record: Record) -> None:
        """Put each answer by a form to the time at which it was sent for the first time that came through."""
        kept_at = {int(each.id): each.at for each in await record.some([str(id_) for id_ in self._sent])}
        came = {sent[0]: next(id_ for id_ in sent if snowflake_time(id_) == kept_at[kept])
                for kept, sent in self._sent.items() if kept in kept_at}  # fmt: skip
        self.done = [(came.get(moment, moment), step) for moment, step in self.done]


def _about(step: Step) -> Iterator[str]:
    """Give whom and which messages a step is about."""
    yield step.who
    match step.deed:
        case Says(id=id_, reply_to=reply_to):
            yield id_
            if isinstance(reply_to, Ref):
                yield reply_to.id
        case Edits(id=id_) | Deletes(id=id_) | Moves(id=id_):
            yield id_
        case Reacts(to=ref) | Highlights(message=ref):
            yield ref.id


def _of(answer: Answer) -> Message:
    assert answer.message
    return answer.message


async def moment(time: float) -> None:
    """Wait for a moment of the loop's clock that was drawn or planned; one that is past is not waited for."""
    loop = asyncio.get_running_loop()
    if time > loop.time():
        come = asyncio.Event()
        loop.call_at(time, come.set)
        await come.wait()


# Whether it is as it should be -------------------------------------------------------------------------------------


async def check_what_is_kept(
    hour: Hour, chat: Chat, kinds: Mapping[str, int] = KINDS, *, may_lack: Collection[str] = ()
) -> None:
    """Read all transcripts and recaps of a guild's chat back and compare them with what was done there.

    `kinds` says how often the bot is to have posted what, those that it `may_lack` at most.
    """
    db = hour.bot.db
    found = json_transcript(await written(db, "transcript", chat.name, "--format", "json"))
    expected = expected_transcript(hour.steps, as_met(found))
    asked = [question.name for question in script().everything_asked]
    for form, reader in TRANSCRIPTS.items():
        read = reader(await written(db, "transcript", chat.name, "--format", form))
        shown = SHOWN.get(form, SHOWN["json"])
        said = [entry for entry in read if isinstance(entry, Said)]
        ought = [replace(entry, text=shown(entry.text)) for entry in expected]
        assert said == ought, (
            f"{form}: {[both for both in zip(said, ought, strict=False) if both[0] != both[1]]}"
        )
        posts = [entry for entry in read if isinstance(entry, Posted)]
        assert [post.question for post in posts if post.kind == "question"] == asked, form
        number = Counter(post.kind for post in posts)
        assert number <= Counter(kinds), form
        assert (Counter(kinds) - number).keys() <= set(may_lack), form
    recap = recounted(expected)
    for form, recap_reader in RECAPS.items():
        read_recap = recap_reader(await written(db, "recap", chat.name, "--format", form))
        assert read_recap == as_shown(recap, SHOWN[form]), form
        assert read_recap.talk == recap.talk, form


def as_met(found: Transcript) -> Transcript:
    """Put a question also before talk that is filed under it although it was shown later only.

    A question is decided on, and shown after the next start where the process is killed in between: what is heard before
    that belongs to it, what is read later does not.
    """
    met: Transcript = []
    floor = ""
    for number, entry in enumerate(found):
        if isinstance(entry, Posted):
            floor = entry.question or floor
            met.append(entry)
            continue
        coming = next((e.question for e in found[number:] if isinstance(e, Posted) and e.question), "")
        if coming and entry.under == coming and not entry.answers and not entry.reply:
            met += [Posted("question", coming), entry, Posted("question", floor)]
        else:
            met.append(entry)
    return met


def as_shown(recap: Recap, shown: Callable[[str], str]) -> Recap:
    """Give a recap with what people wrote as a form shows it."""
    questions = {
        name: (answers, people, [replace(b, text=shown(b.text)) for b in best])
        for name, (answers, people, best) in recap.questions.items()
    }
    return replace(recap, questions=questions)


async def check_what_is_there(hour: Hour, chat: Chat) -> None:
    """See that the bot has posted all that is kept as posted, each answer from a form, and one recap: each once, no more."""
    entries = json.loads(await written(hour.bot.db, "transcript", chat.name, "--format", "json"))["entries"]
    echoes = hour.echoes()
    assert {len(posts) for posts in echoes.values()} == {1}
    shown = {post.id for (post,) in echoes.values()}
    own = [
        m for m in hour.channel.messages.values() if m.author.bot and m.type == DEFAULT and m.id not in shown
    ]
    recap = [message for message in own if message.flags & V2]
    assert {str(m.id) for m in own if m not in recap} == {
        each["id"] for each in entries if not each["author"]
    }
    texts = "\n".join(message.text for message in recap)
    assert len(re.findall(r"^# ", texts, re.MULTILINE)) == 1
    assert [message for message in recap if "My answers" in message.buttons().values()] == recap[-1:]
    said = [message for message in kept(hour.steps) if message.answers]
    assert f"{len(said)} answers" in texts
    (page,) = recap[-1].attachments
    read = [entry for entry in html_transcript(page.data) if isinstance(entry, Said)]
    assert [(s.who, s.text, s.answers) for s in read] == [
        (s.who, SHOWN["html"](s.text), s.answers)
        for s in expected_transcript(hour.steps, json_transcript(json.dumps({"entries": entries}).encode()))
    ]
    assert not hour.channel.pins()
    assert len(hour.place.guild.threads()) == len(script().everything_asked)


@asynccontextmanager
async def living(server: Server, folder: Path, text: str) -> AsyncIterator[Bot]:
    """Give a bot that is to be started, with its script in a folder of its own; none of it is left at the end."""
    bot = Bot(server, folder, text)
    try:
        yield bot
    finally:
        await bot.leave()


async def brought_up_to_date(store: Store, chat: Chat) -> None:
    """Wait until the chat is over and all is tidied up, its recap brought up to date."""
    async with asyncio.timeout(STUCK):
        while await store.record(chat).notes(OPEN):
            await moment(asyncio.get_running_loop().time() + PAUSE)
