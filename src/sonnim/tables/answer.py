"""`Answer`: the tables an analyzer made, with what to beware of and where they came from."""

from dataclasses import dataclass, field

from sonnim.tables.step import Step
from sonnim.tables.table import Table


@dataclass(frozen=True, kw_only=True)
class InputVersion:
    """Which snapshot of which table an answer was computed from."""

    table: str
    version: int | None
    rows: int


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """Enough to compute the answer again.

    Attributes:
        analyzer: Name of the analyzer.
        analyzer_version: Its version.
        parameters: The parameters as `name=value` texts, in order of declaration.
        inputs: The snapshots read.
        engine: Engine name and version.
        seed: Seed of any chance, or None.
        seconds: How long it took.
        steps: The SQL that was run.
    """

    analyzer: str
    analyzer_version: str
    parameters: tuple[str, ...] = ()
    inputs: tuple[InputVersion, ...] = ()
    engine: str = ""
    seed: int | None = None
    seconds: float = 0.0
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Caveat:
    """Something the reader of an answer must know; `key` names its sentence in `words.toml`."""

    key: str
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What an analyzer gives back.

    Attributes:
        tables: The answer tables, on the engine.
        caveats: What to beware of.
        steps: The SQL that was run, in order, for `sonnim explain`.
        seed: Seed of any chance, or None.
    """

    tables: tuple[Table, ...]
    caveats: tuple[Caveat, ...] = ()
    steps: tuple[Step, ...] = field(default=())
    seed: int | None = None
