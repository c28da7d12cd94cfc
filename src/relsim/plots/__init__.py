"""Figures of a forecast. Floor 6; the only package (with ``report``) that knows how things look.

``figures`` draws and saves all of a run. Each chart is a function ``(ax, data) → ax`` in a file of its own,
its data a frozen value made by ``data`` from a forecast and its scenario; ``pages`` puts charts together.
Importing this package imports matplotlib: do it where a figure is wanted, not at start-up.
"""

from relsim.plots.pages import Format, cumulative_page, fan_page, figures, outcomes_page
from relsim.plots.story import story_figures

__all__ = ["Format", "cumulative_page", "fan_page", "figures", "outcomes_page", "story_figures"]
