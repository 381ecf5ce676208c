"""The loopback Discord speaks to an unmodified discord.py, checks what it sends, and fails as a test tells it to."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.discord_server import (
    Channel,
    Message,
    Permission,
    Place,
    Schedule,
    Server,
    Trouble,
    Upload,
    broken,
    delayed,
    held,
    lost_after,
    lost_before,
    refused,
    too_many,
)
from tests.guilds import discord, on_line, reaching, served

PNG = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89"
    b"\0\0\0\nIDATx\x9cc\0\1\0\0\5\0\1\r\n-\xb4\0\0\0\0IEND\xaeB`\x82"
)
ROOT = Path(__file__).parents[1]
Handler = Callable[[Any], Awaitable[object]]


class Bot(discord.Client):
    """A small bot that notes what it hears and answers interactions as a test wants."""

    def __init__(self, server: Server, *, content: bool = True, answer: Handler | None = None) -> None:
        intents = discord.Intents(
            guilds=True, guild_messages=True, message_content=content, guild_reactions=True, dm_messages=True
        )
        super().__init__(
            intents=intents,
            max_messages=None,
            guild_ready_timeout=0.05,
            allowed_mentions=discord.AllowedMentions.none(),
        )
        self.server = server
        self.answer = answer
        self.seen: list[tuple[str, Any]] = []
        self.tree = discord.app_commands.CommandTree(self)

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        self.seen.append((event, args[0] if args else None))
        self.server.changed()
        super().dispatch(event, *args, **kwargs)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Identify anew at once: Discord wants some seconds in between, which this server does not."""

    def heard(self, event: str) -> list[Any]:
        return [what for name, what in self.seen if name == event]

    async def hears(self, event: str, times: int = 1) -> Any:
        await self.server.until(lambda: len(self.heard(event)) >= times, f"{event} {times} times")
        return self.heard(event)[times - 1]

    async def on_interaction(self, interaction: Any) -> None:
        if self.answer and not isinstance(interaction.command, discord.app_commands.Command):
            await self.answer(interaction)

    async def asks(self, method: str, path: str, body: Any = None) -> Any:
        route = discord.http.Route(method, path)
        return await (self.http.request(route) if body is None else self.http.request(route, json=body))

    def channel(self, channel: Channel) -> Any:
        return self.get_partial_messageable(channel.id, guild_id=channel.guild.id if channel.guild else None)


@asynccontextmanager
async def scene(
    *expected: int, content: bool = True, answer: Handler | None = None
) -> AsyncIterator[tuple[Server, Place, Bot]]:
    """Set a guild with a bot on line; violations that are not expected fail the test."""
    async with served(*expected) as server:
        place = server.guild()
        async with on_line(server, bot := Bot(server, content=content, answer=answer)):
            yield server, place, bot


def button(custom_id: str = "go", label: str = "Go") -> Any:
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label=label, custom_id=custom_id))
    view.stop()
    return view


def contents(channel: Channel) -> list[str]:
    return [each.content for each in channel.all()]


# What people and the bot say


async def test_people_write_and_the_bot_hears() -> None:
    """Messages, edits, deletions one by one and in bulk, reactions and their clearing arrive as discord.py reads them."""
    async with scene() as (_, place, bot):
        ana = place.person("Ana", nick="Ana R.", host=True)
        one = ana.says(place.channel, "A1 one")
        heard = await bot.hears("message")
        assert (heard.content, heard.author.display_name, heard.id) == ("A1 one", "Ana R.", one.id)
        assert heard.author.guild_permissions.manage_events
        ana.says(place.channel, "more", reply_to=one)
        reply = await bot.hears("message", 2)
        assert reply.reference.message_id == one.id
        ana.edits(one, "A1 changed")
        edited = await bot.hears("raw_message_edit")
        assert (edited.message.content, edited.message.edited_at) == ("A1 changed", one.edited)
        ana.reacts(one, "👍")
        ana.unreacts(one, "👍")
        ana.reacts(one, place.emoji("wave"))
        ana.clears(one)
        assert (await bot.hears("raw_reaction_add")).emoji.name == "👍"
        assert (await bot.hears("raw_reaction_remove")).user_id == ana.id
        assert (await bot.hears("raw_reaction_clear")).message_id == one.id
        two, three = ana.says(place.channel, "2"), ana.says(place.channel, "3")
        ana.deletes(one)
        ana.deletes_many([two, three])
        assert (await bot.hears("raw_message_delete")).message_id == one.id
        assert (await bot.hears("raw_bulk_message_delete")).message_ids == {two.id, three.id}


