"""The pictures of networks: who is shown, what is said of them, and that places are true."""

import math
import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonnim.tables.answers_network import (
    CASCADE,
    COMMUNITIES,
    COMMUNITY,
    COMMUNITY_CHANGE,
    INFLUENCE,
)
from sonnim.tables.errors import StopError
from sonnim.tables.schema import TableSchema
from sonnim.views.base import ChartSpec, TableSpec, view_of
from sonnim.views.beside import beside_of
from sonnim.views.community import pictures
from sonnim.views.figures import Span
from sonnim.views.images import Picture, chart_svg
from sonnim.views.influence import MEASURES, Standing, disagreement
from sonnim.views.labels import HEIGHT, text_width
from sonnim.views.members import Member, lines
from sonnim.views.palette import DARK, GROUPS, LIGHT
from sonnim.views.people import short_names
from sonnim.views.report import json_in_html
from tests.views import network_fixture as network
from tests.views.fixture import Row, arrow

TABLES = {
    "influence": network.influence, "community": network.community,
    "communities": network.communities, "community_change": network.community_change,
    "cascade": network.cascades,
}  # fmt: skip
NAMES = pytest.mark.parametrize("name", list(TABLES))
LANGUAGES = pytest.mark.parametrize("language", ["en", "ko"])


def chart_of(name: str, language: str = "en") -> ChartSpec:
    chart, *_ = view_of(name).charts(TABLES[name](), language)
    return chart


def data(chart: ChartSpec, name: str = "rows") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = chart.vega_lite["datasets"][name]
    return found


def cells(table: TableSpec) -> dict[str, tuple[str, ...]]:
    """The rows by their first cell."""
    return {row[0]: row for row in table.rows}


def mood(who: str, value: float, rank: int, half: float = 0.1, n: int = 51) -> Row:
    return {"person_id": who, "name": "mood", "value": value, "low": value - half,
            "high": value + half, "n": n, "rank": rank, "evidence": []}  # fmt: skip


def turned_to(who: str, value: float, rank: int) -> Row:
    return {"person_id": who, "name": "in_degree", "value": value, "low": None, "high": None,
            "n": int(value), "rank": rank, "evidence": []}  # fmt: skip


def said(*rows: Row, language: str = "en") -> str:
    return view_of("influence").headline(arrow(INFLUENCE, list(rows)), language)


# All of them


@NAMES
@LANGUAGES
def test_no_whole_pseudonym_is_shown(name: str, language: str) -> None:
    chart = chart_of(name, language)
    shown = chart.json() + str(chart.table) + str(view_of(name).table(TABLES[name](), language))
    assert not re.search("p_[0-9a-f]{16}", shown + view_of(name).headline(TABLES[name](), language))


@pytest.mark.parametrize("schema", [INFLUENCE, COMMUNITY, COMMUNITIES, COMMUNITY_CHANGE, CASCADE])
@LANGUAGES
def test_rows_that_lack_everything_are_no_error(schema: TableSchema, language: str) -> None:
    view = view_of(schema.name)
    keys: Row = {"person_id": "p_1", "name": "mood", "community_id": 0, "cascade_id": "m1",
                 "period": network.STARTED, "lineage": "2025-09-03.1"}  # fmt: skip
    lists: Row = {"evidence": [], "closest": [], "origins": [], "heirs": []}
    for row in ({}, keys):
        table = arrow(schema, [row | lists])
        view.charts(table, language)
        view.table(table, language)
        view.headline(table, language)


def test_people_without_a_place_are_in_the_table_and_in_no_picture() -> None:
    """Networks beyond one machine have groups and no picture."""
    rows = [{"person_id": who, "community_id": 0, "n": 2, "closest": []} for who in ("p_1", "p_2")]
    view, table = view_of("community"), arrow(COMMUNITY, rows)
    assert view.charts(table, "en") == ()
    assert len(view.table(table, "en").rows) == 2
    assert "2" in view.headline(table, "en")


