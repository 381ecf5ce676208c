"""The recap of a chat as messages of Discord: its figures, each question with its best answers, links, thanks.

What people wrote is shown as they wrote it, without markup, mentions or hidden addresses. The texts are put into as few
messages as Discord's limits allow: as components, or, for servers that know none, as plain text.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import discord

from bot.messages import Entry
from bot.recap import Picture, QuestionRecap, Recap
from bot.render import shown
from bot.rooms.discord import written
from bot.rooms.discord.posting import Draft, Upload, buttons
from bot.script.model import Script
from bot.script.posts import length

#: What Discord takes in one message of components (https://discord.com/developers/docs/components/reference), less what
#: the container, the file and the button below need; and how much text without components.
MOST_COMPONENTS = 40 - 5
MOST_TEXT = 4_000 - 200
MOST_PLAIN = 2_000 - 100
#: As much of an answer as is quoted, of a question as is repeated, and of one line of a list: so little that it fits
#: whatever has to be put before its characters. Nothing is cut after that, or it would take part of the text for markup.
LONGEST_QUOTE, LONGEST_ASK, LONGEST_LINE = 500, 700, 300
MOST_LINES = 8
#: As much of a list as stays together.
LONGEST_LIST = 1_500

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
    """One message of a recap. The last says where the transcript is and has the button for one's own answers."""

    blocks: tuple[Block, ...]
    last: bool = False


#: Gives the address of a message by its id, if it has one.
Linked = Callable[[str], str | None]


def parts(recap: Recap, link: Linked, *, plain: bool = False) -> list[Part]:
    """Put a recap into as few messages as it takes, the last with the transcript. `link` gives a message's address."""
    most = MOST_PLAIN if plain else MOST_TEXT
    filled: list[list[Block]] = [[]]
    for block in _blocks(recap, link):
        together = [*filled[-1], block]
        full = sum(each.components for each in together) > MOST_COMPONENTS or _size(together) > most
        if full and filled[-1]:
            filled.append([])
        filled[-1].append(block)
    return [Part(tuple(blocks), last=number == len(filled)) for number, blocks in enumerate(filled, 1)]


def draft(part: Part, *, marker: int, ticket: str, transcript: Upload | None, where: str) -> Draft:
    """Give a part as components. `marker` is the container's id, by which it is known again."""
    items: list[discord.ui.Item[discord.ui.LayoutView]] = []
    for block in (*part.blocks, *((_transcript(transcript, where),) if part.last else ())):
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
        items.append(discord.ui.ActionRow(_mine(ticket)))
    view = discord.ui.LayoutView(timeout=None)
    view.add_item(discord.ui.Container(*items, accent_colour=_COLOUR, id=marker))
    view.stop()
    return Draft(None, view, (transcript,) if part.last and transcript else ())


def plain_draft(part: Part, *, ticket: str, transcript: Upload | None, where: str) -> Draft:
    """Give a part as plain text, for servers without components of that kind."""
    blocks = (*part.blocks, *((_transcript(transcript, where),) if part.last else ()))
    text = "\n".join(f"{b.text} [↗]({b.link})" if b.link else b.text for b in blocks)
    view = buttons(_mine(ticket)) if part.last else None
    return Draft(written.cut(text, 2_000), view, (transcript,) if part.last and transcript else ())


def _mine(ticket: str) -> discord.ui.Button[Any]:
    return discord.ui.Button(
        label="My answers", custom_id=f"mine:{ticket}", style=discord.ButtonStyle.secondary
    )


def _transcript(transcript: Upload | None, where: str) -> Block:
    if transcript:
        return Block("The whole chat is in the file below: open it in a browser.", rule=True)
    return Block(f"The whole chat is too large a file for this server. {where}", rule=True)


def _size(blocks: Iterable[Block]) -> int:
    return sum(length(block.text) + (len(block.link) + 8 if block.link else 1) for block in blocks)


def _blocks(recap: Recap, link: Linked) -> Iterator[Block]:
    """Give what there is to show, in order: add what a recap newly knows here."""
    yield _head(recap)
    yield from _listed("What it was about", shown.about_themes(recap))
    for question in recap.asked:
        yield _question(question)
        for entry in question.best:
            yield _quote(entry, link(entry.id))
    found = replace(recap, links=tuple(each for each in recap.links if each.resource is None))
    yield from _listed("Links shared", shown.links_shared(found))
    yield from _grouped(
        "Pictures shared", (_picture(each, link(each.message)) for each in recap.pictures), "\n"
    )
    yield from _listed("Resources", shown.resources(recap))
    yield from _grouped("Thanks to", (written.name(person) for person in recap.thanks), ", ")
    yield from _next(recap)


def _head(recap: Recap) -> Block:
    about = recap.about
    lines = [f"# {_short(shown.title(about.script))}"]
    if about.script.summary:
        lines.append(_short(about.script.summary))
    lines.append(f"**{' · '.join(shown.counts(recap))}**")
    small = (_when(about.started, about.ended), _hosts(about.script), _gathering(recap))
    lines += [f"-# {line}" for line in small if line]
    return Block("\n".join(lines))


def _when(started: datetime | None, ended: datetime | None) -> str:
    if started is None:
        return ""
    until = f" – {discord.utils.format_dt(ended, 't')}" if ended else ""
    return f"{discord.utils.format_dt(started, 'F')}{until}"


def _hosts(script: Script) -> str:
    return f"With {_short(', '.join(host.name for host in script.hosts))}" if script.hosts else ""


def _gathering(recap: Recap) -> str:
    """Say who was there for the first time, and when most was said, as far as it is known."""
    said = list(shown.gathering(replace(recap, minutes=())))
    if busiest := recap.busiest:
        number = f"{busiest.messages:,} {'message' if busiest.messages == 1 else 'messages'}"
        said.append(f"busiest minute {discord.utils.format_dt(busiest.at, 't')}: {number}")
    return " · ".join(said)


def _question(recap: QuestionRecap) -> Block:
    name, asks = written.name(recap.question.name), _short(shown.asks(recap), LONGEST_ASK)
    notes = [f"-# {_short(note)}" for note in (shown.answered(recap), *shown.notes(recap))]
    return Block("\n".join((f"### {name}: {asks}", *notes)), rule=True)


def _quote(entry: Entry, link: str | None) -> Block:
    """Quote an answer, a highlighted one with a star. What a message shows besides its text is one press away."""
    lines = [line for line in written.cut(entry.text, LONGEST_QUOTE).splitlines() if line.strip()]
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES - 1], "…"]
    lines += [f"({shown.attached(each)})" for each in entry.attachments[:3] if not lines]
    quoted = "\n".join(f"> {line}" for line in written.inert("\n".join(lines) or "…").split("\n"))
    star = "⭐ " if entry.highlighted else ""
    liked = f" · {entry.liked} {'reaction' if entry.liked == 1 else 'reactions'}" if entry.liked else ""
    return Block(f"{quoted}\n{star}**{written.name(shown.author_name(entry.author))}**{liked}", link)


def _picture(picture: Picture, link: str | None) -> str:
    """Say what a picture shows; links to the file itself would not last, one to its message does."""
    what = _short(f"{picture.file.alt or picture.file.name} ({shown.author_name(picture.by)})")
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


def _next(recap: Recap) -> Iterator[Block]:
    coming = recap.next
    if isinstance(coming, datetime):
        moment, left = discord.utils.format_dt(coming, "F"), discord.utils.format_dt(coming, "R")
        yield Block(f"### Next chat\n{moment} ({left})", rule=True)
    elif coming:
        yield Block(f"### Next chat\n{_short(coming)}", rule=True)
