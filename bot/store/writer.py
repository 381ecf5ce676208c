"""The one writer: a connection in a thread of its own, where a whole transaction is one function.

So a transaction costs one way to the thread and back, none can come between its statements, and who waits for it may be
cancelled without cutting it in two.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Self, TypeVar

from bot.store.opening import PATIENCE, PRAGMAS

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]


class Writer:
    """A connection for writing. Make one with `Writer.open`, and `close` it. Everything raises sqlite3.Error.

    `last_written` is when a transaction was last on the disk, by `now`; `to_scrub` says that what was removed is still
    to be taken out of the file.
    """

    def __init__(
        self, db: sqlite3.Connection, thread: ThreadPoolExecutor, now: Callable[[], datetime]
    ) -> None:
        self.last_written: datetime | None = None
        self.to_scrub = False
        self._db = db
        self._thread = thread
        self._now = now

    @classmethod
    async def open(
        cls, path: Path, now: Callable[[], datetime], **functions: Callable[..., bytes | str]
    ) -> Self:
        """Open a connection on which every transaction is begun by hand; SQL can call the functions, by name."""

        def connect() -> sqlite3.Connection:
            db = sqlite3.connect(path, isolation_level=None, timeout=PATIENCE)
            for pragma in PRAGMAS:
                db.execute(f"PRAGMA {pragma}")
            for name, function in functions.items():
                db.create_function(name, -1, function, deterministic=True)
            return db

        thread = ThreadPoolExecutor(1, thread_name_prefix="store: writer")
        return cls(await asyncio.get_running_loop().run_in_executor(thread, connect), thread, now)

    async def run(self, work: Work[T]) -> T:
        """Do something with the connection, after all that was asked before."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, self._db)

    def soon(self, work: Work[None]) -> None:
        """Do something with the connection, after all that was asked before; nobody waits for it."""
        self._thread.submit(work, self._db)

    async def transaction(self, work: Work[T]) -> T:
        """Do something in one transaction, whole or not at all."""
        return await self.run(lambda db: self.write(db, work))

    def write(self, db: sqlite3.Connection, work: Work[T]) -> T:
        """In the writer's thread: do something in one transaction, whole or not at all."""
        result = transact(db, work)
        self.last_written = self._now()
        return result

    def scrub(self, db: sqlite3.Connection) -> None:
        """In the writer's thread: take what was removed out of the file and its write-ahead log.

        Where others read just now, `to_scrub` says that it is to be done a little later.
        """
        self.to_scrub = not _scrubbed(db)

    async def close(self) -> None:
        """Close the connection, after all that was asked before."""
        if self.to_scrub:
            await self.run(self.scrub)
        await self.run(sqlite3.Connection.close)
        self._thread.shutdown(wait=False)


def transact(db: sqlite3.Connection, work: Work[T], *, begin: str = "BEGIN IMMEDIATE") -> T:
    """Do something in one transaction of a connection, whole or not at all."""
    db.execute(begin)
    try:
        result = work(db)
        db.execute("COMMIT")
    except BaseException:
        db.rollback()
        raise
    return result


def _scrubbed(db: sqlite3.Connection) -> bool:
    """Write the file anew and empty its write-ahead log; tell whether nobody was in the way.

    `secure_delete` is not enough: SQLite leaves copies behind when it moves rows between pages.
    """
    db.execute("PRAGMA busy_timeout = 0")
    try:
        db.execute("VACUUM")
        busy, *_ = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.Error:
        return False
    finally:
        db.execute(f"PRAGMA busy_timeout = {PATIENCE * 1000}")
    return not busy
