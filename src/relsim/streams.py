"""Named random streams: who draws which number.

Floor 1. Every draw of relsim is a pure function of (seed, path, day, purpose, name): Philox 4x32-10 under the
key ``seed`` at the counter ``(path, day div 4, stream, purpose)``, where the stream is a hash of the name. An
added event type, variable or entry therefore disturbs nobody else's numbers. The kernels hold the same generator
compiled (``kernels.random``); a test holds the two together. Philox: Salmon et al. 2011, doi:10.1145/2063384.2063405.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

UInt32 = NDArray[np.uint32]
Float64 = NDArray[np.float64]


class Purpose(IntEnum):
    """What a stream's numbers are for; the last word of the counter."""

    NOISE = 1
    """Daily noise of a variable: words 0, 1 make the normals of days 0, 1 of four; words 2, 3 those of days 2, 3."""
    COUNT = 2
    """Daily count of an event type: one word a day."""
    CALENDAR = 3
    """Whether an entry happens: word 0 of day 0."""
    CALENDAR_DAY = 4
    """On which day of its interval, or after which delay, an entry falls: word 0 of day 0."""
    INITIAL = 5
    """State at start: words 0, 1 make the normal of the noise nobody saw; word 2 is the uniform of ``initial``."""
    LASTS = 6
    """How long a condition begun on a day lasts: one word a day."""
    LASTS_BEFORE = 7
    """How long a condition begun before the window, or initially in force, lasts: word 0 of day 0."""
    LEVEL = 9
    """At what level the events of an expert's path come: words 0 … 3 of day 0, two uniforms of 52 bits."""
    WEIGHT = 8
    """A draw of an uncertain weight: words 0, 1 of counter (draw, attempt, stream, WEIGHT)."""


def stream_key(purpose: Purpose, name: str) -> np.uint32:
    """Hash of a name to the stream word of the counter."""
    digest = hashlib.blake2b(f"{purpose.name}:{name}".encode(), digest_size=4).digest()
    return np.uint32(int.from_bytes(digest, "little"))


def stream_keys(purpose: Purpose, names: Iterable[str]) -> UInt32:
    """Stream words of several names.

    Raises
    ------
    ValueError
        If two names collide in the hash: they would share their random numbers in silence.
    """
    names = list(names)
    keys = np.array([stream_key(purpose, name) for name in names], dtype=np.uint32)
    seen: dict[int, str] = {}
    for key, name in zip(keys.tolist(), names, strict=True):
        if seen.setdefault(key, name) != name:
            raise ValueError(f"the names {seen[key]!r} and {name!r} share a random stream; rename one of them")
    return keys


_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W0, _W1 = 0x9E3779B9, 0xBB67AE85
_LOW = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)


def philox(c0: UInt32, c1: UInt32, c2: UInt32, c3: UInt32, seed: int) -> tuple[UInt32, UInt32, UInt32, UInt32]:
    """Philox 4x32-10, elementwise over broadcast counters.

    Parameters
    ----------
    c0, c1, c2, c3 : arrays of uint32, broadcastable
        The counter's four words.
    seed : int
        The 64-bit key.
    """
    a0, a1, a2, a3 = np.broadcast_arrays(*(np.asarray(c, dtype=np.uint64) for c in (c0, c1, c2, c3)))
    k0, k1 = seed & 0xFFFFFFFF, (seed >> 32) & 0xFFFFFFFF
    for _ in range(10):
        p0, p1 = a0 * _M0, a2 * _M1
        a0, a1, a2, a3 = (
            (p1 >> _SHIFT) ^ a1 ^ np.uint64(k0),
            p1 & _LOW,
            (p0 >> _SHIFT) ^ a3 ^ np.uint64(k1),
            p0 & _LOW,
        )
        k0, k1 = (k0 + _W0) & 0xFFFFFFFF, (k1 + _W1) & 0xFFFFFFFF
    return tuple(a.astype(np.uint32) for a in (a0, a1, a2, a3))  # type: ignore[return-value]


def weight_uniforms(seed: int, streams: UInt32, draws: NDArray[np.int64], attempts: NDArray[np.int64]) -> Float64:
    """Uniforms in (0, 1) for uncertain weights.

    Parameters
    ----------
    seed : int
    streams : (weights,) array
        Stream words of the weights' paths in the file.
    draws, attempts : (draws,) arrays
        Number of each draw, and how often it was drawn anew.

    Returns
    -------
    (draws, weights) array of float64, 52 bits each.
    """
    w0, w1, _, _ = philox(
        draws.astype(np.uint32)[:, None],
        attempts.astype(np.uint32)[:, None],
        streams[None, :],
        np.uint32(Purpose.WEIGHT),  # type: ignore[arg-type]
        seed,
    )
    return _of_52_bits(w0, w1)


def level_uniforms(seed: int, streams: UInt32, paths: NDArray[np.int64]) -> Float64:
    """Uniforms (n, streams, 2) in (0, 1), 52 bits each, for the levels of paths (n,)."""
    words = philox(
        paths.astype(np.uint32)[:, None],
        np.zeros((1, 1), np.uint32),
        streams[None, :],
        np.uint32(Purpose.LEVEL),  # type: ignore[arg-type]
        seed,
    )
    pairs = (words[0], words[1]), (words[2], words[3])
    return np.stack([_of_52_bits(a, b) for a, b in pairs], axis=-1)


def _of_52_bits(high: UInt32, low: UInt32) -> Float64:
    bits = (high.astype(np.uint64) << np.uint64(20)) | (low.astype(np.uint64) >> np.uint64(12))
    return np.asarray((bits.astype(np.float64) + 0.5) * 2.0**-52)


def uniforms(words: UInt32) -> Float64:
    """Uniforms in (0, 1) of counts and the calendar: 31 bits, exact in float32 near 0, never 1."""
    u = (words >> np.uint32(1)).astype(np.float32) * np.float32(2.0**-31) + np.float32(2.0**-32)
    return np.asarray(np.minimum(u, np.float32(1 - 2.0**-24)), np.float64)


def normals(radius: UInt32, angle: UInt32) -> tuple[Float64, Float64]:
    """Box-Muller pair (cosine, sine) of two words, 24 bits each, in float64."""
    u = (radius >> np.uint32(8)).astype(np.float64) * 2.0**-24 + 2.0**-25
    v = (angle >> np.uint32(8)).astype(np.float64) * 2.0**-24 + 2.0**-25
    r = np.sqrt(-2 * np.log(u))
    return r * np.cos(2 * np.pi * v), r * np.sin(2 * np.pi * v)
