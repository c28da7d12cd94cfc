"""The calendar: when entries fall, with which probability, what comes of them.

Readings chosen where the model says little: a condition "begins" on its first day in force, also when it
is begun anew while in force, and a delay counts from there; within an entry the effects of its event
come before its own effects, likewise for ``otherwise``; a forced entry without a day (``after``
something that never came) does not happen; an entry both forced and cancelled is cancelled.
"""

from __future__ import annotations

import numpy as np

from oracle import words
from oracle.families import inverse
from oracle.records import NEVER, World, allowed, holds
from relsim.streams import Purpose

BEGINS_AFTER = 0
"""Days from the event that begins a condition to the day from which durations and delays count."""


class Calendar:
    """The entries of a scenario for the paths given, with their draws."""

    def __init__(self, scenario, parameters, paths: np.ndarray, seed: int, told) -> None:
        self.scenario, self.parameters, self.told = scenario, parameters, told
        self.entries = list(scenario.calendar.values())
        orders = scenario.interventions.values()
        self.cancelled = {i.cancel for i in orders if i.cancel is not None}
        self.forced = {i.force for i in orders if i.force is not None} - self.cancelled
        names = [e.name for e in self.entries]
        self.chance = {n: words.single_uniform(Purpose.CALENDAR, n, seed, paths) for n in names}
        self.when = {n: words.single_uniform(Purpose.CALENDAR_DAY, n, seed, paths) for n in names}
        self.stated = np.array([parameters.read(e.probability) for e in self.entries])

    def first_days(self, world: World) -> None:
        """Days of the entries with a date; those drawn before the window have passed."""
        for e, entry in enumerate(self.entries):
            if entry.name in self.told.happened:
                world.due[:, e] = self.told.happened[entry.name]
                continue
            if entry.first is None:
                continue
            length = (entry.last - entry.first).days + 1
            place = self.when[entry.name] * length
            if length > 1:
                world.flag(np.abs(place - np.round(place)), 1e-5 * length)
            world.due[:, e] = (entry.first - self.scenario.start).days + 1 + np.floor(place).astype(int)
            world.taken[:, e] = world.due[:, e] < 1

    def delayed(self, e: int, since: np.ndarray, day: int, world: World) -> None:
        """Give entry e its day on the paths ``since`` on which what it waits for came on ``day``."""
        entry = self.entries[e]
        delay = inverse(entry.delay.quantity, self.when[entry.name]) * entry.delay.share
        if not entry.delay.quantity.certain:
            world.flag(np.where(since, np.abs(delay - np.round(delay)), 1.0), 1e-5 * delay.max())
        new = since & (world.due[:, e] == NEVER)
        world.due[new, e] = day + np.maximum(1, np.ceil(delay[new] - 1e-9).astype(int))

    def probability(self, entry, world: World, day: int) -> np.ndarray:
        """p of an entry on a day, from the state at the end of the day before."""
        read, par = self.parameters.read, self.parameters
        p0 = read(entry.probability)
        if p0 <= 0 or p0 >= 1:
            return np.full(len(world.x), p0)
        logit = np.full(len(world.x), np.log(p0) - np.log1p(-p0))
        for name, ratio in entry.odds_ratio.items():
            d = par.variables[name]
            reference = read(entry.at[name]) if name in entry.at else par.baseline[d]
            logit += np.log(read(ratio)) * (world.x[:, d] - reference)
        for odds in entry.odds_if:
            logit += np.log(read(odds.ratio)) * holds(odds.term, world, day, read)
        return 1 / (1 + np.exp(-logit))

    def take(self, world: World, day: int) -> list[tuple[np.ndarray, np.ndarray]]:
        """Draw the entries of a day in file order; per entry (happened, otherwise applies), each (n,)."""
        results = []
        for e, entry in enumerate(self.entries):
            today = world.due[:, e] == day
            if not today.any():
                results.append((today, today))
                continue
            possible = allowed(entry.requires, entry.unless, world, day, self.parameters.read)
            p = self.probability(entry, world, day)
            happens = possible & (self.chance[entry.name] < p)
            if entry.name in self.forced:
                happens = np.ones_like(today)
            elif entry.name in self.cancelled:
                happens = np.zeros_like(today)
                possible = np.ones_like(today)
            elif self.told.happened.get(entry.name) == day:
                happens = np.ones_like(today)
            elif day <= len(self.told.counts) and day not in self.told.not_known[entry.name]:
                happens = np.zeros_like(today)
            else:
                gap = np.where(today & possible, np.abs(self.chance[entry.name] - p), 1.0)
                world.flag(np.where((p > 0) & (p < 1), gap, 1.0))
            happened = today & happens
            world.happened[happened, e] = day
            world.taken[today, e] = True
            results.append((happened, today & possible & ~happens))
        return results

    def apply(self, results, x: np.ndarray, counts: np.ndarray) -> None:
        """Effects and events of the day's entries, in file order; ``counts`` (n, K) gains the events."""
        par, read = self.parameters, self.parameters.read
        for entry, (happened, failed) in zip(self.entries, results, strict=True):
            for which, event, effects in (
                (happened, entry.event, entry.effects),
                (failed, entry.otherwise_event, entry.otherwise_effects),
            ):
                if not which.any():
                    continue
                moved = x[which]
                if event is not None:
                    k = par.events[event]
                    counts[which, k] += 1
                    par.event_effects(moved, k)
                for name, number in effects.items():
                    par.effect(moved, par.variables[name], read(number))
                x[which] = moved
