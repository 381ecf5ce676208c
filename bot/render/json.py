"""JSON, for programs: everything that is known, as it is known, but for lone surrogates, which become U+FFFD."""

import json
import re
from datetime import UTC, datetime
from typing import Any

from bot.messages import Attachment, Author, Entry
from bot.recap import About, QuestionRecap, Recap
from bot.script.model import Host, Resource

VERSION = 1

_SURROGATES = re.compile(r"[\ud800-\udfff]")


class Transcript:
    """One object: `format`, `version`, `chat`, and `entries`, of which each line holds one. See `bot.render.Writer`."""

    def __init__(self, about: About) -> None:
        self._about = about
        self._separator = "\n"

    def preamble(self) -> str:
        """Give what is known of the chat, up to the list of entries."""
        self._separator = "\n"
        head = _dumped({"format": "hashchat-transcript", "version": VERSION, "chat": _chat(self._about)})
        return f'{head[:-1]}, "entries": ['

    def entry(self, entry: Entry) -> str:
        """Give one entry as an object on a line of its own."""
        separator, self._separator = self._separator, ",\n"
        return separator + _dumped(_entry(entry))

    def postamble(self) -> str:
        """Give the end of the list and of the object."""
        return "\n]}\n"


def recap(recap: Recap) -> str:
    """Give a recap as one object; see `Transcript` for what it has in common with that."""
    value = {
        "format": "hashchat-recap",
        "version": VERSION,
        "chat": _chat(recap.about),
        "people": recap.people,
        "messages": recap.messages,
        "answers": recap.answers,
        "questions": [_question(question) for question in recap.questions],
        "links": [{"url": link.url, "by": _author(link.by), "under": link.under} for link in recap.links],
        "resources": [
            {"question": question.label if question else None, **_resource(resource)}
            for question, resource in recap.resources
        ],
        "thanks": list(recap.thanks),
        "next": _time(recap.next) if isinstance(recap.next, datetime) else recap.next,
    }
    return _dumped(value, indent=2) + "\n"


def utc(moment: datetime) -> str:
    """Give an aware moment as ISO 8601 in UTC: `2015-04-24T01:00:00Z`, with microseconds where there are any."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def attachment(attachment: Attachment) -> dict[str, Any]:
    """Give an attachment as an object."""
    return {
        "name": attachment.name,
        "url": attachment.url,
        "type": attachment.type,
        "size": attachment.size,
        "alt": attachment.alt,
    }


def _dumped(value: object, *, indent: int | None = None) -> str:
    return _SURROGATES.sub("\ufffd", json.dumps(value, ensure_ascii=False, indent=indent))


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


def _entry(entry: Entry) -> dict[str, Any]:
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
        "attachments": [attachment(attached) for attached in entry.attachments],
    }


def _question(recap: QuestionRecap) -> dict[str, Any]:
    # What a question asks stays untold until it has been asked: a recap can be written in the middle of a chat.
    return {
        "label": recap.question.label,
        "name": recap.question.name,
        "ask": recap.question.ask if recap.asked else None,
        "asked": recap.asked,
        "answers": recap.answers,
        "people": recap.people,
        "best": [_entry(entry) for entry in recap.best],
    }


def _author(author: Author) -> dict[str, Any]:
    return {"id": author.id, "name": author.name, "host": author.host}


def _host(host: Host) -> dict[str, Any]:
    return {"name": host.name, "handle": host.handle, "link": host.link, "role": str(host.role)}


def _resource(resource: Resource) -> dict[str, Any]:
    return {"title": resource.title, "url": resource.url}
