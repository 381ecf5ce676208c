"""`hashchat discord` as it is started: what it is told, what it says, and how it ends."""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest

from bot.cli.discord import Options, Unusable, examine_scripts, settings_of, token_of
from bot.rooms.discord.doctor import Mark
from bot.rooms.discord.settings import API_URL, GATEWAY_URL
from bot.rooms.discord.sitting import KIND
from bot.store import Store
from tests.discord_server import Person, Place, Server, Upload, broken, delayed, held
from tests.guilds import served, until
from tests.hosted import SCRIPT, pressed

ROOT = Path(__file__).parents[1]
TOKEN = "MTA1NjQ5MDk3NjY5Mjk2MTMyMA.Gx1yZw.s3cr3t-s3cr3t_s3cr3t-s3cr3t-s3cr3t"

# What it is told -------------------------------------------------------------------------------------------------


def options(api_url: str | None = None, gateway_url: str | None = None) -> Options:
    return Options(Path("x.db"), Path("questions"), api_url, gateway_url, health=None, log_json=False)


def test_token_from_the_environment_or_a_file(tmp_path: Path) -> None:
    """The token may stand in a variable or in a file; white space around it is no part of it."""
    file = tmp_path / "token"
    file.write_text(f"  {TOKEN}\r\n\n")
    assert token_of({"DISCORD_TOKEN": f" {TOKEN}\n"}, discords=True) == TOKEN
    assert token_of({"DISCORD_TOKEN_FILE": str(file)}, discords=True) == TOKEN
    assert token_of({"DISCORD_TOKEN_FILE": str(file), "DISCORD_TOKEN": ""}, discords=True) == TOKEN


@pytest.mark.parametrize(
    ("token", "why"),
    [
        (None, "DISCORD_TOKEN is not set"),
        ("", "DISCORD_TOKEN is empty"),
        (" \n", "DISCORD_TOKEN is empty"),
        (f"Bot {TOKEN}", "leave out the word in front"),
        (f'"{TOKEN}"', "quotation marks"),
        ("paste your token here", "spaces"),
        ("tökén", "spaces or other signs"),
        ("1056490976692961320", "application's id"),
        ("0123456789abcdef0123456789abcdef", "three parts"),
        ("a" * 64, "three parts"),
    ],
)
def test_what_is_no_token_is_explained(token: str | None, why: str) -> None:
    """A token that is missing or cannot be one is refused before anything is asked, with how to get one; it is not shown."""
    with pytest.raises(Unusable, match=why) as wrong:
        token_of({} if token is None else {"DISCORD_TOKEN": token}, discords=True)
    assert "https://discord.com/developers/applications" in str(wrong.value)
    assert TOKEN not in str(wrong.value)


def test_a_file_that_holds_no_token_is_named(tmp_path: Path) -> None:
    """A file that is not there, is a folder, holds no text or nothing, is named with what to do."""
    (tmp_path / "empty").touch()
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    for name in ("missing", ".", "empty", "bytes"):
        with pytest.raises(Unusable, match="DISCORD_TOKEN_FILE"):
            token_of({"DISCORD_TOKEN_FILE": str(tmp_path / name)}, discords=True)


def test_two_tokens_are_one_too_many(tmp_path: Path) -> None:
    """Where both are set nobody can know which is meant."""
    with pytest.raises(Unusable, match="Unset the one"):
        token_of({"DISCORD_TOKEN": TOKEN, "DISCORD_TOKEN_FILE": str(tmp_path)}, discords=True)


def test_addresses() -> None:
    """Discord's own by default; a server of one's own needs both, in the form in which discord.py takes them."""
    environ = {"DISCORD_TOKEN": TOKEN}
    own = settings_of(options(), environ)
    assert (own.api_url, own.gateway_url) == (API_URL, GATEWAY_URL)
    other = settings_of(options("http://127.0.0.1:1/api/v9/", "ws://127.0.0.1:2"), environ)
    assert (other.api_url, other.gateway_url) == ("http://127.0.0.1:1/api/v9", "ws://127.0.0.1:2")
    assert TOKEN not in repr(own)


