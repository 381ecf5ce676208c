"""Opening the database: its file, its connections, its migrations, and what can go wrong, in words."""

import asyncio
import contextlib
import os
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import aiosqlite

from bot.store.schema import APPLICATION_ID, MIGRATIONS, VERSION

#: How long to wait for another process that is writing, in seconds.
PATIENCE = 10
GONE = "That chat is no longer there."
_WHAT_IT_IS = """SELECT user_version, application_id, (SELECT count(*) FROM sqlite_master)
    FROM pragma_user_version, pragma_application_id"""
#: What every connection is told: a commit is on the disk, and what is removed is overwritten.
PRAGMAS = ("foreign_keys = ON", "secure_delete = ON", "synchronous = FULL")


class StoreError(Exception):
    """Something cannot be kept or read; the text says what, where, and what to do."""


@contextlib.contextmanager
def in_words(path: Path) -> Iterator[None]:
    """Say in words what SQLite or the system has against it."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise StoreError(words(path, str(error))) from error
    except (UnicodeError, OverflowError) as error:  # an id, a name or a number that is none
        raise StoreError(f"That cannot be kept: {error}.") from error


def words(path: Path, error: str) -> str:
    """Say what an error of SQLite or of the system means, and what to do."""
    for sign, words in (
        ("full", f"The disk is full: nothing more can be kept in {path}. Make room on it."),
        ("No space left", f"The disk is full: {path} cannot be made. Make room on it."),
        ("readonly", f"{path} cannot be written to. Give yourself the right to write to it and its folder."),
        (
            "ermission denied",
            f"{path} cannot be opened: you have no right to. Name another file with --db, or change its rights.",
        ),
        (
            "Read-only file system",
            f"{path} lies on a disk that cannot be written to. Name another file with --db.",
        ),
        ("unable to open", f"{path} cannot be opened. Is it a file, in a folder that you can write to?"),
        ("locked", f"Another program has been writing to {path} for too long. Close it, and try again."),
        ("not a database", f"{path} is not a database of hashchat. Name another file with --db."),
        ("malformed", f"{path} is damaged. Restore it from a copy, or name another file with --db."),
        ("FOREIGN KEY", GONE),
        ("disk I/O", f"The disk with {path} cannot be read or written. Is it full, or still there?"),
    ):
        if sign in error:
            return words
    return f"{path} cannot be used: {error}."


def make_file(path: Path) -> None:
    """Make the file, and its folder, readable by their owner only (SQLite gives the log the same rights)."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))
    sqlite3.connect(path).close()  # what cannot be opened fails here: aiosqlite would leave a thread behind


async def connect(path: Path) -> aiosqlite.Connection:
    """Open a connection on which every transaction is begun by hand."""
    db = await aiosqlite.connect(path, isolation_level=None, timeout=PATIENCE)
    try:
        for pragma in PRAGMAS:
            await db.execute(f"PRAGMA {pragma}")
    except BaseException:
        await db.close()
        raise
    return db


async def migrate(db: aiosqlite.Connection, path: Path) -> None:
    """Bring a database up to this version, a new one from nothing. Raises StoreError, with the file untouched."""
    for attempt in range(10 * PATIENCE):
        try:
            await _migrate(db, path)
        except (
            sqlite3.OperationalError
        ) as error:  # SQLite does not wait for others who make the same file just now
            if "locked" not in str(error) or attempt == 10 * PATIENCE - 1:
                raise
            await asyncio.sleep(0.1)
        else:
            return


async def _migrate(db: aiosqlite.Connection, path: Path) -> None:
    version, application, tables = await one(db, _WHAT_IT_IS)
    if (tables or application) and application != APPLICATION_ID:
        raise StoreError(f"{path} is a database of another program. Name another file with --db.")
    if version > VERSION:
        raise StoreError(
            f"{path} was written by a newer hashchat (its version is {version}, this one knows {VERSION}). Update hashchat; the file has not been touched."
        )
    if version == VERSION:
        return
    await db.execute("PRAGMA journal_mode = WAL")
    for number, migration in enumerate(MIGRATIONS[version:], version + 1):
        await db.execute("BEGIN IMMEDIATE")
        try:
            if (await one(db, "PRAGMA user_version"))[0] < number:  # another process may have been quicker
                for statement in migration.statements:
                    await db.execute(statement)
                await db.execute(f"PRAGMA user_version = {number}")
                await db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            await db.commit()
        except BaseException:
            await db.rollback()
            raise


async def one(db: aiosqlite.Connection, query: str, values: Iterable[object] = ()) -> Any:
    """Give the one row that there is."""
    async with db.execute(query, values) as cursor:
        row = await cursor.fetchone()
    if row is None:
        raise StoreError(GONE)
    return row
