"""What a recap is made of: plain frozen data."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain

from bot.messages import Attachment, Author, Entry
from bot.recap.addresses import page
from bot.script.model import Question, Resource, Script
from bot.themes import Theme

#: The longest course that is told minute by minute.
LONGEST = timedelta(days=1)
MINUTE = timedelta(minutes=1)


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
    """A page that somebody shared: its address as first written (but for tracking), by whom and under which question's label.

    `people` is how many shared it. `resource` is that of the script which it is, if it is one.
    """

    url: str
    by: Author
    under: str | None
    people: int = 1
    resource: Resource | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that somebody shared: the file, the id of the message, by whom and under which question's label."""

    file: Attachment
    message: str
    by: Author
    under: str | None


@dataclass(frozen=True, slots=True)
class Minute:
    """One minute of the chat: when it began, how much was said in it, and how much of that were answers."""

    at: datetime
    messages: int
    answers: int


@dataclass(frozen=True, slots=True)
class People:
    """Who was there, as (latest) names in the order in which they came: for the first time under the hashtag, and again."""

    new: tuple[str, ...]
    returned: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QuestionRecap:
    """What came of one question. `asked` is False for one that the chat did not reach (or has not yet).

    `talk` is how many messages stand under it that answer no question, and `talkers` how many people wrote those.
    `asked_at` is when it was first asked, where its post is known.
    """

    question: Question
    asked: bool
    answers: int
    people: int
    best: tuple[Entry, ...]
    asked_at: datetime | None = None
    talk: int = 0
    talkers: int = 0
    themes: tuple[Theme, ...] = ()
    links: tuple[Link, ...] = ()
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True)
class Recap:
    """A chat in short. `thanks` names everyone who said something, in the order in which they first did.

    `links` has the script's resources first, the rest as it came. `minutes` has those in which something was said.
    `attendance` is None where earlier chats are not known. A rehearsal is told like any chat: it has `about.rehearsal`.
    """

    about: About
    people: int
    messages: int
    answers: int
    questions: tuple[QuestionRecap, ...]
    links: tuple[Link, ...]
    thanks: tuple[str, ...]
    pictures: tuple[Picture, ...] = ()
    themes: tuple[Theme, ...] = ()
    minutes: tuple[Minute, ...] = field(default=(), repr=False)
    attendance: People | None = None

    @property
    def asked(self) -> tuple[QuestionRecap, ...]:
        """The questions that were asked."""
        return tuple(question for question in self.questions if question.asked)

    @property
    def resources(self) -> tuple[tuple[Question | None, Resource], ...]:
        """The script's resources, each page once, with its question or None for the whole chat; not of questions to come."""
        script = self.about.script
        whole = ((None, resource) for resource in script.resources)
        asked = ((q.question, resource) for q in self.asked for resource in q.question.resources)
        once: dict[str, tuple[Question | None, Resource]] = {}
        for each in chain(whole, asked):
            once.setdefault(page(each[1].url), each)
        return tuple(once.values())

    @property
    def next(self) -> str | datetime | None:
        """When the next chat is, as the script says."""
        return self.about.script.next

    @property
    def busiest(self) -> Minute | None:
        """The minute in which most was said, the first of several."""
        return max(self.minutes, key=lambda minute: minute.messages, default=None)

    @property
    def course(self) -> tuple[Minute, ...]:
        """Every minute from the start of the chat to its end, also those in which nothing was said; a day at most.

        Where the one or the other is not known, or not yet, it is the first and the last thing that was said.
        """
        if not self.minutes:
            return ()
        first = (self.about.started or self.minutes[0].at).replace(second=0, microsecond=0)
        last = min(self.about.ended or self.minutes[-1].at, first + LONGEST)
        said = {minute.at: minute for minute in self.minutes}
        moments = (first + n * MINUTE for n in range((last - first) // MINUTE + 1))
        return tuple(said.get(moment) or Minute(moment, 0, 0) for moment in moments)
