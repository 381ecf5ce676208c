"""Files that people share, kept with their chat."""

from dataclasses import dataclass

from bot.messages import Attachment
from bot.store.changes import UNLESS_FORGOTTEN

#: A url that begins with `/` is hashchat's own, which is kept before the message that shows it is said.
KEEP_MEDIA = f"""INSERT INTO media (chat, room, url, author, name, type, size, width, height, why, data)
    SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11
    WHERE {UNLESS_FORGOTTEN.format(room="?2", author="?4")} AND (?3 LIKE '/%' OR EXISTS (
        SELECT 1 FROM messages m, json_each(m.attachments) a WHERE m.room = ?2 AND m.author = ?4 AND m.chat = ?1
        AND m.attachments IS NOT NULL AND json_extract(a.value, '$.url') = ?3))
    ON CONFLICT (chat, url) DO UPDATE SET author = excluded.author, name = excluded.name, type = excluded.type,
        size = excluded.size, width = excluded.width, height = excluded.height, why = excluded.why,
        data = excluded.data"""  # noqa: S608  (a constant of this package)


@dataclass(frozen=True, slots=True)
class Media:
    """A file as it is kept: its `url` in the message's attachments, the id of who shared it, and its bytes.

    `type` is a MIME type, the sides of a picture are in pixels. Where there is no `data`, `why` says in words why not.
    """

    url: str
    by: str
    name: str
    type: str | None
    width: int | None = None
    height: int | None = None
    data: bytes | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Unkept:
    """An attachment that is nowhere in the media yet: on which message, and the id of its author."""

    message: str
    by: str
    attachment: Attachment
