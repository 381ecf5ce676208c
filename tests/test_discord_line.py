"""The line to Discord, over real sockets to a server that goes wrong in every way that has been seen."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import discord
import pytest
from discord import app_commands
from discord.gateway import KeepAliveHandler
from hypothesis import given
from hypothesis import strategies as st

from bot.live import RoomError, SystemClock
from bot.rooms.discord.client import Commands, Tree
from bot.rooms.discord.line import Line, NotConnected, Patience, Refused
from bot.rooms.discord.settings import Settings
from bot.store import Store
from tests.discord_server import Permission, Server, broken, delayed
from tests.guilds import reaching, served, until

#: Everything at once, and a client that hangs is given up soon.
QUICK = Patience(first=0.02, most=0.05, hangs=1, words=60, hopes=60, guilds=0.05)


class Listening:
    """A crew that notes what it hears."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.ready_times = 0
        self._news = asyncio.Event()

    def _note(self, what: str) -> None:
        self.heard.append(what)
        self._news.set()

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until something holds; looked at whenever something is heard."""
        async with asyncio.timeout(30):
            while not true():
                self._news.clear()
                await self._news.wait()

    async def until_ready(self, times: int = 1) -> None:
        await self.until(lambda: self.ready_times >= times)

    async def ready(self) -> None:
        self.ready_times += 1
        self._news.set()

    async def gone(self, guild: int, channel: int | None = None) -> None:
        self._note(f"gone {channel}")

    def allowed(self, guild: int, channel: int | None = None) -> None:
        self._note(f"allowed {channel}")

    def message(self, message: discord.Message) -> None:
        self._note(f"said {message.content}")

    def edited(self, message: discord.Message) -> None:
        self._note(f"edited {message.content}")

    def deleted(self, guild: int | None, channel: int, ids: set[int]) -> None:
        self._note(f"deleted {len(ids)}")

    def thread_deleted(self, guild: int, channel: int, thread: int) -> None:
        self._note(f"thread {thread} of {channel} deleted")

    def reacted(self, payload: discord.RawReactionActionEvent, *, on: bool) -> None:
        self._note(f"{payload.emoji} {on}")

    def cleared(self, guild: int | None, channel: int, message: int, sign: str | None) -> None:
        self._note(f"cleared {sign}")

    async def interaction(self, interaction: discord.Interaction) -> None:
        self._note(f"pressed {(interaction.data or {}).get('custom_id')}")
        await interaction.response.send_message("Kept.", ephemeral=True)


def settings(server: Server, token: str = "") -> Settings:
    return Settings(token or server.token, Path(), server.api_url, server.gateway_url)


@asynccontextmanager
async def kept_up(
    server: Server, *, commands: Commands | None = None, patience: Patience = QUICK, token: str = ""
) -> AsyncIterator[tuple[Line, Listening, asyncio.Task[None]]]:
    """Run a line to that server."""
    crew, line = Listening(), Line(settings(server, token), SystemClock(), patience=patience)
    with reaching(server):
        task = asyncio.create_task(line.run(crew, commands))
        try:
            yield line, crew, task
        finally:
            await line.close()
            await asyncio.wait({task})


def said(caplog: pytest.LogCaptureFixture, beginning: str) -> list[str]:
    return [text for text in caplog.messages if text.startswith(beginning)]


# What is heard ---------------------------------------------------------------------------------------------------


async def test_it_says_as_whom_it_is_connected(caplog: pytest.LogCaptureFixture) -> None:
    """Once all servers are there a line says who the bot is, and in how many of them."""
    caplog.set_level(logging.INFO)
    async with served() as server, kept_up(server) as (_, crew, _):
        server.guild("MacroSW")
        server.guild("Other")
        await crew.until_ready()
    assert said(caplog, "Connected") == ["Connected as hashbot#0000, in 2 servers."]


async def test_everything_reaches_the_crew() -> None:
    """Messages, edits, deletions, signs and presses are handed on, in the order in which they came."""
    async with served() as server, kept_up(server) as (line, crew, _):
        place = server.guild()
        ana = place.person("Ana")
        await crew.until_ready()
        one = ana.says(place.channel, "A1 one")
        two = ana.says(place.channel, "A1 two")
        ana.edits(one, "A1 uno")
        ana.reacts(one, "❤")
        ana.unreacts(one, "❤")
        ana.deletes(two)
        await crew.until(lambda: len(crew.heard) == 6)
        assert crew.heard == [
            "said A1 one", "said A1 two", "edited A1 uno", "❤ True", "❤ False", "deleted 1",
        ]  # fmt: skip
        assert line.connected
        assert line.content
        assert line.me == server.world.bot.id


async def test_what_the_bot_may_do_reaches_the_crew() -> None:
    """Changes of channels, of what roles allow and of the bot's own roles are handed on; other changes of roles are not."""
    async with served() as server, kept_up(server) as (_, crew, _):
        place = server.guild()
        await crew.until_ready()
        crew.heard.clear()
        role = place.role("Helpers")
        place.person("Ana")
        place.overwrite(place.channel, deny=int(Permission.ADD_REACTIONS))
        place.change_role(role, int(Permission.PIN_MESSAGES))
        role.name = "Friends"
        place.change_role(role, role.permissions)
        place.assign(place.bot, role)
        new = place.text_channel("new")
        place.person("Ana").says(place.channel, "That is all")
        await crew.until(lambda: "said That is all" in crew.heard)
        told = [each for each in crew.heard if each.startswith("allowed")]
        assert told == [f"allowed {place.channel.id}", *["allowed None"] * 2, f"allowed {new.id}"]


