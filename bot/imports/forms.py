"""Which format a file is in."""

import json
import re

from bot.imports import discord, irc, own, posts
from bot.imports.heard import Reader, Settings, Unreadable
from bot.imports.source import Source
from bot.imports.streaming import not_json

TAKEN = (
    "hashchat imports JSON and CSV of DiscordChatExporter, its own JSON transcripts, CSV of posts with a header (time,"
    " author, text, …), and logs of IRC."
)
_FORMAT = re.compile(r'\s*\{\s*"format"\s*:\s*"([^"]{0,40})"')


def reader_of(source: Source, settings: Settings) -> Reader:
    """Give the reader for a file, by what stands at its beginning. Raises Unreadable."""
    sample = source.sample
    start = sample.lstrip("\ufeff \t\r\n")
    if not start:
        raise Unreadable(f"{source} is empty.")
    if start.startswith(("{", "[")) and not irc.looks_like(sample):
        return _json(source, start)
    if start.startswith("<") and re.match(r"<(?:!doctype|html|\?xml)", start, re.IGNORECASE):
        raise Unreadable(f"{source} is a web page. Export the chat as JSON instead. {TAKEN}")
    if settings.columns:
        return posts.read
    if posts.layout(sample, {}).complete:
        return posts.read
    if irc.looks_like(sample):
        return irc.read
    if len(posts.layout(sample, {}).places) > 1:
        return posts.read  # which says what is missing
    raise Unreadable(
        f"{source} is nothing that can be imported. {TAKEN} If it is a table with other names of columns, say which are"
        " which: --columns time=…,author=…,text=…"
    )


def _json(source: Source, start: str) -> Reader:
    form = _FORMAT.match(start)
    if form and form[1] == own.FORMAT:
        return own.read
    if form and form[1] == "hashchat-recap":
        raise Unreadable(
            f"{source} is a recap, which does not hold what was said. Import the transcript in JSON."
        )
    if re.match(r'\{\s*"(?:guild|channel)"\s*:', start):
        return discord.read
    try:
        json.loads(start)
    except json.JSONDecodeError as error:
        if error.pos < len(start) - 100 and not error.msg.startswith("Unterminated"):
            raise Unreadable(f"{source}:{error.lineno}: {not_json(error)}.") from error
    except (ValueError, RecursionError):  # too many digits, or too deep: of another kind in any case
        pass
    raise Unreadable(f"{source} is JSON of another kind. {TAKEN}")
