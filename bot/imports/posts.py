"""Tables of posts: CSV from hashtag archives (TAGS, twarc, Nitter), DiscordChatExporter's CSV, and any other with a header.

Which column is which is known by its name, or said by the one who imports.
"""

import csv
import html
import mimetypes
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.imports.heard import Head, Heard, LeftOut, Piece, Settings, Signed, Unread, Unreadable
from bot.imports.source import Source
from bot.imports.times import Ambiguous, Times
from bot.messages import Attachment, Author, Message

#: What a table says of each post, and the names that columns have for it: the likeliest first, without what is no letter.
NAMES = {
    "time": ["createdat", "timestamp", "datetime", "at", "time", "date", "published", "postedat", "posted", "created", "tweetcreatedat", "day"],
    "date": ["date", "day"],
    "author": ["authorusername", "fromuser", "screenname", "userscreenname", "username", "userusername", "handle", "user", "author", "authorname", "from", "nick", "nickname", "sender", "name", "fullname", "displayname", "who", "person"],
    "text": ["text", "fulltext", "content", "message", "tweet", "tweettext", "body", "status", "post", "notetweet", "words", "said"],
    "id": ["idstr", "tweetid", "statusid", "messageid", "postid", "id"],
    "reply_to": ["inreplytostatusidstr", "inreplytostatusid", "referencedtweetsrepliedtoid", "inreplytotweetid", "inreplytoid", "inreplyto", "replyto", "replytoid", "parentid"],
    "author_id": ["fromuseridstr", "authorid", "useridstr", "userid", "fromuserid", "authoridstr", "senderid"],
    "repeats": ["referencedtweetsretweetedid", "retweetedstatusid", "retweetid", "isretweet", "retweeted"],
    "attachments": ["attachments"],
    "reactions": ["reactions"],
}  # fmt: skip
NEEDED = ("time", "author", "text")
_DELIMITERS = ",\t;|"
#: Columns by which a table is known to come from Twitter, which writes &amp; for an ampersand.
_TWITTER = {"idstr", "fromuser", "statusurl", "conversationid", "authorusername", "inreplytouseridstr"}
#: The columns of hashchat's own tables, which are made for spreadsheets.
_OWN = ["id", "at", "kind", "author", "author_id", "host", "text", "answers"]
#: A number that a spreadsheet has rounded is no id any more: 5.91E+17.
_ROUNDED = re.compile(r"\d[.,]?\d*E\+\d+", re.IGNORECASE)
_REACTION = re.compile(r"\s*(\S.*?) \((\d{1,9})\)\s*")
#: A time of day alone, what is meant as one or as a day, and what spreadsheets put behind a day.
_OFFSET = r"(?:\s*(?:z|(?:utc|gmt)?\s?[+-]\d\d:?\d\d|utc|gmt))?"
_CLOCK = re.compile(rf"\d{{1,2}}:\d\d(?::\d\d(?:[.,]\d+)?)?(?:\s*[ap]\.?m\.?)?{_OFFSET}", re.IGNORECASE)
_HALF = re.compile(
    rf"\d{{1,2}}(?:[.:h]\d\d?){{0,2}}(?:[.,]\d+)?\s?[a-z.]{{0,4}}{_OFFSET}|\d{{8}}|\d{{1,4}}[-/.]\d{{1,2}}[-/.]\d{{1,4}}",
    re.IGNORECASE,
)
_MIDNIGHT = re.compile(r"[T\s]+(?:0?0:00(?::00(?:\.0+)?)?|12:00(?::00)?\s?AM)$", re.IGNORECASE)
_YES = frozenset({"true", "yes", "1"})
#: The line that Excel takes, and does not show, to know the delimiter: a table's very first.
_SAID = re.compile(r'"?sep=([^"\r\n])"?(?:\r\n?|\n)', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Layout:
    """How a table is laid out: its delimiter, the place of each column from 0, how many there are, and its header, if any.

    `above` is how many lines stand before it that are none of it.
    """

    delimiter: str
    places: Mapping[str, int]
    width: int
    header: tuple[str, ...] = ()
    above: int = 0

    @property
    def complete(self) -> bool:
        """Whether all that a post needs has a column."""
        return all(name in self.places for name in NEEDED)

    def cell(self, row: Sequence[str], name: str) -> str:
        """Give what a row says of that; empty where it has no such cell."""
        place = self.places.get(name, len(row))
        return row[place].strip() if place < len(row) else ""

    def when(self, row: Sequence[str]) -> str:
        """Give a row's time, which may stand in two columns: a clock beside its day."""
        clock, date = self.cell(row, "time"), self.cell(row, "date")
        day = _MIDNIGHT.sub("", date)
        if day and ":" not in day and _CLOCK.fullmatch(clock):
            return f"{day} {clock}"
        return date if not clock or (":" in day and _CLOCK.fullmatch(clock)) else clock


def layout(sample: str, columns: Mapping[str, str]) -> Layout:
    """Find out how a table is laid out by its beginning. Raises ValueError for a column that it does not have."""
    said = _SAID.match(sample)
    table = sample[said.end() :] if said else sample
    found = [
        replace(_laid_out(table, each), above=1 if said else 0) for each in (said[1] if said else _DELIMITERS)
    ]
    best = max(found, key=lambda each: (len(each.places), len(each.header)))
    if not columns:
        return best
    best = max(found, key=lambda each: sum(_plain(c) in map(_plain, each.header) for c in columns.values()) or len(each.header) / 1000)  # fmt: skip
    return _as_told(best, columns)


def read(source: Source, settings: Settings) -> Iterator[Piece]:
    """Give what is in a table. See `bot.imports.heard.Reader`."""
    try:
        table = layout(source.sample, settings.columns)
    except ValueError as error:
        raise Unreadable(f"{source}: {error}") from error
    _complete(source, table)
    _settle(source, table, settings.times)
    yield Head(name=source.name)
    rows = _Rows(source, table, settings.times)
    yield from rows.pieces()


class _Lines:
    """The lines of a table."""

    def __init__(self, source: Source, table: Layout) -> None:
        self._over = False
        self._file = source.text()
        for _ in range(table.above):
            self._file.readline()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._file, "")
        if not line:
            self._over = True
            raise StopIteration
        return line

    def check(self) -> None:
        """Raise csv.Error where a row needed more lines than there are: it ends with its own, unless a quotation is open."""
        if self._over:
            raise csv.Error("the file ends inside quotation marks")


