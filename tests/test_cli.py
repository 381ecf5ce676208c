"""The command `hashchat`, as a process of its own."""

import json
import os
import re
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.answers import Purpose, Reading
from bot.cli.checking import read_script
from bot.cli.holding import _choose
from bot.messages import Author, Message
from bot.rooms.terminal.screen import Paper
from bot.session import Running, Start, Wish, advance, dump
from bot.store import Changes, Chat, Store
from tests.chats import HOST, START

ROOT = Path(__file__).parents[1]
FIVE = ROOT / "questions" / "five-minutes.yaml"
LINES = """\
ana: A0 my secret breakfast
bo: A0 hello \x1b[31mred
/wait 40s
ana >Q1: eggs
bo: A1 toast
cy counts Q1:
"""


class Host:
    """Somebody at a shell, in a folder of their own, with a database of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.db = folder / "h.db"
        self.environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "HASHCHAT_DB": str(self.db),
            "COLUMNS": "80",
        }

    def command(self, *arguments: object) -> list[str]:
        return [sys.executable, "-m", "bot", *map(str, arguments)]

    def run(
        self, *arguments: object, lines: str | bytes | None = "", status: int = 0
    ) -> subprocess.CompletedProcess[str]:
        """Run hashchat to its end, which has to have that exit status and no traceback; without a pipe where `lines` is None."""
        data = lines.encode() if isinstance(lines, str) else lines
        done = subprocess.run(
            self.command(*arguments), input=data, stdin=subprocess.DEVNULL if data is None else None, capture_output=True,
            cwd=self.folder, env=self.environment, timeout=60, check=False,
        )  # fmt: skip
        ended = subprocess.CompletedProcess(
            done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
        )
        assert ended.returncode == status, ended
        assert "Traceback" not in ended.stdout + ended.stderr
        return ended

    def start(
        self, *arguments: object, errors: int = subprocess.STDOUT, stdin: int = subprocess.PIPE
    ) -> subprocess.Popen[str]:
        """Start hashchat with a pipe that stays open, unless `stdin` is something else; `errors` is where it complains."""
        return subprocess.Popen(
            self.command(*arguments),
            stdin=stdin, stdout=subprocess.PIPE, stderr=errors, cwd=self.folder, env=self.environment, text=True,
        )  # fmt: skip


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path)


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> tuple[Host, str]:
    """Give a host who has held a whole chat from a pipe, and what they saw."""
    host = Host(tmp_path_factory.mktemp("held"))
    return host, host.run("run", FIVE, "--speed", 500, lines=LINES).stdout


def transcript_of(host: Host) -> Path:
    (path,) = (host.folder / "transcripts" / "h").glob("*.html")
    return path


def test_a_whole_chat_from_a_pipe(held: tuple[Host, str]) -> None:
    """A pipe starts by itself, is read line by line, goes on to the recap, and leaves a transcript."""
    host, seen = held
    assert "rehearsal" in seen.splitlines()[0]
    assert "ana ✅ Q0: A0 my secret breakfast" in seen
    assert "ana ✅ Q1: eggs" in seen
    assert "line 6: cy has not said anything" in seen
    assert "\x1b" not in seen
    assert "2 people · 4 messages · 4 answers" in seen
    assert f"Transcript: {transcript_of(host)}" in seen
    assert "my secret breakfast" in transcript_of(host).read_text(encoding="utf-8")


@pytest.mark.parametrize("form", ["html", "md", "txt", "csv", "json"])
def test_transcripts_in_every_form(held: tuple[Host, str], form: str) -> None:
    """Each form goes into a file and, the same, to the screen."""
    host, _ = held
    host.run("transcript", "FIVE", "-f", form, "-o", "out")
    written = (host.folder / "out").read_bytes().decode()
    assert "my secret breakfast" in written
    if form == "csv":  # whose line ends are its own
        assert host.run("transcript", "last", "--format", form).stdout == written


def test_recaps_and_the_list(held: tuple[Host, str]) -> None:
    """A chat is listed by its short name, with where it stands, and its recap can be read at any time."""
    host, _ = held
    listed = host.run("chats").stdout
    assert re.search(
        r"fiveminutes-\d{4}-\d\d-\d\d .*ended, late answers count, a rehearsal  A first chat", listed
    )
    assert "2 people · 4 messages · 4 answers" in host.run("recap", "last").stdout
    assert json.loads(host.run("recap", "FIVE", "--format", "json").stdout)


@pytest.mark.parametrize("columns", [40, 200])
def test_a_recap_in_a_file_is_set_for_mails(host: Host, columns: int) -> None:
    """Its lines are at most 72 columns wide, and nearly that, whatever the terminal's width, which is that on the screen."""
    said = f"ana: A0 {'a longer answer ' * 20}\n"
    host.run("run", FIVE, "--speed", 10_000, lines=said)
    host.environment["COLUMNS"] = str(columns)
    host.run("recap", "FIVE", "--format", "txt", "-o", "recap.txt")
    written = (host.folder / "recap.txt").read_text(encoding="utf-8")
    shown = host.run("recap", "FIVE", "--format", "txt").stdout
    widest = [max(map(len, text.splitlines())) for text in (written, shown)]
    assert 60 < widest[0] <= 72
    assert min(columns, 100) - 12 < widest[1] <= min(columns, 100)


