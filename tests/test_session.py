"""The course of a chat: its timetable, what hosts may wish when, what clocks may do, and that it always ends."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.messages import Author
from bot.script.model import Question, Script
from bot.script.posts import Kind, Post, again, compose, length
from bot.session import (
    Appoint,
    AskNext,
    Cancel,
    End,
    Event,
    Late,
    MoreTime,
    Next,
    Over,
    Pause,
    Paused,
    Posted,
    Ready,
    Refusal,
    Repeat,
    Resume,
    Running,
    Say,
    Start,
    State,
    Tick,
    Told,
    Want,
    Wish,
    advance,
    begin,
    countdown,
    describe,
    due,
    dump,
    floor,
    forget,
    hosting,
    load,
    point,
    point_at,
    timetable,
    whole,
)
from bot.session.state import TAKEN_BACK
from tests.chats import ANA, BO, HOST, HOUR, MINUTE, SECOND, START, after

TWO = Script(
    hashtag="MacroSW",
    title="Common ground",
    intro=Question("0", "Who are you?"),
    questions=(Question("1", "Why?"), Question("2", "How?")),
)
PLANNED = replace(TWO, starts=START)
FOUR = replace(
    TWO,
    intro=None,
    questions=(
        Question("1", "Why?", follow_up="And?"),
        Question("2", "How?", time=3 * MINUTE),
        Question("Bonus", "What else?"),
        Question("3", "What now?"),
    ),
    late_answers=timedelta(0),
)


class Course:
    """A chat as it runs: its state, and all that was posted with the time at which it was meant to go out.

    The room shows posts at once, unless `prompt` is switched off.
    """

    def __init__(self, script: Script = TWO, at: datetime = START) -> None:
        self.script = script
        self.state = begin(script, at)
        self.posts: list[Post] = []
        self.prompt = True
        self.wishes = 0

    def do(self, event: Event) -> list[str]:
        """Take an event; give the keys of what is posted about it."""
        self.state, effects = advance(self.script, self.state, event)
        posts = [effect for effect in effects if isinstance(effect, Post)]
        self.posts += posts
        for post in posts if self.prompt else ():
            self.shown(post.key, event.at)
        return [post.key for post in posts]

    def shown(self, key: str, at: datetime) -> None:
        self.state, _ = advance(self.script, self.state, Posted(at, key, at))

    def tick(self, minutes: float) -> list[str]:
        return self.do(Tick(after(minutes)))

    def wish(self, want: Want, minutes: float, by: Author = HOST, **more: str) -> list[str]:
        self.wishes += 1
        return self.do(Wish(after(minutes), more.pop("id", f"wish {self.wishes}"), by, want, **more))

    def told(self, want: Want, minutes: float, **more: str) -> str:
        """Wish for something; give the answer."""
        self.wishes += 1
        wish = Wish(after(minutes), more.pop("id", f"wish {self.wishes}"), HOST, want, **more)
        self.state, effects = advance(self.script, self.state, wish)
        (told,) = (effect.text for effect in effects if isinstance(effect, Told))
        return told

    def refused(self, want: Want, minutes: float, by: Author = HOST) -> str:
        """Wish for what is refused; give the reason."""
        before = self.state
        with pytest.raises(Refusal) as refusal:
            self.wish(want, minutes, by)
        assert self.state is before
        return str(refusal.value)

    def until(self, minutes: float) -> list[tuple[float, str]]:
        """Let time go by; give what is posted meanwhile, with the minutes since the start."""
        already = len(self.posts)
        while (moment := due(self.state)) and moment <= after(minutes):
            self.do(Tick(moment))
        return [((post.at - START) / MINUTE, post.key) for post in self.posts[already:]]

    @property
    def due(self) -> float | None:
        """The minutes from the start to the next tick wanted."""
        moment = due(self.state)
        return None if moment is None else (moment - START) / MINUTE


def ready(script: Script = TWO) -> Course:
    return Course(script)


def started(script: Script = TWO) -> Course:
    course = Course(script)
    course.wish(Start(), 0)
    return course


def at_q1(script: Script = TWO) -> Course:
    course = started(script)
    course.until(2)
    return course


def paused(script: Script = TWO) -> Course:
    course = at_q1(script)
    course.wish(Pause(), 3)
    return course


def late() -> Course:
    course = at_q1()
    course.wish(End(), 3)
    return course


def over() -> Course:
    course = late()
    course.until(3 + 24 * 60)
    return course


def cancelled() -> Course:
    course = at_q1()
    course.wish(Cancel(), 3)
    return course


# The timetable ------------------------------------------------------------------------------------------------------

TIMETABLE = [
    (0, "welcome"),
    (0, "housekeeping"),
    (0, "Q0"),
    (1, "Q1"),
    (9, "Q1:last-call:1"),
    (11, "Q2"),
    (19, "Q2:last-call:2"),
    (21, "closing"),
    (21, "recap"),
    (21 + 24 * 60, "recap:final"),
]


def test_the_timetable_of_two_questions_with_an_intro() -> None:
    """From the welcome at 21:00 to the next day's 21:21, every post stands at its minute."""
    planned = [((post.at - START) / MINUTE, post.key) for post in timetable(TWO, START)]
    assert planned == TIMETABLE


