"""A file becomes a chat: whole or not at all, read as it would have been live."""

import asyncio
import json
import random
from pathlib import Path

import pytest

from bot.imports import Unreadable
from bot.imports.hours import Several
from bot.imports.taking import MOST_UNNAMED
from bot.live.listener import Listener
from bot.messages import Author, Forgotten, Said
from bot.render import transcript
from bot.script.posts import Kind
from bot.session import Asked, Over, State, load
from bot.store import Changes, Store
from bot.store.record import _MESSAGE, Shown, _message
from bot.store.spool import Twin
from tests.chats import SCRIPT, START, entries
from tests.importing import ANA, BO, HANA, export, imported, note, person, taken, written
from tests.stores import raw

CHAT = (
    note(1, ANA, "Hello"),
    note(2, HANA, "Q1: What brought you here? #MacroSW", 60),
    note(3, ANA, "A1 toast", 70),
    note(4, BO, "Tea", 80, reference={"messageId": "2"}),
    note(5, BO, "lovely", 90, reference={"messageId": "3"}),
    note(6, HANA, "Q2: What do we share?", 660),
    note(7, ANA, "A1 late", 670),
    note(
        8, BO, "talk", 680, reactions=[{"emoji": {"id": "", "name": "👍"}, "count": 2, "users": [ANA, HANA]}]
    ),
)


def _week(number: int, *asked: str) -> list[dict[str, object]]:
    """Give a chat of two questions on a day, each with its answer."""
    said = [(HANA, f"Q1: {asked[0]}"), (ANA, f"A1 week {number}"), (HANA, f"Q2: {asked[1]}"), (ANA, "A2 so")]
    return [
        note(10 * number + n, author, text, timestamp=f"2015-04-{9 + 7 * number:02}T21:{5 * n:02}:00+00:00")
        for n, (author, text) in enumerate(said)
    ]


WEEKS = (
    *_week(0, "What brought you here?", "What do we share?"),
    *_week(1, "How do you rest?", "What drains you?"),
    *_week(2, "Who mentors you?", "Whom do you mentor?"),
)


async def test_chat(tmp_path: Path) -> None:
    """Questions are found and become the chat's posts, answers and conversation are filed, the chat is over."""
    result, found = await taken(tmp_path / "h.db", written(tmp_path, "macrosw.json", export(*CHAT)))
    assert [(e.id, e.kind, e.author and e.author.name, e.answers, e.under) for e in found] == [
        ("1", "message", "Ana", (), None),
        ("2", "question", None, (), "1"),
        ("3", "message", "Ana", ("1",), "1"),
        ("4", "message", "Bo", ("1",), "1"),
        ("5", "message", "Bo", (), "1"),
        ("6", "question", None, (), "2"),
        ("7", "message", "Ana", ("1",), "1"),
        ("8", "message", "Bo", (), "2"),
    ]
    assert found[-1].reactions == {"👍": 2}
    chat = result.chat
    assert (chat.name, chat.room, chat.over) == ("macrosw-2015-04-23", "import:discord:8", True)
    assert (result.messages, result.answers, result.people, result.hosts) == (6, 3, 2, ("Hana",))
    assert chat.state.started == found[1].at
    assert chat.state.ended == found[-1].at
    assert chat.script.title == "Macro practice"


async def test_recap(tmp_path: Path) -> None:
    """The recap counts an imported chat as any other."""
    async with Store.open(tmp_path / "h.db", lambda: START) as store:
        result = await imported(store, written(tmp_path, "m.json", export(*CHAT)))
        recap = await store.recap(result.chat)
    assert [(q.asked, q.answers, q.people) for q in recap.questions] == [(True, 3, 2), (True, 0, 0)]


