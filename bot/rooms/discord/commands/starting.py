"""`/chat start` and `/chat check`: a script becomes a chat in a channel, or it is said what is wrong with it."""

import asyncio

import discord
from discord import AppCommandOptionType, ChannelType, app_commands
from discord.app_commands import AppCommandChannel, Choice

from bot.rooms.discord.commands.offer import MOST_CHOICES, Offer
from bot.rooms.discord.desk import Asked, File, Reply
from bot.rooms.discord.panel import warnings
from bot.rooms.discord.permissions import missing
from bot.rooms.discord.scripts import (
    ATTACHED,
    NOW,
    ORIGINAL,
    Offered,
    Unusable,
    adapted,
    attachment,
    choose,
    matching,
    newest_attached,
    offered,
    usable,
)
from bot.rooms.discord.wording import block, course, heading, short, when
from bot.script.model import Script
from bot.script.posts import LONGEST_POST, length
from bot.script.source import MOST_BYTES
from bot.session import Phase, Ready, Refusal
from bot.session.state import missed
from bot.store import Chat, Occupied

#: How an option shows that a script cannot be used as it is.
MARK = "⚠️ "


class _Channel(app_commands.Transformer):
    """A channel in which a chat can be held, with what the one who asks may do there."""

    @property
    def type(self) -> AppCommandOptionType:
        return AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[ChannelType]:
        return [ChannelType.text, ChannelType.news]

    async def transform(self, _: discord.Interaction, value: AppCommandChannel, /) -> AppCommandChannel:
        return value


Channel = app_commands.Transform[AppCommandChannel, _Channel]
Minutes = app_commands.Range[float, 0.5, 1440.0]


async def start(  # noqa: PLR0917  (the options of the command, which discord.py gives by name)
    asked: Asked,
    script: str | None = None,
    file: discord.Attachment | None = None,
    channel: Channel | None = None,
    minutes: Minutes | None = None,
    at: str | None = None,
) -> Reply:
    """Begin a chat, or plan it."""
    asked.must_manage()
    place = _place(asked, channel)
    try:
        chosen = await _chosen(asked, script, file)
        original, _ = usable(chosen)
    except Unusable as unusable:
        return _wrong(unusable)
    text = adapted(original, minutes=minutes, at=at, now=asked.chats.clock.now())
    try:
        sitting = await asked.chats.start(asked.guild, place, source=chosen.source, text=text, by=asked.by)
    except Occupied as occupied:
        raise _occupied(asked, place, occupied) from occupied
    if text != original and chosen.source.startswith(ATTACHED):
        await asked.chats.store.note(sitting.chat, {ORIGINAL: original})
    begun = _begun(asked, sitting.live.script, sitting.live.state.phase, place)
    return Reply("\n".join((begun, *warnings(sitting))))


def _begun(asked: Asked, script: Script, phase: Phase, place: int) -> str:
    where = f"<#{place}>"
    if isinstance(phase, Ready) and phase.starts and phase.starts > asked.chats.clock.now():
        begins = f"{heading(script)} begins by itself in {where}: {when(phase.starts)}."
        return f"{begins}\nBegin it sooner with `/chat panel` there, or call it off with `/chat cancel`."
    count = len(script.questions)
    questions = "1 question" if count == 1 else f"{count} questions"
    return f"{heading(script)} begins now in {where}, with {questions}.\nSteer it with `/chat panel` there."


def _occupied(asked: Asked, place: int, occupied: Occupied) -> Refusal:
    """Say what to do about the chat that holds a channel: one that has not begun cannot be ended."""
    there = (each for each in asked.chats.in_guild(asked.guild) if each.channel == place)
    for sitting in there:
        phase = sitting.live.state.phase
        if isinstance(phase, Ready):
            begins = f" for {when(phase.starts)}" if phase.starts else ""
            return Refusal(
                f"{heading(sitting.live.script)} is planned in <#{place}>{begins}. Begin it now with `/chat panel` there, "
                "call it off with `/chat cancel`, or hold this chat in another channel."
            )
    return Refusal(str(occupied))


def _place(asked: Asked, channel: AppCommandChannel | None) -> int:
    """Give the channel in which the chat is to be, where all that it needs is allowed. Raises Refusal."""
    here = asked.interaction.channel
    if channel is None and isinstance(here, discord.Thread):
        raise Refusal(
            "A chat is held in a channel, because its questions open threads. Name one with `channel`."
        )
    if channel is None or (here is not None and channel.id == here.id):
        if not isinstance(here, discord.TextChannel):
            raise Refusal("A chat is held in a text channel. Name one with `channel`.")
        asked.must_write(here.id)
        _allowed(asked.interaction.app_permissions, here.id)
        return here.id
    place = asked.server.get_channel(channel.id)
    if place is None:
        raise Refusal(
            f"The bot does not see <#{channel.id}>. Allow it **View Channel** there, in the channel's settings."
        )
    if not asked.sees(channel.id):
        raise Refusal(f"You do not see <#{channel.id}>, so you cannot begin a chat there.")
    asked.must_write(channel.id)
    _allowed(place.permissions_for(asked.server.me), channel.id)
    return channel.id