def test_going_on_and_beginning_anew(host: Host) -> None:
    """An unfinished chat goes on as it was, whatever has become of its script; a finished one asks for --new."""
    script = host.folder / "t.yaml"
    script.write_text("hashtag: T\ntitle: T\nquestions: [One?]\nlate_answers: 0m\n", encoding="utf-8")
    assert "Stopped." in host.run("run", "t.yaml", "--speed", 600, lines="ana: hi\n/leave\n").stdout
    script.write_text("hashtag: T\ntitle: [", encoding="utf-8")
    broken = host.run("run", "t.yaml", "--speed", 600, lines="/leave").stdout
    assert "Going on with t-" in broken
    assert "cannot be used as it is now" in broken
    assert host.run("run", "t.yaml", "--new", status=1).stderr.startswith("t.yaml:")
    script.write_text("hashtag: T\ntitle: Other\nquestions: [Two?]\n", encoding="utf-8")
    went_on = host.run("run", "t.yaml", "--speed", 10_000).stdout
    assert "has been changed since" in went_on
    assert "Q1: One?" in went_on
    assert (
        "Hold a new chat of this script with --new"
        in host.run("run", "t.yaml", "--speed", 10_000, status=1).stdout
    )
    assert "Q1: Two?" in host.run("run", "t.yaml", "--speed", 10_000, "--new").stdout


def test_going_on_with_the_last_that_is_not_over(host: Host) -> None:
    """A chat that was left goes on, also where a later one of the same script is over already."""
    script = host.folder / "t.yaml"
    script.write_text("hashtag: T\ntitle: T\nquestions: [One?]\nlate_answers: 0m\n", encoding="utf-8")
    host.run("run", "t.yaml", "--speed", 600, lines="/leave\n")
    host.run("run", "t.yaml", "--speed", 10_000, "--new")
    assert re.search(r"Going on with t-[\d-]{10}\.", host.run("run", "t.yaml", "--speed", 10_000).stdout)
    assert "is over. Hold a new chat" in host.run("run", "t.yaml", "--speed", 10_000, status=1).stdout


class Overtaken(Store):
    """A store that comes to hold a chat just after another process has gone on with it, and left it."""

    other: Store

    async def hold(self, chat: int) -> Chat:
        before = await self.other.hold(chat)
        changes = Changes(chat, before.room)
        started, _ = advance(before.script, before.state, Wish(START, "w", HOST, Start()))
        changes.state = dump(started)
        await self.other.commit(changes)
        await self.other.release(chat)
        return await super().hold(chat)


