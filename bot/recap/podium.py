"""The best answers to a question, chosen while they come by."""

from bisect import insort

from bot.messages import Entry

#: More admirers before fewer, then first come: the smallest is the best. No two entries have the same number.
_Rank = tuple[int, int, Entry]
#: Of what hosts chose, so much is shown; a hundred thousand choices are none.
MOST_CHOSEN = 20


class _Shelf(dict[str, list[_Rank]]):
    """The `most` best of each person. Who is not on it needs more admirers than the `bar`."""

    bar = -1

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most


class Podium:
    """Keeps the best entries that it is shown, and little more of them than that.

    What hosts highlighted comes first, all of it (up to `MOST_CHOSEN`, or `most`); up to `most` it is followed by what has reactions from most people, then what came first; and of what no
    host chose, nobody has two while somebody else has none.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._chosen = _Shelf(max(most, MOST_CHOSEN))
        self._others = _Shelf(most)

    def consider(self, entry: Entry, person: str, number: int) -> None:
        """Take in the next entry, by the person of that id; `number` is its place in the chat."""
        shelf = self._chosen if entry.highlighted else self._others
        own = shelf.get(person)
        admirers = entry.liked_by
        # Most are outdone: by whoever is there already, for of equals the first comes first.
        if own is None:
            if admirers <= shelf.bar:
                return
            own = shelf[person] = []
        elif len(own) == shelf.most and admirers <= -own[-1][0]:
            return
        insort(own, (-admirers, number, entry))
        del own[shelf.most :]
        # Somebody's best only gets better: whom twice as many people outdo as can be shown is not needed for now. Twice,
        # because those whom a host has chosen give way among the others.
        if len(shelf) > 2 * shelf.most:
            del shelf[max(shelf, key=lambda person: shelf[person][0])]
        if len(shelf) == 2 * shelf.most:
            shelf.bar = min(-own[0][0] for own in shelf.values())

    def best(self) -> tuple[Entry, ...]:
        """Give the best so far, the very best first."""
        chosen = sorted(rank for own in self._chosen.values() for rank in own)[: self._chosen.most]
        turns = sorted(
            (turn + len(self._chosen.get(person, ())), *rank)
            for person, own in self._others.items()
            for turn, rank in enumerate(own)
        )
        others = turns[: max(0, self._most - len(chosen))]
        return (*(rank[-1] for rank in chosen), *(turn[-1] for turn in others))
