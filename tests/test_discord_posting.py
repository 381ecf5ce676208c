"""Every post stands exactly once, whatever happens to the request that brings it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import discord
import pytest

from bot.live import RoomError
from bot.rooms.discord.posting import Denied, Draft, Poster, Unreadable, Upload, at_last, buttons, custom_ids
from tests.chats import ManualClock
from tests.discord_room import line_to, now
from tests.discord_server import (
    Permission,
    Place,
    Server,
    Trouble,
    broken,
    delayed,
    lost_after,
    lost_before,
    refused,
    too_many,
)
from tests.guilds import served, until

MESSAGES = "/channels/*/messages"

#: What can happen to a post of which the sender is not told what became of it.
DOUBTFUL = {
    "lost after the commit": lost_after(),
    "lost before the commit": lost_before(),
    **{f"{s} after": broken(s, committed=True) for s in (500, 502, 503, 504, 524)},
    **{f"{s} before": broken(s) for s in (500, 502, 503, 504, 524)},
    "429": too_many(0.01),
    "429 without Via": too_many(0.01, via=False),
    "delayed": delayed(0.2),
}


class Desk:
    """A poster at a channel, with a clock moved by hand."""

    def __init__(self, server: Server, place: Place, poster: Poster, clock: ManualClock) -> None:
        self.server, self.place, self.poster, self.clock = server, place, poster, clock
        self.channel = place.channel

    async def post(
        self, text: str = "Q1: Why?", nonce: str = "n1", *, doubtful: bool | None = None
    ) -> discord.Message:
        return await self.poster.post(
            self.channel.id,
            Draft(text),
            nonce=nonce,
            since=self.clock.now(),
            mine=lambda message: message.content == text,
            doubtful=doubtful,
        )

    async def post_at_last(self, nonce: str = "n1") -> discord.Message:
        """Post as the live chat does: again after every RoomError."""
        for _ in range(5):
            try:
                return await self.post(nonce=nonce)
            except RoomError:
                self.clock.advance(self.clock.now() + timedelta(seconds=1))
        raise AssertionError("It never came through.")

    def may_not_send(self) -> bool:
        """Tell whether the bot knows that it may not send anything in the channel."""
        known = self.poster.line.client.get_channel(self.channel.id)
        assert isinstance(known, discord.TextChannel)
        return not known.permissions_for(known.guild.me).send_messages

    @property
    def texts(self) -> list[str]:
        return [message.content for message in self.channel.messages.values()]

    @property
    def searches(self) -> int:
        return sum(method == "GET" and path.endswith("/messages") for method, path, _ in self.server.requests)


@asynccontextmanager
async def desk(*expected: int) -> AsyncIterator[Desk]:
    async with served(*expected) as server:
        place = server.guild("Macro", channels=("macro",))
        clock = ManualClock(now())
        async with line_to(server) as line:
            yield Desk(server, place, Poster(line, clock, place.id), clock)


async def test_nothing_is_posted_blindly() -> None:
    """While the bot may not read the history, what may stand there is not posted again; when it may again, it is found."""
    async with desk() as at:
        first = await at.post()
        at.place.overwrite(at.channel, deny=int(Permission.READ_MESSAGE_HISTORY))
        client = at.poster.line.client
        known = client.get_channel(at.channel.id)
        assert isinstance(known, discord.TextChannel)
        await until(lambda: not known.permissions_for(known.guild.me).read_message_history)
        with pytest.raises(Unreadable, match="Read Message History"):
            await at.post(nonce="n2", doubtful=True)
        assert at.texts == ["Q1: Why?"]
        at.place.overwrite(at.channel)
        await until(lambda: known.permissions_for(known.guild.me).read_message_history)
        assert (await at.post(nonce="n2", doubtful=True)).id == first.id


async def test_a_post_stands_once() -> None:
    """What is lost before or after it was done, answered with any 5xx or 429, or late, is there once in the end."""
    async with (
        served() as server,
        line_to(server) as line,
    ):  # all at once, because discord.py waits a second here and there

        async def stands_once(name: str, trouble: Trouble) -> bool:
            place, clock = server.guild(name, channels=("macro",)), ManualClock(now())
            at = Desk(server, place, Poster(line, clock, place.id), clock)
            server.faults.on("POST", f"/channels/{at.channel.id}/messages", trouble)
            message = await at.post_at_last(nonce=name)
            return at.texts == ["Q1: Why?"] and message.id in at.channel.messages and at.searches == 0

        stood = await asyncio.gather(*(stands_once(*each) for each in DOUBTFUL.items()))
        assert dict(zip(DOUBTFUL, stood, strict=True)) == dict.fromkeys(DOUBTFUL, True)
        assert len(server.faults.struck) == len(DOUBTFUL)


@pytest.mark.parametrize("arrived", [True, False])
async def test_after_two_minutes_it_is_looked_for(arrived: bool) -> None:
    """When the nonce may be known no more, the channel is searched before anything is sent again."""
    async with desk() as at:
        at.server.nonce_seconds = 0
        at.server.faults.on("POST", MESSAGES, lost_after() if arrived else lost_before())
        with pytest.raises(RoomError):
            await at.post()
        at.clock.advance(at.clock.now() + timedelta(minutes=3))
        await at.poster.post(
            at.channel.id, Draft("Q1: Why?"), nonce="n1", since=now(), mine=lambda m: m.content == "Q1: Why?"
        )
        assert at.texts == ["Q1: Why?"]
        assert at.searches == 1


@pytest.mark.parametrize("arrived", [True, False])
async def test_after_a_restart_it_is_looked_for(arrived: bool) -> None:
    """A post that was meant to go out before the process began may be there already."""
    async with desk() as at:
        since = at.clock.now()
        at.server.nonce_seconds = 0
        if arrived:
            await at.post()
        at.clock.advance(at.clock.now() + timedelta(minutes=9))
        poster = Poster(at.poster.line, at.clock, at.place.id)
        await poster.post(
            at.channel.id, Draft("Q1: Why?"), nonce="n1", since=since, mine=lambda m: m.content == "Q1: Why?"
        )
        assert at.texts == ["Q1: Why?"]


async def test_only_the_bots_own_is_found() -> None:
    """What somebody else wrote in the same words, or the bot before it was meant to, is not taken for the post."""
    async with desk() as at:
        at.place.person("Ana").says(at.channel, "Q1: Why?")
        await at.post(doubtful=True)
        assert at.texts == ["Q1: Why?", "Q1: Why?"]
        at.clock.advance(at.clock.now() + timedelta(minutes=5))
        await at.post(nonce="n2", doubtful=True)
        assert len(at.texts) == 3


async def test_it_is_found_among_hundreds() -> None:
    """The search goes through the whole of what was said since, page by page."""
    async with desk() as at:
        for n in range(150):
            at.place.person("Ana").says(at.channel, f"{n}")
        posted = await at.post()
        assert (await at.post(nonce="n2", doubtful=True)).id == posted.id
        assert at.searches == 2


async def test_known_by_its_button() -> None:
    """The custom ids of a message's buttons come back from the history, so that a post is known by them."""
    async with desk() as at:
        view = buttons(discord.ui.Button(label="Answer", custom_id="ans:0123456789ab:1"))
        sent = await at.poster.post(
            at.channel.id, Draft("Q1", view), nonce="n", since=at.clock.now(), mine=lambda _: False
        )
        found = await at.poster.find(
            at.channel.id, since=at.clock.now(), mine=lambda m: "ans:0123456789ab:1" in custom_ids(m)
        )
        assert found
        assert found.id == sent.id


