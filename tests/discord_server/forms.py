"""What each request may hold (https://discord.com/developers/docs, OpenAPI description of v10)."""

import re
from typing import Any

from .checks import (
    Check,
    Findings,
    Place,
    Wrong,
    among,
    anything,
    flag,
    form,
    items,
    mapping,
    nullable,
    number,
    snowflake,
    text,
    url,
    whole,
)
from .components import check_layout
from .world import V2, Upload

_embed_picture = form({"url": url, "proxy_url": url, "width": whole(), "height": whole()}, ["url"])
_embed_field = form({"name": text(1, 256), "value": text(1, 1024), "inline": flag}, ["name", "value"])
_EMBED = form({
    "title": nullable(text(0, 256)), "type": text(), "description": nullable(text(0, 4096)), "url": nullable(url),
    "timestamp": nullable(text()), "color": nullable(whole(0, 0xFFFFFF)), "fields": nullable(items(_embed_field, 0, 25)),
    "image": nullable(_embed_picture), "thumbnail": nullable(_embed_picture),
    "footer": nullable(form({"text": text(1, 2048), "icon_url": url, "proxy_icon_url": url}, ["text"])),
    "author": nullable(form({"name": text(1, 256), "url": url, "icon_url": url, "proxy_icon_url": url}, ["name"])),
    "flags": whole(), "provider": anything, "video": anything,
})  # fmt: skip


def _allowed(allowed: dict[str, Any], place: Place, found: Findings) -> None:
    for kind in ("users", "roles"):
        if allowed.get(kind) and kind in (allowed.get("parse") or []):
            found.add(
                (*place, "parse"),
                "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
                f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.',
            )


_ALLOWED_MENTIONS = form(
    {"parse": nullable(items(among("everyone", "users", "roles"), 0, 3)), "users": nullable(items(snowflake, 0, 100)),
     "roles": nullable(items(snowflake, 0, 100)), "replied_user": nullable(flag)},
    then=_allowed,
)  # fmt: skip
_REFERENCE = form(
    {"type": among(0, 1), "message_id": snowflake, "channel_id": nullable(snowflake), "guild_id": nullable(snowflake),
     "fail_if_not_exists": nullable(flag)},
    ["message_id"],
)  # fmt: skip
_ATTACHMENT = form(
    {"id": snowflake, "filename": nullable(text(1, 1024)), "description": nullable(text(0, 1024)), "spoiler": flag,
     "title": nullable(text(0, 1024)), "duration_secs": nullable(number), "waveform": nullable(text(0, 400)),
     # what an attachment that stays is shown with; Discord reads nothing of it
     "url": url, "proxy_url": url, "size": whole(), "height": whole(), "width": whole(), "content_type": text(),
     "ephemeral": flag, "flags": whole()},
    ["id"],
)  # fmt: skip


def _nonce(value: Any, place: Place, found: Findings) -> None:
    if isinstance(value, str):
        text(0, 25)(value, place, found)
    else:
        whole(-(2**63), 2**63 - 1)(value, place, found)


_message: dict[str, Check] = {
    "content": nullable(text(0, 2000)), "embeds": nullable(items(_EMBED, 0, 10)),
    "allowed_mentions": nullable(_ALLOWED_MENTIONS), "components": nullable(anything),
    "flags": nullable(whole(0, 1 << 20)), "attachments": nullable(items(_ATTACHMENT, 0, 10)),
}  # fmt: skip
_sending = _message | {
    "tts": nullable(flag),
    "sticker_ids": nullable(items(snowflake, 0, 3)),
    "poll": nullable(anything),
}
_CREATE = form(
    _sending | {"nonce": nullable(_nonce), "enforce_nonce": nullable(flag), "message_reference": nullable(_REFERENCE)}
)  # fmt: skip
_EDIT = form(_message | {"tts": nullable(flag)})  # discord.py sends tts along, and Discord lets it
_FOLLOW_UP = form(
    _sending
    | {
        "username": text(1, 80),
        "avatar_url": url,
        "thread_name": text(1, 100),
        "applied_tags": items(snowflake),
    }
)
_FORMS = {"create": _CREATE, "edit": _EDIT, "follow-up": _FOLLOW_UP, "respond": form(_sending)}


