"""Transcripts as the real command writes them: compared with the database in every form, and used in a real browser."""

import asyncio
import html
import json
import re
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from bot.messages import Attachment, Author, Entry, Message
from bot.store import Store
from tests import readers
from tests.archives import NOW, held
from tests.browsers import chromium, light_on_paper, picture
from tests.browsers.held import command
from tests.chats import START, after
from tests.evening import MEDIA, NAPKIN, PEOPLE, evening
from tests.hostile import HOSTILE, TOWER

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]


def hostile() -> Iterator[Message]:
    """Say every hostile text, under a name and with a file that are called so too."""
    for number, text in enumerate(HOSTILE):
        name = text.encode(errors="replace").decode()
        yield Message(
            f"{number}{name}", Author(f"hostile-{number}", name), text, after(10 + number / 60), reply_to=name or None,
            attachments=(Attachment(name, name or "x", alt=name),),
        )  # fmt: skip


def names(entries: list[Entry]) -> dict[str, str]:
    return {
        entry.id: entry.author.name if entry.author else readers.question_name(entry.under or "")
        for entry in entries
    }


def expected(entries: list[Entry]) -> readers.Transcript:
    """Give what a transcript should say, from what the database says."""
    whose = names(entries)
    return [
        readers.Said(
            entry.author.name,
            entry.text,
            tuple(map(readers.question_name, entry.answers)),
            readers.question_name(entry.under or ""),
            whose.get(entry.reply_to, readers.GONE) if entry.reply_to else "",
            host=entry.author.host,
            edited=entry.edited_at is not None,
            highlighted=entry.highlighted,
            reactions=tuple(sorted(entry.reactions.items())),
        )
        if entry.author
        else readers.Posted(entry.kind, readers.question_name(entry.under or "") if entry.kind == "question" else "")
        for entry in entries
    ]  # fmt: skip


def without_space(said: readers.Said | readers.Posted) -> readers.Said | readers.Posted:
    return replace(said, text="".join(said.text.split())) if isinstance(said, readers.Said) else said


@pytest.mark.parametrize("form", readers.TRANSCRIPTS)
async def test_a_transcript_says_what_the_database_says(tmp_path: Path, form: str) -> None:
    """Every message and post once, in order, with what it answers, replies to and got, and nothing besides."""
    db = tmp_path / "chats.db"
    async with evening(db) as (_, _, entries):
        page = await command(db, "transcript", "last", "--format", form)
    read, said = readers.TRANSCRIPTS[form](page), expected(entries)
    if form == "txt":  # its lines are folded
        read, said = list(map(without_space, read)), list(map(without_space, said))
    assert read == said


@asynccontextmanager
async def shown(browser: Browser, file: Path, trouble: list[str], **how: object) -> AsyncIterator[Page]:
    """Open a file in a browser, and write down all that a good page never does."""
    context = await browser.new_context(**how)  # type: ignore[arg-type]
    page = await context.new_page()
    page.on("console", lambda message: trouble.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: trouble.append(f"error: {error}"))
    page.on("dialog", lambda dialog: trouble.append(f"dialog: {dialog.message}"))
    page.on("request", lambda request: trouble.append(request.url) if not _own(request.url, file) else None)
    await page.goto(file.as_uri())
    yield page
    await context.close()


def _own(url: str, file: Path) -> bool:
    return url.startswith((file.parent.as_uri(), "data:image/"))


