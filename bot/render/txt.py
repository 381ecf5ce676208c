"""Plain text, for terminals and for keeping.

What people write stands in a column of its own, so that nobody can write what looks like a line of the transcript; and
it is plain (see `bot.render.plain`), so that it cannot drive the terminal that shows it.
"""

from collections.abc import Iterable, Iterator

from rich.cells import cell_len

from bot.messages import Entry
from bot.recap import About, QuestionRecap, Recap
from bot.render import shown
from bot.render.copies import NO_COPIES, Copies, Media
from bot.render.plain import plain, wrap

_TEXT = " " * 7  # what people write begins where they are named: after `21:00  `
_NOTE = " " * 5


class Transcript:
    """Each entry with its time and author, what it is, its text, and what hangs on it. See `bot.render.Writer`.

    Lines are `width` columns wide.
    """

    def __init__(
        self, about: About, *, note: str | None = None, media: Media = Media.NONE, width: int = 80
    ) -> None:
        del media  # where a file is, its address says
        self._about = about
        self._note = note
        self._width = width
        self._showing = shown.Showing(about)

    def preamble(self) -> str:
        """Give the title and the facts of the chat."""
        note = ("", wrap(plain(self._note), self._width)) if self._note else ()
        return _joined((*_head(self._about, self._width), *note, ""))

    def entry(self, entry: Entry, copies: Copies = NO_COPIES) -> str:
        """Give one entry, after a line for the day where a new one begins."""
        return _joined((*self._lines(self._showing.show(entry, copies)), ""))

    def postamble(self) -> str:
        """Name the files that are not there, if there are any."""
        return _joined(
            [*_section("---- Files that could not be kept ----", self._showing.missing(), self._width)][1:]
        )

    def _lines(self, told: shown.Shown) -> Iterator[str]:
        entry = told.entry
        if told.day:
            yield from (f"---- {told.day} ----", "")
        if told.asked:
            yield f"{told.time} * {told.asked} ".ljust(self._width, "=")
        else:
            yield wrap(told.who, self._width, f"{told.time}{'  ' if entry.author else ' * '}")
        yield from self._notes(">", told.marks)
        yield from self._notes("<", [f"reply to {told.reply}"] if told.reply else [])
        if entry.text:
            yield wrap(plain(entry.text), self._width, _TEXT)
        for attachment, copy in told.files:
            yield from self._notes("+", [shown.attached(attachment, copy)])
        yield from self._notes("~", told.reactions)

    def _notes(self, sign: str, notes: Iterable[str]) -> Iterator[str]:
        return _noted(f"{_NOTE}{sign} ", notes, self._width)


def recap(recap: Recap, width: int = 80) -> str:
    """Give a recap, in lines of `width` columns."""
    return _joined(_recap_lines(recap, width))


def _recap_lines(recap: Recap, width: int) -> Iterator[str]:
    yield from _head(recap.about, width)
    yield from ("", wrap(" · ".join(shown.counts(recap)), width))
    yield from (wrap(line, width) for line in shown.gathering(recap))
    yield from _section("What it was about", shown.about_themes(recap), width)
    for question in recap.questions:
        yield from ("", *_question_lines(question, width))
    yield from _section("Links shared", shown.links_shared(recap), width)
    yield from _section("Pictures shared", shown.pictures_shared(recap), width)
    yield from _section("Resources", shown.resources(recap), width)
    yield from _section("Thanks to", shown.thanked(recap), width)
    yield from _section("Next chat", shown.next_chat(recap), width)


def _head(about: About, width: int) -> Iterator[str]:
    heading = wrap(shown.title(about.script), width)
    yield heading
    yield "=" * min(width, cell_len(heading))
    if about.script.summary:
        yield from (wrap(plain(about.script.summary), width), "")
    for term, fact in shown.facts(about):
        yield wrap(fact, width, f"{term}: ")


def _question_lines(recap: QuestionRecap, width: int) -> Iterator[str]:
    yield wrap(shown.asks(recap), width, f"{recap.question.name}  ")
    if recap.asked:
        yield f"  {shown.answered(recap)}"
        yield from (wrap(note, width, "  ") for note in shown.notes(recap))
    for entry in recap.best:
        yield wrap(shown.author_name(entry.author), width, "  * ")
        yield from _noted("    > ", shown.praise(entry), width)
        if entry.text:
            yield wrap(plain(entry.text), width, "      ")
        for attachment in entry.attachments:
            yield from _noted("    + ", [shown.attached(attachment)], width)


def _section(heading: str, lines: Iterable[str], width: int) -> Iterator[str]:
    folded = [wrap(line, width, "  ") for line in lines]
    if folded:
        yield from ("", heading, *folded)


def _noted(head: str, notes: Iterable[str], width: int) -> Iterator[str]:
    line = " · ".join(notes)
    if line:
        yield wrap(line, width, head)


def _joined(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