def check_message(
    body: Any, kind: str, found: Findings, *, files: dict[str, Upload], new: bool = False, had: bool = False
) -> None:
    """Check a message to be created, edited, followed up or responded with.

    `new` says that the message is already in Components V2, `had` that it exists and so may be sent with nothing.
    Raises Wrong with Discord's code: 50035, 50006 for an empty message, 40005 for files that are too large.
    """
    _FORMS[kind](body, (), found)
    if not found.wrong:
        new = new or bool((body.get("flags") or 0) & V2)
        if body.get("components") is not None:
            check_layout(body["components"], ("components",), found, new=new)
        _check_embeds(body, found)
        _check_files(body, files, found)
        if new:
            for key in ("content", "embeds", "poll", "sticker_ids"):
                if body.get(key):
                    code = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
                    found.add(
                        (key,),
                        code,
                        f"The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2",
                    )
    found.refuse()
    if (
        not had
        and not any(body.get(key) for key in ("content", "embeds", "components", "sticker_ids", "poll"))
        and not files
    ):
        reference = body.get("message_reference") or {}
        if reference.get("type") != 1:
            raise Wrong(400, 50006, "Cannot send an empty message")
    if sum(len(each.data) for each in files.values()) > 25 << 20 or any(
        len(each.data) > 10 << 20 for each in files.values()
    ):
        raise Wrong(413, 40005, "Request entity too large")


def _check_embeds(body: dict[str, Any], found: Findings) -> None:
    total = 0
    for index, embed in enumerate(body.get("embeds") or []):
        texts = [embed.get("title"), embed.get("description"), (embed.get("footer") or {}).get("text")]
        texts += [(embed.get("author") or {}).get("name")]
        texts += [each[key] for each in embed.get("fields") or [] for key in ("name", "value")]
        total += sum(len(each or "") for each in texts)
        if not any(texts) and not any(embed.get(key) for key in ("image", "thumbnail", "url")):
            found.add(("embeds", index, "description"), "BASE_TYPE_REQUIRED", "This field is required")
    if total > 6000:
        found.add(("embeds",), "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000")


def _check_files(body: dict[str, Any], files: dict[str, Upload], found: Findings) -> None:
    named = {str(each["id"]) for each in body.get("attachments") or []}
    for index in files:
        if body.get("attachments") is not None and index not in named:
            found.add(("attachments",), "ATTACHMENT_NOT_NAMED", f"files[{index}] has no entry in attachments")
    for each in body.get("attachments") or []:
        if int(each["id"]) < 1000 and str(each["id"]) not in files:
            found.add(
                ("attachments", 0, "id"),
                "ATTACHMENT_NOT_FOUND",
                f"Uploaded attachment files[{each['id']}] not found",
            )


THREAD_ON_MESSAGE = form(
    {"name": text(1, 100), "auto_archive_duration": nullable(among(60, 1440, 4320, 10080)),
     "rate_limit_per_user": nullable(whole(0, 21600))},
    ["name"],
)  # fmt: skip
THREAD = form(
    {"name": text(1, 100), "auto_archive_duration": nullable(among(60, 1440, 4320, 10080)), "type": nullable(among(10, 11, 12)),
     "invitable": nullable(flag), "rate_limit_per_user": nullable(whole(0, 21600))},
    ["name"],
)  # fmt: skip
THREAD_EDIT = form({
    "name": text(1, 100), "archived": flag, "locked": flag, "auto_archive_duration": among(60, 1440, 4320, 10080),
    "rate_limit_per_user": nullable(whole(0, 21600)), "invitable": flag, "flags": whole(),
})  # fmt: skip
BULK_DELETE = form({"messages": items(snowflake, 2, 100)}, ["messages"])
LINE = form({"recipient_id": snowflake}, ["recipient_id"])

# Commands

_SLASH = re.compile(r"[-_'\w]{1,32}")
_choice = form(
    {"name": text(1, 100), "value": anything, "name_localizations": nullable(anything)}, ["name", "value"]
)
CHOICES = form({"choices": items(_choice, 0, 25)}, ["choices"])


