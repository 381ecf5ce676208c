"""Which questions a message answers: every form and trap counted in public chats, and what must hold for any text."""

import re
import string
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answers import SOON, Context, Previous, Purpose, Reading, Reply, may_continue, read
from bot.labels import forms_for, glance, named, own_words
from bot.messages import Attachment, Author, Message
from bot.script.model import ALWAYS, Question, Script, plain_script

SIX = plain_script(6)
SPANISH = plain_script(6, language="es-MX")
PARTS = Script(
    "chat",
    "A chat",
    tuple(Question(label, "?") for label in ("1", "2", "3a", "3b", "Bonus", "Wrap")),
    intro=Question("0", "?"),
)
NOW = datetime(2015, 4, 24, 1, 30, tzinfo=UTC)
IMAGE = (Attachment("x.png", "https://example.org/x.png"),)


def said(text: str, *, at: datetime = NOW, **more: Any) -> Message:
    return Message("m", Author("ana", "Ana"), text, at, **more)


def reading(
    text: str,
    *,
    script: Script = SIX,
    asked: dict[str, datetime] | None = None,
    message: dict[str, Any] | None = None,
    **context: Any,
) -> Reading:
    asked = {q.label: ALWAYS for q in script.everything_asked} if asked is None else asked
    return read(script, asked, said(text, **(message or {})), Context(**context))


def answers(text: str, **more: Any) -> str:
    return " ".join(reading(text, **more).answers)


