"""Who hosted and what was asked, found among what people wrote."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.imports.heard import Head
from bot.imports.hours import Posted
from bot.imports.questions import Found, Survey, named_hosts, script_text
from bot.messages import Message
from bot.script.model import Host
from bot.script.parse import parse
from tests.chats import ANA, BO, CY, DEE, HOST, SCRIPT, START, message

GUEST = CY


def found(*messages: Message, hosts: tuple[str, ...] = (), script: str | None = None) -> Found:
    survey = Survey(parse(script).script if script else None, hosts)
    for each in messages:
        survey.add(each)
    return survey.found()


def asked(result: Found) -> dict[str, str]:
    return {label: posted.id for label, posted in result.questions.items()}


def test_the_one_who_asks_first_hosts() -> None:
    """The host is who posts the labels first; who answers behind the question's own label is not."""
    result = found(
        message("1", ANA, "Q1: What brought you here? #MacroSW", 1),
        message("2", BO, "Q1: toast", 2),
        message("3", BO, "A1 no, eggs", 3),
        message("4", ANA, "#MacroSW Q2) What next?", 11),
        message("5", BO, "Q2: tea, what else?", 12),
    )
    assert asked(result) == {"1": "1", "2": "4"}
    assert result.hosts == {ANA.id: "Ana"}
    assert [posted.ask for posted in result.questions.values()] == ["What brought you here?", "What next?"]


def test_order_of_the_file_does_not_matter() -> None:
    """Archives are often newest first."""
    posts = [
        message("1", ANA, "Q1: What?", 1), message("2", BO, "Q1: toast", 2),
        message("3", ANA, "Q2: And?", 11), message("4", BO, "Q2: tea", 12), message("5", ANA, "Q1: What?", 8),
    ]  # fmt: skip
    assert found(*posts) == found(*posts[::-1])


def test_two_hosts_in_turn() -> None:
    """Hosts who take turns are both found."""
    result = found(
        message("1", ANA, "Q1: Why?", 1), message("2", BO, "Q2: How?", 9), message("3", ANA, "Q3: When?", 19),
        message("4", DEE, "Q2: that way", 10),
    )  # fmt: skip
    assert asked(result) == {"1": "1", "2": "2", "3": "3"}
    assert result.hosts == {ANA.id: "Ana", BO.id: "Bo"}


def test_an_hour_of_another_host() -> None:
    """Where none of the hosts asks for an hour, who surely does hosts that hour, which is a chat of its own."""
    week = 7 * 24 * 60
    first = [message("1", ANA, "Q1: Why?", 1), message("2", ANA, "Q2: How?", 9)]
    later = [message("3", BO, "Q1: What else?", week), message("4", BO, "Q2: Who?", week + 9)]
    result = found(*later, *first)
    assert [{label: post.id for label, post in chat.items()} for chat in result.chats] == [
        {"1": "1", "2": "2"},
        {"1": "3", "2": "4"},
    ]
    assert (asked(result), result.hosts) == ({"1": "1", "2": "2"}, {ANA.id: "Ana"})
    answers = [message("3", BO, "Q1: toast", week), message("4", BO, "Q2: tea, what else?", week + 9)]
    assert not found(*answers, *first).chats


def test_where_the_scripts_words_are() -> None:
    """With a script a question was asked where its words were posted, not where it was announced or said again."""
    day = 24 * 60
    result = found(
        message("1", ANA, "Q1 tomorrow: why are you here?", 1), message("2", ANA, "Q1: What brought you here?", day),
        message("3", ANA, "Q2: What do we share?", day + 9), message("4", ANA, "Q2: Last words on it?", day + 80),
    )  # fmt: skip
    assert len(result.chats) == 2
    result = found(
        message("1", ANA, "Q1 tomorrow: why are you here?", 1), message("2", ANA, "Q1: What brought you here?", day),
        message("3", ANA, "Q2: What do we share?", day + 9), message("4", ANA, "Q2: Last words on it?", day + 80),
        script=SCRIPT,
    )  # fmt: skip
    assert asked(result) == {"1": "2", "2": "3"}


