"""Counting who uses which phrase under which question, and choosing those that set one apart from the others.

The person is the unit, not the message: who repeats a phrase adds nothing to it. How far a phrase sets a question apart is
the weighted log-odds ratio of Monroe, Colaresi and Quinn, "Fightin' Words", Political Analysis 16 (2008) 372–403: of the
odds that somebody under this question uses it to those that somebody under another one does, divided by its standard
error, with half a person added everywhere. Against nothing, as for the hour as a whole, this puts first what most
people said.
"""

import re
from bisect import insort
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import log, sqrt
from operator import itemgetter

from bot.messages import Entry
from bot.script.model import Question, Script
from bot.script.phrases import primary
from bot.themes.words import Words, within

#: How many phrases are remembered of a whole chat: those of some thousand messages, and what they had in common with others.
MOST_PHRASES = 40_000
#: What stands between the words of a name, besides spaces.
_IN_NAMES = re.compile(r"[@_.]")
#: Where people begin to repeat what somebody else said.
_REPEATED = re.compile(r"[RrMm“\"](?:(?<=[“\"])@\w|(?<=[RrMm])(?<!\w.)[Tt]\s+@)")
#: So many of those who use a phrase have to use a longer one for that to stand in its place.
_MOST_OF = 0.6
#: How many entries are remembered that show a phrase, so that each theme can have one of its own.
_EXAMPLES = 4
_PRIOR = 0.5
#: Languages in which every noun has a capital, and not only names.
_CAPITALISED = frozenset({"de", "gsw", "lb", "nds"})
#: As an ordinary word counts what so many write as one, although it is in somebody's name.
_SEVERAL = 2


@dataclass(frozen=True, slots=True)
class Theme:
    """A phrase that several people used: as the example has it, by how many (at least, in a very large chat), and an example."""

    phrase: str
    people: int
    example: Entry


#: An entry behind its rank: the smallest is the best.
_Example = tuple[tuple[bool, bool, int], Entry]
_rank = itemgetter(0)


@dataclass(slots=True)
class _Use:
    """Who uses a phrase, and the best entries that show it, the very best first."""

    people: set[str]
    examples: list[_Example]


class _Place:
    """The phrases that are used under one question, and everybody who said anything there.

    A phrase that only one person uses is forgotten after so many others, one of several only where there are too many.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self.people: set[str] = set()
        self.once: dict[str, _Use] = {}
        self.shared: dict[str, _Use] = {}

    def add(self, phrases: Iterable[str], person: str, entry: Entry) -> None:
        self.people.add(person)
        rank = (not entry.answers, not entry.highlighted, -entry.liked_by)
        own = None
        once, shared = self.once, self.shared
        for phrase in phrases:
            use = shared.get(phrase)
            if use is None:
                use = once.get(phrase)
                if use is None:
                    # All that one message brings share one use, until somebody else uses them: most never are.
                    own = own or _Use({person}, [(rank, entry)])
                    once[phrase] = own
                    continue
                if person in use.people:
                    continue
                del once[phrase]
                use = shared[phrase] = _Use(set(use.people), [*use.examples])
            use.people.add(person)
            examples = use.examples
            if len(examples) < _EXAMPLES or rank < examples[-1][0]:
                insort(examples, (rank, entry), key=_rank)
                del examples[_EXAMPLES:]
        if len(self.once) > self._most:
            _forget(self.once, list(self.once)[: self._most // 2])
        if len(self.shared) > self._most:
            fewest_first = sorted(self.shared, key=lambda phrase: len(self.shared[phrase].people))
            _forget(self.shared, fewest_first[: self._most // 2])

    def used(self, phrase: str) -> _Use | None:
        return self.shared.get(phrase) or self.once.get(phrase)


class _Names:
    """What people are called: phrases that say who is meant, not what about."""

    def __init__(self, words: Words, language: str) -> None:
        self._words = words
        self._told_by_capitals = primary(language) not in _CAPITALISED
        self._known = set[str]()
        self._phrases = set[str]()
        self._whole = set[str]()
        self._small = set[str]()

    def add(self, name: str) -> None:
        if name in self._known:
            return
        self._known.add(name)
        apart = _IN_NAMES.sub(" ", name)
        phrases = self._words.phrases(apart)
        self._phrases.update(phrases)
        longest = max(phrases, key=len, default=" ")
        if " " not in longest and all(phrase in longest for phrase in phrases):
            self._whole.add(longest)
        self._small.update(word for word in apart.split()[:1] if word[0].islower())

    def has(self, phrase: str, use: _Use) -> bool:
        """Tell whether a phrase is made of people's names only; not if several mean the words and nobody by them."""
        if not all(word in self._phrases for word in phrase.split()):
            return False
        capitals = self._told_by_capitals and phrase.upper() != phrase.lower()
        means_word = self._is_small if capitals else self._is_alone
        return sum(means_word(phrase, entry.text) for _, entry in use.examples) < _SEVERAL

    def _is_small(self, phrase: str, text: str) -> bool:
        """Tell whether a text has a word of the phrase without a capital, as no name is written."""
        written = self._words.written(phrase, text).split()
        return any(word[0].islower() and word not in self._small for word in written)

    def _is_alone(self, phrase: str, text: str) -> bool:
        """Tell whether a text has a word of the phrase that is only a part of a name, without the rest of that name."""
        names = [each for each in self._words.phrases(text.replace("@", " ")) if each in self._phrases]
        return any(
            word not in self._whole
            and not any(len(each) > len(word) and within(word, each) for each in names)
            for word in phrase.split()
        )


