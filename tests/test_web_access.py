"""What axe-core finds in the page by the rules of WCAG 2.2, levels A and AA: nothing, in light and dark, for all who use it."""

import io
from collections.abc import Awaitable, Callable
from pathlib import Path

from axe_playwright_python.async_playwright import Axe
from PIL import Image
from playwright.async_api import FilePayload

from tests.browsers import Guest, chromium, expect, held
from tests.browsers.held import ROOT

SAMPLE = ROOT / "questions" / "five-minutes.yaml"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
PHONE = {"width": 390, "height": 844}


async def found(guest: Guest, where: str) -> list[str]:
    """Give what is wrong with what a page shows: all of it in the light, and the contrast of its colours in the dark."""
    wrong = []
    for scheme, rules in (("light", RULES), ("dark", ["color-contrast"])):
        await guest.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        results = await Axe().run(guest.page, options={"runOnly": rules})
        assert results.response["passes"]
        wrong += [
            f"{where}, {scheme}: {each['id']}: {node['html'][:200]}: {node['failureSummary']}"
            for each in results.response["violations"]
            for node in each["nodes"]
        ]
    await guest.page.emulate_media(color_scheme="light", reduced_motion="reduce")
    return wrong


async def dialogs(guest: Guest, opened: dict[str, Callable[[], Awaitable[None]]]) -> list[str]:
    """Open one dialog after the other, and give what is wrong with each."""
    wrong = []
    for name, open_it in opened.items():
        await open_it()
        await expect(guest.dialog).to_be_visible()
        wrong += await found(guest, name)
        await guest.page.keyboard.press("Escape")
        await expect(guest.dialog).to_be_hidden()
    return wrong


def picture() -> FilePayload:
    out = io.BytesIO()
    Image.new("RGB", (320, 200), "seagreen").save(out, "PNG")
    return FilePayload(name="green.png", mimeType="image/png", buffer=out.getvalue())


async def test_axe_finds_nothing(tmp_path: Path) -> None:
    """The door, the room of a participant and of a host, its menus and dialogs, a phone, and the recap break no rule."""
    async with held(SAMPLE, tmp_path / "chat.db") as room, chromium() as browser:
        hana = await Guest.come(browser, room.host_link, "Hana")
        ana = await Guest.arrive(browser, room.link, "Ana")
        await ana.page.get_by_role("button", name="Join").click()
        wrong = await found(ana, "join, without a name")
        await ana.join()
        await hana.press("Start")
        await hana.press("Next question")
        await ana.on_floor("Q1")
        await ana.say("A1 https://example.org is where I looked it up")
        await hana.say("Thank you, Ana!", "Just talking")
        await hana.reply("A1 https://example.org is where I looked it up", "And what did you find?")
        await ana.page.locator("#picture-file").set_input_files(picture())
        await ana.page.get_by_label("What does the picture show?").fill("A green field")
        await expect(ana.page.locator("#picture-state")).to_be_empty()
        wrong += await found(ana, "participant, with a picture to send")
        await ana.say("This is what it looked like")
        await hana.choose("A1 https://example.org is where I looked it up", "Highlight")
        await hana.react("This is what it looked like", "❤")
        await hana.choose("This is what it looked like", "Hide this message")
        wrong += await found(hana, "host, with what is hidden")
        await hana.choose("This is what it looked like", "Show this message again")
        await ana.sees("This is what it looked like")
        await ana.reach("Thank you, Ana!")
        wrong += await found(ana, "participant")
        await ana.page.get_by_role("tab", name="My answers").click()
        await ana.field.fill("x" * 2001)
        wrong += await found(ana, "participant, with own answers and too long a text")
        await ana.field.fill("")
        wrong += await dialogs(
            hana,
            {
                "people": lambda: hana.page.get_by_role("button", name="People", exact=True).click(),
                "end": lambda: hana.press("End chat"),
                "cancel": lambda: hana.press("Cancel chat"),
                "downloads": lambda: hana.open_menu("Downloads"),
            },
        )
        wrong += await dialogs(
            ana,
            {
                "place": lambda: ana.choose("This is what it looked like", "Counts for…"),
                "delete": lambda: ana.choose("This is what it looked like", "Delete"),
                "forget": lambda: ana.open_menu("Forget me"),
            },
        )
        await ana.page.get_by_role("button", name="You and this chat").click()
        wrong += await found(ana, "menu")
        await ana.page.keyboard.press("Escape")
        await ana.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        wrong += await found(ana, "phone")
        await ana.page.get_by_role("button", name="Questions").click()
        wrong += await found(ana, "phone, with the panel")
        await ana.page.keyboard.press("Escape")
        await hana.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        wrong += await found(hana, "host, on a phone")
        await hana.press("End chat")
        await hana.dialog.get_by_role("button", name="End the chat").click()
        for guest in (hana, ana):
            await expect(guest.page.locator("#recap-heading")).to_be_visible()
        wrong += await found(ana, "recap")
        await ana.open_menu("Forget me")
        await ana.dialog.get_by_role("button", name="Forget me").click()
        await expect(ana.page.locator("#stopped-title")).to_be_visible()
        wrong += await found(ana, "forgotten")
        assert wrong == [], "\n\n".join(wrong)