def test_a_chat_that_nobody_touches_keeps_to_its_timetable() -> None:
    """A planned chat starts by itself, posts what the timetable says, and is over."""
    course = Course(PLANNED, after(-60))
    assert course.due == 0
    assert course.until(10_000) == TIMETABLE
    assert course.state.phase == Over()
    assert due(course.state) is None
    assert (course.state.started, course.state.ended) == (START, after(21))


def test_small_delays_do_not_gather() -> None:
    """Ticks that come a few seconds late do not move what follows."""
    course = Course(PLANNED, after(-60))
    while (moment := due(course.state)) is not None:
        course.do(Tick(moment + 4 * SECOND))
    assert [((post.at - START) / MINUTE, post.key) for post in course.posts] == TIMETABLE


def test_posts_say_which_question_and_how_much_time_is_left() -> None:
    """The last call carries what is left, a question its whole time, and each the question's label."""
    posts = {post.key: post for post in timetable(TWO, START)}
    assert (posts["Q1"].question, posts["Q1"].left) == ("1", 10 * MINUTE)
    assert (posts["Q1:last-call:1"].question, posts["Q1:last-call:1"].left) == ("1", 2 * MINUTE)
    assert posts["closing"].question is None


def test_follow_up_at_half_time_and_no_last_call_for_a_short_question() -> None:
    """A follow-up comes at half of its question's time; a question shorter than two last calls has none."""
    planned = [((post.at - START) / MINUTE, post.key) for post in timetable(FOUR, START)]
    assert planned == [
        (0, "welcome"),
        (0, "housekeeping"),
        (1, "Q1"),
        (6, "Q1:follow-up:1"),
        (9, "Q1:last-call:2"),
        (11, "Q2"),
        (14, "Bonus"),
        (22, "Bonus:last-call:3"),
        (24, "Q3"),
        (32, "Q3:last-call:4"),
        (34, "closing"),
        (34, "recap"),
    ]


def test_without_last_call_and_late_answers() -> None:
    """`last_call: 0` leaves the reminders out, and without late answers the closing is the end."""
    bare = replace(TWO, last_call=timedelta(0), late_answers=timedelta(0), intro=None)
    assert [post.key for post in timetable(bare, START)] == [
        "welcome",
        "housekeeping",
        "Q1",
        "Q2",
        "closing",
        "recap",
    ]


def test_a_first_question_with_the_welcome() -> None:
    """`first_question_after: 0` asks the first question in the minute of the welcome, once the welcome is shown."""
    course = started(replace(TWO, intro=None, first_question_after=timedelta(0)))
    assert course.until(0) == [(0, "Q1")]


# What a host may wish, and when --------------------------------------------------------------------------------------

WANTS: dict[str, Want] = {
    "start": Start(),
    "pause": Pause(),
    "resume": Resume(),
    "next": Next(),
    "more": MoreTime(3 * MINUTE),
    "repeat": Repeat(),
    "say": Say("Hello"),
    "end": End(),
    "cancel": Cancel(),
    "appoint": Appoint("ana", "Ana"),
}
GRANTED: list[tuple[Callable[[], Course], str, str]] = [
    (ready, "start say cancel appoint", "You can start it, say something, or cancel it."),
    (started, "pause next more repeat say end cancel appoint", "You can pause"),
    (at_q1, "pause next more repeat say end cancel appoint", "You can pause"),
    (paused, "resume next more repeat say end cancel appoint", "You can resume"),
    (late, "say appoint", "You can still say something"),
    (over, "", "Nothing more can be done in it; a new chat can be started."),
    (cancelled, "", "Nothing more can be done in it"),
]


@pytest.mark.parametrize(("make", "granted", "possible"), GRANTED)
@pytest.mark.parametrize("name", WANTS)
def test_what_can_be_done_in_each_phase(
    make: Callable[[], Course], granted: str, possible: str, name: str
) -> None:
    """Each wish in each phase is granted, or refused with where the chat stands and what can be done instead."""
    course = make()
    if name in granted.split():
        assert course.told(WANTS[name], 4)
    else:
        reason = course.refused(WANTS[name], 4)
        assert possible in reason
        assert describe(course.script, course.state, after(4)) in reason


