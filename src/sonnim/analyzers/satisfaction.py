"""How satisfied are customers, where, since when, and how sure is that?

Method: ratings and survey answers become one measure each, all together and per unit, subject and
    channel, for the whole time and each period. `nps`: promoters (9, 10) minus detractors (0 to
    6) of all answers, in points, with the adjusted Wald interval. `csat`: share of scores in the
    top quarter of the scale (4 and 5 of 5), with Wilson's interval. `ces`: mean effort score;
    `kcsi`: mean index; `rating`: mean rating, with the t interval; `rating_csat`: share of ratings
    in the top quarter. Each period is tested against the period before (`change`); and the latest
    periods together (`recent`: 7 days, 4 weeks, 3 months, 1 quarter or year) against those before
    them (`usual`: up to 28 days, 26 weeks, 12 months, 4 quarters or years). Both by a permutation
    test in Pearson's type III approximation, called significant only after correction for all
    periods tested of their level and metric. What lasts shows against the usual where few answers
    a period leave the step from one to the next in the dark.
Source: Rocks 2016 (adjusted Wald for NPS); Wilson 1927; Mielke and Berry 2007 (permutation tests);
    Benjamini and Hochberg 1995.
Limits: answers are those of people who answer. Intervals speak of chance, not of who stays silent.
    t intervals of fewer than some 30 lopsided ratings are too narrow; where all are equal,
    Wilson's interval of their place on the scale is given. Weights are not used yet. `nps` asked
    on another scale than 0 to 10 is left out. Periods are calendar periods in UTC; the last one
    may be incomplete. After a year what lasts is the usual.
Quality: tested
"""

from dataclasses import dataclass

from sonnim.analyzers.base import Analyzer, Reads
from sonnim.analyzers.cells import (
    PERIODS,
    compared,
    corrected,
    number,
    rolled,
    tested,
    working,
)
from sonnim.engines.base import Engine
from sonnim.engines.statistics import t_table_sql, z_value
from sonnim.tables.answer import Answer, Caveat
from sonnim.tables.answers import SATISFACTION
from sonnim.tables.facts import ANSWER, MESSAGE
from sonnim.tables.parameters import Limit, parameter
from sonnim.tables.step import Step, quoted


@dataclass(frozen=True, kw_only=True)
class SatisfactionParameters:
    """Parameters of `satisfaction`."""

    period: str = parameter("month", Limit(meaning="Length of a period", choices=PERIODS))
    level: float = parameter(0.95, Limit(meaning="Level of the intervals", low=0.5, high=0.999))
    alpha: float = parameter(
        0.05, Limit(meaning="Changes with a q-value below it are significant", low=1e-6, high=0.5)
    )
    least: int = parameter(
        5, Limit(meaning="Fewest answers for a unit's, subject's or channel's row", low=1, high=1e6)
    )


_BY = ("metric", "scale_min", "scale_max")
_PLACE = "unit, subject, channel, period"
_MEANS = ("rating", "ces", "kcsi")


def steps(parameters: SatisfactionParameters) -> tuple[Step, ...]:
    """The whole analysis as SQL."""
    return (
        _scored(parameters.period),
        _valued(),
        Step(
            name="satisfaction_fine",
            sql=(
                f"SELECT {_PLACE}, {', '.join(_BY)}, CAST(count(*) AS BIGINT) AS n, "
                "sum(x) AS total, sum(x * x) AS squares, sum(x * x * x) AS cubes "
                f"FROM satisfaction_valued GROUP BY {_PLACE}, {', '.join(_BY)}"
            ),
            inputs=("satisfaction_valued",),
            output=working("satisfaction_fine", "Sums of the finest cells"),
            note="Number, sum, squares and cubes of the values of each finest cell",
            keep=True,
        ),
        rolled("satisfaction_cells", "satisfaction_fine", by=_BY, least=parameters.least),
        compared("satisfaction_compared", "satisfaction_cells", by=_BY, period=parameters.period),
        *tested("satisfaction_tested", "satisfaction_compared"),
        Step(
            name="satisfaction_t",
            sql=f"SELECT df, t FROM {t_table_sql(parameters.level)}",
            inputs=(),
            output=working("satisfaction_t", "Quantiles of Student's t"),
            note="Student's t for few answers",
        ),
        _intervals(z_value(parameters.level)),
        *corrected(
            "satisfaction", "satisfaction_known", SATISFACTION, by="metric", alpha=parameters.alpha
        ),
    )


def _scored(period: str) -> Step:
    start = f"date_trunc({quoted(period)}, time) AS period"
    return Step(
        name="satisfaction_scored",
        sql=(
            f"SELECT unit, subject, channel, {start}, 'rating' AS metric, "
            "coalesce(rating_min, 1e0) AS scale_min, coalesce(rating_max, 5e0) AS scale_max, "
            "rating AS score FROM message WHERE rating IS NOT NULL AND NOT isnan(rating)\n"
            "UNION ALL\n"
            f"SELECT unit, survey AS subject, touchpoint AS channel, {start}, "
            "lower(metric) AS metric, "
            "coalesce(scale_min, CASE lower(metric) WHEN 'nps' THEN 0e0 WHEN 'kcsi' THEN 0e0 "
            "ELSE 1e0 END) AS scale_min, "
            "coalesce(scale_max, CASE lower(metric) WHEN 'nps' THEN 10e0 WHEN 'kcsi' THEN 100e0 "
            "WHEN 'ces' THEN 7e0 ELSE 5e0 END) AS scale_max, score "
            "FROM answer WHERE score IS NOT NULL AND NOT isnan(score)"
        ),
        inputs=("message", "answer"),
        output=working("satisfaction_scored", "One score"),
        note="Every rating and survey score with its scale (NPS 0-10, CSAT 1-5, CES 1-7)",
    )


