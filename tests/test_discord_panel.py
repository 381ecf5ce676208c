"""The host's panel: it shows where the chat stands, and its buttons steer it, once for each press."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from discord.utils import format_dt

from bot.messages import Author
from bot.rooms.discord.sitting import Sitting
from bot.session import Late, Next, Paused, Running
from tests.discord_server import Person
from tests.hosted import Hall, answered, cancelled, hall, host_of, pressed, told


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Hall]:
    async with hall(tmp_path) as held:
        yield held


@pytest.fixture
def host(room: Hall) -> Person:
    return host_of(room.server.guild())


@pytest.fixture
async def sitting(room: Hall, host: Person) -> Sitting:
    return await room.begun(host)


def _until(sitting: Sitting) -> object:
    phase = sitting.live.state.phase
    assert isinstance(phase, Running)
    return phase.until


async def test_it_shows_where_the_chat_stands(host: Person, sitting: Sitting) -> None:
    """It names chat, question, time and counts, and only its host sees it."""
    question = await host.place.message(host.place.channel, "Q1: ")
    await answered(host.place.person("Ana"), question, "By chance.")
    answer = await host.runs("chat panel").answered()
    assert answer.private
    assert "#MacroSW: Common ground" in answer.text
    assert "Q1 (1 of 2), time is up <t:" in answer.text
    assert "1 answer to it so far" in answer.text
    assert "> What brought you here?" in answer.text
    assert list(answer.buttons.values()) == ["Pause", "Next question", "+2 min", "Repeat", "End…", "Refresh"]


async def test_each_press_steers_and_draws_it_anew(host: Person, sitting: Sitting) -> None:
    """Pause, resume and more time are done, said, and shown on the same message."""
    panel = (await host.runs("chat panel").answered()).message
    assert panel
    paused = await pressed(host, panel, "Pause")
    assert paused.message is panel
    assert isinstance(sitting.live.state.phase, Paused)
    assert "Paused at Q1" in paused.text
    assert "Resume" in paused.buttons.values()
    await pressed(host, panel, "Resume")
    before = _until(sitting)
    await pressed(host, panel, "+2 min")
    assert _until(sitting) == before + timedelta(minutes=2)  # type: ignore[operator]  # a time


async def test_a_double_click_does_it_once(room: Hall, host: Person, sitting: Sitting) -> None:
    """Two presses of the same button as it was drawn count once."""
    panel = (await host.runs("chat panel").answered()).message
    assert panel
    before = _until(sitting)
    first, second = host.presses(panel, "+2 min"), host.presses(panel, "+2 min")
    await first.answered()
    await second.answered()
    assert _until(sitting) == before + timedelta(minutes=2)  # type: ignore[operator]  # a time


async def test_a_stale_button_does_nothing(host: Person, sitting: Sitting) -> None:
    """What was pressed about a question that is no longer on the floor is not done, and the panel is brought up to date."""
    panel = (await host.runs("chat panel").answered()).message
    assert panel
    await sitting.live.ask(Next(), by=Author(str(host.id), host.name, host=True))
    await host.place.message(host.place.channel, "Q2: ")
    answer = await pressed(host, panel, "Next question")
    assert "moved on since" in answer.text
    assert "Q2 (2 of 2)" in answer.text
    assert isinstance(sitting.live.state.phase, Running)


async def test_ending_takes_a_second_press(host: Person, sitting: Sitting) -> None:
    """End… only asks; Not yet goes back; Really end it ends the chat."""
    panel = (await host.runs("chat panel").answered()).message
    assert panel
    asked = await pressed(host, panel, "End…")
    assert list(asked.buttons.values()) == ["Really end it", "Not yet"]
    assert isinstance(sitting.live.state.phase, Running)
    back = await pressed(host, panel, "Not yet")
    assert "End…" in back.buttons.values()
    await pressed(host, panel, "End…")
    ended = await pressed(host, panel, "Really end it")
    assert isinstance(sitting.live.state.phase, Late)
    assert list(ended.buttons.values()) == ["Refresh"]


async def test_cancelling_takes_a_second_press(room: Hall, host: Person, sitting: Sitting) -> None:
    """The command only asks, and says what it would do; Not yet goes back to the panel; what is over cannot be cancelled."""
    asked = await host.runs("chat cancel").answered()
    assert list(asked.buttons.values()) == ["Really cancel it", "Not yet"]
    assert "cannot be undone" in asked.text
    assert isinstance(sitting.live.state.phase, Running)
    assert asked.message
    assert "Pause" in (await pressed(host, asked.message, "Not yet")).buttons.values()
    await told(host, "end")
    assert "the rest is done" in await told(host, "cancel")
    assert isinstance(sitting.live.state.phase, Late)


async def test_times_are_everyones_own(host: Person, sitting: Sitting) -> None:
    """Answers, refusals and the panel write dates and times as Discord shows them in each reader's zone."""
    ended = await told(host, "end")
    phase = sitting.live.state.phase
    assert isinstance(phase, Late)
    until = format_dt(phase.until, "F")
    for text in (ended, await told(host, "pause"), await told(host, "status"), await told(host, "panel")):
        assert until in text
        assert f"{phase.until:%B}" not in text


async def test_trouble_is_shown(room: Hall, host: Person, sitting: Sitting) -> None:
    """What is wrong with the chat stands on the panel until it is right again."""
    sitting.room.report("Something is wrong.")
    panel = (await host.runs("chat panel").answered()).message
    assert panel
    assert "⚠️ Something is wrong." in panel.text


async def test_it_is_for_hosts_only(host: Person, sitting: Sitting) -> None:
    """Others get no panel, and a button of one does nothing for who is no host any more."""
    ana = host.place.person("Ana")
    assert "Only a host" in (await ana.runs("chat panel").answered()).text
    await host.runs("chat co-host", member=ana).answered()
    panel = (await ana.runs("chat panel").answered()).message
    assert panel
    await host.runs("chat co-host", member=ana, off=True).answered()
    refused = await pressed(ana, panel, "Pause")
    assert "Only a host" in refused.text
    assert isinstance(sitting.live.state.phase, Running)


async def test_a_panel_of_a_chat_that_is_over_says_so(host: Person, sitting: Sitting) -> None:
    """A press after the end takes the buttons away."""
    panel = (await host.runs("chat panel").answered()).message
    assert panel
    await cancelled(host)
    answer = await pressed(host, panel, "Pause")
    assert "That chat is over" in answer.text
    assert not answer.buttons
