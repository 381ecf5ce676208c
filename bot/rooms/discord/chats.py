"""All chats that this process holds on Discord, and which of them an event or a command is about."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import discord

from bot.live import Clock, amend
from bot.messages import Author, Deed, Forgotten
from bot.rooms.discord.absence import go_on, has_no_channel, stand_still
from bot.rooms.discord.hearing import parent_of
from bot.rooms.discord.line import Line
from bot.rooms.discord.posting import LONGEST_RETRY, LONGEST_WAIT
from bot.rooms.discord.settings import Settings
from bot.rooms.discord.sitting import KIND, Sitting, guild_of, room_of
from bot.session import Ready, Refusal, Start
from bot.store import HOST, OPEN, Chat, Held, Store, StoreError, in_words

log = logging.getLogger(__name__)

#: What a chat is told by that another process holds (the words of it count seconds), or whose server the bot is not in.
_HELD, _AWAY = "held", "away"
#: How often chats that another process holds are asked for again, in seconds.
ASK_AGAIN = 10.0
#: How long answers may take when the bot is stopped, and then all that its chats have in hand, in seconds.
LAST_MOMENTS = 5.0
#: How long it is waited for that nothing stands any more of who is to be forgotten, in seconds.
FORGETTING = 20.0
RESTARTING = "The bot is being restarted; send it again in a minute."


@dataclass(frozen=True, slots=True)
class _Rest:
    """How long a chat that is over is left alone, and until when: Discord does not let it be tidied up just now."""

    time: timedelta
    until: datetime


class Chats:
    """The chats of all guilds. `line` leads to Discord; what it hears comes in through the methods below."""

    def __init__(
        self,
        store: Store,
        line: Line,
        clock: Clock,
        settings: Settings,
        handle: Callable[["Chats", discord.Interaction], Awaitable[None]],
    ) -> None:
        self.store = store
        self.line = line
        self.clock = clock
        self.settings = settings
        self._handle = handle
        self._sittings: dict[int, Sitting] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._look = asyncio.Event()
        self._sitting_down = asyncio.Lock()
        self._told: dict[int, str] = {}
        self._resting: dict[int, _Rest] = {}
        self._tidying: set[asyncio.Task[bool]] = set()
        self._in_hand: set[asyncio.Task[Any]] = set()
        self.stopping = False

    # Their course ------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Go on with all that is unfinished, for ever: chats that another process holds are taken up when it is gone.

        Raises StoreError where nothing can be read at all when it begins.
        """
        unfinished = await self.store.unfinished(KIND)
        while True:
            for chat in unfinished:
                await self._go_on_with(chat)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(ASK_AGAIN):
                    await self._look.wait()
            self._look.clear()  # what comes while they are looked at is a reason to look again
            with contextlib.suppress(StoreError):  # what cannot be read now is looked for again
                unfinished = await self.store.unfinished(KIND)

    async def _go_on_with(self, chat: Chat) -> None:
        """Hold a chat and sit down to it where the bot is in its server, unless that is so already; say once why it cannot be done."""
        there = self.line.is_in(guild_of(chat))
        if there is False:
            await self._let_go(chat)
        async with self._sitting_down:
            if self.stopping or chat.id in self._tasks or there is None or self._rests(chat):
                return
            try:
                if not there:
                    if waits := await stand_still(self.store, chat, self.clock.now()):
                        self._say_once(chat, waits, _AWAY)
                    return
                held = await self.store.hold(chat.id)
                await go_on(self.store, held)
                sitting = self._sit(held)
            except StoreError as error:
                self._say_once(chat, error)
                return
        if self._told.get(chat.id) in {None, _HELD, _AWAY}:
            log.info("Going on with %s.", chat.name)
        await self._leave_if_gone(sitting)

    async def _let_go(self, chat: Chat) -> None:
        """Let a chat finish what is in hand, for a while, and run no longer."""
        self._resting.pop(chat.id, None)
        if task := self._tasks.get(chat.id):
            self._sittings[chat.id].stop()
            await asyncio.wait({task}, timeout=LAST_MOMENTS)
            task.cancel()
            await asyncio.wait({task})

    def _say_once(self, chat: Chat, trouble: StoreError | str, why: str = "") -> None:
        """Say what is wrong with a chat, once for as long as that is it: it is tried again and again."""
        why = why or (_HELD if isinstance(trouble, Held) else str(trouble))
        level = logging.DEBUG if self._told.get(chat.id) == why else logging.WARNING
        log.log(level, "%s: %s", chat.name, trouble)
        self._told[chat.id] = why

    async def start(self, guild: int, channel: int, *, source: str, text: str, by: Author) -> Sitting:
        """Make a chat of a script's text in that channel, and begin it unless it is planned for later.

        Raises Refusal where one is live there, and StoreError.
        """
        async with self._sitting_down:
            if self.stopping:
                raise Refusal(RESTARTING)
            chat = await self.store.create(
                source=source,
                text=text,
                room=room_of(guild),
                rehearsal=False,
                place=str(channel),
                apart=f"@{guild}",
            )
            await self.store.note(chat, {HOST: by.id, OPEN: ""})
            sitting = self._sit(chat)
        if isinstance(chat.state.phase, Ready) and chat.state.phase.starts is None:
            await sitting.live.ask(Start(), by=by)
        log.info("%s begins.", chat.name)
        return sitting

    def _sit(self, chat: Chat) -> Sitting:
        sitting = Sitting(
            chat, self.store, self.line, self.clock, followed=partial(self._followed, chat.id, chat.place)
        )
        self._sittings[chat.id] = sitting
        task = asyncio.create_task(self._run(sitting), name=f"{chat.name}: chat")
        self._tasks[chat.id] = task
        return sitting

    def _followed(self, chat: int, place: str) -> datetime | None:
        """Tell when the next chat that is live here began in a channel after that one, if it has."""
        later = (each for each in self._sittings.values() if each.chat.place == place and each.chat.id > chat)
        return min(filter(None, (each.began for each in later)), default=None)

    async def _run(self, sitting: Sitting) -> None:
        chat = sitting.chat
        try:
            await sitting.run()
            if sitting.waiting:
                self._rest(chat, sitting.waiting)
            else:
                self._told.pop(chat.id, None)
                self._resting.pop(chat.id, None)
                self._look.set()  # it may have been opened once more meanwhile
        except StoreError as error:
            self._say_once(chat, error)
        except Exception:
            log.exception("%s stopped, and is taken up again.", chat.name)
        finally:
            self._sittings.pop(chat.id, None)
            self._tasks.pop(chat.id, None)

    def _rest(self, chat: Chat, why: str) -> None:
        """Leave a chat alone that is over, each time for longer: Discord does not let it be tidied up just now."""
        self._say_once(chat, f"not all can be tidied up after its end; it is tried now and then: {why}")
        former = self._resting.get(chat.id)
        time = min(2 * former.time, LONGEST_WAIT) if former else LONGEST_RETRY
        self._resting[chat.id] = _Rest(time, self.clock.now() + time)

    def _rests(self, chat: Chat) -> bool:
        rest = self._resting.get(chat.id)
        return rest is not None and self.clock.now() < rest.until

    def in_hand(self) -> None:
        """Let `stop` wait for the caller's task: it answers somebody."""
        if task := asyncio.current_task():
            self._in_hand.add(task)
            task.add_done_callback(self._in_hand.discard)

    async def stop(self) -> None:
        """Let all that has been asked be answered, then every chat finish what is in hand; each for a while.

        Whoever asks for anything from now on is refused.
        """
        self.stopping = True
        for finish in (self._answered, self._stopped):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LAST_MOMENTS):
                    await finish()
        for late in (*self._in_hand, *self._tasks.values(), *self._tidying):
            late.cancel()

    async def _answered(self) -> None:
        if self._in_hand:
            await asyncio.wait(self._in_hand)

    async def _stopped(self) -> None:
        for waiting in self._tidying:  # whoever waits for it is told that something may still stand
            waiting.cancel()
        async with self._sitting_down:  # whoever is about to sit down is told to stop as well
            for sitting in self._sittings.values():
                sitting.stop()
        if self._tasks:
            await asyncio.wait(self._tasks.values())
        await self._answered()  # whoever has been refused meanwhile

    # Finding -----------------------------------------------------------------------------------------------------

    def in_guild(self, guild: int) -> list[Sitting]:
        """Give the live chats of a guild, oldest first."""
        return [sitting for sitting in self._sittings.values() if sitting.guild == guild]

    def at(self, guild: int, channel: int, parent: int | None = None) -> list[Sitting]:
        """Give the live chats at a channel, or at the one that a thread belongs to, newest first."""
        here = {channel, parent}
        return [each for each in reversed(self.in_guild(guild)) if each.channel in here and each.hears]

    def by_ticket(self, guild: int, ticket: str) -> Sitting | None:
        """Give the live chat of that guild that a button belongs to."""
        return next((each for each in self.in_guild(guild) if each.ticket == ticket), None)

    async def kept(self, guild: int) -> list[Chat]:
        """Give all chats of a guild, oldest first, also those that are over."""
        return await self.store.chats(room_of(guild))

    async def amend(self, chat: Chat, deed: Deed) -> str:
        """Do something about a chat that is over, and have it shown; gives words for who asks. Raises Refusal, StoreError."""
        await self._open([chat])
        told = await amend(await self.store.hold(chat.id), self.store, deed)
        await self._go_on_with(chat)
        return told

    async def forget(self, guild: int, person: str) -> list[int]:
        """Remove all that a person has said in a guild, and remember to keep no more.

        What the bot has posted of it goes as well: live chats see to it at once, others are opened once more for it. Gives
        the channels where some of that still stands, as Discord has not let it go so far: it is tried until it does.
        Raises StoreError.
        """
        live = [sitting for sitting in self.in_guild(guild) if sitting.hears]
        going = {sitting.chat.id for sitting in live}
        past = [
            chat
            for chat in await self.kept(guild)
            if chat.id not in going and await self.store.record(chat).said_by(person)
        ]
        for sitting in live:
            await sitting.room.erase_of(person)
        await self._open(past)  # where this ends in a moment, it is known what was to be done
        for sitting in live:
            with contextlib.suppress(StoreError):  # one that is just over: the store sees to it
                await sitting.live.ask(Forgotten(person), by=Author(person, ""))
        await self.store.forget(room_of(guild), person)
        await self._open(past + [sitting.chat for sitting in live if not sitting.hears])
        return await self._showing(past + [sitting.chat for sitting in live])

    async def _showing(self, chats: list[Chat]) -> list[int]:
        """Wait for a while until chats show no more than is kept; gives the channels of those that may still do."""
        tidying = {asyncio.create_task(self._tidied_up(chat)): int(chat.place) for chat in chats}
        self._tidying.update(tidying)
        for task in tidying:
            task.add_done_callback(self._tidying.discard)
        if tidying:
            await asyncio.wait(tidying, timeout=FORGETTING)
        tidy = {task for task in tidying if task.done() and not task.cancelled() and task.result()}
        return sorted({place for task, place in tidying.items() if task not in tidy})

    async def _tidied_up(self, chat: Chat) -> bool:
        """Wait until a chat shows no more than is kept, or Discord refuses that; tells whether it is so."""
        sitting, running = self._sittings.get(chat.id), self._tasks.get(chat.id)
        if sitting and running and sitting.hears:
            settled = asyncio.create_task(sitting.room.settled())
            try:
                await asyncio.wait({settled, running}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                settled.cancel()
            if settled.done():
                return not sitting.room.owing
        for _ in range(2):  # one that was being tidied up when it was opened is taken up once more
            await self._go_on_with(chat)
            if running := self._tasks.get(chat.id):
                await asyncio.wait({running})
            with contextlib.suppress(StoreError), in_words(self.store.path):
                if not await self.store.record(chat).notes(OPEN):
                    return True
        return False

    async def _open(self, chats: list[Chat]) -> None:
        for chat in chats:
            self._resting.pop(chat.id, None)
            if sitting := self._sittings.get(chat.id):
                sitting.reopen()
            await self.store.note(chat, {OPEN: ""})

    # What happens in Discord -------------------------------------------------------------------------------------

    async def ready(self) -> None:
        """Something may have been missed: let every chat look, and see whether its channel is still there.

        What Discord has refused it may allow by now, so it is tried again.
        """
        self._resting.clear()
        self._look.set()
        sittings = tuple(self._sittings.values())
        for sitting in sittings:
            sitting.ears.behind()
            sitting.room.allowed()
        for sitting in sittings:
            await self._leave_if_gone(sitting)

    def allowed(self, guild: int, channel: int | None = None) -> None:
        """Try again what was refused in a channel or (None) a server: the bot may be allowed more by now."""
        for sitting in self.in_guild(guild):
            if channel in (None, sitting.channel):
                sitting.ears.allowed()
                sitting.room.allowed()

    def moved(self) -> None:
        """Let go of what goes on in a server that the bot is in no longer, and go on with it where it is in it again."""
        self._look.set()

    async def gone(self, guild: int, channel: int) -> None:
        """Let what goes on in a channel that is gone come to its end."""
        for sitting in self.in_guild(guild):
            if sitting.channel == channel:
                await sitting.leave()

    async def _leave_if_gone(self, sitting: Sitting) -> None:
        if await has_no_channel(self.line, sitting.guild, sitting.channel):
            await sitting.leave()

    def message(self, message: discord.Message) -> None:
        """Somebody has written something: whose it is where one chat follows another, their ears know."""
        for sitting in self._around(message):
            sitting.ears.message(message)

    def edited(self, message: discord.Message) -> None:
        """Somebody has changed what they wrote."""
        for sitting in self._around(message):
            sitting.ears.edited(message)

    def deleted(self, guild: int | None, channel: int, ids: set[int]) -> None:
        """Messages are gone."""
        for sitting in self._there(guild, channel):
            sitting.ears.deleted(ids)

    def thread_deleted(self, guild: int, channel: int, thread: int) -> None:
        """Somebody has deleted a thread of a channel, with all that was in it."""
        for sitting in self.at(guild, channel, None):
            sitting.ears.thread_deleted(thread)

    def reacted(self, payload: discord.RawReactionActionEvent, *, on: bool) -> None:
        """Somebody has put a sign on a message, or taken it off."""
        for sitting in self._there(payload.guild_id, payload.channel_id):
            sitting.ears.reacted(payload, on=on)

    def cleared(self, guild: int | None, channel: int, message: int, sign: str | None) -> None:
        """All signs, or all of one kind, are gone from a message."""
        for sitting in self._there(guild, channel):
            sitting.ears.cleared(message, sign)

    async def interaction(self, interaction: discord.Interaction) -> None:
        """Somebody has pressed a button, chosen something, or sent a form."""
        await self._handle(self, interaction)

    def _around(self, message: discord.Message) -> list[Sitting]:
        if message.guild is None:
            return []
        return self.at(message.guild.id, message.channel.id, parent_of(message.channel))

    def _there(self, guild: int | None, channel: int) -> list[Sitting]:
        """Give the chats at a channel of which only its number is known: of threads, Discord has told where they hang."""
        if guild is None:
            return []
        return self.at(guild, channel, parent_of(self.line.client.get_channel(channel)))
