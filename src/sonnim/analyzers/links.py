"""Who turned to whom, when, and in which way?

Method: every answer, every message passed on and every mention is a link from its author to the
    other; ties that were imported are links too. A mention of the person who is answered anyway is
    no second link. Handles are resolved to people (`account`); who speaks for the company
    (`person` of kind company or employee, authors of outgoing messages, `company`) is marked; so is
    who turned to another from an account that `coordination` flagged. With `engaged_days` those who
    spoke of the same subject, or in the same thread, within so many days are linked too (kind
    `co_engaged`), one link each way: everybody shares a weight of 1 equally among those they met
    over it.
Source: Wasserman and Faust 1994 (directed, valued relations); Newman 2001 ("Scientific
    collaboration networks II", weights of those who meet).
Limits: a handle that two people bear in two sources is one person, unless `account` parts them.
    Mentions within texts are read where the source does not list them, and only in Latin letters.
    Ties of negative weight, or from somebody to themselves, are left out. Who speaks of the same
    need not have met: `co_engaged` is company and no attention. A subject of more than
    `engaged_most` people at a time links nobody; how many there were is a caveat of the answer.
Quality: tested
"""

from dataclasses import dataclass

from sonnim.analyzers.base import Analyzer, Reads
from sonnim.analyzers.cells import working
from sonnim.analyzers.engaged import CROWDS, TIES, engaged_steps
from sonnim.connectors.shape import pseudonym_of_text
from sonnim.engines.base import Engine
from sonnim.tables.answer import Answer, Caveat
from sonnim.tables.answers_network import COORDINATION, LINK
from sonnim.tables.facts import ACCOUNT, MESSAGE, PERSON, TIE
from sonnim.tables.parameters import Limit, parameter
from sonnim.tables.step import Step, quoted
from sonnim.tables.table import Table

# A mention follows no letter (that would be an e-mail address) and ends before a full stop.
_MENTION = r"(?:^|[^0-9A-Za-z_.@+-])@([0-9A-Za-z_]+(?:[.-][0-9A-Za-z_]+)*)"
_OURS = ("company", "employee")


@dataclass(frozen=True, kw_only=True)
class LinksParameters:
    """Parameters of `links`."""

    company: str = parameter(
        "",
        Limit(meaning="Handles that speak for the company, comma-separated, beside those known"),
    )
    engaged_days: float = parameter(
        0.0,
        Limit(
            meaning="Days within which those who speak of the same subject, or in the same thread, "
            "are linked; 0: they are not",
            low=0,
            high=3650,
        ),
    )
    engaged_most: int = parameter(
        100,
        Limit(
            meaning="Most people of a subject in so many days; more link nobody", low=2, high=1e4
        ),
    )


