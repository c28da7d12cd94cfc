"""What a forecaster would use instead of a simulation: seven baselines on the same history, with one signature.

>>> samples = BASELINES["climatology"](history, 30, np.random.default_rng(1))  # doctest: +SKIP

``samples`` is ``(1000, S)``: totals over the 30 days that begin after the history's last row, whole and not negative;
of a real-valued series the mean over those days. Libraries that only baselines need come with the extra ``backtest``.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from relsim.backtest.baselines.history import SAMPLES, Baseline, History, Samples

__all__ = ["BASELINES", "DESCRIPTIONS", "SAMPLES", "Baseline", "History", "Samples"]

BASELINES: Mapping[str, Baseline] = MappingProxyType({})
"""Name → function, from the plainest to the most elaborate."""

DESCRIPTIONS: Mapping[str, str] = MappingProxyType({})
"""Name → one line, for tables and documentation."""
