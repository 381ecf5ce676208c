"""`hashchat discord`: the bot on Discord, its doctor and its invitation."""

import asyncio
import gc
import logging
import os
import re
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yarl

from bot.cli.failing import DEBUG, complain
from bot.live import SystemClock
from bot.rooms.discord import commands, logs
from bot.rooms.discord.chats import Chats
from bot.rooms.discord.client import Commands
from bot.rooms.discord.doctor import (
    Finding,
    Mark,
    examine_discord,
    examine_store,
    invite_link,
    note,
    right,
    wrong,
)
from bot.rooms.discord.health import CannotAnswer, Facts, answering
from bot.rooms.discord.line import Line, NotConnected, Refused
from bot.rooms.discord.settings import API_URL, GATEWAY_URL, Settings
from bot.rooms.discord.sitting import KIND, guild_of
from bot.rooms.stopping import stopping
from bot.session import due
from bot.store import Store, StoreError, in_words

log = logging.getLogger(__name__)

TOKEN, TOKEN_FILE = "DISCORD_TOKEN", "DISCORD_TOKEN_FILE"
#: What people sent before the bot was stopped may be on its way for this many seconds.
ON_THE_WAY = 0.25

_HOW = (
    f"If you have it, put it in the environment variable {TOKEN}, or in a file and that file's name in {TOKEN_FILE}; each terminal "
    "has to be told anew (export). Else: https://discord.com/developers/applications → New Application (or yours) → Bot → "
    "Reset Token, after which a token that you had before no longer works."
)
_SHORTEST = 50
_PARTS = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)


class Unusable(Exception):
    """What the bot was told to start with cannot be used; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for on the command line."""

    db: Path
    questions: Path
    api_url: str | None
    gateway_url: str | None
    health: int | None
    log_json: bool


def hold_on_discord(options: Options) -> int:
    """Run the bot until it is stopped; give the exit status."""
    return _with(options, _run, level=logging.INFO)


def examine(options: Options) -> int:
    """Say on standard output what is right and what is wrong; give the exit status."""
    return _with(options, _examine, level=logging.CRITICAL)


def print_invite(options: Options) -> int:
    """Print the link that invites the bot; give the exit status."""
    return _with(options, _invite, level=logging.CRITICAL)


def _with(
    options: Options, act: Callable[[Options, Settings], Coroutine[Any, Any, int]], *, level: int
) -> int:
    try:
        settings = settings_of(options, os.environ)
    except Unusable as error:
        return complain(str(error), status=2)
    logs.set_up(
        settings.token, as_json=options.log_json, level=logging.DEBUG if os.environ.get(DEBUG) else level
    )
    return asyncio.run(act(options, settings))


# What it is told to start with -----------------------------------------------------------------------------------


def settings_of(options: Options, environ: Mapping[str, str]) -> Settings:
    """Put together what the bot is told, the token from the environment alone. Raises Unusable."""
    if (options.api_url is None) != (options.gateway_url is None):
        raise Unusable(
            "A server of your own has two addresses, and the bot wants both: --api-url (or DISCORD_API_URL) and --gateway-url (or DISCORD_GATEWAY_URL)."
        )
    api = _address(
        "--api-url", options.api_url or API_URL, {"http", "https"}, "https://chat.example.org/api/v10"
    )
    gateway = _address(
        "--gateway-url", options.gateway_url or GATEWAY_URL, {"ws", "wss"}, "wss://gateway.example.org"
    )
    return Settings(
        token_of(environ, discords=options.api_url is None), options.questions, api.rstrip("/"), gateway
    )


def _address(option: str, text: str, schemes: set[str], example: str) -> str:
    try:
        url = yarl.URL(text.strip())
        right = url.scheme in schemes and url.host and not (url.query_string or url.fragment or url.user)
    except ValueError:
        right = False
    if not right:
        raise Unusable(f"{option}: {text!r} is no such address. Write it like this: {example}")
    if "http" in schemes and not re.search(r"/v\d+/?$", url.path):
        raise Unusable(
            f"{option}: {text!r} lacks the version of the API at its end. Write it like this: {example}"
        )
    return text.strip()


def token_of(environ: Mapping[str, str], *, discords: bool) -> str:
    """Give the token that the environment holds or names a file with. Raises Unusable.

    Discord's own tokens (`discords`) are known by their form: https://discord.com/developers/docs/reference#authentication
    """
    token, file = environ.get(TOKEN, "").strip(), environ.get(TOKEN_FILE, "").strip()
    if token and file:
        raise Unusable(f"Both {TOKEN} and {TOKEN_FILE} are set. Unset the one that does not hold.")
    if not token and not file:
        raise Unusable(
            f"The bot has no token: {TOKEN} is {'empty' if TOKEN in environ else 'not set'}. {_HOW}"
        )
    where = f"{TOKEN_FILE} ({file})" if file else TOKEN
    if trouble := _trouble(token := token or _content(file), discords=discords):
        raise Unusable(f"{where}: {trouble} {_HOW}")
    return token


