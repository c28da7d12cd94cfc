"""The report of one run. Floor 6."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from relsim.plots.data import Past, courses_of, fan_of, span
from relsim.plots.style import CENTRE, FAN, say
from relsim.report.assumptions import Assumption, assumptions_of, assumptions_section
from relsim.report.charts import placed
from relsim.report.curves import by_when
from relsim.report.drivers import drivers_section
from relsim.report.fans import fan_chart
from relsim.report.page import Section, page
from relsim.report.sentences import HEADLINES, across, in_words, lead, news, reference
from relsim.report.stories import stories_section
from relsim.report.tables import (
    calendar_table,
    events_table,
    given_table,
    outcomes_table,
    quantities_table,
    settled_by,
)
from relsim.result import Forecast, said
from relsim.result.drivers import Drivers
from relsim.result.stories import Stories
from relsim.scenario import Scenario
from relsim.show.hypertext import Html, bullets, element, paragraph, table, together
from relsim.show.values import Column

MOST_VARIABLES = 8
"""Fans of variables, for a scenario without indices."""


@dataclass(frozen=True)
class Provenance:
    """Where a forecast comes from.

    Attributes
    ----------
    command : words of a command line that makes it again
    files : SHA-256 of every file read, by name
    origins : ``FILE:LINE`` of each value of the document by its path; empty where not known
    main : name of the scenario's own file among them; None where not known
    """

    command: Sequence[str]
    files: Mapping[str, str]
    origins: Mapping[str, str]
    main: str | None


def run_report(
    forecast: Forecast,
    scenario: Scenario,
    provenance: Provenance,
    *,
    warnings: Sequence[str] = (),
    past: Mapping[str, Past] | None = None,
    drivers: Drivers | None = None,
    stories: Sequence[Stories] = (),
) -> str:
    """One self-contained HTML page about a run: opens offline, tells its numbers without JavaScript, prints.

    Parameters
    ----------
    forecast, scenario : the run and what it is a run of
    provenance : how to make it again, and where its numbers come from
    warnings : of the document; the forecast's own stand beside them
    past : values of indices before the start, drawn left of the start line
    drivers, stories : what the run hangs on, and paths of it told; sections of their own where given

    Returns
    -------
    str
        The same arguments give the same text under one release of plotly.
    """
    warned = [*warnings, *forecast.warnings]
    assumed = assumptions_of(scenario, provenance.origins)
    sections = [
        Section("summary", "In short", "In short", _summary(forecast, scenario)),
        *_outcomes(forecast, scenario),
        *_fans(forecast, scenario, past or {}),
        *_curves(forecast),
        *_given(forecast),
        *_drivers(forecast, drivers, assumed),
        *_stories(stories),
        *_calendar(forecast, scenario),
        Section("counts", "Quantities and counts", "Counts", _counts(forecast, scenario)),
        Section(
            "assumptions",
            "What it assumes",
            "Assumptions",
            assumptions_section(assumed, provenance.main),
        ),
        Section("warnings", "Warnings", "Warnings", bullets(warned) if warned else paragraph("None.")),
        Section("again", "How to make it again", "How to make it again", again(forecast.relsim, provenance)),
    ]
    return page(_title(forecast), _head(forecast, warned), sections, f"relsim {forecast.relsim}")


def _title(forecast: Forecast) -> str:
    return forecast.scenario + (f" ({forecast.variant})" if forecast.variant else "")


def _head(forecast: Forecast, warned: Sequence[str]) -> Html:
    draws = f"{forecast.draws:,} draws of the weights" if forecast.draws > 1 else "one set of weights"
    parts: list[str] = [
        element("h1", {}, forecast.scenario),
        *([paragraph(f"Variant: {forecast.variant}")] if forecast.variant else []),
        paragraph(
            f"A forecast for {span(forecast.start, forecast.end)}, from {forecast.paths:,} simulated futures with "
            f"{draws}.",
            kind="run",
        ),
    ]
    if forecast.as_of is not None:
        known = say(forecast.as_of, year=True)
        parts.append(paragraph(f"Known up to {known}: until then the record, after it chance."))
    if warned:
        count = "One warning" if len(warned) == 1 else f"{len(warned)} warnings"
        first = element("p", {}, element("a", {"href": "#warnings"}, f"{count}:"), f" {warned[0]}")
        parts.append(element("div", {"class": "warnings"}, first))
    return together(parts)


def _summary(forecast: Forecast, scenario: Scenario) -> Html:
    cards = []
    for name, outcome in list(forecast.outcomes.items())[:HEADLINES]:
        words = in_words(outcome.probability)
        beside, _ = reference(scenario, name)
        cards.append(
            element(
                "li",
                {},
                element("span", {"class": "figure"}, said(outcome)),
                " ",
                element("span", {"class": "title"}, outcome.title),
                " ",
                element("span", {"class": "range"}, *([f"{words}; "] if words else []), across(outcome)),
                " ",
                element("span", {"class": "range"}, f"To compare: {beside or 'nothing stated'}"),
            )
        )
    parts: list[str] = [paragraph(lead(forecast), kind="lead")]
    if cards:
        parts.append(element("ul", {"class": "headlines"}, *cards))
    parts.append(
        paragraph(
            "A probability here is the share of simulated futures in which a thing came true. It says what the file’s "
            "numbers imply, not what the world will do: if they are wrong, so is the forecast.",
            kind="kind",
        )
    )
    return together(parts)


def _outcomes(forecast: Forecast, scenario: Scenario) -> list[Section]:
    if not forecast.outcomes:
        return []
    content = together(
        [
            outcomes_table(forecast, scenario),
            paragraph(
                "Quote the parameter range: nine times in ten the probability would lie in it if one knew which "
                "of the doubtful numbers are right. The Monte Carlo interval is only the luck of the computer. “Half "
                "by” is the date by which half of the futures in which it comes true have it. “To compare” is "
                "what the file itself states about the same thing: a base rate, a calendar entry’s probability, or an "
                "event’s usual rate over the same days and nothing else; nothing where something holds it back or "
                "brings it besides.",
                kind="kind",
            ),
            settled_by(scenario),
        ]
    )
    return [Section("outcomes", "Outcomes", "Outcomes", content)]


def _fans(forecast: Forecast, scenario: Scenario, past: Mapping[str, Past]) -> list[Section]:
    names = list(forecast.indices) or list(forecast.variables)[:MOST_VARIABLES]
    if not names:
        return []
    parts: list[str] = []
    for name in names:
        data = fan_of(forecast, scenario, name, past.get(name))
        parts.append(placed(fan_chart(data), element("h3", {}, data.title), fan_legend()))
    parts.append(
        paragraph(
            "Bands are for single days: a future stays in the 80 % band throughout much less often than in four cases "
            "of five. Left of the upright line stands what was observed, with triangles for what usually raises or "
            "lowers relations; right of it what is due.",
            kind="kind",
        )
    )
    return [Section("fan", "Where it goes", "Where it goes", together(parts))]


def fan_legend() -> Html:
    """Names of the fan's line and bands."""
    colours = [(CENTRE, "median"), *((FAN[s], f"{100 * s:g} % of the futures") for s in sorted(FAN))]
    items = [
        element(
            "li", {}, element("span", {"class": "swatch", "style": f"background:{colour}"}), element("span", {}, words)
        )
        for colour, words in colours
    ]
    return element("ul", {"class": "legend", "aria-label": "Legend"}, *items)


