"""Who holds a live chat: one process at a time, known by where it runs and when it was born."""

import json
import os
import secrets
import socket
import sys
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Self

#: A holder that has not been heard of for so long has lost its chats.
LEASE = timedelta(seconds=30)
#: How often a holder says that it is still there.
RENEWAL = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Holder:
    """A process: its machine (as far as process numbers mean anything), its number, its birth, and a name of its own."""

    machine: str
    pid: int
    born: str
    token: str

    @classmethod
    def this_process(cls) -> Self:
        """Give the holder that this process is, different at each call."""
        pid = os.getpid()
        return cls(_machine(), pid, _born(pid) or "", secrets.token_hex(8))

    @classmethod
    def load(cls, text: str) -> Self:
        """Read what `dump` wrote."""
        return cls(**json.loads(text))

    def dump(self) -> str:
        """Write the holder as one line of JSON."""
        return json.dumps(asdict(self))

    @property
    def dead(self) -> bool:
        """Whether it is known to be gone: it ran on this machine, and no process with its number and birth does."""
        if self.machine != _machine():
            return False
        return not _alive(self.pid) or (_born(self.pid) or "") != self.born

    def __str__(self) -> str:
        host = self.machine.split("/")[0]
        where = "on this machine" if self.machine == _machine() else f"on {host}"
        return f"process {self.pid} {where}"


def _machine() -> str:
    """Name what process numbers are unique in: the host, its boot, and the container."""
    boot = _first_line("/proc/sys/kernel/random/boot_id")
    try:
        space = str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        space = ""
    return f"{socket.gethostname()}/{boot}/{space}"


def _born(pid: int) -> str | None:
    """Tell when a process started, in ticks since boot (proc(5), field 22 of stat), where that can be known.

    One that has died and that nobody has waited for (its state, field 3, is Z) was never born.
    """
    fields = _first_line(f"/proc/{pid}/stat").rpartition(")")[2].split()
    return fields[19] if fields and fields[0] not in ("Z", "X") else None


def _alive(pid: int) -> bool:
    if sys.platform == "win32":  # there, signal 0 is Ctrl-C: such a lease has to run out
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _first_line(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError:
        return ""
