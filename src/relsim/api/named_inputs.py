"""From what is to be compared, files, finished runs, variants, to scenarios with names. Floor 7."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relsim.api.forecast import Forecast, reopened
from relsim.api.inputs import Inputs, Layers
from relsim.api.saving import place_named
from relsim.api.scenario import Scenario
from relsim.errors import DocumentError, InputError, nearest

if TYPE_CHECKING:
    from relsim.compose import LoadedScenario
    from relsim.result.forecast import Forecast as ForecastResult
    from relsim.result.saved import FinishedRun

Compared = Scenario | Forecast | str | os.PathLike[str]
"""What can be compared: a scenario, a finished run, a file or a run's folder."""


@dataclass(frozen=True)
class NamedInputs:
    """One scenario of a comparison.

    Attributes
    ----------
    name : its name among the comparison's scenarios, unique
    title : what sentences call it, unique
    run : the finished run that it comes from, if it does
    """

    name: str
    title: str
    inputs: Inputs
    run: FinishedRun | None = None


@dataclass(frozen=True)
class Size:
    """How the paths of all scenarios are drawn; ``warnings`` says whose own numbers are left aside."""

    paths: int
    seed: int
    draws: int | None
    median_weights: bool
    warnings: tuple[str, ...]


def named_inputs(places: Sequence[Compared], variants: str | Sequence[str] | None, over: Layers) -> list[NamedInputs]:
    """Read everything that is to be compared, in the order named; a file's variants follow the file.

    Parameters
    ----------
    variants : ``all``, names with commas between or a list of them, of the one file
    over : weights and settings to be laid over each

    Raises
    ------
    InputError
        If a scenario, a run or a variant cannot be read, or variants are asked for of more than one file.
    """
    if variants is not None and len(places) != 1:
        raise InputError(f"--variants: {len(places)} scenarios are named; variants are compared of one file")
    found = [_named(place, over) for place in places]
    if variants is not None:
        bodies = _all_variants(found[0].inputs.loaded)
        for name in _variants(bodies, found[0], places[0], variants):
            found.append(_variant(found[0], name, str(bodies[name].get("title", name))))
    names = _unique([one.name for one in found])
    repeated = {title for title, times in Counter(one.title for one in found).items() if times > 1}
    return [
        replace(one, name=name, title=f"{one.title} ({name})" if one.title in repeated else one.title)
        for one, name in zip(found, names)
    ]


def place_of(place: Compared) -> str:
    """What a command line would name."""
    if isinstance(place, Forecast):
        return place.finished.place
    return place_named(place.inputs.layers.main) if isinstance(place, Scenario) else str(place)


def with_baseline(found: Sequence[NamedInputs], name: str | None) -> list[NamedInputs]:
    """The same, the baseline first.

    Raises
    ------
    InputError
        If none bears its name.
    """
    if name is None:
        return list(found)
    first = [one for one in found if one.name == name]
    if not first:
        raise InputError(f"--baseline: no scenario is called '{name}'; {_known(name, [one.name for one in found])}")
    return [*first, *(one for one in found if one.name != name)]


def check_outcomes(baseline: NamedInputs, given: Sequence[str]) -> None:
    """Refuse conditions that are no outcomes of the baseline.

    Raises
    ------
    InputError
    """
    known = list(baseline.inputs.scenario.outcomes)
    for name in given:
        if name not in known:
            raise InputError(f"--given: '{baseline.name}' has no outcome '{name}'; {_known(name, known)}")


def common_size(
    found: Sequence[NamedInputs], *, paths: int | None, seed: int | None, draws: int | None, median_weights: bool
) -> Size:
    """Paths, seed and draws that all share: those told, else those of the finished runs, else the baseline's.

    Raises
    ------
    InputError
        If finished runs differ in one of them and none is told.
    """
    runs = [one for one in found if one.run is not None]
    told = {"paths": paths, "seed": seed, "draws": draws}
    for key, value in told.items():
        if value is None:
            _agree(runs, key, [getattr(one.inputs.scenario, key) for one in runs], f"give --{key}")
    if not median_weights:
        medians = [one.run.median_weights for one in runs if one.run is not None]
        _agree(runs, "whether the parameters are held at their medians", medians, "give --median-weights")
        median_weights = any(medians)
    leading = (runs or found)[0]
    of = leading.inputs.scenario
    warnings = []
    for one in found:
        own = one.inputs.scenario
        for key in (key for key, value in told.items() if value is None and getattr(own, key) != getattr(of, key)):
            mine, theirs = getattr(own, key), getattr(of, key)
            warnings.append(f"'{one.name}' says {key}: {mine}; all run as '{leading.name}' does, {key}: {theirs}")
    return Size(
        paths or of.paths, of.seed if seed is None else seed, draws or of.draws, median_weights, tuple(warnings)
    )


