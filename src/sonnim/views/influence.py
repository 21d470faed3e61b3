"""Influence: who moves moods, beside who is popular, and where the measures disagree."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from statistics import median
from typing import Any

from sonnim.tables.answers_network import INFLUENCE
from sonnim.views.base import ChartSpec, TableSpec, View
from sonnim.views.figures import EVER, ArrowTable, Span, columns_of
from sonnim.views.network_marks import ranks
from sonnim.views.palette import LIGHT
from sonnim.views.people import short_names
from sonnim.views.writing import LEAST_N, LEVEL, number, phrase

MEASURES = ("mood", "in_degree", "pagerank", "betweenness", "core", "h_index")
"""The measures, the two that are set against each other first."""

_COLOURS = (LIGHT["warm"], LIGHT["accent"], *(LIGHT[f"group-{place}"] for place in (2, 5, 3, 8)))
_MOST, _MOST_ROWS = 16, 200
# Digits after the point; what is not here is a whole number.
_DIGITS = {"mood": 2, "pagerank": 5, "betweenness": 4}
NO_INTERVAL = "–"
"""Where a measure is counted from all links, and so has no interval."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What one measure says of one person: a row of `influence`."""

    value: float
    low: float | None
    high: float | None
    n: int
    rank: int


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """One person with all measures there are of them.

    Attributes:
        person_id: Their pseudonym.
        by: Measure to standing.
    """

    person_id: str
    by: dict[str, Standing]

    def rank(self, measure: str) -> float:
        """Their rank; beyond all others where the measure does not know them."""
        return self.by[measure].rank if measure in self.by else float("inf")

    @property
    def middle(self) -> float:
        """The median of their ranks."""
        return median(one.rank for one in self.by.values())


def charts(table: ArrowTable, language: str, _span: Span = EVER) -> tuple[ChartSpec, ...]:
    """One line a person, one dot a measure at its rank."""
    people = ranked(table)
    shown = by_turns(people)[:_MOST]
    if not shown:
        return ()
    shown.sort(key=_by_mood)
    names = short_names(one.person_id for one in shown)
    totals = counted(people)
    rows: list[dict[str, Any]] = [
        {
            "name": names[one.person_id],
            "measure": phrase(f"view_influence_{measure}", language),
            "value": standing.rank,
            "rank_text": rank_text(standing.rank, totals[measure], language),
            "value_text": measure_text(measure, standing.value),
            "interval_text": measure_interval(measure, standing, language) or NO_INTERVAL,
            "n_text": number(standing.n),
        }
        for one in shown
        for measure, standing in one.by.items()
    ]
    headings = {
        "name": phrase("view_column_person", language),
        "measure": phrase("view_column_metric", language),
        "rank_text": phrase("view_column_rank", language),
        "value_text": phrase("view_column_value", language),
        "interval_text": phrase("view_column_interval", language),
        "n_text": phrase("view_column_n", language),
    }
    groups = [
        (phrase(f"view_influence_{measure}", language), colour)
        for measure, colour in zip(MEASURES, _COLOURS, strict=True)
        if measure in totals
    ]
    return (
        ChartSpec(
            id="influence",
            title=phrase("view_influence", language),
            subtitle=phrase(
                "view_influence_how_to_read",
                language,
                shown=number(len(shown)),
                people=number(len(people)),
            ),
            vega_lite=ranks(
                rows,
                groups,
                headings,
                max(row["value"] for row in rows),
                phrase("view_axis_rank", language),
            ),
            table=influence_table(table, language),
            n=len(people),
            measures=("influence",),
            wide=True,
        ),
    )


def influence_table(table: ArrowTable, language: str, _span: Span = EVER) -> TableSpec:
    """Rank by each measure, and how far moods were taken on; the same people first as drawn."""
    people = ranked(table)
    shown = by_turns(people)
    shown = [*sorted(shown[:_MOST], key=_by_mood), *shown[_MOST:_MOST_ROWS]]
    names = short_names(one.person_id for one in shown)
    totals = counted(people)
    there = [measure for measure in MEASURES if measure in totals]
    heads = [phrase("view_column_person", language)]
    heads += [
        phrase("view_column_rank_by", language, what=phrase(f"view_influence_{one}", language))
        for one in there
    ]
    heads += [phrase(f"view_column_{one}", language) for one in ("taken_on", "interval", "answers")]
    rows = []
    for one in shown:
        mood = one.by.get("mood")
        rows.append(
            (
                names[one.person_id],
                *(number(one.by[name].rank) if name in one.by else "" for name in there),
                measure_text("mood", mood.value) if mood else "",
                measure_interval("mood", mood, language) if mood else "",
                number(mood.n) if mood else "",
            )
        )
    return TableSpec(
        title=phrase("view_influence_table", language, shown=len(shown), people=len(people)),
        columns=tuple(heads),
        rows=tuple(rows),
        alignments=("left", *("right",) * (len(heads) - 1)),
    )


