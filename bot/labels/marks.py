"""The marks that stand between labels and around them."""

import re

#: A blank within a line, and all kinds of dash, for expressions to be made of.
BLANK = r"[^\S\n]"
DASHES = "‐‑‒–—―−-"
#: What sets a label off from what follows it.
SEPARATOR = re.compile(rf"{BLANK}?(?:[*_~`]{{1,3}}:?|[:;.)\]|>=…{DASHES}])")
#: The marks that leave no doubt that something is a label.
STRONG = frozenset(":)")
