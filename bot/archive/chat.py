"""All files of one chat, made in one pass over what was said: story, transcript in every form, shared files, what is searched."""

from collections.abc import AsyncIterator, Collection
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Protocol
from urllib.parse import quote

from bot import render
from bot.archive.finding import Units
from bot.archive.model import Asked, Published
from bot.messages import Attachment, Entry
from bot.recap import Recap, Tally
from bot.render import Copies, Copy, Media
from bot.render.card import Card, draw
from bot.render.copies import HARMLESS, inside, picture_type
from bot.render.links import question_anchor
from bot.render.plain import one_line, visible
from bot.render.story import Sharing, page
from bot.script.model import Image
from bot.store import Chat, Record, StoreError
from bot.story import Selection, Story, automatic, messages, parse_bytes, tell

#: How many answers to each question a host can choose from for the story.
OFFERED = 20
_MOST_THEMES = 12


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture made anew, small and without what else is hidden in files: its bytes, MIME type, and sides in pixels."""

    data: bytes
    type: str
    width: int
    height: int


class Pictures(Protocol):
    """Gives pictures as they may be published."""

    async def shared(self, data: bytes) -> Picture | None:
        """Give one that somebody shared; None for what is no picture, or none that can be read."""

    async def asked(self, chat: Chat, image: Image | None) -> Picture | None:
        """Give that of a question; None where there is none, or it cannot be had."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a chat goes: its number and path in the archive, its names for programs and calendars, the archive's address."""

    number: int
    path: str
    id: str
    event: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Made:
    """What came of a chat besides its files."""

    published: Published
    words: dict[str, str]


async def make(
    record: Record,
    chat: Chat,
    place: Place,
    stage: Path,
    *,
    before: Collection[str],
    pictures: Pictures,
    selection: bytes | None = None,
) -> Made:
    """Write the files of a chat into an empty folder.

    `before` are the ids of those who came back, `selection` is the file in which a host chose what the story tells. Raises
    StoreError, also for a mistake in that file.
    """
    about = chat.about
    tally, units, attached = (
        Tally(about, best=OFFERED, before=before),
        Units(about.script, place.path),
        _Attached(record, pictures, stage),
    )
    (stage / "find").mkdir()
    with ExitStack() as stack:
        forms = [
            (
                render.transcript(form, about, media=Media.FOLDER),
                stack.enter_context(_opened(stage / f"transcript.{form}")),
            )
            for form in render.TRANSCRIPTS
        ]
        for writer, file in forms:
            file.write(writer.preamble())
        async for entry in record.entries():
            tally.add(entry)
            copies = await attached.copies(entry)
            for writer, file in forms:
                file.write(writer.entry(entry, copies))
            for unit in units.add(entry):
                _write_unit(stage, *unit)
        for writer, file in forms:
            file.write(writer.postamble())
    for unit in units.end():
        _write_unit(stage, *unit)
    recap = tally.recap()
    story = await _story(record, recap, selection, chat.name)
    card = draw(recap, story.title) if place.url else None  # sites take pictures by whole addresses only
    if card and card.titled:
        (stage / "share.png").write_bytes(card.png)
    sharing = _sharing(place, card)
    _write(stage / "story.html", await _told(record, chat, story, pictures, sharing))
    _write(stage / "recap.json", render.recap("json", recap))
    published = _published(story, place, stage, units.names, card)
    _write_unit(stage, *units.about(published))
    return Made(published, units.words)


class _Attached:
    """Copies the files that people shared into the chat's folder, under numbers: nothing is called what people called it."""

    def __init__(self, record: Record, pictures: Pictures, stage: Path) -> None:
        self._record = record
        self._pictures = pictures
        self._stage = stage
        self._written = 0

    async def copies(self, entry: Entry) -> Copies:
        return {attached.url: await self._copy(attached) for attached in entry.attachments}

    async def _copy(self, attached: Attachment) -> Copy:
        kept = await self._record.media(attached.url)
        if kept is None or kept.data is None:
            return Copy(why=(kept and kept.why) or "It was not kept with the chat.")
        if not picture_type(kept.data):
            ending = attached.name.rpartition(".")[2].lower()
            return Copy(self._write(kept.data, ending if ending in HARMLESS else "bin"))
        picture = await self._pictures.shared(kept.data)
        if picture is None:
            return Copy(why="It is a picture that cannot be read.")
        path = self._write(picture.data, picture.type.partition("/")[2])
        return Copy(path, None, picture=True, width=picture.width, height=picture.height)

    def _write(self, data: bytes, ending: str) -> str:
        self._written += 1
        path = f"files/{self._written:04}.{ending}"
        (self._stage / "files").mkdir(exist_ok=True)
        (self._stage / path).write_bytes(data)
        return path


