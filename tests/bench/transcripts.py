"""How fast a transcript is written, and whether it needs more memory for more messages."""

import asyncio
import os
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from bot import render
from bot.messages import Entry
from bot.store import Chat, Store
from tests.bench.figures import Bench, Ratio, Scale
from tests.bench.stage import bare, insert, made, opened, rows, said

MESSAGES = 10_000
MANY = 1_000_000
#: How many messages are drawn up and kept at a time.
BATCH = 50_000


async def measure(folder: Path, scale: Scale) -> Sequence[Ratio]:
    """Measure writing against chat-exporter where that is installed, and the memory of much against that of little."""
    few, many = folder / "few.db", folder / "many.db"
    await _keep(few, MESSAGES)
    await _keep(many, scale.of(MANY))
    return [*await _written(few, scale), *await _needed(few, many)]


async def _keep(path: Path, count: int) -> None:
    async with opened(path) as store:
        chat = await made(store)
        with bare(path) as db:
            insert(db, rows(said(min(count, BATCH)), chat))
            for first in range(BATCH, count, BATCH):
                db.execute(
                    f"""INSERT INTO messages SELECT chat, room, id + {first}, version, place, author, name, hosting,
                    at + {first * 1000}, edited_at, text, reply_to + {first}, attachments, repeats, purpose, answers, under,
                    placed, highlighted, hidden, deleted, moved FROM messages WHERE rowid <= {min(BATCH, count - first)}"""
                )
        await store.release(chat.id)


# Speed ---------------------------------------------------------------------------------------------------------------


async def _written(path: Path, scale: Scale) -> Sequence[Ratio]:
    exporter = _exporter()
    if exporter is None:
        print(
            "chat-exporter is not installed, so that nothing is compared with it: pip install 'hashchat[bench]'",
            file=sys.stderr,
        )
        return ()
    async with opened(path) as store:
        chat = await store.find("last")
        ours, peer = [], []
        for _ in range(scale.rounds):
            ours.append(await _ours(store, chat))
            entries = [entry async for entry in store.record(chat).entries()]
            peer.append(await _theirs(exporter, entries))
    return (Ratio("HTML, messages a second", ours, peer, "a second", 10, at_most=False),)


async def _ours(store: Store, chat: Chat) -> float:
    """Write the page from the database; give messages a second."""
    start, number = time.perf_counter(), 0
    writer = render.transcript("html", chat.about)
    size = len(writer.preamble())
    async with store.reading(chat) as record:
        async for entry in record.entries():
            size += len(writer.entry(entry))
            number += 1
    size += len(writer.postamble())
    assert size > 100 * number
    return number / (time.perf_counter() - start)


def _exporter() -> Callable[..., Any] | None:
    try:
        from chat_exporter import raw_export  # noqa: PLC0415  (only where it is installed)
    except ImportError:
        return None
    export: Callable[..., Any] = raw_export
    return export


async def _theirs(export: Callable[..., Any], entries: Sequence[Entry]) -> float:
    """Write the page from messages that are there already; give messages a second."""
    channel, messages = _discord(entries)
    start = time.perf_counter()
    page = await export(channel, messages=messages, tz_info="UTC", bot=None)
    assert page
    assert page.count("chatlog__message-container") >= len(entries)
    return len(entries) / (time.perf_counter() - start)


def _discord(entries: Sequence[Entry]) -> tuple[Any, list[Any]]:
    """Give the same messages as the peer takes them: as discord.py's objects would be, with all that it looks at."""
    import discord  # noqa: PLC0415  (only for the peer)

    guild = SimpleNamespace(
        id=1, name="Bench", icon=None, timezone="UTC", members=[], roles=[], channels=[], emojis=[],
        get_member=lambda _: None, get_role=lambda _: None, get_channel=lambda _: None, fetch_member=_nobody,
    )  # fmt: skip
    channel = SimpleNamespace(
        id=2, name="bench", guild=guild, topic=None, created_at=entries[0].at, mention="#bench", type="text"
    )
    colour = discord.Colour.default()
    avatar = SimpleNamespace(url="https://example.org/avatar.png", is_animated=lambda: False)
    people = {
        entry.author.id: SimpleNamespace(
            id=number, name=entry.author.name, display_name=entry.author.name, discriminator="0", bot=False, colour=colour,
            color=colour, display_avatar=avatar, avatar=avatar, created_at=entry.at, joined_at=entry.at, roles=[],
            public_flags=SimpleNamespace(verified_bot=False), top_role=None, guild=guild, mention=f"<@{number}>",
        )
        for number, entry in enumerate(entries)
        if entry.author
    }  # fmt: skip
    messages = [
        SimpleNamespace(
            id=number, author=people[entry.author.id], content=entry.text, created_at=entry.at.astimezone(UTC), edited_at=None,
            type=discord.MessageType.default, reference=None, interaction=None, interaction_metadata=None, embeds=[],
            attachments=[], stickers=[], components=[], reactions=[], guild=guild, channel=channel, pinned=False,
            webhook_id=None, mentions=[], flags=discord.MessageFlags(), jump_url="", poll=None, message_snapshots=[],
            is_system=lambda: False, system_content="",
        )
        for number, entry in enumerate(entries)
        if entry.author
    ]  # fmt: skip
    return channel, messages


async def _nobody(_: int) -> None:
    return None


#: The command, then the most memory that it had, in KiB; what `wait4` tells of a child begins with the size of its parent.
_MEASURED = """import sys
from bot.cli import app
app(sys.argv[1:], prog_name="hashchat", standalone_mode=False)
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))"""


# Memory --------------------------------------------------------------------------------------------------------------


async def _needed(few: Path, many: Path) -> Sequence[Ratio]:
    return [
        Ratio(f"memory, {form}", [await _peak(many, form)], [await _peak(few, form)], "MiB", 1.2)
        for form in render.TRANSCRIPTS
    ]


async def _peak(db: Path, form: str) -> float:
    """Give the most memory that the command needs to write a transcript, in MiB."""
    words = ["transcript", "last", "--format", form, "--output", os.devnull, "--db", str(db)]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        _MEASURED,
        *words,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    out, _ = await process.communicate()
    return int(out) / 1024


BENCH = Bench(
    "transcripts",
    f"""HTML of {MESSAGES:,} messages from the database, escaped by the template engine; the peer, chat-exporter, is given the same
messages as objects that are there already. The most memory that `hashchat transcript` needs for {MANY:,} messages, in each form;
the peer: the same for {MESSAGES:,}.""",
    measure,
)
