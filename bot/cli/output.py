"""Where a recap or transcript goes: standard output, or a file that is there only once all of it is written."""

import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from bot.store import StoreError


@contextmanager
def output(path: Path | None) -> Iterator[IO[bytes]]:
    """Give what to write to. A file that was there before stays as it is if anything fails. Raises StoreError."""
    if path is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    target = path.resolve()
    if target.is_dir():
        raise StoreError(f"{path} is a folder. Name a file in it with --output.")
    if not target.parent.is_dir():
        raise StoreError(
            f"There is no folder {path.parent}. Make it first, or name another file with --output."
        )
    try:
        if target.exists() and not target.is_file():  # a device or a pipe is written to, not replaced
            with target.open("wb") as device:
                yield device
        else:
            with _replacing(target) as file:
                yield file
    except BrokenPipeError:
        raise
    except OSError as error:
        raise StoreError(
            f"{path} cannot be written: {error.strerror}. Name another file with --output."
        ) from error


@contextmanager
def _replacing(target: Path) -> Iterator[IO[bytes]]:
    """Give a file beside the target, with the target's rights or those of any new file, that takes its place at the end."""
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".hashchat-", delete=False) as file:
        try:
            yield file
            Path(file.name).chmod(
                stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o666 & ~_umask()
            )
        except BaseException:
            Path(file.name).unlink()
            raise
    Path(file.name).replace(target)


def _umask() -> int:
    """Give what the rights of new files leave out; it can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
