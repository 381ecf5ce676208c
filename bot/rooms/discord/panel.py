"""A host's panel: where the chat stands, and buttons that steer it, for nobody else to see."""

from datetime import timedelta

from discord import ButtonStyle
from discord.ui import Button, Item, View

from bot.rooms.discord.desk import NOT_HERE, TO_COME, Answer, Asked, Reply
from bot.rooms.discord.sitting import Sitting
from bot.rooms.discord.wording import heading, said, stands
from bot.session import (
    Cancel,
    End,
    MoreTime,
    Next,
    Over,
    Pause,
    Paused,
    Ready,
    Refusal,
    Repeat,
    Resume,
    Running,
    Start,
    Want,
    floor,
    point,
)
from bot.store import StoreError

#: How much of a question the panel shows.
SHOWN = 200

CANCELLING = (
    "**This stops the chat for good**, without closing and recap. What was said in it is kept. It cannot be undone; to end "
    "it with closing and recap, choose `/chat end`."
)

_WANTS: dict[str, Want] = {
    "start": Start(),
    "pause": Pause(),
    "resume": Resume(),
    "next": Next(),
    "more": MoreTime(timedelta(minutes=2)),
    "repeat": Repeat(),
    "ended": End(),
    "cancelled": Cancel(),
}
_LABELS = {
    "start": "Begin now",
    "pause": "Pause",
    "resume": "Resume",
    "next": "Next question",
    "more": "+2 min",
    "repeat": "Repeat",
    "end": "End…",
    "ended": "Really end it",
    "cancelled": "Really cancel it",
    "fresh": "Refresh",
}
_STYLES = {
    "start": ButtonStyle.success,
    "resume": ButtonStyle.success,
    "next": ButtonStyle.primary,
    "end": ButtonStyle.danger,
    "ended": ButtonStyle.danger,
    "cancelled": ButtonStyle.danger,
}


async def status(sitting: Sitting) -> str:
    """Say where a chat stands, how much was said, and what is wrong."""
    live = sitting.live
    script, state = live.script, live.state
    lines = [f"{heading(script)} in <#{sitting.channel}>", stands(script, state)]
    recap = await live.recap()
    if question := floor(script, state):
        here = next((each.answers for each in recap.questions if each.question.label == question.label), 0)
        lines[1] += f" {here} {'answer' if here == 1 else 'answers'} to it so far."
        lines.append(f"> {said(question.ask, SHOWN)}")
    lines.append(f"{recap.messages} messages from {recap.people} people, {recap.answers} answers.")
    return "\n".join((*lines, *warnings(sitting)))


def warnings(sitting: Sitting) -> list[str]:
    """Say what is wrong with a chat, a line each."""
    return [f"⚠️ {trouble}" for trouble in sitting.troubles]


async def panel(sitting: Sitting, *, drawn: int, note: str = "", sure: str = "") -> Reply:
    """Draw the panel. `drawn` is the interaction for which that is done: what is pressed on it counts once.

    `note` says what came of what was pressed last; `sure` is what is asked for once more: `ended` or `cancelled`.
    """
    text = await status(sitting)
    return Reply(f"{text}\n\n{note}".rstrip(), _buttons(sitting, drawn, sure=sure))


def _buttons(sitting: Sitting, drawn: int, *, sure: str) -> tuple[Item[View], ...]:
    about = point(sitting.live.script, sitting.live.state)
    whats = (sure, "fresh") if sure else _possible(sitting)
    return tuple(
        Button(
            label="Not yet" if sure and what == "fresh" else _LABELS[what],
            style=_STYLES.get(what, ButtonStyle.secondary),
            custom_id=f"pan:{sitting.ticket}:{what}:{drawn}:{about}",
        )
        for what in whats
    )


def _possible(sitting: Sitting) -> tuple[str, ...]:
    match sitting.live.state.phase:
        case Ready():
            return ("start", "fresh")
        case Running():
            return ("pause", "next", "more", "repeat", "end", "fresh")
        case Paused():
            return ("resume", "next", "more", "repeat", "end", "fresh")
        case _:
            return ("fresh",)


async def cancelling(asked: Asked) -> Answer:
    """Ask once more whether to cancel the chat, where that can be done."""
    sitting = asked.hosted(TO_COME)
    if not isinstance(sitting.live.state.phase, Ready | Running | Paused):
        return await asked.wish(sitting, Cancel())
    return await panel(sitting, drawn=asked.interaction.id, note=CANCELLING, sure="cancelled")


async def pressed(asked: Asked, rest: str) -> Reply:
    """Do what a button of the panel is for, and draw it anew."""
    ticket, what, drawn, about = rest.split(":", 3)
    sitting = asked.chats.by_ticket(asked.guild, ticket)
    if sitting is None or isinstance(sitting.live.state.phase, Over):
        return Reply(NOT_HERE)
    asked.must_host(sitting.live.state)
    note = ""
    if what in _WANTS:
        try:
            note = await asked.wish(sitting, _WANTS[what], id=f"{drawn}.{what}", about=about)
        except (Refusal, StoreError) as refused:
            note = str(refused)
    return await panel(sitting, drawn=asked.interaction.id, note=note, sure="ended" if what == "end" else "")
