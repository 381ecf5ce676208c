"""CSV (RFC 4180), for spreadsheets: a row for each entry, all of it, and nothing that a spreadsheet would run.

A cell that a spreadsheet could take for a formula begins with an apostrophe that is not part of it; so does one that
begins with an apostrophe itself. Taking away one leading apostrophe from every cell gives back what was said, but for
NUL, which becomes ␀, and lone surrogates, which become U+FFFD.
"""

import csv
import json
import re
from collections.abc import Iterable

from bot.messages import Entry
from bot.recap import About
from bot.render.json import attachment, utc

#: The columns. `answers` are labels with a comma between; `reactions` and `attachments` are JSON, empty for none.
COLUMNS = (
    "id", "at", "kind", "author", "author_id", "host", "text", "answers", "under",
    "reply_to", "edited_at", "highlighted", "reactions", "attachments",
)  # fmt: skip

# What stands before the sign and is not seen does not keep a spreadsheet from seeing a formula (OWASP, CSV injection).
_FORMULA = re.compile(
    r"['\t\r]|[\s\x00-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]*[=+\-@＝＋－＠]"
)
_SURROGATES = re.compile(r"[\ud800-\udfff]")


class Transcript:
    """A header, then a row for each entry; UTF-8 with a byte order mark, by which Excel knows it. See `bot.render.Writer`."""

    def __init__(self, about: About) -> None:
        del about  # a table has no room for what is known of the chat as a whole
        self._rows = csv.writer(_Through())

    def preamble(self) -> str:
        """Give the byte order mark and the header."""
        return f"\ufeff{self._row(COLUMNS)}"

    def entry(self, entry: Entry) -> str:
        """Give the entry's row."""
        author = entry.author
        return self._row(
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
                _json([attachment(attached) for attached in entry.attachments]),
            )
        )

    def postamble(self) -> str:
        """Give nothing: a table ends with its last row."""
        return ""

    def _row(self, cells: Iterable[str]) -> str:
        row: str = self._rows.writerow([f"'{cell}" if _FORMULA.match(cell) else cell for cell in cells])
        return _SURROGATES.sub("\ufffd", row).replace("\0", "␀")


class _Through:
    """A file that hands back what is written to it, so that `writerow` returns the row."""

    def write(self, row: str) -> str:
        return row


def _json(value: dict[str, int] | list[dict[str, object]]) -> str:
    return json.dumps(value, ensure_ascii=False) if value else ""
