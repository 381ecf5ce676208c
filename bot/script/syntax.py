"""Errors of YAML syntax in the words of those who write chat scripts."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import yaml

_BREAK = re.compile("[\n\x85\u2028\u2029]")
_KEY = re.compile(r"\s*(?:- +)*[^\s:'\"\-][^:]*:(?=\s|$)")
_GLUED_KEY = re.compile(r"\s*(?:- +)*\w+:[^\s/]")
_GLUED_ITEM = re.compile(r"\s*-\w")
_VALUE = re.compile(r"\s*(?:- +)*(?:[\w-]+:[ \t]+)?")
_HIDDEN = re.compile(r"\S[ \t]+#")
_OUT_OF_PLACE = re.compile(r"expected (key|'-' indicator|<block end>)|find expected ':'")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where reading stopped: the parser's message, the line it stopped in, the column there, and the line above."""

    message: str
    line: str
    column: int
    above: str

    @property
    def sign(self) -> str:
        """The character at which reading stopped."""
        return self.line[self.column : self.column + 1]

    @property
    def value(self) -> str:
        """The line without its dashes and its key."""
        return _VALUE.sub("", self.line, count=1)


_Test = Callable[[_Place], object]


def _colon(place: _Place) -> bool:
    return "mapping values are not allowed" in place.message


def _key_of_line(place: _Place) -> bool:
    key = _KEY.match(place.line)
    return _colon(place) and key is not None and key.end() == place.column + 1


def _out_of_place(place: _Place) -> bool:
    return _OUT_OF_PLACE.search(place.message) is not None


def _after(opening: str) -> _Test:
    return lambda place: (
        _out_of_place(place) and place.value[:1] in opening and place.value != place.line[place.column :]
    )


def _says(words: str) -> _Test:
    expression = re.compile(words)
    return lambda place: expression.search(place.message)


#: The first test that holds names the mistake: what is wrong, and what to write instead.
_CAUSES: tuple[tuple[_Test, str, str], ...] = (
    (
        lambda place: "\t" in place.line[: len(place.line) - len(place.line.lstrip())] or place.sign == "\t",
        "a tab is used to indent",
        "YAML wants spaces: write two spaces for each tab",
    ),
    (
        lambda place: _out_of_place(place) and _HIDDEN.search(place.above) and not _KEY.match(place.line),
        "the text above ends at its ` #`, which YAML takes for a comment",
        'put the whole text in quotes: "… #hashtag …"',
    ),
    (
        lambda place: _key_of_line(place) and _GLUED_KEY.match(place.above),
        "the line above has no space after its `:`",
        "write `key: value` with a space after the colon",
    ),
    (
        lambda place: _key_of_line(place) and _GLUED_ITEM.match(place.above),
        "the line above has no space after its `-`",
        "write `- text` with a space after the dash",
    ),
    (
        lambda place: _key_of_line(place) and place.above and not _KEY.match(place.above),
        "the line above is not `key: value`",
        "write a key and a colon before its text",
    ),
    (
        _key_of_line,
        "this line is indented more than the line above, which already has its value",
        "begin keys that belong together in the same column",
    ),
    (
        _colon,
        "a `:` with a space after it stands inside a text without quotes",
        'put the whole text in quotes: "Micro: macro"',
    ),
    (
        _says("cannot start any token"),
        "a text without quotes cannot begin with `{sign}`",
        'put the whole text in quotes: "{sign}…"',
    ),
    (
        _says("quoted scalar.*(end of stream|document separator)"),
        "the quote that opens here is never closed",
        "write the same quote at the end of the text",
    ),
    (
        _says("(alias|anchor).*alphabetic"),
        "a text without quotes cannot begin with `{sign}`",
        'put the whole text in quotes: "{sign}…"',
    ),
    (
        _says("unknown escape|escape (sequence|code)|Unicode character escape|hexadecimal"),
        "a backslash in double quotes means something else here",
        r"write it twice (\\), or use single quotes",
    ),
    (
        _says("block scalar"),
        "after `>` or `|` the text begins in the next line, indented",
        'move it there, or put a text that begins with > or | in quotes: ">…"',
    ),
    (
        _says("flow (sequence|mapping)"),
        "a bracket that opens here is never closed",
        'close it, or put the text in quotes: "[…]"',
    ),
    (
        _after('"'),
        "the text goes on after its closing quote",
        "put the whole text in single quotes: '\"Macro\" means what?'",
    ),
    (
        _after("'"),
        "the text goes on after its closing quote",
        'put the whole text in double quotes: "It\'s late"',
    ),
    (
        _after("{["),
        "a text without quotes cannot begin with a bracket",
        'put the whole text in quotes: "{hashtag} is …"',
    ),
    (
        lambda place: _out_of_place(place) and _GLUED_KEY.match(place.line),
        "there is no space after the `:`",
        "write `key: value` with a space after the colon",
    ),
    (
        lambda place: _out_of_place(place) and _GLUED_ITEM.match(place.line),
        "there is no space after the `-`",
        "write `- text` with a space after the dash",
    ),
    (
        _says("find expected ':'"),
        "this line is neither `key: value` nor a `- ` of a list",
        "write a colon and a space after the key; text that goes on from above is indented more",
    ),
    (
        _says("sequence entries are not allowed"),
        "a list begins in the line of its key",
        'begin each `- ` in a line of its own, or put the text in quotes: "- …"',
    ),
    (
        _says("expected (the )?node content"),
        "a text without quotes cannot begin with `{sign}`",
        'put the whole text in quotes: "{sign}…"',
    ),
    (
        _says("directive|document start"),
        "a text cannot begin here",
        'begin with `hashtag: …`; put a text that begins with % in quotes: "%…"',
    ),
    (
        _out_of_place,
        "the indentation of this line fits no line above",
        "begin keys that belong together, and every `-` of a list, in the same column",
    ),
)


def explain(error: yaml.MarkedYAMLError, text: str) -> tuple[int, int, str, str]:
    """Give the line and column (from 1) of an error of syntax, what is wrong in plain words, and what to write."""
    message = f"{error.context or ''}: {error.problem or ''}"
    from_opening = re.search("quoted scalar.*end|alias|anchor|flow|scanning a simple key", message)
    mark = (
        error.context_mark
        if from_opening and error.context_mark
        else error.problem_mark or error.context_mark
    )
    if mark is None:
        return 1, 1, f"this is not YAML ({message})", "compare it with a sample script"
    lines = _BREAK.split(text)
    line = lines[mark.line] if mark.line < len(lines) else ""
    above = next((lines[n] for n in range(min(mark.line, len(lines)) - 1, -1, -1) if lines[n].strip()), "")
    place = _Place(message, line, mark.column, above)
    for holds, what, instead in _CAUSES:
        if holds(place):
            return (
                mark.line + 1,
                mark.column + 1,
                what.replace("{sign}", place.sign),
                instead.replace("{sign}", place.sign),
            )
    return (
        mark.line + 1,
        mark.column + 1,
        f"this is not YAML ({message.strip(': ')})",
        "compare it with a sample script",
    )