# What goes wrong -------------------------------------------------------------------------------------------------


async def test_a_client_that_dies_is_replaced(caplog: pytest.LogCaptureFixture) -> None:
    """A payload that lacks nearly everything ends discord.py's client; a fresh one hears what comes next."""
    async with served() as server, kept_up(server) as (line, crew, _):
        place = server.guild()
        ana = place.person("Ana")
        await crew.until_ready()
        first = line.client
        server.gateway.partial()
        await crew.until_ready(2)
        assert line.client is not first
        assert first.is_closed()
        ana.says(place.channel, "A1 after all")
        await crew.until(lambda: "said A1 after all" in crew.heard)
    assert len(said(caplog, "Discord cannot be reached since")) == 1
    assert len(said(caplog, "Discord is there again")) == 1


@pytest.mark.parametrize("how", ["gateway", "login", "application", "all"])
async def test_whatever_is_down_at_the_start_is_tried_again(
    how: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A gateway, a login, or all of Discord that is down at the first connection is tried until it is there, with one line."""
    async with served() as server:
        match how:
            case "gateway":
                server.gateway.refuse(502)
            case "login":
                server.faults.on("GET", "/users/@me", broken(503), times=3)
            case "application":
                server.faults.on("GET", "/oauth2/applications/@me", broken(503), times=3)
            case _:
                await server.down()
        async with kept_up(server) as (line, crew, _):
            if how == "all":
                with pytest.raises(NotConnected, match="cannot be reached since"):
                    _ = line.client
                await until(lambda: bool(line.trouble))
                await server.up()
            await crew.until_ready()
            assert line.connected
    assert len(said(caplog, "Discord cannot be reached since")) == 1
    assert len(said(caplog, "Discord is there again")) == 1


@pytest.mark.parametrize("how", ["close", "abort", "op 7"])
async def test_what_can_be_resumed_is_resumed(how: str, caplog: pytest.LogCaptureFixture) -> None:
    """A connection that is cut is resumed by the same client, misses nothing, and is worth no word."""
    async with served() as server, kept_up(server) as (line, crew, _):
        place = server.guild()
        ana = place.person("Ana")
        await crew.until_ready()
        first = line.client
        match how:
            case "close":
                await server.gateway.close(4000)
            case "abort":
                server.gateway.abort()
            case _:
                server.gateway.reconnect()
        ana.says(place.channel, "A1 meanwhile")
        await crew.until(lambda: "said A1 meanwhile" in crew.heard)
        assert line.client is first
        assert server.gateway.resumed == 1
    assert said(caplog, "Discord") == []


async def test_an_invalid_session_begins_anew() -> None:
    """Where Discord has forgotten the session, all guilds are there once more, so that the crew can catch up."""
    async with served() as server, kept_up(server) as (_, crew, __):
        await crew.until_ready()
        server.gateway.invalidate()
        await crew.until_ready(2)


async def test_no_thread_is_left_behind() -> None:
    """A client that is given up while it waits to begin anew leaves no thread that keeps its connection alive."""
    async with served() as server, kept_up(server) as (_, crew, __):
        await crew.until_ready()
        server.gateway.invalidate()
        await until(lambda: any(each.session is None for each in server.gateway.connections))
        await until(lambda: len(beating()) == 1)  # the new connection's
        left = beating()
    for each in left:
        await asyncio.to_thread(each.join, 20)
    assert beating() == []


def beating() -> list[threading.Thread]:
    """Give the threads that keep connections of this loop alive."""
    loop = asyncio.get_running_loop()
    return [
        each
        for each in threading.enumerate()
        if isinstance(each, KeepAliveHandler) and each.ws.loop is loop and each.ws.open
    ]


async def test_discord_away_for_long_and_back() -> None:
    """While Discord is gone the line says so to whoever wants to post, and it comes back by itself."""
    async with served() as server, kept_up(server) as (line, crew, _):
        await crew.until_ready()
        await server.down()
        await until(lambda: not line.connected)
        await until(lambda: line.trouble != "")  # discord.py's own client was given up
        await until(lambda: not has_client(line))
        await server.up()
        await until(lambda: line.connected)
        await crew.until_ready(2)


def has_client(line: Line) -> bool:
    try:
        return line.client is not None
    except RoomError:
        return False


async def test_a_client_that_hangs_is_replaced() -> None:
    """A login that is never answered does not keep the next one from trying."""
    async with served() as server:
        server.faults.on("GET", "/users/@me", delayed(60))
        async with kept_up(server, patience=Patience(first=0.02, hangs=0.3, guilds=0.05)) as (line, crew, _):
            await crew.until_ready()
            assert line.trouble == "the connection hangs"


@pytest.mark.parametrize("code", [4004, 4010, 4011, 4012, 4013])
async def test_some_closes_end_it_for_good(code: int) -> None:
    """After a refused token, a bad shard and the like no other try is made, and the reason is in words."""
    async with served() as server, kept_up(server) as (_, crew, task):
        await crew.until_ready()
        await server.gateway.close(code)
        with pytest.raises(Refused, match=f"closed with {code}"):
            await task


async def test_a_refused_token_ends_it_for_good() -> None:
    """A token that Discord does not know is said so, with how to get another, and is not shown."""
    async with served() as server, kept_up(server, token="not.the.token") as (_, __, task):
        with pytest.raises(Refused, match="Reset Token") as refused:
            await task
        assert "not.the.token" not in str(refused.value)


async def test_without_message_content_it_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    """Where the privileged intent is off, the bot connects once more without it, and says how to switch it on."""
    async with served() as server:
        server.content_allowed = False
        async with kept_up(server) as (line, crew, _):
            await crew.until_ready()
            assert not line.content
            assert not line.client.intents.message_content
    assert len(said(caplog, "Discord does not let the bot read messages")) == 1
    assert "Message Content Intent" in caplog.text
    assert said(caplog, "Discord cannot be reached") == []


async def test_it_leaves_although_discord_hangs() -> None:
    """Closing does not wait for a server that says nothing more."""
    async with served() as server, kept_up(server) as (line, crew, task):
        await crew.until_ready()
        server.gateway.silent = True
        server.faults.on("*", "*", delayed(60), times=100)
        async with asyncio.timeout(30):
            await line.close()
        assert task.done()
        assert not line.connected


# The commands ----------------------------------------------------------------------------------------------------


def ping(description: str) -> Callable[[Tree], None]:
    """Give what puts one command on a tree."""

    async def callback(interaction: discord.Interaction) -> None: ...

    def register(tree: Tree) -> None:
        tree.add_command(app_commands.Command(name="ping", description=description, callback=callback))

    return register


def puts(server: Server) -> int:
    return sum(method == "PUT" and path.endswith("/commands") for method, path, _ in server.requests)


async def test_commands_are_sent_when_they_have_changed(tmp_path: Path) -> None:
    """Discord is told of the commands once, not at the next start, and again when one is described differently."""
    async with served() as server, Store.open(tmp_path / "x.db", lambda: datetime.now(UTC)) as store:
        for description, sent in (("One", 1), ("One", 1), ("Two", 2)):
            commands = Commands(store, ping(description))
            async with kept_up(server, commands=commands) as (line, crew, _):
                await crew.until_ready()
                await until_known(commands, line)
            assert puts(server) == sent


async def until_known(commands: Commands, line: Line) -> None:
    async with asyncio.timeout(30):
        while not await commands.known(line.client):
            pass


async def test_commands_that_cannot_be_sent_hold_nothing_up(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Where a server takes no commands the bot is there all the same, and says what is wrong."""
    async with served() as server, Store.open(tmp_path / "x.db", lambda: datetime.now(UTC)) as store:
        server.faults.on("PUT", "*/commands", broken(503))
        async with kept_up(server, commands=Commands(store, ping("One"))) as (line, crew, _):
            await crew.until_ready()
            await until(lambda: "The commands cannot be made known" in caplog.text)
            assert line.connected


# How long to wait ------------------------------------------------------------------------------------------------


@given(st.integers(0, 10_000))
def test_waits_grow_to_a_minute(attempt: int) -> None:
    """Tries are a second apart at first, a minute at most, and never all at the same moment."""
    patience = Patience()
    longest = min(60.0, 2.0 ** min(attempt, 6))
    assert longest / 2 <= patience.before(attempt) <= longest
