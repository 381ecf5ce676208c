"""A live chat in a channel of Discord: what it posts, and what is done behind the posts."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bot.live import RoomError
from bot.messages import Deed, Forgotten, Highlighted, Message, Placed, Retracted, Said
from bot.recap import Recap
from bot.rooms.discord.posting import LONGEST_RETRY, Draft
from bot.rooms.discord.recap import Part, draft
from bot.rooms.discord.recaps import Recaps
from bot.session import Cancel, End, Next, Repeat, Say, Start
from bot.store import Chat, Store
from tests.chats import Leaping
from tests.discord_room import ANA, BO, HOST, SCRIPT, Held, a_chat, held, line_to, now, sitting
from tests.discord_server import Permission, Trouble, broken, delayed, faults, lost_after, refused
from tests.guilds import served, until

MESSAGES = "/channels/*/messages"

SPANISH = f"{SCRIPT}welcome: Welcome all\nlanguage: es\n"


async def test_an_hour(tmp_path: Path) -> None:
    """Welcome, housekeeping, questions with their button, closing and recap stand there once each, in order."""
    async with served() as server, held(tmp_path, server) as chat:
        first = await chat.asked("Q1")
        assert first.content == "Q1: What brought you here?"
        assert list(first.buttons().values()) == ["Answer"]
        assert [custom_id.split(":")[0::2] for custom_id in first.buttons()] == [["ans", "1"]]
        await chat.says(ANA, "A1 Bread @everyone")
        await chat.asked("Q2")
        await chat.end()
        texts = [text.split("\n")[0] for text in chat.texts]
        assert [text[:10] for text in texts] == [
            "Welcome to", "How to ans", "Q1: What b", "Q2: What d", "That was #", "# #MacroSW",
        ]  # fmt: skip
        assert chat.posts[-1].attachments[0].name == "transcript.html"
        assert b"Bread" in chat.posts[-1].attachments[0].data
        assert not server.deeds.pings


async def test_nobody_is_pinged(tmp_path: Path) -> None:
    """What a host has the bot say, and what the script says, mentions nobody."""
    script = SCRIPT.replace("What brought you here?", "What, @everyone?")
    async with served() as server, held(tmp_path, server, script) as chat:
        chat.place.give(chat.place.bot, Permission.MENTION_EVERYONE)
        ana = chat.place.person("Ana")
        await chat.asked("Q1")
        await chat.ask(Say(f"Hello @here {ana.mention}"))
        post = await chat.post("Hello")
        assert post.content == f"Hello @\u200bhere <@\u200b{ana.id}>"
        assert not server.deeds.pings


async def test_a_long_text_is_split(tmp_path: Path) -> None:
    """What is longer than Discord takes goes out in as many messages as it needs, each once, whatever is lost."""
    async with served() as server, held(tmp_path, server) as chat:
        await chat.post("How to answer")
        server.faults.on("POST", MESSAGES, lost_after())
        await chat.ask(Say("@here " * 330))
        await server.until(lambda: len([t for t in chat.texts if "here" in t]) == 2)
        assert "".join(chat.texts[-2:]).count("here") == 330
        assert len(chat.texts) == 4
        assert not server.deeds.pings


async def test_a_question_has_its_picture(tmp_path: Path) -> None:
    """A picture beside the script hangs on the question, with what it shows."""
    Image.new("RGB", (4, 3)).save(tmp_path / "cat.png")
    script = SCRIPT.replace("- What brought you here?", "- {ask: Who?, image: cat.png, alt: A cat}")
    async with (
        served() as server,
        held(tmp_path, server, script, source=str(tmp_path / "macrosw.yaml")) as chat,
    ):
        (picture,) = (await chat.asked("Q1")).attachments
        assert (picture.name, picture.description) == ("picture.png", "A cat")
        assert picture.data == (tmp_path / "cat.png").read_bytes()


@pytest.mark.parametrize("what", ["missing", "refused", "forbidden"])
async def test_a_question_without_its_picture(
    what: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A picture that is not there, or that Discord will not take, keeps no question back; it is logged."""
    if what != "missing":
        Image.new("RGB", (4, 3)).save(tmp_path / "cat.png")
    script = SCRIPT.replace("- What brought you here?", "- {ask: Who?, image: cat.png, alt: A cat}")
    async with (
        served(50013) as server,
        held(tmp_path, server, script, source=str(tmp_path / "macrosw.yaml")) as chat,
    ):
        await chat.post("How to answer")
        if what == "refused":
            server.faults.on("POST", MESSAGES, refused(400, 40005, "Request entity too large"))
        if what == "forbidden":
            chat.place.overwrite(chat.channel, deny=int(Permission.ATTACH_FILES))
        post = await chat.asked("Q1")
        assert not post.attachments
        assert post.buttons()
    assert "without" in caplog.text


