"""The archive as a whole: what is in it and what never is, and that it becomes what the database says, whatever it was."""

import io
import json
import re
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from bot.archive import Sources, Wanted, build
from bot.archive.feed import feed
from bot.archive.folder import Folder
from bot.messages import Attachment, Author
from bot.session import Late, Over, dump
from bot.store import Store, StoreError
from tests.archives import FIRST, NOW, SAID, URL, Pictures, built, files, held, public
from tests.chats import ANA, BO
from tests.stores import forget, keep
from tests.test_story_card import KHITAN

CHAT = "macrosw/2015-04-23"
OF_A_CHAT = {
    f"{CHAT}/{name}"
    for name in (
        "index.html", "story.html", "recap.json", "transcript.html", "transcript.md", "transcript.txt", "transcript.csv",
        "transcript.json", "transcript.jsonl", "find/0.js", "find/1.js",
        "find/2.js",
    )
}  # fmt: skip
AROUND = {
    "index.html", "404.html", "search.html", "feed.xml", "calendar.ics", "site.css", "search.js", "times.js", "icon.svg",
    "search-words/index.js", "search-words/0.js", "macrosw/index.html", "macrosw/feed.xml", "macrosw/calendar.ics",
}  # fmt: skip


def opened(path: Path) -> AbstractAsyncContextManager[Store]:
    return Store.open(path / "chats.db", lambda: NOW)


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (2, 2)).save(out, "PNG")
    return out.getvalue()


