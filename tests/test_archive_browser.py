"""The archive in a real browser: the search finds what was said, nothing that people wrote runs, and everybody can use it."""

import functools
import http.server
import json
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from bot.archive.words import words
from bot.messages import Author
from bot.store import Store
from tests.archives import NOW, SAID, built, held
from tests.browsers import chromium, light_on_paper, picture
from tests.chats import BO
from tests.hostile import HOSTILE, TOWER

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
CHAT = "macrosw/2015-04-23"
NEXT = "next: 2027-01-07 21:00"


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/favicon.ico":  # browsers ask for it by themselves
            self.send_response(204)
            self.end_headers()
        else:
            super().do_GET()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder as any web host does; gives its address."""
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@asynccontextmanager
async def shown(browser: Browser, address: str, trouble: list[str], **how: Any) -> AsyncIterator[Page]:
    """Open a page; `trouble` gets what should not happen in it."""
    context = await browser.new_context(**how)
    page = await context.new_page()
    home = address.partition("/sub/")[0]
    page.on("console", lambda message: trouble.append(message.text))
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("dialog", lambda dialog: trouble.append(dialog.message))
    page.on("request", lambda request: request.url.startswith(home) or trouble.append(request.url))
    page.on(
        "requestfailed", lambda request: request.failure == "net::ERR_ABORTED" or trouble.append(request.url)
    )
    await page.goto(address)
    yield page
    await context.close()


async def site(folder: Path, *, hostile: bool = False) -> Path:
    """Build an archive below a sub-path."""
    async with Store.open(folder / "x.db", lambda: NOW) as store:
        await held(store, more=NEXT)
        await held(store, (BO, "A2 東京へ行く, für Öl", ("2",)), day=14, title="Second")
        await held(store, hashtag="Other", title="Elsewhere")
        if hostile:
            said = tuple((Author(f"p{n}", text), text, ("1",)) for n, text in enumerate(HOSTILE))
            title = "'<script>alert(1)</script> \" onload=alert(1)//'"
            await held(store, *said, day=28, title=title)
        await built(store, folder / "host" / "sub")
    return folder / "host"


async def found(page: Page, query: str) -> list[str]:
    """Search, and give the headings of what is found."""
    await page.get_by_role("searchbox").fill(query)
    await page.get_by_role("searchbox").press("Enter")
    await expect(page.locator("#found")).to_have_attribute("data-for", query)
    return await page.locator("#found h2").all_inner_texts()


async def test_search(tmp_path: Path) -> None:
    """Words are found however they are written, by their beginning, all of them together, and lead to the message itself."""
    host, trouble = await site(tmp_path), list[str]()
    with served(host) as address:
        async with chromium() as browser, shown(browser, f"{address}/sub/index.html", trouble) as page:
            await page.get_by_role("searchbox").fill("solid")
            await page.get_by_role("button", name="Search").click()
            await expect(page.locator("#found h2")).to_have_text(["Common ground", "Elsewhere"])
            assert await found(page, "CAFE naive") == ["Common ground", "Elsewhere"]
            assert await page.locator("#found mark").first.inner_text() == "café"
            assert await found(page, "ol") == ["Second"]
            assert await found(page, "京へ行") == ["Second"]
            assert await found(page, "porridge solidarity") == ["Common ground", "Elsewhere"]
            assert await found(page, "porridge 東京") == []
            await expect(page.locator("#status")).to_have_text("Nothing has all these words in it.")
            assert await found(page, "zzz") == []
            await page.get_by_label("Under").select_option("other")
            assert await found(page, "brought") == ["Elsewhere"]
            await page.get_by_role("link", name="in the transcript").first.click()
            await expect(page.locator(":target")).to_contain_text("What brought you here?")
    assert trouble == []


async def test_chats_are_found_by_what_they_are_called(tmp_path: Path) -> None:
    """Title, hashtag, host and summary lead to the chat's own page, and one called so stands before one that says so."""
    async with Store.open(tmp_path / "x.db", lambda: NOW) as store:
        await held(store, title="冬のベランダ")
        await held(store, (BO, "A1 In winter I read", ("1",)), day=14, title="Second", hashtag="Other")
        await held(store, day=7, title="Winter on the balcony")
        await built(store, tmp_path / "sub")
    trouble = list[str]()
    async with (
        chromium() as browser,
        shown(browser, (tmp_path / "sub" / "search.html").as_uri(), trouble) as page,
    ):
        assert await found(page, "ベランダ") == ["冬のベランダ"]
        assert await found(page, "winter") == ["Winter on the balcony", "Second"]
        assert await found(page, "#macrosw") == ["Winter on the balcony", "冬のベランダ"]
        assert await found(page, "hana micro") == ["Second", "Winter on the balcony", "冬のベランダ"]
        assert await found(page, "balcony") == ["Winter on the balcony"]
        await expect(page.locator("#found h3")).to_have_text(["About the chat"])
        await expect(page.locator("#found .by")).to_have_text("with Hana All about it")
        assert await page.locator("#found mark").all_inner_texts() == ["balcony"]
        await page.get_by_role("link", name="All about it").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Winter on the balcony")
    assert trouble == []


