"""How fast requests go out: Discord takes 50 a second in all, and shuts out who asks more."""

import asyncio
import re
from collections import deque
from datetime import timedelta
from enum import Enum, auto
from types import SimpleNamespace

from aiohttp import ClientSession, TraceConfig, TraceRequestStartParams

from bot.live import Clock
from bot.live.clock import Call

#: Requests a second, and how many may go at once after a rest: in no second more than Discord's 50.
RATE, BURST = 40.0, 8.0
#: New connections to the gateway a second, and at once: resuming over and over must not become a flood.
DIAL_RATE, DIAL_BURST = 0.5, 5.0

_SECOND = timedelta(seconds=1)
_A_LITTLE = timedelta(milliseconds=1)
#: Answers to interactions do not count with Discord, and have to be there within 3 s.
_EXEMPT = re.compile(r"/(interactions/\d+/[^/]+/callback|webhooks/\d+/[^/]+(/messages/[^/]+)?)/?$")
_SIGN = re.compile(r"/messages/\d+/reactions/")


class Kind(Enum):
    """What a request is to the pace."""

    EXEMPT = auto()
    POST = auto()
    SIGN = auto()
    DIAL = auto()


def kind_of(method: str, scheme: str, path: str) -> Kind:
    """Tell what a request is: an answer to an interaction, a reaction, a connection to the gateway, or any other."""
    if scheme in {"ws", "wss"}:
        return Kind.DIAL
    if _EXEMPT.search(path):
        return Kind.EXEMPT
    if method in {"PUT", "DELETE"} and _SIGN.search(path):
        return Kind.SIGN
    return Kind.POST


class Bucket:
    """A bucket that fills up with `rate` tokens a second to `burst`; whoever takes one waits until there is one.

    Who is patient waits behind all others, and until the bucket is half full: the others always find tokens in it.
    """

    def __init__(self, clock: Clock, rate: float, burst: float) -> None:
        self._clock = clock
        self._rate = rate
        self._burst = burst
        self._level = burst
        self._filled = clock.now()
        self._prompt: deque[asyncio.Event] = deque()
        self._patient: deque[asyncio.Event] = deque()
        self._call: Call | None = None

    async def take(self, *, patient: bool = False) -> None:
        """Wait for a token, in the order in which it was asked for one, and take it."""
        queue = self._patient if patient else self._prompt
        turn = asyncio.Event()
        queue.append(turn)
        self._serve()
        try:
            await turn.wait()
        except asyncio.CancelledError:
            if turn.is_set():
                self._level += 1
            else:
                queue.remove(turn)
            self._serve()
            raise

    def _serve(self) -> None:
        """Give out what there is, and come back when there is more."""
        self._fill()
        while (queue := self._prompt or self._patient) and self._level >= self._least(queue):
            self._level -= 1
            queue.popleft().set()
        if self._call:
            self._call.cancel()
            self._call = None
        if queue:
            lacking = (self._least(queue) - self._level) / self._rate
            self._call = self._clock.call_at(self._clock.now() + lacking * _SECOND + _A_LITTLE, self._serve)

    def _fill(self) -> None:
        now = self._clock.now()
        self._level = min(self._burst, self._level + (now - self._filled) / _SECOND * self._rate)
        self._filled = now

    def _least(self, queue: deque[asyncio.Event]) -> float:
        """Give how many tokens there have to be for the next of a queue to take one."""
        return 1.0 if queue is self._prompt else max(1.0, self._burst / 2)


class Pace:
    """The buckets in front of all requests of one bot, whichever client sends them."""

    def __init__(self, clock: Clock, *, rate: float = RATE, dial_rate: float = DIAL_RATE) -> None:
        self._requests = Bucket(clock, rate, BURST)
        self._dials = Bucket(clock, dial_rate, DIAL_BURST)

    def trace(self) -> TraceConfig:
        """Give what holds the requests of one client back."""
        config = TraceConfig()
        config.on_request_start.append(self._start)
        return config

    async def _start(self, _: ClientSession, __: SimpleNamespace, request: TraceRequestStartParams) -> None:
        await self.wait(kind_of(request.method, request.url.scheme, request.url.path))

    async def wait(self, kind: Kind) -> None:
        """Wait until a request of that kind may go out."""
        match kind:
            case Kind.EXEMPT:
                pass
            case Kind.DIAL:
                await self._dials.take()
            case _:
                await self._requests.take(patient=kind is Kind.SIGN)