FORMS = {
    "A1 sorting, storing, sharing": "1", "A1: sorting": "1", "A1. Sorting": "1", "A1) I should note": "1", "A1- sorting": "1",
    "A1 – sorting": "1", "A1—sorting": "1", "A1--sorting": "1", "A8- AR/VR": "", "A6- AR/VR": "6", "a2) I don't use it": "2",
    "a2 I don't use it": "2", "A3b What I do": "3", "A3B: What I do": "3", "A2framework is what I use": "2", "A1; yes": "1",
    "A1, I think": "1", "A1… so many": "1", "A1! Love this": "1", "A01 yes": "1", "A#1 yes": "1", "A 1: yes": "1", "A-1: yes": "1",
    "A.1. yes": "1", "[A1] yes": "1", "(A1) yes": "1", "Q2 Just realised I rarely use it": "2", "Q.1. yes": "1", "Q1A: yes": "1",
    "Q2: I think": "2", "Q2) mine is": "2", "T1 hope": "1", "T1: hope": "1", "T2 A2 what are you doing": "2", "Q2: A2 my own": "2",
    "Q1/A1: yes": "1", "#A1 yes": "1", "#a4 yes": "4", "I agree #lrnchat #a4": "4", "A1": "1", "a1": "1",
    "…the process can be just as important. A1.": "1", "…just as important. A1 #LTHEchat": "1", "I agree entirely (A1)": "1",
    "I agree entirely - A1": "1", "late to the party tonight! A2 I use music…": "2", "so glad to be here #MacroSW A2 I use music": "2",
    "sorry! a2 I use music": "2", "Late A1: hello all": "1", "And for Q2: hello": "2", "Re: Q2 - hello": "2",
    "@bo @cy #MacroSW A1: yes": "1", ".@bo A1 yes": "1", "@bo: A1 yes": "1", "<@123456> A2 yes": "2", "<:wave:99> A2 yes": "2",
    ":wave: A2 yes": "2", "🙌🏽 A2 yes": "2", "https://example.org/a A2: yes": "2", "- A2 yes": "2", "**A1** yes": "1",
    "**A1:** yes": "1", "__A1__ yes": "1", "*A1* yes": "1", "`A1` yes": "1", "~A1~ yes": "1", "Ａ１：yes": "1", "A\u200b1 yes": "1",
    "A1\xa0yes": "1", "\u202aA1\u202c yes": "1", "\ufeffA1 yes": "1", "A١ yes": "1", "𝗔𝟮 yes": "2", "A1\ufe0f\u20e3 yes": "1",
    "A‑1: yes": "1", "A1.2 and also": "1", "A2a yes": "2", "A2 (b) yes": "2", "A2(b) yes": "2", "A2 b) yes": "2",
    "A3 and A2 Pinterest": "3 2", "A4/5 yes": "4 5", "A4/A5 yes": "4 5", "A1-A6 yes": "1 2 3 4 5 6", "A1–A3: yes": "1 2 3",
    "A1 to A3: yes": "1 2 3", "A1-3 all of them": "1 2 3", "A6-A4 yes": "4 5 6", "A1-A9999 yes": "1 2 3 4 5 6", "A1 & A4: yes": "1 4",
    "A1 &amp; A4 yes": "1 4", "A1 & 4: yes": "1 4", "A2 and A3 yes": "2 3", "A1, 2 and 3: yes": "1 2 3", "A1, A2, A3 yes": "1 2 3",
    "A5 & A9: yes": "5", "A1 and 2 others": "1", "A2, 3 things": "2", "A1-5 years of work": "1", "A2/2. and so": "2",
    "A2 (2/2) and so": "2", "A3 one half 1/2": "3", "A5. Cont. and so": "5", "A1 yes\nA2 no": "1 2", "hello\n\nA1 yes": "1",
    "A1: yes A2: no": "1 2", "A1\nyes": "1", "Q2\nI think so": "2", "Answer 2: yes": "2", "Question 2: yes": "2", "Ans. 2) yes": "2",
    "A 2 attended a meeting on this": "2", "A 2: attended": "2", "A1 is a hard one": "1", "A1 2 things matter": "1", "A1 50% of us": "1",
    "A1,2,3: foo": "1 2 3", "A1,2,3 foo": "1 2 3", "A1,2: foo": "1 2", "A1,2 and 3: foo": "1 2 3", "A1, 2, 3 foo": "1 2 3", "A1, 2 and 3 foo": "1 2 3",
    "A1,2,A4 foo": "1 2 4", "A1-3,5: foo": "1 2 3 5", "A1/2,3: foo": "1 2 3", "A1, A2 and A3: foo": "1 2 3", "Q1,2,3: foo": "1 2 3", "A1,2 people": "1",
    "A1,2,000 of us": "1", "A1, 2,5 times more": "1", "A1, 2 and 3 year olds": "1", "A2, 3, 4 days": "2", "A1,000 of us": "1",
    "Q3 in two words: trust, time": "3", "Q3 in the second year it came": "3", "Q2 in a nutshell it is trust": "2", "A3 in five minutes a day": "3",
    "A1c) third, we listen": "1", "A1 \"be kind\"": "1", "A1: A4 paper": "1",
}  # fmt: skip
TRAPS = (
    "Start your answers with A1 etc.", "will search for your A2", "should be A2", "made it in time for Q1",
    "we come back to this in Q5", "Q6 coming up", "Great. Q6 coming up", "a 10% score", "A 10% score", "a 3 day poll",
    "A 3 day poll", "A 3-day poll", "A 2 year old", "A 2-year-old", "a 2nd look", "A 2nd look", "Q4 this year", "Q4 2015 was good",
    "Q4 results are out", "Rich from A2", "A2, A4, K3", "A2, A4, K3 of the framework", "look https://example.org/q3AyY",
    "https://example.org/A3", "https://example.org/?A3", "A1c matters to my clients", "A1C: 7.2 today", "HbA1c", "T2D patients",
    "T2 diabetes", "A4 paper", "A4-sized paper", "A1's point", "A2?", "Q2?", "Q2", "Q2 was hard", "Q1 please", "Which is A2? I missed it",
    "love your A2 so much", "Great! A2 was good", "A1, A2 etc. in your answers please", "A1 for Q1, A2 for Q2", "A3 coming soon",
    "A11y is important", "A1B2C3", "A1:30 start", "CoQ10", "A&E 2 hours", "24/7", "A levels", "A", "A:", "1. yes", "", "   ", "@A1 hello",
    "in my view A2 and so on", "R1 yes", "A12345 yes", "a 5 step plan", "Q3 in five minutes", "Q3 in 5 min", "Q3 in about five more minutes everyone", "Q3 in a minute or two",
    "Q3 in just a sec", "Q3 in 5!", "Q3 in five", "Q3 in 30s", "Q3 in a few minutes", "Q3 in half an hour", "Q3 up next", "Q3 shortly", "A9 yes", "A0 yes", "email a1@example.org", "x=A1", "A1x5 yes",
)  # fmt: skip
REPEATS = (
    "RT @bo: A1 yes", "rt @bo A1 yes", "RT: @bo A1 yes", "MT @bo A1 yes", "“@bo: A1 yes”", '"@bo: A1 yes"', '"A1 yes"', "“A1 yes",
    "> A1 yes", "> A1 yes\n> and more", ">>> A1 yes\nA2 yes", "#MacroSW RT @bo: A1 yes", "“@bo: A1 yes” #MacroSW", "@cy “@bo: A1 yes”",
    "RT “@bo: A1 yes”", "RT @bo: a thing without a label",
)  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), FORMS.items(), ids=FORMS)
def test_form(text: str, expected: str) -> None:
    """Every form of label names its questions, whoever reads it for the first time."""
    assert answers(text) == expected