def steps(parameters: LinksParameters) -> tuple[Step, ...]:
    """All SQL of the analysis."""
    ours = ", ".join(quoted(one) for one in _OURS)
    named = [one.strip().lstrip("@") for one in parameters.company.split(",")]
    aliases = [pseudonym_of_text(quoted(one)) for one in named if one]
    company = "".join(
        f" UNION SELECT coalesce((SELECT max(person_id) FROM links_aliases WHERE alias = {one}), "
        f"{one})"
        for one in aliases
    )
    handles = f"regexp_extract_all(coalesce(text, ''), {quoted(_MENTION)}, 1)"
    listed = "regexp_extract_all(addressed, '([^,; @]+)', 1)"
    referred = " UNION ALL ".join(
        f"SELECT m.person_id AS from_id, a.person_id AS to_id, '{kind}' AS kind, m.time, "
        "m.message_id, a.message_id AS about_id, m.source FROM message m "
        f"JOIN message a ON a.message_id = m.{column}"
        for kind, column in (("reply", "reply_to"), ("share", "share_of"))
    )
    days = parameters.engaged_days
    engaged = engaged_steps(days, parameters.engaged_most) if days else ()
    met = (
        f"SELECT from_id, to_id, 'co_engaged', time, weight, CAST(NULL AS STRING), "
        f"CAST(NULL AS STRING), CAST(NULL AS STRING) FROM {TIES} UNION ALL "
        if days
        else ""
    )
    return (
        *engaged,
        Step(
            name="links_aliases",
            sql=(
                "SELECT alias, min(person_id) AS person_id FROM ("
                f"SELECT {pseudonym_of_text('source_id')} AS alias, person_id FROM account "
                f"UNION ALL SELECT {pseudonym_of_text('person_id')}, person_id FROM message) named "
                "WHERE alias IS NOT NULL AND person_id IS NOT NULL GROUP BY alias"
            ),
            inputs=("account", "message"),
            output=working("links_aliases", "Who is behind an identity"),
            note="Pseudonyms of handles, and the people whose they are",
        ),
        Step(
            name="links_company",
            sql=(
                f"SELECT person_id FROM person WHERE kind IN ({ours}) UNION "
                "SELECT person_id FROM message WHERE direction = 'out' AND person_id IS NOT NULL"
                f"{company}"
            ),
            inputs=("person", "message", "links_aliases"),
            output=working("links_company", "Who speaks for the company"),
            note="Accounts of the company, its employees, and authors of what it sent",
        ),
        Step(
            name="links_referred",
            sql=referred,
            inputs=("message",),
            output=working("links_referred", "Answers, and what was passed on"),
            note="From the author to whom they answered or passed on",
        ),
        Step(
            name="links_mentioned",
            sql=(
                f"SELECT from_id, {pseudonym_of_text('handle')} AS to_id, 'mention' AS kind, time, "
                "message_id, CAST(NULL AS STRING) AS about_id, source FROM (SELECT DISTINCT "
                "person_id AS from_id, time, message_id, source, explode(CASE WHEN addressed "
                f"IS NULL THEN {handles} ELSE {listed} END) AS handle FROM message "
                "WHERE person_id IS NOT NULL) named"
            ),
            inputs=("message",),
            output=working("links_mentioned", "Mentions"),
            note="Whom the source lists, or where it lists nobody, the handles in the text",
        ),
        Step(
            name="links_all",
            sql=(
                "SELECT coalesce(f.person_id, l.from_id) AS from_id, "
                "coalesce(t.person_id, l.to_id) AS to_id, l.kind, l.time, l.weight, "
                "l.message_id, l.about_id, l.source FROM ("
                "SELECT from_id, to_id, kind, time, 1e0 AS weight, message_id, about_id, source "
                "FROM links_referred UNION ALL "
                "SELECT from_id, to_id, kind, time, 1e0, message_id, about_id, source "
                f"FROM links_mentioned UNION ALL {met}"
                "SELECT from_id, to_id, coalesce(kind, 'tie'), "
                "time, coalesce(weight, 1e0), message_id, CAST(NULL AS STRING), source FROM tie"
                ") l LEFT JOIN links_aliases f ON f.alias = l.from_id "
                "LEFT JOIN links_aliases t ON t.alias = l.to_id"
            ),
            inputs=(
                "links_referred",
                "links_mentioned",
                *((TIES,) if days else ()),
                "tie",
                "links_aliases",
            ),
            output=working("links_all", "All links, of people"),
            note="Both ends as people",
        ),
        Step(
            name=LINK.name,
            sql=(
                "SELECT from_id, to_id, kind, time, sum(weight) AS weight, message_id, "
                "max(about_id) AS about_id, EXISTS (SELECT 1 FROM links_company c "
                "WHERE c.person_id = from_id OR c.person_id = to_id) AS company, "
                "EXISTS (SELECT 1 FROM coordination b WHERE b.person_id = from_id AND b.flagged) "
                "AS flagged, min(source) AS source FROM links_all l WHERE from_id <> to_id "
                "AND weight > 0e0 "
                "AND NOT isnan(weight) AND NOT (kind = 'mention' AND EXISTS (SELECT 1 "
                "FROM links_all o WHERE o.message_id = l.message_id AND o.to_id = l.to_id "
                "AND o.kind IN ('reply', 'share'))) "
                "GROUP BY from_id, to_id, kind, time, message_id"
            ),
            inputs=("links_all", "links_company", "coordination"),
            output=LINK,
            note="Each link once; none to oneself; no mention beside an answer to the same person",
        ),
    )


def analyze(engine: Engine, parameters: LinksParameters) -> Answer:
    """Gathers the links."""
    made = steps(parameters)
    table = engine.run(made)
    if not parameters.engaged_days:
        return Answer(tables=(table,), steps=made)
    (kept,) = (step for step in made if step.name == CROWDS)
    crowds = engine.count(Table(schema=kept.output, name=CROWDS))
    values = {"days": parameters.engaged_days, "most": parameters.engaged_most, "crowds": crowds}
    caveat = Caveat(
        key="caveat_co_engaged",
        values=tuple((name, f"{value:g}") for name, value in values.items()),
    )
    return Answer(tables=(table,), steps=made, caveats=(caveat,))


ANALYZER = Analyzer(
    name="links",
    version="1",
    reads=(
        Reads(
            schema=MESSAGE,
            columns=("person_id",),
            also=(
                "time",
                "text",
                "direction",
                "reply_to",
                "share_of",
                "addressed",
                "source",
                "subject",
                "thread_id",
            ),
            optional=True,
        ),
        Reads(
            schema=TIE,
            columns=("from_id", "to_id"),
            also=("time", "kind", "weight", "message_id", "source"),
            optional=True,
        ),
        Reads(schema=PERSON, columns=("person_id", "kind"), optional=True),
        Reads(schema=ACCOUNT, columns=("source_id", "person_id"), optional=True),
        Reads(schema=COORDINATION, columns=("person_id", "flagged"), optional=True),
    ),
    writes=(LINK,),
    analyze=analyze,
    parameters=LinksParameters,
    quality="tested",
)
