"""What people do in a chat, turned into what is to be kept."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice

from bot.answers import SOON, Context, Previous, Purpose, Reading, Reply, may_continue, read
from bot.messages import (
    Deed,
    Forgotten,
    Hidden,
    Highlighted,
    Message,
    PersonHidden,
    Placed,
    Proposed,
    Reacted,
    Retracted,
    Said,
    Settled,
)
from bot.script.model import ALWAYS, Script
from bot.script.posts import ASKING
from bot.session import Refusal, State, hosting
from bot.store import DELETED, Changes, Chat, Known, Record, Shown, Store, in_words

#: How many of the messages heard last need not be looked up: most of what people reply to.
LATELY = 5_000
#: What is said where somebody has been forgotten.
FORGOTTEN = "Forgotten: nothing of theirs is kept any more, and nothing will be; a question of theirs that the chat took is taken back. Recaps and transcripts given out before, what has been shown elsewhere, and what others wrote cannot be reached."


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one deed: how a message was read, or what its doer is told; `refused` if nothing was done.

    `counted` says that the message counted for a question before. `moved` is the message after which others have to be read again: one edited, placed, or late to arrive.
    """

    reading: Reading | None = None
    counted: bool = False
    text: str = ""
    refused: bool = False
    moved: str | None = None


@dataclass(slots=True)
class _Batch:
    """What is done at once, what was looked up for it, and what of it the later deeds of the batch have to know.

    `known` are messages by id, `kept` the author's last answer before a message, by its id, `answered` the answers of
    the batch itself, by author, and `forgotten` who asks in it to be forgotten.
    """

    state: State
    asked: Mapping[str, datetime]
    changes: Changes
    known: dict[str, Known] = field(default_factory=dict)
    kept: dict[str, Previous | None] = field(default_factory=dict)
    answered: dict[str, list[Previous]] = field(default_factory=dict)
    forgotten: set[str] = field(default_factory=set)