async def test_same_as_live(tmp_path: Path) -> None:
    """A chat of all sorts of messages, in any order in its file, is read just as the live chat reads it."""
    pick = random.Random(7)
    texts = ["A1 x", "A2: y", "q1: z", "hm", "(2/2) more", "A3 (1/2)", "cont. so", "RT @ana A1 x", "A1 & A2 both", "Q2", "thanks @bo"]  # fmt: skip
    people = [person(number, f"P{number}") for number in range(2, 6)]
    posts = [note(n * 1000, HANA, f"Q{n}: Part {n} of it all?", 200 * n) for n in (1, 2, 3)]
    talk = [
        note(n, pick.choice(people), pick.choice(texts), 201 + 3 * n, reference={"messageId": str(pick.choice([1000, 2000 if n > 70 else 1000, *range(max(1, n - 9), n + 1)]))} if pick.random() < 0.4 else {})
        for n in range(1, 250)
    ]  # fmt: skip
    everything = [*posts, *talk]
    pick.shuffle(everything)
    result, found = await taken(tmp_path / "h.db", written(tmp_path, "m.json", export(*everything)))
    chat = result.chat
    async with Store.open(tmp_path / "live.db", lambda: START) as store:
        live = await store.create(source="x", text=chat.text, room="test:{id}", rehearsal=False)
        listener = Listener(chat.script, live, store)
        await listener.open()
        for entry in found:
            if entry.kind == Kind.QUESTION:
                listener.shown(Shown(f"Q{entry.under}", entry.id, Kind.QUESTION, entry.under))
        state = State(Over(), START, asked=chat.state.asked)
        async with Store.open(tmp_path / "h.db", lambda: START) as other, other.reading(chat) as record:
            ids = [entry.id for entry in found if entry.kind == "message"]
            messages = await _messages(record, ids)
        for message in messages:
            changes = Changes(live.id, live.room)
            await listener.take([Said(message)], state, changes)
            await store.commit(changes)
        heard = await entries(store, live)
    imports = [entry for entry in found if entry.kind == "message"]
    assert [(e.id, e.answers, e.under) for e in imports] == [(e.id, e.answers, e.under) for e in heard]
    assert sum(bool(e.answers) for e in heard) > 50


async def _messages(record, ids):  # type: ignore[no-untyped-def]
    """Read messages back as they were laid out."""
    rows = await record._db.execute_fetchall(f"SELECT {_MESSAGE} FROM messages m ORDER BY m.at, m.rowid")
    return [_message(row) for row in rows]


async def test_again(tmp_path: Path) -> None:
    """The same file changes nothing the second time, whatever it is called then; once deleted, it comes again."""
    first, second = (written(tmp_path, name, export(*CHAT)) for name in ("a.json", "b.json"))
    async with Store.open(tmp_path / "h.db", lambda: START) as store:
        chat = (await imported(store, first)).chat
        again = await imported(store, second)
        assert again.already
        assert (again.chat, await store.chats()) == (chat, [chat])
        await store.delete([chat])
        anew = await imported(store, second)
        assert not anew.already
        assert anew.chat.room == chat.room


async def test_two_at_once(tmp_path: Path) -> None:
    """Two processes that import the same file at once make one chat of it."""
    path = written(tmp_path, "a.json", export(*CHAT))
    async with (
        Store.open(tmp_path / "h.db", lambda: START) as one,
        Store.open(tmp_path / "h.db", lambda: START) as other,
    ):
        results = await asyncio.gather(imported(one, path), imported(other, path))
        assert sorted(result.already for result in results) == [False, True]
        assert len(await one.chats()) == 1


@pytest.mark.parametrize(
    ("name", "content", "wanted", "why"),
    [
        ("a.json", "", {}, "a.json is empty"),
        ("a.json", export(), {}, "There is no message in"),
        ("a.json", export(note(1, ANA, "x", timestamp="soon")), {}, r"a\.json:\d+: message 1: 'soon' is not a time"),
        ("a.json", export(*CHAT)[:-300], {}, r"a\.json:\d+: the file ends in the middle"),
        ("a.json", export(note(1, ANA, "hello")), {}, r"No questions were found.*--host NAME.*--script"),
        ("a.json", export(*CHAT), {"hosts": ["Zoe"]}, r"Nobody wrote as Zoe.*posted by Hana"),
        ("a.json", '{"tweets": []}', {}, "JSON of another kind"),
        ("a.json", "[1, 2]", {}, "JSON of another kind"),
        ("a.json", '{"a": tru' + "e" * 200, {}, r"a\.json:1: this is not JSON"),
        ("a.html", "<!DOCTYPE html><p>", {}, "web page"),
        ("a.txt", "what is this\nindeed", {}, "nothing that can be imported"),
        ("a.png", b"\x89PNG\r\n\x1a\n\0\0\0", {}, "nothing that can be imported"),
    ],
)  # fmt: skip
async def test_bad_file(
    tmp_path: Path, name: str, content: str | bytes, wanted: dict[str, list[str]], why: str
) -> None:
    """A file that cannot be taken in says why, and nothing is there afterwards."""
    path = written(tmp_path, name, content)
    async with Store.open(tmp_path / "h.db", lambda: START) as store:
        with pytest.raises(Unreadable, match=why):
            await imported(store, path, **wanted)
        assert await store.chats() == []
        assert not (await imported(store, written(tmp_path, "b.json", export(*CHAT)))).already


