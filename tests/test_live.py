"""The live chat: clock, session, store and room together, from the welcome to the recap, through troubles and restarts."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from bot.answers import Purpose
from bot.live import amend
from bot.live.chat import LAST_POST
from bot.messages import (
    Author,
    Deed,
    Forgotten,
    Hidden,
    Highlighted,
    PersonHidden,
    Placed,
    Proposed,
    Reacted,
    Retracted,
    Said,
)
from bot.script.posts import Kind
from bot.session import (
    Appoint,
    AskNext,
    Cancel,
    End,
    Late,
    MoreTime,
    Next,
    Over,
    Pause,
    Paused,
    Ready,
    Refusal,
    Repeat,
    Resume,
    Running,
    Say,
    Start,
    point,
)
from bot.session.state import TAKEN_BACK
from bot.store import Changes, LeaseLost, Store, StoreError
from tests.chats import (
    ANA,
    BO,
    CY,
    HOST,
    HOUR,
    MINUTE,
    SCRIPT,
    SECOND,
    START,
    ManualClock,
    RecordingRoom,
    Stage,
    after,
    entries,
    message,
    stage,
)

COURSE = [
    "welcome",
    "housekeeping",
    "Q1",
    "Q1:last-call:1",
    "Q2",
    "Q2:last-call:2",
    "closing",
    "recap",
    "recap:final",
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "chats.db"


def raw(path: Path) -> bytes:
    """Give every byte that is on the disk."""
    return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))


async def begun(held: Stage, minutes: float = 2) -> None:
    """Start the chat, and let so many minutes go by: at 2, Q1 is on the floor."""
    await held.ask(Start())
    await held.until(after(minutes))


async def hear(held: Stage, *deeds: Deed) -> None:
    """Have several things done at once, and wait until they are kept and all that follows from them is done."""
    await asyncio.gather(*{held.live.hear(deed) for deed in deeds})
    await held.settled()


async def read(held: Stage) -> dict[str, tuple[tuple[str, ...], str | None]]:
    """Give what each message is kept as: the questions it answers, and where it is filed."""
    return {entry.id: (entry.answers, entry.under) for entry in await held.entries() if entry.author}


# The course ----------------------------------------------------------------------------------------------------------


async def test_the_whole_course(path: Path) -> None:
    """From the welcome to the final recap: every post once, in order, at its time, and then the run ends by itself."""
    async with stage(path) as held:
        await begun(held)
        await hear(held, Said(message("1", ANA, "A1 a helping hand", 2)))
        await held.until(after(200))
        await held.running
        room = held.room
        assert room.keys == COURSE
        assert [(room.posts[key].at - START) / MINUTE for key in COURSE] == [0, 0, 1, 9, 11, 19, 21, 21, 81]
        assert room.text("Q1") == "Q1: What brought you here?"
        recap = room.recaps[-1] if room.deliveries[-1].recap else None
        assert recap is not None
        assert (recap.people, recap.messages, recap.answers) == (1, 1, 1)
        assert (await held.store.chat(held.chat.id)).over
        assert [entry.kind for entry in await held.entries()] == [
            "welcome",
            "housekeeping",
            "question",
            "message",
            "last-call",
            "question",
            "last-call",
            "closing",
        ]


async def test_a_planned_chat_starts_by_itself(path: Path) -> None:
    """A chat with a time starts then, and one that was missed by hours waits for its host."""
    planned = SCRIPT + "starts: 2015-04-23 21:00\n"
    async with stage(path, script=planned, clock=ManualClock(after(-30))) as held:
        await held.until(after(1))
        assert held.room.keys == ["welcome", "housekeeping", "Q1"]
    async with stage(path.with_name("late.db"), script=planned, clock=ManualClock(after(-30))) as held:
        await held.settled()
        held.clock.advance(after(120))
        await held.settled()
        assert held.live.state.phase == Ready()
        assert held.room.keys == []
        await begun(held, 121)
        assert held.room.keys == ["welcome", "housekeeping", "Q1"]


async def test_the_laptop_slept(path: Path) -> None:
    """After hours of sleep one question is posted, and the next has its whole time."""
    async with stage(path) as held:
        await begun(held)
        held.clock.advance(after(500))
        await held.settled()
        assert held.room.keys == [*COURSE[:3], "Q2"]
        await held.until(after(509))
        assert held.room.keys == [*COURSE[:3], "Q2", "Q2:last-call:1"]


async def test_what_hosts_ask_for(path: Path) -> None:
    """Each wish is answered in words, a refusal with what can be done; what is posted follows."""
    async with stage(path) as held:
        with pytest.raises(Refusal, match="You can start it"):
            await held.ask(Pause())
        assert await held.ask(Start()) == "Welcome, 1:00 left."
        await held.until(after(2))
        assert held.live.describe() == "Q1 (1 of 2), 9:00 left."
        assert await held.ask(MoreTime(2 * MINUTE)) == "Q1 (1 of 2), 11:00 left."
        assert await held.ask(Pause()) == "Paused at Q1 (1 of 2) with 11:00 left."
        await held.ask(Repeat())
        await held.ask(Resume())
        await held.ask(Say("Hello {hashtag}"))
        assert (
            await held.ask(Next(), about=point(held.live.script, held.live.state))
            == "Q2 (2 of 2), 10:00 left."
        )
        assert "moved on" in await held.ask(Next(), about="Q1")
        await held.ask(End())
        await held.settled()
        assert held.room.keys[3:] == [
            "more-time:1", "paused:2", "repeat:3", "resumed:4", "said:5", "Q2", "closing", "recap",
        ]  # fmt: skip
        assert held.room.text("said:5") == "Hello {hashtag}"
        assert isinstance(held.live.state.phase, Late)


async def test_a_double_click(path: Path) -> None:
    """The same wish twice at once is done once, and both who wait are answered."""
    async with stage(path) as held:
        await begun(held)
        answers = await asyncio.gather(*(held.ask(Next(), id="click") for _ in range(2)))
        assert answers[0] == "Q2 (2 of 2), 10:00 left."
        assert answers[1].startswith("That has been done already.")


async def test_cancelled(path: Path) -> None:
    """A cancelled chat ends at once, without a recap."""
    async with stage(path) as held:
        await begun(held)
        await held.ask(Cancel())
        await held.running
        assert held.room.keys == COURSE[:3]


# What people do ------------------------------------------------------------------------------------------------------


class Slow(Store):
    """A store whose commits can be held up."""

    gate: asyncio.Event

    def commit(self, changes: Changes) -> asyncio.Future[None]:
        async def later() -> None:
            await self.gate.wait()
            await super(Slow, self).commit(changes)

        return asyncio.ensure_future(later())


async def test_kept_before_it_is_acknowledged(path: Path) -> None:
    """Nothing is acknowledged, answered or posted before it is on the disk."""
    Slow.gate = asyncio.Event()
    Slow.gate.set()
    async with stage(path, kind=Slow) as held:
        await begun(held)
        Slow.gate.clear()
        kept = held.live.hear(Said(message("1", ANA, "A1 hello")))
        asked = asyncio.ensure_future(held.ask(Say("hi")))
        for _ in range(50):
            await asyncio.sleep(0)
        assert not kept.done()
        assert not asked.done()
        assert held.room.acknowledged == []
        assert "said:1" not in held.room.keys
        assert not any(entry.author for entry in await held.entries())
        Slow.gate.set()
        await kept
        assert [entry.id for entry in await held.entries() if entry.author] == ["1"]
        await asked
        await held.settled()
        assert [each.id for each, _ in held.room.acknowledged] == ["1"]
        assert "said:1" in held.room.keys


async def test_a_batch_shares_one_future(path: Path) -> None:
    """All that is heard before it is taken in waits for the same commit; the next batch has a future of its own."""
    async with stage(path) as held:
        await begun(held)
        futures = {held.live.hear(Said(message(str(n), ANA, "A1"))) for n in range(100)}
        assert len(futures) == 1
        await futures.pop()
        assert len(held.room.acknowledged) == 100
        assert held.live.hear(Retracted("1")) not in futures


async def test_replies_and_continuations(path: Path) -> None:
    """What a message replies to, and what its author answered before, is known from the same batch and from earlier."""
    batch = [
        Said(message("a", ANA, "A1 a part 1/2", 2)),
        Said(message("b", ANA, "and 2/2", 3)),
        Said(message("c", BO, "why?", 3.1, reply_to="a")),
        Said(message("d", CY, "no label", 3.2, reply_to="post:Q1")),
        Said(message("e", CY, "thanks", 3.3, reply_to="post:welcome")),
    ]
    expected = {
        "a": (("1",), "1"),
        "b": (("1",), "1"),
        "c": ((), "1"),
        "d": (("1",), "1"),
        "e": ((), "1"),
    }
    async with stage(path) as held:
        await begun(held)
        await hear(held, *batch)
        assert await read(held) == expected
        await held.until(after(12))
        later = [
            Said(message("f", BO, "and 2/2", 12)),
            Said(message("g", BO, "yes", 12.2, reply_to="c")),
            Said(message("h", BO, "so", 12.3, reply_to="d")),
            Said(message("i", BO, "A1 and late", 12.4, reply_to="post:Q2")),
            Said(message("j", BO, "mine", 12.5, reply_to="post:Q2")),
            Said(message("k", BO, "hm", 12.6)),
            Said(message("l", BO, "hm", 12.7, reply_to="nowhere")),
        ]
        for each in later:
            await hear(held, each)
        now = await read(held)
        assert {id_: now[id_] for id_ in "fghijkl"} == {
            "f": ((), "2"),
            "g": ((), "1"),
            "h": ((), "1"),
            "i": (("1",), "1"),
            "j": (("2",), "2"),
            "k": ((), "2"),
            "l": ((), "2"),
        }


async def test_a_reply_to_a_repeated_question_answers_it(path: Path) -> None:
    """A repeat's post is as good as the question's own."""
    async with stage(path) as held:
        await begun(held)
        await held.ask(Repeat())
        await held.settled()
        await hear(held, Said(message("1", ANA, "me too", 2, reply_to="post:repeat:1")))
        assert await read(held) == {"1": (("1",), "1")}


async def test_read_late_is_read_by_when_it_was_written(path: Path) -> None:
    """What comes late counts by its own time: not for what was asked after it, and under what was then on the floor."""
    async with stage(path) as held:
        await begun(held, 12)
        await hear(
            held,
            Said(message("early", ANA, "A2 before it was asked", 10)),
            Said(message("floor", ANA, "hm", 9)),
            Said(message("nothing yet", ANA, "hello", 0.5)),
        )
        assert await read(held) == {"early": ((), "1"), "floor": ((), "1"), "nothing yet": ((), None)}


async def test_edited(path: Path) -> None:
    """An edit is read anew, and so is what hangs on the message; an older version changes nothing."""
    async with stage(path) as held:
        await begun(held, 12)
        await hear(
            held,
            Said(message("a", ANA, "A2 my answer (1/2)", 12)),
            Said(message("b", ANA, "with more (2/2)", 12.5)),
            Said(message("c", BO, "nice", 13, reply_to="a")),
            Said(message("d", CY, "indeed", 14, reply_to="c")),
        )
        assert (await read(held))["d"] == ((), "2")
        await hear(held, Said(message("a", ANA, "A1 my answer (1/2)", 12, version=2, edited_at=after(15))))
        assert await read(held) == {"a": (("1",), "1"), "b": (("1",), "1"), "c": ((), "1"), "d": ((), "1")}
        await hear(held, Said(message("a", ANA, "A2 older", 12, version=1, edited_at=after(14))))
        assert (await read(held))["a"] == (("1",), "1")
        assert [entry.text for entry in await held.entries() if entry.id == "a"] == ["A1 my answer (1/2)"]


async def test_a_late_arrival_moves_what_hangs_on_it(path: Path) -> None:
    """A reply or a second part that came before its original is read again once that arrives, in whatever batch."""
    original = Said(message("a", ANA, "A1 late, sorry (1/2)", 12))
    follow = [
        Said(message("b", ANA, "so much more (2/2)", 12.5)),
        Said(message("c", BO, "nice", 13, reply_to="a")),
        Said(message("d", CY, "indeed", 14, reply_to="c")),
    ]
    for name, batches in (
        ("one", [[*follow, original]]),
        ("two", [follow, [original]]),
        ("each", [[d] for d in (*follow, original)]),
    ):
        async with stage(path.with_name(name)) as held:
            await begun(held, 12)
            for batch in batches:
                await hear(held, *batch)
            assert await read(held) == {
                "a": (("1",), "1"),
                "b": (("1",), "1"),
                "c": ((), "1"),
                "d": ((), "1"),
            }


async def test_heard_again(path: Path) -> None:
    """What is read again by catching up changes nothing, not even how replies to it are filed."""
    async with stage(path) as held:
        await begun(held, 12)
        first = Said(message("a", ANA, "A2 hello", 12))
        await hear(held, first)
        assert await held.live.ask(Placed("a", ANA, ("1",)), by=ANA) == "Counts for Q1."
        await hear(held, Said(message("b", BO, "A1", 12.5)), first)
        await hear(held, Said(message("c", BO, "nice", 13, reply_to="a")))
        await hear(held, Said(message("a", ANA, "A2 hello!", 12, version=1, edited_at=after(14))))
        assert await read(held) == {"a": (("1",), "1"), "b": (("1",), "1"), "c": ((), "1")}
        assert held.room.acknowledged[-1][1].answers == ("1",)


async def test_what_counts_is_told_where_that_is_new(path: Path) -> None:
    """The room is told of messages that count from now on, or no longer, also of those from before a restart; never of talk."""

    def told(held: Stage) -> list[tuple[str, bool]]:
        news, held.room.news = held.room.news, []
        return [each for one in news for each in one.counting.items()]

    first = Said(message("a", ANA, "A1 my answer (1/2)", 2))
    async with stage(path) as held:
        await begun(held, 12)
        await hear(
            held, first, Said(message("b", ANA, "with more (2/2)", 2.5)), Said(message("c", BO, "hm", 3))
        )
        assert told(held) == [("a", True), ("b", True)]
        await hear(held, first, Said(message("c", BO, "hm!", 3, version=1)))
        await hear(held, Said(message("a", ANA, "A1 an answer (1/2)", 2, version=1)))
        assert told(held) == []
        for labels, counts in ((("1",), True), ((), False)):
            await held.live.ask(Placed("c", BO, labels), by=BO)
            await held.settled()
            assert told(held) == [("c", counts)]
    async with stage(path, room=held.room, clock=held.clock) as held:
        await hear(held, Said(message("a", ANA, "never mind", 2, version=2)))
        assert told(held) == [("a", False), ("b", False)]


async def test_deleted(path: Path) -> None:
    """A deleted message is gone, also when it is deleted before it is heard, and its creation brings nothing back."""
    async with stage(path) as held:
        await begun(held)
        await hear(held, Said(message("1", ANA, "A1 oops")), Said(message("2", ANA, "A1 fine")))
        await hear(held, Retracted("1"), Retracted("3"))
        await hear(held, Said(message("3", ANA, "A1 oops")), Said(message("1", ANA, "A1 oops", version=1)))
        await hear(held, Said(message("4", BO, "what?", 3, reply_to="1")))
        assert list(await read(held)) == ["2", "4"]


@pytest.mark.parametrize("how", ["at once", "in turn", "after a restart"])
async def test_deleted_before_it_is_heard(path: Path, how: str) -> None:
    """The creation of a message whose deletion came first is not acknowledged, however new it is."""
    creation = Said(message("1", ANA, "A1 oops", 3))
    async with stage(path) as held:
        await begun(held)
        await hear(held, Said(message("0", BO, "hello", 2)))
        if how == "at once":
            await hear(held, Retracted("1"), creation)
        else:
            await hear(held, Retracted("1"))
        if how == "in turn":
            await hear(held, creation)
    async with stage(path, room=held.room, clock=held.clock) as held:
        if how == "after a restart":
            await hear(held, creation)
        assert [said.id for said, _ in held.room.acknowledged] == ["0"]
        with pytest.raises(Refusal, match="not part of this chat"):
            await held.live.ask(Placed("1", ANA, ("1",)), by=ANA)
        assert list(await read(held)) == ["0"]


async def test_the_rest_of_an_answer_whose_beginning_is_deleted(path: Path) -> None:
    """The second part of an answer goes on answering, and a reply stays where it was, when what they followed is deleted."""
    async with stage(path) as held:
        await begun(held)
        await hear(held, Said(message("1", ANA, "A1 one (1/2)", 2)))
        await hear(held, Said(message("2", ANA, "and two (2/2)", 2.1)))
        await held.until(after(12))
        await hear(held, Said(message("3", BO, "oh", 12, reply_to="1")))
        before = await read(held)
        assert (before["2"], before["3"]) == ((("1",), "1"), ((), "1"))
        await hear(held, Retracted("1"))
        assert await read(held) == {id_: before[id_] for id_ in ("2", "3")}


async def test_words_that_can_be_read_no_longer(path: Path) -> None:
    """A message changed into what cannot be read loses its words and counts no more; a later version brings it back."""
    async with stage(path) as held:
        await begun(held)
        await hear(held, Said(message("1", ANA, "A1 one", 2)), Said(message("2", BO, "A1 two", 3, version=9)))
        held.room.news.clear()
        await hear(held, Retracted("1", 5), Retracted("2", 8), Retracted("3", 5))
        assert list(await read(held)) == ["2"]
        counting = [(id_, on) for each in held.room.news for id_, on in each.counting.items()]
        assert counting == [("1", False)]
        with pytest.raises(Refusal, match="not part of this chat"):
            await held.live.ask(Placed("1", ANA, ("1",)), by=ANA)
        await hear(held, Said(message("1", ANA, "A1 one", 2)))
        assert list(await read(held)) == ["2"]
        await hear(held, Said(message("1", ANA, "A1 uno", 2, version=6)))
        assert (await read(held))["1"] == (("1",), "1")
        (entry,) = [each for each in await held.entries() if each.id == "1"]
        assert (entry.text, entry.author) == ("A1 uno", ANA)
        await hear(held, Retracted("1"), Said(message("1", ANA, "A1 again", 2, version=7)))
        assert list(await read(held)) == ["2"]


async def test_reactions(path: Path) -> None:
    """Reactions are counted, and taken off again."""
    async with stage(path) as held:
        await begun(held)
        await hear(held, Said(message("1", ANA, "A1 hello")), Reacted("1", BO, "❤"), Reacted("1", CY, "❤"))
        await hear(held, Reacted("1", CY, "❤", on=False))
        assert [entry.reactions for entry in await held.entries() if entry.author] == [{"❤": 1}]


async def test_placed(path: Path) -> None:
    """Its author or a host says what a message answers; that stands, and replies follow; others are refused."""
    async with stage(path) as held:
        await begun(held, 12)
        await hear(
            held,
            Said(message("1", ANA, "forgot the label", 12)),
            Said(message("2", BO, "ha", 13, reply_to="1")),
        )
        ask = held.live.ask
        with pytest.raises(Refusal, match="Only its author or a host"):
            await ask(Placed("1", BO, ("1",)), by=BO)
        with pytest.raises(Refusal, match=r"has not been asked\. Asked so far: Q1, Q2\."):
            await ask(Placed("1", ANA, ("7",)), by=ANA)
        with pytest.raises(Refusal, match="not part of this chat"):
            await ask(Placed("9", ANA, ("1",)), by=ANA)
        assert await ask(Placed("1", ANA, ("1",)), by=ANA) == "Counts for Q1."
        await held.settled()
        assert await read(held) == {"1": (("1",), "1"), "2": ((), "1")}
        await hear(held, Said(message("1", ANA, "A2 now with a label", 12, version=1, edited_at=after(15))))
        assert (await read(held))["1"] == (("1",), "1")
        assert await ask(Placed("1", HOST, ("1", "2")), by=HOST) == "Counts for Q1 and Q2."
        assert await ask(Placed("1", HOST, ()), by=HOST) == "Counts for no question."
        assert (await read(held))["1"] == ((), "1")


async def test_said_and_placed_at_once(path: Path) -> None:
    """A message can be placed, highlighted and hidden in the batch in which it is said."""
    async with stage(path) as held:
        await begun(held)
        await hear(held, Said(message("1", ANA, "hm")), Placed("1", ANA, ("1",)), Highlighted("1", HOST))
        (entry,) = [entry for entry in await held.entries() if entry.author]
        assert (entry.answers, entry.highlighted) == (("1",), True)


@pytest.mark.parametrize(
    "deed",
    [Highlighted("1", ANA), Hidden("1", ANA), PersonHidden("ana", ANA)],
    ids=lambda deed: type(deed).__name__,
)
async def test_only_hosts_lift_out_and_hide(path: Path, deed: Highlighted | Hidden | PersonHidden) -> None:
    """Highlighting and hiding are for hosts; co-hosts are hosts."""
    async with stage(path) as held:
        await begun(held)
        await hear(held, Said(message("1", ANA, "A1 hello")))
        before = await held.entries()
        with pytest.raises(Refusal, match="Only a host"):
            await held.live.ask(deed, by=ANA)
        await hear(held, deed)
        assert await held.entries() == before
        await held.ask(Appoint("ana", "Ana"))
        assert await held.live.ask(deed, by=ANA)
        assert await held.entries() != before


async def test_hidden_and_shown(path: Path) -> None:
    """What is hidden is not in the recap, and can be shown again."""
    async with stage(path) as held:
        await begun(held)
        await hear(held, Said(message("1", ANA, "A1 hello")), Said(message("2", BO, "A1 spam")))
        assert await held.ask(Hidden("2", HOST)) == "Hidden from all that is published."
        assert (await held.live.recap()).messages == 1
        assert await held.ask(Hidden("2", HOST, on=False)) == "Shown again."
        assert await held.ask(PersonHidden("bo", HOST)) == "Hidden from all that is published."
        assert (await held.live.recap()).people == 1
        assert await held.ask(PersonHidden("bo", HOST, on=False)) == "Shown again."
        assert await held.ask(Highlighted("1", HOST)) == "Highlighted."
        assert await held.ask(Highlighted("1", HOST, on=False)) == "No longer highlighted."
        assert (await held.live.recap()).messages == 2


async def test_hidden_once_it_is_over(path: Path) -> None:
    """In a chat that nobody runs any more hosts can still hide, and nobody else can, nor what was not said in it."""
    async with stage(path) as held:
        await begun(held)
        await hear(held, Said(message("1", ANA, "A1 hello")), Said(message("2", BO, "A1 spam")))
        await held.ask(Cancel())
        await held.stop()
        chat = await held.store.hold(held.chat.id)
        for deed, by in (("2", ANA), ("3", HOST)):
            with pytest.raises(Refusal):
                await amend(chat, held.store, Hidden(deed, by))
        assert await amend(chat, held.store, Hidden("2", HOST)) == "Hidden from all that is published."
        assert (
            await amend(chat, held.store, PersonHidden("ana", HOST)) == "Hidden from all that is published."
        )
        assert (await held.store.recap(chat)).messages == 0
        assert await amend(chat, held.store, Hidden("2", HOST, on=False)) == "Shown again."
        assert (await held.store.recap(chat)).messages == 1


async def test_forgotten(path: Path) -> None:
    """Who asks to be forgotten is told what can and what cannot be reached; nothing of theirs is kept from then on."""
    async with stage(path) as held:
        await begun(held)
        await hear(
            held, Said(message("1", ANA, "A1 hello")), Said(message("2", BO, "A1 hi")), Reacted("2", ANA, "❤")
        )
        told = await held.live.ask(Forgotten("ana"), by=ANA)
        assert "nothing of theirs is kept" in told
        assert "cannot be reached" in told
        with pytest.raises(Refusal, match="You asked to be forgotten"):
            await held.live.ask(Said(message("3", ANA, "A1 me again")), by=ANA)
        acknowledged = len(held.room.acknowledged)
        await hear(held, Said(message("1", ANA, "A1 hello")), Reacted("2", ANA, "❤"))
        assert len(held.room.acknowledged) == acknowledged
    async with stage(path, room=held.room, clock=held.clock) as held:
        await hear(held, Said(message("1", ANA, "A1 hello")), Reacted("2", ANA, "👍"))
        assert [(entry.id, entry.reactions) for entry in await held.entries() if entry.author] == [("2", {})]


async def test_a_forgotten_persons_questions_and_rights(path: Path) -> None:
    """Who is forgotten hosts no longer; of the questions taken from them, one to come goes, and one asked loses its words.

    Not a byte of it is left, also not of a post that was on its way; what others answered stays what it was.
    """
    zoe = Author("zoe-7", "Zoe")
    async with stage(path) as held:
        await begun(held)
        await held.ask(Appoint(zoe.id, zoe.name))
        await held.live.ask(MoreTime(MINUTE), by=zoe, id="zoe-7.wish")
        for n, ask in enumerate(("Why quaggas?", "Where quaggas?")):
            await held.live.ask(Proposed(f"zoe-7.{n}", zoe, ask, after(2)), by=zoe)
            await held.ask(AskNext(ask, zoe.id), id=f"take.zoe-7.{n}")
        await hear(
            held,
            Said(message("zoe-7.m", zoe, "A1 quaggas", 2)),
            Said(message("2", BO, "oh", 2.1, reply_to="zoe-7.m")),
        )
        await held.live.ask(Placed("2", zoe, ("1",)), by=zoe)
        await held.ask(Next())
        await held.settled()
        held.clock.advance(after(3))
        await hear(held, Said(message("3", BO, "Extra2: there", 3)))
        held.room.open.clear()
        await held.ask(Repeat())
        await held.room.busy.wait()
        assert b"quaggas" in raw(path)
        told = await held.live.ask(Forgotten(zoe.id), by=zoe)
        held.room.open.set()
        await held.settled()
        assert "taken back" in told
        assert held.room.news[-2].entries | held.room.news[-1].entries >= {"post:Extra2"}
        assert [question.label for question in held.live.script.questions] == ["1", "Extra2", "2"]
        assert held.live.script.question("Extra2").ask == TAKEN_BACK
        assert [entry.text for entry in await held.entries() if entry.under == "Extra2" and not entry.author] == [
            f"Extra2: {TAKEN_BACK}", f"Once more, Extra2: {TAKEN_BACK}",
        ]  # fmt: skip
        assert await read(held) == {"2": (("1",), "1"), "3": (("Extra2",), "Extra2")}
        with pytest.raises(Refusal, match="Only a host"):
            await held.live.ask(Pause(), by=zoe)
        await held.ask(Next())
        await held.settled()
        assert held.room.keys[-1] == "Q2"
    data = raw(path)
    assert not any(word in data for word in (b"quagga", b"Zoe", b"zoe-7"))


async def test_said_and_forgotten_at_once(path: Path) -> None:
    """In one batch, what is said before and after asking to be forgotten is gone."""
    async with stage(path) as held:
        await begun(held)
        said = [Said(message(str(n), ANA, "A1 hello")) for n in range(2)]
        await hear(held, said[0], Forgotten("ana"), said[1])
        assert await read(held) == {}


# Troubles ------------------------------------------------------------------------------------------------------------


async def full(held: Stage, pages: int) -> None:
    """Have the disk full, or (many pages) not."""
    await held.store._writer.run(lambda db: db.execute(f"PRAGMA max_page_count = {pages}").fetchall())


async def test_a_full_disk(path: Path) -> None:
    """It is said once in words, nothing is acknowledged, the chat pauses, and goes on when there is room again."""
    async with stage(path) as held:
        await begun(held)
        await full(held, 1)
        long = [Said(message(str(n), ANA, "A1 " + "long " * 200)) for n in range(200)]
        for _ in range(2):
            for deed in long:
                kept = held.live.hear(deed)
            with pytest.raises(StoreError, match="The disk is full"):
                await kept
        with pytest.raises(StoreError, match="The disk is full"):
            await asyncio.gather(
                held.live.ask(long[0], by=ANA), *(held.live.ask(deed, by=ANA) for deed in long)
            )
        assert held.room.acknowledged == []
        assert await read(held) == {}
        assert len(held.room.reports) == 1
        assert held.room.reports[0].startswith("The disk is full: nothing more can be kept in ")
        await full(held, 1_000_000)
        held.clock.advance(held.clock.now() + 5 * SECOND)
        await held.settled()
        assert isinstance(held.live.state.phase, Paused)
        assert held.room.reports[1:] == ["What happens is kept again. Paused at Q1 (1 of 2) with 9:00 left."]
        assert held.room.keys[-1] == "paused:1"
        await hear(held, *long)
        assert len(held.room.acknowledged) == 200
        await held.ask(Resume())
        await held.until(after(12))
        assert "Q2" in held.room.keys


async def test_time_stands_still_while_nothing_can_be_kept(path: Path) -> None:
    """However long it takes, the question on the floor has as much time left as when the trouble began."""
    async with stage(path) as held:
        await begun(held)
        await held.store._writer.run(lambda db: db.execute("PRAGMA query_only = ON"))
        for minute in range(2, 32):
            held.clock.advance(after(minute))
            with pytest.raises(StoreError, match="cannot be written to"):
                await held.ask(Say("Sorry!"))
            assert held.live.describe() == (
                "Q1 (1 of 2), 9:00 left. It stands still until what happens can be kept again."
            )
        await held.store._writer.run(lambda db: db.execute("PRAGMA query_only = OFF"))
        held.clock.advance(after(32))
        await held.settled()
        assert held.live.describe() == "Paused at Q1 (1 of 2) with 9:00 left."
        await held.ask(Resume())
        await held.until(after(42))
        assert held.room.keys[3:] == ["paused:1", "resumed:2", "Q1:last-call:3", "Q2"]


async def test_a_post_reported_while_the_disk_is_full(path: Path) -> None:
    """That a post is in the room is not forgotten while nothing can be kept, and the post is not sent again."""
    async with stage(path) as held:
        held.room.open.clear()
        await held.ask(Start())
        await held.room.busy.wait()
        await held.store._writer.run(lambda db: db.execute("PRAGMA query_only = ON"))
        held.room.open.set()
        await held.room.told.wait()
        assert "cannot be written to" in held.room.reports[0]
        await held.store._writer.run(lambda db: db.execute("PRAGMA query_only = OFF"))
        held.clock.advance(after(1))
        await held.settled()
        assert held.room.keys == ["welcome", "housekeeping", "paused:1"]
        await held.ask(Resume())
        await held.until(after(3))
        assert held.room.keys == ["welcome", "housekeeping", "paused:1", "resumed:2", "Q1"]


async def test_forgetting_that_could_not_be_kept(path: Path) -> None:
    """Where forgetting fails, its asker is told, and is not treated as forgotten."""
    async with stage(path) as held:
        await begun(held)
        await held.store._writer.run(lambda db: db.execute("PRAGMA query_only = ON"))
        with pytest.raises(StoreError):
            await held.live.ask(Forgotten("ana"), by=ANA)
        await held.store._writer.run(lambda db: db.execute("PRAGMA query_only = OFF"))
        await hear(held, Said(message("1", ANA, "A1 hello")))
        assert list(await read(held)) == ["1"]


async def test_a_record_that_cannot_be_read(path: Path) -> None:
    """What cannot be looked up is a trouble in words like any other, and passes like any other."""
    async with stage(path) as held:
        await begun(held)
        await held.store.reader.execute("ALTER TABLE messages RENAME TO mislaid")
        with pytest.raises(StoreError, match="no such table"):
            await asyncio.gather(
                held.live.hear(Said(message("1", ANA, "hm", reply_to="0"))),
                held.live.ask(Highlighted("0", HOST), by=HOST),
            )
        await held.store.reader.execute("ALTER TABLE mislaid RENAME TO messages")
        await hear(held, Said(message("1", ANA, "hm", reply_to="0")))
        assert list(await read(held)) == ["1"]


async def test_a_room_that_fails(path: Path) -> None:
    """Posts are tried again after growing waits, in order and once; the hosts are told; the question's time waits."""
    async with stage(path) as held:
        held.room.failures = 7
        await held.ask(Start())
        while held.room.failures:
            held.room.told.clear()
            if (coming := held.clock.next()) and coming > held.clock.now():
                held.clock.advance(coming)
            await held.room.told.wait()
        assert [report.split(". ")[1] for report in held.room.reports] == [
            f"Trying again in {seconds} s." for seconds in (1, 2, 4, 8, 16, 30, 30)
        ]
        held.clock.advance(held.clock.now() + 30 * SECOND)
        await held.settled()
        assert held.room.keys == ["welcome", "housekeeping"]
        shown = held.clock.now()
        assert shown == START + 91 * SECOND
        await held.until(shown + 59 * SECOND)
        assert "Q1" not in held.room.keys
        await held.until(shown + MINUTE)
        assert held.room.keys == ["welcome", "housekeeping", "Q1"]


