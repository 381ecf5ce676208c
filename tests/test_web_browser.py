"""A whole chat in real browsers: a host and three participants do everything that can be done, and it is kept as it was."""

import asyncio
import csv
import io
import json
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from PIL import Image

from tests.browsers import Guest, Held, Line, chromium, expect, held
from tests.browsers.held import ROOT, command

SAMPLE = ROOT / "questions" / "five-minutes.yaml"
BREAKFAST = "What did you have for breakfast, and was it a good idea?"
SMILE = "Which small thing made you smile this week?"
SING = "What do you sing when nobody listens?"
BOWL = "A bowl of porridge with blueberries"
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
SMALL: dict[str, Any] = {**PHONE, "viewport": {"width": 320, "height": 568}}


def photo() -> bytes:
    """Draw a picture that says where it was taken."""
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (38.0, 43.0, 20.0), 3: "W", 4: (9.0, 8.0, 21.0)})
    exif[0x010E] = "taken at home"
    out = io.BytesIO()
    Image.new("RGB", (640, 480), "peachpuff").save(out, "PNG", exif=exif)
    return out.getvalue()


async def test_a_whole_chat(tmp_path: Path) -> None:
    """Everything that a host and three participants do in their browsers is seen by the others, and kept as it was."""
    async with held(SAMPLE, tmp_path / "chat.db", "--speed", "10") as room, chromium() as browser:
        line = Line(room.link)
        await line.mend()
        hana = await Guest.arrive(browser, room.host_link, "Hana")
        await expect(hana.page.locator("#join-facts")).to_contain_text("You join as a host.")
        await hana.join()
        ana, bo = await Guest.come(browser, room.link, "Ana"), await Guest.come(browser, line.link, "Bo")
        cy = await Guest.come(browser, room.link, "Cy")
        everybody = [hana, ana, bo, cy]

        await before_the_start(hana, ana, cy)
        await first_question(hana, ana, bo, cy)
        await pause(hana, everybody)
        await taken_question(hana, ana, bo, cy)
        await reload_in_the_middle(ana)
        await cut_connection(line, ana, bo)
        await hiding(hana, ana, cy)
        await co_host(hana, bo, everybody)
        await forget_me(cy, [hana, ana, bo])
        await the_end(hana, ana, [hana, ana, bo])
        await files_hold_what_was_said(room, hana, ana)
        assert [guest.trouble for guest in everybody] == [[], [], [], []]
        await line.cut()
        assert await room.stop() == 0


async def before_the_start(hana: Guest, ana: Guest, cy: Guest) -> None:
    await ana.on_floor("Soon")
    await expect(hana.page.locator("#people")).to_have_text("4 people here")
    await expect(ana.page.get_by_role("button", name="Start", exact=True)).to_be_hidden()
    await cy.say("Good morning!")
    await hana.press("Start")
    await ana.on_floor("Q0")
    await ana.say("Ana, from Lisbon", "Answering Q0")
    await hana.on_floor("Q1")  # by itself
    await hana.more_time(10)
    await expect(ana.stream.filter(has_text="More time")).to_have_count(1)


