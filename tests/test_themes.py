"""Themes: the words and phrases that several people used, by language, and what may never be one."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.messages import Author, Entry
from bot.script.model import Host, Question, Script
from bot.themes import Theme, Themes
from bot.themes.stopping import stop_words
from bot.themes.words import Words

START = datetime(2015, 4, 24, 1, tzinfo=UTC)
Answers = Mapping[str, Iterable[str]]

#: The twenty languages that most people speak (Ethnologue, 2025), by their codes.
LARGEST = [
    "en",
    "zh",
    "hi",
    "es",
    "ar",
    "fr",
    "bn",
    "pt",
    "ru",
    "id",
    "ur",
    "de",
    "ja",
    "pcm",
    "arz",
    "mr",
    "vi",
    "te",
    "ha",
    "tr",
]


def heard(language: str, answers: Answers) -> Themes:
    """Hear what people answered to each question: in each list, everybody says one thing, in the same order."""
    questions = tuple(Question(str(n), ask) for n, ask in enumerate(answers, 1))
    hearing = Themes(Script("Chat", "A chat", questions, language=language))
    for question, texts in zip(questions, answers.values(), strict=True):
        for number, text in enumerate(texts):
            hearing.add(said(f"A{question.label} {text}", number, question.label), [question.label])
    return hearing


def said(text: str, person: int, label: str | None = None, **more: bool | int) -> Entry:
    return Entry(
        f"{label}-{person}",
        START + timedelta(minutes=person),
        Author(str(person), f"Person {person}"),
        text,
        under=label,
        **more,  # type: ignore[arg-type]  # what an entry has besides
    )


def told(found: Iterable[Theme]) -> dict[str, int]:
    return {theme.phrase: theme.people for theme in found}


ENGLISH: Answers = {
    "What keeps you awake?": [
        "Late emails from work, and the news on my phone.",
        "My phone! I scroll through the news for hours.",
        "Worry about money. And the phone, of course.",
        "Exams, and money.",
    ],
    "What helps?": [
        "A walk in the fresh air before dinner.",
        "Fresh air, every day! Leaving the phone in the kitchen.",
        "Herbal tea and a good book.",
        "Reading books in bed, with herbal tea.",
    ],
}


def test_what_sets_a_question_apart_is_found() -> None:
    """Each question has its own, phrases rather than their words, and forms of one word counted as one."""
    hearing = heard("en", ENGLISH)
    assert told(hearing.of("1")) == {"phone": 3, "news": 2, "money": 2}
    assert told(hearing.of("2")) == {"fresh air": 2, "Herbal tea": 2, "books": 2}


def test_the_hour_has_what_most_people_spoke_of() -> None:
    """Over all questions, a person counts once."""
    (first, *others) = heard("en", ENGLISH).of_all()
    assert (first.phrase, first.people) == ("phone", 3)
    assert told(others) == {"fresh air": 2, "Herbal tea": 2, "books": 2, "money": 2, "news": 2}


def test_the_example_shows_the_phrase_at_its_best() -> None:
    """An answer before talk, the hosts' choice before others, more admirers before fewer, then what came first."""
    script = Script("Chat", "A chat", (Question("1", "Why?"),))
    entries = [
        said("porridge, talk", 1, "1", admirers=9),
        said("A1 porridge, first", 2, "1"),
        said("A1 porridge, liked", 3, "1", admirers=2),
        said("A1 porridge, as much", 4, "1", admirers=2),
        said("A1 porridge, chosen", 5, "1", highlighted=True),
    ]
    for best in range(len(entries)):
        hearing = Themes(script)
        for entry in entries[: best + 1]:
            answers = ("1",) if entry.text.startswith("A1") else ()
            hearing.add(Entry(**{**slots(entry), "answers": answers}), answers)
        if best:
            (theme,) = hearing.of("1")
            assert theme.example.text == entries[best if best != 3 else 2].text


def slots(entry: Entry) -> dict[str, object]:
    return {name: getattr(entry, name) for name in Entry.__slots__}


