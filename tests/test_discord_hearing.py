"""What Discord tells of a message, and what is kept of it."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answers import Context, read
from bot.messages import Attachment, Author, Message
from bot.rooms.discord.hearing import (
    attachment_of,
    author_of,
    counted,
    lasting,
    message_of,
    parent_of,
    sign_of,
    spoken,
    version_of,
)
from bot.script.parse import parse
from tests.chats import SCRIPT

ME = 42
GUILD, CHANNEL, THREAD = 1000, 1001, 1002
HOSTS, EVERYONE = 1010, GUILD
WRITTEN = datetime(2026, 11, 22, 20, tzinfo=UTC)
ID = discord.utils.time_snowflake(WRITTEN)
ANA = Author("7", "Ana")
FILE = {
    "id": "5", "filename": "a <b>.png", "size": 12, "url": "https://cdn.discordapp.com/attachments/1/5/a.png?ex=1&is=2&hm=3&",
    "proxy_url": "https://media.discordapp.net/x", "content_type": "image/png", "width": 30, "height": 20,
    "description": "Two doors",
}  # fmt: skip


def user(id: int, name: str, **more: Any) -> dict[str, Any]:
    return {
        "id": str(id),
        "username": name.lower(),
        "global_name": name,
        "discriminator": "0",
        "avatar": None,
        **more,
    }


def member(roles: list[int], nick: str | None = None) -> dict[str, Any]:
    return {"roles": [str(role) for role in roles], "nick": nick, "flags": 0, "joined_at": None}


@pytest.fixture
def guild() -> discord.Guild:
    """Give a guild with a channel and a role that may manage events."""
    state = discord.Client(intents=discord.Intents.none())._connection
    data: Any = {
        "id": str(GUILD), "name": "Guild", "owner_id": "1",
        "roles": [
            {"id": str(EVERYONE), "name": "@everyone", "permissions": "1024", "position": 0},
            {"id": str(HOSTS), "name": "Chat Hosts", "permissions": str(discord.Permissions(manage_events=True).value), "position": 1},
        ],
        "channels": [{"id": str(CHANNEL), "type": 0, "name": "general", "position": 0, "permission_overwrites": []}],
    }  # fmt: skip
    return discord.Guild(data=data, state=state)


def shown(guild: discord.Guild, text: str = "", *, place: int = CHANNEL, **more: Any) -> discord.Message:
    """Give a message as discord.py makes it of what the gateway tells."""
    data: Any = {
        "id": str(ID), "channel_id": str(place), "guild_id": str(GUILD), "type": 0, "content": text,
        "author": user(7, "Ana"), "timestamp": WRITTEN.isoformat(), "edited_timestamp": None, "tts": False,
        "mention_everyone": False, "mentions": [], "mention_roles": [], "attachments": [], "embeds": [], "pinned": False,
    } | more  # fmt: skip
    state = guild._state
    channel: Any = guild.get_channel(place) or discord.PartialMessageable(state, place, guild_id=GUILD)
    if isinstance(channel, discord.PartialMessageable):
        state._guilds[GUILD] = guild
    return discord.Message(state=state, channel=channel, data=data)


def heard(
    message: discord.Message, named: Mapping[int, str] | None = None, *, thread: bool = False
) -> Message:
    kept = message_of(message, ANA, named or {}, me=ME, thread=thread)
    assert kept
    return kept


def test_plain_message(guild: discord.Guild) -> None:
    """A message is kept with its id, place, words, and the time that its id tells."""
    assert heard(shown(guild, "A1 **bold** hello")) == Message(
        str(ID), ANA, "A1 **bold** hello", WRITTEN, place=str(CHANNEL)
    )


def test_edit(guild: discord.Guild) -> None:
    """An edit has the same time and a version that grows with the time of the edit."""
    later = WRITTEN + timedelta(minutes=1, microseconds=7)
    first, second = shown(guild, "a"), shown(guild, "b", edited_timestamp=later.isoformat())
    assert (version_of(first), version_of(second)) == (0, int(later.timestamp()) * 1_000_000 + 7)
    assert (heard(second).at, heard(second).edited_at) == (WRITTEN, later)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("<@8> hello", "@Bo_Lee hello"),
        ("<@!8>: hello", "@Bo_Lee: hello"),
        ("<@99> hello", "@someone hello"),
        (f"<@&{HOSTS}> look", "@Chat_Hosts look"),
        ("<@&99> look", "@role look"),
        (f"in <#{CHANNEL}>, <#99>", "in #general, #channel"),
        ("<:wave:123> <a:wave:123>", ":wave: :wave:"),
        ("at <t:1795377600:F>", "at 2026-11-22 20:00 UTC"),
        ("at <t:9999999999999>", "at <t:9999999999999>"),
        ("try </chat my-answers:77>", "try /chat my-answers"),
        (f"<@{ME}> <@!{ME}>, A1 yes", "A1 yes"),
        (f"A1 yes <@{ME}>", "A1 yes @hashchat"),
        ("@everyone <b> 1 < 2 <@x> <@8", "@everyone <b> 1 < 2 <@x> <@8"),
    ],
)
def test_marks_become_words(guild: discord.Guild, written: str, said: str) -> None:
    """What Discord writes as numbers is kept as words, and nothing else of the text is touched."""
    assert heard(shown(guild, written), {8: "Bo Lee", ME: "hashchat"}).text == said


def test_mention_does_not_hide_a_label(guild: discord.Guild) -> None:
    """An answer that is said to somebody of a long name is still read as an answer."""
    script = parse(SCRIPT).script
    assert script
    kept = heard(shown(guild, "<@8> A1 the library"), {8: "Bo (he/him) van Dam 🌱"})
    asked = {question.label: WRITTEN for question in script.questions}
    assert read(script, asked, kept, Context()).answers == ("1",)


@given(text=st.text())
def test_any_text_is_heard(text: str) -> None:
    """Whatever somebody writes, it is heard, and what has no mark in it is kept as it is."""
    state = discord.Client(intents=discord.Intents.none())._connection
    empty: Any = {"id": str(GUILD), "name": "Guild"}
    kept = message_of(shown(discord.Guild(data=empty, state=state), text), ANA, {}, me=ME)
    assert kept is None if not text else kept and ("<" in text or kept.text == text)


def test_replies_and_threads(guild: discord.Guild) -> None:
    """A reply names what it replies to; in a thread, all else replies to what the thread hangs on."""
    reply = {"type": 19, "message_reference": {"message_id": "5", "channel_id": str(CHANNEL)}}
    assert heard(shown(guild, "yes", **reply)).reply_to == "5"
    assert heard(shown(guild, "yes", place=THREAD, **reply), thread=True).reply_to == "5"
    assert heard(shown(guild, "yes", place=THREAD), thread=True).reply_to == str(THREAD)
    assert heard(shown(guild, "yes")).reply_to is None


def test_forward(guild: discord.Guild) -> None:
    """What is forwarded is somebody else's words, and replies to nothing."""
    snapshot = {
        "type": 0, "content": "A1 mine <:wave:1>", "embeds": [], "attachments": [FILE], "timestamp": WRITTEN.isoformat(),
        "edited_timestamp": None, "flags": 0,
    }  # fmt: skip
    reference = {"type": 1, "message_id": "5", "channel_id": "6"}
    kept = heard(shown(guild, "", message_reference=reference, message_snapshots=[{"message": snapshot}]))
    assert (kept.text, kept.repeat, kept.reply_to) == ("A1 mine :wave:", True, None)
    assert [file.name for file in kept.attachments] == ["a <b>.png"]