def _allowed(allowed: discord.Permissions, channel: int) -> None:
    if lacking := missing(allowed):
        names = ", ".join(f"**{name}**" for name in lacking)
        raise Refusal(
            f"The bot is not allowed what a chat needs in <#{channel}>: {names}.\n"
            "Allow it in the channel's settings, under Permissions, for the bot's role; then start the chat again."
        )


async def _chosen(asked: Asked, script: str | None, file: discord.Attachment | None) -> Offered:
    if script is not None and file is not None:
        raise Refusal("Give either `script` or `file`, not both.")
    if file is not None:
        return await _attached(file)
    if script is None:
        raise Refusal("Choose a script with `script`, or attach one as `file`.")
    return choose(await _offered(asked), script)


async def _offered(asked: Asked) -> list[Offered]:
    kept = newest_attached(await asked.kept())
    attached = [(chat.source, await _original(asked, chat)) for chat in kept]
    return await asyncio.to_thread(offered, asked.chats.settings.scripts, asked.guild, attached)


async def _original(asked: Asked, chat: Chat) -> str:
    """Give the script of a chat as it was attached, without the time and minutes that a host wanted once."""
    notes = await asked.read(chat, lambda record: record.notes(ORIGINAL))
    return notes.get(ORIGINAL, chat.text)


async def _attached(file: discord.Attachment) -> Offered:
    if file.size > MOST_BYTES:
        raise Refusal(f"`{short(file.filename, 80)}` is larger than 1 MiB. A script is a short YAML file.")
    try:
        data = await file.read()
    except discord.HTTPException:
        raise Refusal("The file could not be fetched from Discord. Attach it again.") from None
    return await asyncio.to_thread(attachment, file.filename, data)


async def check(asked: Asked, file: discord.Attachment) -> Reply:
    """Say what is wrong with a script, or show its timetable."""
    asked.must_manage()
    try:
        _, script = usable(chosen := await _attached(file))
    except Unusable as unusable:
        return _wrong(unusable)
    now = asked.chats.clock.now()
    notes = [f"Note: {remark}" for remark in chosen.remarks]
    if script.starts and script.starts <= now:
        begins = "when a host starts it" if missed(script.starts, now) else "as soon as it is started"
        notes.append(f"Note: its start is past, so the chat will begin {begins}.")
    elif script.starts:
        notes.append(f"It begins {when(script.starts)}.")
    text = "\n".join((f"Nothing is wrong in `{chosen.name}`: {heading(script)}", *notes))
    return _listed(text, course(script, script.starts or now), f"{chosen.name}.txt")


def _wrong(unusable: Unusable) -> Reply:
    return _listed(str(unusable), "\n".join(unusable.script.problems), f"{unusable.script.name}.txt")


def _listed(text: str, lines: str, name: str) -> Reply:
    """Give lines below a text, or as a file where they are too many for one message."""
    whole = f"{text}\n{block(lines)}"
    if length(whole) <= LONGEST_POST:
        return Reply(whole)
    return Reply(text, file=File(name, lines.encode("utf-8", "replace")))


async def names(asked: Asked, typed: str) -> list[Choice[str]]:
    """Give the scripts to choose from, to those who may start one."""
    if not asked.by.host:
        return []
    return [Choice(name=_option(each), value=each.name) for each in matching(await _offered(asked), typed)][
        :MOST_CHOICES
    ]


def _option(script: Offered) -> str:
    if script.script is None:
        return f"{MARK}{script.name}"
    return short(f"{script.name} · {script.script.title}", 100)


OFFERS = (
    Offer(
        "start",
        "Begin a chat in a channel. Example: /chat start script:macrosw at:20:00",
        start,
        options={
            "script": "A script of this server, such as macrosw",
            "file": "Or a script of your own: a YAML file, at most 1 MiB",
            "channel": "Where the chat is held; here, if you leave it out",
            "minutes": "Minutes for each question, such as 8, whatever the script says",
            "at": f"When it begins, in the script's time zone: 20:00, 2026-11-25 20:00, or {NOW}",
        },
        completes={"script": names},
    ),
    Offer(
        "check",
        "Say what is wrong with a script, or show its timetable. Example: /chat check file:macrosw.yaml",
        check,
        options={"file": "The script: a YAML file, at most 1 MiB"},
    ),
)
