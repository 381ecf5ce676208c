"""A chat whose server the bot is not in stands still, goes on when the bot is there again, and is given up after long."""

import asyncio
import logging
from datetime import timedelta
from pathlib import Path

import pytest

from bot.rooms.discord.absence import LEFT, stand_still
from bot.rooms.discord.sitting import KIND, Sitting
from bot.session import Late, Over, Phase, Ready, Running
from bot.store import Held, Store
from tests.chats import Leaping, entries
from tests.discord_server import Message, Permission, Person, Place
from tests.guilds import served, until
from tests.hosted import SCRIPT, Hall, answered, hall, host_of, leaping, life, told

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ASIDE, GIVEN_UP = "so it stands still", "so the chat is given up"


async def gone(room: Hall, place: Place) -> None:
    """Throw the bot out, and wait until it has let go of the one chat there."""
    (sitting,) = room.chats.in_guild(place.id)
    if isinstance(sitting.live.state.phase, Running):
        await room.server.until(lambda: pins(place))  # nothing is on its way there
    place.remove_bot()
    await until(lambda: not room.chats.in_guild(place.id))
    async with asyncio.timeout(30):
        while not await room.chats.store.record(sitting.chat).notes(LEFT):
            pass


async def back(room: Hall, place: Place) -> Sitting:
    """Invite the bot again, and wait until it goes on with the one chat there."""
    place.invite_bot()
    await until(lambda: room.chats.in_guild(place.id))
    (sitting,) = room.chats.in_guild(place.id)
    return sitting


async def phases(room: Hall, place: Place) -> list[Phase]:
    return [chat.state.phase for chat in await room.chats.kept(place.id)]


async def given_up(room: Hall, place: Place, phase: Phase) -> None:
    """Wait until nothing is left to be done for the one chat of a server, which ends in that phase."""
    async with asyncio.timeout(30):
        while await room.chats.store.unfinished(KIND):
            room.chats._look.set()
    assert await phases(room, place) == [phase]


def questions(place: Place) -> list[str]:
    """Give the questions that stand in the first channel, as often as they do."""
    posts = (each.text for each in place.channel.all() if each.author is place.server.world.bot)
    return [text.split(":")[0] for text in posts if text.startswith("Q")]


def said_of(caplog: pytest.LogCaptureFixture, words: str) -> list[str]:
    lines = (record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING)
    return [line for line in lines if words in line]


def pins(place: Place) -> list[Message]:
    return place.channel.pins()


async def planned(room: Hall, host: Person, clock: Leaping, by: timedelta) -> None:
    """Plan a chat."""
    await told(host, "start", script="macrosw", at=f"{clock.now() + by:%Y-%m-%d %H:%M}")


