"""Document → concrete scenario: sets expanded, names resolved, problems by path. Floor 3.

Rooms: ``names`` (what a name stands for), ``views`` (an item and the entry over it), ``sections``, ``terms``,
``outcomes``, ``observed``, ``correlated``.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from relsim.errors import Problem, suggestion
from relsim.expand import sections
from relsim.expand.correlated import correlations
from relsim.expand.names import SPACES, Names, Problems
from relsim.expand.observed import histories
from relsim.expand.outcomes import Questions
from relsim.expand.views import View
from relsim.scenario import (
    Count,
    Days,
    Entry,
    First,
    Intervention,
    Measure,
    Number,
    Resolved,
    Scenario,
    WeightCorrelation,
)
from relsim.spec import Document

_GRADES = {
    "confrontational": -6.0,
    "tense": -3.0,
    "discordant": 0.0,
    "normal": 3.0,
    "good": 6.0,
    "friendly": 9.0,
}
_LIMIT = 9.0
_BEFORE_ALL = date.min + timedelta(days=1)
_LONGEST_WINDOW = 50 * 366
"""Days."""
SEED = 1
_PATHS, _MOST_PER_DAY = 20_000, 50.0


@dataclass(frozen=True)
class Expanded:
    """A scenario, or why there is none."""

    scenario: Scenario | None
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    resolution: Mapping[str, Resolved]
    """What came true, by outcome or quantity; for scoring alone."""


def expand(
    document: Document,
    *,
    title: str,
    variant: str | None = None,
    broken: Iterable[str] = (),
    only: Collection[str] | None = None,
) -> Expanded:
    """Make a document concrete.

    Parameters
    ----------
    document : the merged document
    title : title where the document states none
    variant : name of the variant that was merged in
    broken : names whose definitions are at fault; what refers to them is not judged
    only : sections to judge where the scenario itself is not wanted

    Returns
    -------
    The scenario, or None with problems. A document without a window is no scenario.
    """
    problems = Problems(broken)
    warnings: list[Problem] = []
    issues = {name: _issue(name, value) for name, value in (document.issues or {}).items()}
    names = Names(
        parties=document.parties or {},
        issues={name: salience for name, (_, salience) in issues.items()},
        labels={**(document.parties or {}), **{name: label for name, (label, _) in issues.items()}},
        problems=problems,
    )
    for section in ("variables", "indices", "events", "calendar", "conditions", "outcomes", "quantities"):
        sections.define(names, section, getattr(document, section) or {})
    _clashes(names)
    start, end = _window(document, problems)
    as_of = _as_of(document, problems)
    limit = document.scale.limit if document.scale and document.scale.limit else _LIMIT
    grades = _grades(document, problems, limit)
    run = document.run
    questions = Questions(names, start, end, grades)

    def of(section: str) -> Any:
        wanted = only is None or section in only
        return (getattr(document, section) if wanted else None) or {}

    entries = sections.calendar(names, of("calendar"))
    made = Scenario(
        title=document.title or title,
        variant=variant,
        start=start,
        end=end,
        paths=run.paths if run and run.paths else _PATHS,
        seed=run.seed if run and run.seed is not None else SEED,
        own_seed=run.seed if run and run.seed is not None else SEED,
        experts=_experts(document, problems) if only is None else 0.0,
        draws=run.draws if run else None,
        max_per_day=run.max_per_day if run and run.max_per_day else _MOST_PER_DAY,
        parties=dict(document.parties or {}),
        issues={name: label for name, (label, _) in issues.items()},
        limit=limit,
        grades=grades,
        variables=sections.variables(names, of("variables"), limit),
        correlation=correlations(names, of("correlation")),
        conditions=sections.conditions(names, of("conditions"), start),
        indices=sections.indices(names, of("indices")),
        events=sections.events(names, of("events")),
        calendar=entries,
        history=histories(names, of("history"), _last_observed(start, as_of), as_of),
        interventions=_interventions(names, of("interventions"), start, end, warnings),
        outcomes=questions.outcomes(of("outcomes")),
        quantities=questions.measures(of("quantities")),
        as_of=as_of,
        correlation_of_weights=tuple(
            WeightCorrelation(tuple(part.between), part.value) for part in of("correlation_of_weights")
        ),
    )
    resolution = _resolution(names, of("resolution"), made)
    if only is None:
        _complete(document, problems)
    warnings += questions.same_titles(made.outcomes)
    warnings += _left_out(entries, start, end, document)
    warnings += _past_review(document, _last_observed(start, as_of))
    return Expanded(None if problems.all or only is not None else made, problems.all, tuple(warnings), resolution)


def _experts(document: Document, problems: Problems) -> float:
    """Part of the paths that are an expert's."""
    pool = document.pool
    if pool is None:
        return 0.0
    if not document.events:
        problems.add("pool", "there is nothing to pool: the file has no events")
    for key, part in (("paths", pool.paths), ("experts", pool.experts)):
        if part is None:
            problems.add("pool", f"'{key}' is missing")
    if pool.paths is None or pool.experts is None:
        return 0.0
    if not math.isclose(pool.paths + pool.experts, 1, abs_tol=1e-9):
        problems.add(
            "pool", f"its parts add to {pool.paths + pool.experts:g}; they are parts of all paths and add to 1"
        )
    return pool.experts