@pytest.mark.parametrize("text", TRAPS)
def test_trap(text: str) -> None:
    """What only looks like a label is conversation on the floor."""
    assert reading(text) == Reading(Purpose.CONVERSATION, (), "6")


@pytest.mark.parametrize("text", REPEATS)
def test_repeat(text: str) -> None:
    """Others' answers are not those of the one who repeats them."""
    assert reading(text) == Reading(Purpose.REPEAT, (), "6")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("> A1 yes\nA2 no", "2"), ("> A1 yes\nI agree", ""), ("A2 so true! RT @bo: A1 yes", "2"), ("So true! RT @bo: A1 yes", ""),
        ("“@bo: A1 yes” A2 I doubt it", "2"), ('A1 "A2 framework" is what I use', "1"), ('He said "hi" @bo A1: yes', "1"),
        ('"Be kind" is my motto. A1.', "1"), ("RT if you agree. A1 yes", "1"),
    ],
)  # fmt: skip
def test_own_words_beside_repeated_ones(text: str, expected: str) -> None:
    """Beside a quotation one's own words count, and only they."""
    assert (reading(text).purpose, answers(text)) == (
        Purpose.ANSWER if expected else Purpose.CONVERSATION,
        expected,
    )


def test_platform_marks_repeat() -> None:
    """A message that the platform marks as repeated is no answer, whatever it says and replies to."""
    assert reading("A1 yes", message={"repeat": True}, reply=Reply("2", "2")) == Reading(
        Purpose.REPEAT, (), "2"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [("R1 sí", "1"), ("r2: sí", "2"), ("A1 sí", "1"), ("P1 sí", "1"), ("Q1: sí", "1"), ("R1 y R3 sí", "1 3"), ("R1, 2 y 3: sí", "1 2 3"),
     ("Respuesta 2: sí", "2"), ("A 2 horas de aquí", ""), ("R2D2", ""), ("R1 a R3 sí", "1 2 3"), ("@bo R2) sí", "2"), ("R1…", "1")],
)  # fmt: skip
def test_spanish(text: str, expected: str) -> None:
    """The language's own letters and words count beside the English ones."""
    assert answers(text, script=SPANISH) == expected


TRANSLATED = Script("chat", "A chat", (Question("1", "?", translations=(("es-MX", "¿?"),)), Question("2", "?", translations=(("fi", "?"), ("xx", "?")))))  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [("A1 yes", "1"), ("R1 sí", "1"), ("r2: sí", "2"), ("V2 joo", "2"), ("P1 sí", "1"), ("K1: joo", "1"), ("R1 y R2 sí", "1 2"), ("V1 ja V2 joo", "1 2"),
     ("A1 and A2 yes", "1 2"), ("Respuesta 2: sí", "2"), ("Vastaus 1: joo", "1"), ("Answer 2: yes", "2"), ("R1", "1"), ("S1 yes", ""), ("R2D2", ""),
     ("P2", ""), ("late! R2 sí", "2")],
)  # fmt: skip
def test_languages_of_translations(text: str, expected: str) -> None:
    """People answer in the language in which they read a question: labels count in each that the script asks in."""
    assert answers(text, script=TRANSLATED) == expected


