"""One fit from beginning to end. Floor 4; imports the other modules of this room."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from relsim.errors import RunError
from relsim.fit.ceilings import ceilings_of, rates_at
from relsim.fit.even import evenly_corrected
from relsim.fit.likelihood import Likelihood
from relsim.fit.mcmc import sample
from relsim.fit.noise import noise_factor
from relsim.fit.normal_scores import NormalScores
from relsim.fit.posterior import Posterior, posterior_of, refuse_impossible
from relsim.fit.report import report_of
from relsim.fit.slope import identified
from relsim.fit.weights_file import Written, written_posterior
from relsim.result.fit import FitReport


@dataclass(frozen=True)
class Fitted:
    """A posterior, the numbers that go into a weights file, and what there is to say."""

    posterior: Posterior
    written: Written
    report: FitReport


def fit_weights(
    likelihood: Likelihood,
    scores: NormalScores,
    *,
    source: str,
    steps: int | None = None,
    seed: int = 1,
    notes: Sequence[str] = (),
    progress: Callable[[int], None] | None = None,
) -> Fitted:
    """Fit weights to a record.

    Parameters
    ----------
    source : what stands as the source of every fitted number
    steps : most steps of the ensemble sampler; None leaves the normal approximation
    notes : warnings about the record, put first
    progress : called with the steps taken, of the sampler where it runs, else of the search for the mode

    Raises
    ------
    RunError
        Where the record is impossible under the medians or says nothing, or the sampler is not installed.
    """
    refuse_impossible(likelihood)
    informed = identified(likelihood, scores)
    if not informed.any():
        ceilings = ceilings_of(likelihood, rates_at(likelihood, likelihood.model.medians[0]))
        nothing = "the record has nothing to say: no number that may be fitted moves the rate of an event in it"
        raise RunError(";\n    ".join([*ceilings, nothing]))
    unidentified = tuple(path for path, some in zip(scores.paths, informed, strict=True) if not some)
    scores = scores.kept(informed)
    posterior = posterior_of(likelihood, scores, seed=seed, progress=progress if steps is None else None)
    diagnostics = None
    if steps is not None:
        posterior, diagnostics = sample(likelihood, posterior, steps=steps, seed=seed, progress=progress)
    factor = evenly_corrected(
        noise_factor(likelihood.model, scores.theta(posterior.mode.z[None])), likelihood, posterior
    )
    written = written_posterior(posterior, factor, source)
    report = report_of(likelihood, posterior, factor, written, diagnostics, unidentified, tuple(notes))
    return Fitted(posterior, written, report)
