"""The pages around the chats: index, hashtags, each chat's front page, search, and the one for what is not there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import groupby
from urllib.parse import quote, urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bot.archive.choosing import folder_of
from bot.archive.model import Coming, Published
from bot.render import shown
from bot.render.json import utc
from bot.render.links import linked
from bot.render.plain import one_line, visible
from bot.script.model import heading

#: How many chats the index has, and how many columns a small chart.
NEWEST, COLUMNS = 12, 60
#: How long a description is where a page is shared, in characters.
_DESCRIBED = 200
_FORMS = {
    "html": "Transcript as a page (HTML)", "md": "Transcript as Markdown", "txt": "Transcript as text",
    "csv": "Transcript as a table (CSV)", "json": "Transcript for programs (JSON)",
    "jsonl": "Transcript for programs, a line for each message (JSON Lines)",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Site:
    """What every page has in common. `up` leads from it to the index; `version` changes with the style, `words` with the search."""

    title: str
    url: str | None
    version: str
    words: str = ""
    up: str = ""


@dataclass(frozen=True, slots=True)
class Hashtag:
    """A hashtag as the latest of its chats writes it, with all of them, the newest first."""

    name: str
    chats: tuple[Published, ...]

    @property
    def tag(self) -> str:
        """The hashtag as hashtags are compared."""
        return self.chats[0].tag

    @property
    def path(self) -> str:
        """Where its page is."""
        return folder_of(self.tag)

    @property
    def href(self) -> str:
        """The same as it stands in an address."""
        return quote(self.path)

    @property
    def years(self) -> list[tuple[int, list[Published]]]:
        """Its chats by their years."""
        return [(year, list(chats)) for year, chats in groupby(self.chats, key=lambda chat: chat.local.year)]


@dataclass(frozen=True, slots=True)
class _Total:
    words: str


Said = list[tuple[str, str]]


def index(
    site: Site, hashtags: list[Hashtag], newest: list[Published], coming: list[Coming], said: Said
) -> str:
    """Give the first page. `said` is what scripts say of their next chats, in words."""
    chats = sum(len(hashtag.chats) for hashtag in hashtags)
    messages = sum(chat.messages for hashtag in hashtags for chat in hashtag.chats)
    words = f"{_counted(chats, 'live chat', 'live chats')} with {_counted(messages, 'message', 'messages')}, all to be read and searched"
    return _page("index", site, hashtags, newest[:NEWEST], coming, said, _Total(words))


def hashtag(site: Site, hashtag: Hashtag, coming: list[Coming], said: Said) -> str:
    """Give the page of a hashtag."""
    return _page("hashtag", site, hashtag, coming, said)


def chat(site: Site, chat: Published, older: Published | None, newer: Published | None) -> str:
    """Give the front page of a chat, with the ways to those beside it."""
    return _page("chat", site, chat, older, newer)


def search(site: Site, hashtags: list[Hashtag]) -> str:
    """Give the page of the search."""
    return _page("search", site, hashtags)


def missing(site: Site) -> str:
    """Give the page for what is not there. It is shown at any address, so that its links begin at the host's root."""
    root = urlsplit(site.url).path if site.url else ""
    return _page("missing", Site(site.title, site.url, site.version, up=f"{root}/"))


def _page(name: str, *values: object) -> str:
    return visible(getattr(_environment().get_template("site.html").module, name)(*values))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("bot.archive"), autoescape=True, undefined=StrictUndefined, auto_reload=False
    )
    environment.globals.update(
        counted=_counted,
        columns_of=_columns,
        moment=shown.moment,
        day=_day,
        utc=utc,
        linked=linked,
        lang=_language,
        described=_described,
        heading=heading,
        card_of=_card,
        forms=_FORMS,
        bytes=_bytes,
    )
    return environment


def _counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def _columns(minutes: tuple[int, ...]) -> list[float]:
    """Give how high the columns of a small chart are, to the highest."""
    step = -(-len(minutes) // COLUMNS) or 1
    sums = [sum(minutes[start : start + step]) for start in range(0, len(minutes), step)]
    most = max(sums, default=0) or 1
    return [part / most for part in sums]


def _day(local: datetime) -> str:
    return f"{local.day} {local:%B} {local.year}"


def _language(chat: Published) -> Markup:
    return Markup(' lang="{}"').format(chat.language)


def _described(chat: Published) -> str:
    line = one_line(chat.summary or "")
    if len(line) > _DESCRIBED:
        line = f"{line[:_DESCRIBED].rpartition(' ')[0] or line[:_DESCRIBED]} …"
    return (
        line
        or f"A live chat of {_counted(chat.people, 'person', 'people')}: {_counted(chat.messages, 'message', 'messages')}."
    )


def _card(chats: Iterable[Published]) -> str | None:
    """Give where the picture is with which the first of these chats is shared that has one."""
    return next((f"{chat.href}/share.png" for chat in chats if chat.card), None)


def _bytes(size: int) -> str:
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} kB"
    return f"{size / 1_000_000:.1f} MB"
