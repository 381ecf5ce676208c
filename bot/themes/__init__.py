"""What people talked about: the words and phrases that set a question, or the whole hour, apart."""

from bot.themes.themes import Theme, Themes

__all__ = ["Theme", "Themes"]
