"""The course of one chat, as a state machine that waits for nothing, sends nothing and reads no clock.

Every event carries its time. `advance` takes a state and an event and gives the next state with what is to be done:

    ready ──start──▶ running ──(its questions, one after the other)──▶ late answers ──▶ over
                      ▲    │
                      └─ paused

The rules:
- The clock brings a `Tick`; `due` tells when the next one is wanted. However late it comes, a tick asks at most one
  question, or reminds of what was due last and of nothing before it, and what follows is timed from then. A clock that went back takes the times to come back with it.
- A question's time runs while the room shows it: until the room reports it `Posted`, nothing else falls due, and
  a post that was long on its way moves what follows.
- A host's wish has an id and may say what it was about. The same id twice, or a wish that the clock has overtaken, does
  nothing and says so. What cannot be done now is refused in words that tell what can.
- What people say is not seen here: it does not change the course of a chat.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from bot.script.model import MOST_QUESTIONS, Question, Script
from bot.script.posts import LONGEST_POST, Kind, Post, again, compose, length
from bot.session.events import (
    Appoint,
    AskNext,
    Cancel,
    Effect,
    End,
    Event,
    MoreTime,
    Next,
    Pause,
    Posted,
    Refusal,
    Repeat,
    Resume,
    Say,
    Start,
    Tick,
    Told,
    Wish,
)
from bot.session.state import (
    PATIENCE,
    Asked,
    Late,
    Over,
    Paused,
    Phase,
    Ready,
    Reminder,
    Running,
    State,
    Taken,
    begin,
    due,
    floor,
    hosting,
    missed,
    point,
    running_in,
    whole,
)
from bot.session.words import describe, possible

#: What is later than this, a tick or a post on its way to the room, moves what follows.
PROMPT = timedelta(seconds=5)
#: How many of the latest wishes are known again.
WISHES_KNOWN = 64
#: The longest time that a host can add at once.
MOST_MORE_TIME = timedelta(hours=24)


def advance(script: Script, state: State, event: Event) -> tuple[State, list[Effect]]:
    """Take one event into account: the next state, and what is to be done, in order.

    A state that comes back as the same object has not changed and need not be kept. Raises Refusal.
    """
    script = whole(script, state)
    state = _set_back(state, event.at) if event.at < state.at else state
    match event:
        case Tick():
            return _tick(script, state, event.at)
        case Posted():
            return _posted(script, state, event), []
        case Wish():
            return _wish(script, state, event)


def _tick(script: Script, state: State, now: datetime) -> tuple[State, list[Effect]]:
    planned = due(state)
    if planned is not None and planned <= now <= planned + PROMPT:
        now = planned  # so that a chat keeps to its timetable instead of gathering delays
    match state.phase:
        case Ready(starts=starts) if starts and missed(starts, now):
            return replace(state, phase=Ready(), at=now), []
        case Ready(starts=starts) if starts and starts <= now:
            return _open(script, state, now)
        case Running(waiting=None) as running if running.until <= now:
            return _ask_next(script, state, now)
        case Running(waiting=None) as running:
            return _remind(script, state, running, now)
        case Paused(touched=touched) if touched + PATIENCE <= now:
            return _close(script, state, now)
        case Late(until=until) if until <= now:
            return replace(state, phase=Over(), at=now), [Post("recap:final", Kind.RECAP, now)]
        case _:
            return state, []


def _open(script: Script, state: State, now: datetime) -> tuple[State, list[Effect]]:
    posts = [Post("welcome", Kind.WELCOME, now), Post("housekeeping", Kind.HOUSEKEEPING, now)]
    asked = state.asked
    if script.intro:
        posts.append(_question_post(script.intro, now))
        asked = (Asked(script.intro.label, now),)
    first = Running(-1, since=now, until=now + script.first_question_after, waiting=posts[-1].key)
    return replace(state, phase=first, at=now, started=now, asked=asked), list(posts)


def _ask_next(script: Script, state: State, now: datetime) -> tuple[State, list[Effect]]:
    """Ask the question after the one on the floor, or close after the last."""
    running = running_in(state)
    number = running.floor + 1 if running else 0
    if number == len(script.questions):
        return _close(script, state, now)
    question = script.questions[number]
    post = _question_post(question, now)
    until = now + question.time
    reminders = _last_call(script, now, until)
    if question.follow_up:
        reminders = (Reminder(now + question.time / 2, Kind.FOLLOW_UP), *reminders)
    asked = (*state.asked, Asked(question.label, now))
    phase = Running(number, since=now, until=until, reminders=reminders, waiting=post.key)
    return replace(state, phase=phase, at=now, asked=asked), [post]


def _question_post(question: Question, now: datetime) -> Post:
    return Post(question.name, Kind.QUESTION, now, question=question.label, left=question.time)


def _last_call(script: Script, since: datetime, until: datetime) -> tuple[Reminder, ...]:
    """Give the last call for a question that has that time, or none where the time is too short for one."""
    if not script.last_call or until - since < 2 * script.last_call:
        return ()
    return (Reminder(until - script.last_call, Kind.LAST_CALL),)


def _remind(script: Script, state: State, running: Running, now: datetime) -> tuple[State, list[Effect]]:
    ripe = [r.at for r in running.reminders if r.at <= now]
    if not ripe:
        return state, []
    question = script.questions[running.floor]
    later = tuple(r for r in running.reminders if r.at > now)
    posts = [
        Post(
            f"{question.name}:{reminder.kind}:{state.posts + n}",
            reminder.kind,
            now,
            question=question.label,
            left=running.until - now,
        )
        for n, reminder in enumerate((r for r in running.reminders if r.at == max(ripe)), 1)
    ]
    phase = replace(running, reminders=later)
    return replace(state, phase=phase, at=now, posts=state.posts + len(posts)), list(posts)


def _close(script: Script, state: State, now: datetime) -> tuple[State, list[Effect]]:
    phase: Phase = Late(until=now + script.late_answers) if script.late_answers else Over()
    posts: list[Effect] = [Post("closing", Kind.CLOSING, now), Post("recap", Kind.RECAP, now)]
    return replace(state, phase=phase, at=now, ended=now), posts


def _posted(script: Script, state: State, event: Posted) -> State:
    """Take the room's own time for a question, and let its time run from when it was shown."""
    label = next((q.label for q in script.everything_asked if q.name == event.key), None)
    asked = tuple(Asked(a.label, event.sent) if a.label == label else a for a in state.asked)
    match state.phase:
        case Running(waiting=event.key) as running:
            phase: Phase = _shown(running, event.at)
        case Paused(running=Running(waiting=event.key) as running, since=since):
            phase = replace(state.phase, running=_shown(running, min(event.at, since)))
        case unmoved:
            phase = unmoved
    if asked == state.asked and phase == state.phase:
        return state
    return replace(state, phase=phase, asked=asked, at=event.at)


