"""Every preset's sample made hostile, through the real import path."""

from pathlib import Path

import pytest

from sonnim.checks.import_exam import HostileThing, check_import
from sonnim.checks.mangled import mangled
from tests.checks.importing import take
from tests.connectors.test_presets import SAMPLES, names


@pytest.mark.slow
@pytest.mark.parametrize("sample", SAMPLES, ids=names)
def test_a_sample_made_hostile(sample: Path, tmp_path: Path) -> None:
    things = []
    for file in mangled(sample):
        path = tmp_path / file.name
        path.write_bytes(file.content)
        things.append(HostileThing(name=f"{file.name}: {file.meaning}", location=str(path)))
    assert check_import(things, take, sample.parent.name) == len(things)
