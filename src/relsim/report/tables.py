"""Tables of a run: outcomes, what one says about another, calendar, quantities and counts. Floor 6."""

from __future__ import annotations

from collections.abc import Mapping

from relsim.plots.style import CENTRE, FAN, GRID, say
from relsim.report.sentences import median_date, reference
from relsim.result import Forecast, said
from relsim.result.forecast import EntryForecast, OutcomeForecast, marked
from relsim.result.rounding import figure, ranged, rounded
from relsim.scenario import Entry, Scenario
from relsim.show.hypertext import Html, details, element, paragraph, scrolling, table, together
from relsim.show.values import Column

NOTICED = 0.005
"""A cause that moved a calendar entry by less than half a point is left out."""
FEW = 50
"""Paths below which a share of them is marked as resting on few."""
BAR, THICK = 130, 18
"""Pixels of the bar beside a probability."""


def outcomes_table(forecast: Forecast, scenario: Scenario) -> Html:
    """Probability with both intervals, drawn and in figures."""
    columns = [
        Column("Outcome"),
        Column("Probability", "number"),
        Column("0 to 100 %"),
        Column("Parameter range, 5–95 %", "number"),
        Column("Monte Carlo 95 %", "number"),
        Column("Median date", "number"),
    ]
    rows = []
    for name, outcome in forecast.outcomes.items():
        beside, source = reference(scenario, name)
        listed = marked(outcome.title, outcome)
        compared = f"To compare: {beside or 'nothing stated'}" + (f" ({source})" if source else "")
        rows.append(
            [
                together([element("b", {}, listed), element("span", {"class": "beside"}, compared)]),
                element("b", {"class": "figure"}, said(outcome)),
                bar(outcome.probability, outcome.low, outcome.high, outcome.weights_low, outcome.weights_high),
                ranged(outcome.weights_low, outcome.weights_high),
                ranged(outcome.low, outcome.high),
                median_date(outcome),
            ]
        )
    return table("Outcomes", columns, rows, stacked=True, quiet=True)


def bar(
    value: float, low: float | None, high: float | None, weights_low: float | None, weights_high: float | None
) -> Html:
    """A probability on a line from 0 to 100 %: light the parameter range, dark the Monte Carlo interval."""
    middle = THICK / 2
    parts = [_rect(0, BAR, 1.5, GRID)]
    parts += [_rect(BAR * x / 4, 1, 8, "#bdbdbd", shift=0.5) for x in range(5)]
    if weights_low is not None and weights_high is not None:
        parts.append(_rect(BAR * weights_low, BAR * (weights_high - weights_low), 10, FAN[0.8]))
    if low is not None and high is not None:
        parts.append(_rect(BAR * low, max(1.0, BAR * (high - low)), 10, FAN[0.5]))
    parts.append(element("circle", {"cx": f"{BAR * value:.1f}", "cy": f"{middle:g}", "r": "4", "fill": CENTRE}))
    return element(
        "svg",
        {
            "class": "bar",
            "width": f"{BAR + 10}",
            "height": f"{THICK}",
            "viewBox": f"-5 0 {BAR + 10} {THICK}",
            "aria-hidden": "true",
        },
        *parts,
    )


def _rect(x: float, width: float, height: float, colour: str, shift: float = 0.0) -> Html:
    return element(
        "rect",
        {
            "x": f"{x - shift:.1f}",
            "y": f"{(THICK - height) / 2:g}",
            "width": f"{width:.1f}",
            "height": f"{height:g}",
            "fill": colour,
        },
    )


def settled_by(scenario: Scenario) -> Html:
    """By what test each question will be settled."""
    rows = [
        [outcome.title or name, outcome.criteria or "-", outcome.source or "-", outcome.void_if or "-"]
        for name, outcome in scenario.outcomes.items()
        if outcome.criteria or outcome.source or outcome.void_if
    ]
    without = [o.title or name for name, o in scenario.outcomes.items() if not o.criteria]
    parts: list[str] = []
    if rows:
        columns = [Column("Outcome"), Column("Counts if"), Column("As seen in"), Column("Void if")]
        parts.append(table("How each question will be settled", columns, rows, stacked=True, quiet=True))
    if without:
        parts.append(paragraph(f"Without a stated test: {'; '.join(without)}."))
    return details("How each question will be settled", *parts) if parts else Html("")


def given_table(forecast: Forecast) -> Html:
    """P(row | column) as a heat map; the first column is the row by itself."""
    outcomes = list(forecast.outcomes.values())
    head = [
        element("th", {"scope": "col", "class": "first"}, "Outcome"),
        element("th", {"scope": "col", "class": "alone"}, "by itself"),
        *(
            element("th", {"scope": "col", "title": o.title}, element("span", {"class": "hidden"}, "given "), str(j))
            for j, o in enumerate(outcomes, 1)
        ),
    ]
    rows = []
    for i, outcome in enumerate(outcomes):
        cells = [
            element("th", {"scope": "row"}, element("b", {}, f"{i + 1}"), f" {outcome.title}"),
            element("td", {"class": "alone", "style": _shade(outcome.probability)}, rounded(outcome.probability)),
        ]
        cells += [_given(forecast, outcomes, i, j) for j in range(len(outcomes))]
        rows.append(element("tr", {}, *cells))
    caption = "Of the paths on which the column’s outcome came true, the share on which the row’s did too"
    whole = element(
        "table",
        {"class": "heat"},
        element("caption", {"class": "hidden"}, caption),
        element("thead", {}, element("tr", {}, *head)),
        element("tbody", {}, *rows),
    )
    return together([paragraph(f"{caption}.", kind="kind"), scrolling(caption, whole)])


