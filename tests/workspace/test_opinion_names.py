"""Opinions in the report: named in its language, one masked quote each, and only where they are."""

import pytest
from arro3.core import Table

import sonnim
from sonnim.tables.answers import OPINION
from sonnim.tables.arrow import batch
from sonnim.workspace.opinion_names import named_opinions, opinion_quotes
from sonnim.workspace.reporting import report

TEXTS = {
    "R0": "배송이 너무 늦어요. 010-0123-4567로 전화 주세요",
    "R1": "배송이 늦고 또 늦었습니다 정말로",
    "R2": "가격이 너무 비싸요 다시는 안 사요",
    "R3": "짧아요",
}
SECTION = 'id="opinion-title"'
# Message, aspect, polarity, probability.
OPINIONS = (
    ("R0", "delays", "negative", 0.9),
    ("R1", "delays", "negative", 0.7),
    ("R2", "ours", "negative", 0.8),
    ("R1", "gone_since", "negative", 0.6),
    ("R3", "taste", "negative", 0.9),
    ("R2", None, "negative", 0.9),
)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> sonnim.Workspace:
    folder = tmp_path_factory.mktemp("opinions")
    file = folder / "reviews.csv"
    rows = [f"{key},2026-03-0{n},{text}" for n, (key, text) in enumerate(TEXTS.items(), 1)]
    file.write_text("\n".join(["리뷰ID,작성일,내용", *rows]), encoding="utf-8")
    made = sonnim.new(folder / "place", timezone="Asia/Seoul")
    settings = made.folder / "sonnim.toml"
    own = '\n[aspects.ours]\nname = "우리 것"\ntargets = ["우리물건"]\n'
    settings.write_text(settings.read_text(encoding="utf-8") + own, encoding="utf-8")
    made.add(file)
    made.run(["language"])
    assert not (sections := [one for one in ("ko", "en") if SECTION in report(made, one)]), sections
    ids = {one[-2:]: one for one in made.table("message").column("message_id").to_pylist()}
    given = {name: [None] * len(OPINIONS) for name in OPINION.names} | {
        "message_id": [ids[one[0]] for one in OPINIONS],
        "number": list(range(1, len(OPINIONS) + 1)),
        "category": [one[1] for one in OPINIONS],
        "polarity": [one[2] for one in OPINIONS],
        "probability": [one[3] for one in OPINIONS],
    }
    made.store.write_stream(OPINION, Table.from_batches([batch(OPINION, given)]))
    return sonnim.open(made.folder)


@pytest.mark.parametrize(("language", "delays"), [("ko", "배송 지연"), ("en", "Late delivery")])
def test_aspects_have_the_names_of_the_language_and_the_companys(
    workspace: sonnim.Workspace, language: str, delays: str
) -> None:
    named = named_opinions(workspace, language).column("category").to_pylist()
    assert len(named) == len(OPINIONS)
    assert named.count(delays) == 2
    # What the catalogue no longer knows keeps its id; of no aspect there is no name.
    assert {"우리 것", "gone_since"} <= set(named) and named.count(None) == 1


def test_each_aspect_is_quoted_once_and_masked(workspace: sonnim.Workspace) -> None:
    """Most negative opinions first, then by id; what is too short to quote is left out."""
    quotes = opinion_quotes(workspace, "ko")
    assert [quote.message_id[-2:] for quote in quotes] == ["R0", "R1", "R2"]
    assert [quote.subject for quote in quotes[1:]] == ["gone_since", "우리 것"]
    assert quotes[0].text == "배송이 너무 늦어요. [전화번호]로 전화 주세요"
    assert all(quote.label == "negative" and quote.probability for quote in quotes)


def test_the_report_has_the_section(workspace: sonnim.Workspace) -> None:
    page = report(workspace, "ko")
    assert SECTION in page and "[전화번호]" in page and "010-0123" not in page
