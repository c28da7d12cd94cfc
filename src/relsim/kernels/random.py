"""Philox 4x32-10 and the numbers made of it, compiled: the same as ``streams``, four days of one stream at a time.

Floor 1. Arrays in, arrays out; the layout of a row is (LANES,).
"""

from __future__ import annotations

import numpy as np

from relsim.kernels.compiled import LANES, inline, plain, wide
from relsim.kernels.maths import normal_pair

_u4, _u8, _f, _i = np.uint32, np.uint64, np.float32, np.int32
_M0, _M1, _W0, _W1 = _u8(0xD2511F53), _u8(0xCD9E8D57), _u4(0x9E3779B9), _u4(0xBB67AE85)
_S32, _LOW, _S1, _S8 = _u8(32), _u8(0xFFFFFFFF), _u4(1), _u4(8)


@inline
def _round(c0, c1, c2, c3, k0, k1):
    a = (c0 & _LOW) * _M0
    b = (c2 & _LOW) * _M1
    return (b >> _S32) ^ c1 ^ _u8(k0), b, (a >> _S32) ^ c3 ^ _u8(k1), a


@inline
def philox(c0, c1, c2, c3, k0, k1):
    """One block of four words. Unrolled: a loop would keep the caller's loop over paths from vectorising.

    Between the rounds the 32-bit words stand in 64 bits, as the multiplication wants them, their upper halves full of
    what it leaves there: it reads the lower ones alone, and packing or masking them takes longer than the round.
    """
    c0, c1, c2, c3 = _u8(c0), _u8(c1), _u8(c2), _u8(c3)
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, _u4(k0 + _W0), _u4(k1 + _W1))
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, _u4(k0 + _u4(2) * _W0), _u4(k1 + _u4(2) * _W1))
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, _u4(k0 + _u4(3) * _W0), _u4(k1 + _u4(3) * _W1))
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, _u4(k0 + _u4(4) * _W0), _u4(k1 + _u4(4) * _W1))
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, _u4(k0 + _u4(5) * _W0), _u4(k1 + _u4(5) * _W1))
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, _u4(k0 + _u4(6) * _W0), _u4(k1 + _u4(6) * _W1))
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, _u4(k0 + _u4(7) * _W0), _u4(k1 + _u4(7) * _W1))
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, _u4(k0 + _u4(8) * _W0), _u4(k1 + _u4(8) * _W1))
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, _u4(k0 + _u4(9) * _W0), _u4(k1 + _u4(9) * _W1))
    return _u4(c0), _u4(c1), _u4(c2), _u4(c3)


_U31, _U32 = _f(2.0**-31), _f(2.0**-32)
_U24, _U25 = _f(2.0**-24), _f(2.0**-25)
_BELOW_ONE = _f(1 - 2.0**-24)


@inline
def _uniform(word):
    """31-bit uniform: relative resolution 2^-24 near 0, so rare daily probabilities are not lost; never 1."""
    return min(_f(_i(word >> _S1)) * _U31 + _U32, _BELOW_ONE)


@inline
def _uniform24(word):
    """24-bit uniform strictly inside (0, 1), for Box-Muller."""
    return _f(_i(word >> _S8)) * _U24 + _U25


@plain
def four_uniforms(first_path, quarter, stream, purpose, k0, k1, out):
    """Fill ``out`` (4, LANES) for paths ``first_path …`` and days 4 ``quarter`` … + 3."""
    wide()
    a = out[0]
    b = out[1]
    c = out[2]
    d = out[3]
    for i in range(LANES):
        v, w, x, y = philox(_u4(first_path + i), quarter, stream, purpose, k0, k1)
        a[i] = _uniform(v)
        b[i] = _uniform(w)
        c[i] = _uniform(x)
        d[i] = _uniform(y)


@plain
def four_normals(first_path, quarter, stream, purpose, k0, k1, words, out):
    """Fill ``out`` (4, LANES) as ``four_uniforms``: one pair of normals for two days.

    ``words`` (4, LANES) uint32 is scratch: in one loop with what follows, too many registers would be wanted.
    """
    wide()
    a = words[0]
    b = words[1]
    c = words[2]
    d = words[3]
    for i in range(LANES):
        a[i], b[i], c[i], d[i] = philox(_u4(first_path + i), quarter, stream, purpose, k0, k1)
    for pair in range(2):
        radius = words[2 * pair]
        angle = words[2 * pair + 1]
        first = out[2 * pair]
        second = out[2 * pair + 1]
        for i in range(LANES):
            first[i], second[i] = normal_pair(_uniform24(radius[i]), _uniform24(angle[i]))
