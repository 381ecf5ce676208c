"""Logs of IRC channels, as the common clients and bouncers write them."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.imports.heard import Heard, LeftOut, Unread, Unreadable
from tests.importing import pieces, said, written

IRSSI = """\
--- Log opened Thu Apr 23 20:59:01 2015
20:59 -!- ana [~ana@example.org] has joined #macrosw
20:59 -!- Irssi: #macrosw: Total of 3 nicks [1 ops, 0 halfops, 0 voices, 2 normal]
21:00 <@hana> Q1: What brought you here?
21:01 < ana> A1 toast
21:01  * ana waves
21:02 -!- ana is now known as ana_away
21:03 < ana_away> back <soon>
23:59 < bo> late
--- Day changed Fri Apr 24 2015
00:01 < bo> later
--- Log closed Fri Apr 24 00:10:00 2015
"""
WEECHAT = """\
2015-04-23 20:59:01\t-->\tana (~ana@example.org) has joined #macrosw
2015-04-23 21:00:00\t@hana\tQ1: What brought you here?
2015-04-23 21:01:00\tana\tA1 toast
2015-04-23 21:01:00\t *\tana waves
2015-04-23 21:02:00\t--\tana is now known as ana_away
2015-04-23 21:03:00\tana_away\tback <soon>
2015-04-23 23:59:00\tbo\tlate
2015-04-24 00:01:00\tbo\tlater
2015-04-24 00:10:00\t<--\tbo (~bo@example.org) has quit (Quit: bye)
"""
ZNC = """\
[20:59:01] *** Joins: ana (~ana@example.org)
[21:00:00] <hana> Q1: What brought you here?
[21:01:00] <ana> A1 toast
[21:01:00] * ana waves
[21:02:00] *** ana is now known as ana_away
[21:03:00] <ana_away> back <soon>
[23:59:00] <bo> late
[00:01:00] <bo> later
[00:10:00] *** Quits: bo (~bo@example.org) (bye)
"""
HEXCHAT = """\
**** BEGIN LOGGING AT Thu Apr 23 20:59:01 2015

Apr 23 20:59:01 *\tNow talking on #macrosw
Apr 23 20:59:30 *\tana (~ana@example.org) has joined
Apr 23 21:00:00 <hana>\tQ1: What brought you here?
Apr 23 21:01:00 <ana>\tA1 toast
Apr 23 21:01:00 *\tana waves
Apr 23 21:02:00 *\tana is now known as ana_away
Apr 23 21:03:00 <ana_away>\tback <soon>
Apr 23 23:59:00 <bo>\tlate
Apr 24 00:01:00 <bo>\tlater
**** ENDING LOGGING AT Fri Apr 24 00:10:00 2015
"""
MIRC = """\
Session Start: Thu Apr 23 20:59:01 2015
Session Ident: #macrosw
[20:59] * Now talking in #macrosw
[20:59] * ana (~ana@example.org) has joined #macrosw
[21:00] <@hana> \x02Q1:\x02 What \x0304,12brought\x03 you here?
[21:01] <ana> A1 toast
[21:01] * ana waves
[21:02] * ana is now known as ana_away
[21:03] <ana_away> back <soon>
[23:59] <bo> late
[00:01] <bo> later
[00:02] * bo has quit IRC (bye)
Session Close: Fri Apr 24 00:10:00 2015
"""
EGGDROP = """\
[20:59] ana (~ana@example.org) joined #macrosw.
[21:00] --- Thu Apr 23 2015
[21:00] <hana> Q1: What brought you here?
[21:01] <ana> A1 toast
[21:01] Action: ana waves
[21:02] Nick change: ana -> ana_away
[21:03] <ana_away> back <soon>
[23:59] <bo> late
[00:00] --- Fri Apr 24 2015
[00:01] <bo> later
"""
ISO = """\
2015-04-23T20:59:01 *** ana <~ana@example.org> has joined #macrosw
2015-04-23T21:00:00 <hana> Q1: What brought you here?
2015-04-23T21:01:00 <ana> A1 toast
2015-04-23T21:01:00 * ana waves
2015-04-23T21:02:00 *** ana is now known as ana_away
2015-04-23T21:03:00 <ana_away> back <soon>
2015-04-23T23:59:00 <bo> late
2015-04-24T00:01:00 <bo> later
"""
LOGS = {"irssi": IRSSI, "weechat": WEECHAT, "znc": ZNC, "hexchat": HEXCHAT, "mirc": MIRC, "eggdrop": EGGDROP, "iso": ISO}  # fmt: skip
DAY = date(2015, 4, 23)


@pytest.mark.parametrize("client", LOGS)
def test_clients(tmp_path: Path, client: str) -> None:
    """Whatever wrote the log: who said what and when, actions, new nicks and midnight are the same."""
    messages = said(written(tmp_path, "#macrosw.log", LOGS[client]), day=DAY)
    assert [(f"{m.at:%d %H:%M}", m.author.id, m.author.name, m.text) for m in messages] == [
        ("23 21:00", "hana", "hana", "Q1: What brought you here?"),
        ("23 21:01", "ana", "ana", "A1 toast"),
        ("23 21:01", "ana", "ana", "ana waves"),
        ("23 21:03", "ana", "ana_away", "back <soon>"),
        ("23 23:59", "bo", "bo", "late"),
        ("24 00:01", "bo", "bo", "later"),
    ]


@pytest.mark.parametrize("client", LOGS)
def test_nothing_is_lost(tmp_path: Path, client: str) -> None:
    """Every line is a message or a note about the channel: none of a client's own is unreadable."""
    found = pieces(written(tmp_path, "#macrosw.log", LOGS[client]), day=DAY)
    assert not [piece for piece in found if isinstance(piece, Unread)]
    assert sum(isinstance(piece, Heard | LeftOut) for piece in found) == sum(
        map(bool, LOGS[client].splitlines())
    )