async def test_going_on_from_where_another_process_left_it(tmp_path: Path) -> None:
    """A chat goes on as it is when it is held, not as it was when it was looked for."""
    script = read_script(FIVE)
    path, now = tmp_path / "h.db", lambda: START
    async with Store.open(path, now) as other, Overtaken.open(path, now) as store:
        store.other = other
        source = str(script.path.resolve())
        made = await other.create(
            source=source, text=script.text or "", room="terminal:{id}", rehearsal=False
        )
        await other.release(made.id)
        chat = await _choose(store, Paper(), script, "terminal", rehearsal=False, new=False)
        assert chat
        assert isinstance(chat.state.phase, Running)


def test_a_live_chat_can_be_read_but_not_taken(host: Host) -> None:
    """While one process holds a chat, others can read it; they cannot hold, delete or change it. SIGTERM stops it."""
    live = host.start("run", FIVE)
    assert live.stdin
    assert live.stdout
    live.stdin.write("ana: A0 hi\n")
    live.stdin.flush()
    for line in live.stdout:
        if line.startswith("ana ✅ Q0:"):
            break
    assert f"running, held by process {live.pid} on this machine" in host.run("chats").stdout
    assert "A0 hi" in host.run("transcript", "last").stdout
    assert f"held by process {live.pid}" in host.run("run", FIVE, status=1).stderr
    assert "type there: ana forget-me:" in host.run("forget", "last", "ana", "--yes", status=1).stderr
    assert f"held by process {live.pid}" in host.run("delete", "last", "--yes", status=1).stderr
    live.send_signal(signal.SIGTERM)
    rest, _ = live.communicate(timeout=60)
    assert (live.returncode, "Stopped. " in rest) == (0, True)


def test_forgetting_reaches_the_transcript_that_was_written(host: Host) -> None:
    """A person's words leave the database and hashchat's own transcript; what cannot be reached is said."""
    host.run("run", FIVE, "--speed", 300, lines="ana: A0 my secret\nbo: A0 hello\n")
    host.run("forget", "last", "zoe", "--yes", status=1)
    told = host.run("forget", "last", "ANA", "--yes").stdout
    assert told.count("cannot be reached") == 1
    assert f"Written anew: {transcript_of(host)}" in told
    assert "secret" not in host.run("transcript", "last").stdout
    assert "secret" not in transcript_of(host).read_text(encoding="utf-8")
    assert all(b"my secret" not in file.read_bytes() for file in host.folder.glob("h.db*"))
    again = host.run("run", FIVE, "--speed", 2, lines="Ana: A0 again\nbo forget-me:\n").stdout
    assert "line 1: You asked to be forgotten" in again
    assert "hello" not in transcript_of(host).read_text(encoding="utf-8")


async def test_who_is_to_be_forgotten_is_told_where(host: Host) -> None:
    """While a chat is held in the browser, the way to be forgotten is the one on the page."""
    async with Store.open(host.db, lambda: datetime.now(UTC)) as store:
        text = FIVE.read_text(encoding="utf-8")
        chat = await store.create(source="chat.yaml", text=text, room="web:{name}", rehearsal=False)
        changes = Changes(chat.id, chat.room)
        said = Message("1", Author("p1", "Ana"), "hello", datetime.now(UTC))
        changes.said(said, Reading(Purpose.CONVERSATION, (), None), hosting=False)
        await store.commit(changes)
        told = host.run("forget", "last", "Ana", "--yes", status=1).stderr
    assert "Ana can choose “Forget me” in the menu of the page." in told
    assert "type there" not in told
    host.run("forget", "last", "Ana", "--yes")
    assert "hello" not in host.run("transcript", "last").stdout


def test_deleting_asks_and_takes_all(host: Host) -> None:
    """Nothing is removed without a yes; then the chat and hashchat's own transcript of it are gone."""
    host.run("run", FIVE, "--speed", 10_000, lines="ana: A0 hi\n")
    path = transcript_of(host)
    assert "add --yes" in host.run("delete", "last", status=1).stderr
    assert "No chat is older" in host.run("purge", "--older-than", "90d").stdout
    assert "not a time" in host.run("purge", "--older-than", "soon", status=2).stderr
    assert path.exists()
    host.run("purge", "--older-than", "0d", "--yes")
    assert not path.exists()
    assert "There is no chat yet" in host.run("chats").stdout