@LANGUAGES
def test_the_table_holds_the_numbers_of_the_chart(language: str) -> None:
    """Who sees no chart reads the same: each drawn rank, share, size and virality."""
    table = chart_of("influence", language).table
    by = cells(table)
    for row in data(chart_of("influence", language)):
        place = next(n for n, head in enumerate(table.columns) if row["measure"] in head)
        assert by[row["name"]][place] == f"{row['value']:,}"
    by = cells(chart_of("community", language).table)
    for label in data(chart_of("community", language), "labels"):
        group, people = re.findall(r"\d+", label["text"])
        assert by[group][1] == people
    by = cells(chart_of("communities", language).table)
    for row in data(chart_of("communities", language)):
        shown = by[row["name"].partition(" ")[0]]
        assert {row["value_text"], row["interval_text"], row["n_text"]} <= set(shown)
    by = cells(chart_of("cascade", language).table)
    for row in data(chart_of("cascade", language)):
        shown = by[row["name"]]
        assert (row["n_text"], row["people"]) == shown[2:4] and row["virality"] == shown[5]


@given(st.sets(st.text("0123456789abcdef", min_size=1, max_size=9), max_size=30))
def test_short_names_are_unique(ids: set[str]) -> None:
    found = short_names(ids)
    assert set(found) == ids and len(set(found.values())) == len(ids)
    assert all(one.endswith(name.lstrip("…")) for one, name in found.items())


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_groups_have_colours_of_their_own(colours: dict[str, str]) -> None:
    """A colour that two roles had would change with the wrong one; each is seen on its ground."""
    assert len(set(colours.values())) == len(colours)
    for role in GROUPS:
        parts = [[int(colours[one][i : i + 2], 16) for i in (1, 3, 5)] for one in (role, "card")]
        assert math.dist(*parts) > 90, role


# Influence


def test_movers_are_seen_beside_the_popular() -> None:
    """By turns: the eight first of either order, those who move moods on top."""
    names = list(dict.fromkeys(row["name"] for row in data(chart_of("influence"))))
    mover, popular = (
        f"…{network.person(one)[-6:]}" for one in (network.MOVER, network.POPULAR)
    )  # fmt: skip
    assert len(names) == 16 and names[0] == mover and popular in names[8:]
    ranks = {(row["name"], row["measure"]): row["value"] for row in data(chart_of("influence"))}
    moods = [ranks[one, "Moves moods"] for one in names if (one, "Moves moods") in ranks]
    assert moods == sorted(moods) and moods[:8] == [1, 2, 3, 4, 4, 6, 7, 8]
    assert sum(ranks[one, "Turned to"] == 1 for one in names) >= 1


def test_measures_without_interval_say_so() -> None:
    rows = data(chart_of("influence"))
    counted = {row["interval_text"] for row in rows if row["measure"] == "Turned to"}
    assert counted == {"–"}
    assert all(" to " in row["interval_text"] for row in rows if row["measure"] == "Moves moods")


def test_the_headline_says_whether_the_mover_is_popular() -> None:
    one, two = "p_aaaaaaaaaaaaaaaa", "p_bbbbbbbbbbbbbbbb"
    popular = (turned_to(two, 31, 1), turned_to(one, 4, 2))
    other = said(mood(one, 0.56, 1), mood(two, 0.1, 2), *popular)
    assert other == (
        "…aaaaaa moves moods most: 0.56 (95%: 0.46 to 0.66, n = 51). That is not the most popular "
        "person: by how many people turn to them, …aaaaaa is 2nd of 2; most turn to …bbbbbb."
    )
    assert "the same person" in said(mood(two, 0.56, 1), *popular)
    assert "reaches zero" in said(mood(one, 0.05, 1), *popular)
    few = said(mood(one, 0.9, 1, n=9), *popular)
    assert few.startswith("Most people turn to …bbbbbb: 31.") and "0.9" not in few
    assert said(mood(one, 0.56, 1)) == "…aaaaaa moves moods most: 0.56 (95%: 0.46 to 0.66, n = 51)."
    assert said(mood(one, 0.9, 1, n=9)) == ""
    # Few answers of another do not hide who has enough.
    assert "…bbbbbb moves" in said(mood(one, 0.9, 1, n=9), mood(two, 0.5, 2))
    assert "2명 중 2위" in said(mood(one, 0.56, 1), *popular, language="ko")


