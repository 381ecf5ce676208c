"""Answers that people give, see, change, move and take back by buttons, menus and forms; each for its author alone."""

from collections.abc import Iterator

import discord
from discord import ButtonStyle, SelectOption
from discord.ui import Button, Item, Label, Modal, Select, TextInput, View

from bot.messages import Entry, Placed, Said
from bot.rooms.discord.desk import Asked, Reply
from bot.rooms.discord.echo import NOTE, Echo
from bot.rooms.discord.forms import brought_by, drawn
from bot.rooms.discord.posting import custom_ids
from bot.rooms.discord.reading import Away
from bot.rooms.discord.sitting import Sitting
from bot.rooms.discord.wording import LONGEST_OPTION, heading, names, said, short
from bot.rooms.discord.written import name
from bot.script.model import Question
from bot.script.posts import length
from bot.session import Refusal
from bot.store import Chat

#: The longest answer that a form takes: with its head it has to fit into one message.
LONGEST_ANSWER = 1800
#: The most options of a menu, and the most menus of a message beside a row of buttons.
MENU, MENUS = 25, 4
#: How much of an answer is shown in a list.
SHOWN = 80
#: How much of a message is quoted.
LONGEST_QUOTE = 300
#: How long a list may be, so that its message has room for more.
LONGEST_LIST = 1500
#: The longest texts that Discord takes as the title of a form and above a field, and below that.
TITLE, BELOW = 45, 100

OVER = "This chat is over: its answers stay as they are. All that you said can be removed with `/chat forget-me`."

NONE_LIVE = """\
No chat is live in this channel. What was said in one that is over can only be hidden: **Apps**, **Hide from transcript** on it."""
NOT_PART = "That message is not part of this chat."
NOT_YOURS = "Only its author or a host can say what a message answers."


# Giving an answer ------------------------------------------------------------------------------------------------


async def form(asked: Asked, rest: str) -> Modal:
    """Give the form for an answer to a question."""
    ticket, label = rest.split(":", 1)
    question = _question(asked.ticketed(ticket), label)
    return _form(
        f"ans:{ticket}:{label}:{drawn(asked)}",
        f"Answer {question.name}",
        "Your answer",
        below=question.ask,
    )


async def take(asked: Asked, rest: str) -> str:
    """Keep what was written into the form, and have it posted."""
    ticket, label, form = rest.split(":", 2)
    sitting = asked.ticketed(ticket)
    _question(sitting, label)
    return await sitting.echoes.answer(
        asked.by,
        label,
        asked.field("text"),
        brought_by(asked, form),
        asked.interaction.created_at,
        pressed_on=_post_of(asked, f"ans:{ticket}:{label}"),
    )


def _post_of(asked: Asked, button: str) -> str | None:
    """Give the id of the bot's own post whose button has led to this, if Discord says so and it has that button."""
    post = asked.interaction.message
    own = post is not None and post.author.id == asked.chats.line.me
    return str(post.id) if post and own and button in custom_ids(post) else None


def _form(id: str, title: str, above: str, *, below: str = "", text: str | None = None) -> Modal:
    form = Modal(title=short(title, TITLE), custom_id=id)
    field: TextInput[Modal] = TextInput(
        style=discord.TextStyle.paragraph, custom_id="text", max_length=LONGEST_ANSWER, default=text
    )
    form.add_item(Label(text=above, description=short(below, BELOW) or None, component=field))
    return form


def _question(sitting: Sitting, label: str) -> Question:
    """Give a question that may be answered now. Raises Refusal."""
    found = next((each for each in questions_asked(sitting.chat) if each.label == label), None)
    if found is None:
        raise Refusal("That question has not been asked.")
    return found


def questions_asked(chat: Chat) -> list[Question]:
    """Give the questions that a chat has asked so far, in their order."""
    script = chat.script
    return [script.question(asked.label) for asked in chat.state.asked]


# One's own answers -----------------------------------------------------------------------------------------------


async def mine(asked: Asked, rest: str = "") -> Reply:
    """Give somebody's own answers in a chat, with a menu to change each where the chat still goes on."""
    chat = await (asked.chat_of(rest) if rest else asked.chat())
    entries = await asked.read(chat, lambda record: record.answers_of(asked.by.id))
    if not entries:
        return Reply(
            f"{heading(chat.script)}: none of your messages counts as an answer. To make one count: **Apps**, **Answers question…** on it."
        )
    sitting = asked.live_one(chat)
    where = await asked.addresses(chat, [entry.id for entry in entries])
    lines = list(_within(_line(chat, entry, where.get(entry.id, "")) for entry in entries))
    left = f"… and {len(entries) - len(lines)} more." if len(lines) < len(entries) else ""
    told = "Choose one to change, move or withdraw it." if sitting else OVER
    text = "\n".join(filter(None, (f"{heading(chat.script)}: your answers", *lines, left, told)))
    return Reply(text, _menus_of(sitting, entries) if sitting else ())


def _within(lines: Iterator[str]) -> Iterator[str]:
    room = LONGEST_LIST
    for line in lines:
        room -= length(line) + 1
        if room < 0:
            return
        yield line


