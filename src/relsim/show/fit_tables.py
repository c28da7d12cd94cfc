"""A fit: what the record says of each parameter, and how well rates follow it. Floor 6; imports ``result``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from relsim.result.fit import FitEvaluation, FitReport, Percentiles
from relsim.show.values import (
    NONE,
    Between,
    Block,
    Cell,
    Column,
    Prose,
    Shown,
    Table,
    number,
    share,
    table,
    whole,
    written,
)

_METHODS = {
    "importance": "normal at the mode, corrected by importance sampling",
    "laplace": "normal at the mode",
    "mcmc": "ensemble sampler",
}


def fit_blocks(report: FitReport) -> Iterator[Block]:
    """What ``relsim fit`` prints: parameters, events and criteria."""
    yield Prose(
        f"{report.start} to {report.end}: {report.events:,} events, {report.scored:,} daily counts of "
        f"{len(report.residuals)} event types; {_METHODS[report.method]}",
        report.scenario,
    )
    yield _weights(report)
    yield _events(report)
    yield _criteria(report)


def _weights(report: FitReport) -> Table:
    columns = [
        Column("Weight"),
        number("before: 5 % | 50 % | 95 %", ranges=True),
        number("after: 5 % | 50 % | 95 %", ranges=True),
        Column(""),
        share("shrinkage"),
    ]
    rows = [
        (
            w.path.removeprefix("events/"),
            _three(w.prior),
            _three(w.posterior),
            w.unit,
            written(max(w.shrinkage, 0.0), ".0%"),
        )
        for w in report.weights
    ]
    return table("Weight", columns, rows).without_empty()


def _three(span: Percentiles) -> Cell:
    return Between(span.low, span.high, f"{span.low:.3g} | {span.median:.3g} | {span.high:.3g}")


def _events(report: FitReport) -> Table:
    columns = [
        Column("Event"),
        *map(number, ("observed", "expected")),
        share("unprompted"),
        Column("most by"),
        *map(number, ("spread", "counts p", "gaps p")),
    ]
    rows = [
        (
            r.event,
            whole(r.observed),
            written(r.expected, ",.1f"),
            written(s.unprompted, ".0%"),
            next((f"{source} {100 * part:.0f} %" for source, part in s.sources.items()), NONE),
            written(r.dispersion, ".2f"),
            written(r.transform.p, ".2f"),
            written(None if r.rescaled is None else r.rescaled.p, ".2f"),
        )
        for r, s in zip(report.residuals, report.shares, strict=True)
    ]
    return table("Event", columns, rows)


def _criteria(report: FitReport) -> Table:
    c = report.criteria
    columns: Sequence[Column] = [
        number("log-likelihood"),
        *map(number, ("AIC", "BIC", "WAIC", "effective parameters", "of")),
    ]
    row = (
        written(c.log_likelihood, ".2f"),
        *(written(x, ".1f") for x in (c.aic, c.bic, c.waic, c.effective_weights)),
        whole(len(report.weights)),
    )
    return table("Log-likelihood", columns, [row], _notes(report))


def _notes(report: FitReport) -> Iterator[str]:
    if report.sampler is not None:
        s = report.sampler
        yield (
            f"Sampler: {s.steps:,} steps, acceptance {s.acceptance:.2f}, autocorrelation time {s.autocorrelation:.0f}, "
            f"R-hat {s.rhat:.3f}, at least {s.effective:,.0f} effective draws"
        )
    elif report.method == "importance":
        yield f"Importance weights: Pareto k {report.pareto_k:.2f}, {report.effective_draws:,.0f} effective draws"
    if report.noise:
        name, noise = max(report.noise.items(), key=lambda item: item[1].divided_by)
        yield (
            "Noise that nobody saw raises simulated rates; those written are the fitted ones divided by "
            f"{noise.divided_by:.3f} ({name}) or less"
        )


def evaluation_blocks(found: FitEvaluation) -> list[Block]:
    """What ``relsim fit --evaluate`` prints: the log-likelihood, whole and by event."""
    columns = [Column("Event"), *map(number, ("days", "observed", "log-likelihood"))]
    rows = [(name, whole(e.days), whole(e.observed), _log(e.log_likelihood)) for name, e in found.events.items()]
    observed = sum(e.observed for e in found.events.values())
    rows.append(("all", whole(found.days), whole(observed), _log(found.log_likelihood)))
    return [Prose(f"{found.start} to {found.end}", found.scenario), table("Event", columns, rows)]


def _log(value: float | None) -> Shown:
    return Shown(None, "−inf") if value is None else written(value, ".6f")
