"""The hour on Discord while the process is killed again and again and Discord fails: nothing is lost, nothing is doubled."""

import asyncio
import os
import random
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from guild_hour import (
    Bot,
    Hour,
    brought_up_to_date,
    check_what_is_kept,
    check_what_is_there,
    living,
    moment,
    on_discord,
    plan,
)
from hour import draw, sections
from piped import script

from bot.store import Store
from tests.discord_server import Schedule
from tests.guilds import served

#: The hours that are drawn up, the moments of the kills and Discord's faults follow from it.
SEED = int(os.environ.get("HASHCHAT_SEED", "0")) or random.SystemRandom().randrange(1, 1_000_000)
KILLS = 50
#: The time of a question and before the first, and how long answers count after the closing, in seconds.
TIME, WELCOME, LATE = 12, 8, 32
#: How much of a question's time people take, and as long before the next one the process is left alone to get there.
SPAN, ALONE = 0.85 * TIME, 3.0
#: How often a request, an event of a message and the connection meet trouble.
TROUBLE = {"requests": 0.05, "events": 0.05, "cuts": 0.004}


#: What the bot leaves out when it comes to it too late: of what was due meanwhile only the last is said.
REMINDERS = ("follow-up", "last-call")


@dataclass(frozen=True, slots=True, order=True)
class Kill:
    """When the process is killed: so many questions having been asked, so many seconds after the last of them."""

    asked: int
    seconds: float


def moments(rng: random.Random) -> list[Kill]:
    """Draw the moments, in order: at each question and the closing when it is due, at the recap, and all over the hour."""
    last = len(list(sections(script())))
    kills = [Kill(1, WELCOME + rng.uniform(-0.1, 0.3))]
    kills += [Kill(asked, TIME + rng.uniform(-0.1, 0.3)) for asked in range(2, last + 1)]
    kills += [Kill(last + 1, rng.uniform(0, 0.5)), Kill(last + 1, rng.uniform(3, 6))]
    rest = KILLS - len(kills)
    for n in range(rest):
        asked = 2 + n % (last - 1)
        kills.append(Kill(asked, rng.uniform(0, TIME - ALONE)))
    return sorted(kills)


async def kill_again_and_again(bot: Bot, hour: Hour, kills: list[Kill]) -> None:
    """Kill the process at these moments of an hour, and start it again at once; leave Discord in peace at the end."""
    for kill in kills:
        begun = await hour.has_asked(kill.asked)
        if kill == kills[-1]:
            assert bot.server.faults.schedule
            bot.server.faults.schedule.drops = False
        await moment(begun + kill.seconds)
        await bot.kill()
        await bot.start()
    bot.server.faults.clear()


async def test_killed_at_fifty_moments(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In spite of kills, cuts and failing requests each question, answer and echo is there once, and the recap is that of a calm hour."""
    with capsys.disabled():
        print(f"\nHASHCHAT_SEED={SEED}", file=sys.stderr)
    kills = moments(random.Random(SEED))
    assert len(kills) == KILLS
    times = {
        "minutes": f"{TIME}s",
        "welcome": f"{WELCOME}s",
        "last_call": f"{TIME // 3}s",
        "late": f"{LATE}s",
    }
    plans = [plan(draw(script(), SEED + n), SEED + n, hears_all=False) for n in range(2)]
    async with asyncio.timeout(400):
        # Who is killed acknowledges nothing; people press again.
        async with served(10062) as server, living(server, tmp_path / "bot", on_discord(**times)) as bot:
            hours = [Hour(server.guild(f"Guild {n}"), bot, each, SPAN) for n, each in enumerate(plans)]
            await bot.start()
            for hour in hours:
                await hour.begin()
            server.faults.schedule = Schedule(SEED, left=1_000, drops=True, **TROUBLE)
            await asyncio.gather(kill_again_and_again(bot, hours[0], kills), *(hour.hold() for hour in hours))
            async with Store.open(bot.db, lambda: datetime.now(UTC)) as store:
                for hour in hours:
                    chat = await hour.settled(store)
                    await brought_up_to_date(store, chat)
                    await asyncio.gather(
                        check_what_is_kept(hour, chat, may_lack=REMINDERS), check_what_is_there(hour, chat)
                    )
            assert await bot.stop() == 0
