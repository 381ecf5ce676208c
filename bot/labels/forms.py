"""How labels are written in some languages and for the questions of one script, as compiled expressions."""

import re
from dataclasses import dataclass
from functools import lru_cache

from bot.labels.marks import BLANK, DASHES
from bot.labels.traps import COUNTED, REMINDS, THINGS
from bot.script.phrases import labelling, letter

_NUMBERED = re.compile(r"(\d+)(\.\d+|[a-z])?", re.IGNORECASE)
_NUMBER = (
    rf"(?P<number>\d{{1,4}})(?!\d)"
    rf"(?P<part>\.\d{{1,2}}(?!\d)|[a-hA-H](?!\w)|{BLANK}?\([a-hA-H]\)|{BLANK}[a-h](?=\)))?"
)
#: "A1 to A3", in one language or another.
_TO = r"(?:to|thru|through|bis|till?|tot|al?|à|au|do)"
_NOTHING = "(?!)"


def number_and_part(label: str) -> tuple[int, str] | None:
    """Split the label of a numbered question, as `3b` into 3 and `b`; None for one with a name of its own."""
    found = _NUMBERED.fullmatch(label)
    return (int(found[1]), (found[2] or "").casefold()) if found else None


@dataclass(frozen=True, slots=True)
class Forms:
    """The expressions by which labels are found.

    `labels` are the script's own in lower case, `answers` the letters of answers in both cases. `label` is matched where a
    label may begin; behind it `lettered` finds one more (`, A2`) and `unlettered` further numbers (`/5`, `-6`, `, 2 and 3`).
    `noise` runs over what hails or decorates. `hint` is in every text that has a label, `candidate` where one could be
    further on. `quotation` is a quoted label or mention. `glance` is what can be read in one go (`reading.glance`).
    """

    labels: frozenset[str]
    answers: frozenset[str]
    answer_word: re.Pattern[str]
    label: re.Pattern[str]
    lettered: re.Pattern[str]
    unlettered: re.Pattern[str]
    noise: re.Pattern[str]
    hint: re.Pattern[str]
    candidate: re.Pattern[str]
    quotation: re.Pattern[str]
    glance: re.Pattern[str]


@lru_cache(maxsize=256)
def forms_for(languages: tuple[str, ...], labels: tuple[str, ...]) -> Forms:
    """Give the forms of labels in these languages (BCP 47 tags), for a script with these labels."""
    said = _said(languages, labels)
    return Forms(
        labels=frozenset(map(str.casefold, labels)),
        answers=frozenset(said.answers + said.answers.lower()),
        answer_word=re.compile(rf"ans|{said.answer_words}", re.IGNORECASE),
        label=_label(said),
        lettered=_lettered(said),
        unlettered=_unlettered(said),
        noise=_noise(said),
        hint=_hint(said),
        candidate=_candidate(said),
        quotation=re.compile(
            rf"[\"“„«](?<![^\s(]\")(?={BLANK}?\.?@\w|{BLANK}?{said.short})[^\"“”«»]*+[\"“”»«]?"
        ),
        glance=_glance(said),
    )


@dataclass(frozen=True, slots=True)
class _Said:
    """What labels are made of, ready to stand in expressions: capitals, letters in both cases, words and names."""

    answers: str
    letters: str
    answer_words: str
    words: str
    also: str
    names: str

    @property
    def name(self) -> str:
        return rf"(?:{self.names or _NOTHING})(?!\w)"

    @property
    def short(self) -> str:
        return rf"(?:[{self.letters}]\d{{1,4}}[a-h]?(?!\w)|(?i:[{self.letters}]?{self.name}))"


def _said(languages: tuple[str, ...], labels: tuple[str, ...]) -> _Said:
    """Collect the letters and words: English ones count everywhere, a question's initial as well as an answer's."""
    spoken = [labelling(language) for language in ("en", *languages)]
    answers = "".join(sorted({letter(language) for language in ("en", *languages)}))
    capitals = "".join(sorted({*answers, "Q", "T", *(words.question[0].upper() for words in spoken)}))
    names = sorted((label for label in labels if not number_and_part(label)), key=len, reverse=True)
    answer_words = "|".join(words.answer for words in spoken)
    questions = "|".join(words.question for words in spoken)
    also = "|".join("|".join(words.conjunctions) for words in spoken)
    return _Said(
        answers=answers,
        letters=capitals + capitals.lower(),
        answer_words=answer_words,
        words=rf"(?:ans\.?|topic|{answer_words}|{questions})(?!\w)",
        also=rf"(?<!\w)(?:{also})(?!\w)",
        names="|".join(map(re.escape, names)),
    )


