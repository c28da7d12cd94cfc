"""Tuning as a whole: search, what could not be met and why, and the numbers to write. Floor 5."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from relsim import __version__
from relsim.estimates import probability
from relsim.kernels.compiled import LANES
from relsim.quantity import Quantity, described, parse, written
from relsim.result.tuning import Move, Share, TargetResult, Tuning
from relsim.scenario import Scenario
from relsim.tune.conflicts import conflicts
from relsim.tune.search import FARTHEST, Search, SearchResult
from relsim.tune.solve import length
from relsim.tune.target_model import Sample, TargetModel
from relsim.tune.targets import TIGHT, Target

Array = NDArray[np.float64]

DIGITS = 6
"""Significant digits of a number written."""
_LEAST = 0.01
"""Standard deviations below which a move is left out."""
_ERRORS = 3.0
_INVALID = "before it is met the shifted parameters make an unstable model"
_INWARDS = 3
"""Times that a bound which chance alone passes is aimed at anew."""
_RUNS = 9
"""Samples that a search takes as a rule, for the progress shown."""


@dataclass(frozen=True)
class Tuned:
    """The report, and the numbers moved by their paths, as they are to be written."""

    report: Tuning
    numbers: Mapping[str, Quantity]


def tune(
    scenario: Scenario,
    targets: Sequence[Target],
    *,
    movable: Collection[str],
    paths: int,
    seed: int,
    progress: Callable[[float], None],
) -> Tuned:
    """Find the smallest change of the parameters, in their own standard deviations, that meets stated probabilities.

    Parameters
    ----------
    movable : paths in the file of the numbers in doubt that may be moved
    paths : of each sample; whole blocks of 128, each under its own draw of the weights
    seed : of the paths on which before and after are told; the search takes the two seeds after it
    progress : called with the share done

    Raises
    ------
    DocumentError
        If the scenario is an unstable model.
    """
    asked = TargetModel.of(scenario, targets)
    blocks = max(2, -(-paths // LANES))
    simulated = 0

    def done(some: int) -> None:
        nonlocal simulated
        simulated += some
        progress(min(0.99, simulated / (_RUNS * blocks)))

    search = Search(asked, np.array([w.path in movable for w in asked.model.weights], bool), blocks, _after(seed), done)
    outside = conflicts(targets, search.start.hits.reshape(-1, len(targets)))
    before = asked.sample({}, blocks=blocks, seed=seed)
    done(blocks)
    aimed, known = list(targets), dict(outside)
    for last in (*[False] * _INWARDS, True):
        found, far = _reachable(search, [t for t in aimed if t.name not in known])
        outside = known | far
        delta = np.where(np.abs(found.delta) < _LEAST, 0.0, found.delta)
        numbers = {path: _rounded(q) for path, q in search.quantities(delta).items()}
        after = asked.sample(numbers, blocks=blocks, seed=seed) if numbers else before
        done(blocks)
        inward = [_inward(t, _share(after, k)) if t.name not in outside else t for k, t in enumerate(aimed)]
        if last or found.invalid or inward == aimed:
            break
        aimed = inward
    names = ", ".join(str(t) for t in targets if t.name not in outside)
    alone = _alone(search, targets)
    if not found.invalid:
        outside = _opposed(search, targets, after, outside) | outside
    results = {
        t.name: _result(t, k, scenario, before, after, alone[t.name], outside.get(t.name, ""), found.invalid)
        for k, t in enumerate(targets)
    }
    before_of = {w.path: w.quantity for w in asked.model.weights}
    by = dict(zip((w.path for w in asked.model.weights), delta.tolist(), strict=True))
    moves = [Move(p, by[p], str(described(before_of[p])), str(described(q))) for p, q in numbers.items()]
    report = Tuning(
        relsim=__version__,
        scenario=scenario.title,
        variant=scenario.variant,
        paths=blocks * LANES,
        seed=seed,
        standard=TIGHT,
        targets=results,
        moves=tuple(sorted(moves, key=lambda m: -abs(m.shift_sd))),
        distance=length(delta, search.correlation),
        movable=int(search.movable.sum()),
        warnings=(),
    )
    noted = {path: replace(q, note=_note(before_of[path], by[path], names)) for path, q in numbers.items()}
    return Tuned(report, noted)


def _after(seed: int) -> int:
    return (seed + 1) % 2**63


def _reachable(search: Search, targets: list[Target]) -> tuple[SearchResult, dict[str, str]]:
    """The least change for the targets within reach, and why the others are not."""
    far: dict[str, str] = {}
    while True:
        found = search.find(targets)
        alone = _alone(search, targets)
        if length(found.delta, search.correlation) < FARTHEST - 0.01 and not found.invalid:
            return found, far
        finite = [t for t in targets if np.isfinite(alone[t.name])]
        if not finite:
            return found, far
        worst = max(finite, key=lambda t: alone[t.name])
        if found.invalid:
            far[worst.name] = f"{_INVALID} ({found.invalid})"
        elif len(finite) == 1 or alone[worst.name] > FARTHEST:
            far[worst.name] = (
                f"out of reach: the parameters that affect it would have to move about {alone[worst.name]:.0f} "
                f"standard "
                f"deviations"
            )
        else:
            far[worst.name] = _not_together([t for t in finite if t is not worst])
        targets = [t for t in targets if t is not worst]


def _opposed(search: Search, targets: Sequence[Target], after: Sample, outside: Collection[str]) -> dict[str, str]:
    """Why targets are not met that could be met one by one: the same weights would have to move both ways."""
    unmet = {t: side for k, t in enumerate(targets) if t.name not in outside and (side := _short(t, _share(after, k)))}
    moves = search.together(list(unmet))
    out = {}
    for i, (target, side) in enumerate(unmet.items()):
        against = [t for j, (t, other) in enumerate(unmet.items()) if side * other * moves[i, j] < 0]
        if against:
            out[target.name] = _not_together(against)
    return out


def _not_together(others: Sequence[Target]) -> str:
    return f"not together with {' and '.join(map(str, others))}: what brings the one takes the other away"


def _short(target: Target, share: Share) -> int:
    """Which way a target would still have to move: 1 up, −1 down, 0 where it is met.

    A bound is met if the estimate itself meets it; a probability, if it is no further off than chance explains.
    """
    if target.relation == "<":
        return -int(share.value >= target.value)
    if target.relation == ">":
        return int(share.value <= target.value)
    slack = _ERRORS * share.standard_error
    return (share.value < target.least - slack) - (share.value > target.most + slack)


def _inward(target: Target, share: Share) -> Target:
    """A bound that is passed by no more than chance explains, aimed at from as far inside; others as they are."""
    past = abs(share.value - target.value)
    if target.relation == "=" or not _short(target, share) or past > _ERRORS * share.standard_error:
        return target
    return replace(target, margin=target.margin + target.sigma + past / (target.value * (1 - target.value)))


def _alone(search: Search, targets: Sequence[Target]) -> dict[str, float]:
    return dict(zip((t.name for t in targets), search.alone(targets).tolist(), strict=True))


def _result(
    target: Target, column: int, scenario: Scenario, before: Sample, after: Sample, alone: float, reason: str, held: str
) -> TargetResult:
    share = _share(after, column)
    met = not _short(target, share)
    if not met and not reason:
        reason = _why(target, share, alone, held)
    title = target.name if target.entry else scenario.outcomes[target.name].title
    return TargetResult(
        target=str(target),
        title=scenario.calendar[target.name].label if target.entry else title,
        before=_share(before, column),
        after=share,
        met=met,
        reason="" if met else reason,
        cost_alone_sd=alone if np.isfinite(alone) else None,
    )


def _why(target: Target, after: Share, alone: float, held: str) -> str:
    if not np.isfinite(alone):
        if after.value in (0, 1):
            return f"it comes true on {'every' if after.value else 'no'} path, whatever the parameters"
        return "no parameter that may move has a detectable effect on it"
    if held:
        return f"{_INVALID} ({held})"
    if target.doubt is not None:
        return (
            f"a compromise: met exactly, it would take about {alone:.1f} standard deviations of the parameters, "
            f"more than "
            f"a doubt of ±{target.doubt:g} outweighs; state it tighter, or give the parameters more spread"
        )
    return "the search came no nearer; try more --paths"


def _share(sample: Sample, column: int) -> Share:
    hits = sample.hits[:, :, column].sum(axis=1)
    e = probability(hits, np.full(len(hits), LANES), uncertain=True)
    assert e.value is not None
    assert e.low is not None
    assert e.high is not None
    return Share(e.value, e.standard_error or 0.0, e.low, e.high)


def _rounded(quantity: Quantity) -> Quantity:
    """The number as it will be read back from the file."""
    return parse(written(quantity, DIGITS), quantity.kind, in_all=True)


def _note(old: Quantity, by: float, targets: str) -> str:
    earlier = f"; before that {old.note}" if old.note else ""
    return f"tuned: {by:+.2f} sd from {described(old)}, for {targets}{earlier}"