async def test_known_by_its_button_among_messages_without_any() -> None:
    """Servers of one's own say nothing of what a message does not have: the search goes past such messages."""
    async with desk() as at:
        at.server.selfhosted = True
        await at.post("Welcome")
        found = await at.poster.find(
            at.channel.id, since=at.clock.now(), mine=lambda m: "ans:0123456789ab:1" in custom_ids(m)
        )
        assert found is None


async def test_a_missing_permission_is_named() -> None:
    """Where the bot may not post it says which permission is missing and where; once it is given, the post goes out."""
    async with desk(50013) as at:
        at.place.overwrite(at.channel, deny=discord.Permissions(send_messages=True).value)
        await until(at.may_not_send)
        with pytest.raises(Denied, match=r"#macro.*Send Messages"):
            await at.post()
        at.place.overwrite(at.channel)
        await at.post()
        assert at.texts == ["Q1: Why?"]


async def test_a_channel_that_is_gone() -> None:
    """A channel that was deleted is said to be gone."""
    async with desk(10003) as at:
        at.place.delete_channel(at.channel)
        with pytest.raises(Denied, match="gone"):
            await at.poster.post(1234, Draft("Q1"), nonce="n", since=at.clock.now(), mine=lambda _: False)


async def test_what_discord_does_not_take_is_said() -> None:
    """A request that is refused for its content is not asked for again, and says so in Discord's words."""
    async with desk() as at:
        at.server.faults.on("POST", MESSAGES, refused(400, 50035, "Invalid Form Body"))
        with pytest.raises(Denied, match="does not take it"):
            await at_last(at.clock, at.post)
        assert at.texts == []


async def test_while_there_is_no_connection() -> None:
    """While Discord is down a post is a RoomError, and goes out once when it is back."""
    async with desk() as at:
        await at.server.down()
        with pytest.raises(RoomError):
            await at.post()
        await at.server.up()
        await at.server.ready()
        await at.post_at_last()
        assert at.texts == ["Q1: Why?"]


async def test_files_go_out_again() -> None:
    """A picture is whole and described also when it has to be sent twice."""
    async with desk() as at:
        at.server.faults.on("POST", MESSAGES, lost_before())
        draft = Draft("Q1", files=(Upload("cat.png", b"not a picture", "A cat"),))
        for again in (False, True):
            try:
                await at.poster.post(
                    at.channel.id, draft, nonce="n", since=at.clock.now(), mine=lambda _: False
                )
            except RoomError:
                assert not again
        (message,) = at.channel.messages.values()
        assert [(f.name, f.data, f.description) for f in message.attachments] == [
            ("cat.png", b"not a picture", "A cat")
        ]
