"""The bot's doings with messages: posting, reading, editing, deleting, reactions, pins."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from .access import channel_of, granted, message_in, require
from .checks import Wrong
from .deeds import Draft
from .forms import BULK_DELETE, check_message
from .permissions import Permission
from .world import DEFAULT, DM, EPHEMERAL, REPLY, SUPPRESS_EMBEDS, V2, Channel, Message, Upload

if TYPE_CHECKING:
    from .rest import Asked

MOST_PINS, MOST_SIGNS = 250, 20


def post(asked: "Asked", channel: int) -> Any:
    """Post a message, or give the one that has the same nonce."""
    there = channel_of(asked, channel)
    require(
        asked, there, Permission.SEND_MESSAGES_IN_THREADS if there.is_thread else Permission.SEND_MESSAGES
    )
    if there.recipient and there.recipient.refuses_dms:
        raise Wrong(403, 50007, "Cannot send messages to this user")
    if there.archived and there.locked and not granted(asked, there) & Permission.MANAGE_THREADS:
        raise Wrong(400, 50083, "Thread is archived")
    body = asked.body or {}
    check_message(body, "create", asked.found, files=asked.files)
    _may_send(asked, there, body)
    if body.get("enforce_nonce") and (before := _same_nonce(asked, there, body.get("nonce"))):
        return asked.server.shown.message(before)
    draft = draft_of(body, asked.files, *_reference(asked, there, body))
    message = asked.server.deeds.post(there, asked.server.world.bot, draft)
    shown = asked.server.shown.message(message)
    if (nonce := body.get("nonce")) is not None:
        asked.server.world.nonces[str(nonce)] = (asked.server.world.ids.now(), message)
        shown["nonce"] = nonce
    return shown


def _may_send(asked: "Asked", channel: Channel, body: dict[str, Any]) -> None:
    if body.get("embeds"):
        require(asked, channel, Permission.EMBED_LINKS)
    if asked.files:
        require(asked, channel, Permission.ATTACH_FILES)


def _same_nonce(asked: "Asked", channel: Channel, nonce: Any) -> Message | None:
    """Find what was posted with a nonce in the past few minutes; the same one in another channel is a violation."""
    when, message = asked.server.world.nonces.get(str(nonce), (0.0, None))
    if nonce is None or message is None or asked.server.world.ids.now() - when >= asked.server.nonce_seconds:
        return None
    if message.channel is not channel:
        asked.odd(f"nonce {nonce} was used in another channel")
    return message


def _reference(
    asked: "Asked", channel: Channel, body: dict[str, Any]
) -> tuple[Message | None, tuple[int, int] | None, bool]:
    """Give the message replied to or forwarded, where it stands, and whether it is forwarded."""
    reference = body.get("message_reference")
    if not reference:
        return None, None, False
    forward = reference.get("type") == 1
    home = channel_of(asked, int(reference.get("channel_id") or channel.id)) if forward else channel
    number = int(reference["message_id"])
    there = home.messages.get(number)
    if there is None and reference.get("fail_if_not_exists", True):
        asked.found.add(("message_reference",), "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
        asked.found.refuse()
    if not forward and not granted(asked, channel) & Permission.READ_MESSAGE_HISTORY:
        raise Wrong(403, 160002, "Cannot reply without permission to read message history")
    return (there, (home.id, number), forward) if there else (None, None, False)


def draft_of(
    body: dict[str, Any],
    files: dict[str, Upload],
    reply_to: Message | None = None,
    refers: tuple[int, int] | None = None,
    forward: bool = False,
    **more: Any,
) -> Draft:
    """Make a draft of a checked body."""
    return Draft(
        body.get("content") or "",
        tuple(files.values()),
        tuple(embed | {"type": "rich"} for embed in body.get("embeds") or ()),
        tuple(body.get("components") or ()),
        body.get("flags") or 0,
        None if forward else reply_to,
        refers,
        reply_to if forward else None,
        body.get("allowed_mentions"),
        body.get("nonce"),
        bot=True,
        **more,
    )


def history(asked: "Asked", channel: int) -> Any:
    there = channel_of(asked, channel)
    given = {key: asked.number(key) for key in ("before", "after", "around") if key in asked.query}
    limit = asked.limit(50, 100)
    if len(given) > 1:
        asked.odd("before, after and around exclude each other")
    if not granted(asked, there) & Permission.READ_MESSAGE_HISTORY:
        return []
    shown = asked.server.shown
    return [shown.message(each, content=asked.server.content_allowed) for each in there.page(limit, **given)]


def read(asked: "Asked", channel: int, message: int) -> Any:
    there = channel_of(asked, channel, Permission.READ_MESSAGE_HISTORY)
    return asked.server.shown.message(message_in(there, message), content=asked.server.content_allowed)


def edit(asked: "Asked", channel: int, message: int) -> Any:
    there = channel_of(asked, channel)
    found = message_in(there, message)
    body = asked.body or {}
    if found.author is not asked.server.world.bot:
        if set(body) - {"flags"} or not granted(asked, there) & Permission.MANAGE_MESSAGES:
            raise Wrong(403, 50005, "Cannot edit a message authored by another user")
    elif found.type not in (DEFAULT, REPLY, 20, 23):
        raise Wrong(403, 50021, "Cannot execute action on a system message")
    if there.archived:
        raise Wrong(400, 50083, "Thread is archived")
    change_message(asked, found, body)
    return asked.server.shown.message(found)


def change_message(asked: "Asked", message: Message, body: dict[str, Any]) -> None:
    """Edit a message as a checked body says; what it does not name stays."""
    check_message(body, "edit", asked.found, files=asked.files, new=bool(message.flags & V2), had=True)
    becomes = (body.get("flags") or 0) | message.flags
    if becomes & V2 and (body.get("content", message.content) or body.get("embeds", message.embeds)):
        key = "content" if body.get("content", message.content) else "embeds"
        asked.found.add(
            (key,), "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", f"The '{key}' field cannot be used"
        )
        asked.found.refuse()
    changed = {key: body[key] or "" for key in ("content",) if key in body}
    changed |= {key: body[key] or [] for key in ("embeds", "components") if key in body}
    if "allowed_mentions" in body:
        changed["allowed_mentions"] = body["allowed_mentions"]
    if "flags" in body:
        changed["flags"] = message.flags & ~SUPPRESS_EMBEDS | (body["flags"] or 0) & (SUPPRESS_EMBEDS | V2)
    if "attachments" in body or asked.files:
        changed["attachments"] = _attachments(asked, message, body)
    _not_empty(message, changed)
    asked.server.deeds.edit(message, **changed)


def _attachments(asked: "Asked", message: Message, body: dict[str, Any]) -> list[Any]:
    named = body.get("attachments")
    kept = {int(each["id"]) for each in named or []}
    stay = [each for each in message.attachments if named is None or each.id in kept]
    private = bool(message.flags & EPHEMERAL)
    return stay + [
        asked.server.deeds.attach(each, message.channel, private=private) for each in asked.files.values()
    ]


def _not_empty(message: Message, changed: dict[str, Any]) -> None:
    left = [
        changed.get(key, getattr(message, key)) for key in ("content", "embeds", "components", "attachments")
    ]
    if not any(left):
        raise Wrong(400, 50006, "Cannot send an empty message")


def delete(asked: "Asked", channel: int, message: int) -> None:
    there = channel_of(asked, channel)
    found = message_in(there, message)
    if found.author is not asked.server.world.bot:
        require(asked, there, Permission.MANAGE_MESSAGES)
    asked.server.deeds.delete(found)


def delete_many(asked: "Asked", channel: int) -> None:
    there = channel_of(asked, channel, Permission.MANAGE_MESSAGES)
    asked.check(BULK_DELETE)
    found = [there.messages[int(each)] for each in asked.body["messages"] if int(each) in there.messages]
    asked.server.deeds.delete_many(there, found)


# Reactions


def react(asked: "Asked", channel: int, message: int, sign: str) -> None:
    there = channel_of(asked, channel, Permission.READ_MESSAGE_HISTORY)
    found, sign = message_in(there, message), _sign(asked, there, sign)
    if sign not in found.reactions:
        require(asked, there, Permission.ADD_REACTIONS)
        if len(found.reactions) >= MOST_SIGNS:
            raise Wrong(400, 30010, "Maximum number of reactions reached (20)")
    if there.archived:
        raise Wrong(400, 50083, "Thread is archived")
    asked.server.deeds.react(found, sign, asked.server.world.bot)


def unreact(asked: "Asked", channel: int, message: int, sign: str) -> None:
    there = channel_of(asked, channel, Permission.READ_MESSAGE_HISTORY)
    asked.server.deeds.unreact(message_in(there, message), _sign(asked, there, sign), asked.server.world.bot)


def unreact_other(asked: "Asked", channel: int, message: int, sign: str, user: int) -> None:
    there = channel_of(asked, channel, Permission.MANAGE_MESSAGES)
    if user in asked.server.world.users:
        found, sign = message_in(there, message), _sign(asked, there, sign)
        asked.server.deeds.unreact(found, sign, asked.server.world.users[user])


def clear(asked: "Asked", channel: int, message: int, sign: str | None = None) -> None:
    there = channel_of(asked, channel, Permission.MANAGE_MESSAGES)
    found = message_in(there, message)
    asked.server.deeds.clear(found, _sign(asked, there, sign) if sign else None)


def reacted(asked: "Asked", channel: int, message: int, sign: str) -> Any:
    there = channel_of(asked, channel, Permission.READ_MESSAGE_HISTORY)
    who = message_in(there, message).reactions.get(_sign(asked, there, sign), {})
    after, limit = asked.number("after") or 0, asked.limit(25, 100)
    return [asked.server.shown.user(who[each]) for each in sorted(who) if each > after][:limit]


def _sign(asked: "Asked", channel: Channel, sign: str) -> str:
    """Read a sign from an address: an emoji, or name:id of one that the guild has."""
    sign = unquote(sign)
    name, _, number = sign.partition(":")
    if number:
        known = channel.guild.emojis.get(int(number)) if channel.guild and number.isdecimal() else None
        good = known == name
    else:
        good = any(ord(each) > 0xA8 for each in sign) and not any(each.isalpha() for each in sign)
    if not good:
        raise Wrong(400, 10014, "Unknown Emoji")
    return sign


# Pins


def pin(asked: "Asked", channel: int, message: int) -> None:
    there = channel_of(asked, channel, Permission.PIN_MESSAGES)
    found = message_in(there, message)
    if found.type not in (DEFAULT, REPLY, 20, 23):
        raise Wrong(403, 50021, "Cannot execute action on a system message")
    if not found.pinned and len(there.pins()) >= MOST_PINS:
        raise Wrong(400, 30003, f"Maximum number of pins reached ({MOST_PINS})")
    asked.server.deeds.pin(found, asked.server.world.bot)


def unpin(asked: "Asked", channel: int, message: int) -> None:
    there = channel_of(asked, channel, Permission.PIN_MESSAGES)
    asked.server.deeds.unpin(message_in(there, message))


def pinned(asked: "Asked", channel: int) -> Any:
    there = channel_of(asked, channel, Permission.READ_MESSAGE_HISTORY)
    limit = asked.limit(50, 50)
    before = datetime.fromisoformat(asked.query["before"]) if "before" in asked.query else None
    found = [each for each in there.pins() if each.pinned and (before is None or each.pinned < before)]
    shown = [
        {
            "pinned_at": each.pinned.isoformat(),
            "message": asked.server.shown.message(each, content=asked.server.content_allowed),
        }
        for each in found[:limit]
        if each.pinned
    ]
    return {"items": shown, "has_more": len(found) > limit}


def pinned_as_before(asked: "Asked", channel: int) -> Any:
    there = channel_of(asked, channel, Permission.READ_MESSAGE_HISTORY)
    return [
        asked.server.shown.message(each, content=asked.server.content_allowed) for each in there.pins()[:50]
    ]


def typing(asked: "Asked", channel: int) -> None:
    there = channel_of(asked, channel)
    if there.type != DM:
        require(
            asked, there, Permission.SEND_MESSAGES_IN_THREADS if there.is_thread else Permission.SEND_MESSAGES
        )


_ALL = "/channels/{channel}/messages"
_ONE = _ALL + "/{message}"
#: What stands first is tried first.
ROUTES: list[tuple[str, str, Callable[..., Any]]] = [
    ("POST", _ALL, post),
    ("GET", _ALL, history),
    ("POST", _ALL + "/bulk-delete", delete_many),
    ("GET", _ALL + "/pins", pinned),
    ("PUT", _ALL + "/pins/{message}", pin),
    ("DELETE", _ALL + "/pins/{message}", unpin),
    ("GET", "/channels/{channel}/pins", pinned_as_before),
    ("PUT", "/channels/{channel}/pins/{message}", pin),
    ("DELETE", "/channels/{channel}/pins/{message}", unpin),
    ("GET", _ONE, read),
    ("PATCH", _ONE, edit),
    ("DELETE", _ONE, delete),
    ("DELETE", _ONE + "/reactions", clear),
    ("GET", _ONE + "/reactions/{sign}", reacted),
    ("DELETE", _ONE + "/reactions/{sign}", clear),
    ("PUT", _ONE + "/reactions/{sign}/@me", react),
    ("DELETE", _ONE + "/reactions/{sign}/@me", unreact),
    ("DELETE", _ONE + "/reactions/{sign}/{user}", unreact_other),
    ("POST", "/channels/{channel}/typing", typing),
]
