"""The command `hashchat story`: from a database to a page, a host's file and a picture."""

import asyncio
import base64
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from bot.cli import app
from bot.messages import Attachment
from bot.store import Changes, Media, Store
from tests.chats import ANA, BO, CY, message
from tests.stores import A1, A2, Now, create, forget, keep, say

PICTURE = Attachment("bee.jpg", "/media/bee", "image/jpeg", alt="A bee")
LOST = Attachment("lost.png", "https://cdn.example/lost.png", "image/png", alt="A wasp")
SECRET = b"GPS 48.8584 N 2.2945 E"


def jpeg() -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    Image.new("RGB", (3200, 200), "gold").save(out, "JPEG", exif=exif)
    return out.getvalue()


class Desk:
    """A host at a shell, with a database in which a chat was held."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.db = folder / "chat.db"
        asyncio.run(self._hold())

    async def _hold(self) -> None:
        async with Store.open(self.db, Now()) as store:
            chat = await create(store)
            await say(
                store, chat,
                (message("1", ANA, "A1 words of Ana", attachments=(PICTURE, LOST)), A1),
                (message("2", BO, "A1 words of Bo https://example.org/bo", 3), A1),
                (message("3", CY, "A2 words of Cy", 12), A2),
            )  # fmt: skip
            await store.keep_media(
                chat, Media("/media/bee", ANA.id, "bee.jpg", "image/jpeg", 3200, 200, jpeg())
            )

    def change(self, what: Callable[[Store], Callable[[Changes], object]]) -> None:
        """Let something happen to what was said."""

        async def work() -> None:
            async with Store.open(self.db, Now()) as store:
                (chat,) = await store.chats()
                await keep(store, await store.hold(chat.id), what(store))

        asyncio.run(work())

    def run(self, *arguments: object, status: int = 0) -> str:
        """Run the command; give all that it says."""
        done = CliRunner().invoke(app, ["story", *map(str, arguments), "--db", str(self.db)])
        assert done.exit_code == status, done.output
        return f"{done.output}{done.exception or ''}"

    def at(self, name: str) -> Path:
        return self.folder / name


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_story_with_nothing_else(desk: Desk) -> None:
    """One command writes the page, with the best answers, and with pictures made anew: smaller, and without what is hidden in them."""
    assert "Written" in desk.run("last", "-o", desk.at("s.html"))
    text = desk.at("s.html").read_text()
    assert "#MacroSW: Common ground" in text
    for who in ("Ana", "Bo", "Cy"):
        assert f"words of {who}" in text
    (inside,) = re.findall(r'src="data:image/jpeg;base64,([^"]+)" alt="A bee" width="1600"', text)
    data = base64.b64decode(inside)
    assert SECRET in jpeg()
    assert SECRET not in data
    assert "lost.png" in text
    assert desk.run("last") == text


def test_a_host_chooses(desk: Desk) -> None:
    """The file is written once, and what is changed in it is what the page tells."""
    desk.run("last", "--edit", desk.at("s.yaml"))
    text = desk.at("s.yaml").read_text()
    assert "A1 words of Bo" in text
    assert "has not been touched" in desk.run("last", "--edit", desk.at("s.yaml"), status=1)
    desk.at("s.yaml").write_text(re.sub(r"    - 2 .*\n", "    - say: We all laughed.\n", text))
    desk.run("last", "--from", desk.at("s.yaml"), "-o", desk.at("s.html"))
    page = desk.at("s.html").read_text()
    assert "We all laughed." in page
    assert "words of Bo" not in page


def test_own_words_without_say(desk: Desk) -> None:
    """Words that stand where a message should are no message, and it is said how words of one's own are written."""
    desk.at("s.yaml").write_text("questions:\n  Q1:\n    - We all laughed\n    - gone\n")
    first, second = desk.run("last", "--from", desk.at("s.yaml"), "-o", desk.at("s.html")).splitlines()[:2]
    assert first.endswith("delete the line, or correct it, or write words of your own as `- say: …`")
    assert second.endswith("or correct it")