async def test_invisible_until_all_is_in(tmp_path: Path) -> None:
    """While a file is being read, and where it breaks off, nothing of it is in the database; nobody else is held up."""
    broken = export(*(note(n, ANA, f"secret {n}", n % 3000) for n in range(1, 3000)))[:-200]
    async with Store.open(tmp_path / "h.db", lambda: START) as store:
        with pytest.raises(Unreadable):
            await imported(store, written(tmp_path, "a.json", broken))
        assert await store._writer.run(lambda db: db.execute("SELECT count(*) FROM messages").fetchone()) == (
            0,
        )
    assert b"secret" not in raw(tmp_path / "h.db")


async def test_script(tmp_path: Path) -> None:
    """With a script the chat has its title, hosts and labels; what nobody asked is said."""
    script = SCRIPT + "  - And what was never asked?\n" if SCRIPT.endswith("share?\n") else SCRIPT.replace("late_answers", "  - And what was never asked?\nlate_answers")  # fmt: skip
    result, found = await taken(
        tmp_path / "h.db", written(tmp_path, "a.json", export(*CHAT)), script=script, zone="America/New_York"
    )
    assert result.chat.script.title == "Common ground"
    assert [question.ask for question in result.unasked] == ["And what was never asked?"]
    assert [asked.label for asked in result.chat.state.asked] == ["1", "2"]
    assert sum(bool(entry.answers) for entry in found) == 3


async def test_script_of_nothing_that_was_asked(tmp_path: Path) -> None:
    """With a script, a chat whose questions stand nowhere comes all the same, as conversation."""
    result, found = await taken(tmp_path / "h.db", written(tmp_path, "a.json", export(note(1, ANA, "hello"))), script=SCRIPT)  # fmt: skip
    assert (result.messages, result.answers, len(result.unasked)) == (1, 0, 2)
    assert result.chat.state.started == found[0].at


async def test_several_chats(tmp_path: Path) -> None:
    """Several chats in one file are none, with a script too; it is said when each of them is, and which is the script's."""
    path = written(tmp_path, "a.json", export(*WEEKS))
    script = SCRIPT.replace("What brought you here?", "How do you rest?").replace("What do we share?", "Why?")
    async with Store.open(tmp_path / "h.db", lambda: START) as store:
        for text, days in ((None, []), (script, [16])):
            with pytest.raises(Several) as refused:
                await imported(store, path, script=text, zone="UTC")
            assert [span.asked.day for span in refused.value.spans] == [9, 16, 23]
            assert [span.asked.day for span in refused.value.spans if span.fits] == days
        assert await store.chats() == []
        _, span, _ = refused.value.spans
        assert span.since
        result = await imported(store, path, script=script, zone="UTC", since=span.since, until=span.until)
        assert [e.text for e in await entries(store, result.chat)][:2] == [
            "Q1: How do you rest?",
            "A1 week 1",
        ]
        assert (await imported(store, path, since=span.since, until=span.until)).already
        with pytest.raises(Twin, match=result.chat.name):
            await imported(store, path, until=span.until, since=span.since.replace(minute=1))


async def test_the_same_messages_again(tmp_path: Path) -> None:
    """A file with messages that a chat of the place has is refused; chats of other places and other days are not in its way."""
    first, newer = export(*WEEKS[:4]), export(*WEEKS[3:8])
    async with Store.open(tmp_path / "h.db", lambda: START) as store:
        chat = (await imported(store, written(tmp_path, "a.json", first))).chat
        with pytest.raises(Twin, match=f"hashchat delete {chat.name}"):
            await imported(store, written(tmp_path, "b.json", newer))
        await imported(store, written(tmp_path, "c.json", export(*WEEKS[4:8])))
        elsewhere = first.replace('"id": "8"', '"id": "9"').replace("21:", "22:")
        await imported(store, written(tmp_path, "d.json", elsewhere))
        assert len(await store.chats()) == 3


