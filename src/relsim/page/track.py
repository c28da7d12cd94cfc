"""The page of a track. Floor 6."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from relsim.page.document import document
from relsim.page.facts import Provenance
from relsim.page.run import made_by
from relsim.result import rounded
from relsim.result.comparison import CLEAR, Difference
from relsim.result.differences import POINTS, range_text, value_text
from relsim.result.rounding import ranged
from relsim.result.track import Track, TrackedNews, leading_news


def track_page(track: Track, title: str, titles: Mapping[str, str], provenance: Provenance, version: str) -> str:
    """One self-contained HTML page about a track: opens offline, prints.

    Parameters
    ----------
    title, titles : of the scenario, and of its outcomes by name
    """
    about = {"title": title, **track_facts(track, titles), **made_by(version, provenance)}
    plain = [f"{rounded(outcome.probability[-1]):>6}  {titles[name]}" for name, outcome in track.outcomes.items()]
    body = json.loads(track.to_json())
    return document(f"{title}: track", {"track.json": body, "page.json": about}, "\n".join([title, "", *plain]))


def track_facts(track: Track, titles: Mapping[str, str]) -> dict[str, Any]:
    """What stands beside ``track.json`` wherever it is drawn, as JSON's values."""
    return {
        "titles": dict(titles),
        "words": {
            name: {
                "probability": rounded(outcome.probability[-1]),
                "range": ranged(outcome.weights_low[-1], outcome.weights_high[-1]),
            }
            for name, outcome in track.outcomes.items()
        },
        "news": {name: [_words(one) for one in leading_news(o.news)] for name, o in track.outcomes.items()},
    }


def _words(news: TrackedNews) -> list[str]:
    d = Difference(news.difference, None, news.low, news.high, CLEAR, None)
    return [news.sentence, value_text(d, POINTS), range_text(d, POINTS)]
