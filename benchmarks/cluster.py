"""A run on a dask cluster of this machine: two workers against one. Run: ``python -m benchmarks.cluster``."""

from __future__ import annotations

import tempfile
import time
from contextlib import ExitStack
from functools import partial

from benchmarks.command import SCENARIO
from benchmarks.timing import by_turns, reached, table

PATHS = 40_000
WORKERS = (1, 2)


def main() -> None:
    try:
        from distributed import LocalCluster
    except ImportError:
        print("\nCluster: needs dask.distributed (relsim[cluster]), skipped")
        return
    from relsim.compose import load
    from relsim.engine import simulate
    from relsim.engine.cluster import connected
    from relsim.model import build

    scenario = load(SCENARIO).scenario
    assert scenario is not None
    model = build(scenario)
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        how = {"threads_per_worker": 1, "dashboard_address": ":0", "memory_limit": 0, "local_directory": folder}
        made = [stack.enter_context(LocalCluster(n_workers=number, processes=True, **how)) for number in WORKERS]
        clusters = [stack.enter_context(connected(one.scheduler_address)) for one in made]
        works = [partial(simulate, model, paths=PATHS, seed=1, run_blocks=one.run, fans=False) for one in clusters]
        single, double = by_turns(*works, rounds=3, clock=time.perf_counter)
    table(
        f"Osaka, {PATHS:,} paths on worker processes (s of wall time)",
        ["one worker", "two", "ratio", "to reach", ""],
        [[single, double, single / double, *reached(single / double, at_least=1.8)]],
    )


if __name__ == "__main__":
    main()
