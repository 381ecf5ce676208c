"""`hashchat forget`, `delete` and `purge`: taking people's words, or whole chats, out for good."""

import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import typer

from bot.cli.failing import complain
from bot.cli.reading import with_store
from bot.cli.saving import save_transcript, transcript_path
from bot.live.listener import FORGOTTEN
from bot.render.plain import one_line
from bot.script.rewriting import mentions
from bot.store import Chat, Held, Store

_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
#: Said in place of FORGOTTEN where a name stays in a title or a question.
_BUT_NOT_ALL = "What they wrote is gone, and nothing of theirs will be kept any more; but their name is not gone everywhere yet."
_NOT_SURE = "Nothing was done."


def age(text: str) -> timedelta:
    """Read how old a chat is: days, weeks, months of 30 days or years of 365. Raises ValueError."""
    match = re.fullmatch(r"(\d{1,5})\s*([dwmy])", text.strip().lower())
    if not match:
        raise ValueError(f"{text!r} is not a time. Write days, weeks, months or years: 90d, 12w, 6m, 2y.")
    return timedelta(days=int(match[1]) * _DAYS[match[2]])


def forget_person(db: Path, name: str, person: str, *, yes: bool) -> int:
    """Remove a person's words for good from a chat and all others of the same place; give the exit status."""

    async def work(store: Store) -> int:
        chat = await store.find(name)
        async with store.reading(chat) as record:
            people = await record.people(person)
            names = await record.names()
        if not people:
            return complain(
                f"Nobody in {chat.name} wrote as {person}. Write the name as it is in the transcript."
            )
        others = [each for each in await store.with_any_of(people, chat.room) if each.id != chat.id]
        who = _who(person, [names.get(each, person) for each in people])
        if not _sure(f"Remove all that {who} wrote in {_places(chat, others, 'in ')} for good?", yes=yes):
            return 1
        chats = [chat, *others]
        await _forget(store, chats, people, person)
        left = [named for each in chats if (named := _still_named(each, await store.chat(each.id)))]
        print(f"{_places(chat, others)}: {_BUT_NOT_ALL if left else FORGOTTEN}")
        return max([*(complain(each) for each in left), *[await _write_again(db, each) for each in chats]])

    return with_store(db, work)


def _who(name: str, shown: list[str]) -> str:
    """Say who is meant by a name: how many, where it is that of several, or under which one they are shown, if another."""
    if len(shown) > 1:
        return f"the {len(shown)} people who are called {name}"
    return name if shown[0].casefold() == name.casefold() else f"{one_line(shown[0])} ({name})"


def _places(chat: Chat, others: list[Chat], at: str = "") -> str:
    """Name a chat, and say in how many others of the same place (a server, or where an import is from) somebody is known."""
    number = f"{len(others)} other {'chat' if len(others) == 1 else 'chats'}"
    return f"{chat.name} and {at}{number} of the same place" if others else chat.name


async def _forget(store: Store, chats: list[Chat], people: list[str], name: str) -> None:
    """Forget those people, who wrote under one name, in the place of these chats. Raises Held where one is being held."""
    held: list[Chat] = []
    try:
        for chat in chats:
            try:
                held.append(await store.hold(chat.id))
            except Held as other:
                raise Held(f"{chat.name}: {other} While it is held, {_how_there(chat, name)}") from other
        for person in people:
            await store.forget(chats[0].room, person)
    finally:
        for chat in held:
            await store.release(chat.id)


def _how_there(chat: Chat, name: str) -> str:
    """Say how somebody is forgotten in the room in which the chat is being held."""
    match chat.room.partition(":")[0]:
        case "web":
            return f"{name} can choose “Forget me” in the menu of the page."
        case "discord":
            return f"{name} can use /chat forget-me there."
        case _:
            return f"type there: {name} forget-me:"


def _still_named(before: Chat, after: Chat) -> str:
    """Say where a chat's script still names hosts who have left it, and what to do; empty where it does not."""
    left = {host.name for host in after.script.hosts}
    where = mentions(after.text, (host for host in before.script.hosts if host.name not in left))
    if not where:
        return ""
    return (
        f"The script of {after.name} still has the name, in {', '.join(where)}. Take the name out of what was imported and of its"
        f" script, delete the chat (hashchat delete {after.name}), and import it again with that script."
    )


async def _write_again(db: Path, chat: Chat) -> int:
    """Write the transcript that hashchat itself wrote once more, without the words of who is forgotten."""
    path = transcript_path(db, chat.name)
    if not path.exists():
        return 0
    if trouble := await save_transcript(db, chat.name):
        return complain(
            f"{path} still has these words, because it cannot be written: {trouble} Delete it yourself."
        )
    print(f"Written anew: {path}")
    return 0


def delete_chat(db: Path, name: str, *, yes: bool) -> int:
    """Remove a chat for good; give the exit status."""

    async def work(store: Store) -> int:
        return await _delete(store, db, [await store.find(name)], yes=yes)

    return with_store(db, work)


def purge_chats(db: Path, older_than: timedelta, *, yes: bool) -> int:
    """Remove the chats that ended, or else were last heard of, longer ago than that; give the exit status.

    One that is being held, or is still to begin, is left alone.
    """
    limit = datetime.now(UTC) - older_than

    async def work(store: Store) -> int:
        old = [c for c in await store.chats() if _last_moment(c) < limit and not await store.held(c)]
        if not old:
            print(f"No chat is older than {older_than.days} days.")
            return 0
        return await _delete(store, db, old, yes=yes)

    return with_store(db, work)


def _last_moment(chat: Chat) -> datetime:
    """Give when a chat ended, or will begin, or was last heard of; a rehearsal's own time may run ahead, so it counts as made."""
    if chat.rehearsal:
        return chat.created
    return chat.state.ended or max(chat.state.at, chat.created, chat.script.starts or chat.created)


async def _delete(store: Store, db: Path, chats: list[Chat], *, yes: bool) -> int:
    names = ", ".join(chat.name for chat in chats)
    if not _sure(f"Delete {names} for good, with all that was said?", yes=yes):
        return 1
    await store.delete(chats)
    for chat in chats:
        transcript_path(db, chat.name).unlink(missing_ok=True)
    print(f"Deleted: {names}, and what hashchat itself wrote of it beside the database.")
    print("Out of reach: files that were written elsewhere.")
    return 0


def _sure(question: str, *, yes: bool) -> bool:
    if yes:
        return True
    if not (sys.stdin and sys.stdin.isatty()):
        complain(f"{question} {_NOT_SURE} To do it without being asked, add --yes.")
        return False
    sure = typer.confirm(question)
    if not sure:
        print(_NOT_SURE)
    return sure
