"""Reads the labels in a text: where each stands, how far a row of them goes, and whether they are meant as labels."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from bot.labels import traps
from bot.labels.forms import Forms, number_and_part
from bot.labels.marks import DASHES, SEPARATOR, STRONG

#: A text can name at most this many stretches in a row, far more than a chat has questions.
_LONGEST_LIST = 60

#: Letters that are labels though they stand apart from their number and nothing sets them off: "A 2 I think".
#: Those of other languages are small words in them.
_APART = frozenset("AQRT")
#: A few words before a label that is set off: "Late A1: …", "And for Q2: …".
_LEAD_IN = re.compile(
    r"(?:(?:late|belated|sorry|also|and|my|re|for|ok|okay|so|finally|now|on|here['’]?s|answering|catching up)\b"
    r"[\s:,-]{1,3}){1,3}+",
    re.IGNORECASE,
)
_GLUED = re.compile(r"(?!(?:st|nd|rd|th)\b)[^\W\d_]{2,}(?!\w)", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")


class Kind(Enum):
    """What a label calls what follows it."""

    ANSWER = "answer"
    QUESTION = "question"  # the question's own label (Q1, T1, Bonus), behind which people answer too


@dataclass(frozen=True, slots=True)
class Named:
    """What one label, or several in a row, names.

    `spans` has the first and the last of each stretch, the same for a single label, in the form `2`, `2a`, `1.2` or as
    a name in lower case. `alone` says that nothing else is on the line.
    """

    kind: Kind
    spans: tuple[tuple[str, str], ...]
    alone: bool


def glance(text: str, forms: Forms) -> str | None:
    """Read the plainest texts quickly: give the one label of `A1 …` as `1`, "" where there is none, else None.

    Where it gives anything, nothing that matters is repeated, and `named` gives the same.
    """
    found = forms.glance.match(text)
    if not found:
        return None
    return _key(found[1]) if found.lastindex else ""


def named(text: str, forms: Forms) -> tuple[Named, ...]:
    """Give what the labels in the text name, in the order in which they stand there."""
    if not forms.hint.search(text):
        return ()
    return tuple(name for line in text.split("\n") for name in _in_line(line, forms))


class _Place(Enum):
    """Where on its line a label stands, which says how much it must look like one."""

    START = 1
    BEHIND = 2  # a sentence or a hashtag
    LED = 3  # by a word or two, or by a mention in the middle: it has to be set off
    END = 4  # in brackets, behind a dash, as a hashtag: nothing may follow


@dataclass(slots=True)
class _Run:
    """Labels in a row as they are being read: how it begins, how far it goes, and what answers' and questions' name."""

    first: re.Match[str]
    end: int
    answers: list[tuple[str, str]]
    questions: list[tuple[str, str]]

    @property
    def spans(self) -> list[tuple[str, str]]:
        """In `T2 A2` the answer's label says what follows."""
        return self.answers or self.questions

    @property
    def spaced(self) -> bool:
        """Whether the letter stands apart from its number, as an article would."""
        return any(mark.isspace() for mark in self.first["gap"] or "")


def _in_line(line: str, forms: Forms) -> Iterator[Named]:
    position = forms.noise.match(line).end()  # type: ignore[union-attr] # it matches nothing at least
    place = _Place.START
    found = forms.label.match(line, position)
    if not found and (lead := _LEAD_IN.match(line, position)):
        place = _Place.LED
        found = forms.label.match(line, lead.end())
    named = None
    if found and (run := _run(line, found, forms)):
        named = _judged(line, run, place, forms)
        position = run.end
    if named:
        yield named
    if forms.hint.search(line, position):
        yield from _within(line, position, forms, labelled=named is not None)


def _within(line: str, position: int, forms: Forms, *, labelled: bool) -> Iterator[Named]:
    """Give what is named further on in a line; in one that begins with a label, `… A2: …` is the next answer."""
    for candidate in forms.candidate.finditer(line, position):
        at = candidate.start() + candidate[0].startswith("#")
        place = _place(line, at) if at >= position else None
        if place is None and labelled and at > position and line[at - 1].isspace():
            place = _Place.LED
        if place and (found := forms.label.match(line, at)) and (run := _run(line, found, forms)):
            named = _judged(line, run, place, forms)
            position = run.end
            if named:
                yield named


