"""`python -m tests.browsers FOLDER`: hold a lively chat, and write the pictures of the README into that folder."""

import argparse
import asyncio
import io
import json
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
from PIL import Image, ImageDraw, ImageFont
from playwright.async_api import Browser, FilePayload

from tests.browsers import Guest, chromium, expect, held
from tests.browsers.held import ROOT

SCRIPT = ROOT / "questions" / "macrosw.yaml"


def evening() -> str:
    """Name a zone in which it is about nine in the evening now, when people hold such chats."""
    ahead = (21 - datetime.now(UTC).hour + 12) % 24 - 12
    return f"Etc/GMT{-ahead:+d}"


DESKTOP = {"viewport": {"width": 1280, "height": 900}}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
PROJECTOR = {"viewport": {"width": 1920, "height": 1080}}
SOMEWHERE = {"timezone_id": evening(), "locale": "en-US"}
DARK = {"color_scheme": "dark"}

HOST, GUEST = "Hana Kim", "Priya Nair"
INTRODUCTIONS = {
    "Rosa Delgado": "Rosa from El Paso, school social worker. Micro by day, school board meetings by night.",
    "Kwame Mensah": "Kwame, Toronto. Community organiser who began as a family therapist, so: both!",
    "Lena Fischer": "Lena, second-year MSW student in Chicago. Still told to pick one…",
    "Tom O'Neill": "Tom from Cork. Hospital discharge team; as micro as it gets.",
    "Mei-Ling Chen": "Mei-Ling, policy analyst in Sacramento, ten years in child welfare before that.",
    "Nadia Haddad": "Nadia, Detroit. I run a tenants' union and miss one-to-one work.",
}
#: Who says what to the first question, and who likes it how.
FIRST: list[tuple[str, str, str]] = [
    ("Kwame Mensah", "A1 Listening. A one-to-one with a tenant and a first session are the same hour.", "❤❤👍👍👍"),
    ("Mei-Ling Chen", "A1: Both start from dignity and from what people already do well. The scale differs.", "👍👍"),
    ("Tom O'Neill", "Assessment! We just call it power mapping when there is a flip chart.", "😂😂😂👍"),
    ("Rosa Delgado", "A1: Person in environment. You cannot do it with the second half missing.", "👍👍👍"),
]  # fmt: skip
SECOND: list[tuple[str, str, str]] = [
    ("Rosa Delgado", "A2 Nine families, one bus line cut, nine “unexcused” absences. No case plan mends that.", "❤❤❤👍👍"),
    ("Nadia Haddad", "A mother who cleaned mould off the same wall every week. It took the housing code, not me.", "👍👍"),
    ("Tom O'Neill", "Discharged to a shelter that closes at 8 a.m., eleven times. Then I asked who decides.", "🤔👍"),
]  # fmt: skip
OWN = "A2 When nine families left the same letter unopened. From my notebook, that evening:"
LIFTED = FIRST[0][1]


class Voice:
    """Somebody who talks with the room without a browser, so that a crowd costs little."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, you: str) -> None:
        self._socket = socket
        self._you = you
        self._n = 0

    async def say(self, text: str, *, reply: str | None = None, question: str | None = None) -> str:
        """Say something; give the message's id."""
        id_ = f"a-message-{self._n}"
        await self._ask("say", id=id_, text=text, reply=reply, question=question, picture=None)
        return f"{self._you}.{id_}"

    async def propose(self, text: str) -> None:
        """Put a question of one's own to the hosts."""
        await self._ask("propose", id="a-question", text=text)

    async def react(self, message: str, sign: str) -> None:
        """Put a sign on a message."""
        await self._ask("react", id=message, sign=sign, on=True)

    async def _ask(self, do: str, **more: Any) -> None:
        self._n += 1
        await self._socket.send_json({"do": do, "n": self._n, **more})
        while (frame := await self._socket.receive_json())["is"] != "answer":
            pass
        assert frame["ok"], frame


@asynccontextmanager
async def voice(link: str, name: str) -> AsyncIterator[Voice]:
    """Join the room and stay for as long as the context lasts."""
    headers = {"Origin": link.rstrip("/")}
    async with aiohttp.ClientSession(
        link, cookie_jar=aiohttp.CookieJar(unsafe=True), headers=headers
    ) as session:
        async with session.post("/join", json={"name": name}) as response:
            assert response.ok, await response.text()
        async with session.ws_connect("/ws") as socket:
            hello = json.loads((await socket.receive()).data)
            yield Voice(socket, hello["you"]["id"])


def drawing() -> FilePayload:
    """Draw what somebody might have drawn on a napkin: two circles that overlap."""
    image = Image.new("RGB", (900, 300), "#fdf6e9")
    for x, colour in ((360, "#2a7f98"), (540, "#b8643c")):
        circle = Image.new("RGBA", image.size)
        ImageDraw.Draw(circle).ellipse((x - 140, 10, x + 140, 290), f"{colour}70", colour, 5)
        image.paste(circle, mask=circle)
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(24)
    for x, words in ((302, "one person,\none family"), (450, "listen\ntrust\nact"), (604, "rules,\nbudgets")):
        pen.multiline_text((x, 150), words, "#1b212c", font, anchor="mm", align="center")
    out = io.BytesIO()
    image.save(out, "PNG")
    return FilePayload(name="napkin.png", mimeType="image/png", buffer=out.getvalue())


