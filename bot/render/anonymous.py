"""A transcript for research and teaching: what was said, without who said it.

Everybody gets a pseudonym, which stands for them also where others mention them. It is drawn anew for each file, so that
nobody can be followed from one to the next. What is left out and what stays, `NOTE` tells the readers.
"""

import hashlib
import random
import re
import secrets
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from bot.messages import Author, Entry
from bot.recap import About, pieces
from bot.script.model import Script
from bot.script.phrases import primary
from bot.themes.stopping import stop_words
from bot.themes.words import LETTER, SOUTHEAST

NOTE = """Names are replaced by pseudonyms, which are drawn anew for each file; hosts are told apart from others. Introductions \
(Q0), files, handles, ids, and links to people and messages are left out. That is no promise that nobody will be recognised: \
what people wrote is as they wrote it, in the order and at the times at which they wrote it. Those who were there, or find \
the words elsewhere, know who said them; people tell of themselves and of others; and a nickname, a misspelt name, one with \
an ending or another word joined to it, or one that is also an ordinary word, may still stand in a text, as a word that is somebody's name, too, may have been replaced. Handle it with the care that the people in it would ask for."""

#: Who is meant by a name that several people have, or by a handle that nobody here is known by.
SOMEBODY = "[somebody]"

#: The label of the question by which people introduce themselves.
_INTRO = "0"
#: Sites whose addresses lead to a person, or to what a person said.
_SITE = (
    r"twitter\.com|x\.com|t\.co|facebook\.com|fb\.com|instagram\.com|threads\.net|linkedin\.com|"
    r"lnkd\.in|tiktok\.com|bsky\.app|discord\.com|discordapp\.com|discord\.gg|reddit\.com|t\.me|"
    r"telegram\.me|wa\.me|github\.com|orcid\.org|linktr\.ee|about\.me|snapchat\.com|pinterest\.com|"
    r"vk\.com|xing\.com|tumblr\.com|flickr\.com|researchgate\.net|academia\.edu|slack\.com"
)
_PERSONAL = re.compile(rf"(?:.*\.)?({_SITE})")
# What leads to a person or a post on any site: a name behind `@` or `~`, a page of profiles, a number behind what posts are called.
_PAGE = re.compile(
    r"/(?:[@~]|(?:in|u|users?|people|profiles?)/[^/?#]|(?:status(?:es)?|posts?)/\d)", re.IGNORECASE
)
# Such an address without its scheme: with a name before the site's or behind it, for the bare site leads to nobody.
_BARE = re.compile(
    rf"(?<![a-z0-9.-])(?:(?:[a-z0-9-]+\.)+({_SITE})(?![a-z0-9-]|\.[a-z0-9])(?:/\S*[^\W_])?|({_SITE})/\S*[^\W_])",
    re.IGNORECASE,
)
# RFC 5321 (4.5.3.1.1) bounds what stands before the `@`; without that, a long line without one takes the square of its length.
_EMAIL = re.compile(r"[\w.+%-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_HANDLE = rf"(?<![A-Za-z0-9@])@{LETTER}(?:[.@-]*{LETTER})*"
# What Discord writes for a person, role or channel, and for an emoji of a guild's own.
_REFERENCE = re.compile(r"<(?:@[!&]?|#)(\d+)>")
_EMOJI = re.compile(r"<a?:(\w+):\d+>")
# Writing in which a name is not set apart from what stands beside it: Thai, Lao, Burmese, Khmer, kana, Han, Hangul.
_HAN = "\u3005\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af"
_HANGUL = "\uac00-\ud7a3"
_SPACELESS = f"{SOUTHEAST}\u3041-\u30ff{_HAN}{_HANGUL}"
_GLUED = re.compile(f"[{_SPACELESS}]")
#: How people write the apostrophe in O'Neil: typed, typeset, as a letter of its own, as an accent or a prime.
_APOSTROPHES = "'’‘ʼʻ`´′＇"
#: What may be added to the letters of Hebrew and Arabic: points for vowels, and the line that makes a word longer.
_POINTS = "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670"
#: Words, without the `_` that sets them apart or in italics, and what is written as one: ana_smith, O'Neil.
_IN_WORD = rf"(?:(?![_{_APOSTROPHES}]){LETTER})"
_WORD = re.compile(f"{_IN_WORD}+")
_RUN = re.compile(rf"{_IN_WORD}+(?:[._{_APOSTROPHES}-]+{_IN_WORD}+)*")
#: What no name begins behind and none ends before: neither writing without spaces, as in 谢谢Ana and Ana는, nor the joiners of
#: Persian, which set an ending apart.
_BESIDE = rf"(?![_{_APOSTROPHES}{_SPACELESS}\u200c\u200d]){LETTER}"
_ENDS = rf"(?!{_BESIDE})"
#: The short words that Hebrew and Arabic join to the next one: and, to, in, from, that, like; but a name has no article.
_JOINED = "|".join(
    rf"(?:[{particles}][{_POINTS}]*){{1,2}}?(?=[{letters}{_POINTS}]{{3}})"
    for particles, letters in (("ושכבלמ", "\u05d0-\u05ea"), ("وفبلك", "\u0620-\u064a\u066e-\u06d3"))
)
#: What stands between the words of a name; it may be left out: AnaSmith, ana_smith.
_BETWEEN = r"[\s._-]"
#: What is shorter is more often something else than a name; so is what is shorter in an address than the second number, and
#: several words written together that are shorter than the third: Wan Ting and wanting.
_LEAST, _LEAST_GLUED, _LEAST_TOGETHER = 2, 5, 8
#: The words of two letters that are words: lists of English stop words have every other one, too, and people have them as names.
_SHORT = frozenset(
    _WORD.findall(
        "ah am an as at be by do eh go ha he hi if in is it me my no of oh ok on or so to um up us we"
    )
)
#: A family name and a given name that are written as one.
_FULL_NAME = re.compile(f"[{_HAN}]{{3,4}}|[{_HANGUL}]{{3}}")


class Anonymous:
    """Replaces who said something, and who is mentioned, in one chat.

    `people` are those who wrote, one for each name that they had; who is not among them gets a pseudonym when they come.
    `seed` makes the pseudonyms; without one they are drawn by chance.
    """

    def __init__(self, script: Script, people: Iterable[Author], *, seed: int | None = None) -> None:
        self._random = random.Random(secrets.randbits(128) if seed is None else seed)  # noqa: S311 (seeded by secrets)
        self._key = self._random.randbytes(16)
        self._english = primary(script.language) == "en"
        self._stop = stop_words(script.language)
        self._topics = {_key(part) for run in _RUN.findall(_nfc(_own_words(script))) for part in _cut(run)}
        self._hashtag = _nfc(script.hashtag)
        self._hosts = {_key(known) for host in script.hosts for known in (host.name, host.handle) if known}
        self._called: dict[str, str] = {}
        self._taken: set[str] = set()
        # Each by how it is compared.
        self._by_name: dict[str, str] = {}
        self._by_part: dict[str, str] = {}
        self._by_capital: dict[str, str] = {}
        self._by_handle: dict[str, str] = {}
        # How names are written, by how they are compared; how those are that need a capital; and what somebody writes as one.
        self._written: dict[str, str] = {}
        self._capitals: set[str] = set()
        self._as_one: set[str] = set()
        everybody = sorted(set(people), key=lambda author: (author.id, author.name))
        self._random.shuffle(everybody)
        for host in script.hosts:
            pseudonym = self._draw(host=host.hosts)
            for known in (host.name, host.handle):
                if known:
                    self._mention(known, pseudonym)
        for author in everybody:
            self._meet(author)
        self._names = self._pattern()

    def about(self, about: About) -> About:
        """Give what is known of the chat, without its hosts."""
        script = about.script
        intro, *questions = (
            replace(question, ask=self.text(question.ask)) if question else None
            for question in (script.intro, *script.questions)
        )
        summary = self.text(script.summary) if script.summary else None
        return replace(
            about,
            script=replace(
                script,
                hosts=(),
                title=self.text(script.title),
                summary=summary,
                intro=intro,
                questions=tuple(filter(None, questions)),
            ),
        )

    def entry(self, entry: Entry) -> Entry | None:
        """Give an entry without who is in it; None for one that introduces somebody."""
        if entry.author and (_INTRO in entry.answers or entry.under == _INTRO):
            return None
        author = self._author(entry.author) if entry.author else None
        text = self.text(entry.text)
        return replace(
            entry,
            id=self._id(entry.id),
            author=author,
            text=text if text.strip() or not entry.attachments else "[a file]",
            reply_to=self._id(entry.reply_to) if entry.reply_to else None,
            reactions={_EMOJI.sub(r":\1:", sign): number for sign, number in entry.reactions.items()},
            attachments=(),
        )

    def text(self, text: str) -> str:
        """Replace the people in a text: names, handles, ids, mail addresses, and addresses that lead to them."""
        return "".join(
            self._link(piece) if is_address else self._words(piece)
            for piece, is_address in pieces(_nfc(text))
        )

    def _author(self, author: Author) -> Author:
        if author.id not in self._called:
            self._meet(author)
            self._names = self._pattern()
        pseudonym = self._called[author.id]
        return Author(pseudonym, pseudonym, author.host)

    def _id(self, id: str) -> str:
        return hashlib.blake2b(id.encode(errors="replace"), key=self._key, digest_size=8).hexdigest()

    # Who is called what ------------------------------------------------------------------------------------------

    def _meet(self, author: Author) -> None:
        key = _key(author.name)
        known = self._by_name.get(key) if key in self._hosts else None
        pseudonym = self._called.setdefault(author.id, known or "") or self._draw(host=author.host)
        self._called[author.id] = pseudonym
        self._mention(author.name, pseudonym)

    def _draw(self, *, host: bool) -> str:
        """Draw a number that nobody has: of so many that the next file will hardly give it to the same person."""
        most = 10 * max(100, len(self._taken))
        while (
            pseudonym := f"{'Host' if host else 'Person'} {self._random.randrange(most // 10, most)}"
        ) in self._taken:
            pass
        self._taken.add(pseudonym)
        return pseudonym

    def _mention(self, name: str, pseudonym: str) -> None:
        """Remember by what somebody may be mentioned: the whole name, and the words of it that begin with a capital.

        A name that is an ordinary word is one only with a capital, or behind an `@`.
        """
        whole = _shown(name)
        words = _WORD.findall(whole)
        self._as_one.update(map(_key, name.split()))
        if whole and (not words or ([whole] == words and self._is_ordinary(whole))):
            self._remember(self._by_handle, whole, pseudonym)
            if words and len(whole) >= _LEAST:
                self._with_capital(whole, pseudonym)
            return
        if words:
            self._remember(self._by_name, whole, pseudonym)
        for part in _parts(_nfc(name), whole):
            if part == whole or all(map(self._is_ordinary, _WORD.findall(part))):
                continue
            if _key(part) in self._topics:
                self._with_capital(part.replace(" ", ""), pseudonym)
            else:
                self._remember(self._by_part, part, pseudonym)

    def _is_ordinary(self, word: str) -> bool:
        """Tell whether a word says more often something else than who is meant."""
        low = word.casefold()
        is_word = low in self._stop and not (self._english and len(low) == 2 and low not in _SHORT)
        return len(word) < _LEAST or word.isdigit() or is_word

    def _remember(self, names: dict[str, str], name: str, pseudonym: str) -> None:
        key = _key(name)
        # Of two ways to write it, the one that tells more of its words apart.
        self._written[key] = max(self._written.get(key, ""), name, key=len)
        _name(names, key, pseudonym)

    def _with_capital(self, word: str, pseudonym: str) -> None:
        for form in {word.capitalize(), word.upper(), word} - {word.lower()}:
            self._capitals.add(form)
            _name(self._by_capital, _key(form), pseudonym)

    def _pattern(self) -> re.Pattern[str]:
        """Find any of the names, the longest first; where words are not set apart, also within others.

        What begins with `@` is a handle as a whole, known or not. The chat's own hashtag is found first, and stays.
        """
        own = rf"(?P<own>#(?i:{re.escape(self._hashtag)}){_ENDS})"
        names = "|".join(
            (
                f"(?i:{self._any_of(self._by_name, glued=False)})",
                f"(?i:{self._any_of(self._by_part, glued=False)})",
                f"(?P<capital>{self._any_of(self._capitals, glued=False)})",
                f"(?(at)(?i:{self._any_of(self._by_handle, glued=False)})|(?!))",
            )
        )
        before = rf"(?:(?P<at>@)|(?<!{_BESIDE})(?<!@)(?P<joined>{_JOINED})??)"
        bordered = rf"{before}(?:{names}){_ENDS}(?(at)(?!_*[^\W_]|[.@-][^\W_]))"
        within = f"@?(?i:{self._any_of({**self._by_part, **self._by_name}, glued=True)})"
        behind = f"@(?i:{self._any_of(self._by_handle, glued=True)})"
        return re.compile(f"{own}|{bordered}|{within}|{behind}|{_HANDLE}")

    def _any_of(self, names: Iterable[str], *, glued: bool) -> str:
        """Write a pattern of names, the longest first, of those that are (not) written without borders.

        Those that begin alike stand together, so that the first letter tells of most that it is none of them.
        """
        alike = defaultdict[str, list[str]](list)
        written = (self._written.get(name, name) for name in names)
        for name in sorted((each for each in written if _is_glued(each) is glued), key=len, reverse=True):
            alike[name[0].lower()[0]].append(self._spelt(name))
        groups = (f"(?i:(?={re.escape(first)}))(?:{'|'.join(each)})" for first, each in alike.items())
        return "|".join(groups) or "(?!)"

    def _spelt(self, name: str) -> str:
        """Write a pattern of a name: with anything or nothing between its words, unless they are then another word.

        If so, they are written together only behind a `#`, or each with a capital: WanTing.
        """
        words, key = name.split(), _key(name)
        spelt = [_letters(word) for word in words]
        is_told = len(key) >= _LEAST_TOGETHER or key in self._as_one
        if len(words) == 1 or (
            is_told and not self._is_ordinary(key) and not all(map(self._is_ordinary, words))
        ):
            return f"{_BETWEEN}*".join(spelt)
        apart, together = f"{_BETWEEN}+".join(spelt), "".join(spelt)
        capitals = "".join(map(str.capitalize, words))
        return f"{apart}|(?<=#){together}|{_letters(capitals[0])}(?-i:{_letters(capitals[1:])})"

    # Texts -------------------------------------------------------------------------------------------------------

    def _words(self, text: str) -> str:
        text = _EMOJI.sub(r":\1:", text)
        text = _REFERENCE.sub(lambda found: self._called.get(found[1], SOMEBODY), text)
        text = _EMAIL.sub("[a mail address]", text)
        text = _BARE.sub(lambda found: _leads_to(found[1] or found[2]), text)
        return self._names.sub(self._named, text)

    def _named(self, found: re.Match[str]) -> str:
        if found["own"]:
            return found[0]
        joined = found["joined"] or ""
        key = _key(found[0].removeprefix(joined))
        if found["capital"]:
            return self._by_capital.get(key, SOMEBODY)
        handle = self._by_handle.get(key) if found[0].startswith("@") else None
        return joined + (handle or self._by_name.get(key) or self._by_part.get(key, SOMEBODY))

    def _link(self, address: str) -> str:
        try:
            parts = urlsplit(address)
            host = (parts.hostname or "").removeprefix("www.")
        except ValueError:
            return "[a link]"
        if personal := _PERSONAL.fullmatch(host):
            return _leads_to(personal[1])
        return "[a link]" if self._names_somebody(address) else address

    def _names_somebody(self, address: str) -> bool:
        """Tell whether an address has somebody's name in it, or leads to what somebody has of their own."""
        shown = _as_compared(unquote(address))
        words, squeezed = set(_WORD.findall(shown)), _key(shown)
        return bool(_PAGE.search(unquote(address))) or any(
            key in squeezed if (len(key) >= _LEAST_GLUED and len(name.split()) > 1) or _is_glued(name)
            else words.issuperset(_WORD.findall(name.casefold()))
            for key, name in self._written.items()
            if key in self._by_name or key in self._by_part
        )  # fmt: skip


def _leads_to(site: str) -> str:
    return f"[a link to {site.lower()}]"


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _as_compared(text: str) -> str:
    return _nfc(text).casefold()


def _shown(name: str) -> str:
    """Give a name with a space where a word of it begins, however that was written: Ana Smith for ana_smith and AnaSmith."""
    name = re.sub(f"[{_APOSTROPHES}]", "'", re.sub(f"[{_POINTS}]", "", _nfc(name)))
    name = re.sub(f"{_BETWEEN}+", " ", name).strip(" @'")
    return "".join(
        f" {here}"
        if here.isupper() and (before.islower() or (before.isupper() and after.islower()))
        else here
        for before, here, after in zip(f" {name}", name, f"{name[1:]} ", strict=False)
    )


def _key(name: str) -> str:
    """Give by what a name is known, however it is spaced and capitalised."""
    return re.sub(f"[ {_APOSTROPHES}]", "", _as_compared(_shown(name)))


def _letters(word: str) -> str:
    """Write a pattern of a word: with any apostrophe or none where it has one, and with points or without."""
    return "".join(
        f"[{_APOSTROPHES}]?" if each == "'"
        else re.escape(each) + f"[{_POINTS}]*" * ("\u0590" <= each <= "\u06ff")
        for each in word
    )  # fmt: skip


def _name(names: dict[str, str], key: str, pseudonym: str) -> None:
    names[key] = pseudonym if names.setdefault(key, pseudonym) == pseudonym else SOMEBODY


def _cut(run: str) -> Iterable[str]:
    """Give what is written as one, and the words of it: O'Neil and Neil, ana smith for ana_smith, and ana and smith."""
    shown = _shown(run)
    return dict.fromkeys((shown, *_WORD.findall(shown)))


def _parts(name: str, whole: str) -> Iterator[str]:
    """Give the parts of a name, but for `de` and `van`; also of one in which family name and given name are written as one."""
    for run in _RUN.findall(name):
        if whole.islower() or not run.islower():
            yield from _cut(run)
    if _FULL_NAME.fullmatch(whole):
        yield whole[2:] if len(whole) == 4 else whole[1:]
        if not re.match(f"[{_HANGUL}]", whole):
            yield whole[:2]


def _is_glued(name: str) -> bool:
    return bool(_GLUED.match(name) or _GLUED.match(name[-1:]))


def _own_words(script: Script) -> str:
    """Give what the script says itself: what it is about is no less a word for being part of a name."""
    asked = (text for q in script.everything_asked for text in (q.ask, q.follow_up or ""))
    return " ".join((script.hashtag, script.title, script.summary or "", *asked))
