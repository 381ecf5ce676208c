"""The store: what is kept, in which order, by whom, and what is gone for good. On real SQLite files."""

import asyncio
import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.answers import Previous
from bot.messages import Attachment, Author, Entry, Message, Proposed
from bot.script.posts import Kind, Post
from bot.session import Asked, Late, Over, Phase, Start, State, Taken, Wish, advance, dump
from bot.session.state import TAKEN_BACK
from bot.store import (
    DELETED,
    Changes,
    Chat,
    Held,
    LeaseLost,
    Media,
    NoSuchChat,
    Occupied,
    Shown,
    Store,
    StoreError,
)
from bot.store import HOST as MADE_BY
from bot.store.schema import VERSION
from tests.chats import ANA, BO, CY, HOST, MINUTE, SCRIPT, SECOND, START, after, entries, message
from tests.stores import A1, A2, TALK, Now, changes, create, forget, keep, raw, say, written


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "chats.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[Store]:
    async with Store.open(path, Now()) as opened:
        yield opened


async def is_forgotten(store: Store, room: str, person: str) -> bool:
    return (await store.are_forgotten(room, [person]))[person]


# The file ------------------------------------------------------------------------------------------------------------


async def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    """The file, its log and the folder made for it are their owner's alone."""
    path = tmp_path / "new" / "chats.db"
    async with Store.open(path, Now()) as store:
        await create(store)
        files = [path.parent / f"chats.db{end}" for end in ("", "-wal", "-shm")]
        assert [file.stat().st_mode & 0o777 for file in files] == [0o600] * 3
        assert path.parent.stat().st_mode & 0o777 == 0o700


async def test_what_is_kept_is_on_the_disk(store: Store) -> None:
    """Both connections write and read a write-ahead log, sync it at each commit, and erase what they delete."""
    for pragma, value in (
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("secure_delete", 1),
        ("foreign_keys", 1),
    ):
        assert await written(store, f"PRAGMA {pragma}") == [(value,)]
        assert await store.reader.execute_fetchall(f"PRAGMA {pragma}") == [(value,)]


async def test_opened_again(path: Path) -> None:
    """What was kept is there when the file is opened again, and its version is this program's."""
    async with Store.open(path, Now()) as store:
        chat = await create(store)
        await say(store, chat, (message("1", ANA, "A1 hello"), A1))
    async with Store.open(path, Now()) as store:
        (again,) = await store.chats()
        assert again == chat
        assert [entry.text for entry in await entries(store, again)] == ["A1 hello"]
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (VERSION,)
    db.close()


def other_file(path: Path, *statements: str, text: str | None = None) -> bytes:
    """Make a file that is not hashchat's: a text, or a database by statements; give its bytes."""
    if text is not None:
        path.write_text(text)
        return path.read_bytes()
    db = sqlite3.connect(path)
    for statement in statements:
        db.execute(statement)
    db.commit()
    db.close()
    return path.read_bytes()


NEWER = (
    "PRAGMA application_id = 1751345249",
    f"PRAGMA user_version = {VERSION + 1}",
    "CREATE TABLE chats (id)",
)


@pytest.mark.parametrize(
    ("statements", "words"),
    [
        (NEWER, f"was written by a newer hashchat (its version is {VERSION + 1}, this one knows {VERSION})"),
        (("CREATE TABLE bookmarks (url)",), "is a database of another program"),
        (("PRAGMA application_id = 42",), "is a database of another program"),
    ],
)
async def test_files_that_are_left_untouched(path: Path, statements: tuple[str, ...], words: str) -> None:
    """A database of a newer version or of another program is refused in words, and not a byte of it changes."""
    before = other_file(path, *statements)
    with pytest.raises(StoreError) as error:
        async with Store.open(path, Now()):
            pass
    assert f"{path} {words}" in str(error.value)
    assert raw(path) == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


async def test_no_database(path: Path) -> None:
    """A file that is something else is refused in words, and stays what it is."""
    before = other_file(path, text="Dear diary, " * 200)
    with pytest.raises(StoreError, match=r"is not a database of hashchat\. Name another file with --db"):
        async with Store.open(path, Now()):
            pass
    assert raw(path) == before


async def test_a_folder(tmp_path: Path) -> None:
    """A folder in place of the file is refused in words."""
    with pytest.raises(StoreError, match=r"cannot be opened\. Is it a file"):
        async with Store.open(tmp_path, Now()):
            pass


async def test_a_folder_that_is_a_file(path: Path) -> None:
    """Where a folder is wanted and a file is, the words name the path."""
    other_file(path, text="a file")
    with pytest.raises(StoreError, match=r"chats\.db"):
        async with Store.open(path / "deeper" / "chats.db", Now()):
            pass


def damage(path: Path) -> None:
    """Overwrite all but the header."""
    data = path.read_bytes()
    path.write_bytes(data[:100] + b"\xff" * (len(data) - 100))


async def test_a_damaged_file(path: Path) -> None:
    """A database whose pages are overwritten is called damaged."""
    async with Store.open(path, Now()) as store:
        await create(store)
    damage(path)
    with pytest.raises(StoreError, match=r"is damaged\. Restore it from a copy"):
        async with Store.open(path, Now()):
            pass


async def test_a_full_disk(store: Store, path: Path) -> None:
    """A full disk is told in words, keeps nothing of what did not fit, and once there is room all goes on."""
    chat = await create(store)
    await written(store, "PRAGMA max_page_count = 1")
    with pytest.raises(
        StoreError, match=r"^The disk is full: nothing more can be kept in .*chats\.db\. Make room on it\.$"
    ):
        await say(store, chat, *((message(str(n), ANA, "A1 " + "long " * 500), A1) for n in range(100)))
    assert await entries(store, chat) == []
    await written(store, "PRAGMA max_page_count = 100000")
    await say(store, chat, (message("1", ANA, "A1 hello"), A1))
    assert len(await entries(store, chat)) == 1


async def test_a_file_that_cannot_be_written(store: Store) -> None:
    """A file that cannot be written to is told in words."""
    chat = await create(store)
    await written(store, "PRAGMA query_only = ON")
    with pytest.raises(StoreError, match=r"cannot be written to\. Give yourself the right"):
        await say(store, chat, (message("1", ANA, "A1 hello"), A1))
    await written(store, "PRAGMA query_only = OFF")


