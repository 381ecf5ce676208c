"""How many messages a second are kept."""

import gc
import time
from collections.abc import Sequence
from pathlib import Path

from bot.live import SystemClock
from bot.messages import Message, Said
from tests.bench.figures import Bench, Ratio, Scale
from tests.bench.stage import Row, Stage, bare, insert, made, opened, rows, running, said

#: How many messages the room hands in before it waits for them to be kept.
IN_FLIGHT = 1_000
MESSAGES = 20_000
#: One commit for each is slow: fewer of them tell as much.
ONE_BY_ONE = 2_000


async def measure(folder: Path, scale: Scale) -> Sequence[Ratio]:
    """Measure hashchat, a commit for each message, and one bare `executemany`, in turns."""
    messages = said(scale.of(MESSAGES))
    gc.freeze()  # what is drawn up beforehand is nobody's garbage
    ours, each, at_once = [], [], []
    for number in range(scale.rounds):
        ours.append(await _heard(folder / f"heard-{number}.db", messages))
        async with (
            opened(folder / f"each-{number}.db") as store,
            opened(folder / f"once-{number}.db") as other,
        ):
            some = rows(messages, await made(store))
            await made(other)
        each.append(_kept(folder / f"each-{number}.db", some[: scale.of(ONE_BY_ONE)], size=1))
        at_once.append(_kept(folder / f"once-{number}.db", some, size=len(some)))
    return (
        Ratio("to one commit each", ours, each, "a second", 10, at_most=False),
        Ratio("to one executemany", ours, at_once, "a second", 0.2, at_most=False),
    )


async def _heard(path: Path, messages: Sequence[Message]) -> float:
    async with opened(path) as store, running([await made(store)], store, Stage(), SystemClock()) as (live,):
        start = time.perf_counter()
        for first in range(0, len(messages), IN_FLIGHT):
            for message in messages[first : first + IN_FLIGHT]:
                kept = live.hear(Said(message))
            await kept
        return len(messages) / (time.perf_counter() - start)


def _kept(path: Path, some: Sequence[Row], *, size: int) -> float:
    with bare(path) as db:
        start = time.perf_counter()
        for first in range(0, len(some), size):
            insert(db, some[first : first + size])
        return len(some) / (time.perf_counter() - start)


BENCH = Bench(
    "keeping",
    f"""{MESSAGES:,} messages through LiveChat.hear, {IN_FLIGHT:,} in flight: read, with replies and parts looked up, kept and
acknowledged. The peers put the very rows, ready made, into the same table with the same safety: sqlite3, no event loop.""",
    measure,
)
