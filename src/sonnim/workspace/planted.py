"""The planted truth of a demo world as a table for people."""

from collections.abc import Iterator

from sonnim.tables.words import say
from sonnim.views.base import TableSpec
from sonnim.workspace.demo_issues import span
from sonnim.workspace.world.truth import PlantedTruth

Row = tuple[str, str, str, str]


def planted_table(truth: PlantedTruth, language: str) -> TableSpec:
    """What was hidden, where, when and how much of it."""
    heads = ("what", "where", "when", "much")
    return TableSpec(
        title=say("demo_planted", language),
        columns=tuple(say(f"demo_col_{head}", language) for head in heads),
        rows=(*_issues(truth, language), *_costs(truth, language), *_people(truth, language)),
        alignments=("left", "left", "left", "left"),
    )


def _issues(truth: PlantedTruth, language: str) -> Iterator[Row]:
    for issue in truth.issues:
        yield (
            issue.title_ko if language == "ko" else issue.title,
            issue.branch or say("demo_everywhere", language),
            span(issue.start, issue.end, language),
            say("demo_texts", language, n=f"{issue.texts:,}"),
        )


def _costs(truth: PlantedTruth, language: str) -> Iterator[Row]:
    for cost in truth.costs:
        orders, won = cost.orders - cost.orders_without, cost.revenue - cost.revenue_without
        yield (
            cost.title if language == "ko" else cost.title_en,
            cost.branch or say("demo_everywhere", language),
            span(cost.start, cost.end, language),
            say("demo_did", language, orders=f"{orders:+,}", won=f"{won:+,}"),
        )


def _people(truth: PlantedTruth, language: str) -> Iterator[Row]:
    since = f"{truth.gaming_from:%Y-%m}"
    scores = [one for one in truth.units if one.unit == truth.gaming and one.month >= since]
    told = sum(one.nps * one.n for one in scores) / max(sum(one.n for one in scores), 1)
    honest = sum(one.nps_honest * one.n_honest for one in scores)
    honest /= max(sum(one.n_honest for one in scores), 1)
    yield (
        say("demo_games", language),
        truth.gaming,
        span(truth.gaming_from, None, language),
        say("demo_games_much", language, nps=f"{told:+.0f}", honest=f"{honest:+.0f}"),
    )
    steps = ("late", "contact", "slow", "cancel")
    told_all = [row for row in truth.rows("sequences") if all(row[step] == "1" for step in steps)]
    gone = sum(bool(row["gone"]) for row in told_all)
    everywhere = say("demo_everywhere", language)
    yield (
        say("demo_leaves", language),
        everywhere,
        "",
        say("demo_leaves_much", language, n=str(len(told_all)), gone=str(gone)),
    )
    yield (
        say("demo_movers", language, groups=str(truth.groups), bots=str(truth.bots)),
        everywhere,
        "",
        say("demo_movers_much", language, n=str(len(truth.influencers))),
    )
