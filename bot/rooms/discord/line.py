"""The line to Discord: a client that is replaced by a fresh one whenever it dies or hangs, for as long as the bot runs.

What ends a client that could go on, seen with discord.py 2.7.1: a payload that lacks a part (KeyError), a gateway that is
down at the first connection (AttributeError), a 503 at login. After a cut it may wait for 17 minutes before it tries again.
"""

import asyncio
import contextlib
import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.live import Clock, RoomError
from bot.rooms.discord.client import Client, Commands, Crew, stop_beating
from bot.rooms.discord.pace import Pace
from bot.rooms.discord.settings import Settings

log = logging.getLogger(__name__)

REFUSED = (
    "Discord refuses the token. Make a new one: https://discord.com/developers/applications → your application → Bot → "
    "Reset Token, put it in DISCORD_TOKEN or in the file that DISCORD_TOKEN_FILE names, and start the bot again."
)
#: Closes of the gateway after which no other try can succeed, and why.
_FOR_GOOD = {
    4004: REFUSED,
    4010: "Discord refuses the shard that the bot said it is.",
    4011: "The bot is in so many servers that Discord wants it split into shards, which hashchat does not do.",
    4012: "Discord no longer takes this version of its protocol. Update hashchat.",
    4013: "Discord does not know what the bot asked to be told of. Update hashchat.",
}
NO_CONTENT = (
    "Discord does not let the bot read messages: answers come by the Answer button, by replies, and by mentioning the bot. "
    "To have all of them read: https://discord.com/developers/applications → your application → Bot → switch on Message "
    "Content Intent, and start the bot again."
)
#: How often it is looked how the connection is, and how long a client that is given up may take to leave, in seconds.
_LOOK, _LEAVING = 0.25, 2.0


class NotConnected(RoomError):
    """There is no client just now."""


class Refused(Exception):
    """Discord does not let the bot in, and will not; the text says why and what to do."""


class Lost(Exception):
    """A client has had no connection for too long, or has left by itself."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds.

    `first` and `most` are for the time between tries; `hangs` is how long a client may be without connection before it is
    replaced, `steady` how long one has to last for the next try after it to be a first one; `words` is the time between
    two lines that say that it is down, `hopes` that before the first of them while discord.py may still mend it; `guilds`
    is how long after one guild there may come another before all are there.
    """

    first: float = 1.0
    most: float = 60.0
    hangs: float = 60.0
    steady: float = 120.0
    words: float = 60.0
    hopes: float = 10.0
    guilds: float = 2.0

    def before(self, attempt: int) -> float:
        """Give how long to wait before a try, by how many have failed: twice as long each time, up to half of it less."""
        longest = min(self.most, self.first * 2 ** min(attempt, 30))
        return secrets.SystemRandom().uniform(longest / 2, longest)


