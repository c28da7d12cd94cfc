"""What comes of the moves: settings in, JSON out. The document and its baseline stay warm; nothing here knows a web.

A move is read and built anew, which takes less than its simulation and is sure to be what ``relsim run`` makes of the
same settings. It is judged at its medians at once, and on many draws after its answer (``judged``).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from relsim.api.inputs import Inputs, Layers
from relsim.drivers import weights_of
from relsim.engine import Simulation, in_threads, parameters_of, simulate
from relsim.engine.parts import Part
from relsim.errors import DocumentError, InputError
from relsim.estimates.paired import probability_difference
from relsim.explore.moves import ControlMoves, values_of
from relsim.model import Model, build
from relsim.outcomes import NEVER, compile_outcomes
from relsim.page import facts_of
from relsim.page.assumptions import numbers_of
from relsim.page.facts import wording
from relsim.plots.data import Past, pasts_of
from relsim.result import Forecast
from relsim.result.comparison import CLEAR, NOISE, Difference
from relsim.result.differences import POINTS, range_text, value_text
from relsim.result.json_text import plain
from relsim.result.saved import Draws, HeldRun, Paths
from relsim.summary import BLOCK, outcome_forecasts, summarise

Days = NDArray[np.int32]
Message = dict[str, Any]
A = TypeVar("A")
P = TypeVar("P")

_BOUNDS = ("0.025", "0.1", "0.25", "0.5", "0.75", "0.9", "0.975")
"""Quantiles that are drawn."""
_DECIMALS = 4
_ASKED = 5
"""Outcomes, the first of the file, by which parameters are ranked."""


class CancelledError(Exception):
    """A newer move has taken this one's place."""


@dataclass(frozen=True)
class Early:
    """What is known of a run before its daily series are."""

    paths: int
    draws: int
    weight_names: tuple[str, ...]
    days: Days


@dataclass(frozen=True)
class LiveRun:
    """One simulated state of the controls."""

    inputs: Inputs
    model: Model
    simulation: Simulation
    counts: NDArray[np.int32]
    forecast: Forecast