@pytest.mark.parametrize(
    ("language", "answers", "expected"),
    [
        (
            "de",
            {
                "Was hilft beim Lernen?": [
                    "Eine feste Lerngruppe mit klaren Terminen.",
                    "Unsere Lerngruppen treffen sich in der Bibliothek.",
                    "Ohne Pausen geht nichts, auch in der Bibliothek.",
                ],
                "Wovor habt ihr Angst?": [
                    "Die mündliche Prüfung macht mir Sorgen.",
                    "Mündliche Prüfungen, weil alle zuschauen.",
                    "Vor der mündlichen Prüfung",
                ],
            },
            [{"Lerngruppe": 2, "Bibliothek": 2}, {"mündliche Prüfung": 3}],
        ),
        (
            "es",
            {
                "¿Qué leen?": [
                    "Novelas de misterio antes de dormir.",
                    "Me encanta una novela de misterio",
                    "Poesía",
                ],
                "¿Dónde?": ["En el tren, camino a casa", "Siempre en el tren", "En la biblioteca pública"],
            },
            [{"Novelas de misterio": 2}, {"tren": 2}],
        ),
        (
            "fr",
            {
                "Que lisez-vous ?": [
                    "J’adore la bande dessinée",
                    "Des bandes dessinées le soir",
                    "Des poèmes",
                ],
                "Où ?": ["Le coin lecture de l'école", "À l’école", "Dans le train"],
            },
            [{"bande dessinée": 2}, {"école": 2}],
        ),
        (
            "ja",
            {
                "好きなことは？": [
                    "地域の高齢者と話すことが好きです",
                    "高齢者を支える社会福祉士です",
                    "社会福祉士としてコミュニティをつくること",
                    "コミュニティの力を信じています",
                ],
                "困ることは？": ["人手不足で残業が多いです", "残業、残業、また残業", "人手不足がつらい"],
            },
            [{"高齢者": 2, "社会福祉士": 2, "コミュニティ": 2}, {"人手不足": 2, "残業": 2}],
        ),
        (
            "zh-Hans",
            {
                "你喜欢什么？": ["我喜欢做社区服务", "社区服务让人成长", "安静的图书馆"],
                "困难？": ["经费不足，天气也不好", "最头疼的是经费不足", "交通"],
            },
            [{"社区服务": 2}, {"经费不足": 2}],
        ),
        (
            "th",
            {
                "ชอบอะไร": ["ทำงานกับชุมชน", "ชุมชนเข้มแข็ง", "ดนตรี"],
                "ปัญหา": ["งบประมาณไม่พอ", "ขาดงบประมาณ", "เวลา"],
            },
            [{"ชุมชน": 2}, {"งบประมาณ": 2}],
        ),
        (
            "hi",
            {
                "आप क्या पढ़ते हैं?": ["मैं रात को कहानियाँ पढ़ता हूँ", "कहानियाँ और विज्ञान", "विज्ञान की किताबें"],
                "कहाँ?": ["पुस्तकालय में", "मेरे शहर का पुस्तकालय", "ट्रेन में"],
            },
            [{"कहानियाँ": 2, "विज्ञान": 2}, {"पुस्तकालय": 2}],
        ),
        (
            "ru",
            {
                "Что?": ["Социальная работа с семьями", "Я за социальную работу", "Музыка"],
                "Где?": ["В библиотеке", "Районная библиотека", "Дома"],
            },
            [{"Социальная работа": 2}, {"библиотеке": 2}],
        ),
    ],
)
def test_known_themes_are_found(language: str, answers: Answers, expected: list[dict[str, int]]) -> None:
    """In languages with and without spaces between words, and with many forms of one word."""
    hearing = heard(language, answers)
    assert [told(hearing.of(str(n + 1))) for n in range(len(answers))] == expected


@pytest.mark.parametrize("language", LARGEST)
def test_the_largest_languages_have_stop_words(language: str) -> None:
    """Each of the twenty has a list of its own; regions do not matter."""
    assert len(stop_words(language) - stop_words("xx")) > 35
    assert stop_words(f"{language.upper()}-XX") == stop_words(language)


def test_a_language_without_a_list_has_themes_too() -> None:
    """Welsh, say: words are told apart as they are written."""
    answers = {"Pam?": ["cerddoriaeth!", "cerddoriaeth", "cinio"], "Ble?": ["llyfrgell", "gardd"]}
    assert told(heard("cy", answers).of("1")) == {"cerddoriaeth": 2}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("the and of which was", "stop words"),
        ("#chat #Chat", "the chat's own hashtag"),
        ("@porridge", "a mention"),
        ("https://x.org/porridge", "an address"),
        ("A1 1/2 10 x", "labels, numbers and letters"),
        ("🎉 ¯\\_(ツ)_/¯ … —", "signs"),
        ("RT @jo: porridge", "somebody else's words"),
        ("MT @jo porridge", "somebody else's words"),
        ("“@jo: porridge”", "somebody else's words"),
        ("why breakfast", "what was asked"),
        ("\ud800 \u0000 \u202e", "nothing that is a letter"),
    ],
)
def test_what_is_no_theme(text: str, why: str) -> None:
    """However many people write it: it says nothing of what they think."""
    hearing = heard("en", {"Why breakfast?": [text] * 5, "How?": ["Tea"]})
    assert hearing.of("1") == (), why