def test_named_hosts() -> None:
    """Hosts can be named, by name, handle or id; then nobody else's posts are questions."""
    posts = [
        message("1", BO, "Q1: first!", 1),
        message("2", ANA, "Q1: Why?", 2),
        message("3", BO, "Q2: second", 3),
    ]
    for name in ("Ana", "@ANA", "ana"):
        assert asked(found(*posts, hosts=(name,))) == {"1": "2"}


def test_what_is_no_question() -> None:
    """Repeats, announcements, several labels at once and years are no questions."""
    assert not found(
        message("1", ANA, "RT @hana Q1: What?", 1),
        message("2", ANA, "Q1", 2),
        message("3", ANA, "Q1, Q2 and Q3 are about this?", 3),
        message("4", ANA, "Q2015: what a quarter?", 4),
        message("5", ANA, "When is Q1 coming up?", 5),
        message("6", ANA, "Q1: What?", 6, repeat=True),
    ).questions


@pytest.mark.parametrize(
    "text",
    [
        "**Q1:** What brought you here?", "**Q1**: What brought you here?", "**Q1: What brought you here?**",
        "**Q1 What brought you here?**", "__**Q1:**__ What brought you here?", "*Q1:* What brought you here?",
        "***Q1:*** What brought you here?", "__Q1: What brought you here?__", "`Q1` What brought you here?",
        "# Q1 What brought you here?", "## **Q1:** What brought you here?", "> **Q1:** What brought you here?",
        ">>> **Q1:** What brought you here?", "**Q1.** What brought you here?", "**Question 1:** What brought you here?",
        ":one: **Q1 -** What brought you here?", "**Q1 |** What brought you here? **#MacroSW**", "[Q1] What brought you here?",
        "**Q1: What brought you here? #MacroSW**", "__Q1: What brought you here?__ __#MacroSW__", "**[Q1]** What brought you here?",
        "@everyone **Q1:** What brought you here?", "**@everyone Q1:** What brought you here?", "**Q1** **What brought you here?**",
        "Q1: **What brought you here?**", "**Q1:**What brought you here?",
    ],
)  # fmt: skip
def test_emphasis_of_labels(text: str) -> None:
    """However a host sets the label off, or all of the question, the marks are no part of what is asked."""
    result = found(message("1", ANA, text, 1))
    assert [posted.ask for posted in result.questions.values()] == ["What brought you here?"]
    assert result.tag == ("MacroSW" if "#MacroSW" in text else "")


@pytest.mark.parametrize("ask", ["**What** brought *you* here?", "*What* brought you `here`?", "What is **it**?", "**Why** and **how**?", "What is snake_case?"])  # fmt: skip
@pytest.mark.parametrize("label", ["Q1: ", "Q1 ", "**Q1:** ", "*Q1* ", "__**Q1**__: "])
def test_emphasis_of_words(label: str, ask: str) -> None:
    """Emphasis within a question stays."""
    (posted,) = found(message("1", ANA, label + ask, 1)).questions.values()
    assert posted.ask == ask


def test_emphasis_around_emphasis() -> None:
    """Where all is emphasised, label included, what is so within stays."""
    (posted,) = found(message("1", ANA, "*Q1: What **is** it?*", 1)).questions.values()
    assert posted.ask == "What **is** it?"


def test_one_statement_is_no_host() -> None:
    """One label with no question behind it makes nobody a host."""
    assert not found(message("1", ANA, "Q1: I loved this one", 1)).questions


def test_script() -> None:
    """With a script its labels count, its hosts host, and a question's own words are enough."""
    script = SCRIPT.replace("What do we share?", "What do we all share in our practice?")
    result = found(
        message("1", BO, "Q1: first!", 1),
        message("2", HOST, "Q1: What brought you here?", 2),
        message("3", HOST, "Now: what do we all SHARE, in our practice?", 12),
        message("4", HOST, "Q9: not in the script", 13),
        hosts=("Hana",),
        script=script,
    )
    assert asked(result) == {"1": "2", "2": "3"}