def test_translations_of_the_intro_count() -> None:
    """The intro is a question like others; and a question's initial is one from a host."""
    intro = Question("0", "?", translations=(("es", "¿?"),))
    script = Script("chat", "A chat", (Question("1", "?"),), intro=intro)
    assert answers("R0 sí", script=script) == "0"
    assert reading("P1: ¿?", script=script, hosting=True) == Reading(Purpose.QUESTION, (), "1")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("A3a yes", "3a"), ("A3B: yes", "3b"), ("A3 (a) yes", "3a"), ("A3 yes", "3b"), ("A3c yes", "3b"), ("A3a/b yes", "3a"), ("A1-A3 yes", "1 2 3a 3b"),
     ("A2-A3a yes", "2 3a"), ("Bonus: yes", "Bonus"), ("bonus - yes", "Bonus"), ("BONUS) yes", "Bonus"), ("ABonus yes", "Bonus"), ("A-Bonus: yes", "Bonus"),
     ("A Bonus: yes", "Bonus"), ("#Bonus yes: no", ""), ("Bonus answer: yes", "Bonus"), ("QWrap thanks all", "Wrap"), ("AWrap: thanks", "Wrap"),
     ("A2 & ABonus: yes", "2 Bonus"), ("Great chat! Bonus: yes", "Bonus"), ("Bonus points for that", ""), ("A bonus of this", ""), ("A wrap I ate", ""),
     ("what a bonus", ""), ("A0 from Boston", "0"), ("A0: from Boston", "0"), ("A2a yes", "2")],
)  # fmt: skip
def test_labels_of_the_script(text: str, expected: str) -> None:
    """Parts and names that the script has are told apart; a part it does not have counts for its question."""
    assert answers(text, script=PARTS) == expected


def test_main_label_of_a_question_in_parts() -> None:
    """`A3` of a script with 3a and 3b means the part asked last by then, and none before either was asked."""
    asked = {"3a": NOW, "3b": NOW + timedelta(minutes=8)}
    at = [NOW - timedelta(1), NOW, NOW + timedelta(minutes=9)]
    assert [answers("A3 yes", script=PARTS, asked=asked, message={"at": when}) for when in at] == [
        "",
        "3a",
        "3b",
    ]


def test_clinical_value_is_a_label_where_the_script_has_it() -> None:
    """`A1c` is a laboratory value, unless the script asks a 1c."""
    script = Script("chat", "A chat", tuple(Question(label, "?") for label in ("1a", "1b", "1c")))
    assert answers("A1c matters", script=script) == "1c"


TIMES = {"1": NOW - timedelta(minutes=10), "2": NOW}


def test_only_what_was_asked_when_it_was_written_counts() -> None:
    """The message's own time decides: too early names nothing, the very moment does, a late one its own question."""
    early, now = {"at": NOW - timedelta(seconds=1)}, {"at": NOW}
    assert reading("A2 yes", asked=TIMES, message=early) == Reading(Purpose.CONVERSATION, (), "1")
    assert reading("A2 yes", asked=TIMES, message=now) == Reading(Purpose.ANSWER, ("2",), "2")
    assert reading("A1 yes", asked=TIMES, message=now) == Reading(Purpose.ANSWER, ("1",), "1")
    assert reading("A1 & A2: yes", asked=TIMES, message=early).answers == ("1",)
    assert reading("hello", asked={}).under is None


def test_who_hosts_decides_what_a_question_label_is() -> None:
    """`Q2:` is a question from a host, an answer from anybody else; A-labels are a host's answers too."""
    assert reading("Q2: What now?", hosting=True) == Reading(Purpose.QUESTION, (), "2")
    assert reading("Here we go! Q2: What now?", hosting=True).purpose is Purpose.QUESTION
    assert reading("T2 What now?", hosting=True).purpose is Purpose.QUESTION
    assert (
        reading("Q2: What now?", hosting=True, asked=TIMES, message={"at": NOW - timedelta(1)}).under is None
    )
    assert reading("A2 I say", hosting=True).answers == ("2",)
    assert reading("Q2 A2 I say", hosting=True).answers == ("2",)
    assert reading("Bonus: What now?", script=PARTS, hosting=True) == Reading(Purpose.QUESTION, (), "Bonus")
    assert reading("Start your answers with A1 etc.", hosting=True).purpose is Purpose.CONVERSATION