async def test_another_program_that_writes_for_too_long(store: Store, path: Path) -> None:
    """A lock that another program does not give back is told in words."""
    chat = await create(store)
    await written(store, "PRAGMA busy_timeout = 1")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="Another program has been writing to"):
        await say(store, chat, (message("1", ANA, "A1 hello"), A1))
    other.execute("ROLLBACK")
    other.close()
    await say(store, chat, (message("1", ANA, "A1 hello"), A1))


# What was said -------------------------------------------------------------------------------------------------------


async def test_a_message_comes_back_whole(store: Store) -> None:
    """Everything about a message is kept to the microsecond, whatever is in it."""
    chat = await create(store)
    at = START + timedelta(minutes=3, microseconds=123457)
    files = (
        Attachment("a.png", "https://example.org/a.png", "image/png", 12, "a 'cat' with \"quotes\""),
        Attachment("b", "u"),
    )
    said = Message(
        "id'; --", Author("x'", "O'Hara 🐈", host=True), "A1\n\0 <b>&amp; 'x' \u202e العربية", at, 4, at + SECOND,
        reply_to="post:Q1", place="#a", attachments=files,
    )  # fmt: skip
    await say(store, chat, (said, A1))
    assert await entries(store, chat) == [
        Entry(
            said.id, at, said.author, said.text, answers=("1",), under="1", reply_to="post:Q1", edited_at=at + SECOND,
            attachments=files, admirers=0,
        )
    ]  # fmt: skip
    known = (await store.record(chat).known([said.id]))[said.id]
    assert (known.author, known.at, known.version, known.reading) == ("x'", at, 4, A1)
    assert await store.record(chat).known(["never", "heard"]) == {}


async def test_half_characters(store: Store) -> None:
    """Half a surrogate pair, in a text, a name or a sign, becomes a question mark; in an id it is refused in words."""
    chat = await create(store)
    await say(store, chat, (message("1", Author("a", "A\ud83d"), "A1 \udc00!"), A1))
    await keep(store, chat, lambda c: c.reacted("1", "\ud83d", "bo", on=True))
    (entry,) = await entries(store, chat)
    assert (entry.author, entry.text, entry.reactions) == (Author("a", "A?"), "A1 ?!", {"?": 1})
    with pytest.raises(StoreError, match="That cannot be kept"):
        await say(store, chat, (message("\ud83d", ANA, "A1"), A1))
    await say(store, chat, (message("2", ANA, "A1"), A1))


FIRST = message("1", ANA, "A1 first")
SECOND_TRY = message("1", ANA, "A2 second", version=1, edited_at=after(4))
THIRD = message("1", ANA, "A1 third", version=7, edited_at=after(5))


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize(
    ("order", "left"),
    [
        ([FIRST, SECOND_TRY, THIRD], "A1 third"),
        ([THIRD, SECOND_TRY, FIRST], "A1 third"),
        ([SECOND_TRY, FIRST, SECOND_TRY, FIRST], "A2 second"),
        ([FIRST, FIRST], "A1 first"),
        ([FIRST, None], None),
        ([None, FIRST], None),
        ([FIRST, None, THIRD], None),
        ([None, None, SECOND_TRY], None),
    ],
)
async def test_versions_in_any_order(
    store: Store, order: list[Message | None], left: str | None, *, together: bool
) -> None:
    """The highest version stands in whatever order they come, and nothing brings back a deleted message (None here)."""
    chat = await create(store)
    doing: list[Callable[[Changes], None]] = [
        (lambda c: c.retracted("1"))
        if each is None
        else (lambda c, each=each: c.said(each, A2 if "A2" in each.text else A1, hosting=False))
        for each in order
    ]
    if together:
        await keep(store, chat, *doing)
    else:
        for each in doing:
            await keep(store, chat, each)
    assert [entry.text for entry in await entries(store, chat)] == ([left] if left else [])
    if left:
        (entry,) = await entries(store, chat)
        assert entry.answers == (left[1],)
        assert entry.at == FIRST.at


@pytest.mark.parametrize("together", [False, True])
async def test_words_taken_out_until_a_later_version(store: Store, *, together: bool) -> None:
    """Words that are taken out as of a version are gone with all of it, and a higher version stands again, whole."""
    chat = await create(store)
    first, second = replace(FIRST, reply_to="9"), replace(THIRD, reply_to="9")
    doing: list[Callable[[Changes], None]] = [
        lambda c: c.said(first, A1, hosting=False),
        lambda c: c.retracted("1", second.version - 1),
    ]
    await keep(store, chat, *doing)
    assert await entries(store, chat) == []
    assert (await store.record(chat).known(["1"]))["1"].reading is None
    doing = [lambda c: c.said(second, A1, hosting=False), lambda c: c.retracted("1", second.version - 1)]
    if together:
        await keep(store, chat, *doing)
    else:
        for each in doing:
            await keep(store, chat, each)
    (entry,) = await entries(store, chat)
    assert (entry.text, entry.author, entry.reply_to) == (second.text, second.author, "9")


async def test_deletion_takes_everything_along(store: Store) -> None:
    """With a message go its reactions and its highlight; it is known as deleted, and nothing can be done to it."""
    chat = await create(store)
    await say(store, chat, (FIRST, A1))
    await keep(
        store, chat, lambda c: c.reacted("1", "❤", "bo", on=True), lambda c: c.highlighted("1", on=True)
    )
    await keep(store, chat, lambda c: c.retracted("1"))
    await keep(store, chat, lambda c: c.placed("1", A2, by="h"), lambda c: c.highlighted("1", on=True))
    known = (await store.record(chat).known(["1"]))["1"]
    assert (known.version, known.reading) == (DELETED, None)
    assert await entries(store, chat) == []
    assert await store.reader.execute_fetchall("SELECT 1 FROM reactions") == []


async def test_what_somebody_said_stands_against_edits(store: Store) -> None:
    """Where a message was placed it stays, however it is edited or read, until it is placed anew."""
    chat = await create(store)
    await say(store, chat, (FIRST, A1))
    await keep(store, chat, lambda c: c.placed("1", A2, by="ana"))
    await say(store, chat, (THIRD, A1))
    await keep(store, chat, lambda c: c.read("1", 7, TALK))
    (entry,) = await entries(store, chat)
    assert (entry.text, entry.answers, entry.under) == ("A1 third", ("2",), "2")
    assert (await store.record(chat).known(["1"]))["1"].placed
    await keep(store, chat, lambda c: c.placed("1", TALK, by="h"))
    assert [(entry.answers, entry.under) for entry in await entries(store, chat)] == [((), "1")]


