"""All that the bot offers by commands: the group `/chat`, and three in the menu of a message."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import discord
from discord import app_commands

from bot.rooms.discord.chats import Chats
from bot.rooms.discord.commands import on_messages, people, reading, starting, steering
from bot.rooms.discord.commands.presses import handle
from bot.rooms.discord.desk import Answer, Asked
from bot.rooms.discord.serving import serve
from bot.session import Refusal

__all__ = ["handle", "register"]

log = logging.getLogger(__name__)

#: The commands of the group, in the order in which people find them.
OFFERS = (*starting.OFFERS, *steering.OFFERS, *reading.OFFERS, *people.OFFERS)


def register(tree: "app_commands.CommandTree[Any]", chats: Chats) -> None:
    """Put all commands into a tree: for guilds only, and for everyone, since who may what is decided when it is asked."""
    group = app_commands.Group(
        name="chat",
        description="Hold a live hashtag chat, and take part in it",
        allowed_contexts=_guilds(),
        allowed_installs=_by_guilds(),
    )
    for offer in OFFERS:
        group.add_command(offer.command(chats))
    tree.add_command(group)
    for name, does in on_messages.OFFERED.items():
        tree.add_command(_in_menu(name, does, chats))

    @tree.error
    async def failed(interaction: discord.Interaction, error: app_commands.AppCommandError) -> None:
        await _failed(chats, interaction, error)


def _guilds() -> app_commands.AppCommandContext:
    return app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False)


def _by_guilds() -> app_commands.AppInstallationType:
    return app_commands.AppInstallationType(guild=True, user=False)


def _in_menu(
    name: str, does: Callable[[Asked, discord.Message], Awaitable[Answer]], chats: Chats
) -> app_commands.ContextMenu:
    async def callback(interaction: discord.Interaction, message: discord.Message) -> None:
        await serve(chats, interaction, lambda asked: does(asked, message))

    return app_commands.ContextMenu(
        name=name, callback=callback, allowed_contexts=_guilds(), allowed_installs=_by_guilds()
    )


async def _failed(
    chats: Chats, interaction: discord.Interaction, error: app_commands.AppCommandError
) -> None:
    """Answer where a command could not even be begun: what Discord sent is not what was asked for."""
    if interaction.type is discord.InteractionType.autocomplete:
        return
    log.warning("A command could not be read (%s).", error)

    async def refuse(_: Asked) -> Answer:
        raise Refusal(
            "Discord sent that command in a form that is out of date. Reload Discord, and try it again."
        )

    await serve(chats, interaction, refuse)