async def test_what_is_kept_has_words_where_the_room_has_its_own_writing(path: Path) -> None:
    """A room gets times as it writes them itself; the transcript has them in words, which mean something anywhere."""
    script = SCRIPT + "next: 2015-05-14 21:00\n"
    clock = ManualClock()
    room = RecordingRoom(clock)
    room.moment = lambda at: f"<t:{at.timestamp():.0f}:F>"
    async with stage(path, clock=clock, room=room, script=script) as held:
        await held.ask(Start())
        await held.ask(End())
        await held.settled()
        (closing,) = [entry for entry in await held.entries() if entry.kind == Kind.CLOSING]
    assert "<t:1431637200:F>" in room.text("closing")
    assert "<t:" not in closing.text
    assert "14 May 2015" in closing.text


async def test_a_room_that_is_slow_moves_what_follows(path: Path) -> None:
    """A question that was long on its way has its whole time from when the room showed it."""
    async with stage(path) as held:
        await begun(held, 0.5)
        held.room.busy.clear()
        held.room.open.clear()
        held.clock.advance(after(1))
        await held.room.busy.wait()
        held.clock.advance(after(4))
        held.room.open.set()
        await held.until(after(13.9))
        assert held.room.keys[-1] == "Q1:last-call:1"
        await held.until(after(14))
        assert held.room.keys[-1] == "Q2"


