"""In which groups does the mood fall faster than elsewhere?

Method: for each group, the share of negative messages of the last `days` days and of the
    `days_before` days before them, beside the same of everybody else: how much more it rose is the
    difference of the two differences, with Newcombe's interval from Wilson's. Whether that is more
    than chance is asked with a normal test, corrected over all groups. Messages of bridges, who
    carry what is said to other groups, stand first in the evidence.
Source: Newcombe 1998, Statistics in Medicine 17, 873-890 (method 10, taken twice); Benjamini and
    Hochberg 1995 (correction).
Limits: groups are those found today; who joined lately brings their past along. One person who
    writes much counts much. The model's errors are alike in both periods, but make differences
    smaller than they are. Groups with fewer than `least` messages in either period have no row.
Quality: tested
"""

from dataclasses import dataclass

from sonnim.analyzers.base import Analyzer, Reads
from sonnim.analyzers.cells import number, working
from sonnim.engines.base import Engine
from sonnim.engines.statistics import z_value
from sonnim.graphs.network import PACKAGES
from sonnim.tables.answer import Answer, Caveat
from sonnim.tables.answers import MOOD
from sonnim.tables.answers_network import COMMUNITY, GROUP_MOOD
from sonnim.tables.facts import MESSAGE
from sonnim.tables.parameters import Limit, parameter
from sonnim.tables.step import Step

_DAY = 8.64e10
_CELLS = ("after", "before", "after_others", "before_others")


@dataclass(frozen=True, kw_only=True)
class GroupMoodParameters:
    """Parameters of `group_mood`."""

    days: int = parameter(30, Limit(meaning="Days that are lately", low=1, high=10_000))
    days_before: int = parameter(
        180, Limit(meaning="Days before these that they are held against", low=1, high=10_000)
    )
    least: int = parameter(
        20, Limit(meaning="Fewest messages of a group in each period", low=5, high=1e6)
    )
    level: float = parameter(
        0.05, Limit(meaning="Share of false alarms among groups called falling", low=1e-4, high=0.5)
    )


