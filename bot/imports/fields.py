"""Values of JSON objects, each of the kind that it has to be; ValueError says in words which is not."""

from collections.abc import Mapping
from typing import Any

Object = Mapping[str, Any]


def text(item: Object, key: str) -> str:
    """Give a text, or a number as one; empty where there is none."""
    value = item.get(key)
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise ValueError(f"`{key}` is not a text")


def needed(item: Object, key: str) -> str:
    """Give a text that has to be there."""
    value = text(item, key)
    if not value:
        raise ValueError(f"`{key}` is missing")
    return value


def number(item: Object, key: str) -> int | None:
    """Give a whole number, or None where there is none."""
    value = item.get(key)
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53):
        return value
    raise ValueError(f"`{key}` is not a whole number")


def mapping(item: Object, key: str) -> Object:
    """Give an object; empty where there is none."""
    value = item.get(key)
    return {} if value is None else whole(value, f"`{key}`")


def mappings(item: Object, key: str) -> list[Object]:
    """Give a list of objects; empty where there is none."""
    value = item.get(key)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise ValueError(f"`{key}` is not a list of objects")
    return value


def whole(value: Any, what: str = "this") -> Object:
    """Give what has to be an object."""
    if not isinstance(value, dict):
        raise ValueError(f"{what} is not an object")  # noqa: TRY004  (all that is wrong with a file is a ValueError)
    return value