def test_question_label_alone() -> None:
    """A lone `Q2` asks about it; with an image it answers it."""
    assert answers("Q2") == ""
    assert answers("Q2", message={"attachments": IMAGE}) == "2"
    assert answers("Bonus", script=PARTS, message={"attachments": IMAGE}) == "Bonus"


def test_replies() -> None:
    """A reply to a question's post answers it; a label beats it; a reply to an answer is filed under its question."""
    post, answer = Reply("2", "2"), Reply(None, "3")
    assert reading("yes", reply=post) == Reading(Purpose.ANSWER, ("2",), "2")
    assert reading("A4 yes", reply=post) == Reading(Purpose.ANSWER, ("4",), "4")
    assert reading("A9 yes", reply=post).answers == ("2",)
    assert reading("yes", reply=answer) == Reading(Purpose.CONVERSATION, (), "3")
    assert reading("A4 yes", reply=answer).answers == ("4",)
    assert reading("yes", reply=Reply()) == Reading(Purpose.CONVERSATION, (), "6")
    assert answers("yes", reply=post, asked=TIMES, message={"at": NOW - timedelta(1)}) == ""


@pytest.mark.parametrize(
    ("text", "before", "expected"),
    [("2/2 and so", "", "4"), ("(2/2) and so", "", "4"), ("[2/3] and so", "", "4"), ("and so (2/2)", "", "4"), ("and so 2/2 #MacroSW", "", "4"),
     ("2/ and so", "", "4"), ("2 of 2: and so", "", "4"), ("@bo (2/2) and so", "", "4"), ("cont. and so", "", "4"), ("…cont and so", "", "4"),
     ("contd: and so", "", "4"), ("cont'd and so", "", "4"), ("(continued) and so", "", "4"), ("Continued: and so", "", "4"), ("2/3 and so", "A4 x 1/3", "4"),
     ("12/14 and so", "A4 x 11/14", "4"), ("and so (cont)", "", "4"), ("Cont…", "", "4"),
     ("2/3 and so", "", ""), ("2/3 of us agree", "", ""), ("I'd say 2/3", "", ""), ("1/2 and so", "", ""), ("24/7 and so", "", ""), ("9/11 and so", "", ""),
     ("50/50 for me", "", ""), ("3/2 hmm", "", ""), ("continued growth is good", "", ""), ("context matters", "", ""), ("content is king", "", ""), ("yes", "", ""),
     ("look https://example.org/2/2", "", ""), ("A2/2. and so", "A2 first", "2")],
)  # fmt: skip
def test_second_parts(text: str, before: str, expected: str) -> None:
    """A part without a label goes on with its author's last answer; two thirds and other numbers do not."""
    previous = Previous(("4",), NOW - timedelta(minutes=1), before)
    assert answers(text, previous=previous) == expected
    assert may_continue(text) or not expected or "A" in text


def test_second_part_comes_soon() -> None:
    """A part belongs to what its author has just answered, not to what they answered long before or only after."""
    for gap, expected in (
        (timedelta(0), "4"),
        (SOON, "4"),
        (SOON + timedelta(seconds=1), ""),
        (-timedelta(seconds=1), ""),
    ):
        assert answers("(2/2) and so", previous=Previous(("4",), NOW - gap)) == expected


def test_second_part_replying_to_the_first() -> None:
    """A thread of one's own goes on with the answer; a part that replies to a question's post answers that."""
    previous = Previous(("4", "5"), NOW - timedelta(minutes=1))
    assert answers("(2/2) and so", previous=previous, reply=Reply(None, "4")) == "4 5"
    assert answers("(2/2) and so", previous=previous, reply=Reply("2", "2")) == "2"