def _line(chat: Chat, entry: Entry, address: str) -> str:
    return f"- {_counts(chat, entry)}: {said(entry.text, SHOWN)} {address}".rstrip()


def _counts(chat: Chat, entry: Entry) -> str:
    return names([each for each in questions_asked(chat) if each.label in entry.answers])


def _menus_of(sitting: Sitting, entries: list[Entry]) -> tuple[Item[View], ...]:
    newest = entries[-MENU * MENUS :]
    menus = [newest[n : n + MENU] for n in range(0, len(newest), MENU)]
    return tuple(
        Select(
            custom_id=f"one:{sitting.ticket}:{n}",
            placeholder="Which answer?",
            options=[
                SelectOption(
                    label=short(f"{_counts(sitting.chat, entry)}: {entry.text}", LONGEST_OPTION),
                    value=entry.id,
                )
                for entry in menu
            ],
        )
        for n, menu in enumerate(menus)
    )


async def one(asked: Asked, rest: str) -> Reply:
    """Show the answer that was chosen from one's own."""
    sitting = asked.ticketed(rest.partition(":")[0])
    return await shown(asked, sitting, "".join(asked.chosen[:1]))


async def own(asked: Asked, rest: str) -> Reply:
    """Show the answer behind a post of the bot to its author."""
    ticket, id_ = rest.split(":", 1)
    sitting = asked.ticketed(ticket)
    await _own(asked, sitting, id_)
    return await shown(asked, sitting, id_)


async def shown(asked: Asked, sitting: Sitting, id_: str, note: str = "") -> Reply:
    """Show one message with all that whoever asks may do about it: its author, or a host. Raises Refusal.

    `note` says what came of what was done last.
    """
    entry = await entry_of(asked, sitting, id_)
    author = entry.author
    if author is None or (author.id != asked.by.id and not asked.hosts(sitting.live.state)):
        raise Refusal(NOT_YOURS)
    whose = "Your message" if author.id == asked.by.id else f"The message of {name(author.name)}"
    counts = f"{whose} counts for {_counts(sitting.chat, entry)}."
    text = "\n".join(filter(None, (note, counts, f"> {said(entry.text, LONGEST_QUOTE)}")))
    return Reply(text, (*_placing(sitting, entry), *_doing(asked, sitting, entry)))


def _placing(sitting: Sitting, entry: Entry) -> tuple[Item[View], ...]:
    """Give the menus of the questions asked, with those marked for which the message counts."""
    asked = questions_asked(sitting.chat)
    menus = [asked[n : n + MENU] for n in range(0, len(asked), MENU)]
    return tuple(
        Select(
            custom_id=f"put:{sitting.ticket}:{entry.id}:{n}",
            placeholder="Which question does it answer?",
            min_values=0,
            max_values=len(menu),
            options=[
                SelectOption(
                    label=short(f"{question.name}: {question.ask}", LONGEST_OPTION),
                    value=question.label,
                    default=question.label in entry.answers,
                )
                for question in menu
            ],
        )
        for n, menu in enumerate(menus)
    )


def _doing(asked: Asked, sitting: Sitting, entry: Entry) -> Iterator[Item[View]]:
    own = entry.author is not None and entry.author.id == asked.by.id
    about = f"{sitting.ticket}:{entry.id}"
    if own and entry.id in sitting.echoes:
        yield Button(label="Edit", style=ButtonStyle.primary, custom_id=f"edit:{about}")
        yield Button(label="Withdraw", style=ButtonStyle.danger, custom_id=f"drop:{about}")
    else:
        yield Button(
            label="Withdraw" if own else "Counts for no question",
            style=ButtonStyle.danger,
            custom_id=f"none:{about}",
            disabled=not entry.answers,
        )
    if own:
        yield Button(label="All my answers", style=ButtonStyle.secondary, custom_id=f"all:{sitting.ticket}")


async def put(asked: Asked, rest: str) -> Reply:
    """Let a message answer the questions chosen from a menu, and those of other menus as before."""
    ticket, id_, menu = rest.split(":", 2)
    sitting = asked.ticketed(ticket)
    entry = await entry_of(asked, sitting, id_)
    labels = [question.label for question in questions_asked(sitting.chat)]
    first = int(menu) * MENU
    offered = labels[first : first + MENU]
    wanted = {label for label in entry.answers if label not in offered} | set(asked.chosen)
    return await _place(asked, sitting, id_, tuple(label for label in labels if label in wanted))


async def none(asked: Asked, rest: str) -> Reply:
    """Let a message answer no question."""
    ticket, id_ = rest.split(":", 1)
    return await _place(asked, asked.ticketed(ticket), id_, ())


async def _place(asked: Asked, sitting: Sitting, id_: str, labels: tuple[str, ...]) -> Reply:
    told = await sitting.live.ask(Placed(id_, asked.by, labels), by=asked.by)
    if not labels and id_ not in sitting.echoes:
        told = f"{told} The message itself stays; whoever wrote it can delete it."
    return await shown(asked, sitting, id_, f"**{told}**")


