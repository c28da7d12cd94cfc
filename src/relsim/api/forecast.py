"""A finished run, in memory or in its folder: ``Forecast``. Floor 7."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relsim.api.figures import ForecastFigures, one_of
from relsim.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from relsim.api.inputs import Inputs
    from relsim.result.forecast import Forecast as ForecastResult
    from relsim.result.saved import FinishedRun, SavedRun


@dataclass(frozen=True, eq=False, repr=False)
class Forecast:
    """What a scenario's simulated paths come to: probabilities, quantities, daily levels, each with its doubt.

    Made by ``Scenario.run`` and ``relsim.open``; frozen, and nothing is written but by ``save`` and ``report``. The
    data frames need pandas (``pip install 'relsim[frames]'``); ``to_dict`` does not.

    Examples
    --------
    >>> forecast = relsim.load("docs/examples/osaka.yaml").run(paths=2000)
    >>> forecast.outcomes.loc["summit", "title"]
    'The presidents meet in Osaka'
    >>> bool(forecast.outcomes.loc["setback", "probability"] < forecast.outcomes.loc["summit", "probability"])
    True
    """

    _run: FinishedRun
    _inputs: Inputs

    @property
    def finished(self) -> FinishedRun:
        """The run, with its paths and draws; for other use cases of this package."""
        return self._run

    @property
    def inputs(self) -> Inputs:
        """The document of the run and its model; for other use cases of this package."""
        return self._inputs

    @property
    def result(self) -> ForecastResult:
        """All numbers of ``forecast.json`` as they are in it; for other use cases of this package."""
        return self._run.forecast

    @property
    def title(self) -> str:
        """The scenario's title, and its variant."""
        found = self.result
        return found.scenario + (f" ({found.variant})" if found.variant else "")

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is to be known before a number is quoted."""
        return self.result.warnings

    @property
    def outcomes(self) -> pd.DataFrame:
        """The outcomes.

        Returns
        -------
        pandas.DataFrame
            Index ``name``. ``title``; ``probability``, with ``low`` and ``high``, its 95 % Monte Carlo interval, and
            ``weights_low`` and ``weights_high``, the parameter range, 5-95 % (NaN where nothing is in doubt);
            ``median_date``, ``p10_date``, ``p90_date``, by which half, a tenth and nine tenths of the paths on which it
            came true had it; ``standard_error``; ``variance_weights``, the share of the paths' variance that the
            parameters explain; ``built_in``, whether a built-in model asks it.

        Raises
        ------
        relsim.InputError
            If pandas is not installed; so do all other data frames.
        """
        from relsim.api import frames

        return frames.outcomes(self.result.outcomes)

    @property
    def quantities(self) -> pd.DataFrame:
        """The quantities, over the paths on which each is defined.

        Returns
        -------
        pandas.DataFrame
            Index ``name``. ``title``, ``mean``, ``standard_error``, ``sd``, ``share`` (of the paths on which it is
            defined), and quantiles ``2.5`` to ``97.5`` by their per cent.
        """
        from relsim.api import frames

        titles = {name: measure.title for name, measure in self._inputs.scenario.quantities.items()}
        return frames.quantities(self.result, titles)

    @property
    def calendar(self) -> pd.DataFrame:
        """The calendar's entries.

        Returns
        -------
        pandas.DataFrame
            Index ``name``. ``stated`` and ``simulated``, the probability that went in and that came out; for each
            cause a column ``moved_by.CAUSE``, what it added, in probability.
        """
        from relsim.api import frames

        return frames.calendar(self.result)

    @property
    def events(self) -> pd.DataFrame:
        """Events in the window.

        Returns
        -------
        pandas.DataFrame
            Index ``name``, a row for each type. ``mean_count``, and quantiles ``2.5`` to ``97.5`` by their per cent.
        """
        from relsim.api import frames

        return frames.events(self.result)

    @property
    def parameters(self) -> pd.DataFrame:
        """The uncertain numbers of the scenario.

        Returns
        -------
        pandas.DataFrame
            Index ``name``, the path in the file. ``label``; ``median``, ``low`` and ``high`` (5 and 95 %) in ``unit``;
            ``kind`` (elicited, fitted, tuned or default), ``source``, ``note`` and ``set_by``, the file and line.
        """
        from relsim.api import frames

        return frames.parameters(self._inputs.loaded, self._run.draws().names)

    @property
    def paths(self) -> pd.DataFrame:
        """The simulated paths.

        Returns
        -------
        pandas.DataFrame
            Index ``path``, a row each. ``draw``, the number of the parameter vector; ``outcome.NAME``, whether it came
            true, and ``date.NAME``, when that was certain; ``quantity.NAME``, NaN where undefined; ``count.NAME``,
            events of a type in the window.
        """
        from relsim.api import frames

        return frames.paths(self.result, self._run.paths())

    def daily(self, name: str) -> pd.DataFrame:
        """The levels of an index or variable by day.

        Parameters
        ----------
        name : str
            An index or variable of the scenario.

        Returns
        -------
        pandas.DataFrame
            Index ``date``, the days of the window. ``mean``, quantiles ``2.5`` to ``97.5`` by their per cent, in points
            of the scale at the end of the day; of an index also ``grade.NAME``, the probability of each grade.

        Raises
        ------
        relsim.InputError
            If there is no index or variable of this name.

        Examples
        --------
        >>> daily = relsim.load("docs/examples/osaka.yaml").run(paths=500).daily("tone")
        >>> daily.index[0].isoformat()[:10], len(daily)
        ('2019-05-15', 109)
        """
        from relsim.api import frames

        indices, variables = self.result.indices, self.result.variables
        name = one_of(name, [*indices, *variables], "index or variable")
        return frames.daily(self.result.dates, indices[name] if name in indices else variables[name])

    def given(self, name: str) -> pd.DataFrame:
        """The outcomes on the paths on which one of them came true: what it tells of the others, not what it makes.

        Parameters
        ----------
        name : str
            An outcome.

        Returns
        -------
        pandas.DataFrame
            As ``outcomes``; without a row where it came true on no path.

        Raises
        ------
        relsim.InputError
            If there is no outcome of this name.

        Examples
        --------
        >>> forecast = relsim.load("docs/examples/osaka.yaml").run(paths=500)
        >>> float(forecast.given("setback").loc["summit", "probability"])
        1.0
        """
        from relsim.api import frames
        from relsim.summary import conditional

        name = one_of(name, list(self.result.outcomes), "outcome")
        return frames.outcomes(conditional(self._inputs.scenario, self._run, name))

    @property
    def plot(self) -> ForecastFigures:
        """Figures: ``plot.fan(name)``, ``plot.outcomes()``, ``plot.cumulative()``."""
        return ForecastFigures(self.result, self._inputs)

    def to_json(self) -> str:
        """The text of ``forecast.json``, byte for byte what ``relsim run --json`` prints for the same inputs."""
        return self.result.to_json()

    def to_dict(self) -> dict[str, Any]:
        """All numbers as plain data, as ``forecast.json`` holds them.

        Examples
        --------
        >>> relsim.load("docs/examples/osaka.yaml").run(paths=500).to_dict()["paths"]
        500
        """
        found: dict[str, Any] = json.loads(self.to_json())
        return found

    def save(
        self, folder: str | os.PathLike[str], *, figures: bool = True, report: bool = False, force: bool = False
    ) -> Path:
        """Write the folder that ``relsim run`` writes: whole, or not at all.

        Parameters
        ----------
        folder : path
            Where it is written.
        figures : bool
            Whether the figures are drawn into it.
        report : bool
            Whether it gets ``report.html``; needs plotly.
        force : bool
            Whether a folder that relsim wrote is replaced; else one that exists is refused.

        Returns
        -------
        pathlib.Path
            The folder.

        Raises
        ------
        relsim.InputError
            If the folder exists, or cannot be written.
        """
        from relsim.api.saving import Making, fill_run
        from relsim.result.folder import RunFolder
        from relsim.result.paths import PathTable

        scenario, found = self._inputs.scenario, self._run.paths()
        making = Making(datetime.now().astimezone(), figures=figures, report=report)
        with RunFolder(Path(folder), named=True, force=force) as target:
            with PathTable(
                target.path / "paths.parquet",
                start=scenario.start,
                outcomes=scenario.outcomes,
                quantities=scenario.quantities,
                events=scenario.events,
            ) as table:
                table.add(0, found.days.T, found.values.T, found.counts.T, found.draw)
            fill_run(target.path, self._run, self._run.draws(), self._inputs, making)
        return target.path

    def report(self, file: str | os.PathLike[str]) -> Path:
        """Write one page that opens offline and prints; a file that is there is replaced. Needs plotly.

        Returns
        -------
        pathlib.Path
            The file.
        """
        from relsim.api.saving import page_of
        from relsim.files import write

        write(Path(file), page_of(self._run, self._inputs))
        return Path(file)

    def export(self, file: str | os.PathLike[str], *, force: bool = False) -> Path:
        """Write outcomes, quantities, calendar, events, parameters and the figures into one file to paste from.

        Parameters
        ----------
        file : path
            Ends in ``.xlsx``, ``.docx`` or ``.md``; the figures of Markdown stand in a folder beside it.
        force : bool
            Whether a file that exists is replaced; it is refused otherwise.

        Returns
        -------
        pathlib.Path
            The file.

        Raises
        ------
        relsim.InputError
            If the file exists or ends otherwise, or the library that writes it is not installed
            (``pip install 'relsim[export]'``).

        Examples
        --------
        >>> relsim.load("docs/examples/osaka.yaml").run(paths=500).export("tables.md").name
        'tables.md'
        """
        from relsim.api.exporting import ExportedForecast, export_file

        return export_file(ExportedForecast(self.result, self._inputs), Path(file), force=force)

    def __repr__(self) -> str:
        found = self.result
        return f"<Forecast: {self.title}, {found.start} to {found.end}, {found.paths:,} paths, seed {found.seed}>"

    def _repr_html_(self) -> str:
        """Title, table of outcomes, and the fan of the first index, for a notebook."""
        from base64 import b64encode

        from relsim.show.forecast_tables import forecast_blocks
        from relsim.show.hypertext import hypertext

        found = self.result
        text = hypertext(forecast_blocks(found, self._inputs.scenario)[:2])
        if not found.indices and not found.variables:
            return text
        figure: Any = self.plot.fan()
        return f'{text}<img width="800" src="data:image/png;base64,{b64encode(figure._repr_png_()).decode()}">'


def reopened(folder: Path, weights: tuple[str, ...] = ()) -> tuple[SavedRun, Inputs]:
    """A finished run and its document, which holds the run's paths, seed and draws.

    Simulated again with these and the run's ``median_weights``, every path is the path that it was.

    Parameters
    ----------
    weights : files laid over the document

    Raises
    ------
    InputError
    """
    from relsim.api.inputs import Inputs, Layers
    from relsim.result.saved import SavedRun

    saved = SavedRun.read(folder)
    inputs = Inputs.read(Layers(saved.scenario_file, weights), finished=True)
    check_parts(saved, inputs)
    return saved, inputs


def check_parts(saved: SavedRun, inputs: Inputs) -> None:
    """Refuse a run whose document asks other questions than its forecast answers.

    Raises
    ------
    InputError
        Naming the document.
    """
    scenario, forecast = inputs.loaded.scenario, saved.forecast
    if scenario is None:
        raise InputError(f"{saved.scenario_file}: is a layer, not the document of a run; run the scenario again")
    for name in ("start", "end", "paths", "seed"):
        if getattr(scenario, name) != getattr(forecast, name):
            raise _strange(saved, name)
    for name in ("outcomes", "quantities", "variables", "indices", "events", "calendar", "conditions"):
        if set(getattr(scenario, name)) != set(getattr(forecast, name)):
            raise _strange(saved, name)


def _strange(saved: SavedRun, what: str) -> InputError:
    return InputError(
        f"{saved.scenario_file}: {what} of the document are not those of forecast.json: they are of different runs; "
        "run the scenario again"
    )
