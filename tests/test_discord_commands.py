"""Every command of `/chat` and of a message's menu: what it does, and that who may not is refused and nothing happens."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.messages import Author
from bot.render import RECAPS, TRANSCRIPTS
from bot.rooms.discord.answering import OVER
from bot.rooms.discord.desk import NOT_HERE
from bot.rooms.discord.panel import status as status_of
from bot.rooms.discord.sitting import Sitting
from bot.session import Appoint, Late, Over, Paused, Ready, Running
from tests.discord_server import Channel, Permission, Person, Upload, held
from tests.discord_server.world import DEFAULT
from tests.guilds import until
from tests.hosted import SCRIPT, Hall, answered, cancelled, hall, host_of, pressed, told

BAD = b"hashtag: MacroSW\ntitle: Common ground\nquestion: [What?]\n"


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Hall]:
    async with hall(tmp_path) as held:
        yield held


@pytest.fixture
def host(room: Hall) -> Person:
    return host_of(room.server.guild())


@pytest.fixture
def ana(host: Person) -> Person:
    return host.place.person("Ana")


@pytest.fixture
async def sitting(room: Hall, host: Person) -> Sitting:
    return await room.begun(host)


# Starting --------------------------------------------------------------------------------------------------------


async def test_start_begins_a_chat_here(room: Hall, host: Person) -> None:
    """A script is started in the channel of the command, and its host is told where and how to steer it."""
    text = await told(host, "start", script="MACRO")
    assert "begins now in <#" in text
    assert "2 questions" in text
    await host.place.message(host.place.channel, "Q1: What brought you here?")


async def test_start_takes_channel_minutes_and_time(room: Hall, host: Person) -> None:
    """Options go before what the script says; a planned chat says when it begins, and waits."""
    other = host.place.text_channel("other")
    text = await told(host, "start", script="macrosw", channel=other, minutes=7, at="2199-11-25 20:00")
    assert f"begins by itself in <#{other.id}>" in text
    assert "<t:7254993600:F> (<t:7254993600:R>)" in text
    planned, *_ = room.chats.at(host.place.id, other.id)
    assert isinstance(planned.live.state.phase, Ready)
    assert {question.time for question in planned.chat.script.questions} == {timedelta(minutes=7)}
    assert not [each for each in other.all() if each.author is room.server.world.bot]


async def test_a_planned_chat_can_be_begun_sooner(room: Hall, host: Person) -> None:
    """The panel of a chat that waits has a button to begin it."""
    await told(host, "start", script="macrosw", at="2199-11-25 20:00")
    panel = (await host.runs("chat panel").answered()).message
    assert panel
    await host.presses(panel, "Begin now").answered()
    await host.place.message(host.place.channel, "Q1: ")


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({}, "Choose a script"),
        ({"script": "nothing"}, "No script goes by that name"),
        ({"script": "macrosw", "file": Upload("a.yaml", SCRIPT.encode())}, "not both"),
        ({"script": "macrosw", "at": "tomorrow"}, "not a date and time"),
        ({"script": "macrosw", "at": "2020-01-01 20:00"}, "is past"),
        ({"file": Upload("a.yaml", b"x" * (1024 * 1024 + 1))}, "larger than 1 MiB"),
        ({"file": Upload("a.yaml", BAD)}, "a.yaml:3:1: "),
        (
            {"file": Upload("a.yaml", SCRIPT.encode() + b"intro: {ask: Hi, image: a.png, alt: A}\n")},
            "a.yaml:9:",
        ),
    ],
)
async def test_start_refuses_what_cannot_be(
    room: Hall, host: Person, options: dict[str, Any], why: str
) -> None:
    """What is wrong is said with what to do, and no chat is made."""
    assert why in await told(host, "start", **options)
    assert await room.chats.kept(host.place.id) == []


async def test_start_takes_an_attached_script_and_keeps_it(room: Hall, host: Person) -> None:
    """An attached script is used, and offered on that guild from then on."""
    text = SCRIPT.replace("Common ground", "Mine")
    assert "Mine" in await told(host, "start", file=Upload("mine.yaml", text.encode()))
    typed = await host.completes("chat start", "script", "mine").answered()
    assert typed.choices == (("mine (attached) · Mine", "mine (attached)"),)


async def test_a_long_list_of_mistakes_comes_as_a_file(host: Person) -> None:
    """Where the lines do not fit into a message, they are attached, all of them."""
    many = b"hashtag: X1\ntitle: T\nquestions: [Q]\n" + b"".join(b"wrong%d: x\n" % n for n in range(100))
    answer = await host.runs("chat start", file=Upload("many.yaml", many)).answered()
    assert "100 things are wrong" in answer.text
    assert answer.file.data.count(b"many.yaml:") == 100


async def test_start_names_the_permission_that_is_missing(room: Hall, host: Person) -> None:
    """Before a chat starts, the bot's permissions in that channel are looked at, here and elsewhere."""
    other = host.place.text_channel("other")
    for channel in (host.place.channel, other):
        host.place.overwrite(channel, deny=Permission.ATTACH_FILES)
    assert "**Attach Files**" in await told(host, "start", script="macrosw")
    text = await told(host, "start", script="macrosw", channel=other)
    assert "**Attach Files**" in text
    assert f"<#{other.id}>" in text
    assert await room.chats.kept(host.place.id) == []


