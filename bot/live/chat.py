"""One live chat: an inbox, and one task that empties it.

    take all that is queued → fold it over state and record → commit once → only then swap the state and answer those
    who wait → act on what is kept and not yet done; what the room reports goes into the inbox

A commit that fails changes nothing, here or on the disk, and tells those who wait. A restart does nothing special: it acts on
what is kept and not yet done.
"""

import asyncio
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.live.clock import Call, Clock, sleep
from bot.live.fold import Awaited, Fold, Item, Reported, Reread
from bot.live.listener import Listener
from bot.live.room import Delivery, Room, RoomError
from bot.messages import ITSELF, Author, Deed
from bot.recap import Recap
from bot.script.posts import Kind, Post, compose
from bot.session import Over, Pause, Running, State, Tick, Want, Wish, describe, due
from bot.store import Changes, Chat, LeaseLost, Store, StoreError, in_words

#: How long to wait before keeping is tried again.
RETRY = timedelta(seconds=5)
#: How long to wait before a post is tried again: at first, and at most.
ROOM_RETRY = timedelta(seconds=1)
LONGEST_ROOM_RETRY = timedelta(seconds=30)
#: How long a post that is on its way may still take when the chat is stopped, in seconds.
LAST_POST = 5


@dataclass(frozen=True, slots=True)
class _Trouble:
    """Nothing can be kept: why, in words, and since when."""

    text: str
    since: datetime


