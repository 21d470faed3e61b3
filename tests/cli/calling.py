"""Calls the command line in this process."""

from typing import Any

from sonnim.cli.app import main
from sonnim.tables.words import set_language


def call(capsys: Any, *arguments: object) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of one command."""
    try:
        main([str(one) for one in arguments])
        code = 0
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else 1
    finally:
        set_language(None)
    said = capsys.readouterr()
    return code, said.out, said.err
