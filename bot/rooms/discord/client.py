"""One connection to Discord by discord.py: what it asks for, keeps in mind, and hands on."""

import asyncio
import hashlib
import json
import logging
import sys
import threading
from collections.abc import Callable
from typing import Any, Protocol

import aiohttp
import discord
from discord import app_commands
from discord.gateway import KeepAliveHandler

from bot.store import Store, StoreError

log = logging.getLogger(__name__)

#: How long sending the commands may take, and how soon it is tried again, in seconds.
SENDING, SEND_AGAIN = 60.0, 300.0

Tree = app_commands.CommandTree[Any]


class Crew(Protocol):
    """Those who act on what is heard. All but `ready`, `gone` and `interaction` are called in the order of what happened."""

    async def ready(self) -> None:
        """All guilds are there, at first or again: something may have been missed."""

    def moved(self) -> None:
        """Take in that the bot is in a server more, or in one less."""

    async def gone(self, guild: int, channel: int) -> None:
        """Take in that a channel is gone."""

    def allowed(self, guild: int, channel: int | None = None) -> None:
        """Take in that the bot may be allowed more than before in a channel or (None) in a server."""

    def message(self, message: discord.Message) -> None:
        """Somebody has written something."""

    def edited(self, message: discord.Message) -> None:
        """Somebody has changed what they wrote."""

    def deleted(self, guild: int | None, channel: int, ids: set[int]) -> None:
        """Messages are gone."""

    def thread_deleted(self, guild: int, channel: int, thread: int) -> None:
        """Somebody has deleted a thread of a channel, with all that was in it."""

    def reacted(self, payload: discord.RawReactionActionEvent, *, on: bool) -> None:
        """Somebody has put a sign on a message, or taken it off."""

    def cleared(self, guild: int | None, channel: int, message: int, sign: str | None) -> None:
        """All signs, or all of one kind, are gone from a message."""

    async def interaction(self, interaction: discord.Interaction) -> None:
        """Somebody has pressed a button, chosen something, or sent a form."""


class Watch(Protocol):
    """Who is told how a client's connection is."""

    def up(self, client: "Client") -> None:
        """Take in that it stands."""

    def down(self, client: "Client") -> None:
        """Take in that it is lost; the client may mend it."""


class Commands:
    """The commands, and what Discord knows of them. `register` puts them on the tree of a client that is to do them."""

    def __init__(self, store: Store, register: Callable[[Tree], None]) -> None:
        self.register = register
        self._store = store

    async def keep_known(self, client: "Client") -> None:
        """Make them known to Discord where they have changed; tried again until it is done."""
        while True:
            try:
                async with asyncio.timeout(SENDING):
                    if not await self.known(client):
                        await client.tree.sync()
                        await self._store.set_setting(_key(client), _digest(self.payload()))
                        log.info("The commands have been made known to Discord.")
            except (discord.DiscordException, aiohttp.ClientError, OSError, StoreError) as error:
                log.warning("The commands cannot be made known to Discord (%s). Trying again.", error)
                await asyncio.sleep(SEND_AGAIN)
            else:
                return

    async def known(self, client: "Client") -> bool:
        """Tell whether Discord has been told of the commands as they are now. Raises StoreError."""
        return await self._store.setting(_key(client)) == _digest(self.payload())

    async def tell_again(self, client: "Client") -> None:
        """Have them made known at the next start whether they have changed or not. Raises StoreError."""
        await self._store.set_setting(_key(client), "")

    def payload(self) -> list[dict[str, Any]]:
        """Give the commands as Discord is told of them: from a client that never connects, so that nobody's are done."""
        tree = Tree(discord.Client(intents=discord.Intents(guilds=True)))
        self.register(tree)
        return [command.to_dict(tree) for command in tree.get_commands()]


def _key(client: "Client") -> str:
    return f"discord:commands:{client.application_id}"


def _digest(payload: list[dict[str, Any]]) -> str:
    """Give what stands for all commands as Discord is told of them."""
    return hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()


def stop_beating() -> None:
    """Stop the threads by which discord.py keeps this loop's connections alive.

    It forgets the one of a connection that was cut off before it stood, as while an invalid session waits for the next.
    """
    loop = asyncio.get_running_loop()
    for thread in threading.enumerate():
        if isinstance(thread, KeepAliveHandler) and thread.ws.loop is loop:
            thread.stop()


