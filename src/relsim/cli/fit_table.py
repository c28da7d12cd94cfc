"""A fit as plain text. Floor 8; imports ``fit`` values only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from relsim.cli.columns import aligned, heading

if TYPE_CHECKING:
    from relsim.result.fit import FitEvaluation, FitReport, FittedWeight, Percentiles, Residuals, Shares

_NAME = 44
"""Characters of a weight's path."""
_METHODS = {
    "importance": "normal at the mode, corrected by importance sampling",
    "laplace": "normal at the mode",
    "mcmc": "ensemble sampler",
}


def fit_table(report: FitReport) -> str:
    """Weights, events and criteria."""
    head = (
        f"{heading(report.scenario)}\n{report.start} to {report.end}: {report.events:,} events, "
        f"{report.scored:,} daily counts of {len(report.residuals)} event types; {_METHODS[report.method]}"
    )
    return "\n\n".join([head, _weights(report.weights), _events(report.residuals, report.shares), _criteria(report)])


def _weights(weights: Sequence[FittedWeight]) -> str:
    rows = [("WEIGHT", "before: 5 % | 50 % | 95 %", "after: 5 % | 50 % | 95 %", "", "shrinkage")]
    rows += [
        (w.shown(_NAME), _three(w.prior), _three(w.posterior), w.unit, f"{100 * max(w.shrinkage, 0.0):.0f} %")
        for w in weights
    ]
    return aligned(rows, left=(0, 3))


def _three(span: Percentiles) -> str:
    return f"{span.low:.3g} | {span.median:.3g} | {span.high:.3g}"


def _events(residuals: Sequence[Residuals], shares: Sequence[Shares]) -> str:
    rows = [("EVENT", "observed", "expected", "unprompted", "most by", "spread", "counts p", "gaps p")]
    for r, s in zip(residuals, shares, strict=True):
        most = next(iter(s.sources.items()), None)
        rows.append(
            (
                r.event,
                f"{r.observed:,}",
                f"{r.expected:,.1f}",
                f"{100 * s.unprompted:.0f} %",
                "-" if most is None else f"{most[0]} {100 * most[1]:.0f} %",
                f"{r.dispersion:.2f}",
                f"{r.transform.p:.2f}",
                "-" if r.rescaled is None else f"{r.rescaled.p:.2f}",
            )
        )
    return aligned(rows)


def _criteria(report: FitReport) -> str:
    c = report.criteria
    rows = [
        ("LOG-LIKELIHOOD", "AIC", "BIC", "WAIC", "effective weights", "of"),
        (f"{c.log_likelihood:.2f}", f"{c.aic:.1f}", f"{c.bic:.1f}", f"{c.waic:.1f}", f"{c.effective_weights:.1f}",
         f"{len(report.weights)}"),
    ]  # fmt: skip
    lines = [aligned(rows)]
    if report.sampler is not None:
        s = report.sampler
        lines.append(
            f"Sampler: {s.steps:,} steps, acceptance {s.acceptance:.2f}, autocorrelation time {s.autocorrelation:.0f}, "
            f"R-hat {s.rhat:.3f}, at least {s.effective:,.0f} effective draws"
        )
    elif report.method == "importance":
        lines.append(
            f"Importance weights: Pareto k {report.pareto_k:.2f}, {report.effective_draws:,.0f} effective draws"
        )
    if report.noise:
        name, noise = max(report.noise.items(), key=lambda item: item[1].divided_by)
        lines.append(
            "Noise that nobody saw raises simulated rates; those written are the fitted ones divided by "
            f"{noise.divided_by:.3f} ({name}) or less"
        )
    return "\n".join(lines)


def evaluation_table(found: FitEvaluation) -> str:
    """The log-likelihood, whole and by event."""
    rows = [("EVENT", "days", "observed", "log-likelihood")]
    for name, e in found.events.items():
        rows.append((name, f"{e.days:,}", f"{e.observed:,}", _number(e.log_likelihood)))
    rows.append(
        ("all", f"{found.days:,}", f"{sum(e.observed for e in found.events.values()):,}", _number(found.log_likelihood))
    )
    return f"{heading(found.scenario)}\n{found.start} to {found.end}\n\n{aligned(rows)}"


def _number(value: float | None) -> str:
    return "-inf" if value is None else f"{value:.6f}"
