"""The forms in which files write times."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo

_MONTHS = {
    name: number
    for number, name in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)
}  # fmt: skip
_MONTH = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d+)?)?(?:\s*(?P<half>[ap])\.?m\.?)?"
_OFFSET = r"(?:\s*(?P<zone>utc|gmt|z|(?:(?:utc|gmt)\s?)?[+-]\d\d:?\d\d))?"
_YEAR = r"(?P<year>\d{4})"
_DAY = r"(?P<day>\d{1,2})"


def _form(text: str) -> re.Pattern[str]:
    return re.compile(rf"\s*(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+)?{text}\s*", re.IGNORECASE)


#: By name, so that of two forms that look alike the one can be taken that fits all of a file.
_FORMS: dict[str, re.Pattern[str]] = {
    # Thu Apr 23 21:01:05 +0000 2015 (Twitter), and without the zone (C's ctime, as IRC clients write it)
    "ctime": _form(rf"{_MONTH}\s+{_DAY}\s+{_CLOCK}{_OFFSET}\s+{_YEAR}"),
    # Apr 23, 2015 · 9:01 PM UTC (Nitter)
    "named month": _form(rf"{_MONTH}\s+{_DAY},?\s+{_YEAR}(?:\s*[·,]|\s+at)?\s+{_CLOCK}{_OFFSET}"),
    # 23 Apr 2015 21:01 (mail), 23-Apr-15 09:01 PM (DiscordChatExporter)
    "named month, day first": _form(
        rf"{_DAY}[\s.-]+{_MONTH}[\s-]+(?P<year>\d{{4}}|\d\d),?\s+(?:at\s+)?{_CLOCK}{_OFFSET}"
    ),
    "year first": _form(
        rf"{_YEAR}[-/.](?P<month>\d{{1,2}})[-/.]{_DAY}(?:[T,]\s*|\s+(?:at\s+)?){_CLOCK}{_OFFSET}"
    ),
    "day-first": _form(
        rf"{_DAY}[/.-](?P<month>\d{{1,2}})[/.-](?P<year>\d{{4}}|\d\d)(?:,\s*|\s+){_CLOCK}{_OFFSET}"
    ),
    "month-first": _form(
        rf"(?P<month>\d{{1,2}})[/.-]{_DAY}[/.-](?P<year>\d{{4}}|\d\d)(?:,\s*|\s+){_CLOCK}{_OFFSET}"
    ),
}
#: The forms that look alike.
_TWO_WAYS = ("day-first", "month-first")
#: A file in whose first times neither of them is has none of them.
_LOOKED_AT = 500
#: Since 1970: seconds, or milliseconds, of which many could be read as days of the years 1000 to 1999, too.
_SECONDS = re.compile(r"\s*(\d{9,10})(?:\.(\d{1,9}))?\s*")
_MILLISECONDS = re.compile(r"\s*(\d{12,13})\s*")
_DAY_ALONE = re.compile(r"\s*[\dW-]{8,10}\s*")
_EARLIEST = datetime(1971, 1, 1, tzinfo=UTC)
_LATEST = datetime(2200, 1, 1, tzinfo=UTC)


class Ambiguous(ValueError):
    """All of a file's times are such as 04/05/2015, that may be in May or in April; the text is one of them."""


class Times:
    """Reads times. One without a zone is taken as of `zone`, and `assumed` says that there was one.

    How 04/05/2015 is meant is the same throughout a file: `settle` finds it out, unless `dates` says that it is
    `day-first` or `month-first`.
    """

    def __init__(self, zone: tzinfo, dates: str | None = None) -> None:
        self.zone = zone
        self.assumed = False
        self._told = dates is not None
        self._take(dates or "day-first")

    def settle(self, texts: Iterable[str]) -> None:
        """Choose between day first and month first by a file's first time that tells. Raises Ambiguous."""
        if self._told:
            return
        ambiguous = ""
        for number, text in enumerate(texts):
            moments = {name: moment for name in _TWO_WAYS if (moment := _reads(_FORMS[name], text))}
            if len(moments) == 1:
                self._take(*moments)
                return
            if len(set(moments.values())) > 1:
                ambiguous = ambiguous or text
            elif not (moments or ambiguous) and number > _LOOKED_AT:  # it writes its times in another form
                return
        if ambiguous:
            raise Ambiguous(ambiguous)

    def _take(self, dates: str) -> None:
        self._forms = [pattern for name, pattern in _FORMS.items() if name == dates or name not in _TWO_WAYS]

    def read(self, text: str) -> datetime:
        """Give an aware moment, in UTC. Raises ValueError."""
        return self.aware(_since_1970(text) or self._written(text))

    def _written(self, text: str) -> datetime:
        try:
            moment = datetime.fromisoformat(text.strip())
        except ValueError:
            moment = self._otherwise(text)
        else:
            if _DAY_ALONE.fullmatch(text):
                raise ValueError(f"{text.strip()!r} is a day, not a time")
        return moment

    def aware(self, moment: datetime) -> datetime:
        """Give a moment in UTC, of this zone where it says none. Raises ValueError for one outside of all chats' time."""
        if moment.tzinfo is None:
            self.assumed = True
            moment = moment.replace(tzinfo=self.zone)
        try:
            moment = moment.astimezone(UTC)
        except OverflowError:
            moment = _LATEST
        if not _EARLIEST <= moment < _LATEST:
            raise ValueError(f"{moment.year} is not a year of a chat")
        return moment

    def _otherwise(self, text: str) -> datetime:
        for number, form in enumerate(self._forms):
            if moment := _reads(form, text):
                if number:  # what a file begins with, it goes on with
                    self._forms.insert(0, self._forms.pop(number))
                return moment
        raise ValueError(f"{text.strip()[:40]!r} is not a time that can be read")


def _since_1970(text: str) -> datetime | None:
    if found := _SECONDS.fullmatch(text):
        micro = int((found[2] or "0").ljust(6, "0")[:6])
        return datetime.fromtimestamp(int(found[1]), UTC).replace(microsecond=micro)
    if found := _MILLISECONDS.fullmatch(text):
        return datetime.fromtimestamp(int(found[1]) / 1000, UTC)
    return None


def _reads(form: re.Pattern[str], text: str) -> datetime | None:
    """Give the moment that a text has in that form, naive where it says no zone."""
    found = form.fullmatch(text)
    if not found:
        return None
    month = found["month"]
    year, hour = int(found["year"]), int(found["hour"])
    if found["half"]:
        if not 1 <= hour <= 12 and hour != 0:
            return None
        hour = hour % 12 + 12 * (found["half"].lower() == "p")
    try:
        return datetime(
            year + 2000 if year < 100 else year,
            _MONTHS.get(month[:3].lower()) or int(month),
            int(found["day"]),
            hour,
            int(found["minute"]),
            int(found["second"] or 0),
            tzinfo=_zone(found["zone"]),
        )
    except ValueError:
        return None


def _zone(text: str | None) -> tzinfo | None:
    if not text:
        return None
    digits = re.sub(r"[^\d+-]", "", text)
    return datetime.strptime(digits, "%z").tzinfo if digits else UTC
