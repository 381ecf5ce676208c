"""Texts as Discord shows them: without pings, in pieces that it takes, and what people wrote without any markup."""

import re

from bot.recap import pieces
from bot.render.plain import one_line, plain
from bot.script.posts import LONGEST_POST, length

# What Discord makes a mention of: https://discord.com/developers/docs/reference#message-formatting
_PING = re.compile(r"@(?=everyone|here)|(?<=<)@(?=[&!]?\d)", re.IGNORECASE)
_ZERO_WIDTH = "\u200b"
# What means something anywhere in a line: emphasis, code, spoilers, links, and all that begins with `<`.
_MARKUP = re.compile(r"[\\*_~`|\[\]<>]|:(?=//)")
# What means something only at the beginning of a line: headings, small print, lists, quotes.
_START = re.compile(r"^(\s*)(#{1,3}(?=\s)|-(?=[#\s])|[+](?=\s)|\d+(?=\.\s))")
# What makes an address hide behind other words, with or without escapes: nothing but a sign in between is sure to part it.
_MASKED = re.compile(r"\](?=[\s\\]*\()")
# Where a long text is cut, the best place first.
_BREAKS = ("\n\n", "\n", ". ", "; ", ", ", " ")


def defused(text: str) -> str:
    """Give a text in which nothing is a mention of everyone, a role or a person, trimmed as Discord trims it."""
    return _PING.sub(f"@{_ZERO_WIDTH}", plain(text)).strip()


def unmasked(text: str) -> str:
    """Give a text (`defused`) in which no address hides behind other words."""
    return _parted(defused(text))


def inert(text: str) -> str:
    """Give a text (`defused`) that shows as it was written: without markup, and with nothing but its addresses as links."""
    return _parted("\n".join(_inert_line(line) for line in defused(text).split("\n")))


def name(text: str) -> str:
    """Give a name that shows as it was written, within a line."""
    return inert(one_line(text)) or "(no name)"


def _inert_line(line: str) -> str:
    parts = (
        f"<{piece}>" if is_address else _MARKUP.sub(r"\\\g<0>", piece) for piece, is_address in pieces(line)
    )
    return _START.sub(r"\1\\\2", "".join(parts))


def _parted(text: str) -> str:
    return _MASKED.sub(f"]{_ZERO_WIDTH}", text)


def cut(text: str, most: int) -> str:
    """Give at most so many characters of a text, with a sign where more would follow."""
    if length(text) <= most:
        return text
    return f"{_head(text, most - 2)}…"


def split(text: str, most: int = LONGEST_POST) -> list[str]:
    """Cut a text into pieces of at most so many UTF-16 units: between paragraphs, lines, sentences or words where it can."""
    rest, parts = text.strip(), []
    while length(rest) > most:
        head = _head(rest, most)
        parts.append(head)
        rest = rest[len(head) :].lstrip()
        parts[-1] = head.rstrip()
    return [*parts, rest] if rest or not parts else parts


def _head(text: str, most: int) -> str:
    """Give the longest good beginning of a text of at most so many units: at least half of what fits."""
    fits = text.encode("utf-16-le", "replace")[: 2 * most].decode("utf-16-le", "ignore")
    for each in _BREAKS:
        place = fits.rfind(each)
        if place >= len(fits) // 2:
            return fits[: place + len(each)].rstrip() or fits
    return fits
