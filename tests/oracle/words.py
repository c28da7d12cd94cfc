"""The random words that each draw of the model takes.

Day t of the window (1 … T) is day t − 1 of the counter: days 1 to 4 share one call. Normals: the cosine
of Box–Muller is the first day's, the sine the second's; the normal of the state at start is the cosine.
"""

from __future__ import annotations

import numpy as np

from relsim.streams import Purpose, normals, philox, stream_key, uniforms


def four(purpose: Purpose, name: str, seed: int, paths: np.ndarray, quad: int = 0) -> tuple[np.ndarray, ...]:
    """The four words of one stream for days 4·quad … 4·quad + 3, each of shape (paths,)."""
    as_word = np.uint32
    return philox(paths.astype(as_word), as_word(quad), as_word(stream_key(purpose, name)), as_word(int(purpose)), seed)


def daily_uniforms(purpose: Purpose, name: str, seed: int, paths: np.ndarray, days: int) -> np.ndarray:
    """One uniform a day, (paths, days)."""
    quads = [np.stack(four(purpose, name, seed, paths, q), axis=1) for q in range(-(-days // 4))]
    return uniforms(np.concatenate(quads, axis=1)[:, :days])


def daily_normals(name: str, seed: int, paths: np.ndarray, days: int) -> np.ndarray:
    """One standard normal a day, (paths, days)."""
    columns = []
    for q in range(-(-days // 4)):
        w = four(Purpose.NOISE, name, seed, paths, q)
        columns += [*normals(w[0], w[1]), *normals(w[2], w[3])]
    return np.stack(columns, axis=1)[:, :days]


def single_uniform(purpose: Purpose, name: str, seed: int, paths: np.ndarray) -> np.ndarray:
    """The one uniform of a calendar entry or of a condition begun before the window, (paths,)."""
    return uniforms(four(purpose, name, seed, paths)[0])


def initial(name: str, seed: int, paths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The normal of the noise nobody saw, and the uniform of ``initial``, each (paths,)."""
    w = four(Purpose.INITIAL, name, seed, paths)
    return normals(w[0], w[1])[0], uniforms(w[2])
