"""An evening's chat as it is kept: answers, talk, replies, edits, reactions, highlights, and pictures of every fate."""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from PIL import Image, ImageDraw

from bot.answers import Purpose, Reading
from bot.messages import Attachment, Author, Entry, Message
from bot.script.posts import Kind, Post
from bot.session import Over, dump, load
from bot.store import Changes, Chat, Media, Store
from tests.chats import START, after, entries

SCRIPT = """\
hashtag: MacroSW
title: The common ground of micro and macro practice
summary: An hour for social workers. What do one-to-one work and work on policy share? See https://example.org/before
timezone: America/New_York
hosts: [{name: Hana Kim, handle: hanak, link: "https://example.org/hana"}]
intro: Who are you, and where do you work?
questions:
  - What do micro and macro practice have in common?
  - {ask: When did you see that one case was not one case?, resources: [{title: A reader on casework and cause, url: "https://example.org/reader"}]}
  - What will you do next week?
"""

HANA = Author("id-100", "Hana Kim", host=True)
PRIYA, TOM, MEI, KWAME, ROSA = (
    Author(f"id-{number}", name)
    for number, name in enumerate(("Priya Nair", "Tom O'Neill", "陳美玲", "Kwame Mensah", "Rosa"), 201)
)
PEOPLE = (HANA, PRIYA, TOM, MEI, KWAME, ROSA)

NAPKIN, BEE, HUGE, LOST, DOC = (
    "/pictures/napkin", "https://cdn.example/bee.gif?ex=1", "https://cdn.example/huge.mp4", "https://cdn.example/lost.png",
    "https://cdn.example/notes.html",
)  # fmt: skip