async def test_start_needs_a_channel_that_the_host_sees(room: Hall, host: Person) -> None:
    """Nobody starts a chat in a channel that they do not see."""
    closed = host.place.text_channel("closed")
    host.place.overwrite(closed, host, deny=Permission.VIEW_CHANNEL)
    assert "You do not see <#" in await told(host, "start", script="macrosw", channel=closed)
    assert await room.chats.kept(host.place.id) == []


async def test_start_and_say_need_a_channel_that_the_host_writes_in(room: Hall, host: Person) -> None:
    """The bot says nothing for who may not write there themselves, by a command, a form or another channel's chat."""
    place, news = host.place, host.place.text_channel("news")
    editor = place.person("Ed", host=True)
    place.overwrite(news, place.guild.roles[place.id], deny=Permission.SEND_MESSAGES)
    place.overwrite(news, place.bot, allow=Permission.SEND_MESSAGES)
    place.overwrite(news, editor, allow=Permission.SEND_MESSAGES)
    for channel, options in ((news, {}), (place.channel, {"channel": news})):
        text = await told(host, "start", channel, script="macrosw", **options)
        assert f"You may not write in <#{news.id}> yourself" in text
    await room.begun(editor, news)
    form = (await editor.runs("chat say", news).answered()).modal
    assert form
    stood = spoken(news)
    for channel in (news, place.channel):
        assert "You may not write in <#" in await told(host, "say", channel, text="Officially")
    assert "You may not write in <#" in (await host.submits(form, {"text": "Officially"}).answered()).text
    assert spoken(news) == stood
    assert "Paused" in await told(host, "pause", news)
    await told(editor, "say", news, text="Officially")
    await place.message(news, "Officially")


async def test_a_script_attached_out_of_sight_is_not_offered(room: Hall, host: Person) -> None:
    """What was attached in a channel that a host does not see is neither offered to them nor found by its name."""
    place, board = host.place, host.place.text_channel("board")
    other = place.person("Olaf", host=True)
    place.overwrite(board, other, deny=Permission.VIEW_CHANNEL)
    text = SCRIPT.replace("Common ground", "Whom to dismiss")
    await told(host, "start", board, file=Upload("plans.yaml", text.encode()))
    assert len((await host.completes("chat start", "script", "plans").answered()).choices) == 1
    assert (await other.completes("chat start", "script", "").answered()).choices == (
        ("macrosw · Common ground", "macrosw"),
    )
    for name in ("plans (attached)", "whom", "nothing"):
        refused = await told(other, "start", script=name)
        assert "No script goes by that name" in refused
        assert "plans" not in refused


async def test_one_live_chat_to_a_channel(room: Hall, host: Person, sitting: Sitting) -> None:
    """A second chat in the channel is refused; one in another channel is not."""
    await told(host, "start", script="macrosw")
    assert len(await room.chats.kept(host.place.id)) == 1
    await room.begun(host, host.place.text_channel("other"))
    assert len(await room.chats.kept(host.place.id)) == 2


async def test_a_planned_chat_holds_its_channel(room: Hall, host: Person) -> None:
    """Who starts a chat where another is planned is told when that begins, and how to begin it or call it off."""
    await told(host, "start", script="macrosw", at="2199-11-25 20:00")
    text = await told(host, "start", script="macrosw")
    assert "is planned in <#" in text
    assert "<t:7254993600:F>" in text
    assert "`/chat cancel`" in text
    assert " end" not in text.lower()
    assert "cancelled" in await cancelled(host)
    await room.begun(host)


async def test_an_attached_script_is_offered_as_it_was(room: Hall, host: Person) -> None:
    """The time and the minutes that were wanted once do not stay with a script that was attached."""
    text = SCRIPT.replace("Common ground", "Mine")
    file = Upload("mine.yaml", text.encode())
    await told(host, "start", file=file, at="2199-11-25 20:00", minutes=7)
    planned = room.chats.in_guild(host.place.id)[0]
    assert planned.chat.text != text
    await cancelled(host)
    await room.over(planned)
    again = await room.begun(host, script="mine (attached)")
    assert again.chat.text == text


