"""What live chats have to keep, grouped: whatever queues up while one transaction is made durable shares the next."""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.store.changes import STATE, STATEMENTS, Changes, micros
from bot.store.lease import LEASE
from bot.store.opening import StoreError, in_words
from bot.store.writer import Writer


class LeaseLost(StoreError):
    """Another process has taken the chat over."""


@dataclass(slots=True)
class _Pending:
    changes: Changes
    kept: asyncio.Future[None]


#: Who waits, and what went wrong, if anything.
_Kept = tuple[asyncio.Future[None], Exception | None]


class Commits:
    """The queue before one writer. `me` is the holder of the chats, as it stands in their leases."""

    def __init__(self, path: Path, writer: Writer, me: str, now: Callable[[], datetime]) -> None:
        self._path = path
        self._writer = writer
        self._me = me
        self._now = now
        self._queue: deque[_Pending] = deque()
        self._loop = asyncio.get_running_loop()

    def add(self, changes: Changes) -> asyncio.Future[None]:
        """Keep the changes, whole or not at all: the future is done once they are on the disk, or has the StoreError."""
        kept: asyncio.Future[None] = self._loop.create_future()
        self._queue.append(_Pending(changes, kept))
        self._writer.soon(self._keep_all)
        return kept

    def _keep_all(self, db: sqlite3.Connection) -> None:
        """In the writer's thread: keep all that has queued up, and tell those who wait."""
        group = [self._queue.popleft() for _ in range(len(self._queue))]
        if group:
            self._loop.call_soon_threadsafe(_settle, self._keep(db, group))

    def _keep(self, db: sqlite3.Connection, group: Sequence[_Pending]) -> list[_Kept]:
        """Keep a group in one transaction; where that fails, each by itself, so that one cannot spoil the others."""
        until = micros(self._now() + LEASE)
        changes = [pending.changes for pending in group]
        try:
            with in_words(self._path):
                self._writer.write(db, lambda db: _write(db, changes, until, self._me))
        except Exception as error:  # noqa: BLE001  (those who wait are told, whatever it is)
            if len(group) > 1:
                return [kept for pending in group for kept in self._keep(db, [pending])]
            return [(group[0].kept, error)]
        if any(each.forgets for each in changes):
            self._writer.scrub(db)
        return [(pending.kept, None) for pending in group]


def _write(db: sqlite3.Connection, group: Sequence[Changes], until: int, me: str) -> None:
    """Write the changes of a group, and that its chats are still held. Raises LeaseLost where one is not."""
    held = db.executemany(STATE, [(until, changes.state, changes.chat, me) for changes in group])
    if held.rowcount != len(group):
        raise LeaseLost("Another process has taken this chat over; here it has been stopped.")
    write_rows(db, group)


def write_rows(db: sqlite3.Connection, group: Sequence[Changes]) -> None:
    """Write all of the changes but the states."""
    for statement in STATEMENTS:
        rows = [row for changes in group if statement in changes.rows for row in changes.rows[statement]]
        if rows:
            db.executemany(statement, rows)


def _settle(outcomes: Iterable[_Kept]) -> None:
    for kept, error in outcomes:
        if kept.done():
            continue
        if error:
            kept.set_exception(error)
        else:
            kept.set_result(None)
