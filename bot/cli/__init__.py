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
    JSONL = "jsonl"


class Media(StrEnum):
    """Where the files go that people shared."""

    FOLDER = "folder"
    EMBED = "embed"
    NONE = "none"


class RecapForm(StrEnum):
    """The forms of a recap."""

    TXT = "txt"
    MD = "md"
    HTML = "html"
    BLOG = "blog"
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
Questions = Annotated[
    Path,
    typer.Option(
        envvar="HASHCHAT_QUESTIONS",
        metavar="FOLDER",
        help="The scripts: those in it for every server, those in a folder named after a server's id for that one.",
    ),
]
ApiUrl = Annotated[
    str | None,
    typer.Option(
        "--api-url",
        envvar="DISCORD_API_URL",
        metavar="URL",
        help="The API of a server of your own that speaks Discord's protocol: http://…/api/v10",
        show_default=False,
    ),
]
GatewayUrl = Annotated[
    str | None,
    typer.Option(
        "--gateway-url",
        envvar="DISCORD_GATEWAY_URL",
        metavar="URL",
        help="That server's gateway: ws://…",
        show_default=False,
    ),
]
Invite = Annotated[bool, typer.Option("--invite", help="Print the link that invites the bot, and exit.")]
Doctor = Annotated[
    bool, typer.Option("--doctor", help="Say what is right, what is missing and how to mend it, and exit.")
]
Health = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=65535,
        metavar="PORT",
        help="Answer http://127.0.0.1:PORT/health.",
        show_default=False,
    ),
]
LogJson = Annotated[bool, typer.Option("--log-json", help="Log one JSON object a line, for machines.")]
ChatName = Annotated[str, typer.Argument(metavar="CHAT", help="A chat's short name, a part of it, or last.")]
Person = Annotated[str, typer.Argument(metavar="NAME", help="The person, by the name they wrote under.")]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Write to this file (default, or -: print).",
        show_default=False,
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
def schema(
    transcript: Annotated[
        bool, typer.Option("--transcript", help="That of transcripts in JSON and JSON Lines.")
    ] = False,
) -> None:
    """Print the JSON schema of scripts, with which editors complete and check."""
    from bot.cli.making import schema_text, transcript_schema_text

    typer.echo(transcript_schema_text() if transcript else schema_text(), nl=False)


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
    from bot.cli.holding import hold, reads_lines
    from bot.cli.place import Place

    place = Place(bind, port, public_url, passphrase, browser=not no_open)
    chosen = None if terminal or reads_lines() else place
    raise typer.Exit(hold(file, speed=speed, new=new, db=_database(db), place=chosen))


@app.command(rich_help_panel=HOLD, epilog="Example: hashchat discord --questions ./questions --health 8601")
def discord(
    db: Db = None,
    questions: Questions = Path("questions"),
    api_url: ApiUrl = None,
    gateway_url: GatewayUrl = None,
    invite: Invite = False,
    doctor: Doctor = False,
    health: Health = None,
    log_json: LogJson = False,
) -> None:
    """Run the bot on Discord, where hosts hold chats with /chat.

    The bot's token is taken from the environment variable DISCORD_TOKEN, or from the file that DISCORD_TOKEN_FILE names.
    Ctrl-C stops it cleanly; started again, it goes on with all chats that are not over.
    """
    from bot.cli.discord import Options, examine, hold_on_discord, print_invite

    if invite and doctor:
        raise typer.BadParameter("Ask for --invite or for --doctor, one at a time.")
    act = print_invite if invite else examine if doctor else hold_on_discord
    raise typer.Exit(act(Options(_database(db), questions, api_url, gateway_url, health, log_json)))


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
    """Write a chat's recap.

    The form blog is a piece of HTML to paste into a page of your own.
    """
    from bot.cli.reading import write_recap

    raise typer.Exit(write_recap(_database(db), chat, form.value, output))


