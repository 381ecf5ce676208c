"""A selection as YAML that a host reorders, cuts and adds to. People's words stand in comments only: nothing is read from there."""

import re
from collections.abc import Iterable, Iterator, Mapping

from bot.messages import Attachment, Entry
from bot.recap import Link, Picture, QuestionRecap, Recap
from bot.script.source import Scalar
from bot.script.values import quoted
from bot.story.model import OMISSIBLE, Reference, Selection
from bot.story.telling import automatic

#: How much of somebody's words a comment shows, in characters.
_SHOWN = 110
#: What needs no quotes in YAML: ids above all.
_PLAIN = re.compile(r"[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*")
# What may not stand in a YAML comment (https://yaml.org/spec/1.2.2/#51-character-set), or would turn the line around.
_UNSEEN = re.compile(
    "[^\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u2028-\u202e\u2066-\u2069\ufeff]"
)

_HEAD = """\
# What the story of {title} tells. Change this file, then build the story from it:
#   hashchat story {name} --from FILE -o story.html
#
# Reorder the lines and cut what you do not want; take the # away in front of a line to have that too. Each line names
# something of the chat; the words behind its # are only there to help you. What is hidden, deleted or forgotten by then
# stays out, whatever is written here. A message's number is in its link in the HTML transcript, behind #m-.
# Your own words go where you like:
#   - say: What you want to say there.

chat: {chat}
# title: Another title than the chat's own
# opening: Your own words at the beginning.

"""
_TAIL = """
# What was written elsewhere since then:
# afterwards:
#   - url: https://www.example.org/what-i-took-away
#     say: Ana went on thinking about Q2.

# closing: Your own words at the end.

# These come by themselves; name what you do not want:
# leave_out: [{omissible}]
"""


def written(recap: Recap) -> str:
    """Write what is chosen where no host has chosen, with all else that the recap has to choose from behind `#`."""
    selection = automatic(recap)
    script = recap.about.script
    names: dict[str | None, str] = {each.question.label: each.question.name for each in recap.asked}
    parts = [
        _HEAD.format(
            title=_words(script.heading),
            name=_words(recap.about.name),
            chat=_scalar(recap.about.name),
        ),
        "# What it was about, in the words of several people.\n",
        *_listed(
            "themes",
            "",
            _offered(selection.themes, ((each.phrase, f"{each.people} people") for each in recap.themes)),
        ),
        "\nquestions:\n",
        *(line for each in recap.asked for line in _question(each, selection)),
        "\n# Pictures, by the messages that they came with.\n",
        *_listed("pictures", "", _offered(selection.pictures, _pictures(recap.pictures))),
        "\n",
        *_listed(
            "links", "", _offered(selection.links, ((each.url, _shared(each, names)) for each in recap.links))
        ),
        _TAIL.format(omissible=", ".join(OMISSIBLE)),
    ]
    return "".join(parts)


def _question(recap: QuestionRecap, selection: Selection) -> Iterator[str]:
    label = recap.question.label
    chosen = next((each.passages for each in selection.questions if each.label == label), ())
    references = tuple(each for each in chosen if isinstance(each, Reference))
    yield from _listed(
        recap.question.name,
        "  ",
        _offered(references, ((each.id, _said(each)) for each in recap.best)),
        _words(recap.question.ask),
    )


_Line = tuple[str, str, bool]


def _offered(chosen: Iterable[Reference], offers: Iterable[tuple[str, str]]) -> Iterator[_Line]:
    """Give each offer with what it is in words, and whether it is chosen."""
    keys = {reference.key for reference in chosen}
    return ((key, words, key in keys) for key, words in dict(offers).items())


def _listed(name: str, indent: str, lines: Iterable[_Line], about: str = "") -> Iterator[str]:
    yield f"{indent}{name}:{about and f'  # {about}'}\n"
    for key, words, chosen in lines:
        yield f"{indent}  {'' if chosen else '# '}- {_scalar(key)}  # {words}\n"


def _said(entry: Entry) -> str:
    name = entry.author.name if entry.author else ""
    files = " ".join(map(_file, entry.attachments))
    return _words(f"{name}: {entry.text} {files}")


def _pictures(pictures: Iterable[Picture]) -> Iterator[tuple[str, str]]:
    return ((each.message, _words(f"{each.by.name}: {_file(each.file)}")) for each in pictures)


def _file(file: Attachment) -> str:
    return f"[{file.name}{f': {file.alt}' if file.alt else ''}]"


def _shared(link: Link, names: Mapping[str | None, str]) -> str:
    others = f" and {link.people - 1} more" if link.people > 1 else ""
    return _words(", ".join(filter(None, (f"{link.by.name}{others}", names.get(link.under)))))


def _words(text: str) -> str:
    """Give the beginning of a text as it may stand in a comment."""
    line = _UNSEEN.sub("\ufffd", " ".join(text.split()))
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN].rstrip()}…"


def _scalar(text: str) -> str:
    is_safe = _PLAIN.fullmatch(text) and Scalar(1, 1, text, plain=True).kind in ("text", "number")
    return text if is_safe else quoted(text)
