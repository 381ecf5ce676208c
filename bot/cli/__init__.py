"""The command `hashchat`: the only place that puts the parts together.

This module only says what the commands are called and take; what they do is imported when it is needed, so that
`hashchat --help` stays quick.
"""

import sys
from enum import StrEnum
from io import TextIOWrapper
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


#: The panels of the help, in the order in which a host comes to need them.
PREPARE, HOLD, READ, REMOVE = "Prepare a chat", "Hold it", "Read it, at any time", "Remove for good"
BROWSER = "In the browser"

File = Annotated[Path, typer.Argument(metavar="FILE", help="The chat's script (YAML).")]
Files = Annotated[list[Path], typer.Argument(metavar="FILE...", help="Chat scripts (YAML).")]
NewFile = Annotated[
    Path | None,
    typer.Argument(
        metavar="[FILE]", help="The script to write (default: the sample's name).", show_default=False
    ),
]
Sample = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Copy this sample; a wrong name lists them.", show_default=False),
]
Speed = Annotated[
    float, typer.Option(min=1.0, max=10_000.0, help="Run that many times as fast, as a rehearsal.")
]
Terminal = Annotated[
    bool,
    typer.Option("--terminal", help="Hold it in this terminal instead of the browser; a pipe always does."),
]
Port = Annotated[
    int,
    typer.Option(
        min=0, max=65535, help="Serve there, or on the next port that is free.", rich_help_panel=BROWSER
    ),
]
Bind = Annotated[
    str,
    typer.Option(metavar="ADDRESS", help="Listen on this address; 0.0.0.0 for all.", rich_help_panel=BROWSER),
]
PublicUrl = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        help="Where people find it, behind a proxy: https://chat.example.org",
        show_default=False,
        rich_help_panel=BROWSER,
    ),
]
Passphrase = Annotated[
    str | None,
    typer.Option(
        envvar="HASHCHAT_PASSPHRASE",
        metavar="WORDS",
        help="Let in only those who know it.",
        show_default=False,
        rich_help_panel=BROWSER,
    ),
]
NoOpen = Annotated[
    bool, typer.Option("--no-open", help="Do not open the host's page.", rich_help_panel=BROWSER)
]
New = Annotated[bool, typer.Option("--new", help="Hold a new chat, whatever was held of this script before.")]
Db = Annotated[
    Path | None,
    typer.Option(
        "--db",
        envvar="HASHCHAT_DB",
        dir_okay=False,
        help="The database (default: in your data folder).",
        show_default=False,
    ),
]
ChatName = Annotated[str, typer.Argument(metavar="CHAT", help="A chat's short name, a part of it, or last.")]
Person = Annotated[str, typer.Argument(metavar="NAME", help="The person, by the name they wrote under.")]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", metavar="FILE", help="Write to this file (default: print).", show_default=False
    ),
]
OlderThan = Annotated[
    str, typer.Option("--older-than", metavar="TIME", help="How long ago: 90d, 12w, 6m or 2y.")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Version = Annotated[bool, typer.Option("--version", help="Show the version.", is_eager=True)]


@app.callback(invoke_without_command=True)
def _hashchat(version: Version = False) -> None:
    if version:
        typer.echo(f"hashchat {__version__}")
        raise typer.Exit


@app.command(rich_help_panel=PREPARE, epilog="Example: hashchat new my-chat.yaml")
def new(file: NewFile = None, sample: Sample = None) -> None:
    """Write a script to begin with, asking for what it needs, or copy a sample."""
    from bot.cli.making import new as new_file

    raise typer.Exit(new_file(file, sample))


@app.command(rich_help_panel=PREPARE, epilog="Example: hashchat check questions/*.yaml")
def check(files: Files) -> None:
    """Check scripts, and show their timetables.

    Each problem is printed as file:line:column: what is wrong; what to write instead. The exit status is 1 if there is
    any, and 0 if nothing is wrong.
    """
    from bot.cli.checking import check as check_files

    raise typer.Exit(check_files(files))


@app.command(rich_help_panel=PREPARE, epilog="Example: hashchat schema > chat.schema.json")
def schema() -> None:
    """Print the JSON schema of scripts, with which editors complete and check."""
    from bot.cli.making import schema_text

    typer.echo(schema_text(), nl=False)


@app.command(rich_help_panel=HOLD, epilog="Example: hashchat run questions/five-minutes.yaml")
def run(
    file: File,
    terminal: Terminal = False,
    speed: Speed = 1.0,
    new: New = False,
    db: Db = None,
    port: Port = 8600,
    bind: Bind = "127.0.0.1",
    public_url: PublicUrl = None,
    passphrase: Passphrase = None,
    no_open: NoOpen = False,
) -> None:
    """Hold a chat in the browser, or go on with one.

    It prints a link for participants, who need no account, and one for you as the host. Ctrl-C stops the room, and the same
    command goes on. With --terminal you are the host and, for trying things, any participant: /help lists what you can
    type. From a pipe it reads the same lines, starts by itself, goes on to the recap and exits.
    """
    from bot.cli.holding import Place, hold, reads_lines

    place = Place(bind, port, public_url, passphrase, browser=not no_open)
    chosen = None if terminal or reads_lines() else place
    raise typer.Exit(hold(file, speed=speed, new=new, db=_database(db), place=chosen))


@app.command(rich_help_panel=READ, epilog="Example: hashchat chats")
def chats(db: Db = None) -> None:
    """List all chats with their short names."""
    from bot.cli.reading import list_chats

    raise typer.Exit(list_chats(_database(db)))


@app.command(rich_help_panel=READ, epilog="Example: hashchat recap last --format md -o recap.md")
def recap(
    chat: ChatName,
    form: Annotated[RecapForm, typer.Option("--format", "-f", help="The form.")] = RecapForm.TXT,
    output: Output = None,
    db: Db = None,
) -> None:
    """Write a chat's recap."""
    from bot.cli.reading import write_recap

    raise typer.Exit(write_recap(_database(db), chat, form.value, output))


@app.command(
    rich_help_panel=READ, epilog="Example: hashchat transcript last --format html -o transcript.html"
)
def transcript(
    chat: ChatName,
    form: Annotated[TranscriptForm, typer.Option("--format", "-f", help="The form.")] = TranscriptForm.TXT,
    output: Output = None,
    db: Db = None,
) -> None:
    """Write all that was said in a chat."""
    from bot.cli.reading import write_transcript

    raise typer.Exit(write_transcript(_database(db), chat, form.value, output))


@app.command(rich_help_panel=REMOVE, epilog="Example: hashchat forget macrosw-2026-11-22 ana")
def forget(chat: ChatName, person: Person, yes: Yes = False, db: Db = None) -> None:
    """Remove a person's words from a chat, and keep no more of them."""
    from bot.cli.removing import forget_person

    raise typer.Exit(forget_person(_database(db), chat, person, yes=yes))


@app.command(rich_help_panel=REMOVE, epilog="Example: hashchat delete macrosw-2026-11-22")
def delete(chat: ChatName, yes: Yes = False, db: Db = None) -> None:
    """Remove a chat with all that was said in it."""
    from bot.cli.removing import delete_chat

    raise typer.Exit(delete_chat(_database(db), chat, yes=yes))


@app.command(rich_help_panel=REMOVE, epilog="Example: hashchat purge --older-than 90d")
def purge(older_than: OlderThan, yes: Yes = False, db: Db = None) -> None:
    """Remove all chats that ended longer ago than that."""
    from bot.cli.removing import age, purge_chats

    try:
        old = age(older_than)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--older-than") from error
    raise typer.Exit(purge_chats(_database(db), old, yes=yes))


def _database(db: Path | None) -> Path:
    if db is not None:
        return db
    from platformdirs import user_data_path

    return user_data_path("hashchat", appauthor=False) / "hashchat.db"


def main() -> None:
    """Run the command line. Whatever goes wrong is said in words, without a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        app(prog_name="hashchat")
    except Exception as error:  # noqa: BLE001  (nothing prints a traceback at a host)
        from bot.cli.failing import explain

        sys.exit(explain(error))
