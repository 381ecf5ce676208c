"""The tables: what an earlier version kept is there after the step to this one."""

import hmac
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.messages import Attachment
from bot.script.posts import Kind
from bot.store import Media, Shown, Store
from bot.store.schema import APPLICATION_ID, VERSION
from tests.chats import SCRIPT, START, entries
from tests.stores import Now, changes, raw

KEY = bytes(range(32))
#: The tables of version 1 as they were released, and something in each.
VERSION_1 = f"""
CREATE TABLE settings (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
INSERT INTO settings VALUES ('key', x'{KEY.hex()}');
CREATE TABLE chats (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, source TEXT NOT NULL, script TEXT NOT NULL,
    room TEXT NOT NULL, rehearsal INTEGER NOT NULL, created INTEGER NOT NULL, state TEXT NOT NULL, holder TEXT,
    held_until INTEGER
);
CREATE INDEX chats_source ON chats (source);
CREATE TABLE messages (
    chat INTEGER NOT NULL REFERENCES chats ON DELETE CASCADE, room TEXT NOT NULL, id TEXT NOT NULL,
    version INTEGER NOT NULL, place TEXT NOT NULL DEFAULT '', author TEXT NOT NULL DEFAULT '',
    name TEXT NOT NULL DEFAULT '', hosting INTEGER NOT NULL DEFAULT 0, at INTEGER NOT NULL DEFAULT 0,
    edited_at INTEGER, text TEXT NOT NULL DEFAULT '', reply_to TEXT, attachments TEXT,
    repeats INTEGER NOT NULL DEFAULT 0, purpose TEXT NOT NULL DEFAULT '', answers TEXT NOT NULL DEFAULT '',
    under TEXT, placed TEXT, highlighted INTEGER NOT NULL DEFAULT 0, hidden INTEGER NOT NULL DEFAULT 0,
    deleted INTEGER NOT NULL DEFAULT 0, moved INTEGER NOT NULL DEFAULT 0, UNIQUE (chat, room, id)
);
CREATE INDEX messages_at ON messages (chat, at);
CREATE INDEX messages_moved ON messages (chat) WHERE moved;
CREATE INDEX messages_author ON messages (room, author, chat, at);
CREATE TABLE reactions (
    chat INTEGER NOT NULL REFERENCES chats ON DELETE CASCADE, room TEXT NOT NULL, message TEXT NOT NULL,
    sign TEXT NOT NULL, author TEXT NOT NULL, shown INTEGER NOT NULL,
    PRIMARY KEY (chat, room, message, sign, author)
) WITHOUT ROWID;
CREATE INDEX reactions_author ON reactions (room, author);
CREATE TABLE hidden_people (
    chat INTEGER NOT NULL REFERENCES chats ON DELETE CASCADE, room TEXT NOT NULL, author TEXT NOT NULL,
    hidden INTEGER NOT NULL, PRIMARY KEY (chat, room, author)
) WITHOUT ROWID;
CREATE TABLE posts (
    number INTEGER PRIMARY KEY, chat INTEGER NOT NULL REFERENCES chats ON DELETE CASCADE, key TEXT NOT NULL,
    room TEXT NOT NULL, kind TEXT NOT NULL, due INTEGER NOT NULL, question TEXT, text TEXT, remaining INTEGER,
    id TEXT, sent INTEGER, wording TEXT, UNIQUE (chat, key, room)
);
CREATE TABLE proposals (
    chat INTEGER NOT NULL REFERENCES chats ON DELETE CASCADE, room TEXT NOT NULL, id TEXT NOT NULL,
    author TEXT NOT NULL, name TEXT NOT NULL, text TEXT NOT NULL, at INTEGER NOT NULL,
    settled INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (chat, room, id)
) WITHOUT ROWID;
CREATE TABLE pictures (
    id TEXT PRIMARY KEY, chat INTEGER NOT NULL REFERENCES chats ON DELETE CASCADE, room TEXT NOT NULL,
    author TEXT NOT NULL, type TEXT NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL, data BLOB NOT NULL
);
CREATE INDEX pictures_author ON pictures (room, author);
CREATE TABLE forgotten (digest BLOB PRIMARY KEY) WITHOUT ROWID;
PRAGMA user_version = 1;
PRAGMA application_id = {APPLICATION_ID};

INSERT INTO chats VALUES (7, 'macrosw-2015-04-23', 'a.yaml', '{SCRIPT}', 'web:7:macrosw-2015-04-23', 0, 1429822800000000,
    '{{"phase":{{"starts":null,"phase":"ready"}},"at":"2015-04-23T21:00:00Z","started":null,"ended":null,"asked":[],"wishes":[],"co_hosts":["cy"],"taken":[],"posts":0,"version":1}}',
    NULL, NULL);
INSERT INTO messages (chat, room, id, version, author, name, at, text, attachments, purpose, answers, under)
    VALUES (7, 'web:7:macrosw-2015-04-23', 'ana.1', 0, 'ana', 'Ana', 1429822920000000, 'A1 my cat',
    '[{{"name":"Picture","url":"/pictures/abcdefgh","type":"image/png","size":9,"alt":"a cat","width":3,"height":2}}]',
    'answer', '1', '1');
INSERT INTO reactions VALUES (7, 'web:7:macrosw-2015-04-23', 'ana.1', '❤', 'bo', 1);
INSERT INTO hidden_people VALUES (7, 'web:7:macrosw-2015-04-23', 'dee', 1);
INSERT INTO posts VALUES (1, 7, 'Q1', 'web:7:macrosw-2015-04-23', 'question', 1429822860000000, '1', NULL, NULL, 'post:Q1',
    1429822860000000, 'Q1: What brought you here?');
INSERT INTO proposals VALUES (7, 'web:7:macrosw-2015-04-23', 'bo.1', 'bo', 'Bo', 'Why?', 1429822920000000, 0);
INSERT INTO pictures VALUES ('abcdefgh', 7, 'web:7:macrosw-2015-04-23', 'ana', 'image/png', 3, 2, x'89504e470d0a1a0a00');
INSERT INTO forgotten VALUES (x'00ff');
"""


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    """Make a database as version 1 left it."""
    path = tmp_path / "chats.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.executescript(VERSION_1)
    return path


