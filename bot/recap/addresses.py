"""The addresses that people share: where they stand in a text, and which of them lead to the same page."""

import re
from collections.abc import Iterator
from urllib.parse import quote

# The host may not be preceded by `name@`, which makes one address look like another. No white space, quote, control or
# bidi character, backslash, backtick or East Asian punctuation, which nothing sets apart from it, is in an address.
_URL = re.compile(
    r"(?<![a-z0-9])(https?://(?![^\s/?#]*@)(?:\w(?:[\w.-]*\w)?|\[[0-9a-f:.]+\])(?::\d{1,5})?)"
    r"([/?#][^\s<>\"`\\\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ud800-\udfff、。！？「」『』【】（）]*)?",
    re.IGNORECASE,
)
_TRAILING = frozenset(".,;:!?'*_~…’”»")
_BRACKETS = {")": "(", "]": "[", "}": "{"}

# What is hung on addresses to follow who clicks, whatever the site: by advertisers, newsletters and networks
# (https://github.com/brave/brave-browser/wiki/Query-String-Filter), and by the tools that count visits: utm_…, mtm_…, pk_….
_TRACKING = re.compile(
    r"(?:(?:utm|mtm|pk)_\w+|(?:fb|g|d|tw|tt|y)clid|msclkid|gbraid|wbraid|srsltid|igshi?d?|mc_[ce]id|mkt_tok|_hs(?:enc|mi)|"
    r"hsctatracking|vero_(?:id|conv)|oly_(?:anon|enc)_id|_openstat|li_fat_id|ref_(?:src|url)|wt\.mc_id|wickedid)(?:=.*)?",
    re.IGNORECASE,
)
#: What only some sites hang on their addresses for that, by the end of their name.
_TRACKING_ON = {
    "youtube.com": frozenset({"si", "feature", "pp"}),
    "youtu.be": frozenset({"si", "feature"}),
    "spotify.com": frozenset({"si"}),
    "twitter.com": frozenset({"s", "t"}),
    "x.com": frozenset({"s", "t"}),
    "linkedin.com": frozenset({"trk", "trackingid", "refid"}),
}
_PARTS = re.compile(r"(https?)://([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.IGNORECASE | re.DOTALL)
_PORT = {"http": ":80", "https": ":443"}
_ESCAPED = re.compile(r"%([0-9a-f]{2})", re.IGNORECASE)
_ASCII = "".join(map(chr, range(0x21, 0x7F)))
_UNRESERVED = re.compile(r"[\w.~-]", re.ASCII)


def without_tracking(url: str) -> str:
    """Give an address as it was written, without what is hung on it to follow who clicks."""
    before, question, query = url.partition("#")[0].partition("?")
    if not question:
        return url
    kept = "&".join(_telling(query, _host(url)))
    hash_at = url.find("#")
    bare = f"{before}{'?' if kept else ''}{kept}{url[hash_at:] if hash_at >= 0 else ''}"
    return bare if is_link(bare) else url  # it may end now as no address does


def page(url: str) -> str:
    """Give what all ways of writing the address of one page have in common; different for different pages.

    Scheme, `www.`, the scheme's own port, a slash at the end, the order of what is asked for, what is there to follow
    people, and the place within the page (`#…`) make no other page. Capitals do, but for those of the host; and so does a
    `#` that leads to a page of its own (`#/…`, `#!…`), as where a page is put together in the browser.
    """
    match = _PARTS.fullmatch(url)
    if not match:
        return url
    scheme, _, path, query, place = match.groups(default="")
    host = _host(url).removesuffix(_PORT[scheme.lower()]).removeprefix("www.")
    asked = "&".join(sorted(_spelt(pair) for pair in _telling(query, host)))
    own = f"#{place.rstrip('/')}" if place[:1] in ("/", "!") and place.rstrip("/!") else ""
    return f"{host}{_spelt(path).rstrip('/')}{'?' if asked else ''}{asked}{own}"


def _host(url: str) -> str:
    match = _PARTS.match(url)
    return match[2].lower().rstrip(".") if match else ""


def _telling(query: str, host: str) -> list[str]:
    """Give the parameters that say which page is meant."""
    if not query:
        return []
    site = next(
        (names for end, names in _TRACKING_ON.items() if f".{host}".endswith(f".{end}")), frozenset[str]()
    )
    return [
        pair
        for pair in query.split("&")
        if pair and not _TRACKING.fullmatch(pair) and pair.partition("=")[0].lower() not in site
    ]


def _spelt(part: str) -> str:
    """Give a part of an address as RFC 3986 (6.2.2) has it: what needs no escape without one, the rest in capitals."""
    return quote(_ESCAPED.sub(_plain, part), safe=_ASCII, errors="surrogatepass")


def _plain(escaped: re.Match[str]) -> str:
    character = chr(int(escaped[1], 16))
    return character if _UNRESERVED.match(character) else escaped[0].upper()


def pieces(text: str) -> Iterator[tuple[str, bool]]:
    """Cut a text into its http(s) addresses (True) and what is between them (False), in time linear in the text.

    Punctuation at the end of an address, and a closing bracket that is not opened in it, belong to the sentence, as in
    GitHub's autolinks (https://github.github.com/gfm/#extended-autolink-path-validation). No piece is empty.
    """
    start = 0
    for match in _URL.finditer(text):
        end = match.end(1) + _kept(match[2] or "")
        if start < match.start():
            yield text[start : match.start()], False
        yield text[match.start() : end], True
        start = end
    if start < len(text):
        yield text[start:], False


def links(text: str) -> Iterator[str]:
    """Give the http(s) addresses in a text."""
    return (piece for piece, is_address in pieces(text) if is_address)


def is_link(address: str) -> bool:
    """Tell whether the whole of an address is one that may become a link."""
    return next(links(address), None) == address


def _kept(rest: str) -> int:
    """Give how much of an address after its host belongs to it."""
    surplus = {closing: rest.count(closing) - rest.count(opening) for closing, opening in _BRACKETS.items()}
    for end in range(len(rest), 0, -1):
        last = rest[end - 1]
        if surplus.get(last, 0) > 0:
            surplus[last] -= 1
        elif last not in _TRAILING:
            return end
    return 0
