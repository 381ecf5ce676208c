"""What is raised by whatever reads a single value of a script, and the right word that is nearest to a wrong one."""

from collections.abc import Iterable
from difflib import get_close_matches


class Wrong(ValueError):
    """A value that cannot be taken. `what` continues "`title` …" (is empty, …); `instead` says what to write."""

    def __init__(self, what: str, instead: str) -> None:
        super().__init__(f"{what}; {instead}")
        self.what = what
        self.instead = instead


def nearest(word: str, right: Iterable[str]) -> str | None:
    """Give the one of the right words that is nearest to a word, None if none is near."""
    plain = word[:60].strip().casefold().replace("-", "_").replace(" ", "_")
    found = get_close_matches(plain, list(right), n=1, cutoff=0.6)
    return found[0] if found else None
