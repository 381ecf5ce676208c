"""What a chat script says, once it has been read: plain frozen data with every default filled in."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

#: The most questions that a chat has, those taken into it while it runs included.
MOST_QUESTIONS = 50


class Role(StrEnum):
    """The part that a named person has in a chat."""

    HOST = "host"
    CO_HOST = "co-host"
    GUEST = "guest"


@dataclass(frozen=True, slots=True)
class Host:
    """A person named in the script. `handle` is without `@`; `link` is an http(s) address."""

    name: str
    handle: str | None = None
    link: str | None = None
    role: Role = Role.HOST

    @property
    def hosts(self) -> bool:
        """Whether this person may steer the chat; a guest may not."""
        return self.role is not Role.GUEST


@dataclass(frozen=True, slots=True)
class Resource:
    """Something to read or look at: a title and an http(s) address."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Image:
    """A picture of a question: a path beside the script or an https address, and what it shows in words."""

    source: str
    alt: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `label` is its number or own name (`1`, `3a`, `Bonus`); the intro's is `0`."""

    label: str
    ask: str
    time: timedelta = timedelta(minutes=10)
    image: Image | None = None
    follow_up: str | None = None
    resources: tuple[Resource, ...] = ()
    translations: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """How the question is called: `Q1`, `Q3a`, but `Bonus` stays `Bonus`."""
        return f"Q{self.label}" if self.label[0].isdigit() else self.label


@dataclass(frozen=True, slots=True)
class Script:
    """A whole chat as its host wants it. `starts` and a dated `next` are aware; `zone` is an IANA name.

    A text of `None` stands for the default one in the chat's language (see `bot.script.phrases`).
    """

    hashtag: str
    title: str
    questions: tuple[Question, ...]
    summary: str | None = None
    language: str = "en"
    hosts: tuple[Host, ...] = ()
    starts: datetime | None = None
    zone: str = "UTC"
    first_question_after: timedelta = timedelta(minutes=1)
    last_call: timedelta = timedelta(minutes=2)
    welcome: str | None = None
    housekeeping: str | None = None
    closing: str | None = None
    intro: Question | None = None
    late_answers: timedelta = timedelta(hours=24)
    acknowledge: str | None = "✅"
    question_threads: bool = False
    resources: tuple[Resource, ...] = ()
    next: str | datetime | None = None
    _by_label: dict[str, Question] = field(init=False, repr=False, compare=False, hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_label", {q.label: q for q in self.everything_asked})

    @property
    def everything_asked(self) -> tuple[Question, ...]:
        """The intro, where there is one, and the questions, in the order in which they are asked."""
        return (self.intro, *self.questions) if self.intro else self.questions

    @property
    def heading(self) -> str:
        """What the chat is called where its hashtag and its title stand together."""
        return heading(self.hashtag, self.title)

    @property
    def timezone(self) -> ZoneInfo:
        """The chat's own time zone."""
        return ZoneInfo(self.zone)

    def question(self, label: str) -> Question:
        """Give the question of that label; raises KeyError."""
        return self._by_label[label]

    def local(self, moment: datetime) -> datetime:
        """Give an aware moment as it reads in the chat's zone."""
        return moment.astimezone(self.timezone)


def heading(hashtag: str, title: str | None) -> str:
    """Put a title behind its hashtag, unless it is no other word."""
    if not title or title.strip().lstrip("#＃").casefold() == hashtag.casefold():
        return f"#{hashtag}"
    return f"#{hashtag}: {title}"


def handle_of(name: str) -> str:
    """Give what ways to write a person's name or handle have in common: without `@`, capitals and spaces in a row."""
    return " ".join(name.split()).removeprefix("@").casefold()


def hosts_among(script: Script, people: Collection[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Give who the hosts and guests are whom a script names, each as the id of one of the people and the script's name.

    Of the people come ids and names: somebody whose id or name is a host's name or handle is that host. Who is nobody of
    them is known by the name itself, and one person in several names comes once.
    """
    for host in script.hosts:
        own = {handle_of(host.name), handle_of(host.handle or host.name)}
        ids = [id_ for id_, name in people if own & {handle_of(id_), handle_of(name)}]
        yield from ((id_, host.name) for id_ in dict.fromkeys(ids or [handle_of(host.name)]))


def plain(ask: str) -> str:
    """Give what two questions have in common that are the same: their words, without capitals and what is between them."""
    return " ".join(re.findall(r"\w+", ask.casefold())) or ask.strip()


def plain_script(number_of_questions: int, *, language: str = "en") -> Script:
    """Make a script of `Q1` … `Qn` without content, for reading answers and for trying things."""
    questions = tuple(Question(str(n), f"Question {n}") for n in range(1, number_of_questions + 1))
    return Script(hashtag="chat", title="A chat", questions=questions, language=language)


#: The texts of the bot that a host can write anew, in any language; they may name the hosts by `{hosts}`.
TEMPLATES = ("welcome", "housekeeping", "closing")
#: Before any chat: "asked since always".
ALWAYS = datetime.min.replace(tzinfo=UTC)
