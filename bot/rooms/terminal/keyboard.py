"""Where the terminal room's lines come from: somebody who types, or a pipe."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from typing import TextIO

#: How many lines a pipe may be ahead.
AHEAD = 100


async def typed(toolbar: Callable[[], str]) -> AsyncIterator[str]:
    """Give the lines that somebody types, under a running stream and above a live toolbar, until Ctrl-D or Ctrl-C."""
    from prompt_toolkit import PromptSession  # noqa: PLC0415  (half of the time that the whole program takes to start)
    from prompt_toolkit.patch_stdout import patch_stdout  # noqa: PLC0415

    session: PromptSession[str] = PromptSession("> ", bottom_toolbar=toolbar, refresh_interval=0.5)
    with patch_stdout(raw=True):
        while True:
            try:
                yield await session.prompt_async()
            except (EOFError, KeyboardInterrupt):
                return


async def piped(stream: TextIO) -> AsyncIterator[str]:
    """Give the lines of a pipe. They are read in a thread of their own, so that nobody waits for it to close."""
    lines: asyncio.Queue[str | None] = asyncio.Queue(AHEAD)
    loop = asyncio.get_running_loop()

    def read() -> None:
        for line in stream:
            asyncio.run_coroutine_threadsafe(lines.put(line), loop).result()
        asyncio.run_coroutine_threadsafe(lines.put(None), loop)

    threading.Thread(target=read, name="piped lines", daemon=True).start()
    while (line := await lines.get()) is not None:
        yield line