async def test_a_thread_is_no_place_for_a_chat(host: Person) -> None:
    """In a thread, start says that a channel is needed."""
    thread = host.opens_thread(host.place.channel, "aside")
    assert "Name one with `channel`" in await told(host, "start", thread, script="macrosw")


async def test_check_shows_a_timetable_or_what_is_wrong(host: Person) -> None:
    """A good script's course is shown, a bad one's lines; nothing in it closes the block that they stand in."""
    good = await told(host, "check", file=Upload("a.yaml", SCRIPT.encode()))
    assert "Nothing is wrong in `a`" in good
    assert "1:00:00  Q2 What do we share?" in good
    bad = await told(host, "check", file=Upload("a.yaml", SCRIPT.encode() + b"```x: y\n"))
    assert "a.yaml:9:1: " in bad
    assert bad.count("```") == 2


# Steering --------------------------------------------------------------------------------------------------------


async def test_pause_resume_next_repeat_more_time(room: Hall, host: Person, sitting: Sitting) -> None:
    """Each is done and answered with where the chat stands then."""
    channel = host.place.channel
    assert "Paused at Q1" in await told(host, "pause")
    assert "You can resume" in await told(host, "pause")
    assert "Q1 (1 of 2), " in await told(host, "resume")
    phase = sitting.live.state.phase
    assert isinstance(phase, Running)
    await told(host, "more-time", minutes=3)
    later = sitting.live.state.phase
    assert isinstance(later, Running)
    assert later.until == phase.until + timedelta(minutes=3)
    await told(host, "repeat")
    await host.place.message(
        channel, "What brought you here?", after=await host.place.message(channel, "Q1: ")
    )
    assert "Q2 (2 of 2)" in await told(host, "next")
    await until(lambda: isinstance(now := sitting.live.state.phase, Running) and now.waiting is None)
    assert "Q2 is the last question" in await told(host, "next")


async def test_two_hosts_want_the_next_question(room: Hall, host: Person, sitting: Sitting) -> None:
    """What was asked for while Q1 stood there is about Q1: the second host is told that Q2 has come, and skips nothing."""
    other = host.place.person("Holger", host=True)
    asked = [person.runs("chat next") for person in (host, other)]
    told_of = [(await each.answered()).text for each in asked]
    assert sorted("moved on since" in text for text in told_of) == [False, True]
    assert all("Q2 (2 of 2)" in text for text in told_of)
    await host.place.message(host.place.channel, "Q2: ")
    await until(lambda: isinstance(now := sitting.live.state.phase, Running) and now.waiting is None)
    assert "Q2 is the last question" in await told(other, "next")


async def test_status_says_where_it_stands(host: Person, sitting: Sitting) -> None:
    """Chat, channel, question and counts."""
    assert f"in <#{host.place.channel.id}>\nQ1 (1 of 2)" in await told(host, "status")


async def test_say_by_option_or_form(room: Hall, host: Person, sitting: Sitting) -> None:
    """The bot says it in the channel, with several lines from the form; nobody is pinged by it."""
    await told(host, "say", text="Hello @everyone")
    await host.place.message(host.place.channel, "Hello")
    form = await host.runs("chat say").answered()
    assert form.modal
    await host.submits(form.modal, {"text": "Two\nlines"}).answered()
    assert (await host.place.message(host.place.channel, "Two")).text == "Two\nlines"
    assert room.server.pings == []


async def test_end_and_cancel(room: Hall, host: Person, sitting: Sitting) -> None:
    """End closes with late answers, cancel stops for good."""
    assert "late answers count" in await told(host, "end")
    assert isinstance(sitting.live.state.phase, Late)
    other = await room.begun(host, channel := host.place.text_channel("other"))
    assert "cancelled" in await cancelled(host, channel)
    assert isinstance(other.live.state.phase, Over)


async def test_a_co_host_steers_until_taken_back(host: Person, ana: Person, sitting: Sitting) -> None:
    """Who is named co-host may steer, and no longer once that is taken back; bots may not be named."""
    assert "Only a host" in await told(ana, "pause")
    assert "Ana may steer this chat now" in await told(host, "co-host", member=ana)
    assert "Paused" in await told(ana, "pause")
    await told(host, "co-host", member=ana, off=True)
    assert "Only a host" in await told(ana, "resume")
    assert "Only who has the permission Manage Events" in await told(ana, "start", script="macrosw")


