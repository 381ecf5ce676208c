"""One sitting in the terminal: the chat runs, and lines come in, until either ends."""

import asyncio
import contextlib
import shutil
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable

from bot.live import Clock, LiveChat, sleep
from bot.rooms.stopping import stopping
from bot.rooms.terminal.keyboard import piped, typed
from bot.rooms.terminal.lines import ForgetMe, Leave, NotUnderstood, Wait, understand
from bot.rooms.terminal.room import Terminal
from bot.rooms.terminal.screen import Screen, Tone
from bot.rooms.terminal.voices import KEYBOARD
from bot.session import Late, Over, Paused, Ready, Refusal, Resume, Start
from bot.store import LeaseLost, StoreError

#: The descriptor of standard input.
STDIN = 0


class Sitting:
    """Somebody types, or a pipe is read. `recapped` says that the recap had been shown before.

    `save` writes the transcript: at the end, for those who stay once the recap is shown, and when somebody is forgotten.
    """

    def __init__(
        self,
        live: LiveChat,
        room: Terminal,
        screen: Screen,
        clock: Clock,
        *,
        recapped: bool,
        save: Callable[[], Awaitable[None]],
    ) -> None:
        self._live = live
        self._room = room
        self._screen = screen
        self._clock = clock
        self._recapped_before = recapped
        self._save = save
        self._typing = _is_terminal(sys.stdin)

    async def sit(self) -> None:
        """Hold the chat until it is over, left or stopped; raises StoreError if another process takes it over."""
        if self._typing:
            self._room.welcome(self._live)
        with stopping(self._live.stop):
            running = asyncio.create_task(self._live.run())
            listening = asyncio.create_task(self._listen())
            saving = asyncio.create_task(self._save_for_those_who_stay())
            await asyncio.wait({running, listening}, return_when=asyncio.FIRST_COMPLETED)
            self._live.stop()
            listening.cancel()
            if not self._room.recapped.is_set():
                saving.cancel()
            for result in await asyncio.gather(running, listening, saving, return_exceptions=True):
                if isinstance(result, Exception):
                    raise result
            if self._live.state.ended and self._live.state.phase != Over(cancelled=True):
                await self._save()

    async def _listen(self) -> None:
        """Do what the lines ask for, until their end; what comes from a pipe goes on to the recap."""
        if not self._typing and isinstance(self._live.state.phase, Ready):
            await self._live.ask(Start(), by=KEYBOARD)
        async with contextlib.aclosing(self._lines()) as lines:
            number = 0
            async for text in lines:
                number += 1
                if await self._try(text, number):
                    return
        if not self._typing:
            await self._to_the_recap()

    async def _try(self, text: str, number: int) -> bool:
        """Do what one line asks for, or say why it cannot be done; tell whether it was to leave."""
        try:
            return await self._do(text)
        except LeaseLost:
            raise
        except (NotUnderstood, Refusal, StoreError) as error:
            head = f"> {text.strip()[:60]} —" if self._typing else f"line {number}:"
            self._screen.show(str(error), Tone.TROUBLE, head=head)
            return False

    def _lines(self) -> AsyncGenerator[str, None]:
        if not (self._typing and _is_terminal(sys.stdout)):
            return piped(STDIN)
        return typed(
            lambda: self._room.toolbar(self._live, shutil.get_terminal_size().columns),
            lambda: self._room.voices.names,
            self._live.stop,
        )

    async def _do(self, text: str) -> bool:
        match understand(text):
            case None:
                pass
            case Leave():
                return True
            case Wait(time):
                if self._typing:
                    self._screen.show("Waiting; what is typed meanwhile comes after it.", Tone.NOTE)
                await sleep(self._clock, time)
            case line:
                await self._room.handle(line, self._live)
                if isinstance(line, ForgetMe):
                    await self._save_again()
        return False

    async def _to_the_recap(self) -> None:
        """Go on until the recap is shown, now that nobody will type any more."""
        match self._live.state.phase:
            case Paused():
                await self._live.ask(Resume(), by=KEYBOARD)
            case Late() if self._recapped_before:
                self._room.show_recap(await self._live.recap())
            case _:
                pass
        await self._room.recapped.wait()

    async def _save_for_those_who_stay(self) -> None:
        await self._room.recapped.wait()
        if self._typing:
            await self._save()

    async def _save_again(self) -> None:
        """Write anew what was written with the words of somebody who asked to be forgotten."""
        if self._recapped_before or self._room.recapped.is_set():
            await self._save()


def _is_terminal(stream: object) -> bool:
    """Tell whether standard input or output is a terminal; there may be none at all."""
    return stream is not None and bool(getattr(stream, "isatty", bool)())