class Listener:
    """Reads what people say in one chat. What it looks up is what is kept, and what is in the same batch."""

    def __init__(self, script: Script, chat: Chat, store: Store) -> None:
        self.script = script
        self._chat = chat
        self._store = store
        self._record: Record = store.record(chat)
        self._shown: dict[str, Shown] = {}
        self._forgotten: dict[str, bool] = {}
        self._newest: datetime | None = None
        self._lately: dict[str, Known] = {}
        self._unheard: set[str] = set()

    async def open(self) -> None:
        """Get ready: know the posts that are in the room, and what was deleted before it was heard."""
        self._shown = {shown.id: shown for shown in await self._record.posts_shown()}
        self._unheard = await self._record.unheard()
        self._newest = await self._record.latest()

    def shown(self, post: Shown) -> None:
        """Know that a post is in the room, so that replies to it can be read."""
        self._shown[post.id] = post

    def posts_about(self, labels: Collection[str]) -> set[str]:
        """Give the ids of the posts in the room that are about those questions."""
        return {post.id for post in self._shown.values() if post.question in labels}

    async def take(
        self, deeds: Sequence[Deed], state: State, changes: Changes
    ) -> tuple[State, list[Outcome]]:
        """Add what is to be kept of the deeds to the changes, and tell what became of each.

        The state comes back as it is, but without those who ask to be forgotten.
        """
        batch = _Batch(state, {a.label: a.at for a in state.asked}, changes)
        wanted = {id_ for deed in deeds for id_ in self._mentions(deed)} - self._shown.keys()
        batch.known.update((id_, self._lately[id_]) for id_ in wanted & self._lately.keys())
        messages = [deed.message for deed in deeds if isinstance(deed, Said)]
        await self._look_up(batch, wanted - batch.known.keys(), messages)
        outcomes = [self._take(deed, batch) for deed in deeds]
        self._lately.update(batch.known)
        for id_ in tuple(islice(self._lately, max(0, len(self._lately) - LATELY))):
            del self._lately[id_]
        return batch.state, outcomes

    def not_kept(self) -> None:
        """Know that what was taken last has not been kept."""
        self._lately.clear()

    async def reread(self, ids: Iterable[str], state: State, changes: Changes) -> dict[str, Outcome]:
        """Read again what hangs on messages that are read differently now; give what became of those that it changed."""
        depending = await self._record.depending(list(ids), within=SOON)
        batch = _Batch(state, {a.label: a.at for a in state.asked}, changes)
        wanted = {message.reply_to for message, _ in depending if message.reply_to}
        await self._look_up(batch, wanted, [message for message, _ in depending])
        changed = {}
        for message, before in depending:
            reading = self._read(message, batch)
            if reading != before:
                changes.read(message.id, message.version, reading)
                changed[message.id] = Outcome(reading, bool(before.answers))
                self._lately.pop(message.id, None)
        return changed

    async def _look_up(self, batch: _Batch, wanted: Collection[str], messages: Sequence[Message]) -> None:
        """Look up the messages wanted, who is to be forgotten, and what continuing messages may continue."""
        batch.known.update(await self._record.known(wanted))
        strangers = {message.author.id for message in messages} - self._forgotten.keys()
        self._forgotten.update(await self._store.are_forgotten(self._chat.room, strangers))
        going_on = [message for message in messages if may_continue(message.text)]
        before = await asyncio.gather(*(self._record.previous(m.author.id, m.at) for m in going_on))
        batch.kept.update(zip((m.id for m in going_on), before, strict=True))

    def _mentions(self, deed: Deed) -> Iterable[str]:
        """Give the ids of messages that have to be known for a deed; only what is news cannot have been heard before."""
        match deed:
            case Said(message):
                if message.reply_to:
                    yield message.reply_to
                late = self._newest and message.at <= self._newest
                if message.version or late or message.id in self._unheard:
                    yield message.id
            case Retracted(id=id_) | Placed(id=id_) | Highlighted(id=id_) | Hidden(id=id_):
                yield id_

    def _take(self, deed: Deed, batch: _Batch) -> Outcome:
        match deed:
            case Said(message):
                return self._said(message, batch)
            case Retracted(id=id_, version=version):
                return (
                    self._retracted(id_, batch) if version is None else self._unreadable(id_, version, batch)
                )
            case Reacted(id=id_, author=author, sign=sign, on=on):
                if not self._is_forgotten(author.id, batch):
                    batch.changes.reacted(id_, sign, author.id, on=on)
                return Outcome(text="Noted.")
            case Forgotten(person=person):
                return self._forget(person, batch)
            case Proposed(by=by):
                if self._is_forgotten(by.id, batch):
                    return _is_not_kept()
                batch.changes.proposed(deed)
                return Outcome(text="Your question has been put to the hosts.")
            case Settled(id=id_, by=by):
                if not hosting(batch.state, by):
                    return _only_hosts()
                batch.changes.settled(id_)
                return Outcome(text="Put aside.")
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
            asked = ", ".join(self.script.question(label).name for label in batch.asked) or "none yet"
            return Outcome(text=f"That question has not been asked. Asked so far: {asked}.", refused=True)
        under = deed.answers[0] if deed.answers else known.reading.under if known.reading else None
        purpose = Purpose.ANSWER if deed.answers else Purpose.CONVERSATION
        reading = Reading(purpose, deed.answers, under)
        batch.changes.placed(deed.id, reading, by=deed.by.id)
        batch.known[deed.id] = replace(known, reading=reading, placed=True)
        names = " and ".join(self.script.question(label).name for label in deed.answers)
        text = f"Counts for {names}." if names else "Counts for no question."
        return Outcome(reading, _counted(known), text, moved=deed.id)

    def _said(self, message: Message, batch: _Batch) -> Outcome:
        author = message.author
        if self._is_forgotten(author.id, batch):
            return _is_not_kept()
        known = batch.known.get(message.id)
        if known and known.version >= message.version:
            return Outcome(known.reading, _counted(known))
        reading = self._read(message, batch)
        batch.changes.said(message, reading, hosting=hosting(batch.state, author))
        batch.known[message.id] = Known(
            message.id, author.id, message.at, message.version, reading, placed=bool(known and known.placed)
        )
        if reading.answers:
            batch.answered.setdefault(author.id, []).append(
                Previous(reading.answers, message.at, message.text)
            )
        late = self._newest is not None and message.at < self._newest
        self._newest = message.at if self._newest is None else max(self._newest, message.at)
        moved = message.id if late or message.version else None
        return Outcome(reading, _counted(known), moved=moved)

    def _retracted(self, id_: str, batch: _Batch) -> Outcome:
        """Take a message's own words out, for good, also where it was not heard before.

        What others, or its author, said about it or after it stays what it was when it was written: the second part of
        an answer is still that person's answer to that question when the first is deleted.
        """
        if id_ not in batch.known:
            self._unheard.add(id_)
        batch.known[id_] = Known(id_, "", ALWAYS, DELETED, None)
        batch.changes.retracted(id_)
        return Outcome(text="Deleted.")

    def _unreadable(self, id_: str, version: int, batch: _Batch) -> Outcome:
        """Take the words of a message out that was changed into what cannot be read, until it can be again."""
        known = batch.known.get(id_)
        if known is None or known.version >= version:
            return Outcome()
        batch.known[id_] = Known(id_, "", known.at, version, None)
        batch.changes.retracted(id_, version)
        under = known.reading.under if known.reading else None
        return Outcome(Reading(Purpose.CONVERSATION, (), under), _counted(known))

    def _forget(self, person: str, batch: _Batch) -> Outcome:
        batch.forgotten.add(person)
        self._forgotten.pop(person, None)
        for known in (*self._lately.values(), *batch.known.values()):
            if known.author == person:
                self._lately.pop(known.id, None)
                batch.known.pop(known.id, None)
        digest = self._store.digest(self._chat.room, person)
        batch.state = batch.changes.forgotten(person, digest, batch.state)
        return Outcome(text=FORGOTTEN)

    def _is_forgotten(self, author: str, batch: _Batch) -> bool:
        return author in batch.forgotten or self._forgotten.get(author, False)

    def _read(self, message: Message, batch: _Batch) -> Reading:
        known = batch.known.get(message.id)
        context = Context(
            reply=self._reply(message, batch) if message.reply_to else None,
            previous=self._previous(message, batch) if message.id in batch.kept else None,
            hosting=hosting(batch.state, message.author),
            placed=known.reading.answers if known and known.placed and known.reading else None,
        )
        return read(self.script, batch.asked, message, context)

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


async def amend(chat: Chat, store: Store, deed: Deed) -> str:
    """Do something about what was said in a chat that is over, and is held by this process; gives words for who asks.

    Raises Refusal and StoreError.
    """
    changes = Changes(chat.id, chat.room)
    with in_words(store.path):
        _, (outcome,) = await Listener(chat.script, chat, store).take([deed], chat.state, changes)
    if outcome.refused:
        raise Refusal(outcome.text)
    await store.commit(changes)
    return outcome.text


def _counted(known: Known | None) -> bool:
    return bool(known and known.reading and known.reading.answers)


def _is_not_kept() -> Outcome:
    return Outcome(text="You asked to be forgotten, so this is not kept.", refused=True)


def _only_hosts() -> Outcome:
    return Outcome(text="Only a host of this chat can do that.", refused=True)
