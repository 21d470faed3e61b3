"""How satisfied are customers, where, since when, and how sure is that?

Method: ratings and survey answers become one measure each, all together and per unit, subject and
    channel, for the whole time and each period. `nps`: promoters (9, 10) minus detractors (0 to
    6) of all answers, in points, with the adjusted Wald interval. `csat`: share of scores in the
    top quarter of the scale (4 and 5 of 5), with Wilson's interval. `ces`: mean effort score;
    `kcsi`: mean index; `rating`: mean rating, with the t interval; `rating_csat`: share of ratings
    in the top quarter. A change against the period before is tested (two proportions, Welch's t,
    or the difference of two scores) and called significant after correction for all changes
    tested of its level and metric.
Source: Rocks 2016 (adjusted Wald for NPS); Wilson 1927; Welch 1947; Benjamini and Hochberg 1995.
Limits: answers are those of people who answer. Intervals speak of chance, not of who stays silent.
    Weights are not used yet. Periods are calendar periods in UTC; the last one may be incomplete.
Quality: tested
"""

from dataclasses import dataclass

from sonnim.analyzers.base import Analyzer, Reads
from sonnim.analyzers.cells import PERIODS, before, corrected, rolled, working
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
_SUMS = ("n", "total", "squares", "promoters", "detractors", "top")


