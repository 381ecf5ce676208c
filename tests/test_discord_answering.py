"""Answers by button, menu and form: given, seen, changed, moved, taken back; and being forgotten."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.rooms.discord.answering import LONGEST_ANSWER
from bot.rooms.discord.sitting import Sitting
from tests.discord_server import Message, Person, held, refused
from tests.guilds import until
from tests.hosted import SCRIPT, Hall, answered, cancelled, hall, host_of, pressed, told


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Hall]:
    async with hall(tmp_path) as there:
        yield there


@pytest.fixture
def host(room: Hall) -> Person:
    return host_of(room.server.guild())


@pytest.fixture
def ana(host: Person) -> Person:
    return host.place.person("Ana")


@pytest.fixture
async def sitting(room: Hall, host: Person) -> Sitting:
    return await room.begun(host)


@pytest.fixture
async def question(host: Person, sitting: Sitting) -> Message:
    return await host.place.message(host.place.channel, "Q1: ")


async def _gone(room: Hall, message: Message) -> None:
    await room.server.until(lambda: message.deleted, "a message to be deleted")


# Answering -------------------------------------------------------------------------------------------------------


async def test_an_answer_by_form_is_kept_and_shown(
    room: Hall, ana: Person, sitting: Sitting, question: Message
) -> None:
    """The form names the question; what is written there counts for it, and stands in the channel in the person's name."""
    form = (await pressed(ana, question, "Answer")).modal
    assert form
    assert form["title"] == "Answer Q1"
    assert "What brought you here?" in str(form)
    text = (await ana.submits(form, {"text": "By\nchance."}).answered()).text
    assert text.startswith("Kept. Counts for Q1.")
    entry = await room.heard(sitting, await ana.place.message(question.channel, "**Ana** answers Q1"))
    assert (entry.text, entry.answers, entry.author and entry.author.id) == (
        "By\nchance.",
        ("1",),
        str(ana.id),
    )


async def test_two_people_in_the_same_form(
    room: Hall, host: Person, ana: Person, sitting: Sitting, question: Message
) -> None:
    """Forms of several people, and two of one person, are open at once and each is its own answer."""
    people = [ana, host.place.person("Bo"), ana]
    forms = [(await pressed(person, question, "Answer")).modal for person in people]
    for number, (person, form) in enumerate(zip(people, forms, strict=True)):
        assert form
        await person.submits(form, {"text": f"Answer {number}"}).answered()
    for number, person in enumerate(people):
        entry = await room.heard(sitting, await ana.place.message(question.channel, f"Answer {number}"))
        assert entry.author
        assert entry.author.id == str(person.id)


async def test_a_form_takes_as_much_as_can_be_shown(ana: Person, question: Message) -> None:
    """No more than fits into a post can be written, and nothing but white space is no answer."""
    form = (await pressed(ana, question, "Answer")).modal
    assert form
    assert f"'max_length': {LONGEST_ANSWER}" in str(form)
    assert "nothing in that answer" in (await ana.submits(form, {"text": "  \n "}).answered()).text


async def test_after_the_end_an_answer_is_refused(host: Person, ana: Person, question: Message) -> None:
    """Button and form of a chat that is over say so."""
    form = (await pressed(ana, question, "Answer")).modal
    assert form
    await cancelled(host)
    assert "over" in (await pressed(ana, question, "Answer")).text
    assert "over" in (await ana.submits(form, {"text": "Late."}).answered()).text


async def test_an_answer_to_a_question_not_known_to_be_there(
    room: Hall, host: Person, ana: Person, sitting: Sitting, question: Message
) -> None:
    """While Discord has not told the bot that a question is posted, those who see it answer it all the same."""
    told_at_last = asyncio.Event()
    room.server.faults.on("POST", "/channels/*/messages", held(told_at_last))
    await told(host, "next")
    second = await host.place.message(question.channel, "Q2: ")
    form = (await pressed(ana, second, "Answer")).modal
    assert form
    assert "Counts for Q2." in (await ana.submits(form, {"text": "A roof."}).answered()).text
    told_at_last.set()
    entry = await room.heard(sitting, await ana.place.message(question.channel, "A roof.", after=second))
    assert (entry.answers, entry.reply_to) == (("2",), str(second.id))


