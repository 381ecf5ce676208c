"""What is to be kept, as rows for a handful of statements: the changes of many chats go into one transaction."""

import json
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.answers import Purpose, Reading
from bot.messages import Attachment, Message, Proposed
from bot.script.posts import Post
from bot.session import State, dump, forget

Row = tuple[Any, ...]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

#: Higher than the version of any edit: nothing brings a deleted message back.
DELETED = 2**62
#: The note with the id of who has made a chat, and is written to where something is wrong.
HOST = "host"

STATE = """UPDATE chats SET held_until = ?, state = coalesce(?, state) WHERE id = ? AND holder = ?"""
#: Holds unless that person asked to be forgotten in that room: by another chat or process, it may be, a moment ago.
UNLESS_FORGOTTEN = """NOT (EXISTS (SELECT 1 FROM forgotten)
        AND EXISTS (SELECT 1 FROM forgotten WHERE digest = digest_of({room}, {author})))"""
_POST = """INSERT OR IGNORE INTO posts (chat, key, room, kind, due, question, text, remaining)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
_SENT = (
    "UPDATE posts SET id = ?, sent = ?, wording = ? WHERE chat = ? AND key = ? AND room = ? AND id IS NULL"
)
_SAID = f"""INSERT INTO messages (chat, room, id, version, place, author, name, hosting, at, edited_at, text, reply_to,
        attachments, repeats, purpose, answers, under)
    SELECT ?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17 WHERE {UNLESS_FORGOTTEN.format(room="?2", author="?6")}
    ON CONFLICT (chat, room, id) DO UPDATE SET version = excluded.version, name = excluded.name,
        edited_at = excluded.edited_at, text = excluded.text, attachments = excluded.attachments,
        repeats = excluded.repeats, author = excluded.author, reply_to = excluded.reply_to, deleted = 0,
        purpose = CASE WHEN placed IS NULL THEN excluded.purpose ELSE purpose END,
        answers = CASE WHEN placed IS NULL THEN excluded.answers ELSE answers END,
        under = CASE WHEN placed IS NULL THEN excluded.under ELSE under END
    WHERE excluded.version > messages.version"""
_RETRACTED = """INSERT INTO messages (chat, room, id, version, deleted) VALUES (?, ?, ?, ?, 1)
    ON CONFLICT (chat, room, id) DO UPDATE SET version = excluded.version, deleted = 1, author = '', name = '', text = '',
        reply_to = NULL, moved = 0, attachments = NULL, purpose = '', answers = '', under = NULL, placed = NULL,
        highlighted = 0
    WHERE excluded.version > messages.version"""
_UNREACTED = "DELETE FROM reactions WHERE chat = ? AND room = ? AND message = ?"
_READ = """UPDATE messages SET purpose = ?, answers = ?, under = ?
    WHERE chat = ? AND room = ? AND id = ? AND version = ? AND placed IS NULL"""
_PLACED = """UPDATE messages SET purpose = ?, answers = ?, under = ?, placed = ?
    WHERE chat = ? AND room = ? AND id = ? AND NOT deleted"""
_MOVED = "UPDATE messages SET moved = ? WHERE chat = ? AND room = ? AND id = ? AND NOT deleted"
_HIGHLIGHTED = "UPDATE messages SET highlighted = ? WHERE chat = ? AND room = ? AND id = ? AND NOT deleted"
_HIDDEN = "UPDATE messages SET hidden = ? WHERE chat = ? AND room = ? AND id = ?"
_PERSON_HIDDEN = """INSERT INTO hidden_people (chat, room, author, hidden) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET hidden = excluded.hidden"""
_REACTED = f"""INSERT INTO reactions (chat, room, message, sign, author, shown)
    SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE {UNLESS_FORGOTTEN.format(room="?2", author="?5")}
    ON CONFLICT DO UPDATE SET shown = excluded.shown"""
_TAKEN_BACK = "UPDATE posts SET wording = replace(wording, ?, ?) WHERE chat = ? AND question = ?"
_FORGOTTEN = "INSERT OR IGNORE INTO forgotten (digest) VALUES (?)"
#: A person's messages, also those that were deleted before: their ids may still name the person, as `person.id`.
_THEIRS = (
    """room = ?1 AND author IN (?2, '') AND (author <> '' OR substr(id, 1, length(?2) + 1) = ?2 || '.')"""
)
_REACTIONS_TO = f"""DELETE FROM reactions WHERE (chat, room, message) IN
    (SELECT chat, room, id FROM messages WHERE {_THEIRS})"""  # noqa: S608  (a constant of this module)
_REPLIES_TO = f"""UPDATE messages SET reply_to = NULL WHERE room = ?1
    AND (chat, reply_to) IN (SELECT chat, id FROM messages WHERE {_THEIRS})"""  # noqa: S608  (a constant of this module)
_PLACED_BY = "UPDATE messages SET placed = '' WHERE room = ? AND placed = ?"
_REACTIONS_BY = "DELETE FROM reactions WHERE room = ? AND author = ?"
_MESSAGES_BY = f"DELETE FROM messages WHERE {_THEIRS}"  # noqa: S608  (a constant of this module)
_HIDDEN_BY = "DELETE FROM hidden_people WHERE room = ? AND author = ?"
_PROPOSED = f"""INSERT OR IGNORE INTO proposals (chat, room, id, author, name, text, at)
    SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE {UNLESS_FORGOTTEN.format(room="?2", author="?4")}"""
_SETTLED = "UPDATE proposals SET settled = 1 WHERE chat = ? AND room = ? AND id = ?"
_PROPOSALS_BY = "DELETE FROM proposals WHERE room = ? AND author = ?"
_MEDIA_BY = "DELETE FROM media WHERE room = ? AND author = ?"
#: Only scripts that were made of what was imported, or came with it, name people whose ids are known.
_NAMED_AS_HOST = """UPDATE chats SET script = without_hosts(script,
        (SELECT json_group_array(name) FROM hosts WHERE chat = chats.id AND room = ?1 AND author = ?2))
    WHERE id IN (SELECT chat FROM hosts WHERE room = ?1 AND author = ?2)"""
_HOSTS_BY = "DELETE FROM hosts WHERE room = ? AND author = ?"
_OTHER_NAMES_OF = "DELETE FROM other_names WHERE room = ? AND author = ?"
_NOTED_AS_HOST = f"DELETE FROM notes WHERE room = ? AND key = '{HOST}' AND value = ?"  # noqa: S608  (a constant of this module)

#: The order in which one transaction does them: a message is there before anything is done to it.
STATEMENTS = (
    _POST, _SENT, _SAID, _RETRACTED, _UNREACTED, _READ, _PLACED, _MOVED, _HIGHLIGHTED, _HIDDEN, _PERSON_HIDDEN, _REACTED,
    _PROPOSED, _SETTLED, _TAKEN_BACK, _FORGOTTEN, _REACTIONS_TO, _REPLIES_TO, _PLACED_BY, _REACTIONS_BY, _MESSAGES_BY,
    _HIDDEN_BY, _PROPOSALS_BY, _MEDIA_BY, _NAMED_AS_HOST, _HOSTS_BY, _OTHER_NAMES_OF, _NOTED_AS_HOST,
)  # fmt: skip
#: What goes when a person is forgotten.
_ALL_BY = (
    _REACTIONS_TO, _REPLIES_TO, _PLACED_BY, _REACTIONS_BY, _MESSAGES_BY, _HIDDEN_BY, _PROPOSALS_BY, _MEDIA_BY,
    _NAMED_AS_HOST, _HOSTS_BY, _OTHER_NAMES_OF, _NOTED_AS_HOST,
)  # fmt: skip


@dataclass(slots=True)
class Changes:
    """Everything to be kept together for one chat in one room. `state` is None where it has not changed."""

    chat: int
    room: str
    state: str | None = None
    rows: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))

    @property
    def forgets(self) -> bool:
        """Whether anybody's words are to go for good."""
        return _FORGOTTEN in self.rows

    def post(self, post: Post) -> None:
        """Write down a post before it is sent."""
        left = None if post.left is None else post.left // timedelta(microseconds=1)
        row = (self.chat, post.key, self.room, post.kind, micros(post.at), post.question, post.text, left)
        self.rows[_POST].append(row)

    def sent(self, key: str, *, id: str, at: datetime, wording: str) -> None:
        """Write down that a post is in the room: its id there, the room's own time, and its text."""
        self.rows[_SENT].append((id, micros(at), wording, self.chat, key, self.room))

    def said(self, message: Message, reading: Reading, *, hosting: bool) -> None:
        """Keep a message, or its newer version, with what it was read as."""
        author = message.author
        self.rows[_SAID].append(
            (
                self.chat, self.room, message.id, message.version, message.place, author.id, whole(author.name), hosting,
                micros(message.at), micros(message.edited_at) if message.edited_at else None, whole(message.text),
                message.reply_to, dump_attachments(message.attachments), message.repeat,
                reading.purpose, ",".join(reading.answers), reading.under,
            )
        )  # fmt: skip

    def retracted(self, message: str, version: int = DELETED) -> None:
        """Remove what a message said, and its reactions, so that only a higher version brings it back."""
        self.rows[_RETRACTED].append((self.chat, self.room, message, version))
        self.rows[_UNREACTED].append((self.chat, self.room, message))

    def read(self, message: str, version: int, reading: Reading) -> None:
        """Keep what that version of a message is read as now."""
        row = (reading.purpose, ",".join(reading.answers), reading.under)
        self.rows[_READ].append((*row, self.chat, self.room, message, version))

    def placed(self, message: str, reading: Reading, *, by: str) -> None:
        """Keep where somebody said that a message belongs."""
        row = (reading.purpose, ",".join(reading.answers), reading.under, by)
        self.rows[_PLACED].append((*row, self.chat, self.room, message))

    def moved(self, message: str, *, on: bool) -> None:
        """Remember that what hangs on a message is still to be read again, or no longer."""
        self.rows[_MOVED].append((on, self.chat, self.room, message))

    def highlighted(self, message: str, *, on: bool) -> None:
        """Lift a message out, or no longer."""
        self.rows[_HIGHLIGHTED].append((on, self.chat, self.room, message))

    def hidden(self, message: str, *, on: bool) -> None:
        """Keep a message out of what is published, or let it in again."""
        self.rows[_HIDDEN].append((on, self.chat, self.room, message))

    def person_hidden(self, author: str, *, on: bool) -> None:
        """Keep a person out of what is published, or let them in again."""
        self.rows[_PERSON_HIDDEN].append((self.chat, self.room, author, on))

    def reacted(self, message: str, sign: str, author: str, *, on: bool) -> None:
        """Put a person's sign on a message, or take it off."""
        self.rows[_REACTED].append((self.chat, self.room, message, whole(sign), author, on))

    def proposed(self, proposal: Proposed) -> None:
        """Keep a question that somebody puts to the hosts."""
        by = proposal.by
        row = (
            self.chat,
            self.room,
            proposal.id,
            by.id,
            whole(by.name),
            whole(proposal.text),
            micros(proposal.at),
        )
        self.rows[_PROPOSED].append(row)

    def settled(self, proposal: str) -> None:
        """Keep that a proposed question has been taken or put aside."""
        self.rows[_SETTLED].append((self.chat, self.room, proposal))

    def forgotten(self, author: str, digest: bytes, state: State) -> State:
        """Remove everything of a person's in this room, in all chats, and remember to keep nothing more.

        What they had to do with the course of this chat goes too: gives its state without them.
        """
        self.gone(author, digest)
        return self.course_without(author, state)

    def gone(self, author: str, digest: bytes) -> None:
        """Remove everything that a person has done in this room, in all chats, and remember to keep nothing more."""
        self.rows[_FORGOTTEN].append((digest,))
        for statement in _ALL_BY:
            self.rows[statement].append((self.room, author))

    def course_without(self, author: str, state: State) -> State:
        """Remove what a person had to do with the course of this chat; gives its state without them."""
        rest = forget(state, author)
        left = {each.label: each.ask for each in rest.taken}
        for each in state.taken:
            if each.label in left and left[each.label] != each.ask:
                self.rows[_TAKEN_BACK].append((each.ask, left[each.label], self.chat, each.label))
        if rest is not state:
            self.state = dump(rest)
        return rest


def micros(moment: datetime) -> int:
    """Give an aware moment in whole microseconds since 1970."""
    return round(moment.timestamp() * 1_000_000)


def moment(micros: int) -> datetime:
    """Give the moment of that many microseconds since 1970, in UTC."""
    return _EPOCH + timedelta(0, 0, micros)


def whole(text: str) -> str:
    """Replace what no UTF-8 can hold (half a surrogate pair) by question marks."""
    return text if text.isascii() else text.encode(errors="replace").decode()


def dump_attachments(attachments: tuple[Attachment, ...]) -> str | None:
    """Write attachments as they are kept; None where there are none."""
    return whole(json.dumps([asdict(a) for a in attachments], ensure_ascii=False)) if attachments else None


def attachments(text: str | None) -> tuple[Attachment, ...]:
    """Read attachments as they are kept."""
    return tuple(Attachment(**a) for a in json.loads(text)) if text else ()


def reading(purpose: str, answers: str, under: str | None) -> Reading:
    """Read a reading as it is kept."""
    return Reading(Purpose(purpose), tuple(answers.split(",")) if answers else (), under)
