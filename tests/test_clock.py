"""The clock of a chat: it rings in order and once, may be hurried, and takes no notice of cancelled calls."""

import asyncio
from datetime import UTC, datetime, timedelta

from bot.live import SystemClock, sleep
from bot.live.clock import Alarms, Call
from tests.chats import HOUR, MINUTE, SECOND, START, ManualClock, after


def test_calls_are_made_in_the_order_of_their_moments() -> None:
    """What is due is called, earliest first, in the order of adding where moments are the same; the rest waits."""
    rung: list[str] = []
    alarms = Alarms()
    for name, minutes in (("late", 9.0), ("b", 2.0), ("a", 1.0), ("c", 2.0)):
        alarms.add(after(minutes), lambda name=name: rung.append(name))
    assert alarms.next() == after(1)
    alarms.ring(after(0.9))
    assert rung == []
    alarms.ring(after(2))
    assert rung == ["a", "b", "c"]
    assert alarms.next() == after(9)


def test_a_cancelled_call_is_not_made() -> None:
    """Cancelled, a call is as if it had never been; cancelling what was made does nothing."""
    rung: list[str] = []
    alarms = Alarms()
    first, second = (alarms.add(after(n), lambda n=n: rung.append(str(n))) for n in (1, 2))
    first.cancel()
    assert alarms.next() == after(2)
    alarms.ring(after(3))
    second.cancel()
    assert rung == ["2"]
    assert alarms.next() is None


def test_a_call_is_made_once() -> None:
    """However often it is made, `wake` is called once."""
    rung: list[None] = []
    call = Call(lambda: rung.append(None))
    assert not call.cancelled
    call.make()
    call.make()
    assert len(rung) == 1
    assert call.cancelled


def test_a_call_may_add_and_cancel_others() -> None:
    """What a call adds for a moment that has come is called in the same ring; what it cancels is not."""
    rung: list[str] = []
    alarms = Alarms()

    def first() -> None:
        rung.append("first")
        alarms.add(after(1), lambda: rung.append("added"))
        third.cancel()

    alarms.add(after(1), first)
    third = alarms.add(after(2), lambda: rung.append("third"))
    alarms.ring(after(5))
    assert rung == ["first", "added"]


def test_the_system_clock_starts_from_the_wall_clock() -> None:
    """Without a start it begins at the time of day, in UTC, and never goes back."""
    before = datetime.now(UTC)
    clock = SystemClock()
    assert before <= clock.now() <= datetime.now(UTC) + SECOND
    moments = [clock.now() for _ in range(1000)]
    assert moments == sorted(moments)
    assert moments[0].tzinfo is UTC


async def test_the_system_clock_rings() -> None:
    """Calls for now, for the past and for soon are made in their order, and not before their moment."""
    clock = SystemClock(speed=1000, start=START)
    rung: list[tuple[str, datetime]] = []
    done = asyncio.Event()
    for name, wait in (("soon", 40 * SECOND), ("sooner", 20 * SECOND), ("past", -HOUR)):
        clock.call_at(START + wait, lambda name=name: rung.append((name, clock.now())))
    clock.call_at(START + MINUTE, lambda: rung.append(("never", START))).cancel()
    clock.call_at(START + 61 * SECOND, done.set)
    await asyncio.wait_for(done.wait(), 30)
    assert [name for name, _ in rung] == ["past", "sooner", "soon"]
    assert rung[1][1] >= START + 20 * SECOND
    assert rung[2][1] >= START + 40 * SECOND


async def test_an_earlier_call_comes_first() -> None:
    """A call for an earlier moment than the one that is waited for is not held up by it."""
    clock = SystemClock(speed=1000, start=START)
    clock.call_at(START + 1000 * HOUR, lambda: None)
    rung = asyncio.Event()
    clock.call_at(START + SECOND, rung.set)
    assert clock._armed == START + SECOND
    await asyncio.wait_for(rung.wait(), 30)


async def test_sleep_in_the_clocks_own_time() -> None:
    """Sleeping takes the clock's own time, and leaves nothing behind when it is cut short."""
    clock = ManualClock()
    sleeping = asyncio.create_task(sleep(clock, HOUR))
    await asyncio.sleep(0)
    clock.advance(after(59))
    await asyncio.sleep(0)
    assert not sleeping.done()
    clock.advance(after(60))
    await sleeping
    another = asyncio.create_task(sleep(clock, timedelta(hours=1)))
    await asyncio.sleep(0)
    another.cancel()
    await asyncio.wait({another})
    assert clock.next() is None