def steps(parameters: SatisfactionParameters) -> tuple[Step, ...]:
    """The whole analysis as SQL."""
    z = z_value(parameters.level)
    period = f"date_trunc({quoted(parameters.period)}, time)"
    scored = Step(
        name="satisfaction_scored",
        sql=(
            f"SELECT unit, subject, channel, {period} AS period, 'rating' AS metric, "
            "coalesce(rating_min, 1e0) AS scale_min, coalesce(rating_max, 5e0) AS scale_max, "
            "rating AS score FROM message WHERE rating IS NOT NULL AND NOT isnan(rating)\n"
            "UNION ALL\n"
            f"SELECT unit, survey AS subject, touchpoint AS channel, {period} AS period, "
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
    fine = Step(
        name="satisfaction_fine",
        sql=(
            "SELECT unit, subject, channel, period, metric, scale_min, scale_max, "
            "CAST(count(*) AS BIGINT) AS n, sum(score) AS total, sum(score * score) AS squares, "
            "CAST(sum(CASE WHEN score >= 9e0 THEN 1 ELSE 0 END) AS BIGINT) AS promoters, "
            "CAST(sum(CASE WHEN score <= 6e0 THEN 1 ELSE 0 END) AS BIGINT) AS detractors, "
            "CAST(sum(CASE WHEN score >= scale_min + 75e-2 * (scale_max - scale_min) "
            "THEN 1 ELSE 0 END) AS BIGINT) AS top FROM satisfaction_scored "
            "WHERE score >= scale_min AND score <= scale_max "
            "GROUP BY unit, subject, channel, period, metric, scale_min, scale_max"
        ),
        inputs=("satisfaction_scored",),
        output=working("satisfaction_fine", "Sums of the finest cells"),
        note="Sums per finest cell; scores outside their scale are left out",
        keep=True,
    )
    sums = tuple(
        f"sum({c}) AS {c}" if c in ("total", "squares") else f"CAST(sum({c}) AS BIGINT) AS {c}"
        for c in _SUMS
    )
    cells = rolled(
        "satisfaction_cells", "satisfaction_fine", by=_BY, sums=sums, n="n", least=parameters.least
    )
    return (
        scored,
        fine,
        cells,
        before("satisfaction_before", "satisfaction_cells", by=_BY, columns=_SUMS),
        _metrics(),
        _intervals(z, parameters.level),
        *corrected(
            "satisfaction", "satisfaction_tested", SATISFACTION, by="metric", alpha=parameters.alpha
        ),
    )


def _metrics() -> Step:
    place = "level, unit, subject, channel, period"

    def variance(side: str) -> str:
        return (
            f"CASE WHEN {side}n > 1 THEN greatest(0e0, ({side}squares - {side}total * {side}total "
            f"/ {side}n) / ({side}n - 1)) END"
        )

    def nps_variance(side: str) -> str:
        p = f"(({side}promoters + 75e-2) / ({side}n + 3e0))"
        d = f"(({side}detractors + 75e-2) / ({side}n + 3e0))"
        return f"({p} + {d} - ({p} - {d}) * ({p} - {d})) / ({side}n + 3e0)"

    mean = (
        f"SELECT {place}, metric, scale_min, scale_max, n, total / n AS value, "
        f"{variance('')} AS variance, total / n - before_total / before_n AS change, "
        f"sqrt({variance('')} / n + {variance('before_')} / before_n) AS error, "
        f"power({variance('')} / n + {variance('before_')} / before_n, 2e0) / nullif("
        f"power({variance('')} / n, 2e0) / nullif(n - 1, 0) + "
        f"power({variance('before_')} / before_n, 2e0) / nullif(before_n - 1, 0), 0e0) AS df, "
        "CAST(NULL AS BIGINT) AS promoters, CAST(NULL AS BIGINT) AS detractors, "
        "CAST(NULL AS BIGINT) AS top, 'mean' AS kind FROM satisfaction_before "
        "WHERE metric IN ('rating', 'ces', 'kcsi')"
    )
    pooled = "((top + before_top) / CAST(n + before_n AS DOUBLE))"
    share = (
        f"SELECT {place}, CASE metric WHEN 'rating' THEN 'rating_csat' ELSE metric END AS metric, "
        "scale_min, scale_max, n, top / CAST(n AS DOUBLE) AS value, "
        "CAST(NULL AS DOUBLE) AS variance, "
        "top / CAST(n AS DOUBLE) - before_top / CAST(before_n AS DOUBLE) AS change, "
        f"sqrt({pooled} * (1e0 - {pooled}) * (1e0 / n + 1e0 / before_n)) AS error, "
        "CAST(NULL AS DOUBLE) AS df, CAST(NULL AS BIGINT) AS promoters, "
        "CAST(NULL AS BIGINT) AS detractors, top, 'share' AS kind FROM satisfaction_before "
        "WHERE metric IN ('rating', 'csat')"
    )
    score = (
        f"SELECT {place}, metric, scale_min, scale_max, n, "
        "1e2 * (promoters - detractors) / n AS value, CAST(NULL AS DOUBLE) AS variance, "
        "1e2 * (promoters - detractors) / n - "
        "1e2 * (before_promoters - before_detractors) / before_n AS change, "
        f"1e2 * sqrt({nps_variance('')} + {nps_variance('before_')}) AS error, "
        "CAST(NULL AS DOUBLE) AS df, promoters, detractors, CAST(NULL AS BIGINT) AS top, "
        "'score' AS kind FROM satisfaction_before WHERE metric = 'nps'"
    )
    return Step(
        name="satisfaction_metrics",
        sql=f"{mean}\nUNION ALL\n{share}\nUNION ALL\n{score}",
        inputs=("satisfaction_before",),
        output=working("satisfaction_metrics", "Values and changes"),
        note="Values, changes and the standard error of each change",
    )


def _intervals(z: float, level: float) -> Step:
    t = f"coalesce(t_table.t, t_quantile(CAST(m.n - 1 AS DOUBLE), {z!r}))"
    half = f"{t} * sqrt(m.variance / m.n)"
    # One answer alone has no spread: its interval is the whole scale.
    low = f"coalesce(greatest(m.scale_min, m.value - {half}), m.scale_min)"
    high = f"coalesce(least(m.scale_max, m.value + {half}), m.scale_max)"
    tops = "CAST(m.top AS DOUBLE), CAST(m.n AS DOUBLE)"
    sides = "CAST(m.promoters AS DOUBLE), CAST(m.detractors AS DOUBLE), CAST(m.n AS DOUBLE)"
    return Step(
        name="satisfaction_tested",
        sql=(
            "SELECT m.level, m.unit, m.subject, m.channel, m.period, m.metric, m.scale_min, "
            "m.scale_max, m.n, m.value, m.change, "
            f"CASE m.kind WHEN 'mean' THEN {low} "
            f"WHEN 'share' THEN wilson_low({tops}, {z!r}) ELSE nps_low({sides}, {z!r}) END AS low, "
            f"CASE m.kind WHEN 'mean' THEN {high} "
            f"WHEN 'share' THEN wilson_high({tops}, {z!r}) ELSE nps_high({sides}, {z!r}) "
            "END AS high, "
            "CASE WHEN m.change IS NULL OR m.error IS NULL THEN CAST(NULL AS DOUBLE) "
            "WHEN m.error = 0e0 THEN CASE WHEN m.kind = 'share' AND m.change = 0e0 THEN 1e0 END "
            "WHEN m.kind = 'mean' THEN t_two_sided_p(m.change / m.error, m.df) "
            "ELSE two_sided_p(m.change / m.error) END AS p_value "
            f"FROM satisfaction_metrics m LEFT JOIN {t_table_sql(level)} "
            "ON t_table.df = m.n - 1 AND m.kind = 'mean'"
        ),
        inputs=("satisfaction_metrics",),
        output=working("satisfaction_tested", "Values with intervals and p-values"),
        note="Intervals (t, Wilson, adjusted Wald) and the p-value of each change",
    )


def analyze(engine: Engine, parameters: SatisfactionParameters) -> Answer:
    """Runs the steps."""
    chain = steps(parameters)
    table = engine.run(chain)
    return Answer(tables=(table,), steps=chain, caveats=(Caveat(key="caveat_who_answers"),))


ANALYZER = Analyzer(
    name="satisfaction",
    version="1",
    reads=(
        Reads(schema=MESSAGE, columns=("rating",), optional=True),
        Reads(schema=ANSWER, columns=("metric", "score"), optional=True),
    ),
    writes=(SATISFACTION,),
    analyze=analyze,
    parameters=SatisfactionParameters,
    quality="tested",
)
