"""The page itself: its files, read once."""

import gzip
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from bot.rooms.web.bodies import has
from bot.rooms.web.guard import Refused

FOLDER = Path(__file__).with_name("static")

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
}


@dataclass(frozen=True, slots=True)
class _Asset:
    type: str
    data: bytes
    packed: bytes
    tag: str


class Assets:
    """Sends the page's files; a browser that has one as it is gets told so, and nothing more."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._assets = dict(_read(folder))

    async def page(self, request: web.Request) -> web.Response:
        """Send the page."""
        return self._send(request, "index.html")

    async def file(self, request: web.Request) -> web.Response:
        """Send one of its files. Raises Refused."""
        return self._send(request, request.match_info["name"])

    def _send(self, request: web.Request, name: str) -> web.Response:
        asset = self._assets.get(name)
        if asset is None:
            raise Refused(404, "There is no such file here.")
        headers = {"ETag": f'"{asset.tag}"', "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
        if has(request, asset.tag):
            return web.Response(status=304, headers=headers)
        headers["Content-Type"] = asset.type
        packed = "gzip" in request.headers.get("Accept-Encoding", "") and len(asset.packed) < len(asset.data)
        if packed:
            headers["Content-Encoding"] = "gzip"
        return web.Response(body=asset.packed if packed else asset.data, headers=headers)


def _read(folder: Path) -> Iterator[tuple[str, _Asset]]:
    """Read all files of known kinds, each with its path below the folder."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in _TYPES:
            data = path.read_bytes()
            tag = hashlib.sha256(data).hexdigest()[:32]
            yield (
                path.relative_to(folder).as_posix(),
                _Asset(_TYPES[path.suffix], data, gzip.compress(data), tag),
            )
