"""Which questions a message answers.

What was said afterwards about a message stands; then a label decides; then what the message replies to; then whether it
goes on with what its author has just answered. Everything else is conversation.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from bot.labels import Kind, Named, forms_for, glance, named, number_and_part, own_words, plain
from bot.messages import Message
from bot.script.model import Script
from bot.script.phrases import primary

#: How long after somebody's answer a part without a label still goes on with it. People send the parts of one answer
#: within a minute or two; questions are hardly ever less than four minutes apart, and five leave slow typists time.
SOON = timedelta(minutes=5)

_KEPT_AT_MOST = 1024
_AFTER_ALL_PARTS = "\U0010ffff"

#: So much of a text's end is looked at for the number of a part; behind it stand a few hashtags at most.
_TAIL = 200
_PART = re.compile(
    r"(?P<open>[(\[])?(?<![\w/.,])(?P<number>\d{1,2})\s?(?:/|of)\s?(?P<total>\d{1,2})?(?![\w%/€$£])(?!\s(?:of|de|des|der|van|av)\b)"
)
_PART_AT_START = re.compile(rf"[\s*_~`.…-]{{0,8}}+{_PART.pattern}")
_PART_AT_END = re.compile(rf"{_PART.pattern}[^\w#@]*+(?:[#@]\w*+[^\w#@]*+)*+\Z")
_SHORT = r"con(?:t(?:['’]?d)?|['’]t)|forts"
_LONG = r"continu(?:ed|ing|a|ación|ação|ació|à)|sigue|segue|suite|fortsetzung|fortsatt|fortsat|vervolg|jatkuu|devamı?"
_CONTINUED_AT_START = re.compile(
    rf"[\s*_~`(\[.…-]{{0,8}}+(?:(?:{_SHORT})(?!\w)|(?:{_LONG})\s?(?:[:.)\]…-]|\Z))", re.IGNORECASE
)
_CONTINUED_AT_END = re.compile(
    rf"(?:[(\[…]|\.\.)\s?(?:{_SHORT}|{_LONG})[^\w#@]*+(?:[#@]\w*+[^\w#@]*+)*+\Z", re.IGNORECASE
)
_HAIL = re.compile(r"(?:\s|[@#][\w.@-]*+[:,]?|<[^\s<>]{1,80}>)*+")
_NUMBER_OF = re.compile(r"\d\s?(?:/|[oO][fF])")
_GOING_ON = re.compile(rf"(?<!\w)(?:{_SHORT}|{_LONG})(?!\w)", re.IGNORECASE)
#: One of these is in every word of continuing; to look for them is quicker than to look for the words.
_STEMS = ("con", "fort", "sigue", "segue", "suite", "vervolg", "jatkuu", "devam")


class Purpose(StrEnum):
    """What a message is."""

    ANSWER = "answer"
    CONVERSATION = "conversation"
    QUESTION = "question"  # a host's own question or announcement of one
    REPEAT = "repeat"  # somebody else's words, repeated or quoted


@dataclass(frozen=True, slots=True)
class Reply:
    """What a message replies to. `question` is the label if it is a question's post; `under` is where it is filed."""

    question: str | None = None
    under: str | None = None