def test_only_hosts_may_wish() -> None:
    """Who does not host is refused, whatever the phase and the wish."""
    for make, _, _ in GRANTED:
        assert make().refused(Pause(), 4, ANA) == "Only a host of this chat can do that."


def test_co_hosts() -> None:
    """Whom a host appoints may steer the chat, until that is taken back; being appointed twice counts once."""
    course = at_q1()
    course.wish(Appoint("ana", "Ana"), 2)
    course.wish(Appoint("ana", "Ana"), 2)
    assert course.state.co_hosts == ("ana",)
    assert hosting(course.state, ANA)
    assert not hosting(course.state, BO)
    assert course.wish(Pause(), 3, ANA) == ["paused:1"]
    course.wish(Appoint("ana", "Ana", hosts=False), 4)
    assert course.refused(Resume(), 4, ANA)
    assert hosting(course.state, HOST)


@pytest.mark.parametrize("want", [*WANTS.values()], ids=[*WANTS])
def test_the_same_wish_twice(want: Want) -> None:
    """A wish that comes twice with the same id is done once, and the second time says so."""
    for make, granted, _ in GRANTED:
        course = make()
        if next(name for name, each in WANTS.items() if each == want) not in granted.split():
            continue
        course.told(want, 4, id="click")
        done, posts = course.state, len(course.posts)
        assert course.told(want, 5, id="click").startswith("That has been done already.")
        assert (course.state, len(course.posts)) == (done, posts)


def test_a_refused_wish_may_come_again() -> None:
    """A refusal is not remembered: the same wish works once it can be done."""
    course = ready()
    with pytest.raises(Refusal):
        course.wish(Pause(), 0, id="click")
    course.wish(Start(), 0)
    assert course.wish(Pause(), 1, id="click") == ["paused:1"]


def test_a_wish_that_the_clock_has_overtaken() -> None:
    """`next`, asked while Q1 was on the floor, does nothing once Q2 is, and says where the chat is now."""
    course = at_q1()
    about = point(course.script, course.state)
    assert about == "Q1"
    course.until(11)
    before = course.state
    assert course.told(Next(), 11, about=about) == (
        "The chat has moved on since, so nothing was done. Q2 (2 of 2), 10:00 left."
    )
    assert course.state == before
    assert course.told(Repeat(), 11, about="Q2") == "Q2 (2 of 2), 10:00 left."


def test_where_a_chat_stood_for_those_in_its_room() -> None:
    """A question stands there from when the room shows it, not from when it is due: until then it is the one before."""
    course = at_q1()
    course.prompt = False
    course.until(11)
    shown_at = after(11) + 2 * SECOND

    def stood(*moments: datetime) -> list[str]:
        return [point_at(course.script, course.state, moment) for moment in moments]

    assert point(course.script, course.state) == "Q2"
    assert stood(START, after(5), after(11), shown_at) == ["welcome", "Q1", "Q1", "Q1"]
    course.shown("Q2", shown_at)
    assert stood(START, after(5), after(11), shown_at) == ["welcome", "Q1", "Q1", "Q2"]
    assert point_at(TWO, late().state, START) == "late"


@pytest.mark.parametrize(
    ("make", "about"),
    [(ready, "ready"), (started, "welcome"), (at_q1, "Q1"), (paused, "Q1"), (late, "late"), (over, "over")],
)
def test_the_points_of_a_chat(make: Callable[[], Course], about: str) -> None:
    """Each point has a name that a wish can be about, and a pause does not change it."""
    course = make()
    assert point(course.script, course.state) == about
    question = floor(course.script, course.state)
    assert (question.name if question else None) == ("Q1" if about == "Q1" else None)


# Wishes one by one ----------------------------------------------------------------------------------------------------


def test_start_before_its_time() -> None:
    """A host may start a planned chat early; it does not start again at its time."""
    course = Course(PLANNED, after(-60))
    assert course.wish(Start(), -5) == ["welcome", "housekeeping", "Q0"]
    assert course.until(0) == [(-4, "Q1")]


def test_pause_and_resume_shift_all_times() -> None:
    """What was left when the chat was paused is left when it goes on, reminders included."""
    course = at_q1(FOUR)
    course.wish(Pause(), 4)
    assert course.state.phase == Paused(running=course.state.phase.running, since=after(4), touched=after(4))  # type: ignore[union-attr]
    assert course.tick(60) == []
    assert course.wish(Resume(), 104) == ["resumed:2"]
    assert course.until(112) == [(106, "Q1:follow-up:3"), (109, "Q1:last-call:4"), (111, "Q2")]