def _shown(running: Running, at: datetime) -> Running:
    underway = at - running.since
    moved = _moved(running, underway) if underway > PROMPT else running
    return replace(moved, waiting=None)


def _moved(running: Running, by: timedelta) -> Running:
    reminders = tuple(Reminder(r.at + by, r.kind) for r in running.reminders)
    return replace(running, since=running.since + by, until=running.until + by, reminders=reminders)


def _set_back(state: State, now: datetime) -> State:
    """Take all times to come back with a clock that was set back; a planned start stays where it is.

    What has been asked was not asked in the future, or else nothing written by the new clock would answer it.
    """
    by = now - state.at
    asked = tuple(Asked(a.label, min(a.at, now)) for a in state.asked)
    match state.phase:
        case Running() as running:
            phase: Phase = _moved(running, by)
        case Paused(running=running, since=since, touched=touched):
            phase = Paused(_moved(running, by), since=since + by, touched=touched + by)
        case Late(until=until):
            phase = Late(until=until + by)
        case unmoved:
            phase = unmoved
    return replace(state, phase=phase, at=now, asked=asked)


def _wish(script: Script, state: State, wish: Wish) -> tuple[State, list[Effect]]:
    if not hosting(state, wish.by):
        raise Refusal("Only a host of this chat can do that.")
    if wish.id in state.wishes:
        return state, [Told(f"That has been done already. {describe(script, state, wish.at)}")]
    if wish.about is not None and wish.about != point(script, state):
        return state, [
            Told(f"The chat has moved on since, so nothing was done. {describe(script, state, wish.at)}")
        ]
    known = (*state.wishes, wish.id)[-WISHES_KNOWN:]
    state = replace(state, at=wish.at, wishes=known)
    if isinstance(state.phase, Paused):
        state = replace(state, phase=replace(state.phase, touched=wish.at))
    state, effects = _grant(script, state, wish)
    return state, [*effects, Told(describe(whole(script, state), state, wish.at))]


def _grant(script: Script, state: State, wish: Wish) -> tuple[State, list[Effect]]:
    now = wish.at
    match wish.want, state.phase:
        case (Say(text=text), Ready() | Running() | Paused() | Late()):
            return _extra(state, Kind.SAID, now, text=_sayable(text))
        case (AskNext() as taken, Ready() | Running() | Paused()):
            return _take(script, state, taken, now), []
        case (Appoint() as appoint, Ready() | Running() | Paused() | Late()):
            return _appoint(state, appoint), []
        case (Start(), Ready()):
            return _open(script, state, now)
        case (Pause(), Running() as running):
            paused = replace(state, phase=Paused(running, since=now, touched=now))
            return _extra(paused, Kind.PAUSED, now)
        case (Resume(), Paused(running=running, since=since)):
            resumed = replace(state, phase=_moved(running, now - since))
            return _extra(
                resumed, Kind.RESUMED, now, question=_label(script, state), left=running.until - since
            )
        case (Next(), Running() | Paused() as phase):
            return _next(script, state, phase, now)
        case (MoreTime(time=time), Running() | Paused()):
            return _more_time(script, state, time, now)
        case (Repeat(), Running() | Paused()):
            return _repeat(script, state, now)
        case (End(), Running() | Paused()):
            return _close(script, state, now)
        case (Cancel(), Ready() | Running() | Paused()):
            return replace(state, phase=Over(cancelled=True), ended=now), []
        case _:
            raise Refusal(f"{describe(script, state, now)} {possible(state.phase)}")


