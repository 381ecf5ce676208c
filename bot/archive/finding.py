"""What the search in the browser reads: every chat cut into units, and which word is in which of them.

A unit is a stretch of one question, small enough to be fetched for an excerpt; the first of each chat says what the chat is
called. Its file and those of the words are scripts that
call a function with JSON, for a page on a disk may load scripts, but no JSON.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from bot.archive.model import Published
from bot.archive.words import words
from bot.messages import Entry
from bot.render.links import anchor
from bot.render.plain import visible
from bot.render.shown import author_name, question_name
from bot.script.model import Script, heading
from bot.script.posts import Kind

#: The most messages in a unit, and the most characters of their texts.
MOST_MESSAGES, MOST_CHARACTERS = 100, 30_000
#: How much is kept of one message for its excerpt, in characters; all of it is found.
MOST_SHOWN = 2_000
#: How much one file of words holds, in characters; a single word may need more.
LARGEST = 40_000
#: The digits of a chat's number and of a unit's.
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"

#: The number of the unit that tells of the chat itself, and the name that it has instead of a question's.
_ABOUT, _ABOUT_NAME = 0, "About the chat"

#: Of one chat: for each word, the numbers of the units that have it, with commas between them.
Words = Mapping[str, str]


@dataclass(slots=True)
class _Unit:
    """What has been said so far under a question since its last unit was full."""

    said: list[list[str]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    size: int = 0


class Units:
    """Cuts one chat into units while its entries come by.

    `words` has those of the units given so far, and `names` the names of their questions. Both grow with the words and the
    units; of what is said, only the units that are not yet full are held, one for each question.
    """

    def __init__(self, script: Script, path: str) -> None:
        self.words: dict[str, str] = {}
        self.names: list[str] = [_ABOUT_NAME]
        self._script = script
        self._path = path
        self._open: dict[str | None, _Unit] = {}

    def add(self, entry: Entry) -> Iterator[tuple[int, str]]:
        """Take the next entry; gives each unit that is full, as its number and the text of its file."""
        if entry.author is None and entry.kind != Kind.QUESTION:
            return
        unit = self._open.setdefault(entry.under, _Unit())
        who = author_name(entry.author) if entry.author else ""
        shows = " ".join(f"{file.name} {file.alt or ''}" for file in entry.attachments)
        text = visible(f"{entry.text} {shows}".strip())
        at = f"{self._script.local(entry.at):%H:%M}"
        unit.said.append([anchor(entry.id), who, at, text[:MOST_SHOWN]])
        unit.texts += who, text
        unit.size += len(text)
        if len(unit.said) == MOST_MESSAGES or unit.size > MOST_CHARACTERS:
            yield self._close(entry.under)

    def about(self, chat: Published) -> tuple[int, str]:
        """Give the unit of what the chat is called, what it was to be about, and who hosted it."""
        hosts = ", ".join(chat.hosts)
        text = "\n".join(filter(None, (heading(chat.hashtag, chat.title), chat.summary)))
        self._find(f"{text}\n{hosts}", _ABOUT)
        return _ABOUT, called("unit", self._path, _ABOUT, [["", hosts, "", text[:MOST_SHOWN]]])

    def end(self) -> Iterator[tuple[int, str]]:
        """Give the units that are left."""
        for under in list(self._open):
            yield self._close(under)

    def _close(self, under: str | None) -> tuple[int, str]:
        unit, number = self._open.pop(under), len(self.names)
        self.names.append(question_name(self._script, under) if under is not None else "")
        self._find("\n".join(unit.texts), number)
        return number, called("unit", self._path, number, unit.said)

    def _find(self, text: str, number: int) -> None:
        """Have the words of a text found in that unit."""
        for word in words(text):
            self.words[word] = (
                f"{self.words[word]},{digits(number)}" if word in self.words else digits(number)
            )


def pieces(chats: Iterable[tuple[int, Words]]) -> tuple[list[str], list[str]]:
    """Give the words of all chats in order, in pieces: the first word of each, and the text of each one's file.

    A word has the chats that have it, and their units, as `chat:unit,unit;chat:unit`, numbers written with 36 digits. The order
    is that of JavaScript, by UTF-16.
    """
    found: defaultdict[str, list[str]] = defaultdict(list)
    for number, of_chat in chats:
        prefix = f"{digits(number)}:"
        for word, units in of_chat.items():
            found[word].append(prefix + units)
    firsts: list[str] = []
    texts: list[str] = []
    piece: dict[str, str] = {}
    size = 0
    for word in sorted(found, key=lambda word: word.encode("utf-16-be")):
        where = ";".join(found[word])
        if piece and size + len(where) > LARGEST:
            texts.append(called("words", len(texts), piece))
            piece, size = {}, 0
        if not piece:
            firsts.append(word)
        piece[word] = where
        size += len(word) + len(where) + 6
    if piece:
        texts.append(called("words", len(texts), piece))
    return firsts, texts


def called(function: str, *values: object) -> str:
    """Write a call of one of the functions of `search.js`."""
    written = ",".join(json.dumps(value, ensure_ascii=False, separators=(",", ":")) for value in values)
    return f"found.{function}({written})\n".encode(errors="replace").decode()


def digits(number: int) -> str:
    """Write a number with 36 digits, as JavaScript reads it."""
    if number < 36:
        return _DIGITS[number]
    return digits(number // 36) + _DIGITS[number % 36]
