"""What a script says: every key in its forms, every mistake with its place, and that nothing is ever raised."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.media.images import missing_images
from bot.script.model import Host, Image, Question, Resource, Role, Script
from bot.script.parse import Parsed, Picture, parse, parse_bytes
from bot.script.starter import starter

BASE = "hashtag: MacroSW\ntitle: Common ground\nquestions: [Who are you?, What is next?]\n"
SAMPLES = sorted((Path(__file__).parent.parent / "questions").glob("*.yaml"))


def script(text: str, **options: bool) -> Script:
    parsed = parse(text, **options)
    assert parsed.problems == ()
    assert parsed.script is not None
    return parsed.script


def told(text: str, **options: bool) -> list[str]:
    parsed = parse(text, **options)
    assert (parsed.script is None) == bool(parsed.problems)
    assert list(parsed.problems) == sorted(parsed.problems)
    return [problem.at("f") for problem in parsed.problems]


def asked(*questions: str) -> str:
    return "hashtag: M\ntitle: T\nquestions:\n" + "".join(f"  - {question}\n" for question in questions)


def test_three_keys_are_a_script_with_the_defaults() -> None:
    """Hashtag, title and questions are enough; everything else has the default that is promised."""
    assert script(BASE) == Script(
        hashtag="MacroSW",
        title="Common ground",
        questions=(Question("1", "Who are you?"), Question("2", "What is next?")),
        language="en",
        hosts=(),
        starts=None,
        zone="UTC",
        first_question_after=timedelta(minutes=1),
        last_call=timedelta(minutes=2),
        late_answers=timedelta(hours=24),
        acknowledge="✅",
        question_threads=False,
    )


def test_every_key_is_read() -> None:
    """A script with all the keys becomes the data that it says."""
    whole = """