async def test_the_same_archive_grown(tmp_path: Path) -> None:
    """A file that says nothing of its place is refused, too, where a chat has some of its posts; with other posts it is not."""
    async with Store.open(tmp_path / "h.db", lambda: START) as store:
        chat = (await imported(store, written(tmp_path, "a.csv", "\n".join(TABLE)))).chat
        asked = "2015-04-23 21:00,Hal,1,Q1 What?"
        for some in ((*TABLE, "2015-04-23 21:30,Bo,19,thanks"), (TABLE[0], asked, TABLE[2]), TABLE[:2]):
            with pytest.raises(Twin, match=f"hashchat delete {chat.name}"):
                await imported(store, written(tmp_path, "b.csv", "\n".join(some)))
        for old, new in (("Ana", "Abe"), ("21:01", "21:02"), (",12,", ",13,"), ("Rest", "Rests")):
            other = (TABLE[0], asked, TABLE[2].replace(old, new))
            await imported(store, written(tmp_path, "c.csv", "\n".join(other)))
            await store.delete([(await store.chats())[-1]])


@pytest.mark.parametrize("ids", [("11", "12", "12"), ("11", "11", "12"), ("11", "12", "11")])
async def test_ids_that_are_not_the_posts(tmp_path: Path, ids: tuple[str, ...]) -> None:
    """Where different rows have one id nothing is taken; once it is said what the column is, every post is there."""
    rows = zip(
        ("21:01,Hana", "21:02,Ana", "21:03,Ana"), ids, ("Q1 What?", "A1 hi", "A1 and more"), strict=True
    )
    table = "time,author,id,text\n" + "".join(f"2015-04-23 {who},{id_},{text}\n" for who, id_, text in rows)
    path = written(tmp_path, "a.csv", table + table.splitlines()[-1])
    async with Store.open(tmp_path / "h.db", lambda: START) as store:
        with pytest.raises(Unreadable, match=r"have the id 1[12].*--columns id=….*--columns author_id=…"):
            await imported(store, path)
        for columns in ({"id": ""}, {"author_id": "id"}):
            result = await imported(store, path, columns=columns)
            assert result.messages == 3
            await store.delete([result.chat])


async def test_rows_that_stand_twice(tmp_path: Path) -> None:
    """The same row twice is one post."""
    row = "2015-04-23 21:01,Hana,11,Q1 What?\n"
    path = written(tmp_path, "a.csv", f"time,author,id,text\n{row}{row}2015-04-23 21:02,Ana,12,A1 so\n")
    result, found = await taken(tmp_path / "h.db", path)
    assert (len(found), result.report.repeated) == (2, 1)


TABLE = (
    "time,author,id,text", "2015-04-23 21:00,Hana,11,Q1 What helps you most?", "2015-04-23 21:01,Ana,12,A1 Rest; and friends",
    "2015-04-23 21:02,Bo,13,A1 Walks & talks", "2015-04-23 21:10,Hana,14,Q2 What else would help you?",
    "2015-04-23 21:11,Ana,15,A2 Time; and pay", "2015-04-23 21:12,Bo,16,A2 No meetings",
)  # fmt: skip


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    "other",
    [
        [row.replace(":0", ":0", 1)[:-6].rstrip() + "…" for row in TABLE[1:]],
        [row.replace(",", ":00.250,", 1) for row in TABLE[1:]],
        [row.replace("&", "&amp;").replace("A1", "A1 ") for row in TABLE[1:3]] + [f"{row} " for row in TABLE[3:]],
        ["2015-04-23 21:01,Ana,12,A1 Rest and", "2015-04-23 21:02,Bo,13,Walks"],
    ],
    ids=["cut", "exact", "written otherwise", "edited"],
)  # fmt: skip
async def test_versions_of_a_post(tmp_path: Path, other: list[str], *, turned: bool) -> None:
    """Two archives of one chat make one, in which of each post is what says most, whichever comes first."""
    paths = [written(tmp_path, "a.csv", "\n".join(TABLE)), written(tmp_path, "b.csv", "\n".join([TABLE[0], *other]))]  # fmt: skip
    result, found = await taken(tmp_path / "h.db", *(paths[::-1] if turned else paths))
    assert result.report.repeated == len(other)
    whole = [row.rsplit(",", 1)[1] for row in TABLE[1:]]
    assert [len(entry.text) >= len(text) for entry, text in zip(found, whole, strict=True)] == [True] * 6
    assert [question.ask for question in result.chat.script.questions] == [text[3:] for text in (whole[0], whole[3])]  # fmt: skip


