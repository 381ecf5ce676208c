"""Tables of posts: what each column is, and what a row says."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.imports.heard import LeftOut, Signed, Unread, Unreadable
from bot.messages import Attachment
from tests.importing import heard, pieces, said, written

NINE = datetime(2015, 4, 23, 21, 1, 5, tzinfo=UTC)
TAGS = (
    "id_str,from_user,text,created_at,time,geo_coordinates,user_lang,in_reply_to_user_id_str,in_reply_to_screen_name,"
    "from_user_id_str,in_reply_to_status_id_str,source,status_url\n"
    '591000000000000001,ana,"A1 tea &amp; toast\nat home #macrosw",Thu Apr 23 21:01:05 +0000 2015,23/04/2015 22:01:05,,en,'
    "1,hana,102,590999999999999999,web,http://x\n"
)
TWARC = (
    "id,conversation_id,referenced_tweets.replied_to.id,referenced_tweets.retweeted.id,author_id,text,created_at,"
    "author.username,author.name\n"
    "1,1,,,102,A1 toast,2015-04-23T21:01:05.000Z,ana,Ana\n"
    "2,1,1,,103,me too,2015-04-23T21:01:06.000Z,bo,Bo\n"
    "3,1,,1,103,A1 toast,2015-04-23T21:01:07.000Z,bo,Bo\n"
)
NITTER = 'Tweet ID\tUsername\tDate\tText\n5\t@ana\t"Apr 23, 2015 · 9:01 PM UTC"\tA1 toast\n'
EXPORTER = (
    "AuthorID,Author,Date,Content,Attachments,Reactions\n"
    '"102","Ana","2015-04-23T21:01:05.0000000+00:00","A1 toast","https://x.org/a/map.png?e=1","👍 (2),macro (1)"\n'
    '"103","Bo","2015-04-23T21:01:06.0000000+00:00","","export_Files/b.jpg",""\n'
)


def test_tags(tmp_path: Path) -> None:
    """A TAGS archive: the unambiguous time, ids, what it replies to, and Twitter's &amp; as it was written."""
    (message,) = said(written(tmp_path, "tags.csv", TAGS))
    assert (message.id, message.author.id, message.author.name) == ("591000000000000001", "102", "ana")
    assert (message.at, message.reply_to) == (NINE, "590999999999999999")
    assert message.text == "A1 tea & toast\nat home #macrosw"


def test_twarc(tmp_path: Path) -> None:
    """A table of twarc: replies, and retweets as somebody else's words."""
    assert [(m.id, m.author.name, m.reply_to, m.repeat) for m in said(written(tmp_path, "t.csv", TWARC))] == [
        ("1", "ana", None, False),
        ("2", "bo", "1", False),
        ("3", "bo", None, True),
    ]


def test_nitter(tmp_path: Path) -> None:
    """A dump of Nitter with tabs between its columns."""
    (message,) = said(written(tmp_path, "n.csv", NITTER))
    assert (message.id, message.author.name, message.at) == ("5", "ana", NINE.replace(second=0))


def test_discord_exporter(tmp_path: Path) -> None:
    """DiscordChatExporter's CSV: attachments, also without a text, and reactions by number."""
    first, second = heard(written(tmp_path, "d.csv", EXPORTER))
    assert (first.message.author.id, first.message.author.name) == ("102", "Ana")
    assert first.message.attachments == (Attachment("map.png", "https://x.org/a/map.png?e=1", "image/png"),)
    assert first.reactions == {"👍": Signed(others=2), "macro": Signed(others=1)}
    assert second.message.attachments[0].name == "b.jpg"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", ",;\t|")
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_delimiters_and_encodings(tmp_path: Path, encoding: str, delimiter: str, end: str) -> None:
    """Whatever a spreadsheet saved: its delimiter, its line ends and its encoding are found out."""
    rows = [("When", "Author", "Time", "Message"), ("x", "Zoë", "2015-04-23 21:01:05", '"tea, cake; jam"')]
    text = end.join(delimiter.join(row) for row in rows) + end
    (message,) = said(written(tmp_path, "p.csv", text.encode(encoding)))
    assert (message.author.name, message.at, message.text) == ("Zoë", NINE, "tea, cake; jam")