def _valued() -> Step:
    top = "CASE WHEN score >= scale_min + 75e-2 * (scale_max - scale_min) THEN 1e0 ELSE 0e0 END"
    within = "FROM satisfaction_scored WHERE score >= scale_min AND score <= scale_max"
    return Step(
        name="satisfaction_valued",
        sql=(
            f"SELECT {_PLACE}, {', '.join(_BY)}, CASE metric "
            "WHEN 'nps' THEN CASE WHEN score >= 9e0 THEN 1e2 WHEN score <= 6e0 THEN -1e2 "
            f"ELSE 0e0 END WHEN 'csat' THEN {top} ELSE score END AS x {within} AND "
            "(metric IN ('rating', 'csat', 'ces', 'kcsi') OR (metric = 'nps' "
            "AND scale_max = 10e0 AND scale_min <= 1e0))\n"
            "UNION ALL\n"
            f"SELECT {_PLACE}, 'rating_csat' AS metric, scale_min, scale_max, {top} AS x {within} "
            "AND metric = 'rating'"
        ),
        inputs=("satisfaction_scored",),
        output=working("satisfaction_valued", "One value"),
        note="What each score counts: 1 or 0 for a share, 100, 0 or -100 for NPS, else itself; "
        "scores outside their scale are left out",
    )


def _intervals(z: float) -> Step:
    ends = []
    joins = []
    for side in ("", "recent_", "usual_"):
        t = f"{side or 'this_'}t"
        joins.append(f"LEFT JOIN satisfaction_t {t} ON {t}.df = m.{side}n - 1")
        low, high = _ends(f"m.{side}", f"{t}.t", z)
        ends.append(f"{low} AS {side}low, {high} AS {side}high")
    return Step(
        name="satisfaction_known",
        sql=(
            "SELECT m.level, m.unit, m.subject, m.channel, m.period, m.metric, m.scale_min, "
            "m.scale_max, m.n, m.total / m.n AS value, "
            "m.total / m.n - m.before_total / m.before_n AS change, m.before_p AS p_value, "
            "m.recent_n, m.recent_total / m.recent_n AS recent, "
            "m.usual_n, m.usual_total / m.usual_n AS usual, m.usual_p AS usual_p_value, "
            f"{', '.join(ends)} FROM satisfaction_tested m {' '.join(joins)}"
        ),
        inputs=("satisfaction_tested", "satisfaction_t"),
        output=working("satisfaction_known", "Values with intervals and p-values"),
        note="Values with their intervals (t, Wilson, adjusted Wald)",
        keep=True,
    )


def _ends(side: str, t: str, z: float) -> tuple[str, str]:
    """SQL of the lower and upper end for columns that begin with `side`."""
    n, total, squares = f"{side}n", f"{side}total", f"{side}squares"
    count, mean, normal = f"CAST({n} AS DOUBLE)", f"({total} / {n})", number(z)
    spread = f"({squares} - {total} * {total} / {n})"
    half = f"coalesce({t}, t_quantile({count} - 1e0, {normal})) * sqrt({spread} / ({n} - 1) / {n})"
    # Where all answers are equal nothing is known of their spread: the widest there could be.
    place = f"{n} * ({mean} - m.scale_min) / nullif(m.scale_max - m.scale_min, 0e0)"
    sides = f"({squares} / 1e4 + {total} / 1e2) / 2e0, ({squares} / 1e4 - {total} / 1e2) / 2e0"
    found = []
    for end, sign, limit in (("low", "-", "greatest"), ("high", "+", "least")):
        widest = (
            f"m.scale_min + (m.scale_max - m.scale_min) * wilson_{end}({place}, {count}, {normal})"
        )
        found.append(
            f"CASE WHEN {n} IS NULL THEN CAST(NULL AS DOUBLE) "
            f"WHEN m.metric IN ({', '.join(map(quoted, _MEANS))}) THEN "
            f"CASE WHEN {n} > 1 AND {spread} > 1e-12 * {squares} "
            f"THEN {limit}(m.scale_{'min' if end == 'low' else 'max'}, {mean} {sign} {half}) "
            f"ELSE {widest} END "
            f"WHEN m.metric = 'nps' THEN nps_{end}({sides}, {count}, {normal}) "
            f"ELSE wilson_{end}({total}, {count}, {normal}) END"
        )
    return found[0], found[1]


def analyze(engine: Engine, parameters: SatisfactionParameters) -> Answer:
    """Runs the steps."""
    chain = steps(parameters)
    table = engine.run(chain)
    return Answer(tables=(table,), steps=chain, caveats=(Caveat(key="caveat_who_answers"),))


ANALYZER = Analyzer(
    name="satisfaction",
    version="1",
    reads=(
        Reads(
            schema=MESSAGE,
            columns=("rating",),
            also=("time", "rating_min", "rating_max", "unit", "subject", "channel"),
            optional=True,
        ),
        Reads(
            schema=ANSWER,
            columns=("metric", "score"),
            also=("time", "scale_min", "scale_max", "unit", "survey", "touchpoint"),
            optional=True,
        ),
    ),
    writes=(SATISFACTION,),
    analyze=analyze,
    parameters=SatisfactionParameters,
    quality="tested",
)