async def test_many_posts_of_one_time_under_an_id(tmp_path: Path) -> None:
    """Where times have no clock, too, what stands under one id is many posts, and not one that was edited often."""
    said = [
        (who, f"{word} is what I thought") for who in ("Ana", "Bo", "Cy") for word in ("This", "Much else")
    ]
    rows = [f"2015-04-23 00:00,{who},id of {who},{text}" for who, text in said]
    table = "\n".join(("time,author,id,text", "2015-04-23 00:00,Hana,id of Hana,Q1 What?", *rows))
    async with Store.open(tmp_path / "h.db", lambda: START) as store:
        with pytest.raises(Unreadable, match="have the id id of Ana"):
            await imported(store, written(tmp_path, "a.csv", table))


async def test_a_host_by_user_name(tmp_path: Path) -> None:
    """On Discord a host can be named by the user name as well as by the nickname."""
    hana = person(1, "Hana") | {"name": "hana_w"}
    path = written(tmp_path, "a.json", export(note(1, BO, "Q1: Me first?"), note(2, hana, "Q1: Why?", 5)))
    for number, name in enumerate(("hana_w", "@Hana_W", "Hana")):
        result, _ = await taken(tmp_path / f"{number}.db", path, hosts=[name])
        assert (result.hosts, result.chat.script.questions[0].ask) == (("Hana",), "Why?")


async def test_user_names_are_known(tmp_path: Path) -> None:
    """The user name is one of a person's names: they are found by it, and forgotten with it, here and the next time."""
    ana = ANA | {"name": "ana_q"}
    path = written(
        tmp_path,
        "a.json",
        export(note(1, HANA, "Q1: Why?"), note(2, ana, "A1 so", 5), note(3, BO, "A1 no", 6)),
    )
    async with Store.open(tmp_path / "h.db", lambda: START) as store:
        chat = (await imported(store, path)).chat
        async with store.reading(chat) as record:
            assert await record.people("Ana_Q") == ["102"]
            assert set(await record.other_names()) == {("101", "hana"), ("102", "ana_q"), ("103", "bo")}
        await store.forget(chat.room, "102")
        assert b"ana_q" not in raw(tmp_path / "h.db")
        await store.delete([chat])
        await imported(store, path)
    assert b"ana_q" not in raw(tmp_path / "h.db")


async def test_question_posted_again(tmp_path: Path) -> None:
    """A host's question that is posted once more is the chat's own again, and who replies to it answers."""
    more = (note(9, HANA, "Q1: What brought you here? Still time to answer.", 100), note(10, BO, "eggs", 110, reference={"messageId": "9"}))  # fmt: skip
    _, found = await taken(tmp_path / "h.db", written(tmp_path, "a.json", export(*CHAT, *more)))
    by_id = {entry.id: entry for entry in found}
    assert (by_id["9"].kind, by_id["9"].under) == ("repeat", "1")
    assert by_id["10"].answers == ("1",)


async def test_channel_and_thread(tmp_path: Path) -> None:
    """A channel and the thread on its question, imported together, are one chat: what is said in the thread answers."""
    thread = export(
        note(20, BO, "from the thread", 75), channel={"id": "2", "type": "GuildPublicThread", "name": "Q1"}
    )
    paths = [written(tmp_path, "c.json", export(*CHAT)), written(tmp_path, "t.json", thread)]
    result, found = await taken(tmp_path / "h.db", *paths)
    assert [entry.answers for entry in found if entry.id == "20"] == [("1",)]
    async with Store.open(tmp_path / "h.db", lambda: START) as store:
        assert (await imported(store, *paths[::-1])).already
    assert result.messages == 7


async def test_twice_in_a_file(tmp_path: Path) -> None:
    """What stands twice in a file is one message, in its newest version."""
    edited = note(3, ANA, "A1 toast, buttered", 70, timestampEdited="2015-04-23T21:05:00+00:00")
    result, found = await taken(tmp_path / "h.db", written(tmp_path, "a.json", export(*CHAT, edited, *CHAT)))
    assert result.report.repeated == 9
    assert [entry.text for entry in found if entry.id == "3"] == ["A1 toast, buttered"]
    assert len(found) == len(CHAT)


