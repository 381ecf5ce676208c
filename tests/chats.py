"""What tests of live chats share: a small script, people, a clock moved by hand, a room that remembers."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.answers import Reading
from bot.live import Delivered, Delivery, LiveChat, News, RoomError, SystemClock
from bot.live.clock import Alarms, Call
from bot.messages import Author, Entry, Message, PersonHidden
from bot.recap import Recap
from bot.script.posts import WRITING, Ways
from bot.session import Refusal
from bot.store import Chat, Store, StoreError

START = datetime(2015, 4, 23, 21, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)

HOST = Author("h", "Hana", host=True)
ANA, BO, CY, DEE = (Author(name.lower(), name) for name in ("Ana", "Bo", "Cy", "Dee"))

NOBODY = Author("nobody", "Nobody")

#: Welcome at 21:00, Q1 at 21:01, Q2 at 21:11, the end at 21:21, over at 22:21.
SCRIPT = """\
hashtag: MacroSW
title: Common ground
hosts: [Hana]
questions:
  - What brought you here?
  - What do we share?
late_answers: 1h
"""


def after(minutes: float) -> datetime:
    """Give the moment so many minutes after the start."""
    return START + minutes * MINUTE


def message(id: str, author: Author, text: str, minutes: float = 2, **more: Any) -> Message:
    """Make a message written so many minutes after the start."""
    return Message(id, author, text, after(minutes), **more)


class Leaping(SystemClock):
    """A clock that can be set forward, as for one who sleeps."""

    def leap(self, by: timedelta) -> None:
        self._start += by
        self._ring()

    def seconds(self) -> float:
        return self.now().timestamp()


class ManualClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime = START) -> None:
        self._now = now
        self._alarms = Alarms()

    def now(self) -> datetime:
        return self._now

    def call_at(self, moment: datetime, wake: Callable[[], None]) -> Call:
        call = self._alarms.add(moment, wake)
        if moment <= self._now:
            asyncio.get_running_loop().call_soon(self.advance, self._now)
        return call

    def next(self) -> datetime | None:
        """Give the moment of the earliest call to come."""
        return self._alarms.next()

    def advance(self, to: datetime) -> None:
        """Move to that moment, as one that slept till then, and make the calls that are due."""
        self._now = max(self._now, to)
        self._alarms.ring(self._now)


class RecordingRoom:
    """A room that remembers what it was told, as long as the test lasts: its posts outlive any process.

    `failures` is how many posts it will refuse; while `open` is not set, a post is under way, and while `caught_up` is not, what was missed is being heard; `skew` is how far its
    own clock is ahead.
    """

    moment: Callable[[datetime], str] | None = None
    ways: Ways = WRITING

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.posts: dict[str, Delivered] = {}
        self.deliveries: list[Delivery] = []
        self.recaps: list[Recap] = []
        self.acknowledged: list[tuple[Message, Reading]] = []
        self.reports: list[str] = []
        self.news: list[News] = []
        self.failures = 0
        self.skew = timedelta(0)
        self.open = asyncio.Event()
        self.open.set()
        self.busy = asyncio.Event()
        self.caught_up = asyncio.Event()
        self.caught_up.set()
        self.told = asyncio.Event()

    @property
    def keys(self) -> list[str]:
        return list(self.posts)

    def text(self, key: str) -> str:
        return next(delivery.text for delivery in self.deliveries if delivery.post.key == key)

    async def catch_up(self) -> None:
        await self.caught_up.wait()

    async def deliver(self, delivery: Delivery) -> Delivered:
        self.busy.set()
        await self.open.wait()
        if self.failures:
            self.failures -= 1
            raise RoomError("The room is out of order.")
        key = delivery.post.key
        if key not in self.posts:
            if delivery.recap:
                self.recaps.append(await delivery.recap())
            self.posts[key] = Delivered(f"post:{key}", self.clock.now() + self.skew)
            self.deliveries.append(delivery)
        return self.posts[key]

    def acknowledge(self, message: Message, reading: Reading) -> None:
        self.acknowledged.append((message, reading))

    def changed(self, news: News) -> None:
        self.news.append(news)

    def report(self, text: str) -> None:
        self.reports.append(text)
        self.told.set()


class Stage:
    """A live chat on a real store, with all that is around it. Another one on the same file goes on with the chat."""

    def __init__(self, store: Store, chat: Chat, room: RecordingRoom, clock: ManualClock) -> None:
        self.store = store
        self.chat = chat
        self.room = room
        self.clock = clock
        self.live = LiveChat(chat, store, room, clock)
        self.running = asyncio.create_task(self.live.run())

    async def settled(self) -> None:
        """Wait until all that was queued has been taken in, and all posts are known to be in the room.

        Raises what ended the chat, unless it ended well.
        """
        quiet = False
        while not self.running.done():
            try:
                await self.live.ask(PersonHidden("nobody", NOBODY), by=NOBODY)
            except Refusal:
                if quiet and not self.live._inbox:  # what was seen to be kept has been acted on, too
                    return
                quiet = not self.live._inbox and not await self.store.record(self.chat).posts_to_come()
            except StoreError:
                continue
        self.running.result()

    async def until(self, moment: datetime) -> None:
        """Let time go by, stopping wherever the chat wants to be woken."""
        await self.settled()
        while (coming := self.clock.next()) and coming <= moment:
            self.clock.advance(coming)
            await self.settled()
        self.clock.advance(moment)
        await self.settled()

    async def ask(self, want: Any, **more: Any) -> str:
        """Ask as the host."""
        return await self.live.ask(want, by=HOST, **more)

    async def entries(self) -> list[Entry]:
        return await entries(self.store, self.chat)

    async def stop(self) -> None:
        self.live.stop()
        await self.running


async def entries(store: Store, chat: Chat) -> list[Entry]:
    """Give the whole transcript."""
    async with store.reading(chat) as record:
        return [entry async for entry in record.entries()]


@asynccontextmanager
async def stage(
    path: Path,
    *,
    clock: ManualClock | None = None,
    room: RecordingRoom | None = None,
    script: str = SCRIPT,
    kind: type[Store] = Store,
) -> AsyncIterator[Stage]:
    """Hold the chat of that database, a new one where there is none yet, and stop it at the end."""
    clock = clock or ManualClock()
    async with kind.open(path, clock.now) as store:
        chats = await store.chats()
        if chats:
            await store.hold(chats[0].id)
            chat = await store.chat(chats[0].id)
        else:
            chat = await store.create(source="chat.yaml", text=script, room="test:{name}", rehearsal=False)
        held = Stage(store, chat, room or RecordingRoom(clock), clock)
        try:
            yield held
        finally:
            if not held.running.done():
                await held.stop()
