"""The real process killed with SIGKILL while four browsers are connected: they come back by themselves, and all is there once."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path

from tests.browsers import Guest, Held, Line, chromium, expect, held
from tests.browsers.held import ROOT, command

SAMPLE = ROOT / "questions" / "five-minutes.yaml"
KILLS = 3
#: What each person writes around each kill: more than half of it is under way or still unwritten when it comes.
EACH = 3


async def test_killed_while_everybody_is_typing(tmp_path: Path) -> None:
    """Pages reconnect by themselves; what was written before, at and after a kill is kept once, in each writer's order."""
    async with held(SAMPLE, tmp_path / "chat.db") as room, chromium() as browser:
        line = Line(room.link)
        await line.mend()
        hana = await Guest.come(browser, room.host_link, "Hana")
        ana, bo = [await Guest.come(browser, room.link, name) for name in ("Ana", "Bo")]
        guests = [hana, ana, bo, await Guest.come(browser, line.link, "Cy")]
        await hana.press("Start")
        await hana.press("Next question")
        for guest in guests:
            await guest.on_floor("Q1")
        written: dict[str, list[str]] = {guest.name: [] for guest in guests}
        for kill in range(KILLS):
            texts = {guest.name: [f"{guest.name} {kill}.{n}" for n in range(EACH)] for guest in guests}
            await kill_while_they_write(room, line, guests, texts)
            if kill == 1:
                await while_it_is_gone(hana, ana, bo)
            await come_back(room, line, guests, texts)
            for name, new in texts.items():
                written[name] += new
        written["Ana"][0] = "Put right while nobody was there"
        for guest in guests:
            await guest.on_floor("Q2")
            await guest.sees(written["Ana"][0])
            assert by_writer(await guest.texts()) == written
            assert guest.trouble == []
        await is_kept_once(room, written)
        await line.cut()


async def kill_while_they_write(
    room: Held, line: Line, guests: list[Guest], texts: Mapping[str, list[str]]
) -> None:
    """Kill the process while all write, when it has kept something of Cy's and its answer is still on the way to him."""
    line.answers.clear()
    writing = asyncio.gather(*(write_all(guest, texts[guest.name]) for guest in guests))
    await guests[0].sees(texts["Cy"][0])
    await room.kill()
    await line.cut()
    line.answers.set()
    await writing


async def come_back(room: Held, line: Line, guests: list[Guest], texts: Mapping[str, list[str]]) -> None:
    """Start the process again, and wait until everybody has everything, and still what they had not yet sent."""
    for guest in guests:
        await guest.field.fill(f"Half-written by {guest.name}")
    await line.mend()
    await room.start()
    for guest in guests:
        await expect(guest.page.locator("#pending")).to_be_empty()
        await expect(guest.field).to_have_value(f"Half-written by {guest.name}")
        await guest.sees(*(text for texts in texts.values() for text in texts))


async def is_kept_once(room: Held, written: Mapping[str, list[str]]) -> None:
    """See that the transcript has what was written, once; that each question was asked once, and each wish granted once."""
    entries = json.loads(await command(room.db, "transcript", "last", "--format", "json"))["entries"]
    said = [entry for entry in entries if entry["author"]]
    for name, texts in written.items():
        assert [entry["text"] for entry in said if entry["author"]["name"] == name] == texts
    assert [entry["under"] for entry in entries if entry["kind"] == "question"] == ["0", "1", "2"]
    reactions = [(entry["text"], entry["reactions"]) for entry in said if entry["reactions"]]
    assert reactions == [("Cy 0.0", {"🎉": 1})]


async def write_all(guest: Guest, texts: list[str]) -> None:
    for text in texts:
        await guest.write(text)


async def while_it_is_gone(hana: Guest, ana: Guest, bo: Guest) -> None:
    """Do what can be done without a connection; it is done once there is one again."""
    await ana.choose("Ana 0.0", "Edit")
    await ana.field.fill("Put right while nobody was there")
    await ana.page.get_by_role("button", name="Save").click()
    await bo.react("Cy 0.0", "🎉")
    await hana.press("Next question")


def by_writer(texts: list[str]) -> dict[str, list[str]]:
    """Sort messages by who wrote them; what was put right is Ana's."""
    found: dict[str, list[str]] = {name: [] for name in ("Hana", "Ana", "Bo", "Cy")}
    for text in texts:
        found[text.partition(" ")[0] if text[0] in "HABC" else "Ana"].append(text)
    return found
