"""What the buttons, menus and forms of the bot do: read by the beginning of their custom ids, so that a restart changes nothing."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import discord

from bot.rooms.discord import answering, panel
from bot.rooms.discord.chats import Chats
from bot.rooms.discord.commands import people, steering
from bot.rooms.discord.desk import Answer, Asked, sent
from bot.rooms.discord.serving import serve

#: What does it, given all of the custom id behind the first colon.
Does = Callable[[Asked, str], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Route:
    """What is done when something is pressed or chosen; the answer may take the place of what it was pressed on."""

    does: Does
    in_place: bool = False


PRESSED = {
    "ans": Route(answering.form),
    "own": Route(answering.own),
    "mine": Route(answering.mine),
    "all": Route(answering.mine, in_place=True),
    "one": Route(answering.one, in_place=True),
    "put": Route(answering.put, in_place=True),
    "none": Route(answering.none, in_place=True),
    "edit": Route(answering.edit),
    "drop": Route(answering.drop, in_place=True),
    "pan": Route(panel.pressed, in_place=True),
    "forget": Route(people.forget, in_place=True),
}
SUBMITTED = {
    "ans": Route(answering.take),
    "own": Route(answering.edited),
    "say": Route(steering.said),
}


async def handle(chats: Chats, interaction: discord.Interaction) -> None:
    """Answer whoever has pressed a button, chosen from a menu or sent a form. Buttons of no known kind are left alone."""
    submitted = interaction.type is discord.InteractionType.modal_submit
    kind, _, rest = str(sent(interaction).get("custom_id", "")).partition(":")
    route = (SUBMITTED if submitted else PRESSED).get(kind)
    if route:
        await serve(chats, interaction, lambda asked: route.does(asked, rest), in_place=route.in_place)
