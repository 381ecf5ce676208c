"""What remains of a chat: its counts, the best answers to each question, what was shared, who was there, what it was about."""

from bot.recap.addresses import is_link, links, page, pieces, without_tracking
from bot.recap.model import About, Link, Minute, People, Picture, QuestionRecap, Recap
from bot.recap.tally import Tally, build

__all__ = [
    "About",
    "Link",
    "Minute",
    "People",
    "Picture",
    "QuestionRecap",
    "Recap",
    "Tally",
    "build",
    "is_link",
    "links",
    "page",
    "pieces",
    "without_tracking",
]
