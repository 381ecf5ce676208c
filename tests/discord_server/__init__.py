"""A Discord for tests: REST v10 and the gateway on 127.0.0.1, for one bot that does not know the difference.

It keeps a world of guilds, people, channels and messages, lets a test act as its people, checks what the bot sends as the
real one would, and fails in every way that a test asks for. It needs aiohttp and Pillow, and knows nothing of the bot.

    async with Server() as server:
        place = server.guild("MacroSW", channels=("chat",))     # the bot is in it, with the permissions of a live chat
        ana = place.person("Ana", host=True)                    # she may manage events
        ...                                                     # start the bot (see below)
        await server.ready()                                    # it is on line
        ana.says(place.channel, "A1 because")                   # it hears
        question = await place.message(place.channel, "Q1")     # it posts; waits until it has
        shown = await ana.presses(question, "Answer").answered()
        kept = await ana.submits(shown.modal, {"Your answer": "because"}).answered()
        assert kept.private and "Q1" in kept.text
        assert not server.unexpected()                          # and has done nothing that Discord would refuse

A bot of another process is given `server.token`, `api_url` (DISCORD_API_URL) and `gateway_url` (DISCORD_GATEWAY_URL); for a
discord.py client of this process set `discord.http.Route.BASE` and `DiscordWebSocket.DEFAULT_GATEWAY`. Act from the server's own
loop only. `python -m tests.discord_server` runs it by itself, with the people's face over HTTP (see __main__).

The bot's face
    REST: login, gateway, channels, messages (JSON, multipart, nonces, embeds, components old and new), reactions, pins, threads,
    direct lines, members, commands, interaction callbacks, follow-ups and attachments. Gateway: IDENTIFY with intents and
    shards, RESUME with replay, heartbeats, member requests. Other endpoints answer 404 and are noted.

The people's face (Place, Person, Asking)
    says, forwards, edits, deletes, deletes_many, reacts, unreacts, clears, pins, opens_thread, opens_private_thread, writes_privately; presses,
    chooses, submits, runs, completes, applies: these give an Asking. `await asking.answered()` is what the person sees: text,
    private or not, file, modal, choices; `acknowledged()` is the callback alone, `updated()` an edit in place. What a client
    would not let a person do raises ValueError. In Place: roles, permissions, overwrites, archiving, channels, emoji, the bot.

What is checked
    Forms, lengths, limits of components, ids that are there twice, permissions (50001, 50013), others' messages (50005), nonces,
    acknowledgement within 3 s (10062), a second response (40060), 50 requests a second (429), unknown fields and endpoints (0).
    Each stands in `server.violations` with its code; `server.expect(code, ...)` says that the test is about it. What a bot
    without fault can meet (a message that is gone, 160004, a response repeated after a lost answer) is answered and not noted.
    `server.pings` has who would have been notified by what the bot wrote.

What goes wrong (server.faults, server.gateway)
    faults.on("POST", "/channels/*/messages", lost_after()), and lost_before(), delayed(1), held(event), broken(503, committed=True),
    too_many(via=False), refused(400, 30046); faults.on_event("MESSAGE_CREATE", "dropped"), "twice", "late", "partial";
    faults.schedule = Schedule(seed). gateway.close(code), abort(), reconnect(), invalidate(), refuse(502), forget(), partial(),
    mute(), silent. await server.down(), up(). server.expire_links(), shown.mangled, selfhosted, content_allowed, bucket, nonce_seconds.

What differs from Discord: limits of buckets are off unless set; threads do not archive by themselves; there are no voice, polls,
forums, stickers of one's own, nor webhooks but those of interactions.
"""

from .asking import Answer, Asking
from .checks import Violation
from .faults import Schedule, Trouble, broken, delayed, held, lost_after, lost_before, refused, too_many
from .people import Person
from .permissions import Permission
from .places import Place
from .server import Server
from .world import Channel, Message, Upload

__all__ = [
    "Answer",
    "Asking",
    "Channel",
    "Message",
    "Permission",
    "Person",
    "Place",
    "Schedule",
    "Server",
    "Trouble",
    "Upload",
    "Violation",
    "broken",
    "delayed",
    "held",
    "lost_after",
    "lost_before",
    "refused",
    "too_many",
]
