"""Nothing of one guild is visible to another: a test for each way in which it could be."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.rooms.discord.sitting import Sitting
from bot.session import Running
from tests.discord_server import Message, Person, Upload
from tests.hosted import SCRIPT, Hall, answered, hall, host_of, pressed, told

SECRET = SCRIPT.replace("Common ground", "Secret plans").replace("MacroSW", "Secret")


@dataclass(frozen=True, slots=True)
class Two:
    """Two guilds with a host each: theirs holds a chat, with an answer of Ana's, who is in both; ours looks for it."""

    room: Hall
    ours: Person
    theirs: Person
    ana_here: Person
    ana_there: Person
    sitting: Sitting
    question: Message
    echo: Message

    def silent(self, text: str) -> None:
        """See that a text tells nothing of the other guild."""
        for secret in ("secret", "By chance", str(self.theirs.place.id), str(self.question.channel.id)):
            assert secret.casefold() not in text.casefold()


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Two]:
    async with hall(tmp_path) as room:
        ours, theirs = host_of(room.server.guild("Ours")), host_of(room.server.guild("Theirs"))
        own = room.scripts / str(theirs.place.id)
        own.mkdir()
        (own / "secret.yaml").write_text(SECRET, encoding="utf-8")
        sitting = await room.begun(theirs, script="secret")
        question = await theirs.place.message(theirs.place.channel, "Q1: ")
        there = theirs.place.person("Ana")
        here = ours.place.joins(there.user)
        echo = await answered(there, question, "By chance.")
        await room.heard(sitting, echo)
        yield Two(room, ours, theirs, here, there, sitting, question, echo)


async def test_script_names(two: Two) -> None:
    """Another guild's own scripts are neither offered nor found, by name or path; nor is what was attached there."""
    await two.theirs.runs(
        "chat start", two.theirs.place.text_channel("b"), file=Upload("secret2.yaml", SECRET.encode())
    ).answered()
    choices = (await two.ours.completes("chat start", "script", "").answered()).choices
    assert choices == (("macrosw · Common ground", "macrosw"),)
    for name in (
        "secret",
        "secret2 (attached)",
        f"{two.theirs.place.id}/secret",
        f"../questions/{two.theirs.place.id}/secret.yaml",
    ):
        two.silent((await told(two.ours, "start", script=name)).replace(name, ""))
    assert await two.room.chats.kept(two.ours.place.id) == []


async def test_the_name_of_a_chat_is_no_trace(two: Two) -> None:
    """A chat of the same name elsewhere changes nothing in how one's own is called."""
    sitting = await two.room.begun(two.theirs, two.theirs.place.text_channel("b"))
    own = await two.room.begun(two.ours)
    assert own.chat.short == sitting.chat.short
    choices = (await two.ours.completes("chat recap", "chat", "").answered()).choices
    assert [value for _, value in choices] == [own.chat.short]


@pytest.mark.parametrize("command", ["recap", "transcript"])
async def test_chats_by_name_number_and_completion(two: Two, command: str) -> None:
    """Another guild's chat is not read by its name, its whole name, its number, `last`, or a part; nor offered."""
    chat = two.sitting.chat
    for name in (chat.short, chat.name, str(chat.id), "last", "secret", "s", "", "@"):
        answer = await two.ours.runs(f"chat {command}", chat=name).answered()
        assert answer.files == []
        two.silent(answer.text)
    assert (await two.ours.completes(f"chat {command}", "chat", "").answered()).choices == ()
    assert (await two.ours.completes(f"chat {command}", "chat", "sec").answered()).choices == ()


@pytest.mark.parametrize(
    "command",
    [
        "status",
        "pause",
        "next",
        "end",
        "cancel",
        "panel",
        "questions",
        "my-answers",
        "recap",
        "transcript",
        "say",
    ],
)
async def test_the_only_live_chat_is_that_of_the_guild(two: Two, command: str) -> None:
    """A chat that is live elsewhere is not meant by any command, and is not told of."""
    before = two.sitting.live.state
    for person in (two.ours, two.ana_here):
        answer = await person.runs(f"chat {command}").answered()
        assert answer.text.startswith("No chat is live on this server")
        two.silent(answer.text)
    assert two.sitting.live.state == before


async def test_people_of_another_guild_are_no_hosts_here(two: Two) -> None:
    """Who hosts there is a participant here, and a co-host there steers nothing here."""
    own = await two.room.begun(two.ours)
    await told(two.theirs, "co-host", member=two.ana_there)
    assert "Only a host" in await told(two.ana_here, "pause")
    assert "Only a host" in await told(two.ours.place.joins(two.theirs.user), "pause")
    assert isinstance(own.live.state.phase, Running)