def _given(forecast: Forecast, outcomes: list[OutcomeForecast], i: int, j: int) -> Html:
    p = forecast.given[i][j]
    if i == j:
        return element("td", {"class": "same", "title": outcomes[i].title}, "·")
    if p is None:
        return element("td", {"title": f"“{outcomes[j].title}” came true on no path"}, "-")
    paths = round(outcomes[j].probability * forecast.paths)
    title = (
        f"Where “{outcomes[j].title}” came true ({paths:,} paths), “{outcomes[i].title}” did on {rounded(p)} of them; "
        f"on all paths {rounded(outcomes[i].probability)}"
    )
    kind = {"class": "few"} if paths < FEW else {}
    return element("td", {"style": _shade(p), "title": title, **kind}, rounded(p))


def _shade(p: float) -> str:
    """From white to dark blue by probability; the text black or white, whichever stands out more."""
    light, dark = (255, 255, 255), (8, 48, 107)
    colour = tuple(round(a + (b - a) * 0.92 * p) for a, b in zip(light, dark))
    red, green, blue = (c / 3294.6 if c < 11 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour)
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    # Relative luminance at which black and white text have the same contrast (WCAG 2.1): 0.179.
    return f"background:#{colour[0]:02x}{colour[1]:02x}{colour[2]:02x};color:{'#000' if luminance > 0.179 else '#fff'}"


def calendar_table(forecast: Forecast, scenario: Scenario) -> Html:
    """Stated against simulated, and what made the difference."""
    columns = [
        Column("Calendar entry"),
        Column("When", "number"),
        Column("Stated", "number"),
        Column("Simulated", "number"),
        Column("Adjustment, points"),
    ]
    rows = []
    first_days = {name: entry.first or scenario.end for name, entry in scenario.calendar.items()}
    for name, entry in sorted(forecast.calendar.items(), key=lambda item: first_days.get(item[0], scenario.end)):
        known = scenario.calendar.get(name)
        rows.append(
            [
                (known.label if known else "") or name,
                _when(known),
                _probability(entry.stated),
                element("b", {}, _probability(entry.probability)),
                moved_by(entry, scenario),
            ]
        )
    return table("Calendar: stated and simulated", columns, rows, stacked=True, quiet=True)


def moved_by(entry: EntryForecast, scenario: Scenario) -> str:
    """What moved an entry, the greatest first, in words where a cause has a label."""
    causes = sorted(
        ((cause, by) for cause, by in entry.moved_by.items() if by is not None and abs(by) >= NOTICED),
        key=lambda item: -abs(item[1]),
    )
    in_words = [f"{_cause(cause, scenario)} {'+' if by > 0 else '−'}{100 * abs(by):.0f}" for cause, by in causes]
    return "; ".join(in_words) or "nothing"


_CAUSES: Mapping[str, str] = {
    "state": "where the variables stood",
    "requires": "what it requires was lacking",
    "unless": "ruled out by something else",
    "opportunity": "its occasion never came",
    "scenario": "the scenario’s own intervention",
    "chance": "luck of this run",
}


def _cause(cause: str, scenario: Scenario) -> str:
    if cause in _CAUSES:
        return _CAUSES[cause]
    name, _, rest = cause.partition(" ")
    known = scenario.conditions.get(name) or scenario.events.get(name) or scenario.calendar.get(name)
    label = known.label if known and known.label else name
    return f"{label} {rest}".strip()


def _when(entry: Entry | None) -> str:
    if entry is None or entry.first is None or entry.last is None:
        return "-"
    if entry.first == entry.last:
        return say(entry.first, year=True)
    return f"{say(entry.first)} – {say(entry.last, year=True)}"


def _probability(p: float | None) -> str:
    if p is None:
        return "-"
    return rounded(p)


def quantities_table(forecast: Forecast, scenario: Scenario) -> Html:
    """Mean and quantiles of the numbers that were asked for."""
    columns = [
        Column("Quantity"),
        Column("Mean", "number"),
        Column("5 %", "number"),
        Column("Median", "number"),
        Column("95 %", "number"),
        Column("Defined on", "number"),
    ]
    rows = []
    for name, quantity in forecast.quantities.items():
        known = scenario.quantities.get(name)
        numbers = (quantity.mean, *(quantity.quantiles[key] for key in ("0.05", "0.5", "0.95")))
        cells = ["-" if x is None else figure(x, quantity.sd).replace("-", "−") for x in numbers]
        label = known.title if known and known.title not in ("", name) else name.replace("_", " ")
        rows.append([marked(label, quantity), *cells, "all paths" if quantity.share == 1 else rounded(quantity.share)])
    return table("Quantities", columns, rows, stacked=True, quiet=True)


def events_table(forecast: Forecast, scenario: Scenario) -> Html:
    """How many events of each type a path has: the quickest test of a file against memory."""
    columns = [
        Column("Event type"),
        Column("Mean", "number"),
        Column("5 %", "number"),
        Column("Median", "number"),
        Column("95 %", "number"),
    ]
    rows = []
    for name, event in forecast.events.items():
        known = scenario.events.get(name)
        label = (known.label if known else "") or name
        whose = [scenario.parties.get(part) or scenario.issues.get(part) or part for part in name.split(".")[1:]]
        cells = [f"{event.quantiles[key]:.0f}" for key in ("0.05", "0.5", "0.95")]
        rows.append([", ".join([label, *whose]), f"{event.mean_count:.1f}", *cells])
    return details(
        "How often each kind of event happens: compare it with your memory of a usual time",
        table("Events in the window", columns, rows, quiet=True),
    )