def test_a_chat_paused_at_the_welcome() -> None:
    """The time before the first question can be paused as well."""
    course = started()
    course.wish(Pause(), 0.5)
    course.wish(Resume(), 10.5)
    assert course.until(11) == [(11, "Q1")]


def test_a_resumed_chat_says_what_is_on_the_floor() -> None:
    """The post on resuming is about the question on the floor."""
    course = paused()
    course.wish(Resume(), 20)
    assert (course.posts[-1].kind, course.posts[-1].question) == (Kind.RESUMED, "1")


def test_next() -> None:
    """The next question comes at once, the reminders of the one before do not, and the rest is timed from now."""
    course = at_q1()
    assert course.wish(Next(), 5) == ["Q2"]
    assert course.until(15) == [(13, "Q2:last-call:1"), (15, "closing"), (15, "recap")]


def test_next_from_the_welcome_and_at_the_end() -> None:
    """From the welcome it asks the first question; at the last one there is none, and the refusal says what can be done."""
    course = started()
    assert course.wish(Next(), 0.2) == ["Q1"]
    course.wish(Next(), 1)
    assert course.refused(Next(), 2) == "Q2 is the last question. You can end the chat."


def test_next_while_paused_goes_on() -> None:
    """Asking the next question ends the pause."""
    course = paused()
    assert course.wish(Next(), 30) == ["Q2"]
    assert isinstance(course.state.phase, Running)
    assert course.until(40) == [(38, "Q2:last-call:2"), (40, "closing"), (40, "recap")]


def test_more_time_moves_the_end_and_the_last_call() -> None:
    """Three minutes more move the last call that has not been made."""
    course = at_q1()
    assert course.wish(MoreTime(3 * MINUTE), 5) == ["more-time:1"]
    assert (course.posts[-1].question, course.posts[-1].left) == ("1", 3 * MINUTE)
    assert course.until(14) == [(12, "Q1:last-call:2"), (14, "Q2")]


def test_more_time_after_the_last_call_arms_it_again() -> None:
    """A last call that was made comes again before the new end."""
    course = at_q1()
    course.until(9)
    course.wish(MoreTime(5 * MINUTE), 10)
    assert course.until(16) == [(14, "Q1:last-call:3"), (16, "Q2")]


def test_more_time_that_leaves_no_time_for_a_last_call() -> None:
    """Where the new last call would already have been due, there is none."""
    course = at_q1()
    course.until(9)
    course.wish(MoreTime(MINUTE), 10.5)
    assert course.until(12) == [(12, "Q2")]


def test_more_time_for_a_short_question() -> None:
    """A question too short for a last call stays without, until it is long enough for one."""
    course = started(FOUR)
    course.until(11)
    course.wish(MoreTime(MINUTE / 2), 12)
    assert course.due == 14.5
    course.wish(MoreTime(MINUTE), 12)
    assert course.until(15.5) == [(13.5, "Q2:last-call:5"), (15.5, "Bonus")]


def test_more_time_keeps_the_follow_up() -> None:
    """More time moves the last call, not the follow-up."""
    course = at_q1(FOUR)
    course.wish(MoreTime(4 * MINUTE), 3)
    assert course.until(15) == [(6, "Q1:follow-up:2"), (13, "Q1:last-call:3"), (15, "Q2")]


def test_more_time_while_paused() -> None:
    """More time in a pause counts once the chat goes on."""
    course = paused()
    course.wish(MoreTime(3 * MINUTE), 30)
    course.wish(Resume(), 103)
    assert course.until(114) == [(112, "Q1:last-call:4"), (114, "Q2")]


def test_more_time_before_the_first_question() -> None:
    """The welcome can have more time too; nothing is called out for it."""
    course = started()
    course.wish(MoreTime(4 * MINUTE), 0.5)
    assert course.until(5) == [(5, "Q1")]


def test_more_time_for_a_question_whose_time_is_over_counts_from_now() -> None:
    """A host who gives more time before a late tick comes gets all of it."""
    course = at_q1()
    course.wish(MoreTime(3 * MINUTE), 20)
    assert course.due == 21
    assert course.until(23) == [(21, "Q1:last-call:2"), (23, "Q2")]


@pytest.mark.parametrize("time", [timedelta(0), -MINUTE, 25 * HOUR])
def test_more_time_within_reason(time: timedelta) -> None:
    """No time, less than none, or more than a day is refused with what would be right."""
    assert at_q1().refused(MoreTime(time), 3) == (
        "More time has to be more than nothing and at most 24 hours, such as 3 minutes."
    )