async def first_question(hana: Guest, ana: Guest, bo: Guest, cy: Guest) -> None:
    # By label, and in two parts.
    await ana.say("A1 Porridge, as every day. 1/2")
    await ana.say("2/2 And it was a good idea.")
    for part in ("A1 Porridge, as every day. 1/2", "2/2 And it was a good idea."):
        await expect(ana.entry(part)).to_contain_text("Counted for Q1")
    # By replying to the question, and conversation under an answer.
    await bo.reply(BREAKFAST, "Cold pizza")
    await expect(bo.entry("Cold pizza")).to_contain_text("Counted for Q1")
    await ana.reply("Cold pizza", "The breakfast of champions!")
    await expect(bo.entry("The breakfast of champions!").locator(".quoted")).to_contain_text("Cold pizza")
    await expect(ana.entry("The breakfast of champions!")).not_to_contain_text("Counted")
    # By picking the question; and a picture.
    await cy.page.locator("#picture-file").set_input_files(
        {"name": "bowl.png", "mimeType": "image/png", "buffer": photo()}
    )
    await cy.page.get_by_label("What does the picture show?").fill(BOWL)
    await expect(cy.page.locator("#picture-state")).to_be_empty()
    await cy.say("Mine looked like this", "Answering Q1")
    picture = bo.entry("Mine looked like this").get_by_role("img", name=BOWL)
    await expect(picture).to_have_js_property("naturalWidth", 640)
    shown = await bo.page.request.get(f"{bo.link.rstrip('/')}{await picture.get_attribute('src')}")
    assert not Image.open(io.BytesIO(await shown.body())).info.keys() & {"exif", "xmp"}
    # An edit, a deletion, a reaction, and what an answer counts for put right.
    await bo.say("Tea frist")
    await bo.field.press("ArrowUp")
    await bo.field.fill("Tea first")
    await bo.page.get_by_role("button", name="Save").click()
    await ana.sees("Tea first")
    await expect(ana.entry("Tea first")).to_contain_text("edited")
    await ana.misses("Tea frist")
    await bo.place("Tea first", "Q0", "Q1")
    await expect(bo.entry("Tea first")).to_contain_text("Counted for Q0 and Q1")
    await expect(ana.entry("Tea first").locator(".mark")).to_have_text(["A0", "A1"])
    await bo.say("Wrong window, sorry")
    await ana.sees("Wrong window, sorry")
    await bo.choose("Wrong window, sorry", "Delete")
    await bo.dialog.get_by_role("button", name="Delete").click()
    for guest in (hana, ana, bo, cy):
        await guest.misses("Wrong window, sorry")
    await bo.react("A1 Porridge, as every day. 1/2", "👍")
    await expect(
        ana.entry("A1 Porridge, as every day. 1/2").get_by_role("button", name="👍 1")
    ).to_be_visible()
    await hana.choose("A1 Porridge, as every day. 1/2", "Highlight")
    await expect(ana.entry("A1 Porridge, as every day. 1/2")).to_contain_text("Highlighted")


async def pause(hana: Guest, everybody: list[Guest]) -> None:
    await hana.press("Pause")
    for guest in everybody:
        await expect(guest.page.locator("#floor-time")).to_contain_text("Paused")
    await hana.press("Resume")
    for guest in everybody:
        await expect(guest.page.locator("#floor-time")).not_to_contain_text("Paused")


async def taken_question(hana: Guest, ana: Guest, bo: Guest, cy: Guest) -> None:
    await cy.page.get_by_role("button", name="Propose a question").click()
    await cy.dialog.get_by_label("Your question to the group").fill(SING)
    await cy.dialog.get_by_role("button", name="Send to the hosts").click()
    await hana.page.get_by_role("tab", name="1 proposed question").click()
    await hana.page.get_by_role("button", name="Take into the chat").click()
    await expect(hana.page.locator("#host-next")).to_contain_text(SING)
    await expect(hana.page.get_by_role("tab", name="0 proposed questions")).to_be_visible()
    await hana.press("Next question")
    for guest in (hana, ana, bo, cy):
        await guest.on_floor("Extra")
        await expect(guest.page.locator("#floor-ask")).to_have_text(SING)
    await hana.more_time(10)
    await hana.say("Only in the car", "Answering Extra")
    # Late: an answer to what is no longer on the floor.
    await bo.say("A1 and a late coffee")
    await expect(bo.entry("A1 and a late coffee")).to_contain_text("Counted for Q1")


async def reload_in_the_middle(ana: Guest) -> None:
    before = await ana.texts()
    await ana.field.fill("Half a thou")
    await ana.page.reload()
    await ana.is_in()
    await expect(ana.field).to_have_value("Half a thou")
    assert await ana.texts() == before
    await ana.say("Half a thought is still a thought", "Just talking")


async def cut_connection(line: Line, ana: Guest, bo: Guest) -> None:
    await line.cut()
    await expect(bo.page.locator("#connection")).to_contain_text("The connection is lost.")
    await bo.write("Written in a tunnel", "Answering Extra")
    await expect(bo.page.locator("#pending")).to_contain_text("Waits for the connection")
    await ana.say("Bo, are you there?", "Just talking")
    await line.mend()
    for guest in (ana, bo):
        await guest.sees("Written in a tunnel", "Bo, are you there?")
    await expect(bo.page.locator("#pending")).to_be_empty()