def _label(said: _Said) -> re.Pattern[str]:
    return re.compile(
        rf"(?:(?i:(?P<word>{said.words}){BLANK}?\#?)|"
        rf"(?P<letter>[{said.letters}])(?P<gap>(?:{BLANK}|[.#{DASHES}]){{0,2}}))"
        rf"(?:{_NUMBER}|(?i:(?P<name>{said.name})))|"
        rf"(?i:(?P<bare>{said.name})(?:{BLANK}(?P<meant>{said.words}))?)"
    )


def _lettered(said: _Said) -> re.Pattern[str]:
    return re.compile(
        rf"(?:(?P<range>{BLANK}?[{DASHES}]{BLANK}?|{BLANK}{_TO}{BLANK})|"
        rf"{BLANK}?,?{BLANK}?(?:[/&+]|&amp;|{said.also}){BLANK}?|{BLANK}?,{BLANK}?|{BLANK})"
        rf"(?P<letter>[{said.letters}])(?:{_NUMBER}(?![^\W\d_])|(?i:(?P<name>{said.name})))"
    )


def _unlettered(said: _Said) -> re.Pattern[str]:
    """Find numbers that go with a label; of `A2, 3 things` none does, as one behind a comma has to be set off."""
    ending = rf"(?!(?i:{COUNTED.pattern}))"
    joint = rf"{BLANK}?(?:[&+]|&amp;){BLANK}?"
    number = rf"\d{{1,4}}(?!\w|[/.]\d|,\d{{3}}){ending}"
    tight = rf",\d{{1,2}}(?!\w|[/.]\d|,\d{{3}}){ending}"
    loose = (
        rf"(?:{BLANK}?,{BLANK}(?:{said.also}{BLANK})?|,{said.also}{BLANK}|{BLANK}{said.also}{BLANK}|{joint})"
        rf"\d{{1,4}}(?!\w|[/.,]\d){ending}"
    )
    return re.compile(
        rf"(?={BLANK}?(?:[,/&+{DASHES}]|{said.also}))(?:"
        rf"(?:{tight})++(?:{loose})*+|(?:{loose}){{2,}}+|{loose}(?={BLANK}?[:;.)\]{DASHES}])|"
        rf"(?:(?P<range>[{DASHES}])|(?P<slash>/)|{joint}){number})"
    )


def _noise(said: _Said) -> re.Pattern[str]:
    return re.compile(
        rf"(?:[^\w<\#@:=]|_|@[\w.@-]*+|\#(?={said.short})|\#(?!{said.short})\w*+|<(?:[^\s<>]{{1,80}}>)?+|"
        r":(?:[a-z0-9_+-]{1,40}:)?+|https?://\S++)*+"
    )


def _hint(said: _Said) -> re.Pattern[str]:
    letter = rf"[{said.letters}]"
    hint = rf"\d(?:(?<=[\W_]\d)|(?<=[^\w/]{letter}\d)|(?<=_{letter}\d)|(?<=\A{letter}\d))"
    return re.compile(rf"{hint}|(?i:{said.name})" if said.names else hint)


def _candidate(said: _Said) -> re.Pattern[str]:
    name = rf"|(?i:[{said.letters}]?{said.name})" if said.names else ""
    return re.compile(rf"\#?(?:[{said.letters}](?<![^\W_].)(?=\W{{0,2}}\d){name})")


def _glance(said: _Said) -> re.Pattern[str]:
    """Find the two plainest texts, most of all talk and a third of all labels: nothing to see, and one label in front.

    Neither has another digit. A run over a set of ASCII characters is what the expressions do fastest.
    """
    if said.names:
        return re.compile(_NOTHING)
    hails = rf"(?:@\w++:?{BLANK}|\#(?!{said.short})\w++{BLANK})*+"
    one = rf"[{said.answers}](\d{{1,2}})[:.)]?(?!(?i:{THINGS.pattern}|{REMINDS.pattern})){BLANK}(?!\?)"
    return re.compile(rf"{hails}{one}(?:[\x00-/:-\x7f]++|\D)*+\Z|[\x00-!\#-/:-=?A-\x7f]*+\Z")
