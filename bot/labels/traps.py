"""What looks like a label and is none: each expression is matched where the label, or its separator, ends."""

import re

from bot.labels.marks import BLANK, DASHES

#: These say that it was no label: a plural, a percentage, a clock, a question about it.
SPOILED = re.compile(r"['’%°]|[^\S\n]?\?|:\d\d\b")
#: What is counted after an article, or after "a" meaning "to": "a 3 day poll", "A 2-year-old", "a 2 horas".
COUNTED = re.compile(
    rf"[\s{DASHES}]{{0,2}}(?:(?:second|minute|hour|day|night|week|month|quarter|semester|year|yr|hr|min|step|part|page|"
    r"point|star|word|letter|line|person|people|man|woman|way|side|stage|phase|tier|level|mile|foot|inch|metre|meter|"
    r"pound|dollar|euro|credit|percent|course|bedroom|hora|día|año|mes|semana|minuto|dia|ano|heure|jour|an|mois|semaine|"
    r"giorno|giorni|ora|ore|anno|anni|paso|km|kg|cm|mm|ml|mg|gb|mb|k|m|x)(?:s|es)?\b|(?:pronged|legged|fold|sided|tiered|"
    r"(?:in|on|to|or|x)\s\d+|of|out of|and a half|de|di)\b)",
    re.IGNORECASE,
)
#: Things whose name is a letter and a number: paper, visas, roads, types of illness, levels of a language.
THINGS = re.compile(
    rf"[\s{DASHES}]{{1,3}}(?:paper|sheet|size|poster|print|format|envelope|visa|steak|milk|wagyu|motorway|level|diabet)",
    re.IGNORECASE,
)
#: A reminder or a promise rather than an answer.
REMINDS = re.compile(
    r"[\s,.:;-]{0,2}(?:etc\b|and so (?:on|forth)|coming (?:up|soon|next|later|shortly)|"
    r"for (?:Q\d|questions?\b|your (?:answer|response)s?\b|answers?\b))",
    re.IGNORECASE,
)
_AMOUNT = (
    r"(?:\d{1,3}|(?:an?|about|around|just|only|under|less|than|the|next|few|couple|of|half|more|another|or|so|to|one|two|"
    r"three|four|five|six|seven|eight|nine|ten|fifteen|twenty|thirty)\b)"
)
#: A while from now: "in five minutes", "in just a sec", "in 5!"; not "in two words", behind which people answer.
_SHORTLY = (
    rf"in(?:[\s{DASHES}]{_AMOUNT}){{1,6}}+(?:[\s{DASHES}]?(?:s|secs?|(?<=\sa\s)second|seconds|mins?|minutes?|moments?|"
    r"bit|while|hours?|hrs?)\b|(?=\s?(?:[,.!…#@]|\Z)))"
)
#: Behind a bare label: talk about a question or an answer.
TALK = re.compile(
    r"[\s,]{0,2}(?:(?:is|isn['’]?t|was|wasn['’]?t|are|were|will|would|should|has|had|have|made|makes|got|gets|comes?|coming|"
    r"goes|going|starts?|up|now|soon|shortly|again|please|anyone|by|of|from|about|repeat|reminder|answers?|responses?|"
    rf"tweets?|posts?|above|below|yet|already|next)\b|(?:this|last)\s(?:time|one|is|was)\b|{_SHORTLY})",
    re.IGNORECASE,
)
#: Behind a bare Q and number: a quarter of the year.
QUARTER = re.compile(
    r"[\s,]{0,2}(?:(?:this|last)\s(?:year|quarter|week|month)\b|\d{4}\b|FY\d\d|['’]\d\d\b|(?:results|earnings|report|"
    r"revenue|sales|budget|goals?|deadlines?|planning|targets?)\b)",
    re.IGNORECASE,
)
#: One more code of another letter: a list of some framework's codes, not of labels.
CODE = re.compile(rf"{BLANK}?[,/&+]{BLANK}?[A-Z]\d")
#: A laboratory value and two illnesses, not parts of a question, unless the script has such a part.
CLINICAL = frozenset({"a1c", "t1d", "t2d"})