class Links(HTMLParser):
    """Collects the addresses in a page, and the ids that can be linked to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.ids.add(value)
            if name in ("href", "src", "action") and value:
                self.links.append(value)


async def test_all_that_is_there(tmp_path: Path) -> None:
    """Every chat has its pages and forms, every hashtag its own, and every link within the site leads somewhere."""
    site = tmp_path / "site"
    async with opened(tmp_path) as store:
        await held(store, files={0: (Attachment("x.png", "https://x.org/x.png"), png())})
        await held(store, day=14, title="Self-care")
        await held(store, day=2, hashtag="Ärzte", title="Über uns")
        done = await built(store, site, url=URL)
    assert (done.chats, done.anew, done.removed) == (3, 3, 0)
    assert done.files == len(public(site))
    assert OF_A_CHAT | AROUND | {"sitemap.xml", f"{CHAT}/share.png", f"{CHAT}/files/0001.png"} <= public(site)
    assert "ärzte/2015-04-25/story.html" in public(site)
    pages = {name: Links((site / name).read_text("utf-8")) for name in public(site) if name.endswith(".html")}
    for name, page in pages.items():
        for link in page.links:
            where = urlsplit(link)
            if where.scheme or name == "404.html":
                continue
            target = (site / name).parent / unquote(where.path) if where.path else site / name
            assert target.is_file(), (name, link)
            if where.fragment and target.suffix == ".html":
                there = pages[str(target.resolve().relative_to(site.resolve()))]
                assert unquote(where.fragment) in there.ids, (name, link)
    locations = [each.text for each in ET.parse(site / "sitemap.xml").iter() if each.tag.endswith("}loc")]
    assert f"{URL}/%C3%A4rzte/2015-04-25/story.html" in locations
    for location in filter(None, locations):
        path = site / unquote(location.removeprefix(f"{URL}/"))
        assert path.is_file() or (path / "index.html").is_file()
    assert 'href="/sub/index.html"' in (site / "404.html").read_text("utf-8")
    page = (site / CHAT / "index.html").read_text("utf-8")
    assert f'<meta property="og:image" content="{URL}/{CHAT}/share.png">' in page
    assert "Self-care" in page  # the next one


async def test_what_could_run_is_not_called_so(tmp_path: Path) -> None:
    """A file keeps its ending where that runs nothing on a web host, and ends in `.bin` where it might."""
    names = ("a.HTML", "b.svg", "c.PDF", "d.ics")
    shared = {n: (Attachment(name, f"https://x.org/{name}"), b"<script>") for n, name in enumerate(names)}
    async with opened(tmp_path) as store:
        await held(store, files=shared)
        await built(store, tmp_path / "site")
    there = sorted(path.name for path in (tmp_path / "site" / CHAT / "files").iterdir())
    assert there == ["0001.bin", "0002.bin", "0003.pdf", "0004.ics"]


async def test_what_is_not_published(tmp_path: Path) -> None:
    """Rehearsals, chats that are not over, were cancelled or left out, and what is hidden are nowhere."""
    site = tmp_path / "site"
    secret = Author("s", "Secretive")
    said = ((secret, "A1 zzsecretzz", ("1",)),)
    async with opened(tmp_path) as store:
        await held(store)
        await held(store, *said, day=1, title="Zzone", rehearsal=True)
        await held(store, *said, day=2, title="Zztwo", phase=Late(NOW + timedelta(hours=1)))
        await held(store, *said, day=3, title="Zzthree", phase=Over(cancelled=True))
        out = await held(store, *said, day=4, title="Zzfour")
        partly = await held(store, *SAID, *said, day=5)
        await keep(store, partly, lambda c: c.person_hidden("s", on=True))
        assert (await built(store, site, left_out=[out.id])).chats == 2
    everything = b"".join(files(site).values())
    assert not re.search(rb"zzsecretzz|secretive|zz(one|two|three|four)", everything, re.IGNORECASE)
    assert b"Porridge" in everything


async def test_nothing_changed_nothing_written(tmp_path: Path) -> None:
    """What has not changed is left alone, to the last file; what is missing is made again."""
    site = tmp_path / "site"
    async with opened(tmp_path) as store:
        await held(store)
        await held(store, day=14)
        await built(store, site, url=URL)
        before = files(site)
        times = {name: (site / name).stat().st_mtime_ns for name in public(site)}
        done = await built(store, site, url=URL)
        assert (done.anew, done.files) == (0, 0)
        assert files(site) == before
        assert times == {name: (site / name).stat().st_mtime_ns for name in public(site)}
        for name in (f"{CHAT}/transcript.csv", "feed.xml", "search-words/0.js"):
            (site / name).unlink()
        assert (await built(store, site, url=URL)).anew == 1
        assert {name: data for name, data in files(site).items() if name in public(site)} == {
            name: data for name, data in before.items() if not name.startswith(".")
        }


async def test_each_change_is_seen(tmp_path: Path) -> None:
    """Whatever becomes of a message, a reaction, a person or the chat, its pages tell, and no other chat is written anew."""
    site = tmp_path / "site"
    async with opened(tmp_path) as store:
        chat = await held(store)
        await held(store, day=14)
        await built(store, site)
        deeds = (
            lambda c: c.retracted("m3"),
            lambda c: c.highlighted("m1", on=True),
            lambda c: c.reacted("m1", "❤", "ana", on=True),
            lambda c: c.reacted("m1", "❤", "ana", on=False),
            lambda c: c.hidden("m0", on=True),
            lambda c: c.person_hidden("bo", on=True),
            lambda c: setattr(c, "state", dump(replace(chat.state, ended=FIRST + timedelta(hours=2)))),
        )
        for deed in deeds:
            await keep(store, chat, deed)
            before = files(site)
            assert (await built(store, site)).anew == 1
            changed = {name for name, data in files(site).items() if before.get(name) != data}
            assert changed & {f"{CHAT}/recap.json", f"{CHAT}/transcript.json"}
            assert not any("2015-05-07/transcript" in name for name in changed)


def searched(site: Path) -> str:
    """Give all that the search reads before it fetches what it shows."""
    return "".join(file.read_text("utf-8") for file in sorted((site / "search-words").iterdir()))


async def test_what_a_chat_is_called_is_searched(tmp_path: Path) -> None:
    """Title, summary and hashtag are among the words, as they are now; other chats are not written for it."""
    site, chosen = tmp_path / "site", {1: b"", 2: b""}
    async with opened(tmp_path) as store:
        await held(store, title="Zzfirst")
        await held(store, day=14)
        for title, words in (("Zzold", r'"zzold":"0:0"'), ("Zznew", r'"zznew":"0:0"')):
            chosen[1] = f"title: {title}\n".encode()
            sources = Sources(store, Pictures(), lambda chat: chosen[chat.id] or None)
            assert (await build(sources, site, Wanted(), NOW, lambda _done, _of: None)).anew == (
                2 if title == "Zzold" else 1
            )
            assert words in searched(site)
            assert (await build(sources, site, Wanted(), NOW, lambda _done, _of: None)).files == 0
        assert not re.search(r"zz(first|old)", searched(site))
        assert all(f'"{word}":"1:0;0:0"' in searched(site) for word in ("practice", "macrosw"))
        await store.delete([await store.chat(1)])
        await build(sources, site, Wanted(), NOW, lambda _done, _of: None)
        assert "zznew" not in searched(site)


async def test_a_title_that_cannot_be_drawn(tmp_path: Path) -> None:
    """Where no font has its letters, a chat has no picture and no page says that it has; another chat's stands for it."""
    site = tmp_path / "site"
    async with opened(tmp_path) as store:
        await held(store)
        await held(store, day=14, title=KHITAN)
        done = await built(store, site, url=URL)
        assert done.undrawn == KHITAN
        assert {name for name in public(site) if name.endswith(".png")} == {f"{CHAT}/share.png"}
        for page in ("index", "story"):
            assert "og:image" not in (site / f"macrosw/2015-05-07/{page}.html").read_text("utf-8")
        for page in ("index.html", "macrosw/index.html"):
            assert f"{URL}/{CHAT}/share.png" in (site / page).read_text("utf-8")
        again = await built(store, site, url=URL)
        assert (again.anew, again.files, again.undrawn) == (0, 0, KHITAN)