def test_disagreement_is_far_apart_and_not_among_the_first() -> None:
    def by(*ranks: int) -> dict[str, Standing]:
        return {
            name: Standing(value=1.0, low=None, high=None, n=20, rank=rank)
            for name, rank in zip(MEASURES, ranks, strict=False)
        }

    totals = dict.fromkeys(MEASURES, 640)
    assert disagreement(by(1, 210), totals) == ("mood", "in_degree")
    assert disagreement(by(210, 1, 300), totals) == ("in_degree", "pagerank")
    assert disagreement(by(1, 40), totals) is None
    assert disagreement(by(100, 640), totals) is None
    assert disagreement(by(1), totals) is None


# The picture


def symbols(svg: str) -> Iterator[tuple[float, float]]:
    """Where the people's dots are, in order; those of the legend are left out."""
    drawn = re.findall(r'<g class="mark-symbol role-mark[^>]*>(.*?)</g>', svg, flags=re.DOTALL)
    for x, y in re.findall(r'transform="translate\(([-\d.]+),\s*([-\d.]+)\)"', "".join(drawn)):
        yield float(x), float(y)


@pytest.mark.slow
@pytest.mark.parametrize("width", [340, 720, 1400])
def test_a_unit_is_the_same_both_ways_however_wide_the_place(width: int) -> None:
    chart, *_ = view_of("community").charts(network.community(120, 4), "en")
    rows, drawn = data(chart), list(symbols(chart_svg(chart, width=width)))
    dots, rings = drawn[:120], drawn[120:]
    assert len(rows) == 120 and len(rings) == 16 and set(rings) < set(dots)
    (x0, y0), first = dots[0], rows[0]
    scales = [
        math.dist((x, y), (x0, y0)) / math.dist((row["x"], row["y"]), (first["x"], first["y"]))
        for (x, y), row in zip(dots[1:], rows[1:], strict=True)
    ]
    assert max(scales) / min(scales) < 1.02
    # Upwards is up, and nobody stands outside.
    below = [row["y"] < first["y"] - 1 for row in rows]
    assert all(y > y0 for (_, y), low in zip(dots, below, strict=True) if low)
    assert min(x for x, _ in dots) > 0 and max(x for x, _ in dots) < width


@pytest.mark.slow
def test_in_a_narrow_place_it_is_low() -> None:
    """No empty areas above and below: the dots fill most of the height, at any width."""
    chart, *_ = view_of("community").charts(network.community(120, 4), "en")
    for width in (340, 1400):
        svg = chart_svg(chart, width=width)
        heights = [y for _, y in symbols(svg)]
        (high,) = re.findall(r'<svg[^>]* height="([\d.]+)"', svg)
        assert max(heights) - min(heights) > 0.55 * (float(high) - 80), width


@pytest.mark.parametrize("groups", [3, 12, 60])
@LANGUAGES
def test_labels_never_cover_each_other(groups: int, language: str) -> None:
    """Oracle: the boxes of the texts at every scale from a phone's to a wall's."""
    chart, *_ = view_of("community").charts(network.community(900, groups), language)
    labels = data(chart, "labels")
    assert labels and all(int(re.findall(r"\d+", one["text"])[1]) >= 5 for one in labels)
    shown = []
    for scale in (0.5, 1, 2, 3, 4, 6, 9, 14, 30):
        seen = [one for one in labels if one["least"] <= scale]
        shown.append(len(seen))
        for a, b in combinations(seen, 2):
            wide = (text_width(a["text"]) + text_width(b["text"])) / 2
            aside = abs(a["x"] - b["x"]) * scale >= wide - 0.5
            above = abs(a["y"] - b["y"]) * scale >= HEIGHT - 0.5
            assert aside or above, (a, b, scale)
    assert shown == sorted(shown) and shown[-1] == len(labels)


def test_ten_groups_have_colours_and_the_rest_is_grey() -> None:
    rows = data(chart_of("community"))
    names = {row["group"] for row in rows}
    assert names == {*(f"Group {n}" for n in range(1, 11)), "Smaller groups"}
    smaller = {row["of"] for row in rows if row["group"] == "Smaller groups"}
    assert smaller == {"11", "12"}
    used = set(re.findall("#[0-9a-f]{6}", chart_of("community").json()))
    assert {LIGHT[role] for role in GROUPS} < used


