"""The people's face: what those in a guild write, press, run and change, as their clients would let them.

What a client would not let a person do (press a button that is not there, leave a needed option out, use a command they may
not see, write where they may not) raises ValueError here: the test is wrong, not the bot.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .asking import Asking
from .deeds import Draft
from .interactions import AUTOCOMPLETE, COMMAND, COMPONENT, SUBMIT, begin
from .options import Filling
from .permissions import Permission, of
from .shown import Json
from .world import DM, HAS_THREAD, Channel, Member, Message, Upload, User

if TYPE_CHECKING:
    from .deeds import Deeds
    from .places import Place
    from .server import Server


@dataclass(slots=True, eq=False)
class Person:
    """Somebody in a guild."""

    place: "Place"
    member: Member

    @property
    def id(self) -> int:
        return self.member.user.id

    @property
    def user(self) -> User:
        return self.member.user

    @property
    def name(self) -> str:
        return self.member.name

    @property
    def mention(self) -> str:
        return f"<@{self.id}>"

    def permissions(self, channel: Channel) -> int:
        return of(self.member, channel)

    # Writing

    def says(
        self, channel: Channel, text: str = "", *, reply_to: Message | None = None, ping: bool = True,
        files: Iterable[Upload] = (), sticker: str | None = None, flags: int = 0,
    ) -> Message:  # fmt: skip
        """Write in a channel or thread, or as a reply (with or without the ping)."""
        self._may(
            channel, Permission.SEND_MESSAGES_IN_THREADS if channel.is_thread else Permission.SEND_MESSAGES
        )
        if len(text) > 4000:
            raise ValueError("A client lets nobody write more than 4,000 characters.")
        stickers = ({"id": "1", "name": sticker, "format_type": 1},) if sticker else ()
        allowed = None if ping else {"parse": ["users", "roles", "everyone"], "replied_user": False}
        refers = (reply_to.channel.id, reply_to.id) if reply_to else None
        draft = Draft(
            text,
            tuple(files),
            reply_to=reply_to,
            refers=refers,
            allowed_mentions=allowed,
            stickers=stickers,
            flags=flags,
        )
        return self._deeds.post(channel, self.user, draft)

    def forwards(self, message: Message, to: Channel) -> Message:
        """Forward a message to a channel."""
        self._may(to, Permission.SEND_MESSAGES)
        return self._deeds.post(
            to, self.user, Draft(forwarded=message, refers=(message.channel.id, message.id))
        )

    def writes_privately(self, text: str) -> Message:
        """Write to the bot in a direct message."""
        return self._deeds.post(self._deeds.line_to(self.user), self.user, Draft(text))

    def inbox(self) -> list[Message]:
        """Give what stands in the direct line with the bot, oldest first."""
        lines = [each for each in self._server.world.channels.values() if each.recipient is self.user]
        return lines[0].all() if lines else []

    def edits(self, message: Message, text: str) -> None:
        """Edit one's own message."""
        if message.author is not self.user:
            raise ValueError(f"The message is not {self.name}'s own.")
        self._deeds.edit(message, content=text)

    def deletes(self, message: Message) -> None:
        """Delete one's own message, or as a moderator anyone's."""
        if message.author is not self.user:
            self._may(message.channel, Permission.MANAGE_MESSAGES)
        self._deeds.delete(message)

    def deletes_many(self, messages: list[Message]) -> None:
        """Delete messages of one channel in bulk, as a moderator's bot does."""
        self._deeds.delete_many(messages[0].channel, messages)

    def reacts(self, message: Message, sign: str) -> None:
        self._deeds.react(message, sign, self.user)

    def unreacts(self, message: Message, sign: str) -> None:
        self._deeds.unreact(message, sign, self.user)

    def clears(self, message: Message, sign: str | None = None) -> None:
        """Take all reactions (or those of one sign) from a message, as a moderator."""
        self._deeds.clear(message, sign)

    def pins(self, message: Message) -> None:
        self._deeds.pin(message, self.user)

    def unpins(self, message: Message) -> None:
        self._deeds.unpin(message)

    def opens_thread(self, where: Message | Channel, name: str) -> Channel:
        """Open a thread on a message or by itself in a channel."""
        if isinstance(where, Channel):
            return self._deeds.open_thread(where, name, self.user)
        if where.flags & HAS_THREAD:
            raise ValueError("The message has a thread already.")
        return self._deeds.open_thread(where.channel, name, self.user, on=where)

    def opens_private_thread(self, channel: Channel, name: str) -> Channel:
        """Open a thread that only those see whom it mentions, and who manages threads, as the bot may."""
        thread = self._deeds.open_thread(channel, name, self.user, private=True)
        thread.members.add(self._server.world.bot.id)
        return thread

    # Interactions

    def presses(self, message: Message, button: str) -> Asking:
        """Press a button, named by its custom id or its label."""
        part = self._part(message, button, kinds=(2,))
        return self._component(
            message, {"custom_id": part["custom_id"], "component_type": 2, "id": part["id"]}
        )

    def chooses(self, message: Message, select: str, *values: str) -> Asking:
        """Choose values in a select, named by its custom id or placeholder; a value may be named by its label."""
        part = self._part(message, select, kinds=(3, 5, 6, 7, 8))
        filling = Filling(self._server, self.place.guild, message.channel)
        data: Json = {"custom_id": part["custom_id"], "component_type": part["type"], "id": part["id"]}
        data["values"] = filling.chosen(part, values)
        return self._component(message, filling.with_resolved(data))

    def submits(self, modal: Json, answers: dict[str, Any], *, of: Asking | None = None) -> Asking:
        """Submit a modal: values by the custom id or the label of their fields. `of` is what had shown it."""
        shown_by = of or next((each for each in self.place.askings if each.modal is modal), None)
        message = shown_by.interaction.message if shown_by else None
        channel = shown_by.channel if shown_by else self.place.channel
        filling = Filling(self._server, self.place.guild, channel)
        data: Json = {"custom_id": modal["custom_id"], "components": filling.modal(modal, answers)}
        return self._begin(SUBMIT, channel, filling.with_resolved(data), message)

    def runs(self, command: str, channel: Channel | None = None, /, **options: Any) -> Asking:
        """Run a slash command, `chat start`; options may be Person, Channel, Role, Upload, texts, numbers."""
        return self._slash(COMMAND, command, channel, options)

    def completes(
        self, command: str, focused: str, typed: str, channel: Channel | None = None, /, **options: Any
    ) -> Asking:
        """Type into an option that is completed; what is offered is in the answer's `choices`."""
        return self._slash(AUTOCOMPLETE, command, channel, {**options, focused: typed}, focused)

    def applies(self, command: str, message: Message) -> Asking:
        """Use a message command on a message."""
        found = self._command(command, 3, message.channel)
        shown = self._server.shown.message(message)
        data = {"id": found["id"], "name": command, "type": 3, "target_id": str(message.id),
                "resolved": {"messages": {str(message.id): shown}}}  # fmt: skip
        return self._begin(COMMAND, message.channel, data)

    def _slash(
        self,
        type: int,
        command: str,
        channel: Channel | None,
        options: dict[str, Any],
        focused: str | None = None,
    ) -> Asking:
        there = channel or self.place.channel
        found = self._command(command.split(maxsplit=1)[0], 1, there)
        data = Filling(self._server, self.place.guild, there).command(found, command, options, focused)
        return self._begin(type, there, data)

    def _command(self, name: str, kind: int, channel: Channel) -> Json:
        self._may(channel, Permission.USE_APPLICATION_COMMANDS)
        known = self._server.world.commands_of(self.place.guild.id)
        found = [each for each in known if each["name"] == name and each["type"] == kind]
        if not found:
            raise ValueError(f"There is no command {name!r}; there are {[each['name'] for each in known]}.")
        needed = found[0].get("default_member_permissions")
        if needed is not None and int(needed) & ~self.permissions(channel):
            raise ValueError(f"{self.name} does not see the command {name!r}.")
        return found[0]

    def _component(self, message: Message, data: Json) -> Asking:
        if message.ephemeral_for not in (None, self.id):
            raise ValueError(f"{self.name} does not see this message.")
        if message.deleted:
            raise ValueError("The message is gone.")
        return self._begin(COMPONENT, message.channel, data, message)

    def _part(self, message: Message, name: str, kinds: tuple[int, ...]) -> Json:
        parts = [each for each in message.parts() if each["type"] in kinds and each.get("custom_id")]
        for key in ("custom_id", "label", "placeholder"):
            for part in parts:
                if part.get(key) == name:
                    if part.get("disabled"):
                        raise ValueError(f"{name!r} is disabled.")
                    return part
        raise ValueError(
            f"There is no {name!r} on it; there are {[(each['custom_id'], each.get('label')) for each in parts]}."
        )

    def _begin(self, type: int, channel: Channel, data: Json, message: Message | None = None) -> Asking:
        now = self._server.had_machine()
        interaction = begin(self._server, type, self.user, channel, data, now=now, message=message)
        asking = Asking(self._server, interaction)
        self.place.askings.append(asking)
        return asking

    def _may(self, channel: Channel, *needed: Permission) -> None:
        for each in (Permission.VIEW_CHANNEL, *needed):
            if channel.type != DM and not self.permissions(channel) & each:
                raise ValueError(f"{self.name} lacks {each.name} in #{channel.name}.")

    @property
    def _server(self) -> "Server":
        return self.place.server

    @property
    def _deeds(self) -> "Deeds":
        return self.place.server.deeds
