"""What each event did: every one taken out in turn, on the same paths. Floor 5; imports ``engine``, ``estimates``.

Taken out means: a history's event was not observed, though its day was watched; a calendar entry was never on the
calendar, so that its ``otherwise`` does not apply either; an event type does not come of itself in the window, while
the usual that the baselines stand for remains what the file says. What the calendar or an intervention makes of that
type still happens.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from relsim.drivers.labels import item_label
from relsim.drivers.paired_runs import PairedRun, PathSimulator
from relsim.drivers.words import points
from relsim.engine.blocks import parameters_of, uncertain_names
from relsim.estimates.paired import Contrasted, mean_difference, probability_difference
from relsim.model import Model, build
from relsim.quantity import Kind, exactly
from relsim.result.drivers import Attribution, Removal
from relsim.scenario import Entry, Intervention, Number, Scenario

_LEVEL = 0.05


@dataclass(frozen=True)
class Taken:
    """One event taken out: its place in the file, its kind, its name in words, and the world without it."""

    key: str
    kind: str
    label: str
    scenario: Scenario


def removals(scenario: Scenario) -> list[Taken]:
    """Every event of the histories, every calendar entry, every event type, in file order."""
    return [*_of_history(scenario), *_of_calendar(scenario), *_of_types(scenario)]


def _of_history(scenario: Scenario) -> list[Taken]:
    taken = []
    for name, history in scenario.history.items():
        for i, event in enumerate(history.events):
            rest = replace(history, events=history.events[:i] + history.events[i + 1 :])
            what = event.note.split(";")[0] or item_label("events", event.event, scenario)
            world = replace(scenario, history={**scenario.history, name: rest})
            taken.append(Taken(f"history/{name}/events/{i}", "history", f"{event.on}: {what}", world))
    return taken


def _of_calendar(scenario: Scenario) -> list[Taken]:
    cancelled = {i.cancel for i in scenario.interventions.values()}
    taken = []
    for name, entry in scenario.calendar.items():
        if name in cancelled:
            continue
        forced = {k: i for k, i in scenario.interventions.items() if i.force != name}
        world = replace(
            scenario,
            calendar={**scenario.calendar, name: _without_otherwise(entry)},
            interventions={**forced, f"without {name}": Intervention(f"without {name}", cancel=name)},
        )
        taken.append(Taken(f"calendar/{name}", "calendar", entry.label, world))
    return taken


def _without_otherwise(entry: Entry) -> Entry:
    return replace(entry, otherwise_event=None, otherwise_effects={})


def _of_types(scenario: Scenario) -> list[Taken]:
    never = Number(exactly(0.0, Kind.NONNEGATIVE), "")
    taken = []
    for name, event in scenario.events.items():
        if event.rate.quantity.certain and event.rate.quantity.central() == 0 and not event.excited_by:
            continue
        key = f"without {name}"
        stop = Intervention(key, first=scenario.start, last=scenario.end, rates={name: never})
        world = replace(scenario, interventions={**scenario.interventions, key: stop})
        taken.append(Taken(f"events/{name}", "event", event.label, world))
    return taken


def attribution(
    model: Model,
    *,
    paths: int,
    seed: int,
    draws: int | None,
    median_weights: bool,
    workers: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Attribution:
    """Simulate the world without each event on the same paths, under the same draws of the weights.

    Parameters
    ----------
    paths, seed, draws, median_weights : as of the run
    progress : called with the number of worlds done, the world as it is among them
    """
    scenario = model.scenario
    theta = parameters_of(model, paths=paths, seed=seed, draws=draws, median_weights=median_weights).theta
    names = {w.path: i for i, w in enumerate(model.weights)}
    uncertain = bool(uncertain_names(model, median_weights))
    with_all = PathSimulator(model, theta, seed).live(paths, workers)
    if progress:
        progress(1)
    taken = removals(scenario)
    outcomes: dict[str, list[Contrasted]] = {name: [] for name in scenario.outcomes}
    quantities: dict[str, list[Contrasted]] = {name: [] for name in scenario.quantities}
    for k, one in enumerate(taken):
        other = build(one.scenario, judge=False)
        columns = [names[w.path] for w in other.weights]
        without = PathSimulator(other, theta[:, columns], seed).live(paths, workers)
        for i, found in enumerate(outcomes.values()):
            found.append(_outcome_change(with_all, without, i, uncertain))
        for i, found in enumerate(quantities.values()):
            found.append(_quantity_change(with_all, without, i, uncertain))
        if progress:
            progress(k + 2)
    of_outcomes = {name: _rows(taken, found) for name, found in outcomes.items()}
    of_quantities = {name: _rows(taken, found) for name, found in quantities.items()}
    said = {name: _sentence(o.title, of_outcomes[name], True) for name, o in scenario.outcomes.items()}
    said |= {name: _sentence(q.title, of_quantities[name], False) for name, q in scenario.quantities.items()}
    return Attribution(paths, of_outcomes, of_quantities, said)


def _outcome_change(a: PairedRun, b: PairedRun, i: int, uncertain: bool) -> Contrasted:
    draw, size = a.draw, int(a.draw.max()) + 1
    gained = np.bincount(draw, b.true[i] & ~a.true[i], size).astype(np.int64)
    lost = np.bincount(draw, a.true[i] & ~b.true[i], size).astype(np.int64)
    return probability_difference(gained, lost, np.bincount(draw, minlength=size), uncertain=uncertain)


def _quantity_change(a: PairedRun, b: PairedRun, i: int, uncertain: bool) -> Contrasted:
    """Over the paths on which it is defined in both worlds."""
    size = int(a.draw.max()) + 1
    change = b.values[i] - a.values[i]
    both = ~np.isnan(change)
    change, draw = change[both], a.draw[both]
    return mean_difference(
        np.bincount(draw, change, size).astype(np.float64),
        float((change**2).sum()),
        np.bincount(draw, minlength=size),
        np.bincount(draw, change != 0, size).astype(np.int64),
        uncertain=uncertain,
    )


def _rows(taken: Sequence[Taken], found: Sequence[Contrasted]) -> tuple[Removal, ...]:
    """The greatest change first, those clear of zero before the others.

    Of a hundred events without any bearing five intervals leave out zero by chance. What is called clear passes the
    test of Benjamini & Hochberg (1995, doi:10.1111/j.2517-6161.1995.tb02031.x) as well: of those so called, one in
    twenty is chance.
    """
    surprise = [_surprise(f) for f in found]
    order = sorted(range(len(found)), key=lambda i: surprise[i])
    passed = [k for k, i in enumerate(order) if surprise[i] <= _LEVEL * (k + 1) / len(order)]
    significant = set(order[: passed[-1] + 1]) if passed else set()
    rows = [
        Removal(t.key, t.kind, t.label, f.value, f.low, f.high, f.clear and i in significant)
        for i, (t, f) in enumerate(zip(taken, found))
    ]
    return tuple(sorted(rows, key=lambda r: (not r.clear, -abs(r.change or 0.0))))


def _surprise(found: Contrasted) -> float:
    """Probability of as great a difference where there is none."""
    if not found.value or found.standard_error is None:
        return 1.0
    if found.standard_error == 0:
        return 0.0  # the same change on every path, under every draw
    return math.erfc(abs(found.value) / found.standard_error / math.sqrt(2))


def _sentence(title: str, rows: tuple[Removal, ...], is_outcome: bool) -> str:
    clear = [r for r in rows if r.clear]
    gone = [r for r in rows if r.change is None]
    if not clear and 0 < len(gone) < len(rows):
        return f'No path has "{title}" without {spoken(gone[0])}.'
    if not clear:
        return f'"{title}": no single event makes a difference beyond the noise of these paths.'
    return f'"{title}" would change most without {spoken(clear[0])}: by {_with_range(clear[0], is_outcome)}.'


def spoken(removal: Removal) -> str:
    """What was taken out, as part of a sentence."""
    if removal.kind == "history":
        day, _, what = removal.label.partition(": ")
        return f"{what[:1].lower()}{what[1:]} ({day})" if what[1:2].islower() else f"{what} ({day})"
    if removal.kind == "calendar":
        return f'"{removal.label}" on the calendar'
    return f'any "{removal.label}" of itself'


def _with_range(r: Removal, is_outcome: bool) -> str:
    assert r.change is not None
    text = points(r.change, is_outcome)
    if r.low is None or r.high is None:
        return text
    return f"{text} ({points(r.low, is_outcome, bare=True)} to {points(r.high, is_outcome, bare=True)})"
