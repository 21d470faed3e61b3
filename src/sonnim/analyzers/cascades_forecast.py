"""Which cascades will double, and how well that could be told of those that came later.

Cascades are looked at when they reach k messages, 2k, 4k and so on, for each of these on its own:
what they looked like then says how likely they reach twice as many in time.
"""

from dataclasses import dataclass

import numpy as np
from arro3.core import RecordBatch

from sonnim.engines.statistics import z_value
from sonnim.graphs.cascades import Ints, forest
from sonnim.graphs.growth import Growth, Young, foreseen, young
from sonnim.tables.answers_network import CASCADE_FORECAST
from sonnim.tables.arrow import batch
from sonnim.tables.parameters import Limit, parameter
from sonnim.tables.schema import Column, ColumnType, TableSchema
from sonnim.tables.step import Step

_WHOLE, _NUMBER = ColumnType.LONG, ColumnType.DOUBLE
_DAY, _MICROS = 86_400.0, 1e6
_SHARES = ("base_rate", "base_low", "base_high")
_SETTINGS = ("days", "least")
GROWING = TableSchema(
    name="cascades_growing",
    version=1,
    meaning="Messages of cascades, by number, with what they hang on, their author and their time",
    key=("place",),
    columns=(
        Column(name="part", type=_WHOLE, meaning="0: all are taken together"),
        Column(name="place", type=_WHOLE, meaning="Number of the message, by time"),
        Column(name="parent", type=_WHOLE, meaning="What it hangs on; -1: nothing"),
        Column(name="author", type=_WHOLE, meaning="Number of its author's first message"),
        Column(name="time", type=_WHOLE, meaning="When, in microseconds; 0 where nobody knows"),
        Column(name="timed", type=_WHOLE, meaning="1 if the time is known, else 0"),
        Column(name="now", type=_WHOLE, meaning="When the last message of all came"),
    ),
)
GROWN = TableSchema(
    name="cascades_grown",
    version=1,
    meaning="How well doubling was told from k messages on; or how likely one cascade doubles",
    key=("k", "root"),
    columns=(
        *(
            column
            for column in CASCADE_FORECAST.columns
            if column.name not in (*_SHARES, *_SETTINGS)
        ),
        Column(name="root", type=_WHOLE, meaning="Number of its first message; empty: of all"),
        Column(name="chance", type=_NUMBER, meaning="How likely it doubles"),
    ),
)


@dataclass(frozen=True, kw_only=True)
class CascadesParameters:
    """Parameters of `cascades`."""

    k: int = parameter(
        5, Limit(meaning="Messages at which a cascade is first looked at", low=2, high=1e6)
    )
    days: float = parameter(
        7.0, Limit(meaning="Days within which it must double", low=1e-3, high=1e4)
    )
    least: int = parameter(
        30,
        Limit(
            meaning="Earlier and later cascades that doubled, and that did not, for a forecast",
            low=10,
            high=1e6,
        ),
    )
    most: int = parameter(
        50_000_000,
        Limit(
            meaning="Most messages of cascades for chances, told on one machine", low=1, high=1e9
        ),
    )


def growing_step() -> Step:
    """Messages of cascades with authors and times, by number."""
    return Step(
        name=GROWING.name,
        sql=(
            "SELECT g.part, g.place, g.parent, CASE WHEN m.person_id IS NULL THEN g.place "
            "ELSE min(g.place) OVER (PARTITION BY m.person_id) END AS author, "
            "coalesce(unix_micros(m.time), 0) AS time, "
            "CAST(CASE WHEN m.time IS NULL THEN 0 ELSE 1 END AS BIGINT) AS timed, "
            "coalesce(l.now, 0) AS now FROM cascades_parents g "
            "JOIN cascades_numbered m ON m.place = g.place "
            "CROSS JOIN (SELECT max(unix_micros(time)) AS now FROM message) l"
        ),
        inputs=("cascades_parents", "cascades_numbered", "message"),
        output=GROWING,
        note="Who wrote each, and when",
    )


def nothing_told_step() -> Step:
    """What is told of more messages than one machine takes."""
    types = {ColumnType.LONG: "BIGINT", ColumnType.DOUBLE: "DOUBLE", ColumnType.STRING: "STRING"}
    columns = ", ".join(
        f"CAST(NULL AS {types.get(column.type, 'TIMESTAMP')}) AS {column.name}"
        for column in GROWN.columns
    )
    return Step(
        name=GROWN.name,
        sql=f"SELECT {columns} FROM cascades_parents WHERE place < 0",
        inputs=("cascades_parents",),
        output=GROWN,
        note="No chances: they are told on one machine",
    )


