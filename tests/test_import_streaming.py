"""JSON is read item by item, in any cut, with the line of each item and of whatever is wrong."""

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.imports import streaming
from bot.imports.streaming import BadJson, members

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


class Dribble(io.StringIO):
    """A file that gives only so many characters at a time."""

    def __init__(self, text: str, step: int) -> None:
        super().__init__(text)
        self._step = step

    def read(self, size: int | None = -1) -> str:
        return super().read(self._step)


def read(text: str, step: int = 1 << 20) -> list[tuple[str, Any]]:
    return [(member.key, member.value) for member in members(Dribble(text, step), "listed")]


@given(
    head=VALUES,
    listed=st.lists(VALUES, max_size=4),
    step=st.integers(1, 9),
    indent=st.sampled_from([None, 2]),
)
def test_any_cut_reads_the_same(head: Any, listed: list[Any], step: int, indent: int | None) -> None:
    """Wherever the text is cut into pieces, the members are those that json gives, and the list comes item by item."""
    text = json.dumps({"head": head, "listed": listed, "tail": 12}, indent=indent, ensure_ascii=False)
    assert read(text, step) == [("head", head), *(("listed", each) for each in listed), ("tail", 12)]


def test_lines() -> None:
    """Each item comes with the line on which it begins."""
    found = members(io.StringIO('{\n "a": 1,\n "listed": [\n\n  {"x":\n 1},\n 2\n]}'), "listed")
    assert [(member.key, member.line) for member in found] == [("a", 2), ("listed", 5), ("listed", 7)]


@pytest.mark.parametrize("step", [1, 3, 1 << 20])
@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("[1]", 1, "`{` is expected"),
        ('{"listed": [\n1,\n{"a": tru}]}', 3, "not JSON"),
        ('{"listed": [\n1\n2]}', 3, "`,` is expected"),
        ('{"listed": [\n{"a": "b', 2, "cut off"),
        ('{"listed": [\n1,\n', 3, "cut off"),
        ('{"listed": [\n1', 2, "cut off"),
        ('{"a": 1', 1, "cut off"),
        ('{"a": "x\0y"}', 1, r"not JSON \(Invalid control character\)"),
        ("{1: 2}", 1, "a key in quotes"),
        ('{"a" 2}', 1, "`:` is expected"),
        ("", 1, "cut off"),
    ],
)
def test_what_is_wrong(text: str, line: int, what: str, step: int) -> None:
    """What is no JSON, or ends too early, is said with its line."""
    with pytest.raises(BadJson, match=what) as error:
        read(text, step)
    assert error.value.line == line


def test_deep() -> None:
    """What is nested to break the reader is refused."""
    with pytest.raises(BadJson, match=r"nested too deeply|not JSON"):
        read('{"listed": [' + "[" * 200_000)


def test_endless_item() -> None:
    """An item that never ends is given up, before it fills the memory."""

    class Endless(io.StringIO):
        given = 0

        def read(self, size: int | None = -1) -> str:
            self.given += 1 << 22
            return "a" * (1 << 22) if self.given > 1 << 22 else '{"listed": ["'

    file = Endless()
    with pytest.raises(BadJson, match="longer than"):
        list(members(file, "listed"))
    assert file.given < 3 * streaming.LONGEST


def test_long_number() -> None:
    """A number of more digits than are read is told with the line of what it stands in."""
    with pytest.raises(BadJson, match="a number in this is too long") as error:
        read('{"listed": [\n1,\n{"a": ' + "9" * 5000 + "}]}")
    assert error.value.line == 3
