"""YAML text as a tree: positions, written forms, and every way in which it can be wrong."""

import re

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.script.source import LOADER, MOST_BYTES, Mapping, Problem, Scalar, Sequence, decode, read

LOADERS = sorted({LOADER, yaml.SafeLoader}, key=lambda loader: loader.__name__)


def said(text: str, loader: type = LOADER) -> list[str]:
    return [problem.at("f") for problem in read(text, loader=loader).problems]


def test_a_value_keeps_its_written_form_and_its_place() -> None:
    """Numbers, words and quotes are not turned into anything, and lines and columns count from 1."""
    tree = read('a: 0010\nlist:\n  - yes\n  - "é: x"\n').tree
    assert isinstance(tree, Mapping)
    assert tree.value("a") == Scalar(1, 4, "0010", plain=True)
    assert tree.value("list") == Sequence(3, 3, (Scalar(3, 5, "yes", plain=True), Scalar(4, 5, "é: x")))
    assert tree.key("list") == Scalar(2, 1, "list", plain=True)


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("yes", "yes or no"),
        ("On", "yes or no"),
        ("12", "number"),
        ("1:30", "number"),
        ("1.5", "number"),
        ("~", "nothing"),
        ("null", "nothing"),
        ("", "nothing"),
        ("2026-12-03", "date"),
        ("text", "text"),
        ('"yes"', "text"),
        ("=", "text"),
    ],
)
def test_what_yaml_programs_take_a_value_for(written: str, kind: str) -> None:
    """A plain value tells what YAML would make of it, a quoted one is text."""
    tree = read(f"a: {written}\n").tree
    assert isinstance(tree, Mapping)
    value = tree.value("a")
    assert isinstance(value, Scalar)
    assert value.kind == kind


@pytest.mark.parametrize(
    ("text", "lost"),
    [
        ("a: #MacroSW\n", "#MacroSW"),
        ("a: Talk #about it\n", "#about it"),
        ("a: Talk # about it\n", None),
        ("a: 10 # ten\n", None),
        ("a: # later\n", None),
        ('a: "Talk" #about\n', None),
        ("a: C#\n", None),
        ("a:\n  - #x\n", "#x"),
    ],
)
@pytest.mark.parametrize("loader", LOADERS)
def test_a_hashtag_lost_to_a_comment_is_noticed(text: str, lost: str | None, loader: type) -> None:
    """What stands behind ` #` without a space is kept beside the value; a real comment is not."""
    tree = read(text, loader=loader).tree
    assert isinstance(tree, Mapping)
    value = tree.value("a")
    scalar = value.items[0] if isinstance(value, Sequence) else value
    assert isinstance(scalar, Scalar)
    assert scalar.lost == lost


WRONG = {
    "colon in a text": ("title: Micro: macro\n", "1:13", "a `:` with a space after it", '"Micro: macro"'),
    "tab": ("questions:\n\t- a\n", "2:1", "a tab is used to indent", "two spaces"),
    "at sign": ("handle: @ana\n", "1:9", "cannot begin with `@`", '"@…"'),
    "percent": ("a: % of us\n", "1:4", "cannot begin with `%`", '"%…"'),
    "backtick": ("a: `x`\n", "1:4", "cannot begin with ```", "quotes"),
    "asterisk": ("- *What* is it?\n", "1:3", "cannot begin with `*`", '"*…"'),
    "open double quote": ('title: "Macro\nx: y\n', "1:8", "never closed", "same quote"),
    "open single quote": ("title: 'tis\n", "1:8", "never closed", "same quote"),
    "text after a double quote": (
        '- "Macro" is what?\n- b\n',
        "1:11",
        "after its closing quote",
        "single quotes",
    ),
    "text after a single quote": ("a: 'it's'\n", "1:8", "after its closing quote", "double quotes"),
    "text after a brace": ("welcome: {hashtag} is here\nb: c\n", "1:20", "begin with a bracket", "quotes"),
    "open bracket": ("a: [b, c\nd: e\n", "1:4", "never closed", "close it"),
    "comma first": ("a: , b\n", "1:4", "cannot begin with `,`", "quotes"),
    "escape": ('a: "\\q"\n', "1:", "a backslash", "twice"),
    "folded text in the same line": ("a: > b\n", "1:", "the next line, indented", "move it"),
    "list in the line of its key": (
        "a: - b\n",
        "1:4",
        "a list begins in the line of its key",
        "a line of its own",
    ),
    "key indented below a value": ("title: x\n  hashtag: y\n", "2:10", "indented more", "same column"),
    "dash indented less": ("questions:\n  - a\n - b\n", "3:2", "fits no line above", "same column"),
    "key among dashes": ("questions:\n  - a\n  b: c\n", "3:3", "fits no line above", "same column"),
    "key without a colon": ("a: b\ntitle x\nc: d\n", "2:1", "neither `key: value`", "a colon"),
    "first line without a colon": ("title\na: b\n", "2:2", "the line above is not", "a key and a colon"),
    "no space after the colon": ("a:b\nc: d\n", "2:2", "no space after its `:`", "a space after the colon"),
    "no space after the last colon": (
        "a: b\nc:d\n",
        "2:1",
        "no space after the `:`",
        "a space after the colon",
    ),
    "no space after the dash": ("-a\nb: c\n", "2:2", "no space after its `-`", "a space after the dash"),
    "comment cuts a long text": ("a: Talk #about\n  more\n", "2:3", "ends at its ` #`", '"… #hashtag …"'),
    "dash swallowed by the text above": (
        "q:\n  - one\n    - two\n",
        "3:5",
        "part of the text above",
        "same column",
    ),
    "anchor": ("a: &x b\n", "1:4", "`&x` is a YAML anchor", '"&…"'),
    "tag": ("a: !x b\n", "1:4", "`!x` is a YAML tag", '"!…"'),
    "python tag": ("a: !!python/object:os.system b\n", "1:4", "is a YAML tag", "leave it out"),
    "second document": ("a: b\n---\nc: d\n", "2:1", "a second document", "delete the `---`"),
    "key twice": (
        "a: 1\nb: 2\na: 3\n",
        "3:1",
        "`a` stands here for the second time, first in line 1",
        "keep one",
    ),
    "list as key": ("[a]: b\n", "1:1", "where a key belongs", "`key: value`"),
    "control character": ("a: b\x07\n", "1:5", "U+0007", "delete it"),
    "lone surrogate": ("a: \ud800\n", "1:4", "U+D800", "delete it"),
    "directive": ("%FOO\n", "", "a text cannot begin here", "quotes"),
}


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize(("text", "place", "what", "instead"), WRONG.values(), ids=WRONG)
def test_each_mistake_is_named_at_its_place(
    text: str, place: str, what: str, instead: str, loader: type
) -> None:
    """Each mistake of form gives one problem in plain words, where it is, with what to write."""
    (line,) = said(text, loader)
    assert line.startswith(f"f:{place}")
    assert what in line.partition("; ")[0]
    assert instead in line.partition("; ")[2]


