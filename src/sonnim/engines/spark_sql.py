"""What Spark must be told so that one SQL text means the same as on DuckDB."""

import re

# Read in order: comments and names are left alone, literals are changed.
_PIECES = re.compile(
    r"""(?P<comment>--[^\n]*|/\*.*?\*/)|(?P<name>"(?:[^"]|"")*")|(?P<literal>'(?:[^']|'')*')""",
    re.DOTALL,
)

SESSION_SETTINGS: tuple[tuple[str, str], ...] = (
    # Times are UTC; `CAST(t AS DATE)` and `date_trunc` follow this zone.
    ("spark.sql.session.timeZone", "UTC"),
    # ANSI: a bad cast and an overflow are errors, as on DuckDB, not silent nulls; and it is the
    # condition for "names in double quotes", which `identifier` writes.
    ("spark.sql.ansi.enabled", "true"),
    ("spark.sql.ansi.doubleQuotedIdentifiers", "true"),
    # 'it''s' holds one quote only without this old rule; backslashes: see `spark_literals`.
    ("spark.sql.parser.escapedStringLiterals", "false"),
    ("spark.sql.legacy.consecutiveStringLiterals.enabled", "false"),
    # 1e0 is a double, the way to write one on both engines.
    ("spark.sql.legacy.exponentLiteralAsDecimal.enabled", "false"),
    ("spark.sql.caseSensitive", "false"),
    ("spark.sql.timestampType", "TIMESTAMP_LTZ"),
    # Naive times in Parquet keep their own type, so that `load` can refuse them.
    ("spark.sql.parquet.inferTimestampNTZ.enabled", "true"),
    ("spark.sql.execution.arrow.maxRecordsPerBatch", "2000"),
    ("spark.sql.execution.arrow.useLargeVarTypes", "false"),
    ("spark.sql.execution.pyspark.udf.hideTraceback.enabled", "false"),
)


def spark_literals(sql: str) -> str:
    r"""The same SQL with the backslashes of its literals doubled.

    In standard SQL and on DuckDB a backslash is a plain character; Spark reads it as an escape.
    Spark's own switch against that (`escapedStringLiterals`) breaks `''` instead.

    Example:
        >>> print(spark_literals(r"SELECT regexp_count(text, '\d') -- don't"))
        SELECT regexp_count(text, '\\d') -- don't
    """
    return _PIECES.sub(_doubled, sql)


def _doubled(match: re.Match[str]) -> str:
    piece = match.group(0)
    return piece.replace("\\", "\\\\") if match.lastgroup == "literal" else piece
