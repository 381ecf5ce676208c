"""How long it takes to import a large export, and how much memory."""

import gc
import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.imports import Wanted, take_in
from bot.store import Store
from tests.bench.figures import Bench, Ratio, Scale

MESSAGES = 100_000
PEOPLE = 400
QUESTIONS = 10
START = datetime(2015, 4, 23, 21, tzinfo=UTC)
#: The command, and then its own most memory: `VmHWM:   51234 kB`.
_PROGRAM = """
import sys
from bot.cli import app
app(sys.argv[1:], standalone_mode=False)
print(*[line for line in open("/proc/self/status") if line.startswith("VmHWM")])
"""
WORDS = (
    "practice",
    "people",
    "community",
    "policy",
    "change",
    "students",
    "housing",
    "budget",
    "toast",
    "and",
    "the",
)


async def measure(folder: Path, scale: Scale) -> Sequence[Ratio]:
    """Measure an import against `json.load` of the same file, and the peak memory against that of a tenth of it."""
    whole, tenth = folder / "whole.json", folder / "tenth.json"
    _write(whole, scale.of(MESSAGES))
    _write(tenth, scale.of(MESSAGES) // 10)
    imports, loads, much, little = [], [], [], []
    for number in range(scale.rounds):
        imports.append(await _imported(folder / f"whole-{number}.db", whole))
        loads.append(_loaded(whole))
        much.append(_peak(folder / f"much-{number}.db", whole))
        little.append(_peak(folder / f"little-{number}.db", tenth))
    return (
        Ratio("to json.load", imports, loads, "s", 8),
        Ratio("peak memory, to a tenth", much, little, "MiB", 1.2),
    )


async def _imported(db: Path, export: Path) -> float:
    async with Store.open(db, lambda: START) as store:
        start = time.perf_counter()
        await take_in(store, [export], Wanted(), lambda _: None)
        return time.perf_counter() - start


def _loaded(export: Path) -> float:
    gc.collect()
    start = time.perf_counter()
    with export.open(encoding="utf-8") as file:
        json.load(file)
    return time.perf_counter() - start


def _peak(db: Path, export: Path) -> float:
    """Give the most memory that the command takes, in MiB, by what Linux knows of the process itself.

    What `resource` tells of a child begins with what its parent had.
    """
    command = [sys.executable, "-c", _PROGRAM, "import", str(export), "--db", str(db)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, text=True)
    return int(done.stdout.split()[-2]) / 1024


def _write(path: Path, messages: int) -> None:
    """Write an export as DiscordChatExporter does, with its indents and all that hangs on a message."""
    head = {
        "guild": {"id": "8", "name": "Guild", "iconUrl": "https://cdn.example.org/icon.png"},
        "channel": {"id": "7", "type": "GuildTextChat", "categoryId": "9", "category": "Chats", "name": "macrosw", "topic": "Macro practice"},
        "dateRange": {"after": None, "before": None},
        "exportedAt": "2015-04-25T00:00:00+00:00",
    }  # fmt: skip
    with path.open("w", encoding="utf-8") as file:
        file.write(json.dumps(head, indent=2).removesuffix("\n}") + ',\n  "messages": [\n')
        for number, message in enumerate(_messages(messages)):
            text = json.dumps(message, indent=2, ensure_ascii=False).replace("\n", "\n    ")
            file.write((",\n    " if number else "    ") + text)
        file.write(f'\n  ],\n  "messageCount": {messages}\n}}')


def _messages(count: int) -> Iterator[dict[str, object]]:
    pick = random.Random(1)
    for number in range(count):
        label, since = divmod(number * QUESTIONS, count)
        asks = since < QUESTIONS
        words = " ".join(pick.choices(WORDS, k=pick.randint(4, 40)))
        text = (
            f"Q{label + 1}: What of {words}?"
            if asks
            else pick.choice((f"A{label + 1}: ", "", "", "")) + words
        )
        at = START + timedelta(milliseconds=100 * number)
        message: dict[str, object] = {
            "id": str(5 * 10**17 + number), "type": "Default", "timestamp": at.isoformat(timespec="milliseconds"),
            "timestampEdited": None, "callEndedTimestamp": None, "isPinned": False, "content": text,
            "author": _person(0 if asks else pick.randint(1, PEOPLE)), "attachments": [], "embeds": [], "stickers": [],
            "reactions": [], "mentions": [], "inlineEmojis": [],
        }  # fmt: skip
        if number % 7 == 3:
            emoji = {"id": "", "name": "👍", "code": "thumbsup", "isAnimated": False, "imageUrl": "https://cdn.example.org/thumb.svg"}  # fmt: skip
            message["reactions"] = [{"emoji": emoji, "count": 2, "users": [_person(3), _person(4)]}]
        if number % 5 == 4 and number > 60:
            replied = str(5 * 10**17 + number - pick.randint(1, 50))
            message |= {
                "type": "Reply",
                "reference": {"messageId": replied, "channelId": "7", "guildId": "8"},
            }
        yield message


def _person(number: int) -> dict[str, object]:
    return {
        "id": str(10**17 + number), "name": f"person{number}", "discriminator": "0000", "nickname": f"Person {number}",
        "color": "#1ABC9C", "isBot": False, "roles": [{"id": "1", "name": "Members", "color": None, "position": 3}],
        "avatarUrl": f"https://cdn.example.org/avatars/{10**17 + number}/0123456789abcdef.png?size=512",
    }  # fmt: skip


BENCH = Bench(
    "importing",
    f"""{MESSAGES:,} messages of {PEOPLE} people as DiscordChatExporter writes them: read, sorted, their questions found, each read
as in a live chat, and kept in one transaction. The peer is json.load of the same file, which keeps nothing. Memory is the
peak of the whole process.""",
    measure,
)
