"""How much is said, how does it feel, and what changed against the period before?

Method: messages to the company or in public, all together and per unit, subject and channel.
    `volume` counts them, with a Poisson interval; `negative` and `positive` are means of the mood
    model's calibrated probabilities (probabilistic classify and count), with Wilson's interval.
    A change of volume is tested against the share of days observed, a change of a share by two
    proportions; both are called significant after correction for all changes tested of their
    level and measure. Quotes are the messages the model is surest of.
Source: Bella et al. 2010 (probabilistic classify and count); Wilson 1927; Benjamini and Hochberg
    1995.
Limits: counts of messages vary more than chance alone would make them (a campaign, an outage), so
    a significant change of volume says that something happened, not what.
Quality: tested
"""

from dataclasses import dataclass

from sonnim.analyzers.base import Analyzer, Reads
from sonnim.analyzers.cells import PERIODS, before, corrected, rolled, working
from sonnim.engines.base import Engine
from sonnim.engines.statistics import z_value
from sonnim.tables.answer import Answer, Caveat
from sonnim.tables.answers import MOOD, VOICES
from sonnim.tables.facts import MESSAGE
from sonnim.tables.parameters import Limit, parameter
from sonnim.tables.step import Step, quoted

_NEXT = {
    "day": "plus_days({t}, 1)",
    "week": "plus_days({t}, 7)",
    "month": "plus_months({t}, 1)",
    "quarter": "plus_months({t}, 3)",
    "year": "plus_months({t}, 12)",
}
_DAY = 86_400_000_000
_SIDES = ("negative", "positive")


@dataclass(frozen=True, kw_only=True)
class VoicesParameters:
    """Parameters of `voices`."""

    period: str = parameter("month", Limit(meaning="Length of a period", choices=PERIODS))
    level: float = parameter(0.95, Limit(meaning="Level of the intervals", low=0.5, high=0.999))
    alpha: float = parameter(
        0.05, Limit(meaning="Changes with a q-value below it are significant", low=1e-6, high=0.5)
    )
    least: int = parameter(
        5,
        Limit(meaning="Fewest messages for a unit's, subject's or channel's row", low=1, high=1e6),
    )
    quotes: int = parameter(3, Limit(meaning="Quotes for each row", low=1, high=20))


def steps(parameters: VoicesParameters) -> tuple[Step, ...]:
    """The whole analysis as SQL."""
    k = int(parameters.quotes)
    said = Step(
        name="voices_said",
        sql=(
            f"SELECT m.message_id, m.unit, m.subject, m.channel, m.time, "
            f"date_trunc({quoted(parameters.period)}, m.time) AS period, "
            "d.p_negative, d.p_positive, d.label, length(m.text) AS letters FROM message m "
            "LEFT JOIN mood d ON d.message_id = m.message_id "
            "WHERE coalesce(m.direction, 'public') <> 'out'"
        ),
        inputs=("message", "mood"),
        output=working("voices_said", "One message with its mood"),
        note="Messages to the company or in public, with their moods",
    )
    quotes = ", ".join(
        f"max_by(message_id, (p_{side}, least(letters, 80), message_id), {k}) FILTER "
        f"(WHERE label = '{side}' AND letters >= 8) AS {side}_quotes"
        for side in _SIDES
    )
    sums = ", ".join(f"sum(p_{side}) AS {side}" for side in _SIDES)
    fine = Step(
        name="voices_fine",
        sql=(
            "SELECT unit, subject, channel, period, CAST(count(*) AS BIGINT) AS n, "
            f"CAST(count(p_negative) AS BIGINT) AS n_read, {sums} "
            "FROM voices_said GROUP BY unit, subject, channel, period"
        ),
        inputs=("voices_said",),
        output=working("voices_fine", "Sums of the finest cells"),
        note="Counts and sums of probabilities per finest cell",
        keep=True,
    )
    cells = rolled(
        "voices_cells",
        "voices_fine",
        by=(),
        sums=(
            "CAST(sum(n) AS BIGINT) AS n",
            "CAST(sum(n_read) AS BIGINT) AS n_read",
            "sum(negative) AS negative",
            "sum(positive) AS positive",
        ),
        n="n",
        least=parameters.least,
    )
    return (
        said,
        fine,
        cells,
        _observed(parameters),
        before(
            "voices_before",
            "voices_observed",
            by=(),
            columns=("n", "n_read", "negative", "positive", "days"),
        ),
        _measures(z_value(parameters.level)),
        Step(
            name="voices_chosen",
            sql=(
                "SELECT period, unit, grouping(period) AS all_time, grouping(unit) AS all_units, "
                f"{quotes} FROM voices_said WHERE p_negative IS NOT NULL "
                "GROUP BY GROUPING SETS ((), (period), (unit), (period, unit))"
            ),
            inputs=("voices_said",),
            output=working("voices_chosen", "Quotes per period and unit"),
            note="The messages the model is surest of, in all and per unit",
            keep=True,
        ),
        Step(
            name="voices_quoted",
            sql=(
                "SELECT m.*, CASE m.measure WHEN 'negative' THEN q.negative_quotes "
                "WHEN 'positive' THEN q.positive_quotes END AS quotes FROM voices_measures m "
                "LEFT JOIN voices_chosen q ON m.level IN ('all', 'unit') "
                "AND q.all_time = CASE WHEN m.period IS NULL THEN 1 ELSE 0 END "
                "AND q.all_units = CASE WHEN m.unit IS NULL THEN 1 ELSE 0 END "
                "AND q.period IS NOT DISTINCT FROM m.period AND q.unit IS NOT DISTINCT FROM m.unit"
            ),
            inputs=("voices_measures", "voices_chosen"),
            output=working("voices_quoted", "Measures with quotes"),
            note="Puts the quotes beside the measures",
        ),
        *corrected(
            "voices",
            "voices_quoted",
            VOICES,
            by="measure",
            alpha=parameters.alpha,
        ),
    )


