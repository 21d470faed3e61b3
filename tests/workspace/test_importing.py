"""`add`: every input row is taken or rejected, once, whatever is imported how often."""

import csv
import io
import json
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sonnim
from sonnim.workspace.importing import Added
from sonnim.workspace.workspace import Workspace

# Whole ways through a workspace: together they take longer than a quick look may.
pytestmark = pytest.mark.slow

HEADER = ("번호", "작성일", "내용", "별점", "고객번호")
FIRST = ("1", "2026-01-02", "배송이 정말 빨라요", "5", "c1")
SECOND = ("2", "2026-01-03", "포장이 많이 아쉬웠어요", "2", "c2")
THIRD = ("3", "2026-01-04", "그냥 그래요 음", "3", "c1")


@pytest.fixture
def temporary(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path_factory.mktemp("temporary")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return sonnim.new(tmp_path / "ws", timezone="Asia/Seoul")


def write(file: Path, rows: Iterable[Sequence[str]], header: Sequence[str] = HEADER) -> Path:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, quoting=csv.QUOTE_ALL).writerows([header, *rows])
    file.write_bytes(buffer.getvalue().encode())
    return file


def values(workspace: Workspace, table: str, *columns: str) -> list[tuple[object, ...]]:
    """The columns of a table, sorted."""
    if workspace.snapshot(workspace.schema(table)).table.version is None:
        return []
    read = workspace.table(table)
    lists = [read.column(column).to_pylist() for column in columns]
    return sorted(zip(*lists, strict=True), key=repr)


def counts(added: Iterable[Added]) -> list[tuple[str, int, int, int, int]]:
    return [(one.table, one.new, one.changed, one.same, one.rejected) for one in added]


def rejected(workspace: Workspace) -> list[tuple[object, ...]]:
    return values(workspace, "rejected", "file", "row", "reason")


def clean(workspace: Workspace, temporary: Path) -> bool:
    """Whether nothing is left in the temporary folder, in staging, or uncommitted."""
    staging = Path(workspace.store.location) / ".staging"
    left = [*temporary.iterdir(), *(staging.iterdir() if staging.is_dir() else ())]
    for name in workspace.store.names():
        files = {Path(one).name for one in workspace.store.snapshot(workspace.schema(name)).files}
        there = {one.name for one in (Path(workspace.store.location) / name).glob("*.parquet")}
        left += [Path(one) for one in there - files]
    return not left


# The same again


def test_the_same_file_twice(workspace: Workspace, tmp_path: Path) -> None:
    file = write(tmp_path / "reviews.csv", [FIRST, SECOND])
    assert counts(workspace.add(file)) == [("message", 2, 0, 0, 0)]
    assert [(one.known, one.table) for one in workspace.add(file)] == [(True, "message")]
    copy = tmp_path / "copy.csv"
    copy.write_bytes(file.read_bytes())
    assert [one.known for one in workspace.add(copy)] == [True]
    assert len(values(workspace, "message", "message_id")) == 2


def test_the_same_rows_in_another_encoding_and_order(workspace: Workspace, tmp_path: Path) -> None:
    workspace.add(write(tmp_path / "a.csv", [FIRST, SECOND, THIRD]))
    file = write(tmp_path / "b.csv", [THIRD, FIRST, SECOND])
    file.write_bytes(file.read_text(encoding="utf-8").replace(",", "\t").encode("cp949"))
    assert counts(workspace.add(file)) == [("message", 0, 0, 3, 0)]


@pytest.mark.parametrize("with_id", [True, False])
def test_overlapping_files(workspace: Workspace, tmp_path: Path, with_id: bool) -> None:
    start = 0 if with_id else 1
    january = [row[start:] for row in (FIRST, SECOND)]
    february = [row[start:] for row in (SECOND, THIRD)]
    assert counts(workspace.add(write(tmp_path / "a.csv", january, HEADER[start:]))) == [
        ("message", 2, 0, 0, 0)
    ]
    assert counts(workspace.add(write(tmp_path / "b.csv", february, HEADER[start:]))) == [
        ("message", 1, 0, 1, 0)
    ]
    texts = [row[0] for row in values(workspace, "message", "text")]
    assert texts == sorted(row[2] for row in (FIRST, SECOND, THIRD))


