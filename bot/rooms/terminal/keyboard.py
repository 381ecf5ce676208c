"""Where the terminal room's lines come from: somebody who types, or a pipe."""

import asyncio
import codecs
import contextlib
import os
import threading
from collections.abc import AsyncGenerator, Callable, Iterator

from bot.rooms.terminal.lines import COMMANDS

#: How much of a pipe is read at a time, in bytes, and how many such pieces ahead.
PIECE = 65_536
AHEAD = 4


async def typed(
    toolbar: Callable[[], str], names: Callable[[], list[str]], leave: Callable[[], None]
) -> AsyncGenerator[str, None]:
    """Give the lines that somebody types, under a running stream and above a live toolbar; Ctrl-D or Ctrl-C is `leave`.

    A line vanishes once it is typed: what comes of it is shown in the stream. Meanwhile the next can be typed. Tab completes
    commands and `names`.
    """
    # Half of the time that the whole program takes to start, and only for those who type.
    from prompt_toolkit import PromptSession  # noqa: PLC0415
    from prompt_toolkit.completion import DynamicCompleter, WordCompleter  # noqa: PLC0415
    from prompt_toolkit.patch_stdout import patch_stdout  # noqa: PLC0415
    from prompt_toolkit.shortcuts import CompleteStyle  # noqa: PLC0415

    commands = [f"/{name}" for name in COMMANDS]
    session: PromptSession[str] = PromptSession(
        "> ",
        bottom_toolbar=toolbar,
        refresh_interval=0.5,
        erase_when_done=True,
        completer=DynamicCompleter(lambda: WordCompleter([*commands, *names()], WORD=True)),
        complete_while_typing=False,
        complete_style=CompleteStyle.READLINE_LIKE,
        reserve_space_for_menu=0,
    )
    lines: asyncio.Queue[str] = asyncio.Queue()

    async def read() -> None:
        # Raw also between two prompts, so that what is typed just then is not echoed into the stream.
        with (
            contextlib.suppress(EOFError, KeyboardInterrupt),
            session.input.raw_mode(),
            patch_stdout(raw=True),
        ):
            while True:
                lines.put_nowait(await session.prompt_async())
        leave()

    reading = asyncio.create_task(read(), name="typed lines")
    try:
        while True:
            yield await lines.get()
    finally:
        reading.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await reading


async def piped(source: int) -> AsyncGenerator[str, None]:
    """Give the lines of a pipe or file, by its descriptor, as UTF-8; what is none comes as U+FFFD.

    It is read in a thread of its own, so that nobody waits for it to close. The thread reads the descriptor itself: one that
    is left behind in Python's own standard input would take its lock along, on which the end of the program waits.
    """
    pieces: asyncio.Queue[list[str] | None] = asyncio.Queue()
    room = threading.Semaphore(AHEAD)
    loop = asyncio.get_running_loop()

    def read() -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody listens any more
            for piece in _pieces(source):
                room.acquire()
                loop.call_soon_threadsafe(pieces.put_nowait, piece)
            loop.call_soon_threadsafe(pieces.put_nowait, None)

    threading.Thread(target=read, name="piped lines", daemon=True).start()
    while (piece := await pieces.get()) is not None:
        for line in piece:
            yield line
        room.release()


def _pieces(source: int) -> Iterator[list[str]]:
    """Read a descriptor to its end: whole lines, as many at a time as there are."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    rest = ""
    while data := _read(source):
        *lines, rest = (rest + decoder.decode(data)).split("\n")
        yield lines
    yield [rest + decoder.decode(b"", final=True)]


def _read(source: int) -> bytes:
    try:
        return os.read(source, PIECE)
    except OSError:  # closed, or a folder: nothing more will come
        return b""
