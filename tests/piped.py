"""The real `hashchat`, as processes: an hour held through a pipe, and the other commands."""

import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from hour import (
    Deletes,
    Edits,
    Highlights,
    Kept,
    Moves,
    Reacts,
    Says,
    Step,
    course,
    question_name,
    sections,
    terminal_lines,
)

from bot.script.model import Script
from bot.script.parse import parse

ROOT = Path(__file__).parent.parent
FILE = ROOT / "questions" / "macrosw.yaml"
#: What the terminal shows in place of control characters, and what it leaves out.
_SHOWN = {n: chr(0x2400 + n) for n in range(0x20) if n not in (9, 10)} | dict.fromkeys((0x202E, 0x202C))
_NO_CHAT = "There is no chat yet"
#: How many lines may be on their way at once.
AHEAD = 10


def script() -> Script:
    """Give the script of the hour."""
    read = parse(FILE.read_text(encoding="utf-8")).script
    assert read is not None
    return read


def seen(text: str) -> str:
    """Give a text as it is shown where a control character would act."""
    return text.translate(_SHOWN)


async def command(db: Path, *words: str) -> tuple[int, bytes, str]:
    """Run a command to its end: its exit status, and what it wrote on standard output and standard error."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *words, "--db", str(db), cwd=ROOT, stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate()
    return process.returncode or 0, out, err.decode()


async def written(db: Path, *words: str) -> bytes:
    """Give what a command writes that has nothing to complain of."""
    status, out, trouble = await command(db, *words)
    assert (status, trouble) == (0, "")
    return out


async def entries(db: Path) -> list[dict[str, Any]]:
    """Give all that the real transcript has; nothing where there is no chat yet."""
    status, out, trouble = await command(db, "transcript", "last", "--format", "json")
    if status and _NO_CHAT in trouble:
        return []
    assert (status, trouble) == (0, "")
    return list(json.loads(out)["entries"])


@dataclass(frozen=True, slots=True)
class Kill:
    """When a process is killed: so many seconds after that many steps are acknowledged, or a question is posted.

    With neither, after it was started.
    """

    seconds: float
    steps: int = 0
    question: str | None = None


@dataclass(slots=True)
class Holding:
    """An hour that processes hold one after the other through a pipe: how far it is, and what they have shown.

    Lines are sent once the question that they belong to is in the room, a few at a time. `done` counts the steps that were
    acknowledged, `sent` those that were sent. `acknowledged` has the line that each step got, `posts` what questions each process
    posted.
    """

    steps: Sequence[Step]
    db: Path
    speed: float
    pace: float = 1.0
    done: int = 0
    sent: int = 0
    acknowledged: dict[int, str] = field(default_factory=dict)
    posts: list[Counter[str]] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    others: list[str] = field(default_factory=list)
    _starts: dict[str, timedelta] = field(default_factory=dict)
    _headings: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        read = script()
        self._starts = {label: start for label, start, _ in sections(read)}
        self._headings = {f"{q.name}: {q.ask}": q.label for q in read.everything_asked}

    async def sit(self, kill: Kill | None = None, *, after_a_kill: bool = False) -> bool:
        """Let one process hold the hour; tell whether it came to its end before it was killed."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", str(FILE), "--speed", str(self.speed), "--db", str(self.db), cwd=ROOT,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, limit=2**20,
            env=os.environ | {"PYTHONIOENCODING": "utf-8", "COLUMNS": "100"},
        )  # fmt: skip
        assert process.stdin
        assert process.stdout
        assert process.stderr
        trouble = asyncio.create_task(process.stderr.read())
        self.posts.append(Counter())
        end: asyncio.TimerHandle | None = None
        try:
            end = self._kill(process, kill, end)
            if after_a_kill:
                await self.look()
            while True:
                self._send(process.stdin)
                end = self._kill(process, kill, end)
                line = await process.stdout.readline()
                if not line:
                    break
                self._take(line.decode().removesuffix("\n"))
            status = await process.wait()
        finally:
            if end:
                end.cancel()
            if process.returncode is None:
                process.kill()
                await process.wait()
        said = (await trouble).decode()
        assert (status, said) in {(0, ""), (-9, "")}, f"{status}: {said}\n{self.others[-20:]}"
        return status == 0

    async def look(self) -> None:
        """Find out from what is kept which of the steps in doubt were done: it has to be the first so many."""
        kept = await entries(self.db)
        found = [in_short(entry) for entry in kept if entry["author"]]
        states = [[*map(expected_in_short, state.values())] for state in course(self.steps[: self.sent])]
        possible = [number for number in range(self.done, self.sent + 1) if states[number] == found]
        sure, last = Counter(states[self.done]), Counter(states[self.sent])
        assert possible, (
            f"{self.done} steps were acknowledged and {self.sent} sent. Missing: {(sure & last) - Counter(found)}; "
            f"unexpected: {Counter(found) - (sure | last)}; or in another order."
        )
        self.done = self.sent = possible[-1]
        self.asked = {entry["under"] for entry in kept if entry["kind"] == "question"}

    def _kill(
        self, process: asyncio.subprocess.Process, kill: Kill | None, planned: asyncio.TimerHandle | None
    ) -> asyncio.TimerHandle | None:
        """Plan the death of a process, once it has come as far as it was to come."""
        if (
            kill is None
            or planned
            or self.done < kill.steps
            or not (kill.question is None or kill.question in self.asked)
        ):
            return planned
        return asyncio.get_running_loop().call_later(kill.seconds, process.kill)

    def _send(self, pipe: asyncio.StreamWriter) -> None:
        """Write as many lines as may be on their way, unless the process is gone."""
        if pipe.is_closing():
            return
        ahead, lines = min(len(self.steps), self.done + AHEAD), []
        while self.sent < ahead and (floor := self.steps[self.sent].floor) in self.asked:
            before = self.steps[self.sent - 1] if self.sent else None
            since = before.at if before and before.floor == floor else self._starts[floor]
            lines += terminal_lines(self.steps[self.sent : self.sent + 1], since, pace=self.pace)
            self.sent += 1
        pipe.write("".join(f"{line}\n" for line in lines).encode())
        if self.done == len(self.steps):
            pipe.close()

    def _take(self, line: str) -> None:
        if label := self._headings.get(line):
            self.posts[-1][label] += 1
            self.asked.add(label)
        elif self.done < self.sent and is_acknowledged(self.steps[self.done], line):
            self.acknowledged[self.done] = line
            self.done += 1
        else:
            self.others.append(line)


