"""What people do in a chat, turned into what is to be kept."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.answers import SOON, Context, Previous, Purpose, Reading, Reply, may_continue, read
from bot.messages import (
    Deed,
    Forgotten,
    Hidden,
    Highlighted,
    Message,
    PersonHidden,
    Placed,
    Reacted,
    Retracted,
    Said,
)
from bot.script.model import Script
from bot.script.posts import Kind
from bot.session import State, hosting
from bot.store import Changes, Chat, Known, Record, Shown, Store

#: The posts to which a reply is an answer.
ASKING = frozenset({Kind.QUESTION, Kind.REPEAT, Kind.FOLLOW_UP})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one deed: how a message was read, or what its doer is told; `refused` if nothing was done."""

    reading: Reading | None = None
    text: str = ""
    refused: bool = False


@dataclass(slots=True)
class _Batch:
    """What is done at once, what was looked up for it, and what of it the later deeds of the batch have to know.

    `known` are messages by id, `kept` the author's last answer before a message, by its id, and `answered` the answers
    of the batch itself, by author.
    """

    state: State
    asked: Mapping[str, datetime]
    changes: Changes
    known: dict[str, Known] = field(default_factory=dict)
    kept: dict[str, Previous | None] = field(default_factory=dict)
    answered: dict[str, list[Previous]] = field(default_factory=dict)