def _curves(forecast: Forecast) -> list[Section]:
    if not forecast.outcomes:
        return []
    known = {course.name: course for course in courses_of(forecast)}
    courses = [known[name] for name in forecast.outcomes]
    content = together(
        [
            placed(by_when(courses, forecast.start, forecast.end)),
            paragraph(
                "Each line rises to the probability and stops there. A line that jumps on one day belongs to a "
                "question that is settled on that day.",
                kind="kind",
            ),
        ]
    )
    return [Section("when", "By when", "By when", content)]


def _given(forecast: Forecast) -> list[Section]:
    if len(forecast.outcomes) < 2:
        return []
    content = together(
        [
            paragraph(
                element("b", {}, "Hearing that something happened is not making it happen."),
                " The table tells what one piece of news says about another. It does not say that the one brings the "
                "other: both may follow from the same good or bad season. For what a thing would change, compare with "
                "a variant in which it is made to happen.",
            ),
            *(paragraph(sentence) for sentence in news(forecast)),
            given_table(forecast),
        ]
    )
    return [Section("given", "If one hears of another", "If one hears", content)]


def _drivers(forecast: Forecast, drivers: Drivers | None, assumed: Sequence[Assumption]) -> list[Section]:
    if drivers is None:
        return []
    sources = {"/".join(item.path): item.source for item in assumed}
    content = drivers_section(drivers, list(forecast.outcomes)[:HEADLINES], sources)
    return [Section("drivers", "What it hangs on", "What it hangs on", content)]


def _stories(stories: Sequence[Stories]) -> list[Section]:
    if not any(told.stories for told in stories):
        return []
    return [Section("stories", "How it may go", "How it may go", together(map(stories_section, stories)))]


def _calendar(forecast: Forecast, scenario: Scenario) -> list[Section]:
    if not forecast.calendar:
        return []
    content = together(
        [
            calendar_table(forecast, scenario),
            paragraph(
                "A stated probability is meant for the usual course of things. Where another is simulated, the last "
                "column splits the difference, in percentage points, by what moved it.",
                kind="kind",
            ),
        ]
    )
    return [Section("calendar", "Calendar: stated and simulated", "Calendar", content)]


def _counts(forecast: Forecast, scenario: Scenario) -> Html:
    parts = [quantities_table(forecast, scenario)] if forecast.quantities else []
    return together([*parts, events_table(forecast, scenario)])


def again(version: str, provenance: Provenance) -> Html:
    """Version, command and files."""
    rows = [[name, element("code", {"class": "hash"}, digest)] for name, digest in provenance.files.items()]
    return together(
        [
            paragraph(f"relsim {version} makes the same numbers, byte for byte, of the same files with this command:"),
            element("pre", {}, shlex.join(provenance.command)),
            table("Files read, and their SHA-256", [Column("File"), Column("SHA-256")], rows, stacked=True),
        ]
    )
