"""What the commands print with: one console for people, plain streams for machines."""

import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from arro3.core import Table as ArrowTable
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from sonnim.tables.errors import StopError
from sonnim.tables.words import say
from sonnim.workspace.workspace import Workspace

# What commands say goes to stdout; bars and waiting go to stderr, so that output can be piped.
out = Console(highlight=False, markup=False, emoji=False)
aside = Console(stderr=True, highlight=False, markup=False, emoji=False)


def line(key: str, /, **values: object) -> None:
    """Prints one sentence of the catalog."""
    out.print(say(key, None, **values), soft_wrap=True)


@contextmanager
def counting() -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar for each name; gives the function to call with name, done and total."""
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
    )  # fmt: skip
    with Progress(*columns, console=aside, transient=True) as progress:
        tasks: dict[str, Any] = {}

        def tell(name: str, done: int, total: int) -> None:
            if name not in tasks:
                tasks[name] = progress.add_task(name, total=max(total, 1))
            progress.update(tasks[name], completed=done if total else 1, total=max(total, 1))

        yield tell


def rows_of(table: ArrowTable) -> Iterator[dict[str, Any]]:
    """The rows of an Arrow table, a batch at a time, as JSON can hold them."""
    for batch in table.to_batches():
        columns = [batch.column(name).to_pylist() for name in table.column_names]
        for values in zip(*columns, strict=True):
            yield {
                name: value.isoformat() if isinstance(value, (date, datetime)) else value
                for name, value in zip(table.column_names, values, strict=True)
            }


def print_json(table: ArrowTable) -> None:
    """Prints a table as one JSON array, a row a line."""
    sys.stdout.write("[")
    for number, row in enumerate(rows_of(table)):
        sys.stdout.write(",\n" if number else "\n")
        sys.stdout.write(json.dumps(row, ensure_ascii=False, allow_nan=False, default=str))
    sys.stdout.write("\n]\n")


def print_csv(workspace: Workspace, name: str) -> None:
    """Prints a table as CSV, just as `export` writes it."""
    with tempfile.TemporaryDirectory(prefix="sonnim-") as folder:
        file = Path(folder) / f"{name}.csv"
        workspace.export(name, file)
        sys.stdout.flush()
        with file.open("rb") as stream:
            shutil.copyfileobj(stream, sys.stdout.buffer)


def settings_of(texts: Sequence[str] | None) -> dict[str, object]:
    """`--set name=value` as a dictionary.

    Raises:
        StopError: A text has no =.
    """
    found: dict[str, object] = {}
    for text in texts or ():
        name, sign, value = text.partition("=")
        if not sign or not name:
            raise StopError("cli_set_unreadable", received=text)
        found[name.replace("-", "_")] = value
    return found


def write_text(file: Path, text: str) -> None:
    """Writes a text file whole or not at all.

    Raises:
        StopError: It cannot be written.
    """
    temporary = file.with_name(f".{file.name}.tmp")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(file)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        reason = error.strerror or str(error)
        raise StopError("disk_full", folder=str(file.parent), reason=reason) from None