async def test_a_channel_makes_no_hosts(host: Person, ana: Person, sitting: Sitting) -> None:
    """Who may manage events is asked of the server: what a channel allows or denies makes nobody a host, and host nobody less."""
    other = host.place.text_channel("other")
    host.place.overwrite(other, ana, allow=Permission.MANAGE_EVENTS)
    host.place.overwrite(host.place.channel, host, deny=Permission.MANAGE_EVENTS)
    for command in ("pause", "end", "transcript"):
        assert "Only a host" in await told(ana, command, other)
    assert "Only who has the permission Manage Events" in await told(ana, "start", other, script="macrosw")
    assert isinstance(sitting.live.state.phase, Running)
    assert "Paused" in await told(host, "pause")


async def test_hide_and_show_a_person(room: Hall, host: Person, ana: Person, sitting: Sitting) -> None:
    """What a hidden person says is in no transcript until they are shown again."""
    await answered(ana, await host.place.message(host.place.channel, "Q1: "), "By chance.")
    assert f"Ana, in `{sitting.chat.short}`: Hidden" in await told(host, "hide", member=ana)
    assert b"By chance" not in (await host.runs("chat transcript", format="txt").answered()).file.data
    assert "Shown again" in await told(host, "show", member=ana)
    assert b"By chance" in (await host.runs("chat transcript", format="txt").answered()).file.data


# Which chat ------------------------------------------------------------------------------------------------------


async def test_the_chat_here_or_the_only_one_is_meant(room: Hall, host: Person, sitting: Sitting) -> None:
    """A command is about the chat at its channel or at its thread's; elsewhere about the only one that is live."""
    elsewhere, second = host.place.text_channel("elsewhere"), host.place.text_channel("second")
    assert "Paused" in await told(host, "pause", elsewhere)
    assert "Q1" in await told(host, "resume", host.opens_thread(host.place.channel, "aside"))
    other = await room.begun(host, second)
    text = await told(host, "pause", elsewhere)
    assert "More than one chat is live" in text
    assert f"<#{second.id}>" in text
    await told(host, "pause", second)
    assert isinstance(other.live.state.phase, Paused)
    assert isinstance(sitting.live.state.phase, Running)


async def planned_after(room: Hall, host: Person) -> list[Sitting]:
    """End the host's chat, for which late answers still come, and plan the next there; gives both."""
    await told(host, "end")
    await told(host, "start", script="macrosw", at="2199-11-25 20:00")
    return room.chats.in_guild(host.place.id)


async def test_what_has_begun_goes_before_what_is_planned(room: Hall, host: Person, sitting: Sitting) -> None:
    """While late answers come and the next is planned, commands are about the former, and say so; only panel and cancel are not."""
    former, planned = await planned_after(room, host)
    elsewhere = host.place.text_channel("elsewhere")
    for channel in (host.place.channel, elsewhere):
        for command in ("pause", "resume", "next", "more-time", "repeat", "end"):
            text = await told(host, command, channel)
            assert text.startswith(f"`{former.chat.short}`: The chat has ended")
        assert "Begin now" in (await host.runs("chat panel", channel).answered()).buttons.values()
        status = await told(host, "status", channel)
        assert "late answers count" in status.partition("\n\n")[0]
        assert "begins by itself" in status.partition("\n\n")[2]
    for command, options in (("recap", {"format": "txt"}), ("transcript", {"format": "txt"})):
        file = (await host.runs(f"chat {command}", **options).answered(patience=30)).file
        assert file.name.startswith(former.chat.short)
    assert "**Q1**" in await told(host, "questions")
    assert "cancelled" in await cancelled(host)
    assert isinstance(former.live.state.phase, Late)
    assert isinstance(planned.live.state.phase, Over)


async def test_of_several_chats_here_one_that_they_host_is_meant(
    room: Hall, host: Person, ana: Person, sitting: Sitting
) -> None:
    """A co-host of the former chat only steers that, here and elsewhere, while the next is planned; of the next, only the next."""
    await told(host, "co-host", member=ana)
    former, planned = await planned_after(room, host)
    bo = host.place.person("Bo")
    await planned.live.ask(Appoint(str(bo.id), "Bo", hosts=True), by=Author(str(host.id), "Hana", host=True))
    for channel in (host.place.channel, host.place.text_channel("elsewhere")):
        for person, its in ((ana, former), (bo, planned)):
            panel = await person.runs("chat panel", channel).answered()
            assert all(f":{its.ticket}:" in button for button in panel.buttons)
            assert await told(person, "status", channel) == await status_of(its)
            assert f"`{its.chat.short}`: " in await told(person, "pause", channel)
        assert "The chat has ended" in await told(ana, "cancel", channel)
        assert "Only a host of this chat" in await told(host.place.person("Cy"), "panel", channel)


