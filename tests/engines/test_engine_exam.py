"""Both engines take the public exam."""

import pytest

from sonnim.checks.engine_exam import EXAM, EngineCheck
from sonnim.engines.base import Engine


@pytest.mark.parametrize("check", EXAM, ids=lambda check: check.name)
def test_engine_keeps_its_contract(engine: Engine, check: EngineCheck) -> None:
    check.run(engine)
