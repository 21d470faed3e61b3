"""`TableSchema`: what the rows of one table mean, column by column."""

from dataclasses import dataclass
from enum import StrEnum

from sonnim.tables.errors import StopError


class ColumnType(StrEnum):
    """The value types a column may have; both engines and Arrow spell each one (see `arrow.py`)."""

    STRING = "string"
    LONG = "long"
    DOUBLE = "double"
    BOOLEAN = "boolean"
    TIMESTAMP = "timestamp"
    """Microseconds since 1970 in UTC; a naive time never enters a table."""
    STRINGS = "list<string>"


class Privacy(StrEnum):
    """How closely a column's values lead to a person."""

    NONE = "none"
    PSEUDONYM = "pseudonym"
    """Stands for a person, but names them only together with another table."""
    PERSONAL = "personal"
    SENSITIVE = "sensitive"


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: its name, value type, meaning, unit and privacy class.

    Attributes:
        name: Column name, fixed by `docs/dictionary.md`.
        type: Value type.
        meaning: One sentence a reader needs to use the column.
        unit: Unit of a quantity, or "" where there is none.
        privacy: Privacy class.
        required: Whether a row without it is rejected.
    """

    name: str
    type: ColumnType = ColumnType.STRING
    meaning: str
    unit: str = ""
    privacy: Privacy = Privacy.NONE
    required: bool = False


@dataclass(frozen=True, kw_only=True)
class TableSchema:
    """The meaning of one table.

    Attributes:
        name: Table name, also its folder in the store and its name in SQL.
        version: Raised when a meaning changes; a changed meaning is never an edit.
        meaning: What one row is.
        columns: The columns, in order.
        key: Names of the columns that tell rows apart.
        time: Name of the column that says when, if there is one.

    Example:
        >>> schema = TableSchema(name="visit", version=1, meaning="one visit",
        ...     columns=(Column(name="visit_id", meaning="which visit", required=True),),
        ...     key=("visit_id",))
        >>> schema.names
        ('visit_id',)
    """

    name: str
    version: int
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    time: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The column names, in order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """The column of that name.

        Raises:
            StopError: There is no such column; the error lists those there are.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise StopError(
            "unknown_column", table=self.name, column=name, allowed=", ".join(self.names)
        )

    def only(self, names: tuple[str, ...]) -> "TableSchema":
        """The same table cut down to some of its columns (for analyzers that read few)."""
        return TableSchema(
            name=self.name,
            version=self.version,
            meaning=self.meaning,
            columns=tuple(self.column(name) for name in names),
            key=tuple(name for name in self.key if name in names),
            time=self.time if self.time in names else None,
        )
