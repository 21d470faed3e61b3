"""A worker process of `map`: reads parts from standard input, answers on standard output.

A process of its own rather than `multiprocessing`: that would import the caller's main module
again, and run a user's script a second time where it has no `if __name__ == "__main__"`.
"""

import os
import pickle
import signal
import sys

from sonnim.engines.duckdb_map import work
from sonnim.tables.errors import SonnimError


def main() -> None:
    """Answers until the input ends, as it does when the parent dies."""
    # Ctrl-C reaches every process of a terminal; the parent decides what becomes of us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    # What a library prints must not get between the answers.
    os.dup2(2, 1)
    requests = sys.stdin.buffer
    while True:
        try:
            function, part = pickle.load(requests)
        except EOFError:
            return
        reply: object
        try:
            reply = work(function, part)
        except SonnimError as error:
            reply = error
        except Exception as error:  # handed to the parent, which raises it
            reply = RuntimeError(f"{type(error).__name__}: {error}")
        pickle.dump(reply, answers)
        answers.flush()


if __name__ == "__main__":
    main()
