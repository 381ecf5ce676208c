"""The page of a story: what is told, for everybody, in a real browser; and that nothing of what people wrote acts in it."""

import io
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

from axe_playwright_python.async_playwright import Axe
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image
from playwright.async_api import Browser

from bot.messages import Attachment, Author, Entry
from bot.recap import About, Recap, build
from bot.render import charts
from bot.render.copies import Copy, inside
from bot.render.plain import visible
from bot.render.story import Sharing, page, title, when
from bot.script.model import Host, Question, Resource, Role, Script
from bot.script.model import Image as Shows
from bot.story import Elsewhere, OwnWords, Selected, Story, automatic, tell
from tests.browsers import chromium, light_on_paper
from tests.browsers import picture as seen
from tests.hostile import TOWER

START = datetime(2015, 4, 24, 1, tzinfo=UTC)
SCRIPT = Script(
    "MacroSW",
    "Common ground",
    (
        Question("1", "Why <b>?", image=Shows("bridge.png", "A bridge")),
        Question("2", "How?"),
        Question("Bonus", "Secret, not asked"),
    ),
    summary="An hour about practice.",
    hosts=(Host("Ana", link="https://example.org/ana"), Host("Gus", role=Role.GUEST)),
    zone="America/New_York",
    resources=(Resource("A site", "https://example.org/site"),),
    next=datetime(2015, 5, 14, 1, tzinfo=UTC),
)
ABOUT = About(SCRIPT, "macrosw-2015-04-23", START, START + timedelta(hours=1))
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}{% raw %}",
    "</style></title><svg onload=alert(1)>",
    "javascript:alert(1) data:text/html,<b>x https://x.org/\"onclick='x'",
    "abc\u202edcba\u2066 \x00\x1b[2J\x85\u2028",
    "Z" + "\u0351" * 4000,
    "../../etc/passwd",
]


