"""The report: one HTML page about a run or a comparison. Floor 6; the only room that knows plotly.

``run`` and ``comparison`` put their pages together from ``tables``, ``sentences``, ``fans``, ``curves`` and
``assumptions``; ``charts`` places a plotly figure, ``markup`` makes HTML and escapes what a user typed, ``page`` adds
the style (``page.css``) and the scripts (plotly.js and ``page.js``). Import it where a report is wanted, not at
start-up.
"""

from relsim.report.charts import need_plotly
from relsim.report.comparison import comparison_report
from relsim.report.run import Provenance, run_report
from relsim.report.sentences import HEADLINES

__all__ = ["HEADLINES", "Provenance", "comparison_report", "need_plotly", "run_report"]
