"""The lines that can be typed into the terminal room."""

import contextlib
from datetime import timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.rooms.terminal.lines import (
    COMMANDS,
    LONGEST,
    SAYINGS,
    Ask,
    CoHost,
    Counts,
    Delete,
    Edit,
    ForgetMe,
    Leave,
    Lift,
    NotUnderstood,
    React,
    Speak,
    Steer,
    Wait,
    understand,
)
from bot.session import Cancel, End, MoreTime, Next, Pause, Repeat, Resume, Say, Start


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("/start", Steer(Start())),
        ("/PAUSE", Steer(Pause())),
        (" /resume ", Steer(Resume())),
        ("/next", Steer(Next())),
        ("/more 3", Steer(MoreTime(timedelta(minutes=3)))),
        ("/more 90s", Steer(MoreTime(timedelta(seconds=90)))),
        ("/repeat", Steer(Repeat())),
        ("/say Welcome: all of you", Steer(Say("Welcome: all of you"))),
        ("/end", Steer(End())),
        ("/cancel", Steer(Cancel())),
        ("/highlight Ana Ruiz", Lift("highlight", "Ana Ruiz")),
        ("/hide ana", Lift("hide", "ana")),
        ("/show ana", Lift("show", "ana")),
        ("/co-host bo", CoHost("bo")),
        ("/status", Ask("status")),
        ("/questions", Ask("questions")),
        ("/help", Ask("help")),
        ("/wait 90s", Wait(timedelta(seconds=90))),
        ("/wait 1.5m", Wait(timedelta(seconds=90))),
        ("/leave", Leave()),
        ("ana: A1 I think…", Speak("ana", "A1 I think…")),
        ("Ana  Ruiz: see https://example.org", Speak("Ana Ruiz", "see https://example.org")),
        ("ana >Q1: yes", Speak("ana", "yes", "Q1")),
        ("ana > bo: a > b", Speak("ana", "a > b", "bo")),
        ("ana edit: A1 I thought…", Edit("ana", "A1 I thought…")),
        ("ana delete:", Delete("ana")),
        ("ana react bo: ❤", React("ana", "bo", "❤")),
        ("ana counts Q2:", Counts("ana", ("Q2",))),
        ("ana counts Q2+q3:", Counts("ana", ("Q2", "q3"))),
        ("ana counts none:", Counts("ana", ())),
        ("ana forget-me:", ForgetMe("ana")),
        ("edit: I am called edit", Speak("edit", "I am called edit")),
        ("", None),
        ("   ", None),
        ("# a comment: nothing", None),
    ],
)
def test_every_form(line: str, meant: object) -> None:
    """Each form of a line is read as what the guide says that it does."""
    assert understand(line) == meant


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("/nxt", "Do you mean /next?"),
        ("/", "There is no command /"),
        ("/end of story", "Write just /end"),
        ("/say", "Write it as in: /say Welcome back!"),
        ("/highlight", "Write it as in: /highlight ana"),
        ("/more", "Write it as in: /more 3"),
        ("/more soon", "'soon' is not a time. Write it as 90s, 3m or 1h."),
        ("/wait -1s", "is not a time"),
        ("hello", "Write who says it first"),
        (": hello", "Write who says it first"),
        ("https://example.org", "Write who says it first"),
        ("ana:", "Something is missing"),
        ("ana >: hello", "Something is missing"),
        ("> bo: hello", "Something is missing"),
        ("ana edit:", "Something is missing"),
        ("ana react bo:", "Something is missing"),
        ("ana delete: A1", "Write just `ana delete:`"),
        ("ana forget-me: please", "Write just `ana forget-me:`"),
        ("ana counts Q1: A1", "Write just `ana counts Q1:`"),
        (f"{'so ' * 30}: hello", "is no name"),
        (f"ana: {'x' * LONGEST}", "Write it in parts"),
    ],
)
def test_what_is_not_understood_says_what_to_write(line: str, words: str) -> None:
    """A line that nobody can mean is refused with what to write instead."""
    with pytest.raises(NotUnderstood) as caught:
        understand(line)
    assert words in str(caught.value)
    assert len(str(caught.value)) < 300


def test_all_examples_of_the_help_are_understood() -> None:
    """What /help shows can be typed as it stands."""
    for command in COMMANDS.values():
        assert understand(command.example) is not None
    for example_line, _ in SAYINGS:
        assert understand(example_line) is not None


@settings(max_examples=300)
@given(st.text(alphabet=st.sampled_from("/>:#ab \t1Qe\x1b\u202e") | st.characters(), max_size=40))
@example("a\x1ccounts\x1cQ1\x1c:")
def test_any_line_is_read_or_refused(line: str) -> None:
    """Whatever is typed is read or refused in words; nothing else is raised."""
    with contextlib.suppress(NotUnderstood):
        understand(line)
