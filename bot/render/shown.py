"""What every form made for people shows of a chat, in words: its facts, and of each entry the time, marks and reply."""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from bot.messages import Attachment, Author, Entry
from bot.recap import About, QuestionRecap, Recap
from bot.render.plain import one_line
from bot.script.model import Host, Role, Script
from bot.script.posts import Kind

#: Who the bot is in a transcript.
BOT = "hashchat"

#: Who somebody is whose name shows nothing.
NAMELESS = "(no name)"

# How many entries are remembered, to say whom a reply is to: several of the largest chats known, yet no growing memory.
_REMEMBERED = 5_000


@dataclass(frozen=True, slots=True)
class Shown:
    """One entry in words.

    `day` is set where a new day begins, `asked` is the name of the question that it asks, `time` is in the chat's zone.
    `who` and `reply` (whom it replies to) are safe to print within a line, the rest of the entry is as it was written.
    """

    entry: Entry
    day: str | None
    time: str
    asked: str | None
    who: str
    marks: tuple[str, ...]
    reply: str | None
    reactions: tuple[str, ...]


class Showing:
    """Puts the entries of one chat into words, one after the other, with bounded memory."""

    def __init__(self, about: About) -> None:
        self._script = about.script
        self._zone = about.script.timezone
        self._day: date | None = None
        self._floor: str | None = None
        self._said: OrderedDict[str, str] = OrderedDict()

    def show(self, entry: Entry) -> Shown:
        """Put the next entry into words."""
        local = entry.at.astimezone(self._zone)
        time = _clock(local)
        new_day = local.date() != self._day
        self._day = local.date()
        asks = entry.author is None and entry.kind == Kind.QUESTION and entry.under is not None
        asked = question_name(self._script, entry.under) if asks and entry.under else None
        if asks:
            self._floor = entry.under
        who = author_name(entry.author)
        reply = self._said.get(entry.reply_to, "an earlier message") if entry.reply_to else None
        self._remember(entry.id, f"{asked or who}, {time}")
        return Shown(
            entry=entry,
            day=f"{_day(local)}, {local:%Z}" if new_day else None,
            time=time,
            asked=asked,
            who=who,
            marks=() if asks else tuple(self._marks(entry)),
            reply=reply,
            reactions=tuple(f"{one_line(sign)} {number}" for sign, number in entry.reactions.items()),
        )

    def _remember(self, key: str, words: str) -> None:
        self._said[key] = words
        if len(self._said) > _REMEMBERED:
            self._said.popitem(last=False)

    def _marks(self, entry: Entry) -> Iterator[str]:
        if entry.author and entry.author.host:
            yield "host"
        if entry.kind != "message":
            yield entry.kind.replace("-", " ")
        if entry.answers:
            yield "answers " + ", ".join(question_name(self._script, label) for label in entry.answers)
        elif entry.under is not None and entry.under != self._floor:
            yield f"about {question_name(self._script, entry.under)}"
        if entry.highlighted:
            yield "highlighted"
        if entry.edited_at:
            yield f"edited {_clock(entry.edited_at.astimezone(self._zone))}"


def question_name(script: Script, label: str) -> str:
    """Give the name of the question of that label; of one that the script does not have, the label."""
    try:
        return script.question(label).name
    except KeyError:
        return one_line(label)


def author_name(author: Author | None) -> str:
    """Give what a person, or (None) the bot, is called, safe to print within a line."""
    return one_line(author.name) or NAMELESS if author else BOT


def attached(attachment: Attachment) -> str:
    """Say what is attached, within a line: its name, what it shows, and where it is unless it is kept with the chat."""
    shows = f" ({one_line(attachment.alt)})" if attachment.alt else ""
    where = "" if is_kept(attachment) else f": {one_line(attachment.url)}"
    return f"{one_line(attachment.name)}{shows}{where}"


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
        yield "Began", _moment(script.local(about.started))
    if about.ended:
        yield "Ended", _moment(script.local(about.ended))
    yield "Time zone", script.zone
    yield "Chat", one_line(about.name)


def title(script: Script) -> str:
    """Give the heading of a page about the chat."""
    return one_line(f"#{script.hashtag}: {script.title}")


def counts(recap: Recap) -> Iterator[str]:
    """Say how many people, messages and answers there were."""
    yield _counted(recap.people, "person", "people")
    yield _counted(recap.messages, "message", "messages")
    yield _counted(recap.answers, "answer", "answers")


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
        under = f", {question_name(recap.about.script, link.under)}" if link.under is not None else ""
        yield f"{link.url} ({author_name(link.by)}{under})"


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
        yield f"{_moment(script.local(recap.next))} ({script.zone})"
    elif recap.next:
        yield one_line(recap.next)


def _counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def _clock(local: datetime) -> str:
    return f"{local.hour:02}:{local.minute:02}"


def _day(local: datetime) -> str:
    return f"{local:%A} {local.day} {local:%B} {local.year}"


def _moment(local: datetime) -> str:
    return f"{_day(local)}, {_clock(local)} {local:%Z}"


def _introduced(host: Host) -> str:
    role = str(host.role) if host.role is not Role.HOST else ""
    more = [part for part in (role, f"@{host.handle}" if host.handle else "", host.link or "") if part]
    return one_line(f"{host.name} ({', '.join(more)})" if more else host.name)
