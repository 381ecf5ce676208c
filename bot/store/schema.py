"""The tables, as the list of steps that lead to them.

Times are whole microseconds since 1970 (UTC). What is said is known by chat, room and id, and a post by chat, key and room:
nothing here assumes that a chat takes place in one room only.
"""

from dataclasses import dataclass

#: "hcha", so that hashchat (and `file`) can tell its database from others.
APPLICATION_ID = 0x68636861


#: Holds for a chat that is not over (see `bot.session.Over`), by its state.
UNFINISHED = "json_extract(state, '$.phase.phase') <> 'over'"


@dataclass(frozen=True, slots=True)
class Migration:
    """One step from a version of the database to the next. All its statements happen, or none."""

    what: str
    statements: tuple[str, ...]


MIGRATIONS = (
    Migration(
        "the first tables",
        (
            "CREATE TABLE settings (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID",
            "INSERT INTO settings VALUES ('key', randomblob(32))",
            """CREATE TABLE chats (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                name TEXT NOT NULL UNIQUE,
                source TEXT NOT NULL,             -- where the script was read from
                script TEXT NOT NULL,             -- its YAML, as it was then
                room TEXT NOT NULL,
                rehearsal INTEGER NOT NULL,
                created INTEGER NOT NULL,
                state TEXT NOT NULL,
                holder TEXT,
                held_until INTEGER
            )""",
            "CREATE INDEX chats_source ON chats (source)",
            """CREATE TABLE messages (
                chat INTEGER NOT NULL REFERENCES chats ON DELETE CASCADE,
                room TEXT NOT NULL,
                id TEXT NOT NULL,
                version INTEGER NOT NULL,
                place TEXT NOT NULL DEFAULT '',
                author TEXT NOT NULL DEFAULT '',
                name TEXT NOT NULL DEFAULT '',
                hosting INTEGER NOT NULL DEFAULT 0,
                at INTEGER NOT NULL DEFAULT 0,
                edited_at INTEGER,
                text TEXT NOT NULL DEFAULT '',
                reply_to TEXT,
                attachments TEXT,                 -- JSON
                repeats INTEGER NOT NULL DEFAULT 0,
                purpose TEXT NOT NULL DEFAULT '',
                answers TEXT NOT NULL DEFAULT '', -- labels, with commas between them
                under TEXT,
                placed TEXT,                      -- who said so, where somebody did
                highlighted INTEGER NOT NULL DEFAULT 0,
                hidden INTEGER NOT NULL DEFAULT 0,
                deleted INTEGER NOT NULL DEFAULT 0,
                moved INTEGER NOT NULL DEFAULT 0, -- what hangs on it is still to be read again
                UNIQUE (chat, room, id)
            )""",
            "CREATE INDEX messages_at ON messages (chat, at)",
            "CREATE INDEX messages_moved ON messages (chat) WHERE moved",
            "CREATE INDEX messages_author ON messages (room, author, chat, at)",
            """CREATE TABLE reactions (
                chat INTEGER NOT NULL REFERENCES chats ON DELETE CASCADE,
                room TEXT NOT NULL,
                message TEXT NOT NULL,
                sign TEXT NOT NULL,
                author TEXT NOT NULL,
                shown INTEGER NOT NULL,
                PRIMARY KEY (chat, room, message, sign, author)
            ) WITHOUT ROWID""",
            "CREATE INDEX reactions_author ON reactions (room, author)",
            """CREATE TABLE hidden_people (
                chat INTEGER NOT NULL REFERENCES chats ON DELETE CASCADE,
                room TEXT NOT NULL,
                author TEXT NOT NULL,
                hidden INTEGER NOT NULL,
                PRIMARY KEY (chat, room, author)
            ) WITHOUT ROWID""",
            """CREATE TABLE posts (
                number INTEGER PRIMARY KEY,
                chat INTEGER NOT NULL REFERENCES chats ON DELETE CASCADE,
                key TEXT NOT NULL,
                room TEXT NOT NULL,
                kind TEXT NOT NULL,
                due INTEGER NOT NULL,
                question TEXT,
                text TEXT,
                remaining INTEGER,
                id TEXT,                          -- the room's own, once it is there
                sent INTEGER,
                wording TEXT,
                UNIQUE (chat, key, room)
            )""",
            """CREATE TABLE proposals (
                chat INTEGER NOT NULL REFERENCES chats ON DELETE CASCADE,
                room TEXT NOT NULL,
                id TEXT NOT NULL,
                author TEXT NOT NULL,
                name TEXT NOT NULL,
                text TEXT NOT NULL,
                at INTEGER NOT NULL,
                settled INTEGER NOT NULL DEFAULT 0,
                PRIMARY KEY (chat, room, id)
            ) WITHOUT ROWID""",
            """CREATE TABLE pictures (
                id TEXT PRIMARY KEY,
                chat INTEGER NOT NULL REFERENCES chats ON DELETE CASCADE,
                room TEXT NOT NULL,
                author TEXT NOT NULL,
                type TEXT NOT NULL,
                width INTEGER NOT NULL,
                height INTEGER NOT NULL,
                data BLOB NOT NULL
            )""",
            "CREATE INDEX pictures_author ON pictures (room, author)",
            "CREATE TABLE forgotten (digest BLOB PRIMARY KEY) WITHOUT ROWID",
        ),
    ),
    Migration(
        "chats at a place of their room, what rooms note of them, and files of every kind",
        (
            "ALTER TABLE chats ADD COLUMN place TEXT NOT NULL DEFAULT ''",
            "CREATE INDEX chats_room ON chats (room, place)",
            f"CREATE INDEX chats_unfinished ON chats (id) WHERE {UNFINISHED}",
            """CREATE TABLE notes (
                chat INTEGER NOT NULL REFERENCES chats ON DELETE CASCADE,
                room TEXT NOT NULL,
                key TEXT NOT NULL,
                value TEXT NOT NULL,
                PRIMARY KEY (chat, room, key)
            ) WITHOUT ROWID""",
            """CREATE TABLE media (
                chat INTEGER NOT NULL REFERENCES chats ON DELETE CASCADE,
                room TEXT NOT NULL,
                url TEXT NOT NULL,                -- as in the attachments of a message
                author TEXT NOT NULL,
                name TEXT NOT NULL,
                type TEXT,
                size INTEGER NOT NULL,            -- of the data
                width INTEGER,
                height INTEGER,
                why TEXT,                         -- why there is no data
                data BLOB,
                UNIQUE (chat, url)
            )""",
            """INSERT INTO media SELECT chat, room, '/pictures/' || id, author, 'Picture', type, length(data), width, height,
                NULL, data FROM pictures""",
            "DROP TABLE pictures",
            "CREATE INDEX media_author ON media (room, author)",
            "CREATE INDEX messages_attaching ON messages (chat, at) WHERE attachments IS NOT NULL",
            # What a message no longer shows is not kept either, whether it was edited, retracted, or its author forgotten.
            """CREATE TRIGGER media_detached AFTER UPDATE OF attachments ON messages
                WHEN OLD.attachments IS NOT NULL AND OLD.attachments IS NOT NEW.attachments BEGIN
                DELETE FROM media WHERE chat = OLD.chat AND author = OLD.author
                    AND url IN (SELECT json_extract(value, '$.url') FROM json_each(OLD.attachments))
                    AND url NOT IN (SELECT json_extract(value, '$.url') FROM json_each(coalesce(NEW.attachments, '[]')));
            END""",
        ),
    ),
    Migration(
        "who the hosts are that the script of an imported chat names",
        (
            """CREATE TABLE hosts (
                chat INTEGER NOT NULL REFERENCES chats ON DELETE CASCADE,
                room TEXT NOT NULL,
                author TEXT NOT NULL,
                name TEXT NOT NULL,               -- as in the script
                PRIMARY KEY (chat, room, author, name)
            ) WITHOUT ROWID""",
            "CREATE INDEX hosts_author ON hosts (room, author)",
            """INSERT OR IGNORE INTO hosts
                SELECT c.id, c.room, json_extract(host.value, '$[0]'), json_extract(host.value, '$[1]') FROM chats c, json_each(hosts_among(c.script, (SELECT json_group_array(json_array(author, name)) FROM
                    (SELECT DISTINCT author, name FROM messages WHERE chat = c.id AND NOT deleted)))) host
                WHERE c.source LIKE 'import:%'""",
        ),
    ),
    Migration(
        "what people of an imported chat are called besides the names under which they wrote",
        (
            """CREATE TABLE other_names (
                chat INTEGER NOT NULL REFERENCES chats ON DELETE CASCADE,
                room TEXT NOT NULL,
                author TEXT NOT NULL,
                name TEXT NOT NULL,
                PRIMARY KEY (chat, room, author, name)
            ) WITHOUT ROWID""",
            "CREATE INDEX other_names_author ON other_names (room, author)",
        ),
    ),
)
#: The tables in which people are known, each by room and author.
PEOPLE = ("messages", "reactions", "hidden_people", "proposals", "media", "hosts", "other_names")
VERSION = len(MIGRATIONS)
