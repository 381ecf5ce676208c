"""The story of a chat, for those who were not there: what its host chose from the recap, and how that is written down."""

from bot.story.model import Elsewhere, OwnWords, Part, Reference, Selected, Selection, Story
from bot.story.reading import Read, parse, parse_bytes
from bot.story.telling import automatic, messages, tell
from bot.story.writing import written

__all__ = [
    "Elsewhere",
    "OwnWords",
    "Part",
    "Read",
    "Reference",
    "Selected",
    "Selection",
    "Story",
    "automatic",
    "messages",
    "parse",
    "parse_bytes",
    "tell",
    "written",
]
