"""All errors of Sonnim: one root, grouped by what to do next (retry, skip, stop)."""

from sonnim.tables.words import say


class SonnimError(Exception):
    """Root of all our errors.

    The text says what is wrong, where, what was received, what is allowed and what to do next;
    it is looked up under `key` in the packages' `words.toml`, in Korean and English, and never
    holds what a customer wrote.

    Args:
        key: Entry in a `words.toml`.
        values: Values for the places in the text.
    """

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values

    def __str__(self) -> str:
        return say(self.key, None, **self.values)

    def __reduce__(self) -> tuple[object, ...]:
        # Errors cross process borders in `Engine.map`.
        return (_rebuild, (type(self), self.key, self.values))


class RetryError(SonnimError):
    """May pass when tried again: a lock held by another writer, a server that is busy."""


class SkipError(SonnimError):
    """One source or row cannot be taken; the others can."""


class StopError(SonnimError):
    """The caller must change something first."""


def _rebuild(kind: type[SonnimError], key: str, values: dict[str, object]) -> SonnimError:
    return kind(key, **values)
