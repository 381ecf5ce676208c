"""What tests of imports share: files to import, what a reader makes of them, and the chat that comes of it."""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.imports import Imported, Wanted, take_in
from bot.imports.forms import reader_of
from bot.imports.heard import Heard, Piece, Settings
from bot.imports.source import opened
from bot.imports.times import Times
from bot.messages import Entry, Message
from bot.script.parse import parse
from bot.store import Store
from tests.chats import START, entries


def written(folder: Path, name: str, content: str | bytes) -> Path:
    """Write a file to import."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def pieces(
    path: Path,
    *,
    zone: str = "UTC",
    day: date | None = None,
    columns: dict[str, str] | None = None,
    dates: str | None = None,
) -> list[Piece]:
    """Give what the reader of a file's format makes of it."""
    settings = Settings(Times(ZoneInfo(zone), dates), day, columns or {})
    with opened(path) as source:
        return list(reader_of(source, settings)(source, settings))


def heard(path: Path, **settings: Any) -> list[Heard]:
    return [piece for piece in pieces(path, **settings) if isinstance(piece, Heard)]


def said(path: Path, **settings: Any) -> list[Message]:
    return [each.message for each in heard(path, **settings)]


async def imported(
    store: Store, *paths: Path, script: str | None = None, hosts: Sequence[str] = (), **wanted: Any
) -> Imported:
    """Import files as one chat."""
    read = parse(script).script if script else None
    return await take_in(store, paths, Wanted(script, read, tuple(hosts), **wanted), lambda _: None)


async def taken(db: Path, *paths: Path, **wanted: Any) -> tuple[Imported, list[Entry]]:
    """Import files into a new database, and give the transcript, too."""
    async with Store.open(db, lambda: START) as store:
        result = await imported(store, *paths, **wanted)
        return result, await entries(store, result.chat)


def person(number: int, name: str, **more: object) -> dict[str, object]:
    """Give a user as DiscordChatExporter writes one."""
    return {"id": str(100 + number), "name": name.lower(), "discriminator": "0000", "nickname": name, "isBot": False} | more  # fmt: skip


HANA, ANA, BO = person(1, "Hana"), person(2, "Ana"), person(3, "Bo")


def note(id: int, author: dict[str, object], text: str, second: int = 0, **more: object) -> dict[str, object]:
    """Give a message as DiscordChatExporter writes one, so many seconds after 21:00."""
    at = f"2015-04-23T21:{second // 60:02}:{second % 60:02}.250+00:00"
    return {
        "id": str(id), "type": "Default", "timestamp": at, "timestampEdited": None, "callEndedTimestamp": None,
        "isPinned": False, "content": text, "author": author, "attachments": [], "embeds": [], "stickers": [],
        "reactions": [], "mentions": [],
    } | more  # fmt: skip


def export(*messages: object, channel: dict[str, object] | None = None) -> str:
    """Give an export as DiscordChatExporter writes it."""
    about = {"id": "7", "type": "GuildTextChat", "name": "macrosw", "topic": "Macro practice"}
    value = {
        "guild": {"id": "8", "name": "Guild"}, "channel": about | (channel or {}),
        "dateRange": {"after": None, "before": None}, "exportedAt": "2015-04-25T00:00:00+00:00",
        "messages": list(messages), "messageCount": len(messages),
    }  # fmt: skip
    return json.dumps(value, indent=2, ensure_ascii=False)
