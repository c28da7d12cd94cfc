"""State bits do not depend on threads, on the order in which blocks run, or on where a recording begins."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from oracle.scenes import scene
from test_pairing import BASE

DOUBT = BASE.replace("rate: 0.3 per day", "rate: 0.2 to 0.4 per day").replace(
    "probability: 0.6", "probability: 0.6 ± 0.1"
)
PATHS = 6_000


def backwards(work, parts):
    """Runs the last range first; results in order, as the door asks."""
    done = {part: work(part) for part in reversed(parts)}
    return [done[part] for part in parts]


def whole(run_blocks):
    """Everything a simulation gives, and the results of each range, as bytes."""
    from relsim.engine import simulate
    from relsim.model import build

    ranges = []
    simulation = simulate(build(scene(DOUBT)), paths=PATHS, seed=7, run_blocks=run_blocks, sink=ranges.append)
    return [as_bytes(simulation), *(as_bytes(part) for part in ranges)]


def as_bytes(thing):
    if hasattr(thing, "__dataclass_fields__"):
        return {field.name: as_bytes(getattr(thing, field.name)) for field in fields(thing)}
    if isinstance(thing, np.ndarray):
        return thing.shape, thing.dtype.str, np.ascontiguousarray(thing).tobytes()
    return repr(thing)


@pytest.mark.parametrize("workers", [2, 3, None])
def test_threads(workers):
    from relsim.engine import in_threads

    assert whole(in_threads(workers)) == whole(in_threads(1))


def test_order_of_blocks():
    from relsim.engine import in_threads

    assert whole(backwards) == whole(in_threads(1))


def test_a_recording_may_begin_anywhere():
    """Paths 256 … 511 of a run of 1,000, recorded alone."""
    from relsim.engine import record
    from relsim.model import build

    model = build(scene(DOUBT))
    all_paths = record(model, paths=1_000, seed=7)
    some = record(model, paths=256, seed=7, first_path=256, draws=8)
    assert np.array_equal(some.states, all_paths.states[256:512])
    assert np.array_equal(some.counts, all_paths.counts[256:512])
    assert np.array_equal(some.happened, all_paths.happened[256:512])
    assert np.array_equal(some.in_force, all_paths.in_force[256:512])


def test_the_two_precisions_agree():
    """float32 against float64: the same counts on nearly every path, the same states to rounding on those."""
    from relsim.engine import record
    from relsim.model import build

    model = build(scene(DOUBT))
    single = record(model, paths=3_000, seed=8)
    double = record(model, paths=3_000, seed=8, precision=np.float64)
    same = (single.counts == double.counts).all(axis=(1, 2)) & (single.happened == double.happened).all(axis=1)
    assert same.mean() > 0.995
    assert np.abs(single.states - double.states)[same].max() < 1e-4
