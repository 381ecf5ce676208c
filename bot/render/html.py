"""HTML: one page that asks for nothing from outside, runs nothing of what people wrote, and is light or dark as its reader likes."""

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bot.messages import Entry
from bot.recap import About, Recap
from bot.render import pieces, shown
from bot.render.copies import NO_COPIES, Copies, Media
from bot.render.json import utc
from bot.render.links import anchor, direction, lang, linked, question_anchor, reference
from bot.render.plain import one_line, visible
from bot.script.model import MOST_QUESTIONS
from bot.script.posts import label_of

__all__ = ["Transcript", "anchor", "macros", "question_anchor", "recap"]

#: How many messages are in one list: a browser lays out only the lists in sight.
_IN_LIST = 50
#: What a page may show, by where its pictures are; a page on a disk has no origin of its own.
_IMAGES = {Media.NONE: "", Media.FOLDER: " img-src 'self' file:;", Media.EMBED: " img-src data:;"}


@dataclass(slots=True)
class _Asked:
    """A question in the list of those that were asked; `answers` counts them."""

    anchor: str
    name: str
    ask: str
    answers: int = 0


class Transcript:
    """A section for each question, in it everything said until the next one, in order. See `bot.render.Writer`.

    `#m-<id>` leads to a message (see `anchor`), `#q1` to a question. Search and filters are a script in the page; without it,
    the page is only read.
    """

    def __init__(self, about: About, *, note: str | None = None, media: Media = Media.NONE) -> None:
        self._about = about
        self._note = note
        self._images = _IMAGES[media]
        self._showing = shown.Showing(about)
        self._pieces = pieces.Pieces(lang(about))
        self._parts = macros("transcript.html")
        self._asked: dict[str, _Asked] = {}
        self._in_list = 0

    def preamble(self) -> str:
        """Give the head of the page."""
        return visible(self._parts.preamble(self._about, self._note, self._images))

    def entry(self, entry: Entry, copies: Copies = NO_COPIES) -> str:
        """Give one entry; a question begins a section."""
        told = self._showing.show(entry, copies)
        if told.asked:
            self._in_list = 0
            return visible(self._pieces.question(told, self._ask(told)))
        for label in entry.answers:
            if asked := self._asked.get(question_anchor(label)):
                asked.answers += 1
        next_list = "</ol>\n<ol>\n" if self._in_list == _IN_LIST else ""
        self._in_list = 1 if next_list else self._in_list + 1
        return visible(next_list + self._pieces.entry(told))

    def postamble(self) -> str:
        """Give the end of the page, with the list of the questions that were asked."""
        return visible(self._parts.postamble(self._about, self._asked.values(), self._showing.missing()))

    def _ask(self, told: shown.Shown) -> pieces.Asking:
        name, anchor = told.asked or "", question_anchor(told.entry.under or "")
        text = visible(told.entry.text)
        begins = label_of(name, text)
        first, line_end, more = text[begins.end() if begins else 0 :].partition("\n")
        is_new = anchor not in self._asked and len(self._asked) <= MOST_QUESTIONS
        if is_new:
            self._asked[anchor] = _Asked(anchor, name, one_line(first))
        return pieces.Asking(
            anchor if is_new else None, begins and begins[1], first, more if line_end else None
        )


def recap(recap: Recap) -> str:
    """Give a recap as a page."""
    return visible(macros("recap.html").page_of(recap))


def macros(template: str, **names: object) -> Any:
    """Give the macros of a template beside this module, which know these names too; each returns text that is escaped."""
    return _environment().get_template(template, globals=names).module


@dataclass(frozen=True, slots=True)
class _Inline:
    """A style sheet or script of this package as it stands in a page, and the hash by which the page's policy knows it."""

    text: Markup
    hash: str


def _inline(*names: str) -> _Inline:
    folder = files("bot.render").joinpath("templates")
    text = "".join(folder.joinpath(name).read_text(encoding="utf-8") for name in names)
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return _Inline(Markup(text), f"sha256-{digest}")  # noqa: S704 (files of this package)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("bot.render"), autoescape=True, undefined=StrictUndefined, auto_reload=False
    )
    environment.globals.update(
        shown=shown,
        anchor=anchor,
        question_anchor=question_anchor,
        linked=linked,
        reference=reference,
        lang=lang,
        direction=direction,
        is_kept=shown.is_kept,
        utc=utc,
        style=_inline("style.css"),
        transcript_style=_inline("style.css", "transcript.css"),
        transcript_script=_inline("transcript.js"),
        story_style=_inline("style.css", "story.css"),
    )
    return environment
