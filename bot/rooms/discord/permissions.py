"""What the bot has to be allowed in a channel, and the link with which it is invited."""

import discord

#: What no chat can do without, by the name that Discord shows, and what it is for.
NEEDED = {
    "View Channel": "to see the channel",
    "Send Messages": "to post questions",
    "Send Messages in Threads": "to post in a question's thread",
    "Create Public Threads": "to open a thread for each question",
    "Embed Links": "to show links and pictures in the recap",
    "Attach Files": "to attach pictures and the transcript",
    "Read Message History": "to find what was said while the bot was away",
}
#: What is left out where it is not allowed.
WELCOME = {
    "Add Reactions": "to put a sign on answers that were counted",
    "Pin Messages": "to pin the question on the floor",
}


def _permissions(*names: str) -> discord.Permissions:
    """Give permissions by the names that Discord shows, which are those of discord.py in other letters."""
    return discord.Permissions(**{name.lower().replace(" ", "_"): True for name in names})


LEAST = _permissions(*NEEDED)
WITH_PINS = _permissions(*NEEDED, *WELCOME)


def missing(allowed: discord.Permissions) -> list[str]:
    """Name what no chat can do without and is not among what is allowed in a channel, as Discord shows it."""
    return _missing(allowed, NEEDED)


def unwelcome(allowed: discord.Permissions) -> list[str]:
    """Name what a chat would leave out with what is allowed in a channel, as Discord shows it."""
    return _missing(allowed, WELCOME)


def _missing(allowed: discord.Permissions, names: dict[str, str]) -> list[str]:
    return [name for name in names if not _permissions(name) <= allowed]


def invite(application_id: int) -> str:
    """Give the link with which those who manage a guild invite the bot, with the least that all its parts need."""
    return discord.utils.oauth_url(
        application_id, permissions=WITH_PINS, scopes=("bot", "applications.commands")
    )
