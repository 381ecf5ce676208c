"""What goes wrong when a test says so: one trouble at a time, or a schedule drawn from a seed."""

from asyncio import Event
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from random import Random
from typing import Literal


@dataclass(frozen=True, slots=True)
class Trouble:
    """What happens to one request. See the functions below for the kinds that there are."""

    status: int | None = None  # answered instead of the true answer
    cut: bool = False  # the connection is cut instead
    committed: bool = False  # strikes after the request has done its work
    delay: float = 0.0  # seconds
    until: Event | None = None  # is waited for
    code: int = 0
    message: str = ""
    retry_after: float = 0.0
    via: bool = True
    everywhere: bool = False


def lost_after() -> Trouble:
    """Lose the answer after the request has done its work."""
    return Trouble(cut=True, committed=True)


def lost_before() -> Trouble:
    """Lose the request before it has done anything."""
    return Trouble(cut=True)


def delayed(seconds: float) -> Trouble:
    """Do the work at once and answer later."""
    return Trouble(committed=True, delay=seconds)


def held(until: Event) -> Trouble:
    """Do the work at once and answer when the event is set."""
    return Trouble(committed=True, until=until)


def broken(status: int = 500, *, committed: bool = False) -> Trouble:
    """Answer 5xx, before or after the work was done."""
    return Trouble(status, committed=committed, message=f"{status}: Server Error")


def too_many(retry_after: float = 0.1, *, via: bool = True, everywhere: bool = False) -> Trouble:
    """Answer 429; without Via as a wall in front of Discord does; `everywhere` for the limit of the whole bot."""
    return Trouble(
        429, retry_after=retry_after, via=via, everywhere=everywhere, message="You are being rate limited."
    )


def refused(status: int, code: int, message: str = "Refused") -> Trouble:
    """Answer with an error of Discord's, such as 400 and 30046 for too many edits of an old message."""
    return Trouble(status, code=code, message=message)


EventTrouble = Literal["dropped", "twice", "late", "partial"]
#: What can happen to the gateway's connection; the last two are an op 9 that lets resume and one that does not.
Cut = Literal["close", "abort", "reconnect", "invalid-resumable", "invalid"]
CUTS: tuple[Cut, ...] = ("close", "abort", "reconnect", "invalid-resumable", "invalid")
CLOSES = (1000, 1001, 4000, 4008, 4009)


@dataclass(slots=True)
class _OnRequest:
    method: str
    pattern: str
    trouble: Trouble
    times: int


@dataclass(slots=True)
class _OnEvent:
    pattern: str
    trouble: EventTrouble
    times: int
    skip: int


@dataclass(slots=True)
class Schedule:
    """Troubles drawn from a seed: the same requests and events in the same order get the same ones.

    `requests`, `events` and `cuts` say how likely each is to meet one; `left` bounds how many there are in all, so that
    what is to come through comes through.
    """

    seed: int
    requests: float = 0.1
    events: float = 0.0
    cuts: float = 0.01
    left: int = 50
    delay: float = 0.05
    drops: bool = False  # only where what was missed is looked up some time: a dropped event leaves no trace
    random: Random = field(init=False)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)

    def of_request(self, method: str) -> Trouble | None:
        if not self._strikes(self.requests):
            return None
        kinds = [
            delayed(self.delay),
            broken(500),
            broken(502),
            broken(503),
            broken(504),
            too_many(0.05),
            lost_before(),
        ]
        kinds += [
            lost_after(),
            broken(500, committed=True),
            broken(503, committed=True),
            too_many(0.05, via=False),
        ]
        return self.random.choice(kinds)

    def of_event(self) -> EventTrouble | None:
        kinds: list[EventTrouble] = ["twice", "late", *(["dropped"] if self.drops else [])]  # type: ignore[list-item]  # mypy widens it
        return self.random.choice(kinds) if self._strikes(self.events) else None

    def of_connection(self) -> tuple[Cut, int] | None:
        return (self.random.choice(CUTS), self.random.choice(CLOSES)) if self._strikes(self.cuts) else None

    def _strikes(self, likely: float) -> bool:
        if self.left <= 0 or self.random.random() >= likely:
            return False
        self.left -= 1
        return True


@dataclass(slots=True)
class Faults:
    """All that is to go wrong, and what has."""

    schedule: Schedule | None = None
    struck: list[tuple[str, str, Trouble]] = field(default_factory=list)
    _requests: list[_OnRequest] = field(default_factory=list)
    _events: list[_OnEvent] = field(default_factory=list)
    _paths: set[tuple[str, str]] = field(default_factory=set)

    def on(self, method: str, pattern: str, trouble: Trouble, times: int = 1) -> None:
        """Strike the next requests with this method (or *) whose path (after /api/v10) fits the shell pattern."""
        self._requests.append(_OnRequest(method, pattern, trouble, times))

    def on_event(self, pattern: str, trouble: EventTrouble, times: int = 1, *, skip: int = 0) -> None:
        """Strike the next gateway events of these names: dropped, sent twice, sent after the next one, or partial."""
        self._events.append(_OnEvent(pattern, trouble, times, skip))

    def clear(self) -> None:
        """Let nothing more go wrong."""
        self._requests.clear()
        self._events.clear()
        self.schedule = None

    def for_request(self, method: str, path: str) -> Trouble | None:
        trouble = self._planned(method, path) or (self.schedule.of_request(method) if self.schedule else None)
        if trouble:
            self.struck.append((method, path, trouble))
            self._paths.add((method, path))
        return trouble

    def has_struck(self, method: str, path: str) -> bool:
        """Say whether the sender of this request may not know what became of it before."""
        return (method, path) in self._paths

    def _planned(self, method: str, path: str) -> Trouble | None:
        for rule in self._requests:
            if rule.method in ("*", method) and fnmatchcase(path, rule.pattern):
                rule.times -= 1
                if rule.times <= 0:
                    self._requests.remove(rule)
                return rule.trouble
        return None

    def for_event(self, name: str) -> EventTrouble | None:
        for rule in self._events:
            if not fnmatchcase(name, rule.pattern):
                continue
            if rule.skip:
                rule.skip -= 1
                return None
            rule.times -= 1
            if rule.times <= 0:
                self._events.remove(rule)
            return rule.trouble
        if self.schedule and name.startswith("MESSAGE"):
            return self.schedule.of_event()
        return None