async def talk(
    voices: Mapping[str, Voice], question: str, said: list[tuple[str, str, str]]
) -> dict[str, str]:
    """Let people answer a question, and others like it; give the ids of the messages by who said them."""
    ids = {}
    for who, text, liked in said:
        ids[who] = await voices[who].say(text, question=question)
        others = [name for name in voices if name != who]
        for name, sign in zip(others * 2, liked, strict=False):
            await voices[name].react(ids[who], sign)
    return ids


async def first_part(voices: Mapping[str, Voice], host: Guest) -> None:
    """Hold the chat up to its second question."""
    await host.press("Start")
    await host.on_floor("Q0")
    for name, text in INTRODUCTIONS.items():
        await voices[name].say(text, question="0")
    await host.press("Next question")
    await host.on_floor("Q1")
    ids = await talk(voices, "1", FIRST)
    await voices["Lena Fischer"].say(
        "I am stealing “power mapping with a flip chart”.", reply=ids["Tom O'Neill"]
    )
    await host.sees(LIFTED)
    await host.choose(LIFTED, "Highlight")
    await host.press("Next question")
    await host.on_floor("Q2")


async def second_part(voices: Mapping[str, Voice], host: Guest, guest: Guest) -> None:
    """Go on to where the pictures are taken."""
    ids = await talk(voices, "2", SECOND)
    await guest.page.locator("#picture-file").set_input_files(drawing())
    alt = "Two circles, micro and macro, and what they share"
    await guest.page.get_by_label("What does the picture show?").fill(alt)
    await expect(guest.page.locator("#picture-state")).to_be_empty()
    await guest.say(OWN)
    tom = ids["Tom O'Neill"]
    await voices["Kwame Mensah"].say("And that is where organising begins: “who decides?”", reply=tom)
    await voices["Lena Fischer"].propose("What would you change about how licensing exams see macro work?")
    await host.sees(OWN)
    await host.choose(SECOND[0][1], "Highlight")
    await guest.react(SECOND[0][1], "👍")
    for each in (host, guest):
        await each.field.focus()
    await expect(host.page.get_by_role("tab", name="1 proposed question")).to_be_visible()


async def take(guest: Guest, file: Path) -> None:
    """Take a picture of the page as it is when all is still."""
    await guest.page.mouse.move(0, 0)
    await expect(guest.page.locator(".toast")).to_have_count(0)
    await guest.page.evaluate(
        "() => Promise.all([...document.images].map((image) => image.decode().catch(() => {})))"
    )
    await guest.page.screenshot(path=file, animations="disabled")
    print(file)


async def hold(browser: Browser, folder: Path, db: Path) -> None:
    """Hold the chat and take the pictures."""
    async with held(SCRIPT, db) as room, AsyncExitStack() as stack:
        door = await Guest.arrive(browser, room.link, "Ingrid Solberg", **PHONE, **SOMEWHERE)
        await take(door, folder / "join.png")
        host = await Guest.come(browser, room.host_link, HOST, **DESKTOP, **SOMEWHERE)
        voices = {name: await stack.enter_async_context(voice(room.link, name)) for name in INTRODUCTIONS}
        await first_part(voices, host)
        guest = await Guest.come(browser, room.link, GUEST, **DESKTOP, **SOMEWHERE)
        await second_part(voices, host, guest)
        pages = {
            "host": host,
            "desktop": guest,
            "dark": await seen_by(browser, guest, DESKTOP | DARK),
            "phone": await seen_by(browser, guest, PHONE),
            "projector": await seen_by(browser, guest, PROJECTOR),
        }
        await pages["projector"].page.get_by_role("button", name="Questions", exact=True).click()
        for name, page in pages.items():
            await page.sees(OWN)
            await take(page, folder / f"{name}.png")
        await host.press("End chat")
        await host.dialog.get_by_role("button", name="End the chat").click()
        await expect(guest.page.locator("#recap-heading")).to_be_visible()
        await guest.page.set_viewport_size({"width": 1280, "height": 1100})
        await take(guest, folder / "recap.png")


async def seen_by(browser: Browser, guest: Guest, how: dict[str, Any]) -> Guest:
    """Open the room of the same person on another screen."""
    state = await guest.context.storage_state()
    context = await browser.new_context(storage_state=state, **how, **SOMEWHERE)
    other = Guest(guest.name, await context.new_page(), guest.link)
    await other.page.goto(guest.link)
    await other.is_in()
    return other


async def main(folder: Path) -> None:
    """Write the pictures into that folder."""
    with tempfile.TemporaryDirectory(prefix="hashchat-pictures-") as place:
        async with chromium() as browser:
            await hold(browser, folder, Path(place) / "chat.db")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.browsers", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    wanted = parser.parse_args()
    wanted.folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(wanted.folder))
