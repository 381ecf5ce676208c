"""What the log shows, and that the token is never in it."""

import io
import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.rooms.discord import logs

TOKEN = "MTA1NjQ.Gx1yZw.s3cr3t-s3cr3t-s3cr3t-s3cr3t-s3cr3t-s3cr3t"


@contextmanager
def logged(*, as_json: bool = False, level: int = logging.INFO) -> Iterator[io.StringIO]:
    """Log as the bot does, into what is given; the log is as before afterwards."""
    root = logging.getLogger()
    before = root.handlers[:], root.level, logging.raiseExceptions
    names = ("discord", "aiohttp", "asyncio")
    levels = [logging.getLogger(name).level for name in names]
    out = io.StringIO()
    try:
        logs.set_up(TOKEN, as_json=as_json, level=level, stream=out)
        yield out
    finally:
        logging.captureWarnings(capture=False)
        root.handlers[:], logging.raiseExceptions = before[0], before[2]
        root.setLevel(before[1])
        for name, each in zip(names, levels, strict=True):
            logging.getLogger(name).setLevel(each)


def raised(error: Exception, cause: Exception | None = None) -> Exception:
    """Give an error that has been raised, so that it has a traceback."""
    try:
        raise error from cause
    except type(error):
        return error


def test_one_line_with_time_and_name() -> None:
    """A line is as in the README: time, name, what happened, and its level where it is more than news."""
    with logged() as out:
        logging.getLogger("bot.rooms.discord.line").info("Connected as %s.", "Bot")
        logging.getLogger("anything").warning("Careful.")
    first, second = out.getvalue().splitlines()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d hashchat: Connected as Bot\.", first)
    assert second.endswith(" hashchat: warning: Careful.")


def test_hostile_text_stays_in_its_line() -> None:
    """Line ends and control characters in what is logged make no other line and move no cursor."""
    with logged() as out:
        logging.getLogger("x").info("Said: %s", "a\n2026-01-01 00:00:00 hashchat: forged\r\x1b[2Jb\u2028c")
    assert len(out.getvalue().splitlines()) == 1
    assert "\x1b" not in out.getvalue()


def test_error_is_its_kind_and_no_traceback() -> None:
    """A person reads what kind of error it was in the same line; machines get the traceback in a field."""
    for as_json in (False, True):
        with logged(as_json=as_json) as out:
            logging.getLogger("x").error("It could not be taken in.", exc_info=raised(KeyError("author")))
        line = out.getvalue()
        assert line.count("\n") == 1
        if as_json:
            said = json.loads(line)
            assert said["level"] == "error"
            assert said["message"] == "It could not be taken in."
            assert said["error"].startswith("Traceback")
            assert said["error"].endswith("KeyError: 'author'")
        else:
            assert line.endswith("hashchat: error: It could not be taken in. (KeyError: 'author')\n")


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize("level", [logging.DEBUG, logging.INFO])
def test_token_is_taken_out_of_everything(level: int, *, as_json: bool) -> None:
    """Whoever logs it, at whatever level, in one piece, in several, in an error or in its cause: it is not there."""
    head, _, rest = TOKEN.partition(".")
    with logged(as_json=as_json, level=level) as out:
        for name in ("discord.http", "aiohttp.client", "bot", "asyncio", ""):
            for each in (logging.DEBUG, logging.INFO, logging.CRITICAL):
                logging.getLogger(name).log(each, "Authorization: Bot %s", TOKEN)
                logging.getLogger(name).log(each, "%s.%s", head, rest)
                logging.getLogger(name).log(each, "%r", {"token": TOKEN})
        error = raised(RuntimeError("nested"), cause=ValueError(TOKEN))
        logging.getLogger("discord.client").error("Failed with %s", TOKEN, exc_info=error)
    assert out.getvalue().count("[token]") >= 15
    assert TOKEN not in out.getvalue()
    assert rest not in out.getvalue()


def test_libraries_are_quiet_and_the_line_speaks_for_them() -> None:
    """discord.py's chatter, and its tracebacks while it reconnects, are not shown; its warnings are."""
    with logged() as out:
        logging.getLogger("discord.gateway").info("Shard ID None has connected.")
        logging.getLogger("discord.client").error("Attempting a reconnect in %.2fs", 1.5)
        logging.getLogger("discord.http").warning("We are being rate limited.")
    assert [line.partition("hashchat: ")[2] for line in out.getvalue().splitlines()] == [
        "warning: We are being rate limited."
    ]
