"""Reads the messages of an imported chat in the order of time, as they would have been read live."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.answers import SOON, Context, Previous, Purpose, Reading, Reply, may_continue, read
from bot.imports.hours import same_words
from bot.messages import Message
from bot.script.model import Script
from bot.script.posts import ASKING, Kind
from bot.session import Asked, Over, State
from bot.store.spool import Spool, Spooled

#: So many messages need not be looked up: most of what people reply to.
LATELY = 5_000
#: A host's first words before the first question are the welcome, their last ones after the end the farewell: within this.
AROUND = timedelta(minutes=15)


class Course:
    """The course of one chat: what was asked when, and by whose post. `asking` has the id of each question's post."""

    def __init__(self, script: Script, asked: Mapping[str, datetime], asking: Mapping[str, str]) -> None:
        self._script = script
        self._asked = dict(sorted(asked.items(), key=lambda each: each[1]))
        self._asking = {id_: label for label, id_ in asking.items()}
        self._lately: OrderedDict[str, Reply] = OrderedDict()
        self._answered: OrderedDict[str, Previous] = OrderedDict()
        self._first: datetime | None = None
        self._last: datetime | None = None
        self._welcome: datetime | None = None
        self._farewell: datetime | None = None

    async def run(self, spool: Spool) -> None:
        """Read all that is in the spool, some at a time. Raises StoreError."""
        async for some in spool.in_order():
            wanted = {each.message.reply_to for each in some if each.message.reply_to} - self._lately.keys()
            for id_, (kind, under) in (await spool.filed(wanted)).items():
                self._lately[id_] = _reply(kind, under)
            for each in some:
                self._take(each)
            await spool.read_as(some)
            while len(self._lately) > LATELY:
                self._lately.popitem(last=False)

    def state(self, started: datetime | None, ended: datetime | None) -> State:
        """Give the state of the chat, which is over; where the file does not say when it began and ended, by its course."""
        first, last = self._first, self._last
        if self._asked and last:
            first, end = next(iter(self._asked.values())), self._end()
            first, last = self._welcome or first, self._farewell or min(last, end)
        asked = tuple(Asked(label, at) for label, at in self._asked.items())
        at = max(filter(None, (self._last, ended, last)))
        return State(Over(), at=at, started=started or first, ended=ended or last, asked=asked)

    def _end(self) -> datetime:
        """Give when the time of the last question is over."""
        label, at = list(self._asked.items())[-1]
        return at + self._script.question(label).time

    def _frame(self, at: datetime) -> None:
        """Take note of a host's words around the questions."""
        first, end = next(iter(self._asked.values())), self._end()
        if first - AROUND <= at < first:
            self._welcome = self._welcome or at
        elif end <= at <= end + AROUND:
            self._farewell = at

    def _take(self, each: Spooled) -> None:
        message = each.message
        self._first = self._first or message.at
        self._last = message.at
        if message.author.host and self._asked:
            self._frame(message.at)
        if each.kind is not None:
            self._post(each, each.kind)
        elif message.id in self._asking:
            self._post(each, Kind.QUESTION, self._asking[message.id])
        else:
            self._said(each)
        self._lately[message.id] = _reply(each.kind, each.filed)

    def _said(self, each: Spooled) -> None:
        message = each.message
        each.reading = self._kept(each.reading) or read(
            self._script, self._asked, message, self._context(message)
        )
        if each.reading.purpose is Purpose.QUESTION and self._again(message, each.reading.under):
            self._post(each, Kind.REPEAT, each.reading.under)
            return
        if each.reading.answers:
            self._remember(message, each.reading)

    def _post(self, each: Spooled, kind: str, label: str | None = None) -> None:
        """Make a message a post of the bot's: questions are the chat's own, whoever posted them."""
        each.kind, each.under = kind, each.filed if label is None else label
        question = self._script.question(each.under) if each.under in self._asked else None
        first = kind == Kind.QUESTION and question and self._asking.get(each.message.id) == each.under
        each.key = question.name if first and question else f"{kind}:{each.number}"
        urls = [file.url for file in each.message.attachments if file.url not in each.message.text]
        each.message = replace(each.message, text="\n".join((each.message.text, *urls)))

    def _kept(self, reading: Reading | None) -> Reading | None:
        """Give what a file itself says that a message was read as, where its labels are those of this chat."""
        if reading is None or not {*reading.answers, *filter(None, [reading.under])} <= self._asked.keys():
            return None
        return reading

    def _again(self, message: Message, label: str | None) -> bool:
        return label in self._asked and label is not None and same_words(message.text, self._script.question(label).ask)  # fmt: skip

    def _context(self, message: Message) -> Context:
        previous = None
        if may_continue(message.text):
            previous = self._answered.get(message.author.id)
        return Context(self._lately.get(message.reply_to or ""), previous, message.author.host)

    def _remember(self, message: Message, reading: Reading) -> None:
        """Remember an author's last answer for as long as anything can go on with it."""
        self._answered[message.author.id] = Previous(reading.answers, message.at, message.text)
        self._answered.move_to_end(message.author.id)
        while message.at - next(iter(self._answered.values())).at > SOON:
            self._answered.popitem(last=False)


def _reply(kind: str | None, under: str | None) -> Reply:
    return Reply(question=under if kind in ASKING else None, under=under)
