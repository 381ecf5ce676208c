"""What the terminal room shows, on a live terminal and into a pipe."""

from enum import StrEnum
from typing import Protocol

from rich.console import Console
from rich.text import Text

from bot.render.plain import one_line, plain


class Tone(StrEnum):
    """How a line is meant, and its style on a terminal."""

    BOT = "bold cyan"
    QUESTION = "bold yellow"
    SAID = ""
    COUNTED = "green"
    NOTE = "dim"
    TROUBLE = "bold red"
    RECAP = "default"


class Screen(Protocol):
    """Shows lines, one after the other."""

    def show(self, text: str, tone: Tone, *, head: str = "") -> None:
        """Show a text, after a head such as a name; whatever is in them is made harmless here."""


class Paper:
    """Standard output: plain in a pipe, in colour on a terminal, where it scrolls above the line being typed."""

    def __init__(self) -> None:
        self._console = Console(highlight=False, soft_wrap=True)

    @property
    def width(self) -> int:
        """How many columns there are."""
        return self._console.width

    def show(self, text: str, tone: Tone, *, head: str = "") -> None:
        """Show a text, after a head."""
        line = Text(f"{one_line(head)} " if head else "", style=tone.value or "bold")
        line.append(plain(text), style=tone.value)
        self._console.print(line)
        self._console.file.flush()
