"""Where what is written goes: standard output, or a file or folder that is there only once all of it is written."""

import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from bot.store import StoreError

#: What is in a folder that hashchat made, and may therefore replace.
MARKER = ".hashchat"


def named(path: Path | None) -> Path | None:
    """Give the file or folder that is meant; None for standard output, which `-` means too."""
    return None if path == Path("-") else path


def say_written(path: Path | None) -> int:
    """Say where something was written, unless that was standard output; give the exit status."""
    if named(path):
        print(f"Written: {path}", file=sys.stderr)
    return 0


@contextmanager
def output(path: Path | None) -> Iterator[IO[bytes]]:
    """Give what to write to. A file that was there before stays as it is if anything fails. Raises StoreError."""
    path = named(path)
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
def new_folder(target: Path, instead: str) -> Iterator[Path]:
    """Give a new folder that takes the target's place at the end; one with nothing in it is not kept.

    Only a folder that hashchat made before is replaced, or one that is empty: else this raises StoreError, and `instead`
    says what can be done besides moving the other away. Raises OSError.
    """
    if target.is_symlink() or (target.exists() and not _replaceable(target)):
        raise StoreError(f"{target} is there, and hashchat did not make it. Move it away, {instead}.")
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".hashchat-") as place:
        folder = Path(place) / "new"
        folder.mkdir()
        yield folder
        if target.exists():
            target.rename(Path(place) / "old")
        if any(folder.iterdir()):
            (folder / MARKER).touch()
            folder.rename(target)


def _replaceable(target: Path) -> bool:
    return (target / MARKER).is_file() or (target.is_dir() and not any(target.iterdir()))


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
