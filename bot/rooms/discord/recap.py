"""The recap of a chat as messages of Discord: its figures, each question with its best answers, links, thanks.

What people wrote is shown as they wrote it, without markup, mentions or hidden addresses. The texts are put into as few
messages as Discord's limits allow: as components, or, for servers that know none, as plain text.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import discord

from bot.messages import Entry
from bot.recap import Picture, QuestionRecap, Recap
from bot.render import shown
from bot.rooms.discord import telling, written
from bot.rooms.discord.posting import Draft, Upload, buttons
from bot.script.model import Script
from bot.script.phrases import Phrases, phrases
from bot.script.posts import length

#: What Discord takes in one message of components (https://discord.com/developers/docs/components/reference), less what
#: the last needs besides: container, line, a word on the transcript, its file, and a row with a button; and how much text
#: without components.
MOST_COMPONENTS = 40 - 6
MOST_TEXT = 4_000 - 200
MOST_PLAIN = 2_000 - 200
#: As much of an answer as is quoted, of a question as is repeated, and of one line of a list: so little that it fits
#: whatever has to be put before its characters. Nothing is cut after that, or it would take part of the text for markup.
LONGEST_QUOTE, LONGEST_ASK, LONGEST_LINE = 500, 700, 300
MOST_LINES = 8
#: As much of a list as stays together.
LONGEST_LIST = 1_500

#: Where hosts find a transcript that is too large for a server.
_COMMANDS = "`/chat transcript`, `hashchat transcript`"

_COLOUR = discord.Colour(0x2F6F8F)


@dataclass(frozen=True, slots=True)
class Block:
    """A text that stays together. With a `link` there is a button beside it; `rule` draws a line before it."""

    text: str
    link: str | None = None
    rule: bool = False

    @property
    def components(self) -> int:
        """How many components it is made of."""
        return (3 if self.link else 1) + self.rule


@dataclass(frozen=True, slots=True)
class Part:
    """One message of a recap, and the words of its language. The last has the transcript and a button for one's own answers."""

    blocks: tuple[Block, ...]
    words: Phrases
    last: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """One message as it is to be: its part of the recap, and the transcript where it hangs on it."""

    part: Part
    transcript: Upload | None

    @property
    def digest(self) -> str:
        """Tell it from any that shows something else."""
        file = self.transcript.data if self.transcript else b""
        return hashlib.sha256(repr(self.part.blocks).encode(errors="replace") + file).hexdigest()[:12]


#: Gives the address of a message by its id, if it has one.
Linked = Callable[[str], str | None]


def parts(recap: Recap, link: Linked, *, plain: bool = False) -> list[Part]:
    """Put a recap into as few messages as it takes, the last with the transcript. `link` gives a message's address."""
    most = MOST_PLAIN if plain else MOST_TEXT
    filled: list[list[Block]] = [[]]
    words = phrases(recap.about.script.language)
    for block in _blocks(recap, words, link):
        together = [*filled[-1], block]
        full = sum(each.components for each in together) > MOST_COMPONENTS or _size(together) > most
        if full and filled[-1]:
            filled.append([])
        filled[-1].append(block)
    return [Part(tuple(blocks), words, last=number == len(filled)) for number, blocks in enumerate(filled, 1)]


def draft(part: Part, *, marker: int, ticket: str, transcript: Upload | None) -> Draft:
    """Give a part as components. `marker` is the container's id, by which it is known again."""
    items: list[discord.ui.Item[discord.ui.LayoutView]] = []
    for block in _all(part, transcript):
        if block.rule and items:
            items.append(discord.ui.Separator())
        if block.link:
            button = discord.ui.Button[discord.ui.LayoutView](label="↗", url=block.link)
            items.append(discord.ui.Section(block.text, accessory=button))
        else:
            items.append(discord.ui.TextDisplay(block.text))
    if part.last:
        if transcript:
            items.append(discord.ui.File(f"attachment://{transcript.name}"))
        items.append(discord.ui.ActionRow(_mine(part, ticket)))
    view = discord.ui.LayoutView(timeout=None)
    view.add_item(discord.ui.Container(*items, accent_colour=_COLOUR, id=marker))
    view.stop()
    return Draft(None, view, (transcript,) if part.last and transcript else ())


def plain_draft(part: Part, *, ticket: str, transcript: Upload | None) -> Draft:
    """Give a part as plain text, for servers without components of that kind."""
    text = in_plain(_all(part, transcript))
    view = buttons(_mine(part, ticket)) if part.last else None
    return Draft(written.cut(text, 2_000), view, (transcript,) if part.last and transcript else ())


def in_plain(blocks: Iterable[Block]) -> str:
    """Write blocks as one text."""
    return "\n".join(f"{block.text} [↗]({block.link})" if block.link else block.text for block in blocks)


