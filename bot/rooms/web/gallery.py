"""The pictures that a script names: beside it, or somewhere on the web; made clean like those that people share."""

from pathlib import Path

from bot.media.fetching import FetchError, fetch
from bot.rooms.web.pictures import MOST_BYTES, TYPES, Darkroom, Picture, PictureRefused
from bot.script.model import Image


class Gallery:
    """Gets the pictures of one script, whose own folder is `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._darkroom = Darkroom()

    async def picture(self, image: Image | None) -> Picture | None:
        """Give a picture, or None if it cannot be had: the question is there as text, and so is what the picture shows."""
        if image is None:
            return None
        try:
            return await self._darkroom.clean(await self._data(image.source))
        except (FetchError, OSError, PictureRefused):
            return None

    async def _data(self, source: str) -> bytes:
        if source.startswith("https://"):
            return (await fetch(source, types=TYPES.values(), most=MOST_BYTES)).data
        path = (self._folder / source).resolve()
        if not path.is_relative_to(self._folder.resolve()):
            raise FetchError("That picture is not in the script's folder.")
        return path.read_bytes()
