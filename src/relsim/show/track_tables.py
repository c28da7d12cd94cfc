"""A track: the series of its outcomes, what moved them, and alerts. Floor 6; imports ``result``."""

from __future__ import annotations

from collections.abc import Mapping

from relsim.result import rounded
from relsim.result.comparison import CLEAR, Difference
from relsim.result.differences import POINTS, range_text, value_text
from relsim.result.track import Track, TrackedNews, TrackedOutcome, leading_news
from relsim.show.values import Between, Block, Cell, Column, Items, Prose, Shown, Table, counted, number, share, table

SHOWN_POINTS = 6
"""Points that a table has columns for: the last."""


def track_blocks(track: Track, title: str, titles: Mapping[str, str]) -> list[Block]:
    """What ``relsim track`` prints.

    Parameters
    ----------
    title : of the scenario
    titles : of its outcomes, by name
    """
    alerts = [alert for outcome in track.outcomes.values() for alert in outcome.alerts]
    blocks: list[Block] = [Prose(title), _points(track, titles)]
    news = _news(track, titles)
    if news.rows:
        blocks.append(news)
    if alerts:
        blocks.append(Items("ALERTS", tuple(one.sentence for one in sorted(alerts, key=lambda one: one.date))))
    return blocks


def _points(track: Track, titles: Mapping[str, str]) -> Table:
    dates = next(iter(track.outcomes.values())).dates if track.outcomes else ()
    shown = dates[-SHOWN_POINTS:]
    columns = [Column("Outcome"), *(share(f"{day.day} {day:%b}", strong=day == dates[-1]) for day in shown)]
    rows = [(titles[name], *_probabilities(outcome, len(shown))) for name, outcome in track.outcomes.items()]
    left = len(dates) - len(shown)
    notes = (
        f"Probability by what was known on each day of {shown[0].year}." if shown else "",
        f"{counted(left, 'earlier point')} in track.json." if left else "",
    )
    return table("Outcomes", columns, rows, notes)


def _probabilities(outcome: TrackedOutcome, last: int) -> list[Cell]:
    return [Shown(p, rounded(p)) for p in outcome.probability[-last:]]


def _news(track: Track, titles: Mapping[str, str]) -> Table:
    """The clear pieces of news, the largest of each outcome first."""
    rows: list[tuple[Cell, ...]] = []
    for name, outcome in track.outcomes.items():
        told = leading_news(outcome.news)
        if told:
            rows.append((titles[name], "", ""))
            rows += [(f"  {one.sentence}", *_difference(one)) for one in told]
    columns = [Column("What moved it"), number("points"), number("95 % interval", ranges=True)]
    return table("What moved it", columns, rows)


def _difference(news: TrackedNews) -> tuple[Cell, Cell]:
    d = Difference(news.difference, None, news.low, news.high, CLEAR, None)
    return (
        Shown(news.difference, value_text(d, POINTS)),
        Between(news.low, news.high, range_text(d, POINTS)),
    )
