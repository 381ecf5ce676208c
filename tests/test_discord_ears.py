"""Listening on Discord: what is kept is what stands in the channel, whatever was missed in between."""

import asyncio
import logging
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.live import SystemClock
from bot.messages import Author, Entry
from bot.rooms.discord.posting import Poster
from bot.session import End, Next
from bot.store import Changes, Store, StoreError
from tests.chats import HOST, MINUTE
from tests.discord_server.faults import broken, refused
from tests.discord_server.people import Person
from tests.discord_server.permissions import Permission
from tests.discord_server.world import DEFAULT, REPLY, Channel
from tests.discord_server.world import Message as Shown
from tests.listening import PATIENCE, Hall, listening


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "chats.db"


# What stands in the channel, and what is kept ------------------------------------------------------------------------

#: Of a message: its text, its version, what it replies to, and how many people put which sign on it.
Seen = tuple[str, int, str | None, dict[str, int]]


def standing(hall: Hall) -> dict[int, Seen]:
    """Give what people's messages are in the channel and its threads, since the welcome."""
    first = int(next(iter(hall.room.posts.values())).id)
    places = [hall.channel, *(each for each in hall.place.guild.threads() if each.parent is hall.channel)]
    messages = [message for place in places for message in place.all() if message.id > first]
    return {
        message.id: _standing(message)
        for message in messages
        if not message.author.bot and message.type in (DEFAULT, REPLY)
    }


def _standing(message: Shown) -> Seen:
    version = round(message.edited.timestamp() * 1_000_000) if message.edited else 0
    thread = str(message.channel.id) if message.channel.is_thread else None
    signs = {
        f":{sign.partition(':')[0]}:" if ":" in sign else sign: len(who)
        for sign, who in message.reactions.items()
        if who
    }
    return message.content, version, str(message.refers[1]) if message.refers else thread, signs


async def kept(hall: Hall) -> dict[int, Seen]:
    """Give the same of what is kept, with reactions by anyone."""
    record = hall.store.record(hall.chat)
    entries = await hall.kept()
    signs = await record.signs_on([str(id_) for id_ in entries])
    return {id_: _kept(entry, signs.get(str(id_), {})) for id_, entry in entries.items()}


def _kept(entry: Entry, signs: dict[str, frozenset[str]]) -> Seen:
    version = round(entry.edited_at.timestamp() * 1_000_000) if entry.edited_at else 0
    return entry.text, version, entry.reply_to, {sign: len(people) for sign, people in signs.items()}


async def agree(hall: Hall) -> None:
    """Wait until what is kept is what stands in the channel."""

    async def same() -> bool:
        return await kept(hall) == standing(hall)

    try:
        await hall.until(same)
    except TimeoutError:
        assert await kept(hall) == standing(hall)


# Live ----------------------------------------------------------------------------------------------------------------


async def test_what_people_do_is_heard(path: Path) -> None:
    """Messages, replies, threads, edits, deletions and reactions are kept as they stand."""
    async with listening(path) as hall:
        ana, bo = hall.people("Ana", "Bo")
        wave = hall.place.emoji("wave")
        first = ana.says(hall.channel, "Hello all")
        second = bo.says(hall.channel, "Hello Ana", reply_to=first)
        thread = bo.opens_thread(first, "Aside")
        third = ana.says(thread, "A1 in a thread")
        fourth = ana.says(hall.channel, "Gone in a moment")
        ana.edits(first, "Hello everyone")
        bo.reacts(first, "👍")
        ana.reacts(second, wave)
        bo.reacts(third, "👍")
        bo.unreacts(third, "👍")
        ana.deletes(fourth)
        await agree(hall)
        entries = await hall.kept()
        assert [entries[each.id].text for each in (first, second, third)] == ["Hello everyone", "Hello Ana", "A1 in a thread"]  # fmt: skip
        assert entries[third.id].reply_to == str(first.id)


