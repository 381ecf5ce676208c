"""The commented script with which a host begins."""

import unicodedata
from collections.abc import Sequence

from bot.script.model import plain
from bot.script.values import quoted

_LONGEST_TITLE = 300
_LONGEST_QUESTION = 900  # so that it fits into one post, whatever its letters and its label

_TEXT = """\
# yaml-language-server: $schema={schema}
#
# A chat script. Lines that begin with # are notes; take the # away to use what is behind it.
# `hashchat check` and the name of this file says whether all is well, and shows the timetable.

hashtag: {hashtag}
title: {title}

# Six questions at ten minutes each make a good hour. Put a text into quotes when it has : or # in it.
questions:
{questions}
  # A question can have more than its text:
  # - ask: What one thing will you do next week?
  #   minutes: 5
  #   label: Bonus
  #   follow_up: And who could help you with it?

# minutes_per_question: 10
# intro: Tell us who you are and where you write from.

# hosts:
#   - Ana Ruiz
#   - name: Bo Chen
#     role: guest

# Without a time the chat begins when a host starts it.
# starts: 2026-12-03 21:00
# timezone: America/New_York

# The bot welcomes, explains how to answer and says goodbye in words of its own, unless you write yours:
# welcome: "Welcome to {{hashtag}}! Tonight: {{title}}."
# closing: Thank you all for coming.

# resources:
#   - title: Where to read more
#     url: https://www.example.org
# next: Same time next week
"""


def starter(hashtag: str, title: str, questions: Sequence[str], *, schema: str = "chat.schema.json") -> str:
    """Write a script to begin with; `schema` is where editors find the JSON schema.

    Whatever the texts are, the script is a right one: what a script cannot hold is left out, and what is empty replaced.
    """
    asked: dict[str, str] = {}
    for question in questions:
        text = _visible(question, _LONGEST_QUESTION)
        if text:
            asked.setdefault(plain(text), text)
    texts = list(asked.values())[:50] or ["What brought you here?"]
    return _TEXT.format(
        schema="".join(_visible(schema, 1000).split()) or "chat.schema.json",
        hashtag=quoted("#" + _tag(hashtag)),
        title=quoted(_visible(title, _LONGEST_TITLE) or "What we talk about"),
        questions="\n".join(f"  - {quoted(text)}" for text in texts),
    )


def _visible(text: str, most: int) -> str:
    """Give the text on one line, without what cannot be seen or kept; empty if nothing is left."""
    kept = "".join(sign if unicodedata.category(sign) not in ("Cc", "Cs") else " " for sign in text)
    line = " ".join(kept.split())[:most].strip()
    return line if any(sign.isprintable() and not sign.isspace() for sign in line) else ""


def _tag(hashtag: str) -> str:
    tag = unicodedata.normalize("NFC", hashtag)
    tag = "".join(sign for sign in tag if unicodedata.category(sign)[0] in "LMN" or sign == "_")[:90]
    has_letter = any(unicodedata.category(sign)[0] == "L" for sign in tag)
    return tag if has_letter else f"Chat{tag}"