async def edit(asked: Asked, rest: str) -> Modal:
    """Give the form in which an answer given by a form is changed."""
    ticket, id_ = rest.split(":", 1)
    entry = await _own(asked, asked.ticketed(ticket), id_)
    return _form(f"own:{rest}:{asked.interaction.id}", "Change your answer", "Your answer", text=entry.text)


async def edited(asked: Asked, rest: str) -> str:
    """Keep the changed words of an answer."""
    ticket, id_, _ = rest.split(":", 2)
    return await asked.ticketed(ticket).echoes.edit(asked.by, id_, asked.field("text"))


async def drop(asked: Asked, rest: str) -> Reply:
    """Take back an answer given by a form."""
    ticket, id_ = rest.split(":", 1)
    return Reply(await asked.ticketed(ticket).echoes.withdraw(asked.by, id_))


async def _own(asked: Asked, sitting: Sitting, id_: str) -> Entry:
    """Give a message to its author alone. Raises Refusal."""
    entry = await entry_of(asked, sitting, id_)
    if entry.author is None or entry.author.id != asked.by.id:
        whose = name(entry.author.name) if entry.author else "the bot"
        raise Refusal(
            f"That is the answer of {whose}, who alone can change or withdraw it. A host can still move or hide it: **Apps** on the message."
        )
    return entry


# Messages --------------------------------------------------------------------------------------------------------


async def entry_of(asked: Asked, sitting: Sitting, id_: str) -> Entry:
    """Give what is kept of a message. Raises Refusal where it is none of this chat's."""
    entries = await _some(asked, sitting, id_)
    if not entries:
        raise Refusal("That message is not part of this chat, or no longer.")
    return entries[0]


async def _some(asked: Asked, sitting: Sitting, id_: str) -> list[Entry]:
    return await asked.read(sitting.chat, lambda record: record.some([id_]))


async def found(asked: Asked, message: discord.Message) -> tuple[Sitting, Entry]:
    """Give the live chat at this channel that a message belongs to, and what is kept of it. Raises Refusal.

    What is not known yet, or not as it stands now, is heard first: a command brings what a message says also to a bot that
    may not read it otherwise, or was away when it was edited.
    """
    here = asked.live_here()
    if not here:
        raise Refusal(NONE_LIVE)
    known = await _known(asked, message)
    if known and not _edited_since(message, known[1]):
        return known
    sitting = known[0] if known else here[0]
    await _hear(asked, sitting, message)
    return sitting, await entry_of(asked, sitting, str(message.id))


async def found_or_over(asked: Asked, message: discord.Message) -> tuple[Chat, Entry]:
    """Give the chat at this channel, live or over, that a message belongs to, and what is kept of it. Raises Refusal."""
    if await _known(asked, message) is None:  # of chats that are over there may be many
        for chat in await asked.held_here():
            if chat.over and (entries := await _kept_of(asked, chat, message)):
                return chat, _said(entries[0])
        if not asked.live_here():
            raise Refusal("That message is not part of any chat that was held in this channel.")
    sitting, entry = await found(asked, message)
    return sitting.chat, entry


async def _known(asked: Asked, message: discord.Message) -> tuple[Sitting, Entry] | None:
    """Give the live chat at this channel that has kept a message, and what it has kept; None if there is none. Raises Refusal."""
    for sitting in asked.live_here():
        if entries := await _some(asked, sitting, sitting.echoes.message_of(str(message.id))):
            return sitting, _said(entries[0])
    return None


async def _kept_of(asked: Asked, chat: Chat, message: discord.Message) -> list[Entry]:
    """Give what is kept in a chat of a message, or of the answer that a post of the bot shows."""
    notes = await asked.read(chat, lambda record: record.notes(NOTE))
    shown = {Echo.read(note).id: key.removeprefix(NOTE) for key, note in notes.items()}
    id_ = shown.get(message.id, str(message.id))
    return await asked.read(chat, lambda record: record.some([id_]))


def _edited_since(message: discord.Message, entry: Entry) -> bool:
    """Tell whether a message has been edited since it was heard; the bot's post of somebody's answer never is."""
    edited = message.edited_at if str(message.id) == entry.id else None
    return edited is not None and (entry.edited_at is None or entry.edited_at < edited)


async def _hear(asked: Asked, sitting: Sitting, message: discord.Message) -> None:
    if message.author.id != asked.interaction.user.id and not asked.hosts(sitting.live.state):
        raise Refusal(NOT_YOURS)
    try:
        heard = await sitting.ears.read(message)
    except Away:
        raise Refusal("Discord does not say who wrote that just now. Try it again in a moment.") from None
    if heard is None:
        raise Refusal(NOT_PART)
    try:
        await sitting.live.ask(Said(heard), by=heard.author)
    except Refusal as refused:  # why it is not kept is between its author and the bot
        raise refused if heard.author.id == asked.by.id else Refusal(NOT_PART) from None


def _said(entry: Entry) -> Entry:
    if entry.author is None:
        raise Refusal("That is a post of the bot. Choose what somebody has said.")
    return entry