async def test_what_could_not_be_read(tmp_path: Path) -> None:
    """All that could not be read is named, by its line and the message's id or, without one, its number."""
    broken = [*(note(100 + n, ANA, "x", timestamp="soon") for n in range(29)), "no message"]
    result, found = await taken(tmp_path / "h.db", written(tmp_path, "a.json", export(*CHAT, *broken)))
    named = [unread.which for _, unread in result.report.unread]
    assert named == [*(f"message {100 + n}" for n in range(29)), f"message no. {len(CHAT) + 30}"]
    assert len(found) == len(CHAT)


async def test_long_chat(tmp_path: Path) -> None:
    """Replies to what was said thousands of messages ago, and times that are all the same, come out right."""
    talk = [note(1000 + n, ANA, "hm", 700) for n in range(7000)]
    last = note(9000, BO, "indeed", 800, reference={"messageId": "3"})
    _, found = await taken(tmp_path / "h.db", written(tmp_path, "a.json", export(*CHAT, *talk, last)))
    assert [entry.id for entry in found[8:-1]] == [str(1000 + n) for n in range(7000)]
    assert (found[-1].under, found[-1].answers) == ("1", ())


async def test_files_beside(tmp_path: Path) -> None:
    """Files that the export brought along are kept with the chat, and what is on the web stays there."""
    written(tmp_path, "c.json_Files/a map.png", b"PNG")
    urls = ("c.json_Files/a%20map.png", "c.json_Files\\a map.png", "c.json_Files/none.png", "https://x.org/a.png")  # fmt: skip
    async with Store.open(tmp_path / "h.db", lambda: START) as store:
        result = await imported(store, written(tmp_path, "c.json", _with_files(*urls)))
        attached = (await entries(store, result.chat))[-1].attachments
        async with store.reading(result.chat) as record:
            kept = [await record.media(each.url) for each in attached]
    assert [media and media.data for media in kept] == [b"PNG", b"PNG", None, None]
    assert [bool(media and media.why) for media in kept] == [False, False, True, False]
    assert attached[0].url == "/c.json_Files/a%20map.png"
    assert result.report.unkept == 1


def _with_files(*urls: str) -> str:
    files = [{"id": "1", "url": url, "fileName": "map.png", "fileSizeBytes": 3} for url in urls]
    return export(*CHAT, note(9, ANA, "see", 700, attachments=files))


async def test_a_reaction_bomb(tmp_path: Path) -> None:
    """People who are only counted are kept up to a number, and it is said that there were said to be more."""
    signs = [{"emoji": {"id": "", "name": f"s{n}"}, "count": 10**9} for n in range(10)]
    bomb = export(*CHAT, *(note(100 + n, ANA, "x", 700, reactions=signs) for n in range(30)))
    result, found = await taken(tmp_path / "h.db", written(tmp_path, "m.json", bomb))
    assert sum(entry.liked for entry in found) == MOST_UNNAMED + 2
    assert sum(result.report.left_out.values()) == 300 * 10**9 - MOST_UNNAMED


async def test_half_characters_in_files(tmp_path: Path) -> None:
    """Half characters in what is said of a file harm nothing that is written of the chat afterwards."""
    odd = {"id": "1", "url": "https://x.org/\ud800", "fileName": "\udfff.png", "fileSizeBytes": 3}
    path = written(tmp_path, "m.json", json.dumps(json.loads(export(*CHAT, note(9, ANA, "see", 700))) | {"messages": [*CHAT, note(9, ANA, "see", 700, attachments=[odd])]}))  # fmt: skip
    result, found = await taken(tmp_path / "h.db", path)
    (attachment,) = found[-1].attachments
    assert (attachment.url, attachment.name) == ("https://x.org/?", "?.png")
    transcript("html", result.chat.about).entry(found[-1]).encode()


