"""What a forecaster would use instead of a simulation: eight baselines on the same history, with one signature.

>>> samples = BASELINES["climatology"](history, 30, np.random.default_rng(1))  # doctest: +SKIP

``samples`` is ``(1000, S)``: totals over the 30 days that begin after the history's last row, whole and not negative;
of a real-valued series the mean over those days. Libraries that only baselines need come with the extra ``backtest``.

``climatology`` holds those without a fit, ``autoregression``, ``vector`` and ``boosting`` one each (``fitted`` is what
they share), ``real`` the forms of real-valued series; ``spread`` is how far counts stray, ``windows`` how past totals
are taken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from relsim.backtest.baselines import climatology, real
from relsim.backtest.baselines.autoregression import autoregression
from relsim.backtest.baselines.boosting import boosting
from relsim.backtest.baselines.history import SAMPLES, Array, Baseline, PastSeries, Samples
from relsim.backtest.baselines.vector import vector_autoregression
from relsim.backtest.baselines.windows import Windows, windows

__all__ = ["BASELINES", "DESCRIPTIONS", "SAMPLES", "Baseline", "PastSeries", "Samples"]

Form = Callable[[Windows, np.random.Generator], Array]


@dataclass(frozen=True)
class _TwoForms:
    """A baseline of counts and its counterpart of means, as one function."""

    of_counts: Form
    of_means: Form

    def __call__(self, history: PastSeries, horizon: int, generator: np.random.Generator) -> Samples:
        if horizon < 1:
            raise ValueError(f"a horizon of {horizon} days")
        samples = np.empty((SAMPLES, len(history.names)))
        for chosen, form in ((~history.is_real, self.of_counts), (history.is_real, self.of_means)):
            columns = np.flatnonzero(chosen)
            if len(columns):
                samples[:, columns] = form(windows(history, horizon, columns), generator)
        return samples


BASELINES: Mapping[str, Baseline] = MappingProxyType(
    {
        "climatology": _TwoForms(climatology.climatology, real.climatology),
        "recent": _TwoForms(climatology.recent, real.recent),
        "persistence": _TwoForms(climatology.persistence, real.persistence),
        "weighted": _TwoForms(climatology.weighted_mean, real.weighted_mean),
        "experts": _TwoForms(climatology.experts, real.weighted_mean),
        "autoregression": _TwoForms(autoregression, real.autoregression),
        "var": _TwoForms(vector_autoregression, real.autoregression),
        "boosting": _TwoForms(boosting, real.autoregression),
    }
)
"""Name → function, from the plainest to the most elaborate. Of real-valued series ``experts``, ``var`` and ``boosting``
have no form of their own and give the weighted mean and the autoregression."""

DESCRIPTIONS: Mapping[str, str] = MappingProxyType(
    {
        "climatology": "totals of all past windows as long as the horizon",
        "recent": "totals of such windows in the last year",
        "persistence": "the last horizon's total again, spread by how far it strayed before",
        "weighted": "exponentially weighted mean, half-life chosen on the past, negative binomial spread",
        "experts": "mixture of exponentially weighted means, weighed by past totals, its spread learnt over pairs",
        "autoregression": "negative binomial regression on totals of several spans before, and the season",
        "var": "vector autoregression of weekly counts with a shrinkage prior, simulated forward",
        "boosting": "gradient boosted trees on own, reverse and joint totals of many spans",
    }
)
"""Name → one line, for tables and documentation."""
