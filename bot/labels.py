"""The labels by which people say what they are answering: `A1 …`, `Q2) …`, `@bo R3: …`, `A4/5`, `Bonus: …`.

A text is read as people write it, line by line. A label counts at the start of a line, behind whatever hails or
decorates (mentions, hashtags, emoji, links, marks), and behind the end of a sentence; nowhere else, because in the middle
of a sentence people talk *about* answers ("should be A2"). Then it has to look like a label and not like the many
things that look like one: "a 3 day poll", "Q4 this year", "A4 paper", "A2, A4, K3". A label that is set off (`A1:`,
`A1)`, `A1-`) is believed more readily than a bare one.

Forms and traps are those counted in some 9,500 public posts of hashtag chats. Every expression here either runs over
a bounded stretch or never gives back what it took, so that reading takes time in proportion to the text, whatever it is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from bot.script.phrases import letter, primary

#: The words for answer, question and "and" in languages besides English, whose words count everywhere.
#: A question's initial is a label as well, unless the language's answers have it already.
_WORDS = {
    "af": ("antwoord", "vraag", "en"),
    "ca": ("resposta", "pregunta", "i"),
    "cs": ("odpověď", "otázka", "a"),
    "cy": ("ateb", "cwestiwn", "ac?"),
    "da": ("svar", "spørgsmål", "og"),
    "de": ("antwort", "frage", "und"),
    "es": ("respuesta", "pregunta", "[ye]"),
    "fi": ("vastaus", "kysymys", "ja"),
    "fr": ("réponse", "question", "et"),
    "gl": ("resposta", "pregunta", "e"),
    "hu": ("válasz", "kérdés", "és"),
    "it": ("risposta", "domanda", "ed?"),
    "nb": ("svar", "spørsmål", "og"),
    "nl": ("antwoord", "vraag", "en"),
    "nn": ("svar", "spørsmål", "og"),
    "no": ("svar", "spørsmål", "og"),
    "pl": ("odpowiedź", "pytanie", "i"),
    "pt": ("resposta", "pergunta", "e"),
    "ro": ("răspuns", "întrebare", "și"),
    "sk": ("odpoveď", "otázka", "a"),
    "sv": ("svar", "fråga", "och"),
    "tr": ("cevap", "soru", "ve"),
}

#: A text can name at most this many questions in a row, far more than a chat has.
_LONGEST_LIST = 60

_BLANK = r"[^\S\n]"
_DASHES = "‐‑‒–—―−-"
#: What sets a label off from what follows it.
_SEPARATOR = re.compile(rf"{_BLANK}?(?:[*_~`]{{1,3}}:?|[:;.)\]|>=…{_DASHES}])")
#: The marks that leave no doubt that something is a label.
_STRONG = frozenset(":)")
#: Letters that are labels though they stand apart from their number and nothing sets them off: "A 2 I think".
#: Those of other languages are small words in them.
_APART = frozenset("AQRT")
#: Behind a label these say that it was none: a plural, a percentage, a clock, a question about it.
_SPOILED = re.compile(r"['’%°]|[^\S\n]?\?|:\d\d\b")

#: What is counted after an article, or after "a" meaning "to": "a 3 day poll", "A 2-year-old", "a 2 horas".
_COUNTED = re.compile(
    rf"[\s{_DASHES}]{{0,2}}(?:(?:second|minute|hour|day|night|week|month|quarter|semester|year|yr|hr|min|step|part|page|"
    r"point|star|word|letter|line|person|people|man|woman|way|side|stage|phase|tier|level|mile|foot|inch|metre|meter|"
    r"pound|dollar|euro|credit|percent|course|bedroom|hora|día|año|mes|semana|minuto|dia|ano|heure|jour|an|mois|semaine|"
    r"giorno|giorni|ora|ore|anno|anni|paso|km|kg|cm|mm|ml|mg|gb|mb|k|m|x)(?:s|es)?\b|(?:pronged|legged|fold|sided|tiered|"
    r"(?:in|on|to|or|x)\s\d+|of|out of|and a half|de|di)\b)",
    re.IGNORECASE,
)
#: Things whose name is a letter and a number: paper, visas, roads, types of illness, levels of a language.
_THINGS = re.compile(
    rf"[\s{_DASHES}]{{1,3}}(?:paper|sheet|size|poster|print|format|envelope|visa|steak|milk|wagyu|motorway|level|diabet)",
    re.IGNORECASE,
)
#: Behind a label: a reminder or a promise rather than an answer.
_REMINDS = re.compile(
    r"[\s,.:;-]{0,2}(?:etc\b|and so (?:on|forth)|coming (?:up|soon|next|later|shortly)|"
    r"for (?:Q\d|questions?\b|your (?:answer|response)s?\b|answers?\b))",
    re.IGNORECASE,
)
#: Behind a bare label: talk about a question or an answer.
_TALK = re.compile(
    r"[\s,]{0,2}(?:(?:is|isn['’]?t|was|wasn['’]?t|are|were|will|would|should|has|had|have|made|makes|got|gets|comes?|coming|"
    r"goes|going|starts?|up|now|soon|again|please|anyone|by|of|from|about|repeat|reminder|answers?|responses?|tweets?|"
    r"posts?|above|below|yet|already|next)\b|(?:this|last)\s(?:time|one|is|was)\b|in\s(?:\d|an?\b|about\b|just\b))",
    re.IGNORECASE,
)
#: Behind a bare Q and number: a quarter of the year.
_QUARTER = re.compile(
    r"[\s,]{0,2}(?:(?:this|last)\s(?:year|quarter|week|month)\b|\d{4}\b|FY\d\d|['’]\d\d\b|(?:results|earnings|report|"
    r"revenue|sales|budget|goals?|deadlines?|planning|targets?)\b)",
    re.IGNORECASE,
)
#: One more code of another letter: a list of some framework's codes, not of labels.
_CODE = re.compile(rf"{_BLANK}?[,/&+]{_BLANK}?[A-Z]\d")
#: A laboratory value and two illnesses, not parts of a question, unless the script has such a part.
_CLINICAL = {"a1c", "t1d", "t2d"}
#: A few words before a label that is set off: "Late A1: …", "And for Q2: …".
_LEAD_IN = re.compile(
    r"(?:(?:late|belated|sorry|also|and|my|re|for|ok|okay|so|finally|now|on|here['’]?s|answering|catching up)\b"
    r"[\s:,-]{1,3}){1,3}+",
    re.IGNORECASE,
)
_QUOTED_LINE = re.compile(
    rf"^{_BLANK}{{0,3}}>(?:>>{_BLANK}(?s:.*)|(?:(?:>|{_BLANK})[^\n]*+)?(?=\n|\Z))\n?", re.MULTILINE
)
_REPEAT_AT_START = re.compile(rf"\W*+(?:[RrMm][Tt]{_BLANK}?:?{_BLANK}?[\"“„«]?@)")
_REPEAT = re.compile(rf"[RM](?<!\w.)T{_BLANK}?:?{_BLANK}?[\"“„«]?@")
_GLUED = re.compile(r"(?!(?:st|nd|rd|th)\b)[^\W\d_]{2,}(?!\w)", re.IGNORECASE)
_NUMBERED = re.compile(r"(\d+)(\.\d+|[a-z])?", re.IGNORECASE)

_HIDDEN = (
    *(0xAD, 0x34F, 0x61C, 0x180E, 0x20E3, 0xFEFF),
    *(*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), *range(0xFE00, 0xFE10)),
)
#: Characters that nobody sees; wide letters, and mathematical ones, which some people take for bold type.
_PLAIN = (
    dict.fromkeys(_HIDDEN, "")
    | {0xFF01 + n: chr(0x21 + n) for n in range(94)}
    | {0x1D400 + n: chr((0x41 if n % 52 < 26 else 0x61) + n % 26) for n in range(13 * 52)}
    | {0x1D7CE + n: chr(0x30 + n % 10) for n in range(50)}
)
_UNUSUAL = re.compile(r"[^\x00-\xac\xae-\u02ff\u2010-\u2027]")


def plain(text: str) -> str:
    """Give the text without invisible characters, and with ordinary letters for wide and mathematical ones."""
    return text.translate(_PLAIN) if not text.isascii() and _UNUSUAL.search(text) else text


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


def number_and_part(label: str) -> tuple[int, str] | None:
    """Split the label of a numbered question, as `3b` into 3 and `b`; None for one with a name of its own."""
    found = _NUMBERED.fullmatch(label)
    return (int(found[1]), (found[2] or "").casefold()) if found else None


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


class Labels:
    """Reads labels as they are written in one language (a BCP 47 tag), for a script with these labels."""

    def __init__(self, language: str, labels: tuple[str, ...]) -> None:
        answer, question, also = _WORDS.get(primary(language), ("answer", "question", "and"))
        answers = {"A", letter(language)}
        capitals = "".join(sorted(answers | {"Q", "T", question[0].upper()}))
        letters = capitals + capitals.lower()
        words = rf"(?:answer|ans\.?|question|topic|{answer}|{question})(?!\w)"
        names = sorted((label for label in labels if not number_and_part(label)), key=len, reverse=True)
        name = rf"(?:{'|'.join(map(re.escape, names)) or '(?!)'})(?!\w)"
        short = rf"(?:[{letters}]\d{{1,4}}[a-h]?(?!\w)|(?i:[{letters}]?{name}))"
        number = (
            rf"(?P<number>\d{{1,4}})(?!\d)"
            rf"(?P<part>\.\d{{1,2}}(?!\d)|[a-hA-H](?!\w)|{_BLANK}?\([a-hA-H]\)|{_BLANK}[a-h](?=\)))?"
        )
        also = rf"(?<!\w)(?:and|{also})(?!\w)"
        to = r"(?:to|thru|through|bis|till?|tot|al?|à|au|do)"
        listed = rf"(?={_BLANK}?[:;.)\]{_DASHES}]|{_BLANK}?(?:[,&]|{also}){_BLANK}?\d)"

        self._labels = frozenset(map(str.casefold, labels))
        self._answers = frozenset("".join(answers) + "".join(answers).lower())
        self._answer_word = re.compile(rf"ans|{answer}", re.IGNORECASE)
        self._label = re.compile(
            rf"(?:(?i:(?P<word>{words}){_BLANK}?\#?)|(?P<letter>[{letters}])(?P<gap>(?:{_BLANK}|[.#{_DASHES}]){{0,2}}))"
            rf"(?:{number}|(?i:(?P<name>{name})))|(?i:(?P<bare>{name})(?:{_BLANK}(?P<meant>{words}))?)"
        )
        self._lettered = re.compile(
            rf"(?:(?P<range>{_BLANK}?[{_DASHES}]{_BLANK}?|{_BLANK}{to}{_BLANK})|"
            rf"{_BLANK}?,?{_BLANK}?(?:[/&+]|&amp;|{also}){_BLANK}?|{_BLANK}?,{_BLANK}?|{_BLANK})"
            rf"(?P<letter>[{letters}])(?:{number}(?![^\W\d_])|(?i:(?P<name>{name})))"
        )
        self._unlettered = re.compile(
            rf"(?:(?P<range>[{_DASHES}])|(?P<slash>/)|{_BLANK}?(?:[&+]|&amp;){_BLANK}?|"
            rf"(?P<loose>{_BLANK}?,{_BLANK}?(?:{also}{_BLANK})?|{_BLANK}{also}{_BLANK}))"
            rf"(?P<number>\d{{1,4}})(?!\w|[/.,]\d)(?(loose){listed})"
        )
        self._noise = re.compile(
            rf"(?:[^\w<\#@:=]|_|@[\w.@-]*+|\#(?={short})|\#(?!{short})\w*+|<(?:[^\s<>]{{1,80}}>)?+|"
            r":(?:[a-z0-9_+-]{1,40}:)?+|https?://\S++)*+"
        )
        hint = rf"\d(?:(?<=[\W_]\d)|(?<=[^\w/][{letters}]\d)|(?<=_[{letters}]\d)|(?<=\A[{letters}]\d))"
        self._hint = re.compile(rf"{hint}|(?i:{name})" if names else hint)
        # A run over a set of ASCII characters is what the expressions do fastest.
        self._digitless = re.compile("(?!)" if names else r"[\x00-/:-\x7f]*+")
        #: Tells, most quickly, of most talk that there is neither a label in it nor anything repeated.
        self.idle = re.compile("(?!)" if names else r"[\x00-!\#-/:-=?A-\x7f]*+").fullmatch
        self._sole = re.compile(
            rf"(?:@\w++:?{_BLANK}|\#(?!{short})\w++{_BLANK})*+[{''.join(sorted(answers))}](\d{{1,2}})[:.)]?"
            rf"(?!(?i:{_THINGS.pattern}|{_REMINDS.pattern})){_BLANK}(?!\?){'(?!)' if names else ''}(?:[\x00-/:-\x7f]++|\D)*+\Z"
        )
        self._candidate = re.compile(
            rf"\#?(?:[{letters}](?<![^\W_].)(?=\W{{0,2}}\d)"
            + (rf"|(?i:[{letters}]?{name}))" if names else ")")
        )
        self._quotation = re.compile(
            rf"[\"“„«](?<![^\s(]\")(?={_BLANK}?\.?@\w|{_BLANK}?{short})[^\"“”«»]*+[\"“”»«]?"
        )

    def hinted(self, text: str) -> bool:
        """Tell, quickly, whether there could be a label in the text."""
        return not self._digitless.fullmatch(text) and self._hint.search(text) is not None

    def sole(self, text: str) -> str | None:
        """Give, quickly, what `A1 …` names at the start of a text without any other digit; None if it is not so plain.

        A third of all labels and more are of this form. It gives what the thorough reading gives, or None.
        """
        found = self._sole.match(text)
        return _key(found[1]) if found else None

    def own_words(self, text: str) -> str:
        """Give the text without what it repeats of others; empty if nothing is left but tags and marks.

        Repeated are lines behind `>`, everything from `RT @name` or `MT @name` on, and quotations that begin with a
        mention or a label.
        """
        if text.isascii() and not ("@" in text or ">" in text or '"' in text):
            return text
        own = _QUOTED_LINE.sub("", text) if ">" in text else text
        if repeated := _REPEAT_AT_START.match(own) or ("T" in own and _REPEAT.search(own)):
            own = own[: repeated.start()]
        if '"' in own or not own.isascii():
            own = self._quotation.sub(" ", own)
        return "" if own != text and self._noise.fullmatch(own) else own

    def named(self, text: str) -> Iterator[Named]:
        """Give what the labels in the text name, in the order in which they stand there."""
        for line in text.split("\n"):
            position = self._noise.match(line).end()  # type: ignore[union-attr] # it matches nothing at least
            place = _Place.START
            found = self._label.match(line, position)
            if not found and (lead := _LEAD_IN.match(line, position)):
                place = _Place.LED
                found = self._label.match(line, lead.end())
            named = None
            if found and (run := self._run(line, found)):
                named = self._judged(line, run, place)
                position = run.end
            if named:
                yield named
            if self._hint.search(line, position):
                yield from self._within(line, position, labelled=named is not None)

    def _within(self, line: str, position: int, *, labelled: bool) -> Iterator[Named]:
        """Give what is named further on in a line; in one that begins with a label, `… A2: …` is the next answer."""
        for candidate in self._candidate.finditer(line, position):
            at = candidate.start() + candidate[0].startswith("#")
            place = _place(line, at) if at >= position else None
            if place is None and labelled and at > position and line[at - 1].isspace():
                place = _Place.LED
            if place and (found := self._label.match(line, at)) and (run := self._run(line, found)):
                named = self._judged(line, run, place)
                position = run.end
                if named:
                    yield named

    def _run(self, line: str, first: re.Match[str]) -> _Run | None:
        """Read the label and those that follow it in a row; None if it is part of a longer word."""
        run = _Run(first, first.end(), [], [])
        word = first["word"] or first["meant"]
        answers = self._answer_word.match(word) if word else first["letter"] in self._answers
        name = first["name"] or first["bare"]
        key = name.casefold() if name else _key(first["number"], first["part"])
        spans = run.answers if answers else run.questions
        spans.append((key, key))
        if line[run.end : run.end + 1].isalnum():
            glued = (
                first["letter"]
                and first["letter"].isupper()
                and not first["gap"]
                and _GLUED.match(line, run.end)
            )
            return run if glued else None
        for _ in range(_LONGEST_LIST):
            if more := self._lettered.match(line, run.end):
                spans = run.answers if more["letter"] in self._answers else run.questions
                key = more["name"].casefold() if more["name"] else _key(more["number"], more["part"])
            elif (more := self._unlettered.match(line, run.end)) and not _COUNTED.match(line, more.end()):
                key = _key(more["number"])
                if more["slash"] and int(more["number"]) <= _main_number(spans[-1][1]):
                    key = spans[-1][1]  # the second part of two, as in `A2/2`
            else:
                break
            if more["range"] and spans:
                spans[-1] = (spans[-1][0], key)
            elif (key, key) not in spans:
                spans.append((key, key))
            run.end = more.end()
        return run

    def _judged(self, line: str, run: _Run, place: _Place) -> Named | None:
        """Give what the labels name if they are labels indeed, by their place and by what follows them."""
        if _SPOILED.match(line, run.end) or _CODE.match(line, run.end):
            return None
        separator = _SEPARATOR.match(line, run.end)
        mark = separator[0].strip()[:1] if separator else ""
        end = separator.end() if separator else run.end
        alone = self._noise.fullmatch(line, end) is not None
        if self._clinical(run) and (mark not in _STRONG or line[end : end + 2].strip().isdigit()):
            return None
        if mark not in _STRONG and (_misleading(line, run) or _REMINDS.match(line, end)):
            return None
        if not _believed(line, run, place, mark, alone=alone):
            return None
        run.end = end
        return Named(Kind.ANSWER if run.answers else Kind.QUESTION, tuple(run.spans), alone)

    def _clinical(self, run: _Run) -> bool:
        """Tell whether the label is rather a term of medicine, which the script does not use as a label."""
        key = run.spans[0][0]
        return f"{run.first['letter'] or ''}{key}".casefold() in _CLINICAL and key not in self._labels


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
    if last in _DASHES:
        return _Place.END
    if last.isalnum() or last == "_":
        hail = stripped.split()[-1]
        return _Place.LED if hail[0] == "@" else _Place.BEHIND if hail.startswith(("#", "http")) else None
    return None if last in ",;:&+/='’“«@" else _Place.BEHIND


def _misleading(line: str, run: _Run) -> bool:
    """Tell whether what follows makes a thing or a quantity of the label: `A4 paper`, `a 3 day poll`."""
    article = run.spaced or (run.first["letter"] or "A").islower()
    return bool(_THINGS.match(line, run.end) or (article and _COUNTED.match(line, run.end)))


def _believed(line: str, run: _Run, place: _Place, mark: str, *, alone: bool) -> bool:
    """Tell whether labels at that place, set off by that mark (or none), are meant as labels."""
    first = run.first
    strong, dashed = mark in _STRONG, mark != "" and mark in _DASHES
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
    return not (_TALK.match(line, run.end) or (not run.answers and _QUARTER.match(line, run.end)))