def _content(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise Unusable(
            f"{TOKEN_FILE}: {file} cannot be read ({reason}). Put the token there, readable by the bot."
        ) from error


def _trouble(token: str, *, discords: bool) -> str | None:
    """Say what shows that a text is no token, without a word of it."""
    if not token:
        return "there is nothing in it."
    if token.lower().startswith(("bot ", "bearer ")):
        return "leave out the word in front; the token alone is wanted."
    if token[0] in "\"'" or token[-1] in "\"'":
        return "leave out the quotation marks around the token."
    if not (token.isascii() and token.isprintable()) or " " in token:
        return "that is not a token: it holds spaces or other signs that no token has."
    if not discords:
        return None
    if token.isdigit():
        return "that is a number such as the application's id, not its token."
    if len(token) < _SHORTEST or not _PARTS.fullmatch(token):
        return "that is not a token: a bot's token has three parts with dots between them. Is it the client secret or the public key?"
    return None


# Running ---------------------------------------------------------------------------------------------------------


async def _run(options: Options, settings: Settings) -> int:
    if not settings.scripts.is_dir():
        log.warning(
            "There is no folder %s for scripts: chats can be started from attached files only. Name another with --questions.",
            settings.scripts,
        )
    try:
        async with Store.open(options.db, _now) as store:
            await _hold(options, settings, store)
    except (Refused, CannotAnswer, StoreError) as error:
        return _ended(error)
    except Exception:
        log.exception(
            "This is a mistake in hashchat itself. What was acknowledged is kept: start the bot again."
        )
    else:
        log.info("Stopped. Start the bot again to go on with what is not over.")
        return 0
    return 1


def _ended(error: Exception) -> int:
    """Say what ended the bot and what to do; give the exit status."""
    log.error("%s", error)
    return 1


async def _hold(options: Options, settings: Settings, store: Store) -> None:
    clock = SystemClock()
    line = Line(settings, clock)
    chats = Chats(store, line, clock, settings, commands.handle)
    stop = asyncio.Event()
    gc.freeze()  # the collector need not look at what is loaded for good: its pauses are half as long
    with stopping(stop.set):
        async with AsyncExitStack() as stack:
            if options.health is not None:
                port = await stack.enter_async_context(
                    answering(options.health, lambda: _facts(line, store, clock))
                )
                log.info("Health: http://127.0.0.1:%s/health", port)
            knowing = Commands(store, lambda tree: commands.register(tree, chats))
            tasks = {
                asyncio.create_task(each) for each in (line.run(chats, knowing), chats.run(), stop.wait())
            }
            try:
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
            finally:
                await _stop(chats, line, tasks)


async def _stop(chats: Chats, line: Line, tasks: Collection[asyncio.Task[Any]]) -> None:
    """Finish what is in hand while there is a line, then leave; a hanging Discord holds nothing up."""
    log.info("Stopping.")
    await asyncio.sleep(ON_THE_WAY)
    await chats.stop()
    await line.close()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _facts(line: Line, store: Store, clock: SystemClock) -> Facts:
    chats = [chat for chat in await store.unfinished(KIND) if line.is_in(guild_of(chat)) is not False]
    dues = [moment for chat in chats if (moment := due(chat.state))]
    with in_words(store.path):
        dues += [post.at for chat in chats for post in await store.record(chat).posts_to_come()]
    late = max((clock.now() - moment for moment in dues), default=timedelta())
    return Facts(
        connected=line.connected,
        since=line.since,
        late_seconds=max(0.0, late.total_seconds()),
        last_written=store.last_written,
        chats=len(chats),
    )


def _now() -> datetime:
    return datetime.now(UTC)


# Looking ---------------------------------------------------------------------------------------------------------


async def _invite(_: Options, settings: Settings) -> int:
    try:
        print(await invite_link(settings))
    except (Refused, NotConnected) as error:
        return complain(str(error))
    return 0


async def _examine(options: Options, settings: Settings) -> int:
    """Print each finding as soon as it is there; give 1 if anything is wrong."""
    good = True
    async for finding in _findings(options, settings):
        print(finding, flush=True)
        good = good and finding.mark is not Mark.WRONG
    return 0 if good else 1


async def _findings(options: Options, settings: Settings) -> AsyncIterator[Finding]:
    for finding in examine_scripts(settings.scripts):
        yield finding
    clock = SystemClock()
    try:
        async with Store.open(options.db, _now) as store:
            yield await examine_store(store)
            chats = Chats(store, Line(settings, clock), clock, settings, commands.handle)
            knowing = Commands(store, lambda tree: commands.register(tree, chats))
            async for finding in examine_discord(settings, clock, knowing):
                yield finding
    except StoreError as error:
        yield wrong(f"Database: {error}")
        async for finding in examine_discord(settings, clock, None):
            yield finding


def examine_scripts(folder: Path) -> Iterator[Finding]:
    """Check each script in the folder, and in the folders in it that are named after guilds."""
    from bot.cli.checking import read_script

    try:
        inside = sorted(folder.iterdir())
        files = [
            *inside,
            *(file for each in inside if each.name.isdigit() for file in sorted(each.iterdir())),
        ]
    except OSError as error:
        yield wrong(
            f"Scripts: {folder} cannot be read ({error.strerror}). Make the folder, or name another with --questions."
        )
        return
    scripts = [read_script(file) for file in files if file.suffix.lower() in {".yaml", ".yml"}]
    for script in scripts:
        if script.problems:
            first, more = script.problems[0], len(script.problems) - 1
            yield wrong(
                f"Scripts: {first.at(str(script.path))}{f' (and {more} more: hashchat check {script.path})' if more else ''}"
            )
    usable = sum(not script.problems for script in scripts)
    if not scripts:
        yield note(
            f"Scripts: there is none in {folder}. Hosts can attach their own; to write one: hashchat new."
        )
    elif usable:
        yield right(f"Scripts: {usable} in {folder} can be used.")
