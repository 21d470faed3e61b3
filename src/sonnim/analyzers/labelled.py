"""How often are moods right here, by the labels of our own people?

Method: corrections (`sonnim label`) are held against the moods as they were read, source by source
    and language by language: the share of messages whose likeliest mood is the label, with Wilson's
    interval. Only labels of messages drawn at random count. Where there are none, all do, and the
    answer says so: these were asked about because the model was unsure, or chosen elsewhere. All
    together, a label counts as much as its source and language have messages for each label, and
    the interval is that of the effective number of labels.
Source: Wilson 1927 (interval of a share); Kish 1965, Survey Sampling (weights, effective number);
    Settles 2009 (why chosen labels are no sample).
Limits: one person's label is one opinion; two people agree on fewer moods than one thinks. Texts
    that were skipped are missing, and, all together, sources without a label drawn at random. The
    figures are of moods as read (`mood`); `domain` has those of
    moods as fitted, on messages held out.
Quality: tested
"""

from dataclasses import dataclass

from sonnim.analyzers.base import Analyzer, Reads
from sonnim.analyzers.cells import number, working
from sonnim.analyzers.corrections import CORRECTS
from sonnim.analyzers.texts import SOURCE
from sonnim.engines.base import Engine
from sonnim.engines.statistics import z_value
from sonnim.language.mood_model import LABELS
from sonnim.tables.accuracy import LABEL_ACCURACY
from sonnim.tables.answer import Answer, Caveat
from sonnim.tables.answers import MOOD
from sonnim.tables.facts import CORRECTION, MESSAGE
from sonnim.tables.parameters import Limit, parameter
from sonnim.tables.step import Step

_READ = "FROM message m JOIN mood o ON o.message_id = m.message_id"
# Those that `sonnim label` draws from.
_THEIRS = (
    "o.language IS NOT NULL AND o.p_negative IS NOT NULL AND o.p_neutral IS NOT NULL "
    "AND o.p_positive IS NOT NULL AND coalesce(m.direction, 'public') <> 'out' "
    "AND trim(coalesce(m.text, '')) <> ''"
)


@dataclass(frozen=True, kw_only=True)
class LabelledParameters:
    """Parameters of `labelled`."""

    level: float = parameter(0.95, Limit(meaning="Level of the intervals", low=0.5, high=0.999))


