"""What every form made for people shows of a chat, in words: its facts, and of each entry the time, marks and reply."""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache, partial

from bot.messages import Attachment, Author, Entry
from bot.recap import About, QuestionRecap, Recap, pieces
from bot.render.copies import NO_COPIES, Copies, Copy
from bot.render.plain import one_line
from bot.script.model import Host, Role, Script
from bot.script.posts import Kind
from bot.themes import Theme

#: Who the bot is in a transcript.
BOT = "hashchat"

#: Who somebody is whose name shows nothing.
NAMELESS = "(no name)"

# How many entries are remembered, to say whom a reply is to: several of the largest chats known, yet no growing memory.
_REMEMBERED = 5_000

# How much of somebody's words is shown to give an example, and how much to say what was replied to, in characters.
_EXAMPLE = 160
_QUOTED = 90

# How many of the files that are not there are named at the end; each is also told where it was shared.
_MOST_MISSING = 500


@dataclass(frozen=True, slots=True)
class Shown:
    """One entry in words.

    `day` is set where a new day begins, `asked` is the name of the question that it asks, `time` is in the chat's zone.
    `who`, `reply` (whom it replies to) and `quote` (how that begins, None where it is not known) are safe to print within a
    line, the rest of the entry is as it was written. `files` are its attachments, each with the copy that there is of it.
    """

    entry: Entry
    day: str | None
    time: str
    asked: str | None
    who: str
    marks: tuple[str, ...]
    reply: str | None
    quote: str | None
    reactions: tuple[str, ...]
    files: tuple[tuple[Attachment, Copy | None], ...]


class Showing:
    """Puts the entries of one chat into words, one after the other, with bounded memory."""

    def __init__(self, about: About) -> None:
        self._script = about.script
        self._zone = about.script.timezone
        self._clock = _Clock(about.script.timezone)
        self._floor: str | None = None
        self._said: OrderedDict[str, tuple[str, str, str]] = OrderedDict()
        self._missing: list[str] = []
        self._missed = 0
        # Of names, signs and what is told of an entry's place, there are always the same few.
        self._line = lru_cache(_REMEMBERED)(one_line)
        self._placed = lru_cache(_REMEMBERED)(partial(_placed, about.script))

    def show(self, entry: Entry, copies: Copies = NO_COPIES) -> Shown:
        """Put the next entry into words."""
        time, day = self._clock.show(entry.at)
        author = entry.author
        who = self._line(author.name) or NAMELESS if author else BOT
        reply, quote = self._replied(entry.reply_to) if entry.reply_to else (None, None)
        asked = None
        if author is None and entry.kind == Kind.QUESTION and entry.under is not None:
            asked = question_name(self._script, entry.under)
            self._floor = entry.under
        self._remember(entry.id, asked or who, time, entry.text)
        return Shown(
            entry=entry,
            day=day,
            time=time,
            asked=asked,
            who=who,
            marks=() if asked else self._marks(entry),
            reply=reply,
            quote=quote,
            reactions=tuple([f"{self._line(sign)} {number}" for sign, number in entry.reactions.items()]),
            files=self._files(entry, copies, f"{time} {who}") if entry.attachments else (),
        )

    def missing(self) -> Iterator[str]:
        """Name the files that should be there and are not, each within a line; of very many only the first."""
        yield from self._missing
        if self._missed > len(self._missing):
            yield f"and {self._missed - len(self._missing):,} more, each told where it was shared"

    def _marks(self, entry: Entry) -> tuple[str, ...]:
        about = None if entry.answers or entry.under == self._floor else entry.under
        marks = self._placed(entry.kind, entry.answers, about)
        if entry.author and entry.author.host:
            marks = ("host", *marks)
        if entry.highlighted:
            marks = (*marks, "highlighted")
        if entry.edited_at:
            marks = (*marks, f"edited {_clock(entry.edited_at.astimezone(self._zone))}")
        return marks

    def _files(self, entry: Entry, copies: Copies, shared: str) -> tuple[tuple[Attachment, Copy | None], ...]:
        """Give the files with the copies that there are of them, and remember which are missing."""
        files = tuple((attachment, copies.get(attachment.url)) for attachment in entry.attachments)
        for attachment, copy in files:
            if copy and copy.why:
                self._missed += 1
                if self._missed <= _MOST_MISSING:
                    self._missing.append(f"{shared}: {attached(attachment, copy)}")
        return files

    def _replied(self, key: str) -> tuple[str, str | None]:
        if key not in self._said:
            return "an earlier message", None
        who, time, text = self._said[key]
        line = one_line(text)
        return f"{who}, {time}", line if len(line) <= _QUOTED else f"{line[:_QUOTED].rstrip()}…"

    def _remember(self, key: str, who: str, time: str, text: str) -> None:
        self._said[key] = who, time, text[: 2 * _QUOTED]
        if len(self._said) > _REMEMBERED:
            self._said.popitem(last=False)


