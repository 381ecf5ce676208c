"""The bodies of requests, so large at most and not for ever; and whether a browser has the answer already."""

import asyncio

from aiohttp import web

from bot.rooms.web.guard import Refused

#: How long a browser may take to send a body, in seconds.
PATIENCE = 120.0


async def read(request: web.Request, most: int) -> bytes:
    """Read a body of at most so many bytes. Raises Refused."""
    if (request.content_length or 0) > most:
        raise _too_large(most)
    body = bytearray()
    try:
        async with asyncio.timeout(PATIENCE):
            async for piece in request.content.iter_any():
                body += piece
                if len(body) > most:
                    raise _too_large(most)
    except TimeoutError as error:
        raise Refused(408, "That took too long to arrive. Please try again.") from error
    return bytes(body)


def _too_large(most: int) -> Refused:
    size = f"{most // 1024 // 1024} MiB" if most >= 1024 * 1024 else f"{most // 1024} KiB"
    return Refused(413, f"That is larger than {size}. Please make it smaller.")


def has(request: web.Request, tag: str) -> bool:
    """Tell whether the browser has that version (its ETag) of what it asks for."""
    return any(each.value in (tag, "*") for each in request.if_none_match or ())
