"""What changes if: several scenarios on the same paths, laid side by side. Floor 5; imports ``engine``, ``summary``.

Rooms: ``comparable`` (what asks the same in both), ``contrasts`` (two worlds, path by path), ``conditions`` (some paths
of one world), ``sentences``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from relsim import __version__
from relsim.compare.comparable import comparable
from relsim.compare.conditions import condition_contrast, condition_name, made_by
from relsim.compare.contrasts import Side, scenario_contrast
from relsim.engine import simulate_together
from relsim.engine.parts import RunBlocks
from relsim.model import Model
from relsim.result.comparison import Comparison, Contrast
from relsim.summary import summarise

__all__ = ["compare", "condition_name", "made_by"]


def compare(
    models: Mapping[str, Model],
    *,
    titles: Mapping[str, str],
    paths: int,
    seed: int,
    draws: int | None = None,
    median_weights: bool = False,
    given: Sequence[str] = (),
    warnings: Sequence[str] = (),
    run_blocks: RunBlocks | None = None,
    progress: Callable[[int], None] | None = None,
) -> Comparison:
    """Simulate every scenario on the same paths and compare each with the first.

    Parameters
    ----------
    models : scenarios by name, the baseline first
    titles : what each is called in sentences
    paths, seed, draws, median_weights, run_blocks, progress : as in ``engine.simulate_together``
    given : outcomes of the baseline: what is found on the paths where each came true is laid against all its paths
    warnings : what the caller has to say of the scenarios

    Raises
    ------
    Faulty
        If more than 1 % of the draws of a scenario's weights are no valid model.
    """
    together = simulate_together(
        models,
        paths=paths,
        seed=seed,
        draws=draws,
        median_weights=median_weights,
        given=given,
        run_blocks=run_blocks,
        progress=progress,
    )
    sides = [
        Side(name, titles[name], model.scenario, simulation, summarise(model.scenario, simulation))
        for (name, model), simulation in zip(models.items(), together.simulations.values(), strict=True)
    ]
    baseline, *others = sides
    contrasts: dict[str, Contrast] = {}
    for side in others:
        common = comparable(baseline.scenario, side.scenario, (baseline.name, side.name))
        contrasts[side.name] = scenario_contrast(baseline, side, common, together.paired[side.name])
    beside = {side.name: side.scenario for side in others}
    for outcome in given:
        assert together.levels is not None
        levels = together.levels, together.given[outcome]
        maker = made_by(outcome, baseline.scenario, beside, contrasts)
        made = contrasts[maker] if maker else None
        contrasts[condition_name(outcome)] = condition_contrast(outcome, baseline, levels, made)
    return Comparison(
        relsim=__version__,
        baseline=baseline.name,
        paths=paths,
        draws=max(side.simulation.draws for side in sides),
        seed=seed,
        dates=baseline.forecast.dates,
        scenarios={side.name: side.forecast for side in sides},
        contrasts=contrasts,
        warnings=tuple(warnings),
    )