async def write(db: Path, file: Path, *options: str) -> Path:
    """Write a page as people do; what the command says on the way is no matter here."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "transcript", "last", "--format", "html", "--output", str(file), "--db", str(db), *options,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    _, said = await process.communicate()
    assert process.returncode == 0, said
    return file


@pytest.mark.parametrize("media", ["folder", "embed", "none"])
async def test_nothing_that_people_wrote_runs(tmp_path: Path, media: str) -> None:
    """Hostile texts, names and files do nothing but stand there; the pictures are shown; nothing is asked for elsewhere."""
    db, trouble = tmp_path / "chats.db", list[str]()
    async with evening(db, *hostile()), chromium() as browser:
        file = await write(db, tmp_path / "a b#?.html", "--media", media)
        async with shown(browser, file, trouble) as page:
            pictures = page.locator("main img")
            await expect(pictures).to_have_count(0 if media == "none" else 2)
            for picture in await pictures.all():
                await picture.scroll_into_view_if_needed()
                await expect(picture).to_have_js_property("complete", value=True)
                assert await picture.evaluate("image => image.naturalWidth")
            await page.get_by_label("Search what was said").fill("alert")
            await expect(page.locator("#found")).to_contain_text("of")
            for option in await page.get_by_label("Person", exact=True).locator("option").all():
                await page.get_by_label("Person", exact=True).select_option(
                    await option.get_attribute("value")
                )
            assert (
                await page.locator("main :is(script, iframe, svg, object, embed, math, style)").count() == 0
            )
            assert await page.locator("script").count() == 1
    assert trouble == []


@pytest.mark.parametrize("what", ["transcript", "recap"])
async def test_on_paper_and_in_its_place(tmp_path: Path, what: str) -> None:
    """What people wrote covers nothing above it, however many marks it stacks; and who reads light on dark prints dark on light."""
    looks, trouble = set[tuple[bytes, ...]](), list[str]()
    async with chromium() as browser:
        for name, text in (("plain", "e"), ("marks", TOWER)):
            async with Store.open(tmp_path / f"{name}.db", lambda: NOW) as store:
                await held(store, (Author("lu", f"{text} Lu"), f"A1 {text} porridge", ("1",)))
            file = tmp_path / f"{name}.html"
            file.write_bytes(await command(tmp_path / f"{name}.db", what, "last", "--format", "html"))
            async with shown(browser, file, trouble) as page:
                await expect(page.get_by_text("porridge")).to_be_visible()
                looks.add(tuple([await picture(page.locator(each).first) for each in ("h1", "dl.facts")]))
                assert await light_on_paper(page)
    assert trouble == []
    assert len(looks) == 1


async def test_what_a_reader_does(tmp_path: Path) -> None:
    """Search, filters, keys, links and the reader's own time work as they say, and together."""
    db, trouble = tmp_path / "chats.db", list[str]()
    async with evening(db) as (_, _, entries), chromium() as browser:
        file = await write(db, tmp_path / "talk.html")
        async with shown(browser, file, trouble, timezone_id="Europe/Berlin") as page:
            seen = page.locator("main .entry:visible")
            await expect(seen).to_have_count(len(entries))
            await page.keyboard.press("/")
            await page.keyboard.type("SAME hóur")
            await expect(page.locator("#found")).to_have_text(f"2 of {len(entries)}")
            await expect(seen).to_have_count(3)  # with the question over them
            await page.keyboard.press("Escape")
            await expect(seen).to_have_count(len(entries))
            await page.get_by_label("Question", exact=True).select_option("2")
            await expect(page.locator("#found")).to_have_text(f"5 of {len(entries)}")
            await page.get_by_label("Person", exact=True).select_option("Priya Nair")
            await expect(page.locator("#found")).to_have_text(f"1 of {len(entries)}")
            await page.evaluate("location.hash = '#q1'")  # what a link leads to is shown
            await expect(seen).to_have_count(len(entries))
            await page.get_by_label("Kind of message").select_option("Highlights")
            await expect(page.locator("#found")).to_have_text(f"1 of {len(entries)}")
            await page.get_by_label("Kind of message").select_option("Everything")
            times = page.locator("main time")
            await expect(times.first).to_have_text("17:00")
            zone = page.get_by_label("Times in the zone of")
            assert await zone.evaluate(
                "node => { const width = node.offsetWidth; node.style.flex = 'none'; return width >= node.offsetWidth; }"
            )  # its name is not cut
            await page.get_by_label("Times in the zone of").select_option("Europe/Berlin")
            await expect(times.first).to_have_text("23:00")
            await page.evaluate("scrollTo(0, 0)")
            await page.locator("h1").click()
            for label in ("q0", "q1"):
                await page.keyboard.press("n")
                top = f"document.getElementById('{label}').getBoundingClientRect().top"
                assert 0 <= await page.evaluate(top) < 200
            await page.keyboard.press("p")
            assert 0 <= await page.evaluate("document.getElementById('q0').getBoundingClientRect().top") < 200
            await page.get_by_label("Keys:").uncheck()
            await page.locator("h1").click()
            await page.keyboard.press("/")
            await expect(page.get_by_label("Search what was said")).not_to_be_focused()
    assert trouble == []


