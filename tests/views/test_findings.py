"""What may be headlined, and in which words."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from sonnim.tables.answers import SATISFACTION, VOICES
from sonnim.views.figures import EVER, Span
from sonnim.views.findings import Finding, headline_findings
from tests.views import fixture
from tests.views.fixture import Row


def found(
    rows: Sequence[Row], said: Sequence[Row] = (), limit: int = 20, span: Span = EVER
) -> tuple[Finding, ...]:
    satisfaction = fixture.arrow(SATISFACTION, list(rows))
    return headline_findings(satisfaction, fixture.arrow(VOICES, list(said)), limit, span)


def months(values: Sequence[float], name: str = "nps", n: int = 100, **more: Any) -> list[Row]:
    """One value a month, with its change, its recent and its usual."""
    rows = [
        fixture.row(name, value, 12.0, n, period=fixture.MONTHS[i], scale_max=10.0, **more)
        for i, value in enumerate(values)
    ]
    return fixture.with_changes(rows)


STEADY = [20.0, 21.0, 19.0, 20.0, 22.0, 20.0, 21.0, 19.0, 20.0, 21.0]
SLIDE = [20.0, 21.0, 19.0, 20.0, 22.0, 20.0, 9.0, 8.0, 9.0, 8.0]


def test_of_nothing_nothing_is_said() -> None:
    assert headline_findings(None, None) == ()
    assert found([]) == ()


def test_no_significance_no_change() -> None:
    (finding,) = found(months(STEADY))
    assert finding.kind == "steady" and finding.tone == "neutral"
    assert "no clear change" in finding.lead.en and "뚜렷한 변화 없음" in finding.lead.ko
    assert "95%: +9 to +33, n = 100" in finding.detail.en


def test_a_significant_change_is_told_with_both_values() -> None:
    (finding,) = found(months([*STEADY, -40.0]))
    assert (finding.kind, finding.tone) == ("change", "worse")
    assert finding.lead.en == "NPS fell by 61 points in November 2024."
    assert finding.lead.ko == "2024년 11월 순추천지수(NPS)가 61점 하락했습니다."
    assert "+21 (95%: +9 to +33, n = 100) to −40" in finding.detail.en


def test_a_stretch_below_the_usual_is_told_though_no_month_is() -> None:
    rows = months(SLIDE)
    assert not any(row["significant"] for row in rows) and rows[-1]["unusual"]
    (finding,) = found(rows)
    assert (finding.kind, finding.tone) == ("lasting", "worse")
    assert finding.lead.en == "NPS was lower than usual from August to October 2024."
    assert finding.lead.ko == "2024년 8월~10월 순추천지수(NPS)가 평소보다 낮았습니다."
    assert "+8 (95%: " in finding.detail.en and "n = 300)" in finding.detail.en
    assert "+19 (95%: " in finding.detail.en and "n = 700)" in finding.detail.en


def test_a_stretch_of_a_unit_is_told() -> None:
    rows = [*months(STEADY), *months([*SLIDE], n=90, unit="해운대점")]
    lasting = [one for one in found(rows) if one.kind == "lasting"]
    (finding,) = lasting
    assert "NPS for 해운대점 was lower than usual" in finding.lead.en
    assert "해운대점의 순추천지수(NPS)가" in finding.lead.ko
    assert dict(finding.evidence[0].key)["unit"] == "해운대점"


def test_a_stretch_that_ended_long_ago_is_no_headline() -> None:
    values = [20.0] * 8 + [8.0] * 4 + [20.0] * 10
    rows = months(values, unit="강남점")
    assert any(row["unusual"] for row in rows[:14])
    old = [row | {"unusual": row["unusual"] and i < 14} for i, row in enumerate(rows)]
    assert not [one for one in found(old) if one.kind == "lasting"]


def test_few_answers_are_no_finding() -> None:
    assert found(months([*STEADY, -90.0], n=9)) == ()
    few = fixture.row("nps", -80.0, 10.0, 9, unit="제주점", scale_max=10.0)
    rest = [
        fixture.row("nps", v, 5.0, 99, unit=u, scale_max=10.0) for u, v in (("A", 1.0), ("B", 30.0))
    ]
    (finding,) = found([few, *rest])
    assert "제주점" not in finding.sentence.en and finding.kind == "extremes"


def test_units_whose_intervals_meet_do_not_differ() -> None:
    rows = [
        fixture.row("nps", v, 9.0, 99, unit=u, scale_max=10.0)
        for u, v in (("A", 11.0), ("B", 25.0))
    ]
    (finding,) = found(rows)
    assert finding.kind == "no_difference" and "no clear difference" in finding.lead.en


def test_what_is_the_whole_company_is_not_told_twice() -> None:
    """One survey, one channel: the subject's numbers are the company's."""
    rows = [*months([*STEADY, -40.0]), *months([*STEADY, -40.0], subject="고객만족도 조사")]
    assert len(found(rows)) == 1


def test_two_sides_of_one_thing_are_told_once() -> None:
    rows = [
        *months([*STEADY, -40.0], name="rating"), *months([*STEADY, -40.0], name="rating_csat"),
        *months([*STEADY, -40.0]), *months([*STEADY, -40.0], name="csat"),
    ]  # fmt: skip
    named = [dict(one.evidence[0].key)["metric"] for one in found(rows)]
    assert len(named) == len(set(named)) == 2
    assert "rating_csat" not in named or "rating" not in named


def test_more_negative_is_worse_and_more_effort_nobody_can_say() -> None:
    said = months([0.2] * 10 + [0.9], name="negative", n=400)
    for row in said:
        row |= {"low": row["value"] - 0.05, "high": row["value"] + 0.05}
    (negative,) = found([], fixture.with_changes(said))
    (effort,) = found(months([*STEADY, 60.0], name="ces"))
    assert (negative.tone, effort.tone) == ("worse", "neutral")


@pytest.mark.parametrize("limit", [1, 3])
def test_the_most_important_come_first(limit: int) -> None:
    rows = [*fixture.satisfaction_rows()]
    every = found(rows, fixture.voices_rows())
    assert [one.importance for one in every] == sorted((o.importance for o in every), reverse=True)
    assert found(rows, fixture.voices_rows(), limit) == every[:limit]


def test_every_finding_names_the_row_that_it_rests_on() -> None:
    rows = fixture.satisfaction_rows()
    for finding in found(rows):
        assert finding.evidence
        for evidence in finding.evidence:
            key = dict(evidence.key)
            fitting = [
                row for row in rows
                if row["name"] == key["metric"] and (row["unit"] or "") == key.get("unit", "")
                and (f"{row['period']:%Y-%m-%d}" if row["period"] else "") == key.get("period", "")
            ]  # fmt: skip
            assert len(fitting) == 1


# The recent past, and what is not complete


def day(year: int, month: int, day_: int) -> datetime:
    return datetime(year, month, day_, 12, tzinfo=UTC)


def test_a_period_that_has_only_begun_is_no_finding() -> None:
    """November has answers of its first five days."""
    rows = months([*STEADY, -40.0])
    assert rows[-1]["significant"]
    begun = Span(first=day(2024, 1, 1), last=day(2024, 11, 5))
    (finding,) = found(rows, span=begun)
    assert finding.kind == "steady" and "October 2024" in finding.lead.en
    whole = Span(first=day(2024, 1, 1), last=day(2024, 11, 30))
    (finding,) = found(rows, span=whole)
    assert finding.kind == "change" and "November 2024" in finding.lead.en


def test_the_recent_past_comes_first_and_the_worst_of_it_at_the_top() -> None:
    later = [20.0] * 20
    rows = [
        *months([*later, 22.0, 21.0, -60.0, -58.0], n=90, unit="recent and worse"),
        *months([*later, 22.0, 21.0, 90.0, 92.0], n=80, unit="recent and better"),
        *months(
            [*later[:16], -90.0, -88.0, -89.0, -90.0, -88.0, -89.0, -90.0, -91.0], n=70, unit="old"
        ),
        *months([20.0] * 24),
    ]
    for row in rows:
        row |= {"unusual": False}
    told = found(rows)
    places = [dict(one.evidence[0].key).get("unit", "") for one in told]
    assert places[:2] == ["recent and worse", "recent and better"]
    assert [one.kind for one in told] == ["past_change", "past_change", "extremes",
                                          "past_change", "steady"]  # fmt: skip
    assert places[3] == "old"


def test_a_jump_of_more_than_a_year_ago_is_not_told() -> None:
    rows = months([20.0] * 6 + [90.0] * 18, unit="강남점")
    assert rows[6]["significant"]
    assert not [one for one in found(rows) if one.kind == "past_change"]


def test_of_a_quarter_alone_the_sentence_names_one_period() -> None:
    starts = [datetime(2023 + i // 4, 1 + 3 * (i % 4), 1, tzinfo=UTC) for i in range(8)]
    rows = fixture.with_changes(
        [fixture.row("nps", 20.0, 12.0, 100, period=start, scale_max=10.0) for start in starts]
    )
    part = {"recent": 2.0, "recent_low": 1.0, "recent_high": 3.0, "recent_n": 100, "usual": 20.0,
            "usual_low": 19.0, "usual_high": 21.0, "usual_n": 400, "unusual": True}  # fmt: skip
    rows[-1] |= part
    (finding,) = found(rows)
    assert finding.lead.en == "NPS was lower than usual in Q4 2024."
    assert finding.lead.ko == "2024년 4분기 순추천지수(NPS)가 평소보다 낮았습니다."
