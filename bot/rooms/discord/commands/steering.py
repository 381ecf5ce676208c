"""What a host tells a live chat: pause, next question, more time, …; and who else may."""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import timedelta

import discord
from discord import app_commands
from discord.ui import Label, Modal, TextInput

from bot.messages import PersonHidden
from bot.rooms.discord.commands.offer import Offer
from bot.rooms.discord.desk import TO_COME, Answer, Asked, Reply
from bot.rooms.discord.forms import brought_by, drawn
from bot.rooms.discord.panel import cancelling, panel
from bot.rooms.discord.panel import status as _status
from bot.rooms.discord.written import name
from bot.script.posts import LONGEST_POST
from bot.session import Appoint, End, MoreTime, Next, Pause, Refusal, Repeat, Resume, Say, Want

Extra = app_commands.Range[float, 0.5, 1440.0]
Text = app_commands.Range[str, 1, LONGEST_POST]


async def status(asked: Asked) -> str:
    """Say where the chat stands, and the next one in its channel."""
    return "\n\n".join([await _status(sitting) for sitting in asked.all_hosted()])


async def show_panel(asked: Asked) -> Reply:
    """Give the buttons that steer the chat."""
    return await panel(asked.hosted(TO_COME), drawn=asked.interaction.id)


def _wishing(want: Want) -> Callable[[Asked], Awaitable[str]]:
    async def ask(asked: Asked) -> str:
        return await _steer(asked, want)

    return ask


async def _steer(asked: Asked, want: Want) -> str:
    """Wish something; what has to do with a question is about the one that stood there then: another may just have come."""
    sitting = asked.hosted()
    about = asked.seen(sitting) if isinstance(want, Next | MoreTime | Repeat) else None
    return await asked.wish(sitting, want, about=about)


async def more_time(asked: Asked, minutes: Extra = 2.0) -> str:
    """Give the question on the floor more time."""
    return await _steer(asked, MoreTime(timedelta(minutes=minutes)))


async def say(asked: Asked, text: Text | None = None) -> Answer:
    """Say something as the bot, at once or by a form."""
    sitting = asked.hosted()
    asked.must_write(sitting.channel)
    if text is not None:
        return await asked.wish(sitting, Say(text))
    form = Modal(title="Say something as the bot", custom_id=f"say:{sitting.ticket}:{drawn(asked)}")
    form.add_item(
        Label(
            text="Text",
            component=TextInput(style=discord.TextStyle.paragraph, max_length=LONGEST_POST, custom_id="text"),
        )
    )
    return form


async def said(asked: Asked, rest: str) -> str:
    """Say what was written into the form."""
    ticket, form = rest.split(":", 1)
    sitting, text = asked.ticketed(ticket), asked.field("text")
    asked.must_write(sitting.channel)
    # Other words are another wish: what has been said cannot be changed any more.
    words = hashlib.sha256(text.encode(errors="replace")).hexdigest()[:12]
    return await asked.wish(sitting, Say(text), id=f"{brought_by(asked, form)}.{words}")


async def co_host(asked: Asked, member: discord.User, off: bool = False) -> str:  # noqa: FBT001, FBT002  (an option of the command)
    """Let somebody steer the chat too, or no longer."""
    if member.bot:
        raise Refusal("A bot cannot host. Choose a person.")
    appoint = Appoint(str(member.id), member.display_name, hosts=not off)
    told = " ".join([await asked.wish(sitting, appoint) for sitting in asked.all_hosted()])
    may = "may no longer steer this chat" if off else "may steer this chat now, with every `/chat` command"
    return f"{name(member.display_name)} {may}. {told}"


async def hide(asked: Asked, member: discord.User) -> str:
    """Keep somebody's messages out of what is published."""
    return await _hide(asked, member, on=True)


async def show(asked: Asked, member: discord.User) -> str:
    """Let somebody's messages in again."""
    return await _hide(asked, member, on=False)


async def _hide(asked: Asked, member: discord.User, *, on: bool) -> str:
    chats = await asked.published()
    told = [await asked.change(chat, PersonHidden(str(member.id), asked.by, on)) for chat in chats]
    where = " and ".join(f"`{chat.short}`" for chat in chats)
    again = " Take it back with `/chat show`." if on else ""
    return f"{name(member.display_name)}, in {where}: {told[0]}{again}"


OFFERS = (
    Offer("status", "Say where the chat stands. Example: /chat status", status),
    Offer(
        "panel", "Get buttons that show where the chat stands and steer it. Example: /chat panel", show_panel
    ),
    Offer("pause", "Stop the clock. Example: /chat pause", _wishing(Pause())),
    Offer("resume", "Let the clock go on. Example: /chat resume", _wishing(Resume())),
    Offer("next", "Ask the next question now. Example: /chat next", _wishing(Next())),
    Offer(
        "more-time",
        "Give the question on the floor more time. Example: /chat more-time minutes:3",
        more_time,
        options={"minutes": "How many minutes more, such as 3; 2 if you leave it out"},
    ),
    Offer("repeat", "Post the question on the floor once more. Example: /chat repeat", _wishing(Repeat())),
    Offer(
        "say",
        "Say something as the bot. Example: /chat say text:Welcome back",
        say,
        options={"text": "What to say; leave it out for a form with room for several lines"},
    ),
    Offer("end", "End the chat with closing and recap. Example: /chat end", _wishing(End())),
    Offer(
        "cancel",
        "Stop the chat for good, without closing and recap. Example: /chat cancel",
        cancelling,
    ),
    Offer(
        "co-host",
        "Let somebody else steer the chat too. Example: /chat co-host member:@Ana",
        co_host,
        options={"member": "Who, such as @Ana", "off": "True to take it back"},
    ),
    Offer(
        "hide",
        "Keep all that somebody says out of recap and transcript. Example: /chat hide member:@Ana",
        hide,
        options={"member": "Who, such as @Ana"},
    ),
    Offer(
        "show",
        "Let in again what somebody says. Example: /chat show member:@Ana",
        show,
        options={"member": "Who, such as @Ana"},
    ),
)