async def test_who_may_and_who_is_hidden_counts_for_both(
    room: Hall, host: Person, ana: Person, sitting: Sitting
) -> None:
    """A co-host may steer the former chat and the planned one; who is hidden is hidden in both, with the recap that stands there."""
    bo = host.place.person("Bo")
    await answered(bo, await host.place.message(host.place.channel, "Q1: "), "By chance.")
    both = await planned_after(room, host)
    names = [each.chat.short for each in both]
    recap = await host.place.message(host.place.channel, "# #MacroSW")
    assert "By chance" in recap.text
    text = await told(host, "co-host", member=ana)
    assert all(f"`{name}`" in text for name in names)
    assert "By chance" in await told(ana, "recap")
    assert "Begin now" in (await ana.runs("chat panel").answered()).buttons.values()
    assert f"Bo, in `{names[0]}` and `{names[1]}`: Hidden" in await told(ana, "hide", member=bo)
    for each in both:
        assert await room.chats.store.record(each.chat).hidden_people() == [str(bo.id)]
    await room.server.until(lambda: "By chance" not in recap.text, "the recap without Bo")
    assert f"`{names[1]}`: Shown again" in await told(ana, "show", member=bo)
    await room.server.until(lambda: "By chance" in recap.text, "the recap with Bo")


async def test_hidden_once_it_is_over(room: Hall, host: Person, ana: Person) -> None:
    """A person or a message is hidden in the last chat here though it is over, and in the one planned since; nobody else may."""
    (room.scripts / "prompt.yaml").write_text(f"{SCRIPT}late_answers: 0\n", encoding="utf-8")
    here, bo = host.place.channel, host.place.person("Bo")
    sitting = await room.begun(host, script="prompt")
    echo = await answered(bo, await host.place.message(here, "Q1: "), "By train.")
    said = ana.says(here, "A1 By bicycle.")
    await room.heard(sitting, said)
    await told(host, "end")
    await room.over(sitting)
    recap = await host.place.message(here, "# #MacroSW")

    def shown(*, both: bool) -> bool:
        return ("By bicycle" in recap.text, "By train" in recap.text) == (both, both)

    for hidden in (True, False):
        for message in (said, echo):
            assert "Only a host" in (await ana.applies("Hide from transcript", message).answered()).text
            told_of = (await host.applies("Hide from transcript", message).answered()).text
            assert ("Hidden" if hidden else "Shown again") in told_of
        await room.server.until(partial(shown, both=not hidden), "the recap as it is now")
    assert "can only be hidden" in (await host.applies("Highlight", said).answered()).text
    unknown = ana.says(here, "Later")
    assert "not part of any chat" in (await host.applies("Hide from transcript", unknown).answered()).text

    await told(host, "start", script="macrosw", at="2199-11-25 20:00")
    (planned,) = room.chats.at(host.place.id, here.id)
    assert "Only a host" in await told(bo, "hide", member=ana)
    text = await told(host, "hide", member=ana)
    assert f"Ana, in `{sitting.chat.short}` and `{planned.chat.short}`: Hidden" in text
    await room.server.until(lambda: "By bicycle" not in recap.text, "the recap without Ana")
    assert "By train" in recap.text
    assert "By train" in await told(host, "recap")


async def test_without_a_chat_it_is_said_how_to_begin_one(host: Person) -> None:
    """Where nothing is live, every command about a chat says so."""
    for command in ("status", "pause", "questions", "my-answers", "recap", "transcript", "story", "panel"):
        assert "No chat is live on this server" in await told(host, command)


async def test_a_chat_that_is_tidied_up_is_not_live(room: Hall, ana: Person) -> None:
    """A chat that is over and shows less once more is meant by nothing that is asked; nothing in it can be changed."""
    path, gate = room.scripts / "prompt.yaml", asyncio.Event()
    path.write_text(f"{SCRIPT}late_answers: 0\n", encoding="utf-8")
    host, bo = host_of(ana.place), ana.place.person("Bo")
    here, other = ana.place.channel, ana.place.text_channel("other")
    sitting = await room.begun(host, script="prompt")
    question = await ana.place.message(here, "Q1: ")
    echoes = [await answered(ana, question, "By bicycle"), await answered(bo, question, "By train")]
    private = (await pressed(bo, echoes[1], "Edit or withdraw")).message
    assert private
    await told(host, "end")
    await room.over(sitting)
    warning = (await ana.runs("chat forget-me").answered()).message
    assert warning
    room.server.faults.on("DELETE", f"/channels/*/messages/{echoes[0].id}", held(gate))
    forgetting = ana.presses(warning, "Forget me")
    await room.server.until(lambda: echoes[0].deleted)
    assert [each.hears for each in room.chats.in_guild(ana.place.id)] == [False]

    assert "No chat is live" in await told(host, "status")
    assert "No chat is live" in (await host.applies("Highlight", echoes[1]).answered()).text
    for pressing in ((private, "Edit"), (echoes[1], "Edit or withdraw"), (question, "Answer")):
        assert (await pressed(bo, *pressing)).text == NOT_HERE
    mine = await bo.runs("chat my-answers").answered()
    assert OVER in mine.text
    assert not mine.message or not mine.message.components
    await room.begun(host, other)
    assert f"<#{other.id}>" in await told(host, "status", ana.place.text_channel("lobby"))
    gate.set()
    assert (await forgetting.answered()).text.startswith("Done.")


