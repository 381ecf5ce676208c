"""CSV (RFC 4180), for spreadsheets: a row for each entry, all of it, and nothing that a spreadsheet would run.

Where a spreadsheet could take what people wrote for a formula, an apostrophe stands before it that they did not write. That
is at the beginning of a cell; and behind every `;`, tab and line end in it, where a cell begins for a spreadsheet that
separates cells by semicolons, as Excel does in half of Europe (https://owasp.org/www-community/attacks/CSV_Injection). What
begins with an apostrophe itself gets another. So `said` gives back what was said, as does any program that takes away one
apostrophe at each of these places; but NUL has become ␀, and a lone surrogate U+FFFD.
"""

import csv
import json
import re
from collections.abc import Iterable

from bot.messages import Entry
from bot.recap import About
from bot.render.copies import NO_COPIES, Copies, Media
from bot.render.json import attachment, utc

#: The columns. `answers` are labels with a comma between; `reactions` and `attachments` are JSON, empty for none.
COLUMNS = (
    "id", "at", "kind", "author", "author_id", "host", "text", "answers", "under",
    "reply_to", "edited_at", "highlighted", "reactions", "attachments",
)  # fmt: skip

#: By this Excel knows UTF-8.
BOM = "\ufeff"

# Where a cell begins for one spreadsheet or another.
_START = r"(?:\A|(?<=[;\t\r\n]))"
_UNSEEN = r"(?:[^\S\t\r\n]|[\"\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff])"
# What is not seen does not keep a spreadsheet from seeing the formula behind it, nor does a quotation mark in a cell that it
# has cut from another. A tab or line end at the beginning would be lost.
_FORMULA = re.compile(rf"{_START}(?='|{_UNSEEN}*+[=+\-@＝＋－＠])|\A(?=[\t\r])")
_ESCAPED = re.compile(rf"{_START}'")
_SURROGATES = re.compile(r"[\ud800-\udfff]")


class Transcript:
    """A header, then a row for each entry; UTF-8 with a byte order mark, by which Excel knows it. See `bot.render.Writer`."""

    def __init__(self, about: About, *, note: str | None = None, media: Media = Media.NONE) -> None:
        del about, note, media  # a table has no room for what is known of the chat as a whole

    def preamble(self) -> str:
        """Give the byte order mark and the header."""
        return f"{BOM}{row(COLUMNS)}"

    def entry(self, entry: Entry, copies: Copies = NO_COPIES) -> str:
        """Give the entry's row."""
        author = entry.author
        return row(
            (
                entry.id,
                utc(entry.at),
                entry.kind,
                author.name if author else "",
                author.id if author else "",
                str(author is not None and author.host).lower(),
                entry.text,
                ", ".join(entry.answers),
                entry.under or "",
                entry.reply_to or "",
                utc(entry.edited_at) if entry.edited_at else "",
                str(entry.highlighted).lower(),
                _json(dict(entry.reactions)),
                _json([attachment(attached, copies.get(attached.url)) for attached in entry.attachments]),
            )
        )

    def postamble(self) -> str:
        """Give nothing: a table ends with its last row."""
        return ""


class _Through:
    """A file that hands back what is written to it, so that `writerow` returns the row."""

    def write(self, row: str) -> str:
        return row


_ROWS = csv.writer(_Through())


def row(cells: Iterable[str]) -> str:
    """Write cells as a line that no spreadsheet runs; the first one of a file has `BOM` before it."""
    line: str = _ROWS.writerow([_FORMULA.sub("'", cell) for cell in cells])
    return _SURROGATES.sub("\ufffd", line).replace("\0", "␀")


def said(cell: str) -> str:
    """Give what was said, from a cell of such a table."""
    return _ESCAPED.sub("", cell)


def _json(value: dict[str, int] | list[dict[str, object]]) -> str:
    return json.dumps(value, ensure_ascii=False) if value else ""