def test_lines_join_the_closest_once_the_strongest_first() -> None:
    def member(who: str, n: int, *closest: str) -> Member:
        return Member(
            person_id=who, group=0, stability=1.0, bridge=0.0, n=n, closest=closest,
            x=float(n), y=0.0,
        )  # fmt: skip

    people = [member("a", 9, "b", "c", "d", "e"), member("b", 8, "a"), member("c", 1, "b", "gone"),
              member("d", 2, "d"), member("e", 3)]  # fmt: skip
    ends = [(line["x"], line["x2"]) for line in lines(people)]
    # Nobody's fourth, nobody who is not there, nobody to themselves; firsts before the others.
    assert ends == [(9.0, 8.0), (8.0, 1.0), (9.0, 1.0), (9.0, 2.0)]


def test_of_many_people_those_with_most_ties_are_drawn_and_it_is_said() -> None:
    table = network.community(5600, 20)
    chart, *_ = view_of("community").charts(table, "en")
    rows = data(chart)
    assert len(rows) == 5000 and len(data(chart, "lines")) == 3000
    assert min(row["n"] for row in rows) >= 6
    assert "Drawn are the 5,000 people with most ties, of 5,600." in chart.subtitle
    assert "Drawn are the 3,000 strongest lines" in chart.subtitle
    assert chart.n == 5600 and chart.painted
    # Labels and table count everybody.
    assert sum(int(row[1].replace(",", "")) for row in chart.table.rows) == 5600
    # A report with it stays below the 3 MB that it may have.
    assert len(json_in_html(chart.vega_lite)) < 1_000_000
    small = view_of("community").charts(network.community(120, 4), "en")[0]
    assert "5,000" not in small.subtitle and "strongest" not in small.subtitle
    assert not small.painted


@LANGUAGES
def test_beside_influence_and_groups_the_picture_names_who_is_heard_and_what_groups_say(
    language: str,
) -> None:
    """The same people as in the chart of influence, and the words of the fixture's groups."""
    known = beside_of(network.influence(), network.communities(), language)
    chart, groups = pictures(network.community(), language, known)
    names = {row["group"] for row in data(chart)}
    assert {"Group 3: 배달 · 늦다", "집단 3: 배달 · 늦다"} & names
    influence = {row["name"] for row in data(chart_of("influence", language))}
    written = {row["text"] for row in data(chart, "names")}
    assert written and written <= influence and len(data(chart, "ringed")) == len(influence)
    # Of the fixture the third group alone is clearly more negative, the first two less.
    tones = {row["group"]: row["tone"] for row in data(groups)}
    said = {"en": "clearly {} negative", "ko": "뚜렷이 {} 부정적"}[language]
    less, worse = (
        said.format(word) for word in {"en": ("less", "more"), "ko": ("덜", "더")}[language]
    )
    assert {tones["1"], tones["2"]} == {less}
    assert [group for group, tone in tones.items() if tone == worse] == ["3"]
    assert next(row for row in data(groups) if row["group"] == "3")["negative"].startswith("62.0%")


