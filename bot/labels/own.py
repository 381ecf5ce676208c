"""What of a text is its author's own: the text as it looks, without what it repeats of others."""

import re

from bot.labels.forms import Forms
from bot.labels.marks import BLANK

_QUOTED_LINE = re.compile(
    rf"^{BLANK}{{0,3}}>(?:>>{BLANK}(?s:.*)|(?:(?:>|{BLANK})[^\n]*+)?(?=\n|\Z))\n?", re.MULTILINE
)
_REPEAT_AT_START = re.compile(rf"\W*+(?:[RrMm][Tt]{BLANK}?:?{BLANK}?[\"“„«]?@)")
_REPEAT = re.compile(rf"[RM](?<!\w.)T{BLANK}?:?{BLANK}?[\"“„«]?@")

_HIDDEN = (
    *(0xAD, 0x34F, 0x61C, 0x180E, 0x20E3, 0xFEFF),
    *(*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), *range(0xFE00, 0xFE10)),
)
#: Characters that nobody sees; wide letters, and mathematical ones, which some people take for bold type.
_PLAIN = (
    dict.fromkeys(_HIDDEN, "")
    | {0xFF01 + n: chr(0x21 + n) for n in range(94)}
    | {0x1D400 + n: chr((0x41 if n % 52 < 26 else 0x61) + n % 26) for n in range(13 * 52)}
    | {0x1D7CE + n: chr(0x30 + n % 10) for n in range(50)}
)
_UNUSUAL = re.compile(r"[^\x00-\xac\xae-\u02ff\u2010-\u2027]")


def plain(text: str) -> str:
    """Give the text without invisible characters, and with ordinary letters for wide and mathematical ones."""
    return text.translate(_PLAIN) if not text.isascii() and _UNUSUAL.search(text) else text


def own_words(text: str, forms: Forms) -> str:
    """Give the text without what it repeats of others; empty if nothing is left but tags and marks.

    Repeated are lines behind `>`, everything from `RT @name` or `MT @name` on, and quotations that begin with a
    mention or a label.
    """
    if text.isascii() and not ("@" in text or ">" in text or '"' in text):
        return text
    own = _QUOTED_LINE.sub("", text) if ">" in text else text
    if repeated := _REPEAT_AT_START.match(own) or ("T" in own and _REPEAT.search(own)):
        own = own[: repeated.start()]
    if '"' in own or not own.isascii():
        own = forms.quotation.sub(" ", own)
    return "" if own != text and forms.noise.fullmatch(own) else own