async def _story(record: Record, recap: Recap, selection: bytes | None, name: str) -> Story:
    """Tell what the host chose and is still there, or what is chosen where no host has chosen."""
    chosen = automatic(recap) if selection is None else _read(selection, recap, name)
    return tell(recap, chosen, await record.some(messages(chosen)))[0]


def _read(selection: bytes, recap: Recap, name: str) -> Selection:
    read = parse_bytes(selection, recap)
    if read.selection is None:
        raise StoreError("\n".join(problem.at(f"{name}.yaml") for problem in read.problems))
    return read.selection


async def _told(record: Record, chat: Chat, story: Story, pictures: Pictures, sharing: Sharing) -> str:
    shared = {url: copy async for url, copy in _shown(record, story, pictures)}
    asked = {
        part.recap.question.label: _inside(picture)
        for part in story.parts
        if (picture := await pictures.asked(chat, part.recap.question.image))
    }
    return page(story, shared, asked=asked, sharing=sharing)


async def _shown(record: Record, story: Story, pictures: Pictures) -> AsyncIterator[tuple[str, Copy]]:
    """Give the pictures that the story shows, by their urls."""
    said = (each for part in story.parts for each in part.passages if isinstance(each, Entry))
    shared = (*(each for part in story.parts for each in part.pictures), *story.pictures)
    files = (*(file for each in said for file in each.attachments), *(each.file for each in shared))
    for url in dict.fromkeys(file.url for file in files):
        kept = await record.media(url)
        if kept and kept.data and (picture := await pictures.shared(kept.data)):
            yield url, _inside(picture)


def _sharing(place: Place, card: Card | None) -> Sharing:
    """Say where the story will be found, and its picture if that has the title."""
    if place.url is None:
        return Sharing()
    address = f"{place.url}/{quote(place.path)}"
    return Sharing(f"{address}/story.html", f"{address}/share.png" if card and card.titled else None)


def _inside(picture: Picture) -> Copy:
    address = inside(picture.data, picture.type)
    return Copy(address, None, picture=True, width=picture.width, height=picture.height)


def _published(story: Story, place: Place, stage: Path, units: list[str], card: Card | None) -> Published:
    recap, about = story.recap, story.recap.about
    script = about.script
    if about.started is None:
        raise ValueError("a chat that has not begun is not published")
    return Published(
        id=place.id,
        event=place.event,
        number=place.number,
        path=place.path,
        hashtag=script.hashtag,
        title=one_line(story.title),
        summary=visible(story.opening or script.summary or "") or None,
        language=script.language,
        zone=script.zone,
        hosts=tuple(one_line(host.name) for host in script.hosts),
        started=about.started,
        ended=about.ended or about.started,
        people=recap.people,
        messages=recap.messages,
        answers=recap.answers,
        newcomers=len(recap.attendance.new) if recap.attendance else None,
        questions=tuple(
            Asked(
                each.question.name,
                visible(each.question.ask),
                question_anchor(each.question.label),
                each.answers,
                each.people,
                tuple(one_line(theme.phrase) for theme in each.themes),
            )
            for each in recap.asked
        ),
        themes=tuple((one_line(theme.phrase), theme.people) for theme in recap.themes[:_MOST_THEMES]),
        minutes=tuple(minute.messages for minute in recap.course),
        links=len(recap.links),
        pictures=len(recap.pictures),
        sizes=tuple((form, (stage / f"transcript.{form}").stat().st_size) for form in render.TRANSCRIPTS),
        next=recap.next if isinstance(recap.next, datetime) else None,
        says=one_line(recap.next) if isinstance(recap.next, str) else None,
        units=tuple(units),
        card=card is not None and card.titled,
        undrawn=card.undrawn if card else "",
    )


def _write_unit(stage: Path, number: int, text: str) -> None:
    _write(stage / "find" / f"{number}.js", text)


def _opened(path: Path) -> IO[str]:
    return path.open("w", encoding="utf-8", newline="")


def _write(path: Path, text: str) -> None:
    with _opened(path) as file:
        file.write(text)