@pytest.mark.parametrize("skew", [-HOUR, -3 * SECOND, 3 * SECOND, HOUR])
async def test_a_room_with_a_clock_of_its_own(path: Path, skew: object) -> None:
    """A room's clock that is ahead or behind changes when a question was asked, not when the next one comes."""
    room = RecordingRoom(clock := ManualClock())
    room.skew = skew  # type: ignore[assignment]
    async with stage(path, clock=clock, room=room) as held:
        await begun(held, 1)
        await held.ask(Say("hello"))
        await held.until(after(10.9))
        assert "Q2" not in room.keys
        await held.until(after(11))
        assert room.keys[-1] == "Q2"
        assert held.live.state.asked[0].at == after(1) + skew  # type: ignore[operator]


async def test_an_unexpected_mistake_ends_the_run(path: Path) -> None:
    """A mistake in a room is not swallowed: the run ends with it, and who waits is told."""

    class Broken(RecordingRoom):
        async def deliver(self, delivery: object) -> object:  # type: ignore[override]
            raise ZeroDivisionError

    room = Broken(clock := ManualClock())
    async with stage(path, room=room, clock=clock) as held:
        await held.ask(Start())
        with pytest.raises(ZeroDivisionError):
            await held.running
        with pytest.raises(StoreError, match="no longer runs here"):
            await held.ask(Pause())