@pytest.mark.parametrize("archived", [True, False])
async def test_an_answer_that_can_be_changed_no_more_is_posted_anew(
    archived: bool, room: Hall, host: Person, ana: Person
) -> None:
    """In an archived thread, and after many changes, an answer with other words replaces the old post, and still counts."""
    script = SCRIPT.replace("questions:", "question_threads: true\nquestions:", 1)
    (room.scripts / "threads.yaml").write_text(script, encoding="utf-8")
    sitting = await room.begun(host, script="threads")
    question = await host.place.message(host.place.channel, "Q1: ")
    thread = await room.server.until(lambda: question.thread, "a thread")
    await until(lambda: room.chats.line.client.get_channel(thread.id))
    form = (await pressed(ana, question, "Answer")).modal
    assert form
    await ana.submits(form, {"text": "By chance."}).answered()
    echo = await host.place.message(thread, "By chance.")
    id_ = (await room.heard(sitting, echo)).id
    await sitting.room.settled()
    if archived:
        host.place.archive(thread)
    else:
        room.server.faults.on("PATCH", "*/messages/*", refused(400, 30046, "Maximum number of edits"))
    mine = (await pressed(ana, echo, "Edit or withdraw")).message
    assert mine
    form = (await pressed(ana, mine, "Edit")).modal
    assert form
    assert (await ana.submits(form, {"text": "By train."}).answered()).text == "Changed."
    await _gone(room, echo)
    anew = await host.place.message(thread, "By train.")
    later = ana.says(host.place.channel, "A1 And later.")  # heard once all is heard that was told before it
    await room.heard(sitting, later)
    entry = await room.heard(sitting, anew)
    assert (entry.id, entry.text, entry.answers) == (id_, "By train.", ("1",))


# One's own -------------------------------------------------------------------------------------------------------


async def test_an_author_edits_an_answer(
    room: Hall, ana: Person, sitting: Sitting, question: Message
) -> None:
    """The form has the words as they are; the changed ones are kept and shown."""
    echo = await answered(ana, question, "By chance.")
    mine = (await pressed(ana, echo, "Edit or withdraw")).message
    assert mine
    assert mine.ephemeral_for == ana.id
    form = (await pressed(ana, mine, "Edit")).modal
    assert form
    assert "By chance." in str(form)
    assert (await ana.submits(form, {"text": "By train."}).answered()).text == "Changed."
    await room.server.until(lambda: "By train." in echo.text, "the echo to be edited")
    assert (await room.heard(sitting, echo)).text == "By train."


async def test_an_author_withdraws_an_answer(
    room: Hall, ana: Person, sitting: Sitting, question: Message
) -> None:
    """What was given by a form is removed, with the bot's post of it."""
    echo = await answered(ana, question, "By chance.")
    mine = (await pressed(ana, echo, "Edit or withdraw")).message
    assert mine
    assert "Withdrawn" in (await pressed(ana, mine, "Withdraw")).text
    await _gone(room, echo)
    assert "none of your messages" in await told(ana, "my-answers")


async def test_others_are_told_whose_it_is(
    room: Hall, host: Person, ana: Person, sitting: Sitting, question: Message
) -> None:
    """Nobody else edits or withdraws an answer, hosts included; not by a button of the author's either."""
    echo = await answered(ana, question, "By chance.")
    mine = (await pressed(ana, echo, "Edit or withdraw")).message
    assert mine
    mine.ephemeral_for = None  # as if others could see it
    for other in (host.place.person("Bo"), host):
        assert "the answer of Ana" in (await pressed(other, echo, "Edit or withdraw")).text
        for button in ("Edit", "Withdraw"):
            assert "the answer of Ana" in (await pressed(other, mine, button)).text
    assert (await room.heard(sitting, echo)).text == "By chance."