@dataclass(frozen=True, slots=True)
class Previous:
    """The author's last answer written before the message: the questions' labels, when (aware), and its text."""

    answers: tuple[str, ...]
    at: datetime
    text: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """The little that reading a message needs beyond its own text.

    `hosting`: whether its author hosts the chat. `placed`: the labels that its author or a host has since said it
    answers (empty for none), which stands against everything else.
    """

    reply: Reply | None = None
    previous: Previous | None = None
    hosting: bool = False
    placed: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message was taken for: its purpose, the labels of the questions it answers, and where it is filed.

    An answer to several questions is filed under the first that it names.
    """

    purpose: Purpose
    answers: tuple[str, ...] = ()
    under: str | None = None


def read(script: Script, asked: Mapping[str, datetime], message: Message, context: Context) -> Reading:
    """Decide which questions a message answers.

    `asked` has the label of every question asked so far and when (aware), in the order of asking. Only those count that
    were asked when the message was written, so that it does not matter when it is read. What is neither an answer nor
    about something that it replies to is filed under the question on the floor, the last one asked by then.
    """
    at, reply = message.at, context.reply
    if context.placed is not None:
        return _answer(context.placed) if context.placed else _talk(_under(asked, at, reply))
    if message.repeat:
        return _repeat(_under(asked, at, reply))
    own = message.text
    forms = _asking(script).forms
    label = glance(own, forms)
    if label and label in asked and asked[label] <= at:
        return _answer((label,))
    if label != "":
        text = own if own.isascii() else plain(own)
        own = own_words(text, forms)
        if text and not own:
            return _repeat(_under(asked, at, reply))
        names = named(own, forms)
        if names and (labelled := _labelled(script, names, asked, message, context, own=own)):
            return labelled
    if reply and reply.question and (answers := _asked_by_then((reply.question,), asked, at)):
        return _answer(answers)
    if context.previous and (answers := _asked_by_then(_continued(own, at, context.previous), asked, at)):
        return _answer(answers)
    return _talk(_under(asked, at, reply))


def may_continue(text: str) -> bool:
    """Tell whether the text could be the second part of an answer, so that its author's last answer matters.

    Quick, and in doubt it says yes: `read` looks more closely.
    """
    text = plain(text)
    if _NUMBER_OF.search(text):
        return True
    folded = text.casefold()
    return any(stem in folded for stem in _STEMS) and _GOING_ON.search(text) is not None


_talk = lru_cache(maxsize=1024)(lambda under: Reading(Purpose.CONVERSATION, (), under))
_repeat = lru_cache(maxsize=1024)(lambda under: Reading(Purpose.REPEAT, (), under))
_answer = lru_cache(maxsize=1024)(lambda labels: Reading(Purpose.ANSWER, labels, labels[0]))


def _labelled(
    script: Script,
    names: tuple[Named, ...],
    asked: Mapping[str, datetime],
    message: Message,
    context: Context,
    *,
    own: str,
) -> Reading | None:
    """Read what is named in the author's own words; None if nothing of it counts."""
    asking = _asking(script)
    if context.hosting and names[0].kind is Kind.QUESTION:
        announced = asking.meant(names[:1], asked, message.at)
        return Reading(
            Purpose.QUESTION, (), announced[0] if announced else _under(asked, message.at, context.reply)
        )
    counting = _counting(names, own, attached=bool(message.attachments))
    answers = asking.meant(counting, asked, message.at)
    return _answer(answers) if answers else None


def _counting(names: tuple[Named, ...], text: str, *, attached: bool) -> tuple[Named, ...]:
    """Choose what counts of all that is named: answers' labels if there are any, else the questions' own.

    A question's label with nothing else asks about it ("Q2"), unless an image hangs on it.
    """
    answers = tuple(n for n in names if n.kind is Kind.ANSWER)
    if answers or attached or "\n" in text.strip():
        return answers or names
    return tuple(n for n in names if not n.alone)


def _under(asked: Mapping[str, datetime], at: datetime, reply: Reply | None) -> str | None:
    """Give the question that something replied to belongs to, or else the one on the floor."""
    if reply and (reply.under or reply.question):
        return reply.under or reply.question
    for label in reversed(tuple(asked)):
        if asked[label] <= at:
            return label
    return None


def _asked_by_then(labels: Iterable[str], asked: Mapping[str, datetime], at: datetime) -> tuple[str, ...]:
    return tuple(label for label in labels if label in asked and asked[label] <= at)


