"""What remains of a chat: its counts, the best answers to each question, the links that people shared."""

import heapq
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from bot.messages import Author, Entry
from bot.script.model import Question, Resource, Script
from bot.script.posts import Kind

# The host may not be preceded by `name@`, which makes one address look like another. No white space, quote, control or
# bidi character, backslash, backtick or East Asian punctuation, which nothing sets apart from it, is in an address.
_URL = re.compile(
    r"(?<![a-z0-9])(https?://(?![^\s/?#]*@)(?:\w(?:[\w.-]*\w)?|\[[0-9a-f:.]+\])(?::\d{1,5})?)"
    r"([/?#][^\s<>\"`\\\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ud800-\udfff、。！？「」『』【】（）]*)?",
    re.IGNORECASE,
)
_TRAILING = frozenset(".,;:!?'*_~…’”»")
_BRACKETS = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a chat besides what is said in it. `name` is its short name; the times are aware."""

    script: Script
    name: str
    started: datetime | None = None
    ended: datetime | None = None
    rehearsal: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """An address that somebody shared: as first written, by whom, and the label of the question it was under."""

    url: str
    by: Author
    under: str | None


@dataclass(frozen=True, slots=True)
class QuestionRecap:
    """What came of one question. `asked` is False for one that the chat did not reach (or has not yet)."""

    question: Question
    asked: bool
    answers: int
    people: int
    best: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Recap:
    """A chat in short. `thanks` names everyone who said something, in the order in which they first did."""

    about: About
    people: int
    messages: int
    answers: int
    questions: tuple[QuestionRecap, ...]
    links: tuple[Link, ...]
    thanks: tuple[str, ...]

    @property
    def asked(self) -> tuple[QuestionRecap, ...]:
        """The questions that were asked."""
        return tuple(question for question in self.questions if question.asked)

    @property
    def resources(self) -> tuple[tuple[Question | None, Resource], ...]:
        """The script's resources, each with its question or None for the whole chat; not those of questions to come."""
        script = self.about.script
        whole = ((None, resource) for resource in script.resources)
        return (*whole, *((q.question, resource) for q in self.asked for resource in q.question.resources))

    @property
    def next(self) -> str | datetime | None:
        """When the next chat is, as the script says."""
        return self.about.script.next


@dataclass(slots=True)
class _Heard:
    """What has been heard so far for one question. `best` is a heap with the least of the best on top."""

    question: Question
    asked: bool = False
    answers: int = 0
    people: set[str] = field(default_factory=set)
    best: list[tuple[bool, int, int, Entry]] = field(default_factory=list)

    def answered(self, author: Author) -> None:
        self.asked = True
        self.answers += 1
        self.people.add(author.id)

    def consider(self, entry: Entry, number: int, most: int) -> None:
        heapq.heappush(self.best, (entry.highlighted, entry.liked, -number, entry))
        if len(self.best) > most:
            heapq.heappop(self.best)

    def recap(self) -> QuestionRecap:
        best = tuple(ranked[-1] for ranked in sorted(self.best, reverse=True))
        return QuestionRecap(self.question, self.asked, self.answers, len(self.people), best)


class Tally:
    """Counts a chat while its entries stream by; grows with the people and links in it, not with the messages.

    The best of a question (`best` at most) are its answers and whatever else a host highlighted under it: highlights
    first, then most reactions, then first come. What answers two questions counts for both, but once in the whole.
    Labels that the script does not have count for nothing, and neither do the bot's posts.
    """

    def __init__(self, about: About, *, best: int = 3) -> None:
        self._about = about
        self._most = best
        self._messages = 0
        self._answers = 0
        self._names: dict[str, str] = {}
        self._links: dict[str, Link] = {}
        self._heard = {question.label: _Heard(question) for question in about.script.everything_asked}

    def add(self, entry: Entry) -> None:
        """Count the next entry of the chat, in the order of the transcript."""
        if entry.author is None:
            if entry.kind == Kind.QUESTION and entry.under in self._heard:
                self._heard[entry.under].asked = True
            return
        self._messages += 1
        self._names[entry.author.id] = entry.author.name
        answered = [self._heard[label] for label in dict.fromkeys(entry.answers) if label in self._heard]
        self._answers += bool(answered)
        for heard in answered:
            heard.answered(entry.author)
            heard.consider(entry, self._messages, self._most)
        if not answered and entry.highlighted and entry.under in self._heard:
            self._heard[entry.under].consider(entry, self._messages, self._most)
        for url in links(entry.text):
            self._links.setdefault(_same(url), Link(url, entry.author, entry.under))

    def recap(self) -> Recap:
        """Give the recap of what has been added so far; more may be added afterwards."""
        return Recap(
            about=self._about,
            people=len(self._names),
            messages=self._messages,
            answers=self._answers,
            questions=tuple(heard.recap() for heard in self._heard.values()),
            links=tuple(self._links.values()),
            thanks=tuple(self._names.values()),
        )


def build(about: About, entries: Iterable[Entry], *, best: int = 3) -> Recap:
    """Make the recap of a whole transcript, in one pass. See `Tally`."""
    tally = Tally(about, best=best)
    for entry in entries:
        tally.add(entry)
    return tally.recap()


def pieces(text: str) -> Iterator[tuple[str, bool]]:
    """Cut a text into its http(s) addresses (True) and what is between them (False), in time linear in the text.

    Punctuation at the end of an address, and a closing bracket that is not opened in it, belong to the sentence, as in
    GitHub's autolinks (https://github.github.com/gfm/#extended-autolink-path-validation). No piece is empty.
    """
    start = 0
    for match in _URL.finditer(text):
        end = match.end(1) + _kept(match[2] or "")
        if start < match.start():
            yield text[start : match.start()], False
        yield text[match.start() : end], True
        start = end
    if start < len(text):
        yield text[start:], False


def links(text: str) -> Iterator[str]:
    """Give the http(s) addresses in a text."""
    return (piece for piece, is_address in pieces(text) if is_address)


def is_link(address: str) -> bool:
    """Tell whether the whole of an address is one that may become a link."""
    return next(links(address), None) == address


def _kept(rest: str) -> int:
    """Give how much of an address after its host belongs to it."""
    surplus = {closing: rest.count(closing) - rest.count(opening) for closing, opening in _BRACKETS.items()}
    for end in range(len(rest), 0, -1):
        last = rest[end - 1]
        if surplus.get(last, 0) > 0:
            surplus[last] -= 1
        elif last not in _TRAILING:
            return end
    return 0


def _same(url: str) -> str:
    """Give what two ways of writing one address have in common: no scheme, no slash at the end, the host in lower case."""
    host, slash, path = url.partition("://")[2].rstrip("/").partition("/")
    return f"{host.lower()}{slash}{path}"
