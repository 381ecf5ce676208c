"""Doing what somebody asks of the bot in Discord, and answering them within the time that Discord gives."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from io import BytesIO

import aiohttp
import discord
from discord.ui import Item, Modal, View

from bot.rooms.discord.chats import Chats
from bot.rooms.discord.desk import Answer, Asked, File, Reply
from bot.rooms.discord.written import split
from bot.session import Refusal
from bot.store import StoreError

log = logging.getLogger(__name__)

Work = Callable[[Asked], Awaitable[Answer]]

#: Discord waits 3 s for an answer, and then tells the person that nothing came. What takes longer is said to be under way.
PATIENCE = 1.5
_NOBODY = discord.AllowedMentions.none()
#: Discord's own codes for an interaction that it no longer knows, and for one that it has taken a response to.
UNKNOWN, RESPONDED = 10062, 40060
#: What goes wrong on the way to Discord, or there.
_ON_THE_WAY = (discord.HTTPException, aiohttp.ClientError, OSError)

WENT_WRONG = "Something went wrong here, and it has been noted. Try again in a moment."
TOO_LONG = "That took too long. Press it again."


async def serve(
    chats: Chats, interaction: discord.Interaction, work: Work, *, in_place: bool = False
) -> None:
    """Do what is asked, and answer whoever asked; what is asked is done also where they cannot be answered.

    `in_place`: the answer takes the place of the message on which something was pressed. Never raises but CancelledError.
    """
    asker = _Asker(interaction, in_place=in_place and _private(interaction))
    chats.in_hand()
    async with asyncio.TaskGroup() as group:
        doing = group.create_task(_done(chats, interaction, work))
        try:
            await asyncio.wait({doing}, timeout=PATIENCE)
            if not doing.done():
                await asker.defer()
            await asker.answer(*await doing)
        except Exception as error:  # noqa: BLE001  (it is said below)
            _say_unanswered(interaction, error)


def _private(interaction: discord.Interaction) -> bool:
    """Tell whether what was pressed stands on a message for one person alone: no other is ever changed by a press."""
    return interaction.message is not None and interaction.message.flags.ephemeral


async def _done(chats: Chats, interaction: discord.Interaction, work: Work) -> tuple[Answer, bool]:
    """Do what is asked; give the answer, and whether it was done."""
    try:
        return await work(Asked(chats, interaction)), True
    except (Refusal, StoreError) as refused:
        return str(refused), False
    except Exception:
        log.exception("What somebody asked for in guild %s could not be done.", interaction.guild_id)
        return WENT_WRONG, False


def _say_unanswered(interaction: discord.Interaction, error: Exception) -> None:
    if isinstance(error, discord.HTTPException) and error.code == UNKNOWN:
        return
    # of a client that has left, discord.py and aiohttp tell by errors of many kinds
    mistake = not (isinstance(error, _ON_THE_WAY) or interaction.client.is_closed())
    level, trace = (logging.ERROR, error) if mistake else (logging.WARNING, None)
    log.log(level, "An answer to somebody could not be given (%s).", error, exc_info=trace)


class _Asker:
    """Whoever asked: told at first by a response, of which Discord takes one, and then by what follows it."""

    def __init__(self, interaction: discord.Interaction, *, in_place: bool) -> None:
        self._interaction = interaction
        self._in_place = in_place
        self._responded = False

    async def defer(self) -> None:
        """Say that it is under way."""
        response = self._interaction.response
        await self._respond(
            response.defer if self._in_place else partial(response.defer, ephemeral=True, thinking=True)
        )

    async def answer(self, answer: Answer, well: bool) -> None:  # noqa: FBT001  (as `_done` gives it)
        """Give the answer; what was pressed stays where it was not done `well`."""
        if isinstance(answer, Modal):
            answer.stop()  # discord.py is to keep nothing: forms are read where all interactions come in
            if not self._responded:
                await self._respond(partial(self._interaction.response.send_modal, answer))
                return
            answer = TOO_LONG
        reply = Reply(answer) if isinstance(answer, str) else answer
        texts = split(reply.text)
        if self._in_place and well:
            await self._put_in_place(texts[0], _view(reply.items))
            return
        for text in texts[:-1]:
            await self._say(text)
        await self._say(texts[-1], _view(reply.items), reply.file)

    async def _say(self, text: str, view: View | None = None, file: File | None = None) -> None:
        async def say(send: Callable[..., Awaitable[object]]) -> None:
            attached = discord.File(BytesIO(file.data), file.name) if file else discord.utils.MISSING
            shown = view or discord.utils.MISSING
            await send(
                text,
                view=shown,
                file=attached,
                ephemeral=True,
                allowed_mentions=_NOBODY,
                suppress_embeds=True,
            )

        if self._responded:
            await say(self._interaction.followup.send)
        else:
            await self._respond(partial(say, self._interaction.response.send_message))

    async def _put_in_place(self, text: str, view: View | None) -> None:
        response, edit = self._interaction.response, self._interaction.edit_original_response
        if self._responded:
            await edit(content=text, view=view, allowed_mentions=_NOBODY)
        else:
            await self._respond(
                partial(response.edit_message, content=text, view=view, allowed_mentions=_NOBODY)
            )

    async def _respond(self, respond: Callable[[], Awaitable[object]]) -> None:
        """Give the response, once more where the connection is lost: if Discord has it by then, it says so."""
        try:
            try:
                await respond()
            except (aiohttp.ClientError, OSError):
                await respond()
        except discord.HTTPException as error:
            if error.code != RESPONDED:
                raise
        except TypeError:  # a server says 204, which discord.py does not expect and fails to read
            if not self._interaction.response.is_done():
                raise
        self._responded = True


def _view(items: tuple[Item[View], ...]) -> View | None:
    """Set what can be pressed below a text."""
    if not items:
        return None
    view = View(timeout=None)
    for item in items:
        view.add_item(item)
    view.stop()  # nothing is to be kept, as with forms
    return view
