"""What changes if: several scenarios on the same paths, laid side by side. Floor 5; imports ``engine``, ``summary``.

Rooms: ``comparable`` (what asks the same in both), ``contrasts`` (two scenarios, path by path), ``conditions`` (some
paths of one scenario), ``sentences``; ``news`` (which news moved it), with ``stretches`` (where a record is cut),
``record_entries`` (its words) and ``influence`` (what it cannot move).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from relsim import __version__
from relsim.compare.comparable import comparable
from relsim.compare.conditions import condition_contrast, condition_name, made_by
from relsim.compare.contrasts import ComparedScenario, scenario_contrast
from relsim.compare.news import NewsPlan, cut_after, plan_news, tell_news
from relsim.engine import Simulation, simulate, simulate_together
from relsim.engine.parts import RunBlocks
from relsim.model import Model, build
from relsim.result.comparison import IGNORE, Comparison, Contrast
from relsim.summary import summarise

__all__ = ["NewsPlan", "compare", "condition_name", "cut_after", "made_by", "plan_news", "tell_news"]


def compare(
    models: Mapping[str, Model],
    *,
    titles: Mapping[str, str],
    paths: int,
    seed: int,
    draws: int | None = None,
    median_weights: bool = False,
    given: Sequence[str] = (),
    news: Mapping[str, NewsPlan] | None = None,
    warnings: Sequence[str] = (),
    ignore: float = IGNORE,
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
    news : plans by scenario, made by ``plan_news``: which news moved it is told of these, and each of their scenarios
        ``to_simulate`` takes as long as one more model
    warnings : what the caller has to say of the scenarios
    ignore : points below which a clear difference of an outcome is called small

    Raises
    ------
    DocumentError
        If more than 1 % of the draws of a scenario's weights are unstable models.
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
        ComparedScenario(name, titles[name], model.scenario, simulation, summarise(model.scenario, simulation))
        for (name, model), simulation in zip(models.items(), together.simulations.values(), strict=True)
    ]
    baseline, *others = sides
    done = paths * len(models)

    def simulate_cut(model: Model) -> Simulation:
        nonlocal done
        before, done = done, done + paths
        return simulate(
            model,
            paths=paths,
            seed=seed,
            draws=draws,
            median_weights=median_weights,
            run_blocks=run_blocks,
            progress=None if progress is None else lambda here: progress(before + here),
            fans=False,
        )

    contrasts: dict[str, Contrast] = {}
    for side in others:
        common = comparable(baseline.scenario, side.scenario, (baseline.name, side.name))
        contrast = scenario_contrast(baseline, side, common, together.paired[side.name], ignore / 100)
        plan = (news or {}).get(side.name, NewsPlan())
        if plan.not_told:
            contrast = replace(contrast, not_compared=(*contrast.not_compared, plan.not_told))
        if plan.cuts:
            between = [build(scenario, judge=False) for scenario in plan.to_simulate]
            simulations = [baseline.simulation, *map(simulate_cut, between), side.simulation]
            told = tell_news(plan, [models[baseline.name], *between, models[side.name]], simulations, common.outcomes)
            contrast = replace(contrast, news=told)
        contrasts[side.name] = contrast
    beside = {side.name: side.scenario for side in others}
    for outcome in given:
        assert together.levels is not None
        levels = together.levels, together.given[outcome]
        maker = made_by(outcome, baseline.scenario, beside, contrasts)
        made = contrasts[maker] if maker else None
        contrasts[condition_name(outcome)] = condition_contrast(outcome, baseline, levels, made, ignore / 100)
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
        ignore=ignore,
    )
