"""The terminal room: what is shown, what the lines do, and the keyboard on a real terminal."""

import asyncio
import contextlib
import os
import pty
import select
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.live import LiveChat, SystemClock
from bot.rooms.terminal.keyboard import PIECE, piped
from bot.rooms.terminal.lines import NotUnderstood, understand
from bot.rooms.terminal.room import KEYBOARD, Terminal
from bot.rooms.terminal.screen import Paper, Tone
from bot.session import Refusal, Start
from bot.store import Store

SCRIPT = """\
hashtag: Test
title: A test
hosts: [Mo]
first_question_after: 1h
intro: {ask: Who is here?, image: "https://example.org/door.png", alt: An open door}
questions: [What is new?, What is old?]
"""


class Pages:
    """A screen that keeps what it is shown."""

    def __init__(self) -> None:
        self.shown: list[tuple[str, Tone, str]] = []

    def show(self, text: str, tone: Tone, *, head: str = "") -> None:
        self.shown.append((text, tone, head))

    @property
    def said(self) -> list[str]:
        """What people said, as it is acknowledged."""
        return [f"{head} {text}" for text, tone, head in self.shown if tone in (Tone.SAID, Tone.COUNTED)]

    @property
    def notes(self) -> list[str]:
        return [text for text, tone, _ in self.shown if tone is Tone.NOTE]


class Table:
    """A running chat in the terminal room, with a screen to look at."""

    def __init__(self, live: LiveChat, room: Terminal, pages: Pages) -> None:
        self.live = live
        self.room = room
        self.pages = pages

    async def type(self, *lines: str) -> None:
        for line in lines:
            meant = understand(line)
            assert meant is not None
            await self.room.handle(meant, self.live)


@asynccontextmanager
async def table(folder: Path) -> AsyncIterator[Table]:
    """Give a chat that has begun, with its intro on the floor."""
    async with Store.open(folder / "t.db", lambda: datetime.now(UTC)) as store:
        chat = await store.create(source="t", text=SCRIPT, room="terminal:{name}", rehearsal=False)
        clock, pages = SystemClock(), Pages()
        room = Terminal(chat.script, clock, pages, width=80)
        live = LiveChat(chat, store, room, clock)
        running = asyncio.create_task(live.run())
        await live.ask(Start(), by=KEYBOARD)
        await live.ask(Start(), by=KEYBOARD, id="x", about="nothing")  # by now the posts are on their way
        yield Table(live, room, pages)
        live.stop()
        await running


async def test_what_people_say_is_acknowledged_with_its_question(tmp_path: Path) -> None:
    """An answer is shown with the sign and the question that it counts for, talk without."""
    async with table(tmp_path) as it:
        await it.type(
            "ana: A0 me",
            "bo: hello all",
            "bo edit: A0 me too",
            "/next",
            "ana >Q1: a lot",
            "bo >ana: well said",
        )
    assert it.pages.said == [
        "ana ✅ Q0: A0 me",
        "bo: hello all",
        "bo (edited) ✅ Q0: A0 me too",
        "ana ✅ Q1: a lot",
        "bo: well said",
    ]  # fmt: skip


async def test_what_is_typed_behind_next_answers_it(tmp_path: Path) -> None:
    """An answer in the same instant in which its question is asked waits for the question, and counts."""
    async with table(tmp_path) as it:
        await it.type("/next", "ana: A1 at once", "/next", "bo: A2 as quick")
    assert it.pages.said == ["ana ✅ Q1: A1 at once", "bo ✅ Q2: A2 as quick"]


