"""Elementary functions that vectorise over paths. Floor 1; imports ``compiled`` only.

Library calls in the inner loop cost a factor of three, so float32 has short polynomials here, accurate to about
1.2e-7 relative (tested against float64); float64 (replay, verification) takes the C library's. Each name dispatches
on the type of its argument at compile time.
"""

from __future__ import annotations

import math

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic, overload

from relsim.kernels.compiled import inline

_f = np.float32
_i = np.int32


def _bitcast(source: types.Type, target: types.Type, to_float: bool):
    @intrinsic
    def cast(_context, _value):
        def codegen(_ctx, builder, _sig, args):
            return builder.bitcast(args[0], ir.FloatType() if to_float else ir.IntType(32))

        return target(source), codegen

    return cast


bits_of = _bitcast(types.float32, types.int32, False)
from_bits = _bitcast(types.int32, types.float32, True)

_LOG2E, _ROUND = _f(1.44269504), _f(12582912.0)
_LN2_HIGH, _LN2_LOW = _f(0.693359375), _f(-2.12194440e-4)
_E0, _E1, _E2 = _f(1.9875691500e-4), _f(1.3981999507e-3), _f(8.3334519073e-3)
_E3, _E4, _E5 = _f(4.1665795894e-2), _f(1.6666665459e-1), _f(5.0000001201e-1)
_ROUND_BITS, _BIAS, _MANTISSA = _i(0x4B400000), _i(127), _i(23)
_ONE, _ZERO, _HALF, _TWO = _f(1), _f(0), _f(0.5), _f(2)
_EXP_LOW, _EXP_HIGH = _f(-87.0), _f(88.0)


@inline
def _exp_parts(x):
    """x = n ln 2 + r: returns exp(r) − 1 and 2^n, for x within the range of float32."""
    x = min(max(x, _EXP_LOW), _EXP_HIGH)
    z = x * _LOG2E + _ROUND
    n = _i(bits_of(z) - _ROUND_BITS)
    nf = _f(n)
    r = x - nf * _LN2_HIGH - nf * _LN2_LOW
    p = ((((_E0 * r + _E1) * r + _E2) * r + _E3) * r + _E4) * r + _E5
    return p * (r * r) + r, from_bits(_i((n + _BIAS) << _MANTISSA))


@inline
def _exp32(x):
    p, scale = _exp_parts(x)
    return (p + _ONE) * scale


@inline
def _expm1_32(x):
    p, scale = _exp_parts(x)
    return scale * p + (scale - _ONE)


_L = [
    _f(v)
    for v in (
        7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1,
        -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
    )
]  # fmt: skip
_L0, _L1, _L2, _L3, _L4, _L5, _L6, _L7, _L8 = _L
_LN2, _SQRT_HALF_BITS, _FRACTION = _f(0.69314718), _i(0x3F3504F3), _i(0x007FFFFF)
_SHIFT_BITS = _i(0x3F800000 - 0x3F3504F3)


@inline
def _log32(x):
    bits = _i(bits_of(x) + _SHIFT_BITS)
    exponent = _f(_i((bits >> _MANTISSA) - _BIAS))
    f = from_bits(_i((bits & _FRACTION) + _SQRT_HALF_BITS)) - _ONE
    z = f * f
    p = (((((((_L0 * f + _L1) * f + _L2) * f + _L3) * f + _L4) * f + _L5) * f + _L6) * f + _L7) * f + _L8
    return exponent * _LN2 + (f + (p * f * z - _HALF * z))


@inline
def _log1p32(x):
    """Kahan's correction: exact to rounding although 1 + x is not."""
    u = _ONE + x
    d = u - _ONE
    return x if d == _ZERO else _log32(u) * (x / d)


def exp(x: float) -> float:
    """e^x; float32 arguments are held within [-87, 88]."""
    return math.exp(x)


def expm1(x: float) -> float:
    """e^x − 1 without cancellation."""
    return math.expm1(x)


def log1p(x: float) -> float:
    """ln(1 + x) for x ≥ 0 without cancellation."""
    return math.log1p(x)


def _dispatch(name, single, double):
    @overload(name, jit_options={"forceinline": True}, inline="never")
    def implementation(x):
        if x == types.float32:
            return lambda x: single(x)
        if x == types.float64:
            return lambda x: double(x)
        return None


_dispatch(exp, _exp32, math.exp)
_dispatch(expm1, _expm1_32, math.expm1)
_dispatch(log1p, _log1p32, math.log1p)

_MINUS_TWO, _TURN = _f(-2), _f(6.28318531)
_S1, _S2, _S3 = _f(-1.9515295891e-4), _f(8.3321608736e-3), _f(-1.6666654611e-1)
_C1, _C2, _C3 = _f(2.443315711809948e-5), _f(-1.388731625493765e-3), _f(4.166664568298827e-2)
_FOUR, _QUARTER, _I1, _I2, _I30 = _f(4), _f(0.25), _i(1), _i(2), _i(30)


@inline
def normal_pair(u, v):
    """Box-Muller: (cosine, sine) pair of standard normals from two float32 uniforms in (0, 1)."""
    radius = np.sqrt(_MINUS_TWO * _log32(u))
    z = v * _FOUR + _ROUND
    quadrant = _i(bits_of(z) - _ROUND_BITS)
    t = (v - _f(quadrant) * _QUARTER) * _TURN
    t2 = t * t
    sine = ((_S1 * t2 + _S2) * t2 + _S3) * t2 * t + t
    cosine = ((_C1 * t2 + _C2) * t2 + _C3) * t2 * t2 - _HALF * t2 + _ONE
    swap = (quadrant & _I1) != 0
    a = cosine if swap else sine
    b = sine if swap else cosine
    s = from_bits(_i(bits_of(a) ^ _i((quadrant & _I2) << _I30)))
    c = from_bits(_i(bits_of(b) ^ _i(((quadrant + _I1) & _I2) << _I30)))
    return radius * c, radius * s
