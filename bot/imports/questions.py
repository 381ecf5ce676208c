"""Who hosted a chat and what was asked when, found in what people wrote; and the script that says so.

A question is a post of a host's that begins with its label (`Q1: …`). Where nobody is known to host, it is whoever posted
the most of the labels first: participants who answer behind the question's own label come after it.
"""

import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.imports.heard import Head
from bot.imports.hours import (
    Labelled,
    Posted,
    asked_apart,
    asking,
    chats_in,
    first_of_each,
    in_order,
    in_time,
    same_words,
)
from bot.labels import Forms, Kind, forms_for, named, number_and_part, own_words, plain
from bot.labels.marks import BLANK, SEPARATOR
from bot.messages import Message
from bot.script import model
from bot.script.model import MOST_QUESTIONS, Host, Script, handle_of, hosts_among
from bot.script.phrases import primary
from bot.script.values import quoted

#: A question is known by its words alone where it has so many letters; "why" is in what anybody writes.
_TELLING = 25
#: Longer labels than `99` are no questions' but years and codes.
_MOST = 99
_LONGEST_TITLE = 300
#: So long is a title that is made of a question.
_MADE_TITLE = 100
_LONGEST_NAME = 100
#: So that a question fits into one post, whatever its letters and its label.
_LONGEST_QUESTION = 900
#: So much of a post is looked at.
_LONGEST_POST = 4000
_TAG = re.compile(r"#(\w*[^\W_])")
_MARKS = r"[*_~`]{1,8}"
_TAIL = re.compile(rf"(?:(?<!\s)\s+(?:(?:{_MARKS})?(?:#\w+|https?://\S+|@\w+)(?:{_MARKS})?|[|/·–—-]))+\s*$")
#: Emphasis that opens directly before something, and marks that open none, as a blank or nothing is behind them.
_OPEN = re.compile(rf"(?<![*_~`]){_MARKS}(?=[^\s*_~`])")
_IDLE = re.compile(rf"\s*{_MARKS}(?:\s+|$)")
#: What sets a label off from what it asks; emphasis of the question's own words does not.
_BEHIND = re.compile(rf"(?!{BLANK}+{_MARKS}[^\s*_~`]){SEPARATOR.pattern}")
#: Where a host has put the whole question into a quotation, there is nothing else that it could repeat.
_QUOTATION = re.compile(rf"^{BLANK}{{0,3}}>(?:>>)?{BLANK}?", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Found:
    """Who hosts (their names by their ids), and the question posts by label, in order of time.

    `tag` is the hashtag that at least half of them have; `bots` are the ids of programs, of which nobody said that they host.
    `chats` are the questions of each chat, where they are those of several; `questions` are then those of the first.
    `guessed` says that nobody who is known to host asked any.
    """

    hosts: Mapping[str, str]
    questions: dict[str, Posted]
    tag: str = ""
    bots: frozenset[str] = frozenset()
    chats: tuple[Mapping[str, Posted], ...] = ()
    guessed: bool = False

    @property
    def people(self) -> dict[str, str]:
        """The hosts who are people, or were named as hosts."""
        return {id_: name for id_, name in self.hosts.items() if id_ not in self.bots}


class Survey:
    """Looks for questions among messages that come in any order; grows with people, labels and hours, not with messages.

    `hosts` are the names, handles or ids of people known to host; with `one_chat`, all is of one.
    """

    def __init__(self, script: Script | None, hosts: Collection[str], *, one_chat: bool = False) -> None:
        languages = (primary(script.language if script else "en"),)
        labels = tuple(each.label for each in script.everything_asked) if script else ()
        self._forms = forms_for(languages, labels)
        self._labels = {label.casefold(): label for label in labels}
        self._one_chat = one_chat
        self._asks = {each.label: each.ask for each in script.everything_asked} if script else {}
        words = {model.plain(ask): label for label, ask in self._asks.items()}
        self._words = {ask: label for ask, label in words.items() if len(ask) >= _TELLING}
        self._wanted = {handle_of(name) for name in hosts}
        self._known: dict[str, str] = {}
        self._bots: set[str] = set()
        self._met: set[str] = set()
        # By label, author and hour: the first of each.
        self._posts: dict[tuple[str, str, datetime], Posted] = {}
        self._given: dict[str, Posted] = {}

    def add(self, message: Message, *, handle: str = "", by_bot: bool = False) -> None:
        """Look at the next message; `handle` is what its author is called there besides the name."""
        author = message.author
        if by_bot:
            self._bots.add(author.id)
        if author.host or (self._wanted and self._is_wanted(author.id, author.name, handle)):
            self._known[author.id] = author.name
        if not message.repeat and (asked := self._asked(message.text)):
            label, ask = asked
            tags = tuple(_TAG.findall(message.text[:_LONGEST_POST]))
            posted = Posted(message.id, message.at, author.id, author.name, ask, tags)
            key = (label, author.id, message.at.replace(minute=0, second=0, microsecond=0))
            earlier = self._posts.get(key)
            if earlier is None or message.at < earlier.at or _is_whole(posted, earlier):
                self._posts[key] = posted

    def posted(self, label: str, post: Posted) -> None:
        """Know a question that the file itself says was asked."""
        self._given.setdefault(label, post)

    def missing(self, names: Iterable[str]) -> list[str]:
        """Give those names under which nobody wrote."""
        return [name for name in names if handle_of(name) not in self._met]

    def asking(self) -> list[str]:
        """Give the names of those who wrote something that begins like a question, who did most often first."""
        asked = {(label, author): post.name for (label, author, _), post in self._posts.items()}
        return [name for name, _ in Counter(asked.values()).most_common(8)]

    def is_scripted(self, labelled: Labelled) -> bool:
        """Tell whether a post has the words of the script's question."""
        label, post = labelled
        return label in self._asks and same_words(post.ask, self._asks[label])

    def found(self) -> Found:
        """Tell who hosts and what was asked, by all that has been added."""
        posts = sorted(((key[0], post) for key, post in self._posts.items()), key=in_time)
        guessed = not any(post.author in self._known for _, post in posts)
        hosts = self._known.keys() | asking(posts) if guessed else self._known.keys()
        asked = [each for each in posts if each[1].author in hosts]
        if guessed and not self._one_chat:
            asked = sorted(asked + asked_apart(posts, hosts), key=in_time)
        first, *more = (in_order(each, MOST_QUESTIONS) for each in self._parted(asked) or [{}])
        askers = {post.author: post.name for post in first.values() if not self._given}
        bots = frozenset(self._bots - self._known.keys())
        several = (first, *more) if more else ()
        return Found(askers | self._known, first, _shared(first.values()), bots, several, guessed)

    def _parted(self, asked: Sequence[Labelled]) -> list[dict[str, Posted]]:
        """Part the hosts' posts, in order of time, into chats; in one, the script's own words go before others."""
        if self._given:
            return [self._given]
        chats = [first_of_each(asked)] if self._one_chat else chats_in(asked, len(self._asks))
        if len(chats) > 1:
            return chats
        return [chat | first_of_each(filter(self.is_scripted, asked)) for chat in chats]

    def _is_wanted(self, *names: str) -> bool:
        met = {handle_of(name) for name in names} & self._wanted
        self._met |= met
        return bool(met)

    def _asked(self, text: str) -> tuple[str, str] | None:
        """Give the label of the question that a text posts, and what it asks."""
        words = plain(text)
        own = own_words(words, self._forms) or own_words(_QUOTATION.sub("", words), self._forms)
        if not own:
            return None
        if self._words:
            asked = model.plain(own)
            if found := next((label for ask, label in self._words.items() if ask in asked), None):
                return found, own
        names = named(own, self._forms)
        if not names or names[0].kind is not Kind.QUESTION or names[0].alone or len(names) > 1:
            return None
        (first, last), *more = names[0].spans
        label = self._label(first)
        return (
            (label, ask) if label and first == last and not more and (ask := _ask(own, self._forms)) else None
        )

    def _label(self, key: str) -> str | None:
        """Give the label that is meant: the script's own or, without a script, any number with or without a letter."""
        if self._labels:
            return self._labels.get(key)
        place = number_and_part(key)
        return key if place and place[0] <= _MOST and "." not in key else None


def _is_whole(post: Posted, other: Posted) -> bool:
    """Tell whether a post that stands in the files twice says more here than there, where it was cut."""
    return post.id == other.id and len(post.ask) > len(other.ask)


def _shared(posts: Collection[Posted]) -> str:
    """Give the hashtag that at least half of the posts have, as it is written first; empty where there is none."""
    counts = Counter(
        tag for post in posts for tag in dict.fromkeys(map(str.casefold, post.tags)) if tag_of(tag)
    )
    for tag, count in counts.most_common(1):
        if 2 * count >= len(posts):
            return next(each for post in posts for each in post.tags if each.casefold() == tag)
    return ""


def _ask(text: str, forms: Forms) -> str:
    """Give what a text asks: what stands behind its label, without the hashtags at the end.

    Emphasis that is the label's (`**Q1:** …`) or goes around all of the question is no part of it; other emphasis is.
    """
    hailed = forms.noise.match(text)
    start = hailed.end() if hailed else 0
    label = forms.label.search(text, start)
    before, behind = (text[: label.start()], text[label.end() :]) if label else ("", text)
    behind = behind[:_LONGEST_POST]
    if opened := re.search(rf"{_MARKS}$", before):
        behind = _closed(opened[0], behind)
    mark = _BEHIND.match(behind)
    ask = behind[mark.end() if mark else 0 :]
    idle = _IDLE.match(ask)
    ask = ask[idle.end() if idle else 0 :].strip()
    ask = _TAIL.sub("", ask) or ask
    whole = _OPEN.match(ask)
    inner = _closed(whole[0], ask[whole.end() :]) if whole else ask
    return inner if whole and ask == f"{whole[0]}{inner}{whole[0][::-1]}" else ask


def _closed(opened: str, text: str) -> str:
    """Give a text without what ends the emphasis that was opened before it."""
    closing = re.escape(opened[::-1])
    return re.sub(rf"(?<![*_~`]){closing}(?![*_~`])", "", text, count=1)


# The script ------------------------------------------------------------------------------------------------------


def named_hosts(script: Script, found: Found) -> Iterator[tuple[str, str]]:
    """Give the ids of those whom a script names, each with that name; see `bot.script.model.hosts_among`."""
    people = found.hosts.items()
    return hosts_among(
        script, [(id_, each) for id_, name in people for each in (name, _line(name, _LONGEST_NAME))]
    )


def script_text(found: Found, head: Head, zone: str) -> str:
    """Write the script of a chat whose questions were found; whatever the texts are, it is a right one."""
    asks: dict[str, str] = {}
    seen: set[str] = set()
    for label, posted in found.questions.items():
        ask = _line(posted.ask, _LONGEST_QUESTION) or f"Question {label}"
        while model.plain(ask) in seen:
            ask = f"{ask} (Q{label})"
        seen.add(model.plain(ask))
        asks[label] = ask
    return "\n".join(_lines(asks, found, head, zone)) + "\n"


def _lines(asks: dict[str, str], found: Found, head: Head, zone: str) -> Iterator[str]:
    tag = next(filter(None, map(tag_of, (head.hashtag, found.tag, head.name))), "chat")
    yield "# Found by hashchat when it imported this chat."
    yield f"hashtag: {quoted('#' + tag)}"
    yield f"title: {quoted(title_of(head.title) or _title(asks))}"
    if summary := _line(head.summary or "", _LONGEST_TITLE):
        yield f"summary: {quoted(summary)}"
    yield f"language: {quoted(head.language)}"
    yield f"timezone: {quoted(zone)}"
    hosts = head.hosts or tuple(map(Host, dict.fromkeys(found.people.values())))
    named = [(name, host) for host in hosts if (name := _line(host.name, _LONGEST_NAME))][:20]
    if named:
        yield "hosts:"
        for name, host in named:
            yield f"  - name: {quoted(name)}"
            yield f"    role: {host.role}"
            if host.handle:
                yield f"    handle: {quoted(host.handle)}"
            if host.link:
                yield f"    link: {quoted(host.link)}"
    if "0" in asks and len(asks) > 1:
        yield f"intro: {quoted(asks.pop('0'))}"
    yield f"minutes_per_question: {_minutes(found)}"
    yield "questions:"
    for label, ask in asks.items():
        yield f"  - label: {quoted('1' if label == '0' else label)}"
        yield f"    ask: {quoted(ask)}"


def _title(asks: Mapping[str, str]) -> str:
    """Make a title of the first question that is more than an introduction: no file's name says what a chat was about."""
    return _line(asks[next((label for label in asks if label != "0"), "0")], _MADE_TITLE)


def _minutes(found: Found) -> str:
    """Give how long most questions had: the median of the times between them, or ten minutes."""
    times = sorted(posted.at for posted in found.questions.values())
    gaps = sorted(later - earlier for earlier, later in itertools.pairwise(times))
    gap = gaps[len(gaps) // 2] if gaps else timedelta(minutes=10)
    return f"{round(min(max(gap, timedelta(minutes=1)), timedelta(hours=2)).total_seconds() / 60)}m"


def _line(text: str, most: int) -> str:
    """Give the text on one line, without what cannot be seen or kept; empty if nothing is left."""
    kept = "".join(sign if unicodedata.category(sign) not in ("Cc", "Cs") else " " for sign in text)
    line = " ".join(kept.split())
    line = line if len(line) <= most else f"{line[: most - 1].rstrip()}…"
    return line if any(sign.isprintable() and not sign.isspace() for sign in line) else ""


def title_of(text: str) -> str:
    """Make a title of a text; empty where nothing of it can be seen."""
    return _line(text, _LONGEST_TITLE)


def tag_of(text: str) -> str:
    """Make a hashtag of a name; empty where it has no letter."""
    tag = unicodedata.normalize("NFC", text)
    tag = "".join(sign for sign in tag if unicodedata.category(sign)[0] in "LMN" or sign == "_")[:90]
    return tag if any(unicodedata.category(sign)[0] == "L" for sign in tag) else ""
