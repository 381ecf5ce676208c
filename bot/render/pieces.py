"""The one part of a page that is there a hundred thousand times: an entry of a transcript.

It is put together by hand, ten times as fast as by a template. Everything in braces is escaped by `e`, the template engine's own,
or comes from a function that returns `Markup`.
"""

from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

from markupsafe import escape as e

from bot.messages import Attachment
from bot.render import shown
from bot.render.copies import Copy
from bot.render.json import utc
from bot.render.links import anchor, direction, linked, reference

#: How much of each kind is kept: more people than ever were in one chat.
_KEPT = 2_000


@dataclass(frozen=True, slots=True)
class Asking:
    """The post of a question: its section's id, and its words cut into the name's `sign` (`: `), the first line and `more`.

    `sign` is None where the post does not begin with the question's name, `anchor` where the question was asked before.
    """

    anchor: str | None
    sign: str | None
    ask: str
    more: str | None


class Pieces:
    """Puts the entries of one page together. What comes again and again, as people and marks, it keeps as it stands there."""

    def __init__(self, lang: str = "") -> None:
        self._lang = lang
        self._data = lru_cache(_KEPT)(_data)
        self._person = lru_cache(_KEPT)(_person)
        self._marks = lru_cache(_KEPT)(_marks)

    def entry(self, told: shown.Shown) -> str:
        """Give what was said, as an item of a list."""
        said = told.entry
        return f"{_day(told, 'li')}<li {self._known_by(told)}>\n{self._by(told)}{self._reply(told)}{self._text(said.text)}{_hanging(told)}</li>\n"

    def question(self, told: shown.Shown, asking: Asking) -> str:
        """End a section, and begin one with a question."""
        there = f' id="{e(asking.anchor)}"' if asking.anchor else ""
        named = "" if asking.sign is None else " said"
        sign = "" if asking.sign is None else f'<span class="sign said">{e(asking.sign)}</span>'
        return (
            f'</ol>\n</section>\n<section{there} class="of-question">\n{_day(told, "p")}<div {self._known_by(told)}>\n'
            f'<h2{direction(asking.ask)}><span class="name{named}">{e(told.asked)}</span>{sign}<span class="ask said"{self._lang}>{linked(asking.ask)}</span></h2>\n'
            f"{self._by(told)}{self._reply(told)}{'' if asking.more is None else self._text(asking.more, empty=True)}{_hanging(told)}</div>\n<ol>\n"
        )

    def _text(self, text: str, *, empty: bool = False) -> str:
        return (
            f'<p class="text said"{direction(text)}{self._lang}>{linked(text)}</p>\n' if text or empty else ""
        )

    def _reply(self, told: shown.Shown) -> str:
        if told.reply is None:
            return ""
        if told.quote is None:  # nowhere to lead to
            return f'<p class="re"><span class="reply">reply to {e(told.reply)}</span></p>\n'
        quote = f" <q{direction(told.quote)}{self._lang}>{e(told.quote)}</q>" if told.quote else ""
        to = anchor(told.entry.reply_to or "")
        return f'<p class="re"><a class="reply" href="#{to}">reply to <bdi>{e(told.reply)}</bdi></a>{quote}</p>\n'

    def _known_by(self, told: shown.Shown) -> str:
        """Give what programs, and the script of the page, know an entry by."""
        said = told.entry
        names = "entry"
        if told.asked:
            names += " question"
        elif said.author is None:
            names += " bot"
        if said.answers:
            names += " answer"
        if said.highlighted:
            names += " highlighted"
        if told.files:
            names += " filed"
        return f'id="{anchor(said.id)}" class="{names}" {self._data(said.kind, told.asked, said.answers, said.under)}'

    def _by(self, told: shown.Shown) -> str:
        said = told.entry
        face, who = self._person(said.author.id if said.author else None, told.who)
        when = f'<time datetime="{utc(said.at)}">{told.time}</time>'
        return (
            f'{face}<p class="by">{"" if told.asked else who}<a class="at" href="#{anchor(said.id)}">{when}</a>'
            f"{self._marks(told.marks) if told.marks else ''}</p>\n"
        )


def _day(told: shown.Shown, tag: str) -> str:
    return f'<{tag} class="day">{e(told.day)}</{tag}>\n' if told.day else ""


def _data(kind: str, asked: str | None, answers: tuple[str, ...], under: str | None) -> str:
    name = f' data-name="{e(asked)}"' if asked else ""
    answered = f' data-answers="{e(", ".join(answers))}"' if answers else ""
    filed = "" if under is None else f' data-under="{e(under)}"'
    return f'data-kind="{e(kind)}"{name}{answered}{filed}'


def _person(id: str | None, name: str) -> tuple[str, str]:
    """Give what stands for a person beside their words (the first letter of the name, in one of twelve colours), and the name."""
    who = f'<bdi class="who">{e(name)}</bdi>\n'
    if id is None:
        return "", who
    initial = next(filter(str.isalnum, name), "·").upper()[:1]
    hue = crc32(id.encode(errors="replace")) % 12
    return f'<span class="face hue-{hue}" data-initial="{e(initial)}"></span>\n', who


def _marks(marks: tuple[str, ...]) -> str:
    return "".join(f' <span class="mark is-{e(mark.partition(" ")[0])}">{e(mark)}</span>' for mark in marks)


def _hanging(told: shown.Shown) -> str:
    """Give the files and the reactions."""
    files = "".join(f"\n<li>{_file(attachment, copy)}</li>" for attachment, copy in told.files)
    signs = "".join(f"<li><bdi>{e(reaction)}</bdi></li>" for reaction in told.reactions)
    return (f'<ul class="attached">{files}\n</ul>\n' if files else "") + (
        f'<ul class="reactions">{signs}</ul>\n' if signs else ""
    )


def _file(attachment: Attachment, copy: Copy | None) -> str:
    alt = f' <bdi class="alt">{e(attachment.alt)}</bdi>' if attachment.alt else ""
    why = f' <bdi class="why">not kept: {e(copy.why)}</bdi>' if copy and copy.why else ""
    return f"{_body(attachment, copy)}{alt}{why}"


def _body(attachment: Attachment, copy: Copy | None) -> str:
    name = attachment.name or shown.NAMELESS
    if copy and copy.address and copy.picture:
        sides = f' width="{copy.width}" height="{copy.height}"' if copy.width and copy.height else ""
        image = f'<img src="{e(copy.address)}" alt="{e(attachment.alt or name)}" loading="lazy"{sides}>'
        return f'<a href="{e(copy.address)}">{image}</a>'
    if copy and copy.address:
        return f'<a href="{e(copy.address)}" download><bdi>{e(name)}</bdi></a>'
    return f"<bdi>{e(name) if shown.is_kept(attachment) else reference(attachment.url, name)}</bdi>"