async def test_a_missing_permission_is_told(tmp_path: Path) -> None:
    """While the bot may not post the hosts are told why, its host once by letter; when it may again the post goes out once."""
    async with served(50013) as server, held(tmp_path, server) as chat:
        host = chat.place.person("Hana")
        await chat.post("How to answer")
        chat.place.overwrite(chat.channel, deny=int(Permission.SEND_MESSAGES))
        await chat.ask(Say("Hello"))
        await server.until(host.inbox)
        assert "Send Messages" in host.inbox()[0].content
        assert "Send Messages" in "\n".join(chat.room.troubles)
        chat.place.overwrite(chat.channel)
        await chat.post("Hello")
        await chat.ask(Say("Again"))
        await chat.kept(await chat.post("Again"))
        assert not chat.room.troubles
        assert len(host.inbox()) == 1
        assert chat.texts.count("Hello") == 1


async def test_a_restart_at_any_post(tmp_path: Path) -> None:
    """A post that was on its way when the process ended stands once, whether it had arrived or not."""
    async with served() as server:
        place = server.guild("Macro", channels=("macro",))
        async with Store.open(tmp_path / "chats.db", now) as store:
            chat = await a_chat(store, place)
            async with line_to(server) as line, sitting(place, store, line, chat) as first:
                await first.ask(Start())
                await first.kept(await first.post("How to answer"))
                server.faults.on("POST", MESSAGES, lost_after())
                server.faults.on("POST", MESSAGES, broken(503), times=50)
                await first.ask(Say("Twins"))
                await server.until(lambda: "Twins" in first.texts)
            server.faults.clear()
            server.nonce_seconds = 0
            async with (
                line_to(server) as line,
                sitting(place, store, line, await store.chat(chat.id)) as second,
            ):
                await second.ask(Say("Twins"))
                await server.until(lambda: second.texts.count("Twins") == 2)
                await second.ask(Say("Last"))
                await second.kept(await second.post("Last"))
                assert second.texts.count("Twins") == 2
                shown = {each.key: each.id for each in await store.record(chat).posts_shown()}
                assert len(set(shown.values())) == 5, (shown, [(m.id, m.text) for m in second.posts])


async def test_counted_messages_get_the_sign(tmp_path: Path) -> None:
    """An answer gets the script's sign, other messages none, and one that no longer counts loses it."""
    async with served() as server, held(tmp_path, server) as chat:
        await chat.asked("Q1")
        talk = await chat.says(BO, "Hello all")
        id_ = await chat.says(ANA, "A1 Bread")
        answer = chat.channel.messages[int(id_)]
        await server.until(lambda: "✅" in answer.reactions)
        await _edited(chat, id_, "Bread")
        await server.until(lambda: not answer.reactions)
        assert not chat.channel.messages[int(talk)].reactions


async def test_talk_costs_no_request(tmp_path: Path) -> None:
    """Nothing is asked of Discord about messages that never counted, edited or not."""
    async with served() as server, held(tmp_path, server) as chat:
        await chat.asked("Q1")
        for n in range(10):
            await chat.says(BO, f"Hello {n}")
        await _edited(chat, await chat.says(ANA, "Hm"), "Hm!")
        answer = chat.channel.messages[int(await chat.says(ANA, "A1 Bread"))]
        await server.until(lambda: "✅" in answer.reactions)
        assert len([path for _, path, _ in server.requests if "/reactions/" in path]) == 1


