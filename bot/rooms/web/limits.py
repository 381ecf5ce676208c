"""How much one person, and one address, may do in a while."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from ipaddress import IPv6Address, IPv6Network, ip_address

#: So many people or addresses are remembered of each kind; the one not seen for longest goes first.
REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class Rate:
    """So many at once, and after that so many a second."""

    burst: float
    a_second: float


class Doing(Enum):
    """What is limited: for each person, for each address (None: not at all), and the words for who does too much.

    An address may be a whole class or company, so that it may do as much as many people.
    """

    JOIN = (None, Rate(200, 2), "Many people are joining from your network. Please try again in a moment.")
    GUESS = (
        None,
        Rate(20, 1 / 20),
        "There were too many wrong passphrases from your network. Please wait a minute.",
    )
    CONNECT = (Rate(20, 1 / 2), Rate(1000, 20), "This page connects too often. Please wait a moment.")
    SAY = (Rate(10, 1), Rate(400, 60), "You are sending faster than people can read. Please wait a moment.")
    REACT = (Rate(30, 3), Rate(800, 120), "That were many reactions in a short time. Please wait a moment.")
    PROPOSE = (Rate(3, 1 / 30), Rate(60, 1), "Please leave the hosts some time to read your questions.")
    ASK = (Rate(60, 10), Rate(2000, 200), "That were many requests in a short time. Please wait a moment.")
    UPLOAD = (Rate(5, 1 / 10), Rate(60, 1), "You are sharing many pictures. Please wait a moment.")
    DOWNLOAD = (
        Rate(20, 1 / 5),
        Rate(100, 2),
        "That were many downloads in a short time. Please wait a moment.",
    )

    def __init__(self, person: Rate | None, address: Rate | None, words: str) -> None:
        self.person = person
        self.address = address
        self.words = words


@dataclass(slots=True)
class _Bucket:
    left: float
    at: datetime


class Allowance:
    """A bucket of tokens for each of many."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, who: str, now: datetime) -> float:
        """Take one token of theirs and give 0, or give the seconds until there is one."""
        bucket = self._buckets.setdefault(who, _Bucket(self._rate.burst, now))
        self._buckets.move_to_end(who)
        if len(self._buckets) > REMEMBERED:
            self._buckets.popitem(last=False)
        elapsed = max(0.0, (now - bucket.at).total_seconds())
        bucket.left = min(self._rate.burst, bucket.left + elapsed * self._rate.a_second)
        bucket.at = now
        if bucket.left < 1:
            return (1 - bucket.left) / self._rate.a_second
        bucket.left -= 1
        return 0

    def give_back(self, who: str) -> None:
        """Put a token back that was taken for nothing."""
        if bucket := self._buckets.get(who):
            bucket.left += 1


class Limits:
    """Counts what people and addresses do. `now` gives the time (aware)."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._people = {doing: Allowance(doing.person) for doing in Doing if doing.person}
        self._addresses = {doing: Allowance(doing.address) for doing in Doing if doing.address}

    def wait(self, doing: Doing, *, person: str | None = None, address: str) -> float:
        """Count it and give 0, or give the seconds to wait first.

        What is too much for a person does not count for the address, so that others behind it do not feel it.
        """
        now = self._now()
        if person is not None and doing in self._people and (wait := self._people[doing].take(person, now)):
            return wait
        return self._addresses[doing].take(address, now) if doing in self._addresses else 0

    def give_back(self, doing: Doing, *, address: str) -> None:
        """Do not count for the address what turned out to be harmless."""
        self._addresses[doing].give_back(address)


def one_household(address: str) -> str:
    """Give what all addresses of one connection to the net have in common: of IPv6, the first 64 bits."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or IPv6Network((parsed, 64), strict=False))
