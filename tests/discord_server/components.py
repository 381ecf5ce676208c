"""What components may hold, in messages and in modals (https://discord.com/developers/docs/components/reference)."""

from typing import Any

from .checks import (
    Check,
    Findings,
    Place,
    among,
    by_type,
    flag,
    form,
    items,
    nullable,
    snowflake,
    text,
    url,
    whole,
)
from .world import walk

ROW, BUTTON, STRINGS, INPUT, USERS, ROLES, MENTIONABLES, CHANNELS = 1, 2, 3, 4, 5, 6, 7, 8
SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER, LABEL = 9, 10, 11, 12, 13, 14, 17, 18
UPLOAD, RADIO, BOXES, BOX = 19, 21, 22, 23
SELECTS = (STRINGS, USERS, ROLES, MENTIONABLES, CHANNELS)
LINK = 5

_base: dict[str, Check] = {"type": whole(), "id": nullable(whole(0, 2**31 - 1))}
_custom_id = text(1, 100)
_emoji = form({"id": nullable(snowflake), "name": nullable(text(1, 32)), "animated": nullable(flag)})
_media = form({"url": url, "proxy_url": url, "width": nullable(whole()), "height": nullable(whole()),
               "content_type": nullable(text()), "attachment_id": snowflake, "placeholder": nullable(text()),
               "placeholder_version": nullable(whole()), "loading_state": whole(), "flags": whole()}, ["url"])  # fmt: skip


def _button(button: dict[str, Any], place: Place, found: Findings) -> None:
    link = button["style"] == LINK
    if link and (not button.get("url") or button.get("custom_id")):
        found.add(place, "BUTTON_COMPONENT_INVALID", "A link button needs a url and has no custom id.")
    if not link and (not button.get("custom_id") or button.get("url")):
        found.add(place, "BUTTON_COMPONENT_CUSTOM_ID_REQUIRED", "A custom id is required, and no url.")
    if not button.get("label") and not button.get("emoji"):
        found.add(place, "BUTTON_COMPONENT_INVALID", "A button needs a label or an emoji.")


BUTTON_FORM = form(
    _base
    | {"style": among(1, 2, 3, 4, 5), "label": nullable(text(0, 80)), "emoji": nullable(_emoji), "disabled": nullable(flag),
       "custom_id": nullable(_custom_id), "url": nullable(url)},
    ["style"], _button,
)  # fmt: skip

_option = form(
    {"label": text(1, 100), "value": text(1, 100), "description": nullable(text(1, 100)), "emoji": nullable(_emoji),
     "default": nullable(flag)},
    ["label", "value"],
)  # fmt: skip


def _select(select: dict[str, Any], place: Place, found: Findings) -> None:
    options = select.get("options")
    if options is not None and len({each["value"] for each in options}) < len(options):
        found.add(
            (*place, "options"),
            "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
            "The specified option value is already used",
        )
    least, most = select.get("min_values", 1), select.get("max_values", 1)
    if least > most or (options is not None and most > max(1, len(options))):
        found.add(
            place, "SELECT_COMPONENT_VALUES", "min_values and max_values must fit each other and the options."
        )


_choosing: dict[str, Check] = _base | {
    "custom_id": _custom_id, "placeholder": nullable(text(0, 150)), "min_values": whole(0, 25), "max_values": whole(1, 25),
    "disabled": nullable(flag), "required": nullable(flag),
    "default_values": nullable(items(form({"id": snowflake, "type": text()}, ["id", "type"]), 0, 25)),
}  # fmt: skip
STRINGS_FORM = form(_choosing | {"options": items(_option, 1, 25)}, ["custom_id", "options"], _select)
OTHER_SELECT_FORM = form(_choosing | {"channel_types": nullable(items(whole()))}, ["custom_id"], _select)
_selects = {STRINGS: STRINGS_FORM} | dict.fromkeys((USERS, ROLES, MENTIONABLES, CHANNELS), OTHER_SELECT_FORM)


def _row(row: dict[str, Any], place: Place, found: Findings) -> None:
    kinds = [each["type"] for each in row["components"]]
    if any(kind in SELECTS for kind in kinds) and len(kinds) > 1:
        found.add(
            (*place, "components"), "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "A select takes a row for itself."
        )


