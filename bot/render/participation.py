"""Who took part, as a table for spreadsheets and as pages to print, each sealed so that a change to it is found."""

import hashlib
import hmac
import re
from collections.abc import Iterable
from html import unescape

from bot.participation import Part
from bot.recap import About
from bot.render import csv
from bot.render.html import macros
from bot.render.json import utc
from bot.render.plain import visible

#: The columns of the table; times in UTC.
COLUMNS = ("name", "id", "host", "first", "last", "messages", "answers", "questions")

_NO_SEAL = "0" * 64
_SEAL = re.compile(r'(<code id="seal">)([0-9a-f]{64})(?=</code>)')
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.DOTALL)


class NoSuchPage(ValueError):
    """This is no page that says who took part."""


def table(parts: Iterable[Part]) -> str:
    """Give a row for each person, with a header, for spreadsheets; see `bot.render.csv`."""
    rows = (
        (
            part.person.name,
            part.person.id,
            str(part.person.host).lower(),
            utc(part.first),
            utc(part.last),
            str(part.messages),
            str(part.answers),
            ", ".join(question.name for question in part.questions),
        )
        for part in parts
    )
    return csv.BOM + "".join(map(csv.row, (COLUMNS, *rows)))


def page(about: About, part: Part, key: bytes) -> str:
    """Give a page to print that confirms what one person did, sealed with a key that nobody else has."""
    text = visible(macros("participation.html").page_of(about, part, _NO_SEAL))
    return _SEAL.sub(rf"\g<1>{_seal(text, key)}", text)


def verify(text: str, key: bytes) -> str | None:
    """Give what a page is called if it was sealed with that key and is unchanged since; None if not.

    A page saved by a program that ends lines in its own way is unchanged. Raises NoSuchPage for what is no such page.
    """
    text = text.replace("\r\n", "\n")
    seals = _SEAL.findall(text)
    title = _TITLE.search(text)
    if len(seals) != 1 or title is None:
        raise NoSuchPage
    genuine = hmac.compare_digest(seals[0][1], _seal(_SEAL.sub(rf"\g<1>{_NO_SEAL}", text), key))
    return unescape(title[1]) if genuine else None


def _seal(text: str, key: bytes) -> str:
    return hmac.new(key, text.encode(errors="replace"), hashlib.sha256).hexdigest()
