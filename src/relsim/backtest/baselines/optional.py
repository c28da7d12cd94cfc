"""Libraries that only baselines need."""

from __future__ import annotations

from contextlib import AbstractContextManager
from importlib.util import find_spec

from relsim.errors import RunError


def required(library: str) -> None:
    """Raise a RunError that names the extra, if a library is not installed."""
    if find_spec(library) is None:
        raise RunError(f"this baseline needs {library}: pip install 'relsim[backtest]'")


def one_thread() -> AbstractContextManager[object]:
    """Fits of this size gain nothing from threads, and lose much where origins already run side by side."""
    required("threadpoolctl")
    from threadpoolctl import threadpool_limits

    limits: AbstractContextManager[object] = threadpool_limits(1)
    return limits