async def test_all_of_version_1_is_there(earlier: Path) -> None:
    """A database of version 1 is opened with everything that was in it; its pictures are media of the same address."""
    async with Store.open(earlier, Now()) as store:
        (chat,) = await store.chats()
        assert (chat.id, chat.name, chat.short, chat.place) == (
            7,
            "macrosw-2015-04-23",
            "macrosw-2015-04-23",
            "",
        )
        assert (chat.script.hashtag, chat.state.co_hosts, chat.created) == ("MacroSW", ("cy",), START)
        post, said = await entries(store, chat)
        assert (post.id, post.text) == ("post:Q1", "Q1: What brought you here?")
        url = "/pictures/abcdefgh"
        assert said.attachments == (Attachment("Picture", url, "image/png", 9, "a cat", 3, 2),)
        assert (said.text, said.answers, said.reactions) == ("A1 my cat", ("1",), {"❤": 1})
        record = store.record(chat)
        assert await record.posts_shown() == [Shown("Q1", "post:Q1", Kind.QUESTION, "1")]
        assert [each.text for each in await record.proposals()] == ["Why?"]
        assert await record.hidden_people() == ["dee"]
        assert await record.media(url) == Media(
            url, "ana", "Picture", "image/png", 3, 2, b"\x89PNG\r\n\x1a\n\0"
        )
        assert await record.media_size() == 9
        assert store.digest("r", "ana") == hmac.digest(KEY, b"r\0ana", "sha256")
    with closing(sqlite3.connect(earlier)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (VERSION,)
        assert db.execute("SELECT hex(digest) FROM forgotten").fetchall() == [("00FF",)]
        assert db.execute("SELECT count(*) FROM sqlite_master WHERE name LIKE 'pictures%'").fetchone() == (0,)


async def test_a_chat_of_version_1_goes_on(earlier: Path) -> None:
    """What was kept before the step can be edited, retracted and forgotten after it, its pictures with it."""
    async with Store.open(earlier, Now()) as store:
        chat = await store.hold(7)
        kept = changes(chat)
        kept.retracted("ana.1")
        await store.commit(kept)
        assert [entry.id for entry in await entries(store, chat)] == ["post:Q1"]
        assert await store.record(chat).media_size() == 0


async def test_hosts_of_earlier_imports_can_be_forgotten(earlier: Path) -> None:
    """Who hosted a chat that an earlier version imported is known by what they said in it, and leaves its script."""
    with closing(sqlite3.connect(earlier, isolation_level=None)) as db:
        db.execute("UPDATE chats SET source = 'import:1', room = 'import:x'")
        db.execute("UPDATE messages SET room = 'import:x', author = '7', name = 'Hana', hosting = 1")
    async with Store.open(earlier, Now()) as store:
        chat = await store.find("last")
        assert [host.name for host in chat.script.hosts] == ["Hana"]
        assert await store.record(chat).people("hana") == ["7"]
        await store.forget("import:x", "7")
        assert (await store.chat(chat.id)).script.hosts == ()
    assert b"Hana" not in raw(earlier)


@pytest.mark.parametrize("author", [None, "zeldah", "zelda  hosty"])
async def test_hosts_of_earlier_imports_are_known_by_their_script(earlier: Path, author: str | None) -> None:
    """Who only asked the questions of such a chat, or wrote by their handle, can be forgotten too, and the others stay."""
    script = SCRIPT.replace("[Hana]", "[{name: Zelda Hosty, handle: ZeldaH}, Dee]")
    with closing(sqlite3.connect(earlier, isolation_level=None)) as db:
        db.execute("UPDATE chats SET source = 'import:1', room = 'import:x', script = ?", (script,))
        db.execute("UPDATE messages SET room = 'import:x'")
        if author:
            db.execute("UPDATE messages SET author = ?, name = ?, hosting = 1", (author, author.upper()))
    async with Store.open(earlier, Now()) as store:
        chat = await store.find("last")
        (known,) = await store.record(chat).people(author or "zelda hosty")
        await store.forget("import:x", known)
        assert [host.name for host in (await store.chat(chat.id)).script.hosts] == ["Dee"]
    assert b"zelda" not in raw(earlier).lower()


async def test_an_import_that_cannot_be_read_any_more_holds_up_no_step(earlier: Path) -> None:
    """A script that is none has no hosts, and the database is opened all the same."""
    with closing(sqlite3.connect(earlier, isolation_level=None)) as db:
        db.execute("UPDATE chats SET source = 'import:1', script = 'hosts: ['")
    async with Store.open(earlier, Now()) as store:
        assert await store.record(await store.find("last")).hidden_people() == ["dee"]


async def test_the_step_is_made_once(earlier: Path) -> None:
    """Opened again, the database is left as it is."""
    for _ in range(2):
        async with Store.open(earlier, Now()) as store:
            assert await store.record(await store.find("last")).media_size() == 9
