"""The keys that hosts write, each with how its value is read, what it means and an example; and their JSON schema.

The one model behind the check, the schema in editors and the test of the guide.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from bot.script import values
from bot.script.model import MOST_QUESTIONS, Role
from bot.script.source import Scalar
from bot.script.times import DAY, SECOND, duration_of, moment
from bot.script.wrong import Wrong, nearest


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """How a single value is read, and its JSON schema with every form that is taken."""

    read: Callable[[Scalar], object]
    schema: Mapping[str, object]

    def _value(self, value: object) -> object:
        if not isinstance(value, Scalar):
            found = "a list" if isinstance(value, list) else "a mapping"
            raise Wrong(
                f"is {found}, and should be a single value", 'put a text that has : { or [ in quotes: "…"'
            )
        return self.read(value)

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self._value)

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return dict(self.schema)


def _string(**more: object) -> dict[str, object]:
    return {"type": "string", "minLength": 1, **more}


def _time(least: timedelta, most: timedelta, example: str) -> Written:
    pattern = (
        r"^\s*(\d+(\.\d+)?|(\d+(\.\d+)?\s*[dhmsDHMS][a-zA-Z]*\s*)+" + ("" if least else "|[Nn]one") + r")\s*$"
    )
    number = {"type": "number", "minimum": least.total_seconds() / 60, "maximum": most.total_seconds() / 60}
    return Written(
        duration_of(least, most, example), {"anyOf": [number, {"type": "string", "pattern": pattern}]}
    )


Line = Annotated[str, Written(values.line_of(300), _string())]
Name = Annotated[str, Written(values.line_of(100), _string())]
Text = Annotated[str, Written(values.text, _string())]
Template = Annotated[str, Written(values.template, _string())]
Summary = Annotated[str, Written(values.text_of(1000), _string())]
Alt = Annotated[str, Written(values.line_of(1000), _string())]
Link = Annotated[str, Written(values.link, _string(pattern="^\\s*[Hh][Tt][Tt][Pp][Ss]?://", format="uri"))]
Picture = Annotated[str, Written(values.image, _string(pattern=r"^[^\\]+$"))]
Handle = Annotated[str, Written(values.handle, _string(pattern=r"^\s*@?[^\s@]+(@[^\s@]+)?\s*$"))]
Hashtag = Annotated[str, Written(values.hashtag, _string(pattern=r"^\s*[#＃]*\s*[^\s#]+\s*$"))]
Language = Annotated[str, Written(values.language, _string(pattern=r"^\s*[A-Za-z]{2,3}(-[A-Za-z0-9]+)*\s*$"))]
Zone = Annotated[str, Written(values.time_zone, _string())]
Moment = Annotated[
    datetime,
    Written(moment, _string(pattern=r"^\s*\d{4}-\d{1,2}-\d{1,2}[Tt\s]\s*\d{1,2}([:.]\d{2}|\s*[AaPp]).*$")),
]
Next = Annotated[str | datetime, Written(values.text_or_moment, _string())]
Sign = Annotated[
    str, Written(values.sign, {"anyOf": [_string(maxLength=10), {"const": False}, {"type": "null"}]})
]
_YES_AND_NO = [
    form
    for word in ("yes", "no", "true", "false", "on", "off")
    for form in (word, word.title(), word.upper())
]
YesNo = Annotated[bool, Written(values.yes_or_no, {"anyOf": [{"type": "boolean"}, {"enum": _YES_AND_NO}]})]
_ROLES = [str(role) for role in Role]
Part = Annotated[Role, Written(values.role, {"anyOf": [{"enum": _ROLES}, _string()], "examples": _ROLES})]
Label = Annotated[
    str, Written(values.label, {"anyOf": [{"type": "integer", "minimum": 1}, _string(maxLength=20)]})
]
QuestionTime = Annotated[timedelta, _time(10 * SECOND, DAY, "8m")]
Wait = Annotated[timedelta, _time(0 * SECOND, DAY, "2m")]
Late = Annotated[timedelta, _time(0 * SECOND, 30 * DAY, "24h")]

LanguageTag = Annotated[str, AfterValidator(values.language_tag)]
Translations = Annotated[
    dict[LanguageTag, Text], Field(json_schema_extra={"propertyNames": {"minLength": 2}})
]


def _in_list(value: object) -> object:
    return value if isinstance(value, list) else [value]


def _counted(questions: object) -> object:
    if isinstance(questions, list) and len(questions) > MOST_QUESTIONS:
        raise Wrong(f"has {len(questions)} questions", f"write at most {MOST_QUESTIONS}")
    if questions == []:
        raise Wrong("is empty", "write each question in a line of its own that begins with `- `")
    return questions


def _or_text(key: str) -> BeforeValidator:
    """Take a single value for a mapping that has only this key."""

    def mapping(value: object) -> object:
        if isinstance(value, Scalar):
            return {key: value}
        if isinstance(value, dict) and len(value) == 1:
            _refuse_split_text(*next(iter(value.items())), key)
        return value

    return BeforeValidator(mapping)


def _refuse_split_text(key: str, value: object, wanted: str) -> None:
    """Refuse what is a text to its writer, and a key with a value to YAML because of its colon."""
    known = {*QuestionForm.model_fields, *HostForm.model_fields}
    if wanted not in (key, nearest(key, known)) and nearest(key, known) is None and isinstance(value, Scalar):
        text = f"{key}: {value.text}"
        instead = f"put the whole text in quotes: {values.quoted(text[:80])}"
        raise Wrong("has a `:` with a space after it inside a text without quotes", instead)


def _or(schema: dict[str, Any], other: object) -> None:
    """Let a schema take another form as well."""
    own = {
        key: schema.pop(key)
        for key in list(schema)
        if key not in ("title", "description", "examples", "default")
    }
    schema["anyOf"] = [other, own]


def _text_alone(schema: dict[str, Any]) -> None:
    _or(schema, _string())


def _one_alone(schema: dict[str, Any]) -> None:
    _or(schema, schema["items"])


class _Keys(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ResourceForm(_Keys):
    """Something to read or look at."""

    model_config = ConfigDict(title="Resource")

    title: Line = Field(description="What it is called.", examples=["National Association of Social Workers"])
    url: Link = Field(description="Its web address.", examples=["https://www.socialworkers.org"])


Resources = Annotated[
    tuple[ResourceForm, ...], BeforeValidator(_in_list), Field(json_schema_extra=_one_alone)
]


class HostForm(_Keys):
    """A person who hosts the chat, or a guest. A name alone is enough."""

    model_config = ConfigDict(title="Host", json_schema_extra=_text_alone)

    name: Name = Field(description="The name that people see.", examples=["Ana Ruiz"])
    handle: Handle | None = Field(
        None, description="Their name on the platform, with or without @.", examples=["ana_ruiz"]
    )
    link: Link | None = Field(
        None, description="A web address about them.", examples=["https://www.example.org/ana"]
    )
    role: Part = Field(
        Role.HOST, description="Hosts and co-hosts steer the chat; a guest does not.", examples=["guest"]
    )


class IntroForm(_Keys):
    """A question that is posted with the welcome. A text alone is enough."""

    model_config = ConfigDict(title="Intro", json_schema_extra=_text_alone)

    ask: Text = Field(description="The question itself.", examples=["What did you learn this week?"])
    image: Picture | None = Field(
        None,
        description="A picture: a file beside the script, or an https address. It needs `alt`.",
        examples=["bridge.png"],
    )
    alt: Alt | None = Field(
        None,
        description="What the picture shows, in words, for those who do not see it.",
        examples=["A bridge between two cliffs; one is marked micro, the other macro"],
    )
    resources: Resources = Field((), description="Things to read, posted with the question.")
    translations: Translations = Field(
        default_factory=dict,
        description="The question in other languages, posted with it.",
        examples=[{"es": "¿Qué has aprendido esta semana?"}],
    )


class QuestionForm(IntroForm):
    """One question. A text alone is enough."""

    model_config = ConfigDict(title="Question")

    minutes: QuestionTime | None = Field(
        None,
        description="The time for this question, where it is not `minutes_per_question`: minutes, or 90s, 8m, 1h.",
        examples=[8, "90s"],
    )
    label: Label | None = Field(
        None,
        description="Its own name in place of the running number: 3a and 3b for parts, or a word.",
        examples=["3a", "Bonus"],
    )
    follow_up: Text | None = Field(
        None,
        description="A text that is posted when half the time for the question is over.",
        examples=["What would you tell a student about it?"],
    )


class ChatForm(_Keys):
    """One live hashtag chat, as its host writes it."""

    model_config = ConfigDict(
        title="hashchat script",
        json_schema_extra={"$schema": "https://json-schema.org/draft/2020-12/schema"},
    )

    hashtag: Hashtag = Field(
        description='The hashtag, as MacroSW or "#MacroSW" in quotes.', examples=["MacroSW"]
    )
    title: Line = Field(
        description="What the chat is about.", examples=["The common ground of micro and macro practice"]
    )
    questions: Annotated[
        tuple[Annotated[QuestionForm, _or_text("ask")], ...],
        BeforeValidator(_counted),
    ] = Field(
        json_schema_extra={"minItems": 1, "maxItems": MOST_QUESTIONS},
        description="The questions, 1 to 50, in their order.",
        examples=[["What brought you here?", "What is next?"]],
    )
    summary: Summary | None = Field(
        None,
        description="One or two sentences for announcements and the archive.",
        examples=["Where do work with people and work for change meet?"],
    )
    language: Language = Field(
        "en", description="The language of the chat, as a BCP 47 tag.", examples=["en", "es", "pt-BR"]
    )
    hosts: Annotated[
        tuple[Annotated[HostForm, _or_text("name")], ...],
        BeforeValidator(_in_list),
        Field(json_schema_extra=_one_alone),
    ] = Field(
        (),
        description="Who hosts, and who is a guest: names, or more about each.",
        examples=[["Ana Ruiz", "Bo Chen"]],
    )
    starts: Moment | None = Field(
        None,
        description="Date and time of the welcome, in `timezone`; the chat then starts by itself.",
        examples=["2026-12-03 21:00"],
    )
    timezone: Zone = Field(
        "UTC",
        description="The time zone of the chat: an IANA name.",
        examples=["America/New_York", "Europe/Madrid", "UTC"],
    )
    minutes_per_question: QuestionTime = Field(
        timedelta(minutes=10),
        description="The time for each question: minutes, or 90s, 8m, 1h.",
        examples=[10, "8m"],
    )
    first_question_after: Wait = Field(
        timedelta(minutes=1),
        description="The time between the welcome and the first question.",
        examples=["1m"],
    )
    last_call: Wait = Field(
        timedelta(minutes=2),
        description="A reminder comes this long before a question's time is over; 0 for none.",
        examples=["2m", 0],
    )
    welcome: Template | None = Field(
        None,
        description="The first post. {hashtag}, {title}, {hosts}, {questions}, {minutes} and {next} are filled in.",
        examples=["Welcome to {hashtag}! Tonight: {title}, with {hosts}."],
    )
    housekeeping: Template | None = Field(
        None,
        description="How to answer, what is kept and how to be forgotten. Placeholders as in `welcome`.",
        examples=[
            "Begin your answer to Q1 with A1. We keep what you write here for the recap; ask us to be left out."
        ],
    )
    closing: Template | None = Field(
        None,
        description="The last post; resources and the next chat are added to it. Placeholders as in `welcome`.",
        examples=["Thank you all! The recap follows."],
    )
    intro: Annotated[IntroForm, _or_text("ask")] | None = Field(
        None,
        description="A question Q0, posted with the welcome.",
        examples=["Tell us who you are and where you write from."],
    )
    late_answers: Late = Field(
        timedelta(hours=24),
        description="How long after the end answers still count, up to 30 days; 0 for not at all.",
        examples=["24h", "7d"],
    )
    acknowledge: Sign = Field(
        "✅",
        description="The sign that shows that an answer was counted; none for none.",
        examples=["✅", "none"],
    )
    question_threads: YesNo = Field(
        default=False,
        description="Open a thread on each question, where the platform has threads.",
        examples=[True],
    )
    resources: Resources = Field(
        (), description="Things to read, posted with the closing and kept in the recap."
    )
    next: Next | None = Field(
        None,
        description="The next chat: a date and time in `timezone`, or a text.",
        examples=["2026-12-10 21:00"],
    )


def schema() -> dict[str, Any]:
    """Give the JSON schema (draft 2020-12) of a chat script, for editors."""
    return ChatForm.model_json_schema()
