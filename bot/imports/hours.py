"""Which of the posts that begin with a question's label are whose questions, and of which of several chats."""

import itertools
import re
from bisect import bisect, insort
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from operator import attrgetter

from bot.imports.heard import Unreadable
from bot.labels import number_and_part
from bot.script import model

#: Within an hour a host may put a question in other words. After a pause, what is asked may be another chat's.
_HOUR, _PAUSE, _ANOTHER_DAY = timedelta(hours=1), timedelta(hours=3), timedelta(hours=12)
#: A chat may go on for days, with reminders of its questions; none goes on after a week without any.
_WEEK = timedelta(days=6)
#: So many questions in other words are another chat's: more where a script says what the questions are.
_SEVERAL, _SEVERAL_OF_SCRIPT = 2, 3
_ASKS = re.compile(r"[?？؟;]")
_IS_QUESTION = re.compile(r"[?？؟;]\W*\Z")
#: So long after its last question answers still come, as in a live chat.
DAY = timedelta(days=1)
#: Where labels stand that have no number.
_LAST = 100


@dataclass(frozen=True, slots=True)
class Posted:
    """A post that begins with a question's label: the message's id, when, whose, what it asks, and its hashtags."""

    id: str
    at: datetime
    author: str
    name: str
    ask: str
    tags: tuple[str, ...] = ()


#: A post with its label.
Labelled = tuple[str, Posted]
_AT = attrgetter("at")


@dataclass(frozen=True, slots=True)
class Span:
    """A chat among several: when its first question was asked, how many were and by whom, and from when to when its posts are.

    The times are in the zone of the import, and `until` is no more of it; None is open. `fits` tells that a script's
    questions are among its own.
    """

    asked: datetime
    questions: int
    by: tuple[str, ...]
    since: datetime | None
    until: datetime | None
    fits: bool = False


class Several(Unreadable):
    """There are several chats in what was to be one."""

    def __init__(self, text: str, spans: tuple[Span, ...]) -> None:
        super().__init__(text)
        self.spans = spans


def in_time(labelled: Labelled) -> tuple[datetime, tuple[int, str]]:
    """Give by what posts are in order: their time, and else their labels."""
    label, post = labelled
    return post.at, number_and_part(label) or (_LAST, label)


def in_order(asked: Mapping[str, Posted], most: int) -> dict[str, Posted]:
    """Give so many of the questions, in order of time."""
    return dict(sorted(asked.items(), key=in_time)[:most])


def asking(posts: Iterable[Labelled]) -> set[str]:
    """Give the ids of those who post the labels first, of posts in order of time; empty where nothing is asked by it."""
    by_label: defaultdict[str, dict[str, Posted]] = defaultdict(dict)
    for label, post in posts:
        by_label[label].setdefault(post.author, post)
    first = {label: next(iter(theirs.values())) for label, theirs in by_label.items()}
    if not first:
        return set()
    ((main, number),) = Counter(post.author for post in first.values()).most_common(1)
    if number < 2 and not any(_asks(post) for post in first.values() if post.author == main):
        return set()
    others = {post.author for label, post in first.items() if main not in by_label[label] and _asks(post)}
    return {main, *others}


def asked_apart(posts: Sequence[Labelled], hosts: Collection[str]) -> list[Labelled]:
    """Give, of posts in order of time, what others than these hosts surely ask, in chats of their own.

    Each is an hour or more from what was asked behind its label before and after it, and asks something else.
    """
    asked: defaultdict[str, list[Posted]] = defaultdict(list)
    by_other: defaultdict[str, list[Labelled]] = defaultdict(list)
    for label, post in posts:
        if post.author in hosts:
            asked[label].append(post)
        else:
            by_other[post.author].append((label, post))
    found: list[Labelled] = []
    for hour in sorted((hour for theirs in by_other.values() for hour in hours(theirs)), key=_begins):
        apart = [(label, post) for label, post in hour if _asks(post) and _is_apart(post, asked[label])]
        if _surely_ask(first_of_each(apart).values()):
            found += apart
            for label, post in apart:
                insort(asked[label], post, key=_AT)
    return found


