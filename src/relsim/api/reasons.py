"""Why a forecast is what it is: ``drivers`` and ``stories``. Floor 7."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from relsim.api.answers import Answer, flat
from relsim.api.forecast import Forecast
from relsim.api.progress import Progress, progress_of
from relsim.errors import InputError, suggestion
from relsim.result.drivers import Attribution, Design, Discovery, Drivers
from relsim.result.stories import Stories

DRIVERS = "drivers.json"
_SAMPLES = {"sobol": 64, "morris": 20}
_EVENT_PATHS = 4000
_TOP = 10
"""Parameters that a designed study takes from the run's own indices unless told which."""
_POINTS = 256
"""Paths of a point of a designed study."""


def drivers(
    forecast: Forecast,
    *,
    outcomes: str | Sequence[str] = (),
    threshold: float = 0.5,
    check: bool = False,
    events: bool = False,
    design: str | None = None,
    samples: int | None = None,
    only: str | Sequence[str] = (),
    discover: str | Sequence[str] = (),
    paths: int | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    keep: bool = False,
    progress: bool | Progress = True,
) -> Answer[Drivers]:
    """What each outcome of a finished run depends on, estimated from the run's own draws unless more is asked for.

    Parameters
    ----------
    forecast : Forecast
        The run, of at least 20 draws (2,560 paths).
    outcomes : str or sequence of str
        Outcomes and quantities; all unless given.
    threshold : float
        Probability across which a single parameter is asked to take each outcome.
    check : bool
        Simulate the crossings that were found, on the run's own paths.
    events : bool
        Leave out each event in turn and simulate again, on the same paths.
    design : {"sobol", "morris"}, optional
        Vary parameters together by a design and simulate: total indices. Needs SALib.
    samples : int, optional
        Base samples of ``sobol`` (64) or trajectories of ``morris`` (20).
    only : str or sequence of str
        Parameters that the design varies, by their paths; wildcards may be used. The ten of the greatest indices
        unless given.
    discover : str or sequence of str
        Outcomes of which boxes of parameters are looked for, in which they are far more, or far less, likely.
    paths : int, optional
        Paths of ``events`` (4,000), or of a point of the design (256).
    workers : int, optional
        Threads; all cores unless given. Changes no number.
    scheduler : str, optional
        A cluster that the points of a design run on, as in ``Scenario.run``.
    keep : bool
        Keep the points of a design in the run's folder, so that an interrupted study goes on there.
    progress : bool
        Show a bar if it takes a while.

    Returns
    -------
    Answer
        ``result.outcomes`` and ``result.quantities`` by name, ``result.design``, ``result.events``,
        ``result.discovery``. Its ``table`` has a
        row for each target (index ``name``) and ``parameter``: ``significant``, ``first_order`` (the share of the
        variance between draws that knowing the parameter would remove, with ``first_low`` and ``first_high``),
        ``delta``, ``shape``, and the target where the parameter is low and high.

    Raises
    ------
    relsim.InputError
        If there is no such outcome or parameter.

    Examples
    --------
    >>> forecast = relsim.load("docs/examples/osaka.yaml").run(paths=4096)
    >>> found = relsim.drivers(forecast, outcomes="sanctions")
    >>> found.result.outcomes["sanctions"].weights[0].weight
    'events/sanctions/rate'
    """
    from relsim.drivers import weights_of
    from relsim.drivers.targets import targets

    shown, run, model = progress_of(progress), forecast.finished, forecast.inputs.model
    asked = [outcomes] if isinstance(outcomes, str) else list(outcomes)
    number = len(targets(run, {}, asked))
    with shown.bar(number, "Reading the draws") as update:
        found = weights_of(run, model, only=asked, threshold=threshold, progress=update)
    if check:
        found = _checked(forecast, found, workers, shown)
    if design is not None:
        patterns = [only] if isinstance(only, str) else list(only)
        plan = (design, samples or _SAMPLES.get(design, 0), patterns, paths or _POINTS)
        found = replace(found, design=_designed(forecast, found, plan, workers, scheduler, keep, shown))
    if events:
        found = replace(found, events=_without(forecast, paths, workers, shown))
    if discover:
        found = replace(
            found, discovery=_discovered(forecast, [discover] if isinstance(discover, str) else discover, shown)
        )
    return Answer(found, lambda: _driver_rows(found), lambda: _driver_blocks(found))


def _driver_rows(found: Drivers) -> Iterator[dict[str, Any]]:
    for name, driven in {**found.outcomes, **found.quantities}.items():
        for sensitivity in driven.weights:
            row = flat(sensitivity, ("fifths",))
            path = row.pop("weight")
            yield {"name": name, "parameter": path, "label": found.weights[path].label, **row}


