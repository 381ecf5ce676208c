"""What the single values of a script mean: each function takes one as written and gives it as data, or raises Wrong."""

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from posixpath import normpath
from urllib.parse import urlsplit

from bot.script import zones
from bot.script.model import Role
from bot.script.posts import PLACEHOLDERS, placeholders
from bot.script.source import Scalar
from bot.script.wrong import Wrong, nearest

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
_BCP47 = re.compile(
    r"[a-z]{2,3}(-[a-z]{3}){0,3}(-[a-z]{4})?(-([a-z]{2}|\d{3}))?(-([a-z0-9]{5,8}|\d[a-z0-9]{3}))*"
    r"(-[0-9a-wy-z](-[a-z0-9]{2,8})+)*(-x(-[a-z0-9]{1,8})+)?",
    re.ASCII | re.IGNORECASE,
)
_LANGUAGES = {
    "english": "en",
    "spanish": "es",
    "español": "es",
    "french": "fr",
    "français": "fr",
    "german": "de",
    "deutsch": "de",
    "portuguese": "pt",
    "português": "pt",
    "italian": "it",
    "dutch": "nl",
}
_NUMBERED = re.compile(r"(?:0|[1-9]\d{0,2})[a-z]?", re.ASCII | re.IGNORECASE)
_LIKE_AN_ANSWER = re.compile(r"[^\W\d]\d+[a-z]?", re.IGNORECASE)
_HANDLE = re.compile(r"\w[\w.-]*(?:@[\w-]+(?:\.[\w-]+)+)?")


def _written(value: Scalar) -> str:
    """Give the text of a value; of one that is empty, or that YAML takes for something else, say how to write it."""
    if not value.text.strip():
        if value.lost:
            raise Wrong(
                f"is empty, because YAML takes `{value.lost[:60]}` for a comment",
                f"put it in quotes: {quoted(value.lost[:60])}",
            )
        raise Wrong("is empty", "write a text after it, or leave it out")
    if value.kind != "text":
        raise Wrong(
            f"is `{value.text[:60]}`, which YAML takes for {_KINDS[value.kind]} and not for a text",
            f"put it in quotes: {quoted(value.text[:60])}",
        )
    if value.lost:
        raise Wrong(
            f"ends at `{value.text[-30:]}`, because YAML takes ` {value.lost[:60]}` for a comment",
            f"put the whole text in quotes: {quoted(f'{value.text[-30:]} {value.lost[:60]}')}",
        )
    return value.text


_KINDS = {"yes or no": "yes or no", "number": "a number", "nothing": "nothing", "date": "a date"}


def quoted(text: str) -> str:
    """Write a text as a YAML value in double quotes, on one line, whatever it holds."""
    marks = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}
    return (
        '"'
        + "".join(marks.get(sign) or (sign if sign.isprintable() else _escape(sign)) for sign in text)
        + '"'
    )


def _escape(sign: str) -> str:
    return (
        f"\\x{ord(sign):02X}"
        if ord(sign) < 256
        else f"\\u{ord(sign):04X}"
        if ord(sign) < 65536
        else f"\\U{ord(sign):08X}"
    )


def text(value: Scalar) -> str:
    """Read a text of one or more lines; lines are kept, what surrounds them is trimmed."""
    lines = _written(value).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    whole = "\n".join(line.rstrip() for line in lines).strip()
    for sign in whole:
        if unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\t":
            raise Wrong(f"holds the control character U+{ord(sign):04X}", "delete it")
    if not any(sign.isprintable() and not sign.isspace() for sign in whole):
        raise Wrong("holds nothing that can be seen", "write a text, or leave it out")
    return whole


def line_of(most: int) -> Callable[[Scalar], str]:
    """Read a text of one line of at most so many characters."""

    def line(value: Scalar) -> str:
        one = " ".join(text(value).split())
        return _at_most(one, most)

    return line


def text_of(most: int) -> Callable[[Scalar], str]:
    """Read a text of at most so many characters."""
    return lambda value: _at_most(text(value), most)