def test_twins_are_all_kept_and_found_again(workspace: Workspace, tmp_path: Path) -> None:
    twin = FIRST[1:]
    for name, rows, new, same in (
        ("two.csv", [twin, twin, SECOND[1:]], 3, 0),
        ("three.csv", [SECOND[1:], twin, twin, twin], 1, 3),
        ("one.csv", [twin, THIRD[1:]], 1, 1),
    ):
        found = counts(workspace.add(write(tmp_path / name, rows, HEADER[1:])))
        assert found == [("message", new, 0, same, 0)], name
    ids = [row[0] for row in values(workspace, "message", "message_id")]
    assert len(ids) == len(set(ids)) == 5


def test_a_row_that_changed_takes_the_place_of_the_old_one(
    workspace: Workspace, tmp_path: Path
) -> None:
    workspace.add(write(tmp_path / "a.csv", [FIRST, SECOND]))
    edited = (*SECOND[:2], "다시 써 보니 괜찮아요", "4", "c2")
    found = workspace.add(write(tmp_path / "b.csv", [FIRST, edited, THIRD]))
    assert counts(found) == [("message", 1, 1, 1, 0)]
    assert values(workspace, "message", "text", "rating") == sorted(
        [(FIRST[2], 5.0), (edited[2], 4.0), (THIRD[2], 3.0)], key=repr
    )
    before = workspace.history("message")[1].version
    old = sonnim.open(workspace.folder, as_of=before)
    assert values(old, "message", "text") == sorted([(FIRST[2],), (SECOND[2],)])


def test_a_file_read_another_way(workspace: Workspace, tmp_path: Path) -> None:
    rows = [("1", "2026-01-02", "첫 번째 글이에요", "두 번째 글이에요")]
    file = write(tmp_path / "a.csv", rows, ("번호", "작성일", "내용", "답변"))
    for words, text, changed in (
        ([], "첫 번째 글이에요", 0),
        (["text=답변"], "두 번째 글이에요", 1),
        (["text=내용"], "첫 번째 글이에요", 1),
    ):
        (one,) = workspace.add(file, map=words)
        assert (one.changed, one.known) == (changed, False)
        assert values(workspace, "message", "text") == [(text,)]
    assert [one.known for one in workspace.add(file)] == [True]


