"""How long a recap takes, and how long with its themes."""

import gc
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from bot.store import Chat, Store
from tests.bench.figures import Bench, Ratio, Scale
from tests.bench.stage import bare, insert, made, opened, rows, said

MESSAGES = 100_000
#: What entries are made of, in order: what is said and by whom, and how many people put which signs on it.
_ROWS = """SELECT m.at, m.id, m.author, m.name, m.hosting, m.text, m.answers, m.under, m.reply_to, m.edited_at,
    m.highlighted, m.attachments,
    (SELECT json_array(json_group_array(r.sign), count(DISTINCT r.author)) FROM reactions r
        WHERE r.chat = m.chat AND r.room = m.room AND r.message = m.id AND r.shown GROUP BY r.message)
    FROM messages m WHERE m.chat = ? AND NOT m.deleted AND NOT m.hidden ORDER BY m.at, m.rowid"""


async def measure(folder: Path, scale: Scale) -> Sequence[Ratio]:
    """Measure the reading of a chat's rows, its recap, and its recap with themes, in turns."""
    path = folder / "recapping.db"
    async with opened(path) as store:
        chat = await made(store)
        with bare(path) as db:
            insert(db, rows(said(scale.of(MESSAGES)), chat))
            db.execute(
                "INSERT INTO reactions SELECT chat, room, id, '👍', 'person-1', 1 FROM messages WHERE id % 7 = 0"
            )
        reading, plain, themed = [], [], []
        for _ in range(scale.rounds):
            reading.append(_read(path, chat))
            plain.append(await _recapped(store, chat, themes=False))
            themed.append(await _recapped(store, chat, themes=True))
    return (
        Ratio("recap", plain, reading, "s", 3),
        Ratio("recap with themes", themed, reading, "s", 15),
    )


def _read(path: Path, chat: Chat) -> float:
    gc.collect()
    start = time.perf_counter()
    with closing(sqlite3.connect(path)) as db:
        db.execute(_ROWS, (chat.id,)).fetchall()
        return time.perf_counter() - start


async def _recapped(store: Store, chat: Chat, *, themes: bool) -> float:
    gc.collect()
    start = time.perf_counter()
    await store.recap(chat, themes=themes)
    return time.perf_counter() - start


BENCH = Bench(
    "recapping",
    f"""{MESSAGES:,} messages of sixty people, one in seven with a reaction, in the database; Store.recap from there. The peer: the
rows that entries are made of, read by one SELECT with Python's sqlite3 alone, of which nothing is made.""",
    measure,
)