def test_scripts_are_checked(host: Host) -> None:
    """Problems go to standard output as file:line:column: what; instead, all of them; else there is the timetable."""
    (host.folder / "bad.yaml").write_text("hashtag: T\ntitel: T\nquestions: []\n", encoding="utf-8")
    (host.folder / "good.yaml").write_text(
        "hashtag: T\ntitle: T\nstarts: 2031-01-01 21:00\ntimezone: America/New_York\nquestions: [One?]\n", encoding="utf-8"
    )  # fmt: skip
    host.environment["TZ"] = "Europe/Madrid"
    bad = host.run("check", "bad.yaml", "good.yaml", "none.yaml", ".", status=1).stdout
    problems = [
        line for line in bad.splitlines() if re.match(r"(bad|none)?(\.yaml|\.):\d+:\d+: [^;]+; .+", line)
    ]
    assert [line.partition(":")[0] for line in problems] == ["bad.yaml"] * 2 + ["none.yaml", "."]
    good = host.run("check", "good.yaml").stdout
    assert "nothing is wrong" in good
    assert re.search(r"21:01 +03:01 +Q1 One\?", good)


@pytest.mark.parametrize(("ago", "begins"), [(5, "as soon as it is run"), (90, "when its host starts it")])
def test_a_start_that_is_past(host: Host, ago: int, begins: str) -> None:
    """The check says of a start that is past what the run will do: begin at once, or wait for the host."""
    starts = f"{datetime.now(UTC) - timedelta(minutes=ago):%Y-%m-%d %H:%M}"
    script = f"hashtag: T\ntitle: T\nstarts: {starts}\ntimezone: UTC\nquestions: [One?]\n"
    (host.folder / "t.yaml").write_text(script, encoding="utf-8")
    assert f"its start is past, so the chat will begin {begins}." in host.run("check", "t.yaml").stdout


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX terminal is needed")
def test_a_question_asked_for_twice_is_told(host: Host) -> None:
    """`new` says at once that a question has been asked, and asks for another."""
    master, terminal = os.openpty()
    os.write(master, b"Co\nCoops\nCo-op?\nCoop?\nco op\nWhat else?\n\n")
    done = subprocess.run(
        host.command("new", "t.yaml"), stdin=terminal, capture_output=True, cwd=host.folder, env=host.environment, text=True, timeout=60, check=True,
    )  # fmt: skip
    os.close(master)
    os.close(terminal)
    assert "That is Q1 already. Ask something else." in done.stdout
    written = (host.folder / "t.yaml").read_text(encoding="utf-8")
    assert [line.strip() for line in written.splitlines() if line.startswith('  - "')] == [
        '- "Co-op?"', '- "Coop?"', '- "What else?"',
    ]  # fmt: skip


def test_scripts_are_begun(host: Host) -> None:
    """`new` writes right scripts and the schema, overwrites nothing, and its samples hold."""
    host.run("new", "a.yaml")
    host.run("new", "--sample", "macrosw")
    host.run("check", "a.yaml", "macrosw.yaml")
    assert (host.folder / "chat.schema.json").read_text(encoding="utf-8") == host.run("schema").stdout
    assert "has not been touched" in host.run("new", "a.yaml", status=1).stderr
    assert "is a folder" in host.run("new", ".", status=1).stderr
    assert "There is no folder" in host.run("new", "b/a.yaml", status=1).stderr
    assert "is a directory" in host.run("chats", "--db", ".", status=2).stderr
    assert "five-minutes, macrosw" in host.run("new", "--sample", "x", status=1).stderr
    host.run("new", status=2)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("recap", "last"), "There is no chat yet"),
        (("run", "nope.yaml"), "nope.yaml:1:1: there is no such file"),
        (("run", "."), "this is a folder"),
        (("chats", "--db", FIVE), "is not a database of hashchat"),
    ],
)
def test_what_people_get_wrong_is_said_in_words(
    host: Host, arguments: tuple[object, ...], words: str
) -> None:
    """A wrong file, folder or name is told in words, with exit status 1, and makes nothing."""
    before = FIVE.read_bytes()
    assert words in host.run(*arguments, status=1).stderr
    assert list(host.folder.iterdir()) == []
    assert FIVE.read_bytes() == before


