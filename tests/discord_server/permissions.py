"""Who may do what where (https://discord.com/developers/docs/topics/permissions)."""

from enum import IntFlag

from .world import DM, Channel, Guild, Member

__all__ = ["EVERYTHING", "ORDINARY", "Permission", "of"]


class Permission(IntFlag):
    """The permissions that this server looks at; the bits are Discord's."""

    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_EVENTS = 1 << 33
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    SEND_MESSAGES_IN_THREADS = 1 << 38
    CREATE_EVENTS = 1 << 44
    PIN_MESSAGES = 1 << 51


EVERYTHING = (1 << 53) - 1
#: What a new guild lets everyone do.
ORDINARY = int(
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.ADD_REACTIONS
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.SEND_MESSAGES_IN_THREADS
)
#: What goes with the permission to send, where that is denied.
_WITH_SENDING = int(Permission.EMBED_LINKS | Permission.ATTACH_FILES | Permission.MENTION_EVERYONE)


def of(member: Member | None, channel: Channel | None, guild: Guild | None = None) -> int:
    """Give the permissions of a member in a channel (or in the guild as a whole), as bits."""
    if channel is not None and channel.type == DM:
        return EVERYTHING
    guild = channel.guild if channel is not None else guild
    if member is None or guild is None:
        return 0
    if member.user.id == guild.owner:
        return EVERYTHING
    bits = guild.roles[guild.id].permissions
    for role in member.roles:
        bits |= guild.roles[role].permissions
    if bits & Permission.ADMINISTRATOR:
        return EVERYTHING
    return bits if channel is None else _in_channel(bits, member, channel, guild)


def _in_channel(bits: int, member: Member, channel: Channel, guild: Guild) -> int:
    overwrites = (channel.parent or channel).overwrites
    if everyone := overwrites.get(guild.id):
        bits = bits & ~everyone.deny | everyone.allow
    allow = deny = 0
    for role in member.roles:
        if found := overwrites.get(role):
            allow, deny = allow | found.allow, deny | found.deny
    bits = bits & ~deny | allow
    if own := overwrites.get(member.user.id):
        bits = bits & ~own.deny | own.allow
    if not bits & Permission.VIEW_CHANNEL:
        return 0
    sending = Permission.SEND_MESSAGES_IN_THREADS if channel.is_thread else Permission.SEND_MESSAGES
    return bits if bits & sending else bits & ~_WITH_SENDING
