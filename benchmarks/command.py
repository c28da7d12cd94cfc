"""``relsim run`` of the Osaka scenario against importing its libraries. Run: ``python -m benchmarks.command``."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from benchmarks.timing import by_turns, table

SCENARIO = Path(__file__).resolve().parents[1] / "scenarios" / "osaka_2019" / "scenario.yaml"
PATHS = 20_000


def run_command(out: str, paths: int) -> list[str]:
    """The command line of one run without figures."""
    return [
        sys.executable, "-c", "from relsim.cli import main; main()",
        "run", str(SCENARIO), "--paths", str(paths), "--no-figures", "--force", "--out", out,
    ]  # fmt: skip


def main() -> None:
    quiet = partial(subprocess.run, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with tempfile.TemporaryDirectory() as folder:
        run = run_command(f"{folder}/run", PATHS)
        imports = [sys.executable, "-c", "import numpy, numba, pydantic"]
        ours, theirs = by_turns(partial(quiet, run), partial(quiet, imports), clock=time.perf_counter)
    table(
        f"relsim run, Osaka, {PATHS:,} paths, warm, without figures (s of wall time)",
        ["relsim run", "import numpy, numba, pydantic", "ratio", "to reach"],
        [[ours, theirs, ours / theirs, "<= 3"]],
    )


if __name__ == "__main__":
    main()
