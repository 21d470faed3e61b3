"""Two years of plausible answers with a planted fall, without chance: the same rows each time."""

import math
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from arro3.core import Table

from sonnim.tables.accuracy import LABEL_ACCURACY
from sonnim.tables.answer import InputVersion, Provenance
from sonnim.tables.answers import LANGUAGE, MOOD, OPINION, SATISFACTION, VOICES
from sonnim.tables.answers_found import ISSUES
from sonnim.tables.arrow import batch
from sonnim.tables.schema import TableSchema
from sonnim.tables.step import Step
from sonnim.views.content import Quote, SourceCount

MONTHS = tuple(datetime(2024 + i // 12, i % 12 + 1, 1, tzinfo=UTC) for i in range(24))
FALL = 20
"""Index of the month in which the fall is planted (September 2025)."""
UNITS = ("강남점", "홍대점", "해운대점", "동성로점", "Pangyo")
SUBJECTS = ("배달", "앱", "상품", "결제", "서비스")
CHANNELS = ("앱 리뷰", "카카오톡", "전화")
GENERATED = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)

Row = dict[str, Any]


def wave(i: int, phase: float = 0.0) -> float:
    """A small repeatable wobble between -1 and 1."""
    return math.sin(2.3 * i + phase) * 0.6 + math.sin(0.9 * i + 2 * phase) * 0.4


def row(name: str, value: float, half: float, n: int, **more: Any) -> Row:
    base: Row = {
        "unit": None, "subject": None, "channel": None, "period": None, "name": name,
        "value": value, "low": value - half, "high": value + half, "n": n, "change": None,
        "p_value": None, "q_value": None, "significant": None, "scale_min": 0.0,
        "recent": None, "recent_low": None, "recent_high": None, "recent_n": None,
        "usual": None, "usual_low": None, "usual_high": None, "usual_n": None,
        "usual_p_value": None, "usual_q_value": None, "unusual": None,
        "scale_max": None, "quotes": [],
    }  # fmt: skip
    return {**base, **more}


def with_changes(rows: list[Row]) -> list[Row]:
    """Rows of one series, in order, with their changes."""
    done: list[Row] = []
    for i, this in enumerate(rows):
        if i == 0:
            done.append(this)
            continue
        change = this["value"] - rows[i - 1]["value"]
        half = math.hypot(this["high"] - this["value"], rows[i - 1]["high"] - rows[i - 1]["value"])
        q = math.erfc(1.96 * abs(change) / half / math.sqrt(2)) * 2
        q = min(q, 1.0)
        done.append(
            {**this, "change": change, "p_value": q / 2, "q_value": q, "significant": q < 0.05}
        )
    return [{**this, **together(rows, i)} for i, this in enumerate(done)]


def together(rows: list[Row], i: int) -> Row:
    """The latest three rows taken together, and the up to twelve before them."""
    recent, usual = rows[max(0, i - 2) : i + 1], rows[max(0, i - 14) : max(0, i - 2)]
    if len(usual) < 4:
        return {}
    found: Row = {}
    for name, part in (("recent", recent), ("usual", usual)):
        n = sum(each["n"] for each in part)
        value = sum(each["value"] * each["n"] for each in part) / n
        half = (part[0]["high"] - part[0]["value"]) / math.sqrt(len(part))
        found |= {name: value, f"{name}_low": value - half, f"{name}_high": value + half,
                  f"{name}_n": n}  # fmt: skip
    halves = [found[f"{name}_high"] - found[name] for name in ("recent", "usual")]
    q = min(1.0, math.erfc(1.96 * abs(found["recent"] - found["usual"]) / math.hypot(*halves)))
    return {**found, "usual_p_value": q / 2, "usual_q_value": q, "unusual": q < 0.01}


def satisfaction_rows(fall: bool = True) -> list[Row]:
    rows: list[Row] = []

    def series(name: str, start: float, drop: float, spread: float, n: int, **more: Any) -> None:
        half = 1.96 * spread / math.sqrt(n)
        rows.extend(
            with_changes(
                [
                    row(
                        name,
                        start
                        + half * 0.35 * wave(i, len(name))
                        - (drop if fall and i >= FALL else 0.0) * (1 if i == FALL else 0.85),
                        half,
                        n + int(30 * wave(i, 1.0)),
                        period=month,
                        **more,
                    )
                    for i, month in enumerate(MONTHS)
                ]
            )
        )

    series("nps", 31.0, 12.0, 72.0, 1180, scale_max=10.0)
    series("csat", 0.748, 0.061, 0.44, 1240, scale_max=5.0)
    series("rating", 4.31, 0.24, 1.1, 2650, scale_max=5.0)
    for i, unit in enumerate(UNITS):
        drop = 38.0 if unit == "해운대점" else 4.0
        series("nps", 33.0 - 3 * i, drop, 72.0, 236 - 20 * i, scale_max=10.0, unit=unit)
        half = 1.96 * 72.0 / math.sqrt(5200 - 500 * i)
        value = (9.0 if fall else 31.0) if unit == "해운대점" else 36.0 - 3.5 * i
        rows.append(row("nps", value, half, 5200 - 500 * i, scale_max=10.0, unit=unit))
    rows.append(row("nps", 28.4, 1.1, 28300, scale_max=10.0))
    # Too few to be told as a finding, although it is far below the others.
    rows.append(row("nps", -60.0, 30.0, 7, scale_max=10.0, unit="제주점"))
    return rows


def voices_rows(fall: bool = True) -> list[Row]:
    rows: list[Row] = []
    for name, start, move in (("volume", 4100.0, 900.0), ("negative", 0.231, 0.075),
                              ("positive", 0.522, -0.052)):  # fmt: skip
        members = []
        for i, month in enumerate(MONTHS):
            n = 4100 + int(220 * wave(i, 0.4)) + (900 if fall and i >= FALL else 0)
            half = 1.96 * math.sqrt(n) if name == "volume" else 1.96 * 0.47 / math.sqrt(n)
            value = start + (move if fall and i >= FALL else 0.0) + half * 0.4 * wave(i, len(name))
            value = float(n) if name == "volume" else value
            members.append(row(name, value, half, n, period=month, quotes=["m-1", "m-2"]))
        rows.extend(with_changes(members))
    for i, subject in enumerate(SUBJECTS):
        n = 24000 - 3700 * i
        value = 0.36 if subject == "앱" and fall else 0.17 + 0.035 * i
        half = 1.96 * 0.45 / math.sqrt(n)
        rows.append(row("negative", value, half, n, subject=subject))
    for i, channel in enumerate(CHANNELS):
        n = 52000 - 21000 * i
        rows.append(
            row("negative", 0.22 + 0.05 * i, 1.96 * 0.45 / math.sqrt(n), n, channel=channel)
        )
    rows.append(row("negative", 0.247, 0.003, 104000))
    return rows


def arrow(schema: TableSchema, rows: list[Row]) -> Table:
    """The rows as an Arrow table of that schema."""
    first = "metric" if schema.name == "satisfaction" else "measure"
    columns: dict[str, list[Any]] = {
        name: [each.get("name" if name == first else name) for each in rows]
        for name in schema.names
    }
    for name in {"period", "started", "ended"} & set(columns):
        columns[name] = [
            None if day is None else int(day.timestamp()) * 1_000_000 for day in columns[name]
        ]
    return Table.from_batches([batch(schema, columns)])


def satisfaction(fall: bool = True) -> Table:
    return arrow(SATISFACTION, satisfaction_rows(fall))


def voices(fall: bool = True) -> Table:
    return arrow(VOICES, voices_rows(fall))


def mood() -> Table:
    counts = {
        ("ko", "negative"): 260, ("ko", "neutral"): 210, ("ko", "positive"): 470,
        ("ko", "unsure"): 60, ("en", "negative"): 54, ("en", "neutral"): 31,
        ("en", "positive"): 110, ("en", "unsure"): 9, ("mixed", "negative"): 7,
        ("mixed", "positive"): 12, ("mixed", "unsure"): 4,
    }  # fmt: skip
    rows = [
        {"message_id": f"m-{language}-{label}-{i}", "language": language, "label": label,
         "p_negative": 0.2, "p_neutral": 0.2, "p_positive": 0.6, "tier": "sonnim-mood-small 1.0"}
        for (language, label), n in counts.items()
        for i in range(n)
    ]  # fmt: skip
    return arrow(MOOD, rows)


def opinions() -> Table:
    """Opinions of twelve aspects: (all, negative) of each; some of none."""
    counts = {
        "배달 지연": (240, 171), "앱 오류": (130, 121), "가격": (310, 96), "포장": (88, 40),
        "직원": (190, 38), "맛": (420, 37), "환불": (41, 33), "주차": (25, 20), "결제": (60, 19),
        "매장 청결": (70, 11), "음악": (12, 2), "행사": (30, 0), None: (55, 21),
    }  # fmt: skip
    rows = [
        {"message_id": f"m-{name}-{i}", "number": 1, "category": name, "probability": 0.9,
         "polarity": "negative" if i < negative else "positive"}
        for name, (n, negative) in counts.items()
        for i in range(n)
    ]  # fmt: skip
    return arrow(OPINION, rows)


def languages() -> Table:
    counts = {"ko": 1000, "en": 204, "mixed": 23, "other": 3}
    rows = [
        {"message_id": f"m-{language}-{i}", "language": language, "probability": 0.98}
        for language, n in counts.items()
        for i in range(n)
    ]
    return arrow(LANGUAGE, rows)


def label_accuracy() -> Table:
    rows = [
        {"source": source, "language": language, "n": n, "accuracy": hits / n,
         "low": hits / n - 0.08, "high": hits / n + 0.07, "macro_f1": 0.8,
         "sure": None if n < 10 else 0.9,
         "sure_low": None if n < 10 else 0.84, "sure_high": None if n < 10 else 0.94,
         "sure_n": n - 6, "n_random": n if source != "콜센터" else 0, "n_labelled": n + 40}
        for source, language, n, hits in ((None, None, 180, 146),
                                          ("앱 리뷰", "ko", 120, 102), ("reviews", "en", 60, 45),
                                          ("콜센터", "ko", 80, 40), ("posts", "mixed", 6, 3))
    ]  # fmt: skip
    return arrow(LABEL_ACCURACY, rows)


def issues() -> Table:
    rows = [
        {"issue_id": label, "label": label, "unit": unit, "started": start, "ended": end, "n": n,
         "kind": kind, "negative": negative, "negative_usual": 0.4, "p_value": 1e-6,
         "terms": label.split(" · "), "quotes": []}
        for label, unit, start, end, n, kind, negative in (
            ("튕기다 · 앱 · 업데이트", None, datetime(2025, 9, 3, tzinfo=UTC), None, 297,
             "complaint", 0.86),
            ("뚜껑 · 새다", "Pangyo", datetime(2024, 11, 5, tzinfo=UTC),
             datetime(2025, 1, 19, tzinfo=UTC), 22, "complaint", 0.7),
            ("축제 · 쿠폰", "홍대점", datetime(2025, 4, 1, tzinfo=UTC),
             datetime(2025, 5, 6, tzinfo=UTC), 40, "praise", 0.05),
            ("비 · 우산", None, datetime(2025, 7, 1, tzinfo=UTC), datetime(2025, 7, 9, tzinfo=UTC),
             12, "talk", None),
        )
    ]  # fmt: skip
    return arrow(ISSUES, rows)


def quotes() -> tuple[Quote, ...]:
    day = datetime(2025, 9, 14, 3, 20, tzinfo=UTC)
    first = Quote(
        text="5.0 업데이트 이후로 앱이 자꾸 꺼져요. 결제 도중에 꺼져서 두 번 결제됐는데 "
        "고객센터는 연결도 안 되네요.",
        date=day, channel="앱 리뷰", rating=1.0, label="negative", probability=0.97,
        message_id="appstore-10293", rating_max=5.0, subject="앱",
    )  # fmt: skip
    return (
        first,
        replace(
            first, text="해운대점 배달이 왜 이렇게 늦는지 모르겠습니다. "
            "한 시간 반 걸렸고 음료는 다 식었어요.",
            rating=2.0, probability=0.94, message_id="appstore-10377", subject="배달",
        ),
        replace(
            first, text="소금빵이 갓 구워서 따뜻했고 직원분이 정말 친절했어요!", rating=5.0,
            label="positive", probability=0.98, message_id="naver-5521", channel="네이버",
            subject="상품",
        ),
        replace(
            first, text="The app used to be fine. Since the update it freezes at checkout every "
            "single time, and nobody answers the phone.", rating=None, probability=0.91,
            message_id="zendesk-778", channel="Email",
        ),
        replace(
            first, text="배달 40분 걸렸다", label="unsure", probability=0.48, rating=3.0,
            message_id="appstore-10412", subject="배달",
        ),
    )  # fmt: skip


def provenance() -> tuple[Provenance, ...]:
    def step(name: str, note: str, sql: str, schema: TableSchema) -> Step:
        return Step(name=name, sql=sql, inputs=("answer",), output=schema, note=note)

    return (
        Provenance(
            analyzer="satisfaction", analyzer_version="1",
            parameters=("period=month", "alpha=0.05"),
            inputs=(InputVersion(table="answer", version=12, rows=28611),
                    InputVersion(table="message", version=31, rows=104212)),
            engine="DuckDB 2.0.0", seconds=0.8,
            steps=(
                step("answers_by_month", "Survey answers with the month they were given in",
                     "SELECT unit, subject, date_trunc('month', time) AS period, metric, score\n"
                     "FROM answer\nWHERE score IS NOT NULL", SATISFACTION),
                step("nps_by_month", "Promoters minus detractors, with interval",
                     "SELECT period,\n  100e0 * (sum(CASE WHEN score >= 9 THEN 1 ELSE 0 END)\n"
                     "    - sum(CASE WHEN score <= 6 THEN 1 ELSE 0 END)) / count(*) AS value,\n"
                     "  count(*) AS n\nFROM answers_by_month\nWHERE metric = 'nps'\n"
                     "GROUP BY period", SATISFACTION),
            ),
        ),
        Provenance(
            analyzer="voices", analyzer_version="1", parameters=("period=month",),
            inputs=(InputVersion(table="mood", version=8, rows=104212),),
            engine="DuckDB 2.0.0", seconds=1.4,
        ),
        Provenance(
            analyzer="mood", analyzer_version="1", seconds=212.4, engine="DuckDB 2.0.0",
            inputs=(InputVersion(table="message", version=31, rows=104212),),
        ),
    )  # fmt: skip


def counts() -> tuple[SourceCount, ...]:
    first, last = datetime(2024, 1, 1, 0, 5, tzinfo=UTC), datetime(2025, 12, 31, 14, tzinfo=UTC)
    return (
        SourceCount(table="message", rows=104212, rejected=37, first=first, last=last),
        SourceCount(table="answer", rows=28611, rejected=4, first=first, last=last),
    )
