"""Peak memory of ``relsim run`` with few and many paths. Run: ``python -m benchmarks.memory``."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

from benchmarks.command import run_command
from benchmarks.timing import reached, table

PATHS = (128, 1_000, 2_000, 5_000, 20_000, 50_000, 200_000, 1_000_000)
TARGETS = {20_000: 350, 50_000: 350, 1_000_000: 500}


def peak(paths: int) -> float:
    """Peak resident memory of one run in MB (10^6 bytes), from the resource usage of the child process."""
    with tempfile.TemporaryDirectory() as folder:
        child = subprocess.Popen(run_command(f"{folder}/run", paths), stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"relsim run ended with {child.returncode}")
    return usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6


def main() -> None:
    if not hasattr(os, "wait4"):
        print("\nMemory: this system reports no resource usage of a child, skipped")
        return
    peak(PATHS[0])  # compiles what has not been compiled
    found = {n: peak(n) for n in PATHS}
    rows = [[f"{n:,}", mb, *(reached(mb, at_most=TARGETS[n]) if n in TARGETS else ("", ""))] for n, mb in found.items()]
    table("relsim run, Osaka, without figures: peak memory (MB)", ["paths", "MB", "to reach", ""], rows)
    higher = [f"{n:,}" for n in PATHS if n < PATHS[-1] and found[n] > found[PATHS[-1]]]
    print(f"  with fewer paths higher than with the most: {', '.join(higher) or 'none'}")


if __name__ == "__main__":
    main()
