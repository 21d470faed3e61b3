"""Who spoke of the same: SQL of links between people who engage with one subject at one time.

Newman 2001 ("Scientific collaboration networks II", Phys. Rev. E 64, 016132) weighs a tie of two
who worked on the same paper by how few they were. Here, likewise, everybody shares one link equally
among those they met over a subject.
"""

from sonnim.analyzers.cells import number, working
from sonnim.analyzers.texts import HEARD
from sonnim.tables.step import Step

CROWDS = "engaged_crowds"
TIES = "engaged_ties"
_DAY = 8.64e10


def engaged_steps(days: float, most: int) -> tuple[Step, ...]:
    """Who met over which subject; the last step, `TIES`, has both ways of each.

    Time is cut into slots as long as the window: who shares one is within it, and of those in
    slots side by side the last time of the earlier and the first of the later tell. So nobody is
    compared with more than twice `most` others.

    Args:
        days: Within which two are together.
        most: Most people of a subject in one slot; more are a crowd, which links nobody.
    """
    window = number(days * _DAY)
    there = f"person_id IS NOT NULL AND time IS NOT NULL AND {HEARD}"
    return (
        Step(
            name="engaged_visits",
            sql=(
                "SELECT person_id, what, slot, min(time) AS first, max(time) AS last FROM ("
                "SELECT person_id, concat('subject ', lower(trim(subject))) AS what, time, "
                f"CAST(floor(unix_micros(time) / {window}) AS BIGINT) AS slot FROM message "
                f"WHERE {there} AND trim(subject) <> '' UNION ALL "
                "SELECT person_id, concat('thread ', thread_id), time, "
                f"CAST(floor(unix_micros(time) / {window}) AS BIGINT) FROM message "
                f"WHERE {there} AND thread_id <> '') spoke GROUP BY person_id, what, slot"
            ),
            inputs=("message",),
            output=working("engaged_visits", "Who spoke of what, and when"),
            note="Each person once for each subject or thread and slot of time",
        ),
        Step(
            name=CROWDS,
            sql=(
                "SELECT what, slot, CAST(count(*) AS BIGINT) AS people FROM engaged_visits "
                f"GROUP BY what, slot HAVING count(*) > {most}"
            ),
            inputs=("engaged_visits",),
            output=working(CROWDS, "Subjects that too many spoke of at once"),
            note="Where everybody is, nobody meets",
            # Counted when the links are there.
            keep=True,
        ),
        Step(
            name="engaged_few",
            sql=(
                "SELECT v.person_id, v.what, v.slot, v.first, v.last FROM engaged_visits v "
                f"WHERE NOT EXISTS (SELECT 1 FROM {CROWDS} c "
                "WHERE c.what = v.what AND c.slot = v.slot)"
            ),
            inputs=("engaged_visits", CROWDS),
            output=working("engaged_few", "Who spoke of what among few"),
            note="Without the crowds",
        ),
        Step(
            name="engaged_met",
            sql=(
                "SELECT least(a.person_id, b.person_id) AS one, "
                "greatest(a.person_id, b.person_id) AS other, a.what, "
                "max(greatest(a.first, b.first)) AS time FROM engaged_few a JOIN engaged_few b "
                "ON b.what = a.what AND a.person_id <> b.person_id AND (b.slot = a.slot OR "
                "(b.slot = a.slot + 1 AND unix_micros(b.first) - unix_micros(a.last) "
                f"<= {window})) GROUP BY least(a.person_id, b.person_id), "
                "greatest(a.person_id, b.person_id), a.what"
            ),
            inputs=("engaged_few",),
            output=working("engaged_met", "Who met over what, and when last"),
            note="Two who spoke of the same within the window",
        ),
        Step(
            name=TIES,
            sql=(
                "SELECT from_id, to_id, time, "
                "1e0 / count(*) OVER (PARTITION BY from_id, what) AS weight FROM ("
                "SELECT one AS from_id, other AS to_id, what, time FROM engaged_met UNION ALL "
                "SELECT other, one, what, time FROM engaged_met) ways"
            ),
            inputs=("engaged_met",),
            output=working(TIES, "Links of those who met"),
            note="One each way; everybody shares one link among those they met over a subject",
        ),
    )
