"""What changes between scenarios: ``compare`` and ``Comparison``. Floor 7."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relsim.api.figures import ComparisonFigures, one_of
from relsim.api.inputs import Layers, given_settings
from relsim.api.named_inputs import (
    Compared,
    NamedInputs,
    Size,
    check_outcomes,
    common_size,
    disagreement,
    named_inputs,
    place_of,
    with_baseline,
)
from relsim.api.progress import Progress, progress_of
from relsim.api.saving import REPORT, Making, again
from relsim.errors import DocumentError, InputError
from relsim.result.comparison import IGNORE
from relsim.result.comparison import Comparison as ComparisonResult

if TYPE_CHECKING:
    import pandas as pd

    from relsim.api.inputs import Inputs
    from relsim.errors import Problem
    from relsim.scenario import Scenario as ScenarioParts


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """Scenarios on the same simulated paths, each against the first; made by ``relsim.compare``.

    Examples
    --------
    >>> scenario = relsim.load("docs/examples/first.yaml")
    >>> comparison = relsim.compare(scenario, scenario.variant("no_meeting"), paths=500)
    >>> bool(comparison.outcomes.loc["osaka", "difference"] < 0)
    True
    """

    _result: ComparisonResult
    _inputs: tuple[NamedInputs, ...]
    _size: Size
    _command: tuple[str, ...] = ()
    started: datetime = field(default_factory=lambda: datetime.now().astimezone())

    @property
    def result(self) -> ComparisonResult:
        """All numbers of ``comparison.json`` as they are in it; for other use cases of this package."""
        return self._result

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is to be known before a difference is quoted."""
        return self._result.warnings

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What the scenarios' documents give reason to warn of."""
        return tuple(found for one in self._inputs for found in one.inputs.warnings)

    @property
    def inputs(self) -> dict[str, Inputs]:
        """The documents of what is compared, by name; for other use cases of this package."""
        return {one.name: one.inputs for one in self._inputs}

    @property
    def scenarios(self) -> dict[str, ScenarioParts]:
        """What is compared, by name; for other use cases of this package."""
        return {one.name: one.inputs.scenario for one in self._inputs}

    @property
    def outcomes(self) -> pd.DataFrame:
        """Outcomes of each scenario against the baseline.

        Returns
        -------
        pandas.DataFrame
            Index ``name``. ``scenario`` (or ``given NAME``, a condition); ``title``; ``baseline`` and ``other``, the
            probability in each; ``difference`` with its standard error and 95 % interval, ``low`` and ``high``;
            ``verdict``: clear, small, within noise or same; ``paths_needed`` to tell it from noise; ``gained`` and
            ``lost``, shares of the paths on which it came true in the one alone; ``sentence``.

        Raises
        ------
        relsim.InputError
            If pandas is not installed.
        """
        from relsim.api import frames

        return frames.contrasts(self._result.contrasts, "outcomes")

    @property
    def quantities(self) -> pd.DataFrame:
        """Quantities of each scenario against the baseline.

        Returns
        -------
        pandas.DataFrame
            As ``outcomes``, with means in place of probabilities and ``share``, of the paths that have both.
        """
        from relsim.api import frames

        return frames.contrasts(self._result.contrasts, "quantities")

    def daily(self, name: str, scenario: str | None = None) -> pd.DataFrame:
        """The difference of an index or variable from the baseline by day.

        Parameters
        ----------
        name : str
            An index or variable.
        scenario : str, optional
            The first that is compared with the baseline unless given.

        Returns
        -------
        pandas.DataFrame
            Index ``date``. ``mean`` with its 95 % interval, ``low`` and ``high``, and quantiles ``2.5`` to ``97.5`` of
            the paths' own differences, all in points of the scale.

        Raises
        ------
        relsim.InputError
            If there is no such index, variable or scenario.
        """
        from relsim.api import frames

        contrast = self._result.contrasts[one_of(scenario, list(self._result.contrasts), "scenario")]
        index = contrast.indices[one_of(name, list(contrast.indices), "index or variable")]
        levels = {"mean": index.mean, "low": index.low, "high": index.high, **frames.percent(index.quantiles)}
        return frames.by_date(self._result.dates, levels)

    @property
    def plot(self) -> ComparisonFigures:
        """Figures: ``plot.fan(name)``, ``plot.difference(name)``, ``plot.outcomes()``, ``plot.cumulative()``."""
        return ComparisonFigures(self._result, self.scenarios)

    def to_json(self) -> str:
        """The text of ``comparison.json``, as ``relsim compare --json`` prints it for the same inputs."""
        return self._result.to_json()

    def to_dict(self) -> dict[str, Any]:
        """All numbers as plain data, as ``comparison.json`` holds them."""
        found: dict[str, Any] = json.loads(self.to_json())
        return found

    def save(
        self, folder: str | os.PathLike[str], *, figures: bool = True, report: bool = False, force: bool = False
    ) -> Path:
        """Write the folder that ``relsim compare`` writes: whole, or not at all.

        Parameters
        ----------
        folder : path
            Where it is written.
        figures, report, force : bool
            As in ``Forecast.save``.

        Returns
        -------
        pathlib.Path
            The folder.

        Raises
        ------
        relsim.InputError
            If the folder exists, or cannot be written.
        """
        return write_comparison(self, Path(folder), Making(self.started, (), figures, report), named=True, force=force)

    def report(self, file: str | os.PathLike[str]) -> Path:
        """Write one page that opens offline and prints; a file that is there is replaced. Needs plotly.

        Parameters
        ----------
        file : path
            Where it is written.

        Returns
        -------
        pathlib.Path
            The file.
        """
        from relsim.files import write

        write(Path(file), self._page())
        return Path(file)

    @property
    def _files(self) -> dict[str, str]:
        return {name: digest for one in self._inputs for name, digest in one.inputs.loaded.files.items()}

    def _page(self) -> str:
        from relsim.page import Provenance, comparison_page, need_plotly

        need_plotly()
        return comparison_page(self._result, self.scenarios, Provenance(self._command, self._files, {}, None))

    def export(self, file: str | os.PathLike[str], *, force: bool = False) -> Path:
        """Write tables of what changes, the baseline's own, and the figures into one file, as ``Forecast.export`` does.

        Parameters
        ----------
        file : path
            Ends in ``.xlsx``, ``.docx`` or ``.md``; the figures of Markdown stand in a folder beside it.
        force : bool
            Whether a file that exists is replaced; it is refused otherwise.
        """
        from relsim.api.exporting import ExportedComparison, export_file

        return export_file(ExportedComparison(self._result, self.inputs), Path(file), force=force)

    def __repr__(self) -> str:
        names = ", ".join(self._result.scenarios)
        return f"<Comparison: {names}, {self._result.paths:,} paths, seed {self._result.seed}>"

    def _repr_html_(self) -> str:
        """What differs, in tables, for a notebook."""
        from relsim.show.comparison_tables import comparison_blocks
        from relsim.show.hypertext import hypertext

        return hypertext(comparison_blocks(self._result, self.scenarios))


