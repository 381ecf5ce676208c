"""What the single values of a script mean: each function takes one as written and gives it as data, or raises Wrong."""

import re
import unicodedata
from collections.abc import Callable
from datetime import datetime
from posixpath import normpath
from urllib.parse import urlsplit

from bot.script import zones
from bot.script.model import Role
from bot.script.posts import PLACEHOLDERS, placeholders
from bot.script.source import Scalar
from bot.script.times import is_moment, moment
from bot.script.wrong import Wrong, nearest

_BCP47 = re.compile(
    r"[a-z]{2,3}(-[a-z]{3}){0,3}(-[a-z]{4})?(-([a-z]{2}|\d{3}))?(-([a-z0-9]{5,8}|\d[a-z0-9]{3}))*"
    r"(-[0-9a-wy-z](-[a-z0-9]{2,8})+)*(-x(-[a-z0-9]{1,8})+)?",
    re.ASCII | re.IGNORECASE,
)
_LANGUAGES = {
    "english": "en",
    "spanish": "es",
    "español": "es",
    "french": "fr",
    "français": "fr",
    "german": "de",
    "deutsch": "de",
    "portuguese": "pt",
    "português": "pt",
    "italian": "it",
    "dutch": "nl",
}
_NUMBERED = re.compile(r"(?:0|[1-9]\d{0,2})[a-z]?", re.ASCII | re.IGNORECASE)
_LIKE_AN_ANSWER = re.compile(r"[^\W\d]\d+[a-z]?", re.IGNORECASE)
_HANDLE = re.compile(r"\w[\w.-]*(?:@[\w-]+(?:\.[\w-]+)+)?")


def _written(value: Scalar) -> str:
    """Give the text of a value; of one that is empty, or that YAML takes for something else, say how to write it."""
    if not value.text.strip():
        if value.lost:
            raise Wrong(
                f"is empty, because YAML takes `{value.lost[:60]}` for a comment",
                f"put it in quotes: {quoted(value.lost[:60])}",
            )
        raise Wrong("is empty", "write a text after it, or leave it out")
    if value.kind != "text":
        raise Wrong(
            f"is `{value.text[:60]}`, which YAML takes for {_KINDS[value.kind]} and not for a text",
            f"put it in quotes: {quoted(value.text[:60])}",
        )
    if value.lost:
        raise Wrong(
            f"ends at `{value.text[-30:]}`, because YAML takes ` {value.lost[:60]}` for a comment",
            f"put the whole text in quotes: {quoted(f'{value.text[-30:]} {value.lost[:60]}')}",
        )
    return value.text


_KINDS = {"yes or no": "yes or no", "number": "a number", "nothing": "nothing", "date": "a date"}


def quoted(text: str) -> str:
    """Write a text as a YAML value in double quotes, on one line, whatever it holds."""
    marks = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}
    return (
        '"'
        + "".join(marks.get(sign) or (sign if sign.isprintable() else _escape(sign)) for sign in text)
        + '"'
    )


def _escape(sign: str) -> str:
    return (
        f"\\x{ord(sign):02X}"
        if ord(sign) < 256
        else f"\\u{ord(sign):04X}"
        if ord(sign) < 65536
        else f"\\U{ord(sign):08X}"
    )


def text(value: Scalar) -> str:
    """Read a text of one or more lines; lines are kept, what surrounds them is trimmed."""
    lines = _written(value).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    whole = "\n".join(line.rstrip() for line in lines).strip()
    for sign in whole:
        if unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\t":
            raise Wrong(f"holds the control character U+{ord(sign):04X}", "delete it")
    if not any(sign.isprintable() and not sign.isspace() for sign in whole):
        raise Wrong("holds nothing that can be seen", "write a text, or leave it out")
    return whole


def line_of(most: int) -> Callable[[Scalar], str]:
    """Read a text of one line of at most so many characters."""

    def line(value: Scalar) -> str:
        one = " ".join(text(value).split())
        return _at_most(one, most)

    return line


