"""The whole hour of #MacroSW on Discord, in two guilds at once: recap and transcripts hold exactly what was said in each."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from guild_hour import (
    Hour,
    brought_up_to_date,
    check_what_is_kept,
    check_what_is_there,
    living,
    on_discord,
    plan,
)
from hour import draw
from piped import script
from test_hour import KINDS

from bot.store import Store
from tests.discord_server import delayed
from tests.guilds import served
from tests.hosted import answered, hall, host_of

SEED = 20150423
#: The host goes on when all is said, so that no question's time runs out, and there are no last calls.
TIMES = {"minutes": "10s", "welcome": "2s", "last_call": "0s", "late": "4s"}
KINDS_THEN = {kind: number for kind, number in KINDS.items() if kind != "last-call"}
#: What people do about one question is done within so many seconds.
SPAN = 1.0


async def go_on(hour: Hour, label: str) -> None:
    """Have the host ask the next question, or end the chat after the last."""
    if label == "2":
        await hour.place.message(hour.channel, "Still on Q2")
    if label != "0":
        await hour.command("chat end" if label == "Bonus" else "chat next", "")


async def test_the_hour_is_kept_as_it_was_in_two_guilds(tmp_path: Path) -> None:
    """60 people and 450 messages in each of two guilds, with threads, forms and menus: what each leaves is exactly its own."""
    async with served() as server, living(server, tmp_path / "bot", on_discord(**TIMES)) as bot:
        hours = [
            Hour(
                server.guild(f"Guild {n}"),
                bot,
                plan(draw(script(), SEED + n), SEED + n, hears_all=True),
                SPAN,
            )
            for n in range(2)
        ]
        await bot.start()
        for hour in hours:
            await hour.begin()
        await asyncio.gather(*(hour.hold(go_on) for hour in hours))
        async with Store.open(bot.db, lambda: datetime.now(UTC)) as store:
            for hour in hours:
                chat = await hour.settled(store)
                await brought_up_to_date(store, chat)
                await asyncio.gather(
                    check_what_is_kept(hour, chat, KINDS_THEN), check_what_is_there(hour, chat)
                )
        assert await bot.stop() == 0
        assert "Traceback" not in bot.log


# What the hour has found -------------------------------------------------------------------------------------------


async def test_a_reaction_before_discord_says_that_the_answer_is_posted(tmp_path: Path) -> None:
    """Who reacts to the bot's post of an answer, before the bot knows that it is there, is heard."""
    async with hall(tmp_path) as at:
        place = at.server.guild()
        host, ana, bo = host_of(place), place.person("Ana"), place.person("Bo")
        sitting = await at.begun(host)
        question = await place.message(place.channel, "Q1: ")
        await at.heard(sitting, ana.says(place.channel, "Hello!"))  # it is all ears
        at.server.faults.on("POST", "/channels/*/messages", delayed(0.5))
        echo = await answered(ana, question, "A gap that nobody filled")
        bo.reacts(echo, "🎉")
        record = at.chats.store.record(sitting.chat)
        entry = await at.heard(sitting, echo)
        async with asyncio.timeout(30):
            while not (await record.some([entry.id]))[0].reactions:
                pass


async def test_a_host_is_a_host_whose_message_is_heard_by_its_menu(tmp_path: Path) -> None:
    """A menu does not say what the author of its message is in the guild, so that is asked for."""
    async with hall(tmp_path) as at:
        place = at.server.guild()
        host = host_of(place)
        sitting = await at.begun(host)
        at.server.gateway.mute()
        said = host.says(place.channel, "One more question: what is missing?")
        at.server.gateway.unmute()
        assert (await host.applies("Highlight", said).answered()).text.startswith("Highlighted.")
        entry = await at.heard(sitting, said)
        assert entry.author
        assert entry.author.host
