"""Stopping a room from outside."""

import asyncio
import contextlib
import signal
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def stopping(stop: Callable[[], None]) -> Iterator[None]:
    """Let Ctrl-C and SIGTERM stop things cleanly, where the system has such signals for loops."""
    loop = asyncio.get_running_loop()
    signals: tuple[signal.Signals, ...] = (signal.SIGINT, signal.SIGTERM)
    try:
        for each in signals:
            loop.add_signal_handler(each, stop)
    except NotImplementedError:
        signals = ()
    try:
        yield
    finally:
        for each in signals:
            loop.remove_signal_handler(each)
