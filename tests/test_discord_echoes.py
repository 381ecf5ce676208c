"""Answers from a form: kept once, shown once in their author's name, and gone when they are to go."""

from pathlib import Path

import pytest

from bot.live import SystemClock
from bot.messages import Author, Deed, Forgotten, Retracted
from bot.rooms.discord.echo import Echo
from bot.rooms.discord.echoes import Echoes
from bot.rooms.discord.posting import LONGEST_RETRY, Poster
from bot.rooms.discord.room import LAST_HOPE
from bot.session import Refusal, Start
from bot.store import Store
from tests.chats import Leaping
from tests.discord_room import ANA, BO, SCRIPT, a_chat, held, line_to, now, sitting
from tests.discord_server import Permission, Trouble, broken, lost_after, lost_before, refused
from tests.guilds import served, until

MESSAGES = "/channels/*/messages"


async def test_an_answer_is_kept_and_shown(tmp_path: Path) -> None:
    """An answer counts for its question whatever it looks like, and stands in the channel in its author's name."""
    async with served() as server, held(tmp_path, server) as chat:
        await chat.asked("Q1")
        id_, told = await chat.answers(ANA, "1", "A2 is a road. <@&123456789012345678>\n# @everyone")
        assert told.startswith("Kept. Counts for Q1.")
        echo = await chat.post("Ana")
        assert echo.content == (
            "**Ana** answers Q1:\n>>> A2 is a road. <@\u200b&123456789012345678>\n# @\u200beveryone"
        )
        assert echo.buttons() == {f"own:{chat.room._ticket}:{id_}": "Edit or withdraw"}
        await chat.echoes.settled()
        assert chat.echoes.shown_as(id_) == (chat.channel.id, echo.id)
        assert chat.echoes.message_of(str(echo.id)) == id_
        assert (await chat.live.recap()).questions[0].answers == 1
        assert not server.deeds.pings


async def test_names_are_names(tmp_path: Path) -> None:
    """A name with markup in it, or a text that pretends to be somebody's, stays what it is."""
    async with served() as server, held(tmp_path, server) as chat:
        await chat.asked("Q1")
        await chat.answers(type(ANA)("9", "**Bo** [x](https://evil.org)"), "1", "a\n**Cy** answers Q1:")
        echo = await chat.post("answers")
        assert echo.content.startswith(
            "**\\*\\*Bo\\*\\* \\[x\\]\u200b(<https://evil.org>)** answers Q1:\n>>> a\n"
        )


@pytest.mark.parametrize(
    "trouble",
    [lost_after(), lost_before(), broken(500, committed=True), broken(503), broken(503, committed=True)],
    ids=["lost after", "lost before", "500 after", "503 before", "503 after"],
)
async def test_an_echo_stands_once(trouble: Trouble, tmp_path: Path) -> None:
    """Whatever happens to the request, an answer is shown once."""
    async with served() as server, held(tmp_path, server) as chat:
        await chat.asked("Q1")
        server.faults.on("POST", MESSAGES, trouble)
        await chat.answers(ANA, "1", "Bread")
        await chat.echoes.settled()
        assert [text for text in chat.texts if "Bread" in text] == ["**Ana** answers Q1:\n>>> Bread"]


@pytest.mark.parametrize("arrived", [True, False])
async def test_an_echo_stands_once_after_a_restart(arrived: bool, tmp_path: Path) -> None:
    """An answer whose echo was on its way when the process ended is shown once by the next."""
    async with served() as server:
        place = server.guild("Macro", channels=("macro",))
        async with Store.open(tmp_path / "chats.db", now) as store:
            chat = await a_chat(store, place)
            async with line_to(server) as line, sitting(place, store, line, chat) as first:
                await first.ask(Start())
                await first.asked("Q1")
                server.faults.on("POST", MESSAGES, lost_after() if arrived else lost_before())
                server.faults.on("POST", MESSAGES, broken(503), times=50)
                await first.answers(ANA, "1", "Bread")
                if arrived:
                    await first.post("Bread")
            server.faults.clear()
            server.nonce_seconds = 0
            async with (
                line_to(server) as line,
                sitting(place, store, line, await store.chat(chat.id)) as second,
            ):
                await second.echoes.settled()
                assert [text for text in second.texts if "Bread" in text] == [
                    "**Ana** answers Q1:\n>>> Bread"
                ]


