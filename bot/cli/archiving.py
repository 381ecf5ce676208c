"""`hashchat archive`: all chats as a static site, to be put on any web host."""

import json
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from yarl import URL

from bot.archive import Built, Picture, Sources, Wanted, build
from bot.cli.failing import complain
from bot.cli.reading import with_store
from bot.rooms.web.gallery import Gallery
from bot.rooms.web.pictures import Darkroom, PictureRefused
from bot.rooms.web.pictures import Picture as Drawn
from bot.script.model import Image
from bot.script.source import MOST_BYTES
from bot.store import Chat, Store, StoreError

#: Where the database keeps the numbers of the chats that are left out of archives.
LEFT_OUT = "archive:left-out"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: address and title, rooms and hashtags, and the folder with what hosts chose for their stories.

    `without` and `again` name chats that are left out from now on, and no longer.
    """

    url: str | None = None
    title: str | None = None
    rooms: Sequence[str] = ()
    hashtags: Sequence[str] = ()
    without: Sequence[str] = ()
    again: Sequence[str] = ()
    stories: Path | None = None


def write_archive(db: Path, place: str, asked: Asked) -> int:
    """Bring the archive in a folder up to date; give the exit status."""
    if not place.strip():
        return complain("The folder has no name. Say where the site goes, such as: hashchat archive site")
    folder = Path(place)
    try:
        wanted = Wanted(
            title=asked.title.strip() if asked.title and asked.title.strip() else None,
            url=_address(asked.url) if asked.url else None,
            rooms=frozenset(asked.rooms),
            hashtags=frozenset(tag.strip().lstrip("#＃").lower() for tag in asked.hashtags),
        )
    except ValueError as error:
        return complain(str(error))
    if folder.exists() and not folder.is_dir():
        return complain(f"{folder} is not a folder. Name one that is, or that is still to be made.")

    async def work(store: Store) -> int:
        left_out = await _left_out(store, asked)
        chats = [chat for chat in await store.chats() if not chat.rehearsal and chat.id not in left_out]
        _check(chats, asked)
        _check_guilds(chats, wanted)
        sources = Sources(store, _Pictures(), _selections(asked.stories), left_out)
        with _progress() as step:
            try:
                built = await build(sources, folder, wanted, datetime.now(UTC), step)
            except OSError as error:
                raise StoreError(
                    f"{error.filename or folder} cannot be written: {error.strerror}. Mend that, and run the same command again."
                ) from error
        _tell(built, folder, wanted, await _names(store, left_out))
        return 0

    return with_store(db, work)


# What is asked for -----------------------------------------------------------------------------------------------


def _address(text: str) -> str:
    """Read the address of an archive: http(s), no query. Raises ValueError."""
    try:
        url = URL(text.strip())
    except ValueError:
        url = URL()
    if url.scheme not in ("http", "https") or not url.host or url.query_string or url.fragment or url.user:
        raise ValueError(
            f"--url {text!r} is not the address of a site. Write it as https://chats.example.org"
        )
    return str(url).rstrip("/")


async def _left_out(store: Store, asked: Asked) -> frozenset[int]:
    """Give the chats that are left out, once what is asked for now is kept with the others. Raises StoreError."""
    without = {(await store.find(name)).id for name in asked.without}
    again = {(await store.find(name)).id for name in asked.again}
    if both := without & again:
        name = (await store.chat(both.pop())).name
        raise StoreError(
            f"{name} cannot be left out and taken in again at once. Say --without or --with of it."
        )
    kept = frozenset(json.loads(await store.setting(LEFT_OUT) or "[]"))
    left_out = (kept | without) - again
    if left_out != kept:
        await store.set_setting(LEFT_OUT, json.dumps(sorted(left_out)))
    return left_out


def _check(chats: Sequence[Chat], asked: Asked) -> None:
    """Raise StoreError for a room or hashtag that no chat has."""
    rooms = {chat.room for chat in chats}
    if strange := [room for room in asked.rooms if room not in rooms]:
        raise StoreError(f"No chat was held in the room {strange[0]}. There are: {_some(rooms)}.")
    hashtags = {chat.name.partition("-")[0] for chat in chats}
    if strange := [tag for tag in asked.hashtags if tag.strip().lstrip("#＃").lower() not in hashtags]:
        raise StoreError(f"There is no chat under the hashtag {strange[0]}. There are: {_some(hashtags)}.")


def _check_guilds(chats: Sequence[Chat], wanted: Wanted) -> None:
    """Raise StoreError where one site would show the chats of several servers that nobody has named."""
    guilds = {chat.room for chat in chats if chat.room.startswith("discord:")}
    if len(guilds) > 1 and not wanted.rooms:
        raise StoreError(
            f"These chats are of {len(guilds)} Discord servers, which may not want to be shown together. Say whose you mean"
            f" with --room, once for each: {_some(guilds)}."
        )


def _some(names: Collection[str]) -> str:
    shown = sorted(names)[:12]
    return ", ".join(shown) + (f" and {len(names) - len(shown)} more" if len(names) > len(shown) else "")


def _selections(folder: Path | None) -> Callable[[Chat], bytes | None]:
    """Give what finds the file in which the host of a chat chose what its story tells. Raises StoreError."""
    if folder is not None and not folder.is_dir():
        raise StoreError(
            f"There is no folder {folder}. Name the one with your stories' files with --stories."
        )

    def selection(chat: Chat) -> bytes | None:
        for name in (chat.name, chat.short):
            path = folder / f"{name}.yaml" if folder else None
            if path and path.is_file():
                with path.open("rb") as file:
                    return file.read(MOST_BYTES + 1)
        return None

    return selection


class _Pictures:
    """Makes pictures fit to be published, as the room in the browser does."""

    def __init__(self) -> None:
        self._darkroom = Darkroom()

    async def shared(self, data: bytes) -> Picture | None:
        try:
            return _drawn(await self._darkroom.clean(data))
        except PictureRefused:
            return None

    async def asked(self, chat: Chat, image: Image | None) -> Picture | None:
        picture = await Gallery(Path(chat.source).parent).picture(image)
        return _drawn(picture) if picture else None


def _drawn(picture: Drawn) -> Picture:
    return Picture(picture.data, picture.type, picture.width, picture.height)


# What came of it -------------------------------------------------------------------------------------------------


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("Chats", total=None)

        def step(done: int, of: int) -> None:
            progress.update(
                task, completed=done, total=of, description="Chats" if done < of else "Search, feeds"
            )

        yield step


async def _names(store: Store, chats: Collection[int]) -> list[str]:
    return [chat.name for chat in await store.chats() if chat.id in chats]


def _tell(built: Built, folder: Path, wanted: Wanted, left_out: Sequence[str]) -> None:
    removed = f", {built.removed:,} removed" if built.removed else ""
    print(
        f"{folder}: {built.chats:,} {'chat' if built.chats == 1 else 'chats'}, {built.anew:,} written anew{removed}."
    )
    if left_out:
        print(f"Left out, until you name them with --with: {', '.join(left_out)}.")
    if not built.chats:
        print(
            "No chat is over yet. Rehearsals are never published, nor chats to which late answers still count."
        )
    if built.undrawn:
        print(
            f"Note: no font on this machine has {built.undrawn[:20]}, so share pictures are without the line that needs it, and chats whose title needs it have none. Install one, such as Noto Sans for that script, and run the same command again.",
            file=sys.stderr,
        )
    if wanted.url is None:
        print(
            "Note: without --url there is no sitemap, and sites show no picture of what is shared.",
            file=sys.stderr,
        )
