"""Files that hang on messages: only those that were written with an export, whatever it says."""

import base64
from pathlib import Path

import pytest

from bot.imports import files
from bot.imports.files import Beside
from bot.messages import Attachment
from tests.importing import written


def data(export: Path, url: str, *folders: Path) -> bytes | None:
    media = Beside(folders).take(export, Attachment("x", url), "ana")
    assert media
    assert (media.data is None) == bool(media.why)
    return media.data


@pytest.fixture
def export(tmp_path: Path) -> Path:
    written(tmp_path, "c.json_Files/deep/map.png", b"DCE")
    written(tmp_path, "c-files/map.png", b"own")
    return written(tmp_path, "c.json", "{}")


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("c.json_Files/deep/map.png", b"DCE"),
        ("c.json_Files\\deep\\map.png", b"DCE"),
        ("c-files/map.png", b"own"),
        ("c-files/../c-files/map.png", b"own"),
        ("c-files/none.png", None),
        ("c-files", None),
        ("", None),
        ("\0", None),
    ],
)
def test_own_folders(export: Path, url: str, kept: bytes | None) -> None:
    """What lies in DiscordChatExporter's folder or hashchat's own is kept; a folder or nothing is no file."""
    assert data(export, url) == kept


def test_parts(tmp_path: Path) -> None:
    """The parts of one export have one folder."""
    written(tmp_path, "c.json_Files/map.png", b"DCE")
    assert data(written(tmp_path, "c [part 2].json", "{}"), "c.json_Files/map.png") == b"DCE"


@pytest.mark.parametrize(
    "url",
    [
        "secret.txt",
        "../secret.txt",
        ".env",
        "c.json",
        "c.json_Files/.env",
        "c.json_Files/.git/config",
        "c.json_Files/../secret.txt",
        "c.json_Files/%2e%2e/secret.txt",
        "c.json_Files/link.txt",
        "c.json_Files/hidden.txt",
        "d-files/map.png",
    ],
)
def test_nothing_else(export: Path, url: str) -> None:
    """No other file is read: not beside the export, not hidden, not through a link, not of another export."""
    for name in ("secret.txt", "../secret.txt", ".env", "c.json_Files/.env", "c.json_Files/.git/config", "d-files/map.png"):  # fmt: skip
        written(export.parent, name, "secret")
    (export.parent / "c.json_Files/link.txt").symlink_to(export.parent / "secret.txt")
    (export.parent / "c.json_Files/hidden.txt").symlink_to(".env")
    assert data(export, url) is None
    assert data(export, str(export.parent / url)) is None


def test_a_folder_that_is_a_link(tmp_path: Path) -> None:
    """An export cannot bring along a link in place of its folder."""
    written(tmp_path, "private/secret.txt", "secret")
    for name in ("c.json_Files", "c-files"):
        (tmp_path / name).symlink_to(tmp_path / "private")
        assert data(written(tmp_path, "c.json", "{}"), f"{name}/secret.txt") is None


def test_named_folder(export: Path) -> None:
    """In a folder that was named files are found by their path from the export, from the folder, or by name; none is hidden."""
    folder = export.parent / "media"
    written(folder, "map.png", b"named")
    written(folder, ".env", "secret")
    for url in ("media/map.png", "map.png", "somewhere/else/map.png"):
        assert data(export, url) is None
        assert data(export, url, folder) == b"named"
    assert data(export, "c.json_Files/deep/map.png", folder) == b"DCE"
    assert data(export, "media/.env", folder) is None
    assert data(export, "c.json", folder) is None


def test_inside(export: Path) -> None:
    """What is inside the file is decoded, and known by what it is and whose."""
    url = "data:image/png;base64," + base64.b64encode(b"PNG").decode()
    media = Beside().take(export, Attachment("a", url), "ana")
    assert media
    assert (media.data, media.type) == (b"PNG", "image/png")
    assert media.url.startswith("/embedded/")
    assert len(media.url) < 50
    other = Beside().take(export, Attachment("a", url), "bo")
    assert other
    assert other.url != media.url
    assert data(export, "data:image/png;base64,$$$") is None


def test_limits(export: Path, tmp_path: Path) -> None:
    """One file and all together have their limits, wherever they are."""
    large = bytes(files.LARGEST)
    written(tmp_path, "c-files/large", large)
    written(tmp_path, "c-files/larger", large + b"x")
    inside = "data:;base64," + base64.b64encode(large).decode()
    assert data(export, "c-files/larger") is None
    assert data(export, "data:;base64," + base64.b64encode(large + bytes(9)).decode()) is None
    beside = Beside()
    urls = ["c-files/large", inside] * (files.MOST // files.LARGEST // 2)
    kept = [beside.take(export, Attachment("x", url), "ana") for url in urls]
    assert all(media and media.data for media in kept)
    last = beside.take(export, Attachment("x", "c-files/map.png"), "ana")
    assert last
    assert last.why == "the files of the chat are larger than 200 MiB"