def _observed(parameters: VoicesParameters) -> Step:
    following = _NEXT[parameters.period].format(t="c.period")
    return Step(
        name="voices_observed",
        sql=(
            "SELECT c.*, CASE WHEN c.period IS NOT NULL THEN greatest(1e0, "
            f"(least(unix_micros({following}), s.last_time + {_DAY}) - "
            f"greatest(unix_micros(c.period), s.first_time)) / {_DAY}e0) END AS days "
            "FROM voices_cells c CROSS JOIN (SELECT min(unix_micros(time)) AS first_time, "
            "max(unix_micros(time)) AS last_time FROM voices_said) s"
        ),
        inputs=("voices_cells", "voices_said"),
        output=working("voices_observed", "Cells with the days observed"),
        note="How many days of each period were observed (the first and last may be cut)",
        keep=True,
    )


def _measures(z: float) -> Step:
    place = "level, unit, subject, channel, period"
    total = "(n + before_n)"
    part = "(days / (days + before_days))"
    volume = (
        f"SELECT {place}, 'volume' AS measure, CAST(n AS DOUBLE) AS value, "
        # Poisson interval by the square root transformation, never below zero.
        f"power(greatest(0e0, sqrt(CAST(n AS DOUBLE)) - {z / 2!r}), 2e0) AS low, "
        f"power(sqrt(n + 1e0) + {z / 2!r}, 2e0) AS high, n, "
        "CAST(n - before_n AS DOUBLE) AS change, "
        f"two_sided_p((n - {total} * {part}) / nullif(sqrt({total} * {part} * (1e0 - {part})), "
        "0e0)) AS p_value FROM voices_before"
    )
    shares = []
    for side in _SIDES:
        pooled = f"(({side} + before_{side}) / CAST(n_read + before_n_read AS DOUBLE))"
        error = f"sqrt({pooled} * (1e0 - {pooled}) * (1e0 / n_read + 1e0 / before_n_read))"
        change = f"{side} / n_read - before_{side} / before_n_read"
        shares.append(
            f"SELECT {place}, '{side}' AS measure, {side} / n_read AS value, "
            f"wilson_low({side}, CAST(n_read AS DOUBLE), {z!r}) AS low, "
            f"wilson_high({side}, CAST(n_read AS DOUBLE), {z!r}) AS high, n_read AS n, "
            f"{change} AS change, two_sided_p(({change}) / nullif({error}, 0e0)) AS p_value "
            f"FROM (SELECT {place}, n_read, negative, positive, "
            "CASE WHEN before_n_read > 0 THEN before_n_read END AS before_n_read, "
            "before_negative, before_positive FROM voices_before WHERE n_read > 0) read_cells"
        )
    return Step(
        name="voices_measures",
        sql="\nUNION ALL\n".join([volume, *shares]),
        inputs=("voices_before",),
        output=working("voices_measures", "Values with intervals and p-values"),
        note="Volume and shares with intervals, and the p-value of each change",
    )


def analyze(engine: Engine, parameters: VoicesParameters) -> Answer:
    """Runs the steps."""
    chain = steps(parameters)
    table = engine.run(chain)
    return Answer(
        tables=(table,),
        steps=chain,
        caveats=(Caveat(key="caveat_mood_model"), Caveat(key="caveat_volume")),
    )


ANALYZER = Analyzer(
    name="voices",
    version="1",
    reads=(
        Reads(schema=MESSAGE, columns=("time", "text")),
        Reads(schema=MOOD, columns=("p_negative",), optional=True),
    ),
    writes=(VOICES,),
    analyze=analyze,
    parameters=VoicesParameters,
    quality="tested",
)
