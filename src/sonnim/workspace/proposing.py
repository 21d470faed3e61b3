"""What `add` would do with a file, without doing it."""

from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Values
from dataclasses import dataclass, replace
from pathlib import Path

from sonnim.connectors.base import Mapping, Payload
from sonnim.tables.errors import SkipError
from sonnim.workspace.connections import place_of
from sonnim.workspace.importing import source_name
from sonnim.workspace.mapping_words import mapping_for

_SAMPLES = 3
_WIDTH = 24


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """How one file would be read, or why it would not.

    Attributes:
        label: Name of the file.
        payload: What it is, or None.
        mapping: How it would be read, or None.
        problem: Why it would be skipped, or "".
    """

    label: str
    payload: Payload | None = None
    mapping: Mapping | None = None
    problem: str = ""


def proposals(
    location: str, words: Sequence[str] = (), settings: Values[str, object] | None = None
) -> Iterator[Proposal]:
    """What would come of each file at a location; nothing is written.

    Raises:
        StopError: There is no such location, or a word of `words` is wrong.
    """
    place = place_of(location, "", settings or {})
    connector = place.connector
    payloads = iter(connector.fetch(place.location, "source"))
    while True:
        label, temporary = location, tuple[Path, ...]()
        try:
            payload = next(payloads)
            label, temporary = payload.label, payload.temporary
            mapping = replace(
                mapping_for(payload, words, connector=connector), source=source_name(label)
            )
            yield Proposal(label=label, payload=payload, mapping=mapping)
        except StopIteration:
            return
        except SkipError as error:
            label = str(error.values.get("file", label))
            yield Proposal(label=label, problem=str(error))
        finally:
            for file in temporary:
                file.unlink(missing_ok=True)


def sample_values(payload: Payload, column: str) -> tuple[str, ...]:
    """The first few values of a raw column, each cut to some 24 characters."""
    for raw in payload.columns:
        if raw.name == column:
            values = [value for value in raw.samples if value][:_SAMPLES]
            flat = [" ".join(value.split()) for value in values]
            return tuple(v if len(v) <= _WIDTH else v[: _WIDTH - 1] + "…" for v in flat)
    return ()