def test_repeat() -> None:
    """The question on the floor comes once more, each time under a key of its own; times stay."""
    course = at_q1()
    assert course.wish(Repeat(), 3) == ["repeat:1"]
    assert course.wish(Repeat(), 4) == ["repeat:2"]
    assert course.posts[-1].question == "1"
    assert course.due == 9


def test_repeat_before_the_first_question() -> None:
    """At the welcome it is the intro that is repeated; without one the refusal says why."""
    course = started()
    course.wish(Repeat(), 0.5)
    assert course.posts[-1].question == "0"
    assert started(FOUR).refused(Repeat(), 0.5) == "No question has been asked yet."


def test_say() -> None:
    """The bot says it, trimmed; nothing and too much are refused with what is wrong."""
    course = at_q1()
    assert course.wish(Say("  Welcome, late arrivals!\n"), 3) == ["said:1"]
    assert course.posts[-1].text == "Welcome, late arrivals!"
    assert "nothing to say" in course.refused(Say(" \n"), 3)
    assert course.refused(Say("a" * 2001), 3) == (
        "That makes a post of 2,001 characters; there is room for 2,000. Shorten it by 1."
    )
    assert course.wish(Say("a" * 2000), 3) == ["said:2"]


def test_end() -> None:
    """Ending early closes with closing and recap, and late answers count from then."""
    course = at_q1()
    assert course.wish(End(), 5) == ["closing", "recap"]
    assert course.until(10_000) == [(5 + 24 * 60, "recap:final")]
    assert course.state.ended == after(5)


def test_cancel() -> None:
    """Cancelling stops for good, without closing and recap."""
    course = paused()
    assert course.wish(Cancel(), 5) == []
    assert course.state.phase == Over(cancelled=True)
    assert course.until(10_000) == []
    assert describe(course.script, course.state, after(6)) == "The chat has been cancelled."


def test_a_chat_cancelled_before_it_began_does_not_start() -> None:
    """A planned chat that is cancelled has no time to come."""
    course = Course(PLANNED, after(-60))
    course.wish(Cancel(), -30)
    assert course.due is None


def test_a_paused_chat_that_nobody_touches_ends_with_its_recap() -> None:
    """Two hours after a host last did anything, a paused chat closes by itself."""
    course = paused()
    assert course.due == 123
    course.wish(Say("Still here"), 60)
    assert course.due == 180
    assert course.tick(179) == []
    assert course.until(180) == [(180, "closing"), (180, "recap")]
    assert isinstance(course.state.phase, Late)


# Clocks -------------------------------------------------------------------------------------------------------------


def test_a_planned_start_missed_by_a_little() -> None:
    """Less than an hour late, the chat starts, timed from then."""
    course = Course(PLANNED, after(50))
    assert course.tick(50) == ["welcome", "housekeeping", "Q0"]
    assert course.until(51) == [(51, "Q1")]


def test_a_planned_start_missed_by_more_than_an_hour() -> None:
    """More than an hour late, it waits for its host, who can still start it."""
    assert Course(PLANNED, after(61)).state.phase == Ready()
    course = Course(PLANNED, after(-60))
    assert course.tick(60.1) == []
    assert (course.state.phase, course.due) == (Ready(), None)
    assert course.wish(Start(), 90) == ["welcome", "housekeeping", "Q0"]


def test_a_laptop_that_slept_asks_one_question() -> None:
    """However much was missed, one tick asks one question, and what follows is timed from then."""
    course = at_q1(FOUR)
    assert course.tick(600) == ["Q2"]
    assert course.tick(600) == []
    assert course.until(604) == [(603, "Bonus")]


def test_a_late_reminder_says_what_is_really_left() -> None:
    """A reminder that comes late, but before its question's end, tells the time that is left."""
    course = at_q1()
    assert course.tick(10.5) == ["Q1:last-call:1"]
    assert course.posts[-1].left == MINUTE / 2
    assert course.due == 11


def test_a_tick_that_missed_two_reminders_makes_the_last() -> None:
    """A follow-up for which it is too late does not come in one breath with the last call."""
    course = at_q1(FOUR)
    assert course.tick(10.5) == ["Q1:last-call:1"]
    assert course.due == 11


def test_a_pause_dated_back() -> None:
    """A pause from an earlier moment, on which what came later follows, keeps what was left then."""
    course = at_q1()
    course.wish(Pause(), 5)
    assert course.tick(30) == []
    assert "with 6:00 left" in course.told(Say("Sorry"), 30)
    course.wish(Resume(), 31)
    assert course.due == pytest.approx(35)


def test_a_clock_set_ahead() -> None:
    """A clock set ahead is as a late tick: one question."""
    course = at_q1()
    assert course.tick(24 * 60) == ["Q2"]
    assert course.due == 24 * 60 + 8


