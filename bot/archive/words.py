"""A text -> the words by which it is found. `static/search.js` does exactly the same with what is searched for.

Accents, capitals and ways of writing the same letter make no difference. Where people write without spaces (Chinese, Japanese,
Thai, …), every two characters in a row are a word.
"""

import re
import sys
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import groupby

#: The longest word that is told from others, in characters.
LONGEST = 40
#: Marks that readers leave out: accents, Hebrew points, Arabic vowels. Vowel signs of other scripts are letters to them.
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u3099\u309a]")
#: Letters that no decomposition takes apart.
_PLAIN = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ł": "l",
        "ħ": "h",
        "ı": "i",
        "ŧ": "t",
        "ς": "σ",
    }
)
_SPACELESS = re.compile(
    "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\U00020000-\U000323af]+"
)


def words(text: str) -> set[str]:
    """Give the words of a text."""
    found = set[str]()
    for run in set(_word().findall(plain(text))):
        if run.isascii():
            found.add(run[:LONGEST])
        else:
            found.update(_apart(run))
    return found


def plain(text: str) -> str:
    """Write a text as it is compared."""
    if text.isascii():
        return text.lower()
    return _MARKS.sub("", unicodedata.normalize("NFKD", text).lower()).translate(_PLAIN)


def _apart(run: str) -> Iterator[str]:
    start = 0
    for match in _SPACELESS.finditer(run):
        if start < match.start():
            yield run[start : match.start()][:LONGEST]
        yield from _pairs(match[0])
        start = match.end()
    if start < len(run):
        yield run[start:][:LONGEST]


def _pairs(run: str) -> Iterator[str]:
    if len(run) == 1:
        yield run
    for n in range(len(run) - 1):
        yield run[n : n + 2]


@cache
def _word() -> re.Pattern[str]:
    r"""Give what a word is: letters, marks and digits, which JavaScript calls [\p{L}\p{M}\p{N}]."""
    letters = (code for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code))[0] in "LMN")
    runs = [
        [code for _, code in run] for _, run in groupby(enumerate(letters), lambda pair: pair[1] - pair[0])
    ]
    return re.compile(f"[{''.join(f'{chr(run[0])}-{chr(run[-1])}' for run in runs)}]+")
