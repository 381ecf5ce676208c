"""Where what is written goes: standard output, or a file or folder that is there only once all of it is written."""

import os
import stat
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import IO, TypeVar

from bot.store import StoreError

#: What is in a folder that hashchat made, and may therefore replace.
MARKER = ".hashchat"
#: What people write by hand: scripts, and what a story is to tell.
_BY_HAND = (".yaml", ".yml")
#: The ending of a form that is not called like it: a piece of a page.
_ENDS_IN = {"blog": "html"}
#: Endings that are another spelling of a form's.
_SPELT = {"htm": "html", "markdown": "md"}
#: How every database of SQLite begins (https://www.sqlite.org/fileformat.html), and what the files beside it end in.
_DATABASE, _BESIDE = b"SQLite format 3\0", ("", "-wal", "-shm", "-journal")

Form = TypeVar("Form", bound=StrEnum)


def named(path: Path | None) -> Path | None:
    """Give the file or folder that is meant; None for standard output, which `-` means too."""
    return None if path == Path("-") else path


def say_written(path: Path | None) -> int:
    """Say where something was written, unless that was standard output; give the exit status."""
    if named(path):
        print(f"Written: {path}", file=sys.stderr)
    return 0


def form_for(asked: Form | None, path: Path | None, default: Form) -> Form:
    """Give the form that is asked for, or else the one that the file's ending names; say so where the ending names another."""
    ending = path.suffix.lower().removeprefix(".") if path else ""
    forms = {form.value: form for form in type(default)}
    meant = forms.get(_SPELT.get(ending, ending))
    if ending and not (asked or meant):
        print(
            f"Note: {path} is to be {default}, as no form of this is called {ending}. There are {', '.join(forms)}.",
            file=sys.stderr,
        )
    if asked and meant and meant.value not in (asked.value, _ENDS_IN.get(asked.value)):
        print(
            f"Note: {path} is written as {asked}, as --format says, though its name ends in .{ending}.",
            file=sys.stderr,
        )
    return asked or meant or default


@contextmanager
def output(path: Path | None, option: str = "--output", others: Iterable[Path] = ()) -> Iterator[IO[bytes]]:
    """Give what to write to, and put it in its place once all of it is written.

    A file that was there before stays as it is if anything fails; so do a database, what is written by hand, and the `others`
    that the same command reads or writes. `option` is where the path is from. Raises StoreError.
    """
    path = named(path)
    if path is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    device = path.exists() and not (path.is_file() or path.is_dir())
    target = path if device else path.resolve()  # what /dev/stdout links to in a pipe has no path
    if target.is_dir():
        raise StoreError(f"{path} is a folder. Name a file in it with {option}.")
    if not target.parent.is_dir():
        raise StoreError(
            f"There is no folder {path.parent}. Make it first, or name another file with {option}."
        )
    try:
        if kept := _kept(target, others):
            raise StoreError(f"{path} is {kept}, and stays as it is. Name another file with {option}.")
        if device:  # or a pipe: it is written to, not replaced
            with target.open("wb") as file:
                yield file
        else:
            with _replacing(target) as file:
                yield file
    except BrokenPipeError:
        raise
    except OSError as error:
        raise StoreError(
            f"{path} cannot be written: {error.strerror}. Name another file with {option}."
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


def _kept(target: Path, others: Iterable[Path]) -> str | None:
    """Say what a file is that nothing may take the place of; None for any other. Raises OSError."""
    if _is_database(target):
        return "a database, or belongs to one"
    if not target.is_file():
        return None
    if any(other.exists() and target.samefile(other) for other in others):
        return "named twice in this command"
    return "written by hand (YAML)" if target.suffix.lower() in _BY_HAND else None


def _is_database(target: Path) -> bool:
    names = (target.name.removesuffix(end) for end in _BESIDE if target.name.endswith(end))
    for file in (target.with_name(name) for name in names if name):
        if file.is_file():
            with file.open("rb") as data:
                if data.read(len(_DATABASE)) == _DATABASE:
                    return True
    return False


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
