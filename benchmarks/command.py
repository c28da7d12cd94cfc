"""Commands on the Osaka scenario against importing their libraries. Run: ``python -m benchmarks.command``."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from benchmarks.timing import by_turns, reached, table

ROOT = Path(__file__).resolve().parents[1]
SCENARIO = ROOT / "scenarios" / "osaka_2019" / "scenario.yaml"
PATHS = 20_000
YARDSTICK = (sys.executable, "-c", "import numpy, numba, pydantic")
AT_MOST = {"validate": 1.5, "run": 4, "run --report": 9, "compare --variants all": 20, "drivers": 8, "story": 8}
"""Command → seconds of wall time, in those of the yardstick, to reach."""


def relsim(*words: object) -> list[str]:
    """A command line of relsim."""
    return [sys.executable, "-c", "from relsim.cli import main; main()", *map(str, words)]


def run_command(out: str, paths: int, scenario: Path = SCENARIO) -> list[str]:
    """The command line of one run without figures."""
    return relsim("run", scenario, "--paths", paths, "--no-figures", "--force", "--out", out)


def commands(folder: str, scenario: Path = SCENARIO) -> dict[str, list[str]]:
    """Command lines by name; those behind ``run`` read what it wrote into ``folder``."""
    run, out = f"{folder}/run", ("--force", "--out")
    return {
        "validate": relsim("validate", scenario),
        "run": run_command(run, PATHS, scenario),
        "run --report": relsim("run", scenario, "--paths", PATHS, "--report", *out, f"{folder}/reported"),
        "compare --variants all": relsim(
            "compare", scenario, "--variants", "all", "--paths", PATHS, *out, f"{folder}/compared"
        ),
        "drivers": relsim("drivers", run),
        "story": relsim("story", run, "--outcome", "osaka"),
    }


def environment(**more: str) -> dict[str, str]:
    """That of a user, who has compiled modules kept."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, **more}


def call(words: Sequence[str], folder: str, env: dict[str, str]) -> None:
    """Run a command line to its end, in a folder of its own."""
    subprocess.run(words, check=True, cwd=folder, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        lines = commands(folder)
        works = [partial(call, words, folder, environment()) for words in (YARDSTICK, *lines.values())]
        unit, *seconds = by_turns(*works, rounds=3, clock=time.perf_counter)
    rows = [
        [name, took, took / unit, *reached(took / unit, at_most=AT_MOST[name])] for name, took in zip(lines, seconds)
    ]
    table(
        f"Commands, Osaka, {PATHS:,} paths, warm (s of wall time); to import numpy, numba, pydantic takes {unit:.2f} s",
        ["command", "s", "ratio", "to reach", ""],
        rows,
    )


if __name__ == "__main__":
    main()
