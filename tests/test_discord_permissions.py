"""What the bot asks to be allowed, and what it says of what it lacks."""

from urllib.parse import parse_qs, urlsplit

import discord

from bot.rooms.discord.permissions import LEAST, NEEDED, WELCOME, WITH_PINS, invite, missing, unwelcome


def test_least_is_what_discord_documents() -> None:
    """The two sets are the numbers that Discord's own calculator gives for them."""
    assert LEAST.value == 309237763072
    assert WITH_PINS.value == 2252109051448384


def test_nothing_is_missing_where_all_is_allowed() -> None:
    """With exactly the least, nothing needed is missing, and only what is left out otherwise is unwelcome."""
    assert missing(LEAST) == []
    assert unwelcome(LEAST) == list(WELCOME)
    assert unwelcome(WITH_PINS) == []
    assert missing(discord.Permissions.all()) == []


def test_each_missing_one_is_named() -> None:
    """Whatever single permission is taken away is named as Discord shows it, and no other."""
    for name in NEEDED:
        allowed = discord.Permissions(LEAST.value)
        allowed.update(**{name.lower().replace(" ", "_"): False})
        assert missing(allowed) == [name]


def test_invitation_asks_for_no_more() -> None:
    """The link names the application, the two scopes, and those permissions alone."""
    link = urlsplit(invite(42))
    asked = parse_qs(link.query)
    assert f"{link.scheme}://{link.netloc}{link.path}" == "https://discord.com/oauth2/authorize"
    assert asked["client_id"] == ["42"]
    assert asked["permissions"] == [str(WITH_PINS.value)]
    assert set(asked["scope"][0].split()) == {"bot", "applications.commands"}