hashtag: "#MacroSW"
title: Common ground
summary: An hour.
language: es
hosts:
  - Ana
  - {name: Bo, handle: "@bo", link: https://bo.example, role: Co-Host}
  - {name: Cy, role: guest}
starts: 2026-12-03 21:00
timezone: America/New_York
minutes_per_question: 8m
first_question_after: 90s
last_call: 0
welcome: "Hi {hashtag} {title} {hosts} {questions} {minutes} {next} {{x}}"
housekeeping: |
  Say A1.

    Then wait.
closing: Bye
intro: Who?
late_answers: 7d
acknowledge: 👍
question_threads: yes
resources:
  - {title: NASW, url: https://www.socialworkers.org}
next: 2026-12-10 21:00
questions:
  - ask: One?
    minutes: 90s
    image: pictures/one.png
    alt: A bridge
    follow_up: And then?
    resources: {title: X, url: http://x.example/y?z=1#a}
    translations: {es: ¿Uno?}
  - ask: Two?
    label: 3a
"""
    assert script(whole) == Script(
        hashtag="MacroSW",
        title="Common ground",
        questions=(
            Question(
                "1",
                "One?",
                timedelta(seconds=90),
                Image("pictures/one.png", "A bridge"),
                "And then?",
                (Resource("X", "http://x.example/y?z=1#a"),),
                (("es", "¿Uno?"),),
            ),
            Question("3a", "Two?", timedelta(minutes=8)),
        ),
        summary="An hour.",
        language="es",
        hosts=(
            Host("Ana"),
            Host("Bo", "bo", "https://bo.example", Role.CO_HOST),
            Host("Cy", role=Role.GUEST),
        ),
        starts=datetime(2026, 12, 4, 2, tzinfo=UTC),
        zone="America/New_York",
        first_question_after=timedelta(seconds=90),
        last_call=timedelta(0),
        welcome="Hi {hashtag} {title} {hosts} {questions} {minutes} {next} {{x}}",
        housekeeping="Say A1.\n\n  Then wait.",
        closing="Bye",
        intro=Question("0", "Who?", timedelta(seconds=90)),
        late_answers=timedelta(days=7),
        acknowledge="👍",
        question_threads=True,
        resources=(Resource("NASW", "https://www.socialworkers.org"),),
        next=datetime(2026, 12, 11, 2, tzinfo=UTC),
    )
    assert parse(whole).pictures == (Picture(31, 12, "pictures/one.png"),)


@pytest.mark.parametrize(
    ("line", "key", "value"),
    [
        ("hosts: Ana", "hosts", (Host("Ana"),)),
        ("hosts: {name: Ana}", "hosts", (Host("Ana"),)),
        ("last_call: none", "last_call", timedelta(0)),
        ("last_call: 1.5", "last_call", timedelta(seconds=90)),
        ("last_call: 1h 30 min", "last_call", timedelta(minutes=90)),
        ("late_answers: 30 days", "late_answers", timedelta(days=30)),
        ("late_answers: 0 # none", "late_answers", timedelta(0)),
        ("acknowledge: none", "acknowledge", None),
        ("acknowledge: no", "acknowledge", None),
        ("acknowledge: 👩🏽‍🤝‍👩🏻", "acknowledge", "👩🏽‍🤝‍👩🏻"),
        ("acknowledge: 1️⃣", "acknowledge", "1️⃣"),
        ("question_threads: On", "question_threads", True),
        ("question_threads: off", "question_threads", False),
        ("language: pt-BR", "language", "pt-BR"),
        ("language: zh-Hant-TW", "language", "zh-Hant-TW"),
        ("timezone: US/Eastern", "zone", "US/Eastern"),
        ("timezone: GMT", "zone", "GMT"),
        ("next: in May", "next", "in May"),
        ("next: 2026-05-01", "next", "2026-05-01"),
        ("summary:", "summary", None),
        ("summary: # later", "summary", None),
        ("summary: C# is fine", "summary", "C# is fine"),
        ("summary: >-\n  a\n  b", "summary", "a b"),
        ("resources: {title: x, url: https://x.example}", "resources", (Resource("x", "https://x.example"),)),
    ],
)
def test_forgiving_forms(line: str, key: str, value: object) -> None:
    """What is written in another form than the usual one is understood."""
    assert getattr(script(BASE + line), key) == value


@pytest.mark.parametrize(
    "written",
    [
        "2026-12-03 21:00",
        "2026-12-03T21:00",
        '"2026-12-03 21:00:00"',
        "2026-12-03 21:00:00",
        "2026-12-03 9pm",
        "2026-12-03 9:00 p.m.",
        "2026-12-03 21.00",
        "2026-12-04T02:00:00Z",
        "2026-12-03 18:00-08:00",
        "'2026-12-04 03:00 +0100'",
    ],
)
def test_a_time_in_many_forms_is_one_moment(written: str) -> None:
    """Date and time are read in the chat's zone, unless an offset decides."""
    parsed = script(BASE + f"timezone: America/New_York\nstarts: {written}\n")
    assert parsed.starts == datetime(2026, 12, 4, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("MacroSW", "MacroSW"),
        ('"#MacroSW"', "MacroSW"),
        ("＃日本", "日本"),
        ("हिन्दी", "हिन्दी"),
        ("'24h'", "24h"),
    ],
)
def test_hashtags(written: str, tag: str) -> None:
    """A hashtag is taken with its sign or without, in any script."""
    assert script(f"hashtag: {written}\ntitle: T\nquestions: [a]\n").hashtag == tag


@pytest.mark.parametrize(
    ("written", "what", "instead"),
    [
        ("Macro SW", "is not a hashtag", '"#MacroSW"'),
        ("Macro-SW!", "is not a hashtag", '"#MacroSW"'),
        ("2015", "is only a number", "Macro2015"),
        ("'20_15'", "has no letter", "Macro2015"),
        ("yes", "YAML takes for yes or no", '"yes"'),
        ("'#'", "is not a hashtag", '"#MacroSW"'),
        ("x" * 101, "is not a hashtag", "at most 100"),
    ],
)
def test_what_is_no_hashtag(written: str, what: str, instead: str) -> None:
    """A hashtag without a letter, or with a sign in it, is refused with one that would do."""
    (problem,) = told(f"hashtag: {written}\ntitle: T\nquestions: [a]\n")
    assert problem.startswith("f:1:10: `hashtag`")
    assert what in problem
    assert instead in problem


def test_running_numbers_go_on_after_the_highest() -> None:
    """Own labels stand in place of numbers, and the next number is one more than the highest so far."""
    text = asked(
        "a",
        "{ask: b, label: 3a}",
        "{ask: c, label: 3b}",
        "d",
        "{ask: e, label: Bonus}",
        "f",
        "{ask: g, label: 9}",
        "h",
    )
    assert [question.label for question in script(text).questions] == [
        "1",
        "3a",
        "3b",
        "4",
        "Bonus",
        "5",
        "9",
        "10",
    ]


LINES = {
    "misspelt key": ("summery: x", "4:1", "`summery` is not a key", "write `summary`"),
    "key in capitals": ("Summary: x", "4:1", "`Summary` is not a key", "write `summary`"),
    "key with a dash": ("last-call: 1m", "4:1", "`last-call` is not a key", "write `last_call`"),
    "key of nothing": ("zzzz: 1", "4:1", "`zzzz` is not a key", "the keys here are hashtag, title"),
    "key twice": ("title: T", "4:1", "the second time, first in line 2", "keep one"),
    "yes for a text": ("summary: yes", "4:10", "YAML takes for yes or no", '"yes"'),
    "number for a text": ("summary: 2015", "4:10", "YAML takes for a number", '"2015"'),
    "sexagesimal for a text": ("summary: 1:30", "4:10", "YAML takes for a number", '"1:30"'),
    "date for a text": ("summary: 2026-12-03", "4:10", "YAML takes for a date", '"2026-12-03"'),
    "null for a text": ("summary: ~", "4:10", "YAML takes for nothing", '"~"'),
    "Norway": ("language: no", "4:11", "YAML takes for yes or no", '"no"'),
    "lost hashtag": ("summary: Talk #about it", "4:10", "takes ` #about it` for a comment", '"Talk #about it"'),
    "empty by a hashtag": ("summary: #about", "4:9", "takes `#about` for a comment", '"#about"'),
    "list for a text": ("summary: [x]", "4:10", "is a list", "in quotes"),
    "braces for a text": ("closing: {hashtag}", "4:10", "is a mapping", "in quotes"),
    "control character": (r'summary: "a\x07"', "4:10", "U+0007", "delete it"),
    "nothing to see": (r'summary: "\u200b"', "4:10", "nothing that can be seen", "write a text"),
    "long summary": (f"summary: {'x' * 1003}", "4:10", "is 1,003 characters long", "shorten it by 3 "),
    "unknown placeholder": ('welcome: "{hashtg}"', "4:10", "`{hashtg}`", "write {hashtag}"),
    "far placeholder": ('welcome: "{xyzzy}"', "4:10", "`{xyzzy}`", "one of {hashtag}, {title}"),
    "lone brace": ('closing: "a } b"', "4:10", "a lone `}`", "{{ and }}"),
    "attribute of a placeholder": ('closing: "{title.x}"', "4:10", "`{title.x}`", "write {title}"),
    "placeholder of no hosts": ('welcome: "{hosts}"', "4:10", "the script has no `hosts`", "write `hosts:`"),
    "placeholder of no next chat": ('closing: "{next}"', "4:10", "the script has no `next`", "write `next:`"),
    "near zone": ("timezone: America/New_Yrok", "4:11", "not the name of a time zone", "write America/New_York"),
    "zone in small letters": ("timezone: europe/madrid", "4:11", "not the name", "write Europe/Madrid"),
    "city alone": ("timezone: New York", "4:11", "not the name", "write America/New_York"),
    "Eastern": ("timezone: Eastern Time", "4:11", "not the name", "write America/New_York"),
    "EST": ("timezone: EST", "4:11", "EST is wrong for half the year", "write America/New_York"),
    "pst": ("timezone: pst", "4:11", "PST is wrong for half the year", "write America/Los_Angeles"),
    "CET": ("timezone: CET", "4:11", "abbreviation", "write Europe/Berlin"),
    "BST": ("timezone: BST", "4:11", "abbreviation", "write Europe/London"),
    "HST": ("timezone: HST", "4:11", "abbreviation", "write Pacific/Honolulu"),
    "IST": ("timezone: IST", "4:11", "different zones to different people", "write Asia/Kolkata"),
    "offset for a zone": ("timezone: UTC+2", "4:11", "is an offset", "Europe/Berlin"),
    "zone of nowhere": ("timezone: ../../etc", "4:11", "not the name", "region and city"),
    "missing hour": ("timezone: Europe/Madrid\nstarts: 2026-03-29 02:30", "5:9", "does not exist", "01:30 or 2026-03-29 03:30"),
    "double hour": (
        "timezone: Europe/Madrid\nstarts: 2026-10-25 02:30",
        "5:9",
        "happens twice",
        "02:30+02:00 for the first, 2026-10-25 02:30+01:00 for the second",
    ),
    "next in a missing hour": ("timezone: Europe/Madrid\nnext: 2026-03-29 02:30", "5:7", "does not exist", "01:30 or"),
    "day without a time": ("starts: 2026-12-03", "4:9", "no time", "2026-12-03 21:00"),
    "day in another order": ("starts: 03.12.2026 21:00", "4:9", "not a date and time", "year-month-day"),
    "no such day": ("starts: 2026-02-30 21:00", "4:9", "not in the calendar", "exist"),
    "no such hour": ("starts: 2026-02-03 25:00", "4:9", "not in the calendar", "exist"),
    "zone in the time": ("starts: 2026-02-03 21:00 EST", "4:9", "not a date and time", "`timezone`"),
    "year 20": ("starts: 0020-02-03 21:00", "4:9", "the year 20", "between 2000"),
    "empty text for a time": ("starts: ''", "4:9", "is empty", "2026-12-03 21:00"),
    "hour alone": ("starts: 2026-12-03 21", "4:9", "no minutes", "write 2026-12-03 21:00"),
    "21 pm": ("starts: 2026-12-03 21pm", "4:9", "not a time of day", "1 to 12"),
    "empty length": ("last_call: ''", "4:12", "is empty", "2m"),
    "short time": ("minutes_per_question: 9s", "4:23", "too short", "at least 10s"),
    "long time": ("minutes_per_question: 1441", "4:23", "too long", "at most 1d"),
    "endless time": ("minutes_per_question: " + "9" * 400, "4:23", "too long", "at most 1d"),
    "no time": ("last_call: soon", "4:12", "not a length of time: `soon`", "2m, 90s"),
    "clock for a time": ("last_call: 1:30", "4:12", "not a length of time", "90s"),
    "negative time": ("last_call: -1", "4:12", "not a length of time", "90s"),
    "31 days": ("late_answers: 31d", "4:15", "too long", "at most 30d"),
    "language by name": ("language: Spanish", "4:11", "not a language tag", "write es"),
    "language with a bar": ("language: en_US", "4:11", "not a language tag", "write en-US"),
    "word for a sign": ("acknowledge: ok", "4:14", "not one short sign", "✅"),
    "yes for a sign": ("acknowledge: yes", "4:14", "not a sign", "✅"),
    "neither yes nor no": ("question_threads: ja", "4:19", "neither yes nor no", "write yes or no"),
    "role": ("hosts: {name: Ana, role: boss}", "4:26", "`role` of host 1 is not a role", "host, co-host, guest"),
    "host without a name": ("hosts:\n  - handle: ana", "5:5", "`name` of host 1 is missing", "`name:`"),
    "handle with a space": ("hosts: {name: A, handle: a b}", "4:26", "not a handle", "without spaces"),
    "link without a scheme": ("resources: {title: x, url: www.x.org}", "4:28", "not a web address", "https://www.x.org"),
    "script for a link": ('resources: {title: x, url: "javascript:x"}', "4:28", "not a web address", "https://"),
    "link with a space": ('resources: {title: x, url: "https://x.org/a b"}', "4:28", "has ` `", "%20"),
    "broken link": ('resources: {title: x, url: "https://[x"}', "4:28", "not a whole web address", "https://"),
    "address alone": ("resources:\n  - https://x.org", "5:5", "resource 1 is not a title and an address", "`- title:"),
    "intro with minutes": ("intro: {ask: a, minutes: 3}", "4:17", "`minutes` of `intro`", "the keys here are ask"),
    "long welcome": (f"welcome: {'x' * 2013}", "4:10", "a post of 2,013 characters", "by 13 to 2,000"),
    "long by emoji": (f"closing: {'👍' * 1001}", "4:10", "a post of 2,002 characters", "by 2"),
    "too many resources": (
        "resources:\n" + "".join(f"  - {{title: {letter * 290}, url: https://x.org}}\n" for letter in "abcdefg"),
        "5:3",
        "`resources` makes a post of",
        "shorten the whole by",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("line", "place", "what", "instead"), LINES.values(), ids=LINES)
def test_each_mistake_in_a_key(line: str, place: str, what: str, instead: str) -> None:
    """Each mistake gives one problem: where it is, what is wrong, and what to write."""
    (problem,) = told(BASE + line + "\n")
    assert problem.startswith(f"f:{place}: ")
    assert what in problem.partition("; ")[0]
    assert instead in problem.partition("; ")[2]


QUESTIONS = {
    "colon": ("Micro: what is it?", "4:5", "question 1 has a `:`", '"Micro: what is it?"'),
    "lost": ("#MacroSW matters", "4:4", "takes `#MacroSW matters` for a comment", '"#MacroSW matters"'),
    "number": ("42", "4:5", "YAML takes for a number", '"42"'),
    "nothing": ("", "4:4", "`ask` of question 1 is empty", "write a text"),
    "list": ("[a]", "4:5", "a list inside the list", "one `- `"),
    "no ask": ("{label: 3}", "4:5", "`ask` of question 1 is missing", "`ask:`"),
    "misspelt key": ("{ask: a, minuets: 3}", "4:14", "`minuets` of question 1", "write `minutes`"),
    "key of the chat": ("{ask: a, hashtag: x}", "4:14", "not a key here", "`hashtag` at the beginning"),
    "label of a letter": ("{ask: a, label: B}", "4:21", "cannot be named", "(Bonus)"),
    "label like an answer": ("{ask: a, label: A1}", "4:21", "has its letter already", "write 1"),
    "label like another answer": ("{ask: a, label: R1}", "4:21", "cannot be named", "(3a)"),
    "label with a zero": ("{ask: a, label: 007}", "4:21", "cannot be named", "(3)"),
    "label of the intro": ("{ask: a, label: 0}", "4:21", "the label of the `intro`", "another number"),
    "label with a space": ("{ask: a, label: The end}", "4:21", "cannot be named", "(Bonus)"),
    "long label": (f"{{ask: a, label: {'x' * 21}}}", "4:21", "cannot be named", "20"),
    "image without alt": ("{ask: a, image: x.png}", "4:14", "has no `alt`", "`alt:`"),
    "alt without image": ("{ask: a, alt: x}", "4:14", "has no `image`", "`image:`"),
    "image above": ("{ask: a, image: ../x.png, alt: x}", "4:21", "leaves the script's folder", "picture.png"),
    "image above, hidden": ("{ask: a, image: y/../../x.png, alt: x}", "4:21", "leaves the script's folder", "picture.png"),
    "image with a backslash": (r"{ask: a, image: '..\x.png', alt: x}", "4:21", "a backslash", "../x.png"),
    "image of a drive": ("{ask: a, image: 'C:/x.png', alt: x}", "4:21", "not beside the script", "picture.png"),
    "image from the root": ("{ask: a, image: /etc/x.png, alt: x}", "4:21", "not beside the script", "picture.png"),
    "image from home": ("{ask: a, image: ~/x.png, alt: x}", "4:21", "not beside the script", "picture.png"),
    "image by http": ("{ask: a, image: 'http://x.org/a', alt: x}", "4:21", "neither an https address", "https://"),
    "image by file": ("{ask: a, image: 'file:///x', alt: x}", "4:21", "neither an https address", "https://"),
    "image with a NUL": (r'{ask: a, image: "x\0.png", alt: x}', "4:21", "U+0000", "delete"),
    "folder": ("{ask: a, image: ., alt: x}", "4:21", "is a folder", "picture.png"),
    "translation": ("{ask: a, translations: {Spanish: b}}", "4:29", "`Spanish`", "write es"),
    "translations as text": ("{ask: a, translations: b}", "4:28", "not keys with values", "`es: …`"),
    "long question": ("x" * 1990, "4:5", "`ask` of question 1 makes a post of 2,005 characters when the bot asks it once more", "shorten it by 5 to 1,985"),
    "long translation": (f"{{ask: a, translations: {{es: {'x' * 2000}}}}}", "4:28", "`translations` of question 1", "by"),
    "longest question": ("x" * 1986, "4:5", "a post of 2,001 characters when", "shorten it by 1 to 1,985"),
    "long question and translation": (
        f"{{ask: {'x' * 3000}, translations: {{es: {'y' * 2900}}}}}", "4:11", "makes a post of 5,925 characters", "shorten the whole by 3,925",
    ),
    "long follow-up": (f"{{ask: a, follow_up: {'x' * 1990}}}", "4:25", "`follow_up` of question 1 makes a post of 2,003 characters, and", "by 3 to 1,987"),
}  # fmt: skip


@pytest.mark.parametrize(("question", "place", "what", "instead"), QUESTIONS.values(), ids=QUESTIONS)
def test_each_mistake_in_a_question(question: str, place: str, what: str, instead: str) -> None:
    """Each mistake in a question gives one problem that names the question."""
    (problem,) = told(asked(question))
    assert problem.startswith(f"f:{place}: ")
    assert what in problem.partition("; ")[0]
    assert instead in problem.partition("; ")[2]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (asked("{aks: x}"), "f:4:6: `aks` of question 1 is not a key; write `ask`"),
        ("hashtg: M\ntitle: T\nquestions: [a]\n", "f:1:1: `hashtg` is not a key; write `hashtag`"),
        ("hashtag: M\ntitle: T\nQuestions:\n  - a\n", "f:3:1: `Questions` is not a key; write `questions`"),
        (BASE + "hots: Ana\nwelcome: 'With {hosts}'\n", "f:4:1: `hots` is not a key; write `hosts`"),
        (asked("{ask: a, image: x.png, atl: x}"), "f:4:28: `atl` of question 1 is not a key; write `alt`"),
        (asked("a", "{ask: b, lable: 3}", "{ask: c, label: 2}"), "f:5:14: `lable` of question 2 is not a key; write `label`"),
        (BASE + "resources: {title: x, ulr: https://x.org}\n", "f:4:23: `ulr` of resource 1 is not a key; write `url`"),
    ],
)  # fmt: skip
def test_a_misspelt_key_is_one_mistake(text: str, problem: str) -> None:
    """What the right key would have given is not missed on top of the misspelling."""
    assert told(text) == [problem]


def test_behind_a_misspelt_key_the_rest_is_checked() -> None:
    """What stands behind a misspelt key is checked at once; a second one for the same key is told too."""
    assert [each.partition("; ")[0] for each in told("hashtag: M\ntitle: T\nquestons: [a, yes, A]\nquestion: [b]\n")] == [
        "f:3:1: `questons` is not a key",
        "f:3:15: `ask` of question 2 is `yes`, which YAML takes for yes or no and not for a text",
        "f:3:20: question 3 asks the same as question 1 in line 3",
        "f:4:1: `question` is not a key",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "f:1:1: there is nothing in the file but comments; begin with `hashtag: MacroSW`"),
        ("# x\n", "f:1:1: there is nothing in the file but comments; begin with `hashtag: MacroSW`"),
        ("- a\n", "f:1:1: the file does not begin with a key; begin with `hashtag: MacroSW`"),
        ("hello\n", "f:1:1: the file does not begin with a key; begin with `hashtag: MacroSW`"),
    ],
)
def test_what_is_no_script_at_all(text: str, problem: str) -> None:
    """A file without keys says how a script begins."""
    assert told(text) == [problem]


