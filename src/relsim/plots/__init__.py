"""Figures of a forecast. Floor 6; the only package (with ``report``) that knows how things look.

``figures`` draws and saves all of a run, ``comparison_figures`` of a comparison. Each chart is a function
``(ax, data) → ax`` in a file of its own, its data a frozen value made by ``data`` from a forecast and its scenario, or
by ``compared`` from a comparison; ``pages`` and ``comparison_pages`` put charts together.
Importing this package imports matplotlib: do it where a figure is wanted, not at start-up.
"""

from relsim.plots.comparison_pages import comparison_figures
from relsim.plots.data import pasts_of
from relsim.plots.frame import Format
from relsim.plots.pages import cumulative_page, fan_page, figures, outcomes_page
from relsim.plots.story import story_figures

__all__ = [
    "Format",
    "comparison_figures",
    "cumulative_page",
    "fan_page",
    "figures",
    "outcomes_page",
    "pasts_of",
    "story_figures",
]
