"""Live chats: the one place where clock, session, store and room meet."""

from bot.live.chat import LiveChat
from bot.live.clock import Clock, SystemClock, sleep
from bot.live.room import Delivered, Delivery, Room, RoomError

__all__ = ["Clock", "Delivered", "Delivery", "LiveChat", "Room", "RoomError", "SystemClock", "sleep"]
