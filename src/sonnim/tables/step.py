"""`Step`: a short, named, printable piece of SQL."""

from dataclasses import dataclass

from sonnim.tables.schema import TableSchema


@dataclass(frozen=True, kw_only=True)
class Step:
    """One SQL query with a name that later steps select from.

    The SQL is written once, in the subset that DuckDB and Spark both understand, with Spark's
    function names (DESIGN.md part 4; `engines/shared_sql.py` holds the macros).

    Attributes:
        name: The name later steps use, as `FROM name`.
        sql: One SELECT.
        inputs: Names of the tables and steps that it reads.
        output: What the rows mean.
        note: One sentence for the reader of `sonnim explain`.
        keep: Compute once and keep, because several later steps read it.
    """

    name: str
    sql: str
    inputs: tuple[str, ...]
    output: TableSchema
    note: str = ""
    keep: bool = False


def quoted(value: str) -> str:
    """A string as an SQL literal.

    Example:
        >>> quoted("it's")
        "'it''s'"
    """
    return "'" + value.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A name as a double-quoted SQL identifier (DuckDB; Spark reads it with ANSI identifiers).

    Example:
        >>> identifier("별점")
        '"별점"'
    """
    return '"' + name.replace('"', '""') + '"'