async def test_the_bot_posts_edits_and_deletes() -> None:
    """What the bot sends stands in the channel with its file, embed and button, and changes as it says."""
    async with scene() as (_, place, bot):
        file = discord.File(BytesIO(PNG), "a.png", description="a dot")
        sent = await bot.channel(place.channel).send(
            "Q1", file=file, embed=discord.Embed(title="t"), view=button()
        )
        stands = await place.message(place.channel, "Q1")
        assert stands.buttons() == {"go": "Go"}
        assert [(each.name, each.description, each.size) for each in stands.attachments] == [
            ("a.png", "a dot", (1, 1))
        ]
        assert await sent.attachments[0].read() == PNG
        await sent.edit(content="Q1!", embed=None, view=None)
        assert (stands.content, stands.embeds, stands.components) == ("Q1!", [], [])
        await sent.delete()
        assert contents(place.channel) == []


async def test_history_comes_in_pages() -> None:
    """`after`, `before` and `around` give the pages that Discord gives; one message can be read or is unknown."""
    async with scene() as (_, place, bot):
        ana = place.person("Ana")
        said = [ana.says(place.channel, str(number)) for number in range(250)]
        there = bot.channel(place.channel)
        assert [
            each.content async for each in there.history(after=discord.Object(said[9].id), limit=None)
        ] == [str(number) for number in range(10, 250)]
        assert [each.content async for each in there.history(before=said[5], limit=3)] == ["4", "3", "2"]
        around = await bot.asks("GET", f"/channels/{place.channel.id}/messages?around={said[100].id}&limit=5")
        assert [each["content"] for each in around] == ["102", "101", "100", "99", "98"]
        assert (await there.fetch_message(said[3].id)).content == "3"
        with pytest.raises(discord.NotFound) as gone:
            await there.fetch_message(1)
        assert gone.value.code == 10008


async def test_reactions_and_pins() -> None:
    """The bot reacts, reads who did, pins with the channel's notice, and unpins."""
    async with scene() as (_, place, bot):
        ana = place.person("Ana")
        said = ana.says(place.channel, "A1")
        ana.reacts(said, "✅")
        message = await bot.hears("message")
        await message.add_reaction("✅")
        fetched = await message.fetch()
        assert [(str(each.emoji), each.count, each.me) for each in fetched.reactions] == [("✅", 2, True)]
        assert {each.id async for each in fetched.reactions[0].users()} == {ana.id, bot.user.id}
        await message.remove_reaction("✅", bot.user)
        assert list(said.reactions["✅"]) == [ana.id]
        await message.pin()
        assert [each.id async for each in bot.channel(place.channel).pins()] == [said.id]
        assert [each.type for each in place.channel.all()] == [0, 6]
        assert await bot.hears("guild_channel_pins_update")
        await message.unpin()
        assert place.channel.pins() == []


async def test_threads() -> None:
    """A thread hangs on a message and has its id, once; what is written in it arrives; archived ones are listed apart."""
    async with scene() as (_, place, bot):
        ana = place.person("Ana")
        sent = await bot.channel(place.channel).send("Q1")
        thread = await sent.create_thread(name="Q1: why", auto_archive_duration=1440)
        assert thread.id == sent.id
        with pytest.raises(discord.HTTPException) as twice:
            await sent.create_thread(name="again")
        assert twice.value.code == 160004
        ana.says(place.guild.channels[thread.id], "A1 in it")
        await bot.server.until(lambda: "A1 in it" in [each.content for each in bot.heard("message")])
        guild = bot.get_guild(place.id)
        assert [each.id for each in await guild.active_threads()] == [thread.id]
        place.archive(place.guild.channels[thread.id])
        assert [each.id async for each in guild.get_channel(place.channel.id).archived_threads()] == [
            thread.id
        ]
        assert await guild.active_threads() == []
        own = ana.opens_thread(place.channel, "by itself")
        assert (await bot.hears("thread_create", 2)).id == own.id


