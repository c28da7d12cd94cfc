"""From what the user names, files, finished runs and variants, to the scenarios of a comparison. Floor 8."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from relsim.cli.options import build_model
from relsim.cli.reopened import reopen
from relsim.errors import InputError, nearest

if TYPE_CHECKING:
    from relsim.compose import LoadedScenario
    from relsim.model import Model
    from relsim.result.forecast import Forecast
    from relsim.result.saved import SavedRun


@dataclass(frozen=True)
class Entrant:
    """One scenario of a comparison.

    Attributes
    ----------
    name : its name among the comparison's scenarios, unique
    title : what sentences call it, unique
    saved : the finished run that it comes from, if it does
    """

    name: str
    title: str
    loaded: LoadedScenario
    model: Model
    saved: SavedRun | None = None


@dataclass(frozen=True)
class Size:
    """How the paths of all scenarios are drawn; ``warnings`` says whose own numbers are left aside."""

    paths: int
    seed: int
    draws: int | None
    median_weights: bool
    warnings: tuple[str, ...]


def entrants(
    places: Sequence[str], *, variants: str | None, weights: Sequence[str], settings: Sequence[str]
) -> list[Entrant]:
    """Read everything that is to be compared, in the order named; a file's variants follow the file.

    Raises
    ------
    InputError
        If a scenario, a run or a variant cannot be read, or variants are asked for of more than one file.
    """
    if variants is not None and len(places) != 1:
        raise InputError(f"--variants: {len(places)} scenarios are named; variants are compared of one file")
    found = [
        _run(place, weights, settings) if Path(place).is_dir() else _file(place, None, weights, settings)
        for place in places
    ]
    if variants is not None:
        bodies = _all_variants(found[0].loaded)
        for name in _variants(bodies, found[0], places[0], variants):
            title = str(bodies[name].get("title", name))
            found.append(replace(_variant(places[0], name, weights, settings), name=name, title=title))
    names = _unique([entrant.name for entrant in found])
    repeated = {title for title, times in Counter(entrant.title for entrant in found).items() if times > 1}
    return [
        replace(entrant, name=name, title=f"{entrant.title} ({name})" if entrant.title in repeated else entrant.title)
        for entrant, name in zip(found, names)
    ]


def with_baseline(found: Sequence[Entrant], name: str | None) -> list[Entrant]:
    """The same, the baseline first.

    Raises
    ------
    InputError
        If none bears its name.
    """
    if name is None:
        return list(found)
    first = [entrant for entrant in found if entrant.name == name]
    if not first:
        raise InputError(f"--baseline: no scenario is called '{name}'; {_known(name, [e.name for e in found])}")
    return [*first, *(entrant for entrant in found if entrant.name != name)]


def check_outcomes(baseline: Entrant, given: Sequence[str]) -> None:
    """Refuse conditions that are no outcomes of the baseline.

    Raises
    ------
    InputError
    """
    known = list(baseline.model.scenario.outcomes)
    for name in given:
        if name not in known:
            raise InputError(f"--given: '{baseline.name}' has no outcome '{name}'; {_known(name, known)}")


def common_size(
    found: Sequence[Entrant], *, paths: int | None, seed: int | None, draws: int | None, median_weights: bool
) -> Size:
    """Paths, seed and draws that all share: those told, else those of the finished runs, else the baseline's.

    Raises
    ------
    InputError
        If finished runs differ in one of them and none is told.
    """
    runs = [entrant for entrant in found if entrant.saved is not None]
    told = {"paths": paths, "seed": seed, "draws": draws}
    for key, value in told.items():
        if value is None:
            _agree(runs, key, [getattr(run.model.scenario, key) for run in runs], f"give --{key}")
    if not median_weights:
        medians = [run.saved.median_weights for run in runs if run.saved is not None]
        _agree(runs, "whether the weights are held at their medians", medians, "give --median-weights")
        median_weights = any(medians)
    leading = (runs or found)[0]
    of = leading.model.scenario
    warnings = []
    for entrant in found:
        own = entrant.model.scenario
        for key in (key for key, value in told.items() if value is None and getattr(own, key) != getattr(of, key)):
            mine, theirs = getattr(own, key), getattr(of, key)
            warnings.append(f"'{entrant.name}' says {key}: {mine}; all run as '{leading.name}' does, {key}: {theirs}")
    return Size(
        paths or of.paths, of.seed if seed is None else seed, draws or of.draws, median_weights, tuple(warnings)
    )


def disagreement(entrant: Entrant, forecast: Forecast) -> str | None:
    """What to say where a finished run, simulated again, gives another forecast than its ``forecast.json``."""
    if entrant.saved is None:
        return None
    then = entrant.saved.forecast
    if replace(then, relsim=forecast.relsim).to_json() == forecast.to_json():
        return None
    where = next((name for name, o in forecast.outcomes.items() if then.outcomes.get(name) != o), None)
    shown = f", first in outcome '{where}'" if where else ""
    return (
        f"{entrant.saved.folder}: simulated again it gives another forecast than its forecast.json{shown}; that was "
        f"made by another relsim ({then.relsim}), or its files have been changed"
    )


def _file(place: str, variant: str | None, weights: Sequence[str], settings: Sequence[str]) -> Entrant:
    from relsim.compose import load

    # The variants of a file were judged with it.
    loaded = load(place, variant=variant, weights=weights, settings=settings, whole=True, others=variant is None)
    model = build_model(loaded)
    stem = Path(place).stem if Path(place).stem != "scenario" else Path(place).resolve().parent.name
    return Entrant(stem, model.scenario.title, loaded, model)


def _variant(place: str, name: str, weights: Sequence[str], settings: Sequence[str]) -> Entrant:
    """A variant of a file; what is wrong with the file only so far as the variant lies over it, is said to be."""
    try:
        return _file(place, name, weights, settings)
    except InputError as error:
        where = f" (with variant '{name}')"
        raise InputError([replace(fault, message=fault.message + where) for fault in error.problems]) from None


def _run(place: str, weights: Sequence[str], settings: Sequence[str]) -> Entrant:
    if not weights and not settings:
        run = reopen(place)
        saved, loaded, model = run.saved, run.loaded, run.model
    else:
        from relsim.compose import load
        from relsim.result.saved import SavedRun

        saved = SavedRun.read(Path(place))
        loaded = load(saved.scenario_file, weights=weights, settings=settings, whole=True)
        model = build_model(loaded)
    variant = saved.forecast.variant
    # The resolved document is the scenario with its variant laid over it, and does not say so.
    model = replace(model, scenario=replace(model.scenario, variant=variant))
    title = model.scenario.title if variant is None else f"{model.scenario.title}: {variant}"
    return Entrant(Path(place).resolve().name, title, loaded, model, saved)


def _all_variants(loaded: LoadedScenario) -> dict[str, dict[str, object]]:
    tree = loaded.tree
    assert isinstance(tree, dict)
    return {name: body or {} for name, body in (tree.get("variants") or {}).items()}


def _variants(bodies: Mapping[str, object], entrant: Entrant, place: str, wanted: str) -> list[str]:
    known = [name for name, body in bodies.items() if body]
    if not known:
        kept = "; a finished run keeps none, so name its scenario file" if entrant.saved else ""
        raise InputError(f"--variants: {place} has no variants{kept}")
    if wanted == "all":
        return known
    names = [name.strip() for name in wanted.split(",")]
    for name in names:
        if name not in known:
            raise InputError(f"--variants: {place} has no variant '{name}'; {_known(name, known)}")
    return list(dict.fromkeys(names))


def _agree(runs: Sequence[Entrant], what: str, values: Sequence[object], remedy: str) -> None:
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
