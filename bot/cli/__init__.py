"""The command `hashchat`: the only place that puts the parts together.

This module only says what the commands are called and take; what they do is imported when it is needed, so that
`hashchat --help` stays quick.
"""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot import __version__

app = typer.Typer(
    name="hashchat",
    help="Hold live hashtag chats: questions on a timer, answers by question, a recap at the end.",
    epilog="Try it: hashchat new --sample five-minutes, then hashchat run five-minutes.yaml",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class TranscriptForm(StrEnum):
    """The forms of a transcript."""

    HTML = "html"
    MD = "md"
    TXT = "txt"
    CSV = "csv"
    JSON = "json"


class RecapForm(StrEnum):
    """The forms of a recap."""

    TXT = "txt"
    MD = "md"
    HTML = "html"
    JSON = "json"


Db = Annotated[
    Path | None,
    typer.Option(
        "--db", envvar="HASHCHAT_DB", help="The database [default: in your data folder].", show_default=False
    ),
]
ChatName = Annotated[str, typer.Argument(metavar="CHAT", help="A chat's short name, a part of it, or last.")]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", metavar="FILE", help="Write to this file [default: print].", show_default=False
    ),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Scripts = Annotated[list[Path], typer.Argument(metavar="FILE...", help="Chat scripts (YAML).")]


@app.callback(invoke_without_command=True)
def _hashchat(
    version: Annotated[bool, typer.Option("--version", help="Show the version.", is_eager=True)] = False,
) -> None:
    if version:
        typer.echo(f"hashchat {__version__}")
        raise typer.Exit


@app.command(epilog="Example: hashchat run questions/five-minutes.yaml")
def run(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The chat's script (YAML).")],
    speed: Annotated[
        float, typer.Option(min=1.0, max=10_000.0, help="Run that many times as fast, as a rehearsal.")
    ] = 1.0,
    new: Annotated[
        bool, typer.Option("--new", help="Hold a new chat, whatever was held of this script before.")
    ] = False,
    db: Db = None,
) -> None:
    """Hold a chat in the terminal: you are the host and, for trying things, any participant.

    Type /help in it to see what you can type. From a pipe it reads the same lines, starts by itself, goes on to the recap
    and exits. Run again, it goes on with a chat that is not over.
    """
    from bot.cli.holding import hold

    raise typer.Exit(hold(file, speed=speed, new=new, db=_database(db)))


@app.command(epilog="Example: hashchat check questions/*.yaml")
def check(files: Scripts) -> None:
    """Check chat scripts: every problem with its line, or the timetable when nothing is wrong."""
    from bot.cli.scripts import check as check_files

    raise typer.Exit(check_files(files))


@app.command(epilog="Example: hashchat new my-chat.yaml")
def new(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE", help="The script to write [default: the sample's name].", show_default=False
        ),
    ] = None,
    sample: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Copy this sample; a wrong name lists them.", show_default=False),
    ] = None,
) -> None:
    """Write a starting script with comments, asking for what it needs, or a copy of a sample."""
    from bot.cli.scripts import new as new_file

    raise typer.Exit(new_file(file, sample))


@app.command(epilog="Example: hashchat schema > chat.schema.json")
def schema() -> None:
    """Print the JSON schema of chat scripts, with which editors complete and check."""
    from bot.cli.scripts import schema_text

    typer.echo(schema_text(), nl=False)


@app.command(epilog="Example: hashchat chats")
def chats(db: Db = None) -> None:
    """List all chats with their short names."""
    from bot.cli.keeping import list_chats

    raise typer.Exit(list_chats(_database(db)))


@app.command(epilog="Example: hashchat recap last --format md -o recap.md")
def recap(
    chat: ChatName,
    form: Annotated[RecapForm, typer.Option("--format", "-f", help="The form.")] = RecapForm.TXT,
    output: Output = None,
    db: Db = None,
) -> None:
    """Write a chat's recap, at any time."""
    from bot.cli.keeping import write_recap

    raise typer.Exit(write_recap(_database(db), chat, form.value, output))


@app.command(epilog="Example: hashchat transcript last --format html -o transcript.html")
def transcript(
    chat: ChatName,
    form: Annotated[TranscriptForm, typer.Option("--format", "-f", help="The form.")] = TranscriptForm.TXT,
    output: Output = None,
    db: Db = None,
) -> None:
    """Write a chat's transcript, at any time, also while it is live."""
    from bot.cli.keeping import write_transcript

    raise typer.Exit(write_transcript(_database(db), chat, form.value, output))


@app.command(epilog="Example: hashchat forget macrosw-2026-11-22 ana")
def forget(
    chat: ChatName,
    person: Annotated[str, typer.Argument(metavar="NAME", help="The person, by the name they wrote under.")],
    yes: Yes = False,
    db: Db = None,
) -> None:
    """Remove a person's words from a chat for good, and keep no more of them."""
    from bot.cli.keeping import forget_person

    raise typer.Exit(forget_person(_database(db), chat, person, yes=yes))


@app.command(epilog="Example: hashchat delete macrosw-2026-11-22")
def delete(chat: ChatName, yes: Yes = False, db: Db = None) -> None:
    """Remove a chat for good, with all that was said in it."""
    from bot.cli.keeping import delete_chat

    raise typer.Exit(delete_chat(_database(db), chat, yes=yes))


@app.command(epilog="Example: hashchat purge --older-than 90d")
def purge(
    older_than: Annotated[
        str, typer.Option("--older-than", metavar="TIME", help="Chats older than this: 90d, 12w or 2y.")
    ],
    yes: Yes = False,
    db: Db = None,
) -> None:
    """Remove all chats that were held longer ago than that, for good."""
    from bot.cli.keeping import purge_chats

    raise typer.Exit(purge_chats(_database(db), older_than, yes=yes))


def _database(db: Path | None) -> Path:
    if db is not None:
        return db
    from platformdirs import user_data_path

    return user_data_path("hashchat", appauthor=False) / "hashchat.db"


def main() -> None:
    """Run the command line. Whatever goes wrong is said in words, without a traceback."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # both are text files unless somebody replaced them
    try:
        app()
    except Exception as error:  # noqa: BLE001  (nothing prints a traceback at a host)
        from bot.cli.failing import explain

        sys.exit(explain(error))
