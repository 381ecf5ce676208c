"""A whole hour of #MacroSW through the real command: recap and transcripts hold exactly what was said."""

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from statistics import median, quantiles

import pytest
import readers
from hour import HOSTS, MESSAGES, PEOPLE, Kept, Ref, Says, Step, draw, kept, question_name, sections
from piped import Holding, command, script, seen, sign, written
from readers import Best, Posted, Recap, Said, Transcript

#: The hour takes twelve seconds.
SPEED = 300
#: What people wait for each other is cut short, so that a slow machine is done with a question before the next one.
PACE = 1.5
SEED = 20150423

CONTROLS = {n: chr(0x2400 + n) for n in range(0x20)}
BIDI = dict.fromkeys((0x202E, 0x202C))
#: How each form shows what people write: as it is, or where something in it could act, without that.
SHOWN: dict[str, Callable[[str], str]] = {
    "json": lambda text: text,
    "jsonl": lambda text: text,
    "csv": lambda text: text,
    "html": lambda text: text.translate(CONTROLS),
    "md": seen,
    "txt": lambda text: "".join(seen(text).split()),
}


def expected_transcript(steps: Iterable[Step], found: Transcript) -> list[Said]:
    """Give what was said, as a transcript ought to show it.

    Talk belongs to the question that was on the floor, which the order of posts and messages tells.
    """
    steps = list(steps)
    found_floors: list[str] = []
    floor = ""
    for number, entry in enumerate(found):
        match entry:
            case Posted("question", name):
                floor = name.removeprefix("Q")
                _take_those_who_met_it(found[:number], found_floors, name)
            case Said():
                found_floors.append(floor)
    lasting = [message.id for message in kept(steps)]
    messages = kept(steps, _floors(steps, dict(zip(lasting, found_floors, strict=False))))
    return [_said(message, set(lasting)) for message in messages]


def _take_those_who_met_it(before: Transcript, floors: list[str], name: str) -> None:
    """Let talk belong to a question that was decided on but not yet shown, as happens where the machine is slow."""
    for back, entry in enumerate(reversed(before), 1):
        if not isinstance(entry, Said) or not (entry.under == name or entry.answers or entry.reply):
            return
        floors[-back] = name.removeprefix("Q") if entry.under == name else floors[-back]


def _floors(steps: Iterable[Step], found: Mapping[str, str]) -> dict[str, str]:
    """Give the floor of what was deleted as well: that of its neighbours, on which replies to it tell."""
    floors: dict[str, str] = {}
    said = [(step.deed.id, step.floor) for step in steps if isinstance(step.deed, Says)]
    for number, (id_, planned) in enumerate(said):
        before = found.get(id_) or next(reversed(floors.values()), planned)
        after = next((found[later] for later, _ in said[number:] if later in found), before)
        floors[id_] = planned if planned in (before, after) else before
    return floors


def _said(message: Kept, there: set[str]) -> Said:
    match message.reply_to:
        case Ref(id, who):
            reply = who if id in there else readers.GONE
        case str() as label:
            reply = question_name(label)
        case None:
            reply = ""
    return Said(
        message.who,
        message.text,
        tuple(map(question_name, message.answers)),
        question_name(message.under),
        reply,
        host=message.who in HOSTS,
        edited=message.edited,
        highlighted=message.highlighted,
        reactions=message.reactions,
        admirers=len(message.admirers),
    )


def recounted(said: list[Said]) -> Recap:
    """Count a recap from what was said, by hand as it were."""
    questions, talk = {}, {}
    for question in script().everything_asked:
        answers = [s for s in said if question.name in s.answers]
        lifted = [s for s in said if s.highlighted and not s.answers and s.under == question.name]
        worthy = [s for s in said if s in answers or s in lifted]
        shown = max(3, sum(s.highlighted for s in worthy))  # all that hosts chose
        best = [Best(s.who, s.text, s.highlighted, _liked(s)) for s in _ranked(worthy)[:shown]]
        questions[question.name] = (len(answers), len({s.who for s in answers}), best)
        other = [s for s in said if s.under == question.name and not s.answers]
        talk[question.name] = (len(other), len({s.who for s in other}))
    links: dict[str, tuple[str, str, str]] = {}
    sharers: dict[str, set[str]] = {}
    for s in said:
        for url in re.findall(r"https?://[^\s\"<>]+", s.text):
            url = url.removesuffix(")") if url.count(")") > url.count("(") else url  # noqa: PLW2901
            links.setdefault(url, (url, s.who, s.under))
            sharers.setdefault(url, set()).add(s.who)
    people = list(dict.fromkeys(s.who for s in said))
    return Recap(
        (len(people), len(said), sum(bool(s.answers) for s in said)),
        questions,
        list(links.values()),
        people,
        [len(each) for each in sharers.values()],
        talk,
    )


