"""Chats as a calendar (RFC 5545), to be subscribed to: all times in UTC, so that no time zone has to be explained."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from bot.archive.model import Coming, Published
from bot.render.plain import visible
from bot.script.model import heading

#: The longest line, in bytes, without its end (RFC 5545, 3.1).
_LONGEST = 75
_SPECIAL = re.compile(r"[\\;,]")
#: When nothing says when an event was last changed: it has to be something, and always the same.
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def calendar(name: str, chats: Iterable[Published], coming: Iterable[Coming], url: str | None) -> bytes:
    """Write the calendar of chats that were held and of those to come; with `url`, where the archive is, events lead there."""
    used: set[str] = set()
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//hashchat//archive//EN",
        "CALSCALE:GREGORIAN",
        _text("NAME", name),
        _text("X-WR-CALNAME", name),
        "REFRESH-INTERVAL;VALUE=DURATION:P1D",
        "X-PUBLISHED-TTL:P1D",
        *(line for chat in chats for line in _held(chat, _once(chat, used), url)),
        *(line for each in coming for line in _to_come(each, url)),
        "END:VCALENDAR",
    ]
    return b"".join(_folded(line) for line in lines)


def _once(chat: Published, used: set[str]) -> str:
    """Give the name of a chat's event, which it had when it was still to come, unless another has it too."""
    name = chat.id if chat.event in used else chat.event
    used.add(name)
    return name


def _held(chat: Published, name: str, url: str | None) -> Iterator[str]:
    yield from ("BEGIN:VEVENT", f"UID:{name}@hashchat", f"DTSTAMP:{_utc(chat.ended)}")
    yield from (f"DTSTART:{_utc(chat.started)}", f"DTEND:{_utc(max(chat.started, chat.ended))}")
    yield _text("SUMMARY", heading(chat.hashtag, chat.title))
    yield _text("DESCRIPTION", _described(chat.summary, chat.hosts))
    if url:
        yield f"URL:{url}/{chat.href}/"
    yield from (_text("CATEGORIES", chat.hashtag), "TRANSP:TRANSPARENT", "END:VEVENT")


def _to_come(chat: Coming, url: str | None) -> Iterator[str]:
    yield from ("BEGIN:VEVENT", f"UID:{chat.id}@hashchat", f"DTSTAMP:{_utc(_LONG_AGO)}")
    yield from (f"DTSTART:{_utc(chat.starts)}", f"DTEND:{_utc(chat.ends)}")
    yield _text("SUMMARY", heading(chat.hashtag, chat.title))
    if described := _described(chat.summary, chat.hosts):
        yield _text("DESCRIPTION", described)
    if url:
        yield f"URL:{url}/"
    yield from (_text("CATEGORIES", chat.hashtag), "END:VEVENT")


def _described(summary: str | None, hosts: tuple[str, ...]) -> str:
    return "\n".join(filter(None, (visible(summary or ""), f"With {', '.join(hosts)}" if hosts else None)))


def _text(name: str, text: str) -> str:
    escaped = _SPECIAL.sub(lambda special: f"\\{special[0]}", visible(text)).replace("\n", "\\n")
    return f"{name}:{escaped}"


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _folded(line: str) -> bytes:
    """Give a line with its end, cut where it is too long, though never within a character."""
    whole = line.encode(errors="replace")
    if len(whole) <= _LONGEST:
        return whole + b"\r\n"
    parts = [b""]
    for character in line:
        byte = character.encode(errors="replace")
        if len(parts[-1]) + len(byte) > _LONGEST:
            parts.append(b" ")
        parts[-1] += byte
    return b"".join(part + b"\r\n" for part in parts)
