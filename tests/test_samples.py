"""The samples, the JSON schema and the hosts' guide, kept true to the one model."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from bot.answers import Context, Purpose, Reading, read
from bot.messages import Author, Message
from bot.script.form import ChatForm, HostForm, QuestionForm, ResourceForm, schema
from bot.script.model import ALWAYS
from bot.script.parse import parse_bytes
from bot.script.posts import Kind, Post, compose
from bot.script.starter import starter

FOLDER = Path(__file__).parent.parent / "questions"
SAMPLES = sorted(FOLDER.glob("*.yaml"))
GUIDE = (FOLDER / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)


def valid(text: str) -> bool:
    return bool(jsonschema.Draft202012Validator(schema()).is_valid(as_an_editor_reads(text)))


def as_an_editor_reads(text: str) -> Any:
    """Read YAML as editors do, to whom dates are texts."""
    return json.loads(json.dumps(yaml.safe_load(text), default=str))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_each_sample_is_right(path: Path) -> None:
    """Each sample has neither problem nor remark, names the schema in its first line, and is valid by it."""
    parsed = parse_bytes(path.read_bytes())
    assert (parsed.problems, parsed.remarks) == ((), ())
    text = path.read_text("utf-8")
    assert text.startswith("# yaml-language-server: $schema=chat.schema.json\n")
    assert valid(text)


def test_the_samples_are_the_ones_promised() -> None:
    """There is the #MacroSW hour, a chat of five minutes and one in two languages."""
    macrosw, minutes, languages = (
        parse_bytes((FOLDER / f"{name}.yaml").read_bytes()).script
        for name in ("macrosw", "five-minutes", "two-languages")
    )
    assert macrosw
    assert minutes
    assert languages
    assert macrosw.starts == datetime(2015, 4, 24, 1, tzinfo=UTC)
    assert macrosw.intro
    hour = macrosw.first_question_after + sum((question.time for question in macrosw.questions), timedelta())
    assert hour == timedelta(hours=1)
    assert minutes.first_question_after + sum((q.time for q in minutes.questions), timedelta()) == timedelta(
        minutes=5
    )
    assert all(question.translations for question in languages.everything_asked)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_labels_that_a_sample_announces_count(path: Path) -> None:
    """Whoever labels an answer as the bot's first posts or the sample's own remarks say is taken to answer that question."""
    script = parse_bytes(path.read_bytes()).script
    assert script
    posts = [compose(script, Post("k", kind, ALWAYS)) for kind in (Kind.WELCOME, Kind.HOUSEKEEPING)]
    announced = {
        found[0]: found[1]
        for text in (*posts, path.read_text("utf-8"))
        for found in re.finditer(r"\b[A-Z](\d{1,2}[a-z]?)\b", text)
    }
    assert {"A1", "Q1"} <= set(announced)
    asked = {question.label: ALWAYS for question in script.everything_asked}
    for label, question in announced.items():
        message = Message("m", Author("ana", "Ana"), f"{label} yes", datetime(2015, 4, 24, 1, 30, tzinfo=UTC))
        assert read(script, asked, message, Context()) == Reading(Purpose.ANSWER, (question,), question), (
            label
        )


def test_two_languages_are_announced_with_a_label_each() -> None:
    """The sample in two languages tells people of A1 and of R1."""
    script = parse_bytes((FOLDER / "two-languages.yaml").read_bytes()).script
    assert script
    housekeeping = compose(script, Post("k", Kind.HOUSEKEEPING, ALWAYS))
    assert {"A1", "R1"} <= set(re.findall(r"\b[A-Z]\d\b", housekeeping))


def test_the_schema_is_the_shipped_one() -> None:
    """`questions/chat.schema.json` is what the model gives, and is itself a valid schema."""
    shipped = (FOLDER / "chat.schema.json").read_text("utf-8")
    assert json.loads(shipped) == schema()
    assert shipped == json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
    jsonschema.Draft202012Validator.check_schema(schema())


def test_everything_in_the_schema_is_explained() -> None:
    """Each key has a description, and each of a single value an example that its own schema takes."""
    for form in (ChatForm, HostForm, QuestionForm, ResourceForm):
        for name, field in form.model_fields.items():
            assert field.description, name
            assert field.examples or name == "resources", name


@pytest.mark.parametrize(
    "text",
    [
        "hosts: Ana",
        "hosts: {name: Ana, role: Guest}",
        "last_call: none",
        "last_call: 0",
        "minutes_per_question: 1h 30 min",
        "acknowledge: no",
        "question_threads: yes",
        'question_threads: "On"',
        "resources: {title: x, url: https://x.org}",
        "starts: 2026-12-03 9pm",
        "starts: 2026-12-03T21:00:00Z",
        "summary:",
    ],
)
def test_the_schema_takes_every_form_that_the_check_takes(text: str) -> None:
    """What an editor marks as wrong, the check must not take for right."""
    whole = f"hashtag: '#M'\ntitle: T\nquestions: [a, {{ask: b, label: 3}}]\n{text}\n"
    assert parse_bytes(whole.encode()).problems == ()
    assert valid(whole)


@pytest.mark.parametrize(
    "text",
    ["hostz: Ana", "hosts: [{role: guest}]", "last_call: soon", "summary: 3", "questions: []", "starts: tomorrow", "questions: [3]"],
)  # fmt: skip
def test_the_schema_refuses_what_is_plainly_wrong(text: str) -> None:
    """Unknown and missing keys, wrong types and forms are marked by an editor too."""
    base = "hashtag: M\ntitle: T\n" + ("" if text.startswith("questions") else "questions: [a]\n")
    assert parse_bytes(f"{base}{text}\n".encode()).problems
    assert not valid(f"{base}{text}\n")


def test_the_starter_is_valid_by_the_schema() -> None:
    """The script that a host begins with has no mark in an editor."""
    assert valid(starter("M", "T", ["a"]))


def test_the_guide_explains_every_key_with_an_example() -> None:
    """Each key of the model stands in the guide by name and in one of its examples."""
    examples = "\n".join(BLOCKS)
    for form in (ChatForm, HostForm, QuestionForm, ResourceForm):
        for name in form.model_fields:
            assert f"`{name}`" in GUIDE, name
            assert re.search(rf"(?m)^\s*(- )?{name}:", examples), name


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_every_example_of_the_guide_is_right(block: str) -> None:
    """Each block of YAML in the guide is a script, or becomes one with what every script has."""
    base = {"hashtag": "hashtag: MacroSW\n", "title": "title: T\n", "questions": "questions: [a]\n"}
    missing = "".join(line for key, line in base.items() if not re.search(rf"(?m)^{key}:", block))
    parsed = parse_bytes((missing + block).encode())
    assert parsed.problems == ()
    assert valid(missing + block)


def test_what_the_guide_says_the_check_says() -> None:
    """Each answer of the check that the guide shows is what the check says of the lines that it shows before."""
    shown = re.findall(r"```text\n(.*?)```\s*```text\n(.*?)```", GUIDE, re.DOTALL)
    assert len(shown) >= 5
    for wrong, said in shown:
        base = {"hashtag": "hashtag: MacroSW\n", "title": "title: T\n", "questions": "questions: [a]\n"}
        tail = "".join(line for key, line in base.items() if not re.search(rf"(?m)^{key}:", wrong))
        told = [problem.at("chat.yaml") for problem in parse_bytes((wrong + tail).encode()).problems]
        assert "\n".join(told) == said.strip()
