"""What Discord tells of a message, turned into what is kept: pure, nothing here asks for anything.

Facts of messages: https://discord.com/developers/docs/resources/message, and of the marks in their text:
https://discord.com/developers/docs/reference#message-formatting.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

import discord
from yarl import URL

from bot.messages import Attachment, Author, Message, one_word

#: What people write; everything else (joins, pins, commands, new threads) is a notice of Discord's own.
_SPOKEN = frozenset({discord.MessageType.default, discord.MessageType.reply})
#: What makes a link to a file of Discord's live for a day; another each time that it is told.
_SIGNATURE = ("ex", "is", "hm")
_START = datetime(1970, 1, 1, tzinfo=UTC)

_MARK = re.compile(
    r"<(?P<kind>@[!&]?|#)(?P<id>\d{1,20})>"
    r"|<a?(?P<emoji>:\w{1,64}:)\d{1,20}>"
    r"|<t:(?P<time>-?\d{1,13})(?::[tTdDfFR])?>"
    r"|<(?P<command>/[^<>:]{1,120}):\d{1,20}>"
)


def spoken(message: discord.Message) -> bool:
    """Tell whether a person has written it: not a bot, a webhook, or Discord itself."""
    return (
        message.type in _SPOKEN
        and not message.author.bot
        and not message.author.system
        and message.webhook_id is None
    )


def parent_of(place: object) -> int | None:
    """Give the channel to whose chats what is said in a thread belongs: none for a private thread, or what is no thread."""
    return place.parent_id if isinstance(place, discord.Thread) and not place.is_private() else None


def author_of(user: discord.User | discord.Member) -> Author:
    """Give who that is in the guild: a host is who may manage its events, which only a member is known for.

    That counts for the guild, whatever one of its channels says: Discord knows the permission in voice and stage channels only.
    """
    host = isinstance(user, discord.Member) and user.guild_permissions.manage_events
    return Author(str(user.id), user.display_name, host)


def message_of(
    message: discord.Message, author: Author, named: Mapping[int, str], *, me: int, thread: bool = False
) -> Message | None:
    """Give what is kept of a message that a person has written, or None where nothing can be read in it.

    `named` are the names in the guild of the people whom its text mentions. In a `thread`, what replies to nothing replies to the message that the thread hangs on, whose id it has. `me` is the
    bot: to call it at the start is no part of what is said.
    """
    forwarded = message.message_snapshots
    texts = [_words(message, _unhailed(message.content, me), named), *_of_others(message, named)]
    files = [*message.attachments, *(file for each in forwarded for file in each.attachments)]
    if message.poll:
        texts.append(f"[poll: {message.poll.question}]")
    text = "\n".join(filter(None, texts))
    if not text and not files:  # what was written comes only with the intent for it
        return None
    return Message(
        id=str(message.id),
        author=author,
        text=text,
        at=discord.utils.snowflake_time(message.id),
        version=version_of(message),
        edited_at=message.edited_at,
        reply_to=_reply_to(message, thread=thread),
        place=str(message.channel.id),
        attachments=tuple(attachment_of(file) for file in files),
        repeat=bool(forwarded),
    )


def version_of(message: discord.Message) -> int:
    """Give the version of a message: 0 as first written, then the time of its last edit in microseconds since 1970."""
    return (message.edited_at - _START) // timedelta(microseconds=1) if message.edited_at else 0


def attachment_of(file: discord.Attachment) -> Attachment:
    """Give what is kept of a file that hangs on a message."""
    return Attachment(
        name=file.filename,
        url=lasting(file.url),
        type=file.content_type,
        size=file.size,
        alt=file.description,
        width=file.width,
        height=file.height,
    )


def lasting(url: str) -> str:
    """Give the address of a file without what expires of it, so that it stays the same when a message is edited."""
    try:
        return str(URL(url, encoded=True).without_query_params(*_SIGNATURE))
    except ValueError:
        return url


def sign_of(emoji: discord.PartialEmoji | discord.Emoji | str) -> str:
    """Give the sign that a reaction is: an emoji as it is, or one of a guild's own as `:name:`."""
    if isinstance(emoji, str):
        return emoji
    if isinstance(emoji, discord.PartialEmoji) and emoji.is_unicode_emoji():
        return emoji.name
    return f":{emoji.name or emoji.id}:"


def counted(reactions: Iterable[discord.Reaction]) -> dict[str, int]:
    """Count the people behind each sign on a message, without the bot itself."""
    counts: dict[str, int] = {}
    for reaction in reactions:
        own = reaction.me + reaction.me_burst
        if others := reaction.count - own:
            counts[sign_of(reaction.emoji)] = counts.get(sign_of(reaction.emoji), 0) + others
    return counts


def _reply_to(message: discord.Message, *, thread: bool) -> str | None:
    reference = message.reference
    if message.type is discord.MessageType.reply and reference and reference.message_id:
        return str(reference.message_id)
    return str(message.channel.id) if thread else None


def _unhailed(text: str, me: int) -> str:
    return re.sub(rf"\A(?:\s*<@!?{me}>[\s,:]*)+", "", text)


def _of_others(message: discord.Message, named: Mapping[int, str]) -> list[str]:
    """Give what was forwarded, and the names of stickers."""
    forwarded = [_words(message, each.content, named) for each in message.message_snapshots]
    stickers = [
        *message.stickers,
        *(sticker for each in message.message_snapshots for sticker in each.stickers),
    ]
    return [*forwarded, *(f"[sticker: {sticker.name}]" for sticker in stickers)]


def _words(message: discord.Message, text: str, named: Mapping[int, str]) -> str:
    """Put words in the place of what Discord writes as numbers. Its Markdown stays."""
    if "<" not in text:
        return text
    return _MARK.sub(lambda mark: _word(mark, named, message.guild), text)


def _word(mark: re.Match[str], people: Mapping[int, str], guild: discord.Guild | None) -> str:
    if emoji := mark["emoji"]:
        return emoji
    if command := mark["command"]:
        return command
    if time := mark["time"]:
        return _moment(int(time)) or mark[0]
    id_ = int(mark["id"])
    match mark["kind"]:
        case "#":
            channel = guild and guild.get_channel_or_thread(id_)
            return f"#{one_word(channel.name if channel else 'channel')}"
        case "@&":
            role = guild and guild.get_role(id_)
            return f"@{one_word(role.name if role else 'role')}"
        case _:
            return f"@{one_word(people.get(id_, 'someone'))}"


def _moment(seconds: int) -> str | None:
    try:
        return f"{_START + timedelta(seconds=seconds):%Y-%m-%d %H:%M} UTC"
    except OverflowError:
        return None
