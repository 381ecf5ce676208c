"""What stands before every request: who may be asked under which name, and what browsers may do with the answers."""

import logging
import re
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import ip_address
from typing import Self
from urllib.parse import urlsplit

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from bot.rooms.web.limits import one_household

#: The page is all that may run, and all that it needs comes from here.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
#: For what people have made: nothing may run in it, wherever it is opened.
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"

_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
_NAME = re.compile(r"[a-z0-9.-]+|[0-9a-f:.]+")
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

_log = logging.getLogger(__name__)


class Refused(Exception):
    """A request that is not granted: the HTTP status, and words for whoever asked."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


class NoSuchSite(ValueError):
    """The room cannot be served like that; the text says why, and what to write."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where the room is served: the address that it listens on, and the public one that a proxy has, if there is one."""

    bind: str = "127.0.0.1"
    public: str | None = None
    public_name: str | None = None

    @classmethod
    def at(cls, bind: str, public_url: str | None = None) -> Self:
        """Check what a host has asked for. Raises NoSuchSite."""
        bind = bind.lower()
        if public_url is None:
            return cls(bind)
        try:
            url = urlsplit(public_url)
            name, port = (url.hostname or "").encode("idna").decode(), url.port
        except ValueError:
            url, name, port = urlsplit(""), "", None
        if not _NAME.fullmatch(name) or url.scheme not in ("http", "https") or url.username is not None:
            raise NoSuchSite(f"{public_url!r} is not a web address. Write one like https://chat.example.org.")
        if url.path.strip("/") or url.query or url.fragment:
            raise NoSuchSite(
                f"{public_url!r} has something after the name. The room needs a name of its own: {url.scheme}://{name}."
            )
        usual = {"http": 80, "https": 443}[url.scheme]
        shown = f"[{name}]" if ":" in name else name
        return cls(bind, f"{url.scheme}://{shown}{f':{port}' if port not in (None, usual) else ''}", name)

    @property
    def https(self) -> bool:
        """Whether people come by https."""
        return self.public is not None and self.public.startswith("https:")

    def is_asked_for(self, request: web.BaseRequest) -> bool:
        """Tell whether the request's Host is a name of ours.

        A page of somebody else's whose own name is made to lead here (DNS rebinding) comes under that name.
        """
        name = _name_of(request.headers.get("Host", ""))
        return name in _LOOPBACK or name in (self.bind, self.public_name, _own_address(request))

    def is_origin(self, request: web.BaseRequest) -> bool:
        """Tell whether the request comes from our own page."""
        origin, host = request.headers.get("Origin", "").lower(), request.headers.get("Host", "").lower()
        if self.https and _name_of(host) == self.public_name:
            return origin == self.public  # and not a page under the same name that came without https
        return origin in (self.public, f"http://{host}")

    def address_of(self, request: web.BaseRequest) -> str:
        """Give the address that a request comes from, the one that our own proxy has seen if there is one."""
        peer = request.transport.get_extra_info("peername") if request.transport else None
        address = str(peer[0]) if peer else ""
        if self.public and address in _LOOPBACK:
            address = request.headers.get("X-Forwarded-For", address).rpartition(",")[2].strip()
        return one_household(address)


def guard(site: Site) -> Middleware:
    """Make the middleware that refuses what does not come from our own page under our own name, and says so in words."""

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            _check(site, request)
            return await handler(request)
        except Refused as refused:
            return _in_words(request, refused.status, refused.text)
        except web.HTTPException as error:
            return _in_words(request, error.status, _WORDS.get(error.status, error.reason))
        except Exception:  # noqa: BLE001  (whatever it is, the person gets words, and no other request suffers)
            # The address itself is not logged: it may have the host's key in it.
            _log.exception("Could not answer a request to %s.", _route(request))
            return _in_words(request, 500, "Something went wrong here. Please try again in a moment.")

    return guarded


def _check(site: Site, request: web.Request) -> None:
    if not site.is_asked_for(request):
        raise Refused(
            421,
            "This room is not known under that name. Whoever runs it can make it known with --public-url.",
        )
    asks_for_more = request.method not in ("GET", "HEAD") or "upgrade" in request.headers
    if asks_for_more and not site.is_origin(request):
        raise Refused(403, "That did not come from this room's own page. Please open the room itself.")


async def put_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """Put the headers on an answer that tell browsers what they may do with it, where it does not have its own."""
    response.headers[hdrs.SERVER] = "hashchat"
    if response.status == HTTPStatus.SWITCHING_PROTOCOLS:
        return  # a WebSocket shows nothing, and would hold on to them for as long as it is open
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)


_WORDS = {
    400: "The room does not understand that request.",
    404: "There is nothing here. The room itself is at /.",
    405: "That cannot be done here.",
    413: "That is too large.",
}


def _in_words(request: web.Request, status: int, text: str) -> web.Response:
    if request.method == "POST":
        return web.json_response({"ok": False, "text": text}, status=status)
    return web.Response(status=status, text=text)


def _route(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource else "nowhere"


def _name_of(host: str) -> str:
    """Give the name of a Host header, without the port."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _own_address(request: web.BaseRequest) -> str | None:
    """Give the address of ours that the request came to; nobody else's page has it in its name."""
    name = request.transport.get_extra_info("sockname") if request.transport else None
    return str(ip_address(name[0].partition("%")[0])) if name else None