async def test_forgotten_for_good(tmp_path: Path) -> None:
    """Who asked to be forgotten does not come back with the file, whether its chat was deleted or another of its guild's comes."""
    first = written(tmp_path, "a.json", export(*CHAT))
    later = written(tmp_path, "b.json", export(*CHAT, note(9, ANA, "more", 700)))
    async with Store.open(tmp_path / "h.db", lambda: START) as store:
        chat = (await imported(store, first)).chat
        listener, changes = Listener(chat.script, chat, store), Changes(chat.id, chat.room)
        await listener.open()
        await store.hold(chat.id)
        await listener.take([Forgotten("103")], chat.state, changes)
        await store.commit(changes)
        await store.delete([chat])
        for path, messages in ((first, 3), (later, 4)):
            result = await imported(store, path)
            names = {entry.author.name for entry in await entries(store, result.chat) if entry.author}
            assert names == {"Ana"}
            assert (result.messages, result.people) == (messages, 1)
            await store.delete([result.chat])


@pytest.mark.parametrize(
    ("talks", "script"),
    [(False, None), (True, None), (True, SCRIPT.replace("[Hana]", "[Dee, Hana]  # Hana!"))],
)
async def test_a_host_can_be_forgotten(tmp_path: Path, *, talks: bool, script: str | None) -> None:
    """A host's name leaves every byte, whether they only asked or talked too, and stays away; the questions stay."""
    more = (note(9, HANA, "thanks", 700),) if talks else ()
    path = written(tmp_path, "a.json", export(*CHAT, *more))
    async with Store.open(tmp_path / "h.db", lambda: START) as store:
        chat = (await imported(store, path, script=script)).chat
        async with store.reading(chat) as record:
            people = await record.people("hana")
        assert people == ["101"]
        await store.forget(chat.room, people[0])
        left = await store.chat(chat.id)
        assert [host.name for host in left.script.hosts] == (["Dee"] if script else [])
        assert left.script.questions == chat.script.questions
        assert [entry.id for entry in await entries(store, left) if entry.kind == "question"] == ["2", "6"]
        assert b"hana" not in raw(tmp_path / "h.db").lower()
        await store.delete([left])
        again = await imported(store, path, script=script)
        assert again.hosts == ()
        assert again.chat.script == left.script
    assert b"hana" not in raw(tmp_path / "h.db").lower()


async def test_a_host_is_forgotten_in_the_whole_place(tmp_path: Path) -> None:
    """Who hosted another chat of the same server is forgotten there too, under whatever name; of other servers nothing goes."""
    paths = [
        written(tmp_path, "a.json", export(*CHAT)),
        written(tmp_path, "b.json", export(note(20, person(1, "Dr Hana"), "Q1: Why?"), note(30, ANA, "A1 so", 5))),
        written(tmp_path, "c.json", export(*CHAT).replace('"id": "8", "name": "Guild"', '"id": "9"').replace('"id": "8",\n', '"id": "9",\n').replace("T21:", "T22:")),
    ]  # fmt: skip
    async with Store.open(tmp_path / "h.db", lambda: START) as store:
        chats = [(await imported(store, path)).chat for path in paths]
        assert await store.with_any_of(["101"], chats[0].room) == chats[:2]
        await store.forget(chats[0].room, "101")
        assert [[host.name for host in chat.script.hosts] for chat in await store.chats()] == [
            [],
            [],
            ["Hana"],
        ]
        assert await store.with_any_of(["101"], chats[0].room) == []


async def test_bots(tmp_path: Path) -> None:
    """What bots write is left out and counted, but for the questions; who says that one hosts has its words too."""
    bot = person(9, "Butler", isBot=True)
    signs = [{"emoji": {"id": "", "name": "👍"}, "count": 2, "users": [bot, ANA]}]
    chat = export(
        note(1, bot, "Q1: Why?"), note(2, ANA, "A1 so", 5), note(3, bot, "Noted!", 6, reference={"messageId": "2"}),
        note(4, ANA, "Thanks, bot", 7, reference={"messageId": "3"}), note(5, bot, "Q1: Why? Still open.", 8),
        note(6, BO, "so", 9, reference={"messageId": "5"}, reactions=signs),
    )  # fmt: skip
    path = written(tmp_path, "a.json", chat)
    result, found = await taken(tmp_path / "a.db", path)
    assert [(e.id, e.kind) for e in found] == [
        ("1", "question"), ("2", "message"), ("4", "message"), ("5", "repeat"), ("6", "message"),
    ]  # fmt: skip
    assert (found[2].reply_to, found[-1].answers, found[-1].reactions) == (None, ("1",), {"👍": 1})
    assert (result.people, result.hosts, result.chat.script.hosts) == (2, (), ())
    assert result.report.left_out == {"posts of bots": 1}
    result, found = await taken(tmp_path / "b.db", path, hosts=["Butler"])
    assert [entry.id for entry in found] == ["1", "2", "3", "4", "5", "6"]
    assert (result.people, result.hosts, result.report.left_out) == (3, ("Butler",), {})