async def test_an_answer_that_was_not_kept_is_not_shown(tmp_path: Path) -> None:
    """A note from just before a crash, of an answer that nobody was told is kept, is dropped."""
    async with served() as server:
        place = server.guild("Macro", channels=("macro",))
        async with Store.open(tmp_path / "chats.db", now) as store:
            chat = await a_chat(store, place)
            await store.note(chat, {"echo:123456": ""})
            async with line_to(server) as line, sitting(place, store, line, chat) as held_chat:
                await held_chat.echoes.settled()
                assert not held_chat.texts
                assert not await store.record(chat).notes("echo:")


async def test_sent_again_while_the_rest_of_it_is_looked_at(tmp_path: Path) -> None:
    """A form that is sent again after a crash, just when its note without an answer is to be dropped, is kept and shown."""
    async with served() as server, held(tmp_path, server) as chat:
        await chat.asked("Q1")
        id_ = str(server.world.ids())
        await chat.store.note(chat.chat, {f"echo:{id_}": ""})
        poster = Poster(chat.line, SystemClock(), chat.place.id)

        async def ask(deed: Deed, by: Author) -> str:
            await echoes.settle(poster)
            return await chat.live.ask(deed, by=by)

        echoes = Echoes(chat.chat, chat.store, chat.line, ticket="t", ask=ask)
        await echoes.load()
        assert (await echoes.answer(ANA, "1", "Bread", id_, now())).startswith("Kept.")
        await echoes.settle(poster)
        assert chat.texts[-1] == "**Ana** answers Q1:\n>>> Bread"
        assert echoes.shown_as(id_)


async def test_editing_and_withdrawing(tmp_path: Path) -> None:
    """Its author may change an answer and take it back, and what the channel shows follows; nobody else may."""
    async with served() as server, held(tmp_path, server) as chat:
        await chat.asked("Q1")
        id_, _ = await chat.answers(ANA, "1", "Bread")
        echo = await chat.post("Bread")
        with pytest.raises(Refusal, match="answer of Ana"):
            await chat.echoes.edit(BO, id_, "Salt")
        with pytest.raises(Refusal, match="answer of Ana"):
            await chat.echoes.withdraw(BO, id_)
        await chat.echoes.edit(ANA, id_, "Bread and salt")
        await server.until(lambda: echo.content == "**Ana** answers Q1:\n>>> Bread and salt")
        (best,) = (await chat.live.recap()).questions[0].best
        assert best.text == "Bread and salt"
        await chat.echoes.withdraw(ANA, id_)
        await server.until(lambda: echo.deleted)
        await chat.echoes.settled()
        assert (await chat.live.recap()).questions[0].answers == 0
        assert not await chat.store.record(chat.chat).notes("echo:")
        with pytest.raises(Refusal, match="no longer there"):
            await chat.echoes.edit(ANA, id_, "Bread")


async def test_withdrawn_before_it_was_shown(tmp_path: Path) -> None:
    """An answer that is withdrawn while it is not known whether its echo arrived leaves nothing behind."""
    async with served() as server, held(tmp_path, server) as chat:
        await chat.asked("Q1")
        server.faults.on("POST", MESSAGES, lost_after())
        id_, _ = await chat.answers(ANA, "1", "Bread")
        await server.until(lambda: server.faults.struck)
        await chat.echoes.withdraw(ANA, id_)
        await chat.echoes.settled()
        assert not [text for text in chat.texts if "Bread" in text]


async def test_an_edit_that_a_restart_overtook(tmp_path: Path) -> None:
    """A change that was kept but not shown when the process ended is shown by the next."""
    async with served() as server:
        place = server.guild("Macro", channels=("macro",))
        async with Store.open(tmp_path / "chats.db", now) as store:
            chat = await a_chat(store, place)
            async with line_to(server) as line, sitting(place, store, line, chat) as first:
                await first.ask(Start())
                await first.asked("Q1")
                id_, _ = await first.answers(ANA, "1", "Bread")
                echo = await first.post("Bread")
                await first.echoes.settled()
                server.faults.on("PATCH", "*", broken(503), times=50)
                await first.echoes.edit(ANA, id_, "Salt")
            server.faults.clear()
            async with line_to(server) as line, sitting(place, store, line, await store.chat(chat.id)):
                await server.until(lambda: "Salt" in echo.content)


