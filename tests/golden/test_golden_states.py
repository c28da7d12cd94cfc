"""The bits of every state on every day of a small scenario, kept as a hash.

A change of them changes every forecast's bits: renew only where that is meant, with

    python tests/golden/test_golden_states.py
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
KEPT = HERE / "states.sha256"
PATHS, SEED = 500, 20190515


def bits() -> str:
    """SHA-256 over states (float32), counts, days of entries and conditions, little-endian, path by path."""
    from relsim.compose import load
    from relsim.engine import record
    from relsim.model import build

    found = record(build(load(HERE / "states.yaml").scenario), paths=PATHS, seed=SEED)
    digest = hashlib.sha256()
    for values, kind in (
        (found.states, "<f4"),
        (found.counts, "<u2"),
        (found.happened, "<i4"),
        (found.in_force, "u1"),
    ):
        digest.update(np.ascontiguousarray(values, dtype=kind).tobytes())
    return digest.hexdigest()


def test_state_bits():
    assert bits() == KEPT.read_text().split()[0]


if __name__ == "__main__":
    KEPT.write_text(bits() + "\n")
    print(KEPT.read_text(), end="")
