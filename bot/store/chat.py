"""A chat as it is kept."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from bot.recap import About
from bot.script.model import Script
from bot.script.parse import parse
from bot.session import Over, State, whole
from bot.store.opening import StoreError


@dataclass(frozen=True, slots=True)
class Chat:
    """One chat. `name` is its short name, `source` where its script was read from, `text` the script as it was then."""

    id: int
    name: str
    source: str
    text: str
    room: str
    rehearsal: bool
    created: datetime
    state: State

    @property
    def script(self) -> Script:
        """The script that the chat follows, with the questions that were taken into it."""
        return whole(script_of(self.text), self.state)

    @property
    def over(self) -> bool:
        """Whether nothing more will happen in it."""
        return isinstance(self.state.phase, Over)

    @property
    def about(self) -> About:
        """What a recap or transcript says of the chat itself."""
        return About(
            script=self.script,
            name=self.name,
            started=self.state.started,
            ended=self.state.ended,
            rehearsal=self.rehearsal,
        )


@cache
def script_of(text: str) -> Script:
    """Read a script that has been checked before; raises StoreError where that is no longer right."""
    parsed = parse(text)
    if parsed.script is None:
        raise StoreError(
            "The script of a chat is not one that this version of hashchat can read. Update hashchat."
        )
    return parsed.script


def short_name(script: Script, at: datetime) -> str:
    """Give what a chat is called where nothing else is: `macrosw-2015-04-23`, by the day in the chat's zone."""
    day = script.local(script.starts or at)
    return f"{script.hashtag.lower()}-{day:%Y-%m-%d}"