def test_two_sources_may_have_the_same_ids(workspace: Workspace, tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", [FIRST])
    workspace.add(file, source="ios")
    workspace.add(file, source="android")
    assert values(workspace, "message", "message_id", "source") == [
        ("android:1", "android"), ("ios:1", "ios"),
    ]  # fmt: skip


def test_rows_without_an_id_among_others(workspace: Workspace, tmp_path: Path) -> None:
    nameless = ("", *SECOND[1:])
    file = write(tmp_path / "a.csv", [FIRST, nameless, nameless, THIRD])
    assert counts(workspace.add(file)) == [("message", 4, 0, 0, 0)]
    again = write(tmp_path / "b.csv", [nameless, nameless, nameless, FIRST])
    assert counts(workspace.add(again)) == [("message", 1, 0, 3, 0)]


def test_of_rows_with_one_id_the_latest_stands_and_the_others_are_rejected(
    workspace: Workspace, tmp_path: Path
) -> None:
    later = ("1", "2026-02-01", "나중에 다시 쓴 글이에요", "1", "c1")
    others = [
        (str(n), "2026-01-03", f"{n}번째로 남기는 글이에요", "3", "c9") for n in range(10, 40)
    ]
    file = write(tmp_path / "a.csv", [FIRST, SECOND, later, SECOND, *others])
    # The second SECOND says nothing new: it is there already.
    assert counts(workspace.add(file)) == [("message", 32, 0, 1, 1)]
    texts = {row[0] for row in values(workspace, "message", "text")}
    assert {SECOND[2], later[2]} <= texts
    assert FIRST[2] not in texts
    assert rejected(workspace) == [("a.csv", 1, "message_id: another row has the same")]


def test_what_many_rows_share_is_no_id(workspace: Workspace, tmp_path: Path) -> None:
    rows = [(f"u{n % 3}", "2026-01-02", f"{n}번째 남기는 글이에요", "5", "") for n in range(12)]
    (one,) = workspace.add(write(tmp_path / "a.csv", rows, ("id", *HEADER[1:])))
    assert (one.new, one.rejected) == (12, 0)


# Rejected


def test_rejected_rows_have_file_number_and_reason(workspace: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    rows = [
        FIRST,
        ("2", "2026-01-03", "여러\n줄의\n\n긴 글이에요", "2", "c2"),
        ("3", "어제쯤", "날짜가 이상해요", "3", "c3"),
        ("4", "", "날짜가 없어요", "3", "c3"),
        ("5", "2026-01-05", " ", "", "c3"),
        ("6", "2026-01-06", "", "4", "c3"),
    ]
    write(file, rows)
    file.write_bytes(file.read_bytes() + b"7,2026-01-07\r\n" + ",".join(THIRD).encode())
    assert counts(workspace.add(file)) == [("message", 4, 0, 0, 4)]
    assert rejected(workspace) == [
        ("a.csv", 3, "time: not a date"),
        ("a.csv", 4, "time: missing"),
        ("a.csv", 5, "text: missing"),
        ("a.csv", 7, "columns: 2 instead of 5"),
    ]
    raws = [row[0] for row in values(workspace, "rejected", "raw")]
    assert '"어제쯤"' in "".join(map(str, raws))
    assert "7,2026-01-07" in raws


def test_rejected_rows_are_kept_once(workspace: Workspace, tmp_path: Path) -> None:
    bad = ("3", "어제쯤", "날짜가 이상해요", "3", "c3")
    workspace.add(write(tmp_path / "a.csv", [FIRST, bad, SECOND, THIRD]))
    workspace.add(tmp_path / "a.csv")
    assert rejected(workspace) == [("a.csv", 2, "time: not a date")]
    other = ("4", "그저께", "이것도 이상해요", "3", "c3")
    workspace.add(write(tmp_path / "a.csv", [FIRST, other, SECOND, THIRD]))
    # Another file of the same name: what was rejected of the first is not lost.
    assert len(rejected(workspace)) == 2


def test_what_is_taken_at_last_is_rejected_no_more(tmp_path: Path) -> None:
    workspace = sonnim.new(tmp_path / "ws")
    rows = [
        ("1", "2026-01-02T10:00:00+09:00", "시간대가 있어요"),
        ("2", "2026-01-02T10:00:00+09:00", "이것도 있어요"),
        ("3", "2026-01-02T10:00:00+09:00", "이것도 있어요"),
        ("4", "2026-01-02T10:00:00", "여기엔 없어요"),
        ("5", "언젠가", "날짜가 아니에요"),
    ]
    file = write(tmp_path / "a.csv", rows, ("번호", "작성일시", "내용"))
    workspace.add(write(tmp_path / "zoned.csv", rows[:3], ("번호", "작성일시", "내용")))
    assert counts(workspace.add(file)) == [("message", 0, 0, 3, 2)]
    assert [reason for _, _, reason in rejected(workspace)] == [
        "time: names no zone", "time: not a date",
    ]  # fmt: skip
    assert counts(workspace.add(file, map=["timezone=Asia/Seoul"])) == [("message", 1, 0, 3, 1)]
    assert rejected(workspace) == [("a.csv", 5, "time: not a date")]
    assert len({row[1] for row in values(workspace, "message", "message_id", "time")}) == 1


def test_a_survey_gives_answers_and_messages(workspace: Workspace, tmp_path: Path) -> None:
    header = ("응답번호", "응답일", "추천의향", "만족도", "의견")
    rows = [
        ("1", "2026-01-02", "9", "5", "정말 좋아요 계속 쓸게요"),
        ("2", "2026-01-02", "", "4", ""),
        ("3", "2026-01-02", "", "", "점수 없이 글만 남겨요"),
        ("4", "2026-01-02", "", "", ""),
        ("5", "2026-01-02", "many", "3", "추천의향이 숫자가 아니에요"),
        ("6", "someday", "3", "3", "날짜가 이상한 응답이에요"),
        *[(str(n), "2026-01-03", "8", "4", "무난하게 쓰고 있어요") for n in range(7, 27)],
    ]
    found = workspace.add(write(tmp_path / "survey.csv", rows, header))
    assert counts(found) == [("answer", 44, 0, 0, 3), ("message", 23, 0, 0, 0)]
    assert rejected(workspace) == [
        ("survey.csv", 4, "score: missing"),
        ("survey.csv", 5, "nps: not a number"),
        ("survey.csv", 6, "time: not a date"),
    ]
    assert {row[1] for row in values(workspace, "message", "message_id", "kind")} == {"verbatim"}
    linked = {row[0] for row in values(workspace, "answer", "message_id")}
    assert {"survey:1", "survey:5"} <= linked


@pytest.mark.slow
def test_a_large_file_comes_back_and_rejected_rows_keep_their_numbers(
    workspace: Workspace, tmp_path: Path
) -> None:
    """Larger than what DuckDB's threads read at once: cells of several lines lie on the borders."""
    said = [
        '그냥 "그래요", 음',
        "여러\n줄의 글,\n그리고 하나 더",
        'a "b"\r\n,c',
        "plain words only",
    ]
    rows = [
        (str(n), "언제였더라" if n % 9_973 == 5 else "2026-01-02", f"{said[n % 4] * 6} {n}", "", "")
        for n in range(250_000)
    ]
    file = write(tmp_path / "large.csv", rows)
    assert file.stat().st_size > 36_000_000
    (one,) = workspace.add(file)
    bad = [n for n, row in enumerate(rows) if not row[1].startswith("2026")]
    assert (one.new, one.rejected) == (len(rows) - len(bad), len(bad))
    assert sorted(int(str(row[1])) for row in rejected(workspace)) == [n + 1 for n in bad]
    found = workspace.table("message")
    wanted = {f"large:{row[0]}": row[2] for row in rows if row[1].startswith("2026")}
    ids, texts = found.column("message_id").to_pylist(), found.column("text").to_pylist()
    assert dict(zip(ids, texts, strict=True)) == wanted


# Mappings


def test_the_proposal_is_written_and_what_is_edited_by_hand_counts(
    workspace: Workspace, tmp_path: Path
) -> None:
    heard: list[str] = []
    workspace.add(write(tmp_path / "reviews.csv", [FIRST]), proposed=lambda *told: heard.append(""))
    file = workspace.folder / "sonnim.toml"
    text = file.read_text(encoding="utf-8")
    assert "[sources.reviews.message]" in text
    assert 'text = {column = "내용"}' in text
    assert "100% sure" in text
    file.write_text(
        text.replace('unit = "', "#").replace(
            'text = {column = "내용"}', 'text = {column = "내용"}\nchannel = {value = "app"}'
        ).replace('rating = {column = "별점"}', "# rating is a joke"),
        encoding="utf-8",
    )  # fmt: skip
    workspace.add(write(tmp_path / "later.csv", [SECOND]), proposed=lambda *told: heard.append(""))
    assert len(heard) == 1
    assert values(workspace, "message", "message_id", "channel", "rating", "source") == [
        ("reviews:1", None, 5.0, "reviews"),
        ("reviews:2", "app", None, "reviews"),
    ]


def test_constants_and_the_zone_of_times(workspace: Workspace, tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", [("좋아요 정말", "2026-01-02 09:00:00")], ("내용", "작성일시"))
    words = ["kind:=chat channel:='web shop'", "unit:=강남점", "timezone=America/New_York"]
    workspace.add(file, map=words)
    found = values(workspace, "message", "kind", "channel", "unit", "time")
    assert [row[:3] for row in found] == [("chat", "web shop", "강남점")]
    assert str(found[0][3]) == "2026-01-02 14:00:00+00:00"


def test_sources_of_one_name_do_not_mix(workspace: Workspace, tmp_path: Path) -> None:
    workspace.add(write(tmp_path / "export.csv", [FIRST]))
    orders = [("9", "2026-01-02", "12,900원", "c1")]
    header = ("주문번호", "주문일", "결제금액", "회원번호")
    (one,) = workspace.add(write(tmp_path / "export.csv", orders, header))
    assert (one.source, one.table) == ("export_2", "event")
    assert values(workspace, "event", "value", "currency") == [(12900.0, "KRW")]
    assert [one.known for one in workspace.add(tmp_path / "export.csv")] == [True]


# Nothing is left behind


@pytest.mark.parametrize(
    "content",
    [
        b"",
        "번호,작성일,내용\n".encode(),
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40,
        "a,b\n1,2\n3,4\n".encode("utf-16"),
        "번호,작성일,내용\n1,언제,가나다라마바사\n2,2026-01-02,가나다라\n3".encode("cp949"),
        ('번호,작성일,내용\n1,2026-01-01,"끝나지\n' + "2,2026-01-02,다음 줄이에요\n" * 9).encode(),
    ],
    ids=["empty", "header", "picture", "numbers", "cp949", "open quote"],
)  # fmt: skip
def test_no_file_is_left_behind(
    workspace: Workspace, tmp_path: Path, temporary: Path, content: bytes
) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(content)
    workspace.add(file)
    assert clean(workspace, temporary)
    workspace.add(write(tmp_path / "good.csv", [FIRST, SECOND]))
    assert len([row for row in values(workspace, "message", "source") if row == ("good",)]) == 2
    assert clean(workspace, temporary)


# Properties

CELLS = st.text(
    st.one_of(
        st.sampled_from(list("\",;\t|\n\r '\\가나다😀\u2028\u200f\u05d0\u0085\x0b=+-@")),
        st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"),
    ),
    min_size=0,
    max_size=15,
)
BLANK = " \t\r\n\v\f\u00a0\u3000\u200b\ufeff"
TIMES = st.sampled_from(["2026-01-02", "2026-03-04", "언제", ""])


@pytest.mark.slow
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.integers(0, 12), TIMES, CELLS), min_size=1, max_size=25), st.data())
def test_taken_and_rejected_rows_are_the_rows_of_the_file(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[int, str, str]],
    data: st.DataObject,
) -> None:
    folder = tmp_path_factory.mktemp("property")
    workspace = sonnim.new(folder / "ws", timezone="UTC")
    # So that the columns are recognised, whatever the cells are.
    sure = [("a", "2026-01-01", "이 글은 열을 알아보게 하는 글이에요")] * 30
    table = [*sure, *((str(key), time, text) for key, time, text in rows)]
    file = write(folder / "a.csv", table, ("작성자", "작성일", "내용"))
    words = ["text=내용 time=작성일 person_id=작성자", "table=message"]
    if data.draw(st.booleans(), label="with ids"):
        words = ["message_id=작성자 text=내용 time=작성일"]
    (one,) = workspace.add(file, map=words)
    assert one.new + one.same + one.rejected == len(table)
    texts = [row[0] for row in values(workspace, "message", "text")]
    written = [text for _, _, text in table]
    for text in texts:
        assert text in written
    numbers = [int(str(row[1])) for row in rejected(workspace)]
    assert len(numbers) == one.rejected
    for number in numbers:
        key, time, text = table[number - 1]
        good = time.startswith("2026") and text.strip(BLANK)
        shared = sum(other[0] == key for other in table) > 1
        assert not good or shared
    if "message_id" not in words[0]:
        good_texts = sorted(t for _, time, t in table if time.startswith("2026") and t.strip(BLANK))
        assert sorted(map(str, texts)) == good_texts
    again = workspace.add(file, map=words)
    assert [one.known for one in again] == [True]


def test_an_answer_computed_another_way_in_between_is_computed_again(
    workspace: Workspace, tmp_path: Path
) -> None:
    workspace.add(write(tmp_path / "a.csv", [FIRST, SECOND, THIRD]))
    for period, fresh in (("month", True), ("day", True), ("month", True), ("month", False)):
        (done,) = workspace.run(["satisfaction"], parameters={"period": period})
        assert done.fresh == fresh


def test_nobody_is_no_person(workspace: Workspace, tmp_path: Path) -> None:
    """Rows without a person must not become the rows of one person called nothing."""
    file = tmp_path / "a.jsonl"
    people = ["kim", " KIM ", "", "  ", None]
    file.write_text(
        "\n".join(
            json.dumps({"user": who, "date": "2026-01-02", "text": f"{n}번째로 남기는 글이에요"})
            for n, who in enumerate(people)
        ),
        encoding="utf-8",
    )
    workspace.add(file, map=["person_id=user"])
    found = [row[0] for row in values(workspace, "message", "person_id")]
    assert found.count(None) == 3
    assert len({one for one in found if one is not None}) == 1
