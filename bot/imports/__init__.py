"""Chats that were held without hashchat, read from the files that other programs keep of them."""

from bot.imports.heard import Unreadable
from bot.imports.taking import Imported, Wanted, take_in

__all__ = ["Imported", "Unreadable", "Wanted", "take_in"]
