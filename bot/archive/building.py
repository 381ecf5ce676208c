"""The whole archive: what has changed since the last time is written anew, what is gone is removed, all else stays as it is."""

import hmac
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, partial
from hashlib import blake2b
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from uuid import UUID

from bot.archive import pages
from bot.archive.calendar import calendar
from bot.archive.chat import Made, Pictures, Place, make
from bot.archive.choosing import among, coming, held, path_of
from bot.archive.feed import feed
from bot.archive.finding import called, pieces
from bot.archive.folder import Folder
from bot.archive.model import Coming, Published, Wanted
from bot.archive.pages import Hashtag, Site
from bot.archive.sitemap import sitemap
from bot.render.card import missing
from bot.session import dump
from bot.store import Chat, Store

#: The part that has the pages around the chats.
SITE = "site"
_STATIC = ("site.css", "search.js", "times.js", "icon.svg")
#: Where the words are that are searched: no hashtag has a hyphen.
_WORDS = "search-words"
#: What is always there, and may be nobody else's.
_FIXED = ("index.html", "404.html", "search.html", "feed.xml", "calendar.ics", f"{_WORDS}/index.js", *_STATIC)


@dataclass(frozen=True, slots=True)
class Built:
    """What came of it: how many chats there are, how many of them were written anew and removed, and files written in all.

    `undrawn` are characters that share pictures would need and no font here has.
    """

    chats: int
    anew: int
    removed: int
    files: int
    undrawn: str = ""


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the archive comes from: the database, pictures made fit to be published, and what hosts chose for stories.

    `selection` gives the file in which the host of a chat did, if there is one. `left_out` are the numbers of chats that are
    not to be published.
    """

    store: Store
    pictures: Pictures
    selection: Callable[[Chat], bytes | None]
    left_out: frozenset[int] = frozenset()


async def build(
    sources: Sources, root: Path, wanted: Wanted, now: datetime, step: Callable[[int, int], None]
) -> Built:
    """Bring the archive in a folder up to date; `step` is told how many chats are done, of how many.

    Raises StoreError, also for what stands in the way in the folder, and OSError.
    """
    chats = among(await sources.store.chats(), wanted, sources.left_out)
    with Folder.open(root, now, (*_FIXED, *(["sitemap.xml"] if wanted.url else []))) as folder:
        published, anew = await _publish(sources, folder, held(chats), wanted, step)
        identify = partial(_identify, sources.store)
        _put_site(folder, published, lambda latest: coming(chats, latest, now, identify), wanted)
        removed = folder.clear()
        undrawn = "".join(dict.fromkeys("".join(one.undrawn for one in published)))
        return Built(len(published), anew, removed, folder.written, undrawn)


async def _publish(
    sources: Sources, folder: Folder, chats: list[Chat], wanted: Wanted, step: Callable[[int, int], None]
) -> tuple[list[Published], int]:
    """Put what has changed of the chats in its place; gives them all, the newest first, and how many have changed."""
    digests, returning = await sources.store.digests(), await sources.store.returning(chats)
    known = {
        name: Published.load(part.facts) for name, part in folder.parts.items() if name != SITE and part.facts
    }
    lacking = missing("".join(one.undrawn for one in known.values()))
    published, anew = [], 0
    for number, chat in enumerate(chats):
        step(number, len(chats))
        name = _identify(sources.store, f"chat {chat.id}")
        selection = sources.selection(chat)
        before = returning[chat.id]
        made_from = (
            _program(),
            wanted.url,
            chat.text,
            chat.short,
            dump(chat.state),
            digests.get(chat.id),
            sorted(before),
            selection,
        )
        inputs = _digest(made_from)
        if not folder.current(name, inputs) or not lacking.issuperset(known[name].undrawn):
            place = _place(sources.store, chat, name, known, wanted)
            stage = folder.stage()
            async with sources.store.reading(chat) as record:
                made = await make(
                    record, chat, place, stage, before=before, pictures=sources.pictures, selection=selection
                )
            known[name] = _put(folder, stage, made, place, inputs)
            anew += 1
        published.append(known[name])
    step(len(chats), len(chats))
    return sorted(published, key=lambda one: (one.started, one.path), reverse=True), anew


def _place(store: Store, chat: Chat, name: str, known: Mapping[str, Published], wanted: Wanted) -> Place:
    """Give a chat the place that it had, or a free one."""
    starts = chat.script.starts
    event = _identify(store, f"{chat.script.hashtag.lower()} {starts.isoformat()}") if starts else name
    if there := known.get(name):
        return Place(there.number, there.path, name, event, wanted.url)
    number = max((one.number for one in known.values()), default=-1) + 1
    return Place(number, path_of(chat, {one.path for one in known.values()}), name, event, wanted.url)


def _put(folder: Folder, stage: Path, made: Made, place: Place, inputs: str) -> Published:
    facts = made.published.dump()
    words = json.dumps(made.words).encode()
    folder.put(place.id, stage, at=place.path, inputs=inputs, facts=facts, beside=words)
    return Published.load(facts)


# The pages around the chats ---------------------------------------------------------------------------------------


class _Pages:
    """Writes the files around the chats, those that would come out as they are left alone."""

    def __init__(self, folder: Folder) -> None:
        self.stage = folder.stage()
        self.facts: dict[str, str] = {}
        self.keep: set[str] = set()
        self._folder = folder
        self._before = folder.parts[SITE].facts if SITE in folder.parts else {}

    def add(self, path: str, inputs: object, write: Callable[[], str | bytes]) -> None:
        """Have a file that is made of those inputs."""
        digest = self.facts[path] = _digest((_program(), inputs))
        if self._before.get(path) == digest and self._folder.has(SITE, path):
            self.keep.add(path)
            return
        target = self.stage / path
        target.parent.mkdir(parents=True, exist_ok=True)
        made = write()
        target.write_bytes(made if isinstance(made, bytes) else made.encode())

    def stay(self, path: str, inputs: object, beside: str) -> bool:
        """Tell whether a file is as it would come out, and if so leave it and all that is `beside` it in its folder alone."""
        paths = [each for each in self._before if each.startswith(beside)]
        there = self._before.get(path) == _digest((_program(), inputs)) and all(
            self._folder.has(SITE, each) for each in paths
        )
        if there:
            self.keep.update(paths)
            self.facts |= {each: self._before[each] for each in paths}
        return there


def _put_site(
    folder: Folder,
    published: list[Published],
    look_ahead: Callable[[list[Published]], list[Coming]],
    wanted: Wanted,
) -> None:
    hashtags = _by_hashtag(published)
    latest = [hashtag.chats[0] for hashtag in hashtags]
    following = look_ahead(latest)
    dated = {each.tag for each in following}
    said = [(one.hashtag, one.says) for one in latest if one.says and one.tag not in dated]
    add = _Pages(folder)
    words = _add_words(add, folder, published)
    site = Site(wanted.title or _title(hashtags), wanted.url, _digest(_static())[:8], words[:8])
    for name, text in _static().items():
        add.add(name, text, partial(bytes, text))
    add.add(
        "index.html",
        (site, hashtags, following, said),
        lambda: pages.index(site, hashtags, published, following, said),
    )
    add.add("search.html", (site, hashtags), lambda: pages.search(site, hashtags))
    add.add("404.html", site, lambda: pages.missing(site))
    _add_feeds(add, site, "", site.title, chats=published, following=following)
    for hashtag in hashtags:
        _add_hashtag(add, site, hashtag, following, said)
    if site.url:
        add.add("sitemap.xml", (site, published), lambda: sitemap(site.url or "", hashtags))
    folder.put(SITE, add.stage, inputs="", facts=add.facts, keep=add.keep)


def _add_hashtag(
    add: _Pages, site: Site, hashtag: Hashtag, following: list[Coming], said: pages.Said
) -> None:
    below = replace(site, up="../")
    following = [each for each in following if each.tag == hashtag.tag]
    said = [each for each in said if each[0].lower() == hashtag.tag]
    add.add(
        f"{hashtag.path}/index.html",
        (below, hashtag, following, said),
        lambda: pages.hashtag(below, hashtag, following, said),
    )
    title = f"#{hashtag.name}"
    _add_feeds(add, below, f"{hashtag.path}/", title, chats=list(hashtag.chats), following=following)
    chats = hashtag.chats
    for newer, chat, older in zip((None, *chats), chats, (*chats[1:], None), strict=False):
        beside = tuple(
            (one.path, one.title, one.started, one.zone) if one else None for one in (older, newer)
        )
        around = replace(site, up="../../", words="")
        add.add(
            f"{chat.path}/index.html", (around, chat, beside), partial(pages.chat, around, chat, older, newer)
        )


def _add_feeds(
    add: _Pages, site: Site, at: str, title: str, *, chats: list[Published], following: list[Coming]
) -> None:
    """Add feed and calendar at a path, which is empty or ends in a slash."""
    name = str(UUID(hex=_digest(("feed", site.url, at)), version=5))
    address = f"{site.url}/{at}feed.xml" if site.url else "feed.xml"
    add.add(
        f"{at}feed.xml",
        (title, site.url, chats),
        lambda: feed(title, f"urn:uuid:{name}", address, site.up, chats),
    )
    add.add(
        f"{at}calendar.ics",
        (title, site.url, chats, following),
        lambda: calendar(title, chats, following, site.url),
    )


def _add_words(add: _Pages, folder: Folder, published: list[Published]) -> str:
    """Add what the search reads; gives what changes with it. Nothing is read where no chat has changed."""
    index = f"{_WORDS}/index.js"
    inputs = [(one.number, folder.parts[one.id].inputs) for one in published]
    if add.stay(index, inputs, beside=f"{_WORDS}/"):
        return _digest(inputs)
    firsts, texts = pieces((one.number, json.loads(folder.beside(one.id))) for one in published)
    for number, text in enumerate(texts):
        add.add(f"{_WORDS}/{number}.js", text, partial(str, text))
    chats = {
        one.number: [one.href, one.title, f"{one.local:%Y-%m-%d}", one.hashtag, one.language, one.units]
        for one in published
    }
    add.add(index, inputs, lambda: called("index", firsts, chats))
    return _digest(inputs)


def _by_hashtag(published: list[Published]) -> list[Hashtag]:
    """Give the hashtags, that of the newest chat first."""
    found: dict[str, list[Published]] = {}
    for one in published:
        found.setdefault(one.tag, []).append(one)
    return [Hashtag(chats[0].hashtag, tuple(chats)) for chats in found.values()]


def _title(hashtags: list[Hashtag]) -> str:
    return f"#{hashtags[0].name}" if len(hashtags) == 1 else "Hashtag chats"


# What things are made from ----------------------------------------------------------------------------------------


def _identify(store: Store, what: str) -> str:
    """Give a name that is always the same for the same thing of this database, and tells nothing of it."""
    return str(UUID(bytes=hmac.digest(store.secret("archive"), what.encode(), "sha256")[:16], version=5))


def _digest(value: object) -> str:
    return blake2b(repr(value).encode(errors="surrogatepass"), digest_size=16).hexdigest()


@cache
def _static() -> dict[str, bytes]:
    return {name: files("bot.archive").joinpath("static", name).read_bytes() for name in _STATIC}


@cache
def _program() -> str:
    """Give what changes with this program: after an update, everything is written anew."""
    digest = blake2b(digest_size=16)
    for name in ("archive", "recap", "render", "script", "story", "themes"):
        for file in _below(files("bot").joinpath(name)):
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _below(folder: Traversable) -> Iterable[Traversable]:
    for each in sorted(folder.iterdir(), key=lambda each: each.name):
        if each.is_dir():
            yield from _below(each)
        elif not each.name.endswith((".pyc", ".pyo")):
            yield each