def test_missing_and_empty_keys() -> None:
    """Each required key is missed, at the top where it is not there, in its line where it is empty."""
    problems = told("# a comment\nhashtag: #MacroSW\ntitle:\n")
    assert [problem.partition("; ")[0] for problem in problems] == [
        "f:2:1: `questions` is missing",
        "f:2:9: `hashtag` is empty, because YAML takes `#MacroSW` for a comment",
        "f:3:1: `title` is empty",
    ]


@pytest.mark.parametrize(
    ("questions", "what"),
    [
        ("3", "f:3:12: `questions` is not a list"),
        ("{a: b}", "f:3:12: `questions` is not a list"),
        ("[]", "f:3:12: `questions` is empty"),
        ("[" + ",".join(f"q{n}" for n in range(51)) + "]", "f:3:12: `questions` has 51 questions"),
    ],
)
def test_the_list_of_questions(questions: str, what: str) -> None:
    """Questions are a list of 1 to 50."""
    (problem,) = told(f"hashtag: M\ntitle: T\nquestions: {questions}\n")
    assert problem.startswith(what)


def test_a_question_given_twice_names_the_first() -> None:
    """Capitals, spaces and marks make no other question of one."""
    (problem,) = told(asked("What is it?", "b", "ask:  what  is  IT"))
    assert problem.startswith("f:6:5: question 3 asks the same as question 1 in line 4")