async def test_a_thread_on_a_question_answers_it(path: Path) -> None:
    """What is said in a thread that hangs on a question's post is an answer to that question."""
    async with listening(path) as hall:
        (ana,) = hall.people("Ana")
        await hall.live.ask(Next(), by=HOST)
        post = await hall.server.until(
            lambda: next((each for each in hall.channel.all() if each.content.startswith("Q1")), None), "Q1"
        )
        assert post
        thread = hall.server.deeds.open_thread(hall.channel, "Q1", hall.server.world.bot, on=post)
        said = ana.says(thread, "By chance")

        async def answered() -> bool:
            entries = await hall.kept()
            return said.id in entries and entries[said.id].answers == ("1",)

        assert await hall.until(answered)


async def test_who_is_heard(path: Path) -> None:
    """People have their names of the guild and may be hosts; bots, and the bot's own posts, are not heard."""
    async with listening(path) as hall:
        hana, ana = hall.place.person("Hana", host=True), hall.place.person("Ana", nick="Ana of here")
        hall.place.person("Robot").user.bot = True
        hall.place.person("Robot").says(hall.channel, "A1 beep")
        said = [hana.says(hall.channel, "Welcome"), ana.says(hall.channel, "Thanks")]
        await hall.until_texts("Welcome", "Thanks")
        entries = await hall.kept()
        assert [entries[each.id].author for each in said] == [
            Author(str(hana.id), "Hana", host=True),
            Author(str(ana.id), "Ana of here"),
        ]


async def test_nothing_is_heard_before_the_welcome(path: Path) -> None:
    """What was said in the channel before the chat began is none of its business, also when it is edited or read again."""
    async with listening(path, begun=False) as hall:
        (ana,) = hall.people("Ana")
        before = ana.says(hall.channel, "Is it today?")
        await hall.begin()
        ana.edits(before, "A1 is it today?")
        ana.reacts(before, "👍")
        ana.deletes(before)
        ana.says(hall.channel, "Here I am")
        await hall.until_texts("Here I am")
        await hall.close()
        await hall.open()
        ana.says(hall.channel, "Still here")
        await hall.until_texts("Here I am", "Still here")
        assert not await hall.store.record(hall.chat).unheard()


async def test_bulk_deletion_and_clearing(path: Path) -> None:
    """A moderator who deletes many messages at once, or takes all signs off, is followed; posts of the bot stay kept."""
    async with listening(path) as hall:
        ana, bo = hall.people("Ana", "Bo")
        async with asyncio.timeout(PATIENCE):
            while len(hall.room.posts) < 2:  # the housekeeping follows the welcome
                hall.room.told.clear()
                await hall.room.told.wait()
        said = [ana.says(hall.channel, str(number)) for number in range(5)]
        for sign in ("👍", "🎉"):
            for each in said[3:]:
                ana.reacts(each, sign)
                bo.reacts(each, sign)
        await agree(hall)
        post = hall.channel.messages[int(list(hall.room.posts.values())[-1].id)]
        ana.deletes_many([post, *said[:3]])
        ana.clears(said[3])
        ana.clears(said[4], "👍")
        await hall.until_texts("3", "4")

        async def cleared() -> bool:
            return [signs for *_, signs in (await kept(hall)).values()] == [{}, {"🎉": 2}]

        assert await hall.until(cleared)
        async with hall.store.reading(hall.chat) as record:
            posts = [entry.id async for entry in record.entries() if not entry.author]
            assert str(post.id) in posts
        assert not await hall.store.record(hall.chat).unheard()


# What was missed -----------------------------------------------------------------------------------------------------