def test_placed_stands() -> None:
    """What author or host said afterwards stands against label, reply, repeat and hosting."""
    more: dict[str, Any] = {"reply": Reply("2", "2"), "hosting": True, "message": {"repeat": True}}
    assert reading("A1 yes", placed=("3", "4"), **more) == Reading(Purpose.ANSWER, ("3", "4"), "3")
    assert reading("A1 yes", placed=(), **more) == Reading(Purpose.CONVERSATION, (), "2")


#: An hour as it might have been said: what it answers, or `-` for conversation and `=` for a repeat, and the words.
HOUR = r"""
- Evening all, Ana from Boston here, mostly lurking tonight #MacroSW
- Hi everyone! Dana, hospital social worker, 12 years in. So glad I made it in time for Q1
- @ana welcome! Grab a tea :)
= RT @MacroSW: Q1: Where do micro and macro practice meet in your work? #MacroSW
1 A1 Every intake form I fill in is somebody's policy #MacroSW
1 A1: My caseload taught me more about zoning than any class did
1 @MacroSW A1) They meet in the waiting room. Literally.
1 #MacroSW A1. Housing. Always housing.
1 a1) honestly? in the parking lot after the board meeting
1 A1- The bus timetable decides who comes to group
1 Q1 For me it is the school: one child, then the whole district
1 Hi all, sorry I'm late! A1 Budget hearings are where my clients' stories go
1 A1 Advocacy starts with listening 1/2
- @dana yes!! this. so much this
= RT @bo: A1 Every intake form I fill in is somebody's policy
= “@cy: A1. Housing. Always housing.” #MacroSW
- “@cy: A1. Housing. Always housing.” could not agree more
1 A1 So true! RT @cy: A1. Housing.
- Love that answer @dana, will search for your A2 later
- 70% of my week is paperwork, a 3 day backlog at least
- We had a 2 hour meeting about a 10 minute problem
- Reminder: start your answers with A1 etc. so that we can follow
- Q2 coming up in a minute or two
2 A2 Both need trust, and trust needs time
2 A2: 1) relationships 2) patience 3) snacks
2 A2… I had to think about this one
2 @bo @cy A2 Agree with both of you, and would add supervision
2 T2 A2 field placements that cross the line between both
2 A2a more placements in city hall
2 A2.1 And paid ones, please
1 2 A1 & A2: the same answer for me, community organizing
1 2 A1/A2 students should sit in on a council meeting
1 late again, catching up. A1: neighbourhood associations
- @ana did you mean A2?
- Oops, that should be A2
- sorry, I keep forgetting to put A2
- Which article was that? The link ends in /q3AyY I think
- https://example.org/reports/A2
- See https://example.org/q3AyY for the numbers
3 A3 In my agency we write letters to the editor together
3 A3: We invited the mayor to lunch, 40 people came
3 A3 policy class + practice class taught by the same person. That is it.
3 A3! Loved this question. We map assets with families
3 **A3** mapping assets with families
3 #A3 mapping assets with families #MacroSW
3 mapping assets with families #MacroSW #A3
3 I would say mapping assets, with families rather than for them. A3
3 Ａ３：地域の会議に参加します
3 A3️⃣ we vote, and bring others along
3 <@882201> A3 what you said, plus child care
3 🔥🔥 A3 child care at meetings!
2 3 A2 and A3 are linked for me: listen first, then organize
1 2 3 A1-A3 in one word: relationships
- A3 coming up as soon as I have found my notes
- Q4 this year was brutal for our budget
- Our Q4 report says the same
- A4 paper is about all the funding that we got
- My A1c was better than our funding, ha
- A1C screening is macro work too
- We hit level B2, then K3, on the framework
- A2, A4, K3 of the framework cover this well
- Rich from A2 says hello, it is snowing in Ann Arbor
- A 2 year old could see that policy matters
- A 4-day week would help us all
2 A 2 attended a hearing once and never saw my job the same way
4 A4. Ask who is not in the room
4 A4: "Nothing about us without us" still says it best
4 Q4: who is missing? In our case, the night shift
4 Q4) transit riders
4 A4--the people who clean the building
4 A4transit riders, every time
4 5 A4/5 transit riders, and pay them for their time
- we come back to this in Q5, promise
- What question are we on? Q4 or Q5?
- Q5?
- Can somebody repeat Q3 please
5 A5) one call a month to an elected official, nothing more
5 Answer 5: one call a month
5 For Q5: one call a month, as Bo says
5 > Q5: What is one thing you will do?\nA5 call my council member
- > A5 call my council member\nMe too, tomorrow!
= > A5 call my council member
5 A5 call\n- my council member\n- my landlord
4 5 A4: bus riders\nA5: call them
5 Re Q5: same as last month, keep calling
5 well. A5: keep calling
6 A6 Thank you all, best hour of my month
6 A6: #gratitude @MacroSW
6 A6
- Great chat! Q6 will keep me up tonight
- 24/7 shelters would be a start, 2/3 of ours close at noon
- 9/10 would chat again
- thanks @ana @bo @cy, see you in 2 weeks
- Where do I find the archive?
- A+ chat tonight
- A is for advocacy
- A big thank you to the 60 people who came
- a11y matters: please add alt text
- At 9 it is over already?!
- Take 5 everyone, A&E nurses too
- Vitamin A 1 day at a time
- T2 diabetes runs along bus lines, there is a paper on that
- "A3 child care at meetings" <- this!
= "A3 child care at meetings!"
= MT @dana A3 child care at meetings
- =A1+A2 is not a formula, but it could be
- A7 is not a question we have
"""