async def test_a_channel_that_one_does_not_see_tells_nothing(room: Hall, host: Person, ana: Person) -> None:
    """A chat in a closed channel is not there for who may not look into it."""
    closed = host.place.text_channel("closed")
    host.place.overwrite(closed, ana, deny=Permission.VIEW_CHANNEL)
    await room.begun(host, closed)
    assert "No chat is live" in await told(ana, "questions")
    assert "What brought you here?" in await told(host, "questions")


# Reading ---------------------------------------------------------------------------------------------------------


async def test_recap_shows_what_came_of_it(host: Person, ana: Person, sitting: Sitting) -> None:
    """The recap of the chat here, with its answers and where they stand."""
    echo = await answered(ana, await host.place.message(host.place.channel, "Q1: "), "By chance.")
    await sitting.echoes.settled()
    text = await told(host, "recap")
    assert "By chance" in text
    assert f"/{host.place.channel.id}/{echo.id})" in text


@pytest.mark.parametrize("form", sorted(set(RECAPS) - {"blog"}))
async def test_recap_in_every_form(host: Person, ana: Person, sitting: Sitting, form: str) -> None:
    """As a file, called after the chat, with what was said."""
    await answered(ana, await host.place.message(host.place.channel, "Q1: "), "By chance.")
    file = (await host.runs("chat recap", format=form).answered()).file
    assert file.name == f"{sitting.chat.short}-recap.{form}"
    assert b"By chance." in file.data


@pytest.mark.parametrize("form", TRANSCRIPTS)
async def test_transcript_in_every_form(host: Person, ana: Person, sitting: Sitting, form: str) -> None:
    """A file with all that was said, called after the chat; it names no guild."""
    await answered(ana, await host.place.message(host.place.channel, "Q1: "), "By chance.")
    file = (await host.runs("chat transcript", format=form).answered(patience=30)).file
    assert file.name == f"{sitting.chat.short}.{form}"
    assert b"By chance." in file.data
    assert f"@{host.place.id}".encode() not in file.data
    if form == "json":
        json.loads(file.data)


async def test_the_story_is_a_page(host: Person, ana: Person, sitting: Sitting) -> None:
    """The story comes as a file with what was answered; it names no guild."""
    await answered(ana, await host.place.message(host.place.channel, "Q1: "), "By chance.")
    file = (await host.runs("chat story").answered(patience=30)).file
    assert file.name == f"{sitting.chat.short}-story.html"
    assert b"By chance." in file.data
    assert f"@{host.place.id}".encode() not in file.data


async def test_a_chat_that_is_over_can_be_read_by_name(room: Hall, host: Person, sitting: Sitting) -> None:
    """Chats are offered with their names, and the last one here is meant without one."""
    await cancelled(host)
    await room.over(sitting)
    typed = await host.completes("chat recap", "chat", "MACRO").answered()
    ((shown, value),) = typed.choices
    assert value == sitting.chat.short
    assert "Common ground" in shown
    for options in ({}, {"chat": value}, {"chat": "macro"}):
        assert "Common ground" in await told(host, "recap", **options)
    assert "No chat goes by that name" in await told(host, "recap", chat="other")


async def test_questions_are_listed_with_links(host: Person, ana: Person, sitting: Sitting) -> None:
    """Everyone gets the questions so far with where they stand, and no later ones."""
    question = await host.place.message(host.place.channel, "Q1: ")
    text = await told(ana, "questions")
    assert (
        f"**Q1** What brought you here? https://discord.com/channels/{host.place.id}/{question.channel.id}/{question.id}"
        in text
    )
    assert "What do we share?" not in text


async def test_a_deleted_question_has_no_dead_link(host: Person, ana: Person, sitting: Sitting) -> None:
    """A question whose post is gone is listed without its link, or with that of the post that repeats it."""
    question = await host.place.message(host.place.channel, "Q1: ")
    host.place.give(host, Permission.MANAGE_MESSAGES)
    host.deletes(question)
    text = await told(ana, "questions")
    assert "**Q1** What brought you here?" in text
    assert "https://" not in text
    await told(host, "repeat")
    again = await host.place.message(host.place.channel, "Once more, Q1", after=question)
    await until(lambda: sitting.room._delivered >= {again.id})
    async with asyncio.timeout(30):
        while f"/{again.id}" not in await told(ana, "questions"):
            pass
    assert f"/{question.id}" not in await told(ana, "questions")


