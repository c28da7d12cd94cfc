"""Timing by turns, and tables."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence

ROUNDS = 5
Work = Callable[[], object]


def by_turns(*works: Work, rounds: int = ROUNDS, clock: Callable[[], float] = time.process_time) -> list[float]:
    """Median seconds of each work, run A B A B … after one run of each that does not count.

    The clock counts this process's time on the processor, so that other work on the machine disturbs little; what
    runs in several threads or processes is measured with ``time.perf_counter``.
    """
    for work in works:
        work()
    seconds: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for work, taken in zip(works, seconds):
            begun = clock()
            work()
            taken.append(clock() - begun)
    return [statistics.median(taken) for taken in seconds]


def reached(value: float, *, at_least: float | None = None, at_most: float | None = None) -> tuple[str, str]:
    """The last two cells of a row: what is to be reached, and "missed" where it is not."""
    if at_least is not None:
        return f">= {at_least:g}", "" if value >= at_least else "missed"
    assert at_most is not None
    return f"<= {at_most:g}", "" if value <= at_most else "missed"


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows under a head, floats with three digits."""
    cells = [list(head)] + [[f"{x:.3g}" if isinstance(x, float) else str(x) for x in row] for row in rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(head))]
    print(f"\n{title}")
    for row in cells:
        print("  " + "  ".join(text.ljust(width) for text, width in zip(row, widths)).rstrip(), flush=True)
