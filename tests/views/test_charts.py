"""Charts and tables of each view: specifications as recorded, drawable, and empty where there is
nothing."""

import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from scipy import stats

from sonnim.tables.errors import StopError
from sonnim.views.base import ChartSpec, View, drawable, view_of, views
from sonnim.views.figures import Span, figures_of
from sonnim.views.images import chart_png, chart_svg
from sonnim.views.palette import DARK
from tests.views import fixture, network_fixture

GOLDEN = Path(__file__).parent / "golden"
TABLES = {
    "satisfaction": fixture.satisfaction,
    "voices": fixture.voices,
    "mood": fixture.mood,
    "language": fixture.languages,
    "issues": fixture.issues,
    "label_accuracy": fixture.label_accuracy,
    "opinion": fixture.opinions,
    "influence": network_fixture.influence,
    "community": network_fixture.community,
    "communities": network_fixture.communities,
    "community_change": network_fixture.community_change,
    "cascade": network_fixture.cascades,
    "cascade_forecast": network_fixture.forecast,
}
COUNTED = {"community", "community_change", "cascade"}
"""They hold places and what was counted, all of it: no interval."""
VIEWS = pytest.mark.parametrize("view", views(), ids=lambda view: view.name)
LANGUAGES = pytest.mark.parametrize("language", ["en", "ko"])


def charts(view: View, language: str) -> tuple[ChartSpec, ...]:
    return view.charts(TABLES[view.name](), language)


def test_every_view_is_tested() -> None:
    assert {view.name for view in views()} == set(TABLES)


@LANGUAGES
@VIEWS
def test_specifications_are_as_recorded(view: View, language: str) -> None:
    """Of the rows the first two are recorded. Write anew with SONNIM_GOLDEN=write."""
    found = []
    for chart in charts(view, language):
        spec = json.loads(chart.json())
        spec["datasets"] = {name: rows[:2] for name, rows in spec["datasets"].items()}
        found.append({
            "id": chart.id, "title": chart.title, "subtitle": chart.subtitle, "n": chart.n,
            "measures": chart.measures, "columns": chart.table.columns,
            "first": chart.table.rows[:2], "vega_lite": spec,
        })  # fmt: skip
    text = json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    file = GOLDEN / f"{view.name}.{language}.json"
    if os.environ.get("SONNIM_GOLDEN") == "write":
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


@pytest.mark.slow
@VIEWS
def test_both_languages_draw_the_same_numbers(view: View) -> None:
    def numbers(language: str) -> list[Any]:
        return [
            {key: value for key, value in row.items() if isinstance(value, (int, float))}
            for chart in charts(view, language)
            for row in chart.vega_lite["datasets"]["rows"]
        ]

    assert numbers("ko") == numbers("en")
    titles = [chart.title for chart in charts(view, "ko")]
    assert titles and all(re.search("[가-힣]", title) for title in titles)


@VIEWS
def test_rows_hold_numbers_with_n_and_interval(view: View) -> None:
    for chart in charts(view, "en"):
        rows = chart.vega_lite["datasets"]["rows"]
        assert rows
        if view.name not in COUNTED:
            assert all(row["n_text"] and row["interval_text"] for row in rows), chart.id
        assert chart.n > 0
        assert all(len(row) == len(chart.table.columns) for row in chart.table.rows)
        assert len(chart.table.alignments) == len(chart.table.columns)


@VIEWS
@LANGUAGES
@pytest.mark.parametrize("rows", [0, 1])
def test_few_rows(view: View, language: str, rows: int) -> None:
    """Nothing to draw is no chart, an empty table and no sentence; one row is no error."""
    table = TABLES[view.name]().slice(0, rows)
    found, shown = view.charts(table, language), view.table(table, language)
    if not rows:
        assert found == () and shown.rows == () and view.headline(table, language) == ""
    for chart in found:
        assert chart.table.rows


def test_aspects_are_those_with_most_negative_opinions() -> None:
    """By the counts of the fixture: ten of twelve, and those of no aspect are left out."""
    (chart,) = charts(view_of("opinion"), "en")
    rows = chart.vega_lite["datasets"]["rows"]
    assert [row["name"] for row in rows] == [
        "배달 지연", "앱 오류", "가격", "포장", "직원", "맛", "환불", "주차", "결제", "매장 청결",
    ]  # fmt: skip
    assert rows[0]["text"] == "71.2% (171/240)" and rows[0]["value"] == 0.7125
    wilson = stats.binomtest(171, 240).proportion_ci(method="wilson")
    assert rows[0]["interval_text"] == f"{100 * wilson.low:.1f}–{100 * wilson.high:.1f}"
    assert chart.n == 1616 and len(chart.table.rows) == 12


