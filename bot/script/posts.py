"""What the bot posts: the kinds of post, and the text of each, composed from the script."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.script.model import Question, Resource, Script
from bot.script.phrases import Phrases, letter, phrases

#: What may stand in braces in the welcome, the housekeeping and the closing.
PLACEHOLDERS = ("hashtag", "title", "hosts", "questions", "minutes", "next")

_BRACES = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


class Kind(StrEnum):
    """What a post is for."""

    WELCOME = "welcome"
    HOUSEKEEPING = "housekeeping"
    QUESTION = "question"
    FOLLOW_UP = "follow-up"
    LAST_CALL = "last-call"
    MORE_TIME = "more-time"
    REPEAT = "repeat"
    PAUSED = "paused"
    RESUMED = "resumed"
    SAID = "said"
    CLOSING = "closing"
    RECAP = "recap"


#: The posts to which a reply is an answer.
ASKING = frozenset({Kind.QUESTION, Kind.REPEAT, Kind.FOLLOW_UP})
#: As many UTF-16 units as Discord takes in one message, counted in the stricter of the two ways.
LONGEST_POST = 2000


@dataclass(frozen=True, slots=True)
class Post:
    """One thing for the bot to post.

    `key` names it once and for all within its chat: a key is never posted twice. `question` is the label of the
    question that it is about, `text` what a host wants said, `left` the time that remains for the question (or, for
    more time, what was added), `at` the moment at which it is meant to go out (aware, UTC).
    """

    key: str
    kind: Kind
    at: datetime
    question: str | None = None
    text: str | None = None
    left: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Ways:
    """What people can do in a room besides writing, which the housekeeping tells them.

    `forget` is what they choose to be forgotten, as the room calls it; None where a host has to be told. `button` says
    that a question has a button with which to answer it, `thread` that it can have a thread. `addressed` says that what
    people write is heard only where it is addressed to the bot: by the button, or by a reply or message that mentions it.
    """

    forget: str | None = None
    button: bool = False
    thread: bool = False
    addressed: bool = False


#: The ways of a room where all that people can do is write.
WRITING = Ways()


def length(text: str) -> int:
    """Give how long the text of a post is, in the units of LONGEST_POST."""
    return len(text.encode("utf-16-le", "replace")) // 2


def again(question: Question, at: datetime) -> Post:
    """Give the longest post that a question makes: asked once more."""
    return Post("", Kind.REPEAT, at, question.label)


def label_of(question: str, text: str) -> re.Match[str] | None:
    """Find the name of a question at the beginning of its post; the group is what sets it off from what is asked."""
    return re.match(rf"{re.escape(question)}([:.)]?\s+)(?=\S)", text)


def placeholders(text: str) -> Iterator[tuple[str, str | None]]:
    """Give the placeholders of a text, each as written and by its name; a lone brace has no name."""
    for found in _BRACES.finditer(text):
        if found[0] not in ("{{", "}}"):
            yield found[0], None if found[1] is None else found[1].strip()


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put the values into a text that has only known placeholders; doubled braces become single ones."""

    def value(found: re.Match[str]) -> str:
        return values[found[1].strip()] if found[1] is not None else found[0][0]

    return _BRACES.sub(value, text)