def is_acknowledged(step: Step, line: str) -> bool:
    """Tell whether the line says that the step was done, whatever it was read as."""
    match step.deed:
        case Says(text=text):
            return line.startswith((f"{step.who}:", f"{step.who} ✅")) and line.endswith(f": {seen(text)}")
        case Edits(text=text):
            return line.startswith(f"{step.who} (edited)") and line.endswith(f": {seen(text)}")
        case Deletes():
            return line.startswith("Deleted.")
        case Reacts():
            return line.startswith("Noted.")
        case Moves():
            return line.startswith("Counts for")
        case Highlights():
            return line.startswith("Highlighted.")


def sign(step: Step) -> str:
    """Give how a message is acknowledged that is read as it ought to be."""
    match step.deed:
        case Says(text=text, answers=answers):
            head = step.who
        case Edits(text=text, answers=answers):
            head = f"{step.who} (edited)"
        case _:
            return ""
    names = "".join(f" {question_name(label)}" for label in answers)
    return f"{head}{' ✅' if names else ''}{names}: {seen(text)}"


Short = tuple[str, str, tuple[str, ...], bool, bool, tuple[tuple[str, int], ...]]


def in_short(entry: Mapping[str, Any]) -> Short:
    """Give what a step changes of a message, from the transcript."""
    reactions = tuple(sorted(entry["reactions"].items()))
    edited = entry["edited_at"] is not None
    return (
        entry["author"]["name"],
        entry["text"],
        tuple(entry["answers"]),
        edited,
        entry["highlighted"],
        reactions,
    )


def expected_in_short(message: Kept) -> Short:
    """Give the same as it ought to be."""
    return message.who, message.text, message.answers, message.edited, message.highlighted, message.reactions