def test_an_alias_is_refused_with_its_anchor() -> None:
    """Both halves of a YAML reference are named, and nothing is expanded."""
    assert [line[:6] for line in said("a: &x [1]\nb: *x\n")] == ["f:1:4:", "f:2:4:"]


def test_what_is_built_to_explode_is_given_up_at_once() -> None:
    """Endless nesting and countless values end in one problem, and a billion laughs is never told."""
    assert said("[" * MOST_BYTES)[0].endswith("nested too deeply; a chat script needs far less")
    assert "too many values" in said("- a\n" * 20_000)[0]
    laughs = "a: &a [x,x]\n" + "".join(
        f"{b}: &{b} [*{a},*{a}]\n" for a, b in zip("abcdef", "bcdefg", strict=True)
    )
    assert len(said(laughs)) == 7 + 12


def test_control_characters_are_told_line_by_line() -> None:
    """One problem for each line that has such a character, all at once."""
    assert [line[:6] for line in said("a: \x00\nb: c\nd: \x1b\x1b\n")] == ["f:1:4:", "f:3:4:"]


def test_a_problem_steers_no_terminal() -> None:
    """Escapes, line breaks and marks of direction in what is quoted do not reach a terminal."""
    line = Problem(1, 2, "`\x1b[2J\n\u202e\ud800\x9b`", "x").at("f")
    assert line == "f:1:2: `\ufffd[2J\ufffd\ufffd\ufffd\ufffd`; x"


@pytest.mark.parametrize(
    ("data", "place", "what"),
    [
        (b"", "1:1", "the file is empty"),
        (b"\xef\xbb\xbf \n", "1:1", "the file is empty"),
        ("title: x".encode("utf-16"), "1:1", "UTF-16"),
        ("title: x".encode("utf-16-le"), "1:1", "UTF-16"),
        ("ok: é\r\ntitle: caf".encode() + b"\xe9", "2:11", "the byte 0xE9 is not UTF-8"),
        (b"\xef\xbb\xbfa\n\xc3\xa9\xff", "2:2", "the byte 0xFF is not UTF-8"),
        (b"a" * (MOST_BYTES + 1), "1:1", "larger than 1 MiB"),
    ],
)
def test_bytes_that_are_no_text_are_refused(data: bytes, place: str, what: str) -> None:
    """Empty, too large, UTF-16 and broken UTF-8 are told apart, the last with its place."""
    problem = decode(data)
    assert isinstance(problem, Problem)
    assert f"{problem.line}:{problem.column}" == place
    assert what in problem.what


def test_a_byte_order_mark_and_windows_lines_change_nothing() -> None:
    """BOM and CRLF give the tree, and the positions, of the plain file."""
    plain = "a: b\nc:\n  - d\n"
    text = decode(b"\xef\xbb\xbf" + plain.replace("\n", "\r\n").encode())
    assert isinstance(text, str)
    assert read(text) == read(plain) == read("\ufeff" + plain)
    assert said("# ä\r\ra: Talk #x\r  more\r") == said("# ä\n\na: Talk #x\n  more\n")


@settings(max_examples=150)
@given(st.one_of(st.text(), st.text(alphabet="ab:-#'\"[]{}&*!|>%@`? \t\n\\,~0")))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Nothing is raised, and every problem has its place inside the text."""
    lines = len(re.split("[\n\r\x85\u2028\u2029]", text))
    assert all(1 <= problem.line <= lines + 1 and problem.column >= 1 for problem in read(text).problems)


@settings(max_examples=60)
@given(st.binary(max_size=200))
def test_any_bytes_are_decoded_or_refused(data: bytes) -> None:
    """Nothing is raised, and what is not refused is text."""
    assert isinstance(decode(data), str | Problem)
