"""Peak memory of ``relsim run`` with a million paths. Run: ``python -m benchmarks.memory``."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

from benchmarks.command import run_command
from benchmarks.timing import table

PATHS = (20_000, 1_000_000)


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
    rows = [[f"{n:,}", peak(n), "< 500" if n == max(PATHS) else ""] for n in PATHS]
    table("relsim run, Osaka, without figures: peak memory (MB)", ["paths", "MB", "to reach"], rows)


if __name__ == "__main__":
    main()