@pytest.mark.parametrize(
    ("api", "gateway", "why"),
    [
        ("http://a/api/v10", None, "both"),
        (None, "ws://a", "both"),
        ("a/api/v10", "ws://a", "--api-url"),
        ("ws://a/api/v10", "ws://a", "--api-url"),
        ("http://a", "ws://a", "version"),
        ("http://a:x/api/v10", "ws://a", "--api-url"),
        ("http://me:pass@a/api/v10", "ws://a", "--api-url"),
        ("http://a/api/v10", "http://a", "--gateway-url"),
        ("http://a/api/v10", "wss://", "--gateway-url"),
        ("http://a/api/v10", "wss://a?v=10", "--gateway-url"),
    ],
)
def test_wrong_addresses_are_explained(api: str | None, gateway: str | None, why: str) -> None:
    """An address in another form is refused with one in the right form."""
    with pytest.raises(Unusable, match=why):
        settings_of(options(api, gateway), {"DISCORD_TOKEN": TOKEN})


def test_scripts_are_checked(tmp_path: Path) -> None:
    """Every script of the folder and of the guilds' folders is checked; what is wrong has its file and line."""
    good = (ROOT / "questions" / "five-minutes.yaml").read_text()
    (tmp_path / "good.yaml").write_text(good)
    (tmp_path / "bad.yaml").write_text("hashtag: 3\n")
    (tmp_path / "notes.txt").write_text("none")
    (tmp_path / "1234").mkdir()
    (tmp_path / "1234" / "theirs.yml").write_text("questions: nothing\n")
    found = list(examine_scripts(tmp_path))
    wrong = [finding.text for finding in found if finding.mark is Mark.WRONG]
    assert len(wrong) == 2
    assert f"{tmp_path / 'bad.yaml'}:1:" in wrong[0]
    assert f"{tmp_path / '1234' / 'theirs.yml'}:1:" in wrong[1]
    assert found[-1].text.startswith("Scripts: 1 in ")


def test_no_folder_of_scripts(tmp_path: Path) -> None:
    """A folder that is not there is wrong, one without scripts is worth a note."""
    assert [finding.mark for finding in examine_scripts(tmp_path / "none")] == [Mark.WRONG]
    assert [finding.mark for finding in examine_scripts(tmp_path)] == [Mark.NOTE]


# The process -----------------------------------------------------------------------------------------------------