async def test_lines_about_a_message_name_it(tmp_path: Path) -> None:
    """What is done to somebody's last message is answered with the message that was meant."""
    async with table(tmp_path) as it:
        await it.type(
            "ana: A0 me",
            "bo: hello",
            "bo counts Q0:",
            "bo react ana: ❤",
            "/highlight ANA",
            "/hide bo",
            "/show bo",
        )
        await it.type("bo delete:", "ana: more", "ana delete:", "ana edit: A0 I")
        assert it.room.so_far == "1 person · 1 answer"
    answers = [note for note in it.pages.notes if note.endswith(")")]
    assert [note.rpartition(" (")[2] for note in answers] == [
        "bo: hello)", "ana: A0 me)", "ana: A0 me)", "bo: hello)", "bo: hello)", "bo: hello)", "ana: more)",
    ]  # fmt: skip
    assert it.pages.said[-1] == "ana (edited) ✅ Q0: A0 I"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("zoe delete:", "zoe has not said anything that is kept. Heard so far: ana."),
        ("ana >Q2: yes", "Q2 has not been asked yet."),
        ("ana >zoe: yes", "zoe has not said anything"),
        ("ana counts Q9:", "There is no question Q9. There are Q0, Q1, Q2; or write none."),
        ("ana counts Q2:", "That question has not been asked."),
        ("/resume", "You can pause"),
        ("/start", "You can pause"),
    ],
)
async def test_what_cannot_be_done_is_said(tmp_path: Path, line: str, words: str) -> None:
    """A line that asks for what cannot be done is refused in words, and changes nothing."""
    async with table(tmp_path) as it:
        await it.type("ana: A0 me")
        state = it.live.state
        with pytest.raises((NotUnderstood, Refusal)) as caught:
            await it.type(line)
        assert words in str(caught.value)
        assert it.live.state is state


async def test_forgetting_leaves_nothing_and_keeps_nothing(tmp_path: Path) -> None:
    """Who asks to be forgotten is gone from recap and room, and what they write later is refused."""
    async with table(tmp_path) as it:
        await it.type("Ana: A0 my secret", "bo: hello", "ana forget-me:")
        assert "cannot be reached" in it.pages.notes[-1]
        with pytest.raises(Refusal, match="forgotten"):
            await it.type("ANA: A0 again")
        recap = await it.live.recap()
        assert (recap.people, recap.answers, it.room.voices.names) == (1, 0, ["bo"])


async def test_a_question_says_what_its_picture_shows(tmp_path: Path) -> None:
    """Where a question has a picture, the terminal says what it shows and where it is."""
    async with table(tmp_path) as held:
        posts = [text for text, tone, _ in held.pages.shown if tone is Tone.QUESTION]
        assert posts == ["Q0: Who is here?\n[An open door: https://example.org/door.png]"]


async def test_hosts_and_co_hosts_ask_and_others_answer(tmp_path: Path) -> None:
    """A Q-label of a host named in the script, or appointed, is a question; from anyone else it is an answer."""
    async with table(tmp_path) as it:
        await it.type("mo: Q0: who is here?", "bo: Q0: me", "/co-host bo", "bo: Q0: who else?")
    assert it.pages.said == ["mo: Q0: who is here?", "bo ✅ Q0: Q0: me", "bo: Q0: who else?"]


async def test_the_toolbar_fits_its_line(tmp_path: Path) -> None:
    """The toolbar tells where the chat stands, and the rest as far as there is room."""
    async with table(tmp_path) as it:
        await it.type("ana: A0 me")
        for width in (10, 30, 60, 80, 200):
            assert len(it.room.toolbar(it.live, width)) <= width
        bar = it.room.toolbar(it.live, 100)
        assert bar.startswith(" Welcome, ")
        assert "1 person · 1 answer" in bar
        assert bar.endswith("/next  /pause  /help ")
        await it.type("/pause")
        assert it.room.toolbar(it.live, 100).endswith("/resume  /help ")


async def test_help_status_and_questions(tmp_path: Path) -> None:
    """The host can see all that can be typed, where the chat stands, and what has been asked."""
    async with table(tmp_path) as it:
        await it.type("/help", "/status", "/questions")
    host, anyone, status, questions = it.pages.notes[-4:]
    assert "/more 3" in host
    assert "ana react bo: ❤" in anyone
    assert all(len(line) <= 80 for line in f"{host}\n{anyone}".splitlines())
    assert status.endswith("0 people · 0 answers so far.")
    assert questions == "Q0: Who is here?"


# The screen and the keyboard -------------------------------------------------------------------------------------


def test_a_pipe_gets_plain_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """Into a pipe goes a line for each text, without colours, and without what could act on a terminal."""
    paper = Paper()
    paper.show("A1 " + "long " * 40, Tone.COUNTED, head="ana ✅ Q1:")
    paper.show("[red]:smile:\x1b[31mevil\x07", Tone.SAID, head="m\x1b]0;x\x07\nallory:")
    assert capsys.readouterr().out.splitlines() == [
        "ana ✅ Q1: A1 " + "long " * 40,
        "m␛]0;x␇ allory: [red]:smile:␛[31mevil␇",
    ]