class _Rows:
    """Makes messages of the rows of one table."""

    def __init__(self, source: Source, table: Layout, times: Times) -> None:
        self._source = source
        self._table = table
        self._times = times
        self._twitter = bool(_TWITTER & {_plain(name) for name in table.header})

    def pieces(self) -> Iterator[Piece]:
        lines = _Lines(self._source, self._table)
        rows = csv.reader(lines, delimiter=self._table.delimiter, strict=False)
        line = 1 + self._table.above
        try:
            for number, row in enumerate(rows):
                lines.check()
                if any(cell.strip() for cell in row) and (number or not self._table.header):
                    yield self._piece(row, line)
                line = rows.line_num + 1 + self._table.above
        except csv.Error as error:
            raise Unreadable(
                f"{self._source}:{line}: from here on the table cannot be read ({error}). Is a quotation mark missing?"
            ) from error

    def _piece(self, row: Sequence[str], line: int) -> Piece:
        row, surplus = self._fitted(row)
        if surplus:
            return Unread(
                line, "the row has more cells than the header; a text with a comma needs quotation marks"
            )
        cells = {name: self._table.cell(row, name) for name in self._table.places}
        cells["time"] = self._table.when(row)
        if missing := [name for name in NEEDED if not cells[name]]:
            if missing == ["text"] and cells.get("attachments"):
                cells["text"] = ""
            elif missing == ["text"]:
                return LeftOut("rows without text")
            else:
                return Unread(line, f"there is no {missing[0]} in the row")
        try:
            return self._heard(cells, line)
        except ValueError as error:
            return Unread(line, str(error))

    def _fitted(self, row: Sequence[str]) -> tuple[Sequence[str], bool]:
        """Give the cells for which there are columns, and whether there are more; those behind a text that comes last are of it."""
        width = self._table.width
        if not any(cell.strip() for cell in row[width:]):
            return row[:width], False
        if self._table.places["text"] != width - 1:
            return row, True
        return (*row[: width - 1], self._table.delimiter.join(row[width - 1 :])), False

    def _heard(self, cells: Mapping[str, str], line: int) -> Heard:
        author = cells["author"].removeprefix("@")
        message = Message(
            id=_id(cells.get("id", "")) or self._source.id(line),
            author=Author(_id(cells.get("author_id", "")) or author.casefold(), author),
            text=html.unescape(cells["text"]) if self._twitter else cells["text"],
            at=self._at(cells["time"]),
            reply_to=_id(cells.get("reply_to", "")),
            attachments=_attachments(cells.get("attachments", "")),
            repeat=_is_repeat(cells.get("repeats", "")),
        )
        return Heard(message, _reactions(cells.get("reactions", "")))

    def _at(self, text: str) -> datetime:
        try:
            return self._times.read(text)
        except ValueError as error:
            if not _HALF.fullmatch(text):
                raise
            if self._table.places.get("date", self._table.places["time"]) == self._table.places["time"]:
                hint = "Where day and time are in two columns, say which: --columns date=…,time=…"
            else:
                hint = "Beside a day a clock is read as 20:10, 20:10:05 or 8:10 PM, with a zone or without"
            raise ValueError(f"{error}. {hint}") from error


