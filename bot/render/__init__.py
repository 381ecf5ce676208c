"""Transcript and recap as files: HTML, Markdown, text, CSV, JSON and JSON Lines.

The text is to be written as UTF-8 with its line ends untouched (`newline=""`), for CSV has its own.
"""

from importlib import import_module
from typing import Protocol

from bot.messages import Entry
from bot.recap import About, Recap
from bot.render import txt
from bot.render.copies import NO_COPIES, Copies, Copy, Media

__all__ = ["NO_COPIES", "RECAPS", "TRANSCRIPTS", "Copies", "Copy", "Media", "Writer", "recap", "transcript"]

#: The forms of a transcript, and those of a recap.
TRANSCRIPTS = ("html", "md", "txt", "csv", "json", "jsonl")
RECAPS = ("html", "blog", "md", "txt", "json")


class Writer(Protocol):
    """Writes one transcript, piece by piece, in the order of these methods; its memory does not grow."""

    def preamble(self) -> str:
        """Give what comes before the entries."""

    def entry(self, entry: Entry, copies: Copies = NO_COPIES) -> str:
        """Give the next entry, and the files on it as the transcript has them."""

    def postamble(self) -> str:
        """Give what comes after the entries."""


def transcript(form: str, about: About, *, note: str | None = None, media: Media = Media.NONE) -> Writer:
    """Make a writer of a transcript in that form; raises ValueError for one that is not in `TRANSCRIPTS`.

    `note` is what readers should know of it, told where the form has a place for it; `media` is where its copies are.
    """
    _known(form, TRANSCRIPTS, "transcript")
    module = import_module(f"bot.render.{form}")  # jinja2 only for those who want HTML
    writer: Writer = module.Transcript(about, note=note, media=media)
    return writer


def recap(form: str, recap: Recap, *, width: int = 80) -> str:
    """Give a recap in that form, text in lines of `width` columns; raises ValueError for one that is not in `RECAPS`."""
    _known(form, RECAPS, "recap")
    if form == "txt":
        return txt.recap(recap, width)
    text: str = import_module(f"bot.render.{form}").recap(recap)
    return text


def _known(form: str, forms: tuple[str, ...], what: str) -> None:
    if form not in forms:
        raise ValueError(f"there is no {what} in the form {form!r}; choose one of {', '.join(forms)}")
