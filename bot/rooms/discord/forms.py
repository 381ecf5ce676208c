"""Which form something was written into, so that what is sent twice is kept once.

Where the bot's answer to a form is lost Discord leaves it open, says that something went wrong, and sends it once more as
another interaction. What stays the same is the form's custom id.
"""

from bot.rooms.discord.desk import Asked
from bot.rooms.discord.sitting import room_of


def drawn(asked: Asked) -> str:
    """Give what tells the form that is shown to this person now from all others, for the end of its custom id."""
    id_ = str(asked.interaction.id)
    return f"{id_}.{_seal(asked, id_)}"


def brought_by(asked: Asked, form: str) -> str:
    """Give the id of what a form brings, by the end of its custom id: the same however often it is sent.

    That stands for nobody else's, whatever a client sends: only what `drawn` gave this person counts, and anything else is
    known by the interaction that brought it.
    """
    id_ = form.partition(".")[0]
    return id_ if form == f"{id_}.{_seal(asked, id_)}" else str(asked.interaction.id)


def _seal(asked: Asked, id: str) -> str:
    return asked.chats.store.digest(room_of(asked.guild), f"form {id} of {asked.by.id}").hex()[:16]