def _laid_out(sample: str, delimiter: str) -> Layout:
    header = tuple(next(iter(csv.reader([_first_line(sample)], delimiter=delimiter)), ()))
    plain = [_plain(name) for name in header]
    places = {
        what: place
        for what, names in NAMES.items()
        if (place := next((plain.index(name) for name in names if name in plain), None)) is not None
    }
    return Layout(delimiter, places, len(header), header)


def _as_told(table: Layout, columns: Mapping[str, str]) -> Layout:
    """Take the columns that were named, for nothing else; numbers count from 1, and with numbers only there may be no header.

    What was said to be in no column ("") is in none.
    """
    places = dict(table.places)
    plain = [_plain(name) for name in table.header]
    for what, column in columns.items():
        if what not in NAMES:
            raise ValueError(
                f"there is nothing called {what!r} to say where it is; say it of {', '.join(NAMES)}"
            )
        if not column:
            places.pop(what, None)
        elif column in table.header:
            places[what] = table.header.index(column)
        elif column.isdecimal() and 1 <= int(column) <= len(table.header):
            places[what] = int(column) - 1
        elif _plain(column) and _plain(column) in plain:
            places[what] = plain.index(_plain(column))
        else:
            raise ValueError(f"there is no column {column!r}; there are {_listed(table.header)}")
    told = {what: places[what] for what in columns if what in places}
    numbered = all(column.isdecimal() for column in columns.values() if column)
    if numbered and "time" in columns and any(sign.isdecimal() for sign in table.header[places["time"]]):
        return replace(table, places=told, header=())
    guessed = {what: place for what, place in places.items() if place not in told.values()}
    return replace(table, places=guessed | told)


def _complete(source: Source, table: Layout) -> None:
    """Raise Unreadable where a table lacks what every post needs."""
    if list(table.header[: len(_OWN)]) == _OWN:
        raise Unreadable(
            f"{source} is hashchat's own table for spreadsheets, which does not hold all of a chat. Import its JSON:"
            " hashchat transcript CHAT --format json"
        )
    if not table.complete:
        missing = [name for name in NEEDED if name not in table.places]
        told = ",".join(f"{name}=…" for name in missing)
        raise Unreadable(
            f"{source}:1: no column is known to have the {' and the '.join(missing)}. Say which has: --columns {told}"
            f" (there are {_listed(table.header)})."
        )


def _settle(source: Source, table: Layout, times: Times) -> None:
    rows = csv.reader(_Lines(source, table), delimiter=table.delimiter)
    try:
        times.settle(map(table.when, rows))
    except Ambiguous as error:
        raise Unreadable(
            f"{source}: the day in {str(error)!r} can be read in two ways, as in every row. Say how it is meant: --dates"
            " day-first, or --dates month-first."
        ) from error
    except csv.Error:
        return  # it is said with its line when it is read


def _first_line(sample: str) -> str:
    return next(iter(sample.splitlines()), "")


def _plain(name: str) -> str:
    return "".join(sign for sign in name.casefold() if sign.isalnum())


def _listed(header: Sequence[str]) -> str:
    names = [name.strip()[:40] or "(no name)" for name in header]
    return ", ".join(names[:30]) + (", …" if len(names) > 30 else "")


def _id(cell: str) -> str | None:
    """Give an id, without the apostrophe or the `.0` that spreadsheets add; None for one that is lost."""
    cell = cell.lstrip("'").removesuffix(".0")
    return None if not cell or _ROUNDED.fullmatch(cell) else cell


def _is_repeat(cell: str) -> bool:
    return cell.casefold() in _YES or (cell.isdecimal() and len(cell) > 1)


def _attachments(cell: str) -> tuple[Attachment, ...]:
    urls = [url.strip() for url in cell.split(",") if url.strip()]
    names = [url.split("?")[0].rsplit("/", 1)[-1] or url for url in urls]
    return tuple(
        Attachment(name, url, mimetypes.guess_type(name)[0]) for name, url in zip(names, urls, strict=True)
    )


def _reactions(cell: str) -> dict[str, Signed]:
    found = (_REACTION.fullmatch(each) for each in cell.split(","))
    return {each[1]: Signed(others=int(each[2])) for each in found if each}
