"""All chats that this process holds on Discord, and which of them an event or a command is about."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

import discord

from bot.live import Clock
from bot.messages import Author, Forgotten
from bot.rooms.discord.line import Line
from bot.rooms.discord.settings import Settings
from bot.rooms.discord.sitting import KIND, Sitting, room_of
from bot.session import Refusal, Start
from bot.store import OPEN, Chat, Held, Store, StoreError

log = logging.getLogger(__name__)

#: How often chats that another process holds are asked for again, in seconds.
ASK_AGAIN = 10.0
#: How long chats may take to finish what is in hand when the bot is stopped, in seconds.
LAST_MOMENTS = 10.0


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
        self._stopping = False

    # Their course ------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Go on with all that is unfinished, for ever: chats that another process holds are taken up when it is gone.

        Raises StoreError where nothing can be read at all.
        """
        told: set[int] = set()
        while True:
            for chat in await self.store.unfinished(KIND):
                if chat.id in self._tasks or self._stopping:
                    continue
                try:
                    self._sit(await self.store.hold(chat.id))
                    log.info("Going on with %s.", chat.name)
                except Held as held:
                    if chat.id not in told:
                        log.warning("%s: %s", chat.name, held)
                    told.add(chat.id)
            self._look.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(ASK_AGAIN):
                    await self._look.wait()

    async def start(self, guild: int, channel: int, *, source: str, text: str, by: Author) -> Sitting:
        """Make a chat of a script's text in that channel, and begin it unless it is planned for later.

        Raises Refusal where one is live there, and StoreError.
        """
        if self._stopping:
            raise Refusal("The bot is just being stopped. Try again in a minute.")
        chat = await self.store.create(
            source=source,
            text=text,
            room=room_of(guild),
            rehearsal=False,
            place=str(channel),
            apart=f"@{guild}",
        )
        await self.store.note(chat, {"host": by.id, OPEN: ""})
        sitting = self._sit(chat)
        if chat.state.phase.phase == "ready" and chat.state.phase.starts is None:
            await sitting.live.ask(Start(), by=by)
        log.info("%s begins.", chat.name)
        return sitting

    def _sit(self, chat: Chat) -> Sitting:
        sitting = Sitting(chat, self.store, self.line, self.clock)
        self._sittings[chat.id] = sitting
        task = asyncio.create_task(self._run(sitting), name=f"{chat.name}: chat")
        self._tasks[chat.id] = task
        return sitting

    async def _run(self, sitting: Sitting) -> None:
        chat = sitting.chat
        try:
            await sitting.run()
        except StoreError as error:
            log.warning("%s: %s", chat.name, error)
        except Exception:
            log.exception("%s stopped, and is taken up again.", chat.name)
        finally:
            self._sittings.pop(chat.id, None)
            self._tasks.pop(chat.id, None)

    async def stop(self) -> None:
        """Let every chat finish what is in hand, for a while."""
        self._stopping = True
        for sitting in self._sittings.values():
            sitting.stop()
        if tasks := set(self._tasks.values()):
            _, late = await asyncio.wait(tasks, timeout=LAST_MOMENTS)
            for task in late:
                task.cancel()

    # Finding -----------------------------------------------------------------------------------------------------

    def in_guild(self, guild: int) -> list[Sitting]:
        """Give the live chats of a guild, oldest first."""
        return [sitting for sitting in self._sittings.values() if sitting.guild == guild]

    def at(self, guild: int, channel: int | None, parent: int | None = None) -> Sitting | None:
        """Give the newest live chat at a channel, or at the one that a thread belongs to."""
        return next(iter(self._at(guild, channel, parent)), None)

    def by_ticket(self, guild: int, ticket: str) -> Sitting | None:
        """Give the live chat of that guild that a button belongs to."""
        return next((each for each in self.in_guild(guild) if each.ticket == ticket), None)

    async def kept(self, guild: int) -> list[Chat]:
        """Give all chats of a guild, oldest first, also those that are over."""
        return await self.store.chats(room_of(guild))

    async def forget(self, guild: int, person: str) -> str:
        """Remove all that a person has said in a guild, and remember to keep no more; give the words for it.

        What the bot has posted of it goes as well: live chats see to it at once, others are opened once more for it.
        """
        sittings = self.in_guild(guild)
        past = [
            chat
            for chat in await self.kept(guild)
            if chat.id not in self._sittings and await self.store.record(chat).said_by(person)
        ]
        for sitting in sittings:
            await sitting.echoes.erase_of(person)
        await self._open(past)  # where this ends in a moment, it is known what was to be done
        text = ""
        for sitting in sittings:
            text = await sitting.live.ask(Forgotten(person), by=Author(person, ""))
        await self.store.forget(room_of(guild), person)
        await self._open(past)
        self._look.set()
        return text or "Forgotten: nothing of yours is kept any more in this server, and nothing will be."

    async def _open(self, chats: list[Chat]) -> None:
        for chat in chats:
            await self.store.note(chat, {OPEN: ""})

    # What happens in Discord -------------------------------------------------------------------------------------

    async def ready(self) -> None:
        """Something may have been missed: let every chat look."""
        for sitting in self._sittings.values():
            sitting.ears.behind()

    def message(self, message: discord.Message) -> None:
        """Somebody has written something."""
        if sitting := self._of(message):
            sitting.ears.message(message)

    def edited(self, message: discord.Message) -> None:
        """Somebody has changed what they wrote."""
        if sitting := self._of(message):
            sitting.ears.edited(message)

    def deleted(self, guild: int | None, channel: int, ids: set[int]) -> None:
        """Messages are gone."""
        for sitting in self._there(guild, channel):
            sitting.ears.deleted(ids)

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

    def _of(self, message: discord.Message) -> Sitting | None:
        """Give the chat that a message belongs to: the one that went on in the channel when what it hangs on was written.

        That is the message that it replies to or its thread hangs on, or else itself: while late answers to a chat still
        come, the next one may have begun.
        """
        if message.guild is None:
            return None
        channel, parent = message.channel.id, getattr(message.channel, "parent_id", None)
        reference = message.reference.message_id if message.reference else None
        hangs_on = channel if parent else reference or message.id
        here = self._at(message.guild.id, channel, parent)
        return next((each for each in here if (each.ears.first or 0) <= hangs_on), None)

    def _there(self, guild: int | None, channel: int) -> list[Sitting]:
        """Give the chats at a channel of which only its number is known: of threads, Discord has told where they hang."""
        if guild is None:
            return []
        return self._at(guild, channel, getattr(self.line.client.get_channel(channel), "parent_id", None))

    def _at(self, guild: int, channel: int | None, parent: int | None) -> list[Sitting]:
        """Give the live chats at a channel or thread, newest first."""
        here = {channel, parent}
        return [each for each in reversed(self.in_guild(guild)) if each.channel in here and each.hears]