def test_given_questions() -> None:
    """What the file itself says was asked stands against what people wrote."""
    survey = Survey(None, ())
    survey.add(message("1", ANA, "Q1: Why?", 1))
    survey.posted("2", Posted("p2", START, "hashchat", "hashchat", "How?"))
    assert asked(survey.found()) == {"2": "p2"}
    assert survey.found().hosts == {}


def test_script_of_what_was_found() -> None:
    """The script has the questions with their labels, the hosts, and the tag that they used."""
    result = found(
        message("1", ANA, "Q0: Who are you? #MacroSW", 0), message("2", ANA, "Q1: Why? #MacroSW #sw", 1),
        message("3", ANA, "Q2a: How?", 9),
    )  # fmt: skip
    script = parse(script_text(result, Head(title="Common ground"), "America/New_York")).script
    assert script
    assert (script.hashtag, script.title, script.zone) == ("MacroSW", "Common ground", "America/New_York")
    assert script.intro
    assert script.intro.ask == "Who are you?"
    assert [(q.label, q.ask) for q in script.questions] == [("1", "Why?"), ("2a", "How?")]
    assert script.hosts == (Host("Ana"),)


def test_title_of_a_question() -> None:
    """A chat that nobody has given a title is called by its first question, the introduction aside, cut where that is long."""
    for text, title in (("Why?", "Why?"), ("Why " * 50, f"{'Why ' * 24}Why…")):
        result = found(message("1", ANA, "Q0: Who are you?", 0), message("2", ANA, f"Q1: {text}", 1))
        script = parse(script_text(result, Head(name="archive"), "UTC")).script
        assert script
        assert (script.title, script.hashtag) == (title, "archive")


def test_a_bot_is_no_host() -> None:
    """A program whose posts are the questions is not named as a host, unless somebody says that it is one."""
    for hosts, names in (((), []), (("Ana",), [Host("Ana")])):
        survey = Survey(None, hosts)
        survey.add(message("1", ANA, "Q1: Why?", 1), by_bot=True)
        result = survey.found()
        script = parse(script_text(result, Head(), "UTC")).script
        assert script
        assert asked(result) == {"1": "1"}
        assert list(script.hosts) == names
        assert result.bots == (frozenset() if hosts else {ANA.id})


def test_who_is_named() -> None:
    """The people whom a script names are known by their ids where they wrote, under name or handle, or else by their names."""
    script = parse("hashtag: M\ntitle: T\nquestions: [Why?]\nhosts:\n  - Zoë  Bell\n  - {name: Ana Ruiz, handle: ana}\n").script  # fmt: skip
    assert script
    hosts = Found({"1": "ANA", "2": "ana ruiz", "3": "Bo"}, {})
    assert list(named_hosts(script, hosts)) == [
        ("zoë bell", "Zoë Bell"),
        ("1", "Ana Ruiz"),
        ("2", "Ana Ruiz"),
    ]


TEXT = st.text(max_size=60) | st.text(st.sampled_from("\\\"'{}#:\n\t\x00\u202e\ud800 é😀"), max_size=30)
LABELS = st.sampled_from(["0", "1", "2", "2a", "2b", "10", "99"])


@settings(max_examples=150)
@given(asks=st.dictionaries(LABELS, TEXT, min_size=1), name=TEXT, title=TEXT, tag=TEXT)
def test_any_script_is_right(asks: dict[str, str], name: str, title: str, tag: str) -> None:
    """Whatever people wrote and are called, the script that is made of it can be read, and asks as many questions."""
    questions = {label: Posted(label, START, "a", name, ask) for label, ask in asks.items()}
    parsed = parse(script_text(Found({"a": name}, questions), Head(title=title, hashtag=tag), "UTC"))
    assert not parsed.problems
    assert parsed.script
    assert len(parsed.script.everything_asked) == len(asks)