async def test_my_answers_lists_and_moves_each(
    room: Hall, host: Person, ana: Person, sitting: Sitting, question: Message
) -> None:
    """One's own answers, those of nobody else, with where they stand; each is moved or counted for nothing by a menu."""
    said = ana.says(host.place.channel, "A1 By *chance*.")
    host.place.person("Bo").says(host.place.channel, "A1 Secretly.")
    await room.heard(sitting, said)
    await answered(ana, question, "By form.")
    await told(host, "next")
    await host.place.message(host.place.channel, "Q2: ")
    listed = (await ana.runs("chat my-answers").answered()).message
    assert listed
    assert (
        f"- Q1: A1 By \\*chance\\*. https://discord.com/channels/{host.place.id}/{said.channel.id}/{said.id}"
        in listed.text
    )
    assert "By form." in listed.text
    assert "Secretly" not in listed.text
    one = (await ana.chooses(listed, "Which answer?", str(said.id)).answered()).message
    assert one
    moved = await ana.chooses(one, "Which question does it answer?", "2").answered()
    assert "Counts for Q2." in moved.text
    assert (await room.heard(sitting, said)).answers == ("2",)
    withdrawn = await pressed(ana, one, "Withdraw")
    assert "Counts for no question. The message itself stays" in withdrawn.text
    assert not said.deleted
    back = await pressed(ana, one, "All my answers")
    assert "By form." in back.text
    assert "chance" not in back.text


async def test_my_answers_of_a_chat_that_is_over(
    room: Hall, host: Person, ana: Person, sitting: Sitting, question: Message
) -> None:
    """They can still be seen, and it is said that they stay, and how to have them removed."""
    await answered(ana, question, "By chance.")
    await cancelled(host)
    await room.over(sitting)
    text = await told(ana, "my-answers")
    assert "By chance." in text
    assert "/chat forget-me" in text


async def test_a_long_list_stays_within_a_message(
    room: Hall, ana: Person, sitting: Sitting, question: Message
) -> None:
    """With more answers than a message can list, all can still be chosen."""
    said = [ana.says(question.channel, f"A1 Reason {number} {'x' * 90}") for number in range(30)]
    for message in said:
        await room.heard(sitting, message)
    listed = (await ana.runs("chat my-answers").answered()).message
    assert listed
    assert "more." in listed.text
    options = [option["value"] for part in listed.parts() if part["type"] == 3 for option in part["options"]]
    assert sorted(options) == sorted(str(message.id) for message in said)


# Being forgotten -------------------------------------------------------------------------------------------------


async def test_forget_me_asks_first_and_then_removes_all(
    room: Hall, host: Person, ana: Person, sitting: Sitting, question: Message
) -> None:
    """After a second press nothing of that person is kept, the bot's posts go, and nothing new is taken."""
    said = ana.says(host.place.channel, "A1 By chance.")
    await room.heard(sitting, said)
    echo = await answered(ana, question, "By form.")
    await room.heard(sitting, echo)
    warning = (await ana.runs("chat forget-me").answered()).message
    assert warning
    assert "cannot be undone" in warning.text
    assert await room.chats.store.record(sitting.chat).said_by(str(ana.id))
    assert "Nothing that you said is kept" in (await pressed(ana, warning, "Forget me")).text
    assert await room.chats.store.record(sitting.chat).said_by(str(ana.id)) == set()
    await _gone(room, echo)
    assert not said.deleted
    form = (await pressed(ana, question, "Answer")).modal
    assert form
    assert "asked to be forgotten" in (await ana.submits(form, {"text": "Again."}).answered()).text


