"""Filling in what a client fills in: options of commands, values of selects, fields of modals.

Everything raises ValueError where a client would not send what it was given.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .shown import Json
from .world import Channel, Guild, Upload

if TYPE_CHECKING:
    from .server import Server

STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = 3, 4, 5, 6, 7, 8, 9, 10, 11
_KINDS: dict[int, Any] = {STRING: str, INTEGER: int, BOOLEAN: bool, NUMBER: (int, float), ATTACHMENT: Upload}
#: Components of a modal that are filled in otherwise than by choosing.
_INPUT, _UPLOAD, _RADIO, _BOXES, _BOX = 4, 19, 21, 22, 23


@dataclass(slots=True)
class Filling:
    """Where something is filled in, and what it has named so far: people, channels, roles, files."""

    server: "Server"
    guild: Guild
    channel: Channel
    resolved: Json = field(default_factory=dict)

    def command(self, command: Json, path: str, given: dict[str, Any], focused: str | None) -> Json:
        """Make the data of a slash command; `focused` is the option that is being completed."""
        leaf, groups = _descend(command, path)
        known = {each["name"]: each for each in leaf.get("options") or []}
        if unknown := given.keys() - known.keys():
            raise ValueError(f"/{path} has no option {sorted(unknown)}; it has {list(known)}.")
        missing = [name for name, each in known.items() if each.get("required") and name not in given]
        if missing and focused is None:
            raise ValueError(f"/{path} needs {missing}.")
        options = []
        for name, value in given.items():
            if value is not None:
                option = {"name": name, "type": known[name]["type"]}
                typed = (
                    {"value": value, "focused": True}
                    if name == focused
                    else {"value": self.value(known[name], value)}
                )
                options.append(option | typed)
        for each in reversed(groups):
            options = [{"name": each["name"], "type": each["type"], "options": options}]
        data: Json = {"id": command["id"], "name": command["name"], "type": 1, "options": options}
        if "guild_id" in command:
            data["guild_id"] = command["guild_id"]
        return self.with_resolved(data)

    def with_resolved(self, data: Json) -> Json:
        return data | ({"resolved": self.resolved} if self.resolved else {})

    def value(self, option: Json, value: Any) -> Any:
        """Give the value of an option as Discord sends it."""
        name, kind = option["name"], option["type"]
        if choices := option.get("choices"):
            for each in choices:
                if value in (each["name"], each["value"]):
                    return each["value"]
            raise ValueError(f"{name} is one of {[each['name'] for each in choices]}, not {value!r}.")
        if isinstance(value, bool) != (kind == BOOLEAN) or not isinstance(value, _KINDS.get(kind, object)):
            raise ValueError(f"{name} cannot be {value!r}.")
        if kind == STRING and not option.get("min_length", 0) <= len(value) <= option.get("max_length", 6000):
            raise ValueError(f"{name} is too short or too long.")
        if kind in (INTEGER, NUMBER) and not option.get("min_value", value) <= value <= option.get(
            "max_value", value
        ):
            raise ValueError(f"{name} is out of bounds: {value}.")
        if kind == ATTACHMENT:
            return self.attach(value)
        return self.resolve(value) if kind in (USER, CHANNEL, ROLE, MENTIONABLE) else value

    def attach(self, upload: Upload) -> str:
        file = self.server.deeds.attach(upload, self.channel, private=True)
        self.resolved.setdefault("attachments", {})[str(file.id)] = self.server.shown.attachment(file)
        return str(file.id)

    def resolve(self, value: Any) -> str:
        """Name a person, channel or role of the guild."""
        key, number, shown, guild = str(value.id), int(value.id), self.server.shown, self.guild
        if number in guild.members:
            member = guild.members[number]
            about = {"permissions": shown.permissions(member, self.channel)}
            self.resolved.setdefault("users", {})[key] = shown.user(member.user)
            self.resolved.setdefault("members", {})[key] = shown.member(member, guild, user=False) | about
        elif number in guild.channels:
            there = guild.channels[number]
            self.resolved.setdefault("channels", {})[key] = shown.channel(there) | {"permissions": "0"}
        elif number in guild.roles:
            self.resolved.setdefault("roles", {})[key] = shown.role(guild.roles[number])
        else:
            raise ValueError(f"{value!r} is not in the guild.")
        return key

    def chosen(self, select: Json, values: Sequence[Any]) -> list[str]:
        """Give what was chosen in a select; a value may be named by its label."""
        least, most = select.get("min_values", 1), select.get("max_values", 1)
        if not least <= len(values) <= most:
            raise ValueError(f"{least} to {most} values have to be chosen.")
        if "options" not in select:
            return [self.resolve(each) for each in values]
        by_name = {each[key]: each["value"] for key in ("label", "value") for each in select["options"]}
        if unknown := [each for each in values if each not in by_name]:
            raise ValueError(f"{unknown} cannot be chosen; there are {list(by_name)}.")
        return [by_name[each] for each in values]

    def modal(self, modal: Json, answers: dict[str, Any]) -> list[Json]:
        """Fill in a modal: values by the custom id or the label of its fields; what is not named stays as it was set."""
        left = dict(answers)

        def fill(part: Json, label: str) -> Json:
            key = next((each for each in (part["custom_id"], label) if each in left), None)
            value = part.get("value") if key is None else left.pop(key)
            about = {"type": part["type"], "id": part.get("id", 1), "custom_id": part["custom_id"]}
            return about | self._filled(part, label or part["custom_id"], value)

        shown: list[Json] = []
        for number, part in enumerate(modal["components"], start=1):
            about = {"type": part["type"], "id": part.get("id") or number}
            if part["type"] == 1:
                about["components"] = [fill(each, each.get("label") or "") for each in part["components"]]
            elif part["type"] == 18:
                about["component"] = fill(part["component"], part["label"])
            shown.append(about)
        if left:
            raise ValueError(f"The modal has no field {sorted(left)}.")
        return shown

    def _filled(self, part: Json, label: str, value: Any) -> Json:
        needed, kind = part.get("required", True), part["type"]
        if kind == _INPUT:
            return {"value": _typed(part, label, value or "", needed=needed)}
        if kind == _BOX:
            return {"value": bool(value)}
        values = [] if value is None else [*value] if isinstance(value, list | tuple) else [value]
        if needed and not values:
            raise ValueError(f"{label!r} has to be filled in.")
        if kind == _UPLOAD:
            return {"values": [self.attach(each) for each in values]}
        found = self.chosen(part, values) if values else []
        return {"value": found[0] if found else None} if kind == _RADIO else {"values": found}


def _descend(command: Json, path: str) -> tuple[Json, list[Json]]:
    """Find the command that a path names, and the groups and subcommands on the way."""
    at, groups = command, []
    for name in path.split()[1:]:
        inner = {each["name"]: each for each in at.get("options") or [] if each["type"] in (1, 2)}
        if name not in inner:
            raise ValueError(f"There is no command /{path}; under {at['name']!r} there are {list(inner)}.")
        at = inner[name]
        groups.append(at)
    if any(each["type"] in (1, 2) for each in at.get("options") or []):
        raise ValueError(f"/{path} needs one of {[each['name'] for each in at['options']]} behind it.")
    return at, groups


def _typed(part: Json, label: str, text: str, *, needed: bool) -> str:
    least, most = part.get("min_length") or (1 if needed else 0), part.get("max_length") or 4000
    if (text or needed) and not least <= len(text) <= most:
        raise ValueError(f"{label!r} takes {least} to {most} characters.")
    return text
