"""The one writer: a connection in a thread of its own, where a whole transaction is one function.

So a transaction costs one way to the thread and back, none can come between its statements, and who waits for it may be
cancelled without cutting it in two.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self, TypeVar

from bot.store.opening import PATIENCE, PRAGMAS

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]


class Writer:
    """A connection for writing. Make one with `Writer.open`, and `close` it. Everything raises sqlite3.Error."""

    def __init__(self, db: sqlite3.Connection, thread: ThreadPoolExecutor) -> None:
        self._db = db
        self._thread = thread

    @classmethod
    async def open(cls, path: Path, **functions: Callable[..., bytes]) -> Self:
        """Open a connection on which every transaction is begun by hand; SQL can call the functions, by name."""

        def connect() -> sqlite3.Connection:
            db = sqlite3.connect(path, isolation_level=None, timeout=PATIENCE)
            for pragma in PRAGMAS:
                db.execute(f"PRAGMA {pragma}")
            for name, function in functions.items():
                db.create_function(name, -1, function, deterministic=True)
            return db

        thread = ThreadPoolExecutor(1, thread_name_prefix="store: writer")
        return cls(await asyncio.get_running_loop().run_in_executor(thread, connect), thread)

    async def run(self, work: Work[T]) -> T:
        """Do something with the connection, after all that was asked before."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, self._db)

    def soon(self, work: Work[None]) -> None:
        """Do something with the connection, after all that was asked before; nobody waits for it."""
        self._thread.submit(work, self._db)

    async def transaction(self, work: Work[T]) -> T:
        """Do something in one transaction, whole or not at all."""
        return await self.run(lambda db: transact(db, work))

    async def close(self) -> None:
        """Close the connection, after all that was asked before."""
        await self.run(sqlite3.Connection.close)
        self._thread.shutdown(wait=False)


def transact(db: sqlite3.Connection, work: Work[T]) -> T:
    """Do something in one transaction of a connection, whole or not at all."""
    db.execute("BEGIN IMMEDIATE")
    try:
        result = work(db)
        db.execute("COMMIT")
    except BaseException:
        db.rollback()
        raise
    return result