@pytest.mark.parametrize("language", ["en", "es"])
def test_labels_are_no_themes(language: str) -> None:
    """However a question is called, and by whatever letter people answer it."""
    labels = ("3a", "3b", "Bonus", "Extra-time")
    script = Script("Chat", "A chat", tuple(Question(each, "¿?") for each in labels), language=language)
    hearing = Themes(script)
    forms = (
        "A3a porridge",
        "R3b. porridge",
        "a3b-porridge",
        "Bonus: porridge",
        "ABonus porridge",
        "Q3c",
        "Answer3a porridge",
    )
    own = "respuesta3b porridge" if language == "es" else "R3 porridge"
    for text in (*forms, own, "Extra-time porridge", "A3b Bonus!"):
        for person in range(3):
            hearing.add(said(text, person, "3a"), ["3a"])
    assert set(told(hearing.of_all())) == {"porridge"}


def test_each_theme_has_an_example_of_its_own() -> None:
    """The best message is quoted once, where somebody else has said the same; else it is quoted again."""
    hearing = Themes(Script("Chat", "A chat", (Question("1", "Why?"),)))
    for person, text in enumerate(["porridge, toast, tea", "tea", "toast", "porridge", "eggs", "eggs"]):
        hearing.add(said(text, person, "1", admirers=9 - person), ["1"])
    examples = {theme.phrase: theme.example.text for theme in hearing.of_all()}
    assert sorted(examples) == ["eggs", "porridge", "tea", "toast"]
    assert len(set(examples.values())) == 4


def test_one_person_alone_makes_no_theme() -> None:
    """However often they say it, and under however many questions."""
    hearing = Themes(Script("Chat", "A chat", (Question("1", "Why?"), Question("2", "How?"))))
    for number in range(50):
        hearing.add(said("buy my porridge now", 1, str(number % 2 + 1)), ())
        hearing.add(said("tea", number, None), ())
    assert told(hearing.of_all()) == {"tea": 50}
    assert hearing.of("1") == ()


def test_people_meet_over_questions() -> None:
    """What one says under one question and another under the next is a theme of the hour, of neither question."""
    hearing = heard("en", {"Why?": ["porridge", "tea"], "How?": ["", "porridge"]})
    assert (told(hearing.of("1")), told(hearing.of_all())) == ({}, {"porridge": 2})


def hearing_people(*said_by: tuple[str, str], hosts: tuple[str, ...] = (), language: str = "en") -> Themes:
    """Hear what people of those names said."""
    named = tuple(Host(name) for name in hosts)
    script = Script("Chat", "A chat", (Question("1", "Why?"),), hosts=named, language=language)
    hearing = Themes(script)
    for number, (name, text) in enumerate(said_by):
        hearing.add(replace(said(text, number, "1"), author=Author(f"{number}", name)), ["1"])
    return hearing


@pytest.mark.parametrize(
    "text",
    ["porridge, @Carla Gomez", "porridge, like Carla Gomez", "Thanks Gomez! porridge", "Hana! Porridge!"],
)
@pytest.mark.parametrize("name", ["Carla Gomez", "@Carla_Gomez", "Dr. Carla Gomez (she/her)"])
def test_what_people_are_called_is_no_theme(text: str, name: str) -> None:
    """Neither mentioned nor addressed by a part of their names, whoever speaks first; hosts of the script have names too."""
    hearing = hearing_people(("Bo", text), ("Ed", text), (name, "Tea"), hosts=("Hana",))
    assert [theme.phrase.casefold() for theme in hearing.of_all()] == ["porridge"]
    assert [theme.phrase.casefold() for theme in hearing.of("1")] == ["porridge"]


def test_a_name_that_is_an_ordinary_word_can_be_a_theme() -> None:
    """Where several write it small, as the name is not; nobody takes a theme away by a name."""
    hearing = hearing_people(
        ("Dana | Housing Advocate", "Housing first"),
        ("Bo", "cheap housing"),
        ("Ed", "housing for all"),
        ("Al", "Advocate!"),
        ("Cy", "Advocate!"),
    )
    assert told(hearing.of_all()) == {"Housing": 3}


def test_a_name_that_is_written_small_is_none() -> None:
    """Nor is one in a script that has no capitals."""
    assert hearing_people(("mary ann", "hi"), ("Bo", "mary!"), ("Ed", "mary knows")).of_all() == ()
    hearing = hearing_people(("田中", "はい"), ("Bo", "田中、東京"), ("Ed", "田中 東京"))
    assert told(hearing.of_all()) == {"東京": 2}