class Client(discord.Client):
    """A client that keeps nothing in mind but guilds and channels, and hands what it hears to its crew."""

    def __init__(
        self,
        crew: Crew,
        watch: Watch,
        commands: Commands | None,
        *,
        content: bool,
        trace: aiohttp.TraceConfig,
        guild_patience: float,
    ) -> None:
        """Make a client; `content` says whether to ask for what messages say, `guild_patience` is in seconds."""
        super().__init__(
            intents=discord.Intents(
                guilds=True, guild_messages=True, guild_reactions=True, message_content=content
            ),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            guild_ready_timeout=guild_patience,
            http_trace=trace,
        )
        self.tree = Tree(self)
        self._crew = crew
        self._watch = watch
        self._commands = commands
        self._sending: asyncio.Task[None] | None = None

    async def setup_hook(self) -> None:
        """Once logged in: make the commands known to Discord, while all else goes on."""
        if self._commands:
            self._commands.register(self.tree)
            self._sending = asyncio.create_task(self._commands.keep_known(self), name="commands")

    async def close(self) -> None:
        """Leave Discord."""
        if self._sending:
            self._sending.cancel()
            await asyncio.wait({self._sending})
        await super().close()

    def read(self, channel: discord.PartialMessageable, told: Any) -> discord.Message:
        """Make a message of what Discord tells of it in a channel; fails somehow where a part is missing."""
        return self._connection.create_message(channel=channel, data=told)

    # What is heard -----------------------------------------------------------------------------------------------

    async def on_connect(self) -> None:
        """Tell that the connection stands."""
        self._watch.up(self)

    async def on_resumed(self) -> None:
        """Tell that the connection stands again."""
        self._watch.up(self)

    async def on_disconnect(self) -> None:
        """Tell that the connection is lost."""
        self._watch.down(self)

    async def on_ready(self) -> None:
        """Hand on that all guilds are there."""
        guilds = "1 server" if len(self.guilds) == 1 else f"{len(self.guilds)} servers"
        log.info("Connected as %s, in %s.", self.user, guilds)
        await self._crew.ready()

    async def on_message(self, message: discord.Message) -> None:
        """Hand on what somebody has written."""
        self._crew.message(message)

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Hand on a message as it is now."""
        self._crew.edited(payload.message)

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Hand on that a message is gone."""
        self._crew.deleted(payload.guild_id, payload.channel_id, {payload.message_id})

    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Hand on that messages are gone."""
        self._crew.deleted(payload.guild_id, payload.channel_id, payload.message_ids)

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """Hand on that a channel is gone."""
        await self._crew.gone(channel.guild.id, channel.id)

    async def on_guild_remove(self, _: discord.Guild) -> None:
        """Hand on that the bot is in a server no longer."""
        self._crew.moved()

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Hand on that the bot is in a server, perhaps again: what was said there meanwhile was never told."""
        self._crew.moved()
        self._crew.allowed(guild.id)

    on_guild_available = on_guild_join  # one that was away, or that Discord is late to tell of

    async def on_guild_channel_create(self, channel: discord.abc.GuildChannel) -> None:
        """Hand on that there is a channel, or that it can be seen."""
        self._crew.allowed(channel.guild.id, channel.id)

    async def on_guild_channel_update(self, _: object, channel: discord.abc.GuildChannel) -> None:
        """Hand on any change of a channel: of one that forbade the bot to see it, nobody may have told."""
        self._crew.allowed(channel.guild.id, channel.id)

    async def on_guild_role_update(self, before: discord.Role, role: discord.Role) -> None:
        """Hand on that a role allows something else; names and colours change too often."""
        if before.permissions != role.permissions:
            self._crew.allowed(role.guild.id)

    async def on_guild_role_delete(self, role: discord.Role) -> None:
        """Hand on that a role is gone, which may have forbidden something."""
        self._crew.allowed(role.guild.id)

    async def on_member_update(self, _: object, member: discord.Member) -> None:
        """Hand on that the bot has other roles: of nobody else is it told, or keeps anything in mind."""
        self._crew.allowed(member.guild.id)

    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """Hand on that a thread is gone: Discord does not tell of the messages in it."""
        self._crew.thread_deleted(payload.guild_id, payload.parent_id, payload.thread_id)

    async def on_raw_reaction_add(self, payload: discord.RawReactionActionEvent) -> None:
        """Hand on a sign."""
        self._crew.reacted(payload, on=True)

    async def on_raw_reaction_remove(self, payload: discord.RawReactionActionEvent) -> None:
        """Hand on that a sign is gone."""
        self._crew.reacted(payload, on=False)

    async def on_raw_reaction_clear(self, payload: discord.RawReactionClearEvent) -> None:
        """Hand on that all signs of a message are gone."""
        self._crew.cleared(payload.guild_id, payload.channel_id, payload.message_id, None)

    async def on_raw_reaction_clear_emoji(self, payload: discord.RawReactionClearEmojiEvent) -> None:
        """Hand on that all signs of one kind are gone from a message."""
        emoji = payload.emoji
        sign = f":{emoji.name}:" if emoji.id else emoji.name
        self._crew.cleared(payload.guild_id, payload.channel_id, payload.message_id, sign)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Hand on buttons, choices and forms; discord.py's tree takes the commands."""
        if interaction.type in {discord.InteractionType.component, discord.InteractionType.modal_submit}:
            await self._crew.interaction(interaction)

    async def on_error(self, event: str, /, *_: Any, **__: Any) -> None:
        """Say what went wrong with what Discord told; the connection goes on."""
        log.error(
            "What Discord told could not be taken in: %s.", event.replace("_", " "), exc_info=sys.exception()
        )