def compose(
    script: Script, post: Post, *, moment: Callable[[datetime], str] | None = None, ways: Ways = WRITING
) -> str:
    """Compose the text of a post; the recap's is empty, because a room renders it in a way of its own.

    `moment` writes an aware date and time in the room's own way; without it, in words in the chat's zone. `ways` is what
    people can do in the room. Images are left to the room. Raises KeyError where the post is about a question that the
    script does not have.
    """
    words = phrases(script.language)
    values = _values(script, words, moment)
    question = script.question(post.question) if post.question is not None else None
    about = question.name if question else values["hashtag"]
    left = words.time(post.left) if post.left is not None else ""
    match post.kind:
        case Kind.WELCOME:
            return fill(script.welcome, values) if script.welcome else _welcome(script, words, values)
        case Kind.HOUSEKEEPING:
            return (
                fill(script.housekeeping, values)
                if script.housekeeping
                else _housekeeping(script, words, ways)
            )
        case Kind.CLOSING:
            return _closing(script, words, values, ways)
        case Kind.QUESTION:
            return _asked(question) if question else ""
        case Kind.REPEAT:
            return words.repeat.format(question=_asked(question)) if question else ""
        case Kind.FOLLOW_UP:
            text = post.text or (question.follow_up if question else None) or ""
            return words.follow_up.format(question=about, text=text)
        case Kind.LAST_CALL:
            return words.last_call.format(question=about, left=left)
        case Kind.MORE_TIME:
            return words.more_time.format(question=about, left=left)
        case Kind.PAUSED:
            return words.paused
        case Kind.RESUMED:
            still = words.last_call.format(question=about, left=left) if question and left else ""
            return f"{words.resumed} {still}".rstrip()
        case Kind.SAID:
            return post.text or ""
        case Kind.RECAP:
            return ""


def _values(script: Script, words: Phrases, moment: Callable[[datetime], str] | None) -> dict[str, str]:
    """Give what the placeholders stand for; `minutes` is the time that most questions have."""
    (time, _), *_ = Counter(question.time for question in script.questions).most_common(1)
    coming = script.next or ""
    if isinstance(coming, datetime):
        coming = moment(coming) if moment else words.moment(script.local(coming), script.zone)
    return {
        "hashtag": f"#{script.hashtag}",
        "title": script.title,
        "hosts": words.join(
            [host.name for host in script.hosts if host.hosts] or [host.name for host in script.hosts]
        ),
        "questions": str(len(script.questions)),
        "minutes": f"{time.total_seconds() / 60:.2f}".rstrip("0").rstrip("."),
        "next": coming,
        "time": words.time(time),
    }


def _welcome(script: Script, words: Phrases, values: Mapping[str, str]) -> str:
    guests = words.join([host.name for host in script.hosts if not host.hosts])
    lines = [words.welcome.format_map(values)]
    if any(host.hosts for host in script.hosts):
        lines.append(words.hosts.format_map(values))
    if guests:
        lines.append(words.guests.format(guests=guests))
    lines.append(words.plan[len(script.questions) != 1].format_map(values))
    return "\n".join(lines)


def _housekeeping(script: Script, words: Phrases, ways: Ways) -> str:
    first = next((each for each in script.questions if each.label[0].isdigit()), script.questions[0])
    answer = f"{letter(script.language)}{first.label}" if first.label[0].isdigit() else f"{first.label}:"
    told = words.how_to_address if ways.addressed else words.how_to_answer
    how = [told.format(answer=answer, question=first.name, button=words.answer)]
    if ways.button and not ways.addressed:
        how.append(words.answer_by_button.format(button=words.answer))
    if ways.thread and script.question_threads:
        how.append(words.answer_in_thread)
    forget = words.be_forgotten.format(way=ways.forget) if ways.forget else words.ask_to_be_forgotten
    return f"{' '.join((*how, words.all_else))}\n{words.what_is_kept} {forget}"


def _closing(script: Script, words: Phrases, values: Mapping[str, str], ways: Ways) -> str:
    parts = [fill(script.closing, values) if script.closing else words.thanks.format_map(values)]
    if script.late_answers and not script.closing:
        late = words.late_as_before if ways.addressed else words.late_answers
        parts.append(late.format(time=words.time(script.late_answers)))
    if script.resources:
        parts.append("\n".join((words.resources, *_listed(script.resources))))
    if script.next and "next" not in (name for _, name in placeholders(script.closing or "")):
        parts.append(words.next.format_map(values))
    return "\n".join(parts)


def _asked(question: Question) -> str:
    """Write a question with its translations and its resources below it."""
    translated = (f"{question.name} ({language}): {text}" for language, text in question.translations)
    return "\n".join((f"{question.name}: {question.ask}", *translated, *_listed(question.resources)))


def _listed(resources: tuple[Resource, ...]) -> tuple[str, ...]:
    return tuple(f"{resource.title}: {resource.url}" for resource in resources)