def _at_most(whole: str, most: int) -> str:
    if len(whole) > most:
        raise Wrong(f"is {len(whole):,} characters long", f"shorten it by {len(whole) - most:,} to {most:,}")
    return whole


def template(value: Scalar) -> str:
    """Read a text with placeholders such as `{hashtag}`; literal braces are doubled."""
    whole = text(value)
    for found, name in placeholders(whole):
        if name is None:
            raise Wrong(
                f"has a lone `{found}`", "write {{ and }} for braces, or a placeholder such as {hashtag}"
            )
        if name not in PLACEHOLDERS:
            likely = nearest(name, PLACEHOLDERS)
            known = ", ".join(f"{{{each}}}" for each in PLACEHOLDERS)
            meant = f"write {{{likely}}}" if likely else f"write one of {known}, or {{{{ and }}}} for braces"
            raise Wrong(f"has the unknown placeholder `{found[:40]}`", meant)
    return whole


def hashtag(value: Scalar) -> str:
    """Read a hashtag, with or without its sign; gives it without."""
    if value.kind == "number":
        raise Wrong(
            f"is only a number: `{value.text[:60]}`", "a hashtag has a letter: write MacroSW or Macro2015"
        )
    tag = unicodedata.normalize("NFC", text(value).strip().lstrip("#＃").strip())
    if (
        len(tag) > 100
        or not tag
        or any(unicodedata.category(sign)[0] not in "LMN" and sign != "_" for sign in tag)
    ):
        likely = "".join(sign for sign in tag if unicodedata.category(sign)[0] in "LMN" or sign == "_")[:100]
        raise Wrong(
            f"is not a hashtag, which has only letters, digits and _, at most 100: `{tag[:60]}`",
            f"write {quoted('#' + (likely or 'MacroSW'))}",
        )
    if not any(unicodedata.category(sign)[0] == "L" for sign in tag):
        raise Wrong(f"has no letter: `{tag}`", "a hashtag has one: write MacroSW or Macro2015")
    return tag


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


def text_or_moment(value: Scalar) -> str | datetime:
    """Read what comes next: a date and time where it is one, and else a text."""
    if _MOMENT.fullmatch(" ".join(value.text.split())):
        return moment(value)
    if value.kind == "date":
        return value.text.strip()
    return line_of(300)(value)


def time_zone(value: Scalar) -> str:
    """Read the IANA name of a time zone."""
    return zones.zone(text(value))


def language(value: Scalar) -> str:
    """Read a BCP 47 language tag (RFC 5646; its form, not whether the language exists)."""
    return language_tag(text(value))


def language_tag(tag: str) -> str:
    """Check a BCP 47 language tag."""
    tag = tag.strip()
    if _BCP47.fullmatch(tag) and len(tag) <= 80:
        return tag
    known = _LANGUAGES.get(tag.casefold()) or (
        tag.replace("_", "-") if _BCP47.fullmatch(tag.replace("_", "-")) else None
    )
    raise Wrong(f"is not a language tag: `{tag[:60]}`", f"write {known or 'one such as en, es, pt-BR'}")


def sign(value: Scalar) -> str:
    """Read the sign that acknowledges an answer; gives an empty text for none."""
    written = value.text.strip()
    if value.kind in ("yes or no", "nothing") or written.casefold() == "none":
        if written.casefold() in ("yes", "on", "true", "y"):
            raise Wrong(f"is not a sign: `{written}`", "write the sign itself, as ✅, or leave it out")
        return ""
    written = text(value)
    categories = {unicodedata.category(each)[0] for each in written}
    if len(written) > 10 or categories & {"L", "Z"} or written.isascii():
        raise Wrong(f"is not one short sign: `{written[:60]}`", "write one sign such as ✅ or 👍, or none")
    return written


