"""What the doctor finds, and what it says to do about it."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import discord
import pytest
from discord import app_commands

from bot.live import SystemClock
from bot.rooms.discord.client import Commands, Tree
from bot.rooms.discord.doctor import (
    Finding,
    Looker,
    Mark,
    examine_discord,
    examine_store,
    guild_findings,
    invite_link,
    space,
    wrong,
)
from bot.rooms.discord.line import Line, NotConnected, Patience, Refused
from bot.rooms.discord.permissions import LEAST, WITH_PINS, invite
from bot.rooms.discord.settings import Settings
from bot.store import Store
from tests.discord_server import Permission, Server
from tests.guilds import reaching, served

NOTHING = discord.Permissions.none()
READS = discord.Permissions(view_channel=True, read_message_history=True)


def without(allowed: discord.Permissions, **names: bool) -> discord.Permissions:
    less = discord.Permissions(allowed.value)
    less.update(**{name: not taken for name, taken in names.items()})
    return less


def texts(findings: list[Finding], mark: Mark) -> list[str]:
    return [finding.text for finding in findings if finding.mark is mark]


# A guild ---------------------------------------------------------------------------------------------------------


def test_a_guild_where_all_is_allowed_is_one_line() -> None:
    """Nothing is said of five hundred channels in which nothing is missing."""
    found = list(guild_findings("MacroSW", [(f"#c{n}", WITH_PINS) for n in range(500)]))
    assert [str(finding) for finding in found] == ["✓ MacroSW: a chat can be held in 500 channels."]


def test_what_is_missing_is_named_and_grouped() -> None:
    """Channels that lack the same are one line with the first names; only what hinders a chat is wrong."""
    no_threads = without(WITH_PINS, create_public_threads=True, attach_files=True)
    found = list(
        guild_findings(
            "MacroSW",
            [("#chat", WITH_PINS), *((f"#c{n}", no_threads) for n in range(9)), ("#rules", READS),
             ("#staff", NOTHING), ("#plain", LEAST)],
        )
    )  # fmt: skip
    assert texts(found, Mark.WRONG) == [
        "MacroSW: in #c0, #c1, #c2, #c3, #c4 and 4 more the bot lacks Create Public Threads, Attach Files. Allow its role that in the channel's settings, under Permissions."
    ]
    assert texts(found, Mark.RIGHT) == ["MacroSW: a chat can be held in 2 channels."]
    notes = texts(found, Mark.NOTE)
    assert "MacroSW: the bot does not see #staff." in notes
    assert "MacroSW: in #plain the bot would do without Add Reactions, Pin Messages." in notes
    assert any("#rules the bot may only read" in text for text in notes)


@pytest.mark.parametrize("allowed", [NOTHING, READS, without(LEAST, embed_links=True)])
def test_a_guild_without_any_channel_for_a_chat_is_wrong(allowed: discord.Permissions) -> None:
    """Where no channel will do, that is wrong even if each by itself may be meant so."""
    found = list(guild_findings("MacroSW", [("#a", allowed), ("#b", NOTHING)]))
    assert any("there is no text channel for a chat" in text for text in texts(found, Mark.WRONG))


def test_a_guild_of_many_troubles_stays_readable() -> None:
    """However differently hundreds of channels are set up, few lines are said of a guild, the commonest first."""
    names = [name for name, on in WITH_PINS if on]
    every = [
        (f"#c{n}", without(WITH_PINS, **{name: True for k, name in enumerate(names) if n >> k & 1}))
        for n in range(512)
    ]
    found = list(guild_findings("MacroSW", every))
    assert len(found) <= 8
    assert max(len(str(finding)) for finding in found) < 400


def test_names_are_harmless() -> None:
    """A guild's name moves no cursor and makes no line of its own."""
    shown = str(wrong("a\n✓ Token: fine\x1b[2J"))
    assert "\n" not in shown
    assert "\x1b" not in shown


# The database ----------------------------------------------------------------------------------------------------


async def test_database(tmp_path: Path) -> None:
    """An open database is written to, and named with the space that is left."""
    async with Store.open(tmp_path / "x.db", lambda: datetime.now(UTC)) as store:
        assert (await examine_store(store)).mark is Mark.RIGHT
        assert store.last_written is not None


def test_too_little_space_is_wrong() -> None:
    """A disk on which a chat's pictures would not fit is said so."""
    assert space(Path("x.db"), 100 * 2**20).mark is Mark.WRONG
    assert space(Path("x.db"), 100 * 2**30).mark is Mark.RIGHT


# Discord ---------------------------------------------------------------------------------------------------------


async def looked_at(
    server: Server, *, token: str = "", commands: Commands | None = None, patience: float = 20
) -> list[Finding]:
    with reaching(server):
        settings = Settings(token or server.token, Path(), server.api_url, server.gateway_url)
        soon = Patience(first=0.02, hangs=patience, hopes=patience, guilds=0.05)
        found = examine_discord(settings, SystemClock(), commands, patience=soon)
        return [finding async for finding in found]