@pytest.mark.parametrize("line", HOUR.strip().splitlines())
def test_an_hour(line: str) -> None:
    """Each line of an hour of talk is taken for what its writer meant."""
    purposes = {"-": Purpose.CONVERSATION, "=": Purpose.REPEAT}
    expected, text = re.fullmatch(r"([-=]|\d(?: \d)*) (.*)", line).groups()  # type: ignore[union-attr]
    result = reading(text.replace("\\n", "\n"))
    assert (result.purpose, " ".join(result.answers)) == (
        purposes.get(expected, Purpose.ANSWER),
        "" if expected in purposes else expected,
    )


PIECES = ("A1", "a2", "Q3", "A 2", "A4/5", "A1-A6", "A9999999", "@bo", "#A1", "#chat", "RT @bo:", "“", '"', "> ", "\n", ":", ")", "-", ".", "!", "2/2", "cont.", "Bonus", "R1", "T1", "１", "🙌", "\u200b", "<", ">", "&", " and ", "day", "?", "is")  # fmt: skip
TEXTS = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join), st.lists(st.sampled_from(PIECES), max_size=12).map("".join))  # fmt: skip
SCRIPTS = st.sampled_from([SIX, SPANISH, PARTS, TRANSLATED, plain_script(50, language="fr")])
CONTEXTS = st.builds(
    Context,
    reply=st.none()
    | st.builds(Reply, st.sampled_from([None, "1", "2", "9"]), st.sampled_from([None, "1", "2"])),
    previous=st.none()
    | st.builds(
        Previous, st.sampled_from([(), ("1",), ("2", "6")]), st.just(NOW - timedelta(minutes=2)), TEXTS
    ),
    hosting=st.booleans(),
)
modest = settings(max_examples=150)


@modest
@given(TEXTS, SCRIPTS, CONTEXTS, st.integers(0, 8), st.booleans())
def test_any_text(text: str, script: Script, context: Context, number_asked: int, repeat: bool) -> None:
    """Whatever is said: only what was asked by then is answered, each once, and later questions change nothing."""
    labels = [q.label for q in script.everything_asked]
    asked = {label: NOW + timedelta(minutes=n - number_asked) for n, label in enumerate(labels)}
    by_then = {label: when for label, when in asked.items() if when <= NOW}
    message = said(text, repeat=repeat)
    result = read(script, asked, message, context)
    assert set(result.answers) <= set(by_then)
    assert len(set(result.answers)) == len(result.answers)
    assert (result.purpose is Purpose.ANSWER) == bool(result.answers)
    assert result == read(script, by_then, message, context) == read(script, asked, message, context)


