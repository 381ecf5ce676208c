"""All chats as a static site, to be put on any web host."""

from bot.archive.building import Built, Sources, build
from bot.archive.chat import Picture, Pictures
from bot.archive.model import Wanted

__all__ = ["Built", "Picture", "Pictures", "Sources", "Wanted", "build"]
