"""The folder of an archive: what is written there is ours from then on; everything else in it is left alone.

A file takes its place whole, so that nobody is ever served half of one. What is ours is noted before it is written: a crash at
any moment leaves nothing that the next time does not find.
"""

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Any, Self

from bot.store import StoreError

#: Where the archive keeps, in its own folder, what it has to know the next time.
KEPT = ".hashchat-archive"
#: What a run that was killed has left behind is removed after that time, where no lock says at once that it has ended.
_STALE = timedelta(days=1)
#: The size of what is not known to be there: no file has it.
_NONE = -1


@dataclass(frozen=True, slots=True)
class Part:
    """Files that are made together, with their sizes in bytes.

    `inputs` stands for all that they are made from, `facts` is what is known of them.
    """

    inputs: str = ""
    files: Mapping[str, int] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)


class Folder:
    """Puts parts into the folder, by names of their own. A file is told by its path there, with `/` between its parts.

    Make one with `Folder.open`. Everything raises StoreError for what stands in the way, and OSError.
    """

    def __init__(self, root: Path, new: Path) -> None:
        self.parts: dict[str, Part] = {}
        self.written = 0
        self._root = root
        self._new = new
        self._seen: set[str] = set()
        self._staged = 0

    @classmethod
    @contextmanager
    def open(cls, root: Path, now: datetime, wanted: Iterable[str]) -> Iterator[Self]:
        """Open the folder for one run alone, made where it is not there. Of the `wanted` files none may be somebody else's."""
        kept = root / KEPT
        root.mkdir(parents=True, exist_ok=True)
        with _alone(root) as alone:
            folder = cls(root.resolve(), kept)
            folder._read()
            for path in wanted:
                folder._check(path, folder._ours())
            kept.mkdir(exist_ok=True)
            for left in kept.glob("new-*"):
                if alone or now.timestamp() - left.stat().st_mtime > _STALE.total_seconds():
                    shutil.rmtree(left, ignore_errors=True)
            with tempfile.TemporaryDirectory(dir=kept, prefix="new-") as new:
                folder._new = Path(new)
                yield folder

    def current(self, name: str, inputs: str) -> bool:
        """Tell whether a part is there as it would be made of those inputs; if so, it stays."""
        part = self.parts.get(name)
        there = (
            part is not None and part.inputs == inputs and all(self.has(name, path) for path in part.files)
        )
        if there:
            self._seen.add(name)
        return there

    def has(self, name: str, path: str) -> bool:
        """Tell whether a file of a part is there, as large as it was made."""
        return _size(self._root / path) == self.parts[name].files.get(path, _NONE)

    def stage(self) -> Path:
        """Give an empty folder in which a part can be written."""
        self._staged += 1
        stage = self._new / str(self._staged)
        stage.mkdir()
        return stage

    def put(
        self,
        name: str,
        stage: Path,
        *,
        at: str = "",
        inputs: str,
        facts: Mapping[str, Any],
        keep: Collection[str] = (),
        beside: bytes = b"",
    ) -> None:
        """Put the part that was written into the stage in its place, below `at`, in place of what was there of it.

        What it had before and has no longer is removed, but for the files to `keep`. What is `beside` it is no file of the
        archive, but kept for the next time.
        """
        files = {
            str(PurePosixPath(at, *file.relative_to(stage).parts)): file
            for file in sorted(stage.rglob("*"))
            if file.is_file()
        }
        ours = self._ours()
        for path in files:
            self._check(path, ours)
        before = self.parts.get(name, Part())
        sizes = {path: file.stat().st_size for path, file in files.items()}
        if beside:
            sizes[_beside(name)] = len(beside)
        self._note(name, Part("", {**before.files, **sizes}, before.facts))
        for path, file in files.items():
            target = self._root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            file.replace(target)
        self._remove(set(before.files) - {*sizes, *keep})
        if beside:
            self._replace(self._root / _beside(name), beside)
        self._note(name, Part(inputs, {path: before.files[path] for path in sorted(keep)} | sizes, facts))
        self._seen.add(name)
        self.written += len(files)
        shutil.rmtree(stage)

    def clear(self) -> int:
        """Remove the parts that were neither put nor found current since the folder was opened; gives how many."""
        gone = [name for name in self.parts if name not in self._seen]
        for name in gone:
            self._remove(self.parts.pop(name).files)
            (self._root / KEPT / f"{name}.json").unlink(missing_ok=True)
        return len(gone)

    def beside(self, name: str) -> bytes:
        """Give what was put beside a part."""
        return (self._root / _beside(name)).read_bytes()

    def _ours(self) -> set[str]:
        return {path for part in self.parts.values() for path in part.files}

    def _read(self) -> None:
        for file in sorted((self._root / KEPT).glob("*.json")):
            try:
                value = json.loads(file.read_bytes())
                sizes = value["files"]
                if isinstance(sizes, list):  # before there were sizes
                    sizes = dict.fromkeys((*sizes, _beside(file.stem)), _NONE)
                self.parts[file.stem] = Part(value["inputs"], dict(sizes), value["facts"])
            except (ValueError, KeyError, TypeError) as error:
                raise StoreError(
                    f"{file} is damaged. Delete {self._root}, and build the archive anew."
                ) from error

    def _note(self, name: str, part: Part) -> None:
        self.parts[name] = part
        self._replace(self._root / KEPT / f"{name}.json", json.dumps(asdict(part)).encode())

    def _replace(self, target: Path, data: bytes) -> None:
        new = self._new / "noted"
        new.write_bytes(data)
        new.replace(target)

    def _check(self, path: str, ours: Collection[str]) -> None:
        """Raise StoreError where something stands at that path that is not ours, or the path leads out of the folder."""
        target = self._root / path
        if path not in ours and (target.is_symlink() or target.exists()):
            raise StoreError(
                f"{target} is there, and hashchat did not write it. Move it away, or choose another folder."
            )
        if not target.parent.resolve().is_relative_to(self._root):
            raise StoreError(
                f"{target.parent} leads out of {self._root}. Remove that link, or choose another folder."
            )

    def _remove(self, paths: Iterable[str]) -> None:
        for path in paths:
            target = self._root / path
            target.unlink(missing_ok=True)
            for parent in target.parents:
                if parent == self._root:
                    break
                with suppress(OSError):  # something else is in it
                    parent.rmdir()


def _beside(name: str) -> str:
    return f"{KEPT}/{name}.beside"


def _size(path: Path) -> int | None:
    """Give how large a file is, in bytes; None where there is none."""
    return path.stat().st_size if path.is_file() else None


@contextmanager
def _alone(root: Path) -> Iterator[bool]:
    """Let no other run into the folder, by a lock of the system's, which ends with the process however that ends.

    Gives False where others are not held off: on Windows, which cannot open a folder, and on file systems without locks.
    """
    if sys.platform == "win32":
        yield False
        return
    from fcntl import LOCK_EX, LOCK_NB, flock  # noqa: PLC0415  (Windows does not have it)

    folder = os.open(root, os.O_RDONLY)
    try:
        alone = False
        with suppress(OSError):
            try:
                flock(folder, LOCK_EX | LOCK_NB)
                alone = True
            except BlockingIOError as error:
                raise StoreError(
                    f"Another run is under way: it builds the archive in {root}. Wait for its end, and run the same command again."
                ) from error
        yield alone
    finally:
        os.close(folder)
