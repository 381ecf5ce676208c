"""Several chats on Discord: whose a message is, and how each goes on, or comes to its end, whatever happens to the others."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.messages import Author
from bot.recap import Recap
from bot.rooms.discord.posting import LONGEST_RETRY
from bot.rooms.discord.sitting import KIND, Sitting
from bot.session import Late, Next, Over, Ready, Running
from bot.store import OPEN, Chat, Store, StoreError
from tests.chats import Leaping, entries
from tests.discord_server import Message, Permission, Person, Place
from tests.discord_server.faults import broken, delayed, held, refused
from tests.guilds import served, until
from tests.hosted import SCRIPT, Hall, answered, hall, host_of, leaping, life, pressed, told

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
#: Answers still count for an hour after the end; a question is on the floor for ten hours.
LATE = SCRIPT.replace("minutes_per_question: 60", "minutes_per_question: 600") + "late_answers: 1h\n"
#: Nothing more counts once the chat has ended.
PROMPT = SCRIPT + "late_answers: 0\n"


def write(path: Path, name: str, text: str) -> None:
    """Put a script into the folder of a bot."""
    (path / "questions").mkdir(exist_ok=True)
    (path / "questions" / f"{name}.yaml").write_text(text, encoding="utf-8")


async def texts(room: Hall, chat: Chat) -> list[str]:
    """Give what people have said in a chat."""
    return [entry.text for entry in await entries(room.chats.store, chat) if entry.author]


async def finished(room: Hall, *, but: int = 0) -> None:
    """Wait until no chat (or only so many) has anything left to do."""
    async with asyncio.timeout(30):
        while len(await room.chats.store.unfinished(KIND)) > but:
            room.chats._look.set()


async def going(room: Hall, place: Place) -> Sitting:
    """Wait until the bot has sat down to the one chat that a guild has, and give it."""
    await until(lambda: room.chats.in_guild(place.id))
    (sitting,) = room.chats.in_guild(place.id)
    return sitting


async def ended(room: Hall, host: Person) -> None:
    """End the host's chat, which then waits for late answers."""
    await told(host, "end")
    (sitting,) = room.chats.in_guild(host.place.id)
    await until(lambda: isinstance(sitting.live.state.phase, Late))


def shown(place: Place) -> str:
    """Give all that the bot shows in the first channel."""
    bot = place.server.world.bot
    return "\n".join(each.text for each in place.channel.messages.values() if each.author is bot)


# One in trouble, and the others --------------------------------------------------------------------------------------


class Full(Store):
    """A store that cannot note that a chat has nothing more to do, while it is full."""

    full = False
    refused = 0

    async def note(self, chat: Chat, notes: Mapping[str, str | None]) -> None:
        if self.full and notes == {OPEN: None}:
            self.refused += 1
            raise StoreError("The disk is full.")
        await super().note(chat, notes)


