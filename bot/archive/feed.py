"""The newest chats as an Atom feed (RFC 4287)."""

from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import urljoin
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from bot.archive.model import Published
from bot.render.json import utc
from bot.script.model import heading

#: How many chats a feed has.
MOST = 30
_ATOM = "http://www.w3.org/2005/Atom"
#: What no XML may have (https://www.w3.org/TR/xml/#charsets) and `visible` leaves.
_NO_XML = {0xFFFE: 0xFFFD, 0xFFFF: 0xFFFD}
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def feed(title: str, id: str, address: str, up: str, chats: Sequence[Published]) -> bytes:
    """Write the feed of these chats, the newest first.

    `address` is its own, and `up` what leads from it to where the paths of chats begin: addresses may be relative.
    """
    root = Element("feed", xmlns=_ATOM)
    _texts(root, title=title, id=id, updated=utc(max((chat.ended for chat in chats), default=_LONG_AGO)))
    SubElement(root, "link", rel="self", type="application/atom+xml", href=address)
    SubElement(root, "link", rel="alternate", type="text/html", href=_whole(address, f"{up}index.html"))
    _texts(SubElement(root, "author"), name=title)
    SubElement(root, "generator", uri="https://pypi.org/project/hashchat/").text = "hashchat"
    for chat in chats[:MOST]:
        _entry(SubElement(root, "entry"), chat, _whole(address, f"{up}{chat.href}"))
    indent(root)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode").encode() + b"\n"


def _entry(entry: Element, chat: Published, address: str) -> None:
    _texts(
        entry,
        title=heading(chat.hashtag, chat.title),
        id=f"urn:uuid:{chat.id}",
        published=utc(chat.started),
        updated=utc(chat.ended),
    )
    for name in chat.hosts:
        _texts(SubElement(entry, "author"), name=name)
    SubElement(entry, "category", term=chat.hashtag)
    SubElement(entry, "link", rel="alternate", type="text/html", href=f"{address}/index.html")
    SubElement(
        entry, "link", rel="related", type="text/html", title="The story", href=f"{address}/story.html"
    )
    _texts(entry, summary=chat.summary or f"{chat.people} people, {chat.messages} messages.")


def _whole(address: str, href: str) -> str:
    """Give a link of the feed at that address: whole, if the address is, because readers keep feeds where they like."""
    return urljoin(address, href) if "://" in address else href


def _texts(element: Element, **texts: str) -> None:
    for name, text in texts.items():
        SubElement(element, name).text = text.translate(_NO_XML)