async def test_what_happened_meanwhile_is_read(path: Path) -> None:
    """After a restart, all that was said, edited, deleted and reacted to meanwhile is there, in the channel and threads."""
    async with listening(path) as hall:
        ana, bo = hall.people("Ana", "Bo")
        said = [ana.says(hall.channel, str(number)) for number in range(6)]
        thread = bo.opens_thread(said[0], "Aside")
        bo.says(thread, "In a thread")
        for each in said[:3]:
            bo.reacts(each, "👍")
        await agree(hall)
        await hall.close()
        ana.edits(said[1], "One")
        ana.deletes(said[2])
        ana.deletes(said[5])  # the newest: nothing stands behind it
        bo.unreacts(said[0], "👍")
        ana.reacts(said[1], "👍")
        ana.reacts(said[3], hall.place.emoji("wave"))
        bo.says(thread, "Later in the thread")
        hall.place.archive(thread)
        other = ana.opens_thread(hall.channel, "Another")
        ana.says(other, "In another thread")
        for number in range(150):
            bo.says(hall.channel, f"More {number}")
        await hall.open()
        await agree(hall)


async def test_an_edit_and_a_thread_of_which_nothing_was_heard(path: Path) -> None:
    """A thread all of whose messages have been deleted meanwhile is empty afterwards."""
    async with listening(path) as hall:
        (ana,) = hall.people("Ana")
        thread = ana.opens_thread(ana.says(hall.channel, "Here"), "Aside")
        said = [ana.says(thread, "a"), ana.says(thread, "b")]
        await agree(hall)
        await hall.close()
        for each in said:
            ana.deletes(each)
        await hall.open()
        await hall.until_texts("Here")


async def test_who_said_what_was_missed(path: Path) -> None:
    """What is read from history has hosts and the guild's names too; who has left the guild has a name all the same."""
    async with listening(path) as hall:
        hana, ana = hall.place.person("Hana", host=True), hall.place.person("Ana", nick="Ana of here")
        gone = hall.place.person("Gone")
        await hall.close()
        for each in (hana, ana, gone, hana):
            each.says(hall.channel, f"I am {each.name}")
        hall.place.leaves(gone)
        asked = len(hall.server.requests)
        await hall.open()
        await hall.until_texts("I am Hana", "I am Ana of here", "I am Gone", "I am Hana")
        authors = [entry.author for entry in (await hall.kept()).values() if entry.author]
        assert [(author.name, author.host) for author in authors] == [
            ("Hana", True), ("Ana of here", False), ("Gone", False), ("Hana", True),
        ]  # fmt: skip
        members = [path for _, path, _ in hall.server.requests[asked:] if "/members/" in path]
        assert len(members) == len(set(members)) == 3


async def test_who_was_mentioned_in_what_was_missed(path: Path) -> None:
    """People who are mentioned in what is read from history have the guild's names too, if they are still there."""
    async with listening(path) as hall:
        (bo,) = hall.people("Bo")
        ana, gone = (
            hall.place.person("Ana", nick="Ana of here"),
            hall.place.person("Gone", nick="Gone of here"),
        )
        await hall.close()
        bo.says(hall.channel, f"Thanks {ana.mention} and {gone.mention}")
        hall.place.leaves(gone)
        await hall.open()
        await hall.until_texts("Thanks @Ana_of_here and @Gone")


async def test_events_that_never_came_are_read(path: Path) -> None:
    """What the gateway never told stands in history, and is heard when the bot knows that it may have missed something."""
    async with listening(path) as hall:
        ana, bo = hall.people("Ana", "Bo")
        first = ana.says(hall.channel, "Heard")
        await agree(hall)
        hall.server.gateway.mute()
        ana.edits(first, "Edited")
        bo.says(hall.channel, "Unheard")
        bo.reacts(first, "👍")
        hall.server.gateway.unmute()
        assert hall.crew.ears
        hall.crew.ears.behind()
        bo.says(hall.channel, "Heard again")
        await agree(hall)


async def test_nothing_newer_is_kept_before_what_was_missed(path: Path) -> None:
    """While Discord cannot be read, live events wait: the newest that is kept is where reading has to go on."""
    async with listening(path) as hall:
        (ana,) = hall.people("Ana")
        await hall.close()
        ana.says(hall.channel, "Missed")
        hall.server.faults.on("GET", "*/messages", broken(503), times=3)
        await hall.open()
        ana.says(hall.channel, "Live")
        await hall.until_texts("Missed", "Live")
        assert len(hall.server.faults.struck) == 3


