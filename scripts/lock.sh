#!/usr/bin/env bash
# Writes the lock files requirements/core.txt, dev.txt and fuzz.txt anew from pyproject.toml (and
# requirements/build.in, fuzz.in). They hold a hash of every file for every platform, and no address.
# Needs `uv` (pip install uv). Set UPGRADE=1 to take newer versions.
set -euo pipefail
cd "$(dirname "$0")/.."

options=(
  --quiet --universal --python-version 3.11 --generate-hashes
  --no-header --no-emit-index-url --no-emit-find-links --no-annotate
)
[ -z "${UPGRADE:-}" ] || options+=(--upgrade)

uv pip compile "${options[@]}" pyproject.toml requirements/build.in \
  --output-file requirements/core.txt
# The core's versions bind the larger set: a core environment grows into a developer's.
uv pip compile "${options[@]}" pyproject.toml requirements/build.in --extra dev \
  --constraint requirements/core.txt --output-file requirements/dev.txt
uv pip compile "${options[@]}" requirements/fuzz.in \
  --constraint requirements/dev.txt --output-file requirements/fuzz.txt

if grep -nE '://|^(--|-i|-f)|/(home|root|work|tmp)/' requirements/{core,dev,fuzz}.txt |
  grep -v -- '--hash'; then
  echo "a lock file holds an address or a path" >&2
  exit 1
fi
