"""Which corrections count: those of a question, of the text as it is now."""

from sonnim.analyzers.texts import DIGEST

CORRECTS = (
    f"c.message_id = m.message_id AND c.question = 'mood' AND c.text_digest = {DIGEST} "
    "AND c.label IN ('negative', 'neutral', 'positive')"
)
"""SQL that joins a message `m` with its correction `c`, if its text has not changed since."""