class Bot:
    """A bot's process, and what it has said."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.said = ""

    async def until_says(self, text: str) -> None:
        assert self.process.stderr
        async with asyncio.timeout(30):
            while text not in self.said:
                line = await self.process.stderr.readline()
                assert line, f"It ended, and has said: {self.said}"
                self.said += line.decode()

    async def end(self) -> int:
        """Wait for its end, and give the exit status."""
        async with asyncio.timeout(30):
            out, err = await self.process.communicate()
        self.said += out.decode() + err.decode()
        assert self.process.returncode is not None
        return self.process.returncode

    async def stop(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        return await self.end()


@asynccontextmanager
async def bot(
    server: Server, folder: Path, *arguments: str, token: str = "", **environ: str
) -> AsyncIterator[Bot]:
    """Start the bot as the README says, with its database and its scripts in that folder."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "discord", "--db", str(folder / "x.db"),
        "--questions", str(ROOT / "questions"), *arguments,
        cwd=ROOT,
        env={**os.environ, "DISCORD_TOKEN": token or server.token, "DISCORD_API_URL": server.api_url,
             "DISCORD_GATEWAY_URL": server.gateway_url, "DISCORD_TOKEN_FILE": "", **environ},
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield Bot(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
async def test_it_leaves_cleanly(how: signal.Signals, tmp_path: Path) -> None:
    """After SIGTERM and Ctrl-C the bot leaves Discord and exits with 0, without a traceback."""
    async with served() as server, bot(server, tmp_path) as it:
        server.guild("MacroSW")
        await server.ready()
        assert await it.stop(how) == 0
        assert not server.gateway.connected
        assert "Traceback" not in it.said
        assert "Stopped." in it.said


async def begun(server: Server) -> tuple[Place, Person]:
    """Have a host begin a chat once the bot is there; give the host and where."""
    place = server.guild("MacroSW")
    await server.ready()
    await server.until(lambda: server.world.commands.get(None), "the commands")
    host = place.person("Hana", host=True)
    file = Upload("a.yaml", SCRIPT.encode())
    assert "begins" in (await host.runs("chat start", file=file).answered()).text
    return place, host


async def test_what_has_been_asked_is_answered_at_the_end(tmp_path: Path) -> None:
    """Whose answer or command has reached the bot before SIGTERM is told what came of it, and it came."""
    async with served() as server, bot(server, tmp_path) as it:
        place, host = await begun(server)
        question = await place.message(place.channel, "Q1: ")
        people = [place.person(f"P{n}") for n in range(6)]
        forms = [(await pressed(each, question, "Answer")).modal for each in people]
        asked = [
            each.submits(form, {"text": f"It is {each.name}."})
            for each, form in zip(people, forms, strict=True)
            if form
        ]
        transcript = host.runs("chat transcript")
        await server.until(lambda: transcript.interaction.delivered, "the command to be with the bot")
        assert await it.stop(signal.SIGTERM) == 0
        assert [(await each.answered()).text[:4] for each in asked] == ["Kept"] * len(people)
        assert (await transcript.answered()).file.data.startswith(b"<!doctype html>")
        assert "error" not in it.said
    async with Store.open(tmp_path / "x.db", lambda: datetime.now(UTC)) as store:
        (chat,) = await store.unfinished(KIND)
        for each in people:
            assert len(await store.record(chat).answers_of(str(each.id))) == 1


async def test_it_leaves_although_discord_hangs(tmp_path: Path) -> None:
    """Somebody who cannot be answered, and a chat that cannot post, hold the end up for a few seconds only."""
    async with served() as server, bot(server, tmp_path) as it:
        _, host = await begun(server)
        server.gateway.silent = True
        server.faults.on("*", "*", delayed(60), times=100)
        struck = server.faults.struck
        host.runs("chat next")
        await until(lambda: {path.split("/")[1] for _, path, _ in struck} >= {"interactions", "channels"})
        assert await it.stop(signal.SIGTERM) == 0
        assert "error" not in it.said


async def test_it_can_be_stopped_while_discord_is_down(tmp_path: Path) -> None:
    """A bot that cannot reach Discord says so in a line, and stops when it is told to."""
    async with served() as server:
        await server.down()
        async with bot(server, tmp_path) as it:
            await it.until_says("Discord cannot be reached since")
            assert await it.stop(signal.SIGTERM) == 0
            assert it.said.count("cannot be reached") == 1


async def test_a_refused_token_ends_it(tmp_path: Path) -> None:
    """A token that Discord does not take ends the bot with 1 and how to get another."""
    async with served() as server, bot(server, tmp_path, token="not.the.token") as it:
        assert await it.end() == 1
        assert "Reset Token" in it.said
        assert "not.the.token" not in it.said


async def test_without_a_token_nothing_is_begun(tmp_path: Path) -> None:
    """Without a token the bot says what to do and exits with 2; no database is made."""
    async with served() as server, bot(server, tmp_path, DISCORD_TOKEN="") as it:
        assert await it.end() == 2
        assert "DISCORD_TOKEN is empty" in it.said
        assert not (tmp_path / "x.db").exists()


@pytest.mark.parametrize("arguments", [(), ("--log-json",)])
async def test_token_is_in_no_output(arguments: tuple[str, ...], tmp_path: Path) -> None:
    """Even where everything is logged, through a lost connection and a payload that kills the client, the token is not."""
    async with served() as server, bot(server, tmp_path, *arguments, HASHCHAT_DEBUG="1") as it:
        place = server.guild("MacroSW")
        await server.ready()
        place.person("Ana").says(place.channel, f"A1 is this {server.token}?")
        server.gateway.partial()
        await it.until_says("there again")
        assert await it.stop(signal.SIGTERM) == 0
        assert server.token not in it.said
        if arguments:
            assert all(isinstance(json.loads(line), dict) for line in it.said.splitlines())


async def test_health(tmp_path: Path) -> None:
    """Whoever watches over the bot hears that it is connected, and that it is not any more."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    async with served() as server, bot(server, tmp_path, "--health", str(port)) as it:
        await server.ready()
        facts = await heard(port, 200)
        assert facts["connected"] is True
        assert facts["chats"] == 0
        assert facts["late_seconds"] == 0
        await server.down()
        assert (await heard(port, 503))["connected"] is False
        assert await it.stop(signal.SIGTERM) == 0


async def test_health_tells_of_a_post_that_is_stuck(tmp_path: Path) -> None:
    """What was to be posted and is not counts as late, although the timer has gone on, but in a server that the bot is not in."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    async with served(50001) as server, bot(server, tmp_path, "--health", str(port)) as it:
        place = server.guild("MacroSW")
        await server.ready()
        await server.until(lambda: server.world.commands.get(None), "the commands")
        server.faults.on("POST", "/channels/*/messages", broken(503), times=1_000)
        host = place.person("Hana", host=True)
        assert "begins" in (await host.runs("chat start", script="five-minutes").answered()).text
        async with asyncio.timeout(30):
            while not (await health(port))[1]["late_seconds"]:
                pass
        place.remove_bot()
        async with asyncio.timeout(30):
            while (facts := (await health(port))[1])["chats"]:
                pass
        assert facts["late_seconds"] == 0  # nobody waits for it where the bot is not
        place.invite_bot()
        server.faults.clear()
        async with asyncio.timeout(30):
            while (facts := (await health(port))[1])["late_seconds"] or not facts["chats"]:
                pass
        assert await it.stop(signal.SIGTERM) == 0


async def health(port: int) -> tuple[int, dict[str, object]]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}/health") as answer,
    ):
        return answer.status, await answer.json()


