"""Logs of IRC channels: irssi, WeeChat, ZNC, HexChat, mIRC, energymech, eggdrop and their likes.

All of them write a line for each thing that happens, as `21:01 <ana> hello`; they differ in how they write the time and
in how they set apart what is no message. The day is in the time, or in a line of its own, or not in the log at all.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.imports.heard import Head, Heard, LeftOut, Piece, Settings, Unread, Unreadable
from bot.imports.source import Source
from bot.messages import Author, Message

_DATE = r"(?P<date>\d{4}-\d\d-\d\d|(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\s+)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\s+\d{1,2}(?:,?\s+\d{4}(?!:))?)"
_CLOCK = r"(?P<clock>\d{1,2}:\d\d(?::\d\d)?(?:\.\d{1,9})?(?:\s?[ap]m)?)"
#: The time in front of a line: bare or in brackets, with or without its day and its zone.
_STAMP = re.compile(
    rf"[\[(]?(?:{_DATE}[T\s]\s*)?{_CLOCK}(?P<zone>Z|[+-]\d\d:?\d\d)?[\])]?(?P<gap>\t| +|$)", re.IGNORECASE
)
_NICK = r"[~&@%+!\s]?(?P<nick>[^\s<>]{1,64})"
_SAID = re.compile(rf"<{_NICK}>(?:\s|$)(?P<text>.*)")
_TABBED = re.compile(rf"{_NICK}\t(?P<text>.*)")
_ACTION = re.compile(
    r"\s?\*\s(?P<nick>[^\s*]{1,64})(?:\s(?P<text>.*)|$)|Action: (?P<eggdrop>\S{1,64}) (?P<deed>.*)"
)
_NICK_CHANGE = re.compile(
    r"[-*!\s]*+(?P<old>[^\s*]{1,64}) is now known as (?P<new>\S{1,64})|"
    r"Nick change: (?P<was>\S{1,64}) -> (?P<becomes>\S{1,64})"
)
#: Who somebody is on the network: `(~ana@example.org)`, in one kind of brackets or another.
_ADDRESS = r"[(\[<][^\s@]{1,64}@\S{0,255}[)\]>]"
#: What clients begin their own notes with. A nick has no `#` in front and no `:` behind it, so `* Joins: ana` is a note.
_MARKED = (
    r"-!-|-->|<--|---|--\s|\*{2,3}\s|[-=<>]{2,3}\s|=!=|![\w-]+\.[\w.-]+ |-[^\s-]\S*-\s|"
    r"\[(?:Users [#&]|[\s~&@%+]\S+?\s*\](?:\s\[|\s*$))|"
    rf"\S+ {_ADDRESS}|(?:Joins|Parts|Quits|Topic|Mode change|mode):? "
)
#: Notes that begin as if somebody did something: `* Now talking in #macrosw`.
_OWN_WORDS = (
    r"You (?:are|were|have) |Your nick is |Now talking (?:in|on) |Topic (?:is|for) |Set by |Disconnected|Rejoined |"
    r"Attempting to |Retrieving #|Connect(?:ed|ing|ion)\b|Connect retry |Unable to |Cannot join |Looking up |Users on #|"
    r"Channel #|Ping reply |Dns (?:resol|unable)|Closing link|Found your IP"
)
#: Notes of what somebody did to the channel; other words behind a nick are an action's.
_DONE_BY = (
    r"has (?:joined|left|quit)(?: IRC)?(?: [#&(\[\"]|$)|has kicked \S+(?: from [#&]| \(|$)|has (?:un)?banned \S*[!@]|"
    r"sets (?:(?:invite )?exempt|ban|mode|channel)\b|gives (?:channel |voice |half-?op)|"
    r"removes (?:channel |voice |ban |user limit|(?:invite )?exempt)|was kicked (?:by|from) |changes topic|"
    r"has changed the topic|is already in use"
)
#: What clients write about the channel. With one star it looks like an action, and only its words tell.
_NOTE = re.compile(
    rf"{_MARKED}|(?:\*\s++)?(?:{_OWN_WORDS})|"
    rf"\*\s++(?:#|\S+:(?:\s|$)|\S+ (?:{_ADDRESS}|{_DONE_BY})|[^!@]*+![^\s@]*+@\S)",
    re.IGNORECASE,
)
#: Lines by which a log tells the day: `--- Day changed Fri Apr 24 2015`, `Session Start: …`, `**** BEGIN LOGGING AT …`.
_DAY_LINE = re.compile(
    r"(?:---|\*{4}|Session|\[)\s?.*?(?P<day>(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\s+\d{1,2}\b)"
    r"[^\d]*(?:\d\d?:\d\d(?::\d\d)?\s+)?(?P<year>\d{4})|(?:---|\*{4}|Session).*?(?P<iso>\d{4}-\d\d-\d\d)",
    re.IGNORECASE,
)
_BARE_DAY = re.compile(r"(?:---|\*{4}|Session (?:start|close|time|ident|end)|#)", re.IGNORECASE)
_CHANNEL = re.compile(r"[#&]([^\s,\x07#/\\]+)")
#: Bold, colours and the like (https://modern.ircdocs.horse/formatting).
_FORMATTING = re.compile(
    r"\x03(?:\d{1,2}(?:,\d{1,2})?)?|\x04(?:[0-9a-fA-F]{6}(?:,[0-9a-fA-F]{6})?)?|[\x02\x0f\x11\x16\x1d-\x1f]"
)
_HALF_A_DAY = timedelta(hours=12)
#: So far do clocks that are set right, and servers that deliver late, put a line before another; more is the clocks' change.
_DISORDER = timedelta(minutes=5)


def looks_like(sample: str) -> bool:
    """Tell whether a text begins like a log: one of its first lines is somebody's with a time in front."""
    return any(_message(line) for line in sample.splitlines()[:500])


