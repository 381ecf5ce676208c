"""The gateway: sessions that are identified, resumed and cut (https://discord.com/developers/docs/topics/gateway)."""

import asyncio
import json
import secrets
import zlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import WSCloseCode, WSMsgType, web

from .deeds import CONTENT, MEMBERS, Event
from .permissions import Permission, of
from .shown import Json

if TYPE_CHECKING:
    from .server import Server

DISPATCH, BEAT, IDENTIFY, PRESENCE, VOICE, RESUME, RECONNECT, REQUEST, INVALID, HELLO, ACK = (
    0,
    1,
    2,
    3,
    4,
    6,
    7,
    8,
    9,
    10,
    11,
)
PRESENCES = 1 << 8
KEPT = 20_000  # events that a session keeps for a resume
LATEST = 0.2  # seconds after which an event that is late comes, even if no other has overtaken it


@dataclass(slots=True, eq=False)
class Connection:
    """One socket, and what waits to go out on it."""

    socket: web.WebSocketResponse
    request: web.Request
    waiting: deque[tuple[str, Callable[[], None] | None]] = field(default_factory=deque)
    some: asyncio.Event = field(default_factory=asyncio.Event)
    session: "Session | None" = None
    packer: Any = None

    def send(self, frame: str, sent: Callable[[], None] | None = None) -> None:
        self.waiting.append((frame, sent))
        self.some.set()

    async def write(self) -> None:
        """Write what waits, for as long as the socket is open."""
        while not self.socket.closed:
            await self.some.wait()
            self.some.clear()
            while self.waiting:
                frame, sent = self.waiting.popleft()
                try:
                    if self.packer:
                        await self.socket.send_bytes(
                            self.packer.compress(frame.encode()) + self.packer.flush(zlib.Z_SYNC_FLUSH)
                        )
                    else:
                        await self.socket.send_str(frame)
                except ConnectionError:
                    return
                if sent:
                    sent()

    def abort(self) -> None:
        """Cut the line without a word."""
        if self.request.transport:
            self.request.transport.abort()


@dataclass(slots=True, eq=False)
class Session:
    """What the gateway remembers of one client, connected or not."""

    id: str
    intents: int
    shard: tuple[int, int]
    seq: int = 0
    kept: deque[tuple[int, str]] = field(default_factory=lambda: deque(maxlen=KEPT))
    connection: Connection | None = None

    def dispatch(self, name: str, body: str, sent: Callable[[], None] | None = None) -> None:
        self.seq += 1
        frame = f'{{"op":0,"t":"{name}","s":{self.seq},"d":{body}}}'
        self.kept.append((self.seq, frame))
        if self.connection:
            self.connection.send(frame, sent)

    def wants(self, event: Event, bot: int) -> bool:
        if event.guild is None:
            return self.shard[0] == 0 and bool(event.intent & self.intents or not event.intent)
        if event.intent and not event.intent & self.intents:
            return False
        member = event.guild.members.get(bot)
        if member is None or (event.guild.id >> 22) % self.shard[1] != self.shard[0]:
            return False
        return event.channel is None or bool(of(member, event.channel) & Permission.VIEW_CHANNEL)


