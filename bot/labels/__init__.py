"""The labels by which people say what they are answering: `A1 …`, `Q2) …`, `@bo R3: …`, `A4/5`, `Bonus: …`.

A text is read as people write it, line by line. A label counts at the start of a line, behind whatever hails or
decorates (mentions, hashtags, emoji, links, marks), and behind the end of a sentence; nowhere else, because in the middle
of a sentence people talk *about* answers ("should be A2"). Then it has to look like a label and not like the many
things that look like one: "a 3 day poll", "Q4 this year", "A4 paper", "A2, A4, K3". A label that is set off (`A1:`,
`A1)`, `A1-`) is believed more readily than a bare one.

How labels are written is in `forms`, what only looks like one in `traps`, what of a text is repeated from others in
`own`; `reading` puts them together.

Forms and traps are those counted in some 9,500 public posts of hashtag chats. Every expression here either runs over
a bounded stretch or never gives back what it took, so that reading takes time in proportion to the text, whatever it is.
"""

from bot.labels.forms import Forms, forms_for, number_and_part
from bot.labels.own import own_words, plain
from bot.labels.reading import Kind, Named, glance, named

__all__ = ["Forms", "Kind", "Named", "forms_for", "glance", "named", "number_and_part", "own_words", "plain"]