def test_columns_by_option(tmp_path: Path) -> None:
    """Columns with names of their own are taken as told."""
    path = written(tmp_path, "p.csv", "wann;wer;was;antwort auf\n2015-04-23 21:01:05;Ana;toast;7\n")
    columns = {"time": "Wann", "author": "wer", "text": "3", "reply_to": "antwort auf"}
    (message,) = said(path, columns=columns)
    assert (message.author.name, message.text, message.reply_to) == ("Ana", "toast", "7")


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Date;Time", "23.04.2015;21:01:05"),
        ("Time;Day", "9:01:05 PM;2015-04-23"),
        ("Date;Time", "2015-04-23 00:00:00;21:01:05"),
        ("Date;Time", "4/23/2015 12:00:00 AM;9:01:05 pm"),
        ("Date;Time", "2015-04-23;21:01:05Z"),
        ("Date;Time", "23.04.2015;21:01:05 UTC"),
        ("Date;Time", "2015-04-23;14:01:05-07:00"),
        ("Date;Time", "4/23/2015;11:01:05 PM GMT+0200"),
        ("Date;Time", "2015-04-23 21:01:05;21:01"),
        ("Date;Time", "2015-04-23 21:01:05;"),
        ("Date;Time", "23;2015-04-23 21:01:05"),
    ],
)
def test_day_and_time_in_two_columns(tmp_path: Path, header: str, row: str) -> None:
    """A clock beside a day is read with it; where either column has both, it is enough."""
    (message,) = said(written(tmp_path, "p.csv", f"{header};User;Message\n{row};Ana;toast\n"))
    assert (message.at, message.text) == (NINE, "toast")


def test_two_columns_by_option(tmp_path: Path) -> None:
    """Which columns have the day and the time can be said; where it has to be, that is told with the row."""
    header, row = "Tag;Uhrzeit;Time;Wer;Text\n", "23.04.2015;21:01:05;23.04.2015;Ana;toast\n"
    path = written(tmp_path, "p.csv", header + row)
    columns = {"author": "Wer"}
    (message,) = said(path, columns=columns | {"date": "Tag", "time": "Uhrzeit"})
    assert message.at == NINE
    for half in ("Uhrzeit", "Time"):
        (unread,) = (p for p in pieces(path, columns=columns | {"time": half}) if isinstance(p, Unread))
        assert unread.why.endswith(
            ". Where day and time are in two columns, say which: --columns date=…,time=…"
        )


@pytest.mark.parametrize("clock", ["21.01", "21h01", "09 PM", "21:01 Uhr"])
def test_another_clock(tmp_path: Path, clock: str) -> None:
    """A clock of another form beside its day is told with how it is read; alone, where the day may be."""
    for row, hint in ((f"Date;Time;User;Message\n2015-04-23;{clock}", "is read as 20:10"), (f"Time;User;Message\n{clock}", "--columns date=")):  # fmt: skip
        (unread,) = (
            p for p in pieces(written(tmp_path, "p.csv", f"{row};Ana;toast\n")) if isinstance(p, Unread)
        )
        assert hint in unread.why


def test_no_header(tmp_path: Path) -> None:
    """A table without a header is told by numbers, and its first row is a post."""
    path = written(tmp_path, "p.csv", "2015-04-23 21:01:05,Ana,toast\n2015-04-23 21:01:06,Bo,tea\n")
    columns = {"time": "1", "author": "2", "text": "3"}
    assert [message.text for message in said(path, columns=columns)] == ["toast", "tea"]


@pytest.mark.parametrize(
    ("content", "columns", "why"),
    [
        (
            "when,author,text\n1,2,3\n",
            {},
            r"p\.csv:1: no column is known to have the time.*--columns time=….*when",
        ),
        ("time,author,text\n1,2,3\n", {"text": "words"}, "no column 'words'; there are time, author, text"),
        ("time,author,text\n1,2,3\n", {"texts": "text"}, "nothing called 'texts'"),
        (
            "time,author,text\n04/05/2015 10:00,a,b\n",
            {},
            r"'04/05/2015 10:00' can be read in two ways.*--dates day-first",
        ),
        ("id,at,kind,author,author_id,host,text,answers\n", {}, "--format json"),
    ],
)
def test_unknown_columns(tmp_path: Path, content: str, columns: dict[str, str], why: str) -> None:
    """What cannot be known of a table is said, with what to do."""
    with pytest.raises(Unreadable, match=why):
        pieces(written(tmp_path, "p.csv", content), columns=columns)


