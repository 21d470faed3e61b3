"""`Bookmark`: where a connector resumes."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Bookmark:
    """How far a source has been read.

    Attributes:
        source: Name of the source, as in `sonnim.toml`.
        position: The digest of a file's content, or the last key or time of a stream. What it
            means is the connector's affair; equal positions mean "nothing new".
    """

    source: str
    position: str
