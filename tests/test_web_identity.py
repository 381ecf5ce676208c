"""Cookies that only this program can write, and the host's link."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rooms.web.identity import LIFE, Person, Signer, new_person

NOW = datetime(2015, 4, 23, 21, tzinfo=UTC)
SIGNER = Signer(b"key", "macrosw-1")
BO = Person("bo-id", "Bo", host=False)


@given(st.text(max_size=60), st.booleans())
def test_who_was_written_is_read(name: str, host: bool) -> None:
    """Whoever a cookie was written for is who is read from it, whatever the name."""
    person = new_person(name, host=host)
    assert SIGNER.read(SIGNER.write(person, NOW), NOW) == person


def test_people_of_one_name_differ() -> None:
    """Two people of one name are not taken for one another."""
    assert new_person("Bo").id != new_person("Bo").id


def test_it_is_fit_for_a_cookie() -> None:
    """The value has only signs that need no quoting in a cookie."""
    assert set(SIGNER.write(Person("id", 'É";, \\', host=True), NOW)) <= set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."
    )


def test_an_old_cookie_is_good_for_nothing() -> None:
    """A cookie is good for its time, and not a second longer."""
    value = SIGNER.write(BO, NOW)
    assert SIGNER.read(value, NOW + LIFE - timedelta(seconds=1)) == BO
    assert SIGNER.read(value, NOW + LIFE) is None


@pytest.mark.parametrize(
    "signer", [Signer(b"another key", "macrosw-1"), Signer(b"key", "macrosw-2")], ids=["key", "chat"]
)
def test_cookies_of_others_are_refused(signer: Signer) -> None:
    """A cookie written with another key, or for another chat, is nobody's; and its name is another."""
    assert SIGNER.read(signer.write(BO, NOW), NOW) is None
    assert SIGNER.cookie != signer.cookie
    assert SIGNER.host_key != signer.host_key


def test_a_changed_payload_is_refused() -> None:
    """Who makes a host of themselves in their cookie is nobody."""
    payload, _, signature = SIGNER.write(BO, NOW).partition(".")
    written = json.loads(base64.urlsafe_b64decode(payload + "=="))
    forged = base64.urlsafe_b64encode(json.dumps({**written, "host": True}).encode()).decode().rstrip("=")
    assert SIGNER.read(f"{payload}.{signature}", NOW) == BO
    assert SIGNER.read(f"{forged}.{signature}", NOW) is None


@given(st.integers(min_value=0), st.characters())
def test_a_changed_sign_is_refused(place: int, sign: str) -> None:
    """No sign of a cookie can be changed."""
    value = SIGNER.write(BO, NOW)
    place %= len(value)
    changed = value[:place] + sign + value[place + 1 :]
    assert SIGNER.read(changed, NOW) == (BO if changed == value else None)


@given(st.none() | st.text(max_size=80))
def test_anything_else_is_refused(value: str | None) -> None:
    """What is not a cookie of ours at all is nobody's."""
    assert SIGNER.read(value, NOW) is None


def test_only_the_hosts_key_opens_the_room_to_hosts() -> None:
    """The host's key is long, stays the same, and is not the key of the cookies."""
    assert SIGNER.is_host_key(Signer(b"key", "macrosw-1").host_key)
    assert len(SIGNER.host_key) >= 43
    for wrong in ("", "key", SIGNER.host_key[:-1], SIGNER.host_key + "A", "é" * 43):
        assert not SIGNER.is_host_key(wrong)
