"""The step kernel on one core against numpy, without and with daily quantiles. Run: ``python -m benchmarks.kernel``."""

from __future__ import annotations

import numpy as np

from benchmarks.models import SIZES, model
from benchmarks.rival import Rival
from benchmarks.timing import by_turns, reached, table
from relsim.engine.blocks import Job, advance, begin, new_record, new_state, new_tally
from relsim.engine.fan import BinnedFan, ExactFan
from relsim.kernels.compiled import LANES
from relsim.model import Model
from relsim.result.forecast import QUANTILES

WORK = 4_000_000
"""Path-days of the kernel in one turn; numpy takes a quarter of the paths."""


class Kernel:
    """Blocks of one model, one after another, in this thread."""

    def __init__(self, model: Model, seed: int = 1, side_by_side: int = 0) -> None:
        self.job = Job.of(model, model.at_medians(), seed)
        self.days = model.axes.days
        self.state, self.tally = new_state(self.job), new_tally(self.job)
        self.record = new_record(self.job, side_by_side)

    def run(self, blocks: int, fan: BinnedFan | None = None) -> None:
        side_by_side = max(self.record.levels.shape[2] // LANES, 1)
        for block in range(blocks):
            place = block % side_by_side
            begin(self.job, block, self.state, self.record)
            advance(
                self.job, block, LANES, 1, self.days, self.state, self.record, self.tally, place * LANES
            )  # fmt: skip
            if fan is not None and (place == side_by_side - 1 or block == blocks - 1):
                fan.add(self.record.levels, (place + 1) * LANES)

    def with_fan(self, blocks: int, pilot: int = 8) -> object:
        """The way of a large run: bins from a pilot, then counting, and merging every 32 blocks."""
        kept = ExactFan(self.days, self.state.levels.shape[0], pilot * LANES)
        for block in range(pilot):
            begin(self.job, block, self.state, self.record)
            advance(self.job, block, LANES, 1, self.days, self.state, self.record, self.tally)
            kept.values[:, :, block * LANES : (block + 1) * LANES] = self.record.states[1:]
        bins = kept.bins()
        fan = BinnedFan.of_all(bins, kept)
        for first in range(0, blocks, 32):
            part = BinnedFan(bins)
            self.run(min(32, blocks - first), part)
            fan.merge(part)
        return fan.mean_and_quantiles(QUANTILES)

    def means(self, blocks: int) -> tuple[np.ndarray, np.ndarray]:
        """Means of the last state and of the counts, to see that rivals do the same work."""
        variables = self.job.structure.dynamics.low.size
        last, counts = 0.0, 0.0
        for block in range(blocks):
            begin(self.job, block, self.state, self.record)
            advance(self.job, block, LANES, 1, self.days, self.state, self.record, self.tally)
            last = last + self.record.states[-1, :variables].mean(axis=1) / blocks
            counts = counts + self.record.counts.sum(axis=0).mean(axis=1) / blocks
        return np.asarray(last), np.asarray(counts)


def measure(size: str) -> list[list[object]]:
    """Rows of the table for one size."""
    made = model(size)
    kernel, counting, rival = Kernel(made), Kernel(made, side_by_side=4), Rival(made)
    blocks = max(16, WORK // made.axes.days // LANES)
    paths, fewer = blocks * LANES, blocks * LANES // 4
    ours, theirs = by_turns(lambda: kernel.run(blocks), lambda: rival.simulate(fewer))
    fan, quantile = by_turns(lambda: counting.with_fan(blocks), lambda: rival.simulate(fewer, fan=True), rounds=3)
    million = made.axes.days / 1e6
    speeds = [paths * million / ours, fewer * million / theirs, paths * million / fan, fewer * million / quantile]
    return [
        [f"{size}, no fan", speeds[0], speeds[1], speeds[0] / speeds[1], *reached(speeds[0] / speeds[1], at_least=9)],
        [
            f"{size}, daily quantiles",
            speeds[2],
            speeds[3],
            speeds[2] / speeds[3],
            *reached(speeds[2] / speeds[3], at_least=10),
        ],
    ]


def agreement(size: str = "mid") -> float:
    """Largest difference of mean counts between kernel and numpy, in standard errors of a Poisson count."""
    made = model(size)
    blocks = 80
    counts, rival = Kernel(made).means(blocks)[1], Rival(made).simulate(blocks * LANES)[1]
    return float(np.max(np.abs(counts - rival) / np.sqrt(2 * counts / (blocks * LANES))))


def main() -> None:
    rows = [row for size in SIZES for row in measure(size)]
    table("Kernel, one core (M path-days/s)", ["model", "relsim", "numpy", "ratio", "to reach", ""], rows)
    print(f"  mean counts of the two differ by at most {agreement():.1f} Poisson standard errors")


if __name__ == "__main__":
    main()
