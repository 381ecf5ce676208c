"""Counting a chat while its entries stream by."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import chain

from bot.messages import Attachment, Author, Entry
from bot.recap.addresses import links, page, without_tracking
from bot.recap.model import About, Link, Minute, People, Picture, QuestionRecap, Recap
from bot.recap.podium import Podium
from bot.script.model import Question
from bot.script.posts import Kind
from bot.themes import Theme, Themes

_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".heic")


@dataclass(slots=True)
class _Heard:
    """What has been heard so far under one question."""

    question: Question
    podium: Podium
    asked: bool = False
    asked_at: datetime | None = None
    answers: int = 0
    people: set[str] = field(default_factory=set)
    talk: int = 0
    talkers: set[str] = field(default_factory=set)

    def ask(self, at: datetime) -> None:
        self.asked = True
        self.asked_at = self.asked_at or at

    def answered(self, entry: Entry, author: Author, number: int) -> None:
        self.asked = True
        self.answers += 1
        self.people.add(author.id)
        self.podium.consider(entry, author.id, number)

    def talked(self, entry: Entry, author: Author, number: int) -> None:
        self.talk += 1
        self.talkers.add(author.id)
        if entry.highlighted:
            self.podium.consider(entry, author.id, number)

    def recap(
        self, themes: tuple[Theme, ...], links: Iterable[Link], pictures: Iterable[Picture]
    ) -> QuestionRecap:
        label = self.question.label
        return QuestionRecap(
            question=self.question,
            asked=self.asked,
            answers=self.answers,
            people=len(self.people),
            best=self.podium.best(),
            asked_at=self.asked_at,
            talk=self.talk,
            talkers=len(self.talkers),
            themes=themes,
            links=tuple(link for link in links if link.under == label),
            pictures=tuple(picture for picture in pictures if picture.under == label),
        )


@dataclass(slots=True)
class _Shared:
    """A page that was shared: by whom first, and by whom at all."""

    first: Link
    people: set[str] = field(default_factory=set)


class _Labels(dict[tuple[str, ...], tuple[str, ...]]):
    """Of what an entry answers, once each the questions that the script has; the same few come again and again."""

    def __init__(self, known: Collection[str]) -> None:
        super().__init__()
        self._known = known

    def __missing__(self, answers: tuple[str, ...]) -> tuple[str, ...]:
        self[answers] = labels = tuple(label for label in dict.fromkeys(answers) if label in self._known)
        return labels


class Tally:
    """Counts a chat while its entries stream by; grows with its people, minutes, links, pictures and words, not its messages.

    The best of a question (`best`, or more if hosts chose more: see `Podium`) are its answers and whatever else a host highlighted under it.
    What answers two questions counts for both, but once in the whole. Labels that the script does not have count for
    nothing, and neither do the bot's posts. `before` are the ids of those who took part under this hashtag before, None
    where that is not known. `themes` takes most of the time; without, there are none.
    """

    def __init__(
        self, about: About, *, best: int = 3, before: Collection[str] | None = None, themes: bool = True
    ) -> None:
        self._about = about
        self._before = before
        self._messages = 0
        self._answers = 0
        self._names: dict[str, str] = {}
        self._links: dict[str, _Shared] = {}
        self._pictures: list[Picture] = []
        self._minutes: dict[datetime, list[int]] = {}
        self._minute = [0, 0]
        self._minute_from = self._minute_to = datetime.min.replace(tzinfo=UTC)
        self._themes = Themes(about.script) if themes else None
        self._heard = {q.label: _Heard(q, Podium(best)) for q in about.script.everything_asked}
        self._labels = _Labels(self._heard)

    def add(self, entry: Entry) -> None:
        """Count the next entry of the chat, in the order of the transcript."""
        author = entry.author
        if author is None:
            if entry.kind == Kind.QUESTION and entry.under in self._heard:
                self._heard[entry.under].ask(entry.at)
            return
        self._messages += 1
        self._names[author.id] = author.name
        if not self._minute_from <= entry.at <= self._minute_to:
            self._begin_minute(entry.at)
        self._minute[0] += 1
        answered = self._labels[entry.answers]
        if answered:
            self._answers += 1
            self._minute[1] += 1
            for label in answered:
                self._heard[label].answered(entry, author, self._messages)
        elif entry.under in self._heard:
            self._heard[entry.under].talked(entry, author, self._messages)
        if "://" in entry.text:
            self._link(entry, author)
        if entry.attachments:
            pictures = filter(_is_picture, entry.attachments)
            self._pictures.extend(Picture(file, entry.id, author, entry.under) for file in pictures)
        if self._themes:
            self._themes.add(entry, answered)

    def _begin_minute(self, at: datetime) -> None:
        self._minute_from = at.replace(second=0, microsecond=0)
        self._minute_to = at.replace(second=59, microsecond=999_999)
        self._minute = self._minutes.setdefault(self._minute_from, [0, 0])

    def _link(self, entry: Entry, author: Author) -> None:
        for url in links(entry.text):
            first = Link(without_tracking(url), author, entry.under)
            self._links.setdefault(page(url), _Shared(first)).people.add(author.id)

    def recap(self) -> Recap:
        """Give the recap of what has been added so far; more may be added afterwards."""
        shared = self._shared()
        themes = self._themes
        return Recap(
            about=self._about,
            people=len(self._names),
            messages=self._messages,
            answers=self._answers,
            questions=tuple(
                heard.recap(themes.of(label) if themes else (), shared, self._pictures)
                for label, heard in self._heard.items()
            ),
            links=shared,
            thanks=tuple(self._names.values()),
            pictures=tuple(self._pictures),
            themes=themes.of_all() if themes else (),
            minutes=tuple(Minute(at, *counts) for at, counts in sorted(self._minutes.items())),
            attendance=self._attendance(),
        )

    def _shared(self) -> tuple[Link, ...]:
        """Give the links, those to the script's resources first and in its order."""
        told = {
            where: replace(shared.first, people=len(shared.people)) for where, shared in self._links.items()
        }
        asked = (heard.question.resources for heard in self._heard.values() if heard.asked)
        resources: dict[str, Link] = {}
        for resource in (*self._about.script.resources, *chain.from_iterable(asked)):
            where = page(resource.url)
            if link := told.pop(where, None):
                resources[where] = replace(link, resource=resource)
        return (*resources.values(), *told.values())

    def _attendance(self) -> People | None:
        if self._before is None:
            return None
        return People(
            new=tuple(name for person, name in self._names.items() if person not in self._before),
            returned=tuple(name for person, name in self._names.items() if person in self._before),
        )


def build(
    about: About,
    entries: Iterable[Entry],
    *,
    best: int = 3,
    before: Collection[str] | None = None,
    themes: bool = True,
) -> Recap:
    """Make the recap of a whole transcript, in one pass. See `Tally`."""
    tally = Tally(about, best=best, before=before, themes=themes)
    for entry in entries:
        tally.add(entry)
    return tally.recap()


def _is_picture(file: Attachment) -> bool:
    if file.type:
        return file.type.startswith("image/")
    return file.name.lower().endswith(_PICTURES)
