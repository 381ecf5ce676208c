"""What somebody asks of the bot in Discord, by a command, a button or a form: who, where, about which chat; and what is answered."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import aiohttp
import discord
from discord.ui import Item, Modal, View

from bot.messages import Deed
from bot.rooms.discord.chats import RESTARTING, Chats
from bot.rooms.discord.echo import NOTE, Echo
from bot.rooms.discord.hearing import author_of, parent_of
from bot.rooms.discord.sitting import Sitting, ticket_of
from bot.rooms.discord.wording import link
from bot.session import Late, Paused, Phase, Ready, Refusal, Running, State, Want, describe, hosting, point_at
from bot.store import Chat, Record, in_words

log = logging.getLogger(__name__)

T = TypeVar("T")

NOT_HERE = "That chat is over, or not one of this server. What was said in it stays as it is."
ONLY_HOSTS = "Only a host of this chat can do that: who may manage events on this server, or whom a host names with `/chat co-host`."
ONLY_MANAGERS = "Only who has the permission Manage Events on this server can do that. Ask whoever runs this server for it."

Order = tuple[tuple[type[Phase], ...], ...]
#: Which of several chats is meant: one that runs before one whose late answers still come, and that before one only planned.
GOING: Order = ((Running, Paused), (Late,), (Ready,))
#: And which by who would begin one, or call it off.
TO_COME: Order = ((Ready, Running, Paused), (Late,))


@dataclass(frozen=True, slots=True)
class File:
    """A file for one person: its name and its bytes."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """What one person is told, and nobody else. `text` may have any length; what can be pressed comes at its end."""

    text: str
    items: tuple[Item[View], ...] = ()
    file: File | None = None


Answer = str | Reply | Modal


class Asked:
    """One thing asked, with all that decides what may be done. Nothing of any other guild can be reached through it.

    Raises Refusal for what comes from outside of any guild, and while the bot is being stopped.
    """

    def __init__(self, chats: Chats, interaction: discord.Interaction) -> None:
        guild, user = interaction.guild, interaction.user
        if guild is None or not isinstance(user, discord.Member):
            raise Refusal("Chats are held on servers only. Use this in a channel of one.")
        if chats.stopping:
            raise Refusal(RESTARTING)
        self.chats = chats
        self.interaction = interaction
        self.guild = guild.id
        self.server = guild
        self.by = author_of(user)
        parent = parent_of(interaction.channel)
        self.here = tuple(place for place in (interaction.channel_id, parent) if place is not None)

    # Who may ---------------------------------------------------------------------------------------------------------

    def hosts(self, state: State) -> bool:
        """Tell whether this person may steer a chat in that state."""
        return hosting(state, self.by)

    def must_manage(self) -> None:
        """Refuse who may not start chats here."""
        if not self.by.host:
            raise Refusal(ONLY_MANAGERS)

    def must_host(self, state: State) -> None:
        """Refuse who may not steer a chat in that state."""
        if not self.hosts(state):
            raise Refusal(ONLY_HOSTS)

    def sees(self, channel: int) -> bool:
        """Tell whether this person may look into that channel of the guild."""
        if channel in self.here:
            return True
        place, user = self.server.get_channel(channel), self.interaction.user
        if place is None or not isinstance(user, discord.Member):
            return self.by.host
        return place.permissions_for(user).view_channel

    def must_write(self, channel: int) -> None:
        """Refuse who may not write in that channel of the guild themselves: the bot says nothing there for them."""
        place, user = self.server.get_channel(channel), self.interaction.user
        if place and isinstance(user, discord.Member) and not place.permissions_for(user).send_messages:
            raise Refusal(
                f"You may not write in <#{channel}> yourself, so the bot says nothing there for you. Ask whoever runs this "
                "server for **Send Messages** there, or take another channel."
            )

    @property
    def chosen(self) -> list[str]:
        """What was chosen in a menu."""
        return [str(value) for value in sent(self.interaction).get("values", [])]

    def field(self, name: str) -> str:
        """Give what was written into the field of that name of a form."""
        rows = sent(self.interaction).get("components", [])
        return next((written for row in rows if (written := _field(row, name)) is not None), "")

    # Which chat ------------------------------------------------------------------------------------------------------

    @property
    def live(self) -> list[Sitting]:
        """The live chats of this guild, oldest first: one that is over may still be held, to be tidied up."""
        return [each for each in self.chats.in_guild(self.guild) if each.hears]

    def live_one(self, chat: Chat) -> Sitting | None:
        """Give a chat of this guild as it is live; None for one that is over."""
        return next((each for each in self.live if each.chat.id == chat.id), None)

    def sitting(self, order: Order = GOING) -> Sitting:
        """Give the live chat that is meant: the one here, or else the only one; of several, by `order`. Raises Refusal."""
        return self._meant(self._among(), order)

    def _among(self) -> list[Sitting]:
        """Give the live chats that can be meant: those here or, where there is none, those elsewhere that this person sees."""
        return self.live_here() or [each for each in self.live if self.sees(each.channel)]

    def _meant(self, among: list[Sitting], order: Order) -> Sitting:
        groups = ([each for each in among if isinstance(each.live.state.phase, kind)] for kind in order)
        first = next(filter(None, groups), [])
        if not first:
            raise Refusal("No chat is live on this server. A host begins one with `/chat start`.")
        if len(first) == 1 or first[0].channel in self.here:
            return first[0]
        places = " and ".join(sorted({f"<#{each.channel}>" for each in first}))
        raise Refusal(
            f"More than one chat is live. Use the command in the channel of the one you mean: {places}."
        )

    def live_here(self) -> list[Sitting]:
        """Give the live chats at the channel, or at the one that the thread belongs to, newest first."""
        return [each for place in self.here for each in self.chats.at(self.guild, place)]

    def hosted(self, order: Order = GOING) -> Sitting:
        """Give the live chat that is meant, of those that this person hosts. Raises Refusal."""
        among = self._among()
        hosted = [each for each in among if self.hosts(each.live.state)]
        if among and not hosted:
            raise Refusal(ONLY_HOSTS)
        return self._meant(hosted, order)

    def all_hosted(self) -> list[Sitting]:
        """Give the live chats in the channel that is meant, oldest first, which this person hosts. Raises Refusal."""
        there = reversed(self.chats.at(self.guild, self.hosted().channel))
        return [each for each in there if self.hosts(each.live.state)]

    async def published(self) -> list[Chat]:
        """Give the chats, oldest first and hosted by this person, for which it counts here whose words are published.

        Those are the live ones, and where none of them has begun the last one that did, over by now. Raises Refusal.
        """
        last = await self.chat()
        live = (each.chat for each in self.chats.at(self.guild, int(last.place)))
        found = {chat.id: chat for chat in (last, *live) if self.hosts(chat.state)}
        if not found:
            raise Refusal(ONLY_HOSTS)
        return [found[id_] for id_ in sorted(found)]

    async def change(self, chat: Chat, deed: Deed) -> str:
        """Do something about what was said in a chat, live or over; gives words for the one who asks. Raises Refusal, StoreError."""
        sitting = self.live_one(chat)
        return await (sitting.live.ask(deed, by=self.by) if sitting else self.chats.amend(chat, deed))

    def ticketed(self, ticket: str) -> Sitting:
        """Give the live chat of this guild that a button or form belongs to. Raises Refusal."""
        sitting = self.chats.by_ticket(self.guild, ticket)
        if sitting is None or not sitting.hears:
            raise Refusal(NOT_HERE)
        return sitting

    async def kept(self) -> list[Chat]:
        """Give the chats of this guild in channels that this person sees, oldest first; live ones as they are now."""
        live = {each.chat.id: each.chat for each in self.chats.in_guild(self.guild)}
        return [
            live.get(chat.id, chat)
            for chat in await self.chats.kept(self.guild)
            if chat.place.isdigit() and self.sees(int(chat.place))
        ]

    async def held_here(self) -> list[Chat]:
        """Give the chats at the channel, or at the one that the thread belongs to, live or over, newest first."""
        places = {str(place) for place in self.here}
        return [chat for chat in reversed(await self.kept()) if chat.place in places]

    async def chat(self, name: str | None = None) -> Chat:
        """Give the chat of that name, or the last here that has begun, live or over, or else the one that is meant. Raises Refusal."""
        if name is not None:
            return _named(await self.kept(), name)
        here = await self.held_here()
        begun = [chat for chat in here if chat.state.started]
        return next(iter(begun or here), None) or self.sitting().chat

    async def chat_of(self, ticket: str) -> Chat:
        """Give the chat of this guild, live or over, that a button belongs to. Raises Refusal."""
        kept = await self.chats.kept(self.guild)
        found = next((chat for chat in kept if ticket_of(self.chats.store, chat) == ticket), None)
        if found is None:
            raise Refusal(NOT_HERE)
        return found

    async def read(self, chat: Chat, ask: Callable[[Record], Awaitable[T]]) -> T:
        """Read something of what is kept of a chat. Raises StoreError."""
        store = self.chats.store
        with in_words(store.path):
            return await ask(store.record(chat))

    async def addresses(self, chat: Chat, ids: Collection[str]) -> dict[str, str]:
        """Give where messages and posts of a chat stand, each as an address; what has no place is left out."""
        echoes = await self.read(chat, lambda record: record.notes(NOTE))
        places = await self.read(chat, lambda record: record.places(ids))
        found = {}
        for id_ in ids:
            echo = Echo.read(echoes[f"{NOTE}{id_}"]) if f"{NOTE}{id_}" in echoes else None
            if echo is None:
                found[id_] = link(self.guild, places.get(id_) or chat.place, id_)
            elif echo.place is not None and echo.id is not None:
                found[id_] = link(self.guild, echo.place, echo.id)
        return found

    async def wish(
        self, sitting: Sitting, want: Want, *, id: str | None = None, about: str | None = None
    ) -> str:
        """Ask a chat for something; what is asked twice by one press or command is done once. Raises Refusal, StoreError."""
        try:
            told = await sitting.live.ask(want, by=self.by, id=id or str(self.interaction.id), about=about)
        except Refusal as refused:
            raise Refusal(self._about(sitting, self._in_own_zone(sitting, str(refused)))) from refused
        return self._about(sitting, self._in_own_zone(sitting, told))

    def seen(self, sitting: Sitting) -> str:
        """Name where a chat stood for this person when they asked: what a wish of theirs is about."""
        return point_at(sitting.live.script, sitting.live.state, self.interaction.created_at)

    def _about(self, sitting: Sitting, text: str) -> str:
        """Give a text with the name of its chat, where another in the channel could be taken for it."""
        several = len(self.chats.at(self.guild, sitting.channel)) > 1
        return f"`{sitting.chat.short}`: {text}" if several else text

    def _in_own_zone(self, sitting: Sitting, text: str) -> str:
        """Give a text that says where a chat stands with its date and time as Discord shows it to everyone."""
        live, now = sitting.live, self.chats.clock.now()
        return text.replace(
            describe(live.script, live.state, now),
            describe(live.script, live.state, now, moment=sitting.room.moment),
        )

    async def standing(self, channel: int, ids: Collection[str]) -> set[str]:
        """Give those of the bot's own posts in a channel that are not known to be gone."""
        place = self.chats.line.client.get_partial_messageable(channel, guild_id=self.guild)

        async def stands(id_: str) -> bool:
            try:
                await place.fetch_message(int(id_))
            except discord.NotFound:
                return False
            except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
                log.info("It is not known whether post %s still stands (%s).", id_, error)
            return True

        found = await asyncio.gather(*map(stands, ids))
        return {id_ for id_, there in zip(ids, found, strict=True) if there}


def sent(interaction: discord.Interaction) -> Mapping[str, Any]:
    """Give what came with an interaction, as Discord sent it."""
    data: Any = interaction.data or {}
    return data if isinstance(data, Mapping) else {}


def _field(part: Mapping[str, Any], name: str) -> str | None:
    """Give what a part of a form has in that field, however the field is wrapped."""
    if part.get("custom_id") == name:
        return str(part.get("value") or "")
    inner = [part["component"]] if "component" in part else part.get("components", [])
    return next((written for each in inner if (written := _field(each, name)) is not None), None)


def _named(kept: list[Chat], name: str) -> Chat:
    """Give the chat of that short name, or of an unambiguous part of it. Raises Refusal."""
    wanted = name.strip().casefold()
    found = [chat for chat in kept if chat.short == wanted] or [chat for chat in kept if wanted in chat.short]
    if len(found) == 1:
        return found[0]
    what = "More than one chat goes" if found else "No chat goes"
    raise Refusal(f"{what} by that name on this server. Choose one from the list that `chat` offers.")
