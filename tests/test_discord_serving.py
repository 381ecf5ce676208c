"""How whoever asks is answered: whatever goes wrong on the way, and while the bot is being stopped."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.rooms.discord.chats import RESTARTING
from bot.rooms.discord.sitting import Sitting
from tests.discord_server import Message, Person, Upload, broken, lost_after, lost_before
from tests.discord_server.asking import Asking
from tests.discord_server.faults import Trouble
from tests.discord_server.interactions import DEFER
from tests.guilds import until
from tests.hosted import SCRIPT, Hall, hall, host_of, pressed, told

RESPONSE = "/interactions/*/callback"


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


@pytest.fixture
async def question(host: Person, sitting: Sitting) -> Message:
    return await host.place.message(host.place.channel, "Q1: ")


@asynccontextmanager
async def busy(room: Hall) -> AsyncIterator[None]:
    """Let the disk be busy for so long that nothing can be kept."""
    free = asyncio.Event()
    loop = asyncio.get_running_loop()

    def hold(db: object) -> None:
        asyncio.run_coroutine_threadsafe(free.wait(), loop).result(30)

    holding = asyncio.create_task(room.chats.store._writer.run(hold))
    try:
        yield
    finally:
        free.set()
        await holding


async def submitted(person: Person, question: Message, text: str) -> Asking:
    """Answer a question by its form; what comes of it is still to come."""
    form = (await pressed(person, question, "Answer")).modal
    assert form
    return person.submits(form, {"text": text})


# On the way ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trouble", [broken(502, committed=True), lost_after()])
async def test_a_deferral_of_which_the_bot_does_not_hear_that_discord_has_it(
    room: Hall, ana: Person, question: Message, trouble: Trouble
) -> None:
    """It is sent again, and Discord says that it has one: the answer follows all the same."""
    async with busy(room):
        submitting = await submitted(ana, question, "Slowly.")
        room.server.faults.on("POST", RESPONSE, trouble)
        assert await submitting.acknowledged() == DEFER
        await until(lambda: 400 in {status for _, _, status in room.server.requests})
    assert (await submitting.answered()).text.startswith("Kept")


async def test_the_first_piece_of_a_long_answer_that_discord_has_although_it_says_502(
    room: Hall, host: Person
) -> None:
    """What follows it comes, too, and nothing comes twice."""
    script = SCRIPT.replace("brought you here", "a " * 700).replace("do we share", "b " * 700)
    await room.begun(host, script=None, file=Upload("long.yaml", script.encode()))
    await told(host, "next")
    await host.place.message(host.place.channel, "Q2: ")
    room.server.faults.on("POST", RESPONSE, broken(502, committed=True))
    pieces = await host.runs("chat questions").followed(2)
    assert [("a a" in piece.text, "b b" in piece.text) for piece in pieces] == [(True, False), (False, True)]


@pytest.mark.parametrize("trouble", [lost_before(), lost_after()])
async def test_a_connection_that_is_lost_costs_no_answer(
    room: Hall, ana: Person, sitting: Sitting, question: Message, trouble: Trouble
) -> None:
    """Whether Discord had the response or not, it has it once in the end."""
    form = (await pressed(ana, question, "Answer")).modal
    assert form
    room.server.faults.on("POST", RESPONSE, trouble)
    submitting = ana.submits(form, {"text": "By train."})
    assert (await submitting.answered()).text.startswith("Kept")
    assert len(submitting.messages) == 1


# While the bot is being stopped ----------------------------------------------------------------------------------


async def test_what_is_in_hand_is_finished_and_nothing_new_begun(
    room: Hall, host: Person, ana: Person, sitting: Sitting, question: Message
) -> None:
    """Who has asked before the stop is answered, who asks after it is told to ask again, and then the chat ends."""
    late = (await pressed(host, question, "Answer")).modal
    assert late
    async with busy(room):
        submitting = await submitted(ana, question, "Just in time.")
        await submitting.acknowledged()
        stopping = asyncio.create_task(room.chats.stop())
        await until(lambda: room.chats.stopping)
        assert (await host.submits(late, {"text": "Too late."}).answered()).text == RESTARTING
        assert await told(host, "status") == RESTARTING
        assert (await host.completes("chat start", "script", "mac").answered()).choices == ()
        assert not stopping.done()
    await stopping
    assert room.chats.in_guild(host.place.id) == []
    assert (await submitting.answered()).text.startswith("Kept")
    kept = await room.chats.store.record(sitting.chat).answers_of(str(ana.id))
    assert [entry.text for entry in kept] == ["Just in time."]
    assert not await room.chats.store.record(sitting.chat).said_by(str(host.id))