class LiveChat:
    """Runs a chat that this process holds, in one room."""

    def __init__(self, chat: Chat, store: Store, room: Room, clock: Clock) -> None:
        self.chat = chat
        self.script = chat.script
        self.state = chat.state
        self._store = store
        self._room = room
        self._clock = clock
        self._listener = Listener(self.script, chat, store)
        self._inbox: list[Item] = []
        self._wake = asyncio.Event()
        self._kept: asyncio.Future[None] | None = None
        self._outbox: asyncio.Queue[Post] = asyncio.Queue()
        self._unshown = 0
        self._delivering = False
        self._alarm: Call | None = None
        self._alarm_at: datetime | None = None
        self._caught_up = False
        self._promised: set[asyncio.Future[Any]] = set()
        self._stopping = False
        self._left = False
        self._trouble: _Trouble | None = None

    # What rooms call ---------------------------------------------------------------------------------------------

    def hear(self, deed: Deed) -> asyncio.Future[None]:
        """Take in what somebody did. The future, shared by a whole batch, is done once it is kept, or has the StoreError."""
        if self._kept is None:
            self._kept = self._promise()
        self._put(deed)
        return self._kept

    async def ask(
        self, want: Want | Deed, *, by: Author, id: str | None = None, about: str | None = None
    ) -> str:
        """Ask for something, and give the answer in words once it is kept.

        `id` is the wish's own, so that a double click does nothing; `about` is the `point` of the chat that the one who
        asks was looking at. Raises Refusal with the reason, and StoreError.
        """
        answer: asyncio.Future[str] = self._promise()
        item = want if isinstance(want, Deed) else self._wish(want, by, id, about)
        self._put(Awaited(item, answer))
        return await answer

    def stop(self) -> None:
        """Finish what is in hand, and let `run` return."""
        self._stopping = True
        self._wake.set()

    def describe(self) -> str:
        """Say where the chat stands now, or has stood still since nothing could be kept any more."""
        if self._trouble and isinstance(self.state.phase, Running):
            stood = describe(self.script, self.state, self._trouble.since)
            return f"{stood} It stands still until what happens can be kept again."
        return describe(self.script, self.state, self._clock.now())

    def _wish(self, want: Want, by: Author, id: str | None = None, about: str | None = None) -> Wish:
        return Wish(self._clock.now(), id or secrets.token_hex(8), by, want, about)

    def _put(self, item: Item) -> None:
        self._inbox.append(item)
        self._wake.set()

    def _promise(self) -> asyncio.Future[Any]:
        """Make a future that is done at the latest when the chat no longer runs here."""
        promise: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._promised.add(promise)
        promise.add_done_callback(self._promised.discard)
        if self._left:
            _settle(promise, self._gone())
        return promise

    def _gone(self) -> StoreError:
        return StoreError(f"{self.chat.name} no longer runs here, so that has not been kept. Run it again.")

    # The one task ------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Run the chat until it is over and all is posted, or until `stop`.

        Raises LeaseLost where another process has taken the chat, and StoreError where it cannot be read.
        """
        try:
            await self._run()
        finally:
            self._left = True
            if self._alarm:
                self._alarm.cancel()
            for promise in tuple(self._promised):
                _settle(promise, self._gone())

    async def _run(self) -> None:
        with in_words(self._store.path):
            await self._listener.open()
            record = self._store.record(self.chat)
            to_come, moved = await record.posts_to_come(), await record.moved()
        self._send(to_come)
        deliverer = asyncio.create_task(self._deliver(), name=f"{self.chat.name}: posts")
        catching_up = asyncio.create_task(self._catch_up(), name=f"{self.chat.name}: catching up")
        for task in (deliverer, catching_up):
            task.add_done_callback(lambda _: self._wake.set())
        if moved:
            self._put(Reread(frozenset(moved)))
        try:
            while not self._finished:
                await self._wake.wait()
                await self._take_all()
                for task in (deliverer, catching_up):
                    if task.done():
                        task.result()
        finally:
            self._stopping = True
            catching_up.cancel()
            await self._last_post(deliverer)
        await self._take_all()

    async def _catch_up(self) -> None:
        """Let the clock go on once all that happened while nobody was here has been heard: what is due may end the chat."""
        await self._room.catch_up()
        self._caught_up = True
        self._tick()

    @property
    def _finished(self) -> bool:
        if self._inbox and not (self._stopping and self._trouble):
            return False
        phase = self.state.phase
        return self._stopping or (isinstance(phase, Over) and (phase.cancelled or not self._unshown))

    async def _take_all(self) -> None:
        """Take all that is queued, keep it, and only then act on it."""
        self._wake.clear()
        items, self._inbox = self._inbox, []
        kept, self._kept = self._kept, None
        changes = Changes(self.chat.id, self.chat.room)
        fold = Fold(self.script, self.state, self._listener, changes, self._words)
        try:
            with in_words(self._store.path):
                await fold.take(items)
            if fold.anything:
                await self._store.commit(fold.changes)
        except StoreError as error:
            self._listener.not_kept()
            for waiting in (kept, *(item.answer for item in items if isinstance(item, Awaited))):
                _settle(waiting, error)
            if isinstance(error, LeaseLost):
                raise
            self._in_trouble(str(error), items)
        else:
            self._goes_on(fold.state)
            fold.answer()
            _settle(kept)
            self._act_on(fold)

    def _goes_on(self, state: State) -> None:
        """Be in that state, with the questions that were taken into the chat."""
        taken = state.taken != self.state.taken
        self.state = state
        self.chat = replace(self.chat, state=state)
        if taken:
            self.script = self._listener.script = self.chat.script

    def _act_on(self, fold: Fold) -> None:
        """Do what is to be done about what has been kept."""
        if self._trouble and fold.anything:
            self._trouble = None
            self._room.report(f"What happens is kept again. {self.describe()}")
        for message, reading in fold.heard:
            self._room.acknowledge(message, reading)
        if fold.anything:
            self._room.changed(fold.news)
        self._send(fold.posts)
        if fold.rereading:
            self._put(Reread(frozenset(fold.rereading)))
        self._wake_at(due(self.state) if self._caught_up else None)

    def _wake_at(self, moment: datetime | None) -> None:
        if self._alarm and not self._alarm.cancelled:
            if moment == self._alarm_at:
                return
            self._alarm.cancel()
        self._alarm_at = moment
        self._alarm = self._clock.call_at(moment, self._tick) if moment else None

    def _tick(self) -> None:
        if self._caught_up:
            self._put(Tick(self._clock.now()))
        self._wake.set()

    def _in_trouble(self, text: str, items: list[Item]) -> None:
        """Say once what is wrong, hold on to what only this process knows, and try again in a while.

        The chat pauses as from now, so the wish for it stays in the inbox until it can be kept.
        """
        now = self._clock.now()
        self._inbox[:0] = [item for item in items if isinstance(item, Reported | Reread | Wish)]
        if self._trouble is None:
            self._inbox.append(self._wish(Pause(), ITSELF))
        if self._trouble is None or text != self._trouble.text:
            self._room.report(text)
        self._trouble = _Trouble(text, self._trouble.since if self._trouble else now)
        self._wake_at(now + RETRY)

    # Posts -------------------------------------------------------------------------------------------------------

    def _send(self, posts: list[Post]) -> None:
        self._unshown += len(posts)
        for post in posts:
            self._outbox.put_nowait(post)

    async def _deliver(self) -> None:
        """Bring the posts into the room, one after the other."""
        while not self._stopping:
            post = await self._outbox.get()
            reported = await self._deliver_at_last(post)
            self._delivering = False
            if reported:
                self._unshown -= 1
                self._put(reported)

    async def _deliver_at_last(self, post: Post) -> Reported | None:
        """Bring a post into the room, however often it takes; None where that failed while the chat was being stopped."""
        wait = ROOM_RETRY
        while True:
            self._delivering = True
            try:
                recap = self.recap if post.kind is Kind.RECAP else None
                delivered = await self._room.deliver(
                    Delivery(post, self._words(post, self._room.moment), recap)
                )
                return Reported(post, delivered, self._clock.now())
            except (RoomError, StoreError) as error:
                self._delivering = False
                self._room.report(f"{error} Trying again in {wait.total_seconds():.0f} s.")
                if self._stopping:
                    return None
                await sleep(self._clock, wait)
                wait = min(2 * wait, LONGEST_ROOM_RETRY)

    def _words(self, post: Post, moment: Callable[[datetime], str] | None = None) -> str:
        """Give the text of a post as the chat is now: a question may have been taken back since it was to go out.

        With `moment` it is in the room's own writing, which means nothing in a transcript; without, as it is kept.
        """
        return compose(self.script, post, moment=moment, ways=self._room.ways)

    async def recap(self) -> Recap:
        """Give the chat's recap as it is now."""
        return await self._store.recap(self.chat)

    async def _last_post(self, deliverer: asyncio.Task[None]) -> None:
        """Let a post that is on its way arrive, for a while."""
        try:
            if self._delivering:
                await asyncio.wait({deliverer}, timeout=LAST_POST)
        finally:
            deliverer.cancel()
            with suppress(asyncio.CancelledError):
                await deliverer


def _settle(kept: asyncio.Future[Any] | None, error: Exception | None = None) -> None:
    """Tell those who share the future that all is kept, or that nothing is."""
    if kept is None or kept.done():
        return
    if error:
        kept.set_exception(error)
        kept.exception()  # a room need not look: the trouble is reported as well
    else:
        kept.set_result(None)