@pytest.mark.parametrize(
    ("language", "name", "texts", "expected"),
    [
        ("de", "Jonas Wald", ["Der Wald hilft", "In den Wald!"], {"Wald": 2}),
        ("de", "Jonas Wald", ["Danke, Jonas Wald!", "Wie Jonas Wald sagt"], {}),
        ("de", "Jonas Wald", ["@Jonas Wald: Ruhe", "@Jonas Wald, Ruhe"], {"Ruhe": 2}),
        ("de", "Wald", ["Danke, Wald!", "Wald hat recht"], {}),
        ("ar", "سارة السلام", ["السلام مهم", "نريد السلام"], {"السلام": 2}),
        ("ja", "東京 太郎", ["東京、はい", "東京です"], {"東京": 2}),
        ("ja", "東京太郎", ["東京太郎さん、はい", "東京太郎さん"], {}),
        ("en", "Jonas Wood", ["Wood helps", "Into Wood"], {}),
    ],
)
def test_names_where_capitals_tell_nothing(
    language: str, name: str, texts: list[str], expected: dict[str, int]
) -> None:
    """A word out of a longer name is a theme where it stands without the rest of that name; a whole name never is."""
    said_by = [(each, text) for each, text in zip(("Bo", "Ed"), texts, strict=True)]
    assert told(hearing_people((name, "Hm"), *said_by, language=language).of_all()) == expected


def test_phrases_do_not_cross_the_end_of_a_sentence() -> None:
    """Words that only happen to stand side by side are no phrase."""
    words = Words("en")
    assert set(words.phrases("Fresh air. Herbal tea")) == {
        "fresh",
        "air",
        "fresh air",
        "herbal",
        "tea",
        "herbal tea",
    }
    assert "quality of life" in {
        words.written(phrase, "Quality of life!").lower() for phrase in words.phrases("quality of life")
    }
    assert words.written("qualiti of life", "Now: Quality OF Life!") == "Quality OF Life"


WORDS = st.lists(
    st.sampled_from(
        ["porridge", "tea", "toast", "eggs", "fresh", "air", "社区", "服务", "ชุมชน", "the", "of", ",", "."]
    ),
    max_size=8,
)


@settings(max_examples=100)
@given(st.lists(st.tuples(st.integers(0, 4), WORDS, st.sampled_from(["1", "2", None])), max_size=25))
def test_every_theme_is_what_it_says(messages: list[tuple[int, list[str], str | None]]) -> None:
    """Several people really wrote it, as many as it says; the example holds it; none is part of another; ranks are stable."""
    hearing = Themes(Script("Chat", "A chat", (Question("1", "Why?"), Question("2", "How?"))))
    entries = [said(" ".join(words), person, label) for person, words, label in messages]
    for entry in entries:
        hearing.add(entry, [entry.under] if entry.under else [])
    for label, found in ((None, hearing.of_all()), ("1", hearing.of("1")), ("2", hearing.of("2"))):
        words = Words("en")
        for theme in found:
            (phrase,) = (
                p for p in words.phrases(theme.phrase) if words.written(p, theme.phrase) == theme.phrase
            )
            who = {
                entry.author
                for entry in entries
                if phrase in words.phrases(entry.text) and label in (None, entry.under)
            }
            assert len(who) == theme.people >= 2
            assert theme.phrase in theme.example.text
        assert len({theme.phrase for theme in found}) == len(found) <= 10
    assert hearing.of_all() == hearing.of_all()


@settings(max_examples=100)
@given(st.sampled_from(["en", "ja", "th", "ar", "de"]), st.text(max_size=80))
def test_any_text_can_be_read(language: str, text: str) -> None:
    """Nothing that people write makes it fail, and each phrase can be found again where it was written."""
    words = Words(language)
    for phrase in words.phrases(text):
        assert phrase.strip()
        assert words.written(phrase, text)


def test_memory_is_bounded_and_what_many_say_is_kept() -> None:
    """Of a flood of words that nobody shares most are forgotten again; the theme in it stays."""
    most = 500
    hearing = Themes(Script("Chat", "A chat", (Question("1", "Why?"),)), most=2 * most)
    for number in range(200):
        flood = ". ".join(f"wo{_letters(20 * number + n)}" for n in range(20))
        hearing.add(said(f"porridge! {flood}", number % 97, "1"), ["1"])
        place = hearing._places["1"]
        assert len(place.once) <= most
        assert len(place.shared) <= most
    (theme, *_) = hearing.of("1")
    assert (theme.phrase, theme.people) == ("porridge", 97)


def _letters(number: int) -> str:
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))