def disagreement(one: NamedInputs, forecast: ForecastResult) -> str | None:
    """What to say where a finished run, simulated again, gives another forecast than it was."""
    if one.run is None:
        return None
    then = one.run.forecast
    if replace(then, relsim=forecast.relsim).to_json() == forecast.to_json():
        return None
    where = next((name for name, o in forecast.outcomes.items() if then.outcomes.get(name) != o), None)
    shown = f", first in outcome '{where}'" if where else ""
    return (
        f"{one.run.place}: simulated again it gives another forecast than its forecast.json{shown}; that was "
        f"made by another relsim ({then.relsim}), or its files have been changed"
    )


def _named(place: Compared, over: Layers) -> NamedInputs:
    if isinstance(place, Forecast):
        return _of_run(Path(place.finished.place).name, place.finished, _laid(place.inputs, over))
    if isinstance(place, Scenario):
        inputs = _laid(place.inputs, over)
        if inputs.layers.variant is not None:
            bodies = _all_variants(inputs.again(replace(inputs.layers, variant=None)).loaded)
            title = str(bodies[inputs.layers.variant].get("title", inputs.layers.variant))
            return NamedInputs(inputs.layers.variant, title, inputs)
        return NamedInputs(inputs.layers.stem, inputs.scenario.title, inputs)
    if Path(place).is_dir():
        run, inputs = reopened(Path(place))
        return _of_run(Path(place).resolve().name, run, _laid(inputs, over))
    inputs = Inputs.read(replace(over, main=place if isinstance(place, str) else Path(place)))
    return NamedInputs(inputs.layers.stem, inputs.scenario.title, inputs)


def _laid(inputs: Inputs, over: Layers) -> Inputs:
    """The same with weights and settings over it."""
    if not over.weights and not over.settings:
        return inputs
    layers = inputs.layers
    return inputs.again(
        replace(
            layers,
            weights=(*layers.weights, *over.weights),
            settings=(*layers.settings, *over.settings),
            option=over.option,
        ),
        whole=True,
    )


def _variant(of: NamedInputs, name: str, title: str) -> NamedInputs:
    """A variant of a file; what is wrong with the file only so far as the variant lies over it, is said to be."""
    # The variants of a file were judged with it.
    try:
        inputs = Inputs.read(replace(of.inputs.layers, variant=name, others=False))
        inputs.model  # noqa: B018  judged here, while its name is known
    except DocumentError as error:
        where = f" (with variant '{name}')"
        raise DocumentError([replace(fault, message=fault.message + where) for fault in error.problems]) from None
    return NamedInputs(name, title, inputs)


def _of_run(name: str, run: FinishedRun, inputs: Inputs) -> NamedInputs:
    # The resolved document is the scenario with its variant laid over it, and does not say so.
    variant = run.forecast.variant
    inputs = replace(inputs, loaded=replace(inputs.loaded, scenario=replace(inputs.scenario, variant=variant)))
    title = inputs.scenario.title if variant is None else f"{inputs.scenario.title}: {variant}"
    return NamedInputs(name, title, inputs, run)


def _all_variants(loaded: LoadedScenario) -> dict[str, dict[str, Any]]:
    tree = loaded.tree
    assert isinstance(tree, dict)
    return {name: body or {} for name, body in (tree.get("variants") or {}).items()}


def _variants(
    bodies: Mapping[str, object], one: NamedInputs, place: Compared, wanted: str | Sequence[str]
) -> list[str]:
    known = [name for name, body in bodies.items() if body]
    said = place if isinstance(place, str | os.PathLike) else one.name
    if not known:
        kept = "; a finished run keeps none, so name its scenario file" if one.run else ""
        raise InputError(f"--variants: {said} has no variants{kept}")
    if wanted == "all":
        return known
    names = [name.strip() for name in wanted.split(",")] if isinstance(wanted, str) else list(wanted)
    for name in names:
        if name not in known:
            raise InputError(f"--variants: {said} has no variant '{name}'; {_known(name, known)}")
    return list(dict.fromkeys(names))


def _agree(runs: Sequence[NamedInputs], what: str, values: Sequence[object], remedy: str) -> None:
    for run, value in zip(runs[1:], values[1:]):
        if value != values[0]:
            raise InputError(
                f"the runs '{runs[0].name}' and '{run.name}' differ in {what} ({values[0]} and {value}), so that their "
                f"paths are not the same; {remedy}, and all run again on these"
            )


def _known(name: str, known: Iterable[str]) -> str:
    known = list(known)
    near = nearest(name, known)
    return f"did you mean '{near}'?" if near else f"there are {', '.join(known) or 'none'}"


def _unique(names: Sequence[str]) -> list[str]:
    """Names, the second of one kind with ``-2`` and so on."""
    taken: list[str] = []
    for name in names:
        free, number = name, 1
        while free in taken:
            number += 1
            free = f"{name}-{number}"
        taken.append(free)
    return taken
