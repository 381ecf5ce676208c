"""The text of a file that is imported, whatever its encoding."""

from pathlib import Path

import pytest

from bot.imports.source import SAMPLE, opened
from tests.importing import written


def read(folder: Path, content: bytes) -> tuple[str, int]:
    with opened(written(folder, "x.log", content)) as source:
        return source.text().read(), source.odd_lines


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode(tmp_path: Path, encoding: str) -> None:
    """A file in one encoding of Unicode is read in it, and has no line that is not."""
    text = "21:01 <zoë> où, 日本語 😀\n21:02 <bo> “naïve”\n"
    assert read(tmp_path, text.encode(encoding)) == (text, 0)


def test_an_old_file(tmp_path: Path) -> None:
    """A file in Windows' Latin letters is read as that, also where two of them would be one of UTF-8; it is told."""
    text = "« café\xa0»\n" + "déjà vu, à côté, où, très près, naïve, élève\n" * 3 + "plain\n"
    assert read(tmp_path, text.encode("cp1252")) == (text, 4)


@pytest.mark.parametrize("before", [0, 10, SAMPLE - 2, SAMPLE - 1, SAMPLE, 3 * SAMPLE])
@pytest.mark.parametrize("others", ["è", "日本語"])
def test_one_line_of_another_encoding(tmp_path: Path, before: int, others: str) -> None:
    """One writer's Latin letters, wherever in a file, neither change the others' words nor are lost, and are told."""
    plain, odd = "x" * before + f"{others}\n", "déjà\n"
    content = plain.encode() + odd.encode("cp1252") + others.encode()
    assert read(tmp_path, content) == (plain + odd + others, 1)


def test_odd_lines(tmp_path: Path) -> None:
    """A line with many such letters is one line, however long; so is one that ends in half a letter, or in the file."""
    long = b"\xc3\xa9" + b"\xe9" * (3 * SAMPLE) + b"\n"
    plain = "日本語".encode() * SAMPLE + b"\n"
    assert read(tmp_path, plain + long + b"a\n\xf0\x9f\n\n\xe2\x82")[1] == 3
    assert read(tmp_path, b"\xe9" + b"x" * SAMPLE + b"\n\xe9\n" + plain)[1] == 2


def test_what_is_in_no_encoding(tmp_path: Path) -> None:
    """A byte that is no letter in either encoding is shown as one that is lost."""
    assert read(tmp_path, "é\n".encode() * 9 + b"\x81\n")[0].endswith("é\n\ufffd\n")