async def test_read_anew(store: Store) -> None:
    """A new reading holds for the version that was read, and for no other."""
    chat = await create(store)
    await say(store, chat, (FIRST, TALK))
    await keep(store, chat, lambda c: c.read("1", 0, A1))
    assert [entry.answers for entry in await entries(store, chat)] == [("1",)]
    await say(store, chat, (THIRD, TALK))
    await keep(store, chat, lambda c: c.read("1", 0, A2))
    assert [entry.answers for entry in await entries(store, chat)] == [()]


async def test_reactions(store: Store) -> None:
    """Different people are counted for each sign, once each, without the author, and not those who took theirs off."""
    chat = await create(store)
    on = [("❤", "bo"), ("❤", "bo"), ("❤", "cy"), ("❤", "ana"), ("👍", "cy")]
    await keep(store, chat, lambda c: c.reacted("1", "❤", "early", on=True))
    await say(store, chat, (FIRST, A1))
    await keep(
        store, chat, *((lambda c, s=sign, p=person: c.reacted("1", s, p, on=True)) for sign, person in on)
    )
    assert [entry.reactions for entry in await entries(store, chat)] == [{"❤": 3, "👍": 1}]
    await keep(
        store,
        chat,
        lambda c: c.reacted("1", "❤", "bo", on=False),
        lambda c: c.reacted("1", "👍", "cy", on=False),
    )
    assert [entry.reactions for entry in await entries(store, chat)] == [{"❤": 2}]


async def test_highlighted_and_hidden(store: Store) -> None:
    """Hidden messages, and all of a hidden person's, are not published, until they are let in again."""
    chat = await create(store)
    await say(store, chat, (FIRST, A1), (message("2", BO, "A1 b"), A1), (message("3", BO, "A1 c"), A1))
    await keep(store, chat, lambda c: c.highlighted("1", on=True), lambda c: c.hidden("2", on=True))
    assert [(entry.id, entry.highlighted) for entry in await entries(store, chat)] == [
        ("1", True),
        ("3", False),
    ]
    await keep(store, chat, lambda c: c.person_hidden("bo", on=True), lambda c: c.highlighted("1", on=False))
    assert [(entry.id, entry.highlighted) for entry in await entries(store, chat)] == [("1", False)]
    await keep(store, chat, lambda c: c.person_hidden("bo", on=False), lambda c: c.hidden("2", on=False))
    assert [entry.id for entry in await entries(store, chat)] == ["1", "2", "3"]


async def test_previous_answer(store: Store) -> None:
    """The last answer before a moment is found: this author's, this chat's, not conversation, not what was deleted."""
    chat, other = await create(store), await create(store)
    await say(
        store, chat,
        (message("1", ANA, "A1 a", 2), A1), (message("2", ANA, "A2 b", 3), A2), (message("3", ANA, "hm", 4), TALK),
        (message("4", BO, "A1 c", 4), A1), (message("5", ANA, "A1 d", 6), A1),
    )  # fmt: skip
    await say(store, other, (message("1", ANA, "A1 e", 4.5), A1))
    record = store.record(chat)
    assert await record.previous("ana", after(5)) == Previous(("2",), after(3), "A2 b")
    assert await record.previous("ana", after(2)) is None
    await keep(store, chat, lambda c: c.retracted("2"))
    assert await record.previous("ana", after(5)) == Previous(("1",), after(2), "A1 a")


async def test_what_hangs_on_a_message(store: Store) -> None:
    """Later replies, and what its author said soon after, may hang on a message; what was placed or deleted does not."""
    chat = await create(store)
    await say(
        store, chat,
        (message("1", ANA, "A1", 2), A1), (message("soon", ANA, "2/2", 3), A1), (message("later", ANA, "2/2", 9), TALK),
        (message("reply", BO, "yes", 8, reply_to="1"), TALK), (message("before", BO, "?", 1, reply_to="1"), TALK),
        (message("placed", BO, "no", 4, reply_to="1"), TALK), (message("gone", BO, "no", 4, reply_to="1"), TALK),
        (message("other", CY, "hi", 3), TALK),
    )  # fmt: skip
    await keep(store, chat, lambda c: c.placed("placed", A2, by="bo"), lambda c: c.retracted("gone"))
    depending = await store.record(chat).depending(["1"], within=5 * MINUTE)
    assert [(each.id, reading) for each, reading in depending] == [("soon", A1), ("reply", TALK)]


# Posts, and the transcript -------------------------------------------------------------------------------------------


POSTS = [
    Post("welcome", Kind.WELCOME, START),
    Post("Q1", Kind.QUESTION, after(1), question="1", left=10 * MINUTE),
    Post("said:1", Kind.SAID, after(2), text="Hello"),
]


async def test_the_outbox(store: Store) -> None:
    """A post is to come from when it is written down until its room's id is kept; the first report counts."""
    chat = await create(store)
    record = store.record(chat)
    await keep(store, chat, *((lambda c, p=post: c.post(p)) for post in [*POSTS, POSTS[0]]))
    assert await record.posts_to_come() == POSTS
    assert await record.posts_shown() == []
    await keep(store, chat, lambda c: c.sent("Q1", id="77", at=after(1.5), wording="Q1: Why?"))
    await keep(store, chat, lambda c: c.sent("Q1", id="78", at=after(9), wording="twice"))
    assert await record.posts_to_come() == [POSTS[0], POSTS[2]]
    assert await record.posts_shown() == [Shown("Q1", "77", Kind.QUESTION, "1")]
    assert [
        (entry.id, entry.at, entry.text, entry.kind, entry.under, entry.author)
        for entry in await entries(store, chat)
    ] == [("77", after(1.5), "Q1: Why?", "question", "1", None)]


async def test_posts_and_messages_in_one_order(store: Store) -> None:
    """The transcript has posts and messages by their times, across the borders of what is read at a time."""
    chat = await create(store)
    for number in range(7):
        post = Post(f"said:{number}", Kind.SAID, START, text="x")
        at = START + (number * 400) * SECOND
        await keep(
            store, chat,
            lambda c, p=post: c.post(p),
            lambda c, p=post, t=at: c.sent(p.key, id=p.key, at=t, wording="x"),
        )  # fmt: skip
    await say(store, chat, *((message(str(n), ANA, "hm", n / 60), TALK) for n in reversed(range(2100))))
    read = await entries(store, chat)
    assert len(read) == 2107
    assert [entry.at for entry in read] == sorted(entry.at for entry in read)
    assert [entry.id for entry in read if entry.author is None] == [f"said:{n}" for n in range(7)]
    assert read[0].id == "said:0"
    assert await store.record(chat).count() == 2100


