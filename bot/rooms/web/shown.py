"""What is kept, as the page is told of it: plain data for JSON. Times are milliseconds since 1970."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from bot.messages import Author, Entry
from bot.recap import Link, Recap
from bot.script.model import Question, Script
from bot.script.phrases import letter
from bot.session import (
    Late,
    Over,
    Paused,
    Ready,
    Running,
    State,
    describe,
    due,
    floor,
    on_floor,
    point,
    running_in,
)
from bot.themes import Theme

#: The files of a chat and their forms, in the order in which they are offered.
FILES = {
    "story": ("html",),
    "recap": ("html", "blog", "md", "txt", "json"),
    "transcript": ("html", "md", "txt", "csv", "json", "jsonl"),
}
#: The signs offered for reactions.
SIGNS = ("👍", "❤", "😂", "🎉", "🤔")


def millis(moment: datetime | None) -> int | None:
    """Give a moment as the page counts time."""
    return None if moment is None else round(moment.timestamp() * 1000)


def author(author: Author | None) -> dict[str, Any] | None:
    """Tell who said something; None for the bot."""
    return None if author is None else {"id": author.id, "name": author.name, "host": author.host}


def entry(entry: Entry, hidden_people: Collection[str] | None = None) -> dict[str, Any]:
    """Tell of one entry. Hosts, who are told which people are hidden, learn what of it is; others get nothing hidden."""
    by = author(entry.author)
    if by and hidden_people is not None:
        by["hidden"] = by["id"] in hidden_people
    return {
        "id": entry.id,
        "at": millis(entry.at),
        "author": by,
        "text": entry.text,
        "kind": entry.kind,
        "answers": list(entry.answers),
        "under": entry.under,
        "reply": entry.reply_to,
        "edited": millis(entry.edited_at),
        "highlighted": entry.highlighted,
        "hidden": entry.hidden and hidden_people is not None,
        "reactions": dict(entry.reactions),
        "pictures": [
            {"url": a.url, "alt": a.alt or "", "width": a.width, "height": a.height}
            for a in entry.attachments
        ],
    }


def question(question: Question, asked_at: datetime) -> dict[str, Any]:
    """Tell of a question that has been asked."""
    image = question.image
    return {
        "label": question.label,
        "name": question.name,
        "ask": question.ask,
        "translations": [list(pair) for pair in question.translations],
        "resources": [{"title": r.title, "url": r.url} for r in question.resources],
        "picture": {"url": f"/script-pictures/{question.label}", "alt": image.alt} if image else None,
        "post": f"post:{question.name}",
        "at": millis(asked_at),
    }


def about(script: Script, name: str, *, rehearsal: bool, speed: float) -> dict[str, Any]:
    """Tell what the chat is, and how many times as fast as real time it runs."""
    return {
        "name": name,
        "hashtag": script.hashtag,
        "title": script.title,
        "summary": script.summary,
        "hosts": [{"name": h.name, "role": h.role.value, "link": h.link} for h in script.hosts],
        "language": script.language,
        "zone": script.zone,
        "acknowledge": script.acknowledge,
        "starts": millis(script.starts),
        "rehearsal": rehearsal,
        "speed": speed,
        "letter": letter(script.language),
        "late": script.late_answers > timedelta(0),
    }


def standing(script: Script, state: State, now: datetime) -> str:
    """Say where the chat stands without the time that is left, which the page counts down itself."""
    match state.phase:
        case Running():
            return on_floor(script, state)
        case Paused():
            return f"Paused at {on_floor(script, state)}"
    return describe(script, state, now)


def course(script: Script, state: State, now: datetime, *, to_host: bool, speed: float) -> dict[str, Any]:
    """Tell where the chat stands; only hosts learn what comes next, and what can be done.

    Times that are left are real ones, at `speed` times the chat's own.
    """
    running = running_in(state)
    question = floor(script, state)
    moment = state.phase.since if isinstance(state.phase, Paused) else now
    end = running.until if running else due(state)
    coming = script.questions[running.floor + 1 :][:1] if running else script.everything_asked[:1]
    told: dict[str, Any] = {
        "phase": state.phase.phase,
        "point": point(script, state),
        "text": standing(script, state, now),
        "question": question.label if question else None,
        "left": None if end is None else _ms((end - moment) / speed),
        "total": _ms((running.until - running.since) / speed) if running else None,
        "starts": millis(end) if isinstance(state.phase, Ready) else None,
        "until": millis(end) if isinstance(state.phase, Late) else None,
        "cancelled": isinstance(state.phase, Over) and state.phase.cancelled,
    }
    if to_host:
        told["next"] = (
            {"name": coming[0].name, "ask": coming[0].ask}
            if coming and not isinstance(state.phase, Late | Over)
            else None
        )
        told["can"] = _possible(state, last=running is not None and not coming)
    return told


def theme(theme: Theme) -> dict[str, Any]:
    """Tell what people talked about."""
    return {"phrase": theme.phrase, "people": theme.people, "example": theme.example.text}


def link(link: Link) -> dict[str, Any]:
    """Tell of a page that was shared."""
    return {"url": link.url, "by": link.by.name, "people": link.people}


def recap(recap: Recap) -> dict[str, Any]:
    """Tell what came of the chat."""
    coming, there, busiest = recap.next, recap.attendance, recap.busiest
    return {
        "people": recap.people,
        "messages": recap.messages,
        "answers": recap.answers,
        "new": len(there.new) if there else None,
        "returned": len(there.returned) if there else None,
        "busiest": {"at": millis(busiest.at), "messages": busiest.messages} if busiest else None,
        "themes": [theme(each) for each in recap.themes],
        "questions": [
            {
                "name": q.question.name,
                "ask": q.question.ask,
                "answers": q.answers,
                "people": q.people,
                "talk": q.talk,
                "talkers": q.talkers,
                "themes": [theme(each) for each in q.themes],
                "best": [entry(best) for best in q.best],
                "links": [link(each) for each in q.links],
            }
            for q in recap.asked
        ],
        "links": [link(each) for each in recap.links],
        "resources": [{"title": resource.title, "url": resource.url} for _, resource in recap.resources],
        "thanks": list(recap.thanks),
        "next": recap.about.script.local(coming).strftime("%A %d %B %Y, %H:%M %Z")
        if isinstance(coming, datetime)
        else coming,
    }


def _possible(state: State, *, last: bool) -> list[str]:
    """Give the wishes that can be granted now, by their names in frames."""
    match state.phase:
        case Ready():
            return ["start", "say", "cancel"]
        case Running():
            can = ["pause", "next", "more", "repeat", "say", "end", "cancel"]
        case Paused():
            can = ["resume", "next", "more", "repeat", "say", "end", "cancel"]
        case Late():
            return ["say"]
        case Over():
            return []
    return [each for each in can if not (last and each == "next")]


def _ms(time: timedelta) -> int:
    return max(0, round(time.total_seconds() * 1000))