def text_of(most: int) -> Callable[[Scalar], str]:
    """Read a text of at most so many characters."""
    return lambda value: _at_most(text(value), most)


def _at_most(whole: str, most: int) -> str:
    if len(whole) > most:
        raise Wrong(f"is {len(whole):,} characters long", f"shorten it by {len(whole) - most:,} to {most:,}")
    return whole


def template(value: Scalar) -> str:
    """Read a text with placeholders such as `{hashtag}`; literal braces are doubled."""
    whole = text(value)
    for found, name in placeholders(whole):
        if name is None:
            raise Wrong(
                f"has a lone `{found}`", "write {{ and }} for braces, or a placeholder such as {hashtag}"
            )
        if name not in PLACEHOLDERS:
            likely = nearest(name, PLACEHOLDERS)
            known = ", ".join(f"{{{each}}}" for each in PLACEHOLDERS)
            meant = f"write {{{likely}}}" if likely else f"write one of {known}, or {{{{ and }}}} for braces"
            raise Wrong(f"has the unknown placeholder `{found[:40]}`", meant)
    return whole


def hashtag(value: Scalar) -> str:
    """Read a hashtag, with or without its sign; gives it without."""
    if value.kind == "number":
        raise Wrong(
            f"is only a number: `{value.text[:60]}`", "a hashtag has a letter: write MacroSW or Macro2015"
        )
    tag = unicodedata.normalize("NFC", text(value).strip().lstrip("#＃").strip())
    if (
        len(tag) > 100
        or not tag
        or any(unicodedata.category(sign)[0] not in "LMN" and sign != "_" for sign in tag)
    ):
        likely = "".join(sign for sign in tag if unicodedata.category(sign)[0] in "LMN" or sign == "_")[:100]
        raise Wrong(
            f"is not a hashtag, which has only letters, digits and _, at most 100: `{tag[:60]}`",
            f"write {quoted('#' + (likely or 'MacroSW'))}",
        )
    if not any(unicodedata.category(sign)[0] == "L" for sign in tag):
        raise Wrong(f"has no letter: `{tag}`", "a hashtag has one: write MacroSW or Macro2015")
    return tag


def text_or_moment(value: Scalar) -> str | datetime:
    """Read what comes next: a date and time where it is one, and else a text."""
    if is_moment(value):
        return moment(value)
    if value.kind == "date":
        return value.text.strip()
    return line_of(300)(value)


def time_zone(value: Scalar) -> str:
    """Read the IANA name of a time zone."""
    return zones.zone(text(value))


def language(value: Scalar) -> str:
    """Read a BCP 47 language tag (RFC 5646; its form, not whether the language exists)."""
    return language_tag(text(value))


def language_tag(tag: str) -> str:
    """Check a BCP 47 language tag."""
    tag = tag.strip()
    if len(tag) <= 80 and _BCP47.fullmatch(tag):
        return tag
    known = _LANGUAGES.get(tag.casefold()) or (
        tag.replace("_", "-") if _BCP47.fullmatch(tag.replace("_", "-")) else None
    )
    raise Wrong(f"is not a language tag: `{tag[:60]}`", f"write {known or 'one such as en, es, pt-BR'}")


def sign(value: Scalar) -> str:
    """Read the sign that acknowledges an answer; gives an empty text for none."""
    written = value.text.strip()
    if value.kind in ("yes or no", "nothing") or written.casefold() == "none":
        if written.casefold() in ("yes", "on", "true", "y"):
            raise Wrong(f"is not a sign: `{written}`", "write the sign itself, as ✅, or leave it out")
        return ""
    written = text(value)
    categories = {unicodedata.category(each)[0] for each in written}
    if len(written) > 10 or categories & {"L", "Z"} or written.isascii():
        raise Wrong(f"is not one short sign: `{written[:60]}`", "write one sign such as ✅ or 👍, or none")
    return written