async def test_left_in_the_middle_of_a_question(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing is asked of a server that was left; there again, what was said is heard, and the chat goes on as if never away."""
    async with (
        served() as server,
        life(server, tmp_path) as room,
    ):  # a request to the server left is a violation
        host, other = host_of(server.guild("Ours")), host_of(server.guild("Theirs"))
        place, ana = host.place, host.place.person("Ana")
        former = await room.begun(host)
        stays = await room.begun(other)
        question = await place.message(place.channel, "Q1: ")
        before = ana.says(place.channel, "A1 before")
        await room.heard(former, before)
        await server.until(lambda: before.reactions)
        await gone(room, place)
        away = ana.says(place.channel, "A1 while it was away")
        await room.heard(stays, other.says(other.place.channel, "A1 still here"))
        await until(lambda: said_of(caplog, ASIDE))
        async with Store.open(tmp_path / "chats.db", room.chats.clock.now) as another:
            await another.hold(former.chat.id)  # nobody holds it
        sitting = await back(room, place)
        await room.heard(sitting, away)
        await answered(ana, question, "By the button")
        await told(host, "next")
        second = await place.message(place.channel, "Q2: ")
        await server.until(lambda: pins(place) == [second])
        await told(host, "end")
        recap = await place.message(place.channel, "# #MacroSW")
        assert questions(place) == ["Q1", "Q2"]
        assert all(each in recap.text for each in ("before", "while it was away", "By the button"))
        texts = [entry.text for entry in await entries(room.chats.store, sitting.chat) if entry.author]
        assert texts == ["A1 before", "A1 while it was away", "By the button"]
        await server.until(lambda: not pins(place))
        assert len(said_of(caplog, ASIDE)) == 1
        assert room.chats.in_guild(other.place.id) == [stays]


async def test_left_again_and_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Each time that a server is left is said once, and a chat that is only planned begins by itself, at its time."""
    async with leaping(tmp_path) as (clock, room, host):
        await planned(room, host, clock, 30 * MINUTE)
        for times in (1, 2):
            await gone(room, host.place)
            await until(lambda: len(said_of(caplog, ASIDE)) == times)  # noqa: B023
            sitting = await back(room, host.place)
        assert isinstance(sitting.live.state.phase, Ready)
        assert questions(host.place) == []
        clock.leap(30 * MINUTE)
        await host.place.message(host.place.channel, "Q1: ")


async def test_a_start_while_the_bot_was_away(tmp_path: Path) -> None:
    """A chat does not begin while the bot is not in its server; it does at once when the bot is back soon enough."""
    async with leaping(tmp_path) as (clock, room, host):
        await planned(room, host, clock, 30 * MINUTE)
        await gone(room, host.place)
        clock.leap(50 * MINUTE)
        (phase,) = await phases(room, host.place)
        assert isinstance(phase, Ready)
        await back(room, host.place)
        await host.place.message(host.place.channel, "Q1: ")


async def test_a_start_of_the_process(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A process that starts while the bot is not in a server leaves its chats alone, and goes on when it is invited."""
    clock = Leaping()
    async with served(now=clock.seconds) as server:
        host, other = host_of(server.guild("Ours")), host_of(server.guild("Theirs"))
        place = host.place
        async with life(server, tmp_path, clock=clock) as room:
            await room.begun(host)
            await room.begun(other)
        place.remove_bot()
        caplog.clear()
        clock.leap(2 * HOUR)
        async with life(server, tmp_path, clock=clock) as room:
            await other.place.message(other.place.channel, "Q2: ")
            await until(lambda: said_of(caplog, ASIDE))
            (phase,) = await phases(room, place)
            assert isinstance(phase, Running)
            said = place.person("Ana").says(place.channel, "A1 late")
            sitting = await back(room, place)
            entry = await room.heard(sitting, said)
            assert entry.answers == ("1",)  # heard before what was overdue is asked
            second = await place.message(place.channel, "Q2: ")
            await server.until(lambda: pins(place) == [second])
            assert questions(place) == ["Q1", "Q2"]
        assert len(said_of(caplog, ASIDE)) == 1


@pytest.mark.parametrize("again", [False, True])
async def test_given_up_after_a_day(tmp_path: Path, caplog: pytest.LogCaptureFixture, again: bool) -> None:
    """Nothing is left to do for a chat whose server the bot has not been in for a day, be it in another process; it is said."""
    clock = Leaping()
    async with served(now=clock.seconds) as server:
        host = host_of(server.guild())
        async with life(server, tmp_path, clock=clock) as room:
            await room.begun(host)
            await gone(room, host.place)
            clock.leap(23 * HOUR)
            if not again:
                clock.leap(2 * HOUR)
                await given_up(room, host.place, Over(cancelled=True))
        if again:
            clock.leap(2 * HOUR)
            async with life(server, tmp_path, clock=clock) as room:
                await given_up(room, host.place, Over(cancelled=True))
        assert len(said_of(caplog, GIVEN_UP)) == 1


async def test_what_is_planned_is_given_up_a_day_after_its_time(tmp_path: Path) -> None:
    """A chat in a week from now waits for the bot for eight days."""
    async with leaping(tmp_path) as (clock, room, host):
        await planned(room, host, clock, 7 * DAY)
        await gone(room, host.place)
        clock.leap(7 * DAY + 23 * HOUR)
        await room.looked()
        (phase,) = await phases(room, host.place)
        assert isinstance(phase, Ready)
        clock.leap(2 * HOUR)
        await given_up(room, host.place, Over(cancelled=True))


async def test_a_day_begins_anew(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A bot that was there again in between has not been away for long."""
    async with leaping(tmp_path) as (clock, room, host):
        await planned(room, host, clock, 10 * MINUTE)
        await gone(room, host.place)
        clock.leap(23 * HOUR)
        await back(room, host.place)
        await gone(room, host.place)
        clock.leap(2 * HOUR)
        await room.looked()
        assert not said_of(caplog, GIVEN_UP)
        (phase,) = await phases(room, host.place)
        assert phase != Over(cancelled=True)


async def test_late_answers_when_a_server_is_left(tmp_path: Path) -> None:
    """A chat that has been held is not cancelled: its late time ends, and what cannot be posted is let go."""
    clock = Leaping()
    async with served(50001, 50013, now=clock.seconds) as server, life(server, tmp_path, clock=clock) as room:
        (room.scripts / "late.yaml").write_text(SCRIPT + "late_answers: 1h\n", encoding="utf-8")
        host = host_of(server.guild())
        await room.begun(host, script="late")
        host.place.overwrite(host.place.channel, deny=Permission.SEND_MESSAGES)
        await told(host, "end")
        (sitting,) = room.chats.in_guild(host.place.id)
        await until(lambda: isinstance(sitting.live.state.phase, Late))
        await gone(room, host.place)
        clock.leap(2 * DAY)
        await given_up(room, host.place, Over())


async def outage(room: Hall, place: Place) -> None:
    """Have Discord not reach a server any more."""
    room.server.deeds.tell_guild("GUILD_DELETE", place.guild, {"id": str(place.id), "unavailable": True})
    guild = room.chats.line.client.get_guild(place.id)
    assert guild
    await until(lambda: guild.unavailable)


def outage_over(room: Hall, place: Place) -> None:
    room.server.deeds.tell_guild("GUILD_CREATE", place.guild, room.server.shown.guild_create(place.guild))


async def test_an_outage_is_no_leaving(tmp_path: Path) -> None:
    """A server that Discord itself cannot reach for a while has not been left."""
    async with hall(tmp_path) as room:
        host = host_of(room.server.guild())
        place = host.place
        sitting = await room.begun(host)
        await outage(room, place)
        await room.chats.ready()
        await room.looked()
        assert room.chats.in_guild(place.id) == [sitting]
        outage_over(room, place)
        await room.heard(sitting, host.says(place.channel, "A1 there again"))


async def test_said_in_an_outage(tmp_path: Path) -> None:
    """What was said in a server while Discord told nothing of it is heard once it does again."""
    async with hall(tmp_path) as room:
        host = host_of(room.server.guild())
        place = host.place
        sitting = await room.begun(host)
        await room.heard(sitting, host.says(place.channel, "A1 before"))
        await outage(room, place)
        room.server.gateway.mute()
        meanwhile = host.says(place.channel, "A1 meanwhile")
        room.server.gateway.unmute()
        outage_over(room, place)
        await room.heard(sitting, meanwhile)


async def test_back_before_anybody_noticed(tmp_path: Path) -> None:
    """What was said while the bot was out is heard also where it is invited again before its chat was let go."""
    async with hall(tmp_path) as room:
        busy, host = host_of(room.server.guild("Theirs")), host_of(room.server.guild("Ours"))
        place, client = host.place, room.chats.line.client
        ana = place.person("Ana")
        await room.begun(busy)
        sitting = await room.begun(host)
        await room.heard(sitting, ana.says(place.channel, "A1 before"))
        await room.server.until(lambda: pins(place))  # nothing is on its way there
        async with room.chats._sitting_down:  # all chats are looked at in turn, and the first takes its time
            place.remove_bot()
            await until(lambda: client.get_guild(place.id) is None)
            away = ana.says(place.channel, "A1 while it was away")
            place.invite_bot()
            await until(lambda: client.get_guild(place.id))
        await room.heard(sitting, away)
        assert room.chats.in_guild(place.id) == [sitting]


async def test_another_bot_on_the_same_database(tmp_path: Path) -> None:
    """A bot that is not in the server counts no absence while the one that is there runs the chat, or from before that did."""
    clock = Leaping()
    async with (
        served(now=clock.seconds) as server,
        Store.open(tmp_path / "chats.db", clock.now) as store,
    ):
        host = host_of(server.guild())
        async with life(server, tmp_path, clock=clock) as room:
            await planned(room, host, clock, 2 * DAY)
            (chat,) = await store.unfinished(KIND)
            with pytest.raises(Held):
                await stand_still(store, chat, clock.now())
            assert await store.record(chat).notes(LEFT) == {}
        assert await stand_still(store, chat, clock.now())
        clock.leap(2 * DAY)
        async with life(server, tmp_path, clock=clock) as room:
            await host.place.message(host.place.channel, "Q1: ")
        (chat,) = await store.unfinished(KIND)
        assert await stand_still(store, chat, clock.now())
        async with life(server, tmp_path, clock=clock) as room:
            await until(lambda: room.chats.in_guild(host.place.id))
            assert isinstance((await phases(room, host.place))[0], Running)