async def test_the_sign_follows_what_somebody_says_a_message_answers(tmp_path: Path) -> None:
    """A message that is made to count gets the sign, and loses it when it is made to count for none."""
    async with served() as server, held(tmp_path, server) as chat:
        await chat.asked("Q1")
        talk = chat.channel.messages[int(await chat.says(ANA, "What I think"))]
        await chat.ask(Placed(str(talk.id), ANA, ("1",)), ANA)
        await server.until(lambda: "✅" in talk.reactions)
        await chat.ask(Placed(str(talk.id), ANA, ()), ANA)
        await server.until(lambda: not talk.reactions)


async def test_the_forgotten_have_no_sign(tmp_path: Path) -> None:
    """The messages of who is forgotten stay theirs in the channel, without the sign; those of others keep it."""
    async with served() as server, held(tmp_path, server) as chat:
        await chat.asked("Q1")
        ids = [await chat.says(author, f"A1 Bread, says {author.name}") for author in (ANA, ANA, BO)]
        answers = [chat.channel.messages[int(id_)] for id_ in ids]
        await server.until(lambda: all("✅" in each.reactions for each in answers))
        gate = asyncio.Event()
        server.faults.on("DELETE", "*/reactions/*", faults.held(gate))
        await chat.room.erase_of(ANA.id)
        await chat.ask(Forgotten(ANA.id), ANA)
        gate.set()  # what is still to be done then is about messages of which nothing is known any more
        await server.until(lambda: not answers[0].reactions and not answers[1].reactions)
        assert "✅" in answers[2].reactions


async def test_a_sign_is_taken_off_after_a_restart(tmp_path: Path) -> None:
    """An answer that is edited into none after a restart loses the sign that it got before."""
    async with served() as server:
        place = server.guild("Macro", channels=("macro",))
        async with Store.open(tmp_path / "chats.db", now) as store:
            chat = await a_chat(store, place)
            async with line_to(server) as line, sitting(place, store, line, chat) as one:
                await one.ask(Start())
                await one.asked("Q1")
                id_ = await one.says(ANA, "A1 Bread")
                answer = one.channel.messages[int(id_)]
                await server.until(lambda: "✅" in answer.reactions)
            async with line_to(server) as line, sitting(place, store, line, await store.chat(chat.id)) as two:
                await _edited(two, id_, "Never mind")
                await server.until(lambda: not answer.reactions)


@pytest.mark.parametrize(
    ("method", "trouble"),
    [
        ("PUT", refused(400, 50083, "Thread is archived")),
        ("PUT", refused(404, 10008, "Unknown Message")),
        ("DELETE", refused(400, 10014, "Unknown Emoji")),
    ],
)
async def test_what_is_wrong_with_one_message_leaves_the_others_their_sign(
    method: str, trouble: Trouble, tmp_path: Path
) -> None:
    """Where one message can get no sign, or has none to lose, those after it get theirs."""
    async with served() as server, held(tmp_path, server) as chat:
        await chat.asked("Q1")
        server.faults.on(method, "*/reactions/*", trouble)
        await _edited(chat, await chat.says(ANA, "A1 Bread"), "Bread")
        answer = chat.channel.messages[int(await chat.says(BO, "A1 Salt"))]
        await server.until(lambda: "✅" in answer.reactions)
        assert server.faults.struck