class Line:
    """What leads to Discord. `run` keeps it up; `client` is what to speak through just now.

    `content` says whether Discord lets the bot read messages, `since` since when it is connected or is not, and `trouble`
    what ended the last client.
    """

    def __init__(self, settings: Settings, clock: Clock, *, patience: Patience | None = None) -> None:
        self.connected = False
        self.content = True
        self.since = clock.now()
        self.trouble = ""
        self._settings = settings
        self._clock = clock
        self._patience = patience or Patience()
        self._pace = Pace(clock)
        self._client: Client | None = None
        self._failed = 0
        self._said: datetime | None = None
        self._running: asyncio.Task[object] | None = None

    @property
    def client(self) -> Client:
        """The client of the moment, logged in. Raises NotConnected."""
        if self._client is None or self._client.user is None or self._client.is_closed():
            raise NotConnected(f"Discord cannot be reached since {_hour(self.since)}.")
        return self._client

    @property
    def me(self) -> int:
        """The bot's own user id. Raises NotConnected."""
        user = self.client.user
        return user.id if user else 0  # `client` is logged in

    def is_in(self, guild: int) -> bool | None:
        """Tell whether the bot is in a server, be it one that has an outage; None where Discord has not told so far."""
        try:
            client = self.client
        except NotConnected:
            return None
        return client.get_guild(guild) is not None or (False if client.is_ready() else None)

    def level(self, level: int) -> int:
        """Give the level at which it is logged that Discord cannot be asked: while it is down, the line itself says so."""
        return level if self.connected else logging.DEBUG

    # Keeping it up -----------------------------------------------------------------------------------------------

    async def run(self, crew: Crew, commands: Commands | None = None) -> None:
        """Keep a client connected that hands what it hears to the crew, a fresh one each time one dies; for ever.

        Only one line runs in a process, because discord.py has its addresses for all clients. Raises Refused where no
        other try can succeed.
        """
        Route.BASE = self._settings.api_url
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(self._settings.gateway_url)
        self._running = asyncio.current_task()
        while True:
            error = await self._serve(self._fresh(crew, commands))
            _raise_for_good(error)
            if isinstance(error, discord.PrivilegedIntentsRequired) and self.content:
                self.content = False
                log.warning(NO_CONTENT)
                continue
            self.trouble = why(error)
            self._say_down(self.trouble)
            log.debug("A client ended.", exc_info=error)
            await asyncio.sleep(self._patience.before(self._failed))
            self._failed += 1

    async def close(self) -> None:
        """Leave Discord, within a few seconds whatever Discord does."""
        if self._running and self._running is not asyncio.current_task():
            self._running.cancel()
            await asyncio.wait({self._running}, timeout=3 * _LEAVING)

    def _fresh(self, crew: Crew, commands: Commands | None) -> Client:
        self._client = Client(
            crew,
            self,
            commands,
            content=self.content,
            trace=self._pace.trace(),
            guild_patience=self._patience.guilds,
        )
        return self._client

    async def _serve(self, client: Client) -> Exception:
        """Run a client until it ends, and give what ended it."""
        born = self._clock.now()
        start = asyncio.create_task(client.start(self._settings.token), name="discord")
        try:
            while not start.done():
                await asyncio.wait({start}, timeout=_LOOK)
                self._look(born)
            start.result()
        except Exception as error:  # noqa: BLE001  (whatever ends a client, a fresh one takes its place)
            return error
        finally:
            start.cancel()  # closing first would let the bot linger
            await asyncio.wait({start}, timeout=_LEAVING)
            await _leave(client)
            self.down(client)
        return Lost("the client left")

    def _look(self, born: datetime) -> None:
        """See whether the connection is down for long. Raises Lost where a fresh client has to try."""
        if self.connected:
            return
        now = self._clock.now()
        if now - self.since >= timedelta(seconds=self._patience.hopes):
            self._say_down("there is no connection")
        if now - max(self.since, born) >= timedelta(seconds=self._patience.hangs):
            raise Lost("the connection hangs")

    # How it is ---------------------------------------------------------------------------------------------------

    def up(self, client: Client) -> None:
        """Take in that a client's connection stands."""
        if client is self._client and not self.connected:
            if self._said is not None:
                log.warning("Discord is there again; it could not be reached since %s.", _hour(self.since))
                self._said = None
            self.connected, self.since = True, self._clock.now()

    def down(self, client: Client) -> None:
        """Take in that a client's connection is lost."""
        if client is self._client and self.connected:
            now = self._clock.now()
            if now - self.since >= timedelta(seconds=self._patience.steady):
                self._failed = 0
            self.connected, self.since = False, now

    def _say_down(self, reason: str) -> None:
        """Say that Discord cannot be reached, now and then."""
        now = self._clock.now()
        if self._said is None or now - self._said >= timedelta(seconds=self._patience.words):
            self._said = now
            log.warning("Discord cannot be reached since %s (%s). Trying again.", _hour(self.since), reason)


async def _leave(client: Client) -> None:
    """Leave Discord if it lets the client, and let go of the connections in any case."""
    stop_beating()
    for close in (client.close, client.http.close):
        with contextlib.suppress(TimeoutError, OSError, aiohttp.ClientError, RuntimeError):
            async with asyncio.timeout(_LEAVING):
                await close()


def _raise_for_good(error: Exception) -> None:
    match error:
        case discord.LoginFailure():
            raise Refused(REFUSED) from error
        case discord.ConnectionClosed(code=code) if code in _FOR_GOOD:
            raise Refused(f"{_FOR_GOOD[code]} (The gateway closed with {code}.)") from error


def why(error: BaseException) -> str:
    """Say in a few words why Discord could not be reached, by what ended a client."""
    match error:
        case discord.HTTPException(status=status):
            return f"it answers with {status}"
        case discord.ConnectionClosed(code=code):
            return f"the gateway closed with {code}"
        case TimeoutError():
            return "it does not answer"
        case aiohttp.WSServerHandshakeError(status=status):
            return f"the gateway answers with {status}"
        case OSError(strerror=str(reason)) if reason:
            return reason
        case AttributeError(name="sequence") if (
            error.__context__
        ):  # discord.py, when its first connection fails
            return why(error.__context__)
        case _:
            return str(error) or type(error).__name__


def _hour(moment: datetime) -> str:
    """Write a moment as a clock on the wall shows it."""
    return f"{moment.astimezone():%H:%M}"
