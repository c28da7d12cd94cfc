"""Where an outcome hangs together: boxes of parameters in which it is far more, or far less, likely. Floor 5.

``peeling`` finds the boxes; here they are held against chance and said in words. Of many parameters those are searched
that tell most on their own (the share of the variance between draws that a smooth curve along each explains): what
matters only together with others, and not at all by itself, is not found. A box is reported where the outcome's draws,
dealt to the parameters at random and searched in the same way, explain as much in fewer than one deal in twenty. Its
support is how often halves of the draws bring each restriction again (Bryant & Lempert 2010,
doi:10.1016/j.techfore.2009.08.002); what hardly comes again is dropped. The draws that a half leaves out say what its
box is worth elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsim.drivers.indices import along
from relsim.drivers.labels import in_words, weight_label
from relsim.drivers.peeling import ParameterBox, best_box, greatest, quasi_p
from relsim.drivers.targets import DriverTarget, targets
from relsim.errors import InputError
from relsim.estimates.shares import shares
from relsim.model import Model
from relsim.result import rounded
from relsim.result.drivers import DiscoveredBox, Discovery, Restriction
from relsim.result.saved import FinishedRun

Array = NDArray[np.float64]

FEWEST_DRAWS = 40
"""Draws below which no box is looked for."""
SEARCHED = 8
"""Parameters that are searched at most."""
SHUFFLES = 199
RESAMPLES = 50
LEVEL = 0.05
"""Share of the outcomes on which nothing bears of which a box is reported all the same."""
LEAST_SUPPORT = 0.3
"""Share of the resamples in which a restriction has to come again."""
HIGHER, LOWER = "higher", "lower"


def discover(
    run: FinishedRun, model: Model, outcomes: Sequence[str], progress: Callable[[float], None] | None = None
) -> dict[str, Discovery]:
    """Boxes of some outcomes, from the draws of a run.

    Parameters
    ----------
    progress : told the share of the work that is done

    Raises
    ------
    InputError
        If one is no outcome of the run, or it has too few draws of uncertain parameters.
    """
    draws = run.draws()
    found = {}
    for k, target in enumerate(targets(run, {}, outcomes)):
        if not target.is_outcome:
            raise InputError(f"{run.place}: '{target.name}' is a quantity; an outcome was expected")
        if not draws.names or run.median_weights:
            raise InputError(f"{run.place}: its paths run under one value of each number, so that there is no box")
        if len(target.rows) < FEWEST_DRAWS:
            raise InputError(
                f"{run.place}: {len(target.rows)} draws of the parameters are too few for boxes; at least "
                f"{FEWEST_DRAWS} are needed ({128 * FEWEST_DRAWS:,} paths)"
            )
        found[target.name] = _of(target, draws.theta[target.rows], model, run.forecast.seed)
        if progress:
            progress((k + 1) / len(outcomes))
    return found


def _of(target: DriverTarget, theta: Array, model: Model, seed: int) -> Discovery:
    hits, paths = target.means * target.paths, target.paths.astype(float)
    columns, boxes = found_boxes(theta, hits, paths, seed)
    made = tuple(_discovered(found, columns, theta, target, model) for found in boxes)
    assert target.mean is not None
    return Discovery(target.title, target.mean, len(theta), len(columns), made)


@dataclass(frozen=True)
class FoundBox:
    """A box that chance does not explain.

    Attributes
    ----------
    box : over the parameters searched
    sign : 1 where the outcome is more likely in it, -1 where it is less
    support : by parameter restricted
    held_out : the outcome's probability on draws left out, in boxes found without them; None where none lies inside
    """

    box: ParameterBox
    sign: int
    p_value: float
    support: Mapping[int, float]
    held_out: float | None


def found_boxes(theta: Array, hits: Array, paths: Array, seed: int) -> tuple[NDArray[np.int64], list[FoundBox]]:
    """The parameters searched, and the boxes over them that chance does not explain.

    Parameters
    ----------
    theta : (N, W) parameters under each draw
    hits, paths : (N,) paths on which the outcome came true, and all paths, under each draw
    """
    columns = Screen(theta).first(hits / paths)
    boxes = [(best_box(theta[:, columns], hits, paths, sign=sign), sign) for sign in (1, -1)]
    reached = max(box.explained for box, _ in boxes)
    chance = _by_chance(theta, hits, paths, reached, seed)
    found = []
    for whole, sign in boxes:
        if not whole.restricted or _p_value(chance, whole.explained) > LEVEL:
            continue
        support, held_out = _resampled(whole, sign, theta, columns, hits, paths, seed)
        box = whole
        for w in (w for w, again in support.items() if again < LEAST_SUPPORT):
            box = box.without(w)
        box = box.scored(theta[:, columns], hits, paths, sign)
        p_value = _p_value(chance, box.explained)
        if box.restricted and p_value <= LEVEL:
            found.append(FoundBox(box, sign, p_value, {w: support[w] for w in box.restricted}, held_out))
    return columns, found


def _by_chance(theta: Array, hits: Array, paths: Array, reached: float, seed: int) -> list[float]:
    """What boxes explain where the outcome's draws are dealt at random; cut short when it is plain that chance does."""
    random, screen = np.random.default_rng([seed, len(theta), SHUFFLES]), Screen(theta)
    chance: list[float] = []
    while len(chance) < SHUFFLES and sum(x >= reached for x in chance) < int(LEVEL * (SHUFFLES + 1)):
        dealt = random.permutation(len(theta))
        chance.append(greatest(theta[:, screen.first((hits / paths)[dealt])], hits[dealt], paths[dealt]))
    return chance