def test_what_a_script_begins_with_is_what_the_check_takes() -> None:
    """Two questions are the same to the starting script exactly if they are to the check."""
    alike, other = ["Co-op?", "co op"], ["Co-op?", "Coop?"]
    assert [len(script(starter("M", "T", each)).questions) for each in (alike, other)] == [1, 2]
    assert [len(told(asked(*each))) for each in (alike, other)] == [1, 0]


def test_the_longest_question_fits() -> None:
    """A question of the length that the check names is right."""
    assert told(asked("x" * 1985)) == []


def test_a_label_given_twice_names_the_first() -> None:
    """Labels are compared without capitals, and with the running numbers."""
    (problem,) = told(asked("a", "{ask: b, label: Bonus}", "{ask: c, label: bonus}"))
    assert problem.startswith(
        "f:6:21: `label` of question 3 `bonus` is already the label of question 2 in line 5"
    )
    (problem,) = told(asked("a", "{ask: b, label: 1}"))
    assert problem.startswith(
        "f:5:21: `label` of question 2 `1` is already the label of question 1 in line 4"
    )


def test_all_problems_come_at_once_in_their_order() -> None:
    """Wrong values do not hide what concerns several of them."""
    text = (
        "hashtag: yes\ntitle: [x]\nquestions:\n  - ask: One?\n    minutes: soon\n    image: x.png\n"
        "  - one\n  - ask: Two?\n    label: Q3\nwelcome: '{hosts}'\nlast_call: never\nclosing: " + "x" * 2001
    )
    assert [problem.split(": ")[0] for problem in told(text)] == [
        "f:1:10", "f:2:8", "f:5:14", "f:6:5", "f:7:5", "f:9:12", "f:10:10", "f:11:12", "f:12:10",
    ]  # fmt: skip


