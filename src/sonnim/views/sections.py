"""The parts of a report, from answer tables, provenance and quotes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sonnim.tables.answer import Caveat, Provenance
from sonnim.tables.answers import MOOD, SATISFACTION, VOICES
from sonnim.tables.answers_network import INFLUENCE
from sonnim.tables.words import has_words, say
from sonnim.views.base import ChartSpec, TableSpec, view_of
from sonnim.views.content import (
    Card,
    Exhibit,
    HowDoWeKnow,
    Move,
    Quote,
    Section,
    SourceCount,
    SparkPoint,
)
from sonnim.views.figures import (
    EVER,
    ArrowTable,
    Figure,
    Span,
    columns_of,
    figures_of,
    over_time,
    settled,
)
from sonnim.views.places import latest_of
from sonnim.views.rows import change_said, drift_said, recent_span, tone
from sonnim.views.satisfaction import rank
from sonnim.views.writing import (
    LEAST_N,
    date_text,
    grain_of,
    label_of,
    number,
    phrase,
    sure_text,
    value_text,
)

MOST_CARDS = 4
_SPARK_PERIODS = 24
# What rests on labels of a model, and what is counted and so has no interval.
_READ_BY_MODEL = ("mood", "label_accuracy", "influence", "communities")
_COUNTED = {"volume", "community", "community_change", "cascade"}
# Tables that an analysis of another name makes, in other ways than by SQL.
_MADE_BY = {"communities": "community", "cascade": "cascades", "cascade_forecast": "cascades"}


def cards(
    satisfaction: ArrowTable | None,
    voices: ArrowTable | None,
    language: str,
    span: Span = EVER,
) -> tuple[Card, ...]:
    """The key figures: up to three metrics of satisfaction, then the negative share and volume."""
    asked = figures_of(satisfaction, SATISFACTION, span)
    said = figures_of(voices, VOICES, span)
    reliable = [figure for figure in latest_of(asked) if figure.n >= LEAST_N]
    chosen = sorted(reliable, key=rank)[: MOST_CARDS - 1]
    latest = {figure.name: figure for figure in latest_of(said) if figure.n >= LEAST_N}
    chosen += [latest[name] for name in ("negative", "volume", "positive") if name in latest]
    lines = over_time([*asked, *said])
    return tuple(
        _card(figure, settled(lines.get(figure.series, [])), language)
        for figure in chosen[:MOST_CARDS]
    )


def section(
    table: ArrowTable | None,
    name: str,
    language: str,
    *,
    provenance: Sequence[Provenance],
    caveats: Sequence[Caveat] = (),
    model: str = "",
    quotes: Sequence[Quote] = (),
    span: Span = EVER,
) -> Section | None:
    """The section of one answer table, or None where there is nothing to show."""
    if table is None:
        return None
    view = view_of(name)
    charts = view.charts(table, language, span)
    numbers = view.table(table, language, span)
    if not charts and not numbers.rows:
        return None
    warnings = tuple(say(caveat.key, language, **dict(caveat.values)) for caveat in caveats)
    # A table that a single chart shows already is not printed twice.
    tables = () if len(charts) == 1 and charts[0].table == numbers else (numbers,)
    return Section(
        id=name,
        title=phrase(f"view_{name}", language),
        lead=phrase(f"view_lead_{name}", language),
        headline=view.headline(table, language, span),
        exhibits=tuple(
            Exhibit(chart=chart, how=how(chart, name, provenance, warnings, model, language))
            for chart in _filled(charts)
        ),
        tables=tables,
        quotes=tuple(quotes),
        notes=_partial(table, name, language, span),
    )


def network_section(
    tables: Mapping[str, ArrowTable | None],
    language: str,
    *,
    provenance: Sequence[Provenance],
    caveats: Sequence[Caveat] = (),
    model: str = "",
    span: Span = EVER,
) -> Section | None:
    """Who is listened to: picture, influence and groups as one section.

    Args:
        tables: Rows of `community`, `influence`, `communities` and `community_change`, in the
            order in which they are shown, each or None.
        language: Of its texts.
        provenance: Where the tables came from.
        caveats: What their analyzers warn of.
        model: The models that read the messages.
        span: The time that the data cover.
    """
    parts = [
        part
        for name, table in tables.items()
        if (
            part := section(
                table,
                name,
                language,
                provenance=provenance,
                caveats=caveats,
                model=model,
                span=span,
            )
        )
    ]
    if not parts:
        return None
    # Who moves moods is what the section is about; the picture comes first because it explains
    # what the others speak of.
    told = sorted(parts, key=lambda part: part.id != INFLUENCE.name)
    return Section(
        id="network",
        title=phrase("view_network", language),
        lead=phrase("view_lead_network", language),
        headline=" ".join(part.headline for part in told if part.headline),
        exhibits=tuple(exhibit for part in parts for exhibit in part.exhibits),
        tables=tuple(table for part in parts for table in part.tables),
        notes=(phrase("view_network_beware", language),),
    )


def followed(first: Section | None, other: Section | None) -> Section | None:
    """One section with all that another shows put after its own; None without the first."""
    if first is None or other is None:
        return first
    return replace(
        first,
        headline=" ".join(filter(None, (first.headline, other.headline))),
        exhibits=(*first.exhibits, *other.exhibits),
        tables=(*first.tables, *other.tables),
    )


def _filled(charts: Sequence[ChartSpec]) -> list[ChartSpec]:
    """The charts, so that none is left alone in a row of two."""
    filled = list(charts)
    narrow = [index for index, chart in enumerate(filled) if not chart.wide]
    if len(narrow) % 2:
        filled[narrow[-1]] = replace(filled[narrow[-1]], wide=True)
    return filled


def how(
    chart: ChartSpec,
    table: str,
    provenance: Sequence[Provenance],
    caveats: tuple[str, ...],
    model: str,
    language: str,
) -> HowDoWeKnow:
    """How the numbers of that chart are known."""
    made = _provenance_of(table, provenance)
    keys = [f"view_method_{measure}" for measure in chart.measures]
    method = [phrase(key if has_words(key) else "view_method_other", language) for key in keys]
    if table in ("satisfaction", "voices"):
        method.append(phrase("view_method_change", language))
    read_by_model = table in _READ_BY_MODEL or bool({"negative", "positive"} & set(chart.measures))
    known = HowDoWeKnow(
        n=chart.n,
        interval="" if set(chart.measures) <= _COUNTED else phrase("view_how_level", language),
        method=tuple(method),
        source=table,
        model=model if read_by_model else "",
        caveats=caveats,
    )
    if made is None:
        return known
    return HowDoWeKnow(
        n=known.n,
        interval=known.interval,
        method=known.method,
        source=known.source,
        analyzer=phrase(
            "view_how_analyzer_value", language, name=made.analyzer, version=made.analyzer_version
        ),
        parameters=made.parameters,
        engine=made.engine,
        steps=made.steps,
        snapshots=made.inputs,
        model=known.model,
        caveats=known.caveats,
    )


def models(mood: ArrowTable | None) -> str:
    """The models that read the messages, as `mood` names them."""
    if mood is None:
        return ""
    (tiers,) = columns_of(mood, MOOD, ("tier",))
    return ", ".join(sorted({tier for tier in tiers if tier}))


def source_tables(
    counts: Sequence[SourceCount], provenance: Sequence[Provenance], language: str
) -> tuple[TableSpec, ...]:
    """What came in, and which analyses were run."""
    tables = []
    if counts:
        headings = ("source", "rows", "rejected", "first", "last")
        tables.append(
            TableSpec(
                title=phrase("view_report_sources", language),
                columns=tuple(phrase(f"view_report_{word}", language) for word in headings),
                rows=tuple(
                    (
                        _table_name(count.table, language),
                        number(count.rows),
                        number(count.rejected),
                        date_text(count.first, language) if count.first else "",
                        date_text(count.last, language) if count.last else "",
                    )
                    for count in counts
                ),
                alignments=("left", "right", "right", "right", "right"),
            )
        )
    if provenance:
        tables.append(
            TableSpec(
                title=phrase("view_report_analyses", language),
                columns=(
                    phrase("view_how_analyzer", language),
                    phrase("view_report_version", language),
                    phrase("view_how_snapshot", language),
                    phrase("view_how_engine", language),
                    phrase("view_report_seconds", language),
                ),
                rows=tuple(
                    (
                        made.analyzer,
                        made.analyzer_version,
                        "; ".join(snapshot_text(*one, language) for one in _inputs(made)),
                        made.engine,
                        number(made.seconds, 1),
                    )
                    for made in provenance
                ),
                alignments=("left", "left", "left", "left", "right"),
            )
        )
    return tuple(tables)


def snapshot_text(table: str, version: int | None, rows: int, language: str) -> str:
    """Which snapshot of a table was read."""
    key = "view_how_snapshot_unkept" if version is None else "view_how_snapshot_value"
    return phrase(key, language, table=table, version=version, rows=number(rows))


def span_of(counts: Sequence[SourceCount]) -> Span:
    """The time that the data cover."""
    return Span(
        first=min((count.first for count in counts if count.first), default=None),
        last=max((count.last for count in counts if count.last), default=None),
        rows=sum(count.rows for count in counts),
    )


def covered(
    counts: Sequence[SourceCount], figures: Sequence[Figure], language: str
) -> tuple[str, Span]:
    """The time that the data cover, as text and as its first and last moment."""
    starts = [count.first for count in counts if count.first]
    ends = [count.last for count in counts if count.last]
    days = [figure.period for figure in figures if figure.period]
    if starts and ends:
        first, last, grain = min(starts), max(ends), "day"
    elif days:
        first, last, grain = min(days), max(days), grain_of(days)
    else:
        return "", EVER
    text = phrase(
        "view_report_period",
        language,
        first=date_text(first, language, grain),
        last=date_text(last, language, grain),
    )
    return text, span_of(counts)


def _card(figure: Figure, line: Sequence[Figure], language: str) -> Card:
    periods = [member.period for member in line if member.period]
    grain = grain_of(periods)
    move, steady = None, ""
    if figure.change is not None and len(periods) > 1:
        compared = phrase(
            "view_report_compared", language, when=date_text(periods[-2], language, grain)
        )
        if figure.significant:
            move = _move(figure, compared, language)
        elif figure.unusual:
            span = recent_span(line, figure, grain, language)
            move = Move(
                text=drift_said(figure, language),
                when=phrase("view_report_drift", language, span=span),
                tone=tone(figure.name, figure.drift or 0.0),
                rising=(figure.drift or 0.0) > 0,
            )
        else:
            steady = phrase("view_report_unchanged", language, compared=compared)
    earlier = [one for one in line if one is not figure and one.significant and one.change]
    last_move = None
    if earlier and earlier[-1].period:
        last_move = _move(earlier[-1], date_text(earlier[-1].period, language, grain), language)
    return Card(
        label=label_of(figure.name, language),
        value=value_text(figure.name, figure.value, figure.scale_max),
        sure=sure_text(figure.name, figure.low, figure.high, figure.n, language),
        when=date_text(figure.period, language, grain) if figure.period else "",
        move=move,
        steady=steady,
        last_move=last_move,
        spark=tuple(
            SparkPoint(
                value=member.value,
                low=member.value if member.low is None else member.low,
                high=member.value if member.high is None else member.high,
            )
            for member in line[-_SPARK_PERIODS:]
        ),
    )


def _move(figure: Figure, when: str, language: str) -> Move:
    change = figure.change or 0.0
    return Move(
        text=change_said(figure, language),
        when=when,
        tone=tone(figure.name, change),
        rising=change > 0,
    )


def _partial(table: ArrowTable, name: str, language: str, span: Span) -> tuple[str, ...]:
    """Where the data begin or end before a period does: what is not spoken of."""
    if name not in ("satisfaction", "voices"):
        return ()
    figures = figures_of(table, SATISFACTION if name == "satisfaction" else VOICES, span)
    days = [figure.period for figure in figures if figure.period]
    found = {figure.cut: figure.period for figure in figures if figure.cut and figure.period}
    told = [
        phrase(
            f"view_report_cut_{cut}",
            language,
            when=date_text(found[cut], language, grain_of(days)),
            day=date_text(day, language),
        )
        for cut, day in (("start", span.first), ("end", span.last))
        if cut in found and day is not None
    ]
    return (" ".join(told),) if told else ()


def _provenance_of(table: str, provenance: Sequence[Provenance]) -> Provenance | None:
    """The analysis that made that table: the one of its name, else one whose SQL ends in it."""
    for made in provenance:
        if made.analyzer == _MADE_BY.get(table, table):
            return made
    for made in provenance:
        if made.steps and made.steps[-1].output.name == table:
            return made
    return None


def _inputs(made: Provenance) -> list[tuple[str, int | None, int]]:
    return [(one.table, one.version, one.rows) for one in made.inputs]


def _table_name(table: str, language: str) -> str:
    key = f"view_table_{table}"
    return phrase(key, language) if has_words(key) else table
