"""Everything that is kept, in one SQLite file."""

from bot.store.changes import DELETED, HOST, Changes
from bot.store.chat import Chat
from bot.store.commits import LeaseLost
from bot.store.media import Media, Unkept
from bot.store.naming import NoSuchChat, Occupied
from bot.store.opening import StoreError, in_words
from bot.store.record import Known, Record, Shown
from bot.store.store import OPEN, Held, Store

__all__ = [
    "DELETED",
    "HOST",
    "OPEN",
    "Changes",
    "Chat",
    "Held",
    "Known",
    "LeaseLost",
    "Media",
    "NoSuchChat",
    "Occupied",
    "Record",
    "Shown",
    "Store",
    "StoreError",
    "Unkept",
    "in_words",
]