async def heard(port: int, status: int) -> dict[str, object]:
    """Ask until that is the answer's status, and give the facts."""
    async with asyncio.timeout(30):
        while (told := await health(port))[0] != status:
            pass
    return told[1]


async def test_invitation_is_the_link_alone(tmp_path: Path) -> None:
    """`--invite` prints one line, so that it can be used in a script."""
    async with served() as server, bot(server, tmp_path, "--invite") as it:
        assert await it.end() == 0
        (line,) = it.said.splitlines()
        assert line.startswith(f"https://discord.com/oauth2/authorize?client_id={server.world.application}&")


async def test_doctor_leaves_everything_to_the_bot_beside_it(tmp_path: Path) -> None:
    """While the doctor looks, what people ask for is done by the bot that runs, and by nobody else."""
    async with served() as server, bot(server, tmp_path) as it:
        place, host = await begun(server)
        looking = asyncio.Event()
        server.faults.on("GET", "/applications/*/commands", held(looking))
        async with bot(server, tmp_path, "--doctor") as doctor:
            await until(lambda: server.faults.struck)
            for _ in range(3):
                assert "Common ground" in (await host.runs("chat status").answered()).text
            question = await place.message(place.channel, "Q1: ")
            assert (await pressed(host, question, "Answer")).modal
            looking.set()
            await doctor.end()
            assert "✓ Commands: Discord knows them." in doctor.said
        assert await it.stop(signal.SIGTERM) == 0


async def test_doctor_says_a_line_each(tmp_path: Path) -> None:
    """`--doctor` looks at everything, exits with 1 where anything is wrong, and leaves nothing behind in Discord."""
    async with served() as server, bot(server, tmp_path, "--doctor") as it:
        server.content_allowed = False
        server.guild("MacroSW")
        assert await it.end() == 1
        for beginning in (
            "✓ Scripts:",
            "✓ Database:",
            "✓ Token:",
            "✓ Gateway:",
            "✗ Message content:",
            "· Commands:",
        ):
            assert beginning in it.said
        assert server.world.commands.get(None, []) == []
