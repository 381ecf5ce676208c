"""Everybody whose page is open, and sending to all of them at once.

A frame is written once, as the bytes that go over the wire, and the same bytes are handed to each connection: nothing waits
and no task is made. Who reads more slowly than is sent is closed, so that they come back and are told anew.
"""

import asyncio
import json
from collections.abc import Iterable, Mapping
from typing import Any

from aiohttp import web

from bot.rooms.web.identity import Person

#: Close codes: https://www.iana.org/assignments/websocket/websocket.xhtml, those from 4000 on are the room's own.
UNSUPPORTED, BROKEN, RESTART, TOO_SLOW = 1003, 1011, 1012, 1013
JOIN_FIRST, FORGOTTEN, TOO_MUCH = 4401, 4410, 4429

#: The most that waits for one browser to read it, in bytes, and before it is greeted, in frames.
MOST_WAITING = 1024 * 1024
MOST_EARLY = 2000
#: How long a connection that was closed may still take to read the rest, in seconds.
GRACE = 5.0
#: How long after a change of it the number of people is told, in seconds: with many coming at once, it is told once.
PEOPLE_AFTER = 1.0

#: The longest reason of a close frame, in bytes.
LONGEST_REASON = 123

_TEXT = 0x81  # the last and only frame of a text


def written(frame: Mapping[str, Any]) -> bytes:
    """Write a frame as it goes over the wire to a browser: RFC 6455, section 5.2, unmasked and uncompressed."""
    payload = json.dumps(frame, ensure_ascii=False, separators=(",", ":")).encode()
    length = len(payload)
    if length < 126:
        return bytes((_TEXT, length)) + payload
    if length < 65536:
        return bytes((_TEXT, 126)) + length.to_bytes(2) + payload
    return bytes((_TEXT, 127)) + length.to_bytes(8) + payload


class Member:
    """One open page. Until it is greeted, what is sent to it waits, so that it comes after the greeting."""

    __slots__ = ("_early", "_grace", "_leaving", "_socket", "_transport", "host", "person")

    def __init__(
        self,
        socket: web.WebSocketResponse,
        transport: asyncio.Transport,
        person: Person,
        *,
        host: bool,
        grace: float,
    ) -> None:
        self.person = person
        self.host = host
        self._socket = socket
        self._transport = transport
        self._grace = grace
        self._early: list[bytes] | None = []
        self._leaving: asyncio.Task[bool] | None = None

    def greet(self, frames: Iterable[Mapping[str, Any]]) -> None:
        """Send the first frames, and then all that has come up meanwhile."""
        early, self._early = self._early or [], None
        for data in (*map(written, frames), *early):
            self.send(data)

    def send(self, data: bytes) -> None:
        """Send a written frame; nothing happens if the page is gone."""
        if self._leaving or self._socket.closed or self._transport.is_closing():
            return
        if self._early is not None:
            self._early.append(data)
            if len(self._early) > MOST_EARLY:
                self.leave(TOO_SLOW, "Too much happened meanwhile.")
        elif self._transport.get_write_buffer_size() > MOST_WAITING:
            self.leave(TOO_SLOW, "This connection is too slow.")
        else:
            self._transport.write(data)

    def leave(self, code: int, reason: str) -> None:
        """Close the connection: soon if the browser reads on, and after a while if it does not."""
        if self._leaving is None:
            self._early = None
            closing = self._socket.close(code=code, message=reason.encode()[:LONGEST_REASON], drain=False)
            self._leaving = asyncio.create_task(closing)
            asyncio.get_running_loop().call_later(self._grace, self._transport.abort)

    async def left(self) -> None:
        """Wait until a connection that was told to leave is closed."""
        if self._leaving:
            await self._leaving


class Hub:
    """Everybody whose page is open. A person may have several pages open, and counts once."""

    def __init__(self, *, people_after: float = PEOPLE_AFTER, grace: float = GRACE) -> None:
        self._members: set[Member] = set()
        self._pages: dict[str, set[Member]] = {}
        self._people_after = people_after
        self._grace = grace
        self._telling: asyncio.TimerHandle | None = None

    @property
    def people(self) -> int:
        """How many people are here."""
        return len(self._pages)

    def here(self) -> list[Person]:
        """Give everybody who is here."""
        return [next(iter(pages)).person for pages in self._pages.values()]

    def pages(self, person: str) -> int:
        """How many pages somebody has open."""
        return len(self._pages.get(person, ()))

    def add(
        self, socket: web.WebSocketResponse, transport: asyncio.Transport, person: Person, *, host: bool
    ) -> Member:
        """Let a page in; what is sent from now on reaches it once it is greeted."""
        member = Member(socket, transport, person, host=host, grace=self._grace)
        self._members.add(member)
        pages = self._pages.setdefault(person.id, set())
        pages.add(member)
        if len(pages) == 1:
            self._number_changed()
        return member

    def remove(self, member: Member) -> None:
        """Know that a page was closed."""
        self._members.discard(member)
        pages = self._pages.get(member.person.id, set())
        pages.discard(member)
        if not pages and self._pages.pop(member.person.id, None) is not None:
            self._number_changed()

    def send(self, frame: Mapping[str, Any], *, hosts: bool | None = None) -> None:
        """Send a frame to everybody, to hosts only, or (`hosts` False) to everybody else only."""
        data = written(frame)
        for member in self._members:
            if hosts is None or member.host == hosts:
                member.send(data)

    def tell(self, person: str, frame: Mapping[str, Any]) -> None:
        """Send a frame to one person's pages."""
        data = written(frame)
        for member in self._pages.get(person, ()):
            member.send(data)

    def dismiss(self, person: str, code: int, reason: str) -> None:
        """Close all of a person's pages; with the code RESTART they come back at once, and are greeted anew."""
        for member in self._pages.get(person, ()):
            member.leave(code, reason)

    async def close(self, code: int = RESTART, reason: str = "service restart") -> None:
        """Close everybody's pages."""
        if self._telling:
            self._telling.cancel()
        members = list(self._members)
        for member in members:
            member.leave(code, reason)
        await asyncio.gather(*(member.left() for member in members))

    def _number_changed(self) -> None:
        if self._telling is None:
            loop = asyncio.get_running_loop()
            self._telling = loop.call_later(self._people_after, self._tell_number)

    def _tell_number(self) -> None:
        self._telling = None
        self.send({"is": "people", "people": self.people})