def _issue(name: str, value: Any) -> tuple[str, float]:
    if isinstance(value, str):
        return value, 1.0
    return value.label or name, 1.0 if value.salience is None else value.salience


def _clashes(names: Names) -> None:
    for space in SPACES.values():
        seen: dict[str, str] = {}
        for section in space:
            for name in names.items.get(section, {}):
                if name in seen:
                    message = f"'{name}' is defined under {seen[name]} too; they share one name space"
                    names.problems.add(f"{section}/{name}", message, True)
                seen.setdefault(name, section)


def _window(document: Document, problems: Problems) -> tuple[date, date]:
    window = document.window
    start = window.start if window else None
    end = window.end if window else None
    if window:
        for key, value in (("start", start), ("end", end)):
            if value is None:
                problems.add("window", f"'{key}' is missing")
        if start and end and end < start:
            problems.add("window/end", f"runs backwards: {end} lies before {start}")
            end = None
    if start and end and (end - start).days > _LONGEST_WINDOW:
        years = (end - start).days / 365.25
        problems.add("window/end", f"the window has {years:,.0f} years; at most {_LONGEST_WINDOW // 365} were expected")
        end = start
    if start and end:
        return start, end
    # Dates cannot be judged without a window: take one that holds them all.
    return start or _BEFORE_ALL, end or date.max


def _as_of(document: Document, problems: Problems) -> date | None:
    """The last observed day inside the window."""
    window = document.window
    if window is None or window.as_of is None or window.start is None or window.end is None:
        return None
    if not window.start - timedelta(days=1) <= window.as_of <= window.end:
        message = f"{window.as_of} lies outside the window, {window.start} to {window.end}"
        problems.add("window/as_of", message, hint="the record may reach into the window, up to its end")
        return None
    return window.as_of if window.as_of >= window.start else None


def _last_observed(start: date, as_of: date | None) -> date:
    """The last day that a history may tell of."""
    if start == _BEFORE_ALL:
        return date.max
    return as_of or start - timedelta(days=1)


def _past_review(document: Document, known_to: date) -> list[Problem]:
    """The forecast knows of days on which the file should have been looked at again."""
    if document.review is None or known_to == date.max or known_to < document.review:
        return []
    asks = f" by its owner, {document.owner}," if document.owner else ""
    message = f"the file was to be looked at again{asks} by {document.review}, and this forecast starts after that day"
    return [Problem("review", message, hint="see whether its numbers still hold, then set a new date")]


def _grades(document: Document, problems: Problems, limit: float) -> dict[str, float]:
    grades = document.scale.grades if document.scale else None
    if grades is None:
        return {name: bound * limit / _LIMIT for name, bound in _GRADES.items()}
    last: tuple[str, float] | None = None
    for name, bound in grades.items():
        if last and bound <= last[1]:
            problems.add(
                f"scale/grades/{name}",
                f"{bound:g} is not above {last[1]:g}, the bound of '{last[0]}' before it",
            )
            break
        last = name, bound
    if not grades:
        problems.add("scale/grades", "found no grade; at least one was expected")
    return dict(grades)


