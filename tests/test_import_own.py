"""hashchat's own transcripts come back as they were."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.imports.heard import Unread, Unreadable
from bot.live.listener import Listener
from bot.messages import Attachment, Highlighted, Placed, Reacted, Said
from bot.render import transcript
from bot.session import Asked, Over, State, dump
from bot.store import Changes, Chat, Store
from bot.store.spool import Twin
from tests.chats import ANA, BO, HOST, START, after, entries, message
from tests.importing import HANA, export, imported, note, pieces, said, written
from tests.stores import create, raw


async def _held(store: Store, form: str) -> str:
    """Hold a small chat, and give its transcript in that form."""
    chat = await create(store)
    state = State(Over(), after(20), after(0), after(20), (Asked("1", after(1)), Asked("2", after(11))))
    changes = Changes(chat.id, chat.room)
    await store._execute("INSERT INTO posts (chat, room, key, kind, due, question, id, sent, wording) VALUES (?, ?, 'Q1', 'question', ?, '1', 'p1', ?, 'Q1: What brought you here?')", chat.id, chat.room, *[round(after(1).timestamp() * 1e6)] * 2)  # fmt: skip
    await store._execute("INSERT INTO posts (chat, room, key, kind, due, question, id, sent, wording) VALUES (?, ?, 'Q2', 'question', ?, '2', 'p2', ?, 'Q2: What do we share?\nReading: https://x.org')", chat.id, chat.room, *[round(after(11).timestamp() * 1e6)] * 2)  # fmt: skip
    said = [
        message("1", ANA, "A1 toast", 2, attachments=(Attachment("map.png", "https://x.org/map.png", "image/png", 7, "A map"),)),
        message("2", BO, "same here", 3, reply_to="1"),
        message("3", BO, "I forgot the label", 12),
        message("4", HOST, "thanks =1+1 \x1b[31m", 13, edited_at=after(14), version=1),
    ]  # fmt: skip
    deeds = [
        *map(Said, said), Placed("3", HOST, ("1",)), Highlighted("1", HOST), Reacted("1", BO, "👍"), Reacted("1", HOST, "👍"),
    ]  # fmt: skip
    listener = Listener(chat.script, chat, store)
    await listener.open()
    await listener.take(deeds, state, changes)
    changes.state = dump(state)
    await store.commit(changes)
    chat = await store.chat(chat.id)
    return await _transcript(store, chat, form)


async def _transcript(store: Store, chat: Chat, form: str) -> str:
    writer = transcript(form, chat.about)
    return "".join([writer.preamble(), *map(writer.entry, await entries(store, chat)), writer.postamble()])


@pytest.mark.parametrize("form", ["json", "jsonl"])
async def test_back_and_forth(tmp_path: Path, form: str) -> None:
    """What was exported and imported again is exported as the same, to the letter."""
    async with Store.open(tmp_path / "a.db", lambda: START) as store:
        text = await _held(store, form)
    async with Store.open(tmp_path / "b.db", lambda: START) as store:
        result = await imported(store, written(tmp_path, f"t.{form}", text))
        assert await _transcript(store, result.chat, form) == text
    assert [q.ask for q in result.chat.script.questions] == ["What brought you here?", "What do we share?"]


@pytest.mark.parametrize("form", ["json", "jsonl"])
async def test_beside_the_chat_itself(tmp_path: Path, form: str) -> None:
    """The transcript of a chat that is there, held or imported, is refused with its name; once that is deleted it comes."""
    async with Store.open(tmp_path / "h.db", lambda: START) as store:
        path = written(tmp_path, f"t.{form}", await _held(store, form))
        for _ in range(2):
            (chat,) = await store.chats()
            with pytest.raises(Twin, match=f"hashchat delete {chat.name}"):
                await imported(store, path)
            await store.delete([chat])
            chat = (await imported(store, path)).chat
            path = written(tmp_path, f"t.{form}", await _transcript(store, chat, form) + "\n")


async def test_beside_a_chat_with_the_same_ids(tmp_path: Path) -> None:
    """A transcript is not refused because of a chat elsewhere whose messages are called as its own."""
    async with Store.open(tmp_path / "a.db", lambda: START) as store:
        text = await _held(store, "json")
    async with Store.open(tmp_path / "b.db", lambda: START) as store:
        others = (note(n, HANA, f"Q{n}: Else?", timestamp=after(n).isoformat()) for n in (1, 2))
        await imported(store, written(tmp_path, "c.json", export(*others)))
        assert not (await imported(store, written(tmp_path, "t.json", text))).already


QUESTION = st.text(min_size=1, max_size=80) | st.text(
    st.sampled_from("Q1:.) -\n#?é"), min_size=1, max_size=20
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asks=st.lists(QUESTION, min_size=1, max_size=4), form=st.sampled_from(["json", "jsonl"]))
async def test_questions_come_back(tmp_path: Path, asks: list[str], form: str) -> None:
    """Whatever a host posted, the questions found in it are the same after a way through hashchat's own JSON."""
    talk = [note(n, HANA, f"Q{n}: {ask}", n * 60) for n, ask in enumerate(["Why?", "How?", *asks])]
    with TemporaryDirectory(dir=tmp_path) as folder:
        async with Store.open(Path(folder, "a.db"), lambda: START) as store:
            first = (await imported(store, written(Path(folder), "c.json", export(*talk)))).chat
            text = await _transcript(store, first, form)
        async with Store.open(Path(folder, "b.db"), lambda: START) as store:
            second = (await imported(store, written(Path(folder), f"t.{form}", text))).chat
            again = await _transcript(store, second, form)
    assert second.script.everything_asked == first.script.everything_asked
    assert second.script.title == first.script.title
    assert again.replace(second.name, "") == text.replace(first.name, "")