def test_unreadable_rows(tmp_path: Path) -> None:
    """Rows that cannot be read are told with the line on which they begin; empty ones are nothing."""
    path = written(
        tmp_path,
        "p.csv",
        'time,author,text\nsoon,a,b\n\n2015-04-23 21:01:05,a,"two\nlines"\n2015-04-23 21:01:05,,x\n2015-04-23 21:01:05,a,\n',
    )
    found = pieces(path)[1:]
    assert [(p.line, p.why) for p in found if isinstance(p, Unread)] == [
        (2, "'soon' is not a time that can be read"),
        (6, "there is no author in the row"),
    ]
    assert LeftOut("rows without text") in found
    assert [message.text for message in said(path)] == ["two\nlines"]


def test_a_text_with_commas(tmp_path: Path) -> None:
    """A text in the last column comes whole without quotation marks; empty cells at the end are none."""
    head, row = "time,author,text\n", "2015-04-23 21:01:05,a,b, c ,,d\n2015-04-23 21:01:05,a,e,,\n"
    assert [message.text for message in said(written(tmp_path, "p.csv", head + row))] == ["b, c ,,d", "e"]


def test_a_row_with_too_many_cells(tmp_path: Path) -> None:
    """A row is told with its line where its surplus cells may be of any column, and the others come all the same."""
    rows = "2015-04-23 21:01:05,a,b, c,7\n2015-04-23 21:01:05,a,e,8\n"
    path = written(tmp_path, "p.csv", "time,author,text,id\n" + rows)
    assert [piece for piece in pieces(path) if isinstance(piece, Unread)] == [
        Unread(2, "the row has more cells than the header; a text with a comma needs quotation marks")
    ]
    assert [message.text for message in said(path)] == ["e"]


def test_missing_quotation_mark(tmp_path: Path) -> None:
    """A quotation mark that is never closed is found before the whole file is one cell."""
    path = written(tmp_path, "p.csv", 'time,author,text\n2015-04-23 21:01:05,a,"b\n' + "x,y,z\n" * 40_000)
    with pytest.raises(Unreadable, match=r"p\.csv:2: .*quotation mark"):
        pieces(path)


def test_dates_as_told(tmp_path: Path) -> None:
    """Days that can be read in two ways are read as told, or as the one row does that can be read in one way only."""
    rows = "time,author,text\n" + "4/05/2015 9:01 PM,a,b\n" * 600
    for dates, more in (("day-first", ""), (None, "13/05/2015 9:01 PM,a,c\n")):
        first, *_ = said(written(tmp_path, "p.csv", rows + more), dates=dates)
        assert f"{first.at:%d %B}" == "04 May"


@pytest.mark.parametrize("end", ["", "\n"])
def test_a_quotation_mark_that_is_open_at_the_end(tmp_path: Path, end: str) -> None:
    """Nothing is lost without a word in a shorter file, either: the row that swallowed the rest is told with its line."""
    row = "2015-04-23 21:01:05,a,"
    path = written(
        tmp_path, "p.csv", f'sep=,\ntime,author,text\n{row}"two\nlines"\n{row}"b\n{row}c\n{row}d{end}'
    )
    with pytest.raises(Unreadable, match=r"p\.csv:5: .*ends inside quotation marks.*missing"):
        pieces(path)
    whole = written(tmp_path, "p.csv", f'time,author,text\n{row}b\n{row}"two\nlines"{end}')
    assert [message.text for message in said(whole)] == ["b", "two\nlines"]


@pytest.mark.parametrize("first", ["sep=;\r\n", "SEP=;\n", '"sep=;"\r'])
@pytest.mark.parametrize("columns", [{}, {"time": "1", "author": "2", "text": "3"}])
def test_the_line_that_names_the_delimiter(tmp_path: Path, first: str, columns: dict[str, str]) -> None:
    """Excel's own first line is no row of the table, with a header or without, and lines are counted with it."""
    rows = "2015-04-23 21:01:05;Ana;tea, cake\nsoon;Ana;x\n"
    path = written(tmp_path, "p.csv", first + ("" if columns else "time;author;text\n") + rows)
    assert [message.text for message in said(path, columns=columns)] == ["tea, cake"]
    (unread,) = (each for each in pieces(path, columns=columns) if isinstance(each, Unread))
    assert unread.line == (3 if columns else 4)


def test_ids_that_a_spreadsheet_has_rounded(tmp_path: Path) -> None:
    """An id such as 5.91E+17 is lost, so that not all posts are taken for one."""
    path = written(
        tmp_path,
        "p.csv",
        "id_str,from_user,text,created_at\n5.91E+17,a,x,2015-04-23 21:01\n5.91E+17,a,y,2015-04-23 21:01\n",
    )
    assert [message.id for message in said(path)] == ["line-1.2", "line-1.3"]
