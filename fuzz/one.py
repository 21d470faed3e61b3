"""Fuzzes one family until time is over or something is found: `python -m fuzz.one csv FOLDER`."""

import logging
import os
import sys
import warnings

import atheris

INSIDE = ["sonnim.connectors", "sonnim.workspace", "email", "csv", "html.parser", "tomlkit"]

with atheris.instrument_imports(include=INSIDE):
    from fuzz.families import FAMILIES, found, loaded

    loaded()


def main() -> None:
    """Hands the family to libFuzzer, with the options behind its name."""
    family = FAMILIES[sys.argv[1]]
    logging.disable()
    warnings.simplefilter("ignore")
    os.environ.setdefault("SONNIM_MEMORY", "256MB")

    def one(content: bytes) -> None:
        found(family, content)

    atheris.Setup([sys.argv[0], *sys.argv[2:], f"-max_len={family.longest}"], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