def _mine(part: Part, ticket: str) -> discord.ui.Button[Any]:
    return discord.ui.Button(
        label=part.words.own_answers, custom_id=f"mine:{ticket}", style=discord.ButtonStyle.secondary
    )


def _all(part: Part, transcript: Upload | None) -> tuple[Block, ...]:
    """Give the blocks of a part; the last says where the transcript is."""
    if not part.last:
        return part.blocks
    words = part.words.recap
    said = words.transcript if transcript else words.too_large.format(command=_COMMANDS)
    return (*part.blocks, Block(said, rule=True))


def _size(blocks: Iterable[Block]) -> int:
    return sum(length(block.text) + (len(block.link) + 8 if block.link else 1) for block in blocks)


def _blocks(recap: Recap, words: Phrases, link: Linked) -> Iterator[Block]:
    """Give what there is to show, in order: add what a recap newly knows here."""
    said = words.recap
    yield _head(recap, words)
    yield from _listed(said.about, telling.themes(recap, said))
    for question in recap.asked:
        yield _question(question, words)
        for entry in question.best:
            yield _quote(entry, telling.liked(entry, said), link(entry.id))
    yield from _listed(said.links, telling.links(recap, words))
    pictures = (_picture(each, link(each.message)) for each in recap.pictures)
    yield from _grouped(said.pictures, pictures, "\n")
    yield from _listed(said.resources, shown.resources(recap))
    yield from _grouped(said.thanks, (written.name(person) for person in recap.thanks), ", ")
    yield from _next(recap, words)


def _head(recap: Recap, words: Phrases) -> Block:
    about = recap.about
    lines = [f"# {_short(shown.title(about.script))}"]
    if about.script.summary:
        lines.append(_short(about.script.summary))
    lines.append(f"**{' · '.join(telling.counts(recap, words.recap))}**")
    gathered = " · ".join(telling.gathering(recap, words.recap))
    small = (_when(about.started, about.ended), _hosts(about.script, words), gathered)
    lines += [f"-# {line}" for line in small if line]
    return Block("\n".join(lines))


def _when(started: datetime | None, ended: datetime | None) -> str:
    if started is None:
        return ""
    until = f" – {discord.utils.format_dt(ended, 't')}" if ended else ""
    return f"{discord.utils.format_dt(started, 'F')}{until}"


def _hosts(script: Script, words: Phrases) -> str:
    names = _short(", ".join(host.name for host in script.hosts))
    return words.recap.hosts.format(hosts=names) if names else ""


def _question(recap: QuestionRecap, words: Phrases) -> Block:
    name, asks = written.name(recap.question.name), _short(shown.asks(recap), LONGEST_ASK)
    notes = [f"-# {_short(note)}" for note in telling.about_question(recap, words.recap)]
    return Block("\n".join((f"### {name}: {asks}", *notes)), rule=True)


def _quote(entry: Entry, liked: str, link: str | None) -> Block:
    """Quote an answer, a highlighted one with a star. What a message shows besides its text is one press away."""
    lines = [line for line in written.cut(entry.text, LONGEST_QUOTE).splitlines() if line.strip()]
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES - 1], "…"]
    lines += [f"({shown.attached(each)})" for each in entry.attachments[:3] if not lines]
    quoted = "\n".join(f"> {line}" for line in written.inert("\n".join(lines) or "…").split("\n"))
    star = "⭐ " if entry.highlighted else ""
    likes = f" · {liked}" if liked else ""
    return Block(f"{quoted}\n{star}**{written.name(shown.author_name(entry.author))}**{likes}", link)


def _picture(picture: Picture, link: str | None) -> str:
    """Say what a picture shows; links to the file itself would not last, one to its message does."""
    what = _short(telling.picture(picture))
    return f"- {what} [↗]({link})" if link else f"- {what}"


def _listed(heading: str, lines: Iterable[str]) -> Iterator[Block]:
    yield from _grouped(heading, (f"- {_short(line)}" for line in lines), "\n")


def _grouped(heading: str, items: Iterable[str], between: str) -> Iterator[Block]:
    """Give a list under a heading, in blocks that a message can hold."""
    text = ""
    first = True
    for item in items:
        if text and length(text) + length(item) > LONGEST_LIST:
            yield Block(text)
            text = ""
        text = f"{text}{between}{item}" if text else f"### {heading}\n{item}" if first else item
        first = False
    if text:
        yield Block(text)


def _short(text: str, most: int = LONGEST_LINE) -> str:
    return written.inert(written.cut(text, most))


def _next(recap: Recap, words: Phrases) -> Iterator[Block]:
    coming = recap.next
    if isinstance(coming, datetime):
        moment, left = discord.utils.format_dt(coming, "F"), discord.utils.format_dt(coming, "R")
        yield Block(f"### {words.recap.next}\n{moment} ({left})", rule=True)
    elif coming:
        yield Block(f"### {words.recap.next}\n{_short(coming)}", rule=True)
