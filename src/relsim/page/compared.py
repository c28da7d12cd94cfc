"""The page of a comparison. Floor 6."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from relsim.page.document import document, lean, rounded
from relsim.page.facts import MOST_VARIABLES, Provenance
from relsim.page.run import made_by
from relsim.plots.compared import compared_of, indices_of, overlay_of, sides_of
from relsim.result import said
from relsim.result.comparison import Comparison, Contrast, Difference
from relsim.result.differences import POINTS, decimals, range_text, signed, value_text
from relsim.result.json_text import plain
from relsim.result.news import moved_by_news
from relsim.result.rounding import parameter_range
from relsim.scenario import Scenario

_DRAWN = ("0.1", "0.5", "0.9")
"""Quantiles of a series that a comparison draws."""
_LEFT_OUT = ("joint", "given", "conditions", "events", "calendar", "quantities")
"""Parts of a forecast that its own page shows and a comparison does not."""


def comparison_page(comparison: Comparison, scenarios: Mapping[str, Scenario], provenance: Provenance) -> str:
    """One self-contained HTML page about a comparison: opens offline, prints.

    Parameters
    ----------
    scenarios : the scenarios by their names in the comparison; the baseline's is needed
    provenance : how to make it again; origins are not read

    Returns
    -------
    str
        The same arguments give the same text under one release of plotly.
    """
    about = {**comparison_facts(comparison, scenarios), **made_by(comparison.relsim, provenance)}
    title = f"{compared_of(comparison).title}: comparison"
    sentences = [o.sentence for contrast in comparison.contrasts.values() for o in contrast.outcomes.values()]
    body = _drawn(json.loads(comparison.to_json()), list(about["charts"]))
    return document(title, {"comparison.json": body, "page.json": about}, "\n".join(sentences))


def comparison_facts(comparison: Comparison, scenarios: Mapping[str, Scenario]) -> dict[str, Any]:
    """What stands beside ``comparison.json`` wherever it is drawn, as JSON's values."""
    sides = sides_of(comparison)
    titles = {side.name: side.label for side in sides}
    baseline = comparison.scenarios[comparison.baseline]
    overlays = {name: overlay_of(comparison, scenarios, name) for name in indices_of(baseline, MOST_VARIABLES)}
    contrasts = comparison.contrasts
    return {
        "sides": [{"name": s.name, "label": s.label, "rank": s.rank, "condition": s.condition} for s in sides],
        "titles": titles,
        "outcomes": {
            name: {key: {"text": said(o), "range": parameter_range(o)} for key, o in f.outcomes.items()}
            for name, f in comparison.scenarios.items()
        },
        "charts": {
            name: {"title": data.title, "unit": data.unit, "grades": plain(data.grades)}
            for name, data in overlays.items()
        },
        "differences": {
            name: {
                "outcomes": {key: _change(o.difference, POINTS) for key, o in contrast.outcomes.items()},
                "quantities": {key: _change(q.difference) for key, q in contrast.quantities.items()},
            }
            for name, contrast in contrasts.items()
        },
        "news": {name: _news(contrast) for name, contrast in contrasts.items()},
        "limits": _limits(comparison, titles),
    }


def _drawn(body: dict[str, Any], series: list[str]) -> dict[str, Any]:
    """A comparison's JSON, as far as its page shows it."""
    for name, forecast in body["scenarios"].items():
        kept = {key: value for key, value in forecast.items() if key not in _LEFT_OUT}
        for kind in ("indices", "variables"):
            kept[kind] = {key: _few(value) for key, value in forecast[kind].items() if key in series}
        body["scenarios"][name] = lean(kept)
    for contrast in body["contrasts"].values():
        contrast["indices"] = {key: rounded(_few(v)) for key, v in contrast["indices"].items() if key in series}
        for piece in contrast["news"]:
            piece["outcomes"] = {}
    return body


def _few(series: dict[str, Any]) -> dict[str, Any]:
    """A daily series with the quantiles that are drawn alone."""
    kept = {key: value for key, value in series.items() if key != "grades"}
    return {**kept, "quantiles": {key: value for key, value in series["quantiles"].items() if key in _DRAWN}}


def _change(difference: Difference, scale: float = 1.0) -> list[str]:
    return [value_text(difference, scale), range_text(difference, scale)]


def _news(contrast: Contrast) -> list[dict[str, Any]]:
    """Rows of the outcomes that moved clearly and of what moved them."""
    rows: list[dict[str, Any]] = []
    for moved in moved_by_news(contrast):
        whole = moved.outcome.difference
        told = [(moved.outcome.title, whole), *((piece.sentence, difference) for piece, difference in moved.told)]
        rows += [
            {"heading": i == 0, "cells": [words, *_change(difference, POINTS)], "verdict": difference.verdict}
            for i, (words, difference) in enumerate(told)
        ]
        if moved.others:
            least = max(1, decimals(whole, POINTS))
            did = "same" if moved.together is None else signed(POINTS * moved.together, least)
            rows.append(
                {"heading": False, "cells": [f"the other {len(moved.others)} pieces", did, ""], "verdict": None}
            )
    return rows


def _limits(comparison: Comparison, titles: Mapping[str, str]) -> list[str]:
    told = [
        f"{titles[contrast.name]}: {sentence}"
        for contrast in comparison.contrasts.values()
        for sentence in contrast.not_compared
    ]
    told += comparison.warnings
    told += [f"{titles.get(name, name)}: {text}" for name, f in comparison.scenarios.items() for text in f.warnings]
    return told