@pytest.mark.parametrize(
    ("text", "ask"),
    [
        ("Q1: Why?\nReading: https://x.org", "Why?"),
        ("Choose one: tea or coffee?", "Choose one: tea or coffee?"),
        ("Q1: Choose one: tea or coffee?", "Choose one: tea or coffee?"),
        ("Q1 What about tea?", "What about tea?"),
        ("Q1) Why?", "Why?"),
    ],
)
async def test_questions_of_older_transcripts(tmp_path: Path, text: str, ask: str) -> None:
    """Where a transcript does not tell what a question asks, it is the post's first line without the question's own name."""
    asked = {"id": "2", "at": "2015-04-23T20:59:00Z", "kind": "question", "under": "1", "text": text}
    whole = {"format": "hashchat-transcript", "version": 1, "chat": {"hashtag": "x"}, "entries": [asked]}
    async with Store.open(tmp_path / "h.db", lambda: START) as store:
        result = await imported(store, written(tmp_path, "t.json", json.dumps(whole)))
    assert [question.ask for question in result.chat.script.questions] == [ask]


async def test_hosts_can_be_forgotten(tmp_path: Path) -> None:
    """Hosts and guests whom a transcript names can be forgotten by their names, although nobody knows their ids."""
    asked = {"id": "2", "at": "2015-04-23T20:59:00Z", "kind": "question", "under": "1", "text": "Q1: Why?"}
    hosts = [{"name": "Ana Ruiz", "handle": "ana_r"}, {"name": "Bo", "role": "guest"}]
    whole = {"format": "hashchat-transcript", "version": 1, "chat": {"hosts": hosts}, "entries": [asked]}
    path = written(tmp_path, "t.json", json.dumps(whole))
    async with Store.open(tmp_path / "h.db", lambda: START) as store:
        chat = (await imported(store, path)).chat
        for name in ("ana ruiz", "BO"):
            async with store.reading(chat) as record:
                (known,) = await record.people(name)
            await store.forget(chat.room, known)
        await store.delete(await store.chats())
        assert (await imported(store, path)).chat.script.hosts == ()
    kept = raw(tmp_path / "h.db")
    assert not [word for word in (b"Ana Ruiz", b"ana_r", b"Bo") if word in kept]


