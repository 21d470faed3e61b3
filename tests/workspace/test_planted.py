"""What `sonnim demo` prints of the planted truth."""

import pytest

from sonnim.workspace.planted import planted_table
from sonnim.workspace.world.making import make_world
from sonnim.workspace.world.truth import PlantedTruth

# Whole ways through a workspace: together they take longer than a quick look may.
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> PlantedTruth:
    return make_world(tmp_path_factory.mktemp("world"), messages=1000)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_everything_planted_is_told(planted: PlantedTruth, language: str) -> None:
    told = planted_table(planted, language)
    assert len(told.rows) == len(planted.issues) + len(planted.costs) + 3
    assert all(len(row) == len(told.columns) == 4 for row in told.rows)
    for issue, row in zip(planted.issues, told.rows, strict=False):
        assert row[0] == (issue.title_ko if language == "ko" else issue.title)
        assert issue.start.isoformat() in row[2]
        assert str(issue.texts) in row[3]


def test_the_cost_of_the_outage_is_told_with_its_sign(planted: PlantedTruth) -> None:
    cost = planted.cost("outage")
    (row,) = [one for one in planted_table(planted, "en").rows if one[0] == "Payment outage"]
    assert row[2] == "2025-09-18 – 2025-09-19"
    assert row[3].startswith(f"{cost.orders - cost.orders_without:+,} orders")


def test_the_branch_that_games_reports_more_than_is_true(planted: PlantedTruth) -> None:
    row = next(one for one in planted_table(planted, "ko").rows if one[1] == planted.gaming)
    told, honest = (int(word.strip("NPS실제 보고한")) for word in row[3].split(","))
    assert told > honest
