"""The world as Discord shows it: dictionaries ready for JSON. Shapes: Discord's OpenAPI description of v10."""

from dataclasses import dataclass, field
from typing import Any

from .permissions import EVERYTHING, of
from .world import DM, PINNED, REPLY, STARTER, Attachment, Channel, Guild, Member, Message, Role, User, World

Json = dict[str, Any]


@dataclass(slots=True)
class Shown:
    """How things are shown by this server: where it stands, and how far it is like Discord."""

    world: World
    address: str = ""  # http://127.0.0.1:port
    links: int = 1  # the age of attachments' links; older ones have expired
    selfhosted: bool = False
    mangled: set[int] = field(default_factory=set)  # messages of which hardly anything is told

    def user(self, user: User) -> Json:
        shown = {
            "id": str(user.id),
            "username": user.name,
            "discriminator": "0000" if user.bot else "0",
            "global_name": user.shown_name,
            "avatar": None,
            "public_flags": 0,
        }
        return shown | {"bot": True} if user.bot else shown

    def member(self, member: Member, guild: Guild, *, user: bool = True) -> Json:
        roles = sorted(member.roles | ({guild.id} if self.selfhosted else set()))
        shown: Json = {
            "roles": [str(each) for each in roles],
            "joined_at": member.joined.isoformat(),
            "deaf": False,
            "mute": False,
            "flags": 0,
            "nick": member.nick,
            "avatar": None,
            "pending": False,
            "communication_disabled_until": None,
            "premium_since": None,
        }
        if self.selfhosted:
            shown = {key: shown[key] for key in ("roles", "flags", "nick")}
        return {"user": self.user(member.user), **shown} if user else shown

    def role(self, role: Role) -> Json:
        return {
            "id": str(role.id),
            "name": role.name,
            "permissions": str(role.permissions),
            "position": role.position,
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "managed": False,
            "mentionable": role.mentionable,
            "flags": 0,
        }

    def channel(self, channel: Channel) -> Json:
        if channel.is_thread:
            return self.thread(channel)
        shown: Json = {
            "id": str(channel.id),
            "type": channel.type,
            "last_message_id": _last(channel),
            "flags": 0,
        }
        if channel.type == DM:
            recipients = [self.user(channel.recipient)] if channel.recipient else []
            return shown | {"recipients": recipients}
        assert channel.guild is not None
        overwrites = [
            {"id": str(key), "type": each.kind, "allow": str(each.allow), "deny": str(each.deny)}
            for key, each in channel.overwrites.items()
        ]
        return shown | {
            "guild_id": str(channel.guild.id),
            "name": channel.name,
            "position": channel.position,
            "topic": channel.topic,
            "nsfw": False,
            "parent_id": None,
            "rate_limit_per_user": 0,
            "permission_overwrites": overwrites,
        }

    def thread(self, thread: Channel) -> Json:
        assert thread.guild is not None
        assert thread.parent is not None
        count = sum(1 for each in thread.messages.values() if each.type != STARTER)
        shown: Json = {
            "id": str(thread.id),
            "guild_id": str(thread.guild.id),
            "parent_id": str(thread.parent.id),
            "owner_id": str(thread.owner),
            "type": thread.type,
            "name": thread.name,
            "last_message_id": _last(thread),
            "message_count": count,
            "total_message_sent": count,
            "member_count": len(thread.members),
            "rate_limit_per_user": 0,
            "flags": 0,
            "thread_metadata": {
                "archived": thread.archived,
                "archive_timestamp": (thread.archived_at or self.world.ids.time()).isoformat(),
                "auto_archive_duration": thread.archive_after,
                "locked": thread.locked,
            },
        }
        if self.world.bot.id in thread.members:
            shown["member"] = self.thread_member(thread, self.world.bot.id)
        return shown

    def thread_member(self, thread: Channel, user: int) -> Json:
        joined = self.world.ids.time().isoformat()
        return {"id": str(thread.id), "user_id": str(user), "join_timestamp": joined, "flags": 0}

    def guild(self, guild: Guild) -> Json:
        """Show a guild without what only GUILD_CREATE brings."""
        return {
            "id": str(guild.id),
            "name": guild.name,
            "owner_id": str(guild.owner),
            "icon": None,
            "preferred_locale": guild.locale,
            "roles": [self.role(each) for each in guild.roles.values()],
            "emojis": [self.custom_emoji(key, name) for key, name in guild.emojis.items()],
            "stickers": [],
            "features": [],
            "afk_timeout": 300,
            "afk_channel_id": None,
            "verification_level": 0,
            "default_message_notifications": 1,
            "explicit_content_filter": 0,
            "mfa_level": 0,
            "nsfw_level": 0,
            "premium_tier": 0,
            "premium_progress_bar_enabled": False,
            "system_channel_id": None,
            "system_channel_flags": 0,
            "rules_channel_id": None,
            "public_updates_channel_id": None,
            "description": None,
            "banner": None,
            "splash": None,
            "discovery_splash": None,
            "vanity_url_code": None,
            "application_id": None,
        }

    def guild_create(self, guild: Guild) -> Json:
        bot = guild.members[self.world.bot.id]
        shown = self.guild(guild) | {
            "joined_at": bot.joined.isoformat(),
            "large": len(guild.members) > 250,
            "unavailable": False,
            "member_count": len(guild.members),
            "members": [self.member(bot, guild)],
            "channels": [self.channel(each) for each in guild.channels.values() if not each.is_thread],
            "threads": [self.thread(each) for each in guild.threads() if not each.archived],
            "voice_states": [],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }
        if self.selfhosted:
            for absent in (
                "soundboard_sounds",
                "guild_scheduled_events",
                "stage_instances",
                "premium_progress_bar_enabled",
            ):
                del shown[absent]
        return shown

    def custom_emoji(self, id: int, name: str) -> Json:
        return {
            "id": str(id), "name": name, "roles": [], "require_colons": True, "managed": False, "animated": False,
            "available": True,
        }  # fmt: skip

    def attachment(self, file: Attachment) -> Json:
        url = f"{self.address}/attachments/{file.channel}/{file.id}/{file.name}?ex={self.links:x}&is=1&hm=0"
        shown: Json = {
            "id": str(file.id),
            "filename": file.name,
            "size": len(file.data),
            "url": url,
            "proxy_url": url,
        }
        if file.type:
            shown["content_type"] = file.type
        if file.description:
            shown["description"] = file.description
        if file.size:
            shown["width"], shown["height"] = file.size
        if file.ephemeral:
            shown["ephemeral"] = True
        return shown

    def message(self, message: Message, *, content: bool = True, nested: bool = False) -> Json:
        """Show a message; without `content` to a bot that may not read what people write, save what concerns it."""
        if message.id in self.mangled:
            return {"id": str(message.id), "channel_id": str(message.channel.id)}
        seen = content or self.concerns_bot(message)
        shown: Json = {
            "id": str(message.id),
            "channel_id": str(message.channel.id),
            "type": message.type,
            "author": self.user(message.author),
            "content": message.content if seen else "",
            "timestamp": message.time.isoformat(),
            "edited_timestamp": message.edited.isoformat() if message.edited else None,
            "mentions": [self.user(each) for each in message.mentions],
            "mention_roles": [str(each) for each in message.mention_roles],
            "mention_everyone": message.mention_everyone,
            "attachments": [self.attachment(each) for each in message.attachments] if seen else [],
            "embeds": message.embeds if seen else [],
            "components": message.components if seen else [],
            "pinned": message.pinned is not None,
            "flags": message.flags,
            "tts": False,
        }
        self._add_rarities(shown, message)
        if not nested:
            self._add_references(shown, message, content=content)
        if self.selfhosted:
            for absent in ("flags", "components", "mention_roles", "tts", "edited_timestamp"):
                if not shown[absent]:
                    del shown[absent]
        return shown

    def _add_rarities(self, shown: Json, message: Message) -> None:
        if message.reactions:
            shown["reactions"] = [self.reaction(sign, who) for sign, who in message.reactions.items()]
        if message.nonce is not None:
            shown["nonce"] = message.nonce
        if message.thread is not None:
            shown["thread"] = self.thread(message.thread)
        if message.stickers:
            shown["sticker_items"] = message.stickers
        if message.webhook is not None:
            shown["webhook_id"] = str(message.webhook)
        if message.interaction is not None:
            asking = message.interaction
            shown["application_id"] = str(self.world.application)
            shown["interaction_metadata"] = {
                "id": str(asking.id), "type": asking.type, "user": self.user(asking.user),
                "authorizing_integration_owners": {},
            }  # fmt: skip

    def _add_references(self, shown: Json, message: Message, *, content: bool) -> None:
        if message.refers is None:
            return
        channel, number = message.refers
        shown["message_reference"] = {"type": 0, "channel_id": str(channel), "message_id": str(number)}
        if message.channel.guild:
            shown["message_reference"]["guild_id"] = str(message.channel.guild.id)
        if message.forwarded is not None:
            original = self.message(
                message.forwarded, content=content or self.concerns_bot(message), nested=True
            )
            kept = ("type", "content", "embeds", "attachments", "timestamp", "edited_timestamp", "flags", "mentions",
                    "mention_roles", "components")  # fmt: skip
            shown["message_reference"]["type"] = 1
            shown["message_snapshots"] = [{"message": {key: original.get(key) for key in kept}}]
        elif message.type in (REPLY, STARTER):
            there = message.reply_to if message.reply_to and not message.reply_to.deleted else None
            shown["referenced_message"] = self.message(there, content=content, nested=True) if there else None

    def concerns_bot(self, message: Message) -> bool:
        """Say whether a bot without the message content intent gets the content all the same."""
        bot = self.world.bot
        ours = message.author.id == bot.id
        called = any(each.id == bot.id for each in message.mentions)
        if called and message.type == REPLY and f"<@{bot.id}>" not in message.content:
            called = message.reply_to is not None and message.reply_to.interaction is None
        return ours or called or message.channel.type == DM or message.type == PINNED

    def reaction(self, sign: str, who: dict[int, User]) -> Json:
        return {
            "emoji": self.emoji(sign),
            "count": len(who),
            "count_details": {"burst": 0, "normal": len(who)},
            "me": self.world.bot.id in who,
            "me_burst": False,
            "burst_colors": [],
        }

    def emoji(self, sign: str) -> Json:
        name, _, number = sign.partition(":")
        return {"id": number or None, "name": name}

    def in_event(self, message: Message, *, content: bool) -> Json:
        """Show a message as MESSAGE_CREATE and MESSAGE_UPDATE bring it: with guild and member."""
        shown = self.message(message, content=content)
        guild = message.channel.guild
        if guild is not None:
            shown["guild_id"] = str(guild.id)
            if member := guild.members.get(message.author.id):
                shown["member"] = self.member(member, guild, user=False)
            for mention in shown["mentions"]:
                if member := guild.members.get(int(mention["id"])):
                    mention["member"] = self.member(member, guild, user=False)
        return shown

    def application(self, *, content: bool) -> Json:
        """Show the bot's application; its flags tell which privileged intents are switched on."""
        owner = {"id": "1", "username": "owner", "discriminator": "0", "avatar": None}
        return {
            "id": str(self.world.application),
            "name": self.world.bot.name,
            "description": "",
            "icon": None,
            "bot_public": True,
            "bot_require_code_grant": False,
            "owner": owner,
            "verify_key": "0" * 64,
            "team": None,
            "flags": 1 << 19 if content else 0,
            "integration_types_config": {"0": {}},
        }

    def permissions(self, member: Member | None, channel: Channel) -> str:
        return str(EVERYTHING if channel.type == DM else of(member, channel))


def _last(channel: Channel) -> str | None:
    return str(channel.order[-1]) if channel.order else None
