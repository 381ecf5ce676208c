"""The command `hashchat`: the only place that puts the parts together.

This module only says what the commands are called, and `bot.cli.parameters` what they take; what they do is imported when
it is needed, so that `hashchat --help` stays quick.
"""

import os
import sys
from io import TextIOWrapper
from pathlib import Path

import typer

from bot import __version__
from bot.cli import parameters as p

app = typer.Typer(
    name="hashchat",
    help="Hold live hashtag chats: questions on a timer, answers by question, a recap at the end.",
    epilog="Try it: hashchat new --sample five-minutes, then hashchat run five-minutes.yaml",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

#: The panels of the help, in the order in which a host comes to need them.
PREPARE, HOLD, READ, REMOVE = "Prepare a chat", "Hold it", "Read it, at any time", "Remove for good"


@app.callback(invoke_without_command=True)
def _hashchat(version: p.Version = False) -> None:
    if version:
        typer.echo(f"hashchat {__version__}")
        raise typer.Exit


@app.command(rich_help_panel=PREPARE, epilog="Example: hashchat new my-chat.yaml")
def new(file: p.NewFile = None, sample: p.Sample = None) -> None:
    """Write a script to begin with, asking for what it needs, or copy a sample."""
    from bot.cli.making import new as new_file

    raise typer.Exit(new_file(file, sample))


@app.command(rich_help_panel=PREPARE, epilog="Example: hashchat check questions/*.yaml")
def check(files: p.Files) -> None:
    """Check scripts, and show their timetables.

    Each problem is printed as file:line:column: what is wrong; what to write instead. The exit status is 1 if there is
    any, and 0 if nothing is wrong.
    """
    from bot.cli.checking import check as check_files

    raise typer.Exit(check_files(files))


@app.command(rich_help_panel=PREPARE, epilog="Example: hashchat schema > chat.schema.json")
def schema(transcript: p.OfTranscripts = False) -> None:
    """Print the JSON schema of scripts, with which editors complete and check."""
    from bot.cli.making import schema_text, transcript_schema_text

    typer.echo(transcript_schema_text() if transcript else schema_text(), nl=False)


@app.command(rich_help_panel=HOLD, epilog="Example: hashchat run questions/five-minutes.yaml")
def run(
    file: p.File,
    terminal: p.Terminal = False,
    speed: p.Speed = 1.0,
    new: p.New = False,
    db: p.Db = None,
    port: p.Port = 8600,
    bind: p.Bind = "127.0.0.1",
    public_url: p.PublicUrl = None,
    passphrase: p.Passphrase = None,
    no_open: p.NoOpen = False,
) -> None:
    """Hold a chat in the browser, or go on with one.

    It prints a link for participants, who need no account, and one for you as the host. Ctrl-C stops the room, and the same
    command goes on. With --terminal you are the host and, for trying things, any participant: /help lists what you can
    type. From a pipe it reads the same lines, starts by itself, goes on to the recap and exits.
    """
    from bot.cli.holding import hold, reads_lines
    from bot.cli.place import Place

    # An empty variable is no passphrase to the parser, but whoever has set it means to have one.
    words = os.environ.get("HASHCHAT_PASSPHRASE") if passphrase is None else passphrase
    place = Place(bind, port, public_url, words, browser=not no_open)
    chosen = None if terminal or reads_lines() else place
    raise typer.Exit(hold(file, speed=speed, new=new, db=_database(db), place=chosen))


@app.command(rich_help_panel=HOLD, epilog="Example: hashchat discord --questions ./questions --health 8601")
def discord(
    db: p.Db = None,
    questions: p.Questions = Path("questions"),
    api_url: p.ApiUrl = None,
    gateway_url: p.GatewayUrl = None,
    invite: p.Invite = False,
    doctor: p.Doctor = False,
    health: p.Health = None,
    log_json: p.LogJson = False,
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
def chats(db: p.Db = None) -> None:
    """List all chats with their short names."""
    from bot.cli.reading import list_chats

    raise typer.Exit(list_chats(_database(db)))


@app.command(rich_help_panel=READ, epilog="Example: hashchat recap last -o recap.md")
def recap(
    chat: p.ChatName,
    form: p.RecapIn = None,
    output: p.Output = None,
    db: p.Db = None,
) -> None:
    """Write a chat's recap.

    The form blog is a piece of HTML to paste into a page of your own.
    """
    from bot.cli.output import form_for
    from bot.cli.reading import write_recap

    chosen = form_for(form, output, p.RecapForm.TXT)
    raise typer.Exit(write_recap(_database(db), chat, chosen.value, output))


@app.command(rich_help_panel=READ, epilog="Example: hashchat transcript last -o transcript.html")
def transcript(
    chat: p.ChatName,
    form: p.TranscriptIn = None,
    output: p.Output = None,
    media: p.Shared = None,
    anonymous: p.Anonymous = False,
    db: p.Db = None,
) -> None:
    """Write all that was said in a chat.

    As html it is one page with a search; csv, json and jsonl are for programs (see: hashchat schema --transcript).
    """
    from bot.cli.output import form_for
    from bot.cli.transcribing import write_transcript
    from bot.render.copies import Media as Where

    where = Where(media.value) if media else None
    chosen = form_for(form, output, p.TranscriptForm.TXT)
    raise typer.Exit(
        write_transcript(_database(db), chat, chosen.value, output, media=where, anonymous=anonymous)
    )


@app.command(rich_help_panel=READ, epilog="Example: hashchat story last -o story.html --picture story.png")
def story(
    chat: p.ChatName,
    output: p.Output = None,
    edit: p.Edit = None,
    from_: p.From = None,
    picture: p.Picture = None,
    url: p.Url = None,
    db: p.Db = None,
) -> None:
    """Write the story of a chat for those who were not there: one page that needs nothing else.

    What was hidden, deleted or forgotten is never in it, also where a file still names it.
    """
    from bot.cli.telling import Telling, write_story
    from bot.recap import is_link

    if edit and (from_ or output or picture or url):
        raise typer.BadParameter("Write the file with --edit alone; then build the story with --from.")
    if picture and picture.suffix.lower() not in ("", ".png"):
        raise typer.BadParameter(
            f"{picture} would be a PNG. Name a file that ends in .png", param_hint="--picture"
        )
    if url and not is_link(url):
        raise typer.BadParameter(
            f"{url} is not a web address. Write it whole, as https://www.example.org/story.html",
            param_hint="--url",
        )
    raise typer.Exit(write_story(_database(db), chat, Telling(output, from_, edit, picture, url)))


@app.command(rich_help_panel=READ, epilog="Example: hashchat participation last -o attendance")
def participation(
    chat: p.ChatName,
    person: p.Participant = None,
    output: p.Pages = None,
    db: p.Db = None,
) -> None:
    """Write who took part, how much and when, and pages that confirm it.

    Without --output, or with -o -, it prints the table (CSV). A page is sealed with a key of the database; see verify.
    """
    from bot.cli.attending import write_participation

    raise typer.Exit(write_participation(_database(db), chat, person, output))


@app.command(rich_help_panel=READ, epilog="Example: hashchat verify attendance/001-ana.html")
def verify(
    file: p.Page,
    db: p.Db = None,
) -> None:
    """Say whether a page of participation is genuine and unchanged.

    The exit status is 0 if it is, 1 if it is not, and 2 if it is no such page.
    """
    from bot.cli.attending import verify_page

    raise typer.Exit(verify_page(_database(db), file))


@app.command(rich_help_panel=READ, epilog="Example: hashchat archive site --url https://chats.example.org")
def archive(
    folder: p.Folder,
    url: p.Site = None,
    title: p.Title = None,
    hashtag: p.Hashtag = None,
    room: p.Room = None,
    without: p.Without = None,
    again: p.With = None,
    stories: p.Stories = None,
    db: p.Db = None,
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
    files: p.Exports,
    script: p.Script = None,
    host: p.Host = None,
    timezone: p.Timezone = None,
    date: p.Date = None,
    dates: p.DatesAre = None,
    columns: p.Columns = None,
    hashtag: p.ImportHashtag = None,
    title: p.ImportTitle = None,
    files_in: p.FilesIn = None,
    since: p.Since = None,
    until: p.Until = None,
    one_chat: p.OneChat = False,
    db: p.Db = None,
) -> None:
    """Take in a chat that was held elsewhere.

    It reads JSON and CSV of DiscordChatExporter, hashchat's own JSON transcripts, CSV of posts from hashtag archives, and
    IRC logs. Questions come from the script, or are found: what a host's posts beginning with Q1, Q2, … ask. What bots
    posted is left out, unless they asked the questions or --host names them. A file of several chats is taken one by one,
    with --since and --until; without them it says which. If it is one all the same, say --one-chat.
    """
    from bot.cli.importing import Asked, import_files

    asked = Asked(
        script=script,
        hosts=host or (),
        timezone=timezone,
        day=date,
        dates=dates,
        columns=columns,
        hashtag=hashtag,
        title=title,
        folders=files_in or (),
        since=since,
        until=until,
        one_chat=one_chat,
    )
    raise typer.Exit(import_files(_database(db), files, asked))


@app.command(rich_help_panel=REMOVE, epilog="Example: hashchat forget macrosw-2026-11-22 ana")
def forget(chat: p.ChatName, person: p.Person, yes: p.Yes = False, db: p.Db = None) -> None:
    """Remove a person's words, and keep no more of them.

    You are asked first, and told how many people are called so, where it is more than one.
    They go from all chats of the same place, a Discord server or where an import is from, not only from CHAT. Hosts of
    imported chats can be named too: their questions stay, their names do not, and you are told where one has to.
    """
    from bot.cli.removing import forget_person

    raise typer.Exit(forget_person(_database(db), chat, person, yes=yes))


@app.command(rich_help_panel=REMOVE, epilog="Example: hashchat delete macrosw-2026-11-22")
def delete(chat: p.ChatName, yes: p.Yes = False, db: p.Db = None) -> None:
    """Remove a chat with all that was said in it."""
    from bot.cli.removing import delete_chat

    raise typer.Exit(delete_chat(_database(db), chat, yes=yes))


@app.command(rich_help_panel=REMOVE, epilog="Example: hashchat purge --older-than 90d")
def purge(older_than: p.OlderThan, yes: p.Yes = False, db: p.Db = None) -> None:
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
