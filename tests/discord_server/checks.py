"""Looking at what was sent as Discord does, and saying what is wrong with it in its words.

A check is a function of a value and the place where it stands; what it finds goes into `Findings`. Forms are put together
from the few here; which form goes with which request is in `forms`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Place = tuple[str | int, ...]


class Wrong(Exception):
    """A request that is refused: status, Discord's code and message, what is wrong by field, whether to blame for it."""

    def __init__(
        self, status: int, code: int, message: str, errors: Any = None, *, blame: bool = True
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status, self.code, self.message, self.errors, self.blame = status, code, message, errors, blame


@dataclass(frozen=True, slots=True)
class Violation:
    """Something that Discord would have refused, or that a bot should not have done."""

    what: str
    code: int = 0
    method: str = ""
    path: str = ""
    errors: Any = None

    def __str__(self) -> str:
        errors = f" {self.errors}" if self.errors else ""
        return f"{self.method} {self.path}: {self.what} ({self.code}){errors}".strip()


@dataclass(slots=True)
class Findings:
    """What is wrong with a form (refused), and what Discord lets pass but should not have been sent."""

    wrong: list[tuple[Place, str, str]] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)

    def add(self, place: Place, code: str, message: str) -> None:
        self.wrong.append((place, code, message))

    def refuse(self) -> None:
        """Raise what was found as Discord's answer 50035."""
        if self.wrong:
            raise Wrong(400, 50035, "Invalid Form Body", self._tree())

    def _tree(self) -> dict[str, Any]:
        tree: dict[str, Any] = {}
        for place, code, message in self.wrong:
            at = tree
            for step in place:
                at = at.setdefault(str(step), {})
            at.setdefault("_errors", []).append({"code": code, "message": message})
        return tree


Check = Callable[[Any, Place, Findings], None]


def text(least: int = 0, most: int = 2000) -> Check:
    """Check for a text of so many characters."""

    def check(value: Any, place: Place, found: Findings) -> None:
        if not isinstance(value, str):
            found.add(place, "STRING_TYPE_CONVERT", f"Could not interpret {value!r:.40} as string.")
        elif not least <= len(value) <= most:
            code, of = (
                ("BASE_TYPE_BAD_LENGTH", f"between {least} and {most}")
                if least
                else ("BASE_TYPE_MAX_LENGTH", f"{most} or fewer")
            )
            found.add(place, code, f"Must be {of} in length.")

    return check


def whole(least: int = 0, most: int = 2**53) -> Check:
    """Check for a whole number within bounds."""

    def check(value: Any, place: Place, found: Findings) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            found.add(place, "NUMBER_TYPE_COERCE", f'Value "{value!r:.40}" is not int.')
        elif not least <= value <= most:
            found.add(place, "NUMBER_TYPE_MAX", f"int value should be between {least} and {most}.")

    return check


def number(value: Any, place: Place, found: Findings) -> None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        found.add(place, "NUMBER_TYPE_COERCE", f'Value "{value!r:.40}" is not a number.')


def flag(value: Any, place: Place, found: Findings) -> None:
    if not isinstance(value, bool):
        found.add(place, "BOOLEAN_TYPE_CONVERT", "Must be either true or false.")


def snowflake(value: Any, place: Place, found: Findings) -> None:
    if isinstance(value, bool) or not str(value).isdecimal() or int(value) >= 2**63:
        found.add(place, "NUMBER_TYPE_COERCE", f'Value "{value!r:.40}" is not snowflake.')


def url(value: Any, place: Place, found: Findings) -> None:
    if not isinstance(value, str) or not value.startswith(
        ("http://", "https://", "attachment://", "discord://")
    ):
        found.add(place, "URL_TYPE_INVALID_URL", "Not a well formed URL.")
    elif len(value) > 2048:
        found.add(place, "BASE_TYPE_MAX_LENGTH", "Must be 2048 or fewer in length.")


def anything(value: Any, place: Place, found: Findings) -> None:
    """Let a value pass whatever it is."""


def among(*choices: Any) -> Check:
    def check(value: Any, place: Place, found: Findings) -> None:
        if value not in choices:
            found.add(place, "BASE_TYPE_CHOICES", f"Value must be one of {choices}.")

    return check


def nullable(inner: Check) -> Check:
    def check(value: Any, place: Place, found: Findings) -> None:
        if value is not None:
            inner(value, place, found)

    return check


def items(inner: Check, least: int = 0, most: int = 100) -> Check:
    """Check for a list of so many, each as `inner` wants it."""

    def check(value: Any, place: Place, found: Findings) -> None:
        if not isinstance(value, list):
            found.add(place, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType.")
            return
        if not least <= len(value) <= most:
            found.add(place, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")
        for index, each in enumerate(value):
            inner(each, (*place, index), found)

    return check


def mapping(inner: Check, most: int = 34) -> Check:
    def check(value: Any, place: Place, found: Findings) -> None:
        if not isinstance(value, dict) or len(value) > most:
            found.add(
                place, "DICT_TYPE_CONVERT", f"Only dictionaries of {most} or fewer may be used in a DictType."
            )
            return
        for key, each in value.items():
            inner(each, (*place, key), found)

    return check


def form(
    fields: Mapping[str, Check],
    needed: Iterable[str] = (),
    then: Callable[[dict[str, Any], Place, Findings], None] | None = None,
) -> Check:
    """Check for an object with these fields; `then` looks at it as a whole once its fields are right."""
    required = tuple(needed)

    def check(value: Any, place: Place, found: Findings) -> None:
        if not isinstance(value, dict):
            found.add(place, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType.")
            return
        before = len(found.wrong)
        for key in required:
            if value.get(key) is None:
                found.add((*place, key), "BASE_TYPE_REQUIRED", "This field is required")
        for key, each in value.items():
            if key not in fields:
                found.odd.append(f"unknown field {'.'.join(map(str, (*place, key)))}")
            elif each is not None or key not in required:
                fields[key](each, (*place, key), found)
        if then is not None and len(found.wrong) == before:
            then(value, place, found)

    return check


def by_type(kinds: Mapping[int, Check]) -> Check:
    """Check for an object whose field `type` says which form it has."""

    def check(value: Any, place: Place, found: Findings) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, int) or kind not in kinds:
            names = ", ".join(map(str, kinds))
            found.add(
                (*place, "type"), "UNION_TYPE_CHOICES", f'Value of field "type" must be one of ({names}).'
            )
        else:
            kinds[kind](value, place, found)

    return check
