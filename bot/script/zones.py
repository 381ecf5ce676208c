"""Time zones by name, and the moments at which their clocks show a time. Names are those of the IANA database."""

import re
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from bot.script.wrong import Wrong

_SUMMER = "{name} is wrong for half the year because of summer time"
_TWICE = "{name} is no zone's name and means different zones to different people"
_ABBREVIATIONS = {
    "America/New_York": ("EST EDT ET", _SUMMER),
    "America/Chicago": ("CST CDT CT", _SUMMER),
    "America/Denver": ("MST MDT MT", _SUMMER),
    "America/Los_Angeles": ("PST PDT PT", _SUMMER),
    "America/Anchorage": ("AKST AKDT", _SUMMER),
    "America/Halifax": ("AST ADT AT", _SUMMER),
    "America/St_Johns": ("NST NDT", _SUMMER),
    "Pacific/Honolulu": ("HST", _TWICE),
    "America/Sao_Paulo": ("BRT", _TWICE),
    "America/Argentina/Buenos_Aires": ("ART", _TWICE),
    "Europe/London": ("BST", _SUMMER),
    "Europe/Berlin": ("CET CEST MET MEST MEZ MESZ", _SUMMER),
    "Europe/Athens": ("EET EEST", _SUMMER),
    "Europe/Lisbon": ("WET WEST", _SUMMER),
    "Europe/Moscow": ("MSK", _TWICE),
    "Asia/Kolkata": ("IST", _TWICE),
    "Asia/Karachi": ("PKT", _TWICE),
    "Asia/Singapore": ("SGT", _TWICE),
    "Asia/Hong_Kong": ("HKT", _TWICE),
    "Asia/Tokyo": ("JST", _TWICE),
    "Asia/Seoul": ("KST", _TWICE),
    "Africa/Johannesburg": ("SAST", _TWICE),
    "Africa/Lagos": ("WAT", _TWICE),
    "Africa/Maputo": ("CAT", _TWICE),
    "Africa/Nairobi": ("EAT", _TWICE),
    "Australia/Sydney": ("AEST AEDT", _SUMMER),
    "Australia/Adelaide": ("ACST ACDT", _SUMMER),
    "Australia/Perth": ("AWST", _TWICE),
    "Pacific/Auckland": ("NZST NZDT", _SUMMER),
}
_MEANT = {name: (zone, why) for zone, (names, why) in _ABBREVIATIONS.items() for name in names.split()}
_SAID = {
    "eastern": "America/New_York",
    "central": "America/Chicago",
    "mountain": "America/Denver",
    "pacific": "America/Los_Angeles",
    "central european": "Europe/Berlin",
    "washington": "America/New_York",
    "boston": "America/New_York",
    "san francisco": "America/Los_Angeles",
    "uk": "Europe/London",
    "germany": "Europe/Berlin",
    "france": "Europe/Paris",
    "spain": "Europe/Madrid",
    "italy": "Europe/Rome",
    "india": "Asia/Kolkata",
    "china": "Asia/Shanghai",
    "z": "UTC",
    "zulu time": "UTC",
}
_OFFSET = re.compile(r"(?:UTC|GMT)?\s*[+\-−]\s*\d{1,2}(?::?\d{2})?", re.IGNORECASE)


@cache
def _names() -> frozenset[str]:
    return frozenset(available_timezones())


@cache
def _by_ending() -> dict[str, str]:
    """Give the zones by their whole name and by its last part, both in plain lower case."""
    names = sorted(_names(), key=lambda name: (name.startswith(("US/", "Etc/", "posix/", "right/")), name))
    known: dict[str, str] = {}
    for name in names:
        known.setdefault(_plain(name), name)
    for name in names:
        known.setdefault(_plain(name.rpartition("/")[2]), name)
    return known | _SAID


def _plain(name: str) -> str:
    return " ".join(re.sub("[_/ ]+", " ", name).casefold().split())


def zone(name: str) -> str:
    """Check the IANA name of a time zone; raises Wrong with the zone that is probably meant."""
    if name.upper() in _MEANT:
        meant, why = _MEANT[name.upper()]
        raise Wrong(
            f"is an abbreviation: {why.format(name=name.upper())}", f"write {meant}, or the zone you mean"
        )
    if name in _names():
        return name
    if _OFFSET.fullmatch(name):
        raise Wrong(
            f"is an offset, which changes with summer time: `{name}`",
            "write the zone's name, as Europe/Berlin",
        )
    raise Wrong(f"is not the name of a time zone: `{name[:60]}`", _nearest(name[:60]))


def _nearest(name: str) -> str:
    plain = _plain(re.sub(r"(?i)\b(standard|daylight|summer)?\s*time$", "", name.strip()))
    close = get_close_matches(plain, _by_ending(), n=1, cutoff=0.7)
    if close:
        return f"write {_by_ending()[close[0]]}"
    return "write region and city, as America/New_York or Europe/Madrid"


def at(local: datetime, zone_name: str) -> datetime:
    """Give the moment (UTC) at which the clocks of a zone show a time; an aware one decides for itself.

    Raises Wrong for a time that summer time leaves out or brings twice.
    """
    if local.tzinfo is not None:
        return local.astimezone(UTC)
    here = ZoneInfo(zone_name)
    first, second = (local.replace(tzinfo=here, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return first.astimezone(UTC)
    readings = [reading.astimezone(UTC).astimezone(here) for reading in (first, second)]
    if readings[0].replace(tzinfo=None) != local:
        later, earlier = (f"{reading:%Y-%m-%d %H:%M}" for reading in readings)
        what = f"does not exist in {zone_name}: the clocks are put forward past {local:%H:%M}"
        raise Wrong(what, f"write {earlier} or {later}")
    both = " for the first, ".join(_with_offset(reading) for reading in readings)
    raise Wrong(
        f"happens twice in {zone_name}, where the clocks are put back", f"write {both} for the second"
    )


def _with_offset(moment: datetime) -> str:
    offset = moment.utcoffset() or timedelta()
    sign, minutes = ("-" if offset < timedelta() else "+"), abs(offset) // timedelta(minutes=1)
    return f"{moment:%Y-%m-%d %H:%M}{sign}{minutes // 60:02}:{minutes % 60:02}"
