"""The text of every post, from the script."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.script.model import ALWAYS, Host, Question, Resource, Role, Script, plain_script
from bot.script.phrases import ENGLISH, letter, phrases, speaks
from bot.script.posts import PLACEHOLDERS, Kind, Post, Ways, compose, fill, placeholders

SCRIPT = Script(
    hashtag="MacroSW",
    title="Common ground",
    questions=(
        Question(
            "1", "Who?", translations=(("es", "¿Quién?"),), resources=(Resource("NASW", "https://x.org"),)
        ),
        Question("2", "What?", follow_up="And why?", time=timedelta(seconds=90)),
        Question("Bonus", "More?"),
    ),
    hosts=(Host("Ana"), Host("Bo", role=Role.CO_HOST), Host("Cy"), Host("Di", role=Role.GUEST)),
    intro=Question("0", "Where?"),
    resources=(Resource("Archive", "https://macrosw.com"),),
    zone="America/New_York",
    next=datetime(2015, 5, 15, 1, tzinfo=UTC),
)
LANGUAGES = ("en", "es", "fr", "de", "pt")


def text(
    kind: Kind,
    question: str | None = None,
    *,
    script: Script = SCRIPT,
    said: str | None = None,
    left: float | None = None,
) -> str:
    minutes = None if left is None else timedelta(minutes=left)
    return compose(script, Post("key", kind, ALWAYS, question, said, minutes))


@pytest.mark.parametrize(
    ("kind", "question", "left", "expected"),
    [
        (Kind.WELCOME, None, None, "Welcome to #MacroSW: Common ground\nHosted by Ana, Bo and Cy.\nJoined by Di.\n3 questions, about 10 minutes each."),
        (Kind.QUESTION, "0", None, "Q0: Where?"),
        (Kind.QUESTION, "1", None, "Q1: Who?\nQ1 (es): ¿Quién?\nNASW: https://x.org"),
        (Kind.QUESTION, "Bonus", None, "Bonus: More?"),
        (Kind.FOLLOW_UP, "2", None, "Still on Q2: And why?"),
        (Kind.LAST_CALL, "2", 2, "2 minutes left for Q2."),
        (Kind.LAST_CALL, "Bonus", 1.5, "1 minute 30 seconds left for Bonus."),
        (Kind.MORE_TIME, "2", 3, "More time for Q2: 3 minutes."),
        (Kind.REPEAT, "2", None, "Once more, Q2: What?"),
        (Kind.PAUSED, "2", None, "The chat is paused. It goes on soon."),
        (Kind.RESUMED, "2", 4, "The chat goes on. 4 minutes left for Q2."),
        (Kind.RESUMED, None, None, "The chat goes on."),
        (Kind.RECAP, None, None, ""),
        (
            Kind.CLOSING,
            None,
            None,
            (
                "That was #MacroSW. Thank you all for taking part!\n"
                "Answers still count for 24 hours: begin with the label of the question.\n"
                "To read on:\nArchive: https://macrosw.com\n"
                "Next chat: Thursday, 14 May 2015, 21:00 (America/New_York)"
            ),
        ),
    ],
)  # fmt: skip
def test_each_kind_of_post(kind: Kind, question: str | None, left: float | None, expected: str) -> None:
    """Each kind of post says what it is for, in the English of the defaults."""
    assert text(kind, question, left=left) == expected


def test_what_a_host_says_is_said_as_it_is() -> None:
    """The host's own words are not touched, braces included."""
    assert text(Kind.SAID, said="{hashtag} *hi*") == "{hashtag} *hi*"


