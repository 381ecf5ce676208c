"""A script's text, written again without somebody."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.script.model import Host, Script, heading
from bot.script.parse import parse
from bot.script.rewriting import TEMPLATES, mentions, without_hosts, written
from bot.script.source import read

SAMPLES = sorted((Path(__file__).parent.parent / "questions").glob("*.yaml"))


def _script(text: str) -> Script:
    script = parse(text).script
    assert script
    return script


def _without(text: str, names: tuple[str, ...]) -> str | None:
    """Give a text without the lines that name somebody; one that has a place for the hosts is none."""
    lines = [line for line in text.splitlines() if not any(name in line for name in names)]
    return None if "{hosts}" in text else "\n".join(lines) or None


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_samples(path: Path) -> None:
    """A script that is written again says the same, and without its hosts all the rest."""
    text = path.read_text(encoding="utf-8")
    tree, script = read(text).tree, _script(text)
    assert tree
    assert _script(written(tree)) == script
    left = without_hosts(text, [host.name for host in script.hosts])
    names = ("{hosts}", *(host.name for host in script.hosts))
    texts = {name: _without(getattr(script, name) or "", names) for name in TEMPLATES}
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


NAMING = """\
hashtag: anas
title: Talk with Ana Smith
summary: |
  We talk about #Ana Smith and Anastasia.
  ana smith is our guest.
hosts:
  - {name: ana smith, handle: "@anas", link: "https://ana.example/me/"}
  - name: Bo
next: Ana
  Smith will be back
welcome: With @AnaS
closing: "Thank you, @anasophia, for #Ana Smith!"
resources:
  - {title: Her page, url: "https://twitter.com/anas"}
  - {title: Another, url: "https://twitter.com/anasophia"}
  - {title: A third, url: "https://anas.example/me"}
questions:
  - ask: What did ana smith teach?
    follow_up: And what else did Ana Smith say?
    resources: {title: A book by Ana Smith, url: "https://x.org"}
    translations: {es: "¿Qué enseñó Ana Smith?"}
  - Why?
"""


def test_what_names_a_host_goes_with_them() -> None:
    """Whole lines and resources go, wherever a script can do without; where the name stays, it is told."""
    before = _script(NAMING)
    left = without_hosts(NAMING, ["ana smith"])
    first, second = before.questions
    assert _script(left) == replace(
        before,
        hosts=(Host("Bo"),),
        summary="We talk about #Ana Smith and Anastasia.",
        next=None,
        welcome=None,
        resources=before.resources[1:],
        questions=(replace(first, follow_up=None, resources=()), second),
    )
    assert mentions(left, before.hosts[:1]) == ["title", "questions.1.ask", "questions.1.translations.es"]
    assert mentions(left, ()) == mentions(left, [Host("Cy")]) == []


def test_names_without_capitals() -> None:
    """Where people write without spaces, a name is found in the middle of a line."""
    text = "hashtag: M\ntitle: 田中さんと話す\nsummary: 今日は田中さんと\nhosts: 田中\nquestions: [Why?]\n"
    left = without_hosts(text, ["田中"])
    assert (_script(left).summary, mentions(left, [Host("田中")])) == (None, ["title"])


@pytest.mark.parametrize(
    ("title", "whole"),
    [("tea", "#Tea"), ("#TEA ", "#Tea"), ("", "#Tea"), (None, "#Tea"), ("Tea time", "#Tea: Tea time")],
)
def test_heading(title: str | None, whole: str) -> None:
    """A title that only says the hashtag again is left out."""
    assert heading("Tea", title) == whole
