"""The exam of file connectors: `check_connector` runs it (so far: hostile files)."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from sonnim.checks.failed import fail, raise_all
from sonnim.checks.hostile_files import write_hostile_files
from sonnim.connectors.base import Connector
from sonnim.engines.base import Engine
from sonnim.tables.errors import SonnimError
from sonnim.tables.table import Table

_SOURCE = "exam"


def check_connector(
    connector: Connector, make_engine: Callable[[], Engine], *, only: str = ""
) -> None:
    """Reads every hostile file: rows, rejected rows or an error of ours may come, nothing else.

    Args:
        connector: The connector.
        make_engine: Makes the engine that runs the shaped steps (DuckDB, which scans files).
        only: Ending of the files to try (".csv"), all by default.

    Raises:
        CheckFailed: Lists the files that raised another error, or rows of a wrong schema.

    Example:
        >>> from sonnim.engines.duckdb import DuckEngine
        >>> check_connector(CONNECTOR, DuckEngine, only=".csv")  # doctest: +SKIP
    """
    failures = []
    tried = 0
    with tempfile.TemporaryDirectory(prefix="sonnim-exam-") as folder:
        for path in write_hostile_files(Path(folder)):
            if not path.name.endswith(only):
                continue
            tried += 1
            try:
                _read(connector, make_engine, path)
            except Exception as error:
                failures.append((path.name, f"{type(error).__name__}: {error}"))
    raise_all(connector.name, tried, failures)


def _read(connector: Connector, make_engine: Callable[[], Engine], path: Path) -> None:
    try:
        payloads = list(connector.fetch(str(path), _SOURCE))
    except SonnimError as error:
        if not str(error).strip():
            raise fail("hostile files", path.name, wanted="a text", got="") from error
        return
    for payload in payloads:
        try:
            shaped = connector.shape(payload, connector.propose(payload))
            with make_engine() as engine:
                for part in shaped:
                    for steps in (part.good, part.rejected):
                        if steps:
                            ticket = engine.run(steps)
                            engine.fetch(
                                Table(schema=steps[-1].output, name=ticket.name)
                            ).read_all()
        except SonnimError:
            continue
        finally:
            for temporary in payload.temporary:
                temporary.unlink(missing_ok=True)