async def test_history_that_may_not_be_read_is_not_taken_for_empty(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Discord shows a history that the bot may not read as empty: nothing is deleted for that, and it is said once."""
    async with listening(path) as hall:
        (ana,) = hall.people("Ana")
        ana.says(hall.channel, "Said")
        await agree(hall)
        hall.place.overwrite(hall.channel, deny=int(Permission.READ_MESSAGE_HISTORY))
        ana.says(hall.channel, "Heard")  # behind the change, so that the bot knows of it
        await hall.until_texts("Said", "Heard")
        await hall.close()
        ana.says(hall.channel, "Missed")
        with caplog.at_level(logging.WARNING):
            await hall.open()
            ana.says(hall.channel, "Live")
            await hall.until_texts("Said", "Heard", "Live")
        told = [record.message for record in caplog.records if "cannot be read" in record.message]
        assert len(told) == 1
        assert "may not read" in told[0]
        hall.place.overwrite(hall.channel)
        ana.says(hall.channel, "Live again")
        await hall.until_texts("Said", "Heard", "Live", "Live again", "Missed")
        await agree(hall)


async def test_what_was_said_out_of_sight_is_read_when_it_may_be(path: Path) -> None:
    """What was said while the bot did not see the channel is read once a role lets it, and no newer message stands in the way."""
    async with listening(path) as hall:
        (ana,) = hall.people("Ana")
        ana.says(hall.channel, "Before")
        await hall.until_texts("Before")
        seeing = hall.place.role("Seeing")
        hall.place.overwrite(hall.channel, seeing, allow=int(Permission.VIEW_CHANNEL))
        everyone = hall.place.guild.roles[hall.place.id]
        hall.place.overwrite(hall.channel, ana, allow=int(Permission.VIEW_CHANNEL))
        hall.place.overwrite(hall.channel, everyone, deny=int(Permission.VIEW_CHANNEL))
        ana.says(hall.channel, "Out of sight")
        hall.place.assign(hall.place.bot, seeing)
        ana.says(hall.channel, "After")
        await hall.until_texts("Before", "Out of sight", "After")
        await agree(hall)


async def test_what_was_skipped_is_tried_again_when_asked(path: Path) -> None:
    """Where Discord does not tell that the history may be read again, it is read when all that was missed is waited for."""
    async with listening(path) as hall:
        (ana,) = hall.people("Ana")
        ana.says(hall.channel, "Said")
        await hall.until_texts("Said")
        await hall.close()
        ana.says(hall.channel, "Missed")
        hall.server.expect(50001)
        hall.server.faults.on("GET", f"/channels/{hall.channel.id}/messages", refused(403, 50001))
        await hall.open()
        assert hall.crew.ears
        await hall.crew.ears.caught_up()
        assert await hall.texts() == ["Said"]
        await hall.crew.ears.caught_up()
        await agree(hall)


async def test_a_private_thread_is_no_part_of_the_chat(path: Path) -> None:
    """What is said in a private thread that the bot can see is not read back from history."""
    async with listening(path) as hall:
        ana, bo = hall.people("Ana", "Bo")
        first = ana.says(hall.channel, "Here")
        await hall.until_texts("Here")
        await hall.close()
        ana.says(ana.opens_private_thread(hall.channel, "Hosts only"), "A1 in confidence")
        bo.says(bo.opens_thread(first, "Aside"), "A1 for all")
        await hall.open()
        ana.says(hall.channel, "Later")
        await hall.until_texts("Here", "Later", "A1 for all")


@pytest.mark.parametrize("how", ["live", "meanwhile"])
async def test_what_may_no_longer_be_read_does_not_stand(how: str, path: Path) -> None:
    """Words that an edit took out of the bot's sight are kept no longer, until an edit mentions the bot again."""
    async with listening(path, content=False) as hall:
        (ana,) = hall.people("Ana")
        me = f"<@{hall.server.world.bot.id}>"
        said = ana.says(hall.channel, f"{me} call me at 555-1234")
        ana.says(hall.channel, "Never read at all")
        ana.says(hall.channel, f"{me} And so on")
        await hall.until_texts("call me at 555-1234", "And so on")
        if how == "meanwhile":
            await hall.close()
        hall.clock.advance(hall.clock.now() + timedelta(seconds=1))
        ana.edits(said, "(number removed)")
        if how == "meanwhile":
            await hall.open()
        await hall.until_texts("And so on")
        hall.clock.advance(hall.clock.now() + timedelta(seconds=1))
        ana.edits(said, f"{me} write to me")
        await hall.until_texts("write to me", "And so on")


async def test_a_message_that_cannot_be_read_is_left_out(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """What Discord tells of one message may lack nearly everything: all others are heard, what was kept of it stays, and it is logged once."""
    async with listening(path) as hall:
        (ana,) = hall.people("Ana")
        known = ana.says(hall.channel, "Heard whole")
        await agree(hall)
        await hall.close()
        mangled = {known.id, ana.says(hall.channel, "Never heard").id}
        hall.server.shown.mangled |= mangled
        ana.says(hall.channel, "Missed")
        await hall.open()
        ana.says(hall.channel, "Live")
        await hall.until_texts("Heard whole", "Missed", "Live")
        assert hall.crew.ears
        hall.crew.ears.behind()
        ana.says(hall.channel, "Live again")
        await hall.until_texts("Heard whole", "Missed", "Live", "Live again")
    assert [caplog.text.count(f"left out: {id_}") for id_ in mangled] == [1, 1]


async def test_a_server_that_leaves_out_what_is_empty(path: Path) -> None:
    """Servers of one's own say nothing of what a message does not have: it is heard all the same, live and read."""
    async with listening(path) as hall:
        hall.server.selfhosted = True
        (ana,) = hall.people("Ana")
        ana.says(hall.channel, "A1 in <#1>")
        await hall.until_texts("A1 in #channel")
        await hall.close()
        ana.says(hall.channel, "A1 <3")
        await hall.open()
        await hall.until_texts("A1 in #channel", "A1 <3")


@pytest.mark.parametrize("how", ["live", "meanwhile", "denied"])
async def test_a_thread_that_is_deleted(how: str, path: Path) -> None:
    """What was said in a thread goes with it, whether the bot hears of that or finds it gone; not where it may not look."""
    async with listening(path) as hall:
        hall.server.expect(10003, 50001)
        ana, bo = hall.people("Ana", "Bo")
        thread = ana.opens_thread(ana.says(hall.channel, "Here"), "Aside")
        ana.says(thread, "One")
        bo.says(thread, "Two")
        await agree(hall)
        if how == "live":
            hall.place.delete_channel(thread)
        else:
            await hall.close()
            if how == "denied":
                hall.server.faults.on("GET", f"/channels/{thread.id}/messages", refused(403, 50001), times=9)
            else:
                hall.place.delete_channel(thread)
            await hall.open()
            assert hall.crew.ears
            await hall.crew.ears.caught_up()
        bo.says(hall.channel, "Where is it?")
        there = ["One", "Two"] if how == "denied" else []
        await hall.until_texts("Here", *there, "Where is it?")


class Full(Store):
    """A store whose disk can be full."""

    full = False

    def commit(self, changes: Changes) -> asyncio.Future[None]:
        if self.full:
            failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            failed.set_exception(StoreError("The disk is full."))
            return failed
        return super().commit(changes)


async def test_what_could_not_be_kept_is_heard_again(path: Path) -> None:
    """What was heard while nothing could be kept is read from history as soon as that works again."""
    async with listening(path, kind=Full) as hall:
        (ana,) = hall.people("Ana")
        assert isinstance(hall.store, Full)
        hall.store.full = True
        ana.says(hall.channel, "Into the void")
        async with asyncio.timeout(30):
            while not hall.room.reports:
                hall.room.told.clear()
                await hall.room.told.wait()
        hall.store.full = False
        ana.says(hall.channel, "And on")
        await hall.until_texts("Into the void", "And on")


# The end -------------------------------------------------------------------------------------------------------------


async def test_long_after_the_end_only_what_belongs_to_it(path: Path) -> None:
    """A quarter of an hour after the end, only answers, replies and edits are still heard, live and read from history."""
    async with listening(path) as hall:
        ana, bo = hall.people("Ana", "Bo")
        await hall.live.ask(Next(), by=HOST)
        said = ana.says(hall.channel, "A1 in time")
        await agree(hall)
        await hall.live.ask(End(), by=HOST)
        hall.clock.advance(hall.clock.now() + 10 * MINUTE)
        bo.says(hall.channel, "Thanks all")
        await hall.until_texts("A1 in time", "Thanks all")
        hall.clock.advance(hall.clock.now() + timedelta(minutes=20))
        ana.edits(said, "A1 in time, and better")
        bo.says(hall.channel, "What is for lunch?")
        bo.says(hall.channel, "A1 late")
        bo.says(hall.channel, "Well said", reply_to=said)
        expected = ["A1 in time, and better", "Thanks all", "A1 late", "Well said"]
        await hall.until_texts(*expected)
        await hall.close()
        bo.says(hall.channel, "Anybody here?")
        bo.says(hall.channel, "A1 later still")
        await hall.open()
        await hall.until_texts(*expected, "A1 later still")


async def test_the_next_chat_has_its_own(path: Path) -> None:
    """What is said since another chat began in the channel is not read into the former one, though it still takes answers."""
    async with listening(path) as hall:
        ana, bo = hall.people("Ana", "Bo")
        await hall.live.ask(Next(), by=HOST)
        said = ana.says(hall.channel, "A1 one")
        await agree(hall)
        await hall.live.ask(End(), by=HOST)
        hall.clock.advance(hall.clock.now() + MINUTE)
        await hall.close()
        chat = await hall.store.create(
            source="next.yaml",
            text=hall.chat.text,
            room=hall.chat.room,
            rehearsal=False,
            place=hall.chat.place,
        )
        following = Hall(hall.place, hall.store, chat, line=hall.line, crew=hall.crew, clock=hall.clock)
        await following.open()
        await following.begin()
        bo.says(hall.channel, "A1 two")
        await following.until_texts("A1 two")
        await following.close()
        ana.edits(said, "A1 one, edited")
        await hall.open()
        await hall.until_texts("A1 one, edited")


# Echoes --------------------------------------------------------------------------------------------------------------


async def test_an_echo_stands_for_its_message(path: Path) -> None:
    """Reactions and replies to what the bot posted in somebody's name mean their answer; if it is deleted, so is that."""
    async with listening(path) as hall:
        (bo,) = hall.people("Bo")
        await hall.live.ask(Next(), by=HOST)
        hall.clock.advance(hall.clock.now() + timedelta(seconds=1))
        await hall.until(hall.store.record(hall.chat).posts_shown)
        answer = str(hall.server.world.ids())
        poster = Poster(hall.line, SystemClock(), hall.place.id)

        async def asked() -> bool:
            return any(post.question for post in await hall.store.record(hall.chat).posts_shown())

        await hall.until(asked)
        await hall.echoes.answer(Author("77", "Ana"), "1", "In a form", answer, hall.clock.now())
        await hall.echoes.settle(poster)
        (echo,) = [each for each in hall.channel.all() if "In a form" in each.content]
        bo.reacts(echo, "👍")
        reply = bo.says(hall.channel, "Yes", reply_to=echo)

        async def heard() -> bool:
            entries = await hall.kept()
            return reply.id in entries and entries[int(answer)].reactions == {"👍": 1}

        assert await hall.until(heard)
        assert (await hall.kept())[reply.id].reply_to == answer
        await hall.close()
        await hall.open()
        bo.says(hall.channel, "Still there")
        await hall.until_texts("In a form", "Yes", "Still there")
        await hall.close()
        hall.server.deeds.delete(echo)
        await hall.open()
        await hall.until_texts("Yes", "Still there")


# Whatever happens ----------------------------------------------------------------------------------------------------

PEOPLE, SIGNS = ("Ana", "Bo", "Cy"), ("👍", "🎉")
_WHO, _WHICH = st.sampled_from(PEOPLE), st.integers(0, 9)
_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("say"), _WHO, _WHICH),
        st.tuples(st.sampled_from(["thread", "drop"]), _WHO, _WHICH),
        st.tuples(st.just("reply"), _WHO, _WHICH),
        st.tuples(st.sampled_from(["edit", "delete", "react", "unreact", "clear"]), _WHO, _WHICH),
        st.tuples(st.sampled_from(["mute", "missed", "cut", "twice", "restart"]), _WHO, _WHICH),
    ),
    max_size=30,
)