class Gateway:
    """All sessions, and what a test does to them."""

    def __init__(self, server: "Server") -> None:
        self.server = server
        self.sessions: dict[str, Session] = {}
        self.connections: set[Connection] = set()
        self.heartbeat = 41_250  # milliseconds
        self.silent = False  # hears and says nothing more, with the line open
        self.packs = False  # zlib-stream, where it is asked for
        self.identified = 0
        self.resumed = 0
        self._refusals: list[int] = []
        self._late: list[tuple[Session, str, str, Callable[[], None] | None]] = []
        self._muted = 0

    # What a test does

    @property
    def connected(self) -> bool:
        """Whether a client is identified and on the line."""
        return any(each.connection for each in self.sessions.values())

    async def close(self, code: int = 4000) -> None:
        """Close every connection with a code; sessions stay."""
        for each in [*self.connections]:
            self._part(each)
            await each.socket.close(code=code)

    def abort(self) -> None:
        """Cut every connection at the level of TCP."""
        for each in [*self.connections]:
            self._part(each)
            each.abort()

    def reconnect(self) -> None:
        """Ask every client to reconnect (op 7)."""
        self._say(RECONNECT, None)

    def invalidate(self, *, resumable: bool = False) -> None:
        """Say that the session is invalid (op 9); one that is not resumable is forgotten."""
        self._say(INVALID, resumable)
        for each in [*self.connections]:
            if not resumable and each.session:
                self.sessions.pop(each.session.id, None)
            self._part(each)

    def refuse(self, status: int = 502, times: int = 1) -> None:
        """Refuse the next upgrades with an HTTP status."""
        self._refusals += [status] * times

    def forget(self) -> None:
        """Forget the sessions of all who are not connected, so that none can be resumed."""
        self.sessions = {each.id: each for each in self.sessions.values() if each.connection}

    def mute(self) -> None:
        """Let events stand in history only, until `unmute`."""
        self._muted += 1

    def unmute(self) -> None:
        self._muted -= 1

    def partial(self, name: str = "MESSAGE_CREATE") -> None:
        """Send an event in which nearly everything is missing."""
        for session in self.sessions.values():
            session.dispatch(name, '{"id":"1","channel_id":"1"}')

    # Telling

    def tell(self, event: Event, sent: Callable[[], None] | None = None) -> None:
        """Send an event to all sessions that want it, with the troubles that were set."""
        self.server.changed()
        if self._muted:
            return
        bodies: dict[bool, str] = {}
        bot = self.server.world.bot.id
        for session in [*self.sessions.values()]:
            if session.wants(event, bot):
                content = bool(session.intents & CONTENT)
                if content not in bodies:
                    bodies[content] = json.dumps(event.shown(content), separators=(",", ":"))
                self._pass(session, event.name, bodies[content], sent)
        if (schedule := self.server.faults.schedule) and (cut := schedule.of_connection()):
            self._cut(*cut)

    def _pass(self, session: Session, name: str, body: str, sent: Callable[[], None] | None) -> None:
        trouble = self.server.faults.for_event(name)
        if trouble == "dropped":
            return
        if trouble == "late":
            self._late.append((session, name, body, sent))
            asyncio.get_running_loop().call_later(LATEST, self._bring_late)
            return
        if trouble == "partial":
            body = '{"id":"1","channel_id":"1"}'
        for _ in range(2 if trouble == "twice" else 1):
            session.dispatch(name, body, sent)
        self._bring_late()

    def _bring_late(self) -> None:
        late, self._late = self._late, []
        for there, event, text, then in late:
            there.dispatch(event, text, then)

    def _cut(self, how: str, code: int) -> None:
        match how:
            case "close":
                self.server.spawn(self.close(code))
            case "abort":
                self.abort()
            case "reconnect":
                self.reconnect()
            case _:
                self.invalidate(resumable=how == "invalid-resumable")

    def _say(self, op: int, what: Any) -> None:
        for each in self.connections:
            each.send(_frame(op, what))

    # The socket

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection from HELLO to its end."""
        if self._refusals:
            return web.Response(status=self._refusals.pop(0), text="refused")
        socket = web.WebSocketResponse(max_msg_size=16 << 10)
        await socket.prepare(request)
        connection = Connection(socket, request)
        if self.packs and request.query.get("compress") == "zlib-stream":
            connection.packer = zlib.compressobj()
        self.connections.add(connection)
        writer = asyncio.create_task(connection.write())
        connection.send(_frame(HELLO, {"heartbeat_interval": self.heartbeat}))
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT and not self.silent:
                    code = self._hear(connection, message.data)
                    if code:
                        await socket.close(code=code, message=b"refused")
        finally:
            writer.cancel()
            ended = socket.close_code
            session = connection.session
            self._part(connection)
            if session and ended in (WSCloseCode.OK, WSCloseCode.GOING_AWAY) and not session.connection:
                self.sessions.pop(session.id, None)  # the client has said goodbye
            self.server.changed()
        return socket

    def _part(self, connection: Connection) -> None:
        self.connections.discard(connection)
        if connection.session and connection.session.connection is connection:
            connection.session.connection = None
        connection.session = None

    def _hear(self, connection: Connection, text: str) -> int | None:
        """Do what a frame asks; give the close code where it is not to be borne."""
        try:
            frame = json.loads(text)
            op, what = frame["op"], frame.get("d")
        except (ValueError, KeyError, TypeError):
            return 4002
        match op:
            case _ if op == BEAT:
                connection.send(_frame(ACK, None))
            case _ if op == IDENTIFY:
                return 4005 if connection.session else self._identify(connection, what)
            case _ if op == RESUME:
                return self._resume(connection, what)
            case _ if op in (PRESENCE, VOICE):
                return None if connection.session else 4003
            case _ if op == REQUEST:
                return self._members(connection, what) if connection.session else 4003
            case _:
                return 4001
        return None

    def _identify(self, connection: Connection, what: Json) -> int | None:
        if what.get("token") != self.server.token:
            return 4004
        intents = what.get("intents")
        if not isinstance(intents, int) or not 0 <= intents < 1 << 26:
            return 4013
        if intents & CONTENT and not self.server.content_allowed:
            return 4014
        if intents & (MEMBERS | PRESENCES) and not self.server.members_allowed:
            return 4014
        number, count = what.get("shard") or (0, 1)
        if not 0 <= number < count:
            return 4010
        if count == 1 and len(self.server.world.guilds) >= 2500:
            return 4011
        self.identified += 1
        shard = (number, count)
        self.sessions = {
            key: each for key, each in self.sessions.items() if each.connection or each.shard != shard
        }
        session = Session(secrets.token_hex(16), intents, shard, connection=connection)
        self.sessions[session.id] = session
        connection.session = session
        self._greet(session)
        return None

    def _greet(self, session: Session) -> None:
        world, shown = self.server.world, self.server.shown
        guilds = [
            each
            for each in world.guilds.values()
            if world.bot.id in each.members and (each.id >> 22) % session.shard[1] == session.shard[0]
        ]
        ready = {
            "v": 10, "user": shown.user(world.bot), "session_id": session.id, "shard": session.shard,
            "resume_gateway_url": self.server.gateway_url, "application": {"id": str(world.application), "flags": 0},
            "guilds": [{"id": str(each.id), "unavailable": True} for each in guilds],
        }  # fmt: skip
        session.dispatch("READY", json.dumps(ready))
        for guild in guilds:
            session.dispatch("GUILD_CREATE", json.dumps(shown.guild_create(guild)))
        self.server.changed()

    def _resume(self, connection: Connection, what: Json) -> int | None:
        if what.get("token") != self.server.token:
            return 4004
        session = self.sessions.get(what.get("session_id", ""))
        seq = what.get("seq")
        first = session.kept[0][0] if session and session.kept else 1
        if session is None or self.server.selfhosted or not isinstance(seq, int) or seq < first - 1:
            connection.send(_frame(INVALID, d=False))
            return None
        if seq > session.seq:
            return 4007
        if session.connection:  # the line it was on is dead, only nobody had noticed
            self.server.spawn(session.connection.socket.close(code=4009))
            self._part(session.connection)
        self.resumed += 1
        session.connection, connection.session = connection, session
        for number, frame in session.kept:
            if number > seq:
                connection.send(frame)
        session.dispatch("RESUMED", "{}")
        self.server.changed()
        return None

    def _members(self, connection: Connection, what: Json) -> int | None:
        guild = self.server.world.guilds.get(int(what.get("guild_id") or 0))
        if guild is None or not connection.session:
            return None
        ids = what.get("user_ids") or []
        wanted = {int(each) for each in (ids if isinstance(ids, list) else [ids])}
        query, limit = what.get("query"), what.get("limit") or 100
        found = [
            each
            for each in guild.members.values()
            if each.user.id in wanted
            or (query is not None and not wanted and each.name.lower().startswith(query.lower()))
        ][:limit]
        chunk = {
            "guild_id": str(guild.id), "members": [self.server.shown.member(each, guild) for each in found],
            "chunk_index": 0, "chunk_count": 1, "nonce": what.get("nonce"), "not_found": [],
        }  # fmt: skip
        connection.session.dispatch("GUILD_MEMBERS_CHUNK", json.dumps(chunk))
        return None


def _frame(op: int, d: Any) -> str:
    return json.dumps({"op": op, "d": d, "s": None, "t": None})
