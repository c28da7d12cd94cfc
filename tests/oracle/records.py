"""What has happened so far on each path, and the clauses of ``requires``, ``unless`` and ``odds_if``.

Readings chosen where the model says little: a negated clause negates the whole ("none of the members");
an entry's date has passed, for entries later in the file, as soon as the entry was taken that day; an
entry whose drawn day lies before the window has passed, one whose day lies behind it or that has no day
yet has not.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

NEVER = 10**9
CLOSE = 2e-5


@dataclass
class World:
    """State and records of n paths. Days are numbered as in the window: 1 … T, the history's 0, −1, …"""

    start: object
    past_days: int
    x: np.ndarray
    """State at the end of the last finished day, (n, D)."""
    levels: np.ndarray
    """Variables and indices of ``x``, (n, D + I)."""
    counts: np.ndarray
    """Events per day, (n, H + T, K): H days of the record, then the window."""
    due: np.ndarray
    """Day of each calendar entry, (n, E); NEVER while it has none."""
    happened: np.ndarray
    """Day on which each entry happened, (n, E), 0 if not."""
    taken: np.ndarray
    """Whether each entry's date has passed, (n, E)."""
    until: np.ndarray
    """Last day on which each condition is in force, (n, C); NEVER without an end, −NEVER if not in force."""
    close: np.ndarray
    """Whether any choice of a path lay within rounding of going the other way, (n,)."""
    names: dict[str, dict[str, int]] = field(default_factory=dict)
    """Name to position: ``event``, ``entry``, ``condition``, ``level``."""

    def row(self, day: int) -> int:
        """Where day ``day`` stands in ``counts``."""
        return self.past_days + day - 1

    def events(self, k: int, first: int, last: int) -> np.ndarray:
        """Events of type k from day ``first`` to day ``last``, both included, as far as the record goes."""
        return self.counts[:, max(0, self.row(first)) : max(0, self.row(last) + 1), k].sum(axis=1)

    def in_force(self, day: int) -> np.ndarray:
        return self.until >= day

    def flag(self, distance: np.ndarray, tolerance: float = CLOSE) -> None:
        self.close |= distance < tolerance


def holds(term, world: World, day: int, read) -> np.ndarray:
    """Whether a clause holds on day ``day``, from what is known when it is asked, (n,)."""
    where = world.names[term.kind]
    members = [where[name] for name in term.names]
    first = -NEVER
    if term.within is not None:
        first = day - term.within
    if term.since is not None:
        first = max(first, (term.since - world.start).days + 1)
    if term.kind == "event":
        true = np.any([world.events(k, first, day - 1) >= term.at_least for k in members], axis=0)
    elif term.kind == "entry":
        true = np.any([(world.happened[:, e] > 0) & (world.happened[:, e] >= first) for e in members], axis=0)
        known = np.all([world.taken[:, e] for e in members], axis=0)
        return known & ~true if term.negated else true
    elif term.kind == "condition":
        true = np.any([world.in_force(day)[:, c] for c in members], axis=0)
    else:
        true = np.zeros(len(world.x), dtype=bool)
        for s in members:
            inside = np.ones(len(world.x), dtype=bool)
            for number, sign in ((term.above, 1), (term.below, -1)):
                if number is not None:
                    distance = sign * (world.levels[:, s] - read(number))
                    world.flag(np.abs(distance))
                    inside &= distance > 0
            true |= inside
    return ~true if term.negated else true


def allowed(requires, unless, world: World, day: int, read) -> np.ndarray:
    """All of ``requires`` and none of ``unless``, (n,)."""
    yes = np.ones(len(world.x), dtype=bool)
    for term in requires:
        yes &= holds(term, world, day, read)
    for term in unless:
        yes &= ~holds(term, world, day, read)
    return yes