class Answers:
    """A document, its baseline, and answers to moves; the state of one ``relsim explore``.

    Parameters
    ----------
    file : the scenario
    paths : simulated for each answer
    workers : threads; all cores unless given
    """

    def __init__(self, file: str, paths: int, workers: int | None = None) -> None:
        self.file, self.paths, self.workers = file, paths, workers
        self._one_at_a_time = threading.Lock()
        self.again()

    def again(self) -> None:
        """Read the document as it stands, and answer it; all stays as it was where that cannot be done.

        Raises
        ------
        DocumentError
        """
        layers = Layers(self.file, settings=(f"run/paths={self.paths}",))
        inputs = Inputs.read(layers)
        inputs.model  # noqa: B018  judged with its variants, as `run` judges it
        base = replace(inputs, layers=replace(layers, others=False, option="by hand"))
        baseline = self._simulated(base, inputs.model, threading.Event(), None)
        self.base, self.baseline = base, baseline
        self._bases: dict[str | None, Inputs] = {None: base}

    @property
    def folder(self) -> Path:
        """Where the scenario stands."""
        return Path(self.file).resolve().parent

    def inputs_of(self, moves: ControlMoves) -> Inputs:
        """The document under the moves.

        Raises
        ------
        InputError
            Where a value cannot be read, or the document is none with it.
        """
        under = self.under(moves.variant)
        numbers = {path: number.quantity for path, number in numbers_of(under.scenario).items()}
        values = values_of(moves, under.loaded, numbers)
        return Inputs.read(under.layers.set(values)) if values else under

    def under(self, variant: str | None) -> Inputs:
        """The document under one of its variants.

        Raises
        ------
        InputError
        """
        if variant not in self._bases:
            self._bases[variant] = Inputs.read(replace(self.base.layers, variant=variant))
        return self._bases[variant]

    def answer(
        self, moves: ControlMoves, cancelled: threading.Event, early: Callable[[Message], None] | None = None
    ) -> tuple[Message, LiveRun]:
        """What comes of the moves, beside the baseline.

        Parameters
        ----------
        cancelled : set by whoever asks for something newer
        early : takes the outcomes as soon as they are known, before the daily series are

        Raises
        ------
        InputError
            Where the moves make no valid document.
        CancelledError
        """
        inputs = self.inputs_of(moves)
        try:
            model = build(inputs.scenario, judge=False)
        except DocumentError as error:
            raise DocumentError(inputs.loaded.locate(error.problems)) from None
        with self._one_at_a_time:
            run = self._simulated(inputs, model, cancelled, early)
        return self.message(run), run

    def judged(self, run: LiveRun) -> DocumentError | None:
        """Why ``relsim run`` would refuse a state; None where it would not."""
        try:
            build(run.inputs.scenario)
        except DocumentError as error:
            return DocumentError(run.inputs.loaded.locate(error.problems))
        return None

    def order(self, ended: threading.Event) -> list[str]:
        """Paths of the parameters, those that moved the baseline's own outcomes most first; as in the file else.

        Raises
        ------
        CancelledError
            If it has ended meanwhile.
        """

        def look(done: int) -> None:
            if ended.is_set():
                raise CancelledError

        base = self.baseline
        asked = [name for name, o in base.forecast.outcomes.items() if not o.built_in][:_ASKED]
        if not asked or not base.model.weights:
            return []
        s = base.simulation
        of_path = (np.arange(s.paths) // BLOCK % s.draws).astype(np.int32)
        names = tuple(w.path for w in base.model.weights)
        held = HeldRun(base.forecast, False, Paths(of_path, s.days, s.values, base.counts), Draws(names, s.theta))
        found = weights_of(held, base.model, only=asked, progress=look)
        bearing: dict[str, float] = {}
        for place, driven in enumerate(found.outcomes.values()):
            for w in driven.weights:
                size = (w.first_order or 0.0) * (driven.spread or 0.0) * (1.0 if w.significant else 0.1)
                bearing[w.weight] = bearing.get(w.weight, 0.0) + size / (1 + place)
        return sorted(names, key=lambda path: -bearing.get(path, 0.0))

    def message(self, run: LiveRun) -> Message:
        """A state as the page draws it."""
        f, past = run.forecast, _pasts(run.model)
        about = facts_of(f, run.inputs.scenario, past)
        drawn = {
            "scenario": f.scenario,
            "variant": f.variant,
            "start": f.start.isoformat(),
            "end": f.end.isoformat(),
            "as_of": plain(f.as_of),
            "paths": f.paths,
            "draws": f.draws,
            "seed": f.seed,
            "dates": [day.isoformat() for day in f.dates],
            "outcomes": self._outcomes(run.forecast),
            "quantities": plain(f.quantities),
            "indices": {name: _series(f.indices[name].quantiles) for name in f.indices if name in about["charts"]},
            "variables": {
                name: _series(f.variables[name].quantiles) for name in f.variables if name in about["charts"]
            },
            "calendar": plain(f.calendar),
        }
        return {"forecast": drawn, "about": about, "moved": self.moved(run.simulation.days, run.inputs)}

    def moved(self, days: Days, inputs: Inputs) -> str:
        """What moved most from the baseline, in a sentence."""
        s, before = self.baseline.simulation, self.baseline.forecast.outcomes
        names = list(before)
        most: tuple[float, str, Difference] | None = None
        of_path = np.arange(s.paths) // BLOCK % s.draws
        for i, name in enumerate(inputs.scenario.outcomes):
            if name not in names or days.shape[0] != s.paths:
                continue
            now, then = days[:, i] != NEVER, s.days[:, names.index(name)] != NEVER
            gained, lost, paths = (
                np.bincount(of_path[where], minlength=s.draws)
                for where in (now & ~then, then & ~now, np.ones_like(now))
            )
            found = probability_difference(gained, lost, paths, uncertain=len(s.weight_names) > 0)
            verdict = CLEAR if found.clear else NOISE
            told = Difference(found.value, found.standard_error, found.low, found.high, verdict, None)
            size = abs(found.value or 0.0) * (1.0 if found.clear else 1e-3)
            if most is None or size > most[0]:
                most = size, name, told
        if most is None or not most[2].value:
            return "No outcome differs from the baseline on any path."
        _, name, told = most
        title = before[name].title or name
        change = f"{value_text(told, POINTS)} points (95 %: {range_text(told, POINTS)})"
        if told.verdict != CLEAR:
            return f"Nothing moves beyond what chance explains; most does “{title}”: {change}."
        return f"“{title}” moves most: {change} against the baseline, on the same paths."

    def _outcomes(self, forecast: Forecast) -> Message:
        body: Message = {}
        for name, outcome in forecast.outcomes.items():
            body[name] = plain(replace(outcome, cumulative=replace(outcome.cumulative, dates=(), probability=())))
            body[name]["cumulative"] = {"probability": _rounded(outcome.cumulative.probability)}
        return body

    def _simulated(
        self, inputs: Inputs, model: Model, cancelled: threading.Event, early: Callable[[Message], None] | None
    ) -> LiveRun:
        scenario = inputs.scenario
        paths = scenario.paths
        counts = np.empty((paths, len(scenario.events)), np.int32)
        days = np.empty((paths, len(scenario.outcomes)), np.int32)

        def stoppable(work: Callable[[A], P], parts: Sequence[A], /) -> Iterator[P]:
            for part in in_threads(self.workers)(work, parts):
                if cancelled.is_set():
                    raise CancelledError
                yield part

        try:
            parameters = parameters_of(
                model, paths=paths, seed=scenario.seed, draws=scenario.draws, median_weights=False
            )
        except DocumentError as error:
            raise DocumentError(inputs.loaded.locate(error.problems)) from None

        def take(part: Part) -> None:
            here = slice(part.range.first_path, part.range.first_path + part.range.size)
            counts[here], days[here] = part.counts.T, part.days.T
            if early is not None and here.stop == paths:
                names = tuple(w.path for w in model.weights)
                state = Early(paths, len(parameters.theta), names, days)
                known = outcome_forecasts(scenario, state, model.axes, compile_outcomes(scenario, model.axes))
                words = {name: wording(outcome, scenario, name) for name, outcome in known.items()}
                bare = {name: plain(replace(o, cumulative=None)) for name, o in known.items()}  # type: ignore[arg-type]
                early({"outcomes": bare, "words": words, "moved": self.moved(days, inputs)})

        simulation = simulate(
            model, paths=paths, seed=scenario.seed, run_blocks=stoppable, sink=take, parameters=parameters
        )
        return LiveRun(inputs, model, simulation, counts, summarise(scenario, simulation))


def _pasts(model: Model) -> dict[str, Past]:
    return {name: Past(past.dates, tuple(_rounded(past.values))) for name, past in pasts_of(model).items()}


def _series(quantiles: Any) -> Message:
    return {"quantiles": {key: _rounded(quantiles[key]) for key in _BOUNDS}}


def _rounded(values: Sequence[float]) -> list[float]:
    return [round(value, _DECIMALS) + 0.0 for value in values]


def problems_of(error: InputError) -> list[str]:
    """What is wrong, as ``relsim validate`` prints it."""
    return [str(problem) for problem in error.problems]