def _interventions(
    names: Names, parts: Mapping[str, Any], start: date, end: date, warnings: list[Problem]
) -> dict[str, Intervention]:
    out = {}
    for name, part in parts.items():
        path = f"interventions/{name}"
        match type(part).__name__:
            case "Cancel":
                entry = names.one(part.cancel, ("calendar",), {}, f"{path}/cancel")
                out[name] = Intervention(name, cancel=entry)
            case "Force":
                entry = names.one(part.force, ("calendar",), {}, f"{path}/force")
                out[name] = Intervention(name, force=entry)
            case "Multiply":
                first, last = part.from_ or start, part.to or end
                rates = sections.targets(names, {}, View(((path, part),)), "rates", ("events",))
                if last < start or first > end:
                    place = f"{path}/to" if last < start else f"{path}/from"
                    warnings.append(Problem(place, f"{first} to {last} lies outside the window; left out"))
                    continue
                out[name] = Intervention(name, first=first, last=last, rates=rates)
            case _:
                made = _on_one_day(names, name, part, path)
                if not start <= part.on <= end:
                    warnings.append(Problem(f"{path}/on", f"{part.on} lies outside the window; left out"))
                    continue
                out[name] = made
    return out


def _on_one_day(names: Names, name: str, part: Any, path: str) -> Intervention:
    view = View(((path, part),))
    event = names.one(part.event, ("events",), {}, f"{path}/event") if part.event else None
    shift: dict[str, Number] = sections.targets(names, {}, view, "shift")
    settings: dict[str, Number] = sections.targets(names, {}, view, "set")
    return Intervention(name, on=part.on, event=event, shift=shift, set=settings)


def _resolution(names: Names, parts: Mapping[str, Any], scenario: Scenario) -> dict[str, Resolved]:
    """What came true belongs to outcomes and quantities of the document; a layer without any is not judged."""
    known = names.known(("outcomes", "quantities"))
    numbers = set(names.known(("quantities",))) - set(names.known(("outcomes",)))
    out = {}
    for name, part in parts.items():
        path = f"resolution/{name}"
        root = name.split(".")[0]
        if known and name not in known and root not in names.problems.broken:
            names.problems.add(path, f"unknown outcome or quantity '{name}'", True, hint=suggestion(name, known))
        if part.void:
            if part.reason is None and part.note is None and part.source is None:
                names.problems.add(path, "'reason' is missing beside 'void'")
        elif part.value is None:
            missing = "a number" if name in numbers else "true or false"
            names.problems.add(path, f"'value' is missing; {missing} was expected (or 'void: true' with a reason)")
        elif known and isinstance(part.value, bool) == (name in numbers):
            wanted = ("a number", ", since it is a quantity") if name in numbers else ("true or false", "")
            names.problems.add(f"{path}/value", f"found {_said(part.value)}; {wanted[0]} was expected{wanted[1]}")
        elif (expected := _out_of_reach(part.value, scenario.quantities.get(name))) is not None:
            names.problems.add(f"{path}/value", f"found {_said(part.value)}; {expected} was expected")
        window = scenario.start, scenario.end
        if part.value is True and part.on is not None and not window[0] <= part.on <= window[1]:
            message = (
                f"{part.on} lies outside the window, {window[0]} to {window[1]}; what came true later did not in it"
            )
            names.problems.add(f"{path}/on", message)
        void = (part.reason or part.note or part.source or "") if part.void else None
        out[name] = Resolved(None if part.void else part.value, part.on, void, part.source)
    return out


def _out_of_reach(value: float, measure: Measure | None) -> str | None:
    """What was expected of a quantity that can never come to a value; None where it can."""
    match measure and measure.of:
        case Count():
            if value < 0 or value % 1:
                return "a count, a whole number, 0 or more,"
        case Days(first=first, last=last):
            most = (last - first).days + 1
            if not 0 <= value <= most or value % 1:
                return f"a number of days, a whole number from 0 to {most},"
        case First():
            if value < 1 or value % 1:
                return "a number of days, a whole number, 1 or more,"
    return None


def _said(value: bool | float) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value:g}"


def _complete(document: Document, problems: Problems) -> None:
    if not document.variables:
        problems.add("", "no variable is defined; at least one was expected under 'variables'")
    if not document.outcomes and not document.quantities:
        problems.add("", "asks nothing; at least one outcome or quantity was expected")


def _left_out(entries: Mapping[str, Entry], start: date, end: date, document: Document) -> list[Problem]:
    out = []
    for entry in entries.values():
        if entry.first is None or entry.last is None or (entry.last >= start and entry.first <= end):
            continue
        when = str(entry.first) if entry.first == entry.last else f"{entry.first} to {entry.last}"
        root = entry.name if entry.name in (document.calendar or {}) else entry.name.split(".")[0]
        place = f"calendar/{root}"
        out.append(Problem(place, f"{entry.name}, {when}, lies outside the window; left out"))
    return out