def test_output_that_cannot_be_written(held: tuple[Host, str]) -> None:
    """A folder, a missing folder, a full disk: words, and what was there stays; a device is not replaced."""
    host, _ = held
    assert "is a folder" in host.run("recap", "last", "-o", ".", status=1).stderr
    assert "There is no folder" in host.run("recap", "last", "-o", "x/y", status=1).stderr
    if Path("/dev/full").exists():
        assert "No space left" in host.run("transcript", "last", "-o", "/dev/full", status=1).stderr
        assert Path("/dev/full").is_char_device()
    if Path("/dev/stdout").exists():
        assert host.run("recap", "last", "-o", "/dev/stdout").stdout == host.run("recap", "last").stdout


@pytest.mark.parametrize("name", ["-wal", "-shm", "-journal"])
def test_a_file_called_like_the_end_of_a_databases(held: tuple[Host, str], name: str) -> None:
    """What no database has before its ending is a file as any other."""
    host, _ = held
    host.run("recap", "last", "--output", f"./{name}")
    assert (host.folder / name).read_text(encoding="utf-8").startswith("#FiveMinutes")


@pytest.mark.parametrize(
    ("command", "name"),
    [
        (("recap", "last"), "h.db"),
        (("transcript", "last", "--format", "json"), "h.db-wal"),
        (("story", "last"), "another-name"),
        (("participation", "last", "--person", "ana"), "h.db"),
        (("recap", "last"), "script.yaml"),
        (("story", "last"), "choice.YML"),
    ],
)
def test_what_cannot_be_had_again_is_not_replaced(
    held: tuple[Host, str], command: tuple[str, ...], name: str
) -> None:
    """A database, under whatever name, what belongs to it, and what is written by hand stay as they are."""
    host, _ = held
    (host.folder / "another-name").unlink(missing_ok=True)
    (host.folder / "another-name").hardlink_to(host.db)
    for file in ("script.yaml", "choice.YML"):
        (host.folder / file).write_text("by hand")
    file = host.folder / name
    before = file.read_bytes() if file.exists() else None
    assert (
        "stays as it is. Name another file with --output" in host.run(*command, "-o", name, status=1).stderr
    )
    assert (file.read_bytes() if file.exists() else None) == before


def test_the_ending_names_the_form(held: tuple[Host, str]) -> None:
    """Without --format a file gets the form that it is called by; with one that is another, a line says so."""
    host, _ = held
    begin = {
        ("transcript", "e.html"): "<!doctype html>", ("transcript", "e.JSON"): "{", ("transcript", "e.csv"): "\ufeffid,",
        ("recap", "e.md"): "# ", ("recap", "e.blog"): "<article", ("recap", "e.txt"): "#FiveMinutes", ("recap", "e"): "#FiveMinutes",
        ("recap", "e.htm"): "<!doctype html>", ("transcript", "e.markdown"): "# ",
    }  # fmt: skip
    for (command, name), text in begin.items():
        assert host.run(command, "last", "-o", name).stderr == f"Written: {name}\n"
        assert (host.folder / name).read_text(encoding="utf-8").startswith(text), name
    for command, name in (("recap", "e.csv"), ("recap", "e.jsonl"), ("transcript", "e.pdf")):
        said = host.run(command, "last", "-o", name).stderr
        assert f"{name} is to be txt, as no form of this is called {name[2:]}. There are " in said
        assert (host.folder / name).read_text(encoding="utf-8").startswith("#FiveMinutes")
    said = host.run("recap", "last", "--format", "html", "-o", "e.md").stderr
    assert "e.md is written as html, as --format says, though its name ends in .md." in said
    assert "Note" not in host.run("recap", "last", "--format", "blog", "-o", "b.html").stderr