async def test_all_is_right() -> None:
    """A bot that may do everything in its guild gets nothing but ✓."""
    async with served() as server:
        place = server.guild("MacroSW")
        place.give(place.bot, Permission(WITH_PINS.value))
        found = await looked_at(server)
        assert {finding.mark for finding in found} == {Mark.RIGHT}
        assert any(finding.text.startswith("MacroSW: a chat can be held") for finding in found)


async def test_what_discord_refuses_is_said() -> None:
    """A privileged intent that is off is wrong, with where to switch it on; so is a bot that is in no guild."""
    async with served() as server:
        server.content_allowed = False
        found = texts(await looked_at(server), Mark.WRONG)
        assert any("Message Content Intent" in text for text in found)
        assert any(invite(server.world.application) in text for text in found)


async def test_a_missing_permission_is_named() -> None:
    """What one channel's settings take away from the bot is named with the channel."""
    async with served() as server:
        place = server.guild("MacroSW", channels=("chat", "other"))
        place.give(place.bot, Permission(WITH_PINS.value))
        place.overwrite(place.channel, place.bot, deny=Permission.ATTACH_FILES)
        found = texts(await looked_at(server), Mark.WRONG)
        assert len(found) == 1
        assert "in #chat the bot lacks Attach Files." in found[0]


async def test_a_token_that_is_refused() -> None:
    """The one finding is about the token, and does not show it."""
    async with served() as server:
        (found,) = await looked_at(server, token="not.the.token")
        assert found.mark is Mark.WRONG
        assert found.text.startswith("Token: Discord refuses")
        assert "not.the.token" not in found.text


async def test_a_gateway_that_does_not_let_in() -> None:
    """Where only the gateway is down, the token is said to be taken."""
    async with served() as server:
        server.gateway.refuse(502, times=100)
        (found,) = await looked_at(server, patience=1)
        assert found.mark is Mark.WRONG
        assert found.text.startswith("Gateway: Discord takes the token of hashbot")


async def test_a_discord_that_is_down() -> None:
    """Where nothing answers, that is said, and the doctor comes to an end."""
    async with served() as server:
        await server.down()
        (found,) = await looked_at(server, patience=1)
        assert found.text.startswith("Discord: it cannot be reached")


async def test_commands_that_discord_has_lost_are_sent_again(tmp_path: Path) -> None:
    """Before a first start nothing is wrong; commands that are gone since are, and the next start sends them."""

    async def callback(interaction: discord.Interaction) -> None: ...

    def register(tree: Tree) -> None:
        tree.add_command(app_commands.Command(name="ping", description="Ping", callback=callback))

    async with served() as server, Store.open(tmp_path / "x.db", lambda: datetime.now(UTC)) as store:
        server.guild("MacroSW")
        commands = Commands(store, register)
        assert (await looked_at(server, commands=commands))[-1].mark is Mark.NOTE
        await started(server, commands)
        assert (await looked_at(server, commands=commands))[-1].mark is Mark.RIGHT
        server.world.commands.clear()
        assert (await looked_at(server, commands=commands))[-1].mark is Mark.WRONG
        await started(server, commands)
        assert (await looked_at(server, commands=commands))[-1].mark is Mark.RIGHT


async def started(server: Server, commands: Commands) -> None:
    """Start the bot, and stop it once Discord knows the commands."""
    with reaching(server):
        settings = Settings(server.token, Path(), server.api_url, server.gateway_url)
        line = Line(settings, SystemClock())
        running = asyncio.create_task(line.run(Looker(), commands))
        await server.until(lambda: bool(server.world.commands.get(None)))
        async with asyncio.timeout(30):
            while not await commands.known(line.client):
                pass
        await line.close()
        await asyncio.wait({running})


# The invitation --------------------------------------------------------------------------------------------------


async def test_invitation_is_of_the_tokens_application() -> None:
    """The link names the application that the token belongs to; the gateway is not needed."""
    async with served() as server:
        with reaching(server):
            settings = Settings(server.token, Path(), server.api_url, server.gateway_url)
            assert await invite_link(settings) == invite(server.world.application)
        assert server.gateway.identified == 0


async def test_no_invitation_without_discord() -> None:
    """A refused token and a Discord that is down are told apart."""
    async with served() as server:
        with reaching(server):
            with pytest.raises(Refused, match="Reset Token"):
                await invite_link(Settings("not.the.token", Path(), server.api_url, server.gateway_url))
            await server.down()
            with pytest.raises(NotConnected, match="cannot be reached"):
                await invite_link(Settings(server.token, Path(), server.api_url, server.gateway_url))
