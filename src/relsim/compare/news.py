"""Which news moved it: a longer record taken piece by piece, in the calendar's order. Floor 5; imports ``engine``.

Where two scenarios differ in the record alone, the one with the longer record is simulated with its record cut at
successive days, on the same paths. Each piece of days then did what the probability changes by from the cut before it
to the cut after it; the pieces add up to the whole difference, path by path. ``plan_news`` says where to cut,
``tell_news`` what each piece did.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from relsim.compare.contrasts import Clusters, reported
from relsim.compare.influence import changed, unaffected
from relsim.compare.record_entries import dated, listed_on, past_otherwise, sentence
from relsim.compare.stretches import stretches
from relsim.estimates.paired import probability_difference
from relsim.model import Model
from relsim.model.record import ObservedRecord, observe
from relsim.outcomes import NEVER, compile_outcomes
from relsim.outcomes.resolution_day import last_days
from relsim.result.comparison import NewsMove, NewsPiece
from relsim.scenario import History, Scenario
from relsim.summary import Answered

MOST_PIECES = 12
"""Each piece costs a simulation and a line; more than these nobody reads."""
_MOVE_NO_PATH = frozenset({"title", "variant", "paths", "seed", "draws", "outcomes", "quantities"})
_THE_RECORD = frozenset({"history", "as_of"})


@dataclass(frozen=True)
class Cut:
    """A scenario with its record cut after the day ``last``, and the piece of it that ends there.

    Attributes
    ----------
    first, last, listed, sentence : as in ``NewsPiece``
    """

    first: date | None
    last: date
    listed: tuple[str, ...]
    sentence: str
    scenario: Scenario


@dataclass(frozen=True)
class NewsPlan:
    """Where a record is cut; ``not_told`` says why it cannot be taken apart, and is empty where it can.

    After the last cut the scenario is whole, so that its own simulation serves.
    """

    cuts: tuple[Cut, ...] = ()
    not_told: str = ""

    @property
    def to_simulate(self) -> tuple[Scenario, ...]:
        """The scenarios that have to be simulated beside the two that are compared."""
        return tuple(cut.scenario for cut in self.cuts[:-1])


def known_to(scenario: Scenario) -> date:
    """The last day that the record tells of."""
    return scenario.as_of or scenario.start - timedelta(days=1)


def plan_news(baseline: Model, other: Model, names: tuple[str, str]) -> NewsPlan:
    """Cut the record of ``other`` from the day up to which ``baseline`` knows; no cuts where both know as far.

    Parameters
    ----------
    names : of the baseline and of the other, for the sentence that says why it cannot be done
    """
    a, b = baseline.scenario, other.scenario
    if a.as_of == b.as_of:
        return NewsPlan()
    here, there = names
    if differing := _differing(a, b):
        return NewsPlan(
            not_told=f"the change is not attributed to news: “{there}” and “{here}” differ not in the record alone, "
            f"but also in {', '.join(differing)}"
        )
    if b.as_of is None or (a.as_of is not None and b.as_of < a.as_of):
        return NewsPlan(
            not_told=f"the change is not attributed to news: “{there}” knows up to {known_to(b)}, “{here}” up to "
            f"{known_to(a)}; as the baseline stands the one that knows less"
        )
    return NewsPlan(tuple(_cuts(baseline, other)))


def _differing(a: Scenario, b: Scenario) -> list[str]:
    """What moves paths, beside the record, and is not the same in both."""
    names = (field.name for field in fields(Scenario) if field.name not in _MOVE_NO_PATH | _THE_RECORD)
    return [name.replace("_", " ") for name in names if getattr(a, name) != getattr(b, name)]


def _cuts(baseline: Model, other: Model) -> list[Cut]:
    axes, scenario, known = other.axes, other.scenario, known_to(baseline.scenario)
    cuts = []
    past = cut_after(scenario, known)
    then = observe(past, axes)
    if not _alike(baseline.observed, then):
        said = past_otherwise(scenario, axes, baseline.observed, then)
        cuts.append(Cut(None, known, said, sentence(scenario, None, known, said), past))
    listed = listed_on(other)
    surprise = {day: found.surprise for day, found in listed.items()}
    days = range(axes.day(known) + 1, axes.day(known_to(scenario)) + 1)
    for first, last in stretches(days, surprise, MOST_PIECES - len(cuts)):
        phrases: list[str] = []
        for day in (day for day in listed if first <= day <= last):
            phrases += listed[day].phrases if first == last else dated(axes.date(day), listed[day].phrases)
        covered = other.observed.window_covered[first - 1 : last].any() or other.observed.known[first - 1 : last].any()
        begins, ends = axes.date(first), axes.date(last)
        text = sentence(scenario, begins, ends, phrases, covered=bool(covered))
        cuts.append(Cut(begins, ends, tuple(phrases), text, cut_after(scenario, ends)))
    return cuts


def cut_after(scenario: Scenario, day: date) -> Scenario:
    """The scenario as it stood when its record ended on ``day``."""
    history = {name: _cut_history(one, day) for name, one in scenario.history.items()}
    return replace(scenario, history=history, as_of=day if day >= scenario.start else None)


def _cut_history(history: History, day: date) -> History:
    covers = history.covers
    if covers is not None:
        covers = (covers[0], min(covers[1], day)) if covers[0] <= day else None
    events = tuple(event for event in history.events if event.on <= day)
    entries = tuple((name, on) for name, on in history.entries if on <= day)
    # A type that first occurs later was not known to be looked for.
    types = tuple(dict.fromkeys((*(event.event for event in events), *history.declared)))
    return replace(history, events=events, entries=entries, covers=covers, types=types)


def _alike(one: ObservedRecord, other: ObservedRecord) -> bool:
    return all(np.array_equal(getattr(one, f.name), getattr(other, f.name)) for f in fields(ObservedRecord))


def tell_news(
    plan: NewsPlan, models: Sequence[Model], simulations: Sequence[Answered], outcomes: Sequence[str]
) -> tuple[NewsPiece, ...]:
    """What each piece did to each outcome.

    Parameters
    ----------
    models, simulations : the baseline, then the scenario after each cut, on the same paths
    outcomes : what both ask
    """
    clusters = Clusters.of(simulations)
    came = [{name: _days(m, s, name) for name in outcomes} for m, s in zip(models, simulations, strict=True)]
    pieces = []
    for i, cut in enumerate(plan.cuts):
        same = _same_on_every_path(models[i], models[i + 1], came[i], past=cut.first is None)
        moves = {}
        for name in outcomes:
            was, now = came[i][name] != NEVER, came[i + 1][name] != NEVER
            counts = (clusters.count(now & ~was), clusters.count(was & ~now), clusters.count(np.ones_like(now)))
            found = probability_difference(*counts, uncertain=clusters.uncertain)
            moves[name] = NewsMove(float(now.mean()), reported(found, clusters.paths, same=name in same))
        pieces.append(NewsPiece(cut.first, cut.last, cut.listed, cut.sentence, moves))
    return tuple(pieces)


def _days(model: Model, simulation: Answered, outcome: str) -> NDArray[np.int32]:
    """(P,) day on which an outcome became certain, or ``NEVER``."""
    return simulation.days[:, list(model.scenario.outcomes).index(outcome)]


def _same_on_every_path(
    before: Model, after: Model, came: Mapping[str, NDArray[np.int32]], *, past: bool
) -> frozenset[str]:
    """Outcomes that no path can have otherwise after a piece than before it.

    What the piece cannot touch; and, as days already observed go by alike with it and without, what was settled by
    then.

    Parameters
    ----------
    came : days on which outcomes became certain before the piece
    past : whether the piece changes days already observed
    """
    program = compile_outcomes(after.scenario, after.axes)
    same = unaffected(after.scenario, changed(before, after))
    observed = len(before.observed.window_counts)
    if past or not np.array_equal(before.observed.window_covered, after.observed.window_covered[:observed]):
        return same
    moved = after.observed.recorded != before.observed.recorded
    if (before.structure.calendar.first[moved] <= observed).any():
        # Recorded later than it might have happened: on the days before, chance had its say in it.
        return same
    hanging = np.diff(after.structure.calendar.after.ptr) > 0
    entry_days = np.where(hanging, program.days, after.structure.calendar.last)
    last = last_days(program, np.maximum(entry_days, after.observed.recorded).tolist())
    return same | {name for name, days in came.items() if last[name] <= observed or days.max() <= observed}