def test_attachment(guild: discord.Guild) -> None:
    """A file is kept with all that is known of it, under an address that does not change with its signature."""
    url = "https://cdn.discordapp.com/attachments/1/5/a.png"
    kept = heard(shown(guild, "A1", attachments=[FILE]))
    assert kept.attachments == (Attachment("a <b>.png", url, "image/png", 12, "Two doors", 30, 20),)
    assert (
        attachment_of(shown(guild, attachments=[FILE | {"url": f"{url}?hm=other"}]).attachments[0]).url == url
    )


def test_lasting_keeps_the_rest() -> None:
    """Only a signature is taken from an address, and one that is none stays as it is."""
    assert lasting("http://127.0.0.1:8/a%20b%2Fc?v=2&ex=1") == "http://127.0.0.1:8/a%20b%2Fc?v=2"
    assert lasting("http://[no") == "http://[no"


def test_stickers_and_polls_are_text(guild: discord.Guild) -> None:
    """A sticker and a poll are kept by name; what has nothing to read, such as an embed, is not heard."""
    sticker = {"id": "1", "name": "Wave", "format_type": 1}
    assert heard(shown(guild, "Hi", sticker_items=[sticker])).text == "Hi\n[sticker: Wave]"
    assert message_of(shown(guild, embeds=[{"title": "x"}]), ANA, {}, me=ME) is None


