"""Which of the posts that begin with a question's label are whose questions, and of which of several chats."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from bot.imports.heard import Unreadable
from bot.labels import number_and_part
from bot.script import model

#: Within an hour a host may put a question in other words. After a pause, what is asked may be another chat's.
_HOUR, _PAUSE, _ANOTHER_DAY = timedelta(hours=1), timedelta(hours=3), timedelta(hours=12)
#: A chat may go on for days, with reminders of its questions; none goes on after a week without any.
_WEEK = timedelta(days=6)
_ASKS = re.compile(r"[?？؟;]")
#: So long after its last question answers still come, as in a live chat.
DAY = timedelta(days=1)
_NEVER = datetime.max.replace(tzinfo=UTC)
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


@dataclass(frozen=True, slots=True)
class Span:
    """A chat among several: when its first question was asked, and how many were, and from when to when its posts are.

    The times are naive, in the zone of the import, and `until` is no more of it.
    """

    asked: datetime
    questions: int
    since: datetime
    until: datetime


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


def asking(posts: Iterable[Labelled], *, surely: bool = False) -> set[str]:
    """Give the ids of those who post the labels first, of posts in order of time; empty where nothing is asked by it.

    With `surely`, two of their posts have to ask something.
    """
    by_label: defaultdict[str, dict[str, Posted]] = defaultdict(dict)
    for label, post in posts:
        by_label[label].setdefault(post.author, post)
    first = {label: next(iter(theirs.values())) for label, theirs in by_label.items()}
    if not first:
        return set()
    ((main, number),) = Counter(post.author for post in first.values()).most_common(1)
    asks = sum(_asks(post) for post in first.values() if post.author == main)
    if (number < 2 and not asks) or (surely and asks < 2):
        return set()
    others = {post.author for label, post in first.items() if main not in by_label[label] and _asks(post)}
    return {main, *others}


def hours(posts: Iterable[Labelled]) -> Iterator[list[Labelled]]:
    """Part posts, in order of time, where none came for long, or somebody's label comes again and asks something else."""
    hour: list[Labelled] = []
    firsts: dict[tuple[str, str], Posted] = {}
    for label, post in posts:
        first = firsts.get((label, post.author), post)
        is_new = post.at - first.at >= _HOUR and not _is_same(post, first)
        if hour and (is_new or post.at - hour[-1][1].at > _PAUSE):
            yield hour
            hour, firsts = [], {}
        hour.append((label, post))
        firsts.setdefault((label, post.author), post)
    if hour:
        yield hour


def chats_in(posts: Iterable[Labelled]) -> list[dict[str, Posted]]:
    """Part the hosts' posts, in order of time, into chats: of each the first post of each label.

    An hour that goes on with the labels, or reminds of questions, is of the chat before it.
    """
    chats: list[dict[str, Posted]] = []
    for hour in hours(posts):
        asked: dict[str, Posted] = {}
        for label, post in hour:
            asked.setdefault(label, post)
        if chats and not _is_another(asked, chats[-1]):
            chats[-1] = asked | chats[-1]
        else:
            chats.append(asked)
    return chats


def spans(chats: Sequence[Mapping[str, Posted]], zone: tzinfo) -> tuple[Span, ...]:
    """Give from when to when each of the chats is, which come in order of time: what lies between two is never of both."""
    times = [sorted(post.at for post in chat.values()) for chat in chats]
    begins = [_begin(before, asked[0]) for before, asked in zip((None, *times), times, strict=False)]
    ends = [min(asked[-1] + DAY, begin) for asked, begin in zip(times, (*begins[1:], _NEVER), strict=False)]
    return tuple(
        Span(_local(asked[0], zone), len(asked), _local(begin, zone), _local(end, zone))
        for asked, begin, end in zip(times, begins, ends, strict=True)
    )


def _begin(before: Sequence[datetime] | None, first: datetime) -> datetime:
    """Give when a chat begins whose first question was asked then: an hour before, or nearer to it than to the last chat."""
    between = before[-1] + (first - before[-1]) / 2 if before else first - _HOUR
    return max(first - _HOUR, between)


def _local(moment: datetime, zone: tzinfo) -> datetime:
    return moment.astimezone(zone).replace(second=0, microsecond=0, tzinfo=None)


def same_words(text: str, ask: str) -> bool:
    """Tell whether a text asks that question once more."""
    return model.plain(ask) in model.plain(text)


def _is_another(asked: Mapping[str, Posted], before: Mapping[str, Posted]) -> bool:
    """Tell whether the labels begin anew: with other words or, a week later, in any.

    Two of three things tell it: that several do, that one of them asks something, and that it is another day.
    """
    since = min(post.at for post in asked.values()) - max(post.at for post in before.values())
    anew = [
        post
        for label, post in asked.items()
        if since >= _WEEK or (label in before and not _is_same(post, before[label]))
    ]
    return len([sign for sign in (len(anew) > 1, any(map(_asks, anew)), since >= _ANOTHER_DAY) if sign]) > 1


def _is_same(post: Posted, first: Posted) -> bool:
    return same_words(post.ask, first.ask) or same_words(first.ask, post.ask)


def _asks(post: Posted) -> bool:
    return bool(_ASKS.search(post.ask))