def test_a_column_that_is_missing_is_named() -> None:
    table = fixture.satisfaction().select(["unit", "period", "value"])
    with pytest.raises(StopError, match="subject"):
        view_of("satisfaction").charts(table, "en")


def test_changes_and_stretches_are_marked_and_only_these() -> None:
    (nps, *_) = charts(view_of("satisfaction"), "en")
    rows = nps.vega_lite["datasets"]["rows"]
    marked = [row["when"] for row in rows if row["marked"]]
    assert marked[0] == "September 2025"
    assert all(row["tone"] == "worse" for row in rows if row["marked"])
    assert {row["tone"] for row in rows if not row["marked"]} == {"same"}
    fallen = next(row for row in rows if row["when"] == "September 2025")
    assert fallen["mark"] == fallen["change_text"] == "−13"
    before = next(row for row in rows if row["when"] == "August 2025")
    assert before["change_text"] == "no clear change"


def test_without_a_fall_nothing_is_marked() -> None:
    for name, table in (("satisfaction", fixture.satisfaction), ("voices", fixture.voices)):
        for chart in view_of(name).charts(table(fall=False), "en"):
            if chart.measures == ("volume",):
                continue  # the fixture's counts vary more than chance would make them
            assert not [row for row in chart.vega_lite["datasets"]["rows"] if row.get("marked")]


def test_the_worst_stands_first_and_few_answers_are_named() -> None:
    chart = next(c for c in charts(view_of("satisfaction"), "ko") if c.id.endswith("unit"))
    rows = chart.vega_lite["datasets"]["rows"]
    assert rows[0]["name"] == "해운대점" and rows[0]["tone"] == "worse"
    assert "제주점" not in {row["name"] for row in rows} and "제주점" in chart.subtitle
    assert "제주점" in {cell for row in chart.table.rows for cell in row}


def test_many_places_are_drawn_by_their_ends() -> None:
    rows = [
        fixture.row("nps", float(i), 5.0, 100, unit=f"u{i:03}", scale_max=10.0) for i in range(60)
    ]
    (chart,) = view_of("satisfaction").charts(fixture.arrow(fixture.SATISFACTION, rows), "en")
    names = [row["name"] for row in chart.vega_lite["datasets"]["rows"]]
    assert len(names) == 16 and names[0] == "u000" and names[-1] == "u059"
    assert len(chart.table.rows) == 60


@LANGUAGES
def test_accuracy_says_which_labels_were_chosen(language: str) -> None:
    """Labels of the model's hardest texts are not passed off as its accuracy."""
    view = view_of("label_accuracy")
    (chart,) = charts(view, language)
    named = {row["name"] for row in chart.vega_lite["datasets"]["rows"]}
    whole = {"en": "All", "ko": "전체"}[language]
    assert {name.partition(" · ")[0] for name in named} == {whole, "앱 리뷰", "reviews", "콜센터"}
    assert "콜센터" in chart.subtitle and "reviews" not in chart.subtitle
    assert "posts" in chart.table.rows[-1][0], "few labels are in the table only"
    table = fixture.label_accuracy()
    said = view.headline(table, language)
    assert whole in said and "81.1%" in said and "n = 180" in said
    hard = view.headline(table.slice(3, 1), language)
    assert "콜센터" in hard and ("hard" in hard or "어려운" in hard)


@pytest.mark.slow
@LANGUAGES
def test_every_chart_can_be_drawn(language: str) -> None:
    """With the renderer itself: texts stay Korean, and dark is dark."""
    for view in views():
        for chart in charts(view, language):
            svg = chart_svg(chart)
            assert svg.startswith("<svg") and len(svg) > 2_000, chart.id
            assert "NaN" not in svg and "undefined" not in svg, chart.id
            if language == "ko":
                assert re.search("[가-힣]", svg), chart.id
            assert DARK["card"] in chart_svg(chart, dark=True)


@pytest.mark.slow
def test_korean_in_pictures_is_drawn_with_a_font_that_has_it() -> None:
    """A picture with Hangul differs from one with as many other syllables: boxes would be equal."""
    (chart,) = charts(view_of("language"), "ko")
    text = chart.json()
    assert "한국어" in text

    def drawn(name: str) -> bytes:
        changed = json.loads(text.replace("한국어", name))
        return chart_png(
            ChartSpec(id="x", title="x", subtitle="", vega_lite=changed, table=chart.table, n=1)
        )

    assert drawn("한국어").startswith(b"\x89PNG")
    assert drawn("한국어") != drawn("똠방각")


@pytest.mark.slow
def test_specifications_hold_nothing_that_varies() -> None:
    for view in views():
        for chart in charts(view, "en"):
            whole = drawable(chart)
            assert whole == drawable(chart)
            assert whole["width"] == "container" and whole["config"]["font"]
            assert "usermeta" not in whole


# A period that is not complete

