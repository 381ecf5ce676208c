"""How fast requests go out, by a clock that is moved by hand."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from aiohttp import ClientSession, web

from bot.rooms.discord.pace import BURST, DIAL_BURST, RATE, Bucket, Kind, Pace, kind_of
from tests.chats import ManualClock

SECOND = timedelta(seconds=1)


class Takers:
    """Those who want tokens, and in which order they got them."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket
        self._tasks: list[asyncio.Task[None]] = []
        self.got: list[str] = []

    async def want(self, *names: str, patient: bool = False) -> None:
        self._tasks += [asyncio.create_task(self._take(name, patient=patient)) for name in names]
        await settle()

    async def _take(self, name: str, *, patient: bool) -> None:
        await self._bucket.take(patient=patient)
        self.got.append(name)

    def cancel(self) -> None:
        for task in self._tasks:
            task.cancel()


@contextmanager
def takers(bucket: Bucket) -> Iterator[Takers]:
    them = Takers(bucket)
    try:
        yield them
    finally:
        them.cancel()


async def settle() -> None:
    """Let everything that can go on go on."""
    for _ in range(10):
        await asyncio.sleep(0)


async def move(clock: ManualClock, seconds: float) -> None:
    """Let time pass in small steps, so that each call comes when it is due."""
    end = clock.now() + seconds * SECOND
    while (due := clock.next()) is not None and due <= end:
        clock.advance(due)
        await settle()
    clock.advance(end)
    await settle()


def posts(number: int) -> list[str]:
    return [f"post {each}" for each in range(number)]


async def test_never_more_than_discord_takes() -> None:
    """Of 300 requests at once, in no second more than 50 go out, in order, and none is forgotten."""
    clock = ManualClock()
    with takers(Bucket(clock, RATE, BURST)) as them:
        await them.want(*posts(300))
        counts = [len(them.got)]
        for _ in range(80):
            await move(clock, 0.1)
            counts.append(len(them.got))
        assert counts[0] == BURST
        assert max(late - early for early, late in zip(counts, counts[10:], strict=False)) <= 50
        assert them.got == posts(300)


async def test_after_a_rest_no_more_than_a_burst() -> None:
    """An hour of silence does not save up more than the burst."""
    clock = ManualClock()
    with takers(Bucket(clock, RATE, BURST)) as them:
        await move(clock, 3600)
        await them.want(*posts(100))
        assert len(them.got) == BURST


async def test_posts_go_before_signs() -> None:
    """A post that comes after a hundred reactions goes out first."""
    clock = ManualClock()
    with takers(Bucket(clock, RATE, BURST)) as them:
        await them.want(*(f"sign {each}" for each in range(100)), patient=True)
        before = len(them.got)
        await them.want("post")
        assert them.got[before] == "post"  # at once: a reaction leaves tokens in the bucket
        await move(clock, 10)
        assert len(them.got) == 101


async def test_signs_wait_while_posts_do() -> None:
    """While posts queue, no reaction takes a token from them; once they are through, reactions go."""
    clock = ManualClock()
    with takers(Bucket(clock, RATE, BURST)) as them:
        await them.want(*posts(40))
        await them.want("sign", patient=True)
        await move(clock, 0.5)
        assert "sign" not in them.got
        await move(clock, 2)
        assert them.got == [*posts(40), "sign"]


async def test_who_gives_up_takes_no_token() -> None:
    """A request that is cancelled while it waits leaves its place to the next."""
    clock = ManualClock()
    bucket = Bucket(clock, 1, 1)
    with takers(bucket) as gone, takers(bucket) as them:
        await them.want("first")
        await gone.want("gone")
        await them.want("next")
        gone.cancel()
        await move(clock, 1.1)
        assert them.got == ["first", "next"]
        assert gone.got == []


@pytest.mark.parametrize(
    ("kind", "method", "url"),
    [
        (Kind.POST, "POST", "https://discord.com/api/v10/channels/1/messages"),
        (Kind.POST, "GET", "https://discord.com/api/v10/channels/1/messages/2/reactions/x"),
        (Kind.SIGN, "PUT", "https://discord.com/api/v10/channels/1/messages/2/reactions/%E2%9C%85/@me"),
        (Kind.SIGN, "DELETE", "https://discord.com/api/v10/channels/1/messages/2/reactions/a:1/@me"),
        (Kind.EXEMPT, "POST", "https://discord.com/api/v10/interactions/1/to-ken_./callback"),
        (Kind.EXEMPT, "POST", "https://discord.com/api/v10/webhooks/1/to-ken"),
        (Kind.EXEMPT, "PATCH", "https://discord.com/api/v10/webhooks/1/to-ken/messages/@original"),
        (Kind.EXEMPT, "POST", "http://127.0.0.1:81/api/v10/webhooks/1/to-ken"),
        (Kind.POST, "GET", "https://discord.com/api/v10/webhooks/1"),
        (Kind.DIAL, "GET", "wss://gateway.discord.gg/?v=10"),
    ],
)
def test_kinds_of_requests(kind: Kind, method: str, url: str) -> None:
    """Interactions' answers wait for nothing, reactions for all, and the gateway has a bucket of its own."""
    scheme, _, rest = url.partition("://")
    assert kind_of(method, scheme, rest.partition("/")[2].join("//").rstrip("/").partition("?")[0]) is kind


async def test_dialling_over_and_over_is_slow() -> None:
    """A gateway that lets in and cuts off again is not dialled more than now and then."""
    clock = ManualClock()
    pace = Pace(clock)
    dialled = 0

    async def dial() -> None:
        nonlocal dialled
        while True:
            await pace.wait(Kind.DIAL)
            dialled += 1

    task = asyncio.create_task(dial())
    await settle()
    assert dialled == DIAL_BURST
    await move(clock, 60)
    assert dialled <= DIAL_BURST + 30
    task.cancel()


async def test_real_requests_wait_their_turn() -> None:
    """Requests of an aiohttp session stand still until the clock moves; answers to interactions do not."""
    clock = ManualClock()
    arrived: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        arrived.append(request.path)
        return web.Response()

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    site = f"http://127.0.0.1:{runner.addresses[0][1]}"
    pace = Pace(clock, rate=1)
    try:
        async with ClientSession(trace_configs=[pace.trace()]) as session:
            for _ in range(int(BURST)):
                await (await session.post(f"{site}/channels/1/messages")).read()
            held = asyncio.create_task(session.post(f"{site}/channels/2/messages"))
            await (await session.post(f"{site}/interactions/1/token/callback")).read()
            assert arrived == ["/channels/1/messages"] * int(BURST) + ["/interactions/1/token/callback"]
            await move(clock, 1.1)
            await (await held).read()
            assert arrived[-1] == "/channels/2/messages"
    finally:
        await runner.cleanup()
