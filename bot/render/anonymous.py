"""A transcript for research and teaching: what was said, without who said it.

Everybody gets a pseudonym, which stands for them also where others mention them. It is drawn anew for each file, so that
nobody can be followed from one to the next. What is left out and what stays, `NOTE` tells the readers.
"""

import hashlib
import random
import re
import secrets
from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from bot.messages import Author, Entry
from bot.recap import About, pieces
from bot.script.model import Script
from bot.themes.stopping import stop_words

NOTE = """Names are replaced by pseudonyms, which are drawn anew for each file; hosts are told apart from others. Introductions \
(Q0), files, handles, ids, and links to people and messages are left out. That is no promise that nobody will be recognised: \
what people wrote is as they wrote it, in the order and at the times at which they wrote it. Those who were there, or find \
the words elsewhere, know who said them; people tell of themselves and of others; and a nickname, a misspelt name, or one that \
is also an ordinary word, may still stand in a text. Handle it with the care that the people in it would ask for."""

#: Who is meant by a name that several people have, or by a handle that nobody here is known by.
SOMEBODY = "[somebody]"

#: The label of the question by which people introduce themselves.
_INTRO = "0"
#: Sites whose addresses lead to a person, or to what a person said.
_PERSONAL = frozenset(
    [
        "twitter.com",
        "x.com",
        "t.co",
        "facebook.com",
        "fb.com",
        "instagram.com",
        "threads.net",
        "linkedin.com",
        "lnkd.in",
        "tiktok.com",
        "bsky.app",
        "discord.com",
        "discordapp.com",
        "discord.gg",
        "reddit.com",
        "t.me",
        "telegram.me",
        "wa.me",
        "github.com",
        "orcid.org",
        "linktr.ee",
        "about.me",
        "snapchat.com",
        "pinterest.com",
        "tumblr.com",
        "flickr.com",
        "researchgate.net",
        "academia.edu",
        "slack.com",
    ]
)
_EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_HANDLE = re.compile(r"(?<![\w@])@[\w](?:[\w.@-]*\w)?")
# What Discord writes for a person, role or channel, and for an emoji of a guild's own.
_REFERENCE = re.compile(r"<(?:@[!&]?|#)(\d+)>")
_EMOJI = re.compile(r"<a?:(\w+):\d+>")
_WORD = re.compile(r"\w+")
#: What is shorter is more often something else than a name.
_LEAST = 2


class Anonymous:
    """Replaces who said something, and who is mentioned, in one chat.

    `people` are those who wrote, one for each name that they had; who is not among them gets a pseudonym when they come.
    `seed` makes the pseudonyms; without one they are drawn by chance.
    """

    def __init__(self, script: Script, people: Iterable[Author], *, seed: int | None = None) -> None:
        self._random = random.Random(secrets.randbits(128) if seed is None else seed)  # noqa: S311 (seeded by secrets)
        self._key = self._random.randbytes(16)
        self._stop = stop_words(script.language)
        self._hosts = {
            known.casefold() for host in script.hosts for known in (host.name, host.handle) if known
        }
        self._called: dict[str, str] = {}
        self._taken: set[str] = set()
        self._by_name: dict[str, str] = {}
        self._by_part: dict[str, str] = {}
        self._by_handle: dict[str, str] = {}
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
        questions = tuple(replace(question, ask=self.text(question.ask)) for question in script.questions)
        summary = self.text(script.summary) if script.summary else None
        return replace(
            about,
            script=replace(
                script, hosts=(), title=self.text(script.title), summary=summary, questions=questions
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
            self._link(piece) if is_address else self._words(piece) for piece, is_address in pieces(text)
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
        known = self._by_name.get(author.name.casefold()) if author.name.casefold() in self._hosts else None
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

        A name that is an ordinary word is one only behind an `@`.
        """
        whole = " ".join(name.split()).lstrip("@")
        words = _WORD.findall(whole)
        if not words:
            return
        ordinary = len(words) == 1 and self._is_ordinary(words[0])
        self._remember(self._by_handle if ordinary else self._by_name, whole.casefold(), pseudonym)
        for word in words if len(words) > 1 else ():
            if not word[0].islower() and not self._is_ordinary(word):
                self._remember(self._by_part, word, pseudonym)

    def _is_ordinary(self, word: str) -> bool:
        return len(word) < _LEAST or word.isdigit() or word.casefold() in self._stop

    def _remember(self, names: dict[str, str], name: str, pseudonym: str) -> None:
        names[name] = pseudonym if names.setdefault(name, pseudonym) == pseudonym else SOMEBODY

    def _pattern(self) -> re.Pattern[str]:
        """Find any of the names, the longest first; whole ones in any case, parts as they are written in names."""
        whole, parts, handles = map(_any_of, (self._by_name, self._by_part, self._by_handle))
        found = rf"@?(?P<whole>(?i:{whole}))|@?(?P<part>{parts})|@(?P<handle>(?i:{handles}))"
        return re.compile(rf"(?<![\w#])(?:{found})(?!\w)")

    # Texts -------------------------------------------------------------------------------------------------------

    def _words(self, text: str) -> str:
        text = _EMOJI.sub(r":\1:", text)
        text = _REFERENCE.sub(lambda found: self._called.get(found[1], SOMEBODY), text)
        text = _EMAIL.sub("[a mail address]", text)
        text = self._names.sub(self._named, text)
        return _HANDLE.sub(SOMEBODY, text)

    def _named(self, found: re.Match[str]) -> str:
        if found["part"]:
            return self._by_part[found["part"]]
        names = self._by_name if found["whole"] else self._by_handle
        return names.get(" ".join((found["whole"] or found["handle"]).split()).casefold(), SOMEBODY)

    def _link(self, address: str) -> str:
        try:
            parts = urlsplit(address)
            host = (parts.hostname or "").removeprefix("www.")
        except ValueError:
            return "[a link]"
        personal = any(host == site or host.endswith(f".{site}") for site in _PERSONAL)
        return f"[a link to {host}]" if personal else "[a link]" if self._names_somebody(address) else address

    def _names_somebody(self, address: str) -> bool:
        """Tell whether an address has somebody's name in it, or leads to what somebody has of their own."""
        words = set(_WORD.findall(unquote(address).casefold().replace("_", " ")))
        known = (" ".join(_WORD.findall(name.casefold())) for name in (*self._by_name, *self._by_part))
        return "/@" in address or "/~" in address or any(words.issuperset(name.split()) for name in known)


def _any_of(names: Iterable[str]) -> str:
    """Write a pattern of names, the longest first, with any white space between their words."""
    longest_first = sorted(names, key=len, reverse=True)
    return "|".join(r"\s+".join(map(re.escape, name.split())) for name in longest_first) or "(?!)"
