"""The commands in the menu of a message: Highlight, Answers question…, Hide from transcript."""

from collections.abc import Awaitable, Callable

import discord

from bot.messages import Hidden, Highlighted
from bot.rooms.discord.answering import found, found_or_over, shown
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
    """Keep a message out of recap and transcript, or let it in again; also in a chat that is over."""
    chat, entry = await found_or_over(asked, message)
    asked.must_host(chat.state)
    if entry.hidden and entry.author:
        hidden = await asked.read(chat, lambda record: record.hidden_people())
        if entry.author.id in hidden:
            raise Refusal("All that this person says is hidden. Let it in again with `/chat show`.")
    told = await asked.change(chat, Hidden(entry.id, asked.by, not entry.hidden))
    return told if entry.hidden else f"{told} Choose it again to take that back."


#: What is offered in the menu of a message, by its name.
OFFERED: dict[str, Callable[[Asked, discord.Message], Awaitable[Answer]]] = {
    "Highlight": highlight,
    "Answers question…": answers,
    "Hide from transcript": hide,
}
