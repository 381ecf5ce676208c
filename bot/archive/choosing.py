"""Which chats an archive has, and what comes next. Here is no clock and nothing is read: the time comes in."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from hashlib import sha256

from bot.archive.model import Coming, Published, Wanted
from bot.render.plain import one_line
from bot.script.model import Script
from bot.script.posts import Kind
from bot.session import Over, Ready, timetable
from bot.store import Chat

#: How long a chat of which only the time is known takes.
_HOUR = timedelta(hours=1)
#: What the script's `next` tells of is the chat that is planned within that time of it.
_SAME = timedelta(hours=12)
#: The longest name of a folder, in bytes, well within what file systems allow.
_LONGEST = 120
#: Names that Windows keeps for itself (https://learn.microsoft.com/windows/win32/fileio/naming-a-file).
_RESERVED = re.compile(r"con|prn|aux|nul|(?:com|lpt)[0-9¹²³]")


def hashtag_of(chat: Chat) -> str:
    """Give a chat's hashtag in small letters, by its name: scripts need not be read for it."""
    return chat.name.partition("-")[0]


def among(chats: Iterable[Chat], wanted: Wanted, left_out: Collection[int]) -> list[Chat]:
    """Give the real chats that the archive is about, whether past or to come."""
    return [
        chat
        for chat in chats
        if not chat.rehearsal
        and chat.id not in left_out
        and (not wanted.rooms or chat.room in wanted.rooms)
        and (not wanted.hashtags or hashtag_of(chat) in wanted.hashtags)
    ]


def held(chats: Iterable[Chat]) -> list[Chat]:
    """Give the chats that were held to their end, the latest answers included."""
    return [chat for chat in chats if chat.state.started and chat.state.phase == Over()]


def path_of(chat: Chat, taken: Collection[str]) -> str:
    """Give a free place for a chat: `macrosw/2015-04-23`, by its hashtag and the rest of its name."""
    hashtag, _, rest = chat.short.partition("-")
    paths = (
        f"{folder_of(hashtag)}/{rest or 'chat'}{'' if n == 1 else f'-{n}'}" for n in range(1, len(taken) + 2)
    )
    return next(path for path in paths if path not in taken)


def folder_of(hashtag: str) -> str:
    """Give the folder of a hashtag: one that every file system takes, and that no other hashtag has."""
    name = unicodedata.normalize("NFC", hashtag.lower())
    if _RESERVED.fullmatch(name):
        return f"{name}-"
    whole = name.encode()
    if len(whole) <= _LONGEST:
        return name
    return f"{whole[:_LONGEST].decode(errors='ignore')}-{sha256(whole).hexdigest()[:8]}"


def coming(
    chats: Iterable[Chat], latest: Iterable[Published], now: datetime, identify: Callable[[str], str]
) -> list[Coming]:
    """Give what comes next, the soonest first: chats that are planned, and those that the latest of each hashtag tells of."""
    planned = [_planned(chat.script, identify) for chat in chats if _is_planned(chat, now)]
    told = [
        Coming(
            identify(f"{one.tag} {one.next.isoformat()}"), one.hashtag, one.next, one.next + _HOUR, one.zone
        )
        for one in latest
        if isinstance(one.next, datetime) and one.next > now and not _known(one.tag, one.next, planned)
    ]
    return sorted([*planned, *told], key=lambda each: each.starts)


def _is_planned(chat: Chat, now: datetime) -> bool:
    return isinstance(chat.state.phase, Ready) and chat.script.starts is not None and chat.script.starts > now


def _planned(script: Script, identify: Callable[[str], str]) -> Coming:
    starts = script.starts
    assert starts  # noqa: S101  (see `_is_planned`)
    return Coming(
        identify(f"{script.hashtag.lower()} {starts.isoformat()}"),
        script.hashtag,
        starts,
        max(post.at for post in timetable(script, starts) if post.kind == Kind.CLOSING),
        script.zone,
        one_line(script.title),
        script.summary,
        tuple(one_line(host.name) for host in script.hosts),
    )


def _known(tag: str, at: datetime, planned: Iterable[Coming]) -> bool:
    return any(each.tag == tag and abs(each.starts - at) < _SAME for each in planned)