class Course:
    """Plays steps on a hall: what people do, and what goes wrong with hearing it."""

    def __init__(self, hall: Hall) -> None:
        self.hall = hall
        self.muted = False
        self.said: list[Shown] = []
        self.threads: list[Channel] = []

    async def play(self, what: str, who: str, which: int) -> None:
        gateway = self.hall.server.gateway
        person = self.hall.place.person(who)
        message = self.said[which % len(self.said)] if self.said else None
        match what:
            case "say":
                self.said.append(person.says(self.hall.channel, f"{who} {which}"))
            case "mute" if not self.muted:
                gateway.mute()
                self.muted = True
            case "missed":
                self.unmute()
                if self.hall.crew.ears:
                    self.hall.crew.ears.behind()
            case "cut":
                gateway.abort()
            case "twice":
                self.hall.server.faults.on_event("MESSAGE_*", "twice")
            case "restart":
                await self.hall.close()
                await self.hall.open()
            case _ if message and not message.deleted:
                self.do(what, person, message, which)

    def do(self, what: str, person: Person, message: Shown, which: int) -> None:
        sign, deeds = SIGNS[which % 2], self.hall.server.deeds
        match what:
            case "reply":
                self.said.append(person.says(message.channel, "A reply", reply_to=message))
            case "thread" if not message.channel.is_thread:
                thread = message.thread or person.opens_thread(message, "Aside")
                self.said.append(person.says(thread, "In a thread"))
            case "drop" if message.channel.is_thread:
                self.hall.place.delete_channel(message.channel)
                self.said = [each for each in self.said if each.channel is not message.channel]
            case "edit":
                self.hall.clock.advance(self.hall.clock.now() + timedelta(milliseconds=1))
                deeds.edit(message, content=f"Edited {which}")
            case "delete":
                deeds.delete(message)
            case "react":
                person.reacts(message, sign)
            case "unreact":
                person.unreacts(message, sign)
            case "clear":
                person.clears(message, sign if which < 5 else None)

    def unmute(self) -> None:
        if self.muted:
            self.hall.server.gateway.unmute()
            self.muted = False


@settings(max_examples=30)
@given(steps=_STEPS)
def test_whatever_happens_it_ends_as_it_stands(steps: list[tuple[str, str, int]]) -> None:
    """However events come, twice or never, and whenever the bot is cut off or started anew: what is kept is what stands."""

    async def run() -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with listening(Path(folder) / "chats.db") as hall:
                hall.server.expect(10003)
                course = Course(hall)
                for step in steps:
                    await course.play(*step)
                course.unmute()
                await (
                    hall.all_told()
                )  # what was cut off is told again, as if nothing had been missed meanwhile
                await course.play("missed", PEOPLE[0], 0)
                await agree(hall)

    asyncio.run(run())
