"""The real process killed with SIGKILL, again and again: nothing acknowledged is lost, nothing is doubled."""

import asyncio
import os
import random
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import readers
from hour import Edits, Moves, Ref, Says, Step, draw
from piped import Holding, Kill, entries, script, written
from test_hour import check_what_is_kept

#: The hour that is drawn up and the moments of the kills follow from it.
SEED = int(os.environ.get("HASHCHAT_SEED", "0")) or random.SystemRandom().randrange(1, 1_000_000)
KILLS = 50
#: A process takes as long to start as many minutes of a faster hour.
SPEED = 150
PACE = 4


def moments(steps: list[Step], rng: random.Random) -> list[Kill]:
    """Draw the moments, in order: all over the hour, around each question's post, at starts, and at the end."""
    firsts = {step.floor: number for number, step in reversed(list(enumerate(steps)))}
    kills = [(first, Kill(rng.uniform(0, 0.02), question=label)) for label, first in firsts.items()]
    kills += [(first, Kill(rng.uniform(0, 1), first)) for first in firsts.values() if first]
    kills += [(rng.randrange(len(steps)), Kill(rng.uniform(0, 0.8))) for _ in range(5)]
    kills += [(-1, Kill(rng.uniform(0, 0.8))) for _ in range(3)]
    kills += [(len(steps), Kill(rng.uniform(0, 0.2), len(steps))), (len(steps), Kill(rng.uniform(0, 0.4)))]
    rest = KILLS - len(kills)
    evenly = [round(len(steps) * (n + rng.random()) / rest) for n in range(rest)]
    kills += [(number, Kill(rng.uniform(0, 0.03), number)) for number in evenly]
    return [kill for _, kill in sorted(kills, key=lambda placed: placed[0])]


async def held_calmly(steps: list[Step], db: Path) -> readers.Recap:
    assert await Holding(steps, db, SPEED, PACE).sit()
    return await recap_of(db)


async def recap_of(db: Path) -> readers.Recap:
    return readers.json_recap(await written(db, "recap", "last", "--format", "json"))


def at_any_pace(recap: readers.Recap) -> readers.Recap:
    """Leave out under which question links were shared: in talk that is the one on the floor, which is a matter of time."""
    return replace(recap, links=[(url, who, "") for url, who, _ in recap.links])


async def held_in_spite_of(kills: list[Kill], steps: list[Step], db: Path) -> Holding:
    holding = Holding(steps, db, SPEED, PACE)
    for number, kill in enumerate(kills):
        ended = await holding.sit(kill, after_a_kill=number > 0)
        assert not ended, f"kill {number} of {KILLS} came too late: {kill}"
    assert await holding.sit(after_a_kill=True)
    return holding


async def test_killed_at_fifty_moments(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What was acknowledged before a kill is there after it, once; no post is doubled; the recap is that of a calm hour."""
    with capsys.disabled():
        print(f"\nHASHCHAT_SEED={SEED}", file=sys.stderr)
    steps = draw(script(), SEED)
    kills = moments(steps, random.Random(SEED))
    assert len(kills) == KILLS
    async with asyncio.timeout(300):
        killed, calm = await asyncio.gather(
            held_in_spite_of(kills, steps, tmp_path / "killed.db"), held_calmly(steps, tmp_path / "calm.db")
        )
        assert killed.done == len(steps)
        assert max(max(posts.values(), default=0) for posts in killed.posts) == 1
        keys = [entry["id"] for entry in await entries(killed.db)]
        assert len(keys) == len(set(keys))
        await check_what_is_kept(killed.db, steps)
        assert at_any_pace(await recap_of(killed.db)) == at_any_pace(calm)
        chats = (await written(killed.db, "chats")).decode()
    assert chats.count("macrosw-") == 1


async def killed_after(numbers: list[int], steps: list[Step], db: Path) -> None:
    """Hold the steps, each of the numbered ones being the last thing that a process acknowledges before it is killed."""
    holding = Holding(steps, db, speed=1500)
    async with asyncio.timeout(60):
        for number in numbers:
            assert not await holding.sit(Kill(0, number + 1), after_a_kill=number != numbers[0])
        assert await holding.sit(after_a_kill=True)


async def test_an_edit_after_a_kill_counts(tmp_path: Path) -> None:
    """What is edited just before a kill can be edited just after it, though a rehearsal's time has gone back a little."""
    steps = [
        Step(timedelta(minutes=2.2), "1", "ana", Says("m1", "First")),
        Step(timedelta(minutes=8), "1", "ana", Edits("m1", "Second", ())),
        Step(timedelta(minutes=8), "1", "ana", Edits("m1", "Third", ())),
    ]
    await killed_after([1], steps, tmp_path / "edited.db")
    assert [entry["text"] for entry in await entries(tmp_path / "edited.db") if entry["author"]] == ["Third"]


async def test_what_hangs_on_a_moved_answer_is_filed_in_spite_of_a_kill(tmp_path: Path) -> None:
    """A reply is filed with what it replies to, also where the process dies as soon as it has acknowledged the move."""
    at, steps = timedelta(minutes=12), []
    for n in range(3):
        ana, bo = Ref(f"a{n}", f"ana{n}"), Ref(f"b{n}", f"bo{n}")
        steps += [
            Step(at, "2", ana.who, Says(ana.id, "A1 listening", ("1",))),
            Step(at, "2", bo.who, Says(bo.id, "Well said!", reply_to=ana)),
            Step(at, "2", ana.who, Moves(ana.id, ("2",))),
        ]
    await killed_after([2, 5, 8], steps, tmp_path / "moved.db")
    assert {entry["under"] for entry in await entries(tmp_path / "moved.db") if entry["author"]} == {"2"}
