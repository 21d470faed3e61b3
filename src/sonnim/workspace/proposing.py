"""What `add` would do with a file, without doing it."""

from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Values

from sonnim.connectors.base import Mapping, Payload
from sonnim.workspace.connections import place_of
from sonnim.workspace.importing import source_name
from sonnim.workspace.mapping_words import mapping_for

_SAMPLES = 3
_WIDTH = 24


def proposals(
    location: str, words: Sequence[str] = (), settings: Values[str, object] | None = None
) -> Iterator[tuple[Payload, Mapping]]:
    """The files at a location with the mapping proposed for each; nothing is written.

    Raises:
        SkipError: A file cannot be read, or nothing can be proposed for it.
        StopError: There is no such location, or a word of `words` is wrong.
    """
    place = place_of(location, "", settings or {})
    connector = place.connector
    for payload in connector.fetch(place.location, "source"):
        try:
            named = source_name(payload.label)
            mapping = mapping_for(payload, words, connector=connector)
            yield payload, Mapping(**{**vars(mapping), "source": named})
        finally:
            for file in payload.temporary:
                file.unlink(missing_ok=True)


def sample_values(payload: Payload, column: str) -> tuple[str, ...]:
    """The first few values of a raw column, each cut to some 24 characters."""
    for raw in payload.columns:
        if raw.name == column:
            values = [value for value in raw.samples if value][:_SAMPLES]
            flat = [" ".join(value.split()) for value in values]
            return tuple(v if len(v) <= _WIDTH else v[: _WIDTH - 1] + "…" for v in flat)
    return ()