# Stopping and going on -----------------------------------------------------------------------------------------------


async def test_stop_while_a_post_is_under_way(path: Path) -> None:
    """A post that is on its way when the chat is stopped arrives and is known to have; the rest goes out next time."""
    async with stage(path) as held:
        held.room.open.clear()
        await held.ask(Start())
        await held.room.busy.wait()
        held.live.stop()
        for _ in range(20):
            await asyncio.sleep(0)
        assert not held.running.done()
        held.room.open.set()
        await held.running
        assert held.room.keys == ["welcome"]
        shown = await held.store.record(held.chat).posts_shown()
        assert [post.key for post in shown] == ["welcome"]
    async with stage(path, room=held.room, clock=held.clock) as held:
        await held.until(after(1))
        assert held.room.keys == ["welcome", "housekeeping", "Q1"]


async def test_stop_while_a_post_fails(path: Path) -> None:
    """A post that fails when the chat is being stopped is not tried again here: that is for the next time."""
    async with stage(path) as held:
        held.room.open.clear()
        await held.ask(Start())
        await held.room.busy.wait()
        held.room.failures = 1
        held.live.stop()
        held.room.open.set()
        async with asyncio.timeout(LAST_POST - 1):
            await held.running
        assert held.room.keys == []
    async with stage(path, room=held.room, clock=held.clock) as held:
        await held.until(after(1))
        assert held.room.keys == ["welcome", "housekeeping", "Q1"]


