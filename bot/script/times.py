"""Lengths of time, and dates with times, as scripts write them; what is wrong with one is raised as Wrong."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

from bot.script.source import Scalar
from bot.script.wrong import Wrong

SECOND, MINUTE, HOUR, DAY = (timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours", "days"))

_NUMBER = r"\d+(?:\.\d+)?"
_UNITS = {"d": DAY, "h": HOUR, "m": MINUTE, "s": SECOND}
_PART = re.compile(
    rf"({_NUMBER})\s*(d|h|m|s)(?:ays?|ours?|rs?|in(?:ute)?s?|ec(?:ond)?s?)?(?![a-z])\s*",
    re.ASCII | re.IGNORECASE,
)
_MOMENT = re.compile(
    r"(?P<date>\d{4}-\d{1,2}-\d{1,2})(?:[T ]\s*)"
    r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?)?"
    r"\s*(?P<half>[ap])?(?(half)\.?m\.?)\s*(?P<offset>Z|UTC|GMT|[+-]\d{2}:?\d{2})?",
    re.ASCII | re.IGNORECASE,
)
_DAY_ONLY = re.compile(r"\d{4}-\d{1,2}-\d{1,2}", re.ASCII)


def duration_of(least: timedelta, most: timedelta, example: str) -> Callable[[Scalar], timedelta]:
    """Read a time from least to most: a number of minutes, or `90s`, `8m`, `1h30m`, `7d`; `none` where 0 may be."""

    def duration(value: Scalar) -> timedelta:
        written = value.text.strip().casefold()
        if not written:
            raise Wrong("is empty", f"write a time such as {example}, or leave it out")
        seconds = 0.0 if written == "none" and not least else _seconds(written, example)
        if seconds < least.total_seconds():
            raise Wrong(f"is too short: `{written[:60]}`", f"write at least {in_short(least)}")
        if seconds > most.total_seconds():
            raise Wrong(f"is too long: `{written[:60]}`", f"write at most {in_short(most)}")
        return timedelta(seconds=round(seconds))

    return duration


def _seconds(written: str, example: str) -> float:
    if re.fullmatch(_NUMBER, written, re.ASCII):
        return float(written) * 60
    parts = list(_PART.finditer(written[:100]))
    units = [part[2] for part in parts]
    whole = "".join(part[0] for part in parts) == written
    if not parts or not whole or units != sorted(set(units), key="dhms".index):
        instead = f"write a number of minutes, or a time such as {example}, 90s or 1h30m"
        raise Wrong(f"is not a length of time: `{written[:60]}`", instead)
    return sum(float(part[1]) * _UNITS[part[2]].total_seconds() for part in parts)


def in_short(time: timedelta) -> str:
    """Write a time as scripts do: `90s`, `8m`, `1h30m`, `30d`, `0`."""
    rest, written = int(time.total_seconds()), ""
    for unit, length in _UNITS.items():
        count, rest = divmod(rest, int(length.total_seconds()))
        written += f"{count}{unit}" if count else ""
    return written or "0"


def is_moment(value: Scalar) -> bool:
    """Tell whether a value has the form of a date and time."""
    return _MOMENT.fullmatch(" ".join(value.text.split())) is not None


def moment(value: Scalar) -> datetime:
    """Read a date and time: naive, or aware where an offset is written."""
    written = " ".join(value.text.split())
    if not written:
        raise Wrong("is empty", "write a date and time such as 2026-12-03 21:00, or leave it out")
    if _DAY_ONLY.fullmatch(written):
        raise Wrong("has a date but no time", f"write {written} 21:00")
    found = _MOMENT.fullmatch(written)
    if not found:
        what = f"is not a date and time: `{written[:60]}`"
        raise Wrong(
            what, "write year-month-day hour:minute, as 2026-12-03 21:00; the zone belongs in `timezone`"
        )
    return _moment(found, written)


def _moment(found: re.Match[str], written: str) -> datetime:
    hour, half, offset = int(found["hour"]), (found["half"] or "").casefold(), found["offset"]
    if not half and not found["minute"]:
        raise Wrong(f"has no minutes: `{written}`", f"write {found['date']} {hour:02}:00")
    if half and not 1 <= hour <= 12:
        raise Wrong(
            f"is not a time of day: `{written}`", "write hours from 1 to 12 with am or pm, or 21:00 without"
        )
    year, month, day = (int(part) for part in found["date"].split("-"))
    if not 2000 <= year <= 2199:
        raise Wrong(f"has the year {year}", "write one between 2000 and 2199")
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        local = datetime(year, month, day, hour, int(found["minute"] or 0), int(found["second"] or 0))  # noqa: DTZ001 - the zone comes later
        return local.replace(tzinfo=_offset(offset)) if offset else local
    except ValueError:
        raise Wrong(
            f"is not in the calendar or on the clock: `{written}`", "write a day and time that exist"
        ) from None


def _offset(written: str) -> timezone:
    if written[0] not in "+-":
        return UTC
    sign, digits = (-1 if written[0] == "-" else 1), written[1:].replace(":", "")
    return timezone(sign * (int(digits[:2]) * HOUR + int(digits[2:]) * MINUTE))