def _driver_blocks(found: Drivers) -> Iterator[Any]:
    from relsim.show.driver_tables import driver_blocks

    return driver_blocks(found)


def _checked(forecast: Forecast, found: Drivers, workers: int | None, progress: Progress) -> Drivers:
    from relsim.drivers.checking import checked

    flips = sum(1 for driven in found.outcomes.values() if driven.flip is not None and driven.flip.weight)
    with progress.bar(flips, "Simulating") as update:
        return checked(forecast.inputs.model, forecast.finished, found, workers=workers, progress=update)


def _discovered(forecast: Forecast, outcomes: Sequence[str], progress: Progress) -> dict[str, Discovery]:
    from relsim.drivers.discovery import discover

    with progress.bar(1000, "Looking for boxes") as update:
        return discover(
            forecast.finished, forecast.inputs.model, outcomes, lambda share: update(math.floor(1000 * share))
        )


def _without(forecast: Forecast, paths: int | None, workers: int | None, progress: Progress) -> Attribution:
    from relsim.drivers.leave_one_out import attribution, removals

    model = forecast.inputs.model
    scenario = model.scenario
    number = paths or min(scenario.paths, _EVENT_PATHS)
    worlds = 1 + len(removals(scenario))
    if worlds == 1:
        raise InputError(f"{forecast.finished.place}: the scenario has no history, calendar or event to take out")
    progress.say(f"{worlds} scenarios of {number:,} paths: the one of the file, and one without each event.")
    with progress.bar(worlds, "Simulating") as update:
        return attribution(
            model,
            paths=number,
            seed=scenario.seed,
            draws=scenario.draws,
            median_weights=forecast.finished.median_weights,
            workers=workers,
            progress=update,
        )


def _designed(
    forecast: Forecast,
    found: Drivers,
    asked: tuple[str, int, Sequence[str], int],
    workers: int | None,
    scheduler: str | None,
    keep: bool,
    progress: Progress,
) -> Design:
    """A designed study, its points kept in the run's folder or not at all."""
    from relsim.drivers.choice import chosen_weights
    from relsim.drivers.design import DesignPlan, analysed, points_of
    from relsim.drivers.study import DesignStudy
    from relsim.engine.cluster import running_blocks

    method, samples, patterns, paths = asked
    model = forecast.inputs.model
    if method not in _SAMPLES:
        raise InputError(f"design: found '{method}'; {' or '.join(_SAMPLES)} was expected")
    weights = chosen_weights(found, model, patterns, most=_TOP)
    plan = DesignPlan.of(model, method, weights, samples, paths)
    points = points_of(plan, model)
    progress.say(
        f"{method}: {len(weights)} parameters, {len(points.theta):,} points of {plan.paths:,} paths: "
        f"{len(points.theta) * plan.paths:,} paths in all."
    )
    if model.copula.groups:
        progress.say("warning: the design varies each parameter by itself, without their correlations")

    def run(study: DesignStudy) -> Design:
        if study.done:
            progress.say(f"Going on after {study.done:,} points.")
        bar = progress.bar(len(points.theta), "Simulating")
        with running_blocks(workers, scheduler) as run_blocks, bar as update:
            study.run(run_blocks, update)
        return analysed(plan, points, study.results(), model)

    if not keep:
        with TemporaryDirectory(prefix="relsim-") as scratch:
            return run(DesignStudy(Path(scratch), plan, points, model))
    from relsim.result.files import Addition

    folder = Path(forecast.finished.place)
    study = DesignStudy(folder / "drivers-design", plan, points, model)
    with Addition(folder) as addition:
        study.list_in(addition, done=False)
    done = run(study)
    with Addition(folder) as addition:
        study.list_in(addition, done=True)
    return done


def add_drivers(forecast: Forecast, found: Drivers, *, figures: bool, progress: Progress) -> Path:
    """Add drivers and their figures to a run's folder, with what an earlier call found and this one was not asked."""
    from relsim.result.files import Addition

    folder = Path(forecast.finished.place)
    with Addition(folder) as addition:
        whole = _joined(folder, found)
        addition.file(DRIVERS).write_text(whole.to_json(), encoding="utf-8", newline="\n")
        if figures:
            with progress.wait("Drawing the figures"):
                from relsim.plots.drivers import driver_figures

                driver_figures(found, forecast.result, addition.into("figures"))
    return folder / DRIVERS


def _joined(folder: Path, found: Drivers) -> Drivers:
    try:
        before = drivers_in(folder)
    except InputError:  # damaged, and about to be replaced
        before = None
    if before is None:
        return found
    same = ("relsim", "scenario", "variant", "paths", "draws", "seed", "threshold", "weights")
    if any(getattr(before, name) != getattr(found, name) for name in same):
        return found
    return replace(
        found,
        outcomes={**before.outcomes, **found.outcomes},
        quantities={**before.quantities, **found.quantities},
        design=found.design or before.design,
        events=found.events or before.events,
        discovery={**(before.discovery or {}), **(found.discovery or {})} or None,
    )


