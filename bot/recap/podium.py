"""The best answers to a question, chosen while they come by."""

from bisect import insort

from bot.messages import Entry

#: More admirers before fewer, then first come: the smallest is the best. No two entries have the same number.
_Rank = tuple[int, int, Entry]


class Podium:
    """Keeps the `most` best entries that it is shown, and little more of them than that.

    What a host highlighted comes first, then what has reactions from most people, then what came first; and of what no
    host chose, nobody has two while somebody else has none.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._chosen: dict[str, list[_Rank]] = {}
        self._others: dict[str, list[_Rank]] = {}

    def consider(self, entry: Entry, number: int) -> None:
        """Take in an entry; `number` is its place in the chat. The bot's own are none of its business."""
        if entry.author is None:
            return
        shelf = self._chosen if entry.highlighted else self._others
        own = shelf.setdefault(entry.author.id, [])
        insort(own, (-entry.liked_by, number, entry))
        del own[self._most :]
        # Somebody's best only gets better: whom twice as many people outdo as can be shown is not needed for now. Twice,
        # because those whom a host has chosen give way among the others.
        if len(shelf) > 2 * self._most:
            del shelf[max(shelf, key=lambda person: shelf[person][0])]

    def best(self) -> tuple[Entry, ...]:
        """Give the best so far, the very best first."""
        chosen = sorted(rank for own in self._chosen.values() for rank in own)
        turns = sorted(
            (turn + len(self._chosen.get(person, ())), *rank)
            for person, own in self._others.items()
            for turn, rank in enumerate(own)
        )
        return (*(rank[-1] for rank in chosen), *(turn[-1] for turn in turns))[: self._most]
