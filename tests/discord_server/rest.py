"""The API's front door: reads a request, looks at who asks, lets troubles strike, answers. What is asked is done elsewhere."""

import asyncio
import hashlib
import json
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import BodyPartReader, web

from .channels import ROUTES as CHANNELS
from .checks import Check, Findings, Violation, Wrong
from .commands import ROUTES as COMMANDS
from .faults import Trouble
from .guilds import ROUTES as GUILDS
from .messages import ROUTES as MESSAGES
from .responses import ROUTES as RESPONSES
from .world import Upload

if TYPE_CHECKING:
    from .server import Server

#: Refusals that a bot without fault can meet: what it asked about is gone, or is as it wished already.
NO_FAULT = {10003, 10004, 10007, 10008, 10013, 50007, 160004, 30003, 30046, 50083, 20028}
_FILE = re.compile(r"files\[(\d+)\]")
_PART = re.compile(r"\{(\w+)\}")
_NUMBERS = {"channel", "message", "guild", "user", "application", "command", "interaction", "webhook", "role"}


@dataclass(slots=True)
class Asked:
    """A request as the doings see it: who asks what with which body, and what was found on the way."""

    server: "Server"
    method: str
    path: str
    query: dict[str, str]
    body: Any = None
    files: dict[str, Upload] = field(default_factory=dict)  # by the number in files[n]
    found: Findings = field(default_factory=Findings)

    def check(self, form: Check) -> None:
        """Look at the body. Raises Wrong (50035)."""
        form(self.body, (), self.found)
        self.found.refuse()

    def number(self, key: str) -> int | None:
        value = self.query.get(key)
        if value is None:
            return None
        if not value.isdecimal():
            self.found.add((key,), "NUMBER_TYPE_COERCE", f'Value "{value}" is not snowflake.')
            self.found.refuse()
        return int(value)

    def limit(self, ordinary: int, most: int) -> int:
        value = self.number("limit")
        if value is not None and not 1 <= value <= most:
            self.found.add(("limit",), "NUMBER_TYPE_MAX", f"int value should be between 1 and {most}.")
            self.found.refuse()
        return value or ordinary

    def odd(self, what: str, code: int = 0) -> None:
        """Note what Discord would let pass and no bot should do."""
        self.server.violations.append(Violation(what, code, self.method, self.path))


Doing = Callable[..., Any]


def application(server: "Server") -> web.Application:
    """Put together the three faces that speak HTTP: the API, the gateway, the attachments."""
    app, door = web.Application(client_max_size=30 << 20), Door(server)
    app.router.add_get("/", server.gateway.handle)
    app.router.add_get("/attachments/{channel}/{id}/{name}", door.attachment)
    app.router.add_route("*", "/api/v10/{path:.*}", door.handle)
    return app


def _compiled(path: str) -> re.Pattern[str]:
    return re.compile(
        _PART.sub(lambda part: rf"(?P<{part[1]}>{r'[0-9]+' if part[1] in _NUMBERS else '[^/]+'})", path)
    )


ROUTES: list[tuple[str, str, Doing]] = [*MESSAGES, *CHANNELS, *GUILDS, *COMMANDS, *RESPONSES]
#: Method, path, what does it, and whether it is free of the bot's token and limit.
TABLE = [
    (method, _compiled(path), doing, path.startswith(("/interactions", "/webhooks")))
    for method, path, doing in ROUTES
]


