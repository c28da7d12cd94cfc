"""Libraries that only baselines need."""

from __future__ import annotations

from importlib.util import find_spec

from relsim.errors import RunError


def needs(library: str) -> None:
    """Raise a RunError that names the extra, if a library is not installed."""
    if find_spec(library) is None:
        raise RunError(f"this baseline needs {library}: pip install 'relsim[backtest]'")
