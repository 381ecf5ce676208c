"""Addresses in a page: of messages and questions in it, and of what people link to."""

import re

from markupsafe import Markup, escape

from bot.recap import About, is_link, pieces
from bot.render import plain
from bot.script.phrases import primary

_UNSAFE = re.compile(r"[^A-Za-z0-9-]")
#: What people begin with before their own words: mentions, hashtags, labels as `A1` or `Bonus:`, and marks.
_BEGINNING = re.compile(r"(?:[@#]\S+|[^\W\d_]\d+[^\W\d_]?(?!\w)|\w+:|[^\w@#])*+")
_DIRECTIONS = {how: Markup(' dir="{}"').format(how) for how in ("auto", "ltr", "rtl")}
_BEFORE, _BETWEEN, _AFTER = (
    Markup('<a href="'),
    Markup('" rel="noopener noreferrer nofollow">'),
    Markup("</a>"),
)


def anchor(message: str) -> str:
    """Give the id of a message's element: letters, digits, - and _ only, and different for different messages."""
    return "m-" + _safe(message)


def question_anchor(label: str) -> str:
    """Give the id of a question's section: `q1`, `q3a`, `qbonus`."""
    return "q" + _safe(label.lower())


def linked(text: str) -> Markup:
    """Escape a text, with its http(s) addresses as links."""
    if "://" not in text:
        return escape(text)
    return Markup("").join(_link(piece, piece) if is_address else piece for piece, is_address in pieces(text))


def lang(about: About) -> Markup:
    """Give the attribute of what is in the chat's language, on pages whose own words are English (WCAG 3.1.2)."""
    language = about.script.language
    return Markup("") if primary(language) == "en" else Markup(' lang="{}"').format(language)


def direction(text: str) -> Markup:
    """Give the attribute for a text that may begin with what says nothing of it: a label, which is Latin everywhere, or names."""
    if text.isascii():  # as nearly always; there the browser finds the same
        return _DIRECTIONS["auto"]
    begins = _BEGINNING.match(text)
    return _DIRECTIONS[plain.direction(text[begins.end() if begins else 0 :])]


def reference(address: str, text: str) -> Markup:
    """Give a text that links to an address; if that is no http(s) address, both as text."""
    return _link(address, text) if is_link(address) else escape(f"{text}: {address}")


def _link(address: str, text: str) -> Markup:
    return Markup("").join((_BEFORE, address, _BETWEEN, text, _AFTER))


def _safe(id: str) -> str:
    if id.isascii() and id.isalnum():  # as nearly always
        return id
    return _UNSAFE.sub(lambda unsafe: f"_{ord(unsafe[0]):x}_", id)
