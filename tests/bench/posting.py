"""How late posts are, with a thousand chats in one process."""

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from bot.live import Delivery, SystemClock
from bot.session import Running
from bot.store import Chat
from tests.bench.figures import Bench, Ratio, Scale, percentile
from tests.bench.stage import Stage, made, opened, running

CHATS = 1_000
#: Over how many seconds the questions are spread.
SPREAD = 6
#: How long the chats have to get going before the first question, in seconds.
LEAD = 1.0

_Round = tuple[list[float], list[float]]


async def measure(folder: Path, scale: Scale) -> Sequence[Ratio]:
    """Measure hashchat and bare timers in turns, over some time and all within one second."""
    spread: list[_Round] = []
    crowded: list[_Round] = []
    for number in range(scale.rounds):
        rng = random.Random(number)
        for seconds, rounds in ((scale.of(SPREAD), spread), (1, crowded)):
            moments = [rng.uniform(0, seconds) for _ in range(scale.of(CHATS))]
            ours = await _posts(folder / f"posts-{number}-{seconds}.db", moments)
            rounds.append((ours, await _timers(moments)))
    return (
        _ratio(f"99th, over {SPREAD} s", spread, 3),
        _ratio("99th, within 1 s", crowded, 10),
    )


def _ratio(what: str, rounds: Sequence[_Round], limit: float) -> Ratio:
    ours, peer = zip(*([1_000 * percentile(times, 99) for times in both] for both in rounds), strict=True)
    return Ratio(what, ours, peer, "ms late", limit)


async def _posts(path: Path, moments: Sequence[float]) -> list[float]:
    clock = SystemClock()
    late: list[float] = []

    def delivered(delivery: Delivery) -> None:
        late.append((clock.now() - delivery.post.at).total_seconds())

    async with opened(path) as store:
        chats = [await made(store) for _ in moments]
        start = clock.now() + timedelta(seconds=LEAD)
        due = [
            _due(chat, start + timedelta(seconds=moment)) for chat, moment in zip(chats, moments, strict=True)
        ]
        async with running(due, store, Stage(delivered=delivered), clock):
            await asyncio.sleep(LEAD + max(moments) + LEAD / 2)
    assert len(late) == len(moments), "a post is missing"
    return late


async def _timers(moments: Sequence[float]) -> list[float]:
    loop = asyncio.get_running_loop()
    start = loop.time() + LEAD
    late: list[float] = []
    for moment in moments:
        loop.call_at(start + moment, lambda due: late.append(time.monotonic() - due), start + moment)
    await asyncio.sleep(LEAD + max(moments) + LEAD / 2)
    return late


def _due(chat: Chat, moment: datetime) -> Chat:
    """Give the chat as it is when its first question is due at that moment, and none after it for long."""
    phase = Running(-1, since=chat.created, until=moment)
    return replace(chat, state=replace(chat.state, phase=phase, asked=()))


BENCH = Bench(
    "posting",
    f"""{CHATS:,} chats in one process, each with one question due at a moment drawn beforehand; kept on the disk, then given
to the Room's deliver, which is when its lateness is taken, and reported back. The peer: as many `loop.call_at` at the very
same moments, each of which appends its lateness to a list and does nothing else.""",
    measure,
)
