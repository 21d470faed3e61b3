"""Steps shared by analyzers that answer per unit, subject, channel and period.

A cell holds how many values there are (`n`), and their sum, sum of squares and sum of cubes
(`total`, `squares`, `cubes`): enough for means, intervals and tests, and these can be added up.
"""

from sonnim.tables.answers import WINDOWS
from sonnim.tables.schema import TableSchema
from sonnim.tables.step import Step, quoted

PERIODS = ("day", "week", "month", "quarter", "year")
LEVELS = ("all", "unit", "subject", "channel")
SUMS = ("n", "total", "squares", "cubes")

# Spread of rounding: what is smaller is no spread at all.
_NOTHING = "1e-12"
# Below it the first terms of the series are exact enough and the formula itself loses digits.
_ALMOST_SYMMETRIC = "1e-3"


def working(name: str, meaning: str) -> TableSchema:
    """The schema of a step in between, whose columns its SQL says."""
    return TableSchema(name=name, version=1, meaning=meaning, columns=(), key=())


def number(value: float) -> str:
    """A number as an SQL literal that is a double on both engines.

    Example:
        >>> number(1.5), number(-2e-7)
        ('1.5e0', '-2e-07')
    """
    text = repr(float(value))
    return text if "e" in text else f"{text}e0"


def summed(column: str) -> str:
    """`sum` of a column of cells as SQL; counts stay whole numbers."""
    total = f"sum({column})"
    return f"CAST({total} AS BIGINT) AS {column}" if column == "n" else f"{total} AS {column}"


def rolled(
    name: str, fine: str, *, by: tuple[str, ...], least: int, also: tuple[str, ...] = ()
) -> Step:
    """Sums the finest cells up: in all and per unit, subject, channel; whole time and periods.

    Args:
        name: Name of the step.
        fine: Step with unit, subject, channel, period, the columns `by`, and `SUMS`.
        by: Columns that always tell cells apart.
        least: Fewest values for a cell of one unit, subject or channel to be shown.
        also: Further columns to sum.
    """
    keys = "".join(f"{column}, " for column in by)
    sums = ", ".join(summed(column) for column in (*SUMS, *also))
    queries = []
    for level in LEVELS:
        for period in ("CAST(NULL AS TIMESTAMP)", "period"):
            places = ", ".join(
                f"{place if place == level else 'CAST(NULL AS STRING)'} AS {place}"
                for place in LEVELS[1:]
            )
            group = [column for column in (level, period) if column in (*LEVELS[1:], "period")]
            conditions = "" if level == "all" else f" WHERE {level} IS NOT NULL AND {level} <> ''"
            having = "" if level == "all" else f" HAVING sum(n) >= {int(least)}"
            queries.append(
                f"SELECT {quoted(level)} AS level, {places}, {period} AS period, {keys}{sums} "
                f"FROM {fine}{conditions} GROUP BY {', '.join([*group, *by])}{having}"
            )
    return Step(
        name=name,
        sql="\nUNION ALL\n".join(queries),
        inputs=(fine,),
        output=working(name, "Sums per cell"),
        note="Sums all together and per unit, subject and channel, over the whole time and periods",
        keep=True,
    )


def compared(
    name: str, source: str, *, by: tuple[str, ...], period: str, also: tuple[str, ...] = ()
) -> Step:
    """Puts beside each period's sums those of other periods to compare.

    Columns of the one before begin with `before_`, those of the latest ones together with
    `recent_`, those of the ones before these with `usual_` (see `WINDOWS`); `usual_periods` says
    how many these are. Where there are too few, both are empty.

    Args:
        name: Name of the step.
        source: Step with the cells.
        by: Columns that tell cells apart, beside unit, subject and channel.
        period: Length of a period.
        also: Further columns to sum.
    """
    windows = WINDOWS[period]
    cell = ", ".join(["level", "unit", "subject", "channel", *by])
    window = (
        f"PARTITION BY {cell}, CASE WHEN period IS NULL THEN 1 ELSE 0 END "
        "ORDER BY period ASC NULLS LAST"
    )
    recent = f"{window} ROWS BETWEEN {windows.recent - 1} PRECEDING AND CURRENT ROW"
    usual = (
        f"{window} ROWS BETWEEN {windows.recent + windows.usual - 1} PRECEDING "
        f"AND {windows.recent} PRECEDING"
    )
    known = f"period IS NOT NULL AND count(*) OVER ({usual}) >= {windows.least}"
    sums = [
        f"CASE WHEN {known} THEN CAST(sum({column}) OVER ({frame}) AS "
        f"{'BIGINT' if column == 'n' else 'DOUBLE'}) END AS {prefix}_{column}"
        for prefix, frame in (("recent", recent), ("usual", usual))
        for column in (*SUMS, *also)
    ]
    lags = [
        f"CASE WHEN period IS NOT NULL THEN lag({column}) OVER ({window}) END AS before_{column}"
        for column in (*SUMS, *also)
    ]
    counts = f"CASE WHEN {known} THEN CAST(count(*) OVER ({usual}) AS DOUBLE) END AS usual_periods"
    return Step(
        name=name,
        sql=f"SELECT *, {', '.join(lags)}, {', '.join(sums)}, {counts} FROM {source}",
        inputs=(source,),
        output=working(name, "Cells with other periods to compare"),
        note="Beside each period (of those with data) the one before it; and the latest "
        f"{windows.recent} together with up to {windows.usual} before these, the usual",
        keep=True,
    )