async def test_who_presses_enter_sees_one_list(tmp_path: Path) -> None:
    """Enter before the search starts by itself searches once: nothing is put in place of what is being clicked."""
    host, trouble = await site(tmp_path), list[str]()
    async with (
        chromium() as browser,
        shown(browser, (host / "sub" / "search.html").as_uri(), trouble) as page,
    ):
        await found(page, "solid")  # from now on all is loaded
        await page.clock.install()
        await found(page, "solidarity")
        heading = await page.locator("#found h2").first.element_handle()
        await page.clock.run_for(1000)
        assert await page.evaluate("(one) => one.isConnected", heading)
    assert trouble == []


async def test_search_from_a_disk(tmp_path: Path) -> None:
    """Without any server, the search works as well."""
    host, trouble = await site(tmp_path), list[str]()
    async with chromium() as browser:
        start = (host / "sub" / "search.html").as_uri()
        async with shown(browser, f"{start}?q=porridge", trouble) as page:
            await expect(page.locator("#found h2")).to_have_text(["Common ground", "Elsewhere"])
    assert trouble == []


async def test_the_page_cuts_words_as_the_index_does(tmp_path: Path) -> None:
    """What is searched for becomes the same words in the browser as what was said became in the index."""
    host, trouble = await site(tmp_path), list[str]()
    texts = [
        *(text for text in HOSTILE if text.isprintable()),
        *(text for _, text, _ in SAID),
        "ẞ İ ﬁ Ǆ ΣΑΣ 한국어 ไทย ½ ²",
    ]
    async with (
        chromium() as browser,
        shown(browser, (host / "sub" / "search.html").as_uri(), trouble) as page,
    ):
        theirs = await page.evaluate(
            "(texts) => texts.map((text) => wanted(text).map(([word]) => word))", texts
        )
    assert [set(each) for each in theirs] == [words(text) for text in texts]
    assert trouble == []


async def test_nothing_that_people_write_runs(tmp_path: Path) -> None:
    """Hostile texts, names and titles are shown as they are: on every page, in every search, and nothing is asked for elsewhere."""
    host, trouble = await site(tmp_path, hostile=True), list[str]()
    with served(host) as address:
        async with chromium() as browser:
            pages = sorted((host / "sub").rglob("*.html"))
            async with shown(browser, f"{address}/sub/search.html?q=alert", trouble) as page:
                await expect(page.locator("#found .excerpt").first).to_contain_text("alert(1)")
                await expect(page.locator("#found h2")).to_contain_text("<script>alert(1)</script>")
                for query in (
                    "script",
                    "evil",
                    "1",
                    "<img",
                    "\\",
                    "\ufffd",
                    "a" * 5000,
                    "Z\u0334",
                    "%",
                    "constructor",
                    "__proto__",
                ):
                    await found(page, query)
                for file in pages:
                    if file.name != "404.html":  # it is for the root of a host
                        await page.goto(f"{address}/{file.relative_to(host)}")
    assert trouble == []


async def test_everybody_can_use_it(tmp_path: Path) -> None:
    """By WCAG 2.2 AA axe-core finds nothing, wide and narrow, light and dark, and no page is wider than its window."""
    host, wrong = await site(tmp_path), list[str]()
    names = ("index.html", "macrosw/index.html", f"{CHAT}/index.html", "search.html?q=porridge")
    views = (
        {"viewport": {"width": 1280, "height": 900}},
        {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
    )
    with served(host) as address:
        async with chromium() as browser:
            for name in names:
                for how in views:
                    async with shown(browser, f"{address}/sub/{name}", wrong, **how) as page:
                        if "?" in name:
                            await expect(page.locator("#found h2").first).to_be_visible()
                        results = await Axe().run(page, options={"runOnly": RULES})
                        assert results.response["passes"]
                        wrong += [
                            f"{name}: {each['id']}: {node['html'][:200]}: {json.dumps(node['failureSummary'])}"
                            for each in results.response["violations"]
                            for node in each["nodes"]
                        ]
                        if not await page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
                            wrong.append(f"{name} is too wide")
    assert wrong == [], "\n\n".join(wrong)


async def test_marks_stay_where_they_are(tmp_path: Path) -> None:
    """What is found covers nothing that stands above it, however many marks somebody stacked on it."""
    looks, trouble = set[bytes](), list[str]()
    async with chromium() as browser:
        for name, text in (("plain", "e"), ("marks", TOWER)):
            async with Store.open(tmp_path / f"{name}.db", lambda: NOW) as store:
                await held(store, (Author("lu", f"{text} Lu"), f"porridge {text}", ("1",)))
                await built(store, tmp_path / name / "sub")
            start = f"{(tmp_path / name / 'sub' / 'search.html').as_uri()}?q=porridge"
            async with shown(browser, start, trouble) as page:
                await expect(page.locator(".excerpt")).to_contain_text("porridge")
                looks.add(await picture(page.locator("h1")) + await picture(page.locator("#found h2")))
    assert trouble == []
    assert len(looks) == 1


async def test_on_paper(tmp_path: Path) -> None:
    """Printed, the list of chats is whole, and what only a screen needs is not there."""
    host, trouble = await site(tmp_path), list[str]()
    async with (
        chromium() as browser,
        shown(browser, (host / "sub" / "macrosw" / "index.html").as_uri(), trouble) as page,
    ):
        assert await light_on_paper(page)
        await expect(page.get_by_role("link", name="Common ground")).to_be_visible()
        await expect(page.get_by_role("searchbox")).to_be_hidden()
    assert trouble == []