class _Asking:
    """The labels of a script's questions, and which of them is meant by what people write."""

    def __init__(self, script: Script) -> None:
        labels = tuple(question.label for question in script.everything_asked)
        self.script = script
        self.forms = forms_for(_languages(script), labels)
        self._numbered = tuple((place, label) for label in labels if (place := number_and_part(label)))
        self._exactly = {label.casefold(): label for label in labels}
        self._exactly |= {f"{number}{part}": label for (number, part), label in self._numbered}

    def meant(self, names: tuple[Named, ...], asked: Mapping[str, datetime], at: datetime) -> tuple[str, ...]:
        """Give the labels of the questions meant that had been asked by then, each once."""
        labels: list[str] = []
        for name in names:
            for first, last in name.spans:
                labels += self._one(first, asked, at) if first == last else self._between(first, last)
        return _asked_by_then(dict.fromkeys(labels), asked, at)

    def _one(self, key: str, asked: Mapping[str, datetime], at: datetime) -> tuple[str, ...]:
        """Find the question of that very label, or else the main one, `2` for `2b`; none or one.

        Of a question that the script has in parts only, `3` means the part asked last: it is what its writer has just
        read, and one who minds the parts writes their letters.
        """
        if exact := self._exactly.get(key):
            return (exact,)
        place = number_and_part(key)
        if not place:
            return ()
        if main := self._exactly.get(str(place[0])):
            return (main,)
        parts = {label for (number, _), label in self._numbered if number == place[0]}
        return tuple(label for label in asked if label in parts and asked[label] <= at)[-1:]

    def _between(self, first: str, last: str) -> tuple[str, ...]:
        """Find the numbered questions from one label to the other, whichever comes first."""
        ends = sorted(filter(None, (number_and_part(first), number_and_part(last))))
        if len(ends) < 2:
            return ()
        low, (number, part) = ends
        high = (number, part or _AFTER_ALL_PARTS)
        return tuple(label for place, label in self._numbered if low <= place <= high)


_kept: dict[int, _Asking] = {}


def _languages(script: Script) -> tuple[str, ...]:
    """Give the languages in which a script asks, each once: its own and those of its questions' translations."""
    translated = (language for question in script.everything_asked for language, _ in question.translations)
    return tuple(dict.fromkeys(map(primary, (script.language, *translated))))


def _asking(script: Script) -> _Asking:
    """Give what is made of a script once. It is found by identity, for which each keeps its script alive."""
    asking = _kept.get(id(script))
    if asking is None:
        if len(_kept) >= _KEPT_AT_MOST:
            _kept.clear()
        asking = _kept[id(script)] = _Asking(script)
    return asking


def _continued(text: str, at: datetime, previous: Previous) -> tuple[str, ...]:
    """Give what the author has just answered, if the text goes on with it."""
    soon = timedelta(0) <= at - previous.at <= SOON
    return previous.answers if soon and _goes_on(text, previous.text) else ()


def _goes_on(text: str, previous: str) -> bool:
    """Tell whether a text without a label says itself that it goes on with what its author said before."""
    hailed = _HAIL.match(text)
    start = hailed.end() if hailed else 0
    if _CONTINUED_AT_START.match(text, start) or _CONTINUED_AT_END.search(text[-_TAIL:]):
        return True
    parts = (_PART_AT_START.match(text, start), _PART_AT_END.search(text[-_TAIL:]))
    return any(part is not None and _is_later_part(part, previous) for part in parts)


def _is_later_part(part: re.Match[str], previous: str) -> bool:
    """Tell whether `2/3` is the second part of three rather than two thirds.

    It is if the text before was marked as a part of as many; otherwise in brackets, or as the last of a few.
    """
    number, total = int(part["number"]), int(part["total"] or 0)
    if number < 2 or (total and number > total):
        return False
    if any(int(mark["total"] or 0) == total for mark in _PART.finditer(previous)):
        return True
    return not total or (total <= 9 and part["open"] is not None) or number == total <= 4
