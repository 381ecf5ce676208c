"""What a host chooses for a story, and what a story is made of: plain frozen data."""

from dataclasses import dataclass, field

from bot.messages import Entry
from bot.recap import Link, Picture, QuestionRecap, Recap
from bot.themes import Theme

#: The parts that come by themselves, and that a host can leave out.
OMISSIBLE = ("figures", "resources", "thanks", "next")


@dataclass(frozen=True, slots=True)
class Reference:
    """Something of the chat that was chosen: a message by its id, a theme by its phrase, a link by its address.

    Only this is ever kept of it, so that what is gone from the chat is gone from every story. `line` and `column` are where
    it stands in the host's file.
    """

    key: str
    line: int = field(default=1, compare=False)
    column: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class OwnWords:
    """What the host says between what others said."""

    text: str


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What was written elsewhere afterwards: an http(s) address, and a sentence about it."""

    url: str
    text: str


@dataclass(frozen=True, slots=True)
class Selected:
    """A question, by its label, and what was chosen for it: messages, and the host's own words."""

    label: str
    passages: tuple[Reference | OwnWords, ...]


@dataclass(frozen=True, slots=True)
class Selection:
    """All that a host chooses, in the order in which it is told. `pictures` are the messages that they came with.

    `title` and the texts before and after the questions are the host's own. `leave_out` is of `OMISSIBLE`.
    """

    themes: tuple[Reference, ...] = ()
    questions: tuple[Selected, ...] = ()
    pictures: tuple[Reference, ...] = ()
    links: tuple[Reference, ...] = ()
    title: str | None = None
    opening: str | None = None
    closing: str | None = None
    afterwards: tuple[Elsewhere, ...] = ()
    leave_out: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Part:
    """One question as it is told, with the pictures and links that were shared under it and no passage shows."""

    recap: QuestionRecap
    passages: tuple[Entry | OwnWords, ...]
    pictures: tuple[Picture, ...]
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """A chat as its host tells it. `pictures` and `links` are those that stand under none of the `parts`."""

    recap: Recap
    title: str
    opening: str | None
    themes: tuple[Theme, ...]
    parts: tuple[Part, ...]
    pictures: tuple[Picture, ...]
    links: tuple[Link, ...]
    afterwards: tuple[Elsewhere, ...]
    closing: str | None
    leave_out: frozenset[str] = frozenset()

    def has(self, part: str) -> bool:
        """Tell whether one of `OMISSIBLE` is to be told."""
        return part not in self.leave_out
