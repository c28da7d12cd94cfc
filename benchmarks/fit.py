"""Fitting 16 event types with three memories each over eleven years of days. Run: ``python -m benchmarks.fit``."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.timing import table

TYPES, DAYS = 16, 4018
MEMORIES = ("1 to 2", "6 to 12", "40 to 80")
LANES = 128


def document(sources: int) -> str:
    """Sixteen event types; each is excited by ``sources`` types (itself first) through three memories each."""
    lines = ["relsim: 1", "window: {start: 2009-01-01, end: 2019-12-31}"]
    lines += ["variables: {x: {baseline: 0, half_life: 10 to 20 days}}", "events:"]
    size = 0.3 / (3 * sources)
    for k in range(TYPES):
        memories = ", ".join(
            f"{{events: {0.5 * size:.4f} to {1.5 * size:.4f}, half_life: {days} days}}" for days in MEMORIES
        )
        excited = ", ".join(f"e{(k + 4 * j) % TYPES}: [{memories}]" for j in range(sources))
        rate = f"{0.5 + k % 4} to {1.5 + 2 * (k % 4)} per week"
        effect = -0.3 if k % 2 else 0.3
        lines.append(
            f"  e{k}: {{rate: {rate}, rate_ratio: {{x: 0.9 ± 0.05}}, effects: {{x: {effect} ± 0.1}}, "
            f"excited_by: {{{excited}}}}}"
        )
    return "\n".join([*lines, "quantities: {at_end: {value: x, on: 2019-12-31}}"]) + "\n"


def measure(sources: int) -> list[list[object]]:
    """Weights, events, and seconds of each part."""
    from relsim.compose import load
    from relsim.engine import record
    from relsim.fit.daily_record import DailyRecord
    from relsim.fit.fitting import fit_weights
    from relsim.fit.likelihood import Likelihood
    from relsim.fit.mode import find_mode
    from relsim.fit.normal_scores import scores_of
    from relsim.model import build

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "scenario.yaml"
        file.write_text(document(sources), encoding="utf-8")
        scenario = load(file).scenario
    assert scenario is not None
    model = build(scenario)
    truth = model.parameters(model.draw(5, 1).theta)
    counts = record(model, paths=1, seed=1, parameters=truth).counts[0]
    likelihood = Likelihood(model, DailyRecord(scenario.start, counts, np.ones(counts.shape, bool)))
    scores = scores_of(model)
    lanes = np.repeat(model.medians, LANES, axis=0)
    likelihood.total(lanes)
    begun = time.perf_counter()
    likelihood.total(lanes)
    replay = time.perf_counter() - begun
    begun = time.perf_counter()
    mode = find_mode(likelihood, scores, np.zeros(scores.free.size))
    to_mode = time.perf_counter() - begun
    begun, worked = time.perf_counter(), time.process_time()
    fitted = fit_weights(likelihood, scores, source="benchmark")
    whole, processor = time.perf_counter() - begun, time.process_time() - worked
    name = f"{TYPES} types, {sources} source{'s' * (sources > 1)} × 3 memories, {scores.free.size} weights"
    return [
        [f"{name}: replay of {LANES} weight vectors", replay, ""],
        [f"  to the mode ({mode.steps} steps)", to_mode, ""],
        [f"  whole fit with report ({fitted.posterior.method}, k {fitted.posterior.shape:.2f})", whole, "< 120"],
        ["  the same, processor time of all threads", processor, ""],
    ]


def main() -> None:
    rows = [row for sources in (1, 4) for row in measure(sources)]
    table(f"relsim fit, {DAYS:,} days (wall time, s)", ["", "seconds", "to reach"], rows)


if __name__ == "__main__":
    main()