def tested(name: str, source: str) -> tuple[Step, Step, Step]:
    """Tests each period's mean against the one before, and the recent against the usual.

    A permutation test: how far would the two means lie apart if their values were dealt out at
    random? Its distribution is approximated by the Pearson type III curve with its exact mean,
    variance and skewness (Mielke and Berry 2007, Permutation Methods, 2nd ed., chapter 2), whose
    tail comes out of the normal one by Wilson and Hilferty (1931), PNAS 17(12), 684-688. Tests
    that take the mean of few or lopsided values for normal find changes where there are none
    (docs/decisions/0008).

    Args:
        name: Name of the last step, which adds `before_p` and `usual_p`.
        source: What `compared` gave.
    """
    pooled, standard, probable = [], [], []
    for this, side in (("", "before_"), ("recent_", "usual_")):
        n, total, other = f"{this}n", f"{this}total", f"{side}n"
        count = f"CAST({n} + {other} AS DOUBLE)"
        mean = f"(({total} + {side}total) / {count})"
        second = f"(({this}squares + {side}squares) / {count})"
        third = f"(({this}cubes + {side}cubes) / {count})"
        pooled += [
            f"{count} AS {side}all",
            f"CASE WHEN {second} - {mean} * {mean} > {_NOTHING} * {second} "
            f"THEN {second} - {mean} * {mean} END AS {side}m2",
            f"{third} - 3e0 * {mean} * {second} + 2e0 * power({mean}, 3e0) AS {side}m3",
        ]
        every, m2 = f"{side}all", f"{side}m2"
        # Variance of the mean of n values drawn out of all, without putting them back.
        error = f"({m2} * {other} / ({n} * ({every} - 1e0)))"
        standard += [
            f"({total} / {n} - {side}total / {other}) / "
            f"sqrt({m2} * {every} / ({every} - 1e0) * (1e0 / {n} + 1e0 / {other})) AS {side}z",
            f"CASE WHEN {every} > 2e0 THEN {side}m3 * {other} * ({every} - 2e0 * {n}) / "
            f"nullif(CAST({n} AS DOUBLE) * {n} * ({every} - 1e0) * ({every} - 2e0) * "
            f"power({error}, 15e-1), 0e0) ELSE 0e0 END AS {side}skew",
        ]
        z, skew = f"{side}z", f"{side}skew"
        normal = (
            f"CASE WHEN abs({skew}) < {_ALMOST_SYMMETRIC} "
            f"THEN {z} - {skew} * ({z} * {z} - 1e0) / 6e0 "
            f"ELSE 6e0 / nullif({skew}, 0e0) * (power(greatest(1e0 + {skew} * {z} / 2e0, 0e0), "
            f"1e0 / 3e0) - 1e0) + {skew} / 6e0 END"
        )
        probable.append(
            f"CASE WHEN {other} IS NULL THEN CAST(NULL AS DOUBLE) "
            f"WHEN {m2} IS NULL THEN 1e0 ELSE two_sided_p({normal}) END AS {side}p"
        )

    def step(part: str, given: str, columns: list[str], note: str) -> Step:
        return Step(
            name=part,
            sql=f"SELECT *, {', '.join(columns)} FROM {given}",
            inputs=(given,),
            output=working(part, note),
            note=note,
        )

    return (
        step(f"{name}_pooled", source, pooled, "Spread and skewness of both periods' values"),
        step(
            f"{name}_standard",
            f"{name}_pooled",
            standard,
            "The difference of the means in standard errors, and how skewed it is by chance",
        ),
        step(
            name,
            f"{name}_standard",
            probable,
            "Probability of such a difference if the values were dealt out at random",
        ),
    )


def corrected(
    name: str, source: str, output: TableSchema, *, by: str, alpha: float
) -> tuple[Step, Step]:
    """Corrects the p-values for all tests of one level and `by`, and says what is significant.

    Changes against the period before and against the usual are two families. Benjamini and
    Hochberg (1995), J. R. Stat. Soc. B 57(1), 289-300: q is the least of p·m/rank over this and
    all greater p-values. Peers share the greatest rank (RANGE frames), so that the order of rows
    does not matter.
    """
    raised, least = [], {}
    for prefix in ("", "usual_"):
        p = f"{prefix}p_value"
        family = f"PARTITION BY level, {by}, CASE WHEN {p} IS NULL THEN 1 ELSE 0 END"
        raised.append(
            f"{p} * count({p}) OVER ({family}) / count(*) OVER ({family} "
            f"ORDER BY {p} ASC NULLS LAST RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"
            f" AS {prefix}raised"
        )
        least[f"{prefix}q_value"] = (
            f"CASE WHEN {p} IS NOT NULL THEN least(1e0, min({prefix}raised) OVER ({family} "
            f"ORDER BY {p} DESC NULLS LAST "
            f"RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)) END AS {prefix}q_value"
        )
    ranked = Step(
        name=f"{name}_ranked",
        sql=f"SELECT *, {', '.join(raised)} FROM {source}",
        inputs=(source,),
        output=working(f"{name}_ranked", "Cells with p-values times tests over rank"),
        note="Ranks the p-values of all changes tested",
        keep=True,
    )
    said = {
        "significant": ("change", "q_value"),
        "unusual": ("usual", "usual_q_value"),
    }
    columns = [
        f"CASE WHEN {said[column][0]} IS NULL THEN CAST(NULL AS BOOLEAN) "
        f"ELSE coalesce({said[column][1]} < {number(alpha)}, false) END AS {column}"
        if column in said
        else column
        for column in output.names
    ]
    final = Step(
        name=name,
        sql=(
            f"SELECT {', '.join(columns)} FROM ("
            f"SELECT *, {', '.join(least.values())} FROM {name}_ranked) corrected"
        ),
        inputs=(f"{name}_ranked",),
        output=output,
        note="Corrects for the number of changes tested (Benjamini and Hochberg 1995)",
    )
    return ranked, final