@modest
@given(TEXTS, CONTEXTS, st.sampled_from([(), ("1",), ("2", "3")]))
def test_placed_wins_over_any_text(text: str, context: Context, placed: tuple[str, ...]) -> None:
    """Nothing in a text stands against what was said about it afterwards."""
    told = Context(context.reply, context.previous, context.hosting, placed)
    assert read(SIX, {str(n): ALWAYS for n in range(1, 7)}, said(text), told).answers == placed


@modest
@given(TEXTS, CONTEXTS)
def test_last_answer_matters_only_where_it_may_continue(text: str, context: Context) -> None:
    """Who asks `may_continue` first needs no last answer for the rest."""
    without = Context(context.reply, None, context.hosting)
    asked = {str(n): ALWAYS for n in range(1, 7)}
    assert may_continue(text) or read(SIX, asked, said(text), context) == read(
        SIX, asked, said(text), without
    )


@modest
@given(
    st.sampled_from(
        [form for form, labels in FORMS.items() if labels and form[0] in "Aa" and form[1].isdigit()]
    ),
    st.lists(
        st.sampled_from(
            ["@bo", "#MacroSW", "🙌", "<@12>", "@cy:", "  ", "**", ".@bo", "https://example.org/q3"]
        ),
        max_size=4,
    ),
)
def test_hails_before_a_label_change_nothing(form: str, hails: list[str]) -> None:
    """Mentions, hashtags, emoji and links before a label leave its reading as it is."""
    assert answers(" ".join([*hails, form])) == answers(form)


@modest
@given(
    st.integers(1, 6),
    st.sampled_from(["{} yes", "{}: yes", "{}) yes", "@bo {} yes", "so! {}: yes", "{}b yes", "#{} yes"]),
    st.sampled_from("AQT"),
)
def test_case_does_not_matter(number: int, form: str, letter: str) -> None:
    """A label reads the same in small letters."""
    text = form.format(f"{letter}{number}")
    assert answers(text.lower()) == answers(text.upper()) == str(number)


@modest
@given(
    TEXTS
    | st.builds(
        "{}{}{}".format,
        st.sampled_from(["A1", "A2 ", "@bo A3: ", "#x A1) ", "A4. ", "R1 ", "@bo R2: "]),
        st.sampled_from(["", " ", "paper ", " etc", "coming up "]),
        st.text(string.ascii_letters + " .?!,'\n>\"@", max_size=20),
    ),
    st.sampled_from([("en",), ("en", "es"), ("fi",)]),
)
def test_quick_reading_is_the_thorough_one(text: str, languages: tuple[str, ...]) -> None:
    """The short cut for plain answers gives what the thorough reading gives, or stands back."""
    forms = forms_for(languages, tuple("123456"))
    seen = glance(text, forms)
    if seen is not None:
        names = [name.spans for name in named(own_words(text, forms), forms)]
        assert names == ([((seen, seen),)] if seen else [])


def _steps(text: str) -> int:
    """Count the calls that reading a text takes, which grow with the work left to Python."""
    calls = 0

    def count(*_: object) -> None:
        nonlocal calls
        calls += 1

    sys.setprofile(count)
    try:
        reading(text, previous=Previous(("1",), NOW))
        may_continue(text)
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize(
    "piece",
    ["A1", "A1 ", "A1/", "A1,", "A1-", "1,", ", 1", " and 1", ",1, 2 & 3", "in five ", "#", "@", "@a", "<", "<a", ":", ":a", " ", "\n", "\n ", ">", "> \n", '"', '"@a', "“", "RT ", "RT @", "1/", "2/2 ", "(", "((2/2", "cont ",
     "_", "*", ".", "…", "! A", "#A1 ", "! A1 a", "https://", "A 1 ", "and A1 ", "Aa", "\u0301", "\u200b", "１", "9", "so ", "late ", "&amp;"],
)  # fmt: skip
def test_adversarial_texts(piece: str) -> None:
    """Long texts of one piece are read to their end, in work that grows no faster than they do."""
    for start in ("", "A1", "Q3 "):
        small, large = (_steps(start + piece * (size // len(piece))) for size in (6_000, 48_000))
        assert large <= 9 * small + 200