async def test_a_log_has_a_room_that_lasts(tmp_path: Path) -> None:
    """The room of a file that says nothing of where it was held is known by what is in it."""
    log = "[21:00] <hana> Q1: Why?\n[21:01] <ana> A1 so\n[21:10] <hana> Q2: How?\n"
    async with Store.open(tmp_path / "h.db", lambda: START) as store:
        chat = (await imported(store, written(tmp_path, "x_20150423.log", log))).chat
        await store.delete([chat])
        again = (await imported(store, written(tmp_path, "y_20150423.log", log))).chat
    assert again.room == chat.room
    assert again.id != chat.id


async def test_welcome_and_farewell(tmp_path: Path) -> None:
    """A chat goes from its host's first words shortly before the first question to the last shortly after the last one's time."""
    result, found = await taken(
        tmp_path / "h.db",
        written(
            tmp_path,
            "m.json",
            export(
                note(1, HANA, "Later today!", 0), note(2, BO, "here", 1700), note(3, HANA, "Welcome, all", 1740),
                note(4, HANA, "Say who you are", 1770), note(5, HANA, "Q1: Why?", 1800), note(6, HANA, "Q2: How?", 2100),
                note(7, HANA, "Thanks, all", 2460), note(8, BO, "bye", 2500), note(9, HANA, "Rest well", 3500),
            ),
        ),
    )  # fmt: skip
    at = {entry.id: entry.at for entry in found}
    assert (result.chat.state.started, result.chat.state.ended) == (at["3"], at["7"])


@pytest.mark.parametrize(
    ("name", "wanted", "tag", "title"),
    [
        ("archive_2015-04-23.log", {}, "MacroSW", "Why?"),
        ("archive_2015-04-23.log", {"hashtag": "SWChat", "title": "Old times"}, "SWChat", "Old times"),
    ],
)
async def test_hashtag(tmp_path: Path, name: str, wanted: dict[str, str], tag: str, title: str) -> None:
    """The hashtag is that of the questions, unless another was named; the file's own name is no title."""
    log = "[21:00] <hana> Q1: Why? #MacroSW\n[21:01] <ana> A1 so #other #stuff\n[21:10] <hana> Q2: How? #macrosw\n"
    result, _ = await taken(tmp_path / "h.db", written(tmp_path, name, log), **wanted)
    assert (result.chat.script.hashtag, result.chat.script.title) == (tag, title)


async def test_hashtag_of_a_file(tmp_path: Path) -> None:
    """Where the questions share no hashtag, the channel or file is called like the chat."""
    log = "[21:00] <hana> Q1: Why?\n[21:01] <ana> A1 so\n[21:10] <hana> Q2: How?\n[21:20] <hana> Q3: What of #it?\n"
    result, _ = await taken(tmp_path / "h.db", written(tmp_path, "macrosw-2015-04-23.log", log))
    assert result.chat.script.hashtag == "macrosw"


async def test_hostile_texts(tmp_path: Path) -> None:
    """Whatever stands in a file, half characters and names that are paths included, it is kept as text."""
    odd = "\ud800 <script> '; DROP TABLE chats; -- \x00 \u202e"
    text = json.dumps(json.loads(export(*CHAT, note(9, person(9, odd), odd, 700))))
    _, found = await taken(tmp_path / "h.db", written(tmp_path, "a.json", text))
    assert found[-1].text == odd.replace("\ud800", "?")
    assert found[-1].author == Author("109", odd.replace("\ud800", "?"))


def test_state_is_one_that_can_be_read(tmp_path: Path) -> None:
    """The state of an imported chat is one that the session knows."""
    state = asyncio.run(_state(tmp_path))
    assert load(state).asked[0] == Asked("1", load(state).asked[0].at)


async def _state(tmp_path: Path) -> str:
    async with Store.open(tmp_path / "h.db", lambda: START) as store:
        await imported(store, written(tmp_path, "a.json", export(*CHAT)))
        return await store._writer.run(lambda db: db.execute("SELECT state FROM chats").fetchone()[0])  # type: ignore[no-any-return]
