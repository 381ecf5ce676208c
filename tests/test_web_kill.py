"""The real process killed with SIGKILL while four browsers are connected: they come back by themselves, and all is there once."""

import asyncio
import json
from pathlib import Path

from tests.browsers import Guest, chromium, expect, held
from tests.browsers.held import ROOT, command

SAMPLE = ROOT / "questions" / "five-minutes.yaml"
KILLS = 3
#: What each person writes around each kill: more than half of it is under way or still unwritten when it comes.
EACH = 3


async def test_killed_while_everybody_is_typing(tmp_path: Path) -> None:
    """Pages reconnect by themselves; what was written before, at and after a kill is kept once, in each writer's order."""
    async with held(SAMPLE, tmp_path / "chat.db") as room, chromium() as browser:
        hana = await Guest.come(browser, room.host_link, "Hana")
        guests = [hana, *[await Guest.come(browser, room.link, name) for name in ("Ana", "Bo", "Cy")]]
        await hana.press("Start")
        await hana.press("Next question")
        for guest in guests:
            await guest.on_floor("Q1")
        written: dict[str, list[str]] = {guest.name: [] for guest in guests}
        for kill in range(KILLS):
            texts = {guest.name: [f"{guest.name} {kill}.{n}" for n in range(EACH)] for guest in guests}
            writing = asyncio.gather(*(write_all(guest, texts[guest.name]) for guest in guests))
            await hana.sees(texts["Ana"][0])
            await room.kill()
            await writing
            if kill == 1:
                await while_it_is_gone(*guests[:3])
            for guest in guests:
                await guest.field.fill(f"Half-written by {guest.name}")
            await room.start()
            for guest in guests:
                written[guest.name] += texts[guest.name]
                await expect(guest.page.locator("#pending")).to_be_empty()
                await expect(guest.field).to_have_value(f"Half-written by {guest.name}")
                await guest.sees(*(text for texts in texts.values() for text in texts))
        written["Ana"][0] = "Put right while nobody was there"
        for guest in guests:
            await guest.on_floor("Q2")
            await guest.sees(written["Ana"][0])
            assert by_writer(await guest.texts()) == written
            assert guest.trouble == []
        entries = json.loads(await command(room.db, "transcript", "last", "--format", "json"))["entries"]
        said = [entry for entry in entries if entry["author"]]
        for name, texts_of_one in written.items():
            assert [entry["text"] for entry in said if entry["author"]["name"] == name] == texts_of_one
        questions = [entry["under"] for entry in entries if entry["kind"] == "question"]
        assert questions == ["0", "1", "2"]
        assert [(entry["text"], entry["reactions"]) for entry in said if entry["reactions"]] == [
            ("Cy 0.0", {"🎉": 1})
        ]


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
