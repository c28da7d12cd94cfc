"""What a reader of a fit must not overlook. Floor 4."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from relsim.fit.likelihood import Likelihood
from relsim.fit.normal_scores import undecided
from relsim.fit.weights_file import Written

if TYPE_CHECKING:
    from relsim.result.fit import FittedWeight, Residuals

_FAR = 3.0
"""Standard deviations of a prior past which record and prior contradict each other."""
_SMALL_P, _LARGE_Z = 0.001, 4.0
_SHOWN = 8


def warnings_of(
    likelihood: Likelihood,
    written: Written,
    weights: Sequence[FittedWeight],
    residuals: Sequence[Residuals],
    unidentified: Sequence[str],
) -> list[str]:
    """Warnings, the weightiest first."""
    out = [*_contradictions(weights), *_misfits(residuals)]
    silent = [w.path for w in weights if not w.informed]
    if silent:
        out.append(f"the record does not speak to {_listed(silent)}: what is known of them is the prior")
    if unidentified:
        out.append(f"no event of the record depends on {_listed(unidentified)}: left as they are")
    if written.narrowed < 1:
        out.append(
            "normal doubts overstep what makes a valid model; all of them are written "
            f"{100 * (1 - written.narrowed):.0f} % narrower, so that a run can draw from them"
        )
    kept = undecided(likelihood.model)
    if kept:
        out.append(f"a choice between values is not fitted and stays as it is: {_listed(kept)}")
    return [*out, *_not_evidence(likelihood)]


def _contradictions(weights: Sequence[FittedWeight]) -> list[str]:
    return [
        f"{w.path}: the record wants {w.posterior.median:.3g} {w.unit}".rstrip()
        + f", {abs(w.score.median):.1f} standard deviations from the prior of the file"
        for w in weights
        if abs(w.score.median) > _FAR
    ]


def _misfits(residuals: Sequence[Residuals]) -> list[str]:
    out = []
    for r in residuals:
        if r.dispersion_z > _LARGE_Z:
            out.append(
                f"{r.event}: counts vary {r.dispersion:.1f} times as much as the model says; overdispersion or "
                "excitation is missing"
            )
        elif r.transform.p < _SMALL_P or (r.rescaled is not None and r.rescaled.p < _SMALL_P):
            out.append(f"{r.event}: the counts do not follow the fitted rates (Kolmogorov–Smirnov p < {_SMALL_P})")
        for kind, parts in (("weekday", r.weekdays), ("stretch from", r.stretches)):
            worst = max(parts, key=lambda part: abs(part.z))
            if abs(worst.z) > _LARGE_Z:
                remedy = "weekdays" if kind == "weekday" else "a long memory of its own (see the guide on drift)"
                out.append(
                    f"{r.event}: {worst.observed} observed and {worst.expected:.0f} expected on the {kind} "
                    f"{worst.label}; {remedy} may be missing"
                )
    return out


def _not_evidence(likelihood: Likelihood) -> list[str]:
    """What of the record, or of the scenario, the likelihood leaves aside."""
    scenario, days = likelihood.model.scenario, likelihood.days
    out = []
    left = days.covered & ~days.scored
    for k, name in enumerate(scenario.events):
        if left[:, k].any():
            out.append(
                f"{name}: on {left[:, k].sum()} days a draw of the calendar or of a duration decides its gate; left out"
            )
    first, last = likelihood.record.first, likelihood.record.last
    dated = [e.name for e in scenario.calendar.values() if e.first and e.last and e.last >= first and e.first <= last]
    if dated:
        out.append(f"calendar entries within the record are not replayed, only the events it lists: {_listed(dated)}")
    acts = [i.name for i in scenario.interventions.values() if i.on is not None and first <= i.on <= last]
    if acts:
        out.append(f"interventions within the record are not part of it: {_listed(acts)}")
    return out


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