def test_newer(tmp_path: Path) -> None:
    """What a newer hashchat wrote is not guessed at."""
    path = written(
        tmp_path, "t.json", '{"format": "hashchat-transcript", "version": 99, "chat": {}, "entries": []}'
    )
    with pytest.raises(Unreadable, match="newer hashchat"):
        pieces(path)


def test_recap(tmp_path: Path) -> None:
    """A recap is no transcript, and is told apart."""
    with pytest.raises(Unreadable, match="recap"):
        pieces(written(tmp_path, "t.json", '{"format": "hashchat-recap", "version": 1}'))


def test_broken_entry(tmp_path: Path) -> None:
    """An entry that somebody has edited badly is told with its line."""
    path = written(
        tmp_path,
        "t.json",
        '{"format": "hashchat-transcript", "version": 1, "chat": {}, "entries": [\n{"id": "1"},\n'
        '{"id": "2", "at": "2015-04-23T21:00:00Z", "kind": "message", "author": {"id": "a"}, "answers": "1"}]}',
    )
    assert [(p.line, p.why) for p in pieces(path) if isinstance(p, Unread)] == [
        (2, "`kind` is missing"),
        (3, "`answers` is not a list of labels"),
    ]


def test_cut_line(tmp_path: Path) -> None:
    """A line that is no JSON, or breaks off, is told with its number, and the others come all the same."""
    entry = '{"id": "1", "at": "2015-04-23T21:00:00Z", "kind": "message", "author": {"id": "a"}, "text": "x"}'
    head = '{"format": "hashchat-transcript", "version": 1, "chat": {}}'
    path = written(tmp_path, "t.jsonl", "\n".join((head, "{oops", entry, "9" * 5000, entry[:30])))
    assert [(p.line, p.why) for p in pieces(path) if isinstance(p, Unread)] == [
        (line, "the line is not JSON, or is cut off") for line in (2, 4, 5)
    ]
    assert [message.text for message in said(path)] == ["x"]


def test_bad_head(tmp_path: Path) -> None:
    """What is said of the chat as a whole has to be right."""
    path = written(
        tmp_path,
        "t.json",
        '{"format": "hashchat-transcript", "version": 1, "chat": {"title": []}, "entries": []}',
    )
    with pytest.raises(Unreadable, match=r"t\.json:1: .*`title` is not a text"):
        pieces(path)


async def test_copies_inside(tmp_path: Path) -> None:
    """A file whose copy is inside the transcript is kept with the chat."""
    file = '{"name": "a.png", "url": "/pictures/1", "file": "data:image/png;base64,UE5H"}'
    entry = f'{{"id": "1", "at": "2015-04-23T21:00:00Z", "kind": "message", "author": {{"id": "a"}}, "attachments": [{file}]}}'
    asked = '{"id": "2", "at": "2015-04-23T20:59:00Z", "kind": "question", "under": "1", "text": "Q1: Why?"}'
    head = '{"format": "hashchat-transcript", "version": 1, "chat": {"hashtag": "x"}, "entries": ['
    async with Store.open(tmp_path / "h.db", lambda: START) as store:
        result = await imported(store, written(tmp_path, "t.json", f"{head}{asked}, {entry}]}}"))
        (attachment,) = (await entries(store, result.chat))[-1].attachments
        async with store.reading(result.chat) as record:
            media = await record.media(attachment.url)
    assert media
    assert (media.data, media.type, media.why) == (b"PNG", "image/png", None)


def test_copies_beside(tmp_path: Path) -> None:
    """A file whose copy lies beside the transcript is known by the copy's address."""
    entry = (
        '{"id": "1", "at": "2015-04-23T21:00:00Z", "kind": "message", "author": {"id": "a"}, "attachments":'
        ' [{"name": "a.png", "url": "/pictures/1", "file": "t-files/a.png", "width": 3}]}'
    )
    path = written(
        tmp_path,
        "t.json",
        f'{{"format": "hashchat-transcript", "version": 1, "chat": {{}}, "entries": [{entry}]}}',
    )
    assert said(path)[0].attachments == (Attachment("a.png", "t-files/a.png", width=3),)
