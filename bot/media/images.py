"""Whether the images that a script wants beside it are there."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bot.script.source import Problem

if TYPE_CHECKING:
    from bot.script.parse import Picture


def missing_images(pictures: "Iterable[Picture]", folder: Path) -> tuple[Problem, ...]:
    """Give the images that are not in the script's folder, or that only links lead to from there."""
    return tuple(_missing(pictures, folder))


def _missing(pictures: "Iterable[Picture]", folder: Path) -> Iterator[Problem]:
    for picture in pictures:
        shown = picture.path if len(picture.path) <= 80 else picture.path[:79] + "…"
        try:
            real = (folder / picture.path).resolve()
            inside, there = real.is_relative_to(folder.resolve()), real.is_file()
        except (
            OSError,
            RuntimeError,
            ValueError,
        ):  # a name that the file system refuses, or links in a circle
            inside, there = True, False
        if not inside:
            what, instead = (
                f"the image `{shown}` is a link that leaves the script's folder",
                "put the file itself there",
            )
            yield Problem(picture.line, picture.column, what, instead)
        elif not there:
            what, instead = (
                f"the image `{shown}` is not there",
                "put it into the script's folder, or correct its name",
            )
            yield Problem(picture.line, picture.column, what, instead)