def write_comparison(found: Comparison, folder: Path, making: Making, *, named: bool, force: bool) -> Path:
    """Write a comparison's folder, which is refused where it exists only if it is ``named``."""
    from relsim.result.files import save_comparison
    from relsim.result.folder import RunFolder

    with RunFolder(folder, named=named, force=force) as target:
        if making.figures:
            with making.progress.wait("Drawing the figures"):
                from relsim.plots import comparison_figures

                comparison_figures(found._result, found.scenarios, target.path / "figures")
        if making.report:
            with making.progress.wait("Writing the report"):
                (target.path / REPORT).write_text(found._page(), encoding="utf-8", newline="\n")
        save_comparison(
            target.path,
            found._result,
            scenarios={one.name: one.inputs.loaded.resolved_yaml() for one in found._inputs},
            median_weights=found._size.median_weights,
            command=making.command or found._command,
            files=found._files,
            started=making.started,
            seconds=making.seconds,
        )
    return target.path


def compare(
    *scenarios: Compared,
    variants: str | Sequence[str] | None = None,
    baseline: str | None = None,
    given: str | Sequence[str] = (),
    weights: Sequence[str | os.PathLike[str]] = (),
    settings: Mapping[str, object] | Sequence[str] | None = None,
    paths: int | None = None,
    draws: int | None = None,
    seed: int | None = None,
    median_weights: bool = False,
    ignore: float = IGNORE,
    news: bool = True,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: bool | Progress = True,
) -> Comparison:
    """Simulate scenarios on the same paths, and say what changes from the first to each of the others.

    Parameters
    ----------
    *scenarios : Scenario, Forecast or path
        Scenarios, finished runs, files and folders of runs.
    variants : str or sequence of str, optional
        Variants of the one scenario named, or ``all``; they follow it.
    baseline : str, optional
        Name of what all are compared with; the first unless given.
    given : str or sequence of str
        Outcomes: the baseline's paths on which each came true are laid against all of its paths.
    weights, settings
        Laid over each, as in ``load``.
    paths, draws, seed, median_weights, workers, scheduler, progress
        As in ``Scenario.run``; the same for all.
    ignore : float
        Points below which a clear difference of an outcome is called small.
    news : bool
        Where records alone differ, tell which news moved it.

    Returns
    -------
    Comparison

    Raises
    ------
    relsim.InputError
        If there is nothing to compare, a name is not known, or finished runs were not made on the same paths.

    Examples
    --------
    >>> relsim.compare("docs/examples/first.yaml", variants="all", given="osaka", paths=500)
    <Comparison: first, no_meeting, 500 paths, seed 1>
    """
    started = datetime.now().astimezone()
    given = tuple(dict.fromkeys([given] if isinstance(given, str) else given))
    over = Layers("", tuple(str(file) for file in weights), None, *given_settings(settings))
    found = with_baseline(named_inputs(scenarios, variants, over), baseline)
    if len(found) < 2 and not given:
        first = scenarios[0] if scenarios and isinstance(scenarios[0], str | os.PathLike) else "one scenario"
        raise InputError(
            f"{first} alone is nothing to compare; name another file or run, or give --variants or --given"
        )
    check_outcomes(found[0], given)
    size = common_size(found, paths=paths, seed=seed, draws=draws, median_weights=median_weights)
    result = _simulated(found, size, given, ignore, news, (workers, scheduler), progress_of(progress))
    if not (weights or settings or paths or draws or seed is not None or median_weights):
        told = [disagreement(one, result.scenarios[one.name]) for one in found]
        result = replace(result, warnings=(*result.warnings, *(text for text in told if text)))
    options = {
        "--variants": variants if variants is None or isinstance(variants, str) else ",".join(variants),
        "--baseline": baseline,
        "--given": given,
        "--weights": over.weights,
        "--set": over.settings,
        "--paths": paths,
        "--draws": draws,
        "--median-weights": median_weights,
        "--seed": seed,
        "--ignore": None if ignore == IGNORE else ignore,
        "--no-news": not news,
    }
    command = again("compare", [place_of(scenario) for scenario in scenarios], options)
    return Comparison(result, tuple(found), size, tuple(command), started)