async def test_a_thread_that_is_deleted_takes_its_answers(
    room: Hall, host: Person, ana: Person, sitting: Sitting
) -> None:
    """What was said in a thread counts no more when a moderator has deleted the thread."""
    question = await host.place.message(host.place.channel, "Q1: ")
    thread = ana.opens_thread(question, "Q1")
    said = ana.says(thread, "By chance.")
    assert (await room.heard(sitting, said)).answers == ("1",)
    host.place.delete_channel(thread)
    record = room.chats.store.record(sitting.chat)
    async with asyncio.timeout(30):
        while await record.some([str(said.id)]):
            pass


# Messages --------------------------------------------------------------------------------------------------------


async def test_highlight_and_back(room: Hall, host: Person, ana: Person, sitting: Sitting) -> None:
    """A message is lifted out, and no longer when it is chosen again; so is the post that shows an answer."""
    said = ana.says(host.place.channel, "A1 By chance.")
    await room.heard(sitting, said)
    echo = await answered(ana, await host.place.message(host.place.channel, "Q1: "), "By form.")
    for message in (said, echo):
        id_ = sitting.echoes.message_of(str(message.id))
        record = room.chats.store.record(sitting.chat)
        assert (await host.applies("Highlight", message).answered()).text.startswith("Highlighted.")
        assert (await record.some([id_]))[0].highlighted
        assert (await host.applies("Highlight", message).answered()).text == "No longer highlighted."
        assert not (await record.some([id_]))[0].highlighted


async def test_hide_from_transcript_and_back(room: Hall, host: Person, ana: Person, sitting: Sitting) -> None:
    """A message is kept out and let in again; that of a hidden person says how."""
    said = ana.says(host.place.channel, "A1 By chance.")
    await room.heard(sitting, said)
    assert "Hidden" in (await host.applies("Hide from transcript", said).answered()).text
    assert (await room.heard(sitting, said)).hidden
    assert "Shown again" in (await host.applies("Hide from transcript", said).answered()).text
    await told(host, "hide", member=ana)
    assert "/chat show" in (await host.applies("Hide from transcript", said).answered()).text


async def test_a_message_is_placed_by_host_or_author(
    room: Hall, host: Person, ana: Person, sitting: Sitting
) -> None:
    """The menu offers the questions asked; what is chosen counts, and nothing does when nothing is."""
    await told(host, "next")
    await host.place.message(host.place.channel, "Q2: ")
    said = ana.says(host.place.channel, "I came by chance.")
    await room.heard(sitting, said)
    for person in (host, ana):
        shown = (await person.applies("Answers question…", said).answered()).message
        assert shown
        placed = await person.chooses(shown, "Which question does it answer?", "1", "2").answered()
        assert "Counts for Q1 and Q2." in placed.text
        assert (await room.heard(sitting, said)).answers == ("1", "2")
        none = await person.chooses(shown, "Which question does it answer?").answered()
        assert "Counts for no question." in none.text
        assert (await room.heard(sitting, said)).answers == ()


async def test_an_edit_that_was_missed_is_heard_by_the_menu(
    room: Hall, host: Person, ana: Person, sitting: Sitting
) -> None:
    """What is done about a message is done about what it says now, also where its edit was never told of."""
    await told(host, "next")
    await host.place.message(host.place.channel, "Q2: ")
    said = ana.says(host.place.channel, "A1 By chance.")
    await room.heard(sitting, said)
    host.place.server.faults.on_event("MESSAGE_UPDATE", "dropped")
    ana.edits(said, "A2 By bus.")
    shown = (await ana.applies("Answers question…", said).answered()).message
    assert shown
    assert "counts for Q2" in shown.text
    await ana.chooses(shown, "Which question does it answer?").answered()
    kept = await room.heard(sitting, said)
    assert (kept.text, kept.answers, kept.under) == ("A2 By bus.", (), "2")


async def test_a_message_that_the_bot_may_not_read_is_heard_by_its_menu(tmp_path: Path) -> None:
    """Without the right to read messages, one whose author says what it answers is kept, as it stands there."""
    async with hall(tmp_path, content=False) as room:
        host = host_of(room.server.guild())
        sitting = await room.begun(host)
        said = (bo := host.place.person("Bo")).says(host.place.channel, "A1 By chance.")
        assert (
            "Only its author or a host"
            in (await host.place.person("Ana").applies("Answers question…", said).answered()).text
        )
        assert await room.chats.store.record(sitting.chat).said_by(str(bo.id)) == set()
        shown = (await bo.applies("Answers question…", said).answered()).message
        assert shown
        assert "Your message counts for Q1." in shown.text
        assert (await room.heard(sitting, said)).text == "A1 By chance."


