"""Names that people may take: nobody can look like a host, or like somebody who is here already."""

import re
import unicodedata
from collections.abc import Collection
from functools import cache

LONGEST = 40
#: The most marks that may stand on one letter; more are there to smear over the lines around.
MOST_MARKS = 3

_ZERO_WIDTH_JOINERS = "\u200c\u200d"  # Persian and emoji need them
#: Signs without a look of their own that Unicode does not count among its formats and controls.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_SMEAR = re.compile(
    rf"([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]{{{MOST_MARKS}}})"
    r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]+"
)
_NOT_LETTERS = re.compile(r"[\W_]+")
_BETWEEN_WORDS = re.compile(r"[\s_.,:;/()\[\]{}<>-]+")

#: What looks like Latin letters once it is folded to lower case, and signs that stand in for letters: the commonest of
#: Unicode's confusables (https://www.unicode.org/Public/security/latest/confusables.txt).
_LOOKALIKES = {
    "a": "аαɑ4@ᴀꭺꓮ∂",
    "b": "вβьƅ8ᴃʙᏼꓐ",
    "c": "сϲᴄꮯꓚ¢",
    "d": "ԁɗđᴅꭰꓓ",
    "e": "еєεɛҽ3ᴇꭼꓰ℮€",
    "f": "ғϝƒꜰꓝ",
    "g": "ɡցԍɢꮐꓖ9",
    "h": "һнհηħʜꮋꓧ",
    "i": "іıιɩіӏ1!|ɪlłℓʟⅼꮮꓡꓲ",
    "j": "јϳʝᴊꭻꓙ",
    "k": "кκќᴋꮶꓗ",
    "m": "мμᴍꮇꓟ",
    "n": "пոռɴꓠ",
    "o": "оοσօøɵ0ᴏꓳ",
    "p": "рρᴘꮲꓑ",
    "q": "ԛզ",
    "r": "гɍʀꮢꓣ",
    "s": "ѕ5$ꜱꮪꓢ",
    "t": "тτŧ7ᴛꭲꓔ",
    "u": "υսцʋᴜꓴ",
    "v": "νѵᴠꮩꓦ",
    "w": "ωԝшщᴡꮃꓪ",
    "x": "хχ×ꓫ",
    "y": "уүγყʏꓬ",
    "z": "зᴢꮓꓜ",
}
#: Where letters in boxes and circles begin, and those that make flags.
_BOXED = (0x1F130, 0x1F150, 0x1F170, 0x1F1E6)
_AS_LATIN = {ord(sign): latin for latin, signs in _LOOKALIKES.items() for sign in signs.casefold()} | {
    first + number: chr(ord("a") + number) for first in _BOXED for number in range(26)
}


#: Words that make nobody somebody else: `Ana Ruiz (host)` looks like Ana Ruiz.
_TITLES = (
    "host hosts hosting cohost co moderator mod facilitator admin administrator official real verified bot staff "
    "the dr prof mr mrs ms"
)


class NameRefused(ValueError):
    """That name cannot be taken; the text says why, and what to do."""


class Names:
    """Who is called what. `reserved` are the names that only hosts may have.

    A name belongs to whoever is in the room under it, and to whoever has said something under it for good.
    """

    def __init__(self, reserved: Collection[str]) -> None:
        self._reserved = {""}.union(*map(_looks, reserved))
        self._holders: dict[str, str] = {}

    def check(self, name: str, person: str | None = None, *, host: bool = False) -> str:
        """Give the name as it will be shown, if that person can have it. Raises NameRefused."""
        shown = tidy(name)
        if not skeleton(shown):
            raise NameRefused("Please write a name with at least one letter or digit.")
        if len(shown) > LONGEST:
            raise NameRefused(f"Please choose a name of at most {LONGEST} characters.")
        if not host and not self._reserved.isdisjoint(_looks(shown)):
            raise NameRefused("That name is a host's, or looks like one. Please choose another.")
        if self._holders.get(skeleton(shown), person) != person:
            raise NameRefused("Somebody here has that name already. Please add something to yours.")
        return shown

    def hold(self, name: str, person: str) -> bool:
        """Keep a name for a person, unless somebody else has it; tell whether it is theirs."""
        return self._holders.setdefault(skeleton(name), person) == person

    def release(self, name: str, person: str) -> None:
        """Let others have a person's name."""
        if self._holders.get(skeleton(name)) == person:
            del self._holders[skeleton(name)]


def tidy(name: str) -> str:
    """Give a name without what cannot be seen, or is only there to disturb."""
    composed = unicodedata.normalize("NFC", name)
    return _SMEAR.sub(r"\1", " ".join("".join(_seen(sign) for sign in composed).split())).strip(
        _ZERO_WIDTH_JOINERS
    )


def skeleton(name: str) -> str:
    """Give what remains of a name when everything is removed that only makes it look a little different."""
    return "".join(map(_skeleton_of_word, _BETWEEN_WORDS.split(name)))


def _looks(name: str) -> set[str]:
    """Give the skeletons of all that a name may be taken for: with its titles and without, `@` a sign or a letter."""
    written = _BETWEEN_WORDS.split(name)
    readings = [[read(word) for word in written] for read in (_skeleton_of_word, _as_letters)]
    return {
        "".join(word for word in words if word not in left_out)
        for words in readings
        for left_out in ((), _titles())
    }


@cache
def _titles() -> frozenset[str]:
    return frozenset(map(_skeleton_of_word, _TITLES.split()))


def _skeleton_of_word(word: str) -> str:
    return _as_letters(unicodedata.normalize("NFKD", word).lstrip("@").rstrip("!"))  # a handle, and joy


def _as_letters(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", word).casefold())
    letters = "".join(sign for sign in decomposed if not unicodedata.combining(sign)).translate(_AS_LATIN)
    return _NOT_LETTERS.sub("", letters).replace("rn", "m").replace("vv", "w")


def _seen(sign: str) -> str:
    if sign in _ZERO_WIDTH_JOINERS:
        return sign
    if sign in _BLANK or unicodedata.category(sign)[0] == "Z" or sign.isspace():
        return " "
    return "" if unicodedata.category(sign)[0] == "C" else sign
