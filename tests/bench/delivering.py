"""How long it takes until everybody in the web room sees what one says, and how much memory each of them takes."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.bench.audience import Going, Heard
from tests.bench.figures import Bench, Ratio, Scale
from tests.bench.halls import KEPT

PEOPLE = 500
#: So many talk, in turn, so that nobody is too fast for the room.
TALKING = 40
RATE = 20
SECONDS = 5
#: As many rounds at most: each takes half a minute.
ROUNDS = 3
#: How long a server is left alone before its memory is looked at, in seconds.
CALM = 0.7


@dataclass(frozen=True, slots=True)
class _Round:
    """What was heard of one server, and its memory for each participant, in bytes."""

    heard: Heard
    memory: float


async def measure(folder: Path, scale: Scale) -> Sequence[Ratio]:
    """Measure the room and the bare broadcast in turns, each fresh."""
    people = scale.of(PEOPLE)
    rooms, peers = [], []
    for number in range(min(scale.rounds, ROUNDS)):
        path = folder / f"delivering-{number}.db"
        rooms.append(await _round("room", path, people))
        peers.append(await _round("bare", path, people))
        assert rooms[-1].heard.size == peers[-1].heard.size, "the payload is not the same"
    return (
        Ratio("99th percentile", [r.heard.slow for r in rooms], [p.heard.slow for p in peers], "ms", 1.5),
        Ratio(
            "memory for each", [r.memory / 1024 for r in rooms], [p.memory / 1024 for p in peers], "KiB", 1.5
        ),
    )


async def _round(hall: str, path: Path, people: int) -> _Round:
    async with _started("halls", hall, str(path), str(people)) as server, _started("audience") as audience:
        going = Going(**json.loads(await _line(server)), talking=TALKING, a_second=RATE, seconds=SECONDS)
        await _tell(audience, asdict(going))
        before = await _when_calm(server, audience)
        after = await _when_calm(server, audience)
        return _Round(Heard(**json.loads(await _line(audience))), (after - before) / (people - TALKING))


async def _when_calm(server: asyncio.subprocess.Process, audience: asyncio.subprocess.Process) -> int:
    """Wait until the audience is as far as it goes by itself, give the server's memory, and let the audience go on."""
    await _line(audience)
    await asyncio.sleep(CALM)
    memory = _memory(server)
    await _tell(audience, "on")
    return memory


def _memory(server: asyncio.subprocess.Process) -> int:
    """Give what a process has in memory, in bytes: proc(5), the second figure of statm."""
    pages = Path(f"/proc/{server.pid}/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


@asynccontextmanager
async def _started(module: str, *words: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Have one of the bench's modules run in a process of its own while the context lasts."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", f"tests.bench.{module}", *words,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=2**20,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _line(process: asyncio.subprocess.Process) -> bytes:
    assert process.stdout
    line = await process.stdout.readline()
    assert line, "a process has ended; what it wrote above says why"
    return line


async def _tell(process: asyncio.subprocess.Process, what: object) -> None:
    assert process.stdin
    process.stdin.write(f"{json.dumps(what)}\n".encode())
    await process.stdin.drain()


BENCH = Bench(
    "delivering",
    f"""{RATE} messages a second for {SECONDS} s, from {TALKING} of {PEOPLE} people in turn, each with a WebSocket, uncompressed,
in one process; timed from the write of a message to its receipt by each. The web room takes a message as any page's `say`,
reads it, commits it to the disk, reads it back, and sends it to all. The peer: an aiohttp server that dumps each message once,
in as many bytes, and awaits `send_str` for one after the other; it keeps and checks nothing. Both are in fresh processes; the
room has {KEPT:,} messages from before. Memory is by how much the resident set grows, after the first words, when those who
only listen come, for each of them (Linux).""",
    measure,
)