def headline(table: ArrowTable, language: str, _span: Span = EVER) -> str:
    """Who moves moods most, and whether they are the most popular."""
    people = ranked(table)
    if not people:
        return ""
    movers = sorted((one for one in people if _enough(one)), key=_by_mood)
    liked = sorted(
        (one for one in people if "in_degree" in one.by), key=lambda one: one.rank("in_degree")
    )
    names = short_names(one.person_id for one in [*movers[:1], *liked[:1]])
    popular = names[liked[0].person_id] if liked else ""
    if not movers:
        if not liked:
            return ""
        count = number(liked[0].by["in_degree"].value)
        return phrase("view_headline_influence_few", language, popular=popular, n=count)
    mover, mood = movers[0], movers[0].by["mood"]
    told = {"who": names[mover.person_id], "value": mood_and_sure(mood, language)}
    if mood.low is None or mood.low <= 0:
        return phrase("view_headline_influence_unsure", language, **told)
    if not liked or "in_degree" not in mover.by:
        return phrase("view_headline_influence", language, **told)
    if mover.rank("in_degree") == 1:
        return phrase("view_headline_influence_same", language, **told)
    place = rank_text(mover.by["in_degree"].rank, len(liked), language)
    return phrase(
        "view_headline_influence_other", language, **told, place=place, popular=popular
    )  # fmt: skip


def ranked(table: ArrowTable) -> list[Ranked]:
    """The people with what each measure says of them, by pseudonym."""
    names = ("person_id", "measure", "value", "low", "high", "n", "rank")
    found: dict[str, dict[str, Standing]] = defaultdict(dict)
    for who, measure, value, low, high, n, rank in zip(
        *columns_of(table, INFLUENCE, names), strict=True
    ):
        if who is not None and measure in MEASURES and value is not None and rank is not None:
            found[who][measure] = Standing(value=value, low=low, high=high, n=n or 0, rank=rank)
    return [
        Ranked(person_id=who, by={name: by[name] for name in MEASURES if name in by})
        for who, by in sorted(found.items())
    ]


def counted(people: Sequence[Ranked]) -> dict[str, int]:
    """How many people each measure ranks; only measures that rank any."""
    found = {measure: sum(measure in one.by for one in people) for measure in MEASURES}
    return {measure: n for measure, n in found.items() if n}


def by_turns(people: Sequence[Ranked]) -> list[Ranked]:
    """Who moves moods most and whom most turn to by turns, then the others by median rank.

    The median of all ranks alone would hide those on whom the measures disagree: who moves moods
    and is not popular would stand far down, and that is whom a company does not know yet.
    """
    calm = sorted(people, key=lambda one: (one.middle, one.person_id))
    orders = [
        [one for one in sorted(calm, key=lambda one: one.rank(measure)) if measure in one.by]
        for measure in MEASURES[:2]
    ]
    turns = [one for pair in zip_longest(*orders) for one in pair if one is not None]
    # A dictionary keeps the first place of each.
    return list({one.person_id: one for one in [*turns, *calm]}.values())


def rank_text(rank: int, of: int, language: str) -> str:
    """A rank among so many.

    Example:
        >>> [rank_text(rank, 640, "en") for rank in (1, 12, 23)], rank_text(2, 640, "ko")
        (['1st of 640', '12th of 640', '23rd of 640'], '640명 중 2위')
    """
    place = number(rank)
    if language != "ko":
        teen = 10 < rank % 100 < 14
        place += "th" if teen else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return phrase("view_rank", language, rank=place, of=number(of))


def measure_text(measure: str, value: float) -> str:
    """A measure's value."""
    return number(value, _DIGITS.get(measure, 0 if float(value).is_integer() else 1))


def measure_interval(measure: str, standing: Standing, language: str) -> str:
    """The interval of a measure; "" where it has none."""
    if standing.low is None or standing.high is None:
        return ""
    # A dash would look like a minus.
    joined = "~" if language == "ko" else "to"
    low, high = (measure_text(measure, end) for end in (standing.low, standing.high))
    return f"{low} {joined} {high}"


def disagreement(by: Mapping[str, Standing], totals: Mapping[str, int]) -> tuple[str, str] | None:
    """The measures by which somebody stands highest and lowest, if these are far apart.

    Far: ten times the rank, and no longer among the first tenth of all.
    """
    ordered = sorted(by, key=lambda measure: by[measure].rank / totals[measure])
    if len(ordered) < 2:
        return None
    best, worst = ordered[0], ordered[-1]
    far = by[worst].rank >= 10 * by[best].rank and by[worst].rank > totals[worst] / 10
    return (best, worst) if far else None


def mood_and_sure(mood: Standing, language: str) -> str:
    """How far moods were taken on, with interval and n, for sentences."""
    interval = measure_interval("mood", mood, language)
    sure = f"{LEVEL}: {interval}, n = {number(mood.n)}" if interval else f"n = {number(mood.n)}"
    return f"{measure_text('mood', mood.value)}{'' if language == 'ko' else ' '}({sure})"


def _enough(one: Ranked) -> bool:
    return "mood" in one.by and one.by["mood"].n >= LEAST_N


def _by_mood(one: Ranked) -> tuple[float, float, str]:
    return one.rank("mood"), one.middle, one.person_id


VIEW = View(
    name="influence",
    reads=INFLUENCE,
    charts=charts,
    table=influence_table,
    headline=headline,
)
