"""Times as files write them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.imports.times import Ambiguous, Times

NINE = datetime(2015, 4, 23, 21, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2015-04-23T21:01:00Z",
        "2015-04-23T23:01:00.0000000+02:00",
        "2015-04-23 21:01:00",
        "2015-04-23 21:01:00 UTC",
        "2015-04-23 21:01",
        "2015/04/23 21:01:00",
        "Thu Apr 23 21:01:00 +0000 2015",
        "Thu Apr 23 14:01:00 -0700 2015",
        "Thu Apr 23 21:01:00 2015",
        "Apr 23, 2015 · 9:01 PM UTC",
        "April 23, 2015 at 9:01 pm",
        "Thu, 23 Apr 2015 21:01:00 +0000",
        "23-Apr-15 09:01 PM",
        "23/04/2015 21:01:00",
        "23.04.2015 21:01",
        "4/23/2015 9:01 PM",
        "1429822860",
        "1429822860.000",
        "1429822860000",
    ],
)
def test_forms(text: str) -> None:
    """Every form in which archives and exports write a time is read as the same moment."""
    times = Times(UTC)
    times.settle([text])
    assert times.read(text) == NINE


@pytest.mark.parametrize("text", ["", "soon", "2015-13-01 10:00", "31/02/2015 10:00", "9:01", "0001-01-01T00:00:00Z", "2015-04-23T25:00:00", "2015-04-23", "20150423", "9999-12-31T23:59:59-12:00"])  # fmt: skip
def test_no_time(text: str) -> None:
    """What is no time, or none in which chats were held, is refused."""
    with pytest.raises(ValueError, match="not"):
        Times(UTC).read(text)


@pytest.mark.parametrize("start", [1429822860, 1510010000, 1510012191, 1760000000])
def test_since_1970(start: int) -> None:
    """Seconds and milliseconds are such, though many are days of the years 1000 to 1999 as well: 1510 01 21 9 1606."""
    for seconds in range(start, start + 2000):
        assert Times(UTC).read(str(seconds)).timestamp() == seconds
        assert Times(UTC).read(f"{seconds}606") == datetime.fromtimestamp(seconds + 0.606, UTC)


def test_zone() -> None:
    """A time without a zone is of the zone given, and it is remembered that there was one."""
    times = Times(ZoneInfo("America/New_York"))
    assert times.read("2015-04-23T21:01:00+00:00") == NINE
    assert not times.assumed
    assert times.read("2015-04-23 17:01") == NINE
    assert times.assumed


def test_day_or_month_first() -> None:
    """How 04/05/2015 is meant is settled by the other times of the file."""
    times = Times(UTC)
    times.settle(["04/05/2015 10:00", "04/23/2015 10:00"])
    assert times.read("04/05/2015 10:00").month == 4
    times = Times(UTC)
    times.settle(["04/05/2015 10:00", "23/05/2015 10:00"])
    assert times.read("04/05/2015 10:00").month == 5


def test_ambiguous() -> None:
    """Where nothing settles it, nothing is guessed: those who write the day first have am and pm, too."""
    for text in ("04/05/2015 10:00", "4/05/2015 9:01 PM"):
        with pytest.raises(Ambiguous, match=text):
            Times(UTC).settle(["time", text, "04/04/2015 10:00"] * 1000)
    Times(UTC).settle(["04/04/2015 10:00"])


@pytest.mark.parametrize(("deciding", "month"), [("13/05/2015 9:01 PM", 5), ("04/13/2015 9:01 PM", 4)])
def test_one_time_decides(deciding: str, month: int) -> None:
    """However late in a file one day can be read in one way only, all are read so, and no more is looked at."""
    times = Times(UTC)
    texts = iter(["time", *["04/05/2015 9:01 PM"] * 2000, deciding, "05/04/2015 9:01 PM"])
    times.settle(texts)
    assert next(texts) == "05/04/2015 9:01 PM"
    assert times.read("04/05/2015 9:01 PM") == datetime(2015, month, 9 - month, 21, 1, tzinfo=UTC)


@pytest.mark.parametrize(("dates", "month"), [("day-first", 5), ("month-first", 4)])
def test_told(dates: str, month: int) -> None:
    """Who imports can say how such days are meant."""
    times = Times(UTC, dates)
    times.settle(["04/05/2015 10:00"])
    assert times.read("04/05/2015 10:00").month == month


def test_other_forms_are_not_searched_through() -> None:
    """Of a file that writes its times otherwise only the beginning is looked at."""
    texts = iter(["2015-04-23 10:00"] * 2000)
    Times(UTC).settle(texts)
    assert len(list(texts)) > 1000