class _Clock:
    """Tells the time in a zone, and when a day begins. Most entries have the time of the one before."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._day: date | None = None
        self._time = ""
        self._from = self._to = datetime.min.replace(tzinfo=UTC)

    def show(self, at: datetime) -> tuple[str, str | None]:
        """Give the time of that moment, and the day where it is another than that of the moment before."""
        if self._from <= at <= self._to:
            return self._time, None
        local = at.astimezone(self._zone)
        self._time = _clock(local)
        self._from = self._to = at
        if local.second == at.second:  # long ago, zones were apart by seconds, too
            self._from = at.replace(second=0, microsecond=0)
            self._to = at.replace(second=59, microsecond=999_999)
        last, self._day = self._day, local.date()
        return self._time, f"{_day(local)}, {local:%Z}" if self._day != last else None


def _placed(script: Script, kind: str, answers: tuple[str, ...], about: str | None) -> tuple[str, ...]:
    """Say what an entry is; `about` is the question that it does not answer, where that is not on the floor."""
    marks = [] if kind == "message" else [kind.replace("-", " ")]
    if answers:
        marks.append("answers " + ", ".join(question_name(script, label) for label in answers))
    if about is not None:
        marks.append(f"about {question_name(script, about)}")
    return tuple(marks)


def question_name(script: Script, label: str) -> str:
    """Give the name of the question of that label; of one that the script does not have, the label."""
    try:
        return script.question(label).name
    except KeyError:
        return one_line(label)


def author_name(author: Author | None) -> str:
    """Give what a person, or (None) the bot, is called, safe to print within a line."""
    return one_line(author.name) or NAMELESS if author else BOT


def attached(attachment: Attachment, copy: Copy | None = None) -> str:
    """Say what is attached, within a line: its name, what it shows, and where it is, or why it is nowhere.

    One that is kept with the chat, and of which there is no copy, has no address.
    """
    shows = f" ({one_line(attachment.alt)})" if attachment.alt else ""
    where = "" if is_kept(attachment) else f": {one_line(attachment.url)}"
    if copy and copy.address:
        where = f": {copy.address}"
    lost = f" [not kept: {one_line(copy.why)}]" if copy and copy.why else ""
    return f"{one_line(attachment.name) or NAMELESS}{shows}{where}{lost}"


def is_kept(attachment: Attachment) -> bool:
    """Tell whether a file is kept with the chat: its address means nothing outside of the room."""
    return attachment.url.startswith("/")


def facts(about: About) -> Iterator[tuple[str, str]]:
    """Give what the head of a page says about the chat: pairs of a term and what there is to say."""
    script = about.script
    if about.rehearsal:
        yield "Rehearsal", "a chat for trying things out"
    if script.hosts:
        yield "With", ", ".join(_introduced(host) for host in script.hosts)
    if about.started:
        yield "Began", moment(script.local(about.started))
    if about.ended:
        yield "Ended", moment(script.local(about.ended))
    yield "Time zone", script.zone
    yield "Chat", one_line(about.name)


def title(script: Script) -> str:
    """Give the heading of a page about the chat."""
    return one_line(script.heading)


def counts(recap: Recap) -> Iterator[str]:
    """Say how many people, messages and answers there were."""
    yield _counted(recap.people, "person", "people")
    yield _counted(recap.messages, "message", "messages")
    yield _counted(recap.answers, "answer", "answers")


def gathering(recap: Recap) -> Iterator[str]:
    """Say who was there for the first time and who came back, and when most was said; of each only what is known."""
    there, busiest = recap.attendance, recap.busiest
    if there and recap.people:
        yield f"{len(there.new):,} for the first time, {len(there.returned):,} again"
    if busiest:
        local = recap.about.script.local(busiest.at)
        yield f"busiest minute {_clock(local)}: {_counted(busiest.messages, 'message', 'messages')}"


def about_themes(recap: Recap) -> Iterator[str]:
    """Give what the hour was about: each theme with how many people spoke of it, and somebody's words that show it."""
    for theme in recap.themes:
        by = author_name(theme.example.author)
        yield f"{_theme(theme)}: “{_beginning(one_line(theme.example.text))}” ({by})"