async def test_a_full_disk_at_the_end_of_one_chat(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A chat that cannot be brought to its end says so once and is tried again, and the others go on."""
    write(tmp_path, "prompt", PROMPT)
    async with served() as server, life(server, tmp_path, kind=Full) as room:
        ours, theirs = host_of(server.guild("Ours")), host_of(server.guild("Theirs"))
        await room.begun(ours, script="prompt")
        other = await room.begun(theirs)
        store = room.chats.store
        assert isinstance(store, Full)
        store.full = True
        await told(ours, "end")

        def tried_thrice() -> bool:
            room.chats._look.set()
            return store.refused >= 3

        await until(tried_thrice)
        assert [
            record.getMessage() for record in caplog.records if "disk is full" in record.getMessage()
        ] == [f"{(await room.chats.kept(ours.place.id))[0].name}: The disk is full."]
        assert (await told(theirs, "status")).count("Q1")
        store.full = False
        await finished(room, but=1)
        assert room.chats.in_guild(theirs.place.id) == [other]


async def test_a_script_that_this_version_refuses(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A kept chat that cannot be read keeps no other from going on, is told of once, and goes on once it can be."""
    async with served() as server:
        ours, theirs = host_of(server.guild("Ours")), host_of(server.guild("Theirs"))
        async with life(server, tmp_path) as room:
            await told(ours, "start", script="macrosw", at="2040-01-01 20:00")
            await room.begun(theirs)

        def rewrite(script: str) -> None:
            with closing(sqlite3.connect(tmp_path / "chats.db")) as db, db:
                db.execute("UPDATE chats SET script = ? WHERE room = ?", (script, f"{KIND}:{ours.place.id}"))

        rewrite("hashtag: [of another time")
        async with life(server, tmp_path) as room:
            await room.looked()
            await until(lambda: room.chats.in_guild(theirs.place.id))
            assert room.chats.in_guild(ours.place.id) == []
            assert caplog.text.count("The script of a chat is not one that this version") == 1
            rewrite(SCRIPT)
            room.chats._look.set()
            await until(lambda: room.chats.in_guild(ours.place.id))


class Looking(Store):
    """A store that is so slow with a new chat that it is looked for unfinished ones meanwhile."""

    room: Hall | None = None
    held = 0

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.looked = asyncio.Event()

    async def unfinished(self, kind: str) -> list[Chat]:
        found = await super().unfinished(kind)
        self.looked.set()
        return found

    async def hold(self, chat: int) -> Chat:
        self.held += 1
        return await super().hold(chat)

    async def note(self, chat: Chat, notes: Mapping[str, str | None]) -> None:
        if self.room and "host" in notes:
            self.looked.clear()
            self.room.chats._look.set()
            await self.looked.wait()
        await super().note(chat, notes)


async def test_a_new_chat_is_not_gone_on_with_as_well(tmp_path: Path) -> None:
    """A chat that is just being started is unfinished, too, and is sat down to only once."""
    async with served() as server, life(server, tmp_path, kind=Looking) as room:
        host = host_of(server.guild())
        assert isinstance(room.chats.store, Looking)
        room.chats.store.room = room
        sitting = await room.begun(host)
        assert room.chats.store.held == 0
        assert room.chats.in_guild(host.place.id) == [sitting]


# Whose a message is --------------------------------------------------------------------------------------------------


async def test_late_answers_while_the_next_is_planned(tmp_path: Path) -> None:
    """A chat that is only planned hears nothing: late answers go to the former, live and read from history."""
    write(tmp_path, "late", LATE)
    async with hall(tmp_path) as room:
        host = host_of(room.server.guild())
        place, ana = host.place, host.place.person("Ana")
        sitting = await room.begun(host, script="late")
        await ended(room, host)
        await told(host, "start", script="macrosw", at="2040-01-01 20:00")
        planned, *_ = room.chats.at(place.id, place.channel.id)
        assert isinstance(planned.live.state.phase, Ready)
        await room.heard(sitting, ana.says(place.channel, "A1 late"))
        room.server.faults.on_event("MESSAGE_CREATE", "dropped")
        missed = ana.says(place.channel, "A1 later")
        await room.chats.ready()
        await room.heard(sitting, missed)
        assert await texts(room, planned.chat) == []


@pytest.mark.parametrize("restarted", [False, True])
async def test_what_is_said_as_the_bot_begins_no_chat(tmp_path: Path, *, restarted: bool) -> None:
    """A chat begins with its welcome: what people say after `/chat say` and before that is none of it."""
    async with served() as server:
        host = host_of(server.guild())
        place, ana = host.place, host.place.person("Ana")
        async with life(server, tmp_path) as room:
            await told(host, "start", script="macrosw", at="2040-01-01 20:00")
            await told(host, "say", text="See you then")
            await place.message(place.channel, "See you then")
            early = ana.says(place.channel, "A1 I look for another job")
            text = (await host.applies("Hide from transcript", early).answered()).text
            assert "not part of this chat" in text
            panel = (await host.runs("chat panel").answered()).message
            assert panel
            await pressed(host, panel, "Begin now")
            await place.message(place.channel, "Q1: ")
            sitting = await going(room, place)
            if not restarted:
                await room.heard(sitting, ana.says(place.channel, "A1 in time"))
                assert await texts(room, sitting.chat) == ["A1 in time"]
                return
        in_time = ana.says(place.channel, "A1 in time")
        async with life(server, tmp_path) as room:
            sitting = await going(room, place)
            await room.heard(sitting, in_time)
            assert await texts(room, sitting.chat) == ["A1 in time"]


async def test_what_is_said_as_the_bot_is_of_the_chat_that_has_begun(tmp_path: Path) -> None:
    """While late answers come and the next chat is planned, `/chat say` is of the former, which goes on to listen."""
    write(tmp_path, "late", LATE)
    async with served() as server:
        host = host_of(server.guild())
        place, ana, bo = host.place, host.place.person("Ana"), host.place.person("Bo")
        async with life(server, tmp_path) as room:
            former = await room.begun(host, script="late")
            await ended(room, host)
            await told(host, "start", script="macrosw", at="2040-01-01 20:00")
            assert "late answers count" in await told(host, "say", text="Until then")
            await place.message(place.channel, "Until then")
            await room.heard(former, ana.says(place.channel, "A1 after that"))
        missed = bo.says(place.channel, "A1 while the bot was away")
        async with life(server, tmp_path) as room:
            await until(lambda: len(room.chats.in_guild(place.id)) == 2)
            former, planned = room.chats.in_guild(place.id)
            await room.heard(former, missed)
            await room.heard(former, ana.says(place.channel, "A1 and later"))
            said = [entry.text for entry in await entries(room.chats.store, former.chat)]
            assert said[-4:] == ["Until then", "A1 after that", "A1 while the bot was away", "A1 and later"]
            assert await entries(room.chats.store, planned.chat) == []
            assert planned.began is None


def live(room: Hall) -> None:
    """Let what happens be told as it happens."""


def unheard(room: Hall) -> None:
    """Let nothing of what is written be told."""
    room.server.faults.on_event("MESSAGE_CREATE", "dropped", times=1_000)


@pytest.mark.parametrize("way", [live, unheard])
async def test_two_chats_in_one_channel(tmp_path: Path, way: Callable[[Hall], None]) -> None:
    """While late answers to one chat come and the next runs, each message counts for the one that it hangs on."""
    write(tmp_path, "late", LATE)
    async with hall(tmp_path) as room:
        host = host_of(room.server.guild())
        place, ana, bo = host.place, host.place.person("Ana"), host.place.person("Bo")
        former = await room.begun(host, script="late")
        question = await place.message(place.channel, "Q1: ")
        thread = ana.opens_thread(question, "What brought you here?")
        await ended(room, host)
        newer = await room.begun(host, script="late")
        await until(lambda: newer.ears.first)
        second = await place.message(
            place.channel, "Q1: ", after=place.channel.messages[newer.ears.first or 0]
        )
        way(room)
        bo.says(place.channel, "A1 anew")
        bo.says(place.channel, "To the former", reply_to=question)
        in_thread = bo.says(thread, "In its thread")
        ana.says(thread, "Well said", reply_to=in_thread)
        last = bo.says(place.channel, "To the newer", reply_to=second)
        if way is unheard:
            await room.chats.ready()
        await room.heard(newer, last)
        async with asyncio.timeout(30):
            while len(await texts(room, former.chat)) < 3:
                pass
        assert sorted(await texts(room, former.chat)) == ["In its thread", "To the former", "Well said"]
        assert await texts(room, newer.chat) == ["A1 anew", "To the newer"]
        kept = await entries(room.chats.store, former.chat)
        assert {entry.under for entry in kept if entry.author} == {"1"}


async def test_before_the_next_has_heard_anything(tmp_path: Path) -> None:
    """From when the next chat's first post stands there, what hangs on nothing is its own, though it does not know yet."""
    write(tmp_path, "late", LATE)
    async with hall(tmp_path) as room:
        host = host_of(room.server.guild())
        place, ana = host.place, host.place.person("Ana")
        former = await room.begun(host, script="late")
        question = await place.message(place.channel, "Q1: ")
        await ended(room, host)
        last = await place.message(place.channel, "# #MacroSW")
        told_of_it = asyncio.Event()
        room.server.faults.on("POST", f"/channels/{place.channel.id}/messages", held(told_of_it))
        running = asyncio.create_task(told(host, "start", script="late"))
        await room.server.until(
            lambda: any(
                each.id > last.id and "Welcome" in each.text for each in place.channel.messages.values()
            ),
            "the next welcome",
        )
        newer, *_ = room.chats.at(place.id, place.channel.id)
        assert newer is not former
        assert newer.ears.first is None
        bare = ana.says(place.channel, "A1 anew")
        reply = ana.says(place.channel, "To the former", reply_to=question)
        await room.heard(former, reply)
        assert newer.ears.first is None
        told_of_it.set()
        await room.heard(newer, bare)
        await running
        assert await texts(room, former.chat) == ["To the former"]
        assert await texts(room, newer.chat) == ["A1 anew"]


async def test_a_reply_to_a_chat_that_is_over(tmp_path: Path) -> None:
    """Once a chat takes nothing more, a reply to what was said in it belongs to the one that runs, and none before does."""
    write(tmp_path, "late", LATE)
    async with leaping(tmp_path) as (clock, room, host):
        place, ana = host.place, host.place.person("Ana")
        former = await room.begun(host, script="late")
        question = await place.message(place.channel, "Q1: ")
        await ended(room, host)
        newer = await room.begun(host, script="late")
        await room.heard(former, ana.says(place.channel, "In time", reply_to=question))
        clock.leap(2 * HOUR)
        await room.over(former)
        await room.heard(newer, ana.says(place.channel, "Still true", reply_to=question))
        unheard(room)
        missed = ana.says(place.channel, "Truer still", reply_to=question)
        await room.chats.ready()
        await room.heard(newer, missed)
        assert await texts(room, former.chat) == ["In time"]
        assert await texts(room, newer.chat) == ["Still true", "Truer still"]


# While nobody was here -----------------------------------------------------------------------------------------------


async def test_late_answers_while_the_bot_was_away(tmp_path: Path) -> None:
    """What was said in time is in the recap though the bot comes back after it, and what was said after it is not."""
    write(tmp_path, "late", LATE)
    clock = Leaping()
    async with served(now=clock.seconds) as server:
        host = host_of(server.guild())
        place, ana = host.place, host.place.person("Ana")
        async with life(server, tmp_path, clock=clock) as room:
            await room.begun(host, script="late")
            await ended(room, host)
        clock.leap(30 * MINUTE)
        ana.says(place.channel, "A1 By bicycle")
        clock.leap(40 * MINUTE)
        ana.says(place.channel, "A1 Too late")
        server.faults.on("GET", f"/guilds/{place.id}/threads/active", delayed(0.3))
        async with life(server, tmp_path, clock=clock) as room:
            await finished(room)
            (chat,) = await room.chats.kept(place.id)
            assert await texts(room, chat) == ["A1 By bicycle"]
        assert "By bicycle" in shown(place)
        assert "Too late" not in shown(place)


async def test_the_last_answers_while_the_bot_was_away(tmp_path: Path) -> None:
    """Where nothing counts after the end, answers to the last question are heard before the end that is overdue."""
    write(tmp_path, "prompt", PROMPT)
    clock = Leaping()
    async with served(now=clock.seconds) as server:
        host = host_of(server.guild())
        place, ana = host.place, host.place.person("Ana")
        async with life(server, tmp_path, clock=clock) as room:
            await room.begun(host, script="prompt")
            await told(host, "next")
            await place.message(place.channel, "Q2: ")
        clock.leap(30 * MINUTE)
        ana.says(place.channel, "A2 A roof")
        clock.leap(40 * MINUTE)
        server.faults.on("GET", f"/guilds/{place.id}/threads/active", delayed(0.3))
        async with life(server, tmp_path, clock=clock) as room:
            await finished(room)
            (chat,) = await room.chats.kept(place.id)
            (entry,) = [each for each in await entries(room.chats.store, chat) if each.author]
            assert entry.answers == ("2",)
        assert "A roof" in shown(place)


async def test_a_planned_start_that_was_missed(tmp_path: Path) -> None:
    """More than an hour late, the chat waits for its host, who is written to once."""
    clock = Leaping()
    async with served(now=clock.seconds) as server:
        host = host_of(server.guild())
        async with life(server, tmp_path, clock=clock) as room:
            await told(host, "start", script="macrosw", at=f"{clock.now() + 30 * MINUTE:%Y-%m-%d %H:%M}")
        clock.leap(2 * HOUR)
        for _ in range(2):
            async with life(server, tmp_path, clock=clock) as room:
                sitting = await going(room, host.place)
                await server.until(host.inbox, "a letter")
                await until(lambda: sitting.live.state.phase == Ready())  # noqa: B023
                await told(host, "status")
        (letter,) = host.inbox()
        assert "was to begin at <t:" in letter.text
        assert "`/chat panel`" in letter.text


# Channels that are gone ----------------------------------------------------------------------------------------------


async def both(room: Hall, host: Person) -> tuple[Sitting, Sitting]:
    """Begin a chat in each of two channels of a guild."""
    first, second = host.place.text_channel("chat"), host.place.text_channel("b")
    return await room.begun(host, first), await room.begun(host, second)


async def phases(room: Hall, place: Place) -> list[object]:
    return [chat.state.phase for chat in await room.chats.kept(place.id)]


async def test_a_channel_is_deleted(tmp_path: Path) -> None:
    """The chat in a channel that is deleted is cancelled, and its host is written to; another one goes on."""
    async with hall(tmp_path) as room:
        host = host_of(room.server.guild(channels=("chat", "b")))
        here, there = await both(room, host)
        host.place.delete_channel(host.place.text_channel("chat"))
        await room.over(here)
        await finished(room, but=1)
        (letter,) = host.inbox()
        assert f"`/chat transcript chat:{here.chat.short}`" in letter.text
        assert here.live.state.phase == Over(cancelled=True)
        assert isinstance(there.live.state.phase, Running)
        await room.heard(there, host.says(host.place.channel, "A1 still here"))


async def test_a_channel_was_deleted_while_the_bot_was_away(tmp_path: Path) -> None:
    """A chat is cancelled when the bot returns to a channel that is no more; another one goes on."""
    async with served(10003) as server:
        host = host_of(server.guild(channels=("chat", "b")))
        async with life(server, tmp_path) as room:
            await both(room, host)
        host.place.delete_channel(host.place.text_channel("chat"))
        async with life(server, tmp_path) as room:
            await finished(room, but=1)
            gone, there = await phases(room, host.place)
            assert gone == Over(cancelled=True)
            assert isinstance(there, Running)


async def test_a_channel_that_cannot_be_viewed_is_not_gone(tmp_path: Path) -> None:
    """Where the bot has only lost sight of the channel, the chat waits for it, live and when it comes back."""
    async with served(50001) as server:
        host = host_of(server.guild())
        async with life(server, tmp_path) as room:
            await room.begun(host)
            host.place.overwrite(host.place.channel, deny=Permission.VIEW_CHANNEL)
            await room.chats.ready()
            (phase,) = await phases(room, host.place)
            assert isinstance(phase, Running)
        async with life(server, tmp_path) as room:
            sitting = await going(room, host.place)
            guild = room.chats.line.client.get_guild(host.place.id)
            assert guild
            # a hidden channel that Discord does not tell of
            hidden = guild._channels.pop(host.place.channel.id)
            await room.chats.ready()
            (phase,) = await phases(room, host.place)
            assert isinstance(phase, Running)
            guild._channels[host.place.channel.id] = hidden
            host.place.overwrite(host.place.channel)
            said = host.says(host.place.channel, "A1 seen again")
            await room.heard(sitting, said)


async def test_a_channel_that_is_closed_for_good(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """What Discord has refused to take for an hour after the end is given up: a chat that is over asks for nothing for ever."""
    write(tmp_path, "prompt", PROMPT)
    clock = Leaping()
    async with served(50001, now=clock.seconds) as server, life(server, tmp_path, clock=clock) as room:
        host = host_of(server.guild(channels=("chat", "b")))
        chat, elsewhere = host.place.text_channel("chat"), host.place.text_channel("b")
        sitting = await room.begun(host, chat, script="prompt")
        host.place.overwrite(chat, deny=Permission.VIEW_CHANNEL)
        await told(host, "end", elsewhere)
        letter = await server.until(host.inbox, "a letter")
        assert "Missing Access" in letter[0].text
        clock.leap(50 * MINUTE)
        await until(lambda: caplog.text.count("Trying again in") >= 2)
        assert room.chats.in_guild(host.place.id) == [sitting]
        assert "is given up" not in caplog.text
        clock.leap(20 * MINUTE)
        await finished(room)
        assert await phases(room, host.place) == [Over()]
        assert "is given up" in caplog.text


# Forgetting, and tidying up ------------------------------------------------------------------------------------------


class Gated(Store):
    """A store whose last recap of a chat, the one after late answers, is slow to come."""

    recaps = 0

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.gate = asyncio.Event()

    async def recap(self, chat: Chat, **more: Any) -> Recap:
        recap = await super().recap(chat, **more)
        if isinstance(chat.state.phase, Over):
            self.recaps += 1
            if self.recaps == 2:
                await self.gate.wait()
        return recap


async def forgotten(person: Person) -> None:
    """Have a person forgotten in their guild, by the command and its button."""
    warning = (await person.runs("chat forget-me").answered()).message
    assert warning
    answer = await pressed(person, warning, "Forget me")
    assert answer.text.startswith("Done. Nothing that you said is kept")


async def over_with_an_echo(room: Hall, host: Person, ana: Person) -> Message:
    """Hold a chat in which Ana answers by a form, and end it; gives what shows her answer."""
    await room.begun(host, script="prompt")
    question = await host.place.message(host.place.channel, "Q1: ")
    echo = await answered(ana, question, "By bicycle")
    await told(host, "end")
    return echo


async def test_forgotten_while_the_chat_is_tidied_up(tmp_path: Path) -> None:
    """Nothing of a person is left who is forgotten just when the chat's recap is written for the last time."""
    write(tmp_path, "prompt", PROMPT)
    async with served() as server, life(server, tmp_path, kind=Gated) as room:
        host = host_of(server.guild())
        ana = host.place.person("Ana")
        echo = await over_with_an_echo(room, host, ana)
        store = room.chats.store
        assert isinstance(store, Gated)
        await until(lambda: store.recaps == 2)
        (sitting,) = room.chats.in_guild(host.place.id)
        forgetting = asyncio.create_task(forgotten(ana))
        await until(lambda: sitting._reopened)
        store.gate.set()
        await forgetting
        await finished(room)
        assert echo.deleted
        assert "By bicycle" not in shown(host.place)
        assert await texts(room, (await room.chats.kept(host.place.id))[0]) == []


async def test_what_still_stands_is_told_and_goes_later(tmp_path: Path) -> None:
    """Who is forgotten while the bot may not delete what it posted is told where that stands; it goes once the bot may."""
    write(tmp_path, "prompt", PROMPT)
    async with leaping(tmp_path) as (clock, room, host):
        ana = host.place.person("Ana")
        echo = await over_with_an_echo(room, host, ana)
        await finished(room)
        room.server.faults.on("DELETE", "*/messages/*", refused(403, 50001, "Missing Access"), times=50)
        warning = (await ana.runs("chat forget-me").answered()).message
        assert warning
        told_ = (await pressed(ana, warning, "Forget me")).text
        assert "Done" not in told_
        assert f"still stand in <#{host.place.channel.id}>" in told_
        assert not echo.deleted
        room.server.faults.clear()
        assert len(await room.chats.store.unfinished(KIND)) == 1
        clock.leap(LONGEST_RETRY)
        await finished(room)
        assert echo.deleted


async def taken_up(room: Hall) -> None:
    """Let it be looked what is unfinished, and wait until what is taken up has come to its end."""
    await room.looked()
    await until(lambda: not room.chats._tasks)


async def test_what_is_refused_for_good(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It is said once, each time no more is asked than has to be, and it is asked for less and less often."""
    write(tmp_path, "prompt", PROMPT)
    caplog.set_level(logging.INFO, "bot.rooms.discord")
    async with leaping(tmp_path) as (clock, room, host):
        ana = host.place.person("Ana")
        await over_with_an_echo(room, host, ana)
        await finished(room)
        for method in ("DELETE", "PATCH"):
            room.server.faults.on(method, "*/messages/*", refused(403, 50001, "Missing Access"), times=50)
        caplog.clear()
        warning = (await ana.runs("chat forget-me").answered()).message
        assert warning
        await pressed(ana, warning, "Forget me")
        tries = []
        for _ in range(7):
            await taken_up(room)
            tries.append([method for method, _, _ in room.server.faults.struck])
            clock.leap(LONGEST_RETRY)
        assert [len(asked) for asked in tries] == [2, 4, 4, 6, 6, 6, 6]
        assert sorted(tries[0]) == ["DELETE", "PATCH"]
        await room.chats.ready()
        await taken_up(room)
        assert len(room.server.faults.struck) == 8
        (said,) = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
        assert "not all can be tidied up after its end" in said
        assert "Missing Access" in said
        room.server.faults.clear()
        await room.chats.ready()
        await finished(room)
        assert "By bicycle" not in shown(host.place)


async def test_stopped_while_somebody_is_being_forgotten(tmp_path: Path) -> None:
    """Who is to be forgotten is told that something may still stand, nothing goes on, and the next process sees to it."""
    async with served() as server:
        host = host_of(server.guild())
        ana = host.place.person("Ana")
        async with life(server, tmp_path) as room:
            await room.begun(host)
            echo = await answered(ana, await host.place.message(host.place.channel, "Q1: "), "By bicycle")
            server.faults.on("DELETE", "*/messages/*", broken(503), times=1_000)
            warning = (await ana.runs("chat forget-me").answered()).message
            assert warning
            asking = ana.presses(warning, "Forget me")
            await until(lambda: room.chats._tidying)
        assert "still stand in" in (await asking.answered()).text
        assert not [task for task in asyncio.all_tasks() if "Chats." in repr(task.get_coro())]
        server.faults.clear()
        async with life(server, tmp_path):
            await server.until(lambda: echo.deleted)


async def test_what_still_stands_of_a_live_chat_is_told(tmp_path: Path) -> None:
    """While a chat goes on it is told in the same way, and tried again there."""
    async with leaping(tmp_path) as (clock, room, host):
        ana = host.place.person("Ana")
        await room.begun(host)
        echo = await answered(ana, await host.place.message(host.place.channel, "Q1: "), "By bicycle")
        room.server.faults.on("DELETE", "*/messages/*", refused(403, 50001, "Missing Access"), times=50)
        warning = (await ana.runs("chat forget-me").answered()).message
        assert warning
        assert "still stand in" in (await pressed(ana, warning, "Forget me")).text
        room.server.faults.clear()
        clock.leap(LONGEST_RETRY)
        await room.server.until(lambda: echo.deleted)


async def test_a_chat_opened_once_more_hears_nothing(tmp_path: Path) -> None:
    """A chat that is over is opened to remove what is forgotten, and does not read what was said since."""
    write(tmp_path, "prompt", PROMPT)
    async with hall(tmp_path) as room:
        host = host_of(room.server.guild())
        place, ana, bo = host.place, host.place.person("Ana"), host.place.person("Bo")
        echo = await over_with_an_echo(room, host, ana)
        await finished(room)
        for _ in range(3):
            bo.says(place.channel, "A1 much later")
        before = len(room.server.requests)
        await forgotten(ana)
        await finished(room)
        assert echo.deleted
        asked = [(method, path) for method, path, _ in room.server.requests[before:]]
        assert not [path for method, path in asked if method == "GET" and path.endswith("/messages")]
        assert await texts(room, (await room.chats.kept(place.id))[0]) == []


async def test_an_answer_refused_just_before_the_end_is_shown(tmp_path: Path) -> None:
    """What was promised to appear appears, also where Discord refuses it at first and the chat ends before the next attempt."""
    write(tmp_path, "prompt", PROMPT)
    async with leaping(tmp_path) as (clock, room, host):
        ana = host.place.person("Ana")
        await room.begun(host, script="prompt")
        question = await host.place.message(host.place.channel, "Q1: ")
        room.server.faults.on("POST", "/channels/*/messages", refused(403, 50013, "Missing Permissions"))
        form = (await pressed(ana, question, "Answer")).modal
        assert form
        await ana.submits(form, {"text": "By bicycle"}).answered()
        await room.server.until(lambda: room.server.faults.struck)
        await told(host, "end")
        await until(lambda: not room.chats._tasks)
        assert len(await room.chats.store.unfinished(KIND)) == 1
        clock.leap(LONGEST_RETRY)
        await finished(room)
        assert "By bicycle" in shown(host.place).rpartition("# #MacroSW")[2]


def says_unheard(room: Hall, person: Person, text: str) -> None:
    """Say something in the first channel of which the bot is not told."""
    room.server.gateway.mute()
    person.says(person.place.channel, text)
    room.server.gateway.unmute()


async def test_the_recap_waits_for_what_was_missed_before_a_prompt_end(tmp_path: Path) -> None:
    """Where nothing counts after the end, what was missed just before it and is still being read stands in the recap."""
    write(tmp_path, "prompt", PROMPT)
    async with hall(tmp_path) as room:
        host = host_of(room.server.guild())
        place, ana = host.place, host.place.person("Ana")
        sitting = await room.begun(host, script="prompt")
        await room.heard(sitting, ana.says(place.channel, "A1 By bicycle"))
        says_unheard(room, ana, "A1 On foot")
        reading = asyncio.Event()
        room.server.faults.on("GET", f"/channels/{place.channel.id}/messages", held(reading))
        await room.chats.ready()
        await room.server.until(lambda: room.server.faults.struck)
        await told(host, "end")
        await until(lambda: isinstance(sitting.live.state.phase, Over))
        await place.message(place.channel, "That was #MacroSW")
        reading.set()
        recap = await place.message(place.channel, "# #MacroSW")
        assert "2 answers" in recap.text
        assert await texts(room, sitting.chat) == ["A1 By bicycle", "A1 On foot"]


async def test_restarted_between_a_prompt_end_and_its_recap(tmp_path: Path) -> None:
    """What was missed before the end is heard also by a process that has only the recap left to post."""
    write(tmp_path, "prompt", PROMPT)
    async with served() as server:
        host = host_of(server.guild())
        place, ana = host.place, host.place.person("Ana")
        async with life(server, tmp_path) as room:
            sitting = await room.begun(host, script="prompt")
            says_unheard(room, ana, "A1 On foot")
            server.faults.on("POST", "/channels/*/messages", refused(403, 50013), times=100)
            await told(host, "end")
            await until(lambda: isinstance(sitting.live.state.phase, Over))
            assert await texts(room, sitting.chat) == []
        server.faults.clear()
        async with life(server, tmp_path) as room:
            recap = await place.message(place.channel, "# #MacroSW")
            assert "1 answer" in recap.text
            assert await texts(room, sitting.chat) == ["A1 On foot"]


# While Discord is down -----------------------------------------------------------------------------------------------


async def test_quiet_while_discord_is_down(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """While the line says that Discord is down, the chats' own tries are nobody's business; then all go on."""
    caplog.set_level(logging.DEBUG, "bot")
    names = ("a", "b", "c")
    async with hall(tmp_path) as room:
        host = host_of(room.server.guild(channels=names))
        sittings = [await room.begun(host, host.place.text_channel(name)) for name in names]
        await room.server.down()
        await until(lambda: not room.chats.line.connected)
        caplog.clear()
        for each in sittings:
            each.ears.behind()
            await each.live.ask(Next(), by=Author(str(host.id), "Hana", host=True))

        def tried(words: str) -> bool:
            tries = [record.getMessage() for record in caplog.records if words in record.getMessage()]
            return all(any(line.startswith(each.chat.name) for line in tries) for each in sittings)

        await until(lambda: tried("Trying again in 2 s"))
        await until(lambda: tried("the channel cannot be read"))
        loud = {record.name for record in caplog.records if record.levelno >= logging.INFO}
        assert {name for name in loud if name.startswith("bot.")} <= {"bot.rooms.discord.line"}
        await room.server.up()
        for name in names:
            await host.place.message(host.place.text_channel(name), "Q2: ")


# What the bot may not see ----------------------------------------------------------------------------------------


async def test_a_private_thread_is_no_part_of_a_chat(tmp_path: Path) -> None:
    """What is said in a private thread is not heard, and a command there is one where no chat is; a public one is heard."""
    async with hall(tmp_path) as room:
        host = host_of(room.server.guild())
        ana, channel = host.place.person("Ana"), host.place.channel
        sitting = await room.begun(host)
        private = host.opens_private_thread(channel, "Hosts only")
        secret = host.says(private, "A1 in confidence")
        ana.reacts(secret, "👍")
        public = ana.says(ana.opens_thread(channel, "Aside"), "A1 for all")
        await room.heard(sitting, public)
        assert await texts(room, sitting.chat) == ["A1 for all"]
        told_of = await host.applies("Answers question…", secret).answered()
        assert "No chat is live in this channel" in told_of.text
        assert await texts(room, sitting.chat) == ["A1 for all"]


async def test_what_was_said_out_of_sight_is_in_the_recap(tmp_path: Path) -> None:
    """Answers given while the bot did not see the channel are kept when it sees it again, and stand in the recap."""
    async with served(50001) as server, life(server, tmp_path) as room:
        host = host_of(server.guild())
        ana, channel = host.place.person("Ana"), host.place.channel
        sitting = await room.begun(host)
        host.place.overwrite(channel, deny=Permission.VIEW_CHANNEL)
        unseen = ana.says(channel, "A1 out of sight")
        host.place.overwrite(channel, allow=Permission.VIEW_CHANNEL)
        await room.heard(sitting, unseen)
        await told(host, "end")
        assert "1 answer" in (await host.place.message(channel, "# #MacroSW")).text


async def test_the_recap_waits_for_what_could_not_be_read(tmp_path: Path) -> None:
    """What Discord refused to show when the bot came back is asked for once more before the recap is made."""
    async with served(50001) as server:
        host = host_of(server.guild())
        ana, channel = host.place.person("Ana"), host.place.channel
        async with life(server, tmp_path) as room:
            sitting = await room.begun(host)
            await room.heard(sitting, ana.says(channel, "A1 before"))
        ana.says(channel, "A1 meanwhile")
        server.faults.on("GET", f"/channels/{channel.id}/messages", refused(403, 50001), times=50)
        async with life(server, tmp_path) as room:
            sitting = await going(room, host.place)
            await room.chats.ready()
            await until(lambda: sitting.ears._missed.skipped)
            await sitting.ears.caught_up()
            server.faults.clear()
            await told(host, "end")
            assert "2 answers" in (await host.place.message(channel, "# #MacroSW")).text
