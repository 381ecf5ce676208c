"""The server as a whole: its address, its world, what it found wrong."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any, Self, TypeVar

from aiohttp import web

from .checks import Violation
from .deeds import Deeds, Event, Ping
from .faults import Faults
from .gateway import Gateway
from .interactions import Interaction
from .places import Place, make_guild
from .rest import application
from .shown import Shown
from .world import Snowflakes, User, World

T = TypeVar("T")

TICK = 0.05  # seconds
PATIENCE = 30.0  # seconds that `until` waits where nothing else is said
BOT_NAME = "hashbot"


class Server:
    """A Discord for tests on 127.0.0.1, of one bot. Use as an async context manager.

    What can be set at any time: `content_allowed`, `members_allowed` (privileged intents), `selfhosted`, `nonce_seconds`,
    `acknowledge_seconds`, `requests_a_second`, `bucket` (requests, seconds: sends X-RateLimit-*, unless
    `selfhosted`, and answers 429 beyond; None: does neither).
    """

    def __init__(
        self, *, token: str = "loop.back.token", now: Callable[[], float] = time.time, port: int = 0
    ) -> None:
        self.token = token
        ids = Snowflakes(now)
        bot = User(ids(), BOT_NAME, bot=True)
        self.world = World(ids, bot, application=bot.id, users={bot.id: bot})
        self.shown = Shown(self.world)
        self.faults = Faults()
        self.gateway = Gateway(self)
        self.deeds = Deeds(self.world, self.shown, self.tell)
        self.violations: list[Violation] = []
        self.requests: list[
            tuple[str, str, int]
        ] = []  # method, path, status of all that came, the latest last
        self.content_allowed = True
        self.members_allowed = False
        self.nonce_seconds = 180.0
        self.acknowledge_seconds = 3.0
        self.requests_a_second: int | None = 50
        self.bucket: tuple[int, float] | None = (100, 1.0)
        self.port = port
        self._ticks = 0
        self._unanswered: list[Interaction] = []
        self._expected: set[int] = set()
        self._waiting: list[asyncio.Future[None]] = []
        self._tasks: set[asyncio.Task[Any]] = set()
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None

    # Life

    async def __aenter__(self) -> Self:
        self._runner = web.AppRunner(
            application(self), access_log=None, handler_cancellation=False, shutdown_timeout=0.5
        )
        await self._runner.setup()
        self.spawn(self._tick())
        await self.up()
        return self

    async def __aexit__(self, *problem: object) -> None:
        self.gateway.abort()
        for task in [*self._tasks]:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        assert self._runner
        await self._runner.cleanup()

    async def up(self) -> None:
        """Take connections (again, at the same port)."""
        assert self._runner
        if self._site:
            return
        self._site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await self._site.start()
        self.port = self._runner.addresses[0][1]
        self.shown.address = f"http://127.0.0.1:{self.port}"

    async def down(self) -> None:
        """Refuse every connection and cut those that are there; sessions are kept."""
        if self._site:
            await self._site.stop()
            self._site = None
        self.gateway.abort()
        for each in [*(self._runner.server.connections if self._runner and self._runner.server else [])]:
            if each.transport:
                each.transport.abort()

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Let something run beside; it ends with the server."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @property
    def api_url(self) -> str:
        """The address for Route.BASE and DISCORD_API_URL."""
        return f"http://127.0.0.1:{self.port}/api/v10"

    @property
    def gateway_url(self) -> str:
        """The address for DEFAULT_GATEWAY and DISCORD_GATEWAY_URL."""
        return f"ws://127.0.0.1:{self.port}"

    @property
    def selfhosted(self) -> bool:
        """Whether it behaves like a server that speaks the protocol but is not Discord."""
        return self.shown.selfhosted

    @selfhosted.setter
    def selfhosted(self, on: bool) -> None:
        self.shown.selfhosted = on

    @property
    def pings(self) -> list[Ping]:
        """Who was notified by what the bot wrote."""
        return self.deeds.pings

    # The world

    def guild(
        self, name: str = "MacroSW", *, channels: tuple[str, ...] = ("chat",), joined: bool = True
    ) -> Place:
        """Make a guild with text channels, in which the bot is (unless not `joined`)."""
        return make_guild(self, name, channels, joined=joined)

    def expire_links(self) -> None:
        """Let the links of all attachments expire; messages read from now on carry new ones."""
        self.shown.links += 1

    def watch(self, asking: Interaction) -> None:
        """Note that an interaction has reached the bot, and see whether it is acknowledged in time."""
        asking.delivered = self.had_machine()
        self._unanswered.append(asking)

    def _blame_who_is_late(self) -> None:
        waiting = [each for each in self._unanswered if each.response is None]
        self._unanswered = [each for each in waiting if not self.is_late(each)]
        for asking in waiting:
            if self.is_late(asking) and self.gateway.connected and not self.faults.schedule:
                about = str(asking.data.get("custom_id") or asking.data.get("name"))
                self.violations.append(
                    Violation(f"{about!r} was not acknowledged within {self.acknowledge_seconds:g} s", 10062)
                )
                self.changed()

    def is_late(self, asking: Interaction) -> bool:
        """Tell whether the bot has had an interaction for longer than it may take to acknowledge it."""
        return (
            asking.delivered is not None and self.had_machine() - asking.delivered >= self.acknowledge_seconds
        )

    def had_machine(self) -> float:
        """Give for how many seconds the server has had the machine: by it interactions live and die.

        Where a busy machine lets nobody run for a while, that is not the bot's fault.
        """
        return self._ticks * TICK

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            self._ticks += 1
            self._blame_who_is_late()

    def tell(self, event: Event) -> None:
        self.gateway.tell(event)

    # What a test waits for, and what was wrong

    def changed(self) -> None:
        """Let those look again who wait for something."""
        waiting, self._waiting = self._waiting, []
        for each in waiting:
            if not each.done():
                each.set_result(None)

    async def until(self, found: Callable[[], T | None], what: str = "", patience: float = PATIENCE) -> T:
        """Wait until `found` gives something, and give it. Raises TimeoutError, which says what was waited for."""
        try:
            async with asyncio.timeout(patience):
                while not (value := found()):
                    future = asyncio.get_running_loop().create_future()
                    self._waiting.append(future)
                    await future
                return value
        except TimeoutError:
            wrong = "".join(f"\n  {each}" for each in self.violations)
            raise TimeoutError(
                f"Waited {patience:g} s in vain for {what or 'a condition'}.{wrong and ' Violations:' + wrong}"
            ) from None

    async def ready(self, patience: float = PATIENCE) -> None:
        """Wait until a client is identified or resumed, and on the line."""
        await self.until(lambda: self.gateway.connected, "a client on the gateway", patience)

    def expect(self, *codes: int) -> None:
        """Take violations with these codes for expected: the test is about them."""
        self._expected |= set(codes)

    def unexpected(self) -> list[Violation]:
        """Give what was done wrong and not expected."""
        return [each for each in self.violations if each.code not in self._expected]

    def violated(self, code: int) -> list[Violation]:
        return [each for each in self.violations if each.code == code]
