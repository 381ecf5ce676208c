"""An hour of a chat, drawn up after the figures of real ones: who does what when, and what it ought to be read as.

The figures were counted over some 9,500 public posts of hashtag chats: how often people label what they answer and in
which form, how late, how often they repeat each other, how much each of them writes. Nothing here knows of a room:
the steps are what people do, in the chat's own time, and `terminal_line` is one way to write them down. Only somebody's
last message is ever replied to, changed or reacted to, which every room can do.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import product
from statistics import NormalDist

from bot.script.model import Script

PEOPLE = 60
MESSAGES = 450
MOST_TALKATIVE = 40

#: How often of all messages: with a label, a repeat, a reply to a person, a reply to a question; the rest is talk.
LABELLED, REPEATS, REPLIES, REPLIES_TO_QUESTIONS = 0.29, 0.22, 0.17, 0.03
#: How many answers come after the next question, and after two more.
LATE, VERY_LATE = 0.16, 0.03
#: The time from a question to its answers is lognormal: median 4.9 minutes, 90th percentile 11.4.
DELAY = timedelta(minutes=4.9)
SPREAD = 0.66
#: How many more at once, and how often, so that there are up to some 15 within a minute.
BURST, BURSTS = 5, 3
#: Nothing is said so shortly after a question is posted, nor before the next one.
AFTER, BEFORE = timedelta(seconds=10), timedelta(seconds=40)

#: How often after a message somebody does something about one of the latest.
REACTIONS, EDITS, DELETIONS, MOVES, HIGHLIGHTS = 0.2, 0.06, 0.025, 0.03, 0.06
PARTS = 10

HOST = "the #MacroSW partners"
HANDLE = "MacroSW"
GUEST = "a guest expert"
#: Names that would do harm where they are not escaped. They fit the lines of the terminal.
HOSTILE_NAMES = ("=SUM(1)", "*star*", "<img", "&amp;", "O'Neil")
_NAMES = """ana bo Carmen dmitri Eun-ji Fatima GraceSW hassan Ines jamal Kofi Lena malik nadia Olu Priya Quentin rosa
    Sofía Tariq uma viktor Wren Xochitl yusuf Zoë Amara benji Chidi daria Elif Farid greta Hiroshi Imani João_B kai
    Leilani Mateo ngozi Oskar paloma ravi selma_k thabo Ulla vera Will_MSW xavier Yara zeynep 李雷"""
HOSTS = (HOST, HANDLE)


@dataclass(frozen=True, slots=True)
class Ref:
    """Somebody's message."""

    id: str
    who: str


@dataclass(frozen=True, slots=True)
class Says:
    """Writes something: what it answers (labels), and the question that it is filed under where its text says so.

    Otherwise it is filed with what it replies to (a message or a question's label), or under the question on the floor.
    """

    id: str
    text: str
    answers: tuple[str, ...] = ()
    under: str | None = None
    reply_to: Ref | str | None = None


@dataclass(frozen=True, slots=True)
class Edits:
    """Changes their last message, which answers that now, unless somebody has said otherwise."""

    id: str
    text: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Deletes:
    """Removes their last message."""

    id: str


@dataclass(frozen=True, slots=True)
class Reacts:
    """Puts a sign on somebody's last message."""

    to: Ref
    sign: str


@dataclass(frozen=True, slots=True)
class Moves:
    """Says which questions their last message answers, or none."""

    id: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Highlights:
    """Lifts out somebody's last message, as a host."""

    message: Ref