async def test_axe_finds_nothing(tmp_path: Path) -> None:
    """No rule of WCAG 2.2 A and AA is broken, on a desktop and a phone, in light and dark, with names and without."""
    db, wrong = tmp_path / "chats.db", list[str]()
    async with evening(db), chromium() as browser:
        for options in ((), ("--anonymous",)):
            file = await write(db, tmp_path / "talk.html", *options)
            for how in ({}, {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}):
                async with shown(browser, file, wrong, **how) as page:
                    results = await Axe().run(page, options={"runOnly": RULES})
                    assert results.response["passes"]
                    wrong += [
                        f"{each['id']}: {node['html'][:200]}: {node['failureSummary']}"
                        for each in results.response["violations"]
                        for node in each["nodes"]
                    ]
                    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert wrong == [], "\n\n".join(wrong)


def names_in(folder: Path, pattern: str) -> list[str]:
    return sorted(each.name for each in folder.glob(pattern))


async def test_files_lie_beside_the_page(tmp_path: Path) -> None:
    """Files are whole, under harmless names in one folder, which is made anew each time and is never somebody else's."""
    db, file = tmp_path / "chats.db", tmp_path / "talk.html"
    folder = tmp_path / "talk-files"
    async with evening(db) as (store, chat, _):
        await write(db, file)
        there = {each.name: each.read_bytes() for each in folder.iterdir()}
        assert there.pop(".hashchat") == b""
        assert there == {
            "0001-napkin.png": MEDIA[0].data,
            "0002-bee.gif": MEDIA[1].data,
            "0003-con-html.bin": MEDIA[3].data,
        }
        assert names_in(tmp_path, "*talk*") == ["talk-files", "talk.html"]
        await store.forget(chat.room, "id-203")  # who shared the first of them
        await write(db, file)
        assert sorted(each.name for each in folder.iterdir()) == [
            ".hashchat",
            "0001-bee.gif",
            "0002-con-html.bin",
        ]
        (folder / ".hashchat").unlink()
        before = file.read_bytes()
        with pytest.raises(AssertionError, match="hashchat did not make it"):
            await write(db, file)
        assert (file.read_bytes(), len(list(folder.iterdir()))) == (before, 2)


async def test_what_cannot_be_is_refused(tmp_path: Path) -> None:
    """Each combination of options that makes no sense says what to do instead, and writes nothing."""
    db = tmp_path / "chats.db"
    async with evening(db):
        for options, says in {
            ("--media", "folder"): "Name a file with --output",
            ("--media", "embed", "--format", "md"): "not inside md",
            ("--anonymous", "--media", "embed"): "no files",
        }.items():
            with pytest.raises(AssertionError, match=says):
                await command(db, "transcript", "last", *options)


@pytest.mark.parametrize("form", readers.TRANSCRIPTS)
async def test_an_anonymous_transcript_names_nobody(tmp_path: Path, form: str) -> None:
    """Not one name, handle, id or file is in it, in any form, and the rest of what was said is."""
    db = tmp_path / "chats.db"
    async with evening(db) as (_, _, entries):
        page = await command(db, "transcript", "last", "--anonymous", "--format", form)
    text = html.unescape(page.decode())
    for person in PEOPLE:
        for word in (person.id, *person.name.split()):
            assert not re.search(rf"\b{re.escape(word)}\b", text, re.IGNORECASE), word
    for word in (
        "hanak",
        "msg-",
        "post-",
        "El Paso",
        "family therapist",
        "napkin",
        NAPKIN,
        "cdn.example",
        "example.org/hana",
    ):
        assert word not in text
    read = readers.TRANSCRIPTS[form](page)
    kept = [entry for entry in entries if not (entry.author and entry.under == "0")]
    assert len(read) == len(kept)
    by = [re.fullmatch(r"(Host|Person) \d+", said.who) for said in read if isinstance(said, readers.Said)]
    assert all(by)
    if form in ("html", "md", "txt", "json", "jsonl"):
        assert "no promise" in " ".join(text.split())
    if form == "json":
        assert json.loads(page)["chat"]["hosts"] == []


async def test_the_times_are_those_of_the_chat(tmp_path: Path) -> None:
    """Without a script a page tells the chat's own time, beside the moment itself."""
    db = tmp_path / "chats.db"
    async with evening(db) as (_, _, entries):
        page = (await command(db, "transcript", "last", "--format", "html")).decode()
    assert f'<time datetime="{entries[0].at.isoformat().replace("+00:00", "Z")}">17:00</time>' in page
    assert entries[0].at > START