def steps(parameters: GroupMoodParameters) -> tuple[Step, ...]:
    """All SQL of the analysis."""
    z = z_value(0.95)
    age = f"(unix_micros(newest) - unix_micros(time)) / {number(_DAY)}"
    days, before = number(parameters.days), number(parameters.days + parameters.days_before)
    shares = ", ".join(
        f"bad_{one} / nullif(n_{one}, 0e0) AS p_{one}, "
        f"wilson_low(bad_{one}, n_{one}, {z!r}) AS low_{one}, "
        f"wilson_high(bad_{one}, n_{one}, {z!r}) AS high_{one}"
        for one in _CELLS
    )
    # Newcombe's interval of a difference of four shares: how far each reaches, squared and summed.
    down = " + ".join(
        f"power({one}, 2)"
        for one in (
            "p_after - low_after", "high_before - p_before",
            "high_after_others - p_after_others", "p_before_others - low_before_others",
        )
    )  # fmt: skip
    up = " + ".join(
        f"power({one}, 2)"
        for one in (
            "high_after - p_after", "p_before - low_before",
            "p_after_others - low_after_others", "high_before_others - p_before_others",
        )
    )  # fmt: skip
    variance = " + ".join(
        f"(bad_{one} + 1e0) / (n_{one} + 2e0) * (1e0 - (bad_{one} + 1e0) / (n_{one} + 2e0)) "
        f"/ (n_{one} + 2e0)"
        for one in _CELLS
    )
    return (
        Step(
            name="group_mood_messages",
            sql=(
                "SELECT community_id, bridge, message_id, time, negative, "
                f"CASE WHEN age < {days} THEN 1 WHEN age < {before} THEN 0 END AS late FROM ("
                f"SELECT c.community_id, c.bridge, m.message_id, m.time, {age} AS age, "
                "CASE WHEN o.label = 'negative' THEN 1e0 ELSE 0e0 END AS negative FROM ("
                "SELECT message_id, person_id, time, max(time) OVER () AS newest FROM message "
                "WHERE time IS NOT NULL) m JOIN community c ON c.person_id = m.person_id "
                "JOIN mood o ON o.message_id = m.message_id WHERE o.label <> 'unsure') aged"
            ),
            inputs=("message", "community", "mood"),
            output=working("group_mood_messages", "Messages of groups with a mood, by period"),
            note="Messages with a mood, lately (1) and before (0)",
        ),
        Step(
            name="group_mood_sums",
            sql=(
                "SELECT community_id, "
                "sum(CASE WHEN late = 1 THEN 1e0 ELSE 0e0 END) AS n_after, "
                "sum(CASE WHEN late = 1 THEN negative ELSE 0e0 END) AS bad_after, "
                "sum(CASE WHEN late = 0 THEN 1e0 ELSE 0e0 END) AS n_before, "
                "sum(CASE WHEN late = 0 THEN negative ELSE 0e0 END) AS bad_before "
                "FROM group_mood_messages WHERE late IS NOT NULL GROUP BY community_id"
            ),
            inputs=("group_mood_messages",),
            output=working("group_mood_sums", "Messages of each group in both periods"),
            note="Messages and negative ones of each group, in both periods",
        ),
        Step(
            name="group_mood_beside",
            sql=(
                "SELECT *, "
                + ", ".join(
                    f"sum({one}) OVER () - {one} AS {one}_others"
                    for one in ("n_after", "bad_after", "n_before", "bad_before")
                )
                + " FROM group_mood_sums"
            ),
            inputs=("group_mood_sums",),
            output=working("group_mood_beside", "The same of everybody else"),
            note="Beside each group everybody else",
        ),
        Step(
            name="group_mood_tested",
            sql=(
                "SELECT *, (p_after - p_before) - (p_after_others - p_before_others) AS value, "
                f"sqrt({down}) AS down, sqrt({up}) AS up, "
                "two_sided_p(((p_after - p_before) - (p_after_others - p_before_others)) / "
                f"sqrt({variance})) AS p_value FROM (SELECT *, {shares} "
                f"FROM group_mood_beside WHERE n_after >= {parameters.least} "
                f"AND n_before >= {parameters.least} AND n_after_others >= {parameters.least} "
                f"AND n_before_others >= {parameters.least}) shares"
            ),
            inputs=("group_mood_beside",),
            output=working("group_mood_tested", "Differences of differences"),
            note="How much more the negative share rose than everybody else's",
        ),
        Step(
            name="group_mood_corrected",
            sql=(
                "SELECT *, min(p_value * tests / place) OVER (ORDER BY place DESC NULLS LAST "
                "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS q FROM (SELECT *, "
                "count(*) OVER () AS tests, row_number() OVER (ORDER BY p_value NULLS LAST, "
                "community_id NULLS LAST) AS place FROM group_mood_tested) ranked"
            ),
            inputs=("group_mood_tested",),
            output=working("group_mood_corrected", "Corrected for all groups"),
            note="Benjamini and Hochberg's step-up",
        ),
        Step(
            name="group_mood_shown",
            sql=(
                "SELECT community_id, max_by(message_id, (bridge, unix_micros(time), message_id), "
                "3) AS evidence FROM group_mood_messages WHERE late = 1 AND negative = 1e0 "
                "AND bridge IS NOT NULL GROUP BY community_id"
            ),
            inputs=("group_mood_messages",),
            output=working("group_mood_shown", "Latest negative messages, of bridges first"),
            note="Negative messages lately, of bridges first",
        ),
        Step(
            name=GROUP_MOOD.name,
            sql=(
                "SELECT c.community_id, p_before AS before, p_after AS after, "
                "p_before_others AS others_before, p_after_others AS others_after, value, "
                "greatest(value - down, -2e0) AS low, least(value + up, 2e0) AS high, "
                "CAST(n_after AS BIGINT) AS n, CAST(n_before AS BIGINT) AS n_before, p_value, "
                "least(q, 1e0) AS q_value, "
                f"least(q, 1e0) < {number(parameters.level)} AND value > 0e0 AS falling, "
                "s.evidence FROM group_mood_corrected c LEFT JOIN group_mood_shown s "
                "ON s.community_id = c.community_id"
            ),
            inputs=("group_mood_corrected", "group_mood_shown"),
            output=GROUP_MOOD,
            note="One row for each group with enough messages in both periods",
        ),
    )


def analyze(engine: Engine, parameters: GroupMoodParameters) -> Answer:
    """Holds each group's mood against everybody else's."""
    made = steps(parameters)
    return Answer(
        tables=(engine.run(made),), steps=made, caveats=(Caveat(key="caveat_group_mood"),)
    )


ANALYZER = Analyzer(
    name="group_mood",
    version="1",
    reads=(
        Reads(schema=COMMUNITY, columns=("person_id", "community_id"), also=("bridge",)),
        Reads(schema=MESSAGE, columns=("person_id", "time")),
        Reads(schema=MOOD, columns=("label",)),
    ),
    writes=(GROUP_MOOD,),
    analyze=analyze,
    parameters=GroupMoodParameters,
    # It is SQL alone, but of groups that only the extra finds.
    packages=PACKAGES,
    extra="network",
    quality="tested",
)
