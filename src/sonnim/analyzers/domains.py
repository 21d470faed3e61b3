"""How far can moods be trusted on our own texts, and how do they read fitted to them?

Method: ratings say of some messages how they feel (the lowest quarter of the scale negative, the
    highest positive); of others corrections do, which win over ratings and count among them here.
    For each source and language they are held against the moods, and two
    numbers for each question are fitted to them (Platt scaling with a prior; label shift and
    miscalibration), and a weight, held near none, for how neutral a message is and, where `reading`
    read the messages, for each of its probabilities. What runs of letters of the source's own texts
    say there is learned on top, from at most 10,000 of them, and counts if it helps with texts held
    out (`words_gain`). Figures are of texts held out in five folds.
    All messages of the source are then given the fitted moods; those in a language of which ratings
    are too few, and those that no model could read, as if in the language of which there are most,
    so that what says nothing by itself is given the level of its source. Where ratings are too few
    in all of them, the share of positive messages among those with a mood is estimated from the
    texts' own probabilities, and only the level moves.
Source: Platt 1999; Alain and Bengio 2017 (a head on a frozen network); Daumé 2007 (words of the
    domain); Saerens, Latinne and Decaestecker 2002 (another share of classes); Bella et al. 2010
    (probabilistic counting of a share); Guo et al. 2017 (calibration error).
Limits: ratings and texts of one person may disagree. Sources with fewer than `least` low or high
    ratings and fewer than `least_texts` messages are left as they are, and have no row. Without
    ratings nothing is known of how right the moods are, and a source full of neutral texts is
    helped least. With few ratings the order of texts is the model's, and fitting moves levels.
Quality: tested
"""

from dataclasses import dataclass
from functools import partial

from sonnim.analyzers.base import Analyzer, Reads
from sonnim.analyzers.cells import number
from sonnim.analyzers.corrections import CORRECTS
from sonnim.analyzers.domains_fit import (
    FITTED,
    FURTHER,
    NEUTRALITY,
    RATED,
    READ,
    SAID,
    SPOKEN,
    fit,
    said,
)
from sonnim.analyzers.shares import ODDS
from sonnim.analyzers.texts import SOURCE, TEXT
from sonnim.engines.base import Engine
from sonnim.language.adaptation import HIGHEST, LOWEST
from sonnim.tables.answer import Answer, Caveat
from sonnim.tables.answers import DOMAIN, DOMAIN_MOOD, MOOD, READING
from sonnim.tables.arrow import strings
from sonnim.tables.facts import CORRECTION, MESSAGE
from sonnim.tables.parameters import Limit, parameter
from sonnim.tables.schema import ColumnType
from sonnim.tables.step import Step
from sonnim.tables.table import Table

_NEAR = "1e-4"
# Shares are kept away from none and all: so many texts of each side are added.
_PRIOR = "5e0"


@dataclass(frozen=True, kw_only=True)
class DomainsParameters:
    """Parameters of `domains`."""

    least: int = parameter(
        30,
        Limit(
            meaning="Fewest low, and fewest high, ratings and corrections of a source",
            low=10,
            high=1e6,
        ),
    )
    least_texts: int = parameter(
        200,
        Limit(meaning="Fewest messages of a source without so many of them", low=50, high=1e9),
    )


def rated_step() -> Step:
    """Rated messages beside their moods."""
    place = (
        "(m.rating - coalesce(m.rating_min, 1e0)) / "
        "nullif(coalesce(m.rating_max, 5e0) - coalesce(m.rating_min, 1e0), 0e0)"
    )
    further = ", ".join(f"{_odds(name)} AS {name}" for name in FURTHER)
    return Step(
        name="domains_rated",
        sql=(
            "SELECT message_id, source, language, CAST(CASE corrected WHEN 'negative' THEN 0 "
            "WHEN 'neutral' THEN 1 WHEN 'positive' THEN 2 ELSE "
            f"CASE WHEN place <= {number(LOWEST)} THEN 0 WHEN place >= {number(HIGHEST)} THEN 2 "
            "ELSE 1 END END AS BIGINT) AS rated, corrected, "
            f"text, p_negative, p_neutral, p_positive, {', '.join(FURTHER)} FROM ("
            f"SELECT m.message_id, {SOURCE} AS source, {TEXT} AS text, "
            f"o.language, CASE WHEN NOT isnan(m.rating) THEN {place} END AS place, "
            f"c.label AS corrected, o.p_negative, o.p_neutral, o.p_positive, {further} "
            "FROM message m JOIN mood o ON o.message_id = m.message_id "
            f"LEFT JOIN correction c ON {CORRECTS} "
            "LEFT JOIN reading r ON r.message_id = m.message_id "
            "WHERE o.language IN ('ko', 'en')) placed "
            "WHERE (corrected IS NOT NULL OR place BETWEEN 0e0 AND 1e0) AND p_negative IS NOT NULL"
        ),
        inputs=("message", "mood", "correction", "reading"),
        output=RATED,
        note="Corrected, or else the lowest quarter of a scale negative, the highest positive",
    )