def _ranked(worthy: list[Said]) -> list[Said]:
    """Order what is worth showing: the hosts' choice, then everybody's best, then everybody's second, ….

    Of those that are equal in that the one with more admirers is before the other, and then the one that was first.
    """
    by_admirers = sorted(worthy, key=lambda s: (-s.highlighted, -s.admirers))  # stable: first come first
    turns: Counter[str] = Counter()
    ranked = []
    for s in by_admirers:
        ranked.append((0 if s.highlighted else 1 + turns[s.who], s))
        turns[s.who] += 1
    return [s for _, s in sorted(ranked, key=lambda each: each[0])]


def _liked(said: Said) -> int:
    return sum(number for _, number in said.reactions)


async def check_what_is_kept(db: Path, steps: list[Step]) -> Recap:
    """Read all transcripts and recaps of the chat back and compare them with the steps; give the recap."""
    found = readers.json_transcript(await written(db, "transcript", "last", "--format", "json"))
    expected = expected_transcript(steps, found)
    asked = [question.name for question in script().everything_asked]
    for form, reader in readers.TRANSCRIPTS.items():
        read = reader(await written(db, "transcript", "last", "--format", form))
        shown = SHOWN[form]
        said = [entry for entry in read if isinstance(entry, Said)]
        assert said == [replace(s, text=shown(s.text)) for s in expected], form
        posts = [entry for entry in read if isinstance(entry, Posted)]
        assert [post.question for post in posts if post.kind == "question"] == asked, form
        assert Counter(post.kind for post in posts) == KINDS, form
    recap = recounted(expected)
    themes: dict[str, int] = {}
    for form, recap_reader in readers.RECAPS.items():
        read_recap = recap_reader(await written(db, "recap", "last", "--format", form))
        assert read_recap == _shown(recap, SHOWN[form]), form
        assert read_recap.talk == recap.talk, form
        themes = themes or read_recap.themes
        assert read_recap.themes == themes, form
    assert themes
    assert min(themes.values()) > 1
    return recap


def _shown(recap: Recap, shown: Callable[[str], str]) -> Recap:
    questions = {
        name: (answers, people, [replace(b, text=shown(b.text)) for b in best])
        for name, (answers, people, best) in recap.questions.items()
    }
    return replace(recap, questions=questions)


#: How often the bot posts what in the hour, besides the recap, which is not part of what was said.
KINDS = {"welcome": 1, "housekeeping": 1, "question": 8, "follow-up": 1, "last-call": 7, "closing": 1}


async def test_the_hour_is_kept_as_it_was(tmp_path: Path) -> None:
    """60 people and 450 messages: each is acknowledged as what it is, and recap and transcripts hold exactly that."""
    steps = draw(script(), SEED)
    holding = Holding(steps, tmp_path / "hour.db", SPEED, PACE)
    async with asyncio.timeout(120):
        assert await holding.sit()
        for number, line in holding.acknowledged.items():
            assert line == (sign(steps[number]) or line)
        assert holding.done == len(steps)
        assert holding.posts == [dict.fromkeys(holding.asked, 1)]
        await check_what_is_kept(holding.db, steps)
    status, _, trouble = await command(holding.db, "recap", "nothing")
    assert (status, trouble.startswith("hashchat: No chat goes by 'nothing'")) == (1, True)


@pytest.mark.parametrize("seed", range(5))
def test_the_hour_is_like_a_real_one(seed: int) -> None:
    """The figures of the drawn hour are those that were counted in real ones."""
    hour = script()
    steps = draw(hour, seed)
    said = [(step, step.deed) for step in steps if isinstance(step.deed, Says)]
    assert len(said) == MESSAGES
    each = Counter(step.who for step, _ in said)
    assert (len(each), median(each.values())) == (PEOPLE, 6)
    assert max(each.values()) > 30
    in_a_minute = [sum(timedelta() <= b.at - a.at < timedelta(minutes=1) for b, _ in said) for a, _ in said]
    assert 13 <= max(in_a_minute) <= 22
    labelled = [(step, deed) for step, deed in said if deed.answers and not deed.reply_to]
    assert 0.26 <= len(labelled) / MESSAGES <= 0.36
    starts = {label: start for label, start, _ in sections(hour)}
    places = list(starts)
    behind = Counter(places.index(step.floor) - places.index(deed.answers[0]) for step, deed in labelled)
    assert 0.1 <= behind[1] / len(labelled) <= 0.25
    delays = [(step.at - starts[deed.answers[0]]) / timedelta(minutes=1) for step, deed in labelled]
    assert 3.5 <= median(delays) <= 6
    assert 9 <= quantiles(delays, n=10)[-1] <= 14
    assert steps == sorted(steps, key=lambda step: step.at)
    assert steps == draw(hour, seed)
