"""Measures of networks as SQL in rounds, for networks that one machine does not hold.

The same definitions as in `sonnim.graphs`, which is much faster where the network fits. Each
function gets the names of two tables: people, by `place`, and edges, by `source`, `target` and
`weight`, whose ends are such people. Edges from somebody to themselves, and those of weight 0, do
not count; those that stand there several times are one, with the sum of their weights.
"""

from sonnim.analyzers.cells import number, working
from sonnim.analyzers.rounds import Rounds
from sonnim.graphs.rank import enough_rounds, near_enough
from sonnim.tables.step import Step

_COUNTS = "source <> target AND weight > 0e0"
_NO_WHOLE, _NO_NUMBER = "CAST(NULL AS BIGINT)", "CAST(NULL AS DOUBLE)"


def rank_rounds(
    name: str,
    people: str,
    edges: str,
    *,
    damping: float = 0.85,
    tolerance: float = 1e-10,
    iterations: int | None = None,
) -> Rounds:
    """PageRank, as `graphs.rank.pagerank` defines it: `place` and `share`, which sum to 1.

    A round reads every edge once. What stands with people who turn to nobody is spread over all.

    Args:
        name: Name of the last step; the others begin with it.
        people: Table of people.
        edges: Table of edges, from who turns to somebody, to them.
        damping: How often the walker goes on rather than begins anew; from 0 to below 1.
        tolerance: At most how far all shares together are from those that stay as they are; above
            0.
        iterations: How many rounds instead, whatever the tolerance; 1 or more.
    """
    ways, walk, following = f"{name}_ways", f"{name}_walk", f"{name}_walked"
    goes, anew = number(damping), number(1 - damping)
    begin = (
        Step(
            name=ways,
            sql=(
                f"SELECT e.source, e.target, e.weight / t.weight AS part FROM {edges} e JOIN ("
                f"SELECT source, sum(weight) AS weight FROM {edges} WHERE {_COUNTS} "
                "GROUP BY source) t ON t.source = e.source "
                "WHERE e.source <> e.target AND e.weight > 0e0"
            ),
            inputs=(edges,),
            output=working(ways, "Edges with their part of all that their source sends"),
            note="How much of the attention of each goes along each edge",
            keep=True,
        ),
        Step(
            name=walk,
            sql=(
                "SELECT p.place, a.fresh AS share, a.fresh AS before, a.fresh, "
                "CASE WHEN s.source IS NULL THEN 1e0 ELSE 0e0 END AS stuck "
                f"FROM {people} p CROSS JOIN (SELECT 1e0 / nullif(count(*), 0) AS fresh "
                f"FROM {people}) a LEFT JOIN (SELECT DISTINCT source FROM {ways}) s "
                "ON s.source = p.place"
            ),
            inputs=(people, ways),
            output=working(walk, "Where the walker is"),
            note="The walker begins with everybody alike; stuck: who turns to nobody",
            keep=True,
        ),
    )
    each = (
        Step(
            name=following,
            sql=(
                f"SELECT place, ({anew} + {goes} * (SELECT coalesce(sum(share * stuck), 0e0) "
                f"FROM {walk})) * fresh + {goes} * heard AS share, before, fresh, stuck FROM ("
                "SELECT place, sum(heard) AS heard, max(share) AS before, max(fresh) AS fresh, "
                f"max(stuck) AS stuck FROM (SELECT place, share, fresh, stuck, 0e0 AS heard "
                f"FROM {walk} UNION ALL SELECT e.target, {_NO_NUMBER}, {_NO_NUMBER}, "
                f"{_NO_NUMBER}, w.share * e.part FROM {walk} w JOIN {ways} e "
                "ON e.source = w.place) told GROUP BY place) gathered"
            ),
            inputs=(walk, ways),
            output=working(following, "Where the walker is one step later"),
            note="One round; repeated from its own outcome until the shares stay as they are",
            keep=True,
        ),
    )
    end = (
        Step(
            name=name,
            sql=(
                f"SELECT place, share / (SELECT sum(share) FROM {following}) AS share "
                f"FROM {following}"
            ),
            inputs=(following,),
            output=working(name, "PageRank"),
            note="The share of the time that the walker spends with each",
        ),
    )
    fixed = iterations is not None
    return Rounds(
        begin=begin,
        each=each,
        moved="sum(abs(share - before))",
        enough=None if fixed else near_enough(damping, tolerance),
        most=iterations if fixed else enough_rounds(damping, tolerance),
        end=end,
    )


