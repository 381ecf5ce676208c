"""Stands for everybody in a room: a process with all their WebSockets, some of whom talk while all listen.

    python -m tests.bench.audience

It is told by lines on its standard input, and tells by lines on its standard output, each one JSON:

    ← where to go: `Going`
    → "warm": those who will talk are there, and each has talked once
    ← any line: go on
    → "here": everybody is there
    ← any line: go on
    → what was heard: `Heard`
"""

import asyncio
import gc
import json
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field

from tests.bench.figures import percentile

#: What is said; it answers a question.
_TEXT = "A{question} I think that the common ground of micro and macro practice is far bigger than we say. #MacroSW"
_ID = re.compile(rb"message-\d{6}")
_TEXT_FRAME, _CLOSE_FRAME, _PING_FRAME, _PONG_FRAME = 0x1, 0x8, 0x9, 0xA
_FINAL, _MASKED = 0x80, 0x80
#: How long anything may take before the bench is given up, in seconds.
_PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Going:
    """Where to go, with a cookie for each who goes; the first `talking` of them talk, so often `a_second` in turn."""

    port: int
    cookies: Sequence[str]
    talking: int
    a_second: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Heard:
    """How long it took from writing a message to hearing it, in milliseconds, and how large it was, in bytes."""

    middle: float
    slow: float
    size: int


@dataclass(slots=True)
class _Told:
    """What everybody together has said and heard: when, by message, and after how long, in seconds."""

    said: dict[bytes, float] = field(default_factory=dict)
    after: list[float] = field(default_factory=list)
    sizes: set[int] = field(default_factory=set)
    wrong: str = ""


class _Listener(asyncio.Protocol):
    """One WebSocket of RFC 6455, as bare as can be, so that what is measured is the server."""

    def __init__(self, going: Going, cookie: str, told: _Told) -> None:
        self.greeted = False
        self._told = told
        self._data = b""
        self._upgraded = False
        here = f"127.0.0.1:{going.port}"
        self._upgrade = (
            f"GET /ws HTTP/1.1\r\nHost: {here}\r\nOrigin: http://{here}\r\nCookie: {cookie}\r\n"
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(self._upgrade.encode())

    def connection_lost(self, _error: Exception | None) -> None:
        self._told.wrong = self._told.wrong or "a connection was closed"

    def data_received(self, data: bytes) -> None:
        now = time.monotonic()
        self._data += data
        if not self._upgraded:
            _head, end, rest = self._data.partition(b"\r\n\r\n")
            if not end:
                return
            self._upgraded, self._data = True, rest
        for kind, payload in self._frames():
            if kind == _TEXT_FRAME:
                self._heard(payload, now)
            elif kind == _PING_FRAME:
                self._send(_PONG_FRAME, payload)
            elif kind == _CLOSE_FRAME:
                self._told.wrong = f"the server closed a connection: {payload!r}"

    def _frames(self) -> Iterator[tuple[int, bytes]]:
        """Take the frames that are there whole, each with its opcode."""
        while len(self._data) >= 2:
            size, start = self._data[1], 2
            if size >= 126:
                start = 4 if size == 126 else 10
                size = int.from_bytes(self._data[2:start])
            if len(self._data) < start + size:
                return
            kind, payload = self._data[0] & 0xF, self._data[start : start + size]
            self._data = self._data[start + size :]
            yield kind, payload

    def _heard(self, payload: bytes, now: float) -> None:
        if not self.greeted:
            self.greeted = True
            return
        ids = _ID.findall(payload)
        self._told.after += [now - self._told.said[id_] for id_ in ids]
        if len(ids) == 1:
            self._told.sizes.add(len(payload))
        if b'"ok":false' in payload:
            self._told.wrong = f"a message was refused: {payload!r}"

    def say(self, number: int) -> None:
        id_ = f"message-{number:06}"
        frame = {"do": "say", "n": number, "id": id_, "text": _TEXT.format(question=1 + number % 6)}
        payload = json.dumps(frame).encode()
        self._told.said[id_.encode()] = time.monotonic()
        self._send(_TEXT_FRAME, payload)

    def _send(self, kind: int, payload: bytes) -> None:
        """Send a frame, masked with nothing but zeros."""
        length = bytes((_MASKED | len(payload),))
        if len(payload) > 125:
            length = bytes((_MASKED | 126,)) + len(payload).to_bytes(2)
        self._transport.write(bytes((_FINAL | kind,)) + length + bytes(4) + payload)


async def main() -> None:
    """Go, listen, talk, and tell what was heard."""
    gc.disable()  # the instrument itself is not to be heard
    going, told = Going(**json.loads(sys.stdin.readline())), _Told()
    talking = await _come(going, going.cookies[: going.talking], told)
    for number, each in enumerate(talking):
        each.say(number)
    await _until(lambda: len(told.after) == len(talking) ** 2, told)
    await _pause("warm")
    everybody = talking + await _come(going, going.cookies[going.talking :], told)
    await _pause("here")
    told.after.clear()
    await _talk(going, talking)
    await _until(lambda: len(told.after) == going.a_second * going.seconds * len(everybody), told)
    middle, slow = (1_000 * percentile(told.after, percent) for percent in (50, 99))
    (size,) = told.sizes
    print(json.dumps(asdict(Heard(middle, slow, size))), flush=True)


async def _come(going: Going, cookies: Sequence[str], told: _Told) -> list[_Listener]:
    """Open a WebSocket with each cookie, and wait until all are greeted."""
    loop = asyncio.get_running_loop()
    coming = [_Listener(going, cookie, told) for cookie in cookies]
    for each in coming:
        await loop.create_connection(lambda each=each: each, "127.0.0.1", going.port)
    await _until(lambda: all(each.greeted for each in coming), told)
    return coming


async def _talk(going: Going, talking: Sequence[_Listener]) -> None:
    """Say something so many times a second, evenly, each in turn."""
    start = time.monotonic()
    for number in range(going.a_second * going.seconds):
        await asyncio.sleep(start + number / going.a_second - time.monotonic())
        talking[number % len(talking)].say(len(talking) + number)


async def _pause(reached: str) -> None:
    """Tell what is reached, and wait until the bench goes on."""
    print(json.dumps(reached), flush=True)
    await asyncio.to_thread(sys.stdin.readline)


async def _until(done: Callable[[], bool], told: _Told) -> None:
    async with asyncio.timeout(_PATIENCE):
        while not done():
            if told.wrong:
                raise AssertionError(told.wrong)
            await asyncio.sleep(0.02)


if __name__ == "__main__":
    asyncio.run(main())
