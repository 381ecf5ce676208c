"""Files beside an export that hang on its messages: read from its own folder only, within limits."""

from pathlib import Path
from urllib.parse import unquote

from bot.messages import Attachment
from bot.store import Media

#: The most that is kept of one file, and of all together, in bytes: as much as of chats on Discord.
LARGEST = 10 << 20
MOST = 200 << 20


class Beside:
    """Takes in the files of one import."""

    def __init__(self) -> None:
        self._taken = 0

    def take(self, export: Path, attachment: Attachment, by: str) -> Media | None:
        """Give a file as it is to be kept, under the url that its attachment is to have, or why it cannot be.

        None for one that is on the web.
        """
        if attachment.url.lower().startswith(("http://", "https://")):
            return None
        url = "/" + attachment.url.replace("\\", "/").lstrip("/")
        data, why = self._data(export, attachment.url)
        return Media(url, by, attachment.name, attachment.type, data=data, why=why)

    def _data(self, export: Path, written: str) -> tuple[bytes | None, str | None]:
        path = _inside(export.parent, written)
        if path is None:
            return None, "it is not beside the file that was imported"
        size = path.stat().st_size
        if size > LARGEST:
            return None, f"it is larger than {LARGEST >> 20} MiB"
        if self._taken + size > MOST:
            return None, f"the files of the chat are larger than {MOST >> 20} MiB"
        try:
            data = path.read_bytes()
        except OSError as error:
            return None, f"it cannot be read ({error.strerror})"
        self._taken += len(data)
        return data, None


def _inside(folder: Path, written: str) -> Path | None:
    """Give the file of that name if it is in the folder; whatever an export says, no other is read."""
    root = folder.resolve()
    for name in (written, unquote(written)):
        try:
            path = (root / name.replace("\\", "/")).resolve()
            if path.is_relative_to(root) and path.is_file():
                return path
        except (OSError, ValueError):
            continue
    return None