async def test_a_font_that_comes_is_used(tmp_path: Path) -> None:
    """What could not be drawn the last time and can be now is drawn, and once."""
    site = tmp_path / "site"
    async with opened(tmp_path) as store:
        await held(store)
        await built(store, site, url=URL)
        (noted,) = (
            file
            for file in (site / ".hashchat-archive").glob("*.json")
            if '"undrawn"' in file.read_text("utf-8")
        )
        part = json.loads(noted.read_bytes())
        part["facts"]["undrawn"] = "ab"
        noted.write_text(json.dumps(part), "utf-8")
        assert [(await built(store, site, url=URL)).anew for _ in range(2)] == [1, 0]


async def test_who_is_forgotten_is_nowhere(tmp_path: Path) -> None:
    """Name, words and files of somebody who asked to be forgotten are in no byte of the folder, nor are those of a deleted chat."""
    site = tmp_path / "site"
    shared = {0: (Attachment("anas-zzcat.png", "https://x.org/zzcat.png"), png())}
    async with opened(tmp_path) as store:
        chat = await held(store, files=shared)
        later = await held(store, day=14, files=shared)
        gone = await held(store, (ANA, "A1 zzdeletedzz", ("1",)), day=28, hashtag="Other", title="Zzother")
        await built(store, site, url=URL)
        assert "naïve".encode() in b"".join(files(site).values())
        for each in (chat, later):
            await keep(store, each, forget(store, "ana"))
        await store.delete([gone])
        done = await built(store, site, url=URL)
        assert (done.chats, done.anew, done.removed) == (2, 2, 1)
    everything = b"".join([*files(site).values(), *(name.encode() for name in files(site))])
    assert not re.search(rb"\bana\b|naive|na..ve|solidarity|zz(deleted|other|cat)", everything, re.IGNORECASE)
    assert b"Porridge" in everything
    assert not (site / "other").exists()
    assert not (site / CHAT / "files").exists()


