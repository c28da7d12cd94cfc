"""How kernels are compiled. Holds the decorators; imports numba only.

``kernel`` marks a function called from Python (kept on disk, releases the GIL); ``inline`` marks a helper that must
melt into its caller so that the loop over paths vectorises, ``plain`` any other helper. Nothing allocates: what a
kernel works on comes with its arguments. No fast-math anywhere: contraction would make results depend on the chip.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

from relsim.kernels.ahead import Task, noting, told
from relsim.kernels.kept import has_kept, is_kept, keep_on_disk

LANES = 128
"""Paths in a block; the inner loop of every kernel runs over them."""

BORROWED: dict[str, Any] = {"_nrt": False}
"""Rows are borrowed from the caller and no reference to them is counted: the atomic instruction for every row that
a helper looks at took a quarter of the time. Such a function can neither allocate nor return an array."""

_INNER: dict[str, Any] = {"error_model": "numpy", "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""Functions called from kernels only need no way in from Python; without it they compile much faster."""

_OUTER: dict[str, Any] = {"error_model": "numpy", "nogil": True, "no_cfunc_wrapper": True, **BORROWED}

inline = njit(forceinline=True, **_INNER, **BORROWED)
plain = njit(**_INNER, **BORROWED)


@intrinsic
def wide(_context: Any) -> Any:
    """Lets the loops of the function that calls it use the chip's widest registers, which LLVM shuns on some chips.

    What is computed is the same to the bit: every lane is computed by itself.
    """

    def codegen(_ctx: Any, builder: ir.IRBuilder, _sig: Any, _args: Any) -> Any:
        set.add(builder.function.attributes, '"prefer-vector-width"="512"')
        return _ctx.get_dummy_value()

    return types.none(), codegen


class Kernel:
    """A compiled function that is called from Python with arrays."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._dispatcher: Any = njit(**_OUTER)(function)
        keep_on_disk(self._dispatcher)
        self._task = function.__module__, function.__name__
        self._called = False
        self.__doc__ = function.__doc__

    def __call__(self, *arguments: Any) -> None:
        """Fill what the arguments offer; in a rehearsal, note the call alone."""
        if self._called and noting() is None:
            self._dispatcher(*arguments)
            return
        signature = tuple(map(self._dispatcher.typeof_pyval, arguments))
        kept = is_kept(self._dispatcher, signature)
        if (noted := noting()) is not None:
            if not kept:
                noted.append(Task(*self._task, signature))
            return
        if not kept:
            told(1)
        self._dispatcher(*arguments)
        self._called = True
        if not kept:
            told(0)

    @property
    def known(self) -> bool:
        """Whether it has been called, or lies compiled on disk for some types."""
        return self._called or has_kept(self._dispatcher)

    def compile(self, signature: tuple[Any, ...]) -> None:
        """Compile it for types of arguments."""
        self._dispatcher.compile(signature)


def kernel(function: Callable[..., Any]) -> Kernel:
    """Compile a kernel; what it compiles to is kept on disk."""
    return Kernel(function)
