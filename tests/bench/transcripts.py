"""How fast a transcript is written, and whether it needs more memory for more messages."""

import asyncio
import gc
import json
import os
import sqlite3
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot import render
from bot.messages import Attachment, Entry
from bot.store import Chat, Store
from tests.bench.figures import Bench, Ratio, Scale
from tests.bench.stage import Row, bare, insert, made, opened, rows, said

MESSAGES = 10_000
MANY = 1_000_000
#: How many messages are drawn up and kept at a time.
BATCH = 50_000
#: Every so many messages have reactions, or a picture.
REACTED, PICTURED = 7, 30
SIGNS = (("👍", "person-1"), ("👍", "person-2"), ("🎉", "person-3"))


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
            insert(db, [_pictured(row) for row in rows(said(min(count, BATCH)), chat)])
            _react(db)
            for first in range(BATCH, count, BATCH):
                _repeat(db, first, min(BATCH, count - first))
        await store.release(chat.id)


def _pictured(row: Row) -> Row:
    """Give a message, perhaps with a picture, as kept."""
    number = int(row[2])
    if number % PICTURED:
        return row
    picture = Attachment("photo.jpg", f"https://example.org/{number}/photo.jpg", "image/jpeg", 200_000)
    return (*row[:12], json.dumps([asdict(picture)]), *row[13:])


def _react(db: sqlite3.Connection) -> None:
    db.executemany(
        f"INSERT INTO reactions SELECT chat, room, id, ?1, ?2, 1 FROM messages WHERE id % {REACTED} = 0",
        SIGNS,
    )


def _repeat(db: sqlite3.Connection, first: int, count: int) -> None:
    """Keep the first messages, and their reactions, once more as later ones."""
    db.execute("BEGIN IMMEDIATE")
    db.execute(
        f"""INSERT INTO messages SELECT chat, room, id + {first}, version, place, author, name, hosting,
        at + {first * 1000}, edited_at, text, reply_to + {first}, attachments, repeats, purpose, answers, under,
        placed, highlighted, hidden, deleted, moved FROM messages WHERE rowid <= {count}"""
    )
    db.execute(
        f"""INSERT INTO reactions SELECT chat, room, message + {first}, sign, author, shown FROM reactions
        WHERE CAST(message AS INTEGER) < {count}"""
    )
    db.execute("COMMIT")


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
        entries = [entry async for entry in store.record(chat).entries()]
        ours, peer = [], []
        for _ in range(scale.rounds):
            ours.append(await _timed(_page(store, chat), 'class="entry', len(entries)))
            theirs = exporter(**_discord(entries), tz_info="UTC", raise_exceptions=True)
            peer.append(await _timed(theirs, 'class="chatlog__message-container', len(entries)))
    return (Ratio("HTML, messages a second", ours, peer, "a second", 10, at_most=False),)


async def _timed(page: Awaitable[str], each: str, number: int) -> float:
    """Give messages a second; on the page, each of them begins like that."""
    gc.collect()
    start = time.perf_counter()
    text = await page
    seconds = time.perf_counter() - start
    assert text.count(each) == number
    return number / seconds


async def _page(store: Store, chat: Chat) -> str:
    """Write the page from the database."""
    writer = render.transcript("html", chat.about)
    pieces = [writer.preamble()]
    async with store.reading(chat) as record:
        pieces += [writer.entry(entry) async for entry in record.entries()]
    return "".join((*pieces, writer.postamble()))


def _exporter() -> Callable[..., Awaitable[str]] | None:
    try:
        from chat_exporter import raw_export  # noqa: PLC0415  (only where it is installed)
        from chat_exporter.ext import emoji_convert  # noqa: PLC0415
    except ImportError:
        return None
    # It asks a web host about every sign. What that takes is not its own doing, and nothing here leaves the machine.
    emoji_convert.valid_src = _there
    export: Callable[..., Awaitable[str]] = raw_export
    return export


async def _there(_: str) -> bool:
    return True


def _discord(entries: Sequence[Entry]) -> dict[str, Any]:
    """Give the same as the peer takes it: discord.py's own objects, newest first, as a channel's history comes."""
    import discord  # noqa: PLC0415  (only for the peer)

    state = discord.Client(intents=discord.Intents.none())._connection
    everyone = {"id": "1", "name": "@everyone", "permissions": "1024", "position": 0}
    place = {"id": "2", "type": 0, "name": "bench", "position": 0, "permission_overwrites": []}
    data: Any = {"id": "1", "name": "Bench", "owner_id": "3", "roles": [everyone], "channels": [place]}
    guild = discord.Guild(data=data, state=state)
    channel = guild.get_channel(2)
    ids = {entry.id: discord.utils.time_snowflake(entry.at) for entry in entries}
    names = {entry.author.id: entry.author.name for entry in entries if entry.author}
    people: dict[str, Any] = {
        person: {
            "id": str(number),
            "username": name,
            "global_name": name,
            "discriminator": "0",
            "avatar": None,
        }
        for number, (person, name) in enumerate(names.items(), 1000)
    }
    there = {"roles": [], "joined_at": "2015-04-23T00:00:00+00:00", "deaf": False, "mute": False, "flags": 0}
    for user in people.values():
        member: Any = {"user": user, **there}
        guild._add_member(discord.Member(data=member, guild=guild, state=state))

    def message(entry: Entry) -> discord.Message:
        assert entry.author
        more: dict[str, Any] = {"type": 0}
        if entry.reply_to:
            more = {
                "type": 19,
                "message_reference": {"message_id": str(ids[entry.reply_to]), "channel_id": "2"},
            }
        told: Any = {
            "id": str(ids[entry.id]), "channel_id": "2", "guild_id": "1", "content": entry.text,
            "author": people[entry.author.id], "member": there, "timestamp": entry.at.isoformat(),
            "edited_timestamp": None, "tts": False, "mention_everyone": False, "mentions": [], "mention_roles": [],
            "embeds": [], "components": [], "pinned": False,
            "attachments": [
                {"id": "9", "filename": file.name, "url": file.url, "proxy_url": file.url, "size": file.size, "content_type": file.type}
                for file in entry.attachments
            ],
            "reactions": [
                {"emoji": {"id": None, "name": sign}, "count": count, "me": False}
                for sign, count in entry.reactions.items()
            ],
            **more,
        }  # fmt: skip
        return discord.Message(state=state, channel=channel, data=told)

    return {"channel": channel, "messages": [message(entry) for entry in reversed(entries)]}


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
    assert process.returncode == 0
    return int(out) / 1024


BENCH = Bench(
    "transcripts",
    f"""HTML of {MESSAGES:,} messages from the database, escaped by the template engine: a fifth are replies, one in {REACTED} has
reactions, one in {PICTURED} a picture. The peer, chat-exporter, is given the same as discord.py's objects, which are there already, and
asks nobody about emoji. The most memory that `hashchat transcript` needs for {MANY:,} messages, in each form;
the peer: the same for {MESSAGES:,}.""",
    measure,
)
