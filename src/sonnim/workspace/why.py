"""`show influence --why`: why somebody has their rank, in words, with messages that show it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sonnim.analyzers.quoting import TO_QUOTE, quoted
from sonnim.engines.duckdb import DuckEngine
from sonnim.tables.answers import MOOD
from sonnim.tables.answers_network import (
    COMMUNITIES,
    COMMUNITY,
    INFLUENCE,
    LINK,
    LINK_KINDS,
)
from sonnim.tables.arrow import batch
from sonnim.tables.errors import StopError
from sonnim.tables.facts import FACTS
from sonnim.tables.schema import Column, ColumnType, TableSchema
from sonnim.tables.step import Step
from sonnim.tables.step import quoted as literal
from sonnim.views.base import TableSpec
from sonnim.views.content import Quote
from sonnim.views.influence import (
    MEASURES,
    Ranked,
    Standing,
    disagreement,
    measure_interval,
    measure_text,
    mood_and_sure,
    rank_text,
    ranked,
)
from sonnim.views.members import is_bridge
from sonnim.views.people import short_names
from sonnim.views.writing import date_text, number, phrase
from sonnim.workspace import settings
from sonnim.workspace.local_time import local
from sonnim.workspace.persons import ids_of, unsaid
from sonnim.workspace.quote_rows import QUOTE_COLUMNS, quotes_of
from sonnim.workspace.saving import load
from sonnim.workspace.workspace import Workspace

MOST_QUOTES = 3
_CANDIDATES = 24
_LONGEST = 280
_FEWEST_LETTERS = 4
_MANY = 5
_UNSTABLE = 0.7
_COUNTED = TableSchema(
    name="why_counted",
    version=1,
    meaning="How many rows of one kind there are",
    key=("name",),
    columns=(
        Column(name="name", meaning="Kind"),
        Column(name="n", type=ColumnType.LONG, meaning="Rows", unit="rows"),
        Column(name="people", type=ColumnType.LONG, meaning="People", unit="people"),
        Column(name="last", type=ColumnType.TIMESTAMP, meaning="The last of them", unit="UTC"),
    ),
)
_NAMED = TableSchema(
    name="why_named",
    version=1,
    meaning="Identifiers",
    key=("name",),
    columns=(Column(name="name", meaning="The identifier"),),
)
_QUOTED = TableSchema(
    name="why_quoted",
    version=1,
    meaning="Messages that show a rank",
    key=("message_id",),
    columns=(
        *QUOTE_COLUMNS,
        Column(name="person_id", meaning="Who wrote it"),
        Column(name="label", meaning="Mood"),
    ),
)


@dataclass(frozen=True, kw_only=True)
class Why:
    """Why somebody has their rank.

    Attributes:
        person_id: Their pseudonym.
        title: Whom it is about.
        sentences: What the measures, the group and the links say, one after the other.
        table: The ranks.
        quotes: Messages that show it, personal data masked; `subject` says who wrote each.
    """

    person_id: str
    title: str
    sentences: tuple[str, ...]
    table: TableSpec
    quotes: tuple[Quote, ...]


def why(workspace: Workspace, given: str, language: str) -> Why:
    """Explains somebody's ranks.

    Args:
        workspace: Where `influence` has been computed.
        given: Their pseudonym, its last letters, or their id at a source.
        language: `ko` or `en`.

    Raises:
        StopError: Influence has not been computed, nobody is known by that id, several people
            have a pseudonym that ends so, or the person has no rank.
    """
    if workspace.snapshot(INFLUENCE).table.version is None:
        if workspace.as_of is not None:
            raise StopError("nothing_then", name=INFLUENCE.name, as_of=workspace.as_of)
        raise StopError("why_not_computed")
    with DuckEngine() as engine, unsaid():
        for schema in (*FACTS, INFLUENCE, COMMUNITY, COMMUNITIES, LINK, MOOD):
            load(workspace.store, engine, workspace.snapshot(schema))
        person_id = _found(engine, given)
        (person,) = ranked(
            _rows(
                engine,
                f"SELECT * FROM influence WHERE person_id = {literal(person_id)}",
                INFLUENCE,
            )
        )
        totals = {
            row["name"]: row["n"]
            for row in _dicts(
                engine,
                "SELECT measure AS name, count(*) AS n, count(*) AS people, "
                "CAST(NULL AS TIMESTAMPTZ) AS last FROM influence GROUP BY measure",
                _COUNTED,
            )
        }
        sentences = (
            *_measured(person, totals, language),
            *_grouped(engine, person_id, language),
            *_linked(engine, person_id, settings.timezone(workspace.folder), language),
        )
        quotes = _quotes(engine, person, settings.timezone(workspace.folder), language)
    shown = short_names([person_id])[person_id]
    return Why(
        person_id=person_id,
        title=phrase("why_title", language, who=shown, person_id=person_id),
        sentences=sentences,
        table=_table(person, totals, language),
        quotes=quotes,
    )


def _found(engine: DuckEngine, given: str) -> str:
    """The pseudonym of who is meant, as `influence` has it.

    A whole id comes before the end of a pseudonym: somebody may be called like one.
    """
    ending = given.strip().lstrip("….").lower()
    if not ending:
        raise StopError("person_empty")
    ids: tuple[str, ...] = ()
    if given.strip()[0] not in "….":
        _, ids = ids_of(engine, given.strip())
        those = ", ".join(map(literal, ids))
        if there := _names(engine, f"influence WHERE person_id IN ({those})"):
            return there[0]
    if len(ending) >= _FEWEST_LETTERS:
        there = _names(
            engine, f"influence WHERE right(lower(person_id), {len(ending)}) = {literal(ending)}"
        )
        if len(there) == 1:
            return there[0]
        if there:
            allowed = ", ".join(there[:_MANY]) + (", …" if len(there) > _MANY else "")
            raise StopError("why_several", received=given, n=len(there), allowed=allowed)
    those = ", ".join(map(literal, ids)) or "NULL"
    if _names(engine, f"message WHERE person_id IN ({those})"):
        raise StopError("why_no_rank", received=given)
    raise StopError("person_unknown", received=given)


def _measured(person: Ranked, totals: Mapping[str, int], language: str) -> list[str]:
    """What each measure says, the highest rank first, and whether they disagree."""
    told = []
    for measure, standing in _highest_first(person):
        value = measure_text(measure, standing.value)
        if measure == "mood":
            value = mood_and_sure(standing, language)
        place = rank_text(standing.rank, totals[measure], language)
        told.append(phrase(f"why_{measure}", language, value=value, place=place))
        unsure = standing.low is None or standing.high is None or standing.low <= 0 <= standing.high
        if measure == "mood" and unsure:
            told.append(phrase("why_mood_unsure", language))
    if far := disagreement(person.by, totals):
        best, worst = far
        told.append(
            phrase(
                "why_disagree",
                language,
                best=phrase(f"view_influence_{best}", language),
                best_place=rank_text(person.by[best].rank, totals[best], language),
                worst=phrase(f"view_influence_{worst}", language),
                worst_place=rank_text(person.by[worst].rank, totals[worst], language),
            )
        )
    elif len(person.by) > 1:
        told.append(phrase("why_agree", language))
    return told


def _grouped(engine: DuckEngine, person_id: str, language: str) -> list[str]:
    """Which group they are in, whether they are a bridge, and how sure that is."""
    found = _dicts(
        engine, f"SELECT * FROM community WHERE person_id = {literal(person_id)}", COMMUNITY
    )
    if not found or found[0]["community_id"] is None:
        return []
    one = found[0]
    group = int(one["community_id"])
    groups = _dicts(
        engine, f"SELECT * FROM communities WHERE community_id = {group}", COMMUNITIES
    )  # fmt: skip
    told = [phrase("why_group", language, group=number(group + 1), ties=number(one["n"] or 0))]
    if groups:
        words = groups[0]["label"]
        size = number(groups[0]["n"] or 0)
        key = "why_group_words" if words else "why_group_size"
        told.append(phrase(key, language, n=size, words=words))
    if one["bridge"] is not None:
        key = "why_bridge" if is_bridge(one["bridge"]) else "why_no_bridge"
        told.append(phrase(key, language, bridge=number(one["bridge"], 2)))
    if one["stability"] is not None and one["stability"] < _UNSTABLE:
        told.append(phrase("why_unstable", language, stability=number(one["stability"], 2)))
    return told


def _linked(engine: DuckEngine, person_id: str, zone: str, language: str) -> list[str]:
    """How often, in which ways and by how many they were turned to."""
    where = f"FROM link WHERE to_id = {literal(person_id)} AND NOT coalesce(company, false)"
    counts = "count(*) AS n, count(DISTINCT from_id) AS people, max(time) AS last"
    kinds = _dicts(engine, f"SELECT kind AS name, {counts} {where} GROUP BY kind", _COUNTED)
    if not kinds:
        return []
    (whole,) = _dicts(engine, f"SELECT 'all' AS name, {counts} {where}", _COUNTED)
    said = [
        phrase(f"why_kind_{one['name']}", language, n=number(one["n"]))
        if one["name"] in LINK_KINDS
        else f"{number(one['n'])} {one['name']}"
        for one in sorted(kinds, key=lambda one: (-one["n"], one["name"] or ""))
    ]
    told = [
        phrase(
            "why_links",
            language,
            n=number(whole["n"]),
            kinds=", ".join(said),
            people=number(whole["people"]),
        )
    ]
    if whole["last"] is not None:
        told.append(phrase("why_last", language, day=_day(whole["last"], zone, language)))
    return told


def _quotes(engine: DuckEngine, person: Ranked, zone: str, language: str) -> tuple[Quote, ...]:
    """Messages that the measures name, those of the highest rank first; then the most answered."""
    wanted = _evidence(engine, person)
    if not wanted:
        return ()
    those = ", ".join(map(literal, wanted))
    rows = _dicts(
        engine,
        "SELECT m.message_id, m.text, m.time, m.channel, m.rating, m.rating_max, m.person_id, "
        "d.label, CASE d.label WHEN 'negative' THEN d.p_negative WHEN 'positive' THEN d.p_positive "
        "WHEN 'neutral' THEN d.p_neutral END AS probability "
        "FROM message m LEFT JOIN mood d ON d.message_id = m.message_id "
        f"WHERE m.message_id IN ({those}) AND m.text IS NOT NULL "
        "AND coalesce(m.direction, 'public') <> 'out'",
        _QUOTED,
    )
    order = {one: place for place, one in enumerate(wanted)}
    rows.sort(key=lambda row: order[row["message_id"]])
    del rows[MOST_QUOTES:]
    columns: dict[str, list[Any]] = {
        name: [row[name] for row in rows] for name in _QUOTED.names
    }  # fmt: skip
    masked = quoted(batch(TO_QUOTE, {name: columns[name] for name in TO_QUOTE.names}))
    # Cut only after masking: half a telephone number would not be known for one.
    columns["text"] = [_cut(text) for text in masked.column("text").to_pylist()]
    others = short_names(one for one in columns["person_id"] if one)
    return quotes_of(
        columns,
        labels=[label or "" for label in columns["label"]],
        subjects=[
            phrase("why_own", language)
            if one == person.person_id
            else phrase("why_other", language, who=others.get(one, "?"))
            for one in columns["person_id"]
        ],
        zone=zone,
    )


def _evidence(engine: DuckEngine, person: Ranked) -> list[str]:
    who = literal(person.person_id)
    named = {
        row["measure"]: row["evidence"] or ()
        for row in _dicts(engine, f"SELECT * FROM influence WHERE person_id = {who}", INFLUENCE)
    }
    found = [one for measure, _ in _highest_first(person) for one in named.get(measure, ())]
    answered = _rows(
        engine,
        f"SELECT about_id AS name FROM link WHERE to_id = {who} AND about_id IS NOT NULL "
        f"GROUP BY about_id ORDER BY count(*) DESC, about_id LIMIT {_CANDIDATES}",
        _NAMED,
    )
    found += answered.column("name").to_pylist()
    return list(dict.fromkeys(found))[:_CANDIDATES]


def _table(person: Ranked, totals: Mapping[str, int], language: str) -> TableSpec:
    heads = ("metric", "rank", "value", "interval", "n")
    return TableSpec(
        title=phrase("why_ranks", language),
        columns=tuple(phrase(f"view_column_{head}", language) for head in heads),
        rows=tuple(
            (
                phrase(f"view_influence_{measure}", language),
                rank_text(standing.rank, totals[measure], language),
                measure_text(measure, standing.value),
                measure_interval(measure, standing, language),
                number(standing.n),
            )
            for measure, standing in _highest_first(person)
        ),
        alignments=("left", *("right",) * 4),
    )


def _highest_first(person: Ranked) -> list[tuple[str, Standing]]:
    order = {measure: place for place, measure in enumerate(MEASURES)}
    return sorted(person.by.items(), key=lambda item: (item[1].rank, order[item[0]]))


def _day(moment: datetime, zone: str, language: str) -> str:
    (there,) = local([moment], zone)
    return date_text(there or moment, language)


def _cut(text: str) -> str:
    whole = " ".join(text.split())
    return whole if len(whole) <= _LONGEST else whole[: _LONGEST - 1] + "…"


def _names(engine: DuckEngine, where: str) -> Sequence[str]:
    sql = f"SELECT DISTINCT person_id AS name FROM {where} ORDER BY name"
    return [str(one) for one in _rows(engine, sql, _NAMED).column("name").to_pylist()]


def _dicts(engine: DuckEngine, sql: str, output: TableSchema) -> list[dict[str, Any]]:
    table = _rows(engine, sql, output)
    columns = [table.column(name).to_pylist() for name in output.names]
    return [dict(zip(output.names, values, strict=True)) for values in zip(*columns, strict=True)]


def _rows(engine: DuckEngine, sql: str, output: TableSchema) -> Any:
    step = Step(name=output.name + "_asked", sql=sql, inputs=(), output=output)
    return engine.fetch(engine.run([step])).read_all()
