"""How long `hashchat --help` takes."""

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.bench.figures import Bench, Ratio, Scale

#: So many starts for each round.
STARTS = 6
_HASHCHAT = "from bot.cli import main; main()"
_MINIMAL = '''import typer
app = typer.Typer()
@app.command()
def main(name: str) -> None:
    """Greet."""
app()'''


async def measure(folder: Path, scale: Scale) -> Sequence[Ratio]:
    """Measure hashchat and a minimal typer program in turns."""
    _help(_HASHCHAT)  # so that both are compiled and in the page cache
    _help(_MINIMAL)
    starts = [(_help(_HASHCHAT), _help(_MINIMAL)) for _ in range(STARTS * scale.rounds)]
    ours, peer = zip(*starts, strict=True)
    return (Ratio("--help", ours, peer, "ms", 1.3),)


def _help(program: str) -> float:
    start = time.perf_counter()
    subprocess.run((sys.executable, "-c", program, "--help"), check=True, stdout=subprocess.DEVNULL)
    return 1_000 * (time.perf_counter() - start)


BENCH = Bench(
    "starting",
    """From the start of the process to its end, output thrown away. The peer: one command with one argument, `typer.Typer()`
and nothing else.""",
    measure,
)