NOTES = {
    "irssi": [
        "-!- Topic for #macrosw: Tea", "-!- mode/#macrosw [+o ana] by hana", "-!- Netsplit a.net <-> b.net quits: bo, cy",
        "-!- ana [~ana@198.51.100.7] has quit [Ping timeout]", "[Users #macrosw]", "[@hana] [ ana] [ bo]", "-bo:#macrosw- a notice",
        "!irc.example.net the server",
    ],
    "mIRC": [
        "* Joins: Ana (~ana@198.51.100.7)", "* Parts: Ana (~ana@198.51.100.7)", "* Quits: Bo (~bo@203.0.113.9) (Ping timeout: 240 seconds)",
        "* Ana (~ana@198.51.100.7) has joined #macrosw", "* Bo (~bo@203.0.113.9) Quit (bye)", "* Retrieving #macrosw info...",
        "* #macrosw :Cannot send", "* Topic is 'Tea'", "* Set by Hana on Mon Apr 20 10:00:00 2015", "* Hana changes topic to 'Over'",
        "* Ana was kicked by Hana (bye)", "* ana sets mode: +o hana", "* ana is now known as bo", "* Disconnected", "* Now talking in #macrosw",
        "* Rejoined channel #macrosw", "* Attempting to rejoin channel #macrosw", "* Dns resolved 198.51.100.7 to example.org", "-> *ana* hi",
    ],
    "HexChat": [
        "*\tNow talking on #macrosw", "*\tTopic for #macrosw is: Tea", "*\tTopic for #macrosw set by hana!~h@x (Thu Apr 23 20:00:00 2015)",
        "*\tana (~ana@198.51.100.7) has joined", "*\tcy (~cy@203.0.113.4) has left", "*\tbo has quit (Ping timeout: 240 seconds)",
        "*\thana has kicked ana", "*\thana has kicked ana from #macrosw (x)", "*\thana has banned *!*@203.0.113.4", "*\thana has banned ~ana@203.0.113.4", "*\tChanServ sets mode +v ana",
        "*\thana sets ban on *!*@203.0.113.4", "*\tChanServ gives channel operator status to hana", "*\thana removes voice from ana",
        "*\thana has changed the topic to: Tea", "*\tDisconnected (Connection reset by peer)", "-bob-\ta notice",
    ],
    "ZNC": [
        "*** Joins: ana (~ana@198.51.100.7)", "*** Quits: bo (~bo@203.0.113.9) (bye)", "*** hana sets mode: +o ana",
        "*** ana was kicked by hana (x)", "*** hana changes topic to 'Tea'", "-bob- a notice",
    ],
    "Textual": ["ana (~ana@198.51.100.7) joined the channel.", "ana (~ana@198.51.100.7) left IRC. (bye)", "ana is now known as bo"],
}  # fmt: skip
WEECHAT_NOTES = [
    "-->\tana (~ana@198.51.100.7) has joined #macrosw", "<--\tbob (~bo@203.0.113.9) has quit (Ping timeout)",
    '--\tTopic for #macrosw is "Tea"', "--\tMode #macrosw [+o ana] by hana", "--\tNotice(bob): hello", "=!=\tirc: disconnected",
]  # fmt: skip
LINES = [f"[21:01] {note}" for notes in NOTES.values() for note in notes]