async def hiding(hana: Guest, ana: Guest, cy: Guest) -> None:
    await cy.say("Buy my book!", "Just talking")
    await hana.sees("Buy my book!")
    await hana.choose("Buy my book!", "Hide this message")
    await ana.misses("Buy my book!")
    await expect(hana.entry("Buy my book!")).to_contain_text("Hidden")
    await hana.choose("Buy my book!", "Show this message again")
    await ana.sees("Buy my book!")
    await hana.choose("Buy my book!", "Hide all of Cy")
    await ana.misses("Mine looked like this")
    await expect(hana.entry("Mine looked like this")).to_contain_text("Person hidden")
    await hana.choose("Mine looked like this", "Show Cy again")
    await ana.sees("Mine looked like this", "Buy my book!")


async def co_host(hana: Guest, bo: Guest, everybody: list[Guest]) -> None:
    await hana.page.get_by_role("button", name="People", exact=True).click()
    await hana.dialog.get_by_role("button", name="Make co-host: Bo").click()
    await expect(hana.dialog.get_by_role("button", name="No longer co-host: Bo")).to_be_visible()
    await hana.dialog.get_by_role("button", name="Close").click()
    await bo.press("Next question")
    for guest in everybody:
        await guest.on_floor("Q2")
    await bo.more_time(10)
    await bo.say("I host now", "Just talking")
    await expect(hana.entry("I host now").locator(".tag")).to_have_text("Host")


async def forget_me(cy: Guest, others: list[Guest]) -> None:
    await cy.say("A2 the cat, again")
    await others[0].sees("A2 the cat, again")
    await cy.open_menu("Forget me")
    await cy.dialog.get_by_role("button", name="Forget me").click()
    await expect(cy.page.locator("#stopped-title")).to_have_text("You have been forgotten")
    for guest in others:
        for text in ("A2 the cat, again", "Good morning!", "Buy my book!", "Mine looked like this"):
            await guest.misses(text)
    await cy.page.get_by_role("link", name="Back to the chat").click()
    await expect(cy.page.get_by_label("Your name")).to_be_visible()


async def the_end(hana: Guest, ana: Guest, everybody: list[Guest]) -> None:
    await hana.press("End chat")
    await hana.dialog.get_by_role("button", name="End the chat").click()
    for guest in everybody:
        await guest.on_floor("Thank you")
        await expect(guest.page.locator("#recap-heading")).to_be_visible()
    await ana.page.get_by_role("button", name="Back to the chat").click()
    await ana.say("A2 the answer on the stairs")
    await expect(ana.entry("A2 the answer on the stairs")).to_contain_text("Counted for Q2")


#: Who said what, what it answers, under which question it is filed, and in reply to whom, once all is over.
SAID = [
    ("Ana", "Ana, from Lisbon", "0", "0", "Q0"),
    ("Ana", "A1 Porridge, as every day. 1/2", "1", "1", "Q1"),
    ("Ana", "2/2 And it was a good idea.", "1", "1", ""),
    ("Bo", "Cold pizza", "1", "1", "Q1"),
    ("Ana", "The breakfast of champions!", "", "1", "Cold pizza"),
    ("Bo", "Tea first", "0, 1", "0", ""),
    ("Hana", "Only in the car", "Extra", "Extra", "Extra"),
    ("Bo", "A1 and a late coffee", "1", "1", "Q1"),
    ("Ana", "Half a thought is still a thought", "", "Extra", ""),
    ("Ana", "Bo, are you there?", "", "Extra", ""),
    ("Bo", "Written in a tunnel", "Extra", "Extra", "Extra"),
    ("Bo", "I host now", "", "2", ""),
    ("Ana", "A2 the answer on the stairs", "2", "2", "Q2"),
]


#: Chromium stops after ten downloads in a row to ask whether a page may go on; the rest is fetched without it.
CLICKS = 6


