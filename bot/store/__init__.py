"""Everything that is kept, in one SQLite file."""

from bot.store.changes import DELETED, Changes
from bot.store.chat import Chat
from bot.store.opening import StoreError, in_words
from bot.store.record import Known, Picture, Record, Shown
from bot.store.store import Held, LeaseLost, NoSuchChat, Store

__all__ = [
    "DELETED",
    "Changes",
    "Chat",
    "Held",
    "Known",
    "LeaseLost",
    "NoSuchChat",
    "Picture",
    "Record",
    "Shown",
    "Store",
    "StoreError",
    "in_words",
]