def _odds(name: str) -> str:
    """SQL of the log odds of a further answer; null where it is missing."""
    if name == NEUTRALITY:
        return f"CASE WHEN o.language <> 'other' THEN {ODDS[1]} END"
    p = f"least(greatest(r.{name}, {_NEAR}), 1e0 - {_NEAR})"
    return f"ln({p}) - ln(1e0 - {p})"


def domain_step(parameters: DomainsParameters) -> Step:
    """What was fitted to ratings, and the level of the other sources, from their texts alone."""
    known = {
        "source": "source", "language": "language", "learned_from": "'texts'",
        "polarity_slope": "1e0", "neutrality_slope": "1e0", "neutrality_intercept": "0e0",
        "polarity_intercept": f"ln(positive + {_PRIOR}) - ln(negative + {_PRIOR})",
    }  # fmt: skip
    unknown = {ColumnType.DOUBLE: "CAST(NULL AS DOUBLE)", ColumnType.LONG: "CAST(NULL AS BIGINT)"}
    columns = ", ".join(
        f"{known.get(one.name) or unknown[one.type]} AS {one.name}" for one in DOMAIN.columns
    )
    return Step(
        name=DOMAIN.name,
        sql=(
            f"SELECT {', '.join(DOMAIN.names)} FROM domains_fitted UNION ALL "
            f"SELECT {columns} FROM (SELECT {SOURCE} AS source, o.language, count(*) AS n, "
            "sum(o.p_positive) AS positive, sum(o.p_negative) AS negative FROM mood o "
            "JOIN message m ON m.message_id = o.message_id WHERE o.language IN ('ko', 'en') "
            f"AND o.p_negative IS NOT NULL GROUP BY {SOURCE}, o.language) counted "
            f"WHERE n >= {parameters.least_texts} AND NOT EXISTS (SELECT 1 FROM domains_fitted f "
            "WHERE f.source = counted.source AND f.language = counted.language)"
        ),
        inputs=("domains_fitted", "mood", "message"),
        output=DOMAIN,
        note="Where ratings are few, the share of positive texts is the mean of their probability",
    )


def spoken_step() -> Step:
    """The texts of which words count."""
    return Step(
        name=SPOKEN.name,
        sql=(
            f"SELECT o.message_id, f.source, f.language, {TEXT} AS text FROM mood o "
            "JOIN message m ON m.message_id = o.message_id "
            f"JOIN domains_fitted f ON f.source = {SOURCE} AND f.language = o.language "
            "WHERE f.words_gain > 0"
        ),
        inputs=("mood", "message", "domains_fitted"),
        output=SPOKEN,
        note="Messages whose words count",
    )


