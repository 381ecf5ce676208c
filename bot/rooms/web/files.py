"""What is up- and downloaded: pictures that people share, those of questions, and the files of a chat."""

import asyncio
import hashlib
import logging
import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, Protocol

from aiohttp import web

from bot.rooms.web.bodies import PATIENCE, has, read
from bot.rooms.web.entrance import Entrance
from bot.rooms.web.guard import SANDBOX, Refused, Site
from bot.rooms.web.identity import Person
from bot.rooms.web.limits import Doing, Limits
from bot.rooms.web.pictures import MOST_BYTES, TYPES, Darkroom, Picture, PictureRefused

_FORMS = {
    "html": "text/html; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "jsonl": "application/jsonl",
    "blog": "text/html; charset=utf-8",
}
#: How files end that do not by the name of their form.
_NAMED = {"blog": "blog.html"}
_ENDINGS = {type_: form.lower() for form, type_ in TYPES.items()}

_log = logging.getLogger(__name__)


class Chat(Protocol):
    """What the chat keeps of files."""

    async def about(self) -> dict[str, Any]:
        """Tell what the chat is; its `name` is part of the files' names."""

    async def keep_picture(self, person: Person, picture: Picture) -> str:
        """Keep a picture that somebody shares; give its id."""

    async def picture(self, id: str) -> Picture | None:
        """Give a picture that is kept, if it still is."""

    async def script_picture(self, label: str) -> Picture | None:
        """Give the picture of a question that has been asked, if it has one that can be had."""

    def files(self, person: Person, what: str, form: str) -> AsyncGenerator[bytes, None] | None:
        """Give a `story`, `recap` or `transcript` piece by piece, or None where there is none for that person (yet)."""


class Files:
    """Takes and gives files, from and to those who have joined."""

    def __init__(self, chat: Chat, *, entrance: Entrance, site: Site, limits: Limits) -> None:
        self._chat = chat
        self._entrance = entrance
        self._site = site
        self._limits = limits
        self._darkroom = Darkroom()

    async def upload(self, request: web.Request) -> web.Response:
        """Keep a picture. Raises Refused."""
        person = await self._entrance.joined(request)
        self._pace(Doing.UPLOAD, person, request)
        if not request.content_type.startswith("image/"):
            raise Refused(415, "Only pictures can be shared: PNG, JPEG, GIF and WebP.")
        try:
            picture = await self._darkroom.clean(await read(request, MOST_BYTES))
        except PictureRefused as error:
            raise Refused(422, str(error)) from error
        id_ = await self._chat.keep_picture(person, picture)
        return web.json_response({"ok": True, "id": id_, "width": picture.width, "height": picture.height})

    async def picture(self, request: web.Request) -> web.Response:
        """Show a picture that somebody shared. Raises Refused."""
        await self._entrance.joined(request)
        return _shown(request, await self._chat.picture(request.match_info["id"]))

    async def script_picture(self, request: web.Request) -> web.Response:
        """Show the picture of a question. Raises Refused."""
        await self._entrance.joined(request)
        return _shown(request, await self._chat.script_picture(request.match_info["label"]))

    async def download(self, request: web.Request) -> web.StreamResponse:
        """Send a story, recap or transcript as it is written, however long it is. Raises Refused."""
        person = await self._entrance.joined(request)
        self._pace(Doing.DOWNLOAD, person, request)
        what, form = request.match_info["what"], request.match_info["form"]
        pieces = self._chat.files(person, what, form)
        if pieces is None:
            raise Refused(
                403, "There is no such file for you now. Participants can have them once the chat is over."
            )
        name = f"{(await self._chat.about())['name']}-{what}.{_NAMED.get(form, form)}"
        response = web.StreamResponse(headers={"Content-Type": _FORMS[form], **_as(name, "attachment")})
        async with aclosing(pieces):
            first = await anext(pieces, b"")
            await response.prepare(request)
            await _write(request, response, first, pieces)
        return response

    def _pace(self, doing: Doing, person: Person, request: web.Request) -> None:
        if self._limits.wait(doing, person=person.id, address=self._site.address_of(request)):
            raise Refused(429, doing.words)


async def _write(
    request: web.Request, response: web.StreamResponse, first: bytes, pieces: AsyncGenerator[bytes, None]
) -> None:
    """Write all pieces; if that breaks off, the browser sees that it did, so that half a file is not taken for a whole."""
    try:
        async with asyncio.timeout(PATIENCE) as patience:
            await response.write(first)
            async for piece in pieces:
                patience.reschedule(asyncio.get_running_loop().time() + PATIENCE)
                await response.write(piece)
            await response.write_eof()
    except Exception as error:  # noqa: BLE001  (whatever it is, the file is not whole)
        if not isinstance(error, ConnectionError | TimeoutError):  # which are the browser's own doing
            _log.exception("A download broke off.")
        if request.transport:
            request.transport.abort()


def _shown(request: web.Request, picture: Picture | None) -> web.Response:
    """Show a picture, as a picture and nothing else."""
    if picture is None or picture.type not in _ENDINGS:
        raise Refused(404, "This picture is no longer here.")
    tag = hashlib.sha256(picture.data).hexdigest()[:32]
    headers = {
        **_as(f"picture.{_ENDINGS[picture.type]}", "inline"),
        "Cache-Control": "private, no-cache",
        "ETag": f'"{tag}"',
    }
    if has(request, tag):
        return web.Response(status=304, headers=headers)
    return web.Response(body=picture.data, content_type=picture.type, headers=headers)


def _as(name: str, how: str) -> dict[str, str]:
    """Give the headers of something that people made: how it is to be shown, and that nothing may run in it."""
    safe = re.sub(r"[^\w.-]", "-", name, flags=re.ASCII)
    return {"Content-Disposition": f'{how}; filename="{safe}"', "Content-Security-Policy": SANDBOX}