class Themes:
    """Hears what is said in a chat of that script, and tells what it was about.

    It remembers `most` phrases that only one person used so far, and as many that more did, shared among the questions.
    """

    def __init__(self, script: Script, *, most: int = MOST_PHRASES) -> None:
        questions = script.everything_asked
        names = (question.label for question in questions if not question.label[0].isdigit())
        self._words = Words(script.language, (script.hashtag, *names))
        self._names = _Names(self._words, script.language)
        for host in script.hosts:
            self._names.add(host.name)
        self._asked = {question.label: self._in_question(question) for question in questions}
        self._places: dict[str | None, _Place] = {
            label: _Place(most // (len(questions) + 1)) for label in (*self._asked, None)
        }

    def _in_question(self, question: Question) -> set[str]:
        """Give the phrases that the question has itself: to say them again sets nobody apart."""
        texts = (question.ask, question.follow_up or "", *(text for _, text in question.translations))
        return {phrase for text in texts for phrase in self._words.phrases(text)}

    def add(self, entry: Entry, answered: Iterable[str]) -> None:
        """Hear an entry that answers the questions of those labels; posts and repeats of others' words are left out."""
        if entry.author is None:
            return
        self._names.add(entry.author.name)
        phrases = self._words.phrases(_REPEATED.split(entry.text, maxsplit=1)[0])
        under = entry.under if entry.under in self._asked else None
        for label in tuple(answered) or (under,):
            self._places[label].add(phrases, entry.author.id, entry)

    def of(self, label: str, most: int = 5) -> tuple[Theme, ...]:
        """Give what set that question apart from the others, best first."""
        place = self._places[label]
        others = [other for key, other in self._places.items() if key != label and other.people]
        people = sum(len(other.people) for other in others)
        scores = {}
        asked = self._asked[label]
        for phrase, use in place.shared.items():
            if phrase in asked or all(word in asked for word in phrase.split()):
                continue
            elsewhere = sum(len(found.people) for other in others if (found := other.used(phrase)))
            if not people or len(use.people) * people > elsewhere * len(place.people):
                scores[phrase] = _apart(len(use.people), len(place.people), elsewhere, people)
        return self._chosen(scores, place.shared, most)

    def of_all(self, most: int = 10) -> tuple[Theme, ...]:
        """Give what most people talked about in the whole hour, best first."""
        uses = self._of_all()
        people = len({person for place in self._places.values() for person in place.people})
        scores = {phrase: _apart(len(use.people), people, 0, 0) for phrase, use in uses.items()}
        return self._chosen(scores, uses, most)

    def _of_all(self) -> dict[str, _Use]:
        uses: dict[str, _Use] = {}
        for place in self._places.values():
            for phrase, use in (*place.shared.items(), *place.once.items()):
                known = uses.get(phrase)
                if known is None:
                    uses[phrase] = use
                else:
                    others = (each for each in use.examples if each not in known.examples)
                    best = sorted((*known.examples, *others), key=_rank)
                    uses[phrase] = _Use(known.people | use.people, best[:_EXAMPLES])
        return {phrase: use for phrase, use in uses.items() if len(use.people) > 1}

    def _chosen(self, scores: Mapping[str, float], uses: Mapping[str, _Use], most: int) -> tuple[Theme, ...]:
        ranked = sorted(scores, key=lambda phrase: (-scores[phrase], -len(phrase), phrase))
        chosen: list[str] = []
        for phrase in ranked:
            if self._names.has(phrase, uses[phrase]):
                continue
            related = [n for n, other in enumerate(chosen) if within(other, phrase) or within(phrase, other)]
            if not related:
                if len(chosen) == most:
                    break
                chosen.append(phrase)
            elif len(related) == 1 and _says_more(phrase, chosen[related[0]], uses):
                chosen[related[0]] = phrase
        return tuple(self._themes(chosen, uses))

    def _themes(self, phrases: Iterable[str], uses: Mapping[str, _Use]) -> Iterator[Theme]:
        """Tell the phrases, each with its best example that none before it has, where there is one."""
        shown = set[str]()
        for phrase in phrases:
            use = uses[phrase]
            examples = [entry for _, entry in use.examples]
            example = next((each for each in examples if each.id not in shown), examples[0])
            shown.add(example.id)
            yield Theme(self._words.written(phrase, example.text), len(use.people), example)


def _says_more(phrase: str, other: str, uses: Mapping[str, _Use]) -> bool:
    """Tell whether a phrase holds another, and most of those who use that one use it."""
    longer = len(phrase) > len(other) and within(other, phrase)
    return longer and len(uses[phrase].people) >= _MOST_OF * len(uses[other].people)


def _apart(here: int, of_here: int, elsewhere: int, of_elsewhere: int) -> float:
    """Give how far apart two shares of people are, in standard errors."""
    odds = log((here + _PRIOR) / (of_here - here + _PRIOR))
    other_odds = log((elsewhere + _PRIOR) / (of_elsewhere - elsewhere + _PRIOR))
    return (odds - other_odds) / sqrt(1 / (here + _PRIOR) + 1 / (elsewhere + _PRIOR))


def _forget(phrases: dict[str, _Use], some: Iterable[str]) -> None:
    for phrase in some:
        del phrases[phrase]