GONE: dict[str, Callable[[Store], Callable[[Changes], object]]] = {
    "hidden": lambda _: lambda c: c.hidden("2", on=True),
    "person hidden": lambda _: lambda c: c.person_hidden(BO.id, on=True),
    "deleted": lambda _: lambda c: c.retracted("2"),
    "forgotten": lambda store: forget(store, BO.id),
}


@pytest.mark.parametrize("how", GONE)
def test_what_is_gone_stays_out(desk: Desk, how: str) -> None:
    """What was hidden, deleted or forgotten since is not in the page, though the file names it; the line is named."""
    desk.run("last", "--edit", desk.at("s.yaml"))
    desk.change(GONE[how])
    said = desk.run("last", "--from", desk.at("s.yaml"), "-o", desk.at("s.html"))
    line = next(
        n for n, line in enumerate(desk.at("s.yaml").read_text().splitlines(), 1) if "    - 2 " in line
    )
    assert f"s.yaml:{line}:7: this is not in the chat, or not any more" in said
    page = desk.at("s.html").read_text()
    assert "words of Bo" not in page
    assert "example.org/bo" not in page
    assert "words of Ana" in page


def test_a_picture_to_share(desk: Desk) -> None:
    """The picture is drawn beside the page, which names it by its whole address; without that, a note says what to do."""
    assert "add --url" in desk.run("last", "--picture", desk.at("s.png"))
    assert not desk.at("s.html").exists()
    with Image.open(desk.at("s.png")) as picture:
        assert picture.size == (1200, 630)
    desk.run(
        "last", "-o", desk.at("s.html"), "--picture", desk.at("s é.png"), "--url", "https://x.org/a/s.html"
    )
    assert 'content="https://x.org/a/s%20%C3%A9.png"' in desk.at("s.html").read_text()


def test_a_choice_is_not_replaced_by_its_page(desk: Desk) -> None:
    """Neither page nor picture takes the place of the file that it is told from, whatever that is called, nor of each other."""
    desk.run("last", "--edit", desk.at("choice.txt"))
    chosen = desk.at("choice.txt").read_bytes()
    desk.at("choice").hardlink_to(desk.at("choice.txt"))
    for option, name in (("-o", "choice.txt"), ("-o", "choice"), ("--picture", "choice")):
        said = desk.run("last", "--from", desk.at("choice.txt"), option, desk.at(name), status=1)
        assert f"Name another file with {'--output' if option == '-o' else option}." in said
    desk.run("last", "--picture", desk.at("s.png"), "-o", desk.at("s.png"), status=1)
    assert desk.at("choice").read_bytes() == chosen
    with Image.open(desk.at("s.png")) as picture:
        assert picture.format == "PNG"


def test_a_picture_that_cannot_be_written(desk: Desk) -> None:
    """What is said is about --picture; a name that promises another format than PNG is refused."""
    assert "Name a file that ends in .png" in desk.run("last", "--picture", desk.at("s.jpg"), status=2)
    assert "with --picture" in desk.run("last", "--picture", desk.at("no/s.png"), status=1)
    assert not desk.at("s.jpg").exists()


def test_mistakes_change_nothing(desk: Desk) -> None:
    """Each is told in words, with line and column where a file has it, and no page is written."""
    desk.at("s.yaml").write_text("questions:\n  Q7: [1]\n")
    page = desk.at("s.html")
    said = desk.run("last", "--from", desk.at("s.yaml"), "-o", page, status=1)
    assert "s.yaml:2:3: `Q7` is no question that was asked in this chat; write one of Q1, Q2" in said
    assert "--from" in desk.run("last", "--edit", desk.at("e.yaml"), "-o", page, status=2)
    assert "not a web address" in desk.run("last", "-o", page, "--url", "x.org", status=2)
    for arguments in (("--from", desk.at("none.yaml")), ("--edit", desk.at("no/folder.yaml"))):
        assert "cannot be" in desk.run("last", *arguments, status=1)
    assert not page.exists()
