"""One path as a dated timeline that can be read aloud. Imports ``influence``, ``words``.

What is told: what the outcome names, one by one; the calendar; conditions and grades; rare events that moved what the
outcome compares; and, a line for each few months, how often the usual things came and whether that was usual. The
least telling lines are left out so that the story stays short.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from relsim.model import Model
from relsim.outcomes.program import NEVER
from relsim.result import Forecast, rounded
from relsim.result.stories import StoryLine
from relsim.scenario import Entry
from relsim.story.influence import Bearing
from relsim.story.replay import ReplayedPath
from relsim.story.words import Words, listed, number

MOST = 24
"""Lines of a story, at most."""
_FEW = 3.0
"""Event types that usually come more often are summed up, unless the outcome names them and they came seldom."""
_SETTLED = 7
"""Days in a new grade after which it is told."""
_TOLD_TYPES = 5
"""Event types in a line that sums up."""
_NAMED, _RELATED, _SUMMED, _ENTRY, _GRADE, _CONDITION, _PUSHED = 90, 69, 65, 60, 50, 45, 20


@dataclass(frozen=True)
class ScoredLine:
    """A line, how much it tells, and whether the outcome can hang on it."""

    score: float
    line: StoryLine
    bears: bool = False


@dataclass(frozen=True)
class Teller:
    """What is known of the run around a path.

    Attributes
    ----------
    outcomes : names of the outcomes whose coming true is told
    """

    model: Model
    forecast: Forecast
    about: Bearing
    words: Words
    outcomes: tuple[str, ...]

    def lines(self, path: ReplayedPath) -> list[ScoredLine]:
        """All that could be told of a path, by date."""
        told = [
            *self._start(path),
            *self._entries(path),
            *self._events(path),
            *self._summed(path),
            *self._conditions(path),
            *self._grades(path),
            *self._outcomes(path),
            *self._end(path),
        ]
        return in_order(told)

    def date(self, day: int) -> date:
        """Date of a day number."""
        return self.model.axes.date(day)

    @property
    def series(self) -> list[int]:
        """What the story watches: the levels that the outcome compares, else all indices."""
        axes = self.model.axes
        return list(self.about.series) or list(axes.indices.values()) or list(axes.variables.values())[:1]

    def happenings(self, path: ReplayedPath) -> list[int]:
        """Days on which something came that the outcome names or hangs on."""
        days = {
            int(path.happened[-1, e]) or int(path.due[-1, e]) for e in self.about.entries | self.about.related_entries
        }
        for k in self.about.events | self.about.related_events:
            days |= set((np.flatnonzero(path.counts[:, k]) + 1).tolist())
        return sorted(day for day in days if day > 0)

    def movers(self, path: ReplayedPath, day: int) -> str:
        """The events of a day that moved what the outcome compares the way that it went, in words."""
        change = path.states[day, self.series].sum() - path.states[day - 1, self.series].sum()
        pushes = path.counts[day - 1] * self.about.push * np.sign(change)
        order = [int(k) for k in np.argsort(-pushes, kind="stable") if pushes[k] > 0]
        return listed(self._times(self.words.event(k), int(path.counts[day - 1, k])) for k in order[:2])

    def level(self, path: ReplayedPath, day: int) -> str:
        """The watched levels of a day, in words."""
        indices = set(self.model.axes.indices.values())
        said = []
        for s in self.series[:2]:
            value = float(path.states[day, s])
            grade = self.words.grade(value) if s in indices else ""
            said.append(f"{self.words.series(s)} {number(value)}{f', {grade}' if grade else ''}")
        return "; ".join(said)

    @staticmethod
    def _times(label: str, count: int) -> str:
        return label if count == 1 else f"{label} ({count} times)"

    def _start(self, path: ReplayedPath) -> Iterator[ScoredLine]:
        first = self.date(1)
        yield ScoredLine(200, StoryLine(first, None, f"At the start: {self.level(path, 0)}", "start", False))

    def _end(self, path: ReplayedPath) -> Iterator[ScoredLine]:
        days = self.model.axes.days
        yield ScoredLine(200, StoryLine(self.date(days), None, f"At the end: {self.level(path, days)}", "end", False))

    def _entries(self, path: ReplayedPath) -> Iterator[ScoredLine]:
        for e, entry in enumerate(self.model.scenario.calendar.values()):
            on, due = int(path.happened[-1, e]), int(path.due[-1, e])
            usual = self.forecast.calendar[entry.name].probability
            score = _ENTRY + 5 * min(abs(float(self.about.entry_push[e])), 2)
            score = _NAMED if e in self.about.entries else _RELATED if e in self.about.related_entries else score
            bears = score >= _RELATED or (bool(self.about.series) and self.about.entry_push[e] != 0)
            share = "" if usual is None or usual in (0, 1) else f" ({rounded(usual)} of all paths)"
            if on:
                certain = usual is not None and usual > 0.995
                if not certain:
                    yield ScoredLine(
                        score, StoryLine(self.date(on), None, f"{entry.label}{share}", "entry", False), bears
                    )
            elif due and not self._ruled_out(entry, path):
                # The day on which it would have come: from then on it is settled that it does not.
                text = f"It does not happen: {entry.label}{share}"
                rare = 30 if usual is not None and usual < 0.25 else 0
                if due <= path.counts.shape[0]:
                    yield ScoredLine(score - rare, StoryLine(self.date(due), None, text, "not", False), bears)

    def _ruled_out(self, entry: Entry, path: ReplayedPath) -> bool:
        """Whether another entry decided that this one could not happen, so that there is nothing to tell."""
        entries = self.model.axes.entries
        for terms, decisive in ((entry.requires, False), (entry.unless, True)):
            for term in terms:
                if term.kind == "entry":
                    happened = any(path.happened[-1, entries[name]] > 0 for name in term.names)
                    if (happened != term.negated) == decisive:
                        return True
        return False

    def _by_calendar(self, path: ReplayedPath) -> NDArray[np.int64]:
        """(T, K) events that a calendar entry brought, which its own line tells of."""
        out = np.zeros(path.counts.shape, np.int64)
        events = self.model.axes.events
        for e, entry in enumerate(self.model.scenario.calendar.values()):
            on, due = int(path.happened[-1, e]), int(path.due[-1, e])
            if on and entry.event:
                out[on - 1, events[entry.event]] += 1
            elif not on and 0 < due <= len(out) and entry.otherwise_event and not self._ruled_out(entry, path):
                out[due - 1, events[entry.otherwise_event]] += 1
        return np.minimum(out, path.counts.astype(np.int64))

    def _events(self, path: ReplayedPath) -> Iterator[ScoredLine]:
        counts = path.counts.astype(np.int64) - self._by_calendar(path)
        for k, event in enumerate(self.model.scenario.events.values()):
            usual = self.forecast.events[event.name].mean_count
            named, total = k in self.about.events, int(counts[:, k].sum())
            if total == 0 or not (usual <= _FEW or (named and total <= 2 * _FEW)):
                continue
            push = abs(float(self.about.push[k]))
            score = _PUSHED + 40 * min(push, 1.0) + (5 if usual < 0.3 else 0)
            score = _NAMED if named else _RELATED if k in self.about.related_events else score
            for day in np.flatnonzero(counts[:, k]):
                text = self._times(self.words.event(k), int(counts[day, k]))
                yield ScoredLine(
                    score, StoryLine(self.date(int(day) + 1), None, text, "event", False), score >= _RELATED
                )

    def _summed(self, path: ReplayedPath) -> Iterator[ScoredLine]:
        """How often the usual events came, month by month or quarter by quarter."""
        groups: dict[str, list[int]] = {}
        for k, event in enumerate(self.model.scenario.events.values()):
            if self.forecast.events[event.name].mean_count > _FEW:
                groups.setdefault(event.label.split(" (")[0], []).append(k)
        mean = [item.mean_count for item in self.forecast.events.values()]
        for first, last in self._periods():
            share = (last - first + 1) / self.model.axes.days
            found = []
            for label, members in groups.items():
                count = int(path.counts[first - 1 : last, members].sum())
                usual = share * sum(mean[k] for k in members)
                push = sum(abs(float(self.about.push[k])) for k in members)
                found.append((abs(count - usual) / np.sqrt(usual), push * usual, label, count, usual))
            odd = sorted((item for item in found if item[0] > 1.5), reverse=True)[:_TOLD_TYPES]
            rest = sorted((item for item in found if item not in odd), key=lambda item: -item[1])
            more = [f"{label} {count} (usually {usual:.0f})" for _, _, label, count, usual in odd if count > usual]
            less = [f"{label} {count} (usually {usual:.0f})" for _, _, label, count, usual in odd if count <= usual]
            even = [f"{label} {count}" for _, _, label, count, _ in rest[: max(0, _TOLD_TYPES - len(odd))]]
            parts = [
                f"{how}: {', '.join(what)}"
                for how, what in (("more than usual", more), ("less than usual", less), ("as usual", even))
                if what
            ]
            if parts:
                text = "; ".join(parts)
                line = StoryLine(self.date(first), self.date(last), text[0].upper() + text[1:], "usual", False)
                yield ScoredLine(_SUMMED, line)

    def _periods(self) -> list[tuple[int, int]]:
        """Stretches of one calendar month, or of three in a long window; a short rest joins its neighbour."""
        days = self.model.axes.days
        months = 1 if days <= 100 else 3
        starts = [1]
        for day in range(2, days + 1):
            on = self.date(day)
            if on.day == 1 and (on.month - 1) % months == 0:
                starts.append(day)
        least = 12 * months
        starts = [s for i, s in enumerate(starts) if i == 0 or (s - 1 >= least and days - s + 1 >= least)]
        return list(zip(starts, [s - 1 for s in starts[1:]] + [days], strict=True))

    def _conditions(self, path: ReplayedPath) -> Iterator[ScoredLine]:
        days = self.model.axes.days
        for c, condition in enumerate(self.model.scenario.conditions.values()):
            bears = c in self.about.conditions | self.about.related_conditions
            if self.about.leaves and not bears:
                continue
            on = np.concatenate([[condition.initially or path.until[0, c] >= 1], path.in_force[:, c] != 0]).astype(int)
            moves = np.flatnonzero(np.diff(on)) + 1
            score = _NAMED if c in self.about.conditions else _RELATED if bears else _CONDITION
            if len(moves) > 4:
                text = f"{condition.label}: in force on {int(on[1:].sum())} of {days} days"
                yield ScoredLine(_CONDITION, StoryLine(self.date(1), self.date(days), text, "condition", False))
                continue
            for day in moves.tolist():
                verb = "begins" if on[day] else "is over"
                text = f"{verb.capitalize()}: {condition.label}"
                yield ScoredLine(score, StoryLine(self.date(day), None, text, "condition", False), bears)

    def _grades(self, path: ReplayedPath) -> Iterator[ScoredLine]:
        if not self.model.scenario.grades:
            return
        indices = set(self.model.axes.indices.values())
        for s in self.series:
            if s not in indices:
                continue
            grades = [self.words.grade(x) for x in path.states[:, s]]
            settled = grades[0]
            for day in range(1, len(grades) - _SETTLED + 1):
                if grades[day] != settled and len(set(grades[day : day + _SETTLED])) == 1:
                    settled = grades[day]
                    text = f"{self.words.series(s)} turns {settled}, at {number(path.states[day, s])}"
                    yield ScoredLine(_GRADE, StoryLine(self.date(day), None, text, "grade", False))

    def _outcomes(self, path: ReplayedPath) -> Iterator[ScoredLine]:
        """Outcomes that came true, on their dates."""
        rows = list(self.model.scenario.outcomes)
        for name in self.outcomes:
            day = int(path.outcomes[rows.index(name)])
            if day != NEVER:
                title = self.model.scenario.outcomes[name].title
                yield ScoredLine(100, StoryLine(self.date(day), None, f"It has come true: {title}", "outcome", False))


def in_order(told: Sequence[ScoredLine]) -> list[ScoredLine]:
    """By date; of one day the start first, then what happened, then what it led to."""
    kinds = ("start", "entry", "not", "event", "condition", "grade", "turn", "usual", "end", "outcome")
    return sorted(told, key=lambda t: (_placed(t.line), kinds.index(t.line.kind)))


def _placed(line: StoryLine) -> date:
    """Where a line stands: what sums up some months stands at their end."""
    return line.until if line.kind == "usual" and line.until else line.on


def shortened(told: Sequence[ScoredLine], most: int = MOST) -> list[ScoredLine]:
    """The most telling lines, still in order."""
    ranks = sorted(range(len(told)), key=lambda i: -told[i].score)[:most]
    return [told[i] for i in sorted(ranks)]


def marked(line: StoryLine, text: str) -> StoryLine:
    """A line of a turning point, with what it did to the chance."""
    return replace(line, text=f"{line.text}. {text}", marked=True)
