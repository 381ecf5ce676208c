"""Whether the bot could hold a chat on Discord: what is right, what is missing, and how to mend it."""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import aiohttp
import discord
from discord.http import Route

from bot.live import Clock
from bot.render.plain import one_line
from bot.rooms.discord.client import Client, Commands
from bot.rooms.discord.line import NO_CONTENT, REFUSED, Line, NotConnected, Patience, Refused, why
from bot.rooms.discord.permissions import NEEDED, invite, missing, unwelcome
from bot.rooms.discord.settings import Settings
from bot.store import Store, StoreError

#: How long Discord may take to let the bot in (`hangs`); until then nothing is said.
PATIENCE = Patience(hangs=30, hopes=30)
#: Less free space than this is too little for a chat with its pictures, in bytes.
LEAST_SPACE = 512 * 2**20
#: How many channels, and how many sorts of trouble, are named of one guild.
_NAMED, _SORTS = 5, 6


class Mark(StrEnum):
    """How a finding is meant."""

    RIGHT = "✓"
    NOTE = "·"
    WRONG = "✗"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of what was found; what is wrong says how to mend it."""

    mark: Mark
    text: str

    def __str__(self) -> str:
        """Write it as it is shown, harmless whatever Discord's people call their guilds."""
        return f"{self.mark} {one_line(self.text)}"


def right(text: str) -> Finding:
    """Say that something is as it should be."""
    return Finding(Mark.RIGHT, text)


def note(text: str) -> Finding:
    """Say what is worth knowing and may be meant so."""
    return Finding(Mark.NOTE, text)


def wrong(text: str) -> Finding:
    """Say that something has to be mended, and how."""
    return Finding(Mark.WRONG, text)


# The database ----------------------------------------------------------------------------------------------------


async def examine_store(store: Store) -> Finding:
    """Find out whether the open database can be written to, with room for what comes."""
    try:
        await store.set_setting("discord:doctor", "was here")
    except StoreError as error:
        return wrong(f"Database: {error}")
    return space(store.path, shutil.disk_usage(store.path.parent).free)


def space(path: Path, free: int) -> Finding:
    """Tell whether so many free bytes are enough beside a database."""
    left = f"{free / 2**30:.1f} GiB free"
    if free < LEAST_SPACE:
        return wrong(
            f"Database: {path} has only {left}, and a chat may bring 200 MiB of pictures. Make room on that disk."
        )
    return right(f"Database: {path} can be written to, {left}.")


# Discord ---------------------------------------------------------------------------------------------------------


class Looker:
    """A crew that only waits until all guilds are there, and lets everything else be."""

    def __init__(self) -> None:
        self.there = asyncio.Event()

    async def ready(self) -> None:
        """Take in that all guilds are there."""
        self.there.set()

    async def interaction(self, _: discord.Interaction) -> None:
        """Leave it to the bot."""

    async def gone(self, *_: object) -> None:
        """Leave it to the bot."""

    def _pass(self, *_: object, **__: object) -> None:
        pass

    moved = allowed = message = edited = deleted = thread_deleted = reacted = cleared = _pass


async def examine_discord(
    settings: Settings, clock: Clock, commands: Commands | None, *, patience: Patience = PATIENCE
) -> AsyncIterator[Finding]:
    """Log in as the bot would, and tell of token, gateway, intent, guilds and commands."""
    line = Line(settings, clock, patience=patience)
    looker = Looker()
    running = asyncio.create_task(line.run(looker))
    there = asyncio.create_task(looker.there.wait())
    try:
        await asyncio.wait({running, there}, timeout=patience.hangs, return_when=asyncio.FIRST_COMPLETED)
        if there.done():
            async for finding in _examine(line, commands):
                yield finding
        else:
            yield _not_there(line, running)
    finally:
        there.cancel()
        await line.close()
        await asyncio.wait({running, there})
        with contextlib.suppress(asyncio.CancelledError, Refused):
            running.result()


def _not_there(line: Line, running: asyncio.Task[None]) -> Finding:
    """Say why the bot is not let in."""
    if running.done() and isinstance(refused := running.exception(), Refused):
        return wrong(f"Token: {refused}")
    why = line.trouble or "it does not answer"
    try:
        name = line.client.user
    except NotConnected:
        return wrong(
            f"Discord: it cannot be reached ({why}). Look whether this machine is online, and at https://discordstatus.com."
        )
    return wrong(
        f"Gateway: Discord takes the token of {name}, but its gateway cannot be reached ({why}). Look whether a firewall or proxy holds WebSockets up."
    )