def test_groups_are_joined_by_people_whose_closest_are_in_both() -> None:
    rows = [
        {"person_id": f"p_{place}", "community_id": place // 5, "n": 3, "bridge": 0.0,
         "stability": 1.0, "x": 20.0 * (place // 5) + place % 5, "y": place % 3 * 2.0,
         "closest": [f"p_{other}" for other in closest]}
        for place, closest in enumerate(
            [[1, 5], [0, 6], [3], [2], [3], [0], [7], [6], [7], [8], [11], [10], [9, 3], [12], [13]]
        )
    ]  # fmt: skip
    _, groups = view_of("community").charts(arrow(COMMUNITY, rows), "en")
    places = {(row["x"], row["y"]): row["group"] for row in data(groups)}
    found = {
        (places[line["x"], line["y"]], places[line["x2"], line["y2"]]): line["n"]
        for line in data(groups, "lines")
    }
    # By hand: 0, 1 and 5 join the first two groups, 12 the third with both others.
    assert found == {("1", "2"): 3, ("2", "3"): 1, ("1", "3"): 1}
    assert "tone" not in str(groups.vega_lite["layer"]) and "of 3 groups" not in groups.subtitle


@pytest.mark.slow
def test_a_notebook_draws_it_and_it_is_saved(tmp_path: Path) -> None:
    chart, *_ = view_of("community").charts(network.community(120, 4), "ko")
    picture = Picture(chart=chart)
    shown = picture._repr_mimebundle_()
    assert "<svg" in str(shown["text/html"]) and chart.title in str(shown["text/html"])
    assert picture.save(tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert picture.save(tmp_path / "a.svg").read_text(encoding="utf-8").startswith("<svg")
    with pytest.raises(StopError, match="jpg"):
        picture.save(tmp_path / "a.jpg")


# Groups and threads


def test_groups_that_clearly_differ_are_coloured_and_few_messages_are_left_out() -> None:
    chart = chart_of("communities")
    rows = data(chart)
    assert [row["name"] for row in rows if row["tone"] == "worse"] == ["3 · 배달 · 늦다"]
    assert rows[0]["name"].startswith("3 ·") and len(rows) == 11
    assert "11 of 12 groups" in chart.subtitle and len(chart.table.rows) == 12
    assert view_of("communities").headline(network.communities(), "en") == (
        "Clearly more negative than all 12 groups together: group 3 · 배달 · 늦다, "
        "62.0% (95%: 58.8–65.2, n = 800)."
    )
    alike = view_of("communities").headline(network.communities().slice(0, 2), "en")
    assert alike.startswith("No group is clearly more negative than all 2 together")


def became(
    number: int, state: str | None, n: int, before: int,
    origins: tuple[int, ...] = (), heirs: tuple[int, ...] = (),
) -> Row:  # fmt: skip
    return {
        "community_id": number, "n": n, "messages": 0, "state": state, "n_before": before,
        "shared": 0, "origins": [str(one) for one in origins], "heirs": [str(one) for one in heirs],
    }  # fmt: skip


def test_what_became_of_groups_is_told_once_and_the_largest_first() -> None:
    """Numbers as people see them are one above those of the table."""
    rows = [
        became(0, "kept", 50, 40, (0, 1)), became(1, "merged", 0, 12, heirs=(0,)),
        became(2, "split", 0, 30, heirs=(5, 6)), became(5, "split", 16, 0, (2,)),
        became(6, "split", 14, 0, (2,)), became(3, "merged", 0, 9, heirs=(8,)),
        became(4, "merged", 0, 10, heirs=(8,)), became(8, "merged", 19, 0, (3, 4)),
        became(9, "born", 4, 0), became(7, "gone", 0, 6), became(10, "gone", 0, 0),
    ]  # fmt: skip
    table = arrow(COMMUNITIES, rows)
    assert view_of("communities").headline(table, "en") == (
        "Since the last answer: groups 4, 5 became group 9 (19 people), "
        "group 6 split off group 3 (16 people), group 7 split off group 3 (14 people), "
        "group 2 (12 people) merged into group 1, and 1 more."
    )
    assert (
        view_of("communities")
        .headline(table, "ko")
        .startswith("지난 분석 이후: 집단 4, 5 통합되어 집단 9 됨(19명), ")
    )
    numbers = view_of("communities").table(table, "en")
    # What is no more has no line of its own.
    assert [(row[0], row[3]) for row in numbers.rows] == [
        ("1", "took in 2, had 40"), ("9", "merged of 4, 5"), ("6", "split off 3"),
        ("7", "split off 3"), ("10", "new"),
    ]  # fmt: skip


def test_a_first_answer_tells_of_no_change() -> None:
    table = arrow(COMMUNITIES, [became(0, None, 50, 0), became(1, None, 20, 0)])
    assert view_of("communities").headline(table, "en") == ""
    assert [row[3] for row in view_of("communities").table(table, "en").rows] == ["", ""]


def test_groups_over_time_have_the_number_of_today() -> None:
    chart = chart_of("community_change")
    rows = [(row["name"], row["first"], row["last"], row["text"], row["group"]) for row in
            data(chart)]  # fmt: skip
    gone = "2025-01-01.3"
    assert rows == [
        ("Group 4", "January 2025", "May 2025", "81", "There today"),
        ("Group 1", "January 2025", "May 2025", "44", "There today"),
        (f"Group {gone}", "January 2025", "March 2025", "20", "No more"),
        ("Group 8", "March 2025", "April 2025", "18", "No more"),
        ("Group 2025-05-01.1", "May 2025", "May 2025", "4", "There today"),
    ]
    cells = {row[:2]: row[3] for row in chart.table.rows}
    assert cells["April 2025", "4"] == f"took in {gone}, had 62"
    assert cells["April 2025", gone] == "merged into 4, had 19"
    assert cells["May 2025", "8"] == "gone, had 18" and cells["January 2025", "4"] == ""


def test_the_last_change_is_told_of_complete_months_alone() -> None:
    view, table = view_of("community_change"), network.community_change()
    end = network.STARTED.replace(month=5, day=10)
    assert view.headline(table, "en") == (
        "Groups last changed in May 2025: group 8 is gone (it had 18 people)."
    )
    assert view.headline(table, "en", Span(last=end, rows=1)) == (
        "Groups last changed in April 2025: group 2025-01-01.3 (19 people) merged into group 4."
    )
    assert view.headline(table.slice(0, 6), "en") == (
        "From January 2025 to February 2025 no group of 15 people or more came, merged, split or "
        "went."
    )


def test_threads_are_the_largest_and_what_nobody_answered_is_none() -> None:
    chart = chart_of("cascade")
    rows = data(chart)
    assert [row["size"] for row in rows] == sorted((row["size"] for row in rows), reverse=True)
    assert rows[-1]["size"] == 2 and [row["mark"] for row in rows[:4]] == ["1", "2", "3", ""]
    assert len(rows) == len(chart.table.rows) == 106
    assert view_of("cascade").headline(network.cascades(), "en") == (
        "The largest: 212 messages by 141 people. Half of them were there within 18 min. Mostly "
        "direct answers to the first message (1.5 steps between two on average). The company "
        "answered after 1.5 hours. Young ones whose growth is foreseen: 11. Most likely to double: "
        "post-41 (5 → 10: 56.0%), post-39 (5 → 10: 54.0%), post-37 (5 → 10: 52.0%)."
    )
    chances = [row[-2] for row in chart.table.rows]
    assert "5 → 10: 54.0%" in chances and chances.count("") == len(chances) - 11
    second = view_of("cascade").headline(network.cascades().slice(4, 5), "en")
    assert "from one person to the next" in second and "has not answered" in second


def test_a_forecast_is_said_with_its_baseline_and_a_bad_one_is_not_shown() -> None:
    view = view_of("cascade_forecast")
    (chart,) = view.charts(network.forecast(), "en")
    rows = data(chart)
    assert [(row["name"], row["tone"]) for row in rows] == [("5 → 10", "better"),
                                                            ("10 → 20", "same")]  # fmt: skip
    assert len(chart.table.rows) == 3 and chart.n == 400 + 133
    assert view.headline(network.forecast(), "en") == (
        "Whether a thread of 5 messages reaches 10 within 7 days can be told: of two later threads "
        "the one that did had the greater chance in 74.0% (95%: 69.0–79.0, n = 400), where a guess "
        "is right in 50%. Brier score 0.151, against 0.188 of the base rate 25.0% (95%: 22.0–28.0, "
        "n = 800). Threads that may yet double: 17."
    )
    worse = view.headline(network.forecast("no_better", "few"), "en")
    assert "could not be told better than by the base rate 25.0%" in worse
    assert worse.endswith("So no chances are shown.")
    few = network.forecast("few")
    assert view.charts(few, "en") == () and view.headline(few, "en") == (
        "Too few threads to say which will double: of 800 earlier ones with 5 messages 200 "
        "doubled, of 400 later ones 88; it takes 30 that did and 30 that did not, on either side."
    )
    for verdict in ("better", "no_better", "few", "alike"):
        assert not set("{}") & set(view.headline(network.forecast(verdict), "ko"))
    # What can be told of larger threads is said where the smallest end alike.
    assert "10 messages reaches 20" in view.headline(network.forecast("alike", "better"), "en")
