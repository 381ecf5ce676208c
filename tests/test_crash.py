"""An hour that crashes at every point around every commit and every post ends as the calm one does."""

import asyncio
import itertools
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from bot.live import Delivered, Delivery
from bot.messages import (
    Deed,
    Entry,
    Forgotten,
    Highlighted,
    PersonHidden,
    Placed,
    Reacted,
    Retracted,
    Said,
)
from bot.recap import Recap
from bot.session import MoreTime, Next, Pause, Refusal, Repeat, Resume, Say, Start, Want
from bot.store import Changes, Store, StoreError
from tests.chats import (
    ANA,
    BO,
    CY,
    DEE,
    HOST,
    MINUTE,
    ManualClock,
    RecordingRoom,
    Stage,
    after,
    message,
    stage,
)

SCRIPT = """\
hashtag: MacroSW
title: Common ground
hosts: [Hana]
intro: Who are you?
questions:
  - What brought you here?
  - ask: What do we share?
    follow_up: And what not?
  - What is next?
  - label: Bonus
    ask: What else?
resources: [{title: A site, url: https://example.org/site}]
late_answers: 1h
"""


# The hour ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Step:
    """What happens at a minute of the hour: people do things, or a host wishes something, about `about`."""

    minutes: float
    deeds: tuple[Deed, ...] = ()
    want: Want | None = None
    about: str | None = None


def say(id: str, author: object, text: str, minutes: float, **more: object) -> Said:
    return Said(message(id, author, text, minutes, **more))  # type: ignore[arg-type]


def edited(id: str, author: object, text: str, minutes: float, *, version: int, at: float) -> Said:
    return say(id, author, text, minutes, version=version, edited_at=after(at))


HOUR = (
    Step(0, want=Start()),
    Step(0.5, (say("m1", ANA, "A0 Ana from Lima", 0.3), say("m2", BO, "hello all", 0.4, reply_to="post:Q0"))),
    Step(2, (say("m3", ANA, "A1 a helping hand 1/2", 1.5), say("m4", ANA, "and two more 2/2", 1.8), say("m5", CY, "A1: work", 1.9))),
    Step(3, (Reacted("m3", BO, "❤"), Reacted("m3", CY, "❤"), Reacted("m5", ANA, "👍"), say("m6", BO, "me too!", 2.5, reply_to="m3"))),
    Step(4, want=MoreTime(2 * MINUTE), about="Q1"),
    Step(5, (edited("m5", CY, "A1: work, see https://example.org/a", 1.9, version=2, at=4.5), edited("m5", CY, "A1: wrok", 1.9, version=1, at=4.2))),
    Step(5.5, (say("m7", DEE, "A1 oops", 5.1), Retracted("m7"), Retracted("m8"))),
    Step(6, (say("m8", DEE, "A1 deleted before it came", 5.2), say("m7", DEE, "A1 oops", 5.1))),
    Step(7, want=Say("Welcome, late arrivals!")),
    Step(14, (say("m9", DEE, "A2 hope", 13.5), say("m10", BO, "A1 late but here", 13.6), say("m11", CY, "A2 in time for A1?", 12))),
    Step(15, (say("m13", ANA, "absolutely", 14.6, reply_to="m12"), say("m14", CY, "so", 14.8, reply_to="m13"))),
    Step(15.5, (say("m12", BO, "A1 & A2 both", 14.5), say("m15", BO, "RT @dee: A2 hope", 15.1))),
    Step(16, want=Pause()),
    Step(17, (say("m16", ANA, "I forgot the label", 16.5), Placed("m16", ANA, ("2",)))),
    Step(18, (Highlighted("m9", HOST), say("m17", BO, "yes", 17.5, reply_to="m16"))),
    Step(20, want=Resume()),
    Step(21, want=Repeat(), about="Q2"),
    Step(22, (say("m18", CY, "sure", 21.5, reply_to="post:repeat:5"), edited("m16", ANA, "A1 I forgot the label", 16.5, version=1, at=21.6))),
    Step(24, want=Next(), about="Q2"),
    Step(24.5, want=Next(), about="Q2"),
    Step(25, (say("m19", ANA, "A3 walk on", 24.6), say("m20", BO, "A3: rest", 24.7), say("m21", CY, "=A3 sum", 24.8))),
    Step(26, (Placed("m10", HOST, ("3",)), Placed("m19", BO, ("1",)), Highlighted("m20", ANA))),
    Step(30, tuple(say(f"b{n}", (ANA, BO, CY, DEE)[n % 4], f"A3 burst {n}", 29 + n / 60) for n in range(12))),
    Step(31, (Retracted("b3"), Reacted("b5", DEE, "❤"), Reacted("b5", DEE, "❤", on=False), Reacted("b3", ANA, "❤"))),
    Step(36, (say("m22", ANA, "Bonus: cake", 35.5), say("m23", BO, "https://example.org/b", 35.6, reply_to="post:Bonus"))),
    Step(37, (say("m24", DEE, "forget all I said", 36.5), Forgotten("dee"))),
    Step(38, (say("m9", DEE, "A2 hope", 13.5), say("m25", CY, "A Bonus too", 37.5))),
    Step(55, (say("m26", BO, "A2 very late", 54), PersonHidden("bo", HOST), PersonHidden("bo", HOST, on=False))),
    Step(200),
)  # fmt: skip


