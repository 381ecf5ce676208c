"""Which scripts a guild is offered, and a script as a host wants it this time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rooms.discord.scripts import (
    Offered,
    Unusable,
    adapted,
    attachment,
    choose,
    matching,
    newest_attached,
    offered,
    usable,
)
from bot.script.model import Script
from bot.script.parse import parse
from bot.session import Refusal, begin
from bot.store import Chat

NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)
HERE, ELSEWHERE = 1001, 2002
GOOD = "hashtag: MacroSW\ntitle: Common ground\nquestions: [What brought you here?]\n"
BAD = "hashtag: MacroSW\ntitle: Common ground\nquestion: [What?]\n"
SAMPLES = sorted((Path(__file__).parents[1] / "questions").glob("*.yaml"))


def _chat(source: str, text: str = GOOD) -> Chat:
    state = begin(_script(text), NOW)
    return Chat(
        id=1, name=f"macrosw-2026-11-22@{HERE}", source=source, text=text, room=f"discord:{HERE}", place="1",
        rehearsal=False, created=NOW, state=state,
    )  # fmt: skip


def _script(text: str) -> Script:
    script = parse(text).script
    assert script
    return script


def _names(scripts: list[Offered]) -> list[str]:
    return [script.name for script in scripts]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a folder with a script for every guild, and one for each of two."""
    for name, title in (
        ("all.yaml", "For all"),
        (f"{HERE}/own.yml", "Ours"),
        (f"{ELSEWHERE}/secret.yaml", "Theirs"),
    ):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(GOOD.replace("Common ground", title), encoding="utf-8")
    (tmp_path / "notes.txt").write_text("not a script", encoding="utf-8")
    return tmp_path


def test_a_guild_is_offered_its_own_and_what_is_for_all(folder: Path) -> None:
    """Own scripts come before those for every guild; another guild's are not among them."""
    assert _names(offered(folder, HERE, [])) == ["own", "all"]
    assert _names(offered(folder, ELSEWHERE, [])) == ["secret", "all"]
    assert _names(offered(folder, 3003, [])) == ["all"]


def test_what_was_attached_is_offered_again(folder: Path) -> None:
    """A script attached before can be chosen again in that guild, the newest of one name; others' files are not."""
    newer = GOOD.replace("Common ground", "Newer")
    kept = [_chat("attached:mine.yaml"), _chat("attached:mine.yaml", newer), _chat("/srv/other.yaml")]
    found = offered(folder, HERE, [(chat.source, chat.text) for chat in newest_attached(kept)])
    assert _names(found) == ["own", "all", "mine (attached)"]
    assert usable(found[-1]) == (newer, _script(newer))
    assert found[-1].source == "attached:mine.yaml"


def test_ones_own_script_goes_before_that_of_the_same_name(folder: Path) -> None:
    """Of two scripts with one name, the guild's own is meant."""
    (folder / str(HERE) / "all.yaml").write_text(GOOD.replace("Common ground", "Our own"), encoding="utf-8")
    assert usable(choose(offered(folder, HERE, []), "all"))[1].title == "Our own"


def test_an_image_that_is_not_there_is_told(folder: Path) -> None:
    """A script of the folder whose image is missing cannot be used, with the lines that `hashchat check` prints, until it is there."""
    wanting = GOOD.replace("[What brought you here?]", "[{ask: Who?, image: cat.png, alt: A cat}]")
    (folder / "all.yaml").write_text(wanting, encoding="utf-8")
    with pytest.raises(Unusable) as wrong:
        usable(choose(offered(folder, HERE, []), "all"))
    (line,) = wrong.value.script.problems
    assert line.startswith("all.yaml:3:")
    assert "`cat.png` is not there" in line
    (folder / "cat.png").write_bytes(b"a picture")
    assert usable(choose(offered(folder, HERE, []), "all"))[0] == wanting


def test_a_folder_that_is_not_there_offers_nothing(tmp_path: Path) -> None:
    """Without a folder there is nothing to choose, and what to do is said."""
    assert offered(tmp_path / "gone", HERE, []) == []
    with pytest.raises(Refusal, match="Attach one as `file`"):
        choose([], "x")


def test_a_changed_file_is_read_again(folder: Path) -> None:
    """A script that was changed on the disk is offered as it is now."""
    assert choose(offered(folder, HERE, []), "all").script
    (folder / "all.yaml").write_text(BAD, encoding="utf-8")
    assert choose(offered(folder, HERE, []), "all").script is None


def test_a_broken_script_is_refused_with_its_lines(folder: Path) -> None:
    """What is wrong in a script is told with file, line and column."""
    (folder / "broken.yaml").write_text(BAD, encoding="utf-8")
    with pytest.raises(Unusable, match="wrong in the script `broken`") as refused:
        usable(choose(offered(folder, HERE, []), "broken"))
    assert refused.value.script.problems[-1].startswith("broken.yaml:3:1: ")


@pytest.mark.parametrize(
    "name",
    [f"../{ELSEWHERE}/secret", f"{ELSEWHERE}/secret.yaml", "/etc/passwd", "secret", "..", "own.yml/../all"],
)
def test_a_name_is_no_path(folder: Path, name: str) -> None:
    """Only what is offered can be named: no path leads out of it, and the refusal names nothing else."""
    with pytest.raises(Refusal) as refused:
        choose(offered(folder, HERE, []), name)
    assert "secret" not in str(refused.value)
    assert "`all`" in str(refused.value)


