"""JSON of every shape, against Python's own json module."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sonnim.connectors.readers import json_spans
from sonnim.tables.errors import SkipError
from tests.connectors.reading import read_one


def write(folder: Path, name: str, text: str | bytes) -> Path:
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


ROWS: list[dict[str, Any]] = [
    {"id": 1, "text": '가, "b" \\ [x]{', "who": {"name": "김", "tags": ["a", {"b": 1}]}},
    {"id": 2, "who": {"name": None}, "ok": True},
]
FLAT = [
    {"id": "1", "text": '가, "b" \\ [x]{', "who.name": "김", "who.tags": '["a",{"b":1}]'},
    {"id": "2", "ok": "true"},
]


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize(
    ("name", "wrapped"),
    [
        ("array.json", ROWS),
        ("wrapped.json", {"count": 2, "users": [{"id": 9}], "tickets": ROWS}),
        ("deep.json", {"data": {"more": [1, 2, 3], "items": ROWS, "next": None}}),
    ],
)
def test_lists_are_found_wherever_they_are(
    tmp_path: Path, name: str, wrapped: object, indent: int | None
) -> None:
    text = json.dumps(wrapped, indent=indent, ensure_ascii=indent is None)
    assert read_one(write(tmp_path, name, text)).dicts == FLAT


def test_lines_and_sequences(tmp_path: Path) -> None:
    lines = [json.dumps(row, ensure_ascii=False) for row in ROWS]
    assert read_one(write(tmp_path, "a.jsonl", "\n\n".join(lines))).dicts == FLAT
    assert read_one(write(tmp_path, "a.json", "\r\n".join(lines) + "\r\n")).dicts == FLAT
    assert read_one(write(tmp_path, "b.json", "".join(lines))).dicts == FLAT
    assert read_one(write(tmp_path, "c.json", "\n".join(json.dumps(r, indent=1) for r in ROWS))
                    ).dicts == FLAT  # fmt: skip
    assert read_one(write(tmp_path, "d.jsonl", "\ufeff" + lines[0])).dicts == FLAT[:1]
    assert read_one(write(tmp_path, "e.jsonl", "\n".join(lines).encode("cp949"))).dicts == FLAT


def test_an_archive_of_x_has_a_script_before_it(tmp_path: Path) -> None:
    text = "window.YTD.tweets.part0 = " + json.dumps([{"tweet": {"id": "1"}}, {"tweet": {}}])
    assert read_one(write(tmp_path, "tweets.js", text)).dicts == [{"tweet.id": "1"}, {}]


def test_broken_lines_are_rejected_with_their_numbers(tmp_path: Path) -> None:
    text = '{"a":1}\n{"a": 2, "te\n\n   \n7\n{"a":"\\ud83d"}\n{"a":3}\n'
    found = read_one(write(tmp_path, "a.jsonl", text))
    assert found.dicts == [{"a": "1"}, {"a": "3"}]
    assert [(r.row, r.reason, r.raw) for r in found.rejections] == [
        (2, "not JSON", '{"a": 2, "te'),
        (5, "not an object", "7"),
        (6, "not JSON", '{"a":"\\ud83d"}'),
    ]


def test_a_text_that_is_cut_off_keeps_what_came_before(tmp_path: Path) -> None:
    whole = json.dumps({"data": ROWS * 50}, indent=1)
    found = read_one(write(tmp_path, "cut.json", whole[: len(whole) // 2]))
    assert found.dicts == (FLAT * 50)[: len(found.rows)]
    assert [rejection.row for rejection in found.rejections] == [len(found.rows) + 1]
    assert 40 < len(found.rows) < 60


def test_a_line_that_is_not_utf8_is_read_as_korean(tmp_path: Path) -> None:
    text = '{"a":"좋아요"}\n'.encode() * 3 + '{"a":"느려요"}\n'.encode("cp949")
    assert read_one(write(tmp_path, "a.jsonl", text)).dicts[-1] == {"a": "느려요"}


def test_a_member_that_is_an_object_only_at_times(tmp_path: Path) -> None:
    rows = [{"a": {"b": 1}}, {"a": 5}, {"a": None}, {"a": {}}, {"a": [1]}]
    found = read_one(write(tmp_path, "a.json", json.dumps(rows)))
    assert found.dicts == [{"a.b": "1"}, {"a": "5"}, {}, {}, {"a": "[1]"}]


def test_names_that_differ_in_case_are_two_columns(tmp_path: Path) -> None:
    rows = [{"Text": "x", "text": "y", "": "z", "a/b": {"c~.d": 1}, 'q"': 2}]
    found = read_one(write(tmp_path, "a.json", json.dumps(rows)))
    assert found.dicts == [
        {"Text": "x", "text_2": "y", "column_3": "z", "a/b.c~.d": "1", 'q"': "2"}
    ]


def test_members_met_late_are_columns_too(tmp_path: Path) -> None:
    lines = ['{"a":{"x":1}}'] * 6_000 + ['{"a":{"x":1,"late":2},"later":{"y":[3]}}']
    found = read_one(write(tmp_path, "a.jsonl", "\n".join(lines)))
    assert found.dicts[-1] == {"a.x": "1", "a.late": "2", "later": '{"y":[3]}'}


def test_long_numbers_keep_their_digits(tmp_path: Path) -> None:
    text = '[{"id": 12345678901234567890123}, {"id": 9007199254740993}]'
    found = read_one(write(tmp_path, "a.json", text))
    assert [row["id"] for row in found.dicts] == ["12345678901234567890123", "9007199254740993"]


def test_an_object_with_many_members_stays_json(tmp_path: Path) -> None:
    rows = [{"votes": {f"user{n}": 1 for n in range(1000)}, "text": "x"}]
    found = read_one(write(tmp_path, "a.json", json.dumps(rows)))
    assert found.names == ["votes", "text"]
    assert json.loads(str(found.rows[0][0])) == rows[0]["votes"]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("[1, 2]", "files_no_objects"),
        ("[[[{]]]", "files_no_objects"),
        ("[" * 5_000 + "]" * 5_000, "files_no_objects"),
        ("[]", "files_empty"),
        ("{}", "files_empty"),
        ("42", "files_broken"),
        ("[{" + ",".join(f'"c{n}":1' for n in range(100_000)) + "}]", "files_too_wide"),
    ],
)
def test_what_holds_no_rows_says_so(tmp_path: Path, text: str, key: str) -> None:
    with pytest.raises(SkipError) as raised:
        read_one(write(tmp_path, "a.json", text))
    assert raised.value.key == key


_scalars = st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=8)
_names = st.text(alphabet='ab"\\{}[],:\n한', min_size=1, max_size=4)
_rows = st.lists(
    st.dictionaries(_names, _scalars | st.dictionaries(_names, _scalars, max_size=2) |
                    st.lists(_scalars, max_size=2), min_size=1, max_size=4),
    min_size=2, max_size=6,
)  # fmt: skip


def _without_surrogates(value: object) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    rows=_rows.filter(_without_surrogates),
    indent=st.sampled_from([None, 1]),
    block=st.integers(1, 40),
    keys=st.lists(_names.filter(_without_surrogates), max_size=2),
)
def test_elements_come_out_as_python_reads_them(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    rows: list[dict[str, Any]],
    indent: int | None,
    block: int,
    keys: list[str],
) -> None:
    """Oracle: Python's json. Blocks of a few bytes put every border at every place."""
    wrapped: Any = rows
    for key in keys:
        wrapped = {"before": [1], key: wrapped, "after": "x[{"}
    file = write(tmp_path, "a.json", json.dumps(wrapped, indent=indent, ensure_ascii=False))
    monkeypatch.setattr(json_spans, "_BLOCK", block)
    found = json_spans.survey(file, 0)
    best = max(found.spans, key=lambda span: span.objects)
    assert (best.objects, best.elements) == (len(rows), len(rows))
    target = tmp_path / "lines"
    with target.open("wb") as stream:
        json_spans.write_lines(file, [best], stream)
    lines = target.read_text(encoding="utf-8").split("\n")
    assert [json.loads(line) for line in lines if line.strip()] == rows


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=_rows.filter(_without_surrogates), block=st.integers(1, 40), gap=st.sampled_from(
    ["", "\n", ",\n", " \x1e"]))  # fmt: skip
def test_sequences_come_out_as_python_reads_them(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    rows: list[dict[str, Any]],
    block: int,
    gap: str,
) -> None:
    """Oracle: Python's json."""
    file = write(tmp_path, "a.json", gap.join(json.dumps(row, indent=2) for row in rows))
    monkeypatch.setattr(json_spans, "_BLOCK", block)
    assert json_spans.survey(file, 0).documents == 2
    target = tmp_path / "lines"
    with target.open("wb") as stream:
        json_spans.write_documents(file, 0, stream)
    lines = target.read_text(encoding="utf-8").split("\n")
    assert [json.loads(line) for line in lines if line.strip()] == rows