def test_the_housekeeping_says_all_that_it_must() -> None:
    """How to answer, that replies count, what is kept and how to be forgotten are in every language's default."""
    said = text(Kind.HOUSEKEEPING)
    assert all(
        word in said
        for word in ("A1 for Q1", "reply", "kept", "your name", "transcript", "recap", "forgotten")
    )
    for language, word in (
        ("es", "R1 para Q1"),
        ("fr", "R1 pour Q1"),
        ("de", "A1 für Q1"),
        ("pt-BR", "R1 para Q1"),
    ):
        assert word in text(Kind.HOUSEKEEPING, script=replace(SCRIPT, language=language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_housekeeping_names_the_ways_of_the_room(language: str) -> None:
    """How to be forgotten, the button and the thread are told where the room has them, and no host is bothered."""
    script = replace(SCRIPT, language=language, question_threads=True)
    post, words = Post("key", Kind.HOUSEKEEPING, ALWAYS), phrases(language)
    alone = compose(script, post)
    assert words.ask_to_be_forgotten in alone
    assert words.answer_by_button.format(button=words.answer) not in alone
    ways = Ways(forget="`/chat forget-me`", button=True, thread=True)
    said = compose(script, post, ways=ways)
    assert said.count("`/chat forget-me`") == 1
    assert words.ask_to_be_forgotten not in said
    assert words.answer_by_button.format(button=words.answer) in said
    assert words.answer_in_thread in said
    assert words.answer_in_thread not in compose(replace(script, question_threads=False), post, ways=ways)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_room_that_hears_only_what_is_addressed_to_the_bot(language: str) -> None:
    """People are told of what arrives there, and not that a label or a thread would be enough, at the end neither."""
    script, words = replace(SCRIPT, language=language, question_threads=True), phrases(language)
    ways = Ways(button=True, addressed=True)
    said, closing = (
        compose(script, Post("key", kind, ALWAYS), ways=ways) for kind in (Kind.HOUSEKEEPING, Kind.CLOSING)
    )
    label = f"{letter(language)}1"
    assert said.startswith(words.how_to_address.format(button=words.answer, answer=label, question="Q1"))
    assert said.count(words.answer) == 1
    assert words.answer_in_thread not in said
    assert words.late_as_before.format(time=words.time(script.late_answers)) in closing


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_with_names_in_them_are_whole(language: str) -> None:
    """Every phrase has the same placeholders in each language as in English, for posts and for recaps alike."""
    spoken = phrases(language)
    for ours, english in ((spoken, ENGLISH), (spoken.recap, ENGLISH.recap)):
        for each in fields(english):
            one, other = getattr(ours, each.name), getattr(english, each.name)
            if isinstance(other, str):
                assert sorted(placeholders(one)) == sorted(placeholders(other)), each.name


def test_the_housekeeping_of_a_chat_without_numbers() -> None:
    """Where no question has a number, the example is one with a label of words."""
    script = replace(SCRIPT, questions=(Question("Bonus", "More?"),))
    assert "Bonus: for Bonus" in text(Kind.HOUSEKEEPING, script=script)


def test_own_texts_are_filled_in() -> None:
    """A host's welcome, housekeeping and closing have their placeholders filled, and doubled braces made single."""
    own = "{hashtag}|{title}|{hosts}|{questions}|{minutes}|{ next }|{{x}}"
    filled = "#MacroSW|Common ground|Ana, Bo and Cy|3|10|Thursday, 14 May 2015, 21:00 (America/New_York)|{x}"
    script = replace(SCRIPT, welcome=own, housekeeping=own, closing=own)
    assert text(Kind.WELCOME, script=script) == filled
    assert text(Kind.HOUSEKEEPING, script=script) == filled
    assert text(Kind.CLOSING, script=script) == f"{filled}\nTo read on:\nArchive: https://macrosw.com"


def test_values_are_not_filled_in_again() -> None:
    """A title with braces is only a title."""
    script = replace(SCRIPT, title="{hosts} }{", welcome="{title}")
    assert text(Kind.WELCOME, script=script) == "{hosts} }{"
    assert text(Kind.WELCOME, script=replace(script, welcome=None)).startswith(
        "Welcome to #MacroSW: {hosts} }{\n"
    )


def test_a_closing_without_its_parts() -> None:
    """No late answers, resources and next chat leave only the thanks; an own closing gets the next chat added."""
    bare = replace(SCRIPT, resources=(), next=None, late_answers=timedelta(0))
    assert text(Kind.CLOSING, script=bare) == "That was #MacroSW. Thank you all for taking part!"
    assert text(Kind.CLOSING, script=replace(bare, closing="Bye", next="in May")) == "Bye\nNext chat: in May"


def test_a_room_writes_moments_its_own_way() -> None:
    """The room's way of writing a moment is used wherever one is written."""
    post = Post("key", Kind.CLOSING, ALWAYS)
    assert "Next chat: <t:1431651600>" in compose(SCRIPT, post, moment=lambda at: f"<t:{at.timestamp():.0f}>")


def test_guests_alone_are_not_hosts() -> None:
    """A chat with only a guest names nobody as host."""
    script = replace(SCRIPT, hosts=(Host("Di", role=Role.GUEST),))
    assert "Hosted" not in text(Kind.WELCOME, script=script)
    assert "Joined by Di." in text(Kind.WELCOME, script=script)


def test_one_question_is_one() -> None:
    """A single question is not spoken of in the plural, and an odd time is written in full."""
    script = replace(plain_script(1), questions=(Question("1", "a", timedelta(seconds=100)),), welcome=None)
    assert text(Kind.WELCOME, script=script).endswith("One question, about 1 minute 40 seconds.")
    assert text(Kind.WELCOME, script=replace(script, welcome="{minutes}")) == "1.67"


def test_a_question_that_is_not_there() -> None:
    """A post about a question that the script does not have is the caller's mistake."""
    with pytest.raises(KeyError):
        text(Kind.QUESTION, "9")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in (Kind.RECAP, Kind.SAID)])
