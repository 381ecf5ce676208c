"""Who took part: the counts, the table, and pages on which any change is found."""

import contextlib
import csv
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_cli import Host

from bot.cli.attending import file_name
from bot.messages import Author, Entry
from bot.participation import Part, Roll
from bot.recap import About
from bot.render.participation import NoSuchPage, page, table, verify
from bot.script.model import Question, Script

START = datetime(2015, 4, 24, 1, tzinfo=UTC)
SCRIPT = Script("MacroSW", "Common ground", (Question("1", "Why <b>?"), Question("2", "How?")))
ABOUT = About(SCRIPT, "macrosw-2015-04-23", START, START + timedelta(hours=1))
ANA, EVIL = Author("a", "Ana"), Author("=b", '=<script id="seal">"&')
KEY = b"k" * 32


def said(author: Author | None, minute: int, *answers: str) -> Entry:
    return Entry(f"{minute}", START + timedelta(minutes=minute), author, "words", answers=answers)


def rolled(*entries: Entry) -> tuple[Part, ...]:
    roll = Roll(SCRIPT)
    for entry in entries:
        roll.add(entry)
    return roll.parts()


PARTS = rolled(
    said(EVIL, 0), said(ANA, 1, "2", "1"), said(None, 2), said(ANA, 3), said(ANA, 9, "1"), said(EVIL, 9)
)


def test_everybody_is_counted() -> None:
    """Messages, answers and questions are each person's own, and first and last their times."""
    evil, ana = PARTS
    assert (evil.messages, evil.answers, evil.questions) == (2, 0, ())
    assert (ana.messages, ana.answers, ana.questions) == (3, 2, SCRIPT.questions)
    assert (ana.first, ana.last) == (START + timedelta(minutes=1), START + timedelta(minutes=9))


def test_the_table_is_read_by_a_spreadsheet() -> None:
    """A row for each person in the order in which they came; nothing in it is a formula."""
    rows = list(csv.DictReader(io.StringIO(table(PARTS).removeprefix("\ufeff"), newline="")))
    assert [row["name"] for row in rows] == [f"'{EVIL.name}", "Ana"]
    assert (rows[1]["messages"], rows[1]["questions"], rows[0]["id"]) == ("3", "Q1, Q2", "'=b")


def test_a_page_is_genuine_with_its_own_key_only() -> None:
    """The page names the person and the chat; another database does not vouch for it."""
    text = page(ABOUT, PARTS[1], KEY)
    assert verify(text, KEY) == "Ana took part in #MacroSW: Common ground"
    assert verify(text.replace("\n", "\r\n"), KEY)
    assert verify(text, b"other") is None


@pytest.mark.parametrize(("language", "said"), [("en", ""), ("es", ' lang="es"')])
def test_a_page_says_its_language(language: str, said: str) -> None:
    """Its own words are English, the script's say where they are not; it has one main part, and is genuine all the same."""
    text = page(replace(ABOUT, script=replace(SCRIPT, language=language)), PARTS[1], KEY)
    assert text.startswith('<!doctype html>\n<html lang="en">\n')
    assert f'<h1 dir="auto"{said}>#MacroSW: Common ground</h1>' in text
    assert f"<bdi{said}>How?</bdi>" in text
    assert (text.count("<main>"), text.count("</main>")) == (1, 1)
    assert text.index("<main>") < text.index("<h1") < text.index('id="seal"') < text.index("</main>")
    assert verify(text, KEY) == "Ana took part in #MacroSW: Common ground"


@settings(max_examples=60)
@given(st.data())
def test_any_change_is_found(data: st.DataObject) -> None:
    """Whatever character of a page is exchanged or taken out, it is not genuine any more."""
    text = page(ABOUT, PARTS[0], KEY)
    place = data.draw(st.integers(0, len(text) - 1))
    new = data.draw(st.sampled_from(["", "x", "0", " "]).filter(lambda new: new != text[place]))
    with contextlib.suppress(NoSuchPage):
        assert verify(text[:place] + new + text[place + 1 :], KEY) is None


