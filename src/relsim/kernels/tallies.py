"""Counts over the valid paths of a block. Floor 1."""

from __future__ import annotations

from relsim.kernels.compiled import kernel


@kernel
def count_grades(states, first, bounds, lanes, out):
    """out[i, g, day] += paths on which index ``i`` lies in grade ``g`` at the end of the day.

    Parameters
    ----------
    states : (T + 1, S, LANES); series ``first`` … are the indices
    bounds : (G,) rising inclusive upper bounds; what lies beyond the last belongs to it
    out : (I, G, T) int64
    """
    grades = bounds.shape[0]
    for day in range(out.shape[2]):
        for i in range(out.shape[0]):
            row = states[day + 1, first + i]
            for lane in range(lanes):
                g = 0
                while g < grades - 1 and row[lane] > bounds[g]:
                    g += 1
                out[i, g, day] += 1


@kernel
def count_in_force(in_force, lanes, out):
    """out[c, day] += paths on which condition ``c`` is in force; ``in_force`` (T, C, LANES), ``out`` (C, T) int64."""
    for day in range(in_force.shape[0]):
        for c in range(in_force.shape[1]):
            for lane in range(lanes):
                out[c, day] += in_force[day, c, lane]