class Crash(BaseException):
    """The process dies here."""


class Points:
    """Counts the points at which a process may die, and dies at the one chosen, for good."""

    def __init__(self, fatal: int | None = None) -> None:
        self.fatal = fatal
        self.passed = 0
        self.dead = False

    def __call__(self) -> None:
        if self.dead or self.passed == self.fatal:
            self.dead = True
            raise Crash
        self.passed += 1


class MortalStore(Store):
    """A store that may die before and after each commit."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.points = Points()

    def commit(self, changes: Changes) -> asyncio.Future[None]:
        async def live_through() -> None:
            self.points()
            await super(MortalStore, self).commit(changes)
            self.points()

        return asyncio.ensure_future(live_through())


class MortalRoom(RecordingRoom):
    """A room that may die with the process before and after it takes a post; what it has taken stays."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__(clock)
        self.points = Points()

    async def deliver(self, delivery: Delivery) -> Delivered:
        self.points()
        delivered = await super().deliver(delivery)
        self.points()
        return delivered


@dataclass(frozen=True, slots=True)
class Ended:
    """How an hour ended: what the room shows, what is kept, and how many points there were."""

    posts: tuple[tuple[str, str, datetime], ...]
    entries: tuple[Entry, ...]
    recaps: tuple[Recap | None, ...]
    points: int


class Play:
    """The hour, played on one file by as many processes as it takes. `outage` passes between one and the next."""

    def __init__(self, path: Path, fatal: int | None = None, outage: timedelta = timedelta(0)) -> None:
        self.path = path
        self.clock = ManualClock()
        self.room = MortalRoom(self.clock)
        self.outage = outage
        self.left = list(enumerate(HOUR))
        self.room.points = Points(fatal)
        self.crashes = 0

    async def play(self) -> Ended:
        while True:
            try:
                return await self._process()
            except Crash:
                self.crashes += 1
                self.room.points = Points()
                self.clock.advance(self.clock.now() + self.outage)

    async def _process(self) -> Ended:
        """One process: goes on with what is left of the hour. Raises Crash where it dies."""
        async with stage(
            self.path, clock=self.clock, room=self.room, script=SCRIPT, kind=MortalStore
        ) as held:
            assert isinstance(held.store, MortalStore)
            held.store.points = self.room.points
            while self.left:
                number, step = self.left[0]
                await held.until(max(after(step.minutes), self.clock.now()))
                with suppress(StoreError):
                    await self._act(held, f"step {number}", step)
                    self.left.pop(0)
                await held.settled()
            await held.running
            return Ended(
                tuple((d.post.key, d.text, self.room.posts[d.post.key].at) for d in self.room.deliveries),
                tuple(await held.entries()),
                tuple(self.room.recaps),
                self.room.points.passed,
            )

    async def _act(self, held: Stage, id: str, step: Step) -> None:
        """Do what the step says; who was not told that it is kept says it again after a crash."""
        if step.want:
            with suppress(Refusal):
                await held.ask(step.want, id=id, about=step.about)
        if step.deeds:
            await asyncio.gather(*{held.live.hear(deed) for deed in step.deeds})


