"""`hashchat import`, as a process of its own."""

import json
import os
import pty
import shlex
import subprocess
from pathlib import Path

import pytest

from bot.cli.importing import Asked, import_files
from tests.importing import ANA, HANA, export, note, person, written
from tests.test_cli import Host
from tests.test_import_irc import ZNC
from tests.test_import_taking import CHAT, WEEKS


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path)


def test_import(host: Host) -> None:
    """It says what came of it and how to read it; then recap and transcript have it."""
    written(host.folder, "m.json", export(*CHAT, note(9, ANA, "x", timestamp="soon"), note(10, ANA, "p", type="RecipientAdd")))  # fmt: skip
    done = host.run("import", "m.json")
    assert "macrosw-2015-04-23: 6 messages from 2 people, 3 answers." in done.stdout
    assert "Hosts: Hana" in done.stdout
    assert "2015-04-23 21:01  Q1: What brought you here?" in done.stdout
    assert "Left out: 1 × Discord's own notes." in done.stdout
    assert "1 thing could not be read:\n  m.json:" in done.stderr
    assert "Read it: hashchat recap macrosw-2015-04-23" in done.stdout
    assert "toast" in host.run("recap", "last").stdout
    assert "lovely" in host.run("transcript", "macrosw", "--format", "md").stdout


def test_again(host: Host) -> None:
    """A second import says that nothing was changed, and what to do for another."""
    written(host.folder, "m.json", export(*CHAT))
    host.run("import", "m.json")
    done = host.run("import", "m.json")
    assert "macrosw-2015-04-23 was imported from this before; nothing was changed." in done.stdout
    assert "hashchat delete macrosw-2015-04-23" in done.stdout
    host.run("delete", "macrosw", "--yes")
    assert "6 messages" in host.run("import", "m.json").stdout


def test_options(host: Host) -> None:
    """A log of a day and a zone of its own, with a named host."""
    written(host.folder, "#macrosw.log", ZNC)
    done = host.run("import", "#macrosw.log", "--date", "2015-04-23", "--timezone", "America/New_York", "--host", "HANA")  # fmt: skip
    assert "2015-04-23 21:00  Q1: What brought you here?" in done.stdout
    assert "taken as America/New_York" in done.stdout


def test_columns(host: Host) -> None:
    """A table with columns of its own, and a script."""
    written(host.folder, "s.yaml", "hashtag: MacroSW\ntitle: Common ground\nquestions: [Why?, How?]\n")
    written(
        host.folder, "p.csv", "wann,wer,was\n2015-04-23 21:00,Hana,Q1: Why?\n2015-04-23 21:01,Ana,A1 so\n"
    )
    done = host.run("import", "p.csv", "--columns", "time=wann,author=wer,text=was", "--script", "s.yaml")
    assert "1 message from 1 person, 1 answer." in done.stdout
    assert "Not found in the file: Q2 of s.yaml." in done.stdout


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["none.json"], "There is no file none.json. Nothing was changed."),
        (["."], "is a folder. Name the files in it."),
        (["bad.json"], "bad.json:1: this is not JSON"),
        (["m.json", "--timezone", "EST"], "--timezone is an abbreviation"),
        (["m.json", "--date", "yesterday"], "'yesterday' is not a day. Write --date 2015-04-23."),
        (["m.json", "--since", "soon"], "--since 'soon' is no time. Write --since 2015-04-23 or --since \"2015-04-23 20:45\"."),
        (["m.json", "--until", "9999-12-31"], "--until '9999-12-31' is no time. Write --until 2015-04-23 or"),
        (["m.json", "--until", "2015-04-22"], "There is no message in m.json in that time"),
        (["m.json", "--columns", "time"], "'time' does not say which column is which."),
        (["m.json", "--script", "bad.yaml"], "bad.yaml:1:1: "),
        (["m.json", "--host", "Zoe"], "Nobody wrote as Zoe in m.json. Questions were posted by Hana. Nothing was changed."),
    ],
)  # fmt: skip
def test_what_is_wrong(host: Host, arguments: list[str], why: str) -> None:
    """Whatever is wrong is said in one line."""
    written(host.folder, "m.json", export(*CHAT))
    written(host.folder, "bad.json", '{"a": ' + "x" * 200)
    written(host.folder, "bad.yaml", "")
    assert why in host.run("import", *arguments, status=1).stderr