@app.command(
    rich_help_panel=READ, epilog="Example: hashchat transcript last --format html -o transcript.html"
)
def transcript(
    chat: ChatName,
    form: Annotated[TranscriptForm, typer.Option("--format", "-f", help="The form.")] = TranscriptForm.TXT,
    output: Output = None,
    media: Annotated[
        Media | None,
        typer.Option(
            help="Files that people shared: in a folder beside the output, inside it, or left out (default: folder with --output).",
            show_default=False,
        ),
    ] = None,
    anonymous: Annotated[
        bool, typer.Option("--anonymous", help="With pseudonyms, for research and teaching.")
    ] = False,
    db: Db = None,
) -> None:
    """Write all that was said in a chat.

    As html it is one page with a search; csv, json and jsonl are for programs (see: hashchat schema --transcript).
    """
    from bot.cli.transcribing import write_transcript
    from bot.render.copies import Media as Where

    where = Where(media.value) if media else None
    raise typer.Exit(
        write_transcript(_database(db), chat, form.value, output, media=where, anonymous=anonymous)
    )


@app.command(rich_help_panel=READ, epilog="Example: hashchat story last -o story.html --picture story.png")
def story(
    chat: ChatName,
    output: Output = None,
    edit: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write what the story tells into this file, to reorder, cut and add to it; no page is written.",
            show_default=False,
        ),
    ] = None,
    from_: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="FILE",
            help="Tell what such a file says, as you changed it.",
            show_default=False,
        ),
    ] = None,
    picture: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Draw a picture to share it with (PNG, 1200×630).", show_default=False
        ),
    ] = None,
    url: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Where the page will be on the web, with the picture beside it: for sites on which it is shared.",
            show_default=False,
        ),
    ] = None,
    db: Db = None,
) -> None:
    """Write the story of a chat for those who were not there: one page that needs nothing else.

    What was hidden, deleted or forgotten is never in it, also where a file still names it.
    """
    from bot.cli.telling import Telling, write_story
    from bot.recap import is_link

    if edit and (from_ or output or picture or url):
        raise typer.BadParameter("Write the file with --edit alone; then build the story with --from.")
    if url and not is_link(url):
        raise typer.BadParameter(
            f"{url} is not a web address. Write it whole, as https://www.example.org/story.html",
            param_hint="--url",
        )
    raise typer.Exit(write_story(_database(db), chat, Telling(output, from_, edit, picture, url)))


@app.command(rich_help_panel=READ, epilog="Example: hashchat participation last -o attendance")
def participation(
    chat: ChatName,
    person: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Write this person's page, by the name they wrote under.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FOLDER",
            help="Write the table and everybody's page into this folder, or with --person to this file.",
            show_default=False,
        ),
    ] = None,
    db: Db = None,
) -> None:
    """Write who took part, how much and when, and pages that confirm it.

    Without --output, or with -o -, it prints the table (CSV). A page is sealed with a key of the database; see verify.
    """
    from bot.cli.attending import write_participation

    raise typer.Exit(write_participation(_database(db), chat, person, output))


@app.command(rich_help_panel=READ, epilog="Example: hashchat verify attendance/001-ana.html")
def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A page written by participation.")],
    db: Db = None,
) -> None:
    """Say whether a page of participation is genuine and unchanged.

    The exit status is 0 if it is, 1 if it is not, and 2 if it is no such page.
    """
    from bot.cli.attending import verify_page

    raise typer.Exit(verify_page(_database(db), file))