def read(source: Source, settings: Settings) -> Iterator[Piece]:
    """Give what is in a log. See `bot.imports.heard.Reader`."""
    channel = _CHANNEL.search(source.name)
    yield Head(name=channel[1] if channel else source.name)
    log = _Log(source, settings)
    for number, raw in enumerate(source.text(), 1):
        line = _FORMATTING.sub("", raw.rstrip("\r\n"))
        if line.strip():
            yield log.piece(line, number)


@dataclass(frozen=True, slots=True)
class _Stamped:
    """A line without its time."""

    day: str | None
    clock: str
    zone: str
    rest: str
    tabbed: bool


class _Log:
    """Makes messages of the lines of one log, knowing which day it is and who is who."""

    def __init__(self, source: Source, settings: Settings) -> None:
        self._source = source
        self._times = settings.times
        self._day = settings.day or source.day
        self._last: datetime | None = None
        self._written: datetime | None = None
        self._again = False
        self._people = _People()

    def piece(self, line: str, number: int) -> Piece:
        stamped = _stamped(line)
        if stamped is None:
            return self._without_time(line, number)
        said = _said(stamped)
        if said is None:
            return self._note(stamped, number)
        nick, text = said
        try:
            at = self._at(stamped, number)
        except ValueError as error:
            return Unread(number, str(error))
        return Heard(Message(self._source.id(number), Author(self._people.id(nick), nick), text, at))

    def _without_time(self, line: str, number: int) -> Piece:
        if found := _DAY_LINE.match(line):
            self._new_day(_date(found["iso"] or f"{found['day']} {found['year']}"))
        elif not (_BARE_DAY.match(line) or _NOTE.match(line)):
            return Unread(number, "the line does not begin with a time")
        return LeftOut("lines about the channel")

    def _note(self, stamped: _Stamped, number: int) -> Piece:
        rest = stamped.rest
        if found := _NICK_CHANGE.match(rest):
            self._people.renamed(found["old"] or found["was"], found["new"] or found["becomes"])
        elif found := _DAY_LINE.match(rest):
            self._new_day(_date(found["iso"] or f"{found['day']} {found['year']}"))
        elif not _NOTE.match(rest):
            return Unread(number, "there is no <nick> behind the time")
        return LeftOut("lines about the channel")

    def _new_day(self, day: date | None) -> None:
        if day:
            self._day, self._written = day, None

    def _at(self, stamped: _Stamped, number: int) -> datetime:
        """Give the moment of a line: a little after the one before where both have the same time, for a log is in order."""
        if stamped.day:
            self._new_day_of(stamped.day)
        if self._day is None:
            raise Unreadable(
                f"{self._source}:{number}: this log does not say on which day it was. Say it: --date 2015-04-23"
            )
        written = datetime.combine(self._day, _clock(stamped.clock))
        if not stamped.day and self._written and self._written - written > _HALF_A_DAY:  # past midnight
            self._day += timedelta(days=1)
            written += timedelta(days=1)
        self._written = written
        at = self._moment(datetime.fromisoformat(written.isoformat() + _zone(stamped.zone)))
        if self._last and timedelta(0) <= self._last - at < timedelta(minutes=1):
            at = self._last + timedelta(microseconds=1)
        self._last = at
        return at

    def _moment(self, written: datetime) -> datetime:
        """Give the moment of a written time; of an hour that is there twice, the second once the log has gone back in it."""
        first, second = (self._times.aware(written.replace(fold=fold)) for fold in (0, 1))
        went_back = self._last is not None and self._last - first > _DISORDER
        self._again = first != second and (self._again or went_back)
        return second if self._again else first

    def _new_day_of(self, text: str) -> None:
        """Take the day of a line's own time; where that has no year, the log has told it."""
        year = self._day.year if self._day else None
        day = _date(text if re.search(r"\d{4}", text) else f"{text} {year}" if year else "")
        if day and self._day and day < self._day - timedelta(days=180) and not re.search(r"\d{4}", text):
            day = _date(f"{text} {self._day.year + 1}") or day  # over New Year's Eve
        if day:
            self._day = day