def _extra(
    state: State,
    kind: Kind,
    now: datetime,
    *,
    question: str | None = None,
    text: str | None = None,
    left: timedelta | None = None,
) -> tuple[State, list[Effect]]:
    """Add a post that no script foresees, under a key of its own."""
    number = state.posts + 1
    post = Post(f"{kind}:{number}", kind, now, question=question, text=text, left=left)
    return replace(state, posts=number), [post]


def _next(script: Script, state: State, phase: Running | Paused, now: datetime) -> tuple[State, list[Effect]]:
    running = phase.running if isinstance(phase, Paused) else phase
    if running.floor + 1 == len(script.questions):
        raise Refusal(f"{script.questions[-1].name} is the last question. You can end the chat.")
    return _ask_next(script, state, now)


def _more_time(script: Script, state: State, time: timedelta, now: datetime) -> tuple[State, list[Effect]]:
    if not timedelta(0) < time <= MOST_MORE_TIME:
        raise Refusal("More time has to be more than nothing and at most 24 hours, such as 3 minutes.")
    paused = state.phase if isinstance(state.phase, Paused) else None
    running = running_in(state)
    if running is None:
        raise Refusal(possible(state.phase))
    moment = paused.since if paused else now
    until = (running.until if running.waiting else max(running.until, moment)) + time
    reminders = tuple(r for r in running.reminders if r.kind is not Kind.LAST_CALL)
    if running.floor >= 0:
        reminders += tuple(r for r in _last_call(script, running.since, until) if r.at > moment)
    extended = replace(running, until=until, reminders=reminders)
    phase = replace(paused, running=extended) if paused else extended
    return _extra(replace(state, phase=phase), Kind.MORE_TIME, now, question=_label(script, state), left=time)


def _repeat(script: Script, state: State, now: datetime) -> tuple[State, list[Effect]]:
    label = _label(script, state) or (script.intro.label if script.intro else None)
    if label is None:
        raise Refusal("No question has been asked yet.")
    return _extra(state, Kind.REPEAT, now, question=label)


def _label(script: Script, state: State) -> str | None:
    question = floor(script, state)
    return question.label if question else None


def _sayable(text: str) -> str:
    text = text.strip()
    if not text:
        raise Refusal("There is nothing to say. Write the text after the command.")
    _fits(text)
    return text


def _fits(text: str) -> None:
    """Refuse the text of a post that is longer than any room takes."""
    excess = length(text) - LONGEST_POST
    if excess > 0:
        raise Refusal(
            f"That makes a post of {length(text):,} characters; there is room for {LONGEST_POST:,}. Shorten it by {excess:,}."
        )


def _take(script: Script, state: State, taken: AskNext, now: datetime) -> State:
    """Put a question behind the one on the floor, under a label that no other has."""
    ask = taken.ask.strip()
    if not ask:
        raise Refusal("There is no question to ask.")
    if len(script.questions) >= MOST_QUESTIONS:
        raise Refusal(f"A chat has at most {MOST_QUESTIONS} questions.")
    labels = {question.label.casefold() for question in script.questions}
    label = next(
        name
        for name in ("Extra", *(f"Extra{n}" for n in range(2, MOST_QUESTIONS + 2)))
        if name.casefold() not in labels
    )
    running = running_in(state)
    place = running.floor + 1 if running else 0
    state = replace(state, taken=(*state.taken, Taken(place, label, ask, taken.by)))
    more = whole(script, state)
    _fits(compose(more, again(more.question(label), now)))
    return state


def _appoint(state: State, appoint: Appoint) -> State:
    others = tuple(person for person in state.co_hosts if person != appoint.person)
    return replace(state, co_hosts=(*others, appoint.person) if appoint.hosts else others)


def timetable(script: Script, start: datetime) -> Iterator[Post]:
    """Give all posts of a chat that nobody touches, each `at` its time, ending with the final recap."""
    state, effects = _open(script, begin(script, start), start)
    while True:
        for post in (e for e in effects if isinstance(e, Post)):
            yield post
            state = _posted(script, state, Posted(post.at, post.key, post.at))
        moment = due(state)
        if moment is None:
            return
        state, effects = advance(script, state, Tick(moment))