async def test_direct_messages() -> None:
    """The bot and a person write to each other directly, unless the person refuses."""
    async with scene() as (_, place, bot):
        ana = place.person("Ana")
        ana.writes_privately("hello bot")
        assert (await bot.hears("message")).guild is None
        user = await bot.fetch_user(ana.id)
        await user.send("hello Ana")
        assert [each.content for each in ana.inbox()] == ["hello bot", "hello Ana"]
        ana.user.refuses_dms = True
        with pytest.raises(discord.Forbidden) as closed:
            await user.send("still there?")
        assert closed.value.code == 50007


# Interactions


async def ask(interaction: Any) -> None:
    """Show a modal for a button, defer its submission, and follow up."""
    if interaction.type is discord.InteractionType.component:
        modal = discord.ui.Modal(title="Answer", custom_id="m")
        modal.add_item(
            discord.ui.Label(text="Yours", component=discord.ui.TextInput(custom_id="t", min_length=2))
        )
        modal.stop()
        await interaction.response.send_modal(modal)
    else:
        await interaction.response.defer(ephemeral=True, thinking=True)
        value = interaction.data["components"][0]["component"]["value"]
        await interaction.followup.send(f"kept: {value}", ephemeral=True)


async def test_a_button_a_modal_and_a_private_answer() -> None:
    """A press shows a modal, its submission a private answer, which does not stand in the channel."""
    async with scene(answer=ask) as (_, place, bot):
        ana = place.person("Ana")
        await bot.channel(place.channel).send("Q1", view=button())
        question = await place.message(place.channel, "Q1")
        shown = await ana.presses(question, "Go").answered()
        assert shown.kind == "modal"
        assert shown.modal
        with pytest.raises(ValueError, match="2 to 4000 characters"):
            ana.submits(shown.modal, {"Yours": "x"})
        answer = await ana.submits(shown.modal, {"Yours": "because"}).answered()
        assert (answer.text, answer.private) == ("kept: because", True)
        assert contents(place.channel) == ["Q1"]


async def test_commands_run_complete_and_take_files() -> None:
    """A slash command in a group runs with a person, a file and a choice; an option completes; a message command is used."""
    async with scene() as (_, place, bot):
        group = discord.app_commands.Group(name="chat", description="Chats", guild_only=True)

        async def start(interaction: Any, script: str, who: discord.Member, file: discord.Attachment) -> None:
            await interaction.response.defer(ephemeral=True)
            text = (await file.read()).decode()
            await interaction.edit_original_response(content=f"{script} {who.display_name} {text}")

        command = discord.app_commands.Command(name="start", description="Start", callback=start)

        async def complete(interaction: Any, typed: str) -> list[Any]:
            return [discord.app_commands.Choice(name=typed + "!", value="v")]

        command.autocomplete("script")(complete)
        group.add_command(command)
        bot.tree.add_command(group)

        async def mark(interaction: Any, message: discord.Message) -> None:
            await interaction.response.send_message(f"marked {message.content}", ephemeral=True)

        bot.tree.add_command(discord.app_commands.ContextMenu(name="Highlight", callback=mark))
        await bot.tree.sync()
        ana = place.person("Ana")
        offered = await ana.completes("chat start", "script", "mac").answered()
        assert offered.choices == (("mac!", "v"),)
        file = Upload("q.yaml", b"hashtag: X")
        done = await ana.runs("chat start", script="v", who=ana, file=file).answered()
        assert done.text == "v Ana hashtag: X"
        marked = await ana.applies("Highlight", ana.says(place.channel, "A1")).answered()
        assert marked.text == "marked A1"
        with pytest.raises(ValueError, match="needs"):
            ana.runs("chat start", script="v")
        with pytest.raises(ValueError, match="no command"):
            ana.runs("chat stop")