def test_a_clock_set_back() -> None:
    """With a clock set back, the times to come come back too, so that nobody waits an hour for Q2."""
    course = at_q1()
    course.tick(-57)
    assert course.state.at == after(-57)
    assert course.due is not None
    assert -57 < course.due <= -57 + 8
    assert [key for _, key in course.until(-46)] == ["Q1:last-call:1", "Q2"]


def test_answers_count_after_the_clock_was_set_back() -> None:
    """What has been asked has been asked by the new time too, so that what people write then can answer it."""
    course = at_q1()
    course.tick(-57)
    assert [(asked.label, asked.at) for asked in course.state.asked] == [("0", after(-57)), ("1", after(-57))]


def test_a_clock_set_back_in_a_pause_late_or_before_the_start() -> None:
    """A pause keeps what is left, late answers keep their time, and a planned start stays where it is."""
    course = paused()
    course.tick(-60)
    course.wish(Resume(), -50)
    assert course.due == pytest.approx(-44)
    course = late()
    course.tick(-60)
    assert course.due == 23 * 60
    course = Course(PLANNED, after(-10))
    course.tick(-60)
    assert course.due == 0


# Posts on their way -------------------------------------------------------------------------------------------------


def test_nothing_falls_due_while_a_question_is_on_its_way() -> None:
    """Until the room shows a question, no tick does anything; then its whole time runs from there."""
    course = at_q1(FOUR)
    course.prompt = False
    course.tick(11)
    assert course.due is None
    assert course.tick(30) == []
    course.shown("Q2", after(31))
    assert course.state.asked[-1].at == after(31)
    assert course.due == 34


def test_a_prompt_post_moves_nothing() -> None:
    """A few seconds on the way leave the timetable as it is, though the question's own time is the room's."""
    course = at_q1()
    course.prompt = False
    course.tick(11)
    course.shown("Q2", after(11) + 3 * SECOND)
    assert course.due == 19
    assert course.state.asked[-1].at == after(11) + 3 * SECOND


def test_a_pause_while_a_post_is_on_its_way() -> None:
    """Paused before the room shows the question, it has its whole time after the pause."""
    course = at_q1()
    course.prompt = False
    course.tick(11)
    course.wish(Pause(), 12)
    course.shown("Q2", after(20))
    course.wish(Resume(), 30)
    assert course.due == 38


def test_resumed_while_a_post_is_still_on_its_way() -> None:
    """Where the room shows the question only after the pause, its whole time runs from then."""
    course = at_q1()
    course.prompt = False
    course.tick(11)
    course.wish(Pause(), 12)
    course.wish(Resume(), 30)
    assert course.due is None
    course.shown("Q2", after(32))
    assert course.due == 40


def test_a_report_about_an_earlier_question() -> None:
    """A question overtaken by the next still gets the room's time, and moves nothing."""
    course = at_q1(FOUR)
    course.prompt = False
    course.tick(11)
    course.wish(Next(), 12)
    course.shown("Q2", after(12.5))
    assert course.due is None
    assert [(asked.label, asked.at) for asked in course.state.asked[1:]] == [
        ("2", after(12.5)),
        ("Bonus", after(12)),
    ]


def test_a_report_that_changes_nothing() -> None:
    """Posts that are not questions, and questions reported twice, leave the state the same object."""
    course = at_q1()
    state = course.state
    for key in ("closing", "Q1:last-call:1", "nonsense"):
        assert advance(TWO, state, Posted(after(2), key, after(2)))[0] is state
    assert advance(TWO, state, Posted(after(2), "Q1", after(1)))[0] is state


# In words, and kept --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (ready, "The chat has not begun."),
        (lambda: Course(PLANNED), "The chat begins Thursday 23 April 2015, 21:00 UTC."),
        (started, "Welcome, 0:00 left."),
        (at_q1, "Q1 (1 of 2), 7:00 left."),
        (paused, "Paused at Q1 (1 of 2) with 8:00 left."),
        (late, "The chat has ended; late answers count until Friday 24 April 2015, 21:03 UTC."),
        (over, "The chat is over."),
    ],
)
def test_in_words(make: Callable[[], Course], words: str) -> None:
    """Each phase is described in a sentence, with times in the chat's zone."""
    course = make()
    assert describe(course.script, course.state, after(4)) == words


