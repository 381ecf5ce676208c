"""`python -m tests.bench`: all benches, or those named, as one table."""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench import (
    acknowledging,
    answers,
    archiving,
    delivering,
    discording,
    importing,
    keeping,
    posting,
    recapping,
    starting,
    transcripts,
)
from tests.bench.figures import Bench, Ratio, Scale, median

BENCHES = {
    module.BENCH.name: module.BENCH
    for module in (
        keeping,
        acknowledging,
        posting,
        delivering,
        answers,
        recapping,
        importing,
        transcripts,
        discording,
        archiving,
        starting,
    )
}
FULL = Scale(rounds=5, part=1)
QUICK = Scale(rounds=3, part=0.2)


def main() -> int:
    """Measure what was asked for; the exit status is 1 where an aim is missed."""
    wanted = _arguments()
    console = Console()
    benches = [BENCHES[name] for name in wanted.names or BENCHES]
    ratios = []
    with tempfile.TemporaryDirectory(prefix="hashchat-bench-", dir=wanted.folder) as folder:
        for bench in benches:
            with console.status(f"{bench.name} …"):
                measured = asyncio.run(bench.measure(Path(folder), QUICK if wanted.quick else FULL))
            ratios += [(bench, ratio) for ratio in measured]
    console.print(_table(ratios))
    console.print("\nFigures and ratios are medians of rounds in which hashchat and the peer take turns.")
    for bench in benches:
        console.print(f"[bold]{bench.name}[/]: {' '.join(bench.note.split())}", highlight=False)
    return 0 if all(ratio.good for _, ratio in ratios) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"one of {', '.join(BENCHES)} [default: all]"
    )
    parser.add_argument(
        "--quick", action="store_true", help="smaller sizes and fewer rounds: a first impression"
    )
    parser.add_argument(
        "--folder",
        type=Path,
        default=_disk(),
        help="where the databases go; not a tmpfs [default: %(default)s]",
    )
    wanted = parser.parse_args()
    if unknown := [name for name in wanted.names if name not in BENCHES]:
        parser.error(f"there is no bench {unknown[0]!r}; there are: {', '.join(BENCHES)}")
    if not wanted.folder.is_dir():
        parser.error(f"{wanted.folder} is not a folder; name one with --folder")
    return wanted


def _disk() -> Path:
    """Give a folder for temporary files that is on a disk: /tmp is in memory on some machines, /var/tmp on none."""
    lasting = Path("/var/tmp")
    return lasting if lasting.is_dir() else Path(tempfile.gettempdir())


def _table(ratios: Iterable[tuple[Bench, Ratio]]) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0))
    for column in ("bench", "what", "hashchat", "peer", "unit", "ratio", "aim", ""):
        table.add_column(
            column, justify="right" if column in ("hashchat", "peer", "ratio", "aim") else "left"
        )
    last = None
    for bench, ratio in ratios:
        table.add_row(
            "" if bench is last else bench.name,
            ratio.what,
            _figure(median(ratio.ours)),
            _figure(median(ratio.peer)),
            ratio.unit,
            f"{ratio.value:.3g}",
            ratio.aim,
            "[green]✓[/]" if ratio.good else "[red]✗[/]",
        )
        last = bench
    return table


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 1_000 else f"{value:.3g}"


if __name__ == "__main__":
    sys.exit(main())