@pytest.mark.parametrize(
    "more",
    [
        {"author": user(9, "Bot", bot=True)},
        {"author": user(9, "Discord", system=True)},
        {"webhook_id": "9"},
        {"type": 6},
        {"type": 18},
        {"type": 20},
        {"type": 21},
    ],
)
def test_only_people_speak(guild: discord.Guild, more: dict[str, Any]) -> None:
    """Bots, webhooks and the notices of Discord itself are not heard."""
    assert spoken(shown(guild, "A1"))
    assert not spoken(shown(guild, "A1", **more))


def test_who_speaks(guild: discord.Guild) -> None:
    """People have their names of the guild, and who may manage its events is a host."""
    plain = shown(guild, "x", member=member([EVERYONE], "Ana of here")).author
    host = shown(guild, "x", member=member([HOSTS])).author
    gone = shown(guild, "x").author
    assert author_of(plain) == Author("7", "Ana of here")
    assert author_of(host) == Author("7", "Ana", host=True)
    assert author_of(gone) == Author("7", "Ana")


def test_signs(guild: discord.Guild) -> None:
    """Signs are counted by what they look like, without the bot's own."""
    reactions = [
        {"emoji": {"id": None, "name": "👍"}, "count": 3, "me": True},
        {"emoji": {"id": None, "name": "✅"}, "count": 1, "me": True},
        {"emoji": {"id": "5", "name": "wave"}, "count": 2, "me": False},
        {"emoji": {"id": "6", "name": "wave"}, "count": 1, "me": False},
    ]
    assert counted(shown(guild, "x", reactions=reactions).reactions) == {"👍": 2, ":wave:": 3}
    assert sign_of(discord.PartialEmoji(name="👍")) == "👍"
    assert sign_of(discord.PartialEmoji(name="wave", id=5)) == ":wave:"
    assert sign_of(discord.PartialEmoji.from_dict({"id": "5", "name": None})) == ":5:"


@pytest.mark.parametrize(("kind", "parent"), [(10, CHANNEL), (11, CHANNEL), (12, None)])
def test_what_a_thread_belongs_to(guild: discord.Guild, kind: int, parent: int | None) -> None:
    """A public thread belongs to its channel's chats, a private one, or a channel, to none but its own."""
    data: Any = {
        "id": str(THREAD), "guild_id": str(GUILD), "parent_id": str(CHANNEL), "owner_id": "7", "type": kind, "name": "Aside",
        "message_count": 0, "member_count": 1,
        "thread_metadata": {"archived": False, "archive_timestamp": WRITTEN.isoformat(), "auto_archive_duration": 60},
    }  # fmt: skip
    assert parent_of(discord.Thread(guild=guild, state=guild._state, data=data)) == parent
    assert parent_of(guild.get_channel(CHANNEL)) is None