def yes_or_no(value: Scalar) -> bool:
    """Read yes or no in one of YAML's words for it."""
    written = value.text.strip().casefold()
    if written in ("yes", "true", "on", "y"):
        return True
    if written in ("no", "false", "off", "n"):
        return False
    raise Wrong(f"is neither yes nor no: `{written[:60]}`", "write yes or no")


def role(value: Scalar) -> Role:
    """Read the part that a person has in the chat."""
    written = "-".join(text(value).casefold().split())
    for each in Role:
        if written.replace("-", "") == each.value.replace("-", ""):
            return each
    raise Wrong(f"is not a role: `{written[:60]}`", f"write {', '.join(Role)}")


def handle(value: Scalar) -> str:
    """Read a person's handle, with or without its sign; gives it without."""
    written = text(value).removeprefix("@")
    if len(written) > 100 or not _HANDLE.fullmatch(written):
        raise Wrong(
            f"is not a handle: `{written[:60]}`", 'write one without spaces, as ana_ruiz or "@ana_ruiz"'
        )
    return written


def link(value: Scalar) -> str:
    """Read an http(s) address."""
    written = text(value)
    found = re.match(r"(?i)([a-z][a-z0-9+.-]*):", written)
    scheme = found[1].casefold() if found else None
    if scheme not in ("http", "https"):
        likely = (
            "https://" + written[:60]
            if re.match(r"[\w-]+(\.[\w-]+)+(/|$)", written)
            else "https://www.example.org"
        )
        raise Wrong(
            f"is not a web address: `{written[:60]}`", f"write one that begins with https://, as {likely}"
        )
    if bad := re.search(r"[\s<>\"`\\^{}|\u0080-\u009f]", written):
        raise Wrong(f"has `{bad[0]}` in its address", "copy the address from the browser (a space is %20)")
    try:
        host = urlsplit(written).hostname
    except ValueError:
        host = None
    if not host or len(written) > 1500:
        raise Wrong(
            f"is not a whole web address: `{written[:60]}`", "write it as https://www.example.org/page"
        )
    return written


def image(value: Scalar) -> str:
    """Read where an image is: an https address, or a path that stays in the script's folder, with `/` between."""
    written = text(value)
    if re.match("(?i)https:", written):
        return link(value)
    if re.match(r"(?i)[a-z][a-z0-9+.-]+:", written):
        raise Wrong(
            "is neither an https address nor a file beside the script", "write https://… or a file name"
        )
    if "\\" in written:
        raise Wrong(
            "has a backslash in its path", f"write it with slashes: {written[:60].replace(chr(92), '/')}"
        )
    if written.startswith(("/", "~")) or ":" in written:
        raise Wrong(
            "is not beside the script",
            "put the image into the script's folder and write its name, as picture.png",
        )
    path = normpath(written)
    if path.startswith("..") and path[2:3] in ("", "/"):
        raise Wrong(
            "leaves the script's folder", "put the image into that folder and write its name, as picture.png"
        )
    if path == "." or written.endswith("/"):
        raise Wrong("is a folder, not an image", "write a file name, as picture.png")
    return path


def label(value: Scalar) -> str:
    """Read a question's own label: a number, a number with a letter, or a word, so that answers can name it."""
    written = value.text.strip() if value.kind == "number" else text(value)
    bare = re.sub(r"(?i)^[qa]\s*(?=\d)", "", written)
    if _NUMBERED.fullmatch(written):
        if written == "0":
            raise Wrong("is 0, the label of the `intro`", "write another number, or leave it out")
        return written
    if bare != written and _NUMBERED.fullmatch(bare):
        raise Wrong(f"has its letter already: `{written}`", f"write {bare}: it is posted as Q{bare}")
    word = 2 <= len(written) <= 20 and all(each.isalpha() or each in "0123456789" for each in written)
    if not word or written[0].isdigit() or _LIKE_AN_ANSWER.fullmatch(written):
        instead = (
            "write a number (3), a number and a letter (3a), or a word of 2 to 20 letters and digits (Bonus)"
        )
        raise Wrong(f"cannot be named in answers: `{written[:60]}`", instead)
    return written
