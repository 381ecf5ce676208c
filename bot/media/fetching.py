"""Fetching from the net what a script or a person names: the one place of hashchat that does.

Whoever names an address must not learn or reach through it what only this machine can see. So an address is resolved
here, only public addresses are connected to, the very ones that were looked at, and every redirect is looked at again.
"""

import asyncio
import socket
from collections.abc import Callable, Collection
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from bot import __version__

Address = IPv4Address | IPv6Address

#: The largest file that is fetched, in bytes; the longest that it may take in all, in seconds; and the most redirects.
MOST_BYTES = 10 * 1024 * 1024
PATIENCE = 20.0
MOST_REDIRECTS = 5

_REDIRECTS = frozenset({301, 302, 303, 307, 308})


def _networks(*written: str) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(each) for line in written for each in line.split())


#: What is not part of the public net: the special-purpose registries
#: https://www.iana.org/assignments/iana-ipv4-special-registry and https://www.iana.org/assignments/iana-ipv6-special-registry,
#: and multicast. Of IPv6, nothing outside 2000::/3 has been given to anybody.
_SPECIAL = _networks(
    "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24",
    "192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15",
    "198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4",
    "::/3 2001::/23 2001:db8::/32 2620:4f:8000::/48 3fff::/20 4000::/2 8000::/1",
)
_MAPPED, _NAT64, _6TO4 = _networks("::ffff:0:0/96 64:ff9b::/96 2002::/16")


class FetchError(Exception):
    """It could not be fetched; the text says what was wrong with which address."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was fetched: its MIME type as the server told it (nothing is said about the truth of it), and its bytes."""

    type: str
    data: bytes


def public(address: Address) -> bool:
    """Tell whether an address is one of the public net, not of this machine, its network or a special purpose.

    An IPv6 address that stands for an IPv4 address is what that one is.
    """
    number = int(address)
    if address in _MAPPED or address in _NAT64:
        return public(IPv4Address(number & 0xFFFF_FFFF))
    if address in _6TO4:
        return public(IPv4Address(number >> 80 & 0xFFFF_FFFF))
    return not any(address in network for network in _SPECIAL)


async def fetch(
    url: str,
    *,
    types: Collection[str] | None,
    most: int = MOST_BYTES,
    patience: float = PATIENCE,
    allowed: Callable[[Address], bool] = public,
) -> Fetched:
    """Fetch what is at an http(s) address: of one of these MIME types (None: of any), of at most so many bytes, in so many seconds.

    `allowed` tells which addresses may be connected to. Raises FetchError.
    """
    connector = aiohttp.TCPConnector(
        resolver=_Resolver(allowed), use_dns_cache=False, force_close=True, limit=1
    )
    headers = {
        "User-Agent": f"hashchat/{__version__}",
        "Accept": "*/*" if types is None else ", ".join(types),
        "Accept-Encoding": "identity",
    }
    try:
        async with (
            asyncio.timeout(patience),
            aiohttp.ClientSession(
                connector=connector,
                headers=headers,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                timeout=aiohttp.ClientTimeout(),
                trust_env=False,
            ) as session,
        ):
            return await _follow(session, _checked(url, allowed), types, most, allowed)
    except TimeoutError as error:
        raise FetchError(f"{url} took longer than {patience:.0f} seconds.") from error


async def _follow(
    session: aiohttp.ClientSession,
    url: URL,
    types: Collection[str] | None,
    most: int,
    allowed: Callable[[Address], bool],
) -> Fetched:
    """Fetch it from where the redirects lead, looking at each of them."""
    for _ in range(MOST_REDIRECTS + 1):
        try:
            async with session.get(url, allow_redirects=False) as response:
                if response.status not in _REDIRECTS:
                    return await _read(response, types, most)
                location = response.headers.get("Location", "")
        except aiohttp.ClientError as error:
            raise FetchError(_why(url, error)) from error
        try:
            further = url.join(URL(location))
        except ValueError as error:
            raise FetchError(f"{url} leads to {location!r}, which is not a web address.") from error
        url = _checked(str(further), allowed)
    raise FetchError(f"{url} leads on and on: that is more than {MOST_REDIRECTS} redirects.")


async def _read(response: aiohttp.ClientResponse, types: Collection[str] | None, most: int) -> Fetched:
    url = response.url
    if response.status != 200:
        raise FetchError(f"{url} answers {response.status} {response.reason}.")
    if types is not None and response.content_type not in types:
        raise FetchError(f"{url} is {response.content_type}, not one of {', '.join(types)}.")
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise FetchError(f"{url} comes packed in a way that was not asked for.")
    if (response.content_length or 0) > most:
        raise FetchError(_too_large(url, most))
    data = bytearray()
    async for piece in response.content.iter_any():
        data += piece
        if len(data) > most:
            raise FetchError(_too_large(url, most))
    return Fetched(response.content_type, bytes(data))


def _checked(url: str, allowed: Callable[[Address], bool]) -> URL:
    """Read an address that may be asked. Raises FetchError; a name's numbers are looked at when it is connected to."""
    try:
        parsed = URL(url)
        host = parsed.host
    except ValueError:
        host = None
    if not host or parsed.scheme not in ("http", "https"):
        raise FetchError(f"{url} is not an address of the web. It has to begin with https:// or http://.")
    if parsed.user or parsed.password:
        raise FetchError(f"The address at {host} has a user name or password in it, which is not sent.")
    if not _may_be_asked(host, allowed):
        raise FetchError(f"{host} is not an address of the public net.")
    return parsed


def _may_be_asked(host: str, allowed: Callable[[Address], bool]) -> bool:
    """Tell whether a host is a name (whose addresses are looked at when it is connected to), or an allowed address."""
    if ":" in host or host.replace(".", "").isdigit():
        return _is_good(host, allowed)  # no resolver is asked for these, so 127.1 and 2130706433 end here too
    return True


def _is_good(number: str, allowed: Callable[[Address], bool]) -> bool:
    try:
        return allowed(ip_address(number.partition("%")[0]))
    except ValueError:
        return False


class _Resolver(AbstractResolver):
    """Gives only the allowed ones of a name's addresses; what it gives is what is connected to."""

    def __init__(self, allowed: Callable[[Address], bool]) -> None:
        self._allowed = allowed

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Resolve a name. Raises OSError where there is no such name, or no address of it is allowed."""
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)
        except UnicodeError as error:
            raise socket.gaierror(socket.EAI_NONAME, "not a name") from error
        numbers = [(family, str(address[0])) for family, _, _, _, address in found]
        good = [(family, number) for family, number in numbers if _is_good(number, self._allowed)]
        if not good:
            raise NotPublic(host)
        return [
            ResolveResult(
                hostname=host, host=number, port=port, family=family, proto=0, flags=socket.AI_NUMERICHOST
            )
            for family, number in good
        ]

    async def close(self) -> None:
        """Nothing is held open."""


class NotPublic(OSError):
    """A name that leads to no address of the public net."""


def _why(url: URL, error: aiohttp.ClientError) -> str:
    match error:
        case aiohttp.ClientSSLError():
            return f"{url.host} does not prove who it is: its certificate is not good."
        case aiohttp.ClientConnectorError(os_error=NotPublic()):
            return f"{url.host} does not lead to an address of the public net."
        case aiohttp.ClientConnectorError(os_error=socket.gaierror()):
            return f"There is no {url.host} on the net."
        case aiohttp.ClientConnectorError():
            return f"{url.host} cannot be reached."
        case _:
            return f"{url} could not be read to its end."


def _too_large(url: URL, most: int) -> str:
    return f"{url} is larger than {most / 1024 / 1024:.3g} MiB."
