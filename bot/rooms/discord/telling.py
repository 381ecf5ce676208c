"""What a recap says in its channel, in the language of the chat; nothing of it is escaped yet."""

from collections.abc import Iterator

from discord.utils import format_dt

from bot.messages import Entry
from bot.recap import Link, Picture, QuestionRecap, Recap
from bot.render.plain import one_line
from bot.render.shown import author_name, question_name
from bot.rooms.discord.written import cut
from bot.script.phrases import Phrases
from bot.script.recapping import Recapping
from bot.themes import Theme

#: How much of somebody's words is shown to give an example of a theme.
LONGEST_EXAMPLE = 160


def counts(recap: Recap, words: Recapping) -> Iterator[str]:
    """Say how many people, messages and answers there were."""
    yield words.counted(recap.people, words.person)
    yield words.counted(recap.messages, words.message)
    yield words.counted(recap.answers, words.answer)


def gathering(recap: Recap, words: Recapping) -> Iterator[str]:
    """Say who was there for the first time and who came back, and when most was said; of each only what is known."""
    if recap.attendance and recap.people:
        new, returned = len(recap.attendance.new), len(recap.attendance.returned)
        yield words.gathering.format(new=f"{new:,}", returned=f"{returned:,}")
    if busiest := recap.busiest:
        number = words.counted(busiest.messages, words.message)
        yield words.busiest.format(time=format_dt(busiest.at, "t"), messages=number)


def about_question(recap: QuestionRecap, words: Recapping) -> Iterator[str]:
    """Say how many answers a question got, how much else was said under it, and what about."""
    yield _by(words, words.counted(recap.answers, words.answer), recap.people)
    if recap.talk:
        yield _by(words, words.counted(recap.talk, words.other_message), recap.talkers)
    if recap.themes:
        yield words.talked.format(themes=", ".join(_theme(theme, words) for theme in recap.themes))


def _by(words: Recapping, what: str, people: int) -> str:
    return words.by.format(what=what, people=words.counted(people, words.person))


def themes(recap: Recap, words: Recapping) -> Iterator[str]:
    """Give what the hour was about: each theme with how many people spoke of it, and somebody's words that show it."""
    for theme in recap.themes:
        example = cut(one_line(theme.example.text), LONGEST_EXAMPLE)
        yield f"{_theme(theme, words)}: “{example}” ({author_name(theme.example.author)})"


def _theme(theme: Theme, words: Recapping) -> str:
    return f"{one_line(theme.phrase)} ({words.counted(theme.people, words.person)})"


def links(recap: Recap, words: Phrases) -> Iterator[str]:
    """Give each link that is no resource of the script, with by whom it was shared, and under which question."""
    for link in recap.links:
        if link.resource is None:
            under = "" if link.under is None else f", {question_name(recap.about.script, link.under)}"
            yield f"{link.url} ({_sharers(link, words)}{under})"


def _sharers(link: Link, words: Phrases) -> str:
    if link.people == 1:
        return author_name(link.by)
    others = words.recap.counted(link.people - 1, words.recap.other)
    return f"{author_name(link.by)} {words.conjunction} {others}"


def picture(picture: Picture) -> str:
    """Say what a picture shows, and who shared it."""
    return f"{picture.file.alt or picture.file.name} ({author_name(picture.by)})"


def liked(entry: Entry, words: Recapping) -> str:
    """Say how many people have put a sign on an answer; nothing where nobody has."""
    return words.counted(entry.liked, words.reaction) if entry.liked else ""
