"""How fast answers are read."""

import random
import re
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.answers import Context, Previous, Reply, may_continue, read
from bot.messages import Author, Message
from bot.script.model import plain_script
from tests.bench.figures import Bench, Ratio, Scale

TEXTS = 5_000
#: So many runs for each round.
RUNS = 3
_START = datetime(2015, 4, 23, 1, tzinfo=UTC)
_SAID = """I think that we often forget how policy and practice meet in a small agency where people know each other's work
community change takes time and trust so students need both skills and room to learn from what families tell us"""
#: How labels are written and how often, out of a hundred labelled messages.
_LABELS = {
    "A{n} ": 58, "A{n}: ": 12, "A{n}. ": 10, "A{n}) ": 10, "A{n}- ": 2, "a{n} ": 2, "Q{n} ": 3, "#A{n} ": 1, "A{n}b ": 1,
    "T{n} A{n} ": 1,
}  # fmt: skip
_REPEATS = ("RT @jo: A{n} ", "“@jo: A{n} ", "MT @jo ")


def texts(count: int, seed: int = 2) -> list[str]:
    """Draw up that many texts: 29% labelled, a quarter of these behind a mention or a hashtag, a fifth repeated."""
    rng = random.Random(seed)
    return [_text(rng) for _ in range(count)]


def _text(rng: random.Random) -> str:
    said = " ".join(rng.choices(_SAID.split(), k=rng.randint(4, 26)))
    tags = " #MacroSW" if rng.random() < 0.7 else ""
    number = rng.randint(1, 6)
    kind = rng.random()
    if kind < 0.29:
        (label,) = rng.choices(tuple(_LABELS), tuple(_LABELS.values()))
        hail = rng.choice(("@jo ", "#MacroSW ", "@jo @bo ")) if rng.random() < 0.26 else ""
        return f"{hail}{label.format(n=number)}{said}{tags}"
    if kind < 0.49:
        return rng.choice(_REPEATS).format(n=number) + said + tags
    hail = rng.choice(("@jo ", "@jo @bo ", "Thanks @jo! ")) if rng.random() < 0.5 else ""
    link = f" https://t.co/q{number}AyY{rng.randint(100, 999)}" if rng.random() < 0.1 else ""
    return f"{hail}{said}{link}{tags}"


#: What a small bot would read labels with: hails, the letter, the number, and nothing else of what people do.
_ANCHORED = re.compile(r"(?:[@#]\w+[:,]?\s+)*#?[AQ]\s?(\d{1,2})", re.IGNORECASE)


def _label(text: str) -> str | None:
    match = _ANCHORED.match(text)
    return match[1] if match else None


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


async def measure(folder: Path, scale: Scale) -> Sequence[Ratio]:
    """Measure `read` and the expression in turns."""
    said = texts(scale.of(TEXTS))
    script = plain_script(6)
    asked = {
        question.label: _START + timedelta(minutes=10 * n) for n, question in enumerate(script.questions)
    }
    author = Author("1", "Ana")
    at = _START + timedelta(hours=1)
    previous = Previous(("1",), at - timedelta(minutes=1))
    messages = [
        (
            Message(str(n), author, text, at),
            Context(
                reply=Reply(under="2") if n % 5 == 0 else None,
                previous=previous if may_continue(text) else None,
            ),
        )
        for n, text in enumerate(said)
    ]
    ours, bare = [], []
    for _ in range(RUNS * scale.rounds):
        ours.append(len(said) / _seconds(lambda: [read(script, asked, *each) for each in messages]))
        bare.append(len(said) / _seconds(lambda: [_label(message.text) for message, _ in messages]))
    return (Ratio("texts read", ours, bare, "a second", 0.1, at_most=False),)


BENCH = Bench(
    "answers",
    f"""{TEXTS:,} texts drawn up after the frequencies of real chats, each with its message and context ready. The peer: one
compiled expression, anchored, that skips mentions and hashtags and takes the number of a label, over the same texts.""",
    measure,
)
