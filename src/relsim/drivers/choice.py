"""Which weights a designed study varies. Floor 5."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from relsim.errors import InputError, suggestion
from relsim.model import Model
from relsim.result.drivers import Drivers


def chosen_weights(found: Drivers, model: Model, patterns: Sequence[str], *, most: int) -> tuple[str, ...]:
    """Weights whose paths match a pattern, in file order; without patterns those of the greatest first-order indices.

    Raises
    ------
    InputError
        If a pattern matches none, or there is none to choose from.
    """
    names = [w.path for w in model.weights]
    if not names:
        raise InputError("no number of the scenario is uncertain, so that there is nothing to vary")
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in names):
            raise InputError(f"--only: no uncertain parameter matches '{pattern}'; {suggestion(pattern, names)}")
    if patterns:
        return tuple(name for name in names if any(fnmatchcase(name, pattern) for pattern in patterns))
    best: dict[str, tuple[bool, float]] = {}
    for driven in [*found.outcomes.values(), *found.quantities.values()]:
        for s in driven.weights:
            best[s.weight] = max(best.get(s.weight, (False, 0.0)), (s.significant, s.first_order or 0.0))
    if not best:
        raise InputError("the run's draws name no parameter to vary; say which with --only, such as 'events/*/rate'")
    chosen = sorted(best, key=lambda path: best[path], reverse=True)[:most]
    return tuple(name for name in names if name in chosen)
