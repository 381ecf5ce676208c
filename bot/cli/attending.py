"""`hashchat participation` and `verify`: who took part, as a table and as pages that can be checked."""

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from bot.cli.failing import complain
from bot.cli.output import named, new_folder, output, say_written
from bot.cli.reading import with_store
from bot.participation import Part, Roll
from bot.render import participation as pages
from bot.store import Chat, Store, StoreError

#: What the key that seals pages is for; it is kept with the database.
PURPOSE = "participation"
#: No page is nearly as large, in bytes.
MOST_BYTES = 1024 * 1024


def write_participation(db: Path, name: str, person: str | None, path: Path | None) -> int:
    """Write who took part in a chat, or one person's page; give the exit status."""

    async def work(store: Store) -> int:
        chat = await store.find(name)
        roll = Roll(chat.script)
        async with store.reading(chat) as record:
            async for entry in record.entries():
                roll.add(entry)
        key = store.secret(PURPOSE)
        if person is not None:
            return _write_page(chat, _of(chat, roll.parts(), person), key, path)
        folder = named(path)
        if folder is None:
            _write(None, pages.table(roll.parts()))
            return 0
        return _write_all(chat, roll.parts(), key, folder)

    return with_store(db, work)


def verify_page(db: Path, path: Path) -> int:
    """Say whether a page was made with that database and is unchanged: 0 if so, 1 if not, 2 if it is no such page."""

    async def work(store: Store) -> int:
        try:
            title = pages.verify(_read(path), store.secret(PURPOSE))
        except (pages.NoSuchPage, UnicodeDecodeError):
            return complain(f"{path} is no page that hashchat participation has written.", status=2)
        if title is None:
            return complain(
                f"{path} is not genuine: it has been changed, or was not made with this database ({db})."
            )
        print(f"{path} is genuine and unchanged: {title}")
        return 0

    return with_store(db, work)


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES).decode()
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror}.") from error


def _of(chat: Chat, parts: Iterable[Part], name: str) -> list[Part]:
    found = [part for part in parts if part.person.name.casefold() == name.casefold()]
    if not found:
        raise StoreError(f"Nobody in {chat.name} wrote as {name}. Write the name as it is in the transcript.")
    return found


def _write_page(chat: Chat, found: list[Part], key: bytes, path: Path | None) -> int:
    if len(found) > 1:
        return complain(
            f"{len(found)} people in {chat.name} wrote as {found[0].person.name}. Write everybody's pages with --output FOLDER, and choose there."
        )
    _write(path, pages.page(chat.about, found[0], key))
    return say_written(path)


def _write_all(chat: Chat, parts: tuple[Part, ...], key: bytes, folder: Path) -> int:
    """Write the table and a page for each person into a folder, which is made anew."""
    target = folder.resolve()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with new_folder(target, "or name another with --output") as new:
            _write(new / "participation.csv", pages.table(parts))
            for number, part in enumerate(parts, 1):
                name = f"{number:03}-{file_name(part.person.name)}.html"
                _write(new / name, pages.page(chat.about, part, key))
    except OSError as error:
        raise StoreError(
            f"{folder} cannot be made a folder: {error.strerror}. Name another with --output."
        ) from error
    return say_written(folder)


def file_name(name: str) -> str:
    """Give a part of a file's name that is like a person's: letters, digits and hyphens only."""
    plain = unicodedata.normalize("NFC", name)
    return re.sub(r"[^\w]+|_", "-", plain)[:40].strip("-").lower() or "nameless"


def _write(path: Path | None, text: str) -> None:
    with output(path) as file:
        file.write(text.encode(errors="replace"))