@pytest.fixture(scope="module")
def memory() -> Iterator[Callable[[], Path]]:
    """Give paths of files in memory, where the system has a folder for that."""
    in_memory = Path("/dev/shm")
    numbers = itertools.count()
    with TemporaryDirectory(dir=in_memory if in_memory.is_dir() else None) as folder:
        yield lambda: Path(folder) / f"{next(numbers)}.db"


@pytest.fixture(scope="module")
def calm(memory: Callable[[], Path]) -> Ended:
    """How the hour ends when nothing happens to it."""
    return asyncio.run(Play(memory()).play())


def test_the_calm_hour(calm: Ended) -> None:
    """The hour itself is as it should be: every post once, each message kept once and where it belongs."""
    assert [key for key, _, _ in calm.posts] == [
        "welcome", "housekeeping", "Q0", "Q1", "more-time:1", "said:2", "Q1:last-call:3", "Q2", "paused:4",
        "resumed:5", "repeat:6", "Q2:follow-up:7", "Q3", "Q3:last-call:8", "Bonus", "Bonus:last-call:9", "closing",
        "recap", "recap:final",
    ]  # fmt: skip
    said = {entry.id: entry for entry in calm.entries if entry.author}
    assert list(said) == [
        "m1", "m2", "m3", "m4", "m5", "m6", "m11", "m10", "m12", "m13", "m14", "m15", "m16", "m17", "m18", "m19", "m20",
        "m21", "b0", "b1", "b2", "b4", "b5", "b6", "b8", "b9", "b10", "m22", "m23", "m25", "m26",
    ]  # fmt: skip
    assert {id_: said[id_].answers for id_ in ("m5", "m10", "m12", "m14", "m16")} == {
        "m5": ("1",),
        "m10": ("3",),
        "m12": ("1", "2"),
        "m14": (),
        "m16": ("2",),
    }
    assert said["m14"].under == "1"
    assert said["m5"].text == "A1: work, see https://example.org/a"
    recap = calm.recaps[-1]
    assert recap is not None
    assert (recap.people, recap.messages, recap.answers) == (3, 31, 22)


async def test_a_crash_at_every_point(memory: Callable[[], Path], calm: Ended) -> None:
    """Wherever it crashes, before or after any commit or post, the hour ends as the calm one, to the last microsecond."""
    for point in range(calm.points):
        play = Play(memory(), point)
        assert replace(await play.play(), points=calm.points) == calm, f"after a crash at point {point}"
        assert play.crashes == 1, f"point {point} was not reached"


async def test_a_crash_on_a_real_disk(tmp_path: Path, calm: Ended) -> None:
    """The same on a real file, at some of the points."""
    for point in range(7, calm.points, 41):
        ended = await Play(tmp_path / f"{point}.db", point).play()
        assert replace(ended, points=calm.points) == calm, f"after a crash at point {point}"


async def test_a_crash_with_an_outage(memory: Callable[[], Path], calm: Ended) -> None:
    """Down for seven minutes after a crash: later posts come later, but each once, and nothing that was said is lost."""
    for point in range(0, calm.points, 9):
        ended = await Play(memory(), point, outage=7 * MINUTE).play()
        keys = [key for key, _, _ in ended.posts]
        assert len(keys) == len(set(keys))
        assert [key for key in keys if ":" not in key] == [key for key, _, _ in calm.posts if ":" not in key]
        assert {e.id: e.text for e in ended.entries if e.author} == {
            e.id: e.text for e in calm.entries if e.author
        }
