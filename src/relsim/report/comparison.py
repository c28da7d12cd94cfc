"""The report of a comparison. Floor 6."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from relsim.plots.compared import (
    CONDITION,
    Side,
    compared_of,
    course_sets_of,
    gaps_of,
    in_words,
    indices_of,
    overlay_of,
    sides_of,
)
from relsim.plots.data import span
from relsim.plots.style import say
from relsim.report.charts import placed
from relsim.report.overlays import course_chart, gap_chart, overlay_chart
from relsim.report.page import Section, page
from relsim.report.run import MOST_VARIABLES, Provenance, again
from relsim.result import rounded
from relsim.result.comparison import CLEAR, SAME, SMALL, SURE, Comparison, Contrast, Difference
from relsim.result.differences import POINTS, decimals, number, range_text, signed, value_text
from relsim.result.forecast import marked
from relsim.result.news import moved_by_news
from relsim.scenario import Scenario
from relsim.show.hypertext import Html, bullets, details, element, paragraph, table, together
from relsim.show.values import Column

LEADING = 3
"""Sentences of a scenario that stand at the top: its greatest clear differences."""
_KINDS = {CLEAR: "clear", SMALL: "small", SAME: "same"}


def comparison_report(comparison: Comparison, scenarios: Mapping[str, Scenario], provenance: Provenance) -> str:
    """One self-contained HTML page about a comparison: opens offline, tells its numbers without JavaScript, prints.

    Parameters
    ----------
    scenarios : the scenarios by their names in the comparison; the baseline's is needed
    provenance : how to make it again; origins are not read

    Returns
    -------
    str
        The same arguments give the same text under one release of plotly.
    """
    shown = compared_of(comparison)
    worlds = [contrast for contrast in comparison.contrasts.values() if contrast.kind != CONDITION]
    found = [contrast for contrast in comparison.contrasts.values() if contrast.kind == CONDITION]
    sides = [side for side in sides_of(comparison) if side.name in comparison.scenarios]
    titles = {side.name: side.label for side in sides_of(comparison)}
    sections = [
        Section("summary", "In short", "In short", _summary(worlds, found, titles, comparison.ignore)),
        *_overview(comparison, worlds, titles),
        *_charts(comparison, scenarios, sides),
        *(_world(contrast, titles) for contrast in worlds),
        *(_condition(contrast, titles) for contrast in found),
        Section("limits", "What could not be compared, and warnings", "Limits", _limits(comparison, titles)),
        Section("again", "How to make it again", "How to make it again", again(comparison.relsim, provenance)),
    ]
    baseline = titles[comparison.baseline]
    others = ", ".join(titles[c.name] for c in comparison.contrasts.values())
    draws = f" and {comparison.draws:,} draws of the weights" if comparison.draws > 1 else ""
    head = together(
        [
            element("h1", {}, f"{shown.title}: what changes if"),
            paragraph(f"{baseline}, against: {others}."),
            paragraph(
                f"{span(shown.start, shown.end)}. All scenarios on the same {comparison.paths:,} paths{draws}: each "
                "future differs from its twin only by what the scenario changes, and only from the day on which that "
                "can matter.",
                kind="run",
            ),
        ]
    )
    return page(f"{shown.title}: comparison", head, sections, f"relsim {comparison.relsim}")


def _summary(worlds: Sequence[Contrast], found: Sequence[Contrast], titles: Mapping[str, str], ignore: float) -> Html:
    parts: list[str] = []
    for contrast in worlds:
        clear = [o for o in contrast.outcomes.values() if o.difference.verdict == CLEAR]
        clear.sort(key=lambda o: -abs(o.difference.value or 0.0))
        small = [o.title for o in contrast.outcomes.values() if o.difference.verdict == SMALL]
        rest = [o.title for o in contrast.outcomes.values() if o.difference.verdict not in SURE]
        parts.append(element("h3", {}, titles[contrast.name]))
        sentences = [o.sentence for o in clear[:LEADING]]
        if len(clear) > LEADING:
            sentences.append(f"{len(clear) - LEADING} more clear differences stand in its table below.")
        if small:
            sentences.append(f"Clear of noise, and less than {ignore:g} points: {'; '.join(small)}.")
        if rest:
            sentences.append(f"No difference we can tell for: {'; '.join(rest)}.")
        parts.append(bullets(sentences) if sentences else paragraph("Nothing could be compared."))
    if found:
        names = "; ".join(titles[contrast.name] for contrast in found)
        parts.append(
            paragraph(
                f"Apart from these stands what is found on some paths of one scenario ({names}): that is a condition, "
                "not a change made, and does not say what brings what."
            )
        )
    return together(parts)


def _overview(comparison: Comparison, worlds: Sequence[Contrast], titles: Mapping[str, str]) -> list[Section]:
    """Every outcome in every scenario; what clearly differs from the baseline stands out."""
    baseline = comparison.scenarios[comparison.baseline]
    if not worlds or not baseline.outcomes:
        return []
    rows = []
    for name, outcome in baseline.outcomes.items():
        cells: list[str] = [rounded(outcome.probability)]
        for contrast in worlds:
            o = contrast.outcomes.get(name)
            clear = o is not None and o.difference.verdict == CLEAR
            said = "-" if o is None or o.other is None else _share(o.other)
            cells.append(element("b" if clear else "span", {"class": "clear" if clear else "note"}, said))
        rows.append([marked(outcome.title or in_words(name), outcome), *cells])
    columns = [Column(titles[c.name], "number") for c in worlds]
    content = together(
        [
            table(
                "Outcomes side by side",
                [Column("Outcome"), Column(titles[comparison.baseline], "number"), *columns],
                rows,
                quiet=True,
            ),
            paragraph(
                "Bold: the difference to the baseline is clear. Grey: within noise, small, or none.", kind="kind"
            ),
        ]
    )
    return [Section("outcomes", "Outcomes side by side", "Outcomes", content)]


def _charts(comparison: Comparison, scenarios: Mapping[str, Scenario], sides: Sequence[Side]) -> list[Section]:
    fans: list[str] = []
    for name in indices_of(comparison.scenarios[comparison.baseline], MOST_VARIABLES):
        data = overlay_of(comparison, scenarios, name)
        fans.append(
            placed(
                overlay_chart(data),
                element("h3", {}, data.title),
                paragraph("Lines: medians. Bands: the middle 80 % of the paths on each day.", kind="kind"),
            )
        )
        gaps = [gap for gap in gaps_of(comparison, name, data.title) if not gap.side.condition]
        if gaps:
            fans.append(
                placed(
                    gap_chart(gaps),
                    element("h3", {}, f"{data.title}: difference to the baseline"),
                    paragraph(
                        "Each path less its twin in the baseline. Line and dark band: the mean with its 95 % interval. "
                        "Light band: the middle 80 % of the paths’ own differences.",
                        kind="kind",
                    ),
                )
            )
    sections = [Section("fans", "Where it goes", "Where it goes", together(fans))] if fans else []
    asked = list(comparison.scenarios[comparison.baseline].outcomes)
    sets = [chosen for chosen in course_sets_of(comparison) if chosen.courses]
    # The file's first question comes first, not the one that changes most.
    sets.sort(key=lambda chosen: asked.index(chosen.name) if chosen.name in asked else len(asked))
    if sets:
        sections.append(Section("when", "By when", "By when", placed(course_chart(sets, sides))))
    return sections


def _world(contrast: Contrast, titles: Mapping[str, str]) -> Section:
    since = (
        f"The first day on which any path differs is {say(contrast.first_difference, year=True)}."
        if contrast.first_difference
        else "No path differs on any day."
    )
    made = "The same scenario with a longer record." if contrast.news else "Made to be so, on every path."
    content = together([paragraph(f"{made} {since}"), _tables(contrast, titles), _news(contrast)])
    name = titles[contrast.name]
    return Section(f"scenario-{contrast.name}", f"If: {name}", name, content)


def _news(contrast: Contrast) -> Html:
    """What each piece of a longer record did to the outcomes that moved clearly."""
    if not contrast.news:
        return together([])
    rows = []
    for moved in moved_by_news(contrast):
        whole = moved.outcome.difference
        rows.append([element("b", {}, moved.outcome.title), *_change(whole)])
        rows += [[piece.sentence, *_change(difference)] for piece, difference in moved.told]
        if moved.others:
            least = max(1, decimals(whole, POINTS))
            together_did = "same" if moved.together is None else signed(POINTS * moved.together, least)
            rows.append([f"the other {len(moved.others)} pieces", together_did, "", ""])
    columns = [
        Column("Outcome, and what moved it"),
        Column("Difference, points", "number"),
        Column("95 %", "number"),
        Column("Verdict"),
    ]
    pieces = bullets([piece.sentence for piece in contrast.news])
    parts = [
        element("h3", {}, "Which news moved it"),
        paragraph(
            "The longer record, taken piece by piece in the calendar’s order: what each did adds up to the whole."
        ),
        table("Which news moved it", columns, rows, stacked=True, quiet=True)
        if rows
        else paragraph("No outcome moved clearly."),
        details("The pieces of the record", pieces),
    ]
    return together(parts)


def _change(difference: Difference) -> list[str]:
    return [value_text(difference, POINTS), range_text(difference, POINTS), _verdict(difference)]


def _condition(contrast: Contrast, titles: Mapping[str, str]) -> Section:
    warning = element(
        "div",
        {"class": "warnings"},
        paragraph(
            element("b", {}, "Found, not made."),
            f" These are those paths of “{titles.get(contrast.against, contrast.against)}” on which it came true, "
            "against all its paths. They differ in much else too: the table says what one may expect on hearing of it, "
            "not what it brings about.",
        ),
    )
    name = titles[contrast.name]
    content = together([warning, _tables(contrast, titles)])
    return Section(f"condition-{contrast.name.replace(' ', '-')}", f"Found where: {name}", f"Found: {name}", content)


def _tables(contrast: Contrast, titles: Mapping[str, str]) -> Html:
    paired = contrast.kind != CONDITION
    against = titles.get(contrast.against, in_words(contrast.against))
    flips = [Column("Came true here alone", "number"), Column("There alone", "number")] if paired else []
    columns = [
        Column("Outcome"),
        Column(against if paired else "All paths", "number"),
        Column(titles[contrast.name] if paired else "Where it came true", "number"),
        Column("Difference, points", "number"),
        Column("95 %", "number"),
        *flips,
        Column("Verdict"),
    ]
    rows = []
    for name, o in contrast.outcomes.items():
        title = together(
            [element("b", {}, o.title or in_words(name)), element("span", {"class": "beside"}, o.sentence)]
        )
        flipped = [_share(o.gained), _share(o.lost)] if paired else []
        cells = [
            _share(o.baseline),
            _share(o.other),
            value_text(o.difference, POINTS),
            range_text(o.difference, POINTS),
        ]
        rows.append([title, *cells, *flipped, _verdict(o.difference)])
    parts = [table("Outcomes", columns, rows, stacked=True, quiet=True)] if rows else []
    if contrast.quantities:
        parts.append(details("Quantities", _quantities(contrast, columns)))
    return together(parts)


def _quantities(contrast: Contrast, columns: Sequence[Column]) -> Html:
    rows = []
    for name, q in contrast.quantities.items():
        title = together(
            [element("b", {}, q.title or in_words(name)), element("span", {"class": "beside"}, q.sentence)]
        )
        means = ["-" if x is None else number(x, 2) for x in (q.baseline, q.other)]
        rows.append([title, *means, value_text(q.difference), range_text(q.difference), _verdict(q.difference)])
    heads = [
        Column("Quantity"),
        *columns[1:3],
        Column("Difference", "number"),
        Column("95 %", "number"),
        Column("Verdict"),
    ]
    return table("Quantities", heads, rows, stacked=True, quiet=True)


def _share(p: float | None) -> str:
    return "-" if p is None else rounded(p)


def _verdict(difference: Difference) -> Html:
    return element("span", {"class": f"verdict {_KINDS.get(difference.verdict, 'noise')}"}, difference.verdict)


def _limits(comparison: Comparison, titles: Mapping[str, str]) -> Html:
    said = [
        f"{titles[contrast.name]}: {sentence}"
        for contrast in comparison.contrasts.values()
        for sentence in contrast.not_compared
    ]
    said += comparison.warnings
    said += [f"{titles.get(name, name)}: {text}" for name, f in comparison.scenarios.items() for text in f.warnings]
    return bullets(said) if said else paragraph("Everything that is asked of one is asked of the other. No warnings.")