async def test_an_echo_in_a_thread_that_cannot_be_read(tmp_path: Path) -> None:
    """While it is not to be seen whether an answer stands in its thread, it is shown neither there again nor in the channel."""
    script = SCRIPT.replace("late_answers", "question_threads: yes\nlate_answers")
    async with served(50013) as server:
        place = server.guild("Macro", channels=("macro",))
        async with Store.open(tmp_path / "chats.db", now) as store:
            chat = await a_chat(store, place, script)
            async with line_to(server) as line, sitting(place, store, line, chat) as first:
                await first.ask(Start())
                question = await first.asked("Q1")
                thread = await server.until(lambda: question.thread)
                await until(lambda: line.client.get_channel(thread.id))
                server.faults.on("POST", MESSAGES, lost_after())
                server.faults.on("POST", MESSAGES, broken(503), times=50)
                id_, _ = await first.answers(ANA, "1", "Bread")
                await place.message(thread, "Bread")
            server.faults.clear()
            server.nonce_seconds = 0
            place.overwrite(place.channel, deny=int(Permission.READ_MESSAGE_HISTORY))
            async with (
                line_to(server) as line,
                sitting(place, store, line, await store.chat(chat.id)) as second,
            ):
                await second.echoes.settled()
                texts = [*second.texts, *(message.text for message in thread.messages.values())]
                assert [text for text in texts if "Bread" in text] == ["**Ana** answers Q1:\n>>> Bread"]
                noted = await store.record(chat).notes("echo:")
                assert Echo.read(noted[f"echo:{id_}"]).place == thread.id  # where it is looked for later


async def test_the_forgotten_are_shown_no_more(tmp_path: Path) -> None:
    """When a person is forgotten what the bot posted in their name is deleted, and nobody else's."""
    async with served() as server, held(tmp_path, server) as chat:
        await chat.asked("Q1")
        await chat.answers(ANA, "1", "Bread")
        await chat.answers(BO, "1", "Salt")
        bread, salt = await chat.post("Bread"), await chat.post("Salt")
        await chat.echoes.settled()
        await chat.echoes.erase_of(ANA.id)
        await chat.ask(Forgotten(ANA.id), ANA)
        await server.until(lambda: bread.deleted)
        assert not salt.deleted
        with pytest.raises(Refusal, match="asked to be forgotten"):
            await chat.answers(ANA, "1", "Bread again")
        await chat.echoes.settled()
        assert not [text for text in chat.texts if "again" in text]


async def test_forgotten_while_nothing_ran(tmp_path: Path) -> None:
    """Echoes of what is no longer kept when a chat is taken up again are deleted."""
    async with served() as server:
        place = server.guild("Macro", channels=("macro",))
        async with Store.open(tmp_path / "chats.db", now) as store:
            chat = await a_chat(store, place)
            async with line_to(server) as line, sitting(place, store, line, chat) as first:
                await first.ask(Start())
                await first.asked("Q1")
                await first.answers(ANA, "1", "Bread")
                echo = await first.post("Bread")
                await first.echoes.settled()
            await store.forget(chat.room, ANA.id)
            async with line_to(server) as line, sitting(place, store, line, await store.chat(chat.id)):
                await server.until(lambda: echo.deleted)


async def test_a_message_deleted_elsewhere(tmp_path: Path) -> None:
    """An answer that is retracted in whatever way takes its echo with it."""
    async with served() as server, held(tmp_path, server) as chat:
        await chat.asked("Q1")
        id_, _ = await chat.answers(ANA, "1", "Bread")
        echo = await chat.post("Bread")
        await chat.echoes.settled()
        await chat.ask(Retracted(id_), ANA)
        await server.until(lambda: echo.deleted)


