"""What the bot says while it runs: one line for each thing that happens, to standard error, and never the token."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import TextIO

from bot.render.plain import one_line

#: Libraries that say more than a host wants to know.
_QUIET = ("discord", "aiohttp", "asyncio")
#: What discord.py says that is no news: the line tells when it is down, and nobody speaks in a hashtag chat.
_NO_NEWS = (
    "Attempting a reconnect in %.2fs",
    "PyNaCl is not installed, voice will NOT be supported",
    "davey is not installed, voice will NOT be supported",
)
_LONGEST = 1_000
_HIDDEN = "[token]"


class Lines(logging.Formatter):
    """`2026-11-22 14:02:03 hashchat: …`: in the machine's zone, without control characters, an error by its kind."""

    def __init__(self, token: str) -> None:
        super().__init__()
        self._token = token

    def format(self, record: logging.LogRecord) -> str:
        """Write a record as one line."""
        at = datetime.fromtimestamp(record.created, UTC).astimezone()
        text = one_line(f"{_level(record)}{record.getMessage()}{_error(record)}").replace(
            self._token, _HIDDEN
        )
        if len(text) > _LONGEST:
            text = f"{text[:_LONGEST]}…"
        return f"{at:%Y-%m-%d %H:%M:%S} hashchat: {text}"


class JsonLines(logging.Formatter):
    """One JSON object a line: `time` (UTC), `level`, `logger`, `message`, and `error` with its traceback if there is one."""

    def __init__(self, token: str) -> None:
        super().__init__()
        self._token = token

    def format(self, record: logging.LogRecord) -> str:
        """Write a record as one line."""
        said = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            said["error"] = self.formatException(record.exc_info)
        hidden = {key: value.replace(self._token, _HIDDEN) for key, value in said.items()}
        return json.dumps(hidden, ensure_ascii=False)


def set_up(
    token: str, *, as_json: bool, level: int = logging.INFO, stream: TextIO | None = None
) -> logging.Handler:
    """Have everything that is logged written a line each, with the token taken out whatever it came in; give the handler.

    At DEBUG everything comes through, also what libraries say of what people write. Nothing else must write the log.
    """
    logging.raiseExceptions = False  # where standard error is gone, there is nobody to tell
    logging.captureWarnings(capture=True)
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.addFilter(lambda record: record.msg not in _NO_NEWS)
    handler.setFormatter(JsonLines(token) if as_json else Lines(token))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(level if level < logging.INFO else max(level, logging.WARNING))
    return handler


def _level(record: logging.LogRecord) -> str:
    return "" if record.levelno <= logging.INFO else f"{record.levelname.lower()}: "


def _error(record: logging.LogRecord) -> str:
    """Say of an error what kind it is; where it came from is for JSON logs."""
    if not record.exc_info or (error := record.exc_info[1]) is None:
        return ""
    return f" ({type(error).__name__}: {error})" if str(error) else f" ({type(error).__name__})"
