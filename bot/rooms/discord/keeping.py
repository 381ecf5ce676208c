"""Keeping the files that people attach: fetched while their links live, one after the other, in the background.

Discord's links end after a day, so what is kept of an attachment is where it lies, and a link that works is asked for with its
message: https://discord.com/developers/docs/reference#signed-attachment-cdn-urls.
"""

import asyncio
import logging
import socket
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from ipaddress import ip_address

import discord
from yarl import URL

from bot.live import Clock, SystemClock, sleep
from bot.media.fetching import Address, FetchError, fetch, public
from bot.messages import Attachment
from bot.rooms.discord.hearing import lasting
from bot.rooms.discord.line import Line
from bot.rooms.discord.reading import Away, Gone, Reader
from bot.store import Chat, Media, Store, StoreError, Unkept, in_words

log = logging.getLogger(__name__)

#: The largest file that is kept, and the most of a chat, in bytes.
MOST_EACH = 10 * 1024 * 1024
MOST_IN_ALL = 200 * 1024 * 1024
#: How often it is looked for files that are still to be had, and how often one is tried.
LOOK = timedelta(seconds=5)
TRIES = 3

#: How the files begin that are shown as pictures; anything else is just bytes, whatever it is said to be.
_OTHER = "application/octet-stream"
_PICTURES = (
    ("image/png", b"\x89PNG\r\n\x1a\n", b""),
    ("image/jpeg", b"\xff\xd8\xff", b""),
    ("image/gif", b"GIF87a", b""),
    ("image/gif", b"GIF89a", b""),
    ("image/webp", b"RIFF", b"WEBP"),
)


class Keeper:
    """Keeps the files of one chat. Keep `run` going. `each` and `in_all` are in bytes."""

    def __init__(
        self,
        chat: Chat,
        store: Store,
        line: Line,
        *,
        clock: Clock | None = None,
        each: int = MOST_EACH,
        in_all: int = MOST_IN_ALL,
    ) -> None:
        self._chat = chat
        self._store = store
        self._record = store.record(chat)
        self._line = line
        self._reader = Reader(line, int(chat.room.partition(":")[2]), int(chat.place))
        self._clock = clock or SystemClock()
        self._each = each
        self._in_all = in_all
        self._tried: Counter[str] = Counter()

    async def run(self) -> None:
        """Keep whatever is attached, for ever."""
        while True:
            try:
                await self.keep_all()
            except StoreError as error:
                log.warning("%s: %s", self._chat.name, error)
            except Away as away:
                level = self._line.level(logging.INFO)
                log.log(level, "%s: files cannot be fetched (%s). Trying again.", self._chat.name, away)
            await sleep(self._clock, LOOK)

    async def keep_all(self) -> None:
        """Keep what is attached and not kept, as far as it can be had now. Raises Away and StoreError."""
        with in_words(self._store.path):
            unkept = await self._record.unkept()
        for each in unkept:
            await self._keep(each)

    async def _keep(self, unkept: Unkept) -> None:
        """Keep a file, or why it cannot be kept; nothing where that may be otherwise the next time."""
        file = unkept.attachment
        with in_words(self._store.path):
            left = self._in_all - await self._record.media_size()
        most = min(self._each, left)
        data, why = None, None
        if (file.size or 0) > most or left <= 0:
            why = _too_large(self._each) if (file.size or 0) > self._each else _too_many(self._in_all)
        else:
            self._tried[file.url] += 1
            try:
                data = await self._fetched(unkept, most)
            except (FetchError, Gone) as error:
                if isinstance(error, FetchError) and self._tried[file.url] < TRIES:
                    return
                why = f"It could not be fetched: {error}"
        self._tried.pop(file.url, None)
        await self._store.keep_media(self._chat, _media(unkept, data, why))

    async def _fetched(self, unkept: Unkept, most: int) -> bytes:
        """Fetch a file by the link that its message has now. Raises FetchError, Gone, Away and StoreError."""
        with in_words(self._store.path):
            place = (await self._record.places([unkept.message])).get(unkept.message, self._chat.place)
        message = await self._reader.message(int(place), int(unkept.message))
        forwarded = (file for each in message.message_snapshots for file in each.attachments)
        links = {lasting(file.url): file.url for file in (*message.attachments, *forwarded)}
        if unkept.attachment.url not in links:
            raise Gone("It is no longer on its message.")
        found = await fetch(
            links[unkept.attachment.url], types=None, most=most, allowed=await _public_or_own()
        )
        return found.data


async def _public_or_own() -> Callable[[Address], bool]:
    """Give what may be connected to: the public net, and the server that the bot is logged in to, wherever that is."""
    server = URL(discord.http.Route.BASE)
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(server.host, server.port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise Away(f"{server.host} cannot be found") from error
    own = {ip_address(str(address[0]).partition("%")[0]) for *_, address in found}
    return lambda address: address in own or public(address)


def picture_type(data: bytes) -> str | None:
    """Give the MIME type of the picture that a file is by its first bytes: PNG, JPEG, GIF or WebP; None for anything else."""
    fits = (
        type_ for type_, start, inner in _PICTURES if data.startswith(start) and data[8:12].startswith(inner)
    )
    return next(fits, None)


def _media(unkept: Unkept, data: bytes | None, why: str | None) -> Media:
    file: Attachment = unkept.attachment
    type_ = None if data is None else picture_type(data)
    return Media(
        url=file.url,
        by=unkept.by,
        name=file.name,
        type=None if data is None else type_ or _OTHER,
        width=file.width if type_ else None,
        height=file.height if type_ else None,
        data=data,
        why=why,
    )


def _too_large(most: int) -> str:
    return f"It is larger than {_mebibytes(most)}."


def _too_many(most: int) -> str:
    return f"With it, the files of this chat would take more than {_mebibytes(most)}."


def _mebibytes(size: int) -> str:
    return f"{size / 1024 / 1024:.3g} MiB"
