"""JSON, for programs: everything that is known, as it is known, but for lone surrogates, which become U+FFFD."""

import json
import re
from datetime import UTC, datetime
from typing import Any

from bot.messages import Attachment, Author, Entry
from bot.recap import About, Link, Minute, People, Picture, QuestionRecap, Recap
from bot.render.copies import NO_COPIES, Copies, Copy, Media
from bot.script.model import Host, Resource
from bot.script.posts import Kind
from bot.themes import Theme

VERSION = 1

_SURROGATES = re.compile(r"[\ud800-\udfff]")
# JSON lets these stand in a string, but some programs that read by the line end one there.
_LINE_ENDS = re.compile(r"[\x85\u2028\u2029]")


class Transcript:
    """One object: `format`, `version`, `chat`, and `entries`, of which each line holds one. See `bot.render.Writer`.

    Its schema is `transcript.schema.json`. A key that is there keeps its meaning while `version` stays the same; others may
    be added.
    """

    def __init__(self, about: About, *, note: str | None = None, media: Media = Media.NONE) -> None:
        del media  # where a file is, its address says
        self._head = head(about, note)
        self._objects = Objects(about)
        self._separator = "\n"

    def preamble(self) -> str:
        """Give what is known of the chat, up to the list of entries."""
        self._separator = "\n"
        return f'{dumped(self._head)[:-1]}, "entries": ['

    def entry(self, entry: Entry, copies: Copies = NO_COPIES) -> str:
        """Give one entry as an object on a line of its own."""
        separator, self._separator = self._separator, ",\n"
        return separator + dumped(self._objects.of(entry, copies))

    def postamble(self) -> str:
        """Give the end of the list and of the object."""
        return "\n]}\n"


def recap(recap: Recap) -> str:
    """Give a recap as one object; see `Transcript` for what it has in common with that.

    A key that is there keeps its meaning while `version` stays the same; others may be added.
    """
    value = {
        "format": "hashchat-recap",
        "version": VERSION,
        "chat": _chat(recap.about),
        "people": recap.people,
        "messages": recap.messages,
        "answers": recap.answers,
        "attendance": _attendance(recap.attendance),
        "busiest": _minute(recap.busiest) if recap.busiest else None,
        "minutes": [_minute(minute) for minute in recap.course],
        "themes": [_theme(theme) for theme in recap.themes],
        "questions": [_question(question) for question in recap.questions],
        "links": [_link(link) for link in recap.links],
        "pictures": [_picture(picture) for picture in recap.pictures],
        "resources": [
            {"question": question.label if question else None, **_resource(resource)}
            for question, resource in recap.resources
        ],
        "thanks": list(recap.thanks),
        "next": _time(recap.next) if isinstance(recap.next, datetime) else recap.next,
    }
    return dumped(value, indent=2) + "\n"


class Objects:
    """Gives the entries of a chat as objects; that of a question tells what it asks, apart from how it was posted."""

    def __init__(self, about: About) -> None:
        self._asks = {question.label: question.ask for question in about.script.everything_asked}

    def of(self, entry: Entry, copies: Copies) -> dict[str, Any]:
        """Give one entry."""
        value = object_of(entry, copies)
        if entry.kind == Kind.QUESTION and (ask := self._asks.get(entry.under or "")):
            value["ask"] = ask
        return value


def utc(moment: datetime) -> str:
    """Give an aware moment as ISO 8601 in UTC: `2015-04-24T01:00:00Z`, with microseconds where there are any."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def attachment(attachment: Attachment, copy: Copy | None = None) -> dict[str, Any]:
    """Give an attachment as an object, with where its copy is, or why there is none."""
    there = {"file": copy.address, "missing": copy.why} if copy else {}
    return {
        "name": attachment.name,
        "url": attachment.url,
        "type": attachment.type,
        "size": attachment.size,
        "alt": attachment.alt,
        "width": attachment.width,
        "height": attachment.height,
        **there,
    }


def head(about: About, note: str | None) -> dict[str, Any]:
    """Give what comes before the entries: what this is, and what is known of the chat."""
    return {
        "format": "hashchat-transcript",
        "version": VERSION,
        **({"note": note} if note else {}),
        "chat": _chat(about),
    }


def dumped(value: object, *, indent: int | None = None) -> str:
    """Write a value as JSON that is good UTF-8."""
    text = _SURROGATES.sub("\ufffd", json.dumps(value, ensure_ascii=False, indent=indent))
    return _LINE_ENDS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _time(moment: datetime | None) -> str | None:
    return utc(moment) if moment else None


def _chat(about: About) -> dict[str, Any]:
    script = about.script
    return {
        "name": about.name,
        "hashtag": script.hashtag,
        "title": script.title,
        "summary": script.summary,
        "language": script.language,
        "timezone": script.zone,
        "hosts": [_host(host) for host in script.hosts],
        "started": _time(about.started),
        "ended": _time(about.ended),
        "rehearsal": about.rehearsal,
    }


def object_of(entry: Entry, copies: Copies = NO_COPIES) -> dict[str, Any]:
    """Give an entry as an object."""
    return {
        "id": entry.id,
        "at": utc(entry.at),
        "kind": entry.kind,
        "author": _author(entry.author) if entry.author else None,
        "text": entry.text,
        "answers": list(entry.answers),
        "under": entry.under,
        "reply_to": entry.reply_to,
        "edited_at": _time(entry.edited_at),
        "highlighted": entry.highlighted,
        "reactions": dict(entry.reactions),
        "attachments": [attachment(attached, copies.get(attached.url)) for attached in entry.attachments],
    }


def _question(recap: QuestionRecap) -> dict[str, Any]:
    # What a question asks stays untold until it has been asked: a recap can be written in the middle of a chat.
    return {
        "label": recap.question.label,
        "name": recap.question.name,
        "ask": recap.question.ask if recap.asked else None,
        "asked": recap.asked,
        "asked_at": _time(recap.asked_at),
        "answers": recap.answers,
        "people": recap.people,
        "talk": recap.talk,
        "talkers": recap.talkers,
        "themes": [_theme(theme) for theme in recap.themes],
        "best": [object_of(entry) for entry in recap.best],
    }


def _theme(theme: Theme) -> dict[str, Any]:
    return {"phrase": theme.phrase, "people": theme.people, "example": object_of(theme.example)}


def _link(link: Link) -> dict[str, Any]:
    resource = _resource(link.resource) if link.resource else None
    return {
        "url": link.url,
        "by": _author(link.by),
        "under": link.under,
        "people": link.people,
        "resource": resource,
    }


def _picture(picture: Picture) -> dict[str, Any]:
    return {
        **attachment(picture.file),
        "by": _author(picture.by),
        "under": picture.under,
        "message": picture.message,
    }


def _minute(minute: Minute) -> dict[str, Any]:
    return {"at": utc(minute.at), "messages": minute.messages, "answers": minute.answers}


def _attendance(people: People | None) -> dict[str, Any] | None:
    return {"new": list(people.new), "returned": list(people.returned)} if people else None


def _author(author: Author) -> dict[str, Any]:
    return {"id": author.id, "name": author.name, "host": author.host}


def _host(host: Host) -> dict[str, Any]:
    return {"name": host.name, "handle": host.handle, "link": host.link, "role": str(host.role)}


def _resource(resource: Resource) -> dict[str, Any]:
    return {"title": resource.title, "url": resource.url}
