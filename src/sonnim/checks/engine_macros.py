"""The statistical macros against plain Python, over a grid."""

import math

from sonnim.checks.engine_sql import EXPRESSIONS, QUERIES
from sonnim.checks.failed import expect, expect_near
from sonnim.checks.rows import Row, fetched, schema_of, table_of
from sonnim.engines.base import Engine
from sonnim.engines.shared_sql import MACROS, STATISTICS
from sonnim.engines.statistics import t_central, t_quantiles, t_table_sql
from sonnim.tables.step import Step
from sonnim.tables.table import Table

CHECK = "macros"
_GRID = schema_of(
    "macro_grid", "i:long successes:double n:double z:double promoters:double detractors:double"
)
_LEVEL = 0.95


def check_macros(engine: Engine) -> None:
    """Every statistical macro equals its reference on each row of a grid."""
    rows = grid()
    engine.load(Table(schema=_GRID, name="macro_grid"), table_of(_GRID, rows))
    calls = {
        "wilson_low": "wilson_low(successes, n, z)",
        "wilson_high": "wilson_high(successes, n, z)",
        "nps_low": "nps_low(promoters, detractors, n, z)",
        "nps_high": "nps_high(promoters, detractors, n, z)",
        "two_sided_p": "two_sided_p(z)",
        "t_two_sided_p": "t_two_sided_p(z, n)",
        "t_quantile": "t_quantile(n, z)",
    }
    expect(CHECK, "macros with a reference", tuple(calls), tuple(m.name for m in STATISTICS))
    sql = "SELECT i, " + ", ".join(f"{call} AS {name}" for name, call in calls.items())
    output = schema_of("macro_values", "i:long " + " ".join(f"{name}:double" for name in calls))
    step = Step(
        name="macro_values", sql=f"{sql} FROM macro_grid", inputs=("macro_grid",), output=output
    )
    values = sorted(fetched(engine, engine.run([step])), key=_index)
    for row, got in zip(rows, values, strict=True):
        for name, value, (wanted, tolerance) in zip(calls, got[1:], reference(row), strict=True):
            number = value if isinstance(value, float) else None
            expect_near(CHECK, f"{calls[name]} of {row[1:]}", number, wanted, tolerance)
            if name.endswith("_p") and number is not None:
                expect(CHECK, f"{calls[name]} is at most 1", number <= 1.0, True)


def check_t_table(engine: Engine) -> None:
    """The relation of Student's t reads the same as its Python values."""
    output = schema_of("t_values", "df:long t:double")
    step = Step(
        name="t_values",
        sql=f"SELECT df, t FROM {t_table_sql(_LEVEL)}",
        inputs=(),
        output=output,
    )
    wanted = list(enumerate(t_quantiles(_LEVEL), start=1))
    expect("t table", t_table_sql(_LEVEL)[:30], fetched(engine, engine.run([step]), ["df"]), wanted)


def _index(row: Row) -> int:
    return row[0] if isinstance(row[0], int) else -1


def grid() -> list[Row]:
    """Rows of `macro_grid`: counts from 1 to 100,000, shares from 0 to 1, z from -6 to 6; nulls."""
    rows: list[Row] = []
    for n in (1.0, 2.0, 3.0, 10.0, 30.0, 250.0, 100_000.0):
        for share in (0.0, 0.1, 0.5, 1.0):
            for z in (0.0, 0.5, 1.2816, 1.96, 3.29, 6.0, -1.96):
                s = n * share
                rows.append((len(rows), s, n, z, s * 0.6, (n - s) * 0.5))
    return [*rows, (len(rows), None, None, None, None, None)]


def reference(row: Row) -> list[tuple[float | None, float]]:
    """What the macros must give for a grid row, in the order of `STATISTICS`, with tolerances."""
    if row[1] is None:
        return [(None, 0.0)] * len(STATISTICS)
    s, n, z, p, d = (float(value) for value in row[1:] if isinstance(value, (int, float)))
    share = s / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    score = (p - d) / (n + 3)
    error = math.sqrt(((p + d + 1.5) / (n + 3) - score * score) / (n + 3))
    return [
        (min(max(middle - half, 0.0), 1.0), 1e-9),
        (min(max(middle + half, 0.0), 1.0), 1e-9),
        (min(max(100 * (score - z * error), -100.0), 100.0), 1e-9),
        (min(max(100 * (score + z * error), -100.0), 100.0), 1e-9),
        (math.erfc(abs(z) / math.sqrt(2)), 2e-7),
        _t_reference(z, n),
        _quantile_reference(n, z),
    ]


def _t_reference(t: float, df: float) -> tuple[float | None, float]:
    # The published error of Hill's series falls fast with df; above 250 t is normal enough.
    if df > 250:
        return math.erfc(abs(t) / math.sqrt(2)), 1e-2
    wanted = 1 - t_central(abs(t), int(df))
    return wanted, 0.65 if df < 2 else 0.1 if df < 3 else 0.04 if df < 10 else 1e-3


def _quantile_reference(df: float, z: float) -> tuple[float | None, float]:
    if df < 30:
        return None, 0
    # Back through the closed form: the quantile must have the normal's central probability.
    wanted = math.erf(abs(z) / math.sqrt(2))
    if df > 250:
        return z, 1e-3
    low, high = 0.0, 64.0
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if t_central(middle, int(df)) < wanted else (low, middle)
    # At z = 6 the central probability has no digits left to invert.
    return math.copysign(high, z) if z else 0.0, 2e-6 if abs(z) < 4 else 0.2


def untested() -> tuple[str, ...]:
    """Names of macros that neither this module nor the expressions of `engine_sql` call."""
    text = " ".join([*(e.sql for e in EXPRESSIONS), *(q.sql for q in QUERIES)])
    called = {macro.name for macro in MACROS if f"{macro.name}(" in text}
    return tuple(m.name for m in MACROS if m not in STATISTICS and m.name not in called)