def picture(form: str = "PNG", sides: tuple[int, int] = (600, 240)) -> bytes:
    image = Image.new("RGB", sides, "#fdf6e9")
    pen = ImageDraw.Draw(image)
    for x, colour in ((sides[0] // 3, "#2a7f98"), (sides[0] // 2, "#b8643c")):
        pen.ellipse((x - 80, 20, x + 120, sides[1] - 20), outline=colour, width=6)
    out = io.BytesIO()
    image.save(out, form)
    return out.getvalue()


MEDIA = (
    Media(NAPKIN, MEI.id, "napkin.png", "image/png", 600, 240, picture()),
    Media(BEE, TOM.id, "../../bee.gif", "image/gif", 300, 120, picture("GIF", (300, 120))),
    Media(HUGE, TOM.id, "huge.mp4", "video/mp4", why="It is larger than 10 MiB."),
    Media(DOC, ROSA.id, "CON.html", "text/html", data=b"<script>alert(1)</script>"),
)


@dataclass
class Evening:
    """What is said, one thing after the other, a few seconds apart."""

    chat: Chat
    changes: Changes
    at: datetime = START
    number: int = 0
    reactions: list[tuple[str, str, str]] = field(default_factory=list)

    def ask(self, label: str | None, text: str, kind: Kind = Kind.QUESTION) -> None:
        self._step()
        post = Post(f"{kind}:{self.number}", kind, self.at, label, text)
        self.changes.post(post)
        self.changes.sent(post.key, id=f"post-{self.number}", at=self.at, wording=text)

    def say(
        self,
        author: Author,
        text: str,
        *,
        answers: str = "",
        under: str | None = None,
        likes: str = "",
        highlighted: bool = False,
        edited: bool = False,
        reply_to: str | None = None,
        files: tuple[Attachment, ...] = (),
    ) -> str:
        """Say something; give its id. Each of the `likes` is a sign by another person."""
        self._step()
        key = f"msg-{self.number}"
        said = Message(
            key, author, text, self.at, 1 if edited else 0, self.at + timedelta(minutes=1) if edited else None,
            reply_to, attachments=files,
        )  # fmt: skip
        labels = tuple(filter(None, answers.split(",")))
        purpose = Purpose.ANSWER if labels else Purpose.CONVERSATION
        reading = Reading(purpose, labels, labels[0] if labels else under)
        self.changes.said(said, reading, hosting=author.host)
        if highlighted:
            self.changes.highlighted(key, on=True)
        for number, sign in enumerate(likes):
            self.changes.reacted(key, sign, f"liker-{number}", on=True)
        return key

    def _step(self) -> None:
        self.number += 1
        self.at += timedelta(seconds=23)


def talk(evening: Evening) -> None:
    """Let them talk."""
    say, ask = evening.say, evening.ask
    ask(
        None,
        "Welcome to #MacroSW: The common ground of micro and macro practice\nHosts: Hana Kim (@hanak)",
        Kind.WELCOME,
    )
    ask("0", "Q0: Who are you, and where do you work?")
    say(ROSA, "Rosa from El Paso, school social worker.", answers="0")
    say(KWAME, "Kwame, Toronto. A community organiser who began as a family therapist, so: both!", under="0")
    ask("1", "Q1: What do micro and macro practice have in common?")
    first = say(
        KWAME,
        "A1 Listening. A one-to-one with a tenant and a first session are the same hour.",
        answers="1",
        likes="❤❤👍👍👍",
        highlighted=True,
    )
    say(
        MEI,
        "A1: Both start from dignity and from what people already do well. The scale differs.",
        answers="1",
        likes="👍👍",
    )
    say(
        TOM,
        "Assessment! We just call it power mapping when there is a flip chart. https://example.org/power-mapping?a=1&b=2",
        answers="1",
        likes="😂😂😂👍",
        edited=True,
    )
    say(
        ROSA,
        "@Kwame yes — and Kwame Mensah said it best: the same hour. Thanks kwame mensah, thanks @hanak!",
        under="1",
        reply_to=first,
    )
    say(HANA, "Four minutes left for Q1.\n- one\n- two\n\n=two is enough", under="1")
    ask(
        "2",
        "Q2: When did you see that one case was not one case?\nA reader on casework and cause: https://example.org/reader",
    )
    say(
        MEI,
        "A2 When nine families left the same letter unopened. From my notebook, that evening:",
        answers="2",
        likes="❤",
        files=(
            Attachment(
                "napkin.png",
                NAPKIN,
                "image/png",
                2_000,
                "Two circles, micro and macro, and what they share",
                600,
                240,
            ),
        ),
    )
    say(
        TOM,
        "A2",
        answers="2",
        files=(
            Attachment("../../bee.gif", BEE, "image/gif", 900),
            Attachment("huge.mp4", HUGE, "video/mp4", 20_000_000),
            Attachment("lost.png", LOST, "image/png"),
        ),
    )
    say(ROSA, "My notes", under="2", files=(Attachment("CON.html", DOC, "text/html", 30),))
    say(
        PRIYA,
        "A1, A2: late, sorry. Nine “unexcused” absences, one bus line cut. No case plan mends that.",
        answers="1,2",
        reply_to="msg-gone",
    )
    ask("3", "Q3: What will you do next week?")
    say(PRIYA, "אני אשאל מי מחליט 🙂", answers="3", reply_to="post-18")
    say(KWAME, "And that is where organising begins: “who decides?”", under="3")
    ask(None, "Thank you all. Next chat in two weeks.", Kind.CLOSING)


@asynccontextmanager
async def evening(path: Path, *more: Message) -> AsyncIterator[tuple[Store, Chat, list[Entry]]]:
    """Keep the chat in a database, with whatever else is said in it; give it with all that is kept."""
    async with Store.open(path, lambda: after(90)) as store:
        chat = await store.create(source="evening.yaml", text=SCRIPT, room="test:{name}", rehearsal=False)
        held = Evening(chat, Changes(chat.id, chat.room))
        talk(held)
        for message in more:
            held.changes.said(message, Reading(Purpose.ANSWER, ("1",), "1"), hosting=False)
        over = replace(load(dump(chat.state)), phase=Over(), started=START, ended=held.at)
        held.changes.state = dump(over)
        await store.commit(held.changes)
        for media in MEDIA:
            await store.keep_media(chat, media)
        await store.release(chat.id)
        chat = await store.chat(chat.id)
        yield store, chat, await entries(store, chat)
