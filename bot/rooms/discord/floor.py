"""The question on the floor: pinned, and with a thread where the script wants one.

What is to be so is known from what has been posted, and what the bot has pinned from its notes. So all of this may be done
again at any time, and is done again after a restart.
"""

import asyncio
import logging
from dataclasses import dataclass
from typing import Literal

from bot.live import RoomError
from bot.rooms.discord import written
from bot.rooms.discord.posting import GONE, Denied, Poster, asking, at_last
from bot.store import Chat, Store, in_words

log = logging.getLogger(__name__)

#: What notes of pinned messages are called by; the message's id follows. Only these are ever unpinned.
PIN = "pin:"
#: As long as the name of a thread may be, and after how many minutes of silence it is archived.
LONGEST_NAME = 100
ARCHIVED_AFTER: Literal[1440] = 1440

_HAS_A_THREAD = 160004
_TOO_MANY_PINS = 30003


@dataclass(frozen=True, slots=True)
class Question:
    """The post of a question: its id, and its text."""

    id: int
    text: str


class Floor:
    """Keeps pins and threads in line with the question on the floor. Keep `run` going."""

    def __init__(self, chat: Chat, store: Store, poster: Poster, channel: int) -> None:
        self._chat = chat
        self._store = store
        self._record = store.record(chat)
        self._poster = poster
        self._channel = channel
        self._threads = chat.script.question_threads
        self._may_pin = True
        self._pinned: set[int] | None = None
        self._sure: int | None = None
        self._wanted: Question | None = None
        self._threaded: int | None = None
        self._wake = asyncio.Event()
        self._settled = asyncio.Event()
        self._settled.set()

    def asked(self, question: Question | None) -> None:
        """Know which question is on the floor now, or that none is any more."""
        self._wanted = question
        self._settled.clear()
        self._wake.set()

    def allowed(self) -> None:
        """Know that the bot may be allowed to pin by now, where it was not."""
        if not self._may_pin:
            self._may_pin, self._sure = True, None
            self._settled.clear()
            self._wake.set()

    async def run(self) -> None:
        """Pin, unpin and open threads, for ever."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            await at_last(self._poster.clock, self._settle)
            if not self._wake.is_set():
                self._settled.set()

    async def settled(self) -> None:
        """Wait until all is as it should be, or cannot be."""
        await self._settled.wait()

    async def _settle(self) -> None:
        question = self._wanted
        if question and self._threads and self._threaded != question.id:
            await self._open_thread(question)
        wanted = question.id if question else None
        pinned = await self._noted()
        for former in sorted(pinned - {wanted}):
            await self._unpin(former)
        if wanted is not None and self._may_pin:
            await self._pin(wanted)

    async def _open_thread(self, question: Question) -> None:
        name = written.cut(" ".join(question.text.partition("\n")[0].split()), LONGEST_NAME)
        try:
            async with asking(self._poster.line, self._channel) as client:
                message = self._poster.message(client, self._channel, question.id)
                if message.guild is None:
                    raise RoomError("The server is not there yet.")
                await message.create_thread(name=name, auto_archive_duration=ARCHIVED_AFTER)
        except Denied as error:
            if error.code != _HAS_A_THREAD:
                log.warning("%s: the question gets no thread: %s", self._chat.name, error)
        self._threaded = question.id

    async def _noted(self) -> set[int]:
        if self._pinned is None:
            with in_words(self._store.path):
                notes = await self._record.notes(PIN)
            self._pinned = {int(key.removeprefix(PIN)) for key in notes}
        return self._pinned

    async def _pin(self, message: int) -> None:
        pinned = await self._noted()
        if self._sure == message:
            return
        await self._store.note(self._chat, {f"{PIN}{message}": ""})
        pinned.add(message)
        try:
            async with asking(self._poster.line, self._channel) as client:
                await self._poster.message(client, self._channel, message).pin()
        except Denied as error:
            self._may_pin = error.code == _TOO_MANY_PINS or error.status == GONE
            log.info("%s: the question is not pinned: %s", self._chat.name, error)
            await self._store.note(self._chat, {f"{PIN}{message}": None})
            pinned.discard(message)
        self._sure = message

    async def _unpin(self, message: int) -> None:
        try:
            async with asking(self._poster.line, self._channel) as client:
                await self._poster.message(client, self._channel, message).unpin()
        except Denied as error:
            if error.status != GONE:
                log.info("%s: a question stays pinned: %s", self._chat.name, error)
                return
        await self._store.note(self._chat, {f"{PIN}{message}": None})
        (await self._noted()).discard(message)
