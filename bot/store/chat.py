"""A chat as it is kept."""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from bot.recap import About
from bot.script import model
from bot.script.model import Script
from bot.session import Over, State, whole
from bot.store.opening import StoreError


@dataclass(frozen=True, slots=True)
class Chat:
    """One chat. `source` is where its script was read from, `text` the script as it was then.

    `name` is its own in the whole database; where people of one room should not learn of another, it has something
    behind an `@` that they are not shown. `place` is where in the room it takes place, for rooms with several places.
    """

    id: int
    name: str
    source: str
    text: str
    room: str
    place: str
    rehearsal: bool
    created: datetime
    state: State

    @property
    def short(self) -> str:
        """What the people of its room call it."""
        return self.name.partition("@")[0]

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
            name=self.short,
            started=self.state.started,
            ended=self.state.ended,
            rehearsal=self.rehearsal,
        )


def without_hosts(text: str, names: str) -> str:
    """Give a script's text without the hosts of those names, which are in a JSON list: as SQL asks for it."""
    from bot.script.rewriting import without_hosts  # noqa: PLC0415  (as below)

    return without_hosts(text, json.loads(names))


def hosts_among(text: str, people: str) -> str:
    """Give the hosts whom a script's text names and who they are among the people, as `bot.script.model.hosts_among`.

    Both people and result are JSON lists of pairs, as SQL asks for it; a script that cannot be read has no hosts.
    """
    from bot.script.parse import parse  # noqa: PLC0415  (as below)

    script = parse(text).script
    found = model.hosts_among(script, json.loads(people)) if script else ()
    return json.dumps(list(found), ensure_ascii=False)


@cache
def script_of(text: str) -> Script:
    """Read a script that has been checked before; raises StoreError where that is no longer right."""
    from bot.script.parse import parse  # noqa: PLC0415  (11 MiB that a bot without chats does not need)

    parsed = parse(text)
    if parsed.script is None:
        raise StoreError(
            "The script of a chat is not one that this version of hashchat can read. Update hashchat."
        )
    return parsed.script
