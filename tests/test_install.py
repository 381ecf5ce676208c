"""The wheel: all that has to travel with it does, and works outside the repository."""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel; with the hatchling that is here, or else with one that pip fetches."""
    folder = tmp_path_factory.mktemp("wheel")
    isolation = ["--no-build-isolation"] if find_spec("hatchling") else []
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        *isolation,
        "-w",
        str(folder),
        str(ROOT),
    ]
    subprocess.run(command, check=True, capture_output=True)
    (built,) = folder.glob("hashchat-*.whl")
    return built


def test_everything_travels(wheel: Path) -> None:
    """Every module, template, sample and table of the checkout is in the wheel, with the schema and the licence."""
    names = set(zipfile.ZipFile(wheel).namelist())
    here = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "bot").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    questions = {
        f"bot/questions/{path.name}"
        for path in (ROOT / "questions").iterdir()
        if path.suffix in (".yaml", ".json")
    }
    assert here | questions <= names
    assert any(name.endswith("/licenses/LICENSE") for name in names)
    assert not [name for name in names if name.startswith(("tests/", "questions/"))]


def test_it_works_where_it_is_installed(wheel: Path, tmp_path: Path) -> None:
    """In a fresh environment outside the repository a sample can be copied, checked and held, and its transcript written."""
    home = tmp_path / "venv"
    venv.create(home)
    scripts = Path(sysconfig.get_path("scripts", "venv", {"base": str(home)}))
    python = scripts / Path(sys.executable).name
    environment = {
        **os.environ,
        "PYTHONPATH": sysconfig.get_path("purelib"),
        "HASHCHAT_DB": str(tmp_path / "h.db"),
    }
    target = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(python),
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        str(wheel),
    ]
    subprocess.run(target, check=True, capture_output=True)

    def hashchat(*arguments: str, lines: str = "") -> str:
        return subprocess.run(
            [scripts / "hashchat", *arguments], input=lines, capture_output=True, text=True, check=True, cwd=tmp_path, env=environment,
        ).stdout  # fmt: skip

    where = subprocess.run(
        [python, "-c", "import bot; print(bot.__file__)"], capture_output=True, text=True, check=True, cwd=tmp_path, env=environment,
    ).stdout  # fmt: skip
    assert Path(where).is_relative_to(home)
    hashchat("new", "--sample", "five-minutes")
    assert "nothing is wrong" in hashchat("check", "five-minutes.yaml")
    seen = hashchat("run", "five-minutes.yaml", "--speed", "10000", lines="ana: A0 hi\n")
    assert "ana ✅ Q0: A0 hi" in seen
    assert "Transcript: " in seen
    page = hashchat("transcript", "last", "--format", "html")
    assert page.startswith("<!doctype html>")
    assert "A0 hi" in page
