"""A script's text, written again without somebody."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.script.model import Script, heading
from bot.script.parse import parse
from bot.script.rewriting import TEMPLATES, without_hosts, written
from bot.script.source import read

SAMPLES = sorted((Path(__file__).parent.parent / "questions").glob("*.yaml"))


def _script(text: str) -> Script:
    script = parse(text).script
    assert script
    return script


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_samples(path: Path) -> None:
    """A script that is written again says the same, and without its hosts all the rest."""
    text = path.read_text(encoding="utf-8")
    tree, script = read(text).tree, _script(text)
    assert tree
    assert _script(written(tree)) == script
    left = without_hosts(text, [host.name for host in script.hosts])
    texts = {name: None for name in TEMPLATES if "{hosts}" in (getattr(script, name) or "")}
    assert _script(left) == replace(script, hosts=(), **texts)
    assert not [host.name for host in script.hosts if f"name: {host.name}" in left]


@pytest.mark.parametrize(
    ("hosts", "left"),
    [
        ("[Ana Ruiz, Bo]", ["Bo"]),
        ("Ana Ruiz", []),
        ("{name: Ana Ruiz, handle: ana}", []),
        ("\n  - name: 'Ana  Ruiz'  # hosts\n    link: https://x.org/ana\n  - {name: \"Bo\", role: guest}", ["Bo"]),
    ],
)  # fmt: skip
def test_forms(hosts: str, left: list[str]) -> None:
    """However a host is written, nothing of theirs is left in the text, comments included."""
    text = f'hashtag: "#M"\ntitle: "yes"\nquestions:\n  - "12"\n  - |\n    Two:\n    lines\nhosts: {hosts}\n# Ana\n'
    rest = without_hosts(text, ["Ana Ruiz", "Cy"])
    assert "ana" not in rest.lower()
    assert [host.name for host in _script(rest).hosts] == left
    assert replace(_script(rest), hosts=()) == replace(_script(text), hosts=())


def test_nobody() -> None:
    """Where nobody of that name hosts, the text stays as it is."""
    text = "hashtag: M\ntitle: T\nhosts: [Ana]  # who hosts\nquestions: [Why?]\n"
    assert without_hosts(text, ["Bo"]) == text
    assert without_hosts(text, []) == text


@pytest.mark.parametrize(
    ("title", "whole"),
    [("tea", "#Tea"), ("#TEA ", "#Tea"), ("", "#Tea"), (None, "#Tea"), ("Tea time", "#Tea: Tea time")],
)
def test_heading(title: str | None, whole: str) -> None:
    """A title that only says the hashtag again is left out."""
    assert heading("Tea", title) == whole