async def test_a_private_panel_is_updated_in_place() -> None:
    """A button on a private message edits it, also after a deferral; others cannot press it."""

    async def panel(interaction: Any) -> None:
        match interaction.data["custom_id"]:
            case "go":
                await interaction.response.send_message("panel", view=button("more", "More"), ephemeral=True)
            case "more":
                await interaction.response.edit_message(content="panel 2", view=button("last", "Last"))
            case _:
                await interaction.response.defer()
                await interaction.edit_original_response(content="panel 3", view=None)

    async with scene(answer=panel) as (_, place, bot):
        ana, bo = place.person("Ana"), place.person("Bo")
        await bot.channel(place.channel).send("Q1", view=button())
        question = await place.message(place.channel, "Q1")
        first = await ana.presses(question, "Go").answered()
        assert first.message
        with pytest.raises(ValueError, match="does not see"):
            bo.presses(first.message, "More")
        assert (await ana.presses(first.message, "More").answered()).text == "panel 2"
        assert (await ana.presses(first.message, "Last").answered()).text == "panel 3"
        assert first.buttons == {}


async def test_an_interaction_is_answered_once_and_in_time() -> None:
    """A second response is refused with 40060, one to nothing or too late with 10062, and all are noted."""
    codes = []

    async def twice(interaction: Any) -> None:
        path = f"/interactions/{interaction.id}/{interaction.token}/callback"
        for _ in range(2):
            try:
                await bot.asks("POST", path, {"type": 6})
            except discord.HTTPException as wrong:
                codes.append(wrong.code)
                server.changed()

    async with scene(40060, 10062, answer=twice) as (server, place, bot):
        ana = place.person("Ana")
        await bot.channel(place.channel).send("Q1", view=button())
        question = await place.message(place.channel, "Q1")
        ana.presses(question, "Go")
        await server.until(lambda: codes == [40060])
        assert len(server.violated(40060)) == 1
        with pytest.raises(discord.NotFound):
            await bot.asks("POST", "/interactions/1/token/callback", {"type": 6})
        server.acknowledge_seconds = 0
        ana.presses(question, "Go")
        await server.until(lambda: codes == [40060, 10062, 10062])
        await server.until(lambda: any("within 0 s" in each.what for each in server.violated(10062)))


# What is checked