def steps(parameters: LabelledParameters) -> tuple[Step, ...]:
    """All SQL of the analysis."""
    likeliest = (
        "CASE WHEN o.p_negative >= greatest(o.p_neutral, o.p_positive) THEN 'negative' "
        "WHEN o.p_neutral >= o.p_positive THEN 'neutral' ELSE 'positive' END"
    )
    sizes = Step(
        name="labelled_sizes",
        sql=(
            f"SELECT {SOURCE} AS source, o.language, CAST(count(*) AS DOUBLE) AS size {_READ} "
            f"WHERE {_THEIRS} GROUP BY {SOURCE}, o.language"
        ),
        inputs=("message", "mood"),
        output=working("labelled_sizes", "How many messages a label may stand for"),
        note="Messages of customers with a mood, by source and language",
    )
    pairs = Step(
        name="labelled_pairs",
        sql=(
            f"SELECT {SOURCE} AS source, o.language, c.label, {likeliest} AS given, "
            "o.label <> 'unsure' AS sure, CASE WHEN c.chosen_by = 'random' THEN 1e0 ELSE 0e0 END "
            f"AS random, s.size {_READ} JOIN correction c ON {CORRECTS} JOIN labelled_sizes s "
            f"ON s.source = {SOURCE} AND s.language = o.language WHERE {_THEIRS}"
        ),
        inputs=("message", "mood", "correction", "labelled_sizes"),
        output=working("labelled_pairs", "What a person and what the model says of a message"),
        note="Corrections of texts that have not changed since, beside the likeliest mood",
    )
    here = "OVER (PARTITION BY source, language)"
    said = "label, given, sure, random"
    used = Step(
        name="labelled_used",
        sql=(
            f"SELECT source, language, {said}, 1e0 AS weight, random = max(random) {here} AS used "
            "FROM labelled_pairs UNION ALL SELECT CAST(NULL AS STRING), CAST(NULL AS STRING), "
            f"{said}, CASE WHEN random > 0e0 THEN size / sum(random) {here} ELSE 1e0 END, "
            "random = max(random) OVER () FROM labelled_pairs"
        ),
        inputs=("labelled_pairs",),
        output=working("labelled_used", "A label, and for how many messages it stands"),
        note="Only labels drawn at random count, where there are any; and all sources together",
    )
    counts = {
        "total": "true",
        "hits": "given = label",
        "sure_total": "sure",
        "sure_hits": "sure AND given = label",
        **{f"true_{one}": f"label = '{one}'" for one in LABELS},
        **{f"given_{one}": f"given = '{one}'" for one in LABELS},
        **{f"hits_{one}": f"label = '{one}' AND given = '{one}'" for one in LABELS},
    }
    sums = ", ".join(
        f"sum(CASE WHEN used AND {sql} THEN weight ELSE 0e0 END) AS {name}"
        for name, sql in counts.items()
    )
    counted = Step(
        name="labelled_counted",
        sql=(
            f"SELECT source, language, {sums}, "
            "sum(CASE WHEN used THEN weight * weight ELSE 0e0 END) AS squares, "
            "sum(CASE WHEN used AND sure THEN weight * weight ELSE 0e0 END) AS sure_squares, "
            "CAST(count_if(used) AS BIGINT) AS n, CAST(count_if(used AND sure) AS BIGINT) "
            "AS sure_n, CAST(count_if(random > 0e0) AS BIGINT) AS n_random, "
            "CAST(count(*) AS BIGINT) AS n_labelled FROM labelled_used GROUP BY source, language"
        ),
        inputs=("labelled_used",),
        output=working("labelled_counted", "Right and wrong moods of one source and language"),
        note="Right and wrong moods, by weight",
    )
    z = number(z_value(parameters.level))
    f1 = " + ".join(
        f"CASE WHEN true_{one} > 0e0 THEN 2e0 * hits_{one} / (true_{one} + given_{one}) "
        "ELSE 0e0 END"
        for one in LABELS
    )
    occurring = " + ".join(f"CASE WHEN true_{one} > 0e0 THEN 1e0 ELSE 0e0 END" for one in LABELS)
    values = {
        "source": "source",
        "language": "language",
        "n": "n",
        "accuracy": "hits / total",
        **{
            end: f"wilson_{end}(hits * total / squares, total * total / squares, {z})"
            for end in ("low", "high")
        },
        "macro_f1": f"({f1}) / ({occurring})",
        "sure": "sure_hits / nullif(sure_total, 0e0)",
        **{
            f"sure_{end}": f"CASE WHEN sure_n > 0 THEN wilson_{end}(sure_hits * sure_total / "
            "nullif(sure_squares, 0e0), sure_total * sure_total / nullif(sure_squares, 0e0), "
            f"{z}) END"
            for end in ("low", "high")
        },
        "sure_n": "sure_n",
        "n_random": "n_random",
        "n_labelled": "n_labelled",
    }
    return (
        sizes,
        pairs,
        used,
        counted,
        Step(
            name=LABEL_ACCURACY.name,
            sql=(
                f"SELECT {', '.join(f'{values[n]} AS {n}' for n in LABEL_ACCURACY.names)} "
                "FROM labelled_counted"
            ),
            inputs=("labelled_counted",),
            output=LABEL_ACCURACY,
            note="Shares of right moods with Wilson's interval, and the mean F1",
        ),
    )


def analyze(engine: Engine, parameters: LabelledParameters) -> Answer:
    """Holds moods against corrections."""
    made = steps(parameters)
    table = engine.run(made)
    chosen = Step(
        name="labelled_chosen",
        sql="SELECT source, language FROM label_accuracy WHERE n_random = 0",
        inputs=(LABEL_ACCURACY.name,),
        output=LABEL_ACCURACY.only(("source", "language")),
        note="Where no label was drawn at random",
    )
    caveats = (Caveat(key="caveat_labelled"),) if engine.count(engine.run([chosen])) else ()
    return Answer(tables=(table,), steps=made, caveats=caveats)


ANALYZER = Analyzer(
    name="labelled",
    version="1",
    reads=(
        Reads(schema=MESSAGE, columns=("text",), also=("title", "source", "direction")),
        Reads(schema=MOOD, columns=("language", "label", "p_negative", "p_neutral", "p_positive")),
        Reads(
            schema=CORRECTION,
            columns=("label",),
            also=("text_digest", "chosen_by"),
            optional=True,
        ),
    ),
    writes=(LABEL_ACCURACY,),
    analyze=analyze,
    parameters=LabelledParameters,
    quality="tested",
)
