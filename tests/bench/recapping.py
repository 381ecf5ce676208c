"""How long a recap takes, and how long with its themes."""

import time
from collections.abc import Sequence
from pathlib import Path

from bot.store import Chat, Store
from tests.bench.figures import Bench, Ratio, Scale
from tests.bench.stage import bare, insert, made, opened, rows, said

MESSAGES = 100_000


async def measure(folder: Path, scale: Scale) -> Sequence[Ratio]:
    """Measure the reading of a chat, its recap, and its recap with themes, in turns."""
    path = folder / "recapping.db"
    async with opened(path) as store:
        chat = await made(store)
        with bare(path) as db:
            insert(db, rows(said(scale.of(MESSAGES)), chat))
        reading, plain, themed = [], [], []
        for _ in range(scale.rounds):
            reading.append(await _read(store, chat))
            plain.append(await _recapped(store, chat, themes=False))
            themed.append(await _recapped(store, chat, themes=True))
    return (
        Ratio("recap", plain, reading, "s", 3),
        Ratio("recap with themes", themed, reading, "s", 15),
    )


async def _read(store: Store, chat: Chat) -> float:
    start = time.perf_counter()
    async with store.reading(chat) as record:
        async for _ in record.entries():
            pass
    return time.perf_counter() - start


async def _recapped(store: Store, chat: Chat, *, themes: bool) -> float:
    start = time.perf_counter()
    await store.recap(chat, themes=themes)
    return time.perf_counter() - start


BENCH = Bench(
    "recapping",
    f"""{MESSAGES:,} messages of sixty people, in the database; Store.recap from there. The peer: the same entries read from there
and thrown away.""",
    measure,
)
