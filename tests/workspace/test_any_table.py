"""`sonnim.analyze` on bare tables and files: designed columns, in the order of the input."""

import json
import subprocess
import sys
import textwrap
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from arro3.core import Table

import sonnim
from sonnim.language.identify import identify
from sonnim.language.mood_cascade import Cascade
from sonnim.tables.answers import LANGUAGE, MOOD, SATISFACTION, VOICES
from sonnim.tables.arrow import arrow_schema
from sonnim.tables.errors import StopError

# Together they take longer than a quick look may.
pytestmark = pytest.mark.slow

TEXTS = (
    "배송이 빨라서 정말 좋아요", "Terrible, it broke after a day", "환불이 안 돼서 너무 화나요",
    "주문번호는 어디서 보나요?", "I love it, thank you!", None, "",
)  # fmt: skip
COLUMNS = ["message_id", "language", "label", "p_negative", "p_neutral", "p_positive", "tier"]


def wanted(texts: Sequence[str | None] = TEXTS) -> list[str]:
    """Oracle: the models themselves; both of them, as the tests install the extra."""
    given = [text or "" for text in texts]
    return Cascade.load().read(given, identify(given)[0]).labels


def polars_frame(columns: dict[str, Any]) -> Any:
    polars = pytest.importorskip("polars", reason="polars is not installed")
    return polars.DataFrame(columns)


MAKERS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "pyarrow": pa.table,
    "pyarrow batch": lambda columns: pa.table(columns).to_batches()[0],
    "pyarrow reader": lambda columns: pa.table(columns).to_reader(max_chunksize=2),
    "arro3": lambda columns: Table.from_arrow(pa.table(columns)),
    "pandas": pd.DataFrame,
    "pandas with an index": lambda columns: pd.DataFrame(columns, index=range(90, 90 + len(TEXTS))),
    "pandas with Arrow types": lambda columns: pd.DataFrame(columns).convert_dtypes(
        dtype_backend="pyarrow"
    ),
    "polars": polars_frame,
}
ANY = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS.keys())


@ANY
def test_mood_of_any_table(make: Callable[[dict[str, Any]], Any]) -> None:
    ids = [f"r{9 - i}" for i in range(len(TEXTS))]
    found = sonnim.analyze("mood", make({"review_id": ids, "review": list(TEXTS)}))
    assert found.column_names[: len(COLUMNS)] == COLUMNS
    assert found.schema == arrow_schema(MOOD)
    assert found.column("message_id").to_pylist() == ids
    assert found.column("label").to_pylist() == wanted()


@ANY
def test_without_a_key_rows_are_numbered(make: Callable[[dict[str, Any]], Any]) -> None:
    found = sonnim.analyze("language", make({"text": list(TEXTS)}))
    assert found.schema == arrow_schema(LANGUAGE)
    assert found.column("message_id").to_pylist() == [str(i + 1) for i in range(len(TEXTS))]
    assert found.column("language").to_pylist()[:3] == ["ko", "en", "ko"]


def test_other_libraries_take_the_answer() -> None:
    found = sonnim.analyze("mood", pa.table({"text": list(TEXTS)}))
    assert pa.table(found).column("label").to_pylist() == wanted()
    assert list(pa.table(found).to_pandas()["label"]) == wanted()


def test_equal_texts_and_many_rows_stay_in_order() -> None:
    texts = [f"{i} {'좋아요' if i % 3 else '별로예요'}" for i in range(4_000)] + ["좋아요"] * 500
    found = sonnim.analyze("mood", pa.table({"text": texts}))
    assert found.column("message_id").to_pylist() == [str(i + 1) for i in range(len(texts))]
    assert len(set(found.column("label").to_pylist()[-500:])) == 1


def test_what_is_not_unique_is_no_key_and_no_row_is_lost() -> None:
    texts = ["정말 좋아요", "최악이에요", "너무 좋아요"]
    found = sonnim.analyze("mood", pa.table({"id": ["a", "b", "a"], "text": texts}))
    assert found.column("message_id").to_pylist() == ["1", "2", "3"]
    assert found.column("label").to_pylist() == wanted(texts)


def test_the_table_given_is_left_as_it_was() -> None:
    frame = pd.DataFrame({"text": list(TEXTS)}, index=list("gfedcba"))
    before = frame.copy(deep=True)
    sonnim.analyze("mood", frame)
    pd.testing.assert_frame_equal(frame, before)