class Door:
    """Everything that is the same for all requests."""

    def __init__(self, server: "Server") -> None:
        self.server = server
        self._times: deque[float] = deque()
        self._buckets: dict[str, deque[float]] = {}

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one request to the API, with what goes wrong on the way."""
        path = request.rel_url.raw_path.removeprefix("/api/v10")
        if trouble := self.server.faults.for_request(request.method, path):
            self.server.changed()
        try:
            asked = await self._read(request, path)
        except (ValueError, AssertionError):
            return _error(Wrong(400, 50109, "The request body contains invalid JSON."))
        if trouble and not trouble.committed:
            return await self._strike(request, trouble)
        answer = self._answer(request, asked)
        self.server.requests.append((request.method, path, answer.status))
        self.server.changed()
        if trouble:
            return await self._strike(request, trouble, answer)
        return answer

    async def attachment(self, request: web.Request) -> web.Response:
        """Serve a file, as long as its link has not expired."""
        number = request.match_info["id"]
        file = self.server.world.attachments.get(int(number)) if number.isdecimal() else None
        if file is None or request.query.get("ex") != f"{self.server.shown.links:x}":
            return web.Response(status=404, text="This content is no longer available.")
        return web.Response(body=file.data, headers={"Content-Type": file.type or "application/octet-stream"})

    async def _strike(
        self, request: web.Request, trouble: Trouble, answer: web.Response | None = None
    ) -> web.Response:
        if trouble.delay:
            await asyncio.sleep(trouble.delay)
        if trouble.until:
            await trouble.until.wait()
        if trouble.cut:
            if request.transport:
                request.transport.abort()
            return answer or web.Response()
        if trouble.status is None:
            assert answer is not None  # what is only delayed was committed
            return answer
        about: dict[str, Any] = {"message": trouble.message, "code": trouble.code}
        headers = {}
        if trouble.status == 429:
            about |= {"retry_after": trouble.retry_after, "global": trouble.everywhere}
            headers = {"Retry-After": str(trouble.retry_after)} | (
                {"Via": "1.1 loopback"} if trouble.via else {}
            )
        if trouble.status >= 500:
            return web.Response(status=trouble.status, text=trouble.message)
        return _json(about, trouble.status, headers)

    def _answer(self, request: web.Request, asked: Asked) -> web.Response:
        try:
            doing, ids, free = self._find(asked)
            if not free:
                self._authorise(request)
                self._pace(asked)
            headers = self._bucket(asked, ids)
            result = doing(asked, **ids)
        except Wrong as wrong:
            self._note(asked, wrong)
            return _error(wrong, selfhosted=self.server.selfhosted)
        for odd in asked.found.odd:
            asked.odd(odd)
        return (
            _json(result, 200, headers) if result is not None else web.Response(status=204, headers=headers)
        )

    def _find(self, asked: Asked) -> tuple[Doing, dict[str, Any], bool]:
        for method, path, doing, free in TABLE:
            if method == asked.method and (match := path.fullmatch(asked.path)):
                ids = {
                    key: int(value) if key in _NUMBERS else value for key, value in match.groupdict().items()
                }
                return doing, ids, free
        asked.odd("this server does not know the endpoint")
        raise Wrong(404, 0, "404: Not Found")

    def _note(self, asked: Asked, wrong: Wrong) -> None:
        """Note a refusal as a violation, unless the sender could not know better."""
        if (
            wrong.code in NO_FAULT
            or not (wrong.code and wrong.blame)
            or self.server.faults.has_struck(asked.method, asked.path)
        ):
            return
        violation = Violation(wrong.message, wrong.code, asked.method, asked.path, wrong.errors)
        self.server.violations.append(violation)

    def _authorise(self, request: web.Request) -> None:
        if request.headers.get("Authorization") != f"Bot {self.server.token}":
            raise Wrong(401, 0, "401: Unauthorized")

    def _pace(self, asked: Asked) -> None:
        now, most = asyncio.get_running_loop().time(), self.server.requests_a_second
        while self._times and self._times[0] <= now - 1:
            self._times.popleft()
        if most is not None and len(self._times) >= most:
            asked.odd(f"more than {most} requests in a second", 429)
            raise _Limited(self._times[-most] + 1 - now, everywhere=True)
        self._times.append(now)  # what was refused counts for nothing: who waits as told gets through

    def _bucket(self, asked: Asked, ids: dict[str, Any]) -> dict[str, str]:
        """Count a request in the bucket of its route and channel, where buckets are set."""
        if self.server.bucket is None or self.server.selfhosted:
            return {}
        most, seconds = self.server.bucket
        now = asyncio.get_running_loop().time()
        major = next((ids[key] for key in ("channel", "guild", "webhook") if key in ids), "")
        route = f"{asked.method} {re.sub(r'[0-9]+', '*', asked.path)}"
        times = self._buckets.setdefault(f"{route} {major}", deque())
        while times and times[0] <= now - seconds:
            times.popleft()
        if len(times) >= most:
            raise _Limited(times[0] + seconds - now)
        times.append(now)
        after = times[0] + seconds - now
        return {
            "X-RateLimit-Limit": str(most), "X-RateLimit-Remaining": str(most - len(times)),
            "X-RateLimit-Reset": f"{self.server.world.ids.now() + after:.3f}", "X-RateLimit-Reset-After": f"{after:.3f}",
            "X-RateLimit-Bucket": hashlib.sha256(route.encode()).hexdigest()[:32],
        }  # fmt: skip

    async def _read(self, request: web.Request, path: str) -> Asked:
        asked = Asked(self.server, request.method, path, dict(request.query))
        if request.content_type == "application/json":
            asked.body = json.loads(await request.text() or "null")
        elif request.content_type == "multipart/form-data":
            async for part in await request.multipart():
                assert isinstance(part, BodyPartReader)
                data = bytes(await part.read(decode=True))
                if part.name == "payload_json":
                    asked.body = json.loads(data)
                elif match := _FILE.fullmatch(part.name or ""):
                    asked.files[match[1]] = Upload(part.filename or "unknown", data)
                else:
                    asked.found.odd.append(f"unknown part {part.name}")
        self._describe(asked)
        return asked

    def _describe(self, asked: Asked) -> None:
        """Give uploaded files the names and descriptions that the form has for them."""
        if not isinstance(asked.body, dict) or not asked.files:
            return
        inner = asked.body.get("data")
        named = (inner if isinstance(inner, dict) else asked.body).get("attachments") or []
        for each in named:
            number = str(each.get("id")) if isinstance(each, dict) else ""
            if file := asked.files.get(number):
                asked.files[number] = Upload(
                    each.get("filename") or file.name, file.data, each.get("description")
                )


class _Limited(Wrong):
    def __init__(self, after: float, *, everywhere: bool = False) -> None:
        super().__init__(429, 0, "You are being rate limited.")
        self.after, self.everywhere = max(after, 0.01), everywhere


def _json(what: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    # discord.py reads JSON only under exactly this type
    return web.Response(
        body=json.dumps(what).encode(),
        status=status,
        headers={"Content-Type": "application/json", **(headers or {})},
    )


def _error(wrong: Wrong, *, selfhosted: bool = False) -> web.Response:
    if isinstance(wrong, _Limited):
        about: dict[str, Any] = {
            "message": wrong.message,
            "retry_after": wrong.after,
            "global": wrong.everywhere,
        }
        return _json(about, 429, {"Via": "1.1 loopback", "Retry-After": f"{wrong.after:.3f}"})
    if selfhosted and wrong.status in (400, 404):  # another server has other numbers for what went wrong
        return _json({"message": wrong.message, "code": 0}, 404 if wrong.code // 10000 == 1 else 400)
    about = {"message": wrong.message, "code": wrong.code}
    return _json(about | ({"errors": wrong.errors} if wrong.errors else {}), wrong.status)
