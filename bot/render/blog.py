"""A piece of HTML to paste into a blog: an article without a page around it, which takes its looks from where it is put."""

from bot.recap import Recap
from bot.render.html import macros
from bot.render.plain import visible


def recap(recap: Recap) -> str:
    """Give a recap; nothing in it has a style, acts, or asks for anything from elsewhere."""
    return visible(macros("blog.html").article(recap))
