"""A text -> its phrases: one to three words that stand together, told by their stems.

Where people write without spaces (Chinese, Japanese, Thai, …), nobody can say what a word is without a dictionary: every few
characters in a row are a phrase there, and those that many people use turn out to be words.
"""

import re
from collections.abc import Callable, Iterable, Iterator

from bot.script.phrases import labelling, primary
from bot.themes.stopping import cutting, stop_words

_HAN = "\u3400-\u4dbf\u4e00-\u9fff々"
_KATAKANA = "\u30a0-\u30ff"
_HIRAGANA = "\u3041-\u309f"
#: Thai, Lao, Burmese, Khmer.
SOUTHEAST = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
#: Vowel signs are no letters to `\w`; in the scripts of South and Southeast Asia, in Arabic and Hebrew they are parts of words.
LETTER = (
    r"[\w\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u06d6-\u06ed\u0900-\u0963\u0966-\u0dff\u200c\u200d"
    f"{SOUTHEAST}]"
)
_SPACELESS = f"{_HAN}{_KATAKANA}{_HIRAGANA}{SOUTHEAST}"
#: An address, a mention, an entity; by their first characters, which is what a search is quick with.
_IGNORED = re.compile(r"[h@&](?:(?<=h)ttps?://\S+|(?<=@)(?<!\w@)[\w.-]*\w|(?<=&)\w+;)")
#: A run of characters without spaces, a word with its hyphens, or anything else that is no space: there a phrase ends.
_TOKEN = re.compile(
    rf"[{_SPACELESS}]+|(?:(?![{_SPACELESS}]){LETTER})+(?:-(?:(?![{_SPACELESS}]){LETTER})+)*|[^\s'’#＃]"
)
#: The same where all is ASCII, in a quarter of the time.
_ASCII_TOKEN = re.compile(r"\w+(?:-\w+)*|[^\s'#]", re.ASCII)
_RUN = re.compile(f"[{_SPACELESS}]")
_PIECE = re.compile(f"[{_HAN}]+|[{_KATAKANA}]+|[{SOUTHEAST}]+")
#: What is written as one: a letter with the marks above, below and before it.
_CLUSTER = re.compile(
    "[เแโใไ\u0ec0-\u0ec4]?.[\u0e30-\u0e3a\u0e45\u0e47-\u0e4e\u0eb0-\u0ebc\u0ec8-\u0ecd\u102b-\u103e\u17b4-\u17d3]*"
)
_TWO_LETTERS = re.compile(r"[^\W\d_].*[^\W\d_]")
#: How many characters (clusters in the scripts of Southeast Asia) in a row are a phrase.
_SHORTEST, _LONGEST = 2, 6

#: The names that Snowball's stemmers (https://snowballstem.org) have for languages.
_STEMMERS = {
    "ar": "arabic", "arz": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek",
    "en": "english", "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish", "fr": "french",
    "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian",
    "lt": "lithuanian", "nb": "norwegian", "ne": "nepali", "nl": "dutch", "nn": "norwegian", "no": "norwegian",
    "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian", "sv": "swedish", "ta": "tamil",
    "tr": "turkish",
}  # fmt: skip