async def test_in_the_thread_of_its_question(tmp_path: Path) -> None:
    """Where the question has a thread its answers stand there, and in the channel where the thread is closed to the bot."""
    script = SCRIPT.replace("late_answers", "question_threads: yes\nlate_answers")
    async with served(50013) as server, held(tmp_path, server, script) as chat:
        first = await chat.asked("Q1")
        await server.until(lambda: first.thread)
        assert first.thread
        thread = first.thread
        await until(lambda: chat.line.client.get_channel(first.id))
        await chat.answers(ANA, "1", "Bread")
        await chat.place.message(thread, "Bread")
        chat.place.overwrite(chat.channel, deny=int(Permission.SEND_MESSAGES_IN_THREADS))
        await chat.answers(BO, "1", "Salt")
        await chat.post("Salt")


async def test_no_words(tmp_path: Path) -> None:
    """An answer without words is refused and leaves nothing behind."""
    async with served() as server, held(tmp_path, server) as chat:
        await chat.asked("Q1")
        with pytest.raises(Refusal, match="nothing in that answer"):
            await chat.answers(ANA, "1", "  \n")
        assert not await chat.store.record(chat.chat).notes("echo:")


async def test_the_longest_answer(tmp_path: Path) -> None:
    """The longest answer that a form takes is shown, cut only where what is put into it makes it too long."""
    async with served() as server, held(tmp_path, server) as chat:
        await chat.asked("Q1")
        await chat.answers(ANA, "1", "x" * 1_800)
        assert "x" * 1_800 in (await chat.post("xxx")).content
        await chat.answers(BO, "1", "@here" * 360)
        echo = await chat.post("Bo")
        assert len(echo.content) <= 2_000
        assert echo.content.endswith("…")


async def test_refused_for_now(tmp_path: Path) -> None:
    """An answer that Discord refuses to show is kept all the same, and counts."""
    async with served() as server, held(tmp_path, server) as chat:
        await chat.asked("Q1")
        server.faults.on("POST", MESSAGES, refused(403, 50013, "Missing Permissions"))
        await chat.answers(ANA, "1", "Bread")
        await chat.echoes.settled()
        assert (await chat.live.recap()).questions[0].answers == 1


async def test_a_change_that_is_refused_for_now(tmp_path: Path) -> None:
    """Words that Discord does not let the bot change are changed later; until then the chat is not done."""
    clock = Leaping()
    async with served() as server, held(tmp_path, server, clock=clock) as chat:
        await chat.asked("Q1")
        id_, _ = await chat.answers(ANA, "1", "Bread")
        echo = await chat.post("Bread")
        await chat.echoes.settled()
        server.faults.on("PATCH", "*", refused(403, 50001, "Missing Access"))
        await chat.echoes.edit(ANA, id_, "Salt")
        await chat.echoes.settled()
        assert "Bread" in echo.content
        assert not await chat.room.finish()
        clock.leap(LONGEST_RETRY)
        await server.until(lambda: "Salt" in echo.content)
        assert await chat.room.finish()


@pytest.mark.parametrize(
    "trouble", [refused(403, 50001, "Missing Access"), refused(404, 10008, "Unknown Message")]
)
async def test_a_removal_that_is_refused(trouble: Trouble, tmp_path: Path) -> None:
    """What somebody takes back is remembered until it is gone: only that it is not there is as good as that."""
    clock = Leaping()
    async with served() as server, held(tmp_path, server, clock=clock) as chat:
        await chat.asked("Q1")
        id_, _ = await chat.answers(ANA, "1", "Bread")
        echo = await chat.post("Bread")
        await chat.echoes.settled()
        server.faults.on("DELETE", "*/messages/*", trouble, times=50)
        await chat.echoes.withdraw(ANA, id_)
        assert await chat.room.finish() == (trouble.status == 404)
        assert bool(await chat.store.record(chat.chat).notes("echo:")) == (trouble.status == 403)
        server.faults.clear()
        clock.leap(LONGEST_RETRY)
        if trouble.status == 403:
            await server.until(lambda: echo.deleted)
        assert await chat.room.finish()