def test_two_mistakes_in_one_question_hide_nothing() -> None:
    """A question with several wrong values is still compared with the others."""
    problems = told(asked("a", "{ask: A, minutes: x, resources: [{title: x}, {url: y}], image: x.png}"))
    assert [problem.split(": ")[0] for problem in problems] == [
        "f:5:5", "f:5:23", "f:5:38", "f:5:50", "f:5:56", "f:5:61",
    ]  # fmt: skip


def test_a_script_from_afar_has_no_files_beside_it() -> None:
    """Without a folder an image's path is refused, and its https address is not."""
    (problem,) = told(asked("{ask: a, image: x.png, alt: x}"), local=False)
    assert problem.startswith("f:4:21: `image` of question 1 is a file")
    assert script(asked("{ask: a, image: 'https://x.org/a.png', alt: x}"), local=False).questions[0].image


def test_remarks_are_no_problems() -> None:
    """A time without a zone, and a language in which the bot has no words, are only remarked on."""
    parsed = parse(BASE + "starts: 2026-12-03 21:00\nlanguage: fi\n")
    assert parsed.script is not None
    assert [remark.at("f")[:21] for remark in parsed.remarks] == [
        "f:4:9: `starts` is re",
        "f:5:11: `language` `f",
    ]
    assert parse(BASE + "starts: 2026-12-03 21:00Z\n").remarks == ()
    written = "language: fi\nwelcome: Tervetuloa\nclosing: Kiitos\n"
    assert [remark.instead for remark in parse(BASE + written).remarks] == ["write at least `housekeeping`"]


