"""`/chat recap`, `/chat transcript` and `/chat story`: what came of a chat, at any time."""

import asyncio
import logging
import os
import sys
from typing import Literal

from discord.app_commands import Choice

from bot.render import recap as render
from bot.rooms.discord import recap as recaps
from bot.rooms.discord.commands.offer import MOST_CHOICES, Offer
from bot.rooms.discord.desk import Asked, File, Reply
from bot.rooms.discord.wording import heading, short
from bot.session import Over, Refusal
from bot.store import Chat, StoreError

Form = Literal["html", "md", "txt", "csv", "json", "jsonl"]
RecapForm = Literal["html", "md", "txt", "json"]

log = logging.getLogger(__name__)

#: How much of what went wrong is put into the log, in bytes.
MOST_WORDS = 2000
#: How long writing it may take, in seconds: an interaction can be answered for a quarter of an hour.
PATIENCE = 600
#: What the other process runs, on the same path as this one.
_PROGRAM = "import sys; sys.path[:] = {path!r}; from bot.cli import main; main()"
#: What the other process need not know.
_SECRETS = ("DISCORD_TOKEN", "DISCORD_TOKEN_FILE")


async def recap(asked: Asked, format: RecapForm | None = None, chat: str | None = None) -> Reply:
    """Give a chat's recap as it is now, to read here or as a file."""
    of = await _hosted(asked, chat)
    counted = await asked.chats.store.recap(of)
    if format:
        data = (await asyncio.to_thread(render, format, counted)).encode("utf-8", "replace")
        return Reply(f"{heading(of.script)}: the recap.", file=File(f"{of.short}-recap.{format}", data))
    shown = [entry.id for question in counted.questions for entry in question.best]
    where = await asked.addresses(of, [*shown, *(picture.message for picture in counted.pictures)])
    found = recaps.parts(counted, where.get, plain=True)
    return Reply(recaps.in_plain(block for part in found for block in part.blocks))


async def transcript(asked: Asked, format: Form = "html", chat: str | None = None) -> Reply:
    """Give a chat's transcript as a file."""
    return await _file(asked, chat, ("transcript", "--format", format), format, "choose a smaller `format`")


async def story(asked: Asked, chat: str | None = None) -> Reply:
    """Give a chat's story as a page."""
    return await _file(asked, chat, ("story",), "html", "hold on to `/chat recap`")


async def _file(
    asked: Asked, name: str | None, command: tuple[str, ...], ending: str, otherwise: str
) -> Reply:
    """Give what a command of hashchat's own writes of a chat; `otherwise` is what to do where it is too large."""
    what, *options = command
    of = await _hosted(asked, name)
    most = asked.interaction.filesize_limit
    data = await _written(asked, of, (what, of.name, *options), most)
    if len(data) > most:
        raise Refusal(
            f"That {what} is larger than the {most // 2**20} MiB that Discord takes here: {otherwise}, or ask whoever runs the "
            f"bot for it: hashchat {' '.join((what, of.name, *options))} --output FILE"
        )
    called = f"{of.short}.{ending}" if what == "transcript" else f"{of.short}-{what}.{ending}"
    return Reply(f"{heading(of.script)}: the {what}.", file=File(called, data))


async def _hosted(asked: Asked, name: str | None) -> Chat:
    """Give a chat to one of its hosts only; others are not told whether there is one of that name."""
    if name is not None and not asked.by.host and name not in {chat.short for chat in await _own(asked)}:
        raise Refusal("You host no chat of that name here. Choose one from the list.")
    chat = await asked.chat(name)
    asked.must_host(chat.state)
    return chat


async def _own(asked: Asked) -> list[Chat]:
    return [chat for chat in await asked.kept() if asked.hosts(chat.state)]


async def _written(asked: Asked, chat: Chat, command: tuple[str, ...], most: int) -> bytes:
    """Have a command written in a process of its own, so that no live chat is held up; give at most one byte more than `most`."""
    what = command[0]
    program = [sys.executable, "-c", _PROGRAM.format(path=sys.path)]
    process = await asyncio.create_subprocess_exec(
        *program, *command, "--db", str(asked.chats.store.path.resolve()),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={name: value for name, value in os.environ.items() if name not in _SECRETS},
        start_new_session=True,  # Ctrl-C is not meant for it
    )  # fmt: skip
    try:
        async with asyncio.timeout(PATIENCE):
            data = await _read(process.stdout, most + 1)
            if len(data) <= most and await process.wait():
                log.error(
                    "%s: no %s: %s",
                    chat.name,
                    what,
                    (await _read(process.stderr, MOST_WORDS)).decode(errors="replace").strip(),
                )
                raise StoreError(
                    f"The {what} could not be written. Ask whoever runs the bot to look at its disk."
                )
            return data
    except TimeoutError:
        raise Refusal(f"Writing the {what} takes too long. Ask whoever runs the bot for it.") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _read(stream: asyncio.StreamReader | None, most: int) -> bytes:
    """Give at most so many bytes of what a process writes."""
    data = bytearray()
    while stream and len(data) < most and (piece := await stream.read(most - len(data))):
        data += piece
    return bytes(data)


async def chats(asked: Asked, typed: str) -> list[Choice[str]]:
    """Give the chats to choose from, the newest first: those of this guild that this person hosts."""
    wanted = typed.strip().casefold()
    own = [chat for chat in reversed(await _own(asked)) if wanted in _called(chat).casefold()]
    return [Choice(name=short(_called(chat), 100), value=chat.short) for chat in own[:MOST_CHOICES]]


def _called(chat: Chat) -> str:
    live = "" if isinstance(chat.state.phase, Over) else " (live)"
    return f"{chat.short} · {chat.script.title}{live}"


_WHICH = "Which chat, such as macrosw-2026-11-25; the last one here, if you leave it out"

OFFERS = (
    Offer(
        "recap",
        "See a chat's recap as it is now. Example: /chat recap chat:macrosw-2026-11-25",
        recap,
        options={
            "format": "As a file: html to read, md or txt for texts, json for programs; shown here, if you leave it out",
            "chat": _WHICH,
        },
        completes={"chat": chats},
    ),
    Offer(
        "transcript",
        "Get a chat's transcript as a file. Example: /chat transcript format:html",
        transcript,
        options={
            "format": "html to read, md or txt for texts, csv for tables, json or jsonl for programs",
            "chat": _WHICH,
        },
        completes={"chat": chats},
    ),
    Offer(
        "story",
        "Get a chat's story as a page. Example: /chat story chat:macrosw-2026-11-25",
        story,
        options={"chat": _WHICH},
        completes={"chat": chats},
    ),
)
