"""The web room, as the live chat sees it: posts and news go to everybody whose page is open.

What the pages show is a view of what is kept. So a post is in the room as soon as it is kept, and whatever has changed is
read back and sent: to hosts with what is hidden, to everybody else without.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping
from typing import Any

from bot.answers import Reading
from bot.live import Clock, Delivered, Delivery, News
from bot.messages import Message
from bot.rooms.web import shown
from bot.rooms.web.desk import Desk
from bot.rooms.web.hub import Hub
from bot.script.posts import Ways
from bot.store import Record

#: The least time between two recaps that are sent to the pages, in seconds.
RECAP_EVERY = 2.0


class WebRoom:
    """The room. Keep `show` going while the chat runs."""

    moment = None
    ways = Ways(forget="“Forget me”")

    def __init__(self, hub: Hub, clock: Clock, report: Callable[[str], None]) -> None:
        self._hub = hub
        self._clock = clock
        self._report = report
        self._news: list[News] = []
        self._wake = asyncio.Event()
        self._recap = asyncio.Event()

    # The room, for the live chat ---------------------------------------------------------------------------------

    async def catch_up(self) -> None:
        """Do nothing: while the room is not served nobody can say anything."""

    async def deliver(self, delivery: Delivery) -> Delivered:
        """Take a post: it is shown once it is kept."""
        return Delivered(f"post:{delivery.post.key}", self._clock.now())

    def acknowledge(self, message: Message, reading: Reading) -> None:
        """Do nothing: the message's entry says what it counts for."""

    def changed(self, news: News) -> None:
        """Show what has changed, soon."""
        self._news.append(news)
        self._wake.set()

    def report(self, text: str) -> None:
        """Tell the hosts that something is wrong, or right again."""
        self._hub.send({"is": "trouble", "text": text}, hosts=True)
        self._report(text)

    # Showing -----------------------------------------------------------------------------------------------------

    async def show(self, desk: Desk, record: Record) -> None:
        """Bring to the pages what has changed, for ever."""
        await asyncio.gather(self._show_news(desk, record), self._show_recap(desk))

    async def _show_recap(self, desk: Desk) -> None:
        """Send the recap when it has come or changed; it reads the whole chat, so changes are gathered for a while."""
        while True:
            await self._recap.wait()
            self._recap.clear()
            if recap := await desk.recap():
                self._hub.send(recap)
                await asyncio.sleep(RECAP_EVERY)

    async def _show_news(self, desk: Desk, record: Record) -> None:
        """Send what is different; whatever has gathered meanwhile goes in one."""
        asks = {question["label"]: question["ask"] for question in desk.questions()}
        while True:
            await self._wake.wait()
            self._wake.clear()
            news, self._news = self._news, []
            people = {person for each in news for person in each.people}
            entries = {id_ for each in news for id_ in each.entries}
            for question in desk.questions():
                if asks.get(question["label"]) != question["ask"]:  # a new one, or one taken back
                    asks[question["label"]] = question["ask"]
                    self._hub.send({"is": "question", "question": question})
            await self._show_entries(record, entries, people)
            if any(each.course for each in news):
                self._hub.send({"is": "course", "course": desk.course(to_host=True)}, hosts=True)
                self._hub.send({"is": "course", "course": desk.course(to_host=False)}, hosts=False)
            if any(each.proposals for each in news):
                self._hub.send({"is": "proposals", "proposals": await desk.proposals()}, hosts=True)
            if entries or people:
                self._recap.set()

    async def _show_entries(self, record: Record, ids: set[str], people: Collection[str]) -> None:
        """Send entries as they are now; those that are no longer there, or not for everybody, as gone."""
        for person in people:
            said = await record.said_by(person)
            ids |= said
            if not said:
                self._hub.send({"is": "gone", "ids": [], "people": [person]})
        if not ids:
            return
        entries = await record.some(ids)
        hidden = await record.hidden_people()
        self._send(ids, {entry.id: shown.entry(entry, hidden) for entry in entries}, hosts=True)
        for_all = {entry.id: shown.entry(entry) for entry in entries if not entry.hidden}
        self._send(ids, for_all, hosts=False)
        for entry in entries:
            if entry.hidden and entry.author:  # who is hidden goes on seeing what they said
                self._hub.tell(entry.author.id, {"is": "entries", "entries": [shown.entry(entry)]})

    def _send(self, ids: Collection[str], entries: Mapping[str, Any], *, hosts: bool) -> None:
        gone = [id_ for id_ in ids if id_ not in entries and not id_.startswith("post:")]
        if entries:
            self._hub.send({"is": "entries", "entries": list(entries.values())}, hosts=hosts)
        if gone:
            self._hub.send({"is": "gone", "ids": gone}, hosts=hosts)