async def test_cut_short(path: Path) -> None:
    """Where a run is cut short, the post under way is the last one that goes out."""
    async with stage(path) as held:
        held.room.open.clear()
        await held.ask(Start())
        await held.room.busy.wait()
        held.running.cancel()
        for _ in range(20):
            await asyncio.sleep(0)
        held.room.open.set()
        with suppress(asyncio.CancelledError):
            await held.running
        assert held.room.keys == ["welcome"]


async def test_cut_short_while_it_stops(path: Path) -> None:
    """Where a run is cut short while its last post is under way, that post does not go on by itself."""
    async with stage(path) as held:
        held.room.open.clear()
        await held.ask(Start())
        await held.room.busy.wait()
        held.live.stop()
        for _ in range(20):
            await asyncio.sleep(0)
        held.running.cancel()
        with suppress(asyncio.CancelledError):
            await held.running
        assert not [task for task in asyncio.all_tasks() if task.get_name().endswith(": posts")]


async def test_going_on(path: Path) -> None:
    """Stopped anywhere, the chat goes on where it was: same posts, same readings, nothing twice."""
    clock = ManualClock()
    room = RecordingRoom(clock)
    stops = [0, 0.5, 1, 2, 9.5, 12, 20, 21, 50]
    async with stage(path, clock=clock, room=room) as held:
        await held.ask(Start())
    for minutes in stops:
        async with stage(path, clock=clock, room=room) as held:
            await held.until(after(minutes))
            await hear(held, Said(message(f"{minutes}", ANA, "A1 hello", minutes)))
    async with stage(path, clock=clock, room=room) as held:
        await held.until(after(100))
        await held.running
        assert room.keys == COURSE
        counted = await read(held)
        assert [counted[f"{minutes}"][0] for minutes in stops] == [(), (), *[("1",)] * 7]


