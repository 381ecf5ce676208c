"""Counting a chat while its entries stream by."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
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

    def answered(self, author: Author) -> None:
        self.asked = True
        self.answers += 1
        self.people.add(author.id)

    def talked(self, author: Author) -> None:
        self.talk += 1
        self.talkers.add(author.id)

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


class Tally:
    """Counts a chat while its entries stream by; grows with its people, minutes, links, pictures and words, not its messages.

    The best of a question (`best` at most, see `Podium`) are its answers and whatever else a host highlighted under it.
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
        self._themes = Themes(about.script) if themes else None
        self._heard = {q.label: _Heard(q, Podium(best)) for q in about.script.everything_asked}

    def add(self, entry: Entry) -> None:
        """Count the next entry of the chat, in the order of the transcript."""
        author = entry.author
        under = self._heard.get(entry.under) if entry.under is not None else None
        if author is None:
            if entry.kind == Kind.QUESTION and under:
                under.ask(entry.at)
            return
        self._messages += 1
        self._names[author.id] = author.name
        answered = [self._heard[label] for label in dict.fromkeys(entry.answers) if label in self._heard]
        for heard in answered:
            heard.answered(author)
            heard.podium.consider(entry, self._messages)
        if answered:
            self._answers += 1
        elif under:
            under.talked(author)
            if entry.highlighted:
                under.podium.consider(entry, self._messages)
        minute = self._minutes.setdefault(entry.at.replace(second=0, microsecond=0), [0, 0])
        minute[0] += 1
        minute[1] += bool(answered)
        self._collect(entry, author)
        if self._themes:
            self._themes.add(entry, [heard.question.label for heard in answered])

    def _collect(self, entry: Entry, author: Author) -> None:
        if "://" in entry.text:
            for url in links(entry.text):
                first = Link(without_tracking(url), author, entry.under)
                self._links.setdefault(page(url), _Shared(first)).people.add(author.id)
        self._pictures.extend(
            Picture(file, entry.id, author, entry.under) for file in entry.attachments if _is_picture(file)
        )

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
