"""The server by itself: `python -m tests.discord_server [PORT]`, with one guild, MacroSW.

It prints the environment for a bot, and an address that takes by POST what people do:

    {"who": "Ana", "does": "says", "with": ["#chat", "A1 because"]}
    {"who": "Ana", "does": "runs", "with": ["chat start"], "options": {"script": "macro"}}
    {"who": "Ana", "does": "presses", "with": [1573948091084570628, "Answer"]}

`#chat` is a channel by its name and a number a message by its id. The answer is {"id"} for a message or thread and {"text",
"modal", "choices", "buttons", "id"} for an interaction; a mistake gets 400 and words. GET shows the channels with their messages,
and what the bot did wrong.
"""

import asyncio
import sys
from collections.abc import Callable
from typing import Any

from aiohttp import web

from .asking import Asking
from .places import Place
from .server import Server
from .world import Channel, Message

#: What a person can be told to do.
DEEDS = {
    "says", "edits", "deletes", "reacts", "unreacts", "clears", "opens_thread", "writes_privately", "presses", "chooses",
    "submits", "runs", "completes", "applies",
}  # fmt: skip


class Control:
    """The people's face over HTTP."""

    def __init__(self, place: Place) -> None:
        self.place = place

    async def act(self, request: web.Request) -> web.Response:
        """Let a person do something, and say what came of it."""
        try:
            wish = await request.json()
            deed = self._deed(wish["who"], wish["does"])
            done = deed(*map(self._meant, wish.get("with", [])), **wish.get("options", {}))
            return web.json_response(await _told(done))
        except (ValueError, KeyError, TypeError, TimeoutError) as wrong:
            return web.json_response({"wrong": f"{type(wrong).__name__}: {wrong}"}, status=400)

    async def show(self, _: web.Request) -> web.Response:
        """Show what stands in the channels, and what the bot did wrong."""
        said = {
            f"#{channel.name}": [
                {"id": each.id, "by": each.author.name, "text": each.text, "buttons": each.buttons()}
                for each in channel.all()
            ]
            for channel in self.place.guild.channels.values()
        }
        return web.json_response(
            {"channels": said, "violations": list(map(str, self.place.server.violations))}
        )

    def _deed(self, who: str, what: str) -> Callable[..., Any]:
        if what not in DEEDS:
            raise ValueError(f"does is one of {sorted(DEEDS)}, not {what!r}.")
        deed: Callable[..., Any] = getattr(self.place.person(who), what)
        return deed

    def _meant(self, word: Any) -> Any:
        """Give the channel or message that a word of a wish means, or the word."""
        server = self.place.server
        if isinstance(word, int):
            found = [each.messages[word] for each in server.world.channels.values() if word in each.messages]
            found += [server.world.private[word]] if word in server.world.private else []
            if not found:
                raise ValueError(f"There is no message {word}.")
            return found[0]
        if isinstance(word, str) and word.startswith("#"):
            for each in self.place.guild.channels.values():
                if f"#{each.name}" == word:
                    return each
            raise ValueError(f"There is no channel {word}.")
        return word


async def _told(done: Any) -> dict[str, Any]:
    if isinstance(done, Message | Channel):
        return {"id": done.id}
    if not isinstance(done, Asking):
        return {}
    answer = await done.answered()
    told = {"kind": answer.kind, "text": answer.text, "buttons": answer.buttons, "modal": answer.modal}
    return told | {"choices": answer.choices, "id": answer.message.id if answer.message else None}


async def run(port: int) -> None:
    """Serve until interrupted."""
    async with Server(port=port) as server:
        control = Control(server.guild())
        app = web.Application()
        app.router.add_post("/control", control.act)
        app.router.add_get("/control", control.show)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        lines = [
            f"DISCORD_TOKEN={server.token}",
            f"DISCORD_API_URL={server.api_url}",
            f"DISCORD_GATEWAY_URL={server.gateway_url}",
        ]
        lines.append(f"CONTROL=http://127.0.0.1:{runner.addresses[0][1]}/control")
        sys.stdout.write("\n".join(lines) + "\n")
        sys.stdout.flush()
        try:
            await asyncio.Event().wait()
        finally:
            await runner.cleanup()


if __name__ == "__main__":
    try:
        asyncio.run(run(int(sys.argv[1]) if len(sys.argv) > 1 else 0))
    except KeyboardInterrupt:
        sys.exit(0)
