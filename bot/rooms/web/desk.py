"""The web room's desk: what browsers ask for, brought to the live chat, and what is kept, brought to them."""

import asyncio
import secrets
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import Any

from bot import render
from bot.live import Clock, LiveChat
from bot.messages import (
    Attachment,
    Author,
    Deed,
    Entry,
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
from bot.render.copies import EMBEDDING
from bot.render.story import OFFERED, Sharing, needed, unchosen
from bot.rooms.web import frames, shown
from bot.rooms.web.embedding import embedded, story_page
from bot.rooms.web.frames import Answer
from bot.rooms.web.gallery import Gallery
from bot.rooms.web.hub import RESTART, Hub
from bot.rooms.web.identity import Person
from bot.rooms.web.pictures import Picture
from bot.session import (
    Appoint,
    AskNext,
    Cancel,
    End,
    Late,
    MoreTime,
    Next,
    Over,
    Pause,
    Refusal,
    Repeat,
    Resume,
    Say,
    Start,
    Want,
    hosting,
)
from bot.store import Media, Store, StoreError

#: How many entries a page shows at first, and how many more it gets at a time.
PAGE = 100
#: The most that one gets at once who goes back to a certain entry, and the most people that a host is told of.
MOST_AT_ONCE = 1000
MOST_PEOPLE = 2000
#: How much of a transcript is sent at a time, in characters.
PIECE = 64 * 1024


class Desk:
    """Does what people in the room ask for."""

    def __init__(
        self, live: LiveChat, store: Store, hub: Hub, clock: Clock, gallery: Gallery, *, speed: float = 1.0
    ) -> None:
        self._live = live
        self._store = store
        self._hub = hub
        self._clock = clock
        self._speed = speed
        self._record = store.record(live.chat)
        self._gallery = gallery
        self._pictures: dict[str, asyncio.Future[Picture | None]] = {}

    # Arriving ----------------------------------------------------------------------------------------------------

    async def names(self) -> Mapping[str, str]:
        """Give the name of everybody who has said something, by the person's id."""
        return await self._record.names()

    async def knows(self, person: Person) -> bool:
        """Tell whether somebody with a good cookie may still come in: not after asking to be forgotten."""
        forgotten = await self._store.are_forgotten(self._live.chat.room, [person.id])
        return not forgotten[person.id]

    def reserved(self) -> list[str]:
        """Give the names that only hosts may have."""
        script = self._live.script
        return [name for host in script.hosts for name in (host.name, host.handle) if name] + ["hashchat"]

    async def about(self) -> dict[str, Any]:
        """Tell what the chat is."""
        chat = self._live.chat
        return shown.about(self._live.script, chat.name, rehearsal=chat.rehearsal, speed=self._speed)

    async def hello(self, person: Person) -> dict[str, Any]:
        """Tell somebody who has just arrived, or come back, all that the page shows."""
        host = self.hosts(person)
        hidden = await self._record.hidden_people() if host else None
        hello = {
            "is": "hello",
            "you": {"id": person.id, "name": person.name, "host": host},
            "chat": await self.about(),
            "course": self.course(to_host=host),
            "questions": self.questions(),
            **await self._page(person, PAGE),
            "mine": [shown.entry(each, hidden) for each in await self._record.answers_of(person.id)],
            "reactions": await self._record.reactions_of(person.id),
            "signs": list(shown.SIGNS),
            "files": shown.FILES,
        }
        if host:
            hello["proposals"] = await self.proposals()
        return hello

    def hosts(self, person: Person) -> bool:
        """Tell whether somebody may steer the chat now."""
        return hosting(self._live.state, _author(person))

    def course(self, *, to_host: bool) -> dict[str, Any]:
        """Tell where the chat stands."""
        return shown.course(
            self._live.script, self._live.state, self._clock.now(), to_host=to_host, speed=self._speed
        )

    def questions(self) -> list[dict[str, Any]]:
        """Tell of the questions asked so far."""
        return [shown.question(self._live.script.question(a.label), a.at) for a in self._live.state.asked]

    async def proposals(self) -> list[dict[str, Any]]:
        """Tell hosts of the questions that participants have put to them."""
        return [
            {"id": p.id, "author": shown.author(p.by), "text": p.text, "at": shown.millis(p.at)}
            for p in await self._record.proposals()
        ]

    async def recap(self) -> dict[str, Any] | None:
        """Tell what came of the chat, once it has ended."""
        if not isinstance(self._live.state.phase, Late | Over) or self._live.state.ended is None:
            return None
        return {"is": "recap", "recap": shown.recap(await self._live.recap())}

    # Asking ------------------------------------------------------------------------------------------------------

    async def ask(self, person: Person, request: frames.Request) -> Answer:
        """Do what somebody asks for; the answer comes once it is kept."""
        try:
            match request:
                case frames.Older():
                    return await self._older(person, request)
                case frames.People():
                    return await self._people(person)
                case frames.Appoint(person=other, on=on):
                    return await self._appoint(person, other, on=on)
                case frames.Steer():
                    return await self._steer(person, request)
                case frames.Take(proposal=proposal):
                    return await self._take(person, proposal)
                case _:
                    deed = await self._deed(person, request)
                    return Answer(ok=True, text=await self._live.ask(deed, by=_author(person)))
        except (Refusal, StoreError) as error:
            return Answer(ok=False, text=str(error))

    async def _older(self, person: Person, request: frames.Older) -> Answer:
        most = PAGE if request.to is None else MOST_AT_ONCE
        return Answer(ok=True, more=await self._page(person, most, before=request.before, since=request.to))

    async def _page(
        self, person: Person, most: int, *, before: str | None = None, since: str | None = None
    ) -> dict[str, Any]:
        """Tell of entries as that person may see them, and whether there are more."""
        host = self.hosts(person)
        entries, more = await self._record.page(most, before=before, since=since, hidden=host, own=person.id)
        hidden = await self._record.hidden_people() if host else None
        return {"entries": [shown.entry(each, hidden) for each in entries], "more": more}

    async def _people(self, person: Person) -> Answer:
        """Tell a host who is here, and who has said something."""
        if not self.hosts(person):
            raise Refusal("Only a host of this chat can see that.")
        here = {each.id: each for each in self._hub.here()}
        names = {**await self._record.names(), **{id_: each.name for id_, each in here.items()}}
        hidden = await self._record.hidden_people()
        people = [
            {
                "id": id_,
                "name": name,
                "host": self.hosts(here.get(id_, Person(id_, name))),
                "here": id_ in here,
                "hidden": id_ in hidden,
            }
            for id_, name in names.items()
        ]
        return Answer(ok=True, more={"people": people[:MOST_PEOPLE]})

    async def _appoint(self, person: Person, other: str, *, on: bool) -> Answer:
        name = next(
            (each.name for each in self._hub.here() if each.id == other), (await self.names()).get(other)
        )
        if name is None:
            raise Refusal("That person is not here.")
        text = await self._live.ask(Appoint(other, name, on), by=_author(person))
        self._hub.dismiss(other, RESTART, "You are a host now." if on else "You are no longer a host.")
        return Answer(ok=True, text=text)

    async def _steer(self, person: Person, request: frames.Steer) -> Answer:
        want = _WANTS[request.want](request)
        words = await self._live.ask(
            want, by=_author(person), id=f"{person.id}.{request.id}", about=request.about
        )
        return Answer(ok=True, text=self._news_in(words))

    async def _take(self, person: Person, proposal: str) -> Answer:
        """Take a participant's question into the chat; the same one twice comes in once."""
        proposed = next((p for p in await self._record.proposals() if p.id == proposal), None)
        if proposed is None:
            raise Refusal("That question has been taken or put aside already.")
        want = AskNext(proposed.text, proposed.by.id)
        words = await self._live.ask(want, by=_author(person), id=f"take.{proposal}")
        await self._live.ask(Settled(proposal, _author(person)), by=_author(person))
        return Answer(ok=True, text=self._news_in(words))

    def _news_in(self, words: str) -> str:
        """Give what the words tell before they say where the chat stands, which the page shows all the time."""
        shown_already = shown.standing(self._live.script, self._live.state, self._clock.now())
        return words.partition(shown_already)[0].strip()

    async def _deed(self, person: Person, request: frames.Request) -> Deed:
        by = _author(person)
        match request:
            case frames.Say():
                return Said(await self._message(person, request))
            case frames.Edit(id=id_, text=text):
                return Said(_edited(await self._own(person, id_), text, self._clock.now()))
            case frames.Delete(id=id_):
                return Retracted((await self._own(person, id_)).id)
            case frames.React(id=id_, sign=sign, on=on):
                if sign not in shown.SIGNS:
                    raise Refusal("That sign is not one of those that are offered here.")
                return Reacted((await self._entry(id_)).id, by, sign, on)
            case frames.Place(id=id_, answers=answers):
                return Placed(id_, by, tuple(answers))
            case frames.Highlight(id=id_, on=on):
                return Highlighted(id_, by, on)
            case frames.Hide(id=id_, on=on):
                return Hidden(id_, by, on)
            case frames.HidePerson(person=other, on=on):
                return PersonHidden(other, by, on)
            case frames.Propose(id=id_, text=text):
                return Proposed(f"{person.id}.{id_}", by, text.strip(), self._clock.now())
            case frames.Dismiss(proposal=proposal):
                return Settled(proposal, by)
            case frames.Forget():
                return Forgotten(person.id)
            case _:
                raise Refusal("That cannot be done here.")

    async def _message(self, person: Person, request: frames.Say) -> Message:
        if not request.text.strip() and request.picture is None:
            raise Refusal("There is nothing in your message yet.")
        return Message(
            id=f"{person.id}.{request.id}",
            author=_author(person),
            text=request.text.strip(),
            at=self._clock.now(),
            reply_to=request.reply or self._post_of(request.question),
            attachments=await self._attached(person, request.picture),
        )

    def _post_of(self, label: str | None) -> str | None:
        """Give the post of a question that was picked, if it has been asked."""
        asked = {a.label for a in self._live.state.asked}
        return f"post:{self._live.script.question(label).name}" if label in asked and label else None

    async def _attached(self, person: Person, picture: frames.PictureOf | None) -> tuple[Attachment, ...]:
        if picture is None:
            return ()
        kept = await self._record.media(_url(picture.id))
        if kept is None or kept.data is None or kept.by != person.id:
            raise Refusal("That picture is no longer here. Please choose it again.")
        return (
            Attachment(
                name=kept.name, url=kept.url, type=kept.type, size=len(kept.data), alt=picture.alt.strip() or None,
                width=kept.width, height=kept.height,
            ),
        )  # fmt: skip

    async def _entry(self, id_: str) -> Entry:
        entries = await self._record.some([id_])
        if not entries:
            raise Refusal("That message is no longer here.")
        return entries[0]

    async def _own(self, person: Person, id_: str) -> Entry:
        entry = await self._entry(id_)
        if entry.author is None or entry.author.id != person.id:
            raise Refusal("Only its author can change a message.")
        return entry

    # Pictures and files ------------------------------------------------------------------------------------------

    async def keep_picture(self, person: Person, picture: Picture) -> str:
        """Keep an uploaded picture; give its id. Raises StoreError."""
        id_ = secrets.token_urlsafe(12)
        kept = Media(
            _url(id_), person.id, "Picture", picture.type, picture.width, picture.height, picture.data
        )
        await self._store.keep_media(self._live.chat, kept)
        return id_

    async def picture(self, id: str) -> Picture | None:
        """Give a picture that is kept, if it still is."""
        match await self._record.media(_url(id)):
            case Media(type=str(type_), width=int(width), height=int(height), data=bytes(data)):
                return Picture(type_, data, width, height)
            case _:
                return None

    async def script_picture(self, label: str) -> Picture | None:
        """Give the picture of a question that has been asked, if it has one that can be had; fetched once."""
        if label not in {asked.label for asked in self._live.state.asked}:
            return None
        if label not in self._pictures:
            self._pictures[label] = asyncio.ensure_future(
                self._gallery.picture(self._live.script.question(label).image)
            )
        return await asyncio.shield(self._pictures[label])

    def files(self, person: Person, what: str, form: str) -> AsyncGenerator[bytes, None] | None:
        """Give one of `shown.FILES` piece by piece, or None where there is none for that person."""
        ended = isinstance(self._live.state.phase, Late | Over)
        if form not in shown.FILES.get(what, ()) or not (ended or self.hosts(person)):
            return None
        match what:
            case "transcript":
                return self._transcript(form)
            case "recap":
                return self._recap_file(form)
            case _:
                return self._story()

    async def _transcript(self, form: str) -> AsyncGenerator[bytes, None]:
        media = render.Media.EMBED if form in EMBEDDING else render.Media.NONE
        writer = render.transcript(form, self._live.chat.about, media=media)
        piece = writer.preamble()
        async with self._store.reading(self._live.chat) as record, aclosing(record.chunks()) as chunks:
            async for each in (entry async for some in chunks for entry in some):
                files = each.attachments if media is render.Media.EMBED else ()
                piece += writer.entry(each, await embedded(record, files))
                if len(piece) > PIECE:
                    yield piece.encode()
                    piece = ""
        yield (piece + writer.postamble()).encode()

    async def _recap_file(self, form: str) -> AsyncGenerator[bytes, None]:
        yield f"{render.recap(form, await self._live.recap()).rstrip()}\n".encode()

    async def _story(self) -> AsyncGenerator[bytes, None]:
        chat = self._live.chat
        recap = await self._store.recap(chat, best=OFFERED)
        async with self._store.reading(chat) as record:
            story = unchosen(recap, await record.some(needed(recap)))
            page = await story_page(chat, record, story, Sharing())
        yield page.encode()


def _url(picture: str) -> str:
    """Give where a picture that was shared in the room is, by its id."""
    return f"/pictures/{picture}"


def _author(person: Person) -> Author:
    return Author(person.id, person.name, person.host)


def _edited(entry: Entry, text: str, now: datetime) -> Message:
    """Give the message of an entry with another text; the time of the edit is its version."""
    if entry.author is None:
        raise Refusal("Only its author can change a message.")
    return Message(
        id=entry.id,
        author=entry.author,
        text=text.strip(),
        at=entry.at,
        version=max(_version(now), _version(entry.edited_at) + 1 if entry.edited_at else 0),
        edited_at=now,
        reply_to=entry.reply_to,
        attachments=entry.attachments,
    )


def _version(moment: datetime) -> int:
    return round(moment.timestamp() * 1_000_000)


def _more_time(request: frames.Steer) -> MoreTime:
    return MoreTime(timedelta(minutes=request.minutes or 0))


_WANTS: dict[str, Callable[[frames.Steer], Want]] = {
    "start": lambda _: Start(),
    "pause": lambda _: Pause(),
    "resume": lambda _: Resume(),
    "next": lambda _: Next(),
    "more": _more_time,
    "repeat": lambda _: Repeat(),
    "say": lambda request: Say(request.text or ""),
    "end": lambda _: End(),
    "cancel": lambda _: Cancel(),
}