@pytest.mark.parametrize("how", ["option", "variable"])
def test_an_empty_passphrase_lets_nobody_in(host: Host, how: str) -> None:
    """Whoever asks for a passphrase and gives none is told so, and no room is opened."""
    given = ("--passphrase", " ") if how == "option" else ()
    host.environment |= {} if given else {"HASHCHAT_PASSPHRASE": ""}
    said = host.run("run", FIVE, "--no-open", *given, lines=None, status=2).stderr
    assert "The passphrase is empty." in said
    assert "unset HASHCHAT_PASSPHRASE" in said
    assert not host.db.exists()


def test_a_chat_to_which_nobody_can_come_is_not_kept(host: Host) -> None:
    """Where the room cannot listen, no empty chat is left; one that was there before stays."""
    nowhere = ("run", FIVE, "--no-open", "--bind", "192.0.2.1")
    assert "is not an address of this machine" in host.run(*nowhere, lines=None, status=1).stdout
    assert "There is no chat yet" in host.run("chats").stdout
    room = host.start("run", FIVE, "--no-open", "--port", "0", stdin=subprocess.DEVNULL)
    assert room.stdout
    assert any(line.startswith("For participants:") for line in room.stdout)
    room.send_signal(signal.SIGTERM)
    room.communicate(timeout=60)
    for more in ((), ("--new",)):
        host.run(*nowhere, *more, lines=None, status=1)
        assert host.run("chats").stdout.count("fiveminutes-") == 1


@pytest.mark.parametrize("command", ["recap", "transcript", "story", "participation"])
def test_a_hyphen_is_standard_output(held: tuple[Host, str], command: str) -> None:
    """`-o -` prints what is printed without it, and makes no file."""
    host, _ = held
    before = sorted(host.folder.iterdir())
    done = host.run(command, "last", "-o", "-")
    assert (done.stdout, done.stderr) == (host.run(command, "last").stdout, "")
    assert sorted(host.folder.iterdir()) == before


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell is needed")
@pytest.mark.parametrize("arguments", [("run", FIVE, "--speed", 10_000), ("transcript", "last")])
def test_whoever_reads_may_stop(host: Host, arguments: tuple[object, ...]) -> None:
    """A reader that closes the pipe, such as head, ends the program without a word."""
    host.run("run", FIVE, "--speed", 10_000, lines="".join(f"ana: {'x' * 9000}\n" for _ in range(30)))
    process = host.start(*arguments, *(["--new"] if arguments[0] == "run" else []), errors=subprocess.PIPE)
    assert process.stdin
    assert process.stdout
    process.stdin.close()
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(20) in (0, 1)
    assert process.stderr
    assert "Traceback" not in process.stderr.read()
    process.stderr.close()


def test_bytes_that_are_no_text(host: Host) -> None:
    """What is not UTF-8 in a pipe is replaced, and a terminal that cannot show a sign gets another; nothing fails."""
    host.environment |= {"PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    seen = host.run("run", FIVE, "--speed", 10_000, lines=b"ana: A0 caf\xe9 \xf0\nbo: A0 ok\n").stdout
    assert "ana ? Q0: A0 caf? ?" in seen
    assert "bo ? Q0: A0 ok" in seen


def test_help_is_quick_and_whole() -> None:
    """`--help` imports nothing that only some commands need, names all commands, and each of them has an example."""
    heavy = ["pydantic", "yaml", "jinja2", "prompt_toolkit", "aiosqlite", "platformdirs", "asyncio"]
    program = (
        "import sys; from bot.cli import app, main; sys.argv = ['hashchat', '--help']\n"
        "try: main()\nexcept SystemExit: pass\n"
        f"print('IMPORTED', *(set({heavy}) & sys.modules.keys()))\n"
        "print('BARE', *(c.callback.__name__ for c in app.registered_commands if 'Example: hashchat ' not in c.epilog))"
    )
    seen = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True
    ).stdout
    imported, bare = seen.splitlines()[-2:]
    assert (imported, bare) == ("IMPORTED", "BARE")
    for command in [
        "run",
        "check",
        "new",
        "schema",
        "chats",
        "recap",
        "transcript",
        "forget",
        "delete",
        "purge",
    ]:
        assert re.search(rf"^\W*{command} ", seen, re.MULTILINE)
