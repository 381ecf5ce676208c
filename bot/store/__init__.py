"""Everything that is kept, in one SQLite file."""

from bot.store.changes import Changes
from bot.store.chat import Chat
from bot.store.opening import StoreError
from bot.store.record import Known, Record, Shown
from bot.store.store import Held, LeaseLost, NoSuchChat, Store

__all__ = [
    "Changes",
    "Chat",
    "Held",
    "Known",
    "LeaseLost",
    "NoSuchChat",
    "Record",
    "Shown",
    "Store",
    "StoreError",
]
