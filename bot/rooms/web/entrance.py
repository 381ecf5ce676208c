"""How people come in: by a name (and a passphrase, where there is one), or by the host's link."""

import hmac
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.rooms.web.bodies import read
from bot.rooms.web.guard import Refused, Site
from bot.rooms.web.identity import LIFE, Person, Signer, new_person
from bot.rooms.web.limits import Doing, Limits
from bot.rooms.web.names import NameRefused, Names

#: The largest request to join, in bytes.
_MOST = 8 * 1024


class Chat(Protocol):
    """What is to be known of the chat at its entrance."""

    async def about(self) -> dict[str, Any]:
        """Tell what the chat is: the `chat` of hello."""

    async def knows(self, person: Person) -> bool:
        """Tell whether somebody with a good cookie may still come in: not after asking to be forgotten."""


class _Joining(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    name: str = Field(max_length=200)
    passphrase: str | None = Field(default=None, max_length=1000)


class Entrance:
    """Lets people in, and knows them again."""

    def __init__(
        self,
        chat: Chat,
        *,
        signer: Signer,
        site: Site,
        names: Names,
        limits: Limits,
        passphrase: str | None,
        now: Callable[[], datetime],
    ) -> None:
        self._chat = chat
        self._signer = signer
        self._site = site
        self._names = names
        self._limits = limits
        self._passphrase = _folded(passphrase) if passphrase else None
        self._now = now
        self._cookie = f"__Host-{signer.cookie}" if site.https else signer.cookie

    async def joined(self, request: web.Request) -> Person:
        """Give the person who asks. Raises Refused (401) for who has not joined."""
        person = await self._person(request)
        if person is None or not person.name:
            raise Refused(401, "Please join the chat first.")
        return person

    async def me(self, request: web.Request) -> web.Response:
        """Tell a page whom it belongs to, and what of the chat it may know."""
        person = await self._person(request)
        inside = person is not None or self._passphrase is None
        you = {"id": person.id, "name": person.name, "host": person.host} if person and person.name else None
        told = {
            "chat": await self._chat.about() if inside else None,
            "you": you,
            "host": person is not None and person.host,
            "passphrase": not inside,
        }
        return self._known(web.json_response(told), person)

    async def join(self, request: web.Request) -> web.Response:
        """Let somebody in by a name; who is in already gets another one. Raises Refused."""
        address = self._site.address_of(request)
        if self._limits.wait(Doing.JOIN, address=address):
            raise Refused(429, Doing.JOIN.words)
        try:
            wanted = _Joining.model_validate_json(await read(request, _MOST))
        except ValidationError as error:
            raise Refused(400, "Please write your name, and send it again.") from error
        person = await self._person(request)
        if person is None:
            self._check(wanted.passphrase, address)
            person = new_person("")
        try:
            name = self._names.check(wanted.name, person.id, host=person.host)
        except NameRefused as error:
            raise Refused(409, str(error)) from error
        return self._known(web.json_response({"ok": True}), replace(person, name=name))

    async def host(self, request: web.Request) -> web.Response:
        """Let a host in by the link, which then goes from the address. Raises Refused."""
        if not self._signer.is_host_key(request.match_info["key"]):
            raise Refused(
                404, "This link is not, or no longer, a host's. Please copy it anew from the terminal."
            )
        person = await self._person(request) or new_person("")
        response = web.Response(status=303, headers={"Location": "/"})
        return self._known(response, replace(person, host=True))

    async def _person(self, request: web.Request) -> Person | None:
        """Give whom the cookie belongs to; a host who has not joined yet is known too, but has no name."""
        person = self._signer.read(request.cookies.get(self._cookie), self._now())
        return person if person and await self._chat.knows(person) else None

    def _known(self, response: web.Response, person: Person | None) -> web.Response:
        """Give the browser the person's cookie, or take away one that is good for nothing."""
        written = self._signer.write(person, self._now()) if person else ""
        response.set_cookie(
            self._cookie,
            written,
            max_age=int(LIFE.total_seconds()) if person else 0,
            path="/",
            httponly=True,
            samesite="Lax",
            secure=self._site.https,
        )
        return response

    def _check(self, passphrase: str | None, address: str) -> None:
        """Let through who knows the passphrase; wrong ones are counted. Raises Refused."""
        if self._passphrase is None:
            return
        if self._limits.wait(Doing.GUESS, address=address):
            raise Refused(429, Doing.GUESS.words)
        if not passphrase:
            self._limits.give_back(Doing.GUESS, address=address)
            raise Refused(403, "This chat has a passphrase. Whoever invited you can tell you.")
        if not hmac.compare_digest(_folded(passphrase), self._passphrase):
            raise Refused(403, "That is not the passphrase. Please try again.")
        self._limits.give_back(Doing.GUESS, address=address)


def _folded(passphrase: str) -> bytes:
    """Give a passphrase as it is compared: however its accents and the space around it are written."""
    return unicodedata.normalize("NFKC", passphrase).strip().encode(errors="replace")