async def test_without_the_right_to_read_it_is_said_what_is_heard(tmp_path: Path) -> None:
    """Hosts are told that messages cannot be read, and people only of ways to answer that arrive all the same."""
    async with hall(tmp_path, content=False) as room:
        host = host_of(room.server.guild())
        channel = host.place.channel
        started = await told(host, "start", script="macrosw")
        sitting = room.chats.in_guild(host.place.id)[0]
        question = await host.place.message(channel, "Q1: ")
        for text in (started, await told(host, "status"), await told(host, "panel")):
            assert text.count("switch on Message Content Intent") == 1
        rules = (await host.place.message(channel, "How to answer: ")).text
        assert "press “Answer” below the question, reply to it" in rules
        assert "mention the bot before" in rules
        assert "begin with" not in rules
        ana, me = host.place.person("Ana"), room.server.world.bot.id
        ana.says(channel, "A1 Nobody hears this")
        said = [ana.says(channel, "By bus.", reply_to=question), ana.says(channel, f"<@{me}> A1 By train.")]
        said.append(await answered(ana, question, "By bike."))
        assert [(await room.heard(sitting, each)).answers for each in said] == [("1",)] * 3
        assert (await sitting.live.recap()).messages == 3


async def test_the_bot_s_own_posts_are_no_answers(host: Person, sitting: Sitting) -> None:
    """A question can be neither highlighted nor placed nor hidden."""
    question = await host.place.message(host.place.channel, "Q1: ")
    for command in ("Highlight", "Answers question…", "Hide from transcript"):
        assert "a post of the bot" in (await host.applies(command, question).answered()).text


async def test_a_message_from_before_is_not_of_the_chat(room: Hall, host: Person, ana: Person) -> None:
    """What was said before the chat began is none of its messages; without a chat, that is said."""
    said = ana.says(host.place.channel, "Early.")
    assert "No chat is live in this channel" in (await host.applies("Highlight", said).answered()).text
    await room.begun(host)
    assert "not part of this chat" in (await host.applies("Highlight", said).answered()).text


# Who may not -----------------------------------------------------------------------------------------------------

FOR_HOSTS: dict[str, dict[str, Any]] = {
    "status": {},
    "panel": {},
    "pause": {},
    "resume": {},
    "next": {},
    "more-time": {"minutes": 5},
    "repeat": {},
    "say": {"text": "Hello"},
    "end": {},
    "cancel": {},
    "recap": {},
    "transcript": {"format": "txt"},
    "story": {},
}


def spoken(channel: Channel) -> list[str]:
    """Give what stands in a channel, without the notices of pinning."""
    return [message.text for message in channel.all() if message.type == DEFAULT]


@pytest.mark.parametrize("command", [*FOR_HOSTS, "co-host", "hide", "show", "start", "check", "say form"])
async def test_who_may_not_is_refused(
    room: Hall, host: Person, ana: Person, sitting: Sitting, command: str
) -> None:
    """A participant's host command is refused in private, in words that say who may, and changes nothing."""
    before, posts = sitting.live.state, spoken(host.place.channel)
    options = FOR_HOSTS.get(command, {"member": ana} if command in {"co-host", "hide", "show"} else {})
    if command in {"start", "check"}:
        options = {"file": Upload("a.yaml", SCRIPT.encode())}
    text = await told(ana, command.split(maxsplit=1)[0], **options)
    assert (
        "Only a host of this chat can do that" in text or "Only who has the permission Manage Events" in text
    )
    assert sitting.live.state == before
    assert spoken(host.place.channel) == posts
    assert await room.chats.store.record(sitting.chat).hidden_people() == []


@pytest.mark.parametrize("command", ["Highlight", "Answers question…", "Hide from transcript"])
async def test_who_may_not_in_the_menu(
    room: Hall, host: Person, ana: Person, sitting: Sitting, command: str
) -> None:
    """Another participant's message is neither highlighted nor placed nor hidden."""
    said = host.place.person("Bo").says(host.place.channel, "A1 By chance.")
    before = await room.heard(sitting, said)
    text = (await ana.applies(command, said).answered()).text
    assert "Only" in text
    assert "host" in text
    assert await room.heard(sitting, said) == before


async def test_completion_shows_participants_nothing(host: Person, ana: Person, sitting: Sitting) -> None:
    """Names of scripts and chats are offered to those who may use them."""
    assert (await ana.completes("chat start", "script", "").answered()).choices == ()
    assert (await ana.completes("chat transcript", "chat", "").answered()).choices == ()
    assert (await host.completes("chat start", "script", "").answered()).choices
    assert (await host.completes("chat transcript", "chat", "").answered()).choices