async def files_hold_what_was_said(room: Held, hana: Guest, ana: Guest) -> None:
    files = {}
    await hana.open_menu("Downloads")
    for number, link in enumerate(await hana.dialog.get_by_role("link").all()):
        href = str(await link.get_attribute("href"))
        if number < CLICKS:
            async with hana.page.expect_download() as downloading:
                await link.click()
            path = await (await downloading.value).path()
            files[href] = await asyncio.to_thread(path.read_bytes)
        else:
            answer = await hana.page.request.get(urljoin(hana.page.url, href))
            files[href] = await answer.body()
    transcripts = [f"/files/transcript.{form}" for form in ("html", "md", "txt", "csv", "json", "jsonl")]
    recaps = [f"/files/recap.{form}" for form in ("html", "blog", "md", "txt", "json")]
    assert sorted(files) == sorted(["/files/story.html", *transcripts, *recaps])
    for name, content in files.items():
        what, _, form = name.removeprefix("/files/").partition(".")
        how = [] if what == "story" else ["--format", form]
        inside = ["--media", "embed"] if what == "transcript" and form in ("html", "json", "jsonl") else []
        assert content.decode() == (await command(room.db, what, "last", *how, *inside)).decode(), name

    entries = json.loads(files["/files/transcript.json"])["entries"]
    by_id = {entry["id"]: entry for entry in entries}
    assert [in_short(entry, by_id) for entry in entries if entry["author"]] == SAID
    assert [entry["under"] for entry in entries if entry["kind"] == "question"] == ["0", "1", "Extra", "2"]
    assert {entry["text"] for entry in entries if entry["highlighted"]} == {"A1 Porridge, as every day. 1/2"}
    assert [entry["reactions"] for entry in entries if entry["reactions"]] == [{"👍": 1}]
    assert [entry["text"] for entry in entries if entry["edited_at"]] == ["Tea first"]
    rows = csv.DictReader(io.StringIO(files["/files/transcript.csv"].decode("utf-8-sig"), newline=""))
    assert [row["text"] for row in rows if row["author"]] == [text for _, text, *_ in SAID]

    recap = json.loads(files["/files/recap.json"])
    assert (recap["people"], recap["messages"], recap["answers"]) == (3, 13, 9)
    answers = {question["name"]: (question["answers"], question["people"]) for question in recap["questions"]}
    assert answers == {"Q0": (2, 2), "Q1": (5, 2), "Extra": (2, 2), "Q2": (1, 1), "Wrap": (0, 0)}
    assert recap["questions"][1]["best"][0]["text"] == "A1 Porridge, as every day. 1/2"


def in_short(entry: dict[str, Any], by_id: dict[str, dict[str, Any]]) -> tuple[str, str, str, str, str]:
    to = by_id.get(entry["reply_to"], {"author": None, "text": ""})
    words = to["text"] if to["author"] else to["text"].partition(":")[0]
    return entry["author"]["name"], entry["text"], ", ".join(entry["answers"]), entry["under"], words


async def test_links_stand_under_their_question(tmp_path: Path) -> None:
    """The recap lists each page that was shared under the question it was shared at, once, with by whom."""
    async with held(SAMPLE, tmp_path / "chat.db") as room, chromium() as browser:
        hana = await Guest.come(browser, room.host_link, "Hana")
        ana = await Guest.come(browser, room.link, "Ana")
        await hana.press("Start")
        for name, shared in (
            ("Q1", ((ana, "bowl"), (hana, "bowl"), (ana, "oats"))),
            ("Q2", ((hana, "cat"),)),
        ):
            await hana.press("Next question")
            for guest, page in shared:
                await guest.on_floor(name)
                number = await guest.page.locator("#entries > article.message").count()
                await guest.write(f"See https://example.org/{page}")
                for each in (hana, ana):
                    await expect(each.page.locator("#entries > article.message")).to_have_count(number + 1)
        await hana.press("End chat")
        await hana.dialog.get_by_role("button", name="End the chat").click()
        asked = ana.page.locator("#recap .asked")
        expected: list[list[str]] = [
            [],
            ["https://example.org/bowl from Ana and 1 other", "https://example.org/oats from Ana"],
            ["https://example.org/cat from Hana"],
        ]
        for number, links in enumerate(expected):
            await expect(asked.nth(number).locator(".question-name")).to_have_text(f"Q{number}")
            await expect(asked.nth(number).locator(".links li")).to_have_text(links)
        assert [hana.trouble, ana.trouble] == [[], []]


