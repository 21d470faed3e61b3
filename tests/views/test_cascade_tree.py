"""The tree of a cascade. Oracle: the links themselves, and a walk by recursion."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonnim.views.cascade_tree import Said, placed, tree_chart
from tests.views.network_fixture import largest_cascade

PARENTS = st.lists(st.floats(0, 1), max_size=40).map(
    lambda shares: [None, *(int(share * place * 0.999) for place, share in enumerate(shares, 1))]
)


def said(parents: list[int | None], hours: float = 1.0) -> list[Said]:
    return [
        Said(
            message_id=f"m{place}", parent_id=None if on is None else f"m{on}", person_id="p_1",
            hours=hours * place, company=False, negative=False,
        )
        for place, on in enumerate(parents)
    ]  # fmt: skip


@given(PARENTS, st.sampled_from([0.0, 1.0]), st.integers(1, 50))
def test_branches_hang_together_and_do_not_cross(
    parents: list[int | None], hours: float, most: int
) -> None:
    """Also of messages of the same moment, whose ids stand in another order than their links."""
    nodes = placed(said(parents, hours)[::-1], most)
    assert len(nodes) == min(len(parents), most)
    rows: dict[int, list[float]] = {}

    def walk(place: int, depth: int) -> list[float]:
        node = nodes[place]
        assert node.depth == depth
        below = [n for n, other in enumerate(nodes) if other.parent == place]
        for n in below:
            assert nodes[n].said.parent_id == node.said.message_id and n > place
        rows[place] = [node.row] if not below else [r for n in below for r in walk(n, depth + 1)]
        assert min(rows[place]) <= node.row <= max(rows[place])
        return rows[place]

    # Leaves stand on rows of their own, those of one branch next to each other.
    assert sorted(walk(0, 0)) == [float(row) for row in range(len(rows[0]))]
    for found in rows.values():
        assert sorted(found) == [min(found) + step for step in range(len(found))]


def test_a_long_chain_is_no_error() -> None:
    nodes = placed(said([None, *range(4_999)]), 5_000)
    assert nodes[-1].depth == 4_999 and {node.row for node in nodes} == {0.0}


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_first_messages_are_drawn_and_it_is_said(language: str) -> None:
    chart = tree_chart(largest_cascade(), language)
    assert chart is not None
    rows = chart.vega_lite["datasets"]["rows"]
    assert len(rows) == 200 == len(chart.table.rows) and chart.n == 212
    assert "200" in chart.subtitle and "212" in chart.subtitle
    assert [row["first"] for row in rows[:3]] == [True, False, False]
    # Nobody's whole pseudonym, and of the company no account at all.
    company = [row for row in rows if row["group"] == row["who"]]
    assert len(company) == 1 and "p_" not in chart.json()
    small = tree_chart(largest_cascade(50), language)
    assert small is not None and "50" not in small.subtitle


@pytest.mark.parametrize("number", [0, 1])
def test_of_less_than_two_messages_there_is_no_tree(number: int) -> None:
    assert tree_chart(largest_cascade()[:number], "en") is None