def _p_value(chance: Sequence[float], explained: float) -> float:
    return (1 + sum(x >= explained for x in chance)) / (1 + len(chance))


class Screen:
    """Ranks parameters by what each tells on its own."""

    def __init__(self, theta: Array) -> None:
        bases = [along(column).basis for column in theta.T]
        self._basis = np.hstack(bases) if bases else np.zeros((len(theta), 0))
        self._owner = np.repeat(np.arange(len(bases)), [basis.shape[1] for basis in bases])
        self._freedom = np.array([max(basis.shape[1], 1) for basis in bases])

    def first(self, means: Array) -> NDArray[np.int64]:
        """The parameters that tell most of the means, in file order."""
        away = means - means.mean()
        parts = (self._basis.T @ away / len(means)) ** 2
        told = np.bincount(self._owner, parts, len(self._freedom)) / self._freedom
        return np.sort(np.argsort(-told, kind="stable")[:SEARCHED])


def _discovered(
    found: FoundBox, columns: NDArray[np.int64], theta: Array, target: DriverTarget, model: Model
) -> DiscoveredBox:
    box, searched = found.box, theta[:, columns]
    hits, paths = target.means * target.paths, target.paths.astype(float)
    inside = box.holds(searched)
    restrictions = [
        _restriction(
            box, w, searched, int(columns[w]), model, quasi_p(box, w, searched, hits, paths, found.sign), again
        )
        for w, again in found.support.items()
    ]
    restrictions.sort(key=lambda r: (r.quasi_p_value, -r.support, r.parameter))
    n, k = paths[inside].sum(), hits[inside].sum()
    about, in_all = (k, hits.sum()) if found.sign > 0 else (n - k, paths.sum() - hits.sum())
    there = shares(np.rint(hits[inside]).astype(np.int64), target.paths[inside], uncertain=True)
    inner, elsewhere = float(k / n), float((hits.sum() - k) / (paths.sum() - n))
    return DiscoveredBox(
        direction=HIGHER if found.sign > 0 else LOWER,
        probability=inner,
        low=float(there.low),
        high=float(there.high),
        elsewhere=elsewhere,
        held_out=found.held_out,
        mass=float(n / paths.sum()),
        coverage=float(about / in_all),
        density=float(about / n),
        explained=box.explained,
        p_value=found.p_value,
        restrictions=tuple(restrictions),
        sentence=f"Where {' and '.join(map(clause, restrictions))}, {rounded(inner)} instead of {rounded(elsewhere)}.",
    )


def _resampled(
    box: ParameterBox, sign: int, theta: Array, columns: NDArray[np.int64], hits: Array, paths: Array, seed: int
) -> tuple[dict[int, float], float | None]:
    """How often halves of the draws restrict each parameter on the same side, and the outcome's probability in their
    boxes on the draws left out.
    """
    random = np.random.default_rng([seed, len(theta), RESAMPLES])
    again = dict.fromkeys(box.restricted, 0)
    k = n = 0.0
    for _ in range(RESAMPLES):
        half = np.zeros(len(theta), bool)
        half[random.permutation(len(theta))[: len(theta) // 2]] = True
        chosen = Screen(theta[half]).first((hits / paths)[half])
        found = best_box(theta[half][:, chosen], hits[half], paths[half], sign=sign)
        if not found.restricted:
            continue
        place = {int(column): i for i, column in enumerate(chosen)}
        for w in again:
            other = place.get(int(columns[w]))
            same = other is not None and (
                (np.isfinite(box.low[w]) and np.isfinite(found.low[other]))
                or (np.isfinite(box.high[w]) and np.isfinite(found.high[other]))
            )
            again[w] += bool(same)
        out = found.holds(theta[~half][:, chosen])
        k, n = k + hits[~half][out].sum(), n + paths[~half][out].sum()
    return {w: times / RESAMPLES for w, times in again.items()}, float(k / n) if n else None


def _restriction(
    box: ParameterBox, w: int, searched: Array, column: int, model: Model, quasi: float, support: float
) -> Restriction:
    """Bounds lie midway between the last draw outside and the first inside."""
    weight = model.weights[column]
    values = np.unique(searched[:, w])
    above = below = None
    if np.isfinite(box.low[w]):
        above = float((values[values < box.low[w]].max() + values[values >= box.low[w]].min()) / 2)
    if np.isfinite(box.high[w]):
        below = float((values[values <= box.high[w]].max() + values[values > box.high[w]].min()) / 2)
    over, under = ("" if bound is None else in_words(bound, weight.quantity) for bound in (above, below))
    label = weight_label(weight.path, model.scenario)
    return Restriction(weight.path, label, weight.quantity.text, above, below, over, under, quasi, support)


def clause(restriction: Restriction) -> str:
    """A restriction in words: ``"Serious incident" comes more than 0.5 per year``."""
    name = restriction.label
    verb = " is"
    if name.startswith("how often ") and name.endswith(" comes"):
        name, verb = name.removeprefix("how often ").removesuffix(" comes"), " comes"
    if restriction.above is not None and restriction.below is not None:
        between = f"{restriction.above_text} and {restriction.below_text}"
        return f"{name}{verb} between {between}"
    if restriction.above is not None:
        return f"{name}{verb} more than {restriction.above_text}"
    return f"{name}{verb} less than {restriction.below_text}"
