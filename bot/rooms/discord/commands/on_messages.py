"""The commands in the menu of a message: Highlight, Answers question…, Hide from transcript."""

from collections.abc import Awaitable, Callable

import discord

from bot.messages import Hidden, Highlighted
from bot.rooms.discord.answering import found, shown
from bot.rooms.discord.desk import Answer, Asked, Reply
from bot.session import Refusal


async def highlight(asked: Asked, message: discord.Message) -> str:
    """Lift a message out in the recap, or no longer."""
    sitting, entry = await found(asked, message)
    told = await sitting.live.ask(Highlighted(entry.id, asked.by, not entry.highlighted), by=asked.by)
    return told if entry.highlighted else f"{told} Choose it again to take that back."


async def answers(asked: Asked, message: discord.Message) -> Reply:
    """Ask which questions a message answers."""
    sitting, entry = await found(asked, message)
    return await shown(asked, sitting, entry.id)


async def hide(asked: Asked, message: discord.Message) -> str:
    """Keep a message out of recap and transcript, or let it in again."""
    sitting, entry = await found(asked, message)
    if entry.hidden and entry.author:
        hidden = await asked.read(sitting.chat, lambda record: record.hidden_people())
        if entry.author.id in hidden:
            asked.must_host(sitting.live.state)
            raise Refusal("All that this person says is hidden. Let it in again with `/chat show`.")
    told = await sitting.live.ask(Hidden(entry.id, asked.by, not entry.hidden), by=asked.by)
    return told if entry.hidden else f"{told} Choose it again to take that back."


#: What is offered in the menu of a message, by its name.
OFFERED: dict[str, Callable[[Asked, discord.Message], Awaitable[Answer]]] = {
    "Highlight": highlight,
    "Answers question…": answers,
    "Hide from transcript": hide,
}
