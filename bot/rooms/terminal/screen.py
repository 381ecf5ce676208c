"""What the terminal room shows, on a live terminal and into a pipe."""

from enum import StrEnum
from typing import Protocol

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from bot.render.plain import one_line, plain, wrap

#: The widest that text is set.
WIDEST = 100


class Tone(StrEnum):
    """How a text is meant, and its colour on a terminal."""

    BOT = "cyan"
    QUESTION = "bold yellow"
    SAID = "default"
    COUNTED = "green"
    NOTE = "dim"
    TROUBLE = "bold red"
    RECAP = "none"


_POSTS = {Tone.BOT, Tone.QUESTION}
_TALK = {Tone.SAID, Tone.COUNTED}


class Screen(Protocol):
    """Shows texts, one after the other."""

    def show(self, text: str, tone: Tone, *, head: str = "") -> None:
        """Show a text, after a head such as a name; whatever is in them is made harmless here."""


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Leave it to the program what to do when nobody reads any more; rich would end it on the spot."""
        raise BrokenPipeError


class Paper:
    """Standard output: as it is, a line for each text, in a pipe; set, spaced and coloured on a terminal."""

    def __init__(self) -> None:
        self._console = _Console(highlight=False, soft_wrap=True, emoji=False)
        self._last: Tone | None = None

    @property
    def width(self) -> int:
        """How many columns text has."""
        return min(self._console.width, WIDEST)

    def show(self, text: str, tone: Tone, *, head: str = "") -> None:
        """Show a text, after a head."""
        if self._console.is_terminal:
            if self._spaced(tone):
                self._console.print()
            self._console.print(self._set(plain(text), tone, one_line(head)))
        else:
            self._console.print(Text(" ".join(filter(None, (one_line(head), plain(text))))))
        self._last = tone
        self._console.file.flush()

    def _spaced(self, tone: Tone) -> bool:
        """Tell whether an empty line goes before it: before each post, and where the kind of text changes."""
        if tone in _POSTS or tone is Tone.RECAP:
            return True
        return self._last is not None and tone is not self._last and not {tone, self._last} <= _TALK

    def _set(self, text: str, tone: Tone, head: str) -> Text:
        """Fold a text: what the bot posts beside a bar, what people say beside or, after a long head, below it."""
        if tone in _POSTS:
            return _barred(text, tone, self._bar, self.width)
        if tone is Tone.RECAP:
            return Text(text)
        if not head:
            return Text(wrap(text, self.width), style=tone.value)
        beside = cell_len(head) <= self.width // 3
        folded = wrap(text, self.width, f"{head} ") if beside else f"{head}\n{wrap(text, self.width, '    ')}"
        set_text = Text(folded)
        set_text.stylize(f"{tone.value} bold", 0, len(head))
        return set_text

    @property
    def _bar(self) -> str:
        return "| " if self._console.options.ascii_only else "▌ "


def _barred(text: str, tone: Tone, bar: str, width: int) -> Text:
    body = "bold" if tone is Tone.QUESTION else "default"
    lines = wrap(text, width - cell_len(bar)).split("\n")
    return Text("\n").join(Text.assemble((bar, tone.value), (line, body)) for line in lines)
