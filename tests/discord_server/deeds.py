"""What can be done in the world, by people and by the bot alike; each deed tells the gateway of it.

Who may do what is looked at by the callers: `rest` for the bot, `people` for everybody else.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .permissions import Permission, of
from .shown import Json, Shown
from .world import (
    DEFAULT,
    EPHEMERAL,
    HAS_THREAD,
    PINNED,
    PRIVATE_THREAD,
    PUBLIC_THREAD,
    REPLY,
    STARTER,
    THREAD_CREATED,
    Attachment,
    Channel,
    Guild,
    Message,
    Upload,
    User,
    World,
)

#: Gateway intents (https://discord.com/developers/docs/topics/gateway#list-of-intents).
GUILDS, MEMBERS, MESSAGES, REACTIONS = 1 << 0, 1 << 1, 1 << 9, 1 << 10
DIRECT, DIRECT_REACTIONS, CONTENT = 1 << 12, 1 << 13, 1 << 15

_USER, _ROLE = re.compile(r"<@!?(\d{1,20})>"), re.compile(r"<@&(\d{1,20})>")
_EVERYONE = re.compile(r"@(?:everyone|here)\b")


@dataclass(frozen=True, slots=True)
class Event:
    """Something for the gateway: to whom it goes, and what it says with and without message content."""

    name: str
    intent: int
    guild: Guild | None
    channel: Channel | None
    shown: Callable[[bool], Json]


@dataclass(frozen=True, slots=True)
class Ping:
    """Somebody was notified by what the bot wrote: `kind` is everyone, role or user."""

    message: Message
    kind: str
    id: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A message that is to be posted."""

    content: str = ""
    files: tuple[Upload, ...] = ()
    embeds: tuple[Json, ...] = ()
    components: tuple[Json, ...] = ()
    flags: int = 0
    reply_to: Message | None = None
    refers: tuple[int, int] | None = None
    forwarded: Message | None = None
    allowed_mentions: Json | None = None
    nonce: str | int | None = None
    type: int | None = None
    interaction: Any = None
    only_for: int | None = None  # the person who alone sees it
    stickers: tuple[Json, ...] = ()
    webhook: int | None = None
    bot: bool = False  # posted by the bot: its pings are noted


