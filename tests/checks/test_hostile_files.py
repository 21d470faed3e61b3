"""Every hostile file through the real import path."""

from pathlib import Path

import pytest

from sonnim.checks.hostile_files import MISSING, hostile_files
from sonnim.checks.hostile_texts import HostileFile
from sonnim.checks.import_exam import HostileThing, check_import
from tests.checks.importing import take


def kind(file: HostileFile) -> str:
    return file.name.rpartition(".")[2]


KINDS = sorted({kind(file) for file in hostile_files()})


@pytest.mark.slow
@pytest.mark.parametrize("ending", KINDS)
def test_files_of_a_kind(ending: str, tmp_path: Path) -> None:
    things = []
    for file in hostile_files():
        if kind(file) == ending:
            path = tmp_path / file.name
            path.write_bytes(file.content)
            things.append(HostileThing(name=file.name, location=str(path), rows=file.rows))
    assert check_import(things, take) == len(things)


def test_what_is_not_there(tmp_path: Path) -> None:
    check_import([HostileThing(name=MISSING, location=str(tmp_path / MISSING))], take)
