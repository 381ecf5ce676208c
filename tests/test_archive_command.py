"""`hashchat archive` as a host types it: what it says, what it remembers, and what it refuses with nothing changed."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.cli.failing import explain
from bot.store import Store, StoreError
from tests.archives import NOW, held, public
from tests.test_story_card import KHITAN

CHAT = "macrosw/2015-04-23"


def with_chats(path: Path, work: Callable[[Store], Awaitable[object]]) -> Path:
    """Make a database, and give it."""
    db = path / "chats.db"

    async def run() -> None:
        async with Store.open(db, lambda: NOW) as store:
            await work(store)

    asyncio.run(run())
    return db


def run(db: Path, folder: Path, *options: str) -> Result:
    return CliRunner().invoke(app, ["archive", str(folder), "--db", str(db), *options])


def refused(db: Path, folder: Path, *options: str) -> str:
    """Give what is said where nothing is done."""
    result = run(db, folder, *options)
    assert result.exit_code != 0
    if isinstance(result.exception, StoreError):
        explain(result.exception)
        return str(result.exception)
    return result.stderr


@pytest.mark.parametrize("place", ["", "  "])
def test_a_folder_without_a_name_is_refused(tmp_path: Path, place: str) -> None:
    """What an unset variable of a shell becomes is not taken for the folder in which one stands."""
    result = CliRunner().invoke(app, ["archive", place, "--db", str(with_chats(tmp_path, held))])
    assert result.exit_code != 0
    assert "The folder has no name" in result.stderr


def test_it_says_what_it_did(tmp_path: Path) -> None:
    """One line tells how many chats there are and what was done; what is missing is said with what to do."""
    db = with_chats(tmp_path, held)
    result = run(db, tmp_path / "site")
    assert "1 chat, 1 written anew." in result.stdout
    assert "without --url there is no sitemap" in result.stderr
    again = run(db, tmp_path / "site", "--title", "Our chats", "--url", "https://x.org/")
    assert again.stderr == ""
    assert "<title>Our chats</title>" in (tmp_path / "site" / "index.html").read_text("utf-8")
    assert "https://x.org/macrosw/" in (tmp_path / "site" / "sitemap.xml").read_text("utf-8")


def test_letters_that_no_font_has_are_named(tmp_path: Path) -> None:
    """Where share pictures miss letters it is said each time, with what to do."""
    db = with_chats(tmp_path, lambda store: held(store, title=KHITAN))
    for _ in range(2):
        note = run(db, tmp_path / "site", "--url", "https://x.org").stderr
        assert f"no font on this machine has {KHITAN}, so" in note
        assert "run the same command again" in note


def test_what_is_left_out_stays_out(tmp_path: Path) -> None:
    """A chat that was left out once is not published by the next command that does not name it, until it is taken in again."""
    db = with_chats(tmp_path, held)
    site = tmp_path / "site"
    run(db, site)
    assert f"{CHAT}/story.html" in public(site)
    result = run(db, site, "--without", "last")
    assert "Left out, until you name them with --with: macrosw-2015-04-23." in result.stdout
    assert not any(name.startswith("macrosw/") for name in public(site))
    run(db, site)
    assert not any(name.startswith("macrosw/") for name in public(site))
    run(db, site, "--with", "last")
    assert f"{CHAT}/story.html" in public(site)
    assert "at once" in refused(db, site, "--with", "last", "--without", "last")


def test_servers_are_not_shown_together_unasked(tmp_path: Path) -> None:
    """Chats of two Discord servers come on one site only if both are named."""

    async def work(store: Store) -> None:
        await held(store, room="discord:1", apart="@1")
        await held(store, room="discord:2", apart="@2", hashtag="Other")

    db = with_chats(tmp_path, work)
    site = tmp_path / "site"
    assert "discord:1, discord:2" in refused(db, site)
    assert not site.exists()
    run(db, site, "--room", "discord:2")
    assert {name.split("/")[0] for name in public(site)} >= {"other"}
    assert not any(name.startswith("macrosw") for name in public(site))
    run(db, site, "--room", "discord:1", "--room", "discord:2")
    assert any(name.startswith("macrosw") for name in public(site))
    run(db, site, "--room", "discord:1", "--room", "discord:2", "--hashtag", "#Other")
    assert not any(name.startswith("macrosw") for name in public(site))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--url", "chats.example.org"), "is not the address of a site. Write it as https://"),
        (("--url", "https://x.org/?a=1"), "is not the address of a site"),
        (("--room", "discord:9"), "No chat was held in the room discord:9. There are: guild:1."),
        (("--hashtag", "#Nope"), "There is no chat under the hashtag #Nope. There are: macrosw."),
        (("--without", "nope"), "No chat goes by 'nope'"),
        (("--stories", "/nowhere"), "There is no folder /nowhere."),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, options: tuple[str, ...], words: str) -> None:
    """A mistake is told with what to do, and nothing is written."""
    db = with_chats(tmp_path, held)
    assert words in refused(db, tmp_path / "site", *options)
    assert not (tmp_path / "site").exists()


def test_stories_as_hosts_chose_them(tmp_path: Path) -> None:
    """A file beside others, called as the chat, says what its story tells; a mistake in it is told with its line."""
    db = with_chats(tmp_path, held)
    site, stories = tmp_path / "site", tmp_path / "stories"
    stories.mkdir()
    chosen = stories / "macrosw-2015-04-23.yaml"
    chosen.write_text("chat: macrosw-2015-04-23\ntitle: What we share\n", encoding="utf-8")
    run(db, site, "--stories", str(stories))
    assert "What we share" in (site / CHAT / "story.html").read_text("utf-8")
    assert "What we share" in (site / "index.html").read_text("utf-8")
    before = (site / CHAT / "story.html").read_bytes()
    chosen.write_text("chat: macrosw-2015-04-23\ntitel: x\n", encoding="utf-8")
    assert "macrosw-2015-04-23.yaml:2:1:" in refused(db, site, "--stories", str(stories))
    assert (site / CHAT / "story.html").read_bytes() == before


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    """What is no folder is refused."""
    db = with_chats(tmp_path, held)
    (tmp_path / "file").write_text("mine")
    assert "is not a folder" in refused(db, tmp_path / "file")
    assert (tmp_path / "file").read_text() == "mine"
