"""Anonymous transcripts: nobody's name, handle, id or link is left, and what was said otherwise is as it was."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.messages import Attachment, Author, Entry
from bot.recap import About
from bot.render.anonymous import SOMEBODY, Anonymous
from bot.script.model import Host, Question, Script

START = datetime(2015, 4, 24, 1, tzinfo=UTC)
SCRIPT = Script(
    "MacroSW",
    "With Hana Kim",
    (Question("1", "Why?"),),
    hosts=(Host("Hana Kim", "hanak", "https://example.org/hana"),),
    summary="Hana Kim asks.",
    intro=Question("0", "Who are you?"),
)
HANA = Author("100", "Hana Kim", host=True)
ANA, ANA_MARIA, WILL, TWIN = (
    Author(key, name)
    for key, name in (("201", "Ana"), ("202", "Ana Maria Ruiz"), ("203", "Will"), ("204", "Max Ruiz"))
)
PEOPLE = [HANA, ANA, ANA_MARIA, WILL, TWIN]


@pytest.fixture
def anonymous() -> Anonymous:
    return Anonymous(SCRIPT, PEOPLE, seed=1)


def called(anonymous: Anonymous, author: Author) -> str:
    entry = anonymous.entry(Entry("1", START, author, ""))
    assert entry
    assert entry.author
    return entry.author.name


def test_everybody_is_called_one_thing(anonymous: Anonymous) -> None:
    """Each has a pseudonym of their own, hosts are told apart, and it is the id too."""
    names = [called(anonymous, person) for person in PEOPLE]
    assert names == [called(anonymous, person) for person in PEOPLE]
    assert len(set(names)) == len(PEOPLE)
    assert [re.sub(r"\d+", "n", name) for name in names] == ["Host n"] + ["Person n"] * 4
    entry = anonymous.entry(Entry("1", START, ANA, ""))
    assert entry
    assert entry.author == Author(names[1], names[1])


def test_files_cannot_be_held_side_by_side() -> None:
    """In another file everybody is called something else, and messages have other ids."""
    files = [Anonymous(SCRIPT, PEOPLE, seed=seed) for seed in range(20)]
    assert len({called(each, ANA) for each in files}) > 15
    entries = [each.entry(Entry("1", START, ANA, "")) for each in files]
    assert len({entry.id for entry in entries if entry}) == 20
    drawn = [Anonymous(SCRIPT, PEOPLE) for _ in range(5)]
    assert len({called(each, ANA) for each in drawn}) > 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Thanks Ana!", "Thanks {ana}!"),
        ("thanks ana, ANA and @ana.", "thanks {ana}, {ana} and {ana}."),
        ("Ana Maria Ruiz and ana  maria\nruiz", "{maria} and {maria}"),
        ("Maria said", "{maria} said"),
        ("Ruiz said", "[somebody] said"),
        ("Banana, Anabel and Mariana", "Banana, Anabel and Mariana"),
        ("I will, said @will, and Will does.", "I will, said {will}, and {will} does."),
        ("Hana Kim (@hanak), Kim", "{hana} ({hana}), {hana}"),
        ("<@201> <@!202> <@999> <#5>", "{ana} {maria} [somebody] [somebody]"),
        ("@stranger and ana.ruiz@example.org", "[somebody] and [a mail address]"),
        ("_Ana_ said, __Ana Maria Ruiz__ said, *_ana_*", "_{ana}_ said, __{maria}__ said, *_{ana}_*"),
        ("#AnaMariaRuiz #ana #HanaKim #Will #will", "#{maria} #{ana} #{hana} #{will} #will"),
        ("@ana_stranger _@stranger_ @ana.b @will_", "[somebody] _[somebody] [somebody] {will}_"),
        ("@ana. @Ana, @ana... yes", "{ana}. {ana}, {ana}... yes"),
        ("#MacroSW A1: 3 @ 4", "#MacroSW A1: 3 @ 4"),
        ("snake_case, a.b-c_d, #Anabel", "snake_case, a.b-c_d, #Anabel"),
        ("https://example.org/paper?x=1", "https://example.org/paper?x=1"),
        ("https://twitter.com/x/status/1", "[a link to twitter.com]"),
        ("I am (twitter.com/mlopez_knits), WWW.Instagram.com/é.", "I am ([a link to twitter.com]), [a link to instagram.com]."),
        ("mlopez.tumblr.com, https://mlopez.tumblr.com/x", "[a link to tumblr.com], [a link to tumblr.com]"),
        ("twitter.com, and x.com/ or netflix.com/x at 9.com", "twitter.com, and x.com/ or netflix.com/x at 9.com"),
        ("https://social.example/@x/1 https://example.org/ana-maria-ruiz.html", "[a link] [a link]"),
        ("<:party:123456>", ":party:"),
    ],
)  # fmt: skip
def test_mentions_are_replaced(anonymous: Anonymous, text: str, expected: str) -> None:
    """Names in any case, the longest first and as whole words, parts of names, handles, ids, mail and personal links."""
    names = {
        "hana": called(anonymous, HANA),
        "ana": called(anonymous, ANA),
        "maria": called(anonymous, ANA_MARIA),
        "will": called(anonymous, WILL),
    }
    assert anonymous.text(text) == expected.format(**names)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("李雷", "我觉得李雷说得对", "我觉得{}说得对"),
        ("李雷", "谢谢@李雷！", "谢谢{}！"),
        ("田中", "田中さんに賛成", "{}さんに賛成"),
        ("田中太郎", "太郎と田中さん", "{}と{}さん"),
        ("김지수", "지수는 좋아요, 김지수도", "{}는 좋아요, {}도"),
        ("สมชาย", "ขอบคุณสมชายมาก", "ขอบคุณ{}มาก"),
        ("Zoe\u0308", "zoë and Zoe\u0308", "{} and {}"),
        ("Zoë Lund", "Zoe\u0308 Lund", "{}"),
        *((name, f"Thanks {name}, {name.upper()}", "Thanks {}, {}") for name in ("Li", "Bo", "Al", "Ed", "Mo", "Jo", "Cy", "Su", "Ma", "Yu", "Ng")),
        ("Bo Larsen", "Bo said", "{} said"),
        ("An", "An answer by an expert", "{} answer by an expert"),
        ("Ana Smith", "ana, ANA, AnaSmith, ana_smith, @anasmith", "{}, {}, {}, {}, {}"),
        ("ana smith", "Ana and smith", "{} and {}"),
        ("Ana 🦊", "Ana!", "{}!"),
        ("Ana Smith", "https://anasmith.com https://x.org/Ana-Smith", "[a link] [a link]"),
        ("李雷", "https://x.org/李雷的书", "[a link]"),
        *((name, "Maria Lopez, maria_lopez, MariaLopez, #MARIALOPEZ, Maria-Lopez", "{}, {}, {}, #{}, {}") for name in ("Maria_Lopez", "maria_lopez", "MariaLopez", "mariaLopez", "Maria.Lopez", "Maria-Lopez", "@MariaLopez")),
        *((name, "Maria or Lopez, _Maria_", "{} or {}, _{}_") for name in ("Maria_Lopez", "maria_lopez", "MariaLopez", "Mx MariaLopez")),
        ("JSmith", "smith, J. Smith", "{}, {}"),
        ("Ian McGregor", "McGregor, Mc Gregor, mcgregor", "{}, {}, {}"),
        ("Cy O'Neil", "Cy O’Neil, ONeil, o'neil", "{}, {}, {}"),
        ("Ana S", "It is Ana's", "It is {}'s"),
        ("Ana van Dam", "A van, said Dam", "A van, said {}"),
        ("Kim (she/her)", "Kim told her", "{} told her"),
        ("MacroSW", "#MacroSW, #macrosw: macro work with Macro, sw, SW", "#MacroSW, #macrosw: macro work with {}, sw, {}"),
        ("李雷", "#李雷", "#{}"),
        ("İbrahim", "Thanks İbrahim", "Thanks {}"),
        ("🦊🦊", "@🦊🦊 likes 🦊", "{} likes 🦊"),
        ("The Macro Lab", "The macro work of Macro Lab at the lab", "The macro work of {} {} at the {}"),
        ("समीर", "समाज और सम, समीर!", "समाज और सम, {}!"),
        ("कमलेश", "कमल का फूल, कमलेशी", "कमल का फूल, कमलेशी"),
        ("সমীর", "সমাজ সমীর", "সমাজ {}"),
        ("มานี", "มานะและมานี", "มานะและ{}"),
        ("So On", "soon, SOON, SoOn, so on, so-on", "soon, SOON, {}, {}, {}"),
        ("Wan Ting", "wanting, WANTING, @wanting, #wanting", "wanting, WANTING, {}, #{}"),
        ("wan ting", "wanting, WanTing, wanTing, Wan Ting, wan_ting", "wanting, {}, {}, {}, {}"),
        ("A Way", "away as a way", "away as {}"),
        ("Le An", "lean, Lean, LeAn, le an, @lean", "lean, Lean, {}, {}, {}"),
        ("Some Place", "someplace, SomePlace, some place", "someplace, {}, {}"),
        ("Every Thing", "everything, EveryThing", "everything, {}"),
        ("Mary McCoy", "mccoy, McCoy, mary mccoy", "{}, {}, {}"),
        ("Jean-Luc", "jeanluc, JEANLUC", "{}, {}"),
        ("Ann Lee", "O’Ann Lee", "O’{}"),
        ("'t Hooft", "’t Hooft", "’{}"),
        ("ʻIolani", "ʻIolani, Iolani, @iolani", "ʻ{}, {}, {}"),
        ("أحمد", "شكرا لأحمد وأحمد ولأحمد، أَحمَدُ أحمـد", "شكرا ل{} و{} ول{}، {} {}"),
        ("أحمد", "الأحمد وقال أحمدي", "الأحمد وقال أحمدي"),
        ("נור", "הנור וכנור, תנור לנור", "הנור וכ{}, תנור ל{}"),
        ("דוד כהן", "לדוד ודוד כהן, כשדוד, דודה", "ל{} ו{}, כש{}, דודה"),
        ("לי", "שלי ולי לי", "שלי ולי {}"),
        ("بلال", "بلال ولبلال", "{} ول{}"),
        ("علی", "کتاب علی‌ها", "کتاب {}\u200cها"),
        ("कमलेश", "@कमलेश @प्रिया। @มานี", "{} [somebody]। [somebody]"),
        ("Ana", "谢谢Ana！Anaさん, Ana는 bananaさん", "谢谢{}！{}さん, {}는 bananaさん"),
    ],
)  # fmt: skip
def test_however_it_is_written(name: str, text: str, expected: str) -> None:
    """In writing without spaces, composed or not, short, with another case, glued together, or without a letter."""
    script = Script("MacroSW", "On macro practice", (Question("1", "Why?"),))
    author = Author("1", name)
    anonymous = Anonymous(script, [author], seed=1)
    pseudonym = called(anonymous, author)
    assert anonymous.text(text) == expected.replace("{}", pseudonym)


#: How a name of several words is set, and around it what Markdown, Discord and people write.
BETWEEN = ["", " ", "_", ".", "-", "  ", "\n", "__"]
AROUND = [
    "{}", "_{}_", "__{}__", "*{}*", "**_{}_**", "#{}", "@{}", "_@{}_", "`{}`", "||{}||", "({})", "{}'s", "{}, too", "[{}](x)",
]  # fmt: skip
CASES = [str.capitalize, str.lower, str.upper]
WORDS = st.lists(st.text("kuzäж", min_size=2, max_size=4), min_size=2, max_size=3)


@settings(max_examples=300)
@given(WORDS, WORDS, st.data())
def test_a_name_is_found_in_any_spelling(words: list[str], others: list[str], data: st.DataObject) -> None:
    """Whichever way somebody writes their name so that its words can be told apart, no way to write it comes through."""

    def spelt(words: list[str], among: list[str]) -> str:
        between, how = data.draw(st.sampled_from(among)), data.draw(st.sampled_from(CASES))
        return between.join(str.capitalize(word) if between == "" else how(word) for word in words)

    authors = [Author("1", spelt(words, BETWEEN)), Author("2", spelt(others, BETWEEN))]
    anonymous = Anonymous(SCRIPT, authors, seed=1)
    written = spelt(words, BETWEEN)
    # Words that are short together may be another word where no capital tells them apart: Wan Ting and wanting.
    told = len(written) >= 8 or re.search(r"[\s._-]", written)
    written = data.draw(st.sampled_from([str, str.lower, str.upper] if told else [str]))(written)
    text = anonymous.text(f"so {data.draw(st.sampled_from(AROUND)).format(written)} says")
    squeezed = re.sub(r"[\W_]", "", text.casefold())
    assert "".join(words) not in squeezed
    assert (text.startswith("so "), text.endswith(" says")) == (True, True)


def test_a_name_of_several_is_nobodys(anonymous: Anonymous) -> None:
    """A name that two people have is not given to one of them."""
    twins = Anonymous(SCRIPT, [Author("1", "Kim Lee"), Author("2", "kim lee")], seed=1)
    assert twins.text("Kim Lee!") == f"{SOMEBODY}!"


def test_names_that_begin_alike() -> None:
    """The longest name is found first, also of those written with another case, and the spelling that tells most of a name."""
    people = [Author("1", "Anna Bartholomew"), Author("2", "Anna"), Author("3", "anna kuz")]
    people += [Author("4", "Marialopez"), Author("4", "maria_lopez")]
    anonymous = Anonymous(SCRIPT, people, seed=1)
    said = anonymous.text("Anna Bartholomew, Anna, Anna Kuz, Maria Lopez")
    assert said == ", ".join(called(anonymous, people[each]) for each in (0, 1, 2, 4))


def test_a_whole_name_is_no_shorter_one_with_a_word_joined_to_it() -> None:
    """Where a name is also another behind a short word, it is that name."""
    people = [Author("1", "بسام"), Author("2", "سام")]
    anonymous = Anonymous(SCRIPT, people, seed=1)
    bassam, sam = (called(anonymous, each) for each in people)
    assert anonymous.text("بسام وسام وبسام") == f"{bassam} و{sam} و{bassam}"


def test_nothing_else_of_them_is_left(anonymous: Anonymous) -> None:
    """Introductions, files and ids go; a reply still leads to what it answers, and what people did stays."""
    assert anonymous.entry(Entry("1", START, ANA, "I am Ana", answers=("0",))) is None
    assert anonymous.entry(Entry("1", START, ANA, "hello", under="0")) is None
    assert anonymous.entry(Entry("1", START, None, "Q0: Who?", "question", under="0"))
    first = anonymous.entry(
        Entry("m-1", START, ANA, "A1 x", answers=("1",), under="1", reactions={"<:a:1>": 2})
    )
    files = (Attachment("ana.png", "https://x.org/ana.png"),)
    reply = anonymous.entry(
        Entry("m-2", START, WILL, "", reply_to="m-1", attachments=files, highlighted=True)
    )
    assert first
    assert reply
    assert (reply.reply_to, reply.attachments, reply.text) == (first.id, (), "[a file]")
    assert (reply.highlighted, first.answers, first.reactions) == (True, ("1",), {":a:": 2})
    assert "m-" not in first.id + reply.id


@pytest.mark.parametrize(
    ("address", "stays"),
    [
        ("https://nitter.net/cy/status/5", False), ("https://example.social/@cy", False), ("https://x.edu/~cy/a", False),
        ("https://example.org/profile/Cy", False), ("https://example.org/%40cy", False), ("https://jobs.example/IN/cy", False),
        ("https://example.org/u/cy?x=1", False), ("https://blog.example/posts/591", False), ("https://m.xing.com/x", False),
        ("https://example.org/status", True), ("https://example.org/in/", True), ("https://example.org/posts/on-care", True),
        ("https://example.org/users", True), ("https://example.org/within/reach?status=5", True),
    ],
)  # fmt: skip
def test_pages_of_people_anywhere(anonymous: Anonymous, address: str, *, stays: bool) -> None:
    """An address that leads to a person or a post is left out on whatever site, and any other stays."""
    assert (anonymous.text(f"see {address}") == f"see {address}") is stays


def test_the_head_names_nobody(anonymous: Anonymous) -> None:
    """The chat's own words are told without its hosts."""
    script = replace(SCRIPT, intro=Question("0", "Who has met Hana Kim?"))
    about = anonymous.about(About(script, "macrosw-2015-04-23"))
    hana = called(anonymous, HANA)
    assert [question.ask for question in about.script.everything_asked] == [f"Who has met {hana}?", "Why?"]
    assert (about.script.hosts, about.script.title, about.script.summary) == (
        (),
        f"With {hana}",
        f"{hana} asks.",
    )


