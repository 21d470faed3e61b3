"""How much is said, how does it feel, and what changed against the period before?

Method: messages to the company or in public, all together and per unit, subject and channel.
    `volume` counts them, with a Poisson interval; `negative` and `positive` are shares of the
    labels given by the mood model, corrected for its known error (adjusted count; labels of a model
    of your own, whose error is not known, count as they are); where `domains` has fitted moods to
    the ratings of a source, the mean of the fitted probabilities (probabilistic classify and
    count). Intervals add one message of each label (adjusted Wald), and what is not known of the
    correction, measured on so many texts itself. Each period is tested against
    the period before (`change`); and the latest periods together (`recent`: 7 days, 4 weeks, 3
    months, 1 quarter or year) against those before them (`usual`: up to 28 days, 26 weeks, 12
    months, 4 quarters or years). Shares are tested by a permutation test in Pearson's type III
    approximation; volume from period to period by the days observed, and against the usual by how
    far the periods lie apart. Called significant only after correction for all periods tested of
    their level and measure. Quotes are the messages the model is surest of; `quote` holds what they
    say, with personal data masked (docs/concepts/personal-data.md).
Source: Forman 2008 (adjusted count); Bella et al. 2010 (probabilistic counting); Agresti and Coull
    1998; Mielke and Berry 2007 (permutation tests); Benjamini and Hochberg 1995.
Limits: without ratings the correction knows the error on texts like those the model was tested on;
    on other kinds the shares may all be too high or too low, by more than their intervals say,
    while their changes are right more often. Counts of
    messages vary more than chance alone would make them (a campaign, an outage), so a significant
    change of volume says that something happened, not what.
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
from sonnim.analyzers.quoting import TO_QUOTE, quoted_texts
from sonnim.analyzers.shares import SIDES, doubt_sql, fitted_step, prior, worth_sql
from sonnim.engines.base import Engine
from sonnim.engines.statistics import t_table_sql, z_value
from sonnim.language.own_settings import OWN
from sonnim.tables.answer import Answer, Caveat
from sonnim.tables.answers import DOMAIN, DOMAIN_MOOD, MOOD, QUOTE, VOICES, WINDOWS
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
# What a report quotes: of late, neither a word nor a letter, and some of each side.
_LATE, _FEW_LETTERS, _MANY_LETTERS, _EACH = 120, 12, 160, 8
_PLACE = "unit, subject, channel, period"
# Beside the sums of all cells: what makes the interval of a share wider (see `shares`).
_WIDER = ("noise", "doubt")


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
    z = z_value(parameters.level)
    return (
        fitted_step("voices_fitted"),
        _said(parameters.period),
        _fine(),
        _long(),
        rolled("voices_cells", "voices_long", by=("measure",), least=parameters.least, also=_WIDER),
        _observed(parameters),
        compared(
            "voices_compared",
            "voices_observed",
            by=("measure",),
            period=parameters.period,
            also=(*_WIDER, "days", "rate", "rate_squares"),
        ),
        *tested("voices_tested", "voices_compared"),
        Step(
            name="voices_t",
            sql=f"SELECT df, t FROM {t_table_sql(parameters.level)}",
            inputs=(),
            output=working("voices_t", "Quantiles of Student's t"),
            note="Student's t for few periods",
        ),
        _rates(WINDOWS[parameters.period].recent),
        _volume(z, WINDOWS[parameters.period].recent),
        _shares(z),
        _chosen(int(parameters.quotes)),
        _quoted(),
        *corrected("voices", "voices_quoted", VOICES, by="measure", alpha=parameters.alpha),
    )


def _said(period: str) -> Step:
    worths = ", ".join(
        f"{worth_sql(side)} AS {side}, {doubt_sql(side)} AS {side}_doubt" for side in SIDES
    )
    columns = ", ".join(
        f"coalesce(f.{side}, d.{side}) AS {side}, "
        f"coalesce(f.{side} * (1e0 - f.{side}), 0e0) AS {side}_noise, "
        f"coalesce(f.{side}_doubt, d.{side}_doubt) AS {side}_doubt"
        for side in SIDES
    )
    return Step(
        name="voices_said",
        sql=(
            f"SELECT m.message_id, m.unit, m.subject, m.channel, m.time, "
            f"date_trunc({quoted(period)}, m.time) AS period, "
            f"d.p_negative, d.p_positive, d.label, length(m.text) AS letters, {columns} "
            "FROM message m LEFT JOIN (SELECT message_id, label, p_negative, "
            f"p_positive, {worths} FROM mood) d ON d.message_id = m.message_id "
            "LEFT JOIN voices_fitted f ON f.message_id = m.message_id "
            "WHERE coalesce(m.direction, 'public') <> 'out'"
        ),
        inputs=("message", "mood", "voices_fitted"),
        output=working("voices_said", "One message with its mood"),
        note="Messages to the company or in public, and what their labels are worth once the "
        "model's known error is taken into account, or their fitted probabilities",
    )


def _fine() -> Step:
    sums = ", ".join(
        f"sum({side}) AS {side}_total, sum({side} * {side}) AS {side}_squares, "
        f"sum({side} * {side} * {side}) AS {side}_cubes, "
        f"sum({side}_noise) AS {side}_noise, sum({side}_doubt) AS {side}_doubt"
        for side in SIDES
    )
    return Step(
        name="voices_fine",
        sql=(
            f"SELECT {_PLACE}, CAST(count(*) AS BIGINT) AS n, "
            f"CAST(count(negative) AS BIGINT) AS n_read, {sums} "
            f"FROM voices_said GROUP BY {_PLACE}"
        ),
        inputs=("voices_said",),
        output=working("voices_fine", "Sums of the finest cells"),
        note="Counts, and sums, squares and cubes of what the labels are worth, per finest cell",
        keep=True,
    )


def _long() -> Step:
    shares = "\nUNION ALL\n".join(
        f"SELECT {_PLACE}, '{side}' AS measure, n_read AS n, {side}_total AS total, "
        f"{side}_squares AS squares, {side}_cubes AS cubes, {side}_noise AS noise, "
        f"{side}_doubt AS doubt FROM voices_fine WHERE n_read > 0"
        for side in SIDES
    )
    return Step(
        name="voices_long",
        sql=(
            f"SELECT {_PLACE}, 'volume' AS measure, n, CAST(n AS DOUBLE) AS total, "
            "CAST(n AS DOUBLE) AS squares, CAST(n AS DOUBLE) AS cubes, 0e0 AS noise, "
            "0e0 AS doubt FROM voices_fine\n"
            f"UNION ALL\n{shares}"
        ),
        inputs=("voices_fine",),
        output=working("voices_long", "Sums of the finest cells, one measure a row"),
        note="One row a measure",
    )


def _observed(parameters: VoicesParameters) -> Step:
    following = _NEXT[parameters.period].format(t="c.period")
    days = (
        "CASE WHEN c.period IS NOT NULL THEN greatest(1e0, "
        f"(least(unix_micros({following}), s.last_time + {_DAY}) - "
        f"greatest(unix_micros(c.period), s.first_time)) / {_DAY}e0) END"
    )
    return Step(
        name="voices_observed",
        sql=(
            "SELECT *, n / days AS rate, power(n / days, 2e0) AS rate_squares FROM ("
            f"SELECT c.*, {days} AS days "
            "FROM voices_cells c CROSS JOIN (SELECT min(unix_micros(time)) AS first_time, "
            "max(unix_micros(time)) AS last_time FROM voices_said) s) observed"
        ),
        inputs=("voices_cells", "voices_said"),
        output=working("voices_observed", "Cells with the days observed"),
        note="How many days of each period were observed (the first and last may be cut)",
        keep=True,
    )


def _rates(recent: int) -> Step:
    total = "(n + before_n)"
    part = "(days / (days + before_days))"
    mean = "(usual_rate / usual_periods)"
    spread = f"(usual_rate_squares - usual_rate * {mean}) / nullif(usual_periods - 1e0, 0e0)"
    # Never less than chance alone would make it.
    variance = f"greatest({spread}, {mean} * {recent} / recent_days)"
    return Step(
        name="voices_rates",
        sql=(
            "SELECT *, (recent_n / recent_days - usual_mean) / "
            f"sqrt(usual_variance * (1e0 / {recent} + 1e0 / usual_periods)) AS usual_step FROM ("
            f"SELECT *, (n - {total} * {part}) / nullif(sqrt({total} * {part} * (1e0 - {part})), "
            f"0e0) AS before_step, {mean} AS usual_mean, {variance} AS usual_variance, "
            f"recent_days / {recent} AS period_days "
            "FROM voices_compared WHERE measure = 'volume') rates"
        ),
        inputs=("voices_compared",),
        output=working("voices_rates", "Messages a day"),
        note="Volume a period: against the one before by the days observed, against the usual by "
        "how far the usual periods lie apart",
    )


def _volume(z: float, recent: int) -> Step:
    half = number(z / 2)
    t = f"coalesce(t, t_quantile(usual_periods - 1e0, {number(z)}))"
    width = f"{t} * sqrt(usual_variance / usual_periods)"

    def poisson(n: str, end: str) -> str:
        """By the square root transformation, never below zero."""
        if end == "low":
            root = f"greatest(0e0, sqrt(CAST({n} AS DOUBLE)) - {half})"
            return f"CASE WHEN {n} IS NOT NULL THEN power({root}, 2e0) END"
        return f"power(sqrt({n} + 1e0) + {half}, 2e0)"

    return Step(
        name="voices_volume",
        sql=(
            f"SELECT level, {_PLACE}, measure, CAST(n AS DOUBLE) AS value, "
            f"{poisson('n', 'low')} AS low, {poisson('n', 'high')} AS high, n, "
            "CAST(n - before_n AS DOUBLE) AS change, two_sided_p(before_step) AS p_value, "
            f"CAST(recent_n AS DOUBLE) / {recent} AS recent, "
            f"{poisson('recent_n', 'low')} / {recent} AS recent_low, "
            f"{poisson('recent_n', 'high')} / {recent} AS recent_high, recent_n, "
            "usual_mean * period_days AS usual, "
            f"greatest(0e0, usual_mean - {width}) * period_days AS usual_low, "
            f"(usual_mean + {width}) * period_days AS usual_high, usual_n, "
            "t_two_sided_p(usual_step, usual_periods - 1e0) AS usual_p_value "
            "FROM voices_rates LEFT JOIN voices_t ON df = usual_periods - 1e0"
        ),
        inputs=("voices_rates", "voices_t"),
        output=working("voices_volume", "Volume with intervals and p-values"),
        note="Volume with its interval, and the p-values of its changes",
    )


def _shares(z: float) -> Step:
    def value(prefix: str) -> str:
        return f"greatest(0e0, least(1e0, {prefix}total / {prefix}n))"

    def end(prefix: str, sign: str) -> str:
        total, squares = (
            "CASE measure "
            + " ".join(
                f"WHEN '{side}' THEN {number(getattr(prior(side), column))}" for side in SIDES
            )
            + " END"
            for column in ("total", "squares")
        )
        n = f"({prefix}n + {number(prior(SIDES[0]).n)})"
        mean = f"(({prefix}total + {total}) / {n})"
        spread = f"(({prefix}squares + {squares} + {prefix}noise) / {n} - {mean} * {mean}) / {n}"
        # All messages share the correction and its error: it does not shrink with their number.
        half = f"{number(z)} * sqrt({spread} + power({prefix}doubt / {prefix}n, 2e0))"
        beyond = "least" if sign == "-" else "greatest"
        return f"{beyond}({value(prefix)}, greatest(0e0, least(1e0, {mean} {sign} {half})))"

    def known(n: str, given: str) -> str:
        # least and greatest pass over nulls.
        return f"CASE WHEN {n} IS NOT NULL THEN {given} END"

    columns = [
        f"{value('')} AS value",
        f"{end('', '-')} AS low",
        f"{end('', '+')} AS high",
        "n",
        f"{known('before_n', value('') + ' - ' + value('before_'))} AS change",
        "before_p AS p_value",
    ]
    for side in ("recent", "usual"):
        columns += [
            f"{known(f'{side}_n', value(f'{side}_'))} AS {side}",
            f"{known(f'{side}_n', end(f'{side}_', '-'))} AS {side}_low",
            f"{known(f'{side}_n', end(f'{side}_', '+'))} AS {side}_high",
            f"{side}_n",
        ]
    return Step(
        name="voices_measures",
        sql=(
            "SELECT * FROM voices_volume\nUNION ALL\n"
            f"SELECT level, {_PLACE}, measure, {', '.join(columns)}, usual_p AS usual_p_value "
            "FROM voices_tested WHERE measure <> 'volume'"
        ),
        inputs=("voices_volume", "voices_tested"),
        output=working("voices_measures", "Values with intervals and p-values"),
        note="Volume and shares with intervals, and the p-values of their changes",
        keep=True,
    )


def _chosen(k: int) -> Step:
    quotes = ", ".join(
        f"max_by(message_id, (p_{side}, least(letters, 80), message_id), {k}) FILTER "
        f"(WHERE label = '{side}' AND letters >= 8) AS {side}_quotes"
        for side in SIDES
    )
    return Step(
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
    )


def _quoted() -> Step:
    return Step(
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
    )


def quote_steps() -> tuple[Step, ...]:
    """The messages to quote: those beside a measure, and for reports the surest of late."""
    chosen = "\nUNION ALL\n".join(
        f"SELECT explode({side}_quotes) AS message_id FROM voices_chosen" for side in SIDES
    )
    late = "\nUNION ALL\n".join(
        "SELECT message_id FROM (SELECT message_id, row_number() OVER (ORDER BY "
        f"p_{side} DESC NULLS LAST, message_id ASC NULLS LAST) AS place FROM voices_late "
        f"WHERE label = '{side}') {side} WHERE place <= {_EACH}"
        for side in SIDES
    )
    return (
        Step(
            name="voices_late",
            sql=(
                "SELECT message_id, label, p_negative, p_positive FROM voices_said "
                "CROSS JOIN (SELECT max(unix_micros(time)) AS last_time FROM voices_said) s "
                f"WHERE letters BETWEEN {_FEW_LETTERS} AND {_MANY_LETTERS} "
                f"AND unix_micros(time) >= last_time - {_LATE * _DAY}"
            ),
            inputs=("voices_said",),
            output=working("voices_late", "Messages of late"),
            note=f"Messages of the last {_LATE} days that a report can quote whole",
        ),
        Step(
            name="voices_to_quote",
            sql=(
                "SELECT m.message_id, m.text FROM message m JOIN (SELECT DISTINCT message_id "
                f"FROM ({chosen}\nUNION ALL\n{late}) listed) q ON q.message_id = m.message_id"
            ),
            inputs=("message", "voices_chosen", "voices_late"),
            output=TO_QUOTE,
            note="What the quoted messages say; personal data in it is then masked",
            keep=True,
        ),
    )


def analyze(engine: Engine, parameters: VoicesParameters) -> Answer:
    """Runs the steps."""
    chain = steps(parameters)
    table = engine.run(chain)
    quoting = quote_steps()
    quotes = quoted_texts(engine, engine.run(quoting))
    # The answer is the same with and without: not one of its steps.
    own = engine.count(engine.run([_own()])) > 0
    uncorrected = (Caveat(key="caveat_uncorrected"),) if own else ()
    return Answer(
        tables=(table, quotes),
        steps=(*chain, *quoting),
        caveats=(Caveat(key="caveat_corrected"), *uncorrected, Caveat(key="caveat_volume")),
    )


def _own() -> Step:
    return Step(
        name="voices_own",
        sql=f"SELECT message_id FROM mood WHERE startswith(tier, {quoted(OWN)}) LIMIT 1",
        inputs=("mood",),
        output=MOOD.only(("message_id",)),
        note="Whether a model of the company's own read any message",
    )


ANALYZER = Analyzer(
    name="voices",
    version="4",
    reads=(
        Reads(
            schema=MESSAGE,
            columns=("time", "text"),
            also=("direction", "unit", "subject", "channel", "source"),
        ),
        Reads(
            schema=MOOD,
            columns=("language", "label", "p_negative", "p_neutral", "p_positive", "tier"),
            optional=True,
        ),
        Reads(schema=DOMAIN, columns=("source", "language", "learned_from"), optional=True),
        Reads(schema=DOMAIN_MOOD, columns=("p_negative", "p_neutral", "p_positive"), optional=True),
    ),
    writes=(VOICES, QUOTE),
    analyze=analyze,
    parameters=VoicesParameters,
    quality="tested",
)
