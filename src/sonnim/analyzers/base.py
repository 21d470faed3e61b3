"""What an analyzer is: tables read and written, parameters with limits, one function."""

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

from sonnim.engines.base import Engine
from sonnim.tables.answer import Answer
from sonnim.tables.schema import TableSchema


@dataclass(frozen=True, kw_only=True)
class Reads:
    """One table an analyzer reads.

    Attributes:
        schema: The table; on the engine it has the schema's name and all its columns.
        columns: The columns that must hold values.
        also: The columns used where they hold values. No other column changes the answer.
        optional: Whether the analyzer can do without it (it then finds it empty).
    """

    schema: TableSchema
    columns: tuple[str, ...]
    also: tuple[str, ...] = ()
    optional: bool = False


@dataclass(frozen=True)
class NoParameters:
    """Parameters of an analyzer that has none."""


@dataclass(frozen=True, kw_only=True)
class Analyzer:
    """One question. Each file in `analyzers/` that holds an `ANALYZER` is one.

    Attributes:
        name: Name of its command and page.
        version: Raised when the meaning of an answer changes; answers are then computed anew.
        reads: Tables read.
        writes: Schemas of the tables written.
        analyze: The function: engine with the tables loaded, and parameters, to an answer.
        parameters: Frozen dataclass, keyword-only, every field with a default and a `Limit`.
        per_row: Whether each answer row depends on one input row alone, of the same key. Then a
            run reads only rows that are new or changed.
        packages: Packages of an extra that it needs; a run of all analyzers goes without it where
            they are not installed.
        extra: That extra.
        quality: Grade: `draft`, `tested` (exam passed), `measured` (accuracy on real data).
    """

    name: str
    version: str
    reads: tuple[Reads, ...]
    writes: tuple[TableSchema, ...]
    analyze: Callable[[Engine, Any], Answer]
    parameters: type = field(default=NoParameters)
    per_row: bool = False
    packages: tuple[str, ...] = ()
    extra: str = "accurate"
    quality: str = "draft"

    @property
    def missing(self) -> str:
        """A package that it needs and that is not installed, or ""."""
        return next((one for one in self.packages if find_spec(one) is None), "")