async def test_a_pipe_is_read_to_its_end_whatever_its_bytes() -> None:
    """Lines come whole across the pieces in which they are read, and what is not UTF-8 comes as U+FFFD."""
    reading, writing = os.pipe()
    text = "é" * (PIECE // 2 + 7)
    pid = subprocess.Popen(  # noqa: ASYNC220  (it writes while this test reads)
        [
            sys.executable,
            "-c",
            f"import sys; sys.stdout.buffer.write(('{'é'}' * {len(text)}).encode() + b'\\n\\xff\\nlast')",
        ],
        stdout=writing,
    )
    os.close(writing)
    lines = [line async for line in piped(reading)]
    os.close(reading)
    assert pid.wait() == 0
    assert lines == [text, "\ufffd", "last"]


#: Makes the terminal the program's own, so that Ctrl-C reaches it whenever it is pressed.
LOGGED_IN = "import os, runpy; os.login_tty(0); runpy.run_module('bot', run_name='__main__')"


class Typist:
    """Somebody at a real terminal of 80 columns in which `hashchat run` runs."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self.out = ""
        self._terminal, inner = pty.openpty()
        environment = {
            **os.environ,
            "TERM": "xterm-256color",
            "COLUMNS": "80",
            "LINES": "24",
            "PROMPT_TOOLKIT_NO_CPR": "1",
        }
        environment.pop("NO_COLOR", None)
        self.process = subprocess.Popen(
            [sys.executable, "-c", LOGGED_IN, "run", str(folder / "t.yaml"), "--terminal", "--db", str(folder / "t.db"), *options],
            stdin=inner, stdout=inner, stderr=inner, env=environment, cwd=Path(__file__).parents[1],
        )  # fmt: skip
        os.close(inner)

    def type(self, line: str) -> None:
        os.write(self._terminal, f"{line}\r".encode())

    def key(self, key: bytes) -> None:
        os.write(self._terminal, key)

    def until(self, words: str) -> None:
        """Look at the screen until the words are on it."""
        for _ in range(200):  # the toolbar is drawn anew twice a second, so something always comes
            if words in self.out:
                return
            assert self._look(), f"{words!r} did not come before the end: {self.out[-2000:]!r}"
        pytest.fail(f"{words!r} did not come: {self.out[-2000:]!r}")

    def end(self) -> int:
        """Look until the program has ended; give its exit status."""
        for _ in range(400):
            if not self._look():
                break
        os.close(self._terminal)
        return self.process.wait(20)

    def _look(self) -> bool:
        data = b""
        ready, _, _ = select.select([self._terminal], [], [], 20)
        assert ready, f"nothing more came: {self.out[-2000:]!r}"
        with contextlib.suppress(OSError):  # Linux says so when the program has let go of the terminal
            data = os.read(self._terminal, PIECE)
        self.out += data.decode(errors="replace")
        return bool(data)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_a_chat_at_a_real_terminal(tmp_path: Path) -> None:
    """Somebody types under the running stream, leaves with Ctrl-C, and goes on; hostile text is shown made harmless."""
    (tmp_path / "t.yaml").write_text(SCRIPT, encoding="utf-8")
    host = Typist(tmp_path)
    host.until("all that can be typed")
    host.type("/start")
    host.until("Who is here?")
    host.type("ana: A0 hi")
    host.until("ana ✅ Q0:")
    host.type("bo: \u009b31mevil")
    host.until("\ufffd31mevil")
    host.type("/status")
    host.until("2 people · 1 answer so far.")
    host.type("/nxt")
    host.until("Do you mean /next?")
    host.key(b"\x03")
    host.until("Run the same command again to go on.")
    assert host.end() == 0
    again = Typist(tmp_path)
    again.until("Going on with test-")
    again.until("all that can be typed")
    again.type("/status")
    again.until("2 people · 1 answer so far.")
    again.process.send_signal(signal.SIGTERM)
    assert again.end() == 0
    assert "Traceback" not in host.out + again.out
