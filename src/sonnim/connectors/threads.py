"""Conversations from reply links: each message gets the id of the one that its chain began with."""

from sonnim.tables.step import Step, identifier

_LONGEST = 10_000


def threads(shaped: Step, name: str) -> Step:
    """A step that gives the shaped messages their `thread_id`.

    Walks down from the messages that answer nothing in the file, so that each is met once and a
    circle of replies (which happens in broken exports) is never entered. An answer to something
    that the file lacks begins a thread named by what it answers, so that its siblings share it.

    Args:
        shaped: Gives messages with `message_id`, `reply_to` and an empty `thread_id`.
        name: Name of the step.
    """
    columns = ", ".join(
        "coalesce(found.thread_id, m.message_id) AS thread_id"
        if column == "thread_id"
        else f"m.{identifier(column)}"
        for column in (*shaped.output.names, "sonnim_reason")
    )
    return Step(
        name=name,
        sql=(
            f"WITH RECURSIVE links AS (SELECT DISTINCT message_id, reply_to FROM {shaped.name}), "
            "found(message_id, thread_id, depth) AS ("
            "SELECT message_id, coalesce(reply_to, message_id), 0 FROM links one "
            "WHERE reply_to IS NULL OR NOT EXISTS "
            "(SELECT 1 FROM links other WHERE other.message_id = one.reply_to) "
            "UNION ALL SELECT links.message_id, found.thread_id, found.depth + 1 "
            "FROM links JOIN found ON links.reply_to = found.message_id "
            f"WHERE found.depth < {_LONGEST}) "
            f"SELECT {columns} FROM {shaped.name} m LEFT JOIN "
            "(SELECT message_id, min(thread_id) AS thread_id FROM found GROUP BY message_id) found "
            "ON found.message_id = m.message_id"
        ),
        inputs=(shaped.name,),
        output=shaped.output,
        note="Follows the reply links to the message that each conversation began with",
    )