def test_times_are_shown_in_the_chats_zone() -> None:
    """The start is told as it reads where the chat is at home."""
    there = replace(PLANNED, zone="America/New_York")
    assert "Thursday 23 April 2015, 17:00 EDT" in describe(there, begin(there, START), START)
    own = describe(there, begin(there, START), START, moment=lambda at: f"<t:{at.timestamp():.0f}>")
    assert own == "The chat begins <t:1429822800>."


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(42, "0:42"), (545, "9:05"), (4320, "1:12:00"), (0, "0:00"), (-30, "0:00"), (59.6, "1:00")],
)
def test_countdown(seconds: float, text: str) -> None:
    """A countdown reads as people write it, and never below zero."""
    assert countdown(timedelta(seconds=seconds)) == text


@pytest.mark.parametrize(
    "text", ["", "{}", '{"phase": {"phase": "asleep"}, "at": "2015-04-23T21:00:00Z"}', "null"]
)
def test_what_is_no_state_cannot_be_read(text: str) -> None:
    """Anything but a dumped state is a ValueError, and so is one of a version to come."""
    with pytest.raises(ValueError, match="validation error"):
        load(text)
    with pytest.raises(ValueError, match="version"):
        load(dump(begin(TWO, START)).replace('"version":1', '"version":2'))


# Anything at all -----------------------------------------------------------------------------------------------------

PEOPLE = [HOST, HOST, HOST, ANA]
MOVES = st.one_of(
    st.floats(-200, 400).map(lambda minutes: ("tick", minutes)),
    st.sampled_from([("due", 0.0), ("due", 0.05), ("due", 3.0), ("show", 0.0), ("show", 1.0)]),
    st.tuples(
        st.sampled_from([*WANTS.values(), Appoint("ana", "Ana", hosts=False), MoreTime(-MINUTE)]),
        st.floats(-30, 60),
        st.sampled_from(PEOPLE),
        st.sampled_from([None, None, None, "Q1", "ready", "Q2"]),
        st.integers(0, 30),
    ),
)
SCRIPTS = st.sampled_from(
    [TWO, PLANNED, FOUR, replace(FOUR, first_question_after=timedelta(0), last_call=timedelta(0))]
)


class Watched(Course):
    """A course under arbitrary events, checked after each."""

    def __init__(self, script: Script) -> None:
        super().__init__(script, START)
        self.prompt = False
        self.now = START
        self.unshown: list[str] = []

    def take(self, event: Event) -> None:
        before = len(self.posts)
        with suppress(Refusal):
            self.unshown += self.do(event)
        new = self.posts[before:]
        questions = [post for post in new if post.kind is Kind.QUESTION]
        assert len(questions) <= 1, "one question for an event"
        assert len(new) <= 3, "no burst"
        self.check()

    def check(self) -> None:
        keys = [post.key for post in self.posts]
        assert len(keys) == len(set(keys))
        everything = [question.name for question in self.script.everything_asked]
        asked = [post.key for post in self.posts if post.kind is Kind.QUESTION]
        assert asked == everything[: len(asked)], "no question twice or out of order"
        assert [question.label for question in self.state.asked] == [
            question.label for question in self.script.everything_asked[: len(asked)]
        ]
        assert load(dump(self.state)) == self.state
        match self.state.phase:
            case Running(waiting=waiting):
                assert (due(self.state) is None) == (waiting is not None)
                assert waiting is None or waiting in self.unshown, "it waits for what is really on its way"
            case Paused() | Late():
                assert due(self.state) is not None
            case _:
                pass

    def show(self, later: float = 0) -> None:
        self.now += later * MINUTE
        if self.unshown:
            self.take(Posted(self.now, self.unshown.pop(0), self.now))

    def move(self, move: Sequence[object]) -> None:
        match move:
            case ("tick", float(minutes)):
                self.now += minutes * MINUTE
                self.take(Tick(self.now))
            case ("due", float(lateness)):
                self.now = max(self.now, due(self.state) or self.now) + lateness * MINUTE
                self.take(Tick(self.now))
            case ("show", float(minutes)):
                self.show(minutes)
            case (want, float(minutes), Author() as by, about, id):
                self.now += minutes * MINUTE
                self.take(Wish(self.now, str(id), by, want, about))  # type: ignore[arg-type]

    def to_the_end(self) -> State:
        """Only do what the clock and the room bring, and start what waits for its host."""
        for _ in range(60):
            if isinstance(self.state.phase, Over):
                break
            if isinstance(self.state.phase, Ready) and due(self.state) is None:
                self.take(Wish(self.now, "at last", HOST, Start()))
            while self.unshown:
                self.show()
            if (moment := due(self.state)) is not None:
                self.now = max(self.now, moment)
                self.take(Tick(self.now))
        return self.state


