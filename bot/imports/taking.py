"""Takes a chat that was held elsewhere into the database: laid out, its questions found, read, and kept all at once."""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.imports import posts
from bot.imports.course import Course
from bot.imports.files import Beside
from bot.imports.forms import reader_of
from bot.imports.heard import Head, Heard, LeftOut, Piece, Settings, Unread, Unreadable
from bot.imports.hours import DAY, Posted, Several, Span, spans
from bot.imports.questions import Found, Survey, named_hosts, script_text, title_of
from bot.imports.source import Source, digest, opened
from bot.imports.streaming import BadJson
from bot.imports.times import Times
from bot.messages import Message
from bot.script.model import Question, Script
from bot.script.parse import parse
from bot.script.posts import Kind, label_of
from bot.store import Chat, Store
from bot.store.spool import Spool

#: As many people as are kept of those who are only counted: of one sign on one message, and of one file in all.
MOST_ALIKE = 10_000
MOST_UNNAMED = 200_000
_OUTSIDE = "posts before --since, or from --until on"
#: How many pieces are read between two steps of the progress.
STEP = 1000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the one who imports says: the script's text and what it says, who hosted, and how files are to be read.

    `zone` is that of times without one, an IANA name; None takes the script's, or UTC. `dates` says how 04/05/2015 is
    meant: `day-first` or `month-first`. `hashtag` and `title` go before
    what a file says, where there is no script; `folders` are those in which attached files lie besides an export's own.
    Only posts `since` one moment and before another (`until`) are taken; of the zone where they say none. `one_chat` says
    that the files are of one chat, where they may seem to be of several.
    """

    text: str | None = None
    script: Script | None = None
    hosts: tuple[str, ...] = ()
    zone: str | None = None
    day: date | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    hashtag: str = ""
    title: str = ""
    folders: tuple[Path, ...] = ()
    dates: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    one_chat: bool = False

    @property
    def part(self) -> str:
        """What tells this part of a file from others; empty for all of it."""
        return f":{self.since}:{self.until}" if self.since or self.until else ""


@dataclass(slots=True)
class Report:
    """What came of reading: what could not be read, what was left out, and what stood there twice.

    `odd_lines` is how many lines are not in UTF-8, but were taken for Windows' Latin letters.
    """

    unread: list[tuple[Path, Unread]] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    heard: int = 0
    different: int = 0
    unkept: int = 0
    odd_lines: int = 0

    @property
    def repeated(self) -> int:
        """How many messages stood in the files more than once."""
        return self.heard - self.different


@dataclass(frozen=True, slots=True)
class Imported:
    """An imported chat. `already` says that it had been imported before and nothing was done; then there is no report.

    `unasked` are the script's questions that nobody posted; `assumed` is the zone that times without one were taken for;
    `untitled` says that its title was made of a question; `far` is how many messages are of other days than its questions.
    """

    chat: Chat
    already: bool = False
    report: Report = field(default_factory=Report)
    hosts: tuple[str, ...] = ()
    messages: int = 0
    answers: int = 0
    people: int = 0
    unasked: tuple[Question, ...] = ()
    assumed: str | None = None
    untitled: bool = False
    far: int = 0


async def take_in(
    store: Store, paths: Sequence[Path], wanted: Wanted, progress: Callable[[int], None]
) -> Imported:
    """Take files into the database as one chat, that is over; `progress` is told how many bytes have been read.

    Raises Several, Unreadable, OSError and StoreError; then nothing has changed.
    """
    digest = _digest(paths)
    source = f"import:{digest}{wanted.part}"
    if known := await store.of_script(source):
        return Imported(known[0], already=True)
    zone = wanted.zone or (wanted.script.zone if wanted.script else "UTC")
    times = Times(ZoneInfo(zone), wanted.dates)
    async with store.spool() as spool:
        taking = _Taking(spool, wanted, times, progress)
        for number, path in enumerate(paths, 1):
            with opened(path, number) as file:
                await taking.read(file)
        found, head = await taking.found(paths)
        text = wanted.text or script_text(found, head, head.zone or zone)
        script = wanted.script or _parsed(text)
        asked = {_label(script, label): post for label, post in found.questions.items()}
        course = Course(
            script, {label: post.at for label, post in asked.items()}, {label: post.id for label, post in asked.items()}
        )  # fmt: skip
        await course.run(spool)
        await taking.leave_out(found.bots)
        far = await taking.far(found)
        kept = await spool.keep(
            source=source,
            script=text,
            room=f"import:{head.room or digest}",
            rehearsal=head.rehearsal,
            state=course.state(head.started, head.ended),
            hosts=named_hosts(script, found),
        )
    if kept is None:  # somebody else was quicker
        return Imported((await store.of_script(source))[0], already=True)
    chat = await store.chat(kept.chat)
    return Imported(
        chat,
        report=taking.report,
        hosts=await _hosts(store, chat, found),
        messages=kept.messages,
        answers=kept.answers,
        people=kept.people,
        unasked=tuple(each for each in script.everything_asked if each.label not in asked),
        assumed=zone if times.assumed else None,
        untitled=not (wanted.script or title_of(head.title)),
        far=far,
    )


async def _hosts(store: Store, chat: Chat, found: Found) -> tuple[str, ...]:
    """Give the names of the hosts who did not ask to be forgotten."""
    forgotten = await store.are_forgotten(chat.room, found.people)
    return tuple(dict.fromkeys(name for id_, name in found.people.items() if not forgotten[id_]))


class _Taking:
    """Lays out what is in the files, and looks for questions on the way."""

    def __init__(self, spool: Spool, wanted: Wanted, times: Times, progress: Callable[[int], None]) -> None:
        named = [host for host in wanted.script.hosts if host.hosts] if wanted.script else []
        of_script = [name for host in named for name in (host.name, host.handle) if name]
        self.report = Report()
        self._spool = spool
        self._wanted = wanted
        self._times = times
        self._progress = progress
        self._survey = Survey(wanted.script, (*wanted.hosts, *of_script), one_chat=wanted.one_chat)
        self._since, self._until = (self._moment(each) for each in (wanted.since, wanted.until))
        self._head = Head()
        self._files = Beside(wanted.folders)
        self._unnamed = 0
        self._before = 0
        self._tables = False
        self._handles: set[tuple[str, str]] = set()

    async def read(self, source: Source) -> None:
        """Lay out what is in one file."""
        self._unnamed = 0
        settings = Settings(self._times, self._wanted.day, self._wanted.columns)
        reader = reader_of(source, settings)
        self._tables |= reader is posts.read
        try:
            for number, piece in enumerate(reader(source, settings)):
                await self._take(piece, source.path)
                if number % STEP == 0:
                    self._progress(self._before + source.position)
        except BadJson as error:
            raise Unreadable(f"{source}:{error.line}: {error}.") from error
        self.report.odd_lines += source.odd_lines
        self._before += source.path.stat().st_size
        self._progress(self._before)

    async def found(self, paths: Sequence[Path]) -> tuple[Found, Head]:
        """Tell who hosted and what was asked, now that all is laid out. Raises Unreadable where that is not known."""
        await self._spool.flush()
        self.report.different = await self._spool.count()
        files = ", ".join(map(str, paths))
        if not self.report.heard:
            when = f" in that time ({_OUTSIDE})" if self.report.left_out[_OUTSIDE] else ""
            raise Unreadable(f"There is no message in {files}{when}.{self._why()}")
        if self._tables and (shared := await self._spool.shared()):
            raise Unreadable(
                f"Different posts in {files} have the id {shared}, so what was taken for the column of ids is none. Say which"
                " column has the posts' own, --columns id=…, or that none has them: --columns id= If it tells who wrote:"
                " --columns author_id=…"
            )
        if missing := self._survey.missing(self._wanted.hosts):
            asking = ", ".join(self._survey.asking())
            hint = (
                f" Questions were posted by {asking}." if asking else " Write the name as it is in the file."
            )
            raise Unreadable(f"Nobody wrote as {missing[0]} in {files}.{hint}")
        found = self._survey.found()
        if found.chats:
            guess = " Who asked them is a guess; --host NAME says it." if found.guessed else ""
            raise Several(
                f"There is more than one chat in {files}: the labels begin anew.{guess}",
                self._spans(found.chats),
            )
        if not found.questions and not self._wanted.script:
            raise Unreadable(
                f"No questions were found in {files}: no host's posts begin with Q1, Q2, … Say who asked them with"
                " --host NAME, or write the questions into a script and add --script SCRIPT."
            )
        await self._spool.host(found.hosts)
        await self._spool.add_names(self._handles)
        hashtag, title = self._wanted.hashtag or self._head.hashtag, self._wanted.title or self._head.title
        return found, replace(self._head, hashtag=hashtag, title=title)

    async def leave_out(self, bots: Collection[str]) -> None:
        """Leave out what bots wrote, now that it is known which of their posts are the chat's."""
        if number := await self._spool.leave_out(bots):
            self.report.left_out["posts of bots"] += number

    async def far(self, found: Found) -> int:
        """Give how many messages were written more than a day before the first question or after the last one."""
        if not found.questions:
            return 0
        times = [post.at for post in found.questions.values()]
        return await self._spool.count_outside(min(times) - DAY, max(times) + DAY)

    def _spans(self, chats: Sequence[Mapping[str, Posted]]) -> tuple[Span, ...]:
        """Give from when to when each chat is, and whether it has one of the script's questions."""
        return tuple(
            replace(span, fits=any(map(self._survey.is_scripted, chat.items())))
            for span, chat in zip(spans(chats, self._times.zone), chats, strict=True)
        )

    def _moment(self, at: datetime | None) -> datetime | None:
        """Give a moment with its zone: in an hour that comes twice the first, so that two spans neither overlap nor part."""
        return at.replace(tzinfo=self._times.zone) if at and not at.tzinfo else at

    def _is_wanted(self, at: datetime) -> bool:
        return (self._since is None or self._since <= at) and (self._until is None or at < self._until)

    async def _take(self, piece: Piece, path: Path) -> None:
        match piece:
            case Heard():
                await self._hear(piece, path)
            case Unread():
                self.report.unread.append((path, piece))
            case LeftOut(what=what):
                self.report.left_out[what] += 1
            case Head() if self._head == Head():
                self._head = piece

    async def _hear(self, heard: Heard, path: Path) -> None:
        message = heard.message
        if not self._is_wanted(message.at):
            self.report.left_out[_OUTSIDE] += 1
            return
        self.report.heard += 1
        if heard.handle and heard.handle != message.author.name:
            self._handles.add((message.author.id, heard.handle))
        if heard.post is None:
            self._survey.add(message, handle=heard.handle, by_bot=heard.by_bot)
        elif heard.post == Kind.QUESTION and heard.reading and heard.reading.under:
            self._survey.posted(heard.reading.under, _posted(message, heard.reading.under, heard.ask))
        if message.attachments:
            message = await self._with_files(message, path)
        await self._spool.add(
            message, self._signs(heard), reading=heard.reading, highlighted=heard.highlighted, kind=heard.post
        )

    def _signs(self, heard: Heard) -> Iterator[tuple[str, str]]:
        """Give each sign on a message with whose it is; who is only counted gets an id that no room gives."""
        for sign, signed in heard.reactions.items():
            yield from ((sign, person) for person in signed.people)
            others = min(signed.others, MOST_ALIKE, MOST_UNNAMED - self._unnamed)
            self._unnamed += others
            if others < signed.others:
                self.report.left_out["reactions that were only counted, too many to be true"] += (
                    signed.others - others
                )
            yield from ((sign, f"?{number}") for number in range(1, others + 1))

    async def _with_files(self, message: Message, path: Path) -> Message:
        attachments = []
        for attachment in message.attachments:
            media = self._files.take(path, attachment, message.author.id)
            if media:
                self.report.unkept += media.data is None
                await self._spool.add_media(media)
            attachments.append(replace(attachment, url=media.url) if media else attachment)
        return replace(message, attachments=tuple(attachments))

    def _why(self) -> str:
        if not self.report.unread:
            return ""
        path, unread = self.report.unread[0]
        return f" Of {len(self.report.unread):,} lines that could not be read, the first is {path}:{unread}."


def _posted(message: Message, label: str, ask: str) -> Posted:
    """Give a question of hashchat's own file; where that does not tell what it asks, its first line without its name."""
    first = message.text.partition("\n")[0]
    name = label_of(Question(label, "").name, first)
    return Posted(
        message.id,
        message.at,
        message.author.id,
        message.author.name,
        ask or first[name.end() if name else 0 :].strip(),
    )


def _label(script: Script, label: str) -> str:
    """Give the label that a question has in the script: a Q0 that stands alone became its first question."""
    labels = {each.label for each in script.everything_asked}
    return label if label in labels else "1" if label == "0" and "1" in labels else label


def _parsed(text: str) -> Script:
    parsed = parse(text)
    if parsed.script is None:
        raise Unreadable(
            f"The questions that were found make no script ({parsed.problems[0].what}). Write one, and add --script SCRIPT."
        )
    return parsed.script


def _digest(paths: Iterable[Path]) -> str:
    """Give what tells these files from any others, in whichever order they are named."""
    return hashlib.sha256(b"".join(sorted(map(digest, paths)))).hexdigest()
