"""From the recap to the story: what is chosen where no host has chosen, and what becomes of a choice."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from bot.messages import Entry
from bot.recap import QuestionRecap, Recap, page
from bot.story.model import OwnWords, Part, Reference, Selected, Selection, Story

#: How many answers to a question, pictures and links a story has where nobody chooses; of answers that hosts chose, all.
BEST, PICTURES, LINKS = 5, 24, 60

#: How a link in the HTML transcript spells what is no letter or digit: `_2e_` for a full stop, at most U+10FFFF.
_SPELT = re.compile(r"_((?:10|0?[0-9a-f])?[0-9a-f]{1,4})_")

_Found = TypeVar("_Found")


def automatic(recap: Recap) -> Selection:
    """Choose what a story tells where no host has chosen: of everything the best, in the order of the chat."""
    return Selection(
        themes=tuple(Reference(theme.phrase) for theme in recap.themes),
        questions=tuple(
            Selected(each.question.label, tuple(Reference(entry.id) for entry in _best(each)))
            for each in recap.asked
        ),
        pictures=tuple(map(Reference, dict.fromkeys(each.message for each in recap.pictures)))[:PICTURES],
        links=tuple(Reference(link.url) for link in recap.links if not link.resource)[:LINKS],
    )


def _best(recap: QuestionRecap) -> tuple[Entry, ...]:
    """Give the best of a question: as many as hosts chose, but some in any case."""
    return recap.best[: max(BEST, sum(entry.highlighted for entry in recap.best))]


def messages(selection: Selection) -> list[str]:
    """Give the ids of all messages that a selection needs, each once."""
    passages = (passage for selected in selection.questions for passage in selected.passages)
    chosen = (*(each for each in passages if isinstance(each, Reference)), *selection.pictures)
    return list(dict.fromkeys(each for reference in chosen for each in _ids(reference.key)))


def _ids(written: str) -> tuple[str, str]:
    """Give the ids that somebody may mean: what is written, or the id whose link in the transcript that is."""
    behind = written.removeprefix("#").removeprefix("m-")
    return written, _SPELT.sub(lambda found: chr(int(found[1], 16)), behind)


def tell(recap: Recap, selection: Selection, entries: Iterable[Entry]) -> tuple[Story, tuple[Reference, ...]]:
    """Tell what was chosen, from the chat as it is now; give the story, and what is not there any more.

    `entries` are the chosen messages as they are kept (see `messages`). What is hidden stays out of the story, as does
    what is not among them, and what the recap has no more. Raises KeyError for a question that was not asked.
    """

    def message(key: str) -> str:
        return next((each for each in _ids(key) if each in there), key)

    there = {entry.id: entry for entry in entries if entry.author is not None and not entry.hidden}
    shared = {
        picture.message: tuple(each for each in recap.pictures if each.message == picture.message)
        for picture in recap.pictures
    }
    gone: list[Reference] = []
    themes = _found(
        selection.themes, {each.phrase.casefold(): each for each in recap.themes}, gone, str.casefold
    )
    links = _found(selection.links, {page(each.url): each for each in recap.links}, gone, page)
    pictures = [each for found in _found(selection.pictures, shared, gone, message) for each in found]
    passages = {each.label: tuple(_passages(each, there, gone, message)) for each in selection.questions}
    quoted = {each.id for told in passages.values() for each in told if isinstance(each, Entry)}
    pictures = [picture for picture in pictures if picture.message not in quoted]
    asked = {each.question.label: each for each in recap.asked}
    story = Story(
        recap=recap,
        title=selection.title or recap.about.script.title,
        opening=selection.opening,
        themes=tuple(themes),
        parts=tuple(
            Part(
                asked[label],
                told,
                tuple(each for each in pictures if each.under == label),
                tuple(each for each in links if each.under == label),
            )
            for label, told in passages.items()
        ),
        pictures=tuple(each for each in pictures if each.under not in passages),
        links=tuple(each for each in links if each.under not in passages),
        afterwards=selection.afterwards,
        closing=selection.closing,
        leave_out=selection.leave_out,
    )
    return story, tuple(gone)


def _found(
    chosen: Iterable[Reference],
    there: Mapping[str, _Found],
    gone: list[Reference],
    key: Callable[[str], str] = str,
) -> list[_Found]:
    """Give what was chosen and is there; the rest is `gone`."""
    found = []
    for reference in chosen:
        if (each := there.get(key(reference.key))) is None:
            gone.append(reference)
        else:
            found.append(each)
    return found


def _passages(
    selected: Selected, there: Mapping[str, Entry], gone: list[Reference], key: Callable[[str], str]
) -> Iterable[Entry | OwnWords]:
    for passage in selected.passages:
        yield from (passage,) if isinstance(passage, OwnWords) else _found((passage,), there, gone, key)