def part_rounds(name: str, people: str, edges: str) -> Rounds:
    """Parts that hang together, as `graphs.components`: `place` and `part`, the lowest place in it.

    FastSV (Zhang, Azad and Hu 2020, "FastSV: A Distributed-Memory Connected Component Algorithm
    with Fast Convergence"): everybody points at somebody of a lower place in the same part, in the
    end at the lowest. In each round all look where those they point at, and those around them,
    point; so distances double, and a chain of a thousand people takes a dozen rounds. A round
    reads every edge once from each end.

    Args:
        name: Name of the last step; the others begin with it.
        people: Table of people.
        edges: Table of edges; a tie binds both its ends.
    """
    both, points, ahead, near, following = (
        f"{name}_{one}" for one in ("ends", "points", "ahead", "near", "pointed")
    )
    begin = (
        Step(
            name=both,
            sql=(
                f"SELECT source AS place, target AS other FROM {edges} WHERE {_COUNTS} "
                f"UNION ALL SELECT target, source FROM {edges} WHERE {_COUNTS}"
            ),
            inputs=(edges,),
            output=working(both, "Each edge from both ends"),
            note="Each edge from both ends",
        ),
        Step(
            name=points,
            sql=f"SELECT place, place AS part, place AS before FROM {people}",
            inputs=(people,),
            output=working(points, "Whom each points at"),
            note="Everybody points at themselves",
            keep=True,
        ),
    )
    each = (
        Step(
            name=ahead,
            sql=(
                f"SELECT p.place, p.part, o.part AS ahead FROM {points} p "
                f"JOIN {points} o ON o.place = p.part"
            ),
            inputs=(points,),
            output=working(ahead, "Whom those point at that each points at"),
            note="Whom those point at that each points at",
            keep=True,
        ),
        Step(
            name=near,
            sql=(
                "SELECT place, max(part) AS part, min(ahead) AS lowest FROM ("
                f"SELECT place, part, ahead FROM {ahead} UNION ALL "
                f"SELECT e.place, {_NO_WHOLE}, a.ahead FROM {both} e "
                f"JOIN {ahead} a ON a.place = e.other) seen GROUP BY place"
            ),
            inputs=(ahead, both),
            output=working(near, "The lowest that each sees"),
            note="The lowest of these around each",
            keep=True,
        ),
        Step(
            name=following,
            sql=(
                "SELECT place, min(lowest) AS part, max(before) AS before FROM ("
                f"SELECT place, lowest, part AS before FROM {near} UNION ALL "
                f"SELECT part, lowest, {_NO_WHOLE} FROM {near}) told GROUP BY place"
            ),
            inputs=(near,),
            output=working(following, "Whom each points at now"),
            note="Each, and whom they pointed at, point there; repeated until nobody changes",
            keep=True,
        ),
    )
    end = (
        Step(
            name=name,
            sql=f"SELECT place, part FROM {following}",
            inputs=(following,),
            output=working(name, "Parts that hang together"),
            note="The lowest place of the part that each belongs to",
        ),
    )
    return Rounds(
        begin=begin,
        each=each,
        moved="count_if(part <> before)",
        enough=0.0,
        most=None,
        end=end,
    )


def label_rounds(
    name: str, people: str, edges: str, *, directed: bool = True, iterations: int = 10
) -> Rounds:
    """Groups by label propagation, as `graphs.labels` defines them: `place` and `label`.

    Args:
        name: Name of the last step; the others begin with it.
        people: Table of people.
        edges: Table of edges.
        directed: Whether who turns to somebody and is turned to by them counts twice. If not,
            edges either way are one tie.
        iterations: How many rounds; fewer if nothing changes any more. 1 or more.
    """
    both, bear, following = (f"{name}_{one}" for one in ("ends", "bear", "borne"))
    begin = (
        Step(
            name=both,
            sql=(
                f"SELECT DISTINCT source AS place, target AS other FROM {edges} WHERE {_COUNTS} "
                f"{'UNION ALL' if directed else 'UNION'} "
                f"SELECT DISTINCT target, source FROM {edges} WHERE {_COUNTS}"
            ),
            inputs=(edges,),
            output=working(both, "Each tie from both ends"),
            note="Whom each hears",
            keep=True,
        ),
        Step(
            name=bear,
            sql=f"SELECT place, place AS label, place AS before FROM {people}",
            inputs=(people,),
            output=working(bear, "The label that each bears"),
            note="Everybody bears their own label",
            keep=True,
        ),
    )
    each = (
        Step(
            name=following,
            sql=(
                "SELECT place, min_by(label, (0 - n, label)) AS label, max(before) AS before "
                "FROM (SELECT e.place, b.label, CAST(count(*) AS BIGINT) AS n, "
                f"{_NO_WHOLE} AS before FROM {both} e JOIN {bear} b ON b.place = e.other "
                "GROUP BY e.place, b.label UNION ALL "
                f"SELECT place, label, CAST(0 AS BIGINT), label FROM {bear}) heard GROUP BY place"
            ),
            inputs=(both, bear),
            output=working(following, "The label that each bears now"),
            note="The label heard most, of equal ones the smallest; repeated, all at the same time",
            keep=True,
        ),
    )
    end = (
        Step(
            name=name,
            sql=f"SELECT place, label FROM {following}",
            inputs=(following,),
            output=working(name, "Labels"),
            note="The label that each bears in the end",
        ),
    )
    return Rounds(
        begin=begin,
        each=each,
        moved="count_if(label <> before)",
        enough=0.0,
        most=iterations,
        end=end,
    )


