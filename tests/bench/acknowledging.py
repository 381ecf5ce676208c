"""How long it takes until a message is acknowledged, in calm and while a long transcript is written."""

import asyncio
import gc
import shutil
import struct
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

from bot.live import SystemClock
from bot.messages import Message, Said
from bot.store import Store
from tests.bench.figures import Bench, Ratio, Scale, percentile
from tests.bench.stage import Row, Stage, bare, changes, insert, made, opened, rows, running, said

RATE = 5_000
SECONDS = 2
TRANSCRIPT = 100_000
_SENDER = Path(__file__).with_name("sender.py")
_STAMP = struct.calcsize("d")


async def measure(folder: Path, scale: Scale) -> Sequence[Ratio]:
    """Measure hashchat and a bare grouped writer in turns, on copies of a database with a long chat in it."""
    messages = said(scale.of(RATE * SECONDS))
    kept = folder / "long.db"
    async with opened(kept) as store:
        name = await _long_chat(store, scale.of(TRANSCRIPT))
    gc.freeze()  # what is drawn up beforehand is nobody's garbage
    calm, busy = [], []
    for _ in range(scale.rounds):
        calm.append((await _ours(_copy(kept), messages), await _bare(_copy(kept), messages)))
        async with _transcripts(_copy(kept), name) as path:
            ours = await _ours(path, messages)
        async with _transcripts(_copy(kept), name) as path:
            busy.append((ours, await _bare(path, messages)))
    return (
        _ratio("median", calm, 50),
        _ratio("99th percentile", calm, 99),
        _ratio("median + transcript", busy, 50),
    )


def _ratio(what: str, rounds: Sequence[tuple[list[float], list[float]]], percent: int) -> Ratio:
    ours, peer = zip(
        *([1_000 * percentile(times, percent) for times in both] for both in rounds), strict=True
    )
    return Ratio(what, ours, peer, "ms", 2)


async def _long_chat(store: Store, count: int) -> str:
    chat = await made(store)
    await store.commit(changes(said(count), chat))
    return chat.name


def _copy(kept: Path) -> Path:
    return Path(shutil.copy(kept, tempfile.mkdtemp(dir=kept.parent)))


@asynccontextmanager
async def _transcripts(path: Path, name: str) -> AsyncIterator[Path]:
    """Have the transcript of a chat written again and again, by processes of their own, while the context lasts."""
    command = (sys.executable, "-m", "bot", "transcript", name, "--format", "html", "--db", str(path))

    async def write() -> None:
        while True:
            process = await asyncio.create_subprocess_exec(*command, "-o", str(path.with_suffix(".html")))
            try:
                if await process.wait():
                    raise AssertionError("the transcript could not be written")
            except asyncio.CancelledError:
                process.kill()
                await process.wait()
                raise

    writing = asyncio.create_task(write())
    try:
        yield path
    finally:
        writing.cancel()
        await asyncio.wait({writing})


async def _moments(count: int) -> AsyncIterator[tuple[float, ...]]:
    """Give the moments at which the messages come in, as many at a time as have come."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(_SENDER), str(RATE), str(count), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    while data := await process.stdout.read(65_536):
        yield struct.unpack(f"{len(data) // _STAMP}d", data)
    await process.wait()


async def _ours(path: Path, messages: Sequence[Message]) -> list[float]:
    sent: list[float] = []
    taken: list[float] = []
    room = Stage(acknowledged=lambda message: taken.append(time.perf_counter() - sent[int(message.id)]))
    async with opened(path) as store, running([await made(store)], store, room, SystemClock()) as (live,):
        async for moments in _moments(len(messages)):
            for moment in moments:
                kept = live.hear(Said(messages[len(sent)]))
                sent.append(moment)
        await kept
    return taken


async def _bare(path: Path, messages: Sequence[Message]) -> list[float]:
    """Do the least: whatever has come in while the last rows were being kept is kept next, by a thread of its own."""
    async with opened(path) as store:
        ready = iter(rows(messages, await made(store)))
    sent: list[tuple[float, Row]] = []
    taken: list[float] = []
    wake = asyncio.Event()
    ended = False
    loop = asyncio.get_running_loop()

    async def write() -> None:
        while sent or not ended:
            await wake.wait()
            wake.clear()
            group, sent[:] = sent[:], []
            if group:
                await loop.run_in_executor(thread, insert, db, [row for _, row in group])
                now = time.perf_counter()
                taken.extend(now - moment for moment, _ in group)

    with bare(path) as db, ThreadPoolExecutor(1) as thread:
        writing = asyncio.create_task(write())
        async for moments in _moments(len(messages)):
            sent.extend(zip(moments, ready, strict=False))
            wake.set()
        ended = True
        wake.set()
        await writing
    return taken


BENCH = Bench(
    "acknowledging",
    f"""{RATE:,} messages a second for {SECONDS} s, from another process through a pipe, timed from the moment at which it
writes to the Room's acknowledge. The peer: rows ready made, a thread that inserts and commits whatever has come in
meanwhile, in one call, sqlite3; nothing is read or looked up. The transcript is the HTML of {TRANSCRIPT:,} messages in the
same database, written over and over by `hashchat transcript` while hashchat and the peer have their turns.""",
    measure,
)