async def test_reading_while_writing(store: Store) -> None:
    """A transcript that is being read holds nobody up, and shows the chat as it was when the reading began."""
    chat = await create(store)
    await say(store, chat, *((message(str(n), ANA, "hm", n / 60), TALK) for n in range(2500)))
    read = []
    async with store.reading(chat) as record:
        async for entry in record.entries():
            read.append(entry.id)
            if len(read) in (1, 1500):
                await say(store, chat, (message(f"new {len(read)}", BO, "A1", 100), A1))
    assert read == [str(n) for n in range(2500)]
    assert len(await entries(store, chat)) == 2502


# Commits -------------------------------------------------------------------------------------------------------------


async def test_commits_are_grouped(store: Store) -> None:
    """What queues up while one transaction is made durable shares the next."""
    chats = [await create(store) for _ in range(5)]
    counted = 0

    def count(statement: str) -> None:
        nonlocal counted
        counted += statement == "COMMIT"

    await store._writer.run(lambda db: db.set_trace_callback(count))
    commits = [say(store, chats[n % 5], (message(str(n), ANA, "A1"), A1)) for n in range(200)]
    await asyncio.gather(*commits)
    assert counted <= 20
    assert sum([len(await entries(store, chat)) for chat in chats]) == 200


async def test_one_that_fails_does_not_spoil_the_others(store: Store) -> None:
    """In a group where one cannot be kept, the others are, and the one is not, not even in part."""
    chats = [await create(store) for _ in range(3)]
    good, bad, late = (changes(chat) for chat in chats)
    for each in (good, bad, late):
        each.said(message("1", ANA, "A1"), A1, hosting=False)
    bad.said(replace(message("2", ANA, "A1"), version=2**70), A1, hosting=False)
    outcomes = await asyncio.gather(*map(store.commit, (good, bad, late)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [type(None), StoreError, type(None)]
    assert [len(await entries(store, chat)) for chat in chats] == [1, 0, 1]


async def test_state_goes_with_the_rest(store: Store) -> None:
    """State and record are kept in one transaction; changes without a state leave it as it was."""
    chat = await create(store)
    state, _ = advance(chat.script, chat.state, Wish(START, "w", HOST, Start()))
    kept = changes(chat)
    kept.state = dump(state)
    kept.said(message("1", ANA, "hi"), TALK, hosting=False)
    await store.commit(kept)
    await say(store, chat, (message("2", ANA, "hi"), TALK))
    assert (await store.chat(chat.id)).state == state
    assert not (await store.chat(chat.id)).over


async def test_closing_keeps_what_is_queued(path: Path) -> None:
    """What was handed in before the store is closed is kept."""
    async with Store.open(path, Now()) as store:
        chat = await create(store)
        kept = changes(chat)
        kept.said(message("1", ANA, "A1"), A1, hosting=False)
        future = store.commit(kept)
    await future
    async with Store.open(path, Now()) as store:
        assert len(await entries(store, chat)) == 1


# Chats and their names -----------------------------------------------------------------------------------------------


async def test_names_are_unique_and_found(store: Store) -> None:
    """Short names come from hashtag and day; a chat is found by name, by a part that only it has, or as the last."""
    first, second = await create(store), await create(store)
    third = await create(store, SCRIPT.replace("MacroSW", "lrn_chat"), source="b.yaml")
    assert [chat.name for chat in (first, second, third)] == [
        "macrosw-2015-04-23",
        "macrosw-2015-04-23-2",
        "lrn_chat-2015-04-23",
    ]
    assert second.room == "test:macrosw-2015-04-23-2"
    assert await store.find("macrosw-2015-04-23") == first
    assert await store.find("23-2") == second
    assert await store.find("LRN") == third
    assert await store.find("last") == third
    assert await store.of_script("a.yaml") == [first, second]
    with pytest.raises(
        NoSuchChat,
        match=r"More than one chat goes by 'macro'\. Say which: macrosw-2015-04-23, macrosw-2015-04-23-2, or last",
    ):
        await store.find("macro")
    with pytest.raises(
        NoSuchChat, match=r"No chat goes by 'guild'\. Say which: .*lrn_chat-2015-04-23, or last"
    ):
        await store.find("guild")


async def test_no_chat_yet(store: Store) -> None:
    """Looking for a chat where there is none says how to hold one; a number that is gone says so."""
    with pytest.raises(NoSuchChat, match=r"There is no chat yet\. Hold one with: hashchat run FILE"):
        await store.find("last")
    with pytest.raises(NoSuchChat, match="no longer there"):
        await store.chat(7)


async def in_guild(store: Store, guild: int, place: str = "", **more: bool) -> Chat:
    """Make a chat of a room that shares its database with others."""
    room, apart = f"discord:{guild}", f"@{guild}"
    return await store.create(
        source="a.yaml", text=SCRIPT, room=room, place=place, apart=apart, rehearsal=False, **more
    )


async def test_rooms_apart_learn_nothing_of_each_other(store: Store) -> None:
    """Chats of rooms that are apart are called and numbered as if there were no other, and found by that in their room."""
    first, here, second = await in_guild(store, 1), await in_guild(store, 22), await in_guild(store, 1)
    plain = await create(store)
    assert [(chat.name, chat.short) for chat in (first, here, second, plain)] == [
        ("macrosw-2015-04-23@1", "macrosw-2015-04-23"),
        ("macrosw-2015-04-23@22", "macrosw-2015-04-23"),
        ("macrosw-2015-04-23-2@1", "macrosw-2015-04-23-2"),
        ("macrosw-2015-04-23", "macrosw-2015-04-23"),
    ]
    assert [chat.about.name for chat in (first, here)] == ["macrosw-2015-04-23"] * 2
    assert await store.chats("discord:1") == [first, second]
    assert await store.find("macrosw-2015-04-23", "discord:1") == first
    assert await store.find("macrosw-2015-04-23", "discord:22") == here
    assert await store.find("3-2", "discord:1") == second
    assert await store.find("last", "discord:22") == here
    assert await store.find("macrosw-2015-04-23-2@1") == second


@pytest.mark.parametrize("name", ["macrosw-2015-04-23-2", "@", "@1", "22", "x"])
async def test_no_room_is_told_of_anothers_chats(store: Store, name: str) -> None:
    """Who looks in a room for what is elsewhere, or for what is behind a name, is told of that room's chats alone."""
    await in_guild(store, 1), await in_guild(store, 1), await in_guild(store, 22)
    with pytest.raises(NoSuchChat) as error:
        await store.find(name, "discord:22")
    assert str(error.value) == f"No chat goes by {name!r}. Say which: macrosw-2015-04-23, or last."
    with pytest.raises(NoSuchChat, match=r"^There is no chat here yet\.$"):
        await store.find(name, "discord:3")


async def go_to(store: Store, chat: Chat, phase: Phase) -> None:
    kept = changes(chat)
    kept.state = dump(replace(chat.state, phase=phase))
    await store.commit(kept)


@pytest.mark.parametrize("phase", [Late(START), Over(), Over(cancelled=True)])
async def test_one_chat_at_a_place(store: Store, phase: Phase) -> None:
    """A place that has one takes no second chat, until the first has ended; other places and rooms are free."""
    chat = await in_guild(store, 1, "70")
    with pytest.raises(
        Occupied, match=r"^macrosw-2015-04-23 has not ended here yet\. End or cancel it first"
    ):
        await in_guild(store, 1, "70")
    others = [await in_guild(store, 1, "71"), await in_guild(store, 2, "70"), *[await in_guild(store, 1)] * 2]
    assert [each.place for each in others] == ["71", "70", "", ""]
    assert len(await store.chats()) == 4
    await go_to(store, chat, phase)
    assert (await in_guild(store, 1, "70")).place == "70"


async def test_unfinished_chats(store: Store) -> None:
    """What is not over can be found again after a restart, by the kind of its room, oldest first."""
    chats = [await in_guild(store, n, "70") for n in (2, 1, 3, 4)]
    await create(store, room="discordant:1")
    await go_to(store, chats[1], Over())
    await go_to(store, chats[2], Late(START))
    assert [chat.id for chat in await store.unfinished("discord")] == [
        chats[0].id,
        chats[2].id,
        chats[3].id,
    ]
    assert await store.unfinished("disc") == []
    plan = "EXPLAIN QUERY PLAN SELECT id FROM chats WHERE json_extract(state, '$.phase.phase') <> 'over' ORDER BY id"
    assert "chats_unfinished" in str(await written(store, plan))


async def test_a_name_that_was_freed_is_given_again(store: Store) -> None:
    """A deleted chat's name is the first that is free."""
    first, _ = await create(store), await create(store)
    await store.delete([first])
    assert (await create(store)).name == first.name


async def test_the_next_chat_of_a_name_is_in_another_room(store: Store) -> None:
    """Who asked to be forgotten in a chat that was deleted may speak in the next one that is called the same."""
    first = await create(store, room="terminal:{id}:{name}")
    assert first.room == f"terminal:{first.id}:{first.name}"
    await keep(store, first, forget(store, "ana"))
    await store.delete([first])
    second = await create(store, room="terminal:{id}:{name}")
    assert (second.name, second.room == first.room) == (first.name, False)
    await say(store, second, (FIRST, A1))
    assert [entry.id for entry in await entries(store, second)] == [FIRST.id]


async def test_a_chat_as_it_is_kept(store: Store) -> None:
    """A chat tells its script, whether it is over, and what a recap says of it."""
    chat = await create(store)
    assert chat.script.hashtag == "MacroSW"
    assert (chat.about.name, chat.about.rehearsal, chat.about.started) == (chat.name, False, None)
    assert replace(chat, state=replace(chat.state, phase=Over())).over


# Gone for good -------------------------------------------------------------------------------------------------------

WORDS = "Zanzibar"


async def fill(store: Store, chat: Chat, people: int = 6, messages: int = 600) -> None:
    """Have people talk and edit at length; the words of the person `zoe` have something that nobody else's have."""
    kept = changes(chat)
    for number in range(messages):
        zoe = number % people == 0
        author = Author("zoe", "Zoe Quagga") if zoe else Author(f"u{number % people}", "Somebody")
        text = f"A1 {WORDS if zoe else 'words'} {number} " * (1 + number % 17)
        kept.said(
            message(str(number), author, text, number / 60, attachments=(Attachment(text[:20], "u"),)),
            A1,
            hosting=False,
        )
        kept.reacted(str(number), "❤", "zoe" if number % 7 == 0 else "bo", on=True)
    await store.commit(kept)
    for number in range(0, messages, 3):
        zoe = number % people == 0
        author = Author("zoe", "Zoe Quagga") if zoe else Author(f"u{number % people}", "Somebody")
        text = f"A2 {WORDS if zoe else 'words'} again " * (1 + number * 7 % 41)
        await say(
            store, chat, (message(str(number), author, text, number / 60, version=1, edited_at=after(9)), A2)
        )


async def test_forgetting_leaves_no_byte(store: Store, path: Path) -> None:
    """Nothing of a forgotten person is in any byte of the database or its log: no word, no name, no reaction."""
    chat = await create(store)
    await fill(store, chat)
    await fill(store, await create(store, room="test:elsewhere"), messages=60)
    assert raw(path).count(WORDS.encode()) > 100
    await keep(store, chat, forget(store, "zoe"))
    await store.delete([(await store.chats())[1]])
    assert WORDS.encode() not in raw(path)
    assert b"Quagga" not in raw(path)
    left = await entries(store, chat)
    assert len(left) == 500
    assert all(entry.reactions in ({}, {"❤": 1}) for entry in left)
    assert await store.reader.execute_fetchall("SELECT 1 FROM reactions WHERE author = 'zoe'") == []
    assert await is_forgotten(store, chat.room, "zoe")
    assert not await is_forgotten(store, chat.room, "bo")


async def test_forgetting_reaches_the_whole_room_and_no_other(store: Store) -> None:
    """Every chat of the room loses the person's words; another room is another matter."""
    first, second = await create(store, room="discord:1"), await create(store, room="discord:1")
    elsewhere = await create(store, room="discord:2")
    for chat in (first, second, elsewhere):
        await say(store, chat, (FIRST, A1), (message("2", BO, "A1 b"), A1))
        await keep(store, chat, lambda c: c.person_hidden("ana", on=False))
    await keep(store, first, forget(store, "ana"))
    assert [[entry.id for entry in await entries(store, chat)] for chat in (first, second, elsewhere)] == [
        ["2"],
        ["2"],
        ["1", "2"],
    ]
    assert not await is_forgotten(store, "discord:2", "ana")


@pytest.mark.parametrize("together", [True, False])
async def test_read_again_a_forgotten_person_stays_forgotten(store: Store, *, together: bool) -> None:
    """Whatever comes of a forgotten person afterwards, in any chat of the room, in the same commit or later, is not kept."""
    first, second = await create(store, room="discord:1"), await create(store, room="discord:1")
    await say(store, first, (message("2", BO, "A1 b"), A1))
    again: list[Callable[[Changes], object]] = [
        lambda c: c.said(FIRST, A1, hosting=False),
        lambda c: c.said(THIRD, A1, hosting=False),
        lambda c: c.reacted("2", "❤", "ana", on=True),
    ]
    if together:
        await keep(store, first, *again, forget(store, "ana"))
    else:
        await keep(store, first, forget(store, "ana"))
        await keep(store, first, *again)
    await keep(store, second, *again)
    assert [(entry.id, entry.reactions) for entry in await entries(store, first)] == [("2", {})]
    assert await entries(store, second) == []


async def test_the_tombstone_leads_nowhere(path: Path, tmp_path: Path) -> None:
    """What is remembered of a forgotten person differs from database to database, and outlives the process."""
    async with Store.open(path, Now()) as store:
        digest = store.digest("r", "ana")
        await keep(store, await create(store, room="r"), forget(store, "ana"))
    async with Store.open(path, Now()) as store:
        assert store.digest("r", "ana") == digest
        assert await is_forgotten(store, "r", "ana")
    async with Store.open(tmp_path / "other.db", Now()) as store:
        assert store.digest("r", "ana") != digest


async def test_a_deleted_chat_leaves_no_byte(store: Store, path: Path) -> None:
    """Deleting a chat removes all that hangs on it, from every byte of the file and its log."""
    chat, other = await create(store), await create(store)
    await fill(store, chat)
    await keep(
        store,
        chat,
        lambda c: c.post(POSTS[2]),
        lambda c: c.sent("said:1", id="1", at=after(2), wording=WORDS),
    )
    await say(store, other, (FIRST, A1))
    await store.delete([chat])
    assert WORDS.encode() not in raw(path)
    assert [each.name for each in await store.chats()] == [other.name]
    for table in ("posts", "reactions"):
        assert await store.reader.execute_fetchall(f"SELECT 1 FROM {table}") == []
    assert len(await entries(store, other)) == 1


async def test_working_on_each_entry(store: Store) -> None:
    """It is done with the same entries in the same order, posts among them and last; those of people in another thread."""
    chat = await create(store)
    kept = changes(chat)
    for number, key in ((1, "Q1"), (3, "Q2"), (9, "Q3")):
        kept.post(Post(key, Kind.QUESTION, after(number), question=key[1:]))
        kept.sent(key, id=f"post:{key}", at=after(number), wording=key)
    for number in range(5):
        kept.said(message(str(number), ANA, "A1 x", number), A1, hosting=False)
    await store.commit(kept)
    done: list[tuple[int, Entry]] = []
    await store.record(chat).each(lambda entry: done.append((threading.get_ident(), entry)))
    assert [entry for _, entry in done] == await entries(store, chat)
    assert [entry.id for _, entry in done] == ["0", "post:Q1", "1", "2", "post:Q2", "3", "4", "post:Q3"]
    assert threading.get_ident() not in {thread for thread, entry in done if entry.author}


async def test_forgetting_while_somebody_reads(path: Path) -> None:
    """A reader in the middle of a transcript does not hold up forgetting; the bytes are gone once the store is closed."""
    async with Store.open(path, Now()) as store:
        chat = await create(store)
        await fill(store, chat, messages=2400)
        async with store.reading(chat) as record:
            reading = record.entries()
            await anext(reading)
            await asyncio.wait_for(keep(store, chat, forget(store, "zoe")), 5)
            await say(store, chat, (FIRST, A1))
            assert WORDS.encode() in raw(path)
            await reading.aclose()
    assert WORDS.encode() not in raw(path)


def met(chat: Chat, *asked: str) -> State:
    """Give the state of a chat that `ana` co-hosts, into which a question of hers was taken."""
    taken = (Taken(0, "9", f"{WORDS}?", "ana"),)
    return replace(
        chat.state,
        co_hosts=("ana", "bo"),
        wishes=("ana.1", "w"),
        taken=taken,
        asked=tuple(Asked(label, START) for label in asked),
    )


async def test_forgetting_in_a_whole_room(store: Store, path: Path) -> None:
    """A person goes from all chats of a room, what they had to do with the course of each included, to the last byte."""
    chats = [await in_guild(store, 1, place) for place in ("70", "71")]
    elsewhere = await in_guild(store, 2)
    for chat, asked in zip((*chats, elsewhere), (("9",), (), ()), strict=True):
        kept = changes(chat)
        kept.state = dump(met(chat, *asked))
        if asked:
            kept.post(Post("Q9", Kind.QUESTION, START, question="9"))
            kept.sent("Q9", id="post:Q9", at=START, wording=f"Q9: {WORDS}?")
        for each in (message("1", ANA, f"A1 {WORDS}"), message("2", BO, "A1 b")):
            kept.said(each, A1, hosting=False)
        await store.commit(kept)
        await store.release(chat.id)
    async with another(path, Now()) as other:
        await other.hold(chats[1].id)
        await store.delete([elsewhere])
        await store.forget("discord:1", "ana")
    first, second = await store.chats()
    assert first.state == replace(
        met(chats[0], "9"),
        co_hosts=("bo",),
        wishes=("w",),
        taken=(Taken(0, "9", TAKEN_BACK),),
    )
    assert second.state == replace(met(chats[1]), co_hosts=("bo",), wishes=("w",), taken=())
    assert [entry.text for entry in await entries(store, first)] == [f"Q9: {TAKEN_BACK}", "A1 b"]
    assert await is_forgotten(store, "discord:1", "ana")
    assert not await is_forgotten(store, "discord:2", "ana")
    assert WORDS.encode() not in raw(path)


async def test_forgetting_where_nothing_was_said_yet(store: Store) -> None:
    """Who asks in a room without chats to be forgotten is remembered there for what comes, and for nothing else."""
    await store.forget("discord:1", "ana")
    chat, other = await in_guild(store, 1), await in_guild(store, 2)
    for each in (chat, other):
        await say(store, each, (FIRST, A1))
    assert [len(await entries(store, each)) for each in (chat, other)] == [0, 1]


async def test_who_made_a_chat_is_forgotten_too(store: Store, path: Path) -> None:
    """Of the notes of a guild's chats the one of a host goes with them, in every chat, and no other does."""
    chats = [await in_guild(store, guild) for guild in (1, 1, 1, 2)]
    for chat, host in zip(chats, ("quagga", "quagga", "bo", "quagga"), strict=True):
        await store.note(chat, {MADE_BY: host, "echo:1": "quagga"})
    await store.forget("discord:1", "quagga")
    kept = [(await store.record(chat).notes(MADE_BY)).get(MADE_BY) for chat in chats]
    assert kept == [None, None, "bo", "quagga"]
    assert [len(await store.record(chat).notes("echo:")) for chat in chats] == [1, 1, 1, 1]


async def test_deleted_messages_do_not_name_the_forgotten(store: Store, path: Path) -> None:
    """With a person go the traces of what they had deleted before, where these lead to them, and of nobody else's."""
    chat = await create(store)
    ids = ("quagga.1", "quagga.2", "quaggas.1", "42")
    await say(store, chat, *((message(id_, Author(id_.partition(".")[0], "Q"), "A1"), A1) for id_ in ids))
    await say(store, chat, (message("bo.1", BO, "no", reply_to="quagga.1"), TALK))
    await keep(store, chat, *((lambda c, i=id_: c.retracted(i)) for id_ in ids))
    await keep(store, chat, lambda c: c.reacted("quagga.1", "❤", "bo", on=True))
    await keep(store, chat, forget(store, "quagga"))
    assert set(await store.record(chat).known([*ids, "bo.1"])) == {"quaggas.1", "42", "bo.1"}
    assert [entry.reply_to for entry in await entries(store, chat)] == [None]
    assert b"quagga.1" not in raw(path).replace(b"quaggas.1", b"")
    assert await store.reader.execute_fetchall("SELECT 1 FROM reactions") == []


# Settings ------------------------------------------------------------------------------------------------------------


async def test_settings(path: Path) -> None:
    """What is set for the whole database is there when it is opened again; its own key is not for setting."""
    async with Store.open(path, Now()) as store:
        assert await store.setting("commands:1") is None
        await store.set_setting("commands:1", "abc")
        await store.set_setting("commands:1", "äbd")
        digest = store.digest("r", "ana")
        with pytest.raises(ValueError, match="no setting"):
            await store.set_setting("key", "0")
        with pytest.raises(ValueError, match="no setting"):
            await store.setting("key")
    async with Store.open(path, Now()) as store:
        assert await store.setting("commands:1") == "äbd"
        assert store.digest("r", "ana") == digest


async def test_when_it_last_wrote(path: Path) -> None:
    """The time of the last transaction that is on the disk is told; what failed and what was read do not count."""
    now = Now()
    async with Store.open(path, now) as store:
        assert store.last_written is None
        chat = await create(store)
        assert store.last_written == START
        now.at = after(1)
        await say(store, chat, (FIRST, A1))
        assert store.last_written == after(1)
        now.at = after(2)
        await entries(store, chat)
        with pytest.raises(StoreError):
            await say(store, chat, (message("\ud83d", ANA, "A1"), A1))
        assert store.last_written == after(1)


# Who holds it --------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def another(path: Path, now: Callable[[], datetime]) -> AsyncIterator[Store]:
    async with Store.open(path, now) as store:
        yield store


async def test_one_holder_at_a_time(store: Store, path: Path) -> None:
    """A second process is told who holds the chat and for how long; what it reads, it reads."""
    chat = await create(store)
    async with another(path, Now()) as other:
        with pytest.raises(Held) as held:
            await other.hold(chat.id)
        assert str(held.value) == (
            f"This chat is being held by {store.holder}. Use it there, or stop it there first; if it was cut off, it can be taken over in 30 s."
        )
        assert "on this machine" in str(store.holder)
        assert await other.held(chat) == str(store.holder)
        with pytest.raises(Held):
            await other.delete([chat])
        assert [each.name for each in await other.chats()] == [chat.name]
        assert await entries(other, chat) == []
    await store.hold(chat.id)


async def test_released(store: Store, path: Path) -> None:
    """A released chat, and every chat of a closed store, can be held at once."""
    chat = await create(store)
    await store.release(chat.id)
    assert await store.held(chat) is None
    async with another(path, Now()) as other:
        await other.hold(chat.id)
    await store.hold(chat.id)


async def test_held_as_the_last_holder_left_it(store: Store, path: Path) -> None:
    """Whoever looked for a chat and then holds it, holds it as it is by then."""
    chat = await create(store)
    async with another(path, Now()) as other:
        assert (await other.chats())[0].state == chat.state
        started, _ = advance(chat.script, chat.state, Wish(START, "w", HOST, Start()))
        kept = changes(chat)
        kept.state = dump(started)
        await store.commit(kept)
        await store.release(chat.id)
        assert (await other.hold(chat.id)).state == started


async def test_who_holds_nothing_closes_without_writing(store: Store, path: Path) -> None:
    """A store that only read a chat does not wait for whoever is writing when it is closed."""
    await create(store)
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as writing:
        async with asyncio.timeout(5), another(path, Now()) as reader:
            assert len(await reader.chats()) == 1
            writing.execute("BEGIN IMMEDIATE")


async def test_a_lease_runs_out(path: Path) -> None:
    """A holder that has not been heard of for 30 s has lost its chat: another takes it, and its commits are refused."""
    now = Now()
    async with another(path, now) as one, another(path, now) as other:
        chat = await create(one)
        now.at += 29 * SECOND
        with pytest.raises(Held, match="taken over in 1 s"):
            await other.hold(chat.id)
        now.at += 1 * SECOND
        await other.hold(chat.id)
        with pytest.raises(LeaseLost, match="Another process has taken this chat over"):
            await say(one, chat, (FIRST, A1))
        with pytest.raises(Held):
            await one.hold(chat.id)
        await say(other, chat, (message("2", BO, "A1"), A1))
        assert [entry.id for entry in await entries(one, chat)] == ["2"]
        await one.release(chat.id)
        assert await one.held(chat) == str(other.holder)


async def test_every_commit_renews_the_lease(path: Path) -> None:
    """Who keeps something is still there."""
    now = Now()
    async with another(path, now) as one, another(path, now) as other:
        chat = await create(one)
        now.at += 20 * SECOND
        await say(one, chat, (FIRST, A1))
        now.at += 20 * SECOND
        with pytest.raises(Held):
            await other.hold(chat.id)


async def test_a_lost_lease_spoils_nobody_elses_commit(path: Path) -> None:
    """Of two chats in one group, the one that was taken over is refused and the other kept."""
    now = Now()
    async with another(path, now) as one, another(path, now) as other:
        lost, kept = await create(one), await create(one)
        now.at += 31 * SECOND
        await other.hold(lost.id)
        outcomes = await asyncio.gather(
            say(one, lost, (FIRST, A1)), say(one, kept, (FIRST, A1)), return_exceptions=True
        )
        assert [type(outcome) for outcome in outcomes] == [LeaseLost, type(None)]


HOLD = """
import asyncio, sys
from datetime import datetime, UTC
from pathlib import Path
from bot.store import Store

async def main():
    async with Store.open(Path(sys.argv[1]), lambda: datetime.fromisoformat(sys.argv[2])) as store:
        await store.hold(1)
        print("held", flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


def holding(path: Path) -> subprocess.Popen[str]:
    """Start a process that holds the first chat of that database."""
    command = [sys.executable, "-c", HOLD, str(path), START.isoformat()]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def wait(process: subprocess.Popen[str], *, reaped: bool) -> None:
    """Wait until a process is dead; not reaped, it stays in the table of processes."""
    os.waitid(os.P_PID, process.pid, os.WEXITED if reaped else os.WEXITED | os.WNOWAIT)


@pytest.mark.parametrize("reaped", [True, False])
async def test_a_dead_holder_is_followed_at_once(store: Store, path: Path, *, reaped: bool) -> None:
    """A chat whose holder on this machine was killed can be held at once, even if nobody has asked for its end."""
    chat = await create(store)
    await store.release(chat.id)
    process = holding(path)
    try:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        with pytest.raises(Held, match=f"process {process.pid} on this machine"):
            await store.hold(chat.id)
        process.send_signal(signal.SIGKILL)
        wait(process, reaped=reaped)
        assert await store.held(chat) is None
        await store.hold(chat.id)
    finally:
        process.kill()
        process.communicate()


async def test_a_lease_of_another_machine(store: Store) -> None:
    """Of a process on another machine nothing can be known: its lease has to run out, and its machine is named."""
    chat = await create(store)
    elsewhere = replace(store.holder, machine="laptop/boot/space", pid=1, token="t")
    await written(store, "UPDATE chats SET holder = ?", elsewhere.dump())
    with pytest.raises(Held, match="process 1 on laptop"):
        await store.hold(chat.id)


async def test_a_process_number_that_was_given_again(store: Store) -> None:
    """A living process with the holder's number but another birth is not the holder."""
    chat = await create(store)
    earlier = replace(store.holder, born="1", token="t")
    await written(store, "UPDATE chats SET holder = ?", earlier.dump())
    assert await store.held(chat) is None
    await store.hold(chat.id)


async def test_two_that_open_a_new_file_at_once(path: Path) -> None:
    """Two processes that make the database at the same moment make one."""

    async def opened() -> int:
        async with Store.open(path, Now()) as store:
            await create(store)
            return len(await store.chats())

    counts: list[Awaitable[int]] = [opened() for _ in range(4)]
    await asyncio.gather(*counts)
    async with Store.open(path, Now()) as store:
        assert len({chat.name for chat in await store.chats()}) == 4


# For a room that shows what is kept ---------------------------------------------------------------------------------


async def shared(store: Store) -> Chat:
    """Give a chat with a post, six messages by two people, one of them hidden."""
    chat = await create(store)
    for number in range(6):
        by = (ANA, BO)[number % 2]
        await say(store, chat, (message(f"m{number}", by, f"text {number}", 2 + number), A1))
    post = Post("Q1", Kind.QUESTION, after(1), question="1")
    await keep(
        store,
        chat,
        lambda c: c.post(post),
        lambda c: c.sent("Q1", id="post:Q1", at=after(1), wording="Q1: Why?"),
    )
    await keep(store, chat, lambda c: c.hidden("m4", on=True), lambda c: c.reacted("m1", "❤", "ana", on=True))
    return chat


async def test_pages_of_entries(store: Store) -> None:
    """The last entries come first, then those before, without gaps; hidden ones only on request."""
    record = store.record(await shared(store))
    last, more = await record.page(3)
    assert ([e.id for e in last], more) == (["m2", "m3", "m5"], True)
    before, more = await record.page(3, before=last[0].id)
    assert ([e.id for e in before], more) == (["post:Q1", "m0", "m1"], False)
    with_hidden, _ = await record.page(2, hidden=True)
    assert [(e.id, e.hidden) for e in with_hidden] == [("m4", True), ("m5", False)]
    between, _ = await record.page(9, before="m3", since="m1")
    assert [e.id for e in between] == ["m1", "m2"]


async def test_what_a_page_needs_to_know_of_a_person(store: Store) -> None:
    """Somebody's answers, reactions, messages and name; and any entries by their ids, also a post and what is hidden."""
    record = store.record(await shared(store))
    assert [e.id for e in await record.answers_of("ana")] == ["m0", "m2", "m4"]
    assert await record.reactions_of("ana") == {"m1": ["❤"]}
    assert await record.said_by("bo") == {"m1", "m3", "m5"}
    assert await record.names() == {"ana": "Ana", "bo": "Bo"}
    assert [(e.id, e.hidden) for e in await record.some(["m4", "post:Q1", "x", "m1"])] == [
        ("post:Q1", False),
        ("m1", False),
        ("m4", True),
    ]


async def test_proposals_and_pictures_come_back_and_are_forgotten(store: Store, path: Path) -> None:
    """A question put to the hosts is there until it is settled; it and pictures go with the person, to the last byte."""
    chat = await create(store)
    first, second = (Proposed(f"p{n}", ANA, f"proposal-{n} why?", after(n)) for n in (1, 2))
    await keep(
        store, chat, lambda c: c.proposed(first), lambda c: c.proposed(second), lambda c: c.proposed(second)
    )
    picture = Media("/pictures/pic", "ana", "Picture", "image/png", 3, 2, b"bytes-of-a-picture")
    await store.keep_media(chat, picture)
    record = store.record(chat)
    assert await record.proposals() == [first, second]
    assert await record.media("/pictures/pic") == picture
    await keep(store, chat, lambda c: c.settled("p1"))
    assert await record.proposals() == [second]
    await keep(store, chat, forget(store, "ana"), lambda c: c.proposed(second))
    assert (await record.proposals(), await record.media("/pictures/pic")) == ([], None)
    assert not any(word in raw(path) for word in (b"proposal-", b"bytes-of-a-picture"))
