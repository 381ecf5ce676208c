"""One batch of a live chat: everything that had queued up, folded over its state and record, to be kept at once."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.answers import Reading
from bot.live.listener import Listener, Outcome
from bot.live.room import Delivered, News
from bot.messages import Deed, Forgotten, Message, PersonHidden, Proposed, Said, Settled
from bot.script.model import Script
from bot.script.posts import Post
from bot.session import Event, Posted, Refusal, State, Tick, Told, Wish, advance, dump
from bot.store import Changes, Shown


@dataclass(frozen=True, slots=True)
class Reported:
    """The room shows a post; `at` is when it said so, by the clock of the chat."""

    post: Post
    delivered: Delivered
    at: datetime


@dataclass(frozen=True, slots=True)
class Reread:
    """What hangs on these messages has to be read again."""

    ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Awaited:
    """Somebody waits for an answer of their own: words, or a Refusal."""

    item: Deed | Wish
    answer: asyncio.Future[str]


Item = Deed | Wish | Tick | Reported | Reread | Awaited


class Fold:
    """What a batch comes to: the next state, what to keep, and what to do once it is kept.

    `words` gives the text of a post as it is to be kept.
    """

    def __init__(
        self,
        script: Script,
        state: State,
        listener: Listener,
        changes: Changes,
        words: Callable[[Post], str],
    ) -> None:
        self.state = state
        self.changes = changes
        self.posts: list[Post] = []
        self.heard: list[tuple[Message, Reading]] = []
        self.rereading: set[str] = set()
        self._before = state
        self._entries: set[str] = set()
        self._people: set[str] = set()
        self._counting: dict[str, bool] = {}
        self._proposals = False
        self._script = script
        self._listener = listener
        self._words = words
        self._answers: list[tuple[asyncio.Future[str], str | Refusal]] = []
        self._deeds: list[Deed] = []
        self._waiting: dict[int, asyncio.Future[str]] = {}

    async def take(self, items: Iterable[Item]) -> None:
        """Fold the items over state and record: first the course of the chat, then what people did in it."""
        for item in items:
            match item:
                case Reported() | Reread() | Awaited() | Wish() | Tick():
                    await self._take(item)
                case _:
                    self._deeds.append(item)
        if self._deeds:
            await self._hear()
        for id_ in self.rereading:
            self.changes.moved(id_, on=True)
        if self.state is not self._before:
            self.changes.state = dump(self.state)

    async def _take(self, one: Reported | Reread | Awaited | Wish | Tick) -> None:
        match one:
            case Awaited(item, answer):
                if isinstance(item, Wish):
                    self._answers.append((answer, self._advance(item)))
                else:
                    self._waiting[len(self._deeds)] = answer
                    self._deeds.append(item)
            case Reported():
                self._report(one)
            case Reread(ids=ids):
                for id_ in ids:
                    self.changes.moved(id_, on=False)
                reread = await self._listener.reread(ids, self.state, self.changes)
                self.rereading |= reread.keys()
                self._entries |= reread.keys()
                for id_, outcome in reread.items():
                    self._count(id_, outcome)
            case _:
                self._advance(one)

    def _advance(self, event: Event) -> str | Refusal:
        try:
            self.state, effects = advance(self._script, self.state, event)
        except Refusal as refusal:
            return refusal
        posts = [effect for effect in effects if isinstance(effect, Post)]
        for post in posts:
            self.changes.post(post)
        self.posts += posts
        return " ".join(effect.text for effect in effects if isinstance(effect, Told))

    def _report(self, report: Reported) -> None:
        post, sent = report.post, report.delivered
        self.changes.sent(post.key, id=sent.id, at=sent.at, wording=self._words(post))
        self._entries.add(sent.id)
        self._listener.shown(Shown(post.key, sent.id, post.kind, post.question))
        # The room's clock counts as far as it can be true by the chat's.
        shown = min(report.at, max(sent.at, self.state.at))
        self._advance(Posted(shown, post.key, sent.at))

    async def _hear(self) -> None:
        before = self.state.taken
        self.state, outcomes = await self._listener.take(self._deeds, self.state, self.changes)
        if self.state.taken != before:
            self._entries |= self._listener.posts_about({each.label for each in before})
        for deed, outcome in zip(self._deeds, outcomes, strict=True):
            if outcome.reading and isinstance(deed, Said):
                self.heard.append((deed.message, outcome.reading))
            if outcome.moved:
                self.rereading.add(outcome.moved)
            if not outcome.refused:
                self._touch(deed, outcome)
        for number, answer in self._waiting.items():
            self._answers.append((answer, _answer(outcomes[number])))

    def _touch(self, deed: Deed, outcome: Outcome) -> None:
        match deed:
            case Said(message):
                self._entries.add(message.id)
                self._count(message.id, outcome)
            case PersonHidden(person=person) | Forgotten(person=person):
                self._people.add(person)
            case Proposed() | Settled():
                self._proposals = True
            case _:
                self._entries.add(deed.id)
                self._count(deed.id, outcome)

    def _count(self, id_: str, outcome: Outcome) -> None:
        """Take in whether a message counts for a question, where that is new."""
        if outcome.reading and (counts := bool(outcome.reading.answers)) != outcome.counted:
            self._counting[id_] = counts

    @property
    def news(self) -> News:
        """What is different once all this is kept."""
        return News(
            entries=frozenset(self._entries),
            people=frozenset(self._people),
            counting=self._counting,
            course=self.state is not self._before,
            proposals=self._proposals or bool(self._people),
        )

    @property
    def anything(self) -> bool:
        """Whether there is anything to keep."""
        return bool(self.changes.rows) or self.changes.state is not None

    def answer(self) -> None:
        """Answer those who wait, now that all is kept."""
        for answer, words in self._answers:
            if answer.done():
                continue
            if isinstance(words, Refusal):
                answer.set_exception(words)
            else:
                answer.set_result(words)


def _answer(outcome: Outcome) -> str | Refusal:
    return Refusal(outcome.text) if outcome.refused else outcome.text
