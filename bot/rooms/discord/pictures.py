"""The pictures of a script's questions, got before they are needed: no question waits for its picture for long."""

import asyncio
import logging
from pathlib import Path

from bot.media.fetching import FetchError, fetch
from bot.rooms.discord.posting import Upload
from bot.script.model import Image, Script

log = logging.getLogger(__name__)

#: The kinds of picture that Discord shows, with the ending that says so.
TYPES = {"image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/webp": ".webp"}
#: The largest picture, in bytes: what Discord takes where nobody pays for more.
MOST_BYTES = 10 * 1024 * 1024
#: The longest description of a picture that Discord takes.
LONGEST_ALT = 1024
#: How long a question waits for its picture, in seconds.
PATIENCE = 5.0


class Pictures:
    """The pictures of one script. `folder` is where the script's own files are; None where it has none."""

    def __init__(self, script: Script, folder: Path | None) -> None:
        self._order = [question.label for question in script.everything_asked]
        self._images = {q.label: q.image for q in script.everything_asked if q.image}
        self._folder = folder
        self._getting: dict[str, asyncio.Task[Upload | None]] = {}

    def ahead(self, label: str | None) -> None:
        """Begin to get the first picture after that question's, or the first of all."""
        following = self._order[self._order.index(label) + 1 :] if label in self._order else self._order
        for each in following:
            if image := self._images.get(each):
                self._get(each, image)
                return

    async def of(self, label: str | None) -> Upload | None:
        """Give the picture of a question; None where it has none or it cannot be had, which is logged."""
        image = self._images.get(label or "")
        if label is None or image is None:
            return None
        task = self._get(label, image)
        try:
            async with asyncio.timeout(PATIENCE):
                return await asyncio.shield(task)
        except TimeoutError:
            log.warning("%s is still under way, so its question goes out without it.", image.source)
            return None

    def posted(self, label: str | None) -> None:
        """Let go of a question's picture."""
        if task := self._getting.pop(label or "", None):
            task.cancel()

    def _get(self, label: str, image: Image) -> asyncio.Task[Upload | None]:
        if label not in self._getting:
            self._getting[label] = asyncio.create_task(self._got(image), name=image.source)
        return self._getting[label]

    async def _got(self, image: Image) -> Upload | None:
        try:
            name, data = await self._read(image.source)
        except (FetchError, OSError, ValueError) as error:
            log.warning("%s: %s Its question goes out without it.", image.source, error)
            return None
        return Upload(name, data, image.alt[:LONGEST_ALT])

    async def _read(self, source: str) -> tuple[str, bytes]:
        if source.startswith("https://"):
            fetched = await fetch(source, types=TYPES, most=MOST_BYTES)
            return f"picture{TYPES[fetched.type]}", fetched.data
        return await asyncio.to_thread(self._beside, source)

    def _beside(self, source: str) -> tuple[str, bytes]:
        """Read a picture beside the script. Raises FetchError and OSError."""
        path = (self._folder / source).resolve() if self._folder else None
        if path is None or self._folder is None or not path.is_relative_to(self._folder.resolve()):
            raise FetchError("It is not in the script's folder.")
        if path.stat().st_size > MOST_BYTES:
            raise FetchError(f"It is larger than {MOST_BYTES >> 20} MiB.")
        return f"picture{path.suffix.lower()}", path.read_bytes()
