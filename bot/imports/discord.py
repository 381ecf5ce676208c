"""JSON as DiscordChatExporter (2.30 and later) writes it: one channel or thread to a file.

The form is that of its JsonMessageWriter (https://github.com/Tyrrrz/DiscordChatExporter). Later versions add keys and
leave the others as they are: who reacted, what was forwarded, stickers.
"""

import mimetypes
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.imports.fields import Object, mapping, mappings, needed, number, text, whole
from bot.imports.heard import Head, Heard, LeftOut, Piece, Settings, Signed, Unread, Unreadable, which
from bot.imports.source import Source
from bot.imports.streaming import members
from bot.imports.times import Times
from bot.messages import Attachment, Author, Message, one_word

#: What people say, and what they ask an app to say; the rest are Discord's own notes ("Ana pinned a message").
_SAID = frozenset({"Default", "Reply", "0", "19", "20", "23", ""})
_MENTION = re.compile(r"<@!?(\d+)>")


def read(source: Source, settings: Settings) -> Iterator[Piece]:
    """Give what is in an export. See `bot.imports.heard.Reader`; raises BadJson and Unreadable."""
    thread, guild, number = "", "", 0
    for member in members(source.text(), "messages"):
        if member.key == "guild":
            guild = _guild(member.value)
        elif member.key == "channel":
            try:
                thread, head = _channel(whole(member.value), guild)
            except ValueError as error:
                raise Unreadable(f"{source}:{member.line}: the channel cannot be read ({error}).") from error
            yield head
        elif member.key == "messages":
            number += 1
            try:
                yield _piece(whole(member.value), thread, settings.times)
            except ValueError as error:
                yield Unread(member.line, str(error), which(member.value, number))


def _guild(guild: Any) -> str:
    """Give the id of a guild; "" for messages between people, which have the guild 0."""
    id_ = guild.get("id") if isinstance(guild, dict) else None
    return id_ if isinstance(id_, str) and id_ != "0" else ""


def _channel(channel: Object, guild: str) -> tuple[str, Head]:
    """Give the id of a thread ("" for a channel), and what the file says of the chat."""
    name, id_ = text(channel, "name"), text(channel, "id")
    thread = id_ if "Thread" in text(channel, "type") else ""
    room = f"discord:{guild}" if guild else f"discord:channel:{id_}" if id_ else ""
    return thread, Head(title=text(channel, "topic"), name=name, room=room)


def _piece(item: Object, thread: str, times: Times) -> Piece:
    if text(item, "type") not in _SAID:
        return LeftOut("Discord's own notes")
    said, repeat = item, False
    if forwarded := mapping(item, "forwardedMessage"):
        said, repeat = forwarded, True
    edited = text(item, "timestampEdited")
    message = Message(
        id=needed(item, "id"),
        author=_author(mapping(item, "author")),
        text=_text(said, item),
        at=times.read(needed(item, "timestamp")),
        version=1 if edited else 0,
        edited_at=times.read(edited) if edited else None,
        reply_to=_reply(item, thread, forwarded=repeat),
        place=thread,
        attachments=tuple(_attachment(each) for each in mappings(said, "attachments")),
        repeat=repeat,
    )
    author = mapping(item, "author")
    reactions = dict(map(_reaction, mappings(item, "reactions")))
    return Heard(message, reactions, by_bot=author.get("isBot") is True, handle=text(author, "name"))


def _author(item: Object) -> Author:
    return Author(needed(item, "id"), text(item, "nickname") or text(item, "name"))


def _reply(item: Object, thread: str, *, forwarded: bool) -> str | None:
    """Give what a message replies to; a thread has the id of the message on which it hangs."""
    reference = "" if forwarded else text(mapping(item, "reference"), "messageId")
    return reference or (thread if thread != text(item, "id") else "") or None


def _text(said: Object, item: Object) -> str:
    """Give the words of a message, or else those of its embeds and stickers."""
    words = text(said, "content")
    if "@" in words:
        words = _mentioned(words, mappings(item, "mentions"))
    if not words:
        words = "\n\n".join(filter(None, map(_embedded, mappings(said, "embeds"))))
    stickers = (f"[sticker: {text(each, 'name')}]" for each in mappings(said, "stickers"))
    return "\n".join(filter(None, (words, *stickers)))


def _mentioned(words: str, mentions: Iterable[Object]) -> str:
    """Write who is mentioned as one word each, whether they were exported raw (`<@1>`) or by name (`@Ana Lee`)."""
    names = {text(each, "id"): text(each, "nickname") or text(each, "name") for each in mentions}
    for name in sorted(names.values(), key=len, reverse=True):
        words = words.replace(f"@{name}", f"@{one_word(name) or name}")
    return _MENTION.sub(lambda found: f"@{one_word(names.get(found[1], 'somebody'))}", words)


def _embedded(embed: Object) -> str:
    """Give the words of an embed: its title with its address, its description, its fields."""
    fields = (f"{text(each, 'name')}: {text(each, 'value')}" for each in mappings(embed, "fields"))
    title = " ".join(filter(None, (text(embed, "title"), text(embed, "url"))))
    return "\n".join(filter(None, (title, text(embed, "description"), *fields)))


def _attachment(item: Object) -> Attachment:
    url = needed(item, "url")
    name = text(item, "fileName") or url.rsplit("/", 1)[-1]
    return Attachment(name, url, mimetypes.guess_type(name)[0], number(item, "fileSizeBytes"))


def _reaction(item: Object) -> tuple[str, Signed]:
    """Give a sign and the people who put it there; of others than those named only the number is known."""
    emoji: Mapping[str, Any] = mapping(item, "emoji")
    sign = needed(emoji, "name")
    users = mappings(item, "users")
    people = tuple(needed(user, "id") for user in users if user.get("isBot") is not True)
    others = (number(item, "count") or 0) - len(users)
    return f":{sign}:" if text(emoji, "id") else sign, Signed(people, max(0, others))
