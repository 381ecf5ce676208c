"""A guild as a test holds it: its people, its channels, and what a moderator does in it."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .asking import Asking
from .people import Person
from .permissions import ORDINARY, Permission
from .world import TEXT, Channel, Guild, Member, Message, Overwrite, Role, User

if TYPE_CHECKING:
    from .server import Server

#: What a bot invited with the permissions that a live chat needs may do.
BOT_PERMISSIONS = int(
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.SEND_MESSAGES_IN_THREADS
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.ADD_REACTIONS
    | Permission.PIN_MESSAGES
)


@dataclass(slots=True, eq=False)
class Place:
    """A guild as a test holds it: its people, its channels, and what a moderator does in it."""

    server: "Server"
    guild: Guild
    people: dict[str, Person] = field(default_factory=dict)
    askings: list[Asking] = field(default_factory=list)

    @property
    def id(self) -> int:
        return self.guild.id

    @property
    def channel(self) -> Channel:
        """The first text channel."""
        return next(each for each in self.guild.channels.values() if each.type == TEXT)

    @property
    def bot(self) -> Member:
        return self.guild.members[self.server.world.bot.id]

    def person(self, name: str, *, host: bool = False, nick: str | None = None) -> Person:
        """Give a person by name; who is not there yet joins. A host may manage events."""
        if name not in self.people:
            user = User(self.server.world.ids(), name.lower().replace(" ", ""), name)
            self.people[name] = self.joins(user, nick=nick)
        if host:
            self.give(self.people[name], Permission.MANAGE_EVENTS)
        return self.people[name]

    def joins(self, user: User, *, nick: str | None = None) -> Person:
        """Let somebody join who may be in another guild too."""
        self.server.world.users[user.id] = user
        member = Member(user, self.server.world.ids.time(), nick=nick)
        self.guild.members[user.id] = member
        about = self.server.shown.member(member, self.guild) | {"guild_id": str(self.guild.id)}
        self.server.deeds.tell_guild("GUILD_MEMBER_ADD", self.guild, about, intent=1 << 1)
        return Person(self, member)

    def leaves(self, person: Person) -> None:
        del self.guild.members[person.id]
        about = {"guild_id": str(self.guild.id), "user": self.server.shown.user(person.user)}
        self.server.deeds.tell_guild("GUILD_MEMBER_REMOVE", self.guild, about, intent=1 << 1)

    def text_channel(self, name: str) -> Channel:
        """Give a text channel by name; one that is not there is made."""
        for each in self.guild.channels.values():
            if each.type == TEXT and each.name == name:
                return each
        channel = Channel(self.server.world.ids(), name, self.guild, position=len(self.guild.channels))
        self.server.deeds.add_channel(channel)
        return channel

    def give(self, who: Person | Member, *permissions: Permission) -> Role:
        """Give somebody permissions by a role of their own."""
        member = who.member if isinstance(who, Person) else who
        bits = 0
        for each in permissions:
            bits |= int(each)
        role = self.role(f"role {len(self.guild.roles)}", bits)
        self.assign(member, role)
        return role

    def role(self, name: str, permissions: int = 0, *, mentionable: bool = False) -> Role:
        """Make a role."""
        role = Role(self.server.world.ids(), name, permissions, len(self.guild.roles), mentionable)
        self.guild.roles[role.id] = role
        self._tell_role("GUILD_ROLE_CREATE", role)
        return role

    def change_role(self, role: Role, permissions: int) -> None:
        role.permissions = permissions
        self._tell_role("GUILD_ROLE_UPDATE", role)

    def assign(self, who: Person | Member, role: Role, *, on: bool = True) -> None:
        """Give a role to somebody, or take it away."""
        member = who.member if isinstance(who, Person) else who
        (member.roles.add if on else member.roles.discard)(role.id)
        about = self.server.shown.member(member, self.guild) | {"guild_id": str(self.guild.id)}
        intent = 0 if member.user is self.server.world.bot else 1 << 1
        self.server.deeds.tell_guild("GUILD_MEMBER_UPDATE", self.guild, about, intent=intent)

    def overwrite(
        self, channel: Channel, who: Person | Role | Member | None = None, *, allow: int = 0, deny: int = 0
    ) -> None:
        """Set what a channel allows and denies to somebody, a role, or (without `who`) to the bot."""
        who = who or self.bot
        member = who.member if isinstance(who, Person) else who
        of_whom, kind = (member.id, 0) if isinstance(member, Role) else (member.user.id, 1)
        channel.overwrites[of_whom] = Overwrite(kind, int(allow), int(deny))
        self.server.deeds.change_channel(channel)

    def archive(self, thread: Channel, *, locked: bool = False) -> None:
        """Archive a thread."""
        self.server.deeds.change_thread(thread, archived=True, locked=locked)

    def delete_channel(self, channel: Channel) -> None:
        self.server.deeds.delete_channel(channel)

    def emoji(self, name: str) -> str:
        """Make a custom emoji, and give it as reactions name it: name:id."""
        number = self.server.world.ids()
        self.guild.emojis[number] = name
        emojis = [self.server.shown.custom_emoji(key, value) for key, value in self.guild.emojis.items()]
        about = {"guild_id": str(self.guild.id), "emojis": emojis}
        self.server.deeds.tell_guild("GUILD_EMOJIS_UPDATE", self.guild, about, intent=1 << 3)
        return f"{name}:{number}"

    def invite_bot(self) -> None:
        """Let the bot join, with the permissions of a live chat."""
        bot = self.server.world.bot
        self.guild.members[bot.id] = Member(bot, self.server.world.ids.time())
        self.give(self.bot, *Permission(BOT_PERMISSIONS))
        self.server.deeds.tell_guild("GUILD_CREATE", self.guild, self.server.shown.guild_create(self.guild))

    def remove_bot(self) -> None:
        """Throw the bot out."""
        about = {"id": str(self.guild.id)}
        self.server.deeds.tell_guild("GUILD_DELETE", self.guild, about)
        del self.guild.members[self.server.world.bot.id]

    def _tell_role(self, name: str, role: Role) -> None:
        about = {"guild_id": str(self.guild.id), "role": self.server.shown.role(role)}
        self.server.deeds.tell_guild(name, self.guild, about)

    # What a test waits for

    async def message(
        self, channel: Channel, has: str, *, after: Message | None = None, patience: float = 20.0
    ) -> Message:
        """Wait until the bot has posted a message in which this stands (behind another), and give the first such."""

        def found() -> Message | None:
            start = after.id if after else 0
            for each in channel.messages.values():
                if each.id > start and each.author is self.server.world.bot and has in each.text:
                    return each
            return None

        message = await self.server.until(found, f"a message with {has!r} in #{channel.name}", patience)
        assert message
        return message


def make_guild(server: "Server", name: str, channels: tuple[str, ...], *, joined: bool = True) -> Place:
    """Make a guild with its owner and channels; the bot joins unless told not to."""
    number = server.world.ids()
    owner = User(server.world.ids(), f"owner{len(server.world.guilds) or ''}", "Owner")
    guild = Guild(number, name, owner.id, roles={number: Role(number, "@everyone", ORDINARY)})
    server.world.guilds[number] = guild
    place = Place(server, guild)
    place.people["Owner"] = place.joins(owner)
    for each in channels:
        place.text_channel(each)
    if joined:
        place.invite_bot()
    return place
