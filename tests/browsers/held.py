"""The real `hashchat run`, and a line to it that can be cut."""

import asyncio
import os
import re
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
#: How long a process may take to say where the room is, in seconds.
PATIENCE = 30

_LINKS = re.compile(r"^For participants: +(\S+)$|^For you, the host: +(\S+)$")


def free_port() -> int:
    """Give a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(slots=True)
class Held:
    """A chat that a process holds for browsers. It can be killed and started again: by the same command, at the same address."""

    file: Path
    db: Path
    options: tuple[str, ...] = ()
    port: int = field(default_factory=free_port)
    link: str = ""
    host_link: str = ""
    printed: list[str] = field(default_factory=list)
    _process: asyncio.subprocess.Process | None = None
    _reading: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the process, and wait for its links."""
        options = ("--no-open", "--port", str(self.port), "--db", str(self.db), *self.options)
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", str(self.file), *options,
            cwd=ROOT, env=os.environ | {"PYTHONIOENCODING": "utf-8"}, stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        ready = asyncio.Event()
        self._reading = asyncio.create_task(self._read(self._process.stdout, ready))
        async with asyncio.timeout(PATIENCE):
            await ready.wait()
        if self._process.returncode is not None or not self.host_link:
            raise AssertionError("hashchat run has ended:\n" + "\n".join(self.printed))

    async def kill(self) -> None:
        """End the process at once, as a power cut does."""
        if self._process and self._process.returncode is None:
            self._process.kill()
        await self._ended()

    async def stop(self) -> int:
        """End the process as Ctrl-C does; give its exit status."""
        assert self._process
        self._process.terminate()
        return await self._ended()

    async def _ended(self) -> int:
        assert self._process
        assert self._reading
        await self._reading
        return await self._process.wait()

    async def _read(self, out: asyncio.StreamReader | None, ready: asyncio.Event) -> None:
        assert out
        try:
            async for line in out:
                self.printed.append(line.decode().rstrip())
                if found := _LINKS.match(self.printed[-1]):
                    self.link, self.host_link = found[1] or self.link, found[2] or self.host_link
                if found and found[2]:
                    ready.set()
        finally:
            ready.set()


@asynccontextmanager
async def held(file: Path, db: Path, *options: str) -> AsyncIterator[Held]:
    """Hold a chat of that script for as long as the context lasts; a traceback of the process's is a failure."""
    chat = Held(file, db, options)
    try:
        await chat.start()
        yield chat
    finally:
        await chat.kill()
    assert "Traceback (most recent call last):" not in chat.printed, "\n".join(chat.printed)


async def command(db: Path, *words: str) -> bytes:
    """Give what another command of the real program prints."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *words, "--db", str(db), cwd=ROOT,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, trouble = await process.communicate()
    assert (process.returncode, trouble) == (0, b""), trouble.decode()
    return out


class Line:
    """A way to a room that can be cut, like that of a phone in a tunnel.

    While `answers` is not set, what comes from the room gets stuck on the way.
    """

    def __init__(self, link: str) -> None:
        self._to = int(link.rstrip("/").rpartition(":")[2])
        self._port = free_port()
        self.link = f"http://127.0.0.1:{self._port}/"
        self._server: asyncio.Server | None = None
        self.answers = asyncio.Event()
        self.answers.set()
        self._open: set[asyncio.StreamWriter] = set()

    async def mend(self) -> None:
        """Let everything through, from now on."""
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", self._port)

    async def cut(self) -> None:
        """Break everything off, and let nothing through."""
        assert self._server
        self._server.close()
        for writer in tuple(self._open):
            writer.transport.abort()
        await self._server.wait_closed()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._to)
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, far_writer}
        always = asyncio.Event()
        always.set()
        await asyncio.gather(_pass_on(reader, far_writer, always), _pass_on(far_reader, writer, self.answers))
        self._open -= {writer, far_writer}


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, may: asyncio.Event) -> None:
    try:
        while data := await reader.read(65536):
            await may.wait()
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()
