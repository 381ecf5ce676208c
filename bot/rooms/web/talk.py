"""The conversation with one open page over its WebSocket: frame by frame, each answered before the next is read."""

import asyncio
import logging
from collections.abc import Mapping
from math import ceil
from typing import Any, Protocol

from aiohttp import WSMsgType, web

from bot.rooms.web.entrance import Entrance
from bot.rooms.web.frames import (
    LARGEST_FRAME,
    Answer,
    Edit,
    Forget,
    NotUnderstood,
    Ping,
    Propose,
    React,
    Request,
    Say,
    understand,
)
from bot.rooms.web.guard import Refused, Site
from bot.rooms.web.hub import (
    BROKEN,
    FORGOTTEN,
    GRACE,
    JOIN_FIRST,
    TOO_MUCH,
    UNSUPPORTED,
    Hub,
    Member,
    written,
)
from bot.rooms.web.identity import Person
from bot.rooms.web.limits import Doing, Limits
from bot.rooms.web.names import Names

#: How often a quiet connection is asked whether it is still there, in seconds.
HEARTBEAT = 30.0
#: How many pages one person may have open.
MOST_PAGES = 10
#: So many pages are greeted at a time: when all come back at once, their greetings are not all in memory together.
GREETED_AT_ONCE = 8
#: So many requests in a row that came too fast, and a page is no longer listened to.
MOST_TOO_FAST = 50

_BROKEN = "Something went wrong here. Please try again in a moment."

_log = logging.getLogger(__name__)


class Chat(Protocol):
    """What the chat has to say to those who are in it."""

    def hosts(self, person: Person) -> bool:
        """Tell whether somebody may steer the chat now."""

    async def hello(self, person: Person) -> dict[str, Any]:
        """Tell somebody who has just arrived, or come back, all that the page shows; `people` is added."""

    async def recap(self) -> dict[str, Any] | None:
        """Give the frame of the recap, once the chat has ended."""

    async def ask(self, person: Person, request: Request) -> Answer:
        """Do what somebody asks for; the answer comes once it is kept."""


class Talk:
    """Talks with all pages."""

    def __init__(
        self, chat: Chat, *, hub: Hub, entrance: Entrance, site: Site, names: Names, limits: Limits
    ) -> None:
        self._chat = chat
        self._hub = hub
        self._entrance = entrance
        self._site = site
        self._names = names
        self._limits = limits
        self._spoken: set[str] = set()
        self._greeting = asyncio.Semaphore(GREETED_AT_ONCE)

    def has_spoken(self, person: Person) -> None:
        """Know that somebody has said something, so that the name stays theirs."""
        self._spoken.add(person.id)
        self._names.hold(person.name, person.id)

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """Talk with a page until either side has enough."""
        socket = web.WebSocketResponse(
            heartbeat=HEARTBEAT, compress=False, max_msg_size=LARGEST_FRAME, timeout=GRACE
        )
        await socket.prepare(request)
        code, words = 1000, ""
        try:
            await self._stay(await self._admit(request, socket), socket, self._site.address_of(request))
        except _NotAdmitted as refused:
            code, words = refused.code, str(refused)
        except Exception:  # noqa: BLE001  (whatever it is, it ends one talk and no other)
            _log.exception("The talk with a page broke off.")
            code, words = BROKEN, "Something went wrong here."
        await socket.close(code=code, message=words.encode())
        return socket

    async def _admit(self, request: web.Request, socket: web.WebSocketResponse) -> Member:
        """Let in who may. A refused upgrade has no words in a browser, so they come with the closing."""
        try:
            person = await self._entrance.joined(request)
        except Refused as refused:
            raise _NotAdmitted(JOIN_FIRST, refused.text) from refused
        address = self._site.address_of(request)
        if self._limits.wait(Doing.CONNECT, person=person.id, address=address):
            raise _NotAdmitted(TOO_MUCH, Doing.CONNECT.words)
        if self._hub.pages(person.id) >= MOST_PAGES:
            raise _NotAdmitted(TOO_MUCH, "This chat is open on too many of your pages. Please close some.")
        if request.transport is None:
            raise _NotAdmitted(BROKEN, "The connection is gone.")
        if not self._names.hold(person.name, person.id) and not person.host:
            raise _NotAdmitted(JOIN_FIRST, "Somebody here has that name now. Please choose another.")
        return self._hub.add(socket, request.transport, person, host=self._chat.hosts(person))

    async def _stay(self, member: Member, socket: web.WebSocketResponse, address: str) -> None:
        try:
            await self._greet(member)
            await self._listen(member, socket, address)
        finally:
            self._hub.remove(member)
            if not self._hub.pages(member.person.id) and member.person.id not in self._spoken:
                self._names.release(member.person.name, member.person.id)
        await member.left()

    async def _greet(self, member: Member) -> None:
        async with self._greeting:
            hello = await self._chat.hello(member.person)
            recap = await self._chat.recap()
            hello["people"] = self._hub.people
            member.greet([hello, recap] if recap else [hello])

    async def _listen(self, member: Member, socket: web.WebSocketResponse, address: str) -> None:
        too_fast = 0
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                return member.leave(UNSUPPORTED, "Only text is understood here.")
            try:
                request = understand(message.data)
            except NotUnderstood as wrong:
                if wrong.n is None:
                    return member.leave(UNSUPPORTED, "That is not what this room's page sends.")
                n, forgets = wrong.n, False
                answer = self._paced(Doing.ASK, member, address) or Answer(ok=False, text=str(wrong))
            else:
                n = request.n
                answer = self._paced(_doing(request), member, address) or await self._ask(member, request)
                forgets = answer.ok and isinstance(request, Forget)
            member.send(written(answer.frame(n)))
            too_fast = too_fast + 1 if "wait" in answer.more else 0
            if too_fast > MOST_TOO_FAST:
                return member.leave(TOO_MUCH, "This page sends far too fast.")
            if too_fast:
                await asyncio.sleep(0)  # whoever floods the room does not keep it from listening to others
            if forgets:
                self._forget(member.person)
        return None

    def _paced(self, doing: Doing, member: Member, address: str) -> Answer | None:
        """Give the answer for what comes too fast."""
        wait = self._limits.wait(doing, person=member.person.id, address=address)
        more: Mapping[str, Any] = {"wait": ceil(wait)}
        return Answer(ok=False, text=doing.words, more=more) if wait else None

    async def _ask(self, member: Member, request: Request) -> Answer:
        if isinstance(request, Ping):
            return Answer(ok=True)
        try:
            answer = await self._chat.ask(member.person, request)
        except Exception:  # noqa: BLE001  (whatever it is, who asked gets words, and the talk goes on)
            _log.exception("Could not do what a page asked for.")
            return Answer(ok=False, text=_BROKEN)
        if answer.ok and isinstance(request, Say):
            self._spoken.add(member.person.id)
        return answer

    def _forget(self, person: Person) -> None:
        self._spoken.discard(person.id)
        self._names.release(person.name, person.id)
        self._hub.dismiss(person.id, FORGOTTEN, "You have been forgotten here.")


class _NotAdmitted(Exception):
    """A page that cannot come in: the close code, and words."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)
        self.code = code


def _doing(request: Request) -> Doing:
    match request:
        case Say() | Edit():
            return Doing.SAY
        case React():
            return Doing.REACT
        case Propose():
            return Doing.PROPOSE
        case _:
            return Doing.ASK
