"""The list of all pages for search engines (https://www.sitemaps.org/protocol.html)."""

from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement, tostring

from bot.archive.pages import Hashtag

_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def sitemap(url: str, hashtags: Iterable[Hashtag]) -> bytes:
    """Write the sitemap of an archive at that address: its index, its hashtags, and of each chat the pages to be read."""
    root = Element("urlset", xmlns=_NAMESPACE)
    _page(root, f"{url}/")
    for hashtag in hashtags:
        _page(root, f"{url}/{hashtag.href}/")
        for chat in hashtag.chats:
            for name in ("", "story.html", "transcript.html"):
                _page(root, f"{url}/{chat.href}/{name}", f"{chat.ended:%Y-%m-%d}")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode").encode() + b"\n"


def _page(root: Element, address: str, changed: str | None = None) -> None:
    page = SubElement(root, "url")
    SubElement(page, "loc").text = address
    if changed:
        SubElement(page, "lastmod").text = changed
