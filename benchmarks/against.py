"""An older version, built beside this one: ``python -m benchmarks --against REV``.

Each version works on its own files, in a checkout of its own, by turns (A B A B), under the libraries installed.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks.command import ROOT, call, commands, environment, relsim
from benchmarks.timing import reached, table

FIRST = "9e84214"
"""The last commit of the first version."""
ROUNDS = 3
MEGABYTES = 200
"""Of the source that is imported."""
AT_MOST = {"fit": 0.6, "backtest": 0.5, "import": 0.5}
"""Command → its processor time, in that of the first version, to reach."""


def lines_of(tree: Path, folder: str, source: Path) -> dict[str, list[str]]:
    """Command lines of one version; what is measured in them is the same in each."""
    examples = tree / "docs" / "examples"
    fit = examples / "fit.yaml", "--events", examples / "fit.csv"
    return {
        **commands(folder, tree / "scenarios" / "osaka_2019" / "scenario.yaml"),
        "fit": relsim("fit", *fit, "--force", "--out", f"{folder}/weights.yaml"),
        "backtest": relsim(
            "backtest", *fit, "--from", "2018-06-01", "--every", "60d", "--refit", "never", "--paths", 512,
            "--baselines", "climatology,weighted", "--workers", 1, "--no-figures", "--force",
            "--out", f"{folder}/tested",
        ),
        "import": relsim(
            "import", source, "--as", "icews", "--scenario", "bilateral", "--parties", "us,ru",
            "--out", f"{folder}/table.csv", "--force",
        ),
    }  # fmt: skip


def write_source(file: Path, megabytes: int = MEGABYTES) -> None:
    """Coded events as ICEWS has them: those of the example again and again, each under a number of its own."""
    head, *rows = (ROOT / "docs" / "examples" / "icews.tab").read_text(encoding="utf-8").splitlines()
    column = head.split("\t").index("Event ID")
    cells, number, written = [row.split("\t") for row in rows], 0, 0
    with file.open("w", encoding="utf-8") as out:
        out.write(head + "\n")
        while written < megabytes * 1_000_000:
            for row in cells:
                number += 1
                row[column] = str(number)
                written += out.write("\t".join(row) + "\n")


def taken(words: list[str], folder: str, env: dict[str, str]) -> tuple[float, float] | None:
    """Seconds of wall and of processor time; None where the command fails."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    try:
        call(words, folder, env)
    except subprocess.CalledProcessError:
        return None
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - begun, processor


def main(revision: str = FIRST) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        tree, source = Path(scratch) / "older", Path(scratch) / "source.tab"
        git = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run([*git, "add", "-q", "--detach", str(tree), revision], check=True)
        try:
            write_source(source)
            rows = _rows([tree, ROOT], scratch, source)
        finally:
            subprocess.run([*git, "remove", "--force", str(tree)], check=True)
    table(
        f"This version against {revision}: medians of {ROUNDS} by turns; import of {MEGABYTES} MB",
        ["command", "older, s", "now, s", "wall ratio", "older, s of processor", "now", "ratio", "to reach", ""],
        rows,
    )


def _rows(trees: list[Path], scratch: str, source: Path) -> list[list[object]]:
    folders = [tempfile.mkdtemp(dir=scratch) for _ in trees]
    lines = [lines_of(tree, folder, source) for tree, folder in zip(trees, folders)]
    environments = [environment(PYTHONPATH=str(tree / "src")) for tree in trees]
    rows: list[list[object]] = []
    for name in lines[0]:
        found: list[list[tuple[float, float]]] = [[], []]
        for turn in range(ROUNDS + 1):
            for k in range(2):
                took = taken(lines[k][name], folders[k], environments[k])
                if took is not None and turn:  # the first compiles what is missing
                    found[k].append(took)
        if not all(found):
            who = " and ".join(which for which, times in zip(("older", "this"), found) if not times)
            rows.append([name, f"does not run in the {who} version"])
            continue
        (older, older_cpu), (now, now_cpu) = ([statistics.median(x) for x in zip(*times)] for times in found)
        ratio = now_cpu / older_cpu
        goal = reached(ratio, at_most=AT_MOST.get(name, 1.0))
        rows.append([name, older, now, now / older, older_cpu, now_cpu, ratio, *goal])
    width = max(map(len, rows))
    return [row + [""] * (width - len(row)) for row in rows]


if __name__ == "__main__":
    main()