def _simulated(
    found: Sequence[NamedInputs],
    size: Size,
    given: Sequence[str],
    ignore: float,
    news: bool,
    on: tuple[int | None, str | None],
    progress: Progress,
) -> ComparisonResult:
    from relsim.compare import compare as compare_models
    from relsim.compare import plan_news
    from relsim.engine.cluster import running_blocks

    models = {one.name: one.inputs.model for one in found}
    for one in found:
        one.inputs.say_warnings(progress)
    _check_draws(found, size)
    of, others = found[0].name, found[1:] if news else ()
    plans = {one.name: plan_news(models[of], models[one.name], (of, one.name)) for one in others}
    simulations = len(found) + sum(len(plan.to_simulate) for plan in plans.values())
    bar = progress.bar(size.paths * simulations, "Simulating")
    with running_blocks(*on) as run_blocks, bar as update:
        return compare_models(
            models,
            titles={one.name: one.title for one in found},
            paths=size.paths,
            seed=size.seed,
            draws=size.draws,
            median_weights=size.median_weights,
            given=given,
            news=plans,
            warnings=size.warnings,
            ignore=ignore,
            run_blocks=run_blocks,
            progress=update,
        )


def _check_draws(found: Sequence[NamedInputs], size: Size) -> None:
    """Refuse a scenario of which too many draws are an unstable model, before anything is simulated."""
    from relsim.engine import parameters_of

    for one in found:
        try:
            parameters_of(
                one.inputs.model,
                paths=size.paths,
                seed=size.seed,
                draws=size.draws,
                median_weights=size.median_weights,
            )
        except DocumentError as error:
            raise DocumentError(one.inputs.loaded.locate(error.problems)) from None
