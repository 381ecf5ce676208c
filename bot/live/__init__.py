"""Live chats: the one place where clock, session, store and room meet."""

from bot.live.chat import LiveChat
from bot.live.clock import Clock, SystemClock, sleep
from bot.live.listener import amend
from bot.live.room import Delivered, Delivery, News, Room, RoomError

__all__ = [
    "Clock",
    "Delivered",
    "Delivery",
    "LiveChat",
    "News",
    "Room",
    "RoomError",
    "SystemClock",
    "amend",
    "sleep",
]