Deed = Says | Edits | Deletes | Reacts | Moves | Highlights


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that somebody does: `at` so long after the welcome, while the question `floor` (a label) is on the floor.

    It must not be done before that question is in the room, and should be done before the next one is.
    """

    at: timedelta
    floor: str
    who: str
    deed: Deed


# What is to be left of it ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kept:
    """A message as it ought to be kept. `reactions` has (sign, people), sorted, `admirers` whoever reacted."""

    id: str
    who: str
    text: str
    answers: tuple[str, ...]
    under: str
    reply_to: Ref | str | None = None
    edited: bool = False
    moved: bool = False
    highlighted: bool = False
    reactions: tuple[tuple[str, int], ...] = ()
    admirers: frozenset[str] = frozenset()


def kept(steps: Iterable[Step], floors: Mapping[str, str] | None = None) -> list[Kept]:
    """Give all that is to be kept after those steps, in the order in which it was said.

    `floors` has the question that was really on the floor when a message was said, by its id, where that is known.
    """
    messages: dict[str, Kept] = {}
    for messages in course(steps, floors):  # noqa: B007  (the last is wanted)
        pass
    return list(messages.values())


def course(steps: Iterable[Step], floors: Mapping[str, str] | None = None) -> Iterator[dict[str, Kept]]:
    """Give what is to be kept at first, and after each step: always the same dictionary."""
    floors = floors or {}
    messages: dict[str, Kept] = {}
    yield messages
    for step in steps:
        match step.deed:
            case Says(id, text, answers, under, reply_to):
                target = messages.get(reply_to.id) if isinstance(reply_to, Ref) else None
                filed = target.under if target else floors.get(id, step.floor)
                under = answers[0] if answers else under or filed
                messages[id] = Kept(id, step.who, text, answers, under, reply_to)
            case Edits(id, text, answers):
                old = messages[id]
                if not old.moved:
                    filed = answers[0] if answers else _filed(old, messages, floors.get(id, step.floor))
                    old = replace(old, answers=answers, under=filed)
                messages[id] = replace(old, text=text, edited=True)
                _file_replies(id, messages)
            case Deletes(id):
                del messages[id]
            case Moves(id, answers):
                under = answers[0] if answers else messages[id].under
                messages[id] = replace(messages[id], answers=answers, under=under, moved=True)
                _file_replies(id, messages)
            case Reacts(to, sign):
                counts = dict(messages[to.id].reactions)
                counts[sign] = counts.get(sign, 0) + 1
                messages[to.id] = replace(
                    messages[to.id],
                    reactions=tuple(sorted(counts.items())),
                    admirers=messages[to.id].admirers | {step.who},
                )
            case Highlights(message):
                messages[message.id] = replace(messages[message.id], highlighted=True)
        yield messages


def _filed(message: Kept, messages: Mapping[str, Kept], floor: str) -> str:
    target = messages.get(message.reply_to.id) if isinstance(message.reply_to, Ref) else None
    return target.under if target else floor


def _file_replies(id: str, messages: dict[str, Kept]) -> None:
    """Take along the talk that hangs on a message that is filed elsewhere now."""
    for reply in list(messages.values()):
        hangs = isinstance(reply.reply_to, Ref) and reply.reply_to.id == id
        if hangs and not reply.answers and not reply.moved and reply.under != messages[id].under:
            messages[reply.id] = replace(reply, under=messages[id].under)
            _file_replies(reply.id, messages)


# How it is typed into the terminal ---------------------------------------------------------------------------------


def question_name(label: str) -> str:
    """Give what a question is called."""
    return f"Q{label}" if label[0].isdigit() else label


def terminal_line(step: Step) -> str:
    """Write a step as a line of the terminal room."""
    who = step.who
    match step.deed:
        case Says(text=text, reply_to=Ref(who=target)):
            return f"{who} >{target}: {text}"
        case Says(text=text, reply_to=str() as label):
            return f"{who} >{question_name(label)}: {text}"
        case Says(text=text):
            return f"{who}: {text}"
        case Edits(text=text):
            return f"{who} edit: {text}"
        case Deletes():
            return f"{who} delete:"
        case Reacts(to, sign):
            return f"{who} react {to.who}: {sign}"
        case Moves(answers=answers):
            return f"{who} counts {'+'.join(map(question_name, answers)) or 'none'}:"
        case Highlights(message):
            return f"/highlight {message.who}"


def terminal_lines(steps: Iterable[Step], since: timedelta, *, pace: float = 1.0) -> Iterator[str]:
    """Write steps as lines of the terminal room, with what has to be waited before each, so many times shortened."""
    for step in steps:
        gap = (step.at - since).total_seconds() / pace
        if gap >= 0.001:
            yield f"/wait {gap:.3f}s"
        yield terminal_line(step)
        since = step.at


# What people write -------------------------------------------------------------------------------------------------

_BEGIN = (
    "I think", "For us", "In my agency", "My students say that", "We found that", "To me", "Honestly", "At first",
    "My supervisor says that", "In our community", "Most days", "As a school social worker I find that",
)  # fmt: skip
_MIDDLE = (
    "listening", "trust", "the case file", "advocacy", "a good interview", "the budget", "policy work", "the family",
    "our licensing board", "organising", "reflection", "research", "the caseload", "an honest conversation",
)  # fmt: skip
_END = (
    "comes before everything else", "changes what one person can do", "is where both meet", "keeps us apart",
    "needs more time than we get", "teaches humility", "is never neutral", "opens doors", "wears people out",
    "belongs in every curriculum", "is what I would fight for", "is the same skill under another name",
)  # fmt: skip
_TALK = (
    "Hello everyone!", "Thanks!", "So true.", "👏👏👏", "+1", "=) that made my evening", "- brb, the cat is on my keyboard",
    "@MacroSW glad to be here", "@MacroSW what question are we on?", "it is going too fast for me", "LOL",
    "Hi from Ohio! #MacroSW", "where do I find the archive?", "sorry, late to the party tonight!", "this. all of this.",
    "…and my coffee is cold", "@MacroSW lurking tonight", "Can somebody say more about that?", "+ what they said",
)  # fmt: skip
#: What looks as though it had a label, and has none.
_TRAPS = (
    "Start your answers with A1 etc.", "will search for your A2", "should be A2", "made it in time for Q1",
    "we come back to this in Q5", "Q6 coming up", "we got a 10% score last year", "it was a 3 day poll",
    "my a1c is fine, thanks for asking", "the A4 paper is out again", "read this https://example.org/q3AyY",
    "I have been doing this for 20 years", "sorry, I keep forgetting to put the number",
)  # fmt: skip
#: What does harm where it is not escaped: in a page, in Markdown, in a spreadsheet, in a terminal.
_HOSTILE = (
    "<script>alert(1)</script>", "</p></div><img src=x onerror=alert(1)>", "=HYPERLINK(\"https://evil.example/\",\"x\")",
    "@SUM(1+1)*cmd|' /C calc'!A0", "+1+1", "-2+3+cmd|' /C calc'!A0", "{{ 7 * 7 }} {% raw %}", "**not bold** _nor this_ `x`",
    "[click](javascript:alert(1)) ![x](https://evil.example/x.png)", "1. no list", "> no quote", "--- # no heading",
    "\x1b[31mred\x1b[0m and \x07 a bell", "turned \u202eround\u202c again", "&lt;b&gt; &amp; &#60;", "'quoted' \"twice\"",
    "<!-- gone --> but here", "a | b | c ~~d~~ $e$", "\\*back\\* \\\\slashes", "日本語とعربيةとעברית", "́̂̃ zalgo",
)  # fmt: skip
_LINKS = tuple(
    f"https://example.org/{path}"
    for path in (
        "micro", "macro_(practice)", "a_b_c?x=1&y=2", "report.pdf", "#who", "story/2015/04", "podcast", "Toolkit",
        "käse", "long/" + "path-" * 30,
    )
)  # fmt: skip
_REPLIES = (
    "Well said",
    "Yes, and",
    "Why is that?",
    "Thank you for this",
    "Not in my experience",
    "Love this",
    "+1",
)
_SIGNS = ("❤", "👍", "😂", "🎉", "<b>", "=1")

#: How labels are written, with how often of a hundred; the text follows.
_FORMS: tuple[tuple[float, str], ...] = (
    (58, "{a} {t}"), (12, "{a}: {t}"), (11, "{a}. {t}"), (10, "{a}) {t}"), (1.5, "{a}- {t}"), (1, "{a} – {t}"),
    (1, "{l} {t}"), (1, "{l}) {t}"), (3, "{q}: {t}"), (1, "{q} {t}"), (1, "#{a} {t}"), (1, "{t}. {a}."),
    (1, "Hello from me! {a} {t}"), (0.5, "{a}-- {t}"), (0.5, "Late {a}: {t}"),
)  # fmt: skip


@dataclass(slots=True)
class _Written:
    """A message while the hour is drawn up. `plain`: nothing in it stands in the way of repeating or changing it.

    `settled`: it was moved or lifted out, and is not changed any more.
    """

    ref: Ref
    text: str
    plain: bool
    floor: int
    answers: bool
    settled: bool = False


@dataclass(frozen=True, slots=True)
class _Slot:
    """A message to be written: when, by whom, and (for an answer with a label) to which question."""

    at: timedelta
    who: str
    kind: Callable[["_Hour", "_Slot"], None]
    label: str | None = None


def draw(script: Script, seed: int) -> list[Step]:
    """Draw up an hour of that script, the same for the same seed: `PEOPLE` people, `MESSAGES` messages."""
    return _Hour(script, random.Random(seed)).draw()


@dataclass(slots=True)
class _Hour:
    script: Script
    rng: random.Random
    steps: list[Step] = field(default_factory=list)
    said: dict[str, list[_Written]] = field(default_factory=lambda: defaultdict(list))
    latest: list[_Written] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    reacted: set[tuple[str, str, str]] = field(default_factory=set)
    sections: list[tuple[str, timedelta, timedelta]] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    written: int = 0

    def draw(self) -> list[Step]:
        self.sections = list(sections(self.script))
        self.sentences = [" ".join(words) for words in product(_BEGIN, _MIDDLE, _END)]
        self.rng.shuffle(self.sentences)
        people = _people()
        parts = set(self.rng.sample(range(round(MESSAGES * LABELLED)), PARTS))
        answers = 0
        for slot in self._slots(people):
            kind = slot.kind
            if slot.label is not None:
                kind = _Hour._parts if answers in parts else kind
                answers += 1
            kind(self, slot)
            self._deeds(slot, people)
        return self.steps

    # When, and by whom -----------------------------------------------------------------------------------------------

    def _slots(self, people: list[str]) -> list[_Slot]:
        """Give the messages to be written, in the order of their times."""
        rng = self.rng
        number = MESSAGES - PARTS
        labelled = round(MESSAGES * LABELLED)
        behind = [2] * round(labelled * VERY_LATE) + [1] * round(labelled * LATE)
        answers = [self._answer_time(n) for n in behind + [0] * (labelled - len(behind))]
        times = self._other_times(number - len(answers))
        kinds = self._other_kinds(len(times))
        writers = list(_writers(people, number))
        rng.shuffle(writers)
        slots = [_Slot(at, "", _Hour._answer, label) for label, at in answers]
        slots += [_Slot(at, "", kind) for at, kind in zip(times, kinds, strict=True)]
        slots = [replace(slot, who=_fitting(slot, who)) for slot, who in zip(slots, writers, strict=True)]
        return sorted(slots, key=lambda slot: slot.at)

    def _answer_time(self, behind: int) -> tuple[str, timedelta]:
        """Draw a question, and when somebody answers it, so many more having been asked since."""
        ends = [end for _, _, end in self.sections]
        number = self.rng.choices(
            range(len(ends) - behind),
            [(end - start).total_seconds() for _, start, end in self.sections[behind:]],
        )[0]
        label, asked, _ = self.sections[number]
        _, start, end = self.sections[number + behind]
        while True:
            at = asked + DELAY * 2.718281828 ** self.rng.gauss(0, SPREAD)
            if start + AFTER <= at < end - BEFORE:
                return label, at

    def _other_times(self, number: int) -> list[timedelta]:
        end = self.sections[-1][2]
        centres = [self._within(end * (n + self.rng.random()) / BURSTS) for n in range(BURSTS)]
        times = [
            self._within(centre + timedelta(seconds=self.rng.choice((0, 0, self.rng.uniform(-20, 20)))))
            for centre in centres
            for _ in range(BURST)
        ]
        rest = number - len(times)
        return times + [self._within(end * (n + self.rng.random()) / rest) for n in range(rest)]

    def _within(self, at: timedelta) -> timedelta:
        """Take a time into the hour, and out of the quiet around the questions."""
        at = min(max(at, timedelta()), self.sections[-1][2] - timedelta(seconds=1))
        for _, start, end in self.sections:
            if start <= at < end and not start + AFTER <= at < end - BEFORE:
                return start + AFTER + (end - BEFORE - start - AFTER) * self.rng.random()
        return at

    def _other_kinds(self, number: int) -> list[Callable[["_Hour", _Slot], None]]:
        shares = (
            (REPEATS, _Hour._repeat), (REPLIES, _Hour._reply), (REPLIES_TO_QUESTIONS, _Hour._reply_to_question),
            (0.03, _Hour._hosts), (0.03, _Hour._trap), (0.05, _Hour._hostile), (0.04, _Hour._link),
        )  # fmt: skip
        kinds = [kind for share, kind in shares for _ in range(round(share * MESSAGES))]
        kinds += [_Hour._talk] * (number - len(kinds))
        self.rng.shuffle(kinds)
        return kinds

    # What ------------------------------------------------------------------------------------------------------------

    def _floor(self, at: timedelta) -> int:
        return max(number for number, (_, start, _) in enumerate(self.sections) if start <= at)

    def _do(self, at: timedelta, who: str, deed: Deed) -> None:
        at = max(at, self.steps[-1].at) if self.steps else at
        self.steps.append(Step(at, self.sections[self._floor(at)][0], who, deed))

    def _say(
        self,
        slot: _Slot,
        text: str,
        *,
        answers: tuple[str, ...] = (),
        under: str | None = None,
        reply_to: Ref | str | None = None,
        plain: bool = False,
    ) -> None:
        self.written += 1
        ref = Ref(f"m{self.written}", slot.who)
        self._do(slot.at, slot.who, Says(ref.id, text, answers, under, reply_to))
        written = _Written(ref, text, plain, self._floor(self.steps[-1].at), bool(answers))
        self.said[slot.who].append(written)
        self.latest = [*self.latest[-9:], written]

    def _sentence(self) -> str:
        return self.sentences.pop()

    def _answer(self, slot: _Slot) -> None:
        """Answer with a label, in one of the forms in which people write them."""
        draw = self.rng.random()
        floor = self._floor(slot.at)
        label = slot.label or "1"
        if draw < 0.04 and floor >= 4:
            text, answers = self._several(floor)
            self._say(slot, text, answers=answers)
            return
        hail = self.rng.random() < 0.26
        text = self._labelled(label, self._sentence(), hail=hail, hosting=slot.who in HOSTS)
        self._say(slot, text, answers=(label,), plain=True)

    def _labelled(self, label: str, sentence: str, *, hail: bool, hosting: bool) -> str:
        if not label[0].isdigit():
            return f"{self.rng.choice((label, label.lower(), label.upper()))}: {sentence}"
        while True:
            (form,) = self.rng.choices([f for _, f in _FORMS], [w for w, _ in _FORMS])
            if not (hosting and "{q}" in form) and not (hail and form.startswith(("{t}", "Hello", "Late"))):
                break
        number = self._number(label)
        before = f"{self.rng.choice(('@MacroSW', '#MacroSW', '@ana @bo', '.@MacroSW'))} " if hail else ""
        return before + form.format(a=f"A{number}", l=f"a{number}", q=f"Q{number}", t=sentence)

    def _number(self, label: str) -> str:
        """Give the number that somebody puts: sometimes with a letter or a part too many, or without the one of the part."""
        draw = self.rng.random()
        if label == "3b" and draw < 0.3:
            return "3"
        if label.isdigit() and draw < 0.04:
            return f"{label}{self.rng.choice(('a', 'b', '.2'))}"
        return label

    def _several(self, floor: int) -> tuple[str, tuple[str, ...]]:
        choices = [
            ("A1 & A2", ("1", "2")), ("A2 and A1", ("2", "1")), ("A1/2", ("1", "2")), ("A3a and A3b", ("3a", "3b")),
            ("A1-A3", ("1", "2", "3a", "3b")), ("Q2 A2", ("2",)), ("T1 A1", ("1",)),
        ]  # fmt: skip
        choices += [("A4/5", ("4", "5")), ("A5 & A4:", ("5", "4"))] if floor >= 6 else []
        label, answers = self.rng.choice(choices)
        return f"{label} {self._sentence()}", answers

    def _parts(self, slot: _Slot) -> None:
        """Answer in two parts, the second mostly without a label."""
        label = slot.label or "1"
        first = f"{label}: " if not label[0].isdigit() else f"A{label} "
        self._say(slot, f"{first}{self._sentence()} 1/2", answers=(label,))
        second = self.rng.choice(("{t} 2/2", "(2/2) {t}", "{f}{t} 2/2", "Cont. {t}", "@MacroSW cont'd: {t}"))
        at = replace(slot, at=slot.at + timedelta(seconds=1))
        self._say(at, second.format(t=self._sentence(), f=first), answers=(label,))

    def _repeat(self, slot: _Slot) -> None:
        """Somebody else's words: nobody's answer but theirs."""
        others = [w for w in self._lasting(slot.who) if w.plain and w.ref.who in _NAMES.split()]
        if not others:
            self._talk(slot)
            return
        what = self.rng.choice(others)
        form = self.rng.choice(
            (
                "RT @{w}: {t}",
                "RT @{w}: {t}",
                "RT @{w} {t}",
                "MT @{w}: {t}",
                "“@{w}: {t}” Yes!",
                "So true! RT @{w}: {t}",
            )
        )
        self._say(slot, form.format(w=what.ref.who, t=what.text))

    def _reply(self, slot: _Slot) -> None:
        others = self._lasting(slot.who)
        if not others:
            self._talk(slot)
            return
        what = self.rng.choice(others)
        text = self.rng.choice(
            (f"{self.rng.choice(_REPLIES)}!", f"@{what.ref.who.split()[-1]} {self._sentence()}")
        )
        self._say(slot, text, reply_to=what.ref)

    def _reply_to_question(self, slot: _Slot) -> None:
        label = self.sections[self.rng.choice((self._floor(slot.at), max(0, self._floor(slot.at) - 1)))][0]
        self._say(slot, self._sentence(), answers=(label,), reply_to=label)

    def _hosts(self, slot: _Slot) -> None:
        """Repeat the question as a host, announce something, or ask one without a number."""
        slot = replace(slot, who=self.rng.choice(HOSTS))
        label, _, _ = self.sections[self._floor(slot.at)]
        name = question_name(label)
        if self.rng.random() < 0.6 and label[0].isdigit():
            self._say(slot, f"{name}: {self.script.question(label).ask}", under=label)
        else:
            self._say(
                slot, self.rng.choice(("One more question: what is missing?", "Good to see so many of you!"))
            )

    def _trap(self, slot: _Slot) -> None:
        self._say(slot, self.rng.choice(_TRAPS))

    def _hostile(self, slot: _Slot) -> None:
        text = self.rng.choice(_HOSTILE)
        label = self.sections[self._floor(slot.at)][0]
        if self.rng.random() < 0.3 and label[0].isdigit():
            self._say(slot, f"A{label}: {text}", answers=(label,))
        else:
            self._say(slot, text)

    def _link(self, slot: _Slot) -> None:
        url = self.rng.choice(_LINKS)
        self._say(slot, self.rng.choice((f"See {url}", f"{self._sentence()}: {url} #MacroSW", f"({url})")))

    def _talk(self, slot: _Slot) -> None:
        if self.rng.random() < 0.4:
            self._say(slot, self.rng.choice(_TALK))
        else:
            self._say(slot, self._sentence(), plain=True)

    # What is done about it ---------------------------------------------------------------------------------------------

    def _lasting(self, but: str | None = None) -> list[_Written]:
        """Give the latest messages that are still the last of their authors."""
        return [w for w in self.latest if w.ref.who != but and self.said[w.ref.who][-1:] == [w]]

    def _deeds(self, slot: _Slot, people: list[str]) -> None:
        rng, at = self.rng, slot.at + timedelta(seconds=self.rng.uniform(0, 3))
        chances = ((REACTIONS, self._react), (EDITS, self._edit), (DELETIONS, self._delete), (MOVES, self._move),
                   (HIGHLIGHTS, self._highlight))  # fmt: skip
        for chance, deed in chances:
            fitting = [w for w in self._lasting() if self._fits(deed, w)]
            if fitting and rng.random() < chance:
                deed(min(at, self.sections[self._floor(slot.at)][2] - BEFORE), rng.choice(fitting), people)

    def _fits(self, deed: Callable[[timedelta, _Written, list[str]], None], what: _Written) -> bool:
        """Everything can be liked; only plain messages are changed, and lines of the terminal like names of one word."""
        return " " not in what.ref.who if deed == self._react else what.plain and not what.settled

    def _react(self, at: timedelta, what: _Written, people: list[str]) -> None:
        who, sign = self.rng.choice(people), self.rng.choice(_SIGNS)
        if who != what.ref.who and (what.ref.id, who, sign) not in self.reacted:
            self.reacted.add((what.ref.id, who, sign))
            self._do(at, who, Reacts(what.ref, sign))

    def _edit(self, at: timedelta, what: _Written, _: list[str]) -> None:
        """Put a label that was forgotten or wrong, or take one away; only what had been asked when it was written counts."""
        asked = [label for label, _, _ in self.sections[: what.floor + 1] if label[0].isdigit()]
        label = self.rng.choice(asked[-3:])
        text = self._sentence()
        answers = (label,) if self.rng.random() < 0.8 else ()
        what.text, what.answers = f"A{label}: {text}" if answers else text, bool(answers)
        self._do(at, what.ref.who, Edits(what.ref.id, what.text, answers))

    def _delete(self, at: timedelta, what: _Written, _: list[str]) -> None:
        self.said[what.ref.who].remove(what)
        self._do(at, what.ref.who, Deletes(what.ref.id))

    def _move(self, at: timedelta, what: _Written, _: list[str]) -> None:
        asked = [label for label, _, _ in self.sections[: self._floor(at) + 1]]
        what.settled = True
        answers = self.rng.choice(((), asked[-1:], asked[-1:], asked[-2:]))
        self._do(at, what.ref.who, Moves(what.ref.id, tuple(answers)))

    def _highlight(self, at: timedelta, what: _Written, _: list[str]) -> None:
        if what.answers:
            what.settled = True
            self._do(at, HANDLE, Highlights(what.ref))


def sections(script: Script) -> Iterator[tuple[str, timedelta, timedelta]]:
    """Give the label of each question with when it is asked and when its time is over, since the welcome."""
    start = timedelta()
    if script.intro:
        yield script.intro.label, start, start + script.first_question_after
    start += script.first_question_after
    for question in script.questions:
        yield question.label, start, start + question.time
        start += question.time


def _fitting(slot: _Slot, who: str) -> str:
    """Give who writes; with the label of a question that has a name of its own, a host would ask it."""
    return GUEST if who in HOSTS and slot.label and not slot.label[0].isdigit() else who


def _people() -> list[str]:
    return [HOST, HANDLE, GUEST, *HOSTILE_NAMES, *_NAMES.split()][:PEOPLE]


def _writers(people: list[str], messages: int) -> Iterator[str]:
    """Give so many names, one person's name once for each message of theirs: the median 6, few with many."""
    ranks = [NormalDist().inv_cdf((n + 0.5) / len(people)) for n in range(len(people))]
    counts = [max(1, round(6 * 2.718281828 ** (0.6 * rank))) for rank in ranks]
    counts[-1] = MOST_TALKATIVE
    more = len(counts) // 2 + 4
    while surplus := sum(counts) - messages:
        counts[more] -= 1 if surplus > 0 else -1
        more = more + 1 if more < len(counts) - 2 else len(counts) // 2 + 4
    for who, count in zip(people, counts, strict=True):
        yield from [who] * count