def test_missing_images_are_told(tmp_path: Path) -> None:
    """An image has to be a file in the folder; a link that leaves it, or leads in a circle, is none."""
    folder = tmp_path / "chat"
    (folder / "sub").mkdir(parents=True)
    (tmp_path / "outside.png").write_bytes(b"x")
    (folder / "sub" / "there.png").write_bytes(b"x")
    (folder / "out.png").symlink_to(tmp_path / "outside.png")
    (folder / "loop.png").symlink_to(folder / "loop.png")
    names = ["sub/there.png", "absent.png", "out.png", "loop.png", "sub", "x" * 300 + ".png"]
    parsed = parse(asked(*(f"{{ask: q{n}, image: {name}, alt: x}}" for n, name in enumerate(names))))
    assert parsed.problems == ()
    found = missing_images(parsed.pictures, folder)
    assert [(each.line, each.column) for each in found] == [(line, 22) for line in (5, 6, 7, 8, 9)]
    assert ["leaves" in each.what for each in found] == [False, True, False, False, False]


def test_bytes_are_decoded_first() -> None:
    """A script's bytes are read with their byte order mark and their Windows lines, or refused."""
    assert parse_bytes(b"\xef\xbb\xbf" + BASE.replace("\n", "\r\n").encode()) == parse(BASE)
    (problem,) = parse_bytes(b"\xff").problems
    assert "not UTF-8" in problem.what