@settings(max_examples=250)
@given(SCRIPTS, st.lists(MOVES, max_size=40))
def test_whatever_happens(script: Script, moves: list[tuple[object, ...]]) -> None:
    """Arbitrary wishes, ticks and clocks: no question twice or out of order, no burst, and always an end."""
    course = Watched(script)
    for move in moves:
        course.move(move)
    assert isinstance(course.to_the_end().phase, Over)


@settings(max_examples=100)
@given(st.lists(st.floats(0, 600), max_size=12))
def test_late_ticks_leave_each_question_its_time(delays: list[float]) -> None:
    """However late the ticks come, two questions are never less than a question's time apart, but for a few seconds."""
    course = Course(FOUR)
    course.wish(Start(), 0)
    now = START
    for delay in [*delays, *[0.0] * 20]:
        if (moment := due(course.state)) is None:
            break
        now = max(now, moment) + delay * SECOND
        course.do(Tick(now))
    asked = [post.at for post in course.posts if post.kind is Kind.QUESTION]
    assert len(asked) == 4
    times = [question.time for question in FOUR.questions]
    assert all(
        later - earlier >= time - 5 * SECOND
        for earlier, later, time in zip(asked, asked[1:], times, strict=False)
    )


def test_a_question_taken_into_the_chat_comes_next() -> None:
    """A question that a host takes comes after the one on the floor, with a label of its own, and then the others."""
    course = at_q1()
    assert course.wish(AskNext("  And who?  "), 2) == []
    assert course.tick(11) == ["Extra"]
    assert floor(whole(TWO, course.state), course.state) == Question(
        "Extra", "And who?", TWO.questions[0].time
    )
    course.wish(AskNext("And where?"), 12)
    assert [course.tick(minute)[-1] for minute in (21, 31)] == ["Extra2", "Q2"]
    assert [asked.label for asked in course.state.asked] == ["0", "1", "Extra", "Extra2", "2"]
    assert load(dump(course.state)) == course.state


def test_a_question_taken_before_the_start_is_the_first() -> None:
    """Taken before the chat begins, it is asked first; after the last question, it is one more."""
    course = ready()
    course.wish(AskNext("First of all?"), 0)
    course.wish(Start(), 0)
    assert course.tick(1) == ["Extra"]
    course = at_q1()
    course.wish(Next(), 2)
    course.wish(AskNext("One more?"), 3)
    assert course.wish(Next(), 4) == ["Extra"]


def test_a_question_taken_has_room_in_every_post() -> None:
    """What counts is the longest post that it makes, in the units in which scripts are checked."""
    course = at_q1()
    room = (
        2000 - length(compose(TWO, again(TWO.questions[0], START))) + len("Why?") - len("Extra") + len("Q1")
    )
    assert "Shorten it by 1." in course.refused(AskNext("x" * (room + 1)), 2)
    assert "Shorten it by 2." in course.refused(AskNext("🙂" + "x" * room), 2)
    assert "Shorten it by 1." in course.refused(Say("🙂" + "x" * 1999), 2)
    course.wish(AskNext("🙂" + "x" * (room - 2)), 2)
    course.wish(Next(), 3)
    course.wish(Repeat(), 4)
    assert length(compose(whole(TWO, course.state), course.posts[-1])) == 2000


def test_forgotten() -> None:
    """Nothing of a person is left in a state, all of anybody else is; one without the person comes back as it is."""
    course = at_q1()
    for person in ("ana", "bo"):
        course.wish(Appoint(person, person), 2, id=f"{person}.1")
    course.wish(AskNext("And bo?", "bo"), 2, id="take.bo.1")
    course.wish(AskNext("And ana?", "ana"), 2, id="take.ana.1")
    course.wish(Next(), 2)
    course.wish(AskNext("Ana again?", "ana"), 2, id="take.ana.2")
    before = course.state
    course.state = forget(before, "ana")
    assert "ana" not in dump(course.state).casefold()
    assert course.state.co_hosts == ("bo",)
    assert [(taken.label, taken.ask) for taken in course.state.taken] == [
        ("Extra", "And bo?"),
        ("Extra2", TAKEN_BACK),
    ]
    assert "take.bo.1" in course.state.wishes
    assert [course.wish(Next(), minute)[0] for minute in (3, 4)] == ["Extra", "Q2"]
    assert forget(course.state, "ana") is course.state


@pytest.mark.parametrize("ask", ["", "  ", "x" * 2001])
def test_a_question_that_is_none_is_refused(ask: str) -> None:
    """An empty question, or one that no post has room for, is refused; so is one after the end."""
    course = at_q1()
    before = course.state
    with pytest.raises(Refusal):
        course.wish(AskNext(ask), 2)
    assert course.state == before
    with pytest.raises(Refusal):
        late().wish(AskNext("Why?"), 100)