def test_what_people_are_called_does_nothing() -> None:
    """A name that looks like markup, or like the seal, stays a name."""
    text = page(ABOUT, PARTS[0], KEY)
    assert "<script" not in text
    assert verify(text, KEY) == f"{EVIL.name} took part in #MacroSW: Common ground"


@pytest.mark.parametrize("text", ["", "<title>x</title>", '<code id="seal">00</code>'])
def test_other_pages_are_told_apart(text: str) -> None:
    """What never was such a page is not called forged."""
    with pytest.raises(NoSuchPage):
        verify(text, KEY)


@pytest.mark.parametrize(
    ("name", "written"),
    [("Ana Ruiz", "ana-ruiz"), ("../../etc", "etc"), ("Zoë 李", "zoë-李"), ("..", "nameless"), ("x" * 99, "x" * 40)],
)  # fmt: skip
def test_files_are_called_like_people(name: str, written: str) -> None:
    """Whatever somebody is called, their page stays in its folder."""
    assert file_name(name) == written


def test_a_class_gets_its_pages(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The commands write table and pages, find a change in one of them, and say what they do not know."""
    host = Host(tmp_path_factory.mktemp("class"))
    host.run(
        "run", "--new", sample(host), "--speed", 500, lines="ana: A0 here\nbo: hello\nana: A0 and more\n"
    )
    printed = host.run("participation", "last").stdout
    assert [line.split(",")[0] for line in printed.splitlines()] == ["\ufeffname", "ana", "bo"]
    host.run("participation", "last", "-o", "class")
    pages = sorted(path.name for path in (host.folder / "class").iterdir())
    assert pages == [".hashchat", "001-ana.html", "002-bo.html", "participation.csv"]
    good = host.folder / "class" / "001-ana.html"
    assert "genuine and unchanged: ana took part" in host.run("verify", good).stdout
    good.write_text(good.read_text().replace("<dd>2</dd>", "<dd>9</dd>"))
    assert "is not genuine" in host.run("verify", good, status=1).stderr
    good.write_bytes(good.read_bytes().replace(b"?", b"\xff", 1))
    assert "no page" in host.run("verify", good, status=2).stderr
    assert "no page" in host.run("verify", host.folder / "class" / "participation.csv", status=2).stderr
    assert "Confirmation of participation" in host.run("participation", "last", "--person", "BO").stdout
    assert "Nobody in" in host.run("participation", "last", "--person", "zoe", status=1).stderr
    assert "cannot be read" in host.run("verify", "nothing.html", status=1).stderr


def test_pages_of_the_forgotten_go(tmp_path: Path) -> None:
    """The folder is made anew, so that it has nothing of those who left; one that hashchat did not make is left alone."""
    host = Host(tmp_path)
    host.run("run", "--new", sample(host), "--speed", 500, lines="ana: A0 here\nbo: hello\n")
    (host.folder / "new").mkdir()
    host.run("participation", "last", "-o", "new")
    host.run("forget", "last", "ana", "--yes")
    host.run("participation", "last", "-o", "new")
    names = sorted(path.name for path in (host.folder / "new").iterdir())
    assert names == [".hashchat", "001-bo.html", "participation.csv"]
    written = host.folder / "own" / "001-ana.html"
    written.parent.mkdir()
    written.write_text("mine")
    done = host.run("participation", "last", "-o", "own", status=1)
    assert "hashchat did not make it. Move it away, or name another with --output." in done.stderr
    assert [path.read_text() for path in written.parent.iterdir()] == ["mine"]
    host.run("participation", "last", "-o", "deep/er/pages")
    assert (host.folder / "deep/er/pages/001-bo.html").exists()
    assert (
        "Name another with --output"
        in host.run("participation", "last", "-o", "own/001-ana.html/x", status=1).stderr
    )


def sample(host: Host) -> str:
    path = host.folder / "short.yaml"
    path.write_text(
        "hashtag: Class\ntitle: A class\nintro: Who is here?\nquestions: [Why?]\nminutes_per_question: 1\nlast_call: 0\nlate_answers: 0\n"
    )
    return str(path)
