r"""The SQL that DuckDB and Spark both understand, and the macros that close the gaps.

Analyzers write SQL once, with Spark's function names. `install_duckdb` adds the Spark functions
that DuckDB lacks or means otherwise; `install_spark` adds the few functions that neither has.
There is no transpiler: what is not listed here as safe or as a macro is not to be used.
`checks/engine_exam.py` holds every line of these lists on both engines.

**Safe as it stands** (the same on both)

| What | Notes |
|---|---|
| `WITH … GROUP BY … HAVING`, `GROUP BY ALL`, `ROLLUP`, `GROUPING SETS` | |
| `JOIN … ON/USING`, `CROSS JOIN LATERAL`, `EXISTS`, `NOT EXISTS`, `EXCEPT`, `UNPIVOT` | |
| `QUALIFY row_number() OVER (…) = 1` | the shortest way to one row per group |
| window functions with an explicit `ROWS` frame; `RANGE … INTERVAL 7 DAYS PRECEDING` | |
| `FILTER (WHERE …)` on `count sum avg min max array_agg` | not on macros |
| `count_if min max avg median var_samp stddev_samp var_pop covar_samp` | null below 2 rows |
| `percentile_cont(p) WITHIN GROUP (ORDER BY x)` | linear between the two neighbours |
| `coalesce ifnull nullif if(c, a, b) CASE greatest least` | greatest and least skip nulls |
| `abs exp sqrt power floor ceil sign pi isnan`, `%` (sign of the dividend) | |
| `'a' || 'b'` (null if one is), `concat_ws` (skips nulls), `replace translate trim lpad rpad` | |
| `length substr left right reverse repeat` | count code points, not bytes |
| `lower upper` | ASCII and Hangul; İ, ẞ and ligatures differ |
| `contains instr position LIKE ILIKE … ESCAPE '!' split_part` | |
| `md5` | lower-case hexadecimal of the UTF-8 bytes |
| `regexp_extract(text, pattern, group)`, `regexp_extract_all(text, pattern, group)` | "" if none |
| `date_trunc('day', 'week', 'month', 'quarter', 'year', t)` | weeks begin on Monday |
| `year quarter month day hour minute weekofyear(t)`, `CAST(t AS DATE)`, `last_day` | ISO weeks |
| `t + INTERVAL 1 MONTH`, `INTERVAL 7 DAYS` | ends of months are clipped |
| `array_agg(x) FILTER (WHERE x IS NOT NULL)` | in any order: sort it |
| `array_sort array_distinct array_contains flatten` | |
| `max_by(id, (score, id), 3)` | the top three, best first, ties settled: the ordered list to use |
| `TRY_CAST(text AS DOUBLE / TIMESTAMP)` | |
| `x IS NOT DISTINCT FROM y` | |

**Macros**: see `MACROS`.

**Avoid**

| Not this | But this | Because |
|---|---|---|
| `1.5` | `1.5e0` | a decimal: `1.0 / 3` is 0.333333 on Spark |
| `a / b` with b perhaps 0 | `a / nullif(b, 0)` | DuckDB: inf; Spark: error |
| `//`, `div` | `CAST(floor(a / b) AS BIGINT)` | spelled differently |
| `CAST(2.5e0 AS BIGINT)` | `CAST(floor(x) AS BIGINT)`, the same of `round` | rounds; cuts off |
| `TRY_CAST(text AS BIGINT)` | `TRY_CAST(text AS DOUBLE)`, floor | '1e3', '1.7', '1_000' differ |
| `round(x, 2)` in data | round when showing | 1.005 becomes 1.0 or 1.01 |
| `sum(whole numbers)` without a cast | `CAST(sum(x) AS BIGINT)` | HUGEINT on DuckDB |
| `max_by(x, k)` where x or k may be null | filter nulls first | null x skipped; null keys lead |
| `a IN (…)`, `NOT IN (…)` over nulls; `LEFT ANTI JOIN` | `EXISTS`, `NOT EXISTS` | |
| `concat(a, b)` | `a || b` | DuckDB skips nulls, Spark gives null |
| `any_value first last mode` | `min`, `max_by` | null handling, ties |
| `array_agg(x)` unfiltered, `collect_list`, `collect_set` | see above | nulls kept or dropped |
| `array_agg(x ORDER BY y)`, `listagg` | `max_by`, `min_by` with a number | not on both |
| lambdas: `transform`, `filter`, `aggregate` | `explode` and `GROUP BY` | DuckDB macros take none |
| `ORDER BY x` | `ORDER BY x NULLS LAST` | say what is meant, in windows too |
| `t - u`, `date - date` | `unix_micros(t) - unix_micros(u)`, `datediff` | intervals, other types |
| `CAST(t AS STRING)` | `iso_time(t)`, `iso_date(t)` | '+00' |
| `CAST(double AS STRING)` | show numbers outside SQL | 1e-05 and 1.0E-5 |
| `TIMESTAMP '…'` | `timestamp_micros(…)` | naive on DuckDB |
| `levenshtein` | a function to `map` | DuckDB counts bytes |
| `kurtosis skewness approx_count_distinct hash rand` | | other definitions |
| `corr` of a constant column | guard with `stddev_samp(x) > 0` | NaN; null |
| `"text"` | `'text'` | double quotes are names here |
| `substr(x, 0, n)` | count from 1 | |
| `LIKE 'a\_b'` | `LIKE 'a!_b' ESCAPE '!'` | Spark's escape is there by default |
| `\b`, `\w` on Korean text, look-around in patterns | `[가-힣]`, `\p{L}` | RE2 and Java differ |
| `isnull(x)` | `x IS NULL` | a keyword on DuckDB |
| `IGNORE NULLS`, `array(…)`, `struct(…)`, `stack` | `VALUES`, tuples `(a, b)` | not on both |

Backslashes in literals are plain characters and `''` is a quote, as in standard SQL; the Spark
engine sees to it (`spark_sql.py`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

# Numerical Recipes' erfcc, innermost coefficient last.
_ERFC = (
    "-1.26551223e0", "1.00002368e0", "0.37409196e0", "0.09678418e0", "-0.18628806e0",
    "0.27886807e0", "-1.13520398e0", "1.48851587e0", "-0.82215223e0", "0.17087277e0",
)  # fmt: skip


class DuckConnection(Protocol):
    """What `install_duckdb` needs of a DuckDB connection."""

    def execute(self, query: str) -> Any:
        """Runs a statement."""
        ...


class SparkSql(Protocol):
    """What `install_spark` needs of a Spark session."""

    def sql(self, sqlQuery: str) -> Any:
        """Runs a statement."""
        ...


@dataclass(frozen=True, kw_only=True)
class Macro:
    """One function that both engines have after `install_duckdb` and `install_spark`.

    Attributes:
        name: Its name in SQL.
        parameters: `name TYPE` each, with Spark's types.
        returns: Type of its value, Spark's name.
        duckdb: Its body on DuckDB, or None where DuckDB has the function.
        spark: Its body on Spark, or None where Spark has the function.
        meaning: One sentence.
        source: The paper or manual it follows.
        duckdb_also: Further forms on DuckDB, `(a, b) AS body`, that keep what DuckDB had under
            this name for SQL that only DuckDB runs (connectors).
    """

    name: str
    parameters: tuple[str, ...]
    returns: str
    duckdb: str | None
    spark: str | None
    meaning: str
    source: str = "Spark SQL"
    duckdb_also: tuple[str, ...] = ()


def install_duckdb(connection: DuckConnection) -> None:
    """Adds the macros to a DuckDB connection and sets Spark's order of nulls.

    Example:
        >>> import duckdb
        >>> connection = duckdb.connect()
        >>> install_duckdb(connection)
        >>> connection.execute("SELECT regexp_replace('a1b2', '[0-9]', '-')").fetchone()
        ('a-b-',)
    """
    for statement in duckdb_statements():
        connection.execute(statement)
    # A safety net only: steps say NULLS FIRST or LAST themselves.
    connection.execute("SET default_null_order = 'nulls_first_on_asc_last_on_desc'")


def install_spark(session: SparkSql) -> None:
    """Adds the functions that Spark lacks to a session, as temporary SQL functions."""
    for statement in spark_statements():
        session.sql(statement)


def duckdb_statements(sql: str | None = None) -> Iterator[str]:
    """The statements that `install_duckdb` runs.

    Args:
        sql: If given, only those that this SQL needs to run on a DuckDB of anybody.

    Example:
        >>> list(duckdb_statements("SELECT startswith(x, 'a') FROM t"))
        ['CREATE OR REPLACE MACRO startswith (text, other) AS starts_with(text, other)']
    """
    names = None if sql is None else _called(sql)
    for macro in MACROS:
        if macro.duckdb is not None and (names is None or macro.name in names):
            parameters = ", ".join(parameter.split()[0] for parameter in macro.parameters)
            forms = (f"({parameters}) AS {macro.duckdb}", *macro.duckdb_also)
            yield f"CREATE OR REPLACE MACRO {macro.name} {', '.join(forms)}"


def _called(sql: str) -> set[str]:
    bodies = {macro.name: macro.duckdb or "" for macro in MACROS}
    found: set[str] = set()
    waiting = [sql]
    while waiting:
        text = waiting.pop()
        new = {name for name in bodies if re.search(rf"(?<![\w.]){name}\(", text)} - found
        found |= new
        waiting += [bodies[name] for name in new]
    return found


def spark_statements() -> Iterator[str]:
    """The statements that `install_spark` runs."""
    for macro in MACROS:
        if macro.spark is not None:
            yield (
                f"CREATE OR REPLACE TEMPORARY FUNCTION {macro.name}"
                f"({', '.join(macro.parameters)}) RETURNS {macro.returns} RETURN {macro.spark}"
            )


def _double(name: str) -> str:
    return f"CAST({name} AS DOUBLE)"


def _wilson(sign: str) -> str:
    s, n, z = _double("successes"), _double("n"), _double("z")
    root = f"sqrt(greatest({s} * ({n} - {s}) / {n} + {z} * {z} / 4e0, 0e0))"
    value = f"({s} + {z} * {z} / 2e0 {sign} {z} * {root}) / ({n} + {z} * {z})"
    return f"CASE WHEN {n} > 0e0 THEN least(greatest({value}, 0e0), 1e0) END"


def _nps(sign: str) -> str:
    p, d = f"({_double('promoters')} + 0.75e0)", f"({_double('detractors')} + 0.75e0)"
    n = f"({_double('n')} + 3e0)"
    score = f"(({p} - {d}) / {n})"
    error = f"sqrt(greatest(({p} + {d}) / {n} - {score} * {score}, 0e0) / {n})"
    value = f"100e0 * ({score} {sign} {_double('z')} * {error})"
    return f"CASE WHEN {_double('n')} > 0e0 THEN least(greatest({value}, -100e0), 100e0) END"


def _two_sided(z: str) -> str:
    # erfc(|z| / sqrt 2)
    x = f"(abs({z}) * 0.7071067811865476e0)"
    t = f"(1e0 / (1e0 + 0.5e0 * {x}))"
    series = _ERFC[-1]
    for coefficient in reversed(_ERFC[:-1]):
        series = f"({coefficient} + {t} * {series})"
    # The series passes 1 by 3e-8 at 0, which no probability may; `least` passes over nulls.
    value = f"least({t} * exp(-({x} * {x}) + {series}), 1e0)"
    return f"CASE WHEN {z} IS NOT NULL THEN {value} END"


def _hill() -> str:
    a = f"({_double('df')} - 0.5e0)"
    b = f"(48e0 * {a} * {a})"
    square = f"({a} * ln(1e0 + {_double('t')} * {_double('t')} / {_double('df')}))"
    series = f"((4e0 * {square} + 33e0) * {square} + 240e0) * {square} + 855e0"
    return (
        f"(sqrt({square}) * (1e0 + ({square} + 3e0) / {b}"
        f" - ({series}) / (10e0 * {b} * ({b} + 0.8e0 * {square} * {square} + 100e0))))"
    )


def _t_quantile() -> str:
    z, n = _double("z"), _double("df")
    terms = (
        z,
        f"(power({z}, 3) + {z}) / (4e0 * {n})",
        f"(5e0 * power({z}, 5) + 16e0 * power({z}, 3) + 3e0 * {z}) / (96e0 * power({n}, 2))",
        f"(3e0 * power({z}, 7) + 19e0 * power({z}, 5) + 17e0 * power({z}, 3) - 15e0 * {z})"
        f" / (384e0 * power({n}, 3))",
        f"(79e0 * power({z}, 9) + 776e0 * power({z}, 7) + 1482e0 * power({z}, 5)"
        f" - 1920e0 * power({z}, 3) - 945e0 * {z}) / (92160e0 * power({n}, 4))",
    )
    return f"CASE WHEN {n} >= 30e0 THEN {' + '.join(terms)} END"


def _both(name: str, parameters: tuple[str, ...], body: str, meaning: str, source: str) -> Macro:
    return Macro(
        name=name,
        parameters=parameters,
        returns="DOUBLE",
        duckdb=body,
        spark=body,
        meaning=meaning,
        source=source,
    )


def _spark(
    name: str,
    parameters: tuple[str, ...],
    returns: str,
    duckdb: str,
    meaning: str,
    also: tuple[str, ...] = (),
) -> Macro:
    return Macro(
        name=name,
        parameters=parameters,
        returns=returns,
        duckdb=duckdb,
        spark=None,
        meaning=meaning,
        duckdb_also=also,
    )


_WILSON = "Wilson (1927), JASA 22(158), 209-212"
_ROCKS = "Rocks (2016), American Statistician 70(4), 365-372: adjusted Wald AW(3, T)"
_TEXT2 = ("text STRING", "other STRING")

STATISTICS: tuple[Macro, ...] = (
    _both("wilson_low", ("successes DOUBLE", "n DOUBLE", "z DOUBLE"), _wilson("-"),
          "Lower end of the interval of a share; successes may be fractional", _WILSON),
    _both("wilson_high", ("successes DOUBLE", "n DOUBLE", "z DOUBLE"), _wilson("+"),
          "Upper end of the interval of a share; successes may be fractional", _WILSON),
    _both("nps_low", ("promoters DOUBLE", "detractors DOUBLE", "n DOUBLE", "z DOUBLE"),
          _nps("-"), "Lower end of the interval of a net promoter score, -100 to 100", _ROCKS),
    _both("nps_high", ("promoters DOUBLE", "detractors DOUBLE", "n DOUBLE", "z DOUBLE"),
          _nps("+"), "Upper end of the interval of a net promoter score, -100 to 100", _ROCKS),
    _both("two_sided_p", ("z DOUBLE",), _two_sided(_double("z")),
          "Probability of a normal value at least that far from 0; relative error below 1.2e-7",
          "Press et al. (1992), Numerical Recipes 6.2, erfcc"),
    # DuckDB reads the long form anew for every engine: a thirtieth of a second each time.
    Macro(name="t_two_sided_p", parameters=("t DOUBLE", "df DOUBLE"), returns="DOUBLE",
          duckdb=f"CASE WHEN {_double('df')} >= 1e0 THEN two_sided_p({_hill()}) END",
          spark=f"CASE WHEN {_double('df')} >= 1e0 THEN {_two_sided(_hill())} END",
          meaning="The same for Student's t; df need not be whole. Error below 3e-5 from df 3, "
          "1e-6 from 5; from 1 to 2 up to 0.03",
          source="Hill (1970), Algorithm 395, CACM 13(10), 617-619 (Wallace 1959 errs by up to "
          "2e-3)"),
    _both("t_quantile", ("df DOUBLE", "z DOUBLE"), _t_quantile(),
          "Student's t for the normal quantile z, from df 30; null below (t_table_sql has those)",
          "Abramowitz and Stegun (1964) 26.7.5; relative error below 2e-6 up to level 0.999"),
)  # fmt: skip

_TIME = (
    _spark("timestamp_micros", ("n BIGINT",), "TIMESTAMP", "make_timestamptz(CAST(n AS BIGINT))",
           "The time that many microseconds after 1970 in UTC"),
    _spark("timestamp_seconds", ("n BIGINT",), "TIMESTAMP",
           "make_timestamptz(CAST(n AS BIGINT) * 1000000)",
           "The time that many seconds after 1970 in UTC; whole seconds"),
    _spark("unix_micros", ("t TIMESTAMP",), "BIGINT", "epoch_us(t)",
           "Microseconds since 1970 in UTC"),
    _spark("unix_seconds", ("t TIMESTAMP",), "BIGINT",
           "CAST(floor(epoch_us(t) / 1e6) AS BIGINT)", "Whole seconds since 1970 in UTC"),
    _spark("datediff", ("later DATE", "earlier DATE"), "INT",
           "date_diff('day', CAST(earlier AS DATE), CAST(later AS DATE))", "Days between dates",
           ("(part, earlier, later) AS date_diff(part, earlier, later)",)),
    _spark("weekday", ("t TIMESTAMP",), "INT", "isodow(t) - 1", "0 is Monday, 6 Sunday"),
    _spark("dayofweek", ("t TIMESTAMP",), "INT", "isodow(t) % 7 + 1", "1 is Sunday, 7 Saturday"),
    Macro(name="plus_days", parameters=("t TIMESTAMP", "n BIGINT"), returns="TIMESTAMP",
          duckdb="t + to_days(CAST(n AS INTEGER))",
          spark="t + make_dt_interval(CAST(n AS INT))",
          meaning="The time n days later", source="own"),
    Macro(name="plus_months", parameters=("t TIMESTAMP", "n BIGINT"), returns="TIMESTAMP",
          duckdb="t + to_months(CAST(n AS INTEGER))",
          spark="t + make_ym_interval(0, CAST(n AS INT))",
          meaning="The time n calendar months later, clipped to the month's end", source="own"),
    Macro(name="iso_date", parameters=("t TIMESTAMP",), returns="STRING",
          duckdb="strftime(t, '%Y-%m-%d')", spark="date_format(t, 'yyyy-MM-dd')",
          meaning="The day in UTC as 2026-03-01", source="ISO 8601"),
    Macro(name="iso_time", parameters=("t TIMESTAMP",), returns="STRING",
          duckdb="strftime(t, '%Y-%m-%dT%H:%M:%S.%fZ')",
          spark="date_format(t, 'yyyy-MM-dd''T''HH:mm:ss.SSSSSS''Z''')",
          meaning="The time in UTC as 2026-03-01T05:06:07.000009Z", source="ISO 8601"),
)  # fmt: skip

_TEXT = (
    _spark("regexp_replace", ("text STRING", "pattern STRING", "new STRING"), "STRING",
           "system.main.regexp_replace(text, pattern, new, 'g')", "Replaces every match",
           ("(text, pattern, new, options) AS "
            "system.main.regexp_replace(text, pattern, new, options)",)),
    _spark("regexp_like", _TEXT2, "BOOLEAN", "regexp_matches(text, other)",
           "Whether the pattern matches somewhere"),
    _spark("regexp_count", _TEXT2, "INT", "len(regexp_extract_all(text, other))",
           "How often the pattern matches"),
    _spark("split", _TEXT2, "ARRAY<STRING>", "string_split_regex(text, other)",
           "Splits at a regular expression (string_split splits at a text, on DuckDB only)"),
    _spark("startswith", _TEXT2, "BOOLEAN", "starts_with(text, other)", "Whether it begins so"),
    _spark("endswith", _TEXT2, "BOOLEAN", "ends_with(text, other)", "Whether it ends so"),
    _spark("get_json_object", ("json STRING", "path STRING"), "STRING",
           "TRY(json_extract_string(json, path))",
           "The value at a path as text; null if absent, null or not JSON"),
)  # fmt: skip

_NUMBERS = (
    _spark("ln", ("x DOUBLE",), "DOUBLE",
           "CASE WHEN x > 0 THEN system.main.ln(x) END", "Natural logarithm; null from 0 down"),
    _spark("log", ("x DOUBLE",), "DOUBLE",
           "CASE WHEN x > 0 THEN system.main.ln(x) END", "The same as ln (DuckDB's own is log10)",
           ("(base, x) AS system.main.log(base, x)",)),
    _spark("log10", ("x DOUBLE",), "DOUBLE",
           "CASE WHEN x > 0 THEN system.main.log10(x) END", "Common logarithm; null from 0 down"),
    _spark("log2", ("x DOUBLE",), "DOUBLE",
           "CASE WHEN x > 0 THEN system.main.log2(x) END", "Binary logarithm; null from 0 down"),
)  # fmt: skip

_LISTS = (
    _spark("nvl", ("x ANY", "other ANY"), "ANY", "coalesce(x, other)", "The first, if not null"),
    _spark("size", ("list ARRAY",), "INT", "len(list)", "Number of elements; null of null"),
    _spark("slice", ("list ARRAY", "first INT", "n INT"), "ARRAY",
           "list_slice(list, first, first + n - 1)", "n elements from the first-th (1 is first)"),
    _spark("try_element_at", ("list ARRAY", "i INT"), "ANY", "list_extract(list, i)",
           "The i-th element (1 is first), null if there is none"),
    _spark("array_join", ("list ARRAY<STRING>", "between STRING"), "STRING",
           "array_to_string(list, between)", "One text of all elements that are not null"),
    _spark("array_sort", ("list ARRAY",), "ARRAY", "list_sort(list, 'ASC', 'NULLS LAST')",
           "Sorted by code points, nulls last"),
    _spark("array_max", ("list ARRAY",), "ANY", "list_max(list)", "Greatest element"),
    _spark("array_min", ("list ARRAY",), "ANY", "list_min(list)", "Least element"),
    _spark("explode", ("list ARRAY",), "ANY", "unnest(list)",
           "One row an element, in SELECT; no row for an empty list or null"),
    _spark("sequence", ("first BIGINT", "last BIGINT"), "ARRAY<BIGINT>",
           "generate_series(CAST(first AS BIGINT), CAST(last AS BIGINT))",
           "The whole numbers from first to last (first must not be greater)"),
    Macro(name="no_strings", parameters=(), returns="ARRAY<STRING>",
          duckdb="CAST([] AS VARCHAR[])", spark="CAST(array() AS ARRAY<STRING>)",
          meaning="The empty list of texts", source="own"),
)  # fmt: skip

MACROS: tuple[Macro, ...] = (*STATISTICS, *_TIME, *_TEXT, *_NUMBERS, *_LISTS)
"""All macros, in the order of installing: those used by others come first on no engine."""
