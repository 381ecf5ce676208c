"""Who somebody is: a cookie signed with a key that is kept with the database, and the host's link."""

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

#: How long a cookie is good; it is renewed whenever the page is opened. Late answers count for 30 days at most.
LIFE = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the room. `id` is public and says nothing; `host` that they came by the host's link.

    A host who has not joined yet has no name.
    """

    id: str
    name: str
    host: bool = False


def new_person(name: str, *, host: bool = False) -> Person:
    """Make a person of that name, different from everybody else."""
    return Person(secrets.token_urlsafe(12), name, host)


class Signer:
    """Writes cookies, and reads those that it has written for the same chat.

    `host_key` opens the room to hosts; `cookie` is the cookie's name, another one for each chat, because browsers do not
    tell the ports of one machine apart.
    """

    def __init__(self, key: bytes, chat: str) -> None:
        self._key = _derived(key, "cookie", chat)
        self.host_key = _written(_derived(key, "host", chat))
        self.cookie = f"hashchat-{_derived(key, 'name', chat).hex()[:12]}"

    def write(self, person: Person, now: datetime) -> str:
        """Write a cookie's value, good from now (aware) on."""
        payload = _written(json.dumps({**asdict(person), "at": int(now.timestamp())}).encode())
        return f"{payload}.{self._signature(payload)}"

    def read(self, value: str | None, now: datetime) -> Person | None:
        """Give the person of a cookie's value, or None if it is not one of ours, or too old by now (aware)."""
        payload, _, signature = (value or "").rpartition(".")
        if not hmac.compare_digest(self._signature(payload).encode(), signature.encode(errors="replace")):
            return None
        written = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        good = written.pop("at") + LIFE.total_seconds() > now.timestamp()
        return Person(**written) if good else None

    def is_host_key(self, key: str) -> bool:
        """Tell whether that is the key of the host's link."""
        return hmac.compare_digest(key.encode(errors="replace"), self.host_key.encode())

    def _signature(self, payload: str) -> str:
        return hmac.new(self._key, payload.encode(errors="replace"), hashlib.sha256).hexdigest()


def _derived(key: bytes, purpose: str, chat: str) -> bytes:
    """Make a key of its own for each purpose, so that one never opens what another does."""
    return hmac.digest(key, f"{purpose}\0{chat}".encode(), hashlib.sha256)


def _written(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
