"""Exports of DiscordChatExporter in JSON."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.imports.heard import Head, LeftOut, Signed, Unread
from bot.messages import Attachment
from tests.importing import ANA, BO, HANA, export, heard, note, person, pieces, said, written


def test_message(tmp_path: Path) -> None:
    """A message comes with its id, its author's name in the guild, its time in UTC and what it replies to."""
    reply = note(
        3, BO, "Yes", 5, type="Reply", reference={"messageId": "2", "channelId": "7", "guildId": "8"}
    )
    first, second = said(written(tmp_path, "c.json", export(note(2, ANA, "Hello"), reply)))
    assert (first.id, first.author.id, first.author.name, first.text) == ("2", "102", "Ana", "Hello")
    assert first.at == datetime(2015, 4, 23, 21, 0, 0, 250_000, tzinfo=UTC)
    assert (first.reply_to, second.reply_to) == (None, "2")


def test_head(tmp_path: Path) -> None:
    """The channel's name goes for the hashtag and its topic for the title; the guild is what lasts."""
    (head,) = pieces(written(tmp_path, "c.json", export()))
    assert head == Head(title="Macro practice", name="macrosw", room="discord:8")
    (head,) = pieces(written(tmp_path, "c.json", export(channel={"topic": None})))
    assert head == Head(name="macrosw", room="discord:8")


def test_edited(tmp_path: Path) -> None:
    """An edited message is marked as such."""
    (message,) = said(
        written(tmp_path, "c.json", export(note(2, ANA, "x", timestampEdited="2015-04-23T21:05:00+02:00")))
    )
    assert message.edited_at == datetime(2015, 4, 23, 19, 5, tzinfo=UTC)
    assert message.version == 1


def test_reactions(tmp_path: Path) -> None:
    """Reactions come with who made them; where an older export only counts them, with the number of others."""
    thumb = {"emoji": {"id": "", "name": "👍"}, "count": 3, "users": [ANA, HANA]}
    own = {"emoji": {"id": "55", "name": "macro"}, "count": 2}
    (message,) = heard(written(tmp_path, "c.json", export(note(2, BO, "x", reactions=[thumb, own]))))
    assert message.reactions == {"👍": Signed(("102", "101"), 1), ":macro:": Signed(others=2)}


def test_bots(tmp_path: Path) -> None:
    """What a program wrote is told apart, and its signs do not count."""
    bot = person(9, "Butler", isBot=True)
    signs = [{"emoji": {"id": "", "name": "✅"}, "count": 3, "users": [bot, ANA]}]
    path = written(tmp_path, "c.json", export(note(1, bot, "x"), note(2, ANA, "y", reactions=signs)))
    assert [each.by_bot for each in heard(path)] == [True, False]
    assert heard(path)[1].reactions == {"✅": Signed(("102",), 1)}


def test_attachments(tmp_path: Path) -> None:
    """Attachments come with name, address, size and what kind of file they are by their name."""
    file = {
        "id": "9",
        "url": "https://cdn.example.org/1/9/map.png?ex=1",
        "fileName": "map.png",
        "fileSizeBytes": 77,
    }
    (message,) = said(written(tmp_path, "c.json", export(note(2, BO, "", attachments=[file]))))
    assert message.attachments == (Attachment("map.png", file["url"], "image/png", 77),)


def test_system_messages_are_left_out(tmp_path: Path) -> None:
    """What Discord itself notes is no message; what an app was asked to say is one."""
    path = written(
        tmp_path,
        "c.json",
        export(note(1, ANA, "Pinned a message.", type="ChannelPinnedMessage"), note(2, ANA, "x", type="20")),
    )
    _, left_out, _ = pieces(path)
    assert left_out == LeftOut("Discord's own notes")
    assert [message.id for message in said(path)] == ["2"]


def test_forwarded(tmp_path: Path) -> None:
    """What somebody forwards is not their own words, and no reply to where it came from."""
    forwarded = {"timestamp": "2015-04-01T00:00:00+00:00", "content": "A1 toast", "attachments": []}
    reference = {"type": "Forward", "messageId": "1", "channelId": "3"}
    (message,) = said(
        written(tmp_path, "c.json", export(note(2, ANA, "", forwardedMessage=forwarded, reference=reference)))
    )
    assert (message.text, message.repeat, message.reply_to) == ("A1 toast", True, None)


def test_embeds_and_stickers(tmp_path: Path) -> None:
    """A message without words of its own has those of its embed; a sticker is named."""
    embed = {"title": "Q1", "url": None, "description": "What brought you here?", "fields": [{"name": "By", "value": "Hana"}]}  # fmt: skip
    first, second, third = said(
        written(
            tmp_path,
            "c.json",
            export(
                note(1, HANA, "", embeds=[embed]),
                note(2, ANA, "see https://x.org", embeds=[embed]),
                note(3, ANA, "", stickers=[{"id": "1", "name": "Wave"}]),
            ),
        )
    )
    assert first.text == "Q1\nWhat brought you here?\nBy: Hana"
    assert second.text == "see https://x.org"
    assert third.text == "[sticker: Wave]"


def test_mentions(tmp_path: Path) -> None:
    """Mentions that were exported raw have the people's names."""
    (message,) = said(written(tmp_path, "c.json", export(note(2, ANA, "<@103> <@!9> hi", mentions=[BO]))))
    assert message.text == "@Bo @somebody hi"


def test_a_name_of_several_words_is_mentioned_as_one(tmp_path: Path) -> None:
    """As in a live chat, however it was exported: so a label behind it is read, and it is no theme."""
    cast = [person(4, "Ana Lee"), person(5, "Ana"), person(6, "\u3000")]
    texts = ("<@104> A1 toast", "@Ana Lee A1 toast, @Ana", "mail a@b, @Lee")
    path = written(
        tmp_path, "c.json", export(*(note(n, BO, each, mentions=cast) for n, each in enumerate(texts, 1)))
    )
    assert [message.text for message in said(path)] == [
        "@Ana_Lee A1 toast",
        "@Ana_Lee A1 toast, @Ana",
        "mail a@b, @Lee",
    ]


def test_thread(tmp_path: Path) -> None:
    """What is said in a thread replies to the message on which it hangs, unless it replies to another."""
    inner = note(6, BO, "y", reference={"messageId": "5"})
    path = written(
        tmp_path,
        "t.json",
        export(note(5, ANA, "x"), inner, channel={"id": "2", "type": "GuildPublicThread", "name": "Q1"}),
    )
    assert [(message.reply_to, message.place) for message in said(path)] == [("2", "2"), ("5", "2")]


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (note(1, ANA, "x", timestamp="soon"), "'soon' is not a time"),
        (note(1, ANA, "x") | {"id": None}, "`id` is missing"),
        (note(1, ANA, "x") | {"author": None}, "`id` is missing"),
        (note(1, ANA, "x", attachments="many"), "`attachments` is not a list"),
        (note(1, ANA, "x", reactions=[{"emoji": [], "count": 1}]), "`emoji` is not an object"),
        (note(1, ANA, "x", content=["x"]), "`content` is not a text"),
        ("a message", "this is not an object"),
    ],
)
def test_broken_message(tmp_path: Path, broken: object, why: str) -> None:
    """A message that cannot be read is told with its line, and the others come all the same."""
    path = written(tmp_path, "c.json", export(broken, note(2, ANA, "fine")))
    (unread,) = (piece for piece in pieces(path) if isinstance(piece, Unread))
    assert why in unread.why
    assert path.read_text().splitlines()[unread.line - 1].strip() in ("{", '"a message",')
    assert [message.id for message in said(path)] == ["2"]