async def test_tickets_of_another_guild(two: Two) -> None:
    """A button, menu or form with another guild's ticket does nothing and tells nothing."""
    await two.room.begun(two.ours)
    own = await two.ours.place.message(two.ours.place.channel, "Q1: ")
    ticket, id_ = two.sitting.ticket, two.sitting.echoes.message_of(str(two.echo.id))
    before = two.sitting.live.state
    for custom_id in (
        f"ans:{ticket}:1",
        f"own:{ticket}:{id_}",
        f"mine:{ticket}",
        f"all:{ticket}",
        f"one:{ticket}:0",
        f"put:{ticket}:{id_}:0",
        f"none:{ticket}:{id_}",
        f"edit:{ticket}:{id_}",
        f"drop:{ticket}:{id_}",
        f"pan:{ticket}:end:1:Q1",
        f"pan:{ticket}:ended:1:Q1",
        f"pan:{ticket}:fresh:1:Q1",
    ):
        own.components[0]["components"][0]["custom_id"] = custom_id
        for person in (two.ours, two.ana_here):
            answer = await person.presses(own, custom_id).answered()
            assert answer.modal is None
            assert "not one of this server" in answer.text
            two.silent(answer.text)
    assert two.sitting.live.state == before
    assert (await two.room.heard(two.sitting, two.echo)).answers == ("1",)


async def test_forms_of_another_guild(two: Two) -> None:
    """A form whose id names another guild's chat brings nothing into it."""
    await two.room.begun(two.ours)
    question = await two.ours.place.message(two.ours.place.channel, "Q1: ")
    form = (await pressed(two.ana_here, question, "Answer")).modal
    assert form
    id_ = two.sitting.echoes.message_of(str(two.echo.id))
    for custom_id in (
        f"ans:{two.sitting.ticket}:1:5",
        f"own:{two.sitting.ticket}:{id_}:5",
        f"say:{two.sitting.ticket}:5",
    ):
        answer = await two.ana_here.submits(
            form | {"custom_id": custom_id}, {"text": "Intruding."}
        ).answered()
        assert "not one of this server" in answer.text
    assert (await two.room.heard(two.sitting, two.echo)).text == "By chance."
    assert "Intruding" not in "".join(each.text for each in two.question.channel.all())


async def test_messages_of_another_guild(two: Two) -> None:
    """An id of another guild's message, in a button of one's own chat, is none of its messages."""
    own = await two.room.begun(two.ours)
    question = await two.ours.place.message(two.ours.place.channel, "Q1: ")
    id_ = two.sitting.echoes.message_of(str(two.echo.id))
    for what in ("own", "put", "none", "edit", "drop"):
        custom_id = f"{what}:{own.ticket}:{id_}" + (":0" if what == "put" else "")
        question.components[0]["components"][0]["custom_id"] = custom_id
        for person in (two.ours, two.ana_here):
            answer = await person.presses(question, custom_id).answered()
            assert answer.modal is None
            assert "not part of this chat" in answer.text or "no longer there" in answer.text
    assert (await two.room.heard(two.sitting, two.echo)).answers == ("1",)


@pytest.mark.parametrize("command", ["Highlight", "Answers question…", "Hide from transcript"])
async def test_commands_on_messages_of_another_guild(two: Two, command: str) -> None:
    """A message command that names another guild's message finds it in no chat of this one, and changes nothing."""
    await two.room.begun(two.ours)
    own = two.ours.says(two.ours.place.channel, "A1 Mine.")
    before = await two.room.heard(two.sitting, two.echo)
    id_before, own.id = own.id, int(two.sitting.echoes.message_of(str(two.echo.id)))
    try:
        text = (await two.ours.applies(command, own).answered()).text
    finally:
        own.id = id_before
    two.silent(text)
    assert await two.room.heard(two.sitting, two.echo) == before


async def test_my_answers_are_those_of_the_guild(two: Two) -> None:
    """What one has answered in another guild is not among one's answers here."""
    await two.room.begun(two.ours)
    text = await told(two.ana_here, "my-answers")
    assert "none of your messages" in text
    two.silent(text)


async def test_forgetting_is_for_one_guild(two: Two) -> None:
    """Who is forgotten here stays known there, and may go on answering there."""
    warning = (await two.ana_here.runs("chat forget-me").answered()).message
    assert warning
    await pressed(two.ana_here, warning, "Forget me")
    assert (await two.room.heard(two.sitting, two.echo)).text == "By chance."
    assert not two.echo.deleted
    await answered(two.ana_there, two.question, "Once more.")


async def test_hiding_is_for_one_chat(two: Two) -> None:
    """Who is hidden in a chat here is not hidden there."""
    await two.room.begun(two.ours)
    await told(two.ours, "hide", member=two.ana_here)
    assert await two.room.chats.store.record(two.sitting.chat).hidden_people() == []


async def test_files_tell_of_one_guild_only(two: Two) -> None:
    """A transcript has what was said in its own chat."""
    own = await two.room.begun(two.ours)
    await answered(two.ana_here, await two.ours.place.message(two.ours.place.channel, "Q1: "), "Here.")
    file = (
        await two.ours.runs("chat transcript", format="json", chat=own.chat.short).answered(patience=30)
    ).file
    text = file.data.decode()
    assert "Here." in text
    two.silent(text)


async def test_no_number_of_a_chat_is_shown(two: Two) -> None:
    """What stands for a chat in buttons is another in every guild, and not its number."""
    own = await two.room.begun(two.ours)
    assert own.ticket != two.sitting.ticket
    question = await two.ours.place.message(two.ours.place.channel, "Q1: ")
    assert own.ticket in str(question.components)
    assert len(own.ticket) == 12