LONG = "x" * 101
ROW = {"type": 1, "components": [{"type": 2, "style": 1, "label": "a", "custom_id": "a"}]}
TEXT = {"type": 10, "content": "t"}
BAD = {
    "content too long": ({"content": "x" * 2001}, "content"),
    "nonce too long": ({"content": "x", "nonce": "n" * 26}, "nonce"),
    "embed too long": ({"embeds": [{"description": "x" * 4097}]}, "embeds"),
    "embeds too long together": ({"embeds": [{"description": "x" * 4000}] * 2}, "embeds"),
    "mentions at odds": ({"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}}, "allowed_mentions"),
    "six rows": ({"content": "x", "components": [ROW] * 6}, "components"),
    "six buttons": ({"content": "x", "components": [{"type": 1, "components": ROW["components"] * 6}]}, "components"),
    "an id twice": ({"content": "x", "components": [ROW, ROW]}, "components"),
    "an id too long": (
        {"content": "x", "components": [{"type": 1, "components": [{"type": 2, "style": 1, "label": "a", "custom_id": LONG}]}]},
        "components",
    ),
    "a link with an id": (
        {"content": "x", "components": [{"type": 1, "components": [{"type": 2, "style": 5, "label": "a", "custom_id": "a"}]}]},
        "components",
    ),
    "new components unannounced": ({"components": [TEXT]}, "components"),
    "content beside new components": ({"content": "x", "flags": 1 << 15, "components": [TEXT]}, "content"),
    "embeds beside new components": ({"embeds": [{"title": "x"}], "flags": 1 << 15, "components": [TEXT]}, "embeds"),
    "41 components": ({"flags": 1 << 15, "components": [{"type": 17, "components": [TEXT] * 20}] * 2}, "components"),
    "too much text": ({"flags": 1 << 15, "components": [{"type": 10, "content": "x" * 2001}] * 2}, "components"),
    "a reply to nothing": ({"content": "x", "message_reference": {"message_id": "1"}}, "message_reference"),
    "a wrong type": ({"content": 5}, "content"),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
async def test_a_bad_form_is_refused(what: str) -> None:
    """A form that Discord would refuse gets 50035 with the place of the mistake, changes nothing, and is noted."""
    body, where = BAD[what]
    async with scene(50035) as (server, place, bot):
        with pytest.raises(discord.HTTPException) as wrong:
            await bot.asks("POST", f"/channels/{place.channel.id}/messages", body)
        assert wrong.value.code == 50035
        assert wrong.value.text.startswith(f"Invalid Form Body\nIn {where}")
        assert contents(place.channel) == []
        (noted,) = server.violated(50035)
        assert where in noted.errors


async def test_an_unknown_field_is_noted() -> None:
    """What Discord ignores is let pass and noted all the same."""
    async with scene(0) as (server, place, bot):
        await bot.asks("POST", f"/channels/{place.channel.id}/messages", {"content": "x", "colour": 1})
        assert [each.what for each in server.violations] == ["unknown field colour"]


async def test_forty_new_components_pass() -> None:
    """A layout at its limits is taken: forty components, 4,000 characters."""
    async with scene() as (_, place, bot):
        parts = [{"type": 17, "components": [{"type": 10, "content": "x" * 100}] * 39}]
        await bot.asks(
            "POST", f"/channels/{place.channel.id}/messages", {"flags": 1 << 15, "components": parts}
        )
        assert len(place.channel.all()) == 1


@pytest.mark.parametrize(
    "bad",
    [
        {"name": "Chat", "description": "x"},
        {"name": "chat"},
        {"name": "chat", "description": "x" * 101},
        {"name": "Mark", "type": 3, "description": "x"},
        {"name": "chat", "description": "x", "options": [{"type": 3, "name": "A B", "description": "x"}]},
        {
            "name": "chat",
            "description": "x",
            "options": [{"type": 3, "name": n, "description": "x", "required": n == "b"} for n in "ab"],
        },
    ],
)
async def test_a_bad_command_is_refused(bad: dict[str, Any]) -> None:
    """Commands are checked as they are put: names, descriptions, order of options."""
    async with scene(50035) as (server, _, bot):
        with pytest.raises(discord.HTTPException) as wrong:
            await bot.asks("PUT", f"/applications/{server.world.application}/commands", [bad])
        assert wrong.value.code == 50035
        assert server.world.commands == {}


async def test_permissions() -> None:
    """Without a permission the bot gets 50013, without sight of the channel 50001, and hears nothing of it."""
    async with scene(50013, 50001, 50005) as (server, place, bot):
        said = place.person("Ana").says(place.channel, "mine")
        there = bot.channel(place.channel)
        place.overwrite(place.channel, deny=Permission.SEND_MESSAGES | Permission.ADD_REACTIONS)
        message = await bot.hears("message")
        for doing, code in (
            (there.send("x"), 50013),
            (message.add_reaction("✅"), 50013),
            (message.delete(), 50013),
            (message.edit(content="theirs"), 50005),
        ):
            with pytest.raises(discord.Forbidden) as wrong:
                await doing
            assert wrong.value.code == code
        place.overwrite(place.channel, deny=Permission.VIEW_CHANNEL)
        with pytest.raises(discord.Forbidden) as unseen:
            await there.send("x")
        assert unseen.value.code == 50001
        place.person("Ana").says(place.text_channel("other"), "seen")
        place.person("Ana").says(place.channel, "unseen")
        place.person("Ana").says(place.text_channel("other"), "seen too")
        await bot.hears("message", 3)
        assert [each.content for each in bot.heard("message")] == ["mine", "seen", "seen too"]
        assert said.content == "mine"
        assert {each.code for each in server.violations} == {50013, 50001, 50005}


async def test_pings_are_noted() -> None:
    """Who would be notified is noted: by what the bot wrote and allowed; what it allows nobody notifies nobody."""
    async with scene() as (server, place, bot):
        ana = place.person("Ana")
        text = f"@everyone {ana.mention} <@&{place.role('team').id}>"
        await bot.channel(place.channel).send(text)
        assert server.pings == []
        await bot.channel(place.channel).send(text, allowed_mentions=discord.AllowedMentions.all())
        assert [each.kind for each in server.pings] == ["everyone", "role", "user"]


async def test_a_violation_fails_the_test() -> None:
    """A test whose bot did wrong fails, though the bot took no notice."""
    with pytest.raises(AssertionError, match="unknown field colour"):
        async with scene() as (_, place, bot):
            await bot.asks("POST", f"/channels/{place.channel.id}/messages", {"content": "x", "colour": 1})


async def test_nonces() -> None:
    """A nonce gives the first message again as long as it is remembered; in another channel that is a violation."""
    async with scene(0) as (server, place, bot):
        there, other = bot.channel(place.channel), bot.channel(place.text_channel("other"))
        first = await there.send("x", nonce="n")
        assert (await there.send("x", nonce="n")).id == first.id
        assert server.violations == []
        assert (await other.send("x", nonce="n")).id == first.id
        assert [each.what for each in server.violations] == ["nonce n was used in another channel"]
        server.nonce_seconds = 0
        assert (await there.send("x", nonce="n")).id != first.id


async def test_fifty_requests_a_second() -> None:
    """The limit of the whole bot is answered with a 429, noted; who waits as long as told gets through at once."""
    async with scene(429) as (server, place, bot):
        server.requests_a_second = 1
        for _ in range(3):
            await bot.asks("GET", f"/channels/{place.channel.id}")
        assert 1 <= len(server.violated(429)) <= 3


async def test_buckets() -> None:
    """Where buckets are set, discord.py paces itself by their headers and is never refused."""
    async with scene() as (server, place, bot):
        server.bucket = (2, 0.2)
        await asyncio.gather(*(bot.channel(place.channel).send(str(number)) for number in range(5)))
        assert len(place.channel.all()) == 5


# What goes wrong

SET = asyncio.Event()
SET.set()
TROUBLES: list[tuple[Trouble, int, bool]] = [
    (lost_after(), 1, False),
    (lost_before(), 0, False),
    (delayed(0.05), 1, True),
    (held(SET), 1, True),
    (broken(503), 0, False),
    (broken(503, committed=True), 1, False),
    (too_many(0.01), 1, True),
    (too_many(0.01, everywhere=True), 1, True),
    (too_many(via=False), 0, False),
    (refused(400, 30046), 0, False),
    (broken(500, committed=True), 1, True),
]


@pytest.mark.parametrize(("trouble", "stand", "well"), TROUBLES)
async def test_a_request_meets_trouble(trouble: Trouble, stand: int, *, well: bool) -> None:
    """Each trouble leaves as many messages as it should, and discord.py takes it as it takes Discord's."""
    async with scene() as (server, place, bot):
        server.faults.on("POST", "/channels/*/messages", trouble)
        try:
            await bot.channel(place.channel).send("x", nonce="n")
            went_well = True
        except (discord.HTTPException, aiohttp.ClientError):
            went_well = False
        assert (len(place.channel.all()), went_well) == (stand, well)
        assert len(server.faults.struck) == 1


@pytest.mark.parametrize("status", [500, 501, 502, 503, 504, 520, 524])
async def test_each_status_of_a_broken_server(status: int) -> None:
    """Every 5xx can be had, for as many requests as was set."""
    async with served() as server, aiohttp.ClientSession() as client:
        server.faults.on("GET", "/gateway*", broken(status), times=2)
        headers = {"Authorization": f"Bot {server.token}"}
        answers = [
            (await client.get(f"{server.api_url}/gateway/bot", headers=headers)).status for _ in range(3)
        ]
        assert answers == [status, status, 200]


async def test_what_a_lost_answer_hides_is_forgiven() -> None:
    """A response that is repeated because its answer was lost gets 40060, and that is no violation."""
    codes = []

    async def stubborn(interaction: Any) -> None:
        for _ in range(2):
            try:
                await bot.asks(
                    "POST", f"/interactions/{interaction.id}/{interaction.token}/callback", {"type": 6}
                )
            except discord.HTTPException as wrong:
                codes.append(wrong.code)
                server.changed()
            except aiohttp.ClientError:
                pass

    async with scene(answer=stubborn) as (server, place, bot):
        await bot.channel(place.channel).send("Q1", view=button())
        server.faults.on("POST", "/interactions/*", lost_after())
        place.person("Ana").presses(await place.message(place.channel, "Q1"), "Go")
        await server.until(lambda: codes == [40060])


async def _cut(server: Server, how: str) -> None:
    match how:
        case "abort":
            server.gateway.abort()
        case "reconnect":
            server.gateway.reconnect()
        case "invalid, resumable":
            server.gateway.invalidate(resumable=True)
        case _:
            await server.gateway.close(int(how))


@pytest.mark.parametrize("how", ["abort", "reconnect", "invalid, resumable", "1000", "1001", "4000", "4009"])
async def test_a_connection_that_is_cut_is_resumed(how: str) -> None:
    """After each way of parting the client resumes, and what was said meanwhile is replayed, once."""
    async with scene() as (server, place, bot):
        ana = place.person("Ana")
        await _cut(server, how)
        ana.says(place.channel, "meanwhile")
        await bot.hears("resumed")
        ana.says(place.channel, "later")
        await bot.hears("message", 2)
        assert [each.content for each in bot.heard("message")] == ["meanwhile", "later"]
        assert (server.gateway.identified, server.gateway.resumed) == (1, 1)


async def resumes(server: Server) -> tuple[int, object]:
    """Ask for the session of the latest client to be resumed, and give the op of the answer and what it says."""
    session = next(iter(server.gateway.sessions), "")
    async with aiohttp.ClientSession() as client, client.ws_connect(server.gateway_url) as socket:
        assert (await socket.receive_json())["op"] == 10
        await socket.send_json({"op": 6, "d": {"token": server.token, "session_id": session, "seq": 1}})
        answer = await socket.receive_json()
        return answer["op"], answer["d"]


async def test_a_session_that_is_forgotten_is_lost() -> None:
    """Who would resume a session that is not known any more is told that it is invalid."""
    async with scene() as (server, _, bot):
        await bot.close()
        server.gateway.forget()
        assert await resumes(server) == (9, False)


async def test_an_invalid_session_begins_anew() -> None:
    """After an op 9 that does not let resume the client identifies again; what was said meanwhile is in history only."""
    async with scene() as (server, place, bot):
        server.gateway.invalidate()
        place.person("Ana").says(place.channel, "meanwhile")
        await bot.hears("ready", 2)
        assert (server.gateway.identified, bot.heard("message")) == (2, [])
        assert contents(place.channel) == ["meanwhile"]


@pytest.mark.parametrize(
    ("allowed", "token", "error"),
    [(False, None, discord.PrivilegedIntentsRequired), (True, "wrong", discord.LoginFailure)],
)
async def test_who_may_not_connect(allowed: bool, token: str | None, error: type[Exception]) -> None:
    """Intents that are switched off end the connection with 4014, a wrong token ends the login with 401."""
    async with served() as server:
        server.content_allowed = allowed
        with pytest.raises(error):
            async with on_line(server, Bot(server), token=token):
                pass


async def test_a_server_that_is_down_comes_back() -> None:
    """While it is down nothing can be reached; when it is up again at the same address the session is resumed."""
    async with scene() as (server, place, bot):
        await server.down()
        with pytest.raises(aiohttp.ClientError):
            await bot.channel(place.channel).send("x")
        place.person("Ana").says(place.channel, "meanwhile")
        await server.up()
        assert (await bot.hears("message")).content == "meanwhile"


async def test_an_upgrade_that_is_refused_is_tried_again() -> None:
    """The gateway refuses an upgrade with the status that was set, and takes the next."""
    async with scene() as (server, _, bot):
        server.gateway.refuse(503)
        server.gateway.abort()
        await bot.hears("resumed")
        assert server.gateway.resumed == 1


async def test_events_are_dropped_doubled_and_delayed() -> None:
    """An event is lost, comes twice or comes behind the next one, as it was set; history has each once."""
    async with scene() as (server, place, bot):
        ana = place.person("Ana")
        server.faults.on_event("MESSAGE_CREATE", "dropped")
        server.faults.on_event("MESSAGE_CREATE", "twice")
        server.faults.on_event("MESSAGE_CREATE", "late")
        for text in ("lost", "double", "late", "last"):
            ana.says(place.channel, text)
        await bot.hears("message", 4)
        assert [each.content for each in bot.heard("message")] == ["double", "double", "last", "late"]
        assert contents(place.channel) == ["lost", "double", "late", "last"]
        server.gateway.mute()
        ana.says(place.channel, "unheard")
        server.gateway.unmute()
        ana.says(place.channel, "heard")
        assert (await bot.hears("message", 5)).content == "heard"


async def test_a_partial_payload_ends_the_client() -> None:
    """An event in which nearly all is missing brings discord.py down, as with the real one."""
    async with served() as server:
        client = Bot(server)
        with reaching(server):
            running = asyncio.create_task(client.start(server.token))
            await client.hears("ready")
            server.gateway.partial()
            with pytest.raises(KeyError):
                await running
            await client.close()


def test_a_schedule_is_drawn_from_its_seed() -> None:
    """The same seed gives the same troubles, another gives others, and there are never more than was set."""

    def drawn(seed: int) -> list[Any]:
        schedule = Schedule(seed, requests=0.3, events=0.3, cuts=0.3, left=20)
        return [
            each
            for _ in range(200)
            for each in (schedule.of_request("POST"), schedule.of_event(), schedule.of_connection())
        ]

    assert drawn(1) == drawn(1) != drawn(2)
    assert sum(each is not None for each in drawn(1)) == 20


# Who is not Discord, and who may not read


async def test_without_message_content() -> None:
    """A bot without the intent gets empty content, save where it is mentioned, answered with a ping, or in private."""
    async with scene(content=False) as (_, place, bot):
        ana = place.person("Ana")
        own = await bot.channel(place.channel).send("Q1")
        question: Message = place.channel.messages[own.id]
        ana.says(place.channel, "A1 bare")
        ana.says(place.channel, f"<@{bot.user.id}> A1 called")
        ana.says(place.channel, "A1 answered", reply_to=question)
        ana.says(place.channel, "A1 quietly", reply_to=question, ping=False)
        ana.writes_privately("A1 private")
        await bot.hears("message", 6)
        said = [each.content for each in bot.heard("message")]
        assert said == ["Q1", "", f"<@{bot.user.id}> A1 called", "A1 answered", "", "A1 private"]


async def test_links_expire() -> None:
    """An attachment is fetched by its link until links expire; the message read again has a new one."""
    async with scene() as (server, place, bot):
        place.person("Ana").says(place.channel, "see", files=[Upload("a.png", PNG)])
        message = await bot.hears("message")
        assert await message.attachments[0].read() == PNG
        server.expire_links()
        with pytest.raises(discord.NotFound):
            await message.attachments[0].read()
        assert await (await message.fetch()).attachments[0].read() == PNG


async def test_a_server_that_is_not_discord() -> None:
    """A self-hosted server knows no RESUME, answers callbacks with 204, has other codes and @everyone among the roles."""

    async def say(interaction: Any) -> None:
        await bot.asks(
            "POST",
            f"/interactions/{interaction.id}/{interaction.token}/callback?with_response=1",
            {"type": 6},
        )

    async with scene(answer=say) as (server, place, bot):
        server.selfhosted = True
        said = place.person("Ana").says(place.channel, "x")
        raw = await bot.asks("GET", f"/guilds/{place.id}/members/{place.person('Ana').id}")
        assert str(place.id) in raw["roles"]
        assert "flags" not in await bot.asks("GET", f"/channels/{place.channel.id}/messages/{said.id}")
        with pytest.raises(discord.NotFound) as gone:
            await bot.asks("GET", f"/channels/{place.channel.id}/messages/1")
        assert gone.value.code == 0
        await bot.channel(place.channel).send("Q1", view=button())
        pressed = place.person("Ana").presses(await place.message(place.channel, "Q1"), "Go")
        assert await pressed.acknowledged() == 6
        assert await resumes(server) == (9, False)


async def test_the_server_by_itself() -> None:
    """As a process of its own it serves a bot, and takes over HTTP what people do; mistakes are told in words."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.discord_server", cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout
        async with asyncio.timeout(30), aiohttp.ClientSession() as client:
            given = dict([(await process.stdout.readline()).decode().strip().split("=", 1) for _ in range(4)])
            headers = {"Authorization": f"Bot {given['DISCORD_TOKEN']}"}
            me = await client.get(given["DISCORD_API_URL"] + "/users/@me", headers=headers)
            assert (await me.json())["username"] == "hashbot"
            said = {"who": "Ana", "does": "says", "with": ["#chat", "A1 because"]}
            assert (await client.post(given["CONTROL"], json=said)).status == 200
            shown = await (await client.get(given["CONTROL"])).json()
            assert [each["text"] for each in shown["channels"]["#chat"]] == ["A1 because"]
            wrong = await client.post(given["CONTROL"], json={"who": "Ana", "does": "flies"})
            assert (wrong.status, "does is one of" in await wrong.text()) == (400, True)
    finally:
        process.kill()
        await process.communicate()
