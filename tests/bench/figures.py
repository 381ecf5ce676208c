"""A ratio of two figures taken in turns, and whether it is as it should be."""

import math
import statistics
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured: `rounds` in turns, of everything in full or (`part` below 1) that part of it."""

    rounds: int
    part: float

    def of(self, full: int) -> int:
        """Give how many of so many are taken."""
        return max(1, round(full * self.part))


@dataclass(frozen=True, slots=True)
class Ratio:
    """What hashchat does against what its peer does, in rounds: figures that stand side by side were taken in turn.

    `limit` is the least that is good or, for `at_most`, the most.
    """

    what: str
    ours: Sequence[float]
    peer: Sequence[float]
    unit: str
    limit: float
    at_most: bool = True

    @property
    def value(self) -> float:
        """Ours for each of the peer's: the median of the rounds, so that a machine that is busy for a while matters little."""
        return median([ours / peer for ours, peer in zip(self.ours, self.peer, strict=True)])

    @property
    def good(self) -> bool:
        """Whether the aim is reached."""
        return self.value <= self.limit if self.at_most else self.value >= self.limit

    @property
    def aim(self) -> str:
        """The aim, as it is written."""
        return f"{'≤' if self.at_most else '≥'} {self.limit:g}"


@dataclass(frozen=True, slots=True)
class Bench:
    """Something to measure, by its name: `note` says what exactly, and what the peer is."""

    name: str
    note: str
    measure: Callable[[Path, Scale], Awaitable[Sequence[Ratio]]]


def median(figures: Sequence[float]) -> float:
    """Give the median of what the rounds brought."""
    return statistics.median(figures)


def percentile(figures: Sequence[float], percent: int) -> float:
    """Give the least figure that so many of a hundred do not exceed."""
    return sorted(figures)[math.ceil(len(figures) * percent / 100) - 1]
