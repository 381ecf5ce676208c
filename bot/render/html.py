"""HTML: one page that asks for nothing from outside, runs nothing, and is light or dark as its reader likes."""

import base64
import hashlib
import re
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from bot.messages import Entry
from bot.recap import About, Recap, is_link, pieces
from bot.render import shown
from bot.render.json import utc
from bot.render.plain import visible

_UNSAFE = re.compile(r"[^A-Za-z0-9-]")
_LINK = Markup('<a href="{0}" rel="noopener noreferrer nofollow">{1}</a>')


class Transcript:
    """A section for each question, in it everything said until the next one, in order. See `bot.render.Writer`."""

    def __init__(self, about: About) -> None:
        self._about = about
        self._showing = shown.Showing(about)
        self._parts = _macros("transcript.html")

    def preamble(self) -> str:
        """Give the head of the page."""
        return visible(self._parts.preamble(self._about))

    def entry(self, entry: Entry) -> str:
        """Give one entry; a question begins a section."""
        return visible(self._parts.entry(self._showing.show(entry)))

    def postamble(self) -> str:
        """Give the end of the page."""
        return visible(self._parts.postamble())


def recap(recap: Recap) -> str:
    """Give a recap as a page."""
    return visible(_macros("recap.html").page_of(recap))


def anchor(message: str) -> str:
    """Give the id of a message's element: letters, digits, - and _ only, and different for different messages."""
    return "m-" + _UNSAFE.sub(lambda unsafe: f"_{ord(unsafe[0]):x}_", message)


def linked(text: str) -> Markup:
    """Escape a text, with its http(s) addresses as links."""
    return Markup("").join(
        _LINK.format(piece, piece) if is_address else escape(piece) for piece, is_address in pieces(text)
    )


def reference(address: str, text: str) -> Markup:
    """Give a text that links to an address; if that is no http(s) address, both as text."""
    return _LINK.format(address, text) if is_link(address) else escape(f"{text}: {address}")


def _macros(template: str) -> Any:
    """Give the macros of a template beside this module; each returns text that is escaped."""
    return _environment().get_template(template).module


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("bot.render"), autoescape=True, undefined=StrictUndefined, auto_reload=False
    )
    style = files("bot.render").joinpath("templates", "style.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    environment.globals.update(
        shown=shown,
        anchor=anchor,
        linked=linked,
        reference=reference,
        is_kept=shown.is_kept,
        utc=utc,
        style=Markup(style),  # noqa: S704 (a file of this package)
        style_hash=f"sha256-{digest}",
    )
    return environment
