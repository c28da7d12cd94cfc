"""Runs a scenario on the engine and on the oracle: a closed form must hold for both."""

from __future__ import annotations

import pytest
from oracle.simulate import simulate as oracle_simulate

ORACLE_PATHS = 2_000


@pytest.fixture(params=["engine", "oracle"])
def run(request):
    """``run(scenario, paths, seed)`` -> states, counts, happened, in_force; the oracle takes fewer paths."""
    if request.param == "oracle":
        return lambda scenario, paths, seed=1: oracle_simulate(scenario, min(paths, ORACLE_PATHS), seed)
    return on_engine


def on_engine(scenario, paths, seed=1):
    from relsim.engine import record
    from relsim.model import build

    return record(build(scenario), paths=paths, seed=seed, draws=scenario.draws)


@pytest.fixture
def engine():
    return on_engine
