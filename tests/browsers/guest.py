"""People in the room, each with a browser of their own, who do what people do and wait for what the page shows."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self
from urllib.parse import urlsplit

from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Locator,
    Page,
    Request,
    async_playwright,
    expect,
)

#: What Chromium is called where it is installed.
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
#: How long a slow machine may take to show what it ought to show, in milliseconds.
PATIENCE = 30_000

#: What the browser itself says when a connection is lost; the page tells people.
_LOST = ("ERR_CONNECTION_", "ERR_EMPTY_RESPONSE", "ERR_SOCKET_NOT_CONNECTED", "Connection closed before")

expect.set_options(timeout=PATIENCE)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Start the browser, for as long as the context lasts."""
    path = next(filter(None, map(shutil.which, _NAMES)), None)
    assert path, (
        "These tests need Chromium, and there is none. On Debian or Ubuntu install it with: apt-get install chromium"
    )
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        try:
            yield browser
        finally:
            await browser.close()


class Guest:
    """Somebody in the room. `trouble` has everything that a good page never does: errors, dialogs, requests elsewhere."""

    def __init__(self, name: str, page: Page, link: str) -> None:
        self.name = name
        self.page = page
        self.link = link
        self.trouble: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.trouble.append(f"error: {error}"))
        page.on("dialog", self._dialog)
        page.on("request", self._request)

    @classmethod
    async def arrive(cls, browser: Browser, link: str, name: str, **how: Any) -> Self:
        """Open the room in a browser of one's own, up to the form; `how` is what the browser is like."""
        context = await browser.new_context(**how)
        guest = cls(name, await context.new_page(), link)
        await guest.page.goto(link)
        await expect(guest.page.get_by_label("Your name")).to_be_visible()
        return guest

    @classmethod
    async def come(cls, browser: Browser, link: str, name: str, **how: Any) -> Self:
        """Open the room and join."""
        guest = await cls.arrive(browser, link, name, **how)
        await guest.join()
        return guest

    async def join(self) -> None:
        """Join by name, and wait for the chat."""
        await self.page.get_by_label("Your name").fill(self.name)
        await self.page.get_by_role("button", name="Join").click()
        await self.is_in()

    async def is_in(self) -> None:
        """Wait until the page shows the chat as the server told it."""
        await expect(self.page.locator("#hashtag")).not_to_be_empty()

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    @property
    def field(self) -> Locator:
        return self.page.get_by_role("textbox", name="Message", exact=True)

    @property
    def stream(self) -> Locator:
        return self.page.locator("#entries > article")

    # Talking -----------------------------------------------------------------------------------------------------

    async def write(self, text: str, as_: str | None = None) -> None:
        """Write a message and send it, as a certain kind where that is picked; it may not get through yet."""
        await self.field.fill(text)
        if as_ is not None:
            await self.page.get_by_label("Counts as").select_option(label=as_)
        await self.page.get_by_role("button", name="Send").click()

    async def say(self, text: str, as_: str | None = None) -> None:
        """Write a message, and wait until it is kept and in the stream."""
        await self.write(text, as_)
        await self.sees(text)

    async def reply(self, to: str, text: str) -> None:
        """Reply to a message or question of that text."""
        await self.reach(to)
        await self.entry(to).get_by_role("button", name="Reply").click()
        await self.say(text)

    def entry(self, text: str) -> Locator:
        """Find the entry of that text in the stream."""
        return self.stream.filter(has=self.page.locator(".text").get_by_text(text, exact=True))

    async def sees(self, *texts: str) -> None:
        """Wait until each of these is in the stream, once; who has scrolled away from its end goes back there."""
        to_latest = self.page.locator("#to-latest:visible")
        for text in texts:
            await expect(self.entry(text).or_(to_latest).first).to_be_attached()
            if await to_latest.count():
                await to_latest.click()
            await expect(self.entry(text)).to_have_count(1)

    async def misses(self, text: str) -> None:
        """Wait until that is not in the stream."""
        await expect(self.entry(text)).to_have_count(0)

    async def texts(self) -> list[str]:
        """Give what people have said, as the stream shows it."""
        return await self.page.locator("#entries > article.message .text").all_text_contents()

    # Doing something with a message ------------------------------------------------------------------------------

    async def reach(self, text: str) -> None:
        """Bring the toolbar to a message."""
        await self.entry(text).scroll_into_view_if_needed()
        await self.entry(text).locator(".text").hover()

    async def choose(self, text: str, item: str) -> None:
        """Choose something from the menu of a message."""
        await self.reach(text)
        await self.entry(text).get_by_role("button", name="More").click()
        await self.page.get_by_role("menuitem", name=item, exact=True).click()

    async def react(self, text: str, sign: str) -> None:
        """Put a sign on a message."""
        await self.reach(text)
        await self.entry(text).get_by_role("toolbar").get_by_role("button", name=f"React with {sign}").click()
        await expect(self.entry(text).locator(".reaction[aria-pressed=true]")).to_contain_text(sign)

    async def place(self, text: str, *names: str) -> None:
        """Say which questions a message answers."""
        await self.choose(text, "Counts for…")
        for box in await self.dialog.get_by_role("checkbox").all():
            await box.uncheck()
        for name in names:
            await self.dialog.get_by_role("checkbox", name=name).check()
        await self.dialog.get_by_role("button", name="Save").click()
        await expect(self.dialog).to_be_hidden()

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")

    # Hosting -----------------------------------------------------------------------------------------------------

    async def press(self, control: str) -> None:
        """Press one of the host's controls, as soon as that can be done."""
        await self.page.locator("#host").get_by_role("button", name=control, exact=True).click()

    async def more_time(self, minutes: int) -> None:
        """Give the question on the floor more time."""
        await self.page.get_by_label("Minutes to add").select_option(str(minutes))
        await self.press("More time")

    async def open_menu(self, item: str) -> None:
        """Choose something from the menu of one's own."""
        await self.page.get_by_role("button", name="You and this chat").click()
        await self.page.get_by_role("menuitem", name=item, exact=True).click()

    async def on_floor(self, name: str) -> None:
        """Wait until that question (or what stands there while none is open) is on the floor."""
        await expect(self.page.locator("#floor-heading")).to_have_text(name)

    # What a page never does --------------------------------------------------------------------------------------

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not any(lost in message.text for lost in _LOST):
            self.trouble.append(f"{message.type}: {message.text}")

    async def _dialog(self, dialog: Dialog) -> None:
        self.trouble.append(f"dialog: {dialog.message}")
        await dialog.dismiss()

    def _request(self, request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme not in ("blob", "data", "file") and url.netloc != urlsplit(self.link).netloc:
            self.trouble.append(f"request: {request.url}")