async def test_words_that_can_be_read_no_longer_are_brought_by_a_command(tmp_path: Path) -> None:
    """Where an edit took an answer out of the bot's sight, it loses its sign; a command on it brings what it says now."""
    async with hall(tmp_path, content=False) as room:
        host = host_of(room.server.guild())
        ana, channel = host.place.person("Ana"), host.place.channel
        sitting = await room.begun(host)
        said = ana.says(channel, f"<@{room.server.world.bot.id}> A1 call me at 555-1234")
        await room.heard(sitting, said)
        await room.server.until(lambda: said.reactions)
        ana.edits(said, "A1 (number removed)")
        await room.server.until(lambda: not said.reactions)
        assert not await room.chats.store.record(sitting.chat).some([str(said.id)])
        assert "counts for Q1" in (await ana.applies("Answers question…", said).answered()).text
        assert (await room.heard(sitting, said)).text == "A1 (number removed)"


@pytest.mark.parametrize("command", ["Highlight", "Answers question…", "Hide from transcript"])
async def test_who_asked_to_be_forgotten_is_told_to_nobody_else(
    room: Hall, host: Person, ana: Person, sitting: Sitting, command: str
) -> None:
    """A host who points at a message of somebody forgotten learns that it is no part of the chat; its author learns why."""
    await room.chats.forget(host.place.id, str(ana.id))
    said = ana.says(host.place.channel, "A1 later")
    assert (await host.applies(command, said).answered()).text == "That message is not part of this chat."
    assert "asked to be forgotten" in (await ana.applies(command, said).answered()).text


# How it is answered ----------------------------------------------------------------------------------------------


async def test_pressing_is_answered_in_time_when_keeping_takes_long(
    room: Hall, ana: Person, sitting: Sitting, question: Message
) -> None:
    """While the disk is busy, the person is told within Discord's 3 s that it is under way, and at last that it is kept."""
    form = (await pressed(ana, question, "Answer")).modal
    assert form
    release = asyncio.Event()
    loop = asyncio.get_running_loop()

    def hold(db: object) -> None:
        asyncio.run_coroutine_threadsafe(release.wait(), loop).result(30)

    holding = asyncio.create_task(room.chats.store._writer.run(hold))
    submitted = ana.submits(form, {"text": "Slowly."})
    await submitted.acknowledged()
    assert submitted.messages == []
    release.set()
    await holding
    assert (await submitted.answered()).text.startswith("Kept")


async def test_buttons_of_no_known_kind_or_form_do_no_harm(
    room: Hall, ana: Person, question: Message
) -> None:
    """A custom id that is cut short, or from another version, is answered in one sentence."""
    for id_ in ("ans:", "ans:x:9", "own:1", "put:a:b:c", "one:", "pan:x:y", "drop:", "edit:zz"):
        question.components[0]["components"][0]["custom_id"] = id_
        text = (await pressed(ana, question, "Answer")).text
        assert text
        assert "Traceback" not in text


async def test_an_interaction_that_is_dead_is_let_be(
    room: Hall, ana: Person, sitting: Sitting, question: Message
) -> None:
    """Where Discord no longer knows an interaction, what was asked is kept all the same, and nothing breaks."""
    room.server.expect(10062)
    form = (await pressed(ana, question, "Answer")).modal
    assert form
    submitted = ana.submits(form, {"text": "Too late."})
    del room.server.world.interactions[submitted.interaction.id]
    assert (
        await room.heard(sitting, await ana.place.message(question.channel, "Too late."))
    ).text == "Too late."


async def test_a_server_that_answers_204_is_lived_with(
    room: Hall, ana: Person, host: Person, sitting: Sitting, question: Message
) -> None:
    """On a self-hosted server that tells nothing back, forms, answers and panels work."""
    room.server.selfhosted = True
    await answered(ana, question, "By chance.")
    panel = (await host.runs("chat panel").answered()).message
    assert panel
    assert "Paused" in (await pressed(host, panel, "Pause")).text
