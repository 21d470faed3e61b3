"""What is computed in rounds: the same steps again and again, each time from what came out before.

So a measure of a network that no machine holds is still SQL alone, the same on either engine. Every
round is kept, which cuts the lineage that would grow on Spark; what was two rounds ago goes.
"""

from dataclasses import dataclass

from sonnim.engines.base import Engine
from sonnim.tables.schema import Column, ColumnType, TableSchema
from sonnim.tables.step import Step
from sonnim.tables.table import Table

_MOVED = TableSchema(
    name="rounds_moved",
    version=1,
    meaning="How far one round moved",
    columns=(Column(name="moved", type=ColumnType.DOUBLE, meaning="How far, all together"),),
    key=(),
)


@dataclass(frozen=True, kw_only=True)
class Rounds:
    """Steps that are repeated.

    Attributes:
        begin: Steps before the first round; the last one is what the first round reads.
        each: Steps of one round; the last one has the columns of the last of `begin`.
        moved: SQL of one number over what a round gave: how far it moved.
        enough: So far at most the last round moves; None: all of `most` are needed.
        most: How many rounds at most, 1 or more; None: until they move no further than `enough`.
        end: Steps that read what the last round gave.
    """

    begin: tuple[Step, ...]
    each: tuple[Step, ...]
    moved: str
    enough: float | None
    most: int | None
    end: tuple[Step, ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps, those of a round once, for `sonnim explain`."""
        return (*self.begin, *self.each, *self.end)


def run_rounds(engine: Engine, rounds: Rounds) -> Table:
    """Runs the rounds until they are enough; gives the last ticket.

    Args:
        engine: Computes.
        rounds: What is repeated.

    Raises:
        StopError: A statement fails.
    """
    engine.run(rounds.begin)
    read, given = rounds.begin[-1], rounds.each[-1]
    again = Step(
        name=read.name,
        sql=f"SELECT * FROM {given.name}",
        inputs=(given.name,),
        output=read.output,
        keep=True,
    )
    done = 0
    while True:
        engine.run(rounds.each)
        done += 1
        if rounds.most is not None and done >= rounds.most:
            break
        if rounds.enough is not None and _moved(engine, rounds) <= rounds.enough:
            break
        engine.run([again])
    return engine.run(rounds.end)


def _moved(engine: Engine, rounds: Rounds) -> float:
    given = rounds.each[-1].name
    step = Step(
        name=_MOVED.name,
        sql=f"SELECT CAST({rounds.moved} AS DOUBLE) AS moved FROM {given}",
        inputs=(given,),
        output=_MOVED,
    )
    found = engine.fetch(engine.run([step])).read_all().column("moved").to_pylist()
    # Of nobody it is null: nothing moved.
    return float(found[0] or 0.0)
