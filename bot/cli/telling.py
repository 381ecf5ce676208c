"""`hashchat story`: the story of a chat, the file in which its host chooses what it tells, and the picture to share it with."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urljoin

from bot.cli.failing import complain
from bot.cli.output import output, say_written
from bot.cli.reading import with_store
from bot.recap import Recap
from bot.render.story import OFFERED, Sharing
from bot.rooms.web.embedding import story_page
from bot.script.source import MOST_BYTES
from bot.store import Store, StoreError
from bot.story import Reference, Selection, Story, automatic, messages, parse_bytes, tell, written


@dataclass(frozen=True, slots=True)
class Telling:
    """What is asked for: where page, selection and picture go, from which selection, and where the page will be found."""

    page: Path | None = None
    selection: Path | None = None
    edit: Path | None = None
    picture: Path | None = None
    url: str | None = None


def write_story(db: Path, name: str, telling: Telling) -> int:
    """Write a chat's story, or what belongs to it; give the exit status."""

    async def work(store: Store) -> int:
        chat = await store.find(name)
        recap = await store.recap(chat, best=OFFERED)
        if telling.edit:
            return _write_selection(recap, telling.edit)
        selection = automatic(recap)
        if telling.selection:
            chosen = _read(telling.selection, recap)
            if chosen is None:
                return 1
            selection = chosen
        async with store.reading(chat) as record:
            story, gone = tell(recap, selection, await record.some(messages(selection)))
            _say_gone(telling.selection, gone)
            text = await story_page(chat, record, story, _sharing(telling))
        if telling.picture:
            _draw(story, telling.picture, others=(telling.selection,))
        if telling.page or not telling.picture:
            _write(telling.page, text.encode(), "--output", others=(telling.selection, telling.picture))
        return 0

    return with_store(db, work)


# The selection ----------------------------------------------------------------------------------------------------


def _write_selection(recap: Recap, path: Path) -> int:
    """Write what a host chooses from, but never over what a host has chosen."""
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(written(recap))
    except FileExistsError:
        return complain(
            f"{path} is there already, and has not been touched. Name another file with --edit, or build from it with --from."
        )
    except OSError as error:
        raise StoreError(
            f"{path} cannot be written: {error.strerror}. Name another file with --edit."
        ) from error
    print(
        f"Written: {path}. Change it, then: hashchat story {recap.about.name} --from {path} -o story.html",
        file=sys.stderr,
    )
    return 0


def _read(path: Path, recap: Recap) -> Selection | None:
    """Read a host's selection; None where there are problems, which are printed."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise StoreError(
            f"{path} cannot be read: {error.strerror}. Write one with: hashchat story {recap.about.name} --edit FILE"
        ) from error
    read = parse_bytes(data, recap)
    for problem in read.problems:
        print(problem.at(str(path)), file=sys.stderr)
    return read.selection


def _say_gone(path: Path | None, gone: Iterable[Reference]) -> None:
    for each in gone:
        own = ", or write words of your own as `- say: …`" if " " in each.key else ""
        print(
            f"{path}:{each.line}:{each.column}: this is not in the chat, or not any more, and stays out of the story; delete the line, or correct it{own}",
            file=sys.stderr,
        )


# The page ---------------------------------------------------------------------------------------------------------


def _sharing(telling: Telling) -> Sharing:
    """Say where the page and its picture will be found; a picture only by its whole address, which is all that sites take."""
    if telling.picture and not telling.url:
        print(
            "Note: sites show the picture only if the page says where it is on the web: add --url with the page's address.",
            file=sys.stderr,
        )
    picture = urljoin(telling.url, quote(telling.picture.name)) if telling.url and telling.picture else None
    return Sharing(telling.url, picture)


def _draw(story: Story, path: Path, others: Iterable[Path | None]) -> None:
    from bot.render.card import draw

    card = draw(story.recap, story.title)
    if card.undrawn:
        print(
            f"Note: no font on this machine has {card.undrawn}, so the picture is without the line that needs it. Install one, such as Noto Sans for that script.",
            file=sys.stderr,
        )
    _write(path, card.png, "--picture", others)


def _write(path: Path | None, data: bytes, option: str, others: Iterable[Path | None]) -> None:
    with output(path, option, filter(None, others)) as file:
        file.write(data)
    say_written(path)