async def _examine(line: Line, commands: Commands | None) -> AsyncIterator[Finding]:
    client = line.client
    yield right(f"Token: Discord takes it; the bot is {client.user}.")
    yield right("Gateway: connected.")
    yield right("Message content: may be read.") if line.content else wrong(f"Message content: {NO_CONTENT}")
    if not client.guilds:
        link = invite(client.application_id or 0)
        yield wrong(f"Servers: the bot is in none. Invite it with this link: {link}")
    for guild in client.guilds:
        for finding in await _examine_guild(guild, line.me):
            yield finding
    if commands:
        yield await _examine_commands(client, commands)


async def _examine_guild(guild: discord.Guild, bot: int) -> list[Finding]:
    if guild.unavailable:
        return [note(f"{guild.name or guild.id}: Discord says that this server is not available just now.")]
    try:
        me = guild.me or await guild.fetch_member(bot)
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        return [wrong(f"{guild.name}: the bot's roles there cannot be read ({error}). Try again later.")]
    channels = [(f"#{channel.name}", channel.permissions_for(me)) for channel in guild.text_channels]
    return list(guild_findings(guild.name, channels))


def guild_findings(name: str, channels: Iterable[tuple[str, discord.Permissions]]) -> Iterator[Finding]:
    """Tell in which text channels of a guild a chat can be held: channels by name, with what the bot is allowed there.

    Where it may see or post nothing that may well be meant so; a channel where it may post but lacks another permission
    is wrong, and so is a guild without any channel for a chat.
    """
    sorts: dict[tuple[str, ...], list[str]] = {}
    for channel, allowed in channels:
        lacks = missing(allowed) if allowed.view_channel else ["View Channel"]
        sorts.setdefault(tuple(lacks or unwelcome(allowed)), []).append(channel)
    usable = sum(len(each) for lacks, each in sorts.items() if _usable(lacks))
    if not usable:
        yield wrong(
            f"{name}: there is no text channel for a chat. In a channel's settings, under Permissions, allow the bot's role what is missing."
        )
    else:
        yield right(f"{name}: a chat can be held in {_count(usable)}.")
    troubles = sorted(
        ((lacks, each) for lacks, each in sorts.items() if lacks), key=lambda sort: -len(sort[1])
    )
    yield from (_sort_finding(name, *trouble) for trouble in troubles[:_SORTS])
    if len(troubles) > _SORTS:
        yield note(
            f"{name}: and other permissions in {_count(sum(len(each) for _, each in troubles[_SORTS:]))}."
        )


def _sort_finding(name: str, lacks: tuple[str, ...], channels: list[str]) -> Finding:
    what = ", ".join(lacks)
    where = f"{name}: in {_names(channels)}"
    match lacks:
        case ("View Channel",):
            return note(f"{name}: the bot does not see {_names(channels)}.")
        case _ if _usable(lacks):
            return note(f"{where} the bot would do without {what}.")
        case _ if "Send Messages" in lacks:
            return note(f"{where} the bot may only read; for a chat there, allow its role {what}.")
        case _:
            return wrong(
                f"{where} the bot lacks {what}. Allow its role that in the channel's settings, under Permissions."
            )


def _usable(lacks: tuple[str, ...]) -> bool:
    return not any(name in lacks for name in NEEDED)


def _names(channels: list[str]) -> str:
    named, more = channels[:_NAMED], len(channels) - _NAMED
    return ", ".join(named) + (f" and {more} more" if more > 0 else "")


def _count(channels: int) -> str:
    return "1 channel" if channels == 1 else f"{channels} channels"


async def _examine_commands(client: Client, commands: Commands) -> Finding:
    """Compare what Discord knows of the commands with what there is."""
    ours = {(each["type"], each["name"]) for each in commands.payload()}
    try:
        theirs = {(each.type.value, each.name) for each in await client.tree.fetch_commands()}
        told = await commands.known(client)
        if told and ours != theirs:
            await commands.tell_again(client)
    except (discord.HTTPException, aiohttp.ClientError, OSError, StoreError) as error:
        return wrong(f"Commands: they cannot be looked at ({error}). Try again later.")
    if not told:
        return note("Commands: Discord is told of them when the bot starts next.")
    if ours != theirs:
        return wrong("Commands: Discord has lost some. Start the bot again: they are sent anew.")
    return right("Commands: Discord knows them.")


async def invite_link(settings: Settings) -> str:
    """Ask Discord which application the token is of, and give the link that invites it. Raises Refused and NotConnected."""
    Route.BASE = settings.api_url
    async with discord.Client(intents=discord.Intents.none()) as client:
        try:
            async with asyncio.timeout(PATIENCE.hangs):
                await client.login(settings.token)
        except discord.LoginFailure as error:
            raise Refused(REFUSED) from error
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            raise NotConnected(f"Discord cannot be reached ({why(error)}). Try again later.") from error
        return invite(client.application_id or 0)