async def test_a_process_that_was_down_for_a_while(path: Path) -> None:
    """Down in the middle of a question, the chat goes on with what is left, or with one question where time was up."""
    async with stage(path) as held:
        await begun(held)
    held.clock.advance(after(5))
    async with stage(path, room=held.room, clock=held.clock) as held:
        await held.until(after(9))
        assert held.room.keys[-1] == "Q1:last-call:1"
    held.clock.advance(after(60))
    async with stage(path, room=held.room, clock=held.clock) as held:
        await held.settled()
        assert held.room.keys[-1] == "Q2"
        await held.until(after(70))
        assert held.room.keys == [*COURSE[:4], "Q2", "Q2:last-call:2", "closing", "recap"]


async def test_the_clock_waits_for_what_was_missed(path: Path) -> None:
    """Nothing ends by the clock before the room has told what happened meanwhile, however late it is; then all goes on."""
    async with stage(path) as held:
        await begun(held, 22)
        assert isinstance(held.live.state.phase, Late)
    held.clock.advance(after(90))
    held.room.caught_up.clear()
    async with stage(path, room=held.room, clock=held.clock) as held:
        await held.until(after(95))
        assert isinstance(held.live.state.phase, Late)
        await held.store._writer.run(lambda db: db.execute("PRAGMA query_only = ON"))
        with pytest.raises(StoreError, match="cannot be written to"):
            await held.ask(Say("Sorry!"))
        await held.store._writer.run(lambda db: db.execute("PRAGMA query_only = OFF"))
        held.clock.advance(held.clock.now() + 5 * SECOND)  # what could not be kept is tried again
        await held.settled()
        assert isinstance(held.live.state.phase, Late)
        await hear(held, Said(message("1", ANA, "A1 a helping hand", 60)))
        held.room.caught_up.set()
        await held.running
        assert held.room.keys == COURSE
        recap = held.room.recaps[-1] if held.room.deliveries[-1].recap else None
        assert recap
        assert [question.answers for question in recap.questions] == [1, 0]


