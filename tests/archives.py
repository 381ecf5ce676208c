"""What tests of archives share: chats that were held, the archive that is built of them, and every byte of it."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.answers import Purpose, Reading
from bot.archive import Built, Picture, Sources, Wanted, build
from bot.archive.model import Published
from bot.messages import Attachment, Author, Message
from bot.script.model import Image
from bot.script.posts import Kind, Post
from bot.session import Asked, Over, Phase, dump
from bot.store import Changes, Chat, Media, Store
from tests.chats import ANA, BO, HOST

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FIRST = datetime(2015, 4, 24, 1, tzinfo=UTC)
URL = "https://chats.example.org/sub"
SCRIPT = """\
hashtag: {hashtag}
title: {title}
summary: Where micro and macro practice meet.
hosts: [Hana]
timezone: America/New_York
{more}
questions:
  - What brought you here?
  - What do we share?
"""
SAID = (
    (ANA, "A1 The café on the corner, and my naïve trust in policy", ("1",)),
    (BO, "A1 Porridge, as every day", ("1",)),
    (HOST, "Welcome all!", ()),
    (ANA, "A2 Solidarity", ("2",)),
)


async def held(
    store: Store,
    *said: tuple[Author, str, tuple[str, ...]],
    day: int = 0,
    hashtag: str = "MacroSW",
    title: str = "Common ground",
    room: str = "guild:1",
    apart: str = "",
    rehearsal: bool = False,
    phase: Phase | None = None,
    more: str = "",
    files: Mapping[int, tuple[Attachment, bytes]] | None = None,
) -> Chat:
    """Hold a chat on that day: both questions are asked, and these things are said, with files on some of them."""
    text = SCRIPT.format(hashtag=hashtag, title=title, more=more)
    at = FIRST + timedelta(days=day)
    script = text if "starts:" in more else f"{text}starts: {at:%Y-%m-%d %H:%M} UTC\n"
    chat = await store.create(source="chat.yaml", text=script, room=room, rehearsal=rehearsal, apart=apart)
    changes = Changes(chat.id, chat.room)
    for number, question in enumerate(chat.script.questions):
        asked = at + timedelta(minutes=1 + 10 * number)
        changes.post(Post(f"q{number}", Kind.QUESTION, asked, question.label))
        changes.sent(f"q{number}", id=f"post-{number}", at=asked, wording=f"{question.name}: {question.ask}")
    for number, (author, words, answers) in enumerate(said or SAID):
        files_on = (files[number][0],) if files and number in files else ()
        purpose = Purpose.ANSWER if answers else Purpose.CONVERSATION
        moment = at + timedelta(minutes=2, seconds=30 * number)
        message = Message(f"m{number}", author, words, moment, attachments=files_on)
        changes.said(message, Reading(purpose, answers, answers[0] if answers else "1"), hosting=author.host)
    asked_all = tuple(Asked(question.label, at) for question in chat.script.questions)
    ended = at + timedelta(hours=1)
    state = replace(chat.state, phase=phase or Over(), started=at, ended=ended, at=ended, asked=asked_all)
    changes.state = dump(state)
    await store.commit(changes)
    for number, (file, data) in (files or {}).items():
        author = (said or SAID)[number][0]
        await store.keep_media(chat, Media(file.url, author.id, file.name, file.type, data=data))
    return await store.chat(chat.id)


def published(**more: Any) -> Published:
    """Give what an archive knows of a chat, with whatever is otherwise."""
    values: dict[str, Any] = {
        "id": "11111111-1111-5111-8111-111111111111", "event": "22222222-2222-5222-8222-222222222222", "number": 0,
        "path": "ärzte/2015-04-23", "hashtag": "Ärzte", "title": "A chat", "summary": None, "language": "de",
        "zone": "Europe/Berlin", "hosts": (), "started": FIRST, "ended": FIRST + timedelta(hours=1), "people": 2,
        "messages": 3, "answers": 1, "newcomers": None, "questions": (), "themes": (), "minutes": (), "links": 0,
        "pictures": 0, "sizes": (), "next": None, "says": None, "units": (),
    }  # fmt: skip
    return Published(**values | more)


class Pictures:
    """Lets every picture through as it is."""

    async def shared(self, data: bytes) -> Picture | None:
        return Picture(data, "image/png", 1, 1)

    async def asked(self, chat: Chat, image: Image | None) -> Picture | None:
        return None


async def built(store: Store, folder: Path, *, left_out: Iterable[int] = (), **wanted: Any) -> Built:
    """Bring the archive in that folder up to date."""
    sources = Sources(store, Pictures(), lambda _: None, frozenset(left_out))
    return await build(sources, folder, Wanted(**wanted), NOW, lambda _done, _of: None)


def archive(folder: Path, db: Path, *chats: Mapping[str, Any], **wanted: Any) -> Path:
    """Hold chats in a new database, and build their archive."""

    async def work() -> None:
        async with Store.open(db, lambda: NOW) as store:
            for chat in chats:
                await held(store, **chat)
            await built(store, folder, **wanted)

    asyncio.run(work())
    return folder


def files(folder: Path) -> dict[str, bytes]:
    """Give every file of a folder with its bytes, what is kept for the next time included."""
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def public(folder: Path) -> set[str]:
    """Give the files that readers may find."""
    return {name for name in files(folder) if not name.startswith(".hashchat-archive")}