def test_who_comes_later_is_nameless_too(anonymous: Anonymous) -> None:
    """Somebody who was not known beforehand gets a pseudonym, and is replaced from then on."""
    name = called(anonymous, Author("300", "Zoë Lund"))
    assert anonymous.text("zoë lund?") == f"{name}?"


@pytest.mark.parametrize("apostrophe", "'’‘ʼʻ`´′＇")
def test_any_apostrophe_is_one(apostrophe: str) -> None:
    """A name with an apostrophe is found with any other or none, also where a question has it, too."""
    script = replace(SCRIPT, title=f"What Mary O{apostrophe}Neil taught us")
    author = Author("1", f"Mary O{apostrophe}Neil")
    anonymous = Anonymous(script, [author], seed=1)
    said = anonymous.text(
        "O'Neil, O’Neil, O‘Neil, OʼNeil, OʻNeil, O`Neil, O´Neil, O′Neil, O＇Neil, ONeil, O'NEIL"
    )
    assert said == ", ".join([called(anonymous, author)] * 11)


@pytest.mark.parametrize(
    "part",
    [
        "a_",
        "a%",
        "a.",
        "a@",
        "@",
        "@a.",
        "@a",
        "a@a.",
        "x.com/_",
        "a-",
        "_",
        "' ",
        "<:a",
        "ana ",
        "ana_",
        "لا",
        "a\u200d",
    ],
)
def test_a_long_line_takes_no_longer(part: str) -> None:
    """A line of 200,000 characters that never becomes what it begins as is read in one go: with its square, this would not end."""
    anonymous = Anonymous(SCRIPT, [Author("1", "Kuz Ana Kuz"), Author("2", "Zoë")], seed=1)
    text = part * (200_000 // len(part))
    assert anonymous.text(f"{text}!")[-1] == "!"


#: What names are made of that has gone wrong, and what else there is.
ODD = "AaBb .*+(@1é\n'’‘ʼʻ`´′＇_-İıßſΣς\u0301\u0336\u200d\u200cكَـלִअीมี李ŉǆ#"
NAMES = st.lists(st.text(st.sampled_from(ODD), max_size=8) | st.text(max_size=8), max_size=4)
ANYTHING = st.text(st.sampled_from(ODD) | st.characters(), max_size=40)


@settings(max_examples=400)
@given(NAMES, ANYTHING, st.data())
def test_any_name_will_do(names: list[str], text: str, data: st.DataObject) -> None:
    """Whatever people are called, and whatever of that the script says, nothing breaks, and who is not meant stays."""
    asked = data.draw(st.permutations([*names, text]))
    script = replace(SCRIPT, questions=(Question("1", " ".join(asked)),))
    anonymous = Anonymous(script, [Author(str(number), name) for number, name in enumerate(names)], seed=1)
    for said in (" ".join([text, *names]), "".join(asked)):
        for changed in (said, said.lower(), said.upper(), said.title(), re.sub("['’‘ʼʻ`´′＇]", "", said)):
            anonymous.text(changed)
            anonymous.text(f"https://example.org/{changed}")
    assert anonymous.text("…, — 42 %") == "…, — 42 %"