def _slash_name(value: Any, place: Place, found: Findings) -> None:
    if not isinstance(value, str) or not _SLASH.fullmatch(value) or value != value.lower():
        found.add(place, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


def _option(option: Any, place: Place, found: Findings) -> None:
    _OPTION(option, place, found)


def _option_as_whole(option: dict[str, Any], place: Place, found: Findings) -> None:
    kind, inner = option["type"], option.get("options") or []
    if option.get("choices") and option.get("autocomplete"):
        found.add(
            (*place, "autocomplete"),
            "APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE",
            "Choices exclude autocompletion",
        )
    if kind == 2 and any(each.get("type") != 1 for each in inner):
        found.add(
            (*place, "options"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "A group holds subcommands only"
        )
    if kind > 2 and inner:
        found.add(
            (*place, "options"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Only subcommands have options"
        )
    _order(inner, place, found)


def _order(options: list[dict[str, Any]], place: Place, found: Findings) -> None:
    required = [bool(each.get("required")) for each in options]
    if required != sorted(required, reverse=True):
        found.add(
            (*place, "options"),
            "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
            "Required options must come first",
        )
    names = [each.get("name") for each in options]
    if len(set(names)) < len(names):
        found.add(
            (*place, "options"),
            "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS",
            "Option name already exists",
        )


_localized = nullable(mapping(text(1, 100)))
_OPTION = form(
    {"type": whole(1, 11), "name": _slash_name, "description": text(1, 100), "required": flag, "choices": items(_choice, 0, 25),
     "options": items(_option, 0, 25), "channel_types": items(whole(0, 20)), "min_value": number, "max_value": number,
     "min_length": whole(0, 6000), "max_length": whole(1, 6000), "autocomplete": flag, "name_localizations": _localized,
     "description_localizations": _localized},
    ["type", "name", "description"], _option_as_whole,
)  # fmt: skip


def _command_as_whole(command: dict[str, Any], place: Place, found: Findings) -> None:
    if command.get("type", 1) == 1:
        _slash_name(command["name"], (*place, "name"), found)
        if not command.get("description"):
            found.add((*place, "description"), "BASE_TYPE_REQUIRED", "This field is required")
        _order(command.get("options") or [], place, found)
    elif command.get("description") or command.get("options"):
        found.add(
            (*place, "description"),
            "APPLICATION_COMMAND_CONTEXT_MENU",
            "Context menu commands cannot have description or options",
        )
    if _size(command) > 8000:
        found.add(place, "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (8000)")


def _size(command: Any) -> int:
    """Count the characters of a command that Discord counts: names, descriptions, choices."""
    own = sum(len(str(command.get(key) or "")) for key in ("name", "description", "value"))
    return own + sum(_size(each) for key in ("options", "choices") for each in command.get(key) or [])


COMMAND = form(
    {"name": text(1, 32), "description": nullable(text(0, 100)), "type": among(1, 2, 3), "nsfw": flag,
     "options": nullable(items(_option, 0, 25)), "dm_permission": nullable(flag), "default_member_permissions": nullable(anything),
     "contexts": nullable(items(among(0, 1, 2), 1, 3)), "integration_types": nullable(items(among(0, 1), 1, 2)),
     "name_localizations": _localized, "description_localizations": _localized, "id": snowflake},
    ["name"], _command_as_whole,
)  # fmt: skip


def check_commands(commands: Any, found: Findings) -> None:
    """Check all commands of an application or guild as they are put: forms, names, 100 slash and 15 message commands."""
    items(COMMAND, 0, 130)(commands, (), found)
    found.refuse()
    kinds = [each.get("type", 1) for each in commands]
    if kinds.count(1) > 100 or kinds.count(2) > 15 or kinds.count(3) > 15:
        raise Wrong(400, 30032, "Maximum number of application commands reached (100)")
    names = [(each.get("type", 1), each["name"]) for each in commands]
    if len(set(names)) < len(names):
        found.add((), "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
    found.refuse()
