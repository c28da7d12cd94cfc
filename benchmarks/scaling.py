"""Two threads against one; time per unit of work as paths, days and variables grow."""

from __future__ import annotations

import time
from functools import partial

import numpy as np

from benchmarks.command import SCENARIO
from benchmarks.kernel import Kernel
from benchmarks.models import SIZES, model, scenario
from benchmarks.timing import by_turns, reached, table
from relsim.compose import load
from relsim.engine import in_threads, simulate
from relsim.engine.fan import kept_paths
from relsim.kernels.compiled import LANES
from relsim.model import build

VARIABLES, EVENTS, DAYS = SIZES["mid"]
OSAKA_PATHS = 50_000


def main() -> None:
    threads()
    whole()
    paths()
    days()
    variables()


def threads() -> None:
    """Whole simulations, with daily quantiles and without."""
    made = model("mid")
    rows: list[list[object]] = []
    for fans in (True, False):
        run = [partial(simulate, made, paths=40_000, seed=1, run_blocks=in_threads(n), fans=fans) for n in (1, 2)]
        one, two = by_turns(*run, clock=time.perf_counter)
        rows.append(["with" if fans else "without", one, two, one / two, *reached(one / two, at_least=1.9)])
    table("Threads, mid model, 40,000 paths (s)", ["quantiles", "one", "two", "ratio", "to reach", ""], rows)


def whole() -> None:
    """What a simulation of Osaka reaches of its day loop's own speed, on one core."""
    loaded = load(SCENARIO).scenario
    assert loaded is not None
    made = build(loaded)
    kernel = Kernel(made)
    blocks = OSAKA_PATHS // LANES
    alone, all_ = by_turns(
        partial(kernel.run, blocks),
        partial(simulate, made, paths=blocks * LANES, seed=1, run_blocks=in_threads(1)),
        rounds=3,
    )
    million = blocks * LANES * made.axes.days / 1e6
    table(
        f"Osaka, {blocks * LANES:,} paths, one core (M path-days/s)",
        ["day loop alone", "simulation", "ratio", "to reach", ""],
        [[million / alone, million / all_, alone / all_, *reached(alone / all_, at_least=0.85)]],
    )


def paths() -> None:
    """Processor time of whole simulations: exact quantiles while all values are kept, binned ones above."""
    made = model("small")
    sizes = (10_000, 40_000, 100_000, 1_000_000)
    work = [partial(simulate, made, paths=n, seed=1, run_blocks=in_threads(1)) for n in sizes]
    seconds = by_turns(*work, rounds=2)
    each = [1e6 * s / n for s, n in zip(seconds, sizes)]
    cells = made.axes.days, len(made.axes.levels)
    rows = [
        [f"{n:,}", "exact" if kept_paths(*cells, n) == n else "binned", t, t / each[0]] for n, t in zip(sizes, each)
    ]
    table("Paths, small model (µs a path)", ["paths", "quantiles", "µs", "to the first (within 10 %)"], rows)


def days() -> None:
    lengths = (30, 100, 300, 1000)
    kernels = [Kernel(build(scenario(VARIABLES, EVENTS, n))) for n in lengths]
    blocks = [max(1, 20_000 // n) for n in lengths]
    seconds = by_turns(*(partial(k.run, n) for k, n in zip(kernels, blocks)))
    each = [1e9 * s / (n * LANES * d) for s, n, d in zip(seconds, blocks, lengths)]
    rows = [[d, t, t / each[0]] for d, t in zip(lengths, each)]
    table("Days, 12 variables, 20 event types (ns a path-day)", ["days", "ns", "to the first (within 10 %)"], rows)


def variables() -> None:
    """As many event types as variables, each with the same couplings and the same rates."""
    sizes = (5, 10, 20, 50)
    kernels = [Kernel(build(scenario(n, n, DAYS))) for n in sizes]
    blocks = [2000 // n for n in sizes]
    seconds = by_turns(*(partial(k.run, b) for k, b in zip(kernels, blocks)))
    each = np.array([1e9 * s / (b * LANES * DAYS * n) for s, b, n in zip(seconds, blocks, sizes)])
    rows = [[n, t, t / each[0]] for n, t in zip(sizes, each)]
    table("Variables and event types (ns a path-day and variable)", ["each", "ns", "to the first (within 10 %)"], rows)


if __name__ == "__main__":
    main()