def yes_or_no(value: Scalar) -> bool:
    """Read yes or no in one of YAML's words for it."""
    written = value.text.strip().casefold()
    if written in ("yes", "true", "on", "y"):
        return True
    if written in ("no", "false", "off", "n"):
        return False
    raise Wrong(f"is neither yes nor no: `{written[:60]}`", "write yes or no")


def role(value: Scalar) -> Role:
    """Read the part that a person has in the chat."""
    written = "-".join(text(value).casefold().split())
    for each in Role:
        if written.replace("-", "") == each.value.replace("-", ""):
            return each
    raise Wrong(f"is not a role: `{written[:60]}`", f"write {', '.join(Role)}")


def handle(value: Scalar) -> str:
    """Read a person's handle, with or without its sign; gives it without."""
    written = text(value).removeprefix("@")
    if len(written) > 100 or not _HANDLE.fullmatch(written):
        raise Wrong(
            f"is not a handle: `{written[:60]}`", 'write one without spaces, as ana_ruiz or "@ana_ruiz"'
        )
    return written


def link(value: Scalar) -> str:
    """Read an http(s) address."""
    written = text(value)
    found = re.match(r"(?i)([a-z][a-z0-9+.-]*):", written)
    scheme = found[1].casefold() if found else None
    if scheme not in ("http", "https"):
        likely = (
            "https://" + written[:60]
            if re.match(r"[\w-]+(\.[\w-]+)+(/|$)", written)
            else "https://www.example.org"
        )
        raise Wrong(
            f"is not a web address: `{written[:60]}`", f"write one that begins with https://, as {likely}"
        )
    if bad := re.search(r"[\s<>\"`\\^{}|\u0080-\u009f]", written):
        raise Wrong(f"has `{bad[0]}` in its address", "copy the address from the browser (a space is %20)")
    try:
        host = urlsplit(written).hostname
    except ValueError:
        host = None
    if not host or len(written) > 1500:
        raise Wrong(
            f"is not a whole web address: `{written[:60]}`", "write it as https://www.example.org/page"
        )
    return written


def image(value: Scalar) -> str:
    """Read where an image is: an https address, or a path that stays in the script's folder, with `/` between."""
    written = text(value)
    if re.match("(?i)https:", written):
        return link(value)
    if re.match(r"(?i)[a-z][a-z0-9+.-]+:", written):
        raise Wrong(
            "is neither an https address nor a file beside the script", "write https://… or a file name"
        )
    if "\\" in written:
        raise Wrong(
            "has a backslash in its path", f"write it with slashes: {written[:60].replace(chr(92), '/')}"
        )
    if written.startswith(("/", "~")) or ":" in written:
        raise Wrong(
            "is not beside the script",
            "put the image into the script's folder and write its name, as picture.png",
        )
    path = normpath(written)
    if path.startswith("..") and path[2:3] in ("", "/"):
        raise Wrong(
            "leaves the script's folder", "put the image into that folder and write its name, as picture.png"
        )
    if path == "." or written.endswith("/"):
        raise Wrong("is a folder, not an image", "write a file name, as picture.png")
    return path


def label(value: Scalar) -> str:
    """Read a question's own label: a number, a number with a letter, or a word, so that answers can name it."""
    written = value.text.strip() if value.kind == "number" else text(value)
    bare = re.sub(r"(?i)^[qa]\s*(?=\d)", "", written)
    if _NUMBERED.fullmatch(written):
        if written == "0":
            raise Wrong("is 0, the label of the `intro`", "write another number, or leave it out")
        return written
    if bare != written and _NUMBERED.fullmatch(bare):
        raise Wrong(f"has its letter already: `{written}`", f"write {bare}: it is posted as Q{bare}")
    word = 2 <= len(written) <= 20 and all(each.isalpha() or each in "0123456789" for each in written)
    if not word or written[0].isdigit() or _LIKE_AN_ANSWER.fullmatch(written):
        instead = (
            "write a number (3), a number and a letter (3a), or a word of 2 to 20 letters and digits (Bonus)"
        )
        raise Wrong(f"cannot be named in answers: `{written[:60]}`", instead)
    return written
