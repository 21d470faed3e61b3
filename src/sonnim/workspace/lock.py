"""One writer at a time; readers need no lock (snapshots)."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sonnim.tables.errors import RetryError

try:
    import fcntl
except ImportError:  # Windows: there the Delta commit itself is the only guard
    fcntl = None  # type: ignore[assignment]


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Holds the workspace's write lock; the system frees it when the process dies.

    Raises:
        RetryError: Another process is writing.
    """
    place = folder / ".sonnim"
    place.mkdir(exist_ok=True)
    with (place / "lock").open("w") as file:
        if fcntl is not None:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise RetryError("workspace_locked", folder=str(folder)) from None
        file.write(str(os.getpid()))
        file.flush()
        yield