def spoken() -> list[Entry]:
    """Give an hour with something of everything."""
    posts = [
        Entry(f"p{n}", START + timedelta(minutes=30 * n), None, "?", "question", under=str(n + 1))
        for n in (0, 1)
    ]
    said = [
        Entry(
            f"{n}", START + timedelta(minutes=n), Author(f"{n % 7}", f"Person {n % 7}", n % 7 == 0),
            f"A{1 + n // 30} my phone and I, number {n}, see https://example.org/{n % 3}",
            answers=(str(1 + n // 30),) if n % 2 else (), under=str(1 + n // 30), highlighted=n == 11,
            reactions={"❤": n % 5} if n % 5 else {},
            attachments=(Attachment(f"{n}.png", f"/m/{n}", "image/png", alt=f"Picture {n}"),) if n in (10, 11) else (),
        )
        for n in range(60)
    ]  # fmt: skip
    return sorted([*posts, *said], key=lambda entry: entry.at)


def picture() -> Copy:
    out = io.BytesIO()
    Image.new("RGB", (320, 200), "seagreen").save(out, "PNG")
    return Copy(inside(out.getvalue(), "image/png"), None, picture=True, width=320, height=200)


def story_of(recap: Recap, entries: list[Entry]) -> Story:
    chosen = automatic(recap)
    questions = (
        replace(
            chosen.questions[0],
            passages=(*chosen.questions[0].passages, OwnWords("Meanwhile <i>elsewhere</i>.")),
        ),
        *chosen.questions[1:],
    )
    return tell(
        recap,
        replace(
            chosen, questions=questions, opening="How it began.", closing="How it ended.",
            afterwards=(Elsewhere("https://example.org/blog", "Bo wrote on."),),
        ),
        entries,
    )[0]  # fmt: skip


ENTRIES = spoken()
RECAP = build(ABOUT, ENTRIES, best=20, before={"1", "2"})
STORY = story_of(RECAP, ENTRIES)
PAGE = page(
    STORY,
    {"/m/10": picture(), "/m/11": picture()},
    asked={"1": picture()},
    sharing=Sharing("https://example.org/s/story.html", "https://example.org/s/story.png"),
)


@dataclass
class Elements(HTMLParser):
    """All elements of a page with their attributes, and its text."""

    found: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


def read(text: str) -> Elements:
    elements = Elements()
    elements.feed(text)
    return elements


def test_everything_is_told() -> None:
    """Title, people, time, words, pictures, themes, links, resources, thanks and what is next are on the page."""
    text = read(PAGE).text
    for words in (
        "#MacroSW", "Common ground", "An hour about practice.", "Thursday 23 April 2015, 21:00–22:00 EDT", "Ana, Gus (guest)",
        "7 people", "60 messages", "30 answers", "5 for the first time", "How it began.", "phone 7 people", "Q1 Why <b>?",
        "A1 my phone and I, number 11", "Person 4 21:11", "Meanwhile <i>elsewhere</i>.", "highlighted",
        "A site", "Bo wrote on.", "How it ended.", "Thanks to", "Wednesday 13 May 2015, 21:00 EDT", "Picture 10 · Person 3",
    ):  # fmt: skip
        assert words in text
    assert "Secret" not in text
    assert [image["alt"] for image in read(PAGE).all("img")] == ["A bridge", "Picture 11", "Picture 10"]
    assert (
        text.index("How it began") < text.index("Why <b>?") < text.index("How?") < text.index("How it ended")
    )


def test_what_is_left_out_is_not_told() -> None:
    """A host can do without figures, resources, thanks and the next chat."""
    text = read(page(replace(STORY, leave_out=frozenset({"figures", "resources", "thanks", "next"})))).text
    for words in ("60 messages", "The hour in figures", "A site", "Thanks to", "Next chat"):
        assert words not in text


def test_a_picture_that_is_not_there_is_told_in_words() -> None:
    """Without a copy there are its words, and no image that would be asked for elsewhere."""
    bare = read(page(STORY))
    assert not bare.all("img")
    assert "Picture: A bridge" in bare.text
    assert "Picture 10" in bare.text


def test_charts_and_tables_have_the_same_numbers() -> None:
    """Every column and bar is in the table beside it, with heights and widths in proportion."""
    course, bars = charts.course(RECAP), charts.bars(RECAP)
    assert course is not None
    assert sum(column.messages for column in course.columns) == RECAP.messages
    assert {round(column.height / column.messages, 6) for column in course.columns if column.messages} == {
        charts.HEIGHT
    }
    assert [(mark.name, round(mark.x)) for mark in course.marks] == [("Q1", 0), ("Q2", 49)]
    assert [(bar.answers, bar.people, bar.talk) for bar in bars] == [(15, 7, 15), (15, 7, 15)]
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</th><td>(\d+)</td><td>(\d+)</td>", PAGE)
    assert [row for row in rows if ":" in row[0]] == [
        (f"{column.at - timedelta(hours=4):%H:%M}", str(column.messages), str(column.answers))
        for column in course.columns
    ]
    assert [row for row in rows if row[0][0] == "Q"] == [("Q1", "15", "7"), ("Q2", "15", "7")]


def test_a_long_chat_has_few_columns() -> None:
    """However long a chat is, its columns can be told apart; all that was said is in them."""
    late = [replace(ENTRIES[-1], id=f"late{n}", at=START + timedelta(minutes=7 * n)) for n in range(100)]
    course = charts.course(build(replace(ABOUT, ended=START + timedelta(hours=12)), [*ENTRIES, *late]))
    assert course is not None
    assert len(course.columns) <= charts.MOST_BARS
    assert sum(column.messages for column in course.columns) == 160
    assert all(column.x >= 0 and column.x + column.width <= 100 for column in course.columns)


def test_a_chat_in_which_little_happened_has_a_story() -> None:
    """Nothing said, nothing known of when: still a page, without charts of nothing."""
    recap = build(About(replace(SCRIPT, hosts=(), summary=None), "x", rehearsal=True), [])
    story, gone = tell(recap, automatic(recap), [])
    text = page(story)
    assert not gone
    assert "<svg" not in text
    assert "Rehearsal" in text
    assert when(recap.about) == ""


def test_it_can_be_shared() -> None:
    """Sites find title, description and a whole address of the picture; without one, no picture is named."""
    tags = {
        meta.get("property") or meta.get("name"): meta["content"]
        for meta in read(PAGE).all("meta")
        if "content" in meta
    }
    assert tags["og:title"] == title(STORY) == "#MacroSW: Common ground"
    assert tags["og:description"] == "How it began. (7 people, 60 messages, 30 answers)"
    assert tags["og:image"] == "https://example.org/s/story.png"
    assert tags["og:url"] == "https://example.org/s/story.html"
    assert tags["twitter:card"] == "summary_large_image"
    assert "og:image" not in page(STORY)


TEXTS = st.text(max_size=30) | st.sampled_from(HOSTILE)


def hostile(text: str, name: str) -> str:
    """Give a page with these in every place where somebody can put them."""
    file = Attachment(text, text, "image/png", alt=text)
    said = [
        Entry(
            f"{n}", START + timedelta(minutes=n), Author(f"{n}", name), f"{text} https://x.org/{n}", answers=("1",),
            under="1", reactions={text: 1}, attachments=(file,),
        )
        for n in range(4)
    ]  # fmt: skip
    script = replace(SCRIPT, title=text, summary=text, next=text or None, hosts=(Host(text, link=text),))
    recap = build(replace(ABOUT, script=script), [ENTRIES[0], *said])
    chosen = replace(
        automatic(recap), opening=text, closing=text, title=name, afterwards=(Elsewhere(text, name),),
        questions=(Selected("1", (*automatic(recap).questions[0].passages, OwnWords(text))),),
    )  # fmt: skip
    return page(tell(recap, chosen, said)[0])


SHAPE = {(tag, name) for tag, attributes in read(PAGE).found for name in attributes} | {
    (tag, "dir") for tag in ("p", "h1")
}
TAGS = {tag for tag, _ in read(PAGE).found}


@settings(max_examples=25)
@example(HOSTILE[0], HOSTILE[1])
@example(HOSTILE[4], HOSTILE[5])
@given(TEXTS, TEXTS)
def test_texts_are_never_markup(text: str, name: str) -> None:
    """Whatever people write, the page has its own elements and attributes only, links lead to the web, and the words are there."""
    written = hostile(text, name)
    elements = read(written.encode().decode())
    assert {tag for tag, _ in elements.found} <= TAGS
    assert {(tag, each) for tag, attributes in elements.found for each in attributes} <= SHAPE
    for link in elements.all("a"):
        assert (link["href"] or "").lower().startswith(("http://", "https://"))
    assert " ".join(visible(text).split()) in elements.text


async def opened(browser: Browser, file: Path, **how: object) -> tuple[list[str], list[str]]:
    """Open a page; give what happened that should not, and what axe-core finds in it."""
    view = await browser.new_page(**how)  # type: ignore[arg-type]  # the options of a page
    trouble: list[str] = []
    view.on("console", lambda message: trouble.append(message.text))
    view.on("pageerror", lambda error: trouble.append(str(error)))
    view.on("dialog", lambda dialog: trouble.append(dialog.message))
    view.on(
        "request", lambda request: request.url.startswith(("file:", "data:")) or trouble.append(request.url)
    )
    await view.goto(file.as_uri())
    wide = await view.evaluate("document.documentElement.scrollWidth - innerWidth")
    if wide > 0:
        trouble.append(f"{wide} px too wide")
    broken = await view.evaluate("[...document.images].filter((image) => !image.naturalWidth).length")
    if broken:
        trouble.append(f"{broken} pictures not shown")
    results = await Axe().run(view, options={"runOnly": RULES})
    assert results.response["passes"]
    violations = results.response["violations"]
    await view.close()
    return trouble, [f"{each['id']}: {node['html'][:200]}" for each in violations for node in each["nodes"]]


async def test_everybody_can_read_it(tmp_path: Path) -> None:
    """By WCAG 2.2 AA axe-core finds nothing, light and dark, wide and narrow; nothing is asked for elsewhere, or runs."""
    (tmp_path / "story.html").write_bytes(PAGE.encode())
    (tmp_path / "hostile.html").write_bytes(hostile("".join(HOSTILE), HOSTILE[1]).encode())
    wrong = []
    async with chromium() as browser:
        for name, width, scheme in (
            ("story.html", 1280, "light"), ("story.html", 390, "dark"), ("hostile.html", 390, "light"),
        ):  # fmt: skip
            how = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}
            trouble, violations = await opened(browser, tmp_path / name, **how)
            wrong += [f"{name} {width} {scheme}: {each}" for each in (*trouble, *violations)]
    assert wrong == []


async def test_marks_stay_where_they_are(tmp_path: Path) -> None:
    """Marks that are stacked without end, in what somebody says or is called, cover nothing that stands above it."""
    looks = set()
    file = tmp_path / "story.html"
    async with chromium() as browser:
        view = await browser.new_page()
        for text in ("e", TOWER):
            said = replace(
                ENTRIES[2],
                text=f"{text} A1",
                author=Author("9", f"{text} Lu"),
                highlighted=True,
                answers=("1",),
            )
            recap = build(ABOUT, [ENTRIES[0], said])
            file.write_bytes(page(tell(recap, automatic(recap), [ENTRIES[0], said])[0]).encode())
            await view.goto(file.as_uri())
            assert await view.locator(".quote .text").count() == 1
            above = [await seen(view.locator(each)) for each in ("h1", "#q1 h2")]
            looks.add((*above, await seen(view.locator("h2", has_text="Thanks to"))))
    assert len(looks) == 1


async def test_it_is_whole_on_paper(tmp_path: Path) -> None:
    """Printed, the charts stand, the links tell where they lead, and the folded tables are open."""
    file = tmp_path / "story.html"
    file.write_bytes(PAGE.encode())
    async with chromium() as browser:
        view = await browser.new_page()
        await view.goto(file.as_uri())
        assert await light_on_paper(view)
        assert await view.locator("svg.course").is_visible()
        assert await view.locator("details table").first.is_visible()
        after = "getComputedStyle(document.querySelector('.links .named a'), '::after').content"
        assert "example.org" in await view.evaluate(after)


def test_languages_are_told_apart() -> None:
    """The page's own words are English, and what is in the chat's language says so."""
    about = replace(ABOUT, script=replace(SCRIPT, language="es"))
    recap = build(about, spoken(), best=20)
    story, _ = tell(recap, automatic(recap), spoken())
    told = page(story)
    assert '<html lang="en">' in told
    for begins in (
        "<title",
        '<h1 dir="auto"',
        '<p class="summary" dir="auto"',
        '<blockquote><p class="text" dir="auto"',
    ):
        assert f'{begins} lang="es">' in told
    assert re.search(r'<h2><span class="name">Q1</span> <bdi lang="es">', told)
    assert 'lang="es"' not in page(tell(RECAP, automatic(RECAP), spoken())[0])


def test_quotations_run_as_their_words_do() -> None:
    """An Arabic answer behind its label stands from right to left."""
    said = [Entry("r", START, Author("r", "Rana"), "A1 الناس أولا!", answers=("1",), under="1")]
    recap = build(ABOUT, said)
    assert '<p class="text" dir="rtl">A1 الناس أولا!</p>' in page(tell(recap, automatic(recap), said)[0])


async def test_paper_has_the_numbers_and_no_address_twice() -> None:
    """In print the tables of the charts are open, and an address stands behind words only where they are not it."""
    link = Entry(
        "l",
        START + timedelta(minutes=2),
        Author("9", "Lu"),
        "A1 https://lu.example.org/a",
        answers=("1",),
        under="1",
    )
    recap = build(ABOUT, [*spoken(), link], best=20)
    story, _ = tell(recap, automatic(recap), [*spoken(), link])
    async with chromium() as browser:
        tab = await browser.new_page()
        await tab.emulate_media(media="print")
        await tab.set_content(page(story))
        heights = await tab.locator("details table").evaluate_all("all => all.map(each => each.offsetHeight)")
        behind = await tab.locator(".links a").evaluate_all(
            "all => all.map(a => [a.textContent, getComputedStyle(a, '::after').content])"
        )
    assert heights
    assert min(heights) > 20
    assert {text for text, content in behind if content == "none"} >= {"https://lu.example.org/a"}
    assert {text for text, content in behind if content != "none"} == {"A site"}
