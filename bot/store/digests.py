"""What tells whether anything has changed of what chats are shown from, for all of them at once."""

import hashlib
from collections import defaultdict

import aiosqlite

#: How many rows are taken from SQLite's thread at a time.
_CHUNK = 1000
#: All that decides what is shown of a chat, but for its script and state. The first column is the chat.
_ROWS = (
    "SELECT * FROM messages ORDER BY chat, at, rowid",
    "SELECT * FROM reactions ORDER BY chat, room, message, sign, author",
    "SELECT * FROM hidden_people ORDER BY chat, room, author",
    "SELECT chat, key, room, kind, question, id, sent, wording FROM posts ORDER BY chat, key, room",
    "SELECT chat, url, author, name, type, size, width, height, why FROM media ORDER BY chat, url",
)


async def digests(db: aiosqlite.Connection) -> dict[int, str]:
    """Give, by the numbers of the chats, what stays the same as long as nothing changes that they are shown from.

    A chat in which nothing was said or posted has none. Takes little more than reading all that was ever said.
    """
    found: defaultdict[int, hashlib.blake2b] = defaultdict(lambda: hashlib.blake2b(digest_size=16))
    for statement in _ROWS:
        async with db.execute(statement) as cursor:
            while rows := await cursor.fetchmany(_CHUNK):
                for row in rows:
                    found[row[0]].update(repr(row).encode(errors="surrogatepass"))
    return {chat: digest.hexdigest() for chat, digest in found.items()}