def numbered_step(name: str, source: str, column: str) -> Step:
    """Numbers groups by size, as `graphs.components.numbered`: `place` and `number`.

    Args:
        name: Name of the step.
        source: Step with `place` and the column.
        column: What people of one group share.
    """
    return Step(
        name=name,
        sql=(
            f"SELECT s.place, CAST(g.number AS BIGINT) AS number FROM {source} s JOIN ("
            f"SELECT {column}, row_number() OVER (ORDER BY n DESC NULLS LAST, first NULLS LAST) "
            f"- 1 AS number FROM (SELECT {column}, count(*) AS n, min(place) AS first "
            f"FROM {source} GROUP BY {column}) sizes) g ON g.{column} = s.{column}"
        ),
        inputs=(source,),
        output=working(name, "Groups by number"),
        note="The largest group is 0; of equal ones that of the lowest person is first",
        keep=True,
    )


def forest_rounds(name: str, parents: str) -> Rounds:
    """Cascades, as `graphs.cascades` defines them: `place`, `root`, `depth` and `virality`.

    Goes by doubling, as there: after k rounds every message knows what lies within 2^k steps above
    it and below it. Virality is of the whole cascade, told of its first message; of others it is 0.

    Args:
        name: Name of the last step; the others begin with it.
        parents: Table of messages: `place`, in order of time, and `parent`, the place of what each
            hangs on. A parent that is below 0 or not earlier is none.
    """
    hung, following = f"{name}_hung", f"{name}_climbed"
    begin = (
        Step(
            name=hung,
            sql=(
                "SELECT place, jump, coalesce(jump, place) AS root, "
                "CAST(CASE WHEN jump IS NULL THEN 0 ELSE 1 END AS BIGINT) AS depth, "
                "CAST(1 AS BIGINT) AS below FROM (SELECT place, "
                f"CASE WHEN parent >= 0 AND parent < place THEN parent END AS jump FROM {parents}) "
                "given"
            ),
            inputs=(parents,),
            output=working(hung, "What is known above and below each message"),
            note="Each message knows what it hangs on",
            keep=True,
        ),
    )
    each = (
        Step(
            name=following,
            sql=(
                "SELECT h.place, j.jump, coalesce(j.root, h.root) AS root, "
                "h.depth + coalesce(j.depth, 0) AS depth, h.below + coalesce(g.below, 0) AS below "
                f"FROM {hung} h LEFT JOIN {hung} j ON j.place = h.jump LEFT JOIN ("
                f"SELECT jump AS place, CAST(sum(below) AS BIGINT) AS below FROM {hung} "
                "WHERE jump IS NOT NULL GROUP BY jump) g ON g.place = h.place"
            ),
            inputs=(hung,),
            output=working(following, "The same, twice as far"),
            note="Twice as far above and below; repeated until all know their first message",
            keep=True,
        ),
    )
    share = "CAST(m.below AS DOUBLE) * (r.below - m.below)"
    end = (
        Step(
            name=name,
            sql=(
                "SELECT h.place, h.root, h.depth, coalesce(v.virality, 0e0) AS virality "
                f"FROM {following} h LEFT JOIN (SELECT m.root, sum({share}) / "
                "(CAST(max(r.below) AS DOUBLE) * (max(r.below) - 1) / 2e0) AS virality "
                f"FROM {following} m JOIN {following} r ON r.place = m.root WHERE r.below > 1 "
                "GROUP BY m.root) v ON v.root = h.place"
            ),
            inputs=(following,),
            output=working(name, "Messages and their cascades"),
            note="First message and depth of each; mean distance between two messages of a cascade",
            keep=True,
        ),
    )
    return Rounds(
        begin=begin,
        each=each,
        moved="count_if(jump IS NOT NULL)",
        enough=0.0,
        most=None,
        end=end,
    )
