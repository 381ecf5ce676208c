"""What became of an interaction, as the person sees it who began it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .interactions import CHOICES, DEFER, DEFER_UPDATE, MODAL, UPDATE, Interaction
from .shown import Json
from .world import Attachment, Channel, Message

if TYPE_CHECKING:
    from .server import Server


@dataclass(frozen=True, slots=True)
class Answer:
    """The first that a person sees: a message, a modal, choices, or a message that was edited in place."""

    kind: str  # message, modal, choices, update
    message: Message | None = None
    modal: Json | None = None
    choices: tuple[tuple[str, object], ...] = ()

    @property
    def text(self) -> str:
        return self.message.text if self.message else ""

    @property
    def private(self) -> bool:
        """Whether the person alone sees it."""
        return self.message is not None and self.message.ephemeral_for is not None

    @property
    def files(self) -> list[Attachment]:
        return self.message.attachments if self.message else []

    @property
    def file(self) -> Attachment:
        """The one file that came with it."""
        (only,) = self.files
        return only

    @property
    def buttons(self) -> dict[str, str]:
        """Custom id -> label of what can be pressed."""
        return self.message.buttons() if self.message else {}


@dataclass(slots=True, eq=False)
class Asking:
    """An interaction that a person has begun. `await asking.answered()` waits for its outcome."""

    server: "Server"
    interaction: Interaction

    @property
    def channel(self) -> Channel:
        return self.interaction.channel

    @property
    def response(self) -> int | None:
        """The type of the bot's callback, once there is one."""
        return self.interaction.response

    @property
    def modal(self) -> Json | None:
        return self.interaction.modal

    @property
    def messages(self) -> list[Message]:
        """All that answered it so far, follow-ups too, oldest first."""
        return self.interaction.shown

    async def acknowledged(self, patience: float = 10.0) -> int:
        """Wait for the callback alone, and give its type."""
        found = await self.server.until(
            lambda: self.interaction.response, f"an acknowledgement of {self._what()}", patience
        )
        assert found
        return found

    async def answered(self, patience: float = 10.0) -> Answer:
        """Wait until the person sees an answer; a deferral is none yet. Raises TimeoutError."""
        return await self.server.until(self._seen, f"an answer to {self._what()}", patience)

    async def updated(self, times: int = 1, patience: float = 10.0) -> Message:
        """Wait until the message that it was about was edited so many times."""
        await self.server.until(
            lambda: self.interaction.updates >= times, f"an update by {self._what()}", patience
        )
        assert self.interaction.original
        return self.interaction.original

    async def followed(self, count: int, patience: float = 10.0) -> list[Message]:
        """Wait until so many messages have answered it."""
        await self.server.until(
            lambda: len(self.messages) >= count, f"{count} answers to {self._what()}", patience
        )
        return self.messages

    def _seen(self) -> Answer | None:
        asking = self.interaction
        match asking.response:
            case None:
                return None
            case _ if asking.response == MODAL:
                return Answer("modal", modal=asking.modal)
            case _ if asking.response == CHOICES:
                return Answer(
                    "choices", choices=tuple((each["name"], each["value"]) for each in asking.choices or ())
                )
            case _ if asking.response in (UPDATE, DEFER_UPDATE):
                if asking.shown:
                    return Answer("message", asking.shown[0])
                return (
                    Answer("update", asking.original) if asking.updates or asking.response == UPDATE else None
                )
            case _ if asking.response == DEFER and asking.thinking:
                return None
            case _:
                return Answer("message", asking.shown[0]) if asking.shown else None

    def _what(self) -> str:
        data = self.interaction.data
        return repr(data.get("custom_id") or data.get("name"))
