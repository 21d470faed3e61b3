"""`sonnim`: finds the command, chooses the language, turns errors into one sentence.

A command's module is imported when that command is called. `sonnim --help` needs only the
sentences, and so stays quick however many libraries the commands use.
"""

import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any

import typer
from typer.core import TyperGroup

from sonnim import __version__
from sonnim.tables.errors import RetryError, SkipError, SonnimError
from sonnim.tables.words import LANGUAGES, say, set_language

COMMANDS = (
    "new", "add", "run", "show", "label", "report", "explain", "export", "analyze", "evaluate",
    "suggest-labels", "person", "erase", "compare", "demo",
)  # fmt: skip
# As sysexits.h has them, so that scripts can tell "try again" from "change something".
_DATA, _TEMPORARY, _INTERRUPTED = 65, 75, 130


class CommandGroup(TyperGroup):
    """Knows its commands by name and sentence, and loads the one that is called."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The commands in the order in which a person meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command without its body: enough for the list of commands."""
        if cmd_name not in COMMANDS:
            return None
        return _command(cmd_name, _nothing)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command itself, its module imported now."""
        if args and args[0] in COMMANDS:
            return args[0], load(args[0]), args[1:]
        return super().resolve_command(ctx, args)


def load(name: str) -> Any:
    """The command of that name, ready to be called."""
    module = importlib.import_module(f"sonnim.cli.commands.{name.replace('-', '_')}")
    group = getattr(module, "GROUP", None)
    return group if group is not None else _command(name, module.command)


def language_of(arguments: Sequence[str]) -> str | None:
    """What `--lang` says, wherever it stands: help and errors need it before parsing.

    Example:
        >>> language_of(["show", "mood", "--lang", "ko"])
        'ko'
    """
    for place, word in enumerate(arguments):
        name, sign, value = word.partition("=")
        if name == "--lang":
            chosen = value if sign else "".join(arguments[place + 1 : place + 2])
            return chosen if chosen in LANGUAGES else None
    return None


def build() -> Any:
    """The group of all commands, in the language chosen now."""
    root = typer.Typer(
        name="sonnim",
        cls=CommandGroup,
        no_args_is_help=True,
        add_completion=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
        help=say("cli_root"),
        epilog=say("cli_root_end"),
    )
    root.callback()(_root())
    made: Any = typer.main.get_command(root)
    for parameter in made.params:
        # Typer's own options speak English only.
        if parameter.name in ("install_completion", "show_completion"):
            parameter.help = say(f"cli_opt_{parameter.name}")
    return made


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs one command and leaves with its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    set_language(language_of(given))
    try:
        build().main(args=given, prog_name="sonnim")
    except SonnimError as error:
        _complain(str(error))
        code = {RetryError: _TEMPORARY, SkipError: _DATA}.get(type(error), 1)
        sys.exit(code)
    except KeyboardInterrupt:
        _complain(say("cli_interrupted"))
        sys.exit(_INTERRUPTED)
    except SystemExit as stop:
        # Typer catches an interruption within a command, and leaves with its code only.
        if stop.code == _INTERRUPTED:
            _complain(say("cli_interrupted"))
        raise
    except BrokenPipeError:
        # `sonnim show mood | head`: nobody reads on. Python would complain when closing stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        # Whatever it is, a person gets a sentence; who wants the traceback sets SONNIM_DEBUG.
        if os.environ.get("SONNIM_DEBUG"):
            raise
        _complain(say("cli_unexpected", kind=type(error).__name__))
        sys.exit(1)


def _complain(text: str) -> None:
    sys.stderr.write(f"sonnim: {text}\n")


def _command(name: str, function: Any) -> Any:
    one = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    words = f"cli_{name.replace('-', '_')}"
    one.command(
        name,
        help=say(words),
        short_help=say(words).partition("\n")[0],
        epilog=say(f"{words}_end"),
        no_args_is_help=name in ("add", "explain", "export", "person", "erase", "suggest-labels"),
        context_settings={"help_option_names": ["-h", "--help"]},
    )(function)
    return typer.main.get_command(one)


def _nothing() -> None:
    return None


def _version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"sonnim {__version__}\n")
        raise typer.Exit


def _root() -> Any:
    """The options before any command, in the language chosen now."""

    def root(
        version: bool = typer.Option(
            False,
            "--version",
            help=say("cli_opt_version"),
            callback=_version,
            is_eager=True,
            show_default=False,
        ),
        lang: str = typer.Option(
            "", "--lang", help=say("cli_opt_lang"), metavar="ko|en", show_default=False
        ),
    ) -> None:
        return None

    return root


app = build()
"""For tools that want the object; `main` builds another in the language of its arguments."""
