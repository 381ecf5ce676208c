"""An echo, by which the bot shows in somebody's name what they answered in a form: where it stands, and its words."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.messages import Author, Entry, Message
from bot.rooms.discord import written
from bot.script.model import Script
from bot.script.phrases import phrases
from bot.script.posts import LONGEST_POST

#: What notes of echoes are called by; the id of the kept message follows.
NOTE = "echo:"
#: In place of the digest of a text that is there, and whose words are not known.
UNKNOWN = "?"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Echo:
    """Where an echo stands: in which channel or thread (if it has been sent), its id (if it is there) and the digest of its text.

    One that is there without a digest is to be deleted, and posted anew as the next `edition`.
    """

    place: int | None = None
    id: int | None = None
    digest: str = ""
    edition: int = 0

    @classmethod
    def read(cls, note: str) -> "Echo":
        """Read it as it is noted: `<place>/<id>/<digest>/<edition>`, with all that it has not left out."""
        place, id_, digest, edition = (*note.split("/"), "", "", "")[:4]
        return cls(int(place) if place else None, int(id_) if id_ else None, digest, int(edition or 0))

    @property
    def note(self) -> str:
        """Give it as it is noted."""
        return "/".join(str(each or "") for each in (self.place, self.id, self.digest, self.edition)).rstrip(
            "/"
        )

    @property
    def shown(self) -> tuple[int, int] | None:
        """Its channel or thread, and its id there, as long as it is to stand."""
        return (
            (self.place, self.id) if self.place is not None and self.id is not None and self.digest else None
        )


def words_of(script: Script, entry: Entry) -> str:
    """Give what an echo of an answer says."""
    words = phrases(script.language)
    names = {question.label: question.name for question in script.everything_asked}
    answered = ", ".join(names.get(label, f"Q{label}") for label in entry.answers)
    who = f"**{written.name(entry.author.name) if entry.author else ''}**"
    head = (words.answers if answered else words.says).format(name=who, questions=written.inert(answered))
    said = written.cut(written.unmasked(entry.text), LONGEST_POST - len(head) - 10)
    return f"{head}\n>>> {said}"


def edited(entry: Entry, by: Author, text: str, at: datetime) -> Message:
    """Give an answer with other words, as they are from that time on."""
    return Message(
        entry.id, by, text, entry.at, version=version_at(at), edited_at=at, reply_to=entry.reply_to
    )


def version_at(at: datetime) -> int:
    """Give the version of words that were sent at that time: microseconds since 1970."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def digest(text: str) -> str:
    """Tell what an echo says from anything else."""
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:12]
