"""The table `quote`: which messages are in it, and that nothing personal of them is."""

from datetime import UTC, datetime, timedelta

from sonnim.analyzers.voices import ANALYZER, VoicesParameters
from sonnim.checks.rows import fetched
from sonnim.engines.base import Engine
from sonnim.tables.answers import DOMAIN, DOMAIN_MOOD, MOOD, QUOTE
from sonnim.tables.facts import MESSAGE
from tests.analyzers.asking import Record, load
from tests.engines.fixtures import EngineFactory

JANUARY = datetime(2024, 1, 3, 7, tzinfo=UTC)
PERSONAL = {
    "배송이 늦어요. 010-0123-4567로 전화 주세요": ("배송이 늦어요. [전화번호]로 전화 주세요", 1),
    "저는 김서연입니다. 주문번호 20260312-0001234": (
        "저는 [이름]입니다. 주문번호 20260312-0001234",
        1,
    ),
    "Write to jane@example.com, I am furious": ("Write to [e-mail], I am furious", 1),
    "그냥 그래요 정말 별로예요": ("그냥 그래요 정말 별로예요", 0),
}


def said(name: str, text: str, day: int, label: str, p: float) -> tuple[Record, Record]:
    message = {"message_id": name, "time": JANUARY + timedelta(days=day), "text": text}
    rest = (1 - p) / 2
    other = {"negative": "positive", "positive": "negative"}[label]
    read = {"message_id": name, "language": "ko", "label": label, "tier": "linear-2",
            f"p_{label}": p, f"p_{other}": rest, "p_neutral": rest}  # fmt: skip
    return message, read


def quotes(engine: Engine, pairs: list[tuple[Record, Record]]) -> dict[str, tuple[str, int]]:
    load(engine, MESSAGE, [message for message, _ in pairs])
    load(engine, MOOD, [read for _, read in pairs])
    load(engine, DOMAIN, [])
    load(engine, DOMAIN_MOOD, [])
    answer = ANALYZER.analyze(engine, VoicesParameters(quotes=1))
    assert [table.schema.name for table in answer.tables] == ["voices", "quote"]
    found = fetched(engine, answer.tables[1])
    assert answer.tables[1].schema == QUOTE and QUOTE.names == ("message_id", "text", "masked")
    return {str(row[0]): (str(row[1]), int(str(row[2]))) for row in found}


def test_personal_data_is_masked_on_either_engine(make_engine: EngineFactory) -> None:
    pairs = [said(f"m{n}", text, n, "negative", 0.9 - n / 100) for n, text in enumerate(PERSONAL)]
    with make_engine() as engine:
        found = quotes(engine, pairs)
    assert found == {f"m{n}": wanted for n, wanted in enumerate(PERSONAL.values())}


def test_quoted_are_those_beside_measures_and_the_surest_of_late(
    duck_engine: EngineFactory,
) -> None:
    # One a month, all sure but the last twenty days', which only a report quotes.
    early = [
        said(f"e{n}", "예전에 쓴 긴 글이에요 정말", 31 * n, "positive", 0.99) for n in range(9)
    ]
    late = [said(f"l{n:02}", "요즘 쓴 글인데 좋아요 정말", 400, "positive", 0.5 + n / 100)
            for n in range(20)]  # fmt: skip
    short = [said("s", "너무너무좋아", 401, "positive", 0.98)]
    with duck_engine() as engine:
        found = quotes(engine, early + late + short)
    # The surest of each month stands beside its measure; of late the eight surest, long enough.
    assert set(found) == {f"e{n}" for n in range(9)} | {f"l{n}" for n in range(12, 20)}


def test_what_is_of_the_company_or_unread_is_not_quoted(duck_engine: EngineFactory) -> None:
    message, read = said("m", "고객님 안녕하세요 반갑습니다", 1, "positive", 0.9)
    with duck_engine() as engine:
        assert quotes(engine, [({**message, "direction": "out"}, read)]) == {}
    with duck_engine() as engine:
        load(engine, MESSAGE, [message])
        for schema in (MOOD, DOMAIN, DOMAIN_MOOD):
            load(engine, schema, [])
        table = ANALYZER.analyze(engine, VoicesParameters()).tables[1]
        assert fetched(engine, table) == []