def _run(line: str, first: re.Match[str], forms: Forms) -> _Run | None:
    """Read the label and those that follow it in a row; None if it is part of a longer word."""
    run = _Run(first, first.end(), [], [])
    word = first["word"] or first["meant"]
    answers = forms.answer_word.match(word) if word else first["letter"] in forms.answers
    spans = run.answers if answers else run.questions
    key = _named_by(first, first["name"] or first["bare"])
    spans.append((key, key))
    if line[run.end : run.end + 1].isalnum():
        return run if _glued(line, first) else None
    for _ in range(_LONGEST_LIST):
        if more := forms.lettered.match(line, run.end):
            spans = run.answers if more["letter"] in forms.answers else run.questions
            keys = [_named_by(more, more["name"])]
        elif more := forms.unlettered.match(line, run.end):
            keys = [_key(digits) for digits in _DIGITS.findall(more[0])]
            if more["slash"] and int(keys[0]) <= _main_number(spans[-1][1]):
                keys = []  # the second part of two, as in `A2/2`
        else:
            break
        if more["range"] and spans:
            spans[-1] = (spans[-1][0], keys[0])
        else:
            spans += [(key, key) for key in keys]
        run.end = more.end()
    return run


def _glued(line: str, first: re.Match[str]) -> bool:
    """Tell whether a capital and its number stand directly before a word, as in `A2framework`."""
    capital = first["letter"] and first["letter"].isupper() and not first["gap"]
    return bool(capital and _GLUED.match(line, first.end()))


def _judged(line: str, run: _Run, place: _Place, forms: Forms) -> Named | None:
    """Give what the labels name if they are labels indeed, by their place and by what follows them."""
    if traps.SPOILED.match(line, run.end) or traps.CODE.match(line, run.end):
        return None
    separator = SEPARATOR.match(line, run.end)
    mark = separator[0].strip()[:1] if separator else ""
    end = separator.end() if separator else run.end
    alone = forms.noise.fullmatch(line, end) is not None
    if _clinical(run, forms) and (mark not in STRONG or line[end : end + 2].strip().isdigit()):
        return None
    if mark not in STRONG and (_misleading(line, run) or traps.REMINDS.match(line, end)):
        return None
    if not _believed(line, run, place, mark, alone=alone):
        return None
    run.end = end
    return Named(Kind.ANSWER if run.answers else Kind.QUESTION, tuple(run.spans), alone)


def _clinical(run: _Run, forms: Forms) -> bool:
    """Tell whether the label is rather a term of medicine, which the script does not use as a label."""
    key = run.spans[0][0]
    return f"{run.first['letter'] or ''}{key}".casefold() in traps.CLINICAL and key not in forms.labels


def _named_by(label: re.Match[str], name: str | None) -> str:
    return name.casefold() if name else _key(label["number"], label["part"])


def _key(number: str, part: str | None = None) -> str:
    """Write a number and a part in the one form in which they are looked up: `02 (B)` as `2b`."""
    return f"{int(number)}{part.strip(' ()').casefold() if part else ''}"


def _main_number(key: str) -> int:
    numbered = number_and_part(key)
    return numbered[0] if numbered else 0


def _place(line: str, at: int) -> _Place | None:
    """Tell what the label at that point of a line stands behind; None for the middle of a sentence."""
    before = line[max(0, at - 60) : at]
    stripped = before.rstrip("([*_~` \t\xa0")
    gap = before[len(stripped) :]
    if before.endswith(("#", "(", "[")):
        return _Place.END
    if not gap:
        return None
    last = stripped[-1:]
    if last in DASHES:
        return _Place.END
    if last.isalnum() or last == "_":
        hail = stripped.split()[-1]
        return _Place.LED if hail[0] == "@" else _Place.BEHIND if hail.startswith(("#", "http")) else None
    return None if last in ",;:&+/='’“«@" else _Place.BEHIND


def _misleading(line: str, run: _Run) -> bool:
    """Tell whether what follows makes a thing or a quantity of the label: `A4 paper`, `a 3 day poll`."""
    article = run.spaced or (run.first["letter"] or "A").islower()
    return bool(traps.THINGS.match(line, run.end) or (article and traps.COUNTED.match(line, run.end)))


def _believed(line: str, run: _Run, place: _Place, mark: str, *, alone: bool) -> bool:
    """Tell whether labels at that place, set off by that mark (or none), are meant as labels."""
    first = run.first
    strong, dashed = mark in STRONG, mark != "" and mark in DASHES
    if place is _Place.END:
        return alone
    if place is _Place.LED:
        return strong or dashed
    if first["bare"] or first["word"] or (first["name"] and run.spaced):
        return alone or strong or (place is _Place.START and mark != "")
    if run.spaced and not strong:
        return place is _Place.START and first["letter"] in _APART
    if not run.answers and place is not _Place.START:
        return strong
    if mark or (run.answers and place is _Place.START):
        return True
    return not (traps.TALK.match(line, run.end) or (not run.answers and traps.QUARTER.match(line, run.end)))