def test_every_language_says_everything(language: str, kind: Kind) -> None:
    """In each language every post has a text, with nothing left to fill in, and its own but for a question's."""
    said = text(kind, "2", script=replace(SCRIPT, language=language), left=2)
    assert said
    assert "{" not in said
    assert (said == text(kind, "2", left=2)) == (language == "en" or kind is Kind.QUESTION)


def test_languages_and_their_letters() -> None:
    """A tag's first part decides; a language that the bot does not speak gets English and the letter A."""
    assert [letter(tag) for tag in ("en", "es-MX", "pt", "FR", "de", "xx", "")] == [
        "A",
        "R",
        "R",
        "R",
        "A",
        "A",
        "A",
    ]
    assert phrases("es-419") is phrases("es") is not ENGLISH
    assert phrases("fi") is ENGLISH
    assert [speaks(tag) for tag in ("en-GB", "pt-BR", "fi")] == [True, True, False]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 seconds"),
        (-5, "0 seconds"),
        (1, "1 second"),
        (61, "1 minute 1 second"),
        (3600, "1 hour"),
        (86_400, "24 hours"),
        (172_800, "2 days"),
        (30 * 86_400 + 3600, "30 days 1 hour"),
    ],
)
def test_times_in_words(seconds: int, words: str) -> None:
    """Lengths of time read as people say them; a day is 24 hours."""
    assert ENGLISH.time(timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(
    ("names", "joined"), [("", ""), ("A", "A"), ("AB", "A and B"), ("ABC", "A, B and C")]
)
def test_names_in_a_sentence(names: str, joined: str) -> None:
    """Names are joined as in a sentence."""
    assert ENGLISH.join(list(names)) == joined


@settings(max_examples=100)
@given(st.text(alphabet="{}ab "))
def test_doubled_braces_are_always_single_ones(written: str) -> None:
    """Any text whose braces are doubled comes back as it was, and has no placeholder."""
    doubled = written.replace("{", "{{").replace("}", "}}")
    assert list(placeholders(doubled)) == []
    assert fill(doubled, {}) == written


def test_every_placeholder_has_a_value() -> None:
    """Each placeholder that the check lets through is filled."""
    own = " ".join(f"{{{name}}}" for name in PLACEHOLDERS)
    assert "{" not in text(Kind.WELCOME, script=replace(SCRIPT, welcome=own))
