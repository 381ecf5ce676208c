"""One live chat in one channel: what listens, what posts, and the live chat between them."""

import asyncio
import logging

from bot.live import Clock, LiveChat
from bot.messages import Author, Deed
from bot.rooms.discord.ears import Ears
from bot.rooms.discord.echoes import Echoes
from bot.rooms.discord.keeping import Keeper
from bot.rooms.discord.line import Line
from bot.rooms.discord.room import DiscordRoom
from bot.session import Over
from bot.store import OPEN, Chat, Store

log = logging.getLogger(__name__)

#: Rooms of Discord are guilds, so that what is remembered of people holds for all chats of a guild.
KIND = "discord"


def room_of(guild: int) -> str:
    """Give the room that a guild is."""
    return f"{KIND}:{guild}"


def ticket_of(store: Store, chat: Chat) -> str:
    """Give what stands for a chat in buttons: nothing that tells how many chats there are elsewhere."""
    return store.digest(chat.room, f"chat {chat.id}").hex()[:12]


class Sitting:
    """A chat that this process holds, at its channel. Keep `run` going."""

    def __init__(self, chat: Chat, store: Store, line: Line, clock: Clock) -> None:
        self.guild = int(chat.room.partition(":")[2])
        self.channel = int(chat.place)
        self.ticket = ticket_of(store, chat)
        self.echoes = Echoes(chat, store, line, ticket=self.ticket, ask=self._ask)
        self.room = DiscordRoom(chat, store, line, self.echoes, clock, ticket=self.ticket)
        self.live = LiveChat(chat, store, self.room, clock)
        self.ears = Ears(
            self.live, store, line, self.echoes, guild=self.guild, channel=self.channel, clock=clock
        )
        self._keeper = Keeper(chat, store, line, clock=clock)
        self._store = store

    @property
    def chat(self) -> Chat:
        """The chat as it is now."""
        return self.live.chat

    @property
    def trouble(self) -> str | None:
        """What is wrong, until it is right again."""
        return self.room.trouble

    @property
    def hears(self) -> bool:
        """Whether what is said in the channel still belongs to this chat."""
        return not isinstance(self.live.state.phase, Over)

    async def _ask(self, deed: Deed, by: Author) -> str:
        return await self.live.ask(deed, by=by)

    async def run(self) -> None:
        """Run the chat until it is over and all is tidied up, or until `stop`. Raises StoreError."""
        await self.echoes.load()
        others = [
            asyncio.create_task(each, name=self.chat.name)
            for each in (self.ears.run(), self.room.run(), self._keeper.run())
        ]
        running = asyncio.create_task(self.live.run(), name=self.chat.name)
        try:
            done, _ = await asyncio.wait({running, *others}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
            if isinstance(self.live.state.phase, Over):
                await self._tidy_up(self.live.state.phase)
        finally:
            self.live.stop()
            for task in others:
                task.cancel()
            await asyncio.gather(running, *others, return_exceptions=True)

    async def _tidy_up(self, over: Over) -> None:
        """Show what late answers have changed, and finish what is done behind the posts."""
        if not over.cancelled:
            await self.room.update_recap(await self.live.recap())
        if await self.room.finish():
            await self._store.note(self.chat, {OPEN: None})

    def stop(self) -> None:
        """Finish what is in hand, and let `run` return."""
        self.live.stop()