def test_no_rows_give_no_rows() -> None:
    for name, schema in (("mood", MOOD), ("language", LANGUAGE)):
        found = sonnim.analyze(name, pa.table({"text": pa.array([], pa.string())}))
        assert found.num_rows == 0 and found.schema == arrow_schema(schema)


def answers(n: int = 60) -> dict[str, list[Any]]:
    start = datetime(2026, 1, 5, 9, tzinfo=UTC)
    return {
        "time": [start + timedelta(days=i) for i in range(n)],
        "branch": ["강남점" if i % 2 else "부산점" for i in range(n)],
        "nps": [(10, 9, 3, 8, 6)[i % 5] for i in range(n)],
    }


@pytest.mark.parametrize("make", [pa.table, pd.DataFrame], ids=["pyarrow", "pandas"])
def test_satisfaction_of_a_survey(make: Callable[[dict[str, Any]], Any]) -> None:
    found = sonnim.analyze("satisfaction", make(answers()), parameters={"period": "month"})
    assert found.schema == arrow_schema(SATISFACTION)
    rows = pa.table(found).to_pylist()
    (whole,) = [r for r in rows if not r["period"] and not r["unit"] and not r["channel"]
                and not r["subject"]]  # fmt: skip
    assert (whole["metric"], whole["value"], whole["n"]) == ("nps", 0.0, 60)
    assert {r["unit"] for r in rows} == {None, "강남점", "부산점"}
    assert {r["period"].month for r in rows if r["period"]} == {1, 2, 3}


@pytest.mark.slow
def test_voices_reads_the_moods_first() -> None:
    given = {
        "time": answers()["time"],
        "review": ["최악이에요. 다시는 안 와요", "정말 좋아요!"] * 30,
    }
    found = sonnim.analyze("voices", pa.table(given))
    assert found.schema == arrow_schema(VOICES)
    whole = {r["measure"]: r for r in pa.table(found).to_pylist() if not r["period"]}
    assert whole["volume"]["n"] == whole["negative"]["n"] == 60
    assert 0 < whole["negative"]["low"] < whole["negative"]["value"] < whole["negative"]["high"]


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_files_give_what_tables_give(ending: str, tmp_path: Path) -> None:
    frame = pd.DataFrame({"review_id": [f"r{i}" for i in range(5)], "review": list(TEXTS[:5])})
    file = tmp_path / f"reviews.{ending}"
    if ending == "csv":
        frame.to_csv(file, index=False)
    elif ending == "parquet":
        frame.to_parquet(file)
    else:
        lines = (json.dumps(row, ensure_ascii=False) for row in frame.to_dict("records"))
        file.write_text("\n".join(lines), encoding="utf-8")
    from_file = pa.table(sonnim.analyze("mood", file)).to_pylist()
    assert from_file == pa.table(sonnim.analyze("mood", frame)).to_pylist()


@pytest.mark.slow
def test_the_same_call_gives_the_same_answer() -> None:
    one, other = (pa.table(sonnim.analyze("satisfaction", pa.table(answers()))) for _ in range(2))
    assert one.equals(other)


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("moods", pa.table({"text": ["x"]}), "There is no analyzer 'moods'"),
        ("mood", pa.table({"a": [1], "b": [2]}), "a, b"),
        ("mood", [1, 2], "received list"),
        ("mood", None, "received NoneType"),
        ("satisfaction", pa.table({"text": ["x"]}), "text"),
    ],
)
def test_what_cannot_be_done_is_said(name: str, data: Any, told: str) -> None:
    with pytest.raises(StopError) as caught:
        sonnim.analyze(name, data)
    assert told in str(caught.value)


def test_parameters_are_checked() -> None:
    with pytest.raises(StopError, match="one of day, week, month"):
        sonnim.analyze("satisfaction", pa.table(answers()), parameters={"period": "fortnight"})


@pytest.mark.slow
def test_pandas_without_pyarrow() -> None:
    """As in the core install, to which somebody has added pandas alone."""
    assert find_spec("pyarrow")
    program = textwrap.dedent(
        """
        import sys
        sys.modules["pyarrow"] = None  # as if it were not installed
        import pandas as pd, sonnim
        frame = pd.DataFrame({"id": ["b", "a"], "text": ["정말 좋아요", "최악이에요"]})
        try:
            frame.__arrow_c_stream__()
        except ImportError:
            pass
        else:
            raise AssertionError("this test would show nothing")
        found = sonnim.analyze("mood", frame)
        print(found.column("message_id").to_pylist(), found.column("label").to_pylist())
        """
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "['b', 'a'] ['positive', 'negative']\n", done.stderr
