"""`hashchat new` and `schema`: scripts to begin with."""

import json
import shlex
import sys
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import typer

from bot.cli.failing import complain
from bot.script.form import schema
from bot.script.model import MOST_QUESTIONS, plain
from bot.script.source import Scalar
from bot.script.starter import starter
from bot.script.values import hashtag
from bot.script.wrong import Wrong, nearest

SCHEMA = "chat.schema.json"


def new(file: Path | None, sample: str | None) -> int:
    """Write a starting script or a copy of a sample; give the exit status."""
    if sample is not None:
        return _copy(sample, file)
    if file is None:
        return complain("Say which file to write, as in: hashchat new my-chat.yaml", status=2)
    if trouble := _in_the_way(file):
        return complain(trouble)
    return _write(
        file, _asked() if sys.stdin and sys.stdin.isatty() else starter("MyChat", "What we talk about", [])
    )


def schema_text() -> str:
    """Give the JSON schema of chat scripts, as it is shipped."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def transcript_schema_text() -> str:
    """Give the JSON schema of transcripts, as it is shipped."""
    return (files("bot.render") / "transcript.schema.json").read_text(encoding="utf-8")


def samples() -> dict[str, Traversable]:
    """Give the samples that travel with hashchat, by name."""
    return {
        entry.name.removesuffix(".yaml"): entry
        for entry in _questions().iterdir()
        if entry.name.endswith(".yaml")
    }


def _questions() -> Traversable:
    """Give the folder `questions`: in the package as it is installed, beside it in a checkout."""
    installed = files("bot") / "questions"
    return installed if installed.is_dir() else Path(__file__).parents[2] / "questions"


def _copy(sample: str, file: Path | None) -> int:
    known = samples()
    name = sample.removesuffix(".yaml")
    if name not in known:
        near = nearest(name, known)
        meant = f" Do you mean {near}?" if near else ""
        return complain(f"There is no sample {sample!r}.{meant} There are: {', '.join(sorted(known))}.")
    target = file or Path(f"{name}.yaml")
    if trouble := _in_the_way(target):
        return complain(trouble)
    return _write(target, known[name].read_text(encoding="utf-8"))


def _in_the_way(file: Path) -> str | None:
    """Say why the file cannot be written, before anything is asked for it."""
    if file.is_dir():
        return f"{file} is a folder. Name a file in it, as {file / 'my-chat.yaml'}."
    if file.exists():
        return f"{file} is there already, and has not been touched. Name another file."
    if not file.parent.is_dir():
        return f"There is no folder {file.parent}. Make it first, or name another file."
    return None


def _write(file: Path, text: str) -> int:
    with file.open("x", encoding="utf-8", newline="\n") as script:
        script.write(text)
    schema_file = file.parent / SCHEMA
    beside = f", with {SCHEMA} beside it for your editor"
    if not schema_file.exists():
        schema_file.write_text(schema_text(), encoding="utf-8", newline="\n")
    name = shlex.quote(str(file))
    print(f"Written: {file}{beside}.")
    print(
        f"Next: change it as you like, then\n  hashchat check {name}    to see whether all is well\n  hashchat run {name}      to hold the chat"
    )
    return 0


# Asking ----------------------------------------------------------------------------------------------------------


def _asked() -> str:
    """Ask for what a script needs, and write it."""
    tag = typer.prompt("Hashtag, as #MacroSW", value_proc=_tag)
    title = _text("What the chat is about")
    print("Your questions, one after the other; an empty line ends them.")
    return starter(tag, title, list(_texts()))


def _tag(text: str) -> str:
    try:
        return hashtag(Scalar(1, 1, text.strip()))
    except Wrong as wrong:
        raise typer.BadParameter(f"That {wrong.what}; {wrong.instead}") from wrong


def _text(what: str) -> str:
    while not (text := str(typer.prompt(what)).strip()):
        print("Write a few words.")
    return text


def _texts() -> Iterator[str]:
    """Give the questions as they are typed, each once."""
    asked: dict[str, int] = {}
    while len(asked) < MOST_QUESTIONS:
        number = len(asked) + 1
        question = str(typer.prompt(f"Q{number}", default="", show_default=False)).strip()
        if not question:
            return
        same = asked.setdefault(plain(question), number)
        if same == number:
            yield question
        else:
            print(f"That is Q{same} already. Ask something else.")