def mood_steps() -> tuple[Step, ...]:
    """All messages of the fitted sources with their fitted moods."""
    shift = (
        " + ".join(
            f"coalesce(f.shift_{name} * ({_odds(name)} - f.centre_{name}), 0e0)" for name in FURTHER
        )
        + " + coalesce(w.odds - f.centre_words, 0e0)"
    )
    positive, neutral = (
        f"1e0 / (1e0 + exp(-(d.{name}_slope * ({odd}) + d.{name}_intercept{more})))"
        for name, odd, more in zip(
            ("polarity", "neutrality"), ODDS, (f" + {shift}", ""), strict=True
        )
    )
    p = {"negative": "(1e0 - q) * (1e0 - s)", "neutral": "q", "positive": "(1e0 - q) * s"}
    columns = ", ".join(f"{sql} AS p_{name}" for name, sql in p.items())
    half = number(0.5)
    return (
        Step(
            name="domains_chief",
            sql=(
                "SELECT source, language FROM (SELECT source, language, row_number() OVER ("
                "PARTITION BY source ORDER BY n_negative + n_neutral + n_positive DESC, language) "
                "AS place FROM domains_fitted) ranked WHERE place = 1"
            ),
            inputs=("domains_fitted",),
            output=DOMAIN.only(("source", "language")),
            note="Of each source with ratings, the language that has most of them",
        ),
        Step(
            name="domains_answers",
            sql=(
                f"SELECT o.message_id, {positive} AS s, {neutral} AS q FROM mood o "
                "JOIN message m ON m.message_id = o.message_id "
                f"LEFT JOIN domain own ON own.source = {SOURCE} AND own.language = o.language "
                f"LEFT JOIN domains_chief c ON c.source = {SOURCE} "
                f"JOIN domain d ON d.source = {SOURCE} "
                "AND d.language = coalesce(own.language, c.language) "
                "LEFT JOIN domains_fitted f "
                "ON f.source = d.source AND f.language = d.language "
                "LEFT JOIN domains_said w ON w.message_id = o.message_id "
                "LEFT JOIN reading r ON r.message_id = o.message_id"
            ),
            inputs=(
                "mood",
                "message",
                "domain",
                "domains_chief",
                "domains_fitted",
                "domains_said",
                "reading",
            ),
            output=RATED.only(("message_id",)),
            note="The two answers of each message, fitted to its source and language, or the chief",
        ),
        Step(
            name=DOMAIN_MOOD.name,
            sql=(
                "SELECT message_id, CASE WHEN p_neutral >= greatest(p_negative, p_positive) THEN "
                f"'neutral' WHEN greatest(p_negative, p_positive) < {half} THEN 'unsure' WHEN "
                "p_positive > p_negative THEN 'positive' ELSE 'negative' END AS label, "
                "p_negative, p_neutral, p_positive FROM "
                f"(SELECT message_id, {columns} FROM domains_answers) fitted"
            ),
            inputs=("domains_answers",),
            output=DOMAIN_MOOD,
            note="Three probabilities again, and the likeliest mood if it is likelier than not",
        ),
    )


def steps(parameters: DomainsParameters) -> tuple[Step, ...]:
    """All SQL of the analysis; `fit` runs after the first step, `said` before the last ones."""
    return (rated_step(), domain_step(parameters), spoken_step(), *mood_steps())


def analyze(engine: Engine, parameters: DomainsParameters) -> Answer:
    """Fits moods to each source and language."""
    rated = engine.run([rated_step()])
    found = engine.map(
        partial(fit, least=parameters.least), rated, FITTED, name=FITTED.name,
        by=("source", "language"),
    )  # fmt: skip
    domains = engine.run([domain_step(parameters)])
    spoken = engine.run([spoken_step()])
    engine.map(partial(said, known=_packed(engine, found)), spoken, SAID, name=SAID.name)
    fitted = engine.run(mood_steps())
    return Answer(
        tables=(domains, fitted),
        steps=steps(parameters),
        caveats=(Caveat(key="caveat_domains"),),
    )


def _packed(engine: Engine, fitted: Table) -> dict[tuple[str, str], str]:
    """Of each source and language whose words count, what they say."""
    found: dict[tuple[str, str], str] = {}
    for rows in engine.fetch(fitted):
        columns = (strings(rows, name) for name in ("source", "language", "words"))
        for source, language, words in zip(*columns, strict=True):
            if words:
                found[source, language] = words
    return found


ANALYZER = Analyzer(
    name="domains",
    version="7",
    reads=(
        Reads(
            schema=MESSAGE,
            columns=("text",),
            also=("title", "source", "rating", "rating_min", "rating_max"),
        ),
        Reads(schema=MOOD, columns=("language", "p_negative", "p_neutral", "p_positive")),
        Reads(schema=CORRECTION, columns=("label",), also=("text_digest",), optional=True),
        Reads(schema=READING, columns=READ, optional=True),
    ),
    writes=(DOMAIN, DOMAIN_MOOD),
    analyze=analyze,
    parameters=DomainsParameters,
    quality="tested",
)