@pytest.mark.parametrize("line", LINES + [f"2015-04-23 21:01:01\t{note}" for note in WEECHAT_NOTES])
def test_notes(tmp_path: Path, line: str) -> None:
    """What a client notes of the channel is nobody's words, so that no log publishes who came from which address."""
    _, before, note, after = pieces(
        written(tmp_path, "x.log", f"[21:00] <ana> a\n{line}\n[21:02] <bo> b\n"), day=DAY
    )
    assert isinstance(before, Heard)
    assert note == LeftOut("lines about the channel")
    assert isinstance(after, Heard)


@pytest.mark.parametrize("deed", ["has baked bread", "has left the oven on", "has joined a choir", "has kicked the habit today", "gives bo a hug", "sets the table: forks, knives", "removes her coat", "was kicked out of bed by the cat", "shouts hey! (at: bo)"])  # fmt: skip
@pytest.mark.parametrize("star", ["* ", "*\t", " * "])
def test_actions_that_look_like_notes(tmp_path: Path, star: str, deed: str) -> None:
    """What somebody does stays theirs, though clients' notes begin with the same words."""
    (message,) = said(written(tmp_path, "x.log", f"[21:00] {star}ana {deed}\n"), day=DAY)
    assert (message.author.name, message.text) == ("ana", f"ana {deed}")


def test_nicks_that_look_like_notes(tmp_path: Path) -> None:
    """In a log with tabs a nick is one whatever it is called, with or without the mark of an operator."""
    nicks = ["!ana", "Topic", "Joins", "You", "-ana", "[ana]"]
    log = "".join(f"2015-04-23 21:01:01\t{nick}\thi\n" for nick in nicks)
    assert [m.author.name for m in said(written(tmp_path, "x.log", log))] == ["ana", *nicks[1:]]


def test_the_hour_that_is_there_twice(tmp_path: Path) -> None:
    """Where clocks are set back in the night, what comes after an earlier time is of the second hour, in the log's order."""
    clocks = ["01:30", "01:58", "01:57", "01:02", "01:59", "01:58", "02:00"]
    log = "".join(f"{clock} <ana> {clock}\n" for clock in clocks)
    messages = said(written(tmp_path, "x.log", log), day=date(2015, 11, 1), zone="America/New_York")
    times = [f"{message.at:%H:%M}" for message in messages]
    assert times == ["05:30", "05:58", "05:57", "06:02", "06:59", "06:58", "07:00"]


def test_order_within_a_minute(tmp_path: Path) -> None:
    """Messages of one written minute keep the order of their lines."""
    log = "[21:00] <ana> a\n[21:00] <bo> b\n[21:00] <ana> c\n[21:01] <bo> d\n"
    times = [message.at for message in said(written(tmp_path, "x.log", log), day=DAY)]
    assert times == sorted(set(times))
    assert times[2] - times[0] < timedelta(seconds=1)


def test_day_in_the_name(tmp_path: Path) -> None:
    """A log that is named after its day needs no other."""
    (message,) = said(written(tmp_path, "#macrosw_20150423.log", "[21:00:05] <ana> hi\n"))
    assert f"{message.at:%Y-%m-%d %H:%M:%S}" == "2015-04-23 21:00:05"


def test_no_day(tmp_path: Path) -> None:
    """A log without a day is refused, with how to say it."""
    with pytest.raises(Unreadable, match=r"x\.log:1: .*--date 2015-04-23"):
        pieces(written(tmp_path, "x.log", "[21:00] <ana> hi\n"))


