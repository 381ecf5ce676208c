"""A room with a thousand people and five thousand messages: the page stays small and quick, and loses nothing."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.answers import Purpose, Reading
from bot.messages import Author, Message
from bot.store import Changes, Store
from tests.browsers import Guest, chromium, expect, held
from tests.browsers.held import ROOT

SAMPLE = ROOT / "questions" / "five-minutes.yaml"
PEOPLE, MESSAGES = 1000, 5000
#: The most entries that the page holds in its stream, and the most nodes for each.
MOST_ENTRIES, MOST_NODES = 400, 40


def text(number: int) -> str:
    """Give the text of a message, by its number from 0."""
    return f"Message {number:,} of a long conversation, in which people say a little more than a word or two."


async def fill(db: Path) -> None:
    """Keep a chat of the sample in which much has been said; the last message is in reply to the first."""
    now = datetime.now(UTC)
    async with Store.open(db, lambda: datetime.now(UTC)) as store:
        script = SAMPLE.read_text(encoding="utf-8")
        chat = await store.create(
            source=str(SAMPLE.resolve()), text=script, room="web:{name}", rehearsal=False
        )
        changes = Changes(chat.id, chat.room)
        for number in range(MESSAGES):
            author = Author(f"person-{number % PEOPLE}", f"Person {number % PEOPLE}")
            at = now - timedelta(seconds=MESSAGES - number)
            reply = "message-0" if number == MESSAGES - 1 else None
            message = Message(f"message-{number}", author, text(number), at, reply_to=reply)
            changes.said(message, Reading(Purpose.CONVERSATION, (), None), hosting=False)
        await store.commit(changes)


async def is_small(guest: Guest) -> None:
    """See that the page holds no more than it has to."""
    entries, nodes = await guest.page.evaluate(
        "() => [document.querySelectorAll('#entries > article').length, document.querySelectorAll('*').length]"
    )
    assert entries <= MOST_ENTRIES
    assert nodes <= MOST_NODES * MOST_ENTRIES


async def test_a_thousand_people_and_five_thousand_messages(tmp_path: Path) -> None:
    """Older messages come as one scrolls to them, a jump goes to the very first, and writing and hosting work as ever."""
    await fill(tmp_path / "chat.db")
    async with held(SAMPLE, tmp_path / "chat.db") as room, chromium() as browser:
        ana = await Guest.come(browser, room.link, "Ana")
        hana = await Guest.come(browser, room.host_link, "Hana")
        await ana.sees(text(MESSAGES - 1))
        await is_small(ana)

        # Whoever is at the end stays there, also when something turns out higher, as in browsers that hold on to nothing.
        scroller = ana.page.locator("#stream")
        await scroller.evaluate(
            "(node) => { node.style.overflowAnchor = 'none';"
            " node.querySelector('article:last-child').style.paddingBottom = '40rem';"
            " node.dispatchEvent(new Event('scroll')); }"
        )
        await hana.say("Good evening!", "Just talking")
        await expect(ana.entry("Good evening!")).to_be_in_viewport()

        # Upwards, further than the page holds at once, with nothing missing between; and somebody writes meanwhile.
        await ana.field.fill("Half-written")
        for number in range(MESSAGES - 200, MESSAGES - 1000, -100):
            await scroller.evaluate("(node) => (node.scrollTop = 0)")
            await expect(ana.entry(text(number))).to_have_count(1)
        await hana.say("Can everybody follow?", "Just talking")
        await expect(ana.page.get_by_role("button", name="1 new message")).to_be_visible()
        shown = await ana.texts()
        first = int(shown[0].split()[1].replace(",", ""))
        assert shown == [text(first + n) for n in range(len(shown))]
        await is_small(ana)

        # To the end, then by the answer to it to the very first, and back.
        await ana.sees("Can everybody follow?")
        await expect(ana.field).to_have_value("Half-written")
        await ana.entry(text(MESSAGES - 1)).locator(".quoted").click()
        await expect(ana.entry(text(0))).to_be_in_viewport()
        await is_small(ana)
        await ana.say("Here I am again")
        await hana.sees("Here I am again")
        await is_small(ana)

        await hana.page.get_by_role("button", name="People", exact=True).click()
        people = hana.dialog.get_by_role("listitem")
        await expect(people).to_have_count(PEOPLE + 2)
        await hana.dialog.get_by_label("Find a person").fill("person 77")
        await expect(people.locator("visible=true").first).to_contain_text("Person 77")
        await expect(hana.dialog.locator("li:visible")).to_have_count(11)
        assert [ana.trouble, hana.trouble] == [[], []]
