"""The first ``relsim run`` on a machine against the next. Run: ``python -m benchmarks.first_run``."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time

from benchmarks.command import run_command
from benchmarks.timing import reached, table

PATHS = 20_000


def main() -> None:
    seconds = []
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "NUMBA_CACHE_DIR": f"{folder}/kernels"}
        for name in ("first", "second", "third"):
            begun = time.perf_counter()
            subprocess.run(
                run_command(f"{folder}/{name}", PATHS),
                check=True, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            seconds.append(time.perf_counter() - begun)
    first, warm = seconds[0], min(seconds[1:])
    table(
        f"relsim run, Osaka, {PATHS:,} paths, without figures (s of wall time)",
        ["first, kernels compiled", "warm", "more", "to reach", ""],
        [[first, warm, first - warm, *reached(first - warm, at_most=15)]],
    )


if __name__ == "__main__":
    main()