class _People:
    """Who is who: a person keeps the id of the first nick under which they were seen when they take another."""

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}
        self._taken: set[str] = set()
        self._numbers: Counter[str] = Counter()

    def id(self, nick: str) -> str:
        key = nick.casefold()
        if key not in self._ids:
            self._ids[key] = self._free(key)
        return self._ids[key]

    def renamed(self, old: str, new: str) -> None:
        if old.casefold() != new.casefold():
            id_ = self.id(old)
            del self._ids[old.casefold()]
            self._taken.discard(self._ids.get(new.casefold(), ""))
            self._ids[new.casefold()] = id_

    def _free(self, key: str) -> str:
        """Give an id that nobody has: the nick or, where others went by it before, the nick with a number."""
        id_ = key
        while id_ in self._taken:
            self._numbers[key] += 1
            id_ = f"{key}~{self._numbers[key] + 1}"
        self._taken.add(id_)
        return id_


def _stamped(line: str) -> _Stamped | None:
    found = _STAMP.match(line)
    if not found:
        return None
    return _Stamped(
        found["date"], found["clock"], found["zone"] or "", line[found.end() :], found["gap"] == "\t"
    )


def _said(line: _Stamped) -> tuple[str, str] | None:
    """Give who said (or did) what; None for what is about the channel."""
    rest = line.rest
    if found := _SAID.match(rest):
        return found["nick"], found["text"].lstrip()
    if line.tabbed and not _NOTE.match(rest):
        rest = rest.lstrip()
        if rest.startswith("*\t"):
            rest = rest.replace("\t", " ", 1)
        elif found := _TABBED.match(rest):
            return found["nick"], found["text"]
    rest = re.sub(r"^\*\t", "* ", rest)
    if _NOTE.match(rest) or _NICK_CHANGE.match(rest):
        return None
    if found := _ACTION.match(rest):
        nick = found["nick"] or found["eggdrop"]
        return nick, f"{nick} {found['text'] or found['deed'] or ''}".rstrip()
    return None


def _message(line: str) -> bool:
    stamped = _stamped(_FORMATTING.sub("", line))
    return stamped is not None and _said(stamped) is not None


def _clock(text: str) -> time:
    """Read a time of day: 21:01, 21:01:05, 9:01 pm. Raises ValueError."""
    found = re.fullmatch(r"(\d{1,2}):(\d\d)(?::(\d\d))?(?:\.\d+)?(?:\s?([ap])m)?", text, re.IGNORECASE)
    hour, minute, second = (int(found[1]), int(found[2]), int(found[3] or 0)) if found else (99, 0, 0)
    if found and found[4]:
        hour = hour % 12 + 12 * (found[4].lower() == "p")
    if hour > 23 or minute > 59 or second > 60:
        raise ValueError(f"{text} is not a time of day")
    return time(hour, minute, min(second, 59))


def _zone(text: str) -> str:
    return "+00:00" if text.upper() == "Z" else text


def _date(text: str) -> date | None:
    """Read a day: 2015-04-23, Apr 23 2015, Thu Apr 23 2015."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    found = re.search(r"([a-z]{3})[a-z]*\s+(\d{1,2}),?\s+(\d{4})", text, re.IGNORECASE)
    if not found:
        return None
    try:
        return datetime.strptime(f"{found[1]} {found[2]} {found[3]}", "%b %d %Y").date()  # noqa: DTZ007  (a day has no zone)
    except ValueError:
        return None