@dataclass(slots=True)
class Deeds:
    """All changes of the world."""

    world: World
    shown: Shown
    tell: Callable[[Event], None]
    pings: list[Ping] = field(default_factory=list)

    # Messages

    def post(self, channel: Channel, author: User, draft: Draft) -> Message:
        """Post a message in a channel, or show it to one person alone where the draft says so."""
        kind = REPLY if draft.refers and not draft.forwarded else DEFAULT
        message = Message(
            self.world.ids(), channel, author, draft.content, kind if draft.type is None else draft.type, draft.flags,
            embeds=list(draft.embeds), components=number(draft.components), reply_to=draft.reply_to,
            refers=draft.refers, forwarded=draft.forwarded, allowed_mentions=draft.allowed_mentions,
            interaction=draft.interaction, ephemeral_for=draft.only_for, nonce=draft.nonce,
            stickers=list(draft.stickers), webhook=draft.webhook,
        )  # fmt: skip
        message.attachments = [
            self.attach(each, channel, private=bool(draft.only_for)) for each in draft.files
        ]
        self._mention(message, note=draft.bot)
        if draft.only_for:
            message.flags |= EPHEMERAL
            self.world.private[message.id] = message
            return message
        self._reopen(channel)
        channel.add(message)
        if channel.is_thread:
            channel.members.add(author.id)
        self._tell_message("MESSAGE_CREATE", message)
        message.nonce = None  # it is not kept with the message
        return message

    def attach(self, upload: Upload, channel: Channel, *, private: bool = False) -> Attachment:
        """Keep a file, so that it can be fetched."""
        file = Attachment.of(upload, self.world.ids(), channel.id, ephemeral=private)
        self.world.attachments[file.id] = file
        return file

    def edit(self, message: Message, **changed: Any) -> None:
        """Change what a message says: content, embeds, components, attachments, flags, allowed_mentions."""
        if "components" in changed:
            changed["components"] = number(changed["components"])
        for key, value in changed.items():
            setattr(message, key, value)
        if changed.keys() - {"flags"}:
            message.edited = self.world.ids.time()
        self._mention(message, note=False)
        if not message.ephemeral_for:
            self._tell_message("MESSAGE_UPDATE", message)

    def delete(self, message: Message) -> None:
        """Delete one message."""
        if message.deleted:
            return
        message.deleted = True
        if self.world.private.pop(message.id, None):
            return
        was_pinned = message.pinned is not None
        message.channel.remove(message)
        self._tell("MESSAGE_DELETE", _messages(message.channel), message.channel, {"id": str(message.id)})
        if was_pinned:
            self._tell_pins(message.channel)

    def delete_many(self, channel: Channel, messages: Iterable[Message]) -> None:
        """Delete messages in bulk: one event for all."""
        gone = [each for each in messages if not each.deleted]
        for message in gone:
            message.deleted = True
            channel.remove(message)
        self._tell(
            "MESSAGE_DELETE_BULK", _messages(channel), channel, {"ids": [str(each.id) for each in gone]}
        )

    def pin(self, message: Message, by: User) -> None:
        """Pin a message; the channel gets a notice of it."""
        if message.pinned:
            return
        message.pinned = self.world.ids.time()
        self._tell_message("MESSAGE_UPDATE", message)
        self._tell_pins(message.channel)
        channel = message.channel
        self.post(channel, by, Draft(type=PINNED, reply_to=message, refers=(channel.id, message.id)))

    def unpin(self, message: Message) -> None:
        if message.pinned:
            message.pinned = None
            self._tell_message("MESSAGE_UPDATE", message)
            self._tell_pins(message.channel)

    def react(self, message: Message, sign: str, by: User) -> None:
        who = message.reactions.setdefault(sign, {})
        if by.id in who:
            return
        who[by.id] = by
        about = self._reaction(message, sign, by) | {"message_author_id": str(message.author.id), "type": 0}
        guild = message.channel.guild
        if guild and (member := guild.members.get(by.id)):
            about["member"] = self.shown.member(member, guild)
        self._tell("MESSAGE_REACTION_ADD", _reactions(message.channel), message.channel, about)

    def unreact(self, message: Message, sign: str, by: User) -> None:
        if message.reactions.get(sign, {}).pop(by.id, None) is None:
            return
        if not message.reactions[sign]:
            del message.reactions[sign]
        about = self._reaction(message, sign, by) | {"type": 0}
        self._tell("MESSAGE_REACTION_REMOVE", _reactions(message.channel), message.channel, about)

    def clear(self, message: Message, sign: str | None = None) -> None:
        """Take all reactions from a message, or all of one sign."""
        about: Json = {"message_id": str(message.id)}
        if sign is None:
            message.reactions.clear()
            self._tell("MESSAGE_REACTION_REMOVE_ALL", _reactions(message.channel), message.channel, about)
        elif message.reactions.pop(sign, None):
            about |= {"emoji": self.shown.emoji(sign)}
            self._tell("MESSAGE_REACTION_REMOVE_EMOJI", _reactions(message.channel), message.channel, about)

    # Threads and channels

    def open_thread(
        self,
        parent: Channel,
        name: str,
        by: User,
        *,
        on: Message | None = None,
        after: int = 1440,
        private: bool = False,
    ) -> Channel:
        """Open a public thread, hung on a message (whose id it takes) or by itself, or a private one, by itself."""
        thread = Channel(
            on.id if on else self.world.ids(), name, parent.guild, PRIVATE_THREAD if private else PUBLIC_THREAD, parent,
            owner=by.id, archive_after=after,
            archived_at=self.world.ids.time(), members={by.id},
        )  # fmt: skip
        self.add_channel(thread, about={"newly_created": True})
        if on is not None:
            on.thread = thread
            on.flags |= HAS_THREAD
            self._tell_message("MESSAGE_UPDATE", on)
            self.post(thread, on.author, Draft(type=STARTER, reply_to=on, refers=(parent.id, on.id)))
        elif not private:
            self.post(parent, by, Draft(name, type=THREAD_CREATED, refers=(thread.id, thread.id)))
        return thread

    def change_thread(self, thread: Channel, **changed: Any) -> None:
        """Rename, archive, lock a thread."""
        if changed.get("archived", thread.archived) != thread.archived:
            thread.archived_at = self.world.ids.time()
        for key, value in changed.items():
            setattr(thread, key, value)
        self._tell("THREAD_UPDATE", GUILDS, thread, self.shown.thread(thread), own=True)

    def _reopen(self, channel: Channel) -> None:
        if channel.archived:
            self.change_thread(channel, archived=False)

    def add_channel(self, channel: Channel, about: Json | None = None) -> None:
        """Make a channel or thread known."""
        self.world.channels[channel.id] = channel
        if channel.guild:
            channel.guild.channels[channel.id] = channel
            name = "THREAD_CREATE" if channel.is_thread else "CHANNEL_CREATE"
            self._tell(name, GUILDS, channel, self.shown.channel(channel) | (about or {}), own=True)

    def change_channel(self, channel: Channel) -> None:
        """Tell of a channel whose name or overwrites have changed."""
        self._tell("CHANNEL_UPDATE", GUILDS, channel, self.shown.channel(channel), own=True)

    def delete_channel(self, channel: Channel) -> None:
        """Delete a channel with its threads, or one thread."""
        for thread in [each for each in self.world.channels.values() if each.parent is channel]:
            self.delete_channel(thread)
        if channel.is_thread:
            about = {"id": str(channel.id), "type": channel.type}
            about |= {"parent_id": str(channel.parent.id)} if channel.parent else {}
            self._tell("THREAD_DELETE", GUILDS, channel, about, own=True)
        else:
            self._tell("CHANNEL_DELETE", GUILDS, channel, self.shown.channel(channel), own=True)
        self.world.channels.pop(channel.id, None)
        if channel.guild:
            channel.guild.channels.pop(channel.id, None)

    def line_to(self, person: User) -> Channel:
        """Give the direct channel between the bot and a person; a new one is told of."""
        for channel in self.world.channels.values():
            if channel.recipient is person:
                return channel
        channel = Channel(self.world.ids(), "", None, 1, recipient=person)
        self.add_channel(channel)
        return channel

    # Telling

    def tell_guild(self, name: str, guild: Guild, about: Json, *, intent: int = GUILDS) -> None:
        """Tell of something in a guild as a whole."""
        self.tell(Event(name, intent, guild, None, lambda _: about))

    def _tell(self, name: str, intent: int, channel: Channel, about: Json, *, own: bool = False) -> None:
        if not own:
            about = about | {"channel_id": str(channel.id)}
            if channel.guild:
                about["guild_id"] = str(channel.guild.id)
        elif channel.guild:
            about = about | {"guild_id": str(channel.guild.id)}
        self.tell(Event(name, intent, channel.guild, channel, lambda _: about))

    def _tell_message(self, name: str, message: Message) -> None:
        def shown(content: bool) -> Json:
            return self.shown.in_event(message, content=content)

        self.tell(Event(name, _messages(message.channel), message.channel.guild, message.channel, shown))

    def _tell_pins(self, channel: Channel) -> None:
        pins = channel.pins()
        latest: datetime | None = pins[0].pinned if pins else None
        about = {"last_pin_timestamp": latest.isoformat() if latest else None}
        self._tell("CHANNEL_PINS_UPDATE", GUILDS if channel.guild else DIRECT, channel, about)

    def _reaction(self, message: Message, sign: str, by: User) -> Json:
        return {
            "user_id": str(by.id), "message_id": str(message.id), "emoji": self.shown.emoji(sign), "burst": False,
        }  # fmt: skip

    # Mentions

    def _mention(self, message: Message, *, note: bool) -> None:
        users, roles, everyone = self._mentioned(message, regardless=note)
        message.mentions, message.mention_roles, message.mention_everyone = users, roles, everyone
        if note and not message.ephemeral_for:
            found = [("everyone", 0)] * everyone + [("role", each) for each in roles]
            found += [("user", each.id) for each in users if each.id != message.author.id]
            self.pings.extend(Ping(message, kind, who) for kind, who in found)

    def _mentioned(self, message: Message, *, regardless: bool) -> tuple[list[User], list[int], bool]:
        """Find who is notified: by what stands there, by what is allowed, by what the author may do (or regardless)."""
        allowed = message.allowed_mentions
        text, guild = message.text, message.channel.guild
        member = guild.members.get(message.author.id) if guild else None
        may_all = regardless or bool(guild and of(member, message.channel) & Permission.MENTION_EVERYONE)
        everyone = bool(_EVERYONE.search(text)) and may_all and _allows(allowed, "everyone", None)
        roles = [
            role
            for role in dict.fromkeys(map(int, _ROLE.findall(text)))
            if guild and role in guild.roles
            if (may_all or guild.roles[role].mentionable) and _allows(allowed, "roles", role)
        ]
        found = [
            each for each in dict.fromkeys(map(int, _USER.findall(text))) if _allows(allowed, "users", each)
        ]
        answered = message.reply_to.author if message.reply_to and message.type == REPLY else None
        if answered and (allowed is None or allowed.get("replied_user", False)) and answered.id not in found:
            found.append(answered.id)
        return [self.world.users[each] for each in found if each in self.world.users], roles, everyone


def _allows(allowed: Json | None, kind: str, id: int | None) -> bool:
    if allowed is None:
        return True
    named = id is not None and str(id) in [str(each) for each in allowed.get(kind) or []]
    return named or kind in (allowed.get("parse") or [])


def _messages(channel: Channel) -> int:
    return MESSAGES if channel.guild else DIRECT


def _reactions(channel: Channel) -> int:
    return REACTIONS if channel.guild else DIRECT_REACTIONS


def number(components: Iterable[Json]) -> list[Json]:
    """Give components the ids that Discord gives them where they have none."""
    next_id = 0

    def numbered(one: Json) -> Json:
        nonlocal next_id
        next_id += 1
        shown = {**one, "id": one.get("id") or next_id}
        if "components" in one:
            shown["components"] = [numbered(each) for each in one["components"]]
        for key in ("accessory", "component"):
            if one.get(key):
                shown[key] = numbered(one[key])
        return shown

    return [numbered(each) for each in components]