BEGUN = Span(first=datetime(2024, 1, 1, 3, tzinfo=UTC), last=datetime(2025, 12, 6, tzinfo=UTC))
"""The fixture's last month has only begun."""


@pytest.mark.parametrize("name", ["voices", "satisfaction"])
def test_shares_stay_within_what_is_possible(name: str) -> None:
    """Intervals of a few messages reach to both ends; the axis stops there."""
    rows = fixture.voices_rows() if name == "voices" else fixture.satisfaction_rows()
    wide = [row | {"low": 0.0, "high": 1.0} for row in rows if row["name"] not in ("nps", "rating")]
    view = view_of(name)
    found = view.charts(fixture.arrow(view.reads, wide), "en")
    ends = [ends for chart in found for ends in domains(chart.vega_lite)]
    assert ends and all(tuple(one) == (0.0, 1.0) for one in ends)


@pytest.mark.parametrize("n", [1, 700])
def test_a_period_that_has_only_begun_is_set_apart(n: int) -> None:
    rows = fixture.voices_rows()
    for row in rows:
        if row["period"] == fixture.MONTHS[-1]:
            row |= {"n": n, "value": 1.0 if row["name"] != "volume" else float(n),
                    "low": 0.0, "high": 1.0, "significant": True, "unusual": True}  # fmt: skip
    view, table = view_of("voices"), fixture.arrow(fixture.VOICES, rows)
    shares, volume, *_ = view.charts(table, "en", BEGUN)
    drawn = [row for row in shares.vega_lite["datasets"]["rows"] if row["cut"]]
    assert len(drawn) == (0 if n < 10 else 2)
    assert all(row["mark"] == "" and not row["marked"] for row in drawn)
    assert {row["change_text"] for row in drawn} <= {""}
    said = {1: "Too few to draw", 700: "Hollow"}[n]
    assert f"{said}: December 2025 so far, n\xa0=\xa0{n}." in shares.subtitle
    # A count is drawn, however small.
    (bar,) = [row for row in volume.vega_lite["datasets"]["rows"] if row["cut"]]
    assert bar["value"] == n and bar["mark"] == ""
    # The axis is that of the complete months.
    assert max(high for _, high in domains(shares.vega_lite)) < 0.7 or n >= 10
    assert "November 2025" in view.headline(table, "en", BEGUN)
    assert view.table(table, "ko", BEGUN).rows[0][0] == "2025년 12월(집계 중)"


def test_without_knowing_what_the_data_cover_few_answers_are_no_headline() -> None:
    rows = fixture.satisfaction_rows()
    for row in rows:
        if row["period"] == fixture.MONTHS[-1]:
            row["n"] = 3
    said = view_of("satisfaction").headline(fixture.arrow(fixture.SATISFACTION, rows), "en")
    assert said.startswith("NPS, November 2025: ")


@pytest.mark.parametrize(
    ("first", "last", "cut"),
    [
        ((2024, 1, 2), (2025, 12, 30), ["", ""]),  # a day without messages at either end
        ((2024, 1, 9), (2025, 12, 30), ["start", ""]),
        ((2024, 1, 1), (2025, 12, 28), ["", "end"]),
        ((2024, 1, 9), (2025, 12, 5), ["start", "end"]),
    ],
)
def test_which_months_are_complete(
    first: tuple[int, int, int], last: tuple[int, int, int], cut: list[str]
) -> None:
    span = Span(first=datetime(*first, tzinfo=UTC), last=datetime(*last, 23, tzinfo=UTC))
    nps = [
        figure
        for figure in figures_of(fixture.satisfaction(), fixture.SATISFACTION, span)
        if figure.series == ("", "", "", "nps", 10.0) and figure.period
    ]
    assert [nps[0].cut, nps[-1].cut] == cut
    assert not any(figure.cut for figure in nps[1:-1])


def test_where_few_come_in_a_silence_is_no_end() -> None:
    """Eight answers in two months, the last on the 20th: no month is called incomplete."""
    ends = {"first": datetime(2026, 5, 5, tzinfo=UTC), "last": datetime(2026, 6, 20, tzinfo=UTC)}
    months = [datetime(2026, month, 1, tzinfo=UTC) for month in (5, 6)]
    assert [Span(**ends, rows=8).cut(month, "month") for month in months] == ["", ""]
    assert [Span(**ends, rows=800).cut(month, "month") for month in months] == ["start", "end"]


def domains(value: Any) -> list[list[float]]:
    """The ends of every value axis in a specification."""
    if isinstance(value, dict):
        own = [value["domain"]] if isinstance(value.get("domain"), list) else []
        own = [ends for ends in own if all(isinstance(end, (int, float)) for end in ends)]
        return own + [ends for item in value.values() for ends in domains(item)]
    return [ends for item in value for ends in domains(item)] if isinstance(value, list) else []
