"""The time of a chat, and being woken at a moment of it."""

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

#: A sleeping machine stops asyncio's timers but not this clock, so they are looked at again at least so often.
LONGEST_NAP = 2.0

Wake = Callable[[], None]


class Clock(Protocol):
    """Tells the time of a chat (aware, UTC) and wakes at moments of it."""

    def now(self) -> datetime:
        """Give the present moment; it never goes back."""

    def call_at(self, moment: datetime, wake: Wake) -> "Call":
        """Call `wake` once, at that moment or soon after, unless the call is cancelled first."""


class Call:
    """A call to come."""

    __slots__ = ("_wake",)

    def __init__(self, wake: Wake) -> None:
        self._wake: Wake | None = wake

    def cancel(self) -> None:
        """Do not call."""
        self._wake = None

    @property
    def cancelled(self) -> bool:
        """Whether it was cancelled or made."""
        return self._wake is None

    def make(self) -> None:
        """Call, unless cancelled; only once."""
        wake, self._wake = self._wake, None
        if wake:
            wake()


class Alarms:
    """Calls to come, in the order of their moments."""

    def __init__(self) -> None:
        self._heap: list[tuple[datetime, int, Call]] = []
        self._count = itertools.count()

    def add(self, moment: datetime, wake: Wake) -> Call:
        """Add a call."""
        call = Call(wake)
        heapq.heappush(self._heap, (moment, next(self._count), call))
        return call

    def next(self) -> datetime | None:
        """Give the moment of the earliest call that was not cancelled."""
        while self._heap and self._heap[0][2].cancelled:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def ring(self, now: datetime) -> None:
        """Make the calls whose moment has come."""
        while (moment := self.next()) is not None and moment <= now:
            heapq.heappop(self._heap)[2].make()


class SystemClock:
    """Starts from the wall clock and runs on by one that nobody sets and no sleeping laptop stops.

    `speed` makes it run that many times as fast, from `start` on if it is given: for rehearsals.
    """

    def __init__(self, *, speed: float = 1.0, start: datetime | None = None) -> None:
        self._speed = speed
        self._start = start or datetime.now(UTC)
        self._origin = _elapsed()
        self._alarms = Alarms()
        self._timer: asyncio.TimerHandle | None = None
        self._armed: datetime | None = None

    def now(self) -> datetime:
        """Give the present moment."""
        return self._start + timedelta(seconds=(_elapsed() - self._origin) * self._speed)

    def call_at(self, moment: datetime, wake: Wake) -> Call:
        """Call `wake` at that moment or soon after."""
        call = self._alarms.add(moment, wake)
        if self._armed is None or moment < self._armed:
            self._arm()
        return call

    def _arm(self) -> None:
        if self._timer:
            self._timer.cancel()
        self._armed = self._alarms.next()
        if self._armed is None:
            self._timer = None
            return
        left = (self._armed - self.now()).total_seconds() / self._speed
        self._timer = asyncio.get_running_loop().call_later(max(0.0, min(left, LONGEST_NAP)), self._ring)

    def _ring(self) -> None:
        self._alarms.ring(self.now())
        self._arm()


def _elapsed() -> float:
    """Give the seconds since some moment, by a clock that goes on while the machine sleeps where there is one."""
    boottime = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boottime is None else time.clock_gettime(boottime)


async def sleep(clock: Clock, time: timedelta) -> None:
    """Wait that long in the clock's own time."""
    awake = asyncio.Event()
    call = clock.call_at(clock.now() + time, awake.set)
    try:
        await awake.wait()
    finally:
        call.cancel()