def test_zone(tmp_path: Path) -> None:
    """The times of a log are those of the zone given."""
    (message,) = said(written(tmp_path, "x.log", "[21:00] <ana> hi\n"), day=DAY, zone="America/New_York")
    assert f"{message.at:%d %H:%M}" == "24 01:00"


def test_new_year(tmp_path: Path) -> None:
    """HexChat's days have no year of their own: New Year's Eve is gone past."""
    log = (
        "**** BEGIN LOGGING AT Thu Dec 31 23:00:00 2015\nDec 31 23:59:00 <ana>\ta\nJan 01 00:01:00 <ana>\tb\n"
    )
    assert [message.at.year for message in said(written(tmp_path, "x.log", log))] == [2015, 2016]


def test_same_nick_later(tmp_path: Path) -> None:
    """Who takes the nick that somebody else has given up is another person."""
    log = "[21:00] <ana> a\n[21:01] * ana is now known as bo\n[21:02] <ana> b\n[21:03] <bo> c\n"
    assert [m.author.id for m in said(written(tmp_path, "x.log", log), day=DAY)] == ["ana", "ana~2", "ana"]


def test_unreadable_lines(tmp_path: Path) -> None:
    """A line that is nothing known is told with its number."""
    found = pieces(
        written(tmp_path, "x.log", "[21:00] <ana> a\nwhat is this\n[21:61] <bo> b\n[21:02] hm\n"), day=DAY
    )
    assert [(p.line, p.why) for p in found if isinstance(p, Unread)] == [
        (2, "the line does not begin with a time"),
        (3, "21:61 is not a time of day"),
        (4, "there is no <nick> behind the time"),
    ]


def test_old_encoding(tmp_path: Path) -> None:
    """A log from before UTF-8 keeps its letters."""
    (message,) = said(written(tmp_path, "x.log", "[21:00] <zoë> café\n".encode("cp1252")), day=DAY)
    assert (message.author.name, message.text) == ("zoë", "café")


HOSTILE = {
    "dashes": "[21:00] " + "-" * 10_000,
    "stars": "[21:00] " + "*" * 10_000,
    "marks": "[21:00] " + "-*! " * 10_000,
    "marks and a nick": "[21:00] " + "! " * 10_000 + "ana is now known a",
    "a long nick": "[21:00] " + "a" * 100_000 + " is now known a",
    "actions": "[21:00] " + "* " * 20_000,
    "a nick that never ends": "[21:00] <" + "a" * 100_000,
    "months": "--- " + "Apr " * 20_000,
    "months in one word": "--- " + "jan" * 50_000,
    "a month that never ends": "--- Jan" + "u" * 100_000,
    "a day that never ends": "mon" + "a" * 100_000 + " jan 5 21:00 <ana> x",
    "addresses": "[21:00] " + "(@" * 100_000,
    "an address that never ends": "[21:00] * ana (" + "@" * 200_000,
    "another": "[21:00] ana (" + "@" * 200_000,
    "blanks": "[21:00] *" + " " * 100_000 + "x",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_lines_take_no_time(tmp_path: Path, kind: str) -> None:
    """Lines made to keep an expression busy are read as any other, at the beginning of a log and within it."""
    line = HOSTILE[kind]
    found = pieces(written(tmp_path, "x.log", f"[21:00] <ana> a\n{line}\n[21:00] <ana> b\n"), day=DAY)
    assert len(found) == 4


def test_many_nicks(tmp_path: Path) -> None:
    """Tens of thousands of nicks, and as many people who go by one nick in turn, each have an id of their own."""
    nicks = [f"[21:00] <n{n}> x" for n in range(20_000)]
    turns = [
        line for n in range(10_000) for line in ("[21:01] <bo> x", f"[21:01] * bo is now known as bo_{n}")
    ]
    found = said(written(tmp_path, "x.log", "\n".join((*nicks, *turns))), day=DAY)
    assert len({message.author.id for message in found}) == 30_000


def test_taking_a_nick_from_somebody(tmp_path: Path) -> None:
    """Where a nick was taken over and given up again, who comes back under it is who had it."""
    log = "[21:00] <bo> a\n[21:00] <ana> b\n[21:01] * ana is now known as bo\n[21:01] * bo is now known as ana\n[21:02] <bo> c\n"
    assert [m.author.id for m in said(written(tmp_path, "x.log", log), day=DAY)] == ["bo", "ana", "bo"]