async def test_what_cannot_be_shown_is_given_up(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """An answer that Discord does not let be posted keeps a chat from its end for a while, and not for ever; it is not owed."""
    clock, barred = Leaping(), refused(403, 50013, "Missing Permissions")
    script = SCRIPT.replace("late_answers: 1h", "late_answers: 0")
    async with served() as server, held(tmp_path, server, script, clock=clock) as chat:
        await chat.asked("Q1")
        server.faults.on("POST", MESSAGES, barred)
        await chat.answers(ANA, "1", "Bread")
        await chat.echoes.settled()
        await chat.end()
        server.faults.on("POST", MESSAGES, barred, times=50)
        assert not await chat.room.finish()
        assert not chat.room.owing
        clock.leap(LAST_HOPE)
        for _ in range(2):
            assert await chat.room.finish()
        assert caplog.text.count("answers that are kept, but not shown: 1") == 1


async def test_what_is_shown_late(tmp_path: Path) -> None:
    """An answer that is posted at the second attempt is no longer waited for."""
    clock = Leaping()
    async with served() as server, held(tmp_path, server, clock=clock) as chat:
        await chat.asked("Q1")
        server.faults.on("POST", MESSAGES, refused(403, 50013, "Missing Permissions"))
        await chat.answers(ANA, "1", "Bread")
        assert not await chat.room.finish()
        clock.leap(LONGEST_RETRY)
        await chat.post("Bread")
        assert await chat.room.finish()


@pytest.mark.parametrize(
    ("trouble", "tries"),
    [(refused(403, 50013), 1), (refused(403, 50001), 1), (refused(400, 200000, "Blocked"), 5)],
    ids=["may not write there", "does not see it", "not that one"],
)
async def test_one_request_tells_that_a_place_is_closed(trouble: Trouble, tries: int, tmp_path: Path) -> None:
    """Where the bot may not write no other answer is tried before it is time again, and then one; what goes goes at once."""
    clock = Leaping()
    async with served() as server, held(tmp_path, server, clock=clock) as chat:
        await chat.asked("Q1")
        taken_back, _ = await chat.answers(BO, "1", "Salt")
        salt = await chat.post("Salt")
        await chat.echoes.settled()
        server.faults.on("POST", MESSAGES, trouble, times=50)
        for n in range(5):
            await chat.answers(ANA, "1", f"Bread {n}")
            await chat.echoes.settled()
        assert len(server.faults.struck) == tries
        await chat.echoes.withdraw(BO, taken_back)
        await server.until(lambda: salt.deleted)
        clock.leap(LONGEST_RETRY)
        await chat.echoes.settled()
        assert len(server.faults.struck) == 2 * tries
        server.faults.clear()
        clock.leap(LONGEST_RETRY)
        await chat.echoes.settled()
        assert sorted(text[-1] for text in chat.texts if "Bread" in text) == list("01234")


async def test_one_request_tells_that_nothing_can_be_removed(tmp_path: Path) -> None:
    """Who has answered often, and is forgotten while the bot does not see the channel, costs one refused request at a time."""
    clock = Leaping()
    async with served() as server, held(tmp_path, server, clock=clock) as chat:
        await chat.asked("Q1")
        for n in range(4):
            await chat.answers(ANA, "1", f"Bread {n}")
        await chat.echoes.settled()
        server.faults.on("DELETE", "*/messages/*", refused(403, 50001, "Missing Access"), times=50)
        await chat.echoes.erase_of(ANA.id)
        await chat.echoes.settled()
        assert len(server.faults.struck) == 1
        assert "Missing Access" in chat.echoes.owing
        server.faults.clear()
        clock.leap(LONGEST_RETRY)
        await chat.echoes.settled()
        assert not chat.echoes.owing
        assert not [text for text in chat.texts if "Bread" in text]


async def test_a_closed_thread_is_asked_once(tmp_path: Path) -> None:
    """Answers go to the channel without asking a thread that has refused one, until it is asked again after a while."""
    script = SCRIPT.replace("late_answers", "question_threads: yes\nlate_answers")
    clock = Leaping()
    async with served() as server, held(tmp_path, server, script, clock=clock) as chat:
        question = await chat.asked("Q1")
        thread = await server.until(lambda: question.thread)
        await until(lambda: chat.line.client.get_channel(thread.id))
        server.faults.on("POST", f"/channels/{thread.id}/messages", refused(403, 50013), times=50)
        for text in ("Bread", "Salt", "Rice"):
            await chat.answers(ANA, "1", text)
            await chat.post(text)
        await chat.echoes.settled()
        assert len(server.faults.struck) == 1
        server.faults.clear()
        clock.leap(LONGEST_RETRY)
        await chat.answers(ANA, "1", "Wine")
        await chat.place.message(thread, "Wine")


async def test_changed_while_it_was_on_its_way(tmp_path: Path) -> None:
    """An answer that is changed before it is known that its first words arrived is shown with its last."""
    async with served() as server, held(tmp_path, server) as chat:
        await chat.asked("Q1")
        server.faults.on("POST", MESSAGES, lost_after())
        server.faults.on("POST", MESSAGES, broken(503), times=2)
        id_, _ = await chat.answers(ANA, "1", "Bread")
        echo = await chat.post("Bread")
        await chat.echoes.edit(ANA, id_, "Salt")
        await server.until(lambda: "Salt" in echo.content)
        await chat.echoes.settled()
        assert [text for text in chat.texts if "Ana" in text] == ["**Ana** answers Q1:\n>>> Salt"]


async def test_another_edition_after_a_restart(tmp_path: Path) -> None:
    """An echo that may not be changed any more is replaced, once, also where the process ends in between."""
    async with served() as server:
        place = server.guild("Macro", channels=("macro",))
        async with Store.open(tmp_path / "chats.db", now) as store:
            chat = await a_chat(store, place)
            async with line_to(server) as line, sitting(place, store, line, chat) as first:
                await first.ask(Start())
                await first.asked("Q1")
                id_, _ = await first.answers(ANA, "1", "Bread")
                echo = await first.post("Bread")
                await first.echoes.settled()
                server.faults.on("PATCH", "*", refused(400, 30046, "Maximum number of edits"))
                server.faults.on("DELETE", "*/messages/*", broken(503), times=50)
                await first.echoes.edit(ANA, id_, "Salt")
                await server.until(lambda: len(server.faults.struck) > 1)
                assert first.echoes.shown_as(id_) is None
                assert (
                    first.echoes.message_of(str(echo.id)) != id_
                )  # it goes, and the answer does not go with it
            server.faults.clear()
            async with (
                line_to(server) as line,
                sitting(place, store, line, await store.chat(chat.id)) as second,
            ):
                anew = await second.post("Salt")
                await second.echoes.settled()
                assert echo.deleted
                assert second.echoes.shown_as(id_) == (second.channel.id, anew.id)


@pytest.mark.parametrize("arrived", [lost_after(), broken(500, committed=True)])
async def test_an_echo_that_had_arrived_in_a_thread(arrived: Trouble, tmp_path: Path) -> None:
    """Where a thread takes nothing any more, but had taken the answer, it is not shown in the channel as well."""
    script = SCRIPT.replace("late_answers", "question_threads: yes\nlate_answers")
    async with served() as server, held(tmp_path, server, script) as chat:
        question = await chat.asked("Q1")
        thread = await server.until(lambda: question.thread)
        await until(lambda: chat.line.client.get_channel(thread.id))
        server.faults.on("POST", f"/channels/{thread.id}/messages", arrived)
        server.faults.on("POST", f"/channels/{thread.id}/messages", refused(403, 50013))
        id_, _ = await chat.answers(ANA, "1", "Bread")
        echo = await chat.place.message(thread, "Bread")
        await chat.echoes.settled()
        assert chat.echoes.shown_as(id_) == (thread.id, echo.id)
        assert not [text for text in chat.texts if "Bread" in text]


@pytest.mark.parametrize(
    "echo",
    [
        Echo(),
        Echo(12),
        Echo(12, 34, "abc"),
        Echo(12, 34, "abc", 2),
        Echo(12, 34, edition=1),
        Echo(12, edition=1),
    ],
)
def test_notes_are_read_as_written(echo: Echo) -> None:
    """Where an echo stands is noted and read back."""
    assert Echo.read(echo.note) == echo


def test_notes_of_earlier_versions() -> None:
    """A note that was written before there were editions is read."""
    assert Echo.read("12/") == Echo(12)
    assert Echo.read("12/34/abc") == Echo(12, 34, "abc")
