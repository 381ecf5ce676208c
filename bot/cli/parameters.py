"""What the commands of `hashchat` take: arguments and options, with their help."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class RecapForm(StrEnum):
    """The forms of a recap."""

    TXT = "txt"
    MD = "md"
    HTML = "html"
    BLOG = "blog"
    JSON = "json"


class TranscriptForm(StrEnum):
    """The forms of a transcript."""

    HTML = "html"
    MD = "md"
    TXT = "txt"
    CSV = "csv"
    JSON = "json"
    JSONL = "jsonl"


class Dates(StrEnum):
    """How 04/05/2015 is meant."""

    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


class Media(StrEnum):
    """Where the files go that people shared."""

    FOLDER = "folder"
    EMBED = "embed"
    NONE = "none"


# Of several commands

File = Annotated[Path, typer.Argument(metavar="FILE", help="The chat's script (YAML).")]
ChatName = Annotated[str, typer.Argument(metavar="CHAT", help="A chat's short name, a part of it, or last.")]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Write to this file, replacing it if it is there, but no database and no YAML (default, or -: print).",
        show_default=False,
    ),
]
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
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]

# Of new, check and schema

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
Files = Annotated[list[Path], typer.Argument(metavar="FILE...", help="Chat scripts (YAML).")]
OfTranscripts = Annotated[
    bool, typer.Option("--transcript", help="That of transcripts in JSON and JSON Lines.")
]

# Of run

#: The panel of what only the room in the browser takes.
BROWSER = "In the browser"
Terminal = Annotated[
    bool,
    typer.Option("--terminal", help="Hold it in this terminal instead of the browser; a pipe always does."),
]
Speed = Annotated[
    float, typer.Option(min=1.0, max=10_000.0, help="Run that many times as fast, as a rehearsal.")
]
New = Annotated[bool, typer.Option("--new", help="Hold a new chat, whatever was held of this script before.")]
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

# Of discord

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

# Of recap and transcript

_FORM = "The form (default: the one that the output's ending names, or txt)."
RecapIn = Annotated[RecapForm | None, typer.Option("--format", "-f", help=_FORM, show_default=False)]
TranscriptIn = Annotated[
    TranscriptForm | None, typer.Option("--format", "-f", help=_FORM, show_default=False)
]
Shared = Annotated[
    Media | None,
    typer.Option(
        help="Files that people shared: in a folder beside the output, inside it, or left out (default: folder with --output).",
        show_default=False,
    ),
]
Anonymous = Annotated[bool, typer.Option("--anonymous", help="With pseudonyms, for research and teaching.")]

# Of story

Edit = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Write what the story tells into this file, to reorder, cut and add to it; no page is written.",
        show_default=False,
    ),
]
From = Annotated[
    Path | None,
    typer.Option(
        "--from",
        metavar="FILE",
        help="Tell what such a file says, as you changed it.",
        show_default=False,
    ),
]
Picture = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Draw a picture to share it with into this .png file (1200×630).",
        show_default=False,
    ),
]
Url = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        help="Where the page will be on the web, with the picture beside it: for sites on which it is shared.",
        show_default=False,
    ),
]

# Of participation and verify

Participant = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Write this person's page, by the name they wrote under.",
        show_default=False,
    ),
]
Pages = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FOLDER",
        help="Write the table and everybody's page into this folder, or with --person to this file.",
        show_default=False,
    ),
]
Page = Annotated[Path, typer.Argument(metavar="FILE", help="A page written by participation.")]

# Of archive

Folder = Annotated[
    str,
    typer.Argument(metavar="FOLDER", help="Where the site goes; what else is in it is left alone."),
]
Site = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        help="Where it will be found, for sitemap, feed and share pictures.",
        show_default=False,
    ),
]
Title = Annotated[
    str | None,
    typer.Option(metavar="TITLE", help="The site's title (default: the hashtag).", show_default=False),
]
Hashtag = Annotated[
    list[str] | None,
    typer.Option(
        metavar="HASHTAG", help="Only chats under this hashtag; can be repeated.", show_default=False
    ),
]
Room = Annotated[
    list[str] | None,
    typer.Option(
        metavar="ROOM",
        help="Only chats of this room, as discord:123; can be repeated.",
        show_default=False,
    ),
]
Without = Annotated[
    list[str] | None,
    typer.Option(
        metavar="CHAT",
        help="Leave this chat out, now and from now on; can be repeated.",
        show_default=False,
    ),
]
With = Annotated[
    list[str] | None,
    typer.Option(
        "--with",
        metavar="CHAT",
        help="Take in again what was left out; can be repeated.",
        show_default=False,
    ),
]
Stories = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER",
        help="Tell stories as files in it choose: CHAT.yaml, as story --edit writes it.",
        show_default=False,
    ),
]

# Of import

Exports = Annotated[
    list[Path],
    typer.Argument(metavar="FILE...", help="What is kept of the chat; a channel and its threads together."),
]
Script = Annotated[
    Path | None,
    typer.Option(metavar="SCRIPT", help="The chat's script (YAML), where there is one.", show_default=False),
]
Host = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", help="Who asked the questions; can be repeated.", show_default=False),
]
Timezone = Annotated[
    str | None,
    typer.Option(
        metavar="ZONE",
        help="The zone of times that say none, as America/New_York (default: the script's, or UTC).",
        show_default=False,
    ),
]
Date = Annotated[
    str | None,
    typer.Option(
        metavar="DAY", help="The day on which a log without days begins: 2015-04-23.", show_default=False
    ),
]
Columns = Annotated[
    str | None,
    typer.Option(
        metavar="NAMES",
        help="Which columns of a table are which: time=…,author=…,text=…,date=…,id=…,reply_to=…; names, or numbers from 1, or nothing (id=) for none.",
        show_default=False,
    ),
]
DatesAre = Annotated[
    Dates | None,
    typer.Option(
        "--dates",
        help="How days as 04/05/2015 are meant, where no other in the file tells.",
        show_default=False,
    ),
]
ImportHashtag = Annotated[
    str | None,
    typer.Option(metavar="TAG", help="The chat's hashtag, where there is no script.", show_default=False),
]
ImportTitle = Annotated[
    str | None, typer.Option(metavar="TITLE", help="Its title, without a script.", show_default=False)
]
FilesIn = Annotated[
    list[Path] | None,
    typer.Option(
        "--files",
        metavar="FOLDER",
        help="Where attached files lie, if not in the export's own folder; can be repeated.",
        show_default=False,
    ),
]

Since = Annotated[
    str | None,
    typer.Option(
        metavar="TIME",
        help='Take only posts from then on: 2015-04-23 or "2015-04-23 20:45", in the zone of --timezone if it says none.',
        show_default=False,
    ),
]
Until = Annotated[
    str | None,
    typer.Option(
        metavar="TIME", help="Take only posts before that time, or to that day.", show_default=False
    ),
]
OneChat = Annotated[bool, typer.Option("--one-chat", help="It is one chat, even if labels begin anew.")]

# Of forget, purge and hashchat itself

Person = Annotated[
    str,
    typer.Argument(metavar="NAME", help="The person, by the name they wrote under or else their user name."),
]
OlderThan = Annotated[
    str, typer.Option("--older-than", metavar="TIME", help="How long ago: 90d, 12w, 6m or 2y.")
]
Version = Annotated[bool, typer.Option("--version", help="Show the version.", is_eager=True)]
