"""The mid model in C against the kernel, one core each. Run: ``python -m benchmarks.plain_c``.

The C program (plain_c.c) has the kernel's layout and random numbers, so that what differs is the compiler and the
strictness: gcc may contract multiplications and additions, the kernel may not. With by_hand.h its rows are written by
hand for AVX-512, where the chip has it.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.kernel import Kernel
from benchmarks.models import model
from benchmarks.timing import ROUNDS, reached, table
from relsim.kernels.compiled import LANES
from relsim.model import Model

FLAGS = ("-O3", "-march=native", "-fno-math-errno", "-fno-trapping-math")
BLOCKS = 200
SEED = 1


def main() -> None:
    if shutil.which("gcc") is None:
        print("\nPlain C: gcc is absent, skipped")
        return
    made = model("mid")
    kernel = Kernel(made, SEED)
    kernel.run(BLOCKS)
    rows: list[list[object]] = []
    for name, by_hand, least in (("plain C", False, 1.0), ("by hand", True, 0.75)):
        if by_hand and not has_avx512():
            print("\nC by hand: this chip has no AVX-512, skipped")
            continue
        with tempfile.TemporaryDirectory() as folder:
            seconds, events = by_turns_with(kernel, build(made, Path(folder), by_hand=by_hand))
        speed = [BLOCKS * LANES * made.axes.days / 1e6 / taken for taken in seconds]
        rows.append([name, *speed, speed[0] / speed[1], *reached(speed[0] / speed[1], at_least=least), events])
    table(
        "C, mid model, one core (M path-days/s)",
        ["written", "relsim", "gcc " + FLAGS[0], "ratio", "to reach", "", "events in the last block"],
        rows,
    )
    print(f"  the kernel's last block has {int(kernel.record.counts.sum())} events")


def has_avx512() -> bool:
    """Whether gcc knows this chip to have it."""
    told = subprocess.run(
        ["gcc", "-march=native", "-dM", "-E", "-x", "c", "/dev/null"], check=True, capture_output=True, text=True
    )
    return "__AVX512DQ__" in told.stdout


def by_turns_with(kernel: Kernel, program: list[str]) -> tuple[tuple[float, float], int]:
    """Median seconds of the kernel and of the program, and events of the program's last block."""
    with subprocess.Popen(
        [*program, str(BLOCKS)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as rival:
        ours, theirs = [], []
        for _ in range(ROUNDS + 1):
            begun = time.process_time()
            kernel.run(BLOCKS)
            ours.append(time.process_time() - begun)
            seconds, events = ask(rival)
            theirs.append(seconds)
        assert rival.stdin is not None
        rival.stdin.close()
    return (statistics.median(ours[1:]), statistics.median(theirs[1:])), events


def ask(rival: subprocess.Popen[str]) -> tuple[float, int]:
    """One turn of the C program: seconds, events in its last block."""
    assert rival.stdin is not None
    assert rival.stdout is not None
    rival.stdin.write("go\n")
    rival.stdin.flush()
    seconds, events, _ = rival.stdout.readline().split()
    return float(seconds), int(events)


def build(made: Model, folder: Path, *, by_hand: bool) -> list[str]:
    """Compile the program for the model's sizes and write its numbers. Returns the command."""
    s, p = made.structure, made.at_medians()
    w, d = p.weights, p.weights.dynamics
    owner = np.repeat(np.arange(s.dynamics.low.size), np.diff(s.dynamics.mix.ptr))
    plain = [
        s.dynamics.low, s.dynamics.high, d.rho[0], d.constant[0], p.start[0],
        w.rates.unprompted[0], w.rates.offset[0], w.rates.decay[0], p.traces[0],
        w.calendar.chance[0] + w.calendar.odds_offset[0],
        s.rates.trace_source, s.calendar.first, s.dynamics.streams, s.rates.streams, s.calendar.streams,
    ]  # fmt: skip
    sparse = [
        (s.dynamics.pull, d.pull[0]), (s.dynamics.mix, s.dynamics.mix_value * d.noise[0][owner]),
        (s.rates.ratio, w.rates.ratio[0]), (s.rates.excite, w.rates.excite[0]),
        (s.event_effects, w.event_effects.share[0], w.event_effects.bound[0]),
        (s.entry_effects, w.entry_effects.share[0], w.entry_effects.bound[0]),
        (s.calendar.odds, w.calendar.odds[0]), (s.dynamics.indices, d.index[0]),
    ]  # fmt: skip
    stream = [*plain, *(part for rows, *values in sparse for part in (rows.ptr, rows.col, *values))]
    np.concatenate([np.asarray(part, float).ravel() for part in stream]).tofile(folder / "numbers")
    sizes = {
        "D": s.dynamics.low.size, "K": s.rates.drawn.size, "G": s.rates.trace_source.size,
        "E": s.calendar.first.size, "T": s.days,
        "ROWS": max(len(rows.ptr) for rows, *_ in sparse), "MANY": max(rows.col.size for rows, *_ in sparse) + 1,
    }  # fmt: skip
    source, program = Path(__file__).with_name("plain_c.c"), folder / "plain_c"
    defines = [f"-D{name}={size}" for name, size in sizes.items()]
    defines += ["-DBY_HAND"] if by_hand else []
    subprocess.run(["gcc", *FLAGS, *defines, str(source), "-o", str(program), "-lm"], check=True)
    return [str(program), str(folder / "numbers")]


if __name__ == "__main__":
    main()
