"""The recap of a chat as it is kept: read from the database, with who took part before and how many people liked what."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.answers import Purpose, Reading
from bot.messages import Author, Message
from bot.recap import Recap
from bot.session import dump
from bot.store import Changes, Store

START = datetime(2015, 4, 24, 1, tzinfo=UTC)
SCRIPT = "hashtag: {}\ntitle: A chat\nquestions: [Why?]\n"
ANA, BO, CY = (Author(name.lower(), name) for name in ("Ana", "Bo", "Cy"))


async def held(
    store: Store,
    *people: Author,
    day: int,
    room: str = "guild:1",
    hashtag: str = "MacroSW",
    rehearsal: bool = False,
    started: bool = True,
) -> Recap:
    """Hold a chat on that day in which each of those people answers once; give its recap."""
    at = START + timedelta(days=day)
    chat = await store.create(source="chat.yaml", text=SCRIPT.format(hashtag), room=room, rehearsal=rehearsal)
    changes = Changes(chat.id, chat.room)
    if started:
        changes.state = dump(replace(chat.state, started=at))
    for number, person in enumerate(people):
        message = Message(f"{chat.id}-{number}", person, "A1 porridge", at + timedelta(minutes=number))
        changes.said(message, Reading(Purpose.ANSWER, ("1",), "1"), hosting=False)
    await store.commit(changes)
    return await store.recap(await store.chat(chat.id))


def names(recap: Recap) -> tuple[tuple[str, ...], tuple[str, ...]]:
    assert recap.attendance
    return recap.attendance.new, recap.attendance.returned


async def test_who_was_there_before_returned(tmp_path: Path) -> None:
    """People of a guild are known by their ids, whatever they are called now and however the hashtag is written."""
    async with Store.open(tmp_path / "x.db", lambda: START) as store:
        assert names(await held(store, ANA, BO, day=0)) == (("Ana", "Bo"), ())
        renamed = Author("bo", "Robert")
        assert names(await held(store, CY, renamed, day=7, hashtag="macrosw")) == (("Cy",), ("Robert",))


async def test_what_does_not_make_anybody_return(tmp_path: Path) -> None:
    """Rehearsals, chats that never began or came later, other hashtags and other guilds tell nothing."""
    async with Store.open(tmp_path / "x.db", lambda: START) as store:
        await held(store, ANA, day=0, rehearsal=True)
        await held(store, ANA, day=0, started=False)
        await held(store, ANA, day=9)
        await held(store, ANA, day=0, hashtag="Macro")
        await held(store, ANA, day=0, hashtag="MacroSW2")
        await held(store, ANA, day=0, room="guild:2")
        await held(store, ANA, day=0, room="web:{id}:{name}")
        assert names(await held(store, ANA, day=1)) == (("Ana",), ())


async def test_where_ids_are_new_in_each_chat_names_tell(tmp_path: Path) -> None:
    """In rooms that are a chat's own people are known by what they call themselves, in rooms of the same kind only."""
    async with Store.open(tmp_path / "x.db", lambda: START) as store:
        await held(store, Author("1", "Ana"), Author("2", "Bo"), day=0, room="web:{id}:{name}")
        await held(store, Author("1", "Cy"), day=0, room="terminal:{id}:{name}")
        recap = await held(
            store, *(Author(n, w) for n, w in (("2", "ANA"), ("1", "Cy"))), day=1, room="web:{id}:{name}"
        )
        assert names(recap) == (("Cy",), ("ANA",))


async def test_imports_of_one_guild_tell_people_by_id(tmp_path: Path) -> None:
    """Two people of one name within a guild that was imported from are two, whoever is renamed is the same."""
    async with Store.open(tmp_path / "x.db", lambda: START) as store:
        await held(store, ANA, BO, day=0, room="import:discord:8")
        people = (Author("2", "Ana"), Author("bo", "Robert"))
        assert names(await held(store, *people, day=7, room="import:discord:8")) == (("Ana",), ("Robert",))


async def test_imports_from_elsewhere_tell_people_by_name(tmp_path: Path) -> None:
    """Between files of several sources people are known by what they are called; rooms of other kinds tell nothing."""
    async with Store.open(tmp_path / "x.db", lambda: START) as store:
        await held(store, ANA, day=0, room="import:discord:8")
        await held(store, BO, day=1, room="web:{id}:{name}")
        people = (Author("@a", "ANA"), Author("bo", "Bo"))
        assert names(await held(store, *people, day=7, room="import:0123abcd")) == (("Bo",), ("ANA",))


async def test_a_rehearsal_welcomes_nobody(tmp_path: Path) -> None:
    """Who is there for the first time is no matter of a chat for trying things out."""
    async with Store.open(tmp_path / "x.db", lambda: START) as store:
        assert (await held(store, ANA, day=0, rehearsal=True)).attendance is None


async def test_the_best_are_those_of_most_people(tmp_path: Path) -> None:
    """Signs of one person count once, those of the author never; and what is said becomes a theme."""
    async with Store.open(tmp_path / "x.db", lambda: START) as store:
        await held(store, ANA, BO, CY, day=0)
        (chat,) = await store.chats()
        changes = Changes(chat.id, chat.room)
        for id_, author, sign in (
            *((f"{chat.id}-0", BO, sign) for sign in "❤👍🎉"),
            *((f"{chat.id}-1", ANA, sign) for sign in "❤"),
            *((f"{chat.id}-1", CY, sign) for sign in "❤"),
            *((f"{chat.id}-2", CY, sign) for sign in "❤👍🎉"),
        ):
            changes.reacted(id_, sign, author.id, on=True)
        await store.commit(changes)
        recap = await store.recap(chat)
        best = recap.questions[0].best
        assert [(entry.author and entry.author.name, entry.liked, entry.liked_by) for entry in best] == [
            ("Bo", 2, 2),
            ("Ana", 3, 1),
            ("Cy", 0, 0),
        ]
        assert [(theme.phrase, theme.people) for theme in recap.themes] == [("porridge", 3)]
        assert not (await store.recap(chat, themes=False)).themes
