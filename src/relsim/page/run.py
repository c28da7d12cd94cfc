"""The page of one run. Floor 6."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from relsim.page.assumptions import assumptions_of
from relsim.page.document import document, lean
from relsim.page.facts import Provenance, facts_of, settled_of
from relsim.page.record import PastAccuracy
from relsim.plots.data import Past
from relsim.result import Forecast
from relsim.result.drivers import Drivers
from relsim.result.json_text import plain
from relsim.result.stories import Stories
from relsim.result.watchlist import Watchlist
from relsim.scenario import Scenario

HEADLINES = 5
"""Questions on the first page: the first of the file."""
WATCHED_DAYS = 30
MOST_WATCHED = 5
"""Observations of an outcome that are shown."""


def run_page(
    forecast: Forecast,
    scenario: Scenario,
    provenance: Provenance,
    *,
    warnings: Sequence[str] = (),
    past: Mapping[str, Past] | None = None,
    drivers: Drivers | None = None,
    stories: Sequence[Stories] = (),
    record: PastAccuracy | None = None,
    watch: Watchlist | None = None,
    picture: tuple[str | None, Sequence[str]] | None = None,
) -> str:
    """One self-contained HTML page about a run: opens offline, prints.

    Parameters
    ----------
    forecast, scenario : the run and what it is a run of
    provenance : how to make it again, and where its numbers come from
    warnings : of the document; the forecast's own stand beside them
    past : values of indices before the start, drawn left of the start line
    drivers, stories : what the run hangs on, and paths of it told; sections of their own where given
    record : how good earlier forecasts were, where a ledger says so
    watch : what would move the forecast, where it was asked for
    picture : the model as an SVG, None where it could not be laid out, and its loops in words

    Returns
    -------
    str
        The same arguments give the same text under one release of plotly.
    """
    about = {
        **facts_of(forecast, scenario, past or {}),
        **made_by(forecast.relsim, provenance),
        "settled": settled_of(scenario),
        "warnings": [*warnings, *forecast.warnings],
        "assumptions": plain(assumptions_of(scenario, provenance.origins)),
        "main": provenance.main,
        "record": plain(record),
        "model": None if picture is None else {"svg": picture[0], "loops": list(picture[1])},
    }
    data: dict[str, Any] = {"forecast.json": lean(json.loads(forecast.to_json())), "page.json": about}
    if drivers is not None:
        data["drivers.json"] = plain(drivers)
    for told in stories:
        data[f"stories/{told.outcome or 'paths'}.json"] = _told(told)
    if watch is not None:
        data["watch.json"] = _watched(watch)
    title = forecast.scenario + (f" ({forecast.variant})" if forecast.variant else "")
    return document(title, data, in_plain(about["lead"], forecast, about["outcomes"]))


def made_by(version: str, provenance: Provenance) -> dict[str, Any]:
    """Version, command and files."""
    return {"relsim": version, "command": shlex.join(provenance.command), "files": dict(provenance.files)}


def in_plain(lead: str, forecast: Forecast, words: Mapping[str, Mapping[str, str]]) -> str:
    """The outcomes as text, a line each."""
    lines = [f"{words[name]['probability']:>8}  {outcome.title}" for name, outcome in forecast.outcomes.items()]
    return "\n".join([lead, "", *lines])


def _told(stories: Stories) -> dict[str, Any]:
    """Stories without the daily levels, which the page does not draw."""
    body: dict[str, Any] = plain(stories)
    for kind in ("typical", "near_misses", "chosen"):
        body[kind] = [{key: value for key, value in story.items() if key != "levels"} for story in body[kind]]
    return body


def _watched(watch: Watchlist) -> dict[str, Any]:
    """Of each outcome what moves it beyond noise within the days that are shown."""
    outcomes = {
        name: {
            "title": o.title,
            "probability": o.probability,
            "observations": plain(tuple(o.telling(WATCHED_DAYS)[:MOST_WATCHED])),
        }
        for name, o in watch.outcomes.items()
    }
    return {"within_days": WATCHED_DAYS, "outcomes": outcomes}
