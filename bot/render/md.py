"""Markdown (CommonMark): people's words in block quotes, shown exactly as they were written, whatever is in them.

The only markup that can come from what people write is the link of an http(s) address. Their texts are plain besides
(see `bot.render.plain`), because Markdown is also read as it stands.
"""

import re
from collections.abc import Iterable, Iterator

from bot.messages import Attachment, Entry
from bot.recap import About, QuestionRecap, Recap, pieces
from bot.render import shown
from bot.render.copies import NO_COPIES, Copies, Copy, Media
from bot.render.plain import one_line, plain

# What means something anywhere in a line (an underscore only at the edge of a word), and what only at its beginning:
# https://spec.commonmark.org/0.31.2/, and GitHub's tables, ~~ and $.
_MARKUP = re.compile(r"[\\`*\[\]<>|~$]|&(?=#?\w+;)|#(?!\w)|(?<![^\W_])_|_(?![^\W_])")
_START = re.compile(r"^(?=[+=#:-])|^(\d{1,9})(?=[.)])")
# An address that every renderer shows as it is written; others decode %41 and xn-- in what they show.
_AUTOLINK = re.compile(r"(?!.*xn--)[\w\-.~:/?#\[\]@!$&'()*+,;=]+", re.ASCII | re.IGNORECASE)


class Transcript:
    """A heading for each day and question, and each entry as a line of who and what with a quote. See `bot.render.Writer`."""

    def __init__(self, about: About, *, note: str | None = None, media: Media = Media.NONE) -> None:
        del media  # where a file is, its address says
        self._about = about
        self._note = note
        self._showing = shown.Showing(about)

    def preamble(self) -> str:
        """Give the title and the facts of the chat."""
        return _joined((*_head(self._about), *((escape(self._note),) if self._note else ())))

    def entry(self, entry: Entry, copies: Copies = NO_COPIES) -> str:
        """Give one entry, after a heading for the day where a new one begins."""
        return _joined(_blocks(self._showing.show(entry, copies)))

    def postamble(self) -> str:
        """Name the files that are not there, if there are any."""
        return _joined(_section("Files that could not be kept", self._showing.missing()))


def recap(recap: Recap) -> str:
    """Give a recap."""
    return _joined(_recap_blocks(recap))


def escape(text: str) -> str:
    r"""Write a text so that CommonMark shows it as it is (`plain`), with its http(s) addresses as links.

    >>> escape("*1. A1* see https://example.org/a_b.")
    '\\*1. A1\\* see <https://example.org/a_b>.'
    """
    kept = plain(text)
    lines = kept.rstrip("\n")
    return "\\\n".join(_line(line) for line in lines.split("\n")) + "&#10;" * (len(kept) - len(lines))


def _line(line: str) -> str:
    parts = (_link(piece) if is_address else _inert(piece) for piece, is_address in pieces(line))
    text = _START.sub(r"\1\\", "".join(parts).replace("![", "\\!["))
    inner = text.strip()
    before, _, after = text.partition(inner) if inner else (text, "", "")
    return f"{_entities(before)}{inner}{_entities(after)}"


def _entities(space: str) -> str:
    return "".join(f"&#{ord(character)};" for character in space)


def _link(url: str) -> str:
    return f"<{url}>" if _AUTOLINK.fullmatch(url) else f"[{_inert(url)}](<{_inert(url)}>)"


def _inert(text: str) -> str:
    return _MARKUP.sub(r"\\\g<0>", text)


def _blocks(told: shown.Shown) -> Iterator[str]:
    entry = told.entry
    if told.day:
        yield f"## {escape(told.day)}"
    if told.asked:
        yield f"### {escape(told.asked)} · {told.time}"
    else:
        who = f"**{escape(told.who)}**" if entry.author else f"*{escape(told.who)}*"
        yield " · ".join((who, told.time, *(escape(mark) for mark in told.marks)))
    if told.reply:
        yield f"↪ {escape(told.reply)}"
    if entry.text:
        yield _quote(entry.text)
    if told.files:
        yield "\n".join(f"- {_file(attachment, copy)}" for attachment, copy in told.files)
    if told.reactions:
        yield escape(" · ".join(told.reactions))


def _quote(text: str) -> str:
    return "> " + escape(text).replace("\n", "\n> ")


def _file(attachment: Attachment, copy: Copy | None) -> str:
    """Name a file; one that is beside the transcript as a link, and a picture as itself."""
    if copy is None or copy.address is None:
        return escape(shown.attached(attachment, copy))
    words = _inert(one_line(attachment.alt or attachment.name)) or "file"
    return f"{'!' if copy.picture else ''}[{words}](<{copy.address}>)"


def _recap_blocks(recap: Recap) -> Iterator[str]:
    yield from _head(recap.about)
    yield escape(" · ".join(shown.counts(recap)))
    yield from _list(shown.gathering(recap))
    yield from _section("What it was about", shown.about_themes(recap))
    for question in recap.questions:
        yield from _question_blocks(question)
    yield from _section("Links shared", shown.links_shared(recap))
    yield from _section("Pictures shared", shown.pictures_shared(recap))
    yield from _section("Resources", shown.resources(recap))
    yield from _section("Thanks to", shown.thanked(recap))
    yield from _section("Next chat", shown.next_chat(recap))


def _head(about: About) -> Iterator[str]:
    yield f"# {escape(shown.title(about.script))}"
    if about.script.summary:
        yield escape(about.script.summary)
    yield from _list(f"{term}: {fact}" for term, fact in shown.facts(about))


def _question_blocks(recap: QuestionRecap) -> Iterator[str]:
    yield f"## {escape(recap.question.name)}: {escape(shown.asks(recap))}"
    if recap.asked:
        yield escape(shown.answered(recap))
        yield from _list(shown.notes(recap))
    for entry in recap.best:
        yield " · ".join((f"**{escape(shown.author_name(entry.author))}**", *shown.praise(entry)))
        if entry.text:
            yield _quote(entry.text)
        yield from _list(map(shown.attached, entry.attachments))


def _section(heading: str, lines: Iterable[str]) -> Iterator[str]:
    items = list(_list(lines))
    if items:
        yield from (f"## {heading}", *items)


def _list(lines: Iterable[str]) -> Iterator[str]:
    items = [f"- {escape(line)}" for line in lines]
    if items:
        yield "\n".join(items)


def _joined(blocks: Iterable[str]) -> str:
    return "".join(f"{block}\n\n" for block in blocks)
