"""The web room's server: every address of it, and listening."""

import errno
import logging
import socket
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Protocol

from aiohttp import web

from bot.rooms.web import assets, entrance, files, talk
from bot.rooms.web.assets import Assets
from bot.rooms.web.entrance import Entrance
from bot.rooms.web.files import Files
from bot.rooms.web.guard import Site, guard, put_headers
from bot.rooms.web.hub import Hub
from bot.rooms.web.identity import Person, Signer
from bot.rooms.web.limits import Limits
from bot.rooms.web.names import Names
from bot.rooms.web.talk import Talk

PORT = 8600
#: How many ports after the wanted one are tried.
_MORE_PORTS = 50
#: How long requests in hand may still take when the server stops, in seconds.
_LAST_REQUESTS = 5.0

#: The host's link has its key in it. So requests are not logged, nor broken ones quoted, as is done for debugging.
_log = logging.getLogger(__name__)
_log.setLevel(logging.INFO)


class Desk(entrance.Chat, talk.Chat, files.Chat, Protocol):
    """The chat, as the server needs it."""

    def reserved(self) -> Collection[str]:
        """Give the names that only hosts may have."""

    async def names(self) -> Mapping[str, str]:
        """Give the name of everybody who has said something, by the person's id."""


class CannotServe(Exception):
    """Nothing can be served there; the text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Serving:
    """A room that can be visited: the links for participants and for the host."""

    port: int
    link: str
    host_link: str


async def application(
    desk: Desk,
    hub: Hub,
    *,
    signer: Signer,
    site: Site,
    passphrase: str | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    page: Path = assets.FOLDER,
) -> web.Application:
    """Put the server together. `now` tells the time of day (aware), `page` is the folder of the page's files."""
    names, limits, static = Names(desk.reserved()), Limits(now), Assets(page)
    door = Entrance(
        desk, signer=signer, site=site, names=names, limits=limits, passphrase=passphrase, now=now
    )
    talking = Talk(desk, hub=hub, entrance=door, site=site, names=names, limits=limits)
    for id_, name in (await desk.names()).items():
        talking.has_spoken(Person(id_, name))
    filing = Files(desk, entrance=door, site=site, limits=limits)
    app = web.Application(middlewares=[guard(site)])
    app.on_response_prepare.append(put_headers)
    app.add_routes(
        [
            web.get("/", static.page),
            web.get("/static/{name:.+}", static.file),
            web.get("/me", door.me),
            web.post("/join", door.join),
            web.get("/host/{key}", door.host),
            web.get("/ws", talking.handle),
            web.post("/pictures", filing.upload),
            web.get(r"/pictures/{id:[\w-]{8,40}}", filing.picture),
            web.get("/script-pictures/{label}", filing.script_picture),
            web.get(
                r"/files/{what:story|transcript|recap}.{form:html|md|txt|csv|jsonl|json|blog}",
                filing.download,
            ),
        ]
    )
    return app


@asynccontextmanager
async def serve(
    app: web.Application, hub: Hub, *, signer: Signer, site: Site, port: int = PORT
) -> AsyncIterator[Serving]:
    """Listen, on the next free port if that one is taken (0: on any). At the end pages are told to come back.

    Raises CannotServe.
    """
    runner = web.AppRunner(
        app,
        access_log=None,
        logger=_log,
        shutdown_timeout=_LAST_REQUESTS,
        auto_decompress=False,  # what is packed could make much of little
    )
    await runner.setup()
    try:
        taken = await _listen(runner, site.bind, port)
        link = site.public or f"http://{_shown(site.bind)}:{taken}"
        yield Serving(taken, f"{link}/", f"{link}/host/{signer.host_key}")
    finally:
        for each in runner.sites:
            await each.stop()
        await hub.close()
        await runner.cleanup()


async def _listen(runner: web.AppRunner, bind: str, port: int) -> int:
    """Listen on the first free port from that one on; give it."""
    last = min(port + _MORE_PORTS, 65536) - 1
    for attempt in range(port, last + 1):
        try:
            await web.TCPSite(runner, bind, attempt).start()
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise CannotServe(_why(error, bind, attempt)) from error
        else:
            return int(runner.addresses[0][1])
    raise CannotServe(f"All ports from {port} to {last} are taken. Choose another with --port.")


def _why(error: OSError, bind: str, port: int) -> str:
    match error.errno:
        case errno.EACCES | errno.EPERM:
            return f"Port {port} may not be used here. Choose one above 1023 with --port."
        case errno.EADDRNOTAVAIL:
            return f"{bind} is not an address of this machine. Choose one with --bind, 0.0.0.0 for all."
        case _ if isinstance(error, socket.gaierror):
            return f"There is no address called {bind}. Choose one with --bind, 0.0.0.0 for all."
        case _:
            return f"Cannot listen on {bind}, port {port}: {error.strerror or error}."


def _shown(bind: str) -> str:
    """Give the address that people in the same network write for the one that is listened on."""
    try:
        address = ip_address(bind)
    except ValueError:
        return bind
    shown = _own(address.version) if address.is_unspecified else bind
    return f"[{shown}]" if ":" in shown else shown


def _own(version: int) -> str:
    """Give the address by which this machine goes out; nothing is sent for that."""
    family, somewhere, itself = (
        (socket.AF_INET, "192.0.2.1", "127.0.0.1")
        if version == 4
        else (socket.AF_INET6, "2001:db8::1", "::1")
    )
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as asking:
            asking.connect((somewhere, 9))
            return str(asking.getsockname()[0])
    except OSError:
        return itself
