"""A full disk or a missing permission as one clear error, whichever library met it."""

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sonnim.tables.errors import SonnimError, StopError

_REFUSED = (
    errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM,
)  # fmt: skip
_NUMBER = re.compile(r'"errno":"(\d+)"|\(os error (\d+)\)')


@contextmanager
def disk(folder: Path) -> Iterator[None]:
    """Turns what the disk refuses while something is written into a `StopError`.

    Args:
        folder: Where it is written, for the message.

    Raises:
        StopError: The disk refused.
    """
    try:
        yield
    except Exception as error:
        # A failed step says what DuckDB met; our other errors say it themselves.
        ours = isinstance(error, SonnimError) and error.key != "step_failed"
        refused = None if ours else _refused(error)
        if refused is None:
            raise
        reason = os.strerror(refused.errno) if refused.errno else str(refused)
        raise StopError("disk_full", folder=str(folder), reason=reason) from error


def _refused(error: BaseException | None) -> OSError | None:
    # DuckDB and delta-rs tell the number in the text of errors of their own.
    while error is not None:
        number = _NUMBER.search(str(error.args))
        if number and int(number[1] or number[2]) in _REFUSED:
            return OSError(int(number[1] or number[2]), "")
        for one in (error, *error.args):
            if isinstance(one, OSError):
                return one
        error = error.__cause__
    return None
