"""JSON Lines (https://jsonlines.org), for programs that read a line at a time: the head of `bot.render.json`, then each entry."""

from bot.messages import Entry
from bot.recap import About
from bot.render.copies import NO_COPIES, Copies, Media
from bot.render.json import Objects, dumped, head


class Transcript:
    """A line with `format`, `version` and `chat`, then a line for each entry. See `bot.render.Writer`."""

    def __init__(self, about: About, *, note: str | None = None, media: Media = Media.NONE) -> None:
        del media  # where a file is, its address says
        self._head = head(about, note)
        self._objects = Objects(about)

    def preamble(self) -> str:
        """Give the first line."""
        return f"{dumped(self._head)}\n"

    def entry(self, entry: Entry, copies: Copies = NO_COPIES) -> str:
        """Give one entry as a line."""
        return f"{dumped(self._objects.of(entry, copies))}\n"

    def postamble(self) -> str:
        """Give nothing: the last entry is the end."""
        return ""
