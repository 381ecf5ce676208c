"""How long it takes to bring a large archive up to date, against making it."""

import itertools
import random
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from bot.archive import Sources, Wanted, build, building
from bot.archive.finding import Words, pieces
from bot.messages import Author
from bot.store import Changes, Store
from tests.archives import NOW, Pictures, held
from tests.bench.answers import texts
from tests.bench.figures import Bench, Ratio, Scale

CHATS, MESSAGES = 1_000, 60


async def measure(folder: Path, scale: Scale) -> Sequence[Ratio]:
    """Measure an archive of chats under one hashtag the first time, and again after one of them has changed."""
    rng = random.Random(5)
    said = itertools.cycle(texts(5_000))
    people = [Author(f"p{n}", f"Person {n}") for n in range(60)]
    first, again, unsearched = [], [], []
    async with Store.open(folder / "archiving.db", lambda: NOW) as store:
        for day in range(scale.of(CHATS)):
            talk = tuple((rng.choice(people), next(said), (rng.choice("12"),)) for _ in range(MESSAGES))
            chat = await held(store, *talk, day=day)
        for number in range(2):
            site = folder / f"site-{number}"
            first.append((await _built(store, site))[0])
            changes = Changes(chat.id, chat.room)
            changes.highlighted("m0", on=number == 0)
            await store.commit(changes)
            took, index = await _built(store, site)
            again.append(took)
            unsearched.append(took - index)
    return (
        Ratio("again, one chat changed", unsearched, first, "s", 0.05),
        Ratio("the same with the search's index", again, first, "s", 0.3),
    )


async def _built(store: Store, site: Path) -> tuple[float, float]:
    """Give the seconds that it took, and how many of them went into reading all words and making the index of them."""
    index = list[float]()

    def timed(chats: Iterable[tuple[int, Words]]) -> tuple[list[str], list[str]]:
        start = time.perf_counter()
        made = pieces(chats)
        index.append(time.perf_counter() - start)
        return made

    building.pieces = timed  # type: ignore[attr-defined]
    start = time.perf_counter()
    await build(Sources(store, Pictures(), lambda _: None), site, Wanted(), NOW, lambda _done, _of: None)
    return time.perf_counter() - start, sum(index)


BENCH = Bench(
    "archiving",
    f"""{CHATS:,} chats of {MESSAGES} messages under one hashtag, in the database; the archive without share pictures is built
once, and again after one chat has changed. The peer of the second time is the first. The index of the search is made anew
as a whole: without it means without reading all words and making the index; that its files are written counts in both.""",
    measure,
)
