"""A command as the bot offers it, and as discord.py knows it."""

import functools
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import Choice

from bot.rooms.discord.chats import Chats
from bot.rooms.discord.desk import Answer, Asked
from bot.rooms.discord.serving import serve
from bot.session import Refusal
from bot.store import StoreError

log = logging.getLogger(__name__)

#: The most options that Discord shows for what has been typed.
MOST_CHOICES = 25

Complete = Callable[[Asked, str], Awaitable[list[Choice[str]]]]


@dataclass(frozen=True, slots=True)
class Offer:
    """A command: its name, what it is for, what does it, what each of its options is for, and who completes them."""

    name: str
    description: str
    does: Callable[..., Awaitable[Answer]]
    options: Mapping[str, str] = field(default_factory=dict)
    completes: Mapping[str, Complete] = field(default_factory=dict)

    def command(self, chats: Chats) -> "app_commands.Command[Any, ..., None]":
        """Make a command of it; its options are the parameters of what does it, after the first."""

        @functools.wraps(self.does)
        async def callback(interaction: discord.Interaction, **options: Any) -> None:
            await serve(chats, interaction, lambda asked: self.does(asked, **options))

        if self.options:
            app_commands.describe(**self.options)(callback)
        command: app_commands.Command[Any, ..., None] = app_commands.Command(
            name=self.name, description=self.description, callback=callback
        )
        for option, complete in self.completes.items():
            command.autocomplete(option)(_completing(chats, complete))
        return command


def _completing(chats: Chats, complete: Complete) -> Any:
    """Give what discord.py asks for the options to what has been typed; where it fails, none are shown."""

    async def options(interaction: discord.Interaction, typed: str) -> list[Choice[str]]:
        chats.in_hand()
        try:
            return await complete(Asked(chats, interaction), typed)
        except (Refusal, StoreError):
            return []
        except Exception:
            log.exception("Options for %r could not be found.", typed)
            return []

    return options