def test_named_by_the_one_who_imports(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The hashtag, the title and the folder of the attached files can be said; a wrong one is told and changes nothing."""
    db, file = tmp_path / "h.db", [{"id": "1", "url": "media/a.png", "fileName": "a.png"}]
    path = written(tmp_path, "m.json", export(*CHAT, note(9, ANA, "see", 700, attachments=file)))
    written(tmp_path, "elsewhere/a.png", b"PNG")
    for wrong, why in (
        ({"hashtag": "#7"}, "--hashtag '#7' has no letter. Write one, as --hashtag MacroSW"),
        ({"title": " "}, "--title says nothing."),
        (
            {"folders": [tmp_path / "none"]},
            "none is no folder. Name the one in which the attached files lie.",
        ),
        ({"title": "x", "script": path}, "--hashtag and --title are in the script."),
    ):
        assert import_files(db, [path], Asked(**wrong)) == 1  # type: ignore[arg-type]  # each of them is right for its name
        assert why in capsys.readouterr().err
    assert not db.exists()
    folders = [tmp_path / "elsewhere"]
    assert import_files(db, [path], Asked(hashtag="#SWChat", title="Old times", folders=folders)) == 0
    said = capsys.readouterr()
    assert "swchat-2015-04-23: 7 messages" in said.out
    assert "could not be kept" not in said.out


def test_a_title_of_its_own(host: Host) -> None:
    """Where a title had to be made, it is said how to give another, and neither the channel's nor the file's name is doubled."""
    written(host.folder, "tea.json", export(*CHAT, channel={"name": "tea", "topic": None}))
    done = host.run("import", "tea.json")
    assert "Its title was made of a question: “What brought you here?”. For another," in done.stdout
    assert "--title" in done.stdout
    assert "#MacroSW: What brought you here?" in host.run("recap", "last").stdout
    host.run("delete", "last", "--yes")
    written(host.folder, "m.json", export(*CHAT))
    assert "--title" not in host.run("import", "m.json").stdout


def test_several_chats(host: Host) -> None:
    """A file of several chats is not taken as one: it is said how each is taken, and so it is."""
    written(host.folder, "m.json", export(*WEEKS))
    told = host.run("import", "m.json", "--timezone", "America/New_York", status=1).stderr
    assert (
        "There is more than one chat in m.json: the labels begin anew. Who asked them is a guess; --host NAME"
        in told
    )
    *_, second, _, or_all = told.splitlines()
    assert or_all == "or, if it is one chat, all of it with --one-chat"
    assert second.endswith("2 questions by Hana, the first at 2015-04-16 17:00")
    options = shlex.split(second.strip().partition("   ")[0])
    assert options == ["--since", "2015-04-16 16:00", "--until", "2015-04-23 16:00"]
    done = host.run("import", "m.json", "--timezone", "America/New_York", *options)
    assert "2 messages from 1 person" in done.stdout
    assert "Left out: 8 × posts before --since, or from --until on." in done.stdout
    host.run("import", "m.json", "--since", "2015-04-23", "--until", "2015-04-23")
    assert len(host.run("chats").stdout.splitlines()) == 3


#: Clocks in Berlin were put back from 03:00 to 02:00 on 25 October at 01:00 UTC.
AUTUMN = """time,author,text
2015-10-18T00:40Z,Hana,Q1: Why?
2015-10-18T00:50Z,Hana,Q2: How?
2015-10-20T12:00Z,Bo,A1 late
2015-10-25T00:20Z,Bo,soon
2015-10-25T00:40Z,Dee,Q1: Who?
2015-10-25T00:50Z,Dee,Q2: Where?
2015-10-25T01:10Z,Bo,A2 there
2015-10-25T01:25Z,Bo,and on
2015-10-25T01:50Z,Cy,Q1: Which?
2015-10-25T02:00Z,Cy,Q2: What for?
2015-10-29T02:00Z,Bo,A2 late
"""


def test_the_parts_are_all_of_it(host: Host) -> None:
    """What is imported part by part is there once, whenever it was said, in the hour that comes twice, too."""
    written(host.folder, "p.csv", AUTUMN)
    zone = ("--timezone", "Europe/Berlin")
    _, *parts, _ = host.run("import", "p.csv", *zone, status=1).stderr.splitlines()
    options = [shlex.split(part.strip().partition("   ")[0]) for part in parts]
    assert options == [
        ["--until", "2015-10-25 01:40"],
        ["--since", "2015-10-25 01:40", "--until", "2015-10-25 02:20+0100"],
        ["--since", "2015-10-25 02:20+0100"],
    ]
    done = [host.run("import", "p.csv", *zone, *each).stdout for each in options]
    assert [each.partition(": ")[2].partition(" ")[0] for each in done] == ["1", "2", "2"]


def test_one_chat(host: Host) -> None:
    """What seems to be several chats can be said to be one; then the first post of each label is the question."""
    written(host.folder, "m.json", export(*WEEKS))
    done = host.run("import", "m.json", "--one-chat").stdout
    assert [line.strip() for line in done.splitlines() if "  Q" in line] == [
        "2015-04-09 21:00  Q1: What brought you here?",
        "2015-04-09 21:10  Q2: What do we share?",
    ]


def test_an_export_made_again(host: Host) -> None:
    """A newer export of a chat that is there is refused with that chat's name, and taken once that is deleted."""
    written(host.folder, "m.json", export(*CHAT))
    written(host.folder, "new.json", export(*CHAT, note(9, ANA, "more", 700)))
    host.run("import", "m.json")
    told = host.run("import", "new.json", status=1).stderr
    assert "in the chat macrosw-2015-04-23 already; nothing was changed." in told
    assert "hashchat delete macrosw-2015-04-23." in told
    host.run("delete", "last", "--yes")
    assert "7 messages" in host.run("import", "new.json").stdout


def test_user_names_stay_nobodys(host: Host) -> None:
    """An anonymous transcript has no user names either, though nobody is shown under them."""
    hana = HANA | {"name": "hesperia_w"}
    written(host.folder, "m.json", export(note(1, hana, "Q1: Why?"), note(2, ANA, "A1 hesperia_w asked", 5)))
    host.run("import", "m.json")
    assert "hesperia_w asked" in host.run("transcript", "last").stdout
    assert "hesperia" not in host.run("transcript", "last", "--anonymous").stdout


def test_talk_of_other_days(host: Host) -> None:
    """What was written days before or after the questions is taken, and it is said how to leave it out."""
    late = note(9, ANA, "still here", timestamp="2015-05-23T21:00:00+00:00")
    written(host.folder, "m.json", export(*CHAT, late))
    done = host.run("import", "m.json")
    assert "7 messages" in done.stdout
    assert "1 message of it came more than a day before its questions or after them." in done.stdout


def test_forgetting_a_host(host: Host) -> None:
    """Who only asked the questions of imported chats is named as any other, asked about with all chats of the place, and gone."""
    for number in (1, 2, 3):
        posts = (note(10 * number + n, HANA, f"Q{n}: Part {n}?", 60 * n) for n in (1, 2))
        written(host.folder, f"{number}.json", export(*posts, note(10 * number + 3, ANA, "A1 so", 90)))
        host.run("import", f"{number}.json", "--hashtag", f"Tea{number}")
    assert "Hana" in host.run("recap", "tea1").stdout
    asked = _at_a_terminal(host, "n\n", "forget", "tea1", "hana")
    assert "all that hana wrote in tea1-2015-04-23 and in 2 other chats of the same place for good?" in asked
    assert "Hana" in host.run("recap", "tea1").stdout
    told = host.run("forget", "tea1", "hana", "--yes").stdout
    assert told.startswith("tea1-2015-04-23 and 2 other chats of the same place: Forgotten: ")
    for chat in ("tea1", "tea2", "tea3"):
        assert "Hana" not in host.run("recap", chat).stdout
        assert "Hana" not in host.run("transcript", chat, "--format", "json").stdout
        assert "Part 2?" in host.run("transcript", chat, "--format", "md").stdout
    assert all(b"hana" not in file.read_bytes().lower() for file in host.folder.glob("h.db*"))
    assert "wrote as hana" in host.run("forget", "tea1", "hana", "--yes", status=1).stderr
    told = host.run("forget", "tea2", "ana", "--yes").stdout
    assert "tea2-2015-04-23 and 2 other chats of the same place: " in told
    written(host.folder, "lone.log", "[21:00] <hana> Q1: Why?\n")
    host.run("import", "lone.log", "--date", "2015-04-24")
    assert host.run("forget", "last", "HANA", "--yes").stdout.startswith("lone-2015-04-24: Forgotten")


def test_forgetting_by_a_name_that_is_anothers_user_name(host: Host) -> None:
    """A name means who is shown under it; a user name is known only where nobody is, and how many are meant is asked."""
    people = [person(2, "Samuel") | {"name": "sam"}, person(3, "sam") | {"name": "bigsam"}, person(4, "Sam")]
    talk = (note(n, who, f"A1 of {n}", n) for n, who in enumerate(people, 2))
    written(host.folder, "m.json", export(note(1, HANA, "Q1: Why?"), *talk))
    host.run("import", "m.json")
    told = host.run("forget", "last", "sam", status=1).stderr
    assert "Remove all that the 2 people who are called sam wrote in macrosw-2015-04-23 for good?" in told
    host.run("forget", "last", "sam", "--yes")
    left = host.run("transcript", "last").stdout
    assert [f"A1 of {n}" in left for n in (2, 3, 4)] == [True, False, False]
    told = host.run("forget", "last", "sam", status=1).stderr
    assert "Remove all that Samuel (sam) wrote in" in told
    host.run("forget", "last", "sam", "--yes")
    assert "A1 of" not in host.run("transcript", "last").stdout


def test_a_name_that_stays_in_a_title(host: Host) -> None:
    """Where forgetting a host leaves the name, it does not say that nothing is left, but where it is and what to do."""
    script = "hashtag: Tea\ntitle: With Hana\nsummary: Hana knows\nhosts: [Hana, Dee]\nquestions: [What does Hana drink?, Why?]\n"
    written(host.folder, "s.yaml", script)
    written(host.folder, "m.json", export(*CHAT))
    host.run("import", "m.json", "--script", "s.yaml")
    done = host.run("forget", "last", "Hana", "--yes", status=1)
    assert "nothing of theirs is kept" not in done.stdout
    assert "their name is not gone everywhere yet" in done.stdout
    assert "The script of tea-2015-04-23 still has the name, in title, questions.1. Take" in done.stderr
    assert "hashchat delete tea-2015-04-23" in done.stderr
    assert "Hana knows" not in host.run("recap", "last").stdout


def _at_a_terminal(host: Host, typed: str, *arguments: str) -> str:
    """Run a command for somebody who types that, and give what they saw."""
    ours, theirs = pty.openpty()
    try:
        os.write(ours, typed.encode())
        done = subprocess.run(
            host.command(*arguments), stdin=theirs, capture_output=True, cwd=host.folder, env=host.environment, text=True, timeout=60, check=False,
        )  # fmt: skip
    finally:
        os.close(ours)
        os.close(theirs)
    return done.stdout


def test_every_unread_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All that could not be read is listed, each by its message where the whole file is on one line."""
    broken = [note(100 + n, ANA, "x", timestamp="soon") for n in range(50)]
    path = written(tmp_path, "m.json", json.dumps(json.loads(export(*CHAT, *broken))))
    assert import_files(tmp_path / "h.db", [path]) == 0
    first, *lines = capsys.readouterr().err.splitlines()
    assert first == "50 things could not be read:"
    assert lines == [
        f"  {path}:1: message {100 + n}: 'soon' is not a time that can be read" for n in range(50)
    ]


def test_dates_and_letters(host: Host) -> None:
    """How days are meant can be said where the file does not tell; letters that are not in UTF-8 are told."""
    rows = "time,author,text\n4/05/2015 9:00 PM,Zoë,Q1: Où? déjà\n4/05/2015 9:01 PM,Ana,A1 là\n"
    path = written(host.folder, "p.csv", rows)
    path.write_bytes(rows.encode() + "4/05/2015 9:02 PM,Bo,A1 café\n".encode("cp1252"))
    assert "--dates day-first, or --dates month-first" in host.run("import", "p.csv", status=1).stderr
    done = host.run("import", "p.csv", "--dates", "day-first")
    assert "2015-05-04 21:00  Q1: Où? déjà" in done.stdout
    assert "Not in UTF-8: 1 line. What there is not" in done.stdout
    assert "A1 café" in host.run("transcript", "last").stdout
