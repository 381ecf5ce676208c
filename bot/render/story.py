"""The story of a chat as one page that needs nothing from elsewhere and can be read by everybody, on paper too."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from bot.messages import Attachment, Entry
from bot.recap import About, Recap
from bot.render import charts, shown
from bot.render.copies import NO_COPIES, Copies, Copy
from bot.render.html import macros
from bot.render.plain import one_line, visible
from bot.script.model import heading
from bot.story import Story, automatic, messages, tell

__all__ = ["OFFERED", "Sharing", "Story", "needed", "page", "shown_files", "unchosen"]

#: How many answers to each question a recap has to have for a story.
OFFERED = 20

#: How much of a summary is told where the page is shared, in characters.
_DESCRIBED = 200


@dataclass(frozen=True, slots=True)
class Sharing:
    """What is shown where somebody shares the page: its own address, and that of a picture of 1200 × 630 pixels."""

    url: str | None = None
    picture: str | None = None


@dataclass(frozen=True, slots=True)
class _Figure:
    number: str
    what: str


def page(
    story: Story,
    copies: Copies = NO_COPIES,
    *,
    asked: Mapping[str, Copy] | None = None,
    sharing: Sharing = Sharing(),
) -> str:
    """Give the page. `copies` has the files on its messages, by their urls, and `asked` the pictures of questions, by label."""
    recap = story.recap
    template = macros("story.html", clock=clock, initial=initial, site=site)
    return visible(
        template.page_of(
            story,
            copies=copies,
            asked=asked or {},
            sharing=sharing,
            title=title(story),
            description=described(story),
            when=when(recap.about),
            figures=_figures(recap),
            course=charts.course(recap),
            bars=charts.bars(recap),
        )
    )


def needed(recap: Recap) -> list[str]:
    """Give the ids of the messages that a story tells where no host has chosen."""
    return messages(automatic(recap))


def unchosen(recap: Recap, entries: Iterable[Entry]) -> Story:
    """Give the story where no host has chosen, from those messages."""
    story, _ = tell(recap, automatic(recap), entries)
    return story


def shown_files(story: Story) -> Iterable[Attachment]:
    """Give the files that a story shows, each once."""
    passages = (each for part in story.parts for each in part.passages)
    files = (
        *(file for each in passages if isinstance(each, Entry) for file in each.attachments),
        *(picture.file for part in story.parts for picture in part.pictures),
        *(picture.file for picture in story.pictures),
    )
    return {file.url: file for file in files}.values()


def title(story: Story) -> str:
    """Give what the page is called."""
    return one_line(heading(story.recap.about.script.hashtag, story.title))


def described(story: Story) -> str:
    """Say in a sentence or two what the page has, for where it is shared."""
    recap = story.recap
    script = recap.about.script
    counts = ", ".join(shown.counts(recap))
    words = one_line(story.opening or script.summary or "")
    if len(words) > _DESCRIBED:
        words = f"{words[:_DESCRIBED].rpartition(' ')[0] or words[:_DESCRIBED]} …"
    return f"{words} ({counts})" if words else f"The story of a live chat: {counts}."


def when(about: About) -> str:
    """Say when a chat was held, in its own zone; nothing where it has not begun."""
    if about.started is None:
        return ""
    local = about.script.local
    began = shown.moment(local(about.started))
    if about.ended is None:
        return began
    ended = local(about.ended)
    same_day = ended.date() == local(about.started).date()
    until = f"{ended:%H:%M %Z}" if same_day else shown.moment(ended)
    return f"{began.removesuffix(f' {ended:%Z}') if same_day else began}–{until}"


def clock(about: About, moment: datetime) -> str:
    """Give a moment's time of day in the chat's zone."""
    return f"{about.script.local(moment):%H:%M}"


def initial(entry: Entry) -> str:
    """Give the letter that stands beside somebody's words."""
    return next(filter(str.isalnum, shown.author_name(entry.author)), "·")[:1].upper()


def site(url: str) -> str:
    """Give where an address leads: its host."""
    return urlsplit(url).netloc.removeprefix("www.")


def _figures(recap: Recap) -> tuple[_Figure, ...]:
    told = [tuple(words.split(" ", 1)) for words in shown.counts(recap)]
    if recap.attendance and recap.people:
        told.append((f"{len(recap.attendance.new):,}", "for the first time"))
    if recap.links:
        told.append((f"{len(recap.links):,}", "link shared" if len(recap.links) == 1 else "links shared"))
    return tuple(_Figure(*each) for each in told)