def test_names_are_found_in_any_letters(folder: Path) -> None:
    """A part of a name or title is enough, in capitals or not; what fits more than one has to be said."""
    scripts = offered(folder, HERE, [])
    assert _names(matching(scripts, "OUR")) == ["own"]
    assert choose(scripts, " AL").name == "all"
    with pytest.raises(Refusal, match="More than one script"):
        choose(scripts, "")


def test_an_attached_script_may_name_no_files() -> None:
    """A picture beside an attached script is not there, so it is refused; one on the web is not."""
    with_image = GOOD.replace("[What brought you here?]", "[{{ask: What?, image: {}, alt: A cat}}]")
    assert attachment("a.yaml", with_image.format("cat.png").encode()).script is None
    assert attachment("a.yaml", with_image.format("https://example.org/cat.png").encode()).script
    assert attachment("a.yaml", b"\xff\xfe\x00 no text").problems


def test_a_hostile_file_name_is_only_shown() -> None:
    """The name of an attached file closes no markup, and is short enough for a menu."""
    script = attachment(f"`x` @everyone {'y' * 200}.yaml", GOOD.encode())
    assert "`" not in script.name
    assert len(script.name) <= 60


# A script as it is wanted this time ------------------------------------------------------------------------------


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_other_minutes_change_nothing_else(path: Path) -> None:
    """Every question has the minutes wanted, and all else of the script is as it was written."""
    text = path.read_text(encoding="utf-8")
    script = _script(text)
    changed = _script(adapted(text, minutes=7.5, at=None, now=NOW))
    time = timedelta(minutes=7.5)
    assert changed == replace(script, questions=tuple(replace(q, time=time) for q in script.questions))


@settings(max_examples=60)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=30))
def test_texts_survive_whatever_is_in_them(text: str) -> None:
    """A script that is good before its minutes are changed is good afterwards, with the same words."""
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    written = f'hashtag: MacroSW\ntitle: "{quoted}"\nquestions: ["What?", 12:30, yes, 2026]\n'
    before = parse(written).script
    if before:
        after = _script(adapted(written, minutes=3, at=None, now=NOW))
        assert after.title == before.title
        assert [q.ask for q in after.questions] == [q.ask for q in before.questions]


def test_nothing_wanted_leaves_the_text() -> None:
    """Without options a script is kept to the letter, comments and all."""
    assert adapted(f"# mine\n{GOOD}", minutes=None, at=None, now=NOW) == f"# mine\n{GOOD}"


@pytest.mark.parametrize(
    ("at", "starts"),
    [
        ("20:00", datetime(2026, 11, 23, 1, tzinfo=UTC)),
        ("8pm", datetime(2026, 11, 23, 1, tzinfo=UTC)),
        ("09:30", datetime(2026, 11, 23, 14, 30, tzinfo=UTC)),
        ("2026-11-25 20:00", datetime(2026, 11, 26, 1, tzinfo=UTC)),
        ("2026-11-25 20:00Z", datetime(2026, 11, 25, 20, tzinfo=UTC)),
        ("now", None),
    ],
)
def test_a_time_is_in_the_zone_of_the_script(at: str, starts: datetime | None) -> None:
    """A time of day is the next one in the script's zone; the script's own start no longer counts."""
    text = f"{GOOD}timezone: America/New_York\nstarts: 2027-01-01 12:00\n"
    assert _script(adapted(text, minutes=None, at=at, now=NOW)).starts == starts


@pytest.mark.parametrize(
    ("at", "why"),
    [
        ("tomorrow", "not a date and time"),
        ("25:00", "not in the calendar or on the clock"),
        ("2026-11-25", "a date but no time"),
        ("20", "write 2026-11-22 20:00"),
        ("2020-01-01 20:00", "`at` is past"),
        ("2027-03-14 02:30", "`at`"),
        ("20:00\nhashtag: X", "not a date and time"),
    ],
)
def test_a_wrong_time_is_explained(at: str, why: str) -> None:
    """A time that cannot be is refused in the words of the script's own check, about the option."""
    with pytest.raises(Refusal, match=why) as refused:
        adapted(f"{GOOD}timezone: America/New_York\n", minutes=None, at=at, now=NOW)
    assert "`starts`" not in str(refused.value)


@pytest.mark.parametrize(
    ("now", "starts"),
    [
        ("2027-03-14 12:00-04:00", "2027-03-15 02:30-04:00"),  # left out this morning
        ("2027-03-14 01:00-05:00", "does not exist"),
        ("2027-03-13 12:00-05:00", "does not exist"),
        ("2026-11-01 12:00-05:00", "2026-11-02 01:30-05:00"),  # came twice this morning
        ("2026-11-01 01:40-04:00", "happens twice"),
    ],
)
def test_a_time_on_the_day_when_the_clocks_are_changed(now: str, starts: str) -> None:
    """A time that the clocks have left out, or shown twice, this morning is tomorrow's; one still to come has to be said."""
    text = f"{GOOD}timezone: America/New_York\n"
    at = "02:30" if "03-1" in now else "01:30"
    if starts[0].isdigit():
        begins = _script(adapted(text, minutes=None, at=at, now=datetime.fromisoformat(now))).starts
        assert begins == datetime.fromisoformat(starts)
    else:
        with pytest.raises(Refusal, match=starts):
            adapted(text, minutes=None, at=at, now=datetime.fromisoformat(now))


def test_wrong_minutes_are_explained() -> None:
    """Minutes that no question may have are refused by the option's name."""
    with pytest.raises(Refusal, match="`minutes` is too short"):
        adapted(GOOD, minutes=0.01, at=None, now=NOW)