@app.command(rich_help_panel=READ, epilog="Example: hashchat archive site --url https://chats.example.org")
def archive(
    folder: Annotated[
        str,
        typer.Argument(metavar="FOLDER", help="Where the site goes; what else is in it is left alone."),
    ],
    url: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Where it will be found, for sitemap, feed and share pictures.",
            show_default=False,
        ),
    ] = None,
    title: Annotated[
        str | None,
        typer.Option(metavar="TITLE", help="The site's title (default: the hashtag).", show_default=False),
    ] = None,
    hashtag: Annotated[
        list[str] | None,
        typer.Option(
            metavar="HASHTAG", help="Only chats under this hashtag; can be repeated.", show_default=False
        ),
    ] = None,
    room: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ROOM",
            help="Only chats of this room, as discord:123; can be repeated.",
            show_default=False,
        ),
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CHAT",
            help="Leave this chat out, now and from now on; can be repeated.",
            show_default=False,
        ),
    ] = None,
    again: Annotated[
        list[str] | None,
        typer.Option(
            "--with",
            metavar="CHAT",
            help="Take in again what was left out; can be repeated.",
            show_default=False,
        ),
    ] = None,
    stories: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Tell stories as files in it choose: CHAT.yaml, as story --edit writes it.",
            show_default=False,
        ),
    ] = None,
    db: Db = None,
) -> None:
    """Write all chats as a static site, to be put on any web host.

    It has the story, transcript and figures of each chat that is over, a search, feeds and calendars. The same command brings
    it up to date: only what has changed is written anew, and what was deleted, hidden or forgotten disappears from it.
    """
    from bot.cli.archiving import Asked, write_archive

    asked = Asked(url, title, room or (), hashtag or (), without or (), again or (), stories)
    raise typer.Exit(write_archive(_database(db), folder, asked))


@app.command(
    name="import", rich_help_panel=READ, epilog="Example: hashchat import macrosw.json --script macrosw.yaml"
)
def import_(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...", help="What is kept of the chat; a channel and its threads together."
        ),
    ],
    script: Annotated[
        Path | None,
        typer.Option(
            metavar="SCRIPT", help="The chat's script (YAML), where there is one.", show_default=False
        ),
    ] = None,
    host: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Who asked the questions; can be repeated.", show_default=False),
    ] = None,
    timezone: Annotated[
        str | None,
        typer.Option(
            metavar="ZONE",
            help="The zone of times that say none, as America/New_York (default: the script's, or UTC).",
            show_default=False,
        ),
    ] = None,
    date: Annotated[
        str | None,
        typer.Option(
            metavar="DAY", help="The day on which a log without days begins: 2015-04-23.", show_default=False
        ),
    ] = None,
    columns: Annotated[
        str | None,
        typer.Option(
            metavar="NAMES",
            help="Which columns of a table are which: time=…,author=…,text=…,id=…,reply_to=…; names, or numbers from 1.",
            show_default=False,
        ),
    ] = None,
    hashtag: Annotated[
        str | None,
        typer.Option(metavar="TAG", help="The chat's hashtag, where there is no script.", show_default=False),
    ] = None,
    title: Annotated[
        str | None,
        typer.Option(metavar="TITLE", help="Its title, where there is no script.", show_default=False),
    ] = None,
    files_in: Annotated[
        list[Path] | None,
        typer.Option(
            "--files",
            metavar="FOLDER",
            help="Where attached files lie, if not in the export's own folder; can be repeated.",
            show_default=False,
        ),
    ] = None,
    db: Db = None,
) -> None:
    """Take in a chat that was held elsewhere.

    It reads JSON and CSV of DiscordChatExporter, hashchat's own JSON transcripts, CSV of posts from hashtag archives, and
    IRC logs. Questions come from the script, or are found: what a host's posts beginning with Q1, Q2, … ask. What bots
    posted is left out, unless they asked the questions or --host names them.
    """
    from bot.cli.importing import import_files

    raise typer.Exit(
        import_files(
            _database(db),
            files,
            script=script,
            hosts=host or (),
            timezone=timezone,
            day=date,
            columns=columns,
            hashtag=hashtag,
            title=title,
            folders=files_in or (),
        )
    )


@app.command(rich_help_panel=REMOVE, epilog="Example: hashchat forget macrosw-2026-11-22 ana")
def forget(chat: ChatName, person: Person, yes: Yes = False, db: Db = None) -> None:
    """Remove a person's words, and keep no more of them.

    They go from all chats of the same place, a Discord server or where an import is from, not only from CHAT. Hosts of
    imported chats can be named too: their questions stay, their names do not, and you are told where one has to.
    """
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