async def test_a_host_need_not_wait_for_what_was_missed(path: Path) -> None:
    """What a host wishes is done at once, and the next question's time begins to count when all is heard."""
    async with stage(path) as held:
        await begun(held)
    held.room.caught_up.clear()
    async with stage(path, room=held.room, clock=held.clock) as held:
        await held.until(after(30))
        assert held.room.keys[-1] == "Q1"
        await held.ask(Next())
        await held.until(after(60))
        assert held.room.keys[-1] == "Q2"
        held.room.caught_up.set()
        await held.until(after(60))
        assert held.room.keys[-2:] == ["closing", "recap"]


async def test_stopped_before_all_was_heard(path: Path) -> None:
    """A chat that is stopped while the room still catches up ends at once, and nothing of it goes on."""
    async with stage(path) as held:
        await begun(held)
    held.clock.advance(after(90))
    held.room.caught_up.clear()
    async with stage(path, room=held.room, clock=held.clock) as held:
        kept = held.live.hear(Said(message("1", ANA, "A1 hello")))
        await held.stop()
        await kept
        assert isinstance(held.live.state.phase, Running)
        assert held.room.keys[-1] == "Q1"
        assert not [task for task in asyncio.all_tasks() if task.get_name().endswith(": catching up")]


async def test_what_the_room_showed_before_a_crash(path: Path) -> None:
    """A question shown just before the process died runs from when it was shown, not from when it is known again."""
    async with stage(path) as held:
        await begun(held, 0.5)
        held.room.busy.clear()
        held.room.open.clear()
        held.clock.advance(after(1))
        await held.room.busy.wait()
        held.running.cancel()
        held.room.open.set()
        with suppress(asyncio.CancelledError):
            await held.running
        assert [post.key for post in await held.store.record(held.chat).posts_to_come()] == ["Q1"]
    assert held.room.keys[-1] == "Q1"
    held.clock.advance(after(4))
    async with stage(path, room=held.room, clock=held.clock) as held:
        await held.settled()
        assert held.live.state.asked[0].at == after(1)
        assert isinstance(held.live.state.phase, Running)
        assert held.live.state.phase.until == after(11)


