"""Forms that are sent twice, because the answer to the first was lost: what they bring is kept once, and nobody else's."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.rooms.discord.sitting import Sitting
from tests.chats import entries
from tests.discord_server import Message, Person, lost_before
from tests.hosted import Hall, answered, hall, host_of, pressed

CALLBACK = "/interactions/*/callback"


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Hall]:
    async with hall(tmp_path) as held:
        held.server.expect(10062)  # as the server finds: the first sending is never acknowledged
        yield held


@pytest.fixture
def host(room: Hall) -> Person:
    return host_of(room.server.guild())


@pytest.fixture
async def sitting(room: Hall, host: Person) -> Sitting:
    return await room.begun(host)


@pytest.fixture
async def question(host: Person, sitting: Sitting) -> Message:
    return await host.place.message(host.place.channel, "Q1: ")


async def _shown(room: Hall, sitting: Sitting, channel: Message) -> list[str]:
    """Give what the bot has posted of answers, once all is posted."""
    await sitting.room.settled()
    return [each.text for each in channel.channel.all() if "answers" in each.text]


async def test_an_answer_sent_again_counts_once(
    room: Hall, host: Person, sitting: Sitting, question: Message
) -> None:
    """A form that stays open as the first answer was lost brings the same once; with other words, those stand."""
    ana = host.place.person("Ana")
    form = (await pressed(ana, question, "Answer")).modal
    assert form
    room.server.faults.on("POST", CALLBACK, lost_before())
    ana.submits(form, {"text": "By chance."})
    echo = await host.place.message(question.channel, "By chance.")
    first = await room.heard(sitting, echo)
    await room.server.until(lambda: room.server.faults.struck)
    assert (await ana.submits(form, {"text": "By chance."}).answered()).text.startswith(
        "Kept. Counts for Q1."
    )
    assert await _shown(room, sitting, question) == ["**Ana** answers Q1:\n>>> By chance."]
    assert [each for each in await entries(room.chats.store, sitting.chat) if each.author] == [first]
    assert (await ana.submits(form, {"text": "By train."}).answered()).text.startswith("Kept.")
    await room.server.until(lambda: "By train." in echo.text)
    assert await _shown(room, sitting, question) == ["**Ana** answers Q1:\n>>> By train."]
    (now,) = [each for each in await entries(room.chats.store, sitting.chat) if each.author]
    assert (now.text, now.at, now.answers) == ("By train.", first.at, ("1",))
    assert now.edited_at


async def test_an_answer_is_as_old_as_its_sending(
    room: Hall, host: Person, sitting: Sitting, question: Message
) -> None:
    """Answers come in the order in which they were sent, not in which their forms were opened."""
    ana, bo = host.place.person("Ana"), host.place.person("Bo")
    form = (await pressed(ana, question, "Answer")).modal
    assert form
    await answered(bo, question, "First.")
    assert (await ana.submits(form, {"text": "Second."}).answered()).text.startswith("Kept.")
    await sitting.room.settled()
    said = [each.text for each in await entries(room.chats.store, sitting.chat) if each.author]
    assert said == ["First.", "Second."]


async def test_nobody_sends_the_form_of_another(
    room: Hall, host: Person, sitting: Sitting, question: Message
) -> None:
    """Whatever a client sends as the form's id, it touches nothing that somebody else has said, and counts as its own."""
    ana, eve = host.place.person("Ana"), host.place.person("Eve")
    form = (await pressed(ana, question, "Answer")).modal
    own = (await pressed(eve, question, "Answer")).modal
    assert form
    assert own
    assert (await ana.submits(form, {"text": "By chance."}).answered()).text.startswith("Kept.")
    said = ana.says(question.channel, "A1 By bicycle.")
    await room.heard(sitting, said)
    of_ana, seal = form["custom_id"].rpartition(":")[2].split(".")
    for number, mark in enumerate(
        (f"{of_ana}.{seal}", f"{said.id}.{seal}", of_ana, "5", "", f"{said.id}.", "x:y.\u0665")
    ):
        sent = own | {"custom_id": f"ans:{sitting.ticket}:1:{mark}"}
        assert (await eve.submits(sent, {"text": f"Intruding {number}."}).answered()).text.startswith("Kept.")
    kept = [each for each in await entries(room.chats.store, sitting.chat) if each.author]
    assert sorted(each.text for each in kept if each.author and each.author.name == "Ana") == [
        "A1 By bicycle.",
        "By chance.",
    ]
    assert sum(each.author is not None and each.author.name == "Eve" for each in kept) == 7


async def test_a_form_for_a_question_that_was_not_asked(
    room: Hall, host: Person, sitting: Sitting, question: Message
) -> None:
    """A form whose id names a question that is still to come brings nothing."""
    ana = host.place.person("Ana")
    form = (await pressed(ana, question, "Answer")).modal
    assert form
    sent = form | {"custom_id": form["custom_id"].replace(f"{sitting.ticket}:1", f"{sitting.ticket}:2")}
    assert "not been asked" in (await ana.submits(sent, {"text": "Early."}).answered()).text
    assert not [each for each in await entries(room.chats.store, sitting.chat) if each.author]


async def test_the_bot_says_once_what_was_sent_twice(
    room: Hall, host: Person, sitting: Sitting, question: Message
) -> None:
    """What a host has the bot say by a form that is sent again is said once; other words are said as well."""
    form = (await host.runs("chat say").answered()).modal
    assert form
    room.server.faults.on("POST", CALLBACK, lost_before())
    host.submits(form, {"text": "Hello all"})
    await host.place.message(question.channel, "Hello all")
    await room.server.until(lambda: room.server.faults.struck)
    assert "done already" in (await host.submits(form, {"text": "Hello all"}).answered()).text
    await host.submits(form, {"text": "Hello everybody"}).answered()
    await host.place.message(question.channel, "Hello everybody")
    assert [each.text for each in question.channel.all()].count("Hello all") == 1
