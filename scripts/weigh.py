"""Prints how many MB each installed distribution takes, and all together (for `make weigh`).

Usage: python scripts/weigh.py [ENVIRONMENT] [--only LOCK_FILE] [--limit MB]

pip and setuptools come with every environment and are not counted; neither is Sonnim itself when
it is installed editable. `--only` counts what a lock file names: so the core is weighed in a
developer's environment too. With `--limit`, exits with 1 when the total is above it.
"""

import argparse
import re
import sys
from importlib.metadata import Distribution, distributions
from pathlib import Path

NOT_COUNTED = {"pip", "setuptools"}
MEGABYTE = 1_000_000


def weight(distribution: Distribution) -> int:
    """Bytes on disk of one distribution, its compiled bytecode included."""
    total = 0
    for file in distribution.files or ():
        path = Path(str(distribution.locate_file(file)))
        if path.is_file():
            total += path.stat().st_size
    return total


def weights(environment: Path) -> dict[str, int]:
    """Bytes by name of distribution."""
    folders = [str(path) for path in environment.glob("lib/python*/site-packages")]
    found = distributions(path=folders)
    return {d.name: weight(d) for d in found if d.name.lower() not in NOT_COUNTED}


def canonical(name: str) -> str:
    """A distribution's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(lock: Path) -> set[str]:
    """The names in a lock file."""
    text = lock.read_text(encoding="utf-8")
    return {canonical(name) for name in re.findall(r"^([\w.-]+)==", text, flags=re.MULTILINE)}


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("environment", nargs="?", type=Path, default=Path(".venv"))
    parser.add_argument("--only", type=Path, help="lock file whose packages are counted")
    parser.add_argument("--limit", type=float, help="MB allowed in total")
    arguments = parser.parse_args()
    by_name = weights(arguments.environment)
    if arguments.only is not None:
        wanted = locked(arguments.only)
        by_name = {name: size for name, size in by_name.items() if canonical(name) in wanted}
    if not by_name:
        print(
            f"no installed packages in {arguments.environment}: run make setup-core",
            file=sys.stderr,
        )
        return 2
    for name, size in sorted(by_name.items(), key=lambda item: -item[1]):
        print(f"{size / MEGABYTE:8.1f} MB  {name}")
    total = sum(by_name.values()) / MEGABYTE
    print(f"{total:8.1f} MB  in total")
    if arguments.limit is not None and total > arguments.limit:
        print(f"more than the {arguments.limit:g} MB allowed", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