class Words:
    """Reads the phrases of texts in a language (BCP 47 tag); what it does not know of that, it does without.

    `ignored` are words that are none: the chat's own hashtag, and the names that its questions have besides numbers.
    """

    def __init__(self, language: str, ignored: Iterable[str] = ()) -> None:
        names = {word.casefold() for word in ignored if word}
        self._stems = _Stems(stop_words(language) | names, _label(language, names), _stemmer(language))
        longest_first = sorted({*cutting(language), *names}, key=len, reverse=True)
        self._cut = re.compile("|".join(map(re.escape, longest_first)))

    def phrases(self, text: str) -> list[str]:
        """Give the phrases of a text, each once, in the order in which they come; words apart by a space."""
        return list(dict.fromkeys(self._read(_tokens(_IGNORED.sub(" . ", text).casefold()))))

    def written(self, phrase: str, text: str) -> str:
        """Give a phrase as it is first written in a text, or itself where it is not."""
        if _RUN.match(phrase):
            return phrase
        tokens = _tokens(_IGNORED.sub(" . ", text))
        windows = (
            tokens[max(0, end - size) : end] for end in range(1, len(tokens) + 1) for size in (1, 2, 3)
        )
        return next(
            (" ".join(each) for each in windows if phrase in self._read(map(str.casefold, each))), phrase
        )

    def _read(self, tokens: Iterable[str]) -> list[str]:
        """Give each phrase. It neither begins nor ends with a stop word."""
        stems = self._stems
        phrases: list[str] = []
        first = second = None
        middle = ""
        for token in tokens:
            third = stems[token]
            if third:
                phrases.append(third)
                if second:
                    phrases.append(f"{second} {third}")
                if first and second is not None:
                    phrases.append(f"{first} {second or middle} {third}")
            elif third is None:
                if _RUN.match(token):
                    phrases += self._grams(token)
                first = second = None
                continue
            first, second, middle = second, third, token
        return phrases

    def _grams(self, run: str) -> Iterator[str]:
        for part in self._cut.split(run):
            for piece in _PIECE.findall(part):
                if "\u30a0" <= piece[0] <= "\u30ff":  # katakana words stand apart by themselves
                    if len(piece) > 1:
                        yield piece
                    continue
                units = _CLUSTER.findall(piece)
                for start in range(len(units) - 1):
                    for end in range(start + _SHORTEST, min(start + _LONGEST, len(units)) + 1):
                        yield "".join(units[start:end])


def _tokens(text: str) -> list[str]:
    return (_ASCII_TOKEN if text.isascii() else _TOKEN).findall(text)


class _Stems(dict[str, str | None]):
    """The stem of each word that was met: "" for one that says nothing by itself, None for what is no word."""

    def __init__(self, stops: frozenset[str], label: re.Pattern[str], stem: Callable[[str], str]) -> None:
        super().__init__()
        self._stops = stops
        self._label = label
        self._stem = stem

    def __missing__(self, token: str) -> str | None:
        if len(self) > _REMEMBERED:
            self.clear()
        stem = self[token] = self._look_up(token.casefold())
        return stem

    def _look_up(self, word: str) -> str | None:
        if _RUN.match(word) or not (word[0].isalnum() or word[0] == "_"):
            return None
        if word in self._stops or not _TWO_LETTERS.search(word) or self._label.fullmatch(word):
            return ""
        return self._stem(word)


def _label(language: str, names: Iterable[str]) -> re.Pattern[str]:
    """Find what labels an answer or a question: `a3b`, in some languages `r3b`, and `abonus` where one is called Bonus."""
    spoken = [
        word for each in ("en", language) for word in (labelling(each).answer, labelling(each).question)
    ]
    letters = "".join(sorted({*"rt", *(word[0] for word in spoken)}))
    named = "".join(f"|{re.escape(name)}" for name in sorted(names))
    return re.compile(rf"(?:{'|'.join(spoken)}|[{letters}])(?:\d{{1,4}}[a-h]?(?:-.*)?{named})")


#: How many words are remembered with their stems: those of a language that people use in chats.
_REMEMBERED = 50_000


def _stemmer(language: str) -> Callable[[str], str]:
    name = _STEMMERS.get(primary(language))
    if name is None:
        return str
    # Its modules are loaded only where themes are wanted; it has no types of its own.
    from snowballstemmer import stemmer  # type: ignore[import-untyped]  # noqa: PLC0415

    stem: Callable[[str], str] = stemmer(name).stemWord
    return stem


def within(part: str, whole: str) -> bool:
    """Tell whether a phrase is part of another, or hangs over its edge where there are no spaces between words."""
    if not _RUN.match(part):
        return f" {part} " in f" {whole} "
    return part in whole or any(part[:n] == whole[-n:] or part[-n:] == whole[:n] for n in range(2, len(part)))
