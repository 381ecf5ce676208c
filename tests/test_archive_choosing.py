"""Where chats and hashtags go in an archive: names that every file system takes, and that nobody shares."""

from hypothesis import given
from hypothesis import strategies as st

from bot.archive.choosing import folder_of

TAGS = st.text(st.characters(categories=["L", "Nd"], include_characters="_"), min_size=1, max_size=100)


@given(TAGS)
def test_folders_are_short_and_safe(tag: str) -> None:
    """A folder's name fits anywhere, has no separator, and is none that a system keeps for itself."""
    name = folder_of(tag)
    assert 0 < len(name.encode()) < 200
    assert not set(name) & set('/\\:*?"<>|. ')
    assert name not in ("con", "prn", "aux", "nul", "com1", "lpt9")


def test_names_that_systems_keep_for_themselves() -> None:
    """What Windows takes for a device gets a hyphen, which no hashtag has."""
    assert [folder_of(tag) for tag in ("CON", "com1", "Console", "MacroSW")] == [
        "con-",
        "com1-",
        "console",
        "macrosw",
    ]


def test_long_hashtags_stay_apart() -> None:
    """Two long hashtags that begin alike have folders of their own, however their letters are coded."""
    one, other = "東" * 99 + "京", "東" * 99 + "都"
    assert folder_of(one) != folder_of(other)
    assert folder_of("Ä" * 60) == folder_of("ä" * 60)