async def test_another_process_takes_the_chat(path: Path) -> None:
    """Where another process has taken the chat over, the run ends with LeaseLost, and nothing more is kept or posted."""
    async with stage(path) as held:
        await begun(held)
        held.clock.advance(held.clock.now() + 31 * SECOND)
        async with Store.open(path, held.clock.now) as other:
            await other.hold(held.chat.id)
            kept = held.live.hear(Said(message("1", ANA, "A1 hello")))
            with pytest.raises(LeaseLost):
                await kept
            with pytest.raises(LeaseLost):
                await held.running
            assert await entries(other, held.chat) == await held.entries()
        assert held.room.acknowledged == []


@pytest.mark.parametrize("end", [Stage.stop, lambda held: held.ask(Cancel())])
async def test_nobody_waits_for_a_chat_that_has_ended(path: Path, end: Callable[[Stage], object]) -> None:
    """Once a chat no longer runs, whoever says or asks something is told at once that it is not kept."""
    async with stage(path) as held:
        await begun(held)
        await end(held)  # type: ignore[misc]
        await held.running
        with pytest.raises(StoreError, match="macrosw-2015-04-23 no longer runs here"):
            await held.live.hear(Said(message("1", ANA, "A1 hello")))
        with pytest.raises(StoreError, match="no longer runs here"):
            await held.ask(Say("hello"))
        assert isinstance(held.live.state.phase, Running | Over)
        assert held.clock.next() is None


async def test_what_was_queued_when_it_stopped_is_kept(path: Path) -> None:
    """What was said before the chat was stopped is kept and acknowledged."""
    async with stage(path) as held:
        await begun(held)
        kept = held.live.hear(Said(message("1", ANA, "A1 hello")))
        await held.stop()
        await kept
        assert [each.id for each, _ in held.room.acknowledged] == ["1"]


async def test_purposes_reach_the_room(path: Path) -> None:
    """The room is told what each message was taken for: an answer, talk, a host's question, a repeat."""
    async with stage(path) as held:
        await begun(held)
        await hear(
            held,
            Said(message("1", ANA, "A1 hello")),
            Said(message("2", ANA, "hello")),
            Said(message("3", HOST, "Q1: What brought you here?")),
            Said(message("4", BO, "RT @ana: A1 hello")),
        )
        assert [reading.purpose for _, reading in held.room.acknowledged] == [
            Purpose.ANSWER,
            Purpose.CONVERSATION,
            Purpose.QUESTION,
            Purpose.REPEAT,
        ]
