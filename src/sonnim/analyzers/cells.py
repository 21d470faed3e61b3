"""Steps shared by analyzers that answer per unit, subject, channel and period."""

from sonnim.tables.schema import TableSchema
from sonnim.tables.step import Step, quoted

PERIODS = ("day", "week", "month", "quarter", "year")
LEVELS = ("all", "unit", "subject", "channel")


def working(name: str, meaning: str) -> TableSchema:
    """The schema of a step in between, whose columns its SQL says."""
    return TableSchema(name=name, version=1, meaning=meaning, columns=(), key=())


def rolled(
    name: str, fine: str, *, by: tuple[str, ...], sums: tuple[str, ...], n: str, least: int
) -> Step:
    """Sums the finest cells up: in all and per unit, subject, channel; whole time and periods.

    Args:
        name: Name of the step.
        fine: Step with unit, subject, channel, period, the columns `by`, and additive columns.
        by: Columns that always tell cells apart.
        sums: Aggregates as SQL, `sum(x) AS x`.
        n: The column of counts.
        least: Fewest rows for a cell of one unit, subject or channel to be shown.
    """
    keys = "".join(f"{column}, " for column in by)
    queries = []
    for level in LEVELS:
        for period in ("CAST(NULL AS TIMESTAMP)", "period"):
            places = ", ".join(
                f"{place if place == level else 'CAST(NULL AS STRING)'} AS {place}"
                for place in LEVELS[1:]
            )
            group = [column for column in (level, period) if column in (*LEVELS[1:], "period")]
            conditions = "" if level == "all" else f" WHERE {level} IS NOT NULL AND {level} <> ''"
            having = "" if level == "all" else f" HAVING sum({n}) >= {least}"
            grouped = ", ".join([*group, *by])
            queries.append(
                f"SELECT {quoted(level)} AS level, {places}, {period} AS period, {keys}"
                f"{', '.join(sums)} FROM {fine}{conditions}"
                + (f" GROUP BY {grouped}" if grouped else "")
                + having
            )
    return Step(
        name=name,
        sql="\nUNION ALL\n".join(queries),
        inputs=(fine,),
        output=working(name, "Sums per cell"),
        note="Sums all together and per unit, subject and channel, over the whole time and periods",
        keep=True,
    )


def before(name: str, source: str, *, by: tuple[str, ...], columns: tuple[str, ...]) -> Step:
    """Puts each cell's values of the period before beside it, as `columns` with `before_`."""
    cell = ", ".join(["level", "unit", "subject", "channel", *by])
    lags = ", ".join(
        f"CASE WHEN period IS NOT NULL THEN lag({column}) OVER ("
        f"PARTITION BY {cell}, CASE WHEN period IS NULL THEN 1 ELSE 0 END "
        f"ORDER BY period ASC NULLS LAST) END AS before_{column}"
        for column in columns
    )
    return Step(
        name=name,
        sql=f"SELECT *, {lags} FROM {source}",
        inputs=(source,),
        output=working(name, "Cells with the period before"),
        note="Each period beside the one before it (the last one with data)",
    )


def corrected(
    name: str, source: str, output: TableSchema, *, by: str, alpha: float
) -> tuple[Step, Step]:
    """Corrects `p_value` for all tests of one level and `by`, and says what is significant.

    Benjamini and Hochberg (1995), J. R. Stat. Soc. B 57(1), 289-300: q is the least of
    p·m/rank over this and all greater p-values. Peers share the greatest rank (RANGE frames), so
    that the order of rows does not matter.
    """
    family = f"PARTITION BY level, {by}, CASE WHEN p_value IS NULL THEN 1 ELSE 0 END"
    ranked = Step(
        name=f"{name}_ranked",
        sql=(
            f"SELECT *, p_value * count(p_value) OVER ({family}) / count(*) OVER ({family} "
            f"ORDER BY p_value ASC NULLS LAST RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"
            f" AS raised FROM {source}"
        ),
        inputs=(source,),
        output=working(f"{name}_ranked", "Cells with p-values times tests over rank"),
        note="Ranks the p-values of all changes tested",
        keep=True,
    )
    columns = ", ".join(
        column for column in output.names if column not in ("q_value", "significant")
    )
    final = Step(
        name=name,
        sql=(
            f"SELECT {columns}, q_value, "
            f"CASE WHEN change IS NULL THEN CAST(NULL AS BOOLEAN) "
            f"ELSE coalesce(q_value < {alpha!r}, false) END AS significant FROM ("
            f"SELECT *, CASE WHEN p_value IS NOT NULL THEN least(1e0, min(raised) OVER ({family} "
            f"ORDER BY p_value DESC NULLS LAST "
            f"RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)) END AS q_value "
            f"FROM {name}_ranked) corrected"
        ),
        inputs=(f"{name}_ranked",),
        output=output,
        note="Corrects for the number of changes tested (Benjamini and Hochberg 1995)",
    )
    return ranked, final
