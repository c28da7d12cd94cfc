"""What a forecast hangs on: a table of weights for each question. Floor 6."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from relsim.plots.style import CENTRE, FAN, GRID
from relsim.result.drivers import Driven, Drivers, Sensitivity
from relsim.show.hypertext import Html, bullets, details, element, paragraph, table, together
from relsim.show.values import Column

SHOWN = 5
"""Weights of an outcome that are shown at most."""
WIDTH, THICK = 150, 18
"""Pixels of the bar beside a weight."""


def drivers_section(drivers: Drivers, names: Sequence[str], sources: Mapping[str, str | None]) -> Html:
    """For each outcome named: its weights in sentences, and in a table with their sources.

    Parameters
    ----------
    sources : source of each number of the file by its path
    """
    parts: list[str] = [
        paragraph(
            "Each number in doubt was drawn many times over. Here stand those that move the answer more than chance "
            "would: the probability where the number is low (the lowest fifth of its draws) and where it is high.",
            kind="kind",
        )
    ]
    for i, driven in enumerate(drivers.outcomes[name] for name in names if name in drivers.outcomes):
        content = _driven(drivers, driven, sources)
        parts.append(details(driven.title, content) if i else together([element("h3", {}, driven.title), content]))
    if drivers.warnings:
        parts.append(bullets(list(drivers.warnings)))
    return together(parts)


def _driven(drivers: Drivers, driven: Driven, sources: Mapping[str, str | None]) -> Html:
    significant = [weight for weight in driven.weights if weight.significant][:SHOWN]
    flip = [driven.flip.sentence] if significant and driven.flip is not None and driven.flip.sentence else []
    parts = [bullets([*driven.sentences, *flip])]
    if significant:
        parts.append(_table(drivers, driven, significant, sources))
    return together(parts)


def _table(
    drivers: Drivers, driven: Driven, significant: Sequence[Sensitivity], sources: Mapping[str, str | None]
) -> Html:
    columns = [Column("Number"), Column("0 to 100 %"), Column("Where low", "number"), Column("Where high", "number")]
    rows = []
    for weight in significant:
        doubt = drivers.weights.get(weight.weight)
        label = doubt.label if doubt else weight.weight
        written = [f"Written: {doubt.as_written}. "] if doubt else []
        source = sources.get(weight.weight)
        stated = f"Source: {source}" if source else element("span", {"class": "absent"}, "no source")
        rows.append(
            [
                together([label[:1].upper() + label[1:], element("span", {"class": "beside"}, *written, stated)]),
                _bar(driven.value, weight),
                f"{100 * weight.at_low.value:.0f} % at {weight.at_low.text}",
                f"{100 * weight.at_high.value:.0f} % at {weight.at_high.text}",
            ]
        )
    return table(f"What “{driven.title}” hangs on", columns, rows, stacked=True, quiet=True)


def _bar(value: float | None, weight: Sensitivity) -> Html:
    """From the probability where the weight is low to that where it is high; a tick at the probability itself."""
    low, high = sorted((weight.at_low.value, weight.at_high.value))
    parts = [
        _rect(0, WIDTH, 1.5, GRID),
        _rect(WIDTH * low, max(1.0, WIDTH * (high - low)), 10, FAN[0.8]),
    ]
    if value is not None:
        parts.append(_rect(WIDTH * value - 1, 2, 14, CENTRE))
    size = {"width": f"{WIDTH}", "height": f"{THICK}", "viewBox": f"0 0 {WIDTH} {THICK}"}
    return element("svg", {"class": "bar", **size, "aria-hidden": "true"}, *parts)


def _rect(x: float, width: float, height: float, colour: str) -> Html:
    place = {"x": f"{x:.1f}", "y": f"{(THICK - height) / 2:g}", "width": f"{width:.1f}", "height": f"{height:g}"}
    return element("rect", {**place, "fill": colour})