@pytest.mark.parametrize(
    "trouble", [refused(403, 50013, "Missing Permissions"), refused(400, 10014, "Unknown Emoji")]
)
async def test_signs_are_left_out_where_refused(
    trouble: Trouble, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Where the bot may not react, or the sign is unknown, it is said once and not tried again."""
    async with served() as server, held(tmp_path, server) as chat:
        await chat.asked("Q1")
        server.faults.on("PUT", "*/reactions/*", trouble, times=5)
        for n in range(3):
            await chat.says(ANA, f"A1 Bread {n}")
        await server.until(lambda: server.faults.struck)
        await chat.asked("Q2")
        assert len(server.faults.struck) == 1
    assert caplog.text.count("no sign") == 1


async def test_what_was_refused_is_done_once_it_may_be(tmp_path: Path) -> None:
    """Where the bot may react and pin again, answers that waited for their sign get it, and the question is pinned."""
    async with served(50013) as server, held(tmp_path, server) as chat:
        refused = int(Permission.ADD_REACTIONS | Permission.PIN_MESSAGES)
        chat.place.overwrite(chat.channel, deny=refused)
        question = await chat.asked("Q1")
        answers = [chat.channel.messages[int(await chat.says(who, "A1 Bread"))] for who in (ANA, BO)]
        await until(lambda: not chat.room._signs._may and not chat.room._floor._may_pin)
        assert len(server.violations) == 2
        chat.place.overwrite(chat.channel)
        chat.room.allowed()
        await server.until(lambda: question.pinned and all("✅" in each.reactions for each in answers))


async def test_only_the_question_on_the_floor_is_pinned(tmp_path: Path) -> None:
    """A question is pinned when it comes and unpinned when the next does; after the closing none of them is."""
    async with served() as server, held(tmp_path, server) as chat:
        rules = chat.place.person("Hana").says(chat.channel, "Our rules")
        chat.place.person("Hana").pins(rules)
        first = await chat.asked("Q1")
        await server.until(lambda: first.pinned)
        second = await chat.asked("Q2")
        await server.until(lambda: second.pinned and not first.pinned)
        await chat.end()
        await server.until(lambda: chat.channel.pins() == [rules])


async def test_pins_are_left_out_where_refused(tmp_path: Path) -> None:
    """Where the bot may not pin all else goes on."""
    async with served(50013) as server, held(tmp_path, server) as chat:
        chat.place.overwrite(chat.channel, deny=int(Permission.PIN_MESSAGES))
        await chat.asked("Q1")
        await chat.asked("Q2")
        await chat.end()
        assert not chat.channel.pins()


async def test_pinned_again_after_a_restart(tmp_path: Path) -> None:
    """What could not be pinned before a restart is pinned after it, and what was pinned is unpinned."""
    async with served() as server:
        place = server.guild("Macro", channels=("macro",))
        async with Store.open(tmp_path / "chats.db", now) as store:
            chat = await a_chat(store, place)
            async with line_to(server) as line, sitting(place, store, line, chat) as one:
                await one.ask(Start())
                first = await one.asked("Q1")
                await server.until(lambda: first.pinned)
                server.faults.on("*", "*/pins*", broken(503), times=50)
                second = await one.asked("Q2")
            server.faults.clear()
            async with line_to(server) as line, sitting(place, store, line, await store.chat(chat.id)):
                await server.until(lambda: second.pinned and not first.pinned)


async def test_a_question_has_a_thread(tmp_path: Path) -> None:
    """Where the script wants it a thread hangs on each question, named after it; one that is there already is as good."""
    script = SCRIPT.replace("late_answers", "question_threads: yes\nlate_answers")
    async with served(160004) as server, held(tmp_path, server, script) as chat:
        server.faults.on("POST", "*/threads", lost_after())
        first = await chat.asked("Q1")
        await server.until(lambda: first.thread)
        assert first.thread
        assert (first.thread.name, first.thread.archive_after) == ("Q1: What brought you here?", 1440)
        second = await chat.asked("Q2")
        await server.until(lambda: second.thread)


async def test_the_recap_is_brought_up_to_date(tmp_path: Path) -> None:
    """What comes after the closing is in the recap when it is brought up to date, in the same messages."""
    async with served() as server, held(tmp_path, server) as chat:
        await chat.asked("Q1")
        recap = await chat.end()
        count = len(chat.posts)
        id_ = await chat.says(ANA, "A1 Bread, late")
        await chat.ask(Highlighted(id_, HOST), HOST)
        assert "Bread, late" not in recap.text
        await chat.room.update_recap()
        await chat.room.settled()
        assert "Bread, late" in recap.text
        assert b"Bread, late" in recap.attachments[0].data
        assert f"/{chat.channel.id}/{id_}" in str(recap.components)
        assert len(chat.posts) == count


#: What takes something out of a recap, by the id of the message that says it.
GOES: list[Callable[[str], Deed]] = [lambda _: Forgotten(ANA.id), Retracted]


@pytest.mark.parametrize("goes", GOES)
async def test_what_goes_while_the_recap_is_posted(goes: Callable[[str], Deed], tmp_path: Path) -> None:
    """What is taken back while the recap that quotes it is on its way goes from it, and that is waited for."""
    answer = asyncio.Event()
    async with served() as server, held(tmp_path, server) as chat:
        await chat.asked("Q1")
        id_ = await chat.says(ANA, "A1 Bread")
        server.faults.on("POST", MESSAGES, delayed(0))  # the closing
        server.faults.on("POST", MESSAGES, faults.held(answer))
        await chat.ask(End())
        recap = await chat.post("# #MacroSW")
        assert "Bread" in recap.text
        await chat.ask(goes(id_), ANA)
        settled = asyncio.create_task(chat.room.settled())
        await chat.says(BO, "Nice")
        assert not settled.done()
        answer.set()
        await settled
        assert "Bread" not in recap.text
        assert b"Bread" not in recap.attachments[0].data


class Slow(Store):
    """A store that is slow to give the recap that is posted, which is the first that is read."""

    recaps = 0

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.gate = asyncio.Event()

    async def recap(self, chat: Chat, **more: Any) -> Recap:
        recap = await super().recap(chat, **more)
        self.recaps += 1
        if self.recaps == 1:
            await self.gate.wait()
        return recap


@pytest.mark.parametrize("goes", GOES)
async def test_what_goes_while_the_recap_is_read(goes: Callable[[str], Deed], tmp_path: Path) -> None:
    """What is taken back when the recap that quotes it has just been read goes from it."""
    async with served() as server:
        place = server.guild("Macro", channels=("macro",))
        async with Slow.open(tmp_path / "chats.db", now) as store, line_to(server) as line:
            assert isinstance(store, Slow)
            async with sitting(place, store, line, await a_chat(store, place)) as chat:
                await chat.ask(Start())
                await chat.asked("Q1")
                id_ = await chat.says(ANA, "A1 Bread")
                await chat.ask(End())
                await until(lambda: store.recaps == 1)
                await chat.ask(goes(id_), ANA)
                store.gate.set()
                await chat.room.settled()
                assert "Bread" not in (await chat.post("# #MacroSW")).text


@pytest.mark.parametrize("trouble", [lost_after(), broken(503, committed=True)])
async def test_what_goes_while_a_recap_may_have_been_posted(trouble: Trouble, tmp_path: Path) -> None:
    """A recap of which it was not known that it stands shows what is kept by when that is known."""
    async with served() as server, held(tmp_path, server) as chat:
        await chat.asked("Q1")
        await chat.says(ANA, "A1 Bread")
        server.faults.on("POST", MESSAGES, delayed(0))  # the closing
        server.faults.on("POST", MESSAGES, trouble)
        await chat.ask(End())
        recap = await chat.post("# #MacroSW")
        assert "Bread" in recap.text
        await chat.ask(Forgotten(ANA.id), ANA)
        await chat.room.settled()
        assert "Bread" not in recap.text
        assert [text.startswith("# #MacroSW") for text in chat.texts].count(True) == 1


@pytest.mark.parametrize("goes", GOES)
async def test_what_goes_while_the_recap_is_changed(goes: Callable[[str], Deed], tmp_path: Path) -> None:
    """What is taken back while a process changes the recap for the first time goes from it, and that is waited for."""
    answer = asyncio.Event()
    async with served() as server:
        place = server.guild("Macro", channels=("macro",))
        async with Store.open(tmp_path / "chats.db", now) as store:
            chat = await a_chat(store, place)
            async with line_to(server) as line, sitting(place, store, line, chat) as one:
                await one.ask(Start())
                await one.asked("Q1")
                recap = await one.end()
                id_ = await one.says(ANA, "A1 Bread")
            server.faults.on("PATCH", "*", faults.held(answer))
            async with line_to(server) as line, sitting(place, store, line, await store.chat(chat.id)) as two:
                await server.until(lambda: "Bread" in recap.text)
                await two.ask(goes(id_), ANA)
                settled = asyncio.create_task(two.room.settled())
                await two.says(BO, "Nice")
                assert not settled.done()
                answer.set()
                await settled
                assert "Bread" not in recap.text


async def test_what_goes_while_a_change_is_lost(tmp_path: Path) -> None:
    """Where it is not known whether a recap was changed, it is changed again though it is to be as it was."""
    async with served() as server, held(tmp_path, server) as chat:
        await chat.asked("Q1")
        recap = await chat.end()
        await chat.says(ANA, "A1 Bread")
        server.faults.on("PATCH", "*", lost_after())
        await chat.room.update_recap()
        await server.until(lambda: "Bread" in recap.text)
        await chat.ask(Forgotten(ANA.id), ANA)
        await chat.room.settled()
        assert "Bread" not in recap.text


async def test_a_recap_whose_first_message_has_been_taken_back(tmp_path: Path) -> None:
    """Where what it is to replace cannot be deleted just now it is posted anew later, by who asks for it again."""
    async with served() as server, held(tmp_path, server) as chat:
        await chat.asked("Q1")
        recap = await chat.end()
        await chat.store.note(
            chat.chat, {"recap:0": None, f"recap-going:{recap.id}": "", "recap-edition": "1"}
        )
        server.faults.on("DELETE", "*/messages/*", broken(503))
        with pytest.raises(RoomError):
            await chat.room._recaps.deliver()
        id_ = await chat.room._recaps.deliver()
        assert recap.deleted
        assert [post.id for post in chat.posts if post.text.startswith("# #MacroSW")] == [id_]


async def test_a_recap_that_stays_as_it_was(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """What Discord goes on refusing is said once, and tried less and less often."""
    caplog.set_level(logging.INFO, "bot.rooms.discord.recaps")
    clock = Leaping()
    async with served() as server, held(tmp_path, server, clock=clock) as chat:
        await chat.asked("Q1")
        await chat.says(ANA, "A1 Bread")
        await chat.end()
        server.faults.on("PATCH", "*", refused(403, 50001, "Missing Access"), times=50)
        await chat.ask(Forgotten(ANA.id), ANA)
        tries = []
        for _ in range(7):
            await chat.room.settled()
            tries.append(len(server.faults.struck))
            clock.leap(LONGEST_RETRY)
        assert tries == [1, 2, 2, 3, 3, 3, 3]
        assert caplog.text.count("the recap stays as it was for now") == 1


async def test_a_recap_that_is_gone(tmp_path: Path) -> None:
    """A recap that somebody has deleted is not posted anew, and stops nothing."""
    async with served() as server, held(tmp_path, server) as chat:
        await chat.asked("Q1")
        await chat.end()
        await chat.says(ANA, "A1 Bread, late")
        server.faults.on("PATCH", "*", refused(404, 10008, "Unknown Message"))
        await chat.room.update_recap()
        assert await chat.room.finish()
        assert [text.startswith("# #MacroSW") for text in chat.texts].count(True) == 1


async def test_a_recap_that_may_not_be_changed(tmp_path: Path) -> None:
    """What is to go from a recap goes later where Discord refuses it now; until then the chat is not done."""
    clock = Leaping()
    async with served() as server, held(tmp_path, server, clock=clock) as chat:
        await chat.asked("Q1")
        await chat.says(ANA, "A1 Bread")
        recap = await chat.end()
        server.faults.on("PATCH", "*", refused(403, 50001, "Missing Access"))
        await chat.ask(Forgotten(ANA.id), ANA)
        assert not await chat.room.finish()
        assert "Bread" in recap.text
        clock.leap(LONGEST_RETRY)
        await server.until(lambda: "Bread" not in recap.text)
        assert await chat.room.finish()


@pytest.mark.parametrize(
    "trouble", [refused(403, 50001, "Missing Access"), refused(404, 10008, "Unknown Message")]
)
async def test_what_is_left_of_a_recap_goes(trouble: Trouble, tmp_path: Path) -> None:
    """A message of a recap that is to be deleted goes later where Discord refuses it now, unless it is gone already."""
    async with served() as server, held(tmp_path, server) as chat:
        await chat.asked("Q1")
        await chat.says(ANA, "A1 Bread")
        recap = await chat.end()
        server.faults.on("PATCH", "*", refused(400, 30046, "Maximum number of edits"))
        server.faults.on("DELETE", "*/messages/*", trouble)
        await chat.ask(Forgotten(ANA.id), ANA)
        assert await chat.room.finish() == (trouble.status == 404)
        notes = await chat.store.record(chat.chat).notes("recap-going:")
        assert (f"recap-going:{recap.id}" in notes) == (trouble.status == 403)


@pytest.mark.parametrize("trouble", [lost_after(), broken(503), broken(503, committed=True)])
async def test_a_recap_that_was_changed_too_often(trouble: Trouble, tmp_path: Path) -> None:
    """Where Discord allows no more changes, what somebody took back goes all the same: the recap is posted anew, once."""
    async with served() as server, held(tmp_path, server) as chat:
        await chat.asked("Q1")
        await chat.says(BO, "A1 Salt")
        id_ = await chat.says(ANA, "A1 Bread")
        recap = await chat.end()
        server.faults.on("PATCH", "*", refused(400, 30046, "Maximum number of edits"))
        server.faults.on("POST", MESSAGES, trouble)
        await chat.ask(Forgotten(ANA.id), ANA)
        await server.until(lambda: recap.deleted)
        anew = await chat.place.message(chat.channel, "Salt", after=recap)
        await chat.room._recaps.settled()
        assert "Bread" not in anew.text
        assert b"Bread" not in anew.attachments[0].data
        assert [text.startswith("# #MacroSW") for text in chat.texts].count(True) == 1
        assert chat.channel.messages[int(id_)].text == "A1 Bread"  # what people wrote stays theirs


async def test_a_recap_posted_anew_after_a_restart(tmp_path: Path) -> None:
    """Where the process ends while the recap is being replaced, the next one finishes that, with one recap in the end."""
    async with served() as server:
        place = server.guild("Macro", channels=("macro",))
        async with Store.open(tmp_path / "chats.db", now) as store:
            chat = await a_chat(store, place)
            async with line_to(server) as line, sitting(place, store, line, chat) as one:
                await one.ask(Start())
                await one.asked("Q1")
                await one.says(ANA, "A1 Bread")
                recap = await one.end()
                server.faults.on("PATCH", "*", refused(400, 30046, "Maximum number of edits"))
                server.faults.on("POST", MESSAGES, lost_after())
                server.faults.on("POST", MESSAGES, broken(503), times=50)
                await one.ask(Forgotten(ANA.id), ANA)
                await one.place.message(one.channel, "# #MacroSW", after=recap)
            server.faults.clear()
            server.nonce_seconds = 0
            async with line_to(server) as line, sitting(place, store, line, await store.chat(chat.id)) as two:
                await two.room._recaps.settled()
                (left,) = [post for post in two.posts if post.text.startswith("# #MacroSW")]
                assert "Bread" not in left.text


async def test_a_recap_that_cannot_be_drawn(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever is wrong with its components, a recap goes out, as plain text, and what went wrong is logged."""

    def draw(part: Part, **_: object) -> Draft:
        if part.last:
            raise ValueError("too many of something")
        return draft(part, marker=7, ticket="0123456789ab", transcript=None)

    async with served() as server, held(tmp_path, server) as chat:
        for n in range(40):
            await chat.says(ANA, f"see https://example.org/{n}/{'x' * 90}")
        recaps = Recaps(
            chat.chat,
            chat.store,
            chat.room._poster,
            chat.echoes,
            ticket="0123456789ab",
            guild=chat.place.id,
            draw=draw,
        )
        before = len(chat.posts)
        await recaps.deliver()
        recap = chat.posts[before:]
        assert recap[0].content.startswith("# #MacroSW")
        assert all(post.content for post in recap)
        assert sum(post.content.count("https://example.org/7/") for post in recap) == 1
    assert "too many of something" in caplog.text


async def test_in_the_language_of_the_chat(tmp_path: Path) -> None:
    """Buttons, and what stands around an answer, are in the language of the script."""
    async with served() as server, held(tmp_path, server, SPANISH) as chat:
        await chat.ask(Next())
        first = await chat.post("Q1: ")
        await chat.kept(first)
        assert list(first.buttons().values()) == ["Responder"]
        await chat.answers(ANA, "1", "Pan")
        echo = await chat.post("Pan")
        assert echo.content == "**Ana** responde a Q1:\n>>> Pan"
        assert list(echo.buttons().values()) == ["Cambiar o retirar"]


async def test_what_is_gone_goes_from_the_recap(tmp_path: Path) -> None:
    """An answer that is deleted, quoted in the recap and in the transcript, goes from both."""
    async with served() as server, held(tmp_path, server) as chat:
        await chat.asked("Q1")
        id_ = await chat.says(ANA, "A1 Bread")
        recap = await chat.end()
        assert "Bread" in recap.text
        await chat.ask(Retracted(id_), ANA)
        await server.until(lambda: "Bread" not in recap.text)
        assert b"Bread" not in recap.attachments[0].data


async def test_a_recap_of_many_messages(tmp_path: Path) -> None:
    """A recap too long for one message takes several, each once though requests are lost, and shrinks again."""
    async with served() as server, held(tmp_path, server) as chat:
        await chat.asked("Q1")
        ids = [await chat.says(ANA, f"see https://example.org/{n}/{'x' * 90}") for n in range(60)]
        server.faults.on("POST", MESSAGES, lost_after())
        await chat.end()
        await server.until(lambda: chat.posts[-1].attachments)
        recap = chat.posts[4:]
        assert len(recap) == len(chat.posts) - 4 >= 2
        assert sum(text.count("https://example.org/59/") for text in chat.texts) == 1
        for id_ in ids:
            await chat.ask(Retracted(id_), ANA)
        await chat.room.update_recap()
        await chat.room.settled()
        assert len(chat.posts) == 5
        assert chat.posts[-1].attachments


async def test_a_server_without_components(tmp_path: Path) -> None:
    """Where components of the newer kind are refused the recap goes out as plain text."""
    async with served() as server, held(tmp_path, server) as chat:
        await chat.asked("Q1")
        await chat.says(ANA, "A1 Bread")
        server.faults.on("POST", MESSAGES, refused(400, 50035, "Invalid Form Body"))
        await chat.room._recaps.deliver()
        recap = await chat.post("# #MacroSW")
        assert "> A1 Bread" in recap.content
        assert list(recap.buttons().values()) == ["My answers"]
        assert recap.attachments


async def test_a_repeated_question_can_be_answered_too(tmp_path: Path) -> None:
    """A question that is posted once more has its button again, and is known apart from the first after a lost answer."""
    async with served() as server, held(tmp_path, server) as chat:
        first = await chat.asked("Q1")
        server.faults.on("POST", MESSAGES, lost_after())
        await chat.ask(Repeat())
        again = await chat.post("Once more, Q1")
        await chat.kept(again)
        assert again.buttons() == first.buttons()
        assert len([text for text in chat.texts if "What brought you here?" in text]) == 2


async def test_finishing_a_cancelled_chat(tmp_path: Path) -> None:
    """When a chat is cancelled nothing of it stays pinned."""
    async with served() as server, held(tmp_path, server) as chat:
        first = await chat.asked("Q1")
        await server.until(lambda: first.pinned)
        await chat.ask(Cancel())
        await chat.room.finish()
        assert not first.pinned


async def _edited(chat: Held, id_: str, text: str) -> None:
    """Have the words of a message changed."""
    at = chat.channel.messages[int(id_)].time
    message = Message(id_, ANA, text, at, version=1, edited_at=now(), place=str(chat.channel.id))
    await chat.live.hear(Said(message))
