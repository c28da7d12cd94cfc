"""Skill of the built-in model for machine-coded records over the baselines, on real pairs of states.

Run: ``python -m benchmarks.record [PAIR …]``, some twenty minutes on two cores for all pairs. The tables (ICEWS,
distinct rows; not part of the project) are read from ``../shared/data/events``. ``--model FILE`` tries another model.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.timing import table

TABLES = Path(__file__).parents[1].parent / "shared" / "data" / "events"
COLUMNS = (
    "date=date,event=cameo_code,by=source_country,toward=target_country,by_actor=source_actor,toward_actor=target_actor"
)


@dataclass(frozen=True)
class Period:
    """Tables that begin alike, and the origins at which they are forecast."""

    prefix: str
    first: str
    every: str
    refit: str


PERIODS = (
    Period("icews_2018_2019", "2018-07-01", "14d", "28d"),
    Period("icews_2005_2015", "2007-01-01", "61d", "183d"),
)

Target = Mapping[str, Any]


def backtested(period: Period, pairs: Sequence[str], model: str, folder: Path) -> dict[str, Any] | None:
    """``backtest.json`` of one period's tables; None where it has none of the pairs."""
    events = []
    for source in sorted(TABLES.glob(f"{period.prefix}_*.csv.gz")):
        pair = source.name.removesuffix(".csv.gz").split("_")[-1]
        if pairs and pair not in pairs:
            continue
        a, b = pair.split("-")
        out = folder / f"{pair}.parquet"
        relsim("import", str(source), "--as", "csv", "--columns", COLUMNS, "--repeats", "day", "--scenario", "record",
               "--parties", f"a={a},b={b}", "--out", str(out))  # fmt: skip
        events += ["--events", str(out)]
    if not events:
        return None
    plan = ("--from", period.first, "--every", period.every, "--refit", period.refit, "--learn", "730d")
    out = ("--out", str(folder / period.prefix), "--no-figures", "--json")
    return dict(json.loads(relsim("backtest", model, *events, *plan, *out)))


def relsim(*arguments: str) -> str:
    """Standard output of a command."""
    command = [sys.executable, "-c", "from relsim.cli import main; main(prog_name='relsim')", *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def best_in_all(targets: Sequence[Target]) -> dict[str, str]:
    """For each target the baseline with the least score over all tables, each table's in shares of its mean."""
    out = {}
    for name in dict.fromkeys(t["target"] for t in targets):
        scores = [t["score"] for t in targets if t["target"] == name]
        names = [n for n in scores[0] if n != "relsim"]
        level = [np.mean([s[n] for n in names]) for s in scores]
        out[name] = min(names, key=lambda n: np.mean([s[n] / of for s, of in zip(scores, level) if of > 0]))
    return out


def skills(targets: Sequence[Target], reference: Mapping[str, str] | str | None) -> np.ndarray:
    """Per cent, of targets on which the reference scores more than 0; None is the best of each target and table."""
    out = []
    for t in targets:
        name = t["best"] if reference is None else reference if isinstance(reference, str) else reference[t["target"]]
        if name is not None and t["score"].get(name, 0) > 0:
            out.append(100 * (1 - t["score"]["relsim"] / t["score"][name]))
    return np.array(out)


def summary(targets: Sequence[Target]) -> list[list[object]]:
    """Mean skill and share of positive ones, over several references, by kind of target."""
    parts = {
        "counts": [t for t in targets if t["kind"] == "count"],
        "of which event types": [t for t in targets if t["kind"] == "count" and not t["group"]],
        "of which sums": [t for t in targets if t["kind"] == "count" and t["group"]],
        "mean values": [t for t in targets if t["kind"] == "value"],
    }
    rows: list[list[object]] = []
    for what, chosen in parts.items():
        one = best_in_all(chosen)
        over = {"each target's best in all tables": one, "the best of each target and table": None}
        over |= {name: name for name in sorted({n for t in chosen for n in t["score"]} - {"relsim"})}
        for reference, choice in over.items():
            found = skills(chosen, choice)
            rows.append([what, reference, f"{found.mean():+.1f} %", f"{100 * (found > 0).mean():.0f} %", found.size])
    return rows


def main() -> None:
    """Print skills over all tables, over each period's, and how calibrated the forecasts are."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.record")
    parser.add_argument("pairs", nargs="*", metavar="PAIR")
    parser.add_argument("--model", default="record")
    given = parser.parse_args()
    if not TABLES.is_dir():
        sys.exit(f"record: {TABLES} is not there, nothing was measured")
    targets: list[Target] = []
    head = ["skill of", "over", "mean", "positive", "targets"]
    for period in PERIODS:
        with tempfile.TemporaryDirectory() as folder:
            found = backtested(period, given.pairs, given.model, Path(folder))
        if found is None:
            continue
        targets += found["targets"]
        table(f"{period.prefix}, {len(found['origins'])} origins: {', '.join(found['tables'])}", head,
              summary(found["targets"]))  # fmt: skip
        for one in found["together"]:
            if one["kind"] in ("count", "value"):
                inside = ", ".join(f"{100 * c['level']:.0f} %: {100 * c['pit']:.0f}" for c in one["coverage"])
                print(f"{one['kind']}: inside the central {inside}; PIT uniform, p = {one['pit']}")
                print("   PIT histogram", " ".join(f"{share:.3f}" for share in one["pit_histogram"]))
    table("All tables", head, summary(targets))


if __name__ == "__main__":
    main()
