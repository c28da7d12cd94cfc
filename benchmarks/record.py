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
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.timing import table
from relsim.backtest.forecast import MODEL, PARTS
from relsim.backtest.volume import BOUNDS, MONTH, RARE

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
OURS = (MODEL, *PARTS)
"""Forecasters that are no baselines: the model, and the parts that it is pooled of."""


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
        names = [n for n in scores[0] if n not in OURS]
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


def per_month(target: Target) -> float:
    """Rows observed a month at the origins scored."""
    return float(target["observed"] or 0) * MONTH / float(target["horizon"])


def summary(targets: Sequence[Target]) -> list[list[object]]:
    """Mean, median and geometric mean of skills and the share of positive ones, over several references."""
    counts = [t for t in targets if t["kind"] == "count"]
    spans = [*pairwise(BOUNDS), (RARE, np.inf)]
    parts = {"counts": counts}
    parts |= {f"of which {low:g} to {high:g} a month": [t for t in counts if low <= per_month(t) < high]
              for low, high in spans}  # fmt: skip
    parts |= {
        "of which event types": [t for t in counts if not t["group"]],
        "of which sums": [t for t in counts if t["group"]],
        "mean values": [t for t in targets if t["kind"] == "value"],
    }
    rows: list[list[object]] = []
    for what, chosen in parts.items():
        if not chosen:
            continue
        one = best_in_all([t for t in targets if t["kind"] == chosen[0]["kind"]])
        over = {"each target's best in all tables": one, "the best of each target and table": None}
        if what in ("counts", "mean values"):
            over |= {name: name for name in sorted({n for t in chosen for n in t["score"]} - {MODEL})}
        for reference, choice in over.items():
            found = skills(chosen, choice)
            with np.errstate(divide="ignore"):
                geometric = 100 * (1 - np.exp(np.log(1 - found / 100).mean()))
            shown = [f"{value:+.1f} %" for value in (found.mean(), np.median(found), geometric)]
            rows.append([what, reference, *shown, f"{100 * (found > 0).mean():.0f} %", found.size])
    return rows


def by_volume(found: Mapping[str, Any]) -> list[list[object]]:
    """How calibrated counts are by rows observed a month."""
    rows: list[list[object]] = []
    for one in found["by_volume"]:
        ratio, upper = one["forecast_over_observed"], one["rows_to"]
        span = f"{one['rows_from']:g} to {upper:g}" if upper is not None else f"{one['rows_from']:g} and more"
        ends = "" if ratio["low"] is None else f" ({ratio['low']:.2f} to {ratio['high']:.2f})"
        about = "-" if ratio["value"] is None else f"{ratio['value']:.2f}{ends}"
        inside = [f"{100 * part['pit']:.0f} %" for part in one["coverage"]]
        p = "-" if one["pit"] is None else f"{one['pit']:.2g}"
        rows.append([span, one["targets"], one["n"], about, *inside, p])
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
    head = ["skill of", "over", "mean", "median", "geometric", "positive", "targets"]
    volume = ["rows a month", "targets", "n", "forecast/observed", "in 50 %", "in 80 %", "in 95 %", "PIT: p"]
    for period in PERIODS:
        with tempfile.TemporaryDirectory() as folder:
            found = backtested(period, given.pairs, given.model, Path(folder))
        if found is None:
            continue
        targets += found["targets"]
        table(f"{period.prefix}, {len(found['origins'])} origins: {', '.join(found['tables'])}", head,
              summary(found["targets"]))  # fmt: skip
        table(f"{period.prefix}, by rows a month", volume, by_volume(found))
        for one in found["together"]:
            if one["kind"] in ("count", "value"):
                inside = ", ".join(f"{100 * c['level']:.0f} %: {100 * c['pit']:.0f}" for c in one["coverage"])
                print(f"{one['kind']}: inside the central {inside}; PIT uniform, p = {one['pit']}")
                print("   PIT histogram", " ".join(f"{share:.3f}" for share in one["pit_histogram"]))
    table("All tables", head, summary(targets))


if __name__ == "__main__":
    main()