async def test_a_chat_runs_by_itself(tmp_path: Path) -> None:
    """Once started, the sample at sixty times the speed asks all its questions on everybody's page, and comes to its end."""
    async with held(SAMPLE, tmp_path / "chat.db", "--speed", "60") as room, chromium() as browser:
        hana = await Guest.come(browser, room.host_link, "Hana")
        ana = await Guest.come(browser, room.link, "Ana")
        await hana.press("Start")
        for guest in (hana, ana):
            await expect(guest.page.locator("#recap-heading")).to_be_visible()
            asked = guest.page.locator("#panel-questions .question-name")
            await expect(asked).to_have_text(["Q0", "Q1", "Q2", "Wrap"])
            await guest.on_floor("Over")
        assert [hana.trouble, ana.trouble] == [[], []]


async def test_an_arabic_chat_on_phones(tmp_path: Path) -> None:
    """An answer behind its label runs from right to left wherever it stands, also while it is being written."""
    script = tmp_path / "ar.yaml"
    script.write_text("hashtag: عمل\ntitle: عمل\nlanguage: ar\nquestions: [لماذا؟]\n", encoding="utf-8")
    said, runs = "A1 الناس أولا!", "node => getComputedStyle(node).direction"
    async with held(script, tmp_path / "chat.db") as room, chromium() as browser:
        hana = await Guest.come(browser, room.host_link, "Hana", **PHONE)
        rana = await Guest.come(browser, room.link, "Rana", **SMALL)
        await hana.press("Start")
        await hana.press("Next question")
        await rana.on_floor("Q1")
        for text, direction in (
            ("A1 NASW", "ltr"),
            (said, "rtl"),
            ("@Hana #عمل A1: الناس", "rtl"),
            ("@رنا I agree", "ltr"),
        ):
            await rana.field.fill(text)
            assert await rana.field.evaluate(runs) == direction
        await rana.say(said)
        await hana.sees(said)
        texts = (hana.entry(said).locator(".text"), rana.page.locator("#panel-mine .text"))
        await hana.press("End chat")
        await hana.dialog.get_by_role("button", name="End the chat").click()
        quoted = hana.page.locator("#recap blockquote .text")
        await expect(quoted).to_have_text(said)
        assert [await text.evaluate(runs) for text in (*texts, quoted)] == ["rtl"] * 3
        assert [hana.trouble, rana.trouble] == [[], []]


@pytest.mark.parametrize(
    ("late", "words"), [("24h", "still count for a while"), ("0", "no longer count then")]
)
async def test_a_host_on_a_phone_after_the_end(tmp_path: Path, late: str, words: str) -> None:
    """What ending means is said before; afterwards the people and the link are still at hand. Buttons stay in one line."""
    script = tmp_path / "short.yaml"
    script.write_text(
        f"hashtag: Tea\ntitle: Tea\nlate_answers: {late}\nquestions: [Why?]\n", encoding="utf-8"
    )
    async with held(script, tmp_path / "chat.db") as room, chromium() as browser:
        hana = await Guest.come(browser, room.host_link, "Hana", **PHONE)
        ana = await Guest.come(browser, room.link, "Ana", **SMALL)
        await hana.press("Start")
        await ana.page.get_by_role("button", name="Questions", exact=True).click()
        await ana.page.get_by_role("button", name="Propose a question").click()
        heights = [
            await ana.dialog.get_by_role("button", name=name).evaluate("node => node.offsetHeight")
            for name in ("Cancel", "Send to the hosts")
        ]
        assert max(heights) < 48  # px
        await hana.press("End chat")
        await expect(hana.dialog).to_contain_text(words)
        await hana.dialog.get_by_role("button", name="End the chat").click()
        await expect(hana.page.locator("#recap-heading")).to_be_visible()
        await hana.press("Copy link for participants")
        await hana.press("People")
        await expect(hana.dialog).to_contain_text("Ana")
        assert [hana.trouble, ana.trouble] == [[], []]
