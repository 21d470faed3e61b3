"""RSS and Atom feeds.

**How to get it.** `sonnim add https://…/feed.xml`, or the saved file.

**What becomes of it.** Each entry is a public message (`post`) about what the feed is called.
Entries are known by their id, so that the same feed can be read again and again. The text is that
of the entry, without HTML; where it has none, its title.

**What is not read.** Pictures and sounds that an entry encloses.
"""

from sonnim.connectors.preset import Preset, Rows, To

PRESET = Preset(
    name="feed",
    title="RSS and Atom feeds",
    title_ko="RSS·Atom 피드",
    certain="documented",
    needs=(("entry_id",), ("published",), ("updated",), ("link",), ("categories",), ("feed",)),
    rows=(
        Rows(
            table="message",
            to=(
                To(column="message_id", names=("entry_id",)),
                To(column="time", names=("published",)),
                To(column="person_id", names=("author",)),
                To(column="channel", constant="feed"),
                To(column="kind", constant="post"),
                To(column="direction", constant="public"),
                To(column="text", sql="coalesce(nullif(trim({text}), ''), {title})"),
                To(column="title", names=("title",)),
                To(column="subject", names=("feed",)),
                To(column="url", names=("link",)),
            ),
        ),
    ),
)
