"""Where a room in the browser is to be."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where a room in the browser is served, and for whom. `browser` says whether to open the host's page."""

    bind: str
    port: int
    public_url: str | None
    passphrase: str | None
    browser: bool

    def trouble(self) -> str | None:
        """Say what is wrong with where it is to be served, before anything is begun."""
        from bot.rooms.web.guard import NoSuchSite, Site

        if self.passphrase is not None and not self.passphrase.strip():
            return "The passphrase is empty. Write one, or let everybody in: without --passphrase, and after: unset HASHCHAT_PASSPHRASE"
        try:
            Site.at(self.bind, self.public_url)
        except NoSuchSite as error:
            return str(error)
        return None