_row_form = form(
    _base | {"components": items(by_type({BUTTON: BUTTON_FORM} | _selects), 1, 5)}, ["components"], _row
)
_text_form = form(_base | {"content": text(1, 4000)}, ["content"])
_thumbnail = form(
    _base | {"media": _media, "description": nullable(text(0, 1024)), "spoiler": nullable(flag)}, ["media"]
)
_section = form(
    _base | {"components": items(by_type({TEXT: _text_form}), 1, 3), "accessory": by_type({BUTTON: BUTTON_FORM, THUMBNAIL: _thumbnail})},
    ["components", "accessory"],
)  # fmt: skip
_picture = form(
    {"media": _media, "description": nullable(text(0, 1024)), "spoiler": nullable(flag)}, ["media"]
)
_gallery = form(_base | {"items": items(_picture, 1, 10)}, ["items"])
_file = form(
    _base | {"file": _media, "spoiler": nullable(flag), "name": nullable(text()), "size": nullable(whole())},
    ["file"],
)
_separator = form(_base | {"divider": nullable(flag), "spacing": nullable(among(1, 2))})
_inner = {
    ROW: _row_form,
    SECTION: _section,
    TEXT: _text_form,
    GALLERY: _gallery,
    FILE: _file,
    SEPARATOR: _separator,
}
_container = form(
    _base | {"components": items(by_type(_inner), 1, 40), "accent_color": nullable(whole(0, 0xFFFFFF)), "spoiler": nullable(flag)},
    ["components"],
)  # fmt: skip
OLD_LAYOUT = items(by_type({ROW: _row_form}), 0, 5)
NEW_LAYOUT = items(by_type(_inner | {CONTAINER: _container}), 0, 40)


def _input(field: dict[str, Any], place: Place, found: Findings) -> None:
    value, least, most = field.get("value"), field.get("min_length") or 0, field.get("max_length") or 4000
    if least > most:
        found.add(place, "TEXT_INPUT_LENGTHS", "min_length may not be more than max_length.")
    if value and not least <= len(value) <= most:
        found.add((*place, "value"), "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")


INPUT_FORM = form(
    _base
    | {"custom_id": _custom_id, "style": among(1, 2), "label": nullable(text(1, 45)), "min_length": nullable(whole(0, 4000)),
       "max_length": nullable(whole(1, 4000)), "required": nullable(flag), "value": nullable(text(0, 4000)),
       "placeholder": nullable(text(0, 100))},
    ["custom_id", "style"], _input,
)  # fmt: skip


def _labelled(field: dict[str, Any], place: Place, found: Findings) -> None:
    if not field.get("label"):
        found.add((*place, "label"), "BASE_TYPE_REQUIRED", "This field is required")


def _input_in_row(row: dict[str, Any], place: Place, found: Findings) -> None:
    for index, each in enumerate(row["components"]):
        _labelled(each, (*place, "components", index), found)


_choice = form(
    {"label": text(1, 100), "value": text(1, 100), "description": nullable(text(1, 100)), "default": nullable(flag)},
    ["label", "value"],
)  # fmt: skip
_choices = form(
    _base | {"custom_id": _custom_id, "options": items(_choice, 1, 10), "required": nullable(flag),
             "min_values": whole(0, 10), "max_values": whole(1, 10)},
    ["custom_id", "options"],
)  # fmt: skip
_box = form(_base | {"custom_id": _custom_id, "default": nullable(flag)}, ["custom_id"])
_upload = form(
    _base | {"custom_id": _custom_id, "min_values": whole(0, 10), "max_values": whole(1, 10), "required": nullable(flag)},
    ["custom_id"],
)  # fmt: skip
_label = form(
    _base
    | {"label": text(1, 45), "description": nullable(text(1, 100)),
       "component": by_type({INPUT: INPUT_FORM, UPLOAD: _upload, RADIO: _choices, BOXES: _choices, BOX: _box} | _selects)},
    ["label", "component"],
)  # fmt: skip
_modal_row = form(
    _base | {"components": items(by_type({INPUT: INPUT_FORM}), 1, 1)}, ["components"], _input_in_row
)


def unique_ids(components: list[dict[str, Any]], place: Place, found: Findings) -> None:
    """See that no custom id and no number is there twice."""
    for key, code in (("custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED"), ("id", "COMPONENT_ID_DUPLICATED")):
        given = [each[key] for each in walk(components) if each.get(key)]
        for twice in {each for each in given if given.count(each) > 1}:
            found.add(place, code, f"Component {key} {twice!r} cannot be duplicated")


def _modal(modal: dict[str, Any], place: Place, found: Findings) -> None:
    unique_ids(modal["components"], (*place, "components"), found)


#: discord.com's client shows at most five rows; its API takes up to forty components.
MODAL = form(
    {"custom_id": _custom_id, "title": text(1, 45),
     "components": items(by_type({ROW: _modal_row, LABEL: _label, TEXT: _text_form}), 1, 5)},
    ["custom_id", "title", "components"], _modal,
)  # fmt: skip


def check_layout(components: Any, place: Place, found: Findings, *, new: bool) -> None:
    """Check a message's components, old (rows) or new (V2): forms, limits, ids that are there twice."""
    before = len(found.wrong)
    (NEW_LAYOUT if new else OLD_LAYOUT)(components, place, found)
    if len(found.wrong) > before:
        return
    unique_ids(components, place, found)
    every = list(walk(components))
    if new and len(every) > 40:
        found.add(
            place, "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", "The total number of components exceeds 40"
        )
    if sum(len(each["content"]) for each in every if each["type"] == TEXT) > 4000:
        found.add(
            place,
            "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
            "The total displayable text exceeds 4000 characters",
        )