class Listener:
    """Reads what people say in one chat. What it looks up is what is kept, and what is in the same batch."""

    def __init__(self, script: Script, chat: Chat, store: Store) -> None:
        self._script = script
        self._chat = chat
        self._store = store
        self._record: Record = store.record(chat)
        self._shown: dict[str, Shown] = {}
        self._forgotten: dict[str, bool] = {}
        self._newest: datetime | None = None

    async def open(self) -> None:
        """Get ready: know the posts that are in the room."""
        self._shown = {shown.id: shown for shown in await self._record.posts_shown()}
        self._newest = await self._record.latest()

    def shown(self, post: Shown) -> None:
        """Know that a post is in the room, so that replies to it can be read."""
        self._shown[post.id] = post

    async def take(self, deeds: Sequence[Deed], state: State, changes: Changes) -> list[Outcome]:
        """Add what is to be kept of the deeds to the changes, and tell what became of each."""
        batch = _Batch(state, {a.label: a.at for a in state.asked}, changes)
        wanted = {id_ for deed in deeds for id_ in _mentions(deed)} - self._shown.keys()
        await self._look_up(batch, wanted, [deed.message for deed in deeds if isinstance(deed, Said)])
        return [self._take(deed, batch) for deed in deeds]

    async def reread(self, ids: Iterable[str], state: State, changes: Changes) -> set[str]:
        """Read again what hangs on messages that are read differently now; give the ids of what changed by that."""
        depending = await self._record.depending(list(ids), within=SOON)
        batch = _Batch(state, {a.label: a.at for a in state.asked}, changes)
        wanted = {message.reply_to for message, _ in depending if message.reply_to}
        await self._look_up(batch, wanted, [message for message, _ in depending])
        changed = set()
        for message, before in depending:
            reading = self._read(message, batch)
            if reading != before:
                changes.read(message.id, message.version, reading)
                changed.add(message.id)
        return changed

    async def _look_up(self, batch: _Batch, wanted: Collection[str], messages: Iterable[Message]) -> None:
        """Look up the messages wanted, who is to be forgotten, and what continuing messages may continue."""
        batch.known.update(await self._record.known(wanted))
        for message in messages:
            author = message.author.id
            if author not in self._forgotten:
                self._forgotten[author] = await self._store.is_forgotten(self._chat.room, author)
            if may_continue(message.text):
                batch.kept[message.id] = await self._record.previous(author, message.at)

    def moves_others(self, deeds: Iterable[Deed]) -> set[str]:
        """Give the messages after which others may have to be read again: edited, placed, or late to arrive."""
        moving = set()
        for deed in deeds:
            match deed:
                case Said(message):
                    if message.version or (self._newest and message.at < self._newest):
                        moving.add(message.id)
                    if self._newest is None or message.at > self._newest:
                        self._newest = message.at
                case Placed(id=id_):
                    moving.add(id_)
        return moving

    def _take(self, deed: Deed, batch: _Batch) -> Outcome:
        match deed:
            case Said(message):
                return self._said(message, batch)
            case Retracted(id=id_):
                batch.changes.retracted(id_)
                return Outcome(text="Deleted.")
            case Reacted(id=id_, author=author, sign=sign, on=on):
                if not self._forgotten.get(author.id):
                    batch.changes.reacted(id_, sign, author.id, on=on)
                return Outcome(text="Noted.")
            case Forgotten(person=person):
                self._forgotten[person] = True
                batch.changes.forgotten(person, self._store.digest(self._chat.room, person))
                return Outcome(text="Forgotten: nothing of theirs is kept any more, and nothing will be.")
            case PersonHidden(person=person, by=by, on=on):
                if not hosting(batch.state, by):
                    return _only_hosts()
                batch.changes.person_hidden(person, on=on)
                return Outcome(text="Hidden from all that is published." if on else "Shown again.")
            case Placed() | Highlighted() | Hidden():
                return self._about_message(deed, batch)

    def _about_message(self, deed: Placed | Highlighted | Hidden, batch: _Batch) -> Outcome:
        known = batch.known.get(deed.id)
        if known is None or known.reading is None:
            return Outcome(text="That message is not part of this chat.", refused=True)
        match deed:
            case Placed(by=by) if by.id != known.author and not hosting(batch.state, by):
                return Outcome(text="Only its author or a host can say what a message answers.", refused=True)
            case Placed():
                return self._placed(deed, known, batch)
            case _ if not hosting(batch.state, deed.by):
                return _only_hosts()
            case Highlighted(id=id_, on=on):
                batch.changes.highlighted(id_, on=on)
                return Outcome(text="Highlighted." if on else "No longer highlighted.")
            case Hidden(id=id_, on=on):
                batch.changes.hidden(id_, on=on)
                return Outcome(text="Hidden from all that is published." if on else "Shown again.")

    def _placed(self, deed: Placed, known: Known, batch: _Batch) -> Outcome:
        unknown = [label for label in deed.answers if label not in batch.asked]
        if unknown:
            asked = ", ".join(self._script.question(label).name for label in batch.asked) or "none yet"
            return Outcome(text=f"That question has not been asked. Asked so far: {asked}.", refused=True)
        under = deed.answers[0] if deed.answers else known.reading.under if known.reading else None
        purpose = Purpose.ANSWER if deed.answers else Purpose.CONVERSATION
        reading = Reading(purpose, deed.answers, under)
        batch.changes.placed(deed.id, reading, by=deed.by.id)
        batch.known[deed.id] = replace(known, reading=reading, placed=True)
        names = " and ".join(self._script.question(label).name for label in deed.answers)
        return Outcome(reading, f"Counts for {names}." if names else "Counts for no question.")

    def _said(self, message: Message, batch: _Batch) -> Outcome:
        author = message.author
        if self._forgotten.get(author.id):
            return Outcome(text="You asked to be forgotten, so this is not kept.", refused=True)
        known = batch.known.get(message.id)
        if known and known.version >= message.version:
            return Outcome(known.reading)
        reading = self._read(message, batch)
        batch.changes.said(message, reading, hosting=hosting(batch.state, author))
        batch.known[message.id] = Known(
            message.id, author.id, message.at, message.version, reading, placed=bool(known and known.placed)
        )
        if reading.answers:
            batch.answered.setdefault(author.id, []).append(
                Previous(reading.answers, message.at, message.text)
            )
        return Outcome(reading)

    def _read(self, message: Message, batch: _Batch) -> Reading:
        known = batch.known.get(message.id)
        context = Context(
            reply=self._reply(message, batch) if message.reply_to else None,
            previous=self._previous(message, batch) if message.id in batch.kept else None,
            hosting=hosting(batch.state, message.author),
            placed=known.reading.answers if known and known.placed and known.reading else None,
        )
        return read(self._script, batch.asked, message, context)

    def _reply(self, message: Message, batch: _Batch) -> Reply | None:
        target = message.reply_to or ""
        if post := self._shown.get(target):
            return Reply(question=post.question if post.kind in ASKING else None, under=post.question)
        known = batch.known.get(target)
        if known and known.reading and known.at < message.at:
            return Reply(under=known.reading.under)
        return None

    def _previous(self, message: Message, batch: _Batch) -> Previous | None:
        answered = [p for p in batch.answered.get(message.author.id, ()) if p.at < message.at]
        kept = batch.kept[message.id]
        return max([*answered, *([kept] if kept else [])], key=lambda previous: previous.at, default=None)


def _mentions(deed: Deed) -> Iterable[str]:
    """Give the ids of messages that have to be known for a deed."""
    match deed:
        case Said(message):
            if message.reply_to:
                yield message.reply_to
            if message.version:
                yield message.id
        case Placed(id=id_) | Highlighted(id=id_) | Hidden(id=id_):
            yield id_


def _only_hosts() -> Outcome:
    return Outcome(text="Only a host of this chat can do that.", refused=True)