def hours(posts: Iterable[Labelled]) -> Iterator[list[Labelled]]:
    """Part posts, in order of time, where none came for long, or a label comes again and asks something else."""
    hour: list[Labelled] = []
    firsts: dict[str, Posted] = {}
    for label, post in posts:
        first = firsts.get(label, post)
        is_new = post.at - first.at >= _HOUR and not _is_same(post, first)
        if hour and (is_new or post.at - hour[-1][1].at > _PAUSE):
            yield hour
            hour, firsts = [], {}
        hour.append((label, post))
        firsts.setdefault(label, post)
    if hour:
        yield hour


def first_of_each(posts: Iterable[Labelled]) -> dict[str, Posted]:
    """Give the first post of each label, of posts in order of time."""
    asked: dict[str, Posted] = {}
    for label, post in posts:
        asked.setdefault(label, post)
    return asked


def chats_in(posts: Iterable[Labelled], scripted: int = 0) -> list[dict[str, Posted]]:
    """Part the hosts' posts, in order of time, into chats: of each the first post of each label.

    An hour that goes on with the labels, or reminds of questions, is of the chat before it. `scripted` is how many
    questions the script has, where there is one.
    """
    chats: list[dict[str, Posted]] = []
    for asked in map(first_of_each, hours(posts)):
        if chats and not _is_another(asked, chats[-1], scripted):
            chats[-1] = asked | chats[-1]
        else:
            chats.append(asked)
    return chats


def spans(chats: Sequence[Mapping[str, Posted]], zone: tzinfo) -> tuple[Span, ...]:
    """Part the time among the chats, which come in order of it: each goes on until the next one begins."""
    times = [sorted(post.at for post in chat.values()) for chat in chats]
    bounds = [_begin(one[-1], other[0]).astimezone(zone) for one, other in itertools.pairwise(times)]
    return tuple(
        Span(asked[0].astimezone(zone), len(chat), _names(chat), since, until)
        for asked, chat, since, until in zip(times, chats, (None, *bounds), (*bounds, None), strict=True)
    )


def _names(chat: Mapping[str, Posted]) -> tuple[str, ...]:
    return tuple({post.author: post.name for post in chat.values()}.values())


def _begin(last: datetime, first: datetime) -> datetime:
    """Give when a chat begins whose first question was asked then: an hour before, or nearer to it than to the last chat."""
    begin = max(first - _HOUR, last + (first - last) / 2)
    minute = begin.replace(second=0, microsecond=0)
    return minute if minute > last else begin


def same_words(text: str, ask: str) -> bool:
    """Tell whether a text asks that question once more."""
    return model.plain(ask) in model.plain(text)


def _is_another(asked: Mapping[str, Posted], before: Mapping[str, Posted], scripted: int) -> bool:
    """Tell whether the labels begin anew: with other words or, a week later, in any.

    Two of three things tell it: that several do, that one of them asks something, and that it is another day. Where a
    script says what the questions are, several have to.
    """
    since = min(post.at for post in asked.values()) - max(post.at for post in before.values())
    anew = [
        post
        for label, post in asked.items()
        if since >= _WEEK or (label in before and not _is_same(post, before[label]))
    ]
    several = len(anew) >= (min(_SEVERAL_OF_SCRIPT, scripted) or _SEVERAL)
    signs = (several, any(map(_asks, anew)), since >= _ANOTHER_DAY)
    return sum(signs) > 1 and (several or not scripted)


def _begins(hour: Sequence[Labelled]) -> tuple[datetime, tuple[int, str]]:
    return in_time(hour[0])


def _is_apart(post: Posted, asked: Sequence[Posted]) -> bool:
    """Tell whether a post asks something by itself, at another time than what was asked behind its label."""
    place = bisect(asked, post.at, key=_AT)
    return all(
        abs(post.at - each.at) >= _HOUR and not _is_same(post, each)
        for each in asked[max(place - 1, 0) : place + 1]
    )


def _surely_ask(posts: Iterable[Posted]) -> bool:
    """Tell whether posts that ask something are a host's: answers ask by the way, and seldom end with it."""
    ends = [bool(_IS_QUESTION.search(post.ask)) for post in posts]
    return sum(ends) > 1 or len(ends) > 2


def _is_same(post: Posted, first: Posted) -> bool:
    return same_words(post.ask, first.ask) or same_words(first.ask, post.ask)


def _asks(post: Posted) -> bool:
    return bool(_ASKS.search(post.ask))
