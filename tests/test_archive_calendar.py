"""Calendar and feed of an archive, read back by readers of others' making."""

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import feedparser
import icalendar
from hypothesis import given
from hypothesis import strategies as st

from bot.archive.calendar import calendar
from bot.archive.feed import feed
from bot.archive.model import Coming
from bot.render.plain import visible
from bot.script.model import heading
from tests.archives import FIRST, URL, archive, published
from tests.hostile import HOSTILE

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


def events(data: bytes) -> list[Any]:
    return list(icalendar.Calendar.from_ical(data).walk("VEVENT"))


def parsed(data: bytes) -> Any:
    found = feedparser.parse(io.BytesIO(data))
    assert not found.bozo, found.bozo_exception
    return found


@given(TEXT, TEXT)
def test_calendar_gives_back_what_was_written(title: str, summary: str) -> None:
    """Whatever a title or a summary holds is read again as it was, in lines that no reader cuts."""
    data = calendar(title, [published(title=title, summary=summary, hosts=("Hana; Ben, C\\",))], [], URL)
    [event] = events(data)
    assert event["SUMMARY"] == visible(heading("Ärzte", title))
    assert event["DESCRIPTION"] == "\n".join(filter(None, (visible(summary), "With Hana; Ben, C\\")))
    assert event["URL"] == f"{URL}/%C3%A4rzte/2015-04-23/"
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    assert data.count(b"\n") == data.count(b"\r\n")


def test_events_have_their_times_and_names() -> None:
    """Times are in UTC, the names of events stay, no two events have one name, and nothing of them changes by itself."""
    again = published(id="33333333-3333-5333-8333-333333333333", path="ärzte/2")
    next_one = Coming(
        "44", "Ärzte", FIRST + timedelta(days=7), FIRST + timedelta(days=7, hours=1), "Europe/Berlin", "Next"
    )
    data = calendar("Dates", [published(), again], [next_one], None)
    found = events(data)
    assert [str(event["UID"]) for event in found] == [
        "22222222-2222-5222-8222-222222222222@hashchat", "33333333-3333-5333-8333-333333333333@hashchat", "44@hashchat",
    ]  # fmt: skip
    assert found[0].decoded("DTSTART") == FIRST
    assert found[0].decoded("DTEND") == FIRST + timedelta(hours=1)
    assert found[2].decoded("DTSTART") == FIRST + timedelta(days=7)
    assert all("DTSTAMP" in event for event in found)
    assert data == calendar("Dates", [published(), again], [next_one], None)


def test_feed_is_read_back() -> None:
    """An Atom reader finds every chat, newest first, with its title, time, link and hosts; hostile texts are text."""
    chats = [
        published(
            id=f"{n:08}-1111-5111-8111-111111111111",
            title=visible(text),
            hosts=("Hana & <b>",),
            summary=visible(text) + "\uffff",
        )
        for n, text in enumerate(HOSTILE)
    ][:25]
    found = parsed(feed("A & B", "urn:uuid:1", f"{URL}/feed.xml", "", chats))
    assert found.version == "atom10"
    assert found.feed.title == "A & B"
    assert [entry.id for entry in found.entries] == [f"urn:uuid:{chat.id}" for chat in chats]
    for entry, chat in zip(found.entries, chats, strict=True):
        assert " ".join(entry.title_detail.value.split()) == " ".join(heading("Ärzte", chat.title).split())
        assert entry.title_detail.type == "text/plain"
        assert datetime(*entry.published_parsed[:6], tzinfo=UTC) == FIRST
        assert entry.link.endswith("%C3%A4rzte/2015-04-23/index.html")
        assert entry.author == "Hana & <b>"


def test_the_archives_own_are_good(tmp_path: Path) -> None:
    """The files in a folder can be read too, each hashtag's has its own chats, and their links lead to pages that are there."""
    site = archive(
        tmp_path / "site",
        tmp_path / "x.db",
        {"more": "next: 2027-01-07 21:00"},
        {"day": 7, "title": "Second"},
        {"hashtag": "Other"},
        url=URL,
    )
    assert len(parsed((site / "feed.xml").read_bytes()).entries) == 3
    of_one = parsed((site / "macrosw" / "feed.xml").read_bytes())
    assert [entry.title for entry in of_one.entries] == ["#MacroSW: Second", "#MacroSW: Common ground"]
    for entry in of_one.entries:
        assert (site / entry.link.removeprefix(URL).lstrip("/")).is_file()
    assert len(events((site / "calendar.ics").read_bytes())) == 3
    assert [str(event["SUMMARY"]) for event in events((site / "other" / "calendar.ics").read_bytes())] == [
        "#Other: Common ground"
    ]
