"""The bot's answers to interactions: the callback, and what follows by the interaction's token."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .checks import Wrong, among, anything, form
from .components import MODAL
from .deeds import Draft
from .forms import CHOICES, check_message
from .interactions import (
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    DEFER,
    DEFER_UPDATE,
    LIFE,
    MESSAGE,
    SUBMIT,
    UPDATE,
    Interaction,
)
from .interactions import (
    CHOICES as CHOICES_TYPE,
)
from .interactions import (
    MODAL as MODAL_TYPE,
)
from .messages import change_message, draft_of
from .world import COMMAND as COMMAND_MESSAGE
from .world import DEFAULT, EPHEMERAL, LOADING, REPLY, Message

if TYPE_CHECKING:
    from .rest import Asked

_CALLBACK = form({"type": among(4, 5, 6, 7, 8, 9), "data": anything}, ["type"])
#: Which answers an interaction may get; a modal's submission updates a message only if it came from one.
_ALLOWED = {
    COMMAND: {MESSAGE, DEFER, MODAL_TYPE},
    COMPONENT: {MESSAGE, DEFER, DEFER_UPDATE, UPDATE, MODAL_TYPE},
    AUTOCOMPLETE: {CHOICES_TYPE},
    SUBMIT: {MESSAGE, DEFER, DEFER_UPDATE, UPDATE},
}


def callback(asked: "Asked", interaction: int, token: str) -> Any:
    """Take the first answer to an interaction. Raises Wrong (10062 unknown or too late, 40060 answered already)."""
    asking = asked.server.world.interactions.get(interaction)
    if asking is None or asking.token != token:
        raise Wrong(404, 10062, "Unknown interaction")
    if asking.response is not None:
        raise Wrong(400, 40060, "Interaction has already been acknowledged.")
    if asked.server.had_machine() - asking.made >= asked.server.acknowledge_seconds:
        # the bot's fault only if it had the interaction in time
        raise Wrong(404, 10062, "Unknown interaction", blame=asked.server.is_late(asking))
    asked.check(_CALLBACK)
    kind, data = asked.body["type"], asked.body.get("data") or {}
    orphan = asking.message is None and kind in (DEFER_UPDATE, UPDATE)
    if kind not in _ALLOWED[asking.type] or orphan:
        asked.found.add(
            ("type",),
            "INTERACTION_CALLBACK_TYPE",
            f"{kind} does not answer an interaction of type {asking.type}",
        )
        asked.found.refuse()
    _ANSWERS[kind](asked, asking, data)
    asking.response = kind
    return _receipt(asked, asking)


def _receipt(asked: "Asked", asking: Interaction) -> Any:
    if asked.query.get("with_response") not in ("1", "true", "True") or asked.server.selfhosted:
        return None
    about: dict[str, Any] = {"id": str(asking.id), "type": asking.type}
    resource: dict[str, Any] = {"type": asking.response}
    if asking.response in (MESSAGE, DEFER, UPDATE) and asking.original:
        about |= {"response_message_id": str(asking.original.id)}
        about |= {
            "response_message_loading": asking.thinking,
            "response_message_ephemeral": bool(asking.original.ephemeral_for),
        }
        resource["message"] = asked.server.shown.message(asking.original)
    return {"interaction": about, "resource": resource}


def _message(asked: "Asked", asking: Interaction, data: dict[str, Any]) -> None:
    asked.body = data
    check_message(data, "respond", asked.found, files=asked.files)
    asking.original = _show(asked, asking, data, private=bool((data.get("flags") or 0) & EPHEMERAL))


def _show(
    asked: "Asked",
    asking: Interaction,
    body: dict[str, Any],
    *,
    private: bool,
    reply_to: Message | None = None,
) -> Message:
    """Post an answer where the interaction was, for its person alone if it is private."""
    server = asked.server
    kind = REPLY if reply_to or asking.type in (COMPONENT, SUBMIT) else COMMAND_MESSAGE
    target = reply_to or (asking.message if kind == REPLY else None)
    draft = draft_of(
        body, asked.files, target, (asking.channel.id, target.id) if target else None,
        type=kind if target or kind != REPLY else DEFAULT, interaction=asking, webhook=server.world.application,
        only_for=asking.user.id if private else None,
    )  # fmt: skip
    message = server.deeds.post(asking.channel, server.world.bot, draft)
    asking.shown.append(message)
    return message


def _defer(asked: "Asked", asking: Interaction, data: dict[str, Any]) -> None:
    asking.thinking, asking.private = True, bool((data.get("flags") or 0) & EPHEMERAL)
    for key in data.keys() - {"flags"}:
        asked.odd(f"unknown field data.{key}")
    draft = Draft(
        flags=LOADING, type=COMMAND_MESSAGE, interaction=asking, webhook=asked.server.world.application,
        only_for=asking.user.id if asking.private else None,
    )  # fmt: skip
    asking.original = asked.server.deeds.post(asking.channel, asked.server.world.bot, draft)


def _defer_update(asked: "Asked", asking: Interaction, data: dict[str, Any]) -> None:
    asking.original = asking.message


def _update(asked: "Asked", asking: Interaction, data: dict[str, Any]) -> None:
    asking.original = asking.message
    _change(asked, asking, asking.message, data)


def _change(asked: "Asked", asking: Interaction, message: Message | None, body: dict[str, Any]) -> None:
    if message is None or message.deleted:
        raise Wrong(404, 10008, "Unknown Message")
    for key in ("flags", "tts"):  # an answer's form has them; they change nothing that is there
        body = {name: value for name, value in body.items() if name != key}
    change_message(asked, message, body)
    asking.updates += 1


def _choices(asked: "Asked", asking: Interaction, data: dict[str, Any]) -> None:
    CHOICES(data, ("data",), asked.found)
    asked.found.refuse()
    asking.choices = data["choices"]


def _modal(asked: "Asked", asking: Interaction, data: dict[str, Any]) -> None:
    MODAL(data, ("data",), asked.found)
    asked.found.refuse()
    asking.modal = data


_ANSWERS = {
    MESSAGE: _message, DEFER: _defer, DEFER_UPDATE: _defer_update, UPDATE: _update, CHOICES_TYPE: _choices, MODAL_TYPE: _modal,
}  # fmt: skip

# What follows, by the token


def _by_token(asked: "Asked", webhook: int, token: str) -> Interaction:
    if webhook != asked.server.world.application:
        raise Wrong(404, 10015, "Unknown Webhook")
    for asking in reversed(asked.server.world.interactions.values()):
        if asking.token == token:
            break
    else:
        raise Wrong(401, 50027, "Invalid Webhook Token")
    if asked.server.had_machine() - asking.made > LIFE:
        raise Wrong(401, 50027, "Invalid Webhook Token")
    if asking.response is None:
        raise Wrong(404, 10015, "Unknown Webhook")
    return asking


def follow(asked: "Asked", webhook: int, token: str) -> Any:
    """Send a follow-up; the first one behind a deferral is its answer."""
    asking = _by_token(asked, webhook, token)
    body = asked.body or {}
    check_message(body, "follow-up", asked.found, files=asked.files)
    if asking.thinking and asking.original:
        return _answer_deferred(asked, asking, body)
    private = bool((body.get("flags") or 0) & EPHEMERAL)
    reply_to = asking.original if asking.original and not asking.original.deleted else None
    return asked.server.shown.message(_show(asked, asking, body, private=private, reply_to=reply_to))


def _answer_deferred(asked: "Asked", asking: Interaction, body: dict[str, Any]) -> Any:
    asked.body = {key: value for key, value in body.items() if key not in ("tts", "username", "avatar_url")}
    edited = asking.original
    assert edited is not None
    edited.flags = edited.flags & ~LOADING
    asking.thinking = False
    asked.body["flags"] = (body.get("flags") or 0) & ~EPHEMERAL
    change_message(asked, edited, asked.body)
    edited.flags |= EPHEMERAL if edited.ephemeral_for else 0
    asking.shown.append(edited)
    return asked.server.shown.message(edited)


def _message_of(asked: "Asked", asking: Interaction, message: int | None) -> Message:
    found = (
        asking.original
        if message is None
        else next((each for each in asking.shown if each.id == message), None)
    )
    if found is None or found.deleted:
        raise Wrong(404, 10008, "Unknown Message")
    return found


def read(asked: "Asked", webhook: int, token: str, message: int | None = None) -> Any:
    return asked.server.shown.message(_message_of(asked, _by_token(asked, webhook, token), message))


def edit(asked: "Asked", webhook: int, token: str, message: int | None = None) -> Any:
    asking = _by_token(asked, webhook, token)
    found = _message_of(asked, asking, message)
    if asking.thinking and found is asking.original:
        return _answer_deferred(asked, asking, asked.body or {})
    _change(asked, asking, found, asked.body or {})
    return asked.server.shown.message(found)


def delete(asked: "Asked", webhook: int, token: str, message: int | None = None) -> None:
    asking = _by_token(asked, webhook, token)
    asked.server.deeds.delete(_message_of(asked, asking, message))
    asking.thinking = False


_HOOK = "/webhooks/{webhook}/{token}"
ROUTES: list[tuple[str, str, Callable[..., Any]]] = [
    ("POST", "/interactions/{interaction}/{token}/callback", callback),
    ("POST", _HOOK, follow),
    ("GET", _HOOK + "/messages/@original", read),
    ("PATCH", _HOOK + "/messages/@original", edit),
    ("DELETE", _HOOK + "/messages/@original", delete),
    ("GET", _HOOK + "/messages/{message}", read),
    ("PATCH", _HOOK + "/messages/{message}", edit),
    ("DELETE", _HOOK + "/messages/{message}", delete),
]