def foretold(given: RecordBatch, *, k: int, days: float, least: int) -> RecordBatch:
    """How well doubling could be told, and how likely cascades that may yet double do.

    Args:
        given: Rows of `GROWING`, all of them, in any order.
        k: Messages at which a cascade is first looked at.
        days: Days within which it must double.
        least: Cascades that grew, and that did not, that must be there before and after the split.

    Returns:
        Rows of `GROWN`: for each k one without a root, and one for each cascade that has reached k
        messages lately and not yet twice as many, if these could be told better than by the base
        rate.
    """
    parents, who, micros, timed = (
        np.array(given.column(name)) for name in ("parent", "author", "time", "timed")
    )
    order = np.argsort(np.array(given.column("place")))
    # Messages without a time stand first; cascades that hold one cannot be looked at in time.
    known = timed[order] == 1
    when = micros[order] / _MICROS
    when[~known] = when[known].min(initial=np.inf) if known.any() else 0.0
    now = float(np.array(given.column("now"))[0]) / _MICROS
    found = forest(parents[order])
    timeless = np.unique(found.roots[~known])
    sizes = np.bincount(found.roots, minlength=len(order))
    rows: list[dict[str, object]] = []
    largest, first = int(sizes.max(initial=0)), k
    while k == first or k <= largest:
        seen = _without(young(found, who[order], when, k=k, horizon=days * _DAY, now=now), timeless)
        told = foreseen(seen, least=least)
        # Who has doubled already is looked at from there.
        still = np.flatnonzero(~seen.known & ~seen.grew)
        rows.append({**_summary(told), "k": k, "open": len(still)})
        if told.better:
            rows += [
                {"k": k, "root": int(seen.roots[one]), "chance": float(told.chances[one])}
                for one in still
            ]
        k *= 2
    return batch(GROWN, {name: [row.get(name) for row in rows] for name in GROWN.names})


def _without(seen: Young, roots: Ints) -> Young:
    kept = ~np.isin(seen.roots, roots)
    return Young(
        roots=seen.roots[kept],
        when=seen.when[kept],
        numbers=seen.numbers[kept],
        grew=seen.grew[kept],
        known=seen.known[kept],
        horizon=seen.horizon,
    )


def _summary(told: Growth) -> dict[str, object]:
    counted: dict[str, object] = {
        "verdict": told.reason or ("better" if told.better else "no_better"),
        "split": round(told.split * _MICROS) if told.learned else None,
        "learned": told.learned,
        "learned_doubled": told.learned_grew,
        "tested": told.tested,
        "tested_doubled": told.tested_grew,
    }
    if told.reason:
        return counted
    return {
        **counted,
        "auc": told.auc.value,
        "low": told.auc.low,
        "high": told.auc.high,
        "brier": told.brier,
        "base_brier": told.guess,
        "gain": told.gain.value,
        "gain_low": told.gain.low,
        "gain_high": told.gain.high,
    }


def forecast_step(parameters: CascadesParameters) -> Step:
    """How well doubling could be told, as an answer."""
    z = z_value(0.95)
    doubled, n = "CAST(learned_doubled AS DOUBLE)", "CAST(learned AS DOUBLE)"
    said = {
        "days": f"CAST({float(parameters.days)!r} AS DOUBLE)",
        "least": f"CAST({parameters.least} AS BIGINT)",
        "base_rate": f"{doubled} / nullif({n}, 0e0)",
        "base_low": f"CASE WHEN learned > 0 THEN wilson_low({doubled}, {n}, {z!r}) END",
        "base_high": f"CASE WHEN learned > 0 THEN wilson_high({doubled}, {n}, {z!r}) END",
    }
    columns = ", ".join(
        f"{said[name]} AS {name}" if name in said else name for name in CASCADE_FORECAST.names
    )
    return Step(
        name=CASCADE_FORECAST.name,
        sql=f"SELECT {columns} FROM {GROWN.name} WHERE root IS NULL",
        inputs=(GROWN.name,),
        output=CASCADE_FORECAST,
        note="The forecast held against later cascades",
    )
