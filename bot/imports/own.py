"""hashchat's own transcripts in JSON and JSON Lines: a chat comes back with its answers as they were read.

`bot.render.json` and `bot.render.jsonl` write them.
"""

import json
from collections.abc import Iterator
from typing import Any

from bot.answers import Purpose, Reading
from bot.imports.fields import Object, mapping, mappings, needed, number, text, whole
from bot.imports.heard import Head, Heard, Piece, Settings, Signed, Unread, Unreadable, which
from bot.imports.source import Source
from bot.imports.streaming import LONGEST, Member, members
from bot.imports.times import Times
from bot.messages import ITSELF, Attachment, Author, Message
from bot.script.model import Host, Role

FORMAT = "hashchat-transcript"
#: The newest version that is known.
VERSION = 1


def read(source: Source, settings: Settings) -> Iterator[Piece]:
    """Give what is in a transcript. See `bot.imports.heard.Reader`; raises BadJson and Unreadable."""
    number = 0
    for member in _lines(source) if _in_lines(source) else members(source.text(), "entries"):
        match member:
            case Unread():
                yield member
            case Member(key="version"):
                _known(source, member.value)
            case Member(key="chat"):
                yield _chat(source, member, settings.times)
            case Member(key="entries"):
                number += 1
                try:
                    yield _entry(whole(member.value), settings.times)
                except ValueError as error:
                    yield Unread(member.line, str(error), which(member.value, number))


def _in_lines(source: Source) -> bool:
    """Tell whether the first line is an object of its own, and not the whole transcript."""
    try:
        return "entries" not in whole(json.loads(source.text().readline(LONGEST)))
    except (ValueError, RecursionError):
        return False


def _lines(source: Source) -> Iterator[Member | Unread]:
    """Give the members of the first line, and each other line as an entry, or that it cannot be read."""
    file = source.text()
    head = whole(json.loads(file.readline(LONGEST)))
    yield from (Member(key, value, 1) for key, value in head.items())
    number = 1
    while line := file.readline(LONGEST):
        number += 1
        if len(line) == LONGEST and not line.endswith("\n"):
            yield Unread(number, f"the line is longer than {LONGEST:,} characters")
            while (line := file.readline(LONGEST)) and not line.endswith("\n"):
                pass
            continue
        try:
            value = json.loads(line) if line.strip() else None
        except (ValueError, RecursionError):
            yield Unread(number, "the line is not JSON, or is cut off")
            continue
        if value is not None:
            yield Member("entries", value, number)


def _chat(source: Source, member: Member, times: Times) -> Head:
    try:
        return _head(whole(member.value), times)
    except ValueError as error:
        raise Unreadable(
            f"{source}:{member.line}: what is said of the chat cannot be read ({error})."
        ) from error


def _known(source: Source, version: Any) -> None:
    if not isinstance(version, int) or version > VERSION:
        raise Unreadable(f"{source} was written by a newer hashchat. Update hashchat to import it.")


def _head(chat: Object, times: Times) -> Head:
    return Head(
        title=text(chat, "title"),
        hashtag=text(chat, "hashtag"),
        summary=text(chat, "summary") or None,
        language=text(chat, "language") or "en",
        zone=text(chat, "timezone"),
        hosts=tuple(_host(each) for each in mappings(chat, "hosts")),
        started=times.read(text(chat, "started")) if text(chat, "started") else None,
        ended=times.read(text(chat, "ended")) if text(chat, "ended") else None,
        rehearsal=chat.get("rehearsal") is True,
    )


def _host(item: Object) -> Host:
    role = text(item, "role")
    return Host(
        needed(item, "name"), text(item, "handle") or None, text(item, "link") or None, Role(role) if role else Role.HOST
    )  # fmt: skip


def _entry(item: Object, times: Times) -> Heard:
    author, edited = mapping(item, "author"), text(item, "edited_at")
    kind = needed(item, "kind")
    message = Message(
        id=needed(item, "id"),
        author=_author(author) if author else ITSELF,
        text=text(item, "text"),
        at=times.read(needed(item, "at")),
        version=1 if edited else 0,
        edited_at=times.read(edited) if edited else None,
        reply_to=text(item, "reply_to") or None,
        attachments=tuple(_attachment(each) for each in mappings(item, "attachments")),
    )
    reactions = mapping(item, "reactions")
    return Heard(
        message,
        {sign: Signed(others=max(0, number(reactions, sign) or 0)) for sign in reactions},
        reading=_reading(item),
        highlighted=item.get("highlighted") is True,
        post=None if author else kind,
        ask=text(item, "ask"),
    )


def _author(item: Object) -> Author:
    return Author(needed(item, "id"), text(item, "name"), host=item.get("host") is True)


def _attachment(item: Object) -> Attachment:
    """Give an attachment; where a copy of it lies beside the transcript or in it, with the address of that."""
    return Attachment(
        name=text(item, "name"),
        url=text(item, "file") or needed(item, "url"),
        type=text(item, "type") or None,
        size=number(item, "size"),
        alt=text(item, "alt") or None,
        width=number(item, "width"),
        height=number(item, "height"),
    )


def _reading(item: Object) -> Reading:
    answers = item.get("answers") or []
    if not isinstance(answers, list) or not all(
        isinstance(each, str) and "," not in each for each in answers
    ):
        raise ValueError("`answers` is not a list of labels")
    purpose = Purpose.ANSWER if answers else Purpose.CONVERSATION
    return Reading(purpose, tuple(answers), text(item, "under") or None)
