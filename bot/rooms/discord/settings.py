"""What the bot on Discord is told when it starts."""

from dataclasses import dataclass, field
from pathlib import Path

#: Discord itself; servers of one's own that speak its protocol have other addresses.
API_URL = "https://discord.com/api/v10"
GATEWAY_URL = "wss://gateway.discord.gg/"


@dataclass(frozen=True, slots=True)
class Settings:
    """The token (which nothing shows), the addresses of API and gateway, and the folder of scripts."""

    token: str = field(repr=False)
    scripts: Path = Path("questions")
    api_url: str = API_URL
    gateway_url: str = GATEWAY_URL