async def test_who_came_back_changes_with_earlier_chats(tmp_path: Path) -> None:
    """Where an earlier chat goes, whoever came back after it comes for the first time, and the page says so."""
    site = tmp_path / "site"
    async with opened(tmp_path) as store:
        first = await held(store)
        await held(store, day=14)
        await built(store, site)
        assert '"new": []' in (site / "macrosw/2015-05-07/recap.json").read_text("utf-8")
        await store.delete([first])
        assert (await built(store, site)).anew == 1
        assert '"returned": []' in (site / "macrosw/2015-05-07/recap.json").read_text("utf-8")


async def test_others_files_are_left_alone(tmp_path: Path) -> None:
    """What hashchat did not write is neither written over nor removed, and no link leads it out of the folder."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "CNAME").write_text("chats.example.org")
    (site / "index.html").write_text("mine")
    async with opened(tmp_path) as store:
        chat = await held(store)
        with pytest.raises(StoreError, match=r"index.html is there, and hashchat did not write it"):
            await built(store, site)
        assert public(site) == {"CNAME", "index.html"}
        (site / "index.html").unlink()
        (site / CHAT).mkdir(parents=True)
        (site / CHAT / "notes.txt").write_text("mine")
        await built(store, site)
        await store.delete([chat])
        await built(store, site)
        assert not (site / CHAT / "story.html").exists()
        assert (site / CHAT / "notes.txt").read_text() == (site / "CNAME").read_text().replace(
            "chats.example.org", "mine"
        )
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        (site / "other").symlink_to(elsewhere)
        await held(store, hashtag="Other")
        with pytest.raises(StoreError, match="leads out of"):
            await built(store, site)
        assert not list(elsewhere.iterdir())


async def test_addresses_stay(tmp_path: Path) -> None:
    """Chats of two guilds with one name have addresses that tell nothing of either, and keep them when one is gone."""
    site = tmp_path / "site"
    async with opened(tmp_path) as store:
        one = await held(store, room="discord:111", apart="@111")
        await held(store, room="discord:222", apart="@222", title="The other")
        await built(store, site)
        assert "The other" in (site / f"{CHAT}-2/index.html").read_text("utf-8")
        await store.delete([one])
        await built(store, site)
        assert not (site / CHAT).exists()
        assert "The other" in (site / f"{CHAT}-2/index.html").read_text("utf-8")
        await held(store, room="discord:111", apart="@111")
        await built(store, site, rooms=frozenset({"discord:111"}), hashtags=frozenset({"macrosw"}))
    everything = b"".join([*files(site).values(), *(name.encode() for name in files(site))])
    assert b"The other" not in everything
    assert not re.search(rb"discord:|@?\b(111|222)\b", everything)


async def test_a_crash_in_the_middle_is_mended(tmp_path: Path) -> None:
    """Whatever was already written when a run died is known as ours, and the next run brings all to what it should be."""
    site = tmp_path / "site"
    async with opened(tmp_path) as store:
        await held(store)
        await held(
            store, (BO, "A1 fine", ("1",)), day=14, more="resources: [{title: T, url: 'https://x.org'}]"
        )
        await built(store, tmp_path / "calm")

        class Killed(BaseException):
            """Stands for the end of the process."""

        for after in range(2):

            def step(done: int, _of: int, after: int = after) -> None:
                if done > after:
                    raise Killed

            with pytest.raises(Killed):
                await build(Sources(store, Pictures(), lambda _: None), site, Wanted(), NOW, step)
        await built(store, site)
        assert public(site) == public(tmp_path / "calm")
        assert all(
            (site / name).read_bytes() == (tmp_path / "calm" / name).read_bytes() for name in public(site)
        )


@pytest.mark.parametrize(
    ("lost", "anew"), [(".hashchat-archive/*.beside", 1), (f"{CHAT}/find/0.js", 1), ("macrosw/index.html", 0)]
)
@pytest.mark.parametrize("emptied", [False, True])
async def test_what_is_lost_is_made_anew(tmp_path: Path, lost: str, anew: int, *, emptied: bool) -> None:
    """A file of the archive that is missing, or not as long as it was written, comes back with the next run."""
    site = tmp_path / "site"
    async with opened(tmp_path) as store:
        await held(store)
        await built(store, site)
        before = files(site)
        for file in site.glob(lost):
            file.write_bytes(b"") if emptied else file.unlink()
        assert files(site) != before
        await held(store, day=14)
        done = await built(store, site)
        await built(store, tmp_path / "calm")
    assert done.anew == anew + 1
    assert {name: (site / name).read_bytes() for name in public(site)} == {
        name: (tmp_path / "calm" / name).read_bytes() for name in public(tmp_path / "calm")
    }


async def test_one_run_at_a_time(tmp_path: Path) -> None:
    """While one run is in the folder another is told so, and nothing of the first one's is called somebody else's."""
    site = tmp_path / "site"
    async with opened(tmp_path) as store:
        await held(store)
        with Folder.open(site, NOW, ()), pytest.raises(StoreError, match="Another run is under way"):
            await built(store, site)
        assert (await built(store, site)).anew == 1


async def test_what_a_killed_run_left(tmp_path: Path) -> None:
    """The next run removes what one that was killed had not put in its place, however short ago that was."""
    left = tmp_path / "site" / ".hashchat-archive" / "new-left" / "1"
    left.mkdir(parents=True)
    (left / "index.html").write_text("half of it")
    async with opened(tmp_path) as store:
        await held(store)
        await built(store, tmp_path / "site")
    assert not list((tmp_path / "site" / ".hashchat-archive").glob("new-*"))


async def test_an_archive_without_sizes(tmp_path: Path) -> None:
    """A folder whose notes are as they were before is brought up to date."""
    site = tmp_path / "site"
    async with opened(tmp_path) as store:
        chat = await held(store)
        await built(store, site)
        for note in (site / ".hashchat-archive").glob("*.json"):
            value = json.loads(note.read_bytes())
            own = [path for path in value["files"] if not path.startswith(".")]
            note.write_text(json.dumps(value | {"files": own}))
        assert (await built(store, site)).anew == 1
        assert (await built(store, site)).anew == 0
        await store.delete([chat])
        await built(store, site)
        assert not list((site / ".hashchat-archive").glob("*.beside"))


async def test_what_comes_next(tmp_path: Path) -> None:
    """Chats that are planned stand on the index with their times, but for their questions; so does what a script says."""
    site = tmp_path / "site"
    async with opened(tmp_path) as store:
        await held(store, more="next: 2026-12-11 02:00 UTC")
        text = (await store.chats())[0].text.replace("Common ground", "Soon").replace("here?", "zzhere?")
        text = re.sub("starts:.*", "starts: 2026-12-11 02:30 UTC", text)
        await store.create(source="x", text=text, room="guild:1", rehearsal=False)
        await held(store, hashtag="Other", more="next: Every second Thursday")
        await built(store, site)
    page = (site / "index.html").read_text("utf-8")
    assert "Soon" in page
    assert page.count("data-local") == 1  # what `next` told of is the chat that is planned
    assert "Every second Thursday" in page
    assert b"zzhere" not in b"".join(files(site).values())


def test_a_feed_leads_home_from_anywhere() -> None:
    """Where the site's address is known, the links of its feeds are whole: readers keep feeds apart from it."""
    root = ET.fromstring(feed("Chats", "urn:x", "https://x.org/a/macrosw/feed.xml", "../", []))
    links = {link.get("rel"): link.get("href") for link in root.iter("{http://www.w3.org/2005/Atom}link")}
    assert links == {"self": "https://x.org/a/macrosw/feed.xml", "alternate": "https://x.org/a/index.html"}
