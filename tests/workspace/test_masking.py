"""Personal data leaves a workspace only in exports of the tables themselves, unless masked."""

import csv
import json
from pathlib import Path

import duckdb
import pytest
from python_calamine import CalamineWorkbook

import sonnim
from sonnim.tables.arrow import batch
from sonnim.tables.facts import ACCOUNT, PERSON, REJECTED
from sonnim.tables.schema import TableSchema
from sonnim.workspace.masking import _masked, masked_json
from sonnim.workspace.reporting import report

pytestmark = pytest.mark.slow

TELLING = ("010-0123-4567", "김서연", "jane@example.com", "4111 1111 1111 1111", "900101-1234568")
TEXTS = [
    "정말 최악이에요. 010-0123-4567로 전화 주세요 환불해 주세요",
    "저는 김서연입니다. 배송이 너무 늦고 불친절해요 최악입니다",
    "Terrible service, the worst ever. Write to jane@example.com at once",
    "카드 4111 1111 1111 1111 두 번 결제됐어요 정말 화나고 최악이에요",
    "주민번호 900101-1234568 을 왜 묻나요 너무 불쾌하고 싫어요",
    "정말 좋아요 배송도 빠르고 최고예요 또 주문할게요",
    "주문번호 20260312-0001234 너무 늦어요 실망이에요 최악",
]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> sonnim.Workspace:
    folder = tmp_path_factory.mktemp("masking")
    file = folder / "reviews.csv"
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(["리뷰ID", "작성일", "작성자", "내용", "고객명", "연락처", "메모"])
        for n, text in enumerate(TEXTS):
            writer.writerow([f"R{n}", f"2026-03-{n + 1:02} 10:00", f"user{n}", text, "김서연",
                             "010-0123-4567", f"포장 {n}"])  # fmt: skip
    made = sonnim.new(folder / "place", timezone="Asia/Seoul")
    (added,) = made.add(file)
    assert added.new == len(TEXTS)
    made.run(["language", "mood", "voices"])
    return made


def held(text: str) -> list[str]:
    return [one for one in TELLING if one in text]


def test_a_report_quotes_nobody_by_name_or_number(workspace: sonnim.Workspace) -> None:
    for language in ("ko", "en"):
        page = report(workspace, language)
        assert held(page) == []
        # It does quote them, and says what of.
        assert "[전화번호]" in page or "[카드번호]" in page or "[이름]" in page


def test_no_table_but_the_message_itself_holds_what_they_wrote(workspace: sonnim.Workspace) -> None:
    for name in ("voices", "quote", "mood", "language"):
        assert held(str(workspace.table(name).to_struct_array().to_pylist())) == []
    assert "20260312-0001234" in str(workspace.table("quote").column("text").to_pylist())


@pytest.mark.parametrize("format", ["parquet", "csv", "xlsx"])
def test_a_masked_export_holds_no_personal_data(
    format: str, workspace: sonnim.Workspace, tmp_path: Path
) -> None:
    whole, masked = tmp_path / f"whole.{format}", tmp_path / f"masked.{format}"
    assert workspace.export("message", whole) == workspace.export("message", masked, mask=True)
    if format == "xlsx":
        book = CalamineWorkbook.from_path(str(masked))
        assert held(str(book.get_sheet_by_index(0).to_python())) == []
        return
    with duckdb.connect() as connection:
        rows = {
            one: connection.execute(f"SELECT * FROM '{one}' ORDER BY message_id").fetchall()
            for one in (whole, masked)
        }
        described = connection.execute(f"DESCRIBE SELECT * FROM '{whole}'").fetchall()
        names = [one[0] for one in described]
    assert held(str(rows[whole])) == list(TELLING)
    assert held(str(rows[masked])) == []
    personal = {"text", "title", "addressed", "url", "attributes"}
    for before, after in zip(rows[whole], rows[masked], strict=True):
        for name, old, new in zip(names, before, after, strict=True):
            assert name in personal or old == new, name
    texts = [row[names.index("text")] for row in rows[masked]]
    assert texts[-1] == TEXTS[-1] and texts[1].startswith("저는 [이름]입니다.")
    attributes = json.loads(rows[masked][0][names.index("attributes")])
    assert attributes == {"고객명": "[이름]", "연락처": "[전화번호]", "메모": "포장 0"}


def test_columns_that_are_personal_as_a_whole_are_left_empty() -> None:
    def row(schema: TableSchema, **cells: object) -> dict[str, object]:
        return {name: [cells.get(name)] for name in schema.names}

    for schema, cells in (
        (PERSON, {"person_id": "p1", "name": "김서연"}),
        (ACCOUNT, {"source": "s", "source_id": "jane", "person_id": "p1"}),
    ):
        made = _masked(schema, batch(schema, row(schema, **cells)))
        assert not {"김서연", "jane"} & {str(made.column(n)[0].as_py()) for n in schema.names}
        assert made.column("person_id").to_pylist() == ["p1"]
    raw = _masked(REJECTED, batch(REJECTED, row(REJECTED, raw="a,010-0123-4567")))
    assert raw.column("raw").to_pylist() == ["a,[phone]"]


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("not json 010-0123-4567", "not json [phone]"),
        ('{"a": {"b": ["a@example.com", 3, 1.5, null, true]}}',
         '{"a": {"b": ["[e-mail]", 3, 1.5, null, true]}}'),
        ('{"계좌번호": 1000123456789}', '{"계좌번호": "[계좌번호]"}'),
        ('{"주문번호": "20260312-0001234"}', '{"주문번호": "20260312-0001234"}'),
        ("[]", "[]"),
    ],
)  # fmt: skip
def test_attributes_stay_json(given: str, wanted: str) -> None:
    assert masked_json(given) == wanted