def reaches_an_end(parsed: Parsed) -> None:
    assert (parsed.script is None) == bool(parsed.problems)
    assert all("\n" not in problem.at("f") for problem in parsed.problems)


@settings(max_examples=150)
@given(st.one_of(st.text(), st.binary().map(lambda data: data.decode("latin-1"))))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Nothing is raised, whatever the text is."""
    reaches_an_end(parse(text))


@settings(max_examples=200)
@given(st.data())
def test_a_damaged_sample_is_read_or_refused(data: st.DataObject) -> None:
    """A sample with a part taken out, or something put in, gives a script or problems with places in it."""
    text = data.draw(st.sampled_from(SAMPLES)).read_text("utf-8")
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 30)))
    put = st.one_of(
        st.text(max_size=5),
        st.sampled_from([": ", " #", "\t", "\n", "- ", "\n  ", "[", "{", '"', "&a ", "*a", "!x "]),
    )
    parsed = parse(text[:start] + data.draw(put) + text[end:])
    reaches_an_end(parsed)
    assert all(1 <= problem.line <= text.count("\n") + 7 for problem in parsed.problems)


VALUES = st.recursive(
    st.one_of(st.sampled_from(["x", "yes", "3", "~", "''", "2026-12-03 21:00", "{title}", "https://x.org", "../a"]), st.integers().map(str)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: "[" + ", ".join(items) + "]"),
        st.dictionaries(st.sampled_from(["ask", "name", "title", "url", "es", "label", "image"]), inner, max_size=3).map(
            lambda items: "{" + ", ".join(f"{key}: {value}" for key, value in items.items()) + "}"
        ),
    ),
    max_leaves=6,
)  # fmt: skip
KEYS = ["hashtag", "title", "questions", "hosts", "starts", "timezone", "intro", "welcome", "resources", "next", "last_call",
        "acknowledge", "language", "translations", "0"]  # fmt: skip


@settings(max_examples=200)
@given(st.dictionaries(st.sampled_from(KEYS), VALUES))
def test_any_shape_of_any_key_is_read_or_refused(keys: dict[str, str]) -> None:
    """Lists, mappings and values where others belong give problems, never an exception."""
    reaches_an_end(parse("".join(f"{key}: {value}\n" for key, value in keys.items())))


@settings(max_examples=150)
@given(st.text(), st.text(), st.lists(st.text(), max_size=5))
def test_the_starter_is_always_a_script(hashtag: str, title: str, questions: list[str]) -> None:
    """Whatever is asked for, the starting script has no problem."""
    assert told(starter(hashtag, title, questions)) == []


def test_the_starter_says_what_it_was_given() -> None:
    """Texts come back as they were given, whatever they would mean to YAML; what is behind a note is right too."""
    text = starter("#MacroSW", 'yes: "no" #1 \\', ["- What?", "{x}", "What?", "- what"])
    parsed = script(text)
    assert parsed.hashtag == "MacroSW"
    assert parsed.title == 'yes: "no" #1 \\'
    assert [question.ask for question in parsed.questions] == ["- What?", "{x}"]
    whole = script(re.sub(r"(?m)^( *)# (?=[a-z_]+:| *- | +[a-z_]+:)", r"\1", text))
    assert whole.questions[-1].label == "Bonus"
    assert (whole.intro, whole.next, len(whole.hosts)) != (None, None, 0)