def _beginning(text: str) -> str:
    """Give the beginning of a line, cut between words where there are any, and never within an address."""
    if len(text) <= _EXAMPLE:
        return text
    kept = ""
    for piece, is_address in pieces(text):
        room = _EXAMPLE - len(kept)
        if len(piece) > room:
            fits = "" if is_address else piece[:room]
            kept += fits.rpartition(" ")[0] or fits
            break
        kept += piece
    return f"{kept.rstrip()} …"


def talked_about(recap: QuestionRecap) -> str:
    """Give the themes of a question within a line; nothing where there are none."""
    return ", ".join(map(_theme, recap.themes))


def talked(recap: QuestionRecap) -> str:
    """Say how much was said under a question besides answers; nothing where nothing was."""
    if not recap.talk:
        return ""
    return f"{_counted(recap.talk, 'other message', 'other messages')} from {_counted(recap.talkers, 'person', 'people')}"


def notes(recap: QuestionRecap) -> Iterator[str]:
    """Give what there is to say of a question besides its answers: the conversation under it, and what that was about."""
    if told := talked(recap):
        yield told
    if themes := talked_about(recap):
        yield f"Talked about: {themes}"


def asks(recap: QuestionRecap) -> str:
    """Say what a question asks. One that is still to come is not given away: a recap may be made during the chat."""
    return one_line(recap.question.ask) if recap.asked else "not asked"


def answered(recap: QuestionRecap) -> str:
    """Say how many answers a question got, and from how many people."""
    return f"{_counted(recap.answers, 'answer', 'answers')} from {_counted(recap.people, 'person', 'people')}"


def praise(entry: Entry) -> Iterator[str]:
    """Say what makes an answer one of the best."""
    if entry.highlighted:
        yield "highlighted"
    if entry.liked:
        yield _counted(entry.liked, "reaction", "reactions")


def links_shared(recap: Recap) -> Iterator[str]:
    """Give each link with by whom it was shared, and under which question."""
    for link in recap.links:
        others = f" and {_counted(link.people - 1, 'other', 'others')}" if link.people > 1 else ""
        yield f"{link.url} ({author_name(link.by)}{others}{_under(recap, link.under)})"


def pictures_shared(recap: Recap) -> Iterator[str]:
    """Give each picture: its name, what it shows, where it is, by whom it was shared, and under which question."""
    for picture in recap.pictures:
        yield f"{attached(picture.file)} ({author_name(picture.by)}{_under(recap, picture.under)})"


def _under(recap: Recap, label: str | None) -> str:
    return "" if label is None else f", {question_name(recap.about.script, label)}"


def resources(recap: Recap) -> Iterator[str]:
    """Give each resource, with the question that it belongs to."""
    for question, resource in recap.resources:
        yield f"{one_line(resource.title)}: {resource.url}{f' ({question.name})' if question else ''}"


def thanked(recap: Recap) -> Iterator[str]:
    """Give, as one text, the names of those to thank; nothing where nobody said anything."""
    if recap.thanks:
        yield ", ".join(one_line(name) or NAMELESS for name in recap.thanks)


def next_chat(recap: Recap) -> Iterator[str]:
    """Say when the next chat is; nothing where the script does not."""
    script = recap.about.script
    if isinstance(recap.next, datetime):
        yield f"{moment(script.local(recap.next))} ({script.zone})"
    elif recap.next:
        yield one_line(recap.next)


def _theme(theme: Theme) -> str:
    return f"{one_line(theme.phrase)} ({_counted(theme.people, 'person', 'people')})"


def _counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def _clock(local: datetime) -> str:
    return f"{local.hour:02}:{local.minute:02}"


def _day(local: datetime) -> str:
    return f"{local:%A} {local.day} {local:%B} {local.year}"


def moment(local: datetime) -> str:
    """Write a local date and time in words."""
    return f"{_day(local)}, {_clock(local)} {local:%Z}"


def _introduced(host: Host) -> str:
    role = str(host.role) if host.role is not Role.HOST else ""
    more = [part for part in (role, f"@{host.handle}" if host.handle else "", host.link or "") if part]
    return one_line(f"{host.name} ({', '.join(more)})" if more else host.name)