def drivers_in(folder: Path) -> Drivers | None:
    """What ``relsim drivers`` left in a run's folder; None where it left nothing.

    Raises
    ------
    InputError
        If it is damaged.
    """
    from relsim.result.saved import added_to

    return added_to(folder, DRIVERS, Drivers.from_json, "drivers")


def stories(
    forecast: Forecast,
    outcome: str | None = None,
    *,
    count: int = 3,
    paths: int | Sequence[int] = (),
    futures: int = 1024,
    workers: int | None = None,
    progress: bool | Progress = True,
) -> Answer[Stories]:
    """Typical paths on which an outcome came true, and near misses.

    Parameters
    ----------
    forecast : Forecast
        The run.
    outcome : str, optional
        The outcome whose paths are shown; may be left out where ``paths`` are named.
    count : int
        Number of typical paths, and of near misses.
    paths : int or sequence of int
        Tell these paths instead, whatever came of them; they are numbered from 0.
    futures : int
        Paths simulated onwards from each day for the probability along a story; 0 leaves it out.
    workers : int, optional
        Threads; all cores unless given. Changes no number.
    progress : bool
        Show a bar if it takes a while.

    Returns
    -------
    Answer
        ``result.typical``, ``result.near_misses``, ``result.chosen``. Its ``table`` has a row for each line of each
        story: index ``name``, the kind; ``path``, ``on``, ``until``, ``text`` and ``marked``, a turning point.

    Raises
    ------
    relsim.InputError
        If there is no such outcome or path.

    Examples
    --------
    >>> forecast = relsim.load("docs/examples/osaka.yaml").run(paths=1000)
    >>> found = relsim.stories(forecast, "setback", count=1, futures=0)
    >>> found.result.typical[0].came_true
    True
    """
    from relsim.story import build_stories

    place, run = forecast.finished.place, forecast.finished
    chosen = (paths,) if isinstance(paths, int) else tuple(dict.fromkeys(paths))
    known = list(run.forecast.outcomes)
    if outcome is None and not chosen:
        hint = f"outcomes: {', '.join(known)}" if known else "the run has no outcomes"
        raise InputError(f"{place}: say which outcome with --outcome, or which path with --path; {hint}")
    if outcome is not None and outcome not in known:
        raise InputError(f"{place}: has no outcome '{outcome}'; {suggestion(outcome, known)}".rstrip("; "))
    number = run.forecast.paths
    for path in chosen:
        if not 0 <= path < number:
            raise InputError(f"{place}: has no path {path}; its {number:,} paths are numbered 0 to {number - 1}")
    with progress_of(progress).bar(1000, "Telling") as update:
        found = build_stories(
            run,
            forecast.inputs.model,
            outcome=outcome,
            count=count,
            paths=chosen,
            futures=futures,
            workers=workers or os.cpu_count() or 1,
            progress=lambda share: update(round(1000 * share)),
        )
    return Answer(found, lambda: _story_rows(found), lambda: _story_blocks(found))


def _story_blocks(found: Stories) -> Iterable[Any]:
    from relsim.show.story_text import story_blocks

    return story_blocks(found)


def _story_rows(found: Stories) -> Iterator[dict[str, Any]]:
    for kind, told in (("typical", found.typical), ("near miss", found.near_misses), ("path", found.chosen)):
        for story in told:
            yield from ({"name": kind, "path": story.path, **flat(line)} for line in story.lines)


def add_stories(forecast: Forecast, stories: Stories, *, figures: bool, progress: Progress) -> Path:
    """Add stories and their figures to a run's folder, in the place of earlier ones of the same name."""
    from relsim.result.files import Addition

    folder = Path(forecast.finished.place)
    chosen = [f"path-{story.path}" for story in stories.chosen]
    name = "-".join([*([stories.outcome] if stories.outcome else []), *chosen])
    with progress.wait("Drawing the figures"), Addition(folder) as addition:
        if figures:
            from relsim.plots import story_figures

            scenario = forecast.inputs.scenario
            drawn = story_figures(stories, forecast.result, scenario, addition.into("figures"), name)
            stems = [f"story-{name}-{kind}-[0-9]*.png" for kind in ("true", "near")]
            earlier = {old.name for stem in stems for old in (folder / "figures").glob(stem)}
            for old in sorted(earlier - {file.name for file in drawn}):
                addition.remove(f"figures/{old}")
        addition.file(f"stories/{name}.json").write_text(stories.to_json(), encoding="utf-8", newline="\n")
    return folder / "stories" / f"{name}.json"
